"""Expanding: what items refer to is shown whole in them, where a request names it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple

from understudy.engine.address import Address
from understudy.engine.answering import Answers
from understudy.engine.binding import Binder, BoundAnswer, BoundCollection, BoundPlan
from understudy.engine.factory import Target
from understudy.engine.nouns import Naming
from understudy.engine.parameters import listed, stated_by
from understudy.engine.records import Records
from understudy.engine.verbs import Verb
from understudy.errors import RecordNotFound
from understudy.handler import Context
from understudy.messages import Request, Response
from understudy.model.model import Place
from understudy.model.vocabulary import INCLUDED, REFERENCES, RELATIONSHIPS
from understudy.names import by_folded, fold
from understudy.pointers import reached
from understudy.schemas.fitting import set_if_valid
from understudy.state.store import Value

_DEEPEST: Final = 4
"""Levels that are shown within each other, as Stripe's API does."""
_MOST: Final = 100
"""Paths that one request may name."""
_PARTS: Final = re.compile(r"[./]")
_OPTIONS: Final = re.compile(r"\([^()]*\)")  # OData: Lines($select=Name)
_ALL: Final = "*"
_Path = tuple[str, ...]


class _Referred(NamedTuple):
    """What a member of an item refers to. shown_as: the member in which that is shown whole."""

    shown_as: str
    collection: str
    keys: Any


class Expanding:
    """Shows what the items of one contract refer to."""

    def __init__(self, binder: Binder, records: Records) -> None:
        self._binder, self._records = binder, records

    @cached_property
    def _naming(self) -> Naming:
        return Naming(self._binder.model.collections)

    def around(self, plan: BoundPlan, verb: Verb) -> Verb:
        """Return a verb that shows what its caller names; the verb itself where nobody can."""
        named = plan.plan.expand
        if not named:
            return verb

        async def expanding(
            plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
        ) -> Response:
            response = await verb(plan, address, request, records, answers)
            paths = _paths(request, named)
            if paths and plan.answer is not None and response.has_body:
                answer = plan.answer.as_asked(request.answer_type)
                await self._expand(response, answer, address, paths)
            return response

        return expanding

    async def _expand(
        self, response: Response, answer: BoundAnswer, address: Address, paths: Sequence[_Path]
    ) -> None:
        place, target, is_valid = _shown(answer)
        body = response.peek()
        items = [one for one in listed(reached(body, place)) if isinstance(one, dict)]
        if target is None or not items:
            return
        paths = [path[len(place) :] if path[: len(place)] == place else path for path in paths]
        for item in items:
            for path in _all(paths, item):
                await self._show(item, address.collection, target, path, address.context)
        if isinstance(body, dict):
            included = await self._included(items, paths, address.context)
            if included:
                set_if_valid(body, INCLUDED, [included], lambda: is_valid(body))
        response.body = body

    # -- within an item

    async def _show(
        self, item: Value, collection: BoundCollection, target: Target, path: _Path, context: Context
    ) -> None:
        """Show in an item what a path of it names, as far as its contract lets it."""
        if not path:
            return
        name, *rest = path
        referred = self._referred(item, collection, target, name)
        if referred is None:
            return
        found = []
        for key in listed(referred.keys):
            whole = await self._whole(referred.collection, key, tuple(rest), context)
            found.append(key if whole is None else whole)
        value: Any = found
        if not isinstance(referred.keys, list):
            [value] = found
        set_if_valid(item, referred.shown_as, [value], lambda: target.is_valid_item(item))

    def _referred(
        self, item: Value, collection: BoundCollection, target: Target, name: str
    ) -> _Referred | None:
        """Return what a name refers to: a member, or what its id is beside, `customer` of `customer_id`."""
        folded = fold(name)
        shown_as = by_folded((*target.shape.declared, *item)).get(folded, name)
        for member, other, within in collection.relations:
            called = (folded, *(folded + ending for ending in REFERENCES))
            key = item.get(member)
            if within and isinstance(key, dict):
                key = key.get(within)
            if fold(member) in called and isinstance(key, (str, int)):
                return _Referred(shown_as, other, key)
        keys, noun = item.get(shown_as), self._naming.noun(name)
        if not noun or not isinstance(keys, (str, int, list)):
            return None
        return _Referred(shown_as, noun, keys)

    async def _whole(self, name: str, key: Any, rest: _Path, context: Context) -> Value | None:
        """Return an item as it is shown whole, with what it refers to itself; None where it is not there."""
        if not isinstance(key, (str, int)):
            return None
        collection = self._binder.collection(name)
        there = Address(collection, context, {}, name)
        await context.ready(name)
        try:
            record = await self._records.existing(there, str(key))
        except RecordNotFound:
            return None
        item = record.value
        if collection.target is not None:
            await self._show(item, collection, collection.target, rest, context)
        return item

    # -- beside items

    async def _included(
        self, items: Iterable[Value], paths: Sequence[_Path], context: Context
    ) -> list[Value]:
        """Return what items are linked to, each once (JSON:API §7.3)."""
        found: dict[tuple[str, str], Value] = {}
        for path in paths:
            here = list(items)
            for name in path:
                linked = {}
                for one in _linked(here, name):
                    key = (str(one["type"]), str(one["id"]))
                    whole = found.get(key) or await self._resource(one, context)
                    if whole is not None:
                        linked[key] = whole
                found |= linked
                here = list(linked.values())
        return list(found.values())

    async def _resource(self, identifier: Mapping[str, Any], context: Context) -> Value | None:
        noun = self._naming.noun(str(identifier["type"]))
        if not noun:
            return None
        return await self._whole(noun, identifier["id"], (), context)


