"""Owning: which lists show what is the caller's alone, and who alone may change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any, Final

from understudy.contracts.contract import Operation
from understudy.model.asked import Asked
from understudy.model.model import Collection, Member, Take
from understudy.model.resources import Resource, Verb
from understudy.model.vocabulary import (
    CALLER_ROLES,
    MINE,
    NAMES_OF_CALLERS,
    OWNERS,
    SAYS_MINE,
    SAYS_TAKEN,
    TOLD_APART,
    Words,
)
from understudy.names import by_folded, fold, split_words

OWNED: Final = ("read", "update", "replace", "delete")
"""What only its owner may do to an item."""

_OPEN: Final[Set[Verb]] = frozenset({"create", "list"})
_FORBIDDEN: Final = "403"


def asks_mine(parameter: Asked) -> bool:
    """Tell whether a parameter may ask for what is the caller's: `mine=true`, `scope=mine`."""
    if parameter.folded in MINE:
        return parameter.type in ("boolean", "string", "")
    return any(isinstance(value, str) and fold(value) in MINE for value in parameter.values or ())


def says_mine(listing: Operation) -> bool:
    """Tell whether the name of an operation, or its summary, says that it lists what is the caller's."""
    named = listing.id if listing.id != listing.key else ""
    said = [*split_words(named), *split_words(str(listing.node.value.get("summary") or ""))]
    return not SAYS_MINE.known.isdisjoint(said)


def caller_member(members: Mapping[str, Member]) -> str:
    """Return the member that says who made an item, "" where none does."""
    found = []
    for name, member in members.items():
        if member.by == "caller" and fold(name) not in NAMES_OF_CALLERS:  # of which two may be alike
            found.append(name)
    return min(found, key=lambda name: members[name].kind == "object", default="")


def whose(
    listing: Operation,
    asked: Sequence[Asked],
    members: Mapping[str, Member],
    resource: Resource,
    *,
    is_mine: bool,
) -> dict[str, Any]:
    """Return, as the words of a list, the member that says whose an item is, where only the caller's are
    meant: always, where a parameter asks for it, or of users who registered, also where nobody else is shown
    one of these. is_mine: whether the path says so.
    """
    flag, member = next((one.name for one in asked if asks_mine(one)), ""), caller_member(members)
    if not member:
        return {}
    if is_mine:
        return {"mine": member}
    if flag:
        return {"mine": member, "mine_if": flag}
    is_own = says_mine(listing) or _is_private(resource, members)
    return {"own": member} if is_own else {}


def owner_in(operation: Operation, verb: str, resource: Resource, members: Mapping[str, Member]) -> str:
    """Return the member that says who alone may do what an operation does, "" where none does, or the
    document names no refusal of others.

    Where nobody is refused to list such items or to make one, it is for being another one that somebody is
    refused the rest, to be shown it too, and whoever is its guest or customer owns it.
    """
    known = resource.operations
    opens = known.keys() & _OPEN
    is_private = bool(opens) and not any(_FORBIDDEN in known[one].responses for one in opens)
    if _FORBIDDEN not in operation.responses or (verb == "read" and not is_private):
        return ""
    owners = [*_owners(members), *(_said_by_callers(members, CALLER_ROLES) if is_private else ())]
    return next(iter(owners), "")


def _is_private(resource: Resource, members: Mapping[str, Member]) -> bool:
    """Tell whether nobody is shown an item of somebody else."""
    read = resource.operations.get("read")
    return read is not None and bool(owner_in(read, "read", resource, members))


def told_apart(operation: Operation, collection: Collection, take: Take) -> tuple[str, ...]:
    """Return the members in which no two items are the same, as a documented conflict of a create says: a
    key, or a name among those of one owner; none where no member is one. What takes place at a time may be
    refused for that.
    """
    conflict = operation.responses.get("409")
    if conflict is None or take.each or collection.single:
        return ()
    said = frozenset(split_words(str(conflict.node.get("description") or "")))
    members, sent = collection.members, by_folded(take.members)
    is_timed = any(members[name].moment for name in take.members if name in members)
    for word in TOLD_APART:
        member, is_name = sent.get(word, ""), word == TOLD_APART.ranked[-1]
        rule = members.get(member)
        if (
            rule is None
            or rule.kind != "string"
            or rule.parent
            or member in (collection.id.member, *collection.unique)
        ):
            continue
        if said.isdisjoint({*SAYS_TAKEN, *split_words(member)}) or (is_timed and is_name):
            continue
        return (*_owners(members)[:is_name], member)
    return ()


def _owners(members: Mapping[str, Member]) -> list[str]:
    return _said_by_callers(members, OWNERS)


def _said_by_callers(members: Mapping[str, Member], words: Words) -> list[str]:
    return [name for name, member in members.items() if member.by == "caller" and fold(name) in words]
