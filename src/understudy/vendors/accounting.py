"""Realistic accounting data as a Faker provider: account names, bank details whose check digits hold,
companies, people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from string import ascii_uppercase, digits
from typing import Any, Final

import yaml
from faker.providers import BaseProvider

from understudy.schemas.entity import Person, person

_TABLES: Final[dict[str, Any]] = yaml.load(
    Path(__file__).with_name("accounting.yaml").read_bytes(), yaml.CSafeLoader
)
ACCOUNT_NAMES: Final[dict[str, list[str]]] = _TABLES["account_names"]
COMMON_CURRENCIES: Final[list[str]] = _TABLES["common_currencies"]
CURRENCIES: Final[list[str]] = _TABLES["currencies"]
BSB_BANKS: Final[dict[str, str]] = _TABLES["bsb_banks"]
BANKS: Final[dict[str, list[str]]] = {"AU": list(BSB_BANKS.values()), **_TABLES["banks"]}
IBAN_STRUCTURES: Final[dict[str, str]] = _TABLES["iban_structures"]
_BIC_CODES: Final[dict[str, list[str]]] = _TABLES["bic_codes"]
_COMPANY_FORMS: Final[dict[str, list[str]]] = _TABLES["company_forms"]
_LETTERS: Final = {"n": digits, "a": ascii_uppercase, "c": ascii_uppercase + digits}


class LedgerProvider(BaseProvider):
    """Faker methods for accounting data. Over a Faker, `LedgerProvider(fake).iban("NO")` is the typed way to
    the same draws.
    """

    def account_name(self, kind: str = "") -> str:
        """Return the name of an account of this kind (a key of ACCOUNT_NAMES), or of any; KeyError for an
        unknown kind.
        """
        return self.account_names(kind, 1)[0]

    def account_names(self, kind: str, count: int) -> list[str]:
        """Return distinct names of accounts of one kind; beyond the table they carry a place, then a
        number.
        """
        random = self._random
        names = list(ACCOUNT_NAMES[kind or random.choice(list(ACCOUNT_NAMES))])
        random.shuffle(names)
        places = random.sample(_TABLES["places"], len(_TABLES["places"]))
        found = names[:count]
        for suffix in _suffixes(places):
            if len(found) >= count:
                break
            found += [f"{name} - {suffix}" for name in names[: count - len(found)]]
        return found

    def bsb(self) -> str:
        """Return an Australian bank-state-branch number: a real bank's prefix, a state's digit (2 to 7),
        three for the branch.
        """
        random = self._random
        return f"{random.choice(list(BSB_BANKS))}{random.randint(2, 7)}-{random.randint(0, 999):03}"

    def au_account_number(self) -> str:
        """Return an Australian account number of six to nine digits."""
        random = self._random
        first = str(random.randint(1, 9))
        return first + _draw(random, digits, random.randint(5, 8))

    def routing_number(self) -> str:
        """Return an American routing number (ABA) with its check digit, of a Federal Reserve district or a
        thrift.
        """
        random = self._random
        number = f"{random.choice((*range(1, 13), *range(21, 33))):02}" + _draw(random, digits, 6)
        return f"{number}{-_weighted(number, (3, 7, 1, 3, 7, 1, 3, 7)) % 10}"

    def norwegian_account_number(self) -> str:
        """Return eleven digits, the last of them the check digit modulo 11."""
        random = self._random
        while True:
            # The digit after the bank's four is not 0: 00 there marks an old giro account, checked in another
            # way.
            bank, rest = _draw_account(random, 3), _draw_account(random, 5)
            number = bank + rest
            check = -_weighted(number, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
            if check < 10:  # ten would not be a digit, such numbers are not given out
                return f"{number}{check}"

    def iban(self, country: str | None = None) -> str:
        """Return an IBAN with its check digits (ISO 13616); KeyError for a country without a structure here.

        Norway's account number carries its own check digit too; those of other countries are free.
        """
        random = self._random
        country = country or random.choice(list(IBAN_STRUCTURES))
        if country == "NO":
            return with_check_digits(country, self.norwegian_account_number())
        structure = IBAN_STRUCTURES[country]
        account = ""
        for length, kind in re.findall(r"(\d+)([nac])", structure):
            account += _draw(random, _LETTERS[kind], int(length))
        if structure.startswith("4a") and country in _BIC_CODES:
            account = random.choice(_BIC_CODES[country]) + account[4:]
        return with_check_digits(country, account)

    def bic(self, country: str | None = None) -> str:
        """Return a business identifier code (ISO 9362) of eight characters: bank, country, place."""
        random = self._random
        country = country or random.choice(list(_BIC_CODES))
        return self._bank_code(country) + country + _draw(random, ascii_uppercase, 2)

    def _bank_code(self, country: str) -> str:
        if country in _BIC_CODES:
            return self._random.choice(_BIC_CODES[country])
        return _draw(self._random, ascii_uppercase, 4)

    def bank_name(self, country: str | None = None) -> str:
        """Return a bank of the country, or of any where the country has none here."""
        return self._of_country(BANKS, country)

    def company_name(self, country: str | None = None) -> str:
        """Return a company with the legal form of its country."""
        form = self._of_country(_COMPANY_FORMS, country)
        return f"{self.generator.last_name()} {self._random.choice(_TABLES['trades'])} {form}"

    def _of_country(self, table: dict[str, list[str]], country: str | None) -> str:
        """Choose among what a country has, or any where it has nothing in the table."""
        choices = table.get(country or "")
        if choices is None:
            choices = table[self._random.choice(list(table))]
        return self._random.choice(choices)

    def actor(self) -> Person:
        """Return a person whose address is made of the name."""
        return person(self.generator)

    def currency_code(self) -> str:
        """Return an ISO 4217 code, in three of four cases a common one."""
        random = self._random
        is_common = random.random() < 0.75
        return random.choice(COMMON_CURRENCIES if is_common else CURRENCIES)

    @property
    def _random(self) -> Random:
        """The Faker's own randomness, so that seeding the Faker decides every draw."""
        random: Random = self.generator.random
        return random


def bank_of(bsb: str) -> str:
    """Return the bank a BSB belongs to, or "" for an unknown prefix."""
    return BSB_BANKS.get(bsb[:2], "")


def with_check_digits(country: str, account: str) -> str:
    """Return the IBAN of an account number in its country's structure."""
    number = ""
    for char in f"{account}{country}00":
        number += str(int(char, 36))
    return f"{country}{98 - int(number) % 97:02}{account}"


def _suffixes(places: list[str]) -> Iterator[str]:
    yield from places
    number = 2
    while True:
        yield from (f"{place} {number}" for place in places)
        number += 1


def _weighted(number: str, weights: Sequence[int]) -> int:
    """Return the sum of a number's digits, each times its weight."""
    total = 0
    for digit, weight in zip(number, weights, strict=True):
        total += int(digit) * weight
    return total


def _draw_account(random: Random, length: int) -> str:
    """Draw a digit that is not 0, and others."""
    return str(random.randint(1, 9)) + _draw(random, digits, length)


def _draw(random: Random, alphabet: str, length: int) -> str:
    return "".join(random.choices(alphabet, k=length))
