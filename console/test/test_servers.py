"""Servers that do not let everybody in, or are gone: what is wrong is said where one looks, and ends when it is right again."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page

from pages import Served, judge, opened, served

GUARDED = ("docs/shop.yaml", "--admin-token", "s3cret")
LOST = ("status of 401", "Failed to load resource", "ERR_")


@pytest.fixture
def guarded() -> Iterator[Served]:
    """Serve a shop that asks for a token."""
    with served(*GUARDED) as server:
        yield server


def say(page: Page, token: str) -> None:
    """Give the console a token."""
    dialog = page.get_by_role("dialog", name="Admin token")
    dialog.get_by_label("Token").fill(token)
    dialog.get_by_role("button", name="Use it").click()


def test_a_token_is_asked_for_a_wrong_one_is_told_and_a_good_one_opens_the_page(
    browser: Browser, guarded: Served
) -> None:
    with opened(browser, f"{guarded.url}/__admin/ui", allowed=["status of 401"]) as page:
        dialog = page.get_by_role("dialog", name="Admin token")
        dialog.get_by_text("The server asks for its admin token").wait_for()
        judge(page, "token")
        say(page, "wrong")
        dialog.get_by_text("The server does not take this token").wait_for()
        say(page, "s3cret")
        dialog.wait_for(state="detached")
        page.locator(".live.live").wait_for()
        httpx.get(f"{guarded.url}/orders")
        page.locator("[role=option]").filter(has_text="/orders").wait_for()


def test_a_server_that_stopped_is_said_to_be_gone_and_is_found_again(browser: Browser) -> None:
    server = Served(*GUARDED)
    try:
        with opened(browser, f"{server.url}/__admin/ui", allowed=LOST) as page:
            say(page, "s3cret")
            page.locator(".live.live").wait_for()
            server.stop()
            alert = page.get_by_role("alert").filter(has_text="The server does not answer")
            alert.wait_for()
            judge(page, "stopped")
            page.get_by_role("link", name="Records").click()
            page.get_by_role("main").get_by_text("The call did not reach the server").wait_for()
            page.get_by_role("link", name="Sessions").click()
            page.get_by_role("heading", name="Sessions").wait_for()
            server = Served(*GUARDED, port=server.port)
            alert.wait_for(state="detached")
            page.locator(".live.live").wait_for()
            page.get_by_role("row").filter(has_text="default").wait_for()
            assert page.get_by_role("alert").count() == 0
    finally:
        server.stop()
