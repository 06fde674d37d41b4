"""What every store does, whichever it is; the tests know only the protocol."""

from __future__ import annotations

import asyncio
import gc
import sys
import tracemalloc
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from stores import Factory, each_store, fill, keys, on_each_store, outcomes, told
from understudy.errors import RecordChanged, RecordExists, RecordNotFound
from understudy.state.conditions import And, Condition, Not, Or, Order, Test, matches
from understudy.state.memory import MemoryStore
from understudy.state.store import Contents, Delete, Entry, Increment, Insert, Record, Store, Value

# ---- one record


@on_each_store
async def test_what_is_inserted_can_be_read(store: Store) -> None:
    record = await store.insert("accounts", "a", {"name": "Cash", "tags": [1, None]})
    assert told(record) == ("a", {"name": "Cash", "tags": [1, None]}, 1)
    assert told(await store.get("accounts", "a")) == told(record)
    assert record.data == b'{"name":"Cash","tags":[1,null]}'


@on_each_store
async def test_each_write_gives_the_store_another_revision(store: Store) -> None:
    seen = [await store.revision()]

    async def moved() -> bool:
        seen.append(await store.revision())
        return len(set(seen)) == len(seen)

    await store.insert("accounts", "a", {})
    assert await moved()
    await store.replace("accounts", "a", {"name": "Cash"})
    assert await moved()
    await store.delete("accounts", "a")
    assert await moved()
    await store.insert("accounts", "b", {})
    assert await moved()
    await store.commit([Delete("accounts", "b")])
    assert await moved()
    await store.load(Contents({}, {}))
    assert await moved()
    await store.clear()
    assert await moved()
    assert await store.get("accounts", "a") is None
    assert not await moved()  # who only reads changes nothing


@on_each_store
async def test_nothing_is_found_where_nothing_is(store: Store) -> None:
    await store.insert("accounts", "a", {}, unique={"number": "1"})
    assert await store.get("accounts", "b") is None
    assert await store.get("customers", "a") is None
    assert await store.find("accounts", "number", "2") is None
    assert await store.find("accounts", "number", "a") is None
    assert await store.find("accounts", "alias", "1") is None
    assert await store.find("customers", "number", "1") is None
    page = await store.list("customers", order=[Order(("name",))], count=True)
    assert (keys(page), page.total) == ("", 0)


@on_each_store
async def test_any_text_is_a_key(store: Store) -> None:
    texts = ["", " ", "a/b", "a:b", "{a}", "*", "é", "e\u0301", "A", "a", "\x00", "\n"]
    for text in texts:
        await store.insert(text, text, {"is": text}, unique={text: text})
    for text in texts:
        expected = (text, {"is": text}, 1)
        assert told(await store.get(text, text)) == told(await store.find(text, text, text)) == expected
    assert list(await store.collections()) == sorted(texts)


@on_each_store
async def test_a_key_is_taken_once(store: Store) -> None:
    await store.insert("accounts", "a", {"name": "first"})
    with pytest.raises(RecordExists) as caught:
        await store.insert("accounts", "a", {"name": "second"})
    assert (caught.value.collection, caught.value.field, caught.value.value) == ("accounts", "key", "a")
    assert str(caught.value) == "the identifier 'a' is already taken"
    assert told(await store.get("accounts", "a")) == ("a", {"name": "first"}, 1)


@on_each_store
async def test_a_unique_value_is_taken_once(store: Store) -> None:
    first = await store.insert("accounts", "a", {}, unique={"number": "1000", "alias": "cash"})
    with pytest.raises(RecordExists) as caught:
        await store.insert("accounts", "b", {}, unique={"number": "2000", "alias": "cash"})
    assert (caught.value.field, caught.value.value) == ("alias", "cash")
    assert str(caught.value) == "alias 'cash' is already taken"
    assert await store.get("accounts", "b") is None
    assert await store.find("accounts", "number", "2000") is None
    assert told(await store.find("accounts", "alias", "cash")) == told(first)


@on_each_store
async def test_unique_values_belong_to_one_field_of_one_collection(store: Store) -> None:
    await store.insert("accounts", "a", {}, unique={"number": "1"})
    await store.insert("accounts", "b", {}, unique={"alias": "1", "key": "a"})
    await store.insert("customers", "a", {}, unique={"number": "1"})
    found = await store.find("accounts", "alias", "1")
    assert found is not None
    assert found.key == "b"


