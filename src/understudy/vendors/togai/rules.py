"""Togai: billing accounts that are created, changed, archived and never forgotten, in pages that neither skip nor repeat.

What Togai's documents do not say is assumed here; the contract's descriptions say the rest of it:

- An archived account can be read, and archiving it again changes nothing. It cannot be changed or get or lose aliases (400).
- An active account may become a draft again. PATCH replaces `address` whole, as it does `metadata` and `tags`.
- A page token's own page size wins over a `pageSize` sent with it. An empty token was never given out (400).
- `aliases` is left out of an account that never had any, and `[]` once it has none left.
- The ten requests a second are those of one credential, which stands for the organisation, and may come all at once.
- Customers are not kept: the same `customerId` always has the same `togaiCustomerId`. Invoice groups come with `populate` only.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from hashlib import blake2b
from string import ascii_letters, digits
from typing import Any, Final

from understudy import errors, problem
from understudy.contracts.contract import Operation
from understudy.errors import Failure, Refusal, RuleBroken, show
from understudy.faults.buckets import Limit
from understudy.handler import Context, Vendor
from understudy.messages import Request, Response
from understudy.state.store import Draft, Entry, Record, Value
from understudy.vendors.togai import aliases as togai_aliases
from understudy.vendors.togai import population as togai_population
from understudy.vendors.togai.aliases import Occasion, moment, no_such_moment

ACCOUNTS: Final = "accounts"
BASE_CURRENCY: Final = "USD"
ARCHIVED: Final = "ARCHIVED"

_OPTIONAL: Final = ("netTermDays", "address", "primaryEmail", "settings", "metadata", "tags")
_CHANGEABLE: Final = ("name", "status", *_OPTIONAL)
_CHUNK: Final = 1000  # records looked at in one go where many are archived

# ---- operations


async def create_account(request: Request, context: Context) -> Response:
    """Create an account. Raises RecordExists where the id is taken; RuleBroken."""
    await context.ready()
    record = await _new_record(context, request.body)
    await context.store.insert(ACCOUNTS, request.body["id"], record)
    return _answer(201, record, context)


async def get_account(request: Request, context: Context) -> Response:
    """Read an account, also an archived one, with the aliases of a moment. Raises RecordNotFound; RuleBroken for a day there is not."""
    await context.ready()
    at = context.clock.now()
    if "effectiveOn" in request.query:
        asked = moment(request.query["effectiveOn"])
        if asked is None:
            raise RuleBroken([no_such_moment("query", "/effectiveOn", request.query["effectiveOn"])])
        at = asked
    record = await _record(context, request.path["account_id"])
    account = togai_aliases.shown(record, at)
    if request.query["includeGroupDetails"] and "group" in record:
        account = {**account, "invoiceGroupDetails": record["group"]}
    return Response(200, account)


async def get_accounts(request: Request, context: Context) -> Response:
    """List a page of accounts in the order of their creation. Raises RuleBroken for a token that was never given out."""
    await context.ready()
    token = request.query.get("nextToken")
    size, position = _read_token(context, token) if token is not None else (request.query["pageSize"], 0)
    found, following = await _page(context, size, position)
    now = context.clock.now()
    page = {
        "data": [togai_aliases.shown(record, now) for record in found],
        "nextToken": _token(context, size, following) if following is not None else None,
        "context": {"pageSize": size, "sortOrder": "ASC"},
    }
    return Response(200, page)


async def update_account(request: Request, context: Context) -> Response:
    """Change what is sent of an account. Raises RecordNotFound; RuleBroken for another currency or an archived account."""
    await context.ready()
    return _answer(
        200,
        await _change(context, request.path["account_id"], lambda record: _updated(record, request.body)),
        context,
    )


async def delete_account(request: Request, context: Context) -> Response:
    """Archive an account. Raises RecordNotFound."""
    await context.ready()
    await _change(context, request.path["account_id"], _archived, even_archived=True)
    return Response(200, {"success": True})


async def add_aliases(request: Request, context: Context) -> Response:
    """Give an account more aliases. Raises RecordNotFound; RuleBroken for too many, or an archived account."""
    await context.ready()
    account_id = request.path["account_id"]
    occasion = await Occasion.next(context, account_id)
    return _answer(
        200,
        await _change(context, account_id, lambda record: togai_aliases.add(record, request.body, occasion)),
        context,
    )


async def list_account_aliases(request: Request, context: Context) -> Response:
    """List every alias of an account. Raises RecordNotFound."""
    await context.ready()
    record = await _record(context, request.path["account_id"])
    return Response(200, {"data": [*record["plain"], *record["dated"]], "nextToken": None})


async def remove_aliases(request: Request, context: Context) -> Response:
    """Take aliases from an account. Raises RecordNotFound; RuleBroken for an archived account."""
    await context.ready()
    account_id = request.path["account_id"]
    occasion = await Occasion.next(context, account_id)
    return _answer(
        200,
        await _change(
            context, account_id, lambda record: togai_aliases.remove(record, request.body, occasion)
        ),
        context,
    )


# ---- records


async def _new_record(context: Context, body: Value, group: Value | None = None) -> Value:
    """Return the record of an account to create: what `togai_aliases.shown` says, and its invoice group if it is in one."""
    account = {
        "id": body["id"],
        "togaiAccountId": _identifier(context, "account", body["id"]),
        "togaiCustomerId": _identifier(context, "customer", body["customerId"]),
        "name": body["name"],
        "customerId": body["customerId"],
        "status": body.get("status", "ACTIVE"),
        "invoiceCurrency": body.get("invoiceCurrency", BASE_CURRENCY),
        **_sent(body, _OPTIONAL),
    }
    record: Value = {"account": account, "plain": [], "dated": []}
    if group is not None:
        record["group"] = group
    if "aliases" in body or "accountAliases" in body:
        record = togai_aliases.add(record, body, await Occasion.next(context, body["id"]))
    return record


def _sent(body: Value, names: Sequence[str]) -> Value:
    """Return those members of a request that it has, as they are kept."""
    kept: dict[str, Any] = {name: body[name] for name in names if name in body}
    if "tags" in kept:
        kept["tags"] = list(dict.fromkeys(tag.lower() for tag in kept["tags"]))
    if "netTermDays" in kept:
        kept["netTermDays"] = int(kept["netTermDays"])  # JSON's 30.0 is an integer too
    return kept


def _identifier(context: Context, kind: str, key: str) -> str:
    """Return an identifier as Togai gives them; the same for the same key."""
    drawn = "".join(context.random(kind, key).choices(digits + ascii_letters, k=16))
    return f"{kind}.{drawn[:11]}.{drawn[11:]}"


def _answer(status: int, record: Value, context: Context) -> Response:
    return Response(status, togai_aliases.shown(record, context.clock.now()))


async def _record(context: Context, account_id: str) -> Value:
    found = await context.store.get(ACCOUNTS, account_id)
    if found is None:
        raise errors.RecordNotFound(ACCOUNTS, account_id)
    return found.value


# ---- changes


async def _change(
    context: Context, account_id: str, change: Callable[[Value], Value], even_archived: bool = False
) -> Value:
    """Replace a record by what `change` makes of it; done again where another request was faster, so that no change is lost."""

    async def changed(found: Record) -> Draft:
        value = found.value
        if value["account"]["status"] == ARCHIVED and not even_archived:
            raise RuleBroken([], f"The account with id {account_id} is archived and cannot be changed.")
        return Draft(change(value))

    return (await context.store.update(ACCOUNTS, account_id, changed)).value


def _updated(record: Value, body: Value) -> Value:
    currency = record["account"]["invoiceCurrency"]
    if body.get("invoiceCurrency", currency) != currency:
        expected = f"{currency}, since the currency of an account never changes"
        raise RuleBroken(
            [Failure("body", "/invoiceCurrency", "immutable", expected, show(body["invoiceCurrency"]))]
        )
    return {**record, "account": {**record["account"], **_sent(body, _CHANGEABLE)}}


def _archived(record: Value) -> Value:
    return {**record, "account": {**record["account"], "status": ARCHIVED}}


# ---- pages


async def _page(context: Context, size: int, position: int) -> tuple[list[Value], int | None]:
    """Return so many records that are not archived, from a position on, and the position of the next; None where there is none.

    A position counts all accounts ever created, in order. Since none is ever removed, it stays right whatever happens between pages.
    """
    found: list[Value] = []
    chunk = size + 1
    while True:
        records = (await context.store.list(ACCOUNTS, offset=position, limit=chunk)).records
        for record in records:
            value = record.value
            if value["account"]["status"] != ARCHIVED:
                if len(found) == size:
                    return found, position
                found.append(value)
            position += 1
        if len(records) < chunk:
            return found, None
        chunk = min(chunk * 2, _CHUNK)


_TOKEN: Final = re.compile(rb'\{"pageSize":([0-9]{1,3}),"position":([0-9]{1,12}),"check":"[0-9a-f]{12}"\}')


def _token(context: Context, size: int, position: int) -> str:
    """Write where the next page begins. There are no filters to carry: all that is left out is what is archived."""
    check = blake2b(
        f"{context.world.seed}/{size}/{position}".encode(), digest_size=6, person=b"togai page"
    ).hexdigest()
    written = f'{{"pageSize":{size},"position":{position},"check":"{check}"}}'
    return urlsafe_b64encode(written.encode()).decode().rstrip("=")


def _read_token(context: Context, token: str) -> tuple[int, int]:
    """Return the page size and the position of a token that was written here. Raises RuleBroken for any other."""
    try:
        said = _TOKEN.fullmatch(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except ValueError:
        said = None
    if said is not None:
        size, position = int(said[1]), int(said[2])
        if token == _token(context, size, position):
            return size, position
    raise RuleBroken(
        [Failure("query", "/nextToken", "token", "the nextToken of a former page, unchanged", show(token))]
    )


# ---- errors

_MESSAGE_LIMIT: Final = 500
_RULES_BROKEN: Final = (errors.RecordExists, errors.RuleBroken)  # Togai documents neither 409 nor 422


def shape(refusal: Refusal, operation: Operation | None) -> Response:  # noqa: ARG001 -- Togai has one shape for all operations
    """Answer a refusal as `{"message": …}`, naming every failing field that there is room for."""
    status = 400 if isinstance(refusal, _RULES_BROKEN) else problem.status_of(refusal)
    return Response(status, {"message": _message(refusal)}, media_type="application/json")


def _message(refusal: Refusal) -> str:
    match refusal:
        case errors.RecordExists():
            return f"An account with id {refusal.value} already exists."
        case errors.RecordNotFound():
            return f"There is no account with id {refusal.key}."
        case errors.RequestInvalid() | errors.RuleBroken() if refusal.failures:
            return _listed([_sentence(failure) for failure in refusal.failures])
    return _shortened(str(refusal), _MESSAGE_LIMIT)


def _sentence(failure: Failure) -> str:
    """Say a failure with its place as `address.country`, or the name of its location where it is about the whole."""
    place = failure.pointer[1:].replace("/", ".").replace("~1", "/").replace("~0", "~")
    return f"{_shortened(place or failure.location, 120)} {failure.message}"


def _listed(sentences: Sequence[str]) -> str:
    """Join as many sentences as a message can hold, and say how many more there are."""
    said = _shortened(sentences[0], _MESSAGE_LIMIT - 20)
    for number, sentence in enumerate(sentences[1:], 1):
        more = f"; and {len(sentences) - number} more"
        longer = f"{said}; {sentence}"
        if len(longer) + len(more) > _MESSAGE_LIMIT:
            return said + more
        said = longer
    return said


def _shortened(text: str, limit: int) -> str:
    """Take out the middle of a text that is too long: its beginning says what it is about, its end often what would help."""
    if len(text) <= limit:
        return text
    half = (limit - 3) // 2
    return f"{text[:half]} … {text[-half:]}"


# ---- data


async def populate(context: Context, _partition: str, count: int) -> None:
    """Create so many realistic accounts. An organisation is one partition."""
    entries = []
    for body, group in list(
        togai_population.accounts(context.fake, count)
    ):  # all before the first await: the Faker is shared
        known = {"id": _identifier(context, "ig", body["customerId"]), **group} if group else None
        entries.append(Entry(body["id"], await _new_record(context, body, known)))
    await context.store.insert_all(ACCOUNTS, entries)


VENDOR: Final = Vendor(
    name="togai",
    handlers={
        "createAccount": create_account,
        "getAccounts": get_accounts,
        "getAccount": get_account,
        "updateAccount": update_account,
        "deleteAccount": delete_account,
        "addAliases": add_aliases,
        "listAccountAliases": list_account_aliases,
        "removeAliases": remove_aliases,
    },
    shape=shape,
    populate=populate,
    partitions=("",),
    limits=(Limit(10, 10),),
)
