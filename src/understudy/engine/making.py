"""Making: what an action makes of an item in another collection says what the item and the request say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import quote

from understudy.engine.address import Address, addressed
from understudy.engine.answering import Answers
from understudy.engine.binding import Binder, BoundCollection, BoundPlan
from understudy.engine.factory import descended
from understudy.engine.origin import Origin
from understudy.engine.read import key_of
from understudy.engine.records import Records
from understudy.engine.verbs import Verb
from understudy.errors import RecordExists
from understudy.messages import Request, Response
from understudy.model.model import Act, Place
from understudy.state.store import Record, Value

_CREATED: Final = 201
_PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}")


class Making:
    """Makes what the actions of one contract answer of other collections."""

    def __init__(self, binder: Binder) -> None:
        self._binder = binder

    def around(self, act: Verb) -> Verb:
        """Return an action that also makes what it answers."""

        async def making(
            plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
        ) -> Response:
            response = await act(plan, address, request, records, answers)
            key = await key_of(plan, address, request, records)
            record = await records.existing(address, key)
            made = await self._made(plan, address, record, request, records)
            for place, new in made.items():
                _show(response, place, new.value)
            self._say_where(plan, response, made, request)
            return response

        return making

    async def _made(
        self, plan: BoundPlan, address: Address, record: Record, request: Request, records: Records
    ) -> Mapping[Place, Record]:
        """Return what an action makes of an item, by where in the answer it stands."""
        assert isinstance(plan.plan, Act)
        found: dict[Place, Record] = {}
        for place, name in plan.plan.makes.items():
            there = self._there(name, address, record)
            await address.context.ready(there.name)
            sent = _said(there.collection, address, record, request)
            body = request.body if isinstance(request.body, dict) else {}
            sent |= {name: value for name, value in plan.plan.made_as.items() if name not in body}
            if plan.plan.after and plan.plan.adds:
                sent[plan.plan.after] = record.value.get(next(iter(plan.plan.adds)))
            with suppress(RecordExists):  # what it is called by is taken
                found[place] = await records.new(there, sent, None, Origin(caller=request.caller))
        return found

    def _there(self, name: str, address: Address, record: Record) -> Address:
        """Return where something is made: below the item that it is made of, or apart from it."""
        collection = self._binder.collection(name)
        parents = collection.collection.scope
        if not parents:
            return Address(collection, address.context, {}, name)
        scope = dict(zip(parents, [*address.scope.values(), record.key], strict=False))
        return addressed(collection, scope, self._binder, address.context)

    def _say_where(
        self, plan: BoundPlan, response: Response, made: Mapping[Place, Record], request: Request
    ) -> None:
        """Say where what is shown alone is from now on."""
        assert isinstance(plan.plan, Act)
        if () not in made or response.status != _CREATED:
            return
        at = self._binder.collection(plan.plan.makes[()])
        if at.collection.at.count("{") == 1:
            path = _PLACEHOLDER.sub(quote(made[()].key, safe=""), at.path)
            response.headers = {**response.headers, "Location": request.base_url + path}


def _said(collection: BoundCollection, address: Address, record: Record, request: Request) -> dict[str, Any]:
    """Return what is known of a new item: what the one says that it is made of, whose id it tells, and what
    is sent.
    """
    own = {*collection.own, *collection.stamps, *collection.begins, *address.collection.own}
    said: dict[str, Any] = {}
    for name, value in record.value.items():
        is_state = name in address.collection.begins or name in address.collection.stamps
        if name in collection.names and name not in own and not is_state:
            said[name] = value
    for member, other, within in collection.relations:
        if other == address.collection.name and not within:
            said[member] = record.value.get(address.collection.collection.id.member, record.key)
    if isinstance(request.body, dict):
        for name, value in request.body.items():
            if name in collection.names and name not in collection.own:
                said[name] = value
    return said


def _show(response: Response, place: Place, item: Value) -> None:
    """Show in an answer what was made."""
    if not place:
        response.body = item
        return
    holder = descended(response.body, place[:-1])
    if isinstance(holder, dict):
        holder[place[-1]] = item
