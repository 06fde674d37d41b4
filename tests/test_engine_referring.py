"""Referring: what items name in other collections stands in its list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from inline import TEXT, WHOLE, answer, contract_of, ref, resource, thing
from understudy.engine.nouns import Named, Naming
from understudy.engine.referring import Referring, There
from understudy.names import fold
from understudy.sandbox import Sandbox, Settings

NAMES = [
    ("customer_id", Named("/customers", "id", is_plain=True, called="customerid")),
    ("customerId", Named("/customers", "id", is_plain=True, called="customerid")),
    ("lago_customer_id", Named("/customers", "lagoid", is_plain=False, called="customerid")),
    ("billable_metric_id", Named("/billable_metrics", "id", is_plain=True, called="billablemetricid")),
    ("customer", None),
    ("id", None),
    ("colour_id", None),
]


@pytest.mark.parametrize(("name", "named"), NAMES)
def test_a_name_says_which_collection_it_is_about(name: str, named: Named | None) -> None:
    found = Naming(["/customers", "/billable_metrics", "/customers/{id}/notes"]).of(name)
    assert (found and replace(found, ids=frozenset)) == named


def test_who_is_in_charge_is_one_of_those_who_work_there() -> None:
    naming = Naming(["/employees", "/departments"])
    found = naming.of("manager_id")
    assert found is not None
    assert found.collection == "/employees"
    assert found.is_role
    told = naming.of("approved_by")
    assert told is not None
    assert told.collection == "/employees"
    assert Naming(["/departments"]).of("manager_id") is None


IDS = ("code", "lago_id", "customer_id", "external_id")


@pytest.mark.parametrize(
    ("members", "own", "meant"),
    [
        (("code", "lago_id", "name"), "code", "lago_id"),
        (("code", "customer_id", "external_id"), "code", "code"),
        (("external_id", "lago_id"), "external_id", "external_id"),
        (("code", "id", "lago_id"), "code", "id"),
    ],
)
def test_an_id_leads_by_what_others_are_found_by_where_an_item_is_found_by_a_code(
    members: tuple[str, ...], own: str, meant: str
) -> None:
    named = Naming(["/plans", "/customers"], "", lambda: IDS).of("plan_id")
    assert named is not None
    assert named.member_of({fold(one): one for one in members}, own) == meant


CUSTOMER = thing({"id": TEXT, "name": TEXT, "uid": TEXT}, "id", "name", "uid")
LINE = thing({"product_id": WHOLE, "count": WHOLE}, "product_id")
ORDER = thing(
    {
        "id": TEXT,
        "customer_id": TEXT,
        "customer_name": TEXT,
        "main_customer_uid": TEXT,
        "provider_customer_id": {**TEXT, "example": "cus_9"},
        "lines": {"type": "array", "items": LINE, "minItems": 1},
        "buyer": thing({"customer": thing({"id": TEXT, "name": TEXT}, "id", "name")}, "customer"),
    },
    *("id", "customer_id", "customer_name", "main_customer_uid", "provider_customer_id", "lines", "buyer"),
)
PRODUCT = thing({"id": WHOLE, "name": TEXT}, "id", "name")


@pytest.fixture
def shop(serve: Callable[..., httpx.Client]) -> httpx.Client:
    paths = resource(CUSTOMER, thing({"name": TEXT}), "/customers")
    paths |= resource(ORDER, thing({"customer_id": TEXT}), "/orders")
    paths |= resource(PRODUCT, thing({"name": TEXT}), "/products")
    content = paths["/customers"]["get"]["responses"]["200"]["content"]["application/json"]
    content["example"] = [{"id": f"c{n}", "name": f"Ann {n}", "uid": f"u{n}"} for n in (1, 2)]
    return serve(Sandbox(contract_of(paths), None, Settings(populate=3)))


def by_id(client: httpx.Client, path: str) -> dict[Any, Any]:
    return {one["id"]: one for one in client.get(path).json()}


def test_what_is_named_deep_within_an_item_is_in_its_list(shop: httpx.Client) -> None:
    customers, products = by_id(shop, "/customers"), by_id(shop, "/products")
    for order in shop.get("/orders").json():
        assert order["customer_id"] in customers
        assert order["buyer"]["customer"]["id"] in customers
        assert {line["product_id"] for line in order["lines"]} <= products.keys()


def test_another_id_of_what_is_named_leads_there_as_well(shop: httpx.Client) -> None:
    uids = {one["uid"] for one in by_id(shop, "/customers").values()}
    assert {order["main_customer_uid"] for order in shop.get("/orders").json()} <= uids


def test_what_is_said_of_it_beside_its_id_is_what_it_says(shop: httpx.Client) -> None:
    customers = by_id(shop, "/customers")
    for order in shop.get("/orders").json():
        shown = order["buyer"]["customer"]
        if order["customer_id"] in ("c1", "c2"):
            assert order["customer_name"] == customers[order["customer_id"]]["name"]
        if shown["id"] in ("c1", "c2"):
            assert shown["name"] == customers[shown["id"]]["name"]


def test_what_a_create_makes_up_beside_an_id_is_what_that_item_says(shop: httpx.Client) -> None:
    shop.get("/orders")
    zed = shop.post("/customers", json={"name": "Zed"}).json()
    order = shop.post("/orders", json={"customer_id": zed["id"]}).json()
    assert order["customer_name"] == "Zed"
    assert shop.get(f"/orders/{order['id']}").json() == order
    changed = shop.patch(f"/orders/{order['id']}", json={"customer_id": "c2"}).json()
    assert changed["customer_name"] == "Ann 2"


def test_what_is_made_up_says_what_made_up_items_say(serve: Callable[..., httpx.Client]) -> None:
    paths = resource(CUSTOMER, thing({"name": TEXT}), "/customers")
    order = thing(
        {"id": TEXT, "customer_id": TEXT, "customer_name": TEXT}, "id", "customer_id", "customer_name"
    )
    paths |= resource(order, thing({"customer_id": TEXT, "customer_name": TEXT}), "/orders")
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=5)))
    orders, customers = client.get("/orders").json(), by_id(client, "/customers")
    assert all(one["customer_name"] == customers[one["customer_id"]]["name"] for one in orders)
    sent = {"customer_id": orders[0]["customer_id"], "customer_name": "Other"}
    assert client.post("/orders", json=sent).json()["customer_name"] == "Other"


def test_another_systems_id_is_left_alone(shop: httpx.Client) -> None:
    assert all(one["provider_customer_id"].startswith("cus_") for one in shop.get("/orders").json())


def test_what_a_caller_sends_is_left_alone(shop: httpx.Client) -> None:
    assert shop.post("/orders", json={"customer_id": "nobody"}).json()["customer_id"] == "nobody"


def test_what_an_example_names_is_there(serve: Callable[..., httpx.Client]) -> None:
    paths = resource(CUSTOMER, thing({"name": TEXT}), "/customers")
    order = thing({"id": TEXT, "customer_id": TEXT}, "id", "customer_id")
    paths |= resource(order, thing({"customer_id": TEXT}), "/orders")
    content = paths["/orders"]["get"]["responses"]["200"]["content"]["application/json"]
    content["example"] = [{"id": "o1", "customer_id": "cus_77"}]
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    assert client.get("/orders").json()[0] == {"id": "o1", "customer_id": "cus_77"}
    assert "cus_77" in by_id(client, "/customers")


def test_what_an_example_only_names_is_no_copy_of_what_it_shows(serve: Callable[..., httpx.Client]) -> None:
    trip = thing({"id": TEXT, "price": WHOLE, "leaves": TEXT}, "id", "price", "leaves")
    booking = thing({"id": TEXT, "trip_id": TEXT}, "id", "trip_id")
    paths = resource(trip, thing({"price": WHOLE}), "/trips")
    paths |= resource(booking, thing({"trip_id": TEXT}), "/bookings")
    shown: dict[str, Any] = {
        "/trips": [{"id": "trip-1", "price": 50, "leaves": "2024-02-01T10:00:00Z"}],
        "/bookings": [{"id": "b1", "trip_id": "other-trip"}],
    }
    for path, example in shown.items():
        paths[path]["get"]["responses"]["200"]["content"]["application/json"]["example"] = example
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    client.get("/trips/asked-for")
    trips = client.get("/trips").json()
    assert {"trip-1", "other-trip", "asked-for"} <= {one["id"] for one in trips}
    assert len({(one["price"], one["leaves"]) for one in trips}) == len(trips)


ROLE = thing({"id": {**TEXT, "example": "2e785d27"}, "name": TEXT}, "id", "name")
MEMBER = thing(
    {
        "id": TEXT,
        "role": {**TEXT, "example": "writer"},
        "city": {**TEXT, "example": "Berlin"},
        "user": thing({"name": TEXT, "login": TEXT}, "name", "login"),
    },
    *("id", "role", "user"),
)
USER = thing({"id": WHOLE, "name": TEXT}, "id", "name")


def test_what_is_called_as_others_are_and_says_something_else_leads_nowhere(
    serve: Callable[..., httpx.Client],
) -> None:
    paths = resource(ROLE, thing({"name": TEXT}), "/roles")
    paths |= resource(USER, thing({"name": TEXT}), "/users")
    paths |= resource(MEMBER, thing({}), "/members")
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    for member in client.get("/members").json():
        assert member["role"] == "writer"
        assert not member["user"]["name"].isdigit()
        assert not member["user"]["login"].isdigit()


def test_a_member_whose_description_says_whose_id_it_is_leads_there(
    serve: Callable[..., httpx.Client],
) -> None:
    told = {**TEXT, "description": "The id of the account that manages it.", "example": "IX:Account:231"}
    other = {**TEXT, "description": "How it is billed."}
    port = thing({"id": TEXT, "managing_account": told, "type_of_account": other}, "id", "managing_account")
    paths = resource(thing({"id": TEXT, "name": TEXT}, "id"), thing({}), "/accounts")
    paths |= resource(port, thing({}), "/ports")
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    accounts = by_id(client, "/accounts")
    for one in client.get("/ports").json():
        assert one["managing_account"] in accounts
        assert one.get("type_of_account") not in accounts


USER = thing({"id": TEXT, "name": TEXT, "email": TEXT}, "id", "name", "email")
COMPACT = thing({"id": TEXT, "name": TEXT}, "id", "name")
TASK = thing(
    {
        "id": TEXT,
        "assignee": ref("UserCompact"),
        "author": COMPACT,
        "watchers": {"type": "array", "items": ref("UserCompact"), "minItems": 2, "maxItems": 3},
        "likes": {"type": "array", "minItems": 2, "items": thing({"user": ref("UserCompact")}, "user")},
    },
    *("id", "assignee", "author", "watchers", "likes"),
)


@pytest.fixture
def tasks(serve: Callable[..., httpx.Client]) -> httpx.Client:
    paths = resource(ref("User"), thing({"name": TEXT}), "/users")
    paths |= resource(TASK, thing({"title": TEXT}), "/tasks")
    user = {"allOf": [ref("UserCompact"), USER]}
    return serve(Sandbox(contract_of(paths, User=user, UserCompact=COMPACT), None, Settings(populate=3)))


def test_an_object_described_as_items_of_a_collection_are_is_one_of_them(tasks: httpx.Client) -> None:
    users = {key: {"id": key, "name": one["name"]} for key, one in by_id(tasks, "/users").items()}
    for task in tasks.get("/tasks").json():
        shown = [task["assignee"], task["author"], *task["watchers"], *(one["user"] for one in task["likes"])]
        assert all(one == users.get(one["id"]) for one in shown)


def test_those_that_a_list_shows_are_different_ones(tasks: httpx.Client) -> None:
    for task in tasks.get("/tasks").json():
        assert len({one["id"] for one in task["watchers"]}) == len(task["watchers"])
        assert len({one["user"]["id"] for one in task["likes"]}) == len(task["likes"])


COMPONENTS = [
    ("User", "/users"),
    ("UserCompact", "/users"),
    ("simple-user", "/users"),
    ("UserDto", "/users"),
    ("UserAddress", ""),
    ("Compact", ""),
]


@pytest.mark.parametrize(("component", "collection"), COMPONENTS)
def test_a_component_says_of_which_collection_it_shows_an_item(component: str, collection: str) -> None:
    assert Naming(["/users", "/tasks"]).of_component(component) == collection


def test_a_linkage_leads_to_what_its_relationship_names(serve: Callable[..., httpx.Client]) -> None:
    linkage = thing({"id": TEXT, "type": TEXT}, "id", "type")
    image = thing({"id": TEXT, "type": {**TEXT, "const": "images"}}, "id", "type")
    related = thing({"cover_image": thing({"data": linkage}, "data")}, "cover_image")
    book = thing({"id": TEXT, "relationships": related}, "id", "relationships")
    paths = resource(image, thing({"type": TEXT}), "/images")
    paths |= resource(book, thing({"title": TEXT}), "/books")
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    images = by_id(client, "/images")
    for one in client.get("/books").json():
        linked = one["relationships"]["cover_image"]["data"]
        assert linked == images[linked["id"]]


def test_each_of_a_list_of_ids_is_there_and_another_one(serve: Callable[..., httpx.Client]) -> None:
    paths = resource(PRODUCT, thing({"name": TEXT}), "/products")
    ids = {"type": "array", "items": WHOLE, "minItems": 2}
    paths |= resource(thing({"id": TEXT, "product_ids": ids}, "id", "product_ids"), thing({}), "/bundles")
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    products = by_id(client, "/products")
    for bundle in client.get("/bundles").json():
        assert set(bundle["product_ids"]) <= products.keys()
        assert len(set(bundle["product_ids"])) == len(bundle["product_ids"]) > 1


def test_what_examples_name_in_lists_and_as_texts_is_there(serve: Callable[..., httpx.Client]) -> None:
    paths = resource(PRODUCT, thing({"name": TEXT}), "/products")
    bundle = thing(
        {"id": TEXT, "product_ids": {"type": "array", "items": WHOLE}, "best_product_id": TEXT}, "id"
    )
    paths |= resource(bundle, thing({}), "/bundles")
    content = paths["/bundles"]["get"]["responses"]["200"]["content"]["application/json"]
    content["example"] = [{"id": "b1", "product_ids": [71, 72], "best_product_id": "73"}]
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    assert {71, 72, 73} <= by_id(client, "/products").keys()


def test_items_are_as_their_list_shows_them_where_a_create_answers_the_id_alone(
    serve: Callable[..., httpx.Client],
) -> None:
    job = thing({"id": WHOLE, "title": TEXT, "customer_id": TEXT}, "id", "title", "customer_id")
    paths = resource(CUSTOMER, thing({"name": TEXT}), "/customers")
    jobs = resource(job, thing({"title": TEXT}), "/jobs")
    jobs["/jobs"]["post"]["responses"] = answer(thing({"id": WHOLE}, "id"), "201")
    paths["/jobs"] = jobs["/jobs"]
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    made = client.post("/jobs", json={"title": "Paint"}).json()
    listed, customers = client.get("/jobs").json(), by_id(client, "/customers")
    assert {one["customer_id"] for one in listed} <= customers.keys()
    assert [one["title"] for one in listed if one["id"] == made["id"]] == ["Paint"]


def test_an_item_whose_alternatives_are_alike_leads_somewhere_too(serve: Callable[..., httpx.Client]) -> None:
    rule = thing({"id": TEXT, "kind": TEXT, "customer_id": TEXT}, "id", "kind", "customer_id")
    either: dict[str, Any] = {
        "oneOf": [ref("Allow"), ref("Deny")],
        "discriminator": {"propertyName": "kind", "mapping": {"allow": "Allow", "deny": "Deny"}},
    }
    paths = resource(CUSTOMER, thing({"name": TEXT}), "/customers")
    paths |= resource(ref("Rule"), thing({"customer_id": TEXT}), "/rules")
    contract = contract_of(paths, Rule=either, Allow=rule, Deny=rule)
    client = serve(Sandbox(contract, None, Settings(populate=3)))
    rules, customers = client.get("/rules").json(), by_id(client, "/customers")
    assert {one["customer_id"] for one in rules} <= customers.keys()
    for one in rules:
        assert client.get(f"/rules/{one['id']}").json() == one


def test_what_authors_write_stays_where_what_it_leads_to_shows_no_id(
    serve: Callable[..., httpx.Client],
) -> None:
    paths = resource(thing({"size": WHOLE}, "size"), thing({"size": WHOLE}), "/racks")
    cup = thing({"id": TEXT, "rack": {**TEXT, "example": "upper"}}, "id", "rack")
    client = serve(Sandbox(contract_of(paths | resource(cup, cup, "/cups")), None, Settings(populate=3)))
    assert {one["rack"] for one in client.get("/cups").json()} == {"upper"}


def test_one_name_that_may_not_lead_on_does_not_keep_the_others_from_it(
    serve: Callable[..., httpx.Client],
) -> None:
    """A document's author may say of one object what the item that it stands for does not say of itself."""
    paths = resource(CUSTOMER, thing({"name": TEXT}), "/customers")
    content = paths["/customers"]["get"]["responses"]["200"]["content"]["application/json"]
    content["example"] = [{"id": f"c{n}", "name": f"Ann {n}", "uid": f"u{n}"} for n in (1, 2)]
    named = {**TEXT, "enum": ["customer"]}
    buyer = thing({"customer": thing({"id": TEXT, "name": named}, "id", "name")}, "customer")
    order = thing({"id": TEXT, "customer_id": TEXT, "buyer": buyer}, "id", "customer_id", "buyer")
    paths |= resource(order, thing({"customer_id": TEXT}), "/orders")
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    customers = by_id(client, "/customers")
    orders = client.get("/orders").json()
    assert len(orders) == 3
    for one in orders:
        assert one["customer_id"] in customers
        assert one["buyer"]["customer"]["id"] in customers
        assert one["buyer"]["customer"]["name"] == "customer"


