"""Inferred behaviour: what is created is read back, listed, changed and deleted, and every answer is valid by its contract."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from understudy.sandbox import Sandbox, Settings
from understudy.sessions import Sessions

PET = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "tag": {"type": "string"},
        "age": {"type": "integer"},
    },
}
NEW_PET = {
    "type": "object",
    "required": ["name"],
    "properties": {name: PET["properties"][name] for name in ("name", "tag", "age")},  # type: ignore[index]
}


def answer(schema: Any, status: str = "200") -> dict[str, Any]:
    return {status: {"description": "", "content": {"application/json": {"schema": schema}}}}


def body(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def path(name: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}}]


def resource(
    base: str = "/pets",
    item: Any = PET,
    new: Any = NEW_PET,
    *,
    listed: Callable[[Any], Any] = lambda item: {"type": "array", "items": item},
    shown: Callable[[Any], Any] = lambda item: item,
    conflict: bool = False,
) -> dict[str, Any]:
    """Describe the usual operations of a collection and of its items."""
    gone = {"404": {"description": ""}}
    taken = {"409": {"description": ""}} if conflict else {}
    return {
        base: {
            "get": {"responses": answer(listed(item))},
            "post": {"requestBody": body(new), "responses": answer(shown(item), "201") | taken},
        },
        f"{base}/{{petId}}": {
            "parameters": path("petId"),
            "get": {"responses": answer(shown(item)) | gone},
            "put": {"requestBody": body(new), "responses": answer(shown(item)) | answer(shown(item), "201")},
            "patch": {"requestBody": body({**new, "required": []}), "responses": answer(shown(item)) | gone},
            "delete": {"responses": {"204": {"description": ""}} | gone},
        },
    }


@pytest.fixture
def client(
    sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]
) -> Callable[..., httpx.Client]:
    """Serve inferred behaviour: `client(paths)`; `populate`, `seed` and `any_id` are the sandbox's settings."""

    def start(paths: dict[str, Any], **settings: Any) -> httpx.Client:
        return serve(sandbox(paths=paths, settings=Settings(**settings)))

    return start


def test_created_item_is_read_back_and_listed(client: Callable[..., httpx.Client]) -> None:
    pets = client(resource())
    created = pets.post("/pets", json={"name": "Rex", "age": 3})
    assert created.status_code == 201
    url = created.headers["location"]
    assert url.endswith(f"/pets/{created.json()['id']}")
    assert pets.get(url).json() == created.json() == {"id": created.json()["id"], "name": "Rex", "age": 3}
    assert pets.get("/pets").json() == [created.json()]


def test_replace_drops_what_is_not_sent_and_patch_keeps_it(client: Callable[..., httpx.Client]) -> None:
    pets = client(resource())
    url = pets.post("/pets", json={"name": "Rex", "age": 3}).headers["location"]
    assert (
        pets.patch(url, json={"tag": "dog"}).json().items() >= {"name": "Rex", "age": 3, "tag": "dog"}.items()
    )
    assert pets.put(url, json={"name": "Max"}).json().keys() == {"id", "name"}
    assert pets.get(url).json()["name"] == "Max"


def test_put_creates_what_is_not_there(client: Callable[..., httpx.Client]) -> None:
    pets = client(resource(), any_id=False)
    assert pets.put("/pets/rex", json={"name": "Rex"}).status_code == 201
    assert pets.put("/pets/rex", json={"name": "Rex II"}).status_code == 200
    assert pets.get("/pets/rex").json() == {"id": "rex", "name": "Rex II"}


def test_deleted_item_is_gone_and_a_second_delete_says_so(client: Callable[..., httpx.Client]) -> None:
    pets = client(resource())
    url = pets.post("/pets", json={"name": "Rex"}).headers["location"]
    assert [pets.delete(url).status_code for _ in range(2)] == [204, 404]
    assert pets.get(url).status_code == 404
    assert pets.patch(url, json={"name": "Max"}).status_code == 404
    assert pets.get("/pets").json() == []


