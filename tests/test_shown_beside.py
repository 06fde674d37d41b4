"""An item that says the id of another one and shows it beside shows that one, as it is now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, parameter, ref, thing
from understudy.model.compiler import Compiler
from understudy.sandbox import Sandbox

USER = thing({"id": WHOLE, "name": TEXT}, "id", "name")
TICKET = thing({"id": WHOLE, "title": TEXT, "assigneeId": WHOLE, "assignee": ref("User")}, "id")
NEW = thing({"title": TEXT, "assigneeId": WHOLE})
AT = [parameter("id", WHOLE)]
SCHEMAS = {"User": USER, "Ticket": TICKET, "Project": thing({"id": WHOLE, "name": TEXT}, "id", "name")}


def crud(noun: str, sent: Any) -> dict[str, Any]:
    shown = ref(noun.title())
    return {
        f"/{noun}s": {
            "get": {"responses": answer({"type": "array", "items": shown})},
            "post": {"requestBody": body(sent), "responses": answer(shown, "201")},
        },
        f"/{noun}s/{{id}}": {
            "get": {"responses": answer(shown)},
            "patch": {"requestBody": body(sent), "responses": answer(shown)},
            "parameters": AT,
        },
    }


@pytest.fixture
def api(sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]) -> httpx.Client:
    named = thing({"name": TEXT})
    paths = {**crud("user", named), **crud("ticket", NEW), **crud("project", named)}
    listed = answer({"type": "array", "items": ref("Ticket")})
    paths["/users/{userId}/tickets"] = {
        "get": {"responses": listed},
        "parameters": [parameter("userId", WHOLE)],
    }
    return serve(sandbox(paths=paths, components={"schemas": SCHEMAS}))


def test_the_other_one_is_shown_as_it_is_now(api: httpx.Client) -> None:
    ann = api.post("/users", json={"name": "Ann"}).json()
    made = api.post("/tickets", json={"title": "a", "assigneeId": ann["id"]}).json()
    assert made["assignee"] == ann
    api.patch(f"/users/{ann['id']}", json={"name": "Anna"})
    assert api.get(f"/tickets/{made['id']}").json()["assignee"]["name"] == "Anna"
    listed = {one["id"]: one for one in api.get("/tickets").json()}
    assert listed[made["id"]]["assignee"]["name"] == "Anna"


def test_another_id_shows_another_one_and_none_shows_nobody(api: httpx.Client) -> None:
    ann, bob = (api.post("/users", json={"name": name}).json() for name in ("Ann", "Bob"))
    made = api.post("/tickets", json={"title": "a", "assigneeId": ann["id"]}).json()
    changed = api.patch(f"/tickets/{made['id']}", json={"assigneeId": bob["id"]}).json()
    assert changed["assignee"] == bob
    assert "assignee" not in api.post("/tickets", json={"title": "alone"}).json()


def test_what_names_somebody_so_is_listed_below_them(api: httpx.Client) -> None:
    ann = api.post("/users", json={"name": "Ann"}).json()["id"]
    made = api.post("/tickets", json={"title": "a", "assigneeId": ann}).json()
    api.post("/tickets", json={"title": "b"})
    assert api.get(f"/users/{ann}/tickets").json() == [made]


def test_an_object_without_an_id_beside_it_has_no_other_collection_looked_at(
    sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a contract of hundreds of collections the first request would otherwise compile them all."""
    compiled: list[str] = []
    compile_one = Compiler._collection

    def noting(compiler: Compiler, name: str) -> Any:
        compiled.append(name)
        return compile_one(compiler, name)

    monkeypatch.setattr(Compiler, "_collection", noting)
    plain = thing({"id": WHOLE, "place": thing({"label": TEXT}, "label")}, "id", "place")
    schemas = {**SCHEMAS, "Ticket": plain}
    paths = {**crud("user", USER), **crud("ticket", NEW), **crud("project", USER)}
    api = serve(sandbox(paths=paths, components={"schemas": schemas}))
    assert api.get("/tickets/1").is_success
    assert "/projects" not in compiled
