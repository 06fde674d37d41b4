"""Idempotency keys: one answer for each, however often the request comes."""

from __future__ import annotations

import asyncio
import hashlib
import json
from base64 import b64decode, b64encode
from typing import Any, Final

from understudy.contracts.contract import Operation
from understudy.errors import KeyReused, RecordExists
from understudy.handler import Context, Handler
from understudy.messages import NOTHING, Request, Response
from understudy.state.store import INTERNAL, Delete, Insert, Record, Store, Value

REPLAYED: Final = "Idempotent-Replayed"
_NAMES = frozenset({"idempotency-key", "x-idempotency-key"})
_UNSAFE = frozenset({"post", "put", "patch", "delete"})

_CLAIM = 300.0  # seconds after which nobody is expected to answer any more: a process may have ended
_AGAIN = 0.01  # seconds between two looks at a request that is being answered


def key_header(operation: Operation) -> str:
    """Return the name of the idempotency header that an operation declares, as it is written there; empty
    where it declares none.
    """
    if operation.method not in _UNSAFE:  # to read again is to ask for what there is now
        return ""
    for parameter in operation.parameters:
        if parameter.location == "header" and parameter.name.lower() in _NAMES:
            return parameter.name
    return ""


def idempotent(handler: Handler, header: str) -> Handler:
    """Make a handler answer once for each key that comes in a header, and repeat that answer to the same
    request.

    An answer is kept for its operation, path, caller and key. What the handler refuses is not kept, so that
    it can be tried again under the same key. Whoever inserts the record of a key first answers; a request
    that comes meanwhile waits for that answer.
    """

    async def answer(request: Request, context: Context) -> Response:
        key = request.headers.get(header)
        if key is None or key == "":
            return await handler(request, context)
        asked = _digest([request.body, sorted(request.query.items()), request.media_type])
        known = [request.caller.name, sorted(request.path.items()), key]
        # Where the contract declares no answer for a conflict there is none: the key with another request is
        # another request.
        if "409" not in context.operation.responses:
            known.append(asked)
        # What stands under a key is nobody's item, and is not for a contract to check.
        place = _Place(
            context.world.store, f"{INTERNAL}answers {request.operation}", json.dumps(known, default=repr)
        )
        kept = await place.claim_or_answer(asked)
        if kept is None:
            return await place.answered(handler, request, context, asked)
        if kept["request"] != asked:
            raise KeyReused(header, str(key))
        return _replayed(kept)

    return answer


class _Place:
    """Where the answer of one key is kept: first the claim of who is to answer, then the answer."""

    def __init__(self, store: Store, collection: str, key: str) -> None:
        self._store, self._collection, self._key = store, collection, key

    async def claim_or_answer(self, asked: str) -> Value | None:
        """Return what is kept, waiting while it is made; None where the caller is to make it."""
        while True:
            try:
                await self._store.insert(self._collection, self._key, {"request": asked}, expires=_CLAIM)
            except RecordExists:
                kept = await self._kept()
                if kept is not None and "status" in kept:
                    return kept
                await asyncio.sleep(_AGAIN)
            else:
                return None

    async def answered(self, handler: Handler, request: Request, context: Context, asked: str) -> Response:
        """Answer, and keep the answer; what fails gives up the claim."""
        try:
            response = await handler(request, context)
            is_kept = response.status < 500 and response.stream is None
            value = {"request": asked, **_written(response)} if is_kept else None
        except BaseException:
            await self._store.delete(self._collection, self._key)
            raise
        if value is None:
            await self._store.delete(self._collection, self._key)
        else:  # a new record, which does not expire as the claim does
            await self._store.commit(
                [Delete(self._collection, self._key), Insert(self._collection, self._key, value)]
            )
        return response

    async def _kept(self) -> Value | None:
        record: Record | None = await self._store.get(self._collection, self._key)
        return None if record is None else record.value


def _digest(value: Any) -> str:
    """Return what is the same for the same request, whatever the order of its fields."""
    text = json.dumps(value, sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()


def _written(response: Response) -> Value:
    written = {
        "status": response.status,
        "headers": dict(response.headers),
        "media_type": response.media_type,
    }
    if response.data is not None:
        written["data"] = response.data.decode()
    elif isinstance(response.body, bytes):
        written["bytes"] = b64encode(response.body).decode()
    elif response.body is not NOTHING:
        written["body"] = response.body
    return written


def _replayed(kept: Value) -> Response:
    body = kept.get("body", NOTHING)
    if "bytes" in kept:
        body = b64decode(kept["bytes"])
    response = Response(kept["status"], body, {**kept["headers"], REPLAYED: "true"}, kept["media_type"])
    if "data" in kept:
        response.data = kept["data"].encode()
    return response
