"""Toggles: actions that turn something of an item on and off, such as `favorite`, and count how often."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import cached_property
from typing import Any, Final

from msgspec import Struct, field

from understudy.contracts.contract import Operation
from understudy.model.actions import forms_of, undoes
from understudy.model.bodies import Bodies, present
from understudy.model.lifecycle import deeds, says_viewer
from understudy.model.resources import Resource, Role
from understudy.model.selection import only
from understudy.model.vocabulary import (
    ACTIONS,
    BEGINNINGS,
    BOTH_WAYS,
    ENDS_USE,
    FILLERS,
    IN_USE,
    LEADS_BACK,
    MOMENTS,
    REORDERS,
    TURNED_ON,
    TURNS_COUNTED,
)
from understudy.names import fold, singular, split_words
from understudy.schemas.shape import Shape

_NUMBERS: Final = ("integer", "number")
_BY: Final = "by"
_AGENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "star": ("stargazer",),
    "favorite": ("fan",),
    "join": ("member", "participant", "player"),
    "attend": ("attendee", "participant", "guest"),
    "rsvp": ("attendee", "guest"),
    "participate": ("participant",),
    "enroll": ("student", "participant", "enrollee"),
    "enrol": ("student", "participant"),
}
"""What those are called who do something, where it is not the verb with an ending: GitHub's stargazers, the
members of a group in Slack and Meetup, attendees and guests in Eventbrite and Google Calendar, Canvas'
students.
"""

_STATES_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "join": ("member",),
    "attend": ("going",),
    "rsvp": ("attending", "going"),
    "participate": ("joined",),
    "enroll": ("enrolled", "member"),
    "enrol": ("enrolled", "member"),
}
"""What somebody is who did something, where it is no form of the verb: Slack's `is_member`."""

_REOPENED: Final = ("close", "solve", "resolve", "complete", "finish")
"""What was done to a thing that is open again."""

_NEGATIONS: Final[Mapping[str, str]] = {"dislike": "like", "remove": "", "downvote": "upvote"}


class Turn(Struct, frozen=True):
    """What becomes of an item. counts: by member, what is added to it where that changes anything; own: to
    the item of the caller, where both are users.
    """

    set: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    own: Mapping[str, int] = field(default_factory=dict)


_NOTHING: Final = Turn()