def test_unknown_id_is_made_once_and_then_stays(client: Callable[..., httpx.Client]) -> None:
    pets = client(resource())
    made = pets.get("/pets/p-7").json()
    assert made["id"] == "p-7"
    assert pets.get("/pets/p-7").json() == made
    assert pets.get("/pets").json() == [made]
    assert pets.delete("/pets/p-7").status_code == 204
    assert pets.get("/pets/p-7").status_code == 404


def test_change_brings_back_an_item_that_nobody_created(client: Callable[..., httpx.Client]) -> None:
    pets = client(resource())
    pets.get("/pets/p-7")
    pets.delete("/pets/p-7")
    assert pets.get("/pets/p-7").status_code == 404
    assert pets.patch("/pets/p-7", json={"name": "Max"}).json()["name"] == "Max"
    assert pets.get("/pets/p-7").json()["name"] == "Max"


def test_a_write_to_an_id_nobody_has_heard_of_is_the_documented_404(
    client: Callable[..., httpx.Client],
) -> None:
    pets = client(resource(), populate=1)
    assert pets.patch("/pets/p-7", json={"tag": "dog"}).status_code == 404
    assert pets.delete("/pets/p-7").status_code == 404
    assert [pet["id"] for pet in pets.get("/pets").json()] != ["p-7"]
    (there,) = pets.get("/pets").json()
    assert pets.patch(f"/pets/{there['id']}", json={"tag": "dog"}).json()["tag"] == "dog"


def test_a_write_to_an_id_that_was_read_is_taken(client: Callable[..., httpx.Client]) -> None:
    pets = client(resource())
    pets.get("/pets/p-7")
    assert pets.patch("/pets/p-7", json={"tag": "dog"}).json()["tag"] == "dog"


def test_where_no_404_is_documented_a_write_finds_any_id(client: Callable[..., httpx.Client]) -> None:
    paths = resource()
    for operation in paths["/pets/{petId}"].values():
        if isinstance(operation, dict):
            operation["responses"].pop("404", None)
    assert client(paths).patch("/pets/p-7", json={"tag": "dog"}).json()["id"] == "p-7"


def test_any_id_may_be_written_where_that_is_asked_for(client: Callable[..., httpx.Client]) -> None:
    pets = client(resource(), any_write=True)
    assert pets.patch("/pets/p-7", json={"tag": "dog"}).json()["tag"] == "dog"
    assert pets.delete("/pets/p-8").status_code == 204


def test_without_any_id_only_what_was_created_exists(client: Callable[..., httpx.Client]) -> None:
    pets = client(resource(), any_id=False)
    assert pets.get("/pets/p-7").status_code == 404
    assert pets.delete("/pets/p-7").status_code == 404
    assert pets.patch("/pets/p-7", json={"tag": "dog"}).status_code == 404


def test_collections_under_different_parents_share_nothing(client: Callable[..., httpx.Client]) -> None:
    paths = resource("/owners/{ownerId}/pets")
    for place in paths.values():
        place["parameters"] = path("ownerId") + place.get("parameters", [])
    pets = client(paths)
    rex = pets.post("/owners/1/pets", json={"name": "Rex"}).json()
    assert pets.get("/owners/1/pets").json() == [rex]
    assert pets.get("/owners/2/pets").json() == []
    assert pets.get(f"/owners/2/pets/{rex['id']}").json()["name"] != "Rex"


def test_item_carries_the_id_of_its_parent(client: Callable[..., httpx.Client]) -> None:
    item = {**PET, "properties": {**PET["properties"], "owner_id": {"type": "integer"}}}  # type: ignore[dict-item]
    paths = resource("/owners/{ownerId}/pets", item)
    for place in paths.values():
        place["parameters"] = path("ownerId") + place.get("parameters", [])
    assert client(paths).post("/owners/42/pets", json={"name": "Rex"}).json()["owner_id"] == 42


