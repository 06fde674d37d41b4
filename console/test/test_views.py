"""The console's other views, each once; and all of them at 360 and 1280 pixels, light and dark."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from pages import Served, judge, opened, until

VIEWS = {
    "sessions": ("sessions", "tbody tr"),
    "records": ("records?collection=/orders", "tbody tr"),
    "record": ("records?collection=/customers&record=c-501", "form.record"),
    "operations": ("operations", "svg rect"),
    "operation": ("operations?operation=post%20/orders", "textarea"),
    "faults": ("faults", "tbody tr"),
    "fault": ("faults?make=fault", "dialog select"),
    "scripted": ("faults?make=answer", "dialog textarea"),
    "clock": ("clock", "time"),
    "webhooks": ("webhooks", "tbody tr"),
}
"""Each view by its picture's name, with where it is and what shows that it is there."""

CUT_OFF = """[...document.querySelectorAll('dialog label.field > *')]
    .filter((one) => one.getBoundingClientRect().right > one.closest('fieldset, .inside').getBoundingClientRect().right)
    .map((one) => one.outerHTML)"""
"""What of a form reaches out of its dialog."""

LOOKS = [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")]


def view(shop: Served, where: str) -> str:
    """Return the address of a view."""
    return f"{shop.url}/__admin/ui#/{where}"


def test_on_a_narrow_page_the_view_that_is_shown_is_in_sight_among_the_tabs(
    browser: Browser, shop: Served
) -> None:
    with opened(browser, view(shop, "webhooks"), width=360) as page:
        tab = page.get_by_role("navigation", name="Views").get_by_role("link", name="Webhooks")
        until(page, "document.querySelector('.views').scrollLeft > 0")
        box = tab.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        page.get_by_role("link", name="Requests").click()
        until(page, "document.querySelector('.views').scrollLeft === 0")
        for name in ("Records", "Operations", "Faults, answers", "Sessions", "Clock", "Webhooks"):
            page.keyboard.press("Tab")
            focused = page.get_by_role("link", name=name).and_(page.locator(":focus"))
            box = focused.bounding_box()
            assert box is not None
            assert -1 < box["x"] < 361 - box["width"], name


def test_sessions_are_made_restored_compared_reset_and_forgotten(browser: Browser, shop: Served) -> None:
    with opened(browser, view(shop, "sessions")) as page:
        page.get_by_label("Name of a new session").fill("a b")
        page.get_by_text("1 to 64 of").wait_for()
        page.get_by_label("Name of a new session").fill("mine")
        page.get_by_role("button", name="New session").click()
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name="mine", exact=True))
        row.wait_for()

        row.get_by_role("button", name="Compare").click()
        page.get_by_text("/customers c-501").first.wait_for()
        judge(page, "compare")
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="detached")

        row.get_by_role("button", name="Restore").click()
        page.get_by_role("button", name="Copy it").click()
        page.get_by_text("mine is in the state of default").wait_for()
        row.get_by_role("button", name="Compare").click()
        page.get_by_text("Both remember the same").wait_for()
        page.get_by_role("button", name="Close").click()
        answer = {"operation": "getOrder", "status": 404}
        assert shop.call("POST", "/__admin/sessions/mine/answers", answer).status_code == 201
        row.get_by_role("button", name="Compare").click()
        page.get_by_role("row").filter(has_text="scripted answers").wait_for()
        page.get_by_role("button", name="Close").click()

        with page.expect_download() as download:
            row.get_by_role("button", name="Snapshot").click()
        assert download.value.suggested_filename == "mine.snapshot.json"

        row.get_by_role("button", name="Reset").click()
        page.get_by_text("mine is as new").wait_for()
        row.get_by_role("button", name="Forget").click()
        row.wait_for(state="detached")


