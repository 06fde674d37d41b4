"""Linking: the addresses that items say of what is served here lead there."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote, urlsplit

from msgspec import Struct

from understudy.contracts.contract import Contract
from understudy.contracts.servers import all_server_paths, hosts
from understudy.engine.address import Address
from understudy.engine.binding import Binder
from understudy.engine.factory import Target
from understudy.engine.keys import parts_of
from understudy.engine.nouns import Naming
from understudy.model.bodies import present
from understudy.model.model import Place
from understudy.model.vocabulary import HYPERLINKS, LINKS_OF_ONE, OWN_LINKS, RELATIONSHIPS
from understudy.names import fold, snake_case
from understudy.schemas.choice import Parts
from understudy.schemas.entity import site_of
from understudy.schemas.shape import Shape
from understudy.state.store import Value

_ABSOLUTE: Final = frozenset({"uri", "url", "iri", "uri-reference"})
_PARAMETER: Final = re.compile(r"\{[^{}]*\}")
_DEEPEST: Final = 5
_MOST: Final = 200  # addresses of one item
_LOOKS: Final = 200  # objects within one item that are looked into


class Route(Struct, frozen=True):
    """A path that is read. template: as the contract writes it. pattern: what such a path looks like."""

    template: str
    pattern: re.Pattern[str]


class Routes:
    """The paths of one contract that a GET answers."""

    def __init__(self, contract: Contract) -> None:
        self._servers = sorted(all_server_paths(contract), key=len, reverse=True)
        self._hosts = frozenset(hosts(contract))
        self._by_kind: dict[tuple[int, str], list[Route]] = {}
        for operation in contract.operations:
            if operation.method == "get":
                self._by_kind.setdefault(_kind(operation.path), []).append(_route(operation.path))
        for routes in self._by_kind.values():
            routes.sort(key=lambda route: route.template.count("{"))

    def path_in(self, address: str, site: str) -> str:
        """Return the path below the contract in an absolute address; "" where that is elsewhere. site: the
        host of addresses that were made up.
        """
        parts = urlsplit(address)
        if (
            parts.hostname is None
            or parts.query
            or (parts.hostname not in self._hosts and parts.hostname != site)
        ):
            return ""
        for server in self._servers:
            if parts.path.startswith(f"{server}/"):
                return parts.path.removeprefix(server)
        return parts.path

    def template_of(self, path: str) -> str:
        """Return the template of the operation that answers a path; "" where none does."""
        segments = path.split("/")
        for first in ("".join(segments[1:2]), ""):
            for route in self._by_kind.get((len(segments), first), ()):
                if route.pattern.fullmatch(path):
                    return route.template
        return ""


def _kind(template: str) -> tuple[int, str]:
    """Return what routes are told apart by before they are tried: how many segments, and a plain first."""
    segments = template.split("/")
    first = "".join(segments[1:2])
    if "{" in first:
        first = ""
    return len(segments), first


def _route(template: str) -> Route:
    plain = map(re.escape, _PARAMETER.split(template))
    return Route(template, re.compile("([^/]+)".join(plain)))


class LinkPlace(Struct, frozen=True):
    """Where an item says an address. named: what the address is of, by the name of its link; "" where it is
    the item's own, or nothing says so. relation: of which relationship of the item it tells (JSON:API
    §7.6), "" where of none.
    """

    place: Place
    named: str
    is_own: bool
    relation: str = ""


def link_places(shape: Shape, whole: Callable[[Parts], Shape]) -> tuple[LinkPlace, ...]:
    """Return where an item of a shape says addresses, in its objects too."""
    found: list[LinkPlace] = []
    waiting: deque[tuple[Place, Shape]] = deque([((), shape)])
    for _ in range(_LOOKS):
        if not waiting or len(found) >= _MOST:
            break
        place, here = waiting.popleft()
        for name, parts in present(here):
            if not parts:
                continue
            inner = whole(parts)
            if inner.kind == "string" and (inner.format in _ABSOLUTE or fold(name) in HYPERLINKS):
                found.append(_link_place((*place, name)))
            elif inner.kind == "object" and len(place) < _DEEPEST:
                waiting.append(((*place, name), inner))
    return tuple(found)


def _link_place(place: Place) -> LinkPlace:
    """Tell what an address is of: `links.booking`, `_links.booking.href`, `links.self`, `url`."""
    *around, name = place
    if len(around) > 2 and fold(around[-3]) in RELATIONSHIPS and fold(around[-1]) in LINKS_OF_ONE:
        return LinkPlace(place, "", is_own=fold(name) in OWN_LINKS, relation=around[-2])
    if fold(name) in HYPERLINKS and around:
        *around, name = around
    is_link = bool(around) and fold(around[-1]) in LINKS_OF_ONE
    is_own = fold(name) in OWN_LINKS and (is_link or not around)
    named = ""
    if is_link and not is_own:
        named = name
    return LinkPlace(place, named, is_own)


class Linking:
    """Lets the addresses that items of one contract say of what is served here lead there."""

    def __init__(self, contract: Contract, binder: Binder, whole: Callable[[Parts], Shape]) -> None:
        self._binder, self._whole = binder, whole
        self._contract = contract
        self._site = site_of(contract.title)
        self._places: dict[int, tuple[LinkPlace, ...]] = {}  # by the identities of shapes

    @cached_property
    def _routes(self) -> Routes:
        return Routes(self._contract)

    @cached_property
    def _naming(self) -> Naming:
        return Naming(self._binder.model.collections)

    def places(self, target: Target) -> tuple[LinkPlace, ...]:
        """Return where an item says addresses."""
        known = self._places.get(id(target.shape))
        if known is None:
            known = self._places[id(target.shape)] = link_places(target.shape, self._whole)
        return known

    def led(self, address: Address, key: str, item: Value, fixed: Collection[str]) -> Value:
        """Return an item whose addresses lead to what is here, where the contract lets it; the item itself
        where none changes. fixed: members that stay as they are.
        """
        target = address.collection.target
        if target is None:
            return item
        changed = item
        for link in self.places(target):
            value = _at(item, link.place)
            if link.place[0] in fixed or not isinstance(value, str):
                continue
            told = self._told(value, link, address, key, item)
            if told and told != value:
                changed = _with(changed, link.place, told)
        if changed is not item and target.is_valid_item(changed):
            return changed
        return item

    def address_of(self, address: Address, key: str) -> str:
        """Return the address at which an item is read; "" where it is read at none, or below others."""
        path = address.collection.path
        if path.count("{") != 1 or not self._contract.has(f"get {path}"):
            return ""
        return address.site + _filled(path, [key], path)

    def _told(self, value: str, link: LinkPlace, address: Address, key: str, item: Value) -> str:
        """Return the address that a value stands for; "" where it is of something else."""
        if link.relation:
            return self._of_relation(value, link, address, key, item)
        path = self._routes.path_in(value, self._site)
        if not path:
            return ""
        named = self._path_of_named(link.named, address, item)
        if named:
            return address.site + named
        template = self._routes.template_of(path)
        if not template and link.is_own and urlsplit(value).hostname == self._site:  # nobody wrote it
            return self.address_of(address, key)
        if not template:
            return ""
        return address.site + own_path(path, template, address, key, is_own=link.is_own)

    def _of_relation(self, value: str, link: LinkPlace, address: Address, key: str, item: Value) -> str:
        """Return an address at which something answers that has to do with a relationship: what lies below
        the item under its name, else the one item that it names, else the item itself.
        """
        site = ""
        if "://" in value:
            site = address.site
        at = address.collection.path or address.collection.name
        own = _filled(at, list(_values(at, address, key)), at)
        words = snake_case(link.relation)
        paths = [f"{own}/{word}" for word in (link.relation, words, words.replace("_", "-"))]
        if link.is_own:
            paths = [f"{own}/relationships/{link.relation}", *paths]
        told = next(filter(self._routes.template_of, paths), "")
        one = _at(item, (*link.place[:-2], "data"))
        name = self._naming.noun(link.relation)
        if not told and name and isinstance(one, dict) and "id" in one:
            other = self._binder.collection(name).path
            if other.count("{") == 1:
                told = _filled(other, [str(one["id"])], other)
        return site + (told or own)

    def _path_of_named(self, noun: str, address: Address, item: Value) -> str:
        """Return the path of what a link's name says: of the item above, or of one that a member names."""
        name = self._naming.noun(noun)
        if not name:
            return ""
        other = self._binder.collection(name)
        if not self._contract.has(f"get {other.path}"):
            return ""
        if name == address.collection.collection.below and address.scope:
            values = [str(value) for value in address.scope.values()]
            return _filled(other.path, values[: other.path.count("{")], other.path)
        for member, collection, inner in address.collection.relations:
            told = _at(item, tuple(filter(None, (member, inner))))
            if collection == name and other.path.count("{") == 1 and told is not None:
                return _filled(other.path, [str(told)], other.path)
        return ""


