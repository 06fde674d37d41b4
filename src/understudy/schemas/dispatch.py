"""Dispatch: a value is held against the schema that its discriminator names, and against no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from understudy.contracts.source import Node
from understudy.schemas.discriminators import Discriminator

Schema = dict[str, Any]
Translate = Callable[[Node], Schema]


def dispatched(
    rule: Discriminator, translate: Translate, otherwise: Schema, own: Iterable[str] = ()
) -> Schema:
    """Return what holds for a value whose label says which schema it is of.

    otherwise: what holds where no label tells, but for a default. own: the labels of the base itself.
    """
    cases = []
    for label, target in rule.targets.items():
        cases.append({"if": {"properties": {rule.property: {"const": label}}}, "then": translate(target)})
    named: Schema = {}
    known = {rule.property: {"enum": [*dict.fromkeys((*rule.targets, *own))]}}
    if rule.default is not None:
        # Of the default is what has no label, and what has one that stands for nothing (OpenAPI 3.2 §4.25).
        default = translate(rule.default)
        cases.append({"if": {"properties": known}, "else": default})
        otherwise = {"if": {"type": "object"}, "then": default, "else": otherwise}
    elif rule.is_closed:
        named["properties"] = known
    if cases:
        named["allOf"] = cases
    says = {"type": "object", "required": [rule.property], "properties": {rule.property: {"type": "string"}}}
    return {"if": says, "then": named, "else": otherwise}


def labelled(rule: Discriminator, branches: Mapping[str, Any]) -> bool:
    """Tell whether each of several alternatives, by their addresses, has a label."""
    targets = {target.address for target in rule.targets.values()}
    return bool(targets) and branches.keys() <= targets
