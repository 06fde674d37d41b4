"""What is found by a slug and named by number or address, as Django REST framework writes it; marks and their average."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, contract_of, parameter, resource, thing
from understudy.sandbox import Sandbox, Settings

NUMBER = {"type": "number"}
SLUG = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$", "readOnly": True}
URL = {"type": "string", "format": "uri", "readOnly": True}
TEACHER = thing({"url": URL, "id": WHOLE, "full_name": TEXT}, "url", "id", "full_name")
COURSE = thing(
    {
        "url": URL,
        "id": WHOLE,
        "title": TEXT,
        "slug": SLUG,
        "teacher": {"type": "string", "format": "uri"},
        "teacher_name": TEXT,
        "average_rating": NUMBER,
        "rating_count": WHOLE,
    },
    *("url", "id", "title", "slug", "teacher", "teacher_name", "average_rating", "rating_count"),
)
PLACE = thing(
    {"id": WHOLE, "course": WHOLE, "course_title": TEXT, "parent": {"type": ["integer", "null"]}},
    *("id", "course", "course_title", "parent"),
)
REVIEW = thing({"id": WHOLE, "rating": {"type": "integer", "minimum": 1, "maximum": 5}}, "id", "rating")


def items(kind: dict[str, Any], new: dict[str, Any], path: str, key: str = "id") -> dict[str, Any]:
    """Write a collection as that framework does: with a slash at the end of each path."""
    found = resource(kind, new, path)
    own = found[f"{path}/{{id}}"]
    own["parameters"] = [parameter(key, TEXT if key == "slug" else WHOLE)]
    return {f"{path}/": found[path], f"{path}/{{{key}}}/": own}


@pytest.fixture
def school(serve: Callable[..., httpx.Client]) -> httpx.Client:
    paths = items(TEACHER, thing({"full_name": TEXT}), "/teachers")
    paths |= items(COURSE, thing({"title": TEXT}), "/courses", "slug")
    paths |= items(PLACE, thing({"course": WHOLE}), "/enrollments")
    reviews = resource(REVIEW, thing({"rating": WHOLE}), "/courses/{slug}/reviews")["/courses/{slug}/reviews"]
    paths["/courses/{slug}/reviews/"] = {**reviews, "parameters": [parameter("slug", TEXT)]}
    return serve(Sandbox(contract_of(paths), None, Settings(populate=4)))


def test_a_slug_is_that_of_its_title_and_an_address_leads_there(school: httpx.Client) -> None:
    for course in school.get("/courses/").json():
        assert course["slug"].startswith(course["title"].lower().replace(" ", "-"))
        assert school.get(course["url"]).json() == course


def test_a_number_and_an_address_lead_to_the_item_and_what_stands_beside_them_is_its(
    school: httpx.Client,
) -> None:
    courses = {one["id"]: one for one in school.get("/courses/").json()}
    for place in school.get("/enrollments/").json():
        assert place["course_title"] == courses[place["course"]]["title"]
    for course in courses.values():
        assert school.get(course["teacher"]).json()["full_name"] == course["teacher_name"]


def test_a_parent_was_there_before(school: httpx.Client) -> None:
    places = {one["id"]: one for one in school.get("/enrollments/").json()}
    assert {one["parent"] for one in places.values()} <= {None, *places}
    assert all(one["parent"] is None or one["parent"] < one["id"] for one in places.values())


def test_the_average_is_that_of_the_marks_which_are_given(school: httpx.Client) -> None:
    course = school.post("/courses/", json={"title": "Cell Biology"}).json()
    for mark in (5, 4, 4):
        assert school.post(f"/courses/{course['slug']}/reviews/", json={"rating": mark}).status_code == 201
    found = school.get(f"/courses/{course['slug']}/").json()
    assert (found["average_rating"], found["rating_count"]) == (4.33, 3)
