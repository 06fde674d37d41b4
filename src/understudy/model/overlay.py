"""The overlay: what a contract says itself under `x-understudy`, laid over what was compiled, in the same
words.

It stands on the document (`collections` by name, `operations` by key or operationId), on a path item (of the
collection whose list or item the path is), on an operation, and on schemas (of an item, or of a member). Null
takes a word away (RFC 7396).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from understudy.contracts.contract import METHODS, Contract, Operation
from understudy.contracts.extensions import EXTENSION, ON, SCHEMA_WORDS, is_used, said, statements
from understudy.contracts.source import Node
from understudy.errors import ContractError
from understudy.model.codecs import At, Named, Scalar, Words, WrongWord, words_of
from understudy.model.model import Collection, Member, Plan
from understudy.model.notation import (
    PLANS,
    check_plan,
    read_collection,
    read_key,
    read_plan,
    write_collection,
    write_plan,
)
from understudy.model.paths import collection_of
from understudy.model.selection import only
from understudy.nearest import did_you_mean
from understudy.pointers import join, tokens
from understudy.schemas.shape import Shape

_OF_SCHEMAS: Final = ("id", "members", "unique")
"""Words of a collection that the schema of its item may say."""

_VALUES: Final = ("begins_as", "default", "always")
"""Words that state a value, which may be null or have nulls in it."""


Part = TypeVar("Part")
Check = Callable[[Mapping[str, Any], Part], None]
"""Refuses words, laid over a part of a model, that refer to nothing. Raises WrongWord."""


class Statement(NamedTuple):
    """Words about one thing. node: what they stand on. at: where in its extension. within: of words on a
    property, the words around them that they leave out.
    """

    node: Node
    at: At
    words: Any
    within: At = ()

    def error(self, wrong: WrongWord) -> ContractError:
        """Return a refusal that names the place where a wrong word stands."""
        pointer = self.node.pointer + join((EXTENSION, *self.at, *wrong.at[len(self.within) :]))
        return self.node.document.error(f"{EXTENSION}: {wrong.reason}", self.node.file, pointer)


class Overlay:
    """What one contract says of its model. Raises ContractError for words that are none."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._collections: dict[str, list[Statement]] = {}
        self._operations: dict[str, list[Statement]] = {}
        self.speaks_of_items = False
        """Whether schemas say something of collections; of which, only these tell when they are made."""
        for node, words in statements(contract) if is_used(contract) else ():
            self._file(Statement(node, (), words))

    # -- reading

    def _file(self, statement: Statement) -> None:
        """Put a statement where it is looked for, once its words are known to be some."""
        place = tokens(statement.node.pointer)
        if not isinstance(statement.words, Mapping):
            raise statement.error(WrongWord((), f"{statement.words!r} stands where words are wanted"))
        if not place:
            self._file_root(statement)
        elif place[0] == "paths" and len(place) == 2:
            self._file_collection(collection_of(place[1]), statement)
        elif place[0] == "paths" and len(place) == 3 and place[2] in METHODS:
            self._file_operation(f"{place[2]} {place[1]}", statement)
        elif place[0] not in ("webhooks", "x-webhooks") or ON not in statement.words:
            _check_schema(statement)
            about = _of_item(statement.words).keys() | statement.words.keys() & words_of(Member).keys()
            self.speaks_of_items |= bool(about)

    def _file_root(self, statement: Statement) -> None:
        for word, told in statement.words.items():
            if word not in ("collections", "operations") or not isinstance(told, Mapping):
                raise statement.error(
                    WrongWord((word,), "here stand `collections` and `operations`, by name")
                )
            for name, words in told.items():
                inner = Statement(statement.node, (word, name), words)
                if word == "collections":
                    self._file_collection(name, inner)
                else:
                    self._file_operation(self._key(name, inner), inner)

    def _key(self, name: str, statement: Statement) -> str:
        """Return the key of an operation that is named by it or by its operationId."""
        key = read_key(name)
        for operation in self._contract.operations:
            if name == operation.id or key == operation.key:
                return operation.key
        known = [each for one in self._contract.operations for each in (one.key, one.id)]
        raise statement.error(WrongWord((), f"there is no operation {name!r}{did_you_mean(key, known)}"))

    def _file_collection(self, name: str, statement: Statement) -> None:
        _checked(statement, Words(Collection))
        self._collections.setdefault(name, []).append(statement)

    def _file_operation(self, key: str, statement: Statement) -> None:
        try:
            check_plan(statement.words)
        except WrongWord as wrong:
            raise statement.error(wrong) from None
        self._operations.setdefault(key, []).append(statement)

    # -- what is known before anything is compiled

    def stated(self, collection: str, word: str) -> Any:
        """Return what is said of a collection, None where nothing is."""
        for statement in self._collections.get(collection, ()):
            if word in statement.words:
                return statement.words[word]
        return None

    def check_names(self, collections: Mapping[str, Sequence[str]]) -> None:
        """Refuse words about collections that are not there. collections: the parents of each, by name."""
        for name, told in self._collections.items():
            for statement in told:
                if name not in collections:
                    near = did_you_mean(name, collections)
                    raise statement.error(WrongWord((), f"there is no collection {name!r}{near}"))
                _check_window(statement, name, collections)

    @property
    def spoken_of(self) -> Iterable[str]:
        """The collections of which something is said by name."""
        return self._collections

    @property
    def said_to_do(self) -> Iterable[str]:
        """The operations of which something is said, by their keys."""
        return self._operations

    def about_caller(self, key: str) -> tuple[str, str] | None:
        """Return the verb that is said of an operation about who calls, if no answer is said, and of which
        collection.
        """
        words: dict[str, Any] = {}
        for statement in self._operations.get(key, ()):
            words |= statement.words
        is_meant = "login" in words or "logout" in words or words.get("key") == "caller"
        if "answer" in words or not is_meant:
            return None
        for verb in words.keys() & PLANS.keys():
            if isinstance(words[verb], str):
                return verb, words[verb]
        return None

    @property
    def users(self) -> str:
        """The collection that an operation is said to log in to; "" where none is."""
        for told in self._operations.values():
            for statement in told:
                if isinstance(statement.words.get("login"), str):
                    return str(statement.words["login"])
        return ""

    # -- laying over

    def collection(
        self, name: str, compiled: Collection, shape: Shape | None, check: Check[Collection]
    ) -> Collection:
        """Return a collection as the contract corrects it. shape: of its item, whose schemas may say
        something too. check: refuses words that refer to nothing.
        """
        told = list(_said_by(shape)) if shape is not None else []
        told += self._collections.get(name, ())
        if not told:
            return compiled
        laid: Collection = _laid(write_collection(compiled), told, read_collection, check)
        return laid

    def plan(self, operation: Operation, compiled: Plan | None, check: Check[Plan]) -> Plan | None:
        """Return a plan as the contract corrects it. No words, as an operation without a plan is printed,
        change nothing.
        """
        told = [statement for statement in self._operations.get(operation.key, ()) if statement.words]
        if not told:
            return compiled
        written = write_plan(compiled) if compiled is not None else {}
        plan: Plan = _laid(_with_verb(written, told), told, read_plan, check)
        return plan


