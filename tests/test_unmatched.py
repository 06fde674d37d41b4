"""What nothing matched in a session: no operation, no scripted answer, no expectation; and what came nearest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from understudy.client.calls import UnmatchedCall
from understudy.remote import UNMATCHED_SHOWN, Remote
from understudy.testing import Sandbox

SHOP = Path(__file__).parents[1] / "docs" / "shop.yaml"
NEW = {"customerId": "c-100", "item": "cups", "quantity": 6}


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(SHOP) as sandbox:
        yield sandbox


@pytest.fixture
def shop(server: Sandbox) -> Iterator[Remote]:
    with server.session("mine") as session:
        yield session
    session.drop()


@pytest.fixture
def client(shop: Remote) -> httpx.Client:
    return shop.client()


def told(found: list[UnmatchedCall]) -> list[tuple[str, str]]:
    return [(call.reason, f"{call.method} {call.path}") for call in found]


def test_what_no_operation_answers_is_listed_with_the_nearest(shop: Remote, client: httpx.Client) -> None:
    client.get("/orders")
    client.get("/ordrs")
    client.patch("/orders")
    path, method = shop.unmatched()
    assert told([path, method]) == [("operation", "GET /ordrs"), ("operation", "PATCH /orders")]
    assert path.sentence.startswith("no operation answers GET /ordrs; the nearest operations are /orders, ")
    assert method.sentence.startswith("/orders does not take PATCH, only GET, ")
    assert (path.number, path.status, path.operation) == (2, 404, "")


def test_what_got_no_scripted_answer_is_listed_with_the_one_that_came_nearest(
    shop: Remote, client: httpx.Client
) -> None:
    shop.answer("listOrders", when={"query": {"status": "open"}}, body={"items": [], "total": 0})
    client.get("/orders", params={"status": "open"})
    client.get("/orders", params={"status": "shipped"})
    (missed,) = shop.unmatched()
    assert told([missed]) == [("answer", "GET /orders")]
    assert '\'answer-1\' came nearest, but query status is "shipped", not "open"' in missed.sentence


def test_what_nothing_counts_that_was_verified_is_listed_once_something_was(
    shop: Remote, client: httpx.Client
) -> None:
    client.post("/orders", json=NEW)
    client.post("/orders", json={**NEW, "item": "plates"})
    client.get("/customers")
    assert shop.unmatched() == []
    shop.verify("createOrder", body={"/item": "cups"})
    plates, customers = shop.unmatched()
    assert told([plates, customers]) == [("expectation", "POST /orders"), ("expectation", "GET /customers")]
    assert plates.sentence == (
        'nothing that was verified counts it; createOrder with /item = "cups" came nearest: '
        'body /item: expected "cups", received "plates"'
    )
    shop.verify_order({"operation": "createOrder"}, "listCustomers")
    assert shop.unmatched() == []


def test_what_never_was_to_be_called_is_not_what_is_expected(shop: Remote, client: httpx.Client) -> None:
    client.get("/orders")
    shop.never("createOrder")
    assert shop.unmatched() == []


def test_it_is_of_a_session_and_of_what_its_journal_holds(
    server: Sandbox, shop: Remote, client: httpx.Client
) -> None:
    server.client().get("/nothing")
    assert shop.unmatched() == []
    client.get("/nothing")
    client.get("/orders")
    shop.verify("createOrder", at_least=0)
    assert len(shop.unmatched()) == 2
    assert told(shop.unmatched(after=1)) == [("expectation", "GET /orders")]
    httpx.delete(f"{server.serve()}/__admin/sessions/mine/journal", trust_env=False)
    client.get("/orders")
    assert shop.unmatched() == []


def test_the_newest_are_listed_and_all_are_counted(
    server: Sandbox, shop: Remote, client: httpx.Client
) -> None:
    for number in range(UNMATCHED_SHOWN + 3):
        client.get(f"/nothing/{number}")
    listed = httpx.get(f"{server.serve()}/__admin/sessions/mine/unmatched?limit=2", trust_env=False).json()
    assert [one["path"] for one in listed["items"]] == ["/nothing/21", "/nothing/22"]
    assert (listed["total"], listed["evicted"]) == (23, 0)
    lines = shop.unmatched_text().splitlines()
    assert lines[0] == "(3 earlier requests are not shown)"
    assert lines[1].startswith("#4 GET /nothing/3: no operation answers GET /nothing/3")


def test_a_credential_does_not_stand_in_it() -> None:
    with Sandbox() as sandbox:
        client = sandbox.client("togai")
        client.get("/acounts", headers={"Authorization": "Bearer s3cret"}, params={"token": "s3cret"})
        assert len(sandbox.unmatched()) == 1
        assert "s3cret" not in str(sandbox.unmatched())
