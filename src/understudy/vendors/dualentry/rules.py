"""DualEntry: the chart of accounts of one organisation, the same under v1 and v2.

What the vendor does not document is built so:

- A number that is taken, and a parent that is not there or of another type, are refused with 422 under the field.
- A currency that is given with a type other than bank is kept and shown: refusing it could refuse what the vendor takes, and
  dropping it would lose it without a word. Companies are taken as they are sent, with any type of account.
- Left out or null, is_monetary is true for cash, receivables and debts, and false for the other types.
- A body that is missing altogether is 422, as one that lacks its fields; a path segment that is not an integer is 400.
- An expired key is 401, as a missing one; a key without scope, or of an identity that may not use this API, is 403.
- Text filters and `search` do not look at case. An account whose `ordering` field is null comes last, and first with a minus.
- Whoever calls with an unlisted key is one and the same person in created_by; an identity goes by its own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from understudy import problem
from understudy.contracts.contract import Operation
from understudy.errors import (
    AccessDenied,
    CredentialExpired,
    CredentialMissing,
    CredentialRefused,
    Failure,
    RateLimited,
    RecordExists,
    RecordNotFound,
    Refusal,
    RequestInvalid,
    RuleBroken,
)
from understudy.faults.buckets import Limit
from understudy.handler import Context, Handler, Vendor
from understudy.messages import Request, Response
from understudy.schemas.entity import mail_address
from understudy.state.clock import iso
from understudy.state.conditions import And, Condition, Or, Order, Test, matches
from understudy.state.store import Entry as StoreEntry
from understudy.state.store import Store, Value
from understudy.vendors.accounting import LedgerProvider
from understudy.vendors.dualentry.chart import Entry, chart

ACCOUNTS: Final = "accounts"
ACTORS: Final = "actors"
IDS: Final = "account ids"
LONGEST_PAGE: Final = 100  # more may be asked for

WRITE_ONLY: Final = (
    "write_only"  # under this name stands what is stored and never shown, so that one step takes it off
)
_WRITE_ONLY_MEMBERS: Final = (
    "bank_alias",
    "bank_routing",
    "bank_account_number",
    "iban",
    "start_bank_match_date",
)

MONETARY: Final = frozenset({
    "bank", "accounts_receivable", "unbilled_receivable", "accounts_payable", "credit_card", "other_current_liability",
    "long_term_liability",
})  # fmt: skip
"""The types whose accounts hold money, or claims to a fixed sum of it."""

_GENERAL: Final = "__all__"
_TAKEN: Final = "An account with this number already exists."


# ---- operations


async def create_account(request: Request, context: Context) -> Response:
    """Add an account. Raises RuleBroken, naming every field in question."""
    await context.ready()
    store, sent = context.store, request.body
    number = str(int(sent["number"]))  # 5010.0 is an integer to JSON Schema, and the same one
    failures = [] if await store.find(ACCOUNTS, "number", number) is None else [_number_taken(number)]
    failures += await _parent_failures(sent, store)
    if failures:
        raise RuleBroken(failures)
    signature = {**await _actor(request.caller.name, context), "timestamp": iso(await context.tick(ACCOUNTS))}
    account_id = await store.increment(IDS)
    value = _account(account_id, Entry(sent, None, signature, signature))
    try:
        await store.insert(ACCOUNTS, str(account_id), value, unique={"number": number})
    except RecordExists:  # somebody was faster since we looked
        raise RuleBroken([_number_taken(number)]) from None
    return Response(201, _shown(value))


async def get_account(request: Request, context: Context) -> Response:
    """Return the account of a number. Raises RecordNotFound."""
    await context.ready()
    number = str(request.path["account_number"])
    record = await context.store.find(ACCOUNTS, "number", number)
    if record is None:
        raise RecordNotFound("account", number)
    return Response(200, _shown(record.value))


async def list_accounts(request: Request, context: Context) -> Response:
    """Return one page of the accounts that match every filter, and how many match."""
    await context.ready()
    query = request.query
    field, descending = query["ordering"].removeprefix("-"), query["ordering"].startswith("-")
    offset, limit = query["offset"], min(query["limit"], LONGEST_PAGE)
    where = _conditions(query)
    named = await _named(query, context.store)
    if named is None:
        page = await context.store.list(
            ACCOUNTS,
            where=where if where.all else None,
            order=[Order((field,), descending, "largest")],
            offset=offset,
            limit=limit,
            count=True,
        )
        return Response(
            200, {"items": [_shown(record.value) for record in page.records], "count": page.total}
        )
    found = [value for value in named if matches(where, value)]
    found.sort(key=lambda value: (value[field] is None, value[field] or 0, value["id"]), reverse=descending)
    return Response(
        200, {"items": [_shown(value) for value in found[offset : offset + limit]], "count": len(found)}
    )


async def populate(context: Context, _partition: str, count: int) -> None:
    """Fill the organisation with a chart of accounts."""
    last = await context.store.increment(IDS, count)
    entries = enumerate(chart(context.fake("chart"), count, last - count + 1), last - count + 1)
    accounts = [_account(account_id, entry) for account_id, entry in entries]
    await context.store.insert_all(
        ACCOUNTS,
        [StoreEntry(str(one["id"]), one, unique={"number": str(one["number"])}) for one in accounts],
    )


# ---- an account


def _account(account_id: int, entry: Entry) -> Value:
    """Build what is stored: the answer in the vendor's order, then what is never shown."""
    sent = entry.sent
    monetary, companies = sent.get("is_monetary"), sent.get("allowed_company_ids")
    return {
        "id": account_id,
        "name": sent["name"],
        "number": int(sent["number"]),
        "description": sent.get("description", ""),
        "is_active": sent["is_active"],
        "is_system": entry.system_ref is not None,
        "company_id": _whole(sent.get("company_id")),
        "parent_account_id": _whole(sent["parent_account_id"]),
        "account_type": sent["account_type"],
        "currency_iso_4217_code": sent["currency_iso_4217_code"],
        "category_1099": sent.get("category_1099", ""),
        "system_ref": entry.system_ref,
        "created_by": entry.created_by,
        "updated_by": entry.updated_by,
        WRITE_ONLY: {
            "allowed_company_ids": None if companies is None else [int(company) for company in companies],
            "is_monetary": sent["account_type"] in MONETARY if monetary is None else monetary,
            **{name: sent.get(name) for name in _WRITE_ONLY_MEMBERS},
        },
    }


