"""Names mean the same however they are written, and one of several has the name of one."""

from __future__ import annotations

import asyncio

import pytest

from understudy.names import fold, singular, snake_case, split_words
from watchdog import steadily, watched


@pytest.mark.parametrize("name", ["account_id", "accountId", "Account-ID", "account id"])
def test_one_name_folds_alike_however_it_is_written(name: str) -> None:
    assert fold(name) == "accountid"


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("customerID", "customer_id"),
        ("Customer-Id", "customer_id"),
        ("HTTPStatus", "http_status"),
        ("_links", "links"),
        ("line2Text", "line2_text"),
        ("aHTTPStatus2XX", "a_http_status2_xx"),
        ("ABc", "a_bc"),
    ],
)
def test_snake_case_has_one_underscore_between_words(name: str, snake: str) -> None:
    assert snake_case(name) == snake


@steadily
def test_a_long_run_of_capitals_is_read_once() -> None:
    async def split() -> None:
        async with watched(500) as held:
            assert snake_case("A" * 50_000 + "b") == "a" * 49_999 + "_ab"
        held.check()

    asyncio.run(split())


def test_words_are_split_at_capitals_dots_and_digits() -> None:
    assert split_words("customer.createdAt") == ["customer", "created", "at"]
    assert split_words("HTTPStatus_v2") == ["http", "status", "v", "2"]


@pytest.mark.parametrize(
    ("several", "one"),
    [
        ("companies", "company"),
        ("boxes", "box"),
        ("addresses", "address"),
        ("pets", "pet"),
        ("branches", "branch"),
        ("statuses", "status"),
        ("status", "status"),
        ("drives", "drive"),
        ("people", "person"),
        ("data", "data"),
        ("slice", "slice"),
        ("invoices", "invoice"),
        ("payment", "payment"),
    ],
)
def test_one_of_several_has_the_name_of_one(several: str, one: str) -> None:
    assert singular(several) == one
