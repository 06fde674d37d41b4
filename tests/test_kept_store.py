"""State in a file: it is there again after the process has ended, however it ended."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from restarts import SHOP, lines, served, serving
from understudy.errors import Failure, StoreUnusable
from understudy.journal.entry import Entry
from understudy.journal.journal import Journal
from understudy.journal.keeping import read, written
from understudy.state import writing
from understudy.state.changes import Counted
from understudy.state.clock import Clock
from understudy.state.database import VERSION, connect
from understudy.state.kept import KeptBackend, KeptDocument
from understudy.state.store import Contents, Delete, Increment, Insert, Replace, Store
from understudy.state.store import Entry as StoreEntry
from understudy.state.writing import Writer


@contextmanager
def opened(path: Path, **options: Any) -> Iterator[KeptBackend[Journal]]:
    """Open a file, and close it."""
    backend = KeptBackend(path, Journal, **options)
    try:
        yield backend
    finally:
        backend.close()


async def contents(store: Store) -> tuple[Any, Any]:
    """Return what a store holds, with the deadlines of what expires left out."""
    found = await store.dump()
    collections: dict[str, Any] = {}
    for name, entries in found.collections.items():
        collections[name] = [(one.key, one.value, one.meta, one.unique, one.version) for one in entries]
    return collections, found.counters


async def write_of_each_kind(store: Store) -> None:
    """Write in each way there is."""
    await store.insert("c", "a", {"n": 1}, meta={"beside": [1]}, unique={"code": "x"})
    await store.insert_all("c", [StoreEntry(f"many-{number}", {"n": number}) for number in range(200)])
    await store.insert("c", "expires", {}, expires=3600)
    await store.replace("c", "a", {"n": 2, "big": 2**70})
    await store.replace("c", "expires", {"changed": True})
    await store.delete("c", "many-7")
    await store.increment("count", 5)
    again = Insert("c", "many-8", {"again": 1})
    await store.commit([Delete("c", "many-8"), again, Increment("count"), Replace("c", "many-9", {})])


def test_a_store_is_there_again(tmp_path: Path) -> None:
    async def play() -> None:
        file = tmp_path / "state.db"
        with opened(file) as backend:
            store = backend.open("one", "shop")
            await write_of_each_kind(store)
            before, revision = await contents(store), await store.revision()
        for _ in range(2):
            with opened(file) as backend:
                store = backend.open("one", "shop")
                assert await contents(store) == before
                assert await store.revision() > revision
                assert await store.find("c", "code", "x") is not None
                [expiring] = [e for e in (await store.dump()).collections["c"] if e.key == "expires"]
                assert expiring.expires is not None
                assert 3000 < expiring.expires <= 3600
                assert list(backend.sessions()) == ["one"]

    asyncio.run(play())


@pytest.mark.parametrize("end", ["clear", "load", "renew", "drop"])
def test_what_was_forgotten_stays_so(tmp_path: Path, end: str) -> None:
    async def play() -> None:
        file = tmp_path / "state.db"
        for run in range(2):  # what was written in this process, and in the one before
            with opened(file) as backend:
                store = backend.open("one", "shop")
                if run == 0:
                    await write_of_each_kind(store)
                    continue
                if end in ("renew", "drop"):
                    getattr(backend, end)("one")
                elif end == "clear":
                    await store.clear()
                else:
                    await store.load(Contents({"c": [StoreEntry("z", {}, version=4)]}, {"n": 1}))
                await store.increment("late")
        with opened(file) as backend:
            assert list(backend.sessions()) == ([] if end == "drop" else ["one"])
            held = await contents(backend.open("one", "shop"))
        loaded: Any = ({"c": [("z", b"{}", {}, {}, 4)]}, {"n": 1, "late": 1})
        expected: dict[str, Any] = {"clear": ({}, {"late": 1}), "load": loaded}
        assert held == expected.get(end, ({}, {}))

    asyncio.run(play())


def test_who_waits_for_a_claim_of_a_process_that_is_gone_need_not_wait(tmp_path: Path) -> None:
    async def play() -> None:
        file = tmp_path / "state.db"
        with opened(file) as backend:
            await backend.open("one", "shop").insert("~populated", "", {}, meta={"claim": True}, expires=300)
        with opened(file) as backend:
            assert await backend.open("one", "shop").get("~populated", "") is None

    asyncio.run(play())


def test_what_a_waiting_backend_has_told_is_in_the_file(tmp_path: Path) -> None:
    async def play() -> None:
        file = tmp_path / "state.db"
        with opened(file, waits=True) as backend:
            await backend.open("one", "shop").insert("c", "a", {})
            assert await backend.keep("one") is True
            copy = tmp_path / "copy.db"
            copy.write_bytes(file.read_bytes())
            copy.with_name("copy.db-wal").write_bytes(file.with_name("state.db-wal").read_bytes())
            with closing(sqlite3.connect(copy)) as seen:
                assert seen.execute("SELECT key FROM records").fetchall() == [("a",)]

    asyncio.run(play())


def test_an_entry_of_the_journal_is_there_again_whole() -> None:
    failure = Failure("body", "/name", "type", "a string", "5")
    entry = Entry(
        number=4,
        at=1.5,
        method="POST",
        path="/é",
        request_headers=[(b"a", b"b")],
        request_body=b"\xff\x00",
        status=422,
        refusal="no",
        failures=[failure],
        notes=["a note"],
    )
    again = read(written(entry))
    assert vars(again) == vars(entry)


HALF = "half \ud800 of a pair"


def test_half_a_surrogate_pair_is_kept_too(tmp_path: Path) -> None:
    async def play() -> None:
        file = tmp_path / "state.db"
        with opened(file) as backend:
            store = backend.open("one", "shop")
            await store.insert(HALF, HALF, {HALF: HALF}, meta={"a": HALF}, unique={"b": HALF})
            await store.increment(HALF)
            before = await contents(store)
        with opened(file) as backend:
            assert await contents(backend.open("one", "shop")) == before

    asyncio.run(play())


def test_an_entry_of_the_journal_may_quote_half_a_surrogate_pair() -> None:
    entry = Entry(refusal=HALF, failures=[Failure("body", "/a", "enum", "other", HALF)])
    assert vars(read(written(entry))) == vars(entry)


def test_what_cannot_be_written_now_is_written_once_it_can_be(tmp_path: Path) -> None:
    async def play() -> None:
        file = tmp_path / "state.db"
        with opened(file, waits=True) as backend:
            store = backend.open("one", "shop")
            assert await backend.keep("one") is True
            connection = backend._writer._connection
            connection.execute("PRAGMA max_page_count = 1")  # as small as it is now: the disk is full
            await store.insert("c", "a", {"long": "x" * 100_000})
            assert await backend.keep("one") is False
            connection.execute("PRAGMA max_page_count = 1000000")
            while not await backend.keep("one"):
                pass
        with opened(file) as backend:
            assert await backend.open("one", "shop").get("c", "a") is not None

    asyncio.run(play())


# ---- files that cannot be used


def _newer(file: Path) -> None:
    with opened(file):
        pass
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")


def _foreign(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE theirs (a)")


def _no_database(file: Path) -> None:
    file.write_text("a text, longer than the head of a database is; " * 10)


def _in_no_folder(file: Path) -> None:
    file.parent.rmdir()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_newer, "written by a newer understudy"),
        (_foreign, "a database of another program"),
        (_no_database, "not a database"),
        (_in_no_folder, "No such file"),
    ],
)
def test_a_file_that_is_not_ours_is_refused_and_left_alone(tmp_path: Path, make: Any, said: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    file = folder / "state.db"
    make(file)
    before = file.read_bytes() if file.exists() else None
    with pytest.raises(StoreUnusable, match=said):
        KeptBackend(file, Journal)
    assert (file.read_bytes() if file.exists() else None) == before


def test_a_file_belongs_to_one_process_at_a_time(tmp_path: Path) -> None:
    with opened(tmp_path / "state.db"), pytest.raises(StoreUnusable, match="in use by another process"):
        KeptBackend(tmp_path / "state.db", Journal)


@pytest.mark.parametrize(
    ("store", "said"),
    [
        ("mongodb://x", "names no store there is"),
        ("state.db", "names no store there is"),
        ("redsi://:topsecret@x", "'redsi://x' names no store there is; did you mean redis?"),
        ("sqlite://state.db", "names no file"),
        ("sqlite:///", "names no file"),
        ("sqlite:///a.db?sync=never", "sync is full or soon"),
        ("sqlite:///a.db?speed=high", "there is no speed"),
        ("sqlite:////nowhere/a.db", "cannot be written"),
        ("sqlite:////dev/full", "cannot be used"),
        ("sqlite:////tmp", "Is a directory"),
    ],
)
def test_a_store_that_cannot_be_used_keeps_the_server_from_starting(store: str, said: str) -> None:
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0", "--store", store]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert ended.stdout == ""


def test_state_has_one_place(tmp_path: Path) -> None:
    both = ["--store", "sqlite:///a.db", "--state", str(tmp_path / "state.json")]
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0", *both]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)
    assert ended.returncode == 2
    assert "understudy restore FILE" in ended.stderr


@pytest.mark.parametrize("command", ["mcp", "explain", "data", "validate"])
def test_only_a_server_has_a_store(command: str) -> None:
    asked = [sys.executable, "-m", "understudy", command, "shop.yaml", "--store", "sqlite:///a.db"]
    ended = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert "--store is an option of `understudy serve` alone" in ended.stderr


def test_a_disk_that_is_full_at_the_start_is_a_sentence(folder: Path) -> None:
    limited = ["prlimit", "--fsize=4096", *serving("--store", "sqlite:///state.db")]
    ended = subprocess.run(limited, capture_output=True, text=True, timeout=60, check=False, cwd=folder)
    assert (ended.returncode, ended.stdout) == (2, "")
    [sentence] = lines(ended.stderr)
    assert "state.db cannot be used" in sentence


# ---- a process that is killed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a contract."""
    (tmp_path / "shop.yaml").write_text(SHOP)
    return tmp_path