def test_singleton_keeps_its_changes(client: Callable[..., httpx.Client]) -> None:
    schema = {
        "type": "object",
        "properties": {"theme": {"type": "string"}, "size": {"type": "integer"}},
        "required": ["theme", "size"],
    }
    settings = {
        "get": {"responses": answer(schema)},
        "patch": {"requestBody": body({"type": "object"}), "responses": answer(schema)},
    }
    api = client({"/settings": settings})
    before = api.get("/settings").json()
    assert api.patch("/settings", json={"theme": "dark"}).json() == {**before, "theme": "dark"}
    assert api.get("/settings").json() == {**before, "theme": "dark"}


def wrapped(name: str) -> Callable[[Any], Any]:
    return lambda inner: {"type": "object", "required": [name], "properties": {name: inner}}


def many(inner: Any) -> Any:
    return {"type": "array", "items": inner}


ENVELOPES: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any], Callable[[Any], list[Any]]]] = {
    "bare": (many, lambda item: item, lambda got: got),
    "data": (lambda item: wrapped("data")(many(item)), wrapped("data"), lambda got: got["data"]),
    "hal": (
        lambda item: wrapped("_embedded")(wrapped("pets")(many(item))),
        lambda item: item,
        lambda got: got["_embedded"]["pets"],
    ),
    "one in a list": (
        lambda item: wrapped("Pets")(many(item)),
        lambda item: wrapped("Pets")(many(item)),
        lambda got: got["Pets"],
    ),
    "singular wrapper": (lambda item: wrapped("pets")(many(item)), wrapped("pet"), lambda got: got["pets"]),
}


@pytest.mark.parametrize("kind", ENVELOPES)
def test_envelope_holds_what_was_created(client: Callable[..., httpx.Client], kind: str) -> None:
    listed, shown, items_in = ENVELOPES[kind]
    pets = client(resource(listed=listed, shown=shown))
    created = pets.post("/pets", json={"name": "Rex", "age": 3})
    assert '"Rex"' in created.text
    assert pets.get(created.headers["location"]).json() == created.json()
    listed_items = items_in(pets.get("/pets").json())
    assert [item["name"] for item in listed_items] == ["Rex"]
    assert created.headers["location"].endswith(listed_items[0]["id"])


def test_json_api_attributes_are_kept(client: Callable[..., httpx.Client]) -> None:
    attributes = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    fields = {"type": {"const": "pets"}, "id": {"type": "string"}, "attributes": attributes}
    item = {"type": "object", "required": ["type", "id", "attributes"], "properties": fields}
    new = wrapped("data")(
        {"type": "object", "required": ["type", "attributes"], "properties": {**fields, "id": False}}
    )
    paths = resource(item=item, new=new, listed=lambda one: wrapped("data")(many(one)), shown=wrapped("data"))
    pets = client(paths)
    created = pets.post("/pets", json={"data": {"type": "pets", "attributes": {"name": "Rex"}}}).json()[
        "data"
    ]
    assert created["attributes"] == {"name": "Rex"}
    assert pets.get(f"/pets/{created['id']}").json()["data"] == created
    assert pets.get("/pets").json()["data"] == [created]


def test_body_wrapped_in_its_noun_is_unwrapped(client: Callable[..., httpx.Client]) -> None:
    pets = client(resource(new=wrapped("pet")(NEW_PET), shown=wrapped("pet")))
    created = pets.post("/pets", json={"pet": {"name": "Rex"}})
    assert created.json()["pet"].items() >= {"name": "Rex"}.items()
    assert pets.get(created.headers["location"]).json() == created.json()


@pytest.mark.parametrize(
    ("schema", "looks"),
    [
        ({"type": "string", "format": "uuid"}, r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}"),
        ({"type": "integer"}, r"\d+"),
        ({"type": "string", "pattern": "^pet_[a-z]{8}$"}, r"pet_[a-z]{8}"),
        ({"type": "string", "minLength": 20, "maxLength": 20}, r".{20}"),
    ],
)
def test_identifier_is_of_its_declared_kind(
    client: Callable[..., httpx.Client], schema: Any, looks: str
) -> None:
    pets = client(resource(item={**PET, "properties": {**PET["properties"], "id": schema}}))  # type: ignore[dict-item]
    created = [pets.post("/pets", json={"name": name}).json() for name in ("Rex", "Max")]
    assert created[0]["id"] != created[1]["id"]
    for one in created:
        assert re.fullmatch(looks, str(one["id"]))
        assert pets.get(f"/pets/{one['id']}").json() == one


