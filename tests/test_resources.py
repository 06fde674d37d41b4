"""Inference: what each operation of a contract is taken for, told from paths, methods and bodies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support import write_contract
from understudy.inference.resources import Action
from understudy.inference.roles import Inference

THING = {"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}
LIST = {"type": "array", "items": THING}


def operation(schema: Any) -> dict[str, Any]:
    return {"responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}}


def inferred(folder: Path, **paths: dict[str, Any]) -> Inference:
    return Inference(write_contract(folder / "contract.json", "3.1.0", {"paths": paths}))


def actions(inference: Inference) -> dict[str, Action]:
    return {key: role.action for key, role in inference.roles.items()}


def test_collection_and_item_have_the_usual_roles(tmp_path: Path) -> None:
    methods = {method: operation(THING) for method in ("get", "put", "patch", "delete")}
    inference = inferred(
        tmp_path, **{"/things": {"get": operation(LIST), "post": operation(THING)}, "/things/{id}": methods}
    )
    assert actions(inference) == {
        "get /things": Action.LIST,
        "post /things": Action.CREATE,
        "get /things/{id}": Action.READ,
        "put /things/{id}": Action.REPLACE,
        "patch /things/{id}": Action.UPDATE,
        "delete /things/{id}": Action.DELETE,
    }
    assert len({role.resource.path for role in inference.roles.values()}) == 1


def test_post_on_an_item_updates_it(tmp_path: Path) -> None:
    assert actions(inferred(tmp_path, **{"/things/{id}": {"post": operation(THING)}})) == {
        "post /things/{id}": Action.UPDATE
    }


def test_path_names_may_differ_between_collection_and_item(tmp_path: Path) -> None:
    paths = {"/a/{aId}/things": {"get": operation(LIST)}, "/a/{a}/things/{thing}": {"get": operation(THING)}}
    inference = inferred(tmp_path, **paths)
    assert (
        inference.roles["get /a/{aId}/things"].resource
        is inference.roles["get /a/{a}/things/{thing}"].resource
    )


def test_one_thing_of_its_kind_is_a_singleton(tmp_path: Path) -> None:
    inference = inferred(tmp_path, **{"/settings": {"get": operation(THING), "put": operation(THING)}})
    assert actions(inference) == {"get /settings": Action.READ, "put /settings": Action.REPLACE}
    assert inference.roles["get /settings"].resource.singleton


def test_what_only_answers_is_no_resource(tmp_path: Path) -> None:
    assert (
        actions(
            inferred(tmp_path, **{"/health": {"get": operation(THING)}, "/search": {"post": operation(LIST)}})
        )
        == {}
    )


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
    inference = inferred(
        tmp_path, **{"/things": {"get": operation(schema)}, "/things/{id}": {"get": operation(THING)}}
    )
    answer = (
        inference.roles["get /things"]
        .resource.operations[Action.LIST]
        .responses["200"]
        .content["application/json"]
        .schema
    )
    assert answer is not None
    home = inference.bodies.listing((answer,), ("id",))
    assert home is not None
    assert home.steps == steps


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
    inference = inferred(tmp_path, **{path: {"get": operation({"type": "object", "properties": names})}})
    resource = inference.roles[f"get {path}"].resource
    schema = resource.operations[Action.READ].responses["200"].content["application/json"].schema
    assert schema is not None
    assert inference.bodies.id_member(inference.bodies.whole((schema,)), resource.id_names) == member
