"""The pytest plugin, as whole runs of pytest see it: one server, a session for each test, and what a failed test shows."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace
from typing import cast

import httpx
import pytest

from cups import CUPS
from support import bundled, running
from understudy.admin.own_contract import own_contract
from understudy.errors import SettingsError
from understudy.pytest_plugin import read_options
from understudy.schemas.direction import Direction
from understudy.schemas.validators import validators_of
from understudy.server.app import create_app
from understudy.sessions import Sessions

# What is installed here beside the plugin takes each process of a run longer to load than the run itself.
QUICKLY = ("-p", "no:schemathesis", "-p", "no:hypothesispytest", "-p", "no:cacheprovider", "-W", "error")

ACCOUNT = """
ACCOUNT = {
    "name": "Petty cash", "number": 5010, "account_type": "bank", "currency_iso_4217_code": "EUR", "is_active": True,
    "parent_account_id": None,
}
KEY = {"X-API-KEY": "anything"}
"""


Run = Callable[..., pytest.RunResult]
ROOT = Path("/project")


def configured(**ini: str | list[str]) -> pytest.Config:
    """Return what the plugin asks of pytest: the values of an ini file, and where it is."""
    return cast(pytest.Config, SimpleNamespace(rootpath=ROOT, getini=lambda name: ini.get(name, "")))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run pytest on one module, in a process and a folder of its own: `run(text, "-n", "2", files={"pytest.ini": "…"})`.

    pytest's own `pytester` would also take modules out of this process that were loaded meanwhile, so that two httpx meet in it.
    """

    def start(text: str, *options: str, files: Mapping[str, str] | None = None) -> pytest.RunResult:
        for name, content in {
            "test_it.py": dedent(text),
            "pytest.ini": "[pytest]\n",
            **(files or {}),
        }.items():
            (tmp_path / name).write_text(content)
        command = [sys.executable, "-m", "pytest", *QUICKLY, *options]
        begun = time.perf_counter()
        done = subprocess.run(
            command,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        print(done.stdout)
        return pytest.RunResult(done.returncode, done.stdout.splitlines(), [], time.perf_counter() - begun)

    return start


@pytest.mark.slow
def test_two_hundred_tests_in_four_processes_create_the_same_account_on_one_server(
    run: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("seen")
    result = run(
        f"""
        import pathlib
        import pytest
        {ACCOUNT.replace(chr(10), chr(10) + " " * 8)}
        @pytest.mark.parametrize("at", range(200))
        def test_own_list(sandbox, at):
            client = sandbox.client("dualentry", headers=KEY)
            assert client.post("/public/v1/accounts/", json={{**ACCOUNT, "name": f"Account {{at}}"}}).status_code == 201
            assert client.post("/public/v1/accounts/", json=ACCOUNT).status_code == 422
            assert [one["name"] for one in client.get("/public/v1/accounts/").json()["items"]] == [f"Account {{at}}"]
            server, _, session = sandbox.url().partition("/~")
            pathlib.Path({str(folder)!r}, session).write_text(server)
        """,
        "-n",
        "4",
    )
    result.assert_outcomes(passed=200)
    seen = {path.name: path.read_text() for path in folder.iterdir()}
    assert len(seen) == 200, "each test has a session of its own"
    assert len(set(seen.values())) == 1, "all of them on one server"
    assert {name.split(".")[-2] for name in seen} == {"gw0", "gw1", "gw2", "gw3"}
    (url,) = set(seen.values())
    with pytest.raises(httpx.ConnectError):  # which is gone with the run
        httpx.get(url)


def test_a_failed_test_shows_what_it_called(run: Run) -> None:
    result = run(
        f"""
        {ACCOUNT.replace(chr(10), chr(10) + " " * 8)}
        def test_passes(sandbox):
            sandbox.client("dualentry", headers=KEY).get("/public/v1/accounts/")

        def test_fails(sandbox):
            client = sandbox.client("dualentry", headers=KEY)
            client.post("/public/v1/accounts/", json={{**ACCOUNT, "number": "5010"}})
            with sandbox.fail("listAccounts", 503):
                client.get("/public/v1/accounts/", params={{"limit": 3}})
            assert False

        def test_fails_without_a_call(sandbox):
            assert False
        """
    )
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.re_match_lines(
        [
            r"-+ sandbox journal -+",
            r" +1 +422 +[\d.]+ ms +POST /dualentry/public/v1/accounts/ +createAccount",
            r" +refused: body /number: must be an integer.*",
            r" +2 +503 +[\d.]+ ms +GET /dualentry/public/v1/accounts/\?limit +listAccounts",
            r" +fault: status=503",
        ],
        consecutive=True,
    )
    assert result.stdout.str().count("sandbox journal") == 1


@pytest.mark.slow
def test_a_failed_test_shows_what_nothing_matched(run: Run) -> None:
    result = run(
        """
        def test_fails(sandbox):
            sandbox.client('togai').get('/acounts')
            assert False
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.re_match_lines(
        [
            r"-+ sandbox unmatched requests -+",
            r"#1 GET /togai/acounts: no operation answers GET /togai/acounts; .*",
        ],
        consecutive=True,
    )


@pytest.mark.slow
def test_a_workers_failed_test_shows_what_it_called(run: Run) -> None:
    result = run(
        "def test_fails(sandbox):\n    sandbox.client('togai').get('/accounts')\n    assert False", "-n", "1"
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- sandbox journal -*", "*1*401*GET /togai/accounts*"])


def test_contracts_and_options_come_from_the_ini_file(run: Run) -> None:
    options = """
        [tool.pytest.ini_options]
        understudy_contracts = ["cups.yaml"]
        understudy_populate = 2
        understudy_seed = 7
        understudy_unknown_ids = "404"
        understudy_handlers = "rules.py"
        understudy_overlays = ["overlay.yaml"]
        understudy_webhook_url = ["http://cups.invalid/one", "http://cups.invalid/two"]
        understudy_allow_callbacks = ["cups.invalid"]
        understudy_journal = 3
        understudy_session_idle = "86400.5"
        """
    overlay = """
        overlay: 1.0.0
        info: {title: Names, version: "1"}
        actions:
          - {target: "$.paths['/cups'].get", update: {operationId: allCups}}
        """
    rules = """
        from understudy.messages import Response

        async def createCup(request, context):
            return Response(201, {"id": 77})
        """
    text = """
        def test_cups(sandbox):
            assert len(sandbox.client().get("/cups").json()) == 2
            assert [len(collection) for collection in sandbox.records().values()] == [2]
            sandbox.verify("allCups", times=1)
            assert sandbox.client().post("/cups", json={"id": 1}).json() == {"id": 77}

        def test_webhooks(sandbox):
            assert sandbox.send_webhook("cup.broken") == 2
            assert sandbox.await_deliveries()
            calls = sandbox.calls(kind="callback")
            assert sorted(call.path for call in calls) == ["http://cups.invalid/one", "http://cups.invalid/two"]
            assert all("has no address" in call.refusal for call in calls)

        def test_journal(sandbox):
            for _ in range(5):
                sandbox.client().get("/cups")
            assert len(sandbox.calls()) == 3
        """
    files = {
        "cups.yaml": CUPS,
        "pyproject.toml": dedent(options),
        "overlay.yaml": dedent(overlay),
        "rules.py": dedent(rules),
    }
    run(text, "-c", "pyproject.toml", "-n", "1", files=files).assert_outcomes(passed=3)


@pytest.mark.slow
@pytest.mark.parametrize("processes", [(), ("-n", "1")])
def test_a_contract_that_cannot_be_served_is_a_clear_error(run: Run, processes: tuple[str, ...]) -> None:
    text = "def test_one(sandbox): ...\ndef test_two(sandbox): ...\ndef test_without(): ..."
    result = run(text, *processes, files={"pytest.ini": "[pytest]\nunderstudy_contracts = none.yaml\n"})
    result.assert_outcomes(errors=2, passed=1)
    result.stdout.fnmatch_lines(["there is no sandbox: *none.yaml: there is no such file"])


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("understudy_seed", "many", "'many' is not a whole number"),
        (
            "understudy_populate",
            "-1",
            "'-1' says no number of records: 3, 2-8, orders=50 or orders=2-8, with commas between",
        ),
        ("understudy_journal", "all", "'all' is not a number: 0 or more"),
        ("understudy_session_idle", "0", "'0' is not a time: seconds, more than 0"),
        ("understudy_session_idle", "inf", "'inf' is not a time: seconds, more than 0"),
        ("understudy_session_idle", "x", "'x' is not a time: seconds, more than 0"),
        ("understudy_unknown_ids", "405", "'405' is not one of generate, 404"),
    ],
)
def test_an_option_that_makes_no_sense_is_named(name: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_options(configured(**{name: value}))
    assert str(caught.value) == f"{name}: {sentence}"


def test_each_option_is_read_as_the_sandbox_takes_it() -> None:
    config = configured(
        understudy_seed="7",
        understudy_handlers="rules.py",
        understudy_overlays=["one.yaml", "two.yaml"],
        understudy_allow_callbacks=["cups.invalid"],
        understudy_journal="",
    )
    assert read_options(config) == {
        "seed": 7,
        "handlers": ROOT / "rules.py",
        "overlays": [ROOT / "one.yaml", ROOT / "two.yaml"],
        "allow_callbacks": ["cups.invalid"],
    }


@pytest.mark.slow
def test_an_option_the_sandbox_refuses_is_why_there_is_none(run: Run) -> None:
    ini = "[pytest]\nunderstudy_webhook_url = ftp://x/\n"
    result = run("def test_one(sandbox): ...", files={"pytest.ini": ini})
    result.assert_outcomes(errors=1)
    sentence = "--webhook-url: 'ftp://x/' is no absolute URL of http or https"
    result.stdout.fnmatch_lines([f"there is no sandbox: {sentence}"])


def test_a_run_that_asks_for_no_sandbox_loads_and_starts_nothing(run: Run) -> None:
    text = """
        import sys
        import threading

        def test_nothing():
            assert not [name for name in sys.modules if name.split(".")[0] in ("httpx", "connexion", "uvicorn")]
            assert {thread.name for thread in threading.enumerate()} <= {"MainThread"}
        """
    run(text, "-p", "no:xdist").assert_outcomes(passed=1)


@pytest.mark.slow
def test_all_tests_can_share_a_session(run: Run) -> None:
    text = """
        def test_first(sandbox_server, sandbox):
            sandbox_server.records("togai")["/accounts"]["left"] = {"name": "Left over"}
            assert "left" not in sandbox.records("togai")["/accounts"]

        def test_second(sandbox_server):
            assert "left" in sandbox_server.records("togai")["/accounts"]
        """
    run(text).assert_outcomes(passed=2)


@pytest.mark.slow
def test_asyncio_and_threads_work_in_tests(run: Run) -> None:
    text = """
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        KEY = {"Authorization": "Bearer anything"}

        def test_asyncio(sandbox):
            async def main():
                sandbox.freeze("2026-03-02T14:00:00Z")
                async with sandbox.async_client("togai", headers=KEY) as client:
                    return await asyncio.gather(*(client.get("/accounts") for _ in range(20)))
            assert {answer.status_code for answer in asyncio.run(main())} == {200}
            sandbox.verify("getAccounts", times=20)

        def test_threads(sandbox):
            client = sandbox.client("togai", headers=KEY)
            with ThreadPoolExecutor(8) as pool:
                answers = list(pool.map(lambda _: client.get("/accounts"), range(40)))
            assert {answer.status_code for answer in answers} == {200}
            assert len(sandbox.calls("getAccounts")) == 40
        """
    run(text).assert_outcomes(passed=2)


@pytest.mark.parametrize("processes", [(), ("-n", "1")])
def test_a_sandbox_that_already_runs_can_be_used(
    run: Run, monkeypatch: pytest.MonkeyPatch, processes: tuple[str, ...]
) -> None:
    text = """
        import pytest

        @pytest.mark.parametrize("at", range(3))
        def test_url(sandbox, at):
            assert sandbox.url("togai").startswith("{url}/~test_it.py-test_url")
            sandbox.client("togai", headers={{"Authorization": "Bearer anything"}}).get("/accounts").raise_for_status()
        """
    sessions = Sessions()
    with running(
        create_app([bundled("togai"), bundled("saasu")], sessions, admin_token="s3cret-token")
    ) as url:
        monkeypatch.setenv("UNDERSTUDY_ADMIN_TOKEN", "s3cret-token")
        monkeypatch.setenv("UNDERSTUDY_URL", url)
        run(text.format(url=url), *processes).assert_outcomes(passed=3)
    assert {session.name for session in sessions} == {"default"}, "the tests' sessions were dropped"


def test_the_command_line_comes_before_the_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERSTUDY_URL", "http://127.0.0.1:1")
    with running(create_app([bundled("togai")])) as url:
        run(
            f"def test_url(sandbox):\n    assert sandbox.url().startswith({url!r})", "--sandbox-url", url
        ).assert_outcomes(passed=1)


def test_a_wrong_admin_token_is_a_clear_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERSTUDY_ADMIN_TOKEN", "wrong")
    with running(create_app([bundled("togai")], admin_token="s3cret-token")) as url:
        result = run("def test_one(sandbox): ...", "--sandbox-url", url)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["there is no sandbox: *token*"])


def test_a_sandbox_that_does_not_run_is_a_clear_error(run: Run) -> None:
    with running(None) as url:
        pass
    result = run("def test_one(sandbox): ...", "--sandbox-url", url)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"there is no sandbox: the sandbox at {url}* does not answer: *"])


@pytest.mark.slow
def test_names_of_sessions_fit_whatever_a_test_is_called(run: Run) -> None:
    text = """
        import re
        import pytest

        @pytest.mark.parametrize("text", ["", "x" * 200, "ä/ö ü~%", "a b", "[]"])
        def test_name(sandbox, text):
            assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", sandbox.name)
            assert sandbox.client("togai").get("/accounts").status_code == 401
        """
    run(text).assert_outcomes(passed=5)


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_what_the_tests_touched_is_told_at_the_end_and_written_to_a_file(
    run: Run, tmp_path: Path, options: tuple[str, ...]
) -> None:
    text = """
        import pytest

        @pytest.mark.parametrize("number", [1, 2, 3])
        def test_one(sandbox, number):
            assert sandbox.client().get("/cups").status_code == 200

        def test_two(sandbox):
            assert sandbox.client().post("/cups", json={"id": 1, "colour": 1}).status_code == 400
            assert sandbox.coverage()["totals"]["operations"]["touched"] == 1
    """
    files = {"pytest.ini": "[pytest]\nunderstudy_contracts = cups.yaml", "cups.yaml": CUPS}
    result = run(text, "--sandbox-coverage-file", "touched.json", *options, files=files)
    result.stdout.fnmatch_lines(
        [
            "*sandbox coverage*",
            "cups: 2 of 3 operations, 1 of 4 statuses, *",
            "  not called: *",
            "written to *",
        ]
    )
    assert "POST /cups" not in result.stdout.str().partition("not called")[2]
    (coverage,) = json.loads((tmp_path / "touched.json").read_text())
    assert_documented("getCoverage", coverage)
    calls = {operation["operationId"]: operation["calls"] for operation in coverage["operations"]}
    assert calls == {"listCups": 3, "createCup": 1, "getCup": 0}
    assert coverage["totals"]["operations"] == {"touched": 2, "all": 3}


def assert_documented(operation: str, value: object) -> None:
    """Hold a value against what an operation of the admin API answers."""
    media = own_contract().operation(operation).responses["200"].content["application/json"]
    assert media.schema is not None
    assert (
        not validators_of(own_contract(), Direction.RESPONSE).for_node(media.schema).failures(value, "body")
    )


def test_where_a_file_of_coverage_cannot_be_written_it_says_why(run: Run) -> None:
    result = run("def test_one(): ...", "--sandbox-coverage-file", "nowhere/touched.json")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["it could not be written to nowhere/touched.json: No such file *"])


def test_a_failed_verification_and_a_refusal_show_the_line_of_the_test_alone(run: Run) -> None:
    text = """
        def test_verifies(sandbox):
            sandbox.verify_order("listAccounts")

        def test_seeds(sandbox):
            sandbox.records("togai")["/acounts"]["a"] = {}

        def test_scripts(sandbox):
            sandbox.answer("getAccont", 404)
    """
    result = run(text)
    result.assert_outcomes(failed=3)
    shown = result.stdout.str()
    assert "listAccounts was never called" in shown
    assert "the nearest is /accounts" in shown
    assert "the nearest are getAccount" in shown
    assert "remote.py" not in shown
    assert "admin.py" not in shown


def test_without_calls_coverage_says_so(run: Run) -> None:
    result = run("def test_one(): ...", "--sandbox-coverage")
    result.stdout.fnmatch_lines(["no test called an operation of a sandbox"])
