"""The documentation of a contract: an operation is tried with a credential of the box, and with what the sandbox's own
authorization gave, in each kind of flow."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Response

from pages import PICTURES, Served, judge, opened, origin, served

FLOWS = {
    "pw": {"oauth_username": "ada", "oauth_password": "secret", "client_id": "me"},
    "cc": {"client_id": "me", "client_secret": "secret"},
    "oidc (OAuth2, client_credentials)": {"client_id": "me", "client_secret": "secret"},
}
"""What is typed for each scheme that has no page of its own."""

GO = re.compile("Apply given OAuth2|Authorize")
"""What the button is called that begins a flow."""


@pytest.fixture(scope="module")
def club() -> Iterator[Served]:
    """Serve a contract whose credentials have to be issued."""
    with served("tests/contracts/accounts/authorized.yaml", "--credentials", "issued") as server:
        yield server


@pytest.fixture(scope="module")
def desk() -> Iterator[Served]:
    """Serve a contract with each kind of flow."""
    with served("console/test/flows.yaml", "--credentials", "issued") as server:
        yield server


def tried(page: Page, operation: str) -> Response:
    """Open an operation, try it, and return what it was answered with."""
    block = page.locator(f"#operations-default-{operation}")
    if block.locator("button.execute").count() == 0:
        block.locator(".opblock-summary-control").click()
        block.get_by_role("button", name="Try it out").click()
    with page.expect_response(lambda one: one.request.resource_type == "fetch") as answered:
        block.locator("button.execute").click()
    return answered.value


def authorization(page: Page) -> None:
    """Open what asks for credentials."""
    page.get_by_role("button", name="Authorize", exact=True).first.click()


def press(page: Page, buttons: str) -> None:
    """Press all buttons of a kind, each of which is in the page but perhaps not in sight."""
    page.locator(buttons).first.wait_for(state="attached")
    page.evaluate("(buttons) => document.querySelectorAll(buttons).forEach((one) => one.click())", buttons)


def close(page: Page) -> None:
    """Close what asks for credentials."""
    page.locator(".modal-ux .btn-done, .modal-ux .close-modal").first.click()


def fill(box: Locator, fields: dict[str, str]) -> None:
    """Type what a flow asks for."""
    for name, value in fields.items():
        box.locator(f"[id^='{name}']").first.fill(value)


def test_authorize_leads_to_the_sandbox_and_what_it_gives_is_good(browser: Browser, club: Served) -> None:
    with opened(browser, f"{club.url}/docs", allowed=["status of 401"]) as page:
        page.get_by_role("button", name="Authorize", exact=True).first.wait_for()
        assert page.title() == "Club calendar - understudy"
        assert tried(page, "listEvents").status == 401
        authorization(page)
        dialog = page.locator(".auth-container").filter(has_text="authorizationCode")
        dialog.get_by_text("Read the calendar").click()
        with page.expect_popup() as popup:
            dialog.get_by_role("button", name=GO).click()
        assert origin(popup.value.url) == origin(club.url)
        popup.value.screenshot(path=PICTURES / "authorize.png")
        popup.value.get_by_role("button", name="Allow").click()
        dialog.get_by_text("Logout").wait_for()
        dialog.get_by_role("button", name="Close").click()
        answered = tried(page, "listEvents")
        assert answered.status == 200
        assert answered.json()
        page.screenshot(path=PICTURES / "docs.png")


def test_the_box_says_which_credential_each_request_has(browser: Browser, club: Served) -> None:
    with opened(browser, f"{club.url}/docs", allowed=["status of 401"]) as page:
        page.get_by_label("Credential").fill("sandbox-revoked")
        answered = tried(page, "listMembers")
        assert answered.request.headers["x-club-key"] == "sandbox-revoked"
        assert answered.status == 401
        page.get_by_role("link", name="All sandboxes").click()
        page.get_by_role("heading", name="understudy").wait_for()


@pytest.mark.parametrize("scheme", FLOWS)
def test_each_kind_of_flow_gets_tokens_from_the_sandbox_and_they_are_good(
    browser: Browser, desk: Served, scheme: str
) -> None:
    with opened(browser, f"{desk.url}/docs", allowed=["status of 401"]) as page:
        assert tried(page, "listTickets").status == 401
        authorization(page)
        heading = page.get_by_role("heading", name=scheme)
        box = page.locator(".auth-container").filter(has=heading).first
        fill(box, FLOWS[scheme])
        with page.expect_response(lambda one: one.request.method == "POST") as token:
            box.get_by_role("button", name=GO).click()
        assert token.value.status == 200
        assert origin(token.value.url) == origin(desk.url)
        box.get_by_text("Logout", exact=True).wait_for()
        close(page)
        assert tried(page, "listTickets").status == 200


@pytest.mark.parametrize(("scheme", "look"), [("light", "none"), ("dark", "invert(0.9) hue-rotate(180deg)")])
def test_the_documentation_is_dark_where_a_person_wants_it_so(
    browser: Browser, desk: Served, scheme: str, look: str
) -> None:
    with opened(browser, f"{desk.url}/docs", width=360, scheme=scheme) as page:
        page.locator(".opblock").first.wait_for()
        page.screenshot(path=PICTURES / f"docs-{scheme}.png")
        assert page.evaluate("getComputedStyle(document.documentElement).filter") == look
        assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_the_documentation_can_be_read_and_used_by_all(browser: Browser, scheme: str, width: int) -> None:
    with (
        served("console/test/reference.yaml") as reference,
        opened(browser, f"{reference.url}/docs", width=width, scheme=scheme) as page,
    ):
        page.set_default_timeout(60_000)
        page.locator(".opblock").first.wait_for(state="attached")
        judge(page, f"docs-closed-{scheme}")
        for part in (".opblock-summary-control", ".json-schema-2020-12-expand-deep-button", ".try-out__btn"):
            press(page, part)
        press(page, "#operations-parcels-listParcels button.execute")
        page.locator(".live-responses-table .microlight").first.wait_for(state="attached")
        judge(page, f"docs-open-{scheme}")
        press(page, ".auth-wrapper > .authorize")
        page.locator(".auth-container").first.wait_for(state="attached")
        judge(page, f"docs-authorize-{scheme}")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_index_fits_its_page_and_leads_to_the_rest(browser: Browser, width: int) -> None:
    with served() as four, opened(browser, f"{four.url}/", width=width, scheme="dark") as page:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        judge(page, f"index-{width}")
        page.get_by_role("link", name="console").click()
        page.get_by_role("navigation", name="Views").wait_for()
