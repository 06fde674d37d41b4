"""Who may administer: everybody on a loopback address without a token, those who have it where there is one, and nobody by accident."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from support import bundled, running
from understudy.cli.main import main
from understudy.server.app import create_app
from understudy.sessions import Sessions

TOKEN = "correct horse+battery=staple"


@pytest.fixture
def guarded() -> Iterator[httpx.Client]:
    """Return a client of a server that asks for a token."""
    with (
        running(create_app([bundled("togai")], Sessions(), admin_token=TOKEN)) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        yield client


def test_the_token_opens(guarded: httpx.Client) -> None:
    for word in ("Bearer", "bearer"):
        assert (
            guarded.get("/__admin/sessions", headers={"Authorization": f"{word} {TOKEN}"}).status_code == 200
        )


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer x",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Basic {TOKEN}",
        TOKEN,
        "Bearer ä",
        "Bearer k",
    ],
)
def test_nothing_else_does(guarded: httpx.Client, authorization: str | None) -> None:
    headers = {} if authorization is None else {b"Authorization": authorization.encode()}
    for method, path in (
        ("GET", "/sessions"),
        ("DELETE", "/sessions/default"),
        ("GET", "/sessions/s/journal/stream"),
        ("GET", "/apis"),
    ):
        answer = guarded.request(method, f"/__admin{path}", headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
        assert answer.headers["www-authenticate"] == "Bearer"
        assert TOKEN not in answer.text


def test_health_and_the_sandboxes_do_not_ask_for_it(guarded: httpx.Client) -> None:
    assert guarded.get("/__admin/health").status_code == guarded.get("/__admin/ready").status_code == 200
    assert guarded.get("/accounts", headers={"Authorization": "Bearer anything"}).status_code == 200


def test_a_session_of_which_nobody_may_call_can_still_be_administered(guarded: httpx.Client) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert (
        guarded.put("/__admin/sessions/default/identities", headers=headers, json={"items": []}).status_code
        == 200
    )
    assert guarded.get("/__admin/sessions/default/identities", headers=headers).json() == {"items": []}


def test_magic_credentials_are_no_magic_here(guarded: httpx.Client) -> None:
    assert (
        guarded.get("/__admin/apis", headers={"Authorization": "Bearer sandbox-no-scope"}).status_code == 401
    )


# ---- the command


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com", "localhost.example.com"])
def test_an_address_others_can_reach_needs_a_token(
    host: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UNDERSTUDY_ADMIN_TOKEN", raising=False)
    assert main(["serve", "--host", host, "--port", "0"]) == 1
    assert main(["serve", "--host", host, "--port", "0", "--admin-token", ""]) == 1
    said = capsys.readouterr()
    assert "--admin-token" in said.err
    assert host in said.err
    assert said.out == ""


@pytest.mark.parametrize("token", ["", " ", " \t\n"])
def test_a_blank_token_is_no_token_and_no_lack_of_one(token: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["serve", "--host", "192.0.2.1", "--port", "0", "--admin-token", token]) == 1
    )  # where no server starts if it is taken
    said = capsys.readouterr()
    assert "--admin-token is blank" in said.err
    assert said.out == ""


@pytest.mark.parametrize("arguments", [["--admin-token", f" {TOKEN} "], []])
def test_with_a_token_any_address_is_served_and_it_is_never_printed(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNDERSTUDY_ADMIN_TOKEN", "another one" if arguments else f"{TOKEN}\n")
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0", "--host", "0.0.0.0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            first = process.stdout.readline()
            url = first.split()[1].removesuffix("/aritma")
            assert httpx.get(f"{url}/__admin/apis", trust_env=False).status_code == 401
            assert (
                httpx.get(
                    f"{url}/__admin/apis", headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False
                ).status_code
                == 200
            )
        finally:
            process.terminate()
        printed, errors = process.communicate(timeout=10)
    assert TOKEN not in first + printed + errors


def test_help_does_not_print_a_token_of_the_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNDERSTUDY_ADMIN_TOKEN", TOKEN)
    with pytest.raises(SystemExit):
        main(["serve", "--help"])
    said = capsys.readouterr().out
    assert TOKEN not in said
    assert "UNDERSTUDY_ADMIN_TOKEN" in said


def test_a_server_that_stops_waits_for_no_stream() -> None:
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().split()[1].removesuffix("/aritma")
            with httpx.stream("GET", f"{url}/__admin/sessions/s/journal/stream", trust_env=False) as stream:
                lines = stream.iter_lines()
                next(lines)
                process.send_signal(signal.SIGTERM)
                assert [line for line in lines if line] == []
            _, errors = process.communicate(timeout=10)
        finally:
            process.kill()
    assert errors == ""
