"""Webhooks: each follows the operations it is about, with the record in its body, to the targets of the session."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from receiver import Receiver, receiving
from shop import COMPONENTS, SHOWN, TAKEN, WEBHOOKS, event, message, paths
from support import write_contract
from understudy.callbacks.explaining import with_messages
from understudy.callbacks.finding import Declared
from understudy.callbacks.sender import Sender
from understudy.callbacks.targets import Target
from understudy.contracts.extensions import unusable
from understudy.explain import explain, written
from understudy.sandbox import Sandbox

Start = Callable[..., httpx.Client]


@pytest.fixture
def shop(sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]) -> Start:
    """Serve a shop with webhooks: `shop(webhooks={...}, targets=[Target(url)])`."""

    def start(
        webhooks: dict[str, Any] | None = None, targets: list[Target] | None = None, **document: Any
    ) -> httpx.Client:
        document = {
            "paths": paths(),
            "components": COMPONENTS,
            "webhooks": WEBHOOKS if webhooks is None else webhooks,
            **document,
        }
        return serve(sandbox(**document), sender=Sender(targets=targets or (), backoff=0))

    return start


def settled(client: httpx.Client, session: str = "default") -> None:
    """Wait until nothing is on its way."""
    assert client.get(f"/__admin/sessions/{session}/deliveries?wait=30").json() == {"pending": 0}


def noted(client: httpx.Client, session: str = "default") -> list[dict[str, Any]]:
    """Return the journal's entries of what was sent, once nothing is on its way."""
    settled(client, session)
    items: list[dict[str, Any]] = client.get(f"/__admin/sessions/{session}/journal?kind=callback").json()[
        "items"
    ]
    return items


def followed(declared: Declared) -> dict[str, list[str]]:
    """Return by webhook the operations it follows."""
    return {webhook.name: list(declared.followed(webhook)) for webhook in declared.webhooks}


def test_what_is_created_changed_and_deleted_is_told_with_the_record_in_it(shop: Start) -> None:
    with receiving() as receiver:
        client = shop(targets=[Target(receiver.url)])
        order = client.post("/orders", json={"item": "cup", "count": 2}).json()
        created = receiver.next().body
        assert client.patch(f"/orders/{order['id']}", json={"item": "mug"}).status_code == 204
        changed = receiver.next().body
        shown = client.get(f"/orders/{order['id']}").json()
        assert client.delete(f"/orders/{order['id']}").status_code == 204
        deleted = receiver.next().body
    assert (created["type"], created["data"]) == ("order.created", order)
    assert (changed["type"], changed["data"]) == ("order.updated", shown)
    assert shown["item"] == "mug"
    assert (deleted["type"], deleted["data"]) == ("order.deleted", shown)
    assert len({created["id"], changed["id"], deleted["id"]}) > 1


def test_a_put_is_told_as_new_where_it_created_and_as_a_change_where_it_did_not(shop: Start) -> None:
    key = "00000000-0000-4000-8000-000000000001"
    with receiving() as receiver:
        client = shop(targets=[Target(receiver.url)])
        assert client.put(f"/orders/{key}", json={"item": "cup"}).status_code == 201
        assert client.put(f"/orders/{key}", json={"item": "mug"}).status_code == 200
        told = [receiver.next().body for _ in range(2)]
    assert [(one["type"], one["data"]["item"]) for one in told] == [
        ("order.created", "cup"),
        ("order.updated", "mug"),
    ]


def test_reads_and_refusals_are_not_told(shop: Start) -> None:
    with receiving() as receiver:
        client = shop(targets=[Target(receiver.url)])
        client.get("/orders")
        client.get("/orders/00000000-0000-4000-8000-000000000002")
        assert client.post("/orders", json={}).status_code == 400
        assert noted(client) == []
        assert receiver.count() == 0


