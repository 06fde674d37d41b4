"""Fault rules of a session: listed, added, replaced and taken away."""

from __future__ import annotations

from typing import Any

from understudy.admin.conditions_shown import shown_conditions
from understudy.admin.served import Served, listed
from understudy.errors import Failure, RequestInvalid, show
from understudy.faults.rule_json import check_operation, read_rule, write_rule_state
from understudy.faults.rules import Rule, RuleState
from understudy.handler import Context
from understudy.messages import NOTHING, Request, Response


class FaultAdmin:
    """The operations about faults."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._secrets = served.secrets
        self._operations: dict[str, dict[str, str]] = {}
        for sandbox in served.sandboxes:
            paths = self._operations[sandbox.contract.name] = {}
            for operation in sandbox.contract.operations:
                paths[operation.key] = paths[operation.id] = operation.path

    async def list_faults(self, request: Request, _context: Context) -> Response:
        """List the rules in the order they are asked."""
        return listed(self._written, self._served.session(request).faults)

    async def add_fault(self, request: Request, _context: Context) -> Response:
        """Add a rule. Raises RequestInvalid; RecordExists where its id is taken."""
        return self._added(request, self._served.session(request).faults.add(self._rule(request)))

    async def clear_faults(self, request: Request, _context: Context) -> Response:
        """Take all rules away."""
        self._served.session(request).faults.clear()
        return Response(204, NOTHING)

    async def get_fault(self, request: Request, _context: Context) -> Response:
        """Read a rule and what came of it. Raises RecordNotFound."""
        return Response(200, self._written(self._served.session(request).faults.get(request.path["id"])))

    async def put_fault(self, request: Request, _context: Context) -> Response:
        """Replace a rule where it stands, or add it. Raises RequestInvalid."""
        rule_id: str = request.path["id"]
        stated = request.body.get("id", rule_id)
        if stated != rule_id:
            raise RequestInvalid(
                [Failure("body", "/id", "const", f"{rule_id!r}, as the path has it, or absent", show(stated))]
            )
        rule = self._rule(request, rule_id)
        faults = self._served.session(request).faults
        before = len(faults)
        state = faults.put(rule)
        if len(faults) > before:
            return self._added(request, state)
        return Response(200, self._written(state))

    async def remove_fault(self, request: Request, _context: Context) -> Response:
        """Take a rule away. Raises RecordNotFound."""
        self._served.session(request).faults.remove(request.path["id"])
        return Response(204, NOTHING)

    def _rule(self, request: Request, rule_id: str = "") -> Rule:
        """Read the rule of a request; one about what is not served here could never strike.

        Raises RequestInvalid.
        """
        value: dict[str, Any] = dict(request.body)
        if rule_id:
            value["id"] = rule_id
        rule = read_rule(value)
        check_operation(rule, self._operations)
        return rule

    def _added(self, request: Request, state: RuleState) -> Response:
        url = f"{request.base_url}/sessions/{request.path['session']}/faults/{state.rule.id}"
        return Response(201, self._written(state), {"Location": url})

    def _written(self, state: RuleState) -> dict[str, Any]:
        """Write a rule without the credentials it compares with."""
        written = write_rule_state(state)
        if "match" in written:
            written["match"] = shown_conditions(self._secrets, written["match"])
        return written
