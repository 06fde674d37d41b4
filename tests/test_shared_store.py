"""State on a server: what several processes have in common, and what happens when the server is away."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis

from redis_server import RedisServer
from restarts import SHOP, served
from stores import in_redis, keys, outcomes, told
from understudy.cli.store_option import store_url
from understudy.errors import CounterPassed, RecordChanged, RecordExists, StoreAway, StoreUnusable
from understudy.journal.journal import Journal
from understudy.sessions import Sessions
from understudy.state.shared.asking import Asked
from understudy.state.shared.backend import SharedBackend
from understudy.state.shared.connecting import wire_to
from understudy.state.shared.merging import merged
from understudy.state.shared.sqlite.wire import SqliteWire
from understudy.state.store import (
    Advance,
    Contents,
    Delete,
    Draft,
    Entry,
    Increment,
    Insert,
    Record,
    Store,
)

Place = RedisServer | Path
"""A server, or a folder for files."""

pytestmark = in_redis
_NUMBERS = count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """Return a server that nobody stops."""
    started = RedisServer()
    yield started
    started.end()


@pytest.fixture
def own_server() -> Iterator[RedisServer]:
    """Return a server of a test's own."""
    started = RedisServer(appendonly="yes", appendfsync="always")
    yield started
    started.end()


@pytest.fixture(params=["redis", "file"])
def place(request: pytest.FixtureRequest, server: RedisServer, tmp_path: Path) -> Place:
    """Return each place where processes may have sessions in common."""
    return server if request.param == "redis" else tmp_path


def backends(place: Place, many: int = 2) -> list[SharedBackend[Journal]]:
    """Return backends that know one another's sessions, each with a connection of its own."""
    prefix = f"own{next(_NUMBERS)}"

    def wire() -> Asked:
        return SqliteWire(place / prefix) if isinstance(place, Path) else wire_to(place.url)

    return [SharedBackend(wire(), Journal, prefix=prefix) for _ in range(many)]


def pair(place: Place) -> list[Store]:
    """Return the records of one session as two processes have them."""
    return [backend.open("default", "shop") for backend in backends(place)]


def play(scenario: Callable[[Store, Store], Awaitable[None]], place: Place) -> None:
    """Run a scenario of two processes."""

    async def run() -> None:
        await scenario(*pair(place))

    asyncio.run(run())


def test_what_one_process_writes_the_other_reads(place: Place) -> None:
    async def scenario(one: Store, other: Store) -> None:
        assert await other.get("orders", "a") is None
        await one.insert("orders", "a", {"n": 1}, meta={"by": "x"}, unique={"code": "1"})
        record = await other.get("orders", "a")
        assert told(record) == ("a", {"n": 1}, 1)
        assert record is not None
        assert record.meta == {"by": "x"}
        await other.replace("orders", "a", {"n": 2}, expected=record.revision)
        with pytest.raises(RecordChanged):
            await one.replace("orders", "a", {"n": 3}, expected=record.revision)
        assert told(await one.find("orders", "code", "1")) == ("a", {"n": 2}, 2)
        with pytest.raises(RecordExists):
            await one.insert("orders", "b", {}, unique={"code": "1"})
        assert await one.delete("orders", "a")
        assert await other.get("orders", "a") is None
        assert list(await other.collections()) == []
        assert await one.revision() == await other.revision()

    play(scenario, place)


def test_unique_values_that_change_hands_do_so_for_everybody(place: Place) -> None:
    async def scenario(one: Store, other: Store) -> None:
        await one.insert("c", "a", {}, unique={"code": "1"})
        await one.insert("c", "b", {}, unique={"code": "2"})
        assert keys(await other.list("c")) == "a b"
        await one.replace("c", "a", {}, unique={"code": "3"})
        await one.replace("c", "b", {}, unique={"code": "1"})
        await one.commit([Delete("c", "a"), Insert("c", "a", {"again": True}, unique={"code": "2"})])
        assert keys(await other.list("c")) == "b a"
        for code, key in (("1", "b"), ("2", "a")):
            found = await other.find("c", "code", code)
            assert found is not None
            assert found.key == key

    play(scenario, place)


