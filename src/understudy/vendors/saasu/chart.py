"""Saasu: the chart of accounts of a file that is populated."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain, cycle, islice
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

import yaml
from faker import Faker

from understudy.state.store import Value
from understudy.vendors.accounting import LedgerProvider, bank_of


class Entry(NamedTuple):
    """An account of a chart: what a user would have sent, and what only the vendor can say."""

    sent: Value
    is_built_in: bool
    created: datetime
    modified: datetime


_TABLES: Final[dict[str, Any]] = yaml.load(
    Path(__file__).with_name("chart.yaml").read_bytes(), yaml.CSafeLoader
)
_KINDS: Final[dict[str, dict[str, Any]]] = _TABLES["kinds"]
BANK_CODES: Final[dict[str, str]] = _TABLES["bank_codes"]
"""What Australian payment files call the banks."""


def chart(fake: Faker, count: int, first_id: int, now: datetime) -> list[Entry]:
    """Make the first `count` accounts of a file, with ids that follow each other; all were written before
    `now`.
    """
    made = _Chart(fake, count)
    random: Random = fake.random
    opened = now - timedelta(days=random.randint(300, 700))
    entries = []
    plan = chain(_TABLES["first"], cycle(_TABLES["then"]))
    for index, (account_type, sort) in enumerate(islice(plan, count)):
        created = opened + (now - opened) * ((index + random.random()) / (count + 1))
        first_change = created + timedelta(seconds=1)
        modified = first_change + (now - first_change) * random.random()
        account = made.account(account_type, sort, first_id + index)
        entries.append(Entry(account, sort == "built-in", created, modified))
    return entries


class _Chart:
    """A chart while it is made: the names, codes and headers it has used."""

    def __init__(self, fake: Faker, count: int) -> None:
        self._ledger = ledger = LedgerProvider(fake)
        self._random: Random = fake.random
        self._company = ledger.company_name("AU")
        self._names = {}
        for account_type, kind in _KINDS.items():
            self._names[account_type] = iter(ledger.account_names(kind["names"], count))
        self._bank_names = filter(_is_at_a_bank, ledger.account_names("bank", 2 * count + 2))
        self._headers: dict[str, int] = {}
        self._counts = dict.fromkeys(_KINDS, 0)

    def account(self, account_type: str, sort: str, account_id: int) -> Value:
        kind = _KINDS[account_type]
        number = self._counts[account_type]
        self._counts[account_type] += 1
        common = {
            "AccountType": account_type,
            "LedgerCode": f"{kind['digit']}-{1000 + 10 * number}",
            "Currency": "AUD",
            "HeaderAccountId": self._headers.get(account_type),
        }
        if sort == "header":
            self._headers[account_type] = account_id
            return {**common, "Name": kind["header"], "AccountLevel": "Header"}
        if sort == "built-in":
            return {**common, "Name": _TABLES["built_in"][account_type]}
        if sort == "bank":
            return {**common, **self._bank_account()}
        is_active = self._random.random() > 0.1
        return {
            **common,
            "Name": next(self._names[account_type]),
            "IsActive": is_active,
            "DefaultTaxCode": kind.get("tax_code"),
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


def _is_at_a_bank(name: str) -> bool:
    return not name.startswith(tuple(_TABLES["not_at_a_bank"]))
