"""Strings of a format: making them, and telling whether a string is one."""

from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import date
from email.utils import format_datetime
from typing import Final

from understudy.names import plural
from understudy.schemas.entity import EntityContext
from understudy.schemas.moments import instant
from understudy.schemas.patterns import compiled
from understudy.schemas.vocabulary import OWN_ADDRESS

_DATE_TIME: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_LABEL: Final = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_HOST: Final = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_EMAIL: Final = re.compile(rf"{_ATOM}(\.{_ATOM})*@{_HOST}(\.{_HOST})+")
_OCTET: Final = r"(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_URI_CHARS: Final = r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})"
_POINTER: Final = r"(/([^~/]|~[01])*)*"

_SHAPES: Final = {
    name: re.compile(pattern, re.ASCII)
    for name, pattern in {
        "uuid": r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
        "time": r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)",
        "duration": r"P(?=.)(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?)",
        "hostname": rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*",
        "ipv4": rf"{_OCTET}(\.{_OCTET}){{3}}",
        "ipv6": r"[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*",
        "uri": rf"[A-Za-z][A-Za-z0-9+.\-]*:{_URI_CHARS}+",
        "uri-reference": rf"{_URI_CHARS}*",
        "uri-template": r"[^\s{}\"<>\\^`|]*(\{[^\s{}]+\}[^\s{}\"<>\\^`|]*)*",
        "iri": r"[A-Za-z][A-Za-z0-9+.\-]*:\S+",
        "json-pointer": _POINTER,
        "relative-json-pointer": rf"(0|[1-9]\d*)(#|{_POINTER})",
        "base64url": r"[A-Za-z0-9_-]*={0,2}",
        "char": r"[^\ud800-\udfff]",
        "byte": r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
    }.items()
}  # fmt: skip


def holds(name: str, text: str) -> bool:
    """Tell whether a string is of a format, as strictly as a validator would; an unknown format holds for
    every string.
    """
    if name == "date":
        return len(text) == 10 and _is_date(text)
    if name == "date-time":
        found = _DATE_TIME.fullmatch(text)
        return found is not None and _is_date(found[1])
    if name in ("email", "idn-email"):
        return _EMAIL.fullmatch(text) is not None
    if name == "regex":
        return compiled(text) is not None
    shape = _SHAPES.get(name)
    return shape is None or shape.fullmatch(text) is not None


_OWN: Final = re.compile(OWN_ADDRESS)


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def is_known(name: str) -> bool:
    """Tell whether a format means anything here."""
    return name in _MAKERS or name in _SHAPES or name in OTHER_NAMES or name in _OTHERS


def by_format(name: str, entity: EntityContext, called: str) -> str | None:
    """Make a string of a format for a property called so; None for a format that is not known here."""
    make = _MAKERS.get(OTHER_NAMES.get(name, name))
    if make is None:
        return None
    return make(entity, called)


def _token(entity: EntityContext, called: str) -> str:
    """Return a JWT that nobody signed (RFC 7519 §6.1), but for the letters of a signature."""
    claims = f'{{"sub":"{entity.number(6)}","iat":{int(entity.moment(called).timestamp())}}}'
    parts = (b'{"alg":"HS256","typ":"JWT"}', claims.encode(), entity.hexadecimal(32).encode())
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def _path(entity: EntityContext, called: str) -> str:
    """Return a path on the site; that of the object itself ends in its id."""
    last = entity.hexadecimal(8)
    if _OWN.search(called):
        last = entity.id or last
    return f"/{plural(entity.word())}/{last}"


def _url(entity: EntityContext, called: str) -> str:
    return f"https://{entity.site}{_path(entity, called)}"


