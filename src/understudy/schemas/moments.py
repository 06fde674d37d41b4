"""Days and moments: which names speak of them, and which of two comes first."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final

_A_DAY: Final = len("2025-01-01")
BIRTH: Final = re.compile(r"birth|dob")
CREATED: Final = re.compile(r"(^|_)creat(ed|ion)($|_)")
LATER: Final = re.compile(r"updat|modif|chang|edit|last|sync|upload|sent|deliver|paid|push")
LATEST: Final = re.compile(
    r"(^|_)(end|until|to|next)(s|ed|ing)?($|_)|expir|due|clos|complet|finish|cancel|arriv|delet|archiv"
    r"|discard|renew|reset|stop|void|revok|matur(e|ity)|harvest|check(ed)?_?out"
)
_TIME: Final = re.compile(
    r"(^|_)(date|time|datetime|timestamp|created|updated|modified|expires|expiry|expiration|since|until"
    r"|deadline|dob)($|_)|_(at|on)$"
    r"|^last_?(used|seen|login|active|activity|accessed|modified|updated|changed|run|sync|synced)$"
    r"|(^|_)(date|time)_?(utc|gmt)?$|^(valid|effective)_(from|to|until)$|_utc$"
)
_NOT_TIME: Final = re.compile(
    r"zone|format|depends_on|based_on|spent|limit|expires_in|_in$|_(count|quantity|rows|records|items)$"
    r"|_(month|year)$"
)
_EPOCHS: Final = re.compile(
    r"(^|_)(created|updated|modified|timestamp|expires|expiry|expiration|date|since|until)($|_)|_(at|on)$"
)

_STAMPS: Final = re.compile(r"(^|_)(created|updated|modified|timestamp)($|_)|_at$")


def speaks_of_time(name: str) -> bool:
    """Tell whether a text of this name, in snake case, holds a moment or a day."""
    return _TIME.search(name) is not None and _NOT_TIME.search(name) is None


def counts_seconds(name: str) -> bool:
    """Tell whether an integer of this name, in snake case, holds a moment, in seconds since 1970."""
    return _EPOCHS.search(name) is not None and _NOT_TIME.search(name) is None


def counts_milliseconds(name: str) -> bool:
    """Tell whether a number that need not be whole holds a moment, as ECMAScript counts it."""
    return _STAMPS.search(name) is not None and _NOT_TIME.search(name) is None


def instant(moment: datetime) -> str:
    """Write a moment as RFC 3339 does, in UTC and to the millisecond, as browsers do: what JavaScript's
    `new Date(text).toISOString()` returns is the same text.
    """
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def parsed(value: Any) -> datetime | None:
    """Read a moment with a time zone, or a number of seconds since 1970; None for anything else."""
    try:
        if isinstance(value, int):
            return datetime.fromtimestamp(value, tz=UTC)
        moment = datetime.fromisoformat(value)
    except (ValueError, TypeError, OverflowError, OSError):
        return None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment


def written_like(before: str, moment: datetime) -> str:
    """Write a moment as another one is."""
    if len(before) == _A_DAY:
        return moment.date().isoformat()
    if before.endswith("Z") and "." in before:
        return instant(moment)
    plain = moment.replace(microsecond=0)
    if "+" not in before and not before.endswith("Z"):
        plain = plain.replace(tzinfo=None)
    text = plain.isoformat()
    return text.replace("+00:00", "Z") if before.endswith("Z") else text
