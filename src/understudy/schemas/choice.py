"""Alternatives in a schema: `oneOf`, `anyOf`, `if`, and the subtypes that a discriminator maps to; with the reading of raw schemas."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from understudy.contracts.source import Node
from understudy.errors import ContractError
from understudy.pointers import escape

Parts = tuple[Node, ...]
"""Schemas that must all hold for one value; none at all means that anything goes."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives of which a value takes one. holder: the schema they stand in, which tells whether a value fits.

    labels: for each branch what the discriminator's property says, or None.
    """

    key: str
    holder: Node
    branches: tuple[Parts, ...]
    property: str = ""
    labels: tuple[str | None, ...] = ()


def choices(node: Node, value: Mapping[str, Any]) -> Iterator[Choice]:
    """Yield the choices that stand in one schema: `oneOf`, `anyOf`, and `if` as one between meeting it and not."""
    for keyword in ("oneOf", "anyOf"):
        branches = tuple((part,) for part in each(node, keyword))
        if branches:
            name, targets = _discriminator(node)
            labels = tuple(_label(branch[0], targets) for branch in branches) if name else ()
            yield Choice(f"{node.address}/{keyword}", node, branches, name, labels)
    if isinstance(value.get("if"), dict):
        condition = (node.raw("if"),)
        met = condition + ((node.raw("then"),) if "then" in value else ())
        yield Choice(f"{node.address}/if", node, (met, (node.raw("else"),) if "else" in value else ()))


def subtypes(merged: Collection[Node], taken: frozenset[str]) -> Iterator[Choice]:
    """Yield a choice for each base schema whose discriminator maps to schemas built on it, unless one of these is here already."""
    for node in merged:
        name, mapped = _discriminator(node)
        key = f"{node.address}/discriminator"
        if name and mapped and not node.has("oneOf") and not node.has("anyOf") and key not in taken:
            targets = {label: target for label, target in mapped.items() if target.address != node.address}
            here = [(label, target) for label, target in targets.items() if target in merged]
            chosen = here[:1] or list(targets.items())
            if chosen:
                branches = (
                    *((target,) for _, target in chosen),
                    (),
                )  # at last the base alone, where no subtype can be made
                yield Choice(key, node, branches, name, (*(label for label, _ in chosen), None))


def _discriminator(node: Node) -> tuple[str, dict[str, Node]]:
    """Return the discriminator's property and what its mapping's labels stand for."""
    rule = node.get("discriminator")
    if not isinstance(rule, dict) or not isinstance(rule.get("propertyName"), str):
        return "", {}
    stated = rule.get("mapping")
    targets = (
        {str(label): _target(node, str(place)) for label, place in stated.items()}
        if isinstance(stated, dict)
        else {}
    )
    return rule["propertyName"], {label: target for label, target in targets.items() if target is not None}


def _target(node: Node, place: str) -> Node | None:
    """Find what a mapping's value stands for: a component's name, which may have dots, or a reference."""
    for reference in (f"#/components/schemas/{escape(place)}", place):
        try:
            return node.document.target(node, reference)
        except (KeyError, ContractError):
            continue
    return None


def _label(branch: Node, targets: Mapping[str, Node]) -> str | None:
    """Name a branch as the discriminator does: by its mapping, else by the component's name (OpenAPI 3.1 §4.8.25)."""
    reference = branch.get("$ref")
    target = _target(branch, reference) if isinstance(reference, str) else None
    if target is None:
        return None
    mapped = next((label for label, place in targets.items() if place.address == target.address), None)
    return mapped or target.pointer.rpartition("/")[2]


# ---- reading what documents really hold


def component(node: Node) -> str:
    """Return the name under which a schema stands in its document, or ""."""
    tokens = node.pointer.rsplit("/", 2)
    return tokens[-1] if len(tokens) > 2 and tokens[-2] in ("schemas", "definitions", "$defs") else ""


def each(node: Node, key: str) -> list[Node]:
    """Return the entries of a member that should be a list, none where it is not one."""
    value = node.get(key)
    return [node.raw(key, index) for index in range(len(value))] if isinstance(value, list) else []


def mapping(node: Node, key: str) -> Mapping[str, Any]:
    """Return a member that should be a mapping, empty where it is not one."""
    value = node.get(key)
    return value if isinstance(value, dict) else {}
