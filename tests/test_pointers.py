"""JSON pointers lead to a value, and back to how they are written."""

from __future__ import annotations

import pytest

from understudy.pointers import join, replaced, step, tokens

VALUE = {"paths": {"/a~b": [{"name": "first"}, {"name": "second"}]}}


def test_a_pointer_is_split_into_what_it_was_joined_from() -> None:
    assert join(["paths", "/a~b", 1]) == "/paths/~1a~0b/1"
    assert tokens("/paths/~1a~0b/1") == ["paths", "/a~b", "1"]
    assert tokens("") == []


def test_a_copy_with_another_value_leaves_the_first_as_it_was() -> None:
    other = replaced(VALUE, ["paths", "/a~b", "1", "name"], "other")
    assert other == {"paths": {"/a~b": [{"name": "first"}, {"name": "other"}]}}
    assert VALUE["paths"]["/a~b"][1]["name"] == "second"


@pytest.mark.parametrize("token", ["2", "-1", "name"])
def test_a_token_that_leads_nowhere_is_a_key_error(token: str) -> None:
    with pytest.raises(KeyError):
        step(VALUE["paths"]["/a~b"], token)
