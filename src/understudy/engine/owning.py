"""Owning: whose items a list shows, and who may change them."""

from __future__ import annotations

from understudy.engine.address import Address, addressed, within
from understudy.engine.answering import Answers
from understudy.engine.binding import Binder, BoundPlan
from understudy.engine.origin import Origin
from understudy.engine.parameters import listed, stated_by
from understudy.engine.queries import together
from understudy.engine.read import key_of
from understudy.engine.records import Records
from understudy.engine.verbs import Verb
from understudy.errors import AccessDenied, RecordExists
from understudy.handler import Context
from understudy.messages import Caller, Request, Response
from understudy.model.model import Create, List, Plan
from understudy.model.vocabulary import MINE, PRIVILEGED, PRIVILEGES
from understudy.names import fold
from understudy.pointers import reached
from understudy.state.conditions import Test
from understudy.state.store import Record, Value


async def whose_member(plan: List, request: Request, binder: Binder, context: Context) -> str:
    """Return the member that has to say who calls, of all that a list shows; "" where it shows others too."""
    if plan.own and await registered(request.caller, binder, context) is not None:
        return plan.own
    if plan.mine_if and not _is_asked(stated_by(request.query, plan.mine_if)):
        return ""
    return plan.mine


async def registered(caller: Caller, binder: Binder, context: Context) -> Record | None:
    """Return the user whose token came, where somebody made that user; None for anybody else."""
    if not (caller.user and caller.token):
        return None
    name = caller.of
    if name not in binder.model.collections:
        name = binder.model.users
    users = addressed(binder.collection(name), {}, binder, context)
    record = await users.store.get(users.name, caller.user)
    if record is None or Origin.of(record).made:
        return None
    return record


def guarding(plan: BoundPlan, verb: Verb, binder: Binder) -> Verb:
    """Return what carries out a plan, unless what it changes is somebody else's."""
    if not plan.plan.owner:
        return verb

    async def guarded(
        plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
    ) -> Response:
        user = await registered(request.caller, binder, address.context)
        if user is not None and not is_privileged(user):
            key = await key_of(plan, address, request, records)
            record = await address.store.get(address.name, key)
            if record is not None and not Origin.of(record).made:
                await _check_owner(plan, address, request, records, record)
        return await verb(plan, address, request, records, answers)

    return guarded


async def _check_owner(
    plan: BoundPlan, address: Address, request: Request, records: Records, record: Record
) -> None:
    """Refuse who is not the owner of an item. Raises AccessDenied."""
    noun = address.collection.collection.noun
    for place, said in (await records.whose(address, request.caller, plan.plan.owner)).items():
        owner = reached(record.value, tuple(place.split("/")))
        if said is not None and owner not in (None, said):
            raise AccessDenied(f"the {noun} {record.key!r} is somebody else's, as its {plan.plan.owner} says")


async def refuse_same(plan: Plan, address: Address, request: Request, records: Records, sent: Value) -> None:
    """Refuse a new item of which another one that was created has the same name, or key, as is sent. Raises
    RecordExists.
    """
    if not isinstance(plan, Create) or not plan.once or sent.get(plan.once[-1]) in (None, ""):
        return
    *owners, member = plan.once
    conditions = [*within(address), Test((member,), "eq", sent[member])]
    for owner in owners:
        for place, said in (await records.whose(address, request.caller, owner)).items():
            conditions.append(Test(tuple(place.split("/")), "eq", said))
    page = await address.store.list(address.name, where=together(conditions))
    if any(not Origin.of(record).made for record in page.records):
        raise RecordExists(address.collection.collection.noun, member, str(sent[member]))


def is_privileged(user: Record) -> bool:
    """Tell whether a user may do more than others, by what a member of theirs says."""
    for name, value in user.value.items():
        if fold(name) not in PRIVILEGES:
            continue
        for one in listed(value):
            if one is True or fold(str(one)) in PRIVILEGED:
                return True
    return False


def _is_asked(value: object) -> bool:
    """Tell whether a flag is on, or a choice says what such a flag does."""
    return value is True or fold(str(value)) in MINE or str(value).lower() in ("true", "1", "yes")
