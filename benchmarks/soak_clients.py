"""What clients of a soak do: some hold the server to each answer, some contend for records, some misbehave."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from random import Random
from typing import Any, Final
from urllib.parse import quote, urlencode

from linearizability import UNKNOWN, Call
from soak_service import Gone, Line, Report, Service

MOST: Final = 30  # records of an API in a session
ROUND: Final = 600  # calls about some records, before others are contended for
CONTENDED: Final = 3  # records at a time
CALLED: Final = 200  # calls of bundled contracts in a session, before it is reset
_FOLDED: Final = 60.0  # seconds after which it is settled that a write is kept

Key = tuple[str, int]
Records = dict[Key, int]
"""What a session holds: by API and number, the value of each record."""


class Client(threading.Thread):
    """A thread that does one thing after another until it is over."""

    def __init__(self, service: Service, report: Report, seed: int) -> None:
        super().__init__(daemon=True)
        self.service, self.report, self.random = service, report, Random(seed)
        self.line = Line(service, report)
        self.is_over = False

    def run(self) -> None:
        """Do steps; a server that was killed is waited for."""
        with closing(self.line):
            self._run()

    def _run(self) -> None:
        while not (self.is_over or self.service.is_over):
            try:
                self.step()
            except Gone as why:
                self._go_on(why)
            except Exception as error:
                self.report.violate(f"{type(self).__name__}: {error!r}")
                return

    def step(self) -> None:
        """Do one thing."""

    def again(self, killed_at: float) -> None:
        """Begin with a server that was killed."""

    def _go_on(self, why: Gone) -> None:
        """Wait for the server, also where it is killed once more before all was seen that the first kill left."""
        killed_at = 0.0
        while not (self.is_over or self.service.is_over):
            self.line.epoch = self.service.wait(self.line.epoch, why)
            killed_at = killed_at or self.service.killed_at
            try:
                return self.again(killed_at)
            except Gone as once_more:
                why = once_more
        return None

    def asked(self, method: str, path: str, body: Any = None, *, statuses: tuple[int, ...]) -> Any:
        """Return the decoded answer, and note a status that must not be. Raises Gone."""
        content = b"" if body is None else json.dumps(body).encode()
        status, answer = self.line.ask(method, path, content)
        if status not in statuses:
            self.report.violate(f"{method} {path}: {status}, not {statuses}: {answer[:300]!r}")
        return json.loads(answer) if answer and 200 <= status < 300 else None


class Held:
    """A session as its client knows it: what it was at one moment, and each write that was acknowledged since."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.before: Records = {}
        self.log: deque[tuple[float, Records | None, Key | None, int | None]] = deque()
        self.now: Records = {}
        self.pending: tuple[Records | None, Key | None, int | None] | None = None
        self.ids: dict[Key, str] = {}
        self.snapshot: tuple[Any, Records, dict[Key, str]] | None = None

    def intend(self, whole: Records | None, key: Key | None = None, value: int | None = None) -> None:
        """Have it be under way that the session becomes another one, or that a record does."""
        self.pending = (whole, key, value)

    def done(self) -> None:
        """Have what is under way be acknowledged."""
        assert self.pending is not None
        self.log.append((time.monotonic(), *self.pending))
        self.now = _after(self.now, *self.pending)
        self.pending = None
        while self.log and self.log[0][0] < time.monotonic() - _FOLDED:
            self.before = _after(self.before, *self.log.popleft()[1:])

    def histories(self) -> Iterator[tuple[int, Records]]:
        """Yield what it was after each write, with how many came later, the last first."""
        states = [self.before]
        for _, *change in self.log:
            states.append(_after(states[-1], *change))  # type: ignore[arg-type]
        if self.pending is not None:
            yield 0, _after(states[-1], *self.pending)
        yield from enumerate(reversed(states))

    def found(self, records: Records, ids: dict[Key, str]) -> None:
        """Go on from what is there."""
        self.before = self.now = records
        self.ids, self.pending = ids, None
        self.log.clear()


def _after(records: Records, whole: Records | None, key: Key | None, value: int | None) -> Records:
    if whole is not None:
        return whole
    changed = dict(records)
    if key is not None:
        changed.pop(key, None)
        if value is not None:
            changed[key] = value
    return changed


