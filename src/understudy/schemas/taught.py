"""What examples teach: the values that authors gave to members, in any example of a contract that shows
them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, Final

from msgspec import Struct

from understudy.contracts.contract import Contract, MediaType, Operation
from understudy.contracts.source import Node
from understudy.pointers import tokens
from understudy.schemas.examples import own_examples, stated_examples
from understudy.schemas.families import Families
from understudy.schemas.subschemas import each, mapping, resolved

MOST: Final = 20  # values that are kept of one member
_ITEMS: Final = 5  # of a list in an example
_DEEPEST: Final = 12
_REFERS: Final = re.compile(r"(_id|_uuid|_guid|_gid|_sid|_key|[a-z](Id|ID|Uuid|UUID|Guid|Key))$")
_IDS: Final = frozenset({"id", "uuid", "guid", "gid", "sid"})
_LEAST_TELLING: Final = 8  # characters of an id that no other value is by chance
_IN_PLACE: Final = ("allOf", "oneOf", "anyOf")
_HOLDING: Final = frozenset({*_IN_PLACE, "$ref", "properties", "items", "additionalProperties"})
"""Where else in a schema an example may stand."""


class _Property(Struct, frozen=True):
    """A property of a schema: as it stands, what examples say of it, and whether its name is that of a
    reference or of an id.
    """

    schema: Node
    said: list[Any]
    is_reference: bool
    is_id: bool


class Taught:
    """The values of each member that stand in examples of what holds it, in the order of the document.

    Found before anybody is told of one, so that it does not matter who asks first.
    """

    def __init__(self, contract: Contract | None = None) -> None:
        self._contract = contract
        self._lesson: _Lesson | None = None

    def of(self, schema: Node) -> Sequence[Any]:
        """Return what examples say of a member. schema: as it stands among the properties, a `$ref` too."""
        return self._learnt.values.get(schema, ())

    @property
    def references(self) -> Mapping[str, Collection[Any]]:
        """What examples say of members whose names end as references do, by the name."""
        return self._learnt.by_name

    @property
    def forms(self) -> Mapping[str, Collection[Any]]:
        """What descriptions of members whose names end as references do give as an example, by the name: of
        an id that may be nobody's it says what ids look like.
        """
        return self._learnt.forms

    @property
    def ids(self) -> Set[str]:
        """The ids that items of examples have, as far as they can hardly be anything else."""
        return self._learnt.ids

    def preparation(self) -> Iterator[None]:
        """Find what examples say, where nobody has asked yet, and yield after each piece of that work."""
        if self._lesson is not None:
            return
        lesson = _Lesson(self._contract)
        yield from lesson.pieces()
        self._lesson = self._lesson or lesson

    @property
    def _learnt(self) -> _Lesson:
        for _ in self.preparation():
            pass
        assert self._lesson is not None
        return self._lesson


class _Lesson:
    """What is learnt of a contract: values by the members that have them, references by their names, and
    ids.
    """

    def __init__(self, contract: Contract | None) -> None:
        self._contract = contract
        self.values: dict[Node, list[Any]] = {}
        self.by_name: dict[str, dict[Any, None]] = {}
        self.forms: dict[str, dict[Any, None]] = {}
        self.ids: set[str] = set()
        self._properties: dict[Node, dict[str, _Property]] = {}
        self._inner: dict[Node, list[tuple[Node, Any]]] = {}

    def pieces(self) -> Iterator[None]:
        """Learn, and yield after what each operation and each named schema says."""
        for examples in self._examples():
            for holder, example in examples:
                if isinstance(example, (dict, list)):
                    self._learn(holder, example, 0)
                else:
                    _keep_key(self.forms, tokens(holder.pointer)[-1], example)
            yield
        yield from self._share()
        self._properties.clear()
        self._inner.clear()

    def _share(self) -> Iterator[None]:
        """Let each description of a member say what another one of the same member does."""
        families = Families(self.values)
        for operation in self._contract.operations if self._contract is not None else ():
            for media in _bodies(operation):
                if media.schema is not None:
                    families.add(operation, media.schema)
            yield
        shared: dict[Node, list[Any]] = {}
        for member, values in families.shared():
            shared[member] = values[:MOST]
            yield
        self.values.update(shared)

    def _examples(self) -> Iterator[Iterable[tuple[Node, Any]]]:
        """Yield the examples of each body and of each named schema, each with its schema."""
        if self._contract is None:
            return
        for operation in self._contract.operations:
            for media in _bodies(operation):
                if media.schema is not None:
                    yield [(media.schema, value) for _, value in stated_examples(media.node)]
                    yield self._within(media.schema)
        yield from self._of_components(self._contract.document.root)

    def _of_components(self, root: Node) -> Iterator[Iterable[tuple[Node, Any]]]:
        """Yield the examples of the contract's named schemas."""
        for name in mapping(root.raw("components"), "schemas") if root.has("components") else ():
            schema = root.raw("components", "schemas", name)
            yield [(schema, value) for value in own_examples(schema)]
            yield self._within(schema)

    def _within(self, schema: Node) -> Sequence[tuple[Node, Any]]:
        """Return what stands within a schema, found once for all operations that have it."""
        known = self._inner.get(schema)
        if known is None:
            known = self._inner[schema] = list(_within(schema, 0))
        return known

    def _learn(self, schema: Node, value: Any, depth: int) -> None:
        """Keep the members of a value under the schemas that describe it."""
        node = resolved(schema)
        if depth > _DEEPEST or not isinstance(node.value, dict):
            return
        if isinstance(value, dict):
            self._learn_members(node, value, depth)
        elif isinstance(value, list) and node.has("items"):
            for item in value[:_ITEMS]:
                self._keep(node.raw("items"), item, depth + 1)
        for key in _IN_PLACE:
            for part in each(node, key):
                self._learn(part, value, depth + 1)
        if isinstance(node.get("$ref"), str):
            self._learn(node.document.target(node, node.get("$ref")), value, depth + 1)

    def _learn_members(self, node: Node, value: dict[str, Any], depth: int) -> None:
        properties = self._properties_of(node)
        for name, member in properties.items():
            if name not in value:
                continue
            one = value[name]
            if isinstance(one, (dict, list)):
                self._keep_named(name, one)
                self._learn(member.schema, one, depth + 1)
                continue
            if member.is_id or member.is_reference:
                self._keep_reference(name, one, member)
            if len(member.said) < MOST:
                member.said.append(one)
        if isinstance(node.get("additionalProperties"), dict):
            others = [one for name, one in value.items() if name not in properties]
            for one in others[:_ITEMS]:
                self._keep(node.raw("additionalProperties"), one, depth + 1)

    def _properties_of(self, node: Node) -> Mapping[str, _Property]:
        """Return the properties of a schema; hundreds of examples are of the same ones."""
        known = self._properties.get(node)
        if known is None:
            known = {}
            for name in mapping(node, "properties"):
                schema = node.raw("properties", name)
                said = self.values.setdefault(schema, [])
                is_reference = _REFERS.search(name) is not None
                known[name] = _Property(schema, said, is_reference, name.lower() in _IDS)
            self._properties[node] = known
        return known

    def _keep_named(self, name: str, value: Any) -> None:
        """Keep what an object names by its id: `datacenter: {id: 1}` does so as `datacenter_id: 1` does; and
        what each of `datacenter_ids` names.
        """
        if isinstance(value, dict) and "id" in value:
            _keep_key(self.by_name, f"{name}_id", value["id"])
        if isinstance(value, list) and _REFERS.search(name.removesuffix("s")):
            for one in value[:_ITEMS]:
                _keep_key(self.by_name, name.removesuffix("s"), one)

    def _keep_reference(self, name: str, value: Any, member: _Property) -> None:
        if member.is_id and isinstance(value, str) and len(value) >= _LEAST_TELLING:
            self.ids.add(value)
        if member.is_reference:
            _keep_key(self.by_name, name, value)

    def _keep(self, schema: Node, value: Any, depth: int) -> None:
        if isinstance(value, (dict, list)):
            self._learn(schema, value, depth)
            return
        kept = self.values.setdefault(schema, [])
        if len(kept) < MOST:
            kept.append(value)


