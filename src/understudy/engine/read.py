"""Read: one item, and what only needs one to be there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.engine.address import Address, told, within
from understudy.engine.aliases import meant_by
from understudy.engine.answering import Answers
from understudy.engine.binding import BoundPlan
from understudy.engine.queries import together
from understudy.engine.records import Records
from understudy.engine.selecting import selected, trimmed
from understudy.engine.viewers import as_seen
from understudy.errors import RecordNotFound
from understudy.messages import Request, Response
from understudy.model.model import Needs, Place, Read
from understudy.state.conditions import Test
from understudy.state.store import Record


async def read(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Show an item. Raises RecordNotFound."""
    assert plan.answer is not None
    named = told(plan.plan.key, request) if plan.plan.key is not None else ""
    if isinstance(named, list):
        found = [await records.existing(address, str(key)) for key in named]
        shown = answers.all(plan.answer, address, found, request)
        return shown or await answers.documented(address.context, request)
    if isinstance(plan.plan, Read) and plan.plan.named_by is not None:
        key = await records.named_above(plan.plan.named_by, address, request)
    else:
        key = await key_of(plan, address, request, records)
    if plan.plan.gone:
        record = await records.gone(address, key)
    else:
        record = await records.existing(address, key)
    if isinstance(plan.plan, Read) and not is_so(plan.plan.only, record, address):
        raise RecordNotFound(address.collection.collection.noun, record.key)
    response = answers.one(plan.answer, address, record, request)
    if not isinstance(plan.plan, Read) or not plan.plan.select or response.data is None:
        return response
    view = plan.answer.as_asked(request.answer_type).one
    wanted = selected(request.query, plan.plan.select)
    if view is not None and wanted:
        response.data = trimmed(response.data, wanted, view)
    return response


def is_so(only: Mapping[str, Any], record: Record, address: Address) -> bool:
    """Tell whether the members of an item are so, its flags as whoever asks sees them."""
    if not only:
        return True
    seen = as_seen(record, address.collection.viewed, (), address.viewer).value
    return all(seen.get(name) == value for name, value in only.items())


async def needs(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Answer as documented where the item is there. Raises RecordNotFound."""
    if plan.plan.key is None:
        return await answers.documented(address.context, request)
    key = await key_of(plan, address, request, records)
    if isinstance(plan.plan, Needs) and plan.plan.tells:
        is_there = await _is_there(address, key, records)
        response = await answers.documented(address.context, request)
        return _telling(response, plan.plan.tells[0], is_there)
    await records.must_exist(address, key, even_given=False)
    return await answers.documented(address.context, request)


async def _is_there(address: Address, key: str, records: Records) -> bool:
    """Tell whether an item is there, or would be made where any id will do."""
    try:
        await records.must_exist(address, key)
    except RecordNotFound:
        return False
    return True


def _telling(response: Response, place: Place, is_there: bool) -> Response:
    """Return an answer that says at a place whether something is there."""
    body = response.body
    if not place:
        response.body = is_there
    elif isinstance(body, dict):
        response.body = {**body, place[0]: is_there}
    return response


async def key_of(plan: BoundPlan, address: Address, request: Request, records: Records) -> str:
    """Return the key of the item that a request is about; of the one thing of its kind, "". Raises
    RecordNotFound.
    """
    source = plan.plan.key
    if source is None:
        return ""
    named = told(source, request)
    value = ",".join(map(str, named)) if isinstance(named, list) else str(named)
    is_word = source.at == "word" or value in source.words
    if is_word and await address.store.get(address.name, value) is None:
        return await meant_by(address, value, records, is_made=records.any_id)
    by = source.by
    if plan.otherwise and await address.store.get(address.name, value) is None:
        is_number = set(address.collection.own.values()) == {"integer"}
        if (is_number and not value.isdecimal()) or await _is_of(address, plan.otherwise, value):
            by = plan.otherwise
    if not by:
        return await _meant(address, value)
    record = await records.by_member(address, by, value, is_made=records.finds_any(plan))
    return record.key


async def _is_of(address: Address, member: str, value: str) -> bool:
    """Tell whether an item is there, or was, whose member has a value."""
    where = together([Test((member,), "eq", value), *within(address)])
    for name in (address.name, address.tombstones):
        page = await address.store.list(name, where=where, limit=1)
        if page.records:
            return True
    return False


async def _meant(address: Address, value: str) -> str:
    """Return the key of the item that a path means: of one found by a text, also by what it shows as its id.

    What was deleted stays so, and the newest is meant where an example gives several the same number.
    """
    member = address.collection.second_id
    if not member or await address.store.get(address.name, value) is not None:
        return value
    where = together([Test((member,), "eq", value), *within(address)])
    for name in (address.tombstones, address.name):
        page = await address.store.list(name, where=where, newest_first=True, limit=1)
        if page.records:
            return page.records[0].key
    return value
