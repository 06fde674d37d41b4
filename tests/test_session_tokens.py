"""Tokens for some sessions alone: what they open of the admin API, operation by operation, and what they do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support import bundled, running
from understudy.admin.own_contract import own_contract
from understudy.cli.main import main
from understudy.contracts.contract import Operation
from understudy.errors import OptionInvalid
from understudy.remote import Remote
from understudy.server.admin_tokens import AdminTokens
from understudy.server.app import create_app

ADMIN, ANNA, BOTH = "for-all", "of=anna", "of-two"
TOKENS = [f"anna-={ANNA}", f"bob-={BOTH}", f"carol-={BOTH}"]
OPERATIONS = own_contract().operations
OF_NOBODY = {"getHealth", "getReadiness"}
OF_ALL_SESSIONS = {"getMetrics", "listAnswerFiles", "saveAnswerFile"}
PARAMETERS = {
    "api": "togai",
    "verb": "reset",
    "collection": "%2Faccounts",
    "key": "none",
    "operation": "createAccount",
    "number": "1",
    "id": "none",
    "webhook": "none",
    "file": "none.yaml",
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Serve with a token for everything and some for sessions."""
    with running(create_app([bundled("togai")], tokens=AdminTokens(ADMIN, TOKENS))) as url:
        yield url


@pytest.fixture
def anna(url: str) -> Iterator[httpx.Client]:
    """Return a client with a token for the sessions whose names begin with `anna-`."""
    with client(url, ANNA) as found:
        yield found


def client(url: str, token: str) -> httpx.Client:
    """Return a client with a token."""
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=f"{url}/__admin", headers=headers, trust_env=False, timeout=60)


def status(client: httpx.Client, operation: Operation, session: str) -> int:
    """Ask for an operation about a session, and return the status; of a stream no more is read."""
    path = operation.path.format_map({**PARAMETERS, "session": session})
    with client.stream(operation.method.upper(), path) as answer:
        return answer.status_code


@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.id for one in OPERATIONS])
def test_each_operation_is_open_for_these_sessions_alone(anna: httpx.Client, operation: Operation) -> None:
    own = status(anna, operation, "anna-1")
    if operation.id in OF_ALL_SESSIONS:
        assert own == 403
    else:
        assert own not in (401, 403)
    for session in ("default", "bob-1", "ann", "anna", "Anna-1", "x-anna-1"):
        foreign = status(anna, operation, session)
        if "{session}" in operation.path:
            assert foreign == 403
        else:
            assert foreign == own


@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.id for one in OPERATIONS])
def test_no_operation_is_open_without_a_token(url: str, operation: Operation) -> None:
    for token in ("x", f"{ANNA}x", "anna-"):
        with client(url, token) as nobody:
            assert (status(nobody, operation, "anna-1") == 401) is (operation.id not in OF_NOBODY)


def test_what_is_refused_has_done_nothing(url: str, anna: httpx.Client) -> None:
    with client(url, ADMIN) as admin:
        admin.put("/sessions/bob-2/clock", json={"now": "2030-01-01T00:00:00Z"})
        for operation in OPERATIONS:
            if "{session}" in operation.path:
                status(anna, operation, "bob-2")
                status(anna, operation, "bob-new")
        names = [one["name"] for one in admin.get("/sessions").json()["items"]]
        assert "bob-2" in names
        assert "bob-new" not in names
        assert admin.get("/sessions/bob-2").json()["clock"] == "2030-01-01T00:00:00Z"


