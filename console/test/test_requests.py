"""The console's list of requests: live, filtered, opened, sent again, made a fault or an answer, and ten thousand of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Locator, Page

from pages import Served, judge, opened, until

POSITION = "Number(document.querySelector('[role=option]')?.getAttribute('aria-posinset')) > 4000"

END_TO_END = """() => new Promise((resolve) => {
  const list = document.querySelector("[role=listbox]");
  const far = list.scrollHeight / 200;
  let most = 0, frames = 0;
  requestAnimationFrame(function look() {
    most = Math.max(most, list.querySelectorAll("[role=option]").length);
    if (frames++ === 200) return resolve(most);
    list.scrollTop += far;
    requestAnimationFrame(look);
  });
})"""
"""Scrolls from one end to the other, a frame at a time; returns the most rows that were in the page."""


def listed(page: Page, text: str | None = None) -> Locator:
    """Return the rows of the list, or those that have a text."""
    rows = page.locator("[role=option]")
    return rows if text is None else rows.filter(has_text=text)


def console(shop: Served, session: str, more: str = "") -> str:
    """Return the address of the list of a session's requests."""
    return f"{shop.url}/__admin/ui#/requests?session={session}{more}"


def test_what_was_called_is_listed_filtered_opened_copied_and_sent_again(
    browser: Browser, shop: Served
) -> None:
    resent = ["status of 400"]
    with opened(browser, f"{shop.url}/__admin/ui", allowed=resent) as page:
        listed(page, "/nothing-here").wait_for()
        page.get_by_label("Status", exact=True).select_option("4xx")
        assert listed(page).count() >= 2
        page.get_by_label("Text in a request").fill("quantity")
        listed(page).first.click()
        article = page.get_by_role("article")
        article.get_by_text("What was refused").wait_for()
        assert "body /quantity" in article.inner_text()
        assert article.locator(".line.wrong[data-pointer='/quantity']").count() == 1

        article.get_by_role("button", name="Copy as curl").click()
        page.get_by_text("is in the clipboard").wait_for()
        command = page.evaluate("navigator.clipboard.readText()")
        assert re.match(r"curl -X POST 'http.*/orders'", command)
        assert '"quantity":0' in command

        before = listed(page).count()
        article.get_by_role("button", name="Replay").click()
        listed(page).nth(before).wait_for()
        assert listed(page).count() == before + 1
        page.keyboard.press("Escape")
        article.wait_for(state="detached")


def test_they_come_as_they_happen_and_a_key_chooses_the_next(browser: Browser, shop: Served) -> None:
    shop.call("POST", "/__admin/sessions", {"name": "live"})
    with opened(browser, console(shop, "live")) as page:
        page.get_by_text("Nothing was called in the session live yet").wait_for()
        page.locator(".live.live").wait_for()
        shop.call("GET", "/orders", session="live")
        shop.call("GET", "/customers", session="live")
        listed(page, "/orders").wait_for()
        page.get_by_role("listbox").focus()
        page.keyboard.press("ArrowDown")
        page.get_by_role("article", name="Request 2").wait_for()
        page.keyboard.press("ArrowDown")
        page.get_by_role("article", name="Request 1").wait_for()

        with page.expect_download() as download:
            page.get_by_role("button", name="HAR").click()
        assert download.value.suggested_filename == "live.har"

        # A reset does not end the stream.
        shop.call("POST", "/__admin/sessions/live/reset")
        shop.call("DELETE", "/orders/gone", session="live")
        listed(page, "/orders/gone").wait_for()


def call_ten_thousand_times(shop: Served) -> None:
    """Read customers in the session `many`, and delete one at every hundredth call."""
    with httpx.Client(base_url=shop.url, headers={"Sandbox-Session": "many"}, timeout=60) as client:

        def ask(number: int) -> None:
            method = "GET" if number % 100 else "DELETE"
            assert client.request(method, f"/customers/c-{100 + number // 100}").status_code < 500

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(ask, range(10_000)))


