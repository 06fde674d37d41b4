"""Callbacks: what an operation declares is sent to the URL its expression gives, valid, once it has succeeded, and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from receiver import receiving
from shop import COMPONENTS, message, paths
from support import running
from understudy.callbacks.finding import Declared
from understudy.callbacks.sender import Sender
from understudy.sandbox import Sandbox
from understudy.server.app import create_app
from understudy.sessions import Sessions

HOOK = "{$request.body#/hook}"
STATUS: dict[str, Any] = {
    "type": "object",
    "required": ["id", "item", "state"],
    "properties": {
        "id": {"type": "string"},
        "item": {"type": "string"},
        "state": {"enum": ["placed"]},
        "note": {"type": "string", "minLength": 3},
    },
}


@pytest.fixture
def shop(sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]) -> Callable[..., httpx.Client]:
    """Serve a shop whose creating operation has these callbacks: `shop({"placed": {...}}, version="3.0.3")`."""

    def start(
        callbacks: dict[str, Any] | None,
        *,
        sender: Sender | None = None,
        sessions: Sessions | None = None,
        **document: Any,
    ) -> httpx.Client:
        document = {"paths": paths(callbacks), "components": COMPONENTS, **document}
        return serve(sandbox(**document), sender=sender, sessions=sessions)

    return start


def settled(client: httpx.Client, session: str = "default") -> None:
    """Wait until nothing is on its way."""
    answer = client.get(f"/__admin/sessions/{session}/deliveries?wait=30")
    assert answer.json() == {"pending": 0}


def noted(client: httpx.Client, session: str = "default") -> list[dict[str, Any]]:
    """Return the journal's entries of what was sent, once nothing is on its way."""
    settled(client, session)
    items: list[dict[str, Any]] = client.get(f"/__admin/sessions/{session}/journal?kind=callback").json()[
        "items"
    ]
    return items


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_callback_goes_to_the_url_that_came_in_the_request(
    shop: Callable[..., httpx.Client], version: str
) -> None:
    client = shop({"placed": {HOOK: message(STATUS)}}, version=version)
    with receiving() as receiver:
        order = client.post("/orders", json={"item": "cup", "hook": f"{receiver.url}/hooks?key=1"}).json()
        received = receiver.next()
    assert (received.method, received.path, received.query) == ("POST", "/hooks", "key=1")
    assert received.headers["content-type"] == "application/json"
    assert received.headers["host"] == receiver.host
    assert received.headers["user-agent"].startswith("understudy/")
    assert {name: received.body[name] for name in ("id", "item", "state")} == {
        "id": order["id"],
        "item": "cup",
        "state": "placed",
    }
    [entry] = noted(client)
    assert (entry["operation"], entry["status"], entry["outcome"], entry["refusal"]) == (
        "callback placed",
        200,
        "accepted",
        "",
    )
    assert entry["path"] == f"{receiver.url}/hooks"


def test_a_callback_belongs_to_the_trace_of_the_request_that_it_follows(
    shop: Callable[..., httpx.Client],
) -> None:
    client, trace = shop({"placed": {HOOK: message(STATUS)}}), "4bf92f3577b34da6a3ce929d0e0e4736"
    sent = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01", "tracestate": "some=thing"}
    with receiving() as receiver:
        body = {"item": "cup", "hook": receiver.url}
        for headers in (sent, {"traceparent": "00-nonsense", "tracestate": "some=thing"}):
            assert client.post("/orders", json=body, headers=headers).status_code == 201
            settled(client)
        first, second = receiver.next(), receiver.next()
    assert {name: first.headers[name] for name in sent} == sent
    assert not {"traceparent", "tracestate"} & set(second.headers)
    assert [entry["traceId"] for entry in noted(client)] == [trace, ""]


def test_several_callbacks_with_several_methods_and_by_reference_are_all_sent(
    shop: Callable[..., httpx.Client],
) -> None:
    with receiving() as receiver:
        item = {**message(STATUS), "put": {"responses": {"200": {"description": "ok"}}}}
        fixed = {
            f"http://{receiver.host}/orders/{{$response.body#/id}}": {"$ref": "#/components/pathItems/Placed"}
        }
        components = {**COMPONENTS, "callbacks": {"Fixed": fixed}, "pathItems": {"Placed": item}}
        client = shop(
            {"own": {HOOK: message(STATUS)}, "fixed": {"$ref": "#/components/callbacks/Fixed"}},
            components=components,
        )
        order = client.post("/orders", json={"item": "cup", "hook": f"{receiver.url}/own"}).json()
        assert {entry["operation"] for entry in noted(client)} == {"callback own", "callback fixed"}
        received = [receiver.next() for _ in range(3)]
    assert sorted((one.method, one.path) for one in received) == [
        ("POST", f"/orders/{order['id']}"),
        ("POST", "/own"),
        ("PUT", f"/orders/{order['id']}"),
    ]


