"""Filtering: which declared query parameters choose among a list's items, and what an item must meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from understudy.contracts.contract import Parameter
from understudy.inference.resources import COMMON_IDS, IDS
from understudy.names import fold, singular

_NO_FILTERS: Final = frozenset(
    {"fields", "expand", "include", "embed", "select", "format", "locale", "lang", "q", "query", "search", "pretty", "optfields",
     "optpretty", "with", "view"}
)  # fmt: skip
_BUNDLES: Final = frozenset({"filter", "filters", "where"})  # `filter[status]=open` as an object of filters
_STANDS_FOR: Final = (
    *COMMON_IDS,
    "value",
)  # members by which an object in a list is asked for: a tag by its name

_FROM: Final = ("since", "from", "after", "min", "start", "gte")
_UNTIL: Final = ("until", "to", "before", "max", "end", "lte")

Test = Callable[[Mapping[str, Any]], bool]


def filters_of(parameters: Iterable[Parameter], members: Iterable[str]) -> dict[str, str]:
    """Return which parameter filters by which member of an item: those of the same name, and `customer_id` for `customer`."""
    names = {fold(name): name for name in members}
    found = {}
    for parameter in parameters:
        member = None if fold(parameter.name) in _NO_FILTERS else _member(parameter, names)
        if member is not None:
            found[parameter.name] = member
    return found


def bounds_of(parameters: Iterable[Parameter], members: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return which parameter bounds which member of an item, and how: `since_date` is about `date`, `created_before` about `created_at`."""
    names = {fold(name): name for name in members if fold(name) not in IDS}  # after_id is a place in the list
    found = {}
    for parameter in parameters:
        for words, comparison in ((_FROM, "gte"), (_UNTIL, "lte")):
            member = next(
                (names[stem] for stem in _bounded(fold(parameter.name), words) if stem in names), None
            )
            if member is not None:
                found[parameter.name] = (member, comparison)
    return found


def _bounded(name: str, words: Iterable[str]) -> Iterator[str]:
    """Yield what a parameter's folded name may bound: what is left of it without the word that says so."""
    for word in words:
        stems = (
            [name.removeprefix(word)]
            if name.startswith(word)
            else [name.removesuffix(word)]
            if name.endswith(word)
            else []
        )
        yield from (stem + ending for stem in stems for ending in ("", "at", "on", "date") if stem)


def test_of(
    query: Mapping[str, Any],
    filters: Mapping[str, str | tuple[str, str]],
    bundles: Iterable[str],
    members: Iterable[str],
) -> Test | None:
    """Return what an item must meet to be listed, or None where nothing was asked for."""
    asked = [(told, query[name]) for name, told in filters.items() if query.get(name) is not None]
    wanted = [
        (told, value) if isinstance(told, str) else (told[0], {told[1]: value}) for told, value in asked
    ]
    names = {fold(name): name for name in members}
    for bundle in bundles:
        value = query.get(bundle)
        entries = value.items() if isinstance(value, dict) else ()
        wanted += [(names[fold(name)], one) for name, one in entries if fold(name) in names]
    if not wanted:
        return None
    return lambda fields: all(_meets(fields.get(member), value) for member, value in wanted)


def is_bundle(name: str) -> bool:
    """Tell whether a parameter holds filters by name, as `filter[status]=open` does."""
    return fold(name) in _BUNDLES


def _member(parameter: Parameter, names: Mapping[str, str]) -> str | None:
    """Find the member a parameter speaks of: by its name, without or with `id` at its end, and in the singular where it is a list."""
    folded = fold(parameter.name)
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
    if isinstance(value, dict):
        return any(_meets(member, wanted) for name, member in value.items() if fold(name) in _STANDS_FOR)
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
    if isinstance(value, str) and isinstance(wanted, str) and len(wanted) == len("2026-01-31"):
        value = value[: len(wanted)]  # a day against a moment
    try:
        return value is not None and comparison(value, wanted)
    except TypeError:  # a number against a text
        return False
