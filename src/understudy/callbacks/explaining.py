"""What is sent, and when, among the explanations of a contract."""

from __future__ import annotations

from understudy.callbacks.finding import Declared
from understudy.contracts.contract import Contract
from understudy.explain import Explanation


def with_messages(contract: Contract, explanations: list[Explanation]) -> list[Explanation]:
    """Return explanations with what follows each operation, and one for each webhook at the end."""
    declared = Declared(contract)
    if declared.is_empty:
        return explanations
    told = []
    for facts in explanations:
        due = declared.following(contract.operation(facts["operation"]))
        sends = [
            f"{message.title}" + (f", to {message.expression}" if message.expression else "")
            for message, _ in due
        ]
        told.append({**facts, **({"then_sends": sends} if sends else {})})
    for webhook in declared.webhooks:
        followed = ", ".join(contract.operation(key).id for key in declared.followed(webhook))
        sent = f"after {followed}" if followed else "on demand"
        told.append(
            {"operation": f"webhook {webhook.name}", "is_sent": sent, "because": declared.why(webhook)}
        )
    return told
