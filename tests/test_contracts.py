"""Every contract in `specs/`: a valid OpenAPI document that shows only values its own schemas accept."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import validate
from referencing import Registry
from referencing.jsonschema import DRAFT202012

SPECS = sorted((Path(__file__).parent.parent / "specs").glob("*.yaml"))
METHODS = {"get", "put", "post", "delete", "patch"}
DATA = {"example", "examples", "enum", "const"}

every_contract = pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)


def load(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        yield from (
            (f"{method} {path}", operation) for method, operation in item.items() if method in METHODS
        )


def samples(document: dict[str, Any], node: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each value the contract shows, with the JSON pointer of the schema it is said to follow."""
    if isinstance(node, list):
        for index, part in enumerate(node):
            yield from samples(document, part, f"{place}/{index}")
    elif isinstance(node, dict):
        if "schema" in node:  # a media type, a parameter or a header
            named = [follow(document, example)["value"] for example in node.get("examples", {}).values()]
            yield from ((f"{place}/schema", value) for value in [*named, *shown(node, "example")])
        elif "type" in node or "enum" in node or "anyOf" in node:
            stated = [*shown(node, "example"), *shown(node, "default"), *node.get("enum", ())]
            yield from ((place, value) for value in [*node.get("examples", ()), *stated])
        for key, part in node.items():
            if key not in DATA:
                yield from samples(document, part, f"{place}/{key.replace('~', '~0').replace('/', '~1')}")


def shown(node: dict[str, Any], key: str) -> list[Any]:
    return [node[key]] if key in node else []


def follow(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = document
        for token in node["$ref"].removeprefix("#/").split("/"):
            target = target[token.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def test_there_are_contracts() -> None:
    assert SPECS


@every_contract
def test_contract_is_valid_openapi_3_1(path: Path) -> None:
    document = load(path)
    assert document["openapi"].startswith("3.1.")
    validate(document)


@every_contract
def test_both_yaml_versions_read_the_contract_alike(path: Path) -> None:
    """YAML 1.1 makes dates, booleans and numbers of words that YAML 1.2 leaves alone; JSON has no dates and no other keys than strings."""
    document = load(path)
    assert json.loads(json.dumps(document)) == document


@every_contract
def test_what_the_contract_shows_is_valid(path: Path) -> None:
    """Examples, defaults and enum values, of media types, parameters and schemas, formats included."""
    document = load(path)
    registry: Registry[Any] = Registry().with_resource("urn:contract", DRAFT202012.create_resource(document))
    found = list(samples(document, document))
    wrong = []
    for place, value in found:
        schema = {"$ref": f"urn:contract#{quote(place)}"}
        validator = OAS31Validator(schema, registry=registry, format_checker=oas31_format_checker)
        wrong += [f"{place}: {error.message}" for error in validator.iter_errors(value)]
    assert found
    assert wrong == []


@every_contract
def test_every_body_has_a_schema_and_an_example(path: Path) -> None:
    document = load(path)
    for name, operation in operations(document):
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        for body in [*bodies, *operation["responses"].values()]:
            for media_type, entry in follow(document, body).get("content", {}).items():
                assert "schema" in entry, (name, media_type)
                assert {"example", "examples"} & entry.keys(), (name, media_type)


@every_contract
def test_operation_ids_are_unique(path: Path) -> None:
    counts = Counter(operation["operationId"] for _, operation in operations(load(path)))
    assert [name for name, count in counts.items() if count > 1] == []


@every_contract
def test_every_operation_documents_success_and_refusal(path: Path) -> None:
    for name, operation in operations(load(path)):
        kinds = {status[0] for status in operation["responses"]}
        assert {"2", "4"} <= kinds, name
        assert operation["summary"], name
        assert operation["tags"], name
