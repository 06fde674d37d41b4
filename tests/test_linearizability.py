"""The checker of `make soak`: it takes what one call after another explains, and nothing else."""

from __future__ import annotations

from random import Random

from linearizability import UNKNOWN, Call, State, after, is_linearizable

NEW, OLD = (2, 2), (1, 1)
CREATED = Call("create", OLD, 201, 0, 1)


def test_calls_one_after_another() -> None:
    calls = [
        CREATED,
        Call("put", NEW, 200, 2, 3),
        Call("get", NEW, 200, 4, 5),
        Call("delete", None, 204, 6, 7),
    ]
    assert is_linearizable([*calls, Call("get", None, 404, 8, 9), Call("create", OLD, 201, 10, 11)])


def test_a_read_of_what_was_overwritten_is_found() -> None:
    calls = [CREATED, Call("put", NEW, 200, 2, 3)]
    assert not is_linearizable([*calls, Call("get", OLD, 200, 4, 5)])
    assert is_linearizable([*calls, Call("get", OLD, 200, 2.5, 5)])


def test_what_was_acknowledged_and_lost_is_found() -> None:
    assert not is_linearizable([CREATED, Call("get", None, 404, 2, 3)])


def test_two_creates_of_one_record_are_found() -> None:
    assert not is_linearizable([CREATED, Call("create", NEW, 201, 0.5, 1.5)])
    assert is_linearizable([CREATED, Call("create", NEW, 409, 0.5, 1.5)])


def test_a_change_that_another_undid_is_found() -> None:
    calls = [CREATED, Call("put", NEW, 200, 2, 5), Call("patch", (0, 7), 200, 2, 5)]
    assert is_linearizable([*calls, Call("get", (2, 7), 200, 6, 7)])
    assert is_linearizable([*calls, Call("get", NEW, 200, 6, 7)])
    assert not is_linearizable([*calls, Call("get", (1, 7), 200, 6, 7)])


def test_a_call_without_an_answer_may_have_been_taken_late_or_never() -> None:
    lost = Call("put", NEW, UNKNOWN, 2)
    for seen in (OLD, NEW):
        assert is_linearizable([CREATED, lost, Call("get", seen, 200, 8, 9)])
    both = [Call("get", OLD, 200, 8, 9), Call("get", NEW, 200, 10, 11)]
    assert is_linearizable([CREATED, lost, *both])
    assert not is_linearizable([CREATED, lost, both[1], Call("get", OLD, 200, 12, 13)])


def test_a_long_history_of_many_clients_is_judged() -> None:
    random, now = Random(1), 0.0
    calls: list[Call] = []
    state: State = None
    for number in range(2000):
        now += 1
        kind = random.choice(("create", "put", "patch", "delete", "get"))
        asked = Call(kind, (number, number), UNKNOWN, now - random.random() * 4, now + random.random() * 4)
        status = next(one for one in (200, 201, 204, 404, 409) if _fits(state, asked, one))
        value = state if kind == "get" else asked.value
        told = Call(kind, value, status, asked.begun, asked.ended)
        state = after(state, told)[1]
        calls.append(told)
    assert is_linearizable(calls)
    last = max(call.ended for call in calls)
    assert not is_linearizable([*calls, Call("get", (-1, -1), 200, last + 1, last + 2)])


def _fits(state: State, call: Call, status: int) -> bool:
    value = state if call.kind == "get" else call.value
    return after(state, Call(call.kind, value, status, call.begun, call.ended))[0]
