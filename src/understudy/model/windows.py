"""Windows: collections that show items of another one, told by a member that names the parent, or by two
lists that are twins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from msgspec import Struct, field

from understudy.contracts.contract import Operation
from understudy.model.addresses import same
from understudy.model.bodies import Bodies
from understudy.model.items import Item, Items, owner_of
from understudy.model.model import Through
from understudy.model.named_ids import NamedIds, named_ids, noun_of_id
from understudy.model.paths import blank, id_names, is_item
from understudy.model.resources import Resource
from understudy.model.vocabulary import IDS, NAMES_OF_ONE, UPWARDS
from understudy.names import by_folded, fold, singular, split_words

_SCALARS: Final = ("string", "integer", "number")
_PUTTING: Final = ("create", "replace", "update")


class Window(Struct, frozen=True):
    """What a collection is a window on. where: by member of an item, the parent that it names. linked: no
    member says so. holds: what is in it exists elsewhere, and is put in and taken out by its id. through:
    what lies between them and the parent.
    """

    main: Resource
    where: Mapping[str, str] = field(default_factory=dict)
    linked: bool = False
    holds: bool = False
    through: Through | None = None


class Windows:
    """The windows of one contract."""

    def __init__(self, resources: Iterable[Resource], items: Items, bodies: Bodies) -> None:
        self._items, self._bodies = items, bodies
        self._by_name: dict[str, Resource] = {}
        self._by_path: dict[str, Resource] = {}
        self._by_noun: dict[str, list[Resource]] = {}
        self._found: dict[str, Window | None] = {}
        for resource in resources:
            self._by_name.setdefault(resource.collection, resource)
            self._by_path.setdefault(blank(resource.path), resource)
            if not resource.single:
                self._by_noun.setdefault(_noun(resource), []).append(resource)

    def of(self, resource: Resource) -> Window | None:
        """Return what a resource's collection is a window on, None where it is none."""
        if resource.path not in self._found:
            self._found[resource.path] = self._find(resource)
        return self._found[resource.path]

    def onto(self, main: Resource) -> list[Resource]:
        """Return the resources whose own items' paths lead to items of another collection."""
        alike = self._by_noun.get(_noun(main), [])
        return [one for one in alike if one is not main and one.is_reached and self._looks_into(one, main)]

    def _looks_into(self, resource: Resource, main: Resource) -> bool:
        window = self.of(resource)
        return window is not None and window.main is main

    def _find(self, resource: Resource) -> Window | None:
        if resource.of:
            return Window(self._by_name[resource.of])
        if resource.single or is_item(resource.collection):
            return None
        for main in self._alike(resource):
            window = self._by_parent(resource, main) or _twin(resource, main)
            if window is not None:
                return window
        for main in self._alike(resource):
            through = self._through(resource, main)
            if through is not None:
                return Window(main, through=through)
            if _is_made_there(resource, main):
                return Window(main, linked=True)
        return self._holding(resource) or self._of_one_kind(resource)

    def _holding(self, resource: Resource) -> Window | None:
        """Tell whether things of another collection are put in and taken out by their ids: `PUT` and `DELETE
        /wishlist/{productId}` without a body, of which `GET /wishlist` lists products; by whatever name it
        does where it lists them as nothing but their own list does: `/tasks/{id}/dependencies`.
        """
        item = self._items.of(resource)
        if item is None or not self._only_names(resource):
            return None
        noun = noun_of_id(resource.keys[-1]) or self._put_in(resource)
        for main in self._by_noun.get(noun, ()):
            other = self._items.of(main)
            if other is None or not self._is_whole(main, resource):
                continue
            if same(item.location.parts, other.location.parts) or self._lists_alike(resource, main):
                return Window(main, linked=True, holds=True)
        shown = list(filter(partial(self._shows_as, resource), self._by_name.values()))
        if len(shown) != 1:
            return None
        return Window(shown[0], linked=True, holds=True)

    def _shows_as(self, resource: Resource, main: Resource) -> bool:
        """Tell whether a list shows what exists in another one by itself."""
        return self._is_whole(main, resource) and self._lists_alike(resource, main)

    def _is_whole(self, main: Resource, resource: Resource) -> bool:
        """Tell whether the items of a resource exist by themselves, and not below others; not where they are
        made by no more than an id there too: two lists of keys that a server makes are not each other's.
        """
        is_apart = main is not resource and not main.of and not main.parents
        return is_apart and "read" in main.operations and not self._only_names(main)

    def _of_one_kind(self, resource: Resource) -> Window | None:
        """Tell whether what lies below an item is of its own kind, and says below which one it is: the
        replies to a post are posts, the folders in a folder folders.
        """
        above = self._by_path.get(blank(resource.collection).rpartition("/")[0])
        if above is None or above.single or above.parents or resource.is_reached:
            return None
        item, other = self._items.of(resource), self._items.of(above)
        if item is None or other is None or not _are_same(item, other):
            return None
        members = by_folded(other.names)
        for word in UPWARDS:
            member = members.get(word, "")
            if member and self._is_plain(other, member):
                return Window(above, {member: resource.parents[-1]})
        return None

    def _only_names(self, resource: Resource) -> bool:
        """Tell whether what is sent of the items of a list are their ids at most."""
        known = resource.operations
        putting = [known[verb] for verb in _PUTTING if verb in known]
        if resource.width != 1 or "list" not in known or not putting:
            return False
        is_taken_out = "delete" in known
        for operation in putting:
            named = self.named_in(operation, resource)
            if named is None and (operation.body is not None or not is_taken_out):
                return False
        return True

    def named_in(self, operation: Operation, resource: Resource) -> NamedIds | None:
        """Return what a body names that is to be put into a list; None where there is none."""
        return named_ids(operation, _noun(resource), self._bodies)

    def _put_in(self, resource: Resource) -> str:
        """Return the noun of what a body names that is put in; "" where none does."""
        create = resource.operations.get("create")
        named = self.named_in(create, resource) if create is not None else None
        return named.noun if named is not None else ""

    def _alike(self, resource: Resource) -> Iterator[Resource]:
        """Yield other resources of the same name whose items are shown by the same schema."""
        item = self._items.of(resource)
        for main in self._called_alike(resource):
            other = self._items.of(main) if main is not resource and not main.of else None
            if item is None or other is None:
                continue
            is_listed_so = resource.operations.keys() == {"list"} and self._lists_alike(resource, main)
            if _are_same(item, other) or is_listed_so:
                yield main
        create = resource.operations.get("create")
        for main in self._by_name.values():
            if create is not None and create in main.shown_by and _noun(main) != _noun(resource):
                yield main

    def _called_alike(self, resource: Resource) -> Iterator[Resource]:
        """Yield the resources of the same name, and those whose name has words before it, or behind:
        `/products/{id}/movements` and `/stock-movements`.
        """
        own = _noun(resource)
        yield from self._by_noun[own]
        if resource.is_reached or "list" not in resource.operations:
            return
        words = split_words(resource.noun)
        for noun, others in self._by_noun.items():
            for main in others if noun != own and not resource.is_reached else ():
                longer = split_words(main.noun)
                if len(longer) > len(words) and words in (longer[-len(words) :], longer[: len(words)]):
                    yield main

    def _lists_alike(self, resource: Resource, main: Resource) -> bool:
        """Tell whether a list shows its items as that of another resource does: by the schema of a list,
        where a read has one of its own.
        """
        shown = []
        for one in (resource, main):
            listing = self._bodies.answered_listing(one.operations.get("list"), one.id_names)
            shown.append(listing.shape.items if listing is not None else ())
        return bool(shown[0]) and same(shown[0], shown[1])

    def _by_parent(self, resource: Resource, main: Resource) -> Window | None:
        """Tell whether items say in a member in which of the collections below some parent they are."""
        more = [parent for parent in resource.parents if parent not in main.parents]
        if len(more) != 1 or len(main.parents) != len(resource.parents) - 1:
            return None
        if resource.is_reached and "read" not in resource.operations:  # it is put in there and taken out
            return None
        member = self._naming(more[0], resource, main)
        if not member:
            return None
        return Window(main, {member: more[0]})

    def _through(self, resource: Resource, main: Resource) -> Through | None:
        """Tell whether items name something else that names the parent: a card its column, and that its
        board, which has `/boards/{id}/cards`.
        """
        item = self._items.of(main)
        if item is None or main.parents or len(resource.parents) != 1 or resource.is_reached:
            return None
        [parent] = resource.parents
        for name, between in self._named_in(item, main):
            if self._lies_below(between, resource):
                return Through(by=name, of=between.collection)
            if between.parents:
                continue
            member = self._naming(parent, resource, between)
            if member and "/" not in member:
                return Through(by=name, of=between.collection, member=member)
        return None

    def _named_in(self, item: Item, main: Resource) -> Iterator[tuple[str, Resource]]:
        """Yield the members of an item by which it names others, with what may be named."""
        for name in item.names:
            called = noun_of_id(name)
            is_own = bool(called) and _noun(main).endswith(called)  # `key_id` of a gpg_key
            for between in self._by_noun.get(called, ()):
                if between is not main and not is_own and self._is_plain(item, name):
                    yield name, between

    def _lies_below(self, resource: Resource, other: Resource) -> bool:
        """Tell whether the items of a resource lie below the item that those of another one lie below, and
        nowhere else.
        """
        paths = [blank(one.collection).rpartition("/")[0] for one in (resource, other)]
        return paths[0] == paths[1] and len(resource.parents) == 1 and self.of(resource) is None

    def _naming(self, parent: str, resource: Resource, main: Resource) -> str:
        """Return the member of an item that names a parent, "" where none does: it is called as the path
        calls it, or of `/users/{id}/orders`, `userId`.
        """
        item = self._items.of(main)
        if item is None:
            return ""
        members = by_folded(item.names)
        for folded in _names_of(parent, resource):
            member = members.get(folded, "")
            if member and member != item.id_member and self._is_plain(item, member):
                return member
        member = self._shown_beside(item, resource)
        if member:
            return member
        owner = members.get(owner_of(parent, resource), "")
        return self._embedding(parent, resource, item, owner) or self._made_by(resource, item)

    def _made_by(self, resource: Resource, item: Item) -> str:
        """Return where an item tells, in the only object that shows one of those that a path lies below, what
        the path calls it by: `author/username` of `/users/{username}/posts`; "" where there is none, or more.
        """
        for above, shown in self._shown_above(resource):
            found = dict(self._embedded(item, above, shown))
            parts = list(filter(found.get, found))
            if len(parts or found) == 1:
                return next(iter(parts or found))
        return ""

    def _embedded(self, item: Item, above: Resource, shown: Item) -> Iterator[tuple[str, bool]]:
        """Yield where an item shows the id of an object that is described as what a path lies below, and
        whether it says nothing else.
        """
        for name in item.names:
            shape = self._bodies.whole(item.member(name))
            if shape.kind != "object":
                continue
            told = by_folded(shape.declared).get(fold(shown.id_member), "")
            is_part = len(shape.declared) > 1 and shape.declared.keys() <= set(shown.names)
            if told and (is_part or self._bodies.alike(shape, shown.location.shape, above.id_names)):
                yield f"{name}/{told}", is_part

    def _shown_above(self, resource: Resource) -> Iterator[tuple[Resource, Item]]:
        """Yield what a path lies below, with what its items show, where that is known."""
        above = self._by_path.get(blank(resource.collection).rpartition("/")[0])
        if (
            above is None and len(resource.parents) == 1
        ):  # `/users/{id}/posts`, of users who have `/user` alone
            owner = owner_of(resource.parents[0], resource)
            called_so = [one for one in self._by_noun.get(owner, ()) if not (one.single or one.parents)]
            if len(called_so) == 1:
                above = called_so[0]
        shown = self._items.of(above) if above is not None else None
        if above is not None and shown is not None:
            yield above, shown

    def _embedding(self, parent: str, resource: Resource, item: Item, member: str) -> str:
        """Return where an item shows the id of a parent that it embeds, `project/gid`; "" where it embeds
        none.
        """
        parts = item.member(member) if member else ()
        shape = self._bodies.whole(parts) if parts else None
        if shape is None or shape.kind != "object":
            return ""
        inner = self._bodies.id_member(shape, id_names(parent, owner_of(parent, resource)))
        if fold(inner) not in IDS or not fold(parent).endswith(IDS.ranked):
            return ""
        return f"{member}/{inner}"

    def _shown_beside(self, item: Item, resource: Resource) -> str:
        """Return the only id beside which an item shows one of those that a path lies below: `assigneeId`, of
        an item that shows its `assignee`, who is such a user; "" where there is none, or more.
        """
        found: list[str] = []
        for above, shown in self._shown_above(resource):
            found += self._beside_shown(item, above, shown)
        return found[0] if len(found) == 1 else ""

    def _beside_shown(self, item: Item, above: Resource, shown: Item) -> Iterator[str]:
        """Yield the ids beside which an item shows an object described as what a path lies below."""
        members = by_folded(item.names)
        for name in item.names:
            key = members.get(f"{fold(name)}id", "")
            parts = item.member(name)
            if not key or not parts or not self._is_plain(item, key):
                continue
            if self._bodies.alike(self._bodies.whole(parts), shown.location.shape, above.id_names):
                yield key

    def _is_plain(self, item: Item, member: str) -> bool:
        parts = item.member(member)
        return bool(parts) and self._bodies.whole(parts).kind in _SCALARS


