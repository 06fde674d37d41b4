"""JSONPaths that somebody writes: read so that none takes long, whatever body it meets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, Final

import jsonpath
from jsonpath.filter import (
    BaseExpression,
    FilterExpression,
    FilterQuery,
    FunctionExtension,
    StringLiteral,
    walk,
)
from jsonpath.function_extensions.match import Match
from jsonpath.function_extensions.search import Search
from jsonpath.selectors import Filter, FilterContext

from understudy.errors import show
from understudy.matching.allowance import Allowance
from understudy.matching.patterns import LONGEST, PatternInvalid, compiled

NODES_FOUND: Final = 10_000  # that one path finds in a body at the most
_DESCENTS: Final = 2  # `..` in one path: each looks at all that the one before it found
_FILTERS: Final = 100  # comparisons, functions and values in all filters of one path
_ALLOWANCE: Final = "allowance"

Read = Callable[[Any, Allowance], Sequence[Any]]
"""Finds values in a body, or raises LookedAtTooMuch."""


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


class _Node(jsonpath.JSONPathMatch):
    """A value that was looked at, which costs a step. Where it stands nobody asks."""

    __slots__ = ()

    def __init__(self, obj: Any, root: Any, context: Mapping[str, Any]) -> None:
        context[_ALLOWANCE].take()
        super().__init__(filter_context=context, obj=obj, parent=None, path="", parts=(), root=root)

    def new_child(self, obj: object, key: int | str) -> _Node:  # noqa: ARG002 - the library's signature
        return _Node(obj, self.root, self._filter_context)

    def add_child(self, *children: jsonpath.JSONPathMatch) -> None:
        """Forget it: nobody goes down again."""


class _Query(jsonpath.JSONPath):
    """A path whose values are counted as they are looked at."""

    def finditer(
        self, data: Any, *, filter_context: Mapping[str, Any] | None = None
    ) -> Iterable[jsonpath.JSONPathMatch]:
        found: Iterable[jsonpath.JSONPathMatch] = [_Node(data, data, filter_context or {})]
        for segment in self.segments:
            found = segment.resolve(found)
        return found


class _Counted(FilterExpression):
    """A filter that costs as many steps for each value as it has parts."""

    __slots__ = ("parts",)

    def __init__(self, expression: BaseExpression, parts: int) -> None:
        super().__init__(expression)
        self.parts = parts

    def cache_tree(self) -> FilterExpression:
        return _Counted(super().cache_tree().expression, self.parts)

    def evaluate(self, context: FilterContext) -> bool:
        context.extra_context[_ALLOWANCE].take(self.parts)
        return super().evaluate(context)


class _Function(FunctionExtension):
    """A function of a filter that costs what it costs to read the texts it is given."""

    def evaluate(self, context: FilterContext) -> object:
        function = context.env.function_extensions[self.name]
        values = self._unpack_node_lists(function, [one.evaluate(context) for one in self.args])
        for value in values:
            if isinstance(value, str):
                context.extra_context[_ALLOWANCE].read(value)
        return function(*values)


def _environment() -> jsonpath.JSONPathEnvironment:
    environment = jsonpath.JSONPathEnvironment(strict=True)
    environment.function_extensions["match"] = _LinearMatch()
    environment.function_extensions["search"] = _LinearSearch()
    return environment


_ENVIRONMENT: Final = _environment()


@lru_cache(maxsize=1024)
def path_reader(path: str) -> Read:
    """Return what finds the values a JSONPath (RFC 9535) leads to. Raises PatternInvalid."""
    if len(path) > LONGEST or path.count("..") > _DESCENTS:
        raise PatternInvalid(f"a JSONPath of at most {LONGEST} characters and {_DESCENTS} times `..`")
    try:
        query = _counted(_ENVIRONMENT.compile(path))
    except (jsonpath.JSONPathError, RecursionError) as error:
        reason = next(iter(error.args), "too deep")
        raise PatternInvalid(f"a JSONPath: {reason} ({show(path)})") from None

    def found(body: Any, allowance: Allowance) -> Sequence[Any]:
        matches = query.finditer(body, filter_context={_ALLOWANCE: allowance})
        try:
            return [match.obj for match in islice(matches, NODES_FOUND)]
        except (jsonpath.JSONPathError, RecursionError):  # what a filter cannot compare is not found
            return ()

    return found


def _counted(query: Any) -> _Query:
    """Return a path that counts what it looks at, in its filters too. Raises PatternInvalid where they are
    more than one condition needs.
    """
    parts = 0
    for segment in query.segments:
        for selector in segment.selectors:
            if isinstance(selector, Filter):
                tree = list(walk(selector.expression))
                parts += len(tree)
                selector.expression = _Counted(_bounded(selector.expression.expression), len(tree))
    if parts > _FILTERS:
        raise PatternInvalid(f"a JSONPath whose filters have at most {_FILTERS} parts, not {parts}")
    return _Query(env=query.env, segments=query.segments)


def _bounded(expression: BaseExpression) -> BaseExpression:
    """Return an expression of a filter with all of its paths and functions counted."""
    if isinstance(expression, FilterQuery):
        expression.path = _counted(expression.path)
        return expression
    if isinstance(expression, FunctionExtension):
        _check_pattern(expression)
        expression = _Function(expression.name, expression.args)
    expression.set_children([_bounded(child) for child in expression.children()])
    return expression


def _check_pattern(function: FunctionExtension) -> None:
    """Raise PatternInvalid for a pattern that would come from the body: each has to be read first."""
    if function.name in ("match", "search") and not isinstance(function.args[1], StringLiteral):
        raise PatternInvalid(f"a JSONPath that says the pattern of its `{function.name}` itself")
