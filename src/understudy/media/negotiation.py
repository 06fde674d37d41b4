"""Content negotiation (RFC 9110 §12.5.1): which of the media types an answer could have the caller wants
most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct
from werkzeug.http import parse_accept_header

from understudy.errors import NotAcceptable
from understudy.media.types import MediaRange, is_json, is_xml, matches, parse, parse_or_none

_BARE_FRACTION: Final = re.compile(r"(;\s*q=)(?=\.\d)", re.IGNORECASE)
"""`q=.2` is what Java's own client sends, and what werkzeug leaves out."""
_MOST_ITEMS: Final = 200  # of a header; browsers send ten
_FORMS: Final = {
    "*": "application/json",
    "application": "application/json",
    "text": "text/plain",
    "image": "image/png",
    "audio": "audio/mpeg",
    "video": "video/mp4",
    "font": "font/ttf",
    "message": "message/rfc822",
    "multipart": "multipart/mixed",
}
"""What a range is answered with, by its type: what the sandbox writes well."""
_NO_FORMS: Final[Mapping[str, str]] = {}
_ANYTHING: Final = MediaRange("*", "*")
_NOTHING_READABLE: Final = MediaRange("", "")


class Accepted(Struct, frozen=True):
    """One item of an Accept header: a range, and how much it is wanted, from 0 (not at all) to 1."""

    media: MediaRange
    quality: float = 1.0


def accepts(header: str) -> list[Accepted]:
    """Read an Accept header, the most wanted items first.

    Items that cannot be read are left out, as are those after the first hundreds.
    """
    found = []
    if header.count(",") > _MOST_ITEMS:
        header = ",".join(header.split(",")[:_MOST_ITEMS])
    for text, quality in parse_accept_header(_BARE_FRACTION.sub(r"\g<1>0", header)):
        media = parse_or_none(text)
        if media is not None:
            found.append(Accepted(media, quality))
    return found


def choose(accept: str | None, offered: Sequence[str], forms: Mapping[str, str] = _NO_FORMS) -> str:
    """Pick the media type of an answer from those offered, by quality; of equals, the one offered first.

    offered: at least one, as the contract writes them. In the place of a range comes a concrete type it
    covers: the one that `forms` has for it, of `type/*+suffix` the one the caller names, of a wider range
    JSON where the caller takes it. Without an Accept header, or with nothing in it that can be read, the
    first one is picked. Raises NotAcceptable where none is accepted.
    """
    wanted = accepts(accept or "") or [Accepted(_ANYTHING)]
    best, highest = "", 0.0
    for offer in offered:
        form, quality = _form(offer, wanted, forms.get(offer, ""))
        if quality > highest:
            best, highest = form, quality
    if not highest:
        raise NotAcceptable(accept or "", offered)
    return best


def nearest(accept: str | None, offered: Sequence[str], forms: Mapping[str, str] = _NO_FORMS) -> str:
    """Pick as `choose` does; where none is accepted, what is nearest to what the caller wants most.

    A server may disregard Accept rather than refuse (RFC 9110 §12.5.1). Nearest is the same name with other
    parameters, then the same syntax (`application/vnd.shop+json` and `application/json`), then the same kind,
    as two images are; what the caller rules out comes last.
    """
    try:
        return choose(accept, offered, forms)
    except NotAcceptable:
        wanted = accepts(accept or "")
        closest = max(offered, key=lambda offer: _closeness(parse_or_none(offer), wanted))
        return choose(None, [closest], forms)


def _closeness(offer: MediaRange | None, wanted: Sequence[Accepted]) -> tuple[int, float]:
    """Rate what an offer has in common with an Accept header that does not cover it."""
    best = 0, 0.0
    if offer is None:
        return best
    for item in wanted:
        likeness = _likeness(offer, item.media)
        if likeness and item.quality:
            best = max(best, (likeness, item.quality))
        elif not item.quality and matches(item.media, offer):
            return -1, 0.0
    return best


def _likeness(offer: MediaRange, asked: MediaRange) -> int:
    if offer.name == asked.name:
        return 3
    if _syntax(offer) == _syntax(asked) != "":
        return 2
    # Plain text is what is written where nothing else fits, and no kind of its own.
    return int(offer.type == asked.type and offer.name != "text/plain" and offer.type != "application")


def _syntax(media: MediaRange) -> str:
    """Name what a media type is written in, where its name tells."""
    if is_json(media.name):
        return "json"
    if is_xml(media.name):
        return "xml"
    return media.suffix


def _form(offer: str, wanted: Sequence[Accepted], usual: str) -> tuple[str, float]:
    """Return the concrete type an offer would be answered with, and its quality.

    usual: what a range is, where more is known of it than its name.
    """
    media = parse_or_none(offer)
    if media is None:  # a contract may hold any text there; only a caller who takes everything gets it
        return offer, _quality(_NOTHING_READABLE, wanted)
    if media.is_concrete:
        return offer, _quality(media, wanted)
    if media.suffix:
        names = [*_named(media, wanted), f"{media.type}/{media.suffix}"]
        return max(_rated(names, wanted), key=_by_quality)
    # A browser names text/html before */*: what the sandbox writes well comes first here, whatever else is
    # wanted more.
    names = [usual or _FORMS.get(media.type, "application/octet-stream"), *_named(media, wanted)]
    rated = list(_rated(names, wanted))
    return next(filter(_by_quality, rated), rated[0])


def _named(media: MediaRange, wanted: Sequence[Accepted]) -> Iterator[str]:
    """Yield the concrete types of a range that the caller names."""
    for item in wanted:
        if item.media.is_concrete and matches(media, item.media):
            yield item.media.name


def _rated(names: Sequence[str], wanted: Sequence[Accepted]) -> Iterator[tuple[str, float]]:
    for name in names:
        yield name, _quality(parse(name), wanted)


def _by_quality(form: tuple[str, float]) -> float:
    return form[1]


def _quality(media: MediaRange, wanted: Sequence[Accepted]) -> float:
    """Rate a concrete type by the narrowest range that covers it; parameters of a range have to be the type's
    too.
    """
    given = {*media.parameters}
    narrowest, quality = (-1, 0), 0.0
    for item in wanted:
        asked = set(filter(_counts, item.media.parameters))
        narrowness = item.media.specificity, len(asked)
        if (
            asked <= given
            and matches(item.media, media)
            and (narrowness, item.quality) > (narrowest, quality)
        ):
            narrowest, quality = narrowness, item.quality
    return quality


def _counts(parameter: tuple[str, str]) -> bool:
    return parameter[0] != "charset"
