"""The compiler: what a contract means, as data."""

from __future__ import annotations

from pathlib import Path

import pytest

from understudy.contracts.contract import Contract
from understudy.model.compiler import Lazy, compile
from understudy.model.model import Act, Create, List, Model, Read, Source

SHOP = Path(__file__).parent.parent / "docs" / "shop.yaml"


@pytest.fixture(scope="module")
def shop() -> Model:
    return compile(Contract.load(SHOP))


def test_a_collection_is_named_by_the_path_of_its_list(shop: Model) -> None:
    assert list(shop.collections) == ["/orders", "/customers"]
    assert shop.collections["/orders"].at == "/orders/{orderId}"


def test_members_refer_begin_and_are_stamped(shop: Model) -> None:
    members = shop.collections["/orders"].members
    assert members["customerId"].refers_to == "/customers"
    assert members["status"].begins_as == ("open",)
    assert members["createdAt"].stamp == "created"


def test_a_list_says_how_it_is_paged_and_filtered(shop: Model) -> None:
    plan = shop.operations["get /orders"]
    assert isinstance(plan, List)
    assert (plan.page.limit, plan.page.offset, plan.page.default) == (("limit",), ("offset",), 20)
    assert plan.filter["status"].members == (("status",),)
    assert plan.answer is not None
    assert plan.answer.list == ("items",)
    assert plan.answer.says[("total",)].says == "total"


def test_an_operation_says_where_the_key_stands(shop: Model) -> None:
    plan = shop.operations["get /orders/{orderId}"]
    assert isinstance(plan, Read)
    assert plan.key == Source(at="path", name="orderId")


def test_a_create_names_what_it_takes_and_the_new_item(shop: Model) -> None:
    plan = shop.operations["post /orders"]
    assert isinstance(plan, Create)
    assert plan.take is not None
    assert plan.take.members == ("customerId", "item", "quantity")
    assert plan.answer is not None
    assert plan.answer.location


def test_the_name_of_an_action_says_what_becomes_of_the_state(shop: Model) -> None:
    plan = shop.operations["post /orders/{orderId}/cancel"]
    assert isinstance(plan, Act)
    assert plan.set == {"status": "canceled"}


def test_nothing_is_known_of_an_operation_that_is_not_there(shop: Model) -> None:
    assert "get /nothing" not in shop.operations


def test_the_names_of_parts_are_told_without_making_any() -> None:
    made: list[str] = []
    parts: Lazy[None] = Lazy(lambda: ("/cups", "/plates"), made.append)
    assert (list(parts), len(parts), made) == (["/cups", "/plates"], 2, [])
