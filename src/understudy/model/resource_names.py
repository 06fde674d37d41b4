"""Names of resources (Google AIP-122): parameters of a path that are several segments, as their patterns say
(`shelves/[^/]+`), which clients write with plain slashes, and members of items that say such a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from understudy.contracts.contract import Operation
from understudy.contracts.source import Node
from understudy.model.bodies import Bodies, present
from understudy.model.items import Item
from understudy.model.model import Take
from understudy.model.paths import plain
from understudy.model.resources import Resource
from understudy.model.vocabulary import IDS, RESOURCE_NAMES
from understudy.names import fold, singular
from understudy.schemas.subschemas import resolved

Span = tuple[str, ...]
"""The segments of a name: its literal ones, and `{}` for each that may be any."""

ANY: Final = "{}"
_ANY_SEGMENT: Final = re.compile(r"\[\^/\][+*]")
_LITERAL: Final = re.compile(r"[\w.~-]+")
_VERSION: Final = re.compile(r"v\d+\w*")
_ONE: Final[Span] = (ANY,)


def spans_of(operation: Operation) -> Mapping[str, Span]:
    """Return the names of several segments in an operation's path, by their parameters."""
    found = {}
    for parameter in operation.parameters:
        if parameter.location != "path" or parameter.schema is None:
            continue
        span = span_of(parameter.schema)
        if len(span) > 1:
            found[parameter.name] = span
    return found


def span_of(schema: Node) -> Span:
    """Return the segments of what a schema takes: one, where its pattern says nothing of slashes."""
    pattern = resolved(schema).get("pattern")
    if not isinstance(pattern, str) or "/" not in pattern:
        return _ONE
    text = _ANY_SEGMENT.sub(ANY, pattern.removeprefix("^").removesuffix("$"))
    segments = tuple(text.split("/"))
    is_told = all(one == ANY or _LITERAL.fullmatch(one) for one in segments)
    return segments if is_told and ANY in segments else _ONE


def written_out(path: str, spans: Mapping[str, Span]) -> str:
    """Return a path with its names as segments: `/v1/{name}` is `/v1/shelves/{name}`."""
    for name, span in spans.items():
        path = path.replace(f"{{{name}}}", "/".join(span).replace(ANY, f"{{{name}}}"))
    return path


def template_of(resource: Resource, item: Item) -> str:
    """Return the template of the names that items say in the place of an id, `shelves/{shelf}/books/{book}`:
    their path from its first collection on. "" where they say none.

    Such a member is known by what is written of it, a form with a slash behind the collection, or by a create
    that takes the last part of it in its query (AIP-133).
    """
    is_one = resource.is_reached and not resource.single and resource.width == 1
    if not is_one or fold(item.id_member) not in RESOURCE_NAMES:
        return ""
    segments = plain(resource.path).strip("/").split("/")
    first = next((place for place, one in enumerate(segments) if "{" in one), 0)
    is_by_pairs = first > 0 and len(segments) > first and all("{" in one for one in segments[first::2])
    if not is_by_pairs or "{" in segments[-2] or _VERSION.fullmatch(segments[first - 1]):
        return ""
    form = re.compile(rf"\b{re.escape(segments[-2])}/[{{*<\[(:]")
    is_told = any(form.search(text) for text in _written_of(item))
    if is_told or chosen_in_query(resource.operations.get("create"), resource) is not None:
        return "/".join(segments[first - 1 :])
    return ""


def chosen_in_query(operation: Operation | None, resource: Resource) -> str | None:
    """Return the parameter in which the caller of a create chooses the id, `bookId` of books (AIP-133)."""
    if operation is None or operation.method != "post" or operation.body is None:
        return None
    noun = singular(fold(resource.noun))
    for parameter in operation.parameters:
        folded = fold(parameter.name)
        if parameter.location == "query" and any(folded == f"{noun}{ending}" for ending in IDS):
            return parameter.name
    return None


def chosen_beside(body: Node, take: Take, resource: Resource, bodies: Bodies) -> str:
    """Return the member beside the item in a body in which the caller of a create chooses its id, as `bookId`
    beside `book` (AIP-133); "" where there is none.
    """
    if not take.places[0]:
        return ""
    noun = singular(fold(resource.noun))
    for name, parts in present(bodies.requests.of((body,))):
        is_scalar = bodies.requests.of(parts).kind in ("string", "integer")
        if is_scalar and any(fold(name) == f"{noun}{ending}" for ending in IDS):
            return name
    return ""


def _written_of(item: Item) -> Iterator[str]:
    """Yield what is written of the member that may be a name: its description and its pattern."""
    for part in item.id_parts:
        for word in ("description", "pattern", "title"):
            text = resolved(part).get(word)
            if isinstance(text, str):
                yield text