def keyed(*, conflict: bool) -> dict[str, Any]:
    item = {
        "type": "object",
        "required": ["petId", "name"],
        "properties": {"petId": {"type": "string"}, "name": {"type": "string"}},
    }
    return resource(item=item, new=item, conflict=conflict)


def test_duplicate_is_refused_where_a_conflict_is_declared(client: Callable[..., httpx.Client]) -> None:
    pets = client(keyed(conflict=True))
    assert pets.post("/pets", json={"petId": "rex", "name": "Rex"}).status_code == 201
    assert pets.post("/pets", json={"petId": "rex", "name": "Max"}).status_code == 409
    assert pets.get("/pets/rex").json()["name"] == "Rex"


def test_duplicate_replaces_where_no_conflict_is_declared(client: Callable[..., httpx.Client]) -> None:
    pets = client(keyed(conflict=False))
    assert [
        pets.post("/pets", json={"petId": "rex", "name": name}).status_code for name in ("Rex", "Max")
    ] == [201, 201]
    assert pets.get("/pets").json() == [{"petId": "rex", "name": "Max"}]


def test_read_only_fields_are_the_servers(client: Callable[..., httpx.Client]) -> None:
    properties = {**PET["properties"], "rank": {"type": "integer", "readOnly": True, "maximum": 5}}  # type: ignore[dict-item]
    item = {**PET, "required": ["id", "name", "rank"], "properties": properties}
    pets = client(
        resource(
            item=item,
            new={"type": "object", "properties": {**properties, "id": {"type": "string", "readOnly": True}}},
        )
    )
    created = pets.post("/pets", json={"name": "Rex"}).json()
    assert created["rank"] <= 5
    assert pets.get(f"/pets/{created['id']}").json() == created


def test_new_items_are_dated_in_the_order_of_their_creation(client: Callable[..., httpx.Client]) -> None:
    moments = {name: {"type": "string", "format": "date-time"} for name in ("created_at", "updated_at")}
    item = {**PET, "required": ["id", "name", *moments], "properties": {**PET["properties"], **moments}}  # type: ignore[dict-item]
    pets = client(resource(item=item))
    first, second = [pets.post("/pets", json={"name": name}).json() for name in ("Rex", "Max")]
    assert first["created_at"] < second["created_at"]
    changed = pets.patch(f"/pets/{first['id']}", json={"tag": "dog"}).json()
    assert changed["created_at"] == first["created_at"]
    assert changed["updated_at"] > first["updated_at"]


# ---- populated worlds


def shop() -> dict[str, Any]:
    """Customers, and orders that name one in each of the usual ways."""
    customer = {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": {"type": "string", "format": "uuid"}, "name": {"type": "string"}},
    }
    nested = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
    ways = {"customer_id": {"type": "string"}, "customer": nested}
    order = {
        "type": "object",
        "required": ["id", *ways],
        "properties": {"id": {"type": "string"}, "total": {"type": "integer"}, **ways},
    }
    new_order = {
        "type": "object",
        "properties": {"total": {"type": "integer"}, "customer_id": {"type": "string"}},
    }
    return {**resource("/customers", customer), **resource("/orders", order, new_order)}


@pytest.mark.parametrize("first", ["/customers", "/orders"])
def test_foreign_keys_lead_to_populated_items_in_any_order_of_requests(
    client: Callable[..., httpx.Client], first: str
) -> None:
    api = client(shop(), populate=3)
    api.get(first)
    orders = api.get("/orders").json()
    customers = {one["id"] for one in api.get("/customers").json()}
    assert len(orders) == len(customers) == 3
    assert {order["customer_id"] for order in orders} | {
        order["customer"]["id"] for order in orders
    } <= customers


