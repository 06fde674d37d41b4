"""Schemathesis finds nothing in the four sandboxes that is not explained here.

By hand with other data: `SCHEMATHESIS_SEED=7 SCHEMATHESIS_EXAMPLES=200 pytest tests/test_schemathesis.py`; with these, an explanation
need not be used. The sandboxes know only one caller here, for by default every credential is good, which Schemathesis rightly finds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path

import httpx
import pytest

from support import bundled, running, write_contract
from understudy.sandbox import Sandbox
from understudy.server.app import create_app
from understudy.sessions import Sessions
from understudy.state.identities import Identities, Identity

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
SEED = os.environ.get("SCHEMATHESIS_SEED", "3")
EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "30")
PHASES = ("examples", "coverage", "fuzzing", "stateful")
IS_USUAL = (SEED, EXAMPLES) == ("3", "30")

# The login is the one in Saasu's contract, so that its example gets a token.
CALLER = Identity("dana", credential="known", username="dana.reyes@example.com", password="correct horse")
HEADERS = {
    "aritma": "Authorization: Bearer known",
    "dualentry": "X-API-KEY: known",
    "togai": "Authorization: Bearer known",
    "saasu": "Authorization: Bearer known",
}

ORDER = {
    "content": {"application/json": {"schema": {"type": "object", "properties": {"id": {"type": "string"}}}}}
}
SHOP = {
    "paths": {
        "/orders": {
            "post": {
                "operationId": "createOrder",
                "requestBody": ORDER,
                "responses": {"201": {"description": "made", **ORDER}},
            }
        }
    },
    "webhooks": {
        "order.created": {"post": {"requestBody": ORDER, "responses": {"204": {"description": "heard"}}}}
    },
}


@dataclass(frozen=True)
class Explained:
    """A failure that is right as it is. operation: of which Schemathesis tells, `*` stands for any text; says: part of the answer."""

    vendor: str
    operation: str
    check: str
    says: str
    why: str


EXPLAINED = (
    Explained(
        "togai",
        "DELETE /accounts/{account_id}",
        "use_after_free",
        "",
        "what is deleted is archived, and can still be read",
    ),
    Explained(
        "togai",
        "* /accounts/{account_id}*",
        "positive_data_acceptance",
        "is archived",
        "no schema knows what was archived",
    ),
    Explained(
        "saasu",
        "* /Account/{Id}",
        "positive_data_acceptance",
        "A built-in account cannot be",
        "no schema knows which accounts came with the file",
    ),
    Explained(
        "admin",
        "GET /sessions/{session}/journal/stream",
        "negative_data_rejection",
        ": the journal of a session",
        "what is wrong is a header that nobody knows, which HTTP lets anybody send (RFC 9110 §5.1)",
    ),
    Explained(
        "admin",
        "GET /sessions/{session}/apis/{api}/collections/{collection}/records",
        "positive_data_acceptance",
        "must be a collection of the contract",
        "no schema knows the collections of what is served",
    ),
    Explained(
        "admin",
        "POST /sessions/{session}/verify*",
        "positive_data_acceptance",
        "/pathParameters/",
        "no schema knows what stands in the paths of what is served",
    ),
)


@pytest.mark.parametrize("vendor", HEADERS)
def test_schemathesis_finds_nothing_unexplained(
    vendor: str, serve: Callable[..., httpx.Client], tmp_path: Path
) -> None:
    url = str(serve(vendor, populate=3, identities=Identities([CALLER])).base_url.join("/openapi.json"))
    judge(vendor, url, HEADERS[vendor], tmp_path)


def test_schemathesis_finds_nothing_unexplained_in_the_admin_api(tmp_path: Path) -> None:
    shop = Sandbox(write_contract(tmp_path / "shop.json", "3.1.0", SHOP))
    stubs = tmp_path / "stubs"
    stubs.mkdir()
    app = create_app([bundled("togai", populate=3), shop], Sessions(), admin_token="known", stubs=stubs)
    with running(app) as url:
        kept = httpx.get(
            f"{url}/~kept/togai/accounts", headers={"Authorization": "Bearer k"}, trust_env=False
        )  # for the journal of `kept`
        assert kept.status_code == 200
        known = {"Authorization": "Bearer known"}
        snapshot = httpx.get(f"{url}/__admin/sessions/default/snapshot", headers=known, trust_env=False)
        (tmp_path / "snapshot.json").write_text(snapshot.text)  # the only kind that can be restored
        judge("admin", f"{url}/__admin/openapi.json", "Authorization: Bearer known", tmp_path)


def judge(vendor: str, url: str, header: str, tmp_path: Path) -> None:
    """Run Schemathesis and look at all it tells."""
    rows = [row for row in EXPLAINED if row.vendor == vendor]
    (tmp_path / "explained.json").write_text(json.dumps([asdict(row) for row in rows]))
    run = _run(url, header, tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["complete"]
    assert {name: phase["status"] for name, phase in report["phases"].items()} == dict.fromkeys(
        PHASES, "success"
    )
    assert [operation for operation, phases in report["valid_rates"].items() if not _accepted(phases)] == []
    if IS_USUAL:
        occurred = json.loads((tmp_path / "occurred.json").read_text())
        assert [rows[index].says for index in occurred] == [row.says for row in rows], (
            "an explanation is not needed any more"
        )


def _run(url: str, header: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        "--config-file",
        str(HERE / "schemathesis.toml"),
        "run",
        url,
    ]
    options = {
        "--seed": SEED,
        "--max-examples": EXAMPLES,
        "--checks": "all",
        "--phases": ",".join(PHASES),
        "--header": header,
    }
    report = ["--report", "json", "--report-json-path", "report.json", "--no-color"]
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": str(HERE / "schemathesis_hooks.py"),
        "PYTHONHASHSEED": "0",
    }
    arguments = [*command, *chain.from_iterable(options.items()), *report]
    return subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def _accepted(phases: dict[str, dict[str, int]]) -> int:
    """Count the requests of an operation that were to be accepted and were."""
    return sum(counts["accepted"] for counts in phases.values())