def test_a_replayed_answer_is_not_told_twice(shop: Start) -> None:
    header = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
    document = paths()
    document["/orders"]["post"]["parameters"] = [header]
    with receiving() as receiver:
        client = shop(targets=[Target(receiver.url)], paths=document)
        for _ in range(2):
            assert (
                client.post("/orders", json={"item": "cup"}, headers={"Idempotency-Key": "k"}).status_code
                == 201
            )
        assert len(noted(client)) == 1
        assert receiver.count() == 1


def test_without_a_target_nothing_is_sent_or_noted(shop: Start) -> None:
    client = shop()
    assert client.post("/orders", json={"item": "cup"}).status_code == 201
    assert noted(client) == []


def test_same_seed_same_events(shop: Start) -> None:
    told = []
    with receiving() as receiver:
        for _ in range(2):
            client = shop(targets=[Target(receiver.url)])
            client.post("/orders", json={"item": "cup"})
            told.append(receiver.next().content)
    assert told[0] == told[1]


# ---- which webhook follows which operation


def test_names_and_schemas_tell_what_a_webhook_follows(sandbox: Callable[..., Sandbox]) -> None:
    made = sandbox(paths=paths(), components=COMPONENTS, webhooks=WEBHOOKS)
    assert followed(Declared(made.contract, made.model)) == {
        "order.created": ["post /orders", "put /orders/{orderId}"],
        "order.updated": ["put /orders/{orderId}", "patch /orders/{orderId}"],
        "order.deleted": ["delete /orders/{orderId}"],
    }


@pytest.mark.parametrize(
    "name", ["newOrder", "order_created", "orders/new", "OrderCreated", "createOrder", "created"]
)
def test_the_word_for_a_new_item_may_stand_anywhere_in_the_name(
    sandbox: Callable[..., Sandbox], name: str
) -> None:
    made = sandbox(
        paths=paths(), components=COMPONENTS, webhooks={name: message({"$ref": "#/components/schemas/Order"})}
    )
    assert followed(Declared(made.contract, made.model)) == {name: ["post /orders", "put /orders/{orderId}"]}


def test_the_word_may_stand_in_the_operation_id(sandbox: Callable[..., Sandbox]) -> None:
    webhook = message({"$ref": "#/components/schemas/Order"}, operationId="orderDeleted")
    made = sandbox(paths=paths(), components=COMPONENTS, webhooks={"gone": webhook})
    assert followed(Declared(made.contract, made.model)) == {"gone": ["delete /orders/{orderId}"]}


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("order.created", {"type": "object", "properties": {"id": {"type": "string"}}}),
        ("order.shipped", event()),
        ("order.created.or.deleted", event()),
        (
            "order.payment.created",
            {"type": "object", "properties": {"order": {"$ref": "#/components/schemas/Order"}}},
        ),
        ("order.created", None),
    ],
)
def test_what_cannot_be_told_follows_nothing(
    sandbox: Callable[..., Sandbox], name: str, schema: dict[str, Any] | None
) -> None:
    made = sandbox(paths=paths(), components=COMPONENTS, webhooks={name: message(schema)})
    declared = Declared(made.contract, made.model)
    assert followed(declared) == {name: []}
    assert (
        declared.why(declared.webhooks[0])
        == "nothing tells which operation it follows, so it is only sent on demand"
    )


def test_the_webhook_that_names_the_item_comes_before_one_that_only_carries_it(
    sandbox: Callable[..., Sandbox],
) -> None:
    webhooks = {
        "basket.created": message({"$ref": "#/components/schemas/Order"}),
        "order.created": message(event()),
    }
    alone = {"basket.created": webhooks["basket.created"]}
    created = ["post /orders", "put /orders/{orderId}"]
    both = sandbox(paths=paths(), components=COMPONENTS, webhooks=webhooks)
    assert followed(Declared(both.contract, both.model)) == {"basket.created": [], "order.created": created}
    lonely = sandbox(paths=paths(), components=COMPONENTS, webhooks=alone)
    assert followed(Declared(lonely.contract, lonely.model)) == {"basket.created": created}


