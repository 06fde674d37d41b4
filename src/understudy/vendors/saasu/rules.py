"""Saasu: the accounts of a file.

What the vendor does not document is built so:

- Ids grow by one in each file, from a number of the file's own. LastUpdatedId is eight bytes in Base64, and grows with each write.
- AccountLevel is stored as `Header` or `Detail`, however it was sent. IsActive is true unless sent otherwise, IsBankAccount false.
- HeaderAccountId, ExchangeAccountId and MerchantFeeAccountId are stored as sent, whether or not such an account is there: the
  vendor's own sample names one that nobody has made. So an account may also be deleted while others name it.
- Name and AccountType are needed to insert and to update. An update without LastUpdatedId is refused as a stale one is.
- Built-in accounts, which only a populated file has (accounts receivable and payable), cannot be changed or deleted.
- Whatever is wrong with a user or a refresh token is 401, as it is in the vendor's client. As a password, the magic credentials are
  refused too. The token of a user who may reach any file names file 123 in its scope: the vendor's client looks for a file there.
- FileId below 1 is taken for a missing one. Accounts are listed in the order of their ids.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

from understudy import problem
from understudy.contracts.contract import Operation
from understudy.errors import (
    AccessDenied,
    CredentialRefused,
    Failure,
    RecordChanged,
    RecordNotFound,
    Refusal,
    RequestInvalid,
    RuleBroken,
)
from understudy.handler import Context, Vendor
from understudy.messages import Request, Response
from understudy.parameters.leniency import Leniency
from understudy.state.clock import iso
from understudy.state.conditions import And, Condition, Test
from understudy.state.store import Entry, Record, Value
from understudy.vendors.saasu.chart import chart
from understudy.vendors.saasu.tokens import issue_token, refresh_token

STALE: Final = "Record to be updated has changed since last read."
DECIMALS: Final = 7  # of a second, in every timestamp
GRANTS: Final = frozenset({"issueToken", "refreshToken"})


async def insert_account(request: Request, context: Context) -> Response:
    """Add an account to the file. Raises RuleBroken."""
    file_id = await _enter(request, context)
    _check(request.body)
    account_id = _before_first(context, file_id) + await context.store.increment(_counter(file_id))
    moment = iso(await context.tick(_accounts(file_id)), DECIMALS)
    value = _stored(
        request.body, account_id, moment, moment, _last_updated_id(context, file_id, account_id, 1)
    )
    await context.store.insert(_accounts(file_id), str(account_id), value)
    return Response(
        200,
        {"InsertedEntityId": account_id, **_written(value), "_links": _links(request, account_id, "POST")},
    )


async def list_accounts(request: Request, context: Context) -> Response:
    """Return one page of the accounts that match every filter."""
    file_id = await _enter(request, context)
    size = request.query["PageSize"]
    start = (request.query["Page"] - 1) * size
    page = await context.store.list(
        _accounts(file_id), where=_filter(request.query), offset=start, limit=size
    )
    accounts = [_shown(request, record) for record in page.records]
    return Response(200, {"Accounts": accounts, "_links": [_link(request, "self", "GET")]})


async def get_account(request: Request, context: Context) -> Response:
    """Return one account. Raises RecordNotFound."""
    file_id = await _enter(request, context)
    return Response(200, _shown(request, await _find(request, context, file_id)))


async def update_account(request: Request, context: Context) -> Response:
    """Replace an account. Raises RecordNotFound, RuleBroken, or RecordChanged where another update came in between."""
    file_id = await _enter(request, context)
    record = await _find(request, context, file_id)
    before, sent = record.value, request.body
    _refuse_built_in(before, "changed")
    if sent.get("LastUpdatedId") != before["LastUpdatedId"]:
        raise RuleBroken(
            [Failure("body", "/LastUpdatedId", "version", "that of the last read or write")], STALE
        )
    _check(sent)
    account_id = before["Id"]
    moment = iso(await context.tick(_accounts(file_id)), DECIMALS)
    last_updated_id = _last_updated_id(context, file_id, account_id, record.version + 1)
    value = _stored(sent, account_id, before["CreatedDateUtc"], moment, last_updated_id)
    await context.store.replace(_accounts(file_id), record.key, value, expected=record.revision)
    return Response(
        200, {"UpdatedAccountId": account_id, **_written(value), "_links": _links(request, account_id, "PUT")}
    )


async def delete_account(request: Request, context: Context) -> Response:
    """Remove an account. Raises RecordNotFound or RuleBroken."""
    file_id = await _enter(request, context)
    record = await _find(request, context, file_id)
    _refuse_built_in(record.value, "deleted")
    if not await context.store.delete(_accounts(file_id), record.key):
        raise RecordNotFound(_accounts(file_id), record.key)
    links = [_link(request, "self", "DELETE", record.value["Id"]), _link(request, "list", "GET")]
    return Response(200, {"StatusMessage": "Ok", "_links": links})


async def populate(context: Context, partition: str, count: int) -> None:
    """Give a file the accounts of a small Australian company."""
    last = await context.store.increment(_counter(partition), count)
    first_id = _before_first(context, partition) + last - count + 1
    values = [
        _stored(
            entry.sent,
            account_id,
            iso(entry.created, DECIMALS),
            iso(entry.modified, DECIMALS),
            _last_updated_id(context, partition, account_id, 1),
            is_built_in=entry.is_built_in,
        )
        for account_id, entry in enumerate(
            chart(context.fake("chart", partition), count, first_id, context.clock.now()), first_id
        )
    ]
    await context.store.insert_all(_accounts(partition), [Entry(str(value["Id"]), value) for value in values])


# ---- what an account is


def _check(sent: Value) -> None:
    missing = [name for name in ("Name", "AccountType") if not (sent.get(name) or "").strip()]
    if missing:
        failures = [Failure("body", f"/{name}", "required", "present") for name in missing]
        raise RuleBroken(failures, f"An account needs {' and '.join(missing)}.")


def _refuse_built_in(value: Value, done: str) -> None:
    if value["IsBuiltIn"]:
        failure = Failure(
            "path", "/Id", "built-in", "the id of an account that is not built in", str(value["Id"])
        )
        raise RuleBroken([failure], f"A built-in account cannot be {done}.")


def _stored(
    sent: Value,
    account_id: int,
    created: str,
    modified: str,
    last_updated_id: str,
    *,
    is_built_in: bool = False,
) -> Value:
    """Return an account as it is after what was sent: all its members but `_links`, in the order of the vendor's samples."""
    level = _level(sent.get("AccountLevel"))
    is_header = level == "Header"
    makes_files = sent.get("BankFileCreationEnabled") is True
    return {
        "Id": account_id,
        "Name": sent["Name"],
        "AccountLevel": level,
        "AccountType": sent["AccountType"],
        "IsActive": sent.get("IsActive") is not False,
        "IsBuiltIn": is_built_in,
        "LastUpdatedId": last_updated_id,
        "DefaultTaxCode": None if is_header else sent.get("DefaultTaxCode"),
        "LedgerCode": sent.get("LedgerCode"),
        "Currency": sent.get("Currency"),
        "HeaderAccountId": sent.get("HeaderAccountId"),
        "ExchangeAccountId": sent.get("ExchangeAccountId"),
        "IsBankAccount": not is_header and sent.get("IsBankAccount") is True,
        "CreatedDateUtc": created,
        "LastModifiedDateUtc": modified,
        "IncludeInForecaster": not is_header and sent.get("IncludeInForecaster") is True,
        "BSB": sent.get("BSB"),
        "Number": sent.get("Number"),
        "BankAccountName": sent.get("BankAccountName"),
        "BankFileCreationEnabled": sent.get("BankFileCreationEnabled"),
        "BankCode": sent.get("BankCode") if makes_files else None,
        "UserNumber": sent.get("UserNumber") if makes_files else None,
        "MerchantFeeAccountId": sent.get("MerchantFeeAccountId"),
        "IncludePendingTransactions": sent.get("IncludePendingTransactions"),
    }


