"""Coercion: a body as lenient frameworks read it, with numbers and booleans for texts that mean them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from msgspec.structs import replace

from understudy.contracts.source import Node
from understudy.errors import Failure
from understudy.parameters.values import Reading, Readings, distinct
from understudy.schemas.shape import Shape
from understudy.schemas.validators import Validator

MOST_NESTED: Final = 100  # levels of a body that are looked at; what lies deeper stays as it came
MOST_READ: Final = 3_000  # values of a body, or a few less and some of them again
JUDGING: Final = 5  # values that may be looked at in the time in which one alternative is judged
JUDGING_SLOWLY: Final = 300  # the same where alternatives lead to the same ones over and over
ADVICE: Final = " (--lenient takes it)"


class Coercion:
    """Reads values by the schemas of one contract as Jackson and PHP do: a text is the number or the boolean
    it means where no text may be, and a member that must not be there is passed over.
    """

    def __init__(self, validator_of: Callable[[Node], Validator]) -> None:
        self._readings = Readings(validator_of)

    def value(self, value: Any, schema: Node) -> Any:
        """Return a value as it is meant; what is no value of the schema even so stays as it came, and a value
        in which too much would have to be looked at does so, too.
        """
        pass_over = _Pass(self._readings)
        meant = pass_over.read(value, self._readings.of(schema), 0)
        return meant if pass_over.left > 0 else value


class _Pass:
    """One look at a body. left: values that may still be looked at; a choice looks at what it holds for each
    of its alternatives, so that they multiply with each level.
    """

    def __init__(self, readings: Readings) -> None:
        self._readings = readings
        self.left = MOST_READ

    def read(self, value: Any, reading: Reading, depth: int) -> Any:
        self.left -= 1
        if depth > MOST_NESTED or self.left <= 0:
            return value
        if isinstance(value, str):
            return reading.scalar(value)
        if isinstance(value, (dict, list)):
            return self._first_valid(value, reading, depth + 1)
        return value

    def _first_valid(self, value: Any, reading: Reading, depth: int) -> Any:
        found = distinct(list(self._candidates(value, reading, depth)))
        if len(found) > 1:
            self.left -= (JUDGING_SLOWLY if reading.is_slow else JUDGING) * (len(found) - 1)
        if self.left <= 0:  # what is found is not used
            return value
        if len(found) <= 1:
            return found[0] if found else value
        return next(filter(reading.is_valid, found), found[0])

    def _candidates(self, value: Any, reading: Reading, depth: int) -> Iterator[Any]:
        for shape in reading.shapes:
            if isinstance(value, dict) and shape.may_be("object"):
                yield self._members(value, shape, depth)
            elif isinstance(value, list) and shape.may_be("array"):
                yield self._items(value, shape, depth)

    def _members(self, value: dict[str, Any], shape: Shape, depth: int) -> dict[str, Any]:
        read = {}
        for name, member in value.items():
            self.left -= 1
            if self.left <= 0:
                return value
            parts = shape.property(name)
            if parts is not None:
                read[name] = self.read(member, self._readings.of(*parts), depth)
        return read

    def _items(self, value: list[Any], shape: Shape, depth: int) -> list[Any]:
        read = []
        for index, item in enumerate(value):
            if self.left <= 0:
                return value
            parts = shape.items
            if index < len(shape.prefixes):
                parts = shape.prefixes[index]
            read.append(self.read(item, self._readings.of(*parts), depth))
        return read


def advised(failures: Sequence[Failure], remaining: Sequence[Failure]) -> list[Failure]:
    """Name the option that takes more, once: at the first failure that would not remain then."""
    kept = {(failure.pointer, failure.rule) for failure in remaining}
    told = list(failures)
    for index, failure in enumerate(told):
        if (failure.pointer, failure.rule) not in kept:
            told[index] = replace(failure, advice=ADVICE)
            break
    return told
