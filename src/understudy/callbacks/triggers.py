"""Triggers: which operation a webhook follows, told by the webhook's name and what its schema carries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from understudy.callbacks.contents import Carried, Contents
from understudy.contracts.contract import Operation
from understudy.model.bodies import is_wrapper
from understudy.model.model import Act, Create, Delete, Place, Plan, Replace, Update
from understudy.model.vocabulary import SAYS_CREATED, SAYS_DELETED, SAYS_UPDATED, SCHEMA_ENDINGS
from understudy.names import fold, singular, split_words

_WORDS: Final = (SAYS_CREATED, SAYS_UPDATED, SAYS_DELETED)
_DONE: Final[Mapping[type[Plan], frozenset[str]]] = {
    Create: SAYS_CREATED.known,
    Update: SAYS_UPDATED.known,
    Replace: SAYS_CREATED.known | SAYS_UPDATED.known,  # which of the two, its status tells
    Delete: SAYS_DELETED.known,
}
_WRITES: Final = frozenset({"post", "put", "patch", "delete"})
_LONGEST_ENDING: Final = 3  # letters that `void` and `cancel` gain where they are voided and cancelled

Words = Sequence[str]
"""The words of a name, in lower case."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """That a message follows an operation, and why.

    place: of the item in the message's body; None where it has none. is_new: whether it follows only an
    answer that says something was created (True), or only one that does not (False).
    """

    reason: str
    place: Place | None = None
    is_new: bool | None = None


class Triggers:
    """Which webhooks of one contract follow which of its operations."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._split = cache(split_words)

    def of(self, operation: Operation, webhooks: Iterable[tuple[str, Operation]]) -> dict[Operation, Trigger]:
        """Return those of some webhooks, each with its name, that follow an operation.

        Where the names of some speak of the item, those that only carry it do not follow.
        """
        plan = self._contents.plan(operation) if operation.method in _WRITES else None
        if plan is None:
            return {}
        named: dict[Operation, Trigger] = {}
        others: dict[Operation, Trigger] = {}
        for name, webhook in webhooks:
            names = (self._split(name), self._split(webhook.id))
            word = _word(names, plan, operation)
            carried = self._contents.carried(webhook, operation) if word else None
            is_new = _is_new(plan, word, operation)
            if carried is None or (is_new and not _tells_new(operation)):
                continue
            trigger = _trigger(operation, carried, word, is_new)
            if self._speaks_of(names, word, carried, plan):
                named[webhook] = trigger
            elif not isinstance(plan, Act) and _is_whole(carried.place):
                others[webhook] = trigger
        return named or others

    def _speaks_of(self, names: Iterable[Words], word: str, carried: Carried, plan: Plan) -> bool:
        """Tell whether the rest of a webhook's names is that of the item."""
        nouns = set(self._nouns(carried, plan)) - {""}
        for rest in _rests(names, word):
            if not rest and _is_whole(carried.place):
                return True
            if rest and any(rest.endswith(noun) or noun.endswith(rest) for noun in nouns):
                return True
        return False

    def _nouns(self, carried: Carried, plan: Plan) -> Iterator[str]:
        """Yield what the item may be called.

        What is deleted is the collection's, whatever the answer shows.
        """
        is_deleted = isinstance(plan, Delete)
        if is_deleted or _is_whole(carried.place):
            yield self._contents.noun(plan)
        if not is_deleted:
            for name in (carried.kind.name, *carried.place[-1:]):
                yield singular(_without_ending(fold(name)))


def _trigger(operation: Operation, carried: Carried, word: str, is_new: bool | None) -> Trigger:
    where = "its body"
    if carried.place:
        where = f"its body's {'.'.join(carried.place)}"
    reason = f"{where} is what {operation.id} is about, and its name says {word}"
    return Trigger(reason, carried.place, is_new)


def _is_whole(place: Place) -> bool:
    """Tell whether what stands there is all of the body, or stands in a wrapper such as `data`."""
    return all(is_wrapper(step, ()) for step in place)


def _tells_new(operation: Operation) -> bool:
    return "201" in operation.responses


def _is_new(plan: Plan, word: str, operation: Operation) -> bool | None:
    is_created = word in SAYS_CREATED
    if isinstance(plan, Replace) and (is_created or _tells_new(operation)):
        return is_created
    return None


# ---- names


def _word(names: Iterable[Words], plan: Plan, operation: Operation) -> str:
    """Return the word that says what an operation does, "" where no name has one or two in it disagree."""
    for words in names:
        word = _word_of_action(words, operation) if isinstance(plan, Act) else _word_of_verb(words, plan)
        if word:
            return word
    return ""


def _word_of_action(words: Words, operation: Operation) -> str:
    segment = operation.path.rstrip("/").rpartition("/")[2]
    verb = next(iter(split_words(segment)), "")
    for word in (*words[-1:], *words[:1]):
        if _is_done(verb, word):
            return word
    return ""


def _word_of_verb(words: Words, plan: Plan) -> str:
    kinds = sum(not kind.known.isdisjoint(words) for kind in _WORDS)
    meant = _DONE.get(type(plan), frozenset())
    if kinds != 1 or (isinstance(plan, Delete) and plan.each):
        return ""
    return next((word for word in words if word in meant), "")


def _is_done(verb: str, word: str) -> bool:
    """Tell whether a word says that something was done: `void` is done once it is voided."""
    if not verb or not word.endswith("ed"):
        return False
    return word.startswith(verb.rstrip("ey")) and len(word) - len(verb) <= _LONGEST_ENDING


def _rests(names: Iterable[Words], word: str) -> Iterator[str]:
    """Yield what names say beside a word, each of their words in the singular."""
    for words in names:
        yield "".join(singular(other) for other in words if other != word)


def _without_ending(folded: str) -> str:
    """Leave away the end of a schema's name that says nothing of what it describes."""
    for ending in SCHEMA_ENDINGS:
        if folded.endswith(ending):
            return folded.removesuffix(ending)
    return folded
