"""Inferred behaviour beside the usual six operations: actions on an item, views of a list, many items at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from support import write_contract
from understudy.model.compiler import compile
from understudy.model.model import Act
from understudy.sandbox import Sandbox, Settings

TEXT = {"type": "string"}
STATUS = {"type": "string", "enum": ["open", "paid", "cancelled"]}
ORDER = {
    "type": "object",
    "required": ["id", "status"],
    "properties": {"id": TEXT, "status": STATUS, "note": TEXT, "owner": TEXT},
}
NEW = {"type": "object", "properties": {"status": STATUS, "note": TEXT, "owner": TEXT}}
LIST = {"type": "array", "items": ORDER}
GONE = {"204": {"description": ""}}
Paths = dict[str, Any]
Client = Callable[..., httpx.Client]


def answer(schema: Any, status: str = "200") -> Any:
    return {status: {"description": "", "content": {"application/json": {"schema": schema}}}}


def operation(schema: Any = None, body: Any = None, *query: str, status: str = "200") -> Any:
    made: dict[str, Any] = {"responses": answer(schema, status) if schema else GONE}
    if body:
        made["requestBody"] = {"content": {"application/json": {"schema": body}}}
    return {
        **made,
        "parameters": [
            {"name": name, "in": "query", "schema": {"type": "array", "items": TEXT}} for name in query
        ],
    }


def orders(more: Paths | None = None, base: str = "/orders") -> Paths:
    """Describe a collection of orders, its items, and more paths."""
    paths = {
        base: {"get": operation(LIST), "post": operation(ORDER, NEW, status="201")},
        f"{base}/{{orderId}}": {"get": operation(ORDER), "delete": operation()},
        **(more or {}),
    }
    for path, item in paths.items():
        names = [segment.strip("{}") for segment in path.split("/") if segment.startswith("{")]
        item["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": TEXT} for name in names
        ]
    return paths


@pytest.fixture
def client(sandbox: Callable[..., Sandbox], serve: Client) -> Client:
    """Serve paths: `client(paths)`; `any_id` is the sandbox's setting."""

    def start(paths: Paths, **settings: Any) -> httpx.Client:
        return serve(sandbox(paths=paths, settings=Settings(**settings)))

    return start


def created(api: httpx.Client, **fields: Any) -> str:
    response = api.post("/orders", json=fields)
    assert response.status_code == 201
    return str(response.json()["id"])


# ---- actions


def test_an_action_answers_the_stored_item_with_its_status_moved(client: Client) -> None:
    api = client(orders({"/orders/{orderId}/cancel": {"post": operation(ORDER)}}))
    key = created(api, status="open", note="mine")
    cancelled = api.post(f"/orders/{key}/cancel").json()
    assert cancelled == {"id": key, "status": "cancelled", "note": "mine"}
    assert api.get(f"/orders/{key}").json() == cancelled
    assert api.get("/orders").json() == [cancelled]


def test_an_action_keeps_what_is_sent_and_the_item_has_a_place_for(client: Client) -> None:
    body = {"type": "object", "properties": {"note": TEXT, "reason": TEXT}}
    api = client(orders({"/orders/{orderId}/approve": {"post": operation(ORDER, body)}}))
    key = created(api, status="open")
    approved = api.post(f"/orders/{key}/approve", json={"note": "fine", "reason": "no member"}).json()
    assert approved == {"id": key, "status": "open", "note": "fine"}
    assert api.get(f"/orders/{key}").json() == approved


def test_an_action_that_answers_nothing_moves_the_status_all_the_same(client: Client) -> None:
    api = client(orders({"/orders/{orderId}/actions/pay": {"put": operation()}}))
    key = created(api, status="open")
    assert api.put(f"/orders/{key}/actions/pay").status_code == 204
    assert api.get(f"/orders/{key}").json()["status"] == "paid"


def test_an_action_finds_the_item_in_its_wrapper(client: Client) -> None:
    wrapped = {"type": "object", "required": ["order"], "properties": {"order": ORDER}}
    api = client(orders({"/orders/{orderId}/cancel": {"post": operation(wrapped)}}))
    key = created(api, status="open")
    assert api.post(f"/orders/{key}/cancel").json() == {"order": {"id": key, "status": "cancelled"}}


RECEIPT = {"type": "object", "required": ["number"], "properties": {"number": {"type": "integer"}}}


@pytest.mark.parametrize("shown", [ORDER, RECEIPT, None], ids=["the item", "another object", "nothing"])
def test_an_action_on_an_unknown_item_is_not_found(client: Client, shown: Any) -> None:
    paths = orders({"/orders/{orderId}/ship": {"post": operation(shown)}})
    api = client(paths, any_id=False)
    assert api.post("/orders/unknown/ship").status_code == 404
    key = created(api)
    assert api.post(f"/orders/{key}/ship").is_success
    api.delete(f"/orders/{key}")
    assert api.post(f"/orders/{key}/ship").status_code == 404


def test_where_any_id_will_do_an_action_makes_its_item(client: Client) -> None:
    api = client(orders({"/orders/{orderId}/cancel": {"post": operation(ORDER)}}))
    made = api.post("/orders/mine/cancel").json()
    assert (made["id"], made["status"]) == ("mine", "cancelled")
    assert api.get("/orders/mine").json() == made


def test_where_any_id_will_do_only_what_was_created_can_be_missing_below_it(client: Client) -> None:
    api = client(orders({"/orders/{orderId}/receipt": {"get": operation(RECEIPT)}}))
    keys = [created(api), created(api, id="chosen"), "mine"]
    for one in keys:
        assert api.get(f"/orders/{one}/receipt").status_code == 200
        api.delete(f"/orders/{one}")
    assert [api.get(f"/orders/{one}/receipt").status_code for one in keys] == [404, 404, 200]
    assert api.get("/orders").json() == []


