"""Media types: reading them, telling which one covers another, and bytes as text by their `charset`."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator

from msgspec import Struct

from understudy.errors import BodyMalformed, MediaTypeUnsupported

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # RFC 9110 §5.6.2
_TYPE = re.compile(rf"[ \t]*({_TOKEN})/({_TOKEN})[ \t]*")
_RANGE = re.compile(r"\*/\*|[^*]+/\*(?:\+[^*]+)?")  # `*/*`, `type/*`, `type/*+suffix`
_PARAMETER = re.compile(rf';[ \t]*(?:({_TOKEN})=(?:({_TOKEN})|"((?:[^"\\]|\\.)*+)"))?[ \t]*')
_ESCAPE = re.compile(r"\\(.)")

# Labels people send, by the codec that reads them.
# Python knows more, some of which (punycode, idna) take minutes on a long body.
_CHARSETS = {
    "utf8": "utf-8",
    "ascii": "ascii",
    "us-ascii": "ascii",
    "latin1": "iso-8859-1",
    "shift_jis": "shift_jis",
    "euc-jp": "euc_jp",
    "euc-kr": "euc_kr",
    "gb2312": "gb2312",
    "gbk": "gbk",
    "gb18030": "gb18030",
    "big5": "big5",
    "koi8-r": "koi8_r",
    **{f"utf-{form}": f"utf-{form}" for form in ("8", "16", "16le", "16be", "32", "32le", "32be")},
    **{f"iso-8859-{part}": f"iso-8859-{part}" for part in (*range(1, 12), *range(13, 17))},
    **{f"windows-125{page}": f"cp125{page}" for page in range(9)},
}
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class MediaTypeMalformed(ValueError):
    """A text that is no media type or media range."""


class MediaRange(Struct, frozen=True):
    """A media type or range, as RFC 9110 §8.3.1 writes them.

    type, subtype, suffix: lower case; the subtype includes its suffix (`problem+json`, suffix `json`).
    parameters: (name in lower case, value unquoted) in the order given.
    """

    type: str
    subtype: str
    suffix: str = ""
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The type without its parameters: `application/json`."""
        return f"{self.type}/{self.subtype}"

    @property
    def is_concrete(self) -> bool:
        """Whether this is one type and not a range of them."""
        return "*" not in (self.type, self.subtype) and not self.subtype.startswith("*+")

    @property
    def specificity(self) -> int:
        """How narrow the name is: 3 a concrete type, 2 `type/*+suffix`, 1 `type/*`, 0 `*/*`."""
        if self.is_concrete:
            return 3
        if self.type == "*":
            return 0
        return 2 if self.suffix else 1

    def parameter(self, name: str) -> str | None:
        """Return a parameter's value by its lower-case name; the first one, where it is given twice."""
        for key, value in self.parameters:
            if key == name:
                return value
        return None


def parse(text: str) -> MediaRange:
    """Read a media type or range with its parameters. Raises MediaTypeMalformed."""
    head = _TYPE.match(text)
    if not head:
        raise MediaTypeMalformed(f"{text!r} is not a media type")
    main, sub = head[1].lower(), head[2].lower()
    if "*" in head[0] and not _RANGE.fullmatch(f"{main}/{sub}"):
        stands_for = "a * stands for a whole type, a whole subtype or all before a suffix"
        raise MediaTypeMalformed(f"{text!r} is not a media range: {stands_for}")
    _, plus, suffix = sub.rpartition("+")
    return MediaRange(main, sub, suffix if plus else "", tuple(_parameters(text, head.end())))


def _parameters(text: str, at: int) -> Iterator[tuple[str, str]]:
    while at < len(text):
        match = _PARAMETER.match(text, at)
        if not match:
            place = f"it cannot be read from character {at + 1} on"
            raise MediaTypeMalformed(f"{text!r} is not a media type: {place}")
        name, token, quoted = match.groups()
        if name:
            yield name.lower(), _ESCAPE.sub(r"\1", quoted) if token is None else token
        at = match.end()


def parse_or_none(text: str) -> MediaRange | None:
    """Read a media type or range as `parse` does; None for what is none."""
    try:
        return parse(text)
    except MediaTypeMalformed:
        return None


