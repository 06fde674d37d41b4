"""Togai's sandbox keeps Togai's rules over HTTP: statuses, bodies, pages, aliases and messages."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from support import bundled, running
from understudy.bundled import bundled_contracts
from understudy.contracts.contract import Contract
from understudy.messages import Request
from understudy.sandbox import Sandbox, Settings
from understudy.schemas.direction import Direction
from understudy.schemas.validators import validators_of
from understudy.server.app import create_app
from understudy.sessions import Session, Sessions
from understudy.state.clock import EPOCH
from understudy.state.memory import MemoryStore
from understudy.state.store import Page, Record
from understudy.vendors.togai import population as togai_population
from understudy.vendors.togai.rules import VENDOR

SMALLEST = {"id": "acme", "name": "Acme", "customerId": "c-1"}
ADDRESS = {
    "phoneNumber": "+49309",
    "line1": "Weg 1",
    "line2": "B",
    "postalCode": "10115",
    "city": "Berlin",
    "state": "BE",
    "country": "DE",
}
SETTING = {"id": "locale", "value": "de-DE", "namespace": "INVOICE", "name": "Language", "dataType": "STRING"}
FULL = {
    **SMALLEST,
    "invoiceCurrency": "EUR",
    "aliases": ["one", "two"],
    "accountAliases": [
        {"value": "trial", "effectiveFrom": "2025-01-01T00:00:00Z", "effectiveUntil": "2025-04-01T00:00:00Z"}
    ],
    "address": ADDRESS,
    "primaryEmail": "billing@acme.example",
    "settings": [SETTING],
    "netTermDays": 30,
    "metadata": {"VATIN": "DE1"},
    "tags": ["emea"],
    "status": "DRAFT",
}
AUTHORIZED = {"Authorization": "Bearer any"}
BASE62 = r"[0-9A-Za-z]{11}\.[0-9A-Za-z]{5}"
Serve = Callable[..., httpx.Client]


@pytest.fixture
def togai(serve: Serve) -> httpx.Client:
    """A client with a token, of an empty sandbox."""
    return authorized(serve("togai"))


@pytest.fixture(scope="module")
def untouched() -> Iterator[httpx.Client]:
    """A client of an empty sandbox that many tests share, since all they send is refused."""
    with (
        running(create_app([bundled("togai")])) as url,
        httpx.Client(base_url=url, headers=AUTHORIZED, trust_env=False) as client,
    ):
        yield client


def authorized(client: httpx.Client) -> httpx.Client:
    client.headers.update(AUTHORIZED)
    return client


def make(client: httpx.Client, **fields: Any) -> dict[str, Any]:
    """Create an account."""
    answer = client.post("/accounts", json={**SMALLEST, **fields})
    assert answer.status_code == 201, answer.text
    account: dict[str, Any] = answer.json()
    return account


def ids(page: Any) -> list[str]:
    return [account["id"] for account in page["data"]]


def refusal(answer: httpx.Response, status: int = 400) -> str:
    """Return the message of a refusal that has Togai's shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert list(answer.json()) == ["message"]
    message: str = answer.json()["message"]
    assert 0 < len(message) <= 500
    return message


def shown(client: httpx.Client, **query: str) -> list[str] | None:
    """Return the aliases the account shows."""
    account = client.get("/accounts/acme", params=query).json()
    return [alias["alias"] for alias in account["aliases"]] if "aliases" in account else None


def listed(client: httpx.Client) -> dict[str, dict[str, str]]:
    """Return all aliases of the account by value."""
    answer = client.get("/accounts/acme/account_aliases")
    assert answer.json()["nextToken"] is None
    return {alias["value"]: alias for alias in answer.json()["data"]}


# ---- create


def test_the_smallest_account_gets_its_defaults(togai: httpx.Client) -> None:
    account = make(togai)
    assert re.fullmatch(rf"account\.{BASE62}", account.pop("togaiAccountId"))
    assert re.fullmatch(rf"customer\.{BASE62}", account.pop("togaiCustomerId"))
    assert account == {**SMALLEST, "status": "ACTIVE", "invoiceCurrency": "USD"}


def test_a_full_account_is_answered_and_read_back_as_it_was_sent(togai: httpx.Client) -> None:
    account = make(togai, **FULL)
    sent = {name: value for name, value in FULL.items() if name not in ("aliases", "accountAliases")}
    assert {name: account[name] for name in sent} == sent
    assert account["aliases"] == [{"alias": "one"}, {"alias": "two"}]
    assert account.keys() - sent.keys() == {"aliases", "togaiAccountId", "togaiCustomerId"}
    assert togai.get("/accounts/acme").json() == account


def test_a_customer_has_one_id_whatever_its_accounts(togai: httpx.Client) -> None:
    one, two, other = make(togai, id="a"), make(togai, id="b"), make(togai, id="c", customerId="c-2")
    assert one["togaiCustomerId"] == two["togaiCustomerId"] != other["togaiCustomerId"]
    assert len({account["togaiAccountId"] for account in (one, two, other)}) == 3


