"""JSON pointers (RFC 6901): writing them, splitting them, going where they lead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def escape(token: str) -> str:
    """Write one reference token."""
    return token.replace("~", "~0").replace("/", "~1")


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