@on_each_store
async def test_a_store_is_not_changed_through_the_mapping_of_unique_values(store: Store) -> None:
    unique = {"number": "1"}
    await fill(store, "other")
    await store.insert("accounts", "a", {}, unique=unique)
    unique["number"] = "2"
    assert await store.delete("accounts", "a")
    await store.insert("accounts", "b", {}, unique={"number": "1"})


# ---- several records at once


@on_each_store
async def test_insert_all_adds_in_the_given_order(store: Store) -> None:
    records = await store.insert_all(
        "accounts", [Entry("b", {"n": 1}, unique={"number": "1"}), Entry("a", {"n": 2})]
    )
    assert list(map(told, records)) == [("b", {"n": 1}, 1), ("a", {"n": 2}, 1)]
    assert keys(await store.list("accounts")) == "b a"
    assert told(await store.find("accounts", "number", "1")) == told(records[0])


@on_each_store
async def test_insert_all_of_nothing_does_nothing(store: Store) -> None:
    assert await store.insert_all("accounts", []) == []
    assert list(await store.collections()) == []


@each_store
@pytest.mark.parametrize(
    ("second", "third", "field", "value"),
    [
        (("taken", {}), ("c", {}), "key", "taken"),
        (("b", {"number": "1"}), ("c", {}), "number", "1"),
        (("b", {}), ("b", {}), "key", "b"),
        (("b", {"number": "2"}), ("c", {"number": "2"}), "number", "2"),
    ],
)
def test_insert_all_adds_none_if_one_is_taken(
    make: Factory,
    second: tuple[str, Mapping[str, str]],
    third: tuple[str, Mapping[str, str]],
    field: str,
    value: str,
) -> None:
    async def play() -> None:
        store = make()
        await store.insert("accounts", "taken", {}, unique={"number": "1"})
        entries = [
            Entry("a", {}, unique={"alias": "x"}),
            Entry(second[0], {}, unique=second[1]),
            Entry(third[0], {}, unique=third[1]),
        ]
        with pytest.raises(RecordExists) as caught:
            await store.insert_all("accounts", entries)
        assert (caught.value.field, caught.value.value) == (field, value)
        assert keys(await store.list("accounts")) == "taken"
        assert await store.find("accounts", "alias", "x") is None

    asyncio.run(play())


@on_each_store
async def test_insert_all_that_fails_leaves_no_collection(store: Store) -> None:
    with pytest.raises(RecordExists):
        await store.insert_all("accounts", [Entry("a", {}), Entry("a", {})])
    assert list(await store.collections()) == []


# ---- replace and delete


@on_each_store
async def test_replace_puts_a_new_value_and_counts_the_version(store: Store) -> None:
    await fill(store, "a")
    second = await store.replace("accounts", "a", {"name": "x"})
    assert told(second) == ("a", {"name": "x"}, 2)
    third = await store.replace("accounts", "a", {"name": "y"}, expected=second.revision)
    assert told(third) == told(await store.get("accounts", "a")) == ("a", {"name": "y"}, 3)


@on_each_store
async def test_replace_of_an_old_revision_is_refused(store: Store) -> None:
    first = await store.insert("accounts", "a", {"name": "a"})
    second = await store.replace("accounts", "a", {"name": "x"})
    with pytest.raises(RecordChanged) as caught:
        await store.replace("accounts", "a", {"name": "y"}, expected=first.revision, unique={"number": "1"})
    refused = caught.value
    assert (refused.key, refused.expected, refused.found) == ("a", first.revision, second.revision)
    assert told(await store.get("accounts", "a")) == ("a", {"name": "x"}, 2)
    assert await store.find("accounts", "number", "1") is None


@on_each_store
async def test_replace_of_nothing_is_refused(store: Store) -> None:
    await fill(store, "a")
    for collection, key in (("accounts", "b"), ("customers", "a")):
        with pytest.raises(RecordNotFound) as caught:
            await store.replace(collection, key, {}, expected=1)
        assert (caught.value.collection, caught.value.key) == (collection, key)
    assert list(await store.collections()) == ["accounts"]


@on_each_store
async def test_replace_keeps_the_unique_values_unless_told_otherwise(store: Store) -> None:
    await store.insert("accounts", "a", {}, unique={"number": "1"})
    record = await store.replace("accounts", "a", {"n": 2})
    assert told(await store.find("accounts", "number", "1")) == told(record)
    with pytest.raises(RecordExists):
        await store.insert("accounts", "b", {}, unique={"number": "1"})


