"""Leniency: what a vendor's clients get away with."""

from __future__ import annotations

from typing import Final

from msgspec import Struct


class Leniency(Struct, frozen=True):
    """What is taken against the letter of a contract, or is not.

    ignore_trailing_slash: a path with a slash at its end and one without are one, where the contract does not
    have both. lenient_booleans: `True`, `1`, `on`, `yes` and their opposites are booleans in any place; in a
    query and in a form all but the last are anyway. known_query: a name in the query that nobody declared is
    refused; HTTP APIs usually pass over it. ambiguous_json: of a key that a JSON body has twice the last one
    counts, and an integer beyond 64 bits is a float, as with most parsers; otherwise both are refused.
    """

    case_insensitive_paths: bool = False
    ignore_trailing_slash: bool = False
    case_insensitive_query: bool = False
    lenient_booleans: bool = False
    known_query: bool = False
    ambiguous_json: bool = False


OWN: Final = Leniency(ignore_trailing_slash=True)
"""What is taken for a contract that no vendor has rules for: what frameworks take."""

STRICT: Final = Leniency()
"""The contract's own reading."""