FULL = "sqlite:///state.db?sync=full"


def test_what_was_acknowledged_is_there_after_a_kill(folder: Path) -> None:
    seen: dict[str, bytes] = {}
    for run in range(3):
        with served(folder, FULL) as client:
            if run:
                assert client.get("/orders").content == seen["list"]
            else:
                first = client.get("/orders").json()
                assert client.delete(f"/orders/{first[0]['id']}").status_code == 204
                seen["gone"] = first[0]["id"].encode()
            assert client.get(f"/orders/{seen['gone'].decode()}").status_code == 404
            for number in range(20):
                assert client.post("/orders", json={"title": f"{run} {number}"}).status_code == 201
            seen["list"] = client.get("/orders").content
    assert seen["list"].count(b'"title"') == 3 - 1 + 3 * 20


@pytest.mark.slow
def test_clock_faults_answers_and_sessions_are_there_after_a_kill(folder: Path) -> None:
    admin = "/__admin/sessions/one"
    asked = ["clock", "faults", "answers"]
    with served(folder, FULL) as client:
        assert client.post("/~one/orders", json={"title": "a"}).status_code == 201
        assert client.put(f"{admin}/clock", json={"now": "2031-01-01T00:00:00Z"}).is_success
        fault = {"match": {"method": "GET"}, "fault": {"kind": "status", "status": 503}}
        assert client.post(f"{admin}/faults", json=fault).is_success
        before = [client.get(f"{admin}/{name}").content for name in asked]
    with served(folder, FULL) as client:
        assert b'"one"' in client.get("/__admin/sessions").content
        assert [client.get(f"{admin}/{name}").content for name in asked] == before
        assert client.get("/~one/orders").status_code == 503


