"""What is asked of every contract and request: a start or a sentence, no 5xx that nobody asked for, a loop that is never held."""

from __future__ import annotations

import asyncio
import gc
import json
import re
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st

from drawn_requests import Sent, requests_to
from understudy.callbacks.explaining import with_messages
from understudy.contracts.answers import answering
from understudy.contracts.contract import Contract
from understudy.contracts.findings import causes, located, quick
from understudy.errors import SandboxError
from understudy.explain import explain, written
from understudy.sandbox import Sandbox, Settings
from understudy.schemas.contradictions import HEADER
from understudy.schemas.inspection import thorough
from understudy.server.app import create_app
from understudy.server.asgi import ASGIApp
from understudy.sessions import Sessions
from watchdog import watched

START: Final = 2.0
"""Seconds of work that a start may take."""
MAY_TAKE: Final = 50
"""Milliseconds for which an answer may hold the loop."""
READING: Final = 20
"""Times as long as that may take what is done once, when an operation is first asked: its schemas are compiled."""
TRIES: Final = 3
_TOKEN: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_TEXT: Final = re.compile(rb"[^\r\n\0]*")


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    def values(self, name: str) -> list[str]:
        """Return the values of a header."""
        return [
            value.decode("latin-1") for key, value in self.headers if key.lower() == name.lower().encode()
        ]


async def ask(app: ASGIApp, sent: Sent) -> Answer:
    """Have an application answer a request; an exception that leaves it is the caller's."""
    answer, is_read = Answer(), False
    path, _, query = sent.target.partition("?")

    async def receive() -> dict[str, Any]:
        nonlocal is_read
        if is_read:
            await asyncio.Event().wait()
        is_read = True
        return {"type": "http.request", "body": sent.content, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer.status, answer.headers = message["status"], list(message["headers"])
        else:
            answer.body += message.get("body", b"")

    headers = {"host": "sandbox", "content-length": str(len(sent.content)), **sent.headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": sent.method,
        "scheme": "http",
        "path": re.sub(r"(%[0-9A-Fa-f]{2})+", _decoded, path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
        "client": ("127.0.0.1", 0),
        "server": ("sandbox", 80),
        "extensions": {},
    }
    await app(scope, receive, send)
    return answer


def _decoded(escaped: re.Match[str]) -> str:
    return bytes.fromhex(escaped[0].replace("%", "")).decode("utf-8", "replace")


# ---- a contract


def started(document: dict[str, Any]) -> Contract | None:
    """Load a document, see what a start prints and what `explain` tells; None where it is refused in a sentence."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fuzz.json"
        path.write_text(json.dumps(document))
        began = time.thread_time()
        try:
            contract = Contract.load(path)
            said = causes(located(contract.document, quick(contract)))
            sandbox = Sandbox(contract)
            create_app([sandbox], Sessions())
        except SandboxError as refusal:
            said, contract = [str(refusal)], None
        took = time.thread_time() - began
        assert took < START, f"the start took {took:.1f} s"
        for sentence in said:
            assert sentence.isprintable(), f"no sentence: {sentence!r}"
        if contract is not None:
            written(with_messages(contract, sandbox.model, explain(contract, sandbox.model)), contract)
        return contract


def judge(contract: Contract, data: st.DataObject) -> None:
    """Ask a contract, twice the same; raises AssertionError for what must not be."""
    sent = data.draw(requests_to(contract), label="requests")
    asyncio.run(_judge(contract, sent))


async def _judge(contract: Contract, several: Sequence[Sent]) -> None:
    app = create_app([Sandbox(contract, None, Settings(populate=len(several) % 3))], Sessions())
    broken: set[str] = set()
    for may_take in (MAY_TAKE * READING, MAY_TAKE):
        for sent in several:
            broken |= _judged(contract, sent, await _quickly(app, sent, may_take))
    if broken:
        named = {finding.pointer for finding in thorough(contract)}
        assert broken <= named, f"validate does not name {broken - named}"


async def _quickly(app: ASGIApp, sent: Sent, may_take: float) -> Answer:
    """Ask, again where it took long: what a busy machine does once is no defect. Raises AssertionError for what does."""
    said = ""
    for _ in range(TRIES):
        gc.disable()  # of the test's own heap
        try:
            async with watched(may_take) as held:
                answer = await ask(app, sent)
        finally:
            gc.enable()
        if held.longest < may_take:
            return answer
        said = f"{sent}: {held}"
    raise AssertionError(said)


def _judged(contract: Contract, sent: Sent, answer: Answer) -> set[str]:
    """Judge one answer; return the places at which it says that its contract is broken."""
    assert answer.status, f"{sent}: no answer"
    assert answer.status < 500 or _is_asked_for(contract, sent), f"{sent}: {answer}"
    for name, value in answer.headers:
        assert _TOKEN.fullmatch(name), f"{sent}: a header {name!r}"
        assert _TEXT.fullmatch(value), f"{sent}: {name!r} is {value!r}"
    lengths = answer.values("content-length")
    assert len(lengths) <= 1, f"{sent}: {lengths}"
    has_body = sent.method != "HEAD" and answer.status not in (204, 304)
    assert not has_body or not lengths or lengths == [str(len(answer.body))], f"{sent}: {answer}"
    assert not answer.values("transfer-encoding"), f"{sent}: {answer}"
    return {_pointer(value) for value in answer.values(HEADER)}


def _pointer(said: str) -> str:
    escaped = said.removeprefix("broken at ")
    return re.sub(r"(%[0-9A-F]{2})+", _decoded, escaped)


def _is_asked_for(contract: Contract, sent: Sent) -> bool:
    """Tell whether a 5xx is all that its operation documents, or what Prefer names."""
    if re.search(r"code=5", sent.asks_for):
        return True
    only = [one for one in contract.operations if answering(one.responses)[:1] == "5"]
    return any(one.method.upper() == sent.method for one in only)
