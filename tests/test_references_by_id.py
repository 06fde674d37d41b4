"""References to schemas by the URI they give themselves, and to files above the contract's folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from support import write_contract
from understudy.configuration import Configuration
from understudy.contracts.source import Document, Node
from understudy.errors import ContractError
from understudy.sandbox import Sandbox

Serve = Callable[..., httpx.Client]


def load(folder: Path, text: str, root: Path | None = None) -> Document:
    path = folder / "api.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    document = Document.read(path, root)
    document.check_references()
    return document


def followed(document: Document, *keys: str) -> Any:
    node: Node = document.root.child(*keys)
    return node.value


@pytest.mark.parametrize(
    ("uri", "reference", "found"),
    [
        ("/schemas/a", "/schemas/a", "whole"),
        ("https://example.com/a", "https://example.com/a", "whole"),
        ("https://example.com/a", "https://example.com/a#/$defs/b", "inner"),
        ("https://example.com/a", "https://example.com/a#here", "inner"),
        ("urn:example:a", "urn:example:a", "whole"),
        ("a.json", "a.json", "whole"),
    ],
)
def test_a_reference_finds_a_schema_by_its_id(tmp_path: Path, uri: str, reference: str, found: str) -> None:
    document = load(
        tmp_path,
        f"""
asked: {{$ref: '{reference}'}}
A:
  $id: {uri}
  title: whole
  $defs: {{b: {{$anchor: here, title: inner}}}}
""",
    )
    assert followed(document, "asked")["title"] == found
    assert document.findings == []


def test_a_reference_within_a_schema_is_relative_to_its_id(tmp_path: Path) -> None:
    document = load(
        tmp_path,
        """
A:
  $id: https://example.com/schemas/a
  properties:
    sister: {$ref: b}
    own: {$ref: '#/$defs/c'}
    root: {$ref: '#/Outer'}
  $defs: {c: {title: own}}
B: {$id: https://example.com/schemas/b, title: sister}
Outer: {title: root}
""",
    )
    for name in ("sister", "own", "root"):
        assert followed(document, "A", "properties", name) == {"title": name} | (
            {"$id": "https://example.com/schemas/b"} if name == "sister" else {}
        )


def test_a_document_is_found_by_its_self(tmp_path: Path) -> None:
    document = load(
        tmp_path,
        """
openapi: 3.2.0
$self: https://example.com/api
asked: {$ref: 'https://example.com/api#/A'}
A: {title: found}
""",
    )
    assert followed(document, "asked") == {"title": "found"}


def test_an_example_with_an_id_is_no_schema(tmp_path: Path) -> None:
    document = load(tmp_path, "asked: {$ref: x.json}\nexample: {$id: x.json, title: no}\n")
    assert [finding.reason for finding in document.findings] == [
        "refers to 'x.json', and there is no such file, so anything is taken"
    ]


def test_a_schema_found_by_its_id_is_served(serve: Serve, tmp_path: Path) -> None:
    pet = {"type": "object", "required": ["kind"], "properties": {"kind": {"$ref": "/schemas/kind"}}}
    content = {
        "paths": {
            "/pet": {
                "get": {
                    "responses": {
                        "200": {"description": "ok", "content": {"application/json": {"schema": pet}}}
                    }
                }
            }
        },
        "components": {"schemas": {"Kind": {"$id": "/schemas/kind", "enum": ["cat"]}}},
    }
    contract = write_contract(tmp_path / "pets.json", "3.1.0", content)
    assert serve(Sandbox(contract)).get("/pet").json() == {"kind": "cat"}


THING = "Thing: {title: found}\n"
ASKED = "asked: {$ref: '../common/types.yaml#/Thing'}\n"


def test_a_root_lets_references_reach_sister_folders(tmp_path: Path) -> None:
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "types.yaml").write_text(THING)
    document = load(tmp_path / "api", ASKED, tmp_path)
    assert followed(document, "asked") == {"title": "found"}
    assert "../common/types.yaml" in document.contents  # and is watched


def test_outside_the_root_nothing_is_read(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="outside the contract's folder; --root names a folder above it"):
        load(tmp_path / "api", ASKED)
    with pytest.raises(ContractError, match="the folder that --root names"):
        load(tmp_path / "api", "asked: {$ref: '../../x.yaml'}\n", tmp_path)


def test_a_contract_outside_the_root_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(ContractError, match="which --root names"):
        load(tmp_path / "api", ASKED, other)


def test_a_folder_is_all_the_documents_in_it(tmp_path: Path) -> None:
    paths = {"/x": {"get": {"responses": {"204": {"description": "ok"}}}}}
    for name in ("b", "a"):
        write_contract(tmp_path / f"{name}.json", "3.1.0", {"paths": paths})
    (tmp_path / "types.yaml").write_text(THING)
    (tmp_path / "notes.txt").write_text("openapi: 3.1.0")
    assert [one.contract.name for one in Configuration([tmp_path]).sandboxes()] == ["a", "b"]


def test_a_folder_without_documents_is_refused(tmp_path: Path) -> None:
    (tmp_path / "types.yaml").write_text(THING)
    with pytest.raises(ContractError, match="there is no OpenAPI document in this folder"):
        Configuration([tmp_path])


def test_a_schema_fills_in_what_another_leaves_open(serve: Serve, tmp_path: Path) -> None:
    open_list = {
        "$id": "list",
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": {"type": "array", "minItems": 1, "items": {"$dynamicRef": "#item"}},
            "next": {"$ref": "#/$defs/next"},
        },
        "$defs": {"next": {"const": "n"}, "any": {"$dynamicAnchor": "item", "not": {}}},
    }
    of_numbers = {"$id": "numbers", "$ref": "list"}
    of_numbers["$defs"] = {"item": {"$dynamicAnchor": "item", "type": "integer"}}  # type: ignore[assignment]
    tree = {
        "$id": "tree",
        "$dynamicAnchor": "node",
        "type": "object",
        "properties": {"data": {}, "children": {"type": "array", "items": {"$dynamicRef": "#node"}}},
    }
    strict = {"$id": "strict", "$dynamicAnchor": "node", "$ref": "tree", "unevaluatedProperties": False}
    schemas = {"List": open_list, "Numbers": of_numbers, "Tree": tree, "Strict": strict}
    paths = {}
    for path, name in (("/numbers", "Numbers"), ("/tree", "Strict")):
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
        answer = {"description": "ok", "content": content}
        paths[path] = {"post": {"requestBody": {"content": content}, "responses": {"200": answer}}}
    document = {"paths": paths, "components": {"schemas": schemas}}
    client = serve(Sandbox(write_contract(tmp_path / "open.json", "3.1.0", document)))
    assert client.post("/numbers", json={"items": [1, 2], "next": "n"}).status_code == 200
    assert client.post("/numbers", json={"items": ["a"], "next": "n"}).status_code == 400
    assert client.post("/numbers", json={"items": [1], "next": "m"}).status_code == 400
    assert client.post("/tree", json={"data": 1, "children": [{"data": 2}]}).status_code == 200
    assert client.post("/tree", json={"data": 1, "children": [{"daat": 2}]}).status_code == 400
