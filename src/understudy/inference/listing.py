"""Lists of inferred resources: the items that were asked for, in the envelope that the contract declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from understudy.contracts.contract import Answer, Contract, MediaType, Operation
from understudy.inference.envelopes import Listing, changes, link_header
from understudy.inference.filtering import Test
from understudy.inference.paging import Paging, Window
from understudy.inference.records import Records
from understudy.inference.resources import Resource, json_media, success
from understudy.inference.shelves import Shelf, filled
from understudy.inference.sorting import in_order
from understudy.inference.stored import fields, whole
from understudy.messages import NOTHING, Request, Response
from understudy.names import fold
from understudy.schemas.direction import Direction
from understudy.schemas.fitting import set_if_valid
from understudy.schemas.generator import Ungeneratable
from understudy.schemas.validators import validators_of
from understudy.state.store import Record, Value


class Lists:
    """Answers of one contract's list operations."""

    def __init__(self, contract: Contract, records: Records) -> None:
        self._records, self._rendering = records, records.rendering
        self._validators = validators_of(contract, Direction.RESPONSE)
        self._pagings: dict[str, Paging] = {}

    def paging(self, resource: Resource, operation: Operation) -> Paging:
        """Return how a list operation is paged, sorted and filtered."""
        paging = self._pagings.get(operation.key)
        if paging is None:
            paging = self._pagings[operation.key] = Paging(operation, self._records.members.names(resource))
        return paging

    async def answer(self, shelf: Shelf, request: Request) -> Response:
        """Answer a list request: the newest items first, unless it sorts."""
        paging = self.paging(shelf.resource, shelf.context.operation)
        page, window, total = await self._page(shelf, request, paging)
        listing = Listing(
            paging,
            window,
            total,
            len(page),
            request.base_url + filled(request.operation.partition(" ")[2], request.path),
            request.query,
        )
        status, answer = success(shelf.context.operation)
        headers = _headers(answer, listing)
        media = json_media(answer.content, request.answer_type) if answer else None
        if media is None or media.schema is None:
            return Response(
                status,
                NOTHING if media is None else [whole(record.value)["item"] for record in page],
                headers,
            )
        envelope = self._rendering.generated(
            media.schema, shelf.context.fake(shelf.collection, "list", media.schema.address)
        )
        body = self._filled(shelf, media, envelope, page)
        self._describe(body, media, listing)
        return Response(status, body, headers)

    async def matching(self, shelf: Shelf, request: Request) -> Sequence[Record]:
        """Return every record that a request's filters choose."""
        meets = self.paging(shelf.resource, shelf.context.operation).where(request.query)
        page = await shelf.context.store.list(shelf.collection)
        return _chosen(page.records, meets)

    def has_items(self, media: MediaType, resource: Resource) -> bool:
        """Tell whether a body has a list of items, and that list is not a part of one item."""
        listed, one = (
            self._rendering.home(media, resource, listing=True),
            self._rendering.home(media, resource),
        )
        if listed is None or one is None or not self._records.bodies.id_member(one.shape, resource.id_names):
            return listed is not None
        return len(one.steps) >= len(listed.steps) or listed.steps[: len(one.steps)] != one.steps

    def of(self, shelf: Shelf, media: MediaType, records: Sequence[Record]) -> Any:
        """Return a body with a list of just these records."""
        assert media.schema is not None
        envelope = self._rendering.generated(
            media.schema, shelf.context.fake(shelf.collection, "many", media.schema.address)
        )
        return self._filled(shelf, media, envelope, records)

    async def _page(
        self, shelf: Shelf, request: Request, paging: Paging
    ) -> tuple[Sequence[Record], Window, int]:
        """Return the records of a page, where it is, and how many there are in all."""
        store, window, keys = shelf.context.store, paging.window(request.query), paging.sort(request.query)
        meets = paging.where(request.query)
        if keys or window.after or meets:  # only the whole list tells
            everything = await store.list(shelf.collection, newest_first=True)
            chosen = list(_chosen(everything.records, meets))
            records = in_order(chosen, keys, lambda record: _shown(record.value))
            window = window.found([record.key for record in records])
            end = None if window.limit is None else window.offset + window.limit
            return records[window.offset : end], window, len(records)
        page = await store.list(
            shelf.collection,
            newest_first=True,
            offset=window.offset,
            limit=window.limit,
            count=True,
        )
        return page.records, window, page.total or 0

    def _filled(self, shelf: Shelf, media: MediaType, envelope: Any, records: Sequence[Record]) -> Any:
        """Put the records into the list of an envelope, each as the list's items are described."""
        home = self._rendering.home(media, shelf.resource, listing=True)
        assert media.schema is not None
        single = self._rendering.single(media, shelf.resource)
        if home is None or single is None:
            return envelope
        items = [self._item(shelf, single, record) for record in records]
        valid = self._validators.for_node(media.schema).is_valid
        if not home.steps:
            return items if valid(items) else envelope
        holder = envelope
        for step in home.steps[:-1]:
            holder = holder.setdefault(step, {}) if isinstance(holder, dict) else {}
        if isinstance(holder, dict):
            set_if_valid(holder, home.steps[-1], [items], lambda: valid(envelope))
        return envelope

    def _item(self, shelf: Shelf, single: MediaType, record: Record) -> Any:
        try:
            return self._records.shown(shelf, record, single)
        except Ungeneratable:
            return fields(record.value)

    def _describe(self, body: Any, media: MediaType, listing: Listing) -> None:
        """Let the envelope say what is true of this page, wherever its schema lets it."""
        assert media.schema is not None
        validator = self._validators.for_node(media.schema)
        for holder, name, candidates in list(changes(body, (media.schema,), listing, self._records.bodies)):
            set_if_valid(holder, name, candidates, lambda: validator.is_valid(body))


def _chosen(records: Sequence[Record], meets: Test | None) -> Sequence[Record]:
    return records if meets is None else [record for record in records if meets(_shown(record.value))]


def _shown(value: Value) -> dict[str, Any]:
    """Return the members to filter and sort by, those that JSON:API keeps under `attributes` among them."""
    members = fields(value)
    inner = members.get("attributes")
    return {**inner, **members} if isinstance(inner, dict) else members


def _headers(answer: Answer | None, listing: Listing) -> Mapping[str, str]:
    """Fill the headers a list declares that speak of its pages: `Link`, `X-Total-Count`, …"""
    headers: dict[str, str] = {}
    for name in answer.headers if answer else ():
        folded = fold(name)
        number = listing.number(folded.removeprefix("x").removeprefix("pagination"))
        if folded == "link":
            links = listing.links()
            if links:
                headers[name] = link_header(links)
        elif number is not None:
            headers[name] = str(number)
    return headers
