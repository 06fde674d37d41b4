"""Many callers at once, over every store: nothing is lost, nothing is held twice, and nobody waits for a long look."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest

from stores import Factory, each_store, keys, on_each_store, outcomes, told
from understudy.errors import CounterPassed, RecordExists, RecordNotFound
from understudy.state import reading, table
from understudy.state.conditions import Order, Test
from understudy.state.memory import MemoryStore
from understudy.state.store import Delete, Draft, Entry, Increment, Insert, Record, Step, Store

CALLERS = 50


async def _count_up(store: Store, key: str) -> Record:
    async def change(record: Record) -> Draft:
        await asyncio.sleep(0)  # a handler that asks for something else meanwhile
        value = record.value
        return Draft({**value, "n": value["n"] + 1})

    return await store.update("c", key, change)


@on_each_store
async def test_no_update_is_lost(store: Store) -> None:
    await store.insert("c", "a", {"n": 0})
    await asyncio.gather(*(_count_up(store, "a") for _ in range(CALLERS)))
    assert told(await store.get("c", "a")) == ("a", {"n": CALLERS}, CALLERS + 1)


@on_each_store
async def test_changes_of_different_members_are_all_there(store: Store) -> None:
    await store.insert("c", "a", {})

    async def set_member(name: str) -> None:
        async def change(record: Record) -> Draft:
            await asyncio.sleep(0)
            return Draft({**record.value, name: True})

        await store.update("c", "a", change)

    names = [f"m{number}" for number in range(CALLERS)]
    await asyncio.gather(*map(set_member, names))
    record = await store.get("c", "a")
    assert record is not None
    assert record.value == dict.fromkeys(names, True)


@on_each_store
async def test_an_item_is_deleted_once_and_leaves_one_tombstone(store: Store) -> None:
    record = await store.insert("c", "a", {"n": 0})
    steps: list[Step] = [
        Delete("c", "a", expected=record.revision),
        Insert("gone", "a", {}),
        Increment("deleted"),
    ]
    results = await outcomes(*(store.commit(steps) for _ in range(CALLERS)))
    assert sum(isinstance(result, RecordExists) for result in results) == CALLERS - 1
    assert await store.increment("deleted", 0) == 1
    assert keys(await store.list("gone")) == "a"


@on_each_store
async def test_a_drawn_number_is_of_one_record(store: Store) -> None:
    await store.increment("ids", 3)

    async def make(name: int) -> int:
        while True:
            drawn = await store.draw(["ids"])
            [number] = drawn.numbers
            with suppress(CounterPassed):
                await store.commit([*drawn.steps, Insert("c", str(number), {"of": name})])
                return number

    numbers = await asyncio.gather(*map(make, range(CALLERS)))
    assert sorted(numbers) == [*range(4, CALLERS + 4)]
    assert await store.increment("ids", 0) == CALLERS + 3


@on_each_store
async def test_an_update_beside_a_delete_never_brings_an_item_back(store: Store) -> None:
    await store.insert("c", "a", {"n": 0})
    updates = [_count_up(store, "a") for _ in range(CALLERS)]
    results = await outcomes(*updates, store.delete("c", "a"))
    assert results[-1] is True
    assert await store.get("c", "a") is None
    lost = [result for result in results[:-1] if isinstance(result, RecordNotFound)]
    done = [result for result in results[:-1] if isinstance(result, Record)]
    assert len(lost) + len(done) == CALLERS


@on_each_store
async def test_a_unique_value_has_one_holder_however_it_is_claimed(store: Store) -> None:
    for number in range(CALLERS):
        await store.insert("c", f"old{number}", {})

    async def claim(number: int) -> None:
        if number % 2:
            await store.insert("c", f"new{number}", {}, unique={"number": "1"})
        else:
            await store.replace("c", f"old{number}", {}, unique={"number": "1"})

    results = await outcomes(*map(claim, range(CALLERS)))
    assert sum(result is None for result in results) == 1
    holder = await store.find("c", "number", "1")
    assert holder is not None
    await store.delete("c", holder.key)
    await store.insert("c", "next", {}, unique={"number": "1"})


@on_each_store
async def test_the_first_of_many_readers_makes_what_is_not_there_and_all_get_the_same(store: Store) -> None:
    async def get_or_insert(number: int) -> int:
        record = await store.get("c", "a")
        if record is None:
            try:
                record = await store.insert("c", "a", {"by": number})
            except RecordExists:
                record = await store.get("c", "a")
        assert record is not None
        return int(record.value["by"])

    assert len(set(await asyncio.gather(*map(get_or_insert, range(CALLERS))))) == 1


@on_each_store
async def test_of_overlapping_bulk_inserts_each_is_whole_or_not_at_all(store: Store) -> None:
    async def insert(first: int) -> None:
        await store.insert_all("c", [Entry(str(number), {"of": first}) for number in (first, first + 1)])

    results = await outcomes(*map(insert, range(CALLERS)))
    held: dict[int, int] = {}
    for record in (await store.list("c")).records:
        first = record.value["of"]
        held[first] = held.get(first, 0) + 1
    whole = {first: 2 for first, result in enumerate(results) if result is None}
    assert held == whole


# ---- long looks


@pytest.fixture
def hasty() -> Iterator[None]:
    """Let stores in memory pause as often as they may."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "SLICE", 0)
        patch.setattr(reading, "SLICE", 0)
        yield


