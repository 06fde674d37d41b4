"""The bundled contracts are found from a checkout and from a wheel; `test_wheel` proves the second for real."""

from __future__ import annotations

from pathlib import Path

import pytest

from understudy import bundled
from understudy.errors import SettingsError


def lay_out(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in ("aritma", "dualentry", "togai", "saasu"):
        (folder / f"{name}.yaml").touch()


def test_a_checkout_finds_the_four_contracts_at_its_root() -> None:
    contracts = bundled.bundled_contracts()
    assert list(contracts) == ["aritma", "dualentry", "togai", "saasu"]
    assert contracts["togai"] == Path(__file__).parent.parent / "specs" / "togai.yaml"


def test_contracts_beside_the_modules_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "src" / "understudy"
    lay_out(tmp_path / "specs")
    lay_out(package / "specs")
    monkeypatch.setattr(bundled, "_PACKAGE", package)
    assert bundled.bundled_contracts()["saasu"] == package / "specs" / "saasu.yaml"


def test_missing_contracts_are_named_with_where_they_were_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundled, "_PACKAGE", tmp_path / "src" / "understudy")
    with pytest.raises(SettingsError, match="bundled contracts are missing: looked in") as caught:
        bundled.bundled_contracts()
    assert str(tmp_path / "specs") in str(caught.value)
