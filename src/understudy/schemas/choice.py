"""Alternatives in a schema: `oneOf`, `anyOf`, `if`, and the subtypes that a discriminator maps to."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from understudy.contracts.source import Node
from understudy.errors import ContractError
from understudy.pointers import escape
from understudy.schemas.subschemas import each

Parts = tuple[Node, ...]
"""Schemas that must all hold for one value; none at all means that anything goes."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives of which a value takes one. holder: the schema they stand in, which tells whether a value
    fits.

    is_inclusive: it may take several at once. labels: for each branch what the discriminator's property says,
    or None.
    """

    key: str
    holder: Node
    branches: tuple[Parts, ...]
    is_inclusive: bool = False
    property: str = ""
    labels: tuple[str | None, ...] = ()


def addresses(parts: Parts) -> str:
    """Return where schemas stand that must all hold."""
    return " and ".join(part.address for part in parts)


def choices(node: Node, value: Mapping[str, Any], taken: Container[str]) -> Iterator[Choice]:
    """Yield the choices that stand in one schema, without those taken: `oneOf`, `anyOf`, and `if` as one
    between meeting it and not.
    """
    for keyword in ("oneOf", "anyOf"):
        key = f"{node.address}/{keyword}"
        if keyword in value and key not in taken:
            yield from _listed(node, keyword, key)
    key = f"{node.address}/if"
    if isinstance(value.get("if"), dict) and key not in taken:
        met: Parts = (node.raw("if"),)
        if "then" in value:
            met += (node.raw("then"),)
        missed: Parts = ()
        if "else" in value:
            missed = (node.raw("else"),)
        yield Choice(key, node, (met, missed))


def _listed(node: Node, keyword: str, key: str) -> Iterator[Choice]:
    """Yield the choice between the alternatives that a keyword lists, if it lists any."""
    branches = each(node, keyword)
    if not branches:
        return
    name, targets = _discriminator(node)
    labels: tuple[str | None, ...] = ()
    if name:
        labels = tuple(_label(branch, targets) for branch in branches)
    parts = tuple((branch,) for branch in branches)
    yield Choice(key, node, parts, keyword == "anyOf", name, labels)


def subtypes(merged: Collection[Node], taken: frozenset[str]) -> Iterator[Choice]:
    """Yield a choice for each base schema whose discriminator maps to schemas built on it, unless one of
    these is here.
    """
    for node in merged:
        if not node.has("discriminator") or node.has("oneOf") or node.has("anyOf"):
            continue
        name, mapped = _discriminator(node)
        key = f"{node.address}/discriminator"
        if not name or key in taken:
            continue
        targets = [(label, target) for label, target in mapped.items() if target.address != node.address]
        here = [(label, target) for label, target in targets if target in merged]
        chosen = here[:1] or targets
        if chosen:
            branches: tuple[Parts, ...] = ()
            labels: tuple[str | None, ...] = ()
            for label, target in chosen:
                branches += ((target,),)
                labels += (label,)
            # At last the base alone, where no subtype can be made.
            yield Choice(key, node, (*branches, ()), True, name, (*labels, None))


def _discriminator(node: Node) -> tuple[str, dict[str, Node]]:
    """Return the discriminator's property and what its mapping's labels stand for."""
    rule = node.get("discriminator")
    if not isinstance(rule, dict) or not isinstance(rule.get("propertyName"), str):
        return "", {}
    stated = rule.get("mapping")
    targets: dict[str, Node] = {}
    if not isinstance(stated, dict):
        return rule["propertyName"], targets
    for label, place in stated.items():
        target = _target(node, str(place))
        if target is not None:
            targets[str(label)] = target
    return rule["propertyName"], targets


def _target(node: Node, place: str) -> Node | None:
    """Find what a mapping's value stands for: a component's name, which may have dots, or a reference."""
    for reference in (f"#/components/schemas/{escape(place)}", place):
        try:
            return node.document.target(node, reference)
        except (KeyError, ContractError):
            continue
    return None


def _label(branch: Node, targets: Mapping[str, Node]) -> str | None:
    """Name a branch as the discriminator does: by its mapping, else by the component's name (OpenAPI 3.1
    §4.8.25).
    """
    reference = branch.get("$ref")
    if not isinstance(reference, str):
        return None
    target = _target(branch, reference)
    if target is None:
        return None
    for label, place in targets.items():
        if place.address == target.address:
            return label
    return target.pointer.rpartition("/")[2]