def _laid(written: Any, told: Iterable[Statement], read: Any, check: Check[Any]) -> Any:
    for statement in told:
        written = merged(written, statement.words)
        try:
            part = read(written)
            check(statement.words, part)
        except WrongWord as wrong:
            raise statement.error(wrong) from None
    return part


def merged(written: Any, over: Any) -> Any:
    """Lay words over others: mappings member by member, anything else in place of what was there."""
    if not isinstance(over, Mapping):
        return over
    found = dict(written) if isinstance(written, Mapping) else {}
    for word, value in over.items():
        if value is None and word not in _VALUES:
            found.pop(word, None)
        else:
            found[word] = value if word in _VALUES else merged(found.get(word), value)
    return found


def _with_verb(written: dict[str, Any], told: Iterable[Statement]) -> dict[str, Any]:
    """Return a plan without its verb, and what only that verb knows, where another one is said."""
    for statement in told:
        for verb in statement.words.keys() & PLANS.keys():
            known = {verb, *words_of(PLANS[verb])}
            written = only(written, known)
    return written


# ---- schemas


def _check_schema(statement: Statement) -> None:
    """Check the words on a schema: of a member, of an item, and those that the schema's readers know."""
    member = only(statement.words, words_of(Member))
    others = statement.words.keys() - member.keys() - {*SCHEMA_WORDS, *_OF_SCHEMAS}
    for word in others:
        known = [*words_of(Member), *SCHEMA_WORDS, *_OF_SCHEMAS]
        raise statement.error(
            WrongWord((word,), f"{word!r} is no word of a schema{did_you_mean(word, known)}")
        )
    _checked(statement._replace(words=member), Words(Member))
    _checked(statement._replace(words=_of_item(statement.words)), Words(Collection))


def _of_item(words: Mapping[str, Any]) -> dict[str, Any]:
    """Return those words on a schema that speak of the collection of its items."""
    found = only(words, _OF_SCHEMAS)
    if isinstance(found.get("unique"), bool):
        del found["unique"]
    return found


def _said_by(shape: Shape) -> Iterable[Statement]:
    """Yield what the schemas of an item say of its collection, and those of its members of them."""
    for node in shape.merged:
        words = _of_item(said(node.value))
        if words:
            yield Statement(node, (), words)
    for name, parts in shape.declared.items():
        for node in parts or ():
            words = only(said(node.value), words_of(Member))
            if words:
                yield Statement(node, (), {"members": {name: words}}, ("members", name))


# ---- windows


def _check_window(statement: Statement, name: str, collections: Mapping[str, Sequence[str]]) -> None:
    """Refuse a window on a collection that is not there, or by a parent that its path does not name."""
    of = statement.words.get("of")
    if of is not None and of not in collections:
        raise statement.error(
            WrongWord(("of",), f"there is no collection {of!r}{did_you_mean(of, collections)}")
        )
    where = Named(Scalar(str), Scalar(str)).read(statement.words.get("where", {}), ("where",))
    for member, source in where.items():
        parent = source.removeprefix("path/")
        if parent not in collections[name]:
            near = did_you_mean(parent, collections[name])
            raise statement.error(WrongWord(("where", member), f"{name} has no parent {parent!r}{near}"))


def _checked(statement: Statement, kind: Words) -> None:
    try:
        kind.check(statement.words, ())
    except WrongWord as wrong:
        raise statement.error(wrong) from None
