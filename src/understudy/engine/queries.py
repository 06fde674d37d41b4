"""Queries: what a request's parameters choose of a collection, as conditions and orders for the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from understudy.engine.factory import Target
from understudy.engine.reading import Reading
from understudy.engine.sorting import SortKey, sort_keys, stated_keys
from understudy.engine.windows import Window, window_of
from understudy.model import vocabulary
from understudy.model.model import Collection, Delete, Filter, List, Page, Place, Sort
from understudy.names import fold
from understudy.schemas.shape import Shape
from understudy.state.conditions import META, And, Condition, Not, Operator, Or, Order, Test

SENT: Final = (META, "sent")
"""Where what was sent and is not shown stands beside an item."""

_TESTS: Final[Mapping[str, Operator]] = {
    "equals": "eq",
    "from": "ge",
    "until": "le",
    "above": "gt",
    "below": "lt",
    "contains": "contains",
    "starts": "starts",
    "ends": "ends",
    "from day": "ge",
    "until day": "le",
}
_OPERATORS: Final[Mapping[str, Operator]] = {
    "eq": "eq",
    "ne": "ne",
    "neq": "ne",
    "gt": "gt",
    "gte": "ge",
    "ge": "ge",
    "lt": "lt",
    "lte": "le",
    "le": "le",
    "in": "in",
}
"""Comparisons as they stand in names such as `created[gte]`."""

_Reader = Callable[[Any], Condition | None]


@dataclass(frozen=True, slots=True)
class Choosing:
    """How the requests of one operation choose among the items of a collection."""

    page: Page
    sort: Sort
    readers: Mapping[str, _Reader]
    defaults: Mapping[str, tuple[Any, ...]]
    pointers: Pointers

    @classmethod
    def of_list(cls, plan: List, pointers: Pointers) -> Choosing:
        """Prepare the choices of a list."""
        readers = _readers(plan.filter, plan.bundles, pointers)
        return cls(plan.page, plan.sort, readers, _defaults(plan.filter), pointers)

    @classmethod
    def of_delete(cls, plan: Delete, pointers: Pointers) -> Choosing:
        """Prepare the choices of a delete of many."""
        readers = _readers(plan.filter, plan.bundles, pointers)
        return cls(Page(), Sort(), readers, _defaults(plan.filter), pointers)

    def window(self, query: Mapping[str, Any]) -> Window:
        """Return the part of the list that is asked for."""
        return window_of(self.page, query)

    @property
    def is_newest_first(self) -> bool:
        """Whether items that tie, or all of them where nothing orders them, stand with the newest first."""
        return self.sort.newest_first

    def conditions(self, query: Mapping[str, Any]) -> list[Condition]:
        """Return what an item must meet; a parameter at its default asks nothing."""
        found = []
        for name, read in self.readers.items():
            value = query.get(name)
            if value is None or (value,) == self.defaults.get(name):
                continue
            condition = read(value)
            if condition is not None:
                found.append(condition)
        return found

    def orders(self, query: Mapping[str, Any]) -> list[Order]:
        """Return what the list is ordered by; nothing where it is the newest first."""
        keys: Sequence[SortKey] = ()
        if self.sort.by:
            keys = sort_keys(query, self.sort.by, self.pointers.members)
        if not keys and self.sort.default:
            keys = stated_keys(self.sort.default)
        nulls = self.sort.nulls
        return [Order(self.pointers.of(key.member), key.descending, nulls, folded=True) for key in keys]


class Pointers:
    """Where in a record the members of an item stand. members: their names by their folded ones."""

    def __init__(self, collection: Collection, target: Target | None, reading: Reading) -> None:
        self._members = collection.members
        self._reading = reading
        self._shape = target.shape if target is not None else None
        self._attributes = self._inner("attributes") if self._shape is not None else None
        self.members = {fold(name): name for name in self._names()}

    def _names(self) -> Iterator[str]:
        """Name the members, those that JSON:API keeps under `attributes` among them."""
        if self._attributes is not None:
            yield from self._attributes.declared
        yield from self._members

    def of(self, member: str) -> Place:
        """Return where a member stands."""
        rule = self._members.get(member)
        if rule is not None and rule.write_only:
            return (*SENT, member)
        if rule is None and self._attributes is not None and member in self._attributes.declared:
            return ("attributes", member)
        return (member,)

    def compared(self, place: Place) -> list[Place]:
        """Return where that stands which a value is compared with; of an object, the members that tell which
        one it is.
        """
        first = self.of(place[0])
        if len(place) > 1:
            return [(*first, *place[1:])]
        inner = self._inner(place[0])
        if inner is None:
            return [first]
        telling = [name for name in inner.declared if fold(name) in vocabulary.TELLS_WHICH]
        return [(*first, name) for name in telling]

    def _inner(self, member: str) -> Shape | None:
        """Return the shape of the objects that a member holds, None where it holds none."""
        parts = self._shape.declared.get(member) if self._shape is not None else None
        if not parts:
            return None
        shape = self._reading.whole(parts)
        if shape.kind == "array" and shape.items:
            shape = self._reading.whole(shape.items)
        return shape if shape.kind == "object" and shape.declared else None


def _readers(
    filters: Mapping[str, Filter], bundles: tuple[str, ...], pointers: Pointers
) -> dict[str, _Reader]:
    found: dict[str, _Reader] = {name: _reader(one, pointers) for name, one in filters.items()}
    for name in bundles:
        found[name] = _bundle_reader(pointers)
    return found


def _defaults(filters: Mapping[str, Filter]) -> dict[str, tuple[Any, ...]]:
    return {name: one.default for name, one in filters.items()}


def _reader(told: Filter, pointers: Pointers) -> _Reader:
    """Return what makes a condition of a parameter's value."""
    places: list[Place] = []
    for member in told.members:
        places += (
            pointers.compared(member) if told.test == "equals" else [(*pointers.of(member[0]), *member[1:])]
        )

    def read(value: Any) -> Condition | None:
        if told.test == "null":
            is_null = _any_of([Test(place, "null") for place in places])
            return is_null if value else Not(is_null)
        return _any_of_conditions(_conditions(place, told.test, value) for place in places)

    return read


