"""What the contracts of this repository answer is what they answered before, and a comparison names what differs, the gravest first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from golden import GOLDENS, Subject, compared, judged, planned, read, repository, write
from golden_plan import Answer, Ask, Told

READ = Ask("look", "get", "/cups/{id}", {"id": 1})
LIST = Ask("look", "get", "/cups")
CHANGE = Ask("change", "patch", "/cups/{id}", {"id": 1}, body={"colour": "red"}, media="application/json")


@pytest.mark.parametrize("subject", repository(), ids=lambda subject: subject.name)
def test_answers_are_those_that_were_recorded(subject: Subject, tmp_path: Path) -> None:
    verdict = judged(subject, GOLDENS, tmp_path, show=20)
    differing = "\n".join(verdict.examples)
    assert verdict.counts.total() == verdict.counts["same"], (
        f"{verdict.line()}\n{differing}\nwhere this is meant: .venv/bin/python tests/golden.py --write"
    )


@pytest.mark.parametrize(
    ("ask", "before", "now", "kind"),
    [
        (READ, {"id": 1, "colour": "red"}, {"colour": "red", "id": 1}, "same"),
        (READ, {"id": 1, "colour": "red"}, {"id": 1, "colour": "blue"}, "values"),
        (READ, {"id": 1, "colour": "red"}, {"id": 1}, "members"),
        (READ, {"id": 1, "tags": [{}]}, {"id": 1, "tags": [{"a": 1}]}, "members"),
        (READ, {"id": 1, "labels": {"coral": 1}}, {"id": 1, "labels": {"amber": 1}}, "values"),
        (READ, {"cup": {"id": 1}, "asked": "a"}, {"cup": {"id": 1}, "asked": "b"}, "frame"),
        (READ, {"cup": {"id": 1}, "asked": "a"}, {"cup": {"id": 2}, "asked": "b"}, "values"),
        (LIST, {"items": [{"id": 1}], "total": 1}, {"items": [{"id": 1}], "total": 2}, "frame"),
        (LIST, {"items": [{"id": 1}], "total": 1}, {"items": [], "total": 0}, "count"),
        (CHANGE, {"id": 1, "colour": "red"}, {"id": 1, "colour": "blue"}, "sent"),
        (CHANGE, {"cup": {"id": 1, "colour": "red"}}, {"cup": {"id": 1}}, "sent"),
    ],
)
def test_a_difference_is_of_the_gravest_class(ask: Ask, before: Any, now: Any, kind: str) -> None:
    assert compared(ask, Answer(200, {}, before), Answer(200, {}, now)).kind == kind
    assert compared(ask, Answer(200, {}, before), Answer(404, {}, now)).kind == "status"


def test_headers_are_compared_by_what_they_say_or_by_their_names_where_the_body_tells_them() -> None:
    before = Answer(200, {"etag": "a", "x-total": "1"}, None)
    assert compared(LIST, before, replace(before, headers={"etag": "b", "x-total": "1"})).kind == "same"
    assert compared(LIST, before, replace(before, headers={"etag": "a", "x-total": "2"})).kind == "headers"
    assert compared(LIST, before, replace(before, headers={"x-total": "1"})).kind == "headers"


@pytest.mark.parametrize(
    ("told", "url"),
    [(Told(0), "/cups/a%20b"), (Told(0, "/cup/id"), "/cups/7"), (Told(0, "/cup/number"), "/cups/untold")],
)
def test_a_recorded_request_follows_the_keys_of_today(told: Told, url: str) -> None:
    created = Answer(201, {"location": "http://sandbox/cups/a%20b"}, {"cup": {"id": 7}})
    assert Ask("look", "get", "/cups/{id}", {"id": told}).url([created]) == url


def test_what_is_kept_is_read_back(tmp_path: Path) -> None:
    subject = next(one for one in repository() if one.name == "tests-cups")
    done = planned(subject, tmp_path)
    write(tmp_path / "kept.jsonl", done)
    asks, answers = read(tmp_path / "kept.jsonl")
    assert asks == done.asked
    assert [answer.body for answer in answers] == [answer.body for answer in done.answers]
    assert {ask.what for ask in asks} >= {
        "create",
        "create empty",
        "look",
        "look at another",
        "look at nobody's",
    }


def test_an_item_is_asked_by_the_key_its_creation_told(tmp_path: Path) -> None:
    subject = next(one for one in repository() if one.name == "tests-shop")
    done = planned(subject, tmp_path)
    by_key = [
        answer.status
        for ask, answer in zip(done.asked, done.answers, strict=True)
        if isinstance(ask.at.get("orderId"), Told)
    ]
    assert by_key.count(200) >= 4
    assert by_key[-1] == 404, "the last was asked for once more after it was deleted"
