"""Parents: what lies below an item that is not there is not there either, and goes with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, contract_of, parameter, resource, thing
from understudy.sandbox import Sandbox, Settings

SHOP = thing({"id": TEXT, "name": TEXT}, "id")
NEW = thing({"name": TEXT}, "name")
OFFER = thing({"id": TEXT, "title": TEXT}, "id")
NEW_OFFER = thing({"title": TEXT}, "title")
OF_SHOP = thing({"id": TEXT, "title": TEXT, "shop": TEXT}, "id", "shop")
OFFERS = "/shops/{shop}/offers"
Start = Callable[..., httpx.Client]


def below(paths: dict[str, Any], *parents: str) -> dict[str, Any]:
    """Give paths the parameters of what they lie below."""
    for methods in paths.values():
        methods["parameters"] = [*map(parameter, parents), *methods.get("parameters", [])]
    return paths


def shops() -> dict[str, Any]:
    photos = resource(OFFER, NEW_OFFER, f"{OFFERS}/{{offer}}/photos")
    settings = {"/shops/{shop}/settings": {"get": {"responses": answer(SHOP)}}}
    settings["/shops/{shop}/settings"]["patch"] = {**resource(SHOP, NEW)["/things/{id}"]["patch"]}
    return (
        resource(SHOP, NEW, "/shops")
        | below(resource(OFFER, NEW_OFFER, OFFERS), "shop")
        | below(photos, "shop", "offer")
        | below(settings, "shop")
    )


@pytest.fixture
def start(serve: Callable[..., httpx.Client]) -> Start:
    def started(paths: dict[str, Any] | None = None, **settings: Any) -> httpx.Client:
        return serve(Sandbox(contract_of(paths or shops()), None, Settings(**settings)))

    return started


def created(client: httpx.Client, path: str, **members: Any) -> str:
    answered = client.post(path, json=members)
    assert answered.status_code == 201, answered.text
    key: str = answered.json()["id"]
    return key


def statuses(client: httpx.Client, *paths: str) -> list[int]:
    return [client.get(path).status_code for path in paths]


def test_below_an_unknown_parent_nothing_is_found_where_unknown_ids_are_not(start: Start) -> None:
    client = start(any_id=False)
    shop = created(client, "/shops", name="Corner")
    paths = ("/offers", "/settings", "/offers/9/photos")
    assert statuses(client, *(f"/shops/none{path}" for path in paths)) == [404, 404, 404]
    assert statuses(client, *(f"/shops/{shop}{path}" for path in paths)) == [200, 200, 404]
    assert client.post("/shops/none/offers", json={"title": "Tea"}).status_code == 404
    assert client.post(f"/shops/{shop}/offers", json={"title": "Tea"}).status_code == 201


def test_below_any_parent_there_is_something_where_any_id_will_do(start: Start) -> None:
    client = start()
    assert statuses(client, "/shops/7/offers", "/shops/7/offers/9/photos") == [200, 200]
    assert client.post("/shops/8/offers", json={"title": "Tea"}).status_code == 201


def test_what_lies_below_an_item_goes_with_it(start: Start) -> None:
    client = start()
    shop, other = created(client, "/shops", name="Corner"), created(client, "/shops", name="Market")
    for one in (shop, other):
        offer = created(client, f"/shops/{one}/offers", title="Tea")
        created(client, f"/shops/{one}/offers/{offer}/photos", title="Cup")
    client.delete(f"/shops/{shop}")
    paths = ("/offers", f"/offers/{offer}", f"/offers/{offer}/photos", "/settings")
    assert statuses(client, *(f"/shops/{shop}{path}" for path in paths)) == [404, 404, 404, 404]
    assert statuses(client, *(f"/shops/{other}{path}" for path in paths)) == [200, 200, 200, 200]


def test_an_item_of_the_same_id_begins_with_nothing_below_it(start: Start) -> None:
    client = start()
    client.put("/shops/corner", json={"name": "Corner"})
    created(client, "/shops/corner/offers", title="Tea")
    client.delete("/shops/corner")
    client.put("/shops/corner", json={"name": "Corner"})
    assert client.get("/shops/corner/offers").json() == []


def test_a_window_keeps_what_it_shows(start: Start) -> None:
    of_shop = thing({"id": TEXT, "title": TEXT, "shop": TEXT}, "id", "shop")
    paths = resource(SHOP, NEW, "/shops") | resource(of_shop, of_shop, "/offers")
    client = start(paths | below(resource(of_shop, NEW_OFFER, OFFERS), "shop"))
    shop = created(client, "/shops", name="Corner")
    offer = created(client, f"/shops/{shop}/offers", title="Tea")
    client.delete(f"/shops/{shop}")
    assert statuses(client, f"/offers/{offer}", f"/shops/{shop}/offers") == [200, 404]


def test_what_a_list_of_all_shows_goes_with_the_only_parent_that_leads_to_it(start: Start) -> None:
    of_shop = thing({"id": TEXT, "title": TEXT, "shop": TEXT}, "id", "shop")
    everything = {"/offers": {"get": {"responses": answer({"type": "array", "items": of_shop})}}}
    paths = resource(SHOP, NEW, "/shops") | everything
    client = start(paths | below(resource(of_shop, NEW_OFFER, OFFERS), "shop"))
    corner, market = created(client, "/shops", name="Corner"), created(client, "/shops", name="Market")
    created(client, f"/shops/{corner}/offers", title="Tea")
    kept = created(client, f"/shops/{market}/offers", title="Milk")
    client.delete(f"/shops/{corner}")
    assert [one["id"] for one in client.get("/offers").json()] == [kept]


def test_what_was_just_created_has_no_strangers_below_it(start: Start) -> None:
    client = start(populate=2)
    shop = created(client, "/shops", name="Corner")
    assert client.get(f"/shops/{shop}/offers").json() == []
    there = next(one["id"] for one in client.get("/shops").json() if one["id"] != shop)
    assert len(client.get(f"/shops/{there}/offers").json()) == 2


def test_the_caller_is_there_without_an_id(start: Start) -> None:
    mine = {"/shops/me/offers": {"get": {"responses": answer({"type": "array", "items": OFFER})}}}
    assert statuses(start(shops() | mine, any_id=False), "/shops/me/offers") == [200]


# ---- lists within items


def embedding(offers: dict[str, Any], *, sent: bool = False, window: bool = False) -> dict[str, Any]:
    shop = thing({"id": TEXT, "name": TEXT, "offers": {"type": "array", "items": offers}}, "id", "offers")
    new = {**NEW, "properties": {**NEW["properties"], "offers": shop["properties"]["offers"]}}
    paths = resource(shop, new if sent else NEW, "/shops")
    of_shop = OFFER if not window else OF_SHOP
    if window:
        paths |= resource(OF_SHOP, OF_SHOP, "/offers")
    return paths | below(resource(of_shop, NEW_OFFER, OFFERS), "shop")


def titles(items: Any) -> set[str]:
    return {item["title"] for item in items}


@pytest.mark.parametrize("window", [False, True])
def test_a_new_item_lists_nothing_and_then_what_is_created_below_it(start: Start, window: bool) -> None:
    client = start(embedding(OF_SHOP if window else OFFER, window=window), populate=2)
    shop = created(client, "/shops", name="Corner")
    assert client.get(f"/shops/{shop}").json()["offers"] == []
    offer = created(client, f"/shops/{shop}/offers", title="Tea")
    assert titles(client.get(f"/shops/{shop}").json()["offers"]) == {"Tea"}
    client.patch(f"/shops/{shop}/offers/{offer}", json={"title": "Mate"})
    assert titles(next(one for one in client.get("/shops").json() if one["id"] == shop)["offers"]) == {"Mate"}
    client.delete(f"/shops/{shop}/offers/{offer}")
    assert client.get(f"/shops/{shop}").json()["offers"] == []


@pytest.mark.parametrize("window", [False, True])
def test_what_is_sent_within_an_item_is_listed_below_it(start: Start, window: bool) -> None:
    client = start(embedding(OF_SHOP if window else OFFER, sent=True, window=window))
    offers = [{"id": "t", "title": "Tea", "shop": "?"}, {"id": "m", "title": "Mate", "shop": "?"}]
    shop = created(client, "/shops", name="Corner", offers=offers)
    assert titles(client.get(f"/shops/{shop}/offers").json()) == {"Tea", "Mate"}
    client.put(f"/shops/{shop}", json={"name": "Corner", "offers": [{**offers[0], "title": "Rooibos"}]})
    listed = client.get(f"/shops/{shop}/offers").json()
    assert [(one["id"], one["title"]) for one in listed] == [("t", "Rooibos")]
    assert client.get(f"/shops/{shop}").json()["offers"] == listed
    client.patch(f"/shops/{shop}", json={"name": "Market"})
    assert titles(client.get(f"/shops/{shop}/offers").json()) == {"Rooibos"}


PATCHES: dict[str, tuple[str, Any]] = {
    "application/json-patch+json": (
        "add",
        [{"op": "add", "path": "/offers/-", "value": {"id": "o2", "title": "Milk", "shop": "?"}}],
    ),
    "application/merge-patch+json": ("put", {"offers": [{"id": "o2", "title": "Milk", "shop": "?"}]}),
}


@pytest.mark.parametrize("media", PATCHES)
@pytest.mark.parametrize("window", [False, True])
def test_what_is_patched_within_an_item_is_listed_below_it(start: Start, media: str, window: bool) -> None:
    paths = embedding(OF_SHOP if window else OFFER, sent=True, window=window)
    paths["/shops/{id}"]["patch"]["requestBody"] = {"content": {media: {"schema": {}}}}
    client = start(paths)
    shop = created(client, "/shops", name="Corner")
    created(client, f"/shops/{shop}/offers", title="Tea")
    adds, patch = PATCHES[media]
    wanted = {"Tea", "Milk"} if adds == "add" else {"Milk"}
    patched = client.patch(f"/shops/{shop}", content=json.dumps(patch), headers={"content-type": media})
    assert titles(patched.json()["offers"]) == wanted
    assert titles(client.get(f"/shops/{shop}/offers").json()) == wanted
    assert titles(client.get(f"/shops/{shop}").json()["offers"]) == wanted


@pytest.mark.parametrize("window", [False, True])
@pytest.mark.parametrize("populate", [0, 2])
@pytest.mark.parametrize("is_list_first", [False, True])
def test_made_up_items_list_what_is_below_them(
    start: Start, window: bool, populate: int, is_list_first: bool
) -> None:
    client = start(embedding(OF_SHOP if window else OFFER, window=window), populate=populate)
    shop = next((one["id"] for one in client.get("/shops").json()), "7")
    if is_list_first:
        before = client.get(f"/shops/{shop}/offers").json()
    embedded = client.get(f"/shops/{shop}").json()["offers"]
    listed = client.get(f"/shops/{shop}/offers").json()
    assert titles(embedded) == titles(listed)
    if is_list_first:
        assert listed == before


def test_a_list_within_an_item_shows_what_it_declares_of_others(start: Start) -> None:
    short = thing({"id": TEXT, "title": TEXT, "badge": TEXT}, "id", "badge")
    client = start(embedding(short))
    shop = created(client, "/shops", name="Corner")
    created(client, f"/shops/{shop}/offers", title="Tea")
    (shown,) = client.get(f"/shops/{shop}").json()["offers"]
    assert shown.keys() == {"id", "title", "badge"}
    assert client.get(f"/shops/{shop}").json()["offers"] == [shown]


# ---- what is gone


FLAG = {"type": "boolean"}


@pytest.mark.parametrize(
    "shown",
    [
        thing({"id": TEXT, "deleted": FLAG}, "id", "deleted"),
        thing({"id": TEXT, "name": TEXT, "is_deleted": {"enum": [True], **FLAG}}, "id", "is_deleted"),
        thing({"deleted": FLAG}, "deleted"),
        thing({"data": thing({"id": TEXT, "archived": FLAG}, "id", "archived")}, "data"),
    ],
)
def test_a_delete_says_that_the_item_is_gone(start: Start, shown: dict[str, Any]) -> None:
    paths = resource(SHOP, NEW, "/shops")
    paths["/shops/{id}"]["delete"] = {"responses": answer(shown)}
    client = start(paths)
    told = client.delete(f"/shops/{created(client, '/shops', name='Corner')}").json()
    told = told.get("data", told)
    assert [told[name] for name in told if name in ("deleted", "is_deleted", "archived")] == [True]


@pytest.mark.parametrize("is_first", [False, True])
def test_an_item_nobody_created_is_not_its_deleted_alternative(start: Start, is_first: bool) -> None:
    gone = thing({"id": TEXT, "deleted": {"enum": [True], **FLAG}}, "id", "deleted")
    whole = thing({"id": TEXT, "name": TEXT, "city": TEXT, "open": FLAG}, "id", "name", "city", "open")
    paths = resource({"anyOf": [gone, whole] if is_first else [whole, gone]}, NEW, "/shops")
    client = start(paths, populate=1)
    assert "deleted" not in client.get("/shops/7").json()
    assert [one.keys() & {"deleted", "city"} for one in client.get("/shops").json()] == [{"city"}] * 2
    assert "deleted" not in client.post("/shops", json={"name": "Corner"}).json()


# ---- what a body names, and what an answer has named


def orders(*, status: str, path: str = "/orders", kind: Any = TEXT) -> dict[str, Any]:
    order = thing(
        {"id": TEXT, "shop_id": kind, "courier": thing({"id": TEXT}, "id")}, "id", "shop_id", "courier"
    )
    new = thing({"shop_id": kind, "courier": thing({"id": TEXT})})
    paths = resource(SHOP, NEW, "/shops") | resource(SHOP, NEW, "/couriers") | resource(order, new, path)
    for methods in paths.values():
        for operation in methods.values():
            if isinstance(operation, dict):
                operation["responses"] |= {status: {"description": ""}}
    return paths


@pytest.mark.parametrize("status", ["404", "400", "422"])
def test_a_body_that_names_what_is_not_there_is_refused(start: Start, status: str) -> None:
    client = start(orders(status=status), any_id=False)
    shop = created(client, "/shops", name="Corner")
    refused = client.post("/orders", json={"shop_id": "none"})
    assert refused.status_code == int(status)
    assert client.post("/orders", json={"shop_id": shop, "courier": {"id": "x"}}).status_code == int(status)
    order = created(client, "/orders", shop_id=shop)
    assert client.patch(f"/orders/{order}", json={"shop_id": "none"}).status_code in (400, 404, 422)
    assert client.get(f"/orders/{order}").json()["shop_id"] == shop


def test_what_the_lists_of_a_body_name_has_to_be_there_too(start: Start) -> None:
    line = thing({"shop_id": TEXT, "count": WHOLE}, "shop_id")
    order = thing({"id": TEXT, "lines": {"type": "array", "items": line}}, "id")
    new = thing({"lines": {"type": "array", "items": line}})
    paths = resource(SHOP, NEW, "/shops") | resource(order, new, "/orders", taken="422")
    client = start(paths, any_id=False)
    shop = created(client, "/shops", name="Corner")
    assert created(client, "/orders", lines=[{"shop_id": shop}])
    refused = client.post("/orders", json={"lines": [{"shop_id": shop}, {"shop_id": "none"}]})
    assert refused.status_code == 422
    assert "/lines/1/shop_id" in refused.text


def test_a_body_may_name_anything_where_any_id_will_do(start: Start) -> None:
    assert created(start(orders(status="422")), "/orders", shop_id="none")


@pytest.mark.parametrize("any_id", [False, True])
def test_what_an_answer_has_named_can_be_read_and_written(start: Start, any_id: bool) -> None:
    client = start(orders(status="404"), any_id=any_id)
    answered = client.post("/orders", json={}).json()
    for path in (f"/shops/{answered['shop_id']}", f"/couriers/{answered['courier']['id']}"):
        assert client.patch(path, json={"name": "Market"}).json()["name"] == "Market"
        assert client.get(path).status_code == 200
        assert client.delete(path).status_code == 204
        assert client.get(path).status_code == 404
