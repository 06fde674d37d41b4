"""Accounting data: every check digit holds, every name belongs to its kind, and the seed decides it all."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.schemas.entity import new_faker
from understudy.vendors.accounting import (
    ACCOUNT_NAMES,
    BANKS,
    BSB_BANKS,
    CURRENCIES,
    IBAN_STRUCTURES,
    LedgerProvider,
    bank_of,
)

IBAN_LENGTHS = {
    "BE": 16,
    "DE": 22,
    "DK": 18,
    "ES": 24,
    "FR": 27,
    "GB": 22,
    "IT": 27,
    "MT": 31,
    "NL": 18,
    "NO": 15,
    "PL": 28,
    "SE": 24,
}
DUALENTRY_TYPES = """
    bank accounts_receivable other_current_asset fixed_asset unbilled_receivable deferred_expense other_asset investment
    accounts_payable credit_card deferred_revenue long_term_liability other_current_liability equity income cost_of_goods_sold expense
    other_income other_expense
"""
DUALENTRY_KINDS = DUALENTRY_TYPES.split()

fake = new_faker()
seeds = st.integers(0, 2**32)


def ledger(seed: int) -> LedgerProvider:
    fake.seed_instance(seed)
    return LedgerProvider(fake)


def iban_holds(iban: str) -> bool:
    """ISO 13616: the first four characters moved to the end, letters as numbers, the remainder by 97 is 1."""
    return int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4])) % 97 == 1


def routing_holds(number: str) -> bool:
    """The American Bankers Association's sum: weights 3, 7, 1 in turn, a multiple of ten."""
    return sum(int(digit) * (3, 7, 1)[place % 3] for place, digit in enumerate(number)) % 10 == 0


def modulo_11_holds(number: str) -> bool:
    """Weights 2 to 7 in turn from the right, the check digit itself counted once, a multiple of eleven."""
    return (
        sum(
            int(digit) * weight
            for digit, weight in zip(reversed(number), (1, 2, 3, 4, 5, 6, 7, 2, 3, 4, 5), strict=True)
        )
        % 11
        == 0
    )


def test_the_checkers_know_right_from_wrong() -> None:
    assert iban_holds("GB82WEST12345698765432")
    assert not iban_holds("GB82WEST12345698765433")
    assert routing_holds("021000021")
    assert not routing_holds("021000022")
    assert modulo_11_holds("86011117947")
    assert not modulo_11_holds("86011117948")


@given(seeds, st.sampled_from([None, *IBAN_STRUCTURES]))
def test_the_check_digits_of_an_iban_hold(seed: int, country: str | None) -> None:
    iban = ledger(seed).iban(country)
    assert iban_holds(iban)
    assert re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{1,30}", iban)
    assert 15 <= len(iban) <= 34
    assert len(iban) == IBAN_LENGTHS.get(iban[:2], len(iban))


@given(seeds)
def test_a_norwegian_iban_carries_an_account_number_that_holds(seed: int) -> None:
    assert modulo_11_holds(ledger(seed).iban("NO")[4:])
    assert modulo_11_holds(ledger(seed).norwegian_account_number())


@given(seeds)
def test_a_routing_number_holds_and_begins_as_issued_ones_do(seed: int) -> None:
    number = ledger(seed).routing_number()
    assert re.fullmatch(r"(0[0-9]|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)\d{7}", number)
    assert routing_holds(number)


@given(seeds)
def test_a_bsb_belongs_to_a_bank_and_a_state(seed: int) -> None:
    bsb = ledger(seed).bsb()
    assert re.fullmatch(r"\d{2}[2-7]-\d{3}", bsb)
    assert bank_of(bsb) in BSB_BANKS.values()
    assert re.fullmatch(r"[1-9]\d{5,8}", ledger(seed).au_account_number())


def test_a_prefix_nobody_holds_has_no_bank() -> None:
    assert bank_of("992-000") == ""


@pytest.mark.parametrize("kind", DUALENTRY_KINDS)
def test_each_kind_has_eight_names_of_its_own(kind: str) -> None:
    names = ACCOUNT_NAMES[kind]
    assert len(set(names)) == len(names) >= 8
    assert ledger(1).account_name(kind) in names


@given(seeds, st.sampled_from(DUALENTRY_KINDS), st.integers(0, 400))
def test_account_names_stay_distinct_beyond_the_table(seed: int, kind: str, count: int) -> None:
    names = ledger(seed).account_names(kind, count)
    assert len(set(names)) == len(names) == count
    assert all(name.startswith(tuple(ACCOUNT_NAMES[kind])) and 2 <= len(name) <= 64 for name in names)


def test_an_unknown_kind_has_no_names() -> None:
    with pytest.raises(KeyError):
        ledger(1).account_name("assets")


@given(seeds)
def test_an_actor_has_the_address_of_the_name(seed: int) -> None:
    actor = ledger(seed).actor()
    parts = [re.sub("[^a-z]", "", part.lower()) for part in actor[:2]]
    assert re.fullmatch(rf"{parts[0]}\.{parts[1]}@example\.(com|net|org)", actor.email)


@given(seeds)
def test_common_currencies_and_rare_ones_are_all_known(seed: int) -> None:
    assert ledger(seed).currency_code() in CURRENCIES


@pytest.mark.parametrize("country", BANKS)
def test_a_bank_is_one_of_its_country(country: str) -> None:
    assert ledger(3).bank_name(country) in BANKS[country]


def test_a_company_has_the_legal_form_of_its_country() -> None:
    assert ledger(3).company_name("AU").endswith(" Pty Ltd")
    assert ledger(3).company_name("NO").split()[-1] in {"AS", "ASA"}


DRAWS: list[Callable[[LedgerProvider], object]] = [
    lambda one: one.account_names("", 30),
    lambda one: (one.bsb(), one.au_account_number(), one.routing_number(), one.norwegian_account_number()),
    lambda one: (one.iban(), one.bic(), one.bank_name(), one.company_name(), one.currency_code()),
    lambda one: one.actor(),
]


@pytest.mark.parametrize("draw", DRAWS)
def test_the_seed_decides_every_draw(draw: Callable[[LedgerProvider], object]) -> None:
    assert draw(ledger(11)) == draw(ledger(11))
    assert len({str(draw(ledger(seed))) for seed in range(20)}) > 10
