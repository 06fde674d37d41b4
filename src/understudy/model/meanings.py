"""Meanings: whether an operation that does not say what it shows shows a thing, or a list of things, told by
its path, its names and its siblings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from understudy.contracts.answers import taken
from understudy.contracts.contract import Contract, Operation
from understudy.model.outline import Methods, Outline
from understudy.model.paths import IdNames, blank, id_names, noun, placeholders
from understudy.model.resources import Resource, Verb
from understudy.model.vocabulary import (
    CALLER_PATHS,
    MAY_BE_CALLER,
    SAYS_CHANGES,
    SAYS_CHECKS,
    SAYS_FORGOT,
    SAYS_LOGIN,
    SAYS_LOGOUT,
    SAYS_MAKES,
    SAYS_PASSWORD,
    SAYS_REFRESH,
    SAYS_RESET,
    SENT_NAMES,
    USERS,
    Words,
)
from understudy.names import fold, singular, split_words
from understudy.schemas.subschemas import component

_NOT_THINGS: Final[tuple[Words, ...]] = (
    SAYS_LOGIN, SAYS_LOGOUT, SAYS_REFRESH, SAYS_PASSWORD, SAYS_FORGOT, SAYS_RESET, SAYS_CHECKS,
)  # fmt: skip
_MOST_ALIKE: Final = 100
_MANY: Final = ("all", "list", "index", "many")
_OF_ITEM: Final = ("create", "read", "replace", "update")


class Meaning(Struct, frozen=True):
    """What an operation shows. nouns: what a schema of it may be called, likeliest first. is_caller: whether
    it is whoever calls.
    """

    resource: Resource
    is_list: bool = False
    nouns: tuple[str, ...] = ()
    is_caller: bool = False


class Meanings:
    """What the operations of one contract show, as far as their paths and names tell."""

    def __init__(self, contract: Contract) -> None:
        outline = Outline(contract, lambda _name, _word: None)
        self._found: dict[str, Meaning] = {}
        self._resources: dict[str, list[Resource]] = {}
        for resource in outline.resources.values():
            self._resources.setdefault(singular(fold(resource.noun)), []).append(resource)
        for key, role in outline.roles.items():
            is_shown = role.verb == "list" or role.verb in _OF_ITEM
            if is_shown and not _is_no_thing(role.resource.noun):
                self._found[key] = Meaning(role.resource, role.verb == "list", (role.resource.noun,))
        for path, methods in outline.loose.values():
            for operation, meaning in self._loose(path, methods):
                self._found[operation.key] = meaning

    def of(self, operation: Operation) -> Meaning | None:
        """Return what an operation shows; None where that is no thing."""
        return self._found.get(operation.key)

    def alike(self, noun: str) -> Sequence[Resource]:
        """Return the resources whose things are called so, the first of them where they are very many."""
        return self._resources.get(singular(fold(noun)), ())[:_MOST_ALIKE]

    # -- paths with no item below

    def _loose(self, path: str, methods: Methods) -> Iterator[tuple[Operation, Meaning]]:
        name = noun(path)
        get, post = methods.get("get"), methods.get("post")
        is_many = singular(fold(name)) != fold(name) and fold(name) not in CALLER_PATHS
        if get is not None and (post is not None or (is_many and not self._is_one(methods))):
            yield from self._many(path, name, methods)
        elif get is not None:
            yield from self._single(path, name, methods)
        else:
            yield from self._alone(path, name, methods, is_many=is_many)

    def _is_one(self, methods: Methods) -> bool:
        """Tell whether what is read at a path in the plural is one thing all the same: it is changed there as
        one, and no name says that it is many.
        """
        changes = [methods[method] for method in ("put", "patch") if method in methods]
        bodies = [taken(operation) for operation in changes]
        if not any(body is not None and body.get("type") != "array" for body in bodies):
            return False
        if methods["get"].id == methods["get"].key:
            return True
        words = split_words(methods["get"].id.replace("_", ".").rpartition(".")[2])
        return bool(words) and words[-1] not in _MANY and singular(words[-1]) == words[-1]

    def _many(self, path: str, name: str, methods: Methods) -> Iterator[tuple[Operation, Meaning]]:
        found: dict[Verb, Operation] = {"list": methods["get"]}
        if "post" in methods and taken(methods["post"]) is not None:
            found["create"] = methods["post"]
        resource = _resource(path, name, found)
        yield methods["get"], Meaning(resource, is_list=True, nouns=(name,))
        if "create" in found:
            yield methods["post"], Meaning(resource, nouns=(name,))

    def _single(self, path: str, name: str, methods: Methods) -> Iterator[tuple[Operation, Meaning]]:
        verbs: Mapping[str, Verb] = {"get": "read", "put": "replace", "patch": "update"}
        found = {verb: methods[method] for method, verb in verbs.items() if method in methods}
        parameters = tuple(placeholders(path))
        resource = Resource(name, path, parameters, IdNames(("id",)), single=True, operations=found)
        nouns: tuple[str, ...] = (name,)
        is_caller = _is_caller(methods["get"], name)
        if fold(name) in CALLER_PATHS:
            nouns = tuple(USERS)
        elif is_caller:
            nouns = (name, *USERS)
        for operation in found.values():
            yield operation, Meaning(resource, nouns=nouns, is_caller=is_caller)

    def _alone(
        self, path: str, name: str, methods: Methods, *, is_many: bool
    ) -> Iterator[tuple[Operation, Meaning]]:
        """Yield what is made or changed at a path that nothing reads."""
        for operation in methods.values():
            if taken(operation) is None or _is_no_thing(name):
                continue
            about = _about(operation, path, name)
            if about or (is_many and operation.method == "post"):
                verb: Verb = "create" if operation.method == "post" else "update"
                resource = _resource(path, about or name, {verb: operation})
                yield operation, Meaning(resource, nouns=(about or name,))


def _is_caller(reading: Operation, name: str) -> bool:
    """Tell whether what is read at a path is whoever calls: its last segment is a word for them, and nothing
    but a credential tells whom it should show.
    """
    if fold(name) not in CALLER_PATHS and fold(name) not in MAY_BE_CALLER:
        return False
    takes_more = any(parameter.location in ("path", "query") for parameter in reading.parameters)
    return any(reading.security) and not takes_more and "{" not in reading.path


def _is_no_thing(name: str) -> bool:
    """Tell whether a segment of a path names what is done, and no thing."""
    words = set(split_words(name))
    return any(not kind.known.isdisjoint(words) for kind in _NOT_THINGS)


def _resource(path: str, name: str, operations: Mapping[Verb, Operation]) -> Resource:
    """Return the resource of a list that no path of an item lies below."""
    parameters = (*placeholders(path), "id")
    return Resource(name, f"{path.rstrip('/')}/{{id}}", parameters, id_names("", name), operations=operations)


def _about(operation: Operation, path: str, name: str) -> str:
    """Return what an operation makes or changes, as its names say; nothing where they say no such thing."""
    if fold(name) in SAYS_MAKES or fold(name) in SAYS_CHANGES:
        return noun(blank(path).rpartition("/")[0])
    words = split_words(operation.id.replace("_", ".").rpartition(".")[2])
    if operation.id != operation.key and words and (words[0] in SAYS_MAKES or words[0] in SAYS_CHANGES):
        return "".join(words[1:]) or name
    schema = taken(operation)
    called = [word for word in split_words(component(schema)) if word not in SENT_NAMES] if schema else []
    if called and singular("".join(called)) == singular(fold(name)):
        return name
    return ""