def test_a_long_answer_comes_in_parts_and_is_taken_whole(place: Place) -> None:
    async def scenario(one: Store, other: Store) -> None:
        await one.insert_all("c", [Entry(str(n), {"n": n}) for n in range(2_500)])
        assert (await other.list("c", count=True)).total == 2_500
        await one.insert_all("c", [Entry(f"more-{n}", {"n": n}) for n in range(2_500)])
        await one.commit([Delete("c", str(n)) for n in range(0, 2_500, 2)])
        page = await other.list("c", count=True)
        assert (page.total, page.records[0].key, page.records[-1].key) == (3_750, "1", "more-2499")
        await one.load(Contents({"c": [Entry(str(n), {"n": n}, version=3) for n in range(1_500)]}, {"k": 4}))
        assert (await other.list("c", count=True)).total == 1_500
        assert told(await other.get("c", "7")) == ("7", {"n": 7}, 3)
        assert (await other.dump()).counters == {"k": 4}

    play(scenario, place)


@pytest.mark.slow
def test_more_deletions_than_are_remembered_are_seen(place: Place) -> None:
    async def scenario(one: Store, other: Store) -> None:
        await one.insert_all("c", [Entry(str(n), {}) for n in range(12_000)])
        assert (await other.list("c", count=True, limit=0)).total == 12_000
        for begin in range(0, 12_000, 3_000):
            await one.commit([Delete("c", str(n)) for n in range(begin, begin + 2_999)])
        assert (await other.list("c", count=True, limit=0)).total == 4

    play(scenario, place)


def test_no_update_of_many_processes_is_lost(place: Place) -> None:
    async def run() -> None:
        stores = [backend.open("default", "shop") for backend in backends(place, 4)]
        await stores[0].insert("c", "a", {"n": 0})

        async def count_up(store: Store) -> None:
            async def change(record: Record) -> Draft:
                return Draft({"n": record.value["n"] + 1})

            await store.update("c", "a", change)

        await asyncio.gather(*(count_up(store) for store in stores * 25))
        assert told(await stores[3].get("c", "a")) == ("a", {"n": 100}, 101)
        numbers = await asyncio.gather(*(store.increment("k") for store in stores * 25))
        assert sorted(numbers) == list(range(1, 101))
        attempts = [store.insert("c", "b", {}, unique={"x": "1"}) for store in stores]
        results = await outcomes(*attempts)
        assert sum(isinstance(one, RecordExists) for one in results) == 3
        assert len({await store.revision() for store in stores}) == 1

    asyncio.run(run())


def test_steps_that_are_refused_together_give_no_revision(place: Place) -> None:
    async def scenario(one: Store, other: Store) -> None:
        await one.insert("c", "a", {})
        before = await one.revision()
        for _ in range(2):
            with pytest.raises(RecordExists):
                await one.commit([Insert("c", "b", {}), Insert("c", "a", {})])
        assert await one.revision() == await other.revision() == before

    play(scenario, place)


def test_a_number_that_two_processes_foresee_is_given_once(place: Place) -> None:
    async def scenario(one: Store, other: Store) -> None:
        await one.commit([Increment("ids", 2), Insert("orders", "a", {})])
        await other.get("orders", "a")
        drawn, same = await one.draw(["ids"]), await other.draw(["ids"])
        assert drawn == same
        assert list(drawn.numbers) == [3]
        assert list((await one.draw(["ids"])).numbers) == [4]  # each of one process's another one
        await one.commit([*drawn.steps, Insert("orders", "b", {})])
        with pytest.raises(CounterPassed) as caught:
            await other.commit([*same.steps, Insert("orders", "c", {})])
        assert (caught.value.number, caught.value.found) == (3, 3)
        assert await one.get("orders", "c") is None
        again = await other.draw(["ids"])
        assert (list(again.numbers), again.steps) == ([4], ())

    play(scenario, place)


def test_counters_are_told_with_records_and_begin_anew_with_them(place: Place) -> None:
    async def scenario(one: Store, other: Store) -> None:
        for number in range(1, 4):
            await one.commit([Advance("ids", number), Insert("orders", str(number), {})])
            await other.get("orders", "1")
            drawn = await other.draw(["ids"])
            assert (list(drawn.numbers), bool(drawn.steps)) == ([number + 1], True)
        await one.clear()
        await one.commit([Advance("ids", 1), Insert("orders", "a", {})])
        await other.get("orders", "a")
        assert list((await other.draw(["ids"])).numbers) == [2]

    play(scenario, place)


