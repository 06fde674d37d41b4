"""`make soak` in short: it finds nothing where nothing is wrong, and a server that loses what it acknowledged."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from soak import soak
from soak_clients import Held, Records
from soak_service import Away, Report, Service
from soak_store import store_of
from stores import in_redis

A: tuple[str, int] = ("shop", 1)
B: tuple[str, int] = ("shop", 2)


@pytest.mark.slow
@pytest.mark.parametrize(
    "store", ["memory", "sqlite-full", "sqlite-workers", pytest.param("redis-always", marks=in_redis)]
)
def test_nothing_is_lost_doubled_or_torn(store: str, tmp_path: Path) -> None:
    options = argparse.Namespace(seed=1, workers=2, kills_every=5.0)
    report = Report()
    soak(store_of(store), tmp_path, 12, options, report)
    assert report.violations == []
    assert report.counts["calls held to be linearizable"] > 0


@pytest.mark.slow
def test_who_is_refused_since_the_store_was_away_waits_for_no_kill(tmp_path: Path) -> None:
    report = Report()
    service = Service(tmp_path, (), (), report)
    try:
        service.lose()
        service.find()
        assert service.wait(service.epoch, Away("503")) == service.epoch
        assert report.violations == []
    finally:
        service.end()


def written(*values: int) -> Held:
    """Return a session in which a record was given these values, one after another."""
    held = Held("one")
    for value in values:
        held.intend(None, A, value)
        held.done()
    return held


def moments(held: Held) -> list[tuple[int, Records]]:
    return list(held.histories())


def test_what_was_lost_is_what_came_last() -> None:
    assert moments(written(5, 6)) == [(0, {A: 6}), (1, {A: 5}), (2, {})]


def test_what_was_under_way_may_be_there() -> None:
    held = written(5)
    held.intend(None, B, 7)
    assert moments(held) == [(0, {A: 5, B: 7}), (0, {A: 5}), (1, {})]


def test_a_session_that_was_reset_was_empty_before_what_came_then() -> None:
    held = written(5)
    held.intend({})
    held.done()
    held.intend(None, B, 7)
    held.done()
    assert moments(held) == [(0, {B: 7}), (1, {}), (2, {A: 5}), (3, {})]
