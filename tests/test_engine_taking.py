"""Taking: what of a request becomes members of an item, or of several, as tables of bodies."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from understudy.engine.binding import BoundTake
from understudy.engine.places import NOWHERE
from understudy.engine.taking import chosen_key, each_in, named_keys, sent_in
from understudy.messages import NOTHING, Request
from understudy.model.model import Collection, Create, Delete, Filter, Identifier, Source, Take

NAMES = frozenset({"id", "name", "size"})
PLACES: tuple[tuple[str, ...], ...] = ((), ("data",), ("data", "attributes"), ("cup",))
BULK = Take(each=((), ("cups",)))


def plan(take: Take | None, *, body: bool = True, hidden: str = "", asked: str = "name size") -> Any:
    """Return what taking looks at of the plan of a create."""
    bound = None
    if take is not None:
        bound = BoundTake(
            take, dict.fromkeys(asked.split(), ()), frozenset(), frozenset(hidden.split()), frozenset()
        )
    operation = SimpleNamespace(body=object() if body else None)
    return SimpleNamespace(
        take=bound, operation=operation, answer=None, collection=SimpleNamespace(names=NAMES)
    )


def sent(body: Any, *, hidden: str = "", **take: Any) -> dict[str, Any]:
    return sent_in(plan(Take(places=PLACES, **take), hidden=hidden), Request("post /cups", body=body))


@pytest.mark.parametrize(
    ("body", "item"),
    [
        ({"name": "a", "size": 1}, {"name": "a", "size": 1}),
        ({"data": {"name": "a"}}, {"name": "a"}),
        ({"data": {"attributes": {"name": "a"}}}, {"name": "a"}),
        ({"data": {"id": "1", "attributes": {"name": "a", "size": 1}}}, {"name": "a", "size": 1}),
        ({"cup": {"name": "a"}, "note": "b"}, {"name": "a"}),
        ({"name": "a", "cup": {"name": "b", "size": 1}}, {"name": "b", "size": 1}),
        ({"name": "a", "cup": {"name": "b"}}, {"name": "a", "cup": {"name": "b"}}),
        ([{"name": "a"}], {"name": "a"}),
        ([{"name": "a"}, {"name": "b"}], {}),
        ({"data": [{"name": "a"}]}, {"name": "a"}),
        ({"colour": "red"}, {"colour": "red"}),
        ({"name": "a", "": [{}]}, {"name": "a", "": [{}]}),
        ({}, {}),
        ("text", {}),
        (None, {}),
        (NOTHING, {}),
    ],
)
def test_an_item_is_where_most_of_its_members_are(body: Any, item: dict[str, Any]) -> None:
    assert sent(body) == item


def test_what_the_server_keeps_to_itself_is_not_taken() -> None:
    assert sent({"id": "1", "name": "a"}, hidden="id") == {"name": "a"}


def test_only_what_is_asked_for_is_taken_where_that_is_said() -> None:
    assert sent({"name": "a", "colour": "red"}, only=True) == {"name": "a"}


@pytest.mark.parametrize(
    ("value", "taken"),
    [(5010.0, 5010), (5010.5, 5010.5), ([1.0, [2.0, "3.0"]], [1, [2, "3.0"]]), (True, True), ("1.0", "1.0")],
)
def test_a_whole_number_is_an_integer_where_that_is_said(value: Any, taken: Any) -> None:
    found = sent({"size": value}, exact=True)["size"]
    assert (found, repr(found)) == (taken, repr(taken))
    assert repr(sent({"size": value})["size"]) == repr(value)


@pytest.mark.parametrize(
    ("query", "item"),
    [({"cup_size": 2}, {"size": 2}), ({"cup_size": 1}, {}), ({"cup_size": None}, {}), ({"name": "a"}, {})],
)
def test_a_query_sets_members_where_there_is_no_body(query: dict[str, Any], item: dict[str, Any]) -> None:
    take = Take(query={"cup_size": Filter(members=(("size",),), default=(1,))})
    assert sent_in(plan(take, body=False), Request("post /cups", query=query)) == item


def test_nothing_is_taken_where_the_plan_takes_nothing() -> None:
    nothing = plan(None)
    request = Request("post /cups", body={"name": "a"})
    assert (sent_in(nothing, request), each_in(nothing, request)) == ({}, None)


@pytest.mark.parametrize(
    ("body", "items"),
    [
        ([{"name": "a"}, {"name": "b"}], [{"name": "a"}, {"name": "b"}]),
        ([{"name": "a"}], [{"name": "a"}]),
        ([], []),
        ({"cups": [{"name": "a"}, {"size": 1, "id": "x"}]}, [{"name": "a"}, {"size": 1}]),
        ({"cups": [{"name": "a"}]}, [{"name": "a"}]),
        ({"cups": [{"colour": "a"}, {"colour": "b"}]}, None),
        ({"cups": ["a", "b"]}, None),
        ({"cups": [{"name": "a"}, {"name": "b"}], "name": "c"}, None),
        ({"tags": [{"name": "a"}, {"name": "b"}]}, None),
        ({"name": "a"}, None),
        (["a", "b"], None),
        ("text", None),
        (NOTHING, None),
    ],
)
def test_a_body_holds_one_item_or_a_list_of_them(body: Any, items: list[dict[str, Any]] | None) -> None:
    assert each_in(plan(BULK, hidden="id"), Request("post /cups", body=body)) == items


def test_a_list_of_one_is_the_item_where_that_may_stand_there() -> None:
    take = Take(places=((), ("cups",)), each=(("cups",),))
    body = {"cups": [{"name": "a"}]}
    assert each_in(plan(take), Request("post /cups", body=body)) is None
    assert sent_in(plan(take), Request("post /cups", body=body)) == {"name": "a"}


# ---- identifiers

CUPS = Collection(
    id=Identifier(member="cupId", sent_as=("cupId", "id"), listed_as=("id", "ids", "cupid", "cupids"))
)


@pytest.mark.parametrize(
    ("item", "key"),
    [
        ({"id": "x"}, "x"),
        ({"name": "a", "cupId": 7}, "7"),
        ({"id": True}, ""),
        ({"id": None}, ""),
        ({"id": ["x"]}, ""),
        ({"id": ""}, ""),
        ({"name": "a"}, ""),
    ],
)
def test_a_request_chooses_an_identifier(item: dict[str, Any], key: str) -> None:
    collection: Any = SimpleNamespace(collection=CUPS, places=NOWHERE)
    assert chosen_key(collection, item) == key


BY_BODY = Source(at="body", name="ids")


@pytest.mark.parametrize(
    ("query", "body", "key", "keys"),
    [
        ({}, NOTHING, None, None),
        ({}, NOTHING, BY_BODY, []),
        ({"ids": "a,b,,c"}, NOTHING, None, ["a", "b", "c"]),
        ({"cup_ids": ["a", 2]}, NOTHING, None, ["a", "2"]),
        ({"ids": None}, NOTHING, None, None),
        ({"state": "old"}, NOTHING, None, None),
        ({}, ["a", 2], BY_BODY, ["a", "2"]),
        ({}, [{"cupId": 1, "name": "x"}, {"id": "b"}, {"name": "c"}], BY_BODY, ["1", "b"]),
        ({}, {"ids": ["a", "b"]}, BY_BODY, ["a", "b"]),
        ({}, {"cupIds": [{"id": "a"}]}, BY_BODY, ["a"]),
        ({}, {"names": ["a"]}, BY_BODY, []),
        ({"id": "a"}, {"ids": ["b"]}, BY_BODY, ["a", "b"]),
    ],
)
def test_a_request_names_many(query: dict[str, Any], body: Any, key: Any, keys: list[str] | None) -> None:
    wanted: Any = SimpleNamespace(
        plan=Delete(collection="cups", key=key, each=True),
        collection=SimpleNamespace(collection=CUPS, places=NOWHERE),
    )
    assert named_keys(wanted, Request("delete /cups", query=query, body=body)) == keys


def test_a_create_without_ids_names_none() -> None:
    wanted: Any = SimpleNamespace(
        plan=Create(collection="cups", key=BY_BODY), collection=SimpleNamespace(collection=CUPS)
    )
    assert named_keys(wanted, Request("post /cups", body={"name": "a"})) is None