@on_each_store
async def test_replace_frees_the_unique_values_it_gives_up(store: Store) -> None:
    await store.insert("accounts", "a", {}, unique={"number": "1", "alias": "x"})
    record = await store.replace("accounts", "a", {}, unique={"number": "2"})
    assert told(await store.find("accounts", "number", "2")) == told(record)
    await store.insert("accounts", "b", {}, unique={"number": "1", "alias": "x"})
    await store.replace("accounts", "a", {}, unique={})
    await store.insert("accounts", "c", {}, unique={"number": "2"})


@on_each_store
async def test_replace_may_keep_its_own_unique_value_and_not_take_anothers(store: Store) -> None:
    await store.insert("accounts", "a", {}, unique={"number": "1"})
    await store.insert("accounts", "b", {"n": 1}, unique={"number": "2"})
    await store.replace("accounts", "b", {"n": 2}, unique={"number": "2"})
    with pytest.raises(RecordExists) as caught:
        await store.replace("accounts", "b", {"n": 3}, unique={"alias": "x", "number": "1"})
    assert (caught.value.field, caught.value.value) == ("number", "1")
    assert told(await store.find("accounts", "number", "2")) == ("b", {"n": 2}, 2)
    assert await store.find("accounts", "alias", "x") is None


@on_each_store
async def test_replace_keeps_the_place_in_the_order_of_insertion(store: Store) -> None:
    await fill(store, "a", "b", "c")
    await store.replace("accounts", "a", {"name": "z"})
    assert keys(await store.list("accounts")) == "a b c"


@on_each_store
async def test_delete_removes_the_record_and_frees_its_unique_values(store: Store) -> None:
    await store.insert("accounts", "a", {}, unique={"number": "1"})
    assert await store.delete("accounts", "a") is True
    assert await store.delete("accounts", "a") is False
    assert await store.get("accounts", "a") is None
    assert await store.find("accounts", "number", "1") is None
    again = await store.insert("accounts", "a", {}, unique={"number": "1"})
    assert told(again) == ("a", {}, 1)


@on_each_store
async def test_delete_of_another_revision_is_refused(store: Store) -> None:
    record = await store.insert("accounts", "a", {})
    with pytest.raises(RecordChanged) as caught:
        await store.delete("accounts", "a", expected=record.revision + 1)
    assert (caught.value.expected, caught.value.found) == (record.revision + 1, record.revision)
    assert await store.delete("accounts", "a", expected=record.revision) is True
    assert await store.delete("accounts", "a", expected=record.revision) is False


@on_each_store
async def test_a_key_inserted_again_comes_last(store: Store) -> None:
    await fill(store, "a", "b")
    await store.list("accounts", order=[Order(("name",))])
    await store.delete("accounts", "a")
    await fill(store, "a")
    assert keys(await store.list("accounts")) == "b a"
    assert keys(await store.list("accounts", order=[Order(("name",))])) == "a b"


# ---- lists


@on_each_store
async def test_a_list_is_in_the_order_of_insertion(store: Store) -> None:
    await fill(store, "c", "a", "b")
    page = await store.list("accounts")
    assert (keys(page), page.total) == ("c a b", None)
    assert keys(await store.list("accounts", newest_first=True)) == "b a c"


PAGES = [
    (0, 2, "a b"),
    (1, 2, "b d"),
    (3, 2, "e"),
    (4, 2, ""),
    (9, 2, ""),
    (0, None, "a b d e"),
    (2, None, "d e"),
    (0, 0, ""),
    (1, 10**30, "b d e"),
    (10**30, 1, ""),
]


@each_store
@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("where", [None, Test(("name",), "ne", "x"), Not(Test(("name",), "eq", "x"))])
@pytest.mark.parametrize(("offset", "limit", "expected"), PAGES)
def test_a_page_is_part_of_the_list(
    *, make: Factory, ordered: bool, where: Condition | None, offset: int, limit: int | None, expected: str
) -> None:
    async def play() -> None:
        store = make()
        await fill(store, "a", "b", "c", "d", "e")
        await store.delete("accounts", "c")
        order = [Order(("name",))] if ordered else []
        page = await store.list("accounts", where=where, order=order, offset=offset, limit=limit, count=True)
        assert (keys(page), page.total) == (expected, 4)
        order = [Order(("name",), descending=True)] if ordered else []
        backwards = await store.list(
            "accounts", where=where, order=order, newest_first=True, offset=offset, limit=limit
        )
        rest = ["e", "d", "b", "a"][offset:][: 4 if limit is None else limit]
        assert (keys(backwards).split(), backwards.total) == (rest, None)

    asyncio.run(play())


@each_store
@pytest.mark.parametrize(("offset", "limit"), [(-1, None), (0, -1)])
def test_a_negative_offset_or_limit_is_refused(make: Factory, offset: int, limit: int | None) -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        asyncio.run(make().list("accounts", offset=offset, limit=limit))


