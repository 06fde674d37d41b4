"""Sandbox time stands still, moves on request, and gives each write its own moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.state.clock import EPOCH, Clock, iso, stamp

MOMENT = datetime(2026, 3, 4, 5, 6, 7, 123456, tzinfo=UTC)


def test_a_new_clock_stands_at_the_epoch() -> None:
    clock = Clock()
    assert clock.now() == clock.now() == EPOCH == datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_a_clock_starts_where_it_is_told() -> None:
    assert Clock(MOMENT).now() == MOMENT


def test_advancing_adds_seconds() -> None:
    clock = Clock()
    assert clock.advance(90.5) == EPOCH + timedelta(seconds=90.5)
    clock.advance(0)
    assert clock.now() == EPOCH + timedelta(seconds=90.5)


@pytest.mark.parametrize("seconds", [-1, -0.001, float("nan"), float("inf"), 1e300, 3e11])
def test_an_impossible_advance_is_refused_and_changes_nothing(seconds: float) -> None:
    clock = Clock()
    with pytest.raises(ValueError, match=r"time|calendar"):
        clock.advance(seconds)
    assert clock.now() == EPOCH


def test_freezing_sets_the_time_also_back() -> None:
    clock = Clock()
    earlier = EPOCH - timedelta(days=400)
    assert clock.freeze(earlier) == clock.now() == earlier


@pytest.mark.parametrize(
    "text", ["9001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00"]
)
def test_a_time_with_no_room_around_it_is_refused(text: str) -> None:
    clock = Clock()
    with pytest.raises(ValueError, match=r"year 9000|outside the calendar"):
        clock.freeze(datetime.fromisoformat(text))
    assert clock.now() == EPOCH


def test_time_is_told_in_utc() -> None:
    eastern = datetime(2026, 1, 5, 4, tzinfo=timezone(timedelta(hours=-5)))
    clock = Clock(eastern)
    assert clock.now().tzinfo is UTC
    assert clock.freeze(eastern).isoformat() == "2026-01-05T09:00:00+00:00"


def test_a_moment_without_a_time_zone_is_refused() -> None:
    naive = datetime(2026, 1, 5)
    for attempt in (Clock, Clock().freeze, iso):
        with pytest.raises(ValueError, match="no time zone"):
            attempt(naive)


@given(st.integers(0, 10_000_000), st.floats(0, 1_000))
def test_each_write_is_later_than_the_one_before(ticks: int, advanced: float) -> None:
    clock = Clock()
    before = stamp(clock.now(), ticks)
    after = stamp(clock.now(), ticks + 1)
    assert timedelta(seconds=1) < after - before < timedelta(seconds=3)
    assert stamp(clock.advance(advanced), ticks + 1) >= after


def test_stamps_look_measured_and_are_always_the_same() -> None:
    stamps = [iso(stamp(EPOCH, ticks), decimals=6) for ticks in (1, 2, 3)]
    assert stamps == [
        "2026-01-05T09:00:02.618033Z",
        "2026-01-05T09:00:04.236066Z",
        "2026-01-05T09:00:06.854099Z",
    ]


def test_microseconds_do_not_repeat_soon() -> None:
    assert len({stamp(EPOCH, ticks).microsecond for ticks in range(100_000)}) == 100_000


@pytest.mark.parametrize(
    ("decimals", "text"),
    [
        (0, "2026-03-04T05:06:07Z"),
        (1, "2026-03-04T05:06:07.1Z"),
        (3, "2026-03-04T05:06:07.123Z"),
        (6, "2026-03-04T05:06:07.123456Z"),
        (7, "2026-03-04T05:06:07.1234566Z"),
    ],
)
def test_a_timestamp_has_as_many_decimals_as_asked_for(decimals: int, text: str) -> None:
    assert iso(MOMENT, decimals) == text


def test_decimals_are_cut_not_rounded_into_the_next_second() -> None:
    last = MOMENT.replace(second=59, microsecond=999_999)
    assert iso(last) == "2026-03-04T05:06:59Z"
    assert iso(last, 2) == "2026-03-04T05:06:59.99Z"


def test_a_whole_second_has_only_zeros() -> None:
    assert iso(EPOCH, 7) == "2026-01-05T09:00:00.0000000Z"


@pytest.mark.parametrize("decimals", [-1, 8])
def test_other_decimals_are_refused(decimals: int) -> None:
    with pytest.raises(ValueError, match="0 to 7 decimals"):
        iso(MOMENT, decimals)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_timestamp_reads_back_as_the_same_moment(moment: datetime) -> None:
    assert datetime.fromisoformat(iso(moment, 6)) == datetime.fromisoformat(iso(moment, 7)) == moment


def test_writes_come_one_after_another_until_time_is_frozen() -> None:
    clock = Clock()
    assert EPOCH < clock.of_write(1) < clock.of_write(2)
    moment = clock.freeze(datetime(2031, 12, 31, 23, tzinfo=UTC))
    assert clock.of_write(1) == clock.of_write(7) == moment
    assert clock.advance(60) == clock.of_write(8)
    assert clock.thaw() == clock.now() == moment + timedelta(seconds=60)
    assert clock.of_write(9) > clock.now()


def test_a_clock_that_runs_is_that_of_the_machine_and_stamps_writes_with_it() -> None:
    clock, before = Clock(runs=True), datetime.now(UTC)
    assert before <= clock.now() <= clock.of_write(1_000) <= datetime.now(UTC)


def test_a_clock_that_runs_goes_on_from_where_it_was_moved_frozen_and_thawed() -> None:
    clock = Clock(runs=True)
    ahead = clock.advance(3600) - datetime.now(UTC)
    assert timedelta(seconds=3599) < ahead <= timedelta(seconds=3600)
    clock.freeze(MOMENT)
    assert clock.now() == clock.of_write(7) == MOMENT
    assert clock.thaw() == MOMENT
    assert MOMENT < clock.now() < MOMENT + timedelta(minutes=1)


def test_of_two_processes_that_share_a_clock_both_are_ahead_by_as_much() -> None:
    clock, other = Clock(runs=True), Clock(runs=True)
    clock.advance(86400)
    told = clock.dump()
    told["now"] = iso(MOMENT)  # what it was when it was written says nothing of now
    other.restore(told)
    assert clock.now() <= other.now() <= clock.now()


@pytest.mark.parametrize("ahead", ["1", None, [1]])
def test_what_is_no_number_of_seconds_is_refused_and_changes_nothing(ahead: object) -> None:
    clock = Clock(runs=True)
    with pytest.raises(TypeError):
        clock.restore({"now": iso(MOMENT), "frozen": True, "ahead": ahead})
    assert not clock.is_frozen


def test_a_snapshot_has_a_clock_that_runs_go_on_from_its_moment() -> None:
    clock = Clock(runs=True)
    clock.restore({"now": iso(MOMENT), "frozen": False})
    assert MOMENT - timedelta(seconds=1) < clock.now() < MOMENT + timedelta(minutes=1)