def test_one_seed_gives_the_same_ids_and_another_seed_others(serve: Serve) -> None:
    one, again, other = (make(authorized(serve("togai", seed=seed)), aliases=["abc"]) for seed in (1, 1, 2))
    assert one == again
    assert one["togaiAccountId"] != other["togaiAccountId"]


def test_tags_are_lowercased_and_then_each_kept_once(togai: httpx.Client) -> None:
    assert make(togai, tags=["EMEA", "b2b", "emea", "Ärzte"])["tags"] == ["emea", "b2b", "ärzte"]


def test_a_plain_alias_sent_twice_is_kept_once(togai: httpx.Client) -> None:
    assert make(togai, aliases=["abc", "xyz", "abc"])["aliases"] == [{"alias": "abc"}, {"alias": "xyz"}]


def test_an_integer_written_with_a_point_is_answered_without(togai: httpx.Client) -> None:
    answer = togai.post(
        "/accounts",
        content=json.dumps({**SMALLEST, "netTermDays": 30.0}),
        headers={"Content-Type": "application/json"},
    )
    assert '"netTermDays":30,' in answer.text or '"netTermDays":30}' in answer.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "x" * 50), ("id", "ä/ö %2F?#"), ("name", "abc"), ("name", "x" * 255), ("customerId", "c"), ("customerId", "x" * 255),
        ("invoiceCurrency", "EUR"), ("primaryEmail", "x" * 320), ("netTermDays", -(2**31)), ("netTermDays", 2**31 - 1),
        ("settings", [SETTING] * 10), ("settings", []), ("tags", []), ("metadata", {}), ("metadata", {"": ""}), ("address", {}),
        ("status", "ACTIVE"), ("status", "DRAFT"), ("address", {"country": "anything"}),
    ],
)  # fmt: skip
def test_a_value_at_its_limit_is_kept(togai: httpx.Client, field: str, value: object) -> None:
    assert make(togai, **{field: value})[field] == value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "x" * 51), ("id", ""), ("id", 5), ("id", None), ("name", "ab"), ("name", "x" * 256), ("name", None), ("customerId", ""),
        ("customerId", "x" * 256), ("invoiceCurrency", "EURO"), ("invoiceCurrency", "EU"), ("invoiceCurrency", None),
        ("aliases", ["ab"]), ("aliases", ["x" * 51]), ("aliases", [f"a{n:02}" for n in range(11)]), ("aliases", [{"alias": "abc"}]),
        ("accountAliases", [{}]), ("accountAliases", [{"value": ""}]), ("accountAliases", [{"value": "x" * 51}]),
        ("accountAliases", [{"value": "a", "more": 1}]), ("accountAliases", [{"value": "a", "effectiveFrom": "2025-01-01"}]),
        ("address", {"street": "x"}), ("address", {"country": None}), ("primaryEmail", "x" * 321), ("settings", [SETTING] * 11),
        ("settings", [{**SETTING, "dataType": "XML"}]), ("settings", [{"id": "a"}]), ("netTermDays", 2**31), ("netTermDays", "30"),
        ("netTermDays", 1.5), ("metadata", {"a": 1}), ("tags", ["a", "a"]), ("tags", "a"), ("status", "ARCHIVED"), ("status", "active"),
        ("unknown", 1), ("billingInformation", {"recipients": []}),
        ("billingInformation", {"emailRecipients": ["x" * 321]}), ("togaiAccountId", "account.x"), ("invoiceGroupDetails", {}),
    ],
)  # fmt: skip
def test_a_value_outside_its_limits_is_refused_by_name(
    untouched: httpx.Client, field: str, value: object
) -> None:
    assert field in refusal(untouched.post("/accounts", json={**SMALLEST, field: value}))
    assert untouched.get("/accounts").json()["data"] == []


@pytest.mark.parametrize("field", ["id", "name", "customerId"])
def test_a_required_field_is_missed_by_name(untouched: httpx.Client, field: str) -> None:
    body = {name: value for name, value in SMALLEST.items() if name != field}
    assert refusal(untouched.post("/accounts", json=body)) == f"{field} is required"


def test_every_failing_field_is_named(untouched: httpx.Client) -> None:
    message = refusal(
        untouched.post("/accounts", json={"id": 1, "name": "a", "address": {"city": 2}, "more": 3})
    )
    assert [part.split()[0] for part in message.split("; ")] == [
        "customerId",
        "id",
        "name",
        "address.city",
        "more",
    ]


def test_a_message_without_room_says_how_many_more_there_are(untouched: httpx.Client) -> None:
    message = refusal(untouched.post("/accounts", json={**SMALLEST, **{f"unknown{n}": n for n in range(40)}}))
    *named, last = message.split("; ")
    assert all(sentence.startswith("unknown") for sentence in named)
    assert last == f"and {40 - len(named)} more"
    assert len(named) >= 5


def test_an_endless_name_does_not_make_an_endless_message(untouched: httpx.Client) -> None:
    message = refusal(untouched.post("/accounts", json={**SMALLEST, "x" * 9000: 1, "y" * 9000: 2}))
    assert ("xxx" in message, "yyy" in message, message.count(" must be absent")) == (True, True, 2)
    assert refusal(untouched.get("/accounts/acme/" + "x" * 9000), 404).startswith(
        "no operation answers GET /accounts/acme/xxx"
    )


