"""Records: what the sandboxes of a session remember, read and written without asking their rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from understudy.admin.served import Served
from understudy.errors import RecordNotFound
from understudy.handler import Context
from understudy.messages import NOTHING, Request, Response
from understudy.state.store import Kept, Record, Store, Value


class RecordAdmin:
    """The operations about records."""

    def __init__(self, served: Served) -> None:
        self._served = served

    async def list_collections(self, request: Request, _context: Context) -> Response:
        """List the collections that hold records. Raises ApiNotFound."""
        store = await self._store(request)
        names = await store.collections()
        return Response(200, {"items": [{"name": name, "records": await _size(store, name)} for name in names]})

    async def list_records(self, request: Request, _context: Context) -> Response:
        """List a page of a collection. Raises ApiNotFound."""
        store = await self._store(request)
        query = request.query
        page = await store.list(request.path["collection"], offset=query["offset"], limit=query["limit"], count=True)
        return Response(200, {"items": [_written(record) for record in page.records], "total": page.total})

    async def get_record(self, request: Request, _context: Context) -> Response:
        """Read a record. Raises ApiNotFound or RecordNotFound."""
        store = await self._store(request)
        collection, key = request.path["collection"], request.path["key"]
        record = await store.get(collection, key)
        if record is None:
            raise RecordNotFound(collection, key)
        return Response(200, _written(record))

    async def put_record(self, request: Request, _context: Context) -> Response:
        """Create a record or replace it. Raises ApiNotFound; RecordExists where a unique value is taken."""
        store = await self._store(request)
        collection, key, value = request.path["collection"], request.path["key"], request.body
        kept = (await store.dump()).collections.get(collection, ())
        unique = _unique(kept, value)
        try:
            return Response(200, _written(await store.replace(collection, key, value, unique=unique)))
        except RecordNotFound:
            record = await store.insert(collection, key, value, unique=unique)
        where = "/".join(quote(request.path[name], safe="") for name in ("session", "api", "collection", "key"))
        session, api, collection, key = where.split("/")
        url = f"{request.base_url}/sessions/{session}/apis/{api}/collections/{collection}/records/{key}"
        return Response(201, _written(record), {"Location": url})

    async def delete_record(self, request: Request, _context: Context) -> Response:
        """Delete a record. Raises ApiNotFound or RecordNotFound."""
        store = await self._store(request)
        collection, key = request.path["collection"], request.path["key"]
        if not await store.delete(collection, key):
            raise RecordNotFound(collection, key)
        return Response(204, NOTHING)

    async def _store(self, request: Request) -> Store:
        """Return an API's store in a session, with what it starts with: what a caller of the API would see. Raises ApiNotFound."""
        sandbox = self._served.api(request).sandbox
        session = self._served.session(request)
        await sandbox.fill(session, request.path.get("collection", ""))
        return sandbox.world(session).store


def _written(record: Record) -> dict[str, Any]:
    return {"key": record.key, "version": record.version, "value": record.value}


async def _size(store: Store, collection: str) -> int:
    return (await store.list(collection, limit=0, count=True)).total or 0


def _unique(kept: Iterable[Kept], value: Value) -> dict[str, str]:
    """Return the values that no other record of the collection may have, of the fields that are unique in it."""
    fields = dict.fromkeys(field for one in kept for field in one.unique)
    found = {field: _found(field, value) for field in fields}
    return {field: str(told) for field, told in found.items() if isinstance(told, (str, int, float))}


def _found(field: str, value: Mapping[str, Any]) -> Any:
    """Return a member of a record; of one that wraps what the API shows, a member of that."""
    wrapped = [member for member in value.values() if isinstance(member, dict)]
    return next((one[field] for one in (value, *wrapped) if field in one), None)
