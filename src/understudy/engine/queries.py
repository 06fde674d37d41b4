"""Queries: what a request's parameters choose of a collection, as conditions and orders for the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from understudy.engine.factory import Target
from understudy.engine.parameters import is_inner, stated
from understudy.engine.reading import Reading
from understudy.engine.sorting import SortKey, sort_keys, stated_keys
from understudy.engine.windows import Window, window_of
from understudy.model import vocabulary
from understudy.model.model import Collection, Delete, Filter, List, Page, Place, Sort
from understudy.names import fold
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape
from understudy.state.conditions import META, And, Condition, Not, Operator, Or, Order, Test

SENT: Final = (META, "sent")
"""Where what was sent and is not shown stands beside an item."""

_TESTS: Final[Mapping[str, Operator]] = {
    "equals": "eq",
    "exactly": "eq",
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
_EQUALS: Final = ("equals", "exactly")
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

_KEPT: Final = 64
"""Orders that are kept of one operation; who asks for another each time costs no memory."""

_Reader = Callable[[Any], Condition | None]


@dataclass(frozen=True, slots=True)
class Choosing:
    """How the requests of one operation choose among the items of a collection.

    readers: of what is asked by a name. names: those that one parameter of a query may speak of.
    orders_kept: what was asked for lately, by what was sent.
    """

    page: Page
    sort: Sort
    readers: Mapping[str, _Reader]
    names: Mapping[str, Sequence[str]]
    defaults: Mapping[str, tuple[Any, ...]]
    pointers: Pointers
    orders_kept: dict[tuple[str | None, ...], list[Order]] = field(default_factory=dict)

    @classmethod
    def of_list(cls, plan: List, pointers: Pointers) -> Choosing:
        """Prepare the choices of a list."""
        readers = _readers(plan.filter, plan.bundles, pointers)
        return cls(plan.page, plan.sort, readers, _by_parameter(readers), _defaults(plan.filter), pointers)

    @classmethod
    def of_delete(cls, plan: Delete, pointers: Pointers) -> Choosing:
        """Prepare the choices of a delete of many."""
        readers = _readers(plan.filter, plan.bundles, pointers)
        return cls(Page(), Sort(), readers, _by_parameter(readers), _defaults(plan.filter), pointers)

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
        for parameter in query:
            for name in self.names.get(parameter, ()):
                value = stated(query, name)
                if value is None or (value,) == self.defaults.get(name):
                    continue
                condition = self.readers[name](value)
                if condition is not None:
                    found.append(condition)
        return found

    def orders(self, query: Mapping[str, Any]) -> list[Order]:
        """Return what the list is ordered by; nothing where it is the newest first."""
        asked = tuple(map(query.get, self.sort.by))
        if not all(value is None or isinstance(value, str) for value in asked):
            return self._orders(query)
        orders = self.orders_kept.get(asked)
        if orders is None:
            if len(self.orders_kept) >= _KEPT:
                self.orders_kept.clear()
            orders = self.orders_kept[asked] = self._orders(query)
        return orders

    def _orders(self, query: Mapping[str, Any]) -> list[Order]:
        keys: Sequence[SortKey] = ()
        if self.sort.by:
            keys = sort_keys(query, self.sort.by, self.pointers.members)
        if not keys and self.sort.default:
            keys = stated_keys(self.sort.default)
        nulls, folded = self.sort.nulls, not self.sort.case
        return [Order(self.pointers.of(key.member), key.descending, nulls, folded=folded) for key in keys]


class Pointers:
    """Where in a record the members of an item stand. members: their names by their folded ones."""

    def __init__(self, collection: Collection, target: Target | None, reading: Reading) -> None:
        self._members = collection.members
        self._reading = reading
        self._declared: Mapping[str, Parts | None] = {}
        if target is not None:
            self._declared = target.shape.declared
        self._attributes = self._inner("attributes")
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
        parts = self._declared.get(member)
        if not parts:
            return None
        shape = self._reading.whole(parts)
        if shape.kind == "array" and shape.items:
            shape = self._reading.whole(shape.items)
        if shape.kind != "object" or not shape.declared:
            return None
        return shape


def _readers(
    filters: Mapping[str, Filter], bundles: tuple[str, ...], pointers: Pointers
) -> dict[str, _Reader]:
    found = {}
    for name, told in filters.items():
        found[name] = _reader(told, pointers)
    for name in bundles:
        found[name] = _bundle_reader(pointers)
    return found


def _by_parameter(readers: Mapping[str, _Reader]) -> dict[str, list[str]]:
    """Return the names that stand under each parameter: `page[size]` under `page`."""
    found: dict[str, list[str]] = {}
    for name in readers:
        parameter = name.partition("[")[0] if is_inner(name) else name
        found.setdefault(parameter, []).append(name)
    return found


def _defaults(filters: Mapping[str, Filter]) -> dict[str, tuple[Any, ...]]:
    return {name: one.default for name, one in filters.items()}


def _reader(told: Filter, pointers: Pointers) -> _Reader:
    """Return what makes a condition of a parameter's value: one of several members has to pass."""
    if told.hides:
        return _hiding(told, pointers)
    asked = [_Asked.of(member, told.test, pointers) for member in told.members]

    def read(value: Any) -> Condition | None:
        found = []
        for one in asked:
            condition = one.condition(value)
            if condition is not None:
                found.append(condition)
        return _any_of(found)

    return read


