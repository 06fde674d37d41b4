"""Snapshots: what a session remembers comes back to the byte, and what does not fit changes nothing."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from support import bundled, running, write_contract
from understudy.cli.main import main
from understudy.cli.state_file import StateFile
from understudy.errors import SnapshotRefused
from understudy.sandbox import Sandbox
from understudy.server.app import create_app
from understudy.sessions import Session, Sessions
from understudy.snapshots import restore, take
from watchdog import Held, steadily, watched

Serve = Callable[..., httpx.Client]
BEARER = {"Authorization": "Bearer k"}
ACCOUNTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "dualentry": (
        "/public/v1/accounts/",
        "/public/v1/accounts/",
        {
            "name": "Cash",
            "number": 5010,
            "account_type": "bank",
            "currency_iso_4217_code": "EUR",
            "is_active": True,
            "parent_account_id": None,
        },
    ),
    "togai": (
        "/accounts",
        "/accounts",
        {"id": "acc-1", "name": "Acme", "customerId": "c1", "invoiceCurrency": "EUR", "aliases": []},
    ),
    "saasu": ("/Account?FileId=1", "/Accounts?FileId=1", {"Name": "Petty cash", "AccountType": "Income"}),
}
HEADERS = {**BEARER, "X-API-KEY": "k"}


def seen(client: httpx.Client, path: str) -> bytes:
    answer = client.get(path, headers=HEADERS)
    assert answer.status_code == 200, answer.text
    return answer.content


def plain(document: dict[str, Any]) -> Any:
    """Take a snapshot through JSON, as a file does."""
    return json.loads(json.dumps(document))


@pytest.mark.parametrize("vendor", ACCOUNTS)
def test_lists_are_equal_to_the_byte_after_a_reset_and_a_restore(serve: Serve, vendor: str) -> None:
    create, listing, body = ACCOUNTS[vendor]
    sandbox, sessions = bundled(vendor, populate=5), Sessions()
    client = serve(sandbox, sessions=sessions)
    created = client.post(create, json=body, headers=HEADERS)
    assert created.status_code in (200, 201), created.text
    before = seen(client, listing)
    session = sessions.use()
    document = plain(asyncio.run(take(session, [sandbox])))
    session = sessions.reset()
    assert seen(client, listing) != before
    asyncio.run(restore(session, [sandbox], document))
    assert seen(client, listing) == before
    assert plain(asyncio.run(take(session, [sandbox]))) == document


def test_what_is_made_after_a_restore_is_what_would_have_been_made(serve: Serve) -> None:
    sandbox, sessions = bundled("dualentry", populate=2), Sessions()
    client = serve(sandbox, sessions=sessions)
    path, _, body = ACCOUNTS["dualentry"]
    client.post(path, json=body, headers=HEADERS)
    document = plain(asyncio.run(take(sessions.use(), [sandbox])))
    next_one = {**body, "number": 5011, "name": "Next"}
    expected = client.post(path, json=next_one, headers=HEADERS).content
    asyncio.run(restore(sessions.use("other"), [sandbox], document))
    again = client.post(path, json=next_one, headers={**HEADERS, "Sandbox-Session": "other"})
    assert again.content == expected
    refused = client.post(path, json=body, headers={**HEADERS, "Sandbox-Session": "other"})
    assert refused.status_code == 422  # its unique number came along


def test_the_state_of_an_inferred_contract_comes_back_with_what_was_deleted(
    serve: Serve, tmp_path: Path
) -> None:
    item = {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
        "required": ["id", "name"],
    }
    content = {"application/json": {"schema": item}}
    answer = {"description": "ok", "content": content}
    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    many = {
        "description": "ok",
        "content": {"application/json": {"schema": {"type": "array", "items": item}}},
    }
    paths = {
        "/things": {
            "post": {"requestBody": {"content": content}, "responses": {"201": answer}},
            "get": {"responses": {"200": many}},
        },
        "/things/{id}": {
            "parameters": [parameter],
            "get": {"responses": {"200": answer, "404": {"description": "no"}}},
            "delete": {"responses": {"204": {"description": "gone"}}},
        },
    }
    sandbox, sessions = Sandbox(write_contract(tmp_path / "c.json", "3.1.0", {"paths": paths})), Sessions()
    client = serve(sandbox, sessions=sessions)
    first, second = (
        client.post("/things", json={"id": at, "name": f"thing {at}"}).json()["id"] for at in (1, 2)
    )
    client.delete(f"/things/{first}")
    client.get("/things/77")
    before = client.get("/things").content
    document = plain(asyncio.run(take(sessions.use(), [sandbox])))
    sessions.reset()
    asyncio.run(restore(sessions.use(), [sandbox], document))
    assert client.get("/things").content == before
    assert client.get(f"/things/{first}").status_code == 404
    assert client.get(f"/things/{second}").json()["name"] == "thing 2"


def test_tokens_and_the_time_come_back(serve: Serve) -> None:
    sandbox, sessions = bundled("saasu"), Sessions()
    client = serve(sandbox, sessions=sessions)
    token = client.post(
        "/authorisation/token",
        json={"grant_type": "password", "username": "a@example.com", "password": "b", "scope": "full"},
    ).json()["access_token"]
    session = sessions.use()
    document = plain(asyncio.run(take(session, [sandbox])))
    session.clock.advance(10 * 3600)
    as_user = {"Authorization": f"Bearer {token}"}
    assert client.get("/Accounts?FileId=123", headers=as_user).status_code == 401
    asyncio.run(restore(session, [sandbox], document))
    assert client.get("/Accounts?FileId=123", headers=as_user).status_code == 200
    session.clock.advance(10 * 3600)
    assert (
        client.get("/Accounts?FileId=123", headers=as_user).status_code == 401
    )  # the token is known, and when it ends


# ---- what does not fit


@pytest.fixture
def taken() -> tuple[Session, Sandbox, dict[str, Any]]:
    sandbox, session = bundled("dualentry", populate=3), Sessions().use()

    async def fill() -> dict[str, Any]:
        await sandbox.context("get /public/v1/accounts/", session).ready()
        return await take(session, [sandbox])

    return session, sandbox, plain(asyncio.run(fill()))


BROKEN: dict[str, tuple[str, Any]] = {
    "another format": ("/format", "har"),
    "another version": ("/version", 2),
    "a version that is none": ("/version", True),
    "another contract": ("/contracts", {"togai": "sha256:0"}),
    "the contract as it was before": ("/contracts/dualentry", "sha256:0"),
    "a contract too many": ("/contracts/extra", "sha256:0"),
    "no time": ("/clock", "yesterday"),
    "a time without a zone": ("/clock", "2026-01-01T00:00:00"),
    "a clock that is neither frozen nor not": ("/frozen", 1),
    "tokens of another kind": ("/tokens/issued", [1]),
    "records that are none": ("/worlds/dualentry/records", []),
    "a record without a key": ("/worlds/dualentry/records/x", [{"value": {}, "version": 1}]),
    "a record whose value is none": ("/worlds/dualentry/records/x", [{"key": "1", "value": 1, "version": 1}]),
    "two records of one key": ("/worlds/dualentry/records/x", [{"key": "1", "value": {}, "version": 1}] * 2),
    "a counter that does not count": ("/worlds/dualentry/counters/x", "one"),
    "a partition without a name": ("/worlds/dualentry/filled", [1]),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_cannot_be_restored_is_refused_whole(
    taken: tuple[Session, Sandbox, dict[str, Any]], case: str
) -> None:
    session, sandbox, document = taken
    before = plain(asyncio.run(take(session, [sandbox])))
    pointer, value = BROKEN[case]
    *path, last = pointer.split("/")[1:]
    changed = plain(document)
    at = changed
    for segment in path:
        at = at[segment]
    at[last] = value
    with pytest.raises(SnapshotRefused) as refused:
        asyncio.run(restore(session, [sandbox], changed))
    assert refused.value.failures[0].pointer.startswith(f"/{pointer.split('/')[1]}")
    assert plain(asyncio.run(take(session, [sandbox]))) == before


@pytest.mark.parametrize("value", [{}, {"x": 1}, {"id": 1, "name": None}])
def test_a_record_that_a_vendor_cannot_hold_is_refused_where_it_stands(
    serve: Callable[..., httpx.Client], value: dict[str, Any]
) -> None:
    client = serve(bundled("togai", populate=2))
    assert len(client.get("/accounts", headers={"Authorization": "Bearer x"}).json()["data"]) == 2
    snapshot = client.get("/__admin/sessions/default/snapshot").json()
    assert client.put("/__admin/sessions/default/snapshot", json=snapshot).status_code == 204
    snapshot["worlds"]["togai"]["records"]["/accounts"][1]["value"] = value
    refused = client.put("/__admin/sessions/default/snapshot", json=snapshot)
    assert refused.status_code == 409
    assert "/worlds/togai/records/~1accounts/1/value" in refused.text
    assert len(client.get("/accounts", headers={"Authorization": "Bearer x"}).json()["data"]) == 2


JUNK: list[Any] = [None, True, -1, 10**30, "", "\x00", "a" * 5000, [], {}, [None], {"a": 1}, "²"]


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where each value within one stands."""
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, member in members:
        yield (*place, name)
        yield from places(member, (*place, name))


