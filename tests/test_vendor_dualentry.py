"""DualEntry's rules over HTTP, on a real socket: what is documented of its accounts, and what was assumed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest
from faker import Faker

from understudy.bundled import bundled_contracts
from understudy.contracts.contract import Contract
from understudy.errors import Refusal
from understudy.messages import Request, Response
from understudy.sandbox import Sandbox, Settings
from understudy.schemas.entity import new_faker
from understudy.schemas.validators import validators_of
from understudy.sessions import Sessions
from understudy.state.conditions import Order, Test
from understudy.state.identities import Identities, Identity
from understudy.state.memory import MemoryStore
from understudy.state.store import Page, Record, Value
from understudy.vendors.accounting import ACCOUNT_NAMES, IBAN_STRUCTURES
from understudy.vendors.dualentry.chart import chart
from understudy.vendors.dualentry.rules import ACCOUNTS, VENDOR
from watchdog import steadily, watched

Serve = Callable[..., httpx.Client]

V1, V2 = "/public/v1/accounts/", "/public/v2/accounts/"
KEY = {"X-API-KEY": "any"}
MEMBERS = [
    "id", "name", "number", "description", "is_active", "is_system", "company_id", "parent_account_id", "account_type",
    "currency_iso_4217_code", "category_1099", "system_ref", "created_by", "updated_by",
]  # fmt: skip
UNSHOWN = {
    "allowed_company_ids": [101, 102], "is_monetary": False, "bank_alias": "Main", "bank_routing": "011000015",
    "bank_account_number": "000123456789", "iban": "DE89370400440532013000", "start_bank_match_date": "2026-01-01",
}  # fmt: skip
MONETARY = {
    "bank", "accounts_receivable", "unbilled_receivable", "accounts_payable", "credit_card", "other_current_liability",
    "long_term_liability",
}  # fmt: skip


def new(number: Any = 5010, **members: Any) -> dict[str, Any]:
    """Make the least a create takes."""
    least = {
        "name": "Operating Checking",
        "number": number,
        "account_type": "bank",
        "currency_iso_4217_code": "USD",
        "is_active": True,
    }
    return {**least, "parent_account_id": None, **members}


@pytest.fixture
def start(serve: Serve) -> Serve:
    """Start a sandbox of DualEntry and return a client with a key."""

    def begin(sandbox: Sandbox | None = None, **settings: Any) -> httpx.Client:
        client = serve(sandbox or "dualentry", **settings)
        client.headers.update(KEY)
        return client

    return begin


@pytest.fixture
def client(start: Serve) -> httpx.Client:
    """Return a client of an empty sandbox."""
    return start()


def sandbox_with(**settings: Any) -> Sandbox:
    """Make a sandbox whose store the test looks into."""
    return Sandbox(
        Contract.load(bundled_contracts()["dualentry"], "dualentry"),
        VENDOR,
        Settings(**settings),
    )


def numbers(response: httpx.Response) -> list[int]:
    """List the numbers of a page."""
    assert response.status_code == 200, response.text
    return [item["number"] for item in response.json()["items"]]


def errors(response: httpx.Response, status: int) -> dict[str, list[str]]:
    """Return the messages by field of an error that has the vendor's envelope, and this status."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert list(body) == ["success", "errors"]
    assert body["success"] is False
    assert all(isinstance(message, str) for messages in body["errors"].values() for message in messages)
    found: dict[str, list[str]] = body["errors"]
    return found


# ---- create and read


@pytest.mark.parametrize("written", [V1, V2])
def test_what_is_created_is_read_back_by_number_under_both_versions(
    client: httpx.Client, written: str
) -> None:
    created = client.post(written, json=new())
    assert created.status_code == 201
    assert [client.get(f"{path}5010/").json() for path in (V1, V2)] == [created.json()] * 2


def test_answer_has_the_fourteen_members_in_order_and_none_that_is_only_written(client: httpx.Client) -> None:
    assert list(client.post(V1, json=new(**UNSHOWN)).json()) == MEMBERS
    assert list(client.get(f"{V1}5010/").json()) == MEMBERS
    assert [list(item) for item in client.get(V1).json()["items"]] == [MEMBERS]


def test_what_is_only_written_is_kept(start: Serve) -> None:
    sandbox, sessions = sandbox_with(), Sessions()
    assert start(sandbox, sessions=sessions).post(V1, json=new(**UNSHOWN)).status_code == 201
    record = asyncio.run(sandbox.world(sessions.use()).store.get(ACCOUNTS, "1"))
    assert record is not None
    assert record.meta["sent"] == UNSHOWN


