"""Stripe's Python client."""

from __future__ import annotations

import pytest
import stripe

from conftest import Serve


def test_a_customer_is_created_listed_read_changed_and_deleted(serve: Serve) -> None:
    client = stripe.StripeClient("sk_test_123", base_addresses={"api": serve("stripe.json")})
    made = client.v1.customers.create(
        {"email": "ann@example.com", "name": "Ann", "metadata": {"team": "blue"}}
    )
    assert (made.email, made.name, made.metadata["team"]) == ("ann@example.com", "Ann", "blue")
    assert client.v1.customers.retrieve(made.id).email == "ann@example.com"
    assert made.id in [one.id for one in client.v1.customers.list({"limit": 5})]
    assert client.v1.customers.update(made.id, {"name": "Ann B"}).name == "Ann B"
    assert client.v1.customers.retrieve(made.id).email == "ann@example.com"
    assert client.v1.customers.delete(made.id).deleted is True
    assert made.id not in [one.id for one in client.v1.customers.list().auto_paging_iter()]


def test_a_wrong_parameter_is_an_invalid_request(serve: Serve) -> None:
    client = stripe.StripeClient("sk_test_123", base_addresses={"api": serve("stripe.json")})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.customers.create({"balance": "much"})
    assert "balance" in str(refused.value)
