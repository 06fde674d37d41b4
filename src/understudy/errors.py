"""Everything that can go wrong, in the sandbox's own words.

    SandboxError
    ├── ContractError            a document that cannot be served
    ├── SettingsError            an option or an identities file that cannot be used
    │   └── OptionInvalid        … which the environment or a file of options sets
    ├── CounterPassed            a number that was foreseen for something new is another's
    ├── ResponseInvalid          a handler made what its contract refuses: our fault, never the caller's
    │   └── WriteInvalid         … and wrote it into a collection
    └── Refusal                  a "no" to the caller
        ├── OperationNotFound    no operation has this path
        ├── MethodNotAllowed     the path exists, not with this method
        ├── BodyTooLarge         more bytes than the sandbox takes
        ├── LimitReached         the sandbox keeps no more of these
        ├── MediaTypeUnsupported the body is of a type the operation does not take
        │   └── CodingUnsupported … or packed in what nobody here can unpack
        ├── NotAcceptable        the caller accepts no type the answer could have
        ├── BodyMalformed        the body cannot be read as what it says it is
        ├── RequestInvalid       parameters or body break the contract
        │   └── GrantUnsupported … by a kind of grant that there is not
        ├── AnswerUndocumented   the caller prefers an answer that the contract does not have
        ├── CredentialRefused
        │   ├── CredentialMissing
        │   ├── CredentialInvalid
        │   │   └── LoginRefused … at the operation that lets somebody in
        │   ├── CredentialExpired
        │   └── CredentialRevoked
        ├── AccessDenied         a good credential that may not do this
        │   └── ScopeMissing
        ├── RecordNotFound       no such record
        ├── ReferenceUnknown     a body names a record there is not
        ├── RecordExists         a unique key is taken
        ├── AlreadyDone          what an action does was done before
        ├── RecordChanged        the record is not of the expected version
        ├── PreconditionFailed   If-Match or If-None-Match does not hold
        ├── KeyReused            an idempotency key that came before, with another request
        ├── StoreAway            what state is kept in does not answer
        ├── RateLimited          more calls than a limit allows
        ├── SnapshotRefused      a snapshot of something else, or no snapshot at all
        ├── FileUnsaved          what was to be kept in a file cannot be
        └── RuleBroken           a rule of the vendor's that no schema can state

Nothing here knows HTTP: `problem` and each vendor turn a `Refusal` into a status and a body.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from msgspec import Struct

from understudy.pointers import shown, unescape

SHOWN: Final = 80  # characters of a received value that a failure displays


class Failure(Struct, frozen=True):
    """One value that breaks one rule.

    location: `body`, `path`, `query`, `header` or `cookie`.
    pointer: JSON pointer (RFC 6901) from there to the value; a missing property is pointed at as if it were
    there.
    rule: the JSON Schema keyword that was broken (`required`, `type`, `enum`, …) or a vendor's own word.
    `syntax`: the value could not be read at all, and `expected` is the whole sentence that says why.
    expected: what would have been right, as a phrase after "must be": `an integer`, `at most 50 characters
    long`.
    received: a short display of what came instead; empty where nothing came.
    advice: what would let it pass, said behind all else.
    """

    location: str
    pointer: str
    rule: str
    expected: str
    received: str = ""
    advice: str = ""

    @property
    def field(self) -> str:
        """The first segment of the pointer, unescaped: the top-level field or the parameter's name."""
        return unescape(self.pointer[1:].partition("/")[0])

    @property
    def message(self) -> str:
        """Say the failure without its place: `must be an integer, got "12"`."""
        if self.rule == "required":
            return "is required"
        if self.rule == "syntax":
            return self.expected
        got = ""
        if self.received:
            got = f", got {self.received}"
        return f"must be {self.expected}{got}{self.advice}"

    def __str__(self) -> str:
        place = self.location
        if self.pointer:
            place += f" {self.pointer}"
        return f"{place}: {self.message}"