def test_a_copy_is_an_item_of_its_own(client: Client) -> None:
    paths = orders({"/orders/{orderId}/duplicate": {"post": operation(ORDER, NEW, status="201")}})
    paths["/orders"]["post"] = operation(ORDER, {**ORDER, "required": []}, status="201")
    api = client(paths)
    key = created(api, note="mine", owner="me")
    copied = api.post(f"/orders/{key}/duplicate", json={"owner": "you"})
    assert copied.json().items() >= {"note": "mine", "owner": "you"}.items()
    assert copied.json()["id"] != key
    assert api.get(copied.headers["location"]).json() == copied.json()
    assert api.get(f"/orders/{key}").json()["owner"] == "me"


@pytest.mark.parametrize("name", ["doc", "booking_info"])
def test_a_copy_is_told_as_all_that_an_answer_holds_but_how_it_went(client: Client, name: str) -> None:
    wrapped = {"type": "object", "required": [name], "properties": {"message": TEXT, name: ORDER}}
    api = client(orders({"/orders/{orderId}/duplicate": {"post": operation(wrapped, status="201")}}))
    key = created(api, note="mine")
    copied = api.post(f"/orders/{key}/duplicate").json()[name]
    assert (copied["note"], copied["id"] == key) == ("mine", False)
    assert len(api.get("/orders").json()) == 2


def test_a_post_named_delete_deletes(client: Client) -> None:
    api = client(orders({"/orders/{orderId}/delete": {"post": operation(ORDER)}}))
    key = created(api)
    for one in (key, "mine"):
        assert api.post(f"/orders/{one}/delete").json()["id"] == one
    assert [api.get(f"/orders/{one}").status_code for one in (key, "mine")] == [404, 200]


@pytest.mark.parametrize(
    ("name", "states", "moved"),
    [
        ("cancel", ["open", "canceled"], "canceled"),
        ("cancel_order", ["OPEN", "CANCELLED"], "CANCELLED"),
        ("markAsPaid", ["open", "paid"], "paid"),
        ("finalize", ["draft", "finalized"], "finalized"),
        ("activate", ["draft", "active", "inactive"], "active"),
        ("deactivate", ["draft", "active", "inactive"], "inactive"),
        ("ship", ["new", "shipped"], "shipped"),
        ("deny", ["new", "denied"], "denied"),
        ("reopen", ["open", "closed"], "open"),
        ("void", ["open", "void"], "void"),
        ("unarchive", ["open", "archived"], "open"),
        ("unpublish", ["published", "draft", "hidden"], "draft"),
        ("disable", ["enabled", "stopped"], "stopped"),
        ("unpublish", ["published", "hidden", "gone"], None),
        ("unpublish", ["open", "closed"], None),
        ("cancel", ["canceled", "cancelled"], None),
        ("recalculate", ["open", "paid"], None),
        ("remove_cancellation", ["open", "cancelled"], None),
    ],
)
def test_a_name_moves_the_status_only_where_it_is_clear(
    tmp_path: Path, name: str, states: list[str], moved: str | None
) -> None:
    item = {**ORDER, "properties": {"id": TEXT, "status": {"type": "string", "enum": states}}}
    paths = orders({f"/orders/{{orderId}}/{name}": {"post": operation(item)}})
    paths["/orders/{orderId}"]["get"] = operation(item)
    paths["/orders"] = {}
    contract = write_contract(tmp_path / "c.json", "3.1.0", {"paths": paths})
    plan = compile(contract).operations[f"post /orders/{{orderId}}/{name}"]
    assert isinstance(plan, Act)
    assert plan.set == ({"status": moved} if moved else {})


def test_what_is_undone_was_never_done(client: Client) -> None:
    properties = {
        "id": TEXT,
        "isActive": {"type": "boolean"},
        "publishedAt": {"type": ["string", "null"], "format": "date-time"},
        "status": {"enum": ["draft", "published"]},
    }
    item = {
        "type": "object",
        "properties": properties,
        "required": ["id", "isActive", "publishedAt", "status"],
    }
    verbs = ("publish", "unpublish", "deactivate")
    paths = orders({f"/orders/{{orderId}}/{verb}": {"post": operation(item)} for verb in verbs})
    paths["/orders"] = {"get": operation({"type": "array", "items": item})}
    paths["/orders/{orderId}"]["get"] = operation(item)
    api = client(paths)
    assert api.post("/orders/a/publish").json()["publishedAt"]
    undone = api.post("/orders/a/unpublish").json()
    assert (undone["status"], undone["publishedAt"]) == ("draft", None)
    assert api.post("/orders/a/deactivate").json()["isActive"] is False


def test_what_the_path_names_is_put_into_a_list_of_texts_and_taken_out(client: Client) -> None:
    tags = {"type": "array", "items": TEXT}
    item = {"type": "object", "properties": {"id": TEXT, "tags": tags}, "required": ["id", "tags"]}
    whole = {"put": {**operation(item), "requestBody": {"content": {"application/json": {"schema": tags}}}}}
    one = {"put": operation(), "delete": operation()}
    paths = {
        "/posts/{id}": {"get": operation(item)},
        "/posts/{id}/tags": whole,
        "/posts/{id}/tags/{tag}": one,
    }
    api = client(paths)
    assert api.put("/posts/a/tags", json=["x", "y"]).json()["tags"] == ["x", "y"]
    assert [api.put("/posts/a/tags/z").status_code, api.delete("/posts/a/tags/x").status_code] == [204, 204]
    assert api.get("/posts/a").json()["tags"] == ["y", "z"]


def test_an_answer_that_shows_no_item_says_what_was_turned_and_by_how_many(client: Client) -> None:
    told = {"type": "object", "properties": {"liked": {"type": "boolean"}, "likes": {"type": "integer"}}}
    told["required"] = ["liked", "likes"]
    toggled = {"post": operation(told), "delete": operation(told)}
    api = client({"/articles/{slug}": {"get": operation(ORDER)}, "/articles/{slug}/like": toggled})
    assert api.post("/articles/a/like").json() == {"liked": True, "likes": 1}
    assert api.post("/articles/a/like").json() == {"liked": True, "likes": 1}
    assert api.delete("/articles/a/like").json() == {"liked": False, "likes": 0}