def _hiding(told: Filter, pointers: Pointers) -> _Reader:
    """Return what makes a condition of a flag that hides items where it is false."""
    is_hidden = [Test((*pointers.of(place[0]), *place[1:]), "eq", told.hides[0]) for place in told.members]
    are_shown = _all_of([Not(one) for one in is_hidden])

    def read(value: Any) -> Condition | None:
        if value:
            return None
        return are_shown

    return read


def _bundle_reader(pointers: Pointers) -> _Reader:
    """Return what makes a condition of `filter[status]=open`, an object of filters."""

    def read(value: Any) -> Condition | None:
        if not isinstance(value, dict):
            return None
        found = []
        for name, wanted in value.items():
            member = pointers.members.get(fold(name))
            if member is not None:
                condition = _Asked.of((member,), "equals", pointers).condition(wanted)
                if condition is not None:
                    found.append(condition)
        return _all_of(found)

    return read


class _Asked(NamedTuple):
    """What is asked of one member. compared: where that stands which tells what it is."""

    place: Place
    compared: Sequence[Place]
    test: str

    @classmethod
    def of(cls, member: Place, test: str, pointers: Pointers) -> _Asked:
        """Find where a member stands; an object is only asked as a whole which one it is."""
        place = (*pointers.of(member[0]), *member[1:])
        if test in _EQUALS:
            return cls(place, pointers.compared(member), test)
        return cls(place, [place], test)

    def condition(self, wanted: Any) -> Condition | None:
        """Return what the member must meet; None where that is nothing."""
        if self.test == "null":
            return Test(self.place, "null", bool(wanted))
        if isinstance(wanted, dict):
            return _all_of(list(self._by_name(wanted)))
        if isinstance(wanted, list) and self.test in _EQUALS:
            return self._test("in", wanted) if wanted else None
        if self.test.endswith(" day"):
            wanted = str(wanted)[:10]
        return self._test(_TESTS[self.test], wanted)

    def _by_name(self, wanted: Mapping[str, Any]) -> Iterator[Condition]:
        """Yield what each name asks: a comparison, as in `created[gte]`, or a member further in."""
        for name, value in wanted.items():
            operator = _OPERATORS.get(name.lower())
            if operator is None:
                yield Test((*self.place, name), "eq", value, folded=True)
                continue
            condition = self._test(operator, value)
            if condition is not None:
                yield condition

    def _test(self, operator: Operator, wanted: Any) -> Condition | None:
        folded = self.test != "exactly"
        return _any_of([Test(place, operator, wanted, folded=folded) for place in self.compared])


def _any_of(conditions: Sequence[Condition]) -> Condition | None:
    if len(conditions) > 1:
        return Or(tuple(conditions))
    return conditions[0] if conditions else None


def _all_of(conditions: Sequence[Condition]) -> Condition | None:
    if len(conditions) > 1:
        return And(tuple(conditions))
    return conditions[0] if conditions else None


def together(conditions: Sequence[Condition]) -> Condition | None:
    """Return one condition for all of several; None where there is none."""
    return _all_of(conditions)
