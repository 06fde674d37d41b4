"""Lists that are asked for by POST, filters by a member of an object, and keys as Django calls them."""

from __future__ import annotations

from typing import Any

import pytest

from inline import TEXT, WHOLE, answer, body, contract_of, parameter, resource, thing
from understudy.model.compiler import compile
from understudy.model.model import List, Model

CUP = thing({"id": TEXT, "name": TEXT, "state": TEXT}, "id")
CUPS = {"type": "array", "items": CUP}
PAGE = body(thing({"limit": WHOLE, "state": TEXT}))


def asked(summary: str, **operation: Any) -> dict[str, Any]:
    """Return a POST that says something of itself and answers cups."""
    return {"post": {"summary": summary, "responses": answer(CUPS), **operation}}


def model_of(path: str, methods: dict[str, Any], item: Any = CUP) -> Model:
    paths = resource(item, thing({"name": TEXT}), "/cups")
    return compile(contract_of({**paths, path: {"parameters": [parameter("id")], **methods}}))


@pytest.mark.parametrize(
    "methods",
    [
        asked("Get cup versions", requestBody=PAGE),
        asked("List the versions of a cup"),
        {**asked("Get cup versions", requestBody=PAGE), "get": {"responses": answer(CUPS)}},
    ],
)
def test_a_post_that_gets_a_page_is_a_list(methods: dict[str, Any]) -> None:
    plan = model_of("/cups/{id}/versions", methods).operations["post /cups/{id}/versions"]
    assert isinstance(plan, List)


@pytest.mark.parametrize(
    "methods",
    [
        asked("Create versions", requestBody=PAGE),
        asked("Get a new version", requestBody=body(thing({"name": TEXT}))),
        {"post": {"summary": "Get a version", "responses": answer(CUP, "201")}},
    ],
)
def test_a_post_that_sends_a_thing_or_answers_one_is_not(methods: dict[str, Any]) -> None:
    plan = model_of("/cups/{id}/versions", methods).operations["post /cups/{id}/versions"]
    assert not isinstance(plan, List)


def test_a_post_that_counts_says_how_many_its_body_chooses() -> None:
    paths = resource(CUP, thing({"name": TEXT}), "/cups")
    count = {"post": {"requestBody": body(thing({"state": TEXT})), "responses": answer(WHOLE)}}
    plan = compile(contract_of({**paths, "/cups/count": count})).operations["post /cups/count"]
    assert isinstance(plan, List)
    assert plan.filter["state"].members == (("state",),)
    assert plan.answer is not None
    assert plan.answer.says[()].says == "total"


def filtered(name: str, item: Any) -> tuple[tuple[str, ...], ...]:
    """Return the members by which a parameter of a list chooses."""
    paths = resource(item, thing({"name": TEXT}), "/cups")
    paths["/cups"]["get"]["parameters"] = [parameter(name, place="query")]
    plan = compile(contract_of(paths)).operations["get /cups"]
    assert isinstance(plan, List)
    return plan.filter[name].members if name in plan.filter else ()


SOURCE = thing({"ip": TEXT, "status": TEXT, "currency": TEXT})


def test_a_member_of_the_only_object_that_has_one_is_filtered_by() -> None:
    assert filtered("ip", thing({"id": TEXT, "source": SOURCE}, "id")) == (("source", "ip"),)


@pytest.mark.parametrize("name", ["status", "currency", "port"])
def test_what_many_objects_have_and_what_says_how_things_are_shown_is_not(name: str) -> None:
    assert filtered(name, thing({"id": TEXT, "source": SOURCE}, "id")) == ()


def test_a_member_that_two_objects_have_is_not() -> None:
    assert filtered("ip", thing({"id": TEXT, "source": SOURCE, "target": SOURCE}, "id")) == ()


@pytest.mark.parametrize("parameter_name", ["id", "policy_uuid"])
def test_a_primary_key_is_the_id(parameter_name: str) -> None:
    policy = thing({"pk": TEXT, "name": TEXT, "owner": thing({"uuid": TEXT, "name": TEXT})}, "pk", "name")
    paths = resource(policy, thing({"name": TEXT}, "name"), "/policies")
    paths[f"/policies/{{{parameter_name}}}"] = paths.pop("/policies/{id}")
    paths[f"/policies/{{{parameter_name}}}"]["parameters"] = [parameter(parameter_name)]
    (policies,) = compile(contract_of(paths)).collections.values()
    assert policies.id.member == "pk"
    assert policies.id.given_by == "server"


def test_a_uuid_is_no_id_of_a_path_that_takes_a_number() -> None:
    user = thing({"uuid": {"type": "string", "format": "uuid"}, "number": WHOLE, "pk": WHOLE}, "pk")
    paths = resource(user, thing({"name": TEXT}), "/users")
    paths["/users/{id}"]["parameters"] = [parameter("id", WHOLE)]
    (users,) = compile(contract_of(paths)).collections.values()
    assert users.id.member == "pk"


def test_a_name_refers_to_no_list_of_names_in_use() -> None:
    paths = resource(CUP, thing({"name": TEXT}), "/cups")
    names = {"type": "array", "items": TEXT}
    paths["/cups/names"] = {"get": {"summary": "List names", "responses": answer(names)}}
    name = compile(contract_of(paths)).collections["/cups"].members.get("name")
    assert name is None or not name.refers_to
