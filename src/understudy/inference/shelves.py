"""Shelves: the collection of a resource that one request is about, and which item of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from understudy.handler import Context
from understudy.inference.resources import Resource, Role, placeholders
from understudy.messages import Request


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
        name = f"{resource.place} {json.dumps([str(value) for value in (() if resource.shared else parents)])}"
        return cls(resource, context, dict(zip(resource.parents, parents, strict=False)), name)

    @classmethod
    def named(cls, collection: str, resource: Resource, context: Context) -> Shelf:
        """Return the collection of this name."""
        return cls.under(json.loads(collection.removeprefix(f"{resource.place} ")), resource, context)

    @property
    def gone(self) -> str:
        """Where the items are remembered that were deleted."""
        return f"gone {self.collection}"

    def path_of(self, key: str) -> str:
        """Return the path of an item."""
        return filled(self.resource.path, dict(zip(self.resource.parameters, [*self.path.values(), key], strict=True)))


def shelf_of(role: Role, request: Request, context: Context) -> Shelf:
    """Return the collection a request is about; of the parents, those that its path writes out stand among the others."""
    told = iter(_values(request))  # by their places: two templates of one path may name their parameters differently
    parents = [role.words.get(index) or next(told, "") for index in range(len(role.resource.parents))]
    return Shelf.under(parents, role.resource, context)


def key_of(resource: Resource, request: Request) -> str:
    """Return the key of the item a request is about; a singleton has none."""
    return "" if resource.singleton else str(_values(request)[len(resource.parents)])


def _values(request: Request) -> list[Any]:
    return [request.path.get(name, "") for name in placeholders(request.operation.partition(" ")[2])]


def filled(path: str, values: Mapping[str, Any]) -> str:
    """Put values in place of a path template's placeholders."""
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    return path
