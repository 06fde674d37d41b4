"""Extensions: what a contract says with `x-understudy` where it cannot be inferred."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from support import write_contract
from understudy.contracts.extensions import unusable
from understudy.sandbox import Sandbox, Settings

Serve = Callable[..., httpx.Client]
TEXT = {"type": "string"}


def media(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "ok", "content": {"application/json": {"schema": schema}}}


def collection(path: str, item: dict[str, Any], **extensions: Any) -> dict[str, Any]:
    """Return the paths of a collection in which items can be created, read, changed and listed."""
    parameter = {"name": "it", "in": "path", "required": True, "schema": TEXT}
    parents = [
        {"name": name, "in": "path", "required": True, "schema": TEXT}
        for name in ("team",)
        if f"{{{name}}}" in path
    ]
    post = {"requestBody": media(item), "responses": {"201": media(item), "409": {"description": "taken"}}}
    get = {"responses": {"200": media(item), "404": {"description": "none"}}}
    return {
        path: {
            "parameters": parents,
            "post": post,
            "get": {"responses": {"200": media({"type": "array", "items": item})}},
            **extensions,
        },
        f"{path}/{{it}}": {
            "parameters": [*parents, parameter],
            "get": get,
            "patch": {**get, "requestBody": media(item)},
            **extensions,
        },
    }


def item(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


@pytest.fixture
def api(serve: Serve, tmp_path: Path) -> Callable[..., httpx.Client]:
    """Serve some paths."""

    def start(paths: dict[str, Any], **settings: Any) -> httpx.Client:
        return serve(
            Sandbox(
                write_contract(tmp_path / "inline.json", "3.1.0", {"paths": paths}),
                None,
                Settings(any_id=False, **settings),
            )
        )

    return start


def test_the_id_is_the_member_that_is_named(api: Callable[..., httpx.Client]) -> None:
    client = api(
        collection("/cups", item(label=TEXT, id=TEXT), **{"x-understudy": {"id": {"member": "label"}}})
    )
    assert client.post("/cups", json={"label": "blue", "id": "7"}).status_code == 201
    assert client.get("/cups/blue").json()["id"] == "7"
    assert client.get("/cups/7").status_code == 404


def test_a_window_shows_the_items_of_the_collection_it_is_on(api: Callable[..., httpx.Client]) -> None:
    cup, window = item(id=TEXT, name=TEXT), {"x-understudy": {"of": "/cups"}}
    client = api(collection("/cups", cup) | collection("/teams/{team}/cups", cup, **window))
    created = client.post("/teams/a/cups", json={"id": "c1", "name": "blue"}).json()
    assert client.get(f"/cups/{created['id']}").json() == created
    assert [one["id"] for one in client.get("/cups").json()] == ["c1"]


def test_a_shared_collection_is_populated_once(api: Callable[..., httpx.Client]) -> None:
    cup, window = item(id=TEXT), {"x-understudy": {"of": "/cups"}}
    client = api(collection("/cups", cup) | collection("/teams/{team}/cups", cup, **window), populate=2)
    assert client.get("/cups").json() == client.get("/teams/b/cups").json()
    assert len(client.get("/cups").json()) == 2


def test_upper_and_lower_case_are_two_where_a_contract_says_so(api: Callable[..., httpx.Client]) -> None:
    named = [{"name": name, "in": "query", "schema": TEXT} for name in ("name", "tag", "sort")]
    words = {"filter": {"name": "name exactly", "tag": "name"}, "sort": {"by": ["sort"], "case": True}}
    paths = collection("/cups", item(id=TEXT, name=TEXT))
    paths["/cups"]["get"] |= {"parameters": named, "x-understudy": words}
    client = api(paths)
    for name in ("blue", "Blue", "Red"):
        client.post("/cups", json={"id": name, "name": name})

    def names(**query: str) -> list[str]:
        return [one["name"] for one in client.get("/cups", params=query).json()]

    assert names(name="blue") == ["blue"]
    assert sorted(names(tag="blue")) == ["Blue", "blue"]
    assert names(sort="name") == ["Blue", "Red", "blue"]


@pytest.mark.parametrize("is_shallow", [False, True])
def test_a_change_lays_objects_over_those_that_are_there_or_replaces_them(
    api: Callable[..., httpx.Client], is_shallow: bool
) -> None:
    size = {"type": "object", "properties": {"high": TEXT, "wide": TEXT}}
    paths = collection("/cups", item(id=TEXT, size=size))
    paths["/cups/{it}"]["patch"]["x-understudy"] = {"take": {"shallow": is_shallow}}
    client = api(paths)
    client.post("/cups", json={"id": "a", "size": {"high": "9", "wide": "7"}})
    changed = client.patch("/cups/a", json={"id": "a", "size": {"high": "10"}}).json()
    assert changed["size"] == ({"high": "10"} if is_shallow else {"high": "10", "wide": "7"})


def test_a_member_that_is_never_shown_is_still_a_filter(api: Callable[..., httpx.Client]) -> None:
    secret = {"x-understudy": {"members": {"pin": {"write_only": True}}}}
    paths = collection("/cups", {**item(id=TEXT), **secret})
    paths["/cups"]["post"]["requestBody"] = media(item(id=TEXT, pin=TEXT))
    pin = [{"name": "pin", "in": "query", "schema": TEXT}]
    paths["/cups"]["get"] |= {"parameters": pin, "x-understudy": {"filter": {"pin": "pin"}}}
    client = api(paths)
    for name in ("a", "b"):
        assert client.post("/cups", json={"id": name, "pin": f"{name}1"}).json() == {"id": name}
    assert client.get("/cups", params={"pin": "a1"}).json() == [{"id": "a"}]


def test_a_duplicate_of_a_unique_member_is_refused(api: Callable[..., httpx.Client]) -> None:
    client = api(
        collection("/users", item(id={"type": "integer"}, email={**TEXT, "x-understudy": {"unique": True}}))
    )
    first = client.post("/users", json={"id": 1, "email": "a@b.c"}).json()
    assert client.post("/users", json={"id": 2, "email": "a@b.c"}).status_code == 409
    second = client.post("/users", json={"id": 2, "email": "b@b.c"}).json()
    assert second["id"] == 2  # what was sent, since nobody has it
    assert client.patch(f"/users/{second['id']}", json={"id": 2, "email": "a@b.c"}).is_client_error
    assert client.patch(f"/users/{first['id']}", json={"id": 1, "email": "a@b.c"}).is_success
    assert len(client.get("/users").json()) == 2


def bulk(**words: Any) -> dict[str, Any]:
    """Return boxes that are created by lists, and of which some are hidden, as the words say."""
    box = {**item(it=TEXT, label=TEXT), "x-understudy": {"unique": ["label"], "id": {"sent_as": []}}}
    box["properties"] = {**box["properties"], "open": {"type": "boolean"}}
    paths = collection("/boxes", box)
    many = {"type": "array", "items": box}
    envelope = {"type": "object", "properties": {"done": {"type": "boolean"}, "boxes": many}}
    paths["/boxes"]["post"] = {
        "requestBody": media({"anyOf": [box, many]}),
        "responses": {"201": media(envelope), "409": {"description": "taken"}},
        "x-understudy": {"whole": True, "take": {"each": [""]}, **words},
    }
    paths["/boxes"]["get"]["parameters"] = [
        {"name": "with_open", "in": "query", "schema": {"type": "boolean", "default": True}}
    ]
    paths["/boxes"]["get"]["x-understudy"] = {
        "filter": {"with_open": {"members": ["/open"], "hides": True}},
        "sort": {"newest_first": False},
    }
    return paths


def boxes(*labels: str) -> list[dict[str, Any]]:
    return [{"it": label, "label": label} for label in labels]


def test_of_a_whole_list_all_are_created_or_none(api: Callable[..., httpx.Client]) -> None:
    client = api(bulk())
    assert client.post("/boxes", json=boxes("a", "b")).status_code == 201
    assert client.post("/boxes", json=boxes("c", "b")).status_code == 409
    assert client.post("/boxes", json=boxes("d", "d")).status_code == 409
    assert [one["label"] for one in client.get("/boxes").json()] == ["a", "b"]


def test_what_is_always_so_stands_around_each_list(api: Callable[..., httpx.Client]) -> None:
    client = api(bulk(answer={"list": "/boxes", "always": {"/done": True, "/note": None}}))
    for labels in (["a", "b"], ["c"]):
        body = client.post("/boxes", json=boxes(*labels)).json()
        assert (body["done"], body["note"]) == (True, None)
        assert [one["label"] for one in body["boxes"]] == labels


def test_a_flag_hides_what_it_is_said_to_hide(api: Callable[..., httpx.Client]) -> None:
    client = api(bulk())
    sent = [{"it": label, "label": label, "open": label == "a"} for label in ("a", "b")]
    client.post("/boxes", json=sent)
    for flag, labels in (("true", ["a", "b"]), ("false", ["b"])):
        assert [one["label"] for one in client.get(f"/boxes?with_open={flag}").json()] == labels


def test_a_parent_may_be_named_in_the_query(api: Callable[..., httpx.Client]) -> None:
    paths = collection("/boxes", item(it=TEXT, label=TEXT), **{"x-understudy": {"scope": ["shop"]}})
    for one in paths.values():
        one["parameters"] += [{"name": "shop", "in": "query", "required": True, "schema": TEXT}]
        for method in one.keys() & {"get", "post", "patch"}:
            one[method] = {**one[method], "x-understudy": {"scope": {"shop": "query/shop"}}}
    client = api(paths)
    client.post("/boxes?shop=a%26b", json=boxes("x")[0])
    assert [len(client.get(f"/boxes?shop={shop}").json()) for shop in ("a%26b", "a")] == [1, 0]
    assert [client.get(f"/boxes/x?shop={shop}").status_code for shop in ("a%26b", "a")] == [200, 404]


def test_where_unknown_ids_are_404_a_put_that_creates_nothing_finds_nothing(
    api: Callable[..., httpx.Client],
) -> None:
    box = item(it=TEXT, label=TEXT)
    paths = collection("/boxes", box)
    paths["/boxes/{it}"]["put"] = {"requestBody": media(box), "responses": {"200": media(box)}}
    assert api(paths).put("/boxes/x", json=boxes("x")[0]).status_code == 404


def test_a_faker_method_makes_the_values(api: Callable[..., httpx.Client]) -> None:
    client = api(
        collection("/cars", item(id=TEXT, remark={**TEXT, "x-understudy": {"faker": "ipv4"}})), populate=3
    )
    remarks = [car["remark"] for car in client.get("/cars").json()]
    assert [remark.count(".") for remark in remarks] == [3, 3, 3]


def test_a_faker_method_comes_before_an_example(api: Callable[..., httpx.Client]) -> None:
    client = api(
        {
            "/now": {
                "post": {
                    "responses": {"200": media({**TEXT, "example": "x", "x-understudy": {"faker": "ipv4"}})}
                }
            }
        }
    )
    assert client.post("/now").json().count(".") == 3


def test_what_cannot_be_used_is_a_finding_with_its_place(tmp_path: Path) -> None:
    wrong = {
        **TEXT,
        "x-understudy": {"faker": "no_such_thing", "unique": "yes", "expected": 2, "xml": {"null": "omit"}},
        "x-understudy-nonsense": 1,
    }
    document = {"paths": collection("/a", item(id=wrong))}
    contract = write_contract(tmp_path / "inline.json", "3.1.0", document)
    found = {finding.pointer.rpartition("/")[2]: finding.reason for finding in unusable(contract)}
    assert found == {
        "faker": "faker names 'no_such_thing', which is no method of Faker",
        "unique": "unique must be true or false",
        "expected": "expected must be a text",
        "xml": "xml must be an object of namespaces, nulls, order",
        "x-understudy-nonsense": "x-understudy-nonsense is no extension that is known; "
        "what is said stands under x-understudy",
    }
