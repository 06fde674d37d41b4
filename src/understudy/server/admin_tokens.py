"""The tokens of the admin API: one that opens all of it, and those that open what is about some sessions."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from typing import Final

from understudy.admin.served import SESSIONS, may_administer
from understudy.contracts.contract import Contract
from understudy.errors import AccessDenied, CredentialInvalid, CredentialMissing, OptionInvalid
from understudy.messages import Caller
from understudy.server.asgi import Scope
from understudy.server.credentials import authorization
from understudy.server.security import CALLER
from understudy.server.skeleton import requirements

_OF_SESSIONS: Final = "sessionToken"
"""What the admin contract calls the tokens of some sessions."""


class AdminTokens:
    """admin: what opens everything, where anything is asked for. Those of sessions come as `PREFIX=TOKEN`."""

    def __init__(self, admin: str, of_sessions: Sequence[str] = ()) -> None:
        """Raises OptionInvalid for tokens that do not go together."""
        self._admin, self._callers = admin.encode(), _callers(of_sessions)
        self._extract = authorization("bearer")
        if self._callers and not admin:
            reason = "needs --admin-token: without it everybody may administer all sessions"
            raise OptionInvalid("--session-token", reason)
        if self._admin in self._callers:
            raise OptionInvalid("--session-token", "has the token of --admin-token, which opens all sessions")

    def __bool__(self) -> bool:
        """Tell whether anything is asked for."""
        return bool(self._admin)

    def caller(self, scope: Scope) -> Caller | None:
        """Return whom a token of sessions stands for; None for who may do everything.

        In a time that tells nothing of the tokens. Raises CredentialMissing or CredentialInvalid.
        """
        if not self._admin:
            return None
        credential = self._extract(scope)
        if not credential:
            raise CredentialMissing(
                "a credential is missing: Authorization: Bearer, with the token of --admin-token", "Bearer"
            )
        sent = credential.encode("latin-1")
        if hmac.compare_digest(sent, self._admin):
            return None
        found = None
        for token, caller in self._callers.items():
            if hmac.compare_digest(sent, token):
                found = caller
        if found is None:
            raise CredentialInvalid("the token is not that of --admin-token", "Bearer")
        return found


class TokenRequirement:
    """Lets those through who have a token, whatever the session's identities say."""

    def __init__(self, tokens: AdminTokens, *, takes_sessions: bool) -> None:
        """takes_sessions: whether tokens of sessions are good, for theirs."""
        self._tokens, self._takes_sessions = tokens, takes_sessions

    def check(self, scope: Scope) -> None:
        """Let the caller through. Raises CredentialMissing, CredentialInvalid or AccessDenied."""
        caller = self._tokens.caller(scope)
        if caller is None:
            return
        scope[CALLER] = caller
        session = scope["path_params"].get("session")
        if not self._takes_sessions or (session is not None and not may_administer(caller, session)):
            raise AccessDenied(refusal_of(caller))


def refusal_of(caller: Caller) -> str:
    """Say what a token of sessions opens."""
    names = " or ".join(sorted(caller.reach[SESSIONS]))
    return f"the token is for sessions whose names begin with {names}, and for nothing else"


def token_requirements(tokens: AdminTokens, contract: Contract) -> dict[str, TokenRequirement]:
    """Return what stands in the place of each requirement of the admin contract."""
    found = {}
    for name, alternatives in requirements(contract).items():
        schemes = {scheme for alternative in alternatives for scheme, _ in alternative}
        found[name] = TokenRequirement(tokens, takes_sessions=_OF_SESSIONS in schemes)
    return found


def _callers(of_sessions: Sequence[str]) -> Mapping[bytes, Caller]:
    """Return whom each token stands for; one may be for several beginnings."""
    prefixes: dict[bytes, set[str]] = {}
    for text in of_sessions:
        prefix, _, token = text.partition("=")
        prefixes.setdefault(token.encode(), set()).add(prefix)
    return {token: Caller(reach={SESSIONS: frozenset(names)}) for token, names in prefixes.items()}
