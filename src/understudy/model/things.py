"""Things: what a resource's items look like, where an operation does not say it: as another operation shows
them, as a schema of their name has them, or as a request takes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, Final
from urllib.parse import quote

from msgspec import Struct

from understudy.contracts.answers import answer_media, taken
from understudy.contracts.contract import Contract, Operation
from understudy.contracts.source import Node
from understudy.model.bodies import Bodies, present
from understudy.model.named_ids import named_ids
from understudy.model.paths import IdNames
from understudy.model.resources import PREFERRED, Resource, Verb
from understudy.model.vocabulary import (
    IDS,
    NAMES_OF_ONE,
    PASSWORDS,
    SCHEMA_ENDINGS,
    SCHEMA_ENDINGS_SHOWN,
    SENT_IN,
)
from understudy.names import fold, singular, split_words
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape
from understudy.schemas.subschemas import component

_SHOWING: Final[tuple[Verb, ...]] = ("read", "create", "update", "replace")
_TAKING: Final[tuple[Verb, ...]] = ("create", "replace", "update")
_ENDINGS: Final = ("", *SCHEMA_ENDINGS, *SCHEMA_ENDINGS_SHOWN)

Written = dict[str, Any]
"""A schema as a document writes it."""


class Thing(Struct, frozen=True):
    """What the items of a resource look like.

    item: the schema of one. body: of what another operation answers with one, where that is more than the
    item. why: what says so, for a person. is_new: whether the schema stands nowhere in the contract yet.
    """

    item: Written
    why: str
    body: Written | None = None
    is_new: bool = False


class Sent(Struct, frozen=True):
    """What requests take of an item: members with their schemas, and those of them that must be sent.

    by: the name of the schema, or of the operation.
    """

    members: Mapping[str, Parts]
    required: Sequence[str]
    by: str


class Rest(Struct, frozen=True):
    """What a thing has beside the members that are known. own: its identifier."""

    own: Mapping[str, Written]
    rest: Mapping[str, Written]


class Things:
    """What the things of one contract look like."""

    def __init__(self, contract: Contract, bodies: Bodies, mute: Set[str]) -> None:
        """`mute`: the operations that do not say what they show."""
        self._contract, self._bodies, self._mute = contract, bodies, mute
        self._found: dict[str, Thing | None] = {}
        self._components: dict[str, str] | None = None

    def of(self, resource: Resource) -> Thing | None:
        """Return what the items of a resource look like; None where nothing tells."""
        if resource.path not in self._found:
            sent = self._sent(resource)
            thing = self._sibling(resource, sent) or self._named(resource.noun, sent, resource)
            if thing is None and sent is not None and not self._names_others(resource):
                thing = self._of_sent(sent, resource)
            self._found[resource.path] = thing
        return self._found[resource.path]

    def _names_others(self, resource: Resource) -> bool:
        """Tell whether what is sent says nothing of the things that a list shows but the id of one that
        exists elsewhere.
        """
        create, listing = resource.operations.get("create"), resource.operations.get("list")
        if create is None or listing is None or listing.key in self._mute:
            return False
        return named_ids(create, singular(fold(resource.noun)), self._bodies) is not None

    def called(self, noun: str, sent: Sent | None = None) -> Thing | None:
        """Return what a schema of this name says, None where there is none."""
        return self._named(noun, sent, None)

    def taken(self, operation: Operation) -> Thing | None:
        """Return what an operation is sent, as the thing that it makes; None where it takes nothing."""
        sent = self._merged([operation], "")
        if sent is None:
            return None
        return self._of_sent(sent, None)

    def shown(self, operation: Operation) -> Thing | None:
        """Return the thing that an operation says it answers; None where it says nothing of one."""
        if operation.key in self._mute:
            return None
        location = self._bodies.answered_item(operation, IdNames(tuple(IDS)))
        if location is None:
            return None
        return Thing(reference(location.parts), f"as {operation.method.upper()} {operation.path} does")

    def rest(self, resource: Resource, names: Iterable[str]) -> Rest:
        """Return what a thing with these members has besides: its identifier, and what is sent of it."""
        sent = self._sent(resource)
        known = set(names)
        others = {}
        for name, parts in sent.members.items() if sent is not None else ():
            if name not in known:
                others[name] = reference(parts)
        return Rest(self._own_id(known, resource), others)

    # -- as another operation shows it

    def _sibling(self, resource: Resource, sent: Sent | None) -> Thing | None:
        for verb in _SHOWING:
            operation = resource.operations.get(verb)
            media = answer_media(operation, PREFERRED.get(verb, ()))
            if operation is None or operation.key in self._mute or media is None or media.schema is None:
                continue
            location = self._bodies.item((media.schema,), resource.id_names)
            if location is None or not self._is_it(location.shape, resource, sent):
                continue
            body = None
            if location.place:
                body = reference((media.schema,))
            return Thing(
                reference(location.parts), f"as {operation.method.upper()} {operation.path} does", body
            )
        return self._listed(resource, sent)

    def _listed(self, resource: Resource, sent: Sent | None) -> Thing | None:
        operation = resource.operations.get("list")
        listing = self._bodies.answered_listing(operation, resource.id_names)
        if operation is None or listing is None or operation.key in self._mute or not listing.shape.items:
            return None
        if not self._is_it(self._bodies.whole(listing.shape.items), resource, sent):
            return None
        return Thing(reference(listing.shape.items), f"as GET {operation.path} lists them")

    def _is_it(self, shape: Shape, resource: Resource, sent: Sent | None) -> bool:
        """Tell whether an object is the thing, and not a message about it."""
        names = dict(present(shape)).keys()
        if not names:
            return False
        if sent is not None:
            return 2 * len(names & sent.members.keys()) >= len(sent.members)
        return bool(self._bodies.own_id(shape, resource.id_names)) or len(names) > 2

    # -- as a schema of its name has it

    def _named(self, noun: str, sent: Sent | None, resource: Resource | None) -> Thing | None:
        one = singular(fold(noun))
        for ending in _ENDINGS:
            name = self._names.get(f"{one}{ending}")
            if name is None:
                continue
            node = self._contract.document.root.child("components", "schemas", name)
            shape = self._bodies.whole((node,))
            names = dict(present(shape)).keys()
            if not names or (sent is not None and 2 * len(names & sent.members.keys()) < len(sent.members)):
                continue
            written = {"$ref": f"#/components/schemas/{quote(name)}"}
            return self._with_the_rest(written, shape, sent, resource)
        return None

    def _with_the_rest(
        self, written: Written, shape: Shape, sent: Sent | None, resource: Resource | None
    ) -> Thing:
        """Return what a schema says, with the identifier and what is sent that it lacks."""
        why = f"the schema {written['$ref'].rpartition('/')[2]} is called so"
        names = dict(present(shape)).keys()
        rest = {}
        if sent is not None:
            rest = {name: reference(parts) for name, parts in sent.members.items() if name not in names}
        own = self._own_id(names, resource)
        if not (rest or own) or (not shape.is_open and shape.declared and _is_closed(shape)):
            return Thing(written, why)
        more = {"type": "object", "properties": {**own, **rest}, "required": list(own)}
        return Thing({"allOf": [written, more]}, why, is_new=True)

    @property
    def _names(self) -> Mapping[str, str]:
        """The names of the schemas, by their folded forms."""
        if self._components is None:
            self._components = {}
            holder = self._contract.document.root.find("components", "schemas")
            for name in holder.value if holder is not None and isinstance(holder.value, dict) else ():
                self._components.setdefault(singular(fold(str(name))), str(name))
        return self._components

    # -- as requests take it

    def _sent(self, resource: Resource) -> Sent | None:
        operations = [resource.operations.get(verb) for verb in _TAKING]
        return self._merged([one for one in operations if one is not None], resource.noun)

    def _merged(self, operations: Iterable[Operation], noun: str) -> Sent | None:
        members: dict[str, Parts] = {}
        required: list[str] = []
        by = ""
        for operation in operations:
            schema = taken(operation)
            if schema is None:
                continue
            by = by or component(schema) or f"{operation.method.upper()} {operation.path}"
            shape = self._unwrapped(self._bodies.requests.of((schema,)), noun)
            if not members and not shape.choices:
                required = list(shape.required)
            for name, parts in self._members(shape):
                members.setdefault(name, parts)
        if not members:
            return None
        return Sent(members, [name for name in required if name in members], by)

    def _unwrapped(self, shape: Shape, noun: str) -> Shape:
        """Return what is sent of one item, out of a list, and out of wrappers such as `data` or its own
        name.
        """
        requests, one = self._bodies.requests, singular(fold(noun))
        for _ in range(3):
            if shape.kind == "array" and shape.items:
                shape = requests.of(shape.items)
            objects = [(name, parts) for name, parts in present(shape) if requests.of(parts).declared]
            inner = [parts for name, parts in objects if fold(name) in SENT_IN or fold(name) == one]
            if len(present(shape)) > 1 and not any(fold(name) in SENT_IN for name, _ in objects):
                break
            if not inner:
                break
            shape = requests.of(inner[0])
        return shape

    def _members(self, shape: Shape) -> Iterator[tuple[str, Parts]]:
        """Yield what may be sent and can be shown: no secrets, and no files."""
        for one in self._bodies.alternatives(shape.parts):
            for name, parts in present(one):
                below = self._bodies.requests.of(parts)
                is_file = below.format == "binary"
                if not (is_secret(name) or below.format == "password" or is_file):
                    yield name, parts

    def _of_sent(self, sent: Sent, resource: Resource | None) -> Thing:
        own = self._own_id(sent.members, resource)
        properties = {**own, **{name: reference(parts) for name, parts in sent.members.items()}}
        written = {"type": "object", "required": [*own, *sent.required], "properties": properties}
        return Thing(written, f"its request, {sent.by}, says what it is", is_new=True)

    # -- its identifier

    def _own_id(self, names: Iterable[str], resource: Resource | None) -> dict[str, Written]:
        """Return the identifier that a thing needs beside its other members, under the name that its path
        has for it; nothing where it has one, or is the only one of its kind.
        """
        if resource is not None and resource.single:
            return {}
        parameter = resource.parameters[-1] if resource is not None else "id"
        known = {fold(name) for name in names}
        wanted = "id"
        if resource is not None and fold(parameter) != singular(fold(resource.noun)):
            wanted = _member_of(parameter)
        id_names = resource.id_names if resource is not None else ("id",)
        certain = [name for name in id_names if name not in NAMES_OF_ONE or name == fold(wanted)]
        if not known.isdisjoint(certain):
            return {}
        return {wanted: self._id_schema(resource)}

    def _id_schema(self, resource: Resource | None) -> Written:
        """Return the schema of an identifier: that of the path, else of most paths of the contract."""
        if resource is not None:
            for operation in resource.operations.values():
                for parameter in operation.parameters:
                    is_own = parameter.location == "path" and parameter.name == resource.parameters[-1]
                    if is_own and parameter.schema is not None:
                        return reference((parameter.schema,))
        return {"type": self._usual_type}

    @property
    def _usual_type(self) -> str:
        """The type that most identifiers in paths have; a number where there are none."""
        texts = numbers = 0
        for operation in self._contract.operations:
            for parameter in operation.parameters:
                if parameter.location == "path" and parameter.schema is not None:
                    is_text = self._bodies.requests.of((parameter.schema,)).kind == "string"
                    texts += is_text
                    numbers += not is_text
        return "string" if texts > numbers else "integer"


def reference(parts: Parts) -> Written:
    """Refer to schemas that must all hold."""
    references = [{"$ref": _address(part)} for part in parts]
    if len(references) == 1:
        return references[0]
    if not references:
        return {}
    return {"allOf": references}


def _address(node: Node) -> str:
    file = "" if node.file == node.document.name else quote(node.file)
    return f"{file}#{quote(node.pointer, safe='/~')}"


def _member_of(parameter: str) -> str:
    """Return the member that a path's parameter stands for: `code` of {code}, `id` of {boatId}."""
    folded = fold(parameter)
    if folded in NAMES_OF_ONE or (folded in IDS and folded != "id"):
        return parameter
    if any(folded.endswith(word) for word in IDS) or split_words(parameter)[-1:] in (["pk"], ["identifier"]):
        return "id"
    return parameter


def is_secret(name: str) -> bool:
    """Tell whether a member holds a password."""
    folded = fold(name)
    return any(word in folded for word in PASSWORDS if len(word) > 3) or folded in PASSWORDS


def _is_closed(shape: Shape) -> bool:
    return any(member.get("additionalProperties") is False for member in shape.members)
