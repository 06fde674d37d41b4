"""Filters: which of a list's parameters choose among its items, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from understudy.contracts.contract import Parameter
from understudy.model.model import Filter
from understudy.model.vocabulary import BUNDLES, FROM, IDS, MOMENTS, SEARCHES, SHAPES_ANSWERS, UNTIL, Words
from understudy.names import by_folded, fold, singular
from understudy.schemas.shapes import Shapes

_BOUNDS: Final = (("from", FROM), ("until", UNTIL))


def filters_of(
    parameters: Sequence[Parameter], members: Iterable[str], shapes: Shapes
) -> Mapping[str, Filter]:
    """Return which parameters choose by which member of an item. parameters: those that neither page nor
    sort.
    """
    names = by_folded(members)
    found: dict[str, Filter] = {}
    for parameter in parameters:
        if _is_bundle(parameter):
            found.update(_bundled(parameter, names, shapes))
            continue
        told = _equal(parameter, names) or _bound(parameter, names)
        if told is not None:
            found[parameter.name] = told
    return found


def _equal(parameter: Parameter, names: Mapping[str, str]) -> Filter | None:
    """Read a parameter of a member's name, or of its name with or without `id`; in the singular where it is a
    list.
    """
    folded = fold(parameter.name)
    if folded in SHAPES_ANSWERS or folded in SEARCHES:
        return None
    for spelling in _spellings(folded, is_list=_type_of(parameter) == "array"):
        if spelling in names:
            return _filter(parameter, names[spelling], "equals")
    return None


def _spellings(folded: str, *, is_list: bool) -> Iterator[str]:
    yield folded
    yield folded.removesuffix("id")
    yield f"{folded}id"
    if is_list:
        yield singular(folded)
        yield singular(folded).removesuffix("id")


def _bound(parameter: Parameter, names: Mapping[str, str]) -> Filter | None:
    """Read a parameter that bounds a member: `since_date` is about `date`, `created_before` about
    `created_at`.
    """
    found = None
    for test, words in _BOUNDS:
        for stem in _stems(fold(parameter.name), words):
            if stem in names and stem not in IDS:  # after_id is a place in the list
                found = _filter(parameter, names[stem], test)
                break
    return found


def _stems(folded: str, words: Words) -> Iterator[str]:
    """Yield what a parameter may bound: what is left of its name without the word that says so."""
    for word in words:
        stem = _without(folded, word)
        if stem:
            yield stem
            for ending in MOMENTS:
                yield stem + ending


def _without(folded: str, word: str) -> str:
    if folded.startswith(word):
        return folded.removeprefix(word)
    if not folded.endswith(word):
        return ""
    return folded.removesuffix(word)


def _filter(parameter: Parameter, member: str, test: str) -> Filter:
    return Filter(members=((member,),), test=test, default=default_of(parameter))


def default_of(parameter: Parameter) -> tuple[Any, ...]:
    """Return the value that a parameter has when nobody sends it: nobody chose that, and it often means
    everything.
    """
    schema = parameter.schema
    if schema is not None and schema.has("default"):
        return (schema.get("default"),)
    return ()


def bundles_of(parameters: Sequence[Parameter], shapes: Shapes) -> tuple[str, ...]:
    """Name the parameters that are objects of any filters, as `filter[status]=open` writes one."""
    return tuple(one.name for one in parameters if _is_bundle(one) and not _inner_names(one, shapes))


def _is_bundle(parameter: Parameter) -> bool:
    return fold(parameter.name) in BUNDLES


def _inner_names(parameter: Parameter, shapes: Shapes) -> list[str]:
    """Name the filters that an object of filters declares."""
    if parameter.schema is not None:
        return list(shapes.of((parameter.schema,)).declared)
    return []


def _bundled(parameter: Parameter, names: Mapping[str, str], shapes: Shapes) -> Iterator[tuple[str, Filter]]:
    """Yield the filters that an object of filters declares, `filter[status]`."""
    for inner in _inner_names(parameter, shapes):
        member = names.get(fold(inner))
        if member is not None:
            yield f"{parameter.name}[{inner}]", Filter(members=((member,),))


def ignored_of(parameters: Sequence[Parameter]) -> Mapping[str, str]:
    """Say why parameters do nothing. parameters: those that neither page, sort nor choose."""
    return {parameter.name: _why_ignored(parameter) for parameter in parameters}


def _why_ignored(parameter: Parameter) -> str:
    folded = fold(parameter.name)
    if folded in SHAPES_ANSWERS:
        return "shapes the answer"
    if folded in SEARCHES:
        return "searches"
    if _type_of(parameter) == "boolean":
        return "a flag of no member"
    if folded.endswith(IDS.ranked):
        return "an id of no member"
    bounds = any(stem for _, words in _BOUNDS for stem in _stems(folded, words))
    if bounds:
        return "bounds no member"
    return "names no member"


def _type_of(parameter: Parameter) -> Any:
    if parameter.schema is None:
        return None
    return parameter.schema.get("type")
