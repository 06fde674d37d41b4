"""An entry as it may be shown: decoded, and without its credentials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from understudy.errors import Failure
from understudy.journal.content import Content
from understudy.journal.credentials import Secrets
from understudy.journal.entry import Entry
from understudy.journal.redaction import REDACTED, Redactor
from understudy.media import json_codec
from understudy.messages import NOTHING

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ShownBody:
    """A body: a `value` where it could be decoded, always with its `text`; else a `text`; else `data`, bytes that are no text."""

    media_type: str
    text: str | None = None
    value: Any = NOTHING
    data: bytes = b""
    is_form: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there was no body."""
        return not (self.text or self.data)


@dataclass(frozen=True, slots=True)
class Shown:
    """What of an entry has to be redacted; the rest can be read from the entry itself."""

    path: str
    query: Pairs
    request_headers: Pairs
    response_headers: Pairs
    request: ShownBody
    response: ShownBody
    refusal: str
    failures: tuple[Failure, ...]
    fault: str


def show(entry: Entry, secrets: Secrets) -> Shown:
    """Decode an entry and take its credentials out."""
    redactor = Redactor(secrets)
    is_about_credentials = secrets.is_about(entry.operation, entry.operation_id, entry.path)
    failures = tuple(map(redactor.failure, entry.failures))
    texts = {
        "path": redactor.path(entry.path, entry.operation),
        "query": redactor.query(entry.query),
        "request_headers": redactor.headers(entry.request_headers),
        "response_headers": redactor.headers(entry.response_headers),
        "refusal": redactor.text(entry.refusal),
        "fault": redactor.text(entry.fault),
    }
    request = _body(redactor, entry.request_content, entry.request_body, is_about_credentials)
    response = _body(redactor, entry.response_content, entry.response_body, is_about_credentials)
    # Only now is everything known that must not be repeated.
    return Shown(
        **{name: redactor.sweep(text) for name, text in texts.items()},
        request=_swept(redactor, request, entry.request_content),
        response=_swept(redactor, response, entry.response_content),
        failures=tuple(
            Failure(f.location, f.pointer, f.rule, f.expected, redactor.sweep(f.received)) for f in failures
        ),
    )


def _body(redactor: Redactor, content: Content, body: bytes, is_about_credentials: bool) -> ShownBody:
    """Show a body. Bytes nobody can look into are shown, unless they may be a credential."""
    if content.value is not NOTHING:
        return ShownBody(content.media_type, "", redactor.value(content.value), is_form=content.is_form)
    if content.text is not None:
        return ShownBody(content.media_type, redactor.document(content.text))
    if content.is_opaque or is_about_credentials:
        return ShownBody(content.media_type, REDACTED)
    return ShownBody(
        content.media_type, data=redactor.document(body.decode("latin-1")).encode("latin-1", "replace")
    )


def _swept(redactor: Redactor, body: ShownBody, content: Content) -> ShownBody:
    if body.value is not NOTHING:
        value = redactor.sweep(body.value)
        text = (
            content.text if value == content.value else json_codec.encode(value).decode()
        )  # as it was sent, where nothing was hidden
        return ShownBody(body.media_type, text, value, is_form=body.is_form)
    if body.text is not None:
        return ShownBody(body.media_type, redactor.sweep(body.text))
    data = redactor.sweep(body.data.decode("latin-1")).encode("latin-1", "replace")
    return ShownBody(body.media_type, data=data)
