"""Delete: one item, or those that a request names or chooses."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from understudy.engine.address import Address, told, within
from understudy.engine.answering import Answers
from understudy.engine.binding import BoundPlan
from understudy.engine.origin import Origin
from understudy.engine.queries import together
from understudy.engine.read import key_of
from understudy.engine.records import Records
from understudy.engine.taking import named_keys
from understudy.engine.tombstones import PURGED
from understudy.errors import RecordNotFound
from understudy.messages import Request, Response
from understudy.model.model import Delete
from understudy.pointers import reached
from understudy.state.conditions import META, Not, Test
from understudy.state.json_values import encode
from understudy.state.store import Record


async def delete(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Delete, and show what was deleted where the operation shows it. Raises RecordNotFound."""
    assert isinstance(plan.plan, Delete)
    assert plan.answer is not None
    if plan.plan.each:
        return await _delete_many(plan, address, request, records, answers)
    if _names_nothing(plan, request):
        return await answers.documented(address.context, request)
    key = await key_of(plan, address, request, records)
    if plan.plan.gone:
        return answers.one(plan.answer, address, await records.purge(address, key), request)
    await records.check_known(address, key, plan)
    record = await records.doomed(address, key, plan)
    await records.refuse(address, {}, Origin(caller=request.caller), record)
    is_gone = await records.remove(address, record, for_good=not plan.plan.revives)
    if not (is_gone or records.any_id):  # where any id will do, deleting twice is deleting once
        raise RecordNotFound(address.collection.collection.noun, record.key)
    if plan.reports:
        return Response(plan.answer.status, _report(address, record))
    ended = replace(record, data=records.ended(address, record))
    return answers.one(plan.answer, address, _gone(plan, ended), request)


def _names_nothing(plan: BoundPlan, request: Request) -> bool:
    """Tell whether a delete whose path has no id leaves out which item it means, as its contract lets it."""
    source = plan.plan.key
    return source is not None and source.at in ("query", "body") and told(source, request) in ("", None)


def _report(address: Address, record: Record) -> dict[str, Any]:
    """Return the Status by which the Kubernetes API says that an object is gone (API conventions, Response
    Status Kind).
    """
    kind = address.collection.name.rpartition("/")[2]
    details = {"name": record.key, "kind": kind}
    uid = reached(record.value, ("metadata", "uid"))
    if uid is not None:
        details["uid"] = uid
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}


def _gone(plan: BoundPlan, record: Record) -> Record:
    """Return what was deleted as it is now, where its answer says that it is gone."""
    if not plan.tells_end:
        return record
    value = {**record.value, **dict.fromkeys(plan.tells_end, True)}
    return replace(record, data=encode(value))


async def _delete_many(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    assert plan.answer is not None
    doomed = await _doomed(plan, address, request, records)
    for record in doomed:
        if plan.plan.gone:
            await records.purge(address, record.key)
        else:
            await records.remove(address, record)
    if plan.reports:
        return Response(plan.answer.status, {"kind": "Status", "apiVersion": "v1", "status": "Success"})
    if plan.answer.one is not None and plan.answer.many is None:
        response = await answers.documented(address.context, request)
        answers.settle(plan.answer, address, doomed, response)
        return response
    shown = answers.all(plan.answer, address, doomed, request)
    return shown or await answers.documented(address.context, request)


async def _doomed(plan: BoundPlan, address: Address, request: Request, records: Records) -> list[Record]:
    """Return the items that a request names by their ids, or that its filters choose."""
    keys = named_keys(plan, request)
    if plan.plan.gone:
        is_there = Not(Test((META, PURGED), "eq", True))
        page = await address.store.list(address.tombstones, where=together([*within(address), is_there]))
        return [record for record in page.records if keys is None or record.key in keys]
    if keys is None:
        assert plan.choosing is not None
        conditions = plan.choosing.conditions(request.query, request.unsent) + within(address)
        page = await address.store.list(address.name, where=together(conditions))
        return list(page.records)
    found = []
    for key in await records.known(address, keys):
        try:
            found.append(await records.doomed(address, key, plan))
        except RecordNotFound:
            continue  # of many, what is gone already needs no deleting
    return found
