"""Parts of a schema, each compiled by itself as it is needed, where a value is judged a piece at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

SAYS_OF_MEMBERS: Final = frozenset({"properties", "patternProperties", "additionalProperties"})
"""Keywords that say of members what they are."""
OF_VALUES: Final = ("enum", "const", "uniqueItems")
"""Keywords that want to see what is within; all others are content with how many members there are, and with
their names.
"""

_TAKEN_APART: Final = SAYS_OF_MEMBERS | {
    *("$defs", "$ref", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "items", "prefixItems"),
    *("dependentSchemas", "contains", "minContains", "maxContains"),
    *("unevaluatedProperties", "unevaluatedItems"),
}

_ALONE: Final = frozenset({"rest", "pattern", *OF_VALUES})
"""Forms of a part that refer to no other."""


class Compiled:
    """The parts of one self-contained schema, each compiled when it is first needed.

    is_woven: whether its alternatives lead to the same schemas over and over, so that nothing is judged in
    one go that need not be. taken_apart: keywords that are judged by their parts.
    """

    def __init__(
        self, root: Any, compile: Callable[[Any], Callable[[Any], bool]], *, is_woven: bool = False
    ) -> None:
        self._compile = compile
        self.is_woven = is_woven
        self.taken_apart = _TAKEN_APART
        if is_woven:
            self.taken_apart = _TAKEN_APART | {"propertyNames"}
        self._definitions: Mapping[str, Any] = {}
        if isinstance(root, dict):
            self._definitions = root.get("$defs", {})
        self._made: dict[tuple[int, str], Callable[[Any], bool]] = {}
        self._cuts: dict[tuple[int, str], Mapping[str, Any]] = {}

    def whole(self, schema: Any) -> Any:
        """Return a part as a schema by itself."""
        if not isinstance(schema, dict) or not self._definitions:
            return schema
        return {**schema, "$defs": self._definitions}

    def of(self, schema: Any) -> Callable[[Any], bool]:
        """Return what judges a value by a part."""
        return self._kept(schema, "whole", lambda: schema)

    def of_each(self, schema: Any) -> Callable[[Any], bool]:
        """Return what judges some values by a part at once."""
        return self._kept(schema, "each", lambda: {"items": schema})

    def of_members(self, schema: Mapping[str, Any]) -> Callable[[Any], bool]:
        """Return what judges some members of an object by a part."""
        return self._kept(schema, "members", lambda: self.members_only(schema))

    def rest(self, schema: Mapping[str, Any]) -> Callable[[Any], bool]:
        """Return what judges a value by those keywords of a part that are not taken apart."""
        return self._kept(schema, "rest", lambda: self.without_parts(schema))

    def matching(self, pattern: str) -> Callable[[Any], bool]:
        """Return what tells whether a text matches a pattern."""
        return self._kept(pattern, "pattern", lambda: {"pattern": pattern})

    def only(self, schema: Mapping[str, Any], keyword: str) -> Callable[[Any], bool]:
        """Return what judges a value by one keyword of a part."""
        return self._kept(schema, keyword, lambda: {keyword: schema[keyword]})

    def members_only(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what a part says of members; the same each time."""
        return self._cut(schema, "members", members_only)

    def without_parts(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return those keywords of a part that are not taken apart; the same each time."""
        return self._cut(schema, "rest", self._without_parts)

    def referred(self, reference: str) -> Any:
        """Return the part that a reference names."""
        return self._definitions[reference.rpartition("/")[2]]

    def _without_parts(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        return {key: said for key, said in schema.items() if key not in self.taken_apart}

    def _cut(
        self, schema: Mapping[str, Any], form: str, cut: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        key = id(schema), form
        if key not in self._cuts:
            self._cuts[key] = cut(schema)
        return self._cuts[key]

    def _kept(self, schema: Any, form: str, make: Callable[[], Any]) -> Callable[[Any], bool]:
        key = id(schema), form  # the parts of a schema live as long as it does
        if key not in self._made:
            part = make()
            self._made[key] = _anything
            if part is not True and part != {}:
                self._made[key] = self._compile(part if form in _ALONE else self.whole(part))
        return self._made[key]


def members_only(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a schema says of members."""
    return {key: said for key, said in schema.items() if key in SAYS_OF_MEMBERS}


def _anything(_: Any) -> bool:
    return True