def test_what_expires_is_gone_for_everybody(place: Place) -> None:
    async def scenario(one: Store, other: Store) -> None:
        await one.insert("c", "a", {}, unique={"code": "1"}, expires=0.05)
        before = await other.revision()
        while await other.get("c", "a") is not None:
            pass
        await other.insert("c", "b", {}, unique={"code": "1"})
        assert keys(await one.list("c")) == "b"
        assert await one.revision() > before

    play(scenario, place)


def test_a_person_can_read_what_is_kept(server: RedisServer) -> None:
    async def run() -> None:
        [backend] = backends(server, 1)
        await backend.open("one", "shop").insert(
            "orders", "a", {"title": "é"}, meta={"m": 1}, unique={"n": "x"}
        )

    asyncio.run(run())
    with server.client as client:
        found = client.hget(f"own{next(_NUMBERS) - 1}:{{one}}:shop:records:orders", "a")
    expected = (
        '{"number":1,"revision":1,"version":1,"unique":[["n","x"]],\n"meta":{"m":1},\n"value":{"title":"é"}}'
    )
    assert isinstance(found, bytes)
    assert found.decode() == expected


def test_a_server_that_is_away_refuses_and_comes_back(own_server: RedisServer) -> None:
    async def scenario(one: Store, other: Store) -> None:
        await one.insert("c", "a", {"n": 1})
        assert keys(await other.list("c")) == "a"
        own_server.stop()
        for store in (one, other):
            with pytest.raises(StoreAway):
                await store.get("c", "a")
            with pytest.raises(StoreAway):
                await store.insert("c", "b", {})
        own_server.start()
        assert keys(await other.list("c")) == "a"
        await one.insert("c", "b", {})
        assert keys(await other.list("c")) == "a b"

    play(scenario, own_server)


def test_a_server_that_began_anew_meanwhile_is_asked_again(own_server: RedisServer) -> None:
    async def scenario(one: Store, other: Store) -> None:
        await one.insert("c", "a", {"n": 1})
        assert keys(await other.list("c")) == "a"
        own_server.stop()
        own_server.start()
        assert keys(await one.list("c")) == "a"
        assert keys(await other.list("c")) == "a"

    play(scenario, own_server)


def test_no_revision_is_given_twice_where_writes_were_lost() -> None:
    server = RedisServer()

    async def scenario(one: Store, other: Store) -> None:
        seen: set[int] = set()
        for store in (one, other, one):
            assert await store.get("c", "a") is None
            record = await store.insert("c", "a", {})
            assert record.revision not in seen
            seen.add(record.revision)
            assert told(await one.get("c", "a")) == told(await other.get("c", "a")) == ("a", {}, 1)
            server.stop()
            server.start()
            assert await one.get("c", "a") is None

    try:
        play(scenario, server)
    finally:
        server.end()


def test_a_session_that_the_server_lost_is_listed_again_once_it_is_used(server: RedisServer) -> None:
    async def run() -> None:
        one, other = backends(server)
        await one.begin("lost")
        with server.client as client:
            client.unlink(f"own{next(_NUMBERS) - 1}:{{lost}}")
        assert "lost" not in await other.names()
        assert await one.begin("lost")
        assert "lost" in await other.names()

    asyncio.run(run())


# ---- the option


def started(*options: str) -> subprocess.CompletedProcess[str]:
    """Start a server that cannot start, and return what it said."""
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("store", "said"),
    [
        ("redis://127.0.0.1:1", "cannot be used"),
        ("redis://:topsecret@127.0.0.1:1/0", "cannot be used"),
        ("valkey://", "names no server"),
        ("unix:///nowhere.sock", "cannot be used"),
        ("redis://127.0.0.1/0?prefix={x}", "a prefix is"),
        ("redis://127.0.0.1/0?speed=high", "there is no option speed$"),
        ("redis+sentinel://127.0.0.1/main?usernme=anna", "there is no option usernme; did you mean username"),
        ("rediss://127.0.0.1:1", "cannot be used"),
    ],
)
def test_what_names_no_store_is_a_sentence(store: str, said: str) -> None:
    with pytest.raises(StoreUnusable, match=said) as caught:
        Sessions(backend=store_url(store).backend(with_others=False))
    assert "topsecret" not in str(caught.value)


