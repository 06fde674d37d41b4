"""Globs, as tables; and that none takes long, whatever it is held against."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.globs import is_path, is_text


@pytest.mark.parametrize(
    ("text", "glob", "is_met"),
    [
        ("", "", True),
        ("", "*", True),
        ("a", "", False),
        ("abc", "abc", True),
        ("abc", "a*c", True),
        ("ac", "a*c", True),
        ("a", "a*a", False),
        ("abcabd", "a*b*d", True),
        ("abc", "*b*", True),
        ("a?c", "a?c", True),
        ("abc", "a?c", False),
        ("a[b]", "a[b]", True),
        ("ab", "a[b]", False),
        ("axbyc", "a*b*c", True),
        ("axyc", "a*b*c", False),
        ("abxc", "a*x*b*c", False),
    ],
)
def test_a_star_is_any_text_and_all_else_stands_for_itself(text: str, glob: str, is_met: bool) -> None:
    assert is_text(text, glob) is is_met


@pytest.mark.parametrize(
    ("path", "glob", "is_met"),
    [
        ("/a", "/a", True),
        ("/a", "/*", True),
        ("/a/b", "/*", False),
        ("/a/b", "/**", True),
        ("/", "/**", True),
        ("/a", "/**/a", True),
        ("/a/b/c", "/**/c", True),
        ("/a/b/c", "/a/**/c", True),
        ("/a/c", "/a/**/c", True),
        ("/a/b/c", "/a/**/b", False),
        ("/a/b/a/b/c", "/**/a/b/c", True),
        ("/a", "/a/**", True),
        ("/a", "**", True),
        ("/a/b", "/**/**/b", True),
        ("/x.json", "/*.json", True),
    ],
)
def test_two_stars_are_any_number_of_segments(path: str, glob: str, is_met: bool) -> None:
    assert is_path(path, glob) is is_met


def plainly(found: list[str], wanted: list[str]) -> bool:
    """Tell the same by trying every way."""
    if not wanted:
        return not found
    if wanted[0] == "**":
        return plainly(found, wanted[1:]) or (bool(found) and plainly(found[1:], wanted))
    return bool(found) and is_text(found[0], wanted[0]) and plainly(found[1:], wanted[1:])


@given(
    st.lists(st.sampled_from(["", "a", "b", "ab"]), min_size=1, max_size=6),
    st.lists(st.sampled_from(["", "a", "b", "*", "**", "a*"]), min_size=1, max_size=6),
)
def test_a_path_is_what_a_glob_says_if_some_way_leads_through_it(found: list[str], wanted: list[str]) -> None:
    assert is_path("/".join(found), "/".join(wanted)) is plainly(found, wanted)


@pytest.mark.parametrize(
    ("path", "glob"),
    [
        ("/" + "a" * 60_000, "/" + "*a" * 30_000 + "b"),
        ("/a" * 30_000, "/**/a" * 9_000 + "/b"),
        ("/a" * 30_000, "/**" + "/a" * 15_000 + "/b"),
    ],
)
def test_nothing_is_gone_back_to(path: str, glob: str) -> None:
    assert not is_path(path, glob)
