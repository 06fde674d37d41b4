"""Keys wherever they stand: in an object of the item, in parts, in parentheses of the path."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from support import write_contract
from understudy.model.compiler import compile
from understudy.model.notation import read_model, write_model
from understudy.testing import Sandbox

TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}
JSON = "application/json"

Start = Callable[[dict[str, Any]], httpx.Client]


def thing(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members}


def shows(schema: Any, status: str = "200", **more: Any) -> dict[str, Any]:
    return {"responses": {status: {"description": "", "content": {JSON: {"schema": schema}}}}, **more}


def takes(schema: Any, shown: Any, status: str = "200", media: str = JSON) -> dict[str, Any]:
    return shows(shown, status, requestBody={"content": {media: {"schema": schema}}})


def in_path(**schemas: Any) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": one} for name, one in schemas.items()]


def many(item: Any, name: str = "items", **around: Any) -> dict[str, Any]:
    return thing(**{name: {"type": "array", "items": item}}, **around)


COMPONENTS: dict[str, Any] = {"schemas": {}}
GONE = {"responses": {"204": {"description": ""}, "404": {"description": ""}}}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Serve the contract of some paths; only what was created exists."""
    sandboxes: list[Sandbox] = []

    def serve(paths: dict[str, Any]) -> httpx.Client:
        file = tmp_path / "api.json"
        file.write_text(
            json.dumps(
                {
                    "openapi": "3.1.0",
                    "info": {"title": "t", "version": "1"},
                    "paths": paths,
                    "components": COMPONENTS,
                }
            )
        )
        sandboxes.append(Sandbox(file, unknown_ids="404"))
        return httpx.Client(transport=sandboxes[-1].transport, base_url="http://sandbox")

    yield serve
    for sandbox in sandboxes:
        sandbox.close()


# ---- in an object of the item

META = thing(
    name=TEXT,
    namespace=TEXT,
    uid=TEXT,
    generation={"type": "integer", "format": "int64"},
    resourceVersion=TEXT,
    creationTimestamp={"type": "string", "format": "date-time"},
    deletionTimestamp={"type": "string", "format": "date-time"},
    labels={"type": "object", "additionalProperties": TEXT},
)
KITE = thing(
    apiVersion=TEXT,
    kind=TEXT,
    metadata=META,
    spec=thing(size=WHOLE),
    status=thing(flying={"type": "boolean"}),
)
KITES = "/apis/sky.example.org/v1/namespaces/{namespace}/kites"
OPERATOR = {
    KITES: {
        "parameters": in_path(namespace=TEXT),
        "get": shows(many(KITE, metadata=thing(**{"continue": TEXT}))),
        "post": takes(KITE, KITE, "201"),
    },
    f"{KITES}/{{name}}": {
        "parameters": in_path(namespace=TEXT, name=TEXT),
        "get": shows(KITE),
        "put": takes(KITE, KITE),
        "patch": takes(KITE, KITE, media="application/merge-patch+json"),
        "delete": GONE,
    },
}
OPERATOR_WITH_KINDS = json.loads(
    json.dumps(OPERATOR).replace(json.dumps(KITE), json.dumps({"$ref": "#/components/schemas/Kite"}))
)
HERE = "/apis/sky.example.org/v1/namespaces/blue/kites"


def kite(name: str, size: int) -> dict[str, Any]:
    return {
        "apiVersion": "sky.example.org/v1",
        "kind": "Kite",
        "metadata": {"name": name},
        "spec": {"size": size},
    }


def test_an_item_is_found_by_the_name_in_its_metadata(start: Start) -> None:
    client = start(OPERATOR)
    made = client.post(HERE, json=kite("swan", 3))
    assert made.headers["location"].endswith(f"{HERE}/swan")
    read = client.get(f"{HERE}/swan").json()
    assert (read["spec"], read["metadata"]["namespace"]) == ({"size": 3}, "blue")
    assert [one["metadata"]["name"] for one in client.get(HERE).json()["items"]] == ["swan"]
    assert client.get(HERE.replace("blue", "grey")).json()["items"] == []


def test_what_the_server_says_beside_a_name_moves_with_each_write(start: Start) -> None:
    client = start(OPERATOR)
    first = client.post(HERE, json=kite("swan", 3)).json()["metadata"]
    assert (first["generation"], first["resourceVersion"]) == (1, "1")
    same = client.put(f"{HERE}/swan", json=kite("swan", 3)).json()["metadata"]
    assert (same["generation"], same["resourceVersion"]) == (1, "2")
    other = client.put(f"{HERE}/swan", json=kite("swan", 4)).json()["metadata"]
    assert (other["generation"], other["resourceVersion"]) == (2, "3")
    assert (other["uid"], other["creationTimestamp"]) == (first["uid"], first["creationTimestamp"])


