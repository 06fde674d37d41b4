"""Viewing: who asks, where the items that an operation is about say what whoever asks did to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from understudy.engine.address import Address, addressed
from understudy.engine.binding import Binder, BoundCollection, BoundPlan
from understudy.engine.viewers import TURNED, Viewer, viewer_key
from understudy.handler import Context
from understudy.messages import Request
from understudy.model.model import List
from understudy.state.conditions import META, Test
from understudy.state.store import Record

Sees = Callable[[Request, Context], Awaitable[Viewer | None]]


class Viewing:
    """Tells the viewers of one contract's items."""

    def __init__(self, binder: Binder) -> None:
        self._binder = binder

    def of(self, plan: BoundPlan) -> Sees:
        """Return what tells who asks; of what depends on nobody, nobody."""
        if not self.depends_on_caller(plan):
            return _nobody
        asks_followed = self._asks_followed(plan)

        async def sees(request: Request, context: Context) -> Viewer:
            return await self._viewer(request, context, asks_followed=asks_followed)

        return sees

    def depends_on_caller(self, plan: BoundPlan) -> bool:
        """Tell whether what an operation shows is another for another caller."""
        return bool(self._main(plan).viewed) or self._asks_followed(plan)

    def _asks_followed(self, plan: BoundPlan) -> bool:
        is_followed = isinstance(plan.plan, List) and bool(plan.plan.followed)
        return is_followed or bool(self._main(plan).authors)

    def _main(self, plan: BoundPlan) -> BoundCollection:
        if not plan.collection.collection.of:
            return plan.collection
        return self._binder.collection(plan.collection.collection.of)

    async def _viewer(self, request: Request, context: Context, *, asks_followed: bool) -> Viewer:
        key, user = viewer_key(request.caller), request.caller.user
        users = self._users(context)
        if users is None:
            return Viewer(key, (key,))
        names = {key}
        record = await users.store.get(users.name, user)
        if record is not None:
            names |= _names_of(users.collection, record)
        follows = {}
        for flag in users.collection.viewed if asks_followed else ():
            page = await users.store.list(users.name, where=Test((META, TURNED, flag, key), "ne", None))
            follows[flag] = _names_of_all(users.collection, page.records)
        return Viewer(key, tuple(sorted(names)), follows)

    def _users(self, context: Context) -> Address | None:
        name = self._binder.model.users
        if not name or name not in self._binder.model.collections:
            return None
        return addressed(self._binder.collection(name), {}, self._binder, context)


async def _nobody(request: Request, context: Context) -> None:  # noqa: ARG001  # as a viewer is told
    return None


def _names_of(users: BoundCollection, record: Record) -> set[str]:
    """Return what a user is called by others: their key, and what they log in by."""
    names, value = {record.key}, record.value
    for member in users.collection.login:
        said = value.get(member)
        if isinstance(said, str) and said:
            names.add(said)
    return names


def _names_of_all(users: BoundCollection, records: Iterable[Record]) -> frozenset[str]:
    names: set[str] = set()
    for record in records:
        names |= _names_of(users, record)
    return frozenset(names)
