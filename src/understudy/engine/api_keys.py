"""API keys: credentials that callers make and delete, as items of a collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.engine.address import Address
from understudy.engine.answering import Answers
from understudy.engine.binding import BoundPlan
from understudy.engine.credentials import Credentials
from understudy.engine.people import keep, noted
from understudy.engine.records import Records
from understudy.engine.verbs import Verb
from understudy.messages import Request, Response
from understudy.model.model import Act, Delete, Place
from understudy.model.vocabulary import API_KEYS
from understudy.names import fold


class ApiKeys:
    """Hands out keys with what creates them, and ends them with what deletes them."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def around(self, plan: BoundPlan, verb: Verb) -> Verb:
        """Return a verb with what its plan says of keys; the verb itself where that is nothing."""
        told = plan.plan
        if makes_key(plan):
            return self._making(verb)
        if (
            isinstance(told, Delete)
            and told.key is not None
            and not told.each
            and fold(plan.collection.collection.noun) in API_KEYS
        ):
            return self._ending(verb)
        return verb

    def _making(self, verb: Verb) -> Verb:
        async def run(
            plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
        ) -> Response:
            response = await verb(plan, address, request, records, answers)
            user = request.caller.user
            if isinstance(plan.plan, Act):  # the one before is replaced
                await _end(plan, address, request)
            response = await self._credentials.given(plan, address, request, response, user)
            assert plan.plan.answer is not None
            for place in plan.plan.answer.hands_out:
                await _note(address, response.body, place)
            return response

        return run

    @staticmethod
    def _ending(verb: Verb) -> Verb:
        async def run(
            plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
        ) -> Response:
            response = await verb(plan, address, request, records, answers)
            await _end(plan, address, request)
            return response

        return run


async def _end(plan: BoundPlan, address: Address, request: Request) -> None:
    """Let the key of an item be good no more."""
    source = plan.plan.key
    if source is None:
        return
    token = await noted(address, _slot(str(request.path.get(source.name, ""))))
    if token:
        address.context.identities.end(token)


def makes_key(plan: BoundPlan) -> bool:
    """Tell whether an operation answers a key that whoever calls makes to call with."""
    answer = plan.plan.answer
    return answer is not None and "key" in answer.hands_out.values()


def _slot(record: str) -> str:
    return f"key {record}"


async def _note(address: Address, body: Any, place: Place) -> None:
    """Keep which item a key belongs to, and in the item the key, where it shows that again."""
    shown, holders = body, []
    for step in place:
        if not isinstance(shown, Mapping):
            return
        holders.append(shown)
        shown = shown.get(step)
    member = address.collection.collection.id.member
    for holder in holders:
        if isinstance(shown, str) and member in holder:
            key = str(holder[member])
            await keep(address, _slot(key), shown)
            record = await address.store.get(address.name, key)
            if record is not None and place[-1] in record.value:
                await address.store.replace(address.name, key, {**record.value, place[-1]: shown})
