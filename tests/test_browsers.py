"""Browsers: every page may call a sandbox on this machine; those of this machine with cookies, and its admin
API.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, answer, body, thing
from understudy.sandbox import Sandbox

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


def test_an_origin_is_one_of_http(serve: Serve) -> None:
    client = serve("togai")
    for scheme, status in (("http", 200), ("https", 200), ("evil", 403), ("https://example.com/http", 403)):
        origin = f"{scheme}://understudy:8000"
        headers = {"Host": "understudy:8000", "Origin": origin}
        assert client.get(SESSIONS, headers=headers).status_code == status


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


@pytest.mark.parametrize("origin", FOREIGN)
def test_every_page_may_call_the_sandboxes_and_a_foreign_one_has_no_cookies_there(
    serve: Serve, origin: str
) -> None:
    answer = serve("togai").get("/accounts", headers={"Origin": origin, "Authorization": "Bearer k"})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert "Access-Control-Allow-Credentials" not in answer.headers


def allowed(answer: httpx.Response) -> tuple[str | None, str | None]:
    """Return the origin that an answer is for, and whether that may have cookies."""
    names = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"
    return answer.headers.get(names[0]), answer.headers.get(names[1])


@pytest.mark.parametrize("origin", [*LOCAL, "http://127.0.0.2:3000"])
def test_pages_of_this_machine_send_and_get_cookies_with_or_without_having_any(
    serve: Serve, origin: str
) -> None:
    client = serve("togai")
    asked = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
    preflight = client.options("/accounts/a", headers=asked)
    assert (preflight.status_code, *allowed(preflight)) == (204, origin, "true")
    assert "Content-Length" not in preflight.headers
    for more in ({}, {"Cookie": "sid=1"}):
        answer = client.get("/accounts", headers={"Origin": origin, "Authorization": "Bearer k", **more})
        assert (answer.status_code, *allowed(answer), answer.headers["Vary"]) == (
            200,
            origin,
            "true",
            "Origin",
        )


def test_refusals_can_be_read_by_a_page_too(serve: Serve) -> None:
    client = serve("togai")
    for path, status in (("/nowhere", 404), ("/accounts", 401)):
        answer = client.get(path, headers={"Origin": LOCAL[0]})
        assert (answer.status_code, *allowed(answer)) == (status, LOCAL[0], "true")


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"]
)
def test_every_method_that_is_served_may_be_asked(serve: Serve, method: str) -> None:
    asked = {"Origin": LOCAL[0], "Access-Control-Request-Method": method}
    preflight = serve("togai").options("/accounts", headers=asked)
    assert preflight.status_code == 204
    assert method in preflight.headers["Access-Control-Allow-Methods"].split(", ")


def test_a_method_of_ones_own_may_be_asked_too(serve: Serve, sandbox: Callable[..., Sandbox]) -> None:
    copy = {"additionalOperations": {"COPY": {"responses": answer(TEXT)}}}
    client = serve(sandbox(version="3.2.0", paths={"/a": copy}))
    for method, status in (("COPY", 204), ("MOVE", 400)):
        asked = {"Origin": LOCAL[0], "Access-Control-Request-Method": method}
        assert client.options("/a", headers=asked).status_code == status


def test_a_page_may_read_every_header_by_its_name(serve: Serve, sandbox: Callable[..., Sandbox]) -> None:
    header = {"required": True, "schema": {"type": "string", "example": "9"}}
    stated = {"X-Total": header, "ETag": header, "Set-Cookie": header}
    answers = {"200": {"description": "", "headers": stated, "content": {"text/plain": {"schema": TEXT}}}}
    client = serve(sandbox(paths={"/a": {"get": {"responses": answers}}}))
    answer = client.get("/a", headers={"Origin": LOCAL[0]})
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"x-total", "etag"} <= set(exposed)
    assert set(exposed).isdisjoint({"set-cookie", "content-type", "content-length", "*"})


def test_an_origin_that_is_named_may_use_both_and_no_other_either(serve: Serve) -> None:
    client = serve("togai", cors=["https://example.com"])
    assert (
        client.get(SESSIONS, headers={"Origin": "https://example.com"}).headers["Access-Control-Allow-Origin"]
        == "https://example.com"
    )
    assert client.get(SESSIONS, headers={"Origin": "http://localhost:3000"}).status_code == 403
    key = {"Authorization": "Bearer k"}
    assert allowed(client.get("/accounts", headers={"Origin": "https://example.com", **key})) == (
        "https://example.com",
        "true",
    )
    assert allowed(client.get("/accounts", headers={"Origin": LOCAL[0], **key}))[0] is None


def test_the_admin_apis_own_page_may_use_it(serve: Serve) -> None:
    client = serve("togai", cors=["https://example.com"])
    assert client.get(SESSIONS, headers={"Origin": str(client.base_url).rstrip("/")}).status_code == 200


def test_the_cookie_of_a_login_is_good_from_a_page_on_another_port(
    serve: Serve, sandbox: Callable[..., Sandbox]
) -> None:
    account = thing({"email": TEXT, "password": TEXT}, "email", "password")
    user = thing({"id": TEXT, "email": TEXT}, "id", "email")
    locked: dict[str, Any] = {"security": [{"session": []}]}
    paths = {
        "/register": {"post": {"requestBody": body(account), "responses": answer(user, "201")}},
        "/login": {"post": {"requestBody": body(account), "responses": answer(user)}},
        "/me": {"get": {**locked, "responses": answer(user)}},
    }
    scheme = {"type": "apiKey", "in": "cookie", "name": "sid"}
    client = serve(sandbox(paths=paths, components={"securitySchemes": {"session": scheme}}))
    page, ann = {"Origin": LOCAL[0]}, {"email": "ann@example.org", "password": "correct-horse-9"}
    assert client.get("/me", headers=page).status_code == 401
    for path in ("/register", "/login"):
        entered = client.post(path, headers=page, json=ann)
        assert (entered.is_success, *allowed(entered)) == (True, LOCAL[0], "true")
    me = client.get("/me", headers=page)  # the client keeps cookies, as a browser does
    assert (me.status_code, *allowed(me)) == (200, LOCAL[0], "true")
    assert me.json()["email"] == ann["email"]


SITES = [
    ("http://localhost:5173", "127.0.0.1:8000", True),
    ("http://127.0.0.1:5173", "127.0.0.1:8000", False),
    ("http://localhost:5173", "localhost:8000", False),
    ("http://[::1]:5173", "[::1]:8000", False),
]


@pytest.mark.parametrize(("origin", "host", "foreign"), SITES)
def test_a_page_of_another_site_gets_cookies_as_browsers_take_them_there(
    serve: Serve, sandbox: Callable[..., Sandbox], origin: str, host: str, foreign: bool
) -> None:
    login = {"requestBody": body(thing({"email": TEXT, "password": TEXT})), "responses": answer(TEXT)}
    scheme = {"type": "apiKey", "in": "cookie", "name": "sid"}
    paths = {"/login": {"post": login}}
    client = serve(sandbox(paths=paths, components={"securitySchemes": {"session": scheme}}))
    entered = client.post("/login", headers={"Origin": origin, "Host": host}, json={})
    cookies = [cookie.partition("; ")[2] for cookie in entered.headers.get_list("Set-Cookie")]
    expected = ["Path=/; HttpOnly; SameSite=Lax"]
    if foreign:
        expected.insert(0, "Path=/; HttpOnly; SameSite=None; Secure; Partitioned")
    assert cookies == expected
