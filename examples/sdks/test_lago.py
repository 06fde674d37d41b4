"""Lago's Python client."""

from __future__ import annotations

import pytest
from lago_python_client.client import Client
from lago_python_client.exceptions import LagoApiError
from lago_python_client.models import BillableMetric, Customer

from conftest import Serve


def test_a_metric_is_created_listed_read_changed_and_deleted(serve: Serve) -> None:
    client = Client(api_key="key", api_url=serve("lago.yaml"))
    metric = BillableMetric(
        name="Storage",
        code="storage",
        aggregation_type="sum_agg",
        field_name="gb",
        recurring=False,
        filters=[],
    )
    made = client.billable_metrics.create(metric)
    assert (made.name, made.code) == ("Storage", "storage")
    assert client.billable_metrics.find("storage").name == "Storage"
    assert "storage" in [one.code for one in client.billable_metrics.find_all()["billable_metrics"]]
    changed = client.billable_metrics.update(BillableMetric(name="Disk", code="storage"), "storage")
    assert (changed.name, changed.code) == ("Disk", "storage")
    client.billable_metrics.destroy("storage")
    with pytest.raises(LagoApiError) as refused:
        client.billable_metrics.find("storage")
    assert refused.value.status_code == 404


def test_a_customer_that_is_known_is_changed(serve: Serve) -> None:
    client = Client(api_key="key", api_url=serve("lago.yaml"))
    made = client.customers.create(
        Customer(external_id="c-1", name="Hooli", email="a@example.com", currency="EUR")
    )
    again = client.customers.create(Customer(external_id="c-1", name="Hooli Ltd"))
    assert (again.lago_id, again.name) == (made.lago_id, "Hooli Ltd")
    assert (again.created_at, again.email, again.currency) == (made.created_at, "a@example.com", "EUR")
