"""Shelves: the collection of a resource that one request is about, and which item of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from understudy.handler import Context
from understudy.inference.resources import Resource, Role, placeholders
from understudy.messages import Request
from understudy.state.store import INTERNAL


@dataclass(frozen=True, slots=True)
class Shelf:
    """One collection of a resource, as one request or one populating meets it.

    path: the parents' ids by parameter name. collection: its name in the store, where the same path under other parents is another one.
    """

    resource: Resource
    context: Context
    path: Mapping[str, Any]
    collection: str

    @classmethod
    def under(cls, parents: Sequence[Any], resource: Resource, context: Context) -> Shelf:
        """Return the collection below these parents."""
        path = dict(zip(resource.parents, parents, strict=False))
        return cls(resource, context, path, name_of(resource, path))

    @classmethod
    def named(cls, collection: str, resource: Resource, context: Context) -> Shelf | None:
        """Return the collection of this name, where it is one of this resource's."""
        if resource.shared:
            return cls.under((), resource, context) if collection == resource.shared else None
        found = re.fullmatch(_pattern(name_of(resource, {})), collection)
        return cls.under([unquote(parent) for parent in found.groups()], resource, context) if found else None

    @property
    def gone(self) -> str:
        """Where the items are remembered that were deleted."""
        return f"{INTERNAL}gone {self.collection}"

    def path_of(self, key: str) -> str:
        """Return the path of an item."""
        return filled(
            self.resource.path, dict(zip(self.resource.parameters, [*self.path.values(), key], strict=True))
        )


def name_of(resource: Resource, parents: Mapping[str, Any]) -> str:
    """Return the name of a collection: the path of its list, `/clients/c-1/cups`; a singleton has a name that no list has."""
    if resource.shared:
        return resource.shared
    path = filled(resource.path, parents)
    return f"{path} (only)" if resource.singleton else re.sub(r"/\{[^{}/]*\}$", "", path)


def _pattern(name: str) -> str:
    """Return what matches every name like this one, with a group for each parent that is not filled in."""
    pieces = re.split(r"\{[^{}]*\}", name)
    return "([^/]+?)".join(map(re.escape, pieces))


def shelf_of(role: Role, request: Request, context: Context) -> Shelf:
    """Return the collection a request is about; its parents stand in the path, in words or in the body."""
    told = iter(
        _values(request)
    )  # by their places: two templates of one path may name their parameters differently
    elsewhere = {**role.words, **{index: _carried(request, member) for index, member in role.carried.items()}}
    parents = [
        elsewhere[index] if index in elsewhere else next(told, "")
        for index in range(len(role.resource.parents))
    ]
    return Shelf.under(parents, role.resource, context)


def key_of(resource: Resource, request: Request) -> str:
    """Return the key of the item a request is about; a singleton has none."""
    return "" if resource.singleton else str(_values(request)[len(resource.parents)])


def _carried(request: Request, member: str) -> Any:
    return request.body.get(member, "") if isinstance(request.body, dict) else ""


def _values(request: Request) -> list[Any]:
    return [request.path.get(name, "") for name in placeholders(request.operation.partition(" ")[2])]


def filled(path: str, values: Mapping[str, Any]) -> str:
    """Put values in place of a path template's placeholders."""
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    return path
