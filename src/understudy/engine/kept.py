"""Kept things: what was made once, as far as there is room for its bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Things by key, those that were not asked for longest given up first. limit: bytes."""

    def __init__(self, limit: int) -> None:
        self._limit, self._size = limit, 0
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return what is kept, or None."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: K, thing: V, size: int) -> None:
        """Keep a thing of so many bytes in the place of another; what would take a large part of the room is
        not kept.
        """
        if size > self._limit // 16:
            return
        before = self._entries.pop(key, None)
        if before is not None:
            self._size -= before[1]
        self._entries[key] = thing, size
        self._size += size
        while self._size > self._limit:
            _, oldest = self._entries.popitem(last=False)
            self._size -= oldest[1]
