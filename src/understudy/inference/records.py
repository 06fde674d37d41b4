"""Records of inferred resources: under which key they stand, what is in them, and how one is made or found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.contracts.contract import Contract, MediaType
from understudy.errors import RecordExists, RecordNotFound
from understudy.handler import Context
from understudy.inference.lifecycle import CREATED, GONE, OVER, UPDATED, beginnings, stamp
from understudy.inference.members import Members
from understudy.inference.relations import Relation, Relations, related
from understudy.inference.rendering import Rendering, Told
from understudy.inference.roles import Inference
from understudy.inference.shelves import Shelf
from understudy.inference.stored import whole
from understudy.messages import NOTHING, Request
from understudy.names import fold
from understudy.schemas.direction import Direction
from understudy.schemas.fitting import set_if_valid
from understudy.schemas.generator import Generator, Ungeneratable
from understudy.schemas.validators import validators_of
from understudy.state.store import Record, Value

_ATTEMPTS = 20  # at an identifier nobody has


class Records:
    """The records of one contract's inferred resources."""

    def __init__(self, contract: Contract, generator: Generator, *, any_id: bool) -> None:
        self.any_id = any_id
        self.inference = Inference(contract)
        self.bodies = self.inference.bodies
        self._validators = validators_of(contract, Direction.RESPONSE)
        self.rendering = Rendering(self.bodies, generator, self._validators.for_node)
        self._relations = Relations(self.inference.resources.values(), self.bodies)
        self.members = Members(contract, self.bodies, self.rendering)

    # -- finding

    async def existing(self, shelf: Shelf, key: str) -> Record:
        """Return an item; where any id will do, one that was never deleted is made. Raises RecordNotFound."""
        await shelf.context.ready(shelf.collection)
        store = shelf.context.store
        record = await store.get(shelf.collection, key)
        if record is not None:
            return record
        if not (self.any_id or shelf.resource.singleton) or await store.get(shelf.gone, key) is not None:
            raise RecordNotFound(shelf.resource.name, key)
        return await self.insert(shelf, key, {}, made=True)

    async def doomed(self, shelf: Shelf, key: str) -> Record:
        """Return what a delete is about. Where any id will do, deleting twice is deleting once (RFC 9110 §9.2.2)."""
        gone = await shelf.context.store.get(shelf.gone, key) if self.any_id else None
        return gone or await self.existing(shelf, key)

    async def was_created(self, shelf: Shelf, key: str, *, borrowed: bool = True) -> bool:
        """Tell whether there was an item that somebody created and that was deleted since; `borrowed`: whatever its id."""
        gone = await shelf.context.store.get(shelf.gone, key)
        return (
            gone is not None
            and whole(gone.value)["created"]
            and (borrowed or not whole(gone.value)["borrowed"])
        )

    async def revive(self, shelf: Shelf, key: str) -> None:
        """Let a change bring back an item that nobody ever created, where any id will do: it existed only for being asked for."""
        if self.any_id and not await self.was_created(shelf, key):
            await self.restored(shelf, key)

    # -- writing

    async def new(self, shelf: Shelf, sent: Value, *, made: bool = False) -> Record:
        """Insert an item under the key that was sent, or one that is made up and free. Raises RecordExists where a conflict is declared."""
        store, key = shelf.context.store, self.members.chosen_key(shelf.resource, sent)
        if key:
            is_servers = self._is_servers(shelf, sent)
            await store.delete(shelf.gone, key)
            known = await store.get(shelf.collection, key)
            taken = known is not None and whole(known.value)["created"]
            if known is None or (taken and not is_servers and "409" in shelf.context.operation.responses):
                return await self.insert(shelf, key, sent, created=True, borrowed=is_servers)
            if not (taken and is_servers):
                value = {
                    **self.value(shelf, key, sent, {}, sent, made=False),
                    "created": True,
                    "borrowed": is_servers,
                }
                return await store.replace(
                    shelf.collection, key, value
                )  # only asked for so far, or no answer for a conflict is declared
        for _ in range(_ATTEMPTS):
            key = self.invented_key(shelf, await store.increment(f"ids {shelf.collection}"))
            if await store.get(shelf.gone, key) is not None:
                continue
            try:
                return await self.insert(shelf, key, sent, made=made, created=True)
            except RecordExists as error:
                if error.field != "key":
                    raise
        raise RecordExists(shelf.resource.name, "id", key)

    async def insert(
        self,
        shelf: Shelf,
        key: str,
        sent: Value,
        *,
        made: bool = False,
        created: bool = False,
        borrowed: bool = False,
    ) -> Record:
        """Insert an item. Raises RecordExists."""
        value = {
            **self.value(shelf, key, sent, {}, sent, made=made),
            "created": created,
            "borrowed": borrowed,
        }
        if not made:
            stamp(value, CREATED | UPDATED, await shelf.context.tick(shelf.collection))
        return await shelf.context.store.insert(
            shelf.collection, key, value, unique=await self._claimed(shelf, key, value)
        )

    async def replace(self, shelf: Shelf, before: Record, sent: Value) -> Record:
        """Put what was sent in place of an item; what this operation cannot set stays. Raises RecordExists."""
        known = whole(before.value)
        settable = self.members.asked(shelf.context.operation).keys() or self.members.settable(shelf.resource)
        stays = {
            name
            for name in known["item"]
            if name not in settable or sent.get(name, NOTHING) == known["sent"].get(name)
        }
        kept = {name: value for name, value in known["item"].items() if name in stays}
        news = {name: value for name, value in sent.items() if name not in stays}
        told = {**{name: value for name, value in known["sent"].items() if name not in settable}, **sent}
        return await self._changed(
            shelf, before, self.value(shelf, before.key, told, kept, news, made=False, before=known["item"])
        )

    async def update(self, shelf: Shelf, before: Record, sent: Value) -> Record:
        """Lay what was sent over an item. Raises RecordExists."""
        known = whole(before.value)
        told = {**known["sent"], **sent}
        return await self._changed(
            shelf, before, self.value(shelf, before.key, told, known["item"], sent, made=known["made"])
        )

    async def _changed(self, shelf: Shelf, before: Record, value: Value) -> Record:
        value = {**value, **{name: whole(before.value)[name] for name in ("created", "borrowed")}}
        stamp(value, UPDATED, await shelf.context.tick(shelf.collection))
        claimed = await self._claimed(shelf, before.key, value)
        return await shelf.context.store.replace(shelf.collection, before.key, value, unique=claimed)

    async def delete(self, shelf: Shelf, record: Record) -> None:
        """Delete an item, and remember that it is gone."""
        if await shelf.context.store.delete(shelf.collection, record.key):
            await shelf.context.store.insert(shelf.gone, record.key, whole(record.value))

    async def restored(self, shelf: Shelf, key: str) -> None:
        """Forget that an item is gone."""
        await shelf.context.store.delete(shelf.gone, key)

    async def _claimed(self, shelf: Shelf, key: str, value: Value) -> dict[str, str]:
        """Return the values of an item that no other may have; what was made up gives way to what is there."""
        claimed: dict[str, str] = {}
        for name in self.members.unique(shelf.resource):
            told = value["sent"].get(name, value["item"].get(name))
            if isinstance(told, (str, int, float)):
                holder = (
                    await shelf.context.store.find(shelf.collection, name, str(told))
                    if name not in value["sent"]
                    else None
                )
                claimed |= {name: str(told)} if holder is None or holder.key == key else {}
        return claimed

    # -- keys

    @staticmethod
    def _is_servers(shelf: Shelf, sent: Value) -> bool:
        """Tell whether an id is for the server to give: a number called id in a POST, whatever a contract forgets to say."""
        return shelf.context.operation.method == "post" and isinstance(sent.get("id"), int)

    def invented_key(self, shelf: Shelf, number: int) -> str:
        """Make up the collection's n-th identifier, one that the item's schema takes."""
        home, name = self.members.home(shelf.resource), self.members.own_id(shelf.resource)
        parts = home.shape.declared.get(name) if home and name else None
        if not parts:
            return str(number)
        shape = self.bodies.responses.of(parts)
        if shape.kind in ("integer", "number"):
            return str(max(int(shape.limits.get("minimum", 1)), 1) + number - 1)
        fake = shelf.context.fake(shelf.collection, "id", number)
        if shape.kind == "string" and not (shape.patterns or shape.format or shape.constants):
            size = int(min(max(shape.limit("minLength", 0), 12), shape.limit("maxLength", 12)))
            return "".join(fake.random.choices("0123456789abcdef", k=max(size, 1)))
        try:
            value = self.rendering.generated(parts[0], fake, examples=False)
        except Ungeneratable:
            return str(number)
        return (
            str(value)
            if isinstance(value, (str, int)) and value != "" and "/" not in str(value)
            else str(number)
        )

    # -- values

    def value(
        self,
        shelf: Shelf,
        key: str,
        sent: Value,
        kept: Value,
        news: Value,
        *,
        made: bool,
        before: Value | None = None,
    ) -> Value:
        """Make the stored value: what was `sent` so far, and the item as the contract shows it, invented once and then the same.

        kept: members of the item that stay. news: what is said now, to be laid over them. before: the item as it was.
        """
        media = self.members.canonical(shelf.resource)
        identity = self.identity(shelf, media, key)
        kept, news = (
            {**kept, **identity},
            {name: value for name, value in news.items() if name not in identity},
        )
        stored: Value = {"sent": dict(sent), "item": {**kept, **news}, "made": made}
        if media is None or media.schema is None:
            return stored
        fake, asked = shelf.context.fake(shelf.collection, key), self.members.asked(shelf.context.operation)
        fields, is_new = kept.keys() | news.keys(), kept.keys() <= identity.keys()
        settable = (
            asked.keys() if is_new and asked else self.members.settable(shelf.resource)
        )  # what only a change can set, the server sets first
        unsent = GONE if made else OVER | settable - fields
        try:
            body = self.rendering.item(
                media,
                shelf.resource,
                Told(kept, news=news, asked=asked, unsent=unsent, before=before or {}),
                fake,
            )
        except Ungeneratable:
            return stored
        item = self.rendering.found(media, shelf.resource, body)
        validator, home = self._validators.for_node(media.schema), self.rendering.home(media, shelf.resource)
        for name, told in [] if made or home is None else list(beginnings(item, home.shape, self.bodies)):
            if name not in kept and item[name] != news.get(name):
                set_if_valid(item, name, [told], lambda: validator.is_valid(body))
        for relation in self._relations.of(shelf.resource, home) if shelf.context.world.population else ():
            if relation.member not in fields and item.get(relation.member) is not None:
                set_if_valid(
                    item,
                    relation.member,
                    [self._led(shelf, key, item, relation)],
                    lambda: validator.is_valid(body),
                )
        return {**stored, "item": item}

    def identity(self, shelf: Shelf, media: MediaType | None, key: str) -> dict[str, Any]:
        """Return the members that say which item this is: its id, and its parents' ids where it carries them."""
        home = self.rendering.home(media, shelf.resource) if media else None
        if home is None:
            return {} if shelf.resource.singleton else {"id": key}
        members = {fold(name): name for name in home.shape.declared}
        parents = {members[fold(name)]: value for name, value in shelf.path.items() if fold(name) in members}
        own = "" if shelf.resource.singleton else self.bodies.id_member(home.shape, shelf.resource.id_names)
        folded = {fold(own), self.members.number(shelf.resource)} if own else set()
        same = [
            name for name in home.shape.declared if fold(name) in folded
        ]  # `Id` and `id` of one item are one
        keys = {**parents, **dict.fromkeys(same, key)}
        return {
            name: _as_kind(value, self.bodies.whole(home.shape.declared[name] or ()).kind)
            for name, value in keys.items()
        }

    def shown(self, shelf: Shelf, record: Record, media: MediaType) -> Any:
        """Return a record as a body of this media type. Raises Ungeneratable."""
        known, identity = whole(record.value), self.identity(shelf, media, record.key)
        fields = {**known["sent"], **known["item"], **identity}
        if media.schema is None:
            return fields
        stored = {**known["item"], **identity}
        unsent = GONE if known["made"] else OVER | self.members.settable(shelf.resource) - fields.keys()
        fake = shelf.context.fake(shelf.collection, record.key)
        return self.rendering.item(media, shelf.resource, Told(stored, known["sent"], unsent=unsent), fake)

    def echoed(self, context: Context, request: Request, media: MediaType, body: Any) -> Any:
        """Return an answer about no record, with what the caller said where it has a place for it."""
        fake = context.fake("echo", request.operation, *sorted(request.path.items()))
        return self.rendering.echoed(
            media, body, lambda names: self.members.said(context.operation, request, names), fake
        )

    def _led(self, shelf: Shelf, key: str, item: Mapping[str, Any], relation: Relation) -> Any:
        """Return a foreign key that leads to one of the populated items, told from nothing but the seed."""
        target = Shelf.under((), relation.target, shelf.context)
        number = 1 + shelf.context.random(shelf.collection, key, relation.member).randrange(
            shelf.context.world.population
        )
        before = item[relation.member]
        told = before.get(relation.inner) if relation.inner else before
        there = self.invented_key(target, number)
        if isinstance(told, (int, float)):
            return related(item, relation, int(there)) if there.isdigit() else before
        return related(item, relation, there)


def _as_kind(value: Any, kind: str) -> Any:
    is_number = kind in ("integer", "number") and isinstance(value, str) and value.lstrip("-").isdigit()
    return int(value) if is_number else str(value) if kind == "string" else value
