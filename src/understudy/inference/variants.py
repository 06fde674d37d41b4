"""Variants: which of several alternatives in a schema (`oneOf`, `anyOf`, a discriminator) an item is, told from its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.inference.resources import Bodies
from understudy.schemas.choice import Choice, Parts
from understudy.schemas.shape import Shape

_MOST = 4  # choices within choices that are made
_TOLD = 100.0  # what a discriminator says outweighs all else


class Variants:
    """The alternatives that items of one contract can be."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies

    def of(self, parts: Parts, fields: Mapping[str, Any]) -> tuple[Shape, dict[str, int]]:
        """Return the shape of the alternative that shows these fields best, and which branch of each choice leads to it.

        A choice that the fields do not decide is not among them.
        """
        shape, taken = self._bodies.responses.of(parts), {}
        for _ in range(_MOST):
            if not shape.choices:
                break
            choice = shape.choices[0]
            branches = [
                self._bodies.responses.of((*shape.parts, *branch), shape.taken | {choice.key})
                for branch in choice.branches
            ]
            scores = [
                self._score(branch, _label(choice, index), choice.property, fields)
                for index, branch in enumerate(branches)
            ]
            best = scores.index(max(scores))
            if scores[best] > min(scores):
                taken[choice.key] = best
            shape = branches[best]
        return shape, taken

    def _score(
        self, branch: Shape, label: str | None, property_name: str, fields: Mapping[str, Any]
    ) -> float:
        """Count what speaks for an alternative: the fields it can show, and above all the values that only it allows."""
        if branch.kind not in ("object", "") or branch.never:
            return -_TOLD
        score = (
            0.0
            if label is None or property_name not in fields
            else _TOLD
            if fields[property_name] == label
            else -_TOLD
        )
        for name, value in fields.items():
            parts = branch.declared.get(name)
            if not parts:
                score -= 5.0 if name in branch.declared else 0.0
                continue
            member = self._bodies.responses.of(parts)
            if member.constants is not None:
                score += 5.0 if value in member.constants else -20.0
            else:
                score += 1.0
        return score - 0.25 * len(branch.required.keys() - fields.keys())


def _label(choice: Choice, index: int) -> str | None:
    return choice.labels[index] if choice.labels else None
