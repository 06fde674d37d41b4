"""Security: what a contract's `security` asks for, checked against the identities of the session.

Connexion hands each operation's requirement to a handler from its `security_map`. Ours gets the whole requirement at once
instead of scheme by scheme: only so can a bad key be refused where anonymous access is also allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from understudy.contracts.contract import Contract
from understudy.errors import AccessDenied, CredentialMissing, CredentialRefused, Refusal
from understudy.messages import Caller
from understudy.sandbox import Sandbox
from understudy.server.credentials import Lock, lock_of
from understudy.server.shell import ConnexionRequest
from understudy.server.skeleton import Requirement, gates
from understudy.server.wire import Scope

CALLER = "understudy.caller"
"""The key in the ASGI scope under which the caller stands once the gate is passed."""


class Gate:
    """A compiled security requirement: alternatives, each a set of locks that must all open."""

    def __init__(self, sandbox: Sandbox, requirement: Requirement) -> None:
        self._sandbox = sandbox
        schemes = sandbox.contract.security_schemes
        known = [[(schemes[name], scopes) for name, scopes in option if name in schemes] for option in requirement]
        any_case = sandbox.dialect.case_insensitive_query
        self._options = [[lock_of(node, scopes, any_case) for node, scopes in option] for option in known]
        self._open = any(not option for option in self._options)  # an alternative that asks for nothing
        self._options = [option for option in self._options if option]

    def check(self, scope: Scope) -> dict[str, Any]:
        """Let the caller through, noting who it is in the scope. Raises the most telling Refusal otherwise."""
        refusals: list[Refusal] = []
        for option in self._options:
            try:
                scope[CALLER] = self._enter(scope, option)
            except Refusal as refusal:
                refusals.append(refusal)
            else:
                return {}
        if self._open and all(isinstance(refusal, CredentialMissing) for refusal in refusals):
            return {}
        raise min(refusals, key=_how_vague)

    def _enter(self, scope: Scope, option: list[Lock]) -> Caller:
        world = self._sandbox.world()
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


class GateHandler:
    """Connexion's seam: `security_map` makes one and asks it for the function that checks an operation."""

    def __init__(self, found: Mapping[str, Gate]) -> None:
        self._gates = found

    def get_fn(self, security_scheme: Mapping[str, Any], _required_scopes: list[str]) -> Callable[[ConnexionRequest], dict[str, Any]]:
        """Return the check of the gate that the skeleton named."""
        gate = self._gates[security_scheme["x-gate"]]
        return lambda request: gate.check(request.scope)


def compile_gates(sandbox: Sandbox, contract: Contract) -> dict[str, Gate]:
    """Compile each distinct requirement of a contract once."""
    return {name: Gate(sandbox, asked) for name, asked in gates(contract).items()}
