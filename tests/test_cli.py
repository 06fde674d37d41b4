"""The command as a user runs it: what it prints, what it serves, what it refuses."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from support import write_contract
from understudy.cli import main as cli
from understudy.cli.meant import meant
from understudy.cli.options import parser
from understudy.cli.unused import unused_parameters
from understudy.configuration import Configuration
from understudy.sandbox import Sandbox

NO_ORIGINS = ["", "example.com", "localhost:3000", "https://example.com/", "https://example.com/app", "https://a.example, https://b.example",
              "https://*.example.com", "**", "null", "https://example.com:port", "https://u@example.com", "https://"]  # fmt: skip
PLAIN = "openapi: 3.1.0\ninfo: {title: t, version: v}\npaths: {/a: {get: {responses: {'204': {description: ok}}}}}\n"


@contextmanager
def serving(*arguments: str, apis: int = 4) -> Iterator[tuple[str, list[str]]]:
    """Run `understudy serve` on a free port; yields the server's URL and the lines it printed."""
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            lines = [process.stdout.readline() for _ in range(apis)]
            found = re.search(r"http://[^/ ]+", lines[0])
            assert found, process.stderr.read() if process.stderr else ""
            yield found[0], lines
        finally:
            process.terminate()
            process.wait(10)


def test_serve_prints_a_line_for_each_api_and_answers() -> None:
    with serving() as (url, lines):
        printed = [line.split() for line in lines]
        assert [(words[0], words[2:]) for words in printed] == [
            ("aritma", ["3", "operations"]),
            ("dualentry", ["6", "operations"]),
            ("togai", ["8", "operations"]),
            ("saasu", ["9", "operations"]),
        ]
        accounts = httpx.get(
            f"{url}/dualentry/public/v1/accounts/", headers={"X-API-KEY": "k"}, trust_env=False
        ).json()
        assert accounts["count"] == 3


def test_parameters_that_nothing_understands_are_named_at_the_start(tmp_path: Path) -> None:
    one = {"type": "object", "properties": {"id": {"type": "string"}}}
    ok = {"description": "", "content": {"application/json": {"schema": {"type": "array", "items": one}}}}
    asked = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in ("colour", "limit")]
    paths = {"/things": {"get": {"parameters": asked, "responses": {"200": ok}}}}
    contract = write_contract(tmp_path / "shop.json", "3.1.0", {"paths": paths})
    assert list(unused_parameters(Sandbox(contract))) == [
        "shop: GET /things does nothing with colour; `understudy explain` says why"
    ]


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM])
def test_the_server_says_goodbye_without_a_stack_trace(word: signal.Signals) -> None:
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            httpx.get(
                process.stdout.readline().split()[1], trust_env=False
            )  # it has come as far as to answer
            process.send_signal(word)
            _, errors = process.communicate(timeout=10)
        finally:
            process.kill()
    assert "Traceback" not in errors


def test_options_reach_the_sandboxes() -> None:
    with serving("--populate", "0", "--seed", "7") as (url, _):
        page = httpx.get(
            f"{url}/togai/accounts", headers={"Authorization": "Bearer k"}, trust_env=False
        ).json()
        assert page["data"] == []


def test_a_contract_of_ones_own_stands_at_the_root(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "openapi: 3.1.0\ninfo: {title: t, version: v}\npaths: {/a: {get: {responses: {'204': {description: ok}}}}}\n"
    )
    with serving(str(file), apis=1) as (url, lines):
        assert lines[0].split()[0] == "mine"
        assert httpx.get(f"{url}/a", trust_env=False).status_code == 204