@pytest.mark.slow
def test_who_may_call_is_there_after_a_kill(folder: Path) -> None:
    url = "/__admin/sessions/one/identities"
    people = [{"name": "anna", "credential": "a-key", "apis": ["shop"]}]
    with served(folder, FULL) as client:
        listed = client.put(url, json={"items": people}).json()
        assert client.put("/__admin/sessions/two/identities", json={"items": None}).is_success
    for _ in range(2):
        with served(folder, FULL) as client:
            assert client.get(url).json() == listed
            assert client.get("/__admin/sessions/two/identities").json() == {"items": None}
            assert client.get("/__admin/sessions/default/identities").json() == {"items": None}
    with served(folder, FULL) as client:
        assert client.post("/__admin/sessions/one/reset").is_success
        assert client.get(url).json() == {"items": None}


def progress(client: httpx.Client) -> tuple[float, float]:
    """Return how many changes were noted for the store, and how many of them are on the disk."""
    counts = dict(line.rsplit(" ", 1) for line in client.get("/__admin/metrics").text.splitlines())
    return float(counts["understudy_store_noted_total"]), float(counts["understudy_store_written_total"])


@pytest.mark.slow
def test_what_the_server_counts_as_written_is_there_after_a_kill(folder: Path) -> None:
    acknowledged: list[str] = []
    marked = 0
    for _ in range(3):
        with served(folder) as client:
            found = [order["title"] for order in client.get("/orders").json()]
            kept = [title for title in acknowledged if title in found]
            assert kept[:marked] == acknowledged[:marked]  # nothing that was counted is lost
            assert kept == acknowledged[: len(kept)]  # and what is lost is what came last
            acknowledged = kept
            for _ in range(20):
                title = f"order {len(acknowledged)}"
                assert client.post("/orders", json={"title": title}).status_code == 201
                acknowledged.append(title)
            marked, noted = len(acknowledged), progress(client)[0]
            while progress(client)[1] < noted:
                pass
            for _ in range(5):  # which may be lost
                title = f"order {len(acknowledged)}"
                client.post("/orders", json={"title": title})
                acknowledged.append(title)