def _bundle_reader(pointers: Pointers) -> _Reader:
    """Return what makes a condition of `filter[status]=open`, an object of filters."""

    def read(value: Any) -> Condition | None:
        found = []
        for name, wanted in value.items() if isinstance(value, dict) else ():
            member = pointers.members.get(fold(name))
            if member is not None:
                places = pointers.compared((member,))
                found.append(_any_of_conditions(_conditions(place, "equals", wanted) for place in places))
        return _all_of([one for one in found if one is not None])

    return read


def _conditions(place: Place, test: str, wanted: Any) -> Condition | None:
    """Return what a value at a place must meet."""
    if isinstance(wanted, dict):
        return _all_of([_compared(place, name, one) for name, one in wanted.items()])
    if isinstance(wanted, list) and test == "equals":
        return Test(place, "in", wanted, folded=True) if wanted else None
    if test.endswith(" day"):
        wanted = str(wanted)[:10]
    return Test(place, _TESTS[test], wanted, folded=True)


def _compared(place: Place, name: str, wanted: Any) -> Condition:
    operator = _OPERATORS.get(name.lower())
    if operator is None:  # not a comparison: a member further in
        return Test((*place, name), "eq", wanted, folded=True)
    return Test(place, operator, wanted, folded=True)


def _any_of_conditions(conditions: Iterator[Condition | None]) -> Condition | None:
    found = [one for one in conditions if one is not None]
    return _any_of(found) if found else None


def _any_of(conditions: Sequence[Condition]) -> Condition:
    return conditions[0] if len(conditions) == 1 else Or(tuple(conditions))


def _all_of(conditions: Sequence[Condition]) -> Condition | None:
    if not conditions:
        return None
    return conditions[0] if len(conditions) == 1 else And(tuple(conditions))


def together(conditions: Sequence[Condition]) -> Condition | None:
    """Return one condition for all of several; None where there is none."""
    return _all_of(conditions)
