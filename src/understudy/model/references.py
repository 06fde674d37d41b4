"""References: whether what the words of an overlay refer to is there, in the contract and in its model."""

from __future__ import annotations

import re
from collections.abc import Collection as Names
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from msgspec import Struct

from understudy import pointers
from understudy.contracts.answers import json_media, taken
from understudy.contracts.contract import Contract, Operation
from understudy.contracts.source import Node
from understudy.errors import ContractError
from understudy.model.bodies import Bodies, branches_of
from understudy.model.codecs import At, WrongWord
from understudy.model.compact import TESTS
from understudy.model.filters import ANY_MEMBER
from understudy.model.items import Item
from understudy.model.model import (
    Act,
    Answer,
    Collection,
    Create,
    Delete,
    Filter,
    List,
    Place,
    Plan,
    Replace,
    Source,
    Take,
    Update,
    View,
)
from understudy.model.notation import PLANS
from understudy.model.paths import placeholders
from understudy.nearest import did_you_mean
from understudy.pointers import steps
from understudy.schemas.choice import Parts

_FORM: Final = re.compile(r"counter from \d+|hex \d+|named|like .+")
_FORMS: Final = ("counter from 1", "hex 12", "named", "like Order")
_PAGES: Final = ("limit", "page", "offset", "cursor", "back")
_SAYS_WHOSE: Final = ("mine", "own", "owner")
"""Words that name the member that says whose an item is."""

_VALUES: Final = ("begins_as", "default", "always")
_MOST_LISTED: Final = 12


class Members(Struct, frozen=True):
    """The members of a collection's items. names: empty where nothing tells, and then any will do."""

    names: Names[str] = ()
    item: Item | None = None


def members_of(item: Item | None, collection: Collection) -> Members:
    """Return the members that words about a collection may name."""
    if item is None:
        return Members()
    return Members({*item.names, *collection.members, *collection.settable}, item)


