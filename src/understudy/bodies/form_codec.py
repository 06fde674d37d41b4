"""Forms in and out as one line of text (application/x-www-form-urlencoded, OpenAPI 3.1 §4.8.14.2)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import Any
from urllib.parse import quote_plus

from understudy.bodies.form_fields import Field, Form, ValidatorOf
from understudy.contracts.contract import MediaType
from understudy.errors import BodyMalformed
from understudy.media import json_codec
from understudy.media.types import is_json
from understudy.messages import NOTHING
from understudy.parameters.styles import Style, decode_query, query_pairs

MOST_FIELDS = 10_000

_JOINTS = {"form": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C", "tabDelimited": "%09"}


class FormCodec:
    """Reads and writes the forms of one media type; what its schema says is gathered once, on first use."""

    def __init__(self, media: MediaType, validator_of: ValidatorOf) -> None:
        self._media, self._validator_of = media, validator_of

    @cached_property
    def _form(self) -> Form:
        return Form(self._media, self._validator_of, decode_query)

    def decode(self, body: bytes) -> Any:
        """Read a form as an object, by the schema; without one as texts.

        A form is UTF-8, whatever charset it came under.

        Raises BodyMalformed, or RequestInvalid for fields that cannot be read as their style or are given
        twice.
        """
        form = self._form
        if not form.takes_object:  # a contract may call anything a form
            return form.reading.value(_decoded(body))
        if body.count(b"&") >= MOST_FIELDS:
            raise BodyMalformed(f"the form has more than {MOST_FIELDS:,} fields")
        fields = []
        for name, text in query_pairs(body.strip(b"\r\n")):
            if name or text:
                fields.append(self._field(form, name, text))
        return form.value(fields)

    def _field(self, form: Form, name: str, text: str) -> Field:
        try:
            name.encode()
        except UnicodeEncodeError:  # a byte that was no UTF-8 has become a lone surrogate
            shown = name.encode("ascii", "backslashreplace").decode()
            raise BodyMalformed(f"the name of a field is not percent-encoded UTF-8: {shown:.60}") from None
        if not form.encodings or not _is_json(form.encoding(name)):
            return Field(name, text)
        return Field(name, text, _json(text))

    def encode(self, value: Any) -> bytes:
        """Write an object as a form; members without a declared style are written `a=1&a=2` and `b[c]=3`.

        What is no object, and no text either, has no form: it is written as JSON.
        """
        if isinstance(value, str):
            return value.encode()
        if not isinstance(value, dict):
            return json_codec.encode(value)
        pairs: list[str] = []
        for name, member in value.items():
            pairs += self._pairs(name, member)
        return "&".join(pairs).encode()

    def _pairs(self, name: str, value: Any) -> Iterator[str]:
        if _is_json(self._form.encoding(name)):
            yield f"{quote_plus(name)}={quote_plus(json_codec.encode(value))}"
            return
        style = self._form.style(name)
        joined = _joined(style, value)
        if joined is not None:
            yield f"{quote_plus(name)}={joined}"
        else:
            yield from _nested(name, value, style.name == "deepObject")


def _decoded(body: bytes) -> str:
    try:
        return decode_query(body.decode())
    except UnicodeDecodeError:
        raise BodyMalformed("the form is not percent-encoded UTF-8") from None


def _is_json(encoding: Any) -> bool:
    """Tell whether a member is written as JSON; where its style is stated, its media type means nothing
    (OpenAPI 3.1 §4.8.15.1).
    """
    return is_json(str(encoding.get("contentType", ""))) and encoding.keys().isdisjoint(
        ("style", "explode", "allowReserved")
    )


def _json(text: str) -> Any:
    """Read a text as JSON; what is none stays text, which the validator can name."""
    try:
        return json_codec.decode(decode_query(text).encode())
    except (BodyMalformed, UnicodeError):
        return NOTHING


# ---- writing


def _joined(style: Style, value: Any) -> str | None:
    """Write an array or an object as one text, where its style has it so and it holds primitives only."""
    joint = _JOINTS.get(style.name)
    if style.explode or joint is None or not value or not isinstance(value, (dict, list)):
        return None
    items = value
    if isinstance(value, dict):
        items = list(chain.from_iterable(value.items()))
    if any(map(_is_structure, items)):
        return None
    return joint.join(map(_quoted, items))


def _nested(name: str, value: Any, has_indices: bool) -> Iterator[str]:
    """Walk an object or array as brackets; an array of primitives repeats its name, unless the style asks for
    indices.
    """
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _nested(f"{name}[{key}]", member, True)
    elif isinstance(value, list):
        has_indices = has_indices or any(map(_is_structure, value))
        for index, item in enumerate(value):
            owner = f"{name}[{index}]" if has_indices else name
            yield from _nested(owner, item, True)
    else:
        yield f"{quote_plus(name)}={_quoted(value)}"


def _is_structure(value: Any) -> bool:
    return isinstance(value, (dict, list))


def _quoted(value: Any) -> str:
    if isinstance(value, str):
        return quote_plus(value)
    if value is None:
        return ""
    return quote_plus(json_codec.encode(value))
