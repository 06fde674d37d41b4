"""Facts: what is true of one error, whoever is to say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

import orjson
from msgspec import Struct, field
from msgspec.structs import replace

from understudy.errors import Failure, MediaTypeUnsupported, RateLimited, RecordExists, Refusal
from understudy.pointers import tokens

_NAMED: Final = frozenset(HTTPStatus)


class Asked(Struct, frozen=True):
    """A request that is refused, as far as an error speaks of it.

    path: as it was on the wire. at: when, by the sandbox's clock. number: tells this request from all others.
    accept: its Accept header.
    """

    method: str = ""
    path: str = ""
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    number: str = ""
    accept: str = ""


UNKNOWN: Final = Asked()


class Facts(Struct, frozen=True):
    """One error. detail: the reason, a sentence. retry_after: seconds, 0 where nothing is said of that.

    keeps_examples: whether what the contract gives as an example of a member is said, and not what is true.
    wrapper: the only member of the body, where that is an object which holds all that was sent.
    """

    status: int
    detail: str
    failures: tuple[Failure, ...] = ()
    asked: Asked = field(default_factory=Asked)
    retry_after: int = 0
    keeps_examples: bool = False
    oauth_code: str = ""
    wrapper: str = ""

    @classmethod
    def of(cls, error: Refusal, status: int, asked: Asked, wrapper: str = "") -> Facts:
        """Return the facts of a refusal that is answered with a status."""
        retry_after = 0
        if isinstance(error, RateLimited):
            retry_after = error.retry_after
        failures = _failures(error)
        return cls(
            status, str(error), failures, asked, retry_after, oauth_code=error.oauth_code, wrapper=wrapper
        )

    @property
    def title(self) -> str:
        """What HTTP calls the status."""
        if self.status in _NAMED:
            return HTTPStatus(self.status).phrase
        return f"Status {self.status}"

    @property
    def by_field(self) -> Mapping[str, Sequence[Failure]]:
        """The failures by the field that each is about, `address.city`; by its place where it is about no
        field. Fields of `{"user": {…}}` are named without it, as Rails and Ecto have them.
        """
        found: dict[str, list[Failure]] = {}
        for failure in map(self._unwrapped, self.failures):
            found.setdefault(field_of(failure), []).append(failure)
        return found

    def _unwrapped(self, failure: Failure) -> Failure:
        before = f"/{self.wrapper}/"
        if not self.wrapper or failure.location != "body" or not failure.pointer.startswith(before):
            return failure
        return replace(failure, pointer=failure.pointer[len(before) - 1 :])


def _failures(error: Refusal) -> tuple[Failure, ...]:
    """Return what a refusal is about, member by member, where it is about a part of the request."""
    if error.failures:
        return error.failures
    if isinstance(error, RecordExists) and error.field != "key":
        taken = orjson.dumps(error.value).decode()
        return (Failure("body", f"/{error.field}", "unique", "one that is not taken", taken),)
    if isinstance(error, MediaTypeUnsupported) and error.supported:
        expected = f"of the media type {' or '.join(error.supported)}"
        return (Failure("body", "", "contentMediaType", expected, orjson.dumps(error.received).decode()),)
    return ()


# ---- one failure


def steps_of(failure: Failure) -> Iterator[str | int]:
    """Yield the names and numbers that lead to a value, from the outside in."""
    for token in tokens(failure.pointer):
        yield int(token) if token.isdigit() else token


def field_of(failure: Failure) -> str:
    """Name the field that a failure is about as forms do, `items.0.name`; of a whole body, that."""
    return ".".join(map(str, steps_of(failure))) or failure.location


def sentence_of(failure: Failure) -> str:
    """Say a failure with the field it is about."""
    if failure.rule == "syntax":
        return failure.message
    return f"{field_of(failure)} {failure.message}"


def received_of(failure: Failure) -> Any:
    """Return what came, None where nothing did or where only a part of it was kept."""
    try:
        return orjson.loads(failure.received)
    except orjson.JSONDecodeError:
        return None
