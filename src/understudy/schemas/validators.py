"""Compiled validators of a contract, for the direction in which a value travels."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from types import MappingProxyType
from typing import Any, Final

import jsonschema_rs

from understudy.contracts.contract import Contract
from understudy.contracts.source import Node
from understudy.errors import Failure, show
from understudy.schemas.compiled import Compiled
from understudy.schemas.direction import Direction
from understudy.schemas.explanation import Terms, Words, explain, gave_up, one_of
from understudy.schemas.piecewise import Broken, Judging, is_larger, is_met
from understudy.schemas.repetition import CHOICES, Repetition, judged_often
from understudy.schemas.tangles import branching, is_spread, is_woven, lists_many, may_multiply
from understudy.schemas.translation import PATTERN_OPTIONS, Translation

_NO_WORDS: Words = MappingProxyType({})
MOST_NAMED: Final = 5_000
"""Values that a body may hold so that each failing one of them is named; of a larger body they are some."""
MOST_NAMED_BACKTRACKING: Final = 300
"""The same where patterns backtrack: each value may cost a millisecond."""


_PHRASES: Final[Mapping[str, str]] = {
    "const": "the one value that is allowed",
    "uniqueItems": "without repeated items",
    "anyOf": "a match of one of the alternatives",
    "oneOf": "a match of one alternative, and of only one",
    "not": "anything but this: the contract excludes it",
    "contains": "an array with as many items of the wanted kind as are allowed",
    "propertyNames": "an object whose names are right",
    "additionalProperties": "absent: the contract has no such field",
    "unevaluatedProperties": "absent: the contract has no such field",
    "unevaluatedItems": "absent: the contract has no such item",
}
MOST_LISTED: Final = 1_000
"""Values of an enum that the validator hands over with a failure."""
MOST_HANDED_OVER: Final = 10_000
"""The same where it takes so long that a value is judged member by member instead."""
MOST_OF_LARGE: Final = 20
"""Values of a large body that are named."""
MOST_APART: Final = 3_000
"""Pairs of a schema and a value that are judged one by one, in some 10 µs each."""
MOST_FAILURES: Final = 500
"""Failures of one value that are named."""


class Validator:
    """One schema, compiled. `is_valid(value) -> bool` is the compiled check itself, about a microsecond for a
    small object, and a thousand times that where the schema `is_woven`.
    """

    __slots__ = (
        "_branches",
        "_compiled",
        "_has_long_list",
        "_most",
        "_parts",
        "_schema",
        "_spread",
        "_words",
        "is_valid",
        "is_woven",
    )

    def __init__(
        self,
        schema: Any,
        words: Words = _NO_WORDS,
        most: int = MOST_NAMED,
        repetition: Repetition | None = None,
    ) -> None:
        """`repetition`: knows the other schemas of the contract, and what they have in common."""
        self._words, self._most = words, most
        self._schema, self._branches = schema, -1
        self._spread: bool | None = None
        self._has_long_list: bool | None = None
        self.is_woven = is_woven(schema) or (repetition or Repetition()).is_in(schema)
        self._parts: dict[bool, Compiled] = {}
        self.is_valid: Callable[[Any], bool]
        if self.is_woven:
            self._compiled: Any = None
            self.is_valid = partial(is_met, self._in_parts(apart=True), schema)
        else:
            self._compiled = _compile(schema)
            self.is_valid = self._compiled.is_valid

    def failures(self, value: Any, location: str, prefix: str = "") -> list[Failure]:
        """Name every failing field, of a large value the first; empty where the value is valid.

        prefix: a JSON pointer put before each pointer.
        """
        allowed = _long_list(self._schema)
        if allowed and not self.is_valid(value):
            return [Failure(location, prefix, "enum", one_of(allowed), show(value))]
        if self.is_woven:
            return _in_one_go(self.judged(value, location, prefix))
        often = self._judged_often(value)
        if often > MOST_APART:
            return [_too_deep(location, prefix)]
        if often or (self._lists_many() and not self.is_valid(value)):
            return _in_one_go(self._judged_by(self._in_parts(apart=True), value, location, prefix))
        found: dict[Failure, None] = {}
        terms = Terms(self._words, self._schema)
        try:
            for error in self._errors(value):
                found.update(dict.fromkeys(explain(error, location, prefix, terms)))
        except _TooManyAlternatives:
            found[_too_many(location, prefix)] = None
        except ValueError:
            found[_too_deep(location, prefix)] = None
        return list(found)

    def judged(self, value: Any, location: str, prefix: str = "") -> Generator[None, None, list[Failure]]:
        """Name what is wrong with a value, of a large one some failing fields; pause by yielding."""
        parts = self._in_parts(apart=self.is_woven)
        return (yield from self._judged_by(parts, value, location, prefix))

    def _judged_by(
        self, parts: Compiled, value: Any, location: str, prefix: str
    ) -> Generator[None, None, list[Failure]]:
        judging = Judging(parts, MOST_OF_LARGE)
        try:
            yield from judging.broken(self._schema, value)
        except (ValueError, RecursionError):
            return [_too_deep(location, prefix)]
        if not judging.found:
            return []
        if not parts.is_woven and not is_larger(value, self._most):
            return self.failures(value, location, prefix)
        return (yield from self._named(judging.found, location, prefix))

    def _in_parts(self, *, apart: bool) -> Compiled:
        """Return the parts of the schema; `apart`: so that nothing is judged in one go that need not be."""
        if apart not in self._parts:
            self._parts[apart] = Compiled(
                self._schema, lambda schema: _compile(schema).is_valid, is_woven=apart
            )
        return self._parts[apart]

    def _lists_many(self) -> bool:
        """Tell whether very many values are allowed somewhere, all of which the validator would hand over."""
        if self._has_long_list is None:
            self._has_long_list = lists_many(self._schema, MOST_HANDED_OVER)
        return self._has_long_list

    def _judged_often(self, value: Any) -> int:
        """Return how many pairs of a schema and a value there are in one that is wrong, where they are judged
        over and over; 0 where they are not.
        """
        if not isinstance(value, (dict, list)) or is_larger(value, self._most) or self.is_valid(value):
            return 0
        if self._is_spread() or self._is_tangled(value):  # of which no more is said
            return 0
        return judged_often(self._schema, value)

    def _named(
        self, found: Sequence[Broken], location: str, prefix: str
    ) -> Generator[None, None, list[Failure]]:
        """Say what is wrong with each of some values."""
        validators: dict[int, Validator] = {}
        failures: dict[Failure, None] = {}
        for broken in found:
            yield
            pointer = prefix + broken.pointer
            if broken.keyword:
                failures[self._phrased(broken, location, pointer)] = None
                continue
            part = validators.get(id(broken.schema))
            if part is None:
                part = Validator(
                    self._in_parts(apart=self.is_woven).whole(broken.schema), self._words, self._most
                )
                part._has_long_list = False  # what is apart already
                validators[id(broken.schema)] = part
            failures.update(dict.fromkeys(part.failures(broken.value, location, pointer)))
        return list(failures)

    def _phrased(self, broken: Broken, location: str, pointer: str) -> Failure:
        keyword = broken.keyword
        if self.is_woven and keyword in CHOICES:
            return _too_many(location, pointer)
        if keyword == "enum":
            allowed = broken.schema[keyword]
            return Failure(location, pointer, keyword, one_of(allowed), show(broken.value))
        return Failure(location, pointer, keyword, _PHRASES[keyword])

    def broken(self, value: Any) -> tuple[Sequence[str | int], Failure] | None:
        """Return the path to the first keyword that a value does not meet, in this schema, and the
        failure.
        """
        if self.is_woven:
            return next((((), failure) for failure in self.failures(value, "body")), None)
        if self._judged_often(value):
            return (), _too_deep("body", "")
        terms = Terms(self._words, self._schema)
        try:
            for error in self._errors(value):
                for failure in explain(error, "body", "", terms):
                    return error.schema_path, failure
        except _TooManyAlternatives:
            return (), _too_many("body", "")
        except ValueError:
            return (), _too_deep("body", "")
        return None

    def _is_tangled(self, value: Any) -> bool:
        """Tell whether to find all that is wrong may take forever, with alternatives within alternatives."""
        if not isinstance(value, (dict, list)):
            return False
        if self._branches < 0:
            self._branches = branching(self._schema)
        return self._branches > 1 and may_multiply(value, self._branches)

    def _is_spread(self) -> bool:
        """Tell whether alternatives stand within alternatives, too many to say what each finds wrong."""
        if self._spread is None:
            self._spread = is_spread(self._schema)
        return self._spread

    def _errors(self, value: Any) -> Iterable[jsonschema_rs.ValidationError]:
        """Return what is wrong; only the first where to find all of it would take long.

        Raises ValueError for a value that is nested too deep to be judged, or to be told what is wrong with
        it; _TooManyAlternatives, which is one, where the schema has too many for that.
        """
        if self.is_valid(value):
            return ()
        if self._is_spread():
            raise _TooManyAlternatives
        if self._is_tangled(value):
            raise ValueError("alternatives are nested in alternatives")
        try:
            self._compiled.validate(value)
        except jsonschema_rs.ValidationError as first:
            if gave_up(first) or is_larger(value, self._most):
                return [first]
            return islice(self._compiled.iter_errors(value), MOST_FAILURES)
        return ()


def _in_one_go(work: Generator[None, None, list[Failure]]) -> list[Failure]:
    """Do all of some work, and return what comes of it."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: list[Failure] = end.value
            return found


