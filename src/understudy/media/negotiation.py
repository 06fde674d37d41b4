"""Content negotiation (RFC 9110 §12.5.1): which of the media types an answer could have the caller wants most."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from understudy.errors import NotAcceptable
from understudy.media.types import MediaRange, MediaTypeMalformed, matches, parse

_ITEM = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*+"|")++')
_WEIGHT = re.compile(r"0?\.[0-9]+|[01]\.?|1\.0+")  # `.2` is what Java's own client sends
_FORMS = {
    "*": "application/json",
    "application": "application/json",
    "text": "text/plain",
    "image": "image/png",
}


@dataclass(frozen=True, slots=True)
class Accepted:
    """One item of an Accept header: a range, and how much it is wanted, from 0 (not at all) to 1."""

    media: MediaRange
    quality: float = 1.0


def accepts(header: str) -> tuple[Accepted, ...]:
    """Read an Accept header. Items that cannot be read are left out."""
    items = (_item(text) for text in _ITEM.findall(header))
    return tuple(item for item in items if item is not None)


def choose(accept: str | None, offered: Sequence[str]) -> str:
    """Pick the media type of an answer from those offered, by quality; of equals, the one offered first.

    offered: at least one, as the contract writes them. In the place of a range comes a concrete type it covers: of `type/*+suffix` the one
    the caller names, of a wider range JSON where the caller takes it. Without an Accept header, or with nothing in it that can be read,
    the first one is picked. Raises NotAcceptable where the caller accepts none of them.
    """
    wanted = accepts(accept or "") or (Accepted(MediaRange("*", "*")),)
    best, quality = max((_form(offer, wanted) for offer in offered), key=_by_quality)
    if not quality:
        raise NotAcceptable(accept or "", offered)
    return best


def _item(text: str) -> Accepted | None:
    try:
        media = parse(text)
    except MediaTypeMalformed:
        return None
    names = [name for name, _ in media.parameters]
    if "q" not in names:
        return Accepted(media)
    at = names.index("q")
    weight = media.parameters[at][1]
    if not _WEIGHT.fullmatch(weight):
        return None
    return Accepted(MediaRange(media.type, media.subtype, media.suffix, media.parameters[:at]), float(weight))


def _form(offer: str, wanted: Sequence[Accepted]) -> tuple[str, float]:
    """Return the concrete type an offer would be answered with, and its quality."""
    try:
        media = parse(offer)
    except (
        MediaTypeMalformed
    ):  # a contract may hold any text there; only a caller who takes everything gets it
        return offer, _quality(MediaRange("", ""), wanted)
    if media.is_concrete:
        return offer, _quality(media, wanted)
    named = [item.media.name for item in wanted if item.media.is_concrete and matches(media, item.media)]
    if media.suffix:
        return max(
            ((name, _quality(parse(name), wanted)) for name in (*named, f"{media.type}/{media.suffix}")),
            key=_by_quality,
        )
    # A browser names text/html before */*: what the sandbox writes well comes first here, whatever else is wanted more.
    usual = _FORMS.get(media.type, "application/octet-stream")
    rated = [(name, _quality(parse(name), wanted)) for name in (usual, *named)]
    return next((form for form in rated if form[1]), rated[0])


def _by_quality(form: tuple[str, float]) -> float:
    return form[1]


def _quality(media: MediaRange, wanted: Sequence[Accepted]) -> float:
    """Rate a concrete type by the narrowest range that covers it; a range with parameters covers only a type that has them too."""
    given = set(media.parameters)
    fitting = []
    for item in wanted:
        asked = {(name, value) for name, value in item.media.parameters if name != "charset"}
        if asked <= given and matches(item.media, media):
            fitting.append((item.media.specificity, len(asked), item.quality))
    return max(fitting)[2] if fitting else 0.0
