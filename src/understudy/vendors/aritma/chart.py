"""Aritma: the accounts of a client that is populated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml
from faker import Faker

from understudy.state.store import Value
from understudy.vendors.accounting import LedgerProvider

_TABLES: Final[dict[str, Any]] = yaml.load(
    Path(__file__).with_name("chart.yaml").read_bytes(), yaml.CSafeLoader
)
_STANDARD: Final[dict[str, str]] = _TABLES["standard"]
_FOREIGN: Final[dict[str, list[str]]] = _TABLES["foreign"]
_TOWNS: Final[list[str]] = _TABLES["towns"]
_ALWAYS_FIRST: Final = 3
_CASH: Final = "1900"


def chart(fake: Faker, count: int) -> Iterator[tuple[Value, Value]]:
    """Yield what a user would have sent, and what is said besides: whether an account is synchronised, and in
    use.

    The first account is synchronised and the third is out of use; where there are more than the standard
    knows, each is once in each town.
    """
    random, ledger = fake.random, LedgerProvider(fake)
    numbers = list(_STANDARD)
    others = numbers[_ALWAYS_FIRST:]
    random.shuffle(others)
    numbers[_ALWAYS_FIRST:] = others
    for index in range(count):
        turn, place = divmod(index, len(numbers))
        number = numbers[place]
        sent = _account(number, turn)
        is_bank = number.startswith("19") and number != _CASH
        if is_bank:
            sent["bankAccountNumber"] = _bank_account_number(number, ledger)
        is_active = index < 2 or (index > 2 and random.random() < 0.9)
        is_synced = is_bank and is_active and (index == 0 or random.random() < 0.5)
        yield sent, {"isSyncTransactionEnabled": is_synced, "isActiveInErp": is_active}


def _account(number: str, turn: int) -> Value:
    description = [_STANDARD[number]]
    currency = "NOK"
    if number in _FOREIGN:
        currency, _ = _FOREIGN[number]
        description.append(currency)
    if turn:
        number += f"{turn:02}"
        description.append(_branch(turn))
    return {
        "accountNumber": number,
        "currency": currency,
        "description": " - ".join(description),
        "bankAccountNumber": None,
    }


def _bank_account_number(number: str, ledger: LedgerProvider) -> str:
    if number not in _FOREIGN:
        return ledger.norwegian_account_number()
    _, country = _FOREIGN[number]
    return ledger.iban(country)


def _branch(turn: int) -> str:
    """Name the branch that has its own accounts; the first to have them is the company itself."""
    again, place = divmod(turn - 1, len(_TOWNS))
    return f"{_TOWNS[place]} {again + 1}" if again else _TOWNS[place]