def test_what_is_deeper_than_the_item_does_not_move_it(client: Client) -> None:
    api = client(orders({"/orders/{orderId}/dispute/cancel": {"post": operation()}}))
    key = created(api, status="open")
    assert api.post(f"/orders/{key}/dispute/cancel").status_code == 204
    assert api.get(f"/orders/{key}").json()["status"] == "open"


# ---- views of a list


def test_a_list_below_a_collection_shows_its_items_by_its_own_filters(client: Client) -> None:
    api = client(orders({"/orders/findByStatus": {"get": operation(LIST, None, "status")}}))
    paid, unpaid = created(api, status="paid"), created(api, status="open")
    assert [one["id"] for one in api.get("/orders/findByStatus?status=paid").json()] == [paid]
    assert {one["id"] for one in api.get("/orders/findByStatus").json()} == {paid, unpaid}


def test_a_list_of_other_things_is_its_own(client: Client) -> None:
    labels = {
        "type": "array",
        "items": {"type": "object", "required": ["id", "colour"], "properties": {"id": TEXT, "colour": TEXT}},
    }
    api = client(
        orders({"/orders/labels": {"get": operation(labels)}, "/orders/trash": {"get": operation(LIST)}})
    )
    created(api)
    assert api.get("/orders/labels").json() == []
    assert api.get("/orders/trash").json() == []


def test_the_callers_own_list_is_the_one_below_their_name(client: Client) -> None:
    mine = {"/users/me/orders": {"get": operation(LIST), "post": operation(ORDER, NEW, status="201")}}
    api = client(orders(mine, "/users/{userId}/orders"))
    made = api.post("/users/me/orders", json={"note": "mine"})
    assert api.get("/users/me/orders").json() == [made.json()]
    assert api.get(made.headers["location"]).json() == made.json()
    assert api.get("/users/other/orders").json() == []


# ---- ids in the body


def test_a_put_on_the_collection_updates_the_item_whose_id_it_carries(client: Client) -> None:
    body = {"type": "object", "required": ["id"], "properties": {"id": TEXT, **NEW["properties"]}}  # type: ignore[dict-item]
    paths = orders()
    paths["/orders"] |= {"put": operation(ORDER, body), "patch": operation(ORDER, body)}
    api = client(paths, any_id=False)
    key = created(api, status="open", note="mine", owner="me")
    assert (
        api.patch("/orders", json={"id": key, "note": "yours"}).json().items()
        >= {"note": "yours", "owner": "me"}.items()
    )
    assert api.put("/orders", json={"id": key, "status": "paid"}).json() == {"id": key, "status": "paid"}
    assert api.get("/orders").json() == [{"id": key, "status": "paid"}]
    assert {
        method: api.request(method, "/orders", json={"id": "unknown"}).status_code
        for method in ("PUT", "PATCH")
    } == {
        "PUT": 404,
        "PATCH": 404,
    }


def test_where_any_id_will_do_a_put_on_the_collection_makes_the_item(client: Client) -> None:
    paths = orders()
    paths["/orders"]["put"] = operation(ORDER, ORDER)
    api = client(paths)
    assert api.put("/orders", json={"id": "mine", "status": "paid"}).json() == {
        "id": "mine",
        "status": "paid",
    }
    assert api.get("/orders/mine").json()["status"] == "paid"


# ---- many at once


def envelope(name: str, schema: Any) -> Any:
    return {"type": "object", "required": [name], "properties": {name: schema}}


@pytest.mark.parametrize("path", ["/orders", "/orders/batch"])
@pytest.mark.parametrize(
    "around", [lambda inner: inner, lambda inner: envelope("orders", inner)], ids=["bare", "envelope"]
)
def test_each_item_of_a_batch_is_stored(client: Client, path: str, around: Callable[[Any], Any]) -> None:
    batch = operation(around(LIST), around({"type": "array", "items": NEW}), status="201")
    paths = orders({path: {**(orders()["/orders"] if path == "/orders" else {}), "post": batch}})
    api = client(paths)
    answered = api.post(path, json=around_value(around, [{"note": "one"}, {"note": "two"}]))
    assert answered.status_code == 201
    made = answered.json()["orders"] if isinstance(answered.json(), dict) else answered.json()
    assert [one["note"] for one in made] == ["one", "two"]
    assert sorted(one["id"] for one in api.get("/orders").json()) == sorted(one["id"] for one in made)


def around_value(around: Callable[[Any], Any], value: Any) -> Any:
    return value if around(value) is value else {"orders": value}


def test_a_batch_of_one_is_a_batch_where_a_list_is_answered(client: Client) -> None:
    bulk = {"type": "object", "properties": {"bulk": {"type": "array", "items": NEW}}}
    api = client(orders({"/orders/bulk": {"post": operation(LIST, bulk, status="201")}}))
    (made,) = api.post("/orders/bulk", json={"bulk": [{"note": "one"}]}).json()
    assert made["note"] == "one"
    assert made in api.get("/orders").json()


def test_an_item_with_a_list_of_its_own_is_one_item(client: Client) -> None:
    lines = {"type": "array", "items": {"type": "object", "properties": {"id": TEXT, "note": TEXT}}}
    item = {**ORDER, "properties": {**ORDER["properties"], "lines": lines}}  # type: ignore[dict-item]
    paths = orders()
    paths["/orders"]["post"] = operation(
        item, {"type": "object", "properties": {"lines": lines}}, status="201"
    )
    paths["/orders/{orderId}"]["get"] = operation(item)
    api = client(paths)
    made = api.post("/orders", json={"lines": [{"note": "a"}, {"note": "b"}]}).json()
    assert [line["note"] for line in made["lines"]] == ["a", "b"]
    assert len(api.get("/orders").json()) == 1