def _level(sent: str | None) -> str:
    return (sent or "Detail").title()


def _before_first(context: Context, file_id: object) -> int:
    """Return the number after which a file's ids begin."""
    return context.random("account ids", file_id).randrange(1_000, 9_000) * 1_000


def _last_updated_id(context: Context, file_id: object, account_id: int, version: int) -> str:
    """Return what stands for one version of an account, and for no other of it."""
    start = context.random("last updated", file_id, account_id).randrange(2**25, 2**29)
    return b64encode((start + version * 2003).to_bytes(8, "big")).decode()


# ---- where accounts are, and how they are shown


async def _enter(request: Request, context: Context) -> int:
    """Return the id of the file asked for, which then has its first accounts. Raises AccessDenied."""
    file_id: int = request.query["FileId"]
    if not request.caller.may_reach("files", file_id):
        raise AccessDenied(f"{request.caller.name} does not have access to file {file_id}")
    await context.ready(str(file_id))
    return file_id


async def _find(request: Request, context: Context, file_id: int) -> Record:
    key = str(request.path["Id"])
    record = await context.store.get(_accounts(file_id), key)
    if record is None:
        raise RecordNotFound(_accounts(file_id), key)
    return record


def _accounts(file_id: object) -> str:
    return f"accounts {file_id}"


