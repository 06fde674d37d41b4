"""Lists of inferred resources: the items that were asked for, in the envelope that the contract declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from understudy.contracts.contract import Answer, Contract, MediaType, Operation
from understudy.contracts.schema import Direction
from understudy.generation.generator import Ungeneratable
from understudy.inference.envelopes import Listing, changes, link_header
from understudy.inference.paging import Paging, Window
from understudy.inference.records import Records, Shelf
from understudy.inference.resources import Resource, json_media, normalise, success
from understudy.inference.sorting import in_order
from understudy.messages import NOTHING, Request, Response
from understudy.state.store import Record, Value


class Lists:
    """Answers of one contract's list operations."""

    def __init__(self, contract: Contract, records: Records) -> None:
        self._records, self._rendering = records, records.rendering
        self._validators = contract.validators(Direction.RESPONSE)
        self._pagings: dict[str, Paging] = {}

    def paging(self, resource: Resource, operation: Operation) -> Paging:
        """Return how a list operation is paged, sorted and filtered."""
        paging = self._pagings.get(operation.key)
        if paging is None:
            paging = self._pagings[operation.key] = Paging(operation, self._records.members(resource))
        return paging

    async def answer(self, shelf: Shelf, request: Request) -> Response:
        """Answer a list request: the newest items first, unless it sorts."""
        paging = self.paging(shelf.resource, shelf.context.operation)
        page, window, total = await self._page(shelf, request, paging)
        listing = Listing(paging, window, total, len(page), request.base_url + _path(request), request.query)
        status, answer = success(shelf.context.operation)
        headers = _headers(answer, listing)
        media = (answer.content.get(request.answer_type) or json_media(answer.content)) if answer else None
        if media is None or media.schema is None:
            return Response(status, NOTHING if media is None else [record.value["item"] for record in page], headers)
        envelope = self._rendering.generated(media.schema, shelf.context.fake(shelf.collection, "list", media.schema.address))
        body = self._filled(shelf, media, envelope, page)
        self._describe(body, media, listing)
        return Response(status, body, headers)

    async def _page(self, shelf: Shelf, request: Request, paging: Paging) -> tuple[Sequence[Record], Window, int]:
        """Return the records of a page, where it is, and how many there are in all."""
        store, window, keys = shelf.context.store, paging.window(request.query), paging.sort(request.query)
        meets = paging.where(request.query)
        where = (lambda value: meets(_shown(value))) if meets else None
        if keys or window.after:  # only the whole list tells
            everything = await store.list(shelf.collection, where=where, descending=True)
            records = in_order(list(everything.records), keys, lambda record: _shown(record.value))
            window = window.found([record.key for record in records])
            end = None if window.limit is None else window.offset + window.limit
            return records[window.offset : end], window, len(records)
        page = await store.list(shelf.collection, where=where, descending=True, offset=window.offset, limit=window.limit, count=True)
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
        _put(holder, home.steps[-1], [items], lambda: valid(envelope))
        return envelope

    def _item(self, shelf: Shelf, single: MediaType, record: Record) -> Any:
        fields, unsent = self._records.fields(shelf, record, single)
        fake = shelf.context.fake(shelf.collection, record.key)
        try:
            return self._rendering.item(single, shelf.resource, fields, fake, unsent=unsent)
        except Ungeneratable:
            return fields

    def _describe(self, body: Any, media: MediaType, listing: Listing) -> None:
        """Let the envelope say what is true of this page, wherever its schema lets it."""
        assert media.schema is not None
        validator = self._validators.for_node(media.schema)
        for holder, name, candidates in list(changes(body, (media.schema,), listing, self._records.bodies)):
            _put(holder, name, candidates, lambda: validator.is_valid(body))


def _put(holder: Any, name: str, candidates: Sequence[Any], is_valid: Any) -> None:
    """Give a member the first of the candidates that is valid, or leave it as it was."""
    if not isinstance(holder, dict):
        return
    before = holder.get(name, NOTHING)
    for candidate in [*candidates, before]:
        if candidate is NOTHING:
            holder.pop(name, None)
        else:
            holder[name] = candidate
        if is_valid():
            return


def _shown(value: Value) -> dict[str, Any]:
    """Return the members to filter and sort by, those that JSON:API keeps under `attributes` among them."""
    fields = {**value["item"], **value["sent"]}
    inner = fields.get("attributes")
    return {**inner, **fields} if isinstance(inner, dict) else fields


def _path(request: Request) -> str:
    path = request.operation.partition(" ")[2]
    for name, value in request.path.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    return path


def _headers(answer: Answer | None, listing: Listing) -> Mapping[str, str]:
    """Fill the headers a list declares that speak of its pages: `Link`, `X-Total-Count`, …"""
    headers: dict[str, str] = {}
    for name in answer.headers if answer else ():
        folded = normalise(name)
        number = listing.number(folded.removeprefix("x").removeprefix("pagination"))
        if folded == "link":
            links = listing.links()
            if links:
                headers[name] = link_header(links)
        elif number is not None:
            headers[name] = str(number)
    return headers
