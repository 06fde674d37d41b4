"""Answering: records as the success that an operation documents."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence, Set
from functools import partial
from typing import Any, Final

from understudy.contracts.answers import json_media
from understudy.contracts.contract import MediaType, Operation
from understudy.contracts.source import Node
from understudy.engine.address import Address, filled
from understudy.engine.binding import BoundAnswer, BoundList, BoundView
from understudy.engine.factory import Factory, Known, Laying, descended
from understudy.engine.files import kept_apart, naming
from understudy.engine.outcomes import Described, say_well, settle
from understudy.engine.overlay import Overlay, copied
from understudy.engine.pages import ListedPage
from understudy.engine.reading import Reading
from understudy.engine.selecting import trimmed
from understudy.engine.taking import alone
from understudy.engine.uploads import entries_of, with_uploads
from understudy.engine.viewers import as_seen
from understudy.engine.views import Views
from understudy.handler import Context
from understudy.media.json_codec import encode, read_back
from understudy.messages import NOTHING, FormData, Request, Response, Written
from understudy.model import vocabulary
from understudy.model.bodies import Bodies
from understudy.model.model import Place
from understudy.model.paths import IdNames
from understudy.names import fold
from understudy.schemas.choice import Parts
from understudy.schemas.contradictions import Contradictions, Doubt
from understudy.schemas.fitting import set_if_valid
from understudy.schemas.generator import Ungeneratable
from understudy.schemas.shape import Shape
from understudy.state.store import Record

MANY: Final = 200
"""Records that are shown without a pause."""
_UNKNOWN: Final = Known(kept={})
_Says = Mapping[Place, Any]
_Write = Callable[[Address, Record, BoundView], bytes]


class Answers:
    """The answers about the records of one contract."""

    def __init__(
        self,
        reading: Reading,
        factory: Factory,
        views: Views,
        bodies: Bodies,
        contradictions: Contradictions,
    ) -> None:
        self._reading, self._factory, self._views, self._bodies = reading, factory, views, bodies
        self._contradictions = contradictions

    def one(
        self,
        answer: BoundAnswer,
        address: Address,
        record: Record,
        request: Request,
        among: Sequence[Record] = (),
    ) -> Response:
        """Show a record; where the operation shows a list only, a list of it. among: all that were
        written.
        """
        told = answer.as_asked(request.answer_type)
        if told.one is None:
            if told.many is not None:
                return self.many(answer, address, [record], request)
            return Response(told.status)
        doubt, record = None, _seen(address, record)
        try:
            data = self._views.item(address, record, told.one)
        except Ungeneratable:
            doubt = self._doubt(told, address)
            data = self._near(doubt, address, record, told.one)
        show = address.collection.hooks.show
        response = _response(told, data)
        if show is not None:
            response = Response(told.status, show(read_back(data), record, request, address.context))
        self.settle(told, address, among or [record], response)
        return response if doubt is None else doubt.mark(response)

    def settle(
        self,
        told: BoundAnswer,
        address: Address,
        records: Sequence[Record],
        response: Response,
        *,
        shows_list: bool = False,
        changed: Set[str] = frozenset(),
    ) -> None:
        """Let the answer of a write say what is true of what it wrote. changed: keys of what was there
        before.
        """
        if not (told.outcome or told.is_either) or not response.has_body:
            return
        schema = told.one.schema if told.one is not None else None
        if schema is None and told.many is not None:
            schema = told.many.schema
        if schema is not None:
            is_valid = self._reading.validator(schema).is_valid
            described = Described(is_valid, lambda place: self._reading.members_at(schema, place))
            settle(response, told, address, records, described, shows_list=shows_list, changed=changed)

    def _doubt(self, answer: BoundAnswer, address: Address) -> Doubt:
        return Doubt(self._contradictions, address.context.operation.key, answer.status)

    def _near(self, doubt: Doubt, address: Address, record: Record, view: BoundView) -> bytes:
        """Return a record as bytes, the nearest there is where its contract contradicts itself. Raises
        ResponseInvalid where nothing that its contract takes can be made of it.
        """
        if not doubt.is_known(view.schema):
            try:
                return self._views.item(address, record, view)
            except Ungeneratable as error:
                doubt.note(view.schema, error)
        return self._views.nearest(address, record, view)

    def all(
        self, answer: BoundAnswer, address: Address, records: Sequence[Record], request: Request
    ) -> Response | None:
        """Show records as a list, or the first where one is shown; None where nothing of them can be
        shown.
        """
        told = answer.as_asked(request.answer_type)
        if told.many is not None:
            return self.many(answer, address, records, request)
        if told.one is None:
            return Response(told.status)
        if not records:
            return None
        return self.one(answer, address, records[0], request, records)

    def many(
        self,
        answer: BoundAnswer,
        address: Address,
        records: Sequence[Record],
        request: Request,
        page: ListedPage | None = None,
        *,
        written: list[bytes] | None = None,
    ) -> Response:
        """Show records as a list, with what the page says of itself. written: what `written` made of them."""
        told = answer.as_asked(request.answer_type)
        headers: Mapping[str, str] = {}
        if page is not None and (told.headers or told.told):
            headers = {**page.headers(told.headers), **page.told(told.told)}
        if told.counts is not None and page is not None:
            count = self._views.count(address.context, told.counts, page.values(told.counts.says))
            return _response(told, count, headers)
        if told.many is None:
            return Response(told.status, NOTHING, headers)
        says: Mapping[Place, Any] = {}
        if page is not None and told.many.says:
            says = page.values(told.many.says)
        around = address.collection.hooks.around
        if around is not None:
            members = around(request, address.context)
            says = {**says, **{(name,): value for name, value in members.items()}}
        doubt = None
        try:
            items = written or self._items(told.many, address, records, request, self._views.item)
            if page is not None and page.selected and told.many.each is not None:
                each = told.many.each
                items = [trimmed(item, page.selected, each) for item in items]
            data = self._views.list(address.context, told.many, items, says, records)
        except Ungeneratable:
            doubt = self._doubt(told, address)
            items = self._items(told.many, address, records, request, partial(self._near, doubt))
            data = self._near_list(doubt, address, told.many, items, says)
        response = _response(told, data, headers)
        self.settle(told, address, records, response, shows_list=True)
        return response if doubt is None else doubt.mark(response)

    def _near_list(
        self, doubt: Doubt, address: Address, view: BoundList, items: Sequence[bytes], says: _Says
    ) -> bytes:
        """Write a list, the nearest there is where the contract contradicts itself about it."""
        try:
            return self._views.list(address.context, view, items, says)
        except Ungeneratable as error:
            doubt.note(view.schema, error)
        return self._views.nearest_list(address.context, view, items)

    async def written(
        self, answer: BoundAnswer, address: Address, records: Sequence[Record], request: Request
    ) -> list[bytes] | None:
        """Return many records as bytes, with pauses for others; None where they are not shown, or one cannot
        be.
        """
        told = answer.as_asked(request.answer_type)
        items: list[bytes] = []
        if told.many is None:
            return None
        try:
            for start in range(0, len(records), MANY):
                few = records[start : start + MANY]
                items += self._items(told.many, address, few, request, self._views.item)
                await asyncio.sleep(0)
        except Ungeneratable:
            return None
        return items

    @staticmethod
    def _items(
        view: BoundList, address: Address, records: Sequence[Record], request: Request, write: _Write
    ) -> list[bytes]:
        """Return each record as bytes."""
        records = [_seen(address, record) for record in records]
        if view.each is None or view.schema is None:
            return [record.data for record in records]
        show = address.collection.hooks.show
        items = []
        for record in records:
            data = write(address, record, view.each)
            if show is not None:
                data = encode(show(read_back(data), record, request, address.context))
            items.append(data)
        return items

    # -- answers about no record

    async def documented(self, context: Context, request: Request) -> Response:
        """Answer as documented; what the caller said comes back where the answer has a member for it."""
        response = await context.default(request)
        if not 200 <= response.status < 300:
            return response
        self._say_well(context.operation, request, response)
        if context.operation.body is None:
            return response
        answer = context.operation.answer(response.status)
        if answer is None or not response.has_body or type(response.peek()) is Written:
            return response
        media = json_media(answer.content, response.media_type or request.answer_type)
        if media is not None and media.schema is not None:
            response.body = self._echoed(context, request, media, response.body)
            if isinstance(request.body, FormData):
                is_valid = self._reading.validator(media.schema).is_valid
                response.body = with_uploads(response.body, request.body, is_valid)
                await self._say_addresses(context, request, response.body, is_valid)
        return response

    def _say_well(self, operation: Operation, request: Request, response: Response) -> None:
        """Let an answer that says how the request went say that it went well."""
        answer = operation.answer(response.status)
        if answer is None or not response.has_body or type(response.peek()) is Written:
            return
        media = json_media(answer.content, response.media_type or request.answer_type)
        if media is None or media.schema is None or not isinstance(response.body, dict):
            return
        body, is_valid = response.body, self._reading.validator(media.schema).is_valid
        shape = self._reading.whole((media.schema,))
        say_well(body, lambda name: self._factory.is_told(shape, name), lambda: is_valid(body))

    def say_of(
        self, record: Record, changed: Set[str], response: Response, request: Request, context: Context
    ) -> None:
        """Let an answer that shows no item as a whole say what is true of one: its objects and lists, and
        those of its other members that just `changed`.
        """
        answer = context.operation.answer(response.status)
        if answer is None or not isinstance(response.body, dict):
            return
        media = json_media(answer.content, response.media_type or request.answer_type)
        if media is None or media.schema is None:
            return
        body, item, is_valid = response.body, record.value, self._reading.validator(media.schema).is_valid
        for holder in (body, *body.values()):
            if not isinstance(holder, dict):
                continue
            for name in item.keys() & holder.keys():
                value = item[name]
                if isinstance(value, (dict, list)) or name in changed:
                    set_if_valid(holder, name, [copied(value)], lambda: is_valid(body))

    @staticmethod
    async def _say_addresses(
        context: Context, request: Request, body: Any, is_valid: Callable[[Any], bool]
    ) -> None:
        """Say in an answer where the bytes of each file are given that was sent, where it has a member for
        that.
        """
        form, path = request.body, filled(context.operation.path, request.path)
        for entry, file in entries_of(body, form):
            named = naming(file.field, entry, form.keys() - {file.field})
            if named and isinstance(entry[named], str):
                url = await kept_apart(context.world.store, path, file, request.base_url)
                set_if_valid(entry, named, [url], lambda: is_valid(body))

    def _echoed(self, context: Context, request: Request, media: MediaType, body: Any) -> Any:
        assert media.schema is not None
        found = self._bodies.item((media.schema,), _COMMON_IDS)
        validator = self._reading.validator(media.schema)
        if not validator.is_valid(body):
            return body
        fake = context.fake("echo", request.operation, *sorted(request.path.items()))
        overlay = Overlay(
            self._reading, lambda parts: self._factory.fresh(parts, fake), self._factory.let_agree
        )
        alike = self._alike(context.operation, request, media.schema, body, overlay)
        if alike is not NOTHING and validator.is_valid(alike):
            body = alike
        if found is None:
            return body
        place = descended(body, found.place)
        if not isinstance(place, dict):
            return body
        laying = Laying(place, found.shape, overlay, lambda: validator.is_valid(body))
        laying.say(_said(request.body, found.shape.declared), _UNKNOWN, set())
        return body

    def _alike(
        self, operation: Operation, request: Request, schema: Node, body: Any, overlay: Overlay
    ) -> Any:
        """Return an answer that has as many items, or the names, as were sent, or is of the kind that was
        sent; NOTHING where it is none of these.
        """
        sent, parts = request.body, (schema,)
        asked = _asked(operation, request)
        shape = self._reading.whole(parts)
        if isinstance(sent, list) and isinstance(body, list):
            return overlay.laid(body, sent, parts, asked)
        if not isinstance(sent, dict) or not isinstance(body, dict) or isinstance(sent, FormData):
            return NOTHING
        kinds = self._kinds(parts)
        if kinds and not _known(sent, kinds):
            return NOTHING
        if kinds:
            return overlay.laid(body, _known(sent, kinds), parts, asked)
        if not shape.declared and shape.others:
            return overlay.laid(body, sent, parts, asked)
        return self._with_lists(overlay, body, sent, shape, asked)

    def _with_lists(
        self, overlay: Overlay, body: dict[str, Any], sent: dict[str, Any], shape: Shape, asked: Parts
    ) -> Any:
        """Return an answer with the lists that were sent, NOTHING where it has none of them."""
        settable: Mapping[str, Parts | None] = {}
        if asked:
            settable = self._reading.requests.of(asked).declared
        lists = {}
        for name, value in sent.items():
            if isinstance(value, list) and isinstance(body.get(name), list):
                shown_by, sent_by = shape.declared.get(name) or (), settable.get(name) or ()
                lists[name] = overlay.laid(body[name], value, shown_by, sent_by)
        if not lists:
            return NOTHING
        return {**body, **lists}

    def _kinds(self, parts: Parts) -> list[Shape]:
        """Return what an answer may be, where a discriminator tells."""
        found: list[Shape] = []
        for choice in self._reading.responses.of(parts).choices:
            if choice.labels:
                found += map(self._reading.whole, filter(None, choice.branches))
        return found


def _known(sent: Mapping[str, Any], kinds: Sequence[Shape]) -> dict[str, Any]:
    """Return what was sent that one of several kinds has a member for."""
    return {name: value for name, value in sent.items() if any(name in one.declared for one in kinds)}


def _asked(operation: Operation, request: Request) -> Parts:
    """Return the schemas of what a request's body is sent by."""
    if operation.body is None:
        return ()
    media = operation.body.content.get(request.media_type)
    if media is None or media.schema is None:
        return ()
    return (media.schema,)


def _seen(address: Address, record: Record) -> Record:
    """Return a record as whoever asks sees it."""
    collection = address.collection
    flags = collection.viewed
    if collection.target is not None and flags:  # what no item shows is kept beside it alone
        flags = tuple(filter(collection.target.shape.declared.__contains__, flags))
    return as_seen(record, flags, collection.authors, address.viewer)


def _response(answer: BoundAnswer, data: bytes, headers: Mapping[str, str] | None = None) -> Response:
    if answer.is_json:
        return Response.of_json(answer.status, data, headers)
    return Response(answer.status, read_back(data), headers or {})


_COMMON_IDS: Final = IdNames((*vocabulary.IDS, *vocabulary.NAMES_OF_ONE))


def _said(body: Any, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the known members that a request's body sets, at its top or in a wrapper."""
    body = alone(body)
    if not isinstance(body, dict):
        return {}
    candidates = [body]
    for name, member in body.items():
        inner = alone(member)
        is_wrapper = fold(name) in vocabulary.SENT_IN or len(body) == 1
        if is_wrapper and isinstance(inner, dict):
            candidates.append(inner)
    item = max(candidates, key=lambda one: len(known.keys() & one.keys()))
    return {name: value for name, value in item.items() if name in known}
