"""Classes of documents that were met as they are published: what their operations mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from understudy.sandbox import Sandbox, Settings

TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "integer"}

Start = Callable[..., httpx.Client]


def group(*required: str, **members: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": members}


def ok(schema: Any = None, media: str = "application/json") -> dict[str, Any]:
    if schema is None:
        return {"description": ""}
    return {"description": "", "content": {media: {"schema": schema}}}


def body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def key(name: str = "id") -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": TEXT}]


@pytest.fixture
def start(sandbox: Callable[..., Sandbox], serve: Start) -> Start:
    def start(populate: int = 0, **document: Any) -> httpx.Client:
        return serve(sandbox(**document, settings=Settings(populate=populate)))

    return start


# -- answers of any type


@pytest.mark.parametrize("media", [{}, {"schema": {}}, {"schema": TEXT}, {"schema": group(a=TEXT)}])
@pytest.mark.parametrize("name", ["*/*", "application/*"])
def test_an_answer_of_any_type_is_json(start: Start, media: dict[str, Any], name: str) -> None:
    responses = {"default": {"description": "", "content": {name: media}}}
    answer = start(paths={"/spin": {"post": {"responses": responses}}}).post("/spin")
    assert answer.status_code == 200, answer.text
    answer.json()


# -- an outcome around what is answered

SUCCESS = group("code", "message", code={"type": "integer", "enum": [2000]}, message=TEXT)
STATED = group("code", "success", code=TEXT, success={"type": "boolean"}, message=TEXT)


def around(outcome: dict[str, Any], name: str, schema: Any) -> dict[str, Any]:
    return {**outcome, "properties": {**outcome["properties"], name: schema}}


@pytest.mark.parametrize("outcome", [SUCCESS, STATED])
@pytest.mark.parametrize("name", ["result", "data", "payload"])
def test_the_code_of_an_outcome_is_no_id(start: Start, outcome: dict[str, Any], name: str) -> None:
    boat = group("id", "name", id=TEXT, name=TEXT, postcode=TEXT)
    boats = group("boats", boats={"type": "array", "items": boat}, hasMore={"type": "boolean"})
    one = {"200": ok(around(outcome, name, boat))}
    paths = {
        "/boats": {
            "get": {"responses": {"200": ok(around(outcome, name, boats))}},
            "post": {"requestBody": body(group("name", name=TEXT, postcode=TEXT)), "responses": one},
        },
        "/boats/{boat}": {"parameters": key("boat"), "get": {"responses": one}},
    }
    client = start(paths=paths)
    first = client.post("/boats", json={"name": "Ada", "postcode": "ID1"}).json()[name]
    second = client.post("/boats", json={"name": "Bea"}).json()[name]
    assert first["id"] != second["id"]
    assert client.get(f"/boats/{first['id']}").json()[name] == first
    assert first | {"name": "Ada", "postcode": "ID1"} == first
    listed = client.get("/boats").json()[name]["boats"]
    assert [item["id"] for item in listed[:2]] == [second["id"], first["id"]]


def test_a_code_beside_members_of_its_own_is_an_id(start: Start) -> None:
    coupon = group("code", code=TEXT, status=TEXT, percent=NUMBER, item=group(name=TEXT))
    post = {"requestBody": body(coupon), "responses": {"201": ok(coupon)}}
    get = {"parameters": key("code"), "get": {"responses": {"200": ok(coupon)}}}
    client = start(paths={"/coupons": {"post": post}, "/coupons/{code}": get})
    made = client.post("/coupons", json={"code": "SUMMER", "status": "live", "percent": 9}).json()
    assert client.get("/coupons/SUMMER").json() == made


# -- resource objects of JSON:API, written flat

NOTICE = group(
    "id",
    id=NUMBER,
    type={"type": "string", "enum": ["notice"]},
    attributes=group(
        type={"type": "string", "enum": ["file", "folder"]},
        action=TEXT,
        expires={"type": "string", "format": "date"},
        recipients={"type": "array", "items": group("email", email=TEXT, seen={"type": "boolean"})},
    ),
)
NEWS = group(
    type={"type": "string", "enum": ["file", "folder"]},
    action=TEXT,
    expires={"type": "string", "format": "date-time"},
    recipients={"type": "array", "items": TEXT},
)


def notices(start: Start) -> httpx.Client:
    one = group("data", data=NOTICE)
    listed = group("data", data={"type": "array", "items": NOTICE})
    by_type = [{"name": "type", "in": "query", "schema": NEWS["properties"]["type"]}]
    paths = {
        "/notices": {
            "get": {"parameters": by_type, "responses": {"200": ok(listed)}},
            "post": {"requestBody": body(NEWS), "responses": {"201": ok(one)}},
        },
        "/notices/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": NUMBER}],
            "get": {"responses": {"200": ok(one)}},
        },
    }
    return start(paths=paths)


def test_what_is_sent_flat_stands_among_the_attributes_its_type_too(start: Start) -> None:
    client = notices(start)
    made = client.post("/notices", json={"type": "folder", "action": "upload"}).json()["data"]
    assert made["attributes"] | {"type": "folder", "action": "upload"} == made["attributes"]
    assert client.get(f"/notices/{made['id']}").json()["data"] == made


def test_the_type_among_the_attributes_filters(start: Start) -> None:
    client = notices(start)
    ids = {
        kind: client.post("/notices", json={"type": kind}).json()["data"]["id"] for kind in ("file", "folder")
    }
    listed = [item["id"] for item in client.get("/notices?type=file").json()["data"]]
    assert ids["file"] in listed
    assert ids["folder"] not in listed


def test_one_attribute_that_cannot_be_shown_keeps_no_other_out(start: Start) -> None:
    client = notices(start)
    sent = {"type": "file", "action": "delete", "expires": "2031-02-03T04:05:06Z", "recipients": [""]}
    shown = client.post("/notices", json=sent).json()["data"]["attributes"]
    assert (shown["type"], shown["action"], shown["expires"]) == ("file", "delete", "2031-02-03")


# -- one path for every call


def test_the_id_of_a_call_may_be_used_again(start: Start) -> None:
    call = group("id", "method", id=TEXT, jsonrpc=TEXT, method=TEXT, params={"type": "object"})
    said = {"200": ok(group("id", id=TEXT, result=group(owner=TEXT))), "400": ok()}
    client = start(paths={"/rpc": {"post": {"requestBody": body(call), "responses": said}}})
    for _ in range(2):
        answer = client.post("/rpc", json={"id": "a1", "method": "abu"})
        assert (answer.status_code, answer.json()["id"]) == (200, "a1")


# -- users that show nothing but their id


def test_registering_answers_the_id_that_reads_and_deletes(start: Start) -> None:
    new = group("email", "password", email=TEXT, password=TEXT, first_name=TEXT)
    told = group(id=TEXT, created_at=TEXT, owner_id=TEXT)
    created = ok(told)
    created["content"]["application/json"]["example"] = {"id": "string", "created_at": "string"}
    post = {"requestBody": body(new), "responses": {"201": created, "409": ok()}}
    item = {
        "parameters": key("accountId"),
        "get": {"responses": {"200": ok(told)}},
        "delete": {"responses": {"204": ok(), "404": ok()}},
    }
    client = start(paths={"/accounts": {"post": post}, "/accounts/{accountId}": item})
    ids = []
    for name in ("ann", "ben"):
        made = client.post("/accounts", json={"email": f"{name}@example.com", "password": "s3cret"})
        ids.append(made.json()["id"])
    assert ids[0] != ids[1]
    assert [client.delete(f"/accounts/{one}").status_code for one in ids] == [204, 204]
    assert client.get(f"/accounts/{ids[0]}").status_code == 404


# -- ids of which there are few


def test_a_list_answers_where_no_id_is_free_for_what_it_asks_for(start: Start) -> None:
    kind = {"type": "string", "enum": ["artists", "genres", "networks", "playlists"]}
    follow = group("action", "type", action=TEXT, type=TEXT)
    by_action = [{"name": "action", "in": "query", "schema": {"type": "string", "enum": ["unfollowed"]}}]
    listed = ok({"type": "array", "items": follow})
    paths = {
        "/follows": {"get": {"parameters": by_action, "responses": {"200": listed}}},
        "/follows/{type}": {
            "parameters": [{"name": "type", "in": "path", "required": True, "schema": kind}],
            "get": {"responses": {"200": ok(follow)}},
        },
    }
    client = start(populate=3, paths=paths)
    answer = client.get("/follows?action=unfollowed")
    assert answer.status_code == 200, answer.text


# -- paths that take an id or something else


@pytest.mark.parametrize(
    ("parameter", "member"),
    [
        ("id_or_slug", "slug"),
        ("name_or_id", "name"),
        ("projectIdOrKey", "key"),
        ("projectKeyOrId", "projectKey"),
        ("idOrName", "name"),
    ],
)
@pytest.mark.parametrize("kind", [NUMBER, TEXT])
def test_an_item_is_found_by_its_id_or_what_else_its_path_takes(
    start: Start, parameter: str, member: str, kind: dict[str, Any]
) -> None:
    project = group("id", id=kind, title=TEXT, **{member: TEXT})
    new = group(title=TEXT, **{member: TEXT})
    paths = {
        "/projects": {
            "get": {"responses": {"200": ok({"type": "array", "items": project})}},
            "post": {"requestBody": body(new), "responses": {"201": ok(project), "400": ok()}},
        },
        f"/projects/{{{parameter}}}": {
            "parameters": key(parameter),
            "get": {"responses": {"200": ok(project)}},
            "patch": {"requestBody": body(new), "responses": {"200": ok(project)}},
            "delete": {"responses": {"204": ok()}},
        },
    }
    client = start(paths=paths)
    made = client.post("/projects", json={member: "one", "title": "a"}).json()
    assert made[member] == "one"
    assert made["id"] != "one"
    assert client.get(f"/projects/{made['id']}").json() == made
    assert client.get("/projects/one").json() == made
    changed = client.patch("/projects/one", json={"title": "b"}).json()
    assert changed == {**made, "title": "b"} == client.get(f"/projects/{made['id']}").json()
    assert client.post("/projects", json={member: "one"}).json()["id"] != made["id"]
    assert client.get("/projects/none").status_code == 200
    assert client.delete(f"/projects/{made['id']}").status_code == 204
    assert client.get(f"/projects/{made['id']}").status_code == 404


# -- what is there from the start, what is done again, and what is only named


def of(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def pets() -> dict[str, Any]:
    pet = group("id", "name", id=TEXT, name=TEXT)
    listed = ok(of(pet))
    listed["content"]["application/json"]["example"] = [{"id": "p1", "name": "Tom"}]
    gone = {"204": {"description": ""}, "404": {"description": "no such pet"}}
    one = {"parameters": key(), "get": {"responses": {"200": ok(pet)}}, "delete": {"responses": gone}}
    made = {"requestBody": body(group("name", name=TEXT)), "responses": {"201": ok(pet)}}
    return {"/pets": {"get": {"responses": {"200": listed}}, "post": made}, "/pets/{id}": one}


def test_an_example_of_the_document_may_be_deleted_twice_and_what_was_created_once(start: Start) -> None:
    api = start(populate=1, paths=pets())
    assert [one["id"] for one in api.get("/pets").json()] == ["p1"]
    assert [api.delete("/pets/p1").status_code for _ in range(2)] == [204, 204]
    assert api.get("/pets/p1").status_code == 404
    assert api.get("/pets").json() == []
    own = api.post("/pets", json={"name": "Ada"}).json()["id"]
    assert [api.delete(f"/pets/{own}").status_code for _ in range(2)] == [204, 404]


RULE = group("id", "enabled", id=TEXT, enabled={"type": "boolean"}, name=TEXT)


@pytest.mark.parametrize(
    ("said", "again"),
    [
        ("", 409),
        ("Conflict", 409),
        ("The rule is enabled already", 409),
        ("Rules are running, try later", 200),
        ("There was a conflict", 409),
        ("Conflict if a version was sent and it is another one", 200),
    ],
)
def test_what_was_done_before_is_refused_where_the_conflict_may_mean_that(
    start: Start, said: str, again: int
) -> None:
    done = {"responses": {"200": ok(RULE), "409": {"description": said}}}
    made = {
        "requestBody": body(group(name=TEXT, enabled={"type": "boolean"})),
        "responses": {"201": ok(RULE)},
    }
    one = {"parameters": key(), "get": {"responses": {"200": ok(RULE)}}}
    listed = {"get": {"responses": {"200": ok(of(RULE))}}, "post": made}
    api = start(
        paths={
            "/rules": listed,
            "/rules/{id}": one,
            "/rules/{id}/enable": {"parameters": key(), "post": done},
        }
    )
    own = api.post("/rules", json={"name": "a", "enabled": True}).json()["id"]
    assert api.post(f"/rules/{own}/enable").status_code == again


def test_a_placeholder_below_an_item_that_is_only_posted_to_names_what_is_done(start: Start) -> None:
    lines = of(group(sku=TEXT))
    order = group("orderId", orderId=TEXT, lines=lines, note=TEXT)
    change = {"parameters": key("orderId") + key("changeType"), "responses": {"202": ok()}}
    one = {"parameters": key("orderId"), "get": {"responses": {"200": ok(order)}}}
    api = start(paths={"/orders/{orderId}": one, "/orders/{orderId}/{changeType}": {"post": change}})
    assert api.get("/orders/7").json()["orderId"] == "7"
    assert api.post("/orders/7/ship").status_code == 202
    assert api.get("/orders/7").json()["orderId"] == "7"


@pytest.mark.parametrize("sent", ["new_branch_name", "newBranchName", "branch_name", "branchName"])
def test_a_member_is_set_by_a_name_that_has_what_the_item_is_called_before_it(
    start: Start, sent: str
) -> None:
    branch = group("name", name=TEXT, protected={"type": "boolean"})
    made = {"requestBody": body(group(sent, **{sent: TEXT, "old_branch_name": TEXT}))}
    listed = {
        "get": {"responses": {"200": ok(of(branch))}},
        "post": {**made, "responses": {"201": ok(branch)}},
    }
    one = {"parameters": key("branch"), "get": {"responses": {"200": ok(branch)}}}
    api = start(paths={"/branches": listed, "/branches/{branch}": one})
    shown = api.post("/branches", json={sent: "feature", "old_branch_name": "main"}).json()
    assert shown["name"] == "feature"
    assert api.get("/branches/feature").json() == shown
    assert [each["name"] for each in api.get("/branches").json()] == ["feature"]


def test_what_says_much_beside_its_lists_is_the_item_and_found_by_its_number(start: Start) -> None:
    said = dict.fromkeys(("email", "note", "state", "method", "tracking", "tax", "total", "address"), TEXT)
    order = group(orderNumber=NUMBER, items=of(group("id", id=NUMBER, sku=TEXT)), **said)
    new = group(items=of(group(sku=TEXT)), **said)
    one = {
        "parameters": key(),
        "get": {"responses": {"200": ok(order)}},
        "delete": {"responses": {"204": ok()}},
    }
    one["patch"] = {"requestBody": body(new), "responses": {"200": ok(order)}}
    made = {"requestBody": body(new), "responses": {"200": ok(order)}}
    api = start(
        paths={"/orders": {"get": {"responses": {"200": ok(of(order))}}, "post": made}, "/orders/{id}": one}
    )
    first, second = (
        api.post("/orders", json={"email": name, "items": [{"sku": "a"}, {"sku": "b"}]}).json()
        for name in "xy"
    )
    assert (first["email"], [each["sku"] for each in first["items"]]) == ("x", ["a", "b"])
    assert api.get(f"/orders/{first['orderNumber']}").json() == first
    assert api.patch(f"/orders/{second['orderNumber']}", json={"note": "n"}).json() == {**second, "note": "n"}
    assert api.delete(f"/orders/{first['orderNumber']}").status_code == 204
    assert [each["email"] for each in api.get("/orders").json()] == ["y"]


def test_an_item_that_a_name_finds_is_found_by_what_it_shows_as_its_id(start: Start) -> None:
    box = group("name", name=TEXT, id=TEXT, note=TEXT)
    new: dict[str, Any] = {"requestBody": body(group("name", name=TEXT, note=TEXT))}
    one: dict[str, Any] = {
        "parameters": key("boxName"),
        "get": {"responses": {"200": ok(box)}},
        "delete": {"responses": {"204": ok()}},
    }
    one["put"] = {**new, "responses": {"200": ok(box)}}
    listed = {"get": {"responses": {"200": ok(of(box))}}, "post": {**new, "responses": {"201": ok(box)}}}
    api = start(paths={"/boxes": listed, "/boxes/{boxName}": one})
    made = api.post("/boxes", json={"name": "blue"}).json()
    assert made["id"] != "blue"
    assert api.get(f"/boxes/{made['id']}").json() == made == api.get("/boxes/blue").json()
    assert api.put(f"/boxes/{made['id']}", json={"name": "blue", "note": "n"}).json() == {**made, "note": "n"}
    assert api.delete(f"/boxes/{made['id']}").status_code == 204
    assert api.get("/boxes/blue").status_code == 404 == api.get(f"/boxes/{made['id']}").status_code


def test_a_query_of_a_lists_path_lists_what_its_body_chooses(start: Start) -> None:
    file = group("id", "name", id=TEXT, name=TEXT)
    asked = {"requestBody": body(group(name=TEXT, limit=NUMBER)), "responses": {"200": ok(of(file))}}
    made = {"requestBody": body(group(name=TEXT)), "responses": {"201": ok(file)}}
    paths = {
        "/files": {"get": {"responses": {"200": ok(of(file))}}, "post": made, "query": asked},
        "/files/{id}": {"parameters": key(), "get": {"responses": {"200": ok(file)}}},
    }
    api = start(version="3.2.0", paths=paths)
    for name in ("a", "b", "a"):
        api.post("/files", json={"name": name})
    found = [api.request("QUERY", "/files", json=sent).json() for sent in ({}, {"name": "a"}, {"limit": 2})]
    assert [[one["name"] for one in shown] for shown in found] == [["a", "b", "a"], ["a", "a"], ["a", "b"]]


def test_a_member_that_is_a_file_refers_to_nothing(start: Start) -> None:
    picture = {**TEXT, "contentEncoding": "base64", "contentMediaType": "image/png"}
    file = group("id", "icon", id=TEXT, icon=picture)
    made = {"requestBody": body(group(name=TEXT)), "responses": {"201": ok(file)}}
    icons = {"parameters": key(), "get": {"responses": {"200": ok(group("id", id=TEXT, name=TEXT))}}}
    one = {"parameters": key(), "get": {"responses": {"200": ok(file)}}}
    api = start(paths={"/files": {"post": made}, "/files/{id}": one, "/icons/{id}": icons})
    assert api.post("/files", json={}).json()["icon"].startswith("iVBORw0KGgo")


# -- an id that only the answer of a create shows


@pytest.mark.parametrize("beside", [True, False])
def test_an_id_that_only_a_create_shows_finds_the_item_and_its_name_is_a_name(
    start: Start, *, beside: bool
) -> None:
    shown = group("name", name=TEXT, size=NUMBER)
    told = {"allOf": [group("id", id=NUMBER), shown]} if beside else group("id", id=NUMBER)
    new = {"requestBody": body(shown), "responses": {"201": ok(told), "409": ok()}}
    one = {
        "parameters": key("segment_id"),
        "get": {"responses": {"200": ok(shown)}},
        "patch": {"requestBody": body(group(name=TEXT, size=NUMBER)), "responses": {"200": ok(shown)}},
        "delete": {"responses": {"204": ok(), "404": ok()}},
    }
    listed = {"get": {"responses": {"200": ok(of(shown))}}, "post": new}
    api = start(paths={"/segments": listed, "/segments/{segment_id}": one})
    first, second = (api.post("/segments", json={"name": "big", "size": 1}).json()["id"] for _ in range(2))
    assert first != second
    assert api.patch(f"/segments/{first}", json={"size": 2}).json() == {"name": "big", "size": 2}
    assert api.get(f"/segments/{second}").json() == {"name": "big", "size": 1}
    assert [one["name"] for one in api.get("/segments").json()] == ["big", "big"]
    assert api.delete(f"/segments/{first}").status_code == 204
    assert api.get("/segments").json() == [{"name": "big", "size": 1}]


# -- a second id, words for an item, grants of one's own


def test_what_shows_an_id_beside_its_name_has_one_of_its_own(start: Start) -> None:
    number = {"type": "string", "format": "uuid", "readOnly": True}
    number["example"] = "9cc10173-e9ea-4176-9dbc-a4cee4c4ff30"
    replica = group("name", id=number, name=TEXT)
    made = {"requestBody": body(replica), "responses": {"201": ok(replica)}}
    one = {"parameters": key("replica_name"), "get": {"responses": {"200": ok(replica)}}}
    listed = {"get": {"responses": {"200": ok(of(replica))}}, "post": made}
    api = start(paths={"/replicas": listed, "/replicas/{replica_name}": one})
    ids = [api.post("/replicas", json={"name": name}).json()["id"] for name in ("a", "b")]
    assert len({*ids, number["example"]}) == 3
    assert api.get("/replicas/b").json() == {"id": ids[1], "name": "b"}


def test_what_a_word_stands_for_is_there_for_a_write_as_well(start: Start) -> None:
    project = group("id", "name", id=TEXT, name=TEXT, is_default={"type": "boolean"})
    change = {"requestBody": body(group(name=TEXT)), "responses": {"200": ok(project), "404": ok()}}
    shown = {"responses": {"200": ok(project)}}
    paths = {
        "/projects": {"get": {"responses": {"200": ok(of(project))}}},
        "/projects/default": {"get": shown, "patch": change},
        "/projects/{id}": {"parameters": key(), "get": shown, "patch": change},
    }
    api = start(paths=paths)
    changed = api.patch("/projects/default", json={"name": "mine"}).json()
    assert (changed["name"], changed["is_default"]) == ("mine", True)
    assert api.get("/projects/default").json() == changed
    assert api.patch("/projects/none", json={"name": "mine"}).status_code == 404


def test_a_login_takes_grants_that_no_standard_has(start: Start) -> None:
    sent = group("grant_type", grant_type=TEXT, username=TEXT, password=TEXT)
    token = {"requestBody": body(sent), "responses": {"200": ok(group(access_token=TEXT)), "400": ok()}}
    api = start(paths={"/api/oauth/token": {"post": token}})
    for member in ({"username": "ann", "password": "x"}, {}):
        answer = api.post("/api/oauth/token", json={"grant_type": "partner", **member})
        assert (answer.status_code, set(answer.json())) == (200, {"access_token"})


# -- the two ends of a span, users of examples, monitors


def test_what_both_begins_and_ends_is_chosen_by_the_ends_of_a_span(start: Start) -> None:
    day: dict[str, Any] = {"type": "string", "format": "date"}
    moment = {"type": "string", "format": "date-time"}
    span = group("id", "start_date", "end_date", id=TEXT, start_date=day, end_date=day)
    ends = [{"name": name, "in": "query", "schema": moment} for name in ("start_date", "end_date")]
    made = {"requestBody": body(group(start_date=day, end_date=day)), "responses": {"201": ok(span)}}
    listed = {"parameters": ends, "responses": {"200": ok(of(span))}}
    one = {"parameters": key(), "get": {"responses": {"200": ok(span)}}}
    api = start(paths={"/stays": {"get": listed, "post": made}, "/stays/{id}": one})
    for first, last in (("2026-03-01", "2026-03-04"), ("2026-03-10", "2026-03-12")):
        api.post("/stays", json={"start_date": first, "end_date": last})

    def begins(**query: str) -> list[str]:
        return [stay["start_date"] for stay in api.get("/stays", params=query).json()]

    assert begins(start_date="2026-03-02T00:00:00Z") == ["2026-03-10"]
    assert begins(end_date="2026-03-05T00:00:00Z") == ["2026-03-01"]
    assert begins(start_date="2000-01-01T00:00:00Z", end_date="2030-01-01T00:00:00Z") == [
        "2026-03-10",
        "2026-03-01",
    ]


def users(*, reads: bool = False) -> dict[str, Any]:
    """Return paths of users who register by a name, one of whom an example shows. reads: whether a list
    states a conflict too.
    """
    user = group("id", "userName", id=TEXT, userName=TEXT)
    shown = ok(of(user))
    shown["content"]["application/json"]["example"] = [{"id": "u1", "userName": "jon"}]
    conflict = {"409": {"description": "the name is in use"}}
    new = group("userName", "password", userName=TEXT, password=TEXT)
    made = {"requestBody": body(new), "responses": {"201": ok(user), **conflict}}
    listed: dict[str, Any] = {"responses": {"200": shown} | (conflict if reads else {})}
    one = {"parameters": key(), "get": {"responses": {"200": ok(user)}}}
    return {"/Users": {"get": listed, "post": made}, "/Users/{id}": one}


def test_a_user_of_an_example_gives_way_to_one_who_registers_as_it_shows(start: Start) -> None:
    api = start(populate=1, paths=users())
    assert [one["id"] for one in api.get("/Users").json()] == ["u1"]
    sent = {"userName": "jon", "password": "x"}
    assert [api.post("/Users", json=sent).status_code for _ in range(2)] == [201, 409]
    assert [one["userName"] for one in api.get("/Users").json()] == ["jon"]


def test_a_conflict_that_is_stated_of_reads_too_says_nothing_of_names(start: Start) -> None:
    api = start(paths=users(reads=True))
    sent = {"userName": "ann", "password": "x"}
    assert [api.post("/Users", json=sent).status_code for _ in range(2)] == [201, 201]


def test_what_monitors_ask_of_the_whole_is_open_and_of_a_part_is_not(start: Start) -> None:
    asked = {"get": {"responses": {"200": {"description": ""}}}}
    paths = dict.fromkeys(("/ping", "/api/v1/health", "/api/system/metrics/ping"), asked)
    schemes = {"token": {"type": "apiKey", "in": "header", "name": "X-Token"}}
    api = start(paths=paths, security=[{"token": []}], components={"securitySchemes": schemes})
    assert [api.get(path).status_code for path in paths] == [200, 200, 401]


# -- stamps by other words


@pytest.mark.parametrize(
    ("created", "changed", "since"),
    [
        ("createdDateTime", "lastUpdatedDateTime", "changedSince"),
        ("createdDate", "lastModifiedDate", "modifiedAfter"),
        ("creationTimestamp", "changedOn", "updated_from"),
        ("created_at", "last_change", "modified_since"),
        ("dateCreated", "dateModified", "min_updated"),
    ],
)
def test_stamps_are_told_by_the_words_that_documents_have_for_them(
    start: Start, created: str, changed: str, since: str
) -> None:
    moment = {"type": "string", "format": "date-time"}
    note = group("id", id=TEXT, text=TEXT, **{created: moment, changed: moment})
    by_change = [{"name": since, "in": "query", "schema": moment}]
    new: dict[str, Any] = {"requestBody": body(group(text=TEXT))}
    one: dict[str, Any] = {"parameters": key(), "patch": {**new, "responses": {"200": ok(note)}}}
    listed = {"parameters": by_change, "responses": {"200": ok(of(note))}}
    paths = {
        "/notes": {"get": listed, "post": {**new, "responses": {"201": ok(note)}}},
        "/notes/{id}": one | {"get": {"responses": {"200": ok(note)}}},
    }
    api = start(paths=paths)
    first, second = (api.post("/notes", json={"text": text}).json() for text in "ab")
    assert first[created] == first[changed] < second[created]
    later = api.patch(f"/notes/{first['id']}", json={"text": "c"}).json()
    assert later[created] == first[created]
    assert later[changed] > second[changed]
    listed_since = api.get("/notes", params={since: later[changed]}).json()
    assert [one["text"] for one in listed_since] == ["c"]


# -- what a request may leave out


def test_a_delete_that_names_nothing_deletes_nothing(start: Start) -> None:
    told = {"200": ok(group(message=TEXT))}
    named = [{"name": "padID", "in": "query", "schema": TEXT}]
    paths = {
        "/getPadID": {"get": {"responses": told}, "post": {"responses": told}},
        "/createPad": {"post": {"parameters": named, "responses": told}},
        "/deletePad": {"get": {"parameters": named, "responses": told}},
    }
    api = start(paths=paths)
    statuses = [api.get(path).status_code for path in ("/getPadID", "/deletePad", "/getPadID")]
    assert statuses == [200, 200, 200]


# -- a list that is documented as one thing


def test_what_a_post_makes_with_an_id_is_found_below_where_its_list_shows_one(start: Start) -> None:
    run = group("runId", runId=TEXT, every=TEXT)
    made = {"requestBody": body(group(every=TEXT)), "responses": {"200": ok(run)}}
    paths = {
        "/schedule": {"get": {"responses": {"200": ok(run)}}, "post": made},
        "/schedule/{runId}": {"parameters": key("runId"), "get": {"responses": {"200": ok(run)}}},
    }
    api = start(paths=paths)
    assert api.get("/schedule").status_code == 200
    first, second = (api.post("/schedule", json={"every": every}).json() for every in "ab")
    assert first["runId"] != second["runId"]
    assert api.get(f"/schedule/{first['runId']}").json() == first
    assert api.get("/schedule").json() == second
