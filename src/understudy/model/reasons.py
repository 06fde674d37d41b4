"""Reasons: why a model says what it says, in a few words, by where in the model it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from understudy.model.model import Collection, Delete, Filter, List, Member, Page, Plan, Update

Reason = tuple[str, str]
"""Where in a collection or plan something is said, and why."""

_TESTS: Final[Mapping[str, str]] = {"equals": "a member's name", "from": "a member's name and a comparison"}
_ROLES: Final = ("limit", "page", "offset", "cursor", "back")


def reasons_of(collection: Collection) -> Iterator[Reason]:
    """Yield why a collection is so."""
    if collection.where:
        yield "/of", "the items are shown alike there, and a member names the parent"
    elif collection.through is not None:
        yield "/of", "the items are shown alike there, and a member names what names the parent"
    elif collection.of:
        yield "/of", "the items are shown alike there, and it lists them"
    if collection.id.member:
        yield "/id", "the first member that is called as the path calls the item, or as identifiers are"
    elif not collection.single:
        yield "/id", "no member could be recognised"
    for name, member in collection.members.items():
        why = _why(member)
        if why:
            yield f"/members/{name}", why


def _why(member: Member) -> str:
    """Say why a member is not just what its schema says."""
    leads = _why_it_leads(member)
    if leads:
        return leads
    if member.only_one:
        return "its name says that one has it, of all that somebody has"
    if member.begins_as:
        return _why_it_begins_so(member)
    if member.slug_of:
        return "it is called a slug, and that member is the title"
    if member.stamp:
        return f"its name says when something was {member.stamp}"
    if member.absent:
        return "its name speaks of an end"
    return ""


def _why_it_leads(member: Member) -> str:
    if member.parent:
        return "it is called as that part of the path"
    if member.takes:
        return "it is called as that collection is, and what is there is had by one alone"
    if member.refers_to:
        return "it is called as that collection is"
    if member.tallies:
        return "it counts what that collection is called"
    if member.reckons is not None:
        return "its name says what it is reckoned of there"
    if member.latest:
        return "its name says that it is the newest of what that collection shows"
    if member.embeds:
        return "it is called as that path is, and its items, or it itself, are shown as there"
    return ""


def _why_it_begins_so(member: Member) -> str:
    if member.instead_of:
        return "no end, of the values that its schema names"
    if member.kind in ("boolean", "integer", "number"):
        return "nobody did that to a new one yet"
    return "the earliest of its states"


def reasons_for(plan: Plan) -> Iterator[Reason]:
    """Yield why the details of a plan are so."""
    if isinstance(plan, (List, Delete, Update)):
        yield from _of_filters(plan.filter)
    if isinstance(plan, List):
        yield from _of_pages(plan.page)
        for name in plan.sort.by:
            yield f"/sort/{name}", "its name says that it orders"


def _of_filters(filters: Mapping[str, Filter]) -> Iterator[Reason]:
    for name, told in filters.items():
        yield f"/filter/{name}", _TESTS.get(told.test, _TESTS["from"])


def _of_pages(page: Page) -> Iterator[Reason]:
    for role in _ROLES:
        for name in getattr(page, role):
            yield f"/page/{role}/{name}", "its name"
