"""Who may call: what a credential is worth, by default, by the magic words, by an identities file, and once issued as a token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from understudy.contracts.source import escape, line_of, parse
from understudy.errors import (
    AccessDenied,
    ContractError,
    CredentialExpired,
    CredentialInvalid,
    CredentialMissing,
    CredentialRevoked,
    ScopeMissing,
    SettingsError,
)
from understudy.messages import Caller

REVOKED: Final = "sandbox-revoked"
EXPIRED: Final = "sandbox-expired"
NO_SCOPE: Final = "sandbox-no-scope"
MAGIC: Final = frozenset({REVOKED, EXPIRED, NO_SCOPE})
"""Credentials that are refused everywhere, each in its own way, so that a client can be tested against it."""

STATES: Final = ("active", "expired", "revoked")


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who may call.

    credential: an API key or bearer token; empty where there is none. username, password: both or neither.
    apis, scopes: None means all of them. reach: as in `Caller`.
    """

    name: str
    credential: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    apis: frozenset[str] | None = None
    scopes: frozenset[str] | None = None
    reach: Mapping[str, frozenset[str]] = field(default_factory=dict)
    state: str = "active"

    def admit(self, api: str) -> Caller:
        """Return the caller this identity is. Raises CredentialRevoked, CredentialExpired or AccessDenied."""
        if self.state == "revoked":
            raise CredentialRevoked("the credential was revoked")
        if self.state == "expired":
            raise CredentialExpired("the credential has expired")
        if self.apis is not None and api not in self.apis:
            raise AccessDenied(f"{self.name} may not use {api}")
        return Caller(self.name, self.scopes, self.reach)


@dataclass(frozen=True, slots=True)
class _Token:
    caller: Caller
    expires_at: datetime


class Identities:
    """Who may call in one session: everybody, or those of an identities file; and the tokens issued to them since."""

    def __init__(self, listed: Iterable[Identity] | None = None) -> None:
        """Take the only good identities, or None for everybody. No two of them share a credential or a username."""
        self._listed = None if listed is None else tuple(listed)
        people = self._listed or ()
        self._by_credential = {identity.credential: identity for identity in people if identity.credential}
        self._by_login = {(identity.username, identity.password): identity for identity in people if identity.username}
        self._issued: dict[str, _Token] = {}
        self._revoked: set[str] = set()

    @classmethod
    def load(cls, path: Path) -> Identities:
        """Read an identities file. Raises SettingsError with the file, the line, the entry and what would be allowed."""
        return cls(_File(path).identities())

    def fresh(self) -> Identities:
        """Return the same identities without any issued or revoked token, for a new session."""
        return Identities(self._listed)

    def check(self, credential: str, *, api: str, required_scopes: Sequence[str], now: datetime) -> Caller:
        """Return who calls with this API key or bearer token.

        Raises CredentialMissing (it is empty), CredentialInvalid, CredentialExpired, CredentialRevoked, ScopeMissing, or
        AccessDenied where the identity may not use this API.
        """
        if credential == NO_SCOPE and not required_scopes:
            raise AccessDenied("the credential carries no scope")
        caller = self._caller(credential, api, now)
        require_scopes(caller, required_scopes)
        return caller

    def login(self, username: str, password: str, api: str) -> Caller | None:
        """Return who has this username and password, or None where nobody has.

        Raises CredentialExpired, CredentialRevoked or AccessDenied where somebody has and may not come in. Scopes are not
        looked at: see `require_scopes`.
        """
        if not username or not password:
            return None
        if self._listed is None:
            return Caller()
        identity = self._by_login.get((username, password))
        return identity.admit(api) if identity else None

    def issue(self, token: str, caller: Caller, expires_at: datetime) -> None:
        """Make a token a good credential until then. A listed caller's token opens no API that the caller may not use."""
        self._issued[token] = _Token(caller, expires_at)
        self._revoked.discard(token)

    def revoke(self, token: str) -> None:
        """Refuse this token from now on; any other credential can be revoked as well."""
        self._revoked.add(token)

    def _caller(self, credential: str, api: str, now: datetime) -> Caller:
        if not credential:
            raise CredentialMissing("the credential is empty")
        if credential == REVOKED or credential in self._revoked:
            raise CredentialRevoked("the credential was revoked")
        if credential == EXPIRED:
            raise CredentialExpired("the credential has expired")
        if credential == NO_SCOPE:
            return Caller(scopes=frozenset())
        if token := self._issued.get(credential):
            return self._bearer(token, api, now)
        if self._listed is None:
            return Caller()
        if identity := self._by_credential.get(credential):
            return identity.admit(api)
        raise CredentialInvalid("the credential belongs to nobody")

    def _bearer(self, token: _Token, api: str, now: datetime) -> Caller:
        if now >= token.expires_at:
            raise CredentialExpired("the token has expired")
        # A caller does not say which APIs it may use, and one person may be listed with several credentials.
        same = [identity.apis for identity in self._listed or () if identity.name == token.caller.name]
        if same and not any(apis is None or api in apis for apis in same):
            raise AccessDenied(f"{token.caller.name} may not use {api}")
        return token.caller


