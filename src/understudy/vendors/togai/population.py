"""The accounts a Togai sandbox can start with: companies, where they are, how they pay, and which accounts
are invoiced together.

Company names are invented, mail goes to `.example`, and the digits of tax numbers are drawn: their form is
that of the country, their check digits are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from string import ascii_uppercase
from typing import Any, Final, NamedTuple

import yaml
from faker import Faker

from understudy.state.store import Value
from understudy.vendors.accounting import LedgerProvider


class _Town(NamedTuple):
    """A town with its postal codes and telephone numbers."""

    name: str
    state: str
    postal_code: str
    phone: str


class _Country(NamedTuple):
    """A country: its currency, language, tax number and streets."""

    code: str
    currency: str
    locale: str
    region: str
    tax: tuple[str, str]
    streets: tuple[str, ...]
    towns: tuple[_Town, ...]


class _Customer(NamedTuple):
    """A customer. size: how many accounts it has."""

    name: str
    slug: str
    size: int
    country: _Country
    address: Value
    tax_number: str
    tags: list[str]
    net_term_days: int


def _country(told: dict[str, Any]) -> _Country:
    towns = tuple(_Town(**town) for town in told["towns"])
    return _Country(**{**told, "towns": towns})


_TABLES: Final[dict[str, Any]] = yaml.load(
    Path(__file__).with_name("population.yaml").read_bytes(), yaml.CSafeLoader
)
_COUNTRIES: Final = tuple(map(_country, _TABLES["countries"]))
_LARGEST: Final = 3  # accounts of one customer
_LONGEST_SLUG: Final = 26  # an account's id has 50 characters at most: a division and a number join it

Draw = Callable[..., Faker]
"""Returns a Faker for a key, as `Context.fake` does."""


def accounts(draw: Draw, count: int) -> Iterator[tuple[Value, Value | None]]:
    """Yield requests that create accounts, each with the invoice group it belongs to, which still lacks its
    id, or None.
    """
    number = made = 0
    taken: set[str] = set()
    while made < count:
        customer = _customer(draw("customer", number), number, taken)
        size = min(customer.size, count - made)
        group = _group(customer) if size > 1 else None
        for division in _TABLES["divisions"][:size]:
            fake = draw("account of", number, division)
            yield _account(fake, customer, division, is_draft=made % 5 == 2), group
            made += 1
        number += 1


def _group(customer: _Customer) -> Value:
    """Return the group in which the accounts of a customer are invoiced together."""
    return {
        "name": f"{customer.name} - all accounts",
        "email": _mail("billing", customer),
        "dailyInvoiceConsolidation": False,
        "netTermDays": customer.net_term_days,
        "invoiceCurrency": customer.country.currency,
        "billingAddress": customer.address,
    }


def _mail(mailbox: str, customer: _Customer) -> str:
    return f"{mailbox}@{customer.slug}.example"


def _customer(fake: Faker, number: int, taken: set[str]) -> _Customer:
    random = fake.random
    country = random.choice(_COUNTRIES)
    name, slug = _company(fake, country, number, taken)
    town = random.choice(country.towns)
    address = {
        "phoneNumber": fake.bothify(town.phone),
        "line1": random.choice(country.streets).format(random.randint(1, 180)),
        "postalCode": fake.bothify(town.postal_code, ascii_uppercase),
        "city": town.name,
        "state": town.state,
        "country": country.code,
    }
    return _Customer(
        name=name,
        slug=slug,
        size=random.randint(1, _LARGEST),
        country=country,
        address=address,
        tax_number=fake.bothify(country.tax[1], ascii_uppercase),
        tags=[random.choice(_TABLES["sizes"]), country.region],
        net_term_days=random.choice((7, 14, 30, 30, 45, 60)),
    )


def _company(fake: Faker, country: _Country, number: int, taken: set[str]) -> tuple[str, str]:
    """Return a company's name and its slug, which no other has."""
    is_indian = country.code == "IN"  # the ledger knows no legal form of India's
    name = LedgerProvider(fake).company_name("US" if is_indian else country.code)
    if is_indian:
        name = f"{name.rpartition(' ')[0]} Pvt Ltd"
    slug = _slug(name)[:_LONGEST_SLUG].strip("-")
    if slug in taken:
        name, slug = f"{name} ({number})", f"{slug}-{number}"
    taken.add(slug)
    return name, slug


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"['./]", "", name.lower())).strip("-")


def _account(fake: Faker, customer: _Customer, division: str, *, is_draft: bool) -> Value:
    random = fake.random
    identifier = _slug(customer.slug + division)
    body: Value = {
        "id": identifier,
        "name": customer.name + division,
        "customerId": customer.slug,
        "invoiceCurrency": customer.country.currency,
        "aliases": [fake.bothify("ws-??##??##").lower()],
        "address": customer.address,
        "primaryEmail": _mail(_slug(division) or "billing", customer),
        "netTermDays": customer.net_term_days,
        "metadata": {
            customer.country.tax[0]: customer.tax_number,
            "accountManager": LedgerProvider(fake).actor().email,
        },
        "tags": customer.tags,
        "status": "DRAFT" if is_draft else "ACTIVE",
    }
    if random.random() < 0.3:
        body["settings"] = [_language(customer.country.locale)]
    if random.random() < 0.3:
        until = f"2025-{random.randint(4, 9):02}-01T00:00:00Z"
        trial = {"effectiveFrom": "2025-01-01T00:00:00Z", "effectiveUntil": until}
        body["accountAliases"] = [{"value": f"{identifier}-trial"[:50], **trial}]
    return body


def _language(locale: str) -> Value:
    return {
        "id": "invoice-locale",
        "value": locale,
        "namespace": "INVOICE",
        "name": "Invoice language",
        "dataType": "STRING",
    }
