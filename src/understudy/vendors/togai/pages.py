"""The pages of a Togai list, and the tokens that lead from one to the next."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import orjson

from understudy.errors import Failure, RuleBroken, show
from understudy.handler import Context
from understudy.state.conditions import META, And, Condition, Or, Order, Test, at, matches
from understudy.state.store import Record, Store

_HIDDEN: Final = "ARCHIVED"
_LARGEST: Final = 100  # page
_MEMBERS: Final = {
    "account_id": "id",
    "customer_id": "customerId",
    "status": "status",
    "invoice_currency": "invoiceCurrency",
}
_SEARCHED: Final = ("id", "name", "primaryEmail")
_PLACES: Final = {"account_id": ("id",), "updated_at": (META, "sent", "updatedAt")}
FILTERS: Final = (*_MEMBERS, "_search")
"""The parameters of a list that choose accounts."""


class Listing(NamedTuple):
    """What a list is asked for. size: accounts of a page. order: as `_sort` has it. filters: by parameter."""

    size: int
    order: str
    filters: Mapping[str, str]

    @property
    def direction(self) -> str:
        """That of the first order: ASC or DESC."""
        return "DESC" if _orders(self.order)[0].descending else "ASC"


class Mark(NamedTuple):
    """The last account of a page, as it stood there: what comes behind it is the next page."""

    id: str
    updated: str


async def page(
    store: Store, collection: str, listing: Listing, mark: Mark | None
) -> tuple[Sequence[Record], Mark | None]:
    """Return the accounts behind a mark, or the first, and the mark of the next page; None where there is
    none.
    """
    where, orders = _wanted(listing.filters), _orders(listing.order)
    limit = listing.size + 1
    if mark is None:
        records = (await store.list(collection, where=where, order=orders, limit=limit)).records
    elif await _stands(store, collection, mark, where):
        found = await store.list(collection, where=where, order=orders, after=mark.id, limit=limit)
        records = found.records
    else:  # it has moved since, or is not asked for any more
        whole = (await store.list(collection, where=where, order=orders)).records
        records = [record for record in whole if _is_behind(record, mark, orders)][:limit]
    following = None
    if len(records) > listing.size:
        following = _mark(records[listing.size - 1])
    return records[: listing.size], following


def _wanted(filters: Mapping[str, str]) -> Condition:
    """Return what an account has to be; archived ones are listed only where these are asked for."""
    tests: list[Condition] = []
    for name, value in filters.items():
        if name in _MEMBERS:
            tests.append(Test((_MEMBERS[name],), "eq", value))
    if "status" not in filters:
        tests.append(Test(("status",), "ne", _HIDDEN))
    text = filters.get("_search", "")
    if text:
        tests.append(Or(tuple(Test((name,), "contains", text, folded=True) for name in _SEARCHED)))
    return And(tuple(tests))


def _orders(text: str) -> list[Order]:
    """Read an order; the id decides where it leaves several accounts at one place."""
    found = []
    for part in [*text.upper().split(","), "ACCOUNT_ID"]:
        name, *direction = part.replace(":", " ").split()
        found.append(Order(_PLACES[name.lower()], descending=direction[:1] == ["DESC"]))
    return found


async def _stands(store: Store, collection: str, mark: Mark, where: Condition) -> bool:
    """Tell whether the last account of a page still stands where it stood."""
    record = await store.get(collection, mark.id)
    return record is not None and _mark(record) == mark and matches(where, record.searched)


def _mark(record: Record) -> Mark:
    return Mark(record.key, record.meta.get("sent", {}).get("updatedAt") or "")


def _is_behind(record: Record, mark: Mark, orders: Sequence[Order]) -> bool:
    marked = {_PLACES["account_id"]: mark.id, _PLACES["updated_at"]: mark.updated}
    for order in orders:
        own, other = next(at(record.searched, order.pointer)) or "", marked[order.pointer]
        if own != other:
            return (own < other) == order.descending
    return False


# ---- tokens


def write_token(context: Context, listing: Listing, mark: Mark) -> str:
    """Write where the next page begins, and what the pages are of."""
    said: dict[str, Any] = {
        "pageSize": listing.size,
        "order": listing.order,
        "filters": dict(sorted(listing.filters.items())),
        "last": list(mark),
    }
    text = f"{context.world.seed}/{orjson.dumps(said).decode()}"
    check = blake2b(text.encode(), digest_size=6, person=b"togai page").hexdigest()
    return urlsafe_b64encode(orjson.dumps({**said, "check": check})).decode().rstrip("=")


def read_token(context: Context, token: str) -> tuple[Listing, Mark]:
    """Return what a token that was written here leads to. Raises RuleBroken for any other."""
    said: Any = None
    with suppress(ValueError):
        said = orjson.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    if isinstance(said, dict) and _is_sound(said):
        listing = Listing(said["pageSize"], said["order"], said["filters"])
        mark = Mark(*said["last"])
        if token == write_token(context, listing, mark):
            return listing, mark
    expected = "the nextToken of a former page, unchanged"
    raise RuleBroken([Failure("query", "/nextToken", "token", expected, show(token))])


def _is_sound(said: dict[str, Any]) -> bool:
    """Tell whether a token has all it needs, each of its kind."""
    size, order, filters, last = (said.get(name) for name in ("pageSize", "order", "filters", "last"))
    if type(size) is not int or not 1 <= size <= _LARGEST:
        return False
    if not (isinstance(order, str) and isinstance(filters, dict) and isinstance(last, list)):
        return False
    texts = [*filters.values(), *last]
    return len(last) == len(Mark._fields) and all(isinstance(text, str) for text in texts)
