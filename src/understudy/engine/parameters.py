"""Parameters: what a query says by the names that a model uses, `limit` or `page[size]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def is_inner(name: str) -> bool:
    """Tell whether a name is that of a member of an object, `page[size]`."""
    return name.endswith("]")


def stated(query: Mapping[str, Any], name: str) -> Any:
    """Return what a query says by a name; None where it says nothing."""
    if not name.endswith("]"):  # as is_inner says; asked for each filter of each list
        return query.get(name)
    outer, _, inner = name.removesuffix("]").partition("[")
    holder = query.get(outer)
    return holder.get(inner) if isinstance(holder, dict) else None


def listed(value: Any) -> list[Any]:
    """Return the values of a parameter that may be given several times."""
    return value if isinstance(value, list) else [value]
