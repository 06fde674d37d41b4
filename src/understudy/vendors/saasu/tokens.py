"""Saasu: access tokens for a name and a password, and newer ones for a refresh token."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Final

from understudy.errors import AccessDenied, CredentialInvalid
from understudy.handler import Context
from understudy.messages import Caller, Request, Response
from understudy.state.identities import MAGIC
from understudy.state.store import Value

TOKEN_LIFE: Final = timedelta(hours=3)
SCOPE: Final = "full"
ANY_FILE: Final = "123"
_GRANTS: Final = "refresh tokens"
_FILE: Final = re.compile(r"(?<!\S)fileid:([0-9]+)(?!\S)", re.IGNORECASE)


async def issue_token(request: Request, context: Context) -> Response:
    """Trade a user's name and password for an access token and a refresh token.

    Raises CredentialRefused, or AccessDenied for a file the user may not open.
    """
    username, password, api = request.body["username"], request.body["password"], context.contract.name
    if password in MAGIC:
        context.identities.check(password, api=api, required_scopes=(SCOPE,), now=context.clock.now())
    caller = context.identities.login(username, password, api)
    if caller is None:
        raise CredentialInvalid("the user name or the password is incorrect")
    caller = _opening(caller, request.body.get("scope") or "")
    number = await context.store.increment(_GRANTS)
    refresh, access = _token(context, "refresh", number), _token(context, "access", number, 1)
    context.identities.revoke(refresh)  # it trades for access tokens and is none itself
    await context.store.insert(_GRANTS, refresh, _grant(caller, number, access))
    return _granted(context, caller, access, refresh)


async def refresh_token(request: Request, context: Context) -> Response:
    """Trade a refresh token for a new access token, which ends the one before.

    Raises CredentialInvalid or RecordChanged.
    """
    record = await context.store.get(_GRANTS, request.body["refresh_token"])
    if record is None:
        raise CredentialInvalid("the refresh token is not valid")
    grant = record.value
    access = _token(context, "access", grant["number"], record.version + 1)
    await context.store.replace(
        _GRANTS, record.key, {**grant, "access_token": access}, expected=record.revision
    )
    context.identities.revoke(grant["access_token"])
    return _granted(context, _caller(grant), access, record.key)


def _opening(caller: Caller, scope: str) -> Caller:
    """Return the caller as a token knows him: with the files it opens. Raises AccessDenied."""
    files = frozenset(_FILE.findall(scope)) or caller.reach.get("files", frozenset({ANY_FILE}))
    for file_id in sorted(files):
        if not caller.may_reach("files", file_id):
            raise AccessDenied(f"{caller.name} does not have access to file {file_id}")
    return replace(caller, reach={**caller.reach, "files": files})


def _grant(caller: Caller, number: int, access: str) -> Value:
    scopes = None if caller.scopes is None else sorted(caller.scopes)
    reach = {kind: sorted(keys) for kind, keys in caller.reach.items()}
    return {"number": number, "access_token": access, "name": caller.name, "scopes": scopes, "reach": reach}


def _caller(grant: Value) -> Caller:
    scopes = None if grant["scopes"] is None else frozenset(grant["scopes"])
    return Caller(grant["name"], scopes, {kind: frozenset(keys) for kind, keys in grant["reach"].items()})


def _granted(context: Context, caller: Caller, access: str, refresh: str) -> Response:
    context.identities.issue(access, caller, context.clock.now() + TOKEN_LIFE)
    scopes = [SCOPE] if caller.scopes is None else sorted(caller.scopes)
    files = sorted(caller.reach["files"])
    body = {
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": int(TOKEN_LIFE.total_seconds()),
        "refresh_token": refresh,
        "scope": " ".join([*scopes, *(f"fileid:{file_id}" for file_id in files)]),
    }
    return Response(200, body)


def _token(context: Context, *key: object) -> str:
    return f"{context.random('token', *key).getrandbits(128):032x}"
