"""The right words that are most like a wrong one."""

from __future__ import annotations

import pytest

from understudy.nearest import did_you_mean, nearest


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("--prot", ["--root", "--port"], "--port"),  # letters that changed places, before one that is another
        ("UNDERSTUDY_PROT", ["UNDERSTUDY_ROOT", "UNDERSTUDY_PORT"], "UNDERSTUDY_PORT"),
        ("Orders", ["orders", "order"], "orders"),
        ("ordres", {"orders": 1, "customers": 2}, "orders"),
        ("customer", ["customers", "custom"], "customers"),
    ],
)
def test_the_likeliest_word_is_asked_for(word: str, known: list[str], meant: str) -> None:
    assert did_you_mean(word, known) == f"; did you mean {meant}?"


@pytest.mark.parametrize("word", ["zebra", "", "o" * 100_000])
def test_nothing_is_asked_where_nothing_is_like_it(word: str) -> None:
    assert did_you_mean(word, ["orders", "customers"]) == ""


def test_several_come_best_first() -> None:
    assert nearest("order", ["orders", "ordering", "folder"], 2) == ["orders", "ordering"]