@on_each_store
async def test_a_condition_counts_and_pages_what_meets_it(store: Store) -> None:
    await fill(store, "a1", "b1", "a2", "b2", "a3")
    page = await store.list("accounts", where=Test(("name",), "starts", "a"), offset=1, limit=1, count=True)
    assert (keys(page), page.total) == ("a2", 3)
    page = await store.list(
        "accounts", where=Test(("name",), "gt", "b"), newest_first=True, limit=0, count=True
    )
    assert (keys(page), page.total) == ("", 2)


AROUND = [
    ({"after": "b"}, "c d e"),
    ({"after": "b", "limit": 2}, "c d"),
    ({"after": "b", "offset": 1, "limit": 1}, "d"),
    ({"after": "e"}, ""),
    ({"before": "d"}, "a b c"),
    ({"before": "d", "limit": 2}, "b c"),
    ({"before": "d", "limit": 2, "offset": 1}, "a b"),
    ({"before": "a", "limit": 2}, ""),
    ({"after": "a", "before": "d"}, "b c"),
    ({"after": "a", "before": "d", "limit": 1}, "b"),
    ({"after": "nobody", "limit": 2}, "a b"),
]


@each_store
@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("where", [None, Test(("name",), "ne", "x"), Test(("kind",), "eq", 1)])
@pytest.mark.parametrize("count", [False, True])
@pytest.mark.parametrize(("window", "expected"), AROUND)
def test_a_page_begins_after_a_key_or_ends_before_one(
    *,
    make: Factory,
    ordered: bool,
    where: Condition | None,
    count: bool,
    window: dict[str, Any],
    expected: str,
) -> None:
    async def play() -> None:
        store = make()
        for name in "edcba" if ordered else "abcde":
            await store.insert("accounts", name, {"name": name, "kind": 1})
        order = [Order(("name",))] if ordered else []
        page = await store.list("accounts", where=where, order=order, count=count, **window)
        assert (keys(page), page.total) == (expected, 5 if count else None)

    asyncio.run(play())


@on_each_store
async def test_the_page_before_a_key_is_read_backwards_too(store: Store) -> None:
    await fill(store, *"abcde")
    assert keys(await store.list("accounts", newest_first=True, before="b", limit=2)) == "d c"
    assert keys(await store.list("accounts", newest_first=True, after="d", limit=2)) == "c b"


@on_each_store
async def test_equal_values_come_in_the_order_of_insertion(store: Store) -> None:
    for key, kind in (("c", 1), ("a", 2), ("b", 1), ("d", 2)):
        await store.insert("accounts", key, {"kind": kind})
    assert keys(await store.list("accounts", order=[Order(("kind",))])) == "c b a d"
    assert (
        keys(await store.list("accounts", order=[Order(("kind",), descending=True)], newest_first=True))
        == "d a b c"
    )


@on_each_store
async def test_a_record_that_moved_away_and_back_is_again_where_it_was(store: Store) -> None:
    for key in "abc":
        await store.insert("accounts", key, {"kind": 1})
    await store.list("accounts", order=[Order(("kind",))])
    for kind in (2, 1):
        await store.replace("accounts", "b", {"kind": kind})
    assert keys(await store.list("accounts", order=[Order(("kind",))])) == "a b c"


@on_each_store
async def test_values_of_any_kind_can_be_ordered(store: Store) -> None:
    values: dict[str, Any] = {
        "null": None, "z": "z", "list": [1], "ten": 10, "true": True, "object": {}, "half": 0.5,
        "false": False, "empty": "", "huge": 10**15, "minus": -1, "Z": "Z", "eleven": "11", "umlaut": "ä",
    }  # fmt: skip
    for key, value in values.items():
        await store.insert("accounts", key, {"field": value})
    await store.insert("accounts", "absent", {})
    ordered = "false true minus half list ten huge empty eleven Z z umlaut null object absent"
    assert keys(await store.list("accounts", order=[Order(("field",))])) == ordered
    assert keys(await store.list("accounts", order=[Order(("field",), True, "largest")])) == " ".join(
        reversed(ordered.split())
    )
    assert keys(await store.list("accounts", order=[Order(("unheard",))])) == " ".join([*values, "absent"])


@on_each_store
async def test_an_order_follows_every_change(store: Store) -> None:
    await fill(store, "b", "d")
    assert keys(await store.list("accounts", order=[Order(("name",))])) == "b d"
    await fill(store, "c", "a")
    assert keys(await store.list("accounts", order=[Order(("name",))])) == "a b c d"
    await store.replace("accounts", "a", {"name": "z"})
    await store.replace("accounts", "c", {})
    await store.delete("accounts", "b")
    assert keys(await store.list("accounts", order=[Order(("name",))])) == "d a c"


