"""Security: what a contract's `security` asks for, checked against the identities of the session.

Connexion hands each operation's requirement to a handler from its `security_map`. Ours gets the whole requirement at once
instead of scheme by scheme: only so can a bad key be refused where anonymous access is also allowed.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from understudy.contracts.contract import Contract
from understudy.errors import AccessDenied, CredentialInvalid, CredentialMissing, CredentialRefused, Refusal
from understudy.messages import Caller
from understudy.sandbox import Sandbox
from understudy.server.credentials import Lock, authorization, lock_of
from understudy.server.entrance import SESSION
from understudy.server.shell import AbstractOperation, SecurityAPI, SecurityMiddleware, SecurityOperation
from understudy.server.skeleton import Direct, Requirement, gates
from understudy.server.wire import Receive, Scope, Send

CALLER = "understudy.caller"
"""The key in the ASGI scope under which the caller stands once the gate is passed."""


class Check(Protocol):
    """What stands before an operation."""

    def check(self, scope: Scope) -> None:
        """Let the caller through. Raises Refusal otherwise."""


class Gate:
    """A compiled security requirement: alternatives, each a set of locks that must all open."""

    def __init__(self, sandbox: Sandbox, requirement: Requirement) -> None:
        self._sandbox = sandbox
        schemes = sandbox.contract.security_schemes
        known = [
            [(schemes[name], scopes) for name, scopes in option if name in schemes] for option in requirement
        ]
        any_case = sandbox.dialect.case_insensitive_query
        self._options = [[lock_of(node, scopes, any_case) for node, scopes in option] for option in known]
        self._open = any(not option for option in self._options)  # an alternative that asks for nothing
        self._options = [option for option in self._options if option]

    def check(self, scope: Scope) -> None:
        """Let the caller through, noting who it is in the scope. Raises the most telling Refusal otherwise."""
        refusals: list[Refusal] = []
        for option in self._options:
            try:
                scope[CALLER] = self._enter(scope, option)
            except Refusal as refusal:
                refusals.append(refusal)
            else:
                return
        if self._open and all(isinstance(refusal, CredentialMissing) for refusal in refusals):
            return
        raise min(refusals, key=_how_vague)

    def _enter(self, scope: Scope, option: list[Lock]) -> Caller:
        world = self._sandbox.world(scope[SESSION])
        caller = Caller()
        for lock in option:
            credential = lock.extract(scope)
            if not credential:
                raise CredentialMissing(f"a credential is missing: {lock.where}", lock.challenge)
            try:
                caller = lock.identify(world, self._sandbox.contract.name, credential, lock.scopes)
            except CredentialRefused as refusal:
                refusal.challenge = lock.challenge
                raise
        return caller


def _how_vague(refusal: Refusal) -> int:
    """Order refusals: no right to it tells more than a bad credential, and that more than a missing one."""
    if isinstance(refusal, AccessDenied):
        return 0
    return 2 if isinstance(refusal, CredentialMissing) else 1


class TokenGate:
    """Lets those through who have one token, whatever the session's identities say; all of them where the token is empty."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()
        self._extract = authorization("bearer")

    def check(self, scope: Scope) -> None:
        """Let the caller through, in a time that tells nothing of the token. Raises CredentialMissing or CredentialInvalid."""
        if not self._token:
            return
        credential = self._extract(scope)
        if not credential:
            raise CredentialMissing(
                "a credential is missing: Authorization: Bearer, with the token of --admin-token", "Bearer"
            )
        if not hmac.compare_digest(credential.encode("latin-1"), self._token):
            raise CredentialInvalid("the token is not that of --admin-token", "Bearer")

    def by_name(self, contract: Contract) -> dict[str, TokenGate]:
        """Put this gate in the place of each that a contract asks for."""
        return dict.fromkeys(gates(contract), self)


class GateHandler:
    """Connexion's seam: `security_map` makes one and asks it for the function that checks an operation."""

    def __init__(self, found: Mapping[str, Check]) -> None:
        self._gates = found

    def get_fn(
        self, security_scheme: Mapping[str, Any], _required_scopes: list[str]
    ) -> Callable[[Scope], None]:
        """Return the check of the gate that the skeleton named."""
        return self._gates[security_scheme["x-gate"]].check


class GateOperation(SecurityOperation):  # type: ignore[misc]  # Connexion ships no types
    """Connexion's secured operation, without the request object and the context it makes for every request: a gate needs neither."""

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


class GateAPI(SecurityAPI):  # type: ignore[misc]  # Connexion ships no types
    """One contract's gates by operation."""

    def make_operation(self, operation: AbstractOperation) -> GateOperation:
        """Make the secured operation by way of Connexion's factory and its `security_map`."""
        made: GateOperation = GateOperation.from_operation(
            operation, next_app=self.next_app, security_handler_factory=self.security_handler_factory
        )
        return made


class GateMiddleware(Direct, SecurityMiddleware):  # type: ignore[misc]  # Connexion ships no types
    """Connexion's security middleware over our operations."""

    api_cls = GateAPI


def compile_gates(sandbox: Sandbox, contract: Contract) -> dict[str, Gate]:
    """Compile each distinct requirement of a contract once."""
    return {name: Gate(sandbox, asked) for name, asked in gates(contract).items()}
