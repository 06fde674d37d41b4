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


# ---- the bytes come back

STORED = thing(
    {"id": WHOLE, "filename": TEXT, "size": WHOLE, "mimetype": TEXT, "url": TEXT}, "id", "filename"
)
BYTES = {"200": {"description": "", "content": {"application/octet-stream": {"schema": BINARY}}}}
HIDDEN = {"200": {"description": "", "content": {"image/*": {"schema": BINARY}}}}
GONE = {"responses": {"204": {"description": ""}}}
CONTENT = bytes(range(256)) * 9
Api = Callable[[dict[str, Any]], httpx.Client]


def sends(name: str, schema: Any, shown: Any) -> dict[str, Any]:
    """Return an operation that takes a form with files and answers what is shown."""
    return {
        "requestBody": {"content": {"multipart/form-data": {"schema": thing({name: schema})}}},
        "responses": answer(shown, "201"),
    }


FILES: dict[str, Any] = {
    "/files": {
        "get": {"responses": answer({"type": "array", "items": STORED})},
        "post": sends("file", BINARY, STORED),
    },
    "/files/{id}": {"get": {"responses": answer(STORED)}, "delete": GONE, "parameters": [KEY]},
    "/files/{id}/content": {"get": {"responses": BYTES}, "parameters": [KEY]},
}


@pytest.fixture
def start(serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]) -> Api:
    """Serve paths."""
    return lambda paths: serve(sandbox(paths=paths))


def test_the_bytes_of_a_file_come_back_from_the_address_that_the_answer_names(start: Api) -> None:
    api = start(FILES)
    sent = api.post("/files", files={"file": ("hull.png", CONTENT, "image/png")}).json()
    assert (sent["filename"], sent["size"], sent["mimetype"]) == ("hull.png", len(CONTENT), "image/png")
    assert sent["url"] == f"{api.base_url}/files/{sent['id']}/content".replace("//files", "/files")
    assert api.get(sent["url"]).content == CONTENT
    api.delete(f"/files/{sent['id']}")
    assert api.get(f"/files/{sent['id']}/content").status_code == 404


def test_each_of_several_files_is_an_item_with_bytes_of_its_own(start: Api) -> None:
    many = sends("files", {"type": "array", "items": BINARY}, {"type": "array", "items": STORED})
    api = start({**FILES, "/files/bulk": {"post": many}})
    told = api.post("/files/bulk", files=TWO).json()
    assert [(one["filename"], one["size"]) for one in told] == [("plan.txt", 5), ("hull.png", 4)]
    assert [api.get(f"/files/{one['id']}/content").content for one in told] == [b"hello", b"\x89PNG"]
    assert {one["id"] for one in told} <= {one["id"] for one in api.get("/files").json()}


def test_files_that_are_sent_elsewhere_are_items_of_the_list_of_files(start: Api) -> None:
    listed = {"type": "array", "items": STORED}
    api = start(
        {
            "/upload": {"post": sends("files", {"type": "array", "items": BINARY}, listed)},
            "/upload/files": {"get": {"responses": answer(listed)}},
            "/upload/files/{id}": {"get": {"responses": answer(STORED)}, "parameters": [KEY]},
        }
    )
    told = api.post("/upload", files=TWO).json()
    assert [one["filename"] for one in told] == ["plan.txt", "hull.png"]
    assert api.get(f"/upload/files/{told[1]['id']}").json() == told[1]


def test_bytes_that_are_put_below_an_item_are_what_it_tells_of(start: Api) -> None:
    raw = {"content": {"application/octet-stream": {"schema": BINARY}}}
    paths = dict(FILES)
    paths["/files/{id}/content"] = {
        "get": {"responses": BYTES},
        "put": {"requestBody": raw, **GONE},
        "parameters": [KEY],
    }
    api = start(paths)
    number = api.post("/files", files={"file": ("a.bin", b"old", "text/plain")}).json()["id"]
    api.put(f"/files/{number}/content", content=CONTENT, headers={"Content-Type": "application/octet-stream"})
    assert api.get(f"/files/{number}/content").content == CONTENT
    assert api.get(f"/files/{number}").json()["size"] == len(CONTENT)


