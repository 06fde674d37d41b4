"""Keys that callers make: each is good as whoever made it, until it is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from understudy.testing import Sandbox

CONTRACT = Path(__file__).parent / "contracts" / "accounts" / "otp.yaml"


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """Be somebody who is logged in, where only issued credentials are good."""
    with (
        Sandbox(CONTRACT, credentials="issued") as sandbox,
        httpx.Client(transport=sandbox.transport, base_url="http://sandbox") as client,
    ):
        sent = {"phone": "+4366012345", "code": "123456"}
        token = client.post("/auth/otp/verify", json=sent).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def things(client: httpx.Client, key: str) -> httpx.Response:
    """Ask with a key alone."""
    with httpx.Client(transport=client._transport, base_url="http://sandbox") as other:
        return other.get("/things", headers={"X-API-Key": key})


def test_a_key_that_somebody_made_is_good_until_it_is_deleted(client: httpx.Client) -> None:
    made = client.post("/api-keys", json={"name": "ci"}).json()
    assert things(client, made["key"]).status_code == 200
    assert client.delete(f"/api-keys/{made['id']}").status_code == 204
    assert things(client, made["key"]).status_code == 401


def test_a_key_that_is_rotated_is_another_and_the_one_before_is_none(client: httpx.Client) -> None:
    made = client.post("/api-keys", json={"name": "ci"}).json()
    keys = [made["key"]]
    for _ in range(2):
        rotated = client.post(f"/api-keys/{made['id']}/rotate").json()
        assert (rotated["id"], rotated["name"]) == (made["id"], "ci")
        keys.append(rotated["key"])
    assert [things(client, key).status_code for key in keys] == [401, 401, 200]
    client.delete(f"/api-keys/{made['id']}")
    assert things(client, keys[-1]).status_code == 401


def test_each_key_is_another(client: httpx.Client) -> None:
    keys = {client.post("/api-keys", json={"name": "ci"}).json()["key"] for _ in range(3)}
    assert len(keys) == 3


def test_a_key_that_nobody_made_or_that_was_cut_is_none(client: httpx.Client) -> None:
    key = client.post("/api-keys", json={"name": "ci"}).json()["key"]
    for wrong in ("made-up", key[:-4]):
        assert things(client, wrong).status_code == 401


def test_a_list_of_keys_shows_none(client: httpx.Client) -> None:
    made = client.post("/api-keys", json={"name": "ci"}).json()
    assert made["key"] not in client.get("/api-keys").text