def test_the_journal_goes_on_after_a_stop(folder: Path) -> None:
    journal = "/__admin/sessions/default/journal"
    with served(folder, kill=False) as client:
        client.post("/orders", json={"title": "a"})
        client.post("/orders", json={"title": 5})
        before = [client.get(f"{journal}/{number}").json() for number in (1, 2)]
        assert before[1]["failures"]
    with served(folder, kill=False) as client:
        assert [client.get(f"{journal}/{number}").json() for number in (1, 2)] == before
        client.get("/orders")
        assert client.get(f"{journal}/3").json()["method"] == "GET"


def test_a_contract_that_changed_meets_what_still_fits(folder: Path) -> None:
    with served(folder, FULL) as client:
        kept = client.post("/orders", json={"title": "long enough", "note": "n"}).json()
    changed = SHOP.replace("note: {type: string}", "note: {type: integer}").replace('"1"', '"2"')
    (folder / "shop.yaml").write_text(changed)
    with served(folder, FULL) as client:
        listed = client.get("/orders")
        assert listed.status_code == 200
        again = {one["id"]: one for one in listed.json()}[kept["id"]]
        assert again["title"] == "long enough"
        assert not isinstance(again.get("note"), str)


def test_what_changed_besides_records_is_written_soon_though_nobody_waits(tmp_path: Path) -> None:
    with opened(tmp_path / "state.db") as backend:
        clock = Clock()
        backend.document("one").add("clock", clock)

        async def change(*, waits: bool) -> None:
            clock.advance(60)
            before = backend.writes().noted
            for _ in range(3):
                backend.keep_soon("one")
            while waits and not before < backend.writes().noted == backend.writes().written:
                await asyncio.sleep(0)

        asyncio.run(change(waits=True))
        asyncio.run(change(waits=False))  # a loop that ends too soon is no reason for the next to be silent
        asyncio.run(change(waits=True))


