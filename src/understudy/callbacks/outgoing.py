"""Outgoing requests: a message on the wire, with the query, headers and body that its operation declares."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import quote, urlencode

from faker import Faker

from understudy import __version__
from understudy.bodies.codec import codec_for
from understudy.callbacks.finding import Message
from understudy.callbacks.payloads import Payloads
from understudy.callbacks.subjects import Subject
from understudy.contracts.contract import Contract, Operation, Parameter
from understudy.errors import BodyMalformed, ContractError, Failure
from understudy.media import json_codec
from understudy.media import types as media_types
from understudy.messages import NOTHING
from understudy.schemas.direction import Direction
from understudy.schemas.examples import stated_examples
from understudy.schemas.generator import Ungeneratable
from understudy.schemas.validators import validators_of

_UNPRINTABLE: Final = re.compile(r"[^\x20-\x7e\xa0-\xff]+")
_DELIMITERS: Final = {"spaceDelimited": " ", "pipeDelimited": "|"}
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


@dataclass(frozen=True, slots=True)
class Outgoing:
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

        Raises PayloadInvalid, ContractError where a schema cannot be compiled.
        """
        body = self.payloads.body(message, subject, fake, members)
        media = self.payloads.media(message)
        required = [parameter for parameter in message.operation.parameters if parameter.required]
        headers = {"user-agent": f"understudy/{__version__}"}
        content = b""
        if media is not None and body is not NOTHING:
            name = "application/json" if "*" in media.name else media.name
            codec = codec_for(media, self._validator_of, name)
            content, headers["content-type"] = codec.encode(body), name + codec.parameters
        for parameter in required:
            if parameter.location == "header" and parameter.name.lower() not in FRAMING:
                headers[parameter.name.lower()] = _UNPRINTABLE.sub(
                    " ", _simple(self._value(parameter, fake), parameter.explode)
                ).strip()
        queried = [parameter for parameter in required if parameter.location == "query"]
        query = "&".join(
            text for parameter in queried for text in _pairs(parameter, self._value(parameter, fake))
        )
        return Outgoing(message, message.operation.method.upper(), query, tuple(headers.items()), content)

    def answers(self, message: Message) -> Callable[[int, str, bytes], tuple[Failure, ...]]:
        """Return what tells, by status, Content-Type and body, what an answer to a message has that its
        contract does not document.
        """
        return partial(self._failures, message.operation)

    def _failures(
        self, operation: Operation, status: int, content_type: str, body: bytes
    ) -> tuple[Failure, ...]:
        answer = operation.answer(status)
        if answer is None:
            expected = f"one of {', '.join(operation.responses)}"
            return (Failure("status", "", "status", expected, str(status)),) if operation.responses else ()
        media = answer.content.get(media_types.select(content_type, answer.content) or "")
        if (
            media is None
            or media.schema is None
            or not media_types.is_json(content_type.partition(";")[0].strip())
        ):
            return ()
        try:
            value = json_codec.decode(body)
        except BodyMalformed as error:
            return error.failures
        return tuple(self._answer_validator_of(media.schema).failures(value, "body"))

    def _value(self, parameter: Parameter, fake: Faker) -> Any:
        """Return a value of a parameter: a valid example of its own, else a generated one."""
        examples = [value for _, value in stated_examples(parameter.node)]
        if parameter.schema is None:
            return examples[0] if examples else ""
        validator = self._validator_of(parameter.schema)
        value = next((one for one in examples if validator.is_valid(one)), NOTHING)
        if value is NOTHING:
            try:
                value = self.payloads.generator.value(parameter.schema, fake, name=parameter.name)
            except (Ungeneratable, ContractError):
                value = ""
        return json_codec.encode(value).decode() if media_types.is_json(parameter.media_type) else value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json_codec.encode(value).decode()


def _simple(value: Any, explode: bool) -> str:
    """Write a header's value in its only style (OpenAPI 3.1 §4.8.12.2)."""
    if isinstance(value, dict):
        return ",".join(f"{name}{'=' if explode else ','}{_text(member)}" for name, member in value.items())
    return ",".join(map(_text, value)) if isinstance(value, list) else _text(value)


def _pairs(parameter: Parameter, value: Any) -> Iterator[str]:
    """Write a parameter of the query in its style (OpenAPI 3.1 §4.8.12.3)."""
    if isinstance(value, dict):
        if parameter.style == "deepObject":
            yield urlencode(
                [(f"{parameter.name}[{name}]", _text(member)) for name, member in value.items()],
                quote_via=quote,
            )
        elif parameter.explode:
            yield urlencode([(name, _text(member)) for name, member in value.items()], quote_via=quote)
        else:
            yield _pair(parameter.name, (part for entry in value.items() for part in entry), ",")
    elif isinstance(value, list):
        if parameter.explode:
            yield urlencode([(parameter.name, _text(item)) for item in value], quote_via=quote)
        else:
            yield _pair(parameter.name, value, _DELIMITERS.get(parameter.style, ","))
    else:
        yield _pair(parameter.name, (value,), "")


def _pair(name: str, values: Iterable[Any], delimiter: str) -> str:
    joined = quote(delimiter, safe=",").join(quote(_text(value), safe="") for value in values)
    return f"{quote(name, safe='')}={joined}"