def clearing(*query: str, body: Any = None) -> Paths:
    paths = orders()
    paths["/orders"]["delete"] = operation(None, body, *query)
    return paths


def test_a_delete_on_the_collection_clears_it(client: Client) -> None:
    api = client(clearing())
    keys = [created(api) for _ in range(3)]
    assert api.delete("/orders").status_code == 204
    assert api.get("/orders").json() == []
    assert {api.get(f"/orders/{key}").status_code for key in keys} == {404}


def test_a_delete_on_the_collection_heeds_its_filters(client: Client) -> None:
    api = client(clearing("status"))
    created(api, status="paid")
    kept = created(api, status="open")
    api.delete("/orders?status=paid")
    assert [one["id"] for one in api.get("/orders").json()] == [kept]


def test_a_delete_with_ids_takes_only_those(client: Client) -> None:
    body = {"type": "object", "properties": {"order_ids": {"type": "array", "items": TEXT}}}
    in_query, in_body = client(clearing("ids")), client(clearing(body=body))
    for api, sent in (
        (in_query, {"params": {"ids": "{}"}}),
        (in_body, {"json": {"order_ids": ["{}", "unknown"]}}),
    ):
        doomed, kept = created(api), created(api)
        told = {
            kind: {name: _filled(value, doomed) for name, value in fields.items()}
            for kind, fields in sent.items()
        }
        assert api.request("DELETE", "/orders", **told).status_code == 204  # type: ignore[arg-type]
        assert [one["id"] for one in api.get("/orders").json()] == [kept]


def _filled(value: Any, key: str) -> Any:
    return [_filled(one, key) for one in value] if isinstance(value, list) else value.format(key)


def test_a_delete_that_could_name_ids_and_names_none_clears_nothing(client: Client) -> None:
    api = client(
        clearing(body={"type": "object", "properties": {"order_ids": {"type": "array", "items": TEXT}}})
    )
    key = created(api)
    assert api.delete("/orders").status_code == 204
    assert [one["id"] for one in api.get("/orders").json()] == [key]


def test_a_delete_with_a_body_that_names_no_ids_clears_nothing(client: Client) -> None:
    api = client(clearing(body={"type": "object", "properties": {"reason": TEXT}}))
    key = created(api)
    assert api.request("DELETE", "/orders", json={"reason": "none"}).status_code == 204
    assert [one["id"] for one in api.get("/orders").json()] == [key]


TERM = {
    "type": "object",
    "required": ["id", "book", "key"],
    "properties": {"id": TEXT, "book": TEXT, "key": TEXT, "text": TEXT},
}
TERMS = {
    "/terms": {"post": operation(TERM, {**TERM, "required": ["book", "key"]}, status="201")},
    "/terms/{book}": {"get": operation({"type": "array", "items": TERM})},
    "/terms/{book}/{term_key}": {"get": operation(TERM), "delete": operation()},
}


def parameters(paths: Paths) -> Paths:
    """Declare the parameters of each path, as texts."""
    names = {
        path: [segment.strip("{}") for segment in path.split("/") if segment.startswith("{")]
        for path in paths
    }
    told = {
        path: [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in names[path]]
        for path in paths
    }
    return {path: {**item, "parameters": told[path]} for path, item in paths.items()}


@pytest.mark.parametrize("order", [list(TERMS), list(reversed(TERMS))])
def test_what_is_created_above_the_lists_is_in_the_one_that_its_body_names(
    client: Client, order: list[str]
) -> None:
    api = client(parameters({path: TERMS[path] for path in order}))
    made = api.post("/terms", json={"book": "sea", "key": "knot", "text": "a speed"})
    assert made.status_code == 201
    assert api.get("/terms/sea").json() == [made.json()]
    assert api.get("/terms/land").json() == []
    assert made.headers["location"].endswith("/terms/sea/knot")
    assert api.get(made.headers["location"]).json() == made.json()
    assert api.delete("/terms/sea/knot").status_code == 204
    assert api.get("/terms/sea").json() == []


@pytest.mark.parametrize("turned", [False, True])
def test_an_item_with_its_revisions_right_below_it_is_still_an_item(client: Client, turned: bool) -> None:
    paths = orders({"/orders/{orderId}/{revision}": {"get": operation(ORDER)}})
    api = client(parameters(dict(reversed(paths.items()) if turned else paths.items())))
    key = created(api, note="mine")
    assert api.get(f"/orders/{key}").json()["note"] == "mine"
    api.delete(f"/orders/{key}")
    assert api.get(f"/orders/{key}").status_code == 404


ARTICLE: dict[str, Any] = {
    "type": "object",
    "required": ["slug", "favorited", "favoritesCount"],
    "properties": {"slug": TEXT, "favorited": {"type": "boolean"}, "favoritesCount": {"type": "integer"}},
}


def test_a_toggle_turns_a_flag_and_counts_once(client: Client) -> None:
    toggled = {"post": operation(ARTICLE), "delete": operation(ARTICLE)}
    api = client(
        {
            "/articles": {"get": operation({"type": "array", "items": ARTICLE})},
            "/articles/{slug}": {"get": operation(ARTICLE)},
            "/articles/{slug}/favorite": toggled,
        }
    )
    off = api.delete("/articles/a/favorite").json()
    on = api.post("/articles/a/favorite").json()
    assert (off["favorited"], on["favorited"]) == (False, True)
    assert on["favoritesCount"] == off["favoritesCount"] + 1
    assert api.post("/articles/a/favorite").json() == api.get("/articles/a").json() == on
    assert api.delete("/articles/a/favorite").json()["favoritesCount"] == off["favoritesCount"]


