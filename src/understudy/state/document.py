"""The document of a session: what it has besides records and its log, such as its clock, tokens, faults and
webhook targets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Part(Protocol):
    """A view on one member of the document: a live object, which is written as JSON only for who reads the
    document.

    version: grows with each change.
    """

    @property
    def version(self) -> int: ...

    def dump(self) -> Any:
        """Return it as JSON values."""
        ...

    def restore(self, value: Any) -> None:
        """Be what `dump` described, or stay as it was and raise KeyError, TypeError, AttributeError or
        ValueError.
        """
        ...


class SessionDocument:
    """One small JSON document, by parts, with a version that grows with each change of any."""

    def __init__(self) -> None:
        self._parts: dict[str, Part] = {}
        self._former = 0

    @property
    def version(self) -> int:
        """The version of the whole."""
        return self._former + sum(part.version for part in self._parts.values())

    def add(self, name: str, part: Part) -> None:
        """Have a part, in the place of the one of this name where there is one."""
        self._former = self.version + 1
        self._parts[name] = part
        self._former -= sum(one.version for one in self._parts.values())

    def read(self) -> tuple[Mapping[str, Any], int]:
        """Return the document and its version."""
        return {name: part.dump() for name, part in self._parts.items()}, self.version

    def compare_and_set(self, version: int, value: Mapping[str, Any]) -> bool:
        """Put another document in place of the one that was read; False where it has changed since.

        What it leaves out stays.

        Raises what a part raises for what it cannot be, and then nothing has changed.
        """
        if version != self.version:
            return False
        before = {name: self._parts[name].dump() for name in value}
        try:
            self._restore(value)
        except Exception:
            self._restore(before)
            raise
        self._former += 1
        return True

    def _restore(self, value: Mapping[str, Any]) -> None:
        for name, described in value.items():
            self._parts[name].restore(described)
