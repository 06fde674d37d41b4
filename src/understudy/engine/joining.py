"""Joining: whoever calls is put into a list below an item as one of those it shows, or taken out of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from understudy.engine.address import Address, addressed, within
from understudy.engine.answering import Answers
from understudy.engine.binding import Binder, BoundPlan
from understudy.engine.identity import as_kind
from understudy.engine.origin import Origin
from understudy.engine.queries import together
from understudy.engine.read import key_of
from understudy.engine.records import Records
from understudy.engine.verbs import Verb
from understudy.messages import Request, Response
from understudy.model.identifiers import is_called_after
from understudy.model.model import Act
from understudy.model.selection import only
from understudy.model.vocabulary import OF_PERSONS, PLAIN_ROLES, TITLES
from understudy.names import by_folded, fold
from understudy.state.conditions import Condition, Or, Test
from understudy.state.store import Record, Value


class _Entry(Struct, frozen=True):
    """Who is put in or taken out. user: their record. names: by member of an entry, the one of an object in
    it that holds their id, or "".
    """

    user: Record
    names: Mapping[str, str]


class _Acted(Struct, frozen=True):
    """What an action was done to, and by which request."""

    address: Address
    record: Record
    request: Request


class Joining:
    """Puts those who call into the lists that the actions of one contract speak of."""

    def __init__(self, binder: Binder) -> None:
        self._binder = binder

    def around(self, act: Verb) -> Verb:
        """Return an action that also puts whoever calls into a list, or takes them out."""

        async def joining(
            plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
        ) -> Response:
            response = await act(plan, address, request, records, answers)
            assert isinstance(plan.plan, Act)
            key = await key_of(plan, address, request, records)
            record = await records.existing(address, key)
            there = await self._there(plan.plan, address, record)
            entry = await self._entry(there, request) if there is not None else None
            if there is None or entry is None:
                return response
            known = await there.store.list(there.name, where=_by(entry, there), limit=1)
            if plan.plan.leaves:
                for one in known.records:
                    await records.remove(there, one)
                return response
            if known.records:
                [made] = known.records
            else:
                said = self._said(_Acted(address, record, request), there, entry, records)
                made = await records.new(there, said, None, Origin(caller=request.caller))
            if () in plan.plan.entry:
                response.body = made.value
            return response

        return joining

    async def _there(self, plan: Act, address: Address, record: Record) -> Address | None:
        """Return the list below what was acted on, or below what that names; None where that is not told."""
        collection = self._binder.collection(plan.enters or plan.leaves)
        above = collection.collection.below
        values = [*address.scope.values(), record.key]
        is_new = Origin.of(record).created
        if above not in (address.name, address.collection.name):
            told = _named(address, record, above)
            if told is None:
                return None
            values = [told]
            parent = await address.store.get(above, str(told))
            is_new = parent is not None and Origin.of(parent).created
        scope = dict(zip(collection.collection.scope, values, strict=False))
        there = addressed(collection, scope, self._binder, address.context)
        if is_new:  # nobody is in it but who was put there
            address.context.world.filled.add(there.name)
        await address.context.ready(there.name)
        return there

    async def _entry(self, there: Address, request: Request) -> _Entry | None:
        """Return who calls, and where an entry names them; None where nobody is known."""
        users = self._binder.collection(self._binder.model.users)
        user = await there.store.get(users.name, request.caller.user)
        if user is None:
            return None
        names = {}
        for name, other, inner in there.collection.relations:
            if other == users.name:
                names[name] = inner
        own = there.collection.collection.id.member
        if is_called_after(own, users.collection.noun):
            names[own] = ""
        return _Entry(user, names)

    @staticmethod
    def _said(acted: _Acted, there: Address, entry: _Entry, records: Records) -> Value:
        """Return what is known of who is new in a list: what they are called, what they were invited as, and
        what is sent.
        """
        collection = there.collection
        told = set(filter(_is_of_person, collection.names))
        said = dict(only(entry.user.value, told))
        if collection.collection.below != acted.address.collection.name:
            own = {*collection.own, *collection.stamps, *collection.begins, *acted.address.collection.own}
            said = {**only(acted.record.value, collection.names - own), **said}
        said = {**dict(_plain_role(there, records)), **said}
        if isinstance(acted.request.body, dict):
            said |= only(acted.request.body, collection.names - set(collection.own))
        return said | _naming(entry, there)


def _named(address: Address, record: Record, collection: str) -> Any:
    """Return the id by which an item names one of a collection; None where it names none."""
    for name, other, inner in address.collection.relations:
        if other == collection and not inner and record.value.get(name) is not None:
            return record.value[name]
    return None


def _is_of_person(name: str) -> bool:
    return fold(name) in OF_PERSONS or fold(name) in TITLES


def _plain_role(there: Address, records: Records) -> Iterator[tuple[str, Any]]:
    """Yield what somebody is who was given no role."""
    for name in there.collection.names:
        shape = records.shape_at(there, (name,))
        values = by_folded(filter(_is_text, (shape.constants if shape else None) or ()))
        known = list(filter(values.__contains__, PLAIN_ROLES.ranked))
        if fold(name).endswith("role") and known:
            yield name, values[known[0]]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _naming(entry: _Entry, there: Address) -> dict[str, Any]:
    """Return the members by which an entry names a user."""
    found: dict[str, Any] = {}
    for name, inner in entry.names.items():
        member = there.collection.collection.members.get(name)
        found[name] = as_kind(entry.user.key, member.kind if member is not None else "")
        if inner:
            found[name] = {inner: entry.user.value.get(inner, entry.user.key)}
    return found


def _by(entry: _Entry, there: Address) -> Condition | None:
    """Return what is true of the entry of a user."""
    tests = []
    for name, value in _naming(entry, there).items():
        if isinstance(value, dict):
            for inner, one in value.items():
                tests.append(Test((name, inner), "eq", one))
        else:
            tests.append(Test((name,), "eq", value))
    return together([Or(tuple(tests)), *within(there)])