class Owner(Client):
    """Has some sessions for itself, so that it knows what is in them, and sees whether that is there.

    window: seconds for which what was acknowledged may be lost by a kill.
    """

    def __init__(self, service: Service, report: Report, seed: int, sessions: int, window: float) -> None:
        super().__init__(service, report, seed)
        self._held = [Held(f"soak-{seed}-{number}") for number in range(sessions)]
        self._window, self._numbers = window, seed * 10_000_000
        self._doing: dict[Callable[[Held], None], int] = {
            self._create: 40, self._change: 20, self._remove: 12, self._read: 15, self._check: 5,
            self._reset: 1, self._take: 2, self._restore: 2,
        }  # fmt: skip

    def step(self) -> None:
        """Do one thing in one session."""
        [action] = self.random.choices(list(self._doing), list(self._doing.values()))
        action(self.random.choice(self._held))

    def again(self, killed_at: float) -> None:
        """See what a kill has left."""
        for held in self._held:
            self._hold(held, killed_at)
            self.report.count("sessions held against what was acknowledged, after a kill")

    def _create(self, held: Held) -> None:
        if len(held.now) >= 2 * MOST:
            return self._remove(held)
        self._numbers += 1
        key = (self.random.choice(("shop", "library")), self._numbers)
        value = self.random.randrange(1_000_000)
        held.intend(None, key, value)
        body = {"n": key[1], "a": value, "b": value}
        if key[0] == "shop":
            body["id"] = f"i{key[1]}"  # type: ignore[assignment]
        made = self.asked("POST", _path(held, key[0]), body, statuses=(201,))
        if made is not None:
            held.ids[key] = made["id"]
            held.done()
        return None

    def _change(self, held: Held) -> None:
        key = self._any(held)
        if key is None:
            return
        value = self.random.randrange(1_000_000)
        held.intend(None, key, value)
        body = {"n": key[1], "a": value, "b": value}
        self.asked("PUT", f"{_path(held, key[0])}/{held.ids[key]}", body, statuses=(200,))
        held.done()

    def _remove(self, held: Held) -> None:
        key = self._any(held)
        if key is not None:
            held.intend(None, key, None)
            self.asked("DELETE", f"{_path(held, key[0])}/{held.ids[key]}", statuses=(204,))
            held.done()

    def _read(self, held: Held) -> None:
        key = self._any(held)
        if key is not None:
            told = self.asked("GET", f"{_path(held, key[0])}/{held.ids[key]}", statuses=(200,))
            if told and (told["a"], told["b"]) != (held.now[key], held.now[key]):
                self.report.violate(f"{held.name} {key} is {told}, and was acknowledged as {held.now[key]}")

    def _check(self, held: Held) -> None:
        records, _ = self._listed(held)
        if records != held.now:
            self.report.violate(f"{held.name} is not as acknowledged: {_nearest(held, records)}")

    def _reset(self, held: Held) -> None:
        held.intend({})
        self.asked("POST", f"/__admin/sessions/{held.name}/reset", statuses=(204,))
        held.done()
        held.ids = {}

    def _take(self, held: Held) -> None:
        told = self.asked("GET", f"/__admin/sessions/{held.name}/snapshot", statuses=(200,))
        held.snapshot = (told, dict(held.now), dict(held.ids))

    def _restore(self, held: Held) -> None:
        if held.snapshot is not None:
            document, records, ids = held.snapshot
            held.intend(records)
            self.asked("PUT", f"/__admin/sessions/{held.name}/snapshot", document, statuses=(204,))
            held.ids = dict(ids)
            held.done()

    def _any(self, held: Held) -> Key | None:
        return self.random.choice(list(held.now)) if held.now else None

    def _hold(self, held: Held, killed_at: float) -> None:
        """Hold what is there after a kill against what was acknowledged before."""
        records, ids = self._listed(held)
        for lost, state in held.histories():
            if state != records:
                continue
            if lost:
                self._note_lost(held, lost, killed_at)
            break
        else:
            self.report.violate(f"torn: {held.name} was never so: {_nearest(held, records)}")
        held.found(records, ids)

    def _note_lost(self, held: Held, lost: int, killed_at: float) -> None:
        seconds = killed_at - held.log[-lost][0]
        self.report.count("acknowledged writes lost by a kill, within the window", lost)
        self.report.lost(seconds)
        if seconds > self._window:
            self.report.violate(
                f"lost: {held.name} lacks {lost} writes, the first {seconds * 1000:.1f} ms old"
            )

    def _listed(self, held: Held) -> tuple[Records, dict[Key, str]]:
        records: Records = {}
        ids: dict[Key, str] = {}
        for api in ("shop", "library"):
            for item in self.asked("GET", _path(held, api), statuses=(200,)) or ():
                key = (api, item["n"])
                if key in records:
                    self.report.violate(f"doubled: {held.name} {key}")
                if item["a"] != item["b"]:
                    self.report.violate(f"torn: {held.name} {item}")
                records[key], ids[key] = item["a"], item["id"]
        return records, ids


