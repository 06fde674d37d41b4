"""What the tests in a browser share: a page that tells what went wrong in it, the judge of accessibility, and servers."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

TOP = Path(__file__).parents[2]
PICTURES = TOP / "build" / "console"
AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Served:
    """A sandbox in a process of its own, on a port of its own or on one that is told."""

    def __init__(self, *what: str, port: int = 0) -> None:
        command = [sys.executable, "-m", "understudy", "serve", *what, "--port", str(port)]
        self._process = subprocess.Popen(command, cwd=TOP, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        found = re.search(r"http://[^/ ]*", self._process.stdout.readline())
        assert found, f"{what} is not served"
        self.url = found[0].strip()
        self.port = urlsplit(self.url).port or 0

    def stop(self) -> None:
        """End it, and wait until it has ended."""
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=20)

    def call(self, method: str, path: str, body: Any = None, session: str = "default") -> httpx.Response:
        """Call the sandbox, or the admin API with a path that begins with /__admin."""
        headers = {"Sandbox-Session": session}
        if body is None:
            return httpx.request(method, self.url + path, headers=headers, timeout=30)
        return httpx.request(method, self.url + path, headers=headers, json=body, timeout=30)


@contextmanager
def served(*what: str) -> Iterator[Served]:
    """Serve something for as long as the block runs."""
    server = Served(*what)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def opened(
    browser: Browser,
    url: str,
    *,
    width: int = 1280,
    scheme: str = "light",
    allowed: Sequence[str] = (),
) -> Iterator[Page]:
    """Open a page that fails, at its end, for each error in its console and each request to another host."""
    looks: dict[str, Any] = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    context = browser.new_context(**looks, permissions=["clipboard-read", "clipboard-write"])
    context.set_default_timeout(8000)
    context.set_default_navigation_timeout(30_000)  # a page is a megabyte of script, and machines are busy
    page = context.new_page()
    wrong: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(one in message.text for one in allowed):
            wrong.append(f"{message.text} {message.location}")

    def look(request: Request) -> None:
        if not request.url.startswith(("blob:", origin(url))):
            wrong.append(f"a request to {request.url}")

    page.on("console", hear)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", look)
    try:
        page.goto(url)
        yield page
    finally:
        context.close()
    assert wrong == []


def until(page: Page, condition: str) -> None:
    """Wait until something in JavaScript is so. Playwright's own way evaluates a text each time it looks, which
    the page's policy forbids from the second time on.
    """
    look = f"if ({condition}) resolve(); else requestAnimationFrame(look)"
    patience = "setTimeout(() => reject(new Error('it did not become so')), 8000)"
    page.evaluate(f"new Promise((resolve, reject) => {{ {patience}; (function look() {{ {look} }})() }})")


def origin(url: str) -> str:
    """Return the scheme, host and port of a URL, with a slash behind them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def judge(page: Page, name: str) -> None:
    """Hold the page against WCAG 2.2 A and AA, and keep a picture of it."""
    page.screenshot(path=PICTURES / f"{name}.png")
    page.evaluate(AXE)
    found = page.evaluate("(rules) => window.axe.run(document, {runOnly: rules})", RULES)
    said = [
        f"{rule['id']}: {node['html'][:160]}: {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
    assert said == [], name
