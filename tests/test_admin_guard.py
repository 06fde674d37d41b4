"""The admin API's guard: no delivery of a sandbox administers one, and without a token no page under a foreign name does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from shop import COMPONENTS, message, paths
from support import bundled, running
from understudy.sandbox import Sandbox
from understudy.server.app import create_app
from understudy.testing import Sandbox as InProcess

Serve = Callable[..., httpx.Client]
SESSIONS = "/__admin/sessions"
RESET = f"{SESSIONS}/victim/reset"
MINE = ["127.0.0.1", "127.8.9.10:80", "localhost", "LOCALHOST:8000", "localhost.", "api.localhost", "[::1]", "[::1]:8000",
        "understudy", "understudy:8000", "host.docker.internal", "understudy.svc.internal:80"]  # fmt: skip
FOREIGN = ["example.com", "rebound.example.com:8000", "127.0.0.1.example.com", "localhost.example.com", "192.0.2.1", "[2001:db8::1]:80",
           "evillocalhost.com", "internal.example.com", "a.b:1"]  # fmt: skip


# ---- deliveries


def test_a_callback_cannot_call_the_admin_api_of_its_own_sandbox(
    sandbox: Callable[..., Sandbox], serve: Serve
) -> None:
    anything: dict[str, Any] = {"type": "object"}
    client = serve(
        sandbox(paths=paths({"placed": {"{$request.body#/hook}": message(anything)}}), components=COMPONENTS)
    )
    client.post("/orders", json={"item": "cup"}, headers={"Sandbox-Session": "victim"})
    for hook in (RESET, f"/~any{RESET}"):
        assert (
            client.post("/orders", json={"item": "cup", "hook": str(client.base_url.join(hook))}).status_code
            == 201
        )
    assert client.get(f"{SESSIONS}/default/deliveries?wait=30").json() == {"pending": 0}
    sent = client.get(f"{SESSIONS}/default/journal?kind=callback").json()["items"]
    assert [entry["status"] for entry in sent] == [403, 403]
    assert len(client.get("/~victim/orders").json()) == len(client.get("/~other/orders").json()) + 1


@pytest.mark.parametrize("depth", ["1", "5", "", "x"])
@pytest.mark.parametrize(
    "path",
    [SESSIONS, f"/~one{SESSIONS}", "/__admin/health", "/__admin/docs", "/__admin", "/%5F_admin/sessions"],
)
def test_what_carries_the_header_of_a_delivery_is_refused(serve: Serve, path: str, depth: str) -> None:
    answer = serve("togai").get(path, headers={"Sandbox-Delivery": depth})
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Sandbox-Delivery" in answer.json()["detail"]


def test_a_delivery_may_call_the_sandboxes(serve: Serve) -> None:
    headers = {"Sandbox-Delivery": "1", "Authorization": "Bearer k", "Host": "rebound.example.com"}
    assert serve("togai").get("/accounts", headers=headers).status_code == 200


def test_a_token_does_not_help_a_delivery(guarded: httpx.Client) -> None:
    headers = {"Authorization": "Bearer s3cret", "Sandbox-Delivery": "1"}
    assert guarded.get(SESSIONS, headers=headers).status_code == 403


# ---- names of this machine


@pytest.fixture
def guarded() -> Iterator[httpx.Client]:
    """Return a client of a server that asks for a token."""
    app = create_app([bundled("togai")], admin_token="s3cret")
    with running(app) as url, httpx.Client(base_url=url, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("host", MINE)
def test_names_of_this_machine_lead_to_the_admin_api(serve: Serve, host: str) -> None:
    assert serve("togai").get(SESSIONS, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", [SESSIONS, f"/~one{SESSIONS}"])
@pytest.mark.parametrize("host", FOREIGN)
def test_other_names_do_not(serve: Serve, host: str, path: str) -> None:
    answer = serve("togai").get(
        path, headers={"Host": host, "Origin": f"http://{host}"}
    )  # to the page it is its own origin
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    assert serve("togai", cors=[]).get(path, headers={"Host": host}).status_code == 403
    said = serve("togai").get(path, headers={"Host": host}).json()["detail"]
    assert host in said
    assert "--admin-token" in said


@pytest.mark.parametrize(
    "host", ["[::1].example.com", "127.0.0.1:9400@example.com", "localhost:80.example.com"]
)
def test_what_is_no_name_is_refused_before_it_is_compared(serve: Serve, host: str) -> None:
    assert serve("togai").get(SESSIONS, headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("scheme", ["evil", "file", "chrome-extension", "ws"])
def test_an_origin_of_this_machine_in_another_scheme_is_foreign(serve: Serve, scheme: str) -> None:
    client = serve("togai")
    own = f"{client.base_url.host}:{client.base_url.port}"
    for origin, status in ((f"{scheme}://{own}", 403), (f"http://{own}", 204)):
        assert client.post(RESET, headers={"Origin": origin}).status_code == status


@pytest.mark.parametrize("host", [*MINE, *FOREIGN, "10.42.0.7:8000"])
def test_whether_it_is_up_is_told_under_any_name(serve: Serve, guarded: httpx.Client, host: str) -> None:
    for client in (serve("togai"), guarded):
        for path, expected in (("health", {"status": "ok"}), ("ready", {"ready": True, "apis": ["togai"]})):
            for session in ("", "/~one"):
                answer = client.get(f"{session}/__admin/{path}", headers={"Host": host})
                assert answer.status_code == 200
                assert expected.items() <= answer.json().items()
                assert not answer.json().keys() - {"status", "version", "uptimeSeconds", "ready", "apis"}


def test_pages_and_refusals_say_which_request_they_are_of(serve: Serve) -> None:
    client = serve("togai")
    asked = [
        ({}, "/", 200),
        ({"Accept": "text/html"}, "/", 200),
        ({}, "/docs", 200),
        ({}, "/openapi.json", 200),
        ({}, "/__admin/ui", 200),
        ({}, "/__admin/ui/", 308),
        ({"Host": FOREIGN[0]}, SESSIONS, 403),
        ({"Sandbox-Delivery": "1"}, SESSIONS, 403),
        ({"Origin": "https://example.com"}, SESSIONS, 403),
        ({}, SESSIONS, 200),
    ]
    seen = set()
    for headers, path, status in asked:
        answer = client.get(path, headers=headers)
        assert answer.status_code == status
        assert len(answer.headers.get_list("x-request-id")) == 1
        seen.add(answer.headers["x-request-id"])
        named = client.get(path, headers={**headers, "X-Request-Id": "mine"})
        assert named.headers.get_list("x-request-id") == ["mine"]
    assert len(seen) == len(asked)
    assert client.post("/docs").headers["x-request-id"]


def test_with_a_token_any_name_will_do(guarded: httpx.Client) -> None:
    for host in (*MINE, *FOREIGN):
        assert (
            guarded.get(SESSIONS, headers={"Host": host, "Authorization": "Bearer s3cret"}).status_code == 200
        )
        assert guarded.get(SESSIONS, headers={"Host": host}).status_code == 401


def test_a_sandbox_of_a_test_is_found_under_the_name_of_its_transport() -> None:
    with (
        InProcess() as sandbox,
        httpx.Client(transport=sandbox.transport, base_url="http://sandbox") as client,
    ):
        assert client.get(SESSIONS).status_code == 200
