"""Conditions on calls: each that is given must hold, and those that do not are named."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from understudy.errors import Failure, RequestInvalid, show
from understudy.globs import is_path
from understudy.json_values import at
from understudy.late import late
from understudy.matching.allowance import LookedAtTooMuch
from understudy.matching.call import Call
from understudy.matching.patterns import PatternInvalid
from understudy.matching.values import Matcher, MatcherInvalid, body_matcher, text_matcher
from understudy.messages import NOTHING
from understudy.pointers import escape

if TYPE_CHECKING:
    from understudy.matching import paths
else:  # the library of JSONPaths takes a tenth of a second to import, and every start would pay it
    paths = late("understudy.matching.paths")

Find = Callable[[Call], Sequence[Any]]
"""Finds the values that stand in one place of a call; none where there is nothing.

Raises LookedAtTooMuch.
"""

_NAMES: Final[Mapping[str, str]] = {"path_parameters": "pathParameters"}
_PLACES: Final[Mapping[str, str]] = {
    "path_parameters": "path",
    "query": "query",
    "headers": "header",
    "cookies": "cookie",
}
"""Where the values of a group of conditions stand, in the words of a failure."""


class Difference(Struct, frozen=True):
    """A condition that does not hold.

    location: `path`, `query`, `header`, `cookie`, `body` or the condition's name. name: the parameter, the
    header, the pointer. values: what stands there. unread: why nobody looked to the end, empty where somebody
    did.
    """

    location: str
    name: str
    expected: str
    values: tuple[Any, ...] = ()
    unread: str = ""

    @property
    def received(self) -> str:
        """What stands there, shortened; `absent` for nothing."""
        if self.unread:
            return self.unread
        if not self.values:
            return "absent"
        return show(self.values[0])

    def __str__(self) -> str:
        place = f"{self.location} {self.name}".strip()
        return f"{place}: expected {self.expected}, received {self.received}"


class _Condition(Struct, frozen=True):
    location: str
    name: str
    find: Find
    matcher: Matcher

    def difference(self, call: Call) -> Difference | None:
        try:
            values = self.find(call)
            if self.matcher.holds(values, call.allowance):
                return None
        except LookedAtTooMuch as error:
            return Difference(self.location, self.name, self.matcher.said, unread=str(error))
        return Difference(self.location, self.name, self.matcher.said, tuple(values))


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """Conditions, of which each that is given must hold; without any, every call matches.

    api: the contract's name. operation: an operationId or a key such as `get /accounts/{id}`. method: in any
    case.
    path: a glob, `*` within a segment and `**` for any number of segments, for the whole path or for that
    within the API.
    headers, path_parameters, query, cookies: by name, that of a header in any case, a value or a glob in
    which `*` is any text, or operators; of a name that comes twice one value has to match.
    body: by JSON pointer or JSONPath, the value that must stand there, or operators.
    Raises RequestInvalid for a matcher that cannot be read, its pointer relative to this.
    """

    api: str = ""
    operation: str = ""
    method: str = ""
    path: str = ""
    headers: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    body: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    path_parameters: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    query: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    cookies: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    _before_body: tuple[_Condition, ...] = dataclasses.field(init=False, repr=False, compare=False)
    _of_body: tuple[_Condition, ...] = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Read the matchers."""
        failures: list[Failure] = []
        groups: list[_Condition] = []
        for group in _PLACES:
            groups += _text_conditions(group, getattr(self, group), failures)
        of_body = _body_conditions(self.body, failures)
        if failures:
            raise RequestInvalid(failures)
        object.__setattr__(self, "_before_body", tuple(groups))
        object.__setattr__(self, "_of_body", tuple(of_body))

    def holds_before_body(self, call: Call) -> bool:
        """Tell whether all conditions hold that do not look at the body."""
        return next(self._differences_before_body(call), None) is None

    def holds(self, call: Call) -> bool:
        """Tell whether all conditions hold."""
        return next(self.differences(call), None) is None

    def differences(self, call: Call) -> Iterator[Difference]:
        """Yield the conditions that do not hold, the cheap ones first."""
        yield from self._differences_before_body(call)
        for condition in self._of_body:
            difference = condition.difference(call)
            if difference is not None:
                yield difference

    def written(self) -> dict[str, Any]:
        """Return the conditions as JSON, without those that are not given."""
        written: dict[str, Any] = {}
        for name in ("api", "operation", "method", "path", *_PLACES, "body"):
            value = getattr(self, name)
            if value:
                written[_NAMES.get(name, name)] = value
        return written

    def _differences_before_body(self, call: Call) -> Iterator[Difference]:
        if self.api and self.api != call.api:
            yield Difference("api", "", self.api, (call.api,))
        if self.operation and self.operation not in (call.operation_id, call.operation):
            yield Difference("operation", "", self.operation, (call.operation_id or call.operation,))
        if self.method and self.method.upper() != call.method:
            yield Difference("method", "", self.method.upper(), (call.method,))
        if self.path and not _has_path(call, self.path):
            yield Difference("path", "", self.path, (call.path,))
        for condition in self._before_body:
            difference = condition.difference(call)
            if difference is not None:
                yield difference


