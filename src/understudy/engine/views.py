"""Views: the bodies in which items and lists are shown, as bytes; one of an item is made once for each
revision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson

from understudy.contracts.source import Node
from understudy.engine.address import Address
from understudy.engine.binding import BoundList, BoundView
from understudy.engine.factory import Factory, Known, Target, descended
from understudy.engine.identity import as_kind, identity_of, sent_of
from understudy.engine.kept import Kept
from understudy.engine.outcomes import say_well
from understudy.engine.overlay import copied
from understudy.engine.pages import STAYS, unsaid
from understudy.engine.reading import Reading
from understudy.engine.viewers import UNKEPT
from understudy.handler import Context
from understudy.media.json_codec import encode, read_back
from understudy.messages import NOTHING
from understudy.model.items import VALUE
from understudy.model.model import Place
from understudy.model.vocabulary import ALARMS
from understudy.names import fold
from understudy.schemas.fitting import set_if_valid
from understudy.schemas.generator import Ungeneratable
from understudy.state.store import UNCHECKED, Record

KEPT_BYTES: Final = 64 * 1024 * 1024
"""What the views of one contract may hold at most, over all sessions."""
_MOST_TRUSTED: Final = 4096
"""Patterns of envelopes that are remembered; those that repeat what was asked are as many as questions."""
_AROUND: Final = 400
"""Bytes that a view takes beside its own: without them small items would take many times the room."""
_NONE: Final[Mapping[Any, Any]] = {}
_SILENT: Final[tuple[Any, ...]] = (NOTHING, None, "", [], {})
"""What says that nothing is wrong, the plainest first."""


class _Shown(NamedTuple):
    """A view of an item, as it was at one revision of it."""

    revision: int
    data: bytes


class Views:
    """The views of one contract."""

    def __init__(self, reading: Reading, factory: Factory, limit: int = KEPT_BYTES) -> None:
        self._reading, self._factory = reading, factory
        self._kept: Kept[tuple[int, int, str, str], _Shown] = Kept(limit)
        self._frames: dict[int, Any] = {}
        self._names: dict[int, set[str] | None] = {}
        self._envelopes: dict[int, Any] = {}
        self._trusted: set[tuple[Any, ...]] = set()

    # -- one item

    def item(self, address: Address, record: Record, view: BoundView) -> bytes:
        """Return a record as the bytes of a body. Raises Ungeneratable."""
        if view.stated is not None:
            return view.stated
        if view.is_item and "unfit" not in record.meta:
            return record.data
        if record.revision == UNKEPT:
            return encode(self._body(address, record, view))
        place = (address.context.world.number, view.number, address.name, record.key)
        kept = self._kept.get(place)
        if kept is not None and kept.revision == record.revision:
            return kept.data
        data = encode(self._body(address, record, view))
        # A copy: orjson's results hold a buffer of 8 KiB.
        self._kept.put(place, _Shown(record.revision, bytes(memoryview(data))), len(data) + _AROUND)
        return data

    def nearest(self, address: Address, record: Record, view: BoundView) -> bytes:
        """Return a record as the nearest bytes to a body that cannot be as its contract wants it."""
        assert view.schema is not None
        body = self._factory.nearest(view.schema, address.fake(record.key))
        if view.target is None:
            return encode(body)
        made = descended(body, view.target.place)
        if not isinstance(made, dict):
            return encode(record.value)
        shown = {name: value for name, value in record.value.items() if name in view.target.shape.declared}
        return encode(placed(body, view.target.place, made | shown))

    def _body(self, address: Address, record: Record, view: BoundView) -> Any:
        item = record.value
        if view.schema is None:
            return {**sent_of(record), **item}
        if view.view.shows == "key":
            key = as_kind(record.key, self._reading.whole((view.schema,)).kind)
            if self._reading.validator(view.schema).is_valid(key):
                return key
        if view.view.shows == "value" and self._reading.validator(view.schema).is_valid(item.get(VALUE)):
            return item[VALUE]
        if view.target is None:
            return self._factory.generated(view.schema, address.fake(record.key), varied=True)
        if address.collection.target is not None:
            body = self._around(address, item, view, view.target)
            if body is not NOTHING:
                return body
        return self._made(address, record, item, view.target, view)

    def _say_well(self, body: Any, schema: Node, around: Place = ()) -> None:
        """Let what says how a request went say that it went well. around: where the item or the list
        stands.
        """
        is_valid, shape = self._reading.validator(schema).is_valid, self._reading.whole((schema,))
        say_well(body, lambda name: self._factory.is_told(shape, name), lambda: is_valid(body), around=around)

    def _around(self, address: Address, item: Any, view: BoundView, target: Target) -> Any:
        """Return a body whose item is all, or some, of what is stored; NOTHING where that is not valid."""
        if view.view.shows == "own" or view.view.identity:
            return NOTHING
        shown = item
        if view.view.shows == "part":
            shown = {name: value for name, value in item.items() if name in target.shape.declared}
        if not target.place:
            return _where_valid(shown, target)
        return self._framed(address, shown, view, target)

    def _framed(self, address: Address, item: Any, view: BoundView, target: Target) -> Any:
        """Return a body with an item at its place; NOTHING where that is not valid."""
        return _where_valid(placed(self._frame(address.context, view, target), target.place, item), target)

    def _frame(self, context: Context, view: BoundView, target: Target) -> Any:
        """Return what stands around an item, made once; NOTHING where nothing valid can."""
        if view.number not in self._frames:
            fake = context.fake("frame", target.schema.address)
            try:
                frame = self._factory.body(target, Known(kept=_NONE), fake)
                _without_alarms(frame, target)
                self._say_well(frame, target.schema, target.place)
                self._frames[view.number] = _item_first(frame, target.place)
            except Ungeneratable:
                self._frames[view.number] = NOTHING
        return self._frames[view.number]

    def _made(self, address: Address, record: Record, item: Any, target: Target, view: BoundView) -> Any:
        """Return a body of its own, with what is stored wherever it has a place for it. Raises
        Ungeneratable.
        """
        collection, sent = address.collection, sent_of(record)
        identity = {
            **identity_of(address, record.key),
            **self._identity_of_view(address, record, target, view),
        }
        kept = {**item, **identity}
        for name in collection.sayable_parents.intersection(item):
            kept[name] = item[name]
        unsent = collection.gone
        if not record.meta.get("made"):
            unsent = collection.over | (collection.settable - sent.keys() - kept.keys())
            if collection.target is not None:  # what it has a member for and does not say
                unsent |= collection.target.shape.declared.keys() - kept.keys()
        known = Known(kept=kept, sent={**collection.begins, **sent}, unsent=frozenset(unsent))
        body = self._plainly(address, record, known, target, view)
        if body is NOTHING:
            body = _item_first(self._factory.body(target, known, address.fake(record.key)), target.place)
        if view.view.shows == "own" and address.context.operation.method == "delete":
            self._say_well(body, target.schema)
        return body

    def _plainly(
        self, address: Address, record: Record, known: Known, target: Target, view: BoundView
    ) -> Any:
        """Return a body made member by member of what is stored; NOTHING where that is not valid."""
        names = self._names_of(view, target)
        shown = {name: value for name, value in known.names.items() if names is None or name in names}
        part = Known(kept=shown, unsent=known.unsent)
        item = self._factory.plainly(target, part, _NONE, lambda: address.fake(record.key))
        if item is None:
            return NOTHING
        if not target.place:
            return item
        return self._framed(address, item, view, target)

    def _names_of(self, view: BoundView, target: Target) -> set[str] | None:
        """Name the members that a view's item may have; None where it may have any."""
        if view.number not in self._names:
            self._names[view.number] = self._factory.member_names(target, target.shape, _NONE)
        return self._names[view.number]

    def _identity_of_view(
        self, address: Address, record: Record, target: Target, view: BoundView
    ) -> dict[str, Any]:
        found = {}
        for name, parent in view.view.identity.items():
            said = address.scope.get(parent, "") if parent else record.key
            parts = target.shape.declared.get(name)
            if parts:
                said = as_kind(said, self._reading.whole(parts).kind)
            found[name] = said
        return found

    # -- many

    def list(
        self,
        context: Context,
        view: BoundList,
        items: Sequence[bytes],
        says: Mapping[Place, Any] = _NONE,
        records: Sequence[Record] = (),
    ) -> bytes:
        """Write a list of items that are bytes already. says: by place, what the members around it say of the
        page. records: of which the items are.

        What was valid once is not validated again: the items by themselves, the envelope by the pattern of
        its values.
        """
        if not view.place:
            return self._bare(context, view, items)
        envelope = self._envelope(context, view)
        if not isinstance(envelope, dict):
            return encode(envelope)
        pattern = (view.number, bool(items), *(type(value) for value in says.values()))
        if view.asked:
            pattern += tuple(map(repr, map(says.get, view.asked)))
        if pattern not in self._trusted:
            data = self._carefully(view, envelope, _judged(items, records), says)
            if data is not None:
                return data
            if len(self._trusted) >= _MOST_TRUSTED:
                self._trusted.clear()
            self._trusted.add(pattern)
        return self._quickly(view, envelope, items, says)

    @staticmethod
    def _quickly(
        view: BoundList, envelope: dict[str, Any], items: Sequence[bytes], says: Mapping[Place, Any]
    ) -> bytes:
        """Put items as they are, and what is said of them, into an envelope that takes both."""
        body = dict(envelope)
        own: set[int] = set()
        put_at(body, view.place, [orjson.Fragment(one) for one in items], own)
        for place, value in says.items():
            put_at(body, place, value, own)
        try:
            return orjson.dumps(body)
        except orjson.JSONEncodeError:  # an integer beyond 64 bits stands around them
            put_at(body, view.place, list(map(read_back, items)), own)
            return encode(body)

    def count(self, context: Context, view: BoundList, says: Mapping[Place, Any]) -> bytes:
        """Write a body that says of a list only how long it is: a number, or an object that has it."""
        if () in says:
            return encode(says[()])
        body = dict(self._envelope(context, view))
        for place, value in says.items():
            put_at(body, place, value, set())
        return encode(body)

    def _bare(self, context: Context, view: BoundList, items: Sequence[bytes]) -> bytes:
        data = b"[" + b",".join(items) + b"]"
        if view.guarded and not view.is_valid(read_back(data)):
            return encode(self._envelope(context, view))
        return data

    def nearest_list(self, context: Context, view: BoundList, items: Sequence[bytes]) -> bytes:
        """Write a list whose surroundings cannot be as the contract wants them."""
        assert view.schema is not None
        body = self._factory.nearest(view.schema, context.fake("list", view.schema.address))
        made = descended(body, view.place)
        if isinstance(made, list) and made and not isinstance(made[0], dict):
            return encode(body)  # a list of texts or numbers shows no records
        values = [read_back(one) for one in items]
        holder = _holder(body, view.place) if view.place else None
        if not view.place:
            return encode(values)
        if holder is not None:
            holder[view.place[-1]] = values
        return encode(body)

    def _envelope(self, context: Context, view: BoundList) -> Any:
        """Return what stands around a list, made once. Raises Ungeneratable."""
        if view.number not in self._envelopes:
            assert view.schema is not None
            fake = context.fake("list", view.schema.address)
            envelope = self._factory.generated(view.schema, fake)
            for place, value in view.always.items():
                put_at(envelope, place, NOTHING, set())
                put_at(envelope, place, value, set())
            for place in view.asked:
                silent = unsaid(view.says[place])
                if silent is not STAYS:
                    put_at(envelope, place, NOTHING, set())
                    put_at(envelope, place, silent, set())
            self._say_well(envelope, view.schema, view.place)
            self._envelopes[view.number] = envelope
        return self._envelopes[view.number]

    @staticmethod
    def _carefully(
        view: BoundList, envelope: Any, items: Sequence[bytes], says: Mapping[Place, Any]
    ) -> bytes | None:
        """Fill an envelope member by member, each as far as it is valid; None where all of it is, and always
        will be.
        """
        body = copied(envelope)

        def is_valid() -> bool:
            return view.is_valid(body)

        whole = not view.guarded
        values = {view.place: [read_back(one) for one in items], **says}
        for place, value in values.items():
            holder = _holder(body, place)
            if holder is not None:
                candidates = [_merged(holder.get(place[-1]), value)]
                whole &= set_if_valid(holder, place[-1], candidates, is_valid)
        if whole:
            return None
        return encode(body)


