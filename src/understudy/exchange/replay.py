"""Replay: one answer for each idempotency key, however often the request comes."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from understudy.contracts.contract import Operation
from understudy.errors import KeyReused
from understudy.exchange.turns import Turns
from understudy.handler import Context, Handler
from understudy.messages import NOTHING, Request, Response
from understudy.state.store import INTERNAL

REPLAYED: Final = "Idempotent-Replayed"
_NAMES = frozenset({"idempotency-key", "x-idempotency-key"})
_UNSAFE = frozenset({"post", "put", "patch", "delete"})


def key_header(operation: Operation) -> str:
    """Return the name of the idempotency header that an operation declares, as it is written there; empty where it declares none."""
    if operation.method not in _UNSAFE:  # to read again is to ask for what there is now
        return ""
    names = (parameter.name for parameter in operation.parameters if parameter.location == "header")
    return next((name for name in names if name.lower() in _NAMES), "")


def idempotent(handler: Handler, header: str, turns: Turns) -> Handler:
    """Make a handler answer once for each key that comes in a header, and repeat that answer to the same request.

    An answer is kept for its operation, path, caller and key. What the handler refuses is not kept, so that it can be tried again
    under the same key. A request that comes while the first one of its key is being answered waits for that answer.
    """

    async def answer(request: Request, context: Context) -> Response:
        key = request.headers.get(header)
        if key is None or key == "":
            return await handler(request, context)
        asked = _digest([request.body, sorted(request.query.items()), request.media_type])
        known = [request.caller.name, sorted(request.path.items()), key]
        # Where the contract declares no answer for a conflict there is none: the key with another request is another request.
        place = json.dumps(known if "409" in context.operation.responses else [*known, asked], default=repr)
        collection = f"{INTERNAL}answers {request.operation}"
        async with turns.take(
            (id(context.world), collection, place)
        ):  # a world lives at least as long as its requests
            kept = await context.store.get(collection, place)
            if kept is not None:
                if kept.value["request"] != asked:
                    raise KeyReused(header, str(key))
                return _replayed(kept.value)
            response = await handler(request, context)
            if response.status < 500:
                await context.store.insert(collection, place, {"request": asked, **_written(response)})
            return response

    return answer


def _digest(value: Any) -> str:
    """Return what is the same for the same request, whatever the order of its fields."""
    text = json.dumps(value, sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()


def _written(response: Response) -> dict[str, Any]:
    written = {
        "status": response.status,
        "headers": dict(response.headers),
        "media_type": response.media_type,
    }
    return written if response.body is NOTHING else {**written, "body": response.body}


def _replayed(kept: dict[str, Any]) -> Response:
    return Response(
        kept["status"], kept.get("body", NOTHING), {**kept["headers"], REPLAYED: "true"}, kept["media_type"]
    )