@pytest.mark.parametrize(
    "expression",
    [
        HOOK,
        "$request.body#/hook",
        "{$request.body#/hook}/placed?by={$request.body#/item}",
        "{$request.body#/hooks/0/url}",
        "{$request.query.hook}",
        "{$request.header.Hook}",
    ],
)
def test_whoever_does_not_say_where_to_wants_no_callback(
    shop: Callable[..., httpx.Client], expression: str
) -> None:
    client = shop({"placed": {expression: message(STATUS)}})
    assert client.post("/orders", json={"item": "cup"}).status_code == 201
    assert noted(client) == []


@pytest.mark.parametrize(
    ("expression", "missing"),
    [
        ("{$response.body#/hook}", "$response.body#/hook"),
        ("{$request.path.hook}", "$request.path.hook"),
        ("{$request.body#hook}", "$request.body#hook"),
        ("http://127.0.0.1:9/?by={$request.body#/hook}", "$request.body#/hook"),
        ("{$url}/{$request.body#/hook}", "$request.body#/hook"),
    ],
)
def test_any_other_missing_value_is_noted_and_the_caller_is_answered_all_the_same(
    shop: Callable[..., httpx.Client], expression: str, missing: str
) -> None:
    client = shop({"placed": {expression: message(STATUS)}})
    assert client.post("/orders", json={"item": "cup"}).status_code == 201
    [entry] = noted(client)
    assert (entry["status"], entry["path"]) == (0, expression)
    assert entry["refusal"] == f"{missing} has no value in this exchange"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://192.0.2.7/hook", "is not allowed: 192.0.2.7 is 192.0.2.7"),
        ("http://[2001:db8::7]/hook", "is not allowed"),
        ("http://0.0.0.0:80/", "is not allowed"),
        ("ftp://127.0.0.1/", "is no absolute URL of http or https"),
        ("/hook", "is no absolute URL of http or https"),
        ("http://user:password@127.0.0.1/", "names a user"),
    ],
)
def test_a_url_that_nobody_allowed_gets_nothing(
    shop: Callable[..., httpx.Client], url: str, reason: str
) -> None:
    client = shop({"placed": {HOOK: message(STATUS)}})
    assert client.post("/orders", json={"item": "cup", "hook": url}).status_code == 201
    [entry] = noted(client)
    assert reason in entry["refusal"]
    assert "password" not in entry["refusal"] + entry["path"]
    assert entry["status"] == 0


def test_what_is_refused_and_what_is_steered_has_no_callback(shop: Callable[..., httpx.Client]) -> None:
    client = shop({"placed": {HOOK: message(STATUS)}})
    with receiving() as receiver:
        assert client.post("/orders", json={"hook": receiver.url}).status_code == 400
        assert (
            client.post(
                "/orders", json={"item": "cup", "hook": receiver.url}, headers={"Prefer": "code=201"}
            ).status_code
            == 201
        )
        assert noted(client) == []
        assert receiver.count() == 0


def test_a_fault_before_the_write_sends_nothing_and_one_after_it_does(
    shop: Callable[..., httpx.Client],
) -> None:
    client = shop({"placed": {HOOK: message(STATUS)}})
    with receiving() as receiver:
        order = {"item": "cup", "hook": receiver.url}
        assert client.post("/orders", json=order, headers={"Sandbox-Fault": "status=503"}).status_code == 503
        assert noted(client) == []
        assert (
            client.post("/orders", json=order, headers={"Sandbox-Fault": "after-write=503"}).status_code
            == 503
        )
        assert receiver.next().body["item"] == "cup"
        with pytest.raises(httpx.TransportError):
            client.post(
                "/orders", json={**order, "item": "pot"}, headers={"Sandbox-Fault": "after-write=reset"}
            )
        assert receiver.next().body["item"] == "pot"


def test_the_answer_comes_before_the_callback_is_answered(shop: Callable[..., httpx.Client]) -> None:
    client = shop({"placed": {HOOK: message(STATUS)}})
    with receiving(holds=True) as receiver:
        assert client.post("/orders", json={"item": "cup", "hook": receiver.url}).status_code == 201
        receiver.next()
        assert client.get("/__admin/sessions/default/deliveries").json() == {"pending": 1}
        receiver.resume.set()
        settled(client)


