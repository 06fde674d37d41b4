"""Alternatives in a schema: `oneOf`, `anyOf`, `if`, and the subtypes that a discriminator maps to."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from msgspec import Struct

from understudy.contracts.source import Node
from understudy.errors import ContractError
from understudy.schemas.discriminators import Discriminator, discriminator_of, heirs
from understudy.schemas.subschemas import each

Parts = tuple[Node, ...]
"""Schemas that must all hold for one value; none at all means that anything goes."""


class Choice(Struct, frozen=True):
    """Alternatives of which a value takes one. holder: the schema they stand in, which tells whether a value
    fits.

    is_inclusive: it may take several at once. labels: for each branch what the discriminator's property says,
    or None. default: the branch of a value of which it says nothing, where the contract tells.
    """

    key: str
    holder: Node
    branches: tuple[Parts, ...]
    is_inclusive: bool = False
    property: str = ""
    labels: tuple[str | None, ...] = ()
    default: int | None = None


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
    rule, name = discriminator_of(node), ""
    labels: tuple[str | None, ...] = ()
    default: int | None = None
    if rule is not None:
        name = rule.property
        labels = tuple(_label(branch, rule) for branch in branches)
        default = _index(rule.default, [branch.document.follow(branch) for branch in branches])
    parts = tuple((branch,) for branch in branches)
    yield Choice(key, node, parts, keyword == "anyOf", name, labels, default)


def subtypes(merged: Collection[Node], taken: frozenset[str]) -> Iterator[Choice]:
    """Yield a choice for each base schema that has schemas built on it: of one that is here, and of what is
    built on that, else of all.
    """
    for node in merged:
        if not node.has("discriminator") or node.has("oneOf") or node.has("anyOf"):
            continue
        rule = discriminator_of(node)
        key = f"{node.address}/discriminator"
        if rule is None or key in taken:
            continue
        here = next((target for target in merged if _is_subtype(target, node, rule)), None)
        choice = _built_on(node, key, rule, here)
        if choice is not None:
            yield choice


def _is_subtype(target: Node, base: Node, rule: Discriminator) -> bool:
    return target.address != base.address and rule.label_of(target) is not None


def _built_on(node: Node, key: str, rule: Discriminator, here: Node | None) -> Choice | None:
    """Return the choice between the schemas that are built on a base, made once; None where there are none.

    here: one that is chosen already.
    """
    place = here and here.address
    return node.document.kept((key, place), lambda: _choice_of_subtypes(node, key, rule, here))


def _choice_of_subtypes(node: Node, key: str, rule: Discriminator, here: Node | None) -> Choice | None:
    below: Container[str] = rule.addresses
    if here is not None:
        below = {here.address, *(heir.address for heir in heirs(here))}
    chosen: list[tuple[str, Node]] = []
    for label, target in rule.firsts:
        if target.address == node.address or target.address not in below:
            continue
        if target == here:
            chosen.insert(0, (label, target))
        else:
            chosen.append((label, target))
    if not chosen:
        return None
    # At last the base alone, where no subtype can be made.
    branches = (*((target,) for _, target in chosen), ())
    labels = (*(label for label, _ in chosen), None)
    default = _index(rule.default, [target for _, target in chosen])
    return Choice(key, node, branches, True, rule.property, labels, default)


def _index(wanted: Node | None, branches: Sequence[Node]) -> int | None:
    for index, branch in enumerate(branches):
        if wanted is not None and branch.address == wanted.address:
            return index
    return None


def _label(branch: Node, rule: Discriminator) -> str | None:
    """Name a branch as the discriminator does; None where it has no name."""
    reference = branch.get("$ref")
    if not isinstance(reference, str):
        return None
    with suppress(KeyError, ContractError):
        return rule.label_of(branch.document.target(branch, reference))
    return None
