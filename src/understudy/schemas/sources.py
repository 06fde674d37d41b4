"""What attempts draw on: shapes, names, and the examples and constants of a contract that its own schemas accept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from understudy.contracts.source import Node
from understudy.errors import ContractError
from understudy.schemas.choice import Parts
from understudy.schemas.naming import Names
from understudy.schemas.scalars import Scalars
from understudy.schemas.shape import Shape, Shapes
from understudy.schemas.validators import Validator


class Sources:
    """What attempts draw on: the shapes of a contract, and what was found out about them once."""

    def __init__(self, validator_of: Callable[[Node], Validator], direction: str) -> None:
        self._validator_of = validator_of
        self.shapes, self.names = Shapes(direction), Names()
        self.scalars = Scalars(self.names)
        self._samples: dict[tuple[Parts, frozenset[str]], list[Any]] = {}
        self._constants: dict[tuple[Parts, frozenset[str]], list[Any]] = {}

    def samples(self, shape: Shape) -> list[Any]:
        """Return the examples, then the defaults, that the schemas accept; `null` and what is empty say nothing."""
        if not shape.samples and not shape.defaults:
            return []
        key = shape.parts, shape.taken
        if key not in self._samples:
            given = [*shape.samples, *(one for one in shape.defaults if not isinstance(one, (dict, list)))]
            self._samples[key] = [
                one
                for one in given
                if one is not None and one not in ("", {}, []) and self.accepts(shape, one)
            ]
        return self._samples[key]

    def constants(self, shape: Shape) -> list[Any]:
        """Return the allowed values that are valid, `null` only where there is no other."""
        key = shape.parts, shape.taken
        if key not in self._constants:
            valid = [one for one in shape.constants or () if self.accepts(shape, one)]
            self._constants[key] = [one for one in valid if one is not None] or valid
        return self._constants[key]

    def meets(self, part: Node, value: Any) -> bool:
        """Tell whether a value is right for one schema; where that cannot be judged alone, the whole value's check will tell."""
        try:
            return self._validator_of(part).is_valid(value)
        except ContractError:
            return True

    def accepts(self, shape: Shape, value: Any) -> bool:
        """Tell whether a value is right for a shape; by the shape's own limits where these say everything."""
        if isinstance(value, (dict, list)) or shape.choices or shape.excluded:
            return all(self.meets(part, value) for part in shape.parts)
        return self.scalars.fits(shape, value)
