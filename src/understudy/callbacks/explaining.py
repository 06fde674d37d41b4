"""What is sent, and when, among the explanations of a contract."""

from __future__ import annotations

from typing import Any

from understudy.callbacks.finding import Declared, Message
from understudy.contracts.contract import Contract
from understudy.explain import Explanation
from understudy.model.model import Model
from understudy.model.notation import write_key


def with_messages(contract: Contract, model: Model, told: Explanation) -> Explanation:
    """Return an explanation with what follows each operation, and when each webhook is sent."""
    declared = Declared(contract, model)
    if declared.is_empty:
        return told
    sends = {}
    for operation in contract.operations:
        pending = declared.following(operation)
        if pending:
            sends[write_key(operation.key)] = [_named(message) for message, _ in pending]
    webhooks = {webhook.name: _explained(webhook, declared, contract) for webhook in declared.webhooks}
    return {**told, "sends": sends, "webhooks": webhooks}


def _named(message: Message) -> str:
    return f"{message.title}, to {message.expression}" if message.expression else message.title


def _explained(webhook: Message, declared: Declared, contract: Contract) -> dict[str, Any]:
    followed = ", ".join(contract.operation(key).id for key in declared.followed(webhook))
    sent = f"after {followed}" if followed else "on demand"
    return {"is sent": sent, "because": declared.why(webhook)}
