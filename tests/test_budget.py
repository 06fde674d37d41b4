"""Values are made within a budget of values, levels and time, and the journal says where one was left without more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from inline import TEXT, answer, thing
from understudy.schemas import builder
from understudy.testing import Sandbox


def nested(levels: int) -> dict[str, Any]:
    """Return a schema of so many objects within each other."""
    schema = thing({"name": TEXT})
    for _ in range(levels):
        schema = thing({"name": TEXT, "inner": schema})
    return schema


def asked(folder: Path, schema: Any) -> tuple[Any, list[str]]:
    """Return what an operation of this schema answers, and what the journal notes of it."""
    file = folder / "api.json"
    paths = {"/report": {"get": {"responses": answer(thing({"whole": schema}))}}}
    file.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths}))
    with (
        Sandbox(file) as sandbox,
        httpx.Client(transport=sandbox.transport, base_url="http://sandbox") as api,
    ):
        shown = api.get("/report")
        [entry] = api.get("/__admin/sessions/default/journal").json()["items"]
    assert shown.status_code == 200
    return shown.json()["whole"], entry["notes"]


def test_a_value_of_a_usual_size_is_made_whole_and_nothing_is_noted(tmp_path: Path) -> None:
    value, notes = asked(tmp_path, thing({f"p{number}": TEXT for number in range(50)}))
    assert len(value) == 50
    assert notes == []


def test_the_journal_says_where_a_value_of_many_members_was_left_without_more(tmp_path: Path) -> None:
    value, [note] = asked(tmp_path, thing({f"p{number}": TEXT for number in range(2_000)}))
    assert 50 < len(value) < 700
    assert "/properties/whole" in note
    assert "without optional members" in note


def test_the_journal_says_where_a_value_was_deep_enough(tmp_path: Path) -> None:
    value, [note] = asked(tmp_path, nested(12))
    levels = 0
    while "inner" in value:
        value, levels = value["inner"], levels + 1
    assert 2 < levels < 12
    assert "levels deep" in note


def test_what_takes_too_long_is_left_out_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "LONGEST", 1e-9)
    value, [note] = asked(tmp_path, thing({f"p{number}": TEXT for number in range(90)}))
    assert len(value) < 90
    assert "without optional members" in note


def test_what_is_required_is_made_whatever_it_takes(tmp_path: Path) -> None:
    names = [f"p{number}" for number in range(2_000)]
    value, _ = asked(tmp_path, thing(dict.fromkeys(names, TEXT), *names))
    assert len(value) == 2_000


def test_names_after_many_patterns_are_bounded_too(tmp_path: Path) -> None:
    patterns = {f"^p{number}_[a-z]+$": TEXT for number in range(300)}
    value, _ = asked(tmp_path, {"type": "object", "patternProperties": patterns, "minProperties": 20})
    assert len(value) >= 20
