"""Verification: counting calls, and saying what came nearest where the count is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.journal.entry import Entry
from understudy.journal.query import Condition, Filter, QueryInvalid
from understudy.journal.verification import NEAREST, Times, verify
from understudy.journal.writing import verdict_as_json

WANTED = Filter(operation="createAccount", body={"/currency": "EUR"})


def created(number: int, body: Any = None, **facts: Any) -> Entry:
    """Make the entry of a creation."""
    content = json.dumps(body if body is not None else {"currency": "EUR"}).encode()
    usual = {
        "operation": "post /accounts",
        "operation_id": "createAccount",
        "method": "POST",
        "path": "/accounts",
        "status": 201,
    }
    headers = [(b"content-type", b"application/json")]
    return Entry(
        number=number,
        request_headers=headers,
        request_body=content,
        request_size=len(content),
        **{**usual, **facts},
    )


def listed(number: int) -> Entry:
    """Make the entry of a listing."""
    return Entry(
        number=number,
        method="GET",
        path="/accounts",
        operation="get /accounts",
        operation_id="listAccounts",
        status=200,
    )


def test_a_failed_verification_says_it_in_one_sentence() -> None:
    entries = [created(1, {"currency": "USD"}), created(2), listed(3)]
    verdict = verify(entries, WANTED, Times(exactly=2))
    assert (verdict.verified, verdict.count, verdict.matched) == (False, 1, (2,))
    assert verdict.sentence == (
        'createAccount was called once with /currency = "EUR", expected exactly 2 times; nearest misses: '
        '#1 createAccount (body /currency: expected "EUR", received "USD"); '
        '#3 listAccounts (operation: expected createAccount, received listAccounts; body /currency: expected "EUR", received no body)'
    )


def test_a_good_verification_says_so() -> None:
    verdict = verify([created(1), created(2)], WANTED, Times(exactly=2))
    assert (verdict.verified, verdict.misses) == (True, ())
    assert (
        verdict.sentence
        == 'createAccount was called twice with /currency = "EUR", as expected: exactly 2 times'
    )


def test_too_many_calls_are_listed_by_number() -> None:
    verdict = verify([created(1), listed(2), created(3)], WANTED, Times(at_most=1))
    assert (verdict.verified, verdict.misses) == (False, ())
    assert (
        verdict.sentence
        == 'createAccount was called twice with /currency = "EUR", expected at most once; matched by #1, #3'
    )


def test_nothing_called_at_all_is_said() -> None:
    assert verify([], WANTED, Times()).sentence == (
        'createAccount was never called with /currency = "EUR", expected at least once; nothing else was called'
    )


def test_a_journal_that_forgot_entries_warns() -> None:
    sentence = verify([], Filter(), Times(exactly=0), evicted=12).sentence
    assert (
        sentence
        == "anything was never called, as expected: no call; 12 older entries are no longer in the journal"
    )


@pytest.mark.parametrize(
    ("wanted", "subject"),
    [
        (Filter(), "anything was never called"),
        (Filter(method="get", path="/accounts/*"), "GET /accounts/* was never called"),
        (Filter(operation="a", api="togai", status="4xx"), "a of togai was never called with status 4xx"),
        (Filter(operation="a", method="get", fault=True), "a was never called with method GET and a fault"),
        (
            Filter(path="/a", fault=False, outcome="refused"),
            "/a was never called with outcome refused and no fault",
        ),
        (
            Filter(kind="callback", fault="reset", after=7),
            "anything was never called with kind callback and fault reset after #7",
        ),
        (
            Filter(body={"": [], "/password": "abc"}),
            'anything was never called with the body = [] and /password = "[redacted]"',
        ),
    ],
)
def test_the_sentence_names_what_was_asked_for(wanted: Filter, subject: str) -> None:
    assert (
        verify([], wanted, Times()).sentence == f"{subject}, expected at least once; nothing else was called"
    )


def test_the_nearest_misses_come_first() -> None:
    wanted = Filter(operation="createAccount", status=201, body={"/currency": "EUR", "/name": "A"})
    entries = [
        created(1, {"currency": "EUR", "name": "B"}, operation_id="other", operation="put /x"),  # 2
        created(2, {"currency": "EUR", "name": "B"}),  # 1
        created(3, {"currency": "USD", "name": "B"}),  # 2, of the same operation
        created(
            4, {"currency": "EUR", "name": "A"}, operation_id="other", operation="put /x"
        ),  # 1, of another operation
        created(5, {"currency": "EUR", "name": "A"}, status=400),  # 1
        listed(6),  # 4
    ]
    assert [miss.number for miss in verify(entries, wanted, Times()).misses] == [5, 2, 4, 3, 1]


def test_what_came_before_the_question_is_no_miss() -> None:
    verdict = verify(
        [created(1), created(2, {"currency": "USD"})],
        Filter(operation="createAccount", body={"/currency": "EUR"}, after=1),
        Times(),
    )
    assert [miss.number for miss in verdict.misses] == [2]


def test_a_call_outside_every_contract_can_be_a_miss() -> None:
    (miss,) = verify(
        [Entry(number=1, method="GET", path="/x", status=404)], Filter(path="/accounts"), Times()
    ).misses
    assert str(miss) == "#1 GET outside every contract (path: expected /accounts, received /x)"


def test_a_verdict_is_written_as_json() -> None:
    verdict = verify([created(1, {"currency": "USD"})], WANTED, Times(at_least=1), evicted=1)
    assert verdict.misses[0].failed == (Condition("body /currency", '"EUR"', '"USD"'),)
    assert json.loads(json.dumps(verdict_as_json(verdict))) == {
        "verified": False,
        "count": 0,
        "matched": [],
        "misses": [
            {
                "number": 1,
                "operation": "createAccount",
                "failed": [{"name": "body /currency", "expected": '"EUR"', "received": '"USD"'}],
            }
        ],
        "evicted": 1,
        "sentence": verdict.sentence,
    }
    assert verdict.sentence.endswith("; 1 older entry is no longer in the journal")


@pytest.mark.parametrize(
    ("times", "right", "said"),
    [
        (Times(), {1, 2, 3, 4}, "at least once"),
        (Times(exactly=0), {0}, "no call"),
        (Times(exactly=1), {1}, "exactly once"),
        (Times(exactly=3), {3}, "exactly 3 times"),
        (Times(at_least=2), {2, 3, 4}, "at least 2 times"),
        (Times(at_least=0), {0, 1, 2, 3, 4}, "at least 0 times"),
        (Times(at_most=2), {0, 1, 2}, "at most 2 times"),
        (Times(at_most=0), {0}, "no call"),
        (Times(at_least=1, at_most=2), {1, 2}, "between 1 and 2 times"),
        (Times(at_least=2, at_most=2), {2}, "exactly 2 times"),
    ],
)
def test_how_often_is_bounded_and_said(times: Times, right: set[int], said: str) -> None:
    assert {count for count in range(5) if times.allows(count)} == right
    entries = [listed(number) for number in range(1, 5)]
    assert {count for count in range(5) if verify(entries[:count], Filter(), times).verified} == right
    assert str(times) == said


@pytest.mark.parametrize(
    ("counts", "field"),
    [
        ({"exactly": -1}, "exactly"),
        ({"exactly": 1, "at_least": 1}, "exactly"),
        ({"at_least": 3, "at_most": 2}, "at_most"),
        ({"at_most": -1}, "at_most"),
    ],
)
def test_a_number_of_times_that_makes_no_sense_names_its_field(counts: dict[str, int], field: str) -> None:
    with pytest.raises(QueryInvalid, match=field) as refused:
        Times(**counts)
    assert refused.value.field == field


bodies = st.lists(
    st.fixed_dictionaries({"currency": st.sampled_from(["EUR", "USD"]), "name": st.sampled_from("AB")}),
    max_size=12,
)


@given(bodies, st.integers(0, 6))
def test_a_verdict_counts_what_matches_and_its_misses_are_the_nearest(
    sent: list[dict[str, str]], expected: int
) -> None:
    entries = [created(number, body) for number, body in enumerate(sent, 1)]
    wanted = Filter(body={"/currency": "EUR", "/name": "A"})
    verdict = verify(entries, wanted, Times(exactly=expected))
    right = [number for number, body in enumerate(sent, 1) if body == {"currency": "EUR", "name": "A"}]
    wrong = [
        ((body["currency"] != "EUR") + (body["name"] != "A"), -number)
        for number, body in enumerate(sent, 1)
        if number not in right
    ]
    assert list(verdict.matched) == right
    assert verdict.verified is (len(right) == expected)
    nearest = [-number for _, number in sorted(wrong)][:NEAREST]
    assert [miss.number for miss in verdict.misses] == (nearest if len(right) < expected else [])
    assert all(miss.failed == tuple(wanted.conditions(entries[miss.number - 1])) for miss in verdict.misses)
