"""Misspelt names in answers and faults: refused with the nearest that is right, in Python, over HTTP and in files, with the line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from understudy.admin.served import ApiNotFound
from understudy.errors import Failure, SettingsError
from understudy.nearest import LONGEST, nearest
from understudy.remote import AdminError
from understudy.schemas.validators import Validator
from understudy.testing import Sandbox

SHOP = Path(__file__).parents[1] / "docs" / "shop.yaml"
RESET = {"kind": "reset"}
MISSPELT: Sequence[tuple[dict[str, Any], str, str]] = [
    ({"operation": "listOrders", "when": {"qurey": {"status": "open"}}}, "/when/qurey", "query"),
    ({"operation": "listOrders", "when": {"header": {"X-A": "1"}}}, "/when/header", "headers"),
    (
        {"operation": "listOrders", "when": {"query": {"status": {"contians": "o"}}}},
        "/when/query/status/contians",
        "contains",
    ),
    (
        {"operation": "listOrders", "when": {"query": {"status": {"not": {"contians": "o"}}}}},
        "/when/query/status/not/contians",
        "contains",
    ),
    ({"operation": "listOrders", "when": {"query": {"staus": "open"}}}, "/when/query/staus", "status"),
    (
        {"operation": "createOrder", "when": {"headers": {"idempotencykey": "a"}}},
        "/when/headers/idempotencykey",
        "Idempotency-Key",
    ),
    (
        {"operation": "createOrder", "when": {"body": {"/quantiti": 7}}},
        "/when/body/~1quantiti",
        "/quantity",
    ),
    (
        {"operation": "createOrder", "when": {"body": {"/quantity": {"contians": 7}}}},
        "/when/body/~1quantity/contians",
        "contains",
    ),
    ({"operation": "listOrders", "sequence": [{"stats": 200}]}, "/sequence/0/stats", "status"),
    ({"operation": "listOrdesr"}, "/operation", "listOrders"),
]


@pytest.fixture(scope="module")
def shop() -> Iterator[Sandbox]:
    with Sandbox(SHOP) as sandbox:
        yield sandbox


@pytest.mark.parametrize(("answer", "pointer", "meant"), MISSPELT)
def test_a_misspelt_name_of_an_answer_is_told_the_nearest(
    shop: Sandbox, answer: dict[str, Any], pointer: str, meant: str
) -> None:
    told = httpx.post(f"{shop.url()}/__admin/sessions/default/answers", json=answer, trust_env=False)
    assert told.status_code == 400
    assert [error["pointer"] for error in told.json()["errors"]] == [pointer]
    assert nearest_said(told.json()["errors"][0]["expected"]) == meant
    with pytest.raises(AdminError, match=f"; the nearest (is|are) {meant}"):
        shop.answer(**answer)


@pytest.mark.parametrize(("answer", "pointer", "meant"), MISSPELT)
def test_in_a_file_it_is_told_with_the_line(
    tmp_path: Path, answer: dict[str, Any], pointer: str, meant: str
) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(f"# a team's\n\n- {answer}\n".replace("'", '"'))
    with pytest.raises(SettingsError) as caught:
        Sandbox(SHOP, stubs=tmp_path)
    assert str(caught.value).startswith(f"{file}:3: {pointer[1:]} must be ")
    assert nearest_said(str(caught.value)) == meant


@pytest.mark.parametrize(
    ("match", "pointer", "meant"),
    [
        ({"operaton": "listOrders"}, "/match/operaton", "operation"),
        ({"operation": "listOrdesr"}, "/match/operation", "listOrders"),
        ({"qurey": {"status": "open"}}, "/match/qurey", "query"),
        ({"query": {"status": {"matchs": "o"}}}, "/match/query/status/matchs", "matches"),
        ({"body": {"/quantity": {"matchs": "o"}}}, "/match/body/~1quantity/matchs", "matches"),
        ({"pathParameters": {"orderid": "o-1"}}, "/match/pathParameters/orderid", "orderId"),
    ],
)
def test_a_misspelt_name_of_a_fault_is_told_the_nearest(
    shop: Sandbox, match: dict[str, Any], pointer: str, meant: str
) -> None:
    rule = {"match": match, "fault": RESET}
    told = httpx.post(f"{shop.url()}/__admin/sessions/default/faults", json=rule, trust_env=False)
    assert told.status_code == 400
    assert [error["pointer"] for error in told.json()["errors"]] == [pointer]
    assert nearest_said(told.json()["errors"][0]["expected"]) == meant


@pytest.mark.parametrize(
    ("operation", "when"),
    [
        ("listOrders", {"query": {"debug": "1", "filter[a]": "b"}, "headers": {"X-Trace": "1"}}),
        ("listOrders", {"query": {"status": "open"}, "headers": {"Accept": "*"}}),
        ("createOrder", {"body": {"/quantity": 7, "/gift": True, "$.quantiti": 7}}),
        ("createOrder", {"body": {"/gift": {"note": "x"}, "/other": {"contains": 1, "total": 2}}}),
        ("createOrder", {"body": {"/gift": {"equals": {"contians": 1}}}}),
        ("deleteOrder", {"body": {"/quantiti": 7}}),
    ],
)
def test_what_is_like_nothing_that_the_contract_has_is_taken(
    shop: Sandbox, operation: str, when: Any
) -> None:
    shop.answer(operation, when=when)
    shop.reset()


def test_a_misspelt_name_can_be_meant(shop: Sandbox) -> None:
    shop.answer("listOrders", when={"query": {"staus": "open"}}, unchecked=True)
    shop.reset()


def nearest_said(said: str) -> str:
    """Return the first that a sentence calls the nearest."""
    _, _, near = said.partition("; the nearest ")
    return near.partition(" ")[2].split(",")[0].split(" ")[0]


# ---- any contract

PARTS = {
    "allOf": [{"properties": {"name": {"type": "string"}}}, {"$ref": "#/$defs/Sized"}],
    "unevaluatedProperties": False,
    "$defs": {"Sized": {"properties": {"size": {"type": "integer"}}}},
}
CLOSED = {"properties": {"name": {}, "size": {}, "secret": False}, "additionalProperties": False}


def failed(schema: Any, value: Any) -> list[Failure]:
    return Validator(schema).failures(value, "body")


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        (CLOSED, {"naem": 1}, "absent: the contract has no such field; the nearest is name"),
        (CLOSED, {"NAME": 1}, "absent: the contract has no such field; the nearest is name"),
        (CLOSED, {"weight": 1}, "absent: the contract has no such field; there are name, size"),
        (CLOSED, {"name": 1, "naem": 1}, "absent: the contract has no such field; there is size"),
        (PARTS, {"szie": 1}, "absent: the contract has no such field; the nearest is size"),
        (
            {"enum": ["red", "green", "blue", "black", "white", "grey"]},
            "gren",
            'one of "red", "green", "blue", "black", "white", "grey"; the nearest are green, grey',
        ),
        ({"enum": ["red", "green"]}, "gren", 'one of "red", "green"'),
        ({"propertyNames": {"maxLength": 2}}, {"abc": 1}, "under a name that is at most 2 characters long"),
    ],
)
def test_what_a_contract_has_not_is_told_what_it_has(schema: Any, value: Any, said: str) -> None:
    assert [failure.expected for failure in failed(schema, value)] == [said]


def test_a_member_under_a_wrong_name_is_pointed_at() -> None:
    assert [failure.pointer for failure in failed({"propertyNames": {"maxLength": 2}}, {"abc": 1})] == [
        "/abc"
    ]


def test_of_many_failures_the_first_are_compared() -> None:
    schema = {"properties": dict.fromkeys(map(str, range(900)), True), "additionalProperties": False}
    first, second = failed(schema, {"x899": 1, "x900": 1})
    assert "the nearest are" in first.expected
    assert "nearest" not in second.expected


def test_a_very_long_word_is_compared_with_nothing() -> None:
    assert nearest("status" * LONGEST, ["status" * LONGEST]) == []


def test_an_api_named_in_another_case_is_told_by_its_name() -> None:
    told = str(ApiNotFound("BILLING", ["shop", "billing"]))
    assert told.endswith("; there is billing")
