"""A look at a store before anything is served: it is there, and holds what we know to read."""

from __future__ import annotations

from contextlib import closing
from typing import Any, Final

from redis import Redis, RedisCluster
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode
from redis.exceptions import AuthenticationError, RedisClusterException, RedisError
from redis.retry import Retry
from redis.sentinel import MasterNotFoundError, Sentinel

from understudy.errors import StoreUnusable
from understudy.state.shared.pump import told
from understudy.state.shared.servers import SETTINGS, Servers, servers_of, shown

VERSION: Final = 1
"""The version of what is kept, and how."""
_FIRST: Final = """
local version = redis.call('GET', KEYS[1])
if not version then
  redis.call('SET', KEYS[1], ARGV[1])
end
return version or ARGV[1]
"""
_CANNOT: Final = (RedisError, RedisClusterException, OSError, TypeError, ValueError)
"""What is raised where a server is not reached, or by an option that is none."""


def check(url: str, prefix: str) -> None:
    """See that a store can be used. Raises StoreUnusable, a sentence."""
    servers, name = servers_of(url), shown(url)
    try:
        with closing(_client(servers)) as client:
            client.ping()
            found = client.eval(_FIRST, 1, f"{prefix}:version", VERSION)
    except _CANNOT as error:
        raise StoreUnusable(f"{name} {_reason(servers, error)}") from None
    if not (isinstance(found, bytes) and found.isdigit()):
        raise StoreUnusable(f"{name} has something else under {prefix}:version")
    if int(found) > VERSION:
        raise StoreUnusable(
            f"{name} was written by a newer understudy: what it keeps has version {int(found)}, "
            f"and this one knows {VERSION}"
        )


def _client(servers: Servers) -> Any:
    """Return a client of the library's, which asks once."""
    once = {**SETTINGS, "retry": Retry(NoBackoff(), 0)}
    # Over TLS 1.3 a server sends tickets first, and the library takes a connection for broken where something
    # came before it was asked; telling the library's name, as it does by itself, reads them.
    del once["driver_info"]
    settings = {**once, **servers.settings}
    if servers.url:
        return Redis.from_url(servers.url, **settings)
    if servers.master:
        asked = {**once, **servers.sentinel}
        sentinels = Sentinel(servers.addresses, sentinel_kwargs=asked)  # type: ignore[no-untyped-call]
        return sentinels.master_for(servers.master, **settings)  # type: ignore[no-untyped-call]
    nodes = [ClusterNode(*one) for one in servers.addresses]  # type: ignore[no-untyped-call]
    return RedisCluster(startup_nodes=nodes, **settings)


def _reason(servers: Servers, error: Exception) -> str:
    if isinstance(error, AuthenticationError) or isinstance(error.__cause__, AuthenticationError):
        return f"refuses who calls: {told(error.__cause__ or error)}"
    if isinstance(error, MasterNotFoundError):
        return f"cannot be used: no sentinel that answers knows a master {servers.master!r} that is there"
    return f"cannot be used: {told(error)}"
