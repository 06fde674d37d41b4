"""Overlay: values that a caller sent laid over what is there, in the types that the contract shows them
in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Set
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from understudy.engine.reading import Reading
from understudy.engine.variants import Variants
from understudy.messages import NOTHING
from understudy.model import vocabulary
from understudy.names import by_folded, fold
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape

_DEEPEST: Final = 3  # objects within objects that are searched for a place
_MOST_LAID: Final = 1_000
"""Items of a list that are laid each over one made up; a longer list stays as it was sent."""
_MOST_LOOKED_AT: Final = 100
"""The same where all are valid as they were sent."""
_LINKAGE: Final = frozenset({"data", "links", "meta"})
_NONE: Final[Mapping[str, Parts | None]] = {}
_UNCHANGED: Final[Mapping[str, str]] = {}
_NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,15})?")

Fresh = Callable[[Parts], Any]
"""Makes up one value for schemas; None where that cannot be."""

Agree = Callable[[Shape, dict[str, Any], Set[str]], None]
"""Lets the members of an object agree; those of some names stay as they are."""


class Overlay:
    """Lays values over each other, by the shapes of one contract.

    Everywhere `parts` are the schemas a value is shown by, and `asked` those it is sent by.
    """

    def __init__(self, reading: Reading, fresh: Fresh, agree: Agree) -> None:
        """`fresh`: makes up what only the server says of a further item of a list, or of an object. agree:
        lets that agree with what was sent.
        """
        self._reading, self._fresh, self._agree = reading, fresh, agree
        self._shown, self._sent = Variants(reading.responses), Variants(reading.requests)

    def laid(self, base: Any, value: Any, parts: Parts, asked: Parts = (), *, made: bool = True) -> Any:
        """Lay one value over another.

        Objects are laid member by member, items of a list each over one made up, an id onto the object that
        it is of. made: whether the base was made up, and must not speak of what the caller could have said
        and did not.
        """
        if not parts:
            return value if made else _merged(base, value)
        shape = self._reading.whole(parts)
        if isinstance(value, dict):
            return self._object(base, value, parts, asked, made=made)
        if shape.kind == "object" and base is None:
            base, made = self._fresh(parts), True
        linked = self._linkage(shape)
        if linked and value is not None:
            return {linked: self.laid(None, value, shape.declared[linked] or (), made=made)}
        if isinstance(value, list) and self._holds_objects(shape):
            if self._stays_as_sent(value, shape.items):
                return value
            return self._each(base if made else None, value, shape.items, asked)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and shape.kind == "object":
            return self._identified(base, value, shape)
        return value

    def parts_of(self, parts: Parts, member: str) -> Parts:
        """Return the schemas that a member of an object is shown by, none where nothing is said of it."""
        if not parts:
            return ()
        return self._reading.whole(parts).declared.get(member) or ()

    def _object(self, base: Any, value: dict[str, Any], parts: Parts, asked: Parts, *, made: bool) -> Any:
        if self._reading.responses.of(parts).choices:
            return self._as_asked(base, value, parts, asked, made=made)
        shape = self._reading.whole(parts)
        if shape.kind == "object" and base is None:
            base, made = self._fresh(parts), True
        settable = self._reading.requests.of(asked).declared if asked else _NONE
        return self._by_member(base, value, shape, settable, made=made)

    def _as_asked(self, base: Any, value: dict[str, Any], parts: Parts, asked: Parts, *, made: bool) -> Any:
        """Lay an object over one of the alternative that it is of, whichever comes first."""
        is_kept = not made and isinstance(base, dict)
        members = {**base, **value} if is_kept else value
        variant, _ = self._shown.of(parts, members)
        if not is_kept:
            base, made = self._fresh(variant.parts), True
        settable: Mapping[str, Parts | None] = _NONE
        if asked:
            settable = self._sent.of(asked, value)[0].declared
        laid = self._by_member(base, value, variant, settable, made=made)
        if not isinstance(laid, dict):
            return laid
        return {name: laid[name] for name in [*variant.declared, *laid] if name in laid}

    @staticmethod
    def _linkage(shape: Shape) -> str:
        """Return the member in which an object says to what it is linked (JSON:API §7.2.3), where it says
        nothing else; "" where it is no such object.
        """
        if shape.kind != "object" or not shape.declared:
            return ""
        is_linkage = shape.declared.keys() <= _LINKAGE and "data" in shape.declared
        return "data" if is_linkage else ""

    def _holds_objects(self, shape: Shape) -> bool:
        return bool(shape.items) and self._reading.whole(shape.items).kind == "object"

    def _stays_as_sent(self, value: list[Any], items: Parts) -> bool:
        """Tell whether a list is so long that it is better not made anew."""
        if len(value) <= _MOST_LOOKED_AT:
            return False
        if len(value) > _MOST_LAID:
            return True
        return all(all(map(self._reading.validator(part).is_valid, value)) for part in items)

    def _by_member(
        self,
        base: Any,
        value: Any,
        shape: Shape,
        settable: Mapping[str, Parts | None],
        *,
        made: bool,
    ) -> Any:
        if not isinstance(base, dict) or not isinstance(value, dict):
            return value
        laid = dict(base)
        called = _called(shape, settable, value)
        settable = {called.get(name, name): parts for name, parts in settable.items()}
        if made:
            laid = _of_server(base, shape, settable)
        for said, member in value.items():
            name = called.get(said, said)
            if self._is_hidden(shape, name):
                laid.pop(name, None)
                continue
            inner, sent_by = shape.declared.get(name) or (), settable.get(name) or ()
            if name not in shape.declared:
                inner = shape.others
            laid[name] = self.laid(base.get(name), member, inner, sent_by, made=made)
        if made and laid.keys() != value.keys():
            self._agree(shape, laid, set(map(called.get, value, value)))
        return laid

    def _is_hidden(self, shape: Shape, name: str) -> bool:
        """Tell whether a member is taken and never shown."""
        parts = shape.declared.get(name)
        return bool(parts) and self._reading.whole(parts or ()).hidden

    def _each(self, base: Any, value: list[Any], items: Parts, asked: Parts) -> list[Any]:
        """Lay each item over one that was made up, so that it has what only the server says of it."""
        sent_by = self._reading.requests.of(asked).items if asked else ()
        made = iter(base if isinstance(base, list) else ())
        laid = []
        for item in value:
            under = next(made, NOTHING)
            if under is NOTHING:
                under = self._fresh(items)
            laid.append(self.laid(under, item, items, sent_by))
        return laid

    def _identified(self, base: Any, value: str | int, shape: Shape) -> Any:
        """Let an object be the one that a bare id means; the id as it is where the object has no place for
        it.
        """
        by_name = {fold(name): name for name in reversed(shape.declared)}
        for word in vocabulary.TELLS_WHICH:
            if word not in by_name:
                continue
            name = by_name[word]
            told = coerced(value, self._reading.whole(shape.declared[name] or ()))
            if told is not None:
                return with_member(base, name, told)
        return value

    # -- where a value is not shown as it was sent

    def coercions(self, base: Any, value: Any, parts: Parts) -> Iterator[Any]:
        """Yield a value in other types, for where the one it was sent in is not shown."""
        if not parts:
            return
        shape = self._reading.whole(parts)
        if not isinstance(value, (dict, list)):
            told = coerced(value, shape)
            if told is not None:
                yield told
        if shape.kind == "array" and shape.items and not isinstance(value, list):
            yield self._each(base, [value], shape.items, ())

    def projected(self, value: Any, parts: Parts) -> Any:
        """Return a value with those members only that its schema declares, where it declares any."""
        if not parts:
            return value
        shape = self._reading.whole(parts)
        if isinstance(value, list) and shape.items:
            return [self.projected(item, shape.items) for item in value]
        if not isinstance(value, dict) or not shape.declared:
            return value
        found = {}
        for name, member in value.items():
            if name in shape.declared:
                found[name] = self.projected(member, shape.declared[name] or ())
        return found

    def places(self, item: dict[str, Any], shape: Shape, name: str, value: Any) -> list[InnerPlace]:
        """Find where an item shows a field that it has no member for: in one of its objects.

        `currency` stands in `balance.currency`, and `customer_id` in `customer.id`. Several objects of one
        shape all say so; where it could be one of several that differ, it is none. Items of lists are left
        alone: what is sent is said once.
        """
        if isinstance(value, (dict, list)):
            return []
        level: list[tuple[dict[str, Any], Shape]] = [(item, shape)]
        for _ in range(_DEEPEST):
            found: list[InnerPlace] = []
            below: list[tuple[dict[str, Any], Shape]] = []
            for holder, described in level:
                for member, inner, inner_shape in self._objects_in(holder, described):
                    target = _meant(inner_shape, fold(member), fold(name))
                    if target:
                        found.append((inner, target, inner_shape.declared[target] or ()))
                    below.append((inner, inner_shape))
            kinds = {parts for _, _, parts in found}
            if len(kinds) == 1:
                return found
            if found:
                return []
            level = below
        return []

    def _objects_in(
        self, holder: dict[str, Any], shape: Shape
    ) -> Iterator[tuple[str, dict[str, Any], Shape]]:
        for member, parts in shape.declared.items():
            inner = holder.get(member)
            if parts and isinstance(inner, dict):
                described = self._reading.whole(parts)
                if described.kind == "object":
                    yield member, inner, described


def _called(shape: Shape, settable: Mapping[str, Any], sent: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what an object calls those members that are sent in another case: `postalCode`,
    `postal_code`.
    """
    others = (settable.keys() | sent.keys()) - shape.declared.keys()
    if not others or not shape.declared:
        return _UNCHANGED
    own = by_folded(shape.declared)
    found = {}
    for name in others:
        member = own.get(fold(name), name)
        if member not in settable and member not in sent:
            found[name] = member
    return found


