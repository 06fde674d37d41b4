"""Scripted answers of a session: listed, added, replaced and taken away."""

from __future__ import annotations

from typing import Any

from understudy.admin.conditions_shown import shown_conditions
from understudy.admin.served import Served
from understudy.errors import Failure, RequestInvalid, show
from understudy.handler import Context
from understudy.messages import NOTHING, Request, Response
from understudy.stub_reader import StubReader
from understudy.stubs.stub import Stub, StubState
from understudy.stubs.stub_json import write_stub_state


class AnswerAdmin:
    """The operations about scripted answers."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._secrets = served.secrets
        self._reader = StubReader(served.sandboxes)

    async def list_answers(self, request: Request, _context: Context) -> Response:
        """List the answers in the order they are asked, and the states of scenarios."""
        stubs = self._served.session(request).stubs
        return Response(200, {"items": list(map(self._written, stubs)), "scenarios": dict(stubs.scenarios)})

    async def add_answer(self, request: Request, _context: Context) -> Response:
        """Add an answer. Raises RequestInvalid; RecordExists where its id is taken."""
        session = self._served.session(request)
        return self._added(request, session.stubs.add(self._stub(request)))

    async def clear_answers(self, request: Request, _context: Context) -> Response:
        """Take all answers away."""
        self._served.session(request).stubs.clear()
        return Response(204, NOTHING)

    async def get_answer(self, request: Request, _context: Context) -> Response:
        """Read an answer and how often it was given. Raises RecordNotFound."""
        state = self._served.session(request).stubs.get(request.path["id"])
        return Response(200, self._written(state))

    async def put_answer(self, request: Request, _context: Context) -> Response:
        """Replace an answer where it stands, or add it. Raises RequestInvalid."""
        stub_id: str = request.path["id"]
        stated = request.body.get("id", stub_id)
        if stated != stub_id:
            expected = f"{stub_id!r}, as the path has it, or absent"
            raise RequestInvalid([Failure("body", "/id", "const", expected, show(stated))])
        stub = self._stub(request, stub_id)
        stubs = self._served.session(request).stubs
        before = len(stubs)
        state = stubs.put(stub)
        if len(stubs) > before:
            return self._added(request, state)
        return Response(200, self._written(state))

    async def remove_answer(self, request: Request, _context: Context) -> Response:
        """Take an answer away. Raises RecordNotFound."""
        self._served.session(request).stubs.remove(request.path["id"])
        return Response(204, NOTHING)

    def _stub(self, request: Request, stub_id: str = "") -> Stub:
        """Read the stub of a request. Raises RequestInvalid."""
        value: dict[str, Any] = dict(request.body)
        if stub_id:
            value["id"] = stub_id
        return self._reader.read(value)

    def _added(self, request: Request, state: StubState) -> Response:
        url = f"{request.base_url}/sessions/{request.path['session']}/answers/{state.stub.id}"
        return Response(201, self._written(state), {"Location": url})

    def _written(self, state: StubState) -> dict[str, Any]:
        """Write an answer without the credentials that its conditions compare with."""
        written = write_stub_state(state)
        if "when" in written:
            written["when"] = shown_conditions(self._secrets, written["when"])
        return written