def _nearest(held: Held, records: Records) -> str:
    """Say how what is there differs from what it was at the moment that is most like it."""
    best: tuple[int, int, Records, Records] | None = None
    for lost, state in held.histories():
        more = dict(records.items() - state.items())
        less = dict(state.items() - records.items())
        if best is None or len(more) + len(less) < best[0]:
            best = (len(more) + len(less), lost, more, less)
    assert best is not None
    return f"{best[1]} writes before the last, but with {best[2]} and without {best[3]}"


def _path(held: Held, api: str) -> str:
    return f"/~{held.name}/{api}/{'items' if api == 'shop' else 'books'}"


class Contender(Client):
    """Writes and reads records that others write and read too, and remembers what it saw of them.

    is_kept: whether what was acknowledged outlives a kill; else each life of the server has records of its own.
    """

    def __init__(self, service: Service, report: Report, seed: int, *, is_kept: bool) -> None:
        super().__init__(service, report, seed)
        self.histories: dict[str, list[Call]] = {}
        self._is_kept, self._calls = is_kept, 0
        self._values = seed * 10_000_000

    def step(self) -> None:
        """Do one thing with one of the records; those of the round before are deleted."""
        self._calls += 1
        life = 0 if self._is_kept else self.service.lives
        if self._calls % ROUND == 0:
            for number in range(CONTENDED):
                self._call(f"r{life}-{self._calls // ROUND - 1}-{number}", "delete", (0, 0))
        key = f"r{life}-{self._calls // ROUND}-{self.random.randrange(CONTENDED)}"
        self._values += 1
        kind = self.random.choice(("create", "put", "patch", "delete", "get", "get"))
        self._call(key, kind, (self._values, self._values))

    def _call(self, key: str, kind: str, value: tuple[int, int]) -> None:
        path = f"/~contended/shop/items/{key}"
        asked = {
            "create": ("POST", "/~contended/shop/items", {"id": key, "n": 0, "a": value[0], "b": value[1]}),
            "put": ("PUT", path, {"id": key, "n": 0, "a": value[0], "b": value[1]}),
            "patch": ("PATCH", path, {"b": value[1]}),
            "delete": ("DELETE", path, None),
            "get": ("GET", path, None),
        }
        method, target, body = asked[kind]
        begun, status, seen = time.perf_counter(), UNKNOWN, None
        content = b"" if body is None else json.dumps(body).encode()
        known = self.histories.setdefault(key, [])
        try:
            status, answer = self.line.ask(method, target, content)
        except Gone:
            if kind != "get":
                known.append(Call(kind, value, UNKNOWN, begun))
            raise
        ended = time.perf_counter()
        if status not in (200, 201, 204, 404, 409):
            self.report.violate(f"{method} {target}: {status}: {answer[:300]!r}")
            return
        if kind == "get" and status == 200:
            told = json.loads(answer)
            seen = (told["a"], told["b"])
        known.append(Call(kind, seen if kind == "get" else value, status, begun, ended))


class Faulted(Client):
    """Has faults, which strike its own session alone."""

    def step(self) -> None:
        """Have a fault, be struck, and have none."""
        admin = "/__admin/sessions/faulted/faults"
        fault = {"match": {"method": "GET"}, "fault": {"kind": "status", "status": 503}}
        life = self.service.lives
        self.asked("POST", admin, fault, statuses=(201,))
        status, _ = self.line.ask("GET", "/~faulted/shop/items")
        if status != 503 and life == self.service.lives:
            self.report.violate(f"a fault was asked for, and the answer is {status}")
        self.report.count("faults asked for")
        self.asked("DELETE", admin, statuses=(204,))
        time.sleep(0.05)


