"""Beginnings: how many records collections start with, and which, where somebody says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, contract_of, resource, thing
from understudy.beginning import Counts, check_named, read_counts, read_items
from understudy.cli.main import main
from understudy.errors import SettingsError
from understudy.sandbox import Sandbox, Settings

ORDER = thing({"id": WHOLE, "item": TEXT, "count": WHOLE}, "id", "item", "count")
PATHS = resource(ORDER, thing({"item": TEXT}), "/orders") | resource(ORDER, thing({"item": TEXT}), "/mugs")


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("3", 3),
        ("2-8", Counts((2, 8))),
        ("orders=50", Counts((3, 3), {"orders": (50, 50)})),
        ("5, orders=50, mugs=1-2", Counts((5, 5), {"orders": (50, 50), "mugs": (1, 2)})),
    ],
)
def test_a_number_a_range_or_a_table_is_read(text: str, counts: int | Counts) -> None:
    assert read_counts(text) == counts


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("orders=x", "'orders=x' says no number of records"),
        ("many", "'many' says no number"),
        ("8-2", "8 is more than 2"),
        ("=3", "names no collection"),
        ("3,", "'' says no number"),
    ],
)
def test_anything_else_is_told_what_is_wrong(text: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        read_counts(text)


def test_a_range_gives_the_same_for_a_seed_and_others_for_other_seeds() -> None:
    counts = Counts((2, 80))
    assert counts.of("/orders", 1) == counts.of("/orders", 1)
    assert len({counts.of("/orders", seed) for seed in range(9)}) > 3
    assert all(2 <= counts.of("/orders", seed) <= 80 for seed in range(30))


def test_each_collection_starts_with_what_the_table_says(serve: Callable[..., httpx.Client]) -> None:
    counts = Counts((1, 1), {"orders": (7, 7)})
    client = serve(Sandbox(contract_of(PATHS), None, Settings(populate=counts)))
    assert len(client.get("/orders").json()) == 7
    assert len(client.get("/mugs").json()) == 1


def test_a_collection_that_is_not_there_is_told_the_nearest() -> None:
    with pytest.raises(SettingsError, match="no collection 'order'; the nearest is 'orders'"):
        Sandbox(contract_of(PATHS), None, Settings(populate=Counts((1, 1), {"order": (2, 2)})))
    assert check_named("notes", ["/orders", "/orders/{id}/notes"]) == "/orders/{id}/notes"


ITEMS = [{"id": 70, "item": "cup", "count": 2}, {"id": 71, "item": "can", "count": 1}]


def test_a_world_starts_with_the_records_of_a_file_and_a_reset_returns_to_them(
    serve: Callable[..., httpx.Client],
) -> None:
    client = serve(Sandbox(contract_of(PATHS), None, Settings(populate=3, data={"orders": ITEMS})))
    assert client.get("/orders").json() == ITEMS
    assert len(client.get("/mugs").json()) == 3
    client.delete("/orders/70")
    client.post("/orders", json={"item": "jug"})
    assert [one["item"] for one in client.get("/orders").json()] == ["jug", "can"]
    assert client.post("/__admin/sessions/default/reset").status_code == 204
    assert client.get("/orders").json() == ITEMS


def test_a_record_that_says_a_part_is_completed(serve: Callable[..., httpx.Client]) -> None:
    client = serve(Sandbox(contract_of(PATHS), None, Settings(data={"/orders": [{"item": "cup"}]})))
    (order,) = client.get("/orders").json()
    assert order["item"] == "cup"
    assert order.keys() == {"id", "item", "count"}


def test_a_record_is_refused_with_its_failing_member() -> None:
    with pytest.raises(SettingsError, match=r"record 2 of orders: .*/count"):
        Sandbox(contract_of(PATHS), None, Settings(data={"orders": [ITEMS[0], {"id": 4, "count": "many"}]}))


def test_a_record_with_the_id_of_another_is_refused() -> None:
    told = {"orders": [{"id": 1}, {"id": 2}, {"id": 1}]}
    with pytest.raises(SettingsError, match=r"record 3 of orders: record 1 has the same id, '1'"):
        Sandbox(contract_of(PATHS), None, Settings(data=told))


def test_a_folder_has_a_list_a_file(tmp_path: Path) -> None:
    (tmp_path / "orders.json").write_text(json.dumps(ITEMS))
    assert read_items(tmp_path) == {"orders": ITEMS}


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ("{", "is not JSON"),
        ("[]", "no object of lists"),
        ('{"orders": 1}', "orders is no list"),
        ('{"orders": [1]}', "record 1 of orders is no object"),
    ],
)
def test_what_is_no_data_is_told_so(tmp_path: Path, told: str, sentence: str) -> None:
    file = tmp_path / "data.json"
    file.write_text(told)
    with pytest.raises(SettingsError, match=sentence):
        read_items(file)
    with pytest.raises(SettingsError, match="No such file"):
        read_items(tmp_path / "nowhere.json")


def test_the_command_prints_a_world_that_can_be_started_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contract = tmp_path / "shop.json"
    document: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "S", "version": "1"}, "paths": PATHS}
    contract.write_text(json.dumps(document))
    assert main(["data", str(contract), "--populate", "2"]) == 0
    printed = capsys.readouterr().out
    assert {name: len(items) for name, items in json.loads(printed).items()} == {"orders": 2, "mugs": 2}
    (tmp_path / "world.json").write_text(printed)
    assert main(["data", str(contract), "--data", str(tmp_path / "world.json")]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(printed)


def test_what_no_answer_shows_is_no_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    members = {"username": {"type": "string"}, "password": {"type": "string"}}
    token = {"type": "object", "properties": {"access_token": {"type": "string"}}}
    login = {
        "requestBody": {
            "content": {"application/json": {"schema": {"type": "object", "properties": members}}}
        },
        "responses": {
            "200": {"description": "ok", "content": {"application/json": {"schema": token}}},
        },
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "S", "version": "1"},
        "paths": {**PATHS, "/oauth/token": {"post": login}},
    }
    (tmp_path / "shop.json").write_text(json.dumps(document))
    assert main(["data", str(tmp_path / "shop.json")]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"orders", "mugs"}
