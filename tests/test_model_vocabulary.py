"""The vocabulary: one table of words, each with its source, and none that says two things that exclude each other."""

from __future__ import annotations

from itertools import combinations

import pytest

from understudy.model import error_vocabulary, vocabulary
from understudy.model.vocabulary import Words

TABLE = {
    name: words
    for module in (vocabulary, error_vocabulary)
    for name, words in vars(module).items()
    if isinstance(words, Words)
}

EXCLUDE_EACH_OTHER = [
    ("LIMITS", "PAGES", "OFFSETS", "CURSORS", "BACKWARDS", "SORTS", "DIRECTIONS"),
    ("LIMITS", "PAGES", "OFFSETS", "SHAPES_ANSWERS", "SEARCHES", "BUNDLES"),
    (
        "IS",
        "EXACTLY",
        "IS_NOT",
        "ABOVE",
        "AT_LEAST",
        "BELOW",
        "AT_MOST",
        "AMONG",
        "NOT_AMONG",
        "CONTAINS",
        "LACKS",
        "STARTS",
        "ENDS",
        "IS_NULL",
        "IS_THERE",
        "BETWEEN",
    ),
    ("TOTALS", "PAGE_COUNTS", "COUNTS", "MORES", "NEXT_CURSORS", "PAGES", "OFFSETS"),
    ("BEGINNINGS", "GONE", "OVER", "ENDED"),
    ("CREATED", "UPDATED"),
    ("COPIES", "PARTS"),
    ("CALLERS", "TRASH"),
]
BOTH = {("SORTS", "DIRECTIONS"): {"order"}}
"""`order` names the member where nothing else does, and else which way."""


@pytest.mark.parametrize("name", TABLE)
def test_each_set_of_words_has_a_source_and_no_word_twice(name: str) -> None:
    words = TABLE[name]
    assert len(words.source) > 5
    assert len(words.ranked) == len(words.known) > 0


@pytest.mark.parametrize("name", TABLE)
def test_words_are_words(name: str) -> None:
    longest = max(TABLE[name].ranked, key=len)
    assert len(longest) <= 20, f"{longest} looks like two words without a space between"


@pytest.mark.parametrize("names", EXCLUDE_EACH_OTHER, ids=lambda names: names[0])
def test_no_word_says_two_things_that_exclude_each_other(names: tuple[str, ...]) -> None:
    for one, other in combinations(names, 2):
        assert TABLE[one].known & TABLE[other].known == BOTH.get((one, other), set())


def test_words_are_compared_folded_and_keep_their_rank() -> None:
    words = Words("here", "per_page pageSize")
    assert "perpage" in words
    assert list(words) == ["perpage", "pagesize"]
