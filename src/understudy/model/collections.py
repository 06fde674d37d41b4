"""Collections: what a contract keeps, of one resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from understudy.contracts.answers import taken
from understudy.model.addresses import address_of
from understudy.model.bodies import Bodies
from understudy.model.identifiers import Known, identifier_of
from understudy.model.items import Item, Items
from understudy.model.members import Links, members_of, unique_of
from understudy.model.model import Collection, Member, View
from understudy.model.paths import placeholders, plain
from understudy.model.resources import REACHING, Resource
from understudy.model.taking import Taking
from understudy.model.windows import Window
from understudy.names import singular, snake_case


class Collections:
    """The collections of one contract."""

    def __init__(self, bodies: Bodies, items: Items, taking: Taking, links: Callable[[], Links]) -> None:
        self._bodies, self._items, self._taking, self._links = bodies, items, taking, links

    def of(
        self, resource: Resource, window: Window | None, below: str, onto: Sequence[Resource] = ()
    ) -> Collection:
        """Compile what is known of a resource's items. below: the collection of what they lie below. onto:
        windows whose paths lead to them as well.
        """
        item = self._items.of(resource)
        told = Known(
            self._taken_names(resource), self._required(resource), self._taking.number(resource), onto
        )
        known = Collection(
            noun=singular(snake_case(resource.noun)),
            at=_at(resource),
            of=window.main.collection if window is not None else "",
            where=window.where if window is not None else {},
            linked=window is not None and window.linked,
            through=window.through if window is not None else None,
            holds=window is not None and window.holds,
            scope=resource.parents,
            below=below,
            single=resource.single,
            id=identifier_of(resource, item, told, self._bodies),
        )
        if item is None:
            return known
        return self._shown(known, resource, item)

    def _shown(self, known: Collection, resource: Resource, item: Item) -> Collection:
        """Add what the view of an item says."""
        whole = self._bodies.responses.of(item.location.parts)
        return replace(
            known,
            item=View(schema=address_of(item.schema), place=item.location.place),
            unique=unique_of(item, self._bodies),
            members=self._members(resource, item),
            settable=tuple(sorted(self._taking.settable(resource))),
            variants=bool(whole.choices or item.location.shape.choices),
        )

    def _members(self, resource: Resource, item: Item) -> Mapping[str, Member]:
        """Return the members of an item; a flag that only an action turns is so for whoever turned it, and a
        count that callers state is theirs.
        """
        links = self._links()
        members = dict(members_of(resource, item, links, self._bodies))
        for name in links.toggles.viewed(resource.collection) - self._taking.settable(resource):
            members[name] = replace(members[name], by="viewer")
        for name in self._taking.stated(resource):
            if name in members and members[name].tallies:
                members[name] = replace(members[name], tallies="", begins_as=())
            if name in members and members[name].reckons is not None:
                members[name] = replace(members[name], reckons=None, begins_as=())
        for name, values in self._taking.among(resource).items():
            members[name] = replace(members[name], among=values)
        for name, (least, most) in self._taking.bounds(resource).items():
            members[name] = replace(members[name], least=least, most=most)
        return members

    def _taken_names(self, resource: Resource) -> set[str]:
        names: set[str] = set()
        for operation in resource.operations.values():
            names.update(self._taking.of(operation, resource).members)
        return names

    def _required(self, resource: Resource) -> set[str]:
        """Name what a create has to send."""
        create = resource.operations.get("create")
        body = taken(create) if create is not None else None
        if create is None or body is None:
            return set()
        take = self._taking.of(create, resource)
        names = self._taking.required((body,), take.places[0])
        return {take.renamed.get(name, name) for name in names}


def _at(resource: Resource) -> str:
    """Return the path of one item; "" where no path leads to one."""
    paths = []
    for verb in REACHING:
        operation = resource.operations.get(verb)
        if operation is not None:
            paths.append(plain(operation.path))
    if not paths or resource.path in paths:
        return resource.path if paths else ""
    leads_there = len(placeholders(paths[0])) == len(resource.parameters)
    return paths[0] if leads_there else ""
