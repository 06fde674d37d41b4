"""Several servers of Redis that belong together: a cluster, and a master with a replica and a sentinel."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis

from redis_server import RedisServer

PATIENCE = 60.0  # seconds for servers to agree: a busy machine takes its time
_SLOTS = 16_384


def free_ports(number: int) -> list[int]:
    """Return ports on loopback that nobody has."""
    listening = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [int(one.getsockname()[1]) for one in listening]
    for one in listening:
        one.close()
    return ports


def until(is_so: Callable[[], bool], what: str = "it is never so") -> None:
    """Wait until something is so."""
    begun = time.monotonic()
    while not is_so():
        assert time.monotonic() - begun < PATIENCE, what
        time.sleep(0.02)


class Encrypted:
    """What servers need that speak TLS and nothing else on their ports: a certificate that signs itself, and its key."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self.query = f"?ssl_ca_certs={certificate}"
        self._files = {"cert-file": certificate, "key-file": key, "ca-cert-file": certificate}

    def options(self, port: int) -> dict[str, str]:
        """Return the options of a server."""
        options = {f"tls-{name}": str(path) for name, path in self._files.items()}
        speaks = {"tls-cluster": "yes", "tls-replication": "yes", "tls-auth-clients": "no"}
        return {"port": "0", "tls-port": str(port), **options, **speaks}


class Node(RedisServer):
    """A server that listens on a port of loopback too."""

    def __init__(self, port: int, /, **options: str) -> None:
        self.port = port
        super().__init__(**{"port": str(port), "bind": "127.0.0.1", **options})

    def ask(self, *words: Any) -> Any:
        """Ask it something, as `redis-cli` would."""
        with self.client as client:
            return client.execute_command(*words)

    def is_role(self, role: str) -> bool:
        """Tell whether it is a master or a slave, as it calls itself."""
        try:
            return bool(self.ask("ROLE")[0] == role.encode())
        except redis.ConnectionError:
            return False


class Cluster:
    """Three servers that share the keys, with a replica of the first one where that is wanted."""

    def __init__(self, *, replica: bool = False, tls: Encrypted | None = None) -> None:
        self._tls = tls
        places = free_ports(8)
        count = 4 if replica else 3
        ports = iter(places[count:])
        self.nodes = [
            Node(
                port,
                **(tls.options(port) if tls else {}),
                **{
                    "cluster-enabled": "yes",
                    "cluster-port": str(next(ports)),
                    "cluster-node-timeout": "1000",
                    "cluster-replica-validity-factor": "0",
                    "repl-diskless-sync-delay": "0",
                },
            )
            for port in places[:count]
        ]
        self._meet(replica=replica)

    @property
    def url(self) -> str:
        """The URL of the cluster as `--store` takes it."""
        nodes = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes[:3])
        return f"rediss+cluster://{nodes}{self._tls.query}" if self._tls else f"redis+cluster://{nodes}"

    def _meet(self, *, replica: bool) -> None:
        share = _SLOTS // 3 + 1
        for number, node in enumerate(self.nodes[:3]):
            node.ask("CLUSTER", "ADDSLOTSRANGE", number * share, min((number + 1) * share, _SLOTS) - 1)
        first = self.nodes[0]
        for number, node in enumerate(self.nodes):
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
            if node is not first:
                bus = first.options["cluster-port"]
                node.ask("CLUSTER", "MEET", "127.0.0.1", first.port, bus)
        until(lambda: all(self._is_whole(node) for node in self.nodes), "the cluster does not come together")
        if replica:
            self.nodes[3].ask("CLUSTER", "REPLICATE", first.ask("CLUSTER", "MYID"))
            until(lambda: self._is_followed(self.nodes[3]), "the replica does not follow")

    def _is_whole(self, node: Node) -> bool:
        told = node.ask("CLUSTER", "INFO")
        said = told if isinstance(told, dict) else dict(line.split(":") for line in told.decode().split())
        return said["cluster_state"] == "ok" and int(said["cluster_known_nodes"]) == len(self.nodes)

    def _is_followed(self, node: Node) -> bool:
        role = node.ask("ROLE")
        return bool(role[0] == b"slave" and role[3] == b"connected")

    def owner(self, key: str) -> Node:
        """Return the node that has a key."""
        slot = int(self.nodes[0].ask("CLUSTER", "KEYSLOT", key))
        return self.nodes[slot // (_SLOTS // 3 + 1)]

    def end(self) -> None:
        """End all of them."""
        for node in self.nodes:
            node.end()


class Watched:
    """A master, a replica, and a sentinel that puts one in the place of the other."""

    def __init__(self, password: str = "", tls: Encrypted | None = None) -> None:
        ports = free_ports(3)
        self._tls = tls
        asked = {"requirepass": password, "masterauth": password} if password else {}
        self.master = Node(ports[0], **asked, **self._options(ports[0]))
        following = {"replicaof": f"127.0.0.1 {ports[0]}", "repl-diskless-sync-delay": "0"}
        self.replica = Node(ports[1], **following, **asked, **self._options(ports[1]))
        self.port, self._password = ports[2], password
        self._sentinel: subprocess.Popen[bytes] | None = None
        self._watch(ports[0])

    def url(self, name: str = "mine") -> str:
        """The URL as `--store` takes it."""
        caller = f":{self._password}@" if self._password else ""
        scheme, query = ("rediss", self._tls.query) if self._tls else ("redis", "")
        return f"{scheme}+sentinel://{caller}127.0.0.1:1,127.0.0.1:{self.port}/{name}/0{query}"

    def _options(self, port: int) -> dict[str, str]:
        return self._tls.options(port) if self._tls else {}

    def _asked(self) -> redis.Redis:
        """A client of the sentinel."""
        if self._tls is None:
            return redis.Redis(port=self.port, protocol=2)
        return redis.Redis(port=self.port, protocol=2, ssl=True, ssl_cert_reqs="none")

    def fail_over(self) -> None:
        """Have the replica take the place of a master that lives."""
        with self._asked() as client:
            client.execute_command("SENTINEL", "FAILOVER", "mine")

    def _watch(self, port: int) -> None:
        program = shutil.which("redis-server")
        assert program is not None
        settings = self.master.folder / "sentinel.conf"
        listens = {"port": str(self.port), **self._options(self.port)}
        settings.write_text(
            "".join(f"{name} {value}\n" for name, value in listens.items())
            + f"bind 127.0.0.1\ndir {self.master.folder}\n"
            f"sentinel monitor mine 127.0.0.1 {port} 1\nsentinel down-after-milliseconds mine 300\n"
            "sentinel failover-timeout mine 2000\n"
            + (f"sentinel auth-pass mine {self._password}\n" if self._password else "")
        )
        self._sentinel = subprocess.Popen([program, str(settings), "--sentinel"], stdout=subprocess.DEVNULL)
        until(self._is_watching, "the sentinel does not find the replica")

    def _is_watching(self) -> bool:
        try:
            with self._asked() as client:
                known = client.execute_command("SENTINEL", "REPLICAS", "mine")
        except redis.ConnectionError:
            return False
        return any("s_down" not in str(one) and "disconnected" not in str(one) for one in known)

    def end(self) -> None:
        """End all of them."""
        assert self._sentinel is not None
        self._sentinel.kill()
        self._sentinel.communicate()
        self.replica.end()
        self.master.end()
