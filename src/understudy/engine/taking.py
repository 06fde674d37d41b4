"""Taking: what of a request becomes members of an item, or of several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from understudy.engine.binding import BoundCollection, BoundPlan, BoundTake
from understudy.engine.keys import joined
from understudy.engine.parameters import listed
from understudy.messages import NOTHING, Request
from understudy.model import vocabulary
from understudy.model.model import Delete, Place
from understudy.model.selection import without
from understudy.model.vocabulary import IDS
from understudy.names import fold
from understudy.pointers import reached

Sent = dict[str, Any]
_INEXACT: Final = frozenset({float, list})
"""Types of which a value may be an integer that is written otherwise, or hold one."""


def sent_in(plan: BoundPlan, request: Request) -> Sent:
    """Return the members that a request sets of one item, without those the server keeps to itself."""
    if plan.take is None:
        return {}
    if plan.operation.body is None:
        return _queried(plan.take, request)
    if plan.take.take.whole:
        return {plan.take.take.whole: request.body}
    sent = cleaned(plan.take, _item_in(request.body, plan.take.take.places, _known(plan)))
    mask = plan.take.take.mask
    if not mask:
        return sent
    named = _beside(request, mask)
    return sent if named is None else masked(sent, named)


def _beside(request: Request, name: str) -> Any:
    """Return what a parameter says, or a member of the body of that name; None where none does."""
    if name in request.query or not isinstance(request.body, dict):
        return request.query.get(name)
    return request.body.get(name)


def masked(sent: Sent, mask: Any) -> Sent:
    """Return what a field mask names of what was sent (AIP-161): `title,author.name`; all of it where the
    mask is `*`, or names nothing that was sent.
    """
    names = set()
    for path in ",".join(map(str, listed(mask))).split(","):
        names.add(fold(path.strip().partition(".")[0]))
    unnamed = frozenset(name for name in sent if fold(name) not in names)
    return without(sent, unnamed) or sent


def _known(plan: BoundPlan) -> frozenset[str]:
    """Return what the members of an item may be called where they are sent."""
    if plan.take is None or not plan.take.take.renamed:
        return plan.collection.names
    return plan.collection.names.union(plan.take.take.renamed)


def cleaned(take: BoundTake, item: Mapping[str, Any]) -> Sent:
    """Return an item that was sent, without what is the server's to say, or not to be kept."""
    item = as_members(take, item)
    sent = dict(item)
    for name in take.hidden.intersection(item):
        del sent[name]
    if take.take.only and not take.asked.keys() >= sent.keys():
        sent = {name: value for name, value in sent.items() if name in take.asked}
    if take.take.exact and not _INEXACT.isdisjoint(map(type, sent.values())):
        for name, value in sent.items():
            if isinstance(value, (float, list)):
                sent[name] = _exact(value)
    if take.take.within and take.take.within not in sent:
        return {take.take.within: sent} if sent else {}
    return sent


