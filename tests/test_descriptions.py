"""Descriptions: the values and standards that they name."""

from __future__ import annotations

import pytest

from understudy.schemas.descriptions import described

VALUES: list[tuple[str, tuple[str, ...]]] = [
    ("The state, one of `open`, `shut` or `ajar`.", ("open", "shut", "ajar")),
    ("Type of chart. Possible values: 'bar', 'pie'.", ("bar", "pie")),
    ("The order's kind: one of retail, wholesale.", ("retail", "wholesale")),
    ("Where it runs, e.g. eu-west-1.", ("eu-west-1",)),
    ("The level.\n\n* `LOW`: little\n* `HIGH`: much\n", ("LOW", "HIGH")),
    ("The name, e.g. of a person.", ()),
    ("Cannot be `null`, see `other_name`.", ()),
    ("What the `currency` field says.", ()),
]

STANDARDS = [
    ("Three-letter ISO 4217 currency code", "currency_code"),
    ("Country in ISO 3166-1 alpha-3", "country_alpha3"),
    ("Two-letter country code (ISO 3166)", "country_code"),
    ("An IANA time zone name", "time_zone"),
    ("When it was sent, as RFC 3339", "moment_at"),
    ("Any words", ""),
]


@pytest.mark.parametrize(("text", "values"), VALUES)
def test_a_description_names_values(text: str, values: tuple[str, ...]) -> None:
    assert described(text).values == values


@pytest.mark.parametrize(("text", "standard"), STANDARDS)
def test_a_description_names_a_standard(text: str, standard: str) -> None:
    assert described(text).standard == standard


def test_a_description_names_a_range() -> None:
    assert described("A score between 0 and 10.").range == (0, 10)
    assert described("A share (0-1).").range == (0, 1)
    assert described("Anything").range is None
