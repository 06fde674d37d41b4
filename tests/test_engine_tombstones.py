"""What is remembered of items that were deleted: no id comes back, and what was deleted long ago takes little room."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from test_crud import NEW_PET, PET, answer, resource
from understudy.engine import tombstones
from understudy.sandbox import Sandbox
from understudy.sessions import Sessions
from understudy.state.store import Record

Start = Callable[..., tuple[httpx.Client, Callable[[], list[Record]]]]
_STORED = "~gone /pets"


@pytest.fixture
def start(
    sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> Start:
    """Serve pets of which the last three that were deleted are remembered whole, and ten by their ids."""
    for name, number in (("WHOLE", 3), ("MOST", 10), ("AT_ONCE", 2)):
        monkeypatch.setattr(tombstones, name, number)

    def started(paths: dict[str, Any]) -> tuple[httpx.Client, Callable[[], list[Record]]]:
        served, sessions = sandbox(paths=paths), Sessions()
        client = serve(served, sessions=sessions)

        def remembered() -> list[Record]:
            store = served.world(sessions.use()).store
            return list(asyncio.run(store.list(_STORED)).records)

        return client, remembered

    return started


def test_what_was_deleted_long_ago_is_remembered_by_its_id_alone(start: Start) -> None:
    pets, remembered = start(resource())
    urls = [pets.post("/pets", json={"name": "Rex"}).headers["location"] for _ in range(9)]
    for url in urls:
        assert pets.delete(url).status_code == 204
    assert [one.data == b"{}" for one in remembered()] == [True] * 6 + [False] * 3
    for url in urls:
        assert pets.get(url).status_code == pets.patch(url, json={"name": "Max"}).status_code == 404
    assert pets.get("/pets").json() == []
    assert pets.put(urls[0], json={"name": "Max"}).status_code == 201
    assert pets.get(urls[0]).json()["name"] == "Max"


def test_of_very_many_the_oldest_are_forgotten(start: Start) -> None:
    pets, remembered = start(resource())
    for _ in range(40):
        pets.delete(pets.post("/pets", json={"name": "Rex"}).headers["location"])
        assert len(remembered()) < 12
    assert len(remembered()) >= 10


def test_a_delete_of_what_was_deleted_long_ago_shows_an_item(start: Start) -> None:
    paths = resource()
    paths["/pets/{petId}"]["delete"] = {"responses": answer(PET)}
    pets, _ = start(paths)
    for number in range(9):
        pets.delete(f"/pets/p-{number}")
    again = pets.delete("/pets/p-0")
    assert again.status_code == 200
    assert again.json()["id"] == "p-0"


def test_what_was_deleted_long_ago_is_not_listed_as_deleted(start: Start) -> None:
    paths = resource(new=NEW_PET)
    listed = answer({"type": "array", "items": PET})
    paths["/pets/deleted"] = {"get": {"summary": "List deleted pets", "responses": listed}}
    pets, _ = start(paths)
    for _ in range(9):
        pets.delete(pets.post("/pets", json={"name": "Rex"}).headers["location"])
    assert [one["name"] for one in pets.get("/pets/deleted").json()] == ["Rex"] * 3