def test_a_picture_comes_back_in_the_type_it_was_sent_in(start: Api) -> None:
    picture = {"content": {"image/png": {"schema": BINARY}, "image/gif": {"schema": BINARY}}}
    at = {"get": {"responses": HIDDEN}, "put": {"requestBody": picture, **GONE}, "delete": GONE}
    api = start({"/users/{id}/avatar": {**at, "parameters": [KEY]}})
    api.put("/users/1/avatar", content=b"GIF89a", headers={"Content-Type": "image/gif"})
    got = api.get("/users/1/avatar")
    assert (got.content, got.headers["content-type"]) == (b"GIF89a", "image/gif")
    assert api.get("/users/2/avatar").content != b"GIF89a"
    api.delete("/users/1/avatar")
    assert api.get("/users/1/avatar").content != b"GIF89a"


@pytest.mark.parametrize(
    ("schema", "status"), [(thing({"blob": TEXT}), 200), ({"type": "string", "maxLength": 3}, 400)]
)
def test_a_structure_says_nothing_of_bytes(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox], schema: Any, status: int
) -> None:
    content = {"application/octet-stream": {"schema": schema}}
    paths = {"/images": {"post": {"requestBody": {"content": content}, "responses": answer(FILE)}}}
    client = serve(sandbox(paths=paths))
    headers = {"content-type": "application/octet-stream"}
    assert client.post("/images", content=b"\x89PNG", headers=headers).status_code == status


def test_what_a_form_says_beside_a_file_comes_back(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    form = {"content": {"multipart/form-data": {"schema": thing({"file": BINARY, "title": TEXT}, "file")}}}
    answered = answer(thing({"title": TEXT, "size": WHOLE}))
    client = serve(sandbox(paths={"/scan": {"post": {"requestBody": form, "responses": answered}}}))
    sent = client.post("/scan", files={"file": ("a.txt", b"hello")}, data={"title": "Mine"})
    assert sent.json()["title"] == "Mine"


def test_a_file_may_be_sent_below_the_one_thing_of_its_kind(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    profile, form = thing({"name": TEXT, "file": TEXT}), thing({"name": TEXT, "file": BINARY}, "name")
    changes = {"content": {"application/json": {"schema": profile}}}
    sends = {"content": {"multipart/form-data": {"schema": form}}}
    paths = {
        "/profile": {
            "get": {"responses": answer(profile)},
            "patch": {"requestBody": changes, "responses": answer(profile)},
        },
        "/profile/setup": {"put": {"requestBody": sends, "responses": {"200": {"description": ""}}}},
    }
    sent = serve(sandbox(paths=paths)).put(
        "/profile/setup", files={"file": ("a.txt", b"a")}, data={"name": "x"}
    )
    assert sent.status_code == 200


def test_the_bytes_come_back_from_the_address_that_an_answer_names(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    image = thing({"id": WHOLE, "imageUrl": TEXT, "location": TEXT}, "id")
    form = thing({"image": BINARY, "location": TEXT})
    post = {"requestBody": {"content": {"multipart/form-data": {"schema": form}}}, "responses": answer(image)}
    listed = {"responses": answer({"type": "array", "items": image})}
    paths = {
        "/images": {"get": listed, "post": post},
        "/images/{id}": {"get": {"parameters": [KEY], "responses": answer(image)}},
    }
    client = serve(sandbox(paths=paths))
    sent = [("image", ("a hull.png", b"\x89PNG", "image/png"))]
    made = client.post("/images", files=sent, data={"location": "Berlin"}).json()
    assert made["location"] == "Berlin"
    assert client.get(f"/images/{made['id']}").json() == made
    file = client.get(made["imageUrl"])
    assert (file.status_code, file.content, file.headers["content-type"]) == (200, b"\x89PNG", "image/png")
    assert client.get(f"{made['imageUrl']}x/y").status_code == 404


def test_what_is_no_record_has_an_address_too(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    stored = thing({"originalname": TEXT, "url": {**TEXT, "format": "uri"}}, "originalname", "url")
    client = serve(sandbox(paths=upload(stored)))
    urls = [client.post("/uploads", files=TWO[place : place + 1]).json()["url"] for place in range(2)]
    assert [client.get(url).content for url in urls] == [b"hello", b"\x89PNG"]
    several = serve(sandbox(name="several", paths=upload({"type": "array", "items": stored})))
    told = several.post("/uploads", files=TWO).json()
    assert [several.get(one["url"]).content for one in told] == [b"hello", b"\x89PNG"]
