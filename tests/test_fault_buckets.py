"""Token buckets: what they let through, when, and what they forget."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from understudy.faults.buckets import BUCKETS_KEPT, Buckets, Limit, whole_seconds

KEY = ("rule", "key")


def test_a_burst_is_let_through_and_the_call_after_it_waits_for_one_token() -> None:
    buckets, limit = Buckets(), Limit(3, 0.5)
    assert [buckets.take([(KEY, limit)], 100.0) for _ in range(4)] == [0, 0, 0, 2]


def test_a_token_comes_back_after_just_the_wait_that_was_said() -> None:
    buckets, limit = Buckets(), Limit(1, 0.3)
    buckets.take([(KEY, limit)], 0.0)
    wait = buckets.take([(KEY, limit)], 0.0)
    assert buckets.take([(KEY, limit)], wait * 0.99) > 0
    assert buckets.take([(KEY, limit)], wait) == 0


def test_a_call_that_one_bucket_refuses_takes_nothing_from_the_others() -> None:
    buckets = Buckets()
    wide, narrow = (("rule", "wide"), Limit(3, 1)), (("rule", "narrow"), Limit(1, 1))
    assert buckets.take([wide, narrow], 0.0) == 0
    assert [buckets.take([wide, narrow], 0.0) for _ in range(5)] == [1] * 5
    assert [buckets.take([wide], 0.0) for _ in range(3)] == [0, 0, 1]


def test_the_longest_wait_of_all_buckets_is_told() -> None:
    buckets = Buckets()
    both = [(("rule", "fast"), Limit(1, 10)), (("rule", "slow"), Limit(1, 0.1))]
    buckets.take(both, 0.0)
    assert buckets.take(both, 0.0) == 10


def test_time_that_goes_back_refills_nothing_and_does_not_stop_the_clock() -> None:
    buckets, limit = Buckets(), Limit(1, 1)
    assert buckets.take([(KEY, limit)], 1000.0) == 0
    assert buckets.take([(KEY, limit)], 10.0) == 1
    assert buckets.take([(KEY, limit)], 11.0) == 0


@given(
    st.integers(1, 20),
    st.floats(0.01, 50),
    st.lists(st.floats(0, 30), min_size=1, max_size=80),
)
def test_no_more_calls_pass_than_the_burst_and_the_refill_of_the_time(
    requests: int, per_second: float, gaps: list[float]
) -> None:
    buckets, limit, now, passed = Buckets(), Limit(requests, per_second), 50.0, 0
    for gap in gaps:
        now += gap
        passed += buckets.take([(KEY, limit)], now) == 0
    assert passed <= requests + (now - 50.0) * per_second + 1e-3


@given(st.integers(1, 20), st.floats(0.01, 50), st.integers(1, 60))
def test_whoever_waits_for_the_seconds_of_retry_after_is_let_through(
    requests: int, per_second: float, calls: int
) -> None:
    buckets, limit, now = Buckets(), Limit(requests, per_second), 1.7e9
    for _ in range(calls):
        wait = buckets.take([(KEY, limit)], now)
        if wait:
            now += whole_seconds(wait)
            assert buckets.take([(KEY, limit)], now) == 0


def test_callers_without_number_cost_no_memory_without_end() -> None:
    buckets, limit = Buckets(), Limit(1, 1000)
    for caller in range(3 * BUCKETS_KEPT):
        assert buckets.take([(("rule", caller), limit)], caller / 10) == 0
    assert len(buckets) <= BUCKETS_KEPT


def test_callers_who_are_all_at_their_limit_cost_no_memory_without_end() -> None:
    buckets, limit = Buckets(), Limit(1, 1e-9)
    for caller in range(2 * BUCKETS_KEPT):
        buckets.take([(("rule", caller), limit)], 0.0)
    assert len(buckets) <= BUCKETS_KEPT
    assert buckets.take([(("rule", 2 * BUCKETS_KEPT - 1), limit)], 0.0) > 0, (
        "the latest is not the one that is forgotten"
    )


def test_what_a_rule_used_up_goes_with_it() -> None:
    buckets, limit = Buckets(), Limit(1, 1)
    buckets.take([(("one", "key"), limit)], 0.0)
    buckets.take([(("two", "key"), limit)], 0.0)
    buckets.drop("one")
    assert buckets.take([(("one", "key"), limit)], 0.0) == 0
    assert buckets.take([(("two", "key"), limit)], 0.0) == 1


def test_retry_after_is_rounded_up_and_never_at_once() -> None:
    assert [whole_seconds(wait) for wait in (0.01, 1.0, 1.0000000001, 1.2, 59.5)] == [1, 1, 1, 2, 60]