def test_an_object_that_is_made_up_is_not_being_deleted(tmp_path: Path) -> None:
    file = tmp_path / "api.json"
    file.write_text(
        json.dumps({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": OPERATOR})
    )
    with Sandbox(file, populate=1) as sandbox:
        client = httpx.Client(transport=sandbox.transport, base_url="http://sandbox")
        metadata = client.get(HERE).json()["items"][0]["metadata"]
    assert "deletionTimestamp" not in metadata
    assert (metadata["generation"], metadata["namespace"]) == (1, "blue")


def test_a_merge_patch_reaches_the_labels_in_metadata(start: Start) -> None:
    client = start(OPERATOR)
    client.post(HERE, json=kite("swan", 3))
    patch, media = {"metadata": {"labels": {"a": "b"}}}, {"Content-Type": "application/merge-patch+json"}
    client.patch(f"{HERE}/swan", content=json.dumps(patch), headers=media)
    read = client.get(f"{HERE}/swan").json()
    assert (read["metadata"]["labels"], read["metadata"]["name"], read["spec"]) == (
        {"a": "b"},
        "swan",
        {"size": 3},
    )


DETAILS = thing(name=TEXT, kind=TEXT, causes={"type": "array"})
STATUS = thing(
    apiVersion=TEXT,
    kind=TEXT,
    status=TEXT,
    reason=TEXT,
    message=TEXT,
    code=WHOLE,
    details=DETAILS,
)
PATCHES = (
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
)
BEAD = thing(name=TEXT, color=TEXT)
CHAIN = thing(metadata=META, spec=thing(beads={"type": "array", "items": BEAD}, size=WHOLE))
CHAINS = json.loads(json.dumps(OPERATOR).replace(json.dumps(KITE), json.dumps(CHAIN)))
CHAINS[f"{KITES}/{{name}}"] |= {
    "patch": shows(CHAIN, requestBody={"content": {one: {"schema": {"type": "object"}} for one in PATCHES}}),
    "delete": shows(STATUS) | {"responses": shows(STATUS)["responses"] | shows(STATUS, "404")["responses"]},
}


def test_each_kind_of_patch_changes_an_object(start: Start) -> None:
    client = start(CHAINS)
    beads = [{"name": "a", "color": "red"}, {"name": "b", "color": "red"}]
    client.post(HERE, json={"metadata": {"name": "swan"}, "spec": {"size": 1, "beads": beads}})
    for media, patch in zip(
        PATCHES,
        (
            [{"op": "replace", "path": "/spec/size", "value": 2}],
            {"metadata": {"labels": {"x": "y"}}},
            {"spec": {"beads": [{"name": "b", "color": "blue"}, {"name": "a", "$patch": "delete"}]}},
        ),
        strict=True,
    ):
        answer = client.patch(f"{HERE}/swan", content=json.dumps(patch), headers={"Content-Type": media})
        assert answer.status_code == 200, answer.text
    read = client.get(f"{HERE}/swan").json()
    assert (read["spec"], read["metadata"]["labels"]) == (
        {"size": 2, "beads": [{"name": "b", "color": "blue"}]},
        {"x": "y"},
    )


def test_a_status_says_what_became_of_an_object(start: Start) -> None:
    client = start(CHAINS)
    client.post(HERE, json={"metadata": {"name": "swan"}})
    taken = client.post(HERE, json={"metadata": {"name": "swan"}})
    assert taken.status_code == 409
    gone = client.delete(f"{HERE}/swan").json()
    assert (gone["kind"], gone["status"], gone["details"]["name"]) == ("Status", "Success", "swan")
    missing = client.delete(f"{HERE}/swan").json()
    assert (missing["kind"], missing["status"], missing["reason"]) == ("Status", "Failure", "NotFound")
    assert missing["details"] == {"kind": "kites", "name": "swan"}


def test_a_name_that_is_not_the_paths_is_refused_and_one_may_be_made_up(start: Start) -> None:
    client = start(OPERATOR)
    client.post(HERE, json=kite("swan", 3))
    assert client.put(f"{HERE}/swan", json=kite("goose", 4)).status_code in (400, 422)
    assert client.post(HERE, json={"metadata": {"name": "x", "namespace": "grey"}}).status_code in (400, 422)
    assert client.get(f"{HERE}/swan").json()["spec"] == {"size": 3}


MEMBER = thing(user=thing(id=TEXT, name=TEXT), project=thing(id=TEXT), role=TEXT, added_by=TEXT)
MEMBERS = {
    "/projects/{project_id}/members": {
        "parameters": in_path(project_id=TEXT),
        "get": shows({"type": "array", "items": MEMBER}),
    },
    "/projects/{project_id}/members/{user_id}": {
        "parameters": in_path(project_id=TEXT, user_id=TEXT),
        "get": shows(MEMBER),
        "put": takes(thing(role=TEXT), MEMBER) | {"responses": takes({}, MEMBER, "201")["responses"]},
        "patch": takes(thing(role=TEXT), MEMBER),
        "delete": GONE,
    },
}


def test_a_membership_is_the_pair_of_its_parents(start: Start) -> None:
    client = start(MEMBERS)
    made = client.put("/projects/p1/members/u1", json={"role": "owner"}).json()
    assert (made["user"]["id"], made["project"]["id"], made["role"]) == ("u1", "p1", "owner")
    changed = client.patch("/projects/p1/members/u1", json={"role": "guest"}).json()
    assert (changed["user"]["id"], changed["role"]) == ("u1", "guest")
    client.put("/projects/p2/members/u1", json={"role": "owner"})
    assert [one["role"] for one in client.get("/projects/p1/members").json()] == ["guest"]
    client.delete("/projects/p1/members/u1")
    assert client.get("/projects/p1/members/u1").status_code == 404


LINE = thing(product=thing(id=WHOLE, title=TEXT), quantity=WHOLE)
NEW_LINE = thing(product_id=WHOLE, quantity=WHOLE) | {"required": ["product_id"]}
CART = {
    "/carts/{cart_id}/items": {
        "parameters": in_path(cart_id=TEXT),
        "get": shows({"type": "array", "items": LINE}),
        "post": takes(NEW_LINE, LINE, "201")
        | {"responses": takes({}, LINE, "201")["responses"] | {"409": {"description": ""}}},
    },
    "/carts/{cart_id}/items/{product_id}": {
        "parameters": in_path(cart_id=TEXT, product_id=WHOLE),
        "get": shows(LINE),
        "patch": takes(thing(quantity=WHOLE), LINE),
        "delete": GONE,
    },
}


def test_what_an_item_is_about_is_its_key(start: Start) -> None:
    client = start(CART)
    made = client.post("/carts/c/items", json={"product_id": 7, "quantity": 2})
    assert made.headers["location"].endswith("/carts/c/items/7")
    assert client.post("/carts/c/items", json={"product_id": 7, "quantity": 1}).status_code == 409
    client.patch("/carts/c/items/7", json={"quantity": 3})
    assert [(one["product"]["id"], one["quantity"]) for one in client.get("/carts/c/items").json()] == [
        (7, 3)
    ]


# ---- in parts

WORDS = thing(locale={"enum": ["en", "de"]}, key=TEXT, text=TEXT)
BY_LOCALE = [{"name": "locale", "in": "query", "schema": TEXT}]
TRANSLATIONS = {
    "/translations": {
        "get": shows({"type": "array", "items": WORDS}, parameters=BY_LOCALE),
        "post": takes(WORDS, WORDS, "201"),
    },
    "/translations/{locale}/{key}": {
        "parameters": in_path(locale=TEXT, key=TEXT),
        "get": shows(WORDS),
        "put": takes(thing(text=TEXT), WORDS),
        "delete": GONE,
    },
}


def test_two_parameters_make_up_one_key(start: Start) -> None:
    client = start(TRANSLATIONS)
    for locale, text in (("en", "Hello, you"), ("de", "Hallo")):
        made = client.post("/translations", json={"locale": locale, "key": "greet/one", "text": text})
        assert made.headers["location"].endswith(f"/translations/{locale}/greet%2Fone")
    assert client.get("/translations/de/greet%2Fone").json()["text"] == "Hallo"
    assert [one["text"] for one in client.get("/translations", params={"locale": "de"}).json()] == ["Hallo"]
    client.put("/translations/de/greet%2Fone", json={"text": "Servus"})
    client.delete("/translations/en/greet%2Fone")
    assert client.get("/translations").json() == [{"locale": "de", "key": "greet/one", "text": "Servus"}]
    assert client.get("/translations/en/greet%2Fone").status_code == 404


# ---- in parentheses

TRIP = thing(TripId=WHOLE, Name=TEXT)
PERSON = thing(UserName=TEXT, FirstName=TEXT)
PEOPLE = {
    "/People": {"get": shows(many(PERSON, "value")), "post": takes(PERSON, PERSON, "201")},
    "/People('{UserName}')": {"parameters": in_path(UserName=TEXT), "get": shows(PERSON), "delete": GONE},
    "/People('{UserName}')/Trips": {
        "parameters": in_path(UserName=TEXT),
        "get": shows(many(TRIP, "value")),
        "post": takes(TRIP, TRIP, "201"),
    },
    "/People('{UserName}')/Trips({TripId})": {
        "parameters": in_path(UserName=TEXT, TripId=WHOLE),
        "get": shows(TRIP),
    },
    "/Nearest(lat={lat})": {"parameters": in_path(lat={"type": "number"}), "get": shows(PERSON)},
}


def test_keys_in_parentheses_lead_to_items_and_to_what_is_below_them(start: Start) -> None:
    client = start(PEOPLE)
    client.post("/People", json={"UserName": "o'neil", "FirstName": "Ann"})
    assert client.get("/People('o''neil')").json()["FirstName"] == "Ann"
    trip = client.post("/People('o''neil')/Trips", json={"Name": "Rome"})
    assert client.get(trip.headers["location"]).json()["Name"] == "Rome"
    assert client.get("/People('nobody')").status_code == 404
    assert client.get("/Nearest(lat=3.5)").status_code == 200


LINES = {
    "/Lines": {"get": shows(many(thing(Order=WHOLE, Number=TEXT), "value"))},
    "/Lines(Order={Order},Number={Number})": {
        "parameters": in_path(Order=WHOLE, Number=TEXT),
        "put": takes(thing(Order=WHOLE, Number=TEXT), thing(Order=WHOLE, Number=TEXT), "201"),
        "get": shows(thing(Order=WHOLE, Number=TEXT)),
    },
}


def test_a_key_of_two_in_parentheses_is_one_key(start: Start) -> None:
    client = start(LINES)
    client.put("/Lines(Order=7,Number='a')", json={})
    assert client.get("/Lines(Order=7,Number='a')").json() == {"Order": 7, "Number": "a"}
    assert client.get("/Lines").json()["value"] == [{"Order": 7, "Number": "a"}]


# ---- what items say of their address, and of their kind

LINK = thing(href=TEXT, templated={"type": "boolean"})
LINKS = {"type": "object", "additionalProperties": LINK}
HAL = thing(id=WHOLE, name=TEXT, _links=LINKS)
LD = thing(**{"@id": TEXT, "@type": TEXT, "@context": TEXT, "code": TEXT, "title": TEXT})
LD_LIST = many(
    {"$ref": "#/components/schemas/Book.jsonld-read"}, "hydra:member", **{"@type": TEXT, "@id": TEXT}
)


def test_an_item_in_hal_links_to_itself_and_a_page_to_the_others(start: Start) -> None:
    page = many(HAL, "content", _links=LINKS, page=thing(number=WHOLE, totalPages=WHOLE))
    query = [{"name": name, "in": "query", "schema": WHOLE} for name in ("page", "size")]
    client = start({
        "/boats": {"get": shows(page, parameters=query), "post": takes(thing(name=TEXT), HAL, "201")},
        "/boats/{id}": {"parameters": in_path(id=WHOLE), "get": shows(HAL)},
    })  # fmt: skip
    made = [client.post("/boats", json={"name": name}).json() for name in "abc"]
    assert made[0]["_links"]["self"]["href"] == "/boats/1"
    assert client.get(made[0]["_links"]["self"]["href"]).json()["name"] == "a"
    first = client.get("/boats", params={"size": 2}).json()
    rest = client.get(first["_links"]["next"]["href"]).json()
    assert [one["name"] for one in first["content"] + rest["content"]] == ["c", "b", "a"]
    assert "next" not in rest["_links"]


def test_an_item_of_json_ld_is_found_at_its_id(start: Start) -> None:
    client = start({
        "/api/books": {"get": shows(LD_LIST), "post": takes(thing(code=TEXT, title=TEXT), LD, "201")},
        "/api/books/{code}": {
            "parameters": in_path(code=TEXT),
            "get": shows({"$ref": "#/components/schemas/Book.jsonld-read"}),
        },
    })  # fmt: skip
    made = client.post("/api/books", json={"code": "e1", "title": "Emma"}).json()
    assert (made["@id"], made["@type"], made["@context"]) == ("/api/books/e1", "Book", "/api/contexts/Book")
    assert client.get(made["@id"]).json()["title"] == "Emma"
    listed = client.get("/api/books").json()
    assert (listed["@id"], listed["@type"]) == ("/api/books", "hydra:Collection")


def test_a_kind_is_what_the_schema_is_called(start: Start) -> None:
    client = start(OPERATOR_WITH_KINDS)
    made = client.post(HERE, json={"metadata": {"name": "swan"}}).json()
    assert (made["apiVersion"], made["kind"]) == ("sky.example.org/v1", "Kite")


# ---- words in place of an id, and parts of an item

CARD = thing(id=TEXT, number=TEXT, is_primary={"type": "boolean"})
NUMBER = thing(number=TEXT, is_primary={"type": "boolean"})
BY_WORD = [
    {"name": "id", "in": "path", "required": True, "schema": TEXT, "description": "An id, or `primary`."}
]
CARDS = {
    "/cards": {"get": shows({"type": "array", "items": CARD}), "post": takes(NUMBER, CARD, "201")},
    "/cards/{id}": {"parameters": BY_WORD, "get": shows(CARD), "patch": takes(NUMBER, CARD), "delete": GONE},
    "/cards/latest": {"get": shows(CARD), "patch": takes(NUMBER, CARD)},
    "/cards/default": {"get": shows(CARD), "delete": GONE},
}


def test_words_stand_for_the_last_the_first_and_the_one_that_is_flagged_so(start: Start) -> None:
    client = start(CARDS)
    assert client.get("/cards/latest").status_code == 404
    for number in "123":
        client.post("/cards", json={"number": number, "is_primary": number == "2"})
    words = ("primary", "latest", "default")
    assert [client.get(f"/cards/{word}").json()["number"] for word in words] == ["2", "3", "1"]
    client.patch("/cards/latest", json={"number": "33"})
    client.patch("/cards/primary", json={"number": "22"})
    client.delete("/cards/default")
    assert [card["number"] for card in client.get("/cards").json()] == ["33", "22"]


def test_the_path_of_a_part_shows_the_whole_and_writes_the_part(start: Start) -> None:
    status = {
        f"{KITES}/{{name}}/status": {
            "parameters": in_path(namespace=TEXT, name=TEXT),
            "put": takes(KITE, KITE),
        }
    }
    client = start({**OPERATOR, **status})
    client.post(HERE, json=kite("swan", 3))
    sent = {**kite("swan", 9), "status": {"flying": True}}
    written = client.put(f"{HERE}/swan/status", json=sent).json()
    assert (written["spec"], written["status"], written["metadata"]["generation"]) == (
        {"size": 3},
        {"flying": True},
        1,
    )
    assert client.get(f"{HERE}/swan").json() == written


COMPONENTS["schemas"] |= {"Kite": KITE, "Book.jsonld-read": LD}


# ---- as they are printed


@pytest.mark.parametrize(
    ("paths", "name", "identifier"),
    [
        (OPERATOR, KITES, {"member": "/metadata/name"}),
        (MEMBERS, "/projects/{project_id}/members", {"member": "/user/id"}),
        (TRANSLATIONS, "/translations", {"member": "key", "parts": ["locale", "key"]}),
        (PEOPLE, "/People('{UserName}')/Trips", {"member": "TripId"}),
        (LINES, "/Lines", {"member": "Number", "parts": ["Order", "Number"]}),
    ],
)
def test_where_a_key_stands_is_printed_and_read_back(
    tmp_path: Path, paths: dict[str, Any], name: str, identifier: dict[str, Any]
) -> None:
    model = compile(write_contract(tmp_path / "api.json", "3.1.0", {"paths": paths}))
    written = write_model(model)
    assert written["collections"][name]["id"].items() >= identifier.items()
    assert write_model(read_model(written)) == written


def test_a_word_in_place_of_an_id_is_printed_and_read_back(tmp_path: Path) -> None:
    written = write_model(compile(write_contract(tmp_path / "api.json", "3.1.0", {"paths": CARDS})))
    assert written["operations"]["GET /cards/{id}"]["key"] == "path/id or primary"
    assert written["operations"]["GET /cards/latest"]["key"] == "word/latest"
    assert write_model(read_model(written)) == written