def test_a_change_whose_id_stands_in_the_body_is_told_too(sandbox: Callable[..., Sandbox]) -> None:
    document = paths()
    members = {"id": {"type": "string"}, "item": {"type": "string"}}
    taken = {"content": {"application/json": {"schema": {"type": "object", "properties": members}}}}
    change = {"operationId": "changeByBody", "requestBody": taken, "responses": {"200": SHOWN}}
    document["/orders"]["patch"] = change
    webhooks = {"order.updated": message(event())}
    made = sandbox(paths=document, components=COMPONENTS, webhooks=webhooks)
    assert "patch /orders" in followed(Declared(made.contract, made.model))["order.updated"]


def test_an_action_is_told_by_the_webhook_that_says_it_was_done(sandbox: Callable[..., Sandbox]) -> None:
    document = paths()
    parameters = document["/orders/{orderId}"]["parameters"]
    document["/orders/{orderId}/cancel"] = {
        "post": {"operationId": "cancelOrder", "parameters": parameters, "responses": {"200": SHOWN}}
    }
    webhooks = {"order.canceled": message(event()), "order.opened": message(event())}
    made = sandbox(paths=document, components=COMPONENTS, webhooks=webhooks)
    assert followed(Declared(made.contract, made.model)) == {
        "order.canceled": ["post /orders/{orderId}/cancel"],
        "order.opened": [],
    }


def test_the_extension_says_it_and_an_empty_list_keeps_it_on_demand(sandbox: Callable[..., Sandbox]) -> None:
    webhooks = {
        "paid": message(None, **{"x-understudy": {"on": ["changeOrder", "post /orders"]}}),
        "order.created": {**message(event()), "x-understudy": {"on": []}},
        "order.deleted": {**message(event()), "x-understudy": {"on": "getOrder"}},
    }
    made = sandbox(paths=paths(), components=COMPONENTS, webhooks=webhooks)
    declared = Declared(made.contract, made.model)
    assert followed(declared) == {
        "paid": ["post /orders", "patch /orders/{orderId}"],
        "order.created": [],
        "order.deleted": ["get /orders/{orderId}"],
    }
    assert [declared.why(webhook) for webhook in declared.webhooks] == [
        "x-understudy names it",
        "x-understudy names no operation, so it is only sent on demand",
        "x-understudy names it",
    ]
    assert list(unusable(made.contract)) == []


@pytest.mark.parametrize("value", ["nobody", ["createOrder", "nobody"], 7, [7], {}])
def test_an_extension_that_names_no_operation_is_a_finding(
    sandbox: Callable[..., Sandbox], value: Any
) -> None:
    made = sandbox(
        paths=paths(),
        components=COMPONENTS,
        webhooks={"paid": message(None, **{"x-understudy": {"on": value}})},
    )
    [finding] = unusable(made.contract)
    assert "which is no operation" in finding.reason
    assert finding.pointer == "/webhooks/paid/post/x-understudy/on"


def test_documents_of_3_0_have_their_webhooks_in_an_extension(shop: Start) -> None:
    with receiving() as receiver:
        client = shop(
            targets=[Target(receiver.url)], webhooks={}, version="3.0.3", **{"x-webhooks": WEBHOOKS}
        )
        client.post("/orders", json={"item": "cup"})
        assert receiver.next().body["data"]["item"] == "cup"


# ---- bodies


def test_an_item_may_be_the_body_itself_in_a_wrapper_or_extended(shop: Start) -> None:
    order = {"$ref": "#/components/schemas/Order"}
    extended = {
        "allOf": [
            order,
            {"type": "object", "required": ["links"], "properties": {"links": {"type": "object"}}},
        ]
    }
    nested = {
        "type": "object",
        "required": ["payload"],
        "properties": {"payload": {"type": "object", "properties": {"object": order}}},
    }
    webhooks = {
        "orderCreated": message(order),
        "newOrder": message(extended),
        "order_created": message(nested),
    }
    with receiving() as receiver:
        client = shop(
            webhooks=webhooks, targets=[Target(f"{receiver.url}/{name}", (name,)) for name in webhooks]
        )
        shown = client.post("/orders", json={"item": "cup", "count": 3}).json()
        told = {one.path: one.body for one in [receiver.next() for _ in webhooks]}
    assert told["/orderCreated"] == shown
    assert told["/newOrder"] == {**shown, "links": told["/newOrder"]["links"]}
    assert told["/order_created"]["payload"]["object"] == shown


