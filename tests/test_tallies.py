"""Tallies: a number that an item says of others is how many there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, parameter, resource, thing
from understudy.sandbox import Sandbox

SHOP = thing(
    {"id": WHOLE, "name": TEXT, "offers_count": WHOLE, "numReviews": WHOLE, "staff_count": WHOLE},
    "id",
    "name",
    "offers_count",
    "numReviews",
    "staff_count",
)
OFFER = thing({"id": WHOLE, "title": TEXT, "shop_id": WHOLE}, "id", "title", "shop_id")
REVIEW = thing({"id": WHOLE, "shop": WHOLE, "text": TEXT}, "id", "shop", "text")
LISTED: dict[str, Any] = {"type": "array", "items": REVIEW}
PATHS: dict[str, Any] = {
    **resource(SHOP, thing({"name": TEXT}, "name"), "/shops"),
    **resource(OFFER, thing({"title": TEXT, "shop_id": WHOLE}, "title", "shop_id"), "/offers"),
    "/shops/{id}/reviews": {
        "get": {"responses": answer(LISTED)},
        "post": {"requestBody": body(thing({"text": TEXT}, "text")), "responses": answer(REVIEW, "201")},
        "parameters": [parameter("id", WHOLE)],
    },
}


@pytest.fixture
def api(sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]) -> httpx.Client:
    return serve(sandbox(paths=PATHS))


def test_what_is_counted_begins_at_0_and_follows_what_names_the_item_or_is_below_it(
    api: httpx.Client,
) -> None:
    shop = api.post("/shops", json={"name": "Corner"}).json()
    assert (shop["offers_count"], shop["numReviews"]) == (0, 0)
    other = api.post("/shops", json={"name": "Other"}).json()
    for key in (shop["id"], shop["id"], other["id"]):
        offer = api.post("/offers", json={"title": "Tea", "shop_id": key}).json()
    api.post(f"/shops/{shop['id']}/reviews", json={"text": "Good"})
    counted = {one["name"]: (one["offers_count"], one["numReviews"]) for one in api.get("/shops").json()}
    assert counted == {"Corner": (2, 1), "Other": (1, 0)}
    api.delete(f"/offers/{offer['id']}")
    assert api.get(f"/shops/{other['id']}").json()["offers_count"] == 0


def test_what_is_made_below_an_item_names_it_by_its_noun(api: httpx.Client) -> None:
    shop = api.post("/shops", json={"name": "Corner"}).json()["id"]
    assert api.post(f"/shops/{shop}/reviews", json={"text": "Good"}).json()["shop"] == shop


def test_a_count_that_callers_state_is_theirs(
    sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]
) -> None:
    room = thing({"id": WHOLE, "name": TEXT, "bed_count": WHOLE}, "id", "bed_count")
    beds = {
        "get": {"responses": answer({"type": "array", "items": thing({"id": WHOLE, "size": TEXT}, "id")})}
    }
    paths = {
        **resource(room, thing({"name": TEXT, "bed_count": WHOLE}), "/rooms"),
        "/rooms/{id}/beds": {**beds, "parameters": [parameter("id", WHOLE)]},
    }
    api = serve(sandbox(paths=paths))
    made = api.post("/rooms", json={"name": "a", "bed_count": 3}).json()
    assert made["bed_count"] == 3
    assert api.patch(f"/rooms/{made['id']}", json={"bed_count": 5}).json()["bed_count"] == 5