def test_what_is_added_by_its_id_is_listed_until_it_is_taken_away(client: Client) -> None:
    albums = {
        "get": operation(LIST),
        "put": operation(None, None, "ids"),
        "delete": operation(None, None, "ids"),
    }
    api = client({"/me/albums": albums})
    api.put("/me/albums", params={"ids": ["a", "b"]})
    api.put("/me/albums", params={"ids": ["b"]})
    assert {one["id"] for one in api.get("/me/albums").json()} == {"a", "b"}
    api.delete("/me/albums", params={"ids": ["a"]})
    assert [one["id"] for one in api.get("/me/albums").json()] == ["b"]


def test_a_read_by_another_id_in_its_query_finds_the_item(client: Client) -> None:
    pad = {
        "type": "object",
        "required": ["padID", "roID"],
        "properties": {"padID": TEXT, "roID": TEXT, "name": TEXT},
    }

    def reading(name: str) -> Any:
        asked = {"name": name, "in": "query", "required": True, "schema": TEXT}
        return {"get": {"responses": answer(pad), "parameters": [asked]}}

    new = {"type": "object", "properties": {"name": TEXT}}
    listed = {"get": operation({"type": "array", "items": pad})}
    paths = {"/createPad": {"post": operation(pad, new)}, "/listPads": listed}
    api = client({**paths, "/getPad": reading("padID"), "/getPadID": reading("roID")})
    made = api.post("/createPad", json={"name": "a"}).json()
    assert api.get("/getPadID", params={"roID": made["roID"]}).json() == made
    assert api.get("/getPad", params={"padID": made["padID"]}).json() == made


def test_verbs_in_paths_are_done_to_one_collection(client: Client) -> None:
    at = [{"name": "id", "in": "path", "required": True, "schema": TEXT}]
    paths = {
        "/boats": {"get": operation(LIST)},
        "/boats/{id}": {"get": operation(ORDER), "parameters": at},
        "/boats/add": {"post": operation(ORDER, NEW)},
        "/boats/edit/{id}": {"put": operation(ORDER, NEW), "parameters": at},
        "/boats/delete/{id}": {"delete": operation(), "parameters": at},
    }
    api = client(paths)
    key = api.post("/boats/add", json={"note": "Swan"}).json()["id"]
    assert api.get("/boats").json() == [api.get(f"/boats/{key}").json()]
    api.put(f"/boats/edit/{key}", json={"note": "Tern"})
    assert api.get(f"/boats/{key}").json()["note"] == "Tern"
    api.delete(f"/boats/delete/{key}")
    assert api.get("/boats").json() == []


def test_calls_name_the_item_in_their_bodies(client: Client) -> None:
    named = {"type": "object", "properties": {"id": TEXT, "note": TEXT}}
    paths = {
        "/boats.list": {"get": operation(LIST)},
        "/boats.create": {"post": operation(ORDER, NEW)},
        "/boats.update": {"post": operation(ORDER, named)},
        "/boats.delete": {"post": operation(None, named)},
    }
    api = client(paths)
    key = api.post("/boats.create", json={"note": "Swan"}).json()["id"]
    api.post("/boats.update", json={"id": key, "note": "Tern"})
    assert [one["note"] for one in api.get("/boats.list").json()] == ["Tern"]
    api.post("/boats.delete", json={"id": key})
    assert api.get("/boats.list").json() == []


def test_what_is_sent_of_an_item_is_kept_in_its_attributes(client: Client) -> None:
    fields = {"type": "object", "properties": {"title": TEXT, "note": TEXT}}
    boat = {
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "number"}, "attributes": fields},
    }
    shown = {"type": "object", "properties": {"data": boat}}
    sent = {"type": "object", "required": ["data"], "properties": {"data": fields}}
    at = [{"name": "id", "in": "path", "required": True, "schema": {"type": "number"}}]
    listed = {"type": "object", "properties": {"data": {"type": "array", "items": boat}}}
    one = {"get": operation(shown), "put": operation(shown, sent), "parameters": at}
    api = client({"/boats": {"get": operation(listed), "post": operation(shown, sent)}, "/boats/{id}": one})
    made = api.post("/boats", json={"data": {"title": "Swan", "note": "red"}}).json()["data"]
    assert made["attributes"] == {"title": "Swan", "note": "red"}
    api.put(f"/boats/{made['id']}", json={"data": {"title": "Tern", "note": "red"}})
    assert api.get(f"/boats/{made['id']}").json()["data"]["attributes"]["title"] == "Tern"
    assert [one["id"] for one in api.get("/boats").json()["data"]] == [made["id"]]


def test_a_link_that_is_sent_by_its_id_is_shown_as_a_linkage(client: Client) -> None:
    linked = {"type": "object", "properties": {"id": TEXT}}
    one = {"type": "object", "properties": {"data": linked}}
    several = {"type": "object", "properties": {"data": {"type": "array", "items": linked}}}
    fields = {"type": "object", "properties": {"owner": one, "crew": several}}
    boat = {"type": "object", "required": ["id"], "properties": {"id": TEXT, "attributes": fields}}
    shown = {"type": "object", "properties": {"data": boat}}
    asked = {"type": "object", "properties": {"owner": TEXT, "crew": {"type": "array", "items": TEXT}}}
    sent = {"type": "object", "properties": {"data": asked}}
    api = client({"/boats": {"post": operation(shown, sent)}, "/boats/{id}": {"get": operation(shown)}})
    made = api.post("/boats", json={"data": {"owner": "7", "crew": ["8", "9"]}}).json()["data"]["attributes"]
    assert made["owner"]["data"]["id"] == "7"
    assert [one["id"] for one in made["crew"]["data"]] == ["8", "9"]


# ---- how a path names one item, or several


