"""Traces: a server span for each request, by OpenTelemetry, whose packages are an extra.

Its own instrumentation of ASGI makes two more spans a request, and names of an older convention unless its
users say otherwise.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from importlib.metadata import EntryPoint
from typing import Any, Final
from urllib.parse import urlsplit

from opentelemetry import propagate, trace
from opentelemetry.propagators.textmap import Getter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.semconv.attributes import (
    client_attributes,
    error_attributes,
    http_attributes,
    network_attributes,
    server_attributes,
    url_attributes,
    user_agent_attributes,
)
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from understudy import __version__
from understudy.server.asgi import ASGIApp, Message, Receive, Scope, Send, header, raw_path
from understudy.server.routing import ROUTE
from understudy.server.session_middleware import PREFIX, SESSION

Redact = Callable[[str], str]
"""Hides the credentials in a query, which begins with its `?`."""

_METHODS: Final = frozenset(
    {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"}
)
"""The methods that the convention knows; any other is `_OTHER` (OpenTelemetry, HTTP spans)."""
_OTHER: Final = "_OTHER"
_SESSION: Final = "understudy.session"


class Tracing:
    """Sends the spans of a server to where its environment says."""

    def __init__(self, exporters: Sequence[EntryPoint], provider: TracerProvider | None = None) -> None:
        """exporters: what OTEL_TRACES_EXPORTER names; each reads the rest of the environment itself.

        provider: in the place of one that is made, or that whoever started the process has made.
        """
        present = provider or trace.get_tracer_provider()
        self._own = None
        if not isinstance(present, TracerProvider):
            present = self._own = TracerProvider()
            for exporter in exporters:
                present.add_span_processor(BatchSpanProcessor(exporter.load()()))
        self._tracer = present.get_tracer("understudy", __version__)

    def around(self, app: ASGIApp, redact: Redact) -> ASGIApp:
        """Return an application whose requests have a span each."""
        return _Traced(app, self._tracer, redact)

    async def close(self) -> None:
        """Send what has not been sent yet."""
        if self._own is not None:
            await asyncio.to_thread(self._own.shutdown)


class _Headers(Getter[Scope]):
    """Finds what a propagator looks for, as `traceparent`."""

    def get(self, carrier: Scope, key: str) -> list[str] | None:
        name = key.lower().encode()
        found = [str(value, "latin-1") for sent, value in carrier["headers"] if sent == name]
        return found or None

    def keys(self, carrier: Scope) -> list[str]:
        return [str(name, "latin-1") for name, _ in carrier["headers"]]


_GETTER: Final = _Headers()


class _Traced:
    """Makes a span of each request."""

    def __init__(self, app: ASGIApp, tracer: trace.Tracer, redact: Redact) -> None:
        self.app, self._tracer, self._redact = app, tracer, redact

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on within a span."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        parent = propagate.extract(scope, getter=_GETTER)
        method, _ = _method(scope)
        begun = self._tracer.start_as_current_span(
            method, parent, SpanKind.SERVER, attributes=dict(self._asked(scope))
        )
        with begun as span:

            def send_noted(message: Message) -> Awaitable[None]:
                if message["type"] == "http.response.start":
                    _note_status(span, message["status"])
                return send(message)

            try:
                await self.app(scope, receive, send_noted)
            finally:
                _note_route(span, scope, method)

    def _asked(self, scope: Scope) -> Iterator[tuple[str, Any]]:
        """Yield what is known of a request before it is answered."""
        method, original = _method(scope)
        yield http_attributes.HTTP_REQUEST_METHOD, method
        if original:
            yield http_attributes.HTTP_REQUEST_METHOD_ORIGINAL, original
        yield url_attributes.URL_SCHEME, scope["scheme"]
        yield url_attributes.URL_PATH, scope.get(PREFIX, "") + str(raw_path(scope), "latin-1")
        if scope["query_string"]:
            redacted = self._redact(f"?{str(scope['query_string'], 'latin-1')}")
            yield url_attributes.URL_QUERY, redacted.removeprefix("?")
        yield network_attributes.NETWORK_PROTOCOL_VERSION, scope["http_version"]
        yield from _ends(scope)
        agent = header(scope, b"user-agent")
        if agent:
            yield user_agent_attributes.USER_AGENT_ORIGINAL, agent


def _method(scope: Scope) -> tuple[str, str]:
    """Return a method as the convention has it, and as it was sent where that is another."""
    method: str = scope["method"]
    if method in _METHODS:
        return method, ""
    return _OTHER, method


def _ends(scope: Scope) -> Iterator[tuple[str, Any]]:
    """Yield who asked, and whom they asked for."""
    client = scope.get("client")
    if client:
        yield client_attributes.CLIENT_ADDRESS, client[0]
    try:
        asked = urlsplit(f"//{header(scope, b'host') or ''}")
        host, port = asked.hostname, asked.port
    except ValueError:  # which is refused further in
        return
    if host:
        yield server_attributes.SERVER_ADDRESS, host
    if port:
        yield server_attributes.SERVER_PORT, port


def _note_status(span: Span, status: int) -> None:
    span.set_attribute(http_attributes.HTTP_RESPONSE_STATUS_CODE, status)
    if status >= 500:
        span.set_attribute(error_attributes.ERROR_TYPE, str(status))
        span.set_status(Status(StatusCode.ERROR))


def _note_route(span: Span, scope: Scope, method: str) -> None:
    """Name a span after the operation, once that was found."""
    if SESSION in scope:
        span.set_attribute(_SESSION, scope[SESSION].name)
    route = scope.get(ROUTE)
    if route is None or route.operation is None:
        return
    path = route.base_path + route.operation.path
    span.set_attribute(http_attributes.HTTP_ROUTE, path)
    span.update_name(f"{method} {path}")