def test_own_handlers_and_unknown_ids_reach_the_sandbox(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("""
openapi: 3.1.0
info: {title: t, version: v}
paths:
  /a/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {'200': {description: ok, content: {application/json: {schema: {type: object}}}}, '404': {description: none}}}
    delete: {operationId: dropIt, responses: {'202': {description: ok}, '404': {description: none}}}
""")
    (tmp_path / "own.py").write_text(
        "from understudy.messages import Response\nasync def drop_it(request, context):\n    return Response(202)\n"
    )
    options = ["--handlers", str(tmp_path / "own.py"), "--unknown-ids", "404"]
    with serving(str(tmp_path / "mine.yaml"), *options, apis=1) as (url, _):
        assert httpx.get(f"{url}/a/nobody", trust_env=False).status_code == 404
        assert httpx.delete(f"{url}/a/nobody", trust_env=False).status_code == 202


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.main(["serve", *arguments]) == 1
    printed = capsys.readouterr().err
    assert "Traceback" not in printed
    return printed


def test_a_broken_contract_is_refused_with_file_and_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("openapi: 3.1.0\ninfo: {title: t\n")
    assert re.search(r"broken\.yaml:\d+: not YAML", refused(capsys, str(file)))


def test_a_missing_contract_is_a_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert refused(capsys, str(tmp_path / "none.yaml")).strip().endswith("none.yaml: there is no such file")
    (tmp_path / "shop.yaml").touch()
    said = f"shop.yml: there is no such file; did you mean {tmp_path / 'shop.yaml'}?"
    assert said in refused(capsys, str(tmp_path / "shop.yml"))


def test_two_contracts_of_one_name_are_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "/a" in refused(capsys, str(tmp_path / "x" / "a.yaml"), str(tmp_path / "y" / "a.yaml"))


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("my shop", "my-shop"),
        ("~x", "x"),
        ("a%2Fb?c#d", "a-2Fb-c-d"),
        ("v1.2_b-c", "v1.2_b-c"),
        ("-é-", "contract"),
        ("..", "contract"),
        ("Größe 1", "Gr-e-1"),
    ],
)
def test_a_contract_is_served_under_a_name_that_can_stand_in_a_url(
    serve: Callable[..., httpx.Client], tmp_path: Path, stem: str, name: str
) -> None:
    files = [tmp_path / f"{stem}.yaml", tmp_path / "other.yaml"]
    for file in files:
        file.write_text(PLAIN)
    client = serve(*Configuration(tuple(files)).sandboxes())
    assert client.get(f"/{name}/a").status_code == 204
    assert [api["url"] for api in client.get("/__admin/apis").json()["items"]] == [
        str(client.base_url.join(f"/{one}")) for one in (name, "other")
    ]


@pytest.mark.parametrize("stem", ["__admin", "__admin2", "~__admin", "__administration"])
def test_the_name_of_the_admin_api_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, stem: str
) -> None:
    (tmp_path / f"{stem}.yaml").write_text(PLAIN)
    said = refused(capsys, str(tmp_path / f"{stem}.yaml"))
    assert f"{stem}.yaml" in said
    assert "admin API" in said


def test_two_contracts_that_come_to_one_name_are_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "/my-shop" in refused(capsys, str(tmp_path / "my shop.yaml"), str(tmp_path / "my-shop.yaml"))


def test_a_contract_whose_own_paths_are_taken_is_served_and_said_to_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.yaml").write_text(PLAIN.replace("/a:", "/__admin/a:"))
    said: list[str] = []
    Configuration((tmp_path / "mine.yaml",)).sandboxes(lambda finding: said.append(str(finding)))
    assert len(said) == 1
    assert said[0].startswith("mine.yaml:3: served alone, /__admin/a is called below /mine")
    assert cli.main(["validate", str(tmp_path / "mine.yaml")]) == 1
    assert "mine.yaml:3: served alone, /__admin/a is called below /mine" in capsys.readouterr().out


@pytest.mark.parametrize(
    "origin",
    ["*", "http://localhost:3000", "https://App.example.com", "http://[::1]:3000", "app-1://some_host"],
)
def test_an_origin_is_taken_and_compared_as_browsers_write_it(origin: str) -> None:
    assert parser().parse_args(["serve", "--cors", origin]).cors == [origin.lower()]


def test_the_form_of_an_origin_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["serve", "--cors", "example.com/app"])
    said = capsys.readouterr().err
    assert "'example.com/app'" in said
    assert "scheme://host[:port]" in said


def test_a_port_in_use_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "in use" in refused(capsys, "--port", str(taken.getsockname()[1]))


