"""A few values of each nested schema, which objects that are made share."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

from understudy.schemas.choice import Parts, addresses
from understudy.schemas.entity import EntityContext
from understudy.schemas.shape import Shape
from understudy.schemas.strategy import Position, Ungeneratable

EACH: Final = 16  # of one schema under one name
EACH_WHOLE: Final = 500  # of what holds all that is said of a thing, which tells things apart
_WHOLES: Final = ("attributes", "properties", "fields")
"""Members that do so: of JSON:API (§7.2.2), GeoJSON (RFC 7946 §3.2), Airtable."""
MOST: Final = 20_000  # in all; beyond that they are made anew


class Prototypes:
    """Values of nested schemas, each made when it is first drawn, and kept: what was made is never changed.

    make: makes a value for schemas that must all hold, at a position. What a prototype holds depends on its
    schema, name, number and the seed alone, so that it does not matter who asks first.
    """

    def __init__(self, make: Callable[[Parts, Position], Any], seed: str = "", site: str = "") -> None:
        self._make, self._seed, self._site = make, seed, site
        self._made: dict[tuple[Parts, str, int], Any] = {}

    def one(self, shape: Shape, name: str, entity: EntityContext) -> Any:
        """Return one of a few values of a shape, drawn by the entity's randomness. Raises Ungeneratable."""
        number = entity.random.randrange(EACH_WHOLE if name in _WHOLES else EACH)
        key = shape.parts, name, number
        value = self._made.get(key)
        if value is None:
            value = self._anew(shape.parts, name, number, entity.fake)
            if len(self._made) < MOST:
                self._made[key] = value
        if isinstance(value, Ungeneratable):
            raise Ungeneratable(str(value))
        return value

    def _anew(self, parts: Parts, name: str, number: int, fake: Any) -> Any:
        before = fake.random
        fake.random = Random(f"{self._seed} {addresses(parts)} {name} {number}")
        try:
            entity = EntityContext(fake, "", varied=number > 0, site=self._site)
            return self._make(parts, Position(name, entity))
        except Ungeneratable as error:  # kept as well: what took long once is not tried again
            return error
        finally:
            fake.random = before
