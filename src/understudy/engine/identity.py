"""Identity: which item a record is, by what its members say, and what stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

import inflection

from understudy.engine.address import Address
from understudy.engine.factory import Factory
from understudy.engine.keys import joined, parts_of
from understudy.engine.places import Mark
from understudy.model.model import Place
from understudy.model.resource_names import ANY, span_of
from understudy.pointers import put, reached, steps
from understudy.schemas.generator import Ungeneratable
from understudy.schemas.variation import another_id, begins_alike
from understudy.state.store import Record

NAMED: Final = "named"
"""The form of an id that people call the item by."""
_IN_ADDRESSES: Final = re.compile(r"[\w.@+~-]+", re.ASCII)
_LONGEST: Final = 80
_ROOM: Final = 6
"""Characters that are left for the number behind a name which another item has."""

_BEGINNING: Final = "generateName"
"""By which a name begins that the server makes up (Kubernetes API conventions, Idempotency)."""
_ENDING: Final = 5

_DIGITS: Final = 12
"""Of an id, or of a part of one, about which nothing is said."""
_NONE: Final[Mapping[str, Any]] = {}
_KEPT: Final = 256
"""Collections of a world whose hashes are kept begun."""


def identity_of(address: Address, key: str) -> dict[str, Any]:
    """Return the members that say which item this is: its id, and its parents' ids where it carries them."""
    collection = address.collection
    if collection.target is None:
        if collection.collection.single:
            return {}
        return {"id": key}
    told = {}
    for name, (parent, kind) in collection.parents.items():
        if parent in address.scope:
            told[name] = as_kind(address.scope[parent], kind)
    for name, kind in collection.own.items():
        told[name] = as_kind(key, kind)
    for mark in collection.places.marks:
        if len(mark.place) == 1:
            told[mark.place[0]] = _said(mark, address, key)
    return told


def identified(address: Address, key: str, item: dict[str, Any]) -> dict[str, Any]:
    """Return an item whose objects, too, say which item it is: its id, and those of its parents."""
    for place, value in marked(address, key):
        item = put(item, place, value)
    return item


def marked(address: Address, key: str) -> Iterator[tuple[Place, Any]]:
    """Yield where, beside its own members, an item says which one it is, or its address, and what it says."""
    for mark in address.collection.places.marks:
        if len(mark.place) > 1 and (not mark.parent or mark.parent in address.scope):
            yield mark.place, _said(mark, address, key)
    for place, is_whole in address.collection.places.addresses.items():
        path = address.url_of(key)
        yield place, address.site + path if is_whole else path
    for place, template in address.collection.places.names.items():
        yield place, _named(template, address, key)


def _named(template: str, address: Address, key: str) -> str:
    """Return the resource name of an item, whose template ends in its own id."""
    name = template[: template.rindex("{")] + key
    for parent, value in address.scope.items():
        name = name.replace(f"{{{parent}}}", str(value))
    return name


def _said(mark: Mark, address: Address, key: str) -> Any:
    told: Any = key
    if mark.parent:
        told = address.scope.get(mark.parent, "")
    elif mark.part >= 0:
        told = next(iter(parts_of(key)[mark.part : mark.part + 1]), key)  # authors give it in one
    return as_kind(told, mark.kind)


def as_kind(value: Any, kind: str) -> Any:
    """Return an id in the type that a member shows it in; ids are strings in the store."""
    if kind == "string":
        return str(value)
    if kind in ("integer", "number"):
        text = str(value)
        if text.lstrip("-").isdigit() and text.isascii():
            return int(text)
    return value


def sent_of(record: Record) -> Mapping[str, Any]:
    """Return what was sent of an item and is not shown as it was sent."""
    sent: Mapping[str, Any] = record.meta.get("sent", _NONE)
    return sent


