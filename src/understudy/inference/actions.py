"""Actions: what the name of a path below an item says is done to it, such as `cancel`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from understudy.inference.resources import Bodies
from understudy.names import fold, singular, split_words
from understudy.schemas.shape import Shape

_AROUND: Final = frozenset(
    {"actions", "action", "commands", "transitions", "operations"}
)  # `/orders/{id}/actions/cancel`
_FILLERS: Final = frozenset({"mark", "set", "make", "change", "move", "as", "to", "be", "is", "the"})
_COPIES: Final = frozenset({"copy", "clone", "duplicate", "fork", "reverse", "reversal"})
_PARTIAL: Final = frozenset({"add", "remove", "delete", "attach", "detach", "insert"})
_STATUSES: Final = ("status", "state")
_IRREGULAR: Final[Mapping[str, tuple[str, ...]]] = {
    "deactivate": ("inactive",), "reactivate": ("active",), "reopen": ("open", "opened"), "pay": ("paid",), "send": ("sent",),
    "hold": ("held", "onhold"), "win": ("won",), "lose": ("lost",), "withdraw": ("withdrawn",), "freeze": ("frozen",),
    "unfreeze": ("active",),
}  # fmt: skip


def named(rest: Sequence[str]) -> str:
    """Return the action that the rest of a path below an item names, or "" where it speaks of something deeper than the item."""
    if len(rest) == 1 or (len(rest) == 2 and fold(rest[0]) in _AROUND):
        return rest[-1].partition(".")[0]
    return ""


def is_copy(action: str) -> bool:
    """Tell whether an action makes another item of the one it is done to."""
    return not _COPIES.isdisjoint(split_words(action)[:1])


def is_partial(action: str) -> bool:
    """Tell whether an action's body speaks of a part to be added or taken away, and not of what the item is from now on."""
    return not _PARTIAL.isdisjoint(split_words(action)[:1])


def moves(action: str, noun: str, shapes: Iterable[Shape], bodies: Bodies) -> dict[str, Any]:
    """Return the status that an action gives to an item, by the member that says it; nothing where the action's name is not clear.

    noun: of the resource, in the singular. shapes: in which the contract shows an item.
    """
    words = [word for word in split_words(action) if word not in _FILLERS and singular(word) != noun]
    forms = _forms("".join(words))
    for shape in shapes:
        members = {
            name: below for name, below in shape.declared.items() if below and fold(name).endswith(_STATUSES)
        }
        known = {
            name: [value for value in bodies.whole(below).constants or () if isinstance(value, str)]
            for name, below in members.items()
        }
        if not any(known.values()):
            continue
        meant = {name: [value for value in values if fold(value) in forms] for name, values in known.items()}
        found = {name: values[0] for name, values in meant.items() if len(values) == 1}
        plain = {name: value for name, value in found.items() if fold(name) in _STATUSES}
        return plain or (found if len(found) == 1 else {})
    return {}


def _forms(verb: str) -> frozenset[str]:
    """List what a thing may be called once this was done to it: `cancel` makes it canceled or cancelled, `activate` active."""
    if not verb:
        return frozenset()
    forms = {verb, f"{verb}ed", f"{verb}{verb[-1]}ed", *_IRREGULAR.get(verb, ())}
    if verb.endswith("e"):
        forms.add(f"{verb}d")
    if verb.endswith("y"):
        forms.add(f"{verb[:-1]}ied")
    if verb.endswith("ate"):
        forms.add(f"{verb.removesuffix('ate')}e")
    return frozenset(forms)
