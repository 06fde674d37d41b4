"""Values in use: a list of the values that a member has in the items of other collections."""

from __future__ import annotations

from understudy.engine.address import Address, filled
from understudy.engine.answering import Answers
from understudy.engine.binding import BoundPlan, BoundValues
from understudy.engine.pages import ListedPage
from understudy.engine.parameters import listed
from understudy.engine.windows import Window
from understudy.media.json_codec import encode
from understudy.messages import Request, Response


async def list_values(
    plan: BoundPlan, address: Address, request: Request, window: Window, answers: Answers
) -> Response:
    """Show each value once, the one that was used first at the top."""
    assert plan.answer is not None
    assert plan.values is not None
    assert plan.choosing is not None
    values = await _in_use(plan.values, address)
    stop = len(values) if window.limit is None else window.offset + window.limit
    shown = [encode(value) for value in values[window.offset : stop]]
    page = ListedPage(
        page=plan.choosing.page,
        window=window,
        total=len(values),
        shown=len(shown),
        url=request.base_url + filled(plan.operation.path, request.path),
        query=request.query,
    )
    return answers.many(plan.answer, address, [], request, page, written=shown)


async def _in_use(values: BoundValues, address: Address) -> list[str]:
    """Return the values that members have, each once, as far as the list may show them."""
    found: dict[str, None] = {}
    for collection, member in values.members:
        scope = dict(zip(collection.collection.scope, address.scope.values(), strict=False))
        name = filled(collection.stored, scope)
        await address.context.ready(name)
        page = await address.store.list(name)
        for record in page.records:
            for value in listed(record.value.get(member)):
                if isinstance(value, str) and values.is_valid(value):
                    found[value] = None
    return list(found)
