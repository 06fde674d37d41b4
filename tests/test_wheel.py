"""What is built from the repository works without it: sdist, then wheel, then a server far from the checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parent.parent
NAMES = ["aritma", "dualentry", "togai", "saasu"]


def run(*command: str, cwd: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the sdist, as an installer without the checkout would."""
    folder = tmp_path_factory.mktemp("build")
    run("hatchling", "build", "-t", "sdist", "-d", str(folder), cwd=ROOT)
    sdist = next(folder.glob("*.tar.gz"))
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    run(
        "hatchling",
        "build",
        "-t",
        "wheel",
        "-d",
        str(folder),
        cwd=folder / sdist.name.removesuffix(".tar.gz"),
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def url(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that runs from the installed wheel."""
    site, elsewhere = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("elsewhere")
    run(
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        "--target",
        str(site),
        str(wheel),
        cwd=elsewhere,
    )
    environment = {**os.environ, "PYTHONPATH": str(site)}
    where = [sys.executable, "-c", "import understudy; print(understudy.__file__)"]
    assert subprocess.check_output(where, cwd=elsewhere, env=environment, text=True).startswith(str(site))
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=elsewhere, env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            found = next(
                filter(None, (re.search(r"http://127\.0\.0\.1:[1-9]\d*", line) for line in server.stdout)),
                None,
            )
            assert found, "the server stopped before it printed an address"
            yield found[0]
        finally:
            server.terminate()


def test_the_wheel_carries_contracts_types_and_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {f"understudy/specs/{name}.yaml" for name in NAMES} <= set(names)
    assert "understudy/py.typed" in names
    tables = {str(path.relative_to(ROOT / "src")) for path in (ROOT / "src").rglob("*.yaml")}
    assert tables
    assert tables <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


@pytest.mark.slow
def test_an_installed_wheel_serves_the_four_contracts(url: str) -> None:
    with httpx.Client(transport=httpx.HTTPTransport(retries=5)) as client:
        index = client.get(url, headers={"Accept": "application/json"}).json()
        assert [api["name"] for api in index["apis"]] == NAMES
        assert client.get(f"{url}/togai/openapi.json").json()["openapi"].startswith("3.1")
