"""Read: one item, and what only needs one to be there."""

from __future__ import annotations

from understudy.engine.address import Address, told
from understudy.engine.answering import Answers
from understudy.engine.binding import BoundPlan
from understudy.engine.records import Records
from understudy.engine.selecting import selected, trimmed
from understudy.messages import Request, Response
from understudy.model.model import Read


async def read(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Show an item. Raises RecordNotFound."""
    assert plan.answer is not None
    record = await records.existing(address, await key_of(plan, address, request, records))
    response = answers.one(plan.answer, address, record, request)
    if not isinstance(plan.plan, Read) or not plan.plan.select or response.data is None:
        return response
    view = plan.answer.as_asked(request.answer_type).one
    wanted = selected(request.query, plan.plan.select)
    if view is not None and wanted:
        response.data = trimmed(response.data, wanted, view)
    return response


async def needs(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Answer as documented where the item is there. Raises RecordNotFound."""
    key = await key_of(plan, address, request, records)
    await records.must_exist(address, key, even_given=False)
    return await answers.documented(address.context, request)


async def key_of(plan: BoundPlan, address: Address, request: Request, records: Records) -> str:
    """Return the key of the item that a request is about; of the one thing of its kind, "". Raises
    RecordNotFound.
    """
    source = plan.plan.key
    if source is None:
        return ""
    value = str(told(source, request))
    if not source.by:
        return value
    record = await records.by_member(address, source.by, value, is_made=records.finds_any(plan))
    return record.key