@on_each_store
async def test_a_page_that_was_read_does_not_change(store: Store) -> None:
    await fill(store, "a", "b")
    page = await store.list("accounts")
    await store.replace("accounts", "a", {"name": "x"})
    await store.delete("accounts", "b")
    assert [record.value["name"] for record in page.records] == ["a", "b"]


# ---- counters, collections, clear


@on_each_store
async def test_a_counter_starts_at_nothing(store: Store) -> None:
    assert [await store.increment("id"), await store.increment("id"), await store.increment("id", by=10)] == [
        1,
        2,
        12,
    ]
    assert await store.increment("other", by=0) == 0
    assert await store.increment("id", by=-12) == 0


@on_each_store
async def test_collections_are_those_with_records(store: Store) -> None:
    await store.increment("counted")
    await fill(store, "x", collection="b")
    await fill(store, "x", collection="a")
    await fill(store, "x", collection="c")
    await store.delete("c", "x")
    await store.list("d", order=[Order(("name",))])
    assert list(await store.collections()) == ["a", "b"]


@on_each_store
async def test_clear_forgets_everything(store: Store) -> None:
    await store.insert("accounts", "a", {}, unique={"number": "1"})
    await store.increment("id")
    await store.clear()
    assert list(await store.collections()) == []
    assert await store.increment("id") == 1
    assert told(await store.insert("accounts", "a", {}, unique={"number": "1"})) == ("a", {}, 1)
    assert keys(await store.list("accounts", order=[Order(("name",))])) == "a"


def test_two_memory_stores_never_meet() -> None:
    async def play() -> None:
        one, other = MemoryStore(), MemoryStore()
        await fill(one, "a")
        await one.increment("id")
        assert list(await other.collections()) == []
        assert await other.increment("id") == 1

    asyncio.run(play())


# ---- many callers at once


@on_each_store
async def test_of_two_hundred_inserts_of_one_key_one_wins(store: Store) -> None:
    results = await outcomes(*(store.insert("accounts", "a", {"n": n}) for n in range(200)))
    winners = [result for result in results if isinstance(result, Record)]
    assert [told(await store.get("accounts", "a"))] == list(map(told, winners))
    assert sum(isinstance(result, RecordExists) for result in results) == 199


@on_each_store
async def test_of_two_hundred_inserts_of_one_unique_value_one_wins(store: Store) -> None:
    results = await outcomes(
        *(store.insert("accounts", f"a{n}", {}, unique={"number": "1"}) for n in range(200))
    )
    winners = [result for result in results if isinstance(result, Record)]
    assert [told(await store.find("accounts", "number", "1"))] == list(map(told, winners))
    assert keys(await store.list("accounts")) == winners[0].key
    assert sum(isinstance(result, RecordExists) for result in results) == 199


@on_each_store
async def test_of_two_hundred_replaces_of_one_revision_one_wins(store: Store) -> None:
    first = await store.insert("accounts", "a", {})
    attempts = [store.replace("accounts", "a", {"n": n}, expected=first.revision) for n in range(200)]
    results = await outcomes(*attempts)
    winners = [result for result in results if isinstance(result, Record)]
    assert [told(await store.get("accounts", "a"))] == list(map(told, winners))
    assert sum(isinstance(result, RecordChanged) for result in results) == 199


@on_each_store
async def test_two_hundred_deletes_remove_one_record(store: Store) -> None:
    await fill(store, "a")
    assert sorted(await outcomes(*(store.delete("accounts", "a") for _ in range(200)))) == [False] * 199 + [
        True
    ]


@on_each_store
async def test_several_counters_are_added_to_at_once(store: Store) -> None:
    await store.increment("tick", by=4)
    assert list(await store.increment_all(["ids", "tick"])) == [1, 5]
    assert list(await store.increment_all(["ids", "tick"])) == [2, 6]
    assert (await store.dump()).counters == {"ids": 2, "tick": 6}


@on_each_store
async def test_no_increment_is_lost(store: Store) -> None:
    assert sorted(await outcomes(*(store.increment("id") for _ in range(200)))) == list(range(1, 201))


# ---- the cost of a large collection, in work done and not in time


@dataclass(frozen=True)
class Work:
    """lines: of Python executed. memory: bytes at most in use at once; a copy of a whole collection shows here."""

    lines: int
    memory: int


