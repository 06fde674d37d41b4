"""Outcomes: what the answer of a write says beside the items it shows, as it is true of those."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import Any, Final

from msgspec import Struct

from understudy.engine.address import Address
from understudy.engine.binding import BoundAnswer
from understudy.engine.factory import descended
from understudy.engine.identity import as_kind
from understudy.messages import NOTHING, Response
from understudy.model.model import Outcome, Place
from understudy.model.vocabulary import BESIDE_ITEMS, SAYS_OUTCOME, WRAPPERS
from understudy.names import fold
from understudy.schemas.fitting import set_if_valid
from understudy.state.store import Record

_Keys = Mapping[str, list[Any]]
"""The ids of all that was written, of what is new of it, and of what was changed."""

_SAY_WHY: Final = ("error", "message", "reason", "detail", "description")


_MESSAGES: Final = ("message", "msg")
_TOLD: Final[Mapping[str, str]] = {
    **dict.fromkeys((*_MESSAGES, "detail", "statusmessage", "info"), "OK"),
    "status": "success",  # JSend
}
"""What a success says in the members that tell how a request went."""
_OF_OUTCOMES: Final = frozenset({*_TOLD, *map(fold, SAYS_OUTCOME), *map(fold, BESIDE_ITEMS), *WRAPPERS})


def say_well(
    body: Any, is_told: Callable[[str], bool], is_valid: Callable[[], bool], *, around: Place = ()
) -> None:
    """Let a success that says how the request went say that it went well: `{message}`, or `{status, message,
    data}`, where that is all it says; its message also beside an item or a list, whatever else is there.

    is_told: whether the contract says what a member says. around: where the item or the list stands.
    """
    if not isinstance(body, dict):
        return
    about = fold(around[0]) if around else ""
    says_no_more = all(fold(name) in _OF_OUTCOMES or fold(name) == about for name in body)
    for name, value in body.items():
        told = fold(name)
        is_outcome = told in _TOLD and (says_no_more or (about and told in _MESSAGES))
        if is_outcome and isinstance(value, str) and not is_told(name):
            set_if_valid(body, name, [_TOLD[told]], is_valid)


class Described(Struct, frozen=True):
    """How a contract describes an answer. members_at: of a list at a place, what one of it has, by type."""

    is_valid: Callable[[Any], bool]
    members_at: Callable[[Place], Mapping[str, str]]


def settle(
    response: Response,
    answer: BoundAnswer,
    address: Address,
    records: Sequence[Record],
    described: Described,
    *,
    shows_list: bool,
    changed: Set[str],
) -> None:
    """Let an answer say what was written, each member as far as its contract takes it. changed: keys of what
    was there before.

    Where an operation answers one item or a list, what it does not answer now is left out.
    """
    body = response.body
    if answer.outcome.get(()) == "ids":
        _put_bare(response, _keys(address, records), described.is_valid)
        return
    if not isinstance(body, dict):
        return
    keys = {
        "": _keys(address, records),
        "new": _keys(address, [one for one in records if one.key not in changed]),
        "changed": _keys(address, [one for one in records if one.key in changed]),
    }
    candidates_by_place = dict(_values(answer, address, keys, body, shows_list=shows_list))
    for place, told in answer.outcome.items():
        if told == "none" and address.missed:
            missed = _missed(address, described.members_at(place))
            candidates_by_place[place] = [*missed, *candidates_by_place[place]]
    for place, candidates in candidates_by_place.items():
        holder = descended(body, place[:-1])
        if isinstance(holder, dict):
            set_if_valid(holder, place[-1], candidates, lambda: described.is_valid(body))


def _put_bare(response: Response, keys: list[Any], is_valid: Callable[[Any], bool]) -> None:
    for told in (keys, list(map(str, keys))):
        if is_valid(told):
            response.body = told
            return


def _values(
    answer: BoundAnswer, address: Address, keys: _Keys, body: Any, *, shows_list: bool
) -> Iterator[tuple[Place, list[Any]]]:
    """Yield each member that is settled, and what it may say."""
    for place, told in answer.outcome.items():
        yield place, _told(told, address, keys)
    if not answer.is_either:
        return
    assert answer.one is not None
    assert answer.many is not None
    one, listed = answer.one.view.place, answer.many.place
    if shows_list:
        shown = descended(body, listed)
        yield one, [NOTHING, None, shown]
    else:
        yield listed, [NOTHING, [descended(body, one)]]


def _told(told: Outcome, address: Address, keys: _Keys) -> list[Any]:
    """Return what a member may say, the likeliest first."""
    which, _, form = told.rpartition(" ")
    match form:
        case "ids":
            return [keys[which], list(map(str, keys[which]))]
        case "id":
            return [one for key in keys[""][:1] for one in (key, str(key))]
        case "count":
            return [len(keys[which]), str(len(keys[which]))]
        case "new" | "changed":
            return [bool(keys[form])]
        case "none":
            return [[], NOTHING]
    return [len(address.missed), NOTHING]


def _missed(address: Address, members: Mapping[str, str]) -> Iterator[Any]:
    """Yield what a list may say of those that are not there: their ids, or an object for each. members: of
    such an object, with their types.
    """
    yield list(address.missed)
    noun, known = address.collection.collection.noun, address.collection.collection.id.listed_as
    told = []
    for key in address.missed:
        one: dict[str, Any] = {}
        for name, kind in members.items():
            if fold(name) in known:
                one[name] = as_kind(key, kind)
            elif kind == "string" and fold(name) in _SAY_WHY:
                one[name] = f"no {noun} has the identifier {key}"
        told.append(one)
    yield told


def _keys(address: Address, records: Sequence[Record]) -> list[Any]:
    """Return the id of each record as it is shown; ids are texts in the store."""
    member = address.collection.collection.id.member
    return [record.value.get(member, record.key) for record in records]
