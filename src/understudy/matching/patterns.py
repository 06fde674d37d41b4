"""Patterns that somebody writes: read so that none takes long, whatever text it meets."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import jsonschema_rs

LONGEST: Final = 1000  # characters of a pattern or a path
_OPTIONS: Final = jsonschema_rs.RegexOptions(size_limit=1_000_000)


class PatternInvalid(ValueError):
    """Nothing that can be looked for. expected: what would have been right, as a phrase after "must be"."""

    def __init__(self, expected: str) -> None:
        self.expected = expected
        super().__init__(expected)


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Callable[[str], bool]:
    """Return what tells whether a pattern is found in a text, in a time that grows with the text alone.

    Raises PatternInvalid for what is no regular expression, and for what would need to go back: look-around
    and references to groups.
    """
    try:
        validator = jsonschema_rs.validator_for({"pattern": pattern}, pattern_options=_OPTIONS)
    except (jsonschema_rs.ValidationError, ValueError):
        raise PatternInvalid(
            f"a regular expression of at most {LONGEST} characters, without look-around and references back"
        ) from None
    is_valid: Callable[[str], bool] = validator.is_valid
    return is_valid
