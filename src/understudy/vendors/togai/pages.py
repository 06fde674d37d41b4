"""The pages of a Togai list, and the tokens that lead from one to the next."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from typing import Any, Final

import orjson

from understudy.errors import Failure, RuleBroken, show
from understudy.handler import Context
from understudy.state.store import Record, Store

_HIDDEN: Final = "ARCHIVED"
_CHUNK: Final = 1000  # records looked at in one go where many are left out
_FURTHEST: Final = 10**12  # position that a token may name
_LARGEST: Final = 100  # page
_MEMBERS: Final = {
    "account_id": "id",
    "customer_id": "customerId",
    "status": "status",
    "invoice_currency": "invoiceCurrency",
}
_SEARCHED: Final = ("id", "name", "primaryEmail")
FILTERS: Final = (*_MEMBERS, "_search")
"""The parameters of a list that choose accounts."""

Filters = Mapping[str, str]


async def page(
    store: Store, collection: str, size: int, position: int, filters: Filters
) -> tuple[list[Record], int | None]:
    """Return so many records that are asked for, from a position on, and the position of the next; None where
    there is none.

    A position counts all accounts ever created, in order. Since none is ever removed, it stays right whatever
    happens between pages.
    """
    found: list[Record] = []
    chunk = size + 1
    while True:
        records = (await store.list(collection, offset=position, limit=chunk)).records
        for record in records:
            if _is_asked_for(record.value, filters):
                if len(found) == size:
                    return found, position
                found.append(record)
            position += 1
        if len(records) < chunk:
            return found, None
        chunk = min(chunk * 2, _CHUNK)


def _is_asked_for(account: Mapping[str, Any], filters: Filters) -> bool:
    """Tell whether an account meets what is asked; archived ones only where these are."""
    if "status" not in filters and account["status"] == _HIDDEN:
        return False
    for name, value in filters.items():
        if name in _MEMBERS and account.get(_MEMBERS[name]) != value:
            return False
    wanted = filters.get("_search", "").casefold()
    return any(wanted in str(account.get(name) or "").casefold() for name in _SEARCHED)


def write_token(context: Context, size: int, position: int, filters: Filters) -> str:
    """Write where the next page begins, and what the pages are of."""
    said: dict[str, Any] = {"pageSize": size, "position": position}
    if filters:
        said["filters"] = dict(sorted(filters.items()))
    text = f"{context.world.seed}/{size}/{position}"
    if filters:
        text += f"/{orjson.dumps(said).decode()}"
    check = blake2b(text.encode(), digest_size=6, person=b"togai page").hexdigest()
    return urlsafe_b64encode(orjson.dumps({**said, "check": check})).decode().rstrip("=")


def read_token(context: Context, token: str) -> tuple[int, int, Filters]:
    """Return the page size, the position and the filters of a token that was written here. Raises RuleBroken
    for any other.
    """
    said: Any = None
    with suppress(ValueError):
        said = orjson.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    if isinstance(said, dict):
        size: Any = said.get("pageSize")
        position: Any = said.get("position")
        filters: Any = said.get("filters", {})
        has_place = _is_within(size, 1, _LARGEST) and _is_within(position, 0, _FURTHEST)
        if has_place and _are_filters(filters):
            place = int(size), int(position)
            if token == write_token(context, *place, filters):
                return *place, filters
    expected = "the nextToken of a former page, unchanged"
    raise RuleBroken([Failure("query", "/nextToken", "token", expected, show(token))])


def _is_within(number: Any, least: int, most: int) -> bool:
    return type(number) is int and least <= number <= most


def _are_filters(filters: Any) -> bool:
    if not isinstance(filters, dict):
        return False
    return all(name in FILTERS and isinstance(value, str) for name, value in filters.items())
