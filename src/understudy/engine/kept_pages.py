"""Kept pages: the answer to a list, ready for whoever asks the same while nothing was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from understudy.engine.address import Address
from understudy.engine.answering import Answers
from understudy.engine.binding import BoundPlan
from understudy.engine.kept import Kept
from understudy.engine.records import Records
from understudy.engine.verbs import Verb
from understudy.messages import NOTHING, Request, Response

KEPT_BYTES: Final = 16 * 1024 * 1024
"""What the pages of one contract may hold at most, over all sessions."""
_AROUND: Final = 500
"""Bytes that are counted for each page besides its own."""


class _Page(NamedTuple):
    """An answer, as it was at one revision of the store."""

    revision: int
    status: int
    headers: Mapping[str, str]
    data: bytes


class KeptPages:
    """The pages of one contract, those that were not asked for longest given up first.

    One revision of the store stands for all that a page is made of: its items, what they embed, and how many
    there are.
    """

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        self._pages: Kept[tuple[object, ...], _Page] = Kept(limit)

    def around(self, verb: Verb) -> Verb:
        """Return a verb that makes a page only where none is kept."""

        async def keeping(
            plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
        ) -> Response:
            asked = what_is_asked(address, request)
            if asked is None:
                return await verb(plan, address, request, records, answers)
            revision = await address.store.revision()
            kept = self.get(asked, revision)
            if kept is not None:
                return kept
            response = await verb(plan, address, request, records, answers)
            if await address.store.revision() == revision:  # else somebody wrote meanwhile, it itself perhaps
                self.keep(asked, revision, response)
            return response

        return keeping

    def get(self, asked: tuple[object, ...], revision: int) -> Response | None:
        """Return the answer of that revision to what is asked; None where there is none."""
        page = self._pages.get(asked)
        if page is None or page.revision != revision:
            return None
        return Response.of_json(page.status, page.data, dict(page.headers))

    def keep(self, asked: tuple[object, ...], revision: int, response: Response) -> None:
        """Keep an answer that is bytes, and of which there is nothing else to say."""
        if response.data is None or response.notes or response.is_nearest:
            return
        data = bytes(memoryview(response.data))  # a copy: orjson's results hold a buffer of 8 KiB
        self._pages.put(asked, _Page(revision, response.status, response.headers, data), len(data) + _AROUND)


def what_is_asked(address: Address, request: Request) -> tuple[object, ...] | None:
    """Return all that an answer to a list depends on but the store; None where that cannot be told.

    A vendor's hooks may look at anything, and who guards a store wants to know what is read.
    """
    hooks, world = address.collection.hooks, address.context.world
    if hooks.show is not None or hooks.around is not None:
        return None
    if world.guarded is not None or request.body is not NOTHING:
        return None
    # As it is written, not by its values: 1, 1.0 and True are one to a dict and not to a filter.
    return (
        world.number,
        request.operation,
        address.name,
        address.link,
        repr(address.where) if address.where else "",
        repr(request.path) if request.path else "",
        repr(request.query),
        request.unsent,
        repr(request.headers) if request.headers else "",
        repr(request.cookies) if request.cookies else "",
        request.caller.user,
        address.viewer.key if address.viewer is not None else "",
        request.base_url,
        request.answer_type,
    )
