"""`Prefer` and the query by Prism's names: the caller says which documented answer comes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from understudy.errors import Failure
from understudy.http_semantics.preferences import Preference, read_preference
from understudy.sandbox import Sandbox

PET = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string", "example": "Rex"},
        "age": {"type": "integer", "maximum": 99},
    },
}
EXAMPLES: dict[str, Any] = {
    "broken": {"value": {"id": 1}},
    "cat": {"value": {"id": "c", "name": "Tom"}},
    "dog": {"value": {"id": "d", "name": "Rex"}},
}
FILTER = {"type": "object", "additionalProperties": {"type": "integer"}}
PATHS: dict[str, Any] = {
    "/pets/{id}": {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
        "get": {
            "parameters": [{"name": "filter", "in": "query", "explode": True, "schema": FILTER}],
            "responses": {
                "200": {
                    "description": "",
                    "content": {"application/json": {"schema": PET, "examples": EXAMPLES}},
                },
                "404": {
                    "description": "",
                    "content": {"application/json": {"schema": {"type": "string"}, "example": "no pet"}},
                },
                "410": {"description": ""},
                "4XX": {
                    "description": "",
                    "headers": {
                        "X-Why": {"required": True, "schema": {"type": "string", "enum": ["because"]}}
                    },
                    "content": {"application/json": {"schema": {"type": "integer"}}},
                },
            },
        },
        "delete": {"responses": {"204": {"description": ""}, "409": {"description": ""}}},
    }
}


@pytest.fixture
def client(serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]) -> httpx.Client:
    return serve(sandbox(paths=PATHS))


def get(client: httpx.Client, *prefer: str, query: str = "") -> httpx.Response:
    return client.get(f"/pets/7{query}", headers=[("Prefer", value) for value in prefer])


@pytest.mark.parametrize(
    ("prefer", "query"), [("code=404", ""), ("return=minimal, CODE = 404", ""), ("", "?__code=404")]
)
def test_a_code_answers_with_that_documented_status(client: httpx.Client, prefer: str, query: str) -> None:
    answer = get(client, prefer, query=query)
    assert (answer.status_code, answer.json()) == (404, "no pet")


def test_a_status_without_content_has_no_body(client: httpx.Client) -> None:
    answer = get(client, "code=410")
    assert (answer.status_code, answer.content) == (410, b"")


def test_a_range_of_statuses_is_generated_with_its_required_headers(client: httpx.Client) -> None:
    answer = get(client, "code=418")
    assert answer.status_code == 418
    assert isinstance(answer.json(), int)
    assert answer.headers["X-Why"] == "because"


def problem(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


TEXT = {"type": "string"}
WHY = "as asked for by Prefer"
FAULT = "a fault made by the sandbox"
ERRORS: list[tuple[str, dict[str, Any], Any]] = [
    (
        "application/json",
        problem(title=TEXT, status={"type": "integer"}, detail=TEXT),
        {"title": "Not Found", "status": 404, "detail": WHY},
    ),
    ("application/json", problem(code=TEXT, message=TEXT, annual=TEXT), {"code": "404", "message": WHY}),
    ("application/json", problem(error=problem(message=TEXT, trace=TEXT)), {"error": {"message": WHY}}),
    (
        "application/json",
        problem(errors={"type": "array", "minItems": 1, "items": problem(message=TEXT)}),
        {"errors": [{"message": WHY}]},
    ),
    (
        "application/json",
        problem(message={"type": "string", "maxLength": 3, "enum": ["odd"]}),
        {"message": "odd"},
    ),
    ("application/json", problem(message={"type": "string", "example": "no pet"}), {"message": "no pet"}),
    (
        "application/json",
        {"allOf": [problem(message={"type": "string", "examples": ["no pet"]}), problem(code=TEXT)]},
        {"message": "no pet", "code": "404"},
    ),
    (
        "application/json",
        {**problem(message=TEXT, code=TEXT), "example": {"message": "no pet", "code": "P4"}},
        {"message": "no pet", "code": "P4"},
    ),
    ("application/json", problem(annual={"type": "boolean", "enum": [True]}), {"annual": True}),
    (
        "application/problem+json",
        problem(title=TEXT, type=TEXT),
        {"type": "about:blank", "title": "Not Found", "status": 404, "detail": WHY, "operation": "get /pets"},
    ),
    (
        "application/problem+json",
        {
            **problem(title=TEXT, status={"type": "integer"}),
            "required": ["title"],
            "additionalProperties": False,
        },
        {"title": "Not Found", "status": 404},
    ),
]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("header", ["Prefer", "Sandbox-Fault"])
def test_a_documented_error_says_what_it_is_and_nothing_made_up(
    serve: Callable[..., httpx.Client],
    sandbox: Callable[..., Sandbox],
    header: str,
    error: tuple[str, dict[str, Any], Any],
) -> None:
    media_type, schema, body = error
    responses = {
        "200": {"description": ""},
        "404": {"description": "", "content": {media_type: {"schema": schema}}},
    }
    client = serve(sandbox(paths={"/pets": {"get": {"responses": responses}}}))
    answer = client.get("/pets", headers={header: "code=404" if header == "Prefer" else "status=404"})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (404, media_type)
    assert json.loads(answer.text.replace(FAULT, WHY)) == body
    assert (FAULT if header == "Prefer" else WHY) not in answer.text


def test_a_documented_success_is_left_as_it_is_made(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    task = {**problem(title=TEXT, status=TEXT, note=TEXT), "required": ["title", "status", "note"]}
    responses = {"200": {"description": "", "content": {"application/json": {"schema": task}}}}
    answer = (
        serve(sandbox(paths={"/tasks": {"get": {"responses": responses}}}))
        .get("/tasks", headers={"Prefer": "code=200"})
        .json()
    )
    assert answer["title"] != "OK"
    assert answer["status"] != "200"


def test_a_named_example_is_answered(client: httpx.Client) -> None:
    assert get(client, "example=dog").json() == EXAMPLES["dog"]["value"]
    assert get(client, query="?__example=cat").json() == EXAMPLES["cat"]["value"]


def test_the_first_valid_example_answers_a_code_alone(client: httpx.Client) -> None:
    assert get(client, "code=200").json() == EXAMPLES["cat"]["value"]


@pytest.mark.parametrize(
    "prefer", [["code=200", "example=dog"], ["code=200; example=dog"], ['code="200", example="dog"']]
)
def test_several_preferences_can_be_written_in_each_way(client: httpx.Client, prefer: list[str]) -> None:
    assert get(client, *prefer).json() == EXAMPLES["dog"]["value"]


def test_a_dynamic_answer_is_generated_by_its_seed_alone(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    client = serve(sandbox(paths=PATHS))
    seven = get(client, "dynamic=true, seed=7").json()
    assert seven == get(client, query="?__dynamic=true&__seed=7").json() == get(client, "seed=7").json()
    assert seven not in (EXAMPLES["cat"]["value"], get(client, "dynamic=true, seed=8").json())
    assert seven["name"] != "Rex", "an example of the schema is an example too"


def test_steering_does_not_touch_what_is_stored(client: httpx.Client) -> None:
    before = client.get("/pets/7").json()
    assert client.delete("/pets/7", headers={"Prefer": "code=409"}).status_code == 409
    assert client.delete("/pets/7", headers={"Prefer": "code=204"}).status_code == 204
    assert client.get("/pets/7").json() == before


def test_other_preferences_change_nothing(client: httpx.Client) -> None:
    assert get(client, "return=representation, wait=10").json() == client.get("/pets/7").json()


def test_names_of_steering_are_no_members_of_a_free_form_parameter(client: httpx.Client) -> None:
    assert get(client, query="?__example=cat&size=3").status_code == 200
    assert get(client, query="?__other=cat").status_code >= 400


def test_a_vendor_can_be_steered_too(serve: Callable[..., httpx.Client]) -> None:
    client = serve("togai")
    answer = client.get("/accounts/nobody", headers={"Authorization": "Bearer x", "Prefer": "code=200"})
    assert (answer.status_code, "id" in answer.json()) == (200, True)
    assert client.get("/accounts/nobody", headers={"Authorization": "Bearer x"}).status_code == 404


def test_an_unknown_example_lists_the_valid_ones(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    answers = {"200": PATHS["/pets/{id}"]["get"]["responses"]["200"]}
    client = serve(sandbox(paths={"/pet": {"get": {"responses": answers}}}))
    for prefer in ("example=broken", "example=bird"):
        answer = client.get("/pet", headers={"Prefer": prefer})
        assert answer.status_code == 404
        assert ": cat, dog" in answer.json()["errors"][0]["expected"]
    refused = client.get("/pet?__code=503").json()["errors"][0]
    assert (refused["location"], refused["pointer"]) == ("query", "/__code")
    assert "documents: 200" in refused["expected"]


def test_an_answer_that_there_is_not_is_not_found_as_the_operation_says_it(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    schema = problem(reason=TEXT, code={"type": "integer"})
    missing = {"description": "", "content": {"application/json": {"schema": schema}}}
    paths = {
        "/told": {"get": {"responses": {"404": missing}}},
        "/untold": {"get": {"responses": {"400": {"description": ""}}}},
    }
    client = serve(sandbox(paths=paths))
    told, untold = client.get("/told?__code=410"), client.get("/untold?__code=410")
    assert (told.status_code, told.json()["code"]) == (404, 404)
    assert "documents: 404" in told.json()["reason"]
    assert (untold.status_code, "documents: 400" in untold.text) == (404, True)


def test_a_vendor_says_what_it_has_not_in_its_own_words(serve: Callable[..., httpx.Client]) -> None:
    for vendor, path in (("togai", "/accounts"), ("dualentry", "/public/v1/accounts/")):
        sent = {"Authorization": "Bearer x", "X-API-KEY": "x", "Prefer": "example=nobody"}
        answer = serve(vendor).get(path, headers=sent)
        assert (answer.status_code, "nobody" in answer.text) == (404, True), answer.text


@pytest.mark.parametrize("text", ["code=abc", "code=99", "code", "seed=x", "dynamic=maybe", "example="])
def test_a_preference_that_cannot_be_read_is_named(text: str) -> None:
    failures: list[Failure] = []
    assert read_preference([text], b"", failures) is None
    assert [failure.pointer for failure in failures] == [f"/Prefer/{text.partition('=')[0]}"]


def test_the_header_comes_before_the_query_and_the_first_before_the_rest() -> None:
    failures: list[Failure] = []
    read = read_preference(["code=404, code=409", "seed=3"], b"__code=200&__example=a%20b&__seed=4", failures)
    assert (read, failures) == (Preference(404, "a b", None, 3, frozenset({"example"})), [])


def test_a_quoted_value_may_hold_separators() -> None:
    assert read_preference([r'foo="x, code=500", example="a, \"b\"; c"'], b"", []) == Preference(
        example='a, "b"; c'
    )


PREFER = {"name": "Prefer", "in": "header", "schema": {"enum": ["return=representation", "return=minimal"]}}
REPRESENTED = {"Prefer": "return=representation"}


@pytest.fixture
def cities(sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]) -> httpx.Client:
    """Serve rows that are written without an answer, and shown where that is preferred."""
    number, text = {"type": "integer"}, {"type": "string"}
    city = {"type": "object", "required": ["id"], "properties": {"id": number, "name": text}}
    rows = {"description": "", "content": {"application/json": {"schema": {"type": "array", "items": city}}}}
    body = {"content": {"application/json": {"schema": city}}}
    by_id = {"name": "id", "in": "query", "schema": text}
    write = {"parameters": [PREFER, by_id], "requestBody": body}
    paths = {
        "/cities": {
            "get": {"parameters": [by_id], "responses": {"200": rows}},
            "post": {**write, "responses": {"201": {"description": ""}}},
            "patch": {**write, "responses": {"204": {"description": ""}}},
        }
    }
    return serve(sandbox(paths=paths))


def test_a_write_shows_its_rows_where_that_is_preferred(cities: httpx.Client) -> None:
    made = cities.post("/cities", json={"id": 5, "name": "Bonn"}, headers=REPRESENTED)
    assert (made.status_code, made.json()) == (201, [{"id": 5, "name": "Bonn"}])
    assert made.headers["preference-applied"] == "return=representation"
    changed = cities.patch("/cities?id=eq.5", json={"id": 5, "name": "Berlin"}, headers=REPRESENTED)
    assert (changed.status_code, changed.json()) == (200, [{"id": 5, "name": "Berlin"}])


def test_a_write_shows_nothing_where_nobody_prefers_that(cities: httpx.Client) -> None:
    assert cities.post("/cities", json={"id": 5}).content == b""
    minimal = cities.patch(
        "/cities?id=eq.5", json={"id": 5, "name": "a"}, headers={"Prefer": "return=minimal"}
    )
    assert (minimal.status_code, minimal.content) == (204, b"")
