"""Finding: a query that the contract asks for finds something, and what it finds meets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, contract_of, parameter, resource, thing
from understudy.sandbox import Sandbox, Settings

Start = Callable[..., httpx.Client]
MOMENT = {"type": "string", "format": "date-time"}
TRIP = thing(
    {"id": TEXT, "origin": TEXT, "seats": WHOLE, "starts_at": MOMENT, "note": TEXT, "class": TEXT},
    "id", "origin", "seats", "starts_at", "note", "class",
)  # fmt: skip
NEW = thing({"origin": TEXT}, "origin")


def trips(*parameters: dict[str, Any], base: str = "/trips") -> dict[str, Any]:
    paths = resource(TRIP, NEW, base)
    paths[base]["get"]["parameters"] = list(parameters)
    return paths


def asked(name: str, schema: Any = TEXT, *, required: bool = False, example: Any = None) -> dict[str, Any]:
    told = parameter(name, schema, "query") | {"required": required}
    if example is not None:
        told["example"] = example
    return told


@pytest.fixture
def start(serve: Callable[..., httpx.Client]) -> Start:
    def started(paths: dict[str, Any], *, populate: int = 2, any_id: bool = True) -> httpx.Client:
        settings = Settings(populate=populate, any_id=any_id)
        return serve(Sandbox(contract_of(paths), None, settings))

    return started


def test_a_required_filter_finds_what_meets_it_and_the_same_again(start: Start) -> None:
    client = start(trips(asked("origin", required=True)))
    found = client.get("/trips?origin=Berlin").json()
    assert {one["origin"] for one in found} == {"Berlin"}
    assert len(found) == 2
    assert client.get("/trips?origin=Berlin").json() == found
    assert client.get(f"/trips/{found[0]['id']}").json() == found[0]


def test_what_was_shown_stays_as_it_is(start: Start) -> None:
    client = start(trips(asked("origin", required=True)))
    before = client.get("/trips?origin=Berlin").json()
    client.get("/trips?origin=Milano")
    assert client.get("/trips?origin=Berlin").json() == before


@pytest.mark.parametrize(
    ("told", "query", "member", "value"),
    [
        (asked("class", example="first"), "class=first", "class", "first"),
        (asked("seats", WHOLE, example=400), "seats=400", "seats", 400),
        (asked("min_seats", WHOLE, example=70000), "min_seats=70000", "seats", 70000),
        (
            asked("starts_at", example="2031-02-03"),
            "starts_at=2031-02-03",
            "starts_at",
            "2031-02-03T12:00:00Z",
        ),
    ],
)
def test_a_filter_at_its_example_finds_something(
    start: Start, told: Any, query: str, member: str, value: Any
) -> None:
    found = start(trips(told)).get(f"/trips?{query}").json()
    assert [one[member] for one in found] == [value, value]


def test_a_search_for_its_example_finds_something(start: Start) -> None:
    found = start(trips(asked("search", example="Milano Centrale"))).get("/trips?search=Milano%20Centrale")
    assert all("Milano Centrale" in str(one) for one in found.json())
    assert len(found.json()) == 2


def test_any_other_query_may_find_nothing(start: Start) -> None:
    client = start(trips(asked("class", example="first"), asked("origin", required=True)))
    assert client.get("/trips?origin=Berlin&class=second").json() == []


def test_where_somebody_wrote_nothing_is_added(start: Start) -> None:
    client = start(trips(asked("origin", required=True)))
    client.post("/trips", json={"origin": "Wien"})
    assert client.get("/trips?origin=Berlin").json() == []


def test_where_unknown_ids_are_not_found_or_nothing_is_populated_it_stays_empty(start: Start) -> None:
    paths = trips(asked("origin", required=True))
    assert start(paths, any_id=False).get("/trips?origin=Berlin").json() == []
    assert start(paths, populate=0).get("/trips?origin=Berlin").json() == []


def test_a_value_that_the_member_cannot_have_finds_nothing(start: Start) -> None:
    paths = trips(asked("origin", required=True))
    item = {**TRIP, "properties": {**TRIP["properties"], "origin": {"enum": ["Berlin", "Wien"]}}}
    paths["/trips"]["get"]["responses"] = answer({"type": "array", "items": item})
    paths["/trips/{id}"]["get"]["responses"] = answer(item)
    assert start(paths).get("/trips?origin=Atlantis").json() == []


def test_a_member_of_a_filter_that_the_contract_gives_as_an_example_finds_something(start: Start) -> None:
    origins = {"type": "array", "items": TEXT}
    told = asked("filter", thing({"origin": origins, "seats": WHOLE}), example={"origin": "Berlin"})
    client = start(trips(told | {"style": "deepObject", "explode": True}))
    assert {one["origin"] for one in client.get("/trips?filter[origin]=Berlin").json()} == {"Berlin"}
    assert client.get("/trips?filter[origin]=Ulm").json() == []


@pytest.fixture
def trains(start: Start) -> httpx.Client:
    paths = trips() | resource(thing({"id": TEXT}, "id"), thing({}), "/trains")
    paths["/trips"]["get"]["responses"] = answer({"type": "array", "items": TRAIN_TRIP})
    paths["/trips/{id}"]["get"]["responses"] = answer(TRAIN_TRIP)
    paths["/trains/{train_id}/trips"] = {
        "parameters": [parameter("train_id")],
        "get": {"responses": answer({"type": "array", "items": TRAIN_TRIP})},
    }
    return start(paths)


TRAIN_TRIP = thing({"id": TEXT, "train_id": TEXT, "seats": WHOLE}, "id", "train_id", "seats")


def test_what_lies_below_any_item_is_there(trains: httpx.Client) -> None:
    trains.get("/trips")
    found = trains.get("/trains/t-9/trips").json()
    assert {one["train_id"] for one in found} == {"t-9"}
    assert trains.get("/trains/t-9/trips").json() == found
    assert {one["id"] for one in found} <= {one["id"] for one in trains.get("/trips").json()}


def test_below_what_a_caller_created_there_is_what_was_put_there(trains: httpx.Client) -> None:
    made = trains.post("/trains", json={}).json()
    assert trains.get(f"/trains/{made['id']}/trips").json() == []


def test_ids_that_a_required_filter_names_are_there(start: Start) -> None:
    client = start(trips(asked("ids", {"type": "array", "items": TEXT}, required=True)))
    client.delete("/trips/gone")
    assert {one["id"] for one in client.get("/trips?ids=a1&ids=b2").json()} == {"a1", "b2"}
    assert client.get("/trips/b2").json()["id"] == "b2"


def test_a_page_of_other_things_beside_the_list_has_its_own_total(start: Start) -> None:
    def page(item: Any) -> dict[str, Any]:
        listed = {"type": "array", "items": item, "minItems": 1, "maxItems": 1}
        return thing({"items": listed, "total": WHOLE, "limit": WHOLE, "offset": WHOLE}, "items", "total")

    artist = thing({"name": TEXT}, "name")
    paths = resource(
        TRIP, NEW, "/trips", listed=thing({"trips": page(TRIP), "artists": page(artist)}, "trips", "artists")
    )
    found = start(paths, populate=5).get("/trips").json()
    assert found["trips"]["total"] == 5
    assert found["artists"]["total"] == 1
