"""People: users found by the names they log in by, and what is kept of them: who is whom, and passwords
salted and hashed.
"""

from __future__ import annotations

from hashlib import blake2b
from hmac import compare_digest
from typing import Any

from understudy.engine.address import Address
from understudy.errors import RecordExists
from understudy.state.conditions import Test
from understudy.state.store import INTERNAL, Record


async def named(address: Address, name: str) -> Record | None:
    """Return the user who logs in by a name."""
    for member in address.collection.collection.login:
        record = await address.store.find(address.name, member, name)
        if record is not None:
            return record
    return await address.store.get(address.name, name) if name else None


def login_members(address: Address, name: str) -> list[str]:
    """Name the members that a name may be of, the likeliest first: a mail has an @."""
    login = address.collection.collection.login
    return sorted(login, key=lambda member: ("@" in name) != ("mail" in member.lower()))


async def is_deleted(address: Address, name: str) -> bool:
    """Tell whether there was a user of that name who was deleted."""
    for member in address.collection.collection.login:
        deleted = await address.store.list(address.tombstones, where=Test((member,), "eq", name), limit=1)
        if deleted.records:
            return True
    return False


def _people(address: Address) -> str:
    return f"{INTERNAL}people {address.name}"


def _secrets(address: Address) -> str:
    return f"{INTERNAL}secrets {address.name}"


async def keep(address: Address, slot: str, key: str) -> str:
    """Note who somebody is."""
    await _put(address, _people(address), slot, {"key": key})
    return key


async def _put(address: Address, collection: str, key: str, value: dict[str, Any]) -> None:
    try:
        await address.store.insert(collection, key, value)
    except RecordExists:
        await address.store.replace(collection, key, value)


async def set_password(address: Address, key: str, password: str) -> None:
    number = await address.store.increment(_secrets(address))
    salt = f"{address.context.random('salt', key, number).getrandbits(64):016x}"
    await _put(address, _secrets(address), key, {"salt": salt, "hash": _digest(password, salt)})


def _digest(password: str, salt: str) -> str:
    return blake2b(password.encode(), key=salt.encode(), digest_size=20).hexdigest()


async def is_password(address: Address, key: str, password: str) -> bool:
    """Tell whether a password is a user's; any is of one of whom none was set."""
    kept = await address.store.get(_secrets(address), key)
    if kept is None:
        return True
    digest = _digest(password, str(kept.value["salt"]))
    return compare_digest(digest, str(kept.value["hash"]))


async def noted(address: Address, slot: str) -> str:
    """Return the key of who somebody was noted to be, "" where nobody was."""
    kept = await address.store.get(_people(address), slot)
    return str(kept.value["key"]) if kept is not None else ""
