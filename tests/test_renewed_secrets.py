"""Secrets that an action replaces, and numbers that stay within what callers may give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, contract_of, parameter, resource, thing
from understudy.sandbox import Sandbox, Settings

HOOK = thing({"id": TEXT, "url": TEXT, "secret": TEXT, "token": TEXT}, "id", "url", "secret", "token")


@pytest.fixture
def client(serve: Callable[..., httpx.Client]) -> httpx.Client:
    share = {"type": "integer", "minimum": 5, "maximum": 40}
    amount = {"type": "number", "minimum": 1}
    paths: dict[str, Any] = resource(HOOK, thing({"url": TEXT}, "url"), "/hooks")
    for last in ("rotate-secret", "rotate"):
        post = {"parameters": [parameter("id")], "responses": answer(HOOK)}
        paths[f"/hooks/{{id}}/{last}"] = {"post": post}
    shown = thing(
        {"id": TEXT, "name": TEXT, "share": WHOLE, "amount": {"type": "number"}}, "id", "share", "amount"
    )
    paths |= resource(shown, thing({"name": TEXT, "share": share, "amount": amount}, "name"), "/shares")
    return serve(Sandbox(contract_of(paths), None, Settings(populate=30)))


@pytest.mark.parametrize(
    ("action", "renewed"), [("rotate-secret", {"secret"}), ("rotate", {"secret", "token"})]
)
def test_a_secret_is_another_one_each_time_and_stays_that(
    client: httpx.Client, action: str, renewed: set[str]
) -> None:
    shown = [client.post("/hooks", json={"url": "https://a.example"}).json()]
    for _ in range(3):
        shown.append(client.post(f"/hooks/{shown[0]['id']}/{action}").json())
        assert client.get(f"/hooks/{shown[0]['id']}").json() == shown[-1]
    for name in HOOK["properties"]:
        assert len({one[name] for one in shown}) == (4 if name in renewed else 1), name


def test_made_up_numbers_are_such_as_callers_may_give(client: httpx.Client) -> None:
    made = client.post("/shares", json={"name": "mine"}).json()
    listed = client.get("/shares").json()
    assert len(listed) == 31
    assert {5 <= one["share"] <= 40 for one in [made, *listed]} == {True}
    assert {one["amount"] >= 1 for one in [made, *listed]} == {True}
    assert len({one["share"] for one in listed}) > 5
