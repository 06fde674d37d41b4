"""Which conditions on a call of an operation no call of it can meet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec.structs import replace

from understudy.contracts.contract import Operation
from understudy.errors import Failure, show
from understudy.globs import is_text
from understudy.matching.match import Match
from understudy.nearest import LOOSELY, or_nearest
from understudy.pointers import escape
from understudy.stubs.misspelt import misspelt

_NAMED: Final = re.compile(r"\{([^{}]*)\}")
_ADVICE: Final = " (`unchecked: true` says that it is meant)"


def unmeetable(match: Match, operation: Operation) -> Iterator[Failure]:
    """Yield the conditions that no call of an operation meets: on its path, and with a misspelt name."""
    path = operation.path
    if match.path and not may_be_of(path, match.path):
        expected = f"a path or a glob that calls of {path} can meet"
        yield Failure("body", "/when/path", "path", expected, show(match.path), _ADVICE)
    else:
        yield from _at_odds(match, path)
    names = _NAMED.findall(path)
    for name in match.path_parameters:
        if name not in names:
            yield _unknown(name, names, path)
    for failure in misspelt(match, operation):
        yield replace(failure, pointer=f"/when{failure.pointer}", advice=_ADVICE)


def may_be_of(template: str, glob: str) -> bool:
    """Tell whether a path of a template may be what a glob says, also where it stands below another path.

    A segment with a parameter may be anything.
    """
    declared, wanted = _segments(template)[1:], _segments(glob)
    if "**" in wanted:
        return True
    if len(wanted) <= len(declared):
        return False
    own = zip(reversed(declared), reversed(wanted), strict=False)
    return all("{" in segment or is_text(segment, met) for segment, met in own)


def _at_odds(match: Match, path: str) -> Iterator[Failure]:
    """Yield the parameters that have another value in the path that is asked for."""
    asked = _stated(path, match.path)
    for name, value in match.path_parameters.items():
        there = asked.get(name)
        if there is not None and _is_plain(value) and str(value) != there:
            expected = f"{show(there)}, as the path {match.path} has it"
            place = f"/when/pathParameters/{escape(name)}"
            yield Failure("body", place, "const", expected, show(value), _ADVICE)


def _stated(template: str, glob: str) -> Mapping[str, str]:
    """Return the parameters whose value a glob states, each a segment of its own."""
    found: dict[str, str] = {}
    if not glob or "**" in glob:
        return found
    for segment, text in zip(reversed(_segments(template)), reversed(_segments(glob)), strict=False):
        name = _NAMED.fullmatch(segment)
        if name and "*" not in text:
            found[name[1]] = text
    return found


def _is_plain(value: Any) -> bool:
    """Tell whether a matcher asks for one value, and is neither a glob nor operators."""
    return isinstance(value, (str, int)) and not isinstance(value, bool) and "*" not in str(value)


def _unknown(name: str, names: list[str], path: str) -> Failure:
    expected = f"a parameter of {path}{or_nearest(name, names, 1, LOOSELY)}"
    return Failure("body", f"/when/pathParameters/{escape(name)}", "enum", expected, show(name), _ADVICE)


def _segments(path: str) -> list[str]:
    return path.rstrip("/").split("/")
