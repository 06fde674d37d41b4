"""Addresses: the collection that one request is about, in the state of one session."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qs, quote, unquote

from faker import Faker
from msgspec import Struct, field

from understudy.engine.binding import Binder, BoundCollection, BoundPlan
from understudy.engine.keys import joined, parts_of
from understudy.engine.viewers import Viewer
from understudy.handler import Context
from understudy.messages import Request
from understudy.model.model import Held, NamedBy, Source
from understudy.pointers import reached, steps
from understudy.state.conditions import META, Condition, Test, matches
from understudy.state.store import INTERNAL, Record, Store

_PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}")
LINKS: Final = "links"
"""Under what a record's meta says in which windows it is that no member tells of."""


class Address(Struct):
    """One collection, as one request or one populating meets it.

    scope: the parents' ids by name. name: of the collection in the store, where that below other parents is
    another one. where: of a window, the members that its items have; what is created in it gets them. link:
    the window, where no member says so. viewer: whoever asks, where items say what they did to them. missed:
    of many that a write names by their ids, those that are not there. is_of_new: whether it lies below an
    item that a caller created, and has what was put there alone. holds: whether the window has what exists
    elsewhere, put in and taken out by its id. among: of a window through what lies between, the member that
    names it, and those that are the parent's.
    """

    collection: BoundCollection
    context: Context
    scope: Mapping[str, Any]
    name: str
    where: Mapping[str, Any] = field(default_factory=dict)
    link: str = ""
    viewer: Viewer | None = None
    missed: Sequence[str] = ()
    is_of_new: bool = False
    holds: bool = False
    among: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        """Where its records are."""
        return self.context.world.store

    @property
    def tombstones(self) -> str:
        """Where the items are remembered that were deleted."""
        return f"{INTERNAL}gone {self.name}"

    def fake(self, *key: object) -> Faker:
        """Return randomness that depends on nothing but the seed, the collection and the key."""
        return self.context.fake(self.name, *key)

    @property
    def site(self) -> str:
        """The URL below which the contract is served, as whoever first asked this world wrote it."""
        return self.context.world.site or "http://localhost"

    def path_of(self, key: str) -> str:
        """Return the path of an item, as what lies below it is named in the store."""
        return self._path(self.collection.collection.at, key)

    def url_of(self, key: str) -> str:
        """Return the path by which a client asks for an item."""
        return self._path(self.collection.path, key)

    def _path(self, template: str, key: str) -> str:
        path = filled(template, self.scope)
        if self.collection.places.width > 1:
            parts = iter(parts_of(key))
            return _PLACEHOLDER.sub(lambda _: quote(next(parts, ""), safe=""), path)
        if not (key.isascii() and key.isalnum()):
            key = quote(key, safe="")
        return key.join(_PLACEHOLDER.split(path))


def within(address: Address) -> list[Condition]:
    """Return what an item must meet to be in a window on its collection."""
    conditions: list[Condition] = []
    for name, value in address.where.items():
        conditions.append(Test(tuple(name.split("/")), "eq", value))
    for name, known in address.among.items():
        conditions.append(Test((name,), "in", known))
    if address.link:
        conditions.append(Test((META, LINKS), "eq", address.link))
    return conditions


def placed_within(address: Address, members: Mapping[str, Any]) -> dict[str, Any]:
    """Return members of an item with those that put it into a window."""
    found = dict(members)
    for name, known in address.among.items():
        if known:
            found.setdefault(name, known[0])
    for place, value in address.where.items():
        name, _, inner = place.partition("/")
        if not inner:
            found[name] = value
            continue
        holder = found.get(name)
        found[name] = {**(holder if isinstance(holder, dict) else {}), inner: value}
    return found


def is_within(address: Address, record: Record) -> bool:
    """Tell whether a window on its collection shows an item."""
    conditions = within(address)
    if not conditions:
        return True
    value = {**record.value, META: record.meta}
    return all(matches(condition, value) for condition in conditions)


