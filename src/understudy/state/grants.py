"""Grants: what an authorization endpoint allowed a client, until a token endpoint is shown the code of it
(RFC 6749 §4.1, RFC 7636).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest
from typing import Any, Final

from msgspec import Struct

from understudy.errors import LoginRefused
from understudy.messages import Caller
from understudy.state.callers import caller_of, described

_MARK: Final = "usc_"
"""What codes begin with, so that one of another session, or one that was used, is known for what it is."""


class Grant(Struct, frozen=True):
    """What one code stands for.

    api: the contract whose token endpoint redeems it. redirect_uri: where the code was sent. challenge: of
    the verifier that has to be shown, "" where none was given; is_hashed: whether it is the verifier's
    SHA-256.
    """

    caller: Caller
    api: str
    expires_at: datetime
    redirect_uri: str
    challenge: str = ""
    is_hashed: bool = False

    def check(self, redirect_uri: str, verifier: str, now: datetime) -> None:
        """Raise LoginRefused unless the one who shows the code is the one it was sent to, in time."""
        if now >= self.expires_at:
            raise LoginRefused("the authorization code has expired")
        if redirect_uri != self.redirect_uri:
            raise LoginRefused(
                f"the code was sent to {self.redirect_uri}, and redirect_uri has to say so (RFC 6749 §4.1.3)"
            )
        if not self.challenge:
            return
        if not verifier:
            raise LoginRefused("code_verifier is missing; the code was asked for with a code_challenge")
        if not compare_digest(_challenge_of(verifier, is_hashed=self.is_hashed), self.challenge.encode()):
            raise LoginRefused("code_verifier is not the one that the code_challenge was made of")


def _challenge_of(verifier: str, *, is_hashed: bool) -> bytes:
    if not is_hashed:
        return verifier.encode()
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")


class Grants:
    """The grants of one session that nobody redeemed yet. given: how many there were."""

    def __init__(self) -> None:
        self._by_code: dict[str, Grant] = {}
        self.given = 0

    def give(self, digits: str, grant: Grant) -> str:
        """Keep a grant, and return its code. digits: some that no other grant had."""
        code = f"{_MARK}{digits}"
        self._by_code[code] = grant
        return code

    def redeem(self, code: str, api: str, redirect_uri: str, verifier: str, now: datetime) -> Caller | None:
        """Return to whom something was granted, once; None for a code that no sandbox made.

        Raises LoginRefused for a code that is not, or no longer, good, or is another client's.
        """
        if not code.startswith(_MARK):
            return None
        grant = self._by_code.get(code)
        if grant is None or grant.api != api:
            raise LoginRefused("the authorization code was used already, or comes from another session")
        grant.check(redirect_uri, verifier, now)
        del self._by_code[code]
        return grant.caller

    def dump(self) -> dict[str, Any]:
        """Return the grants as plain JSON values."""
        codes = [{"code": code, **_written(grant)} for code, grant in self._by_code.items()]
        return {"given": self.given, "codes": codes}

    def restore(self, value: Any) -> None:
        """Take over what `dump` described, or change nothing and raise KeyError, TypeError or ValueError."""
        by_code = {str(one["code"]): _grant(one) for one in value["codes"]}
        self.given = int(value["given"])
        self._by_code = by_code


def _written(grant: Grant) -> dict[str, Any]:
    return {
        **described(grant.caller),
        "api": grant.api,
        "expiresAt": grant.expires_at.isoformat(),
        "redirectUri": grant.redirect_uri,
        "challenge": grant.challenge,
        "hashed": grant.is_hashed,
    }


def _grant(value: Mapping[str, Any]) -> Grant:
    return Grant(
        caller_of(value),
        str(value["api"]),
        datetime.fromisoformat(value["expiresAt"]),
        str(value["redirectUri"]),
        str(value["challenge"]),
        value["hashed"] is True,
    )
