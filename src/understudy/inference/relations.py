"""Relations: which members of an item are the id of another one, so that they can lead to what is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from understudy.inference.resources import IDS, Bodies, Home, Resource
from understudy.names import fold, singular

_IDS = (*IDS, "key")


@dataclass(frozen=True, slots=True)
class Relation:
    """A member that names an item of another collection. inner: the member of an object that holds its id, or "" where it is the id."""

    member: str
    target: Resource
    inner: str = ""


class Relations:
    """The foreign keys of one contract's items."""

    def __init__(self, resources: Iterable[Resource], bodies: Bodies) -> None:
        self._bodies = bodies
        self._targets: dict[str, Resource] = {}
        for resource in sorted(resources, key=lambda one: len(one.path)):
            if not resource.singleton and not resource.parents:
                self._targets.setdefault(singular(fold(resource.name)), resource)
        self._known: dict[tuple[str, str], tuple[Relation, ...]] = {}

    def of(self, resource: Resource, home: Home | None) -> tuple[Relation, ...]:
        """Return what `customer_id`, `customerId`, `customer` and `customer: {id}` of an item lead to, where customers are a collection."""
        if home is None:
            return ()
        key = (resource.path, ",".join(part.address for part in home.parts))
        if key not in self._known:
            own = self._bodies.id_member(home.shape, resource.id_names)
            found = (self._relation(name, home) for name in home.shape.declared if name != own)
            self._known[key] = tuple(relation for relation in found if relation is not None)
        return self._known[key]

    def _relation(self, name: str, home: Home) -> Relation | None:
        folded = fold(name)
        stems = [
            folded.removesuffix(ending) for ending in _IDS if folded.endswith(ending) and folded != ending
        ]
        target = next((self._targets[stem] for stem in [*stems, folded] if stem in self._targets), None)
        parts = home.shape.declared[name]
        if target is None or not parts:
            return None
        shape = self._bodies.whole(parts)
        if shape.kind == "object":
            inner = self._bodies.id_member(shape, target.id_names) if folded not in stems else ""
            return Relation(name, target, inner) if inner else None
        if shape.kind not in ("string", "integer", "number") or shape.constants:
            return None
        return Relation(name, target)


def related(fields: Mapping[str, object], relation: Relation, key: str | int) -> object:
    """Return what a relation's member is to be so that it leads to the item of a key."""
    if not relation.inner:
        return key
    value = fields.get(relation.member)
    return {**value, relation.inner: key} if isinstance(value, dict) else {relation.inner: key}