def address_of(plan: BoundPlan, binder: Binder, request: Request, context: Context) -> Address:
    """Return the collection that a request is about."""
    collection, sources = plan.collection, plan.plan.scope
    if not sources and not collection.collection.of:
        return Address(collection, context, {}, collection.name)
    return addressed(collection, scope_of(plan, request), binder, context)


def scope_of(plan: BoundPlan, request: Request) -> dict[str, Any]:
    """Return the parents' ids that a request tells, by name."""
    values = [told(source, request) for source in plan.plan.scope]
    return dict(zip(plan.collection.collection.scope, values, strict=False))


def addressed(
    collection: BoundCollection, scope: Mapping[str, Any], binder: Binder, context: Context
) -> Address:
    """Return a collection below these parents; of a window, the collection that it looks into."""
    window = collection.collection
    if not window.of:
        return Address(collection, context, scope, filled(collection.stored, scope))
    main = binder.collection(window.of)
    rest = {name: value for name, value in scope.items() if name in main.collection.scope}
    where = {member: scope.get(parent) for member, parent in window.where.items()}
    link = filled(collection.name, scope) if window.linked else ""
    return Address(main, context, rest, filled(main.stored, rest), where, link, holds=window.holds)


def named(name: str, binder: Binder, context: Context, *, links: bool = False) -> Address | None:
    """Return the collection that has this name in the store, None where the model has none such. links: also
    a window that only links tell of.
    """
    path, _, query = name.partition("?")
    for template in sorted(binder.model.collections, key=lambda one: one.count("{")):
        values = _values(template, path)
        if values is None:
            continue
        collection = binder.model.collections[template]  # compiled only where the name fits
        if not collection.of:
            others = parse_qs(query, keep_blank_values=True)
            values += [others[parent][0] for parent in collection.scope if parent in others]
            scope = dict(zip(collection.scope, values, strict=False))
            return Address(binder.collection(template), context, scope, name)
        if links and collection.linked:
            scope = dict(zip(collection.scope, values, strict=False))
            return addressed(binder.collection(template), scope, binder, context)
    return None


def collection_named(name: str, binder: Binder) -> BoundCollection | None:
    """Return the collection that has this name in the store, wherever its parents are; None where the model
    has none such.
    """
    path = name.partition("?")[0]
    for template in sorted(binder.model.collections, key=lambda one: one.count("{")):
        if _values(template, path) is not None and not binder.model.collections[template].of:
            return binder.collection(template)
    return None


def _values(template: str, name: str) -> list[str] | None:
    """Read the parents' ids out of a name that a template gave, None where it did not."""
    if not name.startswith(template.partition("{")[0]):
        return None
    pattern = "([^/]+?)".join(map(re.escape, _PLACEHOLDER.split(template)))
    found = re.fullmatch(pattern, name)
    if found is None:
        return None
    return list(map(unquote, found.groups()))


def item_told(
    named: Held | NamedBy, binder: Binder, request: Request, context: Context
) -> tuple[Address, str]:
    """Return the collection of an item that a plan names beside its own, and the key of the item."""
    collection = binder.collection(named.of)
    values = [told(source, request) for source in named.scope]
    scope = dict(zip(collection.collection.scope, values, strict=False))
    key = ""
    if named.key is not None:
        key = str(told(named.key, request))
    return addressed(collection, scope, binder, context), key


def told(source: Source, request: Request) -> Any:
    """Return the value that stands at a place of a request; "" where nothing does."""
    if source.at == "word":
        return source.name
    if source.before:
        return joined(str(request.path.get(name, "")) for name in (*source.before, source.name))
    if source.at == "path":
        return request.path.get(source.name, "")
    if source.at == "caller":
        return request.caller.user
    if source.at == "query":
        return request.query.get(source.name, "")
    if not isinstance(request.body, dict):
        return ""
    if source.name.startswith("/"):
        return reached(request.body, steps(source.name))
    return request.body.get(source.name, "")


def filled(template: str, values: Mapping[str, Any]) -> str:
    """Put values in place of a template's placeholders."""
    if "{" not in template:
        return template
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", quote(str(value), safe=""))
    return template