def test_a_host_that_is_not_ours_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert "cannot listen on" in refused(capsys, "--host", "192.0.2.1", "--admin-token", "t")


def test_a_broken_handlers_file_is_a_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("def f(:\n")
    assert "own.py:1: not Python" in refused(capsys, "--handlers", str(tmp_path / "own.py"))


def test_the_bundled_sandboxes_know_what_exists(capsys: pytest.CaptureFixture[str]) -> None:
    assert "for contracts of your own" in refused(capsys, "--unknown-ids", "generate")


def test_a_bad_identities_file_is_a_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "identities.yaml"
    file.write_text("identities:\n- {name: a, credential: k, role: admin}\n")
    assert "role" in refused(capsys, "--identities", str(file))


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--port", "70000"),
        ("--port", "x"),
        ("--populate", "-1"),
        ("--populate", "many"),
        ("--log", "ful"),
        *(("--cors", text) for text in NO_ORIGINS),
    ],
)
def test_a_value_that_is_refused_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["serve", option, value])
    assert caught.value.code == 2
    [said] = capsys.readouterr().err.splitlines()
    assert option in said


def test_an_option_that_there_is_not_is_refused_with_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["serve", "--nonsense"])
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("usage: understudy serve")
    assert "there is no option --nonsense" in said


def test_the_page_about_serving_names_every_option() -> None:
    page = (Path(__file__).parents[1] / "docs" / "serving.md").read_text()
    usage = subprocess.run(
        [sys.executable, "-m", "understudy", "serve", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert [
        option for option in re.findall(r"--[a-z]+", usage) if option != "--help" and option not in page
    ] == []


def test_an_overlay_changes_what_is_served(tmp_path: Path) -> None:
    item = "{get: {responses: {204: {description: ok}}}}"
    (tmp_path / "mine.yaml").write_text(
        f"swagger: '2.0'\ninfo: {{title: t, version: v}}\npaths: {{/a: {item}}}\n"
    )
    action = f"{{target: $.paths, update: {{/b: {item}}}}}"
    (tmp_path / "o.yaml").write_text(f"overlay: 1.0.0\ninfo: {{title: o, version: v}}\nactions: [{action}]\n")
    with serving(str(tmp_path / "mine.yaml"), "--overlay", str(tmp_path / "o.yaml"), apis=1) as (url, _):
        assert [httpx.get(f"{url}/{path}", trust_env=False).status_code for path in "abc"] == [204, 204, 404]


def test_overlays_without_a_contract_to_change_are_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "--overlay changes one contract" in refused(capsys, "--overlay", str(tmp_path / "o.yaml"))


# ---- what people type

COMMANDS = ("serve", "explain", "validate", "snapshot", "restore")


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("", "--help"),
        ("shop.yaml", "serve shop.yaml"),
        ("shop.yaml -p 4010", "serve shop.yaml -p 4010"),
        ("mock shop.yaml", "serve shop.yaml"),
        ("start shop.json", "serve shop.json"),
        ("https://example.com/shop", "serve https://example.com/shop"),
        ("serve -h 0.0.0.0", "serve --host 0.0.0.0"),
        ("mock -h 0.0.0.0 shop.yaml", "serve --host 0.0.0.0 shop.yaml"),
        ("serve -h", "serve -h"),
        ("serve -h --port 0", "serve -h --port 0"),
        ("serve -h shop.yaml", "serve -h shop.yaml"),
        ("validate shop.yaml", "validate shop.yaml"),
        ("--version", "--version"),
        ("srve", "srve"),
        ("-h 0.0.0.0", "serve --host 0.0.0.0"),
        ("-p 4010 -h 127.0.0.1 shop.yaml", "serve -p 4010 --host 127.0.0.1 shop.yaml"),
        ("--fetch https://example.com/shop", "serve --fetch https://example.com/shop"),
        ("--quite shop.yaml", "serve --quite shop.yaml"),
        ("-h", "-h"),
        ("-h --port 0", "-h --port 0"),
        ("--config validate", "--config validate"),
        ("help", "--help"),
        ("help validate", "validate --help"),
        ("version", "--version"),
        ("-V", "--version"),
    ],
)
def test_what_was_meant_is_done(typed: str, understood: str) -> None:
    assert meant(typed.split(), COMMANDS) == understood.split()