def test_nothing_is_sent_before_the_answer_has_left(sandbox: Callable[..., Sandbox]) -> None:
    sender, seen = Sender(), []
    app = create_app(
        [sandbox(paths=paths({"placed": {HOOK: message(STATUS)}}), components=COMPONENTS)], sender=sender
    )

    async def unhurried(scope: Any, receive: Any, send: Any) -> None:
        async def sent(part: Any) -> None:
            for _ in range(50):  # turns of the event loop, in which a delivery would begin
                await asyncio.sleep(0)
            seen.append(sender.pending)
            await send(part)

        await app(scope, receive, sent)

    with receiving() as receiver, running(unhurried) as url:
        httpx.post(f"{url}/orders", json={"item": "cup", "hook": receiver.url}, trust_env=False)
        receiver.next()
    assert seen == [0, 0]


def test_no_answer_429_and_5xx_are_tried_again_and_each_attempt_is_noted(
    shop: Callable[..., httpx.Client],
) -> None:
    client = shop({"placed": {HOOK: message(STATUS)}}, sender=Sender(backoff=0))
    with receiving([(503, {}), (429, {"Retry-After": "0"}), (200, {})]) as receiver:
        client.post("/orders", json={"item": "cup", "hook": receiver.url})
        bodies = [receiver.next().content for _ in range(3)]
        entries = noted(client)
    assert bodies[0] == bodies[1] == bodies[2]
    assert [entry["status"] for entry in entries] == [503, 429, 200]
    assert [entry["outcome"] for entry in entries] == ["refused", "refused", "accepted"]
    assert [entry["refusal"] for entry in entries] == [
        "status: must be one of 200, got 503",
        "status: must be one of 200, got 429",
        "",
    ]


def test_it_is_tried_three_times_and_no_more(shop: Callable[..., httpx.Client]) -> None:
    client = shop({"placed": {HOOK: message(STATUS)}}, sender=Sender(backoff=0))
    with receiving([(500, {})] * 5) as receiver:
        client.post("/orders", json={"item": "cup", "hook": receiver.url})
        assert [entry["status"] for entry in noted(client)] == [500, 500, 500]
        assert receiver.count() == 3


def test_a_closed_port_is_tried_again_and_says_why_nothing_came(shop: Callable[..., httpx.Client]) -> None:
    client = shop({"placed": {HOOK: message(STATUS)}}, sender=Sender(backoff=0))
    with receiving() as receiver:
        url = receiver.url
    client.post("/orders", json={"item": "cup", "hook": url})
    entries = noted(client)
    assert [entry["status"] for entry in entries] == [0, 0, 0]
    assert all(entry["refusal"].startswith("there was no answer: ") for entry in entries)


def test_an_answer_that_takes_too_long_is_given_up(shop: Callable[..., httpx.Client]) -> None:
    client = shop({"placed": {HOOK: message(STATUS)}}, sender=Sender(backoff=0, timeout=0.05))
    with receiving(holds=True) as receiver:
        client.post("/orders", json={"item": "cup", "hook": receiver.url})
        assert [entry["refusal"] for entry in noted(client)] == ["there was no answer within 0.05 s"] * 3


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_and_is_no_reason_to_try_again(
    shop: Callable[..., httpx.Client], status: int
) -> None:
    client = shop({"placed": {HOOK: message(STATUS)}})
    with receiving() as elsewhere, receiving([(status, {"Location": elsewhere.url})]) as receiver:
        client.post("/orders", json={"item": "cup", "hook": receiver.url})
        [entry] = noted(client)
        assert elsewhere.count() == 0
    assert entry["status"] == status
    assert entry["refusal"] == f"status: must be one of 200, got {status}"


def test_an_answer_is_held_against_the_contract(shop: Callable[..., httpx.Client]) -> None:
    told = {"type": "object", "required": ["ok"], "properties": {"ok": {"type": "boolean"}}}
    responses = {"2XX": {"description": "ok", "content": {"application/json": {"schema": told}}}}
    client = shop({"placed": {HOOK: message(STATUS, responses=responses)}})
    with receiving([(202, {"content-type": "application/json", "content-length": "0"})]) as receiver:
        client.post("/orders", json={"item": "cup", "hook": receiver.url})
        [entry] = noted(client)
    assert entry["status"] == 202
    assert entry["failures"]