def test_a_rule_is_made_for_calls_of_which_each_condition_holds(browser: Browser, shop: Served) -> None:
    with opened(browser, view(shop, "faults?make=fault&session=asked"), allowed=["status of 400"]) as page:
        dialog = page.get_by_role("dialog")
        asks = dialog.get_by_role("group", name="Only calls of which all this holds")
        for number in (1, 2, 3):
            asks.get_by_role("button", name="Add a condition").press("Enter")
            row = asks.get_by_role("group", name=f"Condition {number}")
            row.get_by_label("Where").and_(page.locator(":focus")).wait_for()
        asks.get_by_role("button", name="Remove condition 3").press("Enter")
        asks.get_by_role("button", name="Add a condition").and_(page.locator(":focus")).wait_for()
        first, second = (asks.get_by_role("group", name=f"Condition {number}") for number in (1, 2))
        first.get_by_label("Where").select_option("Body")
        first.get_by_label("Pointer").fill("quantity")
        first.get_by_label("Value").fill("3")
        dialog.get_by_role("button", name="Add the fault").click()
        dialog.get_by_role("alert").get_by_text("Say which query is meant").wait_for()
        second.get_by_label("Where").select_option("Header")
        second.get_by_label("Name").fill("Idempotency-Key")
        second.get_by_label("How").select_option("is absent")
        dialog.get_by_role("button", name="Add the fault").click()
        dialog.get_by_text("under a name that is a JSON pointer, or a JSONPath").wait_for()
        judge(page, "conditions")
        first.get_by_label("Pointer").fill("/quantity")
        asks.get_by_role("button", name="As JSON").click()
        text = asks.get_by_label("Conditions, in JSON")
        asked: dict[str, Any] = {
            "body": {"/quantity": {"equals": 3}},
            "headers": {"Idempotency-Key": {"absent": True}},
        }
        assert json.loads(text.input_value()) == asked
        text.fill(json.dumps({**asked, "query": {"a": {"not": {"glob": "b*", "contains": "c"}}}}))
        asks.get_by_role("button", name="As rows").click()
        asks.get_by_text("Rows cannot say all of this").wait_for()
        asked["query"] = {"a": {"absent": False, "not": {"contains": "c"}}}
        text.fill(json.dumps(asked))
        asks.get_by_role("button", name="As rows").click()
        last = asks.get_by_role("group", name="Condition 4")
        assert last.get_by_label("How").locator("option:checked").inner_text() == "does not contain"
        last.get_by_label("How").select_option("is absent")
        dialog.get_by_role("button", name="Add the fault").click()
        dialog.get_by_text("There can be one condition of this kind on a").wait_for()
        last.get_by_label("How").select_option("is not like")
        asked["query"]["a"]["not"] = {"glob": "c"}
        assert first.get_by_label("Pointer").input_value() == "/quantity"
        dialog.get_by_role("button", name="Add the fault").click()
        page.get_by_text("strikes from now on").wait_for()
        [rule] = shop.call("GET", "/__admin/sessions/asked/faults").json()["items"]
        assert rule["match"] == asked


