"""Several processes on one port and one store."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from redis_cluster import until
from restarts import SHOP, refused, served, serving
from stores import common, in_redis
from understudy.cli.main import main

ASK = ["--port", "0", "--quiet", "--workers", "2"]


@contextmanager
def workers(folder: Path, store: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """Serve the contract of a folder with two workers."""
    command = [sys.executable, "-m", "understudy", "serve", "shop.yaml", *ASK, "--store", store]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder)
    try:
        assert process.stdout is not None
        url = next(word for word in process.stdout.readline().split() if word.startswith("http"))
        limits = httpx.Limits(max_keepalive_connections=0)
        with httpx.Client(base_url=url, trust_env=False, limits=limits) as client:
            yield process, client
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=30)


def children(pid: int) -> set[int]:
    """Return the workers of a process."""
    asked = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return set(map(int, asked.stdout.split()))


def said(process: subprocess.Popen[str], word: str) -> str:
    """Return the next line of a process in which a word stands."""
    assert process.stderr is not None
    return next(line for line in process.stderr if word in line)


@pytest.mark.slow
@in_redis
@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked, and this system cannot fork")
@pytest.mark.parametrize("kind", ["redis", "file"])
def test_workers_are_replaced_and_roll_and_end_in_order(tmp_path: Path, kind: str) -> None:
    contract = tmp_path / "shop.yaml"
    contract.write_text(SHOP)
    with common(kind) as store, workers(tmp_path, store) as (process, client):
        for number in range(10):
            assert client.post("/orders", json={"title": f"{number}"}).status_code == 201
        whole = client.get("/orders").content
        assert {client.get("/orders").content for _ in range(10)} == {whole}
        first = children(process.pid)
        assert len(first) == 2

        os.kill(min(first), signal.SIGKILL)
        assert f"worker {min(first)} has ended" in said(process, "worker")
        assert {client.get("/orders").content for _ in range(10)} == {whole}

        contract.write_text(SHOP.replace("title: Shop", "title: Store").replace("/orders", "/orders", 1))
        said(process, "reloaded")
        while "title: Store" not in client.get("/openapi.yaml").text:
            assert client.get("/orders").content == whole
        os.kill(process.pid, signal.SIGHUP)
        while children(process.pid) & first:
            assert client.get("/orders").content == whole

        process.terminate()
        process.communicate(timeout=30)
        assert process.returncode == 0


@pytest.mark.slow
@in_redis
@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked, and this system cannot fork")
@pytest.mark.parametrize("kind", ["redis", "file"])
def test_the_metrics_are_those_of_all_workers(tmp_path: Path, kind: str) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    with common(kind) as store, workers(tmp_path, store) as (process, client):
        for number in range(20):
            path = f"/~s{number % 4}/orders"
            assert client.post(path, json={"title": f"{number}"}).status_code == 201
        posted = 'understudy_requests_total{api="shop",operation="post /orders",status="201"}'
        until(lambda: all(figure(client, posted) == 20 for _ in range(10)))  # whoever is asked
        os.kill(min(children(process.pid)), signal.SIGKILL)
        assert "has ended" in said(process, "worker")
        for _ in range(8):
            assert figure(client, posted) == 20
            assert figure(client, "understudy_sessions") == 5
            assert figure(client, "understudy_journal_entries") == 20
            assert figure(client, 'understudy_records{api="shop"}') > 20
        took = 'understudy_store_operation_duration_seconds_count{operation="commit"}'
        assert figure(client, took) >= 20


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked, and this system cannot fork")
def test_a_file_is_there_for_several_processes_and_for_one_in_turn(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    store = "sqlite:///shared.db?sync=full"
    with served(tmp_path, store) as client:
        assert client.post("/orders", json={"title": "alone"}).status_code == 201
        assert client.put("/__admin/sessions/default/clock", json={"now": "2031-01-01T00:00:00Z"}).is_success
        assert client.post("/~one/orders", json={"title": "other"}).status_code == 201
        whole, other = client.get("/orders").json(), client.get("/~one/orders").json()
    with workers(tmp_path, store) as (process, client):
        assert (client.get("/orders").json(), client.get("/~one/orders").json()) == (whole, other)
        assert "2031" in client.get("/__admin/sessions/default/clock").text
        assert client.delete(f"/orders/{whole[0]['id']}").status_code == 204
        assert client.post("/orders", json={"title": "together"}).status_code == 201
        assert "in use by another process" in refused(tmp_path, "--store", store)
        whole = client.get("/orders").json()
        for pid in (process.pid, *children(process.pid)):
            os.kill(pid, signal.SIGKILL)
        process.communicate(timeout=30)
    with served(tmp_path, store) as client:
        assert client.get("/orders").json() == whole
        assert client.get("/~one/orders").json() == other
        assert "2031" in client.get("/__admin/sessions/default/clock").text
        assert "in use by another process" in refused(tmp_path, "--store", store, *ASK)


def test_who_has_just_come_is_answered_by_a_server_that_stops(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    process = subprocess.Popen(serving(), stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    try:
        assert process.stdout is not None
        url = next(word for word in process.stdout.readline().split() if word.startswith("http"))
        address = ("127.0.0.1", int(url.rpartition(":")[2]))
        with socket.create_connection(address) as waiting:
            assert httpx.get(f"{url}/orders").status_code == 200  # the one before was let in, too
            process.terminate()
            until(lambda: not is_open(address))
            waiting.sendall(b"GET /orders HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = waiting.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200")
            assert b"connection: close" in answer
    finally:
        process.terminate()
        process.communicate(timeout=30)


def is_open(address: tuple[str, int]) -> bool:
    """Tell whether somebody listens."""
    try:
        socket.create_connection(address).close()
    except OSError:
        return False
    return True


def figure(client: httpx.Client, name: str) -> float:
    """Return what the metrics say of something."""
    lines = client.get("/__admin/metrics").text.splitlines()
    return next((float(line.split()[-1]) for line in lines if line.startswith(f"{name} ")), 0.0)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "memory belongs to one process"),
        (["--store", "memory"], "memory belongs to one process"),
        (["--store", "sqlite:///a.db"], "sqlite:///a.db is written later, by one process alone"),
        (["--store", "redis://127.0.0.1:1"], "cannot be used"),
    ],
)
def test_workers_without_a_store_they_share_are_refused(
    options: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["serve", *ASK, *options]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert words in said.err
