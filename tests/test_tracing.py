"""Traces by OpenTelemetry: a server span for each request, sent to where the environment says, and nothing without."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from receiver import receiving
from support import bundled, running
from understudy.cli.main import main
from understudy.server.app import create_app
from understudy.server.tracing import Tracing

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
CONTINUED = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
KEY = {"X-API-KEY": "k"}
ACCOUNTS = "/dualentry/public/v1/accounts/"
OPERATION = "/dualentry/public/v1/accounts/{account_number}/"
CONTRACT = Path(__file__).parents[1] / "docs" / "shop.yaml"
Traced = Callable[..., tuple[httpx.Client, InMemorySpanExporter]]


@pytest.fixture
def traced() -> Iterator[Traced]:
    """Serve two sandboxes, and return a client of them and the spans that there were."""
    with ExitStack() as stack:

        def start(**options: Any) -> tuple[httpx.Client, InMemorySpanExporter]:
            spans, provider = InMemorySpanExporter(), TracerProvider()
            provider.add_span_processor(SimpleSpanProcessor(spans))
            stack.callback(provider.shutdown)
            tracing = Tracing([], provider)
            sandboxes = [bundled("dualentry"), bundled("togai")]
            url = stack.enter_context(running(create_app(sandboxes, traced=tracing.around, **options)))
            client = httpx.Client(base_url=url, trust_env=False, headers=KEY, timeout=60)
            return stack.enter_context(client), spans

        yield start


def last(client: httpx.Client, spans: InMemorySpanExporter) -> ReadableSpan:
    """Return the span of the request before; an answer is sent a moment before its span ends."""
    client.get("/__admin/health")
    found = spans.get_finished_spans()
    return next(span for span in reversed(found) if "health" not in span.name)


def test_a_request_is_a_server_span_named_after_its_operation(traced: Traced) -> None:
    client, spans = traced()
    made = client.get(f"{ACCOUNTS}17/?expand=x", headers={"User-Agent": "tests", "Sandbox-Session": "anna"})
    assert made.status_code == 404
    span = last(client, spans)
    assert (span.name, span.kind) == (f"GET {OPERATION}", SpanKind.SERVER)
    assert span.attributes is not None
    assert dict(span.attributes) == {
        "http.request.method": "GET",
        "url.scheme": "http",
        "url.path": f"{ACCOUNTS}17/",
        "url.query": "expand=x",
        "network.protocol.version": "1.1",
        "client.address": "127.0.0.1",
        "server.address": "127.0.0.1",
        "server.port": client.base_url.port,
        "user_agent.original": "tests",
        "http.response.status_code": 404,
        "http.route": OPERATION,
        "understudy.session": "anna",
    }
    assert span.status.status_code == StatusCode.UNSET
    assert span.parent is None


def test_each_request_has_one(traced: Traced) -> None:
    client, spans = traced()
    for path in (ACCOUNTS, "/", "/togai/docs", "/__admin/sessions", "/nowhere", f"/~one{ACCOUNTS}"):
        client.get(path)
    last(client, spans)
    assert [span.name for span in spans.get_finished_spans()[:6]] == [
        f"GET {ACCOUNTS}",
        "GET",
        "GET",
        "GET /__admin/sessions",
        "GET",
        f"GET {ACCOUNTS}",
    ]


def test_a_trace_is_continued_and_one_that_is_none_is_not(traced: Traced) -> None:
    client, spans = traced()
    client.get(ACCOUNTS, headers=CONTINUED)
    span = last(client, spans)
    assert span.context is not None
    assert span.parent is not None
    assert f"{span.context.trace_id:032x}" == TRACE
    assert f"{span.parent.span_id:016x}" == PARENT
    client.get(ACCOUNTS, headers={"traceparent": "00-nothing-01"})
    assert last(client, spans).parent is None


def test_a_failure_of_the_server_is_an_error(traced: Traced) -> None:
    client, spans = traced()
    client.get(ACCOUNTS, headers={"Sandbox-Fault": "status=503"})
    span = last(client, spans)
    assert span.attributes is not None
    assert span.status.status_code == StatusCode.ERROR
    assert span.attributes["error.type"] == "503"
    assert span.attributes["http.response.status_code"] == 503


def test_what_the_convention_does_not_know_is_other_and_credentials_are_hidden(traced: Traced) -> None:
    client, spans = traced()
    client.request("PURGE", "/togai/accounts?api_key=s3cret&access_token=s3cret&a=b")
    span = last(client, spans)
    assert span.attributes is not None
    assert span.attributes["http.request.method"] == "_OTHER"
    assert span.attributes["http.request.method_original"] == "PURGE"
    assert "s3cret" not in str(span.attributes["url.query"])
    assert str(span.attributes["url.query"]).endswith("&a=b")


def test_a_proxy_that_is_trusted_says_what_was_called(traced: Traced) -> None:
    client, spans = traced(trusted_proxies=["127.0.0.1"])
    told = {"Proto": "https", "Host": "sandbox.example.com", "Prefix": "/sandbox", "For": "192.0.2.7"}
    client.get(ACCOUNTS, headers={f"X-Forwarded-{name}": value for name, value in told.items()})
    span = last(client, spans)
    assert span.attributes is not None
    found = [
        span.attributes.get(name) for name in ("url.scheme", "server.address", "client.address", "url.path")
    ]
    assert found == ["https", "sandbox.example.com", "192.0.2.7", f"/sandbox{ACCOUNTS}"]


# ---- the environment


@contextmanager
def serving(**environment: str) -> Iterator[str]:
    """Serve the shop with some variables, and stop in order."""
    command = [sys.executable, "-m", "understudy", "serve", str(CONTRACT), "-p", "0"]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**inherited, **environment}
    ) as process:
        assert process.stdout is not None
        found = re.search(r"http://[0-9.:]+", process.stdout.readline())
        try:
            assert found
            yield found[0]
        finally:
            process.terminate()
            process.communicate(timeout=60)


def test_spans_go_to_a_collector_by_its_standard_variables() -> None:
    with receiving() as collector:
        told = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_SERVICE_NAME": "shop-sandbox"}
        told["OTEL_EXPORTER_OTLP_HEADERS"] = "x-tenant=one"
        with serving(**told) as url:
            assert httpx.get(f"{url}/orders", headers=CONTINUED, trust_env=False).status_code == 200
        received = collector.next()
    assert (received.method, received.path) == ("POST", "/v1/traces")
    assert received.headers["x-tenant"] == "one"
    message = ExportTraceServiceRequest.FromString(received.content)
    (sent,) = message.resource_spans
    resource = {one.key: one.value.string_value for one in sent.resource.attributes}
    assert resource["service.name"] == "shop-sandbox"
    (scope,) = sent.scope_spans
    assert scope.scope.name == "understudy"
    (span,) = scope.spans
    assert (span.name, span.trace_id.hex(), span.parent_span_id.hex()) == ("GET /orders", TRACE, PARENT)


@pytest.mark.parametrize(
    "told",
    [{}, {"OTEL_TRACES_EXPORTER": "none"}, {"OTEL_SDK_DISABLED": "true"}, {"OTEL_SERVICE_NAME": "shop"}],
    ids=["nothing", "none", "disabled", "no place"],
)
def test_nothing_is_sent_unless_it_says_where(told: dict[str, str]) -> None:
    with receiving() as collector:
        if told.keys() & {"OTEL_TRACES_EXPORTER", "OTEL_SDK_DISABLED"}:
            told = {**told, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
        with serving(**told) as url:
            httpx.get(f"{url}/orders", headers=CONTINUED, trust_env=False)
        assert collector.count() == 0


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            {"OTEL_TRACES_EXPORTER": "zipkin"},
            "$OTEL_TRACES_EXPORTER: the exporter zipkin of traces is not installed; there are ",
        ),
        (
            {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "thrift"},
            "$OTEL_EXPORTER_OTLP_PROTOCOL: 'thrift' is not one of http/protobuf, grpc",
        ),
    ],
)
def test_an_exporter_that_is_not_there_is_a_sentence(
    told: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert main(["serve", str(CONTRACT), "-p", "0"]) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""


def test_without_the_packages_it_serves_and_says_what_is_missing() -> None:
    hidden = "import sys; sys.modules['opentelemetry.sdk'] = None; "
    command = [sys.executable, "-c", f"{hidden}from understudy.cli.main import main; main(sys.argv[1:])"]
    command += ["serve", str(CONTRACT), "-p", "0", "--quiet"]
    told = {**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=told
    ) as process:
        assert process.stdout is not None
        found = re.search(r"http://[0-9.:]+", process.stdout.readline())
        assert found
        assert httpx.get(f"{found[0]}/orders", trust_env=False).status_code == 200
        process.terminate()
        _, failed = process.communicate(timeout=60)
    said = "$OTEL_EXPORTER_OTLP_ENDPOINT asks for traces: pip install '.[otel]', in a clone of understudy, has them sent"
    assert said in failed


def test_who_does_not_ask_imports_nothing_of_it() -> None:
    code = "import sys; import understudy.cli.serving, understudy.server.app; print('opentelemetry' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
