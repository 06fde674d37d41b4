"""The store of handlers: what they write is completed to an item of its collection, or refused with the member that fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from inline import TEXT, WHOLE, Api, resource, thing
from understudy.errors import RecordExists, WriteInvalid
from understudy.state.store import Delete, Draft, Entry, Insert, Record, Replace, Store

STATE = {"enum": ["open", "closed"]}
CUP = thing({"id": TEXT, "size": WHOLE, "status": STATE, "code": {"type": "string", "x-understudy": {"unique": True}}},
            "id", "size", "status")  # fmt: skip
Write = Callable[[Store, Any], Awaitable[Any]]


async def _insert(store: Store, value: Any) -> Record:
    return await store.insert("/things", "b", value)


async def _insert_all(store: Store, value: Any) -> Record:
    return (await store.insert_all("/things", [Entry("b", value)]))[0]


async def _replace(store: Store, value: Any) -> Record:
    return await store.replace("/things", "a", value)


async def _update(store: Store, value: Any) -> Record:
    async def change(_: Record) -> Draft:
        return Draft(value)

    return await store.update("/things", "a", change)


async def _commit_insert(store: Store, value: Any) -> Record:
    found = (await store.commit([Delete("/things", "a"), Insert("/things", "b", value)]))[1]
    assert found is not None
    return found


async def _commit_replace(store: Store, value: Any) -> Record:
    found = (await store.commit([Replace("/things", "a", value)]))[0]
    assert found is not None
    return found


each_write = pytest.mark.parametrize(
    "write", [_insert, _insert_all, _replace, _update, _commit_insert, _commit_replace]
)


async def store_of_cups() -> Store:
    """Return the store that a handler gets, with one cup in it."""
    api = Api(resource(CUP, CUP))
    store = api.context().store
    await store.insert("/things", "a", {"size": 1, "status": "open"})
    return store


@each_write
def test_what_is_written_is_completed(write: Write) -> None:
    async def play() -> None:
        record = await write(await store_of_cups(), {"size": 2})
        assert record.value.keys() >= {"id", "size", "status"}
        assert (record.value["id"], record.value["size"]) == (record.key, 2)
        assert record.value["status"] in STATE["enum"]

    asyncio.run(play())


@each_write
@pytest.mark.parametrize(
    ("value", "pointer"), [({"size": "large"}, "/size"), ({"size": 1, "status": "lost"}, "/status")]
)
def test_what_the_contract_refuses_is_refused_with_its_member_and_nothing_changes(
    write: Write, value: Any, pointer: str
) -> None:
    async def play() -> None:
        store = await store_of_cups()
        before = (await store.dump()).collections
        with pytest.raises(WriteInvalid) as refusal:
            await write(store, value)
        assert [failure.pointer for failure in refusal.value.failures] == [pointer]
        assert (await store.dump()).collections == before

    asyncio.run(play())


def test_a_unique_member_is_claimed() -> None:
    async def play() -> None:
        store = await store_of_cups()
        await store.insert("/things", "b", {"size": 1, "code": "x"})
        with pytest.raises(RecordExists):
            await store.insert("/things", "c", {"size": 1, "code": "x"})

    asyncio.run(play())


def test_what_stands_beside_an_item_is_as_the_handler_says() -> None:
    async def play() -> None:
        store = await store_of_cups()
        record = await store.insert("/things", "b", {"size": 1}, meta={"mine": 1}, unique={"mine": "1"})
        assert record.meta == {"mine": 1}
        found = await store.find("/things", "mine", "1")
        assert found is not None
        assert found.key == "b"

    asyncio.run(play())


def test_a_collection_of_the_handlers_own_holds_what_it_likes() -> None:
    async def play() -> None:
        store = await store_of_cups()
        record = await store.insert("notes", "n", {"size": "large"})
        assert record.value == {"size": "large"}

    asyncio.run(play())


def test_json_is_taken_as_a_value_is() -> None:
    async def play() -> None:
        record = await (await store_of_cups()).insert("/things", "b", b'{"size":2}')
        assert (record.value["id"], record.value["size"]) == ("b", 2)

    asyncio.run(play())


def test_what_is_added_for_some_seconds_is_gone_after_them() -> None:
    async def play() -> None:
        store = await store_of_cups()
        await store.insert_all("/things", [Entry("b", {"size": 1}, expires=0.0)])
        assert await store.get("/things", "b") is None
        assert await store.get("/things", "a") is not None

    asyncio.run(play())
