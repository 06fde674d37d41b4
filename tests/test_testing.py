"""A sandbox inside a Python program: without a socket, on one, from asyncio and from threads, and nothing left afterwards."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from cups import CUPS
from understudy.errors import ContractError, SettingsError
from understudy.testing import Sandbox

BEARER = {"Authorization": "Bearer anything"}


@pytest.fixture
def cups(tmp_path: Path) -> Path:
    """The file of a small contract."""
    path = tmp_path / "cups.yaml"
    path.write_text(CUPS)
    return path


def in_process(sandbox: Sandbox, session: str = "") -> httpx.Client:
    return httpx.Client(transport=sandbox.transport, base_url=f"http://sandbox{session}", headers=BEARER)


def test_a_contract_is_served_without_a_socket(cups: Path) -> None:
    with Sandbox(cups, unknown_ids="404") as sandbox, in_process(sandbox) as client:
        assert client.post("/cups", json={"id": 1, "colour": "blue"}).status_code == 201
        assert client.get("/cups/1").json()["colour"] == "blue"
        assert client.get("/cups/2").status_code == 404
        assert client.request("HEAD", "/cups").content == b""
        assert [call.operation_id for call in sandbox.calls(status=201)] == ["createCup"]


def test_without_a_contract_the_bundled_ones_are_served() -> None:
    with Sandbox(populate=2) as sandbox, in_process(sandbox) as client:
        assert len(client.get("/togai/accounts").json()["data"]) == 2
        assert len(sandbox.records("togai")["/accounts"]) == 2


def test_the_socket_shows_the_same_sessions_as_the_transport(cups: Path) -> None:
    with Sandbox(str(cups)) as sandbox, in_process(sandbox) as near, in_process(sandbox, "/~other") as other:
        near.post("/cups", json={"id": 1, "colour": "blue"})
        other.post("/cups", json={"id": 1, "colour": "red"})
        assert sandbox.client().get("/cups").json() == [{"id": 1, "colour": "blue"}]
        with sandbox.session("other") as session:
            assert session.client().get("/cups").json() == [{"id": 1, "colour": "red"}]
        assert sandbox.url() == sandbox.url()


def test_asyncio_programs_use_transport_and_socket(cups: Path) -> None:
    async def program(sandbox: Sandbox) -> set[int]:
        async with (
            httpx.AsyncClient(transport=sandbox.transport, base_url="http://sandbox") as near,
            sandbox.async_client() as far,
        ):
            posted = (
                client.post("/cups", json={"id": at, "colour": "blue"})
                for at, client in enumerate([near, far] * 20)
            )
            assert {answer.status_code for answer in await asyncio.gather(*posted)} == {201}
            first, second = await asyncio.gather(near.get("/cups"), far.get("/cups"))
            assert first.json() == second.json()
            return {cup["id"] for cup in first.json()}

    with Sandbox(cups) as sandbox:
        assert asyncio.run(program(sandbox)) == set(range(40))
        sandbox.reset()
        assert asyncio.run(program(sandbox)) == set(range(40))  # on another event loop


def test_threads_share_one_transport(cups: Path) -> None:
    with Sandbox(cups) as sandbox, in_process(sandbox) as client, ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda at: client.post("/cups", json={"id": at, "colour": "blue"}), range(80))
        assert {answer.status_code for answer in answers} == {201}
        assert sandbox.verify("createCup", times=80)


FAULTS = [
    "reset",
    "empty",
    "truncate",
    "truncate=0",
    "malformed",
    "after-write=reset",
    "after-write=empty",
    "after-write=503",
    "latency=5s",
]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_looks_the_same_with_and_without_a_socket(cups: Path, fault: str) -> None:
    waiting = 0.3 if fault.startswith("latency") else 20

    def outcome(client: httpx.Client) -> str:
        try:
            answer = client.post(
                "/cups", json={"id": 1, "colour": "blue"}, headers={"Sandbox-Fault": fault}, timeout=waiting
            )
            return f"{answer.status_code} {answer.text}"
        except httpx.TransportError as error:
            return repr(error)

    with Sandbox(cups) as sandbox, in_process(sandbox, "/~near") as near, sandbox.session("far") as far:
        assert outcome(near) == outcome(far.client())


@pytest.mark.parametrize("fault", ["reset", "empty", "truncate"])
def test_asyncio_sees_faults_too(cups: Path, fault: str) -> None:
    async def call(sandbox: Sandbox) -> None:
        async with httpx.AsyncClient(transport=sandbox.transport, base_url="http://sandbox") as client:
            with pytest.raises(httpx.TransportError):
                await client.get("/cups")
            assert (await client.get("/cups")).status_code == 200

    with Sandbox(cups) as sandbox:
        sandbox.fail("listCups", fault=fault, times=1)
        asyncio.run(call(sandbox))


@pytest.mark.parametrize("value", ["a\nAuthorization: b", "a\rb", "a\0b"])
def test_a_header_that_no_socket_takes_is_refused_without_one_too(cups: Path, value: str) -> None:
    with Sandbox(cups) as sandbox, in_process(sandbox) as client, sandbox.client() as caller:
        for one in (client, caller):
            with pytest.raises(httpx.LocalProtocolError):
                one.get("/cups", headers={"X-Note": value})
        assert sandbox.calls() == []


def test_a_caller_who_gives_up_leaves_the_sandbox_working(cups: Path) -> None:
    async def impatient(client: httpx.AsyncClient) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.post("/cups", json={"id": 1, "colour": "blue"}), 0.1)

    async def program(sandbox: Sandbox) -> int:
        async with httpx.AsyncClient(
            transport=sandbox.transport, base_url="http://sandbox", timeout=None
        ) as client:
            await impatient(client)
            return (await client.get("/cups")).status_code

    with Sandbox(cups) as sandbox:
        sandbox.fail("createCup", fault={"kind": "latency", "milliseconds": 3_600_000})
        assert asyncio.run(program(sandbox)) == 200


def test_a_webhook_arrives_where_it_is_to_go(cups: Path) -> None:
    with Sandbox(cups) as sandbox:
        receiver = sandbox.session("receiver")
        sandbox.send_webhooks_to(
            f"{receiver.url()}/cups", {"url": f"{receiver.url()}/cups", "delaySeconds": 0.01}
        )
        assert sandbox.send_webhook("cup.broken", {"id": 7}) == 2
        assert sandbox.await_deliveries()
        assert [call.request_body["id"] for call in receiver.calls("createCup")] == [7, 7]
        assert len(sandbox.calls(kind="callback", status="2xx")) == 2
        sandbox.send_webhooks_to()
        assert sandbox.send_webhook("cup.broken") == 0


def test_options_are_those_of_the_command(cups: Path, tmp_path: Path) -> None:
    rules, people, overlay = tmp_path / "rules.py", tmp_path / "people.yaml", tmp_path / "overlay.yaml"
    rules.write_text(
        "from understudy.messages import Response\n\n\n"
        "async def getCup(request, context):\n    return Response(200, {'id': 9, 'colour': 'mine'})\n"
    )
    overlay.write_text(
        "overlay: 1.0.0\ninfo: {title: o, version: '1'}\nactions:\n"
        "  - {target: \"$.paths['/cups'].get\", update: {operationId: allCups}}\n"
        "  - {target: $, update: {components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}}, security: [{key: []}]}}\n"
    )
    people.write_text("identities:\n  - {name: alice, credential: key-alice}\n")
    with (
        Sandbox(cups, populate=2, seed=7, handlers=rules, overlays=[overlay], identities=people) as sandbox,
        in_process(sandbox) as client,
    ):
        assert client.get("/cups").status_code == 401
        client.headers["X-Key"] = "key-alice"
        assert len(client.get("/cups").json()) == 2
        assert client.get("/cups/1").json()["colour"] == "mine"
        assert sandbox.verify("allCups", times=2)


def test_each_session_starts_with_the_targets_that_are_given(cups: Path) -> None:
    with Sandbox(cups) as receiver, Sandbox(cups, webhook_urls=[f"{receiver.url()}/cups"]) as sandbox:
        for session in (sandbox, sandbox.session("another")):
            assert session.send_webhook("cup.broken", {"id": 7}) == 1
            assert session.await_deliveries()
        assert [call.request_body["id"] for call in receiver.calls("createCup")] == [7, 7]


@pytest.mark.parametrize(
    ("allowed", "refusal"),
    [([], "is not allowed"), (["cups.invalid:81"], "is not allowed"), (["cups.invalid"], "has no address")],
)
def test_only_hosts_that_are_allowed_are_asked_for(cups: Path, allowed: list[str], refusal: str) -> None:
    with Sandbox(cups, webhook_urls=["http://cups.invalid/"], allow_callbacks=allowed) as sandbox:
        sandbox.send_webhook("cup.broken")
        assert sandbox.await_deliveries()
        [call] = sandbox.calls(kind="callback")
        assert refusal in call.refusal


@pytest.mark.parametrize("kept", [0, 2])
def test_the_journal_keeps_as_much_as_is_said(cups: Path, kept: int) -> None:
    with Sandbox(cups, journal=kept) as sandbox, in_process(sandbox) as client:
        for _ in range(3):
            client.get("/cups")
        assert len(sandbox.calls()) == kept


def test_a_session_is_dropped_after_the_idle_time(cups: Path) -> None:
    with (
        Sandbox(cups, session_idle=0.001) as sandbox,
        in_process(sandbox, "/~other") as other,
        in_process(sandbox) as client,
    ):
        names = {"default"}
        for _ in range(1000):  # until one of its requests lies long enough behind
            other.get("/cups")
            names = {session["name"] for session in client.get("/__admin/sessions").json()["items"]}
            if names == {"default"}:
                break
        assert names == {"default"}


def test_what_cannot_be_served_says_why(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"none\.yaml: there is no such file"):
        Sandbox(tmp_path / "none.yaml")
    with pytest.raises(SettingsError, match="--overlay changes one contract"):
        Sandbox(overlays=["any.yaml"])
    with pytest.raises(SettingsError, match="--webhook-url: 'ftp://x/' is no absolute URL"):
        Sandbox(webhook_urls=["ftp://x/"])
    with pytest.raises(SettingsError, match="--allow-callbacks takes HOST or HOST:PORT"):
        Sandbox(allow_callbacks=["a/b"])


def test_nothing_is_left_of_a_closed_sandbox(cups: Path) -> None:
    before = set(threading.enumerate())
    sandbox = Sandbox(cups)
    assert set(threading.enumerate()) == before
    client = sandbox.client()
    assert client.get("/cups").status_code == 200
    url = sandbox.url()
    sandbox.close()
    sandbox.close()
    assert set(threading.enumerate()) == before
    assert client.is_closed
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
    with pytest.raises(RuntimeError, match="closed"), in_process(sandbox) as late:
        late.get("/cups")


def test_closing_ends_requests_that_would_wait_for_an_hour(cups: Path) -> None:
    sandbox = Sandbox(cups)
    fault = sandbox.fail("listCups", fault={"kind": "latency", "milliseconds": 3_600_000})
    with (
        sandbox.session("default").client(timeout=None) as far,
        in_process(sandbox) as near,
        ThreadPoolExecutor(2) as pool,
    ):
        over_socket, in_memory = (pool.submit(client.get, "/cups", timeout=None) for client in (far, near))
        while fault.hits < 2:
            pass
        sandbox.close()
        assert over_socket.result().status_code >= 500
        with pytest.raises(httpx.ReadError, match="the sandbox was closed"):
            in_memory.result()


def test_a_null_for_a_member_that_takes_none_leaves_it_out(tmp_path: Path) -> None:
    path = tmp_path / "notes.yaml"
    note = "{type: object, required: [id], properties: {id: {type: string}, text: {type: string}}}"
    sent = "{type: object, properties: {text: {type: string, nullable: true}}}"
    content = "{content: {application/json: {schema: %s}}}"
    path.write_text(
        "openapi: 3.0.3\ninfo: {title: notes, version: '1'}\npaths:\n"
        "  /notes:\n    post:\n"
        f"      requestBody: {content % sent}\n"
        f"      responses: {{'201': {{description: made, {(content % note)[1:-1]}}}}}\n"
        "  /notes/{id}:\n"
        "    parameters: [{name: id, in: path, required: true, schema: {type: string}}]\n"
        "    get:\n"
        f"      responses: {{'200': {{description: one, {(content % note)[1:-1]}}}}}\n"
        "    patch:\n"
        f"      requestBody: {content % sent}\n"
        f"      responses: {{'200': {{description: one, {(content % note)[1:-1]}}}}}\n"
    )
    with Sandbox(path) as sandbox, in_process(sandbox) as client:
        made = client.post("/notes", json={"text": None}).json()
        assert made.keys() == {"id"}
        other = client.post("/notes", json={"text": "ours"}).json()
        assert client.patch(f"/notes/{other['id']}", json={"text": None}).json() == {"id": other["id"]}
        assert client.get(f"/notes/{other['id']}").json() == {"id": other["id"]}