def _shown(value: Value) -> Value:
    shown = value.copy()
    del shown[WRITE_ONLY]
    return shown


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def _number_taken(number: str) -> Failure:
    return Failure("body", "/number", "unique", "a number that no other account has", number)


async def _parent_failures(sent: Value, store: Store) -> list[Failure]:
    parent_id = _whole(sent["parent_account_id"])
    if parent_id is None:
        return []
    parent = await store.get(ACCOUNTS, str(parent_id))
    if parent is None:
        return [Failure("body", "/parent_account_id", "parent", "the id of an account", str(parent_id))]
    kind = parent.value["account_type"]
    if kind == sent["account_type"]:
        return []
    expected = f"the id of an account of the type {sent['account_type']}"
    return [
        Failure("body", "/parent_account_id", "parent", expected, f"{parent_id}, which is of the type {kind}")
    ]


async def _actor(name: str, context: Context) -> Value:
    """Return the person a caller is in the audit trail. Kept in the store: making one up takes longer than all the rest."""
    record = await context.store.get(ACTORS, name)
    if record is not None:
        return record.value
    first, _, last = name.partition(" ")
    email = mail_address(name, context.random("actor", name))
    if not name:
        first, last, email = LedgerProvider(context.fake("actor")).actor()
    actor = {"actor_type": "user", "email": email, "first_name": first, "last_name": last or None}
    with suppress(RecordExists):  # whoever was faster has made the same
        await context.store.insert(ACTORS, name, actor)
    return actor


# ---- filters

