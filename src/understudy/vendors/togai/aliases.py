"""The aliases of a Togai account: plain ones, which hold at all times, and dated ones.

What Togai's documents do not say is assumed here:

- A plain alias that is sent twice is added once. A dated one is added each time, also one that ends before it begins: it never holds.
- Aliases of different accounts may be the same.
- Removed without a moment, an alias is gone without a trace. Removed from a moment on, it ends there, stays in the list of
  aliases and no longer counts as plain; where it would end as it begins or before, it is gone. An end is never put off.
- A leap second counts as the second before it. A moment before the year 1 or after 9999, in UTC, is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from understudy.errors import Failure, RuleBroken, show
from understudy.handler import Context
from understudy.state.clock import iso
from understudy.state.store import Value

SHOWN: Final = 10
"""How many aliases an account shows at most, and so how many plain ones it can have."""

_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
_END: Final = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Occasion:
    """A request that changes aliases: it has its time, and gives each new alias its id."""

    context: Context
    account_id: str
    at: datetime

    @classmethod
    async def next(cls, context: Context, account_id: str) -> Occasion:
        """Return the next time at which aliases are written."""
        return cls(context, account_id, await context.tick("aliases"))

    def alias(self, number: int, value: str, begin: datetime = _BEGINNING, end: datetime = _END) -> Value:
        """Make the n-th new alias of this request."""
        created = iso(self.at)
        bits = self.context.random("alias", self.account_id, created, number).getrandbits(128)
        identity = {"id": str(UUID(int=bits, version=4)), "value": value}
        return {
            **identity,
            "effectiveFrom": _written(begin),
            "effectiveUntil": _written(end),
            "createdAt": created,
        }


# ---- reading


def moment(text: str) -> datetime | None:
    """Read a date-time, as UTC where it has no offset; None where the calendar has no such moment."""
    try:
        found = datetime.fromisoformat(text.upper().replace(":60", ":59"))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def no_such_moment(location: str, pointer: str, text: str) -> Failure:
    """Say that the calendar has no such moment."""
    return Failure(
        location,
        pointer,
        "date-time",
        "a moment that exists, in UTC between the years 1 and 9999",
        show(text),
    )


def shown(record: Value, at: datetime) -> Value:
    """Return the account of a record with the aliases that hold at a moment.

    A record holds the `account` as it is answered with its plain aliases only, and all about its aliases in `plain` and `dated`.
    """
    account: Value = record["account"]
    if not record["dated"]:
        return account
    valid = [{"alias": alias["value"]} for alias in record["dated"] if _holds(alias, at)]
    return {**account, "aliases": [*account["aliases"], *valid][:SHOWN]}


def _holds(alias: Value, at: datetime) -> bool:
    return (
        datetime.fromisoformat(alias["effectiveFrom"]) <= at < datetime.fromisoformat(alias["effectiveUntil"])
    )


# ---- writing


def add(record: Value, body: Mapping[str, Any], occasion: Occasion) -> Value:
    """Return the record with the aliases a request adds. Raises RuleBroken, naming all that is wrong with them."""
    if "aliases" not in body and "accountAliases" not in body:
        return record
    failures: list[Failure] = []
    ranges = [
        _range(wish, f"/accountAliases/{index}", failures)
        for index, wish in enumerate(body.get("accountAliases", ()))
    ]
    known = {alias["value"] for alias in record["plain"]}
    values = [value for value in dict.fromkeys(body.get("aliases", ())) if value not in known]
    if len(known) + len(values) > SHOWN:
        room = f"at most {SHOWN - len(known)} new ones: an account has {SHOWN} at most, and this one has {len(known)}"
        failures.append(Failure("body", "/aliases", "maxItems", room, str(len(values))))
    if failures:
        raise RuleBroken(failures)
    plain = [occasion.alias(number, value) for number, value in enumerate(values)]
    dated = [occasion.alias(number, *wish) for number, wish in enumerate(ranges, len(values))]
    return _with(record, [*record["plain"], *plain], [*record["dated"], *dated])


def remove(record: Value, body: Mapping[str, Any], occasion: Occasion) -> Value:
    """Return the record without the aliases a request removes. Raises RuleBroken for moments that do not exist."""
    failures: list[Failure] = []
    removals = enumerate(body.get("accountAliases", ()))
    ends = {
        removal["id"]: _read(removal, "from", _BEGINNING, f"/accountAliases/{index}", failures)
        for index, removal in removals
    }
    if failures:
        raise RuleBroken(failures)
    named = frozenset(body.get("aliases", ()))
    left: dict[str, list[Value]] = {"plain": [], "dated": []}
    for kind in ("plain", "dated"):
        for alias in record[kind]:
            after = (
                None
                if named & {alias["id"], alias["value"]}
                else _ended(alias, ends.get(alias["id"]), occasion)
            )
            if after is not None:
                left[kind if after is alias else "dated"].append(after)
    if all(left[kind] == record[kind] for kind in left):
        return record
    return _with(record, left["plain"], left["dated"])


def _ended(alias: Value, end: datetime | None, occasion: Occasion) -> Value | None:
    """Return an alias as it is once it ends at this moment; None where nothing is left of it."""
    if end is None:
        return alias
    if end <= datetime.fromisoformat(alias["effectiveFrom"]):
        return None
    if end >= datetime.fromisoformat(alias["effectiveUntil"]):
        return alias
    return {**alias, "effectiveUntil": _written(end), "updatedAt": iso(occasion.at)}


def _with(record: Value, plain: list[Value], dated: list[Value]) -> Value:
    account = {**record["account"], "aliases": [{"alias": alias["value"]} for alias in plain]}
    return {**record, "account": account, "plain": plain, "dated": dated}


def _range(wish: Value, pointer: str, failures: list[Failure]) -> tuple[str, datetime, datetime]:
    begin = _read(wish, "effectiveFrom", _BEGINNING, pointer, failures)
    return wish["value"], begin, _read(wish, "effectiveUntil", _END, pointer, failures)


def _read(holder: Value, field: str, default: datetime, pointer: str, failures: list[Failure]) -> datetime:
    """Read a moment from a field that may be absent; one that does not exist joins the failures."""
    if field not in holder:
        return default
    found = moment(holder[field])
    if found is None:
        failures.append(no_such_moment("body", f"{pointer}/{field}", holder[field]))
    return found or default


def _written(at: datetime) -> str:
    return iso(at, 6 if at.microsecond else 0)
