"""The server: whether it is up, and which APIs and operations it has."""

from __future__ import annotations

from functools import partial
from typing import Any

from understudy import __version__
from understudy.admin.served import BASE_PATH, Mounted, Served, listed
from understudy.contracts.contract import Operation
from understudy.handler import Context
from understudy.messages import Request, Response


class Apis:
    """The operations about the server itself."""

    def __init__(self, served: Served) -> None:
        self._served = served

    async def get_health(self, _request: Request, _context: Context) -> Response:
        """Say that the server is up."""
        return Response(
            200,
            {"status": "ok", "version": __version__, "uptimeSeconds": round(self._served.sessions.uptime, 3)},
        )

    async def get_readiness(self, _request: Request, _context: Context) -> Response:
        """Say that all sandboxes answer: before they do, nobody could have asked."""
        return Response(200, {"ready": True, "apis": self._served.names})

    async def list_apis(self, request: Request, _context: Context) -> Response:
        """List what is served."""
        return listed(partial(_described, request), self._served.mounted)

    async def get_api(self, request: Request, _context: Context) -> Response:
        """Read one API. Raises ApiNotFound."""
        return Response(200, _described(request, self._served.api(request)))

    async def list_operations(self, request: Request, _context: Context) -> Response:
        """List the operations of an API. Raises ApiNotFound."""
        contract = self._served.api(request).sandbox.contract
        return listed(_operation, contract.operations)


def _described(request: Request, mount: Mounted) -> dict[str, Any]:
    contract = mount.sandbox.contract
    info = contract.document.root.find("info")
    return {
        "name": contract.name,
        "title": contract.title,
        "version": str((info and info.get("version")) or ""),
        "url": request.base_url.removesuffix(BASE_PATH) + mount.base_path,
        "operations": len(contract.operations),
    }


def _operation(operation: Operation) -> dict[str, Any]:
    return {
        "key": operation.key,
        "operationId": operation.id,
        "method": operation.method.upper(),
        "path": operation.path,
        "summary": str(operation.node.get("summary") or ""),
        "statuses": list(operation.responses),
    }