class Toggles:
    """What the toggles of one contract turn and count, by the collection of the items."""

    def __init__(
        self,
        operations: Iterable[Operation],
        role_of: Callable[[Operation], Role | None],
        main: Callable[[Resource], Resource],
    ) -> None:
        self._operations, self._role_of, self._main = operations, role_of, main

    def of(self, collection: str) -> Mapping[str, bool | int]:
        """Return how the members of a new item begin of which nobody turned anything yet: false, and 0."""
        return self._found.get(collection, {})

    def viewed(self, collection: str) -> Set[str]:
        """Name the flags of an item that are turned, and are so for whoever turned them alone."""
        return frozenset(filter(says_viewer, self.of(collection)))

    @cached_property
    def _found(self) -> Mapping[str, Mapping[str, bool | int]]:
        found: dict[str, dict[str, bool | int]] = {}
        for operation in filter(_may_turn, self._operations):
            role = self._role_of(operation)
            if role is None or role.verb != "act":
                continue
            flags = [name for name, value in role.set.items() if isinstance(value, bool)]
            turned = dict.fromkeys(filter(_begins_off, flags), False)
            if turned:
                begins = found.setdefault(self._main(role.resource).collection, {})
                begins.update(turned | dict.fromkeys((*role.counts, *role.counts_caller), 0))
        return found

    def led_to(self, collection: str) -> Mapping[str, Set[Any]]:
        """Return by member the values to which an action alone leads: of a card that is to be activated,
        active; not where another one turns that off again, so that it may be either at first.
        """
        return self._led.get(collection, {})

    @cached_property
    def _led(self) -> Mapping[str, Mapping[str, Set[Any]]]:
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for operation in filter(_may_turn, self._operations):
            role = self._role_of(operation)
            if role is None or role.verb != "act":
                continue
            verb = _last_word(operation)
            ways = found.setdefault(self._main(role.resource).collection, {}).setdefault(verb, {})
            ways.update(role.set)
        return {name: _only_led(ways) for name, ways in found.items()}

    def numbered(self, collection: str) -> str:
        """Name the member that says where an item stands among its like, as an action puts them in order; ""
        where none does.
        """
        return self._numbered.get(collection, "")

    @cached_property
    def _numbered(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for operation in filter(_may_order, self._operations):
            role = self._role_of(operation)
            if role is not None and role.numbers:
                found[self._main(role.resource).collection] = role.numbers
        return found

    def stamped(self, collection: str) -> Set[str]:
        """Name the members of an item that say when something was done to it, which was not to a new one."""
        return self._stamped.get(collection, frozenset())

    @cached_property
    def _stamped(self) -> Mapping[str, Set[str]]:
        found: dict[str, Set[str]] = {}
        for operation in filter(_may_turn, self._operations):
            role = self._role_of(operation)
            if role is not None and role.stamps:
                name = self._main(role.resource).collection
                found[name] = found.get(name, frozenset()) | set(role.stamps)
        return found


def _last_word(operation: Operation) -> str:
    """Return the verb at the end of a path."""
    words = split_words(operation.path.rstrip("/").rpartition("/")[2])
    return next((word for word in words if word not in FILLERS), "")


def _only_led(ways: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Set[Any]]:
    """Return the values to which only verbs lead that nothing undoes but what they begin."""
    undone = {undoes(verb) for verb in ways} & BOTH_WAYS.known
    found: dict[str, set[Any]] = {}
    for verb, told in ways.items():
        if verb in LEADS_BACK or verb in undone or undoes(verb):
            continue
        for name, value in told.items():
            if value is True or isinstance(value, str):
                found.setdefault(name, set()).add(value)
    return found


def _may_turn(operation: Operation) -> bool:
    """Tell by its path whether an operation may be a toggle, which spares a look at the bodies of others."""
    before, _, action = operation.path.rstrip("/").rpartition("/")
    if operation.method == "get" or not before:
        return False
    if action.startswith("{"):  # PUT /user/starred/{id}
        action = before.rpartition("/")[2]
    verb, _ = verb_of(action)
    is_plain_deed = before.endswith("}") and operation.method == "post" and operation.body is None
    return verb in ACTIONS or fold(action) in TURNED_ON or is_plain_deed


def _may_order(operation: Operation) -> bool:
    """Tell by its path whether an operation may put the items of a list in order."""
    words = split_words(operation.path.rstrip("/").rpartition("/")[2])
    return operation.method != "get" and bool(words) and words[0] in REORDERS


def _begins_off(flag: str) -> bool:
    """Tell whether a flag says that something was done to an item; a new one may well be `active`."""
    return fold(flag).removeprefix("is") not in BEGINNINGS


def turns(action: str, method: str, shapes: Iterable[Shape], bodies: Bodies) -> Turn:
    """Return what an action turns on, or off by a DELETE or an `un…`; nothing where no flag is called so."""
    verb, is_off = verb_of(action)
    is_on = (method != "delete") != is_off
    if not verb:
        return _NOTHING
    step = 1 if is_on else -1
    flag, counted, own = "", [], []
    for shape in shapes:
        flags, counts = _called(verb, shape, bodies)
        counted += counts
        own += _counted_of_caller(verb, shape, bodies)
        if flags:
            flag = flags[0]
            break
    flag = flag or unshown_flag(verb)
    if not flag:
        return _NOTHING
    return Turn({flag: is_on}, dict.fromkeys(counted[:1], step), dict.fromkeys(own[:1], step))


def flags_beside(flags: Mapping[str, Any], shapes: Iterable[Shape]) -> Mapping[str, Any]:
    """Return those of some flags that items show."""
    shown: set[str] = set()
    for shape in shapes:
        shown.update(shape.declared)
    return only(flags, shown)


def taken_out_of_use(action: str, shapes: Iterable[Shape], bodies: Bodies) -> dict[str, bool]:
    """Return the flags that say that a thing is in use, where an action ends that: `active` of a key that is
    revoked.
    """
    words = split_words(action)
    if not words or words[0] not in ENDS_USE:
        return {}
    found = {}
    for shape in shapes:
        for name, below in present(shape):
            if fold(name).removeprefix("is") in IN_USE and bodies.whole(below).kind == "boolean":
                found[name] = False
    return found


def stamped(action: str, shapes: Iterable[Shape], bodies: Bodies) -> Iterator[str]:
    """Yield the members that say when an action was done: `cancelled_at`; none of what is undone."""
    verb, is_off = verb_of(action)
    if not is_off:
        yield from _stamps_of(verb, shapes, bodies)


def _stamps_of(verb: str, shapes: Iterable[Shape], bodies: Bodies) -> Iterator[str]:
    forms = forms_of(verb)
    if not forms:
        return
    found: dict[str, None] = {}
    for shape in shapes:
        for name, below in present(shape):
            folded = fold(name)
            stems = {folded.removesuffix(word) for word in MOMENTS} - {folded}
            if not stems.isdisjoint(forms) and bodies.whole(below).format in ("date", "date-time"):
                found[name] = None
    yield from found


def answers(action: str, shape: Shape, bodies: Bodies) -> dict[str, str]:
    """Return which members of an answer that is no item say whether the caller turned it, and how many did:
    `{liked: true, likes: 5}`.
    """
    verb, _ = verb_of(action)
    if not verb:
        return {}
    flags, counts = _called(verb, shape, bodies)
    return dict.fromkeys(flags[:1], "turned") | dict.fromkeys(counts[:1], "turners")


def unstamped(action: str, shapes: Iterable[Shape], bodies: Bodies) -> dict[str, None]:
    """Return the members that say when something was done which an action undoes: they are null from then on,
    where they may be.
    """
    verb, is_off = verb_of(action)
    undone: tuple[str, ...] = ()
    if is_off:
        undone = (verb,)
    if "reopen" in split_words(action):
        undone = _REOPENED
    shapes = list(shapes)
    found: dict[str, None] = {}
    for one in undone:
        for name in _stamps_of(one, shapes, bodies):
            if any(_may_be_null(name, shape, bodies) for shape in shapes):
                found[name] = None
    return found


def _may_be_null(name: str, shape: Shape, bodies: Bodies) -> bool:
    parts = shape.declared.get(name)
    return bool(parts) and bodies.is_nullable(parts or ())


def unshown_flag(verb: str) -> str:
    """Return what a flag is called that no item shows, by what is done to items: `liked`; "" for a verb of
    which nothing is known to be turned.
    """
    forms = _said_once_done(verb)
    return next((word for word in TURNED_ON if word in forms), "")


def people_of(segment: str) -> Iterator[str]:
    """Yield the verbs of which a list below an item may show those who did it: `followers`, `stargazers`,
    `liked_by`, `members`.
    """
    words = split_words(segment)
    if len(words) == 2 and words[1] == _BY:
        yield verb_of(words[0])[0]
        return
    agent = singular(fold(segment))
    for verb in ACTIONS:
        if agent in _agents_of(verb):
            yield verb


def _agents_of(verb: str) -> tuple[str, ...]:
    """Return what those are called who do something."""
    return (f"{verb}er", f"{verb.removesuffix('e')}er", *_AGENTS.get(verb, ()))


def _said_once_done(verb: str) -> Set[str]:
    """Return what may be said once something was done."""
    return {*forms_of(verb), f"{verb.removesuffix('e')}ing", *_STATES_OF.get(verb, ())}


def is_deed(segment: str) -> bool:
    """Tell whether a segment of a path may say what somebody did to items: `likes`, `starred`."""
    word = fold(segment)
    return word in TURNED_ON or not TURNED_ON.known.isdisjoint(forms_of(singular(word)))


def flag_called(segment: str, shapes: Iterable[Shape], bodies: Bodies) -> str:
    """Return the flag that a list of what somebody turned is called like: `likes`, `starred`, `following`; ""
    where there is none.
    """
    words = split_words(segment)
    word = fold(segment)
    for shape in shapes:
        for name, below in present(shape):
            if not says_viewer(name) or bodies.whole(below).kind != "boolean":
                continue
            is_verb = len(words) == 1 and _is_flag(name, singular(word))
            if is_verb or word in deeds(name):
                return name
    return ""


def _called(verb: str, shape: Shape, bodies: Bodies) -> tuple[list[str], list[str]]:
    """Return the flags and the numbers of an item that say that something was done, and how often."""
    flags, counts = [], []
    for name, below in present(shape):
        kind = bodies.whole(below).kind
        if kind == "boolean" and _is_flag(name, verb):
            flags.append(name)
        if kind in _NUMBERS and _counts(name, verb):
            counts.append(name)
    return flags, counts


def _counted_of_caller(verb: str, shape: Shape, bodies: Bodies) -> list[str]:
    """Return the numbers of a user that say to how many others they did something: `following_count`."""
    found, stem = [], f"{verb.removesuffix('e')}ing"
    for name, below in present(shape):
        is_called_so = fold(name) in (stem, f"{stem}count", f"{stem}s", f"num{stem}", f"total{stem}")
        if is_called_so and bodies.whole(below).kind in _NUMBERS:
            found.append(name)
    return found


def verb_of(action: str) -> tuple[str, bool]:
    """Return the verb of an action, and whether it is the opposite that is done."""
    words = split_words(action)
    words = [word for word in words if word not in FILLERS] or words  # `mark_as_read`
    first = words[0] if words else ""
    undone = undoes(first)
    if undone:
        return undone, True
    if first in _NEGATIONS:
        return _NEGATIONS[first], True
    if first in TURNED_ON:
        return next((verb for verb in ACTIONS if first in forms_of(verb)), first), False
    return singular(first), False


def _is_flag(name: str, verb: str) -> bool:
    """Tell whether a flag says that this was done: `favorited`, `is_starred`, `following`."""
    return not _said_once_done(verb).isdisjoint(deeds(name))


def _counts(name: str, verb: str) -> bool:
    """Tell whether a number says how often: `favoritesCount`, `likes`, `followers_count`."""
    folded = fold(name)
    stem = folded.removesuffix("count").removeprefix("total") or folded
    agents = (f"{verb}r" if verb.endswith("e") else f"{verb}er", *_AGENTS.get(verb, ()))
    one = singular(stem)
    is_agent = one in TURNS_COUNTED and one.startswith(verb)  # who stars is a stargazer
    return (is_agent or one in (verb, *agents)) and stem != verb + "ing" and folded != verb
