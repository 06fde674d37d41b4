"""Paths: what the shape of a path template says of collections, items and ids."""

from __future__ import annotations

import re
from typing import Final

from understudy.inference.resources import COMMON_IDS, IDS, Resource
from understudy.names import fold, singular

_PLACEHOLDER: Final = re.compile(r"{[^}]*}")
_WORDS: Final = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


def blank(path: str) -> str:
    """Return the shape of a path: its parameters without their names."""
    return _PLACEHOLDER.sub("{}", path.rstrip("/"))


def is_item(path: str) -> bool:
    """Tell whether a path ends in a parameter, `/things/{id}` or `/things/{id}.json`."""
    return re.fullmatch(r"{[^}]*}(\.\w+)?", path.rstrip("/").rpartition("/")[2]) is not None


def list_shape(path: str) -> str:
    """Return the shape of the path of the collection that an item's path lies in."""
    head, _, tail = path.rstrip("/").rpartition("/")
    return blank(head + tail.partition("}")[2])


def collection_path(resource: Resource) -> str:
    """Return the path of a resource's collection, for a person."""
    head, _, tail = resource.path.rstrip("/").rpartition("/")
    return head + tail.partition("}")[2] or "/"


def noun(path: str) -> str:
    """Return the last word of a path that is not a parameter."""
    segments = [segment for segment in path.split("/") if segment and "{" not in segment]
    return segments[-1].partition(".")[0] if segments else "item"


def id_names(parameter: str, name: str) -> tuple[str, ...]:
    """List normalised names under which an item's id may stand, likeliest first. name: of the resource, as `noun` returns it."""
    param, one = fold(parameter), singular(fold(name))
    short = param.removeprefix(one) if param.startswith(one) else ""
    inner = (
        param.replace(one, "", 1) if not short else ""
    )  # external_customer_id of a customer is its external_id
    told = told_member(
        parameter, name
    )  # taxonomy_key of a metadata taxonomy is its key, though it has an id too
    return tuple(
        known
        for known in dict.fromkeys(
            [param, inner, told if told in ("key", "code") else "", *IDS, f"{one}id", short, *COMMON_IDS]
        )
        if known
    )


def told_member(parameter: str, name: str) -> str:
    """Return the folded name of the member that a parameter names beside its resource: `number` of issue_number, "" where it says an id."""
    *rest, last = [word.lower() for word in _WORDS.findall(parameter)] or [""]
    is_told = last in COMMON_IDS and last not in IDS and singular(fold(name)).endswith("".join(rest))
    return last if rest and is_told else ""


def written_out(segments: list[str], shape: list[str]) -> dict[int, str]:
    """Return the parents that a path writes out, by their place among the parents. shape: of the path with these as parameters."""
    places = [segment for segment, empty in zip(segments, shape, strict=False) if empty == "{}"]
    return {index: segment for index, segment in enumerate(places) if "{" not in segment}
