"""Parameters: what a query says by the names that a model uses, `limit` or `page[size]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def is_inner(name: str) -> bool:
    """Tell whether a name is that of a member of an object, `page[size]`."""
    return name.endswith("]")


def outer(name: str) -> str:
    """Return the name of the parameter under which a name stands: `page` of `page[size]`."""
    if not is_inner(name):
        return name
    return name.partition("[")[0]


def inner(name: str) -> str:
    """Return the name of a member: `size` of `page[size]`."""
    return name.removesuffix("]").partition("[")[2]


def stated_by(query: Mapping[str, Any], name: str) -> Any:
    """Return what a query says by a name; None where it says nothing. A parameter may be called
    `pagination[page]`, or be a member of an object of that name.
    """
    value = query.get(name)
    if value is not None or not name.endswith("]"):  # as is_inner says; asked for each filter of each list
        return value
    holder_name, _, inner = name.removesuffix("]").partition("[")
    holder = query.get(holder_name)
    return holder.get(inner) if isinstance(holder, dict) else None


def listed(value: Any) -> list[Any]:
    """Return the values of a parameter that may be given several times."""
    return value if isinstance(value, list) else [value]
