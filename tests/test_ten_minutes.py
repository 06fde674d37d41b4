"""A developer's first ten minutes with what twelve generators write: the same walk over all of them.

The contracts in `contracts/` are small ones of our own, written as the generator writes them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from understudy.testing import Sandbox

CONTRACTS = Path(__file__).parent / "contracts"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
MAIL, NAME, PASSWORD = "ann@example.org", "ann", "correct-horse-9"


@dataclass(frozen=True)
class Walk:
    """What a developer sends to one application, and where the answers say what matters.

    A place is a path into an answer, `data.id`; empty for the whole of it.
    """

    things: str
    thing: str
    sent: dict[str, Any]
    bad: dict[str, Any]
    blamed: str
    shown: dict[str, Any]
    key: str = "id"
    item: str = ""
    items: str = ""
    created: str = ""
    register: str = ""
    registers: dict[str, Any] = field(default_factory=dict)
    login: str = ""
    logs_in: dict[str, Any] = field(default_factory=dict)
    logs_in_by: str = JSON
    token: str = ""
    prefix: str = "Bearer "
    me: str = ""
    is_me: dict[str, Any] = field(default_factory=dict)
    profile: str = ""
    logout: str = ""
    leaves_by: str = "POST"
    missing: Any = 424242
    media: str = JSON


MAILED = {"email": MAIL, "password": PASSWORD}
WALKS = {
    "fastapi": Walk(
        "/api/v1/items/", "/api/v1/items/{}", {"title": "Lamp"}, {"title": 5}, "title", {"title": "Lamp"},
        items="data", register="/api/v1/users/signup", registers=MAILED, login="/api/v1/login/access-token",
        logs_in={"username": MAIL, "password": PASSWORD}, logs_in_by=FORM, token="access_token", me="/api/v1/users/me",
        is_me={"email": MAIL}, missing="7f1c1d4e-0b0c-4f0e-9d0a-0d5e8b1f2a3c",
    ),
    "drf": Walk(
        "/api/books/", "/api/books/{}/", {"title": "Emma", "price": "9.90"}, {"price": "9.90"}, "title",
        {"title": "Emma", "price": "9.90"}, items="results", register="/api/auth/registration/",
        registers={"username": NAME, "email": MAIL, "password1": PASSWORD, "password2": PASSWORD},
        login="/api/auth/login/", logs_in={"username": NAME, "password": PASSWORD}, token="key", prefix="Token ",
        me="/api/auth/user/", is_me={"username": NAME, "email": MAIL}, logout="/api/auth/logout/",
    ),
    "nestjs": Walk(
        "/cats", "/cats/{}", {"name": "Tom", "age": 3}, {"name": "Tom"}, "age", {"name": "Tom", "age": 3},
        register="/auth/register", registers={**MAILED, "name": "Ann"}, login="/auth/login", logs_in=MAILED,
        token="accessToken", me="/auth/me", is_me={"email": MAIL, "name": "Ann"}, logout="/auth/logout",
    ),
    "spring": Walk(
        "/api/products", "/api/products/{}", {"name": "Cup", "price": 4.5}, {"name": "Cup", "price": -1}, "price",
        {"name": "Cup", "price": 4.5}, items="content", register="/api/auth/register",
        registers={**MAILED, "username": NAME}, login="/api/auth/login",
        logs_in={"username": NAME, "password": PASSWORD}, token="token", me="/api/users/me",
        is_me={"username": NAME, "email": MAIL}, logout="/api/auth/logout",
    ),
    "aspnet": Walk(
        "/api/Orders", "/api/Orders/{}", {"customerName": "Bo", "quantity": 2}, {"customerName": "Bo", "quantity": 0},
        "quantity", {"customerName": "Bo", "quantity": 2}, register="/api/Auth/register", registers=MAILED,
        login="/api/Auth/login", logs_in=MAILED, token="token", me="/api/Auth/me", is_me={"email": MAIL},
    ),
    "rails": Walk(
        "/api/v1/articles", "/api/v1/articles/{}", {"article": {"title": "Hello"}}, {"article": {"title": 5}}, "title",
        {"title": "Hello"}, register="/api/v1/signup", registers={"user": MAILED}, login="/api/v1/login",
        logs_in={"user": MAILED}, token="token", me="/api/v1/me", is_me={"email": MAIL}, logout="/api/v1/logout",
        leaves_by="DELETE",
    ),
    "laravel": Walk(
        "/api/posts", "/api/posts/{}", {"title": "Hello", "body": "…"}, {"title": "Hello"}, "body",
        {"title": "Hello", "body": "…"}, item="data", items="data", created="data", register="/api/register",
        registers={**MAILED, "name": "Ann", "password_confirmation": PASSWORD}, login="/api/login", logs_in=MAILED,
        token="token", me="/api/user", is_me={"email": MAIL, "name": "Ann"}, profile="data", logout="/api/logout",
    ),
    "strapi": Walk(
        "/api/articles", "/api/articles/{}", {"data": {"title": "Hello", "rating": 5}}, {"data": {"rating": 5}},
        "title", {"attributes": {"title": "Hello", "rating": 5}}, item="data", items="data", created="data",
        register="/api/auth/local/register", registers={**MAILED, "username": NAME}, login="/api/auth/local",
        logs_in={"identifier": MAIL, "password": PASSWORD}, token="jwt", me="/api/users/me",
        is_me={"email": MAIL, "username": NAME},
    ),
    "api-platform": Walk(
        "/api/books", "/api/books/{}", {"title": "Emma"}, {"title": ""}, "title", {"title": "Emma"},
        items="hydra:member", register="/api/users", registers={"email": MAIL, "plainPassword": PASSWORD},
        login="/auth", logs_in=MAILED, token="token", me="/api/me", is_me={"email": MAIL}, media="application/ld+json",
    ),
    "swaggo": Walk(
        "/api/v1/todos", "/api/v1/todos/{}", {"title": "Shop", "done": True}, {"title": 5}, "title",
        {"title": "Shop", "done": True}, register="/api/v1/auth/register", registers={**MAILED, "name": "Ann"},
        login="/api/v1/auth/login", logs_in=MAILED, token="access_token", me="/api/v1/users/me",
        is_me={"email": MAIL, "name": "Ann"}, logout="/api/v1/auth/logout",
    ),
    "odata": Walk(
        "/odata/Products", "/odata/Products({})", {"Name": "Cup", "Price": 4.5}, {"Price": 4.5}, "Name",
        {"Name": "Cup", "Price": 4.5}, key="ID", items="value",
    ),
    "postgrest": Walk(
        "/todos", "/todos?id=eq.{}", {"id": 7, "task": "Shop", "done": True}, {"id": 8, "done": True}, "task",
        {"id": 7, "task": "Shop", "done": True}, item="0",
    ),
}  # fmt: skip


def at(answer: Any, place: str) -> Any:
    """Return what stands at a place of an answer."""
    for name in filter(None, place.split(".")):
        answer = answer[int(name) if isinstance(answer, list) else name]
    return answer


def has(found: Any, expected: Any) -> bool:
    """Tell whether all that is expected is there, whatever else is."""
    if not isinstance(expected, dict):
        return bool(found == expected)
    return isinstance(found, dict) and all(has(found.get(name), value) for name, value in expected.items())


@dataclass
class Visit:
    """One walk over one application, step by step, as one developer goes on."""

    walk: Walk
    client: httpx.Client

    def send(self, method: str, path: str, body: Any, media: str = "") -> httpx.Response:
        """Send what a front end sends, in the media type that the application takes."""
        media = media or self.walk.media
        if media == FORM:
            return self.client.request(method, path, data=body)
        headers = {"Content-Type": media}
        return self.client.request(method, path, content=json.dumps(body), headers=headers)

    def enter(self) -> None:
        """Register and log in; the client is that user from here on."""
        walk = self.walk
        made = self.send("POST", walk.register, walk.registers)
        assert made.is_success, made.text
        assert PASSWORD not in made.text
        wrong = json.loads(json.dumps(walk.logs_in).replace(PASSWORD, "wrong-one-1"))
        refused = self.send("POST", walk.login, wrong, walk.logs_in_by)
        assert refused.is_client_error, refused.text
        answer = self.send("POST", walk.login, walk.logs_in, walk.logs_in_by)
        assert answer.is_success, answer.text
        self.client.headers["Authorization"] = walk.prefix + at(answer.json(), walk.token)

    def create(self) -> Any:
        """Create a thing and return its key."""
        walk = self.walk
        made = self.send("POST", walk.things, walk.sent)
        assert made.is_success, made.text
        if not made.content:  # PostgREST shows what was made where it is asked to
            return walk.sent[walk.key]
        thing = at(made.json(), walk.created)
        assert has(thing, walk.shown), made.text
        return thing[walk.key]


Begin = Callable[[str], Visit]


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Start a walk over the application of one generator."""
    sandboxes: list[Sandbox] = []

    def start(name: str) -> Visit:
        sandbox = Sandbox(CONTRACTS / f"{name}.yaml", unknown_ids="404")
        sandboxes.append(sandbox)
        client = httpx.Client(transport=sandbox.transport, base_url="http://sandbox")
        return Visit(WALKS[name], client)

    yield start
    for sandbox in sandboxes:
        sandbox.close()


