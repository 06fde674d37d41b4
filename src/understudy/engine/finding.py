"""Finding: a query that is legitimate finds something, also where nothing was made up to meet it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Any, Final

from understudy.contracts.contract import Operation, Parameter
from understudy.contracts.source import Node
from understudy.engine.address import Address
from understudy.engine.binding import BoundPlan
from understudy.engine.overlay import coerced
from understudy.engine.records import Records
from understudy.errors import RecordNotFound
from understudy.model.vocabulary import PROSE, TITLES
from understudy.names import fold, snake_case
from understudy.pointers import steps
from understudy.schemas.examples import own_examples, stated_examples
from understudy.schemas.naming import identifies
from understudy.schemas.shape import Shape
from understudy.state.conditions import META, And, Condition, Or, Test
from understudy.state.store import WouldWrite

_MOST: Final = 100
"""Records of a collection up to which more are added."""

_WAYS: Final = 4  # alternatives of a condition that are tried
_NOON: Final = "T12:00:00Z"
_DAY: Final = 10  # characters of a day


async def add_what_meets(
    plan: BoundPlan,
    address: Address,
    asked: Mapping[str, Any],
    unsent: frozenset[str],
    records: Records,
    *,
    condition: Condition | None,
) -> bool:
    """Add items that meet a query where none does, and tell whether there are any. condition: all that the
    items of this list meet.

    Only where any id would do, the query is asked for by the contract itself, and nobody has written to the
    collection: any well-formed query finds something, as any well-formed id does.
    """
    population = address.context.world.population
    if not population or plan.plan.gone or not records.any_id or address.is_of_new:
        return False
    if condition is None or not _is_stated(plan, address, asked, unsent) or not await _is_untouched(address):
        return False
    if await _are_named(records, address, condition):
        return True
    for way in range(_WAYS):
        members = _members_for(records, address, condition, way)
        if await records.add_meeting(address, members, condition):
            for _ in range(population - 1):
                await records.add_meeting(address, members, condition)
            return True
    return False


async def _are_named(records: Records, address: Address, condition: Condition) -> bool:
    """Make the items that a condition names by their ids, and tell whether any is there: `ids=a,b`."""
    is_there = False
    for key in islice(_named(records, address, condition), _MOST):
        with suppress(RecordNotFound):
            await records.existing(address, key)
            is_there = True
    return is_there


def _named(records: Records, address: Address, condition: Condition) -> Iterator[str]:
    """Yield the ids that a condition names, of which any would do as the id of an item."""
    member = steps(address.collection.collection.id.member)
    shape = records.shape_at(address, member)
    for test in _tests(condition, 0, _is_any):
        if not member or test.pointer != member or test.op not in ("eq", "in") or shape is None:
            continue
        for value in test.value if isinstance(test.value, (list, tuple)) else (test.value,):
            key = str(value)
            if key and (shape.kind == "string" or key.isdecimal()):
                yield key


def _is_any(_: Condition) -> int:
    return 0


async def _is_untouched(address: Address) -> bool:
    """Tell whether a collection holds what it had from the start, and nobody has written to it."""
    store = address.store
    try:
        if await store.increment(f"tick {address.name}", 0):
            return False
    except WouldWrite:  # somebody only looks
        return False
    gone = await store.list(address.tombstones, limit=1)
    there = await store.list(address.name, limit=1, count=True)
    return not gone.records and 0 < (there.total or 0) <= _MOST


# ---- what the contract asks for


def _is_stated(plan: BoundPlan, address: Address, asked: Mapping[str, Any], unsent: frozenset[str]) -> bool:
    """Tell whether each filter of a query has to be there, or is at a value that the contract itself names;
    what lies below any item is asked for without a filter.
    """
    filters = list(_filters(plan, asked, unsent))
    is_below = bool(plan.collection.collection.where) and bool(address.where)
    return (bool(filters) or is_below) and all(
        _is_asked_for(plan.operation, name, value) for name, value in filters
    )


def _filters(plan: BoundPlan, asked: Mapping[str, Any], unsent: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """Yield the filters of a query by their names, those within an object by `filter[kind]`."""
    assert plan.choosing is not None
    for name, value in asked.items():
        if name not in plan.choosing.names or name in unsent:
            continue
        inner = {}
        if isinstance(value, dict):
            inner = {f"{name}[{one}]": part for one, part in value.items()}
        within = [one for one in inner.items() if one[0] in plan.choosing.names]
        yield from within or [(name, value)]


def _is_asked_for(operation: Operation, name: str, value: Any) -> bool:
    if value is None:
        return True
    outer, _, inner = name.removesuffix("]").partition("[")
    for parameter in operation.parameters:
        if parameter.location != "query":
            continue
        if parameter.name == name:
            return parameter.required or _is_example(_examples(parameter), value)
        if inner and parameter.name == outer:
            is_stated = parameter.required or _is_example(_examples(parameter), value)
            return is_stated or _is_asked_for_within(parameter.schema, inner, value)
    return False


def _is_asked_for_within(schema: Node | None, name: str, value: Any) -> bool:
    """Tell the same of a member of an object that is one parameter."""
    if schema is None:
        return False
    if name in (schema.get("required") or ()):
        return True
    member = schema.find("properties", name)
    return member is not None and _is_example(_named_by(member), value)


def _is_example(examples: Iterable[Any], value: Any) -> bool:
    known = {str(one) for example in examples for one in _each(example)}
    return all(str(one) in known for one in _each(value))


def _examples(parameter: Parameter) -> Iterator[Any]:
    for _, value in stated_examples(parameter.node):
        yield value
    if parameter.schema is not None:
        yield from _named_by(parameter.schema)


def _named_by(schema: Node) -> Iterator[Any]:
    yield from own_examples(schema)
    yield from schema.get("enum") or ()
    if schema.has("items"):
        yield from own_examples(schema.raw("items"))


def _each(value: Any) -> Iterator[Any]:
    """Yield the plain values in a value, however deep."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        yield value
        return
    for one in value:
        yield from _each(one)


