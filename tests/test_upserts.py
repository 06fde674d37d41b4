"""Creates that meet what is there already: it is changed where the document says so, refused where it may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from understudy.sandbox import Sandbox, Settings

TEXT = {"type": "string"}
WHEN = {"type": "string", "format": "date-time"}
Make = Callable[..., httpx.Client]


def thing(*required: str, **members: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": members}


def media(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def shown(schema: Any, status: str = "200", said: str = "ok") -> dict[str, Any]:
    return {status: {"description": said, **media(schema)}}


HOME = thing(street=TEXT, zip=TEXT)
TAKES = thing("external_id", external_id=TEXT, name=TEXT, email=TEXT, home=HOME)
SHOWS = thing(
    "id",
    "external_id",
    "created_at",
    id=TEXT,
    external_id=TEXT,
    name=TEXT,
    email=TEXT,
    home=HOME,
    created_at=WHEN,
)
SENT = {"external_id": "c-1", "name": "Ann", "email": "a@example.com", "home": {"street": "Elm", "zip": "1"}}


@pytest.fixture
def people(sandbox: Callable[..., Sandbox], serve: Make) -> Make:
    """Serve people, whom a POST of a path creates, whatever is documented of it."""

    def start(
        *,
        takes: Any = TAKES,
        shows: Any = SHOWS,
        name: str = "id",
        put: Any = None,
        populate: int = 0,
        **post: Any,
    ) -> httpx.Client:
        post = {"requestBody": media(takes), "responses": shown(shows), **post}
        one = {"get": {"responses": shown(shows) | {"404": {"description": "no"}}}}
        if put is not None:
            one["put"] = {"requestBody": media(takes), "responses": shown(shows), **put}
        paths = {
            "/people": {"get": {"responses": shown({"type": "array", "items": shows})}, "post": post},
            f"/people/{{{name}}}": {
                "parameters": [{"name": name, "in": "path", "required": True, "schema": TEXT}],
                **one,
            },
        }
        return serve(sandbox(paths=paths, settings=Settings(populate=populate)))

    return start


SAYING: list[dict[str, Any]] = [
    {"summary": "Create or update a person"},
    {"summary": "Upsert a person"},
    {"summary": "Creates a new person or updates an existing one"},
    {"operationId": "createOrUpdatePerson"},
    {"description": "Creates a person. If the external_id already exists, the person is updated."},
    {"summary": "Create a person", "responses": shown(SHOWS, said="Person created or updated")},
]


@pytest.mark.parametrize("said", SAYING)
def test_a_client_s_key_that_is_known_changes_the_item(people: Make, said: dict[str, Any]) -> None:
    client = people(**said)
    made = client.post("/people", json=SENT).json()
    again = client.post("/people", json={"external_id": "c-1", "name": "Bea", "home": {"zip": "2"}}).json()
    assert again == {**made, "name": "Bea", "home": {"street": "Elm", "zip": "2"}}
    assert client.get("/people").json() == [again]
    other = client.post("/people", json={**SENT, "external_id": "c-2"}).json()
    assert other["id"] != made["id"]


def test_an_upsert_finds_by_the_member_that_its_path_names(people: Make) -> None:
    client = people(name="external_person_id", summary="Create or update a person")
    made = client.post("/people", json=SENT).json()
    again = client.post("/people", json={"external_id": "c-1", "name": "Bea"}).json()
    assert again == {**made, "name": "Bea"} == client.get("/people/c-1").json()


def test_an_upsert_finds_by_the_member_that_its_words_name(people: Make) -> None:
    client = people(description="Creates a person, or updates the one with the same email.")
    made = client.post("/people", json=SENT).json()
    assert (
        client.post("/people", json={**SENT, "external_id": "c-9", "name": "Bea"}).json()["id"] == made["id"]
    )


def test_what_is_changed_has_the_status_for_it(people: Make) -> None:
    client = people(summary="Create or update a person", responses=shown(SHOWS, "201") | shown(SHOWS))
    assert [client.post("/people", json=SENT).status_code for _ in range(2)] == [201, 200]


def test_without_such_words_another_is_created(people: Make) -> None:
    client = people(summary="Create a person")
    assert client.post("/people", json=SENT).json()["id"] != client.post("/people", json=SENT).json()["id"]


CODE = thing("code", code=TEXT, name=TEXT)


@pytest.mark.parametrize("status", ["409", "422", "400"])
def test_an_id_that_is_taken_is_refused_by_the_status_there_is(people: Make, status: str) -> None:
    responses = shown(CODE, "201") | {status: {"description": "no"}}
    client = people(takes=CODE, shows=CODE, name="code", responses=responses)
    assert client.post("/people", json={"code": "a", "name": "Ann"}).status_code == 201
    assert client.post("/people", json={"code": "a", "name": "Bea"}).status_code == int(status)
    assert client.get("/people/a").json() == {"code": "a", "name": "Ann"}


@pytest.mark.parametrize("summary", ["Create or update a person", "Upserts a person", "Create a person"])
def test_a_put_creates_where_the_words_say_so(people: Make, summary: str) -> None:
    client = people(put={"summary": summary})
    put = client.put("/people/p-1", json=SENT).json()
    assert put["id"] == "p-1"
    assert client.get("/people").json() == [put]


@pytest.mark.parametrize("status", ["409", "422", "400"])
def test_an_example_that_was_there_from_the_start_gives_way_once(people: Make, status: str) -> None:
    example = {"code": "a", "name": "Ann"}
    code = {**CODE, "example": example}
    responses = shown(code, "201") | {status: {"description": "no"}}
    client = people(takes=code, shows=code, name="code", populate=1, responses=responses)
    assert client.get("/people").json() == [example]
    assert client.post("/people", json={"code": "a", "name": "Bea"}).status_code == 201
    assert client.get("/people").json() == [{"code": "a", "name": "Bea"}]
    assert client.post("/people", json={"code": "a", "name": "Cy"}).status_code == int(status)


def test_an_upsert_says_what_is_new_and_what_was_there(sandbox: Callable[..., Sandbox], serve: Make) -> None:
    whole, many = {"type": "integer"}, {"type": "array", "items": TAKES}
    told = thing("created", "updated", created=whole, updated=whole, people={"type": "array", "items": SHOWS})
    one = thing("new", "person", new={"type": "boolean"}, person=SHOWS)
    said = {
        "description": "Looks a person up by email. If one is found it is updated, otherwise it is created."
    }
    client = serve(
        sandbox(
            paths={
                "/people": {
                    "get": {"responses": shown({"type": "array", "items": SHOWS})},
                    "post": {"requestBody": media(TAKES), "responses": shown(SHOWS, "201")},
                    "put": {
                        "summary": "Create or update people",
                        "requestBody": media(many),
                        "responses": shown(told),
                    },
                },
                "/people/upsert": {"post": {**said, "requestBody": media(TAKES), "responses": shown(one)}},
                "/people/{id}": {
                    "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
                    "get": {"responses": shown(SHOWS)},
                },
            }
        )
    )
    first, second = (client.post("/people/upsert", json=SENT).json() for _ in range(2))
    assert (first["new"], second["new"]) == (True, False)
    assert second["person"]["id"] == first["person"]["id"]
    put = client.put("/people", json=[{**SENT, "name": "Bea"}, {"external_id": "c-2"}]).json()
    assert (put["created"], put["updated"]) == (1, 1)
    assert [one["external_id"] for one in client.get("/people").json()] == ["c-2", "c-1"]


@pytest.mark.parametrize("in_query", [False, True])
def test_a_flag_lets_a_create_change_what_is_there(people: Make, in_query: bool) -> None:
    flag = {"type": "boolean"}
    takes = CODE if in_query else {**CODE, "properties": {**CODE["properties"], "upsert": flag}}
    parameters = [{"name": "upsert", "in": "query", "schema": flag}] if in_query else []
    responses = shown(CODE, "201") | {"400": {"description": "no"}}
    client = people(takes=takes, shows=CODE, name="code", responses=responses, parameters=parameters)

    def post(name: str, upsert: bool) -> httpx.Response:
        if in_query:
            return client.post("/people", json={"code": "a", "name": name}, params={"upsert": upsert})
        return client.post("/people", json={"code": "a", "name": name, "upsert": upsert})

    assert [post(name, upsert=False).status_code for name in ("Ann", "Bea")] == [201, 400]
    assert post("Bea", upsert=True).json()["name"] == "Bea"
    assert client.get("/people/a").json()["name"] == "Bea"


def test_what_is_only_handed_in_may_be_handed_in_again(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    event = thing("id", id=TEXT, name=TEXT)
    post = {"requestBody": media(event), "responses": {**shown(event), "400": {"description": "validation"}}}
    client = serve(sandbox(paths={"/{site}/events": {"post": post}}))
    for name in ("one", "two"):
        answered = client.post("/a/events", json={"id": "e-1", "name": name})
        assert (answered.status_code, answered.json()["name"]) == (200, name)