def test_a_generated_event_is_named_after_its_webhook_and_an_example_is_left_as_it_is(shop: Start) -> None:
    free = event(type={"type": "string"})
    shown = message(free)
    shown["post"]["requestBody"]["content"]["application/json"]["example"] = {
        "id": 77, "type": "v2.order", "data": {"id": "00000000-0000-4000-8000-000000000009", "item": "x", "count": 9}
    }  # fmt: skip
    with receiving() as receiver:
        client = shop(
            webhooks={"order.created": message(free), "orderCreated": shown}, targets=[Target(receiver.url)]
        )
        order = client.post("/orders", json={"item": "cup"}).json()
        told = {one["type"]: one for one in [receiver.next().body for _ in range(2)]}
    assert told.keys() == {"order.created", "v2.order"}
    assert (told["v2.order"]["id"], told["v2.order"]["data"]) == (77, order)


def test_a_path_parameter_of_the_operation_is_known_around_the_item(shop: Start) -> None:
    document = {
        "/shops/{shopId}/orders": {
            "parameters": [{"name": "shopId", "in": "path", "required": True, "schema": {"type": "string"}}],
            "post": {"operationId": "createOrder", "requestBody": TAKEN, "responses": {"201": SHOWN}},
        },
        "/shops/{shopId}/orders/{orderId}": {
            "parameters": [
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                for name in ("shopId", "orderId")
            ],
            "get": {"operationId": "getOrder", "responses": {"200": SHOWN}},
        },
    }
    with receiving() as receiver:
        webhooks = {"order.created": message(event(shop_id={"type": "string"}))}
        client = shop(webhooks=webhooks, paths=document, targets=[Target(receiver.url)])
        client.post("/shops/berlin/orders", json={"item": "cup"})
        assert receiver.next().body["shop_id"] == "berlin"


# ---- targets


def put(client: httpx.Client, *targets: dict[str, Any], session: str = "default") -> httpx.Response:
    """Put targets in the place of those of a session."""
    return client.put(f"/__admin/sessions/{session}/webhooks", json={"targets": list(targets)})


def test_targets_are_the_sessions_own_and_a_reset_brings_back_those_of_the_start(shop: Start) -> None:
    with receiving() as started, receiving() as own:
        client = shop(targets=[Target(started.url)])
        assert put(client, {"url": own.url}, session="mine").status_code == 200
        client.post("/~mine/orders", json={"item": "mine"})
        client.post("/orders", json={"item": "default"})
        assert (own.next().body["data"]["item"], started.next().body["data"]["item"]) == ("mine", "default")
        client.post("/__admin/sessions/mine/reset")
        client.post("/~mine/orders", json={"item": "again"})
        assert started.next().body["data"]["item"] == "again"
        assert own.count() == 0


def test_a_target_has_its_names_attempts_and_headers(shop: Start) -> None:
    with receiving([(500, {})] * 2) as receiver:
        client = shop()
        headers = {
            "X-Secret": "s3cret",
            "Content-Type": "application/vnd.shop+json",
            "Content-Length": "1",
            "Host": "evil.example",
        }
        target = {"url": receiver.url, "webhooks": ["order.deleted"], "attempts": 2, "headers": headers}
        answer = put(client, target)
        assert answer.json()["targets"] == [
            {**target, "delaySeconds": 0, "headers": {**headers, "X-Secret": "[redacted]"}}
        ]
        order = client.post("/orders", json={"item": "cup"}).json()
        client.delete(f"/orders/{order['id']}")
        received = [receiver.next() for _ in range(2)]
        assert [entry["status"] for entry in noted(client)] == [500, 500]
        assert receiver.count() == 0
    assert received[0].headers["x-secret"] == "s3cret"
    assert received[0].headers["content-type"] == "application/vnd.shop+json"
    assert received[0].headers["host"] == receiver.host
    assert int(received[0].headers["content-length"]) == len(received[0].content) > 1


