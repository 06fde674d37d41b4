"""What is wrong in a contract and does not keep it from being served, as far as it is quick to see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from understudy.contracts.contract import Contract, Operation
from understudy.contracts.source import Finding, Node

_TEMPLATE = re.compile(r"{([^{}]*)}")
_TAKEN = re.compile(
    r"/~|/__admin(?=/|$)"
)  # what comes before the paths of a contract that stands at the root


def quick(contract: Contract) -> list[Finding]:
    """Find what loading found, and what the operations alone tell: their ids, paths, parameters and security."""
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
            yield _finding(
                contract, f"{operation.path} cannot be told apart from {first[shape]}", operation.item
            )


def _taken(contract: Contract) -> Iterator[Finding]:
    """Find paths that the sandbox answers itself; under a name of its own, beside other contracts, each can
    be called.
    """
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
