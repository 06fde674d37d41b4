"""Fault rules: which calls they strike, in which order, and how they are written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.bundled import admin_contract
from understudy.contracts.contract import Contract
from understudy.errors import Failure, RecordExists, RecordNotFound, RequestInvalid
from understudy.faults.buckets import Limit
from understudy.faults.header import read_fault, read_header, write_fault, write_header
from understudy.faults.kinds import (
    KINDS,
    AfterWrite,
    Effect,
    Empty,
    Exceeded,
    Fault,
    Latency,
    LogNormalLatency,
    Malformed,
    NoFault,
    RateLimit,
    Reset,
    Status,
    Throttle,
    Truncate,
    UniformLatency,
)
from understudy.faults.matching import Call
from understudy.faults.rule_json import check_operation, read_rule, write_rule, write_rule_state
from understudy.faults.rules import Faults, Rule
from understudy.json_values import at, equal
from understudy.matching.match import Match
from understudy.messages import NOTHING
from understudy.schemas.direction import Direction
from understudy.schemas.validators import validators_of
from understudy.vendors.registry import VENDORS


def call(operation_id: str = "createAccount", **facts: Any) -> Call:
    """Make a call as the server does."""
    known = {
        "api": "togai",
        "operation": "post /accounts",
        "method": "POST",
        "path": "/togai/accounts",
        "base_path": "/togai",
    }
    return Call(operation_id=operation_id, **{**known, **facts})


def outcomes(faults: Faults, calls: Sequence[Call]) -> list[str]:
    """Return what is applied to each of some calls, as the journal has it."""
    return [write_header(faults.decide(one)) for one in calls]


# ---- which calls


@pytest.mark.parametrize(
    "match",
    [
        Match(),
        Match(api="togai"),
        Match(operation="createAccount"),
        Match(operation="post /accounts"),
        Match(method="post"),
        Match(path="/accounts"),
        Match(path="/togai/accounts"),
        Match(path="/*/accounts"),
        Match(path="/**"),
        Match(path="**/accounts"),
        Match(path="/togai/**/accounts"),
        Match(path="/acc*s"),
        Match(headers={"X-Tenant": "acme"}),
        Match(headers={"x-tenant": "ac*"}),
        Match(body={"/currency": "EUR", "/lines/1/amount": 2}),
        Match(body={"": {"currency": "EUR", "lines": [{"amount": 1}, {"amount": 2.0}], "a/b": None}}),
        Match(body={"/a~1b": None}),
    ],
)
def test_a_call_matches_what_is_true_of_it(match: Match) -> None:
    body = {"currency": "EUR", "lines": [{"amount": 1}, {"amount": 2}], "a/b": None}
    assert match.holds(call(headers=[(b"x-tenant", b"other"), (b"x-tenant", b"acme")], body=body))


@pytest.mark.parametrize(
    "match",
    [
        Match(api="saasu"),
        Match(operation="getAccount"),
        Match(operation="post /account"),
        Match(method="get"),
        Match(path="/account"),
        Match(path="/*"),  # one segment within the API would be /accounts, but the caller's is longer
        Match(path="/togai/accounts/*"),
        Match(path="/ACCOUNTS"),
        Match(path="/acc?unts"),
        Match(path="/[a]ccounts"),
        Match(headers={"x-tenant": "ACME"}),
        Match(headers={"x-other": "*"}),
        Match(body={"/currency": "USD"}),
        Match(body={"/missing": None}),
        Match(body={"/lines/2/amount": 2}),
        Match(body={"/lines/01/amount": 2}),
        Match(body={"/flag": 1}),
        Match(api="togai", operation="createAccount", body={"/currency": "USD"}),
    ],
)
def test_a_call_does_not_match_what_is_not_true_of_it(match: Match) -> None:
    body = {"currency": "EUR", "lines": [{"amount": 1}, {"amount": 2}], "flag": True}
    one = call(headers=[(b"x-tenant", b"acme")], body=body, base_path="")
    assert not match.holds(one)


def test_a_path_with_many_spans_is_matched_without_trying_all_ways() -> None:
    path = "/" + "/".join(["a"] * 2000)
    assert not Match(path="/**/a" * 200 + "/b").holds(call(path=path))
    assert not Match(path="/" + "*a" * 200 + "b").holds(call(path="/" + "a" * 20000))


def test_an_escaped_slash_is_no_separator() -> None:
    assert Match(path="/accounts/*").holds(call(path="/accounts/a%2Fb"))


def test_the_body_is_only_asked_for_where_the_rest_of_a_live_rule_matches() -> None:
    faults = Faults()
    faults.add(Rule((Reset(),), Match(method="POST", body={"/currency": "EUR"}), times=1))
    assert not faults.needs_body(call(method="GET"))
    assert faults.needs_body(call())
    assert outcomes(faults, [call(body={"currency": "EUR"})]) == ["reset"]
    assert not faults.needs_body(call())


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_a_value_is_itself_wherever_it_stands(value: Any) -> None:
    assert equal(value, json.loads(json.dumps(value)))
    assert at({"a": [0, value]}, "/a/1") is value
    assert at(value, "/a/b/c/d/e/f") in (NOTHING, at(at(value, "/a/b/c"), "/d/e/f"))


# ---- how often


def test_nothing_is_active_without_rules_and_after_the_last_call_of_one() -> None:
    faults = Faults()
    active = [faults.is_active]
    faults.add(Rule((Status(503),), times=2))
    for _ in range(2):
        active.append(faults.is_active)
        assert outcomes(faults, [call()]) == ["status=503"]
    assert [*active, faults.is_active] == [False, True, True, False]
    assert outcomes(faults, [call()]) == [""]


def test_a_sequence_is_gone_through_once_and_other_calls_do_not_move_it_on() -> None:
    faults = Faults()
    faults.add(Rule((Status(503), Status(502), NoFault()), Match(operation="createAccount"), repeat=False))
    calls = [call(), call("getAccount"), call(), call(), call()]
    assert outcomes(faults, calls) == ["status=503", "", "status=502", "", ""]


def test_a_sequence_that_repeats_begins_again() -> None:
    faults = Faults()
    faults.add(Rule((Status(503), NoFault())))
    assert outcomes(faults, [call()] * 4) == ["status=503", "", "status=503", ""]


@given(
    st.lists(st.sampled_from([Status(500), Reset(), NoFault(), Latency(5)]), min_size=1, max_size=6),
    st.booleans(),
    st.integers(1, 20),
)
def test_a_sequence_is_what_it_says_for_as_many_calls_as_it_is_for(
    turns: list[Fault], repeat: bool, times: int
) -> None:
    faults = Faults()
    faults.add(Rule(tuple(turns), repeat=repeat, times=times))
    expected = [
        turns[index % len(turns)] if (repeat or index < len(turns)) and index < times else NoFault()
        for index in range(25)
    ]
    assert outcomes(faults, [call()] * 25) == [
        "" if isinstance(fault, NoFault) else write_fault(fault) for fault in expected
    ]


def test_rules_count_what_they_saw_and_what_they_did() -> None:
    faults = Faults()
    state = faults.add(Rule((Status(503), NoFault(), Reset()), repeat=False))
    remaining = []
    for _ in range(4):
        remaining.append(state.remaining)
        faults.decide(call())
    assert (remaining, state.calls, state.hits) == ([3, 2, 1, 0], 3, 2)


# ---- together


def test_latencies_and_throttles_add_up_and_the_first_ending_wins() -> None:
    faults = Faults()
    for fault in (Latency(10), Status(503), Latency(20), Reset(), Throttle(100)):
        faults.add(Rule((fault,)))
    assert faults.decide(call()) == (Latency(10), Status(503), Latency(20), Throttle(100))


def test_a_rule_that_another_one_overrules_has_not_seen_the_call() -> None:
    faults = Faults()
    faults.add(Rule((Status(503),), times=2))
    later = faults.add(Rule((Reset(), Empty()), repeat=False))
    assert outcomes(faults, [call()] * 3) == ["status=503", "status=503", "reset"]
    assert later.calls == 1


def test_the_header_comes_before_the_rules() -> None:
    faults = Faults()
    faults.add(Rule((Status(503),), times=1))
    assert write_header(faults.decide(call(), read_header("latency=5ms, reset"))) == "latency=5ms, reset"
    assert write_header(faults.decide(call())) == "status=503"


# ---- chance


@given(st.integers(), st.floats(0.05, 0.95), st.lists(st.booleans(), max_size=60))
def test_the_same_seed_gives_the_same_failures_whatever_else_is_called(
    seed: int, probability: float, others: list[bool]
) -> None:
    rule = Rule(
        (Status(503), LogNormalLatency(20, 1)), Match(operation="createAccount"), probability=probability
    )
    alone, busy = Faults(seed), Faults(seed)
    alone.add(rule)
    busy.add(rule)
    busy.add(Rule((UniformLatency(1, 9),), Match(operation="getAccount"), probability=0.5))
    among = []
    for other in others:
        found = outcomes(busy, [call("getAccount" if other else "createAccount")])
        among += [] if other else found
    assert among == outcomes(alone, [call()] * len(among))


def test_a_probability_is_met_and_another_seed_has_another_luck() -> None:
    strikes = []
    for seed in (1, 2):
        faults = Faults(seed)
        faults.add(Rule((Reset(),), probability=0.25))
        strikes.append([bool(text) for text in outcomes(faults, [call()] * 4000)])
    assert all(900 < sum(found) < 1100 for found in strikes)
    assert strikes[0] != strikes[1]


def test_two_rules_of_one_session_have_luck_of_their_own() -> None:
    faults = Faults()
    for name in ("getAccount", "createAccount"):
        faults.add(Rule((Reset(),), Match(operation=name), probability=0.5))
    assert outcomes(faults, [call("getAccount")] * 40) != outcomes(faults, [call("createAccount")] * 40)


def test_a_cleared_session_has_the_luck_of_a_fresh_one() -> None:
    faults, rule = Faults(7), Rule((Reset(),), probability=0.5)
    faults.add(rule)
    first = outcomes(faults, [call()] * 30)
    faults.clear()
    assert not faults.is_active
    faults.add(rule)
    assert outcomes(faults, [call()] * 30) == first


def test_latencies_stay_where_their_distribution_is() -> None:
    random = Random(1)
    uniform = [UniformLatency(100, 500).drawn(random).milliseconds for _ in range(2000)]
    assert 100 <= min(uniform) < 120
    assert 480 < max(uniform) <= 500
    skewed = sorted(LogNormalLatency(200, 0.5).drawn(random).milliseconds for _ in range(2001))
    assert 180 < skewed[1000] < 220
    assert skewed[1900] - skewed[1000] > skewed[1000] - skewed[100]
    assert max(LogNormalLatency(200, 1e9).drawn(random).milliseconds for _ in range(20)) == 3_600_000


# ---- limits


def test_a_limit_is_for_each_caller_and_api_and_time_fills_it_again() -> None:
    faults = Faults()
    faults.add(Rule((RateLimit(2, 10),)))
    assert outcomes(faults, [call(key="a")] * 3) == ["", "", "rate-limit=2/10s"]
    assert outcomes(faults, [call(key="b"), call(key="a", api="saasu")]) == ["", ""]
    found = faults.decide(call(key="a"))
    assert found == (Exceeded(RateLimit(2, 10), 5.0),)
    assert outcomes(faults, [call(key="a", now=5.0)] * 2) == ["", "rate-limit=2/10s"]


def test_a_burst_can_be_wider_than_the_rate() -> None:
    faults = Faults()
    faults.add(Rule((RateLimit(1, 60, burst=3),)))
    assert outcomes(faults, [call()] * 4) == ["", "", "", "rate-limit=1/60s;burst=3"]


def test_the_vendors_limits_are_the_same_for_rules_and_header() -> None:
    faults, limits = Faults(), (Limit(3, 1), Limit(2, 1, "key+operation"))
    faults.add(Rule((RateLimit(),), Match(operation="getAccount")))
    read, write = (
        call("getAccount", limits=limits, operation="get"),
        call("createAccount", limits=limits, operation="post"),
    )
    assert outcomes(faults, [read, read, read]) == ["", "", "rate-limit"], "the operation's bucket is empty"
    assert faults.decide(write, read_header("rate-limit")) == ()
    assert write_header(faults.decide(write, read_header("rate-limit"))) == "rate-limit", (
        "the bucket of all operations is empty"
    )


def test_a_vendor_without_limits_has_none_in_a_rule_and_is_named_in_the_header() -> None:
    faults = Faults()
    faults.add(Rule((RateLimit(),)))
    assert outcomes(faults, [call()] * 100) == [""] * 100
    with pytest.raises(RequestInvalid, match="togai has no limits of its own"):
        faults.decide(call(), read_header("rate-limit"))


def test_dualentry_allows_ten_calls_on_a_route_and_fifty_on_all() -> None:
    faults, limits = Faults(), VENDORS["dualentry"].limits
    faults.add(Rule((RateLimit(),)))
    routes = [f"get /{number}" for number in range(6)]
    assert (
        outcomes(faults, [call(operation=routes[0], key="a", limits=limits)] * 12)
        == [""] * 10 + ["rate-limit"] * 2
    )
    spread = [call(operation=route, key="b", limits=limits) for _ in range(9) for route in routes]
    assert outcomes(faults, spread) == [""] * 50 + ["rate-limit"] * 4
    assert outcomes(faults, [call(operation=routes[0], key="b", limits=limits, now=0.2)]) == [""], (
        "five a second come back"
    )


def test_togai_allows_ten_calls_a_second() -> None:
    faults, limits = Faults(), VENDORS["togai"].limits
    faults.add(Rule((RateLimit(),)))
    assert outcomes(faults, [call(f"o{index}", limits=limits) for index in range(11)]) == [""] * 10 + [
        "rate-limit"
    ]
    assert outcomes(faults, [call(limits=limits, now=1.0)] * 11) == [""] * 10 + ["rate-limit"]


def test_a_limit_that_lets_a_call_through_leaves_it_to_the_next_rule() -> None:
    faults = Faults()
    faults.add(Rule((RateLimit(1, 60),)))
    faults.add(Rule((Status(503),)))
    assert outcomes(faults, [call()] * 2) == ["status=503", "rate-limit=1/60s"]


# ---- the list of rules


def test_ids_are_given_in_order_and_not_given_twice() -> None:
    faults = Faults()
    given_ids = [faults.add(Rule((Reset(),), id=name)).rule.id for name in ("", "fault-3", "", "")]
    assert given_ids == ["fault-1", "fault-3", "fault-4", "fault-5"]
    with pytest.raises(RecordExists):
        faults.add(Rule((Empty(),), id="fault-3"))
    assert len(faults) == 4


def test_a_rule_is_replaced_where_it_stands_and_counts_anew() -> None:
    faults = Faults()
    faults.add(Rule((RateLimit(1, 60),), id="one"))
    faults.add(Rule((Reset(),), id="two"))
    assert outcomes(faults, [call()]) == ["reset"]
    faults.put(Rule((RateLimit(1, 60),), id="one"))
    assert [state.rule.id for state in faults] == ["one", "two"]
    assert faults.get("one").calls == 0
    assert outcomes(faults, [call()] * 2) == ["reset", "rate-limit=1/60s"], "its bucket is full again"
    faults.put(Rule((Empty(),), id="three"))
    assert len(faults) == 3


def test_a_rule_can_be_taken_away() -> None:
    faults = Faults()
    faults.add(Rule((Reset(),), id="one"))
    faults.remove("one")
    assert not faults.is_active
    with pytest.raises(RecordNotFound):
        faults.remove("one")


# ---- the header

WRITTEN: dict[str, Fault] = {
    "status=503": Status(503),
    "latency=300ms": Latency(300),
    "latency=100..500ms": UniformLatency(100, 500),
    "latency=lognormal(200ms,0.5)": LogNormalLatency(200, 0.5),
    "throttle=2000": Throttle(2000),
    "reset": Reset(),
    "empty": Empty(),
    "truncate": Truncate(),
    "truncate=20": Truncate(20),
    "malformed": Malformed(),
    "rate-limit": RateLimit(),
    "rate-limit=5/60s": RateLimit(5, 60),
    "rate-limit=5/0.5s;burst=10": RateLimit(5, 0.5, 10),
    "rate-limit=5/0.000001s": RateLimit(5, 0.000001),
    "after-write=reset": AfterWrite(Reset()),
    "after-write=empty": AfterWrite(Empty()),
    "after-write=504": AfterWrite(Status(504)),
    "normal": NoFault(),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_each_fault_is_read_from_the_text_it_has(text: str) -> None:
    assert read_fault(text) == WRITTEN[text]
    assert write_fault(WRITTEN[text]) == text


def test_every_kind_is_known_to_this_test() -> None:
    assert {text.partition("=")[0] for text in WRITTEN} == set(KINDS)


def test_a_latency_can_be_said_in_seconds_and_a_header_with_spaces_and_capitals() -> None:
    assert read_header(" Latency = 0.3s ,, latency=1..2s,LATENCY=lognormal(0.2s, 1) , Status=404") == (
        Latency(300),
        UniformLatency(1000, 2000),
        LogNormalLatency(200, 1),
        Status(404),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "teapot",
        "status",
        "status=",
        "status=99",
        "status=600",
        "status=+503",
        "latency=300",
        "latency=-1ms",
        "latency=5..1ms",
        "latency=3601s",
        "latency=lognormal(200ms)",
        "latency=lognormal(200ms,0.5",
        "throttle=0",
        "throttle=fast",
        "reset=1",
        "reset=",
        "truncate=-1",
        "rate-limit=0/60s",
        "rate-limit=5/0s",
        "rate-limit=5/60",
        "rate-limit=5/60s;burst=0",
        "after-write",
        "after-write=truncate",
        "status=503, reset",
        "reset)",
        "latency=300ms, ))",
    ],
)
def test_what_cannot_be_read_is_named_with_what_could_be(text: str) -> None:
    with pytest.raises(RequestInvalid) as caught:
        read_header(text)
    assert {(failure.location, failure.pointer) for failure in caught.value.failures} == {
        ("header", "/Sandbox-Fault")
    }
    assert all(failure.expected for failure in caught.value.failures)


_WORDS = st.sampled_from(
    [*WRITTEN, "status", "latency", "=", "..", "ms", "s", "(", ")", ",", ";burst=", "/", "1", "503", "0.5"]
)


@given(st.lists(_WORDS | st.text(max_size=3), max_size=8).map("".join))
def test_whatever_a_header_says_is_refused_or_means_what_its_faults_say(text: str) -> None:
    try:
        faults = read_header(text)
    except RequestInvalid:
        return
    assert read_header(write_header(faults)) == faults


def test_an_unknown_kind_is_answered_with_all_there_are() -> None:
    with pytest.raises(
        RequestInvalid,
        match="one of status, latency, throttle, reset, empty, truncate, malformed, rate-limit, after-write",
    ):
        read_header("teapot=1")


# ---- JSON


@pytest.mark.parametrize(
    "written",
    [
        {"fault": {"kind": "status", "status": 503}},
        {"fault": {"kind": "status", "status": 503, "body": None}},
        {"fault": {"kind": "latency", "milliseconds": 300}},
        {"fault": {"kind": "latency", "minimum": 1, "maximum": 2.5}},
        {"fault": {"kind": "latency", "median": 200, "sigma": 0.5}},
        {"fault": {"kind": "throttle", "bytesPerSecond": 10}},
        {"fault": {"kind": "truncate"}},
        {"fault": {"kind": "truncate", "after": 0}},
        {"fault": {"kind": "rate-limit"}},
        {"fault": {"kind": "rate-limit", "requests": 5, "seconds": 60, "burst": 9}},
        {"fault": {"kind": "after-write", "then": {"kind": "status", "status": 504, "body": {"a": 1}}}},
        {
            "sequence": [{"kind": "reset"}, {"kind": "empty"}, {"kind": "malformed"}, {"kind": "normal"}],
            "repeat": True,
        },
        {"sequence": [{"kind": "reset"}]},
        {
            "id": "slow.reads",
            "match": {
                "api": "togai",
                "operation": "get /accounts/{id}",
                "method": "GET",
                "path": "/**",
                "headers": {"A": "b"},
                "body": {"/a": 0},
            },
            "fault": {"kind": "reset"},
            "probability": 0.25,
            "times": 3,
        },
    ],
)
def test_a_rule_is_written_as_it_was_read(written: dict[str, Any]) -> None:
    assert write_rule(read_rule(written)) == written


def test_counts_that_come_back_with_a_rule_mean_nothing() -> None:
    faults = Faults()
    state = faults.add(Rule((Reset(),), times=1))
    faults.decide(call())
    written = write_rule_state(state)
    assert written["remaining"] == 0
    assert Faults().add(read_rule(written)).remaining == 1


def test_an_operation_is_found_however_its_method_is_written() -> None:
    assert (
        read_rule({"match": {"operation": "GET /a"}, "fault": {"kind": "reset"}}).match.operation == "get /a"
    )


RESET = {"kind": "reset"}
ADMIN = Contract.load(admin_contract())


def failures(value: Any) -> list[Failure]:
    """Return what the admin API says is wrong with a rule: its contract first, then what no schema can say."""
    documented = ADMIN.operation("addFault").body
    assert documented
    schema = documented.content["application/json"].schema
    assert schema
    found = validators_of(ADMIN, Direction.REQUEST).for_node(schema).failures(value, "body")
    if not found:
        with pytest.raises(RequestInvalid) as caught:
            read_rule(value)
        found = list(caught.value.failures)
    return found


@pytest.mark.parametrize(
    ("value", "pointers"),
    [
        ([], [""]),
        ({}, ["/fault"]),
        ({"fault": RESET, "sequence": [RESET]}, ["/sequence"]),
        ({"fault": RESET, "repeat": True}, ["/repeat"]),
        ({"fault": RESET, "often": 1}, ["/often"]),
        ({"fault": "reset"}, ["/fault"]),
        ({"fault": {}}, ["/fault/kind"]),
        ({"fault": {"kind": "teapot"}}, ["/fault/kind"]),
        ({"fault": {"kind": ["reset"]}}, ["/fault/kind"]),
        ({"fault": {"kind": "reset", "hard": True}}, ["/fault/hard"]),
        ({"fault": {"kind": "status"}}, ["/fault/status"]),
        ({"fault": {"kind": "status", "status": 199}}, ["/fault/status"]),
        ({"fault": {"kind": "status", "status": 600}}, ["/fault/status"]),
        ({"fault": {"kind": "status", "status": 503.5}}, ["/fault/status"]),
        ({"fault": {"kind": "status", "status": True}}, ["/fault/status"]),
        ({"fault": {"kind": "latency"}}, ["/fault/milliseconds"]),
        ({"fault": {"kind": "latency", "milliseconds": -1}}, ["/fault/milliseconds"]),
        ({"fault": {"kind": "latency", "milliseconds": float("nan")}}, ["/fault/milliseconds"]),
        ({"fault": {"kind": "latency", "minimum": 5, "maximum": 4}}, ["/fault/maximum"]),
        ({"fault": {"kind": "latency", "minimum": 5}}, ["/fault/maximum"]),
        (
            {"fault": {"kind": "latency", "minimum": 5, "maximum": 6, "milliseconds": 1}},
            ["/fault/minimum", "/fault/maximum"],
        ),
        ({"fault": {"kind": "latency", "median": 5}}, ["/fault/sigma"]),
        ({"fault": {"kind": "throttle", "bytesPerSecond": 0}}, ["/fault/bytesPerSecond"]),
        ({"fault": {"kind": "truncate", "after": -1}}, ["/fault/after"]),
        ({"fault": {"kind": "rate-limit", "requests": 5}}, ["/fault/seconds"]),
        (
            {"fault": {"kind": "rate-limit", "requests": 0, "seconds": 0}},
            ["/fault/requests", "/fault/seconds"],
        ),
        ({"fault": {"kind": "after-write"}}, ["/fault/then"]),
        ({"fault": {"kind": "after-write", "then": {"kind": "truncate"}}}, ["/fault/then/kind"]),
        ({"sequence": []}, ["/sequence"]),
        ({"sequence": [RESET, {"kind": "status", "status": 1}, 7]}, ["/sequence/1/status", "/sequence/2"]),
        ({"sequence": [RESET], "repeat": "yes"}, ["/repeat"]),
        ({"fault": RESET, "probability": 0}, ["/probability"]),
        ({"fault": RESET, "probability": 1.1}, ["/probability"]),
        ({"fault": RESET, "times": 0}, ["/times"]),
        ({"fault": RESET, "id": "a b"}, ["/id"]),
        ({"fault": RESET, "id": ""}, ["/id"]),
        ({"fault": RESET, "match": []}, ["/match"]),
        ({"fault": RESET, "match": {"verb": "GET", "api": 3}}, ["/match/verb", "/match/api"]),
        ({"fault": RESET, "match": {"headers": {"A": []}}}, ["/match/headers/A"]),
        ({"fault": RESET, "match": {"headers": 1}}, ["/match/headers"]),
        ({"fault": RESET, "match": {"body": {"currency": 1}}}, ["/match/body/currency"]),
    ],
)
def test_every_mistake_in_a_rule_is_named_where_it_stands(value: Any, pointers: list[str]) -> None:
    assert {failure.pointer for failure in failures(value)} == set(pointers)
    assert all(failure.location == "body" and failure.expected for failure in failures(value))


def test_a_rule_about_what_there_is_not_is_refused_with_what_there_is() -> None:
    operations = {
        "togai": dict.fromkeys(("createAccount", "post /accounts"), "/accounts"),
        "saasu": {"insertAccount": "/account"},
    }
    check_operation(Rule((Reset(),), Match(operation="insertAccount")), operations)
    check_operation(Rule((Reset(),), Match(api="togai", operation="post /accounts")), operations)
    with pytest.raises(RequestInvalid, match="the nearest are createAccount"):
        check_operation(Rule((Reset(),), Match(operation="createAcount")), operations)
    with pytest.raises(RequestInvalid, match="one of togai, saasu"):
        check_operation(Rule((Reset(),), Match(api="toga")), operations)
    with pytest.raises(RequestInvalid):
        check_operation(Rule((Reset(),), Match(api="togai", operation="insertAccount")), operations)


# ---- what is done to a body


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_a_malformed_body_is_never_json(value: Any) -> None:
    spoiled = Malformed().spoil(json.dumps(value).encode(), "application/problem+json; charset=utf-8")
    with pytest.raises(ValueError, match=r".+"):
        json.loads(spoiled)


@given(st.binary(min_size=1, max_size=50), st.none() | st.integers(0, 60))
def test_a_truncated_body_is_always_shorter_and_a_beginning(body: bytes, after: int | None) -> None:
    cut = Truncate(after).cut(body)
    assert len(cut) < len(body)
    assert body.startswith(cut)


def test_what_is_applied_is_written_as_the_header_has_it() -> None:
    applied: tuple[Effect, ...] = (Latency(12.5), Throttle(10), AfterWrite(Status(500)))
    assert write_header(applied) == "latency=12.5ms, throttle=10, after-write=500"
    assert read_header(write_header(applied)) == applied