def _names_of(parent: str, resource: Resource) -> list[str]:
    """List what a member may be called that names a parent."""
    folded, owner = fold(parent), owner_of(parent, resource)
    if folded in IDS or folded in NAMES_OF_ONE:
        return [owner + folded, f"{owner}id", owner]
    return [folded, f"{owner}id", owner]


def _twin(resource: Resource, main: Resource) -> Window | None:
    """Tell whether one path lists what another reads: `/Accounts` and `/Account/{id}`."""
    is_list_only = "list" in resource.operations and not resource.is_reached
    is_listless = "list" not in main.operations and "read" in main.operations
    if is_list_only and is_listless and resource.parents == main.parents:
        return Window(main)
    return None


def _is_made_there(resource: Resource, main: Resource) -> bool:
    """Tell whether one path makes, below another parent, what another path leads to: a POST of
    `/issues/{number}/comments` makes the comment that `/comments/{id}` reads and deletes.
    """
    makes = {"create", "list"} <= resource.operations.keys() and not resource.is_reached
    leads = main.is_reached and "create" not in main.operations and not main.single
    above = [parent for parent in resource.parents if parent in main.parents]
    is_deeper = len(resource.parents) == len(main.parents) + 1 and len(above) == len(main.parents)
    return makes and leads and is_deeper


def _are_same(one: Item, other: Item) -> bool:
    return same(one.location.parts, other.location.parts) or set(one.names) == set(other.names)


def _noun(resource: Resource) -> str:
    return singular(fold(resource.noun))
