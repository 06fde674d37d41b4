"""Stubs of the contracts that are served: found out of which operation each is, and held against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from understudy.contracts.contract import Operation
from understudy.errors import Failure, RequestInvalid, show
from understudy.nearest import LOOSELY, or_nearest
from understudy.sandbox import Sandbox
from understudy.sessions import Session, Sessions
from understudy.stubs.meeting import unmeetable
from understudy.stubs.stub import Stub
from understudy.stubs.stub_json import read_stub


class StubReader:
    """Reads stubs for some sandboxes."""

    def __init__(self, sandboxes: Sequence[Sandbox]) -> None:
        self._sandboxes = {sandbox.contract.name: sandbox for sandbox in sandboxes}

    def read(self, value: Mapping[str, Any], source: str = "") -> Stub:
        """Read a stub that the admin API's contract allows.

        source: the file and the line it stands in. Raises RequestInvalid for an operation that there is not,
        and for what that one does not document; each member that is wrong is named.
        """
        sandbox, operation = self._meant(value)
        stub = read_stub(value, sandbox.contract.name, operation.key, source)
        context = sandbox.context(operation.key, self._session)
        if not stub.unchecked:
            never = list(unmeetable(stub.when, operation))
            if never:
                raise RequestInvalid(never)
        sandbox.scripted.check(stub, operation, context)
        return stub

    @cached_property
    def _session(self) -> Session:
        """A session that nobody sees, in which answers are tried."""
        return Sessions().use()

    def _meant(self, value: Mapping[str, Any]) -> tuple[Sandbox, Operation]:
        """Return the operation that a stub is of. Raises RequestInvalid."""
        api, name = value.get("api", ""), value["operation"]
        if api and api not in self._sandboxes:
            expected = f"one of {', '.join(self._sandboxes)}"
            raise RequestInvalid([Failure("body", "/api", "enum", expected, show(api))])
        found = list(self._named(name, api))
        if not found:
            raise RequestInvalid([self._unknown(name, api)])
        if len(found) > 1:
            names = ", ".join(sandbox.contract.name for sandbox, _ in found)
            raise RequestInvalid([Failure("body", "/api", "required", f"one of {names}")])
        return found[0]

    def _named(self, name: str, api: str) -> Iterator[tuple[Sandbox, Operation]]:
        method, space, path = name.partition(" ")
        key = f"{method.lower()} {path.strip()}" if space else name
        for sandbox in self._of(api):
            for operation in sandbox.contract.operations:
                if key in (operation.key, operation.id):
                    yield sandbox, operation
                    break

    def _of(self, api: str) -> Sequence[Sandbox]:
        if api:
            return [self._sandboxes[api]]
        return list(self._sandboxes.values())

    def _unknown(self, name: str, api: str) -> Failure:
        known: set[str] = set()
        for sandbox in self._of(api):
            for operation in sandbox.contract.operations:
                known |= {operation.key, operation.id}
        expected = f"an operationId or a key of {api or 'an API'}, such as 'get /accounts/{{id}}'"
        expected += or_nearest(name, known, like=LOOSELY)
        return Failure("body", "/operation", "enum", expected, show(name))
