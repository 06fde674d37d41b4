"""Provenance: what the items of each collection begin with, and what tells the values of their members."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from understudy.contracts.contract import Contract
from understudy.contracts.source import Node
from understudy.engine.authored import Examples
from understudy.engine.binding import Binder, BoundCollection
from understudy.engine.factory import Factory
from understudy.engine.reading import Reading
from understudy.engine.relating import Relating
from understudy.model.bodies import Bodies
from understudy.model.model import Model
from understudy.pointers import join
from understudy.schemas.direction import Direction
from understudy.schemas.entity import new_faker, site_of
from understudy.schemas.generator import Generator
from understudy.schemas.taught import Taught
from understudy.schemas.validators import validators_of


class Beginning(Struct, frozen=True):
    """Where the data of one collection come from.

    authored: how many items examples show. members: what tells the values of each member of all others, by
    its name, or its JSON pointer where it stands within an object; `id`, `reference`, `always`, or a word of
    `schemas.origins.Origins`.
    """

    authored: int
    members: Mapping[str, str] = field(default_factory=dict)


class _Describing(Reading):
    """Reads schemas by which little is judged: each is compiled when something is."""

    def is_valid(self, node: Node) -> Callable[[Any], bool]:
        """Return what tells whether a value is right by a schema of an answer."""
        return lambda value: self.validator(node).is_valid(value)


class Provenance:
    """Where the data of one contract come from."""

    def __init__(self, contract: Contract, model: Model) -> None:
        validators = validators_of(contract, Direction.RESPONSE)
        taught = Taught(contract)
        self._generator = Generator(validators.for_node, taught=taught, site=site_of(contract.title))
        reading = _Describing(contract, Bodies())
        factory = Factory(reading, self._generator)
        self._binder = Binder(contract, model, reading, factory, {})
        self._examples = Examples(contract, self._binder, reading, taught, are_used=True)
        self._fake = new_faker()
        self._relating = Relating(self._binder, factory, self._examples)

    def of(self, name: str) -> Beginning:
        """Return where the data of a collection come from."""
        collection = self._binder.collection(name)
        authored = [one for one in self._examples.shown(collection) if not one.is_named_only]
        return Beginning(len(authored), self._members(collection))

    def _members(self, collection: BoundCollection) -> dict[str, str]:
        target = collection.target
        if target is None:
            return {}
        self._fake.seed_instance(0)  # whichever value is made up, the same tells it
        told = {
            place[0] if len(place) == 1 else join(place): origin
            for place, origin in self._generator.origins(target.shape, self._fake)
        }
        for name, member in collection.collection.members.items():
            if name in told and member.always:
                told[name] = "always"
        for name, _, inner in self._relating.of(collection):
            place = f"/{name}/{inner}" if inner else name
            if place in told:
                told[place] = "reference"
        own = collection.collection.id.member
        if own in told:
            told[own] = "id"
        return told
