"""Reloading: a changed contract takes over with the state there is, and a broken one does not."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from support import running
from understudy.contracts.contract import Contract
from understudy.errors import ContractError
from understudy.sandbox import Sandbox
from understudy.server.app import create_app
from understudy.server.reloading import Reloading
from understudy.sessions import Sessions

THING = {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}


def write(file: Path, schema: dict[str, Any], **more: Any) -> None:
    """Write a contract of things whose item has a schema."""
    content = {"application/json": {"schema": schema}}
    item = {"description": "ok", "content": content}
    paths = {
        "/things": {"post": {"requestBody": {"content": content}, "responses": {"201": item}}},
        "/things/{id}": {
            "get": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "responses": {"200": item, "404": {"description": "no"}},
            }
        },
        **more,
    }
    file.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths}))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "things.json"
    write(file, THING)
    return file


@pytest.fixture
def app(file: Path) -> Reloading:
    return Reloading(lambda: [Sandbox(Contract.load(file))], partial(create_app, sessions=Sessions()))


@pytest.fixture
def client(app: Reloading) -> Iterator[httpx.Client]:
    with running(app) as url, httpx.Client(base_url=url, trust_env=False) as client:
        yield client


PING = {"/ping": {"get": {"responses": {"204": {"description": "ok"}}}}}


def test_a_changed_contract_serves_what_was_created_before(
    app: Reloading, client: httpx.Client, file: Path
) -> None:
    created = client.post("/things", json={"name": "cup"}).json()
    assert client.get("/ping").status_code == 404
    write(file, THING, **PING)
    assert app.refresh() is True
    assert client.get("/ping").status_code == 204
    assert client.get(f"/things/{created['id']}").json() == created
    assert client.post("/things", json={"name": "mug"}).json()["id"] != created["id"]


def test_nothing_is_made_anew_where_nothing_changed(app: Reloading) -> None:
    before = app.sandboxes
    assert app.refresh() is False
    assert app.sandboxes is before


def test_a_broken_version_is_reported_once_and_the_old_one_serves_on(
    app: Reloading, client: httpx.Client, file: Path
) -> None:
    file.write_text("{")
    with pytest.raises(ContractError):
        app.refresh()
    assert app.refresh() is False
    assert client.get("/things/1").status_code == 200
    write(file, THING, **PING)
    assert app.refresh() is True
    assert client.get("/ping").status_code == 204


def test_a_change_of_a_file_that_is_referred_to_is_seen(
    app: Reloading, client: httpx.Client, file: Path
) -> None:
    other = file.parent / "thing.json"
    write(file, {"$ref": "thing.json"})
    assert app.refresh() is True  # with anything in its place
    other.write_text(json.dumps(THING))  # what was missing is there: reason enough to try again
    assert app.refresh() is True
    properties: dict[str, object] = {**THING["properties"], "name": {"type": "boolean"}}  # type: ignore[dict-item]
    other.write_text(json.dumps({**THING, "properties": properties}))
    assert app.refresh() is True
    assert client.post("/things", json={"name": "cup"}).is_client_error


def test_the_command_reloads_by_itself(file: Path) -> None:
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stderr
            found = re.search(r"http://[^/ ]+", process.stdout.readline())
            assert found
            write(file, THING, **PING)
            assert "reloaded" in process.stderr.readline()
            assert httpx.get(f"{found[0]}/ping", trust_env=False).status_code == 204
            file.write_text("{")
            assert re.search(
                r"things\.json:1: .*; the version before it keeps serving", process.stderr.readline()
            )
            assert httpx.get(f"{found[0]}/ping", trust_env=False).status_code == 204
        finally:
            process.terminate()
            process.wait(10)