def require_scopes(caller: Caller, required: Sequence[str]) -> None:
    """Raise ScopeMissing unless the caller carries every one of these scopes."""
    if caller.scopes is not None and not caller.scopes.issuperset(required):
        raise ScopeMissing(required, sorted(caller.scopes))


_TEXTS = ("name", "credential", "username", "password", "state")
_LISTS = ("apis", "scopes", "clients", "files")
_KEYS = ("name", "credential", "username", "password", "apis", "scopes", "clients", "files", "state")
_KINDS = {dict: "a mapping", list: "a list", str: "a string", bool: "a boolean", int: "a number", float: "a number", type(None): "nothing"}


class _File:
    """An identities file while it is read; no credential is ever repeated in an error."""

    def __init__(self, path: Path) -> None:
        self._name = str(path)
        try:
            self._content = path.read_bytes()
        except OSError as error:
            raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None

    def identities(self) -> list[Identity]:
        """Return the identities in the file's order. Raises SettingsError."""
        try:
            root = parse(self._content, self._name)
        except ContractError as error:
            raise SettingsError(str(error)) from None
        if not isinstance(root, dict) or list(root) != ["identities"] or not isinstance(root["identities"], list):
            raise SettingsError(f"{self._name}: must be a mapping with one key, 'identities', and a list under it")
        entries = root["identities"]
        for index, entry in enumerate(entries):
            self._check(index, entry)
        self._check_unlike(entries, "credential")
        self._check_unlike(entries, "username")
        return [_identity(entry) for entry in entries]

    def _check(self, index: int, entry: Any) -> None:
        if not isinstance(entry, dict):
            raise self._error(index, entry, f"must be a mapping, not {_kind(entry)}")
        for key, value in entry.items():
            if key not in _KEYS:
                raise self._error(index, entry, f"unknown key {key!r}; allowed are {', '.join(_KEYS)}", key)
            problem = _text_problem(value) if key in _TEXTS else _list_problem(value, numbers=key in ("clients", "files"))
            if problem:
                raise self._error(index, entry, f"{key} {problem}", key)
        if "name" not in entry:
            raise self._error(index, entry, "name is required")
        if ("username" in entry) != ("password" in entry):
            raise self._error(index, entry, "username and password go together: give both or neither")
        if "credential" not in entry and "username" not in entry:
            raise self._error(index, entry, "give a credential, or a username and a password, or all three")
        if entry.get("state", "active") not in STATES:
            raise self._error(index, entry, f"state must be one of {', '.join(STATES)}, not {entry['state']!r}", "state")
        if entry.get("credential") in MAGIC:
            raise self._error(index, entry, f"credential must not be one of {', '.join(sorted(MAGIC))}: they have a meaning", "credential")

    def _check_unlike(self, entries: Sequence[dict[str, Any]], key: str) -> None:
        first: dict[str, int] = {}
        for index, entry in enumerate(entries):
            if key in entry and first.setdefault(entry[key], index) != index:
                other = first[entry[key]]
                raise self._error(index, entry, f"has the {key} of {_title(other, entries[other])}; each needs its own", key)

    def _error(self, index: int, entry: Any, problem: str, key: str = "") -> SettingsError:
        pointer = f"/identities/{index}" + (f"/{escape(key)}" if key else "")
        line = line_of(self._content, pointer)
        return SettingsError(f"{self._name}{f':{line}' if line else ''}: {_title(index, entry)}: {problem}")


def _title(index: int, entry: Any) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    return f"identity {index + 1}" + (f" ({name})" if isinstance(name, str) else "")


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), "something else")


def _text_problem(value: Any) -> str:
    if not isinstance(value, str):
        hint = " (put it in quotes)" if isinstance(value, (bool, int, float)) else ""
        return f"must be a string, not {_kind(value)}{hint}"
    return "" if value else "must not be empty"


def _list_problem(value: Any, *, numbers: bool) -> str:
    members = "strings or whole numbers" if numbers else "strings"
    if not isinstance(value, list):
        return f"must be a list of {members}, not {_kind(value)}"
    for member in value:
        if not (isinstance(member, str) or (numbers and type(member) is int)):
            return f"must be a list of {members}, and one of them is {_kind(member)}"
    return ""


def _identity(entry: Mapping[str, Any]) -> Identity:
    lists = {key: frozenset(str(member) for member in entry[key]) for key in _LISTS if key in entry}
    return Identity(
        name=entry["name"],
        credential=entry.get("credential", ""),
        username=entry.get("username", ""),
        password=entry.get("password", ""),
        apis=lists.get("apis"),
        scopes=lists.get("scopes"),
        reach={kind: lists[kind] for kind in ("clients", "files") if kind in lists},
        state=entry.get("state", "active"),
    )
