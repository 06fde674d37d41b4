"""Schemas that no value meets: where they contradict themselves, and the value that comes nearest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final
from urllib.parse import quote

from msgspec import Struct

from understudy.contracts.source import Node
from understudy.errors import ContractError, Failure, ResponseInvalid
from understudy.messages import Response
from understudy.schemas.entity import new_faker
from understudy.schemas.generator import Generator, Ungeneratable
from understudy.schemas.keywords import HOLDING_LISTED, HOLDING_NAMED, HOLDING_ONE, LARGEST, SMALLEST
from understudy.schemas.subschemas import mapping, resolved
from understudy.schemas.validators import Validators

HEADER: Final = "Sandbox-Contract"
_PRINTABLE: Final = "".join(map(chr, range(0x21, 0x7F)))
_DEEPEST: Final = 2  # members within members whose lists are looked into
_HOLDING: Final = frozenset({"$ref", "$dynamicRef", *HOLDING_ONE, *HOLDING_NAMED, *HOLDING_LISTED})
_BOUNDING: Final = frozenset({*LARGEST, *SMALLEST, "format", "pattern", "enum", "const", "multipleOf"})


class Contradiction(Struct, frozen=True):
    """Where a contract contradicts itself, and what it wants there that a value cannot be."""

    file: str
    pointer: str
    reason: str


class Contradictions:
    """The contradictions of one contract, each found when it is first asked for.

    Whether a schema has one is tried with a seed of its own, so that everybody who asks hears the same.
    are_served: whether answers show the nearest value.
    """

    def __init__(self, validators: Validators, generator: Generator, *, are_served: bool = True) -> None:
        self._validators, self._generator, self._are_served = validators, generator, are_served
        self._found: dict[str, Contradiction | None] = {}

    def of(self, schema: Node | None) -> Contradiction | None:
        """Return the contradiction of a schema; None where a value meets it."""
        if schema is None:
            return None
        if schema.address not in self._found:
            self._found[schema.address] = self._look(schema)
        return self._found[schema.address]

    def is_served(self, schema: Node | None) -> bool:
        """Tell whether a schema is known to have a contradiction, and the nearest value is shown."""
        return self._are_served and schema is not None and self._found.get(schema.address) is not None

    def _look(self, schema: Node) -> Contradiction | None:
        fake = new_faker()
        fake.seed_instance(f"contradiction {schema.pointer}")
        reason = ""
        with suppress(ContractError, KeyError):  # no schema, or a reference to nowhere: found elsewhere
            try:
                self._generator.value(schema, fake)
            except Ungeneratable as error:
                reason = str(error)
            if reason:
                return self._judge(schema, self._generator.nearest(schema, fake), reason)
        return None

    def _judge(self, schema: Node, nearest: Any, reason: str) -> Contradiction:
        broken = self._validators.for_node(schema).broken(nearest)
        if broken is None:
            return Contradiction(schema.file, schema.pointer, reason)
        path, failure = broken
        node = self._validators.translation.place(schema, path)
        return Contradiction(node.file, node.pointer, f"no value was found that meets it: {failure}")


class Doubt:
    """What is found of contradictions while one answer is made."""

    __slots__ = ("_contradictions", "_found", "_operation", "_status")

    def __init__(self, contradictions: Contradictions, operation: str, status: int) -> None:
        self._contradictions, self._operation, self._status = contradictions, operation, status
        self._found: list[Contradiction] = []

    def is_known(self, schema: Node | None) -> bool:
        """Tell whether no value meets a schema, and the nearest one is to be shown."""
        if not self._contradictions.is_served(schema):
            return False
        self._add(schema)
        return True

    def note(self, schema: Node | None, error: Ungeneratable) -> None:
        """Note that no value was found for a schema. Raises ResponseInvalid where none may be shown
        instead: the contract is sound, or errors are wanted.
        """
        self._contradictions.of(schema)
        if not self.is_known(schema):
            expected = f"a value of its schema, which could not be made: {error}"
            failure = Failure("body", "", "generate", expected)
            raise ResponseInvalid(self._operation, self._status, (failure,)) from None

    def _add(self, schema: Node | None) -> None:
        contradiction = self._contradictions.of(schema)
        if contradiction is not None and contradiction not in self._found:
            self._found.append(contradiction)

    def mark(self, response: Response) -> Response:
        """Have the answer say where its contract contradicts itself."""
        for one in self._found:
            place = quote(one.pointer, safe=_PRINTABLE)
            response.is_nearest = True
            response.headers = {HEADER: f"broken at {place}", **response.headers}
            note = f"the contract contradicts itself at {one.pointer}: {one.reason}"
            response.notes = [*response.notes, note]
        return response


def shown_schemas(schema: Node) -> Iterator[Node]:
    """Yield what of a body's schema is made for itself: the whole, the items of its lists, and members of
    which much is said, which a whole value can do without where nothing meets them.
    """
    waiting = [(resolved(schema), 0)]
    yield schema
    while waiting:
        node, depth = waiting.pop()
        if node.has("items") and isinstance(node.get("items"), dict):
            yield node.raw("items")
        for name in mapping(node, "properties"):
            member = node.raw("properties", name)
            if _is_bound(member):
                yield member
            elif depth < _DEEPEST:
                waiting.append((resolved(member), depth + 1))


def _is_bound(schema: Node) -> bool:
    """Tell whether a schema holds no other, and says things of its value that may contradict each other."""
    said = schema.value
    return isinstance(said, dict) and _HOLDING.isdisjoint(said) and len(_BOUNDING & said.keys()) > 1
