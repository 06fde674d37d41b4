"""Authorization endpoints: where a contract sends a browser so that somebody allows a client to call (RFC
6749 §3.1, RFC 7636), and what OpenID Connect has to say of them, in the place of those of the real system.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson
from msgspec import Struct

from understudy.admin.served import Mounted
from understudy.contracts.contract import Contract
from understudy.engine.credentials import TOKEN_LIFE
from understudy.errors import Failure, Refusal, RequestInvalid
from understudy.messages import Caller
from understudy.model.doors import OIDC_TOKENS
from understudy.problem import shape
from understudy.sandbox import Sandbox
from understudy.server.asgi import Scope, Send, reply
from understudy.server.authorization_page import ask
from understudy.server.encoding import Encoder
from understudy.server.served_contract import path_of
from understudy.server.session_middleware import SESSION
from understudy.sessions import Session
from understudy.state.grants import Grant
from understudy.state.tokens import opaque

CODE_LIFE: Final = timedelta(minutes=10)
"""RFC 6749 §4.1.2 recommends no more."""
AUTHORIZE: Final = "/oauth/authorize"
KEYS: Final = "/oauth/jwks"
_RESPONSES: Final = {"authorizationCode": "code", "implicit": "token"}
_RUN_IN_PAGES: Final = frozenset({"javascript", "data", "vbscript", "file", "blob"})
_HASHED: Final = "S256"


Answer = Callable[[Scope, Send], Awaitable[None]]


class Authorization:
    """The authorization endpoints of some sandboxes."""

    def __init__(self, mounted: Sequence[Mounted], base_url: Callable[[Scope], str]) -> None:
        """base_url: of the server, as a request names it, without a slash at the end."""
        self._answers: dict[str, Answer] = {}
        for mount in mounted:
            self._add(mount, base_url)

    @property
    def paths(self) -> Iterable[str]:
        """The paths that are answered here."""
        return self._answers.keys()

    def show(self, scope: Scope, send: Send) -> Awaitable[None]:
        """Answer a GET of one of the paths."""
        return self._answers[scope["path"]](scope, send)

    def _add(self, mount: Mounted, base_url: Callable[[Scope], str]) -> None:
        contract, base = mount.sandbox.contract, mount.base_path
        paths = [operation.path for operation in contract.operations]
        discovered = []
        endpoint = Endpoint(mount.sandbox, _kinds(contract))
        for path, scheme in _addresses(contract, paths):
            at = path
            if scheme == "openIdConnect":
                discovered.append(path)
                at = AUTHORIZE
            if at not in paths:
                self._answers[base + at] = endpoint.answer
        for path in discovered:
            self._answers[base + path] = _discovery(base_url, base)
            self._answers[base + KEYS] = _json({"keys": []})


def _addresses(contract: Contract, paths: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Yield where a contract has authorization endpoints and discovery documents, each with what it is."""
    for scheme in contract.security_schemes.values():
        if scheme.get("type") == "openIdConnect" and isinstance(scheme.get("openIdConnectUrl"), str):
            yield path_of(scheme.get("openIdConnectUrl"), paths), "openIdConnect"
        for _, flow in scheme.members("flows"):
            if isinstance(flow.get("authorizationUrl"), str):
                yield path_of(flow.get("authorizationUrl"), paths).partition("?")[0], "oauth2"


def _kinds(contract: Contract) -> Mapping[str, frozenset[str]]:
    """Return what can be asked for, `code` or `token`, each with the scopes there are; none where any is
    good.
    """
    kinds: dict[str, frozenset[str]] = {}
    for scheme in contract.security_schemes.values():
        if scheme.get("type") == "openIdConnect":
            kinds.setdefault("code", frozenset())
        for name, flow in scheme.members("flows"):
            kind = _RESPONSES.get(name)
            scopes = flow.get("scopes")
            if kind is not None:
                known = frozenset(map(str, scopes)) if isinstance(scopes, dict) else frozenset()
                kinds[kind] = kinds.get(kind, frozenset()) | known
    return kinds


# ---- OpenID Connect


def _json(value: Any) -> Answer:
    content = orjson.dumps(value, option=orjson.OPT_INDENT_2)

    def answer(scope: Scope, send: Send) -> Awaitable[None]:
        return reply(scope, send, 200, content, [(b"content-type", b"application/json")])

    return answer