def test_scripted_answers_that_are_none_are_refused_and_never_a_500(
    serve: Callable[..., httpx.Client],
) -> None:
    client, home = serve(bundled("togai", populate=2)), "/__admin/sessions/default"
    answer = {
        "operation": "get /accounts",
        "unchecked": True,
        "sequence": [{"status": 503}],
        "when": {"query": {"a": "b"}},
    }
    assert client.post(f"{home}/answers", json={**answer, "sets": {"a": "b"}}).status_code == 201
    snapshot = client.get(f"{home}/snapshot").json()
    for place in places(snapshot["answers"]):
        for junk in JUNK:
            changed = plain(snapshot)
            at = changed["answers"]
            for name in place[:-1]:
                at = at[name]
            at[place[-1]] = junk
            restored = client.put(f"{home}/snapshot", json=changed).status_code
            assert restored in (204, 400, 409), (place, junk)
            assert client.get(f"{home}/answers").status_code == 200, (place, junk)
            assert client.get(f"{home}/snapshot").status_code == 200, (place, junk)
    assert client.put(f"{home}/snapshot", json=snapshot).status_code == 204
    assert client.get(f"{home}/answers").json()["items"][0]["id"] == "answer-1"


@pytest.mark.parametrize("document", [None, [], "x", {}, {"format": "understudy-snapshot"}])
def test_what_is_no_snapshot_is_refused(document: Any) -> None:
    with pytest.raises(SnapshotRefused):
        asyncio.run(restore(Sessions().use(), [bundled("togai")], document))


