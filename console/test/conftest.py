"""A Chromium, and the servers whose pages it opens."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from pages import PICTURES, Served, served

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
)
"""Without these Chromium looks for its maker's servers; as root, which CI often is, it has no sandbox of its own."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the Chromium that CHROMIUM names."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of answers of the shop."""
    return tmp_path_factory.mktemp("answers")


@pytest.fixture(scope="session")
def shop(answers: Path) -> Iterator[Served]:
    """Serve the shop of the documentation, with something that happened in its default session."""
    options = ("--stubs", str(answers), "--journal", "20000", "--limit-journal", "64MiB")
    with served("docs/shop.yaml", *options) as server:
        fill(server)
        yield server


def fill(shop: Served) -> None:
    """Call the shop a few times, well and badly, and have a fault and an answer in it."""
    shop.call("POST", "/customers", {"id": "c-501", "name": "Ada Byron", "email": "ada@example.com"})
    shop.call("POST", "/orders", {"customerId": "c-501", "item": "A box of pencils", "quantity": 2})
    shop.call("POST", "/orders", {"customerId": "c-1", "item": "", "quantity": 0})
    shop.call("GET", "/orders?limit=2&status=open")
    shop.call("GET", "/orders/none-of-them")
    shop.call("GET", "/nothing-here")
    fault = {"match": {"operation": "shipOrder"}, "fault": {"kind": "status", "status": 503}}
    shop.call("POST", "/__admin/sessions/default/faults", fault)
    answer = {"operation": "getOrder", "when": {"pathParameters": {"orderId": "o-4444"}}, "status": 404}
    shop.call("POST", "/__admin/sessions/default/answers", answer)
