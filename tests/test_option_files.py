"""Options come from the command line, the environment, a file or a default, in this order, and say where they come from."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from understudy.cli import main as cli
from understudy.cli.option_schema import option_schema
from understudy.cli.options import parser
from understudy.cli.server_options import ALL
from understudy.cli.settling import variable

SHOP = Path(__file__).parents[1] / "docs" / "shop.yaml"
Printed = Callable[..., dict[str, str]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder below another, from which commands are given, and an environment without options."""
    for name in [*os.environ]:
        if name.startswith("UNDERSTUDY_") and name != "UNDERSTUDY_CACHE":
            monkeypatch.delenv(name)
    below = tmp_path / "project" / "src"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    return below


@pytest.fixture
def config(capsys: pytest.CaptureFixture[str]) -> Printed:
    """Run `understudy config`: what it prints of each option, and who it says sets it."""

    def run(*arguments: str) -> dict[str, str]:
        assert cli.main(["config", *arguments]) == 0
        lines = capsys.readouterr().out.splitlines()[1:]
        told = [re.split(r" +# ", line) for line in lines if " # " in line]
        return {written.partition(" = ")[0]: f"{written} # {origin}" for written, origin in told}

    return run


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.main(["serve", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.removesuffix("\n")


def test_the_command_line_goes_before_the_environment_and_that_before_a_file(
    folder: Path, config: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert config()["port"] == "port = 8000 # default"
    (folder / "understudy.toml").write_text("# ours\nport = 8001\n")
    assert config()["port"] == "port = 8001 # understudy.toml:2"
    monkeypatch.setenv("UNDERSTUDY_PORT", "8002")
    assert config()["port"] == "port = 8002 # $UNDERSTUDY_PORT"
    assert config("--port", "8003")["port"] == "port = 8003 # the command line"


def test_a_file_is_looked_for_upwards_and_the_nearest_is_read(folder: Path, config: Printed) -> None:
    (folder.parents[1] / "understudy.toml").write_text("seed = 1\n")
    (folder.parent / "pyproject.toml").write_text('[project]\nname = "a"\n\n[tool.understudy]\nseed = 2\n')
    assert config()["seed"] == "seed = 2 # ../pyproject.toml:5"
    (folder / "pyproject.toml").write_text("[tool.other]\nseed = 3\n")
    assert config()["seed"] == "seed = 2 # ../pyproject.toml:5"
    (folder / "other.toml").write_text("seed = 4\n")
    assert config("--config", "other.toml")["seed"] == "seed = 4 # other.toml:1"


def test_paths_of_a_file_begin_where_it_stands(folder: Path, config: Printed) -> None:
    (folder.parent / "understudy.toml").write_text('handlers = "rules.py"\noverlays = ["a.yaml", "b.yaml"]\n')
    found = config()
    assert found["handlers"].startswith('handlers = "../rules.py"')
    assert found["overlays"].startswith('overlays = ["../a.yaml", "../b.yaml"]')


def test_lists_of_the_environment_stand_between_commas(
    config: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNDERSTUDY_CORS", "http://a.example, http://b.example")
    monkeypatch.setenv("UNDERSTUDY_LENIENT", "on")
    found = config()
    assert found["cors"] == 'cors = ["http://a.example", "http://b.example"] # $UNDERSTUDY_CORS'
    assert found["lenient"] == "lenient = true # $UNDERSTUDY_LENIENT"


def test_what_a_file_switches_on_can_be_switched_off_again(folder: Path, config: Printed) -> None:
    (folder / "understudy.toml").write_text("lenient = true\n")
    assert config("--no-lenient")["lenient"] == "lenient = false # the command line"


def test_an_empty_variable_says_nothing(config: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERSTUDY_PORT", "")
    assert config()["port"] == "port = 8000 # default"


def test_what_kubernetes_says_of_a_service_is_no_port(
    config: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNDERSTUDY_PORT", "tcp://10.0.0.1:8000")
    assert config()["port"] == "port = 8000 # default"


def test_a_variable_that_nothing_reads_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNDERSTUDY_POPULTE", "3")
    monkeypatch.setenv("UNDERSTUDY_SERVICE_HOST", "10.0.0.1")
    cli.main(["config"])
    said = "understudy: nothing reads $UNDERSTUDY_POPULTE; did you mean $UNDERSTUDY_POPULATE?\n"
    assert capsys.readouterr().err == said


def test_a_secret_is_not_printed(config: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERSTUDY_ADMIN_TOKEN", "hush")
    assert "hush" not in str(config())


def test_what_is_printed_is_a_file_of_options(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "understudy.toml").write_text(
        'populate = "5,orders=2-8"\nsession-idle = 0.5\n[[contracts]]\nfile = "a.yaml"\nmount = "/b"\nlenient = true\n'
    )
    cli.main(["config"])
    first = capsys.readouterr().out
    (folder / "again.toml").write_text(first)
    cli.main(["config", "--config", "again.toml"])
    assert tomllib.loads(capsys.readouterr().out) == tomllib.loads(first)


BAD = {
    "prt = 1": "understudy.toml:1: there is no option 'prt'; did you mean port?",
    "seed = 1\nport = 'x'": "understudy.toml:2: port: 'x' is not a port: 0 to 65535",
    "lenient = 'yes'": "understudy.toml:1: lenient: 'yes' is neither true nor false",
    "unknown-ids = '403'": "understudy.toml:1: unknown-ids: '403' is not one of generate, 404",
    "port = true": "understudy.toml:1: port: is neither a text nor a number",
    "contracts = 'a.yaml'": "understudy.toml:1: contracts: is no list of files, or of tables with a file each",
    "[[contracts]]\nmount = '/a'": 'understudy.toml:1: contracts: a table names its contract: file = "openapi.yaml"',
    "[[contracts]]\nfile = 'a'\n[[contracts]]\nfile = 'b'\nport = 1": (
        "understudy.toml:5: port is for all contracts, and not for one of them: it stands above the tables"
    ),
    "[[contracts]]\nfile = 'a'\nmount = '/__admin'": (
        "understudy.toml:3: mount: '/__admin' is not /, or a path such as /billing or /billing/v1, which is not the admin API's"
    ),
    **{
        f"[[contracts]]\nfile = 'a'\nmount = {mount!r}": f"understudy.toml:3: mount: {mount!r} is not /, or a path such as "
        for mount in ("a", "/a/", "//a", "/a//b", "/a/../b", "/a/__admin", "/a/~b", "/a b")
    },
    "prot = 1": "understudy.toml:1: there is no option 'prot'; did you mean port?",
    "[[contracts]]\nfile = 'a'\nmoutn = '/a'": "understudy.toml:3: there is no option 'moutn'; did you mean mount?",
    "[[contracts]]\nfile = 'a'\nunknown-id = '404'": (
        "understudy.toml:3: there is no option 'unknown-id'; did you mean unknown-ids?"
    ),
    "[[contracts]]\nfille = 'a'": (
        'understudy.toml:1: contracts: a table names its contract: file = "openapi.yaml"; '
        "there is no option 'fille'; did you mean file?"
    ),
    "seed = 1\n[[contract]]\nfile = 'a'": (
        "understudy.toml:2: there is no option 'contract'; did you mean contracts?"
    ),
    "seed = ": "understudy.toml: is not TOML: Invalid value (at",
}


@pytest.mark.parametrize("text", BAD)
def test_what_cannot_be_is_a_sentence_with_its_place(
    text: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "understudy.toml").write_text(text)
    assert refused(capsys).startswith(f"understudy: {BAD[text]}")


def test_a_bad_variable_is_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNDERSTUDY_POPULATE", "some")
    assert refused(capsys).startswith("understudy: $UNDERSTUDY_POPULATE: 'some' says no number of records")


def test_a_file_that_is_not_there_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "--config", "a.toml") == (
        "understudy: a.toml: cannot be read: No such file or directory"
    )


def test_each_option_of_serve_can_be_set_by_the_environment_and_by_a_file() -> None:
    commands = next(action for action in parser()._actions if action.dest == "command")
    assert isinstance(commands.choices, dict)
    taken = {action.dest for action in commands.choices["serve"]._actions}
    assert taken - {"help", "config", "contracts"} == set(ALL)


# -- several contracts


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[tuple[str, list[str]]]:
    """Run `understudy serve` in this folder; yields its URL, and all that it says at its start."""
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}
    ) as process:
        try:
            assert process.stdout
            lines = []
            for line in process.stdout:
                lines.append(line.rstrip())
                if "Ctrl-C" in line:
                    break
            [url] = {told for line in lines for told in re.findall(r"http://[0-9.:]+", line)}
            yield url, lines
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture
def two_shops(folder: Path) -> Path:
    """A file of options with one contract twice, and rules for one of them."""
    (folder / "a.yaml").write_text(SHOP.read_text())
    (folder / "rules.py").write_text(
        "from understudy.messages import Response\n\nasync def list_customers(request, context):\n    return Response(200, [])\n"
    )
    (folder / "understudy.toml").write_text(
        "populate = 2\n[[contracts]]\nfile = 'a.yaml'\nmount = '/one'\nhandlers = 'rules.py'\n"
        "[[contracts]]\nfile = 'a.yaml'\nmount = '/'\nunknown-ids = '404'\npopulate = 7\n"
    )
    return folder


def test_each_contract_has_its_own_mount_and_options(two_shops: Path) -> None:
    assert two_shops.is_dir()
    with serving() as (url, lines), httpx.Client(base_url=url) as client:
        assert "options stand in understudy.toml" in lines
        assert [len(client.get(f"{place}/orders").json()["items"]) for place in ("/one", "")] == [2, 7]
        assert client.get("/one/customers").json() == []
        assert client.get("/customers").json()
        assert client.get("/one/orders/o-9999").status_code == 200
        assert client.get("/orders/o-9999").status_code == 404
        apis = {api["name"]: api["url"] for api in client.get("/").json()["apis"]}
    assert apis == {"one": f"{url}/one", "a": url}


def test_a_mount_may_have_several_segments_and_the_longest_counts(folder: Path) -> None:
    (folder / "a.yaml").write_text(SHOP.read_text())
    places = ("/tools", "/tools/shop", "/tools/shop/v1", "/other/v1", "/")
    tables = [
        f"[[contracts]]\nfile = 'a.yaml'\nmount = '{place}'\npopulate = {number}\n"
        for number, place in enumerate(places, 2)
    ]
    (folder / "understudy.toml").write_text("".join(tables))
    with serving() as (url, _), httpx.Client(base_url=url, trust_env=False) as client:
        for number, place in enumerate(places, 2):
            base = place.rstrip("/")
            for session in ("", "/~one"):
                assert len(client.get(f"{session}{base}/orders").json()["items"]) == number
            assert client.get(f"{base}/docs").status_code == 200
            served = client.get(f"{base}/openapi.json").json()
            assert served["servers"][0]["url"] == f"{url}{base}"
            order = {"customerId": "c-100", "item": "cups", "quantity": 1}
            made = client.post(f"{base}/orders", json=order)
            assert made.headers["location"] == f"{url}{base}/orders/{made.json()['id']}"
        assert "/tools/shop/v12" in client.get("/tools/shop/v12/orders").text
        apis = {api["name"]: api["url"] for api in client.get("/__admin/apis").json()["items"]}
        names = ("tools", "tools-shop", "tools-shop-v1", "other-v1", "a")
        assert apis == {name: url + place.rstrip("/") for name, place in zip(names, places, strict=True)}
        collections = client.get("/__admin/sessions/default/apis/tools-shop-v1/collections").json()
        assert {"name": "/orders", "records": 5} in collections["items"]


def test_the_command_line_goes_before_what_is_said_of_one_contract(two_shops: Path) -> None:
    assert two_shops.is_dir()
    with serving("--populate", "4") as (url, _):
        assert len(httpx.get(f"{url}/orders").json()["items"]) == 4


def test_a_contract_that_is_named_keeps_what_the_file_says_of_it(two_shops: Path) -> None:
    text = (two_shops / "understudy.toml").read_text().replace("'/'", "'/shop'")
    (two_shops / "understudy.toml").write_text(text.replace("'a.yaml'\nmount = '/one'", "'b.yaml'"))
    with serving(UNDERSTUDY_CONTRACTS="a.yaml") as (url, _):
        assert len(httpx.get(f"{url}/shop/orders").json()["items"]) == 7


def test_two_contracts_in_one_place_are_refused(two_shops: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (two_shops / "understudy.toml").read_text()
    (two_shops / "understudy.toml").write_text(text.replace("'/'", "'/one'"))
    assert cli.main(["serve"]) == 1
    assert "two contracts would be served at /one" in capsys.readouterr().err
    (two_shops / "understudy.toml").write_text(
        text.replace("'/'", "'/one/v1'").replace("'/one'", "'/one-v1'")
    )
    assert cli.main(["serve"]) == 1
    assert "two contracts would be called one-v1" in capsys.readouterr().err


# -- the schema for editors


def test_the_schema_takes_what_a_file_may_say() -> None:
    document: dict[str, Any] = tomllib.loads(
        "port = 9000\npopulate = '5,orders=50'\nbody-limit = '1MB'\nlenient = true\ncors = ['*']\n"
        "[[contracts]]\nfile = 'a.yaml'\nmount = '/a'\noverlays = 'b.yaml'\n"
    )
    jsonschema.Draft7Validator.check_schema(option_schema())
    jsonschema.validate(document, option_schema())
    for wrong in ({"prt": 1}, {"port": "x"}, {"contracts": [{"mount": "/a"}]}, {"log": "loud"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(document | wrong, option_schema())


def test_the_command_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["config", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out) == option_schema()


def test_each_option_has_a_variable_of_its_own() -> None:
    assert len({variable(name) for name in ALL}) == len(ALL)
