"""Forms of records: what may be null, is one of some, an object within an object, or JSON within a form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page

from pages import Served, judge, opened, served

RECORDS = "/__admin/sessions/default/apis/forms/collections/%2Fshapes/records"
SHAPE = {
    "id": 9,
    "form": {"radius": 2},
    "note": "round",
    "sides": 1,
    "round": True,
    "tags": [["a"], []],
    "state": "open",
    "marks": [],
}


@pytest.fixture
def forms() -> Iterator[Served]:
    """Serve a contract of shapes, with one of them."""
    with served("console/test/forms.yaml") as server:
        assert server.call("PUT", f"{RECORDS}/9", SHAPE).status_code == 201
        yield server


def form(page: Page) -> Locator:
    """Return the form of a record, once it is there."""
    found = page.locator("form.record")
    found.wait_for()
    return found


def kept(forms: Served) -> dict[str, Any]:
    """Return the shape as the sandbox has it."""
    value: dict[str, Any] = forms.call("GET", f"{RECORDS}/9").json()["value"]
    return value


def address(forms: Served) -> str:
    """Return the address of the shape's form."""
    return f"{forms.url}/__admin/ui#/records?collection=/shapes&record=9"


def test_what_may_be_null_is_null_where_it_is_cleared_and_a_number_where_one_is_typed(
    browser: Browser, forms: Served
) -> None:
    with opened(browser, address(forms)) as page:
        fields = form(page)
        fields.get_by_label("note").fill("")
        fields.get_by_label("sides").fill("")
        fields.get_by_label("round").select_option("null")
        fields.get_by_role("button", name="Save").click()
        page.get_by_text("9 is saved").wait_for()
        assert kept(forms) == {**SHAPE, "note": None, "sides": None, "round": None}
        fields.get_by_label("sides").fill("4")
        fields.get_by_role("button", name="Save").click()
        page.get_by_text("version 3").wait_for()
        assert kept(forms)["sides"] == 4


def test_of_some_values_each_is_offered_once_beside_none(browser: Browser, forms: Served) -> None:
    with opened(browser, address(forms)) as page:
        choice = form(page).get_by_label("state")
        assert choice.locator("option").all_inner_texts() == ["", "open", "closed"]
        choice.select_option("closed")
        form(page).get_by_role("button", name="Save").click()
        page.get_by_text("9 is saved").wait_for()
        assert kept(forms) == {**SHAPE, "state": "closed"}


def test_nothing_is_saved_while_a_field_holds_no_json(browser: Browser, forms: Served) -> None:
    with opened(browser, address(forms), allowed=["status of 400"]) as page:
        fields = form(page)
        fields.get_by_label("tags").fill('[["a"], ["b"')
        fields.get_by_text("This is no JSON yet").wait_for()
        fields.get_by_label("note").fill("changed")
        fields.get_by_role("button", name="Save").click()
        assert fields.get_by_label("tags").evaluate("(field) => field === document.activeElement")
        assert kept(forms) == SHAPE
        fields.get_by_label("tags").fill('[["a"], ["b"]]')
        fields.get_by_role("button", name="Save").click()
        page.get_by_text("9 is saved").wait_for()
        assert kept(forms) == {**SHAPE, "note": "changed", "tags": [["a"], ["b"]]}


def test_of_several_objects_one_is_chosen_and_has_its_own_fields(browser: Browser, forms: Served) -> None:
    with opened(browser, address(forms), allowed=["status of 400"]) as page:
        shape = within(form(page), "form")
        which = shape.get_by_label("Which of these form is")
        assert which.locator("option").all_inner_texts() == ["Circle", "Box"]
        assert shape.get_by_label("radius").input_value() == "2"
        shape.get_by_label("radius").fill("0")
        form(page).get_by_role("button", name="Save").click()
        shape.locator(".wrong-text").first.wait_for()
        judge(page, "form-choice")
        which.select_option("Box")
        assert shape.get_by_label("radius").count() == 0
        shape.get_by_label("width").fill("3")
        form(page).get_by_role("button", name="Save").click()
        page.get_by_text("9 is saved").wait_for()
        assert kept(forms) == {**SHAPE, "form": {"width": 3}}


