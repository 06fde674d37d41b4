"""Patterns that would backtrack for ever: a text that cannot be decided is refused by its field, on a real socket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import answer, body, parameter, thing
from understudy.sandbox import Sandbox
from understudy.schemas.validators import MOST_NAMED, Validator

SLOW = r"^([a-z0-9]+(?!-)-?)*$"
ENDLESS = "a" * 40 + "!"
TAKES_TOO_LONG = "must be a text for which its pattern can be decided: this one takes too long"
PATTERNS = [
    SLOW,
    r"^(a*)*\1b\1$",
    r"^(?:(?!ab)\w+\s?)+$",
    r"^((?!--)[a-z0-9-]+)+$",
    r"^(?!\s)(?:(?!\s{2})[\w\s]+)*(?<!\s)$",
]


@pytest.fixture
def client(serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]) -> httpx.Client:
    properties: dict[str, Any] = {
        f"p{i}": {"type": "string", "pattern": one} for i, one in enumerate(PATTERNS)
    }
    properties["named"] = {"type": "object", "propertyNames": {"pattern": SLOW}}
    operation = {
        "parameters": [parameter("q", {"type": "string", "pattern": SLOW}, "query")],
        "requestBody": {**body(thing(properties)), "required": False},
        "responses": answer({"type": "string"}),
    }
    return serve(sandbox(paths={"/things": {"post": operation}}))


@pytest.mark.parametrize("number", range(len(PATTERNS)))
def test_a_text_whose_pattern_takes_too_long_is_refused_by_its_field(
    client: httpx.Client, number: int
) -> None:
    refused = client.post("/things", json={f"p{number}": "a" * 60 + "!"})
    assert refused.status_code == 400
    (error,) = refused.json()["errors"]
    assert error["pointer"] == f"/p{number}"


def test_a_name_whose_pattern_takes_too_long_is_refused_by_its_object(client: httpx.Client) -> None:
    refused = client.post("/things", json={"named": {ENDLESS: 1}})
    assert refused.status_code == 400
    assert f"body /named: {TAKES_TOO_LONG}" in refused.json()["detail"]


def test_a_parameter_whose_pattern_takes_too_long_is_refused_by_its_name(client: httpx.Client) -> None:
    refused = client.post("/things", params={"q": ENDLESS})
    assert refused.status_code == 400
    assert f"query /q: {TAKES_TOO_LONG}" in refused.json()["detail"]


@pytest.mark.slow
def test_of_a_body_with_many_slow_texts_the_first_is_named() -> None:
    validator = Validator({"items": {"pattern": SLOW}})
    found = validator.failures([f"{'a' * 40}{number}!" for number in range(2_000)], "body")
    assert [failure.pointer for failure in found] == ["/0"]


def test_of_a_large_body_the_first_failure_is_named() -> None:
    validator = Validator({"items": {"type": "integer"}})
    found = validator.failures(["x"] * (MOST_NAMED + 1), "body")
    assert [failure.pointer for failure in found] == ["/0"]
    assert len(validator.failures(["x"] * 100, "body")) == 100
