"""Triggers: which operation a webhook follows, told by the webhook's name and what its schema carries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Final, NamedTuple

from msgspec import Struct

from understudy.callbacks.contents import Carried, Contents
from understudy.contracts.contract import Operation
from understudy.model.bodies import is_wrapper
from understudy.model.model import Act, Create, Delete, Place, Plan, Replace, Update
from understudy.model.paths import IdNames
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


class Name(NamedTuple):
    """A name of a webhook.

    words: in lower case. done: those that say what was done; none where two of them disagree.
    """

    words: Sequence[str]
    done: Sequence[str]


class Trigger(Struct, frozen=True):
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
        self._name = cache(_name)

    def of(self, operation: Operation, webhooks: Iterable[tuple[str, Operation]]) -> dict[Operation, Trigger]:
        """Return those of some webhooks, each with its name, that follow an operation.

        Where the names of some speak of the item, those that only carry it do not follow.
        """
        plan = self._contents.plan(operation) if operation.method in _WRITES else None
        says = _wording(plan, operation)
        if plan is None or says is None:
            return {}
        named: dict[Operation, Trigger] = {}
        others: dict[Operation, Trigger] = {}
        for name, webhook in webhooks:
            names = (self._name(name), self._name(webhook.id))
            word = says(names[0]) or says(names[1])
            if not word:
                continue
            carried = self._contents.carried(webhook, operation)
            is_new = _is_new(plan, word, operation)
            if carried is None or (is_new and not _tells_new(operation)):
                continue
            trigger = _trigger(operation, carried, word, is_new)
            if self._speaks_of(names, word, carried, plan):
                named[webhook] = trigger
            elif not isinstance(plan, Act) and _is_whole(carried.place):
                others[webhook] = trigger
        return named or others

    def _speaks_of(self, names: Iterable[Name], word: str, carried: Carried, plan: Plan) -> bool:
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
    return all(is_wrapper(step, IdNames()) for step in place)


def _tells_new(operation: Operation) -> bool:
    return "201" in operation.responses


def _is_new(plan: Plan, word: str, operation: Operation) -> bool | None:
    is_created = word in SAYS_CREATED
    if isinstance(plan, Replace) and (is_created or _tells_new(operation)):
        return is_created
    return None


# ---- names


def _name(name: str) -> Name:
    words = split_words(name)
    told = [kind.known for kind in _WORDS if not kind.known.isdisjoint(words)]
    done = tuple(word for word in words if word in told[0]) if len(told) == 1 else ()
    return Name(words, done)


def _wording(plan: Plan | None, operation: Operation) -> Callable[[Name], str] | None:
    """Return what finds the word in a name that says what an operation does, "" where there is none."""
    if isinstance(plan, Act):
        segment = operation.path.rstrip("/").rpartition("/")[2]
        return partial(_word_of_action, next(iter(split_words(segment)), ""))
    meant = _DONE.get(type(plan)) if plan is not None else None
    if meant is None or (isinstance(plan, Delete) and plan.each):
        return None
    return partial(_word_of_verb, meant)


def _word_of_action(verb: str, name: Name) -> str:
    for word in (*name.words[-1:], *name.words[:1]):
        if _is_done(verb, word):
            return word
    return ""


def _word_of_verb(meant: frozenset[str], name: Name) -> str:
    return next((word for word in name.done if word in meant), "")


def _is_done(verb: str, word: str) -> bool:
    """Tell whether a word says that something was done: `void` is done once it is voided."""
    if not verb or not word.endswith("ed"):
        return False
    return word.startswith(verb.rstrip("ey")) and len(word) - len(verb) <= _LONGEST_ENDING


def _rests(names: Iterable[Name], word: str) -> Iterator[str]:
    """Yield what names say beside a word, each of their words in the singular."""
    for name in names:
        yield "".join(singular(other) for other in name.words if other != word)


def _without_ending(folded: str) -> str:
    """Leave away the end of a schema's name that says nothing of what it describes."""
    for ending in SCHEMA_ENDINGS:
        if folded.endswith(ending):
            return folded.removesuffix(ending)
    return folded
