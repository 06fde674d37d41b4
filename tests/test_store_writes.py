"""What a record keeps, and writes that are more than one: over every store."""

from __future__ import annotations

import asyncio
import tracemalloc
from typing import Any

import pytest

from stores import Factory, each_store, fill, keys, on_each_store, told
from understudy.errors import CounterPassed, RecordChanged, RecordExists, RecordNotFound
from understudy.state.memory import MemoryStore
from understudy.state.store import (
    Advance,
    Delete,
    Draft,
    Entry,
    Increment,
    Insert,
    Record,
    Replace,
    Step,
    Store,
)

# ---- what a record keeps


@on_each_store
async def test_the_value_of_a_record_is_the_callers_own(store: Store) -> None:
    value = {"tags": ["a"]}
    record = await store.insert("c", "a", value)
    value["tags"].append("b")
    record.value["tags"].append("c")
    assert told(await store.get("c", "a")) == ("a", {"tags": ["a"]}, 1)


@on_each_store
async def test_json_is_taken_as_it_is_written(store: Store) -> None:
    data = b'{"b":1,"a":[2.50,"\\u00e9"]}'
    record = await store.insert("c", "a", data)
    assert record.data == data
    assert record.value == {"b": 1, "a": [2.5, "é"]}
    assert (await store.replace("c", "a", b'{"b":2}')).data == b'{"b":2}'


@each_store
@pytest.mark.parametrize("value", [2**64, -(2**63) - 1, 10**400, "half \ud800", "\udfff", 2**63, 0.1, "é"])
def test_what_json_can_carry_comes_back_as_it_was(make: Factory, value: Any) -> None:
    async def play() -> None:
        store = make()
        record = await store.insert("c", "a", {"member": value, "list": [value]}, meta={"member": value})
        assert record.value == {"member": value, "list": [value]}
        assert record.meta == {"member": value}
        await store.load(await store.dump())
        again = await store.get("c", "a")
        assert again is not None
        assert (again.value, again.meta) == (record.value, record.meta)

    asyncio.run(play())


NO_JSON = [
    ({"a": [1, b"x"]}, "/a/1 is of the type bytes"),
    ({"a/b": {1: 2}}, "/a~1b/1, a name, is of the type int"),
    ({"a": 2**64, "b": {1, 2}}, "/b is of the type set"),
]


@each_store
@pytest.mark.parametrize(("value", "expected"), NO_JSON)
def test_what_is_no_json_is_refused_by_its_name(make: Factory, value: Any, expected: str) -> None:
    async def play() -> None:
        store = make()
        await store.insert("c", "b", {})
        for attempt in (store.insert("c", "a", value), store.replace("c", "b", value)):
            with pytest.raises(TypeError) as caught:
                await attempt
            assert str(caught.value) == f"only JSON can be kept, and {expected}"
        assert keys(await store.list("c")) == "b"

    asyncio.run(play())


@on_each_store
async def test_what_stands_beside_an_item_stays_until_it_is_replaced(store: Store) -> None:
    meta = {"origin": "created"}
    record = await store.insert("c", "a", {}, meta=meta)
    meta["origin"] = "changed"
    assert record.meta == {"origin": "created"}
    assert (await store.replace("c", "a", {"n": 1})).meta == {"origin": "created"}
    assert (await store.replace("c", "a", {"n": 2}, meta={})).meta == {}


@on_each_store
async def test_no_revision_is_ever_given_twice(store: Store) -> None:
    seen = [(await store.insert("c", "a", {})).revision]
    seen.append((await store.replace("c", "a", {})).revision)
    await store.delete("c", "a")
    seen.append((await store.insert("c", "a", {})).revision)
    contents = await store.dump()
    await store.load(contents)
    loaded = await store.get("c", "a")
    assert loaded is not None
    seen.append(loaded.revision)
    await store.clear()
    seen.append((await store.insert("d", "a", {})).revision)
    assert seen == sorted(set(seen))


def test_a_record_costs_little_beside_its_json() -> None:
    async def play() -> float:
        store = MemoryStore()
        size = 0
        tracemalloc.start()
        for number in range(2_000):
            item = {f"member{name}": f"value {name} of {number}" for name in range(20)}
            key = f"id-{number:09}"
            record = await store.insert(
                "c", key, item, meta={"origin": "created"}, unique={"number": str(number)}
            )
            size += len(record.data)
        return (tracemalloc.get_traced_memory()[0] - size) / 2_000

    try:
        assert asyncio.run(play()) < 1_200  # bytes
    finally:
        tracemalloc.stop()


# ---- several steps in one


