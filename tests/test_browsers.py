"""Browsers: every page may call a sandbox on this machine, and only pages of this machine its admin API."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

Serve = Callable[..., httpx.Client]
SESSIONS = "/__admin/sessions"
LOCAL = ["http://localhost:3000", "http://127.0.0.1:5173", "https://app.localhost", "http://[::1]:80"]
FOREIGN = [
    "https://example.com",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com:80",
    "null",
    "http://evil127.0.0.1",
]


@pytest.mark.parametrize("origin", LOCAL)
def test_pages_of_this_machine_may_use_the_admin_api(serve: Serve, origin: str) -> None:
    answer = serve("togai").get(SESSIONS, headers={"Origin": origin})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, origin)


@pytest.mark.parametrize("path", [SESSIONS, f"/~one{SESSIONS}"])
@pytest.mark.parametrize("origin", FOREIGN)
def test_other_pages_may_not(serve: Serve, origin: str, path: str) -> None:
    client = serve("togai")
    answer = client.get(path, headers={"Origin": origin})
    assert (answer.status_code, origin in answer.json()["detail"]) == (403, True)
    assert "Access-Control-Allow-Origin" not in answer.headers
    client.put("/__admin/sessions/default/clock", json={"now": "2030-01-01T00:00:00Z"})
    assert client.post("/__admin/sessions/default/reset", headers={"Origin": origin}).status_code == 403
    assert client.get("/__admin/sessions/default/clock").json()["now"].startswith("2030")


@pytest.mark.parametrize("origin", [*LOCAL, *FOREIGN])
def test_every_page_may_call_the_sandboxes(serve: Serve, origin: str) -> None:
    answer = serve("togai").get("/accounts", headers={"Origin": origin, "Authorization": "Bearer k"})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")


def test_an_origin_that_is_named_may_use_both_and_no_other_either(serve: Serve) -> None:
    client = serve("togai", cors=["https://example.com"])
    assert (
        client.get(SESSIONS, headers={"Origin": "https://example.com"}).headers["Access-Control-Allow-Origin"]
        == "https://example.com"
    )
    assert client.get(SESSIONS, headers={"Origin": "http://localhost:3000"}).status_code == 403


def test_the_admin_apis_own_page_may_use_it(serve: Serve) -> None:
    client = serve("togai", cors=["https://example.com"])
    assert client.get(SESSIONS, headers={"Origin": str(client.base_url).rstrip("/")}).status_code == 200
