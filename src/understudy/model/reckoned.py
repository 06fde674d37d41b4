"""Reckoned: which numbers of an item are added up of others, as `amount_refunded` of a charge's refunds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from understudy.model.actions import narrowed
from understudy.model.bodies import Bodies, present
from understudy.model.embedding import Embeddings
from understudy.model.items import Item
from understudy.model.lifecycle import stamp
from understudy.model.model import Figure
from understudy.model.resources import Resource
from understudy.model.vocabulary import (
    ADDED_UP_OF,
    AVERAGES,
    BIDS,
    FIGURE_FILLERS,
    HIGHEST_OF,
    LINES_OF,
    LOGGED,
    LOWEST_OF,
    MADE_OF,
    MARKS,
    MEAN_MARKS,
    MOMENTS,
    MONEY_NOUNS,
    MONEY_OF_LINES,
    NEWEST,
    OFFERS,
    PRICES,
    QUANTITIES,
    RAISED_BY,
    RAISED_FOR,
    REVIEWS,
    SUMMED,
    TALLIES,
    TIMES_LOGGED,
    TOTALS_OF_LINES,
    WHOLES,
    Words,
)
from understudy.names import by_folded, fold, singular, split_words
from understudy.schemas.shape import Shape

_TALLIES: Final = TALLIES.known | {"of", "number", "all"}
_NUMBERS: Final = ("integer", "number")
_CENTS: Final = ("cents", "minor", "pence")


class _Others(NamedTuple):
    """Items that are of an item: of which collection, in the singular, and what one looks like."""

    resource: Resource
    noun: str
    item: Item


class Reckoned:
    """The members of the items of one contract that are reckoned of other items."""

    def __init__(self, embeddings: Embeddings, bodies: Bodies) -> None:
        self._embeddings, self._bodies = embeddings, bodies
        self._known: dict[str, Sequence[_Others]] = {}

    def of(self, name: str, shape: Shape, resource: Resource, item: Item) -> Figure | None:
        """Return what a member is reckoned of, None where its name, or what there is of others, does not
        tell.
        """
        words = split_words(name)
        if shape.constants is not None:
            return None
        if _is_moment(shape):
            return self._newest(words, resource)
        if not _may_be_reckoned(shape):
            return None
        others = self._others(resource)
        if not others or name == item.id_member:
            return None
        return (
            self._mean(words, others)
            or self._sum(words, shape, item, others)
            or self._sum_of_lines(words, item, others)
            or self._bound(words, others)
            or self._narrowed(words, shape, others)
        )

    def _others(self, resource: Resource) -> Sequence[_Others]:
        """Return what lies below an item of a resource, or names it, each once."""
        if resource.path not in self._known:
            found = []
            for other, item in self._embeddings.around(resource):
                found.append(_Others(other, singular(fold(other.noun)), item))
            self._known[resource.path] = found
        return self._known[resource.path]

    # -- averages

    def _mean(self, words: Sequence[str], others: Sequence[_Others]) -> Figure | None:
        """Return the average of the marks that reviews give, or of the number that is named."""
        if "".join(words) in MEAN_MARKS:
            for other in _called(REVIEWS, others):
                mark = self._first_of(MARKS, other.item)
                if mark:
                    return Figure(of=other.resource.collection, does="average", member=mark)
        if AVERAGES.known.isdisjoint(words):
            return None
        rest = _without(words, AVERAGES)
        for other in others:
            named = _without_noun(rest, other.noun)
            if len(named) < len(rest) and "".join(named) in ("value", "amount", "size", "total", ""):
                money = self._first_of(SUMMED, other.item)
                if money and named:
                    return Figure(of=other.resource.collection, does="average", member=money)
        return None

    # -- sums

    def _sum(
        self, words: Sequence[str], shape: Shape, item: Item, others: Sequence[_Others]
    ) -> Figure | None:
        """Return the sum of the money that was paid, refunded or raised, of the hours that were logged, or of
        the member of others that is named.
        """
        is_total = not WHOLES.known.isdisjoint(words)
        rest = _without(words, FIGURE_FILLERS)
        deed = "".join(rest)
        nouns: Iterable[str] = ADDED_UP_OF.get(deed, ())
        if not rest and "current" in words and not RAISED_FOR.known.isdisjoint(map(fold, item.names)):
            nouns = RAISED_BY
        for other in _called(nouns, others):
            money = self._first_of(SUMMED, other.item)
            if money:
                return Figure(of=other.resource.collection, does="sum", member=money)
        logged = self._logged(rest, is_total, others)
        if logged is not None:
            return logged
        if is_total:
            return self._named_sum(words, shape, others)
        return None

    def _logged(self, rest: Sequence[str], is_total: bool, others: Sequence[_Others]) -> Figure | None:
        """Return the sum of the time that was logged: `logged_hours`, `time_spent`, `total_hours`."""
        units = [word for word in rest if word in TIMES_LOGGED]
        is_logged = not LOGGED.known.isdisjoint(rest) or is_total
        if len(units) != 1 or not is_logged or any(word not in LOGGED and word not in units for word in rest):
            return None
        [unit] = units
        for other in others:
            numbers = by_folded(self._numbers(other.item))
            for name in (unit, f"duration{unit}", f"{unit}spent", f"{unit}logged", f"{unit}worked"):
                if name in numbers:
                    return Figure(of=other.resource.collection, does="sum", member=numbers[name])
        return None

    def _named_sum(self, words: Sequence[str], shape: Shape, others: Sequence[_Others]) -> Figure | None:
        """Return the sum of a member that one kind of others has, `total_distance`, or of the money of others
        that are named, `total_expenses`.
        """
        rest = _without(words, WHOLES)
        stem = "".join(rest)
        found = []
        for other in others:
            numbers = by_folded(self._numbers(other.item))
            member = numbers.get(stem) or numbers.get(singular(stem)) or numbers.get(f"{stem}s")
            if member and stem not in SUMMED:
                found.append(Figure(of=other.resource.collection, does="sum", member=member))
        if len(found) == 1:
            return found[0]
        is_money = shape.kind != "integer" or not set(_CENTS).isdisjoint(rest)
        named = _without(rest, FIGURE_FILLERS)
        for other in others:
            noun = singular("".join(named))
            money = self._first_of(SUMMED, other.item)
            is_meant = noun in MONEY_NOUNS or len(named) < len(rest)
            if noun == other.noun and money and is_money and is_meant:
                return Figure(of=other.resource.collection, does="sum", member=money)
        return None

    def _sum_of_lines(self, words: Sequence[str], item: Item, others: Sequence[_Others]) -> Figure | None:
        """Return what an order's lines add up to: its subtotal, or its total where it says no subtotal."""
        called = _by_stem(item.names)
        main = _first(called, MONEY_OF_LINES)
        if not main or split_words(main) != words:
            return None
        for other in _called(LINES_OF, others):
            numbers = _by_stem(self._numbers(other.item))
            price = _first(numbers, reversed(PRICES.ranked))
            quantity = _first(numbers, QUANTITIES)
            total = _first(numbers, TOTALS_OF_LINES)
            if total and total != price:
                return Figure(of=other.resource.collection, does="sum", member=total)
            if price and quantity:
                return Figure(of=other.resource.collection, does="sum", member=price, times=quantity)
        return None

    # -- bounds

    def _bound(self, words: Sequence[str], others: Sequence[_Others]) -> Figure | None:
        """Return the lowest price of what is offered, or the highest bid."""
        if words[0] in LOWEST_OF or words[-1] == "from":
            rest = _without(words, LOWEST_OF)
            return self._extreme("min", rest, OFFERS, others)
        if words[0] in HIGHEST_OF:
            rest = _without(words, HIGHEST_OF)
            found = self._extreme("max", rest, BIDS, others)
            if found is None and words[0] != "current":
                found = self._extreme("max", rest, OFFERS, others)
            return found
        return None

    def _extreme(self, does: Any, rest: Sequence[str], of: Words, others: Sequence[_Others]) -> Figure | None:
        for other in _called(of, others):
            if "".join(rest) not in (
                other.noun,
                "bid",
                "offer",
                "price",
                "amount",
                "rate",
                "bidamount",
                "score",
            ):
                continue
            numbers = by_folded(self._numbers(other.item))
            for word in ("".join(rest), *SUMMED):
                if word in numbers:
                    return Figure(of=other.resource.collection, does=does, member=numbers[word])
        return None

    def _newest(self, words: Sequence[str], resource: Resource) -> Figure | None:
        """Return the moment of the newest of others: `last_order_at`, `last_visit_date`, `last_paid_on`."""
        called = "".join(words[1:-1])
        if words[0] not in NEWEST or words[-1] not in MOMENTS or not called:
            return None
        for other in self._others(resource):
            if singular(called) != other.noun and other.noun not in MADE_OF.get(called, ()):
                continue
            moment = self._moment_of(other.item)
            if moment:
                return Figure(of=other.resource.collection, does="max", member=moment)
        return None

    def _moment_of(self, item: Item) -> str:
        """Return the member that says when an item was made."""
        for name in item.names:
            shape = self._bodies.whole(item.member(name))
            if stamp(name) == "created" and _is_moment(shape):
                return name
        return ""

    # -- counts

    def _narrowed(self, words: Sequence[str], shape: Shape, others: Sequence[_Others]) -> Figure | None:
        """Return how many there are of others that are in a state: `open_issues_count`, `completed_tasks`."""
        if shape.kind not in _NUMBERS:
            return None
        rest = _without(words, _TALLIES)
        for other in others:
            state = _without_noun(rest, other.noun)
            is_named = len(state) < len(rest)
            if not state or not (is_named or (len(rest) < len(words) and len(others) == 1)):
                continue
            where = narrowed("".join(state), [other.item.location.shape], self._bodies)
            if where:
                return Figure(of=other.resource.collection, where=where)
        return None

    # -- what others have

    def _numbers(self, item: Item) -> Iterator[str]:
        """Yield the members of an item that are numbers, or amounts as texts."""
        for name, parts in present(item.location.shape):
            shape = self._bodies.whole(parts)
            is_text = shape.kind == "string" and shape.format in ("decimal", "double", "money")
            if (shape.kind in _NUMBERS or is_text) and shape.constants is None:
                yield name

    def _first_of(self, words: Words, item: Item) -> str:
        """Return the first of some members that is a number, also where it is told in hundredths."""
        numbers = _by_stem(self._numbers(item))
        return _first(numbers, words)


