"""Records and snapshots through the admin API: what callers of the API see is what stands there, and the other way round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from understudy.bundled import admin_contract
from understudy.contracts.contract import Contract
from understudy.sandbox import Sandbox, Settings

KEYED = {"X-API-KEY": "k"}
BEARER = {"Authorization": "Bearer k"}
TOGAI = "/sessions/s/apis/togai/collections"
DUALENTRY = f"/sessions/s/apis/dualentry/collections/{quote('/public/v1/accounts', safe='')}"
Serve = Callable[..., httpx.Client]


@pytest.fixture
def admin(serve: Serve) -> httpx.Client:
    """Return a client of the admin API beside four sandboxes."""
    client = serve("togai", "dualentry", "aritma", "saasu", populate=3)
    client.base_url = client.base_url.join("/__admin")
    return client


def ask(admin: httpx.Client, path: str, method: str = "GET", **more: Any) -> httpx.Response:
    return admin.request(method, admin.base_url.join(f"/~s{path}"), headers={**KEYED, **BEARER}, **more)


def numbers(admin: httpx.Client) -> set[int]:
    return {account["number"] for account in ask(admin, "/dualentry/public/v1/accounts/").json()["items"]}


# ---- reading


def test_a_collection_that_nobody_asked_for_is_there_as_a_caller_would_see_it(admin: httpx.Client) -> None:
    assert admin.get(TOGAI).json() == {"items": [{"name": "/accounts", "records": 3}]}
    page = admin.get(f"{DUALENTRY}/records").json()
    assert page["total"] == 3
    assert {record["value"]["number"] for record in page["items"]} == numbers(admin)


def test_records_are_found_by_a_text_in_them(admin: httpx.Client) -> None:
    every = admin.get(f"{TOGAI}/%2Faccounts/records").json()["items"]
    wanted = every[1]
    found = admin.get(f"{TOGAI}/%2Faccounts/records", params={"text": wanted["value"]["name"].upper()}).json()
    assert found == {"items": [wanted], "total": 1}
    assert admin.get(f"{TOGAI}/%2Faccounts/records", params={"text": "nobody has this"}).json()["total"] == 0


def test_partitions_appear_when_somebody_asks_for_them(admin: httpx.Client) -> None:
    collections = "/sessions/s/apis/saasu/collections"
    assert admin.get(collections).json() == {"items": []}
    assert ask(admin, "/saasu/Accounts?FileId=7").status_code == 200
    assert [one["records"] for one in admin.get(collections).json()["items"]] == [5]  # two are built in


def test_records_are_listed_page_by_page_in_their_order(admin: httpx.Client) -> None:
    every = admin.get(f"{TOGAI}/%2Faccounts/records").json()["items"]
    pages = [
        admin.get(f"{TOGAI}/%2Faccounts/records", params={"limit": 2, "offset": offset}).json()
        for offset in (0, 2, 4)
    ]
    assert [len(page["items"]) for page in pages] == [2, 1, 0]
    assert [record for page in pages for record in page["items"]] == every
    assert {page["total"] for page in pages} == {3}


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 1001}, {"offset": -1}, {"limit": "ten"}])
def test_a_page_that_cannot_be_is_refused(admin: httpx.Client, query: dict[str, Any]) -> None:
    answer = admin.get(f"{TOGAI}/%2Faccounts/records", params=query)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{name}" for name in query]


def test_a_record_is_read_by_its_key(admin: httpx.Client) -> None:
    first = admin.get(f"{TOGAI}/%2Faccounts/records?limit=1").json()["items"][0]
    assert admin.get(f"{TOGAI}/%2Faccounts/records/{first['key']}").json() == first
    missing = admin.get(f"{TOGAI}/%2Faccounts/records/nobody")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")


# ---- writing


def test_a_record_that_is_put_is_what_callers_read(admin: httpx.Client) -> None:
    value = {
        **admin.get(f"{DUALENTRY}/records/1").json()["value"],
        "name": "Renamed",
        "number": 7777,
    }
    replaced = admin.put(f"{DUALENTRY}/records/1", json=value)
    assert (replaced.status_code, replaced.json()) == (200, {"key": "1", "version": 2, "value": value})
    assert ask(admin, "/dualentry/public/v1/accounts/7777/").json()["name"] == "Renamed"
    added = admin.put(f"{DUALENTRY}/records/99", json={**value, "id": 99, "number": 8888})
    assert (added.status_code, added.json()["version"]) == (201, 1)
    assert admin.get(added.headers["location"]).json() == added.json()
    assert {7777, 8888} <= numbers(admin)


def test_unique_values_stay_unique(admin: httpx.Client) -> None:
    value = admin.get(f"{DUALENTRY}/records/1").json()["value"]
    for key in ("2", "99"):
        taken = admin.put(f"{DUALENTRY}/records/{key}", json={**value, "id": int(key)})
        assert (taken.status_code, str(value["number"]) in taken.json()["detail"]) == (409, True)
    assert admin.put(f"{DUALENTRY}/records/1", json={**value, "number": 7777}).status_code == 200
    assert (
        admin.put(f"{DUALENTRY}/records/99", json={**value, "id": 99}).status_code == 201
    )  # its number is free now
    refused = ask(admin, "/dualentry/public/v1/accounts/", "POST", json={**_new(value), "number": 7777})
    assert (refused.status_code, "number" in refused.text) == (422, True)


def _new(value: dict[str, Any]) -> dict[str, Any]:
    names = ("name", "account_type", "currency_iso_4217_code", "is_active")
    return {**{name: value[name] for name in names}, "parent_account_id": None}


def test_a_record_that_is_deleted_is_gone_for_callers(admin: httpx.Client) -> None:
    number = admin.get(f"{DUALENTRY}/records/1").json()["value"]["number"]
    assert admin.delete(f"{DUALENTRY}/records/1").status_code == 204
    assert admin.delete(f"{DUALENTRY}/records/1").status_code == 404
    assert ask(admin, f"/dualentry/public/v1/accounts/{number}/").status_code == 404
    assert number not in numbers(admin)


@pytest.mark.parametrize("content", ["[]", '"text"', "null", "5"])
def test_only_an_object_is_a_record(admin: httpx.Client, content: str) -> None:
    answer = admin.put(
        f"{TOGAI}/%2Faccounts/records/x", content=content, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["errors"][0]["rule"]) == (400, "type")


@pytest.mark.parametrize(
    "name", ["a b", "a/b", "/things/{id} []", "ä", "50%", "%2F", "a?b#c", ".", "x" * 500]
)
def test_any_name_of_a_collection_and_a_key_can_be_asked_for(admin: httpx.Client, name: str) -> None:
    place = quote(name, safe="") if name != "." else "%2E%2E%2E"
    added = admin.put(f"{TOGAI}/{place}/records/{place}?unchecked=true", json={"n": 1})
    assert added.status_code == 201
    for url in (f"{TOGAI}/{place}/records/{place}", added.headers["location"]):
        assert admin.get(url).json() == added.json()
    kept = name if name != "." else "..."
    assert kept in {collection["name"] for collection in admin.get(TOGAI).json()["items"]}
    assert admin.get(f"{TOGAI}/{place}/records").json()["items"] == [
        {"key": kept, "version": 1, "value": {"n": 1}}
    ]


def test_sessions_do_not_share_records(admin: httpx.Client) -> None:
    admin.put(f"{TOGAI}/mine/records/x?unchecked=true", json={})
    assert [one["name"] for one in admin.get("/sessions/other/apis/togai/collections").json()["items"]] == [
        "/accounts"
    ]


# ---- records of an inferred sandbox

THING = {
    "type": "object",
    "required": ["id", "code"],
    "properties": {
        "id": {"type": "integer"},
        "code": {"type": "string", "x-understudy": {"unique": True}},
        "size": {"type": "integer"},
    },
}


def answered(description: str, schema: Any) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


PATHS = {
    "/things": {
        "get": {"responses": {"200": answered("ok", {"type": "array", "items": THING})}},
        "post": {
            "requestBody": {"content": {"application/json": {"schema": THING}}},
            "responses": {"201": answered("made", THING), "409": {"description": "taken"}},
        },
    },
    "/things/{id}": {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
        "get": {"responses": {"200": answered("ok", THING), "404": {"description": "no"}}},
    },
}


def test_inferred_collections_are_filled_and_stay_unique(
    serve: Serve, sandbox: Callable[..., Sandbox]
) -> None:
    client = serve(sandbox(paths=PATHS, settings=Settings(populate=2)))
    collections = "/__admin/sessions/default/apis/inline/collections"
    (things,) = client.get(collections).json()["items"]
    assert things == {"name": "/things", "records": 2}
    assert client.post("/things", json={"id": 71, "code": "taken"}).status_code == 201
    records = f"{collections}/{quote(things['name'], safe='')}/records"
    made = next(record for record in client.get(records).json()["items"] if record["key"] == "71")
    assert client.put(f"{records}/72", json=made["value"]).status_code == 409
    assert client.put(f"{records}/71", json={**made["value"], "size": 12}).status_code == 200
    assert client.get("/things/71").json()["size"] == 12


def test_a_record_that_its_contract_does_not_take_is_refused_by_the_member(
    serve: Serve, sandbox: Callable[..., Sandbox]
) -> None:
    client = serve(sandbox(paths=PATHS))
    client.post("/things", json={"id": 7, "code": "x"})
    records = f"/__admin/sessions/default/apis/inline/collections/{quote('/things', safe='')}/records"
    before = client.get(f"{records}/7").json()
    refused = client.put(f"{records}/7", json={"code": "x", "size": "large"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/size")
    assert client.get(f"{records}/7").json() == before


# ---- snapshots


def test_a_snapshot_brings_back_the_same_bytes(admin: httpx.Client) -> None:
    ask(admin, "/togai/accounts", "POST", json={"id": "acme", "name": "Acme", "customerId": "acme"})
    paths = ("/togai/accounts", "/dualentry/public/v1/accounts/", "/saasu/Accounts?FileId=7")
    before = [ask(admin, path).content for path in paths]
    snapshot = admin.get("/sessions/s/snapshot")
    assert snapshot.status_code == 200
    admin.post("/sessions/s/reset")
    assert ask(admin, paths[0]).content != before[0]
    assert admin.put("/sessions/s/snapshot", json=snapshot.json()).status_code == 204
    assert [ask(admin, path).content for path in paths] == before
    assert admin.get("/sessions/s/snapshot").json() == snapshot.json()


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"version": 2}, "/version"),
        ({"contracts": {"togai": "sha256:0"}}, "/contracts/togai"),
        (
            {"worlds": {"togai": {"records": {"/accounts": [{}]}, "counters": {}, "filled": []}}},
            "/worlds/togai/records/~1accounts/0/key",
        ),
        ({"clock": "9999-12-31T23:59:59Z"}, "/clock"),
        ({"tokens": {"issued": 5}}, "/tokens"),
    ],
)
def test_a_snapshot_of_something_else_changes_nothing(
    admin: httpx.Client, change: dict[str, Any], pointer: str
) -> None:
    ask(admin, "/togai/accounts", "POST", json={"id": "acme", "name": "Acme", "customerId": "acme"})
    before = admin.get("/sessions/s/snapshot").json()
    refused = admin.put("/sessions/s/snapshot", json={**before, **change})
    assert (refused.status_code, refused.headers["content-type"]) == (409, "application/problem+json")
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert admin.get("/sessions/s/snapshot").json() == before


def test_what_is_no_snapshot_at_all_is_refused_by_the_contract(admin: httpx.Client) -> None:
    refused = admin.put("/sessions/s/snapshot", json={"format": "zip"})
    assert refused.status_code == 400
    assert {error["pointer"] for error in refused.json()["errors"]} >= {"/format", "/version", "/worlds"}


# ---- records that a vendor's rules could not read


EXAMPLES: dict[str, Any] = (
    Contract.load(admin_contract())
    .operation("put /sessions/{session}/apis/{api}/collections/{collection}/records/{key}")
    .node.value["requestBody"]["content"]["application/json"]["examples"]
)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_of_a_record_can_be_put_and_is_what_callers_read(
    admin: httpx.Client, name: str
) -> None:
    value = EXAMPLES[name]["value"]
    added = admin.put(f"{DUALENTRY}/records/{value['id']}", json=value)
    assert (added.status_code, added.json()["value"]) == (201, value)
    assert value["number"] in numbers(admin)
    assert ask(admin, f"/dualentry/public/v1/accounts/{value['number']}/").json()["name"] == value["name"]


@pytest.mark.parametrize(
    ("change", "pointer", "expected"),
    [
        (lambda value: value.update(number="5010"), "/number", "an integer"),
        (lambda value: value.update(is_active=1), "/is_active", "true or false"),
        (lambda value: value.update(name=None), "/name", "a string"),
        (lambda value: value.update(created_by="Tim"), "/created_by", "an object"),
    ],
)
@pytest.mark.parametrize("key", ["1", "99"])
def test_a_record_that_is_no_item_of_its_contract_is_refused(
    admin: httpx.Client, key: str, change: Callable[[dict[str, Any]], Any], pointer: str, expected: str
) -> None:
    value = admin.get(f"{DUALENTRY}/records/1").json()["value"] | {"number": 7777}
    change(value)
    refused = admin.put(f"{DUALENTRY}/records/{key}", json=value)
    assert refused.status_code == 400, refused.text
    [error] = refused.json()["errors"]
    assert (error["pointer"], error["expected"].startswith(expected)) == (pointer, True)
    assert ask(admin, "/dualentry/public/v1/accounts/").status_code == 200


def test_what_a_record_lacks_is_completed(admin: httpx.Client) -> None:
    value = admin.get(f"{DUALENTRY}/records/1").json()["value"]
    name = value.pop("name")
    completed = admin.put(f"{DUALENTRY}/records/1", json=value).json()["value"]
    assert completed.pop("name") != name
    assert completed == value


def test_what_was_null_before_may_be_anything_and_more_is_no_harm(admin: httpx.Client) -> None:
    value = admin.get(f"{DUALENTRY}/records/1").json()["value"]
    more = {
        **value,
        "parent_account_id": 1,
        "note": "mine",
        "created_by": {**value["created_by"], "note": "mine"},
    }
    assert admin.put(f"{DUALENTRY}/records/1", json=more).status_code == 200


def test_records_of_an_api_without_rules_of_its_own_are_compared_with_nothing(
    serve: Serve, sandbox: Callable[..., Sandbox]
) -> None:
    client = serve(sandbox(paths=PATHS, settings=Settings(populate=2)))
    place = "/__admin/sessions/default/apis/inline/collections/%2Fthings/records/71"
    assert client.put(place, json={"id": 71, "code": "a"}).status_code == 201
    assert client.get("/things/71").json() == {"id": 71, "code": "a"}
