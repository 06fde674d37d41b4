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


def members(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def sent(schema: Any, operation: dict[str, Any]) -> dict[str, Any]:
    return {**operation, "requestBody": {"content": {"application/json": {"schema": schema}}}}


GONE = {"responses": {"204": {"description": ""}}}
TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
PAGED = {"parameters": [{"name": "page", "in": "query", "schema": {"type": "integer"}}]}


def test_a_list_may_be_called_as_its_path_that_is_no_plural(tmp_path: Path) -> None:
    entries = {"type": "array", "items": members(entry_id=TEXT, text=TEXT)}
    paths = {
        "/history": {"get": operation(members(history=entries))},
        "/history/{entry_id}": {"delete": GONE},
    }
    model = compiled(tmp_path, **paths)
    assert verbs(model) == {"get /history": "List", "delete /history/{entry_id}": "Delete"}
    assert model.collections["/history"].id.member == "entry_id"


def test_a_thing_that_says_which_page_of_its_one_list_it_shows_is_that_list(tmp_path: Path) -> None:
    genre = members(id=TEXT, name=TEXT, things=LIST, total=WHOLE, next_page_number=WHOLE)
    plan = compiled(tmp_path, **{"/best_things": {"get": {**operation(genre), **PAGED}}}).operations[
        "get /best_things"
    ]
    assert isinstance(plan, List)
    assert plan.answer is not None
    assert plan.answer.list == ("things",)


def test_an_object_of_several_lists_is_one_thing(tmp_path: Path) -> None:
    several = members(pay_items=members(rates=LIST, deductions=LIST))
    paths = {
        "/pay_items": {"get": {**operation(several), **PAGED}, "post": sent(several, operation(several))}
    }
    assert verbs(compiled(tmp_path, **paths)) == {"get /pay_items": "Read", "post /pay_items": "Update"}


def test_what_is_only_deleted_one_by_one_is_what_the_path_in_the_plural_lists(tmp_path: Path) -> None:
    paths = {
        "/access_tokens": {"get": operation(LIST), "post": operation(THING)},
        "/access_token/{key}": {"delete": GONE},
    }
    model = compiled(tmp_path, **paths)
    assert verbs(model) == {
        "get /access_tokens": "List",
        "post /access_tokens": "Create",
        "delete /access_token/{key}": "Delete",
    }
    assert len({plan.collection for plan in model.operations.values()}) == 1


@pytest.mark.parametrize("said", [{"summary": "Fetch things"}, {"operationId": "getThingsInBatch"}])
def test_a_post_that_gets_the_items_whose_ids_it_is_sent_lists_them(
    tmp_path: Path, said: dict[str, str]
) -> None:
    post = sent(members(ids=TEXT), operation(members(things=LIST))) | said
    paths = {"/things": {"post": post}, "/things/{id}": {"get": operation(THING)}}
    assert verbs(compiled(tmp_path, **paths)) == {"post /things": "List", "get /things/{id}": "Read"}


@pytest.mark.parametrize(
    ("segment", "body", "verb"),
    [
        ("submit", members(name=TEXT), "Create"),
        ("submit", members(id=TEXT, name=TEXT), "Update"),
        ("move", members(name=TEXT), "Update"),
    ],
)
def test_what_is_done_to_a_list_makes_an_item_where_its_body_names_none(
    tmp_path: Path, segment: str, body: dict[str, Any], verb: str
) -> None:
    paths = {
        "/things": {"get": operation(LIST), "post": sent(members(name=TEXT), operation(THING))},
        "/things/{id}": {"get": operation(THING)},
        f"/things/{segment}": {"post": sent(body, operation(THING))},
    }
    assert verbs(compiled(tmp_path, **paths))[f"post /things/{segment}"] == verb


def test_the_one_object_in_a_wrapper_is_what_there_is_one_of(tmp_path: Path) -> None:
    wrapped = members(success={"type": "boolean"}, data=members(theme=TEXT, language=TEXT))
    model = compiled(
        tmp_path,
        **{"/settings": {"get": operation(wrapped), "put": sent(members(theme=TEXT), operation(wrapped))}},
    )
    view = model.collections["/settings"].item
    assert view is not None
    assert view.place == ("data",)