async def work(operation: Callable[[], Awaitable[Any]]) -> Work:
    lines = 0

    def trace(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    await operation()  # what is made on first use is made
    gc.collect()
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        await operation()
    finally:
        sys.settrace(before)
    tracemalloc.start()
    try:
        await operation()
        return Work(lines, tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


async def large(store: Store, size: int) -> Store:
    """Fill a store in bulk, with every tenth record deleted."""
    entries = [Entry(f"k{n}", {"n": -n, "even": n % 2}, unique={"number": str(n)}) for n in range(size)]
    await store.insert_all("accounts", entries)
    for n in range(0, size, 10):
        await store.delete("accounts", f"k{n}")
    return store


async def read_and_write(store: Store) -> None:
    """Do everything once that has to cost the same, however many records there are."""
    middle = (await store.list("accounts", limit=0, count=True)).total or 0
    await store.insert("accounts", "new", {"n": -middle}, unique={"number": "new"})
    await store.get("accounts", "new")
    await store.find("accounts", "number", "new")
    for order in ([], [Order(("n",))], [Order(("even",))], [Order(("n",), True)]):
        for where in (None, Test(("even",), "eq", 1)) if not order else (None,):
            for newest in (False, True):
                await store.list(
                    "accounts",
                    where=where,
                    order=order,
                    newest_first=newest,
                    offset=middle // 3,
                    limit=20,
                    count=True,
                )
    await store.replace("accounts", "new", {"n": 1}, unique={"number": "newer"})
    await store.delete("accounts", "new")


@pytest.mark.slow
@each_store
def test_reading_and_writing_cost_the_same_with_a_hundred_times_the_records(make: Factory) -> None:
    async def play() -> tuple[Work, Work]:
        small, big = await large(make(), 1_000), await large(make(), 100_000)
        return await work(lambda: read_and_write(small)), await work(lambda: read_and_write(big))

    small, big = asyncio.run(play())
    assert big.lines < 4 * small.lines  # a logarithm may grow a little
    assert big.memory < small.memory + 50_000


# ---- any sequence of calls

KEYS = st.sampled_from(["a", "b", "c", "d", "e"])
VALUES = st.dictionaries(
    st.sampled_from(["x", "y"]),
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from("ab"),
)
TESTS = st.builds(
    Test,
    st.sampled_from([("x",), ("y",)]),
    st.sampled_from(["eq", "ne", "lt", "ge", "contains", "null"]),
    st.none() | st.integers(-1, 1) | st.sampled_from("ab") | st.booleans(),
) | st.builds(Test, st.sampled_from([("x",), ("y",)]), st.just("in"), st.lists(st.integers(-1, 1)))
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(And, st.lists(inner, max_size=2).map(tuple))
        | st.builds(Or, st.lists(inner, max_size=2).map(tuple))
    ),
    max_leaves=4,
)
UNIQUE = st.dictionaries(st.sampled_from(["number", "alias"]), st.sampled_from(["1", "2", "3"]))
EXPECTED = st.sampled_from(["any", "right", "wrong"])
METAS = st.none() | st.dictionaries(st.sampled_from(["origin", "by"]), st.integers(0, 2))


@dataclass
class Plain:
    """A record of the model, which looks through a plain list for everything."""

    key: str
    value: Value
    unique: Mapping[str, str]
    meta: Mapping[str, Any]
    version: int = 1

    def told(self) -> tuple[str, Value, int]:
        """Say what a record of the store says."""
        return self.key, self.value, self.version


def plain_order(value: Any) -> tuple[int, Any]:
    kinds: list[tuple[type, ...]] = [(bool,), (int, float), (str,)]
    return next(((rank, value) for rank, kind in enumerate(kinds) if isinstance(value, kind)), (3, 0))


