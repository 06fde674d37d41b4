"""Copies: what an item says of another one that it names: `customer_name` is the name of `customer_id`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from understudy.model.vocabulary import MONIES, PRICES
from understudy.names import fold, split_words

COPIED: Final = frozenset({"name", "title", "email", "code", "slug", "currency"})
"""What is said of an item beside a reference to it."""


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
            if name in item and name not in fixed and by_name.get(word) is not None:
                found[name] = by_name[word]
        return found


def copies_of(
    relations: Sequence[tuple[str, str, str]], members: Collection[str], own: str
) -> Iterator[Copies]:
    """Yield what items of a collection say of others beside their ids. own: the name of the collection."""
    monies = {fold(name): name for name in members if fold(name) in MONIES}
    for reference, of, within in relations:
        if within or of == own:
            continue
        names = dict(beside(reference, members))
        if names:
            yield Copies(reference, of, names)
        if monies:
            yield Copies(reference, of, monies, is_money=True)


def prices(members: Iterable[str]) -> dict[str, str]:
    """Return the member that says what one of a thing costs, by how things say that; nothing where none
    does.
    """
    for name in members:
        if fold(name) in PRICES:
            return dict.fromkeys(PRICES.ranked, name)
    return {}


def beside(reference: str, members: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield what members beside a reference say of what it names: `name` and `customer_name`."""
    stem = reference[: -len(split_words(reference)[-1])]
    for member in members:
        word = fold(member[len(stem) :])
        if stem and member.startswith(stem) and member != reference and word in COPIED:
            yield word, member