def _judged(items: Sequence[bytes], records: Sequence[Record]) -> Sequence[bytes]:
    """Return the items that a list is judged by: not those of which somebody said that they are meant as they
    are.
    """
    if len(items) != len(records):
        return items
    return [one for one, record in zip(items, records, strict=True) if UNCHECKED not in record.meta]


def _where_valid(body: Any, target: Target) -> Any:
    """Return a body where its contract takes it; else NOTHING."""
    if body is NOTHING or not target.is_valid_body(body):
        return NOTHING
    return body


def _without_alarms(frame: Any, target: Target) -> None:
    """Leave out of what stands around an item what a success has nothing to say in, such as an error."""
    if not isinstance(frame, dict):
        return
    for name in list(frame):
        if fold(name) in ALARMS and name not in target.place[:1]:
            set_if_valid(frame, name, _SILENT, lambda: target.is_valid_body(frame))


def _item_first(body: Any, place: Place) -> Any:
    """Return a body whose item stands before other objects, such as the action that makes it: a client that
    looks for an id meets the item's first.
    """
    if not isinstance(body, dict) or not place or place[0] not in body:
        return body
    names = list(body)
    before = names[: names.index(place[0])]
    if not any(isinstance(body[name], (dict, list)) for name in before):
        return body
    rest = {name: value for name, value in body.items() if name != place[0]}
    return {place[0]: body[place[0]], **rest}


