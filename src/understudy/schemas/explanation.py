"""The failures a validator finds, as sentences a person can act on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import jsonschema_rs

from understudy.errors import Failure, show
from understudy.pointers import escape, join

Words = Mapping[str, str]
"""What patterns mean, by pattern."""


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
        for name in kind.unexpected:
            received = error.instance.get(name) if isinstance(error.instance, dict) else None
            yield Failure(
                location,
                f"{pointer}/{escape(name)}",
                kind.name,
                "absent: the contract has no such field",
                show(received),
            )
    else:
        yield Failure(location, pointer, kind.name, _expected(error, words), show(error.instance))


def _explain_branches(
    error: jsonschema_rs.ValidationError, branches: Sequence[Any], location: str, prefix: str, words: Words
) -> Iterator[Failure]:
    """Explain the branch the caller most likely meant; where no branch is even of this type, say which types are."""
    depth = len(error.instance_path)
    if not all(branches):
        yield Failure(
            location,
            prefix + join(error.instance_path),
            "oneOf",
            "a match of only one alternative",
            show(error.instance),
        )
        return
    fitting = [branch for branch in branches if not _is_other_type(branch, depth)]
    if not fitting:
        wanted = dict.fromkeys(_expected(first, words) for branch in branches for first in branch[:1])
        yield Failure(
            location,
            prefix + join(error.instance_path),
            error.kind.name,
            " or ".join(wanted),
            show(error.instance),
        )
        return
    kinds = [kind for branch in fitting if (kind := _named(branch, depth))]
    if len(kinds) == len(fitting) > 1 and len({tuple(kind.instance_path) for kind in kinds}) == 1:
        wanted = dict.fromkeys(show(option) for kind in kinds for option in _allowed(kind))
        yield Failure(
            location,
            prefix + join(kinds[0].instance_path),
            "enum",
            _one_of(list(wanted)),
            show(kinds[0].instance),
        )
        return
    best = min(fitting, key=lambda branch: (_named(branch, depth) is not None, len(branch)))
    for inner in best:
        yield from explain(inner, location, prefix, words)


def _is_other_type(branch: Sequence[jsonschema_rs.ValidationError], depth: int) -> bool:
    return any(inner.kind.name == "type" and len(inner.instance_path) == depth for inner in branch)


def _named(
    branch: Sequence[jsonschema_rs.ValidationError], depth: int
) -> jsonschema_rs.ValidationError | None:
    """Return what says that a member which names the kind of thing (a discriminator: few allowed values) names another one."""
    return next(
        (
            inner
            for inner in branch
            if inner.kind.name in ("const", "enum") and len(inner.instance_path) == depth + 1
        ),
        None,
    )


def _allowed(error: jsonschema_rs.ValidationError) -> Sequence[Any]:
    kind: Any = error.kind
    return [kind.expected_value] if kind.name == "const" else list(kind.options)


def _expected(error: jsonschema_rs.ValidationError, words: Words) -> str:
    kind: Any = error.kind  # its members depend on its name
    if kind.name == "pattern" and kind.pattern in words:
        return words[kind.pattern]
    if (
        kind.name == "propertyNames"
        and kind.error.kind.name == "pattern"
        and kind.error.kind.pattern in words
    ):
        return f"an object whose names are each {words[kind.error.kind.pattern]}"
    if kind.name == "falseSchema" and error.schema_path[-4:-3] == ["dependentSchemas"]:
        return f"absent: it goes without {error.schema_path[-3]}"
    phrase = _PHRASES.get(kind.name)
    return phrase(kind) if phrase else error.message


_TYPE_PHRASES = {"integer": "an integer", "number": "a number", "string": "a string", "boolean": "true or false", "array": "an array",
                 "object": "an object", "null": "null"}  # fmt: skip


def _plural(count: int, noun: str) -> str:
    return (
        f"{count} {noun}"
        if count == 1
        else f"{count} {noun[:-1]}ies"
        if noun.endswith("y")
        else f"{count} {noun}s"
    )


def _types(kind: Any) -> str:
    return " or ".join(_TYPE_PHRASES.get(str(name), str(name)) for name in kind.types)


def _options(kind: Any) -> str:
    return _one_of([show(option) for option in kind.options])


def _one_of(shown: Sequence[str]) -> str:
    listed = ", ".join(shown[:25])
    return f"one of {listed}" + (f" and {len(shown) - 25} more" if len(shown) > 25 else "")


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
    "backtrackLimitExceeded": lambda _: (
        "a match of the pattern, which takes too long to decide for this text"
    ),
}
