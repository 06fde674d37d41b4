"""What carries questions to a store, whatever its URL names."""

from __future__ import annotations

from understudy.state.shared.asking import Asked
from understudy.state.shared.cluster import ClusterWire
from understudy.state.shared.servers import TIMEOUT, servers_of
from understudy.state.shared.wire import Wire


def wire_to(url: str, patience: float = TIMEOUT) -> Asked:
    """Return what a store is asked by. patience: seconds for the answers to what is sent together.

    Raises StoreUnusable for a URL that names none.
    """
    servers = servers_of(url)
    if servers.are_cluster:
        return ClusterWire(servers, patience)
    return Wire(servers.pool(), patience)
