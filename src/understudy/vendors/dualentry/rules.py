"""DualEntry: what its contract cannot say of the chart of accounts of one organisation.

What the vendor does not document is built so:

- A number that is taken, and a parent that is not there or of another type, are refused with 422 under the
  field.
- A currency that is given with a type other than bank is kept and shown: refusing it could refuse what the
  vendor takes, and dropping it would lose it without a word. Companies are taken as they are sent, with any
  type of account.
- Left out or null, is_monetary is true for cash, receivables and debts, and false for the other types.
- A body that is missing altogether is 422, as one that lacks its fields; a path segment that is not an
  integer is 400.
- An expired key is 401, as a missing one; a key without scope, or of an identity that may not use this API,
  is 403.
- Text filters and `search` do not look at case. An account whose `ordering` field is null comes last, and
  first with a minus.
- Whoever calls with an unlisted key is one and the same person in created_by; an identity goes by its own
  name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from understudy.contracts.contract import Operation
from understudy.errors import (
    AccessDenied,
    CredentialExpired,
    CredentialMissing,
    CredentialRefused,
    Failure,
    KeyReused,
    RateLimited,
    RecordExists,
    RecordNotFound,
    Refusal,
    RequestInvalid,
    RuleBroken,
)
from understudy.faults.buckets import Limit
from understudy.handler import Context, Hooks, Vendor, Writing
from understudy.messages import Response
from understudy.parameters.leniency import Leniency
from understudy.problem import Sayings, stated
from understudy.schemas.entity import mail_address
from understudy.state.clock import iso
from understudy.state.store import INTERNAL, Value
from understudy.vendors.accounting import LedgerProvider
from understudy.vendors.dualentry.chart import chart

ACCOUNTS: Final = "/public/v1/accounts"
ACTORS: Final = f"{INTERNAL}actors"

MONETARY: Final = frozenset({
    "bank", "accounts_receivable", "unbilled_receivable", "accounts_payable", "credit_card",
    "other_current_liability", "long_term_liability",
})  # fmt: skip
"""The types whose accounts hold money, or claims to a fixed sum of it."""


# ---- accounts


async def parent_failures(writing: Writing) -> list[Failure]:
    """Hold an account against its parent, which has to be there and of the same type."""
    parent_id, kind = writing.sent["parent_account_id"], writing.sent["account_type"]
    if parent_id is None:
        return []
    parent = await writing.context.store.get(ACCOUNTS, str(parent_id))
    if parent is None:
        return [Failure("body", "/parent_account_id", "parent", "the id of an account", str(parent_id))]
    parents_kind = parent.value["account_type"]
    if parents_kind == kind:
        return []
    received = f"{parent_id}, which is of the type {parents_kind}"
    expected = f"the id of an account of the type {kind}"
    return [Failure("body", "/parent_account_id", "parent", expected, received)]


async def sign(writing: Writing) -> Mapping[str, Any]:
    """Say who wrote an account, and whether it is monetary where nobody did."""
    said: dict[str, Any] = {}
    if writing.sent.get("is_monetary") is None:
        said["is_monetary"] = writing.sent.get("account_type") in MONETARY
    if writing.moment is not None:
        actor = await _actor(writing.caller.name, writing.context)
        signature = {**actor, "timestamp": iso(writing.moment)}
        said |= {"created_by": signature, "updated_by": signature}
    return said


async def _actor(name: str, context: Context) -> Value:
    """Return the person a caller is in the audit trail.

    Kept in the store: making one up takes longer than all the rest.
    """
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


def populate(
    context: Context, _scope: Mapping[str, Any], count: int, first_id: int
) -> Iterator[tuple[Value, Value]]:
    """Yield a chart of accounts."""
    for entry in chart(context.fake("chart"), count, first_id):
        said = {
            "is_system": entry.system_ref is not None,
            "system_ref": entry.system_ref,
            "created_by": entry.created_by,
            "updated_by": entry.updated_by,
        }
        yield entry.sent, said


# ---- errors

_GENERAL: Final = "__all__"
_ERRORS: Final[Sayings] = {
    CredentialMissing: (401, "The API key is missing."),
    CredentialExpired: (401, "The API key has expired."),
    CredentialRefused: (403, "API key authentication failed"),
    AccessDenied: (403, "API key authentication failed: {}"),
    KeyReused: (409, "This {0.header} was used before with another request."),
    RecordNotFound: (404, "No account has the number {0.key}."),
    RateLimited: (429, "Too many requests."),
}


def shape(refusal: Refusal, _operation: Operation | None) -> Response:
    """Answer a refusal in the one envelope there is: messages by field."""
    status, sentence = stated(refusal, _ERRORS)
    messages = {_GENERAL: [sentence[:1].upper() + sentence[1:]]}
    if isinstance(refusal, (RequestInvalid, RuleBroken)):
        messages = _by_field(refusal.failures)
        is_of_body = all(failure.location == "body" for failure in refusal.failures)
        status = 422 if is_of_body else status
    return Response(status, {"success": False, "errors": messages})


def _by_field(failures: tuple[Failure, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for failure in failures:
        found.setdefault(failure.field or _GENERAL, []).append(_message(failure))
    return found


def _message(failure: Failure) -> str:
    """Say what is wrong with a field; where it is a part of one, say which."""
    if failure.rule == "unique":
        return "An account with this number already exists."
    if not failure.pointer:
        return f"The {failure.location} {failure.message}"
    is_inside = failure.pointer.count("/") > 1
    return f"{failure.pointer[1:]} {failure.message}" if is_inside else failure.message


VENDOR: Final = Vendor(
    name="dualentry",
    handlers={},
    shape=shape,
    leniency=Leniency(ambiguous_json=True),
    limits=(Limit(50, 5), Limit(10, 1, "key+operation")),  # over all routes; on one route and method
    hooks={ACCOUNTS: Hooks(refuse=parent_failures, says=sign, populate=populate)},
)
