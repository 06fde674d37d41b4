"""Who may call: what a credential is worth, by default, by the magic words, by an identities file, and once
issued as a token.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from understudy.errors import (
    AccessDenied,
    CredentialExpired,
    CredentialInvalid,
    CredentialMissing,
    CredentialRevoked,
    LoginRefused,
    ScopeMissing,
)
from understudy.messages import ANYBODY, Caller
from understudy.state.callers import caller_of, described
from understudy.state.grants import Grant, Grants
from understudy.state.identity_list import LISTS, IdentityFile, check
from understudy.state.tokens import is_jwt, is_own, is_unfilled

REVOKED: Final = "sandbox-revoked"
EXPIRED: Final = "sandbox-expired"
NO_SCOPE: Final = "sandbox-no-scope"
MAGIC: Final = frozenset({REVOKED, EXPIRED, NO_SCOPE})
"""Credentials that are refused everywhere, each in its own way, so that a client can be tested against it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who may call.

    credential: an API key or bearer token; empty where there is none. username, password: both or neither.
    apis, scopes: None means all of them. reach: as in `Caller`.
    """

    name: str
    credential: str = dataclasses.field(default="", repr=False)
    username: str = ""
    password: str = dataclasses.field(default="", repr=False)
    apis: frozenset[str] | None = None
    scopes: frozenset[str] | None = None
    reach: Mapping[str, frozenset[str]] = dataclasses.field(default_factory=dict)
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


class _Token(Struct, frozen=True):
    """api: the one whose user the caller is. refreshes: whether it only gets others."""

    caller: Caller
    expires_at: datetime
    api: str = ""
    refreshes: bool = False


_MOST_KNOWN: Final = 1024
_SHORTEST: Final = 8  # of what is taken for a part of a token


class Identities:
    """Who may call in one session: everybody, or those of an identities file; and the tokens issued to them
    since.
    """

    def __init__(self, listed: Iterable[Identity] | None = None, *, only_issued: bool = False) -> None:
        """Take the only good identities, or None for everybody. only_issued: of everybody, those only who
        were issued a token.

        No two of them share a credential or a username.
        """
        self.only_issued = only_issued
        self._listed = None if listed is None else tuple(listed)
        people = self._listed or ()
        self._by_credential = {identity.credential: identity for identity in people if identity.credential}
        self._by_login = {
            (identity.username, identity.password): identity for identity in people if identity.username
        }
        self._issued: dict[str, _Token] = {}
        self._revoked: set[str] = set()
        self._of_anybody: dict[str, Caller] = {}
        self._grants = Grants()
        self.key = ""
        """What JWTs are signed with; empty until the first one is."""
        self.version = 0

    @classmethod
    def load(cls, path: Path) -> Identities:
        """Read an identities file.

        Raises SettingsError with the file, the line, the entry and what would be allowed.
        """
        return cls(map(_identity, IdentityFile(path).entries(MAGIC)))

    @classmethod
    def of(cls, entries: Sequence[Any]) -> Identities:
        """Take what stands in the list of an identities file. Raises EntryInvalid."""
        check(entries, MAGIC)
        return cls(map(_identity, entries))

    @property
    def listed(self) -> Sequence[Identity] | None:
        """The only good identities, or None where any credential is good."""
        return self._listed

    @property
    def take_any(self) -> bool:
        """Whether any credential is good."""
        return self._listed is None and not self.only_issued

    def fresh(self) -> Identities:
        """Return the same identities without any issued or revoked token, for a new session."""
        return Identities(self._listed, only_issued=self.only_issued)

    def check(
        self,
        credential: str,
        *,
        api: str,
        required_scopes: Sequence[str],
        now: datetime,
        only_signed: bool = False,
    ) -> Caller:
        """Return who calls with this API key or bearer token. only_signed: a JWT is good only if it was
        issued.

        Raises CredentialMissing (it is empty), CredentialInvalid, CredentialExpired, CredentialRevoked,
        ScopeMissing, or AccessDenied where the identity may not use this API.
        """
        known = self._of_anybody.get(credential)
        if known is not None:
            return known  # as in most sessions, and so at once
        if credential == NO_SCOPE and not required_scopes:
            raise AccessDenied("the credential carries no scope")
        caller = self._caller(credential, api, now, only_signed=only_signed)
        require_scopes(caller, required_scopes)
        return caller

    def login(self, username: str, password: str, api: str) -> Caller | None:
        """Return who has this username and password, or None where nobody has.

        Raises CredentialExpired, CredentialRevoked or AccessDenied where somebody has and may not come in.
        Scopes are not looked at: see `require_scopes`.
        """
        if not username or not password:
            return None
        if self._listed is None:
            return ANYBODY
        identity = self._by_login.get((username, password))
        return identity.admit(api) if identity else None

    def issue(
        self, token: str, caller: Caller, expires_at: datetime, *, api: str = "", refreshes: bool = False
    ) -> None:
        """Make a token a good credential until then; one that `refreshes` only gets others.

        A listed caller's token opens no API that the caller may not use. api: whose user the caller is.
        """
        if api:
            caller = dataclasses.replace(caller, token=token)
        self._issued[token] = _Token(caller, expires_at, api, refreshes)
        self._revoked.discard(token)
        self._changed()

    def refreshed(self, token: str, api: str, now: datetime) -> Caller:
        """Return to whom a token was issued, also one that only gets others.

        Raises CredentialInvalid, CredentialExpired, CredentialRevoked or AccessDenied.
        """
        if token in self._issued and token not in self._revoked:
            return self._bearer(self._issued[token], api, now)
        return self._caller(token, api, now, only_signed=True)

    def is_stranger(self, token: str) -> bool:
        """Tell whether a token is none of those that get others, of which some were issued."""
        if token in self._issued or token in self._revoked:
            return False
        return any(known.refreshes for known in self._issued.values())

    def grant(self, digits: str, grant: Grant) -> str:
        """Allow a client something, and return the code that it shows to the token endpoint.

        digits: some that no other grant had.
        """
        code = self._grants.give(digits, grant)
        self._changed()
        return code

    def next_grant(self) -> int:
        """Return a number that no other grant has."""
        self._grants.given += 1
        return self._grants.given

    def redeemed(
        self, code: str, *, api: str, redirect_uri: str, verifier: str, now: datetime
    ) -> Caller | None:
        """Return to whom something was granted; None for a code of somebody else where any credential is
        good. Raises LoginRefused.
        """
        caller = self._grants.redeem(code, api, redirect_uri, verifier, now)
        if caller is None and (self.only_issued or self._listed is not None):
            raise LoginRefused("no authorization endpoint of this session gave that code")
        self._changed()
        return caller

    def _changed(self) -> None:
        self._of_anybody.clear()
        self.version += 1

    def revoke(self, token: str) -> None:
        """Refuse this token from now on; any other credential can be revoked as well."""
        self._revoked.add(token)
        self._changed()

    def end(self, token: str) -> None:
        """Refuse a token from now on if it was issued; one that nobody issued stays good."""
        if token in self._issued:
            self.revoke(token)

    def sign_with(self, key: str) -> None:
        """Sign JWTs with this key from now on."""
        self.key = key
        self._changed()

    def dump(self) -> dict[str, Any]:
        """Return the tokens issued and revoked so far, as plain JSON values."""
        return {
            "issued": [{"token": token, **_described(kept)} for token, kept in self._issued.items()],
            "revoked": sorted(self._revoked),
            "key": self.key,
            "grants": self._grants.dump(),
        }

    def restore(self, value: Any) -> None:
        """Take over what `dump` described, or change nothing and raise KeyError, TypeError, AttributeError or
        ValueError.
        """
        issued = {str(one["token"]): _token(one) for one in value["issued"]}
        revoked, grants = set(map(str, value["revoked"])), Grants()
        if "grants" in value:
            grants.restore(value["grants"])
        self._revoked, self._issued, self._grants = revoked, issued, grants
        self.key = str(value.get("key", ""))
        self._changed()

    def _caller(self, credential: str, api: str, now: datetime, *, only_signed: bool) -> Caller:
        if not credential:
            raise CredentialMissing("the credential is empty")
        if credential == REVOKED or credential in self._revoked:
            raise CredentialRevoked("the credential was revoked")
        if credential == EXPIRED:
            raise CredentialExpired("the credential has expired")
        if credential == NO_SCOPE:
            return Caller(scopes=frozenset())
        if identity := self._by_credential.get(credential):
            return identity.admit(api)
        token = credential.rpartition(" ")[2]  # `Token abc` where the whole header is the key
        if token in self._revoked:
            raise CredentialRevoked("the credential was revoked")
        if issued := self._issued.get(token):
            if issued.refreshes:
                raise CredentialInvalid("this token only gets others; send the one that came beside it")
            return self._bearer(issued, api, now)
        self._refuse_broken(token, only_signed=only_signed)
        if self._listed is not None:
            raise CredentialInvalid("the credential belongs to nobody")
        if self.only_issued:
            raise CredentialInvalid(
                "nobody logged in to get this credential, and --credentials issued wants that"
            )
        caller = Caller(credential=credential)
        if len(self._of_anybody) < _MOST_KNOWN:
            self._of_anybody[credential] = caller
        return caller

    def _refuse_broken(self, token: str, *, only_signed: bool) -> None:
        """Refuse what was made of a token, or instead of one. Raises CredentialInvalid."""
        if is_unfilled(token):
            raise CredentialInvalid(f"the credential is {token}, which a client sends that has none")
        if is_own(token):
            raise CredentialInvalid(
                "the token was changed or cut, or comes from a session that was reset; log in again"
            )
        if len(token) >= _SHORTEST and any(known.startswith(token) for known in self._issued):
            raise CredentialInvalid("the token was cut; send all of it")
        if only_signed and is_jwt(token):
            raise CredentialInvalid("the token is a JWT that no login of this session signed; log in")

    def _bearer(self, token: _Token, api: str, now: datetime) -> Caller:
        if now >= token.expires_at:
            raise CredentialExpired("the token has expired")
        # A caller does not say which APIs it may use, and one person may be listed with several credentials.
        same = [identity.apis for identity in self._listed or () if identity.name == token.caller.name]
        if same and not any(apis is None or api in apis for apis in same):
            raise AccessDenied(f"{token.caller.name} may not use {api}")
        if token.api != api and token.caller.user:
            return dataclasses.replace(token.caller, user="", of="")
        return token.caller


def _described(token: _Token) -> dict[str, Any]:
    return {
        **described(token.caller),
        "expiresAt": token.expires_at.isoformat(),
        "api": token.api,
        "refreshes": token.refreshes,
    }


def _token(value: Mapping[str, Any]) -> _Token:
    api = str(value.get("api", ""))
    caller = caller_of(value, str(value["token"]) if api else "")
    expires_at = datetime.fromisoformat(value["expiresAt"])
    return _Token(caller, expires_at, api, value.get("refreshes") is True)


def require_scopes(caller: Caller, required: Sequence[str]) -> None:
    """Raise ScopeMissing unless the caller carries every one of these scopes."""
    if caller.scopes is not None and not caller.scopes.issuperset(required):
        raise ScopeMissing(required, sorted(caller.scopes))


def written(identity: Identity) -> dict[str, Any]:
    """Return what stands of somebody in the list of an identities file."""
    entry: dict[str, Any] = {"name": identity.name, "state": identity.state}
    for name in ("credential", "username", "password"):
        if getattr(identity, name):
            entry[name] = getattr(identity, name)
    lists = {"apis": identity.apis, "scopes": identity.scopes, **identity.reach}
    return entry | {name: sorted(members) for name, members in lists.items() if members is not None}


def _identity(entry: Mapping[str, Any]) -> Identity:
    lists = {key: frozenset(str(member) for member in entry[key]) for key in LISTS if key in entry}
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
