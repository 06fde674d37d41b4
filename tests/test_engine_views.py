"""Views: a body is made once for each revision, is bounded by bytes, and an envelope is validated where it is new."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from inline import TEXT, WHOLE, Api, Schemas, ref, resource, thing
from understudy.engine.binding import BoundList, BoundView
from understudy.engine.kept import Kept
from understudy.engine.views import Views, placed, put_at
from understudy.messages import NOTHING
from understudy.model.model import Place
from understudy.schemas.entity import new_faker
from understudy.state.store import Record

# ---- what is kept


def test_what_was_not_asked_for_longest_is_given_up_first() -> None:
    kept = Kept[tuple[int, int, int], bytes](160)
    for number in range(1, 17):
        kept.put((1, number, 1), b"x" * 10, 10)
    assert kept.get((1, 1, 1)) is not None
    kept.put((1, 17, 1), b"x" * 10, 10)
    assert kept.get((1, 1, 1)) is not None
    assert kept.get((1, 2, 1)) is None
    assert kept.get((1, 17, 1)) is not None


def test_what_would_take_a_large_part_of_the_room_is_not_kept() -> None:
    kept = Kept[tuple[int, int, int], bytes](160)
    kept.put((1, 1, 1), b"x" * 11, 11)
    assert kept.get((1, 1, 1)) is None


def test_never_more_is_kept_than_there_is_room_for() -> None:
    kept = Kept[tuple[int, int, int], bytes](1600)
    for number in range(500):
        kept.put((1, number, 1), b"x" * (number % 100), number % 100)
    found = [kept.get((1, number, 1)) for number in range(500)]
    assert 1400 < sum(len(data) for data in found if data is not None) <= 1600


# ---- one item

ITEM = thing({"id": TEXT, "size": WHOLE, "note": TEXT}, "id", "size")
WRAPPED = thing({"data": ITEM}, "data")
MADE = "post /things"
ONE = "get /things/{id}"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the revisions of which a body was made, in that order."""
    found = []
    make = Views._body

    def noted(self: Views, address: Any, record: Record, view: BoundView) -> Any:
        found.append(record.revision)
        return make(self, address, record, view)

    monkeypatch.setattr(Views, "_body", noted)
    return found


def test_a_body_is_made_once_for_each_revision(made: list[int]) -> None:
    api = Api(resource(WRAPPED, ITEM))

    async def play() -> None:
        await api.ask(MADE, body={"id": "a", "size": 1})
        made.clear()
        first = [await api.told(ONE, "a") for _ in range(3)]
        assert first == [{"data": {"id": "a", "size": 1}}] * 3
        assert len(made) == 1
        await api.ask("patch /things/{id}", "a", {"size": 2})
        second = [await api.told(ONE, "a") for _ in range(3)]
        assert second == [{"data": {"id": "a", "size": 2}}] * 3
        assert len(set(made)) == 2

    asyncio.run(play())


def test_an_item_that_is_the_whole_body_is_the_records_own_bytes(made: list[int]) -> None:
    api = Api(resource(ref("Item"), ITEM), Item=ITEM)

    async def play() -> None:
        await api.ask(MADE, body={"id": "a", "size": 1})
        record = await api.context().store.get("/things", "a")
        assert record is not None
        assert (await api.ask(ONE, "a")).data == record.data
        assert made == []

    asyncio.run(play())


def test_sessions_do_not_share_what_is_kept() -> None:
    api = Api(resource(WRAPPED, ITEM))

    async def play() -> None:
        for size in (1, 2):
            await api.ask(MADE, body={"id": "a", "size": size})
            assert (await api.told(ONE, "a"))["data"]["size"] == size
            api.sessions.reset("default")

    asyncio.run(play())


# ---- many

ENVELOPE = thing({"items": {"type": "array", "items": ITEM}, "total": WHOLE, "next": TEXT}, "items", "total")
ITEMS = [b'{"id":"a","size":1}', b'{"id":"b","size":2}']
TOTAL, NEXT = ("total",), ("next",)


class Lists:
    """Views of one list, and how often its body was validated."""

    def __init__(self, schema: Any, *place: str, guarded: tuple[str, ...] = ()) -> None:
        schemas = Schemas(schema)
        self.validated = 0
        self._is_valid = schemas.reading.validator(schemas.node).is_valid
        self._views = Views(schemas.reading, schemas.factory)
        self._view = BoundList(1, schemas.node, place, None, {}, guarded, self._count)
        faker = new_faker()
        self._context: Any = SimpleNamespace(fake=lambda *_: faker)

    def _count(self, body: Any) -> bool:
        self.validated += 1
        return self._is_valid(body)

    def written(self, items: list[bytes], says: dict[Place, Any]) -> Any:
        """Return the list as it is sent."""
        return orjson.loads(self._views.list(self._context, self._view, items, says))


