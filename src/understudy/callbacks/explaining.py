"""What is sent, and when, among the explanations of a contract."""

from __future__ import annotations

from understudy.callbacks.finding import Declared
from understudy.contracts.contract import Contract
from understudy.explain import Explanation
from understudy.model.notation import write_key


def with_messages(contract: Contract, told: Explanation) -> Explanation:
    """Return an explanation with what follows each operation, and when each webhook is sent."""
    declared = Declared(contract)
    if declared.is_empty:
        return told
    sends = {}
    for operation in contract.operations:
        messages = []
        for message, _ in declared.following(operation):
            target = f", to {message.expression}" if message.expression else ""
            messages.append(f"{message.title}{target}")
        if messages:
            sends[write_key(operation.key)] = messages
    webhooks = {}
    for webhook in declared.webhooks:
        followed = ", ".join(contract.operation(key).id for key in declared.followed(webhook))
        sent = f"after {followed}" if followed else "on demand"
        webhooks[webhook.name] = {"is sent": sent, "because": declared.why(webhook)}
    return {**told, "sends": sends, "webhooks": webhooks}