def test_a_path_that_takes_several_ids_shows_each_of_them(client: Client) -> None:
    boat = {"type": "object", "properties": {"id": {"type": "integer"}, "note": TEXT}}
    boats = {"type": "object", "properties": {"data": {"type": "array", "items": boat}}}
    ids = {"type": "array", "items": {"type": "integer"}}
    at = [{"name": "ids", "in": "path", "required": True, "schema": ids}]
    one = {"get": operation(boats), "parameters": at}
    api = client({"/boats": {"get": operation(boats), "post": operation(boat, NEW)}, "/boats/{ids}": one})
    keys = [api.post("/boats", json={"note": note}).json()["id"] for note in ("Swan", "Tern", "Gull")]
    shown = api.get(f"/boats/{keys[2]},{keys[0]}").json()["data"]
    assert [one["note"] for one in shown] == ["Gull", "Swan"]
    assert [one["id"] for one in api.get(f"/boats/{keys[1]}").json()["data"]] == [keys[1]]


def test_a_key_that_its_path_names_stays_the_one_it_is_found_by(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    key = {"type": "object", "required": ["key"], "properties": {"key": TEXT, "label": TEXT}}
    new = {"type": "object", "properties": {"label": TEXT}}
    at = [{"name": "key", "in": "path", "required": True, "schema": TEXT}]
    paths = {
        "/api-keys": {"get": operation({"type": "array", "items": key}), "post": operation(key, new)},
        "/api-keys/{key}": {"get": operation(key), "parameters": at},
    }
    scheme = {"type": "apiKey", "in": "header", "name": "X-Key"}
    api = serve(sandbox(paths=paths, components={"securitySchemes": {"key": scheme}}, settings=Settings()))
    made = api.post("/api-keys", json={"label": "ci"}).json()
    assert api.get(f"/api-keys/{made['key']}").json() == made


def test_several_ids_of_which_one_item_is_shown_show_the_first(client: Client) -> None:
    ids = {"type": "array", "items": TEXT}
    at = [{"name": "ids", "in": "path", "required": True, "schema": ids}]
    one = {"get": operation(ORDER), "parameters": at}
    api = client({"/orders": {"get": operation(LIST), "post": operation(ORDER, NEW)}, "/orders/{ids}": one})
    made = [api.post("/orders", json={"note": note}).json() for note in ("Swan", "Tern")]
    answered = api.get(f"/orders/{made[0]['id']},{made[1]['id']}")
    assert (answered.status_code, answered.json()) == (200, made[0])


def test_one_item_in_an_array_of_its_own_is_the_one_that_was_made(client: Client) -> None:
    one = {"get": operation(LIST), "patch": operation(LIST, NEW), "delete": operation()}
    one["parameters"] = [{"name": "orderId", "in": "path", "required": True, "schema": TEXT}]
    paths = {"/orders": {"get": operation(LIST), "post": operation(LIST, NEW)}, "/orders/{orderId}": one}
    api = client(paths)
    [made] = api.post("/orders", json={"note": "Swan"}).json()
    [shown] = api.get(f"/orders/{made['id']}").json()
    assert shown == made
    [changed] = api.patch(f"/orders/{made['id']}", json={"note": "Tern"}).json()
    assert (changed["id"], changed["note"]) == (made["id"], "Tern")
    assert [one["note"] for one in api.get("/orders").json()] == ["Tern"]


def test_a_create_whose_ids_are_of_few_values_is_refused_for_none_that_nobody_sent(client: Client) -> None:
    kinds = {"type": "string", "enum": ["day", "night"]}
    shift = {"type": "object", "required": ["kind"], "properties": {"kind": kinds, "note": TEXT}}
    at = [{"name": "kind", "in": "path", "required": True, "schema": kinds}]
    told = {"responses": {**answer(shift, "201"), "409": {"description": ""}}}
    create = {**operation(shift, NEW), **told}
    listed = operation({"type": "array", "items": shift})
    paths = {"/shifts": {"get": listed, "post": create}}
    api = client({**paths, "/shifts/{kind}": {"get": operation(shift), "parameters": at}})
    made = [api.post("/shifts", json={"note": str(number)}) for number in range(4)]
    assert [one.status_code for one in made] == [201] * 4
    last = made[-1].json()
    assert api.get(f"/shifts/{last['kind']}").json() == last


def test_a_list_that_is_said_to_be_one_item_is_the_newest_of_them(client: Client) -> None:
    asked = [{"name": "page", "in": "query", "schema": {"type": "integer"}}]
    listed = {**operation(ORDER), "parameters": asked}
    api = client(
        {
            "/mail": {"get": listed, "post": operation(ORDER, NEW)},
            "/mail/{id}": {
                "get": operation(ORDER),
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
            },
        }
    )
    first, newest = (api.post("/mail", json={"note": note}).json() for note in ("Swan", "Tern"))
    assert api.get("/mail").json() == newest
    assert api.get(f"/mail/{first['id']}").json() == first


def test_what_was_made_stands_before_what_makes_it(client: Client) -> None:
    action = {"type": "object", "required": ["id"], "properties": {"id": TEXT, "command": TEXT}}
    members = {"ok": {"type": "boolean"}, "action": action, "order": ORDER}
    told = {"type": "object", "required": list(members), "properties": members}
    one = {"get": operation({"type": "object", "properties": {"order": ORDER}})}
    one["parameters"] = [{"name": "id", "in": "path", "required": True, "schema": TEXT}]
    api = client({"/orders": {"get": operation(LIST), "post": operation(told, NEW)}, "/orders/{id}": one})
    made = api.post("/orders", json={"note": "Swan"}).json()
    assert next(iter(made)) == "order"
    assert api.get(f"/orders/{made['order']['id']}").json() == {"order": made["order"]}


def test_a_create_of_several_says_of_none_that_it_was_refused(client: Client) -> None:
    told = {"type": "object", "properties": {"orders": LIST, "rejected": LIST}, "required": ["orders"]}
    one = {"get": operation(ORDER)}
    one["parameters"] = [{"name": "orderId", "in": "path", "required": True, "schema": TEXT}]
    api = client(
        {"/orders": {"get": operation(LIST), "post": operation(told, NEW)}, "/orders/{orderId}": one}
    )
    made = api.post("/orders", json={"note": "Swan"}).json()
    assert made.get("rejected", []) == []
    assert [one["note"] for one in made["orders"]] == ["Swan"]


# ---- what a new item begins with


REVIEW = {
    "type": "object",
    "required": ["id", "bookId", "stars"],
    "properties": {"id": {"type": "integer"}, "bookId": {"type": "integer"}, "stars": {"type": "integer"}},
}
STARS = {"type": "object", "properties": {"stars": {"type": "integer"}}}


def books(body: Any) -> Paths:
    """Describe books and their reviews, by paths that call every id `id`."""
    book = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "title": TEXT}}
    below = {"get": operation({"type": "array", "items": REVIEW}), "post": operation(REVIEW, body)}
    return parameters(
        {
            "/books": {"post": operation(book, {"type": "object", "properties": {"title": TEXT}})},
            "/books/{id}": {"get": operation(book)},
            "/books/{id}/reviews": below,
        }
    )


