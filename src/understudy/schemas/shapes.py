"""The shapes of a document, each read once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from understudy.contracts.source import Document, Node
from understudy.schemas.choice import Choice, Parts, subtypes
from understudy.schemas.direction import Direction
from understudy.schemas.merging import merge
from understudy.schemas.shape import Shape
from understudy.schemas.subschemas import each, mapping, resolved

MAX_MERGED: Final = 10_000  # a schema made of more parts than this is taken for endless
MOST_ALTERNATIVES: Final = 64  # of a schema that are told apart
MOST_MERGED_AGAIN: Final = 10_000
"""Parts that are merged to tell alternatives apart: with a thousand choices in one schema each alternative is
made of thousands. Beyond that they are left with the choices they still have.
"""


class Shapes:
    """The shapes of one document for one direction, each made once."""

    def __init__(self, direction: Direction | str) -> None:
        self._hidden_flag = Direction(direction).hidden_flag
        self._made: dict[tuple[Parts, frozenset[str]], Shape] = {}

    def of(self, parts: Parts, taken: frozenset[str] = frozenset()) -> Shape:
        """Return the shape of schemas that must all hold. Raises KeyError for a reference to nowhere."""
        shape = self._made.get((parts, taken))
        if shape is None:
            shape = Shape(parts, taken)
            self._absorb(shape, parts)
            shape.choices += subtypes(shape.merged, taken)
            self._made[parts, taken] = shape
        return shape

    def taking(self, shape: Shape, choice: Choice, index: int) -> Shape:
        """Return a shape with one branch of one of its choices taken. Raises KeyError as `of` does."""
        merged = self.of(shape.parts + choice.branches[index], shape.taken | {choice.key})
        merged.labels.update(shape.labels)
        if choice.labels and (label := choice.labels[index]) is not None:
            merged.labels[choice.property] = label
        return merged

    def alternatives(self, shape: Shape) -> list[Shape]:
        """Return the shapes without choices that a shape may take, in the order of its branches, without
        those no value meets.
        """
        found: list[Shape] = []
        waiting = [shape]
        merged = 0
        while waiting and len(found) < MOST_ALTERNATIVES:
            one = waiting.pop()
            merged += len(one.merged)
            if not one.choices or merged > MOST_MERGED_AGAIN:
                found.append(one)
                continue
            choice = one.choices[0]
            for index, branch in reversed(list(enumerate(choice.branches[: 2 * MOST_ALTERNATIVES]))):
                if not _leads_back(branch, one.taken | {choice.key}):
                    waiting.append(self.taking(one, choice, index))
        return [one for one in found if not one.never] or found[:1] or [self.of(())]

    def _absorb(self, shape: Shape, parts: Parts) -> None:
        """Merge schemas, with all that they refer to and are made of; a chain of these may be of any length,
        and so nothing here calls itself.
        """
        waiting = [_Part(part, 0) for part in reversed(parts)]
        while waiting:
            part = waiting.pop()
            if part.is_next(shape):
                waiting += reversed(list(self._within(shape, part)))

    def _within(self, shape: Shape, part: _Part) -> Iterator[_Part]:
        """Merge one schema, and yield what is to be merged next: what it refers to comes before itself."""
        node, value, depth = part.node, part.node.value, part.depth
        reference = value.get("$ref", value.get("$dynamicRef"))
        if isinstance(reference, str) and not part.was_followed:
            shape.hidden |= value.get(self._hidden_flag) is True
            shape.nullable |= value.get("nullable") is True
            yield _Part(node.document.target(node, reference), depth)
            if not _is_30(node.document):  # there, what stands beside a `$ref` means nothing
                yield _Part(node, depth, was_followed=True)
            return
        shape.hidden |= depth <= 1 and value.get(self._hidden_flag) is True
        merge(shape, node, value)
        for inner in each(node, "allOf"):
            yield _Part(inner, depth + 1)
        for name in mapping(node, "dependentSchemas"):
            yield _Part(node.raw("dependentSchemas", name), depth + 1)


class _Part(Struct, frozen=True):
    """A schema that is to be merged. depth: how many `allOf` it stands in. was_followed: what it refers to is
    merged.
    """

    node: Node
    depth: int
    was_followed: bool = False

    def is_next(self, shape: Shape) -> bool:
        """Tell whether it is to be merged now, and note that it is part of a shape."""
        if self.was_followed:
            return True
        if self.node.value is False or len(shape.merged) > MAX_MERGED:
            shape.never = True
        if not isinstance(self.node.value, dict) or self.node in shape.merged:
            return False
        shape.merged[self.node] = None
        return True


def _leads_back(branch: Parts, taken: frozenset[str]) -> bool:
    """Tell whether a branch is the schema itself that has the choice, and so would never end."""
    holders = {key.rpartition("/")[0] for key in taken}
    return any(resolved(part).address in holders for part in branch)


def _is_30(document: Document) -> bool:
    return str(document.root.get("openapi")).startswith("3.0")
