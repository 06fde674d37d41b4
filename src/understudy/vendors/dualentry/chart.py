"""DualEntry: the chart of accounts of an organisation that is populated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain, cycle, islice, pairwise
from random import Random
from typing import Final, NamedTuple

from faker import Faker

from understudy.state.clock import EPOCH, iso
from understudy.state.store import Value
from understudy.vendors.accounting import LedgerProvider


class Entry(NamedTuple):
    """An account of a chart: what a user would have sent, and what only the vendor can say."""

    sent: Value
    system_ref: str | None
    created_by: Value
    updated_by: Value


class _Company(NamedTuple):
    """One of the organisation's companies, and where it banks. digits: of an account number within its IBAN."""

    id: int
    country: str
    currency: str
    digits: int = 0


_FIRST_NUMBERS: Final = {
    "bank": 1000, "accounts_receivable": 1100, "unbilled_receivable": 1200, "other_current_asset": 1300, "deferred_expense": 1400,
    "fixed_asset": 1500, "investment": 1600, "other_asset": 1700, "accounts_payable": 2000, "credit_card": 2100, "deferred_revenue": 2200,
    "other_current_liability": 2300, "long_term_liability": 2500, "equity": 3000, "income": 4000, "cost_of_goods_sold": 5000,
    "expense": 6000, "other_income": 7000, "other_expense": 8000,
}  # fmt: skip
_ROOM: Final = dict(
    zip(
        _FIRST_NUMBERS,
        (after - first for first, after in pairwise([*_FIRST_NUMBERS.values(), 9000])),
        strict=True,
    )
)
_STEP: Final = 10  # between accounts of one type; those below an account stand between

_CHILD: Final = "child"
_FIRST: Final = (
    ("bank", ""), ("accounts_receivable", "Accounts Receivable"), ("expense", ""), ("expense", _CHILD),
    ("accounts_payable", "Accounts Payable"), ("income", ""), ("equity", "Retained Earnings"), ("credit_card", ""), ("bank", ""),
    ("other_current_asset", "Undeposited Funds"), ("fixed_asset", ""), ("fixed_asset", "Accumulated Depreciation"),
    ("other_current_liability", "Tax Payable"), ("cost_of_goods_sold", ""), ("deferred_revenue", "Deferred Revenue"), ("equity", ""),
    ("equity", "Net Income"), ("long_term_liability", ""), ("income", _CHILD), ("other_income", ""), ("other_expense", ""),
    ("other_expense", "Realized Gain/Loss"), ("other_expense", "Unrealized Gain/Loss"), ("other_current_asset", ""),
    ("other_current_asset", "Vendor Deposits"), ("other_current_liability", "Customer Deposits"), ("expense", ""), ("expense", _CHILD),
    ("unbilled_receivable", ""), ("deferred_expense", ""), ("deferred_revenue", ""), ("other_current_liability", ""),
    ("other_current_liability", "Accrued Purchases"), ("other_asset", ""), ("investment", ""), ("cost_of_goods_sold", _CHILD),
    ("accounts_receivable", "IC Accounts Receivable"), ("other_current_asset", "IC Due From"),
    ("accounts_payable", "IC Accounts Payable"), ("other_current_liability", "IC Due To"),
    ("equity", "Cumulative Translation Adjustment"), ("equity", "Cumulative Translation Adjustment - Elimination"),
    ("other_expense", "Matching Gain/Loss"), ("other_expense", "Rounding Gain/Loss"),
)  # fmt: skip
"""The accounts an organisation has first: type, and the part in the ledger, or `child` for one below the last plain account of its type."""
_THEN: Final = (
    ("expense", ""), ("income", ""), ("expense", _CHILD), ("bank", ""), ("cost_of_goods_sold", ""), ("other_current_liability", ""),
    ("expense", ""), ("fixed_asset", ""), ("fixed_asset", _CHILD), ("accounts_receivable", ""), ("income", _CHILD), ("credit_card", ""),
    ("other_current_asset", ""), ("expense", ""), ("cost_of_goods_sold", _CHILD), ("accounts_payable", ""), ("other_income", ""),
    ("other_expense", ""), ("long_term_liability", ""), ("equity", ""),
)  # fmt: skip

_NOT_PLAIN: Final = frozenset({"Petty Cash", "Foreign Currency Account", *(role for _, role in _FIRST)})
"""Names that plain accounts do not get: those without a bank, or in no currency of a company's; and those of the ledger's own."""
_REGIONS: Final = (
    "East",
    "West",
    "Midwest",
    "South",
    "Canada",
    "Europe",
    "Latin America",
    "Asia",
    "Australia",
)
_BRANCHES: Final = (("DE", "EUR", 10), ("GB", "GBP", 8), ("NO", "NOK", 11), ("NL", "EUR", 10))
_CATEGORIES: Final = {
    "Rent": "MISC-Box 1", "Legal Fees": "NEC-Box 1", "Accounting Fees": "NEC-Box 1", "Subcontractors": "NEC-Box 1",
    "Interest Expense": "INT-Box 1", "Dividends Declared": "DIV-Box 1a",
}  # fmt: skip
_THE_LEDGER: Final = {"actor_type": "system", "email": None, "first_name": None, "last_name": None}


