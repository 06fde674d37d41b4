"""Saasu: the chart of accounts of a file that is populated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain, cycle, islice
from random import Random
from typing import Final, NamedTuple

from faker import Faker

from understudy.state.store import Value
from understudy.vendors.accounting import LedgerProvider, bank_of


class Entry(NamedTuple):
    """An account of a chart: what a user would have sent, and what only the vendor can say."""

    sent: Value
    is_built_in: bool
    created: datetime
    modified: datetime


class _Kind(NamedTuple):
    """How a chart treats one AccountType. names: a key of the ledger's names. digit: what its ledger codes begin with."""

    names: str
    header: str
    digit: int
    tax_code: str | None = None


_KINDS: Final = {
    "Asset": _Kind("other_current_asset", "Current Assets", 1),
    "Liability": _Kind("other_current_liability", "Current Liabilities", 2),
    "Equity": _Kind("equity", "Owners' Equity", 3),
    "Income": _Kind("income", "Trading Income", 4, "G1"),
    "CostOfSales": _Kind("cost_of_goods_sold", "Cost of Sales", 5, "G11"),
    "Expense": _Kind("expense", "Operating Expenses", 6, "G11"),
    "OtherIncome": _Kind("other_income", "Non-operating Income", 8, "G1"),
    "OtherExpense": _Kind("other_expense", "Non-operating Expenses", 9, "G11"),
}
_BUILT_IN: Final = {"Asset": "Accounts Receivable", "Liability": "Accounts Payable"}
_NOT_AT_A_BANK: Final = (
    "Petty Cash",
    "Foreign Currency Account",
)  # no bank at all, and not in the file's currency

_FIRST: Final = (
    ("Income", "header"), ("Income", "detail"), ("Asset", "bank"), ("Asset", "built-in"), ("Expense", "header"), ("Expense", "detail"),
    ("Liability", "built-in"), ("Asset", "header"), ("Asset", "detail"), ("Liability", "header"), ("Liability", "detail"),
    ("CostOfSales", "header"), ("CostOfSales", "detail"), ("Equity", "header"), ("Equity", "detail"), ("OtherIncome", "header"),
    ("OtherIncome", "detail"), ("OtherExpense", "header"), ("OtherExpense", "detail"),
)  # fmt: skip
"""The accounts a file has first: of each type its header before what stands under it, and soon one of each sort."""
_THEN: Final = (
    ("Expense", "detail"), ("Income", "detail"), ("Asset", "bank"), ("Expense", "detail"), ("Asset", "detail"), ("CostOfSales", "detail"),
    ("Expense", "detail"), ("Liability", "detail"),
)  # fmt: skip

BANK_CODES: Final = {
    "ANZ": "ANZ", "Westpac": "WBC", "Commonwealth Bank": "CBA", "National Australia Bank": "NAB", "St.George Bank": "STG",
    "Bank of Queensland": "BQL", "Macquarie Bank": "MBL", "Bankwest": "BWA", "Suncorp Bank": "MET", "Bendigo Bank": "BBL",
}  # fmt: skip
"""What Australian payment files call the banks."""


def chart(fake: Faker, count: int, first_id: int, now: datetime) -> list[Entry]:
    """Make the first `count` accounts of a file, with ids that follow each other; all were written before `now`."""
    made = _Chart(fake, count)
    random: Random = fake.random
    opened = now - timedelta(days=random.randint(300, 700))
    entries = []
    for index, (account_type, sort) in enumerate(islice(chain(_FIRST, cycle(_THEN)), count)):
        created = opened + (now - opened) * ((index + random.random()) / (count + 1))
        modified = created + timedelta(seconds=1) + (now - created - timedelta(seconds=1)) * random.random()
        entries.append(
            Entry(made.account(account_type, sort, first_id + index), sort == "built-in", created, modified)
        )
    return entries


class _Chart:
    """A chart while it is made: the names, codes and headers it has used."""

    def __init__(self, fake: Faker, count: int) -> None:
        self._ledger = ledger = LedgerProvider(fake)
        self._random: Random = fake.random
        self._company = ledger.company_name("AU")
        self._names = {
            account_type: iter(ledger.account_names(kind.names, count))
            for account_type, kind in _KINDS.items()
        }
        self._bank_names: Iterator[str] = (
            name
            for name in ledger.account_names("bank", 2 * count + 2)
            if not name.startswith(_NOT_AT_A_BANK)
        )
        self._headers: dict[str, int] = {}
        self._counts = dict.fromkeys(_KINDS, 0)

    def account(self, account_type: str, sort: str, account_id: int) -> Value:
        kind = _KINDS[account_type]
        number = self._counts[account_type]
        self._counts[account_type] += 1
        common = {
            "AccountType": account_type,
            "LedgerCode": f"{kind.digit}-{1000 + 10 * number}",
            "Currency": "AUD",
            "HeaderAccountId": self._headers.get(account_type),
        }
        if sort == "header":
            self._headers[account_type] = account_id
            return {**common, "Name": kind.header, "AccountLevel": "Header"}
        if sort == "built-in":
            return {**common, "Name": _BUILT_IN[account_type]}
        if sort == "bank":
            return {**common, **self._bank_account()}
        is_active = self._random.random() > 0.1
        return {
            **common,
            "Name": next(self._names[account_type]),
            "IsActive": is_active,
            "DefaultTaxCode": kind.tax_code,
        }

    def _bank_account(self) -> Value:
        bsb = self._ledger.bsb()
        return {
            "Name": next(self._bank_names),
            "IsBankAccount": True,
            "IncludeInForecaster": True,
            "BSB": bsb,
            "Number": self._ledger.au_account_number(),
            "BankAccountName": self._company,
            "BankFileCreationEnabled": self._random.random() < 0.7,
            "BankCode": BANK_CODES[bank_of(bsb)],
            "UserNumber": f"{self._random.randint(1, 699_999):06}",
        }
