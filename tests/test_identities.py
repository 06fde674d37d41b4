"""A credential is worth what the default, the magic words, the identities file and the issued tokens say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from understudy.errors import (
    AccessDenied,
    CredentialExpired,
    CredentialInvalid,
    CredentialMissing,
    CredentialRefused,
    CredentialRevoked,
    ScopeMissing,
    SettingsError,
)
from understudy.messages import Caller
from understudy.state.clock import EPOCH
from understudy.state.identities import MAGIC, Identities, require_scopes

LATER = EPOCH + timedelta(hours=3)

ALICE = {
    "name": "alice",
    "credential": "key-alice",
    "username": "alice@example.com",
    "password": "secret",
    "apis": ["dualentry", "saasu"],
    "scopes": ["services.erphub"],
    "clients": ["c-1", 7],
    "files": [123],
}


def listed(folder: Path, *entries: dict[str, Any]) -> Identities:
    return Identities.load(written(folder, json.dumps({"identities": entries})))


def written(folder: Path, text: str, name: str = "identities.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def check(identities: Identities, credential: str, api: str = "saasu", scopes: Sequence[str] = ()) -> Caller:
    return identities.check(credential, api=api, required_scopes=scopes, now=EPOCH)


# ---- without a file


@pytest.mark.parametrize("credential", ["anything", "Bearer", " ", "ключ", "\ud800", "x" * 10_000])
def test_by_default_any_credential_is_good_and_carries_every_scope(credential: str) -> None:
    assert check(Identities(), credential, scopes=["a", "b"]) == Caller(name="", scopes=None, reach={})


def test_an_empty_credential_is_a_missing_one() -> None:
    with pytest.raises(CredentialMissing):
        check(Identities(), "")


def test_by_default_any_username_and_password_are_good() -> None:
    assert Identities().login("a", "b", "saasu") == Caller()
    assert Identities().login("", "b", "saasu") is None
    assert Identities().login("a", "", "saasu") is None


# ---- magic


@pytest.mark.parametrize("with_file", [False, True])
@pytest.mark.parametrize(
    ("credential", "refusal"),
    [("sandbox-revoked", CredentialRevoked), ("sandbox-expired", CredentialExpired)],
)
def test_magic_credentials_are_refused(
    tmp_path: Path, *, with_file: bool, credential: str, refusal: type[CredentialRefused]
) -> None:
    identities = listed(tmp_path, ALICE) if with_file else Identities()
    with pytest.raises(refusal):
        check(identities, credential)


@pytest.mark.parametrize("with_file", [False, True])
def test_the_magic_credential_without_scope_is_denied_everywhere(tmp_path: Path, with_file: bool) -> None:
    identities = listed(tmp_path, ALICE) if with_file else Identities()
    with pytest.raises(ScopeMissing) as caught:
        check(identities, "sandbox-no-scope", scopes=["full"])
    assert (caught.value.required, caught.value.granted) == (("full",), ())
    with pytest.raises(AccessDenied):
        check(identities, "sandbox-no-scope")


# ---- with a file


def test_a_listed_credential_is_its_identity(tmp_path: Path) -> None:
    caller = check(listed(tmp_path, ALICE), "key-alice", scopes=["services.erphub"])
    assert caller == Caller(
        "alice",
        frozenset({"services.erphub"}),
        {"clients": frozenset({"c-1", "7"}), "files": frozenset({"123"})},
    )
    assert caller.may_reach("files", 123)
    assert not caller.may_reach("clients", "c-2")


def test_a_short_entry_is_not_restricted(tmp_path: Path) -> None:
    identities = listed(tmp_path, {"name": "bob", "credential": "key-bob"})
    assert check(identities, "key-bob", api="any", scopes=["any"]) == Caller("bob", None, {})


@pytest.mark.parametrize(
    "credential", ["key-bob", "KEY-ALICE", "key-alice ", "alice", "alice@example.com", "secret"]
)
def test_with_a_file_any_other_credential_is_refused(tmp_path: Path, credential: str) -> None:
    with pytest.raises(CredentialInvalid):
        check(listed(tmp_path, ALICE), credential)


def test_a_file_that_lists_nobody_lets_nobody_in(tmp_path: Path) -> None:
    identities = listed(tmp_path)
    assert identities.login("a", "b", "saasu") is None
    with pytest.raises(CredentialInvalid):
        check(identities.fresh(), "anything")


def test_an_identity_may_use_only_its_apis(tmp_path: Path) -> None:
    identities = listed(tmp_path, ALICE)
    with pytest.raises(AccessDenied, match="alice may not use togai"):
        check(identities, "key-alice", api="togai")
    with pytest.raises(AccessDenied):
        identities.login("alice@example.com", "secret", "togai")


def test_every_required_scope_is_needed(tmp_path: Path) -> None:
    with pytest.raises(ScopeMissing) as caught:
        check(listed(tmp_path, ALICE), "key-alice", scopes=["services.erphub", "admin"])
    assert (caught.value.required, caught.value.granted) == (
        ("services.erphub", "admin"),
        ("services.erphub",),
    )


def test_an_empty_list_of_scopes_grants_none(tmp_path: Path) -> None:
    identities = listed(tmp_path, {**ALICE, "scopes": []})
    assert check(identities, "key-alice").scopes == frozenset()
    with pytest.raises(ScopeMissing):
        check(identities, "key-alice", scopes=["full"])


def test_scopes_can_be_asked_of_a_caller() -> None:
    require_scopes(Caller(), ["full"])
    require_scopes(Caller(scopes=frozenset()), [])
    with pytest.raises(ScopeMissing):
        require_scopes(Caller(scopes=frozenset({"other"})), ["full"])


@pytest.mark.parametrize(
    ("state", "refusal"), [("expired", CredentialExpired), ("revoked", CredentialRevoked)]
)
def test_an_identity_that_is_not_active_is_refused(
    tmp_path: Path, state: str, refusal: type[CredentialRefused]
) -> None:
    identities = listed(tmp_path, {**ALICE, "state": state})
    with pytest.raises(refusal):
        check(identities, "key-alice", api="togai")
    with pytest.raises(refusal):
        identities.login("alice@example.com", "secret", "saasu")


def test_login_takes_listed_pairs_only(tmp_path: Path) -> None:
    bob = {"name": "bob", "username": "bob", "password": "hidden"}
    identities = listed(tmp_path, ALICE, bob)
    assert identities.login("bob", "hidden", "togai") == Caller("bob")
    for username, password in (
        ("bob", "secret"),
        ("alice", "secret"),
        ("Bob", "hidden"),
        ("\ud800", "\ud800"),
    ):
        assert identities.login(username, password, "saasu") is None


# ---- issued tokens


@pytest.mark.parametrize("with_file", [False, True])
def test_an_issued_token_is_good_until_it_expires(tmp_path: Path, with_file: bool) -> None:
    identities = listed(tmp_path, ALICE) if with_file else Identities()
    caller = Caller("alice", frozenset({"full"}), {"files": frozenset({"123"})})
    identities.issue("token", caller, LATER)
    just_before = LATER - timedelta(microseconds=1)
    assert identities.check("token", api="saasu", required_scopes=["full"], now=just_before) is caller
    with pytest.raises(CredentialExpired):
        identities.check("token", api="saasu", required_scopes=[], now=LATER)


def test_an_issued_token_carries_its_callers_scopes() -> None:
    identities = Identities()
    identities.issue("token", Caller(scopes=frozenset({"full"})), LATER)
    with pytest.raises(ScopeMissing):
        check(identities, "token", scopes=["admin"])


def test_a_listed_callers_token_opens_no_other_api(tmp_path: Path) -> None:
    identities = listed(
        tmp_path, ALICE, {"name": "alice", "credential": "old", "apis": ["aritma"], "state": "revoked"}
    )
    caller = identities.login("alice@example.com", "secret", "saasu")
    assert caller is not None
    identities.issue("token", caller, LATER)
    assert check(identities, "token", api="dualentry").name == "alice"
    with pytest.raises(AccessDenied):
        check(identities, "token", api="togai")


def test_a_token_of_a_caller_who_may_use_every_api_opens_every_api(tmp_path: Path) -> None:
    identities = listed(tmp_path, {"name": "bob", "username": "bob", "password": "hidden"})
    identities.issue("token", Caller("bob"), LATER)
    identities.issue("foreign", Caller("somebody else"), LATER)
    assert check(identities, "token", api="togai").name == "bob"
    assert check(identities, "foreign", api="togai").name == "somebody else"


@pytest.mark.parametrize("token", ["token", "never issued"])
def test_a_revoked_token_is_refused(token: str) -> None:
    identities = Identities()
    identities.issue("token", Caller(), LATER)
    identities.revoke(token)
    with pytest.raises(CredentialRevoked):
        check(identities, token)


def test_a_listed_credential_can_be_revoked_in_one_session(tmp_path: Path) -> None:
    identities = listed(tmp_path, ALICE)
    identities.revoke("key-alice")
    with pytest.raises(CredentialRevoked):
        check(identities, "key-alice")
    assert check(identities.fresh(), "key-alice").name == "alice"


def test_a_token_issued_again_is_good_again() -> None:
    identities = Identities()
    identities.revoke("token")
    identities.issue("token", Caller("again"), LATER)
    assert check(identities, "token").name == "again"


def test_tokens_stay_in_the_session_that_issued_them(tmp_path: Path) -> None:
    one = listed(tmp_path, ALICE)
    other = one.fresh()
    one.issue("token", Caller("alice"), LATER)
    for identities in (other, one.fresh()):
        with pytest.raises(CredentialInvalid):
            check(identities, "token")


# ---- the file


def test_the_documented_file_is_read(tmp_path: Path) -> None:
    text = """
    identities:
      - name: NO                   # a name, and not the word for false
        credential: 12:30:00
        apis: [dualentry, saasu]
        files: [123, 0123, c-1]
        state: active
    """
    caller = check(Identities.load(written(tmp_path, text)), "12:30:00")
    assert caller == Caller("NO", None, {"files": frozenset({"123", "0123", "c-1"})})


@pytest.mark.parametrize("name", ["identities.json", "identities.yaml", "identities"])
def test_a_file_may_be_json_under_any_name(tmp_path: Path, name: str) -> None:
    text = '\ufeff{\n\t"identities": [{"name": "\\ud83d\\ude00", "credential": "a\\/b"}]\n}'
    assert check(Identities.load(written(tmp_path, text, name)), "a/b").name == "😀"


ENTRY = "identities:\n- name: alice\n  credential: k1\n"
WHERE = "identity 1 (alice): "


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", ": must be a mapping with one key, 'identities', and a list under it"),
        ("- name: alice", ": must be a mapping with one key, 'identities', and a list under it"),
        ("identities:", ": must be a mapping with one key, 'identities', and a list under it"),
        (
            "identities: []\nidentity: []",
            ": must be a mapping with one key, 'identities', and a list under it",
        ),
        ("identities:\n- name: [alice", ":3: not YAML: did not find expected ',' or ']'"),
        ("identities:\n\t- name: alice", ":2: not YAML: found character that cannot start any token"),
        ("identities: []\nidentities: []", ":2: not YAML: the key 'identities' is given twice"),
        (ENTRY + "  name: bob", ":4: not YAML: the key 'name' is given twice"),
        ("identities: !!python/object:os.system {}", ":1: not YAML: could not determine a constructor"),
        ("identities:\n- alice", ":2: identity 1: must be a mapping, not a string"),
        (
            ENTRY + "  role: admin",
            f":4: {WHERE}unknown key 'role'; allowed are name, credential, username, password, apis, scopes, clients,",
        ),
        (ENTRY + "  1: 2", f":4: {WHERE}unknown key '1'; allowed are name,"),
        (ENTRY + "  a/b~1c: 2", f":4: {WHERE}unknown key 'a/b~1c'; allowed are name,"),
        ("identities:\n- credential: k1", ":2: identity 1: name is required"),
        (
            "identities:\n- name: alice",
            f":2: {WHERE}give a credential, or a username and a password, or all three",
        ),
        (ENTRY + "  username: a", f":2: {WHERE}username and password go together: give both or neither"),
        (ENTRY + "  password: a", f":2: {WHERE}username and password go together: give both or neither"),
        (
            "identities:\n- name: 5\n  credential: k1",
            ":2: identity 1: name must be a string, not a number (put it in quotes)",
        ),
        (
            "identities:\n- name: true\n  credential: k1",
            ":2: identity 1: name must be a string, not a boolean (put it in quotes)",
        ),
        ("identities:\n- name:\n  credential: k1", ":2: identity 1: name must be a string, not nothing"),
        ("identities:\n- name: ''\n  credential: k1", ":2: identity 1 (): name must not be empty"),
        (
            "identities:\n- name: alice\n  credential: [k1]",
            f":3: {WHERE}credential must be a string, not a list",
        ),
        (ENTRY + "  apis: saasu", f":4: {WHERE}apis must be a list of strings, not a string"),
        (ENTRY + "  scopes: {a: b}", f":4: {WHERE}scopes must be a list of strings, not a mapping"),
        (
            ENTRY + "  scopes: [a, 1]",
            f":4: {WHERE}scopes must be a list of strings, and one of them is a number",
        ),
        (
            ENTRY + "  files: 123",
            f":4: {WHERE}files must be a list of strings or whole numbers, not a number",
        ),
        (
            ENTRY + "  files: [1.5]",
            f":4: {WHERE}files must be a list of strings or whole numbers, and one of them is a number",
        ),
        (
            ENTRY + "  clients: [true]",
            f":4: {WHERE}clients must be a list of strings or whole numbers, and one of them is a boolean",
        ),
        (ENTRY + "  state: gone", f":4: {WHERE}state must be one of active, expired, revoked, not 'gone'"),
        (
            ENTRY.replace("k1", "sandbox-expired"),
            f":3: {WHERE}credential must not be one of sandbox-expired, sandbox-no-scope, sandbox-revoked",
        ),
        (
            ENTRY + "- name: bob\n  credential: k1",
            ":5: identity 2 (bob): has the credential of identity 1 (alice); each needs its own",
        ),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        Identities.load(path)
    assert str(caught.value).startswith(f"{path}{problem}")


def test_a_username_belongs_to_one_identity(tmp_path: Path) -> None:
    twin = {"name": "bob", "username": ALICE["username"], "password": "other"}
    with pytest.raises(SettingsError, match=r"identity 2 \(bob\): has the username of identity 1 \(alice\)"):
        listed(tmp_path, ALICE, twin)


def test_an_error_repeats_no_credential(tmp_path: Path) -> None:
    for mistake in ({"role": 1}, {"apis": 1}, {"state": "gone"}, {"username": ""}):
        with pytest.raises(SettingsError) as caught:
            listed(tmp_path, {**ALICE, **mistake})
        assert "key-alice" not in str(caught.value)
        assert "secret" not in str(caught.value)
    with pytest.raises(SettingsError) as caught:
        listed(tmp_path, ALICE, ALICE)
    assert "key-alice" not in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"identities: \xff", b"identities: \x00", "identities: é".encode("latin-1")]
)
def test_a_file_that_is_not_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "identities.yaml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"identities\.yaml: not YAML"):
        Identities.load(path)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "nothing.yaml", "No such file"), (tmp_path, "directory")):
        with pytest.raises(SettingsError, match=f"cannot be read: .*{reason}"):
            Identities.load(path)


def test_every_magic_credential_is_reserved(tmp_path: Path) -> None:
    for credential in MAGIC:
        with pytest.raises(SettingsError, match="credential must not be one of"):
            listed(tmp_path, {"name": "alice", "credential": credential})
