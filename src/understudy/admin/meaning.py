"""What the operations of an API mean: what each will do, and a request that it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from understudy.admin.examples import Examples
from understudy.admin.served import Served
from understudy.callbacks.explaining import with_messages
from understudy.contracts.contract import Operation
from understudy.errors import RecordNotFound
from understudy.explain import explain
from understudy.handler import Context
from understudy.messages import Request, Response
from understudy.sandbox import Sandbox


class MeaningAdmin:
    """The operations about what operations mean."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._models: dict[str, dict[str, Any]] = {}
        self._examples: dict[str, Examples] = {}

    async def get_model(self, request: Request, _context: Context) -> Response:
        """Read what the operations of an API will do. Raises ApiNotFound."""
        sandbox = self._served.api(request).sandbox
        name = sandbox.contract.name
        if name not in self._models:
            # A large contract takes a second, in which others are answered.
            self._models[name] = await asyncio.to_thread(_explained, sandbox)
        return Response(200, self._models[name])

    async def example_request(self, request: Request, _context: Context) -> Response:
        """Make up a request that an operation takes. Raises ApiNotFound or RecordNotFound."""
        sandbox = self._served.api(request).sandbox
        operation = _operation(sandbox, request.path["operation"])
        session = self._served.session(request)
        await sandbox.fill(session, "")
        name = sandbox.contract.name
        if name not in self._examples:
            self._examples[name] = Examples(sandbox)
        return Response(200, await self._examples[name].of(operation, session))


def _operation(sandbox: Sandbox, named: str) -> Operation:
    """Find an operation by its id or its key. Raises RecordNotFound."""
    for operation in sandbox.contract.operations:
        if named in (operation.id, operation.key):
            return operation
    raise RecordNotFound("operation", named)


def _explained(sandbox: Sandbox) -> dict[str, Any]:
    contract, vendor = sandbox.contract, sandbox.vendor
    told = explain(
        contract,
        sandbox.model,
        _handlers(sandbox),
        any_id=vendor.any_id,
        any_write=sandbox.settings.any_write,
        makes_data=not vendor.name,
    )
    return with_messages(contract, sandbox.model, told)


def _handlers(sandbox: Sandbox) -> Mapping[str, str]:
    """Say who answers an operation instead of the model, by its key."""
    found: dict[str, str] = {}
    for operation in sandbox.contract.operations:
        if operation.key in sandbox.own:
            found[operation.key] = "a handler of yours"
        elif operation.id in sandbox.vendor.handlers:
            found[operation.key] = f"a rule of {sandbox.vendor.name}"
    return found
