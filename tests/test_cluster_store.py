"""State on several servers: a cluster, and a master that a sentinel replaces."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count, islice
from pathlib import Path
from typing import Any

import httpx
import pytest

from redis_cluster import Cluster, Encrypted, Node, Watched, free_ports, until
from restarts import SHOP, refused, served
from stores import in_redis, keys
from test_tls import made
from understudy.cli.store_option import store_url
from understudy.errors import StoreAway, StoreUnusable
from understudy.journal.journal import Journal
from understudy.sessions import Sessions
from understudy.state.shared.backend import SharedBackend
from understudy.state.shared.connecting import wire_to
from understudy.state.store import Delete, Entry, Insert

pytestmark = in_redis
_NUMBERS = count(1)
_MOVED = 200  # slots


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Return a cluster that nobody stops."""
    started = Cluster()
    yield started
    started.end()


def backends(cluster: Cluster, **options: Any) -> list[SharedBackend[Journal]]:
    """Return backends of two processes."""
    prefix = f"spread{next(_NUMBERS)}"
    wires = [wire_to(cluster.url, patience=60) for _ in range(2)]
    return [SharedBackend(wire, Journal, prefix=prefix, **options) for wire in wires]


# ---- a cluster


@pytest.mark.slow
def test_sessions_stand_on_all_nodes_and_each_on_one(cluster: Cluster) -> None:
    async def run() -> None:
        one, other = backends(cluster)
        names = [f"s{number}" for number in range(12)]
        for name in names:
            await one.begin(name)
            await one.open(name, "shop").insert("orders", "a", {"of": name}, unique={"code": "1"})
            one.touch(name)
            assert await one.keep(name)
        for name in names:
            store = other.open(name, "shop")
            found = await store.find("orders", "code", "1")
            assert found is not None
            assert found.value == {"of": name}
            await store.commit([Delete("orders", "a"), Insert("orders", "b", {})])
            assert keys(await one.open(name, "shop").list("orders")) == "b"
        assert list(await other.names()) == sorted(names)
        prefix = f"spread{next(_NUMBERS) - 1}"
        held = [{_session(key) for key in node.ask("KEYS", f"{prefix}:{{*")} for node in cluster.nodes]
        assert all(held)
        assert sum(len(names) for names in held) == len(set().union(*held)) == len(names)
        await one.close()
        await other.close()

    asyncio.run(run())


def _session(key: bytes) -> str:
    return key.decode().partition("{")[2].partition("}")[0]


@pytest.mark.slow
def test_what_is_dropped_or_expires_is_listed_no_more(cluster: Cluster) -> None:
    async def run() -> None:
        one, other = backends(cluster)
        for name in ("default", "brief", "dropped"):
            await one.begin(name)
            await one.open(name, "shop").insert("orders", "a", {})
        assert list(await other.names()) == ["brief", "default", "dropped"]
        one.drop("dropped")
        assert await one.keep("default")
        key = f"spread{next(_NUMBERS) - 1}:{{brief}}"
        assert cluster.owner(key).ask("PEXPIRE", key, 1) == 1
        while cluster.owner(key).ask("EXISTS", key):
            pass
        assert list(await other.names()) == ["default"]
        assert await one.begin("brief")
        await one.begin("dropped")
        assert list(await other.names()) == ["brief", "default", "dropped"]
        await one.close()
        await other.close()

    asyncio.run(run())


