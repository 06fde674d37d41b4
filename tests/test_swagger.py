"""Swagger 2.0 documents are served as OpenAPI 3.0, and what is wrong in them is said of the file as it was written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from openapi_spec_validator import validate

from understudy.contracts.contract import Contract
from understudy.contracts.findings import located, quick
from understudy.errors import ContractError
from understudy.sandbox import Sandbox

OK = {"200": {"description": "ok"}}
PET = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}


def write(folder: Path, name: str = "api.json", **members: Any) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"swagger": "2.0", "info": {"title": "t", "version": "v"}, **members}))
    return path


@pytest.fixture
def converted(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Convert a document written inline, and see that the result is OpenAPI."""

    def convert(**members: Any) -> dict[str, Any]:
        members.setdefault("paths", {"/a": {"get": {"responses": OK}}})
        root: dict[str, Any] = Contract.load(write(tmp_path, **members)).document.root.value
        validate(root)
        return root

    return convert


Converted = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("members", "urls"),
    [
        (
            {"host": "h.example", "basePath": "/v1", "schemes": ["https", "http"]},
            ["https://h.example/v1", "http://h.example/v1"],
        ),
        ({"host": "h.example:8080"}, ["//h.example:8080"]),
        ({"basePath": "/v1"}, ["/v1"]),
        ({}, ["/"]),
    ],
)
def test_host_base_path_and_schemes_are_servers(
    converted: Converted, members: dict[str, Any], urls: list[str]
) -> None:
    assert [server["url"] for server in converted(**members)["servers"]] == urls


def test_tabs_are_said_beside_a_style(converted: Converted) -> None:
    parameter = {"name": "a", "in": "query", "type": "array", "items": {}, "collectionFormat": "tsv"}
    made = converted(paths={"/a": {"get": {"parameters": [parameter], "responses": OK}}})
    (parameter,) = made["paths"]["/a"]["get"]["parameters"]
    assert (parameter["style"], parameter["x-tab-separated"]) == ("form", True)


@pytest.mark.parametrize(
    ("separator", "text"), [("pipes", "1|2"), ("ssv", "1 2"), ("tsv", "1\t2"), ("csv", "1,2")]
)
def test_items_are_separated_as_the_collection_format_says_wherever_they_stand(
    tmp_path: Path, serve: Callable[..., httpx.Client], separator: str, text: str
) -> None:
    items = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "collectionFormat": separator}
    places = (("path", "ids"), ("header", "X-Ids"), ("query", "q"), ("formData", "f"))
    parameters = [{"name": name, "in": place, "required": True, **items} for place, name in places]
    operation = {"parameters": parameters, "responses": {"204": {"description": "taken"}}}
    client = serve(Sandbox(Contract.load(write(tmp_path, paths={"/a/{ids}": {"post": operation}}))))

    def sent(**more: str) -> int:
        texts = {**dict.fromkeys(("path", "header", "query", "form"), text), **more}
        url = f"/a/{quote(texts['path'])}?q={quote(texts['query'])}"
        headers = {"X-Ids": texts["header"]}
        return client.post(url, headers=headers, data={"f": texts["form"]}).status_code

    assert sent() == 204
    for place in ("path", "header", "query", "form"):
        assert sent(**{place: text.replace("2", "x")}) == 400


@pytest.mark.parametrize(
    ("stated", "style", "explode"),
    [
        (None, "form", False),
        ("csv", "form", False),
        ("ssv", "spaceDelimited", False),
        ("pipes", "pipeDelimited", False),
        ("multi", "form", True),
    ],
)
def test_a_collection_format_is_a_style(
    converted: Converted, stated: str | None, style: str, explode: bool
) -> None:
    parameter = {"name": "ids", "in": "query", "type": "array", "items": {"type": "integer"}}
    parameter |= {"collectionFormat": stated} if stated else {}
    made = converted(paths={"/a": {"get": {"parameters": [parameter], "responses": OK}}})["paths"]["/a"][
        "get"
    ]["parameters"][0]
    schema = {"type": "array", "items": {"type": "integer"}}
    assert made == {"name": "ids", "in": "query", "style": style, "explode": explode, "schema": schema}


@pytest.mark.parametrize(("may_be_empty", "least"), [(False, 1), (True, None)])
def test_a_text_that_may_not_be_empty_has_a_character(
    converted: Converted, may_be_empty: bool, least: int | None
) -> None:
    field = {"in": "formData", "name": "id", "type": "string", "allowEmptyValue": may_be_empty}
    root = converted(paths={"/a": {"post": {"parameters": [field], "responses": OK}}})
    (media,) = root["paths"]["/a"]["post"]["requestBody"]["content"].values()
    assert media["schema"]["properties"]["id"].get("minLength") == least