def test_what_says_which_of_several_objects_it_is_is_filled_in(browser: Browser, forms: Served) -> None:
    with opened(browser, address(forms)) as page:
        marks = within(form(page), "marks")
        marks.get_by_role("button", name="Add one: marks").click()
        one = within(marks, "marks 1")
        one.get_by_label("Which of these marks 1 is").select_option("stamp")
        one.get_by_label("ink").fill("blue")
        form(page).get_by_role("button", name="Save").click()
        page.get_by_text("9 is saved").wait_for()
        assert kept(forms) == {**SHAPE, "marks": [{"kind": "stamp", "ink": "blue"}]}


PARCELS = "/__admin/sessions/default/apis/forms/collections/%2Fparcels/records"
PARCEL = {"id": 9, "to": {"street": "Lane 1", "place": {"city": "Bern"}}}


@pytest.fixture
def parcels(forms: Served) -> Served:
    """Serve the same contract, with a parcel, whose id is also that of a shape."""
    assert forms.call("POST", "/parcels", PARCEL).status_code == 201
    assert forms.call("GET", "/parcels/9").status_code == 200
    assert forms.call("GET", "/shapes/9").status_code == 200
    return forms


def within(inside: Locator, name: str) -> Locator:
    """Return the fields of an object."""
    return inside.get_by_role("group", name=re.compile(f"^{name}\\b"))


def test_objects_within_a_record_and_those_of_its_lists_have_fields_of_their_own(
    browser: Browser, parcels: Served
) -> None:
    where = f"{parcels.url}/__admin/ui#/records?collection=/parcels&record=9"
    with opened(browser, where, allowed=["status of 400"]) as page:
        fields = form(page)
        city = within(within(fields, "to"), "place").get_by_label("city")
        assert city.input_value() == "Bern"
        city.fill("Bernoullistadt")
        within(fields, "from").get_by_role("button", name="Fill in: from").click()
        within(fields, "from").get_by_label("street").fill("Road 2")
        for number, item in enumerate(["pots", "cups"], 1):
            fields.get_by_role("button", name="Add one: lines").click()
            within(fields, f"lines {number}").get_by_label("item").fill(item)
        within(fields, "lines 2").get_by_label("count").fill("0")
        fields.get_by_role("button", name="Save").click()
        within(within(fields, "to"), "place").get_by_text("expected at most 10 characters").wait_for()
        within(fields, "lines 2").get_by_text("expected at least 1, got 0").wait_for()
        judge(page, "form-refused")

        city.fill("Basel")
        within(fields, "lines 2").get_by_label("count").fill("3")
        fields.get_by_role("button", name="Remove: lines 1").click()
        fields.get_by_role("button", name="Add one: lines").and_(page.locator(":focus")).wait_for()
        assert within(fields, "lines 1").get_by_label("item").input_value() == "cups"
        fields.get_by_role("button", name="Save").click()
        page.get_by_text("9 is saved").wait_for()
        changed = {
            "id": 9,
            "to": {"street": "Lane 1", "place": {"city": "Basel"}},
            "from": {"street": "Road 2"},
            "lines": [{"item": "cups", "count": 3}],
        }
        assert parcels.call("GET", f"{PARCELS}/9").json()["value"] == changed

        fields.get_by_role("button", name="Make it null: from").click()
        fields.get_by_role("button", name="Leave it out: place").first.click()
        fields.get_by_role("button", name="Save").click()
        page.get_by_text("version 3").wait_for()
        value = parcels.call("GET", f"{PARCELS}/9").json()["value"]
        assert value == {**changed, "to": {"street": "Lane 1"}, "from": None}


def test_the_history_of_a_record_has_the_requests_about_it_and_none_about_another_of_the_same_id(
    browser: Browser, parcels: Served
) -> None:
    with opened(browser, f"{parcels.url}/__admin/ui#/records?collection=/parcels&record=9") as page:
        about = page.get_by_role("dialog").locator(".choices a")
        about.nth(1).wait_for()
        assert [text.split()[-2] for text in about.all_inner_texts()] == ["getParcel", "createParcel"]


def test_an_object_with_the_id_of_another_record_leads_to_it(browser: Browser, parcels: Served) -> None:
    parcel = {**PARCEL, "shape": {"id": 9}}
    assert parcels.call("PUT", f"{PARCELS}/9", parcel).status_code == 200
    with opened(browser, f"{parcels.url}/__admin/ui#/records?collection=/parcels&record=9") as page:
        page.get_by_role("dialog").get_by_role("link", name="/shapes 9").click()
        page.get_by_role("dialog", name="shape 9").wait_for()
