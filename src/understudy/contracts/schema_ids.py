"""Schemas by the URI they give themselves with `$id`, and documents by their `$self`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urldefrag, urljoin

from understudy.contracts.walking import walk

_NOWHERE: Final = "file-of-a-contract:///"
"""What relative URIs are resolved against, so that they can be compared; nothing is ever fetched."""

Address = tuple[str, str]
"""A file, and a pointer in it."""


class SchemaIds:
    """Which schema has which URI (JSON Schema 2020-12 §8.2.1, OpenAPI 3.2 `$self`)."""

    def __init__(self) -> None:
        self._bases: dict[str, dict[str, str]] = {}  # by file, the URIs of the schemas in it by pointer
        self._addresses: dict[str, Address] = {}

    def __bool__(self) -> bool:
        return bool(self._addresses)

    @classmethod
    def of(cls, files: Mapping[str, Any]) -> SchemaIds:
        """Find every URI in some files."""
        found = cls()
        for file, content in files.items():
            found.add(file, content)
        return found

    def add(self, file: str, content: Any) -> None:
        """Find every URI in one more file."""
        said = {}
        for pointer, value in walk(content):
            uri = value.get("$id") or (not pointer and value.get("$self"))
            if isinstance(uri, str):
                said[pointer] = uri
        for pointer in sorted(said, key=len):  # the outer ones first: the inner ones are relative to them
            uri = _joined(self.base(file, pointer), said[pointer])
            if not uri:
                continue
            self._bases.setdefault(file, {})[pointer] = uri
            self._addresses.setdefault(uri, (file, pointer))

    def base(self, file: str, pointer: str) -> str:
        """Return the URI that a reference at a place is relative to."""
        bases = self._bases.get(file, {})
        while pointer:
            if pointer in bases:
                return bases[pointer]
            pointer = pointer.rpartition("/")[0]
        return bases.get("", urljoin(_NOWHERE, file))

    def find(self, base: str, uri: str) -> Address | None:
        """Return where the schema stands whose URI a reference names, whatever its fragment; else None."""
        return self._addresses.get(_joined(base, uri))


def _joined(base: str, uri: str) -> str:
    """Return a URI, without its fragment, that is relative to another one; "" for what is none."""
    try:
        return urldefrag(urljoin(base, uri)).url
    except ValueError:
        return ""
