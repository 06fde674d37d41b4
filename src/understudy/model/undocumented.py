"""Undocumented bodies: a contract with what its successes show written into it, where it does not say that
and yet says what the thing is.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, unquote

import inflection

from understudy.contracts.contract import Contract
from understudy.contracts.source import Document
from understudy.contracts.source_map import SourceMap
from understudy.model.bodies import Bodies
from understudy.model.doors import Door, doors_of
from understudy.model.gaps import Gap, gaps_of, in_words, in_xml_beside
from understudy.model.inferred import inferred
from understudy.model.meanings import Meaning, Meanings
from understudy.model.resources import Resource
from understudy.model.things import Thing, Things, Written, reference
from understudy.model.vocabulary import USERS, WRAPPERS
from understudy.names import fold, singular, split_words
from understudy.pointers import replaced, step, tokens

_JSON: Final = "application/json"


def completed(contract: Contract) -> Contract:
    """Return a contract with a body for each success that states none, or not of what, where the contract
    tells what it shows; the contract itself where there is none.
    """
    words = list(in_words(contract))
    plain = {(gap.operation.key, gap.status) for gap, _ in words}
    gaps = [gap for gap in gaps_of(contract) if (gap.operation.key, gap.status) not in plain]
    if not gaps and not words:
        return contract
    completion = _Completion(contract, gaps)
    for gap in gaps:
        completion.fill(gap)
    for gap, said in words:
        completion.quote(gap, said)
    if not completion.added:
        return contract
    document = completion.document()
    added = {**contract.added, **completion.added}
    return Contract(document, contract.name, before=contract, added=added)


class _Completion:
    """One contract being completed.

    added: by operation, what is answered that its contract does not say, for a person.
    """

    def __init__(self, contract: Contract, gaps: list[Gap]) -> None:
        self.added: dict[str, str] = {}
        self._contract, self._document = contract, contract.document
        self._meanings = Meanings(contract)
        self._things = Things(contract, Bodies(), {gap.operation.key for gap in gaps})
        self._files: dict[str, Any] = dict(contract.document.files)
        self._schemas: dict[str, Written] = {}
        self._names: dict[str, str] = {}  # of the schemas that are new, by the paths of their resources
        self._taken: set[str] = set()  # names of schemas
        self._numbers: dict[str, int] = {}  # behind names that were given several times
        self._examples = list(self._exemplary(gaps))

    def document(self) -> Document:
        """Return the document with what was filled."""
        name = self._document.name
        root = self._files[name]
        if self._schemas:
            components = root.get("components") or {}
            schemas = {**(components.get("schemas") or {}), **self._schemas}
            self._files[name] = {**root, "components": {**components, "schemas": schemas}}
        document = self._document.changed(self._files, SourceMap())
        document.written = self._document.written
        return document

    def fill(self, gap: Gap) -> None:
        """Write what a success shows into its response, where that can be told."""
        meaning = self._meanings.of(gap.operation)
        if meaning is None:
            return
        thing = self._as_caller(gap) or self._thing(meaning)
        if thing is None:
            return
        schema = self._body(gap, meaning, thing)
        if schema is None:
            return
        written = {gap.media.name if gap.media is not None else _JSON: _shown(gap, schema)}
        for beside in in_xml_beside(gap):
            inner = self._body(beside, meaning, thing)
            if inner is not None and beside.media is not None:
                written[beside.media.name] = _shown(beside, _rooted(beside, inner, meaning))
        self._write(gap, written)
        form = "XML" if gap.root else "JSON"
        what = "a list of them" if meaning.is_list or gap.is_list else "the item"
        told = f"{gap.status} with {what} as {form}, which the contract does not document: {thing.why}"
        self.added.setdefault(gap.operation.key, told)

    def quote(self, gap: Gap, said: Mapping[str, Sequence[Any]]) -> None:
        """Write into a response that it says what its examples say. said: by media type."""
        assert gap.answer is not None
        written = {}
        for name, values in said.items():
            schema = {**inferred(list(values))["items"], "enum": list(values)}
            written[name] = {**gap.answer.content[name].node.value, "schema": schema}
        self._write(gap, written)
        told = f"{gap.status} with its example, of which the contract documents no schema"
        self.added.setdefault(gap.operation.key, told)

    # -- what the thing is

    def _thing(self, meaning: Meaning) -> Thing | None:
        resource = meaning.resource
        thing = self._by_example(resource) or self._things.of(resource)
        others = iter(self._meanings.alike(resource.noun))
        while thing is None and (other := next(others, None)) is not None:
            thing = self._by_example(other) or self._things.of(other)
        names = iter(meaning.nouns)
        while thing is None and (name := next(names, None)) is not None:
            thing = self._things.called(name)
        if thing is None and meaning.is_caller:
            thing = self._user()
        if thing is None or not thing.is_new:
            return thing
        return Thing(self._named(resource, thing.item), thing.why, thing.body)

    def _as_caller(self, gap: Gap) -> Thing | None:
        """Return what whoever calls looks like, where the gap is what registers them; None elsewhere."""
        doors = doors_of(self._contract).by_key
        own = doors.get(gap.operation.key)
        if own is None or own.kind != "register" or gap.media is not None:
            return None
        for door in doors.values():
            if door.kind == "caller" and door.shows_person and not door.person:
                return self._things.shown(door.operation)
        return None

    def _user(self) -> Thing | None:
        """Return what a user looks like: as those that paths list, or as who registers is shown."""
        for noun in USERS:
            for resource in self._meanings.alike(noun):
                thing = self._thing(Meaning(resource))
                if thing is not None:
                    return thing
        for door in doors_of(self._contract).by_key.values():
            if door.kind == "register":
                return self._registered(door)
        return None

    def _registered(self, door: Door) -> Thing | None:
        """Return what who registers looks like."""
        if door.shows_person:
            return self._things.shown(door.operation)
        meaning = self._meanings.of(door.operation)
        if meaning is not None:
            return self._thing(meaning)
        return self._things.taken(door.operation)

    def _named(self, resource: Resource, schema: Written) -> Written:
        """Give a new schema a name in the document, and refer to it."""
        name = self._names.get(resource.path)
        if name is None:
            called = "".join(map(str.capitalize, split_words(resource.noun))) or "Item"
            name = self._free(_one(called))
            self._names[resource.path] = name
            self._schemas[name] = schema
        return {"$ref": f"#/components/schemas/{name}"}

    def _free(self, name: str) -> str:
        """Return a name that no schema has yet."""
        if not self._taken:
            components = self._document.root.get("components") or {}
            self._taken.update(components.get("schemas") or {})
        free, number = name, self._numbers.get(name, 1)
        while free in self._taken:
            number += 1
            free = f"{name}{number}"
        self._taken.add(free)
        self._numbers[name] = number
        return free

    # -- what examples say

    def _exemplary(self, gaps: list[Gap]) -> Iterator[tuple[str, Any]]:
        """Yield the items in the examples that stand where no schema does, by the paths of their
        resources.
        """
        for gap in gaps:
            meaning = self._meanings.of(gap.operation)
            if meaning is None:
                continue
            for told in (gap, *in_xml_beside(gap)):
                if not told.has_example:
                    continue
                shown = _at(told.example, _place(told, meaning))
                for one in shown if isinstance(shown, list) else [shown]:
                    if isinstance(one, dict):
                        yield meaning.resource.path, one

    def _by_example(self, resource: Resource) -> Thing | None:
        """Return what examples say of a thing, with what is sent besides."""
        examples = [example for path, example in self._examples if path == resource.path]
        if not examples:
            return None
        schema = inferred(examples)["items"]
        said = self._things.rest(resource, schema["properties"])
        properties = {**said.own, **schema["properties"], **said.rest}
        schema = {**schema, "properties": properties, "required": [*said.own, *schema["required"]]}
        return Thing(schema, "its example says what it is", is_new=True)

    # -- what stands around it

    def _body(self, gap: Gap, meaning: Meaning, thing: Thing) -> Written | None:
        """Return the schema of a whole body; None where what is documented cannot hold the thing."""
        is_list = meaning.is_list or gap.is_list
        shown: Written = thing.item
        if is_list:
            shown = {"type": "array", "items": thing.item}
        if gap.has_example:
            place = _place(gap, meaning)
            is_alone = bool(gap.root and place) and isinstance(_at(gap.example, place), dict)
            if is_list and not is_alone and not isinstance(_at(gap.example, place), list):
                return None  # the example says that there is one of it
            schema = _around(gap.example, place, shown)
            if gap.root:
                return {"allOf": [schema], "xml": _root(gap)}
            return schema
        if gap.media is None or gap.media.schema is None:
            return shown if is_list else thing.body or shown
        if meaning.is_list and gap.says_object:
            return None
        if gap.wrapper:
            more = {"type": "object", "properties": {gap.wrapper: shown}, "required": [gap.wrapper]}
            return {"allOf": [reference((gap.media.schema,)), more]}
        return shown

    # -- into the document

    def _write(self, gap: Gap, written: Mapping[str, Written]) -> None:
        """Write media types into the response in which a gap was found."""
        operation = gap.operation.node
        response: dict[str, Any] = {"description": ""}
        if gap.answer is not None and gap.answer.node.file == operation.file:
            response = dict(gap.answer.node.value)
        content = dict(response.get("content") or {})
        for name, media in written.items():
            content[name] = {
                **media,
                "schema": _seen_from(operation.file, media["schema"], self._document.name),
            }
        pointer = f"{operation.pointer}/responses"
        self._put(operation.file, pointer, gap.status, {**response, "content": content})

    def _put(self, file: str, pointer: str, status: str, response: Written) -> None:
        root = self._files[file]
        path = tokens(pointer)
        value = root
        for token in path[:-1]:
            value = step(value, token)
        stated = value.get(path[-1]) or {}
        written = next((one for one in stated if str(one).upper() == status.upper()), status)
        self._files[file] = replaced(root, path[:-1], {**value, path[-1]: {**stated, written: response}})


def _shown(gap: Gap, schema: Written) -> Written:
    """Return a media type with a schema."""
    if gap.root:
        return {"example": gap.example, "schema": schema}
    stated: Mapping[str, Any] = gap.media.node.value if gap.media is not None else {}
    return {**stated, "schema": schema}


def _root(gap: Gap) -> Written:
    """Return how the root of an example in XML is called."""
    if not gap.namespace:
        return {"name": gap.root}
    return {"name": gap.root, "namespace": gap.namespace}


def _rooted(gap: Gap, schema: Written, meaning: Meaning) -> Written:
    """Return the schema of a list in XML whose root no example names: it is called as its things are."""
    if gap.root or schema.get("type") != "array":
        return schema
    return {**schema, "xml": {"name": inflection.pluralize(singular(meaning.resource.noun)), "wrapped": True}}


def _one(called: str) -> str:
    """Return a name in the singular, in its own case."""
    short = singular(called.lower())
    if called.lower().startswith(short):
        return called[: len(short)]
    return short.capitalize()


def _place(gap: Gap, meaning: Meaning) -> tuple[str, ...]:
    """Return where in an example of a body the thing stands, or the list of things; in XML that may be one
    element.
    """
    example = gap.example
    if not isinstance(example, dict):
        return ()
    one = singular(fold(meaning.resource.noun))
    for name, value in example.items():
        is_wrapper = fold(name) in WRAPPERS or singular(fold(name)) == one
        is_element = bool(gap.root) and isinstance(value, dict) and is_wrapper
        if meaning.is_list and (isinstance(value, list) or is_element):
            return (name,)
        if not meaning.is_list and is_wrapper and isinstance(value, dict):
            return (name,)
    return ()


def _at(example: Any, place: tuple[str, ...]) -> Any:
    for name in place:
        example = example[name]
    return example


def _around(example: Any, place: tuple[str, ...], shown: Written) -> Written:
    """Return the schema of a body as its example has it, with the thing at its place."""
    if not place:
        return shown
    schema = inferred(example)
    schema["properties"][place[0]] = shown
    return schema


def _seen_from(file: str, schema: Any, root: str) -> Any:
    """Return a schema that stands in the named file of a contract as another of its files has to write it."""
    if isinstance(schema, list):
        return [_seen_from(file, one, root) for one in schema]
    if not isinstance(schema, dict) or file == root:
        return schema
    seen = {name: _seen_from(file, value, root) for name, value in schema.items()}
    reference = schema.get("$ref")
    if isinstance(reference, str):
        target, _, pointer = reference.partition("#")
        path = quote(posixpath.relpath(unquote(target) or root, posixpath.dirname(file) or "."))
        seen["$ref"] = f"{path}#{pointer}"
    return seen