# ---- members that meet a condition


def _members_for(records: Records, address: Address, condition: Condition, way: int) -> dict[str, Any]:
    """Return members that meet a condition. way: which alternative is taken where there are some."""
    members: dict[str, Any] = {}
    for test in _tests(condition, way, partial(_takes_words, records, address)):
        if not test.pointer or test.pointer[0] == META:
            continue
        shape = records.shape_at(address, test.pointer)
        value = _value_for(test)
        if shape is not None:
            value = _in_form(value, shape)
        if value is not None:
            _put(members, test.pointer, value, is_part=test.op == "contains")
    return members


def _tests(condition: Condition, way: int, likelihood: Callable[[Condition], int]) -> Iterator[Test]:
    """Yield the tests of a condition. way: which of its alternatives; those that are likely come first."""
    if isinstance(condition, And):
        for one in condition.all:
            yield from _tests(one, way, likelihood)
    elif isinstance(condition, Or):
        ranked = sorted(condition.any, key=likelihood, reverse=True)
        yield from _tests(ranked[way % len(ranked)], way, likelihood)
    elif isinstance(condition, Test):
        yield condition


def _takes_words(records: Records, address: Address, condition: Condition) -> int:
    """Tell how well a member that a condition is about may hold any words: as what a thing is called does
    best, then prose, and an address or an id hardly.
    """
    if not isinstance(condition, Test) or not condition.pointer or condition.pointer[0] == META:
        return 0
    shape = records.shape_at(address, condition.pointer)
    if shape is None or shape.kind != "string" or shape.constants is not None:
        return 0
    if shape.format or shape.patterns:
        return 0
    name = condition.pointer[-1]
    if fold(name) in TITLES:
        return 4
    if fold(name) in PROSE:
        return 3
    return 1 if identifies(snake_case(name)) else 2


def _value_for(test: Test) -> Any:
    """Return a value that passes a test; None where any may."""
    value = test.value
    match test.op:
        case "in":
            return value[0] if value else None
        case "like":
            return str(value).replace("%", "")
        case "gt" | "lt" if isinstance(value, (int, float)):
            return value + 1 if test.op == "gt" else value - 1
        case "eq" | "ge" | "le" | "contains" | "starts" | "ends":
            return value
        case _:
            return None


def _in_form(value: Any, shape: Shape) -> Any:
    """Return a value as a member shows it: a day as a moment, one as a list of it."""
    if shape.kind == "array" and not isinstance(value, list):
        return [value]
    if shape.format == "date-time" and isinstance(value, str) and len(value) == _DAY:
        return f"{value}{_NOON}"
    told = coerced(value, shape)
    return value if told is None else told


def _put(members: dict[str, Any], place: tuple[str, ...], value: Any, *, is_part: bool) -> None:
    """Put a value at a place; several parts of one text stand beside each other."""
    holder = members
    for step in place[:-1]:
        holder = holder.setdefault(step, {})
        if not isinstance(holder, dict):
            return
    before = holder.get(place[-1])
    if is_part and isinstance(before, str) and isinstance(value, str):
        value = f"{before} {value}"
    holder[place[-1]] = value