def matches(wanted: MediaRange, concrete: MediaRange) -> bool:
    """Tell whether a range covers a concrete type, by their names: parameters are not looked at."""
    if wanted.is_concrete:
        return wanted.name == concrete.name
    if wanted.type not in ("*", concrete.type):
        return False
    return wanted.subtype == "*" or (
        wanted.suffix == concrete.suffix and concrete.subtype != f"+{wanted.suffix}"
    )


def select(content_type: str, declared: Collection[str]) -> str | None:
    """Return the declared media range that covers a Content-Type, the narrowest, as the contract writes it;
    or None.

    Names are compared without case. Parameters of either side do not keep them apart; where names are the
    same, the one whose parameters the header repeats wins. Give a mapping as `declared` to make the usual
    case one look-up.
    """
    if content_type in declared and "*" not in content_type:
        return content_type
    received = parse_or_none(content_type)
    if received is None or not received.is_concrete:
        return None
    selected, best = None, (-1, False)
    for name in declared:
        wanted = parse_or_none(name)
        if wanted is None or not matches(wanted, received):
            continue
        rank = wanted.specificity, set(wanted.parameters) <= set(received.parameters)
        if rank > best:
            selected, best = name, rank
    return selected


# ---- kinds


def is_json(name: str) -> bool:
    """Tell whether a media type carries JSON: application/json, text/json, or a +json suffix."""
    name = essence(name)
    return name in ("application/json", "text/json") or name.endswith("+json")


def is_xml(name: str) -> bool:
    """Tell whether a media type carries XML (RFC 7303 §4): application/xml, text/xml, or a +xml suffix."""
    name = essence(name)
    return name in ("application/xml", "text/xml") or name.endswith("+xml")


def is_form(name: str) -> bool:
    """Tell whether a media type carries a form's fields as one line of text."""
    return essence(name) == "application/x-www-form-urlencoded"


def is_multipart(name: str) -> bool:
    """Tell whether a media type carries several parts."""
    return essence(name).startswith("multipart/")


def is_text(name: str) -> bool:
    """Tell whether a media type carries plain text, to be taken as it is: text/* that is neither JSON nor
    XML.
    """
    return essence(name).startswith("text/") and not is_json(name) and not is_xml(name)


def essence(name: str) -> str:
    """Return a media type without its parameters, in lower case."""
    return name.partition(";")[0].strip().lower()


# ---- charset


def charset_of(name: str) -> str | None:
    """Return the charset that a media type declares."""
    stated = parse_or_none(name)
    if stated is None:
        return None
    return stated.parameter("charset")


def charset_codec(charset: str) -> str | None:
    """Return what Python calls a charset; None for one that nobody knows."""
    return _CHARSETS.get(charset.strip().lower())


def decode_text(body: bytes, charset: str | None) -> str:
    """Read bytes as text; UTF-8 where no charset is named. A byte order mark is dropped.

    Raises MediaTypeUnsupported for a charset nobody knows, BodyMalformed for bytes that are not of it.
    """
    label = (charset or "utf-8").strip().lower()
    codec = _CHARSETS.get(label)
    if codec is None:
        raise MediaTypeUnsupported("", (), f"the charset {shorten(label, 40)!r} is not known here; utf-8 is")
    if codec in ("utf-16", "utf-32"):
        codec = _with_byte_order(body, codec)
    try:
        return body.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        wrong = f"byte 0x{body[error.start]:02x} at offset {error.start} does not belong there"
        reason = f"the body is not {label.upper()}: {wrong}"
        if body.startswith(_UTF_16_MARKS):
            reason += "; it looks like UTF-16, which Content-Type would say with charset=utf-16"
        raise BodyMalformed(reason) from None


def shorten(text: str, most: int) -> str:
    """Cut a text that somebody sent to so many characters, before it is shown."""
    if len(text) <= most:
        return text
    return f"{text[:most]}…"


def _with_byte_order(body: bytes, codec: str) -> str:
    """Name the byte order of a body that carries no mark: JSON and XML both begin with an ASCII character."""
    if body.startswith((*_UTF_16_MARKS, codecs.BOM_UTF32_BE)):
        return codec
    return f"{codec}be" if body[:1] == b"\x00" else f"{codec}le"
