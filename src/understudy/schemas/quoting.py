"""Quoting: where an author's address has what another member of the same object says, its id or its slug,
addresses of other items have what is said there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from msgspec import Struct

_TOKEN: Final = re.compile(r"(?=.*[\d_-])[A-Za-z0-9][\w.-]{3,127}", re.ASCII)
"""What tells one item from others: no word, and no sentence."""
_NUMBER: Final = re.compile(r"\d{3,19}")
_NUMBERED: Final = re.compile(r"(^|_)(id|no|number|code|uid|pk)$")
"""Members whose numbers tell one item from others, and are not how many or how large."""
_REFERS: Final = re.compile(r"\w_(id|uuid|guid|ids)$")
"""Names of members that lead to another item, and quote nothing."""
_QUOTABLE: Final = re.compile(r"[^\s/]+")
_TELLING: Final = 8  # letters and digits of what is found again in objects within
_DIGIT: Final = re.compile(r"\d")
_MOST_MEMBERS: Final = 200
_MOST_EXAMPLES: Final = 40
_DEEPEST: Final = 2  # objects within the object

_Template = tuple[str, Mapping[str, str]]
"""An example that quotes, and by which text of it which member says."""


class Quotes(Struct, frozen=True):
    """What members of an object quote of each other. templates: by the member that quotes, the plainest
    first. telling: by what identifies an item that an author wrote, the member that says it.
    """

    templates: Mapping[str, _Template]
    telling: Mapping[str, str]

    def said(self, members: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield the members that quote others, and what they say where those say what they do."""
        own: dict[str, str] = {}
        for name, value in members.items():
            if _may_be_quoted(value):
                own[name] = str(value)
        for name, (example, quoted) in self.templates.items():
            if isinstance(members.get(name), str):
                own[name] = _quoting(example, _told(quoted, own))
                yield name, own[name]
        told = _told(self.telling, own)
        for name, value in members.items():
            if told and isinstance(value, dict):
                yield name, _within(value, told, _DEEPEST)


def quotes_among(known: Mapping[str, str], examples_of: Callable[[str], Sequence[Any]]) -> Quotes | None:
    """Return what members quote of each other in what authors show of them; None for nothing. known: how the
    members are written, by their names in snake case.
    """
    shown: dict[str, list[Any]] = {}
    said: dict[str, str] = {}
    for name, written in islice(known.items(), _MOST_MEMBERS):
        shown[name] = list(islice(examples_of(written), _MOST_EXAMPLES))
        said.update(dict.fromkeys(filter(_tells(name), map(str, shown[name])), written))
    found: dict[str, _Template] = {}
    for name, examples in shown.items():
        template = _template(known[name], examples, said)
        if template is not None and not _REFERS.search(name):
            found[known[name]] = template
    telling = dict(filter(lambda one: len(one[0]) >= _TELLING and _DIGIT.search(one[0]), said.items()))
    if not found and not telling:
        return None
    return Quotes(dict(sorted(found.items(), key=lambda one: len(one[1][0]))), telling)


def _told(quoted: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Return by what is quoted what stands there of an item whose members say what `own` has."""
    told = {}
    for text, by in quoted.items():
        if by in own:
            told[text] = own[by]
    return told


def _tells(name: str) -> Callable[[str], bool]:
    """Return what tells whether a text that an author shows of a member tells an item from others."""
    takes_numbers = _NUMBERED.search(name) is not None

    def tells(text: str) -> bool:
        if text.isdigit():
            return takes_numbers and _NUMBER.fullmatch(text) is not None
        return _TOKEN.fullmatch(text) is not None

    return tells


def _template(written: str, examples: Sequence[Any], said: Mapping[str, str]) -> _Template | None:
    """Return the first of a member's examples that quotes others."""
    for example in examples:
        if isinstance(example, str) and "/" in example:
            quoted = {text: by for text, by in said.items() if by != written and text in example}
            if quoted and _quoting(example, dict.fromkeys(quoted, "")) != example:
                return example, quoted
    return None


def _quoting(example: str, told: Mapping[str, str]) -> str:
    """Return an example that quotes something else; the longest of what it quotes goes first."""
    if not told:
        return example
    either = "|".join(map(re.escape, sorted(told, key=len, reverse=True)))
    return re.sub(rf"(?<![A-Za-z0-9])(?:{either})(?![A-Za-z0-9])", lambda found: told[found.group()], example)


def _within(value: Any, told: Mapping[str, str], depth: int) -> Any:
    """Return an object whose addresses quote what is told."""
    if isinstance(value, dict) and depth:
        return {name: _within(inner, told, depth - 1) for name, inner in value.items()}
    if isinstance(value, str) and "/" in value:
        return _quoting(value, dict(filter(lambda one: one[0] in value, told.items())))
    return value


def _may_be_quoted(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return False
    return _QUOTABLE.fullmatch(str(value)) is not None
