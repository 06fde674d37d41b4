"""Large YAML files are parsed once; the cache is never trusted further than its bytes go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from understudy.contracts import source
from understudy.contracts.parse_cache import AT_LEAST, KEPT, VARIABLE, ParseCache
from understudy.contracts.source import Document

LARGE = b"a: {b: [1, 2.5, null, true, \xc3\xa9]}\n" + b"# comment\n" * (AT_LEAST // 10)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ParseCache:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    return ParseCache.of_environment()


def test_a_file_is_parsed_once(tmp_path: Path, cache: ParseCache, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "api.yaml").write_bytes(LARGE)
    first = Document.load(tmp_path / "api.yaml").root.value
    monkeypatch.setattr(source, "parse", None)
    assert Document.load(tmp_path / "api.yaml").root.value == first == {"a": {"b": [1, 2.5, None, True, "é"]}}
    assert cache.load(LARGE) == first


def test_a_changed_file_is_parsed_again(tmp_path: Path, cache: ParseCache) -> None:
    (tmp_path / "api.yaml").write_bytes(LARGE)
    Document.load(tmp_path / "api.yaml")
    (tmp_path / "api.yaml").write_bytes(LARGE + b"c: 1\n")
    assert Document.load(tmp_path / "api.yaml").root.get("c") == 1
    assert cache.load(LARGE + b"c: 2\n") is None


def test_a_broken_entry_is_ignored_and_written_anew(tmp_path: Path, cache: ParseCache) -> None:
    (tmp_path / "api.yaml").write_bytes(LARGE)
    Document.load(tmp_path / "api.yaml")
    (entry,) = (tmp_path / "cache").iterdir()
    entry.write_bytes(b'{"a": ')
    assert Document.load(tmp_path / "api.yaml").root.has("a")
    assert cache.load(LARGE) is not None


def test_a_small_file_is_not_kept(tmp_path: Path, cache: ParseCache) -> None:
    cache.save(b"a: 1", {"a": 1})
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("value", [{"n": 2**70}, {"n": float("inf")}, {"n": float("nan")}, {"s": "\ud800"}])
def test_what_json_cannot_say_is_not_kept(cache: ParseCache, value: object) -> None:
    cache.save(LARGE, value)
    assert cache.load(LARGE) is None


def test_aliases_are_not_written_out(cache: ParseCache) -> None:
    value: dict[str, object] = {}
    for _ in range(60):
        value = {"l": value, "r": [value]}
    cache.save(LARGE, value)
    found: Any = cache.load(LARGE)
    for _ in range(60):
        assert found["l"] is found["r"][0]
        found = found["l"]
    assert found == {}


@pytest.mark.parametrize("aliases", [[["x"]], [[["x"], ["y"]]], [[[], []]], 7])
def test_an_entry_with_aliases_that_lead_nowhere_is_ignored(
    tmp_path: Path, cache: ParseCache, aliases: object
) -> None:
    cache.save(LARGE, {"a": 1})
    (entry,) = (tmp_path / "cache").iterdir()
    entry.write_text(json.dumps({"value": {"a": 1}, "aliases": aliases}))
    assert cache.load(LARGE) is None


def test_an_empty_name_turns_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")
    assert ParseCache.of_environment().folder is None


def test_without_a_name_it_is_in_the_users_cache_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(VARIABLE)
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    folder = ParseCache.of_environment().folder
    assert folder
    assert folder.is_relative_to(tmp_path)


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = ParseCache(tmp_path / "file" / "cache")
    cache.save(LARGE, {"a": 1})
    assert cache.load(LARGE) is None


def test_the_oldest_entries_go(tmp_path: Path, cache: ParseCache) -> None:
    for index in range(KEPT + 3):
        cache.save(LARGE + bytes([index]), {"n": index})
    assert len(list((tmp_path / "cache").iterdir())) == KEPT
