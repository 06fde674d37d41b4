"""Members: what a text, a number or a flag of an error says, told by its name and by what stands beside it.

One table, read from above; the first row that has something to say for a name says it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from understudy.model import error_vocabulary as words
from understudy.model.vocabulary import Words
from understudy.names import fold
from understudy.refusals import codes
from understudy.refusals.facts import Facts, field_of, received_of, sentence_of, steps_of
from understudy.refusals.scope import Scope, is_one_of
from understudy.schemas.shape import Shape

_Says = Callable[[str, Shape, Scope], Any]
"""Returns what a member of a folded name is to say; None where it is not for this row to say."""

_Row = tuple[Words, _Says]


def text(name: str, shape: Shape, scope: Scope) -> str | None:
    """Return what a text says; None where nothing true of this error can be said there."""
    said = None
    if name in words.OF_STATUS_DETAILS and words.OF_STATUS_DETAILS.known <= scope.siblings:
        return _of_status_details(name, scope)
    if scope.failure is not None:
        said = _first(_TEXTS_OF_ONE, name, shape, scope)
    if said is None:
        said = _first(_TEXTS, name, shape, scope)
    if said is None:
        return None
    return _cut(str(said), shape)


def number(name: str, shape: Shape, scope: Scope) -> int | None:
    """Return what a number says; None where nothing true of this error can be said there."""
    facts = scope.facts
    if name == "code" and scope.is_rpc:
        return codes.rpc_number(facts)
    if is_one_of(words.SAYS_STATUS, name):
        return facts.status
    if is_one_of(words.SAYS_WHEN, name):
        seconds = int(facts.asked.at.timestamp())
        return seconds if shape.format == "int32" else seconds * 1000
    if name == "retryafter" and facts.retry_after:
        return facts.retry_after
    if name in words.COUNTS_ERRORS and facts.failures:
        return len(facts.failures)
    if scope.failure is not None and name in words.SAYS_RECEIVED:
        received = received_of(scope.failure)
        return received if type(received) in (int, float) else None
    return None


def flag(name: str) -> bool | None:
    """Return what a boolean says; None where nothing true of this error can be said there."""
    if name in words.SAYS_NO:
        return False
    if name in words.SAYS_YES:
        return True
    return None


def steps(name: str, scope: Scope) -> list[str | int]:
    """Return the way to the value that a failure is about, as a list: pydantic's begins with the part of the
    request.
    """
    assert scope.failure is not None
    way = list(steps_of(scope.failure))
    if name == "loc":
        return [scope.failure.location, *way]
    return way


def _first(table: Sequence[_Row], name: str, shape: Shape, scope: Scope) -> Any:
    for known, says in table:
        if is_one_of(known, name):
            said = says(name, shape, scope)
            if said is not None:
                return said
    return None


def _cut(said: str, shape: Shape) -> str:
    most = shape.limits.get("maxLength")
    if most is None:
        return said
    return said[: int(most)]


def _sample(shape: Shape) -> str:
    for sample in (*shape.samples, *shape.defaults):
        if isinstance(sample, str):
            return sample
    return ""


# ---- of one failure


def _place(name: str, shape: Shape, scope: Scope) -> str | None:
    failure = scope.failure or next(iter(scope.facts.failures), None)
    if failure is None or (not scope.is_entry and name in words.SAYS_ADDRESS):
        return None
    if not _is_its_source(name, failure.location, scope):
        return None
    sample = _sample(shape)
    if name in ("pointer", "instancepath", "datapath") or sample.startswith(("/", "#/")):
        before = "#" * sample.startswith("#")
        return f"{before}{failure.pointer}"
    if name == "loc" or sample.startswith(("body.", "query.", "path.")):
        return ".".join(map(str, (failure.location, *steps_of(failure))))
    if name == "source":
        return failure.location
    return field_of(failure)


def _is_its_source(name: str, location: str, scope: Scope) -> bool:
    """Tell whether a member is the one for this part of a request, where there is one for each (JSON:API
    §9).
    """
    if not {"pointer", "parameter"} <= scope.siblings:
        return True
    is_body = location == "body"
    return {"pointer": is_body, "parameter": location in ("query", "path")}.get(name, True)


def _part(name: str, _shape: Shape, scope: Scope) -> str | None:
    assert scope.failure is not None
    if name == "location" and ("locationtype" in scope.siblings or not _has_where(name, scope)):
        return field_of(scope.failure)
    return scope.failure.location


def _has_where(name: str, scope: Scope) -> bool:
    return scope.has_other(words.SAYS_WHERE, name)


def _named_place(name: str, _shape: Shape, scope: Scope) -> str | None:
    """A `name` or `key` beside a reason is that of the parameter (RFC 9457, invalid-params)."""
    assert scope.failure is not None
    if _has_where(name, scope):
        return None
    return field_of(scope.failure)


def _rule(name: str, shape: Shape, scope: Scope) -> str | None:
    assert scope.failure is not None
    if name in words.SAYS_WHY and not scope.has_other(words.SAYS_WHY, name):
        return None
    if "loc" in scope.siblings and name == "type":
        return codes.pydantic_type(scope.failure)
    if name == "type" and _sample(shape) == "field":
        return "field"
    sample = _sample(shape)
    if not scope.says_where and codes.echoed(sample, scope.facts):
        return sample
    return codes.rule_of(scope.failure, sample)


def _sentence(name: str, _shape: Shape, scope: Scope) -> str | None:
    failure = scope.failure
    assert failure is not None
    if name == "title" and scope.has_other(words.SAYS_WHY, name):
        return None
    if "loc" not in scope.siblings or failure.rule == "syntax":
        return sentence_of(failure)
    return codes.pydantic_sentence(failure)


def _received(_name: str, _shape: Shape, scope: Scope) -> str | None:
    assert scope.failure is not None
    received = received_of(scope.failure)
    return received if isinstance(received, str) else scope.failure.received or None


def _expected(_name: str, _shape: Shape, scope: Scope) -> str | None:
    assert scope.failure is not None
    return scope.failure.expected


# ---- of the whole error


def _moment(_name: str, shape: Shape, scope: Scope) -> str:
    at = scope.facts.asked.at
    if shape.format == "date":
        return at.strftime("%Y-%m-%d")
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _address(_name: str, shape: Shape, scope: Scope) -> str | None:
    if scope.is_entry or not scope.facts.asked.path or shape.format == "uri":
        return None
    return scope.facts.asked.path


def _method(_name: str, _shape: Shape, scope: Scope) -> str | None:
    return scope.facts.asked.method.upper() or None


def _number_of_request(_name: str, _shape: Shape, scope: Scope) -> str | None:
    return scope.facts.asked.number or None


def _title(_name: str, _shape: Shape, scope: Scope) -> str:
    return scope.facts.title


def _why(name: str, shape: Shape, scope: Scope) -> str | None:
    facts = scope.facts
    says_it_too = not words.SAYS_WHY.known.isdisjoint(scope.texts - {name})
    if name == "error" and "errordescription" in scope.siblings:
        return codes.oauth_code(facts)
    if name == "error" and (says_it_too or "message" in scope.siblings):
        return _as_title(shape, scope)
    if name == "reason" and says_it_too:
        return None
    return facts.detail


def _as_title(shape: Shape, scope: Scope) -> str:
    """Name the status beside a reason: as Spring and NestJS do, or as a code where the example is one."""
    sample = _sample(shape)
    if sample and " " not in sample and not sample.istitle():
        return codes.code_of(scope.facts, sample)
    return scope.facts.title


def _status(name: str, shape: Shape, scope: Scope) -> str | None:
    facts, sample = scope.facts, _sample(shape)
    if sample.isdigit():
        return str(facts.status)
    if sample:
        return codes.echoed(sample, facts) or _styled(facts, sample)
    if name == "status" and "code" in scope.siblings - scope.texts:
        return codes.rpc_code(facts) if scope.depth > 0 else "error"
    is_named = scope.depth > 0 and not scope.is_entry
    if name in words.SAYS_KIND and (is_named or not _WITH_STATUS.isdisjoint(scope.siblings)):
        return codes.code_of(facts, sample)
    return str(facts.status)


_WITH_STATUS: Final = frozenset({"type", "status", "statuscode", "httpstatus"})
"""Beside these a code is a word, as it is within an `error` (OData, Azure, Stripe)."""


def _styled(facts: Facts, sample: str) -> str:
    """Write a status as an example writes it; a word that all errors have stays."""
    if fold(sample) in words.ANY_ERROR:
        return sample
    return codes.code_of(facts, sample)


def _kind(name: str, shape: Shape, scope: Scope) -> str | None:
    facts, sample = scope.facts, _sample(shape)
    # Beside a title it is the URI of RFC 9457 §3.1.1.
    is_uri = shape.format.startswith("uri") or sample.startswith(("about:", "http"))
    if name == "type" and (is_uri or "title" in scope.siblings):
        return "about:blank"
    if name == "name" and not scope.says_why:
        return None
    return codes.echoed(sample, facts) or codes.code_of(facts, sample or _USUAL_CASE.get(name, ""))


def _of_status_object(name: str, _shape: Shape, scope: Scope) -> str | None:
    """Say what a Status of Kubernetes says, which is told by all that it has (API conventions, Response
    Status Kind).
    """
    if not words.OF_STATUS_OBJECTS.known <= scope.siblings:
        return None
    said = {"kind": "Status", "apiversion": "v1", "status": "Failure"}
    return said.get(name) or codes.reason_of(scope.facts)


def _of_status_details(name: str, scope: Scope) -> str | None:
    """Say what the details of a Status do: kind and name in the path, `…/namespaces/prod/boats/swan`."""
    found = _IN_PATH.match(scope.facts.asked.path)
    if found is None or name not in found.groupdict():
        return None
    return found[name]


_IN_PATH: Final = re.compile(
    r"(?:/apis/[^/]+|/api)/[^/]+(?:/namespaces/[^/]+)?/(?P<kind>[^/]+)(?:/(?P<name>[^/]+))?"
)
"""Paths of the Kubernetes API."""

_USUAL_CASE: Final[Mapping[str, str]] = {"name": "Error", "exception": "Error", "classname": "Error"}
"""Names of classes, in the case in which classes are written."""


_TEXTS_OF_ONE: Final[tuple[_Row, ...]] = (
    (words.SAYS_WHERE, _place),
    (words.SAYS_PLACE, _part),
    (Words("RFC 9457, appendix A: name of invalid-params; AWS: name", "name key"), _named_place),
    (words.SAYS_RULE, _rule),
    (words.SAYS_WHY, _sentence),
    (words.SAYS_RECEIVED, _received),
    (words.SAYS_EXPECTED, _expected),
)

_TEXTS: Final[tuple[_Row, ...]] = (
    (words.OF_STATUS_OBJECTS, _of_status_object),
    (words.SAYS_WHEN, _moment),
    (words.SAYS_TITLE, _title),
    (words.SAYS_WHY, _why),
    (words.SAYS_STATUS, _status),
    (words.SAYS_KIND, _kind),
    (words.SAYS_METHOD, _method),
    (words.SAYS_WHERE, _place),
    (words.SAYS_ADDRESS, _address),
    (words.SAYS_REQUEST, _number_of_request),
)
