"""The Aritma sandbox answers as the vendor does, over HTTP: adding, listing and synchronising the accounts of
a client.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from understudy.bundled import bundled_contracts
from understudy.contracts.contract import Contract
from understudy.messages import Request
from understudy.sandbox import Sandbox, Settings
from understudy.server.asgi import BODY_LIMIT
from understudy.sessions import Sessions
from understudy.state.identities import Identities, Identity
from understudy.state.memory import MemoryStore
from understudy.state.store import Record
from understudy.vendors.accounting import ACCOUNT_NAMES
from understudy.vendors.aritma import rules as aritma

Serve = Callable[..., httpx.Client]

CONTRACT = Contract.load(bundled_contracts()["aritma"], "aritma")
MEMBERS = list(CONTRACT.document.root.child("components", "schemas", "Account", "properties").value)
EXAMPLES = CONTRACT.document.root.child("components", "examples")
ACCOUNT = {"accountNumber": "1920", "currency": "NOK", "description": "Main bank account"}
JSON, TEXT_JSON = "application/json", "text/json"
TITLES = {
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
    413: "Content Too Large", 415: "Unsupported Media Type",
}  # fmt: skip


@pytest.fixture
def api(serve: Serve) -> httpx.Client:
    """A client with a token; nobody has added any account yet."""
    return opened(serve("aritma"))


def opened(client: httpx.Client, token: str = "any") -> httpx.Client:
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def adding(client_id: str = "acme") -> str:
    return f"/api/v1/integrations/clients/{client_id}/accounts"


def listing(client_id: str = "acme") -> str:
    return f"/api/v1/clients/{client_id}/accounts"


def syncing(account_id: str, client_id: str = "acme") -> str:
    return f"{listing(client_id)}/{account_id}/enable-sync"


def account(number: str, **members: Any) -> dict[str, Any]:
    return {**ACCOUNT, "accountNumber": number, **members}


def added(api: httpx.Client, body: Any, client_id: str = "acme") -> list[dict[str, Any]]:
    answer = api.post(adding(client_id), json=body)
    assert answer.status_code == 200, answer.text
    accounts: list[dict[str, Any]] = answer.json()["accounts"]
    return accounts


def listed(api: httpx.Client, client_id: str = "acme", **query: Any) -> list[dict[str, Any]]:
    answer = api.get(listing(client_id), params=query)
    assert answer.status_code == 200, answer.text
    accounts: list[dict[str, Any]] = answer.json()
    return accounts


def numbers(accounts: list[dict[str, Any]]) -> list[str]:
    return [one["accountNumber"] for one in accounts]


def refused(answer: httpx.Response) -> str:
    """Return why nothing was added, from the envelope of an addition."""
    assert (answer.status_code, answer.headers["content-type"]) == (400, JSON), answer.text
    envelope = answer.json()
    assert (list(envelope), envelope["success"], envelope["accounts"]) == (
        ["success", "error", "accounts"],
        False,
        None,
    )
    return str(envelope["error"])


def problem(answer: httpx.Response, status: int) -> str:
    """Return the detail of problem details."""
    title = TITLES[status]
    assert (answer.status_code, answer.headers["content-type"]) == (status, JSON), answer.text
    body = answer.json()
    assert list(body) == ["type", "title", "status", "detail", "instance"]
    assert (body["title"], body["status"], body["instance"]) == (title, status, None)
    assert (
        body["type"]
        == f"https://www.rfc-editor.org/rfc/rfc9110#name-{status}-{title.lower().replace(' ', '-')}"
    )
    return str(body["detail"])


# ---- adding


def test_one_account_is_added_and_answered_in_an_envelope_with_200(api: httpx.Client) -> None:
    answer = api.post(adding("7c0d"), json={**ACCOUNT, "bankAccountNumber": "15032080119"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, JSON)
    (one,) = answer.json()["accounts"]
    assert answer.json() == {"success": True, "error": None, "accounts": [one]}
    assert one == {
        "accountId": str(UUID(one["accountId"])),
        **ACCOUNT,
        "clientId": "7c0d",
        "bankAccountNumber": "15032080119",
        "isSyncTransactionEnabled": False,
        "isActiveInErp": True,
    }
    assert list(one) == MEMBERS


def test_several_accounts_are_added_in_the_order_they_were_sent(api: httpx.Client) -> None:
    accounts = added(api, [account(number) for number in ("1950", "1920", "1500")])
    assert numbers(accounts) == ["1950", "1920", "1500"]
    assert listed(api) == accounts


def test_what_was_added_can_be_read_back(api: httpx.Client) -> None:
    first, second = added(api, ACCOUNT), added(api, [account("1950")])
    assert listed(api) == first + second


def test_a_bank_account_number_that_is_left_out_is_null(api: httpx.Client) -> None:
    assert added(api, ACCOUNT)[0]["bankAccountNumber"] is None


def test_members_the_contract_does_not_know_are_ignored(api: httpx.Client) -> None:
    (one,) = added(api, {**ACCOUNT, "accountId": "mine", "isActiveInErp": False, "colour": "blue"})
    assert list(one) == MEMBERS
    assert (one["accountId"] == "mine", one["isActiveInErp"]) == (False, True)


@pytest.mark.parametrize("example", ["newAccount", "newAccountList"])
def test_the_contracts_examples_are_taken_also_by_a_populated_client(serve: Serve, example: str) -> None:
    body = EXAMPLES.child(example, "value").value
    accounts = added(opened(serve("aritma", populate=50)), body)
    assert numbers(accounts) == numbers(body if isinstance(body, list) else [body])


@pytest.mark.parametrize(
    "content_type",
    [
        JSON,
        TEXT_JSON,
        "application/vnd.aritma+json",
        "Application/JSON; charset=utf-8",
        "TEXT/JSON;charset=iso-8859-1",
    ],
)
def test_a_body_may_be_labelled_as_any_json(api: httpx.Client, content_type: str) -> None:
    content = b'{"accountNumber": "1920", "currency": "NOK", "description": "Bank"}'
    assert api.post(adding(), content=content, headers={"Content-Type": content_type}).status_code == 200
    assert numbers(listed(api)) == ["1920"]


@pytest.mark.parametrize("accept", [JSON, TEXT_JSON])
def test_every_answer_comes_as_the_json_the_caller_asks_for(api: httpx.Client, accept: str) -> None:
    api.headers["Accept"] = accept
    answers = [
        *(api.post(adding(), json=ACCOUNT) for _ in range(2)),
        api.get(listing()),
        api.post(syncing("unknown")),
        api.get(listing(), headers={"Authorization": ""}),
    ]
    assert [answer.status_code for answer in answers] == [200, 400, 200, 404, 401]
    assert {answer.headers["content-type"] for answer in answers} == {accept}


# ---- numbers are used once


def test_a_number_that_is_taken_is_refused_in_the_envelope(api: httpx.Client) -> None:
    accounts = added(api, ACCOUNT)
    assert (
        refused(api.post(adding(), json=account("1920", currency="EUR")))
        == "Account number 1920 is already used by this client."
    )
    assert listed(api) == accounts


def test_a_number_that_comes_twice_in_one_list_is_refused(api: httpx.Client) -> None:
    answer = api.post(adding(), json=[account("1920"), account("1950"), account("1920"), account("1920")])
    assert refused(answer) == "Account number 1920 comes more than once in the request."
    assert listed(api) == []


def test_every_duplicate_is_named_and_no_other_number(api: httpx.Client) -> None:
    added(api, [account("1500"), account("1600")])
    answer = api.post(
        adding(), json=[account(number) for number in ("1", "1600", "2", "3", "1500", "1600", "3")]
    )
    assert refused(answer) == (
        "Account number 1600 is already used by this client. Account number 1500 is already used by this client."
        " Account number 3 comes more than once in the request."
    )


def test_a_list_with_one_duplicate_leaves_nothing_behind(api: httpx.Client) -> None:
    accounts = added(api, account("1500"))
    refused(api.post(adding(), json=[account("1"), account("2"), account("1500"), account("3")]))
    assert listed(api) == accounts
    assert numbers(added(api, [account("1"), account("2"), account("3")])) == ["1", "2", "3"]


def test_numbers_are_compared_to_the_letter(api: httpx.Client) -> None:
    assert (
        len(
            added(
                api,
                [account(number) for number in ("a1", "A1", "a1 ", "ä1", "a\u03081", "01", "1", "a\x001")],
            )
        )
        == 8
    )


def test_a_long_number_that_is_taken_is_told_in_short(api: httpx.Client) -> None:
    error = refused(api.post(adding(), json=[account("9" * 5000), account("9" * 5000)]))
    assert error == f"Account number {'9' * 80}… comes more than once in the request."


class Interleaving(MemoryStore):
    """A store that lets every other request go on after each read, as one behind a network does."""

    async def find(self, collection: str, field: str, value: str) -> Record | None:
        record = await super().find(collection, field, value)
        await asyncio.sleep(0)
        return record


def race(api: httpx.Client, bodies: list[Any]) -> list[httpx.Response]:
    """Send all bodies at once."""

    async def run() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(
            base_url=api.base_url, headers=api.headers, limits=limits, trust_env=False, timeout=60
        ) as client:
            return await asyncio.gather(*(client.post(adding(), json=body) for body in bodies))

    return asyncio.run(run())


def test_of_two_hundred_concurrent_additions_of_one_number_exactly_one_succeeds(serve: Serve) -> None:
    api = opened(serve(Sandbox(CONTRACT, aritma.VENDOR), sessions=Sessions(store=Interleaving)))
    answers = race(api, [account("1920", description=f"Racer {number}") for number in range(200)])
    winners = [answer.json()["accounts"] for answer in answers if answer.status_code == 200]
    errors = [refused(answer) for answer in answers if answer.status_code != 200]
    assert errors == ["Account number 1920 is already used by this client."] * 199
    assert winners == [listed(api)]


def test_of_concurrent_lists_with_a_number_in_common_one_is_added_whole(serve: Serve) -> None:
    api = opened(serve(Sandbox(CONTRACT, aritma.VENDOR), sessions=Sessions(store=Interleaving)))
    answers = race(
        api, [[account(f"{racer}-a"), account("1920"), account(f"{racer}-b")] for racer in range(50)]
    )
    winners = [answer.json()["accounts"] for answer in answers if answer.status_code == 200]
    assert winners == [listed(api)]
    assert len(winners[0]) == 3


# ---- what an addition is refused for


@pytest.mark.parametrize(
    ("body", "failures"),
    [
        (
            {},
            [
                "body /accountNumber: is required",
                "body /currency: is required",
                "body /description: is required",
            ],
        ),
        ({**ACCOUNT, "bankAccountNumber": None}, ["body /bankAccountNumber: must be a string, got null"]),
        (
            {**ACCOUNT, "accountNumber": ""},
            ['body /accountNumber: must be at least 1 character long, got ""'],
        ),
        (
            {**ACCOUNT, "accountNumber": None, "description": 7},
            ["/accountNumber: must be a string, got null", "/description: must be a string"],
        ),
        (
            {**ACCOUNT, "currency": "kr"},
            ['body /currency: must be a match of ^[A-Z]{3}$, got "kr"', "must be at least 3 characters long"],
        ),
        ({**ACCOUNT, "currency": "nok"}, ['body /currency: must be a match of ^[A-Z]{3}$, got "nok"']),
        (
            [ACCOUNT, {"accountNumber": 1950, "currency": "NOK"}, {**ACCOUNT, "currency": True}],
            [
                "body /1/accountNumber: must be a string, got 1950",
                "body /1/description: is required",
                "body /2/currency: must be a string",
            ],
        ),
        ([], ["body: must be of at least 1 item, got []"]),
        ([[ACCOUNT]], ["body /0: must be an object"]),
        ("1920", ['body: must be an object or an array, got "1920"']),
        (None, ["body: must be an object or an array, got null"]),
    ],
)
def test_every_failing_field_is_named_in_the_envelope(
    api: httpx.Client, body: Any, failures: list[str]
) -> None:
    error = refused(api.post(adding(), content=json.dumps(body), headers={"Content-Type": JSON}))
    assert error.startswith("The request is invalid: ")
    assert [failure for failure in failures if failure not in error] == []
    assert listed(api) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The request is invalid: body: is required."),
        (b"{", "The body is not JSON"),
        (b'{"accountNumber": NaN}', "The body is not JSON, which has no NaN"),
        (b'{"accountNumber": "\xff"}', "The body is not UTF-8"),
        (b'{"description": "\\ud800"}', "The body is not JSON: a \\u escape is half a surrogate pair"),
        (b"[" * 100_000, "The body is nested more than"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_in_the_envelope(
    api: httpx.Client, content: bytes, reason: str
) -> None:
    assert refused(api.post(adding(), content=content, headers={"Content-Type": JSON})).startswith(reason)


def test_of_a_key_that_is_given_twice_the_last_counts(api: httpx.Client) -> None:
    body = json.dumps({"accountNumber": "1", "unlisted": 0, **account("1920")}).replace(
        '"unlisted": 0', '"unlisted": 123456789012345678901234, "description": "First"'
    )
    assert body.count('"description"') == 2
    answer = api.post(adding(), content=body, headers={"Content-Type": JSON})
    assert answer.status_code == 200, answer.text
    assert answer.json()["accounts"][0]["description"] == account("1920")["description"]


# ---- clients


@pytest.mark.parametrize(
    ("written", "client_id"),
    [
        ("a%2Fb", "a/b"), ("a%20b", "a b"), ("a%252Fb", "a%2Fb"), ("a,b", "a,b"), ("a+b", "a+b"), ("%C3%A6", "æ"), ("12", "12"),
        ("null", "null"), ("%00", "\x00"), ("a;b=c", "a;b=c"), ("%7Bx%7D", "{x}"),
    ],
)  # fmt: skip
def test_any_text_identifies_a_client(api: httpx.Client, written: str, client_id: str) -> None:
    (one,) = added(api, ACCOUNT, written)
    assert one["clientId"] == client_id
    assert api.post(syncing(one["accountId"], written)).json() == {**one, "isSyncTransactionEnabled": True}
    assert numbers(listed(api, written)) == ["1920"]


def test_a_client_id_that_is_not_utf_8_is_a_problem(api: httpx.Client) -> None:
    assert "UTF-8" in problem(api.get(listing("%FF")), 400)


def test_clients_do_not_see_each_other(serve: Serve) -> None:
    api = opened(serve("aritma"))
    one, other = added(api, ACCOUNT, "a b")[0], added(api, ACCOUNT, "a")[0]
    assert one["accountId"] != other["accountId"]
    assert (listed(api, "a b"), listed(api, "a"), listed(api, "b")) == ([one], [other], [])
    assert api.post(syncing(one["accountId"], "a")).status_code == 404


def test_no_two_pairs_of_client_and_number_have_the_same_account_id(api: httpx.Client) -> None:
    pairs = [("a%2Fb", "c"), ("a", "b/c"), ("a'", "b"), ("a", "'b"), ("a', 'b", "c"), ("a", "b', 'c")]
    assert len(
        {added(api, account(number), client_id)[0]["accountId"] for client_id, number in pairs}
    ) == len(pairs)


# ---- listing


@pytest.mark.parametrize("populate", [0, 3])
def test_a_client_nobody_has_added_to_has_what_its_contract_says(serve: Serve, populate: int) -> None:
    api = opened(serve("aritma", populate=populate))
    assert len(listed(api, "nobody")) == populate
    root = Contract.load(bundled_contracts()["aritma"], "aritma").document.root.value
    said = root["paths"]["/api/v1/clients/{clientId}/accounts"]["get"]["description"]
    assert "three unless it is told otherwise" in " ".join(said.split())


def test_a_list_is_a_bare_array_in_the_order_of_addition(api: httpx.Client) -> None:
    for number in ("3000", "1000", "2000"):
        added(api, account(number))
    answer = api.get(listing())
    assert answer.headers["content-type"] == JSON
    assert numbers(answer.json()) == ["3000", "1000", "2000"]


@pytest.mark.parametrize(
    ("query", "shown"),
    [({}, True), ({"includeDisabledAccounts": "true"}, True), ({"includeDisabledAccounts": "false"}, False)],
)
def test_disabled_accounts_are_listed_unless_the_caller_says_no(
    serve: Serve, query: dict[str, str], shown: bool
) -> None:
    accounts = listed(opened(serve("aritma", populate=3)), **query)
    assert [one["isActiveInErp"] for one in accounts] == ([True, True, False] if shown else [True, True])


@pytest.mark.parametrize("written", ["maybe", "", "2", "true&includeDisabledAccounts=false"])
def test_a_query_that_cannot_be_read_is_a_problem(api: httpx.Client, written: str) -> None:
    detail = problem(api.get(f"{listing()}?includeDisabledAccounts={written}"), 400)
    assert detail.startswith("The request is invalid: query /includeDisabledAccounts: must be ")


# ---- synchronising


def test_sync_is_turned_on_and_stays_on(api: httpx.Client) -> None:
    first, second = added(api, [account("1920"), account("1950")])
    expected = {**first, "isSyncTransactionEnabled": True}
    answers = [api.post(syncing(first["accountId"])) for _ in range(3)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, expected)] * 3
    assert list(answers[0].json()) == MEMBERS
    assert listed(api) == [expected, second]


def test_an_account_that_is_not_there_is_a_problem(api: httpx.Client) -> None:
    added(api, ACCOUNT)
    assert problem(api.post(syncing("1920")), 404) == "The client has no account with the identifier 1920."
    assert "a/b" in problem(api.post(syncing("a%2Fb")), 404)


def test_a_disabled_account_can_be_synchronised(serve: Serve) -> None:
    api = opened(serve("aritma", populate=3))
    disabled = listed(api)[2]
    assert api.post(syncing(disabled["accountId"])).json() == {**disabled, "isSyncTransactionEnabled": True}


# ---- who may call

EACH = [("POST", adding()), ("GET", listing()), ("POST", syncing("x"))]
each_operation = pytest.mark.parametrize(("method", "path"), EACH)


def called(api: httpx.Client, method: str, path: str, authorization: str | None = None) -> httpx.Response:
    headers = {} if authorization is None else {"Authorization": authorization}
    return api.request(method, path, json=ACCOUNT if "/integrations/" in path else None, headers=headers)


@each_operation
@pytest.mark.parametrize(
    ("authorization", "detail"),
    [
        ("", "An access token is required."),
        ("Bearer", "An access token is required."),
        ("Basic eDp5", "An access token is required."),
        ("Bearer sandbox-expired", "The access token has expired."),
        ("Bearer sandbox-revoked", "The access token was revoked."),
    ],
)
def test_without_a_good_token_every_operation_is_401(
    api: httpx.Client, method: str, path: str, authorization: str, detail: str
) -> None:
    answer = called(api, method, path, authorization)
    assert problem(answer, 401) == detail
    assert answer.headers["www-authenticate"] == "Bearer"


@each_operation
def test_a_token_without_the_scope_is_403(api: httpx.Client, method: str, path: str) -> None:
    answer = called(api, method, path, "Bearer sandbox-no-scope")
    assert problem(answer, 403) == "The access token lacks the scope services.erphub."
    assert "www-authenticate" not in answer.headers


def listed_callers(**identity: Any) -> Identities:
    return Identities([Identity("Dana", credential="dana", **identity)])


@each_operation
def test_a_caller_restricted_to_other_clients_is_403(serve: Serve, method: str, path: str) -> None:
    api = opened(serve("aritma", identities=listed_callers(reach={"clients": frozenset({"globex"})})), "dana")
    assert problem(called(api, method, path), 403) == "Dana does not have access to client acme."
    assert called(api, method, path.replace("acme", "globex")).status_code == (
        404 if "enable-sync" in path else 200
    )


def test_only_listed_tokens_with_the_scope_are_good_where_there_is_a_list(serve: Serve) -> None:
    identities = listed_callers(scopes=frozenset({"services.erphub", "openid"}))
    client = serve("aritma", identities=identities)
    assert problem(opened(client, "any").get(listing()), 401) == "The access token is not valid."
    assert listed(opened(client, "dana")) == []
    other = opened(serve("aritma", identities=listed_callers(scopes=frozenset({"openid"}))), "dana")
    assert problem(other.get(listing()), 403) == "The access token lacks the scope services.erphub."


def test_a_wrong_body_is_refused_before_a_client_out_of_reach_and_after_a_missing_scope(serve: Serve) -> None:
    api = opened(serve("aritma", identities=listed_callers(reach={"clients": frozenset({"globex"})})), "dana")
    assert "body /currency: is required" in refused(api.post(adding(), json={}))
    assert problem(opened(api, "sandbox-no-scope").post(adding(), json={}), 403)


def test_a_client_that_may_not_be_reached_is_left_as_it_was(serve: Serve) -> None:
    people = [
        Identity("Dana", credential="dana", reach={"clients": frozenset({"globex"})}),
        Identity("Kim", credential="kim"),
    ]
    client = serve("aritma", identities=Identities(people))
    assert called(opened(client, "dana"), "POST", adding()).status_code == 403
    assert listed(opened(client, "kim")) == []


# ---- whatever else is refused


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/api/v1/clients", {}, 404),
        ("GET", listing() + "/", {}, 404),
        ("GET", adding(), {}, 405),
        ("DELETE", syncing("x"), {}, 405),
        ("POST", adding(), {"Content-Type": "text/plain"}, 415),
        ("POST", adding(), {"Content-Type": "application/json; charset=klingon"}, 415),
        ("POST", adding(), {}, 415),
    ],
)
def test_whatever_is_not_about_the_body_is_a_problem(
    api: httpx.Client, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    answer = api.request(method, path, headers=headers, content=b"{}" if method == "POST" else None)
    assert problem(answer, status)
    assert ("allow" in answer.headers) == (status == 405)


def test_a_body_beyond_the_limit_is_a_problem(api: httpx.Client) -> None:
    answer = api.post(adding(), content=b" " * (BODY_LIMIT + 1), headers={"Content-Type": JSON})
    assert (
        problem(answer, 413)
        == "The body is larger than 10,485,760 bytes; the option --body-limit says how large one may be."
    )


# ---- a populated client


def populated(count: int, *, seed: int = 1, client_id: str = "acme") -> list[dict[str, Any]]:
    """Return the accounts a client starts with; the sandbox holds them against its contract before it shows
    them.
    """
    sandbox = Sandbox(CONTRACT, aritma.VENDOR, Settings(seed=seed, populate=count))
    request = Request(
        "get /api/v1/clients/{clientId}/accounts",
        path={"clientId": client_id},
        query={"includeDisabledAccounts": True},
    )
    accounts: list[dict[str, Any]] = asyncio.run(sandbox.handle(request, Sessions().use())).body
    return accounts


def is_iban(text: str) -> bool:
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def is_norwegian(text: str) -> bool:
    weights = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
    return (
        len(text) == 11
        and sum(int(digit) * weight for digit, weight in zip(text, weights, strict=True)) % 11 == 0
    )


@pytest.mark.parametrize("count", range(1, 51))
def test_a_populated_client_is_consistent(count: int) -> None:
    accounts = populated(count)
    for name in ("accountId", "accountNumber", "description"):
        assert len({one[name] for one in accounts}) == count
    for one in accounts:
        number, bank_number = one["accountNumber"], one["bankAccountNumber"]
        assert (one["clientId"], list(one)) == ("acme", MEMBERS)
        assert number.isdigit()
        assert (bank_number is not None) == (number.startswith("19") and one["description"] != "Petty Cash")
        assert (
            one["currency"] == "NOK" or one["description"] == f"Foreign Currency Account - {one['currency']}"
        )
        if bank_number is not None:
            assert is_norwegian(bank_number) if one["currency"] == "NOK" else is_iban(bank_number)
        if one["isSyncTransactionEnabled"]:
            assert (one["isActiveInErp"], bank_number is None) == (True, False)


KINDS = {
    "1": {"bank", "accounts_receivable", "unbilled_receivable", "other_current_asset", "fixed_asset", "other_asset", "investment"},
    "2": {"equity", "accounts_payable", "deferred_revenue", "long_term_liability", "other_current_liability"},
    "3": {"income"}, "4": {"cost_of_goods_sold"}, "5": {"expense"}, "6": {"expense"}, "7": {"expense", "other_expense"},
    "8": {"other_income", "other_expense"}, "15": {"accounts_receivable", "unbilled_receivable", "other_current_asset"},
    "19": {"bank"}, "20": {"equity"}, "24": {"accounts_payable"},
}  # fmt: skip


def test_numbers_are_of_the_class_their_names_belong_to() -> None:
    kinds = {name: kind for kind, names in ACCOUNT_NAMES.items() for name in names}
    for one in populated(66):
        number, name = one["accountNumber"], one["description"].removesuffix(f" - {one['currency']}")
        assert kinds[name] in KINDS[number[0]] & KINDS.get(number[:2], KINDS[number[0]]), one


def test_three_accounts_are_synchronised_in_use_and_disabled() -> None:
    bank, receivables, foreign = populated(3)
    assert [one["accountNumber"] for one in (bank, receivables, foreign)] == ["1921", "1500", "1940"]
    assert [one["isSyncTransactionEnabled"] for one in (bank, receivables, foreign)] == [True, False, False]
    assert [one["isActiveInErp"] for one in (bank, receivables, foreign)] == [True, True, False]
    assert (bank["currency"], foreign["currency"], foreign["bankAccountNumber"][:2]) == ("NOK", "EUR", "NO")


def test_a_large_client_repeats_neither_number_nor_name() -> None:
    accounts = populated(1500)
    assert len(set(numbers(accounts))) == len({one["description"] for one in accounts}) == 1500
    assert {one["currency"] for one in accounts} == {"NOK", "EUR", "SEK", "USD", "DKK"}


def test_one_seed_gives_the_same_client_and_another_another() -> None:
    first, others = populated(10), [populated(10, seed=2), populated(10, client_id="globex")]
    assert first == populated(10)
    for other in others:
        assert {one["accountId"] for one in first}.isdisjoint(one["accountId"] for one in other)
        assert [one["bankAccountNumber"] for one in first] != [one["bankAccountNumber"] for one in other]
        assert numbers(first) != numbers(other)


def test_the_same_requests_get_the_same_answers_whatever_comes_between(serve: Serve) -> None:
    api, again = (opened(serve("aritma", populate=3, seed=7)) for _ in range(2))
    added(again, [account("7"), account("1920")], "globex")
    assert added(again, account("1920"))[0] == added(api, [account("8"), account("1920")])[1]
    assert listed(again)[:3] == listed(api)[:3]


def test_a_populated_account_can_be_synchronised_and_its_number_is_taken(serve: Serve) -> None:
    api = opened(serve("aritma", populate=3))
    (number, *_), accounts = numbers(listed(api)), listed(api)
    assert (
        refused(api.post(adding(), json=account(number)))
        == f"Account number {number} is already used by this client."
    )
    assert api.post(syncing(accounts[1]["accountId"])).json()["isSyncTransactionEnabled"] is True
    assert listed(api) == [accounts[0], {**accounts[1], "isSyncTransactionEnabled": True}, accounts[2]]
