"""What is wrong in a contract and does not keep it from being served, as far as it is quick to see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from understudy.contracts.answers import answering, leaves_success_out
from understudy.contracts.contract import Contract, Operation, parameter_key, statuses
from understudy.contracts.parsing import Lines
from understudy.contracts.servers import TAKEN
from understudy.contracts.source import Document, Finding, Node

_TEMPLATE = re.compile(r"{([^{}]*)}")
_OWNERS = {"/~": "a session's prefix", "/__admin": "the admin API"}


def quick(contract: Contract) -> list[Finding]:
    """Find what loading found, and what the operations tell: their ids, paths, parameters, security and
    answers.
    """
    found = list(contract.findings)
    for check in (_ids, _paths, _taken, _parameters, _security, _successes):
        found += check(contract)
    return with_breaches(contract, found)


def with_breaches(contract: Contract, found: Iterable[Finding]) -> list[Finding]:
    """Add what OpenAPI's own schema finds where nothing better is said of the same place."""
    breaches = dict.fromkeys(contract.breaches)
    ours = [finding for finding in dict.fromkeys(found) if finding not in breaches]
    places = {(finding.file, finding.pointer) for finding in ours}
    for breach in breaches:
        if (breach.file, breach.pointer) not in places:
            ours.append(breach)
    return ours


def located(document: Document, found: Iterable[Finding], largest: int | None = None) -> list[Finding]:
    """Give each finding its line, and put them in the order of the files.

    largest: bytes of a file that is still looked through; the lines of a large one take seconds to find.
    """
    texts: dict[str, Lines] = {}
    placed = []
    for finding in found:
        text = document.text(finding.file)
        if largest is None or len(text) <= largest:
            if finding.file not in texts:
                texts[finding.file] = Lines(text)
            line = texts[finding.file].of(finding.pointer)
            placed.append(replace(finding, line=line or finding.line))
        else:
            placed.append(finding)
    return sorted(
        placed,
        key=lambda finding: (finding.file != document.name, finding.file, finding.line or 0, finding.pointer),
    )


def causes(found: Iterable[Finding]) -> list[str]:
    """Say each reason once, with the first place and how many others there are."""
    places: dict[tuple[str, str], list[Finding]] = {}
    for finding in found:
        places.setdefault((finding.file, finding.reason), []).append(finding)
    return [_cause(finding, len(others)) for finding, *others in places.values()]


def _cause(finding: Finding, others: int) -> str:
    if not others:
        return str(finding)
    return f"{finding}, and at {others} more place{'' if others == 1 else 's'}"


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
    """Find paths that the sandbox answers itself; below the contract's name each can be called."""
    for operation in contract.operations:
        taken = TAKEN.match(operation.path)
        if taken:
            why = f"{taken[0]} is {_OWNERS[taken[0]]}"
            reason = f"served alone, {operation.path} is called below /{contract.name}: {why}"
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
        key = parameter_key(parameter.get("in"), parameter.get("name"))
        if not all(isinstance(part, str) for part in key):
            continue
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
    for name, scheme in contract.security_schemes.items():
        if scheme.get("type") == "mutualTLS":
            why = "of which no request tells: whoever comes is let in"
            reason = f"the security scheme {name!r} asks for a certificate, {why}"
            yield _finding(contract, reason, scheme)


def _successes(contract: Contract) -> Iterator[Finding]:
    for operation in contract.operations:
        listed = statuses(operation.node.get("responses"))
        status = answering(listed)
        below = "/responses" if operation.node.has("responses") else ""
        if not status:
            said = "only when it is refused" if leaves_success_out(listed) else "no answer"
            reason = f"it documents {said}, so it is answered by a success that says nothing"
            yield _finding(contract, reason, operation.node, below)
        elif status[0] not in "23d":
            reason = f"it documents no success, so it is answered by {status}"
            yield _finding(contract, reason, operation.node, below)


def _finding(contract: Contract, reason: str, node: Node, below: str = "") -> Finding:
    return contract.document.finding(reason, node.file, node.pointer + below)