def test_required_headers_and_query_parameters_are_sent_and_others_are_not(
    shop: Callable[..., httpx.Client],
) -> None:
    parameters = [
        {"name": "X-Signature", "in": "header", "required": True, "schema": {"type": "string", "pattern": "^sha256=[0-9a-f]{8}$"}},
        {"name": "X-Event", "in": "header", "required": True, "example": "placed", "schema": {"type": "string"}},
        {"name": "X-Other", "in": "header", "schema": {"type": "string"}},
        {"name": "Content-Length", "in": "header", "required": True, "schema": {"type": "integer", "const": 1}},
        {"name": "tags", "in": "query", "required": True, "schema": {"type": "array", "items": {"const": "a b"}, "minItems": 2}},
        {"name": "where", "in": "query", "required": True, "style": "deepObject",
         "schema": {"type": "object", "required": ["x"], "properties": {"x": {"const": 1}}}},
    ]  # fmt: skip
    client = shop({"placed": {HOOK: message(STATUS, parameters=parameters)}})
    with receiving() as receiver:
        client.post("/orders", json={"item": "cup", "hook": f"{receiver.url}/?a=1"})
        received = receiver.next()
    assert received.headers["x-event"] == "placed"
    assert received.headers["x-signature"].startswith("sha256=")
    assert "x-other" not in received.headers
    assert len(received.content) == int(received.headers["content-length"]) > 1
    assert received.query == "a=1&tags=a%20b&tags=a%20b&where%5Bx%5D=1"


def test_a_message_may_be_a_form_or_have_no_body(shop: Callable[..., httpx.Client]) -> None:
    form = {"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": STATUS}}}}
    client = shop({"form": {HOOK: message(None, **form)}, "plain": {HOOK: message(None)}})
    with receiving() as receiver:
        client.post("/orders", json={"item": "a cup", "hook": receiver.url})
        received = {
            one.headers.get("content-type"): one.content for one in (receiver.next(), receiver.next())
        }
    assert received[None] == b""
    assert b"item=a+cup" in received["application/x-www-form-urlencoded"]


def test_a_value_that_the_callback_does_not_take_is_left_as_it_was_generated(
    shop: Callable[..., httpx.Client],
) -> None:
    properties = {"item": {"type": "string", "maxLength": 4}, "id": {"type": "string"}}
    narrow = {"type": "object", "required": ["item", "id"], "properties": properties}
    client = shop({"placed": {HOOK: message(narrow)}})
    with receiving() as receiver:
        order = client.post("/orders", json={"item": "a teapot", "hook": receiver.url}).json()
        told = receiver.next().body
        [entry] = noted(client)
    assert told["id"] == order["id"]
    assert len(told["item"]) <= 4
    assert entry["failures"] == []


def test_a_body_that_cannot_be_made_is_noted_and_nothing_is_sent(shop: Callable[..., httpx.Client]) -> None:
    never = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "string", "minLength": 5, "maxLength": 2}},
    }
    client = shop({"placed": {HOOK: message(never)}})
    with receiving() as receiver:
        assert client.post("/orders", json={"item": "cup", "hook": receiver.url}).status_code == 201
        [entry] = noted(client)
        assert receiver.count() == 0
    assert entry["refusal"].startswith("callback placed is not sent: its body breaks the contract")
    assert entry["failures"][0]["location"] == "body"


def test_each_session_has_its_own_journal_and_a_reset_cancels_what_waits(
    shop: Callable[..., httpx.Client],
) -> None:
    client = shop({"placed": {HOOK: message(STATUS)}}, sender=Sender(backoff=60))
    with receiving([(503, {"Retry-After": "60"})] * 2) as receiver:
        order = {"item": "cup", "hook": receiver.url}
        for session in ("one", "two"):
            client.post(f"/~{session}/orders", json=order)
            receiver.next()
        assert client.post("/__admin/sessions/one/reset").status_code == 204
        settled(client, "one")
        assert client.get("/__admin/sessions/two/deliveries").json() == {"pending": 1}
        assert client.delete("/__admin/sessions/two").status_code == 204
        settled(client, "two")
        assert receiver.count() == 0


def test_what_is_too_much_to_wait_is_dropped_and_noted(shop: Callable[..., httpx.Client]) -> None:
    client = shop({"placed": {HOOK: message(STATUS)}}, sender=Sender(waiting=2))
    with receiving(holds=True) as receiver:
        order = {"item": "cup", "hook": receiver.url}
        client.post("/orders", json=order)
        receiver.next()
        client.post("/orders", json=order)
        client.post("/orders", json=order)
        receiver.resume.set()
        entries = noted(client)
    assert [entry["refusal"] for entry in entries if entry["refusal"]] == [
        "dropped: too many deliveries are waiting"
    ]


