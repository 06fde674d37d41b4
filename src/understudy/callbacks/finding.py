"""What a contract declares to be sent: the callbacks of operations, and webhooks with what they follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from itertools import chain
from typing import Any, Final, NamedTuple, TypeVar

from msgspec import Struct

from understudy.callbacks.contents import Contents
from understudy.callbacks.triggers import Trigger, Triggers
from understudy.contracts.contract import Contract, Operation, operations_of
from understudy.contracts.extensions import EXTENSION, ON, listed_operations, said
from understudy.contracts.source import Finding, Node
from understudy.errors import ContractError
from understudy.model.model import Model

_T = TypeVar("_T")

WEBHOOKS: Final = ("webhooks", "x-webhooks")
"""The members of a document that hold webhooks: that of OpenAPI 3.1, and what 3.0 has instead."""


class Message(Struct, frozen=True):
    """A request that a contract says is sent.

    expression: gives its URL; empty for a webhook, which goes to whoever registered.
    """

    name: str
    operation: Operation
    expression: str = ""

    @property
    def title(self) -> str:
        """What the journal calls it: `callback paid`, `webhook order.created`."""
        return f"{'callback' if self.expression else 'webhook'} {self.name}"


class Pending(NamedTuple):
    """A message that is sent once an operation has succeeded, and why."""

    message: Message
    trigger: Trigger


class Declared:
    """What one contract declares to be sent, read when it is first asked for.

    findings: what could not be read, and so is never sent.
    """

    def __init__(self, contract: Contract, model: Model) -> None:
        """`model`: what the contract's operations do."""
        self._contract = contract
        self.contents = Contents(contract, model)
        self.findings: list[Finding] = []
        root = contract.document.root
        self._has_webhooks = any(isinstance(root.get(name), dict) and root.get(name) for name in WEBHOOKS)
        has_callbacks = any(operation.node.get("callbacks") for operation in contract.operations)
        self.is_empty = not self._has_webhooks and not has_callbacks
        self._triggers = Triggers(self.contents)
        self._following: dict[str, tuple[Pending, ...]] = {}

    def following(self, operation: Operation) -> tuple[Pending, ...]:
        """Return what may be sent once an operation has succeeded."""
        found = self._following.get(operation.key)
        if found is None:
            found = self._following[operation.key] = (*self._callbacks(operation), *self._follows(operation))
        return found

    def followed(self, webhook: Message) -> dict[str, Trigger]:
        """Return the operations a webhook follows, by key, and why; none where it is only sent on demand."""
        return self._followed.get(webhook.operation, {})

    def why(self, webhook: Message) -> str:
        """Say how it is known what a webhook follows."""
        reasons = dict.fromkeys(trigger.reason for trigger in self.followed(webhook).values())
        if reasons:
            return "; ".join(reasons)
        nothing = "nothing tells which operation it follows"
        if _stated(webhook) is not None:
            nothing = f"{EXTENSION} names no operation"
        return f"{nothing}, so it is only sent on demand"

    @cached_property
    def _followed(self) -> dict[Operation, dict[str, Trigger]]:
        found: dict[Operation, dict[str, Trigger]] = {}
        if not self._has_webhooks:
            return found
        for operation in self._contract.operations:
            for message, trigger in self.following(operation):
                if not message.expression:
                    found.setdefault(message.operation, {})[operation.key] = trigger
        return found

    @cached_property
    def webhooks(self) -> tuple[Message, ...]:
        """The webhooks of the document."""
        root = self._contract.document.root
        if not self._has_webhooks:
            return ()
        return tuple(chain.from_iterable(self._listed(root, member) for member in WEBHOOKS))

    @cached_property
    def _stated(self) -> tuple[tuple[Message, Any], ...]:
        """The webhooks, each with what the contract says of the operations it follows."""
        return tuple((webhook, _stated(webhook)) for webhook in self.webhooks)

    def _listed(self, root: Node, member: str) -> Iterator[Message]:
        for name, item in self._members(self._read(root, partial(root.find, member))):
            for operation in self._operations(name, item):
                yield Message(name, operation)

    def _callbacks(self, operation: Operation) -> Iterator[Pending]:
        named = self._read(operation.node, partial(operation.node.find, "callbacks"))
        for name, callback in self._members(named):
            for expression, item in self._members(callback):
                for message in self._operations(expression, item):
                    place = self.contents.place(message, operation)
                    trigger = Trigger("the operation declares it", place)
                    yield Pending(Message(name, message, expression), trigger)

    def _follows(self, operation: Operation) -> Iterator[Pending]:
        silent = []
        for webhook, stated in self._stated:
            if stated is None:
                silent.append(webhook)
            elif operation in listed_operations(self._contract, stated):
                place = self.contents.place(webhook.operation, operation)
                yield Pending(webhook, Trigger(f"{EXTENSION} names it", place))
        inferred = self._triggers.of(operation, ((one.name, one.operation) for one in silent))
        for webhook in silent if inferred else ():
            if webhook.operation in inferred:
                yield Pending(webhook, inferred[webhook.operation])

    def _operations(self, name: str, item: Node) -> tuple[Operation, ...]:
        return self._read(item, partial(operations_of, name, item)) or ()

    def _members(self, holder: Node | None) -> Iterator[tuple[str, Node]]:
        """Walk the members of a mapping that are no extensions, each followed."""
        if holder is None or not isinstance(holder.value, dict):
            return
        for name in holder.value:
            if name.startswith("x-"):
                continue
            member = self._read(holder, partial(holder.child, name))
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
    words = {**said(webhook.operation.item.value), **said(webhook.operation.node.value)}
    return words.get(ON)
