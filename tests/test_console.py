"""The console: how its files are served, and that those in the package are built from the sources."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from understudy.server.console import FOLDER

SOURCES = Path(__file__).parent.parent / "console"
BUILT = ("console.js", "console.css", "index.html", "icon.svg")


def test_the_page_and_its_files_are_served(serve: Callable[..., httpx.Client]) -> None:
    client = serve("togai")
    page = client.get("/__admin/ui")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        found = client.get(page.url.join(address))
        assert found.status_code == 200, address
        assert found.headers["x-content-type-options"] == "nosniff"


def test_the_page_has_no_script_or_style_of_its_own_and_none_of_another_host(
    serve: Callable[..., httpx.Client],
) -> None:
    page = serve("togai").get("/__admin/ui").text
    assert not re.search(r"<style|style=|<script[^>]*>[^<]|//", page.replace("<!doctype", ""))


def test_a_browser_that_has_a_file_is_told_so(serve: Callable[..., httpx.Client]) -> None:
    client = serve("togai")
    first = client.get("/__admin/ui/console.js")
    again = client.get("/__admin/ui/console.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/__admin/ui/console.js", headers={"If-None-Match": '"another"'})
    assert other.content == first.content


def test_a_slash_at_the_end_leads_to_the_page(serve: Callable[..., httpx.Client]) -> None:
    client = serve("togai")
    assert client.get("/__admin/ui/").status_code == 308
    assert client.get("/__admin/ui/", follow_redirects=True).url.path == "/__admin/ui"
    assert client.get("/~mine/__admin/ui/", follow_redirects=True).url.path == "/~mine/__admin/ui"


def test_a_name_below_it_that_is_no_file_is_not_found(serve: Callable[..., httpx.Client]) -> None:
    assert serve("togai").get("/__admin/ui/../../pyproject.toml").status_code == 404
    assert serve("togai").get("/__admin/ui/other.js").status_code == 404


def test_only_reading_is_allowed(serve: Callable[..., httpx.Client]) -> None:
    answer = serve("togai").post("/__admin/ui")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_pages_lead_to_it(serve: Callable[..., httpx.Client]) -> None:
    client = serve("togai")
    index = client.get("/").json()
    assert client.get(index["admin"]["console"]).status_code == 200
    assert 'href="./__admin/ui"' in client.get("/", headers={"Accept": "text/html"}).text
    assert 'href="./__admin/ui"' in client.get("/docs").text
    assert 'href="./__admin/ui"' in client.get("/~mine/docs").text


def test_the_built_files_are_those_of_the_sources() -> None:
    """Whoever changes console/ runs `make console`."""
    for name in ("console.js", "console.css"):
        said = re.search(r"sources sha256:([0-9a-f]{64})", (FOLDER / name).read_text())
        assert said is not None
        assert said[1] == _digest(), name
    for name in ("index.html", "icon.svg"):
        assert (FOLDER / name).read_bytes() == (SOURCES / "src" / name).read_bytes()


@pytest.mark.skipif(
    not (SOURCES / "node_modules/esbuild").is_dir() or shutil.which("node") is None,
    reason="what builds it is not installed: `make console` installs it",
)
def test_building_it_again_makes_the_same_files(tmp_path: Path) -> None:
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=SOURCES, check=True)
    for name in BUILT:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


def _digest() -> str:
    """Count what the files are built of as console/build.mjs does."""
    digest = hashlib.sha256()
    for name in _sources():
        digest.update(name.encode() + b"\0" + (SOURCES / name).read_bytes() + b"\0")
    return digest.hexdigest()


def _sources() -> Iterator[str]:
    yield from ("build.mjs", "package-lock.json")
    files = [path for path in (SOURCES / "src").rglob("*") if path.is_file() and path.name != "admin.d.ts"]
    yield from sorted(path.relative_to(SOURCES).as_posix() for path in files)
