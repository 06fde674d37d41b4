"""Held lists: what is put into a list within an item, changed there or taken out, and the item as it is
then.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from contextlib import suppress
from functools import partial
from typing import Any, Final

from msgspec.structs import replace

from understudy.engine.address import Address, item_told, told
from understudy.engine.answering import Answers
from understudy.engine.authored import Examples
from understudy.engine.binding import Binder, BoundPlan
from understudy.engine.factory import Factory, Target, descended
from understudy.engine.identity import as_kind
from understudy.engine.lines import Line, lines_of
from understudy.engine.records import Records
from understudy.errors import RecordExists, RecordNotFound
from understudy.messages import NOTHING, Request, Response
from understudy.model.lifecycle import says_gone
from understudy.model.model import Held
from understudy.model.selection import only
from understudy.model.vocabulary import IDS
from understudy.names import fold, singular
from understudy.schemas.fitting import set_if_valid
from understudy.schemas.shape import Shape
from understudy.state.store import INTERNAL, Record, Value

_CHANGED: Final = f"{INTERNAL}changed lists"
"""Items whose lists somebody changed: from then on nothing else is in them."""


class HeldLists:
    """The lists within items of one contract that operations below these change."""

    def __init__(self, binder: Binder, factory: Factory, examples: Examples) -> None:
        """`examples`: tell of which collection a member names an item."""
        self._binder, self._factory, self._examples = binder, factory, examples
        self._lines: dict[str, Sequence[Line]] = {}

    async def change(
        self, plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
    ) -> Response:
        """Change the list that an item holds, and show the item. Raises RecordNotFound."""
        held = plan.plan.within
        assert held is not None
        holder, key = item_told(held, self._binder, request, address.context)
        await holder.context.ready(holder.name)
        await records.existing(holder, key)
        place = f"{holder.name} {key}"
        is_changed = await holder.store.get(_CHANGED, place) is not None
        is_known = is_changed or not records.any_id
        changes = False

        async def said(record: Record) -> Value:
            nonlocal changes
            lines = await self._changed(held, holder, record, plan, request, is_known=is_known)
            changes = lines != record.value.get(held.member)
            return self._with_sums(holder, record, held.member, lines)

        record = await records.revise(holder, key, said, replace(plan, take=None))
        if changes and not is_changed:
            with suppress(RecordExists):
                await holder.store.insert(_CHANGED, place, {})
        shown = plan.answer.as_asked(request.answer_type).one if plan.answer is not None else None
        if plan.answer is None or shown is None:
            return await answers.documented(address.context, request)
        if plan.operation.method == "delete" and shown.view.shows == "own" and shown.target is not None:
            response = await answers.documented(address.context, request)
            return self._said_gone(response, shown.target, held, request, record)
        return answers.one(plan.answer, holder, record, request)

    def _said_gone(
        self, response: Response, target: Target, held: Held, request: Request, record: Record
    ) -> Response:
        """Let an answer that shows no such item say which line is gone, and show the item it was in."""
        body = response.body
        item = descended(body, target.place)
        if not isinstance(item, dict):
            return response
        for name, parts in target.shape.declared.items():
            shape = self._factory.whole(parts or ())
            said: Any = NOTHING
            if fold(name) in IDS and held.one is not None:
                said = as_kind(told(held.one, request), shape.kind)
            elif says_gone(name):
                said = True
            elif held.member in shape.declared:
                said = record.value
            if said is not NOTHING:
                set_if_valid(item, name, [said], lambda: target.is_valid_body(body))
        return response

    async def _changed(
        self,
        held: Held,
        holder: Address,
        record: Record,
        plan: BoundPlan,
        request: Request,
        *,
        is_known: bool,
    ) -> list[Any]:
        """Return the lines of an item as a request leaves them. is_known: whether only those are there which
        it has; else any id is good.
        """
        lines = list(record.value.get(held.member) or [])
        deletes = held.does == "take out" or (plan.operation.method == "delete" and not held.does)
        sent: Value = {}
        if isinstance(request.body, dict):
            sent = request.body
        if held.does == "empty" or (held.one is None and deletes):
            return []
        if held.one is None:
            return [*lines, await self._line(holder, held.member, sent, lines, len(lines))]
        key = str(told(held.one, request))
        place = _place(lines, key, held.one.name)
        if place == len(lines) and is_known:
            raise RecordNotFound(singular(fold(held.member)), key)
        if deletes:
            return lines[:place] + lines[place + 1 :]
        line = await self._line(holder, held.member, sent, lines, place)
        return [*lines[:place], line, *lines[place + 1 :]]

    def _with_sums(
        self, holder: Address, record: Record, member: str, lines: Sequence[Any]
    ) -> dict[str, Any]:
        """Return what a write says of an item of which a list is another now: the list, and its sums."""
        target = holder.collection.target
        assert target is not None
        item = {**record.value, member: lines}
        self._factory.let_agree(target.shape, item, {member})
        changed = {name: value for name, value in item.items() if record.value.get(name) != value}
        return {**changed, member: lines}

    # -- one of a list

    async def _line(
        self, holder: Address, member: str, sent: Value, lines: Sequence[Any], place: int
    ) -> Value:
        """Return one of a list once something is sent of it: it shows what it names, and its sum follows."""
        assert holder.collection.target is not None
        parts = holder.collection.target.shape.declared[member] or ()
        shape = self._factory.whole(self._factory.whole(parts).items)
        is_new = place >= len(lines)
        before: Value = _next_id(lines, shape) if is_new else dict(lines[place])
        said = {**only(sent, shape.declared), **await self._shown(holder, shape, sent)}
        said |= await self._itself(holder, shape, sent)
        fake = partial(holder.fake, "line", place, *map(str, sent.values()))
        made = self._factory.fresh(shape.parts, fake()) if is_new else None
        if isinstance(made, dict):  # with all of it, so that the sums are those of what is shown
            before = {**made, **before}
        line = dict(self._factory.within_list(parts, {**before, **said}, fake))
        fixed: Set[str] = said.keys()
        for known in self._lines_of(holder, member):
            copied = await self._copied(holder, known, line, sent)
            line.update(copied)
            fixed = fixed | copied.keys()
        self._factory.let_agree(shape, line, fixed)
        return line

    def _lines_of(self, holder: Address, member: str) -> Sequence[Line]:
        target, name = holder.collection.target, holder.collection.name
        assert target is not None
        known = self._lines.get(name)
        if known is None:
            known = tuple(lines_of(target.shape, self._factory.whole, self._examples.naming, name))
            self._lines[name] = known
        return [line for line in known if line.name == member]

    async def _copied(self, holder: Address, known: Line, line: Value, sent: Value) -> dict[str, Any]:
        """Return what a line says of what it names by an id of its own."""
        record = await self._record(holder, known.copies.of, known.copies.key(line))
        if record is None:
            return {}
        return known.copies.told(line, record.value, sent)

    async def _shown(self, holder: Address, shape: Shape, sent: Value) -> Value:
        """Return the members of a line that show what ids name which were sent: `product` by `productId`."""
        found: dict[str, Any] = {}
        for name, key in sent.items():
            named = self._examples.naming.of(name)
            if named is None or name in shape.declared:
                continue
            for inner, parts in shape.declared.items():
                held = self._factory.whole(parts or ())
                if held.kind == "object" and self._examples.naming.noun(inner) == named.collection:
                    record = await self._record(holder, named.collection, str(key))
                    found[inner] = _as_shown(record, named.collection, held, key, self._binder)
        return found

    async def _itself(self, holder: Address, shape: Shape, sent: Value) -> Value:
        """Return what is put into a list of items by the id that alone is sent: the user of a `user_id`."""
        if len(sent) != 1:
            return {}
        [(name, key)] = sent.items()
        named = self._examples.naming.of(name)
        if named is None or name in shape.declared:
            return {}
        known = self._binder.model.collections[named.collection]
        if known.id.member not in shape.declared or not shape.declared.keys() <= known.members.keys():
            return {}
        record = await self._record(holder, named.collection, str(key))
        if record is None:
            return {}
        return only(record.value, shape.declared)

    async def _record(self, holder: Address, name: str, key: str) -> Record | None:
        there = Address(self._binder.collection(name), holder.context, {}, name)
        await holder.context.ready(there.name)
        return await there.store.get(there.name, key)


def _as_shown(record: Record | None, name: str, held: Shape, key: Any, binder: Binder) -> Value:
    """Return an item as an object within another shows it; its id alone where it is not there."""
    if record is not None:
        return only(record.value, held.declared)
    return {binder.collection(name).collection.id.member: key}


def _next_id(lines: Sequence[Any], shape: Shape) -> dict[str, Any]:
    """Return the id of another line where those that are there are counted."""
    name = next((one for one in shape.declared if fold(one) in IDS), "")
    highest = 0
    for line in lines:
        own = line.get(name) if isinstance(line, dict) else None
        if not isinstance(own, int):
            return {}
        highest = max(highest, own)
    is_counted = bool(name) and bool(lines)
    return {name: highest + 1} if is_counted else {}


def _place(lines: Sequence[Any], key: str, called: str) -> int:
    """Return where the line of an id stands, behind the last where there is none such. called: what the
    request calls the id, as a line may call what it names, `productId`.
    """
    for place, line in enumerate(lines):
        if not isinstance(line, dict):
            continue
        told = [str(value) for name, value in line.items() if fold(name) == fold(called)]
        if key in (told or _ids_of(line)):
            return place
    return len(lines)


def _ids_of(line: Value) -> list[str]:
    """Return what a line may be found by: its own id, else those of what it names."""
    own = [str(value) for name, value in line.items() if fold(name) in IDS]
    if own:
        return own
    return [str(value) for name, value in line.items() if fold(name).endswith(IDS.ranked)]