class References:
    """Checks what words refer to in one contract. All raise WrongWord."""

    def __init__(self, contract: Contract, bodies: Bodies, collections: Names[str]) -> None:
        self._contract, self._bodies, self._collections = contract, bodies, collections

    # -- collections

    def check_collection(self, words: Mapping[str, Any], laid: Collection, members: Members) -> None:
        """Check words that were laid over a collection."""
        if "item" in words:
            self._check_view(laid.item, ("item",))
        if words.get("below"):
            self._check_name(words["below"], ("below",))
        self._check_id(_inner(words, "id"), members)
        for place, name in enumerate(words.get("unique") or ()):
            _check_member(name, members, ("unique", str(place)))
        for name in words.get("where") or ():
            _check_member(name, members, ("where", name))
        for name, told in _inner(words, "members").items():
            if isinstance(told, Mapping):
                if not told.get("write_only"):  # what is never shown needs no schema
                    self._check_member_at(name, members, ("members", name))
                self._check_rule(name, told, members, ("members", name))
                self._check_parent(told, laid, ("members", name, "parent"))

    def _check_id(self, words: Mapping[str, Any], members: Members) -> None:
        if words.get("member"):
            self._check_member_at(words["member"], members, ("id", "member"))
        for place, name in enumerate(filter(None, words.get("parts") or ())):
            self._check_member_at(name, members, ("id", "parts", str(place)))
        for place, name in enumerate(words.get("also") or ()):
            _check_member(name, members, ("id", "also", str(place)))
        form = words.get("form")
        if form is None:
            return
        head, _, address = form.partition(" ")
        if not _FORM.fullmatch(form):
            raise _wrong(f"{form!r} is no form of an id", form, _FORMS, ("id", "form"))
        if head == "like":
            self._check_address(address, ("id", "form"))

    def _check_member_at(self, name: str, members: Members, at: At) -> None:
        """Check a member that is written by its name, or as a pointer where it stands within an object."""
        first, *rest = steps(name)
        _check_member(first, members, at)
        if rest and members.item is not None:
            self._check_place(tuple(rest), members.item.member(first), at)

    def _check_rule(self, name: str, words: Mapping[str, Any], members: Members, at: At) -> None:
        """Check what is said of one member."""
        for word in ("refers_to", "embeds", "tallies", "latest"):
            if words.get(word):
                self._check_name(words[word], (*at, word))
        if _inner(words, "reckons").get("of"):
            self._check_name(words["reckons"]["of"], (*at, "reckons", "of"))
        if words.get("slug_of"):
            _check_member(words["slug_of"], members, (*at, "slug_of"))
        if words.get("within") and members.item is not None:
            self._check_place((words["within"],), members.item.member(name), (*at, "within"))
        for word in _VALUES:
            if word in words:
                self._check_value(name, words[word], members, (*at, word))

    @staticmethod
    def _check_parent(words: Mapping[str, Any], laid: Collection, at: At) -> None:
        parent = words.get("parent")
        if parent:
            name = parent.removeprefix("path/")
            if name not in laid.scope:
                raise _wrong(f"there is no parent {name!r}", name, laid.scope, at)

    def _check_name(self, name: str, at: At) -> None:
        if name not in self._collections:
            raise _wrong(f"there is no collection {name!r}", name, self._collections, at)

    def _check_value(self, name: str, value: Any, members: Members, at: At) -> None:
        parts: Parts = ()
        if members.item is not None:
            parts = members.item.member(name)
        known = self._values(parts)
        if known is not None and value is not None and value not in known:
            raise _wrong(f"{value!r} is no value of {name}", str(value), list(map(str, known)), at)

    def _values(self, parts: Parts) -> list[Any] | None:
        """Return the only values that a member may have, None where there are others."""
        if not parts:
            return None
        shape = self._bodies.responses.of(parts)
        if shape.constants is not None or len(shape.choices) != 1:
            return shape.constants
        values: list[Any] = []
        for branch in branches_of(self._bodies.responses, shape):
            if branch.constants is None and branch.kind != "null":
                return None
            values += branch.constants or ()
        return values

    # -- plans

    def check_verb(self, words: Mapping[str, Any]) -> None:
        """Check the collection that a verb names."""
        for verb in words.keys() & PLANS.keys():
            if isinstance(words[verb], str):
                self._check_name(words[verb], (verb,))

    def check_plan(
        self, words: Mapping[str, Any], laid: Plan, operation: Operation, members: Members
    ) -> None:
        """Check words that were laid over the plan of an operation, whose verb names a collection."""
        if words.get("key") is not None and laid.key is not None:
            _check_source(laid.key, operation, ("key",))
            if laid.key.by:
                _check_member(laid.key.by, members, ("key",))
        for source, place in zip(laid.scope, _places(words.get("scope")), strict=False):
            _check_source(source, operation, ("scope", place))
        if isinstance(laid, List):
            self._check_values(words)
            _check_list(words, laid, operation, members)
        _check_whose(words, members)
        if isinstance(laid, (List, Delete, Update)):
            _check_filters(words, laid.filter, operation, members)
        self._check_take(_inner(words, "take"), laid.take, operation, members)
        if isinstance(laid, Act):
            self._check_act(words, members)
        self._check_answer(_inner(words, "answer"), laid.answer, operation, "answer")
        self._check_puts(words, laid, operation, members)

    def _check_puts(
        self, words: Mapping[str, Any], laid: Plan, operation: Operation, members: Members
    ) -> None:
        """Check what is said of a write that creates or changes, whichever it is."""
        if isinstance(laid, Replace):
            self._check_answer(_inner(words, "created"), laid.created, operation, "created")
        if isinstance(laid, Create):
            self._check_answer(_inner(words, "updated"), laid.updated, operation, "updated")
            for word in ("upserts", "once"):
                for place, name in enumerate(words.get(word) or ()):
                    _check_member(name, members, (word, str(place)))
            if words.get("upserts_if"):
                places = laid.take.places if laid.take is not None else ()
                known = [one.name for one in operation.parameters] + list(self._sent(operation, places))
                _check_member(laid.upserts_if, Members(known), ("upserts_if",))

    def _check_values(self, words: Mapping[str, Any]) -> None:
        for name in _inner(words, "values"):
            self._check_name(name, ("values", name))

    def _check_take(
        self, words: Mapping[str, Any], take: Take | None, operation: Operation, members: Members
    ) -> None:
        """Check the members that a request is said to set: of the item, or of what is sent."""
        if take is None:
            return
        for name in _inner(words, "query"):
            _check_parameter(name, operation, ("take", "query", name))
        sent = list(self._sent(operation, take.places))
        known = Members({*members.names, *sent}, members.item)
        if not members.names:
            return
        for name, member in _inner(words, "renamed").items():
            _check_member(name, Members(sent), ("take", "renamed", name))
            _check_member(str(member), members, ("take", "renamed", name))
        for word in ("members", "as_is"):
            for place, name in enumerate(words.get(word) or ()):
                _check_member(name, known, ("take", word, str(place)))

    def _sent(self, operation: Operation, places: tuple[Place, ...]) -> Iterator[str]:
        """Yield the members that the body of an operation has at some places."""
        for place in places:
            parts = _parts(taken(operation))
            for name in place:
                parts = self._bodies.requests.of(parts).declared.get(name) or ()
            yield from self._bodies.requests.of(parts).declared

    def _check_act(self, words: Mapping[str, Any], members: Members) -> None:
        self._check_set(_inner(words, "set"), members)
        for name in _inner(words, "counts"):
            _check_member(name, members, ("counts", name))

    def _check_set(self, words: Mapping[str, Any], members: Members) -> None:
        for name, value in words.items():
            _check_member(name, members, ("set", name))
            self._check_value(name, value, members, ("set", name))

    # -- answers

    def _check_answer(
        self, words: Mapping[str, Any], laid: Answer | None, operation: Operation, word: str
    ) -> None:
        if laid is None or not words:
            return
        if words.get("status") and not _documents(operation, laid.status):
            reason = f"{laid.status} is no success that {operation.key} documents"
            raise _wrong(reason, str(laid.status), list(operation.responses), (word, "status"))
        body = _parts(self._body(operation, laid.status))
        if "item" in words:
            self._check_view(laid.item, (word, "item"), body)
        listed = _parts(self._schema(laid.listed)) if "listed" in words else body
        if words.get("list") is not None and laid.list is not None:
            self._check_place(laid.list, listed, (word, "list"))
        for place in laid.says:
            if pointers.join(place) in _inner(words, "says"):
                self._check_place(place, listed, (word, "says", pointers.join(place)))

    def _body(self, operation: Operation, status: int) -> Node | None:
        answer = operation.answer(status)
        if answer is None:
            return None
        media = json_media(answer.content)
        if media is None:
            return None
        return media.schema

    def _check_view(self, view: View | None, at: At, body: Parts = ()) -> None:
        if view is None:
            return
        if view.schema:
            self._check_address(view.schema, at)
            body = _parts(self._schema(view.schema))
        self._check_place(view.place, body, at)

    def _check_address(self, address: str, at: At) -> None:
        if self._schema(address) is None:
            known = self._contract.document.root.find("components", "schemas")
            names: list[str] = []
            if known is not None:
                names += known.value
            name = address.rpartition("/")[2]
            raise _wrong(f"there is no schema {name!r}", name, names, at)

    def _schema(self, address: str) -> Node | None:
        """Return the schema at an address, None where there is none."""
        document = self._contract.document
        file, _, pointer = address.partition("#")
        try:
            return document.refer(file or document.root.file, f"#{quote(pointer, safe='/~')}")
        except (KeyError, ContractError):
            return None

    def _check_place(self, place: Place, parts: Parts, at: At) -> None:
        """Check that a schema has a place, as far as it says what it has."""
        for name in place:
            if not parts:
                return
            shape = self._bodies.whole(parts)
            if shape.kind == "array" and shape.items:
                shape = self._bodies.whole(shape.items)
            if not shape.declared:
                return
            if name not in shape.declared:
                raise _wrong(f"the schema has no member {name!r}", name, list(shape.declared), at)
            parts = shape.declared[name] or ()