def _shown(answer: BoundAnswer) -> tuple[Place, Target | None, Callable[[Any], bool]]:
    """Return where items stand in an answer, what they are, and what judges the whole."""
    if answer.many is not None:
        each = answer.many.each
        return answer.many.place, each.target if each is not None else None, answer.many.is_valid
    if answer.one is None or answer.one.target is None:
        return (), None, bool
    return answer.one.target.place, answer.one.target, answer.one.target.is_valid_body


def _paths(request: Request, named: Sequence[str]) -> list[_Path]:
    """Return what a request names: `customer`, `invoice.customer`."""
    asked = request.query
    if isinstance(request.body, dict):
        asked = {**request.body, **asked}
    found: dict[_Path, None] = {}
    for name in named:
        for text in _texts(stated_by(asked, name)):
            for word in filter(None, map(str.strip, _OPTIONS.sub("", text).split(","))):
                found[tuple(_PARTS.split(word))[:_DEEPEST]] = None
    return list(found)[:_MOST]


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts in the value of a parameter: one, many, or an object that says which."""
    for one in listed(value):
        if isinstance(one, dict):
            for name, inner in one.items():
                yield from _texts(name if inner is True else inner)
        elif isinstance(one, str):
            yield one


def _all(paths: Iterable[_Path], item: Mapping[str, Any]) -> Iterator[_Path]:
    """Yield paths, for `*` one to each member of an item."""
    for path in paths:
        if path == (_ALL,):
            yield from ((name,) for name in list(item))
        else:
            yield path


def _linked(items: Iterable[Value], name: str) -> Iterator[Mapping[str, Any]]:
    """Yield what items are linked to by a name: the identifiers in their relationships."""
    for item in items:
        for outer, links in item.items():
            if fold(outer) not in RELATIONSHIPS or not isinstance(links, dict):
                continue
            link = links.get(by_folded(links).get(fold(name), ""))
            if not isinstance(link, dict):
                continue
            for one in listed(link.get("data")):
                if isinstance(one, dict) and {"type", "id"} <= one.keys():
                    yield one