def chart(fake: Faker, count: int, first_id: int) -> list[Entry]:
    """Make the first `count` accounts of an organisation, with ids that follow each other; all were made before the sandbox's epoch."""
    plan = list(islice(chain(_FIRST, cycle(_THEN)), count))
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
        self._ledger = ledger = LedgerProvider(fake)
        people = (ledger.actor() for _ in range(3))
        self._people = [
            {"actor_type": "user", "email": mail, "first_name": first, "last_name": last}
            for first, last, mail in people
        ]
        ids = sorted(self.random.sample(range(101, 1000), 3))
        self._companies = [_Company(ids[0], "US", "USD")]
        self._companies += (
            _Company(one, *branch)
            for one, branch in zip(ids[1:], self.random.sample(_BRANCHES, 2), strict=True)
        )
        self._next_to_bank = cycle(self._companies)
        self._used = Counter(kind for kind, role in plan if role != _CHILD)
        self._names = {kind: self._plain_names(kind, number) for kind, number in self._used.items()}
        # Numbers have four digits, and more where an organisation has so many accounts that a type's would run into the next.
        self._scale = 1
        while any(number * _STEP > _ROOM[kind] * self._scale for kind, number in self._used.items()):
            self._scale *= 10
        self._used.clear()
        self._parents: dict[str, tuple[int, Value]] = {}
        self._children: Counter[int] = Counter()

    def _plain_names(self, kind: str, count: int) -> Iterator[str]:
        drawn = self._ledger.account_names(kind, 2 * count + 10)  # at most a third of them is passed over
        return (name for name in drawn if name.partition(" - ")[0] not in _NOT_PLAIN)

    def entry(self, kind: str, role: str, account_id: int, created: datetime) -> Entry:
        """Make one account. A child comes after a plain account of its type."""
        common: Value = {
            "account_type": kind,
            "currency_iso_4217_code": None,
            "is_active": True,
            "parent_account_id": None,
        }
        created_by: Value = {**self.random.choice(self._people), "timestamp": iso(created)}
        if role == _CHILD:
            return Entry({**common, **self._child(kind)}, None, created_by, self._updated(created))
        common["number"] = _FIRST_NUMBERS[kind] * self._scale + _STEP * self._used[kind]
        self._used[kind] += 1
        if role:
            created_by = {**_THE_LEDGER, "timestamp": iso(created)}
            return Entry(
                {**common, "name": role},
                role,
                created_by,
                {**_THE_LEDGER, "timestamp": iso(self._later(created))},
            )
        name = next(self._names[kind])
        sent = {
            **common,
            "name": name,
            "category_1099": _CATEGORIES.get(name.partition(" - ")[0], ""),
            **self._details(kind, created),
        }
        self._parents[kind] = account_id, sent
        return Entry(sent, None, created_by, self._updated(created))

    def _updated(self, created: datetime) -> Value:
        return {**self.random.choice(self._people), "timestamp": iso(self._later(created))}

    def _later(self, created: datetime) -> datetime:
        """Choose a moment between an account's creation and the sandbox's first, a second after the one at least."""
        return (
            created + timedelta(seconds=1) + (EPOCH - created - timedelta(seconds=1)) * self.random.random()
        )

    def _child(self, kind: str) -> Value:
        parent_id, parent = self._parents[kind]
        place = self._children[parent_id]
        self._children[parent_id] += 1
        return {
            "name": f"{parent['name']} - {_REGIONS[(parent_id + place) % len(_REGIONS)]}",
            "number": parent["number"] + 1 + place,
            "description": f"Part of {parent['name']}",
            "is_active": parent["is_active"],
            "parent_account_id": parent_id,
            "category_1099": parent["category_1099"],
        }

    def _details(self, kind: str, created: datetime) -> Value:
        if kind == "bank":
            return self._bank_account(created)
        if kind == "credit_card":
            return {"company_id": self.random.choice(self._companies).id}
        shared = self.random.random() < 0.3
        return {
            "is_active": self.random.random() < 0.9,
            "allowed_company_ids": [company.id for company in self._companies[:2]] if shared else None,
        }

    def _bank_account(self, created: datetime) -> Value:
        company = next(self._next_to_bank)
        bank = self._ledger.bank_name(company.country)
        iban = self._ledger.iban(company.country) if company.digits else None
        number = iban[-company.digits :] if iban else f"{self.random.randrange(10**10):010}"
        return {
            "currency_iso_4217_code": company.currency,
            "description": f"{company.currency} account at {bank}",
            "company_id": company.id,
            "bank_alias": f"{bank} {number[-4:]}",
            "bank_routing": None if iban else self._ledger.routing_number(),
            "bank_account_number": number,
            "iban": iban,
            "start_bank_match_date": created.date().isoformat(),
        }