def test_a_restored_snapshot_is_one_group_of_changes(tmp_path: Path) -> None:
    async def play() -> None:
        with opened(tmp_path / "state.db") as backend:
            one, other = backend.open("one", "shop"), backend.open("one", "library")
            await one.insert("c", "a", {})
            clock = Clock()
            backend.document("one").add("clock", clock)
            await backend.keep("one")  # which has nothing looked at twice
            noted = backend.writes().noted
            with backend.at_once("one"):
                clock.advance(60)
                for store in (one, other):
                    await store.load(Contents({"c": [StoreEntry("z", {}, version=1)]}, {}))
                assert backend.writes().noted == noted
            assert backend.writes().noted == noted + 1
            await backend.keep("one")
            assert backend.writes().noted == noted + 1  # the clock was in it
        with opened(tmp_path / "state.db") as backend:
            for api in ("shop", "library"):
                assert list((await backend.open("one", api).dump()).collections) == ["c"]
                assert await backend.open("one", api).get("c", "a") is None

    asyncio.run(play())


@pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities of their own on Linux alone")
def test_who_writes_goes_first_where_that_is_allowed(tmp_path: Path) -> None:
    async def play() -> int:
        backend = KeptBackend(tmp_path / "state.db", Journal, waits=True)
        with closing(backend):
            await backend.open("default", "shop").insert("orders", "a", {})
            await backend.keep("default")
            [writer] = [thread for thread in threading.enumerate() if thread.name == "understudy store"]
            assert writer.native_id is not None
            return os.getpriority(os.PRIO_PROCESS, writer.native_id)

    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert asyncio.run(play()) == (-10 if may_go_first() else own)
    assert os.getpriority(os.PRIO_PROCESS, 0) == own


def may_go_first() -> bool:
    """Tell whether a process of this one's user may be scheduled before others."""
    tried = "import os; os.setpriority(os.PRIO_PROCESS, 0, -10)"
    return (
        subprocess.run([sys.executable, "-c", tried], stderr=subprocess.DEVNULL, check=False).returncode == 0
    )


class Slow:
    """A connection to a database whose commits take so much processor time."""

    def __init__(self, path: Path, seconds: float) -> None:
        self._connection, self._seconds, self.used = connect(path), seconds, 0.0

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """Execute a statement."""
        if statement == "COMMIT":
            self.used += self._seconds
        return self._connection.execute(statement, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def written_logs(folder: Path, monkeypatch: pytest.MonkeyPatch, seconds: float) -> int:
    """Return how often the log was written beside three changes, where each commit takes so long."""
    slow = Slow(folder / "a.db", seconds)
    monkeypatch.setattr(writing, "LOGS", 0.0)
    monkeypatch.setattr(time, "thread_time", lambda: slow.used)
    looks: list[object] = []
    writer = Writer(slow, 0.0, looks.append)  # type: ignore[arg-type]  # a connection but for its class

    async def change_three_times() -> None:
        for number in range(3):
            writer.note(Counted(1, "n", number))
            assert await writer.settled()

    asyncio.run(change_three_times())
    found = len(looks)
    writer.close()
    return found


def test_the_journal_is_written_more_seldom_where_the_commit_of_it_takes_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert written_logs(tmp_path, monkeypatch, seconds=3600) == 1


def test_the_journal_is_written_each_time_where_that_takes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert written_logs(tmp_path, monkeypatch, seconds=0) >= 3


def test_a_part_that_takes_the_place_of_another_is_told_whatever_its_version() -> None:
    document = KeptDocument({})
    document.add("clock", PartAt(1))
    assert [name for name, _ in document.changed()] == ["clock"]
    assert not document.changed()
    document.add("clock", PartAt(1))
    assert [name for name, _ in document.changed()] == ["clock"]


class PartAt:
    """A part of a document."""

    def __init__(self, version: int) -> None:
        self.version = version

    def dump(self) -> int:
        """Return its version."""
        return self.version

    def restore(self, value: int) -> None:
        """Be at a version."""
        self.version = value
