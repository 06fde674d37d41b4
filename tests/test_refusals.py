"""Refusals: each shape of errors that generators and standards document is filled with what is true, and with nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, parameter, thing
from support import write_contract
from understudy.errors import Failure
from understudy.messages import Response
from understudy.refusals.bodies import ErrorBodies
from understudy.refusals.facts import Asked, Facts
from understudy.sandbox import Sandbox, Settings
from understudy.schemas.contradictions import Contradictions
from understudy.schemas.direction import Direction
from understudy.schemas.entity import new_faker
from understudy.schemas.generator import Generator
from understudy.schemas.validators import validators_of

TEXTS = {"type": "array", "items": TEXT}
MISSING = Failure("body", "/title", "required", "present")
DEEP = Failure("body", "/items/0/size", "type", "an integer", '"big"')
QUERY = Failure("query", "/skip", "type", "an integer", '"abc"')
SAID = "title is required"
DEEPER = 'items.0.size must be an integer, got "big"'
ASKED = Asked("post", "/boats", datetime(2026, 1, 5, 9, tzinfo=UTC), "r-1")
WHY = "what went wrong"


def many(**properties: Any) -> dict[str, Any]:
    """Return a list of objects."""
    return {"type": "array", "items": thing(properties)}


def error_by(tmp_path: Path, schema: Any, status: int, failures: tuple[Failure, ...], **more: Any) -> Any:
    """Return the body of an error as a contract with this schema documents it, which takes it."""
    content = {"application/json": {"schema": schema, **more}}
    answer = {"400": {"description": "", "content": content}}
    contract = write_contract(tmp_path / "c.json", "3.1.0", {"paths": {"/b": {"get": {"responses": answer}}}})
    validators = validators_of(contract, Direction.RESPONSE)
    fake = new_faker()
    generator = Generator(validators.for_node)
    bodies = ErrorBodies(contract, generator, Contradictions(validators, generator), lambda _: fake)
    media = contract.operations[0].responses["400"].content["application/json"]
    response = Response(status)
    bodies.fill(response, media, Facts(status, WHY, failures, ASKED), contract.operations[0])
    body = response.body
    if media.schema is not None:
        assert validators.for_node(media.schema).is_valid(body)
    return body


FASTAPI = thing(
    {"detail": many(loc={"type": "array", "items": {"anyOf": [TEXT, WHOLE]}}, msg=TEXT, type=TEXT, ctx={})}
)
JSON_API = thing(
    {"errors": many(status=TEXT, title=TEXT, detail=TEXT, source=thing({"pointer": TEXT, "parameter": TEXT}))}
)
STRIPE = ["api_error", "card_error", "invalid_request_error"]
SHAPES: dict[str, tuple[Any, Any]] = {
    "FastAPI": (
        FASTAPI,
        {
            "detail": [
                {"loc": ["body", "title"], "msg": "Field required", "type": "missing"},
                {
                    "loc": ["body", "items", 0, "size"],
                    "msg": "Input should be a valid integer",
                    "type": "int_type",
                },
            ]
        },
    ),
    "Django REST framework, by field": (
        thing({"title": TEXTS, "length": TEXTS, "non_field_errors": TEXTS}),
        {"title": [SAID], "non_field_errors": [DEEPER]},
    ),
    "Django REST framework, open": (
        {"type": "object", "additionalProperties": TEXTS},
        {"title": [SAID], "items.0.size": [DEEPER]},
    ),
    "NestJS": (
        thing(
            {
                "statusCode": {"type": "number"},
                "message": {"oneOf": [TEXT, TEXTS]},
                "error": TEXT,
                "path": TEXT,
            }
        ),
        {"statusCode": 422, "message": [SAID, DEEPER], "error": "Unprocessable Entity", "path": "/boats"},
    ),
    "Spring, /error": (
        thing(
            {
                "timestamp": {"type": "string", "format": "date-time"},
                "status": WHOLE,
                "error": TEXT,
                "message": TEXT,
                "path": TEXT,
                "trace": TEXT,
            }
        ),
        {
            "timestamp": "2026-01-05T09:00:00Z",
            "status": 422,
            "error": "Unprocessable Entity",
            "message": WHY,
            "path": "/boats",
        },
    ),
    "Spring, fields": (
        thing({"errors": many(objectName=TEXT, field=TEXT, rejectedValue={}, defaultMessage=TEXT)}),
        {
            "errors": [
                {"field": "title", "defaultMessage": SAID},
                {"field": "items.0.size", "rejectedValue": "big", "defaultMessage": DEEPER},
            ]
        },
    ),
    "ASP.NET": (
        thing(
            {
                "type": TEXT,
                "title": TEXT,
                "status": WHOLE,
                "detail": TEXT,
                "errors": {"type": "object", "additionalProperties": TEXTS},
                "traceId": TEXT,
            }
        ),
        {
            "type": "about:blank",
            "title": "Unprocessable Entity",
            "status": 422,
            "detail": WHY,
            "errors": {"title": [SAID], "items.0.size": [DEEPER]},
            "traceId": "r-1",
        },
    ),
    "RealWorld": (
        thing({"errors": thing({"body": TEXTS}, "body")}, "errors"),
        {"errors": {"body": [SAID, DEEPER]}},
    ),
    "a list for a field, and one for the rest": (
        thing({"errors": thing({"title": TEXTS, "other": TEXTS}, "title", "other")}),
        {"errors": {"title": [SAID], "other": [DEEPER]}},
    ),
    "lists for other fields": (
        thing({"errors": thing({"name": TEXTS, "mail": TEXTS}, "name", "mail")}),
        {"errors": {"name": [SAID, DEEPER], "mail": []}},
    ),
    "Rails, messages": (thing({"errors": TEXTS}), {"errors": [SAID, DEEPER]}),
    "Rails, by field": (
        thing({"errors": {"type": "object"}}),
        {"errors": {"title": [SAID], "items.0.size": [DEEPER]}},
    ),
    "Laravel": (
        thing(
            {"message": TEXT, "errors": {"type": "object", "additionalProperties": TEXTS}},
            "message",
            "errors",
        ),
        {"message": WHY, "errors": {"title": [SAID], "items.0.size": [DEEPER]}},
    ),
    "Strapi": (
        thing(
            {
                "data": {"type": ["object", "null"]},
                "error": thing({"status": WHOLE, "name": TEXT, "message": TEXT}),
            }
        ),
        {"data": None, "error": {"status": 422, "name": "UnprocessableEntity", "message": WHY}},
    ),
    "API Platform": (
        thing(
            {
                "@type": TEXT,
                "hydra:title": TEXT,
                "hydra:description": TEXT,
                "violations": many(propertyPath=TEXT, message=TEXT),
            }
        ),
        {
            "hydra:title": "Unprocessable Entity",
            "hydra:description": WHY,
            "violations": [
                {"propertyPath": "title", "message": SAID},
                {"propertyPath": "items.0.size", "message": DEEPER},
            ],
        },
    ),
    "swaggo": (TEXT, WHY),
    "OData": (
        thing(
            {
                "error": thing(
                    {
                        "code": TEXT,
                        "message": TEXT,
                        "target": TEXT,
                        "details": many(code=TEXT, message=TEXT, target=TEXT),
                    }
                )
            },
            "error",
        ),
        {
            "error": {
                "code": "unprocessable_entity",
                "message": WHY,
                "target": "title",
                "details": [
                    {"code": "required", "message": SAID, "target": "title"},
                    {"code": "type", "message": DEEPER, "target": "items.0.size"},
                ],
            }
        },
    ),
    "PostgREST": (thing({"code": TEXT, "hint": TEXT, "message": TEXT}), {"code": "422", "message": WHY}),
    "JSON:API": (
        JSON_API,
        {
            "errors": [
                {
                    "status": "422",
                    "title": "Unprocessable Entity",
                    "detail": SAID,
                    "source": {"pointer": "/title"},
                },
                {
                    "status": "422",
                    "title": "Unprocessable Entity",
                    "detail": DEEPER,
                    "source": {"pointer": "/items/0/size"},
                },
            ]
        },
    ),
    "GraphQL": (
        thing(
            {"errors": many(message=TEXT, path={"type": "array", "items": {}}, locations=many(line=WHOLE))}
        ),
        {"errors": [{"message": SAID, "path": ["title"]}, {"message": DEEPER, "path": ["items", 0, "size"]}]},
    ),
    "Google": (
        thing(
            {
                "error": thing(
                    {
                        "code": WHOLE,
                        "message": TEXT,
                        "status": TEXT,
                        "details": many(fieldViolations=many(field=TEXT, description=TEXT)),
                    }
                )
            }
        ),
        {
            "error": {
                "code": 422,
                "message": WHY,
                "status": "INVALID_ARGUMENT",
                "details": [
                    {
                        "fieldViolations": [
                            {"field": "title", "description": SAID},
                            {"field": "items.0.size", "description": DEEPER},
                        ]
                    }
                ],
            }
        },
    ),
    "AWS": (
        thing(
            {
                "reason": {"enum": ["cannotParse", "fieldValidationFailed", "other"]},
                "fieldList": many(name=TEXT, message=TEXT),
                "requestId": TEXT,
            }
        ),
        {
            "reason": "fieldValidationFailed",
            "fieldList": [{"name": "title", "message": SAID}, {"name": "items.0.size", "message": DEEPER}],
            "requestId": "r-1",
        },
    ),
    "Stripe": (
        thing(
            {
                "error": thing(
                    {"type": {"enum": STRIPE}, "code": TEXT, "param": TEXT, "message": TEXT, "charge": TEXT},
                    "type",
                )
            }
        ),
        {
            "error": {
                "type": "invalid_request_error",
                "code": "unprocessable_entity",
                "param": "title",
                "message": WHY,
            }
        },
    ),
    "GitHub": (
        thing(
            {
                "message": TEXT,
                "errors": many(resource=TEXT, field=TEXT, code={"enum": ["missing_field", "invalid"]}),
            }
        ),
        {
            "message": WHY,
            "errors": [
                {"field": "title", "code": "missing_field"},
                {"field": "items.0.size", "code": "invalid"},
            ],
        },
    ),
    "JSend": (
        thing(
            {
                "status": {"enum": ["success", "fail", "error"]},
                "data": {"type": "object", "additionalProperties": TEXT},
            }
        ),
        {"status": "fail", "data": {"title": SAID, "items.0.size": DEEPER}},
    ),
    "problem details, invalid-params": (
        thing({"title": TEXT, "invalid-params": many(name=TEXT, reason=TEXT)}),
        {
            "title": "Unprocessable Entity",
            "invalid-params": [{"name": "title", "reason": SAID}, {"name": "items.0.size", "reason": DEEPER}],
        },
    ),
    "RealWorld, of a thing with a member of the list's name": (
        thing({"errors": thing({"title": TEXTS}, "title")}, "errors"),
        {"errors": {"title": ["title is required", 'items.0.size must be an integer, got "big"']}},
    ),
    "OAuth": (
        thing({"error": TEXT, "error_description": TEXT}),
        {"error": "invalid_request", "error_description": WHY},
    ),
    "an envelope": (
        thing({"success": {"type": "boolean"}, "message": TEXT, "data": thing({"name": TEXT})}),
        {"success": False, "message": WHY},
    ),
    "what must be there and nobody knows": (
        thing({"severity": TEXT, "message": TEXT}, "severity"),
        {"severity": "Unprocessable Entity", "message": WHY},
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_binds_every_failure(tmp_path: Path, shape: str) -> None:
    schema, body = SHAPES[shape]
    assert error_by(tmp_path, schema, 422, (MISSING, DEEP)) == body


WITHOUT_FIELDS: list[tuple[Any, Any]] = [
    (JSON_API, {"errors": [{"status": "404", "title": "Not Found", "detail": WHY}]}),
    (thing({"message": TEXT, "errors": TEXTS}), {"message": WHY}),
    (thing({"errors": TEXTS}), {"errors": [WHY]}),
    (thing({"errors": {"type": "object"}}), {"errors": {"detail": [WHY]}}),
    (thing({"code": {"enum": ["INTERNAL_ERROR", "NOT_FOUND", "VALIDATION"]}}), {"code": "NOT_FOUND"}),
    (thing({"error": thing({"code": {**TEXT, "example": "INVALID_ID"}})}), {"error": {"code": "NOT_FOUND"}}),
    (thing({"message": {**TEXT, "example": "Boat is missing"}}), {"message": WHY}),
    (thing({"message": {**TEXT, "maxLength": 4}}), {"message": "what"}),
    (thing({"statusCode": WHOLE, "message": TEXTS}), {"statusCode": 404, "message": [WHY]}),
    (
        thing({"type": {"const": "about:none"}, "title": TEXT, "status": WHOLE}, "type"),
        {"type": "about:none", "title": "Not Found", "status": 404},
    ),
]


@pytest.mark.parametrize(("schema", "body"), WITHOUT_FIELDS)
def test_an_error_about_no_field_says_what_it_is(tmp_path: Path, schema: Any, body: Any) -> None:
    assert error_by(tmp_path, schema, 404, ()) == body


def test_a_parameter_is_told_from_a_member_of_the_body(tmp_path: Path) -> None:
    entry = error_by(tmp_path, FASTAPI, 422, (QUERY,))["detail"][0]
    assert (entry["loc"], entry["type"]) == (["query", "skip"], "int_parsing")
    assert error_by(tmp_path, JSON_API, 400, (QUERY,))["errors"][0]["source"] == {"parameter": "skip"}


def test_a_thing_that_an_error_may_show_is_no_part_of_what_went_wrong(tmp_path: Path) -> None:
    cards = [thing({"id": TEXT, "name": TEXT, "status": TEXT}, "id", "status"), thing({"id": TEXT}, "id")]
    of_things = thing({"error": thing({"message": TEXT, "source": {"anyOf": cards}, "target": cards[0]})})
    assert error_by(tmp_path, of_things, 404, ()) == {"error": {"message": WHY}}
    assert error_by(tmp_path, of_things, 400, (MISSING,)) == {"error": {"message": WHY}}
    told = thing({"error": thing({"id": TEXT, "message": TEXT}, "id", "message")})
    assert error_by(tmp_path, told, 404, ())["error"]["message"] == WHY


PYDANTIC = [
    ("body", "anyOf", "a string or null", "string_type", "Input should be a valid string"),
    ("body", "type", "an integer or null", "int_type", "Input should be a valid integer"),
    ("body", "type", "an array", "list_type", "Input should be a valid list"),
    (
        "query",
        "anyOf",
        "an integer or null",
        "int_parsing",
        "Input should be a valid integer, unable to parse string as an integer",
    ),
    ("body", "anyOf", "a string or an integer", "value_error", "Input should be a string or an integer"),
]


@pytest.mark.parametrize("row", PYDANTIC)
def test_what_may_be_null_is_refused_as_what_it_is_besides(tmp_path: Path, row: tuple[str, ...]) -> None:
    location, rule, expected, kind, says = row
    failure = Failure(location, "/note", rule, expected, "5")
    entry = error_by(tmp_path, FASTAPI, 422, (failure,))["detail"][0]
    assert (entry["type"], entry["msg"]) == (kind, says)


@pytest.mark.parametrize("schema", [{}, {"type": "object"}, {"example": {"oops": 1}}])
def test_an_example_without_a_schema_is_the_error(tmp_path: Path, schema: Any) -> None:
    assert error_by(tmp_path, schema, 400, (MISSING,), example={"oops": 1}) == {"oops": 1}


# ---- over HTTP


def contract(*, post: dict[str, Any], get: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the paths of boats. post, get: the errors that are documented there, by status."""
    sent = {"required": True, "content": {"application/json": {"schema": thing({"title": TEXT}, "title")}}}
    made = {
        "201": {
            "description": "",
            "content": {"application/json": {"schema": thing({"id": WHOLE, "title": TEXT})}},
        }
    }
    listed = {
        "200": {
            "description": "",
            "content": {"application/json": {"schema": {"type": "array", "items": thing({"id": WHOLE})}}},
        }
    }
    return {
        "/boats": {
            "post": {"requestBody": sent, "responses": made | post},
            "get": {"responses": listed | (get or {}), "parameters": [{"name": "skip", "in": "query", "schema": WHOLE}]},
        }
    }  # fmt: skip