# ---- parameters


def _check_list(words: Mapping[str, Any], laid: List, operation: Operation, members: Members) -> None:
    for name in _inner(words, "only"):
        _check_member(name, members, ("only", name))
    for name in _inner(words, "ignored"):
        _check_parameter(name, operation, ("ignored", name))
    for role in _inner(words, "page").keys() & set(_PAGES):
        for name in getattr(laid.page, role):
            _check_parameter(name, operation, ("page", role))
    sort = _inner(words, "sort")
    for place, name in enumerate(sort.get("by") or ()):
        _check_parameter(name, operation, ("sort", "by", str(place)))
    for place, name in enumerate(sort.get("default") or ()):
        _check_member(name.removeprefix("-"), members, ("sort", "default", str(place)))


def _check_filters(
    words: Mapping[str, Any], laid: Mapping[str, Filter], operation: Operation, members: Members
) -> None:
    for number, name in enumerate(words.get("bundles") or ()):
        _check_parameter(name, operation, ("bundles", str(number)))
    for name in _inner(words, "filter").keys() & laid.keys():
        at = ("filter", name)
        _check_parameter(name, operation, at)
        _check_test(laid[name].test, (*at, "test"))
        for place in laid[name].members:
            _check_filtered(place, members, at)


def _check_filtered(place: Place, members: Members, at: At) -> None:
    """Check the member by which a filter chooses; of `status contians`, it is the test that is wrong."""
    name = place[0] if place else ""
    head, space, test = name.partition(" ")
    if space and head in members.names and name not in members.names:
        _check_test(test, at)
    if name and place != ANY_MEMBER:
        _check_member(name, members, at)


