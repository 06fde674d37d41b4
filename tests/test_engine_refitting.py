"""Refitting: a record from before the contract changed stays, is completed, or is kept aside and reported; nothing is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from inline import TEXT, WHOLE, Api, resource, thing
from understudy.engine.refitting import aside_of
from understudy.errors import RecordNotFound
from understudy.sandbox import Settings

CUP = thing({"id": TEXT, "size": WHOLE, "made": {"type": "string", "readOnly": True}}, "id", "size")
SENT = thing({"id": TEXT, "size": WHOLE}, "size")
NEEDS_COLOUR = thing({**CUP["properties"], "colour": {"enum": ["red"]}}, "id", "size", "colour")
NEEDS_TEXT = thing({**CUP["properties"], "size": {"type": "string", "pattern": "^[a-z]+$"}}, "id", "size")
LARGE = thing({**CUP["properties"], "size": {"type": "integer", "minimum": 10}}, "id", "size")
NOTHING_FITS = thing(
    {**CUP["properties"], "size": {"type": "integer", "minimum": 10, "maximum": 5}}, "id", "size"
)
ONE = "get /things/{id}"
ALL = "get /things"


def cups(item: Any) -> dict[str, Any]:
    return resource(item, SENT)


async def changed(item: Any) -> Api:
    """Return an API in which a cup was made before its contract became another one."""
    api = Api(cups(CUP), settings=Settings(any_id=False))
    await api.ask("post /things", body={"id": "a", "size": 1})
    api.reload(cups(item))
    return api


def test_what_still_fits_stays() -> None:
    async def play() -> None:
        api = await changed(CUP)
        record = await api.context().store.get("/things", "a")
        assert record is not None
        assert await api.told(ONE, "a") == record.value
        assert await api.told(ALL) == [record.value]

    asyncio.run(play())


@pytest.mark.parametrize("by_list", [False, True])
def test_what_lacks_a_member_is_completed_when_it_is_next_met(*, by_list: bool) -> None:
    async def play() -> None:
        api = await changed(NEEDS_COLOUR)
        shown = (await api.told(ALL))[0] if by_list else await api.told(ONE, "a")
        assert (shown["id"], shown["size"], shown["colour"]) == ("a", 1, "red")
        record = await api.context().store.get("/things", "a")
        assert record is not None
        assert record.value == shown

    asyncio.run(play())


@pytest.mark.parametrize("item", [LARGE, NEEDS_TEXT])
def test_what_cannot_be_shown_any_more_is_kept_beside_the_item_and_reported(
    caplog: pytest.LogCaptureFixture, item: Any
) -> None:
    async def play() -> None:
        api = await changed(item)
        shown = await api.told(ONE, "a")
        assert shown["size"] != 1
        record = await api.context().store.get("/things", "a")
        assert record is not None
        assert (record.value, record.meta["sent"]) == (shown, {"size": 1})
        (message,) = caplog.messages
        assert message.startswith("/things: 1 record completed as the contract wants it")
        assert message.endswith(": size")

    asyncio.run(play())


@pytest.mark.parametrize("by_list", [False, True])
def test_what_cannot_be_completed_is_kept_aside_and_reported(
    caplog: pytest.LogCaptureFixture, *, by_list: bool
) -> None:
    async def play() -> None:
        api = await changed(NOTHING_FITS)
        before = await api.context().store.get("/things", "a")
        assert before is not None
        assert await (api.told(ALL) if by_list else api.told(ONE, "a")) == ([] if by_list else RecordNotFound)
        aside = await api.context().store.get(aside_of("/things"), "a")
        assert aside is not None
        assert aside.value == before.value
        (message,) = caplog.messages
        assert message.startswith("/things: the contract does not take 1 record any more")
        assert "the first is a: /size must be " in message

    asyncio.run(play())


def test_what_was_written_since_the_change_is_not_looked_at() -> None:
    async def play() -> None:
        api = await changed(NEEDS_COLOUR)
        made = await api.told("post /things", body={"id": "b", "size": 2})
        stored = await api.context().store.get("/things", "b")
        assert await api.told(ONE, "b") == made
        again = await api.context().store.get("/things", "b")
        assert stored is not None
        assert again is not None
        assert stored.revision == again.revision

    asyncio.run(play())


@pytest.mark.parametrize("operation", ["patch /things/{id}", "put /things/{id}"])
def test_a_change_finds_the_item_completed(operation: str) -> None:
    async def play() -> None:
        api = await changed(NEEDS_COLOUR)
        shown = await api.told(operation, "a", {"size": 3})
        assert (shown["id"], shown["size"], shown["colour"]) == ("a", 3, "red")

    asyncio.run(play())


@pytest.mark.parametrize("item", [LARGE, NEEDS_TEXT, NOTHING_FITS])
def test_what_was_sent_comes_back_when_it_fits_again(item: Any) -> None:
    async def play() -> None:
        api = await changed(item)
        await api.told(ALL)
        api.reload(cups(CUP))
        (shown,) = await api.told(ALL)
        assert (shown["id"], shown["size"]) == ("a", 1)
        assert await api.context().store.get(aside_of("/things"), "a") is None

    asyncio.run(play())


def test_an_item_whose_identifier_would_become_another_is_kept_aside() -> None:
    async def play() -> None:
        renamed = thing(
            {**CUP["properties"], "id": {"type": "string", "pattern": "^cup-[0-9]+$"}}, "id", "size"
        )
        api = await changed(renamed)
        assert await api.told(ALL) == []
        assert await api.context().store.get(aside_of("/things"), "a") is not None

    asyncio.run(play())
