"""Folders of scripted answers: what each session begins with, refusals with file and line, and what is changed while it runs."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx
import pytest

from support import running
from understudy.cli.reports import Reports
from understudy.cli.serving import _build
from understudy.configuration import Configuration
from understudy.errors import SettingsError
from understudy.server.app import create_app
from understudy.server.reloading import Reloading
from understudy.testing import Sandbox

SHOP = Path(__file__).parents[1] / "docs" / "shop.yaml"
GONE = """
- operation: getOrder
  id: gone
  when: {pathParameters: {orderId: o-404*}}
  status: 404
- operation: listOrders
  body: {items: [], total: 41}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "stubs"
    (folder / "more").mkdir(parents=True)
    (folder / "orders.yaml").write_text(GONE)
    (folder / "more" / "one.json").write_text(
        '{"operation": "getCustomer", "status": 404, "unchecked": true}'
    )
    return folder


def test_every_session_begins_with_the_answers_of_the_folder(folder: Path) -> None:
    with Sandbox(SHOP, stubs=folder) as sandbox:
        with sandbox.session("other") as other:
            for client in (sandbox.client(), other.client()):
                assert client.get("/orders/o-4041").status_code == 404
                assert client.get("/orders").json()["total"] == 41
                assert client.get("/customers/c-100").status_code == 404
        listed = httpx.get(f"{sandbox.serve()}/__admin/sessions/default/answers", trust_env=False).json()
        assert [(one["id"], one["source"], one["calls"]) for one in listed["items"]] == [
            ("file-3", "orders.yaml:6", 1),
            ("gone", "orders.yaml:2", 1),
            ("file-1", "more/one.json:1", 1),
        ]


def test_a_reset_returns_to_the_answers_of_the_folder(folder: Path) -> None:
    with Sandbox(SHOP, stubs=folder) as sandbox:
        client = sandbox.client()
        sandbox.answer("listOrders", body={"items": [], "total": 7})
        assert client.get("/orders").json()["total"] == 7
        sandbox.reset()
        assert client.get("/orders").json()["total"] == 41


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "- operation: getOrdr",
            "orders.yaml:1: operation must be an operationId or a key of an API, such as "
            "'get /accounts/{id}'; the nearest are getOrder, get /orders, deleteOrder, got \"getOrdr\"",
        ),
        (
            "- operation: getOrder\n- operation: listOrders\n  body:\n    items: []\n    total: many",
            'orders.yaml:5: body/total must be an integer, got "many" (`unchecked: true` says that it is meant)',
        ),
        ("- operation: getOrder\n  staus: 200", "orders.yaml:2: staus must be "),
        ("- operation: [", "orders.yaml:2: not YAML: "),
        ("just text", "orders.yaml:1: must be an object"),
        (
            "- {operation: getOrder, id: a}\n- {operation: listOrders, id: a}",
            "orders.yaml:2: the id 'a' is taken by orders.yaml:1",
        ),
        (
            "operation: getOrder\nbody:\n  id: '{{ path.'",
            "orders.yaml:3: body/id is no template: line 1: ",
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_line(folder: Path, text: str, said: str) -> None:
    (folder / "orders.yaml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        Sandbox(SHOP, stubs=folder)
    assert said in str(caught.value)


def test_an_answer_of_a_file_that_cannot_be_given_is_said_with_its_line(folder: Path) -> None:
    (folder / "orders.yaml").write_text(
        "operation: listOrders\nbody: {items: [], total: '{{ query.none.at }}'}"
    )
    with Sandbox(SHOP, stubs=folder) as sandbox:
        told = sandbox.client().get("/orders")
    assert told.status_code == 500
    assert "of get /orders (orders.yaml:1) cannot be given: answer /body/total" in told.json()["detail"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nowhere: there is no such folder"):
        Sandbox(SHOP, stubs=tmp_path / "nowhere")


def test_a_folder_that_cannot_be_read_is_not_taken_for_an_empty_one(folder: Path) -> None:
    below = folder / "below"
    below.mkdir(mode=0)
    if os.access(below, os.R_OK):
        pytest.skip("this user may read all folders")
    with pytest.raises(SettingsError, match="below: cannot be read: Permission denied"):
        Sandbox(SHOP, stubs=folder)


@pytest.fixture
def reloading(folder: Path) -> Reloading:
    configured = Configuration([SHOP], stubs=folder)
    sessions = configured.sessions()
    compose: Callable[..., object] = partial(create_app, sessions=sessions)
    build = partial(_build, configured, sessions, Reports("text"))
    return Reloading(build, compose, lambda: configured.files)  # type: ignore[arg-type]


def test_what_changes_in_the_folder_is_taken_by_sessions_that_there_are(
    folder: Path, reloading: Reloading
) -> None:
    with running(reloading) as url, httpx.Client(base_url=url, trust_env=False) as client:
        added = {"operation": "getCustomer", "status": 404, "priority": 1}
        assert client.post("/__admin/sessions/default/answers", json=added).status_code == 201
        assert client.get("/orders").json()["total"] == 41
        (folder / "orders.yaml").write_text(GONE.replace("41", "42"))
        (folder / "new.yaml").write_text("{operation: createOrder, status: 409}")
        assert reloading.refresh()
        assert client.get("/orders").json()["total"] == 42
        sent = {"customerId": "c-100", "item": "cups", "quantity": 6}
        assert client.post("/orders", json=sent).status_code == 409
        listed = client.get("/__admin/sessions/default/answers").json()["items"]
        assert listed[0]["operation"] == "getCustomer"


def test_a_folder_that_is_broken_keeps_the_version_before_it(folder: Path, reloading: Reloading) -> None:
    with running(reloading) as url, httpx.Client(base_url=url, trust_env=False) as client:
        (folder / "orders.yaml").write_text("- operation: nothing")
        with pytest.raises(SettingsError, match=r"orders.yaml:1: operation must be"):
            reloading.refresh()
        assert client.get("/orders").json()["total"] == 41
