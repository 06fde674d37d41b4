"""Codes: short words for an error, one of those that a contract lists, or written as its examples are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from understudy.errors import Failure
from understudy.model.error_vocabulary import (
    ANY_ERROR,
    ANY_FAILURE,
    CALLERS_FAULT,
    ERROR_CODES,
    FAILURE_CODES,
    SERVERS_FAULT,
)
from understudy.names import fold, split_words
from understudy.refusals.facts import Facts

_OAUTH: Final = {401: "invalid_token", 403: "insufficient_scope"}
"""RFC 6750 §3.1; whatever else is wrong is an `invalid_request`."""

_RPC: Final = {
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    412: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
"""google.rpc.Code, by the HTTP status that its documentation gives for each."""

_RPC_NUMBERS: Final = {
    401: 16,
    403: 7,
    404: 5,
    405: 12,
    409: 6,
    410: 5,
    412: 9,
    428: 9,
    429: 8,
    499: 1,
    500: 13,
    501: 12,
    502: 14,
    503: 14,
    504: 4,
}
"""The same as numbers, as gRPC gateways write them into their answers; what else a caller does wrong is 3,
INVALID_ARGUMENT.
"""

_REASONS: Final = {
    409: "AlreadyExists",
    422: "Invalid",
    500: "InternalError",
    504: "Timeout",
}
"""Reasons of the Kubernetes API that are not called as HTTP calls the status."""

_TELLING: Final = 8
"""Letters of a word that says enough by itself: `validation`, and not `invalid` or `field`."""

_TYPES: Final = {
    "a string": "string",
    "an integer": "int",
    "a number": "float",
    "true or false": "bool",
    "an array": "list",
    "an object": "dict",
}
_PYDANTIC: Final[Mapping[str, str]] = {
    "required": "missing",
    "pattern": "string_pattern_mismatch",
    "minLength": "string_too_short",
    "maxLength": "string_too_long",
    "minItems": "too_short",
    "maxItems": "too_long",
    "minimum": "greater_than_equal",
    "maximum": "less_than_equal",
    "exclusiveMinimum": "greater_than",
    "exclusiveMaximum": "less_than",
    "multipleOf": "multiple_of",
    "enum": "enum",
    "const": "literal_error",
    "additionalProperties": "extra_forbidden",
    "syntax": "json_invalid",
}
"""The types of errors of pydantic 2 (docs.pydantic.dev, "Validation Errors")."""
_PYDANTIC_KINDS: Final[Mapping[str, str]] = {
    "string": "a valid string",
    "int": "a valid integer",
    "float": "a valid number",
    "bool": "a valid boolean",
    "list": "a valid list",
    "dict": "a valid dictionary",
}
_READ: Final[Mapping[str, str]] = {
    "int": ", unable to parse string as an integer",
    "float": ", unable to parse string as a number",
    "bool": ", unable to interpret input",
}
"""What pydantic adds of a text that it cannot read as another type."""
_PYDANTIC_FORMATS: Final[Mapping[str, str]] = {
    "uuid": "uuid_parsing",
    "date-time": "datetime_parsing",
    "date": "date_from_datetime_parsing",
    "time": "time_parsing",
    "uri": "url_parsing",
}


def pydantic_type(failure: Failure) -> str:
    """Name a failure as pydantic does."""
    kind = _pydantic_kind(failure)
    if kind:
        is_text = failure.location != "body" and kind in _READ
        ending = "parsing" if is_text else "type"
        return f"{kind}_{ending}"
    if failure.rule == "format":
        return _PYDANTIC_FORMATS.get(failure.expected.rpartition(" ")[2], "value_error")
    return _PYDANTIC.get(failure.rule, "value_error")


def pydantic_sentence(failure: Failure) -> str:
    """Say a failure as pydantic does."""
    if failure.rule == "required":
        return "Field required"
    kind = _pydantic_kind(failure)
    expected = failure.expected
    if kind:
        expected = _PYDANTIC_KINDS[kind]
        if pydantic_type(failure).endswith("parsing"):
            expected += _READ[kind]
    return f"Input should be {expected}{failure.advice}"


def _pydantic_kind(failure: Failure) -> str:
    """Return the one type that a value had to be of; where it may be null as well, pydantic speaks of the
    other.
    """
    if failure.rule not in ("type", "anyOf", "oneOf"):
        return ""
    return _TYPES.get(failure.expected.removesuffix(" or null").removeprefix("null or "), "")


# ---- one of several


def fitting(options: Iterable[Any], facts: Facts, failure: Failure | None) -> Any:
    """Return the one of several codes that says most exactly what went wrong; None where none says it."""
    options = list(options)
    if facts.status in options:
        return facts.status
    texts = {fold(option): option for option in options if isinstance(option, str)}
    if facts.oauth_code and fold(facts.oauth_code) in texts:
        return texts[fold(facts.oauth_code)]
    for word in chain([str(facts.status)], _words(facts, failure)):
        for folded, text in texts.items():
            if word in folded:
                return text
    return next((texts[word] for word in ANY_ERROR if word in texts), None)


def _words(facts: Facts, failure: Failure | None) -> Iterator[str]:
    """Yield what a code may hold, the most telling first."""
    if failure is not None:
        yield fold(failure.rule)
        yield from FAILURE_CODES.get(failure.rule, ())
        yield from ANY_FAILURE
    yield fold(facts.title)
    yield from ERROR_CODES.get(facts.status, ())
    yield from SERVERS_FAULT if facts.status >= 500 else CALLERS_FAULT


def echoed(sample: str, facts: Facts) -> str:
    """Return a code that the contract gives as an example, where it says what went wrong; else nothing."""
    folded = fold(sample)
    for word in ERROR_CODES.get(facts.status, ()):
        if len(word) >= _TELLING and word in folded:
            return sample
    return ""


# ---- a word of our own


def code_of(facts: Facts, sample: str) -> str:
    """Write the name of a status as a code, in the manner of an example."""
    if sample.isdigit():
        return str(facts.status)
    return styled(split_words(facts.title), sample)


def rule_of(failure: Failure, sample: str) -> str:
    """Write the rule that was broken as a code, in the manner of an example."""
    return styled(split_words(failure.rule), sample)


def oauth_code(facts: Facts) -> str:
    """Return what OAuth 2.0 calls an error."""
    return facts.oauth_code or _OAUTH.get(facts.status, "invalid_request")


def reason_of(facts: Facts) -> str:
    """Return what the Kubernetes API calls an error (metav1.StatusReason)."""
    return _REASONS.get(facts.status) or styled(split_words(facts.title), "Reason")


def rpc_code(facts: Facts) -> str:
    """Return what gRPC calls an error."""
    return _RPC.get(facts.status, "INVALID_ARGUMENT")


def rpc_number(facts: Facts) -> int:
    """Return the number that gRPC has for an error (google.rpc.Code)."""
    return _RPC_NUMBERS.get(facts.status, 3)


def styled(words: Sequence[str], sample: str) -> str:
    """Write words in the case of a sample: `NOT_FOUND`, `not-found`, `NotFound`, `Not found`; else
    `not_found`.
    """
    for is_meant, write in _STYLES:
        if is_meant(sample):
            return write(words)
    return "_".join(words)


def _is_upper(sample: str) -> bool:
    return sample.isupper() and len(sample) > 1


def _is_kebab(sample: str) -> bool:
    return "-" in sample and sample.islower()


def _is_phrase(sample: str) -> bool:
    return " " in sample


def _is_pascal(sample: str) -> bool:
    return sample[:1].isupper()


def _is_camel(sample: str) -> bool:
    return not sample.islower() and sample.isalpha()


_STYLES: Final[tuple[tuple[Callable[[str], bool], Callable[[Sequence[str]], str]], ...]] = (
    (_is_upper, lambda words: "_".join(words).upper()),
    (_is_kebab, "-".join),
    (_is_phrase, lambda words: " ".join(words).capitalize()),
    (_is_pascal, lambda words: "".join(map(str.capitalize, words))),
    (_is_camel, lambda words: words[0] + "".join(map(str.capitalize, words[1:]))),
)
