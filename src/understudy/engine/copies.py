"""Copies: what an item says of another one that it names: `customer_name` is the name of `customer_id`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, Final

from msgspec import Struct

from understudy.model.vocabulary import (
    BEGINS,
    COLLEAGUES,
    DAYS,
    MEMBERSHIPS,
    MONIES,
    OF_PERSONS,
    PRICES,
    REFERENCES,
    TIMES_TAKEN,
    USERS,
)
from understudy.names import fold, singular, split_words

COPIED: Final = frozenset({"name", "title", "email", "code", "slug", "currency"})
"""What is said of an item beside a reference to it."""
_NAME: Final = "name"
_WHOLE_NAMES: Final = ("fullname", "displayname", "title", "companyname", "businessname", "legalname")
_GIVEN: Final = ("firstname", "givenname", "forename")
_FAMILY: Final = ("lastname", "familyname", "surname")


class Copies(Struct, frozen=True):
    """What one reference has beside it.

    of: the collection that it names. names: by the member of the other item, folded, the one that says the
    same here. is_money: it says in which money both count, and nothing by which the other one is called.
    """

    reference: str
    of: str
    names: Mapping[str, str]
    is_money: bool = False

    def key(self, item: Mapping[str, Any]) -> str:
        """Return the id of the other item; "" where there is none."""
        value = item.get(self.reference)
        is_key = isinstance(value, (str, int)) and not isinstance(value, bool)
        return str(value) if is_key else ""

    def told(
        self, item: Mapping[str, Any], other: Mapping[str, Any], fixed: Collection[str]
    ) -> dict[str, Any]:
        """Return the members of an item that are to say what the other one does. fixed: those that stay."""
        by_name = {fold(name): value for name, value in other.items()}
        found: dict[str, Any] = {}
        for word, name in self.names.items():
            if name in item and name not in fixed:
                value = by_name.get(word)
                if value is None and word == _NAME:
                    value = called(by_name)
                if value is not None:
                    found[name] = value
        return found


def called(folded: Mapping[str, Any]) -> str | None:
    """Return what an item without a `name` is called: by its whole name, or by the two of a person."""
    given, family = _first_text(folded, _GIVEN), _first_text(folded, _FAMILY)
    if given and family:
        return f"{given} {family}"
    return _first_text(folded, _WHOLE_NAMES) or None


def _first_text(folded: Mapping[str, Any], names: Iterable[str]) -> str:
    for name in names:
        value = folded.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def copies_of(
    relations: Sequence[tuple[str, str, str]],
    members: Collection[str],
    own: str,
    names_of: Callable[[str], Collection[str]],
) -> Iterator[Copies]:
    """Yield what items of a collection say of others beside their ids. own: the name of the collection.
    names_of: what the items of another one say of themselves, `number` as `room_number`.
    """
    monies = {fold(name): name for name in members if fold(name) in MONIES}
    for reference, of, within in relations:
        if within or of == own:
            continue
        names = {
            **dict(_alike(reference, own, members, names_of(of))),
            **dict(beside(reference, members, COPIED.union(map(fold, names_of(of))))),
        }
        if names:
            yield Copies(reference, of, names)
        if monies:
            yield Copies(reference, of, monies, is_money=True)


def _alike(
    reference: str, own: str, members: Collection[str], others: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield what an item says of what it names under the same names: an appointment the time of its slot, a
    member of a team the name and the mail of the user.
    """
    about = singular(_stem_of(reference))
    if about in TIMES_TAKEN:
        copied = frozenset(filter(_is_of_time, map(fold, others)))
    elif about in (*USERS, *COLLEAGUES) and singular(fold(own.rpartition("/")[2])) in MEMBERSHIPS:
        copied = OF_PERSONS.known | {_NAME, "avatar", "avatarurl"}
    else:
        return
    for member in members:
        if fold(member) in copied:
            yield fold(member), member


def _is_of_time(folded: str) -> bool:
    """Tell whether a member says when something takes place, or whose time it is."""
    is_moment = folded.startswith(BEGINS.ranked) or folded.startswith(("end", "finish", "duration"))
    is_moment |= folded in DAYS
    return is_moment or (folded.endswith("id") and len(folded) > len("id"))


def _stem_of(reference: str) -> str:
    words = split_words(reference)
    return "".join(words[:-1] if words[-1] in REFERENCES else words)


def prices(members: Iterable[str]) -> dict[str, str]:
    """Return the member that says what one of a thing costs, by how things say that; nothing where none
    does.
    """
    for name in members:
        if fold(name) in PRICES:
            return dict.fromkeys(PRICES.ranked, name)
    return {}


def beside(reference: str, members: Collection[str], copied: Set[str] = COPIED) -> Iterator[tuple[str, str]]:
    """Yield what members beside a reference say of what it names: `name` and `customer_name`. copied: what
    may be said so.
    """
    ending = split_words(reference)[-1]
    stem = reference
    if ending in REFERENCES:
        stem = reference[: -len(ending)]
    for member in members:
        word = fold(member[len(stem) :])
        if stem and member.startswith(stem) and member != reference and word in copied:
            yield word, member
