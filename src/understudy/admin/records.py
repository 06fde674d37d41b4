"""Records: what the sandboxes of a session remember, read and written without asking their rules."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from msgspec.structs import replace

from understudy.admin.served import Served
from understudy.errors import Failure, RecordNotFound, RequestInvalid, WriteInvalid, show
from understudy.handler import Context, World
from understudy.media.json_codec import encode
from understudy.messages import NOTHING, Request, Response
from understudy.nearest import LOOSELY, or_nearest
from understudy.state.store import INTERNAL, UNCHECKED, Entry, Record, Store, Value

_AT_ONCE: Final = 200  # records that are read without a pause
_ADVICE: Final = " (`unchecked=true` says that it is meant)"


class RecordAdmin:
    """The operations about records."""

    def __init__(self, served: Served) -> None:
        self._served = served

    async def list_collections(self, request: Request, _context: Context) -> Response:
        """List the collections that hold records. Raises ApiNotFound."""
        store = await self._store(request)
        items: list[dict[str, Any]] = []
        for name in await store.collections():
            if not name.startswith(INTERNAL):
                items.append({"name": name, "records": await _size(store, name)})
        return Response(200, {"items": items})

    async def list_records(self, request: Request, _context: Context) -> Response:
        """List a page of a collection. Raises ApiNotFound; RequestInvalid where there is none of that name,
        and nobody insists.
        """
        store = await self._store(request)
        query = request.query
        if not query["unchecked"] and request.path["collection"] not in await store.collections():
            self._check_collection(request)
        if "text" in query:
            found = await _having(store, request.path["collection"], query["text"])
            items = found[query["offset"] : query["offset"] + query["limit"]]
            return Response(200, {"items": items, "total": len(found)})
        page = await store.list(
            request.path["collection"], offset=query["offset"], limit=query["limit"], count=True
        )
        items = list(map(_written, page.records))
        return Response(200, {"items": items, "total": page.total})

    async def get_record(self, request: Request, _context: Context) -> Response:
        """Read a record. Raises ApiNotFound or RecordNotFound."""
        store = await self._store(request)
        collection, key = request.path["collection"], request.path["key"]
        record = await store.get(collection, key)
        if record is None:
            raise RecordNotFound(collection, key)
        return Response(200, _written(record))

    async def put_record(self, request: Request, _context: Context) -> Response:
        """Create a record or replace it. Raises ApiNotFound; RequestInvalid where it is no item of its
        collection, or there is no such collection, and nobody insists; RecordExists where a unique value is
        taken.
        """
        store = await self._store(request)
        collection, key, value = request.path["collection"], request.path["key"], request.body
        kept = (await store.dump()).collections.get(collection, ())
        insists = request.query["unchecked"]
        if not kept and not insists:
            self._check_collection(request)
        unique = None  # as it is, or as the rules of the collection have it
        if any(entry.unique for entry in kept):
            unique = _unique(kept, value)
        checked = self._world(request).checked or store
        try:
            record, is_new = await _put(checked, collection, Entry(key, value, unique=unique))
        except WriteInvalid as error:  # here the caller wrote it, no handler
            if not insists:
                raise RequestInvalid(_advised(error.failures)) from None
            meant = Entry(key, value, {UNCHECKED: True}, unique)
            record, is_new = await _put(store, collection, meant)
        if is_new:
            return Response(201, _written(record), {"Location": _url(request)})
        return Response(200, _written(record))

    async def delete_record(self, request: Request, _context: Context) -> Response:
        """Delete a record. Raises ApiNotFound or RecordNotFound."""
        store = await self._store(request)
        collection, key = request.path["collection"], request.path["key"]
        if not await store.delete(collection, key):
            raise RecordNotFound(collection, key)
        return Response(204, NOTHING)

    def _check_collection(self, request: Request) -> None:
        """Refuse a name that is no collection of the contract, with the nearest that is. Raises
        RequestInvalid.
        """
        sandbox, name = self._served.api(request).sandbox, request.path["collection"]
        if sandbox.has_collection(self._served.session(request), name):
            return
        known = list(sandbox.model.collections)
        expected = "a collection of the contract"
        expected += or_nearest(name, known, like=LOOSELY)
        raise RequestInvalid([Failure("path", "/collection", "enum", expected, show(name), _ADVICE)])

    async def _store(self, request: Request) -> Store:
        """Return an API's store in a session, with what it starts with: what a caller of the API would see.

        Raises ApiNotFound.
        """
        sandbox = self._served.api(request).sandbox
        session = self._served.session(request)
        await sandbox.fill(session, request.path.get("collection", ""))
        return self._world(request).store

    def _world(self, request: Request) -> World:
        return self._served.api(request).sandbox.world(self._served.session(request))


def _advised(failures: Sequence[Failure]) -> list[Failure]:
    """Say behind the last failure how to insist."""
    return [*failures[:-1], replace(failures[-1], advice=_ADVICE)]


async def _having(store: Store, collection: str, text: str) -> list[dict[str, Any]]:
    """Return the records, as they are written, whose key or value has a text in any case."""
    wanted, found, offset = text.casefold(), [], 0
    while True:
        page = await store.list(collection, offset=offset, limit=_AT_ONCE)
        for record in page.records:
            written = _written(record)
            if wanted in encode([record.key, record.value]).decode().casefold():
                found.append(written)
        if len(page.records) < _AT_ONCE:
            return found
        offset += _AT_ONCE
        await asyncio.sleep(0)  # others are waiting


async def _put(store: Store, collection: str, put: Entry) -> tuple[Record, bool]:
    """Replace a record or add it; tell whether it is new."""
    key, value, meta, unique = put.key, put.value, put.meta, put.unique
    try:
        return await store.replace(collection, key, value, meta=meta, unique=unique), False
    except RecordNotFound:
        return await store.insert(collection, key, value, meta=meta, unique=unique), True


def _url(request: Request) -> str:
    """Return the URL of the record that a request is about."""
    path = {name: quote(value, safe="") for name, value in request.path.items()}
    template = "/sessions/{session}/apis/{api}/collections/{collection}/records/{key}"
    return request.base_url + template.format_map(path)


async def _size(store: Store, collection: str) -> int:
    return (await store.list(collection, limit=0, count=True)).total or 0


def _unique(kept: Iterable[Entry], value: Value) -> dict[str, str]:
    """Return the values no other record of the collection may have, by the fields that are unique in it."""
    unique: dict[str, str] = {}
    for one in kept:
        for field in one.unique or ():
            found = _found(field, value)
            if isinstance(found, (str, int, float)):
                unique[field] = str(found)
    return unique


def _found(field: str, value: Mapping[str, Any]) -> Any:
    """Return a member of a record; of one that wraps what the API shows, a member of that."""
    for one in (value, *value.values()):
        if isinstance(one, Mapping) and field in one:
            return one[field]
    return None


def _written(record: Record) -> dict[str, Any]:
    return {"key": record.key, "version": record.version, "value": record.value}