_MAKERS: Final[Mapping[str, Callable[[EntityContext, str], str]]] = {
    "date-time": lambda entity, called: instant(entity.moment(called)),
    "datetime": lambda entity, called: instant(entity.moment(called)),
    "timestamp": lambda entity, called: instant(entity.moment(called)),
    "date": lambda entity, called: entity.moment(called).date().isoformat(),
    "time": lambda entity, called: entity.moment(called).strftime("%H:%M:%SZ"),
    "duration": lambda entity, _: f"P{entity.random.randrange(1, 30)}D",
    "uuid": lambda entity, _: str(uuid.UUID(int=entity.random.getrandbits(128), version=4)),
    "guid": lambda entity, _: str(uuid.UUID(int=entity.random.getrandbits(128), version=4)),
    "email": lambda entity, _: entity.person.email,
    "idn-email": lambda entity, _: entity.person.email,
    "hostname": lambda entity, _: f"{entity.word().replace('_', '-')}.{entity.site}",
    "idn-hostname": lambda entity, _: f"{entity.word().replace('_', '-')}.{entity.site}",
    "ipv4": lambda entity, _: f"192.0.2.{entity.random.randrange(1, 255)}",
    "ipv6": lambda entity, _: f"2001:db8::{entity.random.randrange(1, 65536):x}",
    "uri": _url,
    "url": _url,
    "iri": _url,
    "uri-reference": _path,
    "iri-reference": _path,
    "uri-template": lambda entity, _: f"https://{entity.site}/{plural(entity.word())}/{{id}}",
    "json-pointer": lambda entity, _: f"/{entity.word()}/0",
    "relative-json-pointer": lambda entity, _: f"0/{entity.word()}",
    "regex": lambda entity, _: f"^{entity.word()}[0-9]+$",
    "byte": lambda entity, _: base64.b64encode(entity.hexadecimal(16).encode()).decode(),
    "base64": lambda entity, _: base64.b64encode(entity.hexadecimal(16).encode()).decode(),
    "base64url": lambda entity, _: (
        base64.urlsafe_b64encode(entity.hexadecimal(16).encode()).decode().rstrip("=")
    ),
    "char": lambda entity, _: entity.word()[0],
    "password": lambda entity, _: f"Correct-{entity.number(4)}",
    "decimal": lambda entity, _: f"{entity.random.randrange(100, 90000) / 100:.2f}",
    "number": lambda entity, _: entity.number(3),
    "int64": lambda entity, _: entity.number(6),
    "int32": lambda entity, _: entity.number(4),
    "phone": lambda entity, _: f"+1555{entity.number(7)}",
    "phone-number": lambda entity, _: f"+1555{entity.number(7)}",
    "e164": lambda entity, _: f"+1555{entity.number(7)}",
    "date-time-local": lambda entity, called: entity.moment(called).strftime("%Y-%m-%dT%H:%M:%S"),
    "time-local": lambda entity, called: entity.moment(called).strftime("%H:%M:%S"),
    "http-date": lambda entity, called: format_datetime(entity.moment(called), usegmt=True),
    "unixtime": lambda entity, called: str(int(entity.moment(called).timestamp())),
    "unix-time": lambda entity, called: str(int(entity.moment(called).timestamp())),
    "html": lambda entity, _: f"<p>{entity.words(3)}</p>",
    "media-range": lambda _entity, _: "application/json",
    "decimal128": lambda entity, _: f"{entity.random.randrange(100, 90000) / 100:.2f}",
    "sf-string": lambda entity, _: f'"{entity.word()}"',
    "sf-token": lambda entity, _: entity.word(),
    "sf-binary": lambda entity, _: f":{base64.b64encode(entity.hexadecimal(8).encode()).decode()}:",
    "ulid": lambda entity, _: f"01{entity.hexadecimal(24).upper()}",
    "slug": lambda entity, _: f"{entity.word().replace('_', '-')}-{entity.number(3)}",
    "semver": lambda entity, _: f"1.{entity.random.randrange(10)}.{entity.random.randrange(10)}",
    "mac": lambda entity, _: f"00:00:5e:00:53:{entity.hexadecimal(2)}",
    "hex": lambda entity, _: entity.hexadecimal(16),
    "color": lambda entity, _: f"#{entity.hexadecimal(6)}",
    "objectid": lambda entity, _: entity.hexadecimal(24),
    "jwt": _token,
}
OTHER_NAMES: Final[Mapping[str, str]] = {
    "url": "uri", "link": "uri", "uri-ref": "uri-reference", "e-mail": "email",
    "host": "hostname", "host-name": "hostname", "domain": "hostname",
    "ip": "ipv4", "ip-address": "ipv4", "ipv4-address": "ipv4", "ipv6-address": "ipv6",
    "datetime": "date-time", "guid": "uuid", "uuid4": "uuid", "base64": "byte",
    "mac-address": "mac", "mongo-id": "objectid", "object-id": "objectid", "mongoid": "objectid",
    "hex-color": "color", "hexcolor": "color", "unix-timestamp": "unixtime",
}  # fmt: skip
"""Formats that documents call otherwise than JSON Schema and OpenAPI's registry do; what is sent is held to
nothing by them.
"""


_OTHERS: Final = frozenset(
    {"float", "double", "binary", "int8", "int16", "uint8", "uint16", "uint32", "uint64"}
    | {"commonmark", "sf-boolean", "sf-integer", "double-int"}
)
"""What else OpenAPI's registry has, https://spec.openapis.org/registry/format/: any value of its type."""
