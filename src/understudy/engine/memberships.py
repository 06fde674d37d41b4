"""Memberships: what exists elsewhere is put in by its id and taken out again, as products into a
wishlist.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec.structs import replace

from understudy.engine.address import LINKS, Address, is_within, told
from understudy.engine.answering import Answers
from understudy.engine.binding import BoundPlan
from understudy.engine.origin import Origin
from understudy.engine.read import read
from understudy.engine.records import Records
from understudy.engine.taking import named_keys
from understudy.engine.verbs import Verb
from understudy.errors import RecordExists, RecordNotFound
from understudy.messages import Request, Response
from understudy.model.model import Create, Delete, Plan, Read
from understudy.state.store import Draft, Record

_LEFT: Final = "left"
"""Under what a record's meta says out of which windows it was taken."""


async def put_in(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Put in what a request names. Raises RecordNotFound, RecordExists."""
    return await _changed(plan, address, request, records, answers, is_in=True)


async def take_out(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Take out what a request names; it stays where it is from. Raises RecordNotFound."""
    return await _changed(plan, address, request, records, answers, is_in=False)


async def _changed(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers, *, is_in: bool
) -> Response:
    assert plan.answer is not None
    keys = _named(plan, request)
    if not keys:  # a body need not say it
        return await answers.documented(address.context, request)
    for key in keys:
        await _check(plan, address, key, records, is_in=is_in)
    changed = [await link(address, key, is_in=is_in) for key in keys]
    if plan.plan.shows_above:
        return Response(plan.answer.status)  # what then shows the item above
    response = answers.all(plan.answer, address, changed, request)
    return response or await answers.documented(address.context, request)


def _named(plan: BoundPlan, request: Request) -> list[str]:
    """Return the ids that a request names, each once."""
    source = plan.plan.key
    assert source is not None
    if source.at == "body" and not source.name:
        return list(dict.fromkeys(named_keys(plan, request) or ()))
    named = told(source, request)
    if not isinstance(named, list):
        named = [named]
    keys = dict.fromkeys(map(str, filter(_is_told, named)))
    return list(keys)


def _is_told(key: Any) -> bool:
    return key not in ("", None)


async def _check(plan: BoundPlan, address: Address, key: str, records: Records, *, is_in: bool) -> None:
    """See that what is named can be put in, or taken out. Raises RecordNotFound, RecordExists."""
    there = replace(address, link="", holds=False)
    if is_in:
        await records.check_known(there, key, plan)
    record = await records.existing(there, key)
    if is_in and plan.refuses_again and is_within(address, record):
        raise RecordExists(address.collection.collection.noun, "id", key)
    if not (is_in or records.any_id or is_within(address, record)):
        raise RecordNotFound(address.collection.collection.noun, key)


async def show(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Show what is in it; where any id will do, also what nobody put in or took out. Raises
    RecordNotFound.
    """
    assert plan.plan.key is not None
    key = str(told(plan.plan.key, request))
    record = await address.store.get(address.name, key)
    if record is not None and records.any_id:
        is_touched = Origin.of(record).created or address.link in record.meta.get(_LEFT, ())
        if not is_touched and not is_within(address, record):
            await link(address, key, is_in=True)
    return await read(plan, address, request, records, answers)


async def link(address: Address, key: str, *, is_in: bool) -> Record:
    """Note that an item is in a window, or that it was taken out. Raises RecordNotFound."""

    async def change(now: Record) -> Draft:
        meta = dict(now.meta)
        for name, belongs in ((LINKS, is_in), (_LEFT, not is_in)):
            others = [one for one in meta.get(name, ()) if one != address.link]
            meta[name] = [*others, address.link] if belongs else others
        return Draft(now.data, meta)

    return await address.store.update(address.name, key, change)


VERBS: Final[Mapping[type[Plan], Verb]] = {Create: put_in, Read: show, Delete: take_out}
"""What is done to what a window holds, where that is not what is done to its items."""


async def fill(address: Address, count: int) -> None:
    """Put some of what is there from the start into a window: half of it, so that more can be put in."""
    page = await address.store.list(address.name, limit=count)
    made: list[Any] = [record for record in page.records if Origin.of(record).made]
    for record in made[: (len(made) + 1) // 2]:
        await link(address, record.key, is_in=True)
