"""Answers that somebody scripts, over real sockets: which call gets which, and what is refused where it is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from understudy.remote import AdminError
from understudy.testing import Sandbox

SHOP = Path(__file__).parents[1] / "docs" / "shop.yaml"
ORDER = {"id": "o-1001", "customerId": "c-100", "item": "cups", "quantity": 6, "status": "open"}
NEW = {"customerId": "c-100", "item": "cups", "quantity": 6}


@pytest.fixture(scope="module")
def shop() -> Iterator[Sandbox]:
    with Sandbox(SHOP) as sandbox:
        yield sandbox


@pytest.fixture
def client(shop: Sandbox) -> Iterator[httpx.Client]:
    shop.reset()
    shop.session("other").drop()
    with httpx.Client(base_url=shop.url(), trust_env=False) as client:
        yield client


ANSWERS = "/__admin/sessions/default/answers"


def add(client: httpx.Client, **answer: Any) -> Any:
    added = client.post(ANSWERS, json=answer)
    assert added.status_code == 201, added.text
    return added.json()


def refused(client: httpx.Client, **answer: Any) -> dict[str, str]:
    """Return what is wrong with an answer, by where it stands in it."""
    told = client.post(ANSWERS, json=answer)
    assert told.status_code == 400, told.text
    assert client.get(ANSWERS).json()["items"] == []
    return {error["pointer"]: error["expected"] for error in told.json()["errors"]}


def newest(client: httpx.Client) -> dict[str, Any]:
    """Return the entry of the last call in the journal."""
    found: dict[str, Any] = client.get("/__admin/sessions/default/journal").json()["items"][-1]
    return found


# ---- what is answered


def test_an_answer_is_given_instead_of_the_sandbox_s_own_and_counted(client: httpx.Client) -> None:
    added = add(client, operation="getOrder", body={**ORDER, "item": "plates"}, headers={"X-From": "me"})
    assert added == {
        "id": "answer-1",
        "operation": "getOrder",
        "body": {**ORDER, "item": "plates"},
        "headers": {"X-From": "me"},
        "calls": 0,
        "remaining": None,
    }
    answer = client.get("/orders/o-1001")
    assert (answer.status_code, answer.json()["item"], answer.headers["x-from"]) == (200, "plates", "me")
    assert client.get(f"{ANSWERS}/answer-1").json()["calls"] == 1
    entry = newest(client)
    assert (entry["answer"], entry["outcome"], entry["notes"]) == ("answer-1", "accepted", [])


def test_an_answer_without_a_body_is_what_the_contract_documents(client: httpx.Client) -> None:
    add(client, operation="GET /orders/{orderId}", status=404)
    answer = client.get("/orders/o-1001")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    add(client, operation="getOrder", example="cups")
    assert client.get("/orders/o-7777").json() == ORDER


def test_an_answer_is_over_after_so_many_calls(client: httpx.Client) -> None:
    added = add(client, operation="listOrders", status=200, body={"items": [], "total": 41}, times=2)
    totals = [client.get("/orders").json()["total"] for _ in range(3)]
    assert totals == [41, 41, 0]
    assert client.get(f"{ANSWERS}/{added['id']}").json()["remaining"] == 0


def test_a_sequence_is_given_in_turn_and_then_the_sandbox_answers_again(client: httpx.Client) -> None:
    turns = [{"status": 503, "headers": {"Retry-After": "1"}}, {"default": True, "headers": {"X-Turn": "2"}}]
    add(client, operation="listOrders", sequence=turns, unchecked=True)
    answers = [client.get("/orders") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 200, 200]
    assert [answer.headers.get("x-turn") for answer in answers] == [None, "2", None]
    assert answers[0].headers["retry-after"] == "1"


def test_a_sequence_that_is_repeated_begins_again(client: httpx.Client) -> None:
    add(
        client,
        operation="listOrders",
        sequence=[{"status": 503}, {"default": True}],
        repeat=True,
        unchecked=True,
    )
    assert [client.get("/orders").status_code for _ in range(4)] == [503, 200, 503, 200]


def test_the_lowest_priority_is_asked_first_and_then_the_newest(client: httpx.Client) -> None:
    add(client, operation="listOrders", body={"items": [], "total": 1}, id="first")
    add(client, operation="listOrders", body={"items": [], "total": 2}, id="second")
    assert client.get("/orders").json()["total"] == 2
    add(client, operation="listOrders", body={"items": [], "total": 3}, id="third", priority=9)
    assert client.get("/orders").json()["total"] == 2
    add(client, operation="listOrders", body={"items": [], "total": 4}, id="fourth", priority=1)
    assert client.get("/orders").json()["total"] == 4
    listed = [answer["id"] for answer in client.get(ANSWERS).json()["items"]]
    assert listed == ["fourth", "second", "first", "third"]


def test_scenarios_go_from_state_to_state(client: httpx.Client) -> None:
    add(client, operation="getOrder", body={**ORDER, "status": "open"})
    add(client, operation="getOrder", requires={"parcel": "sent"}, body={**ORDER, "status": "shipped"})
    add(client, operation="shipOrder", body=ORDER, requires={"parcel": "started"}, sets={"parcel": "sent"})
    assert client.get("/orders/o-1001").json()["status"] == "open"
    sent = client.post("/orders/o-1001/ship", json={"callbackUrl": "http://127.0.0.1:9/"})
    assert sent.status_code == 200
    assert client.get("/orders/o-1001").json()["status"] == "shipped"
    assert client.get(ANSWERS).json()["scenarios"] == {"parcel": "sent"}


def test_cookies_have_a_line_each(client: httpx.Client) -> None:
    add(client, operation="listOrders", default=True, headers={"Set-Cookie": ["a=1", "b=2"]})
    assert client.get("/orders").headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_a_text_is_the_body_as_it_stands(client: httpx.Client) -> None:
    add(client, operation="getOrder", text='{"a": 1}', mediaType="text/plain", unchecked=True)
    answer = client.get("/orders/o-1001")
    assert (answer.text, answer.headers["content-type"]) == ('{"a": 1}', "text/plain")


# ---- which calls


@pytest.mark.parametrize(
    ("when", "is_given"),
    [
        ({"pathParameters": {"orderId": "o-10*"}}, True),
        ({"pathParameters": {"orderId": {"matches": "^o-2"}}}, False),
        ({"path": "/orders/*"}, True),
        ({"query": {"expand": "items"}}, True),
        ({"query": {"expand": {"contains": "tem"}, "limit": 10}}, True),
        ({"query": {"expand": {"absent": True}}}, False),
        ({"query": {"page": {"absent": True}}}, True),
        ({"headers": {"x-tenant": "acme"}}, True),
        ({"headers": {"X-Tenant": {"not": {"equals": "acme"}}}}, False),
        ({"cookies": {"seen": "yes"}}, True),
        ({"cookies": {"seen": {"glob": "n*"}}}, False),
    ],
)
def test_conditions_look_at_all_parts_of_a_call(
    client: httpx.Client, when: dict[str, Any], is_given: bool
) -> None:
    add(client, operation="getOrder", when=when, body={**ORDER, "item": "plates"})
    headers = {"X-Tenant": "acme", "Cookie": "a=b; seen=yes"}
    answer = client.get("/orders/o-1001?expand=items&limit=10", headers=headers)
    assert (answer.json()["item"] == "plates") is is_given
    assert newest(client)["answer"] == ("answer-1" if is_given else "")


@pytest.mark.parametrize(
    ("body", "is_given"),
    [
        ({"/item": "cups"}, True),
        ({"/item": "cu*"}, False),
        ({"/item": {"glob": "cu*"}}, True),
        ({"/item": {"matches": "^c.p"}}, True),
        ({"/quantity": 6}, True),
        ({"/quantity": {"matches": "^6$"}}, True),
        ({"/note": {"absent": True}}, True),
        ({"": {"contains": {"item": "cups"}}}, True),
        ({"": {"contains": {"item": "cup"}}}, False),
        ({"$.item": "cups"}, True),
        ({"$[?@.x == 1]": {"absent": False}}, False),
        ({"$.lines[?@.sku == 'B'].count": 2}, True),
        ({"$.lines[?match(@.sku, 'b|B')].count": 2}, True),
        ({"/lines": {"contains": {"sku": "A"}}}, True),
        ({"/lines": {"contains": {"sku": "C"}}}, False),
    ],
)
def test_conditions_look_into_the_body(client: httpx.Client, body: dict[str, Any], is_given: bool) -> None:
    add(client, operation="createOrder", when={"body": body}, status=409)
    sent = {**NEW, "lines": [{"sku": "A", "count": 1}, {"sku": "B", "count": 2}]}
    assert client.post("/orders", json=sent).status_code == (409 if is_given else 201)


def test_a_call_that_misses_says_which_answer_came_nearest(client: httpx.Client) -> None:
    add(client, operation="listOrders", id="open", when={"query": {"status": "open"}})
    add(
        client,
        operation="listOrders",
        id="far",
        when={"query": {"status": "shipped", "sort": "item"}},
    )
    assert client.get("/orders?status=canceled").status_code == 200
    assert newest(client)["notes"] == [
        'no scripted answer was given: \'open\' came nearest, but query status is "canceled", not "open"'
    ]


@pytest.mark.parametrize("matcher", [5, {"not": {"equals": 5}}, {"not": {"contains": 5}}])
def test_a_condition_looks_at_so_many_values_and_says_where_there_are_more(
    client: httpx.Client, matcher: Any
) -> None:
    add(
        client,
        operation="createOrder",
        status=503,
        when={"body": {"$.notes[?@.a > 1].a": matcher}, "valid": "any"},
    )
    few = client.post("/orders", json={**NEW, "notes": [{"a": 4}, {"a": 5}] if matcher == 5 else [{"a": 4}]})
    assert few.status_code == 503
    client.post("/orders", json={**NEW, "notes": [{"a": 5}] * 20_000})
    (note,) = newest(client)["notes"]
    assert "$.notes[?@.a > 1].a is more than its conditions look at: 20,000 values, not " in note


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"$[?{' || '.join(['@==1'] * 60)}]", "a JSONPath whose filters have at most 100 parts, not 240"),
        ("$[?match(@.a, @.b)]", "a JSONPath that says the pattern of its `match` itself"),
        ("$[?@[?search(@.a, $.b)]]", "a JSONPath that says the pattern of its `search` itself"),
    ],
)
def test_a_path_that_would_take_long_is_refused(client: httpx.Client, path: str, expected: str) -> None:
    said = refused(client, operation="createOrder", status=503, when={"body": {path: 1}})
    assert list(said.values()) == [expected]


def test_what_came_nearest_names_no_credential(client: httpx.Client) -> None:
    when = {"headers": {"Authorization": {"equals": "Bearer wanted-secret"}}}
    added = add(client, operation="listOrders", when=when)
    assert "wanted-secret" not in str(added)
    client.get("/orders", headers={"Authorization": "Bearer sent-secret"})
    said = newest(client)["notes"][0]
    assert "[redacted]" in said
    assert "secret" not in said


# ---- what is refused


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (
            {"operation": "getOrdr"},
            {
                "/operation": "an operationId or a key of an API, such as 'get /accounts/{id}'; "
                "the nearest are getOrder, get /orders, deleteOrder"
            },
        ),
        ({"operation": "getOrder", "api": "shp"}, {"/api": "one of shop"}),
        (
            {"operation": "getOrder", "body": {**ORDER, "quantity": 0}},
            {"/body/quantity": "at least 1"},
        ),
        (
            {"operation": "getOrder", "body": {"id": "o-1001"}},
            {
                "/body/customerId": "present",
                "/body/item": "present",
                "/body/quantity": "present",
                "/body/status": "present",
            },
        ),
        (
            {"operation": "getOrder", "sequence": [{"body": ORDER}, {"body": {**ORDER, "status": "lost"}}]},
            {"/sequence/1/body/status": 'one of "open", "shipped", "canceled"'},
        ),
        (
            {"operation": "deleteOrder", "body": {}},
            {"/body": "absent: an answer of the status 204 has no body"},
        ),
        ({"operation": "listOrders", "status": 404}, {"/status": "one of 200"}),
        (
            {"operation": "getOrder", "example": "cps"},
            {"/example": "the name of a valid example that get /orders/{orderId} has for 200: cups"},
        ),
        ({"operation": "getOrder", "text": "{", "status": 200}, {"/text": "..."}),
        (
            {"operation": "getOrder", "when": {"query": {"a": {"matches": "(?=a)"}}}},
            {
                "/when/query/a/matches": "a regular expression of at most 1000 characters, "
                "without look-around and references back"
            },
        ),
        (
            {"operation": "getOrder", "when": {"body": {"$.a[": 1}}},
            {"/when/body/$.a[": "..."},
        ),
        (
            {"operation": "getOrder", "when": {"body": {"/a": {"absent": True, "equals": 1}}}},
            {"/when/body/~1a/absent": "alone: what is absent is like nothing"},
        ),
        ({"operation": "getOrder", "default": True, "status": 200}, {"/status": "..."}),
        ({"operation": "getOrder", "sequence": [{}], "body": 1}, {"/body": "..."}),
        ({"operation": "getOrder", "repeat": True}, {"/sequence": "..."}),
        ({"operation": "getOrder", "headers": {"X": "a\r\nb"}}, {"/headers/X": "..."}),
        ({"body": {}}, {"/operation": "..."}),
    ],
)
def test_what_cannot_be_given_is_refused_where_it_is_written(
    client: httpx.Client, answer: dict[str, Any], wrong: dict[str, str]
) -> None:
    told = refused(client, **answer)
    assert told.keys() == wrong.keys()
    for pointer, expected in wrong.items():
        assert expected in ("...", told[pointer])


def test_what_is_unchecked_is_given_as_it_is(client: httpx.Client) -> None:
    add(client, operation="listOrders", status=418, body={"short": "and stout"}, unchecked=True)
    answer = client.get("/orders")
    assert (answer.status_code, answer.json()) == (418, {"short": "and stout"})


# ---- templates


def test_templates_are_filled_from_the_call_the_records_and_the_clock(client: httpx.Client) -> None:
    made = client.post("/orders", json=NEW).json()
    body = {
        "id": "{{ path.orderId }}",
        "customerId": "{{ record('/orders', query.like).customerId }}",
        "item": "{{ headers['x-item'] | upper }}",
        "quantity": "{{ calls + 6 }}",
        "status": "open",
        "createdAt": "{{ now | plus(days=1) }}",
    }
    add(client, operation="getOrder", body=body, headers={"X-Seen": "{{ cookies.seen }}"})
    client.put("/__admin/sessions/default/clock", json={"now": "2030-01-01T00:00:00Z"})
    headers = {"X-Item": "plates", "Cookie": "seen=yes"}
    answer = client.get(f"/orders/o-1234?like={made['id']}", headers=headers)
    assert answer.headers["x-seen"] == "yes"
    assert answer.json() == {
        "id": "o-1234",
        "customerId": "c-100",
        "item": "PLATES",
        "quantity": 7,
        "status": "open",
        "createdAt": "2030-01-02T00:00:00Z",
    }


def test_a_text_can_loop_over_what_was_sent(client: httpx.Client) -> None:
    text = """{"id": "o-1001", "customerId": "{{ body.customerId }}", "status": "open", "quantity": {{ body.quantity }},
      "item": "{% for one in body.tags %}{{ one }}{% if not loop.last %}+{% endif %}{% endfor %}"}"""
    add(client, operation="createOrder", text=text)
    answer = client.post("/orders", json={**NEW, "tags": ["a", "b"]})
    assert (answer.status_code, answer.json()["item"]) == (201, "a+b")


@pytest.mark.parametrize(("asked", "item"), [("", "all of 1"), ("?page=2", "page 2")])
def test_a_condition_may_ask_for_what_nobody_sent(client: httpx.Client, asked: str, item: str) -> None:
    template = "{% if query.page != '2' %}all{% endif %}{% if query.page %}page{% else %} of{% endif %}"
    add(client, operation="getOrder", body={**ORDER, "item": template + " {{ query.page or 1 }}"})
    assert client.get(f"/orders/o-1001{asked}").json()["item"] == item


def test_a_value_is_written_where_only_texts_can_be(client: httpx.Client) -> None:
    add(client, operation="createOrder", text="{{ body.order }}", headers={"X-Left": "{{ calls - 1 }}"})
    order = {**ORDER, "quantity": 3}
    answer = client.post("/orders", json={**NEW, "order": order})
    assert (answer.status_code, answer.json(), answer.headers["x-left"]) == (201, order, "0")


@pytest.mark.parametrize("note", ["a\rb", "a\r\nX-More: 1", "\u20ac", "a\x00b"])
def test_a_header_that_no_message_carries_is_said_to_be_none(client: httpx.Client, note: str) -> None:
    add(client, operation="createOrder", body=ORDER, headers={"X-Note": "{{ body.note }}"})
    answer = client.post("/orders", json={**NEW, "note": note})
    assert answer.status_code == 500
    assert "X-Note" in answer.json()["detail"]
    assert "x-more" not in answer.headers


def test_what_is_made_up_is_the_same_in_each_run(client: httpx.Client) -> None:
    said = []
    for _ in range(2):
        client.post("/__admin/sessions/default/reset")
        add(client, operation="getOrder", body={**ORDER, "item": "{{ fake.first_name }} {{ fake.word }}"})
        said.append([client.get("/orders/o-1001").json()["item"] for _ in range(2)])
    assert said[0] == said[1]
    assert said[0][0] != said[0][1]


def test_what_a_template_comes_to_is_held_against_the_contract(client: httpx.Client) -> None:
    add(client, operation="createOrder", body={**ORDER, "quantity": "{{ body.quantity * 1000 }}"})
    answer = client.post("/orders", json=NEW)
    assert answer.status_code == 500
    assert answer.json()["detail"] == (
        "the answer 'answer-1' of post /orders cannot be given: body /quantity: must be at most 1000, got 6000"
    )
    assert newest(client)["outcome"] == "failed"


def test_a_template_that_fails_says_where_and_why(client: httpx.Client) -> None:
    add(client, operation="createOrder", body={**ORDER, "item": "{{ body.note }}"})
    answer = client.post("/orders", json=NEW)
    assert answer.status_code == 500
    assert "/body/item: is a template that fails: there is no 'note' in {" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ body.quantity", "is no template: line 1: unexpected end of template"),
        ("{% set a = 1 %}", "is no template: line 1: assign cannot be used here"),
        ("{{ body | format }}", "is no template: line 1: No filter named 'format'"),
        ("{% include 'x' %}", "is no template: line 1: include cannot be used here"),
        ("{{ quary.x | default('') }}", "is no template: there is no 'quary'; did you mean query?"),
        ("{{ zzz }}", "is no template: there is no 'zzz'; there are body, calls, cookies, "),
    ],
)
def test_a_template_that_cannot_be_read_is_refused(client: httpx.Client, template: str, said: str) -> None:
    told = refused(client, operation="getOrder", body={**ORDER, "item": template})
    assert told["/body/item"].startswith(said)


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__ }}",
        "{{ record.__globals__ }}",
        "{{ fake.__init__ }}",
        "{{ self }}",
        "{{ 'a' * 1000000000 }}",
        "{% for a in range(1000) %}{% for b in range(1000) %}x{% endfor %}{% endfor %}",
        "{{ range(1000000000) }}",
    ],
)
def test_a_template_sees_nothing_of_the_program_and_holds_nobody(client: httpx.Client, template: str) -> None:
    add(client, operation="getOrder", body={**ORDER, "item": template})
    answer = client.get("/orders/o-1001")
    assert answer.status_code == 500
    assert "is a template that fails" in answer.json()["detail"]


# ---- requests that the contract refuses


@pytest.mark.parametrize(("valid", "status"), [("any", 404), (False, 404), (True, 400)])
def test_a_refused_request_gets_an_answer_where_that_is_asked_for(
    client: httpx.Client, valid: bool | str, status: int
) -> None:
    add(client, operation="getOrder", when={"valid": valid}, status=404)
    assert client.get("/orders/nothing").status_code == status
    assert client.get("/orders/o-1001").status_code == (200 if valid is False else 404)


def test_conditions_look_into_a_body_that_is_refused(client: httpx.Client) -> None:
    body = {"title": "{{ body.quantity }} is too few"}
    when = {"valid": False, "body": {"/quantity": 0}}
    add(client, operation="createOrder", when=when, status=422, body=body)
    refused_answer = client.post("/orders", json={**NEW, "quantity": 0})
    assert (refused_answer.status_code, refused_answer.json()) == (422, {"title": "0 is too few"})
    assert client.post("/orders", json={**NEW, "quantity": -1}).status_code == 400
    assert client.post("/orders", json=NEW).status_code == 201


# ---- from Python


def test_a_program_scripts_an_answer_and_takes_it_away(shop: Sandbox, client: httpx.Client) -> None:
    with shop.answer("getOrder", 404, times=2, when={"query": {"gone": "yes"}}) as answer:
        assert client.get("/orders/o-1001?gone=yes").status_code == 404
        assert client.get("/orders/o-1001").status_code == 200
        assert (answer.calls, answer.raw["remaining"]) == (1, 1)
    assert client.get("/orders/o-1001?gone=yes").status_code == 200
    [first, second, _] = shop.calls("getOrder")
    assert (first.answer, second.answer) == (answer.id, "")
    assert f"answer: {answer.id}" in shop.journal_text()
    assert "'answer-1' came nearest, but query gone is absent, not \"yes\"" in shop.journal_text()
    shop.answer("getOrder", when={"query": {"page": {"not": {"equals": 1}, "absent": False}}})
    shop.client().get("/orders/o-1001")
    assert "query page is absent, not anything but 1 and there" in shop.journal_text()


def test_a_program_is_told_what_the_contract_refuses(shop: Sandbox, client: httpx.Client) -> None:
    with pytest.raises(AdminError, match=r"body /body/quantity: must be at least 1, got 0.*unchecked: true"):
        shop.answer("getOrder", body={**ORDER, "quantity": 0})
    shop.answer("getOrder", body=None, unchecked=True)
    assert client.get("/orders/o-1001").content == b"null"


def test_a_sequence_and_scenarios_from_a_program(shop: Sandbox, client: httpx.Client) -> None:
    shop.answer("listOrders", sequence=[{"status": 503}, {"default": True}], repeat=True, unchecked=True)
    assert [client.get("/orders").status_code for _ in range(3)] == [503, 200, 503]


def test_faults_of_a_program_look_at_the_query(shop: Sandbox, client: httpx.Client) -> None:
    shop.fail("listOrders", query={"status": {"matches": "^o"}})
    assert client.get("/orders?status=open").status_code == 503
    assert client.get("/orders?status=shipped").status_code == 200


# ---- the session


def test_answers_are_replaced_listed_and_taken_away(client: httpx.Client) -> None:
    assert client.put(f"{ANSWERS}/a", json={"operation": "getOrder"}).status_code == 201
    replaced = client.put(f"{ANSWERS}/a", json={"operation": "getOrder", "status": 404})
    assert (replaced.status_code, replaced.json()["status"]) == (200, 404)
    assert client.put(f"{ANSWERS}/a", json={"operation": "getOrder", "id": "b"}).status_code == 400
    assert client.post(ANSWERS, json={"operation": "getOrder", "id": "a"}).status_code == 409
    assert client.delete(f"{ANSWERS}/a").status_code == 204
    assert client.delete(f"{ANSWERS}/a").status_code == 404
    add(client, operation="getOrder")
    assert client.delete(ANSWERS).status_code == 204
    assert client.get(ANSWERS).json() == {"items": [], "scenarios": {}}


def test_a_reset_takes_answers_away(client: httpx.Client) -> None:
    add(client, operation="listOrders", status=200, body={"items": [], "total": 41})
    client.post("/__admin/sessions/default/reset")
    assert client.get("/orders").json()["total"] == 0


def test_a_snapshot_holds_answers_their_counts_and_scenarios(client: httpx.Client) -> None:
    add(client, operation="listOrders", body={"items": [], "total": 41}, times=3, sets={"a": "b"})
    assert client.get("/orders").json()["total"] == 41
    snapshot = client.get("/__admin/sessions/default/snapshot").json()
    client.delete(ANSWERS)
    assert client.put("/__admin/sessions/other/snapshot", json=snapshot).status_code == 204
    listed = client.get("/__admin/sessions/other/answers").json()
    assert (listed["items"][0]["remaining"], listed["scenarios"]) == (2, {"a": "b"})
    assert client.get("/orders", headers={"Sandbox-Session": "other"}).json()["total"] == 41


def test_a_snapshot_whose_answers_cannot_be_read_is_refused_whole(client: httpx.Client) -> None:
    add(client, operation="listOrders", when={"query": {"a": {"matches": "b"}}})
    snapshot = client.get("/__admin/sessions/default/snapshot").json()
    snapshot["answers"]["stubs"][0]["stub"]["when"]["query"]["a"] = {"matches": "("}
    told = client.put("/__admin/sessions/other/snapshot", json=snapshot)
    assert told.status_code == 409
    assert told.json()["errors"][0]["pointer"] == "/answers"
    assert client.get("/__admin/sessions/other/answers").json()["items"] == []


def test_answers_of_one_session_are_no_other_s(client: httpx.Client) -> None:
    add(client, operation="listOrders", body={"items": [], "total": 41})
    assert client.get("/orders", headers={"Sandbox-Session": "other"}).json()["total"] == 0


def test_a_caller_s_own_preference_comes_before_an_answer(client: httpx.Client) -> None:
    add(client, operation="getOrder", status=404)
    assert client.get("/orders/o-1001", headers={"Prefer": "example=cups"}).json() == ORDER


def test_what_two_parts_of_a_schema_refuse_is_said_once(client: httpx.Client) -> None:
    problem = client.post("/__admin/sessions/default/faults", json={"fault": 503}).json()
    assert problem["detail"] == "body /fault: must be an object, got 503"
    assert len(problem["errors"]) == 1


def test_faults_take_the_same_conditions(client: httpx.Client) -> None:
    rule = {
        "match": {"query": {"status": {"matches": "^(open|shipped)$"}}, "headers": {"X-A": {"absent": True}}},
        "fault": {"kind": "status", "status": 503},
    }
    assert client.post("/__admin/sessions/default/faults", json=rule).status_code == 201
    assert client.get("/orders?status=open").status_code == 503
    assert client.get("/orders?status=canceled").status_code == 200
    assert client.get("/orders?status=open", headers={"X-A": "1"}).status_code == 200


@pytest.mark.parametrize(
    ("when", "pointer", "expected"),
    [
        (
            {"path": "/ordrs/o-1001"},
            "/when/path",
            "a path or a glob that calls of /orders/{orderId} can meet",
        ),
        ({"path": "/orders"}, "/when/path", "a path or a glob that calls of /orders/{orderId} can meet"),
        (
            {"pathParameters": {"orderid": "o-1001"}},
            "/when/pathParameters/orderid",
            "a parameter of /orders/{orderId}; the nearest is orderId",
        ),
        (
            {"path": "/orders/o-1001", "pathParameters": {"orderId": "o-1002"}},
            "/when/pathParameters/orderId",
            '"o-1001", as the path /orders/o-1001 has it',
        ),
    ],
)
def test_an_answer_that_no_call_can_get_is_refused(
    client: httpx.Client, when: dict[str, Any], pointer: str, expected: str
) -> None:
    assert refused(client, operation="getOrder", when=when, status=404) == {pointer: expected}
    assert add(client, operation="getOrder", when=when, status=404, unchecked=True)["id"] == "answer-1"


@pytest.mark.parametrize(
    "when",
    [
        {"path": "/orders/o-1001"},
        {"pathParameters": {"orderId": "o-1001"}},
        {"path": "/shop/orders/*"},
        {"path": "**"},
        {"path": "/*/o-1001/"},
        {"path": "/orders/o-1001", "pathParameters": {"orderId": "o-1001"}},
        {"path": "/orders/o-1001", "pathParameters": {"orderId": "o-*"}},
        {"path": "/orders/o-*", "pathParameters": {"orderId": "o-1001"}},
        {"path": "/orders/o-1001", "pathParameters": {"orderId": {"contains": "1"}}},
    ],
)
def test_an_answer_that_a_call_can_get_is_taken(client: httpx.Client, when: dict[str, Any]) -> None:
    assert add(client, operation="getOrder", when=when, status=404)["id"] == "answer-1"