def test_calls_get_faults_and_answers_in_turn(browser: Browser, shop: Served) -> None:
    address = view(shop, "faults?make=fault&session=turns")
    with opened(browser, address, width=360, allowed=["status of 400"]) as page:
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="Then, for the next call").press("Enter")
        second = dialog.get_by_role("group", name="Call 2")
        second.get_by_label("What happens").and_(page.locator(":focus")).wait_for()
        second.get_by_label("What happens").select_option("Nothing goes wrong")
        dialog.get_by_label("from the first again").check()
        judge(page, "fault-turns")
        assert page.evaluate(CUT_OFF) == []
        dialog.get_by_role("button", name="Add the fault").click()
        page.get_by_role("cell", name="status 503, then normal, and again").wait_for()

        page.get_by_role("button", name="New answer").click()
        dialog.get_by_label("Operation").select_option("GET /orders/{orderId}")
        for _ in range(3):
            dialog.get_by_role("button", name="Then, for the next call").click()
        first, second, third, fourth = (
            dialog.get_by_role("group", name=f"Call {number}") for number in range(1, 5)
        )
        first.get_by_label("Status").fill("404")
        first.get_by_label("Headers").fill("Retry-After 2")
        second.get_by_label("Body, in JSON").fill('{"title": "later"}')
        third.get_by_label("Who answers").select_option("The sandbox, as it would")
        fourth.get_by_role("button", name="Remove call 4").click()
        dialog.get_by_label("Requests").select_option("valid or not")
        dialog.get_by_role("button", name="Add the answer").click()
        dialog.get_by_text('"Retry-After 2" is no header').wait_for()
        first.get_by_label("Headers").fill("Retry-After: 2\nSet-Cookie: a=1\nSet-Cookie: b=2")
        dialog.get_by_role("button", name="Add the answer").click()
        dialog.get_by_text("/sequence/1/body/id is required").wait_for()
        assert page.evaluate(CUT_OFF) == []
        judge(page, "answer-turns")
        second.get_by_label("Status").fill("404")
        dialog.get_by_role("button", name="Add the answer").click()
        page.get_by_text("answer-1 is given from now on").wait_for()
        said = '404, then 404 {"title":"later"}, then what the sandbox says'
        page.get_by_role("row").filter(has_text=said).wait_for()
        [answer] = shop.call("GET", "/__admin/sessions/turns/answers").json()["items"]
        headers = {"Retry-After": "2", "Set-Cookie": ["a=1", "b=2"]}
        turns = [{"status": 404, "headers": headers}, {"status": 404, "body": {"title": "later"}}]
        assert answer["sequence"] == [*turns, {"default": True}]
        assert answer["when"] == {"valid": "any"}


def test_records_are_found_followed_edited_and_refused_with_the_field(browser: Browser, shop: Served) -> None:
    with opened(browser, view(shop, "records?collection=/orders"), allowed=["status of 400"]) as page:
        page.get_by_role("row").nth(1).wait_for()
        page.get_by_label("Text in a record").fill("box of PENCILS")
        page.get_by_text("1 record", exact=True).wait_for()
        page.get_by_role("rowheader").get_by_role("link").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("quantity").fill("0")
        dialog.get_by_role("button", name="Save").click()
        dialog.locator(".field .wrong-text").filter(has_text="expected at least 1, got 0").wait_for()
        assert dialog.get_by_label("quantity").get_attribute("aria-invalid") == "true"
        judge(page, "record-refused")
        dialog.get_by_label("quantity").fill("7")
        dialog.get_by_role("button", name="Save").click()
        page.get_by_text("is saved").wait_for()
        dialog.get_by_text("version 2").wait_for()
        dialog.get_by_text("Requests about it").wait_for()
        dialog.get_by_role("link", name="/orders").first.wait_for()
        dialog.get_by_role("link", name="/customers c-501").click()
        page.get_by_role("dialog", name="customer c-501").wait_for()


def test_records_are_added_and_deleted(browser: Browser, shop: Served) -> None:
    with opened(browser, view(shop, "records?collection=/customers")) as page:
        page.get_by_role("button", name="Add a record").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("name").fill("Grace Hopper")
        dialog.get_by_label("Key").fill(
            "c-777"
        )  # after it, since what was typed once got lost when the key was
        dialog.get_by_role("button", name="Add", exact=True).click()
        page.get_by_text("c-777 is added").wait_for()
        assert shop.call("GET", "/customers/c-777").json()["name"] == "Grace Hopper"
        page.get_by_role("link", name="c-777").click()
        dialog.get_by_role("button", name="Delete").click()
        page.get_by_text("c-777 is deleted").wait_for()


def choose(page: Page, text: str, name: str) -> None:
    """Find an operation among the others, and open it."""
    page.get_by_label("Text in an operation").fill(text)
    page.get_by_role("navigation", name="Operations").get_by_role("link", name=name).click()


