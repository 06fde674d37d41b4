"""The notation: a model as it is printed, and read back."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, get_type_hints

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields

from understudy.contracts.contract import Contract
from understudy.model import notation
from understudy.model.codecs import Words, WrongWord
from understudy.model.compiler import compile
from understudy.model.model import Answer, Collection, Filter, Slot, Source, View

ROOT = Path(__file__).parent.parent
HERE = [ROOT / "docs" / "shop.yaml", *sorted((ROOT / "specs").glob("*.yaml"))]
CORPUS = sorted(Path(os.environ.get("CORPUS") or ROOT / "nowhere").glob("*.*"))
"""Documents of others, where they are at hand."""


@pytest.mark.parametrize("path", [*HERE, *CORPUS], ids=lambda path: path.stem)
def test_what_is_printed_is_read_back(path: Path) -> None:
    model = compile(Contract.load(path))
    printed = json.loads(json.dumps(notation.write_model(model)))
    read = notation.read_model(printed)
    assert read.collections == dict(model.collections)
    assert read.operations == dict(model.operations)
    assert read.because == dict(model.because)
    assert jsonschema_rs.validator_for(notation.schema()).is_valid(printed)


COMPACT: list[tuple[Any, Any]] = [
    (Source(at="path", name="orderId"), "path/orderId"),
    (Source(at="path", name="number", by="number"), "path/number by number"),
    (Source(at="word", name="me"), "word/me"),
    (View(schema="#/components/schemas/Order"), "Order"),
    (View(schema="#/components/schemas/Order", place=("data",)), "Order at /data"),
    (View(schema="#/components/schemas/Brief", place=("data",), shows="part"), "part Brief at /data"),
    (View(schema="shared.yaml#/Order"), "shared.yaml#/Order"),
    (View(shows="raw"), "raw"),
    (View(schema="#/components/schemas/raw"), "#/components/schemas/raw"),
    (Slot(says="total"), "total"),
    (Slot(says="limit", form="text"), "limit as text"),
    (Slot(says="more", form="flag"), "more"),
    (Slot(says="next", form="url", within="href", otherwise="null"), "next as url in href else null"),
    (Filter(members=(("status",),)), "status"),
    (Filter(members=(("createdAt",),), test="from"), "createdAt from"),
    (Filter(members=(("name",), ("description",)), test="contains"), "name or description contains"),
    (Filter(members=(("name",),), test="exactly"), "name exactly"),
    (Filter(members=(("by", "at"),), test="until day"), "/by/at until day"),
]


@pytest.mark.parametrize(("value", "text"), COMPACT, ids=lambda one: one if isinstance(one, str) else "")
def test_parts_have_a_compact_form(value: Any, text: str) -> None:
    assert Words(type(value)).write(value) == text
    assert Words(type(value)).read(text, ()) == value


AS_MAPPINGS: list[tuple[Any, Any]] = [
    (Filter(members=(("a or b",),)), {"members": ["/a or b"]}),
    (Filter(members=(("kind",),), default=("all",)), {"members": ["/kind"], "default": "all"}),
    (
        View(schema="#/components/schemas/Charge", shows="own", identity={"charge_code": "", "code": "code"}),
        {"schema": "Charge", "shows": "own", "identity": {"charge_code": "", "code": "code"}},
    ),
    (
        Slot(says="next", form="object", parts={"offset": "cursor"}),
        {"says": "next", "form": "object", "parts": {"offset": "cursor"}},
    ),
]


@pytest.mark.parametrize(("value", "written"), AS_MAPPINGS)
def test_what_would_be_read_as_something_else_is_a_mapping(value: Any, written: Any) -> None:
    assert Words(type(value)).write(value) == written
    assert Words(type(value)).read(written, ()) == value


# ---- any model

NAMES = st.text(st.sampled_from("ab /~#{}[].-é"), min_size=1, max_size=6)
PLACES = st.lists(NAMES, max_size=2).map(tuple)


def _values(hint: Any) -> st.SearchStrategy[Any]:
    """Return values of a field, for those kinds that `from_type` would make too free."""
    mark = getattr(hint, "__metadata__", ("",))[0]
    if mark == "place":
        return PLACES
    if mark == "maybe":
        return st.lists(st.none() | st.integers() | NAMES, max_size=1).map(tuple)
    if mark == "address":
        return st.just("") | NAMES.map("#/{}".format) | st.just("#/components/schemas/Order")
    return st.nothing()


def parts(kind: Any) -> st.SearchStrategy[Any]:
    """Return any part of a model of a kind, one level deep."""
    hints = get_type_hints(kind, include_extras=True)
    marked = {field.name: _values(hints[field.name]) for field in fields(kind)}
    plain = {
        "name": NAMES, "by": st.just("") | NAMES, "noun": NAMES, "at": NAMES, "within": st.just("") | NAMES,
        "members": st.lists(PLACES, min_size=1, max_size=2).map(tuple),
        "identity": st.dictionaries(NAMES, NAMES, max_size=2), "parts": st.dictionaries(NAMES, NAMES, max_size=2),
    }  # fmt: skip
    told: dict[Any, dict[str, st.SearchStrategy[str]]] = {
        Source: {"at": st.sampled_from(["path", "query", "body", "word"])},
        View: {"shows": st.sampled_from(["whole", "part", "own", "raw"])},
        Slot: {
            "says": st.sampled_from(["total", "next", "more"]),
            "form": st.sampled_from(["number", "url", "flag", "object"]),
            "otherwise": st.sampled_from(["null", "omit", "keep"]),
        },
        Filter: {"test": st.sampled_from(["equals", "from", "until day", "contains"])},
    }
    chosen = {name: one for name, one in {**marked, **plain, **told.get(kind, {})}.items() if name in hints}
    return st.builds(kind, **{name: one for name, one in chosen.items() if not one.is_empty})


@given(st.one_of(*(parts(kind) for kind in (Source, View, Slot, Filter))))
def test_any_part_is_read_back_as_it_was(part: Any) -> None:
    written = json.loads(json.dumps(Words(type(part)).write(part)))
    assert Words(type(part)).read(written, ()) == part


# ---- wrong words

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"list": "/orders", "fitler": {}}, "'fitler' is no word here; did you mean filter? (at /fitler)"),
    ({"list": "/orders", "read": "/orders"}, "an operation has one of the verbs list, read, create"),
    ({"key": "path/id"}, "an operation has one of the verbs"),
    ({"read": "/orders", "key": "header/id"}, "'header/id' cannot be read; it looks like 'path/orderId'"),
    (
        {"list": "/orders", "answer": {"says": {"/a": "total else nul"}}},
        "'nul' is no word here; did you mean null?",
    ),
    ({"list": "/orders", "page": {"first": "1"}}, "'1' stands where a number is wanted (at /page/first)"),
    ({"list": "/orders", "answer": {"list": "items"}}, "'items' is no JSON Pointer, such as /data"),
    ({"list": "/orders", "sort": {"nulls": "first"}}, "'first' is no word here"),
    ({"list": ["/orders"]}, "stands where a text is wanted (at /list)"),
    ({"list": "/orders", "sort": {"by": "sort"}}, "'sort' stands where a list is wanted"),
]


@pytest.mark.parametrize(("written", "reason"), WRONG)
def test_a_wrong_word_is_refused_with_its_place(written: dict[str, Any], reason: str) -> None:
    with pytest.raises(WrongWord) as refused:
        notation.read_plan(written)
    assert reason in str(refused.value)


def test_the_schema_refuses_words_that_are_none() -> None:
    validator = jsonschema_rs.validator_for(notation.schema())
    assert not validator.is_valid({"operations": {"GET /a": {"list": "/a", "fitler": {}}}})
    assert validator.is_valid({"operations": {"GET /a": {"list": "/a", "filter": {"x": "a from"}}}})


def test_every_word_of_the_dataclasses_is_in_the_schema() -> None:
    definitions = notation.schema()["$defs"]
    assert definitions["Collection"]["properties"].keys() == {field.name for field in fields(Collection)}
    assert definitions["Answer"]["properties"].keys() == {field.name for field in fields(Answer)}
