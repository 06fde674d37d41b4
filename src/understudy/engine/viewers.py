"""Viewers: whoever asks, and the flags that say what they did to an item, kept beside it for each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from understudy.messages import Caller
from understudy.model.vocabulary import TELLS_WHICH
from understudy.names import fold
from understudy.state.conditions import META, And, Condition, Not, Or, Pointer, Test
from understudy.state.json_values import encode
from understudy.state.store import Draft, Record

TURNED: Final = "turned"
"""Under what a record's meta says which viewers turned a flag of it on, and by which names they are
called.
"""

TURNERS: Final = "turners"
"""Under what it says all these names, by flag."""

UNKEPT: Final = -1
"""The revision of a record as one viewer sees it, of which no view is kept."""

_VIEWER: Final = "~viewer"
_ANYBODY: Final = "anybody"
_TELLING: Final = TELLS_WHICH.known | {"email"}
_NO_FLAGS: Final[Mapping[str, Mapping[str, list[str]]]] = {}


class Viewer(Struct, frozen=True):
    """Whoever asks. key: tells them from others. names: by which they are called, their key among them.

    follows: the names of the users on whom they turned a flag, by flag.
    """

    key: str
    names: tuple[str, ...] = ()
    follows: Mapping[str, frozenset[str]] = field(default_factory=dict)


def viewer_key(caller: Caller) -> str:
    """Return what tells a caller from others: the user whose token came, else the credential itself, which
    nobody sees.
    """
    if caller.user and caller.token:
        return caller.user
    if caller.name:
        return caller.name
    if not caller.credential:
        return _ANYBODY
    return f"~{blake2b(caller.credential.encode(), digest_size=8).hexdigest()}"


# ---- what a viewer turned


def is_turned(record: Record, flag: str, viewer: Viewer) -> bool:
    """Tell whether a viewer turned a flag of a record on."""
    return viewer.key in record.meta.get(TURNED, _NO_FLAGS).get(flag, ())


def added(value: Mapping[str, Any], counts: Mapping[str, int]) -> dict[str, Any]:
    """Return members of an item in which numbers are counted on, or back to none."""
    found = dict(value)
    for name, step in counts.items():
        number = found.get(name)
        if isinstance(number, (int, float)):
            found[name] = max(number + step, 0)
    return found


def who_turned(record: Record, flag: str) -> list[str]:
    """Return the keys of those who turned a flag of a record on."""
    return list(record.meta.get(TURNED, _NO_FLAGS).get(flag, ()))


def turned(record: Record, flags: Mapping[str, bool], counts: Mapping[str, int], viewer: Viewer) -> Draft:
    """Return a record of which a viewer turned flags on or off. counts: what is added to numbers where that
    changes anything.
    """
    value = record.value
    if any(is_turned(record, flag, viewer) is not is_on for flag, is_on in flags.items()):
        value = added(value, counts)
    told = {flag: dict(who) for flag, who in record.meta.get(TURNED, _NO_FLAGS).items()}
    for flag, is_on in flags.items():
        who = told.setdefault(flag, {})
        who.pop(viewer.key, None)
        if is_on:
            who[viewer.key] = list(viewer.names)
    names = {flag: sorted({name for one in who.values() for name in one}) for flag, who in told.items()}
    return Draft(value, {**record.meta, TURNED: told, TURNERS: names})


def as_seen(
    record: Record, flags: Iterable[str], authors: Iterable[tuple[str, str]], viewer: Viewer | None
) -> Record:
    """Return a record as a viewer sees it.

    flags: those that are so for whoever turned them. authors: members that show a user, and the flag in it
    that says whether the viewer follows them.
    """
    if viewer is None:
        return record
    value, before = record.value, record.data
    for flag in flags:
        is_on = is_turned(record, flag, viewer)
        if is_on or flag in value:
            value[flag] = is_on
    for member, flag in authors:
        author = value.get(member)
        if isinstance(author, dict) and flag in author:
            known = {str(one) for name, one in author.items() if fold(name) in _TELLING}
            value[member] = {**author, flag: not known.isdisjoint(viewer.follows.get(flag, frozenset()))}
    data = encode(value)
    if data == before:
        return record
    return replace(record, data=data, revision=UNKEPT)


# ---- what is asked for


def place_of(flag: str) -> Pointer:
    """Return where it stands beside an item whether the viewer turned a flag on."""
    return (META, TURNED, flag, _VIEWER)


def by_name(place: Pointer, name: Any) -> Condition:
    """Return what is true of an item of which somebody of this name turned the flag. place: of the flag."""
    flag = place[-1]
    if flag == _VIEWER:
        flag = place[-2]
    return Test((META, TURNERS, flag), "eq", name, folded=True)


def for_viewer(condition: Condition, viewer: Viewer | None) -> Condition:
    """Return a condition in which the flags are those of a viewer."""
    if isinstance(condition, Test):
        return _of_flag(condition, viewer)
    if isinstance(condition, Not):
        return Not(for_viewer(condition.one, viewer))
    if isinstance(condition, And):
        return And(tuple(for_viewer(one, viewer) for one in condition.all))
    return Or(tuple(for_viewer(one, viewer) for one in condition.any))


def _of_flag(test: Test, viewer: Viewer | None) -> Condition:
    if test.pointer[-1:] != (_VIEWER,):
        return test
    key = _ANYBODY
    if viewer is not None:
        key = viewer.key
    is_on = Test((*test.pointer[:-1], key), "ne", None)
    asked = test.value
    if isinstance(asked, list) and asked:
        asked = asked[0]
    is_asked = str(asked).lower() not in ("false", "0", "no", "none")
    if is_asked is (test.op != "ne"):
        return is_on
    return Not(is_on)