InnerPlace = tuple[dict[str, Any], str, Parts]
"""An object, the name of its member, and the schemas that this is shown by."""


def _meant(shape: Shape, member: str, name: str) -> str:
    """Return the member of an object that a field outside speaks of: that of its name, or its id after the
    object's own name.
    """
    for inner, parts in shape.declared.items():
        folded = fold(inner)
        if parts is None or (folded == name and name in vocabulary.VAGUE):
            continue
        is_its_id = (
            folded.endswith(vocabulary.IDS.ranked)
            and member in name
            and name.replace(member, "", 1) == folded
        )
        if folded == name or is_its_id:
            return inner
    return ""


def coerced(value: Any, shape: Shape) -> Any:
    """Return a plain value in the type that a schema shows it in; None where it cannot be said so.

    A number as a text and the other way round, a moment as seconds since 1970 and the other way round, or as
    its day.
    """
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    match shape.kind:
        case "":
            return value
        case "string" if is_number:
            return _moment(value) if shape.format == "date-time" else str(value)
        case "integer" | "number" if isinstance(value, str):
            return _number(value)
        case "string" if isinstance(value, str) and shape.format == "date":
            return _day(value)
        case "string":
            is_right = isinstance(value, str)
        case "boolean":
            is_right = isinstance(value, bool)
        case _:
            is_right = is_number and shape.kind in ("integer", "number")
    return value if is_right else None