def test_a_delay_keeps_a_delivery_waiting_and_a_reset_cancels_it(shop: Start) -> None:
    with receiving() as late, receiving() as prompt:
        client = shop()
        put(client, {"url": late.url, "delaySeconds": 3600}, {"url": prompt.url})
        for _ in range(5):
            client.post("/orders", json={"item": "cup"})
            prompt.next()
        while client.get("/__admin/sessions/default/deliveries?wait=0.01").json() != {"pending": 5}:
            pass  # until the last answer of the prompt one is in
        client.post("/__admin/sessions/default/reset")
        settled(client)
        assert late.count() == 0


def test_after_the_last_attempt_nothing_is_pending(shop: Start) -> None:
    with receiving([(500, {"Retry-After": "60"})]) as receiver:
        client = shop()
        put(client, {"url": receiver.url, "attempts": 1})
        client.post("/orders", json={"item": "cup"})
        assert [entry["status"] for entry in noted(client)] == [500]


@pytest.mark.parametrize(
    ("target", "pointer"),
    [
        ({"url": "ftp://127.0.0.1/"}, "/targets/0/url"),
        ({"url": "http://u:p@127.0.0.1/"}, "/targets/0/url"),
        ({"url": "http://127.0.0.1:70000/"}, "/targets/0/url"),
        ({"url": "/hooks"}, "/targets/0/url"),
        ({}, "/targets/0/url"),
        ({"url": "http://127.0.0.1/", "webhooks": ["order.created", "order.lost"]}, "/targets/0/webhooks/1"),
        ({"url": "http://127.0.0.1/", "attempts": 11}, "/targets/0/attempts"),
        ({"url": "http://127.0.0.1/", "attempts": 0}, "/targets/0/attempts"),
        ({"url": "http://127.0.0.1/", "delaySeconds": -1}, "/targets/0/delaySeconds"),
        ({"url": "http://127.0.0.1/", "headers": {"X": "a\r\nY: b"}}, "/targets/0/headers/X"),
        ({"url": "http://127.0.0.1/", "allow": True}, "/targets/0/allow"),
    ],
)
def test_a_target_that_cannot_be_used_is_refused_by_its_place(
    shop: Start, target: dict[str, Any], pointer: str
) -> None:
    client = shop()
    answer = put(client, target)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert client.get("/__admin/sessions/default/webhooks").json()["targets"] == []


def test_the_admin_api_allows_no_address(shop: Start) -> None:
    client = shop()
    assert put(client, {"url": "http://192.0.2.7/"}).status_code == 200
    client.post("/orders", json={"item": "cup"})
    [entry] = noted(client)
    assert "is not allowed" in entry["refusal"]
    assert entry["status"] == 0


# ---- on demand


def test_webhooks_are_listed_with_what_they_follow_and_why(shop: Start) -> None:
    listed = shop().get("/__admin/sessions/default/webhooks").json()
    assert listed["targets"] == []
    assert [(one["api"], one["name"], one["method"], one["on"]) for one in listed["webhooks"]] == [
        ("inline", "order.created", "POST", ["createOrder", "replaceOrder"]),
        ("inline", "order.updated", "POST", ["replaceOrder", "changeOrder"]),
        ("inline", "order.deleted", "POST", ["deleteOrder"]),
    ]
    assert (
        listed["webhooks"][2]["why"]
        == "its body's data is what deleteOrder is about, and its name says deleted"
    )