LOOKS = [
    {"where": Test(("kind",), "starts", "even")},
    {"where": Test(("kind",), "eq", "even")},
    {"where": Test(("kind",), "starts", "even"), "order": [Order(("n",), descending=True)]},
    {"where": Test(("kind",), "eq", "even"), "order": [Order(("n",))]},
]


@pytest.mark.usefixtures("hasty")
@each_store
@pytest.mark.parametrize("look", LOOKS)
def test_what_stays_is_found_once_while_others_write(make: Factory, look: dict[str, object]) -> None:
    """Multiples of 6 are deleted, those of 10 changed, new ones come: every other even one is found, once and in order."""

    async def play() -> None:
        store = make()
        entries = [Entry(str(n), {"n": n, "kind": ["even", "odd"][n % 2]}) for n in range(2_000)]
        await store.insert_all("c", entries)

        async def write() -> None:
            for n in range(0, 2_000, 2):
                if n % 6 == 0:
                    await store.delete("c", str(n))
                elif n % 10 == 0:
                    await store.replace("c", str(n), {"n": n, "kind": "other"})
                if n % 50 == 0:
                    await store.insert("c", f"new{n}", {"n": 10_000 + n, "kind": "even"})
                if n % 20 == 0:
                    await asyncio.sleep(0)

        page, _ = await asyncio.gather(store.list("c", **look), write())  # type: ignore[arg-type]
        found = [record.value["n"] for record in page.records if record.value["n"] < 2_000]
        stayed = {n for n in range(0, 2_000, 2) if n % 6 and n % 10}
        assert stayed <= set(found)
        assert len(found) == len(set(found))
        descending = "descending=True" in repr(look)
        assert found == sorted(found, reverse=descending)
        after = await store.list("c", **look)  # type: ignore[arg-type]
        left = [record.value["n"] for record in after.records]
        expected = sorted(stayed | {10_000 + n for n in range(0, 2_000, 50)}, reverse=descending)
        assert left == expected

    asyncio.run(play())


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("look", [*LOOKS, {"where": Test(("kind",), "ne", "odd"), "limit": 0, "count": True}])
def test_a_long_look_lets_others_go_on(look: dict[str, object]) -> None:
    async def play() -> int:
        store = MemoryStore()
        await store.insert_all("c", [Entry(str(n), {"n": n, "kind": "even"}) for n in range(5_000)])
        turns = 0
        task = asyncio.create_task(store.list("c", **look))  # type: ignore[arg-type]
        while not task.done():
            turns += 1
            await asyncio.sleep(0)
        return turns

    assert asyncio.run(play()) > 5_000 / table.CHUNK


@pytest.mark.usefixtures("hasty")
def test_an_index_whose_first_reader_went_away_is_made_by_the_next() -> None:
    async def play() -> None:
        store = MemoryStore()
        await store.insert_all("c", [Entry(str(n), {"n": n % 3}) for n in range(1_000)])
        first = asyncio.create_task(store.list("c", where=Test(("n",), "eq", 1)))
        await asyncio.sleep(0)
        first.cancel()
        await store.insert("c", "late", {"n": 1})
        page = await store.list("c", where=Test(("n",), "eq", 1), count=True, limit=0)
        assert page.total == 334

    asyncio.run(play())
