"""What every store does, whichever it is; the tests know only the protocol."""

from __future__ import annotations

import asyncio
import gc
import sys
import tracemalloc
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from understudy.errors import RecordChanged, RecordExists, RecordNotFound
from understudy.state.memory import MemoryStore
from understudy.state.store import Contents, Kept, Page, Record, Store, Value

Factory = Callable[[], Store]
STORES: list[Factory] = [MemoryStore]


def on_each_store(scenario: Callable[[Store], Awaitable[None]]) -> Callable[[Factory], None]:
    """Make a test of a coroutine function: one run, in a loop of its own, for each store."""

    @pytest.mark.parametrize("make", STORES)
    def test(make: Factory) -> None:
        async def play() -> None:
            await scenario(make())

        asyncio.run(play())

    test.__name__ = scenario.__name__
    return test


def keys(page: Page) -> str:
    return " ".join(record.key for record in page.records)


async def fill(store: Store, *names: str, collection: str = "accounts") -> None:
    for name in names:
        await store.insert(collection, name, {"name": name})


# ---- one record


@on_each_store
async def test_what_is_inserted_can_be_read(store: Store) -> None:
    record = await store.insert("accounts", "a", {"name": "Cash", "tags": [1, None]})
    assert record == Record("a", {"name": "Cash", "tags": [1, None]}, version=1)
    assert await store.get("accounts", "a") == record


@on_each_store
async def test_nothing_is_found_where_nothing_is(store: Store) -> None:
    await store.insert("accounts", "a", {}, unique={"number": "1"})
    assert await store.get("accounts", "b") is None
    assert await store.get("customers", "a") is None
    assert await store.find("accounts", "number", "2") is None
    assert await store.find("accounts", "number", "a") is None
    assert await store.find("accounts", "alias", "1") is None
    assert await store.find("customers", "number", "1") is None
    page = await store.list("customers", order="name", count=True)
    assert (keys(page), page.total) == ("", 0)


@on_each_store
async def test_any_text_is_a_key(store: Store) -> None:
    texts = ["", " ", "a/b", "a:b", "{a}", "*", "é", "e\u0301", "A", "a", "\x00", "\n"]
    for text in texts:
        await store.insert(text, text, {"is": text}, unique={text: text})
    for text in texts:
        assert await store.get(text, text) == await store.find(text, text, text) == Record(text, {"is": text})
    assert list(await store.collections()) == sorted(texts)


@on_each_store
async def test_a_key_is_taken_once(store: Store) -> None:
    await store.insert("accounts", "a", {"name": "first"})
    with pytest.raises(RecordExists) as caught:
        await store.insert("accounts", "a", {"name": "second"})
    assert (caught.value.collection, caught.value.field, caught.value.value) == ("accounts", "key", "a")
    assert str(caught.value) == "the identifier 'a' is already taken"
    assert await store.get("accounts", "a") == Record("a", {"name": "first"})


@on_each_store
async def test_a_unique_value_is_taken_once(store: Store) -> None:
    first = await store.insert("accounts", "a", {}, unique={"number": "1000", "alias": "cash"})
    with pytest.raises(RecordExists) as caught:
        await store.insert("accounts", "b", {}, unique={"number": "2000", "alias": "cash"})
    assert (caught.value.field, caught.value.value) == ("alias", "cash")
    assert str(caught.value) == "alias 'cash' is already taken"
    assert await store.get("accounts", "b") is None
    assert await store.find("accounts", "number", "2000") is None
    assert await store.find("accounts", "alias", "cash") == first


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
    records = await store.insert_all("accounts", [("b", {"n": 1}, {"number": "1"}), ("a", {"n": 2}, {})])
    assert records == [Record("b", {"n": 1}), Record("a", {"n": 2})]
    assert list((await store.list("accounts")).records) == records
    assert await store.find("accounts", "number", "1") == records[0]


@on_each_store
async def test_insert_all_of_nothing_does_nothing(store: Store) -> None:
    assert await store.insert_all("accounts", []) == []
    assert list(await store.collections()) == []