def _long_list(schema: Any) -> Sequence[Any]:
    """Return the values that a schema allows, where it says nothing else and they are very many: the
    validator would hand over all of them with each value that is none.
    """
    if not isinstance(schema, dict) or not schema.keys() <= {"type", "enum", "$defs"}:
        return ()
    allowed: Sequence[Any] = schema.get("enum", ())
    if len(allowed) <= MOST_LISTED:
        return ()
    return allowed


class _TooManyAlternatives(ValueError):
    """What is wrong with a value is not said for each alternative of a choice."""


def _too_many(location: str, prefix: str) -> Failure:
    expected = "a match of one alternative: there are too many to say what each finds wrong"
    return Failure(location, prefix, "anyOf", expected)


def _too_deep(location: str, prefix: str) -> Failure:
    return Failure(location, prefix, "depth", "nested less deep: it cannot be judged")


def _compile(schema: Any) -> Any:
    return jsonschema_rs.validator_for(
        schema, validate_formats=True, pattern_options=PATTERN_OPTIONS, offline=True
    )


class Validators:
    """The validators of a contract for one direction, each compiled when it is first asked for."""

    def __init__(self, translation: Translation) -> None:
        self.translation = translation
        self._compiled: dict[str, Validator] = {}
        self._repetition = Repetition()

    def for_node(self, node: Node) -> Validator:
        """Return the validator of the schema at a node; one that takes anything, and a finding, where the
        schema cannot be compiled.
        """
        validator = self._compiled.get(node.address)
        if validator is None:
            try:
                validator = self._compile(node)
            except (ValueError, jsonschema_rs.ReferencingError, RecursionError) as error:
                cause = str(error).splitlines()[0][:200]
                reason = f"the schema cannot be compiled, so anything is taken: {cause}"
                self.translation.find(node.file, node.pointer, reason)
                validator = Validator(True)
            self._compiled[node.address] = validator
        return validator

    def preparation(self, node: Node) -> Iterator[None]:
        """Compile the schema at a node, and yield after each piece of that work."""
        if node.address not in self._compiled:
            yield from self.translation.preparation(node)
            self.for_node(node)
        yield

    def _compile(self, node: Node) -> Validator:
        schema, most = self.translation.bundle(node), MOST_NAMED
        if self.translation.backtracks:
            most = MOST_NAMED_BACKTRACKING
        return Validator(schema, self.translation.words, most, self._repetition)


def validators_of(contract: Contract, direction: Direction | str) -> Validators:
    """Return the validators of a contract for a direction, `request` or `response`; they are made once."""
    direction = Direction(direction)
    return contract.kept(
        ("validators", direction),
        lambda: Validators(Translation(contract.document, contract.version, direction)),
    )
