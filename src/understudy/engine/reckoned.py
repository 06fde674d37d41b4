"""Reckoned: what an item says of others in a number, and what of it follows from that number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import filterfalse
from typing import Any, Final

from understudy.engine.address import Address
from understudy.engine.factory import Factory
from understudy.engine.identity import not_shown
from understudy.model.model import Figure
from understudy.model.vocabulary import (
    ADDED_UP_OF,
    BEGINS_AT_PRICE,
    CALLED_OFF,
    NOT_COUNTED,
    OF_A_WHOLE,
    PARTLY,
    WHOLES_OF,
)
from understudy.names import by_folded, split_words
from understudy.schemas.agreeing import like, number
from understudy.schemas.amounts import follows_sum
from understudy.schemas.stages import stage_of, state_in
from understudy.state.conditions import Condition, Test
from understudy.state.store import Draft, Record, Value

_CENT: Final = 2


def _sum(numbers: Sequence[Decimal]) -> Decimal:
    return sum(numbers, Decimal(0))


def _average(numbers: Sequence[Decimal]) -> Decimal:
    return _sum(numbers) / len(numbers)


_HOW: Final[Mapping[str, Callable[[Sequence[Decimal]], Decimal]]] = {
    "sum": _sum,
    "average": _average,
    "min": min,
    "max": max,
}


def conditions_of(figure: Figure) -> Iterator[Condition]:
    """Yield what those have to be like that are counted."""
    for name, value in figure.where.items():
        yield Test((name,), "eq", value)


def counting(figure: Figure, records: Sequence[Record]) -> Sequence[Record]:
    """Return those of some items that add to a figure: all of them where it is told how many there are, else
    not what was called off, or failed.
    """
    if figure.does == "count":
        return records
    return list(filterfalse(_is_void, records))


def reckon(figure: Figure, records: Sequence[Record]) -> Any:
    """Return what a figure says of some items; None where none of them says anything."""
    if figure.does == "count":
        return len(records)
    numbers, moments = [], []
    for record in records:
        amount, said = _amount(figure, record.value), record.value.get(figure.member)
        if amount is not None:
            numbers.append(amount)
        elif isinstance(said, str):
            moments.append(said)
    if not numbers:
        return max(moments, default=None)
    return _HOW[figure.does](numbers)


def is_more_than_all(member: str, value: Any, item: Value) -> bool:
    """Tell whether more would be paid, or refunded, than there is to be."""
    whole = _whole(member, item)
    is_bounded = not OF_A_WHOLE.known.isdisjoint(split_words(member))
    return is_bounded and isinstance(value, Decimal) and whole is not None and value > whole


def _whole(member: str, item: Value) -> Decimal | None:
    """Return of how much a member says what was paid, refunded or raised; None where nothing says so."""
    called = by_folded(item)
    for word in WHOLES_OF:
        amount = number(item.get(called.get(word, "")))
        if amount and called[word] != member:
            return amount
    return None


def shared(whole: Any, count: int) -> Iterator[Any]:
    """Yield the parts of a number that are about alike, the last of which makes it whole; none of what is no
    number, or too small.
    """
    amount = number(whole)
    if amount is None or isinstance(whole, str) or amount < count:
        return
    places, left = _CENT, amount
    if isinstance(whole, int):
        places = 0
    for place in range(count, 1, -1):
        share = round(left / place * (1 + Decimal(place % 3 - 1) / 5), places)
        yield like(whole, share)
        left -= share
    yield like(whole, left)


async def with_figure(address: Address, record: Record, member: str, value: Any, factory: Factory) -> Record:
    """Return an item that says a figure, and what follows from it: what is due once something was paid."""
    target = address.collection.target
    if target is None or member not in target.shape.declared:
        return record
    before = record.value.get(member)
    for candidate in [*_at_first(value, member, record.value), *_written(value, before)]:
        if candidate == before and type(candidate) is type(before):
            return record
        item = {**record.value, member: candidate}
        if target.is_valid_item(item):
            break
    else:
        return record
    _follow(item, member, address, factory)

    async def change(now: Record) -> Draft:
        return Draft({**now.value, **not_shown(item, record.value)})

    return await address.store.update(address.name, record.key, change)


def _at_first(value: Any, member: str, item: Value) -> Iterator[Any]:
    """Yield the price at which something is to be had for which nobody has bid."""
    called = by_folded(item)
    if value is None and "price" in split_words(member):
        yield from map(item.get, filter(None, map(called.get, BEGINS_AT_PRICE)))


def _written(value: Any, before: Any) -> Iterator[Any]:
    """Yield a figure in each form that it may be told in, the likeliest first."""
    if value is None:
        yield from (None, 0)
        return
    if not isinstance(value, Decimal):
        yield value
        yield str(value).partition("T")[0]
        return
    if isinstance(before, str):
        yield like(before, value)
        return
    if value == value.to_integral_value():
        yield int(value)
    yield float(round(value, _CENT))
    yield float(round(value, 1))
    yield round(value)
    yield f"{value:.{_CENT}f}"


def _follow(item: dict[str, Any], member: str, address: Address, factory: Factory) -> None:
    """Let an item be in the state to which a figure has come, and say what follows from it."""
    target = address.collection.target
    assert target is not None
    agreed = dict(item)
    _bring_on(agreed, member, target.shape.declared, factory)
    fixed = agreed.keys() - {name for name, said in agreed.items() if follows_sum(name, said)} | {member}
    factory.let_agree(target.shape, agreed, fixed)
    if target.is_valid_item(agreed):
        item.update(agreed)


def _bring_on(item: dict[str, Any], member: str, declared: Any, factory: Factory) -> None:
    """Let what was wholly paid be paid, and what was partly, be partially paid, as far as there are such
    states.
    """
    deed = next((word for word in split_words(member) if word in ADDED_UP_OF), "")
    state = state_in(item)
    whole, said = _whole(member, item), number(item.get(member))
    if not deed or not state or not whole or not said:
        return
    states = by_folded(map(str, factory.whole(declared[state] or ()).constants or ()))
    words = [deed]
    if said < whole:
        words = [f"{word}{deed}" for word in PARTLY]
    item[state] = next(filter(None, map(states.get, words)), item[state])


def _is_void(record: Record) -> bool:
    state = stage_of(record.value)
    return state in CALLED_OFF or state in NOT_COUNTED


def _amount(figure: Figure, item: Value) -> Decimal | None:
    amount = number(item.get(figure.member))
    if amount is None or not figure.times:
        return amount
    return amount * (number(item.get(figure.times)) or 0)
