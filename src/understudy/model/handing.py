"""Handing out: where in an answer a credential stands, and what else the answer says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from understudy.contracts.contract import Contract, Operation
from understudy.contracts.source import Node
from understudy.model.bodies import Bodies, present
from understudy.model.doors import doors_of
from understudy.model.model import Handed, Place
from understudy.model.vocabulary import (
    EXPIRIES,
    HOLDS_KEY,
    LIFETIMES,
    REFRESH_TOKENS,
    TOKEN_TYPES,
    TOKENS,
)
from understudy.names import fold, split_words
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape

_DEEPEST: Final = 4
_REFRESHING: Final[tuple[Handed, Handed]] = ("token", "refresh")
_ALONE: Final = "key"
_IN_FULL: Final = {"json", "web", "token"}
_JWT_PAIR: Final = {"access", "refresh"}
"""What djangorestframework-simplejwt answers, whose tokens are JWTs."""


def handed_out(bodies: Bodies, parts: Parts, *, jwt: bool) -> dict[Place, Handed]:
    """Return what an answer says of a credential, by place. jwt: whether the contract's tokens are JWTs."""
    if bodies.whole(parts).kind == "string":
        return {(): _as_jwt("token", jwt=jwt)}
    found = dict(_within(bodies, parts, (), is_refresh=False, jwt=jwt))
    if any(word in ("token", "jwt") for word in found.values()):
        return found
    return {}


def _within(
    bodies: Bodies, parts: Parts, place: Place, *, is_refresh: bool, jwt: bool
) -> Iterator[tuple[Place, Handed]]:
    shape = bodies.whole(parts)
    if shape.kind not in ("object", "") or len(place) > _DEEPEST:
        return
    names = {fold(name) for name, _ in present(shape)}
    texts = {fold(name) for name, below in present(shape) if bodies.whole(below).kind != "object"}
    jwt = jwt or texts >= _JWT_PAIR
    has_token = not names.isdisjoint(TOKENS.known | REFRESH_TOKENS.known)
    for name, below in present(shape):
        inner, folded = bodies.whole(below), fold(name)
        if inner.kind == "object":
            refreshes = is_refresh or folded in REFRESH_TOKENS
            yield from _within(bodies, below, (*place, name), is_refresh=refreshes, jwt=jwt)
            continue
        word = _word(folded, inner, is_refresh=is_refresh, has_token=has_token)
        if folded == _ALONE and len(names) > 1:
            word = None
        if word is not None:
            yield (*place, name), _as_jwt(word, jwt=jwt or "jwt" in folded or folded == "idtoken")


def _word(folded: str, shape: Shape, *, is_refresh: bool, has_token: bool) -> Handed | None:
    """Return what a member says of a credential, None where it says nothing."""
    if shape.kind in ("string", "") and folded in REFRESH_TOKENS:
        return "refresh"
    if shape.kind in ("string", "") and folded in TOKENS:
        return _REFRESHING[is_refresh]
    if not has_token:
        return None
    if folded in TOKEN_TYPES and shape.kind in ("string", ""):
        return "type"
    if folded in LIFETIMES:
        return "lifetime"
    if folded in EXPIRIES:
        return "refresh until" if is_refresh or folded.startswith("refresh") else "until"
    return None


def _as_jwt(word: Handed, *, jwt: bool) -> Handed:
    if not jwt:
        return word
    if word == "token":
        return "jwt"
    if word == "refresh":
        return "refresh jwt"
    return word


def key_handed_out(shown: Mapping[str, Place], taken: Mapping[str, Place]) -> dict[Place, Handed]:
    """Return where what is shown of a key that somebody makes has the key itself; nothing where they send it
    themselves. shown, taken: places by folded names.
    """
    for word in HOLDS_KEY:
        if word in shown and word not in taken:
            return {shown[word]: "key"}
    return {}


def uses_jwt(contract: Contract, operation: Operation) -> bool:
    """Tell whether the tokens of a contract are JWTs: a bearer says so, or the path that hands them out."""
    if "jwt" in split_words(operation.path):
        return True
    return any(_is_jwt(name, scheme) for name, scheme in contract.security_schemes.items())


def _is_jwt(name: str, scheme: Node) -> bool:
    """Tell whether a scheme says that its credential is a JWT: by the format of a bearer, or, for what goes
    into the Authorization header, by its name or in its description (Swashbuckle, RealWorld).
    """
    if "jwt" in fold(str(scheme.get("bearerFormat") or "")):
        return True
    is_bearer = scheme.get("type") == "http" and str(scheme.get("scheme")).lower() == "bearer"
    is_header = scheme.get("type") == "apiKey" and str(scheme.get("name")).lower() == "authorization"
    if not is_bearer and not is_header:
        return False
    words = {*split_words(name), *split_words(str(scheme.get("description") or ""))}
    return "jwt" in words or "jwts" in words or words >= _IN_FULL


def scheme_cookie(contract: Contract) -> str:
    """Return the cookie of a security scheme, "" where there is none."""
    for scheme in contract.security_schemes.values():
        if scheme.get("type") == "apiKey" and scheme.get("in") == "cookie":
            return str(scheme.get("name"))
    return ""


def cookie_of(contract: Contract, operation: Operation) -> str:
    """Return the cookie that carries the credential: that of a security scheme, or one that the answer is
    documented to set; "" where none does.
    """
    carrying = scheme_cookie(contract)
    if carrying:
        return carrying
    for answer in operation.responses.values():
        for name, header in answer.headers.items():
            if name.lower() == "set-cookie" and answer.status.startswith("2"):
                told = str(header.get("example") or (header.find("schema") or header).get("example") or "")
                return told.partition("=")[0].strip() if "=" in told else "session"
    return ""


def cookie_of_login(contract: Contract) -> str:
    """Return the cookie that a login of a contract is documented to set, "" where none does."""
    for door in doors_of(contract).by_key.values():
        if door.kind == "login" and cookie_of(contract, door.operation):
            return cookie_of(contract, door.operation)
    return ""