def test_what_a_parameter_says_about_its_value_is_its_schema(converted: Converted) -> None:
    parameter = {
        "name": "X-N",
        "in": "header",
        "required": True,
        "description": "d",
        "type": "integer",
        "maximum": 9,
        "x-nullable": True,
    }
    made = converted(paths={"/a": {"get": {"parameters": [parameter], "responses": OK}}})["paths"]["/a"][
        "get"
    ]["parameters"][0]
    assert made["schema"] == {"type": "integer", "maximum": 9, "nullable": True}
    assert (made["required"], made["description"]) == (True, "d")


def test_a_body_is_of_each_type_that_is_consumed(converted: Converted) -> None:
    body = {
        "name": "pet",
        "in": "body",
        "required": True,
        "description": "d",
        "schema": {"$ref": "#/definitions/Pet"},
    }
    operation = {"parameters": [body], "consumes": ["application/json", "application/xml"], "responses": OK}
    made = converted(definitions={"Pet": PET}, paths={"/a": {"post": operation}})["paths"]["/a"]["post"]
    media = {"schema": {"$ref": "#/components/schemas/Pet"}}
    content = {"application/json": media, "application/xml": media}
    assert made["requestBody"] == {"required": True, "description": "d", "content": content}
    assert "parameters" not in made


def test_form_fields_are_a_body(converted: Converted) -> None:
    fields = [
        {"name": "name", "in": "formData", "type": "string", "required": True},
        {
            "name": "tags",
            "in": "formData",
            "type": "array",
            "items": {"type": "string"},
            "collectionFormat": "pipes",
        },
    ]
    made = converted(paths={"/a": {"post": {"parameters": fields, "responses": OK}}})["paths"]["/a"]["post"][
        "requestBody"
    ]
    media = made["content"]["application/x-www-form-urlencoded"]
    assert media["schema"]["required"] == ["name"]
    assert media["schema"]["properties"]["tags"] == {"type": "array", "items": {"type": "string"}}
    assert media["encoding"] == {"tags": {"style": "pipeDelimited", "explode": False}}


def test_a_form_with_a_file_is_multipart(converted: Converted) -> None:
    fields = [{"name": "photo", "in": "formData", "type": "file"}]
    operation = {"parameters": fields, "consumes": ["application/x-www-form-urlencoded"], "responses": OK}
    content = converted(paths={"/a": {"post": operation}})["paths"]["/a"]["post"]["requestBody"]["content"]
    assert list(content) == ["multipart/form-data"]
    assert content["multipart/form-data"]["schema"]["properties"]["photo"] == {
        "type": "string",
        "format": "binary",
    }


def test_a_body_that_a_path_or_the_document_shares_reaches_its_operations(converted: Converted) -> None:
    item = {"parameters": [{"$ref": "#/parameters/Pet"}], "post": {"responses": OK}, "put": {"responses": OK}}
    root = converted(parameters={"Pet": {"name": "pet", "in": "body", "schema": PET}}, paths={"/a": item})
    assert all(
        root["paths"]["/a"][method]["requestBody"]["content"]["application/json"]["schema"] == PET
        for method in ("post", "put")
    )


def test_a_response_has_schema_example_and_headers_where_3_0_has_them(converted: Converted) -> None:
    answer = {
        "description": "ok",
        "schema": PET,
        "examples": {"application/json": {"name": "a"}},
        "headers": {"X-Tags": {"type": "array", "items": {"type": "string"}, "description": "d"}},
    }
    operation = {"produces": ["application/json", "text/json"], "responses": {"200": answer}}
    made = converted(paths={"/a": {"get": operation}})["paths"]["/a"]["get"]["responses"]["200"]
    assert made["content"] == {
        "application/json": {"schema": PET, "example": {"name": "a"}},
        "text/json": {"schema": PET},
    }
    schema = {"type": "array", "items": {"type": "string"}}
    assert made["headers"] == {"X-Tags": {"description": "d", "style": "simple", "schema": schema}}


def test_an_example_of_a_range_is_that_of_each_type_produced_that_has_no_other(converted: Converted) -> None:
    stated = {"text/*": "any text", "text/csv": "a,b"}
    operation = {
        "produces": ["text/plain", "text/csv", "application/json"],
        "responses": {"200": {"description": "ok", "examples": stated}},
    }
    made = converted(paths={"/a": {"get": operation}})["paths"]["/a"]["get"]["responses"]["200"]
    assert made["content"] == {"text/plain": {"example": "any text"}, "text/csv": {"example": "a,b"}}


