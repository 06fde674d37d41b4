"""Togai: what its contract cannot say of billing accounts, and what leads from page to page.

What Togai's documents do not say is assumed here; the contract's descriptions say the rest of it:

- An archived account can be read, and archiving it again changes nothing. It cannot be changed or get or lose
  aliases (400).
- An active account may become a draft again. PATCH replaces `address` whole, as it does `metadata` and
  `tags`.
- A page token's own page size, order and filters win over those sent with it. An empty token was never
  given out (400).
- `aliases` is left out of an account that never had any, and `[]` once it has none left.
- The ten requests a second are those of one credential, which stands for the organisation, and may come all
  at once.
- Customers are not kept: the same `customerId` always has the same `togaiCustomerId`. Invoice groups come
  with `populate` only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from string import ascii_letters, digits
from typing import Any, Final

from understudy.contracts.contract import Operation
from understudy.errors import (
    Failure,
    RecordExists,
    RecordNotFound,
    Refusal,
    RequestInvalid,
    RuleBroken,
    show,
)
from understudy.faults.buckets import Limit
from understudy.handler import Context, Hooks, Vendor, Writing
from understudy.messages import Request, Response
from understudy.parameters.leniency import Leniency
from understudy.problem import Sayings, stated
from understudy.state.clock import EPOCH, iso
from understudy.state.store import Record, Value
from understudy.vendors.togai import aliases as togai_aliases
from understudy.vendors.togai import pages
from understudy.vendors.togai import population as togai_population
from understudy.vendors.togai.aliases import moment, no_such_moment

ACCOUNTS: Final = "/accounts"
ARCHIVED: Final = "ARCHIVED"
GROUP: Final = "invoiceGroupDetails"

# ---- accounts


async def refuse(writing: Writing) -> list[Failure]:
    """Refuse another currency. Raises RuleBroken for an archived account."""
    if writing.before is None:
        return []
    account, sent = writing.before.value, writing.sent
    if account["status"] == ARCHIVED and sent != {"status": ARCHIVED}:
        raise RuleBroken([], f"The account with id {writing.before.key} is archived and cannot be changed.")
    currency = account["invoiceCurrency"]
    received = sent.get("invoiceCurrency", currency)
    if received == currency:
        return []
    expected = f"{currency}, since the currency of an account never changes"
    return [Failure("body", "/invoiceCurrency", "immutable", expected, show(received))]


async def say(writing: Writing) -> Mapping[str, Any]:
    """Say the identifiers, aliases and tags of an account. Raises RuleBroken for aliases that cannot be."""
    context, sent = writing.context, writing.sent
    said: dict[str, Any] = {}
    if writing.moment is not None:
        said["updatedAt"] = iso(writing.moment)
    if writing.before is None:
        said["togaiAccountId"] = identifier(context, "account", writing.key)
    if writing.before is None and "customerId" in sent:
        said["togaiCustomerId"] = identifier(context, "customer", sent["customerId"])
    if "tags" in sent:
        said["tags"] = list(dict.fromkeys(tag.lower() for tag in sent["tags"]))
    return {**said, **await togai_aliases.said(writing)}


def identifier(context: Context, kind: str, key: str) -> str:
    """Return an identifier as Togai gives them; the same for the same key."""
    drawn = "".join(context.random(kind, key).choices(digits + ascii_letters, k=16))
    return f"{kind}.{drawn[:11]}.{drawn[11:]}"


def shown(account: Value, record: Record, request: Request, context: Context) -> Value:
    """Show the aliases of the moment asked about, and the invoice group where it is asked for. Raises
    RuleBroken.
    """
    at = context.clock.now()
    asked = request.query.get("effectiveOn")
    if asked is not None:
        found = moment(asked)
        if found is None:
            raise RuleBroken([no_such_moment("query", "/effectiveOn", asked)])
        at = found
    known = record.meta.get("sent", {})
    account = togai_aliases.shown(account, known.get("dated", ()), at)
    if request.query.get("includeGroupDetails") and GROUP in known:
        account = {**account, GROUP: known[GROUP]}
    return account


def populate(
    context: Context, _scope: Mapping[str, Any], count: int, _first: int
) -> Iterator[tuple[Value, Value]]:
    """Yield realistic accounts, and the groups they are invoiced in."""
    # All before the first write, since the Faker is shared.
    for number, (body, group) in enumerate(list(togai_population.accounts(context.fake, count)), 1):
        said: dict[str, Any] = {"updatedAt": iso(EPOCH - timedelta(hours=number))}
        if group is not None:
            said[GROUP] = {"id": identifier(context, "ig", body["customerId"]), **group}
        yield body, said


# ---- lists


async def get_accounts(request: Request, context: Context) -> Response:
    """List a page of the accounts, by default the last changed first.

    Raises RuleBroken for a token that was never given out.
    """
    await context.ready(ACCOUNTS)
    query, mark = request.query, None
    filters = {name: query[name] for name in pages.FILTERS if query.get(name) is not None}
    listing = pages.Listing(int(query["pageSize"]), query["_sort"], filters)
    if query.get("nextToken") is not None:
        listing, mark = pages.read_token(context, query["nextToken"])
    records, following = await pages.page(context.store, ACCOUNTS, listing, mark)
    next_token = None
    if following is not None:
        next_token = pages.write_token(context, listing, following)
    data = [shown(record.value, record, request, context) for record in records]
    page_context = {"pageSize": listing.size, "sortOrder": listing.direction}
    return Response(200, {"data": data, "nextToken": next_token, "context": page_context})


async def list_account_aliases(request: Request, context: Context) -> Response:
    """List every alias of an account. Raises RecordNotFound."""
    await context.ready(ACCOUNTS)
    account_id = request.path["account_id"]
    record = await context.store.get(ACCOUNTS, account_id)
    if record is None:
        raise RecordNotFound("account", account_id)
    aliases = togai_aliases.of(record)
    return Response(200, {"data": [*aliases.plain, *aliases.dated], "nextToken": None})


# ---- errors

_LONGEST_MESSAGE: Final = 500
_ERRORS: Final[Sayings] = {  # Togai documents neither 409 nor 422
    RecordExists: (400, "An account with id {0.value} already exists."),
    RecordNotFound: (404, "There is no account with id {0.key}."),
    RuleBroken: (400, "{}"),
}


def shape(refusal: Refusal, _operation: Operation | None) -> Response:
    """Answer a refusal as `{"message": …}`, naming every failing field that there is room for."""
    status, message = stated(refusal, _ERRORS)
    message = _shortened(message, _LONGEST_MESSAGE)
    if isinstance(refusal, (RequestInvalid, RuleBroken)) and refusal.failures:
        message = _listed([_sentence(failure) for failure in refusal.failures])
    return Response(status, {"message": message}, media_type="application/json")


def _sentence(failure: Failure) -> str:
    """Say a failure with its place as `address.country`, or the name of its location where it is about the
    whole.
    """
    place = failure.pointer[1:].replace("/", ".").replace("~1", "/").replace("~0", "~")
    return f"{_shortened(place or failure.location, 120)} {failure.message}"


def _listed(sentences: Sequence[str]) -> str:
    """Join as many sentences as a message can hold, and say how many more there are."""
    said = _shortened(sentences[0], _LONGEST_MESSAGE - 20)
    for number, sentence in enumerate(sentences[1:], 1):
        more = f"; and {len(sentences) - number} more"
        longer = f"{said}; {sentence}"
        if len(longer) + len(more) > _LONGEST_MESSAGE:
            return said + more
        said = longer
    return said


def _shortened(text: str, limit: int) -> str:
    """Take out the middle of a text that is too long: its beginning says what it is about, its end often what
    would help.
    """
    if len(text) <= limit:
        return text
    half = (limit - 3) // 2
    return f"{text[:half]} … {text[-half:]}"


VENDOR: Final = Vendor(
    name="togai",
    handlers={"getAccounts": get_accounts, "listAccountAliases": list_account_aliases},
    shape=shape,
    leniency=Leniency(ambiguous_json=True),
    limits=(Limit(10, 10),),
    hooks={ACCOUNTS: Hooks(refuse=refuse, says=say, show=shown, populate=populate)},
)