def test_lists_have_these_sessions_alone_and_made_ones_are_of_them(url: str, anna: httpx.Client) -> None:
    with client(url, ADMIN) as admin, client(url, BOTH) as both:
        for name in ("bob-7", "carol-7", "dave-7"):
            assert admin.post("/sessions", json={"name": name}).status_code == 201
        refused = anna.post("/sessions", json={"name": "bob-8"})
        assert refused.status_code == 403
        assert refused.headers["content-type"] == "application/problem+json"
        made = [anna.post("/sessions", json={}).json()["name"] for _ in range(3)]
        assert len(set(made)) == 3
        assert all(name.startswith("anna-") for name in made)
        listed = [one["name"] for one in anna.get("/sessions").json()["items"]]
        assert set(made) <= set(listed)
        assert all(name.startswith("anna-") for name in listed)
        seen = {one["name"] for one in both.get("/sessions").json()["items"]}
        assert {"bob-7", "carol-7"} <= seen
        assert not {name for name in seen if not name.startswith(("bob-", "carol-"))}
        assert {"dave-7", *seen, *listed} <= {one["name"] for one in admin.get("/sessions").json()["items"]}


def test_a_name_is_the_same_however_it_is_written(anna: httpx.Client) -> None:
    assert anna.get("/sessions/%62ob-1/clock").status_code == 403
    assert anna.get("/sessions/ann%61-1/clock").status_code == 200
    assert anna.get("/sessions/anna-%2F..%2Fbob-1/clock").status_code == 400
    assert anna.get("/sessions/anna-1/../bob-1/clock").status_code in (403, 404)


def test_the_session_that_a_request_is_in_opens_nothing(url: str, anna: httpx.Client) -> None:
    assert anna.get("/sessions/bob-1/clock", headers={"Sandbox-Session": "anna-1"}).status_code == 403
    headers = {"Authorization": f"Bearer {ANNA}"}
    in_path = httpx.get(f"{url}/~anna-1/__admin/sessions/bob-1/clock", headers=headers, trust_env=False)
    assert in_path.status_code == 403


def test_a_test_may_use_its_session_with_such_a_token(url: str) -> None:
    with Remote.connect(url, session="anna-t", admin_token=ANNA) as remote:
        remote.records()["/accounts"]["a"] = {
            "id": "a",
            "name": "Anna",
            "customerId": "a",
            "invoiceCurrency": "EUR",
        }
        remote.reset()


# ---- how they are told


@pytest.mark.parametrize(
    "text",
    ["", "anna", "anna-=", "=hidden", "an na=hidden", "anna=hid den", "anna=hïdden", f"{'a' * 49}=hidden"],
)
def test_what_is_none_is_refused_and_not_printed(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--admin-token", ADMIN, "--session-token", text])
    assert ended.value.code == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert "--session-token: must be PREFIX=TOKEN, such as anna-=s3cret" in said
    assert not re.search("h[iï]d", said)


def test_tokens_that_do_not_go_together_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, said in (
        (["--session-token", "anna-=secret"], "--session-token: needs --admin-token"),
        (["--session-token", "anna-=secret", "--admin-token", "secret"], "has the token of --admin-token"),
    ):
        assert main(["serve", "none.yaml", *arguments]) == 2
        printed = capsys.readouterr().err
        assert said in printed
        assert "=secret" not in printed
    with pytest.raises(OptionInvalid):
        AdminTokens("", ["anna-=secret"])


def test_the_environment_and_a_file_may_tell_them_and_they_are_not_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "understudy.toml"
    file.write_text('admin-token = "s3cret"\nsession-token = ["anna-=hidden", "bob-=hidden"]\n')
    assert main(["config", "--config", str(file)]) == 0
    printed = capsys.readouterr().out
    assert "# session-token is set, and not shown" in printed
    monkeypatch.setenv("UNDERSTUDY_SESSION_TOKEN", "anna-=hidden,bob-=hidden")
    assert main(["config", "--config", "/dev/null"]) == 0
    printed += capsys.readouterr().out
    assert "$UNDERSTUDY_SESSION_TOKEN" in printed
    assert "hidden" not in printed
    monkeypatch.setenv("UNDERSTUDY_SESSION_TOKEN", "hidden")
    assert main(["config", "--config", "/dev/null"]) == 2
    assert "hidden" not in capsys.readouterr().err