def read_match(stated: Mapping[str, Any], pointer: str) -> Match:
    """Read conditions from JSON that its schema allows. Raises RequestInvalid.

    pointer: where they stand in the body of the request.
    """
    values = dict(stated)
    method, space, path = values.get("operation", "").partition(" ")
    if space:
        values["operation"] = f"{method.lower()} {path}"
    for name, member in _NAMES.items():
        if member in values:
            values[name] = values.pop(member)
    try:
        return Match(**values)
    except RequestInvalid as error:
        placed = [replace(one, pointer=pointer + one.pointer) for one in error.failures]
        raise RequestInvalid(placed) from None


def _text_conditions(group: str, stated: Mapping[str, Any], failures: list[Failure]) -> Iterator[_Condition]:
    for name, value in stated.items():
        try:
            matcher = text_matcher(value)
        except MatcherInvalid as error:
            place = f"/{_NAMES.get(group, group)}/{escape(name)}"
            failures.append(_failure(place, error))
        else:
            yield _Condition(_PLACES[group], name, _finder(group, name), matcher)


def _finder(group: str, name: str) -> Find:
    finders: Mapping[str, Find] = {
        "path_parameters": lambda call: call.parameter_values(name),
        "query": lambda call: call.query_values(name),
        "headers": lambda call: call.header_values(name),
        "cookies": lambda call: call.cookie_values(name),
    }
    return finders[group]


def _body_conditions(stated: Mapping[str, Any], failures: list[Failure]) -> list[_Condition]:
    conditions: list[_Condition] = []
    for place, value in stated.items():
        pointer = f"/body/{escape(place)}"
        try:
            matcher, find = body_matcher(value), _body_finder(place)
        except MatcherInvalid as error:
            failures.append(_failure(pointer, error))
        except PatternInvalid as error:
            failures.append(Failure("body", pointer, "matcher", error.expected, show(place)))
        else:
            conditions.append(_Condition("body", place, find, matcher))
    return conditions


def _body_finder(place: str) -> Find:
    """Return what finds the values at a JSON pointer or a JSONPath. Raises PatternInvalid."""
    if not place.startswith("$"):
        return lambda call: _at(call.body, place)
    read = paths.path_reader(place)
    return lambda call: () if call.body is NOTHING else read(call.body, call.allowance)


def _at(body: Any, pointer: str) -> Sequence[Any]:
    if body is NOTHING:
        return ()
    found = at(body, pointer)
    if found is NOTHING:
        return ()
    return (found,)


def _failure(pointer: str, error: MatcherInvalid) -> Failure:
    return Failure("body", pointer + error.pointer, "matcher", error.expected, error.received)


def _has_path(call: Call, glob: str) -> bool:
    """Tell whether the whole path, or that within the API, is what a glob says."""
    return is_path(call.path, glob) or is_path(call.path.removeprefix(call.base_path), glob)
