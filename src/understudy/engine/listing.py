"""List: the page of a collection that a request asks for."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from understudy.engine.address import Address, filled, within
from understudy.engine.address import told as value_of
from understudy.engine.answering import MANY, Answers
from understudy.engine.binding import BoundPlan
from understudy.engine.by_now import by_now
from understudy.engine.finding import add_what_meets
from understudy.engine.identity import as_kind
from understudy.engine.pages import ListedPage
from understudy.engine.queries import Choosing, together
from understudy.engine.records import Records
from understudy.engine.remembered import page_with_gone
from understudy.engine.selecting import selected
from understudy.engine.tombstones import PURGED
from understudy.engine.values import list_values
from understudy.engine.viewers import by_name, for_viewer, place_of, who_turned
from understudy.engine.windows import RANGE, Window
from understudy.messages import Request, Response
from understudy.model.model import List
from understudy.pointers import steps
from understudy.state.conditions import META, Condition, Not, Or, Order, Test
from understudy.state.store import Page, Record, Store

_RANGE: Final = re.compile(r"(?:[a-z]+=)?(?P<first>[0-9]{1,18})-(?P<last>[0-9]{0,18})")


async def list_page(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Show the items that meet every filter, the newest first unless the list is sorted."""
    assert plan.answer is not None
    assert plan.choosing is not None
    assert isinstance(plan.plan, List)
    shown = plan.answer.as_asked(request.answer_type)
    if shown.many is None and shown.one is not None:  # nothing in it is a list of items
        return await _one_of(plan, address, request, records, answers)
    choosing = plan.choosing
    asked = asked_by(plan, request)
    window = choosing.window(asked, request.unsent)
    if plan.values is not None:
        return await list_values(plan, address, request, window, answers)
    where = await _where(plan, plan.plan, address, asked, request)
    order = choosing.orders(asked)
    page_of = _pages(plan, address, request)
    page = await page_of(where, order, choosing, window)
    if not page.total and await add_what_meets(
        plan, address, asked, request.unsent, records, condition=where
    ):
        page = await page_of(where, order, choosing, window)
    path = filled(plan.operation.path, request.path)
    listed = ListedPage(
        page=choosing.page,
        window=_shown_window(window, page),
        total=page.total or 0,
        shown=len(page.records),
        url=request.base_url + path,
        query=asked,
        keys=_keys(page),
        scattered=plan.scattered,
        is_sorted=bool(order),
        selected=selected(asked, plan.plan.select),
    )
    items: Sequence[Record] = page.records
    if not plan.plan.gone:
        items = await records.shown(address, items)
    written = None
    if len(items) > MANY:
        written = await answers.written(plan.answer, address, items, request)
    return answers.many(plan.answer, address, items, request, listed, written=written)


async def _one_of(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Show the newest item where the contract says that a list shows one, as Grape does of arrays it was not
    told of; as documented where there is none, or what is shown is no such item.
    """
    assert plan.answer is not None
    assert plan.choosing is not None
    assert isinstance(plan.plan, List)
    shown = plan.answer.as_asked(request.answer_type).one
    if shown is None or shown.view.shows not in ("whole", "part"):
        return await answers.documented(address.context, request)
    asked = asked_by(plan, request)
    where = await _where(plan, plan.plan, address, asked, request)
    page = await _page(
        _source(plan, address), where, plan.choosing.orders(asked), plan.choosing, Window(0, 1)
    )
    if not page.records:
        return await answers.documented(address.context, request)
    [item] = await records.shown(address, page.records)
    return answers.one(plan.answer, address, item, request)


async def _where(
    plan: BoundPlan, told: List, address: Address, asked: Mapping[str, Any], request: Request
) -> Condition | None:
    """Return what the items of a list must meet."""
    assert plan.choosing is not None
    pointers = plan.choosing.pointers
    conditions = plan.choosing.conditions(asked, request.unsent) + within(address)
    for name, value in told.only.items():
        conditions.append(Test(pointers.of(name), "eq", value))
    conditions += by_now(told.filter, asked, pointers, address.context.clock.now())
    if told.followed and address.viewer is not None:
        names = [name for known in address.viewer.follows.values() for name in sorted(known)]
        places = pointers.compared((told.followed,))
        conditions.append(Or(tuple(Test(place, "in", names) for place in places)))
    if told.turned:
        conditions.append(await _of_turned(told, address, request))
    if told.gone:
        conditions.append(Not(Test((META, PURGED), "eq", True)))
    where = together(conditions)
    if where is None or address.viewer is None:
        return where
    return for_viewer(where, address.viewer)


async def _of_turned(told: List, address: Address, request: Request) -> Condition:
    """Return what is true of items on which somebody turned a flag, or of those who turned it."""
    assert told.key is not None
    key = str(value_of(told.key, request))
    if not told.turned_on:
        return by_name(place_of(told.turned), key)
    record = await address.store.get(told.turned_on, key)
    people = who_turned(record, told.turned) if record is not None else []
    own = address.collection.collection
    known = own.members.get(own.id.member)
    keys = [as_kind(one, known.kind if known is not None else "") for one in people]
    return Test(tuple(steps(own.id.member)), "in", keys)


def asked_by(plan: BoundPlan, request: Request) -> Mapping[str, Any]:
    """Return what a request asks of a list: by its query, by a body where it has one, and by a range of rows
    (RFC 9110 §14.2).
    """
    asked = request.query
    if plan.operation.body is not None and isinstance(request.body, dict):
        asked = {**asked, **request.body}
    for name, value in request.headers.items():
        found = _RANGE.fullmatch(str(value)) if name.lower() == "range" else None
        if found is not None:
            asked = {**asked, RANGE: {"first": int(found["first"]), "last": found["last"]}}
    return asked


def _shown_window(window: Window, page: Page) -> Window:
    """Return the window as it was asked for, past the end too; where it was told by an item, the one that was
    found.
    """
    offset = page.offset if window.after or window.before else window.offset
    return Window(offset, window.limit, before=window.before)


def _keys(page: Page) -> tuple[str, str]:
    """Return the keys of the first and the last item of a page."""
    if not page.records:
        return "", ""
    return page.records[0].key, page.records[-1].key


class _Source(NamedTuple):
    """Where the records of a list are."""

    store: Store
    name: str


def _source(plan: BoundPlan, address: Address) -> _Source:
    """Return where the records of a list are: with those that are there, or with those that were deleted."""
    if plan.plan.gone:
        return _Source(address.store, address.tombstones)
    return _Source(address.store, address.name)


def _pages(plan: BoundPlan, address: Address, request: Request) -> Callable[..., Awaitable[Page]]:
    """Return what reads the pages that a request asks for: with what was deleted, where its flag says so."""
    assert isinstance(plan.plan, List)
    if plan.plan.with_gone and request.query.get(plan.plan.with_gone) is True:
        return partial(page_with_gone, address)
    return partial(_page, _source(plan, address))


async def _page(
    source: _Source, where: Condition | None, order: list[Order], choosing: Choosing, window: Window
) -> Page:
    return await source.store.list(
        source.name,
        where=where,
        order=order,
        newest_first=choosing.is_newest_first,
        offset=window.offset,
        limit=window.limit,
        after=window.after,
        before=window.before,
        count=True,
    )
