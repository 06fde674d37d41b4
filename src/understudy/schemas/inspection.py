"""A look at every schema of a contract: does it compile, and does it accept the examples and defaults that
stand with it?
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from understudy.contracts.contract import Contract, MediaType, Operation
from understudy.contracts.findings import quick, with_breaches
from understudy.contracts.source import Finding, Node
from understudy.schemas.contradictions import Contradictions, shown_schemas
from understudy.schemas.direction import Direction
from understudy.schemas.formats import is_known
from understudy.schemas.generator import Generator
from understudy.schemas.subschemas import each, mapping, subschemas
from understudy.schemas.validators import Validator, Validators, validators_of

KEPT = 16  # compiled schemas
_BOTH = (Direction.REQUEST, Direction.RESPONSE)


def thorough(contract: Contract) -> list[Finding]:
    """Find all that `quick` finds, and what each schema, example and default tells; it takes seconds for a
    large contract.
    """
    inspection = _Inspection(contract)
    inspection.run()
    return with_breaches(contract, [*quick(contract), *inspection.found])


class _Held(Struct, frozen=True):
    """A value that its schema has to accept. word: what it is, `example 'one'` or `default`."""

    value: Any
    owner: Node
    below: str
    word: str


def _beside(owner: Node) -> Iterator[_Held]:
    """Walk the examples of a parameter, header or media type."""
    if owner.has("example"):
        yield _Held(owner.get("example"), owner, "/example", "example")
    for name in mapping(owner, "examples"):
        example = owner.child("examples", name)
        if example.has("value"):
            yield _Held(example.get("value"), example, "/value", f"example {name!r}")


def _within(schema: Node) -> Iterator[_Held]:
    """Walk the examples and the default that stand in a schema; null is written for "none" too often to be
    judged.
    """
    for key in ("example", "default"):
        if schema.get(key) is not None:
            yield _Held(schema.get(key), schema, f"/{key}", key)
    for index, example in enumerate(each(schema, "examples")):
        yield _Held(example.value, schema, f"/examples/{index}", "example")


def _undeclared(schema: Node) -> list[str]:
    """Name the required properties that a schema does not declare, where no other part of it could."""
    declared, required = mapping(schema, "properties"), schema.get("required")
    is_part = not _PARTS.isdisjoint(schema.pointer.split("/")[-2:])
    if is_part or not declared or not isinstance(required, list) or not _OPEN.isdisjoint(schema.value):
        return []
    return [name for name in required if isinstance(name, str) and name not in declared]


_PARTS = frozenset({"allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"})
_OPEN = _PARTS | {"$ref", "$dynamicRef", "patternProperties", "additionalProperties", "discriminator"}


def _bodies(contract: Contract, direction: Direction) -> Iterator[Node]:
    """Yield the schemas of the bodies that travel in a direction."""
    for operation in contract.operations:
        contents = [answer.content for answer in operation.responses.values()]
        if direction is Direction.REQUEST:
            contents = [operation.body.content] if operation.body is not None else []
        for content in contents:
            for media in content.values():
                if media.schema is not None:
                    yield media.schema


class _Inspection:
    """One look at every schema of a contract."""

    def __init__(self, contract: Contract) -> None:
        self.contract, self.document = contract, contract.document
        self.found: list[Finding] = []
        self._seen: set[str] = set()
        self._formats: set[str] = set()
        self._compiled: dict[tuple[Direction, str], Validator] = {}

    def run(self) -> None:
        """Look at what the operations use, then at what nobody uses."""
        for operation in self.contract.operations:
            self._operation(operation)
        schemas = self.document.root.find("components", "schemas")
        if schemas is not None:
            for _, node in schemas.items():
                self._schema(node)
        for direction in reversed(_BOTH):
            self._contradict(direction)
        for direction in _BOTH:
            self.found += validators_of(self.contract, direction).translation.findings

    def _contradict(self, direction: Direction) -> None:
        """Make each body once, and name where the contract contradicts itself about it; of several values
        that a place is wrong for, the first.
        """
        validators = validators_of(self.contract, direction)
        contradictions = Contradictions(validators, Generator(validators.for_node, direction))
        places = {(finding.file, finding.pointer) for finding in self.found}
        for schema in _bodies(self.contract, direction):
            for shown in shown_schemas(schema):
                found = contradictions.of(shown)
                if found is not None and (found.file, found.pointer) not in places:
                    places.add((found.file, found.pointer))
                    reason = f"the contract contradicts itself: {found.reason}"
                    self.found.append(self.document.finding(reason, found.file, found.pointer))

    def _operation(self, operation: Operation) -> None:
        for parameter in operation.parameters:
            self._examples(parameter.node, parameter.schema, (Direction.REQUEST,), parameter.media_type)
        if operation.body is not None:
            self._content(operation.body.content, Direction.REQUEST)
        for answer in operation.responses.values():
            self._content(answer.content, Direction.RESPONSE)
            for header in answer.headers.values():
                self._examples(header, header.find("schema"), (Direction.RESPONSE,), "")

    def _content(self, content: Mapping[str, MediaType], direction: Direction) -> None:
        for media in content.values():
            self._examples(media.node, media.schema, (direction,), media.name)

    def _examples(
        self, owner: Node, schema: Node | None, directions: tuple[Direction, ...], media_type: str
    ) -> None:
        """Hold the examples beside a schema against it."""
        if schema is None:
            return
        self._schema(schema)
        if owner.address in self._seen:
            return
        self._seen.add(owner.address)
        for held in _beside(owner):
            # The text of a body that is not JSON says nothing about the value it stands for.
            if not isinstance(held.value, str) or not media_type or media_type.endswith("json"):
                self._hold(held, schema, directions)

    def _schema(self, root: Node) -> None:
        """Compile a schema, and hold each example and default in it against what it stands in."""
        waiting, new = [root], root.address not in self._seen
        while waiting:
            node = waiting.pop()
            if node.address in self._seen or not isinstance(node.value, dict):
                continue
            self._seen.add(node.address)
            self._names(node)
            for held in _within(node):
                self._hold(held, node, _BOTH)
            waiting += subschemas(node)
            if isinstance(node.get("$ref"), str):
                waiting.append(self.document.follow(node))
        if new:
            for direction in _BOTH:
                self._compile(root, direction)

    def _names(self, node: Node) -> None:
        """Find names that a schema speaks of and nobody declares: of required properties, of a format."""
        undeclared = ", ".join(map(repr, _undeclared(node)))
        if undeclared:
            self._find(node, "/required", f"`required` names what is no property: {undeclared}")
        stated = node.get("format")
        if isinstance(stated, str) and stated not in self._formats:
            self._formats.add(stated)
            if not is_known(stated):
                self._find(node, "/format", f"the format {stated!r} is not known, so nothing is checked")

    def _find(self, node: Node, below: str, reason: str) -> None:
        self.found.append(self.document.finding(reason, node.file, node.pointer + below))

    def _compile(self, node: Node, direction: Direction) -> Validator:
        """Compile a schema; only the last few are kept, because each may carry the schemas of the whole
        contract.
        """
        key = direction, node.address
        if key not in self._compiled:
            if len(self._compiled) >= KEPT:
                self._compiled.clear()
            translation = validators_of(self.contract, direction).translation
            self._compiled[key] = Validators(translation).for_node(node)
        return self._compiled[key]

    def _hold(self, held: _Held, schema: Node, directions: tuple[Direction, ...]) -> None:
        """Add a finding where a value is valid in none of the directions it may travel."""
        value = held.value
        failures = []
        for direction in directions:
            validator = self._compile(schema, direction)
            if validator.is_valid(value):
                return
            failures = validator.failures(value, held.word.partition(" ")[0])
        if failures:
            reason = f"the {held.word} is not what its schema says: {failures[0]}"
            if len(failures) > 1:
                reason += f", and {len(failures) - 1} more"
            self.found.append(self.document.finding(reason, held.owner.file, held.owner.pointer + held.below))
