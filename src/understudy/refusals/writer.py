"""Writer: the body of an error, member by member as its schema has them; what is not true of it is left
out.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any, Final, NamedTuple

from understudy.contracts.source import Node
from understudy.errors import Failure
from understudy.messages import NOTHING
from understudy.model import error_vocabulary as words
from understudy.names import by_folded, fold
from understudy.refusals import codes, members
from understudy.refusals.facts import Facts, received_of, sentence_of
from understudy.refusals.fillers import filler, takes_null
from understudy.refusals.scope import Scope, is_one_of, short_name
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape
from understudy.schemas.shapes import Shapes

_DEEPEST: Final = 5
_TEXTS: Final = ("string", "")
_MESSAGES: Final = ("message", "messages", "detail")
"""Lists of texts that say what went wrong, also beside an `error` that only names the status."""
_BY_RULE: Final = "constraints"
"""A map from the rules that were broken to texts (class-validator)."""


class Written(NamedTuple):
    """What was written. told: how many of its values say something true of the error."""

    value: Any
    told: int


UNSAID: Final = Written(NOTHING, 0)


class Writer:
    """Writes the errors of one contract."""

    def __init__(self) -> None:
        self._shapes = Shapes("response")

    def body(self, schema: Node, facts: Facts) -> Written:
        """Write an error by its schema; `told` is 0 where that has no place for anything that is true."""
        scope = Scope(facts)
        shape = self._shapes.of((schema,))
        name = "status" if shape.kind in ("integer", "number") else "message"
        return self._any(shape, name, scope)

    def declares(self, schema: Node) -> bool:
        """Tell whether a schema says anything of what an error looks like."""
        shape = self._shapes.of((schema,))
        is_object = shape.kind in ("object", "")
        return bool(shape.declared or shape.choices or shape.others or shape.items or not is_object)

    def only_object(self, schema: Node) -> str:
        """Name the only member that a schema declares, where that is an object; "" elsewhere."""
        shape = self._shapes.of((schema,))
        if len({*shape.declaring, *shape.required}) != 1:  # thousands are not looked at one by one
            return ""
        for name, below in shape.declared.items():
            if below is not None and self._shapes.of(below).kind == "object":
                return name
        return ""

    def names(self, schema: Node) -> set[str]:
        """Return the folded names of the members that a body of a schema may have."""
        return set(map(fold, self._shapes.of((schema,)).declared))

    # -- any value

    def _of(self, parts: Parts, name: str, scope: Scope) -> Written:
        return self._any(self._shapes.of(parts), name, scope)

    def _any(self, shape: Shape, name: str, scope: Scope) -> Written:
        """Write a value; of alternatives the one that says most, and of equals the first."""
        if not shape.choices:
            return self._plain(shape, name, scope)
        found = [self._plain(one, name, scope) for one in self._shapes.alternatives(shape)]
        return max(found, key=lambda written: written.told)

    def _plain(self, shape: Shape, name: str, scope: Scope) -> Written:
        folded = short_name(name)
        if shape.never or shape.hidden:
            return UNSAID
        if shape.constants is not None:
            return _constant(shape.constants, scope)
        if scope.facts.keeps_examples and not is_one_of(words.SAYS_STATUS, folded):
            for sample in shape.samples:
                return Written(sample, 1)
        if shape.kind == "object" or (not shape.kind and shape.declared):
            return self._object(shape, folded, scope)
        if shape.kind == "array":
            return self._list(shape, folded, scope)
        return _scalar(shape, folded, scope)

    # -- objects

    def _is_rpc_status(self, shape: Shape) -> bool:
        """Tell whether an object is a google.rpc.Status, whose details are google.protobuf.Any: their type
        stands in `@type`, or in `type_url` as older gateways write it.
        """
        details = shape.declared.get("details")
        if not words.OF_RPC_STATUS.known <= set(map(fold, shape.declared)) or not details:
            return False
        items = self._shapes.of(details).items
        return bool(items) and not words.OF_ANY.isdisjoint(self._shapes.of(items).declared)

    def _object(self, shape: Shape, name: str, scope: Scope) -> Written:
        if scope.depth >= _DEEPEST:
            return Written({}, 0)
        if not shape.declared:
            return self._map(shape, name, scope)
        body = self._fields(shape, name, scope)
        told = len(body)
        rest = self._rest(shape, name, scope, body)
        is_rpc = self._is_rpc_status(shape)
        inner = scope.within(map(short_name, shape.declared), self._texts(shape), rest, is_rpc=is_rpc)
        if body:
            inner = inner.without(set(body))
        for member, parts in shape.declared.items():
            if parts is None or member in body:
                continue
            written = self._member(shape, member, parts, inner)
            told += written.told
            if written.value is not NOTHING:
                body[member] = written.value
        return Written(body, told)

    def _rest(self, shape: Shape, name: str, scope: Scope, said: Container[str]) -> str:
        """Name the list of texts in an object of errors that says what is about no other of its members: one
        called as what holds errors (RealWorld: `errors.body`), the only one, or the first that must be there.
        """
        if scope.depth < 0 or not self._lists_errors(name):
            return ""
        lists = []
        for member, parts in shape.declared.items():
            is_said = parts is None or member in said
            if not is_said and self._is_list_of_texts(self._shapes.of(parts or ())):
                lists.append(member)
        general = [member for member in lists if short_name(member) in words.SAYS_HOLDS]
        required = [member for member in lists if member in shape.required]
        meant = general or (lists if len(lists) == 1 else required)
        return short_name(meant[0]) if meant else ""

    def _texts(self, shape: Shape) -> frozenset[str]:
        """Return the folded names of the members that are texts."""
        found = set()
        for member, parts in shape.declared.items():
            if parts is not None and self._kinds(self._shapes.of(parts)) <= {"string", "null"}:
                found.add(short_name(member))
        return frozenset(found)

    def _kinds(self, shape: Shape) -> set[str]:
        """Return the types that a value may be of, as far as its alternatives tell."""
        if not shape.choices:
            return {shape.kind}
        return {one.kind for one in self._shapes.alternatives(shape)}

    def _member(self, shape: Shape, name: str, parts: Parts, scope: Scope) -> Written:
        """Write one member; what must be there and has nothing to say says the least there is."""
        below = self._shapes.of(parts)
        is_required = name in shape.required
        written = UNSAID
        if is_required or self._is_of_errors(below, short_name(name), scope):
            written = self._any(below, name, scope)
        is_empty = isinstance(written.value, (dict, list)) and not written.told
        if written.value is not NOTHING and (is_required or not is_empty):
            return written
        if scope.is_rpc and name == "details":
            return Written([], 0)
        if is_required:
            return Written(filler(below, short_name(name), scope, self._shapes), 0)
        if short_name(name) in words.SAYS_DATA and takes_null(below, self._shapes):
            return Written(None, 0)
        return UNSAID

    def _is_of_errors(self, shape: Shape, name: str, scope: Scope) -> bool:
        """Tell whether a member may say something of an error: an object or a list only where its name says
        that it holds more of one.
        """
        if self._kinds(shape).isdisjoint(("object", "array")) or name == scope.rest:
            return True
        if self._is_thing(shape):
            return False
        if is_one_of(words.SAYS_EACH, name) or name in words.SAYS_HOLDS or name.endswith("errors"):
            return True
        if scope.failure is not None and is_one_of(words.SAYS_WHERE, name):
            return True
        if self._is_of_failures(shape) or self._is_map_of_texts(shape):
            return True
        return (name in words.SAYS_DATA or name == _BY_RULE) and self._is_map_of(shape, "string")

    def _is_thing(self, shape: Shape) -> bool:
        """Tell whether an object is a thing that the error is about, with an id of its own, and says nothing
        of what went wrong: the `source` that was to be charged.
        """
        for one in self._shapes.alternatives(shape) if shape.choices else (shape,):
            names = set(map(short_name, one.declared))
            is_of_error = names & (words.SAYS_WHY.known | words.SAYS_WHERE.known)
            if is_of_error or "id" not in one.required:
                return False
        return True

    def _is_map_of(self, shape: Shape, kind: str) -> bool:
        """Tell whether an object has a value of this type for each name that it does not declare."""
        return bool(shape.others) and not shape.declared and self._shapes.of(shape.others).kind == kind

    def _is_of_failures(self, shape: Shape) -> bool:
        """Tell whether a list's items say where something is wrong and why."""
        if shape.kind != "array" or not shape.items:
            return False
        names = set(map(short_name, self._shapes.of(shape.items).declared))
        return not words.SAYS_WHERE.known.isdisjoint(names) and not words.SAYS_WHY.known.isdisjoint(names)

    def _is_map_of_texts(self, shape: Shape) -> bool:
        """Tell whether an object has a list of texts for each name that it does not declare."""
        if shape.kind != "object" or shape.declared or not shape.others:
            return False
        return self._is_list_of_texts(self._shapes.of(shape.others))

    def _is_list_of_texts(self, shape: Shape) -> bool:
        return shape.kind == "array" and bool(shape.items) and self._shapes.of(shape.items).kind == "string"

    # -- from fields to what is wrong with them

    def _map(self, shape: Shape, name: str, scope: Scope) -> Written:
        """Write what is wrong with each field, under its name, where an object leaves its names open."""
        is_of_texts = self._is_map_of(shape, "string")
        if scope.failure is not None:
            if name != _BY_RULE or not is_of_texts:
                return Written({}, 0)
            return Written({scope.failure.rule: sentence_of(scope.failure)}, 1)
        is_of_data = name in words.SAYS_DATA and is_of_texts
        is_meant = scope.depth < 0 or name in words.SAYS_EACH or is_of_data or self._is_map_of_texts(shape)
        if not is_meant or not shape.is_open:
            return Written({}, 0)
        body = {}
        for field, failures in scope.facts.by_field.items():
            body[field] = self._of_field(shape.others, failures, scope)
        if not body and not scope.says_why and not is_of_data:
            body["detail"] = self._of_whole(shape.others, scope)
        return Written(body, len(body))

    def _of_field(self, parts: Parts, failures: Sequence[Failure], scope: Scope) -> Any:
        shape = self._shapes.of(parts)
        if not shape.kind and not shape.choices:
            return list(map(sentence_of, failures))
        if shape.kind != "array":
            return self._of(parts, "message", scope.about(failures[0])).value
        items = shape.items
        return [self._of(items, "message", scope.about(failure)).value for failure in failures]

    def _of_whole(self, parts: Parts, scope: Scope) -> Any:
        """Say an error that is about no field where only fields are spoken of."""
        if self._shapes.of(parts).kind in ("array", ""):
            return [scope.facts.detail]
        return self._of(parts, "message", scope.as_entry()).value

    def _fields(self, shape: Shape, name: str, scope: Scope) -> dict[str, Any]:
        """Return what is wrong with those fields that an object declares a place for, by its member.

        A list that stands alone, called as one of several that are wrong, is the list of them all.
        """
        body: dict[str, Any] = {}
        if scope.failure is not None:
            return body
        declared = by_folded(shape.declared)
        for field, failures in scope.facts.by_field.items():
            member = declared.get(fold(field)) or declared.get(fold(field.partition(".")[0]), "")
            below = self._shapes.of(shape.declared.get(member) or ())
            is_text = below.kind == "string" and name in words.SAYS_EACH and scope.depth >= 0
            if member and (is_text or self._is_list_of_texts(below)):
                body[member] = self._of_field(below.parts, failures, scope)
        if len(shape.declared) == 1 and len(body) < len(scope.facts.by_field):
            return {}
        return body

    # -- lists

    def _list(self, shape: Shape, name: str, scope: Scope) -> Written:
        failure = scope.failure
        if failure is not None and is_one_of(words.SAYS_WHERE, name):
            return Written(self._way(shape, name, scope), 1)
        is_meant = name == scope.rest or self._lists_errors(name) or self._is_of_failures(shape)
        if not shape.items or not is_meant:
            return Written([], 0)
        found = []
        told = 0
        for one in self._entries(shape, name, scope):
            written = self._of(shape.items, "message", one)
            if written.told:
                found.append(written.value)
                told += written.told + 1
        return Written(found, told)

    def _lists_errors(self, name: str) -> bool:
        return is_one_of(words.SAYS_EACH, name) or name.endswith("errors")

    def _way(self, shape: Shape, name: str, scope: Scope) -> list[str | int]:
        """Return the way to a value; its numbers are texts where the list takes texts alone."""
        way = members.steps(name, scope)
        kinds = {one.kind for one in self._shapes.alternatives(self._shapes.of(shape.items))}
        if kinds.isdisjoint(("integer", "number", "")):
            return list(map(str, way))
        return way

    def _entries(self, shape: Shape, name: str, scope: Scope) -> list[Scope]:
        """Return what each entry of a list is about: one failure, or the whole error where nothing else says
        it.
        """
        are_texts = self._shapes.of(shape.items).kind in _TEXTS
        if scope.failure is not None:
            return [scope] if are_texts else []
        if scope.facts.failures and not self._holds_lists(shape.items):
            return [scope.about(failure) for failure in scope.facts.failures]
        says_it = scope.says_why and not (are_texts and name in _MESSAGES)
        if says_it and not scope.facts.failures:
            return []
        return [scope.as_entry()]

    def _holds_lists(self, items: Parts) -> bool:
        """Tell whether an item has a list of failures of its own: Google's `details[].fieldViolations`."""
        shape = self._shapes.of(items)
        if not words.SAYS_WHERE.known.isdisjoint(map(short_name, shape.declared)):
            return False
        lists = (self._shapes.of(parts) for parts in shape.declared.values() if parts)
        return any(self._is_of_failures(one) for one in lists)


# ---- scalars


def _constant(options: Sequence[Any], scope: Scope) -> Written:
    found = codes.fitting(options, scope.facts, scope.failure)
    if found is not None:
        return Written(found, 1)
    if len(options) == 1:
        return Written(options[0], 0)
    return UNSAID


def _scalar(shape: Shape, name: str, scope: Scope) -> Written:
    said: Any = None
    if shape.kind == "string":
        said = members.text(name, shape, scope)
    elif shape.kind in ("integer", "number"):
        said = members.number(name, shape, scope)
    elif shape.kind == "boolean":
        said = members.flag(name)
    elif not shape.kind:
        said = _free(shape, name, scope)
    return UNSAID if said is None else Written(said, 1)


def _free(shape: Shape, name: str, scope: Scope) -> Any:
    """Say something where a value may be of any type."""
    if scope.failure is not None and name in words.SAYS_RECEIVED:
        return received_of(scope.failure)
    if scope.failure is None and name in words.SAYS_EACH and name != "message":
        by_field = scope.facts.by_field
        if by_field:
            return {field: list(map(sentence_of, found)) for field, found in by_field.items()}
    if name in words.SAYS_STATUS:
        return scope.facts.status
    return members.text(name, shape, scope)
