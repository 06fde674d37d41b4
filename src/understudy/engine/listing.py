"""List: the page of a collection that a request asks for."""

from __future__ import annotations

from understudy.engine.address import Address, filled, within
from understudy.engine.answering import Answers
from understudy.engine.binding import BoundPlan
from understudy.engine.pages import ListedPage
from understudy.engine.queries import Choosing, together
from understudy.engine.records import Records
from understudy.engine.windows import Window
from understudy.messages import Request, Response
from understudy.state.conditions import Condition
from understudy.state.store import Page


async def list_page(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Show the items that meet every filter, the newest first unless the list is sorted."""
    assert plan.answer is not None
    assert plan.choosing is not None
    shown = plan.answer.as_asked(request.answer_type)
    if shown.many is None and shown.one is not None:  # nothing in it is a list of items
        return await answers.documented(address.context, request)
    choosing = plan.choosing
    window = choosing.window(request.query)
    conditions = choosing.conditions(request.query) + within(address)
    page = await _page(address, together(conditions), choosing, window, request)
    path = filled(plan.operation.path, request.path)
    listed = ListedPage(
        page=choosing.page,
        window=Window(page.offset, window.limit),
        total=page.total or 0,
        shown=len(page.records),
        url=request.base_url + path,
        query=request.query,
    )
    items = await records.shown(address, page.records)
    return answers.many(plan.answer, address, items, request, listed)


async def _page(
    address: Address, where: Condition | None, choosing: Choosing, window: Window, request: Request
) -> Page:
    return await address.store.list(
        address.name,
        where=where,
        order=choosing.orders(request.query),
        newest_first=choosing.is_newest_first,
        offset=window.offset,
        limit=window.limit,
        after=window.after,
        count=True,
    )