def test_an_envelope_that_was_valid_once_is_not_validated_again() -> None:
    lists = Lists(ENVELOPE, "items")
    lists.written(ITEMS, {TOTAL: 2, NEXT: NOTHING})
    before = lists.validated
    assert before > 0
    body = lists.written(ITEMS[:1], {TOTAL: 7, NEXT: NOTHING})
    assert lists.validated == before
    assert (body["items"], body["total"]) == ([{"id": "a", "size": 1}], 7)
    assert "next" not in body


@pytest.mark.parametrize(
    ("items", "says"),
    [
        ([], {TOTAL: 2, NEXT: NOTHING}),
        (ITEMS, {TOTAL: 2, NEXT: "http://s"}),
        (ITEMS, {TOTAL: "2", NEXT: NOTHING}),
    ],
)
def test_an_envelope_with_values_of_other_types_is_validated(
    items: list[bytes], says: dict[Place, Any]
) -> None:
    lists = Lists(ENVELOPE, "items")
    lists.written(ITEMS, {TOTAL: 2, NEXT: NOTHING})
    before = lists.validated
    lists.written(items, says)
    assert lists.validated > before


def test_what_an_envelope_cannot_say_is_not_said_and_the_rest_is() -> None:
    lists = Lists(ENVELOPE, "items")
    for _ in range(2):
        body = lists.written(ITEMS, {TOTAL: "many", NEXT: "http://s"})
        assert isinstance(body["total"], int)
        assert (len(body["items"]), body["next"]) == (2, "http://s")


def test_a_list_with_rules_of_its_own_is_validated_each_time() -> None:
    few = thing({"items": {"type": "array", "items": ITEM, "maxItems": 1}, "total": WHOLE}, "items", "total")
    lists = Lists(few, "items", guarded=("maxItems",))
    for _ in range(2):
        assert lists.written(ITEMS[:1], {TOTAL: 1})["items"] == [{"id": "a", "size": 1}]
        assert len(lists.written(ITEMS, {TOTAL: 2})["items"]) <= 1


def test_a_bare_list_is_its_items() -> None:
    assert Lists({"type": "array", "items": ITEM}).written(ITEMS, {}) == [orjson.loads(one) for one in ITEMS]
    few = {"type": "array", "items": ITEM, "maxItems": 1}
    assert len(Lists(few, guarded=("maxItems",)).written(ITEMS, {})) <= 1


# ---- places in a body


@pytest.mark.parametrize(
    ("body", "place", "result"),
    [
        ({"a": 1}, (), "new"),
        ({"a": 1, "b": 2}, ("a",), {"a": "new", "b": 2}),
        ({"a": {"b": 1, "c": 2}}, ("a", "b"), {"a": {"b": "new", "c": 2}}),
        ({"a": [{"b": 1}, {"b": 2}]}, ("a", "b"), {"a": [{"b": "new"}]}),
        ({"a": 1}, ("b",), NOTHING),
        ({"a": 1}, ("a", "b"), NOTHING),
        ("text", ("a",), NOTHING),
    ],
)
def test_an_item_is_put_at_a_place_of_a_copy(body: Any, place: Place, result: Any) -> None:
    before = orjson.dumps(body)
    assert placed(body, place, "new") == result
    assert orjson.dumps(body) == before


@pytest.mark.parametrize(
    ("place", "value", "result"),
    [
        (("n",), 2, {"n": 2, "page": {"n": 1, "next": {"href": "x", "rel": "y"}}}),
        (("new",), 2, {"n": 1, "page": {"n": 1, "next": {"href": "x", "rel": "y"}}, "new": 2}),
        (("n",), NOTHING, {"page": {"n": 1, "next": {"href": "x", "rel": "y"}}}),
        (("page", "n"), 2, {"n": 1, "page": {"n": 2, "next": {"href": "x", "rel": "y"}}}),
        (("page", "next"), {"href": "z"}, {"n": 1, "page": {"n": 1, "next": {"href": "z", "rel": "y"}}}),
        (("n", "deeper"), 2, {"n": 1, "page": {"n": 1, "next": {"href": "x", "rel": "y"}}}),
    ],
)
def test_a_value_is_put_at_a_place_and_the_frame_stays_as_it_is(
    place: Place, value: Any, result: Any
) -> None:
    frame = {"n": 1, "page": {"n": 1, "next": {"href": "x", "rel": "y"}}}
    before = orjson.dumps(frame)
    body = dict(frame)
    put_at(body, place, value, set())
    assert body == result
    assert orjson.dumps(frame) == before