@pytest.mark.slow
def test_two_processes_share_a_cluster(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    store = f"{cluster.url}?prefix=two"
    with served(tmp_path, store) as one, served(tmp_path, store) as other:
        for name in ("a", "b", "c", "d"):
            made = one.post(f"/~{name}/orders", json={"title": name}).json()
            assert other.get(f"/~{name}/orders/{made['id']}").json() == made
            assert other.get(f"/~{name}/orders").content == one.get(f"/~{name}/orders").content
        assert names(other) == {"default", "a", "b", "c", "d"}
        assert other.post("/__admin/sessions/a/reset").status_code == 204
        assert one.get("/~a/orders").content == other.get("/~a/orders").content
        assert one.delete("/__admin/sessions/b").status_code == 204
        until(lambda: "b" not in names(other), "the session that was deleted is listed")


@pytest.mark.slow
def test_a_session_that_is_moved_to_another_node_is_written_whole_or_not_at_all(cluster: Cluster) -> None:
    """Moves the slot of a session key by key, as `redis-cli --cluster reshard` does."""

    async def run() -> None:
        one, other = backends(cluster)
        store = one.open("moved", "shop")
        await store.insert_all("orders", [Entry(str(number), {"n": number}) for number in range(5)])
        prefix = f"spread{next(_NUMBERS) - 1}"
        key = f"{prefix}:{{moved}}"
        source = cluster.owner(key)
        target = next(node for node in cluster.nodes if node is not source)
        slot = source.ask("CLUSTER", "KEYSLOT", key)
        target.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", source.ask("CLUSTER", "MYID"))
        source.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", target.ask("CLUSTER", "MYID"))
        parts = (f"{key}:shop:unique", f"{key}:shop:changed", f"{key}:shop:records:orders", key)
        for part in parts:
            source.ask("MIGRATE", "127.0.0.1", target.port, part, 0, 5000)
            for steps in ([Insert("orders", "x", {}, unique={"c": "1"})], [Delete("orders", "1")]):
                with pytest.raises(StoreAway) as caught:
                    await store.commit(steps)
            with pytest.raises(StoreAway):
                await store.list("orders")
        # Once its own key has gone, the node that had it names the other one (ASK), which may not have all yet.
        assert "is being moved to another node" in caught.value.reason
        for left in source.ask("CLUSTER", "GETKEYSINSLOT", slot, 100):
            source.ask("MIGRATE", "127.0.0.1", target.port, left, 0, 5000)
        for node in (target, source, *cluster.nodes):
            node.ask("CLUSTER", "SETSLOT", slot, "NODE", target.ask("CLUSTER", "MYID"))
        for backend in (one, other):
            assert keys(await backend.open("moved", "shop").list("orders")) == "0 1 2 3 4"
        await other.open("moved", "shop").insert("orders", "5", {})
        assert keys(await store.list("orders")) == "0 1 2 3 4 5"
        await one.close()
        await other.close()

    asyncio.run(run())


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_while_slots_move_under_load(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    cluster = Cluster()
    try:
        with served(tmp_path, cluster.url) as one, served(tmp_path, cluster.url) as other:
            first = cluster.nodes[0]
            slots = ((f"m{number}", _slot(first, f"m{number}")) for number in count())
            moving = [*islice((name for name, slot in slots if slot < _MOVED), 4)]
            before = {name: len(one.get(f"/~{name}/orders").json()) for name in moving}
            moved = threading.Event()

            def create(client: httpx.Client, name: str) -> list[str]:
                """Create until all has moved, and ten more; return the ids that were acknowledged."""
                ids, after = [], 0
                while after < 10:
                    after += moved.is_set()
                    answer = client.post(f"/~{name}/orders", json={"title": name})
                    assert answer.status_code in (201, 503), answer.text
                    if answer.status_code == 201:
                        ids.append(str(answer.json()["id"]))
                return ids

            with ThreadPoolExecutor(8) as pool:
                work = [pool.submit(create, client, name) for client in (one, other) for name in moving]
                try:
                    _reshard(first, cluster.nodes[1])
                finally:
                    moved.set()
                made = [one.result() for one in work]
            for name, ids, more in zip(moving, made[:4], made[4:], strict=True):
                assert cluster.nodes[1].ask("EXISTS", f"understudy:{{{name}}}") == 1
                assert len({*ids, *more}) == len(ids) + len(more)
                told = other.get(f"/~{name}/orders").json()
                assert {order["id"] for order in told} >= {*ids, *more}
                assert len(told) == before[name] + len(ids) + len(more)
    finally:
        cluster.end()


def _slot(node: Node, name: str) -> int:
    return int(node.ask("CLUSTER", "KEYSLOT", f"understudy:{{{name}}}"))


def _reshard(source: Node, target: Node) -> None:
    """Move the first slots of a node to another one, as operators do."""
    program = shutil.which("redis-cli")
    assert program is not None
    place = f"127.0.0.1:{source.port}"
    ids = [node.ask("CLUSTER", "MYID").decode() for node in (source, target)]
    options = [
        "--cluster-from",
        ids[0],
        "--cluster-to",
        ids[1],
        "--cluster-slots",
        str(_MOVED),
        "--cluster-yes",
    ]
    subprocess.run([program, "--cluster", "reshard", place, *options], check=True, stdout=subprocess.PIPE)


def names(client: httpx.Client) -> set[str]:
    """Return the names of the sessions that a server lists."""
    return {session["name"] for session in client.get("/__admin/sessions").json()["items"]}


# ---- who takes the place of another


def recovered(client: httpx.Client, path: str) -> httpx.Response:
    """Return the first answer that is not about a store that is away, which each before it says properly."""
    refusals, begun = 0, time.monotonic()
    while (answer := client.get(path)).status_code == 503:
        refusals += 1
        assert answer.headers["retry-after"] == "1"
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert time.monotonic() - begun < 60
        time.sleep(0.05)
    assert refusals
    return answer


def followed(master: Node, replica: Node) -> None:
    """Wait until a replica has all that its master has."""

    def is_equal() -> bool:
        offset = master.ask("ROLE")[1]
        return bool(replica.ask("ROLE")[4] >= offset)

    until(is_equal, "the replica does not follow")


@pytest.mark.slow
def test_the_replica_of_a_node_that_dies_takes_its_place(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    cluster = Cluster(replica=True)
    try:
        with served(tmp_path, cluster.url) as client:
            name = next(one for one in map(str, range(99)) if cluster.owner(f"{{{one}}}") is cluster.nodes[0])
            path = f"/~{name}/orders"
            made = client.post(path, json={"title": "a"}).json()
            before = client.get(path).content
            followed(cluster.nodes[0], cluster.nodes[3])
            cluster.nodes[0].stop()
            assert recovered(client, path).content == before
            assert client.delete(f"{path}/{made['id']}").status_code == 204
            cluster.nodes[0].start()
            until(lambda: cluster.nodes[0].is_role("slave"), "the node that died does not follow")
            assert client.get(f"{path}/{made['id']}").status_code == 404
    finally:
        cluster.end()


@pytest.mark.slow
def test_a_sentinel_puts_another_in_the_place_of_a_master_that_dies(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    watched = Watched("secret")
    try:
        with served(tmp_path, watched.url()) as client:
            made = client.post("/orders", json={"title": "a"}).json()
            before = client.get("/orders").content
            followed(watched.master, watched.replica)
            watched.master.stop()
            assert recovered(client, "/orders").content == before
            assert client.delete(f"/orders/{made['id']}").status_code == 204
        for url, said in (
            (watched.url("other"), "no sentinel"),
            (_wrong(watched.url()), "refuses who calls"),
        ):
            with pytest.raises(StoreUnusable, match=said) as caught:
                Sessions(backend=store_url(url).backend(with_others=False))
            assert "secret" not in str(caught.value)
    finally:
        watched.end()


@pytest.mark.slow
def test_a_master_that_has_become_a_replica_is_written_to_no_more() -> None:
    watched = Watched()

    async def run() -> None:
        backend = SharedBackend(wire_to(watched.url()), Journal, prefix="demoted")
        store = backend.open("default", "shop")
        await store.insert("orders", "a", {})
        followed(watched.master, watched.replica)
        watched.fail_over()
        until(
            lambda: watched.replica.is_role("master") and watched.master.is_role("slave"), "none takes over"
        )
        for key in ("b", "c"):
            with suppress(StoreAway):  # the connection was cut, or is to one that only reads now
                await store.insert("orders", key, {})
        assert keys(await store.list("orders"))[-1] == "c"
        prefix = "demoted:{default}:shop:records:orders"
        assert watched.replica.ask("HEXISTS", prefix, "c") == 1
        await backend.close()

    try:
        asyncio.run(run())
    finally:
        watched.end()


def _wrong(url: str) -> str:
    return url.replace("secret", "secretly")


# ---- over TLS


def one_server(tls: Encrypted) -> tuple[Node, str]:
    """Start a server that belongs to no others, and return its URL."""
    [port] = free_ports(1)
    return Node(port, **tls.options(port)), f"rediss://127.0.0.1:{port}/0{tls.query}"


def some_nodes(tls: Encrypted) -> tuple[Cluster, str]:
    """Start a cluster."""
    cluster = Cluster(tls=tls)
    return cluster, cluster.url


def a_watched_one(tls: Encrypted) -> tuple[Watched, str]:
    """Start a master, a replica and a sentinel."""
    watched = Watched(tls=tls)
    return watched, watched.url()


@pytest.mark.slow
@pytest.mark.parametrize("start", [one_server, some_nodes, a_watched_one])
def test_servers_are_asked_over_tls(start: Callable[[Encrypted], Any], tmp_path: Path) -> None:
    pair = made(tmp_path)
    servers, url = start(Encrypted(pair.certificate, pair.key))
    (tmp_path / "shop.yaml").write_text(SHOP)
    try:
        with served(tmp_path, url) as one, served(tmp_path, url) as other:
            for name in ("a", "b", "c", "d"):
                item = one.post(f"/~{name}/orders", json={"title": name}).json()
                assert other.get(f"/~{name}/orders/{item['id']}").json() == item
        refused(tmp_path, "--store", url.partition("?")[0])  # whose certificate nobody vouches for
    finally:
        servers.end()


# ---- the option


@pytest.mark.parametrize(
    ("store", "said"),
    [
        ("redis+sentinel://127.0.0.1:1/mine", "no sentinel that answers knows a master 'mine'"),
        ("redis+sentinel://:topsecret@127.0.0.1:1", "does not say which master"),
        ("redis+sentinel://127.0.0.1:1/mine/first", "does not say which master"),
        ("redis+sentinel:///mine", "names no server"),
        ("redis+sentinel://127.0.0.1:high/mine", "cannot be used"),
        ("redis+sentinel://127.0.0.1:1/mine?speed=high", "there is no option speed"),
        ("rediss+cluster://:topsecret@127.0.0.1:1,127.0.0.1:1", "cannot be used"),
        ("valkey+cluster://127.0.0.1:1/3", "names a database"),
        ("redis+cluster://127.0.0.1:1?speed=high", "there is no option speed"),
        ("redis+ring://127.0.0.1", "names no store there is"),
        ("unix+cluster:///a.sock", "names no store there is"),
    ],
)
def test_what_names_no_servers_is_a_sentence(store: str, said: str) -> None:
    with pytest.raises(StoreUnusable, match=said) as caught:
        Sessions(backend=store_url(store).backend(with_others=False))
    assert "topsecret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_a_cluster_that_is_away_keeps_the_server_from_starting(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    said = refused(tmp_path, "--store", "redis+cluster://:topsecret@127.0.0.1:1,127.0.0.1:2")
    assert "redis+cluster://127.0.0.1:1,127.0.0.1:2 cannot be used" in said
    assert "topsecret" not in said


def test_a_server_that_is_no_cluster_is_refused() -> None:
    [port] = free_ports(1)
    node = Node(port)
    try:
        with pytest.raises(StoreUnusable, match="Cluster mode is not enabled"):
            Sessions(backend=store_url(f"redis+cluster://127.0.0.1:{port}").backend(with_others=False))
    finally:
        node.end()
