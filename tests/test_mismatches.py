"""A contract that changed since its state was kept: what fits stays, the rest is reported, and nothing is lost."""

from __future__ import annotations

import json
import sqlite3
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from restarts import SHOP, refused, served
from stores import common, in_redis
from understudy.state.database import VERSION

FULL = "sqlite:///state.db?sync=full"
SMALL = "qty: {type: integer, maximum: 5}"
WITH_QUANTITY = SHOP.replace("note: {type: string}", "qty: {type: integer}")
# No id that was given before is one any more, so that no order can be completed.
RENUMBERED = WITH_QUANTITY.replace(
    "{type: string, format: uuid, readOnly: true}", "{type: integer, readOnly: true}"
)
ASIDE = "/__admin/sessions/default/aside"
EMPTY = ("--populate", "0")


def begun(folder: Path, *options: str, **more: Any) -> AbstractContextManager[httpx.Client]:
    """Serve without records of the sandbox's own, with a store."""
    return served(folder, FULL, *EMPTY, *options, **more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a contract whose orders were kept."""
    (tmp_path / "shop.yaml").write_text(WITH_QUANTITY)
    with begun(tmp_path) as client:
        for number in range(3):
            assert client.post("/orders", json={"title": f"t{number}", "qty": number}).status_code == 201
        (tmp_path / "before.json").write_bytes(client.get("/orders").content)
    return tmp_path


def before(folder: Path) -> Any:
    return json.loads((folder / "before.json").read_bytes())


def ids(folder: Path) -> set[str]:
    return {item["id"] for item in before(folder)}


def aside(client: httpx.Client) -> Any:
    return client.get(ASIDE).json()["items"]


def digests(folder: Path) -> Any:
    with closing(sqlite3.connect(folder / "state.db")) as connection:
        (value,) = connection.execute("SELECT value FROM parts WHERE name = 'contracts'").fetchone()
    return json.loads(value)


def test_what_does_not_fit_is_reported_kept_aside_and_comes_back(folder: Path) -> None:
    (folder / "shop.yaml").write_text(RENUMBERED)
    said: list[str] = []
    for _ in range(2):
        with begun(folder, said=said) as client:
            assert client.get("/orders").json() == []
            [item] = aside(client)
            assert (item["api"], item["collection"], item["records"]) == ("shop", "/orders", 3)
            assert item["first"]["key"] in ids(folder)
            assert "identifier" in item["first"]["reason"]
    [line] = said  # what has been held against the contract once is not said again
    assert line.startswith("understudy: shop /orders: the contract does not take 3 records any more")
    (folder / "shop.yaml").write_text(WITH_QUANTITY)
    with begun(folder) as client:
        assert client.get("/orders").json() == before(folder)
        assert aside(client) == []


def test_the_first_member_that_fails_is_named(folder: Path) -> None:
    impossible = "qty: {type: integer, minimum: 10, maximum: 5}"
    changed = WITH_QUANTITY.replace("required: [title]", "required: [title, qty]")
    (folder / "shop.yaml").write_text(changed.replace("qty: {type: integer}", impossible))
    said: list[str] = []
    with begun(folder, said=said) as client:
        [item] = aside(client)
        assert item["first"]["reason"].startswith("/qty must be ")
    assert "/qty must be " in said[0]


@pytest.mark.slow
def test_what_is_dropped_does_not_come_back(folder: Path) -> None:
    (folder / "shop.yaml").write_text(RENUMBERED)
    said: list[str] = []
    with begun(folder, "--on-mismatch", "drop", said=said) as client:
        assert (client.get("/orders").json(), aside(client)) == ([], [])
    assert "3 records any more, dropped" in said[0]
    (folder / "shop.yaml").write_text(WITH_QUANTITY)
    with begun(folder) as client:
        assert client.get("/orders").json() == []


def test_a_start_is_refused_before_anything_is_changed(folder: Path) -> None:
    (folder / "shop.yaml").write_text(RENUMBERED)
    sentence = refused(folder, *EMPTY, "--store", FULL, "--on-mismatch", "refuse")
    assert "shop /orders has 3 records that cannot be shown; the first is" in sentence
    (folder / "shop.yaml").write_text(WITH_QUANTITY)
    with begun(folder, "--on-mismatch", "refuse") as client:
        assert client.get("/orders").json() == before(folder)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [pytest.param("redis", marks=in_redis), "file"])
def test_a_store_that_processes_share_is_held_against_the_contract_too(tmp_path: Path, kind: str) -> None:
    several = ("--workers", "2") if kind == "file" else ()
    contract = tmp_path / "shop.yaml"
    with common(kind) as store:
        contract.write_text(WITH_QUANTITY)
        with served(tmp_path, store, *EMPTY, *several, kill=False) as client:
            for session in ("", "/~one"):
                assert client.post(f"{session}/orders", json={"title": "a", "qty": 1}).status_code == 201
            kept = client.get("/orders").json()
        contract.write_text(RENUMBERED)
        sentence = refused(tmp_path, *EMPTY, *several, "--store", store, "--on-mismatch", "refuse")
        assert "shop /orders has 2 records that cannot be shown" in sentence
        assert "(in 2 sessions)" in sentence
        contract.write_text(WITH_QUANTITY)
        with served(tmp_path, store, *EMPTY, *several, "--on-mismatch", "refuse", kill=False) as client:
            assert client.get("/orders").json() == kept
        contract.write_text(RENUMBERED)
        said: list[str] = []
        drops = ("--on-mismatch", "drop")
        with served(tmp_path, store, *EMPTY, *several, *drops, kill=False, said=said) as client:
            assert (client.get("/orders").json(), aside(client)) == ([], [])
        assert "any more, dropped" in said[0]
        contract.write_text(WITH_QUANTITY)
        with served(tmp_path, store, *EMPTY, *several, kill=False) as client:
            assert client.get("/orders").json() == client.get("/~one/orders").json() == []


def test_what_can_be_completed_is_no_reason_to_refuse(folder: Path) -> None:
    (folder / "shop.yaml").write_text(
        WITH_QUANTITY.replace("title: Shop", "title: Another").replace("qty: {type: integer}", SMALL)
    )
    said: list[str] = []
    with begun(folder, "--on-mismatch", "refuse", said=said) as client:
        assert client.get("/orders").json() == before(folder)
    assert said == []


@pytest.mark.slow
def test_refitting_runs_only_where_the_contract_changed(folder: Path) -> None:
    first = digests(folder)
    with begun(folder) as client:
        client.get("/orders")
    assert digests(folder) == first
    (folder / "shop.yaml").write_text(WITH_QUANTITY.replace('"1"', '"2"'))
    with begun(folder):
        pass  # nobody asks for anything
    assert digests(folder).keys() == first.keys()
    assert digests(folder) != first


@pytest.mark.slow
def test_an_api_that_is_gone_is_kept_and_said(folder: Path) -> None:
    (folder / "store.yaml").write_text(WITH_QUANTITY)
    said: list[str] = []
    with begun(folder, contract="store.yaml", said=said) as client:
        assert client.get("/orders").json() == []
        [item] = aside(client)
        assert (item["api"], item["collection"], item["records"]) == ("shop", "/orders", 3)
        assert item["first"]["reason"] == "no such API is served"
    assert said == ["understudy: shop /orders: 3 records kept, and no such API is served"]
    with begun(folder) as client:
        assert client.get("/orders").json() == before(folder)


@pytest.mark.slow
def test_a_collection_that_is_gone_is_kept_and_shown(folder: Path) -> None:
    renamed = WITH_QUANTITY.replace("/orders", "/purchases")
    (folder / "shop.yaml").write_text(renamed)
    with begun(folder) as client:
        [item] = aside(client)
        assert (item["collection"], item["first"]["reason"]) == (
            "/orders",
            "the contract has no such collection",
        )
    assert "shop /orders has 3 records" in refused_elsewhere(folder)
    (folder / "shop.yaml").write_text(WITH_QUANTITY)
    with begun(folder) as client:
        assert client.get("/orders").json() == before(folder)


def refused_elsewhere(folder: Path) -> str:
    """Return what is said where the collection is gone once more."""
    text = (folder / "shop.yaml").read_text()
    (folder / "shop.yaml").write_text(text.replace('"1"', '"3"'))
    return refused(folder, *EMPTY, "--store", FULL, "--on-mismatch", "refuse")


def test_a_file_of_the_first_version_is_read_and_migrated(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "state.db")) as connection:
        connection.execute("DELETE FROM parts WHERE name = 'contracts'")  # what version 1 did not have
        connection.execute("PRAGMA user_version = 1")
        connection.commit()
    with begun(folder) as client:
        assert client.get("/orders").json() == before(folder)
    with closing(sqlite3.connect(folder / "state.db")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert list(digests(folder)) == ["shop"]


@pytest.mark.slow
def test_a_state_file_outlives_its_contract_too(folder: Path) -> None:
    stated = ("--state", "state.json")
    with served(folder, "", *EMPTY, *stated, kill=False) as client:
        kept = client.post("/orders", json={"title": "a", "qty": 1}).json()
    (folder / "shop.yaml").write_text(RENUMBERED)
    assert "shop /orders has 1 record" in refused(folder, *EMPTY, *stated, "--on-mismatch", "refuse")
    said: list[str] = []
    with served(folder, "", *EMPTY, *stated, kill=False, said=said) as client:
        assert client.get("/orders").json() == []
        assert [item["records"] for item in aside(client)] == [1]
    assert "shop /orders: the contract does not take 1 record any more" in said[0]
    (folder / "store.yaml").write_text(WITH_QUANTITY)
    with served(folder, "", *EMPTY, *stated, kill=False, contract="store.yaml") as client:
        client.get("/orders")
    (folder / "shop.yaml").write_text(WITH_QUANTITY)
    with served(folder, "", *EMPTY, *stated, kill=False) as client:
        assert client.get("/orders").json() == [kept]


@pytest.mark.slow
def test_what_changed_while_it_was_served_is_looked_at_at_the_next_start(folder: Path) -> None:
    with begun(folder, kill=False) as client:
        client.get("/orders")
        (folder / "shop.yaml").write_text(RENUMBERED)
        while client.get("/openapi.yaml").text.count("format: uuid"):
            pass
        assert client.get("/orders").json() == []
    said: list[str] = []
    with begun(folder, said=said) as client:
        assert [item["records"] for item in aside(client)] == [3]
