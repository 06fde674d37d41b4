"""Security: what a contract's `security` asks for, checked against the identities of the session.

Connexion hands each operation's requirement to a handler from its `security_map`. Ours gets the whole
requirement at once instead of scheme by scheme: only so can a bad key be refused where anonymous access is
also allowed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from understudy.contracts.contract import Contract
from understudy.errors import AccessDenied, CredentialMissing, CredentialRefused, Refusal
from understudy.messages import ANYBODY, Caller
from understudy.model.doors import doors_of
from understudy.model.handing import cookie_of_login
from understudy.sandbox import Sandbox
from understudy.server.asgi import ASGIApp, Receive, Scope, Send
from understudy.server.connexion_api import (
    AbstractOperation,
    SecurityAPI,
    SecurityMiddleware,
    SecurityOperation,
)
from understudy.server.credentials import (
    SecurityScheme,
    compile_scheme,
    is_below_http,
    unstated,
)
from understudy.server.routing import ROUTE
from understudy.server.session_middleware import SESSION
from understudy.server.skeleton import UNSTATED, Alternatives, requirements

_MISSING = "a credential is missing: "
_MOST_WAYS = 4  # to come in that one sentence names

CALLER = "understudy.caller"
"""The key in the ASGI scope under which the caller stands once it is known."""


class Check(Protocol):
    """What stands before an operation."""

    def check(self, scope: Scope) -> None:
        """Let the caller through. Raises Refusal otherwise."""


class SecurityRequirement:
    """A compiled security requirement: alternatives, each a set of schemes that must all open."""

    def __init__(self, sandbox: Sandbox, alternatives: Alternatives) -> None:
        self._sandbox = sandbox
        schemes = sandbox.contract.security_schemes
        any_case = sandbox.leniency.case_insensitive_query
        self._has_login = has_login = doors_of(sandbox.contract).has_login
        self._alternatives: list[list[SecurityScheme]] = []
        self._is_open = False
        for alternative in alternatives:
            compiled = [
                compile_scheme(schemes[name], scopes, any_case, has_login=has_login)
                for name, scopes in alternative
                if name in schemes and not is_below_http(schemes[name])
            ]
            if alternative == UNSTATED:
                compiled = [unstated(cookie_of_login(sandbox.contract))]
            if compiled:
                self._alternatives.append(compiled)
            else:
                self._is_open = True  # an alternative that asks for nothing

    def check(self, scope: Scope) -> None:
        """Let the caller through, noting who it is in the scope.

        Raises the most telling Refusal otherwise.
        """
        refusals: list[Refusal] = []
        for alternative in self._alternatives:
            try:
                scope[CALLER] = self._enter(scope, alternative)
            except Refusal as refusal:
                refusals.append(refusal)
            else:
                return
        if self._is_open and all(isinstance(refusal, CredentialMissing) for refusal in refusals):
            return
        telling = _most_telling(refusals)
        if isinstance(telling, CredentialMissing) and self._takes_any(scope):
            raise CredentialMissing(f"{telling}; any is good", telling.challenge)
        raise telling

    def _takes_any(self, scope: Scope) -> bool:
        """Tell whether a caller may make up a credential. Where there is a login, one is to be had there."""
        return not self._has_login and self._sandbox.world(scope[SESSION]).identities.take_any

    def _enter(self, scope: Scope, alternative: list[SecurityScheme]) -> Caller:
        world = self._sandbox.world(scope[SESSION])
        caller = ANYBODY
        for scheme in alternative:
            credential = scheme.extract(scope)
            if not credential:
                raise CredentialMissing(f"{_MISSING}{scheme.where}", scheme.challenge)
            try:
                found = scheme.identify(world, self._sandbox.contract.name, credential, scheme.scopes)
            except CredentialRefused as refusal:
                refusal.challenge = scheme.challenge
                raise
            if found != ANYBODY or caller is ANYBODY:
                caller = found  # a key of the application beside it does not say who calls
        return caller


def _most_telling(refusals: list[Refusal]) -> Refusal:
    """Return what tells the caller most; where all credentials are missing, one that names each way to come
    in.
    """
    missing = [refusal for refusal in refusals if isinstance(refusal, CredentialMissing)]
    ways = list(dict.fromkeys(str(refusal).removeprefix(_MISSING) for refusal in missing))
    if len(missing) == len(refusals) and 1 < len(ways) <= _MOST_WAYS:
        return CredentialMissing(f"{_MISSING}{', or '.join(ways)}", missing[0].challenge)
    return min(refusals, key=_how_vague)


def _how_vague(refusal: Refusal) -> int:
    """Order refusals: no right to it tells more than a bad credential, and that more than a missing one."""
    if isinstance(refusal, AccessDenied):
        return 0
    if isinstance(refusal, CredentialMissing):
        return 2
    return 1


class RequirementHandler:
    """Connexion's seam: `security_map` makes one and asks it for the function that checks an operation."""

    def __init__(self, found: Mapping[str, Check]) -> None:
        self._checks = found

    def get_fn(
        self, security_scheme: Mapping[str, Any], _required_scopes: list[str]
    ) -> Callable[[Scope], None]:
        """Return the check of the requirement that the skeleton named."""
        return self._checks[security_scheme["x-requirement"]].check


class SecuredOperation(SecurityOperation):  # type: ignore[misc]  # Connexion ships no types
    """Connexion's secured operation, without the request object and the context it makes for every request:
    ours needs neither.
    """

    def _get_verification_fn(self) -> Callable[[Scope], None] | None:
        """Return the check of the operation's only requirement, which the skeleton made of all there are."""
        if not self.security:
            return None
        ((name, scopes),) = self.security[0].items()
        check: Callable[[Scope], None] = self.security_handler_factory.parse_security_scheme(
            self.security_schemes[name], scopes
        )
        return check

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Check the caller and pass the request on. Raises Refusal."""
        if self.verification_fn is not None:
            self.verification_fn(scope)
        passed: Awaitable[None] = self.next_app(scope, receive, send)
        return passed


class SecuredAPI(SecurityAPI):  # type: ignore[misc]  # Connexion ships no types
    """One contract's requirements by operation, each with the endpoint that stands behind it."""

    def __init__(self, *args: Any, endpoints: Mapping[str, ASGIApp], **kwargs: Any) -> None:
        self._endpoints = endpoints
        super().__init__(*args, **kwargs)

    def make_operation(self, operation: AbstractOperation) -> SecuredOperation:
        """Make the secured operation by way of Connexion's factory and its `security_map`."""
        made: SecuredOperation = SecuredOperation.from_operation(
            operation,
            next_app=self._endpoints[operation.operation_id],
            security_handler_factory=self.security_handler_factory,
        )
        return made


class RequirementMiddleware(SecurityMiddleware):  # type: ignore[misc]  # Connexion ships no types
    """Connexion's security middleware over our operations, which goes straight to the one that routing
    found.
    """

    api_cls = SecuredAPI

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on to its operation."""
        if scope["type"] != "http":
            passed: Awaitable[None] = self.app(scope, receive, send)
            return passed
        route = scope[ROUTE]
        operations = self.apis[route.base_path][0].operations
        answered: Awaitable[None] = operations[route.operation.key](scope, receive, send)
        return answered


def compile_requirements(sandbox: Sandbox, contract: Contract) -> dict[str, SecurityRequirement]:
    """Compile each distinct requirement of a contract once."""
    return {name: SecurityRequirement(sandbox, asked) for name, asked in requirements(contract).items()}
