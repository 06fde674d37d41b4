"""Scope: where in an error body something is written, and what stands beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from understudy.errors import Failure
from understudy.model.error_vocabulary import SAYS_WHERE, SAYS_WHY
from understudy.model.vocabulary import Words
from understudy.names import fold
from understudy.refusals.facts import Facts, field_of

LONG: Final = 7
"""Letters from which on a word is also known by the end of a name: `developerMessage`, `requestTimestamp`."""


class Scope(Struct, frozen=True):
    """What is written about: the whole error, or one failure of it.

    siblings: the folded names of the members of the object that is being written; texts: of those that are
    texts. depth: of that object. says_why: whether a text in it, or around it, says what went wrong.
    is_entry: whether it is one of a list of errors. rest: the folded name of a member of it, a list of texts
    that says what no other does. is_rpc: whether the object is a google.rpc.Status.
    """

    facts: Facts
    failure: Failure | None = None
    siblings: frozenset[str] = frozenset()
    depth: int = -1
    texts: frozenset[str] = frozenset()
    says_why: bool = False
    is_entry: bool = False
    rest: str = ""
    is_rpc: bool = False

    def within(
        self, siblings: Iterable[str], texts: frozenset[str], rest: str = "", *, is_rpc: bool = False
    ) -> Scope:
        """Return the scope of an object. texts: those of its members that are texts. rest: the list of texts
        that says what no other member does. is_rpc: whether it is a google.rpc.Status.
        """
        says_why = self.says_why or not SAYS_WHY.known.isdisjoint(texts)
        return replace(
            self,
            siblings=frozenset(siblings),
            texts=texts,
            depth=self.depth + 1,
            says_why=says_why,
            rest=rest,
            is_rpc=is_rpc,
        )

    def about(self, failure: Failure) -> Scope:
        """Return the scope of what is said about one failure."""
        return replace(self, failure=failure, says_why=False, is_entry=True)

    def without(self, fields: set[str]) -> Scope:
        """Return the scope of what is left when the failures of some fields are said."""
        folded = set(map(fold, fields))
        left = []
        for failure in self.facts.failures:
            field = field_of(failure)
            if folded.isdisjoint((fold(field), fold(field.partition(".")[0]))):
                left.append(failure)
        return replace(self, facts=replace(self.facts, failures=tuple(left)), says_why=True)

    def as_entry(self) -> Scope:
        """Return the scope of an entry that says the whole error."""
        return replace(self, says_why=False, is_entry=True)

    @property
    def says_where(self) -> bool:
        """Whether a member beside says which field it is about."""
        return not SAYS_WHERE.known.isdisjoint(self.siblings)

    def has_other(self, words: Words, name: str) -> bool:
        """Tell whether another member beside the one of this name is one of these words."""
        return not words.known.isdisjoint(self.siblings - {name})


def short_name(name: str) -> str:
    """Return a member's name folded, without a prefix: `hydra:title` is a title."""
    if name.startswith("@"):  # JSON-LD's own
        return name
    return fold(name.rpartition(":")[2])


def is_one_of(words: Words, folded: str) -> bool:
    """Tell whether a folded name is one of some words, or ends in a long one."""
    if folded in words:
        return True
    return any(len(word) >= LONG and folded.endswith(word) for word in words)
