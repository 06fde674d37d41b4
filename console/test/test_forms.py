"""Forms of records: what may be null, is one of some, or is JSON within a form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page

from pages import Served, opened, served

RECORDS = "/__admin/sessions/default/apis/forms/collections/%2Fshapes/records"
SHAPE = {
    "id": 9,
    "form": {"radius": 2},
    "note": "round",
    "sides": 1,
    "round": True,
    "tags": [["a"], []],
    "state": "open",
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
        fields.get_by_label("form").fill('{"radius": 0}')
        fields.get_by_role("button", name="Save").click()
        fields.locator(".field .wrong-text").first.wait_for()
        fields.get_by_label("form").fill('{"width": 3}')
        fields.get_by_role("button", name="Save").click()
        page.get_by_text("9 is saved").wait_for()
        assert kept(forms) == {**SHAPE, "form": {"width": 3}, "note": "changed", "tags": [["a"], ["b"]]}
