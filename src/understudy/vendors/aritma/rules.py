"""Aritma ErpHub: the accounts of each client, added one by one or all together, listed, and synchronised.

What the vendor does not document is assumed here; the contract's descriptions say the rest of it:

- Two account numbers are the same if they are so to the letter: spaces and case count. Each that is taken, or that comes twice in a
  list, is named in a sentence of its own.
- Whatever is wrong with the body of an addition, also that it is no JSON, is 400 in the envelope. Every other refusal, and every
  refusal of another operation, is problem details: `type` leads to the status in RFC 9110, `instance` is null.
- A caller restricted to other clients hears of a wrong body before it hears 403; one without the scope does not.
- An accountId is a UUID made of the client and the number: the same account has the same id in each run.
- Where no `bankAccountNumber` was sent it is null. Members the contract does not know are ignored.
- A disabled account is one with `isActiveInErp` false. Only a populated client has such; its transactions can be synchronised too.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from faker import Faker

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
    RuleBroken,
    ScopeMissing,
    show,
)
from understudy.handler import Context, Vendor
from understudy.messages import Request, Response
from understudy.state.conditions import Test
from understudy.state.store import Entry, Store, Value
from understudy.vendors.accounting import LedgerProvider

ADD: Final = "addClientAccounts"
NUMBER: Final = "accountNumber"

_IS_ACTIVE: Final = Test(("isActiveInErp",), "eq", True)

# ---- operations


async def add_client_accounts(request: Request, context: Context) -> Response:
    """Add one account or several, all or none. Raises AccessDenied; RuleBroken, naming every number that is taken."""
    client_id = await _enter(request, context)
    sent = request.body if isinstance(request.body, list) else [request.body]
    accounts = [_account(context, client_id, one) for one in sent]
    try:
        await context.store.insert_all(_accounts(client_id), [_entry(account) for account in accounts])
    except RecordExists:
        raise await _taken(request.body, context.store, client_id) from None
    return Response(200, {"success": True, "error": None, "accounts": accounts})


async def list_client_accounts(request: Request, context: Context) -> Response:
    """Return all accounts of a client, or those in use, in the order in which they were added. Raises AccessDenied."""
    client_id = await _enter(request, context)
    where = None if request.query["includeDisabledAccounts"] else _IS_ACTIVE
    page = await context.store.list(_accounts(client_id), where=where)
    return Response(200, [record.value for record in page.records])


async def enable_account_sync(request: Request, context: Context) -> Response:
    """Turn transaction sync on for one account. Raises AccessDenied or RecordNotFound."""
    client_id = await _enter(request, context)
    key = request.path["accountId"]
    record = await context.store.get(_accounts(client_id), key)
    if record is None:
        raise RecordNotFound("account", key)
    before = record.value
    account = {**before, "isSyncTransactionEnabled": True}
    if (
        account != before
    ):  # nothing else of an account ever changes, so it does not matter who else does the same
        await context.store.replace(_accounts(client_id), key, account)
    return Response(200, account)


async def populate(context: Context, partition: str, count: int) -> None:
    """Give a client the accounts of a Norwegian company."""
    entries = [
        _entry(_account(context, partition, sent, is_synced=is_synced, is_active=is_active))
        for sent, is_synced, is_active in list(
            _chart(context.fake("chart", partition), count)
        )  # whole, before the Faker goes on to ids
    ]
    await context.store.insert_all(_accounts(partition), entries)


# ---- accounts, and where they are


async def _enter(request: Request, context: Context) -> str:
    """Return the id of the client asked for, which then has its first accounts. Raises AccessDenied."""
    client_id: str = request.path["clientId"]
    if not request.caller.may_reach("clients", client_id):
        raise AccessDenied(f"{request.caller.name} does not have access to client {client_id}")
    await context.ready(client_id)
    return client_id


def _accounts(client_id: str) -> str:
    return f"accounts {client_id}"


def _account(
    context: Context, client_id: str, sent: Value, *, is_synced: bool = False, is_active: bool = True
) -> Value:
    """Return an account as it is shown and stored, its members in the vendor's order."""
    number = sent[NUMBER]
    return {
        "accountId": context.fake(
            "account id", (client_id, number)
        ).uuid4(),  # a pair, for either may have the key's separator in it
        NUMBER: number,
        "currency": sent["currency"],
        "clientId": client_id,
        "description": sent["description"],
        "bankAccountNumber": sent.get("bankAccountNumber"),
        "isSyncTransactionEnabled": is_synced,
        "isActiveInErp": is_active,
    }


