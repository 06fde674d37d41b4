"""A name and a password as a credential (RFC 7617): they are those of who registered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import httpx
import pytest

from understudy.testing import Sandbox

CONTRACT = Path(__file__).parent / "contracts" / "accounts" / "basic.yaml"
ANN = ("ann", "correct-horse-9")
Begin = Callable[[Literal["any", "issued"]], httpx.Client]


@pytest.fixture
def begin() -> Iterator[Begin]:
    sandboxes: list[Sandbox] = []

    def start(credentials: Literal["any", "issued"]) -> httpx.Client:
        sandbox = Sandbox(CONTRACT, credentials=credentials)
        sandboxes.append(sandbox)
        client = httpx.Client(transport=sandbox.transport, base_url="http://sandbox")
        made = client.post("/users", json=dict(zip(("username", "password"), ANN, strict=True)))
        assert made.status_code == 201
        return client

    yield start
    for sandbox in sandboxes:
        sandbox.close()


def test_who_registered_is_whoever_calls_with_their_name_and_password(begin: Begin) -> None:
    client = begin("any")
    me = client.get("/users/me", auth=ANN)
    assert me.json()["username"] == "ann"
    note = client.post("/notes", auth=ANN, json={"text": "mine"})
    assert note.json()["owner_id"] == me.json()["id"]


@pytest.mark.parametrize("path", ["/users/me", "/notes"])
def test_a_wrong_password_is_refused_whatever_is_asked(begin: Begin, path: str) -> None:
    refused = begin("any").get(path, auth=("ann", "wrong"))
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == 'Basic realm="sandbox"'
    assert "password" in refused.text


def test_a_password_that_was_changed_is_the_one_that_counts(begin: Begin) -> None:
    client = begin("any")
    assert client.patch("/users/me", auth=ANN, json={"password": "another-9"}).is_success
    assert client.get("/users/me", auth=ANN).status_code == 401
    assert client.get("/users/me", auth=("ann", "another-9")).json()["username"] == "ann"


def test_a_name_that_nobody_registered_is_somebody_as_any_other_credential(begin: Begin) -> None:
    client = begin("any")
    first, second = (client.get("/users/me", auth=(name, "x")) for name in ("bo", "cy"))
    assert first.json() == second.json()
    assert first.json()["username"] != "ann"


def test_only_who_registered_comes_in_where_only_issued_credentials_are_good(begin: Begin) -> None:
    client = begin("issued")
    assert client.get("/notes", auth=ANN).status_code == 200
    refused = client.get("/notes", auth=("bo", "x"))
    assert refused.status_code == 401
    assert "nobody is registered as bo" in refused.text
