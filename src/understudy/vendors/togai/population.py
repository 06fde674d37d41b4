"""The accounts a Togai sandbox can start with: companies, where they are, how they pay, and which accounts are invoiced together.

Company names are invented, mail goes to `.example`, and the digits of tax numbers are drawn: their form is that of the country,
their check digits are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any, Final

from faker import Faker

from understudy.state.store import Value
from understudy.vendors.accounting import LedgerProvider


@dataclass(frozen=True, slots=True)
class _Town:
    """A town with its postal codes and telephone numbers, in Faker's notation: `#` a digit, `?` a capital letter."""

    name: str
    state: str
    postal_code: str
    phone: str


@dataclass(frozen=True, slots=True)
class _Country:
    """A country: its currency, language, tax number and streets, in which `{}` stands for the house number."""

    code: str
    currency: str
    locale: str
    region: str
    tax: tuple[str, str]
    streets: tuple[str, ...]
    towns: tuple[_Town, ...]


_COUNTRIES: Final = (
    _Country("US", "USD", "en-US", "amer", ("EIN", "##-#######"), ("{} Main St", "{} Market St", "{} Lake Ave"),
             (_Town("Chicago", "IL", "606##", "+131255501##"), _Town("Austin", "TX", "787##", "+151255501##"))),
    _Country("CA", "CAD", "en-CA", "amer", ("GST", "#########RT0001"), ("{} King St W", "{} Bay St"),
             (_Town("Toronto", "ON", "M5H #A#", "+141655501##"), _Town("Vancouver", "BC", "V6B #E#", "+160455501##"))),
    _Country("GB", "GBP", "en-GB", "emea", ("VATN", "GB#########"), ("{} High Street", "{} Station Road", "{} Victoria Street"),
             (_Town("London", "England", "EC2A #AB", "+442079460###"), _Town("Manchester", "England", "M1 #JH", "+441614960###"))),
    _Country("DE", "EUR", "de-DE", "emea", ("VATN", "DE#########"), ("Invalidenstraße {}", "Bahnhofstraße {}", "Lindenallee {}"),
             (_Town("Berlin", "Berlin", "1043#", "+493023125###"), _Town("Hamburg", "Hamburg", "2035#", "+494066969###"))),
    _Country("NL", "EUR", "nl-NL", "emea", ("VATN", "NL#########B01"), ("Keizersgracht {}", "Stationsplein {}"),
             (_Town("Amsterdam", "Noord-Holland", "101# A?", "+3120#######"), _Town("Utrecht", "Utrecht", "351# C?", "+3130#######"))),
    _Country("NO", "NOK", "nb-NO", "emea", ("VATN", "NO#########MVA"), ("Storgata {}", "Kirkegata {}", "Strandgaten {}"),
             (_Town("Oslo", "Oslo", "015#", "+4722######"), _Town("Bergen", "Vestland", "501#", "+4755######"))),
    _Country("SE", "SEK", "sv-SE", "emea", ("VATN", "SE##########01"), ("Storgatan {}", "Kungsgatan {}"),
             (_Town("Stockholm", "Stockholm", "111 ##", "+468465004##"), _Town("Göteborg", "Västra Götaland", "411 ##", "+46313900###"))),
    _Country("AU", "AUD", "en-AU", "apac", ("ABN", "## ### ### ###"), ("{} George Street", "{} Collins Street", "{} Hay Street"),
             (_Town("Sydney", "NSW", "200#", "+6125550####"), _Town("Perth", "WA", "600#", "+6185550####"))),
    _Country("NZ", "NZD", "en-NZ", "apac", ("GST", "###-###-###"), ("{} Queen Street", "{} Lambton Quay"),
             (_Town("Auckland", "Auckland", "101#", "+649#######"), _Town("Wellington", "Wellington", "601#", "+644#######"))),
    _Country("IN", "INR", "en-IN", "apac", ("GSTN", "33?????####?1Z#"), ("{} Anna Salai", "{} Avinashi Road", "{} Nehru Street"),
             (_Town("Chennai", "Tamil Nadu", "6000##", "+9144########"), _Town("Coimbatore", "Tamil Nadu", "6410##", "+91422#######"))),
)  # fmt: skip
_DIVISIONS: Final = ("", " - Subscriptions", " - Field Services", " - Training", " - Support")
_SIZES: Final = ("startup", "mid-market", "enterprise")
_LARGEST: Final = 3  # accounts of one customer

