"""A contract that contradicts itself: `validate` says where, and the nearest value is served, which a header tells."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, Api, answer, body, ref, thing
from understudy.cli.main import main
from understudy.errors import ResponseInvalid
from understudy.messages import Request, Response
from understudy.sandbox import Sandbox, Settings
from understudy.schemas.contradictions import HEADER

AT = "/paths/~1things/get/responses/200/content/application~1json/schema"


def only(schema: Any) -> dict[str, Any]:
    return thing({"a": schema}, "a")


# schema, where it is broken, what is served
CASES: dict[str, tuple[Any, str, Any]] = {
    "minimum over maximum": (
        only({"type": "integer", "minimum": 5, "maximum": 1}),
        "/properties/a/maximum",
        int,
    ),
    "minLength over maxLength": (
        only({"type": "string", "minLength": 5, "maxLength": 1}),
        "/properties/a/maxLength",
        str,
    ),
    "minimum far over maximum": (
        only({"type": "number", "minimum": 1e300, "maximum": 1}),
        "/properties/a/maximum",
        float,
    ),
    "required and forbidden": (only(False), "/required", dict),
    "a pattern without a match": (only({"type": "string", "pattern": "a^b"}), "/properties/a/pattern", str),
    "a pattern and a format": (
        only({"type": "string", "pattern": "^[0-9]+$", "format": "email"}),
        "/properties/a/pattern",
        str,
    ),
    "oneOf met twice": ({"oneOf": [thing({"a": TEXT}), thing({"a": TEXT})]}, "/oneOf", dict),
    "allOf beside a closed one": (
        {"allOf": [only(TEXT), {**thing({"b": TEXT}, "b"), "additionalProperties": False}]},
        "/allOf/0/required",
        dict,
    ),
    "more items than differ": (
        only({"type": "array", "minItems": 3, "uniqueItems": True, "items": {"enum": ["x", "y"]}}),
        "/properties/a/minItems",
        list,
    ),
    "more items than are made": (
        only({"type": "array", "minItems": 10**6, "items": TEXT}),
        "/properties/a/minItems",
        list,
    ),
    "more characters than are made": (
        only({"type": "string", "minLength": 10**6}),
        "/properties/a/minLength",
        str,
    ),
}


def document(schema: Any, **schemas: Any) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Inline", "version": "1"},
        "paths": {"/things": {"get": {"responses": answer(schema)}}},
        "components": {"schemas": schemas},
    }


def validated(path: Path, document: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> str:
    file = path / "contract.json"
    file.write_text(json.dumps(document))
    main(["validate", str(file)])
    return capsys.readouterr().out


@pytest.mark.parametrize("name", CASES)
def test_the_nearest_value_is_served_and_the_place_is_named_by_validate(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], serve: Callable[..., httpx.Client]
) -> None:
    schema, place, kind = CASES[name]
    said = validated(tmp_path, document(schema), capsys)
    assert "contradicts itself" in said
    assert f"(at {AT}{place})" in said
    client = serve(Sandbox(Api(document(schema)["paths"]).sandbox.contract))
    served = client.get("/things")
    assert served.status_code == 200
    assert served.headers[HEADER] == f"broken at {AT}{place}"
    value = served.json()
    assert isinstance(value.get("a", value) if kind is not dict else value, kind)
    (entry,) = client.get("/__admin/sessions/default/journal", params={"limit": 1}).json()["items"]
    assert entry["notes"][0].startswith(f"the contract contradicts itself at {AT}{place}: ")


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 5, "maximum": 1},
        {"type": "string", "pattern": "^[0-9]+$", "format": "email"},
        {"type": "string", "enum": ["a"], "maxLength": 0},
    ],
)
def test_what_an_answer_can_do_without_is_named_too(
    schema: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = validated(tmp_path, document(thing({"a": schema, "b": TEXT})), capsys)
    assert "contradicts itself" in said
    assert f"{AT}/properties/a/" in said


def test_a_body_that_nobody_can_send_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = document(TEXT)
    whole["paths"]["/things"]["post"] = {"requestBody": body(only(False)), "responses": answer(TEXT)}
    said = validated(tmp_path, whole, capsys)
    assert "(at /paths/~1things/post/requestBody/content/application~1json/schema/required)" in said


def test_a_place_is_named_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = {"type": "array", "items": only({"type": "integer", "minimum": 5, "maximum": 1})}
    assert validated(tmp_path, document(listed), capsys).count("contradicts itself") == 1


@pytest.mark.parametrize(
    ("bounds", "value"),
    [({"minimum": 5, "maximum": 1}, 5), ({"minimum": 3, "maximum": 3, "multipleOf": 2}, 3)],
)
def test_the_nearest_number_meets_its_lower_bound(bounds: dict[str, int], value: int) -> None:
    api = Api(document(only({"type": "integer", **bounds}))["paths"])
    assert asked(api).peek() == {"a": value}


CLOSED = {**thing({"message": TEXT}, "message", "zz"), "additionalProperties": False}
ERROR_AT = "/paths/~1things~1{id}/get/responses/404/content/application~1json/schema/required"


def with_a_broken_error(**sent: Any) -> dict[str, Any]:
    identified = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    one = {"parameters": [identified], "get": {"responses": answer(TEXT) | answer(CLOSED, "404")}, **sent}
    return {"/things/{id}": one}


def test_a_refusal_whose_body_nobody_can_make_is_a_refusal_still(
    serve: Callable[..., httpx.Client], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = with_a_broken_error(delete={"responses": {"204": {"description": ""}}})
    client = serve(Sandbox(Api(paths).sandbox.contract))
    client.delete("/things/1")
    for answered in (client.get("/things/1"), client.get("/things/2", headers={"Prefer": "code=404"})):
        assert answered.status_code == 404
        assert answered.headers[HEADER] == f"broken at {ERROR_AT}"
        assert list(answered.json()) == ["message"]
    assert "'1'" in client.get("/things/1").json()["message"]
    assert f"(at {ERROR_AT})" in validated(tmp_path, {**document(TEXT), "paths": paths}, capsys)


def test_an_error_that_is_all_there_is_and_cannot_be_made_is_served(
    serve: Callable[..., httpx.Client],
) -> None:
    client = serve(Sandbox(Api({"/things": {"get": {"responses": answer(CLOSED, "409")}}}).sandbox.contract))
    answered = client.get("/things")
    assert (answered.status_code, HEADER in answered.headers) == (409, True)
    assert "documents no success" in answered.json()["message"]


def asked(api: Api) -> Response:
    return asyncio.run(api.ask("get /things"))


def refused(api: Api) -> str:
    with pytest.raises(ResponseInvalid) as failed:
        asked(api)
    return str(failed.value)


@pytest.mark.parametrize("name", CASES)
def test_with_refuse_a_contradiction_is_a_failure(name: str) -> None:
    api = Api(document(CASES[name][0])["paths"], settings=Settings(refuses_contradictions=True))
    assert "get /things answered 200 with what its contract refuses" in refused(api)


def test_a_schema_that_requires_itself_is_cut_where_it_repeats() -> None:
    api = Api(document(ref("T"))["paths"], T=thing({"t": ref("T")}, "t"))
    response = asked(api)
    assert response.headers[HEADER] == "broken at /components/schemas/T/required"
    assert response.peek()["t"]["t"] == {"t": {}}


def test_an_example_that_only_a_contradiction_refuses_is_the_nearest_value() -> None:
    schema = {"oneOf": [thing({"a": TEXT}), thing({"a": TEXT})]}
    content = {"application/json": {"schema": schema, "example": {"a": "as stated"}}}
    path = "/near/{x}-{y}"  # neither a collection nor an item
    api = Api({path: {"get": {"responses": {"200": {"description": "", "content": content}}}}})
    assert asyncio.run(api.ask(f"get {path}")).peek() == {"a": "as stated"}


def test_an_example_of_a_whole_answer_that_breaks_its_schema_is_made_anew_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = thing({"a": WHOLE, "b": {"type": "string", "format": "date"}}, "a", "b")
    content = {"application/json": {"schema": schema, "example": {"a": "many", "b": 5}}}
    paths = {"/state": {"get": {"responses": {"200": {"description": "", "content": content}}}}}
    api = Api(paths)
    said = validated(tmp_path, document(schema) | {"paths": paths}, capsys)
    assert "the example is not what its schema says: example /a: must be an integer" in said
    response = asyncio.run(api.ask("get /state"))
    assert isinstance(response.peek()["a"], int)
    assert HEADER not in response.headers  # what is shown breaks nothing


def test_a_list_of_numbers_that_cannot_be_as_long_as_it_must_be_shows_numbers() -> None:
    schema = {"type": "array", "minItems": 3, "uniqueItems": True, "items": {"enum": [1, 2]}}
    response = asked(Api(document(schema)["paths"]))
    assert set(response.peek()) <= {1, 2}
    assert response.peek()
    assert HEADER in response.headers


def test_an_example_of_another_type_leaves_the_answer_sound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = thing({"a": {**WHOLE, "example": "many"}}, "a")
    assert f"{AT}/properties/a/example" in validated(tmp_path, document(schema), capsys)
    response = asked(Api(document(schema)["paths"]))
    assert isinstance(response.peek()["a"], int)
    assert HEADER not in response.headers


def test_a_multiple_of_nothing_is_not_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema = only({"type": "integer", "multipleOf": 0})
    assert "`multipleOf` is 0" in validated(tmp_path, document(schema), capsys)
    assert isinstance(asked(Api(document(schema)["paths"])).peek()["a"], int)


def test_what_a_handler_returns_against_its_contract_stays_a_failure() -> None:
    async def wrong(_: Request, __: Any) -> Response:
        return Response(200, {"a": "x"})

    api = Api(document(only(WHOLE))["paths"], handlers={"get /things": wrong})
    assert "must be an integer" in refused(api)


def test_a_sound_contract_says_nothing_of_itself() -> None:
    response = asked(Api(document(only(WHOLE))["paths"]))
    assert HEADER not in response.headers
    assert list(response.notes) == []
