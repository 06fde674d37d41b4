"""Making: actions that answer a new item of another collection, as what a quote is converted to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from understudy.contracts.answers import answered
from understudy.contracts.contract import Operation
from understudy.model.addresses import same
from understudy.model.bodies import Bodies, present
from understudy.model.items import Item, Items
from understudy.model.model import Place
from understudy.model.relations import Relations
from understudy.model.resources import Resource
from understudy.names import fold, singular
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape
from understudy.schemas.subschemas import resolved


class Makings:
    """What the actions of one contract make of items."""

    def __init__(
        self, resources: Iterable[Resource], items: Items, relations: Relations, bodies: Bodies
    ) -> None:
        self._items, self._relations, self._bodies = items, relations, bodies
        self._known: list[tuple[Resource, Item]] = []
        for resource in resources:
            item = items.of(resource)
            is_listed = not resource.single and not resource.parents and not resource.of
            if item is not None and is_listed and "list" in resource.operations:
                self._known.append((resource, item))

    def of(self, operation: Operation, acted: Resource, *, is_alike: bool) -> Mapping[Place, str]:
        """Return the collections of which an action answers a new item, by where in the answer that stands:
        the whole of it, or a member; such an item names the one that was acted on, which does not name it.
        is_alike: whether the whole may as well be the one that was acted on.
        """
        schema, own = answered(operation), self._items.of(acted)
        if operation.method != "post" or schema is None or own is None:
            return {}
        whole = self._bodies.whole((schema,))
        if whole.kind != "object":
            return {}
        other = self._item_of((schema,), acted)
        if other is None and not same(own.location.parts, (schema,)):
            return dict(self._within(whole, own, acted))
        if other is None:
            return {}
        if self._names(own, other[0]) or (is_alike and not self._names(other[1], acted)):
            return {}
        return {(): other[0].collection}

    def _within(self, whole: Shape, own: Item, acted: Resource) -> Iterator[tuple[Place, str]]:
        for name, parts in present(whole):
            other = self._item_of(parts, acted)
            if other is None or self._names(own, other[0]) or not self._names(other[1], acted):
                continue
            yield (name,), other[0].collection

    def _item_of(self, parts: Parts, acted: Resource) -> tuple[Resource, Item] | None:
        """Return the other resource whose items are described by just these schemas, and are called
        otherwise; only a component can be.
        """
        own = self._items.of(acted)
        if own is not None and same(own.location.parts, parts):
            return None
        if not any(
            "/components/" in part.address or "/definitions/" in part.address for part in map(resolved, parts)
        ):
            return None
        for resource, item in self._known:
            if _noun(resource) != _noun(acted) and same(item.location.parts, parts):
                return resource, item
        return None

    def _names(self, item: Item, other: Resource) -> bool:
        """Tell whether a member of an item is the id of another one."""
        for name in item.names:
            relation = self._relations.of(name, item)
            if relation is not None and relation.target.collection == other.collection:
                return True
        return False


def _noun(resource: Resource) -> str:
    return singular(fold(resource.noun))
