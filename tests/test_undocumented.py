"""Successes that state no schema: each is answered with the thing where the contract says elsewhere what that is, and with nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, body, parameter, ref, thing
from support import write_contract
from understudy.configuration import Configuration
from understudy.contracts.contract import Contract
from understudy.explain import explain
from understudy.handler import Context
from understudy.messages import Request, Response
from understudy.model.compiler import compile
from understudy.model.meanings import Meanings
from understudy.model.token_endpoints import with_token_endpoints
from understudy.model.undocumented import completed
from understudy.sandbox import Sandbox

BOAT = thing({"title": TEXT, "length": {"type": "number"}}, "title")
NOTHING: dict[str, Any] = {"description": ""}
SHOWN = thing({"id": WHOLE, "title": TEXT, "length": {"type": "number"}}, "id", "title")
ONE = [parameter("id", WHOLE)]


def says(schema: Any = None, **more: Any) -> dict[str, Any]:
    """Return a response whose body has this schema, or none."""
    content = more if schema is None else {"schema": schema, **more}
    return {"description": "", "content": {"application/json": content}}


def boats(answers: dict[str, Any], sent: Any = BOAT, parameters: Any = ONE) -> dict[str, Any]:
    """Return the paths of boats; answers: of each method that answers otherwise than with nothing, `item` for a read."""
    return {
        "/boats": {
            "post": {"requestBody": body(sent), "responses": {"201": answers.get("post", NOTHING)}},
            "get": {"responses": {"200": answers.get("get", NOTHING)}},
        },
        "/boats/{id}": {
            "parameters": parameters,
            "get": {"responses": {"200": answers.get("item", NOTHING)}},
            "patch": {"requestBody": body(thing({"length": {"type": "number"}})), "responses": {"200": answers.get("patch", NOTHING)}},
        },
    }  # fmt: skip


@pytest.fixture
def client(serve: Callable[..., httpx.Client], tmp_path: Path) -> Callable[..., httpx.Client]:
    """Serve paths as the command line does."""

    def make(paths: Any, version: str = "3.1.0", **components: Any) -> httpx.Client:
        schemas = {"components": {"schemas": components}} if components else {}
        contract = write_contract(tmp_path / "c.json", version, {"paths": paths, **schemas})
        return serve(Sandbox(completed(contract)))

    return make


WAYS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "the request": ({}, {}),
    "an empty schema, as FastAPI writes it": ({"post": says({}), "get": says({}), "item": says({}), "patch": says({})}, {}),
    "an object without members": ({"post": says({"type": "object"}), "get": says({"type": "array", "items": {}})}, {}),
    "a media type alone": ({"post": says(), "get": says(), "item": says()}, {}),
    "a read": ({"item": says(ref("Shown"))}, {"Shown": SHOWN}),
    "a list": ({"get": says({"type": "array", "items": ref("Shown")})}, {"Shown": SHOWN}),
    "a schema of its name": ({}, {"BoatEntity": thing({"title": TEXT, "crew": WHOLE})}),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_what_is_created_is_shown_and_remembered(client: Callable[..., httpx.Client], way: str) -> None:
    answers, schemas = WAYS[way]
    http = client(boats(answers), **schemas)
    made = http.post("/boats", json={"title": "Swan", "length": 12})
    assert made.status_code == 201
    assert made.headers["content-type"] == "application/json"
    assert made.json()["title"] == "Swan"
    own = made.json()["id"]
    assert isinstance(own, int)
    assert http.get(f"/boats/{own}").json() == made.json()
    assert made.json() in http.get("/boats").json()
    assert http.patch(f"/boats/{own}", json={"length": 13}).json() == {**made.json(), "length": 13}


WRAPPED = {
    "an envelope whose data has no type": says(thing({"success": {"type": "boolean"}, "data": {}})),
    "an envelope whose data is any object": says(thing({"message": TEXT, "data": {"type": "object"}})),
}


@pytest.mark.parametrize("wrapped", WRAPPED)
def test_a_wrapper_without_a_type_is_filled(client: Callable[..., httpx.Client], wrapped: str) -> None:
    listed = says(thing({"success": {"type": "boolean"}, "data": {"type": "array", "items": {}}}))
    http = client(boats({"post": WRAPPED[wrapped], "item": WRAPPED[wrapped], "get": listed}))
    made = http.post("/boats", json={"title": "Swan"}).json()["data"]
    assert made["title"] == "Swan"
    assert http.get(f"/boats/{made['id']}").json()["data"] == made
    assert made in http.get("/boats").json()["data"]


def test_a_free_member_of_a_thing_is_no_wrapper(tmp_path: Path) -> None:
    thing_itself = says(thing({"id": WHOLE, "title": TEXT, "data": {"type": "object"}}))
    stated = {
        "post": thing_itself,
        "item": thing_itself,
        "patch": thing_itself,
        "get": says({"type": "array", "items": TEXT}),
    }
    assert completed(contract_of(tmp_path, boats(stated))).added == {}


def test_secrets_and_files_are_not_shown(client: Callable[..., httpx.Client]) -> None:
    sent = thing(
        {"title": TEXT, "password": TEXT, "confirmPassword": TEXT, "pin": {**TEXT, "format": "password"}}
    )
    made = client(boats({}, sent)).post("/boats", json={"title": "Swan", "password": "x", "pin": "1"}).json()
    assert made.keys() == {"id", "title", "length"}


@pytest.mark.parametrize(
    "sent", [thing({"boat": BOAT}), thing({"data": BOAT}), {"anyOf": [BOAT, thing({"sail": TEXT})]}]
)
def test_what_is_sent_in_a_wrapper_is_the_thing(client: Callable[..., httpx.Client], sent: Any) -> None:
    inner = {"title": "Swan"}
    wrapper = next(iter(sent.get("properties", {})), "")
    made = client(boats({}, sent)).post("/boats", json={wrapper: inner} if wrapper else inner).json()
    assert (made["title"], set(made) <= {"id", "title", "length", "sail"}) == ("Swan", True)


@pytest.mark.parametrize(
    ("named", "member"),
    [("code", "code"), ("boatId", "id"), ("boat", "id"), ("uuid", "uuid"), ("identifier", "id")],
)
def test_the_identifier_is_called_as_the_path_has_it(
    client: Callable[..., httpx.Client], named: str, member: str
) -> None:
    paths = boats({}, parameters=[parameter(named)])
    paths[f"/boats/{{{named}}}"] = paths.pop("/boats/{id}")
    http = client(paths)
    made = http.post("/boats", json={"title": "Swan"}).json()
    assert isinstance(made[member], str)
    assert http.get(f"/boats/{made[member]}").json() == made


EXAMPLE = {"id": 7, "title": "Heron", "length": 9, "built": "2024-01-05T10:00:00Z"}


@pytest.mark.parametrize("schema", [None, {}, {"type": "object"}])
def test_an_example_without_a_schema_is_the_answer_with_state(
    client: Callable[..., httpx.Client], schema: Any
) -> None:
    answers = {
        "item": says(schema, example={"data": EXAMPLE}),
        "post": says(schema, example={"ok": True, "data": EXAMPLE}),
    }
    http = client(boats(answers))
    assert http.get("/boats/7").json() == {"data": EXAMPLE}
    made = http.post("/boats", json={"title": "Swan", "length": 3}).json()
    assert (made["ok"], made["data"]["title"], made["data"]["length"]) == (True, "Swan", 3)
    assert http.get(f"/boats/{made['data']['id']}").json() == {"data": made["data"]}


def test_an_object_that_is_called_in_the_plural_is_no_list(client: Callable[..., httpx.Client]) -> None:
    details = {"engine": {"name": "Sabb", "power": 10}}
    shown = says({"type": "object"}, examples={"one": {"value": details}})
    paths = {
        **boats({"item": says(SHOWN)}),
        "/boats/{id}/details": {"parameters": ONE, "get": {"responses": {"200": shown}}},
    }
    assert client(paths).get("/boats/7/details").json() == details


@pytest.mark.parametrize(
    "responses", [{}, {"default": NOTHING}, {"200": NOTHING}, {"2XX": NOTHING}, {"202": NOTHING}]
)
def test_every_way_to_state_no_body_is_answered(client: Callable[..., httpx.Client], responses: Any) -> None:
    paths = boats({})
    paths["/boats"]["post"]["responses"] = responses
    assert client(paths).post("/boats", json={"title": "Swan"}).json()["title"] == "Swan"


@pytest.mark.parametrize("status", ["204", "205"])
def test_a_status_without_a_body_stays_so(client: Callable[..., httpx.Client], status: str) -> None:
    paths = boats({})
    paths["/boats"]["post"]["responses"] = {status: NOTHING}
    answer = client(paths).post("/boats", json={"title": "Swan"})
    assert (answer.status_code, answer.content) == (int(status), b"")


NO_THINGS: list[tuple[str, str, Any]] = [
    ("get", "/health", None),
    ("get", "/boats/export", None),
    ("post", "/login", ref("LoginDto")),
    ("post", "/password/reset", ref("ResetDto")),
    ("post", "/utils/sort", thing({"item": WHOLE, "to": WHOLE})),
    ("post", "/cache/clear", None),
]


@pytest.mark.parametrize(("method", "path", "sent"), NO_THINGS)
def test_where_nothing_is_known_the_answer_stays_empty(
    client: Callable[..., httpx.Client], method: str, path: str, sent: Any
) -> None:
    operation = {"responses": {"200": NOTHING}, **({"requestBody": body(sent)} if sent else {})}
    schemas = {"LoginDto": thing({"email": TEXT}), "ResetDto": thing({"email": TEXT})}
    answer = client({path: {method: operation}}, **schemas).request(method, path, json={} if sent else None)
    assert (answer.status_code, answer.content) == (200, b"")


ALONE: list[tuple[str, str, str, str]] = [
    ("/orders", "post", "", "OrderDto"),
    ("/order", "post", "", "CreateOrderRequest"),
    ("/orders/add", "post", "", "Whatever"),
    ("/shop", "post", "ShopController_createOrder", "Whatever"),
    ("/orders/edit/{id}", "put", "", "Whatever"),
]


@pytest.mark.parametrize("case", ALONE)
def test_what_is_made_where_nothing_reads_it_is_shown(
    client: Callable[..., httpx.Client], case: tuple[str, str, str, str]
) -> None:
    path, method, name, schema = case
    operation: dict[str, Any] = {
        "requestBody": body(ref(schema)),
        "responses": {"200": NOTHING},
        "operationId": name or "x",
    }
    if "{" in path:
        operation["parameters"] = ONE
    http = client({path: {method: operation}}, **{schema: thing({"note": TEXT})})
    assert http.request(method, path.replace("{id}", "3"), json={"note": "hello"}).json()["note"] == "hello"


def test_the_only_one_of_its_kind_has_no_identifier(client: Callable[..., httpx.Client]) -> None:
    paths = {
        "/settings": {
            "get": {"responses": {"200": NOTHING}},
            "put": {"requestBody": body(thing({"theme": TEXT})), "responses": {"200": NOTHING}},
        }
    }
    http = client(paths)
    assert http.put("/settings", json={"theme": "dark"}).json() == {"theme": "dark"}
    assert http.get("/settings").json() == {"theme": "dark"}


# ---- what is told, and what is held


def contract_of(tmp_path: Path, paths: Any) -> Contract:
    return write_contract(tmp_path / "c.json", "3.1.0", {"paths": paths})


def test_explain_says_what_will_be_answered_and_why(tmp_path: Path) -> None:
    contract = completed(contract_of(tmp_path, boats({})))
    told = explain(contract, compile(contract))
    assert told["undocumented"]["POST /boats"].startswith("201 with the item as JSON")
    assert "its request, POST /boats, says what it is" in told["undocumented"]["GET /boats"]
    assert told["operations"]["POST /boats"]["answer"]["item"] == "Boat"


def test_an_option_answers_what_is_written(tmp_path: Path) -> None:
    contract_of(tmp_path, boats({}))
    (contract,) = Configuration([tmp_path / "c.json"], undocumented_bodies="none").load()
    assert contract.added == {}
    (contract,) = Configuration([tmp_path / "c.json"]).load()
    assert len(contract.added) == 4
    assert contract.as_stated.added == {}


def test_the_pages_show_the_contract_as_it_is_written(client: Callable[..., httpx.Client]) -> None:
    assert "Boat" not in json.dumps(client(boats({})).get("/openapi.json").json()["paths"]["/boats"])


def test_a_handler_may_answer_nothing_or_anything_where_nothing_is_stated(
    serve: Callable[..., httpx.Client], tmp_path: Path
) -> None:

    async def silent(_: Request, __: Context) -> Response:
        return Response(201)

    async def odd(_: Request, __: Context) -> Response:
        return Response(200, ["odd"])

    contract = completed(contract_of(tmp_path, boats({})))
    http = serve(Sandbox(contract, handlers={"post /boats": silent, "get /boats/{id}": odd}))
    assert http.post("/boats", json={"title": "Swan"}).content == b""
    assert http.get("/boats/3").json() == ["odd"]


def test_a_contract_that_says_all_is_left_as_it_is(tmp_path: Path) -> None:
    shown = says(thing({"id": WHOLE, "title": TEXT}))
    stated = {
        "post": shown,
        "item": shown,
        "patch": shown,
        "get": says({"type": "array", "items": thing({"id": WHOLE})}),
    }
    contract = contract_of(tmp_path, boats(stated))
    assert completed(contract) is contract


def test_an_example_in_xml_is_the_answer_with_state(client: Callable[..., httpx.Client]) -> None:
    paths = boats({})
    shown = {
        "description": "",
        "content": {"application/xml": {"example": "<boat><id>7</id><title>Heron</title></boat>"}},
    }
    paths["/boats"]["post"]["responses"] = {"201": shown}
    paths["/boats/{id}"]["get"]["responses"] = {"200": shown}
    http = client(paths)
    assert http.get("/boats/7").text == "<boat><id>7</id><title>Heron</title></boat>"
    made = http.post("/boats", json={"title": "Swan"})
    assert made.headers["content-type"] == "application/xml"
    assert "<title>Swan</title>" in made.text
    own = made.text.partition("<id>")[2].partition("</id>")[0]
    assert http.get(f"/boats/{own}").text == made.text


ANN = {"email": "ann@x.org", "name": "Ann"}
PERSON = thing({"id": WHOLE, "email": TEXT, "name": TEXT}, "id", "email")
SENT = thing({"email": TEXT, "name": TEXT, "password": TEXT}, "email", "password")
REGISTER = {"post": {"requestBody": body(SENT), "responses": {"201": NOTHING}}}
LOCKED: list[dict[str, Any]] = [{"bearer": []}]
CALLERS: dict[str, tuple[str, dict[str, Any], Any]] = {
    "what registers takes": ("/auth/profile", {"/auth/register": REGISTER}, NOTHING),
    "what registers shows": (
        "/me",
        {"/signup": {"post": {**REGISTER["post"], "responses": {"201": says(PERSON)}}}},
        says({}),
    ),
    "users that paths show": (
        "/users/me",
        {
            "/register": REGISTER,
            "/users/{id}": {"parameters": ONE, "get": {"responses": {"200": says(PERSON)}}},
        },
        NOTHING,
    ),
    "users that nothing shows": (
        "/account",
        {"/users": {**REGISTER, "get": {"responses": {"200": NOTHING}}}},
        says({"type": "object"}),
    ),
}


def callers(path: str, others: dict[str, Any], stated: Any, lock: Any) -> dict[str, Any]:
    """Return a contract in which somebody logs in, and a path that shows them."""
    login = {"post": {"requestBody": body(SENT), "responses": {"200": NOTHING}}}
    me = {"get": {"security": lock, "responses": {"200": stated}}}
    schemes = {"bearer": {"type": "http", "scheme": "bearer"}}
    return {"paths": {**others, "/login": login, path: me}, "components": {"securitySchemes": schemes}}


@pytest.mark.parametrize("way", CALLERS)
def test_what_only_a_credential_can_tell_shows_who_calls(
    serve: Callable[..., httpx.Client], tmp_path: Path, way: str
) -> None:
    path, others, stated = CALLERS[way]
    contract = write_contract(tmp_path / "c.json", "3.1.0", callers(path, others, stated, LOCKED))
    http = serve(Sandbox(completed(with_token_endpoints(contract))))
    sent = {**ANN, "password": "pw-ann-1"}
    assert http.post(next(iter(others)), json=sent).status_code == 201
    token = http.post("/login", json=sent).json()["access_token"]
    shown = http.get(path, headers={"Authorization": f"Bearer {token}"}).json()
    assert {**shown, **ANN} == shown
    assert "password" not in shown


def test_a_profile_that_needs_no_credential_is_nobodys(
    serve: Callable[..., httpx.Client], tmp_path: Path
) -> None:
    stated = callers("/auth/profile", {"/auth/register": REGISTER}, NOTHING, [])
    contract = write_contract(tmp_path / "c.json", "3.1.0", stated)
    http = serve(Sandbox(completed(with_token_endpoints(contract))))
    assert http.get("/auth/profile").content == b""


def in_xml(example: str) -> dict[str, Any]:
    return {"description": "", "content": {"application/xml": {"example": example}}}


def test_attributes_and_lists_of_an_example_in_xml_are_those_of_what_is_made(
    client: Callable[..., httpx.Client],
) -> None:
    paths = boats({})
    paths["/boats"]["post"]["responses"] = {"201": in_xml('<boat id="7"><title>Heron</title></boat>')}
    paths["/boats"]["get"]["responses"] = {
        "200": in_xml('<boats><boat id="7"><title>Heron</title></boat></boats>')
    }
    paths["/boats/{id}"]["get"]["responses"] = {"200": in_xml('<boat id="7"><title>Heron</title></boat>')}
    http = client(paths)
    made = http.post("/boats", json={"title": "Swan"}).text
    own = made.partition('<boat id="')[2].partition('"')[0]
    assert made == f'<boat id="{own}"><title>Swan</title></boat>'
    assert http.get(f"/boats/{own}").text == made
    listed = http.get("/boats").text
    assert listed.startswith("<boats><boat ")
    assert made in listed


def test_an_example_in_xml_may_have_a_namespace(client: Callable[..., httpx.Client]) -> None:
    paths = boats({})
    text = '<boat xmlns="http://boats.example" xmlns:i="http://i.example" i:kind="a"><id>7</id><title>Heron</title></boat>'
    paths["/boats"]["post"]["responses"] = {"201": in_xml(text)}
    paths["/boats/{id}"]["get"]["responses"] = {"200": in_xml(text)}
    http = client(paths)
    for shown in (http.get("/boats/7").text, http.post("/boats", json={"title": "Swan"}).text):
        assert shown.startswith('<boat xmlns="http://boats.example"')
        assert "<title>" in shown


def test_json_and_xml_without_a_schema_show_the_same(client: Callable[..., httpx.Client]) -> None:
    both: dict[str, Any] = {"description": "", "content": {"application/json": {}, "application/xml": {}}}
    paths = boats({})
    paths["/boats"]["post"]["responses"] = {"201": both}
    paths["/boats"]["get"]["responses"] = {"200": both}
    paths["/boats/{id}"]["get"]["responses"] = {"200": both}
    http = client(paths)
    made = http.post("/boats", json={"title": "Swan"}).json()
    assert http.get(f"/boats/{made['id']}").json() == made
    xml = {"Accept": "application/xml"}
    one = http.get(f"/boats/{made['id']}", headers=xml).text
    assert one.startswith("<Boat>")
    assert "<title>Swan</title>" in one
    assert one in http.get("/boats", headers=xml).text
    assert http.get("/boats", headers=xml).text.startswith("<boats>")


def plainly(media_type: str, **examples: Any) -> dict[str, Any]:
    """Return a response with examples of a body of which no schema speaks."""
    stated = {"examples": {name: {"value": value} for name, value in examples.items()}}
    return {"description": "", "content": {media_type: stated}}


def test_examples_in_words_are_the_answer_where_no_schema_speaks(client: Callable[..., httpx.Client]) -> None:
    paths = boats(
        {"post": plainly("application/json", done="built"), "get": says({"type": "array", "items": SHOWN})}
    )
    paths["/boats/{id}"]["get"]["responses"] = {"200": says(SHOWN)}
    paths["/boats/{id}"]["delete"] = {"responses": {"200": plainly("text/plain", one="sunk", other="gone")}}
    paths["/captains/{id}"] = {
        "parameters": ONE,
        "get": {"responses": {"200": plainly("text/html", page="<p>Ahoy</p>")}},
    }
    http = client(paths)
    assert http.post("/boats", json={"title": "Heron"}).json() == "built"
    (boat,) = http.get("/boats").json()
    assert boat["title"] == "Heron"
    sunk = http.delete(f"/boats/{boat['id']}")
    assert (sunk.headers["content-type"].partition(";")[0], sunk.text in ("sunk", "gone")) == (
        "text/plain",
        True,
    )
    assert http.get(f"/boats/{boat['id']}").status_code == 404
    assert http.get("/captains/7").text == "<p>Ahoy</p>"


def test_json_that_stands_in_a_text_is_no_word(client: Callable[..., httpx.Client]) -> None:
    paths = boats({"get": says({"type": "array", "items": SHOWN})})
    paths["/boats/{id}"]["get"]["responses"] = {
        "200": plainly("application/json", one='{"id": 7, "title": "Heron"}')
    }
    assert client(paths).get("/boats/7").json()["id"] == 7


def test_of_very_many_resources_of_one_name_the_first_tell_of_the_others(tmp_path: Path) -> None:
    silent = {"get": {"responses": {"200": {"description": ""}}}}
    paths = {f"/k{number}/{{id}}/notes/{{note}}": silent for number in range(300)}
    meanings = Meanings(contract_of(tmp_path, {**paths, "/k0/{id}/notes": silent}))
    alike = [resource.path for resource in meanings.alike("note")]
    assert alike[1].startswith("/k1/{id}/notes")
    assert len(alike) == 100
