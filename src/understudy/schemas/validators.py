"""Compiled validators of a contract, for the direction in which a value travels."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import jsonschema_rs

from understudy.contracts.contract import Contract
from understudy.contracts.source import Node
from understudy.errors import ContractError, Failure
from understudy.schemas.direction import Direction
from understudy.schemas.explanation import Words, explain
from understudy.schemas.translation import PATTERN_OPTIONS, Translation

_NO_WORDS: Words = MappingProxyType({})


class Validator:
    """One schema, compiled. `is_valid(value) -> bool` is the compiled check itself, about a microsecond for a
    small object.
    """

    __slots__ = ("_compiled", "_words", "is_valid")

    def __init__(self, schema: Any, words: Words = _NO_WORDS) -> None:
        self._words = words
        self._compiled = jsonschema_rs.validator_for(
            schema, validate_formats=True, pattern_options=PATTERN_OPTIONS, offline=True
        )
        self.is_valid: Callable[[Any], bool] = self._compiled.is_valid

    def failures(self, value: Any, location: str, prefix: str = "") -> list[Failure]:
        """Name every failing field; empty where the value is valid. `prefix`: a JSON pointer put before each
        pointer.
        """
        errors = self._compiled.iter_errors(value)
        return list(
            dict.fromkeys(
                failure for error in errors for failure in explain(error, location, prefix, self._words)
            )
        )


class Validators:
    """The validators of a contract for one direction, each compiled when it is first asked for."""

    def __init__(self, translation: Translation) -> None:
        self.translation = translation
        self._compiled: dict[str, Validator] = {}

    def for_node(self, node: Node) -> Validator:
        """Return the validator of the schema at a node. Raises ContractError where the schema cannot be
        compiled.
        """
        validator = self._compiled.get(node.address)
        if validator is None:
            try:
                validator = Validator(self.translation.bundle(node), self.translation.words)
            except (ValueError, jsonschema_rs.ReferencingError, RecursionError) as error:
                reason = f"the schema cannot be compiled: {str(error).splitlines()[0][:200]}"
                raise ContractError(reason, file=node.file, pointer=node.pointer) from None
            self._compiled[node.address] = validator
        return validator


def validators_of(contract: Contract, direction: Direction | str) -> Validators:
    """Return the validators of a contract for a direction, `request` or `response`; they are made once."""
    direction = Direction(direction)
    return contract.kept(
        ("validators", direction),
        lambda: Validators(Translation(contract.document, contract.version, direction)),
    )
