"""Properties of lists: what a filter lets through meets it, and pages of any size show each such item once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from inline import TEXT, WHOLE, Schemas, thing
from understudy.engine.pointers import Pointers
from understudy.engine.queries import Choosing
from understudy.model.model import Collection, Filter, List, Member, Page, Sort
from understudy.state.memory import MemoryStore

SCHEMAS = Schemas(thing({"n": WHOLE, "t": TEXT}))
MEMBERS = {"n": Member(kind="integer"), "t": Member(kind="string")}
POINTERS = Pointers(Collection(members=MEMBERS), SCHEMAS.target(), SCHEMAS.reading)

NUMBERS = st.integers(-3, 12)
WORDS = st.text("abAB", max_size=3)
ITEMS = st.lists(
    st.fixed_dictionaries({"n": st.none() | NUMBERS, "t": st.none() | WORDS}), min_size=0, max_size=12
)

ORACLES: dict[str, Callable[[int, int], bool]] = {
    "equals": lambda found, wanted: found == wanted,
    "not": lambda found, wanted: found != wanted,
    "above": lambda found, wanted: found > wanted,
    "from": lambda found, wanted: found >= wanted,
    "below": lambda found, wanted: found < wanted,
    "until": lambda found, wanted: found <= wanted,
}
PARTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda found, wanted: wanted in found,
    "starts": str.startswith,
    "ends": str.endswith,
    "equals": lambda found, wanted: found == wanted,
}
SPELLINGS = {"equals": "eq", "not": "neq", "above": "gt", "from": "gte", "below": "lt", "until": "lte"}
SIGNS = {"equals": "eq", "not": "ne", "above": "gt", "from": "ge", "below": "lt", "until": "le"}


def walked(
    items: list[dict[str, Any]], filters: dict[str, Filter], query: dict[str, Any], size: int
) -> list[int]:
    """Return the places of the items that the pages of a list show, one page after the other."""
    plan = List(
        collection="things",
        filter=filters,
        sort=Sort(by=("sort",)),
        page=Page(limit=("limit",), offset=("offset",)),
    )
    choosing = Choosing.of_list(plan, POINTERS)

    async def pages() -> list[int]:
        store = MemoryStore()
        for place, item in enumerate(items):
            await store.insert("things", str(place), item)
        shown: list[int] = []
        for offset in range(0, len(items) + size, size):
            asked = {**query, "limit": size, "offset": offset}
            window = choosing.window(asked)
            conditions = choosing.conditions(asked)
            page = await store.list(
                "things",
                where=conditions[0] if conditions else None,
                order=choosing.orders(asked),
                newest_first=True,
                offset=window.offset,
                limit=window.limit,
            )
            shown += [int(record.key) for record in page.records]
        return shown

    return asyncio.run(pages())


@given(
    ITEMS, st.sampled_from(sorted(ORACLES)), NUMBERS, st.integers(1, 5), st.sampled_from(["", "n", "-n", "t"])
)
def test_numbers_are_compared_in_every_grammar(
    items: list[dict[str, Any]], test: str, wanted: int, size: int, sort: str
) -> None:
    right = {
        place for place, one in enumerate(items) if one["n"] is not None and ORACLES[test](one["n"], wanted)
    }
    grammars: list[tuple[Filter, Any]] = [
        (Filter(members=(("n",),), test=test), wanted),
        (Filter(members=(("n",),), test=test), str(wanted)),
        (Filter(members=(("n",),), test="stated"), f"{SPELLINGS[test]}.{wanted}"),
        (Filter(members=(("*",),), test="expression"), f"n {SIGNS[test]} {wanted}"),
        (Filter(members=(("n",),)), {f"${SPELLINGS[test]}": wanted}),
    ]
    for told, value in grammars:
        shown = walked(items, {"p": told}, {"p": value, "sort": sort}, size)
        assert len(shown) == len(set(shown)), (told, value)
        assert set(shown) == right, (told, value)


@given(ITEMS, st.sampled_from(sorted(PARTS)), WORDS.filter(bool), st.integers(1, 5))
def test_texts_are_compared_whatever_their_case(
    items: list[dict[str, Any]], test: str, wanted: str, size: int
) -> None:
    found = {
        place
        for place, one in enumerate(items)
        if one["t"] is not None and PARTS[test](one["t"].lower(), wanted.lower())
    }
    shown = walked(items, {"p": Filter(members=(("t",),), test=test)}, {"p": wanted}, size)
    assert sorted(shown) == sorted(found)


@given(ITEMS, st.booleans(), st.integers(1, 5))
def test_what_is_there_and_what_is_not_are_all(items: list[dict[str, Any]], wanted: bool, size: int) -> None:
    right = [place for place, one in enumerate(items) if (one["t"] is not None) is wanted]
    for test, value in (("present", wanted), ("null", not wanted)):
        shown = walked(items, {"p": Filter(members=(("t",),), test=test)}, {"p": value}, size)
        assert sorted(shown) == right


@given(ITEMS, st.lists(NUMBERS, min_size=1, max_size=3), st.integers(1, 5))
def test_one_of_several_values_and_none_of_them(
    items: list[dict[str, Any]], wanted: list[int], size: int
) -> None:
    among = [place for place, one in enumerate(items) if one["n"] in wanted]
    text = ",".join(map(str, wanted))
    assert sorted(walked(items, {"p": Filter(members=(("n",),), test="in")}, {"p": text}, size)) == among
    rest = walked(items, {"p": Filter(members=(("n",),), test="not in")}, {"p": text}, size)
    assert sorted([*rest, *among]) == list(range(len(items)))


@given(st.text(max_size=30))
def test_no_expression_is_too_strange(text: str) -> None:
    items: list[dict[str, Any]] = [{"n": 1, "t": "a"}, {"n": None, "t": "b"}]
    shown = walked(items, {"p": Filter(members=(("*",),), test="expression")}, {"p": text}, 5)
    assert set(shown) <= {0, 1}
