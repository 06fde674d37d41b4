"""The document of a session that other processes change too."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from understudy.state.document import Part, SessionDocument
from understudy.state.json_values import decode, encode
from understudy.state.shared.merging import merged

_UNUSABLE: Final = (KeyError, TypeError, AttributeError, ValueError)

logger = logging.getLogger("understudy")


class Changed(NamedTuple):
    """A part to be written. before: what the store is known to have, "" for nothing."""

    name: str
    before: bytes
    after: bytes


class SharedDocument(SessionDocument):
    """A document whose parts are what the store has, and what was changed here since.

    number: of the version that the store had.
    """

    def __init__(self) -> None:
        super().__init__()
        self.number = b""
        self._texts: dict[str, bytes] = {}
        self._waiting: set[str] = set()  # what the store has and no part took yet
        self._told: dict[str, tuple[Part, int]] = {}
        self._yielding: tuple[str, Part, int] | None = None

    def add(self, name: str, part: Part) -> None:
        """Have a part, which is from now on what the store has of it."""
        is_first = name not in self._told
        if name in self._waiting:
            self._waiting.discard(name)
            _restore(name, part, decode(self._texts[name]))
        super().add(name, part)
        if is_first:
            self._told[name] = (part, part.version)

    def learn(self, texts: Mapping[str, bytes], number: bytes) -> None:
        """Be what the store has, with what was changed here and not written yet."""
        for name, text in texts.items():
            before = self._texts.get(name, b"")
            if text == before:
                continue
            self._texts[name] = text
            part = self._parts.get(name)
            if part is None:
                self._waiting.add(name)
            else:
                self._follow(name, part, before, text)
        self.number = number

    def _follow(self, name: str, part: Part, before: bytes, text: bytes) -> None:
        value = decode(text)
        is_changed = self._told[name] != (part, part.version)
        if is_changed and self._yielding == (name, part, part.version):
            is_changed, self._yielding = False, None
        if is_changed:
            value = merged(decode(before) if before else None, decode(encode(part.dump())), value)
        _restore(name, part, value)
        if not is_changed:
            self._told[name] = (part, part.version)

    def changed(self) -> list[Changed]:
        """Return the parts that are to be written."""
        found = []
        for name, part in self._parts.items():
            state = (part, part.version)
            if self._told[name] == state:
                continue
            after, before = encode(part.dump()), self._texts.get(name, b"")
            if after == before:
                self._told[name] = state
            else:
                found.append(Changed(name, before, after))
        return found

    @contextmanager
    def yielding(self, name: str) -> Iterator[Callable[[], bool]]:
        """Have a part, as it is now, give way to what is learnt of it meanwhile, instead of being joined
        with that; yields what tells whether it did.
        """
        self._yielding = (name, *self.state(name))
        try:
            yield lambda: self._yielding is None
        finally:
            self._yielding = None

    def written(self, changed: Changed, version: tuple[Part, int], number: bytes) -> None:
        """Note that the store has what was changed. version: as `state` gave it when it was asked."""
        self._texts[changed.name] = changed.after
        self._told[changed.name] = version
        if int(number) == int(self.number or 0) + 1:  # else somebody wrote other parts
            self.number = number

    def state(self, name: str) -> tuple[Part, int]:
        """Return a part and its version."""
        part = self._parts[name]
        return part, part.version


def _restore(name: str, part: Part, value: Any) -> None:
    try:
        part.restore(value)
    except _UNUSABLE as error:
        logger.warning("what another process wrote of the session's %s cannot be used: %r", name, error)