def _check_test(test: str, at: At) -> None:
    if test not in ("equals", *TESTS):
        raise _wrong(f"{test!r} is no test of a filter", test, TESTS, at)


def _check_parameter(name: str, operation: Operation, at: At) -> None:
    """Check the name of a parameter, or of a member of one: `page[size]`."""
    known = [one.name for one in operation.parameters if one.location != "path"]
    if name not in known and name.partition("[")[0] not in known:
        raise _wrong(f"{operation.key} has no parameter {name!r}", name, known, at)


def _check_source(source: Source, operation: Operation, at: At) -> None:
    known = [one.name for one in operation.parameters if one.location == source.at]
    if source.at == "path":
        known += placeholders(operation.path)
    for name in (*source.before, source.name):
        if source.at in ("path", "query") and name not in known:
            reason = f"{operation.key} has no parameter {name!r} in its {source.at}"
            raise _wrong(reason, name, list(dict.fromkeys(known)), at)


def _documents(operation: Operation, status: int) -> bool:
    """Tell whether a status is documented; `default` is meant for errors where a success is documented."""
    known = operation.responses
    if str(status) in known or f"{status // 100}XX" in known:
        return True
    return not any(one.startswith("2") for one in known) and "default" in known


# ---- words


def _parts(schema: Node | None) -> Parts:
    if schema is None:
        return ()
    return (schema,)


def _check_member(name: str, members: Members, at: At) -> None:
    if members.names and name not in members.names:
        raise _wrong(f"there is no member {name!r}", name, members.names, at)


def _inner(words: Mapping[str, Any], word: str) -> Mapping[str, Any]:
    found = words.get(word)
    if not isinstance(found, Mapping):
        return {}
    return found


def _places(told: Any) -> Iterator[str]:
    """Yield where in a list, or a mapping, its values stand."""
    names = told if isinstance(told, Mapping) else range(len(told or ()))
    yield from map(str, names)


def _wrong(reason: str, name: str, names: Names[str], at: At) -> WrongWord:
    """Return a refusal that says which name may be meant, or which there are if they are few."""
    near = did_you_mean(name, names)
    if not near and 0 < len(names) <= _MOST_LISTED:
        listed = ", ".join(map(repr, sorted(names)))
        near = f"; there are only {listed}"
    return WrongWord(at, reason + near)


def _check_whose(words: Mapping[str, Any], members: Members) -> None:
    """Check the member that is to say whose an item is."""
    for word in _SAYS_WHOSE:
        if words.get(word):
            _check_member(str(words[word]), members, (word,))