def _stem(name: str) -> str:
    """Return the name of an amount without the unit in which it is told."""
    stem = fold(name)
    for unit in _CENTS:
        stem = stem.removesuffix(f"in{unit}").removesuffix(unit)
    return stem


def _without(words: Sequence[str], others: Words | frozenset[str]) -> list[str]:
    return [word for word in words if word not in others]


def _first(called: Mapping[str, str], words: Iterable[str]) -> str:
    """Return the first member that is called by one of some words, "" where none is."""
    return next((called[word] for word in words if word in called), "")


def _by_stem(names: Iterable[str]) -> Mapping[str, str]:
    """Return the names of members by how they are called without a unit; of those alike the first."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(_stem(name), name)
    return found


def _called(nouns: Any, others: Sequence[_Others]) -> Iterator[_Others]:
    """Yield those of others that are called by one of some nouns, alone or behind another word, in the order
    of the nouns: an `order_item` is an item.
    """
    for noun in nouns:
        for other in others:
            last = singular(split_words(other.resource.noun)[-1]) if other.resource.noun else ""
            if noun in (other.noun, last):
                yield other


def _without_noun(words: Sequence[str], noun: str) -> list[str]:
    """Return some words without those that name things of a kind, all of them where none does."""
    for place in range(len(words)):
        for end in range(place + 1, len(words) + 1):
            if singular("".join(words[place:end])) == noun:
                return [*words[:place], *words[end:]]
    return list(words)


def _may_be_reckoned(shape: Shape) -> bool:
    """Tell whether a member may be any number from 0 on, or an amount that is written as a text."""
    if shape.kind in _NUMBERS:
        return shape.limit("minimum", 0) <= 0
    return shape.kind == "string" and shape.format in ("decimal", "double", "money")


def _is_moment(shape: Shape) -> bool:
    return shape.kind == "string" and shape.format in ("date-time", "date")
