"""Credentials: where each kind of security scheme keeps one, and whose it is."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from urllib.parse import parse_qsl

from msgspec import Struct

from understudy.contracts.source import Node
from understudy.errors import CredentialInvalid
from understudy.handler import World
from understudy.messages import Caller
from understudy.parameters.styles import cookie_pairs
from understudy.server.asgi import Scope
from understudy.server.session_middleware import HEADERS
from understudy.state.identities import MAGIC, require_scopes

Extract = Callable[[Scope], str | None]
Identify = Callable[[World, str, str, tuple[str, ...]], Caller]
"""(world, api, credential, required scopes) -> who it is. Raises CredentialRefused or AccessDenied."""


class SecurityScheme(Struct, frozen=True):
    """One scheme of a requirement: where its credential comes from, whose it is, and which scopes it must
    carry.
    """

    extract: Extract
    identify: Identify
    scopes: tuple[str, ...]
    where: str
    challenge: str


def is_below_http(scheme: Node) -> bool:
    """Tell whether a credential comes with the connection, where no request shows it: a certificate is let
    in.
    """
    return bool(scheme.get("type") == "mutualTLS")


def compile_scheme(
    scheme: Node, scopes: tuple[str, ...], any_case: bool, *, has_login: bool = False
) -> SecurityScheme:
    """Compile a security scheme; `any_case`: a name in the query is compared without case, as the names of
    parameters are. has_login: whether the sandbox hands out tokens itself.
    """
    kind = scheme.get("type")
    if kind == "apiKey":
        name, place = str(scheme.get("name")), str(scheme.get("in"))
        return SecurityScheme(
            _api_key(place, name, any_case),
            _key,
            scopes,
            f"the {place} {name}",
            f'ApiKey in="{place}", name="{name}"',
        )
    word = "bearer"
    if kind == "http":
        word = str(scheme.get("scheme", word)).lower()
    if word == "basic":
        return SecurityScheme(
            authorization(word), _basic, scopes, "Authorization: Basic", 'Basic realm="sandbox"'
        )
    identify = _key
    if has_login and "jwt" in str(scheme.get("bearerFormat") or "").lower():
        identify = _signed
    return SecurityScheme(
        authorization(word), identify, scopes, f"Authorization: {word.title()}", word.title()
    )


# ---- where it stands


def _api_key(place: str, name: str, any_case: bool) -> Extract:
    if place == "query":
        if any_case:
            return lambda scope: _in_query(scope, name.lower(), str.lower)
        return lambda scope: _in_query(scope, name, str)
    if place == "cookie":
        return lambda scope: _in_cookies(scope, name)
    wanted = name.lower().encode()
    return lambda scope: _in_header(scope, wanted)


def _in_header(scope: Scope, name: bytes) -> str:
    value: bytes = scope[HEADERS].get(name, b"")
    return value.decode("latin-1")


def _in_query(scope: Scope, name: str, fold: Callable[[str], str]) -> str | None:
    pairs = parse_qsl(scope["query_string"].decode("latin-1"))
    for key, value in reversed(pairs):
        if fold(key) == name:
            return str(value)
    return None


def _in_cookies(scope: Scope, name: str) -> str | None:
    for key, value in cookie_pairs(scope["headers"]):
        if key == name:
            return value
    return None


def authorization(word: str) -> Extract:
    """Return what finds the credential of an Authorization header with this scheme's word, in lower case."""

    def extract(scope: Scope) -> str | None:
        if len(scope[HEADERS]) < len(scope["headers"]):
            _refuse_twice(scope, word)
        scheme, _, credential = _in_header(scope, b"authorization").partition(" ")
        if scheme.lower() != word:
            return None
        credential = credential.strip()
        if word in credential.lower().split():
            raise CredentialInvalid("Authorization holds two credentials; send one", word.title())
        return credential

    return extract


def _refuse_twice(scope: Scope, word: str) -> None:
    """Refuse two Authorization headers (RFC 9110 §11.6.2 allows one). Raises CredentialInvalid."""
    found = {value for name, value in scope["headers"] if name == b"authorization"}
    if len(found) > 1:
        raise CredentialInvalid("Authorization came twice; send one", word.title())


def unstated(cookie: str) -> SecurityScheme:
    """Return the scheme of a contract that states none, and yet hands out tokens: what an Authorization
    header or a cookie holds.
    """

    def extract(scope: Scope) -> str | None:
        if len(scope[HEADERS]) < len(scope["headers"]):
            _refuse_twice(scope, "Bearer")
        credential = _in_header(scope, b"authorization").rpartition(" ")[2]
        if credential or not cookie:
            return credential
        return _in_cookies(scope, cookie)

    return SecurityScheme(extract, _key, (), "Authorization", "Bearer")


# ---- whose it is


def _key(world: World, api: str, credential: str, scopes: tuple[str, ...]) -> Caller:
    return world.identities.check(credential, api=api, required_scopes=scopes, now=world.clock.now())


def _signed(world: World, api: str, credential: str, scopes: tuple[str, ...]) -> Caller:
    """Look a token up of which the contract says that it is a JWT: one of another maker is forged."""
    now = world.clock.now()
    return world.identities.check(credential, api=api, required_scopes=scopes, now=now, only_signed=True)


def _basic(world: World, api: str, credential: str, scopes: tuple[str, ...]) -> Caller:
    """Look a user and password up; a user without a password is an API key, as several vendors have it.

    Where nobody is listed, the users that the sandbox has tell whose they are: see `Sandbox.recognised`.
    """
    try:
        username, _, password = base64.b64decode(credential, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise CredentialInvalid("the credential is not Base64 of username:password") from None
    magic = next((word for word in (username, password) if word in MAGIC), "")
    if magic or not password:
        return _key(world, api, magic or username, scopes)
    if world.identities.listed is None and username:
        return Caller(claim=(username, password))
    caller = world.identities.login(username or password, password, api)
    if caller is None:
        raise CredentialInvalid("nobody has this username and password")
    require_scopes(caller, scopes)
    return caller