class StoreMachine(RuleBasedStateMachine):
    """Calls a store and a naive model alike, and compares answers, refusals and what is left."""

    make: Factory

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.model: list[Plain] = []
        self.newest = self.counted = 0
        self.store = self.run(self.made())

    async def made(self) -> Store:
        return self.make()

    def run(self, call: Awaitable[Any]) -> Any:
        async def play() -> Any:
            try:
                return await call
            except (RecordExists, RecordNotFound, RecordChanged) as refusal:
                return str(refusal).partition(": version")[0]

        return self.runner.run(play())

    def teardown(self) -> None:
        self.runner.close()

    def held(self, key: str) -> Plain | None:
        return next((plain for plain in self.model if plain.key == key), None)

    def clash(self, unique: Mapping[str, str], besides: Plain | None = None) -> str:
        for field, value in unique.items():
            if any(plain.unique.get(field) == value for plain in self.model if plain is not besides):
                return str(RecordExists("c", field, value))
        return ""

    def added(self, entries: Sequence[Entry]) -> str:
        before = list(self.model)
        for entry in entries:
            unique = entry.unique or {}
            refusal = str(RecordExists("c", "key", entry.key)) if self.held(entry.key) else self.clash(unique)
            if refusal:
                self.model = before
                return refusal
            assert isinstance(entry.value, dict)
            self.model.append(Plain(entry.key, entry.value, unique, entry.meta or {}))
        return ""

    def seen(self, record: Record) -> None:
        """Check that no revision is ever given twice."""
        assert record.revision > self.newest
        self.newest = record.revision

    def revision(self, key: str, expected: str) -> int | None:
        record = self.run(self.store.get("c", key))
        if expected == "any" or record is None:
            return None
        return int(record.revision) + (expected == "wrong")

    @rule(key=KEYS, value=VALUES, meta=METAS, unique=UNIQUE)
    def insert(self, key: str, value: Value, meta: Mapping[str, Any] | None, unique: dict[str, str]) -> None:
        answer = self.run(self.store.insert("c", key, value, meta=meta, unique=unique))
        refusal = self.added([Entry(key, value, meta, unique)])
        if refusal:
            assert answer == refusal
        else:
            assert (told(answer), answer.meta) == ((key, value, 1), meta or {})
            self.seen(answer)

    @rule(entries=st.lists(st.builds(Entry, KEYS, VALUES, METAS, UNIQUE), max_size=3))
    def insert_all(self, entries: list[Entry]) -> None:
        answer = self.run(self.store.insert_all("c", entries))
        refusal = self.added(entries)
        if refusal:
            assert answer == refusal
        else:
            assert list(map(told, answer)) == [(entry.key, entry.value, 1) for entry in entries]
            for record in answer:
                self.seen(record)

    @rule(key=KEYS, value=VALUES, meta=METAS, expected=EXPECTED, unique=st.none() | UNIQUE)
    def replace(
        self,
        key: str,
        value: Value,
        meta: Mapping[str, Any] | None,
        expected: str,
        unique: dict[str, str] | None,
    ) -> None:
        revision = self.revision(key, expected)
        answer = self.run(self.store.replace("c", key, value, meta=meta, expected=revision, unique=unique))
        plain = self.held(key)
        if plain is None:
            assert answer == str(RecordNotFound("c", key))
        elif expected == "wrong":
            assert answer == f"c {key!r} has changed"
        elif refusal := self.clash(unique or {}, besides=plain):
            assert answer == refusal
        else:
            plain.value, plain.version = value, plain.version + 1
            plain.unique = plain.unique if unique is None else unique
            plain.meta = plain.meta if meta is None else meta
            assert (told(answer), answer.meta) == (plain.told(), plain.meta)
            self.seen(answer)

    @rule(key=KEYS, expected=EXPECTED)
    def delete(self, key: str, expected: str) -> None:
        revision = self.revision(key, expected)
        answer = self.run(self.store.delete("c", key, expected=revision))
        plain = self.held(key)
        if plain and expected == "wrong":
            assert answer == f"c {key!r} has changed"
        else:
            assert answer == (plain is not None)
            self.model = [other for other in self.model if other is not plain]

    @rule(key=KEYS, other=KEYS, value=VALUES, unique=UNIQUE)
    def move(self, key: str, other: str, value: Value, unique: dict[str, str]) -> None:
        """Delete one record, change the counter and insert another, in one commit."""
        steps = [Delete("c", key), Increment("n"), Insert("c", other, value, unique=unique)]
        answer = self.run(self.store.commit(steps))
        before = list(self.model)
        plain = self.held(key)
        self.model = [one for one in self.model if one is not plain]
        refusal = self.added([Entry(other, value, None, unique)])
        if refusal:
            self.model = before
            assert answer == refusal
        else:
            self.counted += 1
            assert [told(record) for record in answer] == [
                plain and plain.told(),
                None,
                (other, value, 1),
            ]
            self.seen(answer[2])

    @rule()
    def dump_and_load(self) -> None:
        contents = self.run(self.store.dump())
        self.run(self.store.load(contents))

    @rule()
    def clear(self) -> None:
        self.run(self.store.clear())
        self.model, self.counted = [], 0

    def ordered(self, member: str, *, descending: bool = False) -> list[Plain]:
        plains = sorted(self.model, key=lambda plain: plain_order(plain.value.get(member)))
        return plains[::-1] if descending else plains

    @rule(
        member=st.sampled_from(["", "x", "y", "z"]),
        descending=st.booleans(),
        offset=st.integers(0, 6),
        limit=st.none() | st.integers(0, 6),
        where=st.none() | CONDITIONS,
        count=st.booleans(),
    )
    def page(
        self,
        *,
        member: str,
        descending: bool,
        offset: int,
        limit: int | None,
        where: Condition | None,
        count: bool,
    ) -> None:
        order = [Order((member,), descending, "largest")] if member else []
        page = self.run(
            self.store.list(
                "c",
                where=where,
                order=order,
                newest_first=descending and not order,
                offset=offset,
                limit=limit,
                count=count,
            )
        )
        plains = self.ordered(member, descending=descending)
        chosen = [plain for plain in plains if where is None or matches(where, plain.value)]
        end = None if limit is None else offset + limit
        assert [record.key for record in page.records] == [plain.key for plain in chosen[offset:end]]
        assert page.total == (len(chosen) if count else None)

    @invariant()
    def the_indexes_hold(self) -> None:
        for member in ("x", "y"):
            page = self.run(self.store.list("c", order=[Order((member,))]))
            assert [record.key for record in page.records] == [plain.key for plain in self.ordered(member)]
            page = self.run(self.store.list("c", where=Test((member,), "eq", 1)))
            equal = [plain.key for plain in self.model if matches(Test((member,), "eq", 1), plain.value)]
            assert [record.key for record in page.records] == equal

    @invariant()
    def nothing_else_is_held(self) -> None:
        records = self.run(self.store.list("c")).records
        assert [told(record) for record in records] == [plain.told() for plain in self.model]
        assert [record.meta for record in records] == [plain.meta for plain in self.model]
        for plain in self.model:
            assert told(self.run(self.store.get("c", plain.key))) == plain.told()
        assert list(self.run(self.store.collections())) == (["c"] if self.model else [])
        assert self.run(self.store.increment("n", 0)) == self.counted
        for field in ("number", "alias"):
            for value in "123":
                found = self.run(self.store.find("c", field, value))
                holders = [plain.key for plain in self.model if plain.unique.get(field) == value]
                assert ([found.key] if found else []) == holders


