"""Joining: actions by which whoever calls becomes one of those that a list below an item shows, `join` and
`/teams/{id}/members`, or is one no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from understudy.contracts.answers import answered
from understudy.contracts.contract import Operation
from understudy.model.addresses import same
from understudy.model.bodies import Bodies
from understudy.model.identifiers import is_called_after
from understudy.model.items import Item, Items
from understudy.model.paths import blank
from understudy.model.relations import Relations
from understudy.model.resources import Resource
from understudy.model.toggles import people_of, verb_of
from understudy.model.vocabulary import GRANTS, INVITATIONS
from understudy.names import fold, singular

_JOIN = "join"


class Joinings:
    """The lists of members of one contract that its actions change. users: the collection of those who
    call.
    """

    def __init__(
        self,
        resources: Iterable[Resource],
        items: Items,
        relations: Relations,
        bodies: Bodies,
        users: Resource | None,
    ) -> None:
        self._items, self._relations, self._bodies, self._users = items, relations, bodies, users
        self._below: dict[str, list[Resource]] = {}
        for resource in resources:
            above, _, noun = blank(resource.collection).rpartition("/")
            if not resource.single and above.endswith("}") and any(people_of(noun)):
                self._below.setdefault(above, []).append(resource)

    def of(self, operation: Operation, acted: Resource) -> dict[str, Any]:
        """Return what an action says of who calls: that they are in a list from now on, or no more."""
        if self._users is None or operation.method == "get":
            return {}
        verb, is_off = verb_of(operation.path.rstrip("/").rpartition("/")[2])
        is_off |= operation.method == "delete"
        for resource in self._lists(acted, verb, is_off=is_off):
            item = self._items.of(resource)
            if item is None or not self._names_user(item):
                continue
            if is_off:
                return {"leaves": resource.collection}
            return {"enters": resource.collection, "entry": self._shown(operation, item)}
        return {}

    def _lists(self, acted: Resource, verb: str, *, is_off: bool) -> Iterator[Resource]:
        """Yield the lists of those who did something to an item, or who accept an invitation that names
        it.
        """
        for resource in self._below.get(blank(acted.path), ()):
            if verb in people_of(resource.noun):
                yield resource
        if is_off or verb not in GRANTS or singular(fold(acted.noun)) not in INVITATIONS:
            return
        for above in self._named_by(acted):
            for resource in self._below.get(blank(above.path), ()):
                if _JOIN in people_of(resource.noun):
                    yield resource

    def _named_by(self, acted: Resource) -> Iterator[Resource]:
        """Yield what an invitation is to: what it names, or lies below."""
        item = self._items.of(acted)
        if item is None:
            return
        for name in item.names:
            relation = self._relations.of(name, item)
            if relation is not None:
                yield relation.target

    def _names_user(self, item: Item) -> bool:
        """Tell whether an item names a user, if by its own id."""
        assert self._users is not None
        if is_called_after(item.id_member, self._users.noun):
            return True
        for name in item.names:
            relation = self._relations.of(name, item)
            if relation is not None and relation.target.collection == self._users.collection:
                return True
        return False

    def _shown(self, operation: Operation, item: Item) -> tuple[tuple[str, ...], ...]:
        """Return where an answer shows what is in the list from now on; nothing where it shows no such."""
        schema = answered(operation)
        if schema is not None and same(item.location.parts, self._bodies.whole((schema,)).parts):
            return ((),)
        return ()