@on_each_store
async def test_a_commit_takes_its_steps_one_after_another(store: Store) -> None:
    await fill(store, "a", "b")
    steps: list[Step] = [
        Delete("accounts", "a"),
        Insert("gone", "a", {"name": "a"}),
        Increment("deleted", 2),
        Replace("accounts", "b", {"name": "B"}),
        Delete("accounts", "nobody"),
    ]
    deleted, tombstone, counted, replaced, nothing = await store.commit(steps)
    assert told(deleted) == ("a", {"name": "a"}, 1)
    assert told(tombstone) == told(await store.get("gone", "a")) == ("a", {"name": "a"}, 1)
    assert (counted, await store.increment("deleted", 0)) == (None, 2)
    assert told(replaced) == ("b", {"name": "B"}, 2)
    assert nothing is None


IMPOSSIBLE = [
    Insert("accounts", "b", {}),
    Insert("accounts", "z", {}, unique={"number": "2"}),
    Replace("accounts", "nobody", {}),
    Replace("accounts", "b", {}, expected=0),
    Delete("accounts", "b", expected=0),
    Insert("accounts", "z", {"no json": b""}),
    Advance("ids", 7),
]


@each_store
@pytest.mark.parametrize("impossible", IMPOSSIBLE)
def test_a_commit_that_cannot_take_a_step_takes_none(make: Factory, impossible: Any) -> None:
    async def play() -> None:
        store = make()
        await store.insert("accounts", "a", {"n": 1}, unique={"number": "1"})
        await store.insert("accounts", "b", {"n": 2}, unique={"number": "2"})
        await store.insert("single", "s", {"n": 3})
        before = await store.dump()
        steps = [
            Delete("accounts", "a"),
            Insert("accounts", "c", {}, unique={"number": "1"}),
            Replace("accounts", "b", {"n": 5}, unique={"alias": "x"}),
            Insert("other", "a", {}),
            Increment("ids", 7),
            Delete("single", "s"),
            Replace("accounts", "b", {"n": 6}, unique={"number": "2"}),
            impossible,
        ]
        with pytest.raises((RecordExists, RecordNotFound, RecordChanged, CounterPassed, TypeError)):
            await store.commit(steps)
        after = await store.dump()
        assert after.collections == before.collections
        assert await store.increment("ids", 0) == 0
        assert told(await store.find("accounts", "number", "1")) == ("a", {"n": 1}, 1)
        assert await store.find("accounts", "alias", "x") is None

    asyncio.run(play())


# ---- changes by what there is


@on_each_store
async def test_an_update_tries_again_where_another_was_faster(store: Store) -> None:
    await store.insert("c", "a", {"n": 0})
    seen: list[int] = []

    async def change(record: Record) -> Draft:
        seen.append(record.value["n"])
        if len(seen) == 1:
            await store.replace("c", "a", {"n": 10})
        return Draft({"n": record.value["n"] + 1})

    assert told(await store.update("c", "a", change)) == ("a", {"n": 11}, 3)
    assert seen == [0, 10]


@on_each_store
async def test_an_update_of_nothing_or_one_that_fails_changes_nothing(store: Store) -> None:
    async def fail(_record: Record) -> Draft:
        raise ValueError("no")

    with pytest.raises(RecordNotFound):
        await store.update("c", "a", fail)
    await store.insert("c", "a", {"n": 0})
    with pytest.raises(ValueError, match="no"):
        await store.update("c", "a", fail)
    assert told(await store.get("c", "a")) == ("a", {"n": 0}, 1)


# ---- expiry


def test_what_has_expired_is_not_there() -> None:
    moment = 0.0

    async def play() -> None:
        nonlocal moment
        store = MemoryStore(lambda: moment)
        await store.insert("c", "a", {"n": 1}, unique={"number": "1"}, expires=10)
        await store.insert("c", "b", {"n": 2}, expires=20)
        await store.insert("c", "stays", {"n": 3})
        await store.replace("c", "b", {"n": 4})
        moment = 9.9
        assert keys(await store.list("c")) == "a b stays"
        moment = 10
        assert await store.get("c", "a") is None
        assert await store.find("c", "number", "1") is None
        assert keys(await store.list("c")) == "b stays"
        await store.insert("c", "a", {"n": 5}, unique={"number": "1"})
        contents = await store.dump()
        left = {entry.key: entry.expires for entry in contents.collections["c"]}
        assert left == {"b": 10, "stays": None, "a": None}
        moment = 25
        assert keys(await store.list("c")) == "stays a"
        await store.load(contents)
        assert keys(await store.list("c")) == "b stays a"
        moment = 35
        assert keys(await store.list("c")) == "stays a"

    asyncio.run(play())


def test_a_collection_in_which_all_has_expired_is_none() -> None:
    moment = 0.0

    async def play() -> None:
        nonlocal moment
        store = MemoryStore(lambda: moment)
        await store.insert_all("c", [Entry("a", {}, expires=1), Entry("b", {}, expires=2)])
        assert list(await store.collections()) == ["c"]
        moment = 5
        assert list(await store.collections()) == []
        assert (await store.dump()).collections == {}
        await store.insert("c", "a", {})
        assert keys(await store.list("c")) == "a"

    asyncio.run(play())