def test_messages_to_one_url_arrive_in_the_order_of_their_operations(
    shop: Callable[..., httpx.Client],
) -> None:
    client = shop({"placed": {HOOK: message(STATUS)}})
    names = [f"cup {number}" for number in range(8)]
    with receiving() as receiver:
        for name in names:
            client.post("/orders", json={"item": name, "hook": receiver.url})
        assert [receiver.next().body["item"] for _ in names] == names


def test_an_operation_that_sets_itself_off_does_so_five_times_and_no_more(
    sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]
) -> None:
    own = {
        "type": "object",
        "required": ["item", "hook"],
        "properties": {"item": {"type": "string"}, "hook": {"type": "string"}},
    }
    client = serve(sandbox(paths=paths({"placed": {HOOK: message(own)}}), components=COMPONENTS))
    order = {"item": "cup", "hook": str(client.base_url.join("/orders"))}
    assert client.post("/orders", json=order).status_code == 201
    entries = noted(client)
    sent = [entry for entry in entries if entry["status"] == 201]
    [unsent] = [entry for entry in entries if entry["status"] != 201]
    depths = [entry["requestHeaders"]["sandbox-delivery"] for entry in sent]
    assert sorted(depths) == ["1", "2", "3", "4", "5"]
    assert unsent["status"] == 0
    assert (
        unsent["refusal"]
        == "not sent: the request is itself the 5th delivery in a row, one set off by the other"
    )
    assert len(client.get("/orders").json()) == 6


@pytest.mark.parametrize(("sent", "depth"), [("4", "5"), ("-1", "1"), ("x", "1"), ("", "1"), ("²", "1")])
def test_a_delivery_counts_on_from_the_request_that_set_it_off(
    shop: Callable[..., httpx.Client], sent: str, depth: str
) -> None:
    client = shop({"placed": {HOOK: message(STATUS)}})
    with receiving() as receiver:
        headers = {b"Sandbox-Delivery": sent.encode("latin-1")}
        client.post("/orders", json={"item": "cup", "hook": receiver.url}, headers=headers)
        assert receiver.next().headers["sandbox-delivery"] == depth


def test_a_request_too_deep_is_noted_once_however_much_would_follow(
    shop: Callable[..., httpx.Client],
) -> None:
    client = shop({"one": {HOOK: message(STATUS)}, "two": {HOOK: message(STATUS)}})
    with receiving() as receiver:
        order = {"item": "cup", "hook": receiver.url}
        assert client.post("/orders", json=order, headers={"Sandbox-Delivery": "5"}).status_code == 201
        [entry] = noted(client)
        assert entry["refusal"].startswith("not sent: the request is itself the 5th delivery in a row")
        assert (
            client.post(
                "/orders", json={"item": "cup"}, headers={"Sandbox-Delivery": "999999999999"}
            ).status_code
            == 201
        )
        assert client.patch("/orders/1", json={"item": "cup"}, headers={"Sandbox-Delivery": "5"}).is_success
        assert len(noted(client)) == 1  # what nothing follows is no news
        assert receiver.count() == 0


def test_a_server_that_stops_leaves_nothing_behind(sandbox: Callable[..., Sandbox]) -> None:
    sender = Sender()
    with receiving(holds=True) as receiver:
        made = sandbox(paths=paths({"placed": {HOOK: message(STATUS)}}), components=COMPONENTS)
        with running(create_app([made], sender=sender)) as url:
            httpx.post(f"{url}/orders", json={"item": "cup", "hook": receiver.url}, trust_env=False)
            receiver.next()
            assert sender.pending == 1
        assert sender.pending == 0


def test_broken_callbacks_are_findings_and_the_others_are_sent(sandbox: Callable[..., Sandbox]) -> None:
    broken = {HOOK: {"post": {"parameters": [{"name": 1}], "responses": {}}}}
    made = sandbox(paths=paths({"broken": broken, "good": {HOOK: message(STATUS)}}), components=COMPONENTS)
    declared = Declared(made.contract, made.model)
    [(good, _)] = declared.following(made.contract.operation("createOrder"))
    assert good.title == "callback good"
    [finding] = declared.findings
    assert "a parameter needs a name" in finding.reason


def test_an_operation_without_callbacks_has_none_of_it(sandbox: Callable[..., Sandbox]) -> None:
    made = sandbox(paths=paths(), components=COMPONENTS)
    assert Declared(made.contract, made.model).is_empty
