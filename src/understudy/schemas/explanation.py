"""The failures a validator finds, as sentences a person can act on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

import jsonschema_rs

from understudy.errors import Failure, show
from understudy.pointers import escape, join

Words = Mapping[str, str]
"""What patterns mean, by pattern."""

Branch = Sequence[jsonschema_rs.ValidationError]
"""What one alternative found wrong."""

_LISTED: Final = 25  # allowed values that are named


def explain(
    error: jsonschema_rs.ValidationError, location: str, prefix: str, words: Words
) -> Iterator[Failure]:
    """Yield what one error of the validator says of each field, in words; `words`: what patterns mean."""
    kind: Any = error.kind  # its members depend on its name
    pointer = prefix + join(error.instance_path)
    if kind.name in ("anyOf", "oneOf") and kind.context:
        yield from _explain_branches(error, kind.context, location, prefix, words)
    elif kind.name == "required":
        yield Failure(location, f"{pointer}/{escape(kind.property)}", "required", "present")
    elif kind.name in ("additionalProperties", "unevaluatedProperties"):
        expected = "absent: the contract has no such field"
        instance: Any = error.instance
        for name in kind.unexpected:
            received = show(instance.get(name))
            yield Failure(location, f"{pointer}/{escape(name)}", kind.name, expected, received)
    else:
        yield Failure(location, pointer, kind.name, _expected(error, words), show(error.instance))


def gave_up(error: jsonschema_rs.ValidationError) -> bool:
    """Tell whether a pattern was given up, as it would have gone on for too long."""
    return isinstance(error.kind, jsonschema_rs.ValidationErrorKind.BacktrackLimitExceeded)


def _explain_branches(
    error: jsonschema_rs.ValidationError, branches: Sequence[Branch], location: str, prefix: str, words: Words
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
        wanted = dict.fromkeys(_expected(branch[0], words) for branch in branches)
        yield Failure(location, pointer, error.kind.name, " or ".join(wanted), received)
        return
    labels = _labels(fitting, depth)
    if labels:
        allowed = {show(value): value for value in chain.from_iterable(map(_allowed, labels))}
        place = prefix + join(labels[0].instance_path)
        yield Failure(location, place, "enum", one_of(list(allowed.values())), show(labels[0].instance))
        return
    best = min(fitting, key=lambda branch: (_named(branch, depth) is not None, len(branch)))
    for inner in best:
        yield from explain(inner, location, prefix, words)


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


def _expected(error: jsonschema_rs.ValidationError, words: Words) -> str:
    """Say what would have been right, as a phrase after "must be"."""
    kind: Any = error.kind  # its members depend on its name
    if gave_up(error):
        return "a text for which its pattern can be decided: this one takes too long"
    if kind.name == "pattern" and kind.pattern in words:
        return words[kind.pattern]
    if kind.name == "propertyNames":
        inner = kind.error.kind
        if inner.name == "pattern" and inner.pattern in words:
            return f"an object whose names are each {words[inner.pattern]}"
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


def _options(kind: Any) -> str:
    return one_of(kind.options)


def one_of(options: Sequence[Any]) -> str:
    """Say which values are allowed, as a phrase after "must be"."""
    listed = ", ".join(map(show, options[:_LISTED]))
    if len(options) > _LISTED:
        return f"one of {listed} and {len(options) - _LISTED} more"
    return f"one of {listed}"


_PHRASES: dict[str, Callable[[Any], str]] = {
    "type": _types,
    "enum": _options,
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
    "propertyNames": lambda kind: f"an object whose names are right: {kind.error.message}",
}
