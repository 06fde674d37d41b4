"""Discriminators: which member says what a value is, and which schema each label stands for (OpenAPI 3.1
§4.8.25).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from understudy.contracts.source import Node
from understudy.errors import ContractError
from understudy.names import fold
from understudy.pointers import escape
from understudy.schemas.keywords import constants
from understudy.schemas.subschemas import each, in_place, mapping

_VALUES: Final = ("x-discriminator-value", "x-ms-discriminator-value")
"""Words by which Swagger 2.0 gives a schema another label than its name (Azure, swagger-codegen)."""
_MOST: Final = 300  # subtypes of one base


class Discriminator(Struct, frozen=True, dict=True):
    """A member that says what a value is. property: its name. targets: what its labels stand for. default:
    what a value without a label is. is_closed: whether there are no other labels.
    """

    property: str
    targets: Mapping[str, Node]
    default: Node | None = None
    is_closed: bool = False

    def label_of(self, schema: Node) -> str | None:
        """Return the first label that stands for a schema."""
        return self._labels.get(schema.address)

    @cached_property
    def firsts(self) -> tuple[tuple[str, Node], ...]:
        """The schemas, each once, with the first label that stands for it."""
        found: dict[str, tuple[str, Node]] = {}
        for label, target in self.targets.items():
            found.setdefault(target.address, (label, target))
        return tuple(found.values())

    @cached_property
    def addresses(self) -> Container[str]:
        """The addresses of the schemas."""
        return self._labels.keys()

    @cached_property
    def _labels(self) -> dict[str, str]:
        return {target.address: label for label, target in self.firsts}


def discriminator_of(node: Node) -> Discriminator | None:
    """Return the discriminator of a schema, with the labels of the alternatives that stand there, or else of
    the schemas built on it; None where it has none.
    """
    if not node.has("discriminator"):
        return None
    return node.document.kept(("discriminator", node.address), lambda: _read(node))


def _read(node: Node) -> Discriminator | None:
    rule = node.get("discriminator")
    if not isinstance(rule, dict) or not isinstance(rule.get("propertyName"), str):
        return None
    name, mapped = rule["propertyName"], dict(_mapped(node, rule.get("mapping")))
    targets = dict(mapped)
    named = {target.address for target in mapped.values()}
    listed = _listed(node, name)
    for schema in _meant(node):
        if schema.address not in named:
            for label in _own_labels(schema, name, node, listed):
                targets.setdefault(label, schema)
    default = rule.get("defaultMapping")
    other = _target(node, default) if isinstance(default, str) else None
    is_named = bool(mapped) or node.has("oneOf") or node.has("anyOf")
    return Discriminator(name, targets, other, is_named and {*listed} <= targets.keys())


def dispatch_rule(node: Node) -> Discriminator | None:
    """Return by which label a value of a schema is held against another one: against those that are built on
    a base, or of a schema that is itself built on one, against its own; None where no label tells.
    """
    if is_base(node):
        rule = discriminator_of(node)
        if rule is None or all(one.address == node.address for one in rule.targets.values()):
            return None
        return rule
    return _inherited(node)


def _inherited(node: Node) -> Discriminator | None:
    """Return what is left of a base's discriminator for a schema that is built on it: its own labels, and
    those of what is built on it in turn.
    """
    if not isinstance(node.value, dict) or not isinstance(node.value.get("allOf"), list):
        return None
    own = {node.address, *(heir.address for heir in heirs(node))}
    for base in filter(is_base, in_place([node])):
        rule = discriminator_of(base)
        if rule is None or rule.label_of(node) is None:
            continue
        targets = {label: target for label, target in rule.targets.items() if target.address in own}
        if rule.is_closed or len(own) > 1:
            return replace(rule, targets=targets, default=None)
    return None


def is_base(node: Node) -> bool:
    """Tell whether a schema is one that others are built on, each under a label."""
    value = node.value
    return isinstance(value, dict) and "discriminator" in value and not ("oneOf" in value or "anyOf" in value)


def _mapped(node: Node, stated: Any) -> Iterator[tuple[str, Node]]:
    for label, place in stated.items() if isinstance(stated, dict) else ():
        target = _target(node, str(place))
        if target is not None:
            yield str(label), target


def _meant(node: Node) -> Iterator[Node]:
    """Yield the schemas that a value may be of."""
    listed = [*each(node, "oneOf"), *each(node, "anyOf")]
    for branch in listed:
        reference = branch.get("$ref")
        target = _target(branch, reference) if isinstance(reference, str) else None
        if target is not None:
            yield target
    if not listed:
        yield from heirs(node)


def heirs(node: Node) -> list[Node]:
    """Return the schemas that are built on a schema by `allOf`, also by way of others, each once."""
    found: dict[str, Node] = {}
    waiting = [node]
    for base in waiting:  # grows on the way
        for heir in base.document.heirs.get(base.address, ()):
            if heir.address not in found and heir.address != node.address and len(found) < _MOST:
                found[heir.address] = heir
                waiting.append(heir)
    return list(found.values())


def _own_labels(schema: Node, name: str, holder: Node, listed: list[str]) -> list[str]:
    """Return what a schema is called where no mapping tells: what it says its label is, else its name.

    listed: the labels that its base lists.
    """
    for word in _VALUES:
        if isinstance(schema.get(word), str):
            return [schema.get(word)]
    stated: list[str] = []
    for part in in_place([schema]):
        if part.address != holder.address and name in mapping(part, "properties"):
            stated += filter(_is_text, constants(mapping(part, "properties")[name] or {}) or ())
    called = schema.pointer.rpartition("/")[2]
    spelled = [label for label in listed if fold(label) == fold(called)]
    return stated or spelled or [called]


def _listed(holder: Node, name: str) -> list[str]:
    """Return the labels that a base lists for its own member."""
    found: list[str] = []
    for part in in_place([holder]):
        schema = mapping(part, "properties").get(name)
        if isinstance(schema, dict):
            found += filter(_is_text, constants(schema) or ())
    return found


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _target(node: Node, place: str) -> Node | None:
    """Find what a mapping's value stands for: a component's name, which may have dots, or a reference."""
    for reference in (f"#/components/schemas/{escape(place)}", place):
        try:
            return node.document.target(node, reference)
        except (KeyError, ContractError):
            continue
    return None
