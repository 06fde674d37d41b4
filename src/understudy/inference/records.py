"""Records of inferred resources: under which key they stand, what is in them, and how one is made or found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from understudy.contracts.contract import Contract, MediaType, Operation
from understudy.contracts.schema import Direction
from understudy.errors import RecordExists, RecordNotFound
from understudy.generation.generator import Generator, Ungeneratable
from understudy.handler import Context
from understudy.inference.relations import Relation, Relations, related
from understudy.inference.rendering import Rendering, unwrapped
from understudy.inference.resources import Action, Inference, Resource, fields_of, json_media, normalise, placeholders, success
from understudy.messages import Request
from understudy.state.clock import iso
from understudy.state.store import Record, Value

PREFERRED: Final[Mapping[Action, tuple[str, ...]]] = {Action.CREATE: ("201", "200"), Action.DELETE: ("204", "200")}
OVER: Final = frozenset(
    {"deleted_at", "deletedAt", "deleted", "is_deleted", "isDeleted", "archived_at", "archivedAt", "deleted_on", "deletedOn"}
)  # fmt: skip
"""Members that only speak of what is no more; a record that is there goes without them."""
_ATTEMPTS = 20  # at an identifier nobody has
_CREATED = frozenset(
    {"created", "createdat", "createdon", "creationdate", "creationtime", "createdate", "datecreated", "createddate",
     "createtime"}
)  # fmt: skip
_UPDATED = frozenset(
    {"updated", "updatedat", "updatedon", "modified", "modifiedat", "lastmodified", "updatetime", "lastupdated", "dateupdated"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shelf:
    """One collection of a resource, as one request or one populating meets it.

    path: the parents' ids by parameter name. collection: its name in the store, where the same path under other parents is another one.
    """

    resource: Resource
    context: Context
    path: Mapping[str, Any]
    collection: str

    @classmethod
    def under(cls, parents: Sequence[Any], resource: Resource, context: Context) -> Shelf:
        """Return the collection below these parents."""
        name = f"{resource.place} {json.dumps([str(value) for value in (() if resource.shared else parents)])}"
        return cls(resource, context, dict(zip(resource.parents, parents, strict=False)), name)

    @classmethod
    def named(cls, collection: str, resource: Resource, context: Context) -> Shelf:
        """Return the collection of this name."""
        return cls.under(json.loads(collection.removeprefix(f"{resource.place} ")), resource, context)

    @property
    def gone(self) -> str:
        """Where the items are remembered that were deleted."""
        return f"gone {self.collection}"


def shelf_of(resource: Resource, request: Request, context: Context) -> Shelf:
    """Return the collection a request is about; two templates of one path may name their parameters differently."""
    return Shelf.under(_values(request)[: len(resource.parents)], resource, context)


def key_of(resource: Resource, request: Request) -> str:
    """Return the key of the item a request is about; a singleton has none."""
    return "" if resource.singleton else str(_values(request)[len(resource.parents)])


def _values(request: Request) -> list[Any]:
    return [request.path.get(name, "") for name in placeholders(request.operation.partition(" ")[2])]


class Records:
    """The records of one contract's inferred resources.

    A stored value has what was `sent`, the `item` as the contract shows it, whether all of it was `made` up, and whether it was `created`
    (by a caller or by populating), and does not exist only for being asked for or put.
    """

    def __init__(self, contract: Contract, generator: Generator, *, any_id: bool) -> None:
        self._contract, self.any_id = contract, any_id
        self.inference = Inference(contract)
        self.bodies = self.inference.bodies
        self._validators = contract.validators(Direction.RESPONSE)
        self.rendering = Rendering(self.bodies, generator, self._validators.for_node)
        self._relations = Relations(self.inference.resources.values(), self.bodies)
        self._settable: dict[str, frozenset[str]] = {}
        self._unique: dict[str, tuple[str, ...]] = {}

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

    async def revive(self, shelf: Shelf, key: str) -> None:
        """Let a change bring back an item that nobody ever created, where any id will do: it existed only for being asked for."""
        gone = await shelf.context.store.get(shelf.gone, key) if self.any_id else None
        if gone is not None and not gone.value.get("created"):
            await shelf.context.store.delete(shelf.gone, key)

    # -- writing

    async def new(self, shelf: Shelf, sent: Value, *, made: bool = False) -> Record:
        """Insert an item under the key that was sent, or one that is made up and free. Raises RecordExists where a conflict is declared."""
        store, key = shelf.context.store, self._chosen_key(shelf.resource, sent)
        if key:
            await store.delete(shelf.gone, key)
            known = await store.get(shelf.collection, key)
            taken = known is not None and known.value.get("created")
            if known is None or (taken and not self._is_servers(shelf, sent) and "409" in shelf.context.operation.responses):
                return await self.insert(shelf, key, sent, created=True)
            if not (taken and self._is_servers(shelf, sent)):
                value = {**self.value(shelf, key, sent, {}, made=False), "created": True}
                return await store.replace(shelf.collection, key, value)  # only asked for so far, or no answer for a conflict is declared
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

    async def insert(self, shelf: Shelf, key: str, sent: Value, *, made: bool = False, created: bool = False) -> Record:
        """Insert an item. Raises RecordExists."""
        value = {**self.value(shelf, key, sent, {}, made=made), "created": created}
        if not made:
            _stamp(value, _CREATED | _UPDATED, await shelf.context.tick(shelf.collection))
        return await shelf.context.store.insert(shelf.collection, key, value, unique=await self._claimed(shelf, key, value))

    async def replace(self, shelf: Shelf, before: Record, sent: Value, kept: Value, *, made: bool = False) -> Record:
        """Put what was sent, beside what is kept, in place of an item."""
        key = before.key
        value = {**self.value(shelf, key, sent, kept, made=made), "created": before.value["created"]}
        _stamp(value, _UPDATED, await shelf.context.tick(shelf.collection))
        claimed = await self._claimed(shelf, key, value)
        return await shelf.context.store.replace(shelf.collection, key, value, unique=claimed)

    async def delete(self, shelf: Shelf, record: Record) -> None:
        """Delete an item, and remember that it is gone."""
        if await shelf.context.store.delete(shelf.collection, record.key):
            await shelf.context.store.insert(shelf.gone, record.key, record.value)

    async def restored(self, shelf: Shelf, key: str) -> None:
        """Forget that an item is gone."""
        await shelf.context.store.delete(shelf.gone, key)

    async def _claimed(self, shelf: Shelf, key: str, value: Value) -> dict[str, str]:
        """Return the values of an item that no other may have; what was made up gives way to what is there."""
        claimed: dict[str, str] = {}
        for name in self._keys(shelf.resource):
            told = value["sent"].get(name, value["item"].get(name))
            if isinstance(told, (str, int, float)):
                holder = await shelf.context.store.find(shelf.collection, name, str(told)) if name not in value["sent"] else None
                claimed |= {name: str(told)} if holder is None or holder.key == key else {}
        return claimed

    # -- keys

    def _chosen_key(self, resource: Resource, sent: Mapping[str, Any]) -> str:
        """Return the identifier a request chooses, or "" where it leaves that to the server."""
        media = self.canonical(resource)
        home = self.rendering.home(media, resource) if media else None
        member = self.bodies.id_member(home.shape, resource.id_names) if home else ""
        name = next((name for name in sent if name == member or normalise(name) in resource.id_names[:1]), "")
        value = sent.get(name)
        return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""

    @staticmethod
    def _is_servers(shelf: Shelf, sent: Value) -> bool:
        """Tell whether an id that is taken is for the server to give: a number called id in a POST, whatever a contract forgets to say."""
        return shelf.context.operation.method == "post" and isinstance(sent.get("id"), int)

    def invented_key(self, shelf: Shelf, number: int) -> str:
        """Make up the collection's n-th identifier, one that the item's schema takes."""
        media = self.canonical(shelf.resource)
        home = self.rendering.home(media, shelf.resource) if media else None
        name = self.bodies.id_member(home.shape, shelf.resource.id_names) if home else ""
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
        return str(value) if isinstance(value, (str, int)) and value != "" and "/" not in str(value) else str(number)

    # -- values

    def value(self, shelf: Shelf, key: str, sent: Mapping[str, Any], kept: Mapping[str, Any], *, made: bool) -> Value:
        """Make the stored value: what was sent, and the item as the contract shows it, invented once and then the same."""
        media = self.canonical(shelf.resource)
        fields = {**kept, **sent, **self.identity(shelf, media, key)}
        stored: Value = {"sent": dict(sent), "item": fields, "made": made}
        if media is None or media.schema is None:
            return stored
        unsent = OVER if made else OVER | self.settable(shelf.resource) - sent.keys() - kept.keys()
        try:
            body = self.rendering.item(media, shelf.resource, fields, shelf.context.fake(shelf.collection, key), unsent=unsent)
        except Ungeneratable:
            return stored
        item = self.rendering.found(media, shelf.resource, body)
        is_valid = self._validators.for_node(media.schema).is_valid
        for relation in self._relations.of(shelf.resource, self.rendering.home(media, shelf.resource)):
            if relation.member not in fields and item.get(relation.member) is not None and shelf.context.world.population:
                before = item[relation.member]
                item[relation.member] = self._led(shelf, key, item, relation)
                item[relation.member] = item[relation.member] if is_valid(body) else before
        return {**stored, "item": item}

    def identity(self, shelf: Shelf, media: MediaType | None, key: str) -> dict[str, Any]:
        """Return the members that say which item this is: its id, and its parents' ids where it carries them."""
        home = self.rendering.home(media, shelf.resource) if media else None
        if home is None:
            return {} if shelf.resource.singleton else {"id": key}
        members = {normalise(name): name for name in home.shape.declared}
        parents = {members[normalise(name)]: value for name, value in shelf.path.items() if normalise(name) in members}
        own = "" if shelf.resource.singleton else self.bodies.id_member(home.shape, shelf.resource.id_names)
        keys = {**parents, **({own: key} if own else {})}
        return {name: _as_kind(value, self.bodies.whole(home.shape.declared[name] or ()).kind) for name, value in keys.items()}

    def fields(self, shelf: Shelf, record: Record, media: MediaType | None) -> tuple[dict[str, Any], frozenset[str]]:
        """Return the fields of a record for a body of this media type, and the names that nobody sent and the body may do without."""
        fields = {**record.value["item"], **record.value["sent"], **self.identity(shelf, media, record.key)}
        return fields, OVER if record.value["made"] else OVER | self.settable(shelf.resource) - fields.keys()

    def sent(self, resource: Resource, request: Request) -> Value:
        """Return the fields a request sets, without those the server keeps to itself."""
        media = self.canonical(resource)
        home = self.rendering.home(media, resource) if media else None
        known = set(home.shape.declared) if home else set()
        own = {name for name, hidden in fields_of(self._contract.operation(request.operation), self.bodies) if hidden}
        return {name: value for name, value in unwrapped(request.body, known).items() if name not in own}

    def _led(self, shelf: Shelf, key: str, item: Mapping[str, Any], relation: Relation) -> Any:
        """Return a foreign key that leads to one of the populated items, told from nothing but the seed."""
        target = Shelf.under((), relation.target, shelf.context)
        number = 1 + shelf.context.random(shelf.collection, key, relation.member).randrange(shelf.context.world.population)
        before = item[relation.member]
        told = before.get(relation.inner) if relation.inner else before
        there = self.invented_key(target, number)
        if isinstance(told, (int, float)):
            return related(item, relation, int(there)) if there.isdigit() else before
        return related(item, relation, there)

    # -- what is known of a resource

    def settable(self, resource: Resource) -> frozenset[str]:
        """Name what a caller may set when creating or changing an item."""
        names = self._settable.get(resource.path)
        if names is None:
            setting = [resource.operations.get(action) for action in (Action.CREATE, Action.REPLACE, Action.UPDATE)]
            found = [fields_of(operation, self.bodies) for operation in setting]
            names = frozenset(name for fields in found for name, hidden in fields if not hidden)
            self._settable[resource.path] = names
        return names

    def _keys(self, resource: Resource) -> tuple[str, ...]:
        """Name the members of which no two items may have the same value."""
        if resource.path not in self._unique:
            media = self.canonical(resource)
            home = self.rendering.home(media, resource) if media else None
            declared = home.shape.declared.items() if home else ()
            names = tuple(name for name, parts in declared if parts and self.bodies.responses.of(parts).is_key)
            self._unique[resource.path] = names
        return self._unique[resource.path]

    def canonical(self, resource: Resource) -> MediaType | None:
        """Return the media type that shows an item best: that of a read, else of what else answers one."""
        for action in (Action.READ, Action.CREATE, Action.UPDATE, Action.REPLACE, Action.LIST):
            media = _answered(resource.operations.get(action), PREFERRED.get(action, ()))
            if media is None or media.schema is None:
                continue
            if action is Action.LIST:
                return self.rendering.single(media, resource)
            return media
        return None

    def members(self, resource: Resource) -> tuple[str, ...]:
        """Name the properties of an item."""
        media = self.canonical(resource)
        home = self.rendering.home(media, resource) if media else None
        return tuple(home.shape.declared) if home else ()


def _answered(operation: Operation | None, preferred: tuple[str, ...]) -> MediaType | None:
    _, answer = success(operation, preferred) if operation else (0, None)
    return json_media(answer.content) if answer else None


def _as_kind(value: Any, kind: str) -> Any:
    is_number = kind in ("integer", "number") and isinstance(value, str) and value.lstrip("-").isdigit()
    return int(value) if is_number else str(value) if kind == "string" else value


def _stamp(value: Value, names: frozenset[str], moment: datetime) -> None:
    """Put the sandbox's time where an item says when it was created or changed, written as it was there."""
    item = value["item"]
    for name in item.keys() - value["sent"].keys():
        if normalise(name) in names:
            item[name] = _written(item[name], moment)


def _written(before: Any, moment: datetime) -> Any:
    """Write a moment as another one is written: as text with as many decimals, or as seconds since 1970."""
    if isinstance(before, int) and not isinstance(before, bool) and 10**9 <= before < 10**10:
        return int(moment.timestamp())
    if isinstance(before, str) and "T" in before and before.endswith("Z"):
        return iso(moment, min(len(before.partition(".")[2].rstrip("Z")), 6))
    return before