def send(client: httpx.Client, name: str, body: Any = None) -> httpx.Response:
    """Send a webhook on demand."""
    return client.post(f"/__admin/sessions/default/apis/inline/webhooks/{name}/send", json=body)


def test_a_webhook_is_sent_on_demand_with_the_members_that_are_given(shop: Start) -> None:
    with receiving() as receiver:
        client = shop(targets=[Target(receiver.url)])
        answer = send(client, "order.created", {"body": {"id": 7, "data": {"item": "cup"}}})
        assert (answer.status_code, answer.json()) == (202, {"deliveries": 1})
        told = receiver.next().body
        assert (told["id"], told["type"], told["data"]["item"]) == (7, "order.created", "cup")
        assert client.post("/__admin/sessions/default/apis/inline/webhooks/order.created/send").json() == {
            "deliveries": 1
        }
        assert receiver.next().body["type"] == "order.created"


def test_members_that_break_the_schema_are_refused_by_their_place(shop: Start) -> None:
    with receiving() as receiver:
        client = shop(targets=[Target(receiver.url)])
        answer = send(client, "order.created", {"body": {"id": "seven", "data": {"count": 10}}})
        assert answer.status_code == 400
        assert {error["pointer"] for error in answer.json()["errors"]} == {"/body/id", "/body/data/count"}
        settled(client)
        assert receiver.count() == 0


def test_an_unknown_webhook_or_api_is_not_found(shop: Start) -> None:
    client = shop()
    assert send(client, "order.lost").status_code == 404
    assert client.post("/__admin/sessions/default/apis/other/webhooks/order.created/send").status_code == 404


def test_without_a_target_it_goes_nowhere(shop: Start) -> None:
    assert send(shop(), "order.created").json() == {"deliveries": 0}


def test_two_receivers_get_the_same(shop: Start) -> None:
    with receiving() as one, receiving() as other:
        client = shop(targets=[Target(one.url), Target(other.url)])
        client.post("/orders", json={"item": "cup"})
        assert content(one) == content(other)


def content(receiver: Receiver) -> bytes:
    """Return the body of the next request."""
    return receiver.next().content


# ---- the command line


def test_explain_tells_what_follows_what(sandbox: Callable[..., Sandbox]) -> None:
    webhooks = {**WEBHOOKS, "order.lost": message(None)}
    made = sandbox(
        paths=paths({"placed": {"{$request.body#/hook}": message(None)}}),
        components=COMPONENTS,
        webhooks=webhooks,
    )
    told = with_messages(made.contract, made.model, explain(made.contract, made.model))
    assert told["sends"]["POST /orders"] == [
        "callback placed, to {$request.body#/hook}",
        "webhook order.created",
    ]
    assert "GET /orders" not in told["sends"]
    assert told["webhooks"]["order.updated"]["is sent"] == "after replaceOrder, changeOrder"
    assert told["webhooks"]["order.lost"]["is sent"] == "on demand"
    assert "webhook order.deleted:\n  is sent: after deleteOrder" in written(told, made.contract)


def test_a_webhook_url_on_the_command_line_is_a_target_of_every_session(tmp_path: Path) -> None:
    path = tmp_path / "shop.json"
    write_contract(path, "3.1.0", {"paths": paths(), "components": COMPONENTS, "webhooks": WEBHOOKS})
    with receiving() as receiver:
        command = [
            sys.executable,
            "-m",
            "understudy",
            "serve",
            str(path),
            "--port",
            "0",
            "--webhook-url",
            receiver.url,
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            try:
                url = server.stdout.readline().split()[1].rstrip("/")
                for session in ("one", "two"):
                    httpx.post(f"{url}/~{session}/orders", json={"item": session}, trust_env=False)
                    assert receiver.next().body["data"]["item"] == session
            finally:
                server.send_signal(signal.SIGINT)
                _, errors = server.communicate(timeout=30)
    assert (server.returncode, errors) == (130, "")
