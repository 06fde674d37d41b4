"""Golden models: what the contracts here were taken to mean stands in the repository, and is compared."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from golden_models import DOCUMENTS, GOLDENS, differences


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_contract_means_what_it_meant(path: Path) -> None:
    found = differences(path, GOLDENS)
    advice = "if that is meant: python tests/golden_models.py --write"
    assert found == [], "\n".join([*found, advice])


@pytest.mark.parametrize("path", sorted(GOLDENS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_golden_model_is_yaml(path: Path) -> None:
    assert isinstance(yaml.safe_load(path.read_text()), dict)


def test_a_model_that_is_not_there_differs(tmp_path: Path) -> None:
    assert differences(DOCUMENTS[0], tmp_path)
