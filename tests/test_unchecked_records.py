"""Records that are meant although their contract refuses them: kept and shown as they are, where somebody insists."""

from __future__ import annotations

from pathlib import Path

import pytest

from understudy.testing import AdminError, Sandbox

SHOP = Path(__file__).parents[1] / "docs" / "shop.yaml"


def test_a_record_that_the_contract_refuses_is_kept_as_it_is_where_somebody_insists() -> None:
    with Sandbox(SHOP) as shop:
        client = shop.client()
        wrong = {"id": "o-1999", "quantity": -4}
        with pytest.raises(
            AdminError, match=r"/quantity: must be at least 1, got -4 \(`unchecked=true` says"
        ):
            shop.records()["/orders"]["o-1999"] = wrong
        shop.records(unchecked=True)["/orders"]["o-1999"] = wrong
        assert client.get("/orders").json() == {"items": [wrong], "total": 1}
        assert client.get("/orders/o-1999").json() == wrong
        right = {"id": "o-1998", "customerId": "c-100", "item": "cups", "quantity": 3}
        shop.records(unchecked=True)["/orders"]["o-1998"] = right
        listed = {one["id"]: one for one in client.get("/orders").json()["items"]}
        assert listed["o-1999"] == wrong
        assert listed["o-1998"]["status"] == "open"  # what is no mistake is completed as ever


def test_a_collection_of_no_such_name_is_not_listed_as_empty_unless_somebody_insists() -> None:
    with Sandbox(SHOP) as shop:
        for ask in (len, list):
            with pytest.raises(AdminError, match=r"a collection of the contract; the nearest are /orders"):
                ask(shop.records()["/order"])
        assert len(shop.records()["/orders"]) == 0  # which is one, and holds nothing yet
        assert list(shop.records(unchecked=True)["/order"]) == []
        shop.records(unchecked=True)["/order"]["o-1"] = {"note": "kept by a handler"}
        assert list(shop.records()["/order"]) == ["o-1"]