def test_everything_that_is_sent_is_shown(client: httpx.Client) -> None:
    parent = client.post(V1, json=new(5000)).json()
    sent = new(
        description="Daily",
        company_id=101,
        category_1099="NEC-Box 1",
        is_active=False,
        parent_account_id=parent["id"],
    )
    answer = client.post(V1, json=sent).json()
    assert {name: answer[name] for name in sent} == sent


def test_members_that_are_left_out_have_their_defaults(client: httpx.Client) -> None:
    answer = client.post(V1, json=new()).json()
    defaults = {
        "description": "",
        "category_1099": "",
        "company_id": None,
        "is_system": False,
        "system_ref": None,
    }
    assert {name: answer[name] for name in defaults} == defaults


def test_nobody_can_make_a_system_account(client: httpx.Client) -> None:
    answer = client.post(
        V1, json=new(id=77, is_system=True, system_ref="Net Income", created_by={"email": "me"}, colour="red")
    ).json()
    assert (answer["id"], answer["is_system"], answer["system_ref"]) == (1, False, None)
    assert answer["created_by"]["email"] != "me"


def test_a_number_goes_with_any_type(client: httpx.Client) -> None:
    first = [
        client.post(V1, json=new(100 + at, account_type=kind)).status_code
        for at, kind in enumerate(ACCOUNT_NAMES)
    ]
    last = [
        client.post(V1, json=new(9999999999 - at, account_type=kind)).status_code
        for at, kind in enumerate(ACCOUNT_NAMES)
    ]
    assert first + last == [201] * 38


def test_an_integer_written_with_a_point_is_the_same_integer(client: httpx.Client) -> None:
    parent = client.post(V1, json=new(5000)).json()["id"]
    answer = client.post(
        V1, json=new(5010.0, company_id=7.0, parent_account_id=float(parent), allowed_company_ids=[1.0])
    ).text
    assert (
        f'"number":5010,"description":"","is_active":true,"is_system":false,"company_id":7,"parent_account_id":{parent},'
        in answer
    )
    assert errors(client.post(V1, json=new(5010)), 422).keys() == {"number"}


def test_a_currency_is_kept_as_it_was_given(client: httpx.Client) -> None:
    given = [("bank", None), ("bank", "EUR"), ("expense", None), ("expense", "EUR")]
    for number, (kind, code) in enumerate(given, 1000):
        assert (
            client.post(V1, json=new(number, account_type=kind, currency_iso_4217_code=code)).status_code
            == 201
        )
    shown = client.get(V1).json()["items"]
    assert [(account["account_type"], account["currency_iso_4217_code"]) for account in shown] == given


def test_a_number_nobody_has_is_not_found(client: httpx.Client) -> None:
    client.post(V1, json=new())
    assert errors(client.get(f"{V1}1/"), 404) == {"__all__": ["No account has the number 1."]}  # 1 is its id


def test_what_is_no_integer_in_the_path_is_a_bad_request(client: httpx.Client) -> None:
    for segment in ("abc", "5010%2F", "5.5", "9223372036854775808", "9" * 5000):
        assert errors(client.get(f"{V2}{segment}/"), 400).keys() == {"account_number"}
    assert errors(client.get(f"{V2}-5/"), 404).keys() == {"__all__"}


# ---- bodies that break a rule


def test_six_members_are_required_of_which_two_may_be_null(client: httpx.Client) -> None:
    nullable = []
    for free, name in enumerate(new(), 1000):
        without = {key: value for key, value in new(free).items() if key != name}
        assert errors(client.post(V1, json=without), 422) == {name: ["is required"]}
        nullable += [name] if client.post(V1, json=without | {name: None}).status_code == 201 else []
    assert (len(new()), nullable) == (6, ["currency_iso_4217_code", "parent_account_id"])


def test_every_failing_field_is_a_key(client: httpx.Client) -> None:
    wrong = {
        "name": "a",
        "number": 7,
        "account_type": "Bank",
        "category_1099": None,
        "bank_routing": "12",
        "allowed_company_ids": [1, "x"],
    }
    found = errors(client.post(V1, json={**new(), **wrong}), 422)
    assert found.keys() == wrong.keys()
    assert found["number"] == ["must be at least 100, got 7"]
    assert found["allowed_company_ids"] == ['allowed_company_ids/1 must be an integer, got "x"']