@each_store
def test_no_sequence_of_calls_tells_a_store_from_the_model(make: Factory) -> None:
    machine = type("Machine", (StoreMachine,), {"make": staticmethod(make)})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=25, stateful_step_count=25, deadline=None)
    )


# ---- dumped and loaded


@on_each_store
async def test_what_is_dumped_can_be_loaded_elsewhere(store: Store) -> None:
    await store.insert("accounts", "b", {"name": "B"}, unique={"number": "2"})
    await store.insert("accounts", "a", {"name": "A"}, unique={"number": "1"})
    await store.insert("customers", "c", {})
    await store.replace("accounts", "b", {"name": "B2"})
    await store.delete("customers", "c")
    await store.increment("ids", 7)
    contents = await store.dump()
    await store.clear()
    await store.insert("accounts", "z", {})
    await store.load(contents)
    assert keys(await store.list("accounts")) == "b a"
    assert keys(await store.list("accounts", order=[Order(("name",))])) == "a b"
    assert told(await store.get("accounts", "b")) == ("b", {"name": "B2"}, 2)
    assert told(await store.find("accounts", "number", "1")) == ("a", {"name": "A"}, 1)
    assert await store.increment("ids") == 8
    assert list(await store.collections()) == ["accounts"]
    with pytest.raises(RecordExists):
        await store.insert("accounts", "x", {}, unique={"number": "2"})
    await store.insert("accounts", "x", {})
    assert keys(await store.list("accounts")) == "b a x"


@on_each_store
async def test_a_dump_does_not_change_with_the_store(store: Store) -> None:
    await fill(store, "a")
    contents = await store.dump()
    await fill(store, "b")
    await store.replace("accounts", "a", {"name": "other"}, unique={"name": "other"})
    assert [(kept.key, kept.value) for kept in contents.collections["accounts"]] == [("a", b'{"name":"a"}')]
    assert not contents.collections["accounts"][0].unique


@on_each_store
async def test_contents_that_clash_are_refused_and_change_nothing(store: Store) -> None:
    await fill(store, "a")
    same = Entry("x", {}, unique={"number": "1"})
    for other in (Entry("x", {}), Entry("y", {}, unique={"number": "1"})):
        with pytest.raises(RecordExists):
            await store.load(Contents({"first": [same], "second": [same, other]}, {"ids": 3}))
        assert list(await store.collections()) == ["accounts"]
        assert await store.increment("ids", 0) == 0
