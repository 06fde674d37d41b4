"""The aliases of a Togai account: plain ones, which hold at all times, and dated ones.

What Togai's documents do not say is assumed here:

- A plain alias that is sent twice is added once. A dated one is added each time, also one that ends before it
  begins: it never holds.
- Aliases of different accounts may be the same.
- Removed without a moment, an alias is gone without a trace. Removed from a moment on, it ends there, stays
  in the list of aliases and no longer counts as plain; where it would end as it begins or before, it is gone.
  An end is never put off.
- A leap second counts as the second before it. A moment before the year 1 or after 9999, in UTC, is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from msgspec import Struct

from understudy.errors import Failure, RuleBroken, show
from understudy.handler import Context, Writing
from understudy.state.clock import iso
from understudy.state.store import Record, Value

SHOWN: Final = 10
"""How many aliases an account shows at most, and so how many plain ones it can have."""

_ADDS: Final = "addAliases"
_REMOVES: Final = "removeAliases"
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
_END: Final = datetime(9999, 1, 1, tzinfo=UTC)


class Aliases(NamedTuple):
    """All aliases of one account, as they are listed; they stand beside it."""

    plain: Sequence[Value] = ()
    dated: Sequence[Value] = ()


def of(record: Record | None) -> Aliases:
    """Return the aliases of an account, none where it is new."""
    known = record.meta.get("sent", {}) if record is not None else {}
    return Aliases(known.get("plain", ()), known.get("dated", ()))


async def said(writing: Writing) -> Mapping[str, Any]:
    """Return what a request makes of the aliases of an account, nothing where it leaves them. Raises
    RuleBroken.
    """
    known, operation = of(writing.before), writing.context.operation.id
    is_new = writing.before is None
    if not is_new and operation == _REMOVES:
        aliases = removed(known, writing.sent, await Occasion.next(writing))
    elif (is_new or operation == _ADDS) and not writing.sent.keys().isdisjoint(_SENT):
        aliases = added(known, writing.sent, await Occasion.next(writing))
    else:
        return {}
    if aliases is known:
        return {}
    shown = [{"alias": alias["value"]} for alias in aliases.plain]
    return {"aliases": shown, "plain": aliases.plain, "dated": aliases.dated}


class Occasion(Struct, frozen=True):
    """A request that changes aliases: it has its time, and gives each new alias its id."""

    context: Context
    account_id: str
    at: datetime

    @classmethod
    async def next(cls, writing: Writing) -> Occasion:
        """Return the next time at which aliases are written."""
        return cls(writing.context, writing.key, await writing.context.tick("aliases"))

    def alias(self, number: int, value: str, begin: datetime = _BEGINNING, end: datetime = _END) -> Value:
        """Make the n-th new alias of this request."""
        created = iso(self.at)
        bits = self.context.random("alias", self.account_id, created, number).getrandbits(128)
        return {
            "id": str(UUID(int=bits, version=4)),
            "value": value,
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
    expected = "a moment that exists, in UTC between the years 1 and 9999"
    return Failure(location, pointer, "date-time", expected, show(text))


def shown(account: Value, dated: Sequence[Value], at: datetime) -> Value:
    """Return an account, which shows its plain aliases, with those that hold at a moment too."""
    if not dated:
        return account
    aliases = list(account["aliases"])
    for alias in dated:
        if _holds(alias, at):
            aliases.append({"alias": alias["value"]})
    return {**account, "aliases": aliases[:SHOWN]}


def _holds(alias: Value, at: datetime) -> bool:
    begin, end = alias["effectiveFrom"], alias["effectiveUntil"]
    return datetime.fromisoformat(begin) <= at < datetime.fromisoformat(end)


# ---- adding

_SENT: Final = ("aliases", "accountAliases")


def added(known: Aliases, sent: Mapping[str, Any], occasion: Occasion) -> Aliases:
    """Return the aliases with those that a request adds. Raises RuleBroken, naming all that is wrong with
    them.
    """
    failures: list[Failure] = []
    ranges = []
    for index, wish in enumerate(sent.get("accountAliases", ())):
        ranges.append(_range(wish, f"/accountAliases/{index}", failures))
    values = _new_values(known, sent.get("aliases", ()))
    count = len(known.plain)
    if count + len(values) > SHOWN:
        room = f"at most {SHOWN - count} new ones: an account has {SHOWN} at most, and this one has {count}"
        failures.append(Failure("body", "/aliases", "maxItems", room, str(len(values))))
    if failures:
        raise RuleBroken(failures)
    plain = [occasion.alias(number, value) for number, value in enumerate(values)]
    dated = [occasion.alias(number, *wish) for number, wish in enumerate(ranges, len(values))]
    return Aliases([*known.plain, *plain], [*known.dated, *dated])


def _new_values(known: Aliases, sent: Sequence[Any]) -> list[str]:
    """Return what an account is to be called besides, each once; whoever writes a record says it as it is
    shown.
    """
    old = {alias["value"] for alias in known.plain}
    values: dict[str, None] = {}
    for one in sent:
        value = one["alias"] if isinstance(one, dict) else one
        if value not in old:
            values[value] = None
    return list(values)


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


# ---- removing


def removed(known: Aliases, sent: Mapping[str, Any], occasion: Occasion) -> Aliases:
    """Return the aliases without those that a request removes. Raises RuleBroken for moments that do not
    exist.
    """
    failures: list[Failure] = []
    ends = {}
    for index, removal in enumerate(sent.get("accountAliases", ())):
        pointer = f"/accountAliases/{index}"
        ends[removal["id"]] = _read(removal, "from", _BEGINNING, pointer, failures)
    if failures:
        raise RuleBroken(failures)
    named = frozenset(sent.get("aliases", ()))
    plain: list[Value] = []
    dated: list[Value] = []
    for kind, aliases in ((plain, known.plain), (dated, known.dated)):
        for alias in aliases:
            if not named.isdisjoint((alias["id"], alias["value"])):
                continue
            after = _ended(alias, ends.get(alias["id"]), occasion)
            if after is alias:
                kind.append(alias)
            elif after is not None:
                dated.append(after)
    is_same = list(known.plain) == plain and list(known.dated) == dated
    return known if is_same else Aliases(plain, dated)


def _ended(alias: Value, end: datetime | None, occasion: Occasion) -> Value | None:
    """Return an alias as it is once it ends at this moment; None where nothing is left of it."""
    if end is None:
        return alias
    if end <= datetime.fromisoformat(alias["effectiveFrom"]):
        return None
    if end >= datetime.fromisoformat(alias["effectiveUntil"]):
        return alias
    return {**alias, "effectiveUntil": _written(end), "updatedAt": iso(occasion.at)}


def _written(at: datetime) -> str:
    return iso(at, 6 if at.microsecond else 0)
