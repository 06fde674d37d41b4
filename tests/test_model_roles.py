"""Roles: what each operation of a contract is taken for, told from paths, methods and bodies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support import write_contract
from understudy.model.compiler import compile
from understudy.model.model import List, Model

THING = {"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}
LIST = {"type": "array", "items": THING}


def operation(schema: Any) -> dict[str, Any]:
    return {"responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}}


def compiled(folder: Path, **paths: dict[str, Any]) -> Model:
    return compile(write_contract(folder / "contract.json", "3.1.0", {"paths": paths}))


def verbs(model: Model) -> dict[str, str]:
    return {key: type(plan).__name__ for key, plan in model.operations.items()}


def test_collection_and_item_have_the_usual_roles(tmp_path: Path) -> None:
    methods = {method: operation(THING) for method in ("get", "put", "patch", "delete")}
    paths = {"/things": {"get": operation(LIST), "post": operation(THING)}, "/things/{id}": methods}
    model = compiled(tmp_path, **paths)
    assert verbs(model) == {
        "get /things": "List",
        "post /things": "Create",
        "get /things/{id}": "Read",
        "put /things/{id}": "Replace",
        "patch /things/{id}": "Update",
        "delete /things/{id}": "Delete",
    }
    assert {plan.collection for plan in model.operations.values()} == {"/things"}


def test_post_on_an_item_updates_it(tmp_path: Path) -> None:
    model = compiled(tmp_path, **{"/things/{id}": {"post": operation(THING)}})
    assert verbs(model) == {"post /things/{id}": "Update"}


def test_path_names_may_differ_between_collection_and_item(tmp_path: Path) -> None:
    paths = {"/a/{aId}/things": {"get": operation(LIST)}, "/a/{a}/things/{thing}": {"get": operation(THING)}}
    model = compiled(tmp_path, **paths)
    assert len({plan.collection for plan in model.operations.values()}) == 1


def test_one_thing_of_its_kind_is_a_singleton(tmp_path: Path) -> None:
    model = compiled(tmp_path, **{"/settings": {"get": operation(THING), "put": operation(THING)}})
    assert verbs(model) == {"get /settings": "Read", "put /settings": "Replace"}
    assert model.collections["/settings"].single


def test_what_only_answers_is_no_resource(tmp_path: Path) -> None:
    paths = {"/health": {"get": operation(THING)}, "/search": {"post": operation(LIST)}}
    assert verbs(compiled(tmp_path, **paths)) == {}


@pytest.mark.parametrize(
    ("schema", "steps"),
    [
        (LIST, ()),
        ({"type": "object", "properties": {"data": LIST, "meta": {"type": "object"}}}, ("data",)),
        (
            {
                "type": "object",
                "properties": {"_embedded": {"type": "object", "properties": {"things": LIST}}},
            },
            ("_embedded", "things"),
        ),
        (
            {
                "type": "object",
                "properties": {"warnings": {"type": "array", "items": {"type": "string"}}, "things": LIST},
            },
            ("things",),
        ),
    ],
)
def test_list_is_found_in_its_envelope(tmp_path: Path, schema: Any, steps: tuple[str, ...]) -> None:
    paths = {"/things": {"get": operation(schema)}, "/things/{id}": {"get": operation(THING)}}
    plan = compiled(tmp_path, **paths).operations["get /things"]
    assert isinstance(plan, List)
    assert plan.answer is not None
    assert plan.answer.list == steps


@pytest.mark.parametrize(
    ("path", "member"),
    [
        ("/things/{thingId}", "thingId"),
        ("/things/{thing_id}", "id"),
        ("/things/{thing_uuid}", "uuid"),
        ("/things/{code}", "code"),
        ("/new-things/{thing_key}", "key"),
    ],
)
def test_id_is_found_by_the_paths_name_first(tmp_path: Path, path: str, member: str) -> None:
    names = {"id": {"type": "string"}} if member == "key" else {}
    names |= {member: {"type": "string"}, "name": {"type": "string"}}
    model = compiled(tmp_path, **{path: {"get": operation({"type": "object", "properties": names})}})
    collection = model.operations[f"get {path}"].collection
    assert model.collections[collection].id.member == member
