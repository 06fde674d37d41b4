"""An entry as it may be shown: decoded, and without its credentials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from understudy.errors import Failure
from understudy.journal.content import Content
from understudy.journal.credentials import Secrets
from understudy.journal.entry import Entry
from understudy.journal.redaction import REDACTED, Redactor
from understudy.media import json_codec
from understudy.messages import NOTHING

Pairs = Sequence[tuple[str, str]]


class ShownBody(Struct, frozen=True):
    """A body: a `value` where it could be decoded, always with its `text`.

    Else a `text`; else `data`, bytes that are no text.
    """

    media_type: str
    text: str | None = None
    value: Any = NOTHING
    data: bytes = b""
    is_form: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there was no body."""
        return not (self.text or self.data)


class Shown(Struct, frozen=True):
    """What of an entry has to be redacted; the rest can be read from the entry itself."""

    path: str
    query: Pairs
    request_headers: Pairs
    response_headers: Pairs
    request: ShownBody
    response: ShownBody
    refusal: str
    failures: tuple[Failure, ...]


def show(entry: Entry, secrets: Secrets) -> Shown:
    """Decode an entry and take its credentials out."""
    redactor = Redactor(secrets)
    failures = tuple(map(redactor.failure, entry.failures))
    hides_text = secrets.is_about(entry.operation, entry.operation_id, entry.path)
    return Shown(
        path=redactor.path(entry.path, entry.operation),
        query=redactor.query(entry.query),
        request_headers=redactor.headers(entry.request_headers),
        response_headers=redactor.headers(entry.response_headers),
        request=_body(redactor, entry.request_content, entry.request_body, hides_text),
        response=_body(redactor, entry.response_content, entry.response_body, hides_text),
        refusal=redactor.text(entry.refusal),
        failures=failures,
    )


def _body(redactor: Redactor, content: Content, body: bytes, hides_text: bool) -> ShownBody:
    """Show a body.

    One without members has no names: where the operation is about credentials, it may be one.
    """
    if content.value is not NOTHING:
        return _members(redactor, content)
    if body and (hides_text or content.is_opaque):
        return ShownBody(content.media_type, REDACTED)
    if content.text is not None:
        return ShownBody(content.media_type, content.text)
    return ShownBody(content.media_type, data=body)


def _members(redactor: Redactor, content: Content) -> ShownBody:
    value, text = redactor.value(content.value), content.text
    if value != content.value:
        text = json_codec.encode(value).decode()
    return ShownBody(content.media_type, text, value, is_form=content.is_form)
