"""A contract is looked up by operation; what cannot be served is refused at load, what can is served with a finding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support import write_contract
from understudy.contracts.contract import Contract
from understudy.errors import ContractError

OK = {"responses": {"200": {"description": "ok"}}}


def contract(tmp_path: Path, version: str = "3.1.0", **document: Any) -> Contract:
    return write_contract(tmp_path / "api.json", version, document)


def test_an_operation_without_an_id_is_known_by_its_key(tmp_path: Path) -> None:
    loaded = contract(tmp_path, paths={"/a": {"get": OK, "post": {"operationId": "make", **OK}}})
    assert [operation.id for operation in loaded.operations] == ["get /a", "make"]
    assert loaded.operation("make") is loaded.operation("post /a")


def test_an_operations_parameter_wins_over_its_paths(tmp_path: Path) -> None:
    shared = {"name": "n", "in": "query", "schema": {"type": "string"}}
    own = {**shared, "schema": {"type": "integer"}}
    other = {"name": "n", "in": "header", "schema": {}}
    loaded = contract(
        tmp_path, paths={"/a": {"parameters": [shared, other], "get": {"parameters": [own], **OK}}}
    )
    found = loaded.operations[0].parameters
    assert [(p.location, p.schema.get("type") if p.schema else None) for p in found] == [
        ("query", "integer"),
        ("header", None),
    ]


@pytest.mark.parametrize("name", ["Accept", "content-type", "AUTHORIZATION"])
def test_headers_that_http_itself_defines_are_no_parameters(tmp_path: Path, name: str) -> None:
    parameter = {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
    assert (
        contract(tmp_path, paths={"/a": {"get": {"parameters": [parameter], **OK}}}).operations[0].parameters
        == ()
    )


def test_a_status_is_documented_by_itself_its_class_or_the_default(tmp_path: Path) -> None:
    responses = {code: {"description": code} for code in ("200", "4XX", "default")}
    operation = contract(tmp_path, paths={"/a": {"get": {"responses": responses}}}).operations[0]
    found = [answer.status if (answer := operation.answer(status)) else None for status in (200, 404, 500)]
    assert found == ["200", "4XX", "default"]


def test_security_of_the_operation_replaces_that_of_the_root(tmp_path: Path) -> None:
    loaded = contract(
        tmp_path, security=[{"key": []}], paths={"/a": {"get": OK, "put": {"security": [], **OK}}}
    )
    assert [operation.security for operation in loaded.operations] == [({"key": ()},), ()]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("- 1\n", 1, "holds no mapping"),
        ("info: {}\n", 1, "without an `openapi` version"),
        ("swagger: '1.2'\n", 1, "Swagger 1.2"),
        ("info: {}\nopenapi: 4.0.0\n", 2, "3.0, 3.1, 3.2 are served"),
        ("openapi: 3.1.0\ninfo: {title: t, version: v}\npaths: {}\n", 3, "no operation"),
        (
            "openapi: 3.1.0\ninfo: {title: t, version: v}\npaths:\n  /a:\n    get: [1]\n",
            3,
            "no operation to serve; an operation must be a mapping",
        ),
        (
            "openapi: 3.1.0\ninfo: {title: t, version: v}\npaths: {/a: {get: {}}}\nsecurity: [key]\n",
            4,
            "`security` must be",
        ),
    ],
)
def test_what_cannot_be_served_is_refused_with_file_line_and_reason(
    tmp_path: Path, text: str, line: int | None, reason: str
) -> None:
    (tmp_path / "api.yaml").write_text(text)
    with pytest.raises(ContractError, match=reason) as caught:
        Contract.load(tmp_path / "api.yaml")
    assert (caught.value.file, caught.value.line) == ("api.yaml", line)


def test_what_only_spoils_a_detail_is_a_finding(tmp_path: Path) -> None:
    media = {"application/json": {"schema": {"type": "string", "required": True}}}
    loaded = contract(
        tmp_path,
        "3.0.3",
        paths={"/a": {"get": {"responses": {"200": {"description": "ok", "content": media}}}}},
    )
    assert len(loaded.operations) == 1
    assert "/paths/~1a/get" in str(loaded.breaches[0])
