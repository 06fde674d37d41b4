"""Aritma ErpHub: what its contract cannot say of the accounts of a client.

What the vendor does not document is assumed here; the contract's descriptions say the rest of it:

- Two account numbers are the same if they are so to the letter: spaces and case count. Each that is taken,
  or that comes twice in a list, is named in a sentence of its own.
- Whatever is wrong with the body of an addition, also that it is no JSON, is 400 in the envelope. Every
  other refusal, and every refusal of another operation, is problem details: `type` leads to the status in
  RFC 9110, `instance` is null.
- A caller restricted to other clients hears of a wrong body before it hears 403; one without the scope does
  not.
- An accountId is a UUID made of the client and the number: the same account has the same id in each run.
- Members the contract does not know are ignored.
- A disabled account is one with `isActiveInErp` false. Only a populated client has such; its transactions
  can be synchronised too.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from understudy import problem
from understudy.contracts.contract import Operation
from understudy.errors import (
    SHOWN,
    AccessDenied,
    CredentialExpired,
    CredentialMissing,
    CredentialRefused,
    CredentialRevoked,
    Failure,
    RateLimited,
    RecordExists,
    RecordNotFound,
    Refusal,
    RequestInvalid,
    ScopeMissing,
)
from understudy.handler import Context, Hooks, Vendor, Writing
from understudy.messages import Request, Response
from understudy.parameters.leniency import Leniency
from understudy.state.store import Value
from understudy.vendors.aritma.chart import chart

ACCOUNTS: Final = "/api/v1/clients/{clientId}/accounts"
ADD: Final = "addClientAccounts"

# ---- accounts


def enter(request: Request, _context: Context) -> None:
    """Refuse a caller that is restricted to other clients. Raises AccessDenied."""
    client_id = request.path["clientId"]
    if not request.caller.may_reach("clients", client_id):
        raise AccessDenied(f"{request.caller.name} does not have access to client {client_id}")


def account_id(writing: Writing) -> str:
    """Return the id of an account: a UUID made of the client and the number."""
    # A pair, for either may have the key's separator in it.
    pair = (writing.scope["clientId"], writing.sent["accountNumber"])
    return str(writing.context.fake("account id", pair).uuid4())


def populate(
    context: Context, scope: Mapping[str, Any], count: int, _first: int
) -> list[tuple[Value, Value]]:
    """Return the accounts of a Norwegian company, all at once: the Faker then goes on to ids."""
    return list(chart(context.fake("chart", scope["clientId"]), count))


# ---- refusals

_SENTENCES: Final[problem.Sayings] = {
    CredentialMissing: (401, "An access token is required"),
    CredentialExpired: (401, "The access token has expired"),
    CredentialRevoked: (401, "The access token was revoked"),
    CredentialRefused: (401, "The access token is not valid"),
    ScopeMissing: (403, "The access token lacks the scope {0.required[0]}"),
    RecordNotFound: (404, "The client has no account with the identifier {0.key}"),
    RecordExists: (400, "{}"),
    RequestInvalid: (400, "The request is invalid: {}"),
}
_OF_NUMBERS: Final = {
    "unique": "Account number {} is already used by this client.",
    "repeated": "Account number {} comes more than once in the request.",
}


def shape(refusal: Refusal, operation: Operation | None) -> Response:
    """Say no to an addition's body in the envelope of its success, and to all else as problem details."""
    status, said = problem.stated(refusal, _SENTENCES)
    sentence = f"{said[:1].upper()}{said[1:].removesuffix('.')}."
    if status == 400 and operation is not None and operation.id == ADD:
        if isinstance(refusal, RecordExists):
            sentence = _of_numbers(refusal.failures)
        return Response(status, {"success": False, "error": sentence, "accounts": None})
    # RFC 9110 renamed this one, and Python took the new name with 3.13.
    title = "Content Too Large" if status == 413 else HTTPStatus(status).phrase
    link = f"https://www.rfc-editor.org/rfc/rfc9110#name-{status}-{title.lower().replace(' ', '-')}"
    if isinstance(refusal, RateLimited):  # the one status here that RFC 9110 does not define
        link = "https://www.rfc-editor.org/rfc/rfc6585#section-4"
    body = {"type": link, "title": title, "status": status, "detail": sentence, "instance": None}
    return Response(status, body)


def _of_numbers(failures: tuple[Failure, ...]) -> str:
    """Tell of every number that is taken, each once and in order."""
    sentences: dict[str, None] = {}
    for failure in failures:
        number = failure.received
        if len(number) > SHOWN:
            number = f"{number[:SHOWN]}…"
        sentences[_OF_NUMBERS[failure.rule].format(number)] = None
    return " ".join(sentences)


VENDOR: Final = Vendor(
    name="aritma",
    handlers={},
    shape=shape,
    leniency=Leniency(ambiguous_json=True),
    hooks={ACCOUNTS: Hooks(enter=enter, key=account_id, populate=populate)},
)
