"""Keys: what the parameter of an item's path says of the ids that it takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from understudy.contracts.contract import Operation, Parameter
from understudy.model.resources import Verb

_OF_ITEM: Final[tuple[Verb, ...]] = ("read", "update", "replace", "delete")


def key_parameter(name: str, operations: Mapping[Verb, Operation]) -> Parameter | None:
    """Return the parameter in which the operations on one item take its id."""
    for verb in _OF_ITEM:
        operation = operations.get(verb)
        found = in_path(name, operation.parameters) if operation is not None else None
        if found is not None:
            return found
    return None


def in_path(name: str, parameters: Iterable[Parameter]) -> Parameter | None:
    """Return the parameter of a path that has a name, None where it is not described."""
    for parameter in parameters:
        if parameter.location == "path" and parameter.name == name:
            return parameter
    return None


def type_taken(name: str, operations: Mapping[Verb, Operation]) -> str:
    """Return the type of ids by the parameter's own schema, without a look at what it refers to; "" where it
    states no single one.
    """
    parameter = key_parameter(name, operations)
    schema = parameter.schema if parameter is not None else None
    stated = schema.value.get("type") if schema is not None and isinstance(schema.value, dict) else None
    return stated if isinstance(stated, str) else ""
