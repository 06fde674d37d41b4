"""Saasu: what its contract cannot say of the accounts of a file.

What the vendor does not document is built so:

- Ids grow by one in each file, from a number of the file's own. LastUpdatedId is eight bytes in Base64, and
  grows with each write.
- AccountLevel is stored as `Header` or `Detail`, however it was sent. IsActive is true unless sent
  otherwise, IsBankAccount false.
- HeaderAccountId, ExchangeAccountId and MerchantFeeAccountId are stored as sent, whether or not such an
  account is there: the vendor's own sample names one that nobody has made. So an account may also be
  deleted while others name it.
- Name and AccountType are needed to insert and to update. An update without LastUpdatedId is refused as a
  stale one is.
- Every file has two built-in accounts, receivable and payable, which cannot be changed or deleted.
- Whatever is wrong with a user or a refresh token is 401, as it is in the vendor's client. As a password,
  the magic credentials are refused too. A token opens the files that its scope names: those the user asked
  for as `fileid:456`, else those the user is restricted to, else file 123, since the vendor's client looks
  for a file there.
- What is asked below `/authorisation` and is not there is refused as a grant is, `Ping` excepted.
- FileId below 1 is taken for a missing one. Accounts are listed in the order of their ids.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any, Final

from understudy import problem
from understudy.contracts.contract import Operation
from understudy.errors import (
    AccessDenied,
    CredentialRefused,
    Failure,
    MethodNotAllowed,
    OperationNotFound,
    RecordChanged,
    RecordNotFound,
    Refusal,
    RequestInvalid,
    RuleBroken,
)
from understudy.handler import Context, Hooks, Vendor, Writing
from understudy.messages import Request, Response
from understudy.parameters.leniency import Leniency
from understudy.state.clock import iso
from understudy.state.store import Record, Value
from understudy.vendors.saasu.chart import chart
from understudy.vendors.saasu.tokens import issue_token, refresh_token

ACCOUNTS: Final = "/Account"
STALE: Final = "Record to be updated has changed since last read."
DECIMALS: Final = 7  # of a second, in every timestamp
BUILT_IN: Final = 2  # accounts of every file
GRANTS: Final = frozenset({"issueToken", "issueTokenWith2fa", "refreshToken"})


# ---- files


def enter(request: Request, _context: Context) -> None:
    """Refuse a caller that is restricted to other files. Raises AccessDenied."""
    file_id = request.query["FileId"]
    if not request.caller.may_reach("files", file_id):
        name = request.caller.name or "this token"
        files = ", ".join(sorted(request.caller.reach["files"])) or "none"
        raise AccessDenied(f"{name} does not have access to file {file_id}, only to {files}")


def account_id(writing: Writing) -> str:
    """Return the next id of a file."""
    return str(_before_first(writing.context, writing.scope["FileId"]) + writing.number)


def _before_first(context: Context, file_id: object) -> int:
    """Return the number after which a file's ids begin."""
    return context.random("account ids", file_id).randrange(1_000, 9_000) * 1_000


async def ping(_request: Request, _context: Context) -> Response:
    """Answer whoever came so far, since the credential is good."""
    return Response(200, "Ping successful")


# ---- what an account is


async def refuse(writing: Writing) -> list[Failure]:
    """Hold a write against the rules of the vendor. Raises RuleBroken."""
    is_delete = writing.context.operation.method == "delete"
    sent = writing.sent
    if writing.before is not None:
        before = writing.before.value
        _refuse_built_in(before, "deleted" if is_delete else "changed")
        if not is_delete and sent.get("LastUpdatedId") != before["LastUpdatedId"]:
            stale = Failure("body", "/LastUpdatedId", "version", "that of the last read or write")
            raise RuleBroken([stale], STALE)
    missing = [name for name in ("Name", "AccountType") if not (sent.get(name) or "").strip()]
    if missing and not is_delete:
        failures = [Failure("body", f"/{name}", "required", "present") for name in missing]
        raise RuleBroken(failures, f"An account needs {' and '.join(missing)}.")
    return []


def _refuse_built_in(account: Value, done: str) -> None:
    if account["IsBuiltIn"]:
        received = str(account["Id"])
        failure = Failure("path", "/Id", "built-in", "the id of an account that is not built in", received)
        raise RuleBroken([failure], f"A built-in account cannot be {done}.")


async def describe(writing: Writing) -> Mapping[str, Any]:
    """Say what of an account follows from what was sent, and from the write itself."""
    sent, before = writing.sent, writing.before
    level = (sent.get("AccountLevel") or "Detail").title()
    is_detail = level == "Detail"
    makes_files = sent.get("BankFileCreationEnabled") is True
    version = before.version + 1 if before is not None else 1
    said = {
        "AccountLevel": level,
        "IsActive": sent.get("IsActive") is not False,
        "IsBuiltIn": False,
        "LastUpdatedId": _last_updated_id(writing, version),
        "DefaultTaxCode": sent.get("DefaultTaxCode") if is_detail else None,
        "IsBankAccount": is_detail and sent.get("IsBankAccount") is True,
        "IncludeInForecaster": is_detail and sent.get("IncludeInForecaster") is True,
        "BankCode": sent.get("BankCode") if makes_files else None,
        "UserNumber": sent.get("UserNumber") if makes_files else None,
    }
    if writing.moment is not None:
        moment = iso(writing.moment, DECIMALS)
        said["CreatedDateUtc"] = before.value["CreatedDateUtc"] if before is not None else moment
        said["LastModifiedDateUtc"] = moment
    return said


