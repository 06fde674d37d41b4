"""Variation: another item's value has the form of the example, and what all items say stays."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import pytest

from understudy.schemas.variation import refers, varied

FORMS = [
    (
        "id",
        "efdbb9d1-02c2-4bc3-afb7-6788d8782b1e",
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
    ),
    ("customer", "cus_9s6XKzkNRiz8i3", r"cus_[1-9A-Za-z]{14}"),
    ("uri", "spotify:track:2takcwOaAZ", r"spotify:track:[1-9A-Za-z]{10}"),
    ("number", "INV-0042", r"INV-[1-9]{4}"),
    ("number", "2024-INV-0042", r"[1-9]{4}-INV-[1-9]{4}"),
    ("sha", "6dcb09b5b57875f334f61aebed695e2e", r"[1-9a-f]{32}"),
    ("created_at", "2022-04-29T08:59:51Z", r"2022-05-\d\dT08:59:51Z|2022-04-30T08:59:51Z"),
    ("born_on", "2022-04-01", r"2022-04-\d\d"),
    ("name", "Premium Plan", r"Premium Plan \d+"),
]


@pytest.mark.parametrize(("name", "example", "form"), FORMS)
def test_another_items_value_has_the_form_of_the_example(name: str, example: str, form: str) -> None:
    made = {varied(example, name, Random(seed), seed % 27 + 1) for seed in range(20)}
    assert example not in made
    assert len(made) > 5
    assert [one for one in made if not re.fullmatch(form, one)] == []


@pytest.mark.parametrize(
    ("name", "example"),
    [
        ("country", "DE"),
        ("note", "As it was said before"),
        ("price", 19.9),
        ("is_open", True),
        ("logo", "https://example.org/logo-1.png"),
        ("tags", ["a1"]),
        ("day", "2022-99-01"),
    ],
)
def test_what_all_items_say_stays(name: str, example: Any) -> None:
    assert varied(example, name, Random(1), 3) == example


@pytest.mark.parametrize(
    ("name", "owner", "is_other"),
    [
        ("customer_id", "invoice", True),
        ("parent_account_uuid", "account", True),
        ("invoice_id", "invoice", False),
        ("external_id", "customer", False),
        ("id", "customer", False),
        ("number", "customer", False),
    ],
)
def test_the_id_of_another_item_leads_where_the_example_does(name: str, owner: str, is_other: bool) -> None:
    assert refers(name, owner) is is_other
