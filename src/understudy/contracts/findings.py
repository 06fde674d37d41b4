"""What is wrong in a contract and does not keep it from being served: what is quick to see, and what takes a look at every schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from understudy.contracts.contract import Contract, MediaType, Operation
from understudy.contracts.schema import Direction
from understudy.contracts.source import Document, Finding, Node
from understudy.contracts.validation import Validator, Validators
from understudy.errors import ContractError

KEPT = 16  # compiled schemas
_ONE = (
    "items",
    "additionalProperties",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
)
_MAPS = ("properties", "patternProperties", "dependentSchemas", "$defs")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_TEMPLATE = re.compile(r"{([^{}]*)}")
_TAKEN = re.compile(
    r"/~|/__admin(?=/|$)"
)  # what comes before the paths of a contract that stands at the root
_BOTH = (Direction.REQUEST, Direction.RESPONSE)


def quick(contract: Contract) -> list[Finding]:
    """Find what loading found, and what the operations alone tell: their ids, paths, parameters and security."""
    found = list(contract.findings)
    for check in (_ids, _paths, _taken, _parameters, _security):
        found += check(contract)
    return list(dict.fromkeys(found))


def thorough(contract: Contract) -> list[Finding]:
    """Find all that `quick` finds, and what each schema, example and default tells; it takes seconds for a large contract."""
    inspection = _Inspection(contract)
    inspection.run()
    return list(dict.fromkeys([*quick(contract), *inspection.found]))


# ---- operations


def _ids(contract: Contract) -> Iterator[Finding]:
    first: dict[str, Operation] = {}
    for operation in contract.operations:
        name = operation.node.get("operationId")
        if isinstance(name, str) and first.setdefault(name, operation) is not operation:
            reason = f"the operationId {name!r} is that of {first[name].key!r} as well"
            yield _finding(contract, reason, operation.node, "/operationId")


def _paths(contract: Contract) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for operation in contract.operations:
        shape = _TEMPLATE.sub("{}", operation.path)
        if first.setdefault(shape, operation.path) != operation.path:
            yield _finding(
                contract, f"{operation.path} cannot be told apart from {first[shape]}", operation.item
            )


def _taken(contract: Contract) -> Iterator[Finding]:
    """Find paths that the sandbox answers itself; under a name of its own, beside other contracts, each can be called."""
    for operation in contract.operations:
        taken = _TAKEN.match(operation.path)
        if taken:
            whose = "a session's prefix" if taken[0] == "/~" else "the admin API"
            yield _finding(
                contract,
                f"served alone, {operation.path} cannot be called: {taken[0]} is {whose}",
                operation.item,
            )


def _parameters(contract: Contract) -> Iterator[Finding]:
    owners: dict[str, dict[tuple[Any, Any], Node]] = {}
    for operation in contract.operations:
        declared: dict[tuple[Any, Any], Node] = {}
        for owner in (operation.item, operation.node):
            if owner.address not in owners:
                owners[owner.address] = {}
                yield from _repeated(contract, owner, owners[owner.address])
            declared |= owners[owner.address]
        templated = set(_TEMPLATE.findall(operation.path))
        named = {name: node for (place, name), node in declared.items() if place == "path"}
        for name in sorted(templated - named.keys()):
            yield _finding(contract, f"the path parameter {name!r} is not declared", operation.node)
        for name in sorted(named.keys() - templated):
            yield _finding(
                contract, f"the path parameter {name!r} is not in the path {operation.path}", named[name]
            )


def _repeated(contract: Contract, owner: Node, declared: dict[tuple[Any, Any], Node]) -> Iterator[Finding]:
    """Gather the parameters one path or operation lists, and find those that stand in the list twice."""
    for index in range(len(owner.get("parameters") or ())):
        parameter = owner.child("parameters", index)
        key = parameter.get("in"), parameter.get("name")
        if declared.setdefault(key, parameter) is not parameter:
            yield _finding(
                contract,
                f"the {key[0]} parameter {key[1]!r} is declared twice",
                owner,
                f"/parameters/{index}",
            )


def _security(contract: Contract) -> Iterator[Finding]:
    for operation in contract.operations:
        for name in sorted(
            {name for option in operation.security for name in option} - contract.security_schemes.keys()
        ):
            own = operation.node.has("security")
            reason = f"the security scheme {name!r} is not declared"
            yield _finding(contract, reason, operation.node if own else contract.document.root, "/security")


def _finding(contract: Contract, reason: str, node: Node, below: str = "") -> Finding:
    return contract.document.finding(reason, node.file, node.pointer + below)


# ---- schemas and examples


@dataclass(frozen=True, slots=True)
class _Held:
    """A value that its schema has to accept. word: what it is, `example 'one'` or `default`."""

    value: Any
    owner: Node
    below: str
    word: str


def _beside(owner: Node) -> Iterator[_Held]:
    """Walk the examples of a parameter, header or media type."""
    if owner.has("example"):
        yield _Held(owner.get("example"), owner, "/example", "example")
    for name, example in owner.child("examples").items() if isinstance(owner.get("examples"), dict) else ():
        if example.has("value"):
            yield _Held(example.get("value"), example, "/value", f"example {name!r}")


def _within(schema: Node) -> Iterator[_Held]:
    """Walk the examples and the default that stand in a schema; null is written for "none" too often to be judged."""
    for key in ("example", "default"):
        if schema.get(key) is not None:
            yield _Held(schema.get(key), schema, f"/{key}", key)
    listed = schema.get("examples")
    for index, example in enumerate(listed if isinstance(listed, list) else ()):
        yield _Held(example, schema, f"/examples/{index}", "example")


class _Inspection:
    """One look at every schema of a contract."""

    def __init__(self, contract: Contract) -> None:
        self.contract, self.document = contract, contract.document
        self.found: list[Finding] = []
        self._seen: set[str] = set()
        self._compiled: dict[tuple[Direction, str], Validator | None] = {}

    def run(self) -> None:
        """Look at what the operations use, then at what nobody uses."""
        for operation in self.contract.operations:
            for parameter in operation.parameters:
                self._examples(parameter.node, parameter.schema, (Direction.REQUEST,), parameter.media_type)
            self._content(operation.body.content if operation.body else {}, Direction.REQUEST)
            for answer in operation.responses.values():
                self._content(answer.content, Direction.RESPONSE)
                for header in answer.headers.values():
                    self._examples(header, header.find("schema"), (Direction.RESPONSE,), "")
        schemas = self.document.root.find("components", "schemas")
        for _, node in schemas.items() if schemas else ():
            self._schema(node)
        for direction in _BOTH:
            self.found += self.contract.validators(direction).translation.findings

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
            for held in _within(node):
                self._hold(held, node, _BOTH)
            waiting += _inner(node, self.document)
        if new:
            for direction in _BOTH:
                self._compile(root, direction)

    def _compile(self, node: Node, direction: Direction) -> Validator | None:
        """Compile a schema; only the last few are kept, because each may carry the schemas of the whole contract."""
        key = direction, node.address
        if key not in self._compiled:
            if len(self._compiled) >= KEPT:
                self._compiled.clear()
            self._compiled[key] = None
            try:
                self._compiled[key] = Validators(self.contract.validators(direction).translation).for_node(
                    node
                )
            except ContractError as error:
                self.found.append(self.document.finding(error.reason, error.file, error.pointer))
        return self._compiled[key]

    def _hold(self, held: _Held, schema: Node, directions: tuple[Direction, ...]) -> None:
        """Add a finding where a value is valid in none of the directions it may travel."""
        value = held.value
        failures = []
        for direction in directions:
            validator = self._compile(schema, direction)
            if validator is None or validator.is_valid(value):
                return
            failures = validator.failures(value, held.word.partition(" ")[0])
        if failures:
            more = f", and {len(failures) - 1} more" if len(failures) > 1 else ""
            reason = f"the {held.word} is not what its schema says: {failures[0]}{more}"
            self.found.append(_finding(self.contract, reason, held.owner, held.below))


def _inner(node: Node, document: Document) -> Iterator[Node]:
    """Walk the schemas in a schema and those it refers to; what a `$ref` leads to is looked at where it stands."""
    value = node.value
    if isinstance(value.get("$ref"), str):
        yield document.follow(node)
    for key in _ONE:
        if isinstance(value.get(key), dict):
            yield node.raw(key)
    for key in _MAPS:
        if isinstance(value.get(key), dict):
            yield from (node.raw(key, name) for name in value[key])
    for key in _LISTS:
        if isinstance(value.get(key), list):
            yield from (node.raw(key, index) for index in range(len(value[key])))
