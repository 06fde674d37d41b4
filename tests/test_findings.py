"""`understudy validate` says what is wrong in a contract: each fault once, with file, line and pointer, and an exit status."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support import write_contract
from understudy.cli import main as cli
from understudy.contracts.findings import quick
from understudy.schemas.inspection import thorough

OK = {"responses": {"200": {"description": "ok"}}}
HEAD = "openapi: 3.1.0\ninfo: {title: t, version: v}\n"


def found(folder: Path, version: str = "3.1.0", **document: Any) -> list[tuple[str, str]]:
    return [
        (finding.pointer, finding.reason)
        for finding in thorough(write_contract(folder / "api.json", version, document))
    ]


def media(**content: Any) -> dict[str, Any]:
    return {
        "/a": {"get": {"responses": {"200": {"description": "ok", "content": {"application/json": content}}}}}
    }


def test_a_good_contract_has_no_findings(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "properties": {"id": {"type": "integer", "readOnly": True, "example": 1}},
        "example": {"id": 1},
    }
    assert found(tmp_path, paths=media(schema=schema, examples={"one": {"value": {"id": 1}}})) == []


def test_an_operation_id_of_two_is_found(tmp_path: Path) -> None:
    ((pointer, reason),) = found(
        tmp_path, paths={"/a": {"get": {"operationId": "x", **OK}}, "/b": {"get": {"operationId": "x", **OK}}}
    )
    assert (pointer, "'get /a'" in reason) == ("/paths/~1b/get/operationId", True)


def test_paths_that_cannot_be_told_apart_are_found(tmp_path: Path) -> None:
    names: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {}} for name in ("x", "y")
    ]
    paths = {
        "/a/{x}": {"get": {"parameters": names[:1], **OK}},
        "/a/{y}": {"get": {"parameters": names[1:], **OK}},
        "/a/mine": {"get": OK},
    }
    assert [pointer for pointer, _ in found(tmp_path, paths=paths)] == ["/paths/~1a~1{y}"]


def test_path_parameters_that_are_not_declared_or_not_in_the_path_are_found(tmp_path: Path) -> None:
    other = {"name": "y", "in": "path", "required": True, "schema": {}}
    reasons = [
        reason for _, reason in found(tmp_path, paths={"/a/{x}": {"get": {"parameters": [other], **OK}}})
    ]
    assert reasons == [
        "the path parameter 'x' is not declared",
        "the path parameter 'y' is not in the path /a/{x}",
    ]


def test_a_parameter_that_is_declared_twice_is_found(tmp_path: Path) -> None:
    parameter = {"name": "q", "in": "query", "schema": {}}
    assert ("/paths/~1a/get/parameters/1", "the query parameter 'q' is declared twice") in found(
        tmp_path, paths={"/a": {"get": {"parameters": [parameter, {**parameter, "description": "d"}], **OK}}}
    )


def test_a_security_scheme_that_is_not_declared_is_found(tmp_path: Path) -> None:
    assert [
        pointer for pointer, _ in found(tmp_path, security=[{"none": []}], paths={"/a": {"get": OK}})
    ] == ["/security"]


@pytest.mark.parametrize("path", ["/__admin", "/__admin/sessions", "/~{user}/things", "/~me"])
def test_a_path_that_the_sandbox_answers_itself_is_found_at_once(tmp_path: Path, path: str) -> None:
    user = {"name": "user", "in": "path", "required": True, "schema": {}}
    operation = {"parameters": [user], **OK} if "{" in path else OK
    paths = {
        path: {"get": operation, "put": operation},
        "/__administrators": {"get": OK},
        "/a/~b/__admin": {"get": OK},
    }
    ((pointer, reason),) = [
        (finding.pointer, finding.reason)
        for finding in quick(write_contract(tmp_path / "api.json", "3.1.0", {"paths": paths}))
    ]
    assert pointer == f"/paths/{path.replace('~', '~0').replace('/', '~1')}"
    assert "/__admin" in reason or "/~" in reason


@pytest.mark.parametrize(
    ("schema", "pointer", "reason"),
    [
        ({"type": "string", "pattern": "("}, "/pattern", "does not compile"),
        ({"type": "text"}, "/type", "none of JSON Schema's"),
        ({"type": "string", "default": 5}, "/default", "the default is not what its schema says"),
        ({"type": "string", "example": 5}, "/example", "the example is not what its schema says"),
        (
            {"type": "array", "items": {"type": "integer", "examples": [1, "x"]}},
            "/items/examples/1",
            "must be an integer",
        ),
    ],
)
def test_faults_of_schemas_are_found(
    tmp_path: Path, schema: dict[str, Any], pointer: str, reason: str
) -> None:
    place = "/paths/~1a/get/responses/200/content/application~1json/schema"
    assert any(
        at == place + pointer and reason in said for at, said in found(tmp_path, paths=media(schema=schema))
    )


def test_a_pattern_that_python_alone_cannot_read_is_no_fault(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"name": {"type": "string", "pattern": r"^\p{Lu}\p{L}+$"}}}
    assert found(tmp_path, paths=media(schema=schema)) == []


def test_faults_of_schemas_nobody_uses_are_found(tmp_path: Path) -> None:
    schema = {"properties": {"b": {"type": "string", "pattern": "["}}}
    document: dict[str, Any] = {"paths": {"/a": {"get": OK}}, "components": {"schemas": {"A": schema}}}
    assert [pointer for pointer, _ in found(tmp_path, **document)] == [
        "/components/schemas/A/properties/b/pattern"
    ]


def test_an_example_that_is_no_instance_is_found_with_the_field(tmp_path: Path) -> None:
    schema = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
    paths = media(schema=schema, examples={"bad": {"value": {"id": "x"}}, "good": {"value": {"id": 1}}})
    ((pointer, reason),) = found(tmp_path, paths=paths)
    assert pointer.endswith("/examples/bad/value")
    assert "/id: must be an integer" in reason


def test_a_fault_that_two_operations_share_is_found_once(tmp_path: Path) -> None:
    shared = {"Q": {"name": "q", "in": "query", "schema": {"type": "integer"}, "example": "x"}}
    operation = {"parameters": [{"$ref": "#/components/parameters/Q"}], **OK}
    assert (
        len(
            found(
                tmp_path,
                paths={"/a": {"get": operation, "put": operation}},
                components={"parameters": shared},
            )
        )
        == 1
    )


def test_what_takes_long_to_find_is_not_looked_for_at_the_start(tmp_path: Path) -> None:
    paths = media(schema={"type": "string", "example": 5})
    assert quick(write_contract(tmp_path / "api.json", "3.1.0", {"paths": paths})) == []


def validate(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], str]:
    status = cli.main(["validate", *arguments])
    printed = capsys.readouterr()
    return status, printed.out.splitlines(), printed.err


def test_validate_says_that_all_is_well(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(HEAD + "paths: {/a: {get: {responses: {'200': {description: ok}}}}}\n")
    assert validate(capsys, str(tmp_path / "api.yaml")) == (0, ["api.yaml: no findings"], "")


def test_validate_prints_each_finding_once_with_its_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "api.yaml").write_text(HEAD + "paths:\n  /a:\n    get:\n      operationId: x\n      responses: {'200': {description: ok}}\n"
                                       "    put:\n      operationId: x\n      responses: {'200': {description: ok}}\n")  # fmt: skip
    status, lines, _ = validate(capsys, str(tmp_path / "api.yaml"))
    assert (status, len(lines), lines[1]) == (1, 2, "api.yaml: 1 finding")
    assert (
        lines[0]
        == "api.yaml:9: the operationId 'x' is that of 'get /a' as well (at /paths/~1a/put/operationId)"
    )


def test_validate_prints_what_only_the_validator_finds(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = (
        HEAD
        + "paths: {/a: {get: {responses: {'200': {description: ok}}}}}\ncomponents:\n  schemas:\n    A:\n      allOf: [{type: object}]\n"
    )
    (tmp_path / "api.yaml").write_text(text + "      required: [n]\n")
    status, lines, _ = validate(capsys, str(tmp_path / "api.yaml"))
    assert status == 1
    assert lines[0].startswith("api.yaml:6: Required list has not defined properties")


def test_validate_names_the_file_a_fault_is_in(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "parts.yaml").write_text(
        "A:\n  type: object\n  properties:\n    n: {type: string, pattern: '('}\n"
    )
    content = "{'application/json': {schema: {$ref: 'parts.yaml#/A'}}}"
    (tmp_path / "api.yaml").write_text(
        HEAD + f"paths: {{/a: {{get: {{responses: {{'200': {{description: ok, content: {content}}}}}}}}}}}\n"
    )
    status, lines, _ = validate(capsys, str(tmp_path / "api.yaml"))
    assert status == 1
    assert any(line.startswith("parts.yaml:4: the pattern") for line in lines)


def test_validate_lists_what_keeps_a_contract_from_being_served(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "api.yaml").write_text(HEAD + "paths: {/a: {get: [1]}}\n")
    status, lines, _ = validate(capsys, str(tmp_path / "api.yaml"))
    assert status == 1
    assert any("cannot be served" in line for line in lines)


def test_validate_judges_swagger_as_it_is_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    head = "swagger: '2.0'\ninfo: {title: t, version: v}\npaths:\n  /a:\n    get:\n"
    text = head + "      responses:\n        200: {description: ok, schema: {type: file}}\n"
    (tmp_path / "api.yaml").write_text(text)
    assert validate(capsys, str(tmp_path / "api.yaml"))[0] == 0
    (tmp_path / "api.yaml").write_text(
        text + "      parameters:\n      - {name: q, in: query, type: string, default: 5}\n"
    )
    status, lines, _ = validate(capsys, str(tmp_path / "api.yaml"))
    assert (status, len(lines)) == (1, 2)
    assert lines[0].startswith("api.yaml:9: the default")


def test_validate_takes_overlays(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(HEAD + "paths: {/a: {get: {responses: {'200': {description: ok}}}}}\n")
    (tmp_path / "o.yaml").write_text(
        "overlay: 1.0.0\ninfo: {title: o, version: v}\nactions:\n- target: $.paths['/b']\n  remove: true\n"
    )
    status, lines, _ = validate(capsys, str(tmp_path / "api.yaml"), "--overlay", str(tmp_path / "o.yaml"))
    assert status == 1
    assert "o.yaml:4: the target $.paths['/b'] selects nothing" in lines[0]


@pytest.mark.parametrize("text", ["a: [", "openapi: 9.0.0\n", "- 1\n", None])
def test_validate_says_that_a_contract_cannot_be_read(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str | None
) -> None:
    if text:
        (tmp_path / "api.yaml").write_text(text)
    status, lines, errors = validate(capsys, str(tmp_path / "api.yaml"))
    assert (status, lines) == (2, [])
    assert "api.yaml" in errors
