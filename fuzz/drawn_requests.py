"""Requests to a contract that hypothesis built: right ones, and others."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from faker import Faker
from hypothesis import strategies as st

from drawn_schemas import Draw, values
from understudy.contracts.contract import Contract, Operation
from understudy.schemas.direction import Direction
from understudy.schemas.generator import Generator, Ungeneratable
from understudy.schemas.validators import validators_of

MOST: Final = 8  # requests to one contract
PREFERRED: Final = (
    "code=404", "code=200", "code=default", "example=a", "dynamic=true", "code=99999", 'example="', "respond-async",
    "code=404, dynamic=true", "code", "=", "code=4XX; example=b",
)  # fmt: skip
FAULTS: Final = (
    "status=418", "delay=0.001", "close", "truncate", "reset", "status=abc", "delay=1e400", "status=503, times=1", "rate=0.5",
    "malformed", "=;=", "odd", "empty",
)  # fmt: skip
_KEYS: Final = st.sampled_from(
    ("1", "2", "abc", "a b", "é", "..", "%", "9" * 30, "", "a/b", "-1", "1.5", "null")
)
_CONDITIONS: Final = ("*", '"x"', 'W/"x"', "x", '"', "")


@dataclass(frozen=True)
class Sent:
    """One request; `asks_for`: the status that its Prefer names."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""
    asks_for: str = ""


@st.composite
def requests_to(draw: Draw, contract: Contract) -> list[Sent]:
    """Draw requests to the operations of a contract, of each in the order in which they stand there first."""
    generator = Generator(validators_of(contract, Direction.REQUEST).for_node, "request")
    several = draw(st.lists(st.sampled_from(contract.operations), max_size=MOST // 2))
    return [_request(draw, one, generator) for one in (*contract.operations[: MOST // 2], *several)]


def _request(draw: Draw, operation: Operation, generator: Generator) -> Sent:
    path = re.sub(r"\{[^{}/]*\}", lambda _: quote(draw(_KEYS), safe=""), operation.path)
    headers: dict[str, str] = {}
    query = []
    for parameter in operation.parameters:
        if parameter.location == "query" and draw(st.integers(0, 2)):
            query.append(f"{quote(parameter.name)}={quote(_text(draw(values)))}")
        elif parameter.location == "header" and draw(st.booleans()) and parameter.name.isascii():
            headers[parameter.name.strip() or "X-B"] = _sendable(_text(draw(values)))
    content = b""
    if operation.body is not None and draw(st.integers(0, 9)):
        content = _body(draw, operation, generator, headers)
    asks_for = _extras(draw, headers)
    target = quote(path, safe="/%:~-.{}")
    if query:
        target += f"?{'&'.join(query)}"
    return Sent(operation.method.upper(), target, headers, content, asks_for)


def _body(draw: Draw, operation: Operation, generator: Generator, headers: dict[str, str]) -> bytes:
    """Draw a body: one that is right, else any value, else any text; sets its Content-Type."""
    assert operation.body is not None
    kinds = tuple(operation.body.content) or ("application/json",)
    kind = draw(st.sampled_from(kinds))
    headers["Content-Type"] = _sendable(kind.replace("*", "json"))
    media = operation.body.content.get(kind)
    value = draw(values)
    if media is not None and media.schema is not None and draw(st.integers(0, 3)):
        with suppress(Ungeneratable):
            value = generator.value(media.schema, _faker())
    if not draw(st.integers(0, 9)):
        return bytes(draw(st.binary(max_size=40)))
    if "form" in kind and isinstance(value, dict):
        return "&".join(f"{quote(name)}={quote(_text(member))}" for name, member in value.items()).encode()
    return json.dumps(value).encode()


def _faker() -> Faker:
    fake = Faker("en_US")
    fake.seed_instance(1)
    return fake


def _extras(draw: Draw, headers: dict[str, str]) -> str:
    """Draw headers that steer an answer; return the status that is asked for."""
    if not draw(st.integers(0, 7)):
        headers["Prefer"] = draw(st.sampled_from(PREFERRED))
    if not draw(st.integers(0, 7)):
        headers["Accept"] = draw(
            st.sampled_from(("*/*", "text/xml", "application/json;q=0", "nonsense", ";;", ""))
        )
    if not draw(st.integers(0, 7)):
        headers[draw(st.sampled_from(("If-Match", "If-None-Match")))] = draw(st.sampled_from(_CONDITIONS))
    if not draw(st.integers(0, 3)):
        headers.update(
            {"X-Key": "k", "Authorization": draw(st.sampled_from(("Bearer t", "Basic eDp5", "Basic", "")))}
        )
    return headers.get("Prefer", "")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value)


def _sendable(text: str) -> str:
    """Return what a header can carry of a text."""
    return "".join(letter for letter in text if " " <= letter <= "~")
