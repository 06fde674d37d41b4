"""Others: what another thing is called, or which number it has, where an author's example is of one."""

from __future__ import annotations

from typing import Final

from understudy.schemas.entity import EntityContext, names_company, names_person
from understudy.schemas.registries import device_number, provider_number, sim_number, vehicle_number
from understudy.schemas.vocabulary import (
    ACCOUNTS,
    BANKS,
    CATEGORIES,
    FIRST,
    NAMES_BY_OWNER,
    PLANS,
    PROPER,
    SPECIES,
    TEAMS,
    Provider,
    Told,
    one_of,
)


def _another_name(entity: EntityContext) -> Told:
    """Name another company; "" for all else, of which an author's name says more."""
    for pattern, make in NAMES_BY_OWNER:
        if pattern.search(entity.owner):
            return make(entity) if make in PROPER else ""
    is_company = names_company(entity.owner) and not names_person(entity.owner)
    return entity.company if is_company else ""


OTHERS: Final[tuple[tuple[str, Provider], ...]] = (
    *(entry for entry in FIRST if entry[1] in (vehicle_number, device_number, sim_number, provider_number)),
    (r"(^|_)isbn(_?13)?$", lambda s: s.fake.isbn13()),
    (r"(company|organi[sz]ation|business|employer|vendor|merchant|supplier|trading|org)_?name$",
     lambda s: s.company),
    (r"bank_?name|^bank$", one_of(*BANKS)),
    (r"^name$", _another_name),
)  # fmt: skip
"""What another thing says where authors show one: numbers that are checked, banks and companies."""

ALIKE: Final = (TEAMS, CATEGORIES, PLANS, SPECIES, BANKS, ACCOUNTS)
"""What may be called one of several names: where an author's is one of them, another thing is another one."""
