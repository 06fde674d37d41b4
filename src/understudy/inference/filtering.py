"""Filtering: which declared query parameters choose among a list's items, and what an item must meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from understudy.contracts.contract import Parameter
from understudy.inference.resources import IDS, normalise, singular

_NO_FILTERS: Final = frozenset(
    {"fields", "expand", "include", "embed", "select", "format", "locale", "lang", "q", "query", "search", "pretty", "optfields",
     "optpretty", "with", "view"}
)  # fmt: skip
_BUNDLES: Final = frozenset({"filter", "filters", "where"})  # `filter[status]=open` as an object of filters
_IDS: Final = (*IDS, "key", "code")

Test = Callable[[Mapping[str, Any]], bool]


def filters_of(parameters: Iterable[Parameter], members: Iterable[str]) -> dict[str, str]:
    """Return which parameter filters by which member of an item: those of the same name, and `customer_id` for `customer`."""
    names = {normalise(name): name for name in members}
    found = {}
    for parameter in parameters:
        member = None if normalise(parameter.name) in _NO_FILTERS else _member(parameter, names)
        if member is not None:
            found[parameter.name] = member
    return found


def test_of(query: Mapping[str, Any], filters: Mapping[str, str], bundles: Iterable[str], members: Iterable[str]) -> Test | None:
    """Return what an item must meet to be listed, or None where nothing was asked for."""
    wanted = [(member, query[name]) for name, member in filters.items() if query.get(name) is not None]
    names = {normalise(name): name for name in members}
    for bundle in bundles:
        value = query.get(bundle)
        entries = value.items() if isinstance(value, dict) else ()
        wanted += [(names[normalise(name)], one) for name, one in entries if normalise(name) in names]
    if not wanted:
        return None
    return lambda fields: all(_meets(fields.get(member), value) for member, value in wanted)


def is_bundle(name: str) -> bool:
    """Tell whether a parameter holds filters by name, as `filter[status]=open` does."""
    return normalise(name) in _BUNDLES


def _member(parameter: Parameter, names: Mapping[str, str]) -> str | None:
    """Find the member a parameter speaks of: by its name, without or with `id` at its end, and in the singular where it is a list."""
    folded = normalise(parameter.name)
    spellings = [folded, folded.removesuffix("id"), f"{folded}id"]
    if parameter.schema is not None and parameter.schema.get("type") == "array":
        spellings += [singular(folded), singular(folded).removesuffix("id")]
    return next((names[spelling] for spelling in spellings if spelling and spelling in names), None)


def _meets(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, list):
        return not wanted or any(_meets(value, one) for one in wanted)
    if isinstance(wanted, dict):
        return all(_compares(value, name, one) for name, one in wanted.items())
    if isinstance(value, list):
        return any(_meets(one, wanted) for one in value)
    if isinstance(value, dict):  # an object stands for what has its id
        return any(_meets(member, wanted) for name, member in value.items() if normalise(name) in _IDS)
    return bool(value == wanted or (value is not None and str(value).lower() == str(wanted).lower()))


_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "eq": _meets,
    "ne": lambda one, other: not _meets(one, other),
    "gt": lambda one, other: bool(one > other),
    "gte": lambda one, other: bool(one >= other),
    "lt": lambda one, other: bool(one < other),
    "lte": lambda one, other: bool(one <= other),
    "in": _meets,
}


def _compares(value: Any, name: str, wanted: Any) -> bool:
    comparison = _COMPARISONS.get(name.lower())
    if comparison is None:
        return _meets(value.get(name), wanted) if isinstance(value, dict) else True
    try:
        return value is not None and comparison(value, wanted)
    except TypeError:  # a number against a text
        return False
