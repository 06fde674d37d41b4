"""Bounds of a number by a part of its name, and words that say how a list is ordered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, parameter, ref, thing
from understudy.sandbox import Sandbox

NUMBER = {"type": "number"}
MOMENT = {"type": "string", "format": "date-time"}
SHOWN = {
    "id": WHOLE,
    "title": TEXT,
    "total_minutes": WHOLE,
    "rest_minutes": WHOLE,
    "price_cents": WHOLE,
    "minAge": WHOLE,
    "average_rating": NUMBER,
    "likes_count": WHOLE,
    "views_count": WHOLE,
    "created_at": MOMENT,
}
SENT = {name: schema for name, schema in SHOWN.items() if name not in ("id", "created_at")}
ORDERS = ["newest", "oldest", "popular", "top", "most_viewed", "cheapest", "alphabetical", "title"]
ASKED = {
    "max_minutes": WHOLE,
    "min_price": NUMBER,
    "min_rating": NUMBER,
    "minAge": WHOLE,
    "maxAge": WHOLE,
    "sort": {"type": "string", "enum": ORDERS},
}
FILMS: list[dict[str, Any]] = [
    {
        "title": "B",
        "total_minutes": 90,
        "price_cents": 500,
        "minAge": 12,
        "average_rating": 4.5,
        "likes_count": 1,
        "views_count": 9,
    },
    {
        "title": "C",
        "total_minutes": 150,
        "price_cents": 900,
        "minAge": 6,
        "average_rating": 3.0,
        "likes_count": 7,
        "views_count": 3,
    },
    {
        "title": "A",
        "total_minutes": 60,
        "price_cents": 700,
        "minAge": 18,
        "average_rating": 4.0,
        "likes_count": 4,
        "views_count": 5,
    },
]


@pytest.fixture
def api(sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]) -> httpx.Client:
    asked = [parameter(name, schema, "query") for name, schema in ASKED.items()]
    paths = {
        "/films": {
            "get": {"parameters": asked, "responses": answer({"type": "array", "items": ref("Film")})},
            "post": {"requestBody": body(thing(SENT, "title")), "responses": answer(ref("Film"), "201")},
        },
        "/films/{id}": {"parameters": [parameter("id", WHOLE)], "get": {"responses": answer(ref("Film"))}},
    }
    return serve(sandbox(paths=paths, components={"schemas": {"Film": thing(SHOWN, *SHOWN)}}))


def titles(api: httpx.Client, query: str) -> list[str]:
    return [film["title"] for film in api.get(f"/films?{query}").json() if film["title"] in ("A", "B", "C")]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("max_minutes=90", ["A", "B"]),
        ("min_price=700", ["A", "C"]),
        ("min_rating=4", ["A", "B"]),
        ("minAge=12", ["A", "B"]),
        ("maxAge=12", ["B", "C"]),
        ("minAge=7&maxAge=17", ["B"]),
    ],
)
def test_a_bound_is_of_the_number_that_ends_or_begins_with_its_word(
    api: httpx.Client, query: str, found: list[str]
) -> None:
    for film in FILMS:
        api.post("/films", json=film)
    assert sorted(titles(api, query)) == found


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("newest", "ACB"),
        ("oldest", "BCA"),
        ("popular", "CAB"),
        ("top", "BAC"),
        ("most_viewed", "BAC"),
        ("cheapest", "BAC"),
        ("alphabetical", "ABC"),
        ("title", "ABC"),
    ],
)
def test_a_word_orders_by_the_member_that_says_it(api: httpx.Client, word: str, found: str) -> None:
    for film in FILMS:
        api.post("/films", json=film)
    assert "".join(titles(api, f"sort={word}")) == found
