"""Overlays change a contract before anything is made of it; a bad one is refused, and one that hits nothing is a finding."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from understudy.contracts.contract import Contract
from understudy.contracts.overlay import apply_all
from understudy.contracts.source import Document
from understudy.errors import ContractError
from understudy.sandbox import Sandbox

PARAMETERS = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in ("a", "b", "c", "d")]
GET = {"tags": ["one"], "parameters": PARAMETERS, "responses": {"200": {"description": "ok"}}}
CONTRACT = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "v"},
    "paths": {"/x": {"get": GET}, "/y": {"get": GET}},
}


def load(folder: Path, *overlays: list[dict[str, Any]], contract: dict[str, Any] | None = None) -> Contract:
    (folder / "api.json").write_text(json.dumps(contract or CONTRACT))
    paths = []
    for index, actions in enumerate(overlays):
        paths.append(folder / f"overlay-{index}.json")
        paths[-1].write_text(
            json.dumps(
                {"overlay": "1.0.0", "info": {"title": "o", "version": "1"}, "actions": actions}, indent=1
            )
        )
    return Contract.load(folder / "api.json", change=lambda document: apply_all(document, paths))


def at(contract: Contract, *keys: str | int) -> Any:
    return contract.document.root.child(*keys).value


def test_an_update_merges_mappings_joins_lists_and_replaces_the_rest(tmp_path: Path) -> None:
    update = {
        "tags": ["two"],
        "summary": "s",
        "responses": {"200": {"description": "fine"}, "204": {"description": "none"}},
    }
    get = at(load(tmp_path, [{"target": "$.paths['/x'].get", "update": update}]), "paths", "/x", "get")
    assert (get["tags"], get["summary"], len(get["parameters"])) == (["one", "two"], "s", 4)
    assert get["responses"] == {"200": {"description": "fine"}, "204": {"description": "none"}}


def test_an_update_of_a_list_is_one_entry_more(tmp_path: Path) -> None:
    added = {"name": "e", "in": "query", "schema": {}}
    loaded = load(tmp_path, [{"target": "$.paths.*.get.parameters", "update": added}])
    assert [[p.name for p in operation.parameters] for operation in loaded.operations] == [
        list("abcde"),
        list("abcde"),
    ]


@pytest.mark.parametrize(
    "target",
    ["$.paths['/x'].get.parameters[?@.name == 'b' || @.name == 'd']", "$.paths['/x'].get.parameters[3,1]"],
)
def test_entries_are_removed_from_a_list(tmp_path: Path, target: str) -> None:
    loaded = load(tmp_path, [{"target": target, "remove": True}])
    assert [p.name for p in loaded.operation("get /x").parameters] == ["a", "c"]


def test_an_operation_is_removed(tmp_path: Path) -> None:
    loaded = load(tmp_path, [{"target": "$.paths['/x']", "remove": True, "update": {"ignored": 1}}])
    assert [operation.key for operation in loaded.operations] == ["get /y"]


def test_overlays_and_their_actions_apply_in_order(tmp_path: Path) -> None:
    first = [
        {"target": "$.info", "update": {"title": "first"}},
        {"target": "$.info", "update": {"x-n": {"n": 1}}},
    ]
    assert (
        load(
            tmp_path,
            first,
            [
                {"target": "$.info['x-n']", "update": {"n": 2}},
                {"target": "$.info", "update": {"title": "last"}},
            ],
        ).title
        == "last"
    )
    assert load(tmp_path, first, [{"target": "$.info[?@.n == 1]", "update": {"n": 2}}]).document.root.child(
        "info", "x-n"
    ).value == {"n": 2}


def test_what_an_alias_shares_is_changed_in_one_place_only(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: t, version: v}\npaths:\n  /x: &i {get: {responses: {'204': {description: ok}}}}\n  /y: *i\n"
    )
    (tmp_path / "o.yaml").write_text(
        "overlay: 1.0.0\ninfo: {title: o, version: v}\nactions: [{target: \"$.paths['/x'].get\", update: {summary: s}}]\n"
    )
    loaded = Contract.load(
        tmp_path / "api.yaml", change=lambda document: apply_all(document, [tmp_path / "o.yaml"])
    )
    assert [operation.node.get("summary") for operation in loaded.operations] == ["s", None]


def test_an_overlay_can_mend_a_reference_that_leads_nowhere(tmp_path: Path) -> None:
    broken = {
        **CONTRACT,
        "paths": {"/x": {"get": {"responses": {"200": {"$ref": "#/components/responses/Ok"}}}}},
    }
    loaded = load(
        tmp_path,
        [{"target": "$", "update": {"components": {"responses": {"Ok": {"description": "ok"}}}}}],
        contract=broken,
    )
    assert at(loaded, "paths", "/x", "get", "responses", "200") == {"description": "ok"}


def test_an_overlay_speaks_of_swagger_as_it_is_written(tmp_path: Path) -> None:
    swagger = {
        "swagger": "2.0",
        "info": {"title": "t", "version": "v"},
        "paths": {"/x": {"get": {"responses": {"200": {"description": "ok"}}}}},
    }
    action = {"target": "$.paths['/x'].get.responses['200']", "update": {"schema": {"type": "integer"}}}
    content = load(tmp_path, [action], contract=swagger).operations[0].responses["200"].content
    assert list(content) == ["application/json"]


def test_a_target_that_selects_nothing_is_a_finding(tmp_path: Path) -> None:
    found = load(tmp_path, [{"target": "$.paths['/z']", "remove": True}]).findings
    assert [(finding.file, finding.pointer) for finding in found] == [
        (str(tmp_path / "overlay-0.json"), "/actions/0/target")
    ]


def test_a_finding_in_what_an_overlay_put_in_names_the_overlay(tmp_path: Path) -> None:
    found = load(tmp_path, [{"target": "$.paths['/x'].get", "update": {"deprecated": "yes"}}]).breaches
    assert any(
        finding.file.endswith("overlay-0.json") and finding.pointer == "/actions/0/update/deprecated"
        for finding in found
    )


def test_a_finding_behind_a_removed_entry_names_the_place_in_the_file(tmp_path: Path) -> None:
    document = load(tmp_path, [{"target": "$.paths['/x'].get.parameters[1,2]", "remove": True}]).document
    assert document.place("api.json", "/paths/~1x/get/parameters/1/name") == (
        "api.json",
        "/paths/~1x/get/parameters/3/name",
    )


@pytest.mark.parametrize(
    ("actions", "line", "reason"),
    [
        ("[{target: '$.paths[', update: {}}]", 4, "is not a JSONPath"),
        ("[{target: paths, update: {}}]", 4, "is not a JSONPath"),
        ("[{update: {}}]", 4, "needs a `target`"),
        ("[{target: $.paths}]", 4, "needs `update`"),
        ("[]", 3, "needs `actions`"),
        ("[{target: $, remove: true}]", 4, "cannot be removed"),
        ("[{target: $.info, update: 1}]", 4, "must be one"),
        ("[{target: $.info.title, update: x}]", 4, "neither a mapping nor a list"),
    ],
)
def test_a_bad_overlay_is_refused_with_file_line_and_reason(
    tmp_path: Path, actions: str, line: int, reason: str
) -> None:
    (tmp_path / "api.json").write_text(json.dumps(CONTRACT))
    path = tmp_path / "bad.yaml"
    path.write_text(f"overlay: 1.0.0\ninfo: {{title: o, version: v}}\nactions:\n  {actions}\n")
    with pytest.raises(ContractError, match=reason) as caught:
        apply_all(Document.load(tmp_path / "api.json"), [path])
    assert (caught.value.file, caught.value.line) == (str(path), line)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("openapi: 3.1.0\n", "is not an overlay"),
        ("overlay: 2.0.0\n", "version '2.0.0'"),
        ("a: [\n", "not YAML"),
        (None, "cannot be read"),
    ],
)
def test_what_is_no_overlay_is_refused(tmp_path: Path, text: str | None, reason: str) -> None:
    (tmp_path / "api.json").write_text(json.dumps(CONTRACT))
    if text is not None:
        (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(ContractError, match=reason):
        apply_all(Document.load(tmp_path / "api.json"), [tmp_path / "bad.yaml"])


def test_the_pages_show_the_contract_as_it_was_changed(
    tmp_path: Path, serve: Callable[..., httpx.Client]
) -> None:
    client = serve(Sandbox(load(tmp_path, [{"target": "$.info", "update": {"title": "changed"}}])))
    assert client.get("/openapi.json").json()["info"]["title"] == "changed"
    assert b"changed" in client.get("/openapi.yaml").content
    assert client.get("/api.json").json()["info"]["title"] == "t"