def placed(body: Any, place: Place, item: Any) -> Any:
    """Return a copy of a body with another item at a place, all else shared; NOTHING where there is no such
    place.
    """
    if isinstance(body, list) and body:
        inner = placed(body[0], place, item)
        if inner is NOTHING:
            return NOTHING
        return [inner]
    if not place:
        return item
    if not isinstance(body, dict) or place[0] not in body:
        return NOTHING
    inner = placed(body[place[0]], place[1:], item)
    if inner is NOTHING:
        return NOTHING
    return {**body, place[0]: inner}


def put_at(body: dict[str, Any], place: Place, value: Any, own: set[int]) -> None:
    """Put a value at a place of a body; NOTHING takes the member out. own: the objects on the way that are
    copies already.
    """
    holder = body
    for step in place[:-1]:
        inner = holder.get(step)
        if not isinstance(inner, dict):
            return
        if id(inner) not in own:
            inner = dict(inner)
            own.add(id(inner))
        holder[step] = inner
        holder = inner
    name = place[-1]
    if value is NOTHING:
        holder.pop(name, None)
    else:
        holder[name] = _merged(holder.get(name), value)


def _merged(before: Any, value: Any) -> Any:
    """Return a link that is an object with what else stands in it; any other value as it is."""
    if isinstance(value, dict) and isinstance(before, dict):
        return {**before, **value}
    return value


def _holder(body: Any, place: Place) -> dict[str, Any] | None:
    for step in place[:-1]:
        if not isinstance(body, dict):
            return None
        body = body.get(step)
    return body if isinstance(body, dict) else None