def test_a_child_says_the_parent_of_its_path_by_the_parents_noun(client: Client) -> None:
    api = client(books(STARS))
    keys = [api.post("/books", json={"title": title}).json()["id"] for title in ("one", "two", "three")]
    for key in keys:
        assert api.post(f"/books/{key}/reviews", json={"stars": 5}).json()["bookId"] == key
        assert [one["bookId"] for one in api.get(f"/books/{key}/reviews").json()] == [key]


def test_what_a_caller_says_in_a_member_of_the_parents_noun_is_kept(client: Client) -> None:
    api = client(books(REVIEW | {"required": []}))
    key = api.post("/books", json={"title": "one"}).json()["id"]
    assert api.post(f"/books/{key}/reviews", json={"stars": 5, "bookId": 77}).json()["bookId"] == 77
    assert api.post(f"/books/{key}/reviews", json={"stars": 5}).json()["bookId"] == key


def test_nothing_is_turned_on_of_what_was_just_created(client: Client) -> None:
    titled = {"type": "object", "properties": {"title": TEXT}}
    article = ARTICLE | {"properties": ARTICLE["properties"] | {"title": TEXT}}
    toggled = {"post": operation(article), "delete": operation(article)}
    paths = {
        "/articles": {"post": operation(article, titled, status="201")},
        "/articles/{slug}": {"get": operation(article)},
        "/articles/{slug}/favorite": toggled,
    }
    api = client(parameters(paths))
    for title in ("one", "two", "three", "four"):
        article = api.post("/articles", json={"title": title}).json()
        assert (article["favorited"], article["favoritesCount"]) == (False, 0)
        on = api.post(f"/articles/{article['slug']}/favorite").json()
        assert (on["favorited"], on["favoritesCount"]) == (True, 1)
        off = api.delete(f"/articles/{article['slug']}/favorite").json()
        assert (off["favorited"], off["favoritesCount"]) == (False, 0)


def articles(shown: Paths) -> Paths:
    """Describe articles that are read by their slug, or by their id where they have one."""
    article = {"type": "object", "required": sorted(shown), "properties": shown}
    titled = {"type": "object", "properties": {"title": TEXT, "slug": TEXT}}
    key = "id" if "id" in shown else "slug"
    return parameters(
        {
            "/articles": {"post": operation(article, titled, status="201")},
            f"/articles/{{{key}}}": {"get": operation(article), "delete": operation()},
        }
    )


def test_a_slug_in_the_address_is_the_titles_and_unique(client: Client) -> None:
    api = client(articles({"slug": TEXT, "title": TEXT}))
    title = "How to train your dragon, été"
    slugs = [api.post("/articles", json={"title": title}).json()["slug"] for _ in range(3)]
    assert slugs[0] == "how-to-train-your-dragon-ete"
    assert len(set(slugs)) == 3
    for slug in slugs:
        assert slug.startswith(slugs[0])
        assert api.get(f"/articles/{slug}").json() == {"slug": slug, "title": title}
    assert api.delete(f"/articles/{slugs[0]}").status_code == 204
    assert api.post("/articles", json={"title": title}).json()["slug"] not in slugs


def test_a_slug_beside_an_id_is_the_titles_unless_somebody_says_it(client: Client) -> None:
    api = client(articles({"id": TEXT, "slug": TEXT, "title": TEXT}))
    first = api.post("/articles", json={"title": "One Two"}).json()
    second = api.post("/articles", json={"title": "One Two"}).json()
    assert first["slug"] == "one-two"
    assert second["slug"].startswith("one-two-")
    said = api.post("/articles", json={"title": "One Two", "slug": "mine"}).json()
    assert said["slug"] == "mine"


def test_a_title_without_a_letter_that_an_address_has_still_makes_an_item(client: Client) -> None:
    api = client(articles({"slug": TEXT, "title": TEXT}))
    made = api.post("/articles", json={"title": "竜"}).json()
    assert made["title"] == "竜"
    assert api.get(f"/articles/{made['slug']}").json() == made


@pytest.mark.parametrize("scalar", [TEXT, TEXT | {"format": "uuid"}, {"type": "integer"}])
def test_a_scalar_that_a_create_answers_is_its_key(client: Client, scalar: Any) -> None:
    item = {"type": "object", "required": ["id"], "properties": {"id": scalar, "name": TEXT}}
    named = {"type": "object", "properties": {"name": TEXT}}
    paths = {"/things": {"post": operation(scalar, named)}, "/things/{id}": {"get": operation(item)}}
    api = client(parameters(paths))
    key = api.post("/things", json={"name": "mine"}).json()
    assert api.get(f"/things/{key}").json() == {"id": key, "name": "mine"}