STAFF = thing(
    {
        "id": WHOLE,
        "first_name": TEXT,
        "last_name": TEXT,
        "manager_id": {"type": ["integer", "null"]},
        "manager_name": {"type": ["string", "null"]},
    },
    *("id", "first_name", "last_name", "manager_id", "manager_name"),
)
TEAM = thing(
    {"id": WHOLE, "name": TEXT, "lead_id": WHOLE, "parent_team_id": WHOLE}, "id", "lead_id", "parent_team_id"
)


def test_nobody_is_above_themselves_and_whoever_is_above_is_there(serve: Callable[..., httpx.Client]) -> None:
    new = thing({"first_name": TEXT, "last_name": TEXT, "manager_id": WHOLE}, "first_name")
    paths = resource(STAFF, new, "/employees") | resource(TEAM, thing({"name": TEXT}), "/teams")
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=5)))
    staff, teams = by_id(client, "/employees"), by_id(client, "/teams")
    for one in staff.values():
        seen = [one["id"]]
        while one["manager_id"] is not None:
            above = staff[one["manager_id"]]
            assert above["id"] not in seen
            assert one["manager_name"] == f"{above['first_name']} {above['last_name']}"
            seen.append(above["id"])
            one = above  # noqa: PLW2901
        assert one["manager_name"] is None
    assert {one["lead_id"] for one in teams.values()} <= staff.keys()
    assert all(
        one["parent_team_id"] in teams and one["parent_team_id"] != one["id"] for one in teams.values()
    )


def test_an_object_is_the_item_whose_id_stands_beside_it() -> None:
    there = There("id", {"id": "id"}, (), ("1", "2"))
    told = {"id": 2, "name": "Ann", "address": {"city": "Rome"}}
    referring = Referring(
        Naming(["/clients", "/bills"]),
        "/bills",
        lambda name: there if name == "/clients" else None,
        lambda _, key: told if key == "2" else {},
        lambda *_: 0,
        fixed=("client_id",),
    )
    bill = {"client": {"id": 9, "name": "Bob", "address": {"city": "Oslo"}}, "client_id": 2}
    settled = referring.settled(bill, lambda _: True)
    assert settled == {**bill, "client": told}
    assert settled["client"]["address"] is not told["address"]  # which other items show as well
