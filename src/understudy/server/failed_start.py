"""What answers in the place of sandboxes that could not be made."""

from __future__ import annotations

import orjson

from understudy.problem import PROBLEM_JSON, problem
from understudy.server.asgi import ASGIApp, Receive, Scope, Send, reply


def failed_start(reason: str) -> ASGIApp:
    """Return an application that answers every request with 503 and the reason."""
    body = orjson.dumps(problem(503, reason, None).body)

    async def answer(scope: Scope, _receive: Receive, send: Send) -> None:
        await reply(scope, send, 503, body, [(b"content-type", PROBLEM_JSON.encode())])

    return answer
