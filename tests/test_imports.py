"""Imports: each command starts with what it needs, and nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from understudy.late import late

SERVED = """
from understudy.cli.serving import create_app
from understudy.configuration import Configuration
create_app(Configuration().sandboxes())
"""
VALIDATION = ("openapi_spec_validator", "jsonschema_path", "jsonpath", "understudy.cli.validating")
EXPLANATION = ("understudy.cli.explaining",)
CLIENT = ("understudy.remote", "understudy.testing", "understudy.cli.snapshots")
SERVER = ("connexion", "starlette", "uvicorn", "httpx", "jsonschema", "requests")


@pytest.mark.parametrize(
    ("code", "others"),
    [
        pytest.param(SERVED, (*VALIDATION, *EXPLANATION, *CLIENT, "hypothesis", "schemathesis"), id="serve"),
        pytest.param("import understudy.configuration", ("jinja2", "jsonpath"), id="configuration"),
        pytest.param("import understudy.pytest_plugin", SERVER, id="pytest"),
        pytest.param("import understudy.cli.explaining", (*VALIDATION, *CLIENT, *SERVER), id="explain"),
        pytest.param(
            "import understudy.cli.validating", (*EXPLANATION, *CLIENT, "connexion", "uvicorn"), id="validate"
        ),
        pytest.param("import understudy.cli.main", (*SERVER, "faker", "yaml"), id="--help"),
    ],
)
def test_a_command_imports_nothing_that_only_others_need(code: str, others: tuple[str, ...]) -> None:
    print_imported = f"import sys; print(*(name for name in {others} if name in sys.modules))"
    command = [sys.executable, "-c", f"{code}\n{print_imported}"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() == []


def test_a_late_module_is_loaded_when_it_is_first_used() -> None:
    code = """
import sys
from understudy.late import late
paths = late("understudy.matching.paths")
print("jsonpath" in sys.modules)
print(paths.NODES_FOUND, "jsonpath" in sys.modules)
print(late("understudy.matching.paths") is paths)
"""
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert said == ["False", "10000", "True", "True"]


def test_a_late_module_that_is_not_there_is_said_to_be_missing_at_once() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"there is no module understudy\.none"):
        late("understudy.none")
