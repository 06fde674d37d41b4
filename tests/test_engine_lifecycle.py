"""The life of an item: whose times it has, in which state it begins, and what of its end is not said before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, Api, contract_of, resource, thing
from understudy.sandbox import Sandbox

MOMENT = {"type": "string", "format": "date-time"}
STATE = {"enum": ["open", "paid", "cancelled"]}
TIMES = dict.fromkeys(("createdAt", "updatedAt", "cancelledAt", "deletedAt"), MOMENT)
ORDER = thing(
    {"id": TEXT, "name": TEXT, "status": STATE, "isClosed": {"type": "boolean"}, **TIMES},
    "id", "status", "isClosed", "createdAt", "updatedAt",
)  # fmt: skip
SENT = thing({"name": TEXT, "status": STATE, **TIMES})
THEIRS = "2020-02-02T02:02:02Z"


def lived(*steps: tuple[str, dict[str, Any]], order: Any = ORDER) -> list[dict[str, Any]]:
    """Return an order after each step of its life."""
    api = Api(resource(order, SENT))

    async def play() -> list[dict[str, Any]]:
        found = []
        key = ""
        for verb, sent in steps:
            path = "/things/{id}" if key else "/things"
            found.append(await api.told(f"{verb} {path}", key, sent))
            key = found[-1]["id"]
        return found

    return asyncio.run(play())


def test_a_new_item_has_the_time_of_its_creation_and_a_change_its_own() -> None:
    made, changed = lived(("post", {"name": "a"}), ("patch", {"name": "b"}))
    assert made["createdAt"] == made["updatedAt"] == changed["createdAt"]
    assert changed["updatedAt"] > made["updatedAt"]


@pytest.mark.parametrize("name", ["createdAt", "updatedAt", "cancelledAt"])
def test_a_time_that_the_caller_sent_is_the_callers(name: str) -> None:
    made, changed = lived(("post", {name: THEIRS}), ("patch", {"name": "b", name: THEIRS}))
    assert (made[name], changed[name]) == (THEIRS, THEIRS)


def test_a_replaced_item_keeps_the_time_of_its_creation() -> None:
    server_dated = {**ORDER, "properties": {**ORDER["properties"], "createdAt": {**MOMENT, "readOnly": True}}}
    made, put = lived(("post", {"name": "a"}), ("put", {"name": "b"}), order=server_dated)
    assert put["createdAt"] == made["createdAt"]


def test_a_new_item_is_in_the_first_state_and_says_nothing_of_an_end() -> None:
    (made,) = lived(("post", {"name": "a"}))
    assert (made["status"], made["isClosed"]) == ("open", False)
    assert made.keys().isdisjoint({"cancelledAt", "deletedAt"})


def test_a_state_that_the_caller_sent_is_kept() -> None:
    (made,) = lived(("post", {"status": "paid"}))
    assert made["status"] == "paid"


def test_of_a_new_thing_nothing_was_done_yet(serve: Callable[..., httpx.Client]) -> None:
    done = dict.fromkeys(("amount", "amount_captured", "amount_refunded", "times_used", "view_count"), WHOLE)
    flags = {name: {"type": "boolean"} for name in ("paid", "refunded", "is_disputed")}
    number = {"type": "string", "example": "2024-INV-0042"}
    charge = thing({"id": TEXT, **done, **flags, "number": number}, "id", *done, *flags, "number")
    client = serve(Sandbox(contract_of(resource(charge, thing({"amount": WHOLE}), "/charges"))))
    made = [client.post("/charges", json={"amount": 5000}).json() for _ in range(3)]
    assert {one["amount"] for one in made} == {5000}
    assert not any(one[name] for one in made for name in (*list(done)[1:], *flags))
    assert len({one["number"] for one in made}) == 3
    assert all(one["number"].startswith("2024-INV-0") for one in made)
