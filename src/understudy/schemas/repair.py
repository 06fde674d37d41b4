"""Making a generated value valid by leaving out what its validators refuse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from understudy.errors import Failure
from understudy.pointers import tokens
from understudy.schemas.validators import Validator

ROUNDS: Final = 6  # of leaving out optional properties that failed


def repair(value: Any, validators: Sequence[Validator]) -> bool:
    """Drop what fails from a value, as long as that helps; tell whether it is valid then."""
    for _ in range(ROUNDS):
        if accepted(value, validators):
            return True
        failures: list[Failure] = []
        for validator in validators:
            failures += validator.failures(value, "body")
        # From the last, so that items keep their places until it is their turn.
        if not all(_drop(value, _place(failure)) for failure in reversed(failures)):
            return False
    return accepted(value, validators)


def accepted(value: Any, validators: Sequence[Validator]) -> bool:
    """Tell whether all of some validators accept a value."""
    return all(validator.is_valid(value) for validator in validators)


def _place(failure: Failure) -> Sequence[str]:
    """Return the path to what has to go: of a member that is missing, the object that lacks it."""
    path = tokens(failure.pointer)
    if failure.rule == "required":
        return path[:-1]
    return path


def _drop(value: Any, path: Sequence[str]) -> bool:
    """Remove the member at a path; one that is gone already counts as removed, the whole value cannot be."""
    if not path:
        return False
    for token in path[:-1]:
        value = _member(value, token)
    last = path[-1]
    if isinstance(value, dict):
        value.pop(last, None)
    elif isinstance(value, list) and last.isdigit() and int(last) < len(value):
        del value[int(last)]
    return True


def _member(value: Any, token: str) -> Any:
    if isinstance(value, dict):
        return value.get(token)
    if isinstance(value, list) and token.isdigit() and int(token) < len(value):
        return value[int(token)]
    return None
