"""Queries: what a request's parameters choose of a collection, as conditions and orders for the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from msgspec import Struct, field

from understudy.engine.bundles import bundle_reader, is_written
from understudy.engine.comparing import Member, Reader, all_of, any_of
from understudy.engine.expressions import expression_reader
from understudy.engine.parameters import outer, stated_by
from understudy.engine.pointers import Pointers
from understudy.engine.searching import search
from understudy.engine.selectors import selector_reader
from understudy.engine.sorting import SortKey, sort_keys, stated_keys
from understudy.engine.stated import is_stated, stated
from understudy.engine.windows import Window, window_of
from understudy.model.filters import ANY_MEMBER
from understudy.model.model import Delete, Filter, List, Page, Place, Sort, Update
from understudy.model.vocabulary import ANYTHING
from understudy.names import fold
from understudy.state.conditions import Condition, Not, Order, Test

_MOST_ORDERS: Final = 16  # members that one list is sorted by
_KEPT: Final = 64
"""Orders that are kept of one operation; who asks for another each time costs no memory."""


class Choosing(Struct, frozen=True):
    """How the requests of one operation choose among the items of a collection.

    readers: of what is asked by a name. names: those that one parameter of a query may speak of.
    orders_kept: what was asked for lately, by what was sent.
    """

    page: Page
    sort: Sort
    readers: Mapping[str, Reader]
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
    def of_many(cls, plan: Delete | Update, pointers: Pointers) -> Choosing:
        """Prepare the choices of a delete or a change of many."""
        readers = _readers(plan.filter, plan.bundles, pointers)
        return cls(Page(), Sort(), readers, _by_parameter(readers), _defaults(plan.filter), pointers)

    def window(self, query: Mapping[str, Any], unsent: frozenset[str] = frozenset()) -> Window:
        """Return the part of the list that is asked for. unsent: parameters that nobody sent."""
        return window_of(self.page, query, unsent)

    @property
    def is_newest_first(self) -> bool:
        """Whether items that tie, or all of them where nothing orders them, stand with the newest first."""
        return self.sort.newest_first

    def conditions(self, query: Mapping[str, Any], unsent: frozenset[str] = frozenset()) -> list[Condition]:
        """Return what an item must meet. unsent: parameters that nobody sent, which ask nothing, as a default
        does that is no value of a member.
        """
        found = []
        for parameter in query:
            for name in self.names.get(parameter, ()):
                value = stated_by(query, name)
                default = self.defaults.get(name)
                is_unsent = bool(default) and parameter in unsent
                if value is None or is_unsent or _asks_nothing(value, default):
                    continue
                condition = self.readers[name](value)
                if condition is not None:
                    found.append(condition)
        return found

    def orders(self, query: Mapping[str, Any]) -> list[Order]:
        """Return what the list is ordered by; nothing where it is the newest first."""
        asked = tuple(stated_by(query, name) for name in self.sort.by)
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
            keys = sort_keys(query, self.sort.by, self.pointers.named, self.sort.words)
        if not keys and self.sort.default:
            keys = [SortKey(self.pointers.of(name), way) for name, way in stated_keys(self.sort.default)]
        first: dict[Place, SortKey] = {}
        for key in keys:
            first.setdefault(key.member, key)  # what a member says again orders nothing
        return [self._order(key) for key in islice(first.values(), _MOST_ORDERS)]

    def _order(self, key: SortKey) -> Order:
        is_number = self.pointers.is_number_in_text(key.member)
        return Order(
            key.member, key.descending, self.sort.nulls, folded=not self.sort.case, in_text=is_number
        )


def _asks_nothing(value: Any, default: tuple[Any, ...] | None) -> bool:
    """Tell whether a value is a default such as `all`, or no text, that chooses nothing."""
    if (value,) != default or not isinstance(value, str):
        return False
    return not value or fold(value) in ANYTHING


def _readers(
    filters: Mapping[str, Filter], bundles: tuple[str, ...], pointers: Pointers
) -> dict[str, Reader]:
    found = {}
    for name, told in filters.items():
        found[name] = _reader(told, pointers)
    for name in bundles:
        found[name] = bundle_reader(pointers)
    return found


def _by_parameter(readers: Mapping[str, Reader]) -> dict[str, list[str]]:
    """Return the names that stand under each parameter: `page[size]` under `page`."""
    found: dict[str, list[str]] = {}
    for name in readers:
        for parameter in {name, outer(name)}:
            found.setdefault(parameter, []).append(name)
    return found


def _defaults(filters: Mapping[str, Filter]) -> dict[str, tuple[Any, ...]]:
    return {name: one.default for name, one in filters.items()}


def _reader(told: Filter, pointers: Pointers) -> Reader:
    """Return what makes a condition of a parameter's value: one of several members has to pass."""
    if told.hides:
        return _hiding(told, pointers)
    if told.test == "expression":
        return expression_reader(pointers, told.members[1:])
    if told.test == "selector":
        return selector_reader(_selected(told, pointers))
    if told.test == "search":
        return _searching(told, pointers)
    return _of_members(told, pointers)


def _searching(told: Filter, pointers: Pointers) -> Reader:
    """Return what looks for words, or for what an object of filters asks that was sent in their place."""
    filters = bundle_reader(pointers)

    def read(value: Any) -> Condition | None:
        if isinstance(value, str) and is_written(value):
            return filters(value)
        return search(value, told.members, pointers)

    return read


def _of_members(told: Filter, pointers: Pointers) -> Reader:
    asked = [Member.of(member, pointers) for member in told.members]
    may_be_stated = told.test in ("equals", "in")

    def read(value: Any) -> Condition | None:
        if (isinstance(value, str) and value in told.passes) or (value is False and "false" in told.passes):
            return None
        found = []
        says_how = told.test == "stated" or (may_be_stated and is_stated(value))
        for one in asked:
            condition = stated(one, value) if says_how else one.condition(told.test, value)
            if condition is not None:
                found.append(condition)
        return any_of(found)

    return read


def _selected(told: Filter, pointers: Pointers) -> Callable[[str], Place]:
    """Return what tells where that stands which a selector names: a label, or a member by its path."""
    if told.members == (ANY_MEMBER,):
        return lambda path: pointers.named(path) or tuple(path.split("."))
    holder = told.members[0]
    return lambda label: (*holder, label)


def _hiding(told: Filter, pointers: Pointers) -> Reader:
    """Return what makes a condition of a flag that hides items where it is false."""
    are_shown = all_of([Not(one) for one in _hidden(told, pointers)])

    def read(value: Any) -> Condition | None:
        if value:
            return None
        return are_shown

    return read


def _hidden(told: Filter, pointers: Pointers) -> Iterator[Condition]:
    """Yield what is true of the items that such a flag hides: their member has that value, or is there."""
    for place in told.members:
        condition: Condition | None = Test((*pointers.of(place[0]), *place[1:]), "eq", told.hides[0])
        if told.test == "present":
            condition = Member.of(place, pointers).condition("present", told.hides[0])
        if condition is not None:
            yield condition


def together(conditions: Sequence[Condition]) -> Condition | None:
    """Return one condition for all of several; None where there is none."""
    return all_of(conditions)
