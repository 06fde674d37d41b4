"""Needles: no item that meets a condition is passed over because of what stands in its JSON."""

from __future__ import annotations

from typing import Any, Literal

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from understudy.state.conditions import META, And, Condition, Not, Or, Test, matches
from understudy.state.needles import needles_of

SCALARS = (
    st.text(st.sampled_from('aAbB"\\/e1.5K\u017fß é-'), max_size=6)
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.none()
)
ITEMS = st.fixed_dictionaries({"a": SCALARS | st.lists(SCALARS, max_size=3), "b": SCALARS})
PARTS = st.text(st.sampled_from('aAbB"\\/e1.5kKsé-+'), max_size=3)
OPS: tuple[Literal["contains", "starts", "ends"], ...] = ("contains", "starts", "ends")


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    def test() -> Test:
        return Test(
            (draw(st.sampled_from("ab")),),
            draw(st.sampled_from(OPS)),
            draw(PARTS),
            folded=draw(st.booleans()),
        )

    kind = draw(st.sampled_from(("one", "and", "or")))
    if kind == "one":
        return test()
    several = (test(), test())
    return And(several) if kind == "and" else Or(several)


@given(ITEMS, conditions())
@example({"a": 1e16, "b": None}, Test(("a",), "contains", "e16"))
@example({"a": 1e-7, "b": None}, Test(("a",), "contains", "e-7"))
@example({"a": "K", "b": None}, Test(("a",), "contains", "k", folded=True))
@example({"a": 'a"b', "b": None}, Test(("a",), "contains", 'a"'))
def test_what_meets_a_condition_has_what_has_to_stand_in_it(
    item: dict[str, Any], condition: Condition
) -> None:
    needles = needles_of(condition)
    if needles is not None and matches(condition, item):
        assert needles.may_be_in(orjson.dumps(item))


NAME = Test(("name",), "contains", "Lamp", folded=True)
OTHER = Test(("code",), "eq", "x")


@pytest.mark.parametrize(
    ("condition", "texts"),
    [
        (NAME, [(b"lamp",)]),
        (And((NAME, OTHER)), [(b"lamp",)]),
        (Or((NAME, Test(("code",), "starts", "L-"))), [(b"lamp", b"l-")]),
        (Or((NAME, OTHER)), None),
        (Not(NAME), None),
        (OTHER, None),
        (Test((META, "name"), "contains", "lamp"), None),
        (Test(("name",), "contains", "lämp"), None),
    ],
)
def test_what_has_to_stand_in_an_item(condition: Condition, texts: list[tuple[bytes, ...]] | None) -> None:
    needles = needles_of(condition)
    assert (None if needles is None else [one.texts for one in needles.all]) == texts


def test_an_item_without_it_need_not_be_read() -> None:
    needles = needles_of(NAME)
    assert needles is not None
    assert not needles.may_be_in(b'{"name":"Desk"}')
    assert needles.may_be_in(b'{"name":"LAMPS"}')
    assert needles.may_be_in('{"name":"Désk"}'.encode())
