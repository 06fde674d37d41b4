"""The schemas of one contract as the engine reads them: addresses to nodes, nodes to shapes and
validators.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from understudy.contracts.contract import Contract
from understudy.contracts.source import Node
from understudy.model.bodies import Bodies
from understudy.model.model import Place
from understudy.schemas.choice import Parts
from understudy.schemas.direction import Direction
from understudy.schemas.validators import Validator, validators_of


class Reading:
    """Shapes and validators of one contract, each made once."""

    def __init__(self, contract: Contract, bodies: Bodies) -> None:
        self._document = contract.document
        self._validators = validators_of(contract, Direction.RESPONSE)
        self.requests, self.responses = bodies.requests, bodies.responses
        self.whole = bodies.whole
        self.most_telling = bodies.says_most
        self.alternatives = bodies.alternatives

    def node(self, address: str) -> Node:
        """Return the schema at an address, `#/components/schemas/Order`. Raises KeyError where there is
        none.
        """
        file, _, pointer = address.partition("#")
        reference = f"#{quote(pointer, safe='/~')}"
        return self._document.refer(file or self._document.root.file, reference)

    def validator(self, node: Node) -> Validator:
        """Return the validator of a schema for answers."""
        return self._validators.for_node(node)

    def is_valid(self, node: Node) -> Callable[[Any], bool]:
        """Return what tells whether a value is right by a schema of an answer."""
        return self._validators.for_node(node).is_valid

    def preparation(self, node: Node) -> Iterator[None]:
        """Compile the schema of an answer, and yield after each piece of that work."""
        return self._validators.preparation(node)

    def at(self, node: Node, place: Place) -> Parts:
        """Return what holds for the value at a place of a body; of a list of items on the way, for one of
        them.

        Raises KeyError where the schema has no such place.
        """
        parts: Parts = (node,)
        for step in place:
            shape = self.whole(self._of_one(parts))
            below = shape.declared[step]
            if below is None:
                raise KeyError(step)
            parts = below
        return parts

    def members_at(self, node: Node, place: Place) -> dict[str, str]:
        """Return what an item of a list at a place of a body has, by the type of each member."""
        shape = self.whole(self._of_one(self.at(node, place)))
        return {name: self.whole(parts).kind for name, parts in shape.declared.items() if parts}

    def item_at(self, node: Node, place: Place) -> Parts:
        """Return what holds for the item at a place, also where it stands there in a list of its own."""
        parts = self.at(node, place)
        return self._of_one(parts) if place else parts

    def _of_one(self, parts: Parts) -> Parts:
        shape = self.whole(parts)
        return shape.items if shape.kind == "array" and shape.items else parts
