"""File operations: which operations of a contract take bytes, and which give them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from understudy.contracts.answers import success
from understudy.contracts.contract import MediaType, Operation
from understudy.media import types as media_types
from understudy.model.paths import blank
from understudy.model.vocabulary import CONTENTS
from understudy.names import fold

_BINARY: Final = ("image/", "audio/", "video/", "font/", "application/octet-stream", "application/pdf")


def gives_file(operation: Operation) -> bool:
    """Tell whether an operation answers bytes."""
    if operation.method != "get":
        return False
    return any(_is_file(media) for media in answered_content(operation).values())


def takes_file(operation: Operation) -> bool:
    """Tell whether an operation takes bytes, alone or as parts of a form."""
    content = operation.body.content if operation.body is not None else {}
    return any(_is_file(media) or media_types.is_multipart(name) for name, media in content.items())


def answered_content(operation: Operation) -> Mapping[str, MediaType]:
    """Return what the success of an operation is, by media type."""
    _, answer = success(operation)
    if answer is None:
        return {}
    return answer.content


def _is_file(media: MediaType) -> bool:
    """Tell whether a media type is one of bytes, by its name or its schema."""
    if media_types.is_json(media.name) or media_types.is_form(media.name):
        return False
    is_said = media.schema is not None and media.schema.get("format") == "binary"
    return is_said or media.name.startswith(_BINARY) or (media.schema is None and media.name == "*/*")


def content_below(giving: Iterable[str], path: str) -> str | None:
    """Return what follows the path of an item in that of its bytes, `/content`; None where nothing gives
    them. giving: the paths of what gives bytes.
    """
    above, found = blank(path), None
    for one in giving if path else ():
        before, _, last = one.rpartition("/")
        if blank(one) == above:
            return ""
        if blank(before) == above and fold(last) in CONTENTS:
            found = f"/{last}"
    return found
