"""What registries number: vehicles, books, phones, cards, doctors and parcels, with the check digits that
their standards ask for.
"""

from __future__ import annotations

from random import Random
from typing import Final

from understudy.schemas.entity import EntityContext

_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"  # without I, O and Q, which read as digits (ISO 3779)
_VALUES: Final = dict(zip(_LETTERS, (*range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)), strict=True))
_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_MAKERS: Final = ("WVW", "WBA", "VF1", "1FT", "JTD", "YV1", "5YJ", "KMH")  # ISO 3780
_SAID_OF_PARCELS: Final = ("1Z", "JD", "CB", "RR")  # UPS, DHL and postal unions (UPU S10)
_TEN: Final = 10


def vehicle_number(entity: EntityContext) -> str:
    """Return a vehicle identification number, whose ninth sign checks the others (ISO 3779, 49 CFR 565)."""
    random = entity.random
    model = f"{random.choice(_MAKERS)}{_letters(random, 2)}{entity.number(3)}"
    body = f"{model}0{_letters(random, 2)}{entity.number(6)}"
    added = 0
    for sign, weight in zip(body, _WEIGHTS, strict=True):
        value = int(sign) if sign.isdigit() else _VALUES[sign]
        added += value * weight
    check = "0123456789X"[added % 11]
    return f"{body[:8]}{check}{body[9:]}"


def licence_plate(entity: EntityContext) -> tuple[str, ...]:
    """Return what stands on the plate of a vehicle, as most of Europe writes it."""
    random = entity.random
    dashed = f"{_letters(random, 2)}-{entity.number(3)}-{_letters(random, 2)}"
    return dashed, f"{_letters(random, 3)}{entity.number(3)}"


def book_number(entity: EntityContext) -> str:
    """Return an ISBN of ten signs, of which the last checks the others (ISO 2108)."""
    body = entity.number(9)
    added = 0
    for index, digit in enumerate(body):
        added += (_TEN - index) * int(digit)
    return body + "0123456789X"[-added % 11]


def device_number(entity: EntityContext) -> str:
    """Return an IMEI: fifteen digits, of which the last checks the others (3GPP TS 23.003)."""
    return _checked(f"35{entity.number(12)}")


def sim_number(entity: EntityContext) -> str:
    """Return an ICCID: `89` for telephony and nineteen digits in all (ITU-T E.118)."""
    return _checked(f"89{entity.country.dial[1:3]}{entity.number(14)}"[:18])


def provider_number(entity: EntityContext) -> str:
    """Return the number of a doctor in the United States, whose last digit checks the others and a `80840`
    before them (45 CFR 162.406).
    """
    body = f"1{entity.number(8)}"
    return body + _checked(f"80840{body}")[-1]


def parcel_number(entity: EntityContext) -> tuple[str, ...]:
    """Return what a parcel is traced by."""
    head = entity.random.choice(_SAID_OF_PARCELS)
    return f"{head}{entity.number(9)}{entity.country.alpha2}", entity.number(12)


def _letters(random: Random, count: int) -> str:
    return "".join(random.choices(_LETTERS, k=count))


def _checked(digits: str) -> str:
    """Return digits with the one behind them that Luhn's formula asks for (ISO/IEC 7812-1)."""
    added = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit)
        if index % 2 == 0:
            value = value * 2 - 9 * (value > 4)
        added += value
    return digits + str(-added % _TEN)
