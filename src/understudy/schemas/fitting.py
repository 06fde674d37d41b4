"""Fitting: values are put into a body only where the contract still takes the whole of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from understudy.messages import NOTHING


def set_if_valid(
    holder: dict[str, Any], name: str, candidates: Iterable[Any], is_valid: Callable[[], bool]
) -> bool:
    """Give a member the first of the candidates that is valid, or leave it as it was; tell whether one was.

    candidates: NOTHING among them leaves the member out. is_valid: judges the body that the holder stands in.
    """
    before = holder.get(name, NOTHING)
    for candidate in candidates:
        _set(holder, name, candidate)
        if is_valid():
            return True
    _set(holder, name, before)
    return False


def _set(holder: dict[str, Any], name: str, value: Any) -> None:
    if value is NOTHING:
        holder.pop(name, None)
    else:
        holder[name] = value
