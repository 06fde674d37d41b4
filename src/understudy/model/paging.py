"""Paging: which of a list's parameters say which page of it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from understudy.contracts.contract import Parameter
from understudy.model.model import Page
from understudy.model.vocabulary import BACKWARDS, CURSORS, LIMITS, OFFSETS, PAGES
from understudy.names import fold
from understudy.schemas.shapes import Shapes

USUAL: Final = 20
"""Items on a page where nothing says how many."""

_ROLES: Final = (
    ("limit", LIMITS),
    ("page", PAGES),
    ("offset", OFFSETS),
    ("cursor", CURSORS),
    ("back", BACKWARDS),
)
_PAGED_BY: Final = frozenset({"page", "offset", "cursor"})


def paging_of(parameters: Sequence[Parameter], shapes: Shapes) -> Page:
    """Return which parameters page, by what they say."""
    roles: dict[str, list[str]] = {}
    for parameter in parameters:
        for name, role in _roles_of(parameter, shapes):
            roles.setdefault(role, []).append(name)
    first = 1
    for parameter in parameters:
        if page_role(parameter) == "page":
            first = _first_page(parameter)
            break
    default = 0 if _PAGED_BY.isdisjoint(roles) else USUAL
    named = {role: tuple(names) for role, names in roles.items()}
    return Page(first=first, default=default, **named)  # type: ignore[arg-type]


def _roles_of(parameter: Parameter, shapes: Shapes) -> Iterator[tuple[str, str]]:
    """Yield the names that page, and their roles: the parameter's, or those of its members (`page[size]`)."""
    role = page_role(parameter)
    if not role:
        return
    inner = list(_inner_roles(parameter, shapes))
    if inner:
        yield from inner
    else:
        yield parameter.name, role


def _inner_roles(parameter: Parameter, shapes: Shapes) -> Iterator[tuple[str, str]]:
    declared: Mapping[str, object] = shapes.of((parameter.schema,)).declared if parameter.schema else {}
    for member in declared:
        role = _role_named(fold(parameter.name + member)) or _role_named(fold(member))
        if role:
            yield f"{parameter.name}[{member}]", role


def page_role(parameter: Parameter) -> str:
    """Return what a parameter says of the page, "" where it says nothing: `after` a day, and a choice of
    words, are no places.
    """
    role = _role_named(fold(parameter.name))
    schema = parameter.schema
    if not role or schema is None:
        return role
    if str(schema.get("format")).startswith("date") or schema.get("type") == "boolean":
        return ""
    is_choice = schema.get("type") == "string" and schema.has("enum")
    if is_choice:
        return ""
    return role


def _role_named(folded: str) -> str:
    for role, words in _ROLES:
        if folded in words:
            return role
    return ""


def _first_page(parameter: Parameter) -> int:
    """Return the number of the first page: 0 where the contract says that pages start there."""
    schema = parameter.schema
    if schema is None or schema.get("default") == 1:
        return 1
    if 0 in (schema.get("minimum"), schema.get("default")):
        return 0
    return 1
