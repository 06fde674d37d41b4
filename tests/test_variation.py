"""Variation: another item's value has the form of the example, and what all items say stays."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from random import Random
from typing import Any

import pytest

from understudy.schemas.variation import alike, another_id, begins_alike, refers, varied

FORMS = [
    (
        "id",
        "efdbb9d1-02c2-4bc3-afb7-6788d8782b1e",
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
    ),
    ("customer", "cus_9s6XKzkNRiz8i3", r"cus_[1-9A-Za-z]{14}"),
    ("uri", "spotify:track:2takcwOaAZ", r"spotify:track:[1-9A-Za-z]{10}"),
    ("digest", "sha256:c1ae9c435032", r"sha256:[1-9a-f]{12}"),
    ("address", "c001:d00d::1337/64", r"c001:d00d::[0-9a-f]{1,4}/64"),
    ("number", "INV-0042", r"INV-[1-9]{4}"),
    ("number", "2024-INV-0042", r"[1-9]{4}-INV-[1-9]{4}"),
    ("sha", "6dcb09b5b57875f334f61aebed695e2e", r"[1-9a-f]{32}"),
    ("created_at", "2022-04-29T08:59:51Z", r"2022-05-\d\dT08:59:51Z|2022-04-30T08:59:51Z"),
    ("born_on", "2022-04-01", r"2022-04-\d\d"),
    ("name", "Premium Plan", r"Premium Plan \d+"),
    ("phone", "+4755512345", r"\+475551[1-9]{4}"),
    ("street", "Storgata 5", r"Storgata \d+"),
    ("amount", "149.90", r"\d{2,3}\.\d\d"),
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
        ("bic", "BOFIIE2DXXX"),
        ("schema", "urn:ietf:params:scim:schemas:core:2.0:User"),
        ("first_name", "Diana Marcela"),
        ("country", "DE"),
        ("note", "As it was said before"),
        ("release_year", 2019),
        ("latitude", 52.5),
        ("count", 0),
        ("is_open", True),
        ("logo", "https://example.org/logo-1.png"),
        ("tags", ["a1"]),
        ("expiry_month", "12"),
        ("postcode", "5003"),
        ("latitude", "40.759211"),
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


@pytest.mark.parametrize(("example", "places"), [(5000, 0), (19.95, 2), (-120.5, 1), (42, 0)])
def test_another_items_number_is_of_the_same_size_and_decimals(example: float, places: int) -> None:
    made = [varied(example, "amount", Random(seed), 1) for seed in range(30)]
    assert len(set(made)) > 3
    for one in made:
        assert type(one) is type(example)
        assert 0.3 < one / example < 2.6
        assert round(one, places) == one


@pytest.mark.parametrize(
    ("example", "form"),
    [
        ("2024-INV-0042", ["2024-INV-0043", "2024-INV-0044"]),
        ("1001", ["1002", "1003"]),
        ("base1-9", ["base1-10", "base1-11"]),
        ("how-to-train", ["how-to-train-2", "how-to-train-3"]),
        ("storage", ["storage-2", "storage-3"]),
        ("two_words", ["two_words_2", "two_words_3"]),
        ("OIT00546", ["OIT00547", "OIT00548"]),
        ("P45IHFA", ["P46IHFA", "P47IHFA"]),
        ("A9", ["A9-2", "A9-3"]),
        ("s8906043", ["s8906044", "s8906045"]),
        ("en-US", ["en-GB", "de-DE"]),
        ("USD", ["GBP", "EUR"]),
        ("AFG", ["USA", "GBR"]),
        ("AED", ["USD", "GBP"]),
        ("example.com", ["example-2.com", "example-3.com"]),
    ],
)
def test_ids_that_are_counted_are_counted_on(example: str, form: list[str]) -> None:
    assert [another_id(example, number, Random(number)) for number in (1, 2)] == form


@pytest.mark.parametrize(
    ("example", "form"),
    [
        ("cus_9s6XKzkNRiz8i3", r"cus_[0-9A-Za-z]{14}"),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAV", r"[0-7][0-9A-HJKMNP-TV-Z]{25}"),
        ("efdbb9d1-02c2-4bc3-afb7-6788d8782b1e", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("5f3a9c01bb", r"[0-9a-f]{10}"),
        ("pool1pu5jlj4q9w9jlxeu370a3c9myx47md5j5m2str0naunn2q3lkdy", r"pool1[02-9ac-hj-np-z]{51}"),  # BIP 173
    ],
)
def test_ids_that_are_drawn_are_drawn_in_the_same_form(example: str, form: str) -> None:
    made = {another_id(example, number, Random(number)) for number in range(1, 21)}
    assert len(made) == 20
    assert [one for one in made if not re.fullmatch(form, one)] == []


@pytest.mark.parametrize(
    ("ids", "beginning"),
    [
        (["pl45d5vFFGrfdsds", "pl54fgtjy4tjyKDK"], "pl"),
        (["SMf5c2ab", "SM00c2ab", "SMf5c2ab"], "SM"),
        (["p45d5vFFG", "p54fgtjy4"], ""),
        (["pl45d5vFFGrfdsds"], ""),
        (["f5c2ab", "05c2ab"], ""),
        ([], ""),
    ],
)
def test_ids_begin_as_all_that_authors_show_do(ids: list[str], beginning: str) -> None:
    assert begins_alike(ids) == beginning


def test_an_id_that_is_drawn_has_the_beginning_of_all() -> None:
    made = {another_id("pl45d5vFFGrfdsds", number, Random(number), "pl") for number in range(1, 21)}
    assert len(made) == 20
    assert [one for one in made if not re.fullmatch(r"pl[1-9]{2}[a-z][1-9][a-z][A-Z]{3}[a-z]{6}", one)] == []


def test_another_internet_address_is_of_the_same_network() -> None:
    made = [varied("192.168.10.1", "ip", Random(seed), 1) for seed in range(30)]
    for one in made:
        assert ip_address(one) in ip_network("192.168.10.0/24")


@pytest.mark.parametrize(
    ("example", "form"),
    [
        ("09:30", r"(08|09|10):[03]0"),
        ("2024-Q2", r"202[34]-Q[1-4]"),
        ("FY2024-07", r"FY202[34]-(0[1-9]|1[0-2])"),
        ("2024/25", r"2023/24|2024/25"),
    ],
)
def test_times_of_a_day_and_parts_of_a_year_are_such(example: str, form: str) -> None:
    made = {varied(example, "period", Random(seed), seed % 27 + 1) for seed in range(20)}
    assert len(made) > 1
    assert all(re.fullmatch(form, one) for one in made)


@pytest.mark.parametrize(
    ("name", "example", "least", "most"),
    [("height_cm", 168.0, 147, 189), ("average_rating", 4.6, 3, 5), ("heading", 270, 0, 359)],
)
def test_bodies_marks_and_directions_stay_what_they_are(
    name: str, example: float, least: float, most: float
) -> None:
    made = {varied(example, name, Random(seed), 1) for seed in range(200)}
    assert len(made) > 10
    assert least <= min(made) <= max(made) <= most


@pytest.mark.parametrize(
    ("value", "example", "are"),
    [
        ("Neurology", "Cardiology", True),
        ("General Practice", "Cardiology", False),
        ("UX Designer", "Backend Engineer", True),
        ("A quiet room at the back", "Backend Engineer", False),
        ("latex", "Pollen", False),
        ("B+", "O-", False),
        ("A+", "O+", True),
        ("AB+", "O+", False),
        ("Marketing", "HR", False),
    ],
)
def test_what_is_written_alike_may_stand_for_an_example(value: str, example: str, are: bool) -> None:
    assert alike(value, example) is are
