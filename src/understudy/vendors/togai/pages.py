"""The pages of a Togai list, and the tokens that lead from one to the next."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from typing import Final

from understudy.errors import Failure, RuleBroken, show
from understudy.handler import Context
from understudy.state.store import Record, Store

_HIDDEN: Final = "ARCHIVED"
_CHUNK: Final = 1000  # records looked at in one go where many are archived
_TOKEN: Final = re.compile(rb'\{"pageSize":([0-9]{1,3}),"position":([0-9]{1,12}),"check":"[0-9a-f]{12}"\}')


async def page(store: Store, collection: str, size: int, position: int) -> tuple[list[Record], int | None]:
    """Return so many records that are not archived, from a position on, and the position of the next; None
    where there is none.

    A position counts all accounts ever created, in order. Since none is ever removed, it stays right whatever
    happens between pages.
    """
    found: list[Record] = []
    chunk = size + 1
    while True:
        records = (await store.list(collection, offset=position, limit=chunk)).records
        for record in records:
            if record.value["status"] != _HIDDEN:
                if len(found) == size:
                    return found, position
                found.append(record)
            position += 1
        if len(records) < chunk:
            return found, None
        chunk = min(chunk * 2, _CHUNK)


def write_token(context: Context, size: int, position: int) -> str:
    """Write where the next page begins.

    There are no filters to carry: all that is left out is what is archived.
    """
    text = f"{context.world.seed}/{size}/{position}"
    check = blake2b(text.encode(), digest_size=6, person=b"togai page").hexdigest()
    written = f'{{"pageSize":{size},"position":{position},"check":"{check}"}}'
    return urlsafe_b64encode(written.encode()).decode().rstrip("=")


def read_token(context: Context, token: str) -> tuple[int, int]:
    """Return the page size and the position of a token that was written here. Raises RuleBroken for any
    other.
    """
    try:
        said = _TOKEN.fullmatch(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except ValueError:
        said = None
    if said is not None:
        size, position = int(said[1]), int(said[2])
        if token == write_token(context, size, position):
            return size, position
    expected = "the nextToken of a former page, unchanged"
    raise RuleBroken([Failure("query", "/nextToken", "token", expected, show(token))])
