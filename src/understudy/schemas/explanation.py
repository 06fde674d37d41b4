"""The failures a validator finds, as sentences a person can act on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

import jsonschema_rs

from understudy.errors import Failure, show
from understudy.nearest import or_nearest
from understudy.pointers import escape, join
from understudy.schemas.declared import declared_members

Words = Mapping[str, str]
"""What patterns mean, by pattern."""

Branch = Sequence[jsonschema_rs.ValidationError]
"""What one alternative found wrong."""

_LISTED: Final = 25  # allowed values that are named
_FEW: Final = 5  # allowed values among which the right one is seen at once
_MEMBERS: Final = 8  # members of an object that are named where none is like the one that came
_COMPARED: Final = 1_000  # words that wrong ones are compared with, for all failures of one value


class Terms:
    """What is said of the failures of one value. words: what patterns mean. schema: that the value does not
    meet, with its definitions.
    """

    def __init__(self, words: Words, schema: Any) -> None:
        self.words = words
        self._schema, self._left = schema, _COMPARED

    def members(self, error: jsonschema_rs.ValidationError) -> list[str]:
        """Return the members an object may have that has one it may not."""
        if self._left <= 0:
            return []
        return declared_members(self._schema, error.schema_path)

    def or_nearest(self, word: Any, known: Sequence[Any]) -> str:
        """Say which known words are most like a wrong one; "" where none is, and after many comparisons."""
        self._left -= len(known)
        if self._left < 0 or not isinstance(word, str):
            return ""
        return or_nearest(word, (one for one in known if isinstance(one, str)))


def explain(
    error: jsonschema_rs.ValidationError, location: str, prefix: str, terms: Terms
) -> Iterator[Failure]:
    """Yield what one error of the validator says of each field, in words."""
    kind: Any = error.kind  # its members depend on its name
    pointer = prefix + join(error.instance_path)
    if kind.name in ("anyOf", "oneOf") and kind.context:
        yield from _explain_branches(error, kind.context, location, prefix, terms)
    elif kind.name == "required":
        yield Failure(location, f"{pointer}/{escape(kind.property)}", "required", "present")
    elif kind.name in ("additionalProperties", "unevaluatedProperties"):
        yield from _explain_unexpected(error, location, pointer, terms)
    elif kind.name == "propertyNames":
        name = str(kind.error.instance)
        expected = f"under a name that is {_expected(kind.error, terms)}"
        yield Failure(location, f"{pointer}/{escape(name)}", kind.name, expected, show(name))
    else:
        yield Failure(location, pointer, kind.name, _expected(error, terms), show(error.instance))


def _explain_unexpected(
    error: jsonschema_rs.ValidationError, location: str, pointer: str, terms: Terms
) -> Iterator[Failure]:
    """Explain members that a schema does not have, each by the nearest that it has and that was not sent."""
    kind: Any = error.kind
    sent: Any = error.instance
    known = [name for name in terms.members(error) if name not in sent]
    for name in kind.unexpected:
        near = terms.or_nearest(name, known)
        if not near and 0 < len(known) <= _MEMBERS:
            near = f"; there {'is' if len(known) == 1 else 'are'} {', '.join(known)}"
        expected = f"absent: the contract has no such field{near}"
        yield Failure(location, f"{pointer}/{escape(name)}", kind.name, expected, show(sent.get(name)))


def gave_up(error: jsonschema_rs.ValidationError) -> bool:
    """Tell whether a pattern was given up, as it would have gone on for too long."""
    return isinstance(error.kind, jsonschema_rs.ValidationErrorKind.BacktrackLimitExceeded)


def _explain_branches(
    error: jsonschema_rs.ValidationError, branches: Sequence[Branch], location: str, prefix: str, terms: Terms
) -> Iterator[Failure]:
    """Explain the branch the caller most likely meant; where no branch is even of this type, say which types
    are.
    """
    depth = len(error.instance_path)
    pointer = prefix + join(error.instance_path)
    received = show(error.instance)
    if not all(branches):
        yield Failure(location, pointer, "oneOf", "a match of only one alternative", received)
        return
    fitting = [branch for branch in branches if not _is_other_type(branch, depth)]
    if not fitting:
        wanted = dict.fromkeys(_expected(branch[0], terms) for branch in branches)
        yield Failure(location, pointer, error.kind.name, " or ".join(wanted), received)
        return
    labels = _labels(fitting, depth)
    if labels:
        allowed = {show(value): value for value in chain.from_iterable(map(_allowed, labels))}
        place = prefix + join(labels[0].instance_path)
        expected = _one_of(list(allowed.values()), labels[0].instance, terms)
        yield Failure(location, place, "enum", expected, show(labels[0].instance))
        return
    best = min(fitting, key=lambda branch: (_named(branch, depth) is not None, len(branch)))
    for inner in best:
        yield from explain(inner, location, prefix, terms)


def _labels(branches: Sequence[Branch], depth: int) -> Branch:
    """Return what each of several branches says of one and the same discriminator; none where one says
    nothing of it.
    """
    found: list[jsonschema_rs.ValidationError] = []
    for branch in branches:
        error = _named(branch, depth)
        if error is not None:
            found.append(error)
    places = {tuple(error.instance_path) for error in found}
    if len(found) == len(branches) > 1 and len(places) == 1:
        return found
    return []


def _is_other_type(branch: Branch, depth: int) -> bool:
    return any(inner.kind.name == "type" and len(inner.instance_path) == depth for inner in branch)


def _named(branch: Branch, depth: int) -> jsonschema_rs.ValidationError | None:
    """Return what says that a discriminator (a member of few allowed values) names another kind of thing."""
    for inner in branch:
        if inner.kind.name in ("const", "enum") and len(inner.instance_path) == depth + 1:
            return inner
    return None


def _allowed(error: jsonschema_rs.ValidationError) -> Sequence[Any]:
    kind: Any = error.kind
    if kind.name == "const":
        return [kind.expected_value]
    return list(kind.options)


def _expected(error: jsonschema_rs.ValidationError, terms: Terms) -> str:
    """Say what would have been right, as a phrase after "must be"."""
    kind: Any = error.kind  # its members depend on its name
    if gave_up(error):
        return "a text for which its pattern can be decided: this one takes too long"
    if kind.name == "pattern" and kind.pattern in terms.words:
        return terms.words[kind.pattern]
    if kind.name == "enum":
        return _one_of(kind.options, error.instance, terms)
    if kind.name == "falseSchema" and error.schema_path[-4:-3] == ["dependentSchemas"]:
        return f"absent: it goes without {error.schema_path[-3]}"
    phrase = _PHRASES.get(kind.name)
    if phrase is None:
        return error.message
    return phrase(kind)


_TYPE_PHRASES = {
    "integer": "an integer",
    "number": "a number",
    "string": "a string",
    "boolean": "true or false",
    "array": "an array",
    "object": "an object",
    "null": "null",
}


def _plural(count: int, noun: str) -> str:
    if count == 1:
        return f"{count} {noun}"
    if noun.endswith("y"):
        return f"{count} {noun[:-1]}ies"
    return f"{count} {noun}s"


def _types(kind: Any) -> str:
    names = map(str, kind.types)
    return " or ".join(_TYPE_PHRASES.get(name, name) for name in names)


def _one_of(options: Sequence[Any], value: Any, terms: Terms) -> str:
    """Say which values are allowed, and of many which are most like the one that came."""
    said = one_of(options)
    if len(options) > _FEW:
        said += terms.or_nearest(value, options)
    return said


def one_of(options: Sequence[Any]) -> str:
    """Say which values are allowed, as a phrase after "must be"."""
    listed = ", ".join(map(show, options[:_LISTED]))
    if len(options) > _LISTED:
        return f"one of {listed} and {len(options) - _LISTED} more"
    return f"one of {listed}"


_PHRASES: dict[str, Callable[[Any], str]] = {
    "type": _types,
    "const": lambda kind: show(kind.expected_value),
    "format": lambda kind: f"of the format {kind.format}",
    "pattern": lambda kind: f"a match of {kind.pattern}",
    "minimum": lambda kind: f"at least {kind.limit}",
    "maximum": lambda kind: f"at most {kind.limit}",
    "exclusiveMinimum": lambda kind: f"more than {kind.limit}",
    "exclusiveMaximum": lambda kind: f"less than {kind.limit}",
    "multipleOf": lambda kind: f"a multiple of {kind.multiple_of}",
    "minLength": lambda kind: f"at least {_plural(kind.limit, 'character')} long",
    "maxLength": lambda kind: f"at most {_plural(kind.limit, 'character')} long",
    "minItems": lambda kind: f"of at least {_plural(kind.limit, 'item')}",
    "maxItems": lambda kind: f"of at most {_plural(kind.limit, 'item')}",
    "minProperties": lambda kind: f"of at least {_plural(kind.limit, 'property')}",
    "maxProperties": lambda kind: f"of at most {_plural(kind.limit, 'property')}",
    "uniqueItems": lambda _: "without repeated items",
    "falseSchema": lambda _: "absent: nothing is allowed here",
    "not": lambda _: "anything but this: the contract excludes it",
    "contains": lambda _: "an array with an item of the wanted kind",
}
