"""Answers on the wire: which media type the caller gets, and the bytes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.bodies.codec import Codec, Encode, codec_for
from understudy.bodies.files import file_type
from understudy.bodies.form_fields import ValidatorOf
from understudy.contracts.answers import is_json_unnamed, offered
from understudy.contracts.contract import Contract, MediaType, Operation
from understudy.contracts.source import Node
from understudy.media import json_codec
from understudy.media import types as media_types
from understudy.media.negotiation import choose, nearest
from understudy.messages import Response, Written
from understudy.schemas.direction import Direction
from understudy.schemas.validators import Validator, validators_of
from understudy.server.asgi import Headers, wire_headers

JSON = "application/json"
REMEMBERED = 1024  # outcomes of headers that are kept; a caller who sends a new one each time costs no memory


_Asked = tuple[Operation | None, int, str, bytes]
"""What decides how an answer is written: its operation, status and media type, and Accept."""


class Encoder:
    """Encodes the answers of one contract; without a contract, of the server itself."""

    def __init__(self, contract: Contract | None) -> None:
        self.contract = contract
        self._codecs: dict[tuple[str, str], Codec] = {}
        self._validator_of: ValidatorOf = _accept_all
        if contract:
            self._validator_of = validators_of(contract, Direction.REQUEST).for_node
        self._forms: dict[_Asked, tuple[Encode, bytes]] = {}

    def choose(
        self, accept: str | None, content: Mapping[str, MediaType], *, is_strict: bool = False
    ) -> tuple[str, bytes]:
        """Return the declared media type a caller gets and its name on the wire.

        is_strict: whether a caller who accepts none of them gets none. Raises NotAcceptable.
        """
        pick, names = nearest, offered(content)
        if is_strict:
            pick, names = choose, list(content)
        forms = {range_: found for range_ in names if (found := file_type(content[range_]))}
        concrete = pick(accept, names, forms)
        return media_types.select(concrete, content) or next(iter(content)), concrete.encode("latin-1")

    def codec(self, media: MediaType, name: str) -> Codec:
        """Return the codec of a media type of this contract, compiled on first use.

        name: the concrete one of a range.
        """
        if "*" not in media.name:
            name = media.name
        codec = self._codecs.get((media.node.address, name))
        if codec is None:
            codec = self._codecs[media.node.address, name] = codec_for(media, self._validator_of, name)
        return codec

    def encode(
        self, operation: Operation | None, response: Response, accept: bytes = b""
    ) -> tuple[bytes, Headers]:
        """Return the body and the headers of an answer; `accept`: what the caller takes, empty for anything.

        Raises NotAcceptable where its media type cannot carry it.
        """
        headers: Headers = []
        if response.headers:
            headers = wire_headers(response.headers)
        if not response.has_body:
            return b"", headers
        key = (operation, response.status, response.media_type, accept)
        form = self._forms.get(key)
        if form is None:
            if len(self._forms) >= REMEMBERED:
                self._forms.clear()
            form = self._forms[key] = self._form(*key)
        encode, name = form
        headers.append((b"content-type", name))
        if response.data is not None and encode is json_codec.encode:
            return response.data, headers
        body = response.body
        if encode is json_codec.encode and type(body) is Written:
            return body, headers
        return encode(body), headers

    def _form(
        self, operation: Operation | None, status: int, media_type: str, accept: bytes
    ) -> tuple[Encode, bytes]:
        """Return how an answer is written and its media type; an error is written even where the caller
        accepts none of its types.
        """
        answer = operation.answer(status) if operation else None
        if answer is None or not answer.content:
            return _unlisted(media_type), (media_type or JSON).encode("latin-1")
        content, wanted = answer.content, accept.decode("latin-1") or None
        if media_type:
            if media_type not in content and not media_types.select(media_type, content):
                return _unlisted(media_type), media_type.encode("latin-1")
            if "*" not in media_type:
                wanted = media_type
        declared, name = self.choose(wanted, content)
        if is_json_unnamed(content[declared]):
            is_asked_for = declared.encode() in accept and b"*/*" not in accept
            return json_codec.encode, name if is_asked_for else JSON.encode()
        codec = self.codec(content[declared], name.decode("latin-1"))
        return codec.encode, name + codec.parameters.encode("latin-1")


def _unlisted(media_type: str) -> Encode:
    """Return what writes a body of a media type that the contract does not list: as JSON, or as it stands."""
    if not media_type or media_types.is_json(media_type):
        return json_codec.encode
    return _as_it_stands


def _as_it_stands(value: Any) -> bytes:
    if type(value) is Written:
        return value
    return json_codec.encode(value)


def _accept_all(_: Node) -> Validator:
    return Validator(True)
