"""Expanding: which parameters name what an item refers to, to be shown it whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from understudy.contracts.answers import answered, taken
from understudy.contracts.contract import Operation
from understudy.model.asked import Asked, asked_in, asked_of
from understudy.model.bodies import Bodies
from understudy.model.items import Item, Items
from understudy.model.model import Delete, List, Login, Logout, Member, Needs, Plan
from understudy.model.resources import Resource
from understudy.model.selection import without
from understudy.model.vocabulary import EXPANDS, INCLUDED, REFERENCES, RELATIONSHIPS
from understudy.names import by_folded, fold
from understudy.schemas.choice import Parts

_NEVER: Final = (Delete, Login, Logout, Needs)
"""Plans that show no item."""

_TELLING: Final = ("string", "array", "object", "")
"""Types of parameters that can name members."""


class Expansions:
    """The expansions of one contract's operations."""

    def __init__(
        self, items: Items, bodies: Bodies, members: Callable[[Resource], Mapping[str, Member]]
    ) -> None:
        """`members`: returns what is known of the members of a resource's items."""
        self._items, self._bodies, self._members = items, bodies, members
        self._found: dict[str, bool] = {}

    def added(self, plan: Plan, operation: Operation, resource: Resource) -> Plan:
        """Return a plan with the parameters that name what is to be shown whole; the plan itself where there
        are none, or nothing in its items can be.
        """
        item = self._items.of(resource)
        if item is None or isinstance(plan, _NEVER):
            return plan
        own = set(map(fold, item.names))
        named = tuple(one.name for one in self._asked(operation) if _expands(one) and one.folded not in own)
        if not named or not (self._can_expand(item, resource) or self._includes(item, operation)):
            return plan
        plan = replace(plan, expand=named)
        if isinstance(plan, List):
            plan = replace(plan, ignored=without(plan.ignored, named))
        return plan

    def _asked(self, operation: Operation) -> Iterator[Asked]:
        queries = [one for one in operation.parameters if one.location == "query"]
        yield from asked_of(queries, self._bodies.requests)
        yield from asked_in(taken(operation), self._bodies.requests)

    def _can_expand(self, item: Item, resource: Resource) -> bool:
        """Tell whether items have a member that is an id or the whole thing, or a member for what another
        one's id names.
        """
        known = self._found.get(resource.path)
        if known is None:
            members = self._members(resource)
            known = any(map(self._is_either, map(item.member, item.names)))
            for name in members.keys() & set(item.names):
                known |= _is_beside(name, members[name], item)
            self._found[resource.path] = known
        return known

    def _is_either(self, parts: Parts) -> bool:
        """Tell whether a member, or each of its elements, may be a scalar and may be an object."""
        if not parts:
            return False
        shape = self._bodies.responses.of(parts)
        if shape.kind == "array" and shape.items:
            shape = self._bodies.responses.of(shape.items)
        for choice in shape.choices:
            kinds = {self._bodies.whole(branch).kind for branch in choice.branches if branch}
            if "object" in kinds and not kinds.isdisjoint(("string", "integer")):
                return True
        return False

    def _includes(self, item: Item, operation: Operation) -> bool:
        """Tell whether an answer has a place for what its items are linked to (JSON:API §5.4)."""
        schema = answered(operation)
        if schema is None or RELATIONSHIPS.known.isdisjoint(map(fold, item.names)):
            return False
        return INCLUDED in self._bodies.whole((schema,)).declared


def _expands(parameter: Asked) -> bool:
    words = {fold(parameter.name.partition("[")[0]), parameter.folded}
    return parameter.type in _TELLING and not words.isdisjoint(EXPANDS.known)


def _is_beside(name: str, member: Member, item: Item) -> bool:
    """Tell whether an item has a member for what another one's id names: `customer` beside `customer_id`."""
    if not member.refers_to or member.within:
        return False
    own, names = fold(name), by_folded(item.names)
    return any(own.endswith(ending) and own.removesuffix(ending) in names for ending in REFERENCES)