def test_a_shared_response_stays_shared_unless_its_types_differ(converted: Converted) -> None:
    responses = {"200": {"$ref": "#/responses/Pet"}}
    paths = {
        "/a": {"get": {"produces": ["text/xml"], "responses": responses}},
        "/b": {"get": {"responses": responses}},
    }
    made = converted(
        produces=["application/json"], responses={"Pet": {"description": "d", "schema": PET}}, paths=paths
    )["paths"]
    assert list(made["/a"]["get"]["responses"]["200"]["content"]) == ["text/xml"]
    assert made["/b"]["get"]["responses"]["200"] == {"$ref": "#/components/responses/Pet"}


def test_a_file_that_is_answered_is_binary(converted: Converted) -> None:
    operation = {"responses": {"200": {"description": "ok", "schema": {"type": "file"}}}}
    content = converted(paths={"/a": {"get": operation}})["paths"]["/a"]["get"]["responses"]["200"]["content"]
    assert content == {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


def test_security_definitions_are_schemes(converted: Converted) -> None:
    scopes = {"read": "read it"}
    definitions = {
        "basic": {"type": "basic"},
        "the key": {"type": "apiKey", "name": "X-Key", "in": "header"},
        "code": {
            "type": "oauth2",
            "flow": "accessCode",
            "authorizationUrl": "https://a.b/c",
            "tokenUrl": "https://a.b/t",
            "scopes": scopes,
        },
        "app": {"type": "oauth2", "flow": "application", "tokenUrl": "https://a.b/t", "scopes": scopes},
    }
    root = converted(securityDefinitions=definitions, security=[{"the key": []}])
    schemes = root["components"]["securitySchemes"]
    assert schemes["basic"] == {"type": "http", "scheme": "basic"}
    assert schemes["the_key"] == definitions["the key"]
    flow = {"authorizationUrl": "https://a.b/c", "tokenUrl": "https://a.b/t", "scopes": scopes}
    assert schemes["code"] == {"type": "oauth2", "flows": {"authorizationCode": flow}}
    assert list(schemes["app"]["flows"]) == ["clientCredentials"]
    assert root["security"] == [{"the_key": []}]


def test_schemas_say_it_in_the_words_of_3_0(converted: Converted) -> None:
    properties = {
        "kind": {"type": "string"},
        "name": {"type": "string", "x-nullable": True},
        "either": {"type": ["string", "null"]},
        "owner": {"$ref": "#/definitions/Owner", "x-nullable": True},
        "discriminator": {"type": "string"},
    }
    pet = {"type": "object", "required": ["kind"], "discriminator": "kind", "properties": properties}
    made = converted(definitions={"Pet": pet, "Owner": PET})["components"]["schemas"]["Pet"]
    assert made["discriminator"] == {"propertyName": "kind"}
    assert made["properties"]["name"] == made["properties"]["either"] == {"type": "string", "nullable": True}
    assert made["properties"]["owner"] == {
        "nullable": True,
        "allOf": [{"$ref": "#/components/schemas/Owner"}],
    }
    assert made["properties"]["discriminator"] == {"type": "string"}


def test_a_name_that_3_0_does_not_allow_is_another_one(converted: Converted) -> None:
    definitions = {"Page«Pet»": PET, "Page_Pet": {"$ref": "#/definitions/Page%C2%ABPet%C2%BB"}}
    schemas = converted(definitions=definitions)["components"]["schemas"]
    assert schemas == {"Page_Pet_2": PET, "Page_Pet": {"$ref": "#/components/schemas/Page_Pet_2"}}


def test_what_is_shared_may_itself_refer(converted: Converted) -> None:
    parameters = {"A": {"$ref": "#/parameters/B"}, "B": {"name": "b", "in": "query", "type": "string"}}
    responses = {"A": {"$ref": "#/responses/B"}, "B": {"description": "d", "schema": PET}}
    operation = {"parameters": [{"$ref": "#/parameters/A"}], "responses": {"200": {"$ref": "#/responses/A"}}}
    root = converted(parameters=parameters, responses=responses, paths={"/a": {"get": operation}})
    assert root["components"]["parameters"]["A"] == {"$ref": "#/components/parameters/B"}
    assert root["components"]["responses"]["A"] == {"$ref": "#/components/responses/B"}
    assert root["paths"]["/a"]["get"]["parameters"] == [{"$ref": "#/components/parameters/A"}]


def test_a_reference_into_the_paths_finds_what_moved(converted: Converted) -> None:
    paths: dict[str, Any] = {
        "/a/{id}": {
            "get": {
                "parameters": [{"name": "id", "in": "path", "required": True, "type": "string"}],
                "responses": {},
            }
        }
    }
    paths["/a/{id}"]["get"]["responses"] = {"200": {"description": "ok", "schema": PET}}
    root = converted(
        paths=paths, definitions={"Again": {"$ref": "#/paths/~1a~1%7Bid%7D/get/responses/200/schema"}}
    )
    target = "#/paths/~1a~1%7Bid%7D/get/responses/200/content/application~1json/schema"
    assert root["components"]["schemas"]["Again"] == {"$ref": target}


def test_files_that_are_referred_to_are_converted_with_it(tmp_path: Path) -> None:
    write(
        tmp_path, "common/all.json", definitions={"Owner": {"type": "object", "x-nullable": True}}, paths={}
    )
    parts: dict[str, Any] = {
        "Pet": {"properties": {"owner": {"$ref": "all.json#/definitions/Owner"}, "tag": {"$ref": "#/Tag"}}},
        "Tag": {"type": "file"},
    }
    (tmp_path / "common" / "parts.json").write_text(json.dumps({**parts, "Not": {"type": "file"}}))
    answers = {"200": {"description": "ok", "schema": {"$ref": "common/parts.json#/Pet"}}}
    contract = Contract.load(write(tmp_path, paths={"/a": {"get": {"responses": answers}}}))
    schema = contract.operations[0].responses["200"].content["application/json"].schema
    assert schema
    assert schema.child("properties", "owner").address == "common/all.json#/components/schemas/Owner"
    assert schema.child("properties", "owner").value == {"type": "object", "nullable": True}
    assert schema.child("properties", "tag").value == {"type": "string", "format": "binary"}
    assert contract.document.files["common/parts.json"]["Not"] == {"type": "file"}


def test_a_finding_names_the_place_as_it_was_written(tmp_path: Path) -> None:
    body = {
        "name": "pet",
        "in": "body",
        "schema": {"type": "object", "properties": {"n": {"type": "string", "maxLength": "x"}}},
    }
    path = write(
        tmp_path,
        paths={
            "/a": {
                "post": {
                    "parameters": [{"name": "q", "in": "query", "type": "string"}, body],
                    "responses": OK,
                }
            }
        },
    )
    pointers = {(finding.file, finding.pointer) for finding in quick(Contract.load(path))}
    assert any(
        file == "api.json" and pointer.startswith("/paths/~1a/post/parameters/1")
        for file, pointer in pointers
    )


def test_a_parameter_without_a_name_is_left_out_and_found_where_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "api.yaml"
    head = "swagger: '2.0'\ninfo: {title: t, version: v}\npaths:\n  /a:\n    get:\n"
    path.write_text(head + "      parameters:\n      - {in: query}\n      responses: {}\n")
    contract = Contract.load(path)
    assert contract.operations[0].parameters == ()
    assert any(one.line == 7 for one in located(contract.document, quick(contract)))


@pytest.mark.parametrize(
    "place",
    [
        "parameters: [{$ref: '#/parameters/No'}]",
        "responses: {'200': {$ref: '#/responses/No'}}",
        "responses: {'200': {description: d, schema: {$ref: '#/definitions/No'}}}",
    ],
)
def test_a_reference_to_nowhere_costs_nothing_but_itself(tmp_path: Path, place: str) -> None:
    path = tmp_path / "api.yaml"
    head = "swagger: '2.0'\ninfo: {title: t, version: v}\npaths:\n  /a:\n    get:\n      "
    path.write_text(head + place)
    reasons = [finding.reason for finding in quick(Contract.load(path))]
    assert len([reason for reason in reasons if "leads nowhere" in reason]) == 1


@pytest.mark.parametrize("version", ["1.2", "3.0"])
def test_other_versions_of_swagger_are_refused(tmp_path: Path, version: str) -> None:
    path = tmp_path / "api.json"
    path.write_text(json.dumps({"swagger": version}))
    with pytest.raises(ContractError, match=f"is Swagger {version}"):
        Contract.load(path)


def test_it_is_served(tmp_path: Path, serve: Callable[..., httpx.Client]) -> None:
    pets = {
        "get": {
            "responses": {
                "200": {
                    "description": "ok",
                    "schema": {"type": "array", "items": {"$ref": "#/definitions/Pet"}},
                }
            }
        },
        "post": {
            "parameters": [
                {"name": "pet", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Pet"}}
            ],
            "responses": {"201": {"description": "made", "schema": {"$ref": "#/definitions/Pet"}}},
        },
    }
    path = write(tmp_path, "mine.json", definitions={"Pet": PET}, paths={"/pets": pets})
    client = serve(Sandbox(Contract.load(path)))
    assert client.post("/pets", json={"name": "Rex"}).json()["name"] == "Rex"
    assert client.post("/pets", json={}).status_code in range(400, 500)
    assert client.get("/openapi.json").json()["openapi"] == "3.0.3"
    assert b"openapi: 3.0.3" in client.get("/openapi.yaml").content
    assert client.get("/mine.json").json()["swagger"] == "2.0"
