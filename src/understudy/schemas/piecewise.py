"""Piecewise: a large value judged a piece at a time, so that whoever judges it can give way in between."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from msgspec import Struct

from understudy.pointers import escape
from understudy.schemas.compiled import OF_VALUES, SAYS_OF_MEMBERS, Compiled
from understudy.schemas.keywords import OF_OTHERS
from understudy.schemas.seen import Places, Seen
from understudy.schemas.tangles import FARTHEST, is_woven

SMALL: Final = 300
"""Values within one that are judged in one go."""
SLICE: Final = 0.004
"""Seconds of work after which others have their turn."""
DEEPEST: Final = 30
"""Levels of a value that are taken apart; what lies deeper is judged in one go."""

_TEXT: Final = 100  # characters that cost about as much as a value
_MOST_AT_ONCE: Final = 2_000
_HOPS: Final = 3
_SAYS_OF_OTHERS: Final = SAYS_OF_MEMBERS - {"properties"}
_LEADS_ON: Final = frozenset({"$ref", "allOf"})
_TOLD_BY_NAMES: Final = frozenset({"type", "required"})

Pauses = Generator[None, None, "Broken | None"]


class Broken(Struct, frozen=True):
    """The first value within another one that does not meet a schema, and where it stands. keyword: that the
    value does not meet, of alternatives, of all that is in it or of what nothing else speaks of; "" where the
    schema itself can say what is wrong.
    """

    schema: Any
    value: Any
    pointer: str
    keyword: str = ""


class Judging:
    """One judgement of one large value. `broken` is a generator: it pauses by yielding, and returns what is
    wrong, or None.

    most: things that are wrong after which no more is looked for. found: those that were; what is wrong with
    an alternative is none of them. Of schemas that are woven small values are taken apart, too: what they
    lead to over and over is then looked up.
    """

    def __init__(self, compiled: Compiled, most: int = 1) -> None:
        self._compiled, self._most = compiled, most
        self._apart = compiled.is_woven
        self._deepest = FARTHEST if self._apart else DEEPEST
        self._seen = Seen(compiled, self._is_met)
        self._since = time.perf_counter()
        self._at_once = 16
        self._choices = 0
        """Alternatives within which the judgement is."""
        self._met: dict[tuple[int, int], bool] = {}
        self._right: set[tuple[int, int]] = set()
        """Schemas that lead to others, with values that meet them: they may be led to over and over."""
        self.found: list[Broken] = []

    def broken(self, schema: Any, value: Any, pointer: str = "", depth: int = 0) -> Pauses:
        """Find the first value that does not meet its schema. Raises ValueError where it is nested too
        deep.
        """
        yield from self._pause()
        if not isinstance(schema, dict) or not self._is_taken_apart(value):
            return self._in_one_go(schema, value, pointer)
        if depth > self._deepest:
            if self._apart and is_woven(self._compiled.whole(schema)):
                raise ValueError("schemas that lead to each other over and over are nested too deep")
            return self._in_one_go(schema, value, pointer)
        if _LEADS_ON.isdisjoint(schema):
            return (yield from self._broken_apart(schema, value, pointer, depth))
        key, before = (id(schema), id(value)), len(self.found)
        if key in self._right:
            return None
        self._right.add(key)  # also while it is judged: what leads back to itself says no more
        wrong = yield from self._broken_apart(schema, value, pointer, depth)
        if wrong is not None or len(self.found) > before:
            self._right.discard(key)
        return wrong

    def _broken_apart(self, schema: Mapping[str, Any], value: Any, pointer: str, depth: int) -> Pauses:
        if not self._meets_rest(schema, value):
            wrong = self._noted(self._broken_rest(schema, value, pointer))
            if wrong is not None:
                return wrong
        ways = (
            self._referred,
            self._all,
            self._dependent,
            self._some,
            self._conditional,
            self._names,
            self._members,
            self._items,
            self._contained,
            self._unseen,
        )
        for way in ways:
            wrong = yield from way(schema, value, pointer, depth)
            if wrong is not None:
                return wrong
        return None

    def _is_taken_apart(self, value: Any) -> bool:
        return self._apart or is_larger(value, SMALL)

    def _meets_rest(self, schema: Mapping[str, Any], value: Any) -> bool:
        """Tell whether a value meets what is not taken apart. Of thousands of alternatives most ask for a
        type and some names, which is seen without the names of all members being handed over.
        """
        said = schema.keys() - self._compiled.taken_apart
        if said <= _TOLD_BY_NAMES and schema.get("type", "object") == "object" and isinstance(value, dict):
            return value.keys() >= set(schema.get("required", ()))
        return self._compiled.rest(schema)(_outline(schema, value))

    def _in_one_go(self, schema: Any, value: Any, pointer: str) -> Broken | None:
        if self._compiled.of(schema)(value):
            return None
        return self._noted(Broken(schema, value, pointer))

    def _broken_rest(self, schema: Mapping[str, Any], value: Any, pointer: str) -> Broken:
        for keyword in OF_VALUES:
            if keyword in schema and not self._compiled.only(schema, keyword)(value):
                return Broken(schema, value, pointer, keyword)
        return Broken(self._compiled.without_parts(schema), _outline(schema, value), pointer)

    def _noted(self, wrong: Broken) -> Broken | None:
        """Note what is wrong, and return it where that decides; None where more is looked for."""
        if self._choices:
            return wrong
        self.found.append(wrong)
        if len(self.found) >= self._most:
            return wrong
        return None

    def _pause(self) -> Generator[None, None, None]:
        if time.perf_counter() - self._since > SLICE:
            yield
            self._since = time.perf_counter()

    # -- the keywords that are taken apart

    def _referred(self, schema: Mapping[str, Any], value: Any, pointer: str, depth: int) -> Pauses:
        if "$ref" not in schema:
            return None
        target = self._compiled.referred(schema["$ref"])
        return (yield from self.broken(target, value, pointer, depth + 1))

    def _all(self, schema: Mapping[str, Any], value: Any, pointer: str, depth: int) -> Pauses:
        for part in schema.get("allOf", ()):
            wrong = yield from self.broken(part, value, pointer, depth + 1)
            if wrong is not None:
                return wrong
        return None

    def _dependent(self, schema: Mapping[str, Any], value: Any, pointer: str, depth: int) -> Pauses:
        if "dependentSchemas" not in schema or not isinstance(value, dict):
            return None
        for name, part in schema["dependentSchemas"].items():
            if name not in value:
                continue
            wrong = yield from self.broken(part, value, pointer, depth + 1)
            if wrong is not None:
                return wrong
        return None

    def _some(self, schema: Mapping[str, Any], value: Any, pointer: str, depth: int) -> Pauses:
        """Judge by alternatives, and by what must not be met."""
        for keyword, most in (("anyOf", 0), ("oneOf", 1), ("not", 0)):
            if keyword not in schema:
                continue
            branches = schema[keyword]
            if keyword == "not":
                branches = [branches]
            met = 0
            for branch in branches:
                if self._is_ruled_out(branch, value):
                    continue
                met += yield from self._is_met(branch, value, depth)
                if met > most:
                    break
            is_right = met == 0 if keyword == "not" else met >= 1
            if not is_right or (keyword == "oneOf" and met > 1):
                return self._noted(Broken(schema, value, pointer, keyword))
        return None

    def _is_met(self, branch: Any, value: Any, depth: int) -> Generator[None, None, bool]:
        """Tell whether a value meets a schema that it need not meet; looked up where that was seen before, as
        alternatives within alternatives ask for it over and over.
        """
        key = id(branch), id(value)  # the value lives as long as the judgement
        if key not in self._met:
            self._met[key] = True  # as the validator has it of what leads back to itself
            self._choices += 1
            wrong = yield from self.broken(branch, value, "", depth + 1)
            self._choices -= 1
            self._met[key] = wrong is None
        return self._met[key]

    def _is_ruled_out(self, branch: Any, value: Any) -> bool:
        """Tell whether a value lacks what an alternative requires: of thousands it is one that is left."""
        for _ in range(_HOPS):
            if not isinstance(branch, dict):
                return branch is False
            if isinstance(value, dict) and not value.keys() >= set(branch.get("required", ())):
                return True
            if "$ref" not in branch:
                return False
            branch = self._compiled.referred(branch["$ref"])
        return False

    def _conditional(self, schema: Mapping[str, Any], value: Any, pointer: str, depth: int) -> Pauses:
        if "if" not in schema:
            return None
        is_met = yield from self._is_met(schema["if"], value, depth)
        branch = "then" if is_met else "else"
        return (yield from self.broken(schema.get(branch, True), value, pointer, depth + 1))

    def _members(self, schema: Mapping[str, Any], value: Any, pointer: str, depth: int) -> Pauses:
        """Judge the members of an object, the large ones one by one, of the others some at once."""
        if not isinstance(value, dict) or SAYS_OF_MEMBERS.isdisjoint(schema):
            return None
        waiting = _spoken_of(schema, value)
        while some := dict(islice(waiting, self._at_once)):
            for name, member in list(some.items()):
                if not self._is_taken_apart(member):
                    continue
                del some[name]
                wrong = yield from self._member(schema, name, member, f"{pointer}/{escape(name)}", depth)
                if wrong is not None:
                    return wrong
            if some and not self._are_valid("members", schema, some):
                wrong = yield from self._broken_members(schema, some, pointer)
                if wrong is not None:
                    return wrong
            yield from self._pause()
        return None

    def _member(self, schema: Mapping[str, Any], name: str, value: Any, pointer: str, depth: int) -> Pauses:
        """Judge one member by each schema that speaks of it."""
        parts = self._speaking_of(schema, name)
        if not parts and schema.get("additionalProperties") is False:
            return self._noted(Broken(False, value, pointer, "additionalProperties"))
        for part in parts or [schema.get("additionalProperties", True)]:
            wrong = yield from self.broken(part, value, pointer, depth + 1)
            if wrong is not None:
                return wrong
        return None

    def _speaking_of(self, schema: Mapping[str, Any], name: str) -> list[Any]:
        parts = []
        if name in schema.get("properties", ()):
            parts.append(schema["properties"][name])
        for pattern, part in schema.get("patternProperties", {}).items():
            if self._compiled.matching(pattern)(name):
                parts.append(part)
        return parts

    def _broken_members(self, schema: Any, members: Mapping[str, Any], pointer: str) -> Pauses:
        for name, member in members.items():
            yield from self._pause()
            if self._compiled.of_members(schema)({name: member}):
                continue
            wrong = self._noted(Broken(self._compiled.members_only(schema), {name: member}, pointer))
            if wrong is not None:
                return wrong
        return None

    def _items(self, schema: Mapping[str, Any], value: Any, pointer: str, depth: int) -> Pauses:
        """Judge the items of a list, the large ones one by one, of the others some at once."""
        if not isinstance(value, list):
            return None
        first = schema.get("prefixItems", [])
        for index, (part, item) in enumerate(zip(first, value, strict=False)):
            wrong = yield from self.broken(part, item, f"{pointer}/{index}", depth + 1)
            if wrong is not None:
                return wrong
        if "items" not in schema:
            return None
        start = len(first)
        while start < len(value):
            some = value[start : start + self._at_once]
            wrong = yield from self._some_items(schema["items"], some, pointer, start, depth)
            if wrong is not None:
                return wrong
            start += len(some)
            yield from self._pause()
        return None

    def _some_items(self, schema: Any, items: Sequence[Any], pointer: str, start: int, depth: int) -> Pauses:
        small: dict[int, Any] = {}
        for index, item in enumerate(items, start):
            if not self._is_taken_apart(item):
                small[index] = item
                continue
            wrong = yield from self.broken(schema, item, f"{pointer}/{index}", depth + 1)
            if wrong is not None:
                return wrong
        if not small or self._are_valid("each", schema, [*small.values()]):
            return None
        for index, item in small.items():
            yield from self._pause()
            wrong = self._in_one_go(schema, item, f"{pointer}/{index}")
            if wrong is not None:
                return wrong
        return None

    def _names(self, schema: Mapping[str, Any], value: Any, pointer: str, depth: int) -> Pauses:
        """Judge the names of members, where that is not done in one go."""
        if not self._apart or "propertyNames" not in schema or not isinstance(value, dict):
            return None
        for name in value:
            if not (yield from self._is_met(schema["propertyNames"], name, depth + 1)):
                return self._noted(Broken(schema, value, pointer, "propertyNames"))
        return None

    def _contained(self, schema: Mapping[str, Any], value: Any, pointer: str, depth: int) -> Pauses:
        """Judge how many items are of the wanted kind."""
        if "contains" not in schema or not isinstance(value, list):
            return None
        least, most = schema.get("minContains", 1), schema.get("maxContains", len(value))
        met = 0
        for item in value:
            met += yield from self._is_met(schema["contains"], item, depth + 1)
            if met > most or (met >= least and most >= len(value)):
                break
        if not least <= met <= most:
            return self._noted(Broken(schema, value, pointer, "contains"))
        return None

    def _unseen(self, schema: Mapping[str, Any], value: Any, pointer: str, depth: int) -> Pauses:
        """Judge what no other keyword has seen of a value."""
        for keyword, kind in OF_OTHERS.items():
            if keyword not in schema or not isinstance(value, kind):
                continue
            seen = yield from self._seen.beside(schema, value, depth)
            for place, part in _rest(value, seen):
                wrong = yield from self._unseen_part(
                    keyword, schema[keyword], part, f"{pointer}/{place}", depth
                )
                if wrong is not None:
                    return wrong
        return None

    def _unseen_part(self, keyword: str, schema: Any, value: Any, pointer: str, depth: int) -> Pauses:
        if schema is False:
            return self._noted(Broken(False, value, pointer, keyword))
        return (yield from self.broken(schema, value, pointer, depth + 1))

    def _are_valid(self, form: str, schema: Any, values: Any) -> bool:
        """Judge some small values, and learn how many a slice has room for."""
        judge = self._compiled.of_each if form == "each" else self._compiled.of_members
        is_right = judge(schema)
        begun = time.perf_counter()
        is_valid = is_right(values)
        took = time.perf_counter() - begun
        if took < SLICE / 4:
            self._at_once = min(2 * self._at_once, _MOST_AT_ONCE)
        elif took > SLICE:
            self._at_once = max(self._at_once // 2, 1)
        return is_valid


def is_larger(value: Any, most: int) -> bool:
    """Tell whether more values than `most` stand within one; a long text counts as several."""
    if not isinstance(value, (dict, list)):
        return False
    waiting: list[Any] = [value]
    count = 0
    while waiting and count <= most:
        one = waiting.pop()
        inner: Iterable[Any] = one
        if isinstance(one, dict):
            inner = one.values()
        count += len(one)
        for part in islice(inner, most):
            if isinstance(part, (dict, list)):
                waiting.append(part)
            elif isinstance(part, str):
                count += len(part) // _TEXT
    return count > most


def is_met(compiled: Compiled, schema: Any, value: Any) -> bool:
    """Tell whether a value meets a schema, with nothing judged twice."""
    judging = Judging(compiled)
    try:
        deque(judging.broken(schema, value), maxlen=0)
    except (ValueError, RecursionError):
        return False  # too deep to be judged
    return not judging.found


def _spoken_of(schema: Mapping[str, Any], value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the members of a value of which a schema says something, or more."""
    declared = schema.get("properties", {})
    if not _SAYS_OF_OTHERS.isdisjoint(schema) or len(declared) >= len(value):
        yield from value.items()
        return
    for name in declared:
        if name in value:
            yield name, value[name]


def _rest(value: Any, seen: Places) -> Iterator[tuple[str, Any]]:
    """Yield the members or items that nobody saw, each with how a pointer names it."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name not in seen:
                yield escape(name), member
        return
    for index, item in enumerate(value):
        if index not in seen:
            yield str(index), item


def _outline(schema: Mapping[str, Any], value: Any) -> Any:
    """Return as much of a value as those keywords want to see that are not taken apart."""
    if any(keyword in schema for keyword in OF_VALUES):
        return value
    if isinstance(value, dict):
        return dict.fromkeys(value)
    if isinstance(value, list):
        return [None] * len(value)
    return value