def chosen_at(page: Page) -> Callable[[int], None]:
    """Return what waits for the row at a place to be the chosen one, with the focus on the list."""
    rows = page.get_by_role("listbox")

    def at(place: int) -> None:
        chosen = page.locator(f"[role=option][aria-selected=true][aria-posinset='{place}']")
        chosen.wait_for()
        assert page.evaluate("document.activeElement.getAttribute('role')") == "listbox"
        assert rows.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
        assert listed(page).count() < 100

    return at


def test_ten_thousand_scroll_by_wheel_and_by_key_with_few_rows_in_the_page(
    browser: Browser, shop: Served
) -> None:
    call_ten_thousand_times(shop)
    with opened(browser, console(shop, "many")) as page:
        page.set_default_timeout(30_000)
        page.get_by_text("10,000 requests").wait_for()
        assert listed(page).count() < 100
        scroll(page)
        choose_by_key(page)
        stay(page, shop)
        page.get_by_label("Text in a request").fill("DELETE")
        page.get_by_text("100 requests").wait_for()
        assert listed(page).count() < 100
        judge(page, "many")
        page.keyboard.press("Escape")
        page.get_by_role("article").wait_for(state="detached")
        page.get_by_role("listbox").and_(page.locator(":focus")).wait_for()
    shop.call("DELETE", "/__admin/sessions/many")


def scroll(page: Page) -> None:
    """Scroll ten thousand frame by frame, by the wheel, and to the end."""
    assert page.evaluate(END_TO_END) < 100
    page.get_by_role("listbox").evaluate("(element) => { element.scrollTop = 0 }")
    page.get_by_role("listbox").hover()
    page.mouse.wheel(0, 150_000)
    until(page, POSITION)
    assert listed(page).count() < 100
    page.get_by_role("listbox").evaluate("(element) => { element.scrollTop = element.scrollHeight }")
    page.locator("[aria-posinset='10000']").wait_for()
    assert listed(page).count() < 100


def choose_by_key(page: Page) -> None:
    """Go to both ends and a page on, by keys."""
    rows = page.get_by_role("listbox")
    rows.focus()
    at = chosen_at(page)
    page.keyboard.press("Home")
    at(1)
    page.get_by_role("article", name="Request 10000", exact=True).wait_for()
    page.keyboard.press("End")
    at(10_000)
    page.get_by_role("article", name="Request 1", exact=True).wait_for()
    page.keyboard.press("Home")
    at(1)
    page.keyboard.press("PageDown")
    at(1 + int(rows.evaluate("(element) => Math.floor(element.clientHeight / 30) - 1")))


def stay(page: Page, shop: Served) -> None:
    """See that who reads further down is not moved by what comes in."""
    rows = page.get_by_role("listbox")
    rows.evaluate("(element) => { element.scrollTop = 60_000 }")
    read = page.locator("[aria-posinset='2005']").inner_text()
    shop.call("GET", "/orders", session="many")
    page.get_by_text("10,001 requests").wait_for()
    assert page.locator("[aria-posinset='2006']").inner_text() == read
    assert rows.evaluate("(element) => element.scrollTop") == 60_030


def test_those_that_nothing_matched_say_what_came_nearest(browser: Browser, shop: Served) -> None:
    for path in ("/orders", "/customers", "/ordrs"):
        shop.call("GET", path, session="missed")
    shop.call("POST", "/__admin/sessions/missed/verify", {"operation": "listOrders"})
    with opened(browser, console(shop, "missed")) as page:
        listed(page).nth(2).wait_for()
        page.get_by_label("Status", exact=True).select_option("Nothing matched")
        page.get_by_text("2 requests", exact=True).wait_for()
        assert listed(page).count() == 2
        listed(page, "/customers").click()
        page.get_by_text("nothing that was verified counts it; listOrders came nearest").wait_for()
        listed(page, "/ordrs").click()
        page.locator(".why p").filter(has_text="the nearest operations are /orders").wait_for()
        judge(page, "unmatched")


