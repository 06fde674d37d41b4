"""Coverage: which operations, statuses, parameters and members of a contract calls have touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from understudy.contracts.answers import json_media, success
from understudy.contracts.contract import Answer, Contract, MediaType, Operation, Parameter
from understudy.contracts.source import Node
from understudy.journal.entry import Entry
from understudy.messages import NOTHING
from understudy.parameters.styles import bracketed, query_pairs
from understudy.pointers import escape
from understudy.schemas.direction import Direction
from understudy.schemas.shapes import Shapes

DEEPEST: Final = 4  # objects within each other whose members are told apart
MOST: Final = 200  # members of one body that are told apart

Counts = dict[str, int]
"""How many calls touched each of several, by name; 0 for what none did."""


class Coverage:
    """Counts what the calls of one contract touched."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._asked, self._shown = Shapes(Direction.REQUEST), Shapes(Direction.RESPONSE)
        self._covered: dict[str, Covered] = {}

    def note(self, entry: Entry) -> None:
        """Count one call of an operation of the contract."""
        covered = self._covered.get(entry.operation)
        if covered is None:
            operation = self._contract.operation(entry.operation)
            covered = self._covered[entry.operation] = Covered(operation, self._asked, self._shown)
        covered.note(entry)

    def written(self) -> dict[str, Any]:
        """Return it as JSON. The members of operations that were not called are not counted."""
        operations = list(map(self._written, self._contract.operations))
        return {"api": self._contract.name, "operations": operations, "totals": totals(operations)}

    def _written(self, operation: Operation) -> dict[str, Any]:
        covered = self._covered.get(operation.key)
        if covered is not None:
            return covered.written()
        uncalled = Covered(operation, None, None)
        return uncalled.written()


class Covered:
    """What calls of one operation touched.

    asked, shown: make shapes of its bodies; None where nobody asks.
    """

    def __init__(self, operation: Operation, asked: Shapes | None, shown: Shapes | None) -> None:
        self._operation = operation
        self._calls = 0
        self._statuses: Counts = dict.fromkeys(operation.responses, 0)
        self._undocumented: Counts = {}
        self._parameters: Counts = dict.fromkeys(map(_parameter, operation.parameters), 0)
        self._sent: Counts = _members(asked, _taken(operation))
        status, answer = success(operation)
        self._success = self._written_as(answer) if answer is not None else str(status)
        self._answered: Counts = {}
        if answer is not None:
            self._answered = _members(shown, json_media(answer.content))

    def note(self, entry: Entry) -> None:
        """Count one call."""
        self._calls += 1
        status = self._note_status(entry.status)
        _count(self._parameters, _given(entry, self._operation))
        _count(self._sent, _pointers(entry.request_json))
        if status == self._success:
            _count(self._answered, _pointers(entry.response_json))

    def written(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "key": self._operation.key,
            "operationId": self._operation.id,
            "calls": self._calls,
            "statuses": self._statuses,
            "undocumented": self._undocumented,
            "parameters": self._parameters,
            "sent": self._sent,
            "answered": self._answered,
        }

    def _note_status(self, status: int) -> str:
        """Count the documented status that stands for one, or itself where none does; return which."""
        answer = self._operation.answer(status)
        counts, name = self._undocumented, str(status)
        if answer is not None:
            counts, name = self._statuses, self._written_as(answer)
        counts[name] = counts.get(name, 0) + 1
        return name

    def _written_as(self, answer: Answer) -> str:
        return next(name for name, one in self._operation.responses.items() if one is answer)


def totals(operations: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Count what of several operations, as they are written, was touched, and how much there is."""
    found = {name: {"touched": 0, "all": 0} for name in ("operations", "statuses", "parameters", "members")}
    for operation in operations:
        _add(found["operations"], {"": operation["calls"]})
        _add(found["statuses"], operation["statuses"])
        _add(found["parameters"], operation["parameters"])
        _add(found["members"], operation["sent"])
        _add(found["members"], operation["answered"])
    return found


def _add(total: dict[str, int], counts: Mapping[str, int]) -> None:
    total["all"] += len(counts)
    total["touched"] += len(counts) - list(counts.values()).count(0)


def _count(counts: Counts, touched: Iterable[str]) -> None:
    """Count what was touched of what there is."""
    for name in set(touched):
        if name in counts:
            counts[name] += 1


# ---- what there is


def _parameter(parameter: Parameter) -> str:
    return f"{parameter.location} {parameter.name}"


def _taken(operation: Operation) -> MediaType | None:
    """Return how an operation takes its body: as JSON where it does, else the first way."""
    if operation.body is None:
        return None
    content = operation.body.content
    return json_media(content) or next(iter(content.values()), None)


def _members(shapes: Shapes | None, media: MediaType | None) -> Counts:
    """Return the pointers of the members that a body may have, `*` for any item of a list."""
    if shapes is None or media is None or media.schema is None:
        return {}
    found: Counts = {}
    _walk(shapes, (media.schema,), "", found)
    return found


def _walk(shapes: Shapes, parts: tuple[Node, ...], pointer: str, found: Counts) -> None:
    if pointer.count("/") > 2 * DEEPEST:
        return
    for shape in shapes.alternatives(shapes.of(parts)):
        if shape.items:
            _walk(shapes, shape.items, f"{pointer}/*", found)
        for name, member in shape.declared.items():
            below = f"{pointer}/{escape(name)}"
            if member is None or below in found or len(found) >= MOST or shapes.of(member).hidden:
                continue
            found[below] = 0
            if below.replace("/*", "").count("/") < DEEPEST:
                _walk(shapes, member, below, found)


# ---- what was touched


def _given(entry: Entry, operation: Operation) -> Iterator[str]:
    """Yield the parameters that a call gave; those of the path it always does."""
    queried = Counter(_name(name) for name, _ in query_pairs(entry.query))
    headers = {name.decode("latin-1").lower() for name, _ in entry.request_headers}
    for parameter in operation.parameters:
        is_given = (
            parameter.location == "path"
            or (parameter.location == "query" and parameter.name.removesuffix("[]") in queried)
            or (parameter.location == "header" and parameter.name.lower() in headers)
        )
        if is_given:
            yield _parameter(parameter)


def _name(name: str) -> str:
    """Return what a name in the query belongs to: `filter` of `filter[status]`."""
    found = bracketed(name)
    if found is None:
        return name
    return found[0]


def _pointers(value: Any, pointer: str = "") -> Iterator[str]:
    """Yield the pointer of each member of a value, `*` for any item of a list."""
    if value is NOTHING or pointer.count("/") > 2 * DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _pointers(item, f"{pointer}/*")
    elif isinstance(value, dict):
        for name, member in value.items():
            below = f"{pointer}/{escape(name)}"
            yield below
            yield from _pointers(member, below)