def test_a_body_that_is_no_object_is_invalid(client: httpx.Client) -> None:
    for body in (b"[1]", b"null", b'"text"', b""):
        assert errors(
            client.post(V1, content=body, headers={"Content-Type": "application/json"}), 422
        ).keys() == {"__all__"}


def test_a_taken_number_is_refused_under_number(client: httpx.Client) -> None:
    client.post(V1, json=new())
    assert errors(client.post(V2, json=new(name="Another")), 422) == {
        "number": ["An account with this number already exists."]
    }
    assert client.get(V1).json()["count"] == 1


def test_a_refused_create_costs_no_id(client: httpx.Client) -> None:
    for number in (5010, 5010, 5011):
        last = client.post(V1, json=new(number))
    assert last.json()["id"] == 2


@pytest.mark.parametrize("account_type", ["bank", "expense"])
def test_a_parent_is_an_account_of_the_same_type(client: httpx.Client, account_type: str) -> None:
    parent = client.post(V1, json=new(5010)).json()["id"]
    answer = client.post(V1, json=new(5011, account_type=account_type, parent_account_id=parent))
    if account_type == "bank":
        assert answer.json()["parent_account_id"] == parent
    else:
        assert errors(answer, 422).keys() == {"parent_account_id"}


def test_a_parent_is_named_by_its_id_and_must_be_there(client: httpx.Client) -> None:
    client.post(V1, json=new(5010))
    assert errors(client.post(V1, json=new(5011, parent_account_id=5010)), 422).keys() == {
        "parent_account_id"
    }
    assert errors(client.post(V1, json=new(5010, parent_account_id=5010)), 422).keys() == {
        "parent_account_id",
        "number",
    }


# ---- requests that are wrong altogether


def test_malformed_json_is_a_bad_request(client: httpx.Client) -> None:
    for body in (b"{", b"\xff", b'{"number": NaN}', b"[" * 100_000):
        assert errors(
            client.post(V1, content=body, headers={"Content-Type": "application/json"}), 400
        ).keys() == {"__all__"}


def test_of_a_key_that_is_given_twice_the_last_counts(client: httpx.Client) -> None:
    body = json.dumps(new()).replace("{", '{"name": "First", "unlisted": 123456789012345678901234, ', 1)
    made = client.post(V1, content=body, headers={"Content-Type": "application/json"})
    assert (made.status_code, made.json()["name"]) == (201, new()["name"])
    large = json.dumps(new(6000)).replace("6000", "123456789012345678901234", 1)
    answer = client.post(V1, content=large, headers={"Content-Type": "application/json"})
    assert errors(answer, 422).keys() == {"number"}


def test_no_other_method_is_known(client: httpx.Client) -> None:
    for method in ("PUT", "PATCH", "DELETE"):
        answer = client.request(method, f"{V1}5010/")
        assert errors(answer, 405).keys() == {"__all__"}
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_an_unknown_path_is_not_found_in_the_envelope(client: httpx.Client) -> None:
    for path in (
        "/public/v1/accounts",
        "/public/v2/accounts/5010",
        "/public/v3/accounts/",
        "/public/v1/accounts//",
        "/accounts",
    ):
        assert errors(client.get(path), 404).keys() == {"__all__"}


def test_a_missing_slash_is_pointed_out(client: httpx.Client) -> None:
    assert "/public/v1/accounts/" in errors(client.post(V1[:-1], json=new()), 404)["__all__"][0].split()


def test_other_media_types_and_too_much_are_refused_in_the_envelope(client: httpx.Client) -> None:
    assert errors(client.post(V1, content=b"<a/>", headers={"Content-Type": "application/xml"}), 415)
    assert errors(
        client.post(V1, content=b" " * (11 << 20), headers={"Content-Type": "application/json"}), 413
    )
    assert client.get(V1).json()["count"] == 0


# ---- idempotency


