"""Who may call in a session: listed, without what they prove it with, and replaced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from understudy.admin.served import Served, listed
from understudy.errors import Failure, RequestInvalid
from understudy.handler import Context
from understudy.messages import Request, Response
from understudy.pointers import escape
from understudy.state.identities import Identities, Identity
from understudy.state.identity_list import EntryInvalid


class IdentityAdmin:
    """The operations about identities."""

    def __init__(self, served: Served) -> None:
        self._served = served

    async def list_identities(self, request: Request, _context: Context) -> Response:
        """List who may call."""
        return _answer(self._served.session(request).identities)

    async def replace_identities(self, request: Request, _context: Context) -> Response:
        """Let only these call, or everybody.

        Raises RequestInvalid, also where two share a credential or a username.
        """
        items = request.body["items"]
        try:
            only_issued = self._served.session(request).identities.only_issued
            identities = Identities(only_issued=only_issued)
            if items is not None:
                identities = Identities.of(items)
        except EntryInvalid as error:
            pointer = f"/items/{error.index}"
            if error.key:
                pointer += f"/{escape(error.key)}"
            raise RequestInvalid([Failure("body", pointer, "syntax", str(error))]) from None
        self._check_apis(items or [])
        self._served.session(request).identify(identities)
        return _answer(identities)

    def _check_apis(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Raise RequestInvalid for APIs that nobody could call, because they are not served."""
        expected = f"one of the APIs that are served: {', '.join(self._served.names)}"
        wrong: list[Failure] = []
        for index, item in enumerate(items):
            for at, api in enumerate(item.get("apis") or ()):
                if api not in self._served.names:
                    wrong.append(Failure("body", f"/items/{index}/apis/{at}", "enum", expected, repr(api)))
        if wrong:
            raise RequestInvalid(wrong)


def _answer(identities: Identities) -> Response:
    if identities.listed is None:
        return Response(200, {"items": None})
    return listed(_described, identities.listed)


def _described(identity: Identity) -> dict[str, Any]:
    described: dict[str, Any] = {"name": identity.name}
    if identity.username:
        described["username"] = identity.username
    lists = {"apis": identity.apis, "scopes": identity.scopes, **identity.reach}
    described |= {name: sorted(members) for name, members in lists.items() if members is not None}
    return {**described, "state": identity.state}