def test_a_taken_id_is_refused_and_the_first_account_stays(togai: httpx.Client) -> None:
    account = make(togai)
    assert (
        refusal(togai.post("/accounts", json={**SMALLEST, "name": "Other"}))
        == "An account with id acme already exists."
    )
    assert togai.get("/accounts/acme").json() == account


def test_the_id_of_an_archived_account_stays_taken(togai: httpx.Client) -> None:
    make(togai)
    togai.delete("/accounts/acme")
    assert "already exists" in refusal(togai.post("/accounts", json=SMALLEST))


def test_of_many_concurrent_creates_with_one_id_one_succeeds(togai: httpx.Client) -> None:
    answers = at_once(togai, [("POST", "/accounts", {**SMALLEST, "name": f"Acme {n}"}) for n in range(200)])
    assert Counter(answer.status_code for answer in answers) == {201: 1, 400: 199}
    (winner,) = (answer.json() for answer in answers if answer.status_code == 201)
    assert togai.get("/accounts/acme").json() == winner


def at_once(client: httpx.Client, requests: list[tuple[str, str, Any]]) -> list[httpx.Response]:
    """Send requests so that many are on their way at the same time."""

    async def send() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=25)
        async with httpx.AsyncClient(
            base_url=client.base_url, headers=AUTHORIZED, limits=limits, timeout=60, trust_env=False
        ) as together:
            return await asyncio.gather(
                *(together.request(method, path, json=body) for method, path, body in requests)
            )

    return asyncio.run(send())


# ---- read


def test_an_id_with_a_slash_is_read_back(togai: httpx.Client) -> None:
    account = make(togai, id="a/b c")
    assert togai.get("/accounts/a%2Fb%20c").json() == account


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None), ("PATCH", "", {}), ("DELETE", "", None), ("POST", "/add_aliases", {}), ("GET", "/account_aliases", None),
        ("POST", "/remove_aliases", {}),
    ],
)  # fmt: skip
def test_an_unknown_account_is_not_found(
    untouched: httpx.Client, method: str, path: str, body: object
) -> None:
    answer = untouched.request(method, f"/accounts/acme{path}", json=body)
    assert refusal(answer, 404) == "There is no account with id acme."


def test_an_account_shows_the_aliases_of_the_moment_asked_about(togai: httpx.Client) -> None:
    make(togai, **FULL)
    assert shown(togai) == ["one", "two"]
    assert shown(togai, effectiveOn="2025-01-01T00:00:00Z") == ["one", "two", "trial"]
    assert shown(togai, effectiveOn="2024-12-31T23:59:59.999Z") == ["one", "two"]
    assert shown(togai, effectiveOn="2025-04-01T00:00:00Z") == ["one", "two"]


def test_an_account_shows_ten_aliases_and_plain_ones_first(togai: httpx.Client) -> None:
    dated = [{"value": f"dated{n}"} for n in range(9)]
    make(togai, aliases=["one", "two"], accountAliases=dated)
    assert shown(togai) == ["one", "two", *(f"dated{n}" for n in range(8))]
    assert len(listed(togai)) == 11


@pytest.mark.parametrize(
    "text",
    [
        "2025-02-15T10:41:10",
        "2025-02-15T23:59:59.088499123Z",
        "2025-02-15T10:41:10+0530",
        "2025-02-15T10:41:10-23:59",
    ],
)
def test_a_moment_is_taken_as_it_is_and_as_the_client_writes_it(togai: httpx.Client, text: str) -> None:
    make(togai, **FULL)
    assert shown(togai, effectiveOn=text) == ["one", "two", "trial"]


@pytest.mark.parametrize(
    "text",
    [
        "2025-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "9999-12-31T23:59:59-00:01",
        "2025-02-30T00:00:00Z",
        "2025-02-01",
        "",
    ],
)
def test_a_moment_that_does_not_exist_is_refused(togai: httpx.Client, text: str) -> None:
    make(togai)
    assert "effectiveOn" in refusal(togai.get("/accounts/acme", params={"effectiveOn": text}))


def test_the_last_moment_and_a_leap_day_are_taken(togai: httpx.Client) -> None:
    make(togai)
    for text in ("9999-12-31T23:59:59.999999999Z", "2024-02-29T12:00:00Z", "1000-01-01T00:00:00+23:59"):
        assert togai.get("/accounts/acme", params={"effectiveOn": text}).status_code == 200


# ---- list


def walk(client: httpx.Client, **query: Any) -> list[list[str]]:
    """Read all pages from here."""
    pages = []
    while True:
        page = client.get("/accounts", params=query).json()
        pages.append(ids(page))
        if page["nextToken"] is None:
            return pages
        query = {"nextToken": page["nextToken"]}


def test_an_empty_list_is_one_page(togai: httpx.Client) -> None:
    assert togai.get("/accounts").json() == {
        "data": [],
        "nextToken": None,
        "context": {"pageSize": 20, "sortOrder": "DESC"},
    }