def _number(text: str) -> float | int | None:
    if not _NUMBER.fullmatch(text):
        return _seconds(text)
    if "." in text:
        return float(text)
    return int(text)


def _day(text: str) -> str:
    """Return the day of a moment."""
    return text.partition("T")[0]


def _moment(seconds: float) -> str | None:
    """Write seconds since 1970 as RFC 3339 does."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return None


def _seconds(text: str) -> int | None:
    """Read a moment as seconds since 1970."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None or "T" not in text:
        return None
    return int(moment.timestamp())


def _of_server(base: Mapping[str, Any], shape: Shape, settable: Mapping[str, Parts | None]) -> dict[str, Any]:
    """Return what of an object that was made up only the server says, or has to be there."""
    found = {}
    for name, value in base.items():
        is_servers = name not in settable or name in shape.required
        if name in shape.declared and is_servers:
            found[name] = value
    return found


def _merged(base: Any, value: Any) -> Any:
    """Lay one value over another where nothing describes them: objects member by member."""
    if not isinstance(base, dict) or not isinstance(value, dict):
        return value
    merged = dict(base)
    for name, member in value.items():
        merged[name] = _merged(base.get(name), member)
    return merged


def with_member(holder: Any, name: str, value: Any) -> dict[str, Any]:
    """Return an object with another member; a new one where there is none yet."""
    if not isinstance(holder, dict):
        return {name: value}
    return {**holder, name: value}


def copied(value: Any) -> Any:
    """Return a copy of a JSON value that nothing else holds on to."""
    if not isinstance(value, (dict, list)):
        return value
    try:
        return orjson.loads(orjson.dumps(value, option=orjson.OPT_PASSTHROUGH_DATETIME))
    except TypeError:  # an integer beyond 64 bits, half a surrogate pair, or what a handler made
        return deepcopy(value)
