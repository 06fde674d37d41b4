"""Somebody logs in without a password: by a code that was sent to a phone, or by a link in a mail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest

from understudy.contracts.contract import Contract
from understudy.model.doors import doors_of
from understudy.testing import Sandbox

CONTRACTS = Path(__file__).parent / "contracts" / "accounts"
PHONE, MAIL = "+4366012345", "ann@example.org"


@contextmanager
def served(name: str, unknown_ids: Literal["200", "404"] = "404") -> Iterator[httpx.Client]:
    with (
        Sandbox(CONTRACTS / f"{name}.yaml", unknown_ids=unknown_ids) as sandbox,
        httpx.Client(transport=sandbox.transport, base_url="http://sandbox") as client,
    ):
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_who_logs_in_by_a_code_is_the_user_of_the_phone() -> None:
    sent = {"phone": PHONE, "code": "123456"}
    with served("otp") as client:
        assert client.post("/auth/otp/request", json={"phone": PHONE}).status_code == 202
        first = client.post("/auth/otp/verify", json=sent).json()
        me = client.get("/me", headers=bearer(first["access_token"])).json()
        assert (me["phone"], me["id"]) == (PHONE, first["user"]["id"])
        second = client.post("/auth/otp/verify", json=sent).json()
        assert second["user"]["id"] == me["id"]
        assert second["access_token"] != first["access_token"]
        other = client.post("/auth/otp/verify", json={**sent, "phone": "+4366099999"}).json()
        assert other["user"]["id"] != me["id"]


def test_who_follows_a_link_is_who_asked_for_it() -> None:
    with served("magic-link") as client:
        assert client.post("/auth/magic-link", json={"email": MAIL}).status_code == 202
        token = client.post("/auth/magic-link/verify", json={"token": "of-the-mail"}).json()["jwt"]
        assert client.get("/account", headers=bearer(token)).json()["email"] == MAIL
        assert client.post("/auth/logout", headers=bearer(token)).status_code == 204
        assert client.get("/account", headers=bearer(token)).status_code == 401


def test_what_only_speaks_of_codes_lets_nobody_in() -> None:
    with served("magic-link") as client:
        token = client.post("/auth/magic-link/verify", json={"token": "of-the-mail"}).json()["jwt"]
        sent: dict[str, Any] = {"code": "AUTUMN", "user": "ann", "percent": 10}
        made = client.post("/discount-codes", json=sent, headers=bearer(token))
        assert made.status_code == 201
        assert client.get("/discount-codes", headers=bearer(token)).json() == [made.json()]


DOORS = [
    ("otp", "post /auth/otp/request", "ask"),
    ("otp", "post /auth/otp/verify", "login"),
    ("magic-link", "post /auth/magic-link", "ask"),
    ("magic-link", "post /auth/magic-link/verify", "login"),
    ("magic-link", "post /discount-codes", None),
    ("feathers", "post /authentication", "login"),
    ("feathers", "delete /authentication", "logout"),
    ("phoenix", "post /api/sessions", "login"),
    ("phoenix", "delete /api/sessions", "logout"),
    ("phoenix", "post /api/users/confirm", None),
]


@pytest.mark.parametrize(("name", "key", "kind"), DOORS)
def test_doors_are_told_by_what_they_take_and_answer(name: str, key: str, kind: str | None) -> None:
    door = doors_of(Contract.load(CONTRACTS / f"{name}.yaml")).by_key.get(key)
    assert (door.kind if door is not None else None) == kind
