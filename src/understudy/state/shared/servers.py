"""What the URL of a store names: one server, one that sentinels choose, or the nodes of a cluster."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from msgspec import Struct
from redis.asyncio import ConnectionPool
from redis.asyncio.connection import SSLConnection, parse_url
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff

from understudy.errors import StoreUnusable
from understudy.nearest import did_you_mean

TIMEOUT: Final = 5.0  # seconds for a connection
SETTINGS: Final[dict[str, Any]] = {
    "protocol": 2,
    "socket_timeout": TIMEOUT,
    "socket_connect_timeout": TIMEOUT,
    "driver_info": None,  # or each connection would tell the library's name, one round trip more
}
_PORT: Final = 6379
_SENTINEL_PORT: Final = 26379
_OF_SENTINELS: Final = {"sentinel_username": "username", "sentinel_password": "password"}
"""What a URL says of who calls the sentinels, and how the library names it."""
_OPTIONS: Final = frozenset(
    (
        "db",
        "username",
        "password",
        "client_name",
        "socket_timeout",
        "socket_connect_timeout",
        "socket_keepalive",
        "health_check_interval",
        "ssl_ca_certs",
        "ssl_ca_path",
        "ssl_ca_data",
        "ssl_cert_reqs",
        "ssl_certfile",
        "ssl_keyfile",
        "ssl_password",
        "ssl_check_hostname",
        "ssl_ciphers",
        "ssl_min_version",
    )
)
"""What may be said of connections in the query of a URL, as the library calls it."""

Address = tuple[str, int]
"""A host and a port."""


class Servers(Struct, frozen=True):
    """Servers, and how they are connected to.

    url: of one server, as the library reads it; "" for several. addresses: of sentinels or nodes. master: the
    name by which sentinels know the servers, "" where there are none. settings: of each connection; sentinel:
    of those to sentinels.
    """

    url: str
    addresses: tuple[Address, ...]
    master: str
    settings: dict[str, Any]
    sentinel: dict[str, Any]

    @property
    def are_cluster(self) -> bool:
        """Whether each has a share of the keys."""
        return not self.url and not self.master

    def pool(self, address: Address | None = None) -> ConnectionPool:
        """Return what makes connections, to one of the nodes where that is said; without a limit of time for
        answers, since one for all that is sent together costs less.
        """
        once = {**SETTINGS, "retry": Retry(NoBackoff(), 0)}
        more = {**once, "socket_timeout": None}
        if self.url:
            return ConnectionPool.from_url(self.url, **more)
        if self.master:
            asked = {**once, **self.sentinel}
            sentinels = _Sentinels(self.addresses, sentinel_kwargs=asked)  # type: ignore[no-untyped-call]
            settings = {**more, **self.settings}
            return SentinelConnectionPool(self.master, sentinels, **settings)  # type: ignore[no-untyped-call]
        host, port = address or self.addresses[0]
        settings = dict(self.settings)
        if settings.pop("ssl", False):
            settings["connection_class"] = SSLConnection
        return ConnectionPool(host=host, port=port, **more, **settings)


class _Sentinels(Sentinel):
    """Sentinels to which no connection stays open."""

    async def discover_master(self, service_name: str) -> Address:
        """Return which server is the master now."""
        try:
            address: Address = await super().discover_master(service_name)
            return address
        finally:
            await self.aclose()


def servers_of(text: str) -> Servers:
    """Read the URL of a store. Raises StoreUnusable, which never shows a password."""
    url = urlsplit(text)
    scheme, _, kind = url.scheme.partition("+")
    _check_options(url)
    try:
        if not kind:
            return Servers(text, (), "", {}, {})
        if kind == "sentinel":
            return _sentinels(url, scheme)
        return _cluster(url, scheme)
    except ValueError as error:  # a port, or an option, that is none
        raise StoreUnusable(f"{shown(text)} cannot be used: {error}") from None


def _check_options(url: SplitResult) -> None:
    """See that there is each option of the query. Raises StoreUnusable, with the nearest name."""
    known = _OPTIONS | _OF_SENTINELS.keys()
    for name, _ in parse_qsl(url.query, keep_blank_values=True):
        if name not in known:
            meant = did_you_mean(name, known)
            raise StoreUnusable(f"{shown(url.geturl())}: there is no option {name}{meant}")


def shown(text: str) -> str:
    """Return a URL without who calls, and with which password."""
    url = urlsplit(text)
    return f"{url.scheme}://{url.netloc.rpartition('@')[2]}{url.path}"


def _sentinels(url: SplitResult, scheme: str) -> Servers:
    master, _, database = url.path.strip("/").partition("/")
    if not master or not (database or "0").isdigit():
        form = f"{url.scheme}://HOST[:26379][,HOST…]/NAME[/DATABASE]"
        raise StoreUnusable(f"{shown(url.geturl())} does not say which master its sentinels watch: {form}")
    said = dict(parse_qsl(url.query, keep_blank_values=True))
    callers = {_OF_SENTINELS[name]: said.pop(name) for name in tuple(said) if name in _OF_SENTINELS}
    settings = _settings(url, scheme, said)
    tls = {name: value for name, value in settings.items() if name.startswith("ssl")}
    settings["db"] = int(database or 0)
    return Servers("", _addresses(url, _SENTINEL_PORT), unquote(master), settings, {**tls, **callers})


def _cluster(url: SplitResult, scheme: str) -> Servers:
    if url.path not in ("", "/", "/0"):
        raise StoreUnusable(f"{shown(url.geturl())} names a database, and a cluster has one alone")
    said = dict(parse_qsl(url.query, keep_blank_values=True))
    return Servers("", _addresses(url, _PORT), "", _settings(url, scheme, said), {})


def _addresses(url: SplitResult, port: int) -> tuple[Address, ...]:
    hosts = url.netloc.rpartition("@")[2].split(",")
    read = [urlsplit(f"//{host}") for host in hosts]
    return tuple((one.hostname, one.port or port) for one in read if one.hostname)


def _settings(url: SplitResult, scheme: str, said: dict[str, str]) -> dict[str, Any]:
    """Return what is said of each connection: who calls, and the options of the query."""
    caller, at, _ = url.netloc.rpartition("@")
    settings: dict[str, Any] = dict(parse_url(f"redis://{caller}{at}host?{urlencode(said)}"))
    settings.pop("host", None)
    return settings | ({"ssl": True} if scheme == "rediss" else {})
