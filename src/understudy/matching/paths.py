"""JSONPaths that somebody writes: read so that none takes long, whatever body it meets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, Final

import jsonpath
from jsonpath.function_extensions.match import Match
from jsonpath.function_extensions.search import Search

from understudy.errors import show
from understudy.matching.patterns import LONGEST, PatternInvalid, compiled

NODES_FOUND: Final = 10_000  # that one path finds in a body at the most
_DESCENTS: Final = 2  # `..` in one path: each looks at all that the one before it found


class _LinearMatch(Match):
    """`match()` of a filter: the whole text."""

    def __call__(self, value: object, pattern: object) -> bool:
        return _is_found(value, pattern, "^(?:{})$")


class _LinearSearch(Search):
    """`search()` of a filter: any part of a text."""

    def __call__(self, value: object, pattern: object) -> bool:
        return _is_found(value, pattern, "{}")


def _is_found(value: object, pattern: object, form: str) -> bool:
    if not isinstance(value, str) or not isinstance(pattern, str) or len(pattern) > LONGEST:
        return False
    try:
        return compiled(form.replace("{}", pattern))(value)
    except PatternInvalid:  # by RFC 9535 §2.4.6 it matches nothing
        return False


def _environment() -> jsonpath.JSONPathEnvironment:
    environment = jsonpath.JSONPathEnvironment(strict=True)
    environment.function_extensions["match"] = _LinearMatch()
    environment.function_extensions["search"] = _LinearSearch()
    return environment


_ENVIRONMENT: Final = _environment()


@lru_cache(maxsize=1024)
def path_reader(path: str) -> Callable[[Any], Sequence[Any]]:
    """Return what finds the values a JSONPath (RFC 9535) leads to. Raises PatternInvalid."""
    if len(path) > LONGEST or path.count("..") > _DESCENTS:
        raise PatternInvalid(f"a JSONPath of at most {LONGEST} characters and {_DESCENTS} times `..`")
    try:
        query = _ENVIRONMENT.compile(path)
    except (jsonpath.JSONPathError, RecursionError) as error:
        reason = next(iter(error.args), "too deep")
        raise PatternInvalid(f"a JSONPath: {reason} ({show(path)})") from None

    def found(body: Any) -> Sequence[Any]:
        try:
            return [match.obj for match in islice(query.finditer(body), NODES_FOUND)]
        except (jsonpath.JSONPathError, RecursionError):  # what a filter cannot compare is not found
            return ()

    return found
