"""Variants: which of several alternatives in a schema (`oneOf`, `anyOf`, a discriminator) an item is, told
from its members.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final
from zlib import crc32

from understudy.model.lifecycle import says_gone
from understudy.schemas.choice import Choice, Parts
from understudy.schemas.shape import Shape
from understudy.schemas.shapes import MOST_ALTERNATIVES, Shapes

_MOST: Final = 4  # choices within choices that are made
_TOLD: Final = 100.0  # what a discriminator says outweighs all else
_SHOWN: Final = 1.0  # a member that the alternative has
_ALLOWED, _REFUSED = 5.0, -20.0  # a value that the alternative names, and one that it does not
_ABSENT: Final = -5.0  # a member that the alternative rules out
_LACKING: Final = -0.25  # a required member that is not there
_NAMELESS: Final = -50.0  # the base alone, of which a discriminator has no name


class Variants:
    """The alternatives that items of one contract can be."""

    def __init__(self, shapes: Shapes) -> None:
        """`shapes`: those of the direction in which the items travel."""
        self._shapes = shapes

    def of(self, parts: Parts, members: Mapping[str, Any]) -> tuple[Shape, dict[str, int]]:
        """Return the shape of the alternative that shows these members best, and which branch of each choice
        leads to it.

        A choice that the members do not decide is not among them.
        """
        shape = self._shapes.of(parts)
        taken: dict[str, int] = {}
        for _ in range(_MOST):
            if not shape.choices:
                break
            choice = shape.choices[0]
            branches = [self._branch(shape, choice, index) for index in range(len(choice.branches))]
            scores = [
                _score_of(self, choice, index, branch, members) for index, branch in enumerate(branches)
            ]
            best = scores.index(max(scores))
            if choice.labels and choice.property not in members:
                best = _drawn(scores, members) if choice.default is None else choice.default
                taken[choice.key] = best
            elif scores[best] > min(scores):
                taken[choice.key] = best
            shape = branches[best]
        return shape, taken

    def preparation(self, parts: Parts) -> Iterator[None]:
        """Read the alternatives of schemas, where there are many of them, and yield after each."""
        shape = self._shapes.of(parts)
        for choice in shape.choices[:1]:
            if len(choice.branches) <= MOST_ALTERNATIVES:
                continue
            for index in range(len(choice.branches)):
                for below in self._branch(shape, choice, index).declared.values():
                    self._shapes.of(below or ())
                yield

    def _branch(self, shape: Shape, choice: Choice, index: int) -> Shape:
        return self._shapes.taking(shape, choice, index)

    def fit(self, branch: Shape, members: Mapping[str, Any]) -> float:
        """Count what speaks for an alternative: members it can show, and above all the values that only it
        allows.
        """
        score = self.lacking(branch, members)
        if self._is_of_the_gone(branch, members):
            score += _REFUSED
        for name in _in_both(members, branch.declared):
            parts = branch.declared[name]
            if parts:
                score += self._fit_of_value(parts, members[name])
            else:
                score += _ABSENT
        return score

    @staticmethod
    def lacking(branch: Shape, members: Mapping[str, Any]) -> float:
        """Count what an alternative requires and is not there, against it."""
        return _LACKING * sum(name not in members for name in branch.required)

    def _is_of_the_gone(self, branch: Shape, members: Mapping[str, Any]) -> bool:
        """Tell whether an alternative shows only what is deleted, of which nobody speaks."""
        for name, parts in branch.declared.items():
            if parts and name not in members and says_gone(name):
                return self._shapes.of(parts).constants == [True]
        return False

    def _fit_of_value(self, parts: Parts, value: Any) -> float:
        constants = self._shapes.of(parts).constants
        if constants is None:
            return _SHOWN
        if value in constants:
            return _ALLOWED
        return _REFUSED


def _in_both(some: Collection[str], others: Collection[str]) -> Iterator[str]:
    """Yield the names that stand in both; of thousands of alternatives each has few."""
    if len(some) > len(others):
        some, others = others, some
    return (name for name in some if name in others)


def _score_of(
    variants: Variants, choice: Choice, index: int, branch: Shape, members: Mapping[str, Any]
) -> float:
    if branch.kind not in ("object", "") or branch.never:
        return -_TOLD
    score = variants.fit(branch, members) + _told_by_label(choice, index, members)
    if choice.labels and choice.property not in members:  # it is one of them, whatever they require
        score += _NAMELESS if choice.labels[index] is None else -variants.lacking(branch, members)
    return score


def _drawn(scores: Sequence[float], members: Mapping[str, Any]) -> int:
    """Return one of the best branches: of several as good, by what is known of the item."""
    best = max(scores)
    alike = [index for index, score in enumerate(scores) if score == best]
    return alike[crc32(repr(sorted(members.items(), key=str)).encode()) % len(alike)]


def _told_by_label(choice: Choice, index: int, members: Mapping[str, Any]) -> float:
    """Hear what the discriminator's property says; nothing where there is none, or where it was not said."""
    if not choice.labels or choice.property not in members:
        return 0.0
    label = choice.labels[index]
    if label is None:
        return 0.0
    return _TOLD if members[choice.property] == label else -_TOLD
