"""Actions: what the name of a path below an item says is done to it, such as `cancel`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from understudy.contracts.contract import Operation
from understudy.model.bodies import Bodies, present
from understudy.model.vocabulary import (
    ACTION_HOLDERS,
    ACTIONS,
    API_KEYS,
    BEGINNINGS,
    COMPUTES,
    COPIES,
    FILLERS,
    HOLDS_KEY,
    INTRODUCES,
    ORDERS,
    PARTS,
    RENEWS,
    RENEWS_ALONE,
    SECRETS,
    STATES,
    TAKES_OVER,
    TRASH,
    Words,
)
from understudy.names import by_folded, by_word, fold, singular, split_words
from understudy.schemas.shape import Shape

_FIRST_WORDS: Final = 6
"""Of a sentence, within which its verb stands."""

_UN: Final = "un"
_TOGGLE: Final = "toggle"
OPPOSITES: Final[Mapping[str, str]] = {
    "deactivate": "activate",
    "disable": "enable",
    "leave": "join",
    "resume": "pause",
    "reopen": "close",
    "reinstate": "suspend",
}
"""Verbs that undo another, and do not say so with `un`."""

_IRREGULAR: Final[Mapping[str, tuple[str, ...]]] = {
    "deactivate": ("inactive",),
    "reactivate": ("active",),
    "unfreeze": ("active",),
    "freeze": ("frozen",),
    "reopen": ("open", "opened"),
    "hold": ("held", "onhold"),
    "lose": ("lost",),
    "pay": ("paid",),
    "send": ("sent",),
    "win": ("won",),
    "withdraw": ("withdrawn",),
}
"""States that a verb leads to and its regular forms do not name."""

_ALIKE: Final[Mapping[str, tuple[str, ...]]] = {
    "complete": ("done", "finished", "closed"),
    "finish": ("done", "completed", "complete", "ended"),
    "close": ("done", "resolved", "completed"),
    "resolve": ("done", "closed", "fixed"),
    "start": ("inprogress", "running", "active", "ongoing", "doing", "live", "playing"),
    "begin": ("inprogress", "running", "active", "started"),
    "resume": ("active", "running", "inprogress"),
    "stop": ("inactive", "ended", "terminated"),
    "reopen": ("todo", "new", "active", "pending"),
    "accept": ("approved", "confirmed", "active"),
    "approve": ("accepted", "confirmed"),
    "confirm": ("accepted", "approved"),
    "reject": ("declined", "denied", "refused"),
    "decline": ("rejected", "denied", "refused"),
    "deny": ("rejected", "declined", "refused"),
    "submit": ("inreview", "underreview", "pending", "pendingreview", "pendingapproval"),
    "cancel": ("void", "voided", "aborted"),
    "abort": ("cancelled", "canceled"),
    "block": ("banned", "suspended", "disabled"),
    "ban": ("blocked", "suspended"),
    "suspend": ("inactive", "blocked", "paused"),
    "publish": ("live", "public", "active"),
    "ship": ("intransit", "sent", "dispatched"),
    "dispatch": ("intransit", "shipped", "sent"),
    "finalize": ("open", "issued", "final"),
    "issue": ("open", "issued"),
    "fulfill": ("completed", "delivered", "shipped"),
    "revoke": ("inactive", "disabled"),
    "disable": ("inactive",),
    "enable": ("active",),
}
"""States that a verb leads to where none is called after it: of todo, in_progress and done, `complete` means
done and `start` in_progress, as trackers, shops and workflow engines name them (Jira, Trello, Asana, Shopify,
Camunda).
"""


_THAT_LAST: Final = ("review", "orbit", "transit", "progress", "use", "repair", "production", "dispute")
"""What a thing is in for a while: `in_review`; `inactive` is no such word."""
_PARTICLES: Final = ("in", "out", "up", "off", "over", "on", "down", "back")
"""Words behind a verb that belong to it: check in, sign off, pick up, hand over."""


def named(rest: Sequence[str]) -> str:
    """Return the action that the rest of a path below an item names, "" where it speaks of something deeper
    than the item.
    """
    is_held = len(rest) == 2 and fold(rest[0]) in ACTION_HOLDERS
    if len(rest) == 1 or is_held:
        return rest[-1].partition(".")[0]
    return ""


def is_end(action: str) -> bool:
    """Tell whether an action ends what was begun by another one: `check-out`, `stop`, `clock_out`."""
    words = split_words(action)
    return words[:1] in (["stop"], ["end"], ["finish"]) or words[1:] in (["out"], ["off"])


def is_copy(action: str) -> bool:
    """Tell whether an action makes another item of the one it is done to."""
    return _first_word(action) in COPIES


def is_partial(action: str) -> bool:
    """Tell whether an action's body speaks of a part to be added or taken away, not of what the item is from
    now on.
    """
    return _first_word(action) in PARTS


def computes(segment: str) -> bool:
    """Tell whether a segment of a path names what is computed, such as `search` or `task_counts`."""
    return any(word in COMPUTES for word in split_words(segment))


def begins_with(operation: Operation, words: Words) -> bool:
    """Tell whether the document begins with one of some verbs to say what an operation does."""
    for name in ("summary", "description"):
        said = split_words(str(operation.node.value.get(name) or ""))
        telling = [word for word in said[:_FIRST_WORDS] if word not in INTRODUCES]
        if telling:
            return telling[0] in words or telling[0].removesuffix("s") in words
    return False


def says(operation: Operation, words: Words) -> bool:
    """Tell whether one of some words stands in what the document says of an operation."""
    for name in ("summary", "description"):
        said = split_words(str(operation.node.value.get(name) or ""))
        if not words.known.isdisjoint(said):
            return True
    return False


def is_action(segment: str, operation: Operation) -> bool:
    """Tell whether the last segment of a path names something that is done: it is a verb, or the word with
    which the document begins to say what happens.
    """
    first = _first_word(segment)
    rest = split_words(segment)[1:]
    if first in ACTIONS or (len(rest) == 1 and rest[0] in _PARTICLES):
        return True
    if not first or first in COMPUTES:
        return False
    summary = split_words(str(operation.node.value.get("summary") or ""))
    return bool(summary) and len(summary) > 1 and summary[0] in (first, f"{first}s", f"{first}es")


def _first_word(action: str) -> str:
    words = split_words(action)
    if not words:
        return ""
    return words[0]


def moves(action: str, noun: str, shapes: Iterable[Shape], bodies: Bodies) -> dict[str, Any]:
    """Return the state that an action gives to an item, by the member that says it; nothing where the
    action's name is not clear.

    noun: of the resource, in the singular. shapes: in which the contract shows an item.
    """
    words = [word for word in split_words(action) if word not in FILLERS and singular(word) != noun]
    verb = "".join(words)
    forms, undone = forms_of(verb) | _with_particle(words), forms_of(undoes(verb))
    shapes = list(shapes)
    for shape in shapes:
        states = _states(shape, bodies)
        if states:
            return _meant(states, forms) or _likest(states, verb) or _back(states, undone)
    for shape in shapes:
        for name, below in present(shape):
            inner = bodies.whole(below)
            meant = _meant(_states(inner, bodies), forms) if inner.kind == "object" else {}
            if meant:
                return {name: meant}
    return {}


def _with_particle(words: Sequence[str]) -> frozenset[str]:
    """List what a thing is called once something was done to it that is said by a verb and a word behind it:
    `check-in` makes it checked in.
    """
    if len(words) != 2 or words[1] not in _PARTICLES:
        return frozenset()
    return frozenset(form + words[1] for form in forms_of(words[0]))


def _likest(states: Mapping[str, list[str]], verb: str) -> dict[str, Any]:
    """Return the state that is likest what a verb says, of those that none of its forms names."""
    for word in _ALIKE.get(verb, ()):
        found = _meant(states, frozenset((word,)))
        if found:
            return found
    return {}


def undoes(verb: str) -> str:
    """Return the verb of which another is the opposite: `publish` of `unpublish`, `activate` of `deactivate`;
    "" of one that is none.
    """
    rest = verb.removeprefix(_UN)
    if rest != verb and rest in ACTIONS:
        return rest
    return OPPOSITES.get(verb, "")


def _back(states: Mapping[str, list[str]], undone: frozenset[str]) -> dict[str, Any]:
    """Return the state that an item goes back to from one that is undone: that in which things begin, or the
    only other one.
    """
    for name, values in states.items():
        others = [value for value in values if fold(value) not in undone]
        if len(others) == len(values):
            continue
        begins = by_folded(others)
        first = [begins[word] for word in BEGINNINGS if word in begins]
        if others[:1] == values[:1] and fold(values[0]) in BEGINNINGS and values != sorted(values):
            first = others  # they stand in the order of a life
        if first or len(others) == 1:
            return {name: (first or others)[0]}
    return {}


def narrowed(word: str, shapes: Iterable[Shape], bodies: Bodies) -> dict[str, Any]:
    """Return what the items have in common that a segment below their list names, `archived`: a flag of that
    name, or that state; nothing where no member tells.
    """
    folded, shapes = fold(word), list(shapes)
    for shape in shapes:
        for name, below in present(shape):
            if _is_flag_of(fold(name).removeprefix("is"), folded) and bodies.whole(below).kind == "boolean":
                return {name: True}
        for name, values in _states(shape, bodies).items():
            meant = [value for value in values if fold(value) == folded]
            if meant:
                return {name: meant[0]}
    return _so_too(folded, shapes, bodies)


def _so_too(word: str, shapes: Iterable[Shape], bodies: Bodies) -> dict[str, Any]:
    """Return the state that is likest what a word says was done: `completed` of todo, in_progress and
    done.
    """
    for verb in _ALIKE:
        if word not in forms_of(verb) or word == verb:
            continue
        for shape in shapes:
            found = _likest(_states(shape, bodies), verb)
            if found:
                return found
    return {}


def scalars_called(segment: str, shapes: Iterable[Shape], bodies: Bodies) -> str:
    """Return the member of an item that is a list of scalars of this name, "" where it has none."""
    for shape in shapes:
        for name, below in present(shape):
            listed = bodies.whole(below)
            is_list = listed.kind == "array" and bool(listed.items) and fold(name) == fold(segment)
            if is_list and bodies.whole(listed.items).kind in ("string", "integer"):
                return name
    return ""


def flipped(action: str, shapes: Iterable[Shape], bodies: Bodies) -> str:
    """Return the flag of an item that `toggle`, or `toggle-active`, turns over: the one that is called so, or
    the only one there is; "" where it is another action.
    """
    first, *rest = split_words(action) or [""]
    if first != _TOGGLE:
        return ""
    word = fold("".join(rest))
    for shape in shapes:
        flags = {fold(name): name for name, below in present(shape) if bodies.whole(below).kind == "boolean"}
        if word in flags or f"is{word}" in flags:
            return flags.get(word) or flags[f"is{word}"]
        if len(flags) == 1:
            return next(iter(flags.values()))
    return ""


def renewed(action: str, noun: str, shapes: Iterable[Shape], bodies: Bodies) -> list[str]:
    """List the members that say a secret which an action replaces: the one that it names, `rotate-secret`,
    or all of them. noun: of the item, which may be a key itself.
    """
    first, *rest = split_words(action) or [""]
    named = fold("".join(rest))
    if first not in RENEWS or not (named or first in RENEWS_ALONE):
        return []
    found: dict[str, None] = {}
    secrets = SECRETS.known
    if singular(fold(noun)) in API_KEYS:
        secrets |= HOLDS_KEY.known
    for shape in shapes:
        for name, below in present(shape):
            is_secret = fold(name) in secrets and bodies.whole(below).kind == "string"
            if is_secret and (fold(name).endswith(named) or named.endswith(fold(name))):
                found[name] = None
    return list(found)


def taken_over(shapes: Iterable[Shape], bodies: Bodies) -> str:
    """Return the member that says to whom an item was assigned, "" where none does."""
    for shape in shapes:
        members = by_folded(dict(present(shape)))
        for word in TAKES_OVER:
            member = members.get(word, "")
            if member and bodies.whole(shape.declared[member] or ()).kind in ("string", "integer", "object"):
                return member
    return ""


def place_among(shapes: Iterable[Shape], bodies: Bodies) -> str:
    """Return the member that says where an item stands among its like, "" where none does."""
    for shape in shapes:
        members = by_folded(dict(present(shape)))
        for word in ORDERS:
            member = members.get(word, "")
            if member and bodies.whole(shape.declared[member] or ()).kind in ("integer", "number"):
                return member
    return ""


def _is_flag_of(flag: str, word: str) -> bool:
    return flag == word or (flag in TRASH and word in TRASH)


def _states(shape: Shape, bodies: Bodies) -> dict[str, list[str]]:
    """Return the values that the members of an item about its state may have, by member."""
    found = {}
    for name, below in present(shape):
        if below and fold(name).endswith(STATES.ranked):
            values = bodies.whole(below).constants or ()
            found[name] = [value for value in values if isinstance(value, str)]
    if any(found.values()):
        return found
    return {}


def _meant(states: Mapping[str, list[str]], forms: frozenset[str]) -> dict[str, Any]:
    found, plain = {}, {}
    for name, values in states.items():
        meant = [value for word, value in by_word(values).items() if word in forms]
        if len(meant) == 1:
            found[name] = meant[0]
            if fold(name) in STATES:
                plain[name] = meant[0]
    if plain:
        return plain
    if len(found) == 1:
        return found
    return {}


def forms_of(verb: str) -> frozenset[str]:
    """List what a thing may be called once this was done to it: `cancel` makes it canceled or cancelled,
    `activate` active, `review` in review.
    """
    if not verb:
        return frozenset()
    forms = {verb, f"{verb}ed", f"{verb}{verb[-1]}ed", *_IRREGULAR.get(verb, ())}
    if verb in _THAT_LAST:
        forms.add(f"in{verb}")
    if verb.endswith("e"):
        forms.add(f"{verb}d")
    if verb.endswith("y"):
        forms.add(f"{verb[:-1]}ied")
    if verb.endswith("ate"):
        forms.add(f"{verb.removesuffix('ate')}e")
    return frozenset(forms)
