"""Uploads: an answer that speaks of files speaks of those that were sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, thing
from understudy.sandbox import Sandbox

FILE = thing({"id": WHOLE, "name": TEXT, "size": {"type": "number"}, "mime": TEXT}, "id", "name")
KEY = {"name": "id", "in": "path", "required": True, "schema": WHOLE}
BINARY = {"type": "string", "format": "binary"}
TWO = [("files", ("plan.txt", b"hello", "text/plain")), ("files", ("hull.png", b"\x89PNG", "image/png"))]


def upload(schema: Any) -> dict[str, Any]:
    """Return the paths of an upload that answers a value of a schema."""
    content = {
        "multipart/form-data": {"schema": thing({"files": {"type": "array", "items": BINARY}, "note": TEXT})}
    }
    return {"/uploads": {"post": {"requestBody": {"content": content}, "responses": answer(schema)}}}


@pytest.mark.parametrize("count", [1, 2])
def test_there_is_an_entry_for_each_file(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox], count: int
) -> None:
    client = serve(sandbox(paths=upload({"type": "array", "items": FILE})))
    told = client.post("/uploads", files=TWO[:count], data={"note": "x"}).json()
    assert [one["name"] for one in told] == ["plan.txt", "hull.png"][:count]
    assert len({one["id"] for one in told}) == count
    assert (told[0].get("size", 5), told[0].get("mime", "text/plain")) == (5, "text/plain")


def test_a_file_is_told_of_in_an_envelope_and_alone(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    alone = serve(
        sandbox(name="alone", paths=upload(thing({"url": TEXT, "originalname": TEXT}, "originalname")))
    )
    assert alone.post("/uploads", files=TWO[:1]).json()["originalname"] == "plan.txt"
    held = serve(
        sandbox(name="held", paths=upload(thing({"data": {"type": "array", "items": FILE}}, "data")))
    )
    assert [one["name"] for one in held.post("/uploads", files=TWO).json()["data"]] == [
        "plan.txt",
        "hull.png",
    ]


def test_what_speaks_of_no_file_stays_as_it_is(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    client = serve(sandbox(paths=upload(thing({"count": WHOLE}, "count"))))
    assert client.post("/uploads", files=TWO).json().keys() == {"count"}


def test_an_upload_is_a_record_that_stays(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    content = {"multipart/form-data": {"schema": thing({"file": BINARY})}}
    client = serve(
        sandbox(
            paths={
                "/files": {
                    "get": {"responses": answer({"type": "array", "items": FILE})},
                    "post": {"requestBody": {"content": content}, "responses": answer(FILE)},
                },
                "/files/{id}": {"get": {"parameters": [KEY], "responses": answer(FILE)}},
            }
        )
    )
    made = client.post("/files", files=[("file", ("plan.txt", b"hello", "text/plain"))]).json()
    assert (made["name"], made["size"], made["mime"]) == ("plan.txt", 5, "text/plain")
    assert client.get(f"/files/{made['id']}").json() == made
    assert client.get("/files").json() == [made]
