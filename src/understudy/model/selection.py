"""Selection: some of the words of what is printed or written."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any


def only(written: Mapping[str, Any], words: Container[str]) -> dict[str, Any]:
    """Return the words of a mapping that are among some."""
    return {word: value for word, value in written.items() if word in words}


def without(written: Mapping[str, Any], words: Container[str]) -> dict[str, Any]:
    """Return the words of a mapping that are not among some."""
    return {word: value for word, value in written.items() if word not in words}


def saying_something(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return the words of a mapping whose values are not empty."""
    return {word: value for word, value in written.items() if value not in ({}, [])}
