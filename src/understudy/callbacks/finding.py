"""What a contract declares to be sent: the callbacks of its operations, and its webhooks with the operations they follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final, TypeVar

from understudy.callbacks.inferring import Occasion, Occasions
from understudy.contracts.contract import Contract, Operation, operations_of
from understudy.contracts.extensions import ON, listed_operations
from understudy.contracts.source import Finding, Node
from understudy.errors import ContractError
from understudy.inference.roles import Inference

_T = TypeVar("_T")

WEBHOOKS: Final = ("webhooks", "x-webhooks")
"""The members of a document that hold webhooks: that of OpenAPI 3.1, and the one that documents of 3.0 have in its place."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request that a contract says is sent. expression: gives its URL; empty for a webhook, which goes to whoever registered."""

    name: str
    operation: Operation
    expression: str = ""

    @property
    def title(self) -> str:
        """What the journal calls it: `callback paid`, `webhook order.created`."""
        return f"{'callback' if self.expression else 'webhook'} {self.name}"


Due = tuple[Message, Occasion]
"""A message, and what it has to do with the operation it follows."""


class Declared:
    """What one contract declares to be sent, read when it is first asked for. findings: what could not be read, and so is never sent."""

    def __init__(self, contract: Contract, inference: Inference | None = None) -> None:
        """`inference`: what the contract's operations do, where somebody has found that out already."""
        self._contract = contract
        self.findings: list[Finding] = []
        root = contract.document.root
        self._has_webhooks = any(isinstance(root.get(name), dict) and root.get(name) for name in WEBHOOKS)
        self.is_empty = not self._has_webhooks and not any(
            operation.node.get("callbacks") for operation in contract.operations
        )
        self.occasions = Occasions(contract, inference)
        self._following: dict[str, tuple[Due, ...]] = {}

    def following(self, operation: Operation) -> tuple[Due, ...]:
        """Return what may be sent once an operation has succeeded."""
        found = self._following.get(operation.key)
        if found is None:
            found = self._following[operation.key] = (*self._callbacks(operation), *self._follows(operation))
        return found

    def followed(self, webhook: Message) -> dict[str, Occasion]:
        """Return the operations a webhook follows, by key, and why; none where it is only sent on demand."""
        return self._followed.get(webhook.operation, {})

    def why(self, webhook: Message) -> str:
        """Say how it is known what a webhook follows."""
        stated = _stated(webhook)
        reasons = dict.fromkeys(occasion.reason for occasion in self.followed(webhook).values())
        nothing = (
            f"{ON} names no operation" if stated is not None else "nothing tells which operation it follows"
        )
        return "; ".join(reasons) or f"{nothing}, so it is only sent on demand"

    @cached_property
    def _followed(self) -> dict[Operation, dict[str, Occasion]]:
        found: dict[Operation, dict[str, Occasion]] = {}
        for operation in self._contract.operations if self._has_webhooks else ():
            for message, occasion in self.following(operation):
                if not message.expression:
                    found.setdefault(message.operation, {})[operation.key] = occasion
        return found

    @cached_property
    def webhooks(self) -> tuple[Message, ...]:
        """The webhooks of the document."""
        root = self._contract.document.root
        if not self._has_webhooks:
            return ()
        return tuple(message for member in WEBHOOKS for message in self._listed(root, member))

    def _listed(self, root: Node, member: str) -> Iterator[Message]:
        for name, item in self._members(self._read(root, partial(root.find, member))):
            for operation in self._operations(name, item):
                yield Message(name, operation)

    def _callbacks(self, operation: Operation) -> Iterator[Due]:
        named = self._read(operation.node, partial(operation.node.find, "callbacks"))
        for name, callback in self._members(named):
            for expression, item in self._members(callback):
                for message in self._operations(expression, item):
                    steps = self.occasions.place(message, operation)
                    yield Message(name, message, expression), Occasion("the operation declares it", steps)

    def _follows(self, operation: Operation) -> Iterator[Due]:
        silent = []
        for webhook in self.webhooks:
            stated = _stated(webhook)
            if stated is None:
                silent.append(webhook)
            elif operation in listed_operations(self._contract, stated):
                yield webhook, Occasion(f"{ON} names it", self.occasions.place(webhook.operation, operation))
        inferred = (
            self.occasions.following(operation, [(one.name, one.operation) for one in silent])
            if silent
            else {}
        )
        yield from (
            (webhook, inferred[webhook.operation]) for webhook in silent if webhook.operation in inferred
        )

    def _operations(self, name: str, item: Node) -> tuple[Operation, ...]:
        return self._read(item, partial(operations_of, name, item)) or ()

    def _members(self, holder: Node | None) -> Iterator[tuple[str, Node]]:
        """Walk the members of a mapping that are no extensions, each followed."""
        for name in holder.value if holder is not None and isinstance(holder.value, dict) else ():
            member = (
                None
                if holder is None or name.startswith("x-")
                else self._read(holder, partial(holder.child, name))
            )
            if member is not None:
                yield name, member

    def _read(self, owner: Node, read: Callable[[], _T]) -> _T | None:
        """Return what is read; None where it cannot be, which is a finding."""
        try:
            return read()
        except ContractError as error:
            self.findings.append(Finding(error.file, error.pointer, error.reason, error.line))
        except KeyError as error:
            self.findings.append(
                owner.document.finding(f"a reference leads nowhere: {error}", owner.file, owner.pointer)
            )
        return None


def _stated(webhook: Message) -> Any:
    """Return what a contract says of the operations a webhook follows; None where it says nothing."""
    return webhook.operation.node.get(ON, webhook.operation.item.get(ON))