def test_operations_are_told_pictured_tried_steered_and_counted(browser: Browser, shop: Served) -> None:
    address = view(shop, "operations?session=trying")
    with opened(browser, address, allowed=["status of 404"]) as page:
        page.get_by_role("link", name="Records of /orders").wait_for()
        assert page.locator("svg .arrow").count() == 1
        page.get_by_text("Not called: 10 operations").wait_for()
        choose(page, "createorder", "POST /orders")
        page.get_by_text("Creates one order.").wait_for()
        page.get_by_text("The members customerId, item and quantity of the request.").wait_for()
        page.get_by_text("Status 201 with Order. Location says where it is.").wait_for()
        page.get_by_text("webhook order.created").wait_for()
        body = page.get_by_label("Body, application/json")
        until(page, "document.querySelector('textarea')?.value.includes('customerId')")
        page.get_by_role("button", name="Send").click()
        answer = page.get_by_role("region", name="The answer")
        answer.get_by_text("201").wait_for()
        page.get_by_text("Touched by 1 call").wait_for()
        page.locator(".chips .done").filter(has_text="/quantity 1").first.wait_for()

        choose(page, "getorder", "GET /orders/{orderId}")
        page.get_by_text("Reads one order.").wait_for()
        page.get_by_label("Prefer").select_option("404")
        field = "document.querySelector('.parameters input:not([type=checkbox])')"
        until(page, f"{field}?.value.startsWith('o-')")
        page.get_by_role("button", name="Send").click()
        answer.locator(".status").filter(has_text="404").wait_for()
        assert body.count() == 0


def test_the_clock_is_moved_on_frozen_and_thawed(browser: Browser, shop: Served) -> None:
    with opened(browser, view(shop, "clock?session=timed")) as page:
        before = page.get_by_role("time").inner_text()
        page.get_by_role("button", name="+ 1 day").click()
        until(page, f"document.querySelector('time').textContent !== {json.dumps(before)}")
        page.get_by_label("Time (UTC)").fill("2031-02-03T04:05:06")
        page.get_by_role("button", name="Set and freeze").click()
        page.get_by_text("frozen", exact=True).wait_for()
        now = shop.call("GET", "/__admin/sessions/timed/clock").json()["now"]
        assert now.startswith("2031-02-03T04:05:06")
        page.get_by_role("button", name="Thaw").click()
        page.get_by_text("frozen", exact=True).wait_for(state="detached")


def test_a_webhook_has_a_target_is_sent_and_what_came_of_it_is_told(browser: Browser, shop: Served) -> None:
    with opened(browser, view(shop, "webhooks?session=hooked"), allowed=["status of 400"]) as page:
        page.get_by_label("URL of a new target").fill("no address")
        page.get_by_role("button", name="Add a target").click()
        page.get_by_role("alert").filter(has_text="an absolute URL").wait_for()
        page.get_by_label("URL of a new target").fill("http://127.0.0.1:9/hooks")
        page.get_by_role("button", name="Add a target").click()
        page.get_by_role("row").filter(has_text="127.0.0.1:9").wait_for()
        row = page.get_by_role("row").filter(has_text="order.created")
        row.get_by_role("button", name="Send").click()
        page.get_by_role("button", name="Send it now").click()
        page.get_by_text("order.created goes to 1 target").wait_for()
        page.get_by_text("1 delivery due").wait_for()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_each_view_is_accessible(browser: Browser, shop: Served, width: int, scheme: str) -> None:
    look = f"{width}-{scheme}"
    with opened(browser, f"{shop.url}/__admin/ui", width=width, scheme=scheme) as page:
        page.locator("[role=option]").first.wait_for()
        judge(page, f"requests-{look}")
        page.locator("[role=option]").filter(has_text="POST").first.click()
        page.get_by_role("article").wait_for()
        judge(page, f"request-{look}")
        for name, (where, waited) in VIEWS.items():
            page.goto(view(shop, where))
            page.locator(waited).first.wait_for()
            judge(page, f"{name}-{look}")
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide == width, f"{name} is wider than the page"
            assert page.evaluate(CUT_OFF) == [], name
