"""Staff: managers that employees name, departments they move to, days of a leave, and what is checked in and out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, contract_of, parameter, resource, thing
from understudy.model.compiler import compile
from understudy.model.model import Act, Create, Read

DAY = {"type": "string", "format": "date"}
DEPARTMENT = thing({"id": WHOLE, "name": TEXT}, "id", "name")
EMPLOYEE = thing({"id": WHOLE, "name": TEXT, "managerId": WHOLE, "department": DEPARTMENT}, "id", "name")
NEW = thing({"name": TEXT, "managerId": WHOLE, "departmentId": WHOLE}, "name")
STATUS = {"type": "string", "enum": ["PENDING", "APPROVED", "REJECTED"]}
LEAVE = thing(
    {
        "id": WHOLE,
        "startDate": DAY,
        "endDate": DAY,
        "days": WHOLE,
        "reason": TEXT,
        "status": STATUS,
        "rejectionReason": TEXT,
    },
    "id",
    "status",
    "days",
)
ASKING = thing({"startDate": DAY, "endDate": DAY, "reason": TEXT}, "startDate")
SHIFT = thing(
    {"id": WHOLE, "status": {"type": "string", "enum": ["CheckedIn", "CheckedOut"]}}, "id", "status"
)
ID = {"parameters": [parameter("id", WHOLE)]}
PATHS: dict[str, Any] = {
    **resource(DEPARTMENT, thing({"name": TEXT}, "name"), "/departments"),
    **resource(EMPLOYEE, NEW, "/employees"),
    "/employees/{id}/manager": {**ID, "get": {"responses": answer(EMPLOYEE) | {"404": {"description": ""}}}},
    "/employees/{id}/department": {
        **ID,
        "put": {
            "requestBody": body(thing({"departmentId": WHOLE}, "departmentId")),
            "responses": answer(EMPLOYEE),
        },
    },
    **resource(LEAVE, ASKING, "/leaves"),
    "/leaves/{id}/reject": {
        **ID,
        "post": {"requestBody": body(thing({"reason": TEXT})), "responses": answer(LEAVE)},
    },
    "/employees/{id}/shifts": {**ID, "get": {"responses": answer({"type": "array", "items": SHIFT})}},
    "/employees/{id}/shifts/check-in": {**ID, "post": {"responses": answer(SHIFT, "201")}},
    "/employees/{id}/shifts/check-out": {**ID, "post": {"responses": answer(SHIFT)}},
}


@pytest.fixture
def api(serve: Callable[..., httpx.Client], sandbox: Callable[..., Any]) -> httpx.Client:
    return serve(sandbox(paths=PATHS))


def test_the_model_says_what_names_another_item() -> None:
    operations = compile(contract_of(PATHS)).operations
    read = operations["get /employees/{id}/manager"]
    assert isinstance(read, Read)
    assert read.named_by is not None
    assert (read.collection, read.named_by.of, read.named_by.member) == (
        "/employees",
        "/employees",
        "managerId",
    )
    assert isinstance(operations["post /employees/{id}/shifts/check-in"], Create)
    assert isinstance(operations["post /employees/{id}/shifts/check-out"], Act)


def test_the_manager_of_an_employee_is_the_one_that_the_employee_names(api: httpx.Client) -> None:
    ann = api.post("/employees", json={"name": "Ann"}).json()
    bob = api.post("/employees", json={"name": "Bob", "managerId": ann["id"]}).json()
    assert api.get(f"/employees/{bob['id']}/manager").json() == ann
    assert api.get(f"/employees/{ann['id']}/manager").status_code == 404


def test_an_employee_moves_to_the_department_whose_id_is_sent(api: httpx.Client) -> None:
    sales, legal = (api.post("/departments", json={"name": name}).json() for name in ("Sales", "Legal"))
    ann = api.post("/employees", json={"name": "Ann", "departmentId": sales["id"]}).json()
    moved = api.put(f"/employees/{ann['id']}/department", json={"departmentId": legal["id"]}).json()
    assert (ann["department"], moved["department"]) == (sales, legal)
    assert api.get(f"/employees/{ann['id']}").json() == moved


def test_a_leave_has_the_days_between_its_first_and_its_last(api: httpx.Client) -> None:
    made = api.post("/leaves", json={"startDate": "2026-12-01", "endDate": "2026-12-05"}).json()
    assert made["days"] == 5


def test_why_something_was_rejected_is_not_why_it_was_asked_for(api: httpx.Client) -> None:
    made = api.post(
        "/leaves", json={"startDate": "2026-12-01", "endDate": "2026-12-05", "reason": "ski"}
    ).json()
    told = api.post(f"/leaves/{made['id']}/reject", json={"reason": "busy"}).json()
    assert (told["status"], told["reason"], told["rejectionReason"]) == ("REJECTED", "ski", "busy")


def test_who_checks_in_is_listed_and_checks_out_of_that(api: httpx.Client) -> None:
    ann = api.post("/employees", json={"name": "Ann"}).json()
    path = f"/employees/{ann['id']}/shifts"
    made = api.post(f"{path}/check-in").json()
    assert api.get(path).json() == [made]
    out = api.post(f"{path}/check-out").json()
    assert (out["id"], out["status"]) == (made["id"], "CheckedOut")
    assert api.get(path).json() == [out]
