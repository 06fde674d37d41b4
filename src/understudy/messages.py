"""What goes into a handler and what comes out: plain values, nothing of HTTP's wire."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Mapping, Sequence
from enum import Enum
from typing import Any, Final, Protocol

import orjson
from msgspec import Struct, field


class _Nothing(Enum):
    NOTHING = "nothing"

    def __bool__(self) -> bool:
        return False


NOTHING: Final = _Nothing.NOTHING
"""Stands for a body that was not sent or is not to be sent; JSON's `null` is `None`."""


class Chunks(Protocol):
    """The pieces of a stream, as they come."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def aclose(self) -> None:
        """Stop: nobody will ask for another one. Called once, however the stream ends."""


class Stream(Struct, frozen=True):
    """A body that is sent piece by piece, as long as the caller listens.

    dropped: set by whoever makes the pieces where the caller takes them too slowly; what waits for the caller
    is then thrown away.
    """

    chunks: Chunks
    dropped: asyncio.Event = field(default_factory=asyncio.Event)


class Written(bytes):
    """A body in the bytes of its media type, as a contract states it: sent as it stands."""


class Pieces(bytes):
    """A body that is sent piece by piece, each as it would come: an event, a line."""

    pieces: tuple[bytes, ...]

    @classmethod
    def of(cls, pieces: tuple[bytes, ...]) -> Pieces:
        """Return the body that some pieces make."""
        whole = cls(b"".join(pieces))
        whole.pieces = pieces
        return whole


@dataclasses.dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, as far as the credential told.

    name: the identity's name; empty where any credential is good. scopes: what the credential carries; None
    means every scope. reach: what it is restricted to, by kind (`clients`, `files`) as strings; a kind that
    is absent is not restricted. user: the key of the user whose token came, in the collection that the
    contract's users are, or in `of` where there are several. token: that token. credential: the one that
    came where any is good, by which two callers are told apart. claim: the name and password that came
    instead of one, until it is known whose they are.
    """

    name: str = ""
    scopes: frozenset[str] | None = None
    reach: Mapping[str, frozenset[str]] = dataclasses.field(default_factory=dict)
    user: str = ""
    token: str = dataclasses.field(default="", repr=False)
    credential: str = dataclasses.field(default="", repr=False, compare=False)
    claim: tuple[str, str] | None = dataclasses.field(default=None, repr=False)
    of: str = ""

    def may_reach(self, kind: str, key: object) -> bool:
        """Tell whether this caller may touch the client, file, … of that key."""
        return kind not in self.reach or str(key) in self.reach[kind]


ANYBODY: Final = Caller()
"""Who calls where any credential is good, or none is asked for: made once, since a frozen object is slow to
make.
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Upload:
    """A file of a form. field: the part it came in. name: of the file. size: bytes. content: these."""

    field: str
    name: str
    media_type: str
    size: int
    content: bytes = dataclasses.field(default=b"", repr=False, compare=False)


class FormData(dict[str, Any]):
    """The fields of a form by their names. files: those of them that are files, in their order."""

    files: tuple[Upload, ...] = ()


class Request(Struct):
    """A request that its contract accepts.

    operation: the operation's key, `"get /accounts/{id}"`. path, query, headers, cookies: decoded values of
    the *declared* parameters by declared name; defaults filled in. body: the decoded body, or NOTHING.
    media_type: of the body, as the contract writes it. base_url: where the contract is mounted as the caller
    sees it, without a trailing slash. answer_type: the media type the caller prefers among those of the
    documented success, as the contract writes it; answer_name: the concrete one of a range. unsent: names in
    the query that have their default, since nobody sent them.
    """

    operation: str
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    cookies: Mapping[str, Any] = field(default_factory=dict)
    body: Any = NOTHING
    media_type: str = ""
    caller: Caller = field(default_factory=Caller)
    base_url: str = ""
    answer_type: str = ""
    answer_name: str = ""
    unsent: frozenset[str] = frozenset()


class Response:
    """An answer as values, or as the bytes of JSON that its contract is known to accept.

    body: what the contract's schema describes, a Stream where that is a text, what is Written already, or
    NOTHING. Whoever asks for it
    may change it, so from then on it is a value like any other. data: the bytes, as long as nobody asked for
    the body; else None. media_type: fixed by the handler, or empty to negotiate. notes: what there is to say
    of the answer in the journal. is_nearest: the contract contradicts itself, and this comes near to it.
    is_preferred: the caller asked for this body, of which the contract says nothing but that one may ask.
    """

    __slots__ = ("_body", "data", "headers", "is_nearest", "is_preferred", "media_type", "notes", "status")

    def __init__(
        self, status: int, body: Any = NOTHING, headers: Mapping[str, str] | None = None, media_type: str = ""
    ) -> None:
        self.status, self.media_type = status, media_type
        self.headers: Mapping[str, str] = {} if headers is None else headers
        self.data: bytes | None = None
        self.notes: Sequence[str] = ()
        self.is_nearest = self.is_preferred = False
        self._body = body

    @classmethod
    def of_json(cls, status: int, data: bytes, headers: Mapping[str, str] | None = None) -> Response:
        """Return an answer whose body was written, and held against its contract, when it was made."""
        response = cls(status, NOTHING, headers)
        response.data = data
        return response

    @property
    def body(self) -> Any:
        """The body as a value."""
        if self.data is not None:
            self._body, self.data = orjson.loads(self.data), None
        return self._body

    @body.setter
    def body(self, value: Any) -> None:
        self._body, self.data = value, None

    @property
    def has_body(self) -> bool:
        """Whether there is a body."""
        return self.data is not None or self._body is not NOTHING

    @property
    def stream(self) -> Stream | None:
        """The body where it is sent piece by piece."""
        return self._body if type(self._body) is Stream else None

    def peek(self) -> Any:
        """Return the body as a value to look at, not to change."""
        if self.data is not None:
            return orjson.loads(self.data)
        return self._body

    def __eq__(self, other: object) -> bool:
        """Compare what is answered, however it is held."""
        return isinstance(other, Response) and self._parts() == other._parts()

    __hash__ = None  # type: ignore[assignment]  # a handler may change an answer

    def __repr__(self) -> str:
        """Show what is answered."""
        status, body, headers, media_type = self._parts()
        return f"Response({status}, {body!r}, headers={headers!r}, media_type={media_type!r})"

    def _parts(self) -> tuple[int, Any, dict[str, str], str]:
        return self.status, self.peek(), dict(self.headers), self.media_type
