"""Sessions: isolated worlds on one server, named by a header or by the path."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import bundled, write_contract
from understudy.errors import RequestInvalid
from understudy.handler import World
from understudy.sandbox import Sandbox
from understudy.sessions import NAME, Sessions, SessionSettings, check_name

Serve = Callable[..., httpx.Client]
V1 = "/public/v1/accounts/"
KEY = {"X-API-KEY": "k"}


def new(number: int, name: str = "Petty cash") -> dict[str, Any]:
    return {
        "name": name,
        "number": number,
        "account_type": "bank",
        "currency_iso_4217_code": "EUR",
        "is_active": True,
        "parent_account_id": None,
    }


def numbers(client: httpx.Client, **how: Any) -> list[int]:
    answer = client.get(how.pop("path", V1), headers={**KEY, **how.pop("headers", {})})
    assert answer.status_code == 200, answer.text
    return [item["number"] for item in answer.json()["items"]]


def test_each_session_has_its_own_records(serve: Serve) -> None:
    client = serve("dualentry")
    for name in ("one", "two"):
        created = client.post(V1, json=new(5010, name), headers={**KEY, "Sandbox-Session": name})
        assert created.status_code == 201, created.text
    assert client.get(f"{V1}5010/", headers={**KEY, "Sandbox-Session": "one"}).json()["name"] == "one"
    assert client.get(f"{V1}5010/", headers={**KEY, "Sandbox-Session": "two"}).json()["name"] == "two"
    assert numbers(client) == []


def test_the_session_can_stand_in_the_path(serve: Serve) -> None:
    client = serve("dualentry", "togai")
    path = f"/~one/dualentry{V1}"
    assert client.post(path, json=new(5010), headers=KEY).status_code == 201
    assert numbers(client, path=path) == [5010]
    assert numbers(client, path=f"/%7Eone/dualentry{V1}") == [5010]
    assert numbers(client, path=f"/dualentry{V1}", headers={"Sandbox-Session": "one"}) == [5010]
    assert numbers(client, path=f"/~one/dualentry{V1}", headers={"Sandbox-Session": "one"}) == [5010]
    assert numbers(client, path=f"/dualentry{V1}") == []


def test_a_path_of_an_answer_may_stand_behind_an_address_that_has_the_prefix_already(serve: Serve) -> None:
    client = serve("dualentry")
    assert client.post(f"/~one{V1}", json=new(5010), headers=KEY).status_code == 201
    assert numbers(client, path=f"/~one/~one{V1}") == [5010]
    assert numbers(client, path=f"/~one/~one{V1}", headers={"Sandbox-Session": "one"}) == [5010]
    assert client.get(f"/~one/~two{V1}", headers=KEY).status_code == 404


def test_default_is_the_session_of_those_who_name_none(serve: Serve) -> None:
    client = serve("dualentry")
    assert client.post(V1, json=new(5010), headers=KEY).status_code == 201
    assert (
        numbers(client, headers={"Sandbox-Session": "default"})
        == numbers(client, path=f"/~default{V1}")
        == [5010]
    )


def test_an_answer_names_the_session_it_is_of(serve: Serve) -> None:
    client = serve(bundled("dualentry"))
    by_header = client.get(V1, headers={**KEY, "Sandbox-Session": "anna"})
    by_path = client.get("/~berta" + V1, headers=KEY)
    refused = client.get("/~berta" + V1)
    misspelt = client.get(V1, headers={**KEY, "Sandbox-Sesion": "anna"})
    nowhere = client.get("/nowhere")
    named = [answer.headers.get_list("Sandbox-Session") for answer in (by_header, by_path, refused, misspelt)]
    assert named == [["anna"], ["berta"], ["berta"], ["default"]]
    assert nowhere.headers["Sandbox-Session"] == "default"


def test_an_answer_of_the_admin_api_names_no_session_but_in_its_path(serve: Serve) -> None:
    client = serve(bundled("dualentry"))
    for headers in ({}, {"Sandbox-Session": "anna"}):
        answer = client.get("/__admin/sessions/default", headers=headers)
        assert (answer.status_code, "Sandbox-Session" in answer.headers) == (200, False)


def test_two_sessions_begin_alike(serve: Serve) -> None:
    client = serve("dualentry", populate=4)
    lists = [client.get(V1, headers={**KEY, "Sandbox-Session": name}).content for name in ("one", "two")]
    created = [
        client.post(V1, json=new(77), headers={**KEY, "Sandbox-Session": name}).content
        for name in ("one", "two")
    ]
    assert len(set(lists)) == len(set(created)) == 1


def test_links_in_answers_lead_into_the_same_session(serve: Serve, tmp_path: Path) -> None:
    item = {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
        "required": ["name"],
    }
    content = {"application/json": {"schema": item}}
    created = {
        "description": "ok",
        "content": content,
        "headers": {"Location": {"required": True, "schema": {"type": "string"}}},
    }
    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    paths = {
        "/things": {"post": {"requestBody": {"content": content}, "responses": {"201": created}}},
        "/things/{id}": {
            "get": {
                "parameters": [parameter],
                "responses": {"200": {"description": "ok", "content": content}},
            }
        },
    }
    client = serve(Sandbox(write_contract(tmp_path / "c.json", "3.1.0", {"paths": paths})))
    location = client.post("/~one/things", json={"name": "cup"}).headers["Location"]
    assert location.startswith(f"{client.base_url}/~one/things/") or location.startswith("/~one/things/")
    assert client.get(location).json()["name"] == "cup"


def test_pages_lead_into_the_session_they_were_asked_in(serve: Serve) -> None:
    client = serve("dualentry", "togai")
    apis = client.get("/~one/").json()["apis"]
    assert [api["url"].removeprefix(str(client.base_url)) for api in apis] == [
        "/~one/dualentry",
        "/~one/togai",
    ]
    served = client.get(apis[0]["contract"]).content
    assert served.replace(b"/~one/", b"/") == client.get("/dualentry/openapi.yaml").content
    assert '"folder":"./docs"' in client.get(apis[0]["docs"]).text
    server = client.get("/~one/dualentry/docs/openapi.json").json()["servers"][0]["url"]
    assert server.removeprefix(str(client.base_url)) == "/~one/dualentry"


@pytest.mark.parametrize("name", ["a b", "a%2Fb", "é", "x" * 65, "", "a,b"])
def test_a_name_that_is_none_is_refused_in_the_vendors_shape(serve: Serve, name: str) -> None:
    client = serve("dualentry")
    in_path = client.get(f"/~{name}{V1}", headers=KEY)
    assert in_path.status_code == 400
    assert "1 to 64 of A-Z a-z 0-9 . _ -" in in_path.text
    assert set(in_path.json()) == {"success", "errors"}
    if name:
        in_header = client.get(V1, headers=[(b"X-API-KEY", b"k"), (b"Sandbox-Session", name.encode())])
        assert (in_header.status_code, "Sandbox-Session" in in_header.text) == (400, True)


def test_two_names_that_differ_are_refused(serve: Serve) -> None:
    refused = serve("dualentry").get(f"/~one{V1}", headers={**KEY, "Sandbox-Session": "two"})
    assert refused.status_code == 400
    assert "Sandbox-Session" in refused.text
    assert "'one'" in refused.text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ([""], "got ''"),
        (["one", "two"], "'one' and 'two'"),
        (["one", ""], "'' and 'one'"),
        (["one", "two", "three"], "'three'"),
    ],
)
def test_a_header_that_names_no_session_or_several_is_refused(
    serve: Serve, sent: list[str], said: str
) -> None:
    sessions = Sessions()
    client = serve("dualentry", sessions=sessions)
    headers = [*KEY.items(), *(("Sandbox-Session", name) for name in sent)]
    for path in (V1, f"/~one{V1}"):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, "Sandbox-Session" in answer.text, said in answer.text) == (
            400,
            True,
            True,
        )
    answer = client.get("/__admin/sessions", headers=headers)
    assert (answer.status_code, "Sandbox-Session" in answer.text) == (400, True)
    assert {session.name for session in sessions} == {"default"}


def test_a_header_that_says_one_name_twice_names_that_session(serve: Serve) -> None:
    sessions = Sessions()
    answer = serve("dualentry", sessions=sessions).get(
        V1, headers=[*KEY.items(), *[("Sandbox-Session", "one")] * 2]
    )
    assert answer.status_code == 200
    assert [session.name for session in sessions] == ["one"]


def test_a_refused_name_makes_no_session(serve: Serve) -> None:
    sessions = Sessions()
    serve("dualentry", sessions=sessions).get(V1, headers={**KEY, "Sandbox-Session": "a b"})
    assert {session.name for session in sessions} <= {"default"}


@given(st.text(max_size=70))
def test_names_are_what_the_documentation_says(name: str) -> None:
    allowed = 1 <= len(name) <= 64 and all(
        char.isascii() and (char.isalnum() or char in "._-") for char in name
    )
    assert bool(NAME.fullmatch(name)) == allowed
    if allowed:
        check_name(name)
    else:
        with pytest.raises(RequestInvalid):
            check_name(name)


# ---- how long they live


class Time:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_is_not_used_for_an_hour_is_dropped() -> None:
    time = Time()
    sessions = Sessions(now=time)
    kept, idle, default = sessions.use("kept"), sessions.use("idle"), sessions.use()
    time.now = 3000
    assert sessions.use("kept") is kept
    time.now = 3601
    assert sessions.use("kept") is kept
    assert sessions.find("idle") is None
    assert sessions.use("idle") is not idle
    assert sessions.use() is default
    time.now = 100_000
    assert sessions.use() is default
    assert [session.name for session in sessions] == ["default"]


def test_how_long_is_a_setting() -> None:
    time = Time()
    sessions = Sessions(SessionSettings(idle=10), now=time)
    sessions.use("a")
    time.now = 9.9
    sessions.use("b")
    assert len(sessions) == 2
    time.now = 11
    sessions.use("b")
    assert [session.name for session in sessions] == ["b"]


def test_a_dropped_session_begins_afresh(serve: Serve) -> None:
    sessions = Sessions()
    client = serve("dualentry", sessions=sessions)
    assert client.post(f"/~one{V1}", json=new(5010), headers=KEY).status_code == 201
    assert sessions.drop("one")
    assert not sessions.drop("one")
    assert numbers(client, path=f"/~one{V1}") == []


def test_a_reset_leaves_the_others_as_they_are(serve: Serve) -> None:
    sessions = Sessions()
    client = serve("dualentry", sessions=sessions)
    for name in ("one", "two"):
        client.post(f"/~{name}{V1}", json=new(5010), headers=KEY)
    sessions.use("one").clock.advance(60)
    sessions.reset("one")
    assert numbers(client, path=f"/~one{V1}") == []
    assert numbers(client, path=f"/~two{V1}") == [5010]
    assert sessions.use("one").clock.now() == sessions.use("three").clock.now()


def test_an_empty_session_holds_next_to_nothing() -> None:
    sessions = Sessions()
    for number in range(10_000):
        sessions.use(f"s{number}")
    assert len(sessions) == 10_000
    assert all(not session.worlds for session in sessions)


def test_a_world_is_made_for_the_contract_that_is_asked_and_no_other(serve: Serve) -> None:
    sessions = Sessions()
    numbers(serve("dualentry", "togai", sessions=sessions), path=f"/~one/dualentry{V1}")
    assert list(sessions.use("one").worlds) == ["dualentry"]


def test_time_of_one_session_is_not_that_of_another() -> None:
    sessions = Sessions()
    sessions.use("one").clock.advance(3600)
    assert sessions.use("one").clock.now() != sessions.use("two").clock.now()


def test_many_sessions_at_once_do_not_mix(serve: Serve) -> None:
    base = str(serve("dualentry").base_url)

    async def play(client: httpx.AsyncClient, name: str) -> list[str]:
        headers = {**KEY, "Sandbox-Session": name}
        for number in range(5001, 5006):
            answer = await client.post(V1, json=new(number, f"{name} {number}"), headers=headers)
            assert answer.status_code == 201
        return [item["name"] for item in (await client.get(V1, headers=headers)).json()["items"]]

    async def play_all() -> list[list[str]]:
        async with httpx.AsyncClient(base_url=base, timeout=60, trust_env=False) as client:
            return await asyncio.gather(*(play(client, f"s{at}") for at in range(20)))

    for at, found in enumerate(asyncio.run(play_all())):
        assert sorted(found) == [f"s{at} {number}" for number in range(5001, 5006)]


def test_the_sessions_of_one_sandbox_share_its_compiled_contract() -> None:
    sandbox, sessions = bundled("togai"), Sessions()
    one, two = (sandbox.world(sessions.use(name)) for name in ("one", "two"))
    assert one.handlers is two.handlers
    assert one.store is not two.store


def test_a_request_under_way_ends_in_the_session_it_began_in(serve: Serve) -> None:
    sessions = Sessions()
    client = serve("dualentry", sessions=sessions)
    with ThreadPoolExecutor() as pool:
        began = sessions.use("one")
        answer = pool.submit(
            client.post,
            V1,
            json=new(5010),
            headers={**KEY, "Sandbox-Session": "one", "Sandbox-Fault": "latency=300ms"},
        )
        while not began.busy:
            numbers(client)
        sessions.reset("one")
        assert answer.result().status_code == 201
    assert numbers(client, headers={"Sandbox-Session": "one"}) == []
    assert [entry.method for entry in sessions.use("one").journal] == ["GET"]
    assert [entry.method for entry in began.journal] == ["POST"]


def test_a_session_in_use_is_not_idle() -> None:
    time = Time()
    sessions = Sessions(now=time)
    busy, followed, idle = (sessions.use(name) for name in ("busy", "followed", "idle"))
    busy.busy += 1
    followed.journal.subscribe()
    time.now = 10_000
    sessions.use()
    assert sessions.find("busy") is busy
    assert sessions.find("followed") is followed
    assert sessions.find("idle") is not idle


def test_who_follows_a_journal_goes_on_after_a_reset(serve: Serve) -> None:
    sessions = Sessions()
    client = serve("dualentry", sessions=sessions)
    numbers(client)
    live = sessions.use().journal.subscribe()
    numbers(client)
    sessions.reset()
    numbers(client)

    async def two() -> list[int]:
        return [(await anext(live)).number for _ in range(2)]

    assert asyncio.run(two()) == [2, 3]
    assert [entry.number for entry in sessions.use().journal] == [3]


def test_what_a_session_held_goes_once_it_is_reset(serve: Serve) -> None:
    """The collector comes rarely where a server runs: what is over must not wait for it."""
    client = serve("dualentry")

    def used_and_reset() -> int:
        for number in range(5010, 5013):
            assert client.post(f"/~one{V1}", json=new(number), headers=KEY).status_code == 201
        assert client.post("/__admin/sessions/one/reset").status_code == 204
        return sum(isinstance(thing, World) for thing in gc.get_objects())

    used_and_reset()
    gc.collect()
    before = used_and_reset()
    gc.disable()
    try:
        assert max(used_and_reset() for _ in range(5)) <= before + 1
    finally:
        gc.enable()