_ONE_OF: Final = {
    "id": "id", "account_types": "account_type", "company_id": "company_id", "currency_iso_4217_code": "currency_iso_4217_code",
    "numbers": "number", "names": "name", "system_ref": "system_ref",
}  # fmt: skip
_EQUAL: Final = ("is_active", "is_system", "parent_account_id", "category_1099")
_CONTAINS: Final = {
    "name": ("name",),
    "description": ("description",),
    "number": ("number",),
    "search": ("name", "number", "description"),
}


_CREATED: Final = ("created_by", "timestamp")


async def _named(query: Mapping[str, Any], store: Store) -> list[Value] | None:
    """Return the accounts whose numbers or ids the query names, without looking at any other; None where it names none."""
    if "numbers" in query:
        found = [
            await store.find(ACCOUNTS, "number", str(number)) for number in dict.fromkeys(query["numbers"])
        ]
    elif "id" in query:
        found = [await store.get(ACCOUNTS, str(account_id)) for account_id in dict.fromkeys(query["id"])]
    else:
        return None
    return [record.value for record in found if record is not None]


def _conditions(query: Mapping[str, Any]) -> And:
    made: list[Condition] = []
    made += [Test((field,), "in", query[name]) for name, field in _ONE_OF.items() if name in query]
    made += [Test((name,), "eq", query[name]) for name in _EQUAL if name in query]
    made += [_contains(fields, str(query[name])) for name, fields in _CONTAINS.items() if name in query]
    if "is_monetary" in query:
        made.append(Test((WRITE_ONLY, "is_monetary"), "eq", query["is_monetary"]))
    if "start_date" in query:
        made.append(Test(_CREATED, "ge", query["start_date"]))
    if "end_date" in query:
        made.append(Test(_CREATED, "le", query["end_date"]))
    return And(tuple(made))


def _contains(fields: tuple[str, ...], text: str) -> Or:
    return Or(tuple(Test((field,), "contains", text, folded=True) for field in fields))


# ---- errors


def shape(refusal: Refusal, _operation: Operation | None) -> Response:
    """Answer a refusal in the one envelope there is: messages by field."""
    return Response(_status(refusal), {"success": False, "errors": _messages(refusal)})


def _status(refusal: Refusal) -> int:
    if isinstance(refusal, (CredentialMissing, CredentialExpired)):
        return 401
    if isinstance(refusal, CredentialRefused):
        return 403
    if isinstance(refusal, RequestInvalid) and all(
        failure.location == "body" for failure in refusal.failures
    ):
        return 422
    return problem.status_of(refusal)


def _messages(refusal: Refusal) -> dict[str, list[str]]:
    if not isinstance(refusal, (RequestInvalid, RuleBroken)):
        return {_GENERAL: [_sentence(refusal)]}
    found: dict[str, list[str]] = {}
    for failure in refusal.failures:
        found.setdefault(failure.field or _GENERAL, []).append(_message(failure))
    return found


def _message(failure: Failure) -> str:
    """Say what is wrong with a field; where it is a part of one, say which."""
    if failure.rule == "unique":
        return _TAKEN
    if not failure.pointer:
        return f"The {failure.location} {failure.message}"
    inside = failure.pointer.count("/") > 1
    return f"{failure.pointer[1:]} {failure.message}" if inside else failure.message


def _sentence(refusal: Refusal) -> str:
    match refusal:
        case CredentialMissing():
            return "The API key is missing."
        case CredentialExpired():
            return "The API key has expired."
        case CredentialRefused():
            return "API key authentication failed"
        case AccessDenied():
            return f"API key authentication failed: {refusal}"
        case RecordNotFound():
            return f"No account has the number {refusal.key}."
        case RateLimited():
            return "Too many requests."
    said = str(refusal)
    return said[:1].upper() + said[1:]


_HANDLERS: Final[dict[str, Handler]] = {
    "createAccount": create_account,
    "listAccounts": list_accounts,
    "getAccount": get_account,
}

VENDOR: Final = Vendor(
    name="dualentry",
    handlers={**_HANDLERS, **{f"{operation}V2": handler for operation, handler in _HANDLERS.items()}},
    shape=shape,
    populate=populate,
    partitions=("",),
    limits=(Limit(50, 5), Limit(10, 1, "key+operation")),  # over all routes; on one route and method
)