def _keep_key(keys: dict[str, dict[Any, None]], name: str, value: Any) -> None:
    """Keep what names a thing under the name of the member that does."""
    if not isinstance(value, (str, int)) or isinstance(value, bool) or value == "":
        return
    known = keys.setdefault(name, {})
    if len(known) < MOST:
        known[value] = None


def _within(schema: Node, depth: int) -> Iterator[tuple[Node, Any]]:
    """Yield the objects and lists that stand as examples of members within a schema, each with its own, and
    the ids that stand as examples of members that refer to something; what a reference leads to is asked by
    itself.
    """
    if depth > _DEEPEST or not isinstance(schema.value, dict) or schema.has("$ref"):
        return
    for place, member in _inner(schema.value):
        if _refers(place, member):
            part = schema.raw(*place)
            yield from ((part, value) for value in own_examples(part))
        if not _may_show(member):
            continue
        part = schema.raw(*place)
        for value in own_examples(part):
            if isinstance(value, (dict, list)):
                yield part, value
        yield from _within(part, depth + 1)


def _inner(schema: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield the place and the value of what stands right below a schema."""
    for key in _IN_PLACE:
        parts = schema.get(key)
        if isinstance(parts, list):
            for index, part in enumerate(parts):
                yield (key, index), part
    properties = schema.get("properties")
    if isinstance(properties, dict):
        for name, member in properties.items():
            yield ("properties", name), member
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield (key,), schema[key]


def _refers(place: tuple[str | int, ...], schema: Any) -> bool:
    """Tell whether what stands there is a member that refers to something, and has an example of its own."""
    if not isinstance(schema, dict) or place[0] != "properties":
        return False
    return ("example" in schema or "examples" in schema) and _REFERS.search(str(place[-1])) is not None


def _may_show(schema: Any) -> bool:
    """Tell whether an object or a list may stand as an example of a schema or within: most members of large
    contracts have none, and are passed over.
    """
    if not isinstance(schema, dict):
        return False
    if isinstance(schema.get("example"), (dict, list)) or isinstance(schema.get("examples"), list):
        return True
    return not _HOLDING.isdisjoint(schema)


def _bodies(operation: Operation) -> Iterator[MediaType]:
    """Yield the bodies of an operation: those of its successes, then that of its request."""
    for status, answer in operation.responses.items():
        if status.startswith("2"):
            yield from answer.content.values()
    if operation.body is not None:
        yield from operation.body.content.values()
