"""Outgoing requests: a message on the wire, with the query, headers and body that its operation declares."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any, Final
from urllib.parse import quote

from faker import Faker
from msgspec import Struct

from understudy import __version__
from understudy.bodies.codec import codec_for
from understudy.callbacks.finding import Message
from understudy.callbacks.payloads import Payloads
from understudy.callbacks.subjects import Subject
from understudy.contracts.contract import Contract, Operation, Parameter
from understudy.contracts.source import Node
from understudy.errors import BodyMalformed, ContractError, Failure
from understudy.media import json_codec
from understudy.media import types as media_types
from understudy.messages import NOTHING
from understudy.schemas.direction import Direction
from understudy.schemas.examples import stated_examples
from understudy.schemas.generator import Ungeneratable
from understudy.schemas.validators import validators_of

_UNPRINTABLE: Final = re.compile(r"[^\x20-\x7e\xa0-\xff]+")
_DELIMITERS: Final = {"spaceDelimited": " ", "pipeDelimited": "|", "tabDelimited": "\t"}
FRAMING: Final = frozenset(
    {
        "host",
        "connection",
        "content-length",
        "transfer-encoding",
        "te",
        "upgrade",
        "trailer",
        "expect",
        "sandbox-delivery",
    }
)
"""Headers that say how a request is sent and what it follows from, and so are nobody's to choose."""


class Outgoing(Struct, frozen=True):
    """A request that is ready to be sent, but for where.

    query: percent-encoded, without `?`. headers: names in lower case.
    """

    message: Message
    method: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Writing:
    """Writes the messages of one contract."""

    def __init__(self, contract: Contract) -> None:
        self.payloads = Payloads(contract)
        self._validator_of = validators_of(contract, Direction.REQUEST).for_node
        self._answer_validator_of = validators_of(contract, Direction.RESPONSE).for_node

    def outgoing(
        self, message: Message, subject: Subject, fake: Faker, members: Mapping[str, Any] | None = None
    ) -> Outgoing:
        """Return a message as a request.

        Raises PayloadInvalid, and ContractError where a schema cannot be compiled.
        """
        body = self.payloads.body(message, subject, fake, members)
        media = self.payloads.media(message)
        headers = {"user-agent": f"understudy/{__version__}"}
        content = b""
        if media is not None and body is not NOTHING:
            name = "application/json" if "*" in media.name else media.name
            codec = codec_for(media, self._validator_of, name)
            content, headers["content-type"] = codec.encode(body), name + codec.parameters
        headers |= self._headers(message.operation, fake)
        query = self._query(message.operation, fake)
        return Outgoing(message, message.operation.method.upper(), query, tuple(headers.items()), content)

    def _headers(self, operation: Operation, fake: Faker) -> dict[str, str]:
        """Return the headers that an operation requires, but for those that are nobody's to choose."""
        headers = {}
        for parameter in _required(operation, "header"):
            name = parameter.name.lower()
            if name not in FRAMING:
                text = simple(self.value(parameter, fake), parameter.explode)
                headers[name] = _UNPRINTABLE.sub(" ", text).strip()
        return headers

    def _query(self, operation: Operation, fake: Faker) -> str:
        written: list[str] = []
        for parameter in _required(operation, "query"):
            written.extend(pairs(parameter, self.value(parameter, fake)))
        return "&".join(written)

    def answers(self, message: Message) -> Callable[[int, str, bytes], tuple[Failure, ...]]:
        """Return what tells what an answer to a message has that its contract does not document.

        It takes status, Content-Type and body.
        """
        return partial(self._failures, message.operation)

    def _failures(
        self, operation: Operation, status: int, content_type: str, body: bytes
    ) -> tuple[Failure, ...]:
        answer = operation.answer(status)
        if not operation.responses:
            return ()
        if answer is None:
            expected = f"one of {', '.join(operation.responses)}"
            return (Failure("status", "", "status", expected, str(status)),)
        media = answer.content.get(media_types.select(content_type, answer.content) or "")
        is_json = media_types.is_json(content_type.partition(";")[0].strip())
        if media is None or media.schema is None or not is_json:
            return ()
        try:
            value = json_codec.decode(body)
        except BodyMalformed as error:
            return error.failures
        return tuple(self._answer_validator_of(media.schema).failures(value, "body"))

    def value(self, parameter: Parameter, fake: Faker) -> Any:
        """Return a value of a parameter: a valid example of its own, else a generated one."""
        examples = [value for _, value in stated_examples(parameter.node)]
        if parameter.schema is None:
            return next(iter(examples), "")
        is_valid = self._validator_of(parameter.schema).is_valid
        value = next(filter(is_valid, examples), NOTHING)
        if value is NOTHING:
            value = self._generated(parameter, parameter.schema, fake)
        if media_types.is_json(parameter.media_type):
            return json_codec.encode(value).decode()
        return value

    def _generated(self, parameter: Parameter, schema: Node, fake: Faker) -> Any:
        try:
            return self.payloads.generator.value(schema, fake, name=parameter.name)
        except (Ungeneratable, ContractError):
            return ""


def _required(operation: Operation, location: str) -> list[Parameter]:
    """List the parameters in one place that an operation requires."""
    return [one for one in operation.parameters if one.required and one.location == location]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json_codec.encode(value).decode()


def simple(value: Any, explode: bool) -> str:
    """Write a header's value in its only style (OpenAPI 3.1 §4.8.12.2)."""
    if isinstance(value, dict):
        sign = "=" if explode else ","
        return ",".join(f"{name}{sign}{_text(member)}" for name, member in value.items())
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return _text(value)


def pairs(parameter: Parameter, value: Any) -> Iterator[str]:
    """Write a parameter of the query in its style, percent-encoded (OpenAPI 3.1 §4.8.12.3)."""
    if isinstance(value, dict):
        yield _of_object(parameter, value)
    elif isinstance(value, list) and parameter.explode:
        for item in value:
            yield _pair(parameter.name, (item,), "")
    elif isinstance(value, list):
        yield _pair(parameter.name, value, _DELIMITERS.get(parameter.style, ","))
    else:
        yield _pair(parameter.name, (value,), "")


def _of_object(parameter: Parameter, value: Mapping[str, Any]) -> str:
    is_deep = parameter.style == "deepObject"
    if not is_deep and not parameter.explode:
        return _pair(parameter.name, chain.from_iterable(value.items()), ",")
    written = []
    for name, member in value.items():
        named = f"{parameter.name}[{name}]" if is_deep else name
        written.append(_pair(named, (member,), ""))
    return "&".join(written)


def _pair(name: str, values: Iterable[Any], delimiter: str) -> str:
    texts = [quote(_text(value), safe="") for value in values]
    joined = quote(delimiter, safe=",").join(texts)
    return f"{quote(name, safe='')}={joined}"
