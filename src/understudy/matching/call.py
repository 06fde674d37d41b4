"""A call as far as conditions ask about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from msgspec import Struct, field

from understudy.matching.allowance import Allowance
from understudy.messages import NOTHING


class Call(Struct):
    """A call as far as conditions ask about it.

    api: the contract's name. operation: its key; operation_id: its operationId. method: upper case.
    path: from the host on, without a session's prefix, each segment decoded but for `%2F`. base_path: that of
    the API in it. path_parameters: texts, or values, by name. query: as on the wire.
    headers: as on the wire, the names in lower case. body: its decoded value, or NOTHING where it has none or
    nobody asked for it. allowance: what all conditions on it may look at.
    """

    api: str
    operation: str
    operation_id: str
    method: str
    path: str
    base_path: str = ""
    headers: Sequence[tuple[bytes, bytes]] = ()
    body: Any = NOTHING
    path_parameters: Mapping[str, Any] = field(default_factory=dict)
    query: bytes = b""
    allowance: Allowance = field(default_factory=Allowance)

    def header_values(self, name: str) -> list[str]:
        """Return the values of a header, its name in any case."""
        wanted = name.lower().encode("latin-1", "replace")
        return [value.decode("latin-1") for key, value in self.headers if key == wanted]

    def query_values(self, name: str) -> list[str]:
        """Return the decoded values of a name in the query."""
        return _named(name, self.query_pairs())

    def query_pairs(self) -> list[tuple[str, str]]:
        """Return the decoded names and values of the query, in order."""
        return parse_qsl(self.query.decode("latin-1"), keep_blank_values=True)

    def cookie_values(self, name: str) -> list[str]:
        """Return the values of a cookie."""
        return _named(name, self.cookie_pairs())

    def cookie_pairs(self) -> Iterator[tuple[str, str]]:
        """Yield the names and values of the cookies, in order (RFC 6265 §5.4)."""
        for header in self.header_values("cookie"):
            for pair in header.split(";"):
                name, equals, value = pair.strip(" \t").partition("=")
                if equals:
                    yield name.strip(" \t"), value.strip(" \t").strip('"')

    def parameter_values(self, name: str) -> list[Any]:
        """Return the value of a parameter of the path, as a list of one or none."""
        if name in self.path_parameters:
            return [self.path_parameters[name]]
        return []


def _named(name: str, pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [value for key, value in pairs if key == name]
