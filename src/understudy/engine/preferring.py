"""Preferring: which writes declare that their caller may ask for what they wrote (RFC 7240 §4.2)."""

from __future__ import annotations

from typing import Final, Literal

from understudy.contracts.contract import Operation, Parameter
from understudy.model.model import Create, List, Model, Plan, Replace, Update

_WORD: Final = "return=representation"

Represents = Literal["", "item", "list"]


def represents(model: Model, operation: Operation, plan: Plan) -> Represents:
    """Tell how a write shows what it wrote where that is asked for: as the list at its path does; "" where
    its contract declares no such preference, or says itself what it shows.
    """
    answer = plan.answer
    if not isinstance(plan, (Create, Update, Replace)) or answer is None:
        return ""
    if answer.item is not None or answer.list is not None or not any(map(_offers, operation.parameters)):
        return ""
    beside = model.operations.get(f"get {operation.path}")
    if isinstance(beside, List) and beside.answer is not None and beside.answer.list == ():
        return "list"
    return "item"


def _offers(parameter: Parameter) -> bool:
    """Tell whether a parameter is the preference, and says that what was written may be asked for."""
    if parameter.location != "header" or parameter.name.lower() != "prefer":
        return False
    schema = parameter.schema.value if parameter.schema is not None else {}
    values = schema.get("enum") or () if isinstance(schema, dict) else ()
    return _WORD in (*values, *_words(str(parameter.node.value.get("description") or "")))


def _words(text: str) -> list[str]:
    return [word.strip("`'\".,;()") for word in text.split()]