def many_of(document: dict[str, Any], count: int) -> dict[str, Any]:
    """Return a snapshot with so many records more in a collection that no API shows, of each API."""
    for world in document["worlds"].values():
        world["records"]["~made"] = [
            {"key": f"k{number}", "value": {"n": number}, "version": 1} for number in range(count)
        ]
    return document


def test_nobody_sees_half_of_what_is_restored() -> None:
    sandboxes, session = [bundled("dualentry"), bundled("togai")], Sessions().use()

    async def seen() -> tuple[Any, ...]:
        made = [world.store.list("~made", limit=0, count=True) for world in session.worlds.values()]
        return (session.clock.now(), *[(await page).total for page in made])

    async def watch(states: list[tuple[Any, ...]], is_over: asyncio.Event) -> None:
        while not is_over.is_set():
            states.append(await seen())
            await asyncio.sleep(0)

    async def ask() -> list[tuple[Any, ...]]:
        for sandbox in sandboxes:
            sandbox.world(session)
        document = many_of(plain(await take(session, sandboxes)), 1_500)
        session.clock.advance(3600)
        states, is_over = [await seen()], asyncio.Event()
        watching = asyncio.create_task(watch(states, is_over))
        await restore(session, sandboxes, document)
        is_over.set()
        await watching
        return [*states, await seen()]

    before, *between, after = asyncio.run(ask())
    assert before[1:] == (0, 0)
    assert after[1:] == (1_500, 1_500)
    assert after[0] < before[0]
    assert len(between) > 10
    assert set(between) <= {before, after}


