"""Metrics: what Prometheus reads of a server, and that two servers in one process have their own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

import restarts
from redis_server import RedisServer
from support import running, write_contract
from understudy.durations import BOUNDS
from understudy.metrics.tally import Tally
from understudy.sandbox import Sandbox
from understudy.server.app import create_app

ORDER = {
    "type": "object",
    "required": ["title"],
    "properties": {"id": {"type": "string"}, "title": {"type": "string"}},
}
JSON = {"application/json": {"schema": ORDER}}
SHOP: dict[str, Any] = {
    "paths": {
        "/orders": {
            "post": {
                "requestBody": {"required": True, "content": JSON},
                "responses": {"201": {"description": "made", "content": JSON}},
            }
        },
        "/orders/{id}": {
            "get": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {"200": {"description": "it", "content": JSON}, "404": {"description": "none"}},
            }
        },
    },
}
PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"  # its Accept
)
LATENCY = "store_operation_duration_seconds"
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def app(tmp_path: Path) -> Any:
    """Return the application of the shop."""
    return create_app([Sandbox(write_contract(tmp_path / "shop.json", "3.1.0", SHOP))])


def scraped(url: str) -> Samples:
    """Read the metrics as Prometheus does."""
    answer = httpx.get(f"{url}/__admin/metrics", headers={"Accept": PROMETHEUS}, trust_env=False)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def value(samples: Samples, name: str, **labels: str) -> float:
    """Return one sample's value."""
    return samples[f"understudy_{name}", frozenset(labels.items())]


def test_requests_are_counted_by_operation_and_status(app: Any) -> None:
    with running(app) as url, httpx.Client(base_url=url, trust_env=False) as client:
        for title in ("a", "b", 3):
            client.post("/orders", json={"title": title})
        client.get("/nowhere")
        found = scraped(url)
    assert value(found, "requests_total", api="shop", operation="post /orders", status="201") == 2
    assert value(found, "requests_total", api="shop", operation="post /orders", status="400") == 1
    assert value(found, "requests_total", api="shop", operation="", status="404") == 1
    assert value(found, "request_duration_seconds_count", api="shop", operation="post /orders") == 3
    assert value(found, "request_duration_seconds_sum", api="shop", operation="post /orders") > 0


def test_what_was_refused_and_what_was_struck_is_counted_by_kind(app: Any) -> None:
    with running(app) as url, httpx.Client(base_url=url, trust_env=False) as client:
        client.post("/orders", json={})
        client.get("/orders/1", headers={"Sandbox-Fault": "status=503, latency=1..2ms"})
        found = scraped(url)
    assert value(found, "refusals_total", api="shop", kind="RequestInvalid") == 1
    assert value(found, "faults_total", api="shop", kind="status") == 1
    assert value(found, "faults_total", api="shop", kind="latency") == 1


def test_what_there_is_is_told(app: Any) -> None:
    with running(app) as url, httpx.Client(base_url=url, trust_env=False) as client:
        for session in ("anna", "bert"):
            client.post(f"/~{session}/orders", json={"title": "a"})
        client.post("/__admin/sessions/anna/faults", json={"fault": {"kind": "latency", "milliseconds": 1}})
        found = scraped(url)
    assert value(found, "records", api="shop") == 2
    assert value(found, "sessions") == 3  # with the default one
    assert value(found, "fault_rules") == 1
    assert value(found, "journal_entries") == 2
    assert value(found, "journal_bytes") > 1000


def test_the_lag_of_the_loop_is_measured_once_somebody_asks(app: Any) -> None:
    with running(app) as url:
        while not value(scraped(url), "event_loop_lag_seconds_count"):
            pass


def test_two_servers_of_one_process_count_apart(tmp_path: Path) -> None:
    sandboxes = [Sandbox(write_contract(tmp_path / f"{name}.json", "3.1.0", SHOP)) for name in ("a", "b")]
    with running(create_app(sandboxes[:1])) as one, running(create_app(sandboxes[1:])) as other:
        httpx.get(f"{one}/orders/1", trust_env=False)
        names = {"api", "operation", "status"}
        assert any({name for name, _ in labels} == names for _, labels in scraped(one))
        assert not any({name for name, _ in labels} == names for _, labels in scraped(other))


def test_memory_has_no_latency(app: Any) -> None:
    with running(app) as url:
        httpx.post(f"{url}/orders", json={"title": "a"}, trust_env=False)
        assert not [name for name, _ in scraped(url) if "store" in name]


def test_the_latency_of_a_file_is_that_of_its_transactions(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(restarts.SHOP)
    with restarts.served(tmp_path, "sqlite:///state.db?sync=full") as client:
        for title in "abc":
            assert client.post("/orders", json={"title": title}).status_code == 201
        found = scraped(str(client.base_url))
    assert value(found, f"{LATENCY}_count", operation="commit") >= 3
    assert value(found, f"{LATENCY}_sum", operation="commit") > 0
    assert value(found, f"{LATENCY}_bucket", operation="commit", le="+Inf") >= 3


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="there is no redis-server here")
def test_the_latency_of_a_server_is_that_of_its_scripts(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(restarts.SHOP)
    server = RedisServer()
    try:
        with restarts.served(tmp_path, server.url) as client:
            for title in "abc":
                assert client.post("/orders", json={"title": title}).status_code == 201
            found = scraped(str(client.base_url))
    finally:
        server.end()
    for operation, least in (("commit", 3), ("fetch", 1)):
        assert value(found, f"{LATENCY}_count", operation=operation) >= least
        assert value(found, f"{LATENCY}_sum", operation=operation) > 0


def test_metrics_ask_for_the_token(tmp_path: Path) -> None:
    sandbox = Sandbox(write_contract(tmp_path / "shop.json", "3.1.0", SHOP))
    with running(create_app([sandbox], admin_token="secret")) as url:
        assert httpx.get(f"{url}/__admin/metrics", trust_env=False).status_code == 401
        with_token = {"Authorization": "Bearer secret"}
        answer = httpx.get(f"{url}/__admin/metrics", headers=with_token, trust_env=False)
    assert answer.status_code == 200


def test_a_duration_is_counted_where_it_just_fits() -> None:
    tally = Tally()
    for seconds in (0.0, BOUNDS[0], BOUNDS[1], 99.0):
        tally.count("shop", "get /orders", 200, seconds)
    buckets = tally.calls["shop", "get /orders"].buckets
    assert (buckets[0], buckets[1], buckets[-1], sum(buckets)) == (2, 1, 1, 4)