def test_one_is_made_a_fault_and_another_an_answer(browser: Browser, shop: Served) -> None:
    shop.call("GET", "/orders?limit=2", session="steered")
    entry = console(shop, "steered", "&entry=1")
    with opened(browser, entry, allowed=["status of 400"]) as page:
        page.get_by_text("Taken for a list of /orders").wait_for()
        page.get_by_role("link", name="Make this a fault").click()
        dialog = page.get_by_role("dialog")
        dialog.locator("optgroup[label=shop]").wait_for(state="attached")
        assert dialog.get_by_label("Operation").input_value() == "shop get /orders"
        dialog.get_by_label("status", exact=True).fill("502")
        dialog.get_by_label("For the next").fill("1")
        dialog.get_by_role("button", name="Add the fault").click()
        page.get_by_text("fault-1 strikes from now on").wait_for()
        assert shop.call("GET", "/orders", session="steered").status_code == 502

        page.goto(entry)
        page.get_by_role("link", name="Make this an answer").click()
        dialog.get_by_label("Save it to").uncheck()
        dialog.get_by_label("Body, in JSON").fill('{"items": [], "total": "none"}')
        dialog.get_by_role("button", name="Add the answer").click()
        dialog.get_by_role("listitem").filter(has_text="/body/total").wait_for()
        judge(page, "answer")
        dialog.get_by_label("Body, in JSON").fill('{"items": [], "total": 77}')
        dialog.get_by_role("button", name="Add the answer").click()
        page.get_by_text("answer-1 is given from now on").wait_for()
        assert shop.call("GET", "/orders?limit=2", session="steered").json()["total"] == 77
        page.get_by_role("row").filter(has_text="answer-1").get_by_role("button", name="Remove").click()
        page.get_by_text("The sandbox answers everything itself").wait_for()
        page.goto(console(shop, "steered", "&entry=2"))
        page.get_by_text("A fault was applied: status=502").wait_for()


def test_one_is_made_an_answer_that_is_saved_to_the_folder_and_nothing_there_is_lost(
    browser: Browser, shop: Served, answers: Path
) -> None:
    shop.call("GET", "/orders?limit=3", session="saving")
    there = answers / "listOrders-200.yaml"
    there.write_text("{operation: getOrder, status: 404, when: {path: /orders/never}}")
    refused = ["status of 409", "status of 400"]
    with opened(browser, console(shop, "saving", "&entry=1"), allowed=refused) as page:
        page.get_by_role("link", name="Make this an answer").click()
        dialog = page.get_by_role("dialog")
        name = dialog.get_by_label("File", exact=True)
        dialog.get_by_label("Body, in JSON").fill('{"items": [], "total": 78}')
        assert name.input_value() == there.name
        dialog.get_by_role("button", name="Save the answer").click()
        dialog.get_by_text("there is a file of this name").wait_for()
        judge(page, "answer-saved")
        name.fill("many orders")
        dialog.get_by_role("button", name="Save the answer").click()
        dialog.get_by_text("1 to 95 of").wait_for()
        name.fill("many-orders")
        dialog.get_by_role("button", name="Save the answer").click()
        page.get_by_text("is saved to").wait_for()
        assert "total: 78" in (answers / "many-orders.yaml").read_text()
        assert shop.call("GET", "/orders?limit=3", session="elsewhere").json()["total"] == 78
        page.get_by_role("row").filter(has_text="many-orders.yaml").wait_for()
    for saved in (answers / "many-orders.yaml", there):
        saved.unlink()
    for session in ("default", "steered", "elsewhere", "saving"):
        clear_files(shop, session)


def clear_files(shop: Served, session: str) -> None:
    """Take the answers of files out of a session at once, and not when the server has seen that the files are gone."""
    place = f"/__admin/sessions/{session}/answers"
    for answer in shop.call("GET", place).json()["items"]:
        if answer.get("source"):
            shop.call("DELETE", f"{place}/{answer['id']}")
