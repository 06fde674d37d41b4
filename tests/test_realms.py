"""Two kinds of users, admins and customers, each of which logs in where its own path says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from understudy.model.realms import named_in
from understudy.model.resources import Resource
from understudy.testing import Sandbox

CONTRACT = Path(__file__).parent / "contracts" / "accounts" / "two-realms.yaml"
CY: dict[str, Any] = {"email": "cy@example.org", "password": "correct-horse-9"}
ROOT: dict[str, Any] = {"email": "root@example.org", "password": "battery-staple-9"}
KEY = {"Authorization": "Bearer anything"}


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with (
        Sandbox(CONTRACT, unknown_ids="404") as sandbox,
        httpx.Client(transport=sandbox.transport, base_url="http://sandbox") as client,
    ):
        assert client.post("/customers", json=CY).status_code == 201
        assert client.post("/admins", json=ROOT, headers=KEY).status_code == 201
        yield client


def enter(client: httpx.Client, path: str, who: dict[str, Any]) -> dict[str, str]:
    token = client.post(path, json=who).json()["token"]
    return {"Authorization": f"Bearer {token}"}


def test_each_logs_in_where_they_are_known_and_nowhere_else(client: httpx.Client) -> None:
    assert client.post("/admin/login", json=ROOT).json()["admin"]["email"] == ROOT["email"]
    assert client.post("/customers/login", json=CY).json()["customer"]["email"] == CY["email"]
    assert client.post("/admin/login", json=CY).status_code == 401
    assert client.post("/customers/login", json=ROOT).status_code == 401


def test_a_token_of_one_is_no_token_of_the_other(client: httpx.Client) -> None:
    admin, customer = enter(client, "/admin/login", ROOT), enter(client, "/customers/login", CY)
    assert client.get("/admin/me", headers=admin).json()["email"] == ROOT["email"]
    assert client.get("/customers/me", headers=customer).json()["email"] == CY["email"]
    refused = client.get("/admin/me", headers=customer)
    assert refused.status_code == 401
    assert "customers" in refused.json()["message"]


def test_each_is_listed_among_their_own(client: httpx.Client) -> None:
    for path, who in (("/admins", ROOT), ("/customers", CY)):
        assert [one["email"] for one in client.get(path, headers=KEY).json()] == [who["email"]]


def test_what_a_customer_makes_is_theirs(client: httpx.Client) -> None:
    made = client.post("/orders", json={"item": "Lamp"}, headers=enter(client, "/customers/login", CY))
    (customer,) = client.get("/customers", headers=KEY).json()
    assert made.json()["customerId"] == customer["id"]


def test_who_makes_admins_has_to_be_somebody(client: httpx.Client) -> None:
    assert client.post("/admins", json=ROOT).status_code == 401


PATHS = [
    ("/admin/login", "admin"),
    ("/auth/customer/login", "customer"),
    ("/v1/customers/sign-in", "customer"),
    ("/auth/admin-login", "admin"),
    ("/auth/login", None),
]


@pytest.mark.parametrize(("path", "noun"), PATHS)
def test_a_path_names_the_users_who_log_in_there(path: str, noun: str | None) -> None:
    resources = [
        Resource("admin_user", "/admins/{id}", ("id",)),
        Resource("customer", "/customers/{id}", ("id",)),
    ]
    found = named_in(path, resources)
    assert (found.noun.partition("_")[0] if found is not None else None) == noun
