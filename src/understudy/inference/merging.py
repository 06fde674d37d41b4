"""Merging: what a caller sent, laid over what the server made up, in the types that the contract shows it in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, Final

from understudy.inference.resources import IDS, Bodies
from understudy.names import fold
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape

_IDS: Final = (*IDS, "key", "sha", "code", "number", "slug", "login", "name")
"""Members that tell which object is meant, the surest first."""
_VAGUE: Final = frozenset(
    {*_IDS, "title", "type", "object", "kind", "description", "url", "metadata", "status", "state"}
)
"""Members that so many objects have that one of the same name in an object further in need not be the same thing."""
_DEEPEST: Final = 3

Fresh = Callable[[Parts], Any]
"""Makes up one more value for schemas; None where that cannot be."""


class Merging:
    """How values are laid over each other, told from the shapes of one contract.

    fresh: makes up further items of a list. Everywhere, `parts` are the schemas a value is shown by, `asked` those it is sent by.
    """

    def __init__(self, bodies: Bodies, fresh: Fresh) -> None:
        self._bodies, self._fresh = bodies, fresh

    def over(self, base: Any, value: Any, parts: Parts, asked: Parts = (), *, made: bool = True) -> Any:
        """Lay one value over another: objects member by member, items of a list each over one made up, an id onto the object it is of.

        made: whether the base was made up, and must not speak of what the caller could have said and did not.
        """
        shape = self._bodies.whole(parts) if parts else None
        if shape is not None and shape.kind == "object" and base is None:
            base, made = self._fresh(parts), True
        if isinstance(base, dict) and isinstance(value, dict):
            return self._objects(base, value, shape, asked, made=made)
        if (
            isinstance(value, list)
            and shape is not None
            and shape.items
            and self._bodies.whole(shape.items).kind == "object"
        ):
            return self._items(base if isinstance(base, list) and made else [], value, shape.items, asked)
        if (
            isinstance(value, (str, int))
            and not isinstance(value, bool)
            and shape is not None
            and shape.kind == "object"
        ):
            return self._identified(base, value, shape)
        return deepcopy(value)

    def _objects(
        self, base: dict[str, Any], value: dict[str, Any], shape: Shape | None, asked: Parts, *, made: bool
    ) -> dict[str, Any]:
        declared, required = (shape.declared, shape.required) if shape is not None else ({}, {})
        settable = self._bodies.requests.of(asked).declared if asked else {}
        stays = (
            {name for name in declared if name not in settable or name in required} if made else base.keys()
        )
        kept = {name: member for name, member in base.items() if name in stays}
        laid = {
            name: self.over(
                base.get(name), member, declared.get(name) or (), settable.get(name) or (), made=made
            )
            for name, member in value.items()
        }
        return {**kept, **laid}

    def _items(self, base: list[Any], value: list[Any], items: Parts, asked: Parts) -> list[Any]:
        """Lay each item over one that was made up, so that it has what only the server says of it."""
        inner = self._bodies.requests.of(asked).items if asked else ()
        made = [*base, *(self._fresh(items) for _ in value[len(base) :])]
        return [self.over(one, item, items, inner) for one, item in zip(made, value, strict=False)]

    def _identified(self, base: Any, value: str | int, shape: Shape) -> Any:
        """Let an object be the one that a bare id means; the id as it is where the object has no place for it."""
        names = {fold(name): name for name in reversed(shape.declared)}
        for name in (names[one] for one in _IDS if one in names):
            told = in_kind(value, self._bodies.whole(shape.declared[name] or ()))
            if told is not None:
                return {**(base if isinstance(base, dict) else {}), name: told}
        return value

    def otherwise(self, base: Any, value: Any, parts: Parts) -> Iterator[Any]:
        """Yield a value in other types, for where the one it was sent in is not shown."""
        shape = self._bodies.whole(parts) if parts else None
        told = in_kind(value, shape) if shape is not None and not isinstance(value, (dict, list)) else None
        if told is not None:
            yield told
        if shape is not None and shape.kind == "array" and shape.items and not isinstance(value, list):
            first = base[0] if isinstance(base, list) and base else self._fresh(shape.items)
            yield [self.over(first, value, shape.items)]

    def narrowed(self, value: Any, parts: Parts) -> Any:
        """Return a value with those members only that its schema declares, where it declares any."""
        shape = self._bodies.whole(parts) if parts else None
        if shape is None:
            return deepcopy(value)
        if isinstance(value, list) and shape.items:
            return [self.narrowed(item, shape.items) for item in value]
        if not isinstance(value, dict) or not shape.declared:
            return deepcopy(value)
        return {
            name: self.narrowed(member, shape.declared[name] or ())
            for name, member in value.items()
            if name in shape.declared
        }

    def places(
        self, item: Mapping[str, Any], shape: Shape, name: str, value: Any
    ) -> list[tuple[dict[str, Any], str, Parts]]:
        """Find where an item shows a field that it has no member for: in an object of its own, under the field's name or as its id.

        `currency` stands in `balance.currency`, and `customer_id` in `customer.id`. Several objects of one shape all say so; where
        it could be one of several that differ, it is none. Items of lists are left alone: what is sent is said once.
        """
        waiting = [(item, shape, 0)]
        while waiting:
            level: list[tuple[Mapping[str, Any], Shape, int]] = []
            found: list[tuple[dict[str, Any], str, Parts]] = []
            for here, described, depth in waiting:
                for member, parts in described.declared.items():
                    inner, below = here.get(member), self._bodies.whole(parts) if parts else None
                    if below is None or below.kind != "object" or not isinstance(inner, dict):
                        continue
                    target = self._meant(below, fold(member), fold(name))
                    found += [(inner, target, below.declared[target] or ())] if target else []
                    level += [(inner, below, depth + 1)] if depth + 1 < _DEEPEST else []
            if found:
                return (
                    found
                    if len({parts for _, _, parts in found}) == 1 and not isinstance(value, (dict, list))
                    else []
                )
            waiting = level
        return []

    @staticmethod
    def _meant(shape: Shape, member: str, name: str) -> str:
        """Return the member of an object that a field outside speaks of: the one of its name, or its id after the object's own name."""
        for inner, parts in shape.declared.items():
            folded = fold(inner)
            if parts is None or (folded == name and name in _VAGUE):
                continue
            if folded == name or (
                folded.endswith(IDS) and member in name and name.replace(member, "", 1) == folded
            ):
                return inner
        return ""


def in_kind(value: Any, shape: Shape) -> Any:
    """Return a plain value in the type that a schema shows it in, or None where it cannot be said so: numbers, texts and moments."""
    if isinstance(value, bool):
        return value if shape.kind in ("boolean", "") else None
    is_number = isinstance(value, (int, float))
    if shape.kind == "string" and is_number:
        return _moment(value) if shape.format == "date-time" else str(value)
    if shape.kind in ("integer", "number") and isinstance(value, str):
        if re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", value):
            return float(value) if "." in value else int(value)
        return _seconds(value)
    return value if (shape.kind == "string") == isinstance(value, str) or shape.kind == "" else None


def _moment(seconds: float) -> str | None:
    """Write seconds since 1970 as RFC 3339 does."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return None


def _seconds(text: str) -> int | None:
    """Read a moment as seconds since 1970."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int(moment.timestamp()) if moment.tzinfo and "T" in text else None
