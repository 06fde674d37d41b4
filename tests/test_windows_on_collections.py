"""Windows: collections that show the items of another one, told by a member or remembered beside the item."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from understudy.sandbox import Sandbox, Settings

TEXT = {"type": "string"}
TASK = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": TEXT, "name": TEXT, "project_id": TEXT},
}
NEW = {"type": "object", "required": ["name"], "properties": {"name": TEXT, "project_id": TEXT}}


def content(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": TEXT}


def collection(*names: str, words: Any = None) -> dict[str, Any]:
    path: dict[str, Any] = {
        "parameters": [parameter(name) for name in names],
        "get": {"responses": {"200": {"description": "", **content({"type": "array", "items": TASK})}}},
        "post": {"requestBody": content(NEW), "responses": {"201": {"description": "", **content(TASK)}}},
    }
    return {**path, "x-understudy": words} if words else path


def item() -> dict[str, Any]:
    shown = {"200": {"description": "", **content(TASK)}}
    gone = {"204": {"description": ""}}
    return {
        "parameters": [parameter("task_id")],
        "get": {"responses": shown},
        "patch": {
            "requestBody": content({"type": "object", "properties": {"name": TEXT}}),
            "responses": shown,
        },
        "delete": {"responses": gone},
    }


@pytest.fixture
def tasks(serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]) -> httpx.Client:
    paths = {
        "/tasks": collection(),
        "/tasks/{task_id}": item(),
        "/projects/{project_id}/tasks": collection(
            "project_id", words={"of": "/tasks", "where": {"project_id": "project_id"}}
        ),
        "/sections/{section_id}/tasks": collection("section_id", words={"of": "/tasks", "linked": True}),
    }
    return serve(sandbox(paths=paths))


def names(client: httpx.Client, path: str) -> list[str]:
    return sorted(task["name"] for task in client.get(path).json())


def test_what_is_created_in_a_collection_is_seen_through_the_window_whose_member_it_has(
    tasks: httpx.Client,
) -> None:
    tasks.post("/tasks", json={"name": "ours", "project_id": "p1"})
    tasks.post("/tasks", json={"name": "theirs", "project_id": "p2"})
    assert names(tasks, "/projects/p1/tasks") == ["ours"]
    assert names(tasks, "/tasks") == ["ours", "theirs"]


def test_what_is_created_through_a_window_has_its_member_and_is_in_the_collection(
    tasks: httpx.Client,
) -> None:
    made = tasks.post("/projects/p1/tasks", json={"name": "ours"}).json()
    assert made["project_id"] == "p1"
    assert tasks.get(f"/tasks/{made['id']}").json() == made
    assert names(tasks, "/tasks") == ["ours"]
    assert names(tasks, "/projects/p2/tasks") == []


def test_a_window_that_no_member_tells_of_is_remembered(tasks: httpx.Client) -> None:
    made = tasks.post("/sections/s1/tasks", json={"name": "filed"}).json()
    tasks.post("/tasks", json={"name": "loose"})
    assert names(tasks, "/sections/s1/tasks") == ["filed"]
    assert names(tasks, "/sections/s2/tasks") == []
    assert names(tasks, "/tasks") == ["filed", "loose"]
    tasks.patch(f"/tasks/{made['id']}", json={"name": "still filed"})
    assert names(tasks, "/sections/s1/tasks") == ["still filed"]


def test_what_is_deleted_is_in_no_window(tasks: httpx.Client) -> None:
    made = tasks.post("/projects/p1/tasks", json={"name": "ours"}).json()
    assert tasks.delete(f"/tasks/{made['id']}").status_code == 204
    assert names(tasks, "/projects/p1/tasks") == []


# ---- told by the document's paths


def shallow(shown: Any, sent: Any = NEW) -> dict[str, Any]:
    """Return tasks that are made below a project and found by a path of their own."""
    many = {"type": "array", "items": shown}
    ok = {"200": {"description": "", **content(shown)}}
    return {
        "/projects": {
            "get": {
                "responses": {"200": {"description": "", **content({"type": "array", "items": PROJECT})}}
            },
            "post": {
                "requestBody": content(PROJECT),
                "responses": {"201": {"description": "", **content(PROJECT)}},
            },
        },
        "/projects/{project_id}": {
            "parameters": [parameter("project_id")],
            "get": {"responses": {"200": {"description": "", **content(PROJECT)}}},
        },
        "/projects/{project_id}/tasks": {
            "parameters": [parameter("project_id")],
            "get": {"responses": {"200": {"description": "", **content(many)}}},
            "post": {
                "requestBody": content(sent),
                "responses": {"201": {"description": "", **content(shown)}},
            },
        },
        "/tasks": {"get": {"responses": {"200": {"description": "", **content(many)}}}},
        "/tasks/{task_id}": {**item(), "get": {"responses": ok}},
    }


PROJECT = {"type": "object", "required": ["id"], "properties": {"id": TEXT, "title": TEXT}}
LOOSE = {"type": "object", "required": ["id", "name"], "properties": {"id": TEXT, "name": TEXT}}
HELD = {**LOOSE, "properties": {**LOOSE["properties"], "project": PROJECT}}  # type: ignore[dict-item]


@pytest.fixture(params=["none", "embedded"])
def shallows(
    request: pytest.FixtureRequest, serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> httpx.Client:
    """Serve tasks that say nothing of their project, or embed it."""
    shown = LOOSE if request.param == "none" else HELD
    return serve(sandbox(paths=shallow(shown), settings=Settings(populate=2)))


def test_what_is_made_below_a_parent_is_one_truth_with_its_own_path(shallows: httpx.Client) -> None:
    project = shallows.post("/projects", json={"id": "p1"}).json()["id"]
    path = f"/projects/{project}/tasks"
    assert names(shallows, path) == []
    answered = shallows.post(path, json={"name": "ours"})
    made = answered.json()
    assert (
        shallows.get(f"/tasks/{made['id']}").json()
        == made
        == shallows.get(answered.headers["location"]).json()
    )
    assert made.get("project", {"id": project})["id"] == project
    assert "ours" in names(shallows, "/tasks")
    shallows.patch(f"/tasks/{made['id']}", json={"name": "changed"})
    assert names(shallows, path) == ["changed"]
    shallows.delete(f"/tasks/{made['id']}")
    assert names(shallows, path) == []


def test_below_a_parent_that_was_there_some_are_from_the_start(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    client = serve(sandbox(paths=shallow(LOOSE), settings=Settings(populate=2)))
    for project in client.get("/projects").json():
        tasks = client.get(f"/projects/{project['id']}/tasks").json()
        assert len(tasks) == 2
        assert [client.get(f"/tasks/{one['id']}").json() for one in tasks] == tasks


def test_what_is_shown_below_a_user_is_what_names_them_as_its_only_user(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    person = {"type": "object", "required": ["username"], "properties": {"_id": TEXT, "username": TEXT}}
    note = {"type": "object", "properties": {"_id": TEXT, "text": TEXT, "author": person}}
    listed = {"200": {"description": "", **content({"type": "array", "items": note})}}
    paths = {
        "/users/{username}": {
            "parameters": [parameter("username")],
            "get": {"responses": {"200": {"description": "", **content(person)}}},
        },
        "/notes": {
            "get": {"responses": listed},
            "post": {
                "requestBody": content(note),
                "responses": {"201": {"description": "", **content(note)}},
            },
        },
        "/users/{username}/notes": {"parameters": [parameter("username")], "get": {"responses": listed}},
    }
    api = serve(sandbox(paths=paths, settings=Settings()))
    for name in ("ann", "bob"):
        api.post("/notes", json={"text": f"of {name}", "author": {"username": name}})
    assert [one["text"] for one in api.get("/users/bob/notes").json()] == ["of bob"]