def test_a_create_that_answers_nothing_says_where(client: Client) -> None:
    named = {"type": "object", "properties": {"name": TEXT}}
    paths = {"/things": {"post": operation(None, named)}, "/things/{id}": {"get": operation(ORDER | named)}}
    api = client(parameters(paths))
    made = api.post("/things", json={"name": "mine"})
    assert made.status_code == 204
    assert api.get(made.headers["location"]).json()["name"] == "mine"


MOMENT = {"type": ["string", "null"], "format": "date-time"}


def test_when_an_action_was_done_is_written_as_when_the_item_was_made(client: Client) -> None:
    members: Any = ORDER["properties"]
    dated = {**ORDER, "properties": {**members, "createdAt": MOMENT, "paidAt": MOMENT}}
    paths = orders({"/orders/{orderId}/pay": {"post": operation(dated)}})
    paths["/orders"] = {
        "get": operation({"type": "array", "items": dated}),
        "post": operation(dated, NEW, status="201"),
    }
    paths["/orders/{orderId}"]["get"] = operation(dated)
    api = client(paths)
    made = api.post("/orders", json={"note": "a"}).json()
    paid = api.post(f"/orders/{made['id']}/pay").json()
    assert (made.get("paidAt"), paid["status"]) == (None, "paid")
    assert [len(paid[name]) for name in ("createdAt", "paidAt")] == [len("2026-01-05T09:00:00.000Z")] * 2
    assert paid["paidAt"] > paid["createdAt"]


def test_an_action_leads_to_the_state_that_is_likest_where_none_is_called_after_it(client: Client) -> None:
    task = thing_of({"id": TEXT, "status": {"type": "string", "enum": ["todo", "in_progress", "done"]}})
    paths = tasks(task, "start", "complete", "reopen")
    api = client(paths)
    made = api.post("/orders", json={}).json()
    told = [
        api.post(f"/orders/{made['id']}/{action}").json()["status"]
        for action in ("start", "complete", "reopen")
    ]
    assert (made["status"], told) == ("todo", ["in_progress", "done", "todo"])


def test_an_action_moves_the_state_that_an_object_within_the_item_says(client: Client) -> None:
    way = thing_of(
        {"status": {"type": "string", "enum": ["IN_ORBIT", "DOCKED"]}, "speed": {"type": "integer"}}
    )
    ship = thing_of({"id": TEXT, "nav": way})
    paths = tasks(ship, "dock", "orbit", shown=thing_of({"data": thing_of({"nav": way})}))
    api = client(paths)
    made = api.post("/orders", json={"nav": {"status": "IN_ORBIT", "speed": 7}}).json()
    docked = api.post(f"/orders/{made['id']}/dock").json()
    assert docked == {"data": {"nav": {"status": "DOCKED", "speed": 7}}}
    assert api.get(f"/orders/{made['id']}").json()["nav"] == docked["data"]["nav"]
    assert api.post(f"/orders/{made['id']}/orbit").json()["data"]["nav"]["status"] == "IN_ORBIT"


def thing_of(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def tasks(item: dict[str, Any], *actions: str, shown: dict[str, Any] | None = None) -> Paths:
    """Describe items, and actions on one. shown: what these answer, where it is not the item."""
    sent = {
        "type": "object",
        "properties": {name: one for name, one in item["properties"].items() if name != "id"},
    }
    paths: Paths = {
        "/orders": {
            "get": operation({"type": "array", "items": item}),
            "post": operation(item, sent, status="201"),
        },
        "/orders/{orderId}": {"get": operation(item)},
        **{f"/orders/{{orderId}}/{action}": {"post": operation(shown or item)} for action in actions},
    }
    for path in paths.keys() - {"/orders"}:
        paths[path]["parameters"] = [{"name": "orderId", "in": "path", "required": True, "schema": TEXT}]
    return paths


def test_a_verb_and_the_word_behind_it_are_the_state_that_is_called_after_both(client: Client) -> None:
    states = {"type": "string", "enum": ["Pending", "CheckedIn", "CheckedOut"]}
    api = client(tasks(thing_of({"id": TEXT, "status": states}), "check-in", "check-out"))
    made = api.post("/orders", json={"status": "Pending"}).json()
    told = [
        api.post(f"/orders/{made['id']}/{action}").json()["status"] for action in ("check-in", "check-out")
    ]
    assert told == ["CheckedIn", "CheckedOut"]


def test_the_reason_of_an_action_stands_where_the_item_says_why(client: Client) -> None:
    item = thing_of({"id": TEXT, "status": STATUS, "cancellationReason": TEXT})
    paths = tasks(item, "cancel")
    paths["/orders/{orderId}/cancel"]["post"] |= operation(
        item, {"type": "object", "properties": {"reason": TEXT}}
    )
    api = client(paths)
    made = api.post("/orders", json={"status": "open"}).json()
    cancelled = api.post(f"/orders/{made['id']}/cancel", json={"reason": "sick"}).json()
    assert (cancelled["status"], cancelled["cancellationReason"]) == ("cancelled", "sick")


def test_a_list_of_what_was_completed_is_of_what_is_done(client: Client) -> None:
    task = thing_of({"id": TEXT, "status": {"type": "string", "enum": ["todo", "in_progress", "done"]}})
    paths = tasks(task)
    paths["/orders/completed"] = {"get": operation({"type": "array", "items": task})}
    api = client(paths)
    done = api.post("/orders", json={"status": "done"}).json()
    api.post("/orders", json={"status": "todo"})
    assert api.get("/orders/completed").json() == [done]


def test_active_is_not_what_is_in_active(client: Client) -> None:
    states = {"type": "string", "enum": ["inactive", "active", "in_review"]}
    api = client(tasks(thing_of({"id": TEXT, "status": states}), "active", "review"))
    made = api.post("/orders", json={"status": "inactive"}).json()
    told = [api.post(f"/orders/{made['id']}/{action}").json()["status"] for action in ("active", "review")]
    assert told == ["active", "in_review"]