class Misbehaving(Client):
    """Vanishes, is slow, sends too much and what nobody can read."""

    def step(self) -> None:
        """Misbehave in one way."""
        with suppress(OSError):  # the server is away, or slow
            self.random.choice((self._vanish, self._trickle, self._exceed, self._babble))()
        self.report.count("misbehaviours")
        time.sleep(0.05)

    def _raw(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.service.port), 2)

    def _sent(self, *pieces: bytes, pause: float = 0.0) -> bytes:
        """Return what came within a while; nothing where the connection was cut, as it may be, or the store was away."""
        since = time.monotonic()
        with self._raw() as connection:
            try:
                for piece in pieces:
                    connection.sendall(piece)
                    time.sleep(pause)
                answer = connection.recv(4096)
            except OSError:
                return b""
        is_away = answer[9:12] == b"503" and self.service.may_be_away(since)
        return b"" if is_away else answer

    def _vanish(self) -> None:
        with self._raw() as connection:
            connection.sendall(
                b"POST /~misbehaving/shop/items HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50\r\n\r\n{"
            )

    def _trickle(self) -> None:
        pieces = [bytes([one]) for one in b"GET /~misbehaving/shop/items HTTP/1.1\r\n"]
        self._judge(self._sent(*pieces[:20], pause=0.02), wanted=())

    def _exceed(self) -> None:
        head = (
            b"POST /~misbehaving/shop/items HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        )
        self._judge(self._sent(head + b"Content-Length: 999999999\r\n\r\n"), wanted=(413,))

    def _babble(self) -> None:
        line = self.random.randbytes(200).replace(b"\n", b"").replace(b"\r", b"")
        self._judge(self._sent(line + b"\r\n\r\n"), wanted=(400,))
        body = b'{"n": 1, "a": '
        status, _ = self.line.ask("POST", "/~misbehaving/shop/items", body)
        if status not in (400, 422):
            self.report.violate(f"half of a body is answered {status}")

    def _judge(self, answer: bytes, wanted: tuple[int, ...]) -> None:
        if not answer:  # cut, by a kill perhaps
            return
        status = int(answer[9:12])
        if wanted and status not in wanted:
            self.report.violate(f"a request that is wrong is answered {status}: {answer[:200]!r}")


def _request(example: Any) -> tuple[str, str, bytes, str]:
    """Return the method, the path, the body and the headers of a request that was made up."""
    path, query, headers = example["path"], [], ""
    for one in example["parameters"]:
        name, value = one["name"], str(one["value"])
        if one["in"] == "path":
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        elif one["in"] == "query" and one["required"]:
            query.append((name, value))
        elif one["in"] == "header" and (one["required"] or name == "Authorization"):
            headers += f"{name}: {value}\r\n"
    if query:
        path += f"?{urlencode(query)}"
    if "mediaType" in example:
        headers += f"Content-Type: {example['mediaType']}\r\n"
    return example["method"], path, example.get("content", "").encode(), headers


class Caller(Client):
    """Calls the operations of bundled contracts with requests that the admin API makes up."""

    def __init__(self, service: Service, report: Report, seed: int) -> None:
        super().__init__(service, report, seed)
        self._operations: list[tuple[str, str]] = []
        self._called: Counter[str] = Counter()

    def step(self) -> None:
        """Call one operation."""
        time.sleep(0.02)  # most of the time is for the clients who know what has to be there
        if not self._operations:
            self._operations = list(self._all())
        api, operation = self.random.choice(self._operations)
        session = f"caller-{self.random.randrange(10)}"
        self._called[session] += 1
        if self._called[session] % CALLED == 0:
            self.asked("POST", f"/__admin/sessions/{session}/reset", statuses=(204,))
        made_up = f"/__admin/sessions/{session}/apis/{api}/operations/{operation}/example"
        status, answer = self.line.ask("GET", made_up)
        if status != 200:
            return
        method, path, content, headers = _request(json.loads(answer))
        status, answer = self.line.ask(method, f"/~{session}/{api}{path}", content, headers)
        self._judge(api, operation, status, answer)

    def _judge(self, api: str, operation: str, status: int, answer: bytes) -> None:
        self.report.count("calls of bundled contracts")
        if status >= 500:
            self.report.violate(f"{api} {operation}: {status}: {answer[:300]!r}")

    def _all(self) -> Iterator[tuple[str, str]]:
        for api in self.asked("GET", "/__admin/apis", statuses=(200,))["items"]:
            name = api["name"]
            for one in self.asked("GET", f"/__admin/apis/{name}/operations", statuses=(200,))["items"]:
                yield name, one["operationId"]
