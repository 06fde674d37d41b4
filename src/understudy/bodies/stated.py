"""Stated bodies: what a contract gives as examples of an answer, as values or as the bytes that they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final

from msgspec import Struct

from understudy.bodies.codec import codec_for
from understudy.contracts.contract import MediaType
from understudy.contracts.sequences import kind_of
from understudy.contracts.source import LeadsNowhere, Node
from understudy.errors import ContractError, Refusal
from understudy.media import json_codec
from understudy.media import types as media_types
from understudy.media.files import decoded, is_file
from understudy.media.xml_codec import is_well_formed
from understudy.messages import NOTHING, Written
from understudy.schemas.examples import own_examples, stated_examples
from understudy.schemas.subschemas import mapping
from understudy.schemas.validators import Validators

_DECLARATION: Final = re.compile(r"""\s*<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']""")


class StatedBodies(Struct, frozen=True):
    """The bodies that one contract states. validators: of its answers."""

    validators: Validators

    def of(self, media: MediaType, name: str) -> Iterator[tuple[str, Any]]:
        """Yield name and body of each example that the schema accepts; `example` has no name.

        name: the concrete media type. A text that stands for something else than a text is read by its media
        type: XML, events or lines as they are written, a file in base64, JSON.
        """
        is_valid = self._check(media)
        whole = self._written_ones(media, name)
        for title, value in stated_examples(media.node):
            if title not in whole:
                body = self._body(media, name, value, is_valid)
                if body is not NOTHING:
                    yield title, body
        yield from whole.items()
        if media.schema is not None and (is_file(name) or media_types.is_xml(name) or kind_of(name)):
            for text in filter(_is_text, own_examples(media.schema)):
                read = self._of_text(media, name, text)
                if read is not NOTHING:
                    yield "", read

    def values(self, media: MediaType) -> Iterator[Any]:
        """Yield the values that the examples of a media type are or stand for; files are none."""
        received = media_types.parse_or_none(media.name)
        for _, body in self.of(media, media.name):
            if type(body) is not Written:
                yield body
            elif received is not None and not is_file(media.name):
                codec = codec_for(media, self.validators.for_node, media.name)
                with suppress(Refusal):
                    yield codec.decoder(received)(body)

    def written(self, media: MediaType, name: str) -> Written | None:
        """Return the first example, where that is no value but the bytes that go out."""
        _, body = next(self.of(media, name), ("", None))
        return body if type(body) is Written else None

    def _check(self, media: MediaType) -> Callable[[Any], bool]:
        if media.schema is None:
            return _anything
        return self.validators.for_node(media.schema).is_valid

    def _body(self, media: MediaType, name: str, value: Any, is_valid: Callable[[Any], bool]) -> Any:
        if isinstance(value, str) and not media_types.is_json(name):
            read = self._of_text(media, name, value)
            is_broken = media_types.is_xml(name) and _is_markup(value)
            if read is not NOTHING or is_broken:
                return read
        if is_valid(value):
            return value
        if kind_of(name) and is_valid([value]):
            return [value]
        if isinstance(value, str) and media_types.is_json(name):
            return _json(value, is_valid)
        return NOTHING

    def _of_text(self, media: MediaType, name: str, text: str) -> Any:
        """Return what a text stands for that is the body as it goes out; NOTHING where it says itself."""
        if is_file(name):
            content = decoded(name, text)
            if content is not None:
                return Written(content)
            return NOTHING
        is_read = media_types.is_xml(name) or (kind_of(name) and media.schema is not None)
        if not is_read or (media_types.is_xml(name) and not _is_markup(text)):
            return NOTHING
        written = Written(_in_its_charset(text, name))
        if self._holds(media, name, written):
            return written
        return NOTHING

    def _holds(self, media: MediaType, name: str, body: bytes) -> bool:
        """Tell whether bytes are a body of their media type and schema."""
        received = media_types.parse_or_none(name)
        if received is None:
            return False
        codec = codec_for(media, self.validators.for_node, name)
        with suppress(Refusal):
            value = codec.decoder(received)(body)
            if not _is_text_alone(media, value):
                return self._check(media)(value)
            if not media_types.is_xml(name):
                return True
        return media_types.is_xml(name) and is_well_formed(body)  # under another name than is told

    def _written_ones(self, media: MediaType, name: str) -> dict[str, Any]:
        """Return what stands under `serializedValue`, or in a file that `externalValue` names, by name."""
        found: dict[str, Any] = {}
        for title in mapping(media.node, "examples"):
            content = _content(media.node.find("examples", title))
            if content is None:
                continue
            body: Any = Written(content)
            if media_types.is_json(name):
                body = _json(content.decode("utf-8", "replace"), self._check(media))
            if body is not NOTHING:
                found[str(title)] = body
        return found


def states_text(media: MediaType) -> bool:
    """Tell whether an example of a media type stands there as a text, or elsewhere, and not as a value."""
    if isinstance(media.node.get("example"), str):
        return True
    for title in mapping(media.node, "examples"):
        example = media.node.find("examples", title)
        if example is None or not isinstance(example.value, dict):
            continue
        if "serializedValue" in example.value or "externalValue" in example.value:
            return True
        if isinstance(example.get("value"), str):
            return True
    if media.schema is None:
        return False
    return any(map(_is_text, own_examples(media.schema)))


def _in_its_charset(text: str, name: str) -> bytes:
    """Return a text in the charset that its media type, or its XML declaration, names."""
    declared = _DECLARATION.match(text)
    charset = media_types.charset_of(name) or (declared and declared[1]) or "utf-8"
    codec = media_types.charset_codec(charset) or "utf-8"
    return text.encode(codec, "xmlcharrefreplace")


def _content(example: Node | None) -> bytes | None:
    if example is None or not isinstance(example.value, dict):
        return None
    serialized, place = example.get("serializedValue"), example.get("externalValue")
    if isinstance(serialized, str):
        return serialized.encode()
    if not isinstance(place, str):
        return None
    with suppress(LeadsNowhere, ContractError):
        return example.document.attachment(example.file, place)
    return None


def _json(text: str, is_valid: Callable[[Any], bool]) -> Any:
    """Return the JSON that a text is; NOTHING where it is none, or is not what it should be."""
    with suppress(Refusal):
        value = json_codec.decode(text.encode())
        if is_valid(value):
            return value
    return NOTHING


def _is_markup(text: str) -> bool:
    return text.lstrip().startswith("<")


def _is_text_alone(media: MediaType, value: Any) -> bool:
    return media.schema is None and isinstance(value, str)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _anything(_value: Any) -> bool:
    return True
