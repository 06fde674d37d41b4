"""What is wrong in a contract and does not keep it from being served, as far as it is quick to see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from understudy.contracts.contract import Contract, Operation
from understudy.contracts.source import Finding, Node

_TEMPLATE = re.compile(r"{([^{}]*)}")
# What comes before the paths of a contract that stands at the root, and whose it is.
_TAKEN = re.compile(r"/~|/__admin(?=/|$)")
_OWNERS = {"/~": "a session's prefix", "/__admin": "the admin API"}


def quick(contract: Contract) -> list[Finding]:
    """Find what loading found, and what the operations tell: their ids, paths, parameters and security."""
    found = list(contract.findings)
    for check in (_ids, _paths, _taken, _parameters, _security):
        found += check(contract)
    return list(dict.fromkeys(found))


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
            reason = f"{operation.path} cannot be told apart from {first[shape]}"
            yield _finding(contract, reason, operation.item)


def _taken(contract: Contract) -> Iterator[Finding]:
    """Find paths that the sandbox answers itself; under a name of its own, beside other contracts, each can
    be called.
    """
    for operation in contract.operations:
        taken = _TAKEN.match(operation.path)
        if taken:
            why = f"{taken[0]} is {_OWNERS[taken[0]]}"
            reason = f"served alone, {operation.path} cannot be called: {why}"
            yield _finding(contract, reason, operation.item)


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
            reason = f"the path parameter {name!r} is not in the path {operation.path}"
            yield _finding(contract, reason, named[name])


def _repeated(contract: Contract, owner: Node, declared: dict[tuple[Any, Any], Node]) -> Iterator[Finding]:
    """Gather the parameters one path or operation lists, and find those that stand in the list twice."""
    for index, parameter in enumerate(owner.entries("parameters")):
        key = parameter.get("in"), parameter.get("name")
        if declared.setdefault(key, parameter) is not parameter:
            reason = f"the {key[0]} parameter {key[1]!r} is declared twice"
            yield _finding(contract, reason, owner, f"/parameters/{index}")


def _security(contract: Contract) -> Iterator[Finding]:
    for operation in contract.operations:
        stated = contract.document.root
        if operation.node.has("security"):
            stated = operation.node
        for name in sorted(set().union(*operation.security) - contract.security_schemes.keys()):
            yield _finding(contract, f"the security scheme {name!r} is not declared", stated, "/security")


def _finding(contract: Contract, reason: str, node: Node, below: str = "") -> Finding:
    return contract.document.finding(reason, node.file, node.pointer + below)