def _last_updated_id(writing: Writing, version: int) -> str:
    """Return what stands for one version of an account, and for no other of it."""
    place = ("last updated", writing.scope["FileId"], writing.key)
    start = writing.context.random(*place).randrange(2**25, 2**29)
    return b64encode((start + version * 2003).to_bytes(8, "big")).decode()


def populate(
    context: Context, scope: Mapping[str, Any], count: int, first: int
) -> Iterator[tuple[Value, Value]]:
    """Yield the accounts of a small Australian company."""
    file_id = scope["FileId"]
    first_id = _before_first(context, file_id) + first
    for entry in chart(context.fake("chart", file_id), count, first_id, context.clock.now()):
        said = {
            "IsBuiltIn": entry.is_built_in,
            "CreatedDateUtc": iso(entry.created, DECIMALS),
            "LastModifiedDateUtc": iso(entry.modified, DECIMALS),
        }
        yield entry.sent, said


# ---- how accounts are shown


def show(body: Value, record: Record, request: Request, context: Context) -> Value:
    """Add what can be done next, and to the answer to a write what it says of it."""
    method = context.operation.method.upper()
    links = [_link(request, "self", method, record.key), _link(request, "list", "GET")]
    if method == "DELETE":
        return {"StatusMessage": "Ok", "_links": links}
    links += [_link(request, "update", "PUT", record.key), _link(request, "delete", "DELETE", record.key)]
    shown = {name: value for name, value in body.items() if name != "_links"}
    if method != "GET":
        shown["UtcLastModified"] = record.value["LastModifiedDateUtc"]
    return {**shown, "_links": links}


def around(request: Request, _context: Context) -> Value:
    """Return what stands beside a page of accounts."""
    return {"_links": [_link(request, "self", "GET")]}


def _link(request: Request, rel: str, method: str, key: str = "") -> Value:
    path = f"Account/{key}" if key else "Accounts"
    href = f"{request.base_url}/{path}?FileId={request.query['FileId']}"
    return {"rel": rel, "href": href, "method": method, "title": None}


# ---- refusals


_SENTENCES: Final[problem.Sayings] = {
    RecordNotFound: (404, "This file has no account with the id {0.key}"),
    RequestInvalid: (400, "The request is invalid: {}"),
}


def shape(error: Refusal, operation: Operation | None) -> Response:
    """Say no as Saasu does: a broken rule as a bare string, a missing FileId as 401, the rest as an
    object.
    """
    if _is_of_grants(error, operation):
        return _refused_grant(error)
    if isinstance(error, RuleBroken):
        return Response(400, str(error))
    if any(_is_missing_file(failure) for failure in error.failures):
        body = {"Message": "FileId is required: it says which file to work on."}
        return Response(401, body, {"WWW-Authenticate": "Bearer"})
    status, sentence = problem.stated(error, _SENTENCES)
    return Response(status, {"Message": _sentence(sentence)})


def _is_of_grants(error: Refusal, operation: Operation | None) -> bool:
    """Tell whether a token was asked for, also where no operation gives any."""
    if operation is not None:
        return operation.id in GRANTS
    if not isinstance(error, (OperationNotFound, MethodNotAllowed)):
        return False
    path = error.path.casefold().rstrip("/")
    return "/authorisation/" in path and not path.endswith("/ping")


def _is_missing_file(failure: Failure) -> bool:
    if (failure.location, failure.pointer) != ("query", "/FileId"):
        return False
    return failure.rule in ("required", "minimum") or failure.received == '""'


def _refused_grant(error: Refusal) -> Response:
    """Say no as the vendor's client reads it: with a word of RFC 6749 §5.2."""
    status, word = problem.status_of(error), "invalid_request"
    if isinstance(error, (CredentialRefused, AccessDenied, RecordChanged)):
        status, word = 401, "invalid_grant"
    elif any(failure.field == "grant_type" and failure.rule == "enum" for failure in error.failures):
        word = "unsupported_grant_type"
    return Response(status, {"error": word, "error_description": _sentence(str(error))})


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."


VENDOR: Final = Vendor(
    name="saasu",
    handlers={
        "issueToken": issue_token,
        "issueTokenWith2fa": issue_token,
        "refreshToken": refresh_token,
        "pingAuthorisation": ping,
    },
    shape=shape,
    leniency=Leniency(
        case_insensitive_paths=True,
        ignore_trailing_slash=True,
        case_insensitive_query=True,
        lenient_booleans=True,
        ambiguous_json=True,
    ),
    hooks={
        ACCOUNTS: Hooks(
            enter=enter,
            key=account_id,
            refuse=refuse,
            says=describe,
            show=show,
            around=around,
            populate=populate,
            given=BUILT_IN,
        )
    },
)