def test_made_up_item_leads_to_a_populated_one_and_a_sent_key_is_kept(
    client: Callable[..., httpx.Client],
) -> None:
    api = client(shop(), populate=3)
    customers = {one["id"] for one in api.get("/customers").json()}
    assert api.get("/orders/unknown").json()["customer_id"] in customers
    assert api.post("/orders", json={"customer_id": "mine"}).json()["customer_id"] == "mine"


def test_one_seed_gives_one_world_in_any_order_of_requests(client: Callable[..., httpx.Client]) -> None:
    one, other = client(shop(), populate=3, seed=7), client(shop(), populate=3, seed=7)
    orders, customers = one.get("/orders").json(), one.get("/customers").json()
    assert other.get("/customers").json() == customers
    assert other.get("/orders").json() == orders
    assert client(shop(), populate=3, seed=8).get("/orders").json() != orders


def test_ids_in_a_populated_list_resolve(client: Callable[..., httpx.Client]) -> None:
    api = client(shop(), populate=3, any_id=False)
    for order in api.get("/orders").json():
        assert api.get(f"/orders/{order['id']}").json() == order


def test_create_takes_the_place_of_what_was_only_asked_for(client: Callable[..., httpx.Client]) -> None:
    pets = client(keyed(conflict=True))
    pets.get("/pets/rex")
    assert pets.post("/pets", json={"petId": "rex", "name": "Rex"}).status_code == 201
    assert pets.get("/pets/rex").json()["name"] == "Rex"


def test_few_identifiers_make_few_populated_items(client: Callable[..., httpx.Client]) -> None:
    item = {**PET, "properties": {**PET["properties"], "id": {"enum": ["one", "two"]}}}  # type: ignore[dict-item]
    listed = client(resource(item=item), populate=5).get("/pets").json()
    assert sorted(pet["id"] for pet in listed) == ["one", "two"]


@pytest.mark.parametrize(("sent", "declared", "shown"), [("1.5", "number", 1.5), (7, "string", "7")])
def test_value_is_shown_in_the_declared_type(
    client: Callable[..., httpx.Client], sent: Any, declared: str, shown: Any
) -> None:
    item = {
        **PET,
        "required": ["id", "units"],
        "properties": {"id": {"type": "string"}, "units": {"type": declared}},
    }
    pets = client(resource(item=item, new={"type": "object", "properties": {"units": {}}}))
    created = pets.post("/pets", json={"units": sent})
    assert created.json()["units"] == shown
    assert pets.get(created.headers["location"]).json() == created.json()


def test_id_that_was_sent_becomes_the_id_of_the_object_that_is_shown(
    client: Callable[..., httpx.Client],
) -> None:
    customer = {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
    }
    item = {
        **PET,
        "required": ["id", "customer"],
        "properties": {"id": {"type": "string"}, "customer": customer},
    }
    pets = client(resource(item=item, new={"type": "object", "properties": {"customer": {"type": "string"}}}))
    created = pets.post("/pets", json={"customer": "c-1"})
    assert created.json()["customer"]["id"] == "c-1"
    assert pets.get(created.headers["location"]).json() == created.json()


def test_populated_item_is_there_like_a_created_one(client: Callable[..., httpx.Client]) -> None:
    pets = client(keyed(conflict=True), populate=1)
    key = pets.get("/pets").json()[0]["petId"]
    assert pets.post("/pets", json={"petId": key, "name": "Rex"}).status_code == 409
    assert pets.delete(f"/pets/{key}").status_code == 204
    assert pets.patch(f"/pets/{key}", json={"name": "Max"}).status_code == 404


def test_item_that_was_put_is_gone_after_a_delete(client: Callable[..., httpx.Client]) -> None:
    pets = client(resource())
    assert pets.put("/pets/rex", json={"name": "Rex"}).status_code == 201
    assert pets.delete("/pets/rex").status_code == 204
    assert pets.patch("/pets/rex", json={"name": "Max"}).status_code == 404