@steadily
def test_a_snapshot_of_many_records_holds_the_loop_neither_when_it_is_taken_nor_restored() -> None:
    sandbox, session = bundled("togai"), Sessions().use()

    async def ask() -> Held:
        sandbox.world(session)
        document = many_of(await take(session, [sandbox]), 40_000)
        async with watched(50) as held:
            await restore(session, [sandbox], document)
            await take(session, [sandbox])
        return held

    gc.disable()  # which on a server looks at what was made seldom, and not at each 700th object
    try:
        asyncio.run(ask()).check()
    finally:
        gc.enable()


# ---- from the command line


class Running:
    """`understudy serve` as a person starts it."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "understudy", "serve", "--port", "0", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.url = next((word.rsplit("/", 1)[0] for word in line.split() if word.startswith("http")), "")

    def stop(self, how: signal.Signals) -> str:
        self.process.send_signal(how)
        _, said = self.process.communicate(timeout=30)
        return said


@pytest.mark.skipif(os.name != "posix", reason="files have no modes")
@pytest.mark.parametrize("option", ["state", "snapshot", "link"])
def test_only_their_owner_can_read_the_files_that_hold_tokens(tmp_path: Path, option: str) -> None:
    file = tmp_path / "file.json"
    file.write_text("{}")
    file.chmod(0o644)
    if option == "state":
        asyncio.run(StateFile(file, Sessions(), lambda: [bundled("togai")]).save())
    else:
        named = file
        if option == "link":
            named = tmp_path / "link.json"
            named.symlink_to(file)
        with running(create_app([bundled("togai")])) as url:
            assert main(["snapshot", "--url", url, "-o", str(named)]) == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_bytes())["format"] == "understudy-snapshot"
    assert [path.name for path in tmp_path.iterdir() if not path.is_symlink()] == ["file.json"]


def test_a_snapshot_can_go_to_what_is_no_file(tmp_path: Path) -> None:
    with running(create_app([bundled("togai")])) as url:
        assert main(["snapshot", "--url", url, "-o", os.devnull]) == 0
        assert main(["snapshot", "--url", url, "-o", str(tmp_path)]) == 1


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_state_file_carries_the_state_from_one_run_to_the_next(tmp_path: Path, how: signal.Signals) -> None:
    file = tmp_path / "state.json"
    path, _, body = ACCOUNTS["dualentry"]
    lists: list[bytes] = []
    for _ in range(2):
        run = Running("--state", str(file))
        with httpx.Client(base_url=f"{run.url}/dualentry", headers=HEADERS, trust_env=False) as client:
            if not lists:
                assert client.post(path, json=body).status_code == 201
            lists.append(client.get(path).content)
        run.stop(how)
    assert lists[0] == lists[1]
    assert json.loads(file.read_bytes())["format"] == "understudy-snapshot"


@pytest.mark.parametrize(
    ("content", "said"),
    [("{", "is not JSON"), ('{"format": "x"}', "'understudy-snapshot'"), (None, "no such folder")],
)
def test_a_state_file_that_cannot_be_used_keeps_the_server_from_starting(
    tmp_path: Path, content: str | None, said: str
) -> None:
    file = tmp_path / "state.json" if content is not None else tmp_path / "nowhere" / "state.json"
    if content is not None:
        file.write_text(content)
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0", "--state", str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert content is None or file.read_text() == content
