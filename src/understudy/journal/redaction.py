"""Redaction: credentials taken out of an entry when it is written out, never while requests are served.

What goes by a credential's name is hidden where it stands; what was hidden is then looked for in everything else that is
written out, since errors and answers like to repeat what they were given.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, quote, quote_plus, unquote

from understudy.errors import Failure
from understudy.journal.credentials import Secrets
from understudy.media import json_codec
from understudy.pointers import tokens

REDACTED: Final = "[redacted]"

REPEATED: Final = 8
"""Characters of a credential that is looked for elsewhere; shorter ones are words that stand in many places with another meaning."""
LONGEST: Final = (
    8 * 1024
)  # characters of a credential; what is longer is a part of a body that could not be told from one

_COOKIES = frozenset({"cookie", "set-cookie"})
_AUTHORIZATIONS = frozenset({"authorization", "proxy-authorization"})
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,19}")
_WORDS = frozenset(
    {
        "password",
        "credentials",
        "client_credentials",
        "authorization",
        "authorization_code",
        "access_token",
        "refresh_token",
    }
)
_LABELS = ("name", "key", "field", "pointer", "header", "parameter", "path")
_LABELLED = frozenset({"value", "values", "received", "rejectedvalue", "input", "actual"})

# What is a credential whatever its name: a PEM private key, a JSON Web Token, and what follows a scheme's word.
_TELLING = (
    re.compile(r"(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----).*?(?:(?=-----END)|\Z)", re.DOTALL),
    re.compile(r"(?<![\w-])()eyJ[\w-]{5,}+\.[\w-]++(?:\.[\w-]*+)?"),
    # Who calls, in a URL, and in one that is a part of another.
    re.compile(r"(?<![\w+.-])([A-Za-z][A-Za-z0-9+.-]{0,30}+:\\?/\\?/)[^\s/?#\"'<>\\]+(?=@)"),
    re.compile(
        r"(?<![\w+.-])([A-Za-z][A-Za-z0-9+.-]{0,30}+%3A%2F%2F)(?:(?!%2F|%3F|%23)[^\s/?#&\"'<>\\])+(?=%40|@)",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<![\w-])((?:Bearer|Basic)\s+)(?=[\w.~+/-]*[0-9])[\w.~+/=-]{8,}+", re.IGNORECASE
    ),  # not of "basic authentication"
)
_HINT = re.compile(
    r"[=:]|%3[Aa]|eyJ|PRIVATE|[Bb][Ee][Aa][Rr][Ee][Rr]\s|[Bb][Aa][Ss][Ii][Cc]\s"
)  # without one of these, no line of text holds a credential
# Names in a text, each with the value that follows: in a query or form, in JSON or what a program prints of it.
_IN_TEXT = (
    (
        re.compile(r"(?<![\w.%\[\]-])(?P<name>[\w.%\[\]-]++)="),
        re.compile(r"\"[^\"]*+\"?|'[^']*+'?|[^&\s\"'<>]+"),
    ),
    (
        re.compile(r"(?P<quote>[\"'])(?P<name>(?:(?!(?P=quote))[^\\]){1,100}+)\\*+(?P=quote)\s*+:\s*+"),
        re.compile(
            r"(?:null|true|false)\b()|\"(?:[^\"\\]|\\.)*+\"?|'(?:[^'\\]|\\.)*+'?|[\[{\\].*|[^\s,}\]]+",
            re.DOTALL,
        ),
    ),
)
# The same in a whole document: an XML element, a part of a form, a line of YAML or of headers.
_IN_DOCUMENTS = (
    *_IN_TEXT,
    (
        re.compile(r"<(?:[\w-]{1,100}:)?(?P<name>[\w.-]++)(?:\s[^<>]*+)?>"),
        re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|[^<]+", re.DOTALL),
    ),
    (
        re.compile(r"\bname=\"(?P<name>[^\"\r\n]{1,200})\"[^\r\n]*+\r?\n(?:[^\r\n]++\r?\n){0,8}\r?\n"),
        re.compile(r".+?(?=\r?\n--|\Z)", re.DOTALL),
    ),
    (re.compile(r"^[ \t-]*+(?P<name>[\w.-]++)[ \t]*+:[ \t]*+", re.MULTILINE), re.compile(r"[^\r\n]+")),
)


class Redactor:
    """Hides the credentials of one entry. Give it every part first, then let each go through `sweep`."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._found: set[str] = set()  # what must not be repeated
        self._replaced: dict[str, str] = {}  # sentences with what stands for them
        self._ordered: list[str] | None = None

    # -- the parts of an entry

    def headers(self, headers: Iterable[Sequence[bytes]]) -> list[tuple[str, str]]:
        """Return headers as text, in order. Of an Authorization its scheme stays, of a cookie its name."""
        return [
            (name, self._header(name, value))
            for name, value in ((str(n, "latin-1"), str(v, "latin-1")) for n, v in headers)
        ]

    def query(self, query: bytes) -> list[tuple[str, str]]:
        """Return a query's decoded names and values, in order."""
        pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
        return [
            (name, self._hide_text(value) if self._secrets.is_query(name) else self.text(value))
            for name, value in pairs
        ]

    def path(self, path: str, operation: str) -> str:
        """Hide what stands in a path for the template's parameters that are credentials. operation: its key, or empty."""
        names, segments = operation.partition(" ")[2].split("/"), path.split("/")
        for place in range(
            -1, -1 - min(len(names), len(segments)), -1
        ):  # from the end: a contract may be mounted under a prefix
            if names[place].startswith("{") and self._secrets.is_member(names[place]):
                segments[place] = self._hide_text(unquote(segments[place]))
        return self.text("/".join(segments))

    def value(self, value: Any) -> Any:
        """Hide the credentials in a JSON value, which itself stays as it is."""
        if isinstance(value, dict):
            labelled = any(name.lower() in _LABELLED for name in value) and self._is_labelled(value)
            return {name: self._member(name, member, labelled) for name, member in value.items()}
        if isinstance(value, list):
            return [self.value(item) for item in value]
        return self.text(value) if isinstance(value, str) else value

    def text(self, text: str) -> str:
        """Hide what is plainly a credential in a line of text: a header's value, a sentence, a URL."""
        return self._scan(text, _IN_TEXT) if _HINT.search(text) else text

    def document(self, text: str) -> str:
        """Hide credentials in a body that is not, or not whole, what could be decoded."""
        return self._scan(text, _IN_DOCUMENTS)

    def failure(self, failure: Failure) -> Failure:
        """Hide what came where a credential should have been, and note how sentences would repeat it."""
        if not failure.received:
            return failure
        shown = (
            REDACTED
            if self._secrets.is_value(failure.location, failure.pointer)
            else self.text(failure.received)
        )
        if shown == failure.received:
            return failure
        hidden = Failure(failure.location, failure.pointer, failure.rule, failure.expected, shown)
        self._replaced[failure.message], self._ordered = hidden.message, None
        if shown == REDACTED:
            self._note(failure.received)
            self._note(failure.received.strip("\"'"))
        return hidden

    def sweep(self, value: Any) -> Any:
        """Return a value without what was hidden in any part before."""
        if isinstance(value, str):
            return self._sweep(value)
        # Most values repeat nothing, which their text tells quicker than a walk through them.
        text = json_codec.encode(value).decode()
        return (
            self._swept(value)
            if any(repeated in text or _in_json(repeated) in text for repeated in self._repeated())
            else value
        )

    # -- how

    def _header(self, name: str, value: str) -> str:
        name = name.lower()
        if name in _AUTHORIZATIONS:
            scheme, space, credential = value.strip().partition(" ")
            if not (space and _SCHEME.fullmatch(scheme)):
                return self._hide_text(value)
            self._note_login(credential)
            return f"{scheme} {self._hide_text(credential.strip())}"
        if name in _COOKIES:
            pairs, separator, attributes = value.partition(";") if name == "set-cookie" else (value, "", "")
            return "; ".join(map(self._cookie, pairs.split(";"))) + separator + attributes
        return self._hide_text(value) if self._secrets.is_header(name) else self.text(value)

    def _cookie(self, pair: str) -> str:
        name, equals, value = pair.strip().partition("=")
        return f"{name}={self._hide_text(value)}" if equals else self._hide_text(name)

    def _is_labelled(self, value: Mapping[str, Any]) -> bool:
        """Tell whether an object says by one member that another is a credential: `{"name": "password", "value": "…"}`."""
        labels = [value[label] for label in _LABELS if isinstance(value.get(label), str)]
        return any(self._secrets.is_header(label) or self._secrets.is_value("", label) for label in labels)

    def _member(self, name: str, member: Any, labelled: bool) -> Any:
        if self._secrets.is_member(name) or (labelled and name.lower() in _LABELLED):
            is_count = isinstance(member, (int, float)) and name.lower().endswith("tokens")
            return member if is_count else self._hide(member)
        return self.value(member)

    def _hide(self, value: Any) -> Any:
        """Hide a value with all there is in it. That there is none, and a flag, is no secret."""
        if value is None or isinstance(value, bool) or value == "":
            return value
        waiting = [value]
        while waiting:
            one = waiting.pop()
            if isinstance(one, dict):
                waiting.extend(one.values())
            elif isinstance(one, list):
                waiting.extend(one)
            elif not isinstance(one, bool):
                self._note(str(one))
        return REDACTED

    def _hide_text(self, text: str) -> str:
        self._note(text)
        return REDACTED if text else ""

    def _scan(self, text: str, patterns: Sequence[tuple[re.Pattern[str], re.Pattern[str]]]) -> str:
        for telling in _TELLING:
            text = telling.sub(self._tell, text)
        for names, values in patterns:
            text = self._hide_named(text, names, values)
        return text

    def _tell(self, match: re.Match[str]) -> str:
        secret = match[0][len(match[1]) :]
        self._note(secret)
        self._note(secret.partition(":")[2])  # of a login the password alone
        return match[1] + REDACTED

    def _hide_named(self, text: str, names: re.Pattern[str], values: re.Pattern[str]) -> str:
        pieces, done = [], 0
        for match in names.finditer(text):
            if match.start() < done or not self._is_credential(match, text):
                continue
            value = values.match(text, match.end())
            if value and not (value.lastindex or value[0].startswith(REDACTED)):
                mark = value[0][0] if value[0][0] in "\"'" else ""
                self._note(value[0].removeprefix("<![CDATA[").removesuffix("]]>").strip("\"'"))
                pieces += [text[done : match.end()], mark, REDACTED, mark]
                done = value.end()
        return "".join([*pieces, text[done:]])

    def _is_credential(self, match: re.Match[str], text: str) -> bool:
        name = unquote(match["name"])
        return self._secrets.is_name(name) or (
            text[match.start() - 1 : match.start()] in ("?", "&") and self._secrets.is_query(name)
        )

    def _note(self, secret: str) -> None:
        """Remember a credential, in each way it may be written."""
        if REPEATED <= len(secret) <= LONGEST and secret not in _WORDS:
            raw = (secret, unquote(secret))
            spelt = (way(one) for one in raw for way in (quote, quote_plus, _in_json))
            self._ordered = None
            self._found.update(raw, spelt, (one.encode("utf-8", "replace").decode("latin-1") for one in raw))

    def _note_login(self, credential: str) -> None:
        """Remember the password of a Basic credential."""
        try:
            login = base64.b64decode(credential, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return
        self._note(login)
        self._note(login.partition(":")[2])

    def _repeated(self) -> list[str]:
        """Return what must not be repeated, longest first, so that no part of one is taken for another."""
        if self._ordered is None:
            self._ordered = sorted({*self._found, *self._replaced}, key=len, reverse=True)
        return self._ordered

    def _sweep(self, text: str) -> str:
        for repeated in self._repeated():
            if repeated in text:
                text = text.replace(repeated, self._replaced.get(repeated, REDACTED))
        return text

    def _swept(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._sweep(value)
        if isinstance(value, dict):
            return {self._sweep(name): self._swept(member) for name, member in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(self._swept(item) for item in value)
        return value


def given(secrets: Secrets, headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers that somebody gave us to send or to compare with as they may be shown."""
    pairs = [
        (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
        for name, value in headers.items()
    ]
    return dict(Redactor(secrets).headers(pairs))


def pointed(secrets: Secrets, pointer: str, value: Any) -> Any:
    """Return the value at a pointer into a body as it may be shown."""
    if any(map(secrets.is_member, tokens(pointer))):
        return REDACTED
    return Redactor(secrets).value(value)


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]
