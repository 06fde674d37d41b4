"""Dialects of regular expressions: what other languages write is read as it was meant."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from understudy.sandbox import Sandbox
from understudy.schemas.patterns import compiled, matches
from understudy.schemas.regex_dialects import as_ecma

DIALECTS = [
    ("^a{,2}$", "aa", "aaa"),  # Python, PCRE2
    ("^{[a-z]+}$", "{ab}", "ab"),
    ("^[\\w-.]{3}$", "a-.", "a b"),
    ("^[[:alpha:]]{3}$", "abc", "ab1"),  # POSIX, Ruby, PHP
    ("^[^[:space:]]{4}$", "abcd", "a cd"),
    ("^[[:upper:][:digit:]]+$", "A1", "a1"),
    ("^\\Qa.b\\E$", "a.b", "axb"),  # Java, Perl
    ("^(?>ab|a)c$", "abc", "abd"),  # .NET, Ruby
    ("\\A\\d{2}\\Z", "12", "123"),
    ("^\\h$", " ", "x"),
    ("^[^]{2}$", "ab", "abc"),  # ECMA-262 without its flag u
]


@pytest.mark.parametrize(("pattern", "good", "bad"), DIALECTS)
def test_a_dialect_is_held_against_texts_as_it_was_meant(pattern: str, good: str, bad: str) -> None:
    assert matches(pattern, good)
    assert not matches(pattern, bad)


@pytest.mark.parametrize(
    "pattern", ["^[a-z]{2,3}$", "^\\p{L}{2}$", "^\\u{1F600}$", "[:a]", "^[a-f:]+$", "(", "[", "a{2,1}"]
)
def test_what_is_ecma_or_nothing_at_all_stays(pattern: str) -> None:
    assert as_ecma(pattern) == pattern


@pytest.mark.parametrize("pattern", ["^[[a]$", "^[a&&b]$", "^[a||b]$"])
def test_what_python_will_read_otherwise_one_day_warns_nobody(pattern: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert compiled(pattern) is not None


def test_requests_and_answers_are_held_against_what_was_meant(
    sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]
) -> None:
    members: dict[str, Any] = {}
    for number, (pattern, _, _) in enumerate(DIALECTS):
        members[f"m{number}"] = {"type": "string", "pattern": pattern}
    thing = {"type": "object", "required": list(members), "properties": members}
    answer = {"description": "", "content": {"application/json": {"schema": thing}}}
    sent = {"content": {"application/json": {"schema": {"type": "object", "properties": members}}}}
    api = serve(sandbox(paths={"/things": {"post": {"requestBody": sent, "responses": {"201": answer}}}}))
    made = api.post("/things", json={}).json()
    for number, (pattern, good, bad) in enumerate(DIALECTS):
        assert matches(pattern, made[f"m{number}"]), (pattern, made[f"m{number}"])
        assert api.post("/things", json={f"m{number}": good}).status_code == 201
        refused = api.post("/things", json={f"m{number}": bad})
        assert (refused.status_code, f"/m{number}" in refused.text) == (400, True)