class SandboxError(Exception):
    """The root of the tree; `str(error)` is a sentence for a person."""


class ContractError(SandboxError):
    """A document that cannot be served.

    file: the file as the user named it. line: 1-based, where known. pointer: JSON pointer into the file,
    where known.
    """

    def __init__(self, reason: str, *, file: str = "", line: int | None = None, pointer: str = "") -> None:
        self.reason, self.file, self.line, self.pointer = reason, file, line, pointer
        said = reason
        if pointer:
            said += f" (at {shown(pointer)})"
        if line:
            said = f"{file}:{line}: {said}"
        elif file:
            said = f"{file}: {said}"
        super().__init__(said)


class SettingsError(SandboxError):
    """An option, or a file an option names, that cannot be used."""


class StoreUnusable(SettingsError):
    """A store that state cannot be kept in: no such one, another program's, in use."""


class TlsUnusable(SettingsError):
    """A certificate or a key that a server cannot speak TLS with."""


class OptionInvalid(SettingsError):
    """What the environment or a file of options says, and no option can be; place: where it says so."""

    def __init__(self, place: str, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(f"{place}: {reason}")


class ResponseInvalid(SandboxError):
    """A handler answered with what its contract refuses."""

    def __init__(self, operation: str, status: int, failures: Sequence[Failure]) -> None:
        self.operation, self.status, self.failures = operation, status, tuple(failures)
        listed = "; ".join(map(str, self.failures))
        super().__init__(f"{operation} answered {status} with what its contract refuses: {listed}")


class WriteInvalid(ResponseInvalid):
    """A handler wrote what the contract of a collection refuses."""

    def __init__(self, operation: str, collection: str, failures: Sequence[Failure]) -> None:
        super().__init__(operation, 500, failures)
        listed = "; ".join(map(str, self.failures))
        self.args = (f"a handler of {operation} wrote into {collection} what its contract refuses: {listed}",)


class Refusal(SandboxError):
    """A "no" to the caller; `failures` names each value it is about, where there are such."""

    oauth_code = ""
    """What RFC 6749 §5.2 calls it, where that tells it from others."""

    failures: tuple[Failure, ...] = ()


class OperationNotFound(Refusal):
    """`nearest`: the paths that look most like the one asked for, best first."""

    def __init__(self, method: str, path: str, nearest: Sequence[str]) -> None:
        self.method, self.path, self.nearest = method, path, tuple(nearest)
        hint = ""
        if self.nearest:
            hint = f"; the nearest operations are {', '.join(self.nearest)}"
        super().__init__(f"no operation answers {method} {path}{hint}")


class MethodNotAllowed(Refusal):
    """`allowed`: the methods the path has, upper case, sorted."""

    def __init__(self, method: str, path: str, allowed: Sequence[str]) -> None:
        self.method, self.path, self.allowed = method, path, tuple(allowed)
        super().__init__(f"{path} does not take {method}, only {', '.join(self.allowed)}")


class BodyTooLarge(Refusal):
    """`limit`: bytes; `once` says of what, where these are not the bytes that came: `once it is unpacked`.
    is_read: whether all that was sent has been taken.
    """

    def __init__(self, limit: int, once: str = "", *, is_read: bool = True) -> None:
        self.limit, self.is_read = limit, is_read
        said = " ".join(filter(None, [f"the body is larger than {limit:,} bytes", once]))
        super().__init__(f"{said}; the option --body-limit says how large one may be")


class LimitReached(Refusal):
    """The sandbox keeps `limit` of `what`, and not one more; `option` is what to set for more."""

    def __init__(self, limit: int, what: str, option: str) -> None:
        self.limit, self.what, self.option = limit, what, option
        super().__init__(f"there are {limit:,} {what}, and the option {option} allows no more")


class StoreAway(Refusal):
    """The store that state is kept in does not answer now; what was asked of it is done whole or not at all.

    reason: what it, or the connection to it, says.
    """

    retry_after = 1
    """Whole seconds after which it may be asked again."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__("the store that the sandbox keeps its state in does not answer now; try again")


class MediaTypeUnsupported(Refusal):
    """`supported`: the media types the operation takes, as its contract writes them."""

    def __init__(self, received: str, supported: Sequence[str], reason: str = "") -> None:
        self.received, self.supported = received, tuple(supported)
        what = reason or (
            f"Content-Type {received!r} is not taken here" if received else "Content-Type is missing"
        )
        if self.supported:
            what += f"; send {' or '.join(self.supported)}"
        super().__init__(what)


class CodingUnsupported(MediaTypeUnsupported):
    """`taken`: the content codings there are."""

    def __init__(self, reason: str, taken: Sequence[str]) -> None:
        self.taken = tuple(taken)
        super().__init__("", (), f"{reason}; send the body as it is, or in {', '.join(self.taken)}")


class NotAcceptable(Refusal):
    """`offered`: the media types the answer could have."""

    def __init__(self, accept: str, offered: Sequence[str], reason: str = "") -> None:
        self.accept, self.offered = accept, tuple(offered)
        super().__init__(
            reason or f"nothing here satisfies Accept {accept!r}; offered are {', '.join(self.offered)}"
        )


class BodyMalformed(Refusal):
    """The body is not what its Content-Type says; the sentence says what is wrong and, where known, where."""

    def __init__(self, reason: str) -> None:
        self.failures = (Failure("body", "", "syntax", reason),)
        super().__init__(reason)


class RequestInvalid(Refusal):
    """Every value of the request that its contract refuses; never empty."""

    def __init__(self, failures: Sequence[Failure]) -> None:
        self.failures = tuple(failures)
        super().__init__("; ".join(map(str, self.failures)))


class GrantUnsupported(RequestInvalid):
    """A token is asked for by a kind of grant that there is not."""

    oauth_code = "unsupported_grant_type"


class AnswerUndocumented(Refusal):
    """The caller prefers an answer that the contract does not have; `failure` lists those it has."""

    def __init__(self, failure: Failure) -> None:
        self.failures = (failure,)
        super().__init__(str(failure))


class CredentialRefused(Refusal):
    """The caller is not who the operation asks for.

    `challenge`: how to authenticate, as in WWW-Authenticate.
    """

    def __init__(self, reason: str, challenge: str = "") -> None:
        self.challenge = challenge
        super().__init__(reason)


class CredentialMissing(CredentialRefused):
    """No credential came where the contract asks for one."""


class CredentialInvalid(CredentialRefused):
    """A credential nobody issued."""


class LoginRefused(CredentialInvalid):
    """What somebody proves who they are by is wrong: refused by the operation itself, not before it."""

    oauth_code = "invalid_grant"


class CredentialExpired(CredentialRefused):
    """A credential that was good once."""


class CredentialRevoked(CredentialRefused):
    """A credential that was taken back."""


class AccessDenied(Refusal):
    """The caller is known and may not do this."""


class ScopeMissing(AccessDenied):
    """`required`: scopes the operation asks for; `granted`: those the credential carries."""

    def __init__(self, required: Sequence[str], granted: Sequence[str]) -> None:
        self.required, self.granted = tuple(required), tuple(granted)
        has = ", ".join(self.granted) or "none"
        super().__init__(f"the credential lacks a required scope: {', '.join(self.required)} (it has {has})")


class RecordNotFound(Refusal):
    """`collection` and `key` as the handler named them."""

    def __init__(self, collection: str, key: str) -> None:
        self.collection, self.key = collection, key
        super().__init__(
            f"no {collection} has the identifier {key!r}" if key else f"there is no {collection}"
        )


class ReferenceUnknown(Refusal):
    """What a body names and is not there; `failures` names each."""

    def __init__(self, failures: Sequence[Failure]) -> None:
        self.failures = tuple(failures)
        super().__init__("; ".join(map(str, self.failures)))


class RecordExists(Refusal):
    """`field`: the unique field whose `value` is taken; `key` for that by which the collection keeps its
    records. `failures`: of several records that were to be created, each value that is taken.
    """

    def __init__(self, collection: str, field: str, value: str, failures: Sequence[Failure] = ()) -> None:
        self.collection, self.field, self.value = collection, field, value
        self.failures = tuple(failures)
        super().__init__(f"{'the identifier' if field == 'key' else field} {value!r} is already taken")


class AlreadyDone(Refusal):
    """`members`: what the action would have made of the record, and what it is."""

    def __init__(self, collection: str, key: str, members: Mapping[str, Any]) -> None:
        self.collection, self.key, self.members = collection, key, members
        said = ", ".join(f"{name} is {show(value)}" for name, value in members.items())
        super().__init__(f"that was done to {collection} {key!r} before: {said}")


class CounterPassed(SandboxError):
    """`found`: the number that a counter has, which was to reach `number`. Whoever wanted that draws anew."""

    def __init__(self, counter: str, number: int, found: int) -> None:
        self.counter, self.number, self.found = counter, number, found
        super().__init__(f"the counter {counter!r} is at {found} already, and {number} was foreseen")


class RecordChanged(Refusal):
    """`expected` and `found`: version numbers of the record."""

    def __init__(self, collection: str, key: str, expected: int, found: int) -> None:
        self.collection, self.key, self.expected, self.found = collection, key, expected, found
        super().__init__(
            f"{collection} {key!r} has changed: version {expected} was expected, {found} was found"
        )


class PreconditionFailed(Refusal):
    """`header`: the condition's name; `received`: what it said; `current`: the entity tag there is now, empty
    where there is nothing.
    """

    def __init__(self, header: str, received: str, current: str = "") -> None:
        self.header, self.received, self.current = header, received, current
        there = "there is nothing yet"
        if current:
            there = f"the current ETag is {current}"
        super().__init__(f"{header}: {received} does not hold: {there}")


class KeyReused(Refusal):
    """`header`: the name of the idempotency header; `key`: its value, under which another request was
    answered before.
    """

    def __init__(self, header: str, key: str) -> None:
        self.header, self.key = header, key
        self.failures = (Failure("header", f"/{header}", "reused", "a new key for a new request", repr(key)),)
        super().__init__(f"{header} {key!r} was used before, with another request")


class RateLimited(Refusal):
    """`retry_after`: whole seconds, at least 1, after which a call will be let through."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(
            f"too many requests; the next one is let through after "
            f"{retry_after} second{'s' * (retry_after > 1)}"
        )


class SnapshotRefused(Refusal):
    """A document that cannot be restored here; `failures` says why and where in it."""

    def __init__(self, failures: Sequence[Failure]) -> None:
        self.failures = tuple(failures)
        said = "; ".join(f"{failure.pointer} {failure.message}" for failure in self.failures)
        super().__init__(f"the snapshot cannot be restored here: {said}")


class FileUnsaved(Refusal):
    """`name`: of the file, empty where it is not about one; the sentence says why it was not written."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        super().__init__(f"nothing was saved: {': '.join(filter(None, [name, reason]))}")


class RuleBroken(Refusal):
    """A vendor's rule; `failures` names the fields it is about."""

    def __init__(self, failures: Sequence[Failure], reason: str = "") -> None:
        self.failures = tuple(failures)
        super().__init__(reason or "; ".join(map(str, self.failures)))


def show(value: Any) -> str:
    """Display a value in at most SHOWN characters, as JSON."""
    try:
        text = orjson.dumps(value).decode()
    except (TypeError, ValueError):
        text = repr(value)
    if len(text) <= SHOWN:
        return text
    return f"{text[: SHOWN - 20]} … ({len(text)} characters)"