def as_members(take: BoundTake, item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what was sent by the names that the item has for it, and not those of the request."""
    renamed = take.take.renamed
    if not renamed or renamed.keys().isdisjoint(item):
        return item
    found = dict(item)
    for name, member in renamed.items():
        if name in found and name not in take.hidden:
            value = found.pop(name)
            found.setdefault(member, value)
    return found


def each_in(plan: BoundPlan, request: Request) -> list[Sent] | None:
    """Return the members of each item that a body holds a list of; None where it speaks of one.

    A list of one within an envelope is left to those who take it for the item itself, where it may stand
    there.
    """
    if plan.take is None:
        return None
    if plan.take.take.by_id and isinstance(request.body, dict):
        return list(_by_id(plan, plan.take, request.body))
    for place in plan.take.take.each:
        least = 2 if place in plan.take.take.places and not _answers_lists_alone(plan) else 1
        found = _listed(request.body, place, _known(plan), least)
        if found is not None:
            return [cleaned(plan.take, one) for one in found]
    return None


def _answers_lists_alone(plan: BoundPlan) -> bool:
    """Tell whether an answer shows several items and never one, so that a list of one is a list."""
    answer = plan.answer
    if answer is None or answer.many is None:
        return False
    return answer.one is None or answer.one.view.shows == "raw"


def _by_id(plan: BoundPlan, take: BoundTake, body: Mapping[str, Any]) -> Iterator[Sent]:
    """Yield what is sent of each item under its id."""
    member = plan.collection.collection.id.member
    for key, sent in body.items():
        if isinstance(sent, dict):
            yield {**cleaned(take, sent), member: key}


def _listed(body: Any, place: Place, names: frozenset[str], least: int) -> list[Mapping[str, Any]] | None:
    """Return the items of a list at a place of a body, None where there are none, or too few."""
    if place:
        if not isinstance(body, dict) or body.keys() != {place[0]}:
            return None
        body = _held(body[place[0]], place[1:], names)
        if not isinstance(body, list) or len(body) < least or not all(_has_any(one, names) for one in body):
            return None
    if isinstance(body, list) and all(isinstance(one, dict) for one in body):
        return body
    return None


def _held(listed: Any, place: Place, names: frozenset[str]) -> Any:
    """Return what each request of a list holds at a place, with the id that is chosen beside it: of a book
    its `bookId`.
    """
    if not place or not isinstance(listed, list):
        return listed
    own = next((name for name in IDS if name in names), "id")
    found = []
    for one in listed:
        item = one.get(place[0]) if isinstance(one, dict) else None
        if not isinstance(item, dict):
            return None
        key = one.get(f"{place[0]}Id", one.get(f"{place[0]}_id"))
        found.append({own: key, **item} if key else item)
    return found


def _has_any(item: Any, names: frozenset[str]) -> bool:
    return isinstance(item, dict) and not names.isdisjoint(item)


def _queried(take: BoundTake, request: Request) -> Sent:
    """Return what a query sets, where an operation takes no body; what is at its default was hardly sent."""
    found = {}
    for parameter, told in take.take.query.items():
        value = request.query.get(parameter)
        if value is not None and (value,) != told.default:
            found[told.members[0][0]] = value
    return found


def _item_in(body: Any, places: tuple[Place, ...], names: frozenset[str]) -> Mapping[str, Any]:
    """Return the item at that of several places where most of its members are."""
    best: Mapping[str, Any] = {}
    most = -1
    for place in places:
        here = _at(body, place)
        if isinstance(here, dict):
            if len(places) == 1:
                return here
            count = len(names.intersection(here))
            if count > most:
                best, most = here, count
    return best


def _at(body: Any, place: Place) -> Any:
    for step in place:
        if not isinstance(body, dict):
            return None
        body = body.get(step)
    return alone(body)


def alone(value: Any) -> Any:
    """Return what stands alone in a list; any other value as it is."""
    if isinstance(value, list) and len(value) == 1:
        return value[0]
    return value


def _exact(value: Any) -> Any:
    """Return 5010.0 as 5010, which is one integer to JSON Schema."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return list(map(_exact, value))
    return value


# ---- identifiers


def chosen_key(collection: BoundCollection, sent: Mapping[str, Any]) -> str:
    """Return the identifier that a request chooses, or "" where it leaves that to the server."""
    if collection.places.chosen:
        key = key_at(collection.places.chosen, sent)
        if key or collection.places.width > 1:
            return key
    names = collection.collection.id.sent_as
    for name, value in sent.items():
        if name in names:
            is_key = isinstance(value, (str, int)) and not isinstance(value, bool)
            if is_key:
                return str(value)
            break
    return ""


def key_at(places: tuple[Place, ...], sent: Mapping[str, Any]) -> str:
    """Return the identifier that stands at a place of an item, or in parts at several."""
    values = [reached(sent, place) for place in places]
    if any(isinstance(value, bool) or not isinstance(value, (str, int)) for value in values):
        return ""
    if len(values) == 1:
        return str(values[0])
    return joined(map(str, values))


def named_keys(plan: BoundPlan, request: Request) -> list[str] | None:
    """Return the ids that a request for many names, or None where it speaks of all of them."""
    if isinstance(plan.plan, Delete) and any(one.test == "stated" for one in plan.plan.filter.values()):
        return None  # the query compares, `id=eq.1`
    identifier = plan.collection.collection.id
    names = set(identifier.listed_as)
    told = [value for name, value in request.query.items() if fold(name) in names and value is not None]
    if isinstance(request.body, dict):
        told += [value for name, value in _unwrapped(request.body).items() if fold(name) in names]
    elif isinstance(request.body, list):
        told.append(request.body)
    takes_ids = isinstance(plan.plan, Delete) and plan.plan.key is not None and plan.plan.key.at == "body"
    if not told and not takes_ids:
        return None
    own = (identifier.member, *identifier.sent_as, *vocabulary.IDS)
    keys = [key for value in told for key in _keys(value, own)]
    if plan.collection.places.names:  # `shelves/1/books/2` names the book 2
        return [key.rpartition("/")[2] for key in keys]
    return keys


def _unwrapped(body: dict[str, Any]) -> dict[str, Any]:
    """Return what a body holds, or the only object that it does: `data` holds what is sent."""
    if len(body) == 1:
        [inner] = body.values()
        if isinstance(inner, dict):
            return inner
    return body


def _keys(value: Any, own: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _keys(one, own)
    elif isinstance(value, Mapping):
        told = next((value[name] for name in own if name in value), None)
        if told is not None:
            yield str(told)
    elif value is not None and value is not NOTHING:
        yield from (key for key in str(value).split(",") if key)
