"""Targets: where webhooks go, and which addresses anything may be sent to at all."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import httpx
from msgspec import Struct

from understudy.errors import SandboxError, SettingsError

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the addresses of a host for a port. Raises OSError or UnicodeError where there are none."""

_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
_PORTS: Final = {"http": 80, "https": 443}
_ALLOWED: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/?#@\[\]]+)(?::(?P<port>[0-9]{1,5}))?")
HINT: Final = "only loopback addresses are, and hosts named by --allow-callbacks"


class AddressRefused(SandboxError):
    """A URL that nothing is sent to; the sentence says why."""


class Target(Struct, frozen=True):
    """Where webhooks of a session go.

    webhooks: names of those that go there; None for all. delay: seconds before the first attempt. attempts:
    at most so many.
    headers: sent with each, in the place of those of the contract.
    """

    url: str
    webhooks: tuple[str, ...] | None = None
    delay: float = 0.0
    attempts: int = 3
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def named(cls, url: str) -> Target:
        """Return the target that a setting names. Raises SettingsError."""
        try:
            read_url(url)
        except AddressRefused as error:
            raise SettingsError(f"--webhook-url: {error}") from None
        return cls(url)

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Target:
        """Return the target that was written as JSON, by its fields. Raises TypeError and ValueError."""
        webhooks = value.get("webhooks")
        headers = tuple((str(name), str(text)) for name, text in value.get("headers", ()))
        return cls(**{**value, "webhooks": webhooks and tuple(webhooks), "headers": headers})

    def takes(self, webhook: str) -> bool:
        """Tell whether a webhook of this name goes there."""
        return self.webhooks is None or webhook in self.webhooks


class Address(Struct, frozen=True):
    """A URL that was checked, and the one address of its host that is connected to."""

    url: httpx.URL
    ip: str

    @property
    def connected(self) -> httpx.URL:
        """The URL with the address in place of the host's name, so that nothing asks for the name again."""
        return self.url.copy_with(host=self.ip)

    @property
    def host(self) -> str:
        """What the Host header says: the name and port as they stand in the URL."""
        return self.url.netloc.decode("ascii")


async def resolve(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a host, in its order."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Policy:
    """Which URLs may be sent to: those whose host has no address but of the loopback interface, and hosts the
    user allowed.
    """

    def __init__(self, allowed: Iterable[str] = (), resolve: Resolve = resolve) -> None:
        """`allowed`: `HOST` or `HOST:PORT` of each. Raises SettingsError for what is neither."""
        self._allowed = frozenset(map(_allowed, allowed))
        self._resolve = resolve

    async def check(self, text: str) -> Address:
        """Return the address to connect to for a URL. Raises AddressRefused, also where the host has no
        address now.

        A name that cannot be allowed is not even looked up: whoever runs its name server would learn of it.
        """
        url = read_url(text)
        port = url.port or _PORTS[url.scheme]
        host = _folded(url.host)
        is_allowed = bool({(host, None), (host, port)} & self._allowed)
        if not (is_allowed or _is_local(host) or _is_number(host)):
            raise AddressRefused(f"{shown(url)} is not allowed: {HINT}")
        name = url.raw_host.decode("ascii")
        if not is_allowed and _is_local(
            host
        ):  # whatever stands before `.localhost`: no name server is to be asked (RFC 6761 §6.3)
            name = "localhost"
        found = await self._addresses(url, name, port)
        for address in found:
            if not is_allowed and not is_loopback(address):
                raise AddressRefused(f"{shown(url)} is not allowed: {url.host} is {address}, and {HINT}")
        return Address(url, found[0])

    async def _addresses(self, url: httpx.URL, name: str, port: int) -> Sequence[str]:
        try:
            found = await self._resolve(name, port)
        except (OSError, UnicodeError) as error:
            raise AddressRefused(f"the host of {shown(url)} has no address: {error}") from None
        if not found:
            raise AddressRefused(f"the host of {shown(url)} has no address")
        return found


def read_url(text: str) -> httpx.URL:
    """Read an absolute URL of http or https without a user and password. Raises AddressRefused."""
    try:
        url = httpx.URL(text.strip())
        host, port = url.host, url.port
    except (httpx.InvalidURL, UnicodeError, ValueError, TypeError) as error:
        raise AddressRefused(f"{text[:200]!r} is no URL: {error}") from None
    if url.scheme not in _PORTS or not host:
        raise AddressRefused(f"{text[:200]!r} is no absolute URL of http or https")
    if url.userinfo or "@" in url.netloc.decode("ascii", "replace"):
        raise AddressRefused(f"{shown(url)} names a user, which is not allowed")
    if port is not None and not 0 < port < 65536:
        raise AddressRefused(f"{shown(url)} has a port that is none: {port}")
    return url


def shown(url: httpx.URL) -> str:
    """Write a URL for a person: without a password, and not at any length."""
    return str(url.copy_with(userinfo=b""))[:200]


def is_loopback(address: str) -> bool:
    """Tell whether an address is one of the loopback interface, IPv4 in IPv6's form (RFC 4291 §2.5.5.2)
    included.
    """
    try:
        ip: _Ip = ipaddress.ip_address(address)
    except ValueError:  # with a zone, or no address at all
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_loopback


def _is_local(host: str) -> bool:
    """Tell whether a name is of this machine by its ending (RFC 6761 §6.3)."""
    return host == "localhost" or host.endswith(".localhost")


def _is_number(host: str) -> bool:
    """Tell whether a host is an address in any of the ways the system reads one, `127.1` and `0x7f000001`
    included.
    """
    try:
        socket.inet_aton(host)
    except OSError:
        return ":" in host
    return True


def _allowed(text: str) -> tuple[str, int | None]:
    found = _ALLOWED.fullmatch(text)
    port = int(found["port"]) if found and found["port"] else None
    if found is None or (port is not None and not 0 < port < 65536):
        raise SettingsError(
            f"--allow-callbacks takes HOST or HOST:PORT, with an IPv6 address in brackets, not {text!r}"
        )
    return _folded(found["host"].strip("[]")), port


def _folded(host: str) -> str:
    """Write a host in one way: an address as `ipaddress` does, a name in lower case and as DNS has it."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return httpx.URL(scheme="http", host=host).raw_host.decode("ascii").lower().rstrip(".")
    except (httpx.InvalidURL, UnicodeError):
        return host.lower().rstrip(".")