def test_a_refusal_that_the_contract_gives_no_body_still_says_why(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    at = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    responses = {"200": {"description": ""}, "400": {"description": "bad"}}
    refused = serve(sandbox(paths={"/pets/{id}": {"get": {"parameters": [at], "responses": responses}}})).get(
        "/pets/abc"
    )
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "/id"


def test_what_was_not_sent_is_at_its_default(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    order = {
        "type": "object",
        "properties": {"sku": {"type": "string"}, "status": {"type": "string", "default": "open"}},
    }
    shown = {
        "allOf": [
            order,
            {
                "type": "object",
                "required": ["id"],
                "properties": {"id": {"type": "integer", "readOnly": True}},
            },
        ]
    }
    answer = {"description": "", "content": {"application/json": {"schema": shown}}}
    post = {"requestBody": {"content": {"application/json": {"schema": order}}}, "responses": {"201": answer}}
    at = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    paths = {
        "/orders": {"post": post},
        "/orders/{id}": {"get": {"parameters": [at], "responses": {"200": answer}}},
    }
    client = serve(sandbox(paths=paths))
    made = client.post("/orders", json={"sku": "A"}).json()
    assert made["status"] == "open"
    assert client.get(f"/orders/{made['id']}").json() == made


def test_a_number_sent_as_id_is_kept_where_it_is_free(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    pet = {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
    content = {"content": {"application/json": {"schema": pet}}}
    at = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    ok = {"responses": {"200": {"description": "", **content}}}
    paths = {
        "/pets": {"post": {"requestBody": content, **ok}},
        "/pets/{id}": {"get": {"parameters": [at], **ok}},
    }
    client = serve(sandbox(paths=paths))
    assert client.post("/pets", json={"id": 77, "name": "Rex"}).json()["id"] == 77
    assert client.get("/pets/77").json()["name"] == "Rex"
    assert client.post("/pets", json={"id": 77, "name": "Tom"}).json()["id"] != 77


def test_a_documented_error_says_why_and_where_and_nothing_made_up(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    text = {"type": "string"}
    inner = {
        "type": "object",
        "required": ["message"],
        "properties": {"message": text, "param": text, "charge": text, "card": {"type": "object"}},
    }
    error = {"type": "object", "required": ["error"], "properties": {"error": inner}}
    responses = {
        "200": {"description": ""},
        "400": {"description": "", "content": {"application/json": {"schema": error}}},
    }
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
    answer = (
        serve(sandbox(paths={"/a": {"get": {"parameters": [limit], "responses": responses}}}))
        .get("/a?limit=x")
        .json()
    )
    assert answer == {"error": {"message": 'query /limit: must be an integer, got "x"', "param": "limit"}}


def test_put_keeps_what_must_be_there_and_was_not_sent(client: Callable[..., httpx.Client]) -> None:
    order = {**PET, "required": ["id", "name", "age"]}
    pets = client(resource(item=order))
    url = pets.post("/pets", json={"name": "Rex", "age": 3, "tag": "dog"}).headers["location"]
    assert pets.put(url, json={"name": "Max"}).json().items() >= {"name": "Max", "age": 3}.items()
    assert "tag" not in pets.get(url).json()


def test_a_change_without_a_body_takes_its_fields_from_the_query(client: Callable[..., httpx.Client]) -> None:
    paths = resource()
    names = {
        "name": {"type": "string"},
        "age": {"type": "integer", "default": 0},
        "dry_run": {"type": "boolean"},
    }
    query = [{"name": name, "in": "query", "schema": schema} for name, schema in names.items()]
    paths["/pets/{petId}"]["post"] = {"parameters": query, "responses": answer(PET)}
    del paths["/pets/{petId}"]["patch"]
    pets = client(paths)
    url = pets.post("/pets", json={"name": "Rex", "age": 3}).headers["location"]
    changed = pets.post(url, params={"name": "Max", "dry_run": "false"})
    assert changed.json() == pets.get(url).json() == {"id": url.rpartition("/")[2], "name": "Max", "age": 3}


def test_the_number_in_a_path_finds_the_item_that_also_has_an_id(client: Callable[..., httpx.Client]) -> None:
    integer, text = {"type": "integer"}, {"type": "string"}
    issue = {
        "type": "object",
        "required": ["id", "number"],
        "properties": {"id": integer, "number": integer, "title": text},
    }
    new = {"type": "object", "properties": {"title": text}}
    at = [{"name": "issue_number", "in": "path", "required": True, "schema": integer}]
    issues = client(
        {
            "/issues": {"post": {"requestBody": body(new), "responses": answer(issue, "201")}},
            "/issues/{issue_number}": {"get": {"parameters": at, "responses": answer(issue)}},
        }
    )
    made = issues.post("/issues", json={"title": "Leak"}).json()
    assert made["number"] == made["id"]
    assert issues.get(f"/issues/{made['number']}").json() == made


def test_an_id_that_is_made_up_is_one_that_the_path_takes_as_well(
    client: Callable[..., httpx.Client],
) -> None:
    text = {"type": "string"}
    boat = {"type": "object", "required": ["id"], "properties": {"id": text, "title": text}}
    new = {"type": "object", "properties": {"title": text}}
    at = [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]
    boats = client(
        {
            "/boats": {"post": {"requestBody": body(new), "responses": answer(boat, "201")}},
            "/boats/{id}": {"get": {"parameters": at, "responses": answer(boat)}},
        }
    )
    made = boats.post("/boats", json={"title": "Swan"}).json()
    assert boats.get(f"/boats/{made['id']}").json() == made


def test_an_item_that_its_path_names_by_a_text_is_found_by_its_number_as_well(
    client: Callable[..., httpx.Client],
) -> None:
    text = {"type": "string"}
    crew = {
        "type": "object",
        "required": ["id", "slug"],
        "properties": {"id": {"type": "integer"}, "slug": text, "title": text},
    }
    new = {"type": "object", "properties": {"title": text}}
    at = [{"name": "crew_slug", "in": "path", "required": True, "schema": text}]
    one = {
        "parameters": at,
        "get": {"responses": answer(crew)},
        "delete": {"responses": {"204": {"description": ""}}},
    }
    crews = client(
        {
            "/crews": {"post": {"requestBody": body(new), "responses": answer(crew, "201")}},
            "/crews/{crew_slug}": one,
        }
    )
    made = crews.post("/crews", json={"title": "Deck"}).json()
    for name in ("slug", "id"):
        assert crews.get(f"/crews/{made[name]}").json() == made
    assert crews.delete(f"/crews/{made['id']}").status_code == 204
    for name in ("slug", "id"):
        assert crews.get(f"/crews/{made[name]}").status_code == 404


def test_an_id_that_is_required_beside_another_spelling_of_it_is_the_same(
    client: Callable[..., httpx.Client],
) -> None:
    text = {"type": "string"}
    boat = {
        "type": "object",
        "required": ["id"],
        "properties": {"Id": {"type": "string", "format": "uuid"}, "Title": text},
    }
    new = {"type": "object", "properties": {"Title": text}}
    at = [{"name": "BoatId", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}]
    boats = client(
        {
            "/Boats": {"post": {"requestBody": body(new), "responses": answer(boat, "201")}},
            "/Boats/{BoatId}": {"get": {"parameters": at, "responses": answer(boat)}},
        }
    )
    made = boats.post("/Boats", json={"Title": "Swan"}).json()
    assert made["id"] == made["Id"]
    assert boats.get(f"/Boats/{made['id']}").json() == made


def test_no_location_is_told_that_no_client_has_room_for(client: Callable[..., httpx.Client]) -> None:
    named = {"type": "object", "properties": {"name": {"type": "string"}}}  # which is then its id
    pets = client(
        {
            "/pets": {"post": {"requestBody": body(named), "responses": answer(named, "201")}},
            "/pets/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "get": {"responses": answer(named)},
            },
        }
    )
    assert "location" in pets.post("/pets", json={"name": "a"}).headers
    answered = pets.post("/pets", json={"name": "a" * 9_000})
    assert answered.status_code == 201
    assert "location" not in answered.headers


def test_no_location_is_told_where_no_path_leads_to_one_item(client: Callable[..., httpx.Client]) -> None:
    created = client({"/pets": resource()["/pets"]}).post("/pets", json={"name": "Rex"})
    assert created.status_code == 201
    assert "location" not in created.headers


def test_what_was_just_created_is_not_over(client: Callable[..., httpx.Client]) -> None:
    flag = {"type": "boolean"}
    shown = {
        **PET,
        "required": ["id", "closed", "isArchived"],
        "properties": {**PET["properties"], "closed": flag, "isArchived": flag},  # type: ignore[dict-item]
    }
    pets = client(resource(item=shown))
    made = [pets.post("/pets", json={"name": f"Rex {number}"}).json() for number in range(8)]
    assert {(pet["closed"], pet["isArchived"]) for pet in made} == {(False, False)}
    assert pets.post("/pets", json={"name": "Rex", "closed": True}).json()["closed"] is True


def test_an_answer_about_no_record_says_what_was_sent(client: Callable[..., httpx.Client]) -> None:
    payment = {
        "type": "object",
        "required": ["id", "amount", "note"],
        "properties": {"id": {"type": "string"}, "amount": {"type": "number"}},
    }
    payment["properties"]["note"] = {"type": "string", "maxLength": 3}  # type: ignore[index]
    sent = {
        "type": "object",
        "properties": {"amount": {"type": "number"}, "note": {"type": "string"}, "card": {"type": "string"}},
    }
    post = {"requestBody": body(sent), "responses": answer(payment)}
    pets = client(
        {
            **resource(),
            "/pets/{petId}/payment": {"parameters": path("petId"), "post": post},
            "/donations": {"post": post},
        }
    )
    for url in ("/pets/rex/payment", "/donations"):
        said = pets.post(url, json={"amount": 49.5, "note": "too long", "card": "4242"})
        assert said.status_code == 200
        assert said.json().keys() == {"id", "amount", "note"}
        assert said.json()["amount"] == 49.5
        assert said.json()["note"] != "too long"


def test_a_plain_record_that_somebody_put_into_the_store_is_an_item(
    sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]
) -> None:
    box = sandbox(paths=resource(), settings=Settings())
    sessions = Sessions()
    pets = serve(box, sessions=sessions)
    context = box.context("get /pets", sessions.use())
    asyncio.run(context.store.insert("/pets", "rex", {"name": "Rex", "age": 3}))
    assert (
        pets.get("/pets").json() == [pets.get("/pets/rex").json()] == [{"id": "rex", "name": "Rex", "age": 3}]
    )
    assert pets.patch("/pets/rex", json={"age": 4}).json() == {"id": "rex", "name": "Rex", "age": 4}
    assert pets.delete("/pets/rex").status_code == 204
    assert pets.get("/pets/rex").status_code == 404


def test_what_another_item_lists_already_does_not_refuse_a_create(
    client: Callable[..., httpx.Client],
) -> None:
    text = {"type": "string"}
    line = {
        "type": "object",
        "required": ["id"],
        "properties": {"id": text, "order_id": text, "sku": text},
    }
    order = {
        "type": "object",
        "required": ["id", "lines"],
        "properties": {"id": text, "title": text, "lines": {"type": "array", "items": line}},
    }
    paths = resource("/orders", order, {**order, "required": ["lines"]})
    paths |= {name.replace("/orders", "/lines"): one for name, one in resource("/orders", line, line).items()}
    orders = client(paths)
    for title in ("one", "two"):
        made = orders.post("/orders", json={"title": title, "lines": [{"id": "l-1", "sku": "s"}]})
        assert made.status_code == 201, made.text