def _entry(account: Value) -> Entry:
    return Entry(account["accountId"], account, unique={NUMBER: account[NUMBER]})


async def _taken(body: Value | list[Value], store: Store, client_id: str) -> RuleBroken:
    """Tell of every number that the client has used, or that comes a second time, where it stands and why it is refused."""
    sent: dict[str, Value] = (
        {f"/{index}": one for index, one in enumerate(body)} if isinstance(body, list) else {"": body}
    )
    failures: list[Failure] = []
    reasons: dict[str, None] = {}  # each once, in order
    seen: set[str] = set()
    for pointer, one in sent.items():
        number = one[NUMBER]
        shown = number if len(number) <= SHOWN else f"{number[:SHOWN]}…"
        if await store.find(_accounts(client_id), NUMBER, number) is not None:
            reasons[f"Account number {shown} is already used by this client."] = None
        elif number in seen:
            reasons[f"Account number {shown} comes more than once in the request."] = None
        else:
            seen.add(number)
            continue
        failures.append(
            Failure(
                "body",
                f"{pointer}/{NUMBER}",
                "unique",
                "a number that no other account of the client has",
                show(number),
            )
        )
    return RuleBroken(failures, " ".join(reasons))


# ---- refusals


def shape(refusal: Refusal, operation: Operation | None) -> Response:
    """Say no to an addition's body in the envelope of its success, and to all else as problem details."""
    status = 400 if isinstance(refusal, RuleBroken) else problem.status_of(refusal)
    if status == 400 and operation is not None and operation.id == ADD:
        return Response(status, {"success": False, "error": _sentence(refusal), "accounts": None})
    # RFC 9110 renamed this one, and Python took the new name with 3.13.
    title = "Content Too Large" if status == 413 else HTTPStatus(status).phrase
    link = f"https://www.rfc-editor.org/rfc/rfc9110#name-{status}-{title.lower().replace(' ', '-')}"
    if isinstance(refusal, RateLimited):
        link = "https://www.rfc-editor.org/rfc/rfc6585#section-4"  # the one status here that RFC 9110 does not define
    return Response(
        status,
        {"type": link, "title": title, "status": status, "detail": _sentence(refusal), "instance": None},
    )


def _sentence(refusal: Refusal) -> str:
    match refusal:
        case CredentialMissing():
            return "An access token is required."
        case CredentialExpired():
            return "The access token has expired."
        case CredentialRevoked():
            return "The access token was revoked."
        case CredentialRefused():
            return "The access token is not valid."
        case ScopeMissing():
            return f"The access token lacks the scope {' '.join(refusal.required)}."
        case RecordNotFound():
            return f"The client has no account with the identifier {refusal.key}."
        case RequestInvalid():
            return f"The request is invalid: {refusal}."
    said = str(refusal)
    return f"{said[:1].upper()}{said[1:].removesuffix('.')}."


# ---- the accounts of a populated client

