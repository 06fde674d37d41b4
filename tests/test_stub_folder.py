"""Answers saved to the folder that the server was started with: by the admin API, into files that are read again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from understudy.bodies.yaml_codec import written_yaml
from understudy.contracts.parsing import parse
from understudy.testing import Sandbox

SHOP = Path(__file__).parents[1] / "docs" / "shop.yaml"
FILES = "/__admin/answer-files"
GONE = {"operation": "getOrder", "when": {"pathParameters": {"orderId": "o-404*"}}, "status": 404}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "stubs"
    folder.mkdir()
    (folder / "orders.yaml").write_text("{operation: listOrders, id: full, body: {items: [], total: 41}}")
    return folder


@pytest.fixture
def client(folder: Path) -> Iterator[httpx.Client]:
    with (
        Sandbox(SHOP, stubs=folder) as sandbox,
        httpx.Client(base_url=sandbox.serve(), trust_env=False) as it,
    ):
        yield it


def refused(client: httpx.Client, file: str, answer: dict[str, Any], status: int = 409, **query: Any) -> str:
    """Return why an answer is not saved."""
    told = client.put(f"{FILES}/{file}", json=answer, params=query)
    assert told.status_code == status, told.text
    return str(told.json()["detail"])


def test_an_answer_that_is_saved_is_given_in_each_session_and_after_a_restart(
    client: httpx.Client, folder: Path
) -> None:
    client.get("/orders", headers={"Sandbox-Session": "early"})
    saved = client.put(f"{FILES}/gone.yaml", json=GONE)
    assert (saved.status_code, saved.json()) == (
        200,
        {"file": "gone.yaml", "path": str(folder / "gone.yaml")},
    )
    assert yaml.safe_load((folder / "gone.yaml").read_text()) == GONE
    assert client.get(FILES).json() == {"folder": str(folder), "files": ["gone.yaml", "orders.yaml"]}
    for session in ("default", "early", "late"):
        assert client.get("/orders/o-4041", headers={"Sandbox-Session": session}).status_code == 404
    listed = client.get("/__admin/sessions/default/answers").json()["items"]
    assert [one["source"] for one in listed] == ["orders.yaml:1", "gone.yaml:1"]
    with Sandbox(SHOP, stubs=folder) as another:
        assert another.client().get("/orders/o-4041").status_code == 404


def test_a_file_that_is_there_is_written_anew_only_where_that_is_asked_for(
    client: httpx.Client, folder: Path
) -> None:
    before = (folder / "orders.yaml").read_bytes()
    said = refused(client, "orders.yaml", GONE)
    assert said == (
        "nothing was saved: orders.yaml: there is a file of this name; `replace=true` writes it anew"
    )
    assert (folder / "orders.yaml").read_bytes() == before
    assert client.put(f"{FILES}/orders.yaml?replace=true", json=GONE).status_code == 200
    assert client.get("/orders").json()["total"] != 41
    assert [one.name for one in folder.iterdir()] == ["orders.yaml"]


def test_nothing_is_written_outside_of_the_folder(client: httpx.Client, folder: Path) -> None:
    for name in (
        "..%2Fgone.yaml",
        "a%2Fgone.yaml",
        "..yaml",
        ".gone.yaml",
        "gone",
        "gone.yaml.exe",
        "a%00.yaml",
    ):
        assert client.put(f"{FILES}/{name}", json=GONE).status_code in (400, 404), name
    outside = folder.parent / "outside.yaml"
    (folder / "link.yaml").symlink_to(outside)
    assert "there is a file of this name" in refused(client, "link.yaml", GONE)
    assert client.put(f"{FILES}/link.yaml?replace=true", json=GONE).status_code == 200
    assert not outside.exists()
    assert sorted(one.name for one in folder.parent.iterdir()) == ["stubs"]


def test_what_the_contract_does_not_document_is_not_saved(client: httpx.Client, folder: Path) -> None:
    said = refused(client, "wrong.yaml", {**GONE, "status": 200, "body": {"id": 7}}, 400)
    assert "/body/id: must be a string, got 7" in said
    refused(client, "wrong.yaml", {"operation": "getOrdr"}, 400)
    assert "full" in refused(client, "wrong.yaml", {**GONE, "id": "full"})
    assert not (folder / "wrong.yaml").exists()


def test_a_folder_that_nothing_can_be_read_from_is_said(client: httpx.Client, folder: Path) -> None:
    (folder / "orders.yaml").write_text("operation: [\n")
    said = refused(client, "gone.yaml", GONE)
    assert said.startswith("nothing was saved: the folder cannot be read: ")
    assert "orders.yaml:2: not YAML" in said


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_nobody_may_write_in_is_said(client: httpx.Client, folder: Path) -> None:
    folder.chmod(0o500)
    try:
        said = refused(client, "gone.yaml", GONE)
    finally:
        folder.chmod(0o700)
    assert said == f"nothing was saved: gone.yaml: {folder / 'gone.yaml'}: Permission denied"


def test_a_folder_in_the_place_of_the_file_is_said(client: httpx.Client, folder: Path) -> None:
    (folder / "gone.yaml").mkdir()
    said = refused(client, "gone.yaml", GONE, replace=True)
    assert said == f"nothing was saved: gone.yaml: {folder / 'gone.yaml'}: Is a directory"


def test_a_server_without_a_folder_says_so() -> None:
    with Sandbox(SHOP) as sandbox, httpx.Client(base_url=sandbox.serve(), trust_env=False) as client:
        assert client.get(FILES).json() == {"folder": None, "files": []}
        assert "--stubs DIR" in refused(client, "gone.yaml", GONE)


@pytest.mark.parametrize(
    "text", ["1e3", "on", "010", "12:30", "null", "2020-01-01", ".5", "<<", "{{ x }}", "é\n#"]
)
def test_texts_that_yaml_could_take_for_something_else_stay_texts(text: str) -> None:
    assert parse(written_yaml({"text": text}), "it") == {"text": text}