def no(schema: Any = None) -> dict[str, Any]:
    """Return a documented error."""
    content = {} if schema is None else {"content": {"application/json": {"schema": schema}}}
    return {"description": "", **content}


STATUSES = [
    ({"422": no()}, {}, {"json": {}}, 422),
    ({}, {"422": no()}, {"json": {}}, 422),
    ({"default": no()}, {"422": no()}, {"json": {}}, 400),
    ({}, {}, {"json": {}}, 400),
    ({"400": no()}, {}, {"content": "x", "headers": {"Content-Type": "text/plain"}}, 400),
    ({"400": no()}, {"415": no()}, {"content": "x", "headers": {"Content-Type": "text/plain"}}, 400),
    ({}, {"415": no()}, {"content": "x", "headers": {"Content-Type": "text/plain"}}, 415),
    ({}, {}, {"content": "x", "headers": {"Content-Type": "text/plain"}}, 415),
    ({}, {"422": no(), "400": no()}, {"content": "x", "headers": {"Content-Type": "text/plain"}}, 415),
    ({}, {"422": no()}, {"content": "{", "headers": {"Content-Type": "application/json"}}, 422),
]


@pytest.mark.parametrize("case", STATUSES)
def test_the_status_is_the_documented_one_or_that_of_other_operations(
    serve: Callable[..., httpx.Client],
    sandbox: Callable[..., Sandbox],
    case: tuple[dict[str, Any], dict[str, Any], dict[str, Any], int],
) -> None:
    post, get, sent, status = case
    answer = serve(sandbox(paths=contract(post=post, get=get))).post("/boats", **sent)
    assert answer.status_code == status
    assert answer.json()["status"] == status


