"""JSON pointers (RFC 6901): writing them, splitting them, going where they lead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def escape(token: str) -> str:
    """Write one reference token."""
    if "~" in token or "/" in token:
        return token.replace("~", "~0").replace("/", "~1")
    return token


def unescape(token: str) -> str:
    """Read one reference token."""
    return token.replace("~1", "/").replace("~0", "~")


def join(tokens: Iterable[str | int]) -> str:
    """Write the pointer of reference tokens, from the outside in."""
    pointer = ""
    for token in tokens:
        pointer += f"/{escape(str(token))}"
    return pointer


def shown(pointer: str) -> str:
    """Return a pointer as it can stand in a sentence: control characters written out."""
    if pointer.isprintable():
        return pointer
    return repr(pointer)[1:-1]


def tokens(pointer: str) -> list[str]:
    """Split a pointer into its reference tokens, unescaped."""
    if "~" not in pointer:
        return pointer.split("/")[1:]
    return list(map(unescape, pointer.split("/")[1:]))


def steps(member: str) -> tuple[str, ...]:
    """Return the names from the outside in of a member that is written by its name, or, where it stands
    further in, as a pointer: `id`, `/metadata/name`.
    """
    if member.startswith("/"):
        return tuple(tokens(member))
    return (member,)


def written(place: Sequence[str]) -> str:
    """Write a member by its name, or, where it stands further in, as a pointer."""
    if len(place) == 1:
        return place[0]
    return join(place)


def reached(value: Any, place: Iterable[str]) -> Any:
    """Return what stands at a place of nested objects; None where nothing does."""
    for name in place:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def put(value: Any, place: Sequence[str], inner: Any) -> dict[str, Any]:
    """Return an object with another value at a place; objects on the way are made, the rest is shared."""
    head, *rest = place
    below = dict(value) if isinstance(value, dict) else {}
    below[head] = put(below.get(head), rest, inner) if rest else inner
    return below


def step(value: Any, token: str) -> Any:
    """Return a member of a mapping or list by a reference token. Raises KeyError."""
    if isinstance(value, list):
        if token.isdigit() and int(token) < len(value):
            return value[int(token)]
    elif isinstance(value, dict) and token in value:
        return value[token]
    raise KeyError(token)


def replaced(root: Any, path: Sequence[str], value: Any) -> Any:
    """Return a copy of `root` with another value at `path`; the rest is shared with it. Raises KeyError."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    inner = replaced(step(root, head), rest, value)
    if isinstance(root, list):
        return [*root[: int(head)], inner, *root[int(head) + 1 :]]
    return {**root, head: inner}
