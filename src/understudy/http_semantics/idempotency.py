"""Idempotency keys: one answer for each, however often the request comes."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from typing import Any, Final

from understudy.contracts.contract import Operation
from understudy.errors import KeyReused
from understudy.handler import Context, Handler
from understudy.messages import NOTHING, Request, Response
from understudy.state.claims import Claim
from understudy.state.store import INTERNAL, Value

REPLAYED: Final = "Idempotent-Replayed"
_NAMES = frozenset({"idempotency-key", "x-idempotency-key"})
_UNSAFE = frozenset({"post", "put", "patch", "delete"})


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
        place = json.dumps(known, default=repr)
        claim = Claim(context.world.store, f"{INTERNAL}answers {request.operation}", place)
        kept = await claim.outcome()
        if kept is None:
            return await _answered(claim, asked, handler, request, context)
        if kept["request"] != asked:
            raise KeyReused(header, str(key))
        return _replayed(kept)

    return answer


async def _answered(
    claim: Claim, asked: str, handler: Handler, request: Request, context: Context
) -> Response:
    """Answer, and keep the answer; what fails gives up the claim."""
    try:
        response = await handler(request, context)
    except BaseException:
        await claim.give_up()
        raise
    if response.status < 500 and response.stream is None:
        await claim.keep({"request": asked, **_written(response)})
    else:
        await claim.give_up()
    return response


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