def test_pages_hold_every_account_once_and_the_last_changed_first(togai: httpx.Client) -> None:
    made = [make(togai, id=f"a{n}")["id"] for n in (7, 1, 9, 3, 5)][::-1]
    assert walk(togai, pageSize=2) == [made[:2], made[2:4], made[4:]]
    assert walk(togai, pageSize=5) == [made]
    changed = togai.patch("/accounts/a9", json={"name": "Other"})
    named = togai.post("/accounts/a1/add_aliases", json={"aliases": ["one"]})
    assert (changed.status_code, named.status_code) == (200, 200)
    assert walk(togai) == [["a1", "a9", "a5", "a3", "a7"]]


@pytest.mark.parametrize(
    ("order", "found", "direction"),
    [
        ("account_id", ["a1", "a2", "a3"], "ASC"),
        ("account_id DESC", ["a3", "a2", "a1"], "DESC"),
        ("updated_at", ["a2", "a3", "a1"], "ASC"),
        ("updated_at:desc", ["a1", "a3", "a2"], "DESC"),
        ("updated_at asc, account_id DESC", ["a2", "a3", "a1"], "ASC"),
    ],
)
def test_a_list_is_ordered_as_it_is_asked(
    togai: httpx.Client, order: str, found: list[str], direction: str
) -> None:
    for n in (2, 3, 1):
        make(togai, id=f"a{n}")
    first = togai.get("/accounts", params={"_sort": order, "pageSize": 2}).json()
    assert (ids(first), first["context"]["sortOrder"]) == (found[:2], direction)
    assert walk(togai, nextToken=first["nextToken"], _sort="account_id") == [found[2:]]


@pytest.mark.parametrize("order", ["name", "account_id UP", "", "account_id,,updated_at"])
def test_another_order_is_refused_by_name(untouched: httpx.Client, order: str) -> None:
    assert "_sort" in refusal(untouched.get("/accounts", params={"_sort": order}))


def test_accounts_of_one_time_stand_by_their_id(serve: Serve) -> None:
    sessions = Sessions()
    togai = authorized(serve("togai", sessions=sessions))
    sessions.use().clock.freeze(EPOCH)
    for n in (2, 3, 1):
        make(togai, id=f"a{n}")
    assert walk(togai, pageSize=2) == [["a1", "a2"], ["a3"]]


def test_billing_information_is_kept_and_replaced_whole(togai: httpx.Client) -> None:
    sent = {"emailRecipients": ["a@acme.example"], "additionalEmailRecipients": []}
    assert make(togai, billingInformation=sent)["billingInformation"] == sent
    other = {"emailRecipients": ["b@acme.example"]}
    assert togai.patch("/accounts/acme", json={"billingInformation": other}).status_code == 200
    assert togai.get("/accounts/acme").json()["billingInformation"] == other
    assert "billingInformation" not in make(togai, id="other")


def test_the_token_carries_the_page_size(togai: httpx.Client) -> None:
    for n in range(4):
        make(togai, id=f"a{n}")
    token = togai.get("/accounts", params={"pageSize": 2}).json()["nextToken"]
    for more in ({}, {"pageSize": "3"}):
        page = togai.get("/accounts", params={"nextToken": token, **more}).json()
        assert (ids(page), page["nextToken"], page["context"]["pageSize"]) == (["a1", "a0"], None, 2)


def test_twenty_are_on_a_page_unless_asked_otherwise(togai: httpx.Client) -> None:
    for n in range(21):
        make(togai, id=f"a{n:02}")
    assert [len(page) for page in walk(togai)] == [20, 1]
    assert [len(page) for page in walk(togai, pageSize=100)] == [21]


def test_nothing_is_skipped_or_repeated_when_accounts_come_and_go_between_pages(togai: httpx.Client) -> None:
    for n in range(6):
        make(togai, id=f"a{n}")
    first = togai.get("/accounts", params={"pageSize": 2}).json()
    for gone in ("a5", "a4", "a3"):
        togai.delete(f"/accounts/{gone}")
    make(togai, id="a6")
    assert ids(first) == ["a5", "a4"]
    assert walk(togai, nextToken=first["nextToken"]) == [["a2", "a1"], ["a0"]]


def test_what_is_changed_between_pages_goes_to_the_front(togai: httpx.Client) -> None:
    for n in range(5):
        make(togai, id=f"a{n}")
    first = togai.get("/accounts", params={"pageSize": 2}).json()
    for changed in ("a3", "a2"):
        togai.patch(f"/accounts/{changed}", json={"name": "Other"})
    assert walk(togai, nextToken=first["nextToken"]) == [["a1", "a0"]]
    assert walk(togai) == [["a2", "a3", "a4", "a1", "a0"]]


def test_archived_accounts_are_not_listed_however_many(togai: httpx.Client) -> None:
    for n in range(40):
        make(togai, id=f"a{n:02}")
    at_once(togai, [("DELETE", f"/accounts/a{n:02}", None) for n in range(1, 38)])
    assert walk(togai, pageSize=1) == [["a39"], ["a38"], ["a00"]]
    assert walk(togai, pageSize=2) == [["a39", "a38"], ["a00"]]