@pytest.mark.parametrize("make", STORES)
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
        entries: list[tuple[str, Value, Mapping[str, str]]] = [
            ("a", {}, {"alias": "x"}),
            (second[0], {}, second[1]),
            (third[0], {}, third[1]),
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
        await store.insert_all("accounts", [("a", {}, {}), ("a", {}, {})])
    assert list(await store.collections()) == []


# ---- replace and delete


@on_each_store
async def test_replace_puts_a_new_value_and_counts_the_version(store: Store) -> None:
    await fill(store, "a")
    assert await store.replace("accounts", "a", {"name": "x"}) == Record("a", {"name": "x"}, version=2)
    assert await store.replace("accounts", "a", {"name": "y"}, expected=2) == Record(
        "a", {"name": "y"}, version=3
    )
    assert await store.get("accounts", "a") == Record("a", {"name": "y"}, version=3)


@on_each_store
async def test_replace_of_an_old_version_is_refused(store: Store) -> None:
    await fill(store, "a")
    await store.replace("accounts", "a", {"name": "x"})
    with pytest.raises(RecordChanged) as caught:
        await store.replace("accounts", "a", {"name": "y"}, expected=1, unique={"number": "1"})
    assert (caught.value.key, caught.value.expected, caught.value.found) == ("a", 1, 2)
    assert await store.get("accounts", "a") == Record("a", {"name": "x"}, version=2)
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
    assert await store.find("accounts", "number", "1") == record
    with pytest.raises(RecordExists):
        await store.insert("accounts", "b", {}, unique={"number": "1"})


@on_each_store
async def test_replace_frees_the_unique_values_it_gives_up(store: Store) -> None:
    await store.insert("accounts", "a", {}, unique={"number": "1", "alias": "x"})
    record = await store.replace("accounts", "a", {}, unique={"number": "2"})
    assert await store.find("accounts", "number", "2") == record
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
    assert await store.find("accounts", "number", "2") == Record("b", {"n": 2}, version=2)
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
    assert await store.insert("accounts", "a", {}, unique={"number": "1"}) == Record("a", {}, version=1)


@on_each_store
async def test_delete_of_another_version_is_refused(store: Store) -> None:
    await fill(store, "a")
    with pytest.raises(RecordChanged) as caught:
        await store.delete("accounts", "a", expected=2)
    assert (caught.value.expected, caught.value.found) == (2, 1)
    assert await store.delete("accounts", "a", expected=1) is True
    assert await store.delete("accounts", "a", expected=1) is False


@on_each_store
async def test_a_key_inserted_again_comes_last(store: Store) -> None:
    await fill(store, "a", "b")
    await store.list("accounts", order="name")
    await store.delete("accounts", "a")
    await fill(store, "a")
    assert keys(await store.list("accounts")) == "b a"
    assert keys(await store.list("accounts", order="name")) == "a b"


# ---- lists


@on_each_store
async def test_a_list_is_in_the_order_of_insertion(store: Store) -> None:
    await fill(store, "c", "a", "b")
    page = await store.list("accounts")
    assert (list(page.records), page.total) == ([Record(name, {"name": name}) for name in "cab"], None)
    assert keys(await store.list("accounts", descending=True)) == "b a c"


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


@pytest.mark.parametrize("make", STORES)
@pytest.mark.parametrize("order", ["", "name"])
@pytest.mark.parametrize("filtered", [False, True])
@pytest.mark.parametrize(("offset", "limit", "expected"), PAGES)
def test_a_page_is_part_of_the_list(
    *, make: Factory, order: str, filtered: bool, offset: int, limit: int | None, expected: str
) -> None:
    async def play() -> None:
        store = make()
        await fill(store, "a", "b", "c", "d", "e")
        await store.delete("accounts", "c")
        where = (lambda value: bool(value["name"])) if filtered else None
        page = await store.list("accounts", where=where, order=order, offset=offset, limit=limit, count=True)
        assert (keys(page), page.total) == (expected, 4)
        backwards = await store.list(
            "accounts", where=where, order=order, descending=True, offset=offset, limit=limit
        )
        rest = ["e", "d", "b", "a"][offset:][: 4 if limit is None else limit]
        assert (keys(backwards).split(), backwards.total) == (rest, None)

    asyncio.run(play())


@pytest.mark.parametrize("make", STORES)
@pytest.mark.parametrize(("offset", "limit"), [(-1, None), (0, -1)])
def test_a_negative_offset_or_limit_is_refused(make: Factory, offset: int, limit: int | None) -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        asyncio.run(make().list("accounts", offset=offset, limit=limit))


@on_each_store
async def test_a_filter_counts_and_pages_what_it_lets_through(store: Store) -> None:
    await fill(store, "a1", "b1", "a2", "b2", "a3")
    page = await store.list(
        "accounts", where=lambda value: value["name"][0] == "a", offset=1, limit=1, count=True
    )
    assert (keys(page), page.total) == ("a2", 3)
    page = await store.list(
        "accounts", where=lambda value: value["name"] > "b", descending=True, limit=0, count=True
    )
    assert (keys(page), page.total) == ("", 2)


@on_each_store
async def test_a_filter_that_fails_breaks_nothing(store: Store) -> None:
    await fill(store, "a")
    with pytest.raises(KeyError):
        await store.list("accounts", where=lambda value: bool(value["nothing"]))
    assert keys(await store.list("accounts")) == "a"


@on_each_store
async def test_equal_values_come_in_the_order_of_insertion(store: Store) -> None:
    for key, kind in (("c", 1), ("a", 2), ("b", 1), ("d", 2)):
        await store.insert("accounts", key, {"kind": kind})
    assert keys(await store.list("accounts", order="kind")) == "c b a d"
    assert keys(await store.list("accounts", order="kind", descending=True)) == "d a b c"


@on_each_store
async def test_a_record_that_moved_away_and_back_is_again_where_it_was(store: Store) -> None:
    for key in "abc":
        await store.insert("accounts", key, {"kind": 1})
    await store.list("accounts", order="kind")
    for kind in (2, 1):
        await store.replace("accounts", "b", {"kind": kind})
    assert keys(await store.list("accounts", order="kind")) == "a b c"


@on_each_store
async def test_values_of_any_kind_can_be_ordered(store: Store) -> None:
    values: dict[str, Any] = {
        "null": None, "z": "z", "list": [1], "ten": 10, "true": True, "object": {}, "half": 0.5,
        "false": False, "empty": "", "huge": 10**15, "minus": -1, "Z": "Z", "eleven": "11", "umlaut": "ä",
    }  # fmt: skip
    for key, value in values.items():
        await store.insert("accounts", key, {"field": value})
    await store.insert("accounts", "absent", {})
    ordered = "false true minus half ten huge empty eleven Z z umlaut null list object absent"
    assert keys(await store.list("accounts", order="field")) == ordered
    assert keys(await store.list("accounts", order="field", descending=True)) == " ".join(
        reversed(ordered.split())
    )
    assert keys(await store.list("accounts", order="unheard")) == " ".join([*values, "absent"])


def test_numbers_that_json_cannot_hold_are_ordered_too() -> None:
    async def play() -> str:
        store = MemoryStore()
        for key, value in {
            "nan": float("nan"),
            "huge": 10**400,
            "null": None,
            "inf": float("inf"),
            "one": 1,
        }.items():
            await store.insert("accounts", key, {"field": value})
        return keys(await store.list("accounts", order="field"))

    assert asyncio.run(play()) == "one huge inf nan null"


@on_each_store
async def test_an_order_follows_every_change(store: Store) -> None:
    await fill(store, "b", "d")
    assert keys(await store.list("accounts", order="name")) == "b d"
    await fill(store, "c", "a")
    assert keys(await store.list("accounts", order="name")) == "a b c d"
    await store.replace("accounts", "a", {"name": "z"})
    await store.replace("accounts", "c", {})
    await store.delete("accounts", "b")
    assert keys(await store.list("accounts", order="name")) == "d a c"


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
    await store.list("d", order="name")
    assert list(await store.collections()) == ["a", "b"]


@on_each_store
async def test_clear_forgets_everything(store: Store) -> None:
    await store.insert("accounts", "a", {}, unique={"number": "1"})
    await store.increment("id")
    await store.clear()
    assert list(await store.collections()) == []
    assert await store.increment("id") == 1
    assert await store.insert("accounts", "a", {}, unique={"number": "1"}) == Record("a", {})
    assert keys(await store.list("accounts", order="name")) == "a"


def test_two_memory_stores_never_meet() -> None:
    async def play() -> None:
        one, other = MemoryStore(), MemoryStore()
        await fill(one, "a")
        await one.increment("id")
        assert list(await other.collections()) == []
        assert await other.increment("id") == 1

    asyncio.run(play())


# ---- many callers at once


async def outcomes(*attempts: Awaitable[Any]) -> list[Any]:
    return await asyncio.gather(*attempts, return_exceptions=True)


@on_each_store
async def test_of_two_hundred_inserts_of_one_key_one_wins(store: Store) -> None:
    results = await outcomes(*(store.insert("accounts", "a", {"n": n}) for n in range(200)))
    winners = [result for result in results if isinstance(result, Record)]
    assert [await store.get("accounts", "a")] == winners
    assert sum(isinstance(result, RecordExists) for result in results) == 199


@on_each_store
async def test_of_two_hundred_inserts_of_one_unique_value_one_wins(store: Store) -> None:
    results = await outcomes(
        *(store.insert("accounts", f"a{n}", {}, unique={"number": "1"}) for n in range(200))
    )
    winners = [result for result in results if isinstance(result, Record)]
    assert [await store.find("accounts", "number", "1")] == winners
    assert list((await store.list("accounts")).records) == winners
    assert sum(isinstance(result, RecordExists) for result in results) == 199


@on_each_store
async def test_of_two_hundred_replaces_of_one_version_one_wins(store: Store) -> None:
    await fill(store, "a")
    results = await outcomes(*(store.replace("accounts", "a", {"n": n}, expected=1) for n in range(200)))
    winners = [result for result in results if isinstance(result, Record)]
    assert [await store.get("accounts", "a")] == winners
    assert sum(isinstance(result, RecordChanged) for result in results) == 199


@on_each_store
async def test_two_hundred_deletes_remove_one_record(store: Store) -> None:
    await fill(store, "a")
    assert sorted(await outcomes(*(store.delete("accounts", "a") for _ in range(200)))) == [False] * 199 + [
        True
    ]


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
    entries: list[tuple[str, Value, Mapping[str, str]]] = [
        (f"k{n}", {"n": -n, "even": n % 2}, {"number": str(n)}) for n in range(size)
    ]
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
    for order in ("", "n", "even"):
        for descending in (False, True):
            await store.list(
                "accounts", order=order, descending=descending, offset=middle // 2, limit=20, count=True
            )
    await store.replace("accounts", "new", {"n": 1}, unique={"number": "newer"})
    await store.delete("accounts", "new")


@pytest.mark.parametrize("make", STORES)
def test_reading_and_writing_cost_the_same_with_a_hundred_times_the_records(make: Factory) -> None:
    async def play() -> tuple[Work, Work]:
        small, big = await large(make(), 1_000), await large(make(), 100_000)
        return await work(lambda: read_and_write(small)), await work(lambda: read_and_write(big))

    small, big = asyncio.run(play())
    assert big.lines < 4 * small.lines  # a logarithm may grow a little
    assert big.memory < small.memory + 50_000


@on_each_store
async def test_a_filter_looks_at_no_more_than_the_page_needs(store: Store) -> None:
    await store.insert_all("accounts", [(str(n), {"n": n}, {}) for n in range(1_000)])
    seen: list[int] = []

    def even(value: Value) -> bool:
        seen.append(value["n"])
        return bool(value["n"] % 2 == 0)

    page = await store.list("accounts", where=even, offset=5, limit=10)
    assert (keys(page), seen) == ("10 12 14 16 18 20 22 24 26 28", list(range(29)))
    seen.clear()
    await store.list("accounts", where=even, limit=0)
    assert seen == []
    await store.list("accounts", where=even, limit=0, count=True)
    assert len(seen) == 1_000


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
UNIQUE = st.dictionaries(st.sampled_from(["number", "alias"]), st.sampled_from(["1", "2", "3"]))
EXPECTED = st.none() | st.integers(1, 3)


@dataclass
class Plain:
    """A record of the model, which looks through a plain list for everything."""

    key: str
    value: Value
    unique: Mapping[str, str]
    version: int = 1


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
        self.store = self.run(self.made())

    async def made(self) -> Store:
        return self.make()

    def run(self, call: Awaitable[Any]) -> Any:
        async def play() -> Any:
            try:
                return await call
            except (RecordExists, RecordNotFound, RecordChanged) as refusal:
                return str(refusal)

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

    def added(self, entries: list[tuple[str, Value, Mapping[str, str]]]) -> str:
        before = list(self.model)
        for key, value, unique in entries:
            refusal = str(RecordExists("c", "key", key)) if self.held(key) else self.clash(unique)
            if refusal:
                self.model = before
                return refusal
            self.model.append(Plain(key, value, unique))
        return ""

    @rule(key=KEYS, value=VALUES, unique=UNIQUE)
    def insert(self, key: str, value: Value, unique: dict[str, str]) -> None:
        answer = self.run(self.store.insert("c", key, value, unique=unique))
        assert answer == (self.added([(key, value, unique)]) or Record(key, value))

    @rule(entries=st.lists(st.tuples(KEYS, VALUES, UNIQUE), max_size=3))
    def insert_all(self, entries: list[tuple[str, Value, Mapping[str, str]]]) -> None:
        answer = self.run(self.store.insert_all("c", entries))
        assert answer == (self.added(entries) or [Record(key, value) for key, value, _ in entries])

    @rule(key=KEYS, value=VALUES, expected=EXPECTED, unique=st.none() | UNIQUE)
    def replace(self, key: str, value: Value, expected: int | None, unique: dict[str, str] | None) -> None:
        answer = self.run(self.store.replace("c", key, value, expected=expected, unique=unique))
        plain = self.held(key)
        if plain is None:
            assert answer == str(RecordNotFound("c", key))
        elif expected not in (None, plain.version):
            assert answer == str(RecordChanged("c", key, expected or 0, plain.version))
        elif refusal := self.clash(unique or {}, besides=plain):
            assert answer == refusal
        else:
            plain.value, plain.version = value, plain.version + 1
            plain.unique = plain.unique if unique is None else unique
            assert answer == Record(key, value, plain.version)

    @rule(key=KEYS, expected=EXPECTED)
    def delete(self, key: str, expected: int | None) -> None:
        answer = self.run(self.store.delete("c", key, expected=expected))
        plain = self.held(key)
        if plain and expected not in (None, plain.version):
            assert answer == str(RecordChanged("c", key, expected or 0, plain.version))
        else:
            assert answer == (plain is not None)
            self.model = [other for other in self.model if other is not plain]

    @rule()
    def clear(self) -> None:
        self.run(self.store.clear())
        self.model = []

    @rule(
        order=st.sampled_from(["", "x", "y", "z"]),
        descending=st.booleans(),
        offset=st.integers(0, 6),
        limit=st.none() | st.integers(0, 6),
        filtered=st.booleans(),
        count=st.booleans(),
    )
    def page(
        self, *, order: str, descending: bool, offset: int, limit: int | None, filtered: bool, count: bool
    ) -> None:
        where = (lambda value: "x" in value) if filtered else None
        page = self.run(
            self.store.list(
                "c", where=where, order=order, descending=descending, offset=offset, limit=limit, count=count
            )
        )
        plains = sorted(self.model, key=lambda plain: plain_order(plain.value.get(order)))
        plains = [
            plain
            for plain in (reversed(plains) if descending else plains)
            if not filtered or "x" in plain.value
        ]
        end = None if limit is None else offset + limit
        assert [record.key for record in page.records] == [plain.key for plain in plains[offset:end]]
        assert page.total == (len(plains) if count else None)

    @invariant()
    def the_orders_hold(self) -> None:
        for order in ("x", "y"):
            page = self.run(self.store.list("c", order=order))
            plains = sorted(self.model, key=lambda plain: plain_order(plain.value.get(order)))
            assert [record.key for record in page.records] == [plain.key for plain in plains]

    @invariant()
    def nothing_else_is_held(self) -> None:
        records = [Record(plain.key, plain.value, plain.version) for plain in self.model]
        assert list(self.run(self.store.list("c")).records) == records
        assert [self.run(self.store.get("c", record.key)) for record in records] == records
        assert list(self.run(self.store.collections())) == (["c"] if records else [])
        for field in ("number", "alias"):
            for value in "123":
                found = self.run(self.store.find("c", field, value))
                assert (found.key if found else "") == next(
                    (plain.key for plain in self.model if plain.unique.get(field) == value), ""
                )


@pytest.mark.parametrize("make", STORES)
def test_no_sequence_of_calls_tells_a_store_from_the_model(make: Factory) -> None:
    machine = type("Machine", (StoreMachine,), {"make": staticmethod(make)})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=60, stateful_step_count=30, deadline=None)
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
    assert keys(await store.list("accounts", order="name")) == "a b"
    assert await store.get("accounts", "b") == Record("b", {"name": "B2"}, version=2)
    assert await store.find("accounts", "number", "1") == Record("a", {"name": "A"})
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
    assert [kept.record for kept in contents.collections["accounts"]] == [Record("a", {"name": "a"})]
    assert not contents.collections["accounts"][0].unique


@on_each_store
async def test_contents_that_clash_are_refused_and_change_nothing(store: Store) -> None:
    await fill(store, "a")
    same = Kept(Record("x", {}), {"number": "1"})
    for other in (Kept(Record("x", {}), {}), Kept(Record("y", {}), {"number": "1"})):
        with pytest.raises(RecordExists):
            await store.load(Contents({"first": [same], "second": [same, other]}, {"ids": 3}))
        assert list(await store.collections()) == ["accounts"]
        assert await store.increment("ids", 0) == 0
