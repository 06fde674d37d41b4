"""Entries of a journal as texts, and back, for who keeps them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import orjson
from msgspec import to_builtins

from understudy.errors import Failure
from understudy.journal.entry import Entry
from understudy.journal.near import NearAnswer

_BYTES: Final = ("raw_path", "query", "request_head", "response_head", "request_body", "response_body")


def written(entry: Entry) -> str:
    """Return an entry as JSON; bytes stand in it as Latin-1."""
    facts = dict(vars(entry))
    for name in _BYTES:
        if name in facts:
            facts[name] = facts[name].decode("latin-1")
    try:
        return orjson.dumps(facts, default=_plain).decode()
    except TypeError:  # half of a surrogate pair, which a caller's JSON may bring into a sentence
        return json.dumps(facts, default=_plain)


def read(text: str) -> Entry:
    """Return the entry that was written. Raises ValueError, KeyError or TypeError for anything else."""
    try:
        facts = orjson.loads(text)
    except orjson.JSONDecodeError:
        facts = json.loads(text)
    for name in _BYTES:
        if name in facts:
            facts[name] = facts[name].encode("latin-1")
    facts["failures"] = [Failure(**one) for one in facts.get("failures", ())]
    if facts.get("near") is not None:
        facts["near"] = _near(facts["near"])
    return Entry(**facts)


def _plain(value: Any) -> Any:
    return to_builtins(value) if isinstance(value, (Failure, NearAnswer)) else list(value)


def _near(value: Mapping[str, Any]) -> NearAnswer:
    return NearAnswer(value["answer"], [Failure(**one) for one in value["failures"]])
