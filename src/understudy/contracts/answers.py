"""Which of an operation's documented answers is its success, and which media type shows what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from understudy.contracts.contract import Answer, MediaType, Operation
from understudy.contracts.source import Node

JSON_PATCH: Final = "application/json-patch+json"
"""A list of changes (RFC 6902), no item."""
MERGE_PATCH: Final = "application/merge-patch+json"
"""Members that change, and null for those that go (RFC 7396)."""

STRATEGIC_PATCH: Final = "application/strategic-merge-patch+json"
"""A merge patch by which lists of named objects are merged too (Kubernetes, Strategic Merge Patch)."""

_SAYS_NOTHING: Final = frozenset({"type", "description", "title", "example", "default"})
"""What a schema may say that names no member of an object."""

_JSON: Final = re.compile(r"[^;]+/(?:[^;]+\+)?json\s*(;.*)?", re.IGNORECASE)
"""`application/json`, `text/json`, `application/hal+json` (RFC 6839 §3.1)."""

_FOR_SOME: Final = frozenset({"400", "401", "403", "404", "422", "429"})
"""Refusals of one request among others, by what it says or who sends it (RFC 9110 §15.5, RFC 6585 §4)."""
_FOR_ALL: Final = frozenset({"405", "501"})
"""What an operation that nobody serves answers (RFC 9110 §15.5.6, §15.6.2)."""

_DEEPEST: Final = 5
_PARTS: Final = ("allOf", "oneOf", "anyOf")


def is_any_patch(name: str, schema: Node | None) -> bool:
    """Tell whether a body is a JSON Patch that is described as an object without members, as documents of
    Kubernetes do: then it is the list that RFC 6902 says it is.
    """
    if name != JSON_PATCH or schema is None:
        return False
    said = schema.document.follow(schema).value
    return isinstance(said, dict) and said.get("type") == "object" and said.keys() <= _SAYS_NOTHING


def success(operation: Operation, preferred: Sequence[str] = ()) -> tuple[int, Answer | None]:
    """Return status and answer of the documented success: a preferred status, else the lowest 2XX or 3XX;
    where there is none, of the first that is documented, or a plain success that says nothing where the
    contract lists none, or several refusals alone.
    """
    responses = operation.responses
    status = answering(responses, _telling(responses, preferred))
    if status in ("", "default"):
        return 200, responses.get(status)
    return int(status.replace("X", "0")), responses[status]


def _telling(responses: Mapping[str, Answer], preferred: Sequence[str]) -> Sequence[str]:
    """Order preferred statuses: one that shows something before a bare 201, which generators list beside it.
    A 204 has nothing to show, and stays.
    """
    found = [status for status in preferred if status in responses]
    if "204" in found or not any(responses[status].content for status in found):
        return preferred
    return sorted(found, key=lambda status: not responses[status].content)


def answering(statuses: Iterable[str], preferred: Sequence[str] = ()) -> str:
    """Return which of the documented statuses answers, as it is written; an empty one where none can, or
    where only the success is left out.
    """
    listed = list(statuses)
    final = [status for status in listed if status[0] != "1"]  # what comes before an answer is none
    for status in (*preferred, *sorted(final)):
        if status in final and status[0] in "23":
            return status
    if "default" in final:
        return "default"
    if not final or leaves_success_out(listed):
        return ""
    return final[0]


def leaves_success_out(statuses: Iterable[str]) -> bool:
    """Tell whether several refusals are documented and nothing else, or only failures of the server: none of
    them is what always comes, so what is not refused succeeds.
    """
    listed = frozenset(statuses)
    classes = {status[0] for status in listed}
    if not listed or not classes <= {"4", "5"} or not _FOR_ALL.isdisjoint(listed):
        return False
    return classes == {"5"} or len(_FOR_SOME & listed) > 1


def succeeds(operation: Operation) -> bool:
    """Tell whether an operation can be answered by a success."""
    status, _ = success(operation)
    return status < 400


def json_media(content: Mapping[str, MediaType], wanted: str = "") -> MediaType | None:
    """Return the media type whose schema describes a thing: the `wanted` one, then JSON, then any."""
    if wanted in content:
        return content[wanted]
    for name, media in content.items():
        if is_json(name):
            return media
    return next(iter(content.values()), None)


def is_json(name: str) -> bool:
    """Tell whether a media type, as a contract writes it, is JSON."""
    return _JSON.fullmatch(name) is not None


def offered(content: Mapping[str, MediaType]) -> list[str]:
    """Name the media types in which a body can be had: without `text/plain` for what is no text, where there
    is JSON, as ASP.NET lists both.
    """
    has_json = any(map(is_json, content))
    found = []
    for name, media in content.items():
        is_plain = name.lower().partition(";")[0].strip() == "text/plain"
        if not (is_plain and has_json and _structure(media)):
            found.append(name)
    return found


def is_json_unnamed(media: MediaType) -> bool:
    """Tell whether JSON is documented as bytes of no type; a file has a format, or is a text."""
    name = media.name.lower().partition(";")[0].strip()
    return name == "application/octet-stream" and _structure(media) in ("object", "array")


def _structure(media: MediaType) -> str:
    """Return the type of what a body holds that is no text; "" for a text, and where nothing tells."""
    schema = media.schema
    for _ in range(_DEEPEST):
        if schema is None or not isinstance(schema.value, dict):
            return ""
        if isinstance(schema.get("$ref"), str):
            schema = schema.document.follow(schema)
        kind = schema.get("type")
        kinds = kind if isinstance(kind, list) else [kind]
        stated = [one for one in kinds if isinstance(one, str) and one != "null"]
        if stated:
            return "" if stated[0] == "string" else stated[0]
        if schema.has("properties"):
            return "object"
        if schema.has("items"):
            return "array"
        schema = next((schema.child(word, 0) for word in _PARTS if schema.get(word)), None)
    return ""


def answer_media(operation: Operation | None, preferred: Sequence[str] = ()) -> MediaType | None:
    """Return the media type in which a documented success shows a thing; None where it shows nothing."""
    if operation is None:
        return None
    status, answer = success(operation, preferred)
    if answer is None or status >= 400:
        return None
    return json_media(answer.content)


def answered(operation: Operation | None) -> Node | None:
    """Return the schema of an operation's documented success, or None where that has none."""
    media = answer_media(operation)
    return None if media is None else media.schema


def taken(operation: Operation) -> Node | None:
    """Return the schema of the body an operation takes, or None where it takes none."""
    if operation.body is None:
        return None
    media = json_media(operation.body.content)
    return None if media is None else media.schema


def takes_parts(operation: Operation) -> bool:
    """Tell whether an operation takes forms of several parts, as uploads are."""
    return operation.body is not None and any(
        name.startswith("multipart/") for name in operation.body.content
    )
