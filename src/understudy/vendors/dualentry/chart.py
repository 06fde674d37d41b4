"""DualEntry: the chart of accounts of an organisation that is populated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain, cycle, islice
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

import yaml
from faker import Faker

from understudy.state.clock import EPOCH, iso
from understudy.state.store import Value
from understudy.vendors.accounting import LedgerProvider

_TABLES: Final[dict[str, Any]] = yaml.load(
    Path(__file__).with_name("chart.yaml").read_bytes(), yaml.CSafeLoader
)
_NUMBERS: Final[dict[str, int]] = _TABLES["first_numbers"]
_STEP: Final = 10  # between accounts of one type; those below an account stand between
_CHILD: Final = "child"
_NOT_PLAIN: Final = frozenset([*_TABLES["not_plain"], *(role for _, role in _TABLES["first"])])
_THE_LEDGER: Final = {"actor_type": "system", "email": None, "first_name": None, "last_name": None}
_SECOND: Final = timedelta(seconds=1)


class Entry(NamedTuple):
    """An account of a chart: what a user would have sent, and what only the vendor can say."""

    sent: Value
    system_ref: str | None
    created_by: Value
    updated_by: Value


class _Company(NamedTuple):
    """One of the organisation's companies, and where it banks. digits: of an account number within its
    IBAN.
    """

    id: int
    country: str
    currency: str
    digits: int = 0


def chart(fake: Faker, count: int, first_id: int) -> list[Entry]:
    """Make the first `count` accounts of an organisation, with ids that follow each other; all were made
    before the sandbox's epoch.
    """
    plan = list(islice(chain(_TABLES["first"], cycle(_TABLES["then"])), count))
    made = _Chart(fake, plan)
    opened = EPOCH - timedelta(days=made.random.randint(200, 600))
    entries = []
    for index, (kind, role) in enumerate(plan):
        created = opened + (EPOCH - opened) * ((index + made.random.random()) / (count + 1))
        entries.append(made.entry(kind, role, first_id + index, created))
    return entries


class _Chart:
    """A chart while it is made: the people and companies it knows, and the names and numbers it has used."""

    def __init__(self, fake: Faker, plan: list[tuple[str, str]]) -> None:
        self.random: Random = fake.random
        self._ledger = LedgerProvider(fake)
        self._people = [self._person() for _ in range(3)]
        self._companies = self._some_companies()
        self._next_to_bank = cycle(self._companies)
        counts = Counter(kind for kind, role in plan if role != _CHILD)
        self._names = {kind: self._plain_names(kind, number) for kind, number in counts.items()}
        self._scale = _scale(counts)
        self._used: Counter[str] = Counter()
        self._parents: dict[str, tuple[int, Value]] = {}
        self._children: Counter[int] = Counter()

    def _person(self) -> Value:
        first, last, mail = self._ledger.actor()
        return {"actor_type": "user", "email": mail, "first_name": first, "last_name": last}

    def _some_companies(self) -> list[_Company]:
        home, *abroad = sorted(self.random.sample(range(101, 1000), 3))
        branches = self.random.sample(_TABLES["branches"], 2)
        companies = [_Company(home, "US", "USD")]
        for company_id, branch in zip(abroad, branches, strict=True):
            companies.append(_Company(company_id, **branch))
        return companies

    def _plain_names(self, kind: str, count: int) -> Iterator[str]:
        drawn = self._ledger.account_names(kind, 2 * count + 10)  # at most a third of them is passed over
        return (name for name in drawn if _stem(name) not in _NOT_PLAIN)

    def entry(self, kind: str, role: str, account_id: int, created: datetime) -> Entry:
        """Make one account. A child comes after a plain account of its type."""
        common: Value = {
            "account_type": kind,
            "currency_iso_4217_code": None,
            "is_active": True,
            "parent_account_id": None,
        }
        created_by = {**self.random.choice(self._people), "timestamp": iso(created)}
        if role == _CHILD:
            return Entry({**common, **self._child(kind)}, None, created_by, self._updated(created))
        common["number"] = _NUMBERS[kind] * self._scale + _STEP * self._used[kind]
        self._used[kind] += 1
        if role:
            created_by = {**_THE_LEDGER, "timestamp": iso(created)}
            updated_by = {**_THE_LEDGER, "timestamp": iso(self._later(created))}
            return Entry({**common, "name": role}, role, created_by, updated_by)
        sent = {**common, **self._plain(kind, created)}
        self._parents[kind] = account_id, sent
        return Entry(sent, None, created_by, self._updated(created))

    def _updated(self, created: datetime) -> Value:
        return {**self.random.choice(self._people), "timestamp": iso(self._later(created))}

    def _later(self, created: datetime) -> datetime:
        """Choose a moment between an account's creation and the sandbox's first, a second after the one at
        least.
        """
        return created + _SECOND + (EPOCH - created - _SECOND) * self.random.random()

    def _child(self, kind: str) -> Value:
        parent_id, parent = self._parents[kind]
        place = self._children[parent_id]
        self._children[parent_id] += 1
        regions = _TABLES["regions"]
        return {
            "name": f"{parent['name']} - {regions[(parent_id + place) % len(regions)]}",
            "number": parent["number"] + 1 + place,
            "description": f"Part of {parent['name']}",
            "is_active": parent["is_active"],
            "parent_account_id": parent_id,
            "category_1099": parent["category_1099"],
        }

    def _plain(self, kind: str, created: datetime) -> Value:
        name = next(self._names[kind])
        named = {"name": name, "category_1099": _TABLES["categories"].get(_stem(name), "")}
        if kind == "bank":
            return {**named, **self._bank_account(created)}
        if kind == "credit_card":
            return {**named, "company_id": self.random.choice(self._companies).id}
        shared_by = None
        if self.random.random() < 0.3:
            shared_by = [company.id for company in self._companies[:2]]
        return {**named, "is_active": self.random.random() < 0.9, "allowed_company_ids": shared_by}

    def _bank_account(self, created: datetime) -> Value:
        company = next(self._next_to_bank)
        bank = self._ledger.bank_name(company.country)
        iban = routing = None
        if company.digits:
            iban = self._ledger.iban(company.country)
            number = iban[-company.digits :]
        else:
            number = f"{self.random.randrange(10**10):010}"
            routing = self._ledger.routing_number()
        return {
            "currency_iso_4217_code": company.currency,
            "description": f"{company.currency} account at {bank}",
            "company_id": company.id,
            "bank_alias": f"{bank} {number[-4:]}",
            "bank_routing": routing,
            "bank_account_number": number,
            "iban": iban,
            "start_bank_match_date": created.date().isoformat(),
        }


def _stem(name: str) -> str:
    """Return the name of an account without its place."""
    return name.partition(" - ")[0]


def _scale(counts: Counter[str]) -> int:
    """Return by how much numbers of four digits grow, so that no type's accounts run into the next one's."""
    after = [*list(_NUMBERS.values())[1:], _TABLES["after_the_last"]]
    rooms = dict(zip(_NUMBERS, after, strict=True))
    scale = 1
    for kind, number in counts.items():
        while number * _STEP > (rooms[kind] - _NUMBERS[kind]) * scale:
            scale *= 10
    return scale
