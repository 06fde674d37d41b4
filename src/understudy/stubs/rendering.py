"""Rendering: what a stub states, with what a call says and what is remembered put in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec.structs import replace

from understudy.errors import Failure, show
from understudy.media.json_codec import encode
from understudy.messages import NOTHING
from understudy.pointers import escape
from understudy.stubs.stub import Turn
from understudy.stubs.templates import TemplateInvalid, compiled

_UNSENDABLE: Final = re.compile(r"[^\t\n\x20-\x7e\x80-\xff]")


class RenderingFailed(ValueError):
    """A template of a turn failed for one call. failure: where it stands, and why."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(str(failure))


def unreadable(turn: Turn) -> Iterator[Failure]:
    """Yield the templates of a turn that cannot be read, by where they stand in its stub."""
    for pointer, text in _texts(_parts(turn), turn.pointer):
        try:
            compiled(text)
        except TemplateInvalid as error:
            yield Failure("body", pointer, "syntax", f"is no template: {error}")


async def rendered(turn: Turn, values: Mapping[str, Any]) -> Turn:
    """Return a turn as it is for one call. Raises RenderingFailed."""
    parts = await _rendered(_parts(turn), turn.pointer, values)
    headers = {}
    for name, value in parts["headers"].items():
        headers[name] = _header(_written(value), turn.headers[name], f"{turn.pointer}/headers/{escape(name)}")
    text = parts.get("text")
    if turn.text is not None:
        text = _written(text)
    return replace(turn, body=parts.get("body", NOTHING), text=text, headers=headers)


def _header(value: str, stated: str, pointer: str) -> str:
    """Return the value of a header, in lines where it is stated so. Raises RenderingFailed for what no
    message carries.
    """
    if _UNSENDABLE.search(value) or value.count("\n") != stated.count("\n"):
        expected = "what a header can carry: it came to " + show(value)
        raise RenderingFailed(Failure("answer", pointer, "pattern", expected))
    return value


def _written(value: Any) -> str:
    """Return what stands where only texts can: a value that a template came to as JSON writes it."""
    if isinstance(value, str):
        return value
    return encode(value).decode()


def _parts(turn: Turn) -> dict[str, Any]:
    """Return what of a turn may be templates, by its name."""
    parts: dict[str, Any] = {"headers": turn.headers}
    if turn.body is not NOTHING:
        parts["body"] = turn.body
    if turn.text is not None:
        parts["text"] = turn.text
    return parts


def _texts(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of a value with their pointers."""
    if isinstance(value, str):
        yield pointer, value
    for name, member in _members(value):
        yield from _texts(member, f"{pointer}/{escape(str(name))}")


def _members(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


async def _rendered(value: Any, pointer: str, values: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return await _text(value, pointer, values)
    if isinstance(value, Mapping):
        made: dict[str, Any] = {}
        for name, member in value.items():
            made[name] = await _rendered(member, f"{pointer}/{escape(name)}", values)
        return made
    if isinstance(value, list):
        return [await _rendered(member, f"{pointer}/{index}", values) for index, member in enumerate(value)]
    return value


async def _text(source: str, pointer: str, values: Mapping[str, Any]) -> Any:
    if "{{" not in source and "{%" not in source:
        return source
    try:
        made = await compiled(source).render(values)
    except TemplateInvalid as error:
        raise RenderingFailed(
            Failure("answer", pointer, "syntax", f"is a template that fails: {error}")
        ) from None
    return made