def test_a_file_that_is_there_is_a_contract_whatever_it_is_called(tmp_path: Path) -> None:
    file = tmp_path / "openapi"
    file.touch()
    assert meant([str(file)], COMMANDS) == ["serve", str(file)]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("srve shop.yaml", "understudy: error: there is no command 'srve'; did you mean serve?"),
        ("shop.yam", "understudy: error: there is no command or file 'shop.yam'"),
        (
            "serve --popluate 3",
            "understudy serve: error: there is no option --popluate; did you mean --populate?",
        ),
        ("serve --prot 1", "understudy serve: error: there is no option --prot; did you mean --port?"),
        ("explain --jsn", "understudy explain: error: there is no option --jsn; did you mean --json?"),
        ("validate a.yaml b.yaml", "understudy validate: error: there is no argument b.yaml"),
    ],
)
def test_what_there_is_not_is_said_with_the_usage_of_its_command(
    capsys: pytest.CaptureFixture[str], typed: str, sentence: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(typed.split())
    printed = capsys.readouterr().err
    assert caught.value.code == 2
    assert printed.splitlines()[-1] == sentence
    assert printed.startswith("usage: " + sentence.partition(": error")[0])


def test_help_is_what_nothing_at_all_asks_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main([])
    assert caught.value.code == 0
    assert "start sandboxes" in capsys.readouterr().out


# ---- contracts at an address


@contextmanager
def offering(answers: dict[str, tuple[int, dict[str, str], bytes]]) -> Iterator[str]:
    """Serve files over HTTP on this machine; yields where."""

    class Offering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, content = answers[self.path]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Offering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_contract_at_an_address_is_saved_once_where_that_is_asked_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answers = {
        "/moved": (302, {"Location": "/api/shop.yaml"}, b""),
        "/api/shop.yaml": (200, {}, PLAIN.encode()),
    }
    with offering(answers) as url:
        assert cli.main(["explain", f"{url}/api/shop.yaml"]) == 1
        said = capsys.readouterr().err
        assert "nothing is fetched unasked: --fetch saves it as shop.yaml" in said
        assert not list(tmp_path.iterdir())
        assert cli.main(["explain", "--fetch", f"{url}/moved"]) == 0
        assert (tmp_path / "moved.yaml").read_text() == PLAIN
        assert cli.main(["explain", "--fetch", f"{url}/api/shop.yaml"]) == 0
    (tmp_path / "shop.yaml").write_text(PLAIN.replace("/a:", "/mine:"))
    capsys.readouterr()
    assert cli.main(["explain", "--fetch", f"{url}/api/shop.yaml"]) == 0  # it is here: nobody is asked
    printed = capsys.readouterr()
    assert "/mine" in printed.out
    assert "shop.yaml is here already" in printed.err


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://[::1/shop.yaml", "is no address: Invalid IPv6 URL"),
        ("https://", "is no address: it names no host"),
        (f"https://api.example/{'a' * 300}.yaml", "File name too long"),
    ],
)
def test_an_address_that_is_none_or_that_no_file_can_be_called_by_is_a_sentence(
    capsys: pytest.CaptureFixture[str], address: str, sentence: str
) -> None:
    assert cli.main(["explain", "--fetch", address]) == 1
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((404, {}, b""), "answers 404"),
        ((302, {"Location": "http://example.com/shop.yaml"}, b""), "only https is, or http on this machine"),
        ((302, {"Location": "/shop.yaml"}, b""), "cannot be fetched"),
        ((200, {}, b"x" * (33 * 1024 * 1024)), "is larger than 33554432 bytes"),
    ],
)
def test_what_cannot_be_fetched_is_a_sentence(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: tuple[int, dict[str, str], bytes],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    with offering({"/shop.yaml": answer}) as url:
        assert cli.main(["explain", "--fetch", f"{url}/shop.yaml"]) == 1
    assert sentence in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
