"""What a request leaves behind: nothing that only the garbage collector can find."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from typing import Any

import pytest

from inline import TEXT, WHOLE, Api, resource, thing
from understudy.messages import NOTHING

TIMES = 50
ITEM = thing(
    {"id": TEXT, "size": WHOLE, "note": TEXT, "createdAt": {"type": "string", "format": "date-time"}}, "id"
)
WRAPPED = thing({"data": ITEM}, "data")
NEW = {"size": 1}


@pytest.fixture(autouse=True)
def nobody_collects() -> Iterator[None]:
    gc.collect()
    gc.disable()
    gc.freeze()  # what other tests left is not looked through again and again
    yield
    gc.unfreeze()
    gc.enable()


@pytest.mark.parametrize("shown", [ITEM, WRAPPED], ids=["bare", "wrapped"])
@pytest.mark.parametrize(
    ("operation", "key", "body"),
    [
        ("post /things", "", NEW),
        ("get /things/{id}", "a", NOTHING),
        ("get /things", "", NOTHING),
        ("patch /things/{id}", "a", NEW),
        ("put /things/{id}", "a", {"id": "a", "note": "b"}),
    ],
)
def test_a_request_leaves_nothing_to_the_collector(
    shown: dict[str, Any], operation: str, key: str, body: Any
) -> None:
    api = Api(resource(shown, ITEM))

    async def play() -> int:
        await api.ask("post /things", body={"id": "a"})
        await api.ask(operation, key, body)
        gc.collect()
        for _ in range(TIMES):
            await api.ask(operation, key, body)
        return gc.collect()

    assert asyncio.run(play()) < TIMES
