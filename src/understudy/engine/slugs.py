"""Slugs: the texts in addresses that a server makes of an item's title, each once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, Final

import inflection

from understudy.engine.address import Address
from understudy.engine.factory import Factory
from understudy.schemas.fitting import set_if_valid
from understudy.state.conditions import Test
from understudy.state.store import Value

_LONGEST: Final = 80
_SHORT: Final = 8
"""Of an id that is put behind a slug which another item has."""


async def free_key(
    address: Address, sent: Mapping[str, Any], factory: Factory, others: Collection[str]
) -> str:
    """Return the slug of a new item that is its key, "" where its key is none or no title was sent. others:
    keys that are about to be taken.
    """
    for name, title in address.collection.slugs.items():
        slug = _slug(address, name, sent.get(title), factory)
        if name not in address.collection.own or not slug:
            continue
        key = slug
        while key in others or not await _is_free(address, key):
            number = await address.store.increment(f"ids {address.name}")
            key = f"{slug}-{number}"
        return key
    return ""


async def slugs_of(
    address: Address, key: str, sent: Mapping[str, Any], factory: Factory
) -> Mapping[str, str]:
    """Return the slugs of a new item beside its key, but for those that were sent."""
    found = {}
    for name, title in address.collection.slugs.items():
        slug = _slug(address, name, sent.get(title), factory)
        if not slug or name in sent or name in address.collection.own:
            continue
        holders = await address.store.list(address.name, where=Test((name,), "eq", slug), limit=1)
        found[name] = f"{slug}-{key[:_SHORT]}" if holders.records else slug
    return found


async def with_free_slugs(address: Address, item: Value) -> Value:
    """Return an item that was made up with slugs that no other one has: those of one title are counted."""
    target, found = address.collection.target, dict(item)
    for name in address.collection.slugs:
        slug = item.get(name)
        if name in address.collection.own or target is None or not isinstance(slug, str):
            continue
        holders = await address.store.list(address.name, where=Test((name,), "eq", slug), limit=1)
        if holders.records:
            number = 1 + await address.store.increment(f"slugs {address.name} {slug}")
            set_if_valid(found, name, [f"{slug}-{number}"], partial(target.is_valid_item, found))
    return found


async def _is_free(address: Address, key: str) -> bool:
    for name in (address.name, address.tombstones):
        if await address.store.get(name, key) is not None:
            return False
    return True


def _slug(address: Address, name: str, title: Any, factory: Factory) -> str:
    """Write a title as a slug, so short that something can be put behind it; "" where it has no letters that
    an address has.
    """
    target = address.collection.target
    if not isinstance(title, str) or target is None:
        return ""
    longest = min(_LONGEST, int(factory.member(target, name).limit("maxLength", _LONGEST)))
    slug: str = inflection.parameterize(title)
    return slug[: max(longest - _SHORT - 1, 1)].strip("-")
