"""The default error shape: problem details (RFC 9457), with every failing field listed."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from understudy import errors
from understudy.contracts.contract import Operation
from understudy.errors import Failure, Refusal, SandboxError
from understudy.messages import Response

PROBLEM_JSON = "application/problem+json"
_NAMED = frozenset(HTTPStatus)

_STATUSES: dict[type[SandboxError], int] = {
    errors.OperationNotFound: 404,
    errors.MethodNotAllowed: 405,
    errors.BodyTooLarge: 413,
    errors.LimitReached: 507,  # RFC 4918 §11.5: what the request would add cannot be stored
    errors.StoreAway: 503,
    errors.MediaTypeUnsupported: 415,
    errors.NotAcceptable: 406,
    errors.BodyMalformed: 400,
    errors.RequestInvalid: 400,
    errors.AnswerUndocumented: 404,
    errors.CredentialRefused: 401,
    errors.AccessDenied: 403,
    errors.RecordNotFound: 404,
    errors.ReferenceUnknown: 422,
    errors.RecordExists: 409,
    errors.AlreadyDone: 409,
    errors.RecordChanged: 412,
    errors.PreconditionFailed: 412,
    errors.KeyReused: 422,
    errors.RateLimited: 429,
    errors.RuleBroken: 422,
    errors.SnapshotRefused: 409,
    errors.FileUnsaved: 409,
}

Sayings = Mapping[type[SandboxError], tuple[int, str]]
"""What a vendor answers to each class of refusals: a status, 0 for the usual one, and a sentence.

In the sentence `{}` is the sandbox's own, and `{0.key}` a part of the refusal.
"""


def status_of(error: SandboxError) -> int:
    """Return the HTTP status an error has where no vendor says otherwise; 500 for what is not a refusal."""
    for kind in type(error).__mro__:
        if kind in _STATUSES:
            return _STATUSES[kind]
    return 500


def stated(error: Refusal, table: Sayings) -> tuple[int, str]:
    """Return the status and the sentence that a table has for a refusal; what it leaves open, as is usual."""
    for kind in type(error).__mro__:
        if kind in table:
            status, sentence = table[kind]
            return status or status_of(error), sentence.format(error)
    return status_of(error), str(error)


def shape(error: Refusal, operation: Operation | None) -> Response:
    """Answer a refusal with problem details."""
    return problem(status_of(error), str(error), operation, error.failures)


def problem(
    status: int, detail: str, operation: Operation | None, failures: tuple[Failure, ...] = ()
) -> Response:
    """Make problem details; `errors` lists each failing field, where there are such."""
    title = f"Status {status}"
    if status in _NAMED:
        title = HTTPStatus(status).phrase
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if operation is not None:
        body["operation"] = operation.key
    if failures:
        body["errors"] = list(map(describe, failures))
    return Response(status, body, media_type=PROBLEM_JSON)


def describe(failure: Failure) -> dict[str, str]:
    """Write a failure as JSON: where, what was broken, what was expected, what came."""
    said = {
        "location": failure.location,
        "pointer": failure.pointer,
        "rule": failure.rule,
        "expected": failure.expected,
    }
    if failure.received:
        said["received"] = failure.received
    return said
