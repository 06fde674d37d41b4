"""The bounds that keep the code at reading speed: each is held, whoever is pending is let be, and nobody pends who is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from reading import problems, table

PLAIN = '"""What lives here."""\n' + "x = 1\n" * 200
CONDITIONALS = "x = 1 if y else 2\n" * 3
COMPREHENSIONS = "x = [y for y in z]\n" * 4
NESTED = "x = [1 if y else 2 for y in z]\n"
WIDE = "x = '" + "a" * 106 + "'\n"


def function(lines: int) -> str:
    """Return a function with that many lines below its docstring."""
    return 'def f():\n    """Do it.\n\n    At length.\n    """\n' + "    x = 1\n" * lines


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "plain.py").write_text(PLAIN)
    (tmp_path / "word.py").write_text(PLAIN)
    return tmp_path


def test_plain_code_breaks_no_bound(source: Path) -> None:
    assert problems(source, []) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CONDITIONALS, "room: 1.5 conditional expressions a hundred lines"),
        (COMPREHENSIONS, "room: 2.0 comprehensions a hundred lines"),
        (NESTED, "within another one, and 4 in ten thousand lines are allowed: room/dense.py:1"),
        (WIDE, "room/dense.py:1 has more than 110 characters"),
        (function(41), "room/dense.py:1 f has 41 lines"),
        (function(26), "more than 5 of 100 functions have over 25 lines: room/dense.py:1 f"),
        (function(9) * 3, "room: the median function has 9 lines"),
    ],
    ids=["conditional", "comprehension", "nested", "wide", "longest", "long", "median"],
)
def test_each_bound_is_held_where_nothing_pends(source: Path, text: str, said: str) -> None:
    (source / "room" / "dense.py").write_text(text)
    assert any(said in problem for problem in problems(source, []))
    assert problems(source, ["room"]) == []


def test_a_docstring_is_not_counted_among_the_lines_of_a_function(source: Path) -> None:
    (source / "room" / "dense.py").write_text(function(8))
    assert problems(source, []) == []


def test_modules_beside_the_packages_are_measured_together(source: Path) -> None:
    (source / "short.py").write_text("x = 1 if y else 2\n" * 2)
    assert problems(source, []) == []
    (source / "short.py").write_text(CONDITIONALS)
    assert [problem.partition(":")[0] for problem in problems(source, [])] == ["top level"]
    assert problems(source, ["short"]) == []


def test_a_name_that_pends_and_is_not_there_is_refused(source: Path) -> None:
    assert problems(source, ["ghost"]) == ["pending names ghost, and there is no such package or module"]


def test_the_table_names_who_pends_without_need(source: Path) -> None:
    (source / "short.py").write_text(CONDITIONALS)
    lines = list(table(source, ["room", "short"]))
    assert any(line.startswith("room ") and "take it off the list" in line for line in lines)
    assert any(line.startswith("short ") and line.endswith("pending") for line in lines)
