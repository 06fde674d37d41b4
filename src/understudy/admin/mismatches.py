"""What a session holds and cannot show: kept aside, or of what is not served any more."""

from __future__ import annotations

from typing import Any

from understudy.admin.served import Served, listed
from understudy.handler import Context
from understudy.messages import Request, Response
from understudy.mismatches import Mismatch, kept


class MismatchAdmin:
    """The operation about records that contracts do not take any more."""

    def __init__(self, served: Served) -> None:
        self._served = served

    async def list_aside(self, request: Request, _context: Context) -> Response:
        """List them by API and collection."""
        session = self._served.session(request)
        return listed(_described, [one async for one in kept(session, self._served.sandboxes)])


def _described(mismatch: Mismatch) -> dict[str, Any]:
    misfits = mismatch.misfits
    return {
        "api": mismatch.api,
        "collection": misfits.collection,
        "records": misfits.records,
        "first": {"key": misfits.key, "reason": misfits.reason},
    }