Draw = Callable[..., Faker]
"""Returns a Faker for a key, as `Context.fake` does."""


def accounts(draw: Draw, count: int) -> Iterator[tuple[Value, Value | None]]:
    """Yield requests that create accounts, each with the invoice group it belongs to, which still lacks its id, or None."""
    number = made = 0
    taken: set[str] = set()
    while made < count:
        customer = _customer(draw("customer", number), number, taken)
        size = min(customer.size, count - made)
        group = customer.group() if size > 1 else None
        for division in _DIVISIONS[:size]:
            yield (
                _account(draw("account of", number, division), customer, division, is_draft=made % 5 == 2),
                group,
            )
            made += 1
        number += 1


@dataclass(frozen=True, slots=True)
class _Customer:
    name: str
    slug: str
    size: int
    country: _Country
    address: dict[str, str]
    tax_number: str
    tags: list[str]
    net_term_days: int

    @property
    def email(self) -> str:
        return f"billing@{self.slug}.example"

    def group(self) -> Value:
        """Return the group in which the accounts of this customer are invoiced together."""
        terms = {
            "dailyInvoiceConsolidation": False,
            "netTermDays": self.net_term_days,
            "invoiceCurrency": self.country.currency,
        }
        return {
            "name": f"{self.name} - all accounts",
            "email": self.email,
            **terms,
            "billingAddress": self.address,
        }


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
        tags=[random.choice(_SIZES), country.region],
        net_term_days=random.choice((7, 14, 30, 30, 45, 60)),
    )


def _company(fake: Faker, country: _Country, number: int, taken: set[str]) -> tuple[str, str]:
    """Return a company's name and its slug, which no other has."""
    name = LedgerProvider(fake).company_name("US" if country.code == "IN" else country.code)
    if country.code == "IN":  # the ledger knows no legal form of India's
        name = f"{name.rpartition(' ')[0]} Pvt Ltd"
    slug = _slug(name)[:26].strip(
        "-"
    )  # an account's id has 50 characters at most, and a division and a number join it
    if slug in taken:
        name, slug = f"{name} ({number})", f"{slug}-{number}"
    taken.add(slug)
    return name, slug


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"['./]", "", name.lower())).strip("-")


def _account(fake: Faker, customer: _Customer, division: str, is_draft: bool) -> Value:
    random = fake.random
    identifier = _slug(customer.slug + division)
    body: dict[str, Any] = {
        "id": identifier,
        "name": customer.name + division,
        "customerId": customer.slug,
        "invoiceCurrency": customer.country.currency,
        "aliases": [fake.bothify("ws-??##??##").lower()],
        "address": customer.address,
        "primaryEmail": customer.email if not division else f"{_slug(division)}@{customer.slug}.example",
        "netTermDays": customer.net_term_days,
        "metadata": {
            customer.country.tax[0]: customer.tax_number,
            "accountManager": LedgerProvider(fake).actor().email,
        },
        "tags": customer.tags,
        "status": "DRAFT" if is_draft else "ACTIVE",
    }
    if random.random() < 0.3:
        locale = {
            "id": "invoice-locale",
            "value": customer.country.locale,
            "namespace": "INVOICE",
            "name": "Invoice language",
        }
        body["settings"] = [{**locale, "dataType": "STRING"}]
    if random.random() < 0.3:
        trial = {
            "effectiveFrom": "2025-01-01T00:00:00Z",
            "effectiveUntil": f"2025-{random.randint(4, 9):02}-01T00:00:00Z",
        }
        body["accountAliases"] = [{"value": f"{identifier}-trial"[:50], **trial}]
    return body
