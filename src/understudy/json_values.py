"""JSON values: what a pointer leads to in one, and when two are the same."""

from __future__ import annotations

import re
from typing import Any

from understudy.messages import NOTHING
from understudy.pointers import tokens

_INDEX = re.compile("0|[1-9][0-9]{0,8}")


def at(value: Any, pointer: str) -> Any:
    """Return what stands at a JSON pointer (RFC 6901), NOTHING where there is nothing."""
    for token in tokens(pointer):
        if isinstance(value, dict):
            value = value.get(token, NOTHING)
        elif isinstance(value, list) and _INDEX.fullmatch(token) and int(token) < len(value):
            value = value[int(token)]
        else:
            return NOTHING
    return value


def equal(one: Any, other: Any) -> bool:
    """Tell whether two JSON values are the same: 1 and 1.0 are, 1 and true are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(map(equal, one.values(), map(other.get, one)))
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)
