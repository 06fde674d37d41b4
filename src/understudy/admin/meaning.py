"""What the operations of an API mean: what each will do, and a request that it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from understudy.admin.coverage import Coverage
from understudy.admin.examples import Examples
from understudy.admin.served import Served
from understudy.callbacks.explaining import with_messages
from understudy.contracts.contract import Operation
from understudy.errors import RecordNotFound
from understudy.explain import Explanation, explain, written, written_operation
from understudy.handler import Context, described
from understudy.messages import Request, Response
from understudy.sandbox import Sandbox

_AT_ONCE: Final = 50  # entries that are read without a pause


class MeaningAdmin:
    """The operations about what operations mean."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._models: dict[str, Explanation] = {}
        self._examples: dict[str, Examples] = {}

    async def get_model(self, request: Request, _context: Context) -> Response:
        """Read what the operations of an API will do. Raises ApiNotFound."""
        return Response(200, await self._model(self._served.api(request).sandbox))

    async def read_model(self, request: Request, _context: Context) -> Response:
        """Read the same as a person does, all or one operation. Raises ApiNotFound or RecordNotFound."""
        sandbox = self._served.api(request).sandbox
        told = await self._model(sandbox)
        named = request.query.get("operation")
        if named is not None:
            return Response(200, written_operation(told, _operation(sandbox, named)))
        return Response(200, await asyncio.to_thread(written, told, sandbox.contract))

    async def _model(self, sandbox: Sandbox) -> Explanation:
        name = sandbox.contract.name
        if name not in self._models:
            # A large contract takes a second, in which others are answered.
            self._models[name] = await asyncio.to_thread(_explained, sandbox)
        return self._models[name]

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

    async def get_coverage(self, request: Request, _context: Context) -> Response:
        """Tell what of an API the calls of a session touched, as far as its journal has them. Raises
        ApiNotFound.
        """
        contract = self._served.api(request).sandbox.contract
        coverage = Coverage(contract)
        for number, entry in enumerate(self._served.session(request).journal):
            if entry.api == contract.name and entry.kind == "request" and contract.has(entry.operation):
                coverage.note(entry)
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)  # others are waiting
        return Response(200, coverage.written())


def _operation(sandbox: Sandbox, named: str) -> Operation:
    """Find an operation by its id or its key. Raises RecordNotFound."""
    for operation in sandbox.contract.operations:
        if named in (operation.id, operation.key):
            return operation
    raise RecordNotFound("operation", named)


def _explained(sandbox: Sandbox) -> Explanation:
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
            found[operation.key] = described("a handler of yours", sandbox.own[operation.key])
        elif operation.id in sandbox.vendor.handlers:
            rule = sandbox.vendor.handlers[operation.id]
            found[operation.key] = described(f"a rule of {sandbox.vendor.name}", rule)
    return found
