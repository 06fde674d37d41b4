"""Who joins is in the list of members from then on, who leaves is not, and who accepts an invitation is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, parameter, ref, thing
from understudy.sandbox import Sandbox

FLAG = {"type": "boolean"}
MOMENT = {"type": "string", "format": "date-time"}
LOCK: list[dict[str, list[str]]] = [{"token": []}]
LOGIN = thing({"email": TEXT, "password": TEXT}, "email", "password")
PERSON = thing({"id": WHOLE, "email": TEXT}, "id", "email")
ROLE = {"type": "string", "enum": ["owner", "admin", "member"]}
STATUS = {"type": "string", "enum": ["pending", "accepted", "declined"]}
SCHEMAS = {
    "Person": PERSON,
    "Club": thing(
        {"id": WHOLE, "name": TEXT, "members_count": WHOLE, "is_member": FLAG},
        "id",
        "name",
        "members_count",
        "is_member",
    ),
    "Team": thing({"id": WHOLE, "name": TEXT, "member_count": WHOLE}, "id", "name", "member_count"),
    "Member": thing(
        {"user_id": WHOLE, "role": ROLE, "joined_at": MOMENT, "user": ref("Person")},
        "user_id",
        "role",
        "joined_at",
        "user",
    ),
    "Invitation": thing(
        {"id": WHOLE, "team_id": WHOLE, "email": TEXT, "role": ROLE, "status": STATUS},
        "id",
        "team_id",
        "email",
        "role",
        "status",
    ),
}
NAMED = body(thing({"name": TEXT}, "name"))
INVITED = body(thing({"email": TEXT, "role": ROLE}, "email"))


def doing(schema: Any, status: str = "200", **more: Any) -> dict[str, Any]:
    return {"security": LOCK, "responses": answer(schema, status), **more}


def listing(name: str) -> dict[str, Any]:
    return doing({"type": "array", "items": ref(name)})


def below(**methods: Any) -> dict[str, Any]:
    return {"parameters": [parameter("id", WHOLE)], **methods}


SILENT = {"security": LOCK, "responses": {"204": {"description": ""}}}
PATHS: dict[str, Any] = {
    "/register": {"post": {"requestBody": body(LOGIN), "responses": answer(ref("Person"), "201")}},
    "/login": {"post": {"requestBody": body(LOGIN), "responses": answer(thing({"token": TEXT}, "token"))}},
    "/users": {"get": listing("Person")},
    "/users/{id}": below(get=doing(ref("Person"))),
    "/clubs": {"get": listing("Club"), "post": doing(ref("Club"), "201", requestBody=NAMED)},
    "/clubs/{id}": below(get=doing(ref("Club"))),
    "/clubs/{id}/join": below(post=doing(ref("Club")), delete=SILENT),
    "/clubs/{id}/leave": below(post=SILENT),
    "/clubs/{id}/members": below(get=listing("Person")),
    "/teams": {"get": listing("Team"), "post": doing(ref("Team"), "201", requestBody=NAMED)},
    "/teams/{id}": below(get=doing(ref("Team"))),
    "/teams/{id}/join": below(post=doing(ref("Member"))),
    "/teams/{id}/leave": below(post=SILENT),
    "/teams/{id}/members": below(get=listing("Member")),
    "/teams/{id}/invitations": below(
        get=listing("Invitation"), post=doing(ref("Invitation"), "201", requestBody=INVITED)
    ),
    "/invitations/{id}/accept": below(post=doing(ref("Invitation"))),
}


@pytest.fixture
def api(sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]) -> httpx.Client:
    components = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}, "schemas": SCHEMAS}
    return serve(sandbox(paths=PATHS, components=components))


def logged_in(api: httpx.Client, email: str) -> dict[str, str]:
    said = {"email": email, "password": "secret-12"}
    api.post("/register", json=said)
    return {"Authorization": f"Bearer {api.post('/login', json=said).json()['token']}"}


def made(api: httpx.Client, path: str, who: dict[str, str], **said: Any) -> str:
    item = api.post(path, json=said or {"name": "Chess"}, headers=who).json()
    return f"/{path.strip('/').rpartition('/')[2]}/{item['id']}"


def test_who_joins_is_listed_counted_and_a_member_until_they_leave(api: httpx.Client) -> None:
    ann, bob = logged_in(api, "ann@example.org"), logged_in(api, "bob@example.org")
    club = made(api, "/clubs", ann)
    joined = api.post(f"{club}/join", headers=bob).json()
    seen = api.get(club, headers=ann).json()
    assert (joined["is_member"], joined["members_count"]) == (True, 1)
    assert (seen["is_member"], seen["members_count"]) == (False, 1)
    members = api.get(f"{club}/members", headers=ann).json()
    assert [one["email"] for one in members] == ["bob@example.org"]
    api.post(f"{club}/leave", headers=bob)
    assert api.get(f"{club}/members", headers=ann).json() == []
    assert api.get(club, headers=bob).json()["members_count"] == 0


def test_a_delete_of_a_join_leaves_too(api: httpx.Client) -> None:
    ann = logged_in(api, "ann@example.org")
    club = made(api, "/clubs", ann)
    api.post(f"{club}/join", headers=ann)
    api.delete(f"{club}/join", headers=ann)
    assert api.get(f"{club}/members", headers=ann).json() == []


def test_members_that_are_things_of_their_own_name_who_joined(api: httpx.Client) -> None:
    ann, bob = logged_in(api, "ann@example.org"), logged_in(api, "bob@example.org")
    team = made(api, "/teams", ann)
    member = api.post(f"{team}/join", headers=bob).json()
    assert (member["user"]["email"], member["role"]) == ("bob@example.org", "member")
    assert member["joined_at"] > "2026"  # the session's clock, and no day before the team was there
    assert api.get(f"{team}/members", headers=ann).json() == [member]
    assert api.get(team, headers=ann).json()["member_count"] == 1
    api.post(f"{team}/leave", headers=bob)
    assert api.get(f"{team}/members", headers=ann).json() == []


def test_joining_twice_is_joining_once(api: httpx.Client) -> None:
    ann = logged_in(api, "ann@example.org")
    team = made(api, "/teams", ann)
    first, second = (api.post(f"{team}/join", headers=ann).json() for _ in range(2))
    assert first == second
    assert api.get(f"{team}/members", headers=ann).json() == [first]


def test_who_accepts_an_invitation_is_a_member_as_they_were_invited(api: httpx.Client) -> None:
    ann, bob = logged_in(api, "ann@example.org"), logged_in(api, "bob@example.org")
    team = made(api, "/teams", ann)
    invitation = made(api, f"{team}/invitations", ann, email="bob@example.org", role="admin")
    accepted = api.post(f"{invitation}/accept", headers=bob).json()
    assert (accepted["email"], accepted["status"]) == ("bob@example.org", "accepted")
    assert api.get(f"{team}/invitations", headers=ann).json() == [accepted]
    [member] = api.get(f"{team}/members", headers=ann).json()
    assert (member["user"]["email"], member["role"]) == ("bob@example.org", "admin")