ALL = sorted(WALKS)
KNOWN = [name for name in ALL if WALKS[name].login]
LEFT = [name for name in ALL if WALKS[name].logout]


@pytest.mark.parametrize("name", KNOWN)
def test_who_registers_can_log_in_and_is_me(begin: Begin, name: str) -> None:
    visit = begin(name)
    visit.enter()
    me = visit.client.get(visit.walk.me)
    assert me.is_success, me.text
    assert has(at(me.json(), visit.walk.profile), visit.walk.is_me), me.text


@pytest.mark.parametrize("name", ALL)
def test_what_is_created_can_be_read_and_is_listed(begin: Begin, name: str) -> None:
    visit = begin(name)
    if visit.walk.login:
        visit.enter()
    key = visit.create()
    read = visit.client.get(visit.walk.thing.format(key))
    assert read.is_success, read.text
    assert has(at(read.json(), visit.walk.item), visit.walk.shown), read.text
    listed = visit.client.get(visit.walk.things)
    assert [thing[visit.walk.key] for thing in at(listed.json(), visit.walk.items)] == [key]


@pytest.mark.parametrize("name", ALL)
def test_a_form_that_is_refused_says_which_member(begin: Begin, name: str) -> None:
    visit = begin(name)
    if visit.walk.login:
        visit.enter()
    refused = visit.send("POST", visit.walk.things, visit.walk.bad)
    assert refused.is_client_error, refused.text
    assert visit.walk.blamed.lower() in json.dumps(refused.json()).lower()


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("token", ["", "Bearer undefined", "Bearer {{token}}"])
def test_who_has_no_token_is_told_so(begin: Begin, name: str, token: str) -> None:
    visit = begin(name)
    headers = {"Authorization": token} if token else {}
    for path in (visit.walk.me, visit.walk.things):
        refused = visit.client.get(path, headers=headers)
        assert (refused.status_code, bool(refused.json())) == (401, True)


@pytest.mark.parametrize("name", ALL)
def test_what_is_not_there_is_not_found(begin: Begin, name: str) -> None:
    visit = begin(name)
    if visit.walk.login:
        visit.enter()
    answer = visit.client.get(visit.walk.thing.format(visit.walk.missing))
    if "?" in visit.walk.thing:
        assert (answer.status_code, answer.json()) == (200, [])
    else:
        assert (answer.status_code, bool(answer.json())) == (404, True)


@pytest.mark.parametrize("name", LEFT)
def test_who_logged_out_is_nobody(begin: Begin, name: str) -> None:
    visit = begin(name)
    visit.enter()
    assert visit.client.request(visit.walk.leaves_by, visit.walk.logout).is_success
    assert visit.client.get(visit.walk.me).status_code == 401