def _counter(file_id: object) -> str:
    return f"account ids {file_id}"


def _filter(query: Mapping[str, Any]) -> Condition | None:
    """Return what the query asks of each account; None where it asks nothing, for then a page costs no look at the others."""
    wanted = {
        name: query[name]
        for name in ("IsActive", "IsBankAccount", "AccountType", "HeaderAccountId")
        if name in query
    }
    if "AccountLevel" in query:
        wanted["AccountLevel"] = _level(query["AccountLevel"])
    if not query["IncludeBuiltIn"]:
        wanted["IsBuiltIn"] = False
    tests = tuple(Test((name,), "eq", asked) for name, asked in wanted.items())
    return And(tests) if tests else None


def _shown(request: Request, record: Record) -> Value:
    value = record.value
    return {**value, "_links": _links(request, value["Id"], "GET")}


def _written(value: Value) -> Value:
    return {"LastUpdatedId": value["LastUpdatedId"], "UtcLastModified": value["LastModifiedDateUtc"]}


def _links(request: Request, account_id: int, method: str) -> list[Value]:
    """Link to what can be done with an account; `method` is that of this request."""
    return [
        _link(request, "self", method, account_id),
        _link(request, "list", "GET"),
        _link(request, "update", "PUT", account_id),
        _link(request, "delete", "DELETE", account_id),
    ]


def _link(request: Request, rel: str, method: str, account_id: int | None = None) -> Value:
    path = "Accounts" if account_id is None else f"Account/{account_id}"
    return {
        "rel": rel,
        "href": f"{request.base_url}/{path}?FileId={request.query['FileId']}",
        "method": method,
        "title": None,
    }


# ---- refusals


def shape(error: Refusal, operation: Operation | None) -> Response:
    """Say no as Saasu does: a broken rule as a bare string, a missing FileId as 401, the rest as an object with a Message."""
    if operation is not None and operation.id in GRANTS:
        return _refused_grant(error)
    if isinstance(error, RecordChanged):
        return Response(400, STALE)
    if isinstance(error, RuleBroken):
        return Response(400, str(error))
    if any(_is_missing_file(failure) for failure in error.failures):
        return Response(
            401,
            {"Message": "FileId is required: it says which file to work on."},
            {"WWW-Authenticate": "Bearer"},
        )
    return Response(problem.status_of(error), {"Message": _message(error)})


def _message(error: Refusal) -> str:
    if isinstance(error, RecordNotFound):
        return f"This file has no account with the id {error.key}."
    return _sentence(f"the request is invalid: {error}" if isinstance(error, RequestInvalid) else str(error))


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
        "insertAccount": insert_account,
        "listAccounts": list_accounts,
        "getAccount": get_account,
        "updateAccount": update_account,
        "deleteAccount": delete_account,
        "issueToken": issue_token,
        "refreshToken": refresh_token,
    },
    shape=shape,
    populate=populate,
    leniency=Leniency(
        case_insensitive_paths=True,
        ignore_trailing_slash=True,
        case_insensitive_query=True,
        lenient_booleans=True,
    ),
)
