"""The repository holds what it promises: commands, reasons, exact versions, layers, and nothing of the machine it was made on."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PYPROJECT = (ROOT / "pyproject.toml").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
SETTINGS: dict[str, Any] = tomllib.loads(PYPROJECT)
PROJECT = SETTINGS["project"]
REQUIREMENTS = [
    Requirement(line) for line in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"])
]
MACHINE = re.compile(
    r"/(?:work|root)/|/tmp[/]lab|/opt/(?:pypi|wheels)|pythonhosted[.]org|pypi[.]org/simple|[.][.]/shared|[.]library"
)
"""Paths of a developer's machine, addresses of registries, and what lies beside the repository."""


YARDSTICKS = "/".join(("..", "shared", "tools", "regress.py"))
"""What `.ci/run`, and nothing else, may run of it, where it is at hand."""


def recipe(target: str) -> str:
    """Return the commands behind a target of the Makefile."""
    found = re.findall(rf"^{target}:.*\n((?:\t.*\n)*)", MAKEFILE, re.MULTILINE)
    assert found, f"the Makefile has no target {target}"
    return "".join(found)


def locked() -> dict[str, str]:
    """Return the version of each package in the lock file."""
    lines = [
        line for line in (ROOT / "requirements-dev.lock").read_text().splitlines() if not line.startswith("#")
    ]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line) for line in lines)
    return {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}


def tracked() -> list[Path]:
    """Return the files git tracks or would add."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [path for name in names.split("\0") if name and (path := ROOT / name).is_file()]


def test_each_make_command_in_the_readme_is_a_target() -> None:
    commands = re.findall(
        r"\bmake ([a-z-]+)",
        "".join(re.findall(r"```.*?```|`[^`]+`", (ROOT / "README.md").read_text(), re.DOTALL)),
    )
    assert {"serve", "test"} <= set(commands)
    for target in commands:
        assert recipe(target) or target == "help"


def test_the_checks_run_what_the_readme_and_the_makefile_say() -> None:
    run = (ROOT / ".ci" / "run").read_text()
    assert "make check" in run
    assert "make test " in run
    assert "make test-slow" in run
    for tool in ("ruff check", "ruff format --check", "mypy", "lint-imports", "reading.py"):
        assert tool in recipe("check")
    assert SETTINGS["tool"]["mypy"]["strict"] is True


def test_each_dependency_says_why_it_is_there() -> None:
    for requirement in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]):
        assert re.search(rf'^  "{re.escape(requirement)}", # .{{8,}}$', PYPROJECT, re.MULTILINE), requirement


def test_what_the_server_is_woven_into_is_pinned_exactly() -> None:
    exact = {requirement.name for requirement in REQUIREMENTS if str(requirement.specifier).startswith("==")}
    assert {"connexion", "starlette", "jsonschema"} <= exact


def test_the_lock_holds_an_allowed_version_of_each_dependency() -> None:
    versions = locked()
    for requirement in REQUIREMENTS:
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), requirement


def test_the_layers_name_every_module() -> None:
    layers = next(
        contract for contract in SETTINGS["tool"]["importlinter"]["contracts"] if contract["type"] == "layers"
    )
    assert layers["containers"] == ["understudy"]
    assert layers["exhaustive"] is True


def test_nothing_names_the_machine_it_was_made_on() -> None:
    for path in tracked():
        text = path.read_bytes().decode("utf-8", "replace")
        if path == ROOT / ".ci" / "run":
            text = text.replace(YARDSTICKS, "")
        found = MACHINE.search(text)
        assert found is None, f"{path.relative_to(ROOT)} names {found and found[0]}"