def test_a_page_of_archived_accounts_only_is_empty_and_the_last(togai: httpx.Client) -> None:
    make(togai)
    togai.delete("/accounts/acme")
    assert walk(togai) == [[]]


def test_filters_choose_accounts_and_the_token_carries_them(togai: httpx.Client) -> None:
    for n, customer in enumerate(("c1", "c2", "c1", "c1")):
        make(togai, id=f"a{n}", customerId=customer, name=f"Shop {n}")
    togai.delete("/accounts/a0")
    assert walk(togai, customer_id="c1", pageSize=1) == [["a3"], ["a2"]]
    assert walk(togai, status="ARCHIVED") == [["a0"]]
    assert walk(togai, account_id="a1") == [["a1"]]
    assert walk(togai, _search="shop 3") == [["a3"]]
    assert walk(togai, customer_id="c1", status="DRAFT") == [[]]
    assert togai.get("/accounts", params={"status": "GONE"}).status_code == 400


def test_a_page_size_is_a_number(togai: httpx.Client) -> None:
    assert togai.get("/accounts", params={"pageSize": "5.0"}).json()["context"]["pageSize"] == 5


@pytest.mark.parametrize("size", ["0", "101", "-1", "x", "1.5", ""])
def test_a_page_size_outside_its_limits_is_refused(untouched: httpx.Client, size: str) -> None:
    assert "pageSize" in refusal(untouched.get("/accounts", params={"pageSize": size}))


def forged(token: str, **changes: Any) -> str:
    said = json.loads(base64.urlsafe_b64decode(token + "=="))
    return (
        base64.urlsafe_b64encode(json.dumps({**said, **changes}, separators=(",", ":")).encode())
        .decode()
        .rstrip("=")
    )


def test_only_a_token_that_was_given_out_is_taken(togai: httpx.Client) -> None:
    for n in range(3):
        make(togai, id=f"a{n}")
    token = togai.get("/accounts", params={"pageSize": 1}).json()["nextToken"]
    assert forged(token) == token
    tampered = [
        forged(token, last=["a1", ""]),
        forged(token, order="account_id"),
        forged(token, filters=[]),
        forged(token, pageSize=2),
        forged(token, pageSize=10**30),
        forged(token, more=1),
        token[:-1],
    ]
    tampered += [token + "=", token + "A", token.swapcase(), " " + token, "", "abc", "ä", "%00", "x" * 5000]
    tampered += [
        base64.urlsafe_b64encode(b"[" * 20000).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ]
    for other in tampered:
        assert "nextToken" in refusal(togai.get("/accounts", params={"nextToken": other})), other
    assert togai.get("/accounts", params={"nextToken": token}).status_code == 200


def test_the_token_of_another_sandbox_is_refused(serve: Serve) -> None:
    one, other = (authorized(serve("togai", seed=seed, populate=3)) for seed in (1, 2))
    token = one.get("/accounts", params={"pageSize": 1}).json()["nextToken"]
    assert "nextToken" in refusal(other.get("/accounts", params={"nextToken": token}))


