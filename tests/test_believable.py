"""Believable: what a person who looks at made-up data would stumble over is not there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, contract_of, parameter, ref, resource, thing
from understudy.sandbox import Sandbox, Settings

MOMENT = {**TEXT, "format": "date-time"}
PERSON = thing(
    {"id": TEXT, "name": TEXT, "email": TEXT, "phone": TEXT, "created_at": MOMENT, "updated_at": MOMENT},
    *("id", "name", "email", "phone", "created_at", "updated_at"),
)
ADA = {
    "id": "cus_4TfR88pQ",
    "name": "Ada Berg",
    "email": "ada@shop.example",
    "phone": "+4755512345",
    "created_at": "2025-03-01T08:30:00.000Z",
    "updated_at": "2025-03-04T10:00:00.000Z",
}
POST = thing(
    {"id": TEXT, "title": TEXT, "slug": TEXT, "published_at": MOMENT}, "id", "title", "slug", "published_at"
)
LINE = thing(
    {"product_id": TEXT, "product_title": TEXT, "quantity": WHOLE, "unit_price": WHOLE, "total": WHOLE},
    *("product_id", "product_title", "quantity", "unit_price", "total"),
)
ORDER = thing(
    {"id": TEXT, "note": TEXT, "lines": {"type": "array", "items": LINE}, "items_count": WHOLE},
    *("id", "note", "lines", "items_count"),
)
SENT_LINE = thing({"product_id": TEXT, "quantity": WHOLE}, "product_id")
BENCH = {"id": "prod_1", "title": "Oak Bench"}
SIDES = ("browser", "os", "source")


def exampled(paths: dict[str, Any], path: str, example: Any) -> dict[str, Any]:
    paths[path]["get"]["responses"]["200"]["content"]["application/json"]["example"] = example
    return paths


@pytest.fixture
def shop(serve: Callable[..., httpx.Client]) -> httpx.Client:
    paths = exampled(resource(PERSON, thing({"name": TEXT}), "/customers"), "/customers", [ADA])
    paths |= resource(POST, thing({"title": TEXT}), "/posts")
    product = thing({"id": TEXT, "title": TEXT}, "id", "title")
    paths |= exampled(resource(product, thing({"title": TEXT}), "/products"), "/products", [BENCH])
    paths |= resource(ORDER, thing({"lines": {"type": "array", "items": SENT_LINE}}), "/orders")
    paths |= resource(thing({"id": WHOLE, "text": TEXT}, "id", "text"), thing({"text": TEXT}), "/notes")
    return serve(Sandbox(contract_of(paths), None, Settings(populate=12)))


def test_others_beside_an_authored_person_are_other_people(shop: httpx.Client) -> None:
    found = shop.get("/customers").json()
    for one in found[1:]:
        first, last = one["name"].split()
        assert one["email"] == f"{first}.{last}@shop.example".lower().replace("'", "")
        assert one["phone"].startswith("+475551")
    assert found[0] == ADA
    assert len({one["name"] for one in found}) > 6


def test_a_person_who_is_created_has_an_address_of_their_own(shop: httpx.Client) -> None:
    assert shop.post("/customers", json={"name": "Kari Li"}).json()["email"] == "kari.li@shop.example"


def test_moments_are_as_a_browser_writes_them(shop: httpx.Client) -> None:
    created = shop.post("/posts", json={"title": "Hello"}).json()
    for one in [*shop.get("/posts").json(), created]:
        moment = datetime.fromisoformat(one["published_at"])
        assert one["published_at"] == moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_what_is_published_now_was_not_published_before(shop: httpx.Client) -> None:
    now = shop.get("/__admin/sessions/default/clock").json()["now"]
    published = shop.post("/posts", json={"title": "Hello"}).json()["published_at"]
    assert published[:10] == now[:10]


def test_no_two_made_up_items_share_a_slug(shop: httpx.Client) -> None:
    posts = shop.get("/posts").json()
    slugs = {one["slug"] for one in posts}
    assert len(slugs) == len(posts) > len({one["title"] for one in posts})
    for one in posts:
        assert one["slug"].startswith(one["title"].lower().replace(" ", "-"))


def test_a_note_is_words_though_there_are_notes(shop: httpx.Client) -> None:
    assert [one["note"] for one in shop.get("/orders").json() if len(one["note"]) < 8] == []


def test_what_stands_beside_what_was_sent_agrees_with_it(shop: httpx.Client) -> None:
    order = shop.post("/orders", json={"lines": [{"product_id": "prod_1", "quantity": 3}]}).json()
    [line] = order["lines"]
    assert line["product_title"] == "Oak Bench"
    assert line["total"] == 3 * line["unit_price"]
    assert order["items_count"] == 1


def test_a_list_begins_at_its_beginning_whatever_default_an_offset_has(
    serve: Callable[..., httpx.Client],
) -> None:
    paths = resource(thing({"id": WHOLE}, "id"), thing({}), "/offers")
    paths["/offers"]["get"]["parameters"] = [
        parameter("start", {**WHOLE, "default": 21}, "query"),
        parameter("rows", {**WHOLE, "default": 20}, "query"),
    ]
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    assert len(client.get("/offers").json()) == 3
    assert client.get("/offers", params={"start": 21}).json() == []


def test_a_name_is_no_id_where_the_path_takes_a_number(serve: Callable[..., httpx.Client]) -> None:
    channel = thing({"uri": TEXT, "name": {**TEXT, "example": "Staff Picks"}}, "name")
    paths = resource(channel, thing({"name": TEXT}), "/channels")
    paths["/channels/{id}"]["parameters"] = [parameter("id", WHOLE)]
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    assert all(one["name"].startswith("Staff Picks") for one in client.get("/channels").json())


def test_what_has_several_things_with_ids_is_one_item(serve: Callable[..., httpx.Client]) -> None:
    hit = thing({name: thing({"id": TEXT}, "id") for name in SIDES}, *SIDES)
    paths = {"/hits": {"get": {"responses": answer({"type": "array", "items": hit})}}}
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=2)))
    for one in client.get("/hits").json():
        assert all(one[name]["id"] for name in SIDES)


def test_another_item_of_the_same_kind_is_one_that_is_there(serve: Callable[..., httpx.Client]) -> None:
    task = thing({"id": TEXT, "child_task_id": TEXT}, "id", "child_task_id")
    client = serve(Sandbox(contract_of(resource(task, thing({}), "/tasks")), None, Settings(populate=4)))
    tasks = client.get("/tasks").json()
    assert {one["child_task_id"] for one in tasks} <= {one["id"] for one in tasks}


def test_what_an_example_shows_within_another_thing_is_there(serve: Callable[..., httpx.Client]) -> None:
    centre = thing({"id": WHOLE, "name": TEXT}, "id", "name")
    server = thing({"id": WHOLE, "centre": centre}, "id", "centre")
    paths = resource(centre, thing({"name": TEXT}), "/centres")
    paths |= resource(server, thing({}), "/servers")
    exampled(paths, "/centres", [{"id": 42, "name": "North"}])
    exampled(paths, "/servers", [{"id": 7, "centre": {"id": 1, "name": "South"}}])
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    listed = {one["id"] for one in client.get("/centres").json()}
    assert listed >= {1, 42}
    assert {one["centre"]["id"] for one in client.get("/servers").json()} <= listed


def test_what_is_searched_for_stands_in_a_title(serve: Callable[..., httpx.Client]) -> None:
    link = {**TEXT, "example": "http://go.example/1gsW"}
    gif = thing({"id": TEXT, "bitly": link, "url": link, "title": TEXT}, "id", "bitly", "url", "title")
    paths = resource(gif, thing({"title": TEXT}), "/gifs")
    paths["/gifs"]["get"]["parameters"] = [parameter("q", {**TEXT, "example": "cats"}, "query")]
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    found = client.get("/gifs", params={"q": "cats"}).json()
    assert found
    assert all(one["title"] == "cats" and one["url"] == link["example"] for one in found)


def test_who_did_something_is_one_of_the_users(serve: Callable[..., httpx.Client]) -> None:
    uuid = {**TEXT, "format": "uuid"}
    user = thing({"id": uuid, "email": TEXT, "password": {**TEXT, "writeOnly": True}}, "id", "email")
    names = {"created_by": uuid, "edited_by": thing({"id": uuid}, "id"), "approved_by": TEXT}
    paths = resource(user, thing({"email": TEXT, "password": TEXT}), "/users")
    paths |= resource(thing({"id": uuid, **names}, "id", *names), thing({}), "/reports")
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    users = {one["id"] for one in client.get("/users").json()}
    for one in client.get("/reports").json():
        assert {one["created_by"], one["edited_by"]["id"]} <= users
        assert " " in one["approved_by"]


def test_another_number_by_which_a_thing_is_named_is_that_things(serve: Callable[..., httpx.Client]) -> None:
    build = thing({"project_id": WHOLE, "version": TEXT}, "project_id")
    project = thing({"slug": TEXT, "projectId": WHOLE, "build": build}, "slug", "projectId", "build")
    paths = resource(project, thing({"slug": TEXT}), "/projects")
    paths["/projects/{slug}"] = paths.pop("/projects/{id}")
    paths["/projects/{slug}"]["parameters"] = [parameter("slug")]
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    assert all(one["build"]["project_id"] == one["projectId"] for one in client.get("/projects").json())


def test_a_language_is_a_code_though_languages_are_listed(serve: Callable[..., httpx.Client]) -> None:
    paths = resource(thing({"id": TEXT, "language": TEXT}, "id", "language"), thing({}), "/texts")
    paths |= resource(thing({"id": TEXT, "name": TEXT}, "id", "name"), thing({}), "/languages")
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    assert all(len(one["language"]) == 2 for one in client.get("/texts").json())


def test_what_a_query_finds_are_several_things(serve: Callable[..., httpx.Client]) -> None:
    price = {"type": "number", "example": 49.5}
    trip = thing({"id": TEXT, "to": TEXT, "price": price}, "id", "to", "price")
    paths = resource(trip, thing({}), "/trips")
    paths["/trips"]["get"]["parameters"] = [parameter("to", {**TEXT, "example": "Oslo"}, "query")]
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    found = client.get("/trips", params={"to": "Oslo"}).json()
    assert len({one["price"] for one in found}) == len(found) == 3


def test_what_departs_on_a_day_that_is_asked_for_arrives_on_it(serve: Callable[..., httpx.Client]) -> None:
    leaves, arrives = "2024-02-01T10:00:00Z", "2024-02-01T16:00:00Z"
    trip = thing(
        {"id": TEXT, "leaves": {**MOMENT, "example": leaves}, "arrives": {**MOMENT, "example": arrives}},
        *("id", "leaves", "arrives"),
    )
    paths = resource(trip, thing({}), "/trips")
    asked = {**MOMENT, "example": "2031-05-06T09:00:00Z"}
    paths["/trips"]["get"]["parameters"] = [parameter("leaves", asked, "query")]
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    found = client.get("/trips", params={"leaves": "2031-05-06T09:00:00Z"}).json()
    assert {one["arrives"] for one in found} == {"2031-05-06T16:00:00Z"}


def test_a_schema_is_called_by_what_it_is_and_not_by_how_it_is_written(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    photo = thing({"fileName": TEXT, "altText": TEXT, "priceText": TEXT}, "fileName", "altText", "priceText")
    schemas = {"ProductDto": thing({"id": WHOLE, "about": TEXT, "description": TEXT}, "id", "description")}
    schemas["ProductPhotoDto"] = photo
    shown = {"allOf": [ref("ProductDto"), thing({"cover": ref("ProductPhotoDto")}, "cover")]}
    paths = {
        "/wares/best": {"get": {"responses": answer(shown)}},
        "/photo": {"get": {"responses": answer(ref("ProductPhotoDto"))}},
    }
    client = serve(sandbox(paths=paths, components={"schemas": schemas}))
    said = client.get("/photo").json()
    assert "dto" not in client.get("/wares/best").text.lower().replace("productdto", "")
    assert said["fileName"].endswith(".jpg")
    assert not any(sign in said["altText"] for sign in "€$£¥")
    assert any(character.isdigit() for character in said["priceText"])


def test_what_says_all_that_the_one_example_says_is_called_otherwise(
    serve: Callable[..., httpx.Client],
) -> None:
    colour = {"type": "string", "examples": ["red", "brown"]}
    planet = thing(
        {"id": WHOLE, "name": {**TEXT, "example": "Mars"}, "note": {**TEXT, "example": "dry"}}, "name"
    )
    stone = thing({"id": WHOLE, "name": {**TEXT, "example": "Flint"}, "colour": colour, "made": TEXT}, "name")
    paths = resource(planet, planet, "/planets") | resource(stone, stone, "/stones")
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    assert sorted(one["name"] for one in client.get("/planets").json()) == ["Mars", "Mars 2", "Mars 3"]
    assert {one["name"] for one in client.get("/stones").json()} == {"Flint"}
    assert client.post("/planets", json={"name": "Mars"}).json()["name"] == "Mars"


def test_a_text_called_as_its_item_is_none_of_the_others(serve: Callable[..., httpx.Client]) -> None:
    version = thing({"id": TEXT, "version": TEXT}, "id", "version")
    client = serve(Sandbox(contract_of(resource(version, version, "/versions")), None, Settings(populate=3)))
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", one["version"]) for one in client.get("/versions").json())


def test_people_of_one_name_are_other_people_with_addresses_of_theirs(
    serve: Callable[..., httpx.Client],
) -> None:
    user = thing({"id": WHOLE, "name": TEXT, "email": TEXT}, "id", "name", "email")
    marc = {"id": 1, "name": "Marc", "email": "marc@shop.example"}
    paths = exampled(resource(user, thing({"name": TEXT}), "/users"), "/users", [marc])
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=4)))
    first, *others = client.get("/users").json()
    assert first == marc
    assert all(one["email"].startswith(one["name"].lower()) for one in others)


def test_what_holds_all_that_is_said_of_a_thing_is_that_thing(serve: Callable[..., httpx.Client]) -> None:
    author = thing(
        {"id": TEXT, "type": TEXT, "attributes": thing({"name": TEXT}, "name")}, "id", "attributes"
    )
    paths = {
        "/authors": {
            "get": {"responses": answer(thing({"data": {"type": "array", "items": ref("Author")}}, "data"))}
        },
        "/authors/{id}": {
            "get": {"parameters": [parameter("id")], "responses": answer(thing({"data": ref("Author")}))}
        },
    }
    client = serve(Sandbox(contract_of(paths, Author=author), None, Settings(populate=8)))
    names = [one["attributes"]["name"] for one in client.get("/authors").json()["data"]]
    assert all(re.fullmatch(r"[A-Z][\w'-]+ [A-Z][\w'-]+", name) for name in names)
    assert len(set(names)) > 6


def test_a_link_says_its_address_and_nothing_that_nobody_needs(serve: Callable[..., httpx.Client]) -> None:
    link = thing(dict.fromkeys(("href", "hreflang", "title", "type", "deprecation", "profile", "name"), TEXT))
    item = thing({"id": TEXT, "name": TEXT, "_links": thing({"self": link}, "self")}, "id", "name", "_links")
    client = serve(Sandbox(contract_of(resource(item, thing({}), "/boxes")), None, Settings(populate=1)))
    [box] = client.get("/boxes").json()
    assert box["_links"] == {"self": {"href": f"/boxes/{box['id']}"}}


def test_whom_an_id_names_is_called_by_both_names(serve: Callable[..., httpx.Client]) -> None:
    doctor = thing({"id": WHOLE, "first_name": TEXT, "last_name": TEXT}, "id", "first_name", "last_name")
    names = {"id": WHOLE, "doctor_id": WHOLE, "doctor_name": TEXT}
    visit = thing(names, *names)
    paths = resource(doctor, doctor, "/doctors") | resource(visit, visit, "/visits")
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    called = {one["id"]: f"{one['first_name']} {one['last_name']}" for one in client.get("/doctors").json()}
    for one in client.get("/visits").json():
        assert one["doctor_name"] == called[one["doctor_id"]]


def test_a_state_that_is_changed_says_when_and_takes_back_what_it_left(
    serve: Callable[..., httpx.Client],
) -> None:
    moment = {"type": ["string", "null"], "format": "date-time"}
    names = {"id": WHOLE, "status": TEXT, "shipped_at": moment, "delivered_at": moment}
    parcel = thing(names, "id", "status")
    client = serve(Sandbox(contract_of(resource(parcel, thing({"status": TEXT}), "/parcels")), None, None))
    made = client.post("/parcels", json={"status": "pending"}).json()
    path = f"/parcels/{made['id']}"
    assert client.patch(path, json={"status": "shipped"}).json()["shipped_at"] is not None
    delivered = client.patch(path, json={"status": "delivered"}).json()
    assert delivered["delivered_at"] is not None
    assert client.patch(path, json={"status": "shipped"}).json()["delivered_at"] is None