def last_of_path(key: str) -> str:
    """Return the id in an address, which is its last part; an id that is none itself."""
    if "://" not in key:
        return key
    return key.rstrip("/").rpartition("/")[2]


def _at(value: Any, place: Place) -> Any:
    for step in place:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _with(holder: Mapping[str, Any], place: Place, value: Any) -> dict[str, Any]:
    name, *rest = place
    if not rest:
        return {**holder, name: value}
    return {**holder, name: _with(holder[name], tuple(rest), value)}


def own_path(path: str, template: str, address: Address, key: str, *, is_own: bool) -> str:
    """Return a path with the ids of an item and of what it lies below in the place of an example's, as far as
    the path leads to it, to what lies below it, or to what it lies below itself.
    """
    at = address.collection.path or address.collection.name
    values = list(_values(at, address, key))
    lies_below = bool(address.collection.path) and template.startswith(f"{at}/")
    if (template == at and is_own) or lies_below:
        return _filled(template, values, path)
    if at.startswith(f"{template}/"):
        return _filled(template, values[: template.count("{")], path)
    return path


def _values(at: str, address: Address, key: str) -> Iterator[str]:
    """Yield the ids in the path of an item, its own last where the path has it."""
    own = [key]
    if not address.collection.path:
        own = []
    elif address.collection.places.width > 1:
        own = parts_of(key)
    above = at.count("{") - len(own)
    yield from [str(value) for value in address.scope.values()][:above]
    yield from own


def _filled(template: str, values: Sequence[str], path: str) -> str:
    """Fill in a template, with what a path says where values are too few."""
    said = iter(values)
    filled = []
    for part, before in zip(template.split("/"), path.split("/"), strict=True):
        if "{" in part:
            value = next(said, "")
            before = quote(value, safe="") or before  # noqa: PLW2901
        filled.append(before)
    return "/".join(filled)