def test_a_store_that_cannot_be_used_keeps_the_server_from_starting() -> None:
    ended = started("--store", "redis://:topsecret@127.0.0.1:1/0")
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert "redis://127.0.0.1:1/0 cannot be used" in ended.stderr


def test_a_refused_password_and_a_newer_version_are_sentences() -> None:
    server = RedisServer(requirepass="right")
    refused = "refuses who calls"
    try:
        for password in ("", "wrong"):
            url = server.url.replace("unix://", f"unix://:{password}@") if password else server.url
            with pytest.raises(StoreUnusable, match=refused) as caught:
                Sessions(backend=store_url(url).backend(with_others=False))
            assert "wrong" not in str(caught.value)
        right = server.url.replace("unix://", "unix://:right@")
        Sessions(backend=store_url(right).backend(with_others=False))
        with redis.Redis.from_url(right) as client:
            assert client.get("understudy:version") == b"1"
            client.set("understudy:version", "2")
        with pytest.raises(StoreUnusable, match="newer understudy"):
            Sessions(backend=store_url(right).backend(with_others=False))
    finally:
        server.end()


# ---- two servers on one store


@pytest.mark.slow
def test_two_processes_share_what_was_created(server: RedisServer, tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    store = f"{server.url}?prefix=two"
    with served(tmp_path, store) as one, served(tmp_path, store) as other:
        first = one.get("/orders").json()
        assert other.get("/orders").json() == first
        made = one.post("/orders", json={"title": "a"}).json()
        assert other.get(f"/orders/{made['id']}").json() == made
        assert other.delete(f"/orders/{made['id']}").status_code == 204
        assert one.get(f"/orders/{made['id']}").status_code == 404
        for client in (one, other) * 5:
            assert client.post("/orders", json={"title": "b"}).status_code == 201
        assert one.get("/orders").content == other.get("/orders").content
    with served(tmp_path, store) as third:
        assert len(third.get("/orders").json()) == len(first) + 10


def test_a_create_asks_the_server_twice(server: RedisServer, tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    with served(tmp_path, f"{server.url}?prefix=twice") as client:
        client.post("/orders", json={"title": "first"})
        before = asked(client)
        for _ in range(5):
            assert client.post("/orders", json={"title": "a"}).status_code == 201
        between = asked(client)
        of_metrics = asked(client) - between
        counts = between - before - of_metrics
        assert (counts["commit"], counts["fetch"]) == (5, 5)


def asked(client: httpx.Client) -> Counter[str]:
    """Return how often a server has asked its store, by what."""
    text = client.get("/__admin/metrics").text
    found = re.findall(r'store_operation_duration_seconds_count\{operation="(\w+)"\} (\S+)', text)
    return Counter({script: int(float(count)) for script, count in found})


@pytest.mark.slow
def test_what_two_processes_create_at_once_is_all_there(server: RedisServer, tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    store = f"{server.url}?prefix=atonce"
    with served(tmp_path, store) as one, served(tmp_path, store) as other:
        before = len(one.get("/orders").json())

        def create(client: httpx.Client) -> str:
            answer = client.post("/orders", json={"title": "a"})
            assert answer.status_code == 201
            return str(answer.json()["id"])

        with ThreadPoolExecutor(8) as pool:
            ids = [*pool.map(create, (one, other) * 40)]
        assert len(set(ids)) == 80
        assert len(other.get("/orders", params={"limit": 500}).json()) == before + 80


def test_a_server_that_is_away_is_503_with_retry_after(own_server: RedisServer, tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    with served(tmp_path, own_server.url) as client:
        assert client.post("/orders", json={"title": "a"}).status_code == 201
        before = client.get("/orders").content
        own_server.stop()
        for answer in (client.get("/orders"), client.post("/orders", json={"title": "b"})):
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
            assert answer.headers["content-type"].startswith("application/problem+json")
        own_server.start()
        assert client.get("/orders").content == before
        assert client.post("/orders", json={"title": "b"}).status_code == 201


# ---- what sessions have besides records


@pytest.mark.slow
def test_two_processes_share_clock_faults_answers_and_sessions(server: RedisServer, tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    store = f"{server.url}?prefix=parts"
    admin = "/__admin/sessions/one"
    with served(tmp_path, store) as one, served(tmp_path, store) as other:
        assert one.post("/~one/orders", json={"title": "a"}).status_code == 201
        assert {session["name"] for session in other.get("/__admin/sessions").json()["items"]} == {
            "default",
            "one",
        }
        assert one.put(f"{admin}/clock", json={"now": "2031-01-01T00:00:00Z"}).is_success
        assert other.get(f"{admin}/clock").json() == one.get(f"{admin}/clock").json()
        fault = {"match": {"method": "GET"}, "fault": {"kind": "status", "status": 503}, "times": 2}
        made = other.post(f"{admin}/faults", json=fault).json()
        assert one.get("/~one/orders").status_code == other.get("/~one/orders").status_code == 503
        assert one.get("/~one/orders").status_code == 200
        assert other.get(f"{admin}/faults/{made['id']}").json()["hits"] == 2
        assert other.put(f"{admin}/clock", json={"now": "2032-01-01T00:00:00Z"}).is_success
        before = one.get("/~one/orders").content

        assert other.post(f"{admin}/reset").status_code == 204
        assert one.get("/~one/orders").content == other.get("/~one/orders").content != before
        assert one.get(f"{admin}/faults").json() == {"items": []}
        assert "2026" in one.get(f"{admin}/clock").text
        assert one.post("/~one/orders", json={"title": "after"}).status_code == 201
        assert "after" in other.get("/~one/orders").text

        assert one.delete(admin).status_code == 204
        assert other.get(admin).status_code == 404
        assert [session["name"] for session in other.get("/__admin/sessions").json()["items"]] == ["default"]
        assert "after" not in other.get("/~one/orders").text
        assert one.post("/__admin/sessions", json={"name": "one"}).status_code == 409


def test_changes_made_at_once_are_one() -> None:
    base: Any = {
        "now": 1,
        "issued": [{"token": "a"}, {"token": "b"}],
        "rules": [{"rule": {"id": "x"}, "calls": 3}],
    }
    ours = {
        "now": 2,
        "issued": [{"token": "a"}, {"token": "c"}],
        "rules": [{"rule": {"id": "x"}, "calls": 5}],
    }
    theirs = {
        "now": 1,
        "issued": [*base["issued"], {"token": "d"}],
        "rules": [{"rule": {"id": "x"}, "calls": 4}],
    }
    assert merged(base, ours, theirs) == {
        "now": 2,
        "issued": [{"token": "a"}, {"token": "d"}, {"token": "c"}],
        "rules": [{"rule": {"id": "x"}, "calls": 6}],
    }
    assert merged(None, {"a": 1}, {"b": 2}) == {"a": 1, "b": 2}
    assert merged(["r"], ["r", "s"], ["t"]) == ["t", "s"]
    assert merged({"a": 1}, {"a": 1}, {}) == {}
    assert merged({"a": 1}, {"a": 2}, {}) == {"a": 2}


@pytest.mark.slow
def test_two_processes_have_one_journal(server: RedisServer, tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    store = f"{server.url}?prefix=journal"
    admin = "/__admin/sessions/one"

    def entries(client: httpx.Client) -> list[tuple[int, str]]:
        items = client.get(f"{admin}/journal").json()["items"]
        return sorted((item["number"], item["path"]) for item in items)

    with served(tmp_path, store) as one, served(tmp_path, store) as other:
        expected = []
        for number, client in enumerate([one, other, other, one, one, other], start=1):
            assert client.get(f"/~one/orders/{number}").is_success
            expected.append((number, f"/orders/{number}"))
        assert entries(one) == entries(other) == expected
        assert other.get("/~one/orders/7").is_success
        assert entries(one) == [*expected, (7, "/orders/7")]
        with one.stream("GET", f"{admin}/journal/stream") as live:
            lines = live.iter_lines()
            assert other.get("/~one/orders/8").is_success
            assert next(line for line in lines if "/orders/" in line).count("/orders/8")
        assert one.delete(f"{admin}/journal").status_code == 204
        assert entries(other) == []
        assert other.get("/~one/orders/9").is_success
        assert entries(one) == entries(other) == [(9, "/orders/9")]
    with served(tmp_path, store) as third:
        assert entries(third) == [(9, "/orders/9")]


@pytest.mark.slow
def test_the_rate_is_bound_for_all_processes_together(own_server: RedisServer, tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    bound = ("--limit-rate", "0.0005")
    with served(tmp_path, own_server.url, *bound) as one, served(tmp_path, own_server.url, *bound) as other:
        assert one.get("/orders").status_code == 200
        for client in (other, one):
            refused = client.get("/orders")
            assert refused.status_code == 429
            assert 1900 < int(refused.headers["retry-after"]) <= 2000
        assert other.get("/__admin/sessions").status_code == 200
        own_server.stop()
        assert one.get("/orders").status_code == 503


def test_a_bucket_is_refilled_as_fast_as_it_says(place: Place) -> None:
    async def run() -> None:
        [one] = backends(place, 1)
        assert [await one.take_token("a", 2, 0.001) for _ in range(2)] == [0, 0]
        assert 999 < await one.take_token("a", 2, 0.001) <= 1000
        assert await one.take_token("b", 1, 50) == 0
        wait = await one.take_token("b", 1, 50)
        assert wait <= 0.02
        while await one.take_token("b", 1, 50):
            pass

    asyncio.run(run())


@pytest.mark.slow
def test_faults_that_several_processes_count_strike_as_often_as_they_say(
    server: RedisServer, tmp_path: Path
) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    store, admin = f"{server.url}?prefix=counted", "/__admin/sessions/default/faults"
    rule = {"match": {"method": "GET"}, "fault": {"kind": "status", "status": 418}, "times": 7}
    limit = {"kind": "rate-limit", "requests": 5, "seconds": 36_000}
    with served(tmp_path, store) as one, served(tmp_path, store) as other:
        clients = (one, other) * 20

        def statuses() -> list[int]:
            with ThreadPoolExecutor(8) as pool:
                return list(pool.map(lambda client: client.get("/orders").status_code, clients))

        made = one.post(admin, json=rule).json()
        assert statuses().count(418) == 7
        assert other.get(f"{admin}/{made['id']}").json()["hits"] == 7
        assert other.put(f"{admin}/{made['id']}", json={"fault": limit}).is_success
        assert statuses().count(200) == 5
        assert one.post(admin, json=rule | {"match": {"method": "PUT"}}).status_code == 201
        assert set(statuses()) == {429}


@pytest.mark.slow
def test_answers_that_several_processes_count_are_given_as_often_as_they_say(
    server: RedisServer, tmp_path: Path
) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    store, admin = f"{server.url}?prefix=scripted", "/__admin/sessions/default/answers"
    some = {"operation": "GET /orders", "status": 404, "unchecked": True, "times": 7}
    in_turn = {"operation": "GET /orders", "sequence": [{"status": 404}, {"status": 503}] * 3}
    with served(tmp_path, store) as one, served(tmp_path, store) as other:
        clients = (one, other) * 20

        def statuses() -> Counter[int]:
            with ThreadPoolExecutor(8) as pool:
                return Counter(pool.map(lambda client: client.get("/orders").status_code, clients))

        made = one.post(admin, json=some).json()
        assert statuses() == {404: 7, 200: 33}
        assert other.get(f"{admin}/{made['id']}").json()["calls"] == 7
        assert other.put(f"{admin}/{made['id']}", json=in_turn | {"unchecked": True}).is_success
        assert statuses() == {404: 3, 503: 3, 200: 34}


def test_a_change_gives_way_to_one_that_was_faster(place: Place) -> None:
    """Each process takes from a number as long as there is some, and tells how much it took."""

    class Number:
        def __init__(self) -> None:
            self.number, self.version = 25, 0

        def dump(self) -> int:
            return self.number

        def restore(self, value: int) -> None:
            self.number, self.version = value, self.version + 1

        def take(self) -> int:
            taken = min(self.number, 1)
            self.number -= taken
            self.version += bool(taken)
            return taken

    async def run() -> None:
        parts, several = [], backends(place, 3)
        for backend in several:
            parts.append(Number())
            backend.document("one").add("number", parts[-1])
            await backend.begin("one")
        taken = [several[turn % 3].settled("one", "number", parts[turn % 3].take) for turn in range(60)]
        assert sum(await asyncio.gather(*taken)) == 25

    asyncio.run(run())