def test_a_write_that_is_tried_again_under_its_key_is_answered_once_more(client: httpx.Client) -> None:
    key = {"Idempotency-Key": "6f1c8a52-0d5e-4a41-9a0f-3f2d4c7b9e10"}
    first, again = (client.post(V2, json=new(), headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert client.get(V2).json()["count"] == 1
    assert errors(client.post(V2, json=new(), headers={"Idempotency-Key": "other"}), 422)


def test_a_key_that_came_with_another_request_is_a_conflict(client: httpx.Client) -> None:
    key = {"Idempotency-Key": "once"}
    client.post(V1, json=new(), headers=key)
    answer = client.post(V1, json=new(5020), headers=key)
    assert errors(answer, 409) == {"__all__": ["This Idempotency-Key was used before with another request."]}
    assert "retry-after" not in answer.headers
    assert client.post(V1, json=new(5020)).status_code == 201


def test_a_refused_write_can_be_tried_again_under_its_key(client: httpx.Client) -> None:
    key = {"Idempotency-Key": "again"}
    assert client.post(V1, json=new(name="x"), headers=key).status_code == 422
    assert client.post(V1, json=new(), headers=key).status_code == 201


def test_an_idempotency_key_has_255_characters_at_most(client: httpx.Client) -> None:
    assert errors(client.post(V1, json=new(), headers={"Idempotency-Key": "k" * 256}), 400)
    assert client.post(V1, json=new(), headers={"Idempotency-Key": "k" * 255}).status_code == 201


def test_a_value_is_shown_decoded_where_it_came_too_often(client: httpx.Client) -> None:
    answer = client.get(f"{V1}?ordering=a%20b&ordering=c")
    assert errors(answer, 400)["ordering"] == ['must be given once, got "a b" (given 2 times)']
    answer = client.get(f"{V1}?ordering=%FF&ordering=c")
    assert errors(answer, 400)["ordering"] == ['must be given once, got "%FF" (given 2 times)']


# ---- keys

KEYS = [
    ("", 401, "The API key is missing."),
    ("sandbox-expired", 401, "The API key has expired."),
    ("sandbox-revoked", 403, "API key authentication failed"),
    ("sandbox-no-scope", 403, "API key authentication failed: the credential carries no scope"),
]


@pytest.mark.parametrize(("method", "path"), [("POST", V1), ("GET", V2), ("GET", f"{V1}5010/")])
def test_a_key_that_is_not_good_is_refused(serve: Serve, method: str, path: str) -> None:
    client = serve("dualentry")
    assert errors(client.request(method, path), 401) == {"__all__": ["The API key is missing."]}
    for key, status, message in KEYS:
        assert errors(client.request(method, path, headers={"X-API-KEY": key}), status) == {
            "__all__": [message]
        }


def test_only_listed_keys_are_good_where_there_are_identities(serve: Serve) -> None:
    people = [
        Identity("Dana Reyes", "key-1"),
        Identity("Old", "key-2", state="revoked"),
        Identity("Elsewhere", "key-3", apis=frozenset()),
    ]
    client = serve("dualentry", identities=Identities(people))
    answers = [client.get(V1, headers={"X-API-KEY": key}) for key in ("key-1", "key-2", "key-3", "key-4")]
    assert [answer.status_code for answer in answers] == [200, 403, 403, 403]
    assert errors(answers[3], 403) == {"__all__": ["API key authentication failed"]}


def test_an_identity_goes_by_its_own_name(serve: Serve) -> None:
    client = serve(
        "dualentry", identities=Identities([Identity("Dana de la Cruz", "key-1"), Identity("Robot", "key-2")])
    )
    actors = [
        client.post(V1, json=new(5000 + at), headers={"X-API-KEY": f"key-{at}"}).json()["created_by"]
        for at in (1, 2)
    ]
    assert [(actor["first_name"], actor["last_name"]) for actor in actors] == [
        ("Dana", "de la Cruz"),
        ("Robot", None),
    ]
    assert actors[0]["email"].startswith("dana.de.la.cruz@example.")


def test_one_key_is_one_person_and_time_goes_on(client: httpx.Client) -> None:
    first, second = (client.post(V1, json=new(number)).json() for number in (5010, 5011))
    assert first["created_by"] == first["updated_by"]
    times = [account["created_by"].pop("timestamp") for account in (first, second)]
    assert times == sorted(set(times))
    assert first["created_by"] == second["created_by"]
    assert all(first["created_by"].values())


def test_a_sandbox_does_not_limit_rates(client: httpx.Client) -> None:
    assert {client.get(V1).status_code for _ in range(60)} == {200}


# ---- lists


def test_a_page_holds_what_was_asked_for_and_counts_all(client: httpx.Client) -> None:
    for number in (300, 100, 500, 200, 400):
        client.post(V1, json=new(number))
    assert numbers(client.get(V1)) == [100, 200, 300, 400, 500]
    page = client.get(V1, params={"limit": 2, "offset": 1, "ordering": "-number"})
    assert numbers(page) == [400, 300]
    assert list(page.json()) == ["items", "count"]
    assert page.json()["count"] == 5
    assert client.get(V1, params={"offset": 2**63 - 1}).json() == {"items": [], "count": 5}


def test_a_page_never_holds_more_than_a_hundred(start: Serve) -> None:
    client = start(populate=101)
    assert [len(numbers(client.get(V1, params={"limit": limit}))) for limit in (99, 100, 101, 100_000)] == [
        99,
        100,
        100,
        100,
    ]
    assert client.get(V1).json()["count"] == 101
    assert len(numbers(client.get(V1))) == 100


def test_pages_follow_each_other_without_gap_or_overlap(start: Serve) -> None:
    client = start(populate=50)
    pages = [numbers(client.get(V2, params={"limit": 20, "offset": offset})) for offset in (0, 20, 40)]
    assert [*pages[0], *pages[1], *pages[2]] == numbers(client.get(V2))


def test_accounts_are_ordered_by_any_plain_field(start: Serve) -> None:
    client = start(populate=60)
    for field in MEMBERS[:12]:
        found = [item[field] for item in client.get(V1, params={"ordering": field}).json()["items"]]
        known = [value for value in found if value is not None]
        assert found == sorted(known) + [None] * (60 - len(known))
        assert [
            item[field] for item in client.get(V1, params={"ordering": f"-{field}"}).json()["items"]
        ] == found[::-1]


CHART = [
    new(1000, name="Operating Checking", company_id=101),  # id 1
    new(
        1001,
        name="Savings",
        currency_iso_4217_code="EUR",
        parent_account_id=1,
        description="For taxes",
        is_monetary=False,
    ),
    new(
        5010,
        name="Rent",
        account_type="expense",
        currency_iso_4217_code=None,
        category_1099="MISC-Box 1",
        company_id=102,
    ),
    new(
        6200,
        name="Rental cars",
        account_type="expense",
        currency_iso_4217_code=None,
        is_active=False,
        is_monetary=True,
    ),
]
FILTERS: list[tuple[dict[str, Any], list[int]]] = [
    ({"search": "rent"}, [5010, 6200]),
    ({"search": "TAX"}, [1001]),
    ({"search": "00"}, [1000, 1001, 6200]),
    ({"id": [3, 1, 3, 99]}, [1000, 5010]),
    ({"name": "RENT"}, [5010, 6200]),
    ({"description": "tax"}, [1001]),
    ({"description": ""}, [1000, 1001, 5010, 6200]),
    ({"number": 10}, [1000, 1001, 5010]),
    ({"account_types": ["expense", "income"]}, [5010, 6200]),
    ({"account_types": "nonsense"}, []),
    ({"is_active": "false"}, [6200]),
    ({"is_system": "true"}, []),
    ({"is_system": "false"}, [1000, 1001, 5010, 6200]),
    ({"is_monetary": "true"}, [1000, 6200]),
    ({"is_monetary": "false"}, [1001, 5010]),
    ({"company_id": [101, 102]}, [1000, 5010]),
    ({"parent_account_id": 1}, [1001]),
    ({"currency_iso_4217_code": ["EUR", "GBP"]}, [1001]),
    ({"category_1099": "MISC-Box 1"}, [5010]),
    ({"category_1099": ""}, [1000, 1001, 6200]),
    ({"numbers": [6200, 1000, 7]}, [1000, 6200]),
    ({"names": ["Rent", "Savings", "savings"]}, [1001, 5010]),
    ({"system_ref": "Net Income"}, []),
    ({"start_date": "2026-01-05", "end_date": "2026-01-05"}, [1000, 1001, 5010, 6200]),
    ({"start_date": "2026-01-06"}, []),
    ({"end_date": "2026-01-04"}, []),
    ({"account_types": "expense", "is_active": "true", "name": "r"}, [5010]),
    ({"numbers": [5010, 6200, 1000], "account_types": "expense", "ordering": "-name"}, [6200, 5010]),
    ({"id": [1, 2, 3, 4], "ordering": "-company_id"}, [6200, 1001, 5010, 1000]),
    ({"id": [1, 2, 3, 4], "numbers": [1000]}, [1000]),
    ({"colour": "red"}, [1000, 1001, 5010, 6200]),
]


@pytest.fixture
def charted(client: httpx.Client) -> httpx.Client:
    """Return a client of a sandbox with the four accounts of CHART."""
    assert [client.post(V1, json=one).status_code for one in CHART] == [201] * 4
    return client


def test_filters_keep_what_they_say(charted: httpx.Client) -> None:
    assert [(query, numbers(charted.get(V1, params=query))) for query, _ in FILTERS] == FILTERS


def test_what_a_filter_keeps_is_counted_and_paged(charted: httpx.Client) -> None:
    for query, expected in FILTERS:
        page = charted.get(V2, params={**query, "offset": 1, "limit": 1})
        assert (numbers(page), page.json()["count"]) == (expected[1:2], len(expected))


def test_every_filter_of_the_contract_is_tried() -> None:
    contract = Contract.load(bundled_contracts()["dualentry"], "dualentry")
    declared = {parameter.name for parameter in contract.operation("listAccounts").parameters}
    assert declared - {"limit", "offset"} == {name for query, _ in FILTERS for name in query} - {"colour"}


def test_populated_accounts_are_found_by_the_day_they_were_created(start: Serve) -> None:
    client = start(populate=30)
    days = sorted(item["created_by"]["timestamp"][:10] for item in client.get(V1).json()["items"])
    middle = {"start_date": days[10], "end_date": days[20]}
    assert client.get(V1, params=middle).json()["count"] == sum(days[10] <= day <= days[20] for day in days)


def test_is_monetary_goes_by_the_type_where_it_is_left_out_or_null(client: httpx.Client) -> None:
    for number, kind in enumerate(ACCOUNT_NAMES, 1000):
        client.post(V1, json=new(number, account_type=kind))
        client.post(V1, json=new(number + 100, account_type=kind, is_monetary=None))
    found = client.get(V1, params={"is_monetary": "true"}).json()["items"]
    assert [account["account_type"] for account in found] == [
        kind for kind in ACCOUNT_NAMES if kind in MONETARY
    ] * 2


BAD_QUERIES = [
    ("limit", "0"), ("limit", "-1"), ("limit", "abc"), ("offset", "-1"), ("ordering", "colour"), ("ordering", "created_by"), ("id", "abc"),
    ("number", "50a"), ("is_active", "maybe"), ("company_id", "x"), ("parent_account_id", "x"), ("currency_iso_4217_code", "usd"),
    ("category_1099", "NEC-Box 2"), ("system_ref", "Nobody"), ("start_date", "2026-02-30"), ("end_date", "yesterday"),
]  # fmt: skip


def test_a_bad_query_is_a_bad_request_under_its_parameter(client: httpx.Client) -> None:
    for name, value in BAD_QUERIES:
        assert errors(client.get(V2, params={name: value}), 400).keys() == {name}


def test_all_bad_parameters_are_named(client: httpx.Client) -> None:
    assert errors(client.get(V1, params={"limit": 0, "offset": -1, "search": "x"}), 400) == {
        "limit": ["must be at least 1, got 0"],
        "offset": ["must be at least 0, got -1"],
    }


class WatchedStore(MemoryStore):
    """Notes what a list is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.lists: list[dict[str, Any]] = []

    async def list(self, collection: str, **how: Any) -> Page:
        """Note and answer."""
        self.lists.append(how)
        return await super().list(collection, **how)


def test_neither_a_plain_page_nor_known_accounts_look_at_every_account(start: Serve) -> None:
    sandbox, sessions = sandbox_with(populate=9), Sessions(store=WatchedStore)
    client = start(sandbox, sessions=sessions)
    known = numbers(client.get(V1, params={"limit": 5, "offset": 2, "ordering": "-name"}))
    store = sandbox.world(sessions.use()).store
    assert isinstance(store, WatchedStore)
    assert store.lists[0]["order"] == [Order(("name",), descending=True, nulls="largest")]
    assert numbers(client.get(V1, params={"numbers": known})) == sorted(known)
    assert len(numbers(client.get(V1, params={"id": [1, 2, 3]}))) == 3
    # The store looks up what equals one of some values.
    asked = [how["where"] for how in store.lists]
    assert asked == [
        None,
        *(Test((name,), "in", value, folded=True) for name, value in (("number", known), ("id", [1, 2, 3]))),
    ]


# ---- a hundred thousand


@pytest.mark.slow
@steadily
def test_a_search_among_a_hundred_thousand_accounts_does_not_hold_the_loop() -> None:
    async def search() -> Response:
        sandbox, session = sandbox_with(), Sessions().use()
        await sandbox.handle(Request("post /public/v1/accounts/", body=new()), session)
        store = sandbox.world(session).store
        one = (await store.list(ACCOUNTS)).records[0]
        for number in range(100_000):
            value = {**one.value, "id": number + 10, "number": number + 10_000, "name": f"Account {number}"}
            await store.insert(ACCOUNTS, str(number + 10), value, meta=one.meta)
        asked = Request("get /public/v1/accounts/", query={"search": "account 9999"})
        await sandbox.handle(asked, session)
        async with watched(50) as held:
            found = await sandbox.handle(asked, session)
        held.check()
        return found

    assert asyncio.run(search()).body["count"] == 11


# ---- two hundred at once


class SlowStore(MemoryStore):
    """Lets others go first before it writes, as a store behind a network does."""

    async def insert(self, collection: str, key: str, value: Value | bytes, **how: Any) -> Record:
        """Wait a turn and add."""
        await asyncio.sleep(0)
        return await super().insert(collection, key, value, **how)


async def create_at_once(url: httpx.URL, bodies: Sequence[dict[str, Any]]) -> list[httpx.Response]:
    """Send all of these at the same time, each on a connection of its own."""
    limits = httpx.Limits(max_connections=len(bodies))
    async with httpx.AsyncClient(
        base_url=url, headers=KEY, timeout=60, trust_env=False, limits=limits
    ) as client:
        return await asyncio.gather(
            *(client.post((V1, V2)[at % 2], json=body) for at, body in enumerate(bodies))
        )


def test_of_two_hundred_creates_of_one_number_one_succeeds(client: httpx.Client) -> None:
    answers = asyncio.run(create_at_once(client.base_url, [new(name=f"Account {at}") for at in range(200)]))
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 199
    winner = next(answer.json() for answer in answers if answer.status_code == 201)
    assert client.get(f"{V1}5010/").json() == winner
    assert client.get(V1).json() == {"items": [winner], "count": 1}


def test_one_succeeds_also_where_all_have_looked_before_the_first_has_written() -> None:
    async def all_at_once() -> list[Response | BaseException]:
        sandbox, session = sandbox_with(), Sessions(store=SlowStore).use()
        requests = [Request("post /public/v1/accounts/", body=new(name=f"Account {at}")) for at in range(200)]
        return await asyncio.gather(
            *(sandbox.handle(request, session) for request in requests), return_exceptions=True
        )

    answers = asyncio.run(all_at_once())
    assert [answer.status for answer in answers if isinstance(answer, Response)] == [201]
    refused = [VENDOR.shape(answer, None) for answer in answers if isinstance(answer, Refusal)]
    assert [answer.status for answer in refused] == [422] * 199
    assert {*refused[0].body["errors"]} == {"number"}


# ---- populated sandboxes


def accounts_of(client: httpx.Client) -> dict[int, dict[str, Any]]:
    """Return all accounts by id, in the order in which they were made."""
    return {item["id"]: item for item in client.get(V1, params={"ordering": "id"}).json()["items"]}


def seeded(seed: int) -> Faker:
    """Return a Faker that makes what this seed makes."""
    fake = new_faker()
    fake.seed_instance(seed)
    return fake


@pytest.mark.parametrize("count", [1, 2, 3, 10, 44, 100])
def test_a_populated_chart_is_consistent(start: Serve, count: int) -> None:
    accounts = accounts_of(start(populate=count, seed=count))
    assert list(accounts) == list(range(1, count + 1))
    assert len({account["number"] for account in accounts.values()}) == count
    for account in accounts.values():
        parent = accounts.get(account["parent_account_id"])
        assert account["parent_account_id"] is None or (
            parent and parent["account_type"] == account["account_type"]
        )
        assert parent is None or parent["id"] < account["id"]
        assert (account["currency_iso_4217_code"] is not None) == (account["account_type"] == "bank")
        assert (account["company_id"] is not None) == (account["account_type"] in ("bank", "credit_card"))
        assert account["is_system"] == (account["system_ref"] is not None)
        assert (
            account["created_by"]["timestamp"] <= account["updated_by"]["timestamp"] <= "2026-01-05T09:00:00Z"
        )


def test_three_accounts_already_show_a_bank_and_a_system_account(start: Serve) -> None:
    accounts = accounts_of(start(populate=3)).values()
    assert {account["account_type"] for account in accounts} == {"bank", "accounts_receivable", "expense"}
    assert [account["system_ref"] for account in accounts if account["is_system"]] == ["Accounts Receivable"]


def test_a_hundred_accounts_cover_every_type_and_part_and_bear_real_names(start: Serve) -> None:
    accounts = accounts_of(start(populate=100))
    assert {account["account_type"] for account in accounts.values()} == ACCOUNT_NAMES.keys()
    parts = [account["system_ref"] for account in accounts.values() if account["is_system"]]
    assert len(parts) == len(set(parts)) == 21
    assert sum(account["parent_account_id"] is not None for account in accounts.values()) >= 10
    for account in accounts.values():
        parent = accounts.get(account["parent_account_id"])
        known = (
            [parent["name"]] if parent else [account["system_ref"], *ACCOUNT_NAMES[account["account_type"]]]
        )
        assert any(account["name"].startswith(name) for name in known if name)


def check_iban(iban: str) -> None:
    """Hold an IBAN against its length and check digits (ISO 13616)."""
    assert iban[:2] in IBAN_STRUCTURES
    assert int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4])) % 97 == 1


def test_bank_details_of_populated_accounts_are_kept_and_hold(start: Serve) -> None:
    sandbox, sessions = sandbox_with(populate=100), Sessions()
    assert numbers(
        start(sandbox, sessions=sessions).get(V1, params={"account_types": "bank", "is_monetary": "true"})
    )
    stored = asyncio.run(
        sandbox.world(sessions.use()).store.list(ACCOUNTS, where=Test(("account_type",), "eq", "bank"))
    ).records
    details = [record.meta["sent"] for record in stored]
    for one in details:
        assert (one["bank_routing"] is None) != (one["iban"] is None)
        assert one["bank_alias"].endswith(one["bank_account_number"][-4:])
        if one["iban"]:
            check_iban(one["iban"])
            assert one["iban"].endswith(one["bank_account_number"])
            assert len(one["bank_account_number"]) == {"DE": 10, "GB": 8, "NL": 10, "NO": 11}[one["iban"][:2]]
        else:
            assert (
                sum(
                    int(digit) * weight
                    for digit, weight in zip(one["bank_routing"], (3, 7, 1) * 3, strict=True)
                )
                % 10
                == 0
            )
    assert {bool(one["iban"]) for one in details} == {True, False}


def test_everything_populated_could_have_been_sent() -> None:
    contract = Contract.load(bundled_contracts()["dualentry"], "dualentry")
    body = contract.operation("createAccount").body
    schema = body.content["application/json"].schema if body else None
    assert schema is not None
    check = validators_of(contract, "request").for_node(schema)
    assert [check.failures(entry.sent, "body") for entry in chart(seeded(1), 500, 1)] == [[]] * 500


def test_only_system_accounts_bear_the_names_of_the_ledgers_own() -> None:
    entries = [entry for seed in range(20) for entry in chart(seeded(seed), 100, 1)]
    own = {entry.system_ref for entry in entries} - {None}
    assert len(own) == 21
    assert {
        entry.sent["name"].partition(" - ")[0] for entry in entries if not entry.system_ref
    } & own == set()


def test_numbers_stay_apart_however_many_accounts_there_are() -> None:
    sent = [entry.sent for entry in chart(seeded(1), 5000, 1)]
    assert len({account["number"] for account in sent}) == 5000
    ordered = [
        account["account_type"] for account in sorted(sent, key=lambda account: int(account["number"]))
    ]
    runs = [kind for kind, before in zip(ordered, [None, *ordered], strict=False) if kind != before]
    assert len(runs) == 19  # the numbers of a type have none of another between them


def test_one_seed_gives_one_world_and_another_seed_another(start: Serve) -> None:
    def world(seed: int, first: str) -> list[Any]:
        client = start(populate=20, seed=seed)
        client.get(first)
        return [client.post(V1, json=new(99999)).json(), client.get(V1).json()]

    once, again, other = world(1, V1), world(1, f"{V2}5010/"), world(2, V1)
    assert once == again
    assert once[0]["created_by"]["email"] != other[0]["created_by"]["email"]
    people = [
        {account["created_by"]["email"] for account in page["items"]} - {None} for _, page in (once, other)
    ]
    assert len(people[0] & people[1]) == 0


def test_whoever_reads_a_number_first_finds_the_populated_account(start: Serve) -> None:
    known = start(populate=3).get(V1).json()["items"][2]
    assert start(populate=3).get(f"{V2}{known['number']}/").json() == known


def test_a_new_account_joins_the_populated_ones(start: Serve) -> None:
    client = start(populate=3)
    answer = client.post(V1, json=new(90000))
    assert (answer.status_code, answer.json()["id"]) == (201, 4)
    assert answer.json()["created_by"]["timestamp"] > "2026-01-05T09:00:00Z"
    taken = numbers(client.get(V1))[0]
    assert errors(client.post(V1, json=new(taken)), 422).keys() == {"number"}
