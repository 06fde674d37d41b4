"""Requests made up for whoever wants to try an operation: valid by its contract, about records there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final
from urllib.parse import unquote

from faker import Faker

from understudy.bodies.codec import codec_for
from understudy.callbacks.outgoing import Writing, pairs, simple
from understudy.contracts.answers import json_media
from understudy.contracts.contract import MediaType, Operation, Parameter
from understudy.errors import ContractError
from understudy.media import json_codec
from understudy.media import types as media_types
from understudy.messages import NOTHING
from understudy.sandbox import Sandbox
from understudy.schemas.direction import Direction
from understudy.schemas.examples import stated_examples
from understudy.schemas.generator import Ungeneratable
from understudy.schemas.validators import validators_of
from understudy.sessions import Session

_ANY: Final = "any credential is good, unless the session says who may call"


class Examples:
    """Makes up requests of one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._writing = Writing(sandbox.contract)
        self._validator_of = validators_of(sandbox.contract, Direction.REQUEST).for_node

    async def of(self, operation: Operation, session: Session) -> dict[str, Any]:
        """Return a request of an operation as the admin API writes it. Raises ContractError."""
        fake = self._sandbox.context(operation.key, session).fake("example")
        known = await self._ids(operation, session)
        parameters: list[dict[str, Any]] = []
        for parameter in operation.parameters:
            parameters += self._written(parameter, known, fake)
        parameters += self._credential(operation)
        example: dict[str, Any] = {
            "method": operation.method.upper(),
            "path": operation.path,
            "parameters": parameters,
        }
        media = _media(operation)
        if media is not None:
            example |= self._body(media, fake)
        return example

    # -- parameters

    def _written(self, parameter: Parameter, known: dict[str, str], fake: Faker) -> Iterator[dict[str, Any]]:
        value = self._writing.value(parameter, fake)
        if parameter.location == "path" and parameter.name in known:
            value = known[parameter.name]
        for name, text in _texts(parameter, value):
            yield _row(name, parameter.location, text, parameter.node.get("description"), parameter.required)

    async def _ids(self, operation: Operation, session: Session) -> dict[str, str]:
        """Return ids of records there are, by the parameter of the path that each would stand for."""
        store = self._sandbox.world(session).store
        segments = operation.path.split("/")
        known: dict[str, str] = {}
        for name, collection in self._sandbox.model.collections.items():
            at = collection.at.split("/")
            is_way = len(at) > 1 and segments[: len(at)] == at
            if is_way and at[-1].startswith("{"):
                page = await store.list(name, limit=1)
                for record in page.records:
                    known[at[-1].strip("{}")] = str(record.key)
        return known

    def _credential(self, operation: Operation) -> Iterator[dict[str, Any]]:
        """Yield what the first way to be let in asks for."""
        schemes = self._sandbox.contract.security_schemes
        for name in next(iter(operation.security), {}):
            scheme = schemes.get(name)
            if scheme is None:
                continue
            if scheme.get("type") == "apiKey":
                yield _row(str(scheme.get("name")), str(scheme.get("in")), "anything", _ANY, required=True)
            elif scheme.get("type") == "http" and str(scheme.get("scheme")).lower() == "basic":
                yield _row("Authorization", "header", "Basic YW55Ym9keTphbnl0aGluZw==", _ANY, required=True)
            elif scheme.get("type") != "mutualTLS":
                yield _row("Authorization", "header", "Bearer anything", _ANY, required=True)

    # -- the body

    def _body(self, media: MediaType, fake: Faker) -> dict[str, Any]:
        name = "application/json" if "*" in media.name else media.name
        value = self._value(media, fake)
        if value is NOTHING:
            return {"mediaType": name}
        if media_types.is_json(name):
            return {"mediaType": name, "content": json_codec.encode(value).decode()}
        codec = codec_for(media, self._validator_of, name)
        written = {"mediaType": name + codec.parameters}
        with suppress(UnicodeDecodeError):
            written["content"] = codec.encode(value).decode()
        return written

    def _value(self, media: MediaType, fake: Faker) -> Any:
        """Return the first valid example, else what can be generated; NOTHING where that is nothing."""
        examples = [value for _, value in stated_examples(media.node)]
        if media.schema is None:
            return next(iter(examples), NOTHING)
        is_valid = self._validator_of(media.schema).is_valid
        for example in examples:
            if is_valid(example):
                return example
        try:
            return self._writing.payloads.generator.value(media.schema, fake)
        except (Ungeneratable, ContractError):
            return NOTHING


def _media(operation: Operation) -> MediaType | None:
    """Return the media type in which a body is best tried: JSON, else the first."""
    if operation.body is None:
        return None
    content = operation.body.content
    return json_media(content) or next(iter(content.values()), None)


def _texts(parameter: Parameter, value: Any) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of what a value is sent as, neither percent-encoded."""
    if parameter.location != "query":
        yield parameter.name, simple(value, parameter.explode)
        return
    for pair in pairs(parameter, value):
        for part in pair.split("&"):
            name, _, text = part.partition("=")
            yield unquote(name), unquote(text)


def _row(name: str, place: str, value: str, description: object, required: bool) -> dict[str, Any]:
    return {
        "name": name,
        "in": place,
        "required": required,
        "value": value,
        "description": str(description or ""),
    }
