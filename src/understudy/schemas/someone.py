"""Someone: in which role a member speaks of somebody, and what it says of them."""

from __future__ import annotations

import re
from typing import Final

from understudy.schemas.entity import EntityContext

GIVEN: Final = ("given_name", "first_name", "firstname", "forename")
FAMILY: Final = ("family_name", "last_name", "lastname", "surname")
"""Members that hold the two names of somebody, in snake case."""
_IN_ROLES: Final = (
    "emergency_contact|next_of_kin|guardian|mother|father|spouse|manager|supervisor|driver|doctor|physician"
    "|nurse|practitioner|therapist|instructor|teacher|tutor|coach|referee|proctor|agent|realtor|landlord"
    "|tenant|renter|buyer|seller|organi[sz]er|speaker|technician|mechanic|inspector|recruiter|interviewer"
    "|candidate|applicant|attendee|guest|passenger|patient|student|player|sender|assignee|reviewer|approver"
    "|reporter|requester|courier|witness|caller|trainer|waiter|waitress|adjuster|borrower|lender|farmer"
    "|claimant|insured|underwriter|advis[eo]r|accountant|consultant|volunteer|donor|resident|pilot|captain"
    "|chef|stylist|lawyer|attorney|judge|photographer|counsell?or|worker|participant|contestant|rider"
    "|surgeon|dentist|vet|veterinarian|principal|librarian|designer|developer|foreman|crew_lead"
)
_DONE_BY: Final = (
    "prescribed|recorded|performed|signed|approved|reviewed|assigned|requested|reported|submitted|uploaded"
    "|verified|checked|issued|registered|authori[sz]ed|received|delivered|handled|prepared|resolved"
    "|collected|inspected|diagnosed|administered|referred|hired|written|taught|booked"
)
_SOMEONE: Final = re.compile(
    rf"^(?:primary_|assigned_|attending_)?(?P<role>{_IN_ROLES})_(?P<said>full_name|name|first_name|last_name"
    rf"|e?mail|email_address)$"
    r"|^(?P<whose>customer|recipient|receiver|beneficiary|card_?holder|consignee)"
    r"_(?P<mail>e?mail|email_address)$"
    rf"|^(?P<by>(?:{_DONE_BY})_by)$"
    r"|^(?:primary_|assigned_|attending_)?(?P<alone>guardian|next_of_kin|supervisor|doctor|physician|nurse"
    r"|therapist|instructor|teacher|coach|referee|proctor|landlord|inspector"
    r"|underwriter|adjuster|waiter|trainer|surgeon|dentist|veterinarian|attorney)$"
)
"""Who has to do with a thing, and what a member says of them."""


def someone_in(name: str) -> tuple[str, str] | None:
    """Return in which role a member of this name speaks of somebody, and what it says of them."""
    found = _SOMEONE.match(name)
    if found is None:
        return None
    role = found["role"] or found["whose"] or found["by"] or found["alone"]
    return role, found["said"] or found["mail"] or "name"


def role_in(name: str) -> str:
    """Return the role of the person whom a member names in full; "" for all other members."""
    found = _SOMEONE.match(name)
    if found is None or found["said"] not in ("name", "full_name"):
        return ""
    return found["role"]


def of_someone(entity: EntityContext, role: str, said: str) -> str:
    """Return what is said of somebody in a role: whoever the object is, or somebody else."""
    one = entity.someone(role)
    match said:
        case "first_name":
            return one.first_name
        case "last_name":
            return one.last_name
        case "name" | "full_name":
            return f"{one.first_name} {one.last_name}"
        case _:
            return one.email
