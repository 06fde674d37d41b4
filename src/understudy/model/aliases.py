"""Aliases: other paths of one item: words that stand for an id, and parts of it at a path of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec.structs import replace

from understudy.contracts.contract import Parameter
from understudy.model.bodies import Bodies
from understudy.model.evidence import Evidence
from understudy.model.model import Source
from understudy.model.outline import Methods, Outline
from understudy.model.resources import Role, Verb
from understudy.model.vocabulary import STANDS_FOR_ONE
from understudy.names import fold

_IN_QUOTES: Final = re.compile(r"[`'\"“]([A-Za-z]+)[`'\"”]")
_VERBS: Final[Mapping[str, Verb]] = {
    "get": "read",
    "put": "update",
    "patch": "update",
    "post": "update",
    "delete": "delete",
}


def roles_of(path: str, methods: Methods, outline: Outline, evidence: Evidence) -> dict[str, Role]:
    """Return, by operation key, what is done at a path that leads to one item by a word, `/builds/latest`, or
    to a part of one that shows the whole, `/boats/{name}/status`; nothing at any other path.
    """
    meant = _by_word(path, outline) or _by_part(path, outline, evidence)
    first = methods.get("get") or next(iter(methods.values()))
    if meant is None or not evidence.answers_item(first, meant.resource):
        return {}
    found = {}
    for method, operation in methods.items():
        is_of_it = method == "delete" or evidence.answers_item(operation, meant.resource)
        if method in _VERBS and is_of_it and not (meant.part and method in ("post", "delete")):
            found[operation.key] = replace(meant, verb=_VERBS[method])
    return found


def _by_word(path: str, outline: Outline) -> Role | None:
    """Return what is done at a path that means one item of a list by a word."""
    above, _, word = path.rstrip("/").rpartition("/")
    resource = outline.list_at(above)
    if fold(word) not in STANDS_FOR_ONE or resource is None:
        return None
    reason = f"{word} stands for one of its items"
    return Role(verb="read", resource=resource, reason=reason, key=Source(at="word", name=word))


def _by_part(path: str, outline: Outline, evidence: Evidence) -> Role | None:
    """Return what is done at a path right below an item that is called as one of its members is."""
    above = outline.item_above(path)
    if above is None or above[0].single or len(above[1]) != 1:
        return None
    resource, (part,) = above
    if not evidence.has_object(resource, part):
        return None
    reason = f"it shows the item it lies below, and writes its {part}"
    return Role(verb="read", resource=resource, reason=reason, part=part)


def aliases_in(parameter: Parameter | None, bodies: Bodies) -> tuple[str, ...]:
    """Return the words that a path's parameter takes in place of an id: those that its description puts in
    quotes, or that its schema names beside others.
    """
    if parameter is None:
        return ()
    found = []
    for word in (*_quoted(parameter), *_named(parameter, bodies)):
        if isinstance(word, str) and fold(word) in STANDS_FOR_ONE and word not in found:
            found.append(word)
    return tuple(found)


def _named(parameter: Parameter, bodies: Bodies) -> Iterator[Any]:
    """Yield the values that a parameter's schema names beside others."""
    if parameter.schema is None:
        return
    for choice in bodies.requests.of((parameter.schema,)).choices:
        for branch in choice.branches:
            yield from bodies.requests.of(branch).constants or ()


def _quoted(parameter: Parameter) -> Iterator[str]:
    for node in (parameter.node, parameter.schema):
        if node is not None and isinstance(node.value, dict):
            yield from _IN_QUOTES.findall(str(node.value.get("description", "")))
