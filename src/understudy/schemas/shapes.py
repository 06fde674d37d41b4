"""The shapes of a document, each read once."""

from __future__ import annotations

from typing import Final

from understudy.contracts.source import Document, Node
from understudy.schemas.choice import Choice, Parts, subtypes
from understudy.schemas.direction import Direction
from understudy.schemas.merging import merge
from understudy.schemas.shape import Shape
from understudy.schemas.subschemas import each, mapping, resolved

MAX_MERGED: Final = 400  # a schema made of more parts than this is taken for endless
MOST_ALTERNATIVES: Final = 64  # of a schema that are told apart


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
            for part in parts:
                self._absorb(shape, part, 0)
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
        while waiting and len(found) < MOST_ALTERNATIVES:
            one = waiting.pop()
            if not one.choices:
                found.append(one)
                continue
            choice = one.choices[0]
            for index, branch in reversed(list(enumerate(choice.branches[: 2 * MOST_ALTERNATIVES]))):
                if not _leads_back(branch, one.taken | {choice.key}):
                    waiting.append(self.taking(one, choice, index))
        return [one for one in found if not one.never] or found[:1] or [self.of(())]

    def _absorb(self, shape: Shape, node: Node, depth: int) -> None:
        value = node.value
        if value is False or len(shape.merged) > MAX_MERGED:
            shape.never = True
        if not isinstance(value, dict) or node in shape.merged:
            return
        shape.merged[node] = None
        reference = value.get("$ref", value.get("$dynamicRef"))
        if isinstance(reference, str):
            shape.hidden |= value.get(self._hidden_flag) is True
            shape.nullable |= value.get("nullable") is True
            self._absorb(shape, node.document.target(node, reference), depth)
            if _is_30(node.document):
                return  # there, what stands beside a `$ref` means nothing
        shape.hidden |= depth <= 1 and value.get(self._hidden_flag) is True
        merge(shape, node, value)
        for part in each(node, "allOf"):
            self._absorb(shape, part, depth + 1)
        for name in mapping(node, "dependentSchemas"):
            self._absorb(shape, node.raw("dependentSchemas", name), depth + 1)


def _leads_back(branch: Parts, taken: frozenset[str]) -> bool:
    """Tell whether a branch is the schema itself that has the choice, and so would never end."""
    holders = {key.rpartition("/")[0] for key in taken}
    return any(resolved(part).address in holders for part in branch)


def _is_30(document: Document) -> bool:
    return str(document.root.get("openapi")).startswith("3.0")
