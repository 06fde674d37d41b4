"""One session of a running sandbox, seen from outside: where to call it, what it remembers, what goes wrong,
what was called.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Final, Self

import httpx

from understudy.client.admin import TIMEOUT, Admin, AdminError
from understudy.client.answers import Answer, When, write_answer
from understudy.client.calls import Call, UnmatchedCall, table
from understudy.client.faults import Fault, Turn, write_rule
from understudy.client.records import Records

__tracebackhide__ = True  # of a test that fails pytest shows the line of the test, and the sentence

__all__ = ["AdminError", "Answer", "Call", "Fault", "Records", "Remote"]

DEFAULT: Final = "default"
PAGE: Final = 1000  # entries in an answer, the most there can be
UNMATCHED_SHOWN: Final = 20  # of requests that nothing matched, in the report of a test


class Remote:
    """A session of a sandbox, which is a world of its own.

    Whatever the admin API refuses raises AdminError with its reason.

    Safe to use from several threads, and from asyncio, where each call of the admin API holds the event loop
    for a moment.
    """

    def __init__(self, admin: Admin, name: str = DEFAULT, root: Callable[[], str] | None = None) -> None:
        """`root` returns the server's URL without a trailing slash.

        By default it is the one the admin API is asked at.
        """
        self.name = name
        self._admin = admin
        self._root = root or (lambda: str(admin.http.base_url).rstrip("/"))
        self._clients: list[httpx.Client] = []

    @classmethod
    def connect(cls, url: str, *, session: str = DEFAULT, admin_token: str = "") -> Remote:
        """Look at a sandbox that runs at a URL.

        Close it when you are done, or use it as a context manager.
        """
        http = httpx.Client(timeout=TIMEOUT, **_options(url.rstrip("/")))
        if admin_token:
            http.headers["Authorization"] = f"Bearer {admin_token}"
        remote = cls(Admin(http), session)
        remote._clients.append(http)
        return remote

    def session(self, name: str) -> Remote:
        """Return another session of the same sandbox, made on its first use."""
        return Remote(self._admin, name, self._root)

    def close(self) -> None:
        """Close the clients that were made here; the session itself stays."""
        while self._clients:
            self._clients.pop().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"

    # -- calling

    def url(self, api: str = "") -> str:
        """Return the base URL of an API in this session, without a trailing slash.

        The session is part of it, so that a client needs no header. The name can be left out where one API is
        served; where there are several, that is the URL of them all.
        """
        root = self._root()
        if self.name != DEFAULT:
            root += f"/~{self.name}"
        return f"{root}{self._admin.mount(api)}"

    def client(self, api: str = "", **options: Any) -> httpx.Client:
        """Return an httpx client of an API in this session; `options` are httpx's.

        It is closed with the session's object.
        """
        client = httpx.Client(**{**_options(self.url(api)), **options})
        self._clients.append(client)
        return client

    def async_client(self, api: str = "", **options: Any) -> httpx.AsyncClient:
        """Return an asynchronous httpx client of an API in this session, to be used with `async with`."""
        return httpx.AsyncClient(**{**_options(self.url(api)), **options})

    # -- state

    def records(self, api: str = "", *, unchecked: bool = False) -> Records:
        """Return what an API remembers: collections by name, each with its records by key.

        The only API needs no name. unchecked: that records may be put too where the contract has no such
        collection, or refuses their values, which otherwise is refused with the nearest name, or each member.
        """
        return Records(self._admin, self.name, self._admin.api(api), unchecked=unchecked)

    def snapshot(self) -> dict[str, Any]:
        """Return all that the session's sandboxes remember, as one JSON document."""
        document: dict[str, Any] = self._ask("GET", "snapshot")
        return document

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Put the session into the state of a snapshot, which may be another session's.

        Journal and faults stay.
        """
        self._ask("PUT", "snapshot", body=snapshot)

    def reset(self) -> None:
        """Start afresh: records, clock, faults, journal and identities."""
        self._ask("POST", "reset")

    def drop(self) -> bool:
        """Forget the session; its next use makes a new one. False where there was none."""
        try:
            self._ask("DELETE")
        except AdminError as error:
            if error.status != 404:
                raise
            return False
        return True

    # -- time

    @property
    def now(self) -> datetime:
        """The time in the session, which stands still until it is moved."""
        return _moment(self._ask("GET", "clock"))

    def freeze(self, at: datetime | str) -> datetime:
        """Set the time, also back, and return it: every write is stamped with exactly this time.

        at: a datetime with a time zone, or a text such as `2026-01-05T09:00:00Z`.
        """
        if isinstance(at, datetime):
            at = at.isoformat()
        return _moment(self._ask("PUT", "clock", body={"now": at}))

    def thaw(self) -> datetime:
        """Let writes be stamped one after another again, and return the time."""
        return _moment(self._ask("DELETE", "clock"))

    def advance(self, by: float | timedelta) -> datetime:
        """Move the time on by seconds, 0 or more, and return it.

        Tokens that expire on the way have expired.
        """
        if isinstance(by, timedelta):
            by = by.total_seconds()
        return _moment(self._ask("POST", "clock", "advance", body={"seconds": by}))

    # -- who may call

    def allow(self, identities: Sequence[Mapping[str, Any]] | None) -> None:
        """Say who may call, as an identities file lists them; None for everybody."""
        self._ask("PUT", "identities", body={"items": identities})

    # -- what goes wrong

    def fail(
        self,
        operation: str = "",
        status: int | None = None,
        *,
        fault: Turn = None,
        sequence: Sequence[Turn] | None = None,
        times: int | None = None,
        probability: float | None = None,
        api: str = "",
        method: str = "",
        path: str = "",
        headers: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        cookies: Mapping[str, Any] | None = None,
        path_parameters: Mapping[str, Any] | None = None,
    ) -> Fault:
        """Make calls fail until the rule is removed, the session is, or its calls are used up.

        By default with 503.

        status: answer with this one, as the contract documents it. fault: the name of one (`reset`, `empty`,
        `truncate`, `malformed`, `rate-limit`), or one with its numbers: `{"kind": "latency", "milliseconds":
        300}`. sequence: one of these for each call in turn, None for a call that goes well. times: matching
        calls after which it is over. probability: of a matching call to fail.
        The rest says which calls: `operation` by operationId or `post /accounts`, `path` as a glob, `body` by
        JSON pointer or JSONPath; values by name may be operators such as `{"matches": "^a"}`.
        """
        match = {
            "operation": operation,
            "api": api,
            "method": method,
            "path": path,
            "headers": headers,
            "body": body,
            "query": query,
            "cookies": cookies,
            "pathParameters": path_parameters,
        }
        rule = write_rule(
            match, status=status, fault=fault, sequence=sequence, times=times, probability=probability
        )
        return Fault(self._admin, self.name, self._ask("POST", "faults", body=rule))

    # -- what is answered

    def answer(
        self,
        operation: str,
        status: int | None = None,
        body: Any = ...,
        *,
        headers: Mapping[str, str | Sequence[str]] | None = None,
        times: int | None = None,
        when: When | None = None,
        sequence: Sequence[Mapping[str, Any]] | None = None,
        repeat: bool = False,
        unchecked: bool = False,
        **more: Any,
    ) -> Answer:
        """Have calls of an operation answered with this, until it is removed, the session is, or it is used
        up.

        operation: an operationId, or `post /accounts`. status: by default that of the documented success.
        body: by default what the contract documents. times: matching calls after which it is over.
        when: which calls. sequence: answers given in turn, each as `{"status": 503}`, or `{"default": True}`
        for one that the sandbox gives itself. unchecked: that it is meant although the contract does not
        document it, which otherwise raises AdminError with each member that is wrong.
        more: `text`, `mediaType`, `example`, `delay` (milliseconds), `default`, `priority`, `requires`,
        `sets`, `api` and `id`, as the admin API has them.
        """
        written = write_answer(
            operation,
            status=status,
            body=body,
            headers=headers,
            times=times,
            when=when,
            sequence=sequence,
            repeat=repeat,
            unchecked=unchecked,
            **more,
        )
        return Answer(self._admin, self.name, self._ask("POST", "answers", body=written))

    # -- webhooks

    def send_webhooks_to(self, *targets: str | Mapping[str, Any]) -> None:
        """Say where the session's webhooks go, in the place of where they went: URLs, or targets as the admin
        API writes them.
        """
        written = list(map(_target, targets))
        self._ask("PUT", "webhooks", body={"targets": written})

    def send_webhook(self, name: str, body: Mapping[str, Any] | None = None, *, api: str = "") -> int:
        """Send a webhook now and return to how many targets it goes.

        body: members that are laid over what is generated.
        """
        what: dict[str, Any] = {}
        if body is not None:
            what["body"] = body
        sent = self._ask("POST", "apis", self._admin.api(api), "webhooks", name, "send", body=what)
        return int(sent["deliveries"])

    def await_deliveries(self, seconds: float = 10) -> bool:
        """Wait, 30 seconds at most, until no callback or webhook is under way, and tell whether that came to
        pass.
        """
        return not self._ask("GET", "deliveries", query={"wait": seconds})["pending"]

    # -- what was called

    def calls(self, operation: str = "", **filters: Any) -> list[Call]:
        """Return the calls so far, oldest first, without those that the journal had to forget.

        filters: `api`, `method`, `path` (a glob), `status` (404 or "4xx"), `outcome`, `kind`, `fault`, `body`
        (values by JSON pointer), `after` (a number).
        """
        wanted = _given(operation=operation, **filters)
        if "body" in wanted:
            wanted["body"] = json.dumps(wanted["body"])
        found: list[Call] = []
        wanted.setdefault("after", 0)
        while True:
            page = self._ask("GET", "journal", query={**wanted, "limit": PAGE})["items"]
            found += map(Call.of, page)
            if len(page) < PAGE:
                return found
            wanted["after"] = page[-1]["number"]

    def verify(
        self,
        operation: str = "",
        *,
        times: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        within: float | None = None,
        **filters: Any,
    ) -> list[int]:
        """Raise AssertionError unless there were so many calls, naming the nearest misses.

        Return the numbers of those that count.

        times: exactly so many; without any number, at least one. within: seconds, 30 at most, to wait for
        them. filters: as for `calls`, and `path_parameters`, texts by name.
        """
        counts = {"exactly": times, "atLeast": at_least, "atMost": at_most, "within": within}
        return self._verified("verify", _given(operation=operation, **filters, **counts))

    def never(self, operation: str = "", **filters: Any) -> None:
        """Raise AssertionError where there was such a call, naming it. filters: as for `calls`."""
        self.verify(operation, times=0, **filters)

    def verify_order(self, *calls: str | Mapping[str, Any], within: float | None = None) -> list[int]:
        """Raise AssertionError unless these calls came one after another, with any others between them.

        Return their numbers.

        calls: operations, or the filters of `calls` as `{"operation": "createOrder", "status": 201}`.
        within: seconds, 30 at most, to wait for them.
        """
        steps = list(map(_step, calls))
        return self._verified("verify-order", _given(calls=steps, within=within))

    def unmatched(self, after: int = 0) -> list[UnmatchedCall]:
        """Return the newest requests, 1,000 at most, that no operation answers, that got none of the answers
        scripted for their operation, or that nothing counts which was verified; each with what came nearest.

        after: only those with a higher number in the journal.
        """
        found = self._ask("GET", "unmatched", query={"after": after, "limit": PAGE})["items"]
        return list(map(UnmatchedCall.of, found))

    def unmatched_text(self) -> str:
        """Return these as lines, the newest UNMATCHED_SHOWN; empty where there are none."""
        found = self.unmatched()
        lines = list(map(str, found[-UNMATCHED_SHOWN:]))
        if len(found) > UNMATCHED_SHOWN:
            lines.insert(0, f"({len(found) - UNMATCHED_SHOWN} earlier requests are not shown)")
        return "\n".join(lines)

    def _verified(self, kind: str, expectation: Mapping[str, Any]) -> list[int]:
        verdict = self._ask("POST", kind, body=expectation)
        if not verdict["verified"]:
            raise AssertionError(verdict["sentence"])
        matched: list[int] = verdict["matched"]
        return matched

    def har(self) -> dict[str, Any]:
        """Return the journal as an HTTP Archive 1.2, which browsers' developer tools read."""
        archive: dict[str, Any] = self._ask("GET", "har")
        return archive

    def coverage(self, api: str = "") -> dict[str, Any]:
        """Return what of an API the calls touched, as the admin API writes it. The only API needs no name."""
        coverage: dict[str, Any] = self._ask("GET", "apis", self._admin.api(api), "coverage")
        return coverage

    def coverages(self) -> list[dict[str, Any]]:
        """Return what the calls touched of each API."""
        return list(map(self.coverage, self._admin.mounts))

    def journal_text(self) -> str:
        """Return the calls as a table, one a line; empty where there were none."""
        return table(self.calls())

    def _ask(self, method: str, *path: str, query: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        return self._admin.ask(method, "sessions", self.name, *path, query=query, body=body)


def _options(url: str) -> dict[str, Any]:
    """Return what a client of a URL is made with.

    Without TLS it is given a context that trusts nobody: loading the certificates of this machine takes
    longer than most tests.
    """
    options: dict[str, Any] = {"base_url": url, "trust_env": False}
    if not url.startswith("https:"):
        options["verify"] = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return options


def _target(target: str | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(target, str):
        return {"url": target}
    return target


def _step(call: str | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(call, str):
        return {"operation": call}
    return _given(**call)


_SPELT: Final = {"path_parameters": "pathParameters"}
"""What the admin API calls the filters that Python spells otherwise."""


def _given(**filters: Any) -> dict[str, Any]:
    """Return what is asked for."""
    return {_SPELT.get(name, name): value for name, value in filters.items() if value not in (None, "")}


def _moment(clock: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(clock["now"])
