"""Redaction: what goes by a credential's name is taken out of an entry when it is written out.

By name, and never while requests are served: headers, cookies, parameters of the path and the query, members
of JSON and fields of forms. Free text is not looked through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qsl

from understudy.errors import BodyMalformed, Failure, show
from understudy.journal.credentials import Secrets
from understudy.media import json_codec
from understudy.pointers import tokens

REDACTED: Final = "[redacted]"

_AUTHORIZATIONS: Final = frozenset({"authorization", "proxy-authorization"})
_URLS: Final = frozenset({"location", "content-location", "referer"})
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,19}")
_PARAMETER = re.compile(r"([?&#])([^=&#]+)=([^&#]+)")


class Redactor:
    """Hides the credentials of one entry.

    Give it the failures first, since sentences and answers repeat them.
    """

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._repeated: dict[str, str] = {}  # sentences, and what stands in their place
        self._values: dict[str, str] = {}  # the same for what came

    def failure(self, failure: Failure) -> Failure:
        """Hide what came where a credential should have been, from now on also where its sentence is
        repeated.
        """
        shown = self._received(failure)
        if shown == failure.received:
            return failure
        hidden = Failure(failure.location, failure.pointer, failure.rule, failure.expected, shown)
        self._repeated[failure.message] = hidden.message
        self._values[failure.received] = shown
        return hidden

    def text(self, text: str) -> str:
        """Hide what a text repeats of the failures: what came, alone or in a sentence."""
        if text in self._values:
            return self._values[text]
        for sentence, hidden in self._repeated.items():
            text = text.replace(sentence, hidden)
        return text

    def headers(self, headers: Iterable[Sequence[bytes]]) -> list[tuple[str, str]]:
        """Return headers as text, in order. Of an Authorization its scheme stays, of a cookie its name."""
        shown: list[tuple[str, str]] = []
        for key, value in headers:
            name = str(key, "latin-1")
            shown.append((name, self._header(name.lower(), str(value, "latin-1"))))
        return shown

    def query(self, query: bytes) -> list[tuple[str, str]]:
        """Return a query's decoded names and values, in order."""
        shown: list[tuple[str, str]] = []
        for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
            hides = value and self._secrets.is_query(name)
            shown.append((name, REDACTED if hides else value))
        return shown

    def url(self, url: str) -> str:
        """Hide the credentials among the parameters of a URL."""
        return _PARAMETER.sub(self._parameter, url)

    def path(self, path: str, operation: str) -> str:
        """Hide what stands in a path for the template's parameters that are credentials.

        operation: its key, or empty.
        """
        names, segments = operation.partition(" ")[2].split("/"), path.split("/")
        shared = min(len(names), len(segments))
        for place in range(-shared, 0):  # from the end: a contract may be mounted under a prefix
            is_parameter = names[place].startswith("{") and segments[place]
            if is_parameter and self._secrets.is_member(names[place]):
                segments[place] = REDACTED
        return "/".join(segments)

    def value(self, value: Any) -> Any:
        """Hide the credentials in a JSON value, which itself stays as it is."""
        if isinstance(value, dict):
            return {name: self._member(name, member) for name, member in value.items()}
        if isinstance(value, list):
            return list(map(self.value, value))
        if isinstance(value, str):
            return self.text(value)
        return value

    def _received(self, failure: Failure) -> str:
        """Return what came in the place of what was wanted, which may have credentials among its members."""
        if failure.received and self._secrets.is_value(failure.location, failure.pointer):
            return REDACTED
        if failure.received.startswith(("{", "[")):
            return self._members(failure.received)
        return failure.received

    def _members(self, text: str) -> str:
        try:
            value = json_codec.decode(text.encode())
        except BodyMalformed:  # only its beginning is quoted, which nobody can look into
            return REDACTED
        shown = self.value(value)
        if shown == value:
            return text
        return show(shown)

    def _header(self, name: str, value: str) -> str:
        if name in _AUTHORIZATIONS:
            return _authorization(value)
        if name == "cookie":
            return "; ".join(map(_cookie, value.split(";")))
        if name == "set-cookie":
            pair, separator, attributes = value.partition(";")
            return f"{_cookie(pair)}{separator}{attributes}"
        if value and self._secrets.is_header(name):
            return REDACTED
        if name in _URLS:
            return self.url(value)
        return value

    def _parameter(self, found: re.Match[str]) -> str:
        if self._secrets.is_query(found[2]):
            return f"{found[1]}{found[2]}={REDACTED}"
        return found[0]

    def _member(self, name: str, member: Any) -> Any:
        """Hide a credential with all there is in it.

        That there is none, and a flag or a count, is no secret.
        """
        if not self._secrets.is_member(name):
            return self.value(member)
        is_count = isinstance(member, (int, float)) and name.lower().endswith("tokens")
        if is_count or isinstance(member, bool) or member in (None, ""):
            return member
        return REDACTED


def given(secrets: Secrets, headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers that somebody gave us to send or to compare with as they may be shown."""
    encode = partial(str.encode, encoding="latin-1", errors="replace")
    return dict(
        Redactor(secrets).headers(zip(map(encode, headers), map(encode, headers.values()), strict=True))
    )


def pointed(secrets: Secrets, pointer: str, value: Any) -> Any:
    """Return the value at a pointer into a body as it may be shown."""
    if any(map(secrets.is_member, tokens(pointer))):
        return REDACTED
    return Redactor(secrets).value(value)


def _authorization(value: str) -> str:
    scheme, space, _ = value.strip().partition(" ")
    if space and _SCHEME.fullmatch(scheme):
        return f"{scheme} {REDACTED}"
    return REDACTED


def _cookie(pair: str) -> str:
    name, equals, _ = pair.strip().partition("=")
    if equals:
        return f"{name}={REDACTED}"
    return REDACTED