_STANDARD: Final = {
    "1921": "Operating Account", "1500": "Accounts Receivable", "1940": "Foreign Currency Account",
    "1020": "Trademarks and Patents", "1080": "Goodwill", "1100": "Land and Buildings", "1200": "Plant and Machinery",
    "1230": "Motor Vehicles", "1250": "Furniture and Fittings", "1280": "Office Equipment", "1300": "Investment in Subsidiary",
    "1420": "Work in Progress", "1460": "Inventory on Hand", "1530": "Accrued Revenue", "1560": "Intercompany Receivables",
    "1570": "Employee Advances", "1580": "Allowance for Doubtful Debts", "1700": "Prepaid Rent", "1810": "Listed Shares",
    "1900": "Petty Cash", "1922": "Payroll Account", "1923": "Merchant Clearing", "1930": "Business Savings", "1935": "Term Deposit",
    "1941": "Foreign Currency Account", "1942": "Foreign Currency Account", "1943": "Foreign Currency Account",
    "1951": "Tax Reserve Account", "2000": "Share Capital", "2020": "Share Premium", "2050": "Retained Earnings",
    "2120": "Deferred Tax Liability", "2220": "Bank Loan", "2250": "Shareholder Loan", "2400": "Accounts Payable",
    "2460": "Intercompany Payables", "2500": "Income Tax Payable", "2600": "Payroll Tax Payable", "2700": "Sales Tax Payable",
    "2800": "Dividends Payable", "2900": "Customer Deposits", "2930": "Wages Payable", "2940": "Accrued Holiday Pay",
    "2960": "Accrued Expenses", "3000": "Product Sales", "3020": "Service Revenue", "4300": "Purchases", "4500": "Subcontractors",
    "5000": "Wages and Salaries", "6300": "Rent", "6340": "Electricity and Gas", "6600": "Repairs and Maintenance",
    "6700": "Accounting Fees", "6720": "Legal Fees", "6800": "Office Supplies", "6900": "Telephone and Internet",
    "7000": "Motor Vehicle Expenses", "7140": "Travel - Domestic", "7320": "Advertising and Marketing", "7500": "Insurance",
    "7770": "Bank Charges", "7830": "Bad Debts", "8050": "Interest Income", "8060": "Foreign Exchange Gain",
    "8150": "Interest Expense", "8160": "Foreign Exchange Loss",
}  # fmt: skip
"""The ledger's names under numbers of the groups they have in the Norwegian standard chart of accounts (NS 4102).

1920 and 1950, where a client's main and its tax account usually are, stay free: they are in the contract's examples, which so can be sent.
"""
_ALWAYS_FIRST: Final = 3
_FOREIGN: Final = {"1940": ("EUR", "NO"), "1941": ("SEK", "SE"), "1942": ("USD", "NO"), "1943": ("DKK", "DK")}
"""The currencies of accounts that are not in kroner, and the country of the bank."""
_CASH: Final = "1900"
_TOWNS: Final = (
    "Oslo",
    "Bergen",
    "Trondheim",
    "Stavanger",
    "Tromsø",
    "Kristiansand",
    "Bodø",
    "Ålesund",
    "Drammen",
    "Hamar",
)


def _chart(fake: Faker, count: int) -> Iterator[tuple[Value, bool, bool]]:
    """Yield what a user would have sent, whether it is synchronised, and whether it is in use.

    The first account is synchronised and the third is out of use; where there are more than the standard knows, each is once in each town.
    """
    random, ledger = fake.random, LedgerProvider(fake)
    numbers = list(_STANDARD)
    others = numbers[_ALWAYS_FIRST:]
    random.shuffle(others)
    numbers[_ALWAYS_FIRST:] = others
    for index in range(count):
        turn, place = divmod(index, len(numbers))
        number = numbers[place]
        currency, country = _FOREIGN.get(number, ("NOK", ""))
        sent: dict[str, Any] = {
            NUMBER: number + (f"{turn:02}" if turn else ""),
            "currency": currency,
            "description": " - ".join([_STANDARD[number], *([currency] if country else []), *_branch(turn)]),
        }
        is_bank = number.startswith("19") and number != _CASH
        if is_bank:
            sent["bankAccountNumber"] = ledger.iban(country) if country else ledger.norwegian_account_number()
        is_active = index < 2 or (index > 2 and random.random() < 0.9)
        yield sent, is_bank and is_active and (index == 0 or random.random() < 0.5), is_active


def _branch(turn: int) -> list[str]:
    """Name the branch that has its own accounts; the first to have them is the company itself."""
    if not turn:
        return []
    again, place = divmod(turn - 1, len(_TOWNS))
    return [f"{_TOWNS[place]} {again + 1}" if again else _TOWNS[place]]


VENDOR: Final = Vendor(
    name="aritma",
    handlers={
        ADD: add_client_accounts,
        "listClientAccounts": list_client_accounts,
        "enableAccountSync": enable_account_sync,
    },
    shape=shape,
    populate=populate,
)