def not_shown(sent: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of the things sent an item does not show as they were sent; it is kept beside the item."""
    if sent.items() <= item.items():
        return {}
    return {name: value for name, value in sent.items() if name not in item or item[name] != value}


def invented_key(
    address: Address,
    factory: Factory,
    number: int,
    sent: Mapping[str, Any] = _NONE,
    examples: Sequence[str] = (),
) -> str:
    """Make up the collection's n-th identifier, in the form that its contract gives them; of one of several
    parts, those stay that were sent.

    examples: identifiers that an author wrote, the likeliest first.
    """
    collection = address.collection
    if collection.places.width > 1:
        parts = [
            _part_like_schema(address, factory, place, number) for place in range(collection.places.width - 1)
        ]
        parts.append(_plainly(address, factory, number))
        for place, name in enumerate(collection.collection.id.parts):
            told = reached(sent, steps(name))
            if isinstance(told, (str, int)) and not isinstance(told, bool):
                parts[place] = str(told)
        return joined(parts)
    holder = collection.places.holder
    if holder is not None:
        begins = reached(sent, (holder.name, _BEGINNING))
        if isinstance(begins, str):
            return f"{begins}{_hex(address, number, _ENDING)}"
    return _like_example(address, factory, number, examples) or _plainly(address, factory, number)


def _like_example(address: Address, factory: Factory, number: int, examples: Sequence[str]) -> str:
    """Return the n-th identifier after one that an author wrote; "" where the contract wants another."""
    example = next(iter(examples), "")
    form, _, detail = address.collection.collection.id.form.partition(" ")
    if form == "counter" and example.isdecimal():
        return str(int(example) + number)
    is_counted = form == "counter" and bool(address.collection.collection.id.member)
    if is_counted or form == NAMED or not example:
        return ""
    random = address.context.random("id", address.name, number)
    told = another_id(example, number, random, begins_alike(examples))
    if form == "like":
        schema = address.collection.key_schema
        if schema is None or not factory.takes(schema, told):
            return ""
        return told
    if form == "hex" and len(told) > int(detail) != _DIGITS:
        return ""
    return told


def _part_like_schema(address: Address, factory: Factory, part: int, number: int) -> str:
    """Make up a part of a key, by the schema of the member that says it."""
    collection = address.collection
    name, target = collection.collection.id.parts[part], collection.target
    shape = factory.shape_at(target, steps(name))
    if shape is None:
        return _hex(address, number, _DIGITS)
    value = factory.fresh(shape.parts, address.fake("part", part, number))
    if not isinstance(value, (str, int)) or value == "":
        return str(number)
    return str(value)


def _plainly(address: Address, factory: Factory, number: int) -> str:
    """Make up an identifier of one part, or the last of several."""
    form, _, detail = address.collection.collection.id.form.partition(" ")
    if form == "counter":
        first = int(detail.removeprefix("from ") or 1)
        return str(first + number - 1)
    if form == "hex":
        return _hex(address, number, int(detail))
    if form == NAMED:
        return _called(address, factory, number)
    return _like_schema(address, factory, number)


def _hex(address: Address, number: int, size: int) -> str:
    """Return digits that depend on seed, collection and number alone; a hash takes a tenth of what a
    generator does.
    """
    begun = address.context.world.hashes
    beginning = begun.get((address.name, size))
    if beginning is None:
        if len(begun) >= _KEPT:
            begun.clear()
        text = f"{address.context.world.seed}\0{address.context.contract.name}\0{address.name}\0"
        beginning = blake2b(text.encode(), digest_size=min(max((size + 1) // 2, 1), 64))
        begun[address.name, size] = beginning
    whole = beginning.copy()
    whole.update(str(number).encode())
    return whole.hexdigest()[:size].ljust(size, "0")


def _called(address: Address, factory: Factory, number: int) -> str:
    """Make up what people would call the n-th item, as it may stand in an address where a path has it."""
    own = address.collection.collection.id.member
    target, place = address.collection.target, steps(address.collection.slugs.get(own, own))
    text = factory.called(target, place, address.fake("id", number))
    is_slug = own in address.collection.slugs
    if is_slug or (address.collection.collection.at and not _IN_ADDRESSES.fullmatch(text)):
        text = inflection.parameterize(text)
    shape = factory.shape_at(target, steps(own))
    if shape is None:
        return _hex(address, number, _DIGITS)
    least, longest = max(shape.limit("minLength", 1), 1), shape.limit("maxLength", _LONGEST)
    text = text[: max(longest - _ROOM, 0)].strip(" -")
    if len(text) < least:
        return _hex(address, number, min(max(least, _DIGITS), longest))
    return text


def is_named(address: Address) -> bool:
    """Tell whether ids are what people call the items, of which two may have the same."""
    return address.collection.collection.id.form == NAMED


def told_apart(address: Address, key: str, number: int) -> str:
    """Return an id that is a name with a number behind it: another item has the same name."""
    if address.collection.collection.at:
        return f"{key}-{number}"
    return f"{key} {number}"


def _like_schema(address: Address, factory: Factory, number: int) -> str:
    schema = address.collection.key_schema
    assert schema is not None
    span = span_of(schema)
    if len(span) > 1:
        return "/".join(span).replace(ANY, _hex(address, number, _DIGITS))
    try:
        value = factory.generated(schema, address.fake("id", number), examples=False)
    except Ungeneratable:
        return str(number)
    is_usable = isinstance(value, (str, int)) and value != "" and "/" not in str(value)
    if not is_usable:
        return str(number)
    return str(value)