def _discovery(base_url: Callable[[Scope], str], base_path: str) -> Answer:
    """Return what answers with the discovery document (OpenID Connect Discovery 1.0 §3)."""

    def answer(scope: Scope, send: Send) -> Awaitable[None]:
        url = base_url(scope) + base_path
        document = {
            "issuer": url,
            "authorization_endpoint": url + AUTHORIZE,
            "token_endpoint": url + OIDC_TOKENS,
            "jwks_uri": url + KEYS,
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
            "code_challenge_methods_supported": [_HASHED, "plain"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["none"],
        }
        return _json(document)(scope, send)

    return answer


# ---- asking whoever calls


class Asked(Struct, frozen=True):
    """What a client asks for. way: `code` or `token`. scopes: None where it names none."""

    way: str
    redirect_uri: str
    state: str
    scopes: frozenset[str] | None
    challenge: str
    is_hashed: bool


class Endpoint:
    """The authorization endpoint of one sandbox."""

    def __init__(self, sandbox: Sandbox, kinds: Mapping[str, frozenset[str]]) -> None:
        """kinds: what can be asked for, each with its scopes."""
        self._sandbox, self._kinds = sandbox, kinds

    async def answer(self, scope: Scope, send: Send) -> None:
        """Ask who calls, or send the browser back with what they answered."""
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        try:
            _check_redirect(query)
        except RequestInvalid as refusal:
            content, headers = Encoder(None).encode(None, shape(refusal, None))
            await reply(scope, send, 400, content, headers)
            return
        session: Session = scope[SESSION]
        try:
            asked = self._asked(query)
            if query.get("decision") == "deny":
                raise _Declined("access_denied", "whoever was asked said no")
            if "decision" not in query and query.get("prompt") != "none":
                await self._ask(scope, send, session, query)
                return
            told = self._granted(session, asked, query.get("login") or query.get("login_hint", ""))
        except _Declined as declined:
            told = {"error": declined.code, "error_description": declined.reason}
        await _send_back(scope, send, query, told)

    def _asked(self, query: Mapping[str, str]) -> Asked:
        """Read what is asked for. Raises _Declined for what is to be told to the client."""
        way = query.get("response_type", "")
        if way not in self._kinds:
            expected = " or ".join(sorted(self._kinds))
            raise _Declined("unsupported_response_type", f"response_type must be {expected}, got {way!r}")
        scopes = frozenset(query.get("scope", "").split())
        known = self._kinds[way]
        unknown = sorted(scopes - known) if known else []
        if unknown:
            raise _Declined("invalid_scope", f"the contract has no scope {', '.join(unknown)}")
        method = query.get("code_challenge_method", "plain")
        if method not in (_HASHED, "plain"):
            raise _Declined("invalid_request", f"code_challenge_method must be S256 or plain, got {method!r}")
        return Asked(
            way,
            query["redirect_uri"],
            query.get("state", ""),
            scopes or None,
            query.get("code_challenge", ""),
            method == _HASHED,
        )

    async def _ask(self, scope: Scope, send: Send, session: Session, query: Mapping[str, str]) -> None:
        listed = session.identities.listed
        names = None if listed is None else [identity.name for identity in listed]
        content = ask(self._sandbox.contract.title, query, names)
        policy = b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-security-policy", policy)]
        await reply(scope, send, 200, content, headers)

    def _granted(self, session: Session, asked: Asked, login: str) -> dict[str, str]:
        """Grant what is asked, and return what the client is told. Raises _Declined."""
        api, identities = self._sandbox.contract.name, session.identities
        now = session.clock.now()
        caller = self._caller(session, login, asked.scopes)
        digits = _digits(session, api, identities.next_grant())
        if asked.way == "token":
            token = opaque(digits)
            identities.issue(token, caller, now + TOKEN_LIFE, api=api)
            seconds = str(int(TOKEN_LIFE.total_seconds()))
            return {"access_token": token, "token_type": "Bearer", "expires_in": seconds}
        grant = Grant(
            caller, api, now + CODE_LIFE, asked.redirect_uri, asked.challenge, is_hashed=asked.is_hashed
        )
        return {"code": identities.grant(digits, grant)}

    def _caller(self, session: Session, login: str, scopes: frozenset[str] | None) -> Caller:
        listed = session.identities.listed
        if listed is None:
            return Caller(login, scopes)
        identity = next((one for one in listed if one.name == login), None)
        if identity is None:
            raise _Declined("access_denied", f"the identities file lists nobody called {login!r}")
        try:
            caller = identity.admit(self._sandbox.contract.name)
        except Refusal as refusal:
            raise _Declined("access_denied", str(refusal)) from None
        if scopes is not None and caller.scopes is not None:
            scopes &= caller.scopes
        return Caller(caller.name, caller.scopes if scopes is None else scopes, caller.reach)


class _Declined(Exception):
    """What a client is told instead of a code (RFC 6749 §4.1.2.1)."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code)
        self.code, self.reason = code, reason


def _check_redirect(query: Mapping[str, str]) -> None:
    """Refuse what a browser cannot be sent back to. Raises RequestInvalid."""
    uri = query.get("redirect_uri", "")
    expected = "an absolute address of the client, without a fragment"
    if not uri:
        raise RequestInvalid([Failure("query", "/redirect_uri", "required", expected)])
    try:
        parts = urlsplit(uri)
        is_good = bool(parts.scheme) and parts.scheme.lower() not in _RUN_IN_PAGES and not parts.fragment
    except ValueError:
        is_good = False
    if not is_good or not uri.isprintable() or not uri.isascii():
        raise RequestInvalid([Failure("query", "/redirect_uri", "format", expected, repr(uri[:80]))])


async def _send_back(scope: Scope, send: Send, query: Mapping[str, str], told: dict[str, str]) -> None:
    """Send the browser back to the client with what it is told: in the fragment where that is a token."""
    uri = query["redirect_uri"]
    if "state" in query:
        told = {**told, "state": query["state"]}
    if query.get("response_type") == "token":
        address = f"{uri}#{urlencode(told)}"
    else:
        address = f"{uri}{'&' if urlsplit(uri).query else '?'}{urlencode(told)}"
    headers = [(b"location", address.encode("latin-1")), (b"cache-control", b"no-store")]
    await reply(scope, send, 302, b"", headers)


def _digits(session: Session, api: str, number: int) -> str:
    """Return digits for a code or a token, the same for the same session of the same seed."""
    told = f"{session.settings.seed} {session.name} {api} {number}"
    return blake2b(told.encode(), digest_size=16).hexdigest()