class Watched(MemoryStore):
    """Notes what is asked of lists."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[dict[str, Any]] = []

    async def list(self, collection: str, **how: Any) -> Page:
        """Note how the list is asked for."""
        self.asked.append(how)
        return await super().list(collection, **how)


def test_a_late_page_costs_no_more_than_the_first() -> None:
    store = Watched()
    sandbox = Sandbox(contract(), VENDOR)
    session = Sessions(store=lambda: store).use()

    async def pages() -> None:
        for n in range(300):
            await ask(sandbox, session, "post /accounts", body={**SMALLEST, "id": f"a{n}"})
        query = {"pageSize": 10, "_sort": "updated_at DESC, account_id ASC"}
        page = await ask(sandbox, session, "get /accounts", query=query)
        while page["nextToken"]:
            page = await ask(
                sandbox, session, "get /accounts", query={**query, "nextToken": page["nextToken"]}
            )

    asyncio.run(pages())
    assert [asked["limit"] for asked in store.asked] == [11] * 30
    assert [asked["after"] for asked in store.asked[1:]] == [f"a{n}" for n in range(290, 0, -10)]


def contract() -> Contract:
    return Contract.load(bundled_contracts()["togai"], "togai")


async def ask(sandbox: Sandbox, session: Session, operation: str, **parts: Any) -> Any:
    return (await sandbox.handle(Request(operation, answer_type="application/json", **parts), session)).body


# ---- update


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Other"), ("status", "ACTIVE"), ("netTermDays", 45), ("primaryEmail", "a@b.example"), ("address", {"city": "Bonn"}),
        ("metadata", {"GSTN": "1"}), ("metadata", {}), ("tags", ["new"]), ("tags", []),
    ],
)  # fmt: skip
def test_a_change_changes_what_was_sent_and_nothing_else(
    togai: httpx.Client, field: str, value: object
) -> None:
    account = make(togai, **FULL)
    answer = togai.patch("/accounts/acme", json={field: value})
    assert (answer.status_code, answer.json()) == (200, {**account, field: value})
    assert togai.get("/accounts/acme").json() == answer.json()


def test_an_empty_change_changes_nothing(togai: httpx.Client) -> None:
    account = make(togai, **FULL)
    assert togai.patch("/accounts/acme", json={}).json() == account


def test_an_active_account_can_become_a_draft_again(togai: httpx.Client) -> None:
    make(togai)
    assert togai.patch("/accounts/acme", json={"status": "DRAFT"}).json()["status"] == "DRAFT"


def test_changed_tags_are_lowercased_too(togai: httpx.Client) -> None:
    make(togai)
    assert togai.patch("/accounts/acme", json={"tags": ["A", "b", "B"]}).json()["tags"] == ["a", "b"]


def test_the_currency_may_be_sent_but_not_changed(togai: httpx.Client) -> None:
    account = make(togai)
    assert togai.patch("/accounts/acme", json={"invoiceCurrency": "USD"}).json() == account
    message = refusal(togai.patch("/accounts/acme", json={"invoiceCurrency": "EUR", "name": "Other"}))
    assert message == 'invoiceCurrency must be USD, since the currency of an account never changes, got "EUR"'
    assert togai.get("/accounts/acme").json() == account


@pytest.mark.parametrize(
    "change",
    [
        {"id": "b"},
        {"customerId": "c"},
        {"status": "ARCHIVED"},
        {"aliases": ["abc"]},
        {"name": None},
        {"settings": []},
    ],
)
def test_what_cannot_be_changed_is_refused_by_name(togai: httpx.Client, change: dict[str, Any]) -> None:
    account = make(togai)
    assert next(iter(change)) in refusal(togai.patch("/accounts/acme", json=change))
    assert togai.get("/accounts/acme").json() == account


class Hesitant(MemoryStore):
    """Lets other requests in between reading and writing, as a store over a network does."""

    async def get(self, collection: str, key: str) -> Record | None:
        """Read, and let the others go first."""
        found = await super().get(collection, key)
        await asyncio.sleep(0)
        return found


def test_no_concurrent_change_is_lost(serve: Serve) -> None:
    togai = authorized(serve(Sandbox(contract(), VENDOR), sessions=Sessions(store=Hesitant)))
    make(togai)
    fields = {
        "name": "Other",
        "status": "DRAFT",
        "netTermDays": 5,
        "primaryEmail": "a@b",
        "address": ADDRESS,
        "metadata": {"a": "b"},
        "tags": ["c"],
    }
    changes: list[tuple[str, str, Any]] = [
        ("PATCH", "/accounts/acme", {name: value}) for name, value in fields.items()
    ]
    dated = [f"alias{n}" for n in range(43)]
    changes += [
        ("POST", "/accounts/acme/add_aliases", {"accountAliases": [{"value": value}]}) for value in dated
    ]
    assert {answer.status_code for answer in at_once(togai, changes)} == {200}
    assert togai.get("/accounts/acme").json().items() >= fields.items()
    assert sorted(listed(togai)) == sorted(dated)


# ---- archive


def test_an_archived_account_is_hidden_and_still_read(togai: httpx.Client) -> None:
    account = make(togai, **FULL)
    answer = togai.delete("/accounts/acme")
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert togai.get("/accounts").json()["data"] == []
    assert togai.get("/accounts/acme").json() == {**account, "status": "ARCHIVED"}
    assert len(listed(togai)) == 3


def test_archiving_again_changes_nothing(togai: httpx.Client) -> None:
    make(togai)
    assert [togai.delete("/accounts/acme").json() for _ in range(2)] == [{"success": True}] * 2


@pytest.mark.parametrize(
    ("method", "path"), [("PATCH", ""), ("POST", "/add_aliases"), ("POST", "/remove_aliases")]
)
def test_an_archived_account_cannot_be_changed(togai: httpx.Client, method: str, path: str) -> None:
    make(togai)
    togai.delete("/accounts/acme")
    assert (
        refusal(togai.request(method, f"/accounts/acme{path}", json={}))
        == "The account with id acme is archived and cannot be changed."
    )


# ---- aliases


def add(client: httpx.Client, **body: Any) -> httpx.Response:
    return client.post("/accounts/acme/add_aliases", json=body)


def remove(client: httpx.Client, **body: Any) -> httpx.Response:
    return client.post("/accounts/acme/remove_aliases", json=body)


def test_aliases_are_listed_with_their_time(togai: httpx.Client) -> None:
    make(togai, **FULL)
    one, trial = listed(togai)["one"], listed(togai)["trial"]
    assert (one["effectiveFrom"], one["effectiveUntil"]) == ("0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z")
    assert (trial["effectiveFrom"], trial["effectiveUntil"]) == (
        "2025-01-01T00:00:00Z",
        "2025-04-01T00:00:00Z",
    )
    assert list(listed(togai)) == ["one", "two", "trial"]
    assert len({alias["id"] for alias in listed(togai).values()}) == 3
    assert one.keys() == {"id", "value", "effectiveFrom", "effectiveUntil", "createdAt"}


def test_an_account_without_aliases_lists_none(togai: httpx.Client) -> None:
    make(togai)
    assert shown(togai) is None
    assert listed(togai) == {}


def test_added_aliases_join_those_that_are_there(togai: httpx.Client) -> None:
    make(togai, aliases=["one"])
    answer = add(togai, aliases=["two", "one", "two"], accountAliases=[{"value": "x"}])
    assert answer.status_code == 200
    assert answer.json() == togai.get("/accounts/acme").json()
    assert shown(togai) == ["one", "two", "x"]
    assert listed(togai)["one"]["createdAt"] < listed(togai)["two"]["createdAt"]


def test_moments_are_written_in_utc(togai: httpx.Client) -> None:
    make(
        togai,
        accountAliases=[
            {
                "value": "x",
                "effectiveFrom": "2025-01-01t02:30:00.5+02:30",
                "effectiveUntil": "2016-12-31T23:59:60z",
            }
        ],
    )
    assert listed(togai)["x"]["effectiveFrom"] == "2025-01-01T00:00:00.500000Z"
    assert listed(togai)["x"]["effectiveUntil"] == "2016-12-31T23:59:59Z"
    assert shown(togai) == []


def test_more_than_ten_plain_aliases_are_refused_and_none_is_added(togai: httpx.Client) -> None:
    make(togai, aliases=[f"alias{n}" for n in range(8)])
    assert add(togai, aliases=["alias0", "new1", "new2"]).status_code == 200
    message = refusal(add(togai, aliases=["new3"], accountAliases=[{"value": "dated"}]))
    assert (
        message == "aliases must be at most 0 new ones: an account has 10 at most, and this one has 10, got 1"
    )
    assert len(listed(togai)) == 10


@pytest.mark.parametrize(
    "body",
    [
        {"aliases": []},
        {"aliases": ["ab"]},
        {"accountAliases": []},
        {"aliases": [f"a{n:02}" for n in range(11)]},
        {"more": 1},
    ],
)
def test_aliases_outside_their_limits_are_refused_by_name(togai: httpx.Client, body: dict[str, Any]) -> None:
    make(togai)
    assert next(iter(body)) in refusal(add(togai, **body))


def test_each_moment_that_does_not_exist_is_named(togai: httpx.Client) -> None:
    wishes = [
        {"value": "a", "effectiveFrom": "0000-01-01T00:00:00Z"},
        {"value": "b", "effectiveUntil": "9999-12-31T23:59:59-01:00"},
    ]
    made = togai.post("/accounts", json={**SMALLEST, "accountAliases": wishes})
    make(togai)
    removal = remove(togai, accountAliases=[{"id": "x", "from": "0001-01-01T00:00:00+01:00"}])
    for answer in (made, add(togai, accountAliases=wishes)):
        assert re.findall(r"accountAliases\.\d\.\w+", refusal(answer)) == [
            "accountAliases.0.effectiveFrom",
            "accountAliases.1.effectiveUntil",
        ]
    assert "accountAliases.0.from" in refusal(removal)


def test_aliases_are_removed_by_value_and_by_id(togai: httpx.Client) -> None:
    make(togai, **FULL)
    answer = remove(togai, aliases=["one", listed(togai)["two"]["id"]])
    assert (answer.status_code, answer.json()["aliases"]) == (200, [])
    assert list(listed(togai)) == ["trial"]
    remove(togai, accountAliases=[{"id": listed(togai)["trial"]["id"]}])
    assert listed(togai) == {}


def test_what_an_account_does_not_have_is_passed_over(togai: httpx.Client) -> None:
    account = make(togai)
    assert remove(togai, aliases=["nothing"], accountAliases=[{"id": "nobody"}]).json() == account
    assert remove(togai).json() == account
    assert add(togai).json() == account


def test_an_alias_can_end_at_a_later_moment(togai: httpx.Client) -> None:
    make(togai, aliases=["one", "two"])
    later = (EPOCH + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    remove(togai, accountAliases=[{"id": listed(togai)["one"]["id"], "from": later}])
    assert shown(togai) == ["two", "one"]
    assert shown(togai, effectiveOn=later) == ["two"]
    assert listed(togai)["one"]["effectiveUntil"] == later
    assert listed(togai)["one"]["updatedAt"] > listed(togai)["one"]["createdAt"]


def test_an_end_is_never_put_off_and_nothing_ends_before_it_begins(togai: httpx.Client) -> None:
    make(togai, **FULL)
    trial = listed(togai)["trial"]
    remove(togai, accountAliases=[{"id": trial["id"], "from": "2025-05-01T00:00:00Z"}])
    assert listed(togai)["trial"] == trial
    remove(togai, accountAliases=[{"id": trial["id"], "from": trial["effectiveFrom"]}])
    assert "trial" not in listed(togai)


# ---- who may, and what else can be wrong


@pytest.mark.parametrize(
    ("token", "status"),
    [
        ("sandbox-revoked", 401),
        ("sandbox-expired", 401),
        ("sandbox-no-scope", 403),
        ("", 401),
        ("anything-else", 200),
    ],
)
def test_a_token_is_worth_what_it_says(untouched: httpx.Client, token: str, status: int) -> None:
    answer = untouched.get("/accounts", headers={"Authorization": f"Bearer {token}".strip()})
    assert answer.status_code == status
    assert status == 200 or refusal(answer, status)
    assert (answer.headers.get("WWW-Authenticate") == "Bearer") is (status == 401)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic dXNlcjpwYXNz"}, {"X-API-KEY": "any"}])
def test_without_a_bearer_token_nothing_is_done(untouched: httpx.Client, headers: dict[str, str]) -> None:
    answer = httpx.post(f"{untouched.base_url}/accounts", json=SMALLEST, headers=headers, trust_env=False)
    assert "Bearer" in refusal(answer, 401)
    assert untouched.get("/accounts").json()["data"] == []


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b'"a"', b"\xff", b'{"id":NaN}', b"[" * 100_000],
)
def test_a_body_that_cannot_be_read_is_refused(untouched: httpx.Client, content: bytes) -> None:
    refusal(untouched.post("/accounts", content=content, headers={"Content-Type": "application/json"}))


def test_every_other_refusal_has_the_same_shape(togai: httpx.Client) -> None:
    make(togai)
    assert "/accounts" in refusal(togai.get("/acounts"), 404)
    assert refusal(togai.put("/accounts/acme"), 405)
    assert refusal(
        togai.post("/accounts", content=b" " * 11_000_000, headers={"Content-Type": "application/json"}), 413
    )
    assert "application/json" in refusal(
        togai.post("/accounts", content=b"id: a", headers={"Content-Type": "application/yaml"}), 415
    )


# ---- realistic data


def population(count: int, seed: int = 1) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
    context = Sandbox(contract(), VENDOR, Settings(seed=seed)).context("post /accounts", Sessions().use())
    return list(togai_population.accounts(context.fake, count))


@pytest.mark.parametrize("count", [1, 2, 3, 7, 50])
def test_a_populated_sandbox_starts_with_so_many_accounts(serve: Serve, count: int) -> None:
    togai = authorized(serve("togai", populate=count))
    page = togai.get("/accounts", params={"pageSize": 100}).json()
    assert len(set(ids(page))) == count
    for account in page["data"]:
        assert togai.get(f"/accounts/{account['id']}").json() == account
    assert [len(page) for page in walk(togai, pageSize=25)] == ([25, 25] if count == 50 else [count])


def test_what_a_sandbox_starts_with_could_have_been_sent() -> None:
    body = contract().operation("post /accounts").body
    assert body is not None
    schema = body.content["application/json"].schema
    assert schema is not None
    validator = validators_of(contract(), Direction.REQUEST).for_node(schema)
    for account, _ in population(500):
        assert validator.failures(account, "body") == []


def test_one_seed_starts_with_the_same_accounts_and_another_with_others() -> None:
    assert population(20) == population(20) != population(20, seed=2)
    assert [account for account, _ in population(20)][:5] == [account for account, _ in population(5)]


def test_what_a_sandbox_starts_with_fits_together() -> None:
    cities = {
        town.name: (country.code, country.currency)
        for country in togai_population._COUNTRIES
        for town in country.towns
    }
    accounts = [account for account, _ in population(500)]
    for account in accounts:
        assert (account["address"]["country"], account["invoiceCurrency"]) == cities[
            account["address"]["city"]
        ]
        assert account["primaryEmail"].endswith(f"@{account['customerId']}.example")
        assert account["id"].startswith(account["customerId"])
    assert (
        len({account["id"] for account in accounts})
        == len({account["aliases"][0] for account in accounts})
        == 500
    )
    assert {account["status"] for account in accounts[:3]} == {"ACTIVE", "DRAFT"}


def test_companies_of_one_name_get_ids_of_their_own() -> None:
    context = Sandbox(contract(), VENDOR).context("post /accounts", Sessions().use())
    accounts = [
        account for account, _ in togai_population.accounts(lambda *_: context.fake("always this one"), 12)
    ]
    assert (
        len({account["id"] for account in accounts}) == len({account["name"] for account in accounts}) == 12
    )


def test_accounts_of_one_customer_are_invoiced_together(serve: Serve) -> None:
    togai = authorized(serve("togai", populate=40))
    listed = togai.get("/accounts", params={"pageSize": 100}).json()["data"]
    customers = Counter(account["customerId"] for account in listed)
    assert min(customers.values()) == 1 < max(customers.values())
    for plain in listed:
        account = togai.get(f"/accounts/{plain['id']}", params={"includeGroupDetails": "true"}).json()
        assert ("invoiceGroupDetails" in account) is (customers[account["customerId"]] > 1)
        group = account.get(
            "invoiceGroupDetails",
            {"invoiceCurrency": account["invoiceCurrency"], "billingAddress": account["address"]},
        )
        assert (group["invoiceCurrency"], group["billingAddress"]) == (
            account["invoiceCurrency"],
            account["address"],
        )
