"""Live headers: those that change with each answer, by the session's clock or by what was asked before."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from hashlib import blake2b
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from msgspec import Struct

_HEX: Final = re.compile("[0-9a-f]{12,64}")
_FRESH: Final = timedelta(hours=1)
_IDS: Final = ("request-id", "correlation-id", "trace-id", "requestid", "correlationid")
"""What the number of one exchange is called (Heroku, AWS, Stripe, W3C)."""


class Answered(Struct, frozen=True):
    """What is known when an answer leaves. at: by the session's clock. number: which answer of the session
    with such headers it is, from 0.
    """

    at: datetime
    number: int


Live = Callable[[str, Answered], str]
"""Returns what a header says, of what it would say for ever."""


def live(name: str, text: str, *, is_stated: bool) -> Live | None:
    """Return what tells the value of a header with each answer; None where it says the same each time.

    is_stated: whether its value is one that the contract gives.
    """
    told = plain(name)
    if counts_down(name) and text.isdecimal():
        return _remaining
    if is_stated:
        return None
    if told == "last-modified":
        return lambda _, answered: _http_date(answered.at)
    if told == "expires":
        return lambda _, answered: _http_date(answered.at + _FRESH)
    if told.endswith(_IDS) and _is_uuid(text):
        return _next_uuid
    if told.endswith(_IDS) and _HEX.fullmatch(text):
        return _next_hex
    return None


def counts_down(name: str) -> bool:
    """Tell whether a header says how many requests are left."""
    told = plain(name)
    return told.startswith("ratelimit") and told.endswith("remaining")


def plain(name: str) -> str:
    """Return the name of a header in lower case, without `X-` and in one spelling of `rate limit`."""
    return name.lower().removeprefix("x-").replace("rate-limit", "ratelimit")


def told_live(headers: Mapping[str, str], rules: Mapping[str, Live], answered: Answered) -> dict[str, str]:
    """Return headers with what is told of them now."""
    found = dict(headers)
    for name in found.keys() & rules.keys():
        found[name] = rules[name](found[name], answered)
    return found


def _next_uuid(first: str, answered: Answered) -> str:
    return str(uuid5(NAMESPACE_URL, f"{first} {answered.number}"))


def _next_hex(first: str, answered: Answered) -> str:
    digest = blake2b(f"{first} {answered.number}".encode(), digest_size=len(first) // 2 + 1)
    return digest.hexdigest()[: len(first)]


def _remaining(limit: str, answered: Answered) -> str:
    return str(max(int(limit) - answered.number, 0))


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.replace(microsecond=0), usegmt=True)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