@pytest.mark.parametrize(
    ("documented", "status"), [({}, 422), ({"400": no()}, 400), ({"default": no()}, 422)]
)
def test_what_breaks_a_contract_has_the_status_that_was_asked_for_where_none_is_documented(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox], documented: Any, status: int
) -> None:
    client = serve(sandbox(paths=contract(post=documented), settings=Settings(invalid_status=422)))
    refused = client.post("/boats", json={})
    assert (refused.status_code, "/title" in refused.text) == (status, True)
    broken = client.post("/boats", content=b"{", headers={"Content-Type": "application/json"})
    assert broken.status_code == status
    assert client.delete("/boats").status_code == 405
    assert client.get("/nowhere").status_code == 404


def test_errors_that_are_not_documented_look_like_those_that_are(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    shape = thing({"code": WHOLE, "message": TEXT})
    client = serve(sandbox(paths=contract(post={"400": no(shape)}, get={"404": no(shape)})))
    assert client.delete("/boats").json()["code"] == 405
    assert client.get("/boats?skip=x").json()["code"] == 400
    assert "is required" in client.post("/boats", json={}).json()["message"]
    assert client.get("/nowhere").json()["code"] == 404


def test_what_tells_of_requests_alone_is_no_shape_for_other_errors(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    client = serve(sandbox(paths=contract(post={"422": no(FASTAPI)})))
    assert client.delete("/boats").headers["content-type"] == "application/problem+json"
    assert client.get("/boats?skip=x").json()["detail"][0]["loc"] == ["query", "skip"]


def test_an_error_is_written_in_the_type_the_caller_takes(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    shape = {**thing({"message": TEXT}), "xml": {"name": "Error"}}
    content = {
        "text/plain": {"schema": shape},
        "application/xml": {"schema": shape},
        "application/json": {"schema": shape},
    }
    client = serve(sandbox(paths=contract(post={"400": {"description": "", "content": content}})))
    assert client.post("/boats", json={}).headers["content-type"] == "application/json"
    taken = {"Accept": "application/xml, */*;q=0.1"}
    assert client.post("/boats", json={}, headers=taken).text.startswith("<Error><message>body /title")


def test_a_content_type_that_is_not_taken_is_told_of_at_the_body(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    client = serve(sandbox(paths=contract(post={"422": no(FASTAPI)})))
    answer = client.post("/boats", content="x", headers={"Content-Type": "text/plain"})
    (entry,) = answer.json()["detail"]
    assert (answer.status_code, entry["loc"], "application/json" in entry["msg"]) == (422, ["body"], True)


def test_the_shape_of_other_errors_is_known_where_any_type_is_documented(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    shape = thing({"timestamp": TEXT, "status": WHOLE, "error": TEXT, "message": TEXT})
    documented = {"description": "", "content": {"*/*": {"schema": shape}}}
    answer = serve(sandbox(paths=contract(post={"404": documented}))).delete("/boats")
    assert (answer.headers["content-type"], answer.json()["error"]) == (
        "application/json",
        "Method Not Allowed",
    )


@pytest.mark.parametrize(
    "said", ["REGISTER_USER_ALREADY_EXISTS", "This email is already in use", "duplicate name"]
)
def test_what_is_taken_has_the_status_whose_words_say_so(
    sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client], said: str
) -> None:
    sent = thing({"email": {"type": "string", "format": "email"}, "password": TEXT}, "email", "password")
    person = {"application/json": {"schema": thing({"id": TEXT, "email": TEXT}, "id", "email")}}
    examples = {"one": {"value": {"detail": said}}}
    told = {"application/json": {"schema": thing({"detail": TEXT}), "examples": examples}}
    responses = {
        "201": {"description": "", "content": person},
        "400": {"description": "", "content": told},
        "422": {"description": "Validation Error"},
    }
    register = {
        "requestBody": {"required": True, "content": {"application/json": {"schema": sent}}},
        "responses": responses,
    }
    one = {
        "parameters": [parameter("id")],
        "get": {"responses": {"200": {"description": "", "content": person}}},
    }
    login = {
        "requestBody": register["requestBody"],
        "responses": {
            "200": {
                "description": "",
                "content": {"application/json": {"schema": thing({"token": TEXT}, "token")}},
            }
        },
    }
    paths = {"/auth/register": {"post": register}, "/auth/login": {"post": login}, "/users/{id}": one}
    client = serve(sandbox(paths=paths))
    ann = {"email": "ann@example.org", "password": "x"}
    statuses = [client.post("/auth/register", json=one).status_code for one in (ann, ann, {})]
    assert statuses == [201, 400, 422]
