"""Vouching: what is large in a request and was judged in pieces, as an answer would show it, is not judged
again in one go when a record is made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final

from understudy.model.model import Place
from understudy.schemas.piecewise import is_larger

LARGE: Final = 2_000
"""Values within a member from which on it is vouched for."""
_FEW: Final = 20
"""Items that stand for all of them, since all are good."""


class Vouched:
    """The large members that are known to be good, while the request is answered that brought them."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], Any] = {}  # by the schema that shows them and their name

    def add(self, schema: str, name: str, value: Any) -> None:
        """Vouch for a member of what a schema, named by its address, shows."""
        self._values[schema, name] = value

    def forget(self) -> None:
        """Vouch for nothing any more."""
        self._values.clear()

    def judging(self, schema: str, place: Place, is_valid: Callable[[Any], bool]) -> Callable[[Any], bool]:
        """Return what tells whether a body with an item at a place is valid, and looks at little of the
        members that are vouched for.
        """
        values = self._values

        def judge(body: Any) -> bool:
            if not values:
                return is_valid(body)
            shorter = _shortened(body, place, self._names(schema, body, place))
            return is_valid(shorter) or (shorter is not body and is_valid(body))

        return judge

    def _names(self, schema: str, body: Any, place: Place) -> list[str]:
        """Name the members of an item that are those somebody vouched for."""
        item = _at(body, place)
        if not isinstance(item, dict):
            return []
        named = ((name, value) for (shown_by, name), value in self._values.items() if shown_by == schema)
        return [name for name, value in named if name in item and item[name] == value]


def large_members(sent: Any) -> Iterator[tuple[str, Any]]:
    """Yield the members of what was sent that are worth vouching for."""
    if isinstance(sent, dict):
        for name, value in sent.items():
            if isinstance(value, (dict, list)) and is_larger(value, LARGE):
                yield name, value


def _at(body: Any, place: Place) -> Any:
    for step in place:
        body = body.get(step) if isinstance(body, dict) else None
    return body


def _shortened(body: Any, place: Place, names: list[str]) -> Any:
    """Return a body in which some members of its item stand for themselves with a few of their items."""
    if not names:
        return body
    if place:
        return {**body, place[0]: _shortened(body[place[0]], place[1:], names)}
    return {**body, **{name: _few_of(body[name]) for name in names}}


def _few_of(value: Any) -> Any:
    if isinstance(value, list):
        return [_few_of(item) for item in value[:_FEW]]
    if isinstance(value, dict) and is_larger(value, LARGE):
        few = value.items() if len(value) <= LARGE else islice(value.items(), _FEW)
        return {name: _few_of(member) for name, member in few}
    return value
