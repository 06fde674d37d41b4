"""Authored items: what the examples of a contract show are the first records of its collections."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, Api, answer, contract_of, parameter, ref, resource, thing
from understudy.cli.main import main
from understudy.sandbox import Sandbox, Settings

Start = Callable[..., httpx.Client]
PERSON = thing({"id": WHOLE, "name": TEXT, "role": {"type": "string", "enum": ["admin", "user"]}}, "name")
ANN, BOB = {"id": 7, "name": "Ann", "role": "admin"}, {"id": 8, "name": "Bob", "role": "user"}


def people(base: str = "/people", **media: Any) -> dict[str, Any]:
    """Describe people; the examples of their list, and of one of them."""
    paths = resource(PERSON, thing({"name": TEXT}), base)
    for path, method, name in ((base, "get", "listed"), (f"{base}/{{id}}", "get", "one")):
        if name in media:
            content = paths[path][method]["responses"]["200"]["content"]["application/json"]
            content["example"] = media[name]
    return paths


@pytest.fixture
def start(serve: Callable[..., httpx.Client]) -> Start:
    def started(paths: dict[str, Any], *, populate: int = 3, **components: Any) -> httpx.Client:
        settings = Settings(populate=populate, any_id=components.pop("any_id", True))
        return serve(Sandbox(contract_of(paths, **components), None, settings))

    return started


def test_the_items_of_a_lists_example_come_first(start: Start) -> None:
    listed = start(people(listed=[ANN, BOB])).get("/people").json()
    assert listed[:2] == [ANN, BOB]
    assert len(listed) == 3
    assert listed[2] not in (ANN, BOB)


def test_all_of_them_are_there_where_there_are_more_than_asked_for(start: Start) -> None:
    many = [{**ANN, "id": number} for number in range(10, 15)]
    assert start(people(listed=many)).get("/people").json() == many


def test_without_population_a_list_is_empty_and_an_authored_item_is_read(start: Start) -> None:
    client = start(people(listed=[ANN]), populate=0)
    assert client.get("/people").json() == []
    assert client.get("/people/7").json() == ANN


def test_without_population_nothing_is_there_where_unknown_ids_are_not(start: Start) -> None:
    assert start(people(listed=[ANN]), populate=0, any_id=False).get("/people/7").status_code == 404


def test_an_items_own_example_wins_over_that_of_a_list(start: Start) -> None:
    client = start(people(listed=[ANN, BOB], one={**ANN, "name": "Anna"}))
    assert [one["name"] for one in client.get("/people").json()][:2] == ["Anna", "Bob"]


def test_the_example_of_a_component_is_one_of_the_items(start: Start) -> None:
    cat = {**thing({"id": TEXT, "name": TEXT}, "id", "name"), "example": {"id": "c1", "name": "Tom"}}
    client = start(resource(ref("Cat"), thing({"name": TEXT}), "/cats"), Cat=cat)
    assert {"id": "c1", "name": "Tom"} in client.get("/cats").json()
    assert client.get("/cats/c1").json() == {"id": "c1", "name": "Tom"}


def test_an_example_that_breaks_its_schema_is_no_item(start: Start) -> None:
    listed = start(people(listed=[{**ANN, "role": "owner"}, BOB])).get("/people").json()
    assert 7 not in [one.get("id") for one in listed]
    assert listed[0] == BOB


def test_a_new_item_takes_no_authored_id(start: Start) -> None:
    first = {**ANN, "id": 1}
    client = start(people(listed=[first]), populate=0)
    assert client.post("/people", json={"name": "Cleo"}).json()["id"] != 1
    assert client.get("/people/1").json() == first


def test_an_example_below_another_stays_with_its_parent(start: Start) -> None:
    pet = {"id": 3, "name": "Rex", "role": "user"}
    pets = people("/people/{person}/pets", listed=[pet])
    for methods in pets.values():
        methods["parameters"] = [parameter("person", WHOLE), *methods.get("parameters", [])]
    client = start(people(listed=[ANN, BOB]) | pets)
    assert pet in client.get("/people/7/pets").json()
    assert pet not in client.get("/people/8/pets").json()


def test_what_examples_name_in_each_other_is_there(start: Start) -> None:
    task = thing({"id": TEXT, "person_id": WHOLE}, "id", "person_id")
    tasks = resource(task, thing({}), "/tasks")
    content = tasks["/tasks"]["get"]["responses"]["200"]["content"]["application/json"]
    content["example"] = [{"id": "t1", "person_id": 8}]
    client = start(people(listed=[ANN, BOB]) | tasks)
    listed = client.get("/tasks").json()
    assert listed[0] == {"id": "t1", "person_id": 8}
    there = {one["id"] for one in client.get("/people").json()}
    assert {one["person_id"] for one in listed} <= there


def test_no_two_made_up_items_are_the_same_but_for_their_id(start: Start) -> None:
    lamp = thing(
        {
            "id": TEXT,
            "sku": {**TEXT, "example": "SKU-1001"},
            "title": {**TEXT, "example": "Blue lamp"},
            "made_at": {**TEXT, "format": "date-time", "example": "2022-04-29T08:59:51Z"},
            "sold_at": {**TEXT, "format": "date-time", "example": "2022-05-02T08:59:51Z"},
        },
        "id", "sku", "title", "made_at", "sold_at",
    )  # fmt: skip
    listed = start(resource(lamp, thing({}), "/lamps")).get("/lamps").json()
    assert [one["sku"] for one in listed].count("SKU-1001") == 1
    for name in ("sku", "title", "made_at"):
        assert len({one[name] for one in listed}) == 3
    assert all(one["title"].startswith("Blue lamp") for one in listed)
    assert all(one["made_at"] < one["sold_at"] for one in listed)


def test_what_there_is_one_of_is_as_its_author_wrote_it() -> None:
    media = {"schema": thing({"n": WHOLE}), "example": {"n": 7}}
    responses = {"200": {"description": "", "content": {"application/json": media}}}
    api = Api({"/settings": {"get": {"responses": responses}}})
    assert asyncio.run(api.told("get /settings")) == {"n": 7}


def test_an_id_that_is_given_as_an_example_is_there_for_what_names_it(start: Start) -> None:
    known = {**TEXT, "example": "5eb02857-a71e"}
    customer = thing({"id": known, "city": {**TEXT, "example": "Oslo"}}, "id", "city")
    order = thing({"id": TEXT, "customer_id": TEXT, "note": known}, "id", "customer_id", "note")
    client = start(resource(customer, thing({}), "/customers") | resource(order, thing({}), "/orders"))
    listed = client.get("/customers").json()
    assert listed[0] == {"id": "5eb02857-a71e", "city": "Oslo"}
    assert len(listed) == len({one["id"] for one in listed}) == 3
    assert {one["customer_id"] for one in client.get("/orders").json()} <= {one["id"] for one in listed}


def test_members_that_only_an_items_example_shows_give_others_their_form(start: Start) -> None:
    cat = thing({"id": TEXT, "name": TEXT, "chip": TEXT}, "id", "name", "chip")
    paths = people("/cats", one={"id": 3, "name": "Tom", "role": "user"})
    paths |= resource(cat, thing({"name": TEXT}), "/pets")
    shown = {"id": "p1", "name": "Tom", "chip": "FI-2231"}
    content = paths["/pets/{id}"]["get"]["responses"]["200"]["content"]["application/json"]
    content["example"] = shown
    listed = start(paths).get("/pets").json()
    assert listed[0] == shown
    assert all(one["chip"].startswith("FI-") and len(one["chip"]) == 7 for one in listed)


def test_validate_names_an_item_that_two_examples_show_differently(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = people(listed=[ANN, BOB], one={**ANN, "name": "Anna"})
    document = {"openapi": "3.1.0", "info": {"title": "P", "version": "1"}, "paths": paths}
    (tmp_path / "people.json").write_text(json.dumps(document))
    assert main(["validate", str(tmp_path / "people.json")]) == 1
    assert "two examples show the person '7' differently: the item's own is used" in capsys.readouterr().out
    paths["/people/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["example"] = ANN
    (tmp_path / "people.json").write_text(json.dumps(document))
    main(["validate", str(tmp_path / "people.json")])
    assert "two examples" not in capsys.readouterr().out


def test_an_example_of_a_member_speaks_in_lists_whose_items_are_of_another_schema(
    serve: Callable[..., httpx.Client],
) -> None:
    paths = resource(thing({"id": TEXT, "name": TEXT}, "id", "name"), thing({"name": TEXT}), "/batches")
    mark = thing({"code": {**WHOLE, "example": 500001}, "left": {**WHOLE, "default": -1}}, "code", "left")
    row = thing({"batch_ref": {**TEXT, "example": "Payroll 2022-11"}, "mark": mark}, "batch_ref", "mark")
    listed = {"type": "array", "items": row}
    paths["/batches"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] = listed
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    for one in client.get("/batches").json():
        assert "Payroll" in one["batch_ref"]
        assert 100_000 < one["mark"]["code"] < 2_000_000
        assert one["mark"]["left"] == -1


def test_ids_with_a_pattern_are_made_up_after_an_authored_one(start: Start) -> None:
    app = thing(
        {"id": {**TEXT, "pattern": "^[a-zA-Z0-9_]+$", "example": "app_1srOrx2ZWZBpBU"}, "name": TEXT}, "id"
    )
    client = start(resource(app, thing({"name": TEXT}), "/apps"))
    ids = {one["id"] for one in client.get("/apps").json()}
    ids.add(client.post("/apps", json={"name": "x"}).json()["id"])
    assert len(ids) == 4
    assert [one for one in ids if not re.fullmatch(r"app_[0-9A-Za-z]{14}", one)] == []


def test_a_text_that_authors_leave_empty_is_empty(start: Start) -> None:
    empty = {**TEXT, "example": ""}
    address = thing({"id": TEXT, "line_3": empty, "code": empty}, "id", "line_3", "code")
    client = start(resource(address, thing({}), "/addresses"))
    for one in client.get("/addresses").json():
        assert one["line_3"] == ""
        assert one["code"] != ""


def test_what_leads_to_ids_of_which_authors_gave_each_leads_to_one_of_them(start: Start) -> None:
    kind = thing({"id": {"type": "string", "enum": ["car", "van"]}, "label": TEXT}, "id", "label")
    trip = thing({"id": WHOLE, "kind_id": TEXT}, "id", "kind_id")
    paths = resource(kind, kind, "/kinds") | resource(trip, thing({"kind_id": TEXT}), "/trips")
    content = paths["/kinds"]["get"]["responses"]["200"]["content"]["application/json"]
    content["example"] = [{"id": "car", "label": "Car"}, {"id": "van", "label": "Van"}]
    listed = start(paths, populate=12).get("/trips").json()
    assert len(listed) == 12
    assert {one["kind_id"] for one in listed} <= {"car", "van"}


def test_a_member_that_authors_show_as_null_alone_is_null(start: Start) -> None:
    blank = {"type": ["string", "null"], "example": None}
    page = thing({"id": TEXT, "note": blank}, "id", "note")
    listed = start(resource(page, thing({}), "/posts")).get("/posts").json()
    assert [one["note"] for one in listed] == [None, None, None]


def test_of_alternatives_that_are_no_objects_those_come_first_that_authors_show(start: Start) -> None:
    length = {"oneOf": [TEXT, {"type": "number", "example": 51.5}]}
    post = thing({"id": TEXT, "length": length}, "id", "length")
    listed = start(resource(post, thing({}), "/posts")).get("/posts").json()
    assert [type(one["length"]) for one in listed] == [float, float, float]


POOL = "pool1pu5jlj4q9w9jlxeu370a3c9myx47md5j5m2str0naunn2q3lkdy"


def test_a_list_of_texts_has_the_ids_by_which_items_are_read(start: Start) -> None:
    pool = thing({"pool_id": {**TEXT, "example": POOL}, "size": WHOLE}, "pool_id", "size")
    paths = resource(pool, pool, "/pools", listed={"type": "array", "items": TEXT})
    paths["/pools/{id}"]["parameters"] = [parameter("pool_id")]
    client = start({"/pools": paths["/pools"], "/pools/{pool_id}": paths["/pools/{id}"]})
    ids = client.get("/pools").json()
    assert POOL in ids
    assert all(one.startswith("pool1") for one in ids)
    assert [client.get(f"/pools/{one}").json()["pool_id"] for one in ids] == ids


def test_ids_that_a_list_alone_shows_are_made_up_after_those_of_its_examples(start: Start) -> None:
    stake = thing({"pool_id": {**TEXT, "example": POOL}, "amount": WHOLE}, "pool_id", "amount")
    listing = {"responses": answer({"type": "array", "items": stake})}
    paths = {
        "/epochs/{epoch}/stakes": {"parameters": [parameter("epoch")], "get": listing},
        "/epochs/{epoch}/stakes/{pool_id}": {
            "parameters": [parameter("epoch"), parameter("pool_id")],
            "get": {"responses": answer({"type": "array", "items": thing({"amount": WHOLE})})},
        },
    }
    listed = start(paths).get("/epochs/5/stakes").json()
    assert [one for one in listed if not one["pool_id"].startswith("pool1")] == []


def test_ids_that_have_a_name_of_their_own_are_made_up_after_those_that_others_show(start: Start) -> None:
    source = thing({"entity_id": TEXT, "name": TEXT}, "entity_id", "name")
    nearest = thing({"nearest": thing({"entity_id": TEXT}, "entity_id")}, "nearest")
    example = {"nearest": {"entity_id": "1000:104:12213212"}}
    responses = answer(nearest)
    responses["200"]["content"]["application/json"]["example"] = example
    shown = {"get": {"responses": responses}}
    listed = start({**resource(source, source, "/switches"), "/status": shown}).get("/switches").json()
    assert [one["entity_id"] for one in listed if not re.fullmatch(r"\d+:\d+:\d+", one["entity_id"])] == []


NAMED = thing({"id": TEXT, "name": TEXT}, "id", "name")


def _ids_of_parameter(example: dict[str, Any]) -> dict[str, Any]:
    paths = resource(NAMED, thing({"name": TEXT}), "/tasks")
    for described in paths["/tasks/{id}"].values():
        if isinstance(described, dict):
            described["parameters"] = [{**parameter("id"), **example}]
    return paths


@pytest.mark.parametrize(
    ("example", "form"),
    [
        ({"example": "tsk_9x8Qm2LpR4Tz"}, r"tsk_\w{12}"),
        ({"schema": {"type": "string", "example": "TASK-0042"}}, r"TASK-\d{4}"),
        ({"example": "42"}, "[0-9a-f]{12}"),  # whose number it is nobody says
    ],
)
def test_ids_have_the_form_of_the_paths_example(start: Start, example: dict[str, Any], form: str) -> None:
    client = start(_ids_of_parameter(example))
    made = client.post("/tasks", json={"name": "Paint"}).json()
    ids = [one["id"] for one in client.get("/tasks").json()]
    assert made["id"] in ids
    assert all(re.fullmatch(form, one) for one in ids), ids


def test_ids_have_the_form_in_which_other_things_refer_to_them(start: Start) -> None:
    note = thing({"id": TEXT, "taskId": {"type": "string", "example": "tsk_9x8Qm2LpR4Tz"}}, "id", "taskId")
    paths = resource(NAMED, thing({"name": TEXT}), "/tasks")
    paths |= resource(ref("Note"), thing({"text": TEXT}), "/notes")
    client = start(paths, Note=note)
    ids = {one["id"] for one in client.get("/tasks").json()}
    assert all(re.fullmatch(r"tsk_\w{12}", one) for one in ids), ids
    assert {one["taskId"] for one in client.get("/notes").json()} <= ids


def test_ids_have_the_form_that_a_named_schema_shows(start: Start) -> None:
    wrapped = {"allOf": [ref("TaskId")], "description": "whose number it is"}
    paths = resource(thing({"id": wrapped, "name": TEXT}, "id", "name"), thing({"name": TEXT}), "/tasks")
    client = start(paths, TaskId={"type": "string", "example": "tsk_9x8Qm2LpR4Tz"})
    ids = [one["id"] for one in client.get("/tasks").json()]
    assert ids[0] == "tsk_9x8Qm2LpR4Tz"
    assert all(re.fullmatch(r"tsk_\w{12}", one) for one in ids), ids
