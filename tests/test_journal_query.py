"""Filters: each condition finds what it names and nothing else, and says what it found instead."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.journal.credentials import Secrets
from understudy.journal.entry import BODY_KEPT, Entry
from understudy.journal.query import Condition, Filter, QueryInvalid
from understudy.json_values import at, equal
from understudy.messages import NOTHING
from understudy.pointers import escape

JSON = [(b"content-type", b"application/json")]
FORM = [(b"content-type", b"application/x-www-form-urlencoded")]


def entry(body: Any = None, **facts: Any) -> Entry:
    """Make the entry of a creation that was accepted, with other facts where given."""
    content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    usual = {
        "number": 3,
        "method": "POST",
        "path": "/togai/accounts",
        "request_headers": JSON,
        "request_body": content,
        "request_size": len(content),
        "api": "togai",
        "operation": "post /accounts",
        "operation_id": "createAccount",
        "status": 201,
    }
    return Entry(**{**usual, **facts})


def failed(wanted: Filter, one: Entry) -> list[tuple[str, str, str]]:
    """Return the conditions an entry fails, and hold `matches` against them."""
    conditions = [
        (condition.name, condition.expected, condition.received) for condition in wanted.conditions(one)
    ]
    assert wanted.matches(one) is (not conditions)
    assert wanted.failures(one) == len(conditions)
    return conditions


def test_a_filter_without_conditions_matches_everything() -> None:
    assert failed(Filter(), entry()) == failed(Filter(), Entry(number=1)) == []


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ({"api": "togai"}, {"api": "saasu"}, ("api", "saasu", "togai")),
        (
            {"operation": "createAccount"},
            {"operation": "listAccounts"},
            ("operation", "listAccounts", "createAccount"),
        ),
        (
            {"operation": "post /accounts"},
            {"operation": "get /accounts"},
            ("operation", "get /accounts", "createAccount"),
        ),
        (
            {"operation": "POST /accounts"},
            {"operation": "POST /Accounts"},
            ("operation", "POST /Accounts", "createAccount"),
        ),
        ({"method": "post"}, {"method": "get"}, ("method", "GET", "POST")),
        (
            {"path": "/togai/accounts"},
            {"path": "/togai/account"},
            ("path", "/togai/account", "/togai/accounts"),
        ),
        ({"path": "/accounts"}, {"path": "/ogai/accounts"}, ("path", "/ogai/accounts", "/togai/accounts")),
        ({"status": 201}, {"status": 200}, ("status", "200", "201")),
        ({"status": "201"}, {"status": "4xx"}, ("status", "4xx", "201")),
        ({"status": "2XX"}, {"status": 2020 // 10}, ("status", "202", "201")),
        ({"outcome": "accepted"}, {"outcome": "refused"}, ("outcome", "refused", "accepted")),
        ({"kind": "request"}, {"kind": "callback"}, ("kind", "callback", "request")),
        ({"fault": False}, {"fault": True}, ("fault", "any", "none")),
        ({"fault": None}, {"fault": "latency"}, ("fault", "latency", "none")),
        ({"after": 2}, {"after": 3}, ("after", "a number above 3", "3")),
        (
            {"body": {"/currency": "EUR"}},
            {"body": {"/currency": "USD"}},
            ("body /currency", '"USD"', '"EUR"'),
        ),
        ({"body": {"": {"currency": "EUR"}}}, {"body": {"/name": None}}, ("body /name", "null", "absent")),
    ],
)
def test_each_condition_names_itself_where_it_fails(
    good: dict[str, Any], bad: dict[str, Any], said: tuple[str, str, str]
) -> None:
    one = entry({"currency": "EUR"})
    assert failed(Filter(**good), one) == []
    assert failed(Filter(**bad), one) == [said]
    assert failed(Filter(**{**good, **bad}), one) == [said]


def test_all_failing_conditions_are_named() -> None:
    wanted = Filter(api="saasu", operation="x", method="GET", status=404, body={"/a": 1, "/b": 2}, after=9)
    assert [name for name, _, _ in failed(wanted, entry({"a": 1}))] == [
        "after",
        "api",
        "operation",
        "method",
        "status",
        "body /b",
    ]


@pytest.mark.parametrize(
    ("fault", "wanted", "matches"),
    [
        ("status=503", True, True),
        ("status=503", False, False),
        ("status=503", "status=503", True),
        ("status=503", "status", True),
        ("status=503", "stat", False),
        ("latency=300ms, status=503", "status=503", True),
        ("latency=300ms, status=503", "latency", True),
        ("", False, True),
    ],
)
def test_a_fault_is_found_by_its_text_and_by_its_kind(fault: str, wanted: bool | str, matches: bool) -> None:
    assert Filter(fault=wanted).matches(entry(fault=fault)) is matches


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/a/*", "/a/b", True),
        ("/a/*", "/a/", True),
        ("/a/*", "/a/b/c", False),
        ("/a/*", "/a", False),
        ("/a/*/c", "/a/b/c", True),
        ("/a/b*", "/a/bcd", True),
        ("/a/**", "/a/b/c", True),
        ("/a/**", "/a", True),
        ("/a/**", "/ab", False),
        ("/a/**/c", "/a/c", True),
        ("/a/**/c", "/a/b/b/c", True),
        ("/a/**/c", "/a/bc", False),
        ("**/c", "/a/b/c", True),
        ("**", "/", True),
        ("/a.b", "/axb", False),
        ("/a(b", "/a(b", True),
        ("/a b/*", "/a%20b/c", True),
        ("/a%20b/*", "/a%20b/c", True),
        ("/b", "/api/b", True),
        ("/b", "/api2/b", False),
        ("/**", "/api/b", True),
    ],
)
def test_a_path_is_a_glob_of_segments(pattern: str, path: str, matches: bool) -> None:
    assert Filter(path=pattern).matches(entry(path=path, api="api")) is matches


@pytest.mark.parametrize(
    ("one", "received"),
    [
        (entry(), "no body"),
        (entry(b"{"), "a body that is neither JSON nor a form"),
        (entry(b'{"a": 1}', request_size=BODY_KEPT + 1), "a body of which only the beginning was kept"),
        (entry({"a": {"c": 1}}), "absent"),
        (entry({"a": {"b": [1, "x" * 80]}}), f'[1,"{"x" * 55}…'),
        (entry({"a": {"b": {"password": "abc"}}}), '{"password":"[redacted]"}'),
    ],
)
def test_what_stands_in_the_place_of_a_value_is_said(one: Entry, received: str) -> None:
    assert failed(Filter(body={"/a/b": 1}), one) == [("body /a/b", "1", received)]


def test_a_form_is_asked_as_an_object_of_texts() -> None:
    one = entry(b"amount=12&tag=a&tag=b", request_headers=FORM)
    assert failed(Filter(body={"/amount": "12", "/tag": ["a", "b"], "/tag/1": "b"}), one) == []
    assert failed(Filter(body={"/amount": 12}), one) == [("body /amount", "12", '"12"')]


def test_a_condition_shows_no_credential() -> None:
    one = entry({"password": "abc", "note": {"token": "abc"}}, request_headers=[*JSON, (b"x-door", b"abc")])
    conditions = Filter(body={"/password": "abd", "/note": ""}).conditions(one, Secrets())
    assert conditions == [
        Condition("body /password", '"[redacted]"', '"[redacted]"'),
        Condition("body /note", '""', '{"token":"[redacted]"}'),
    ]


def test_a_selection_keeps_the_order_and_the_limit() -> None:
    entries = [entry(number=number, status=200 + number % 2) for number in range(1, 10)]
    found = Filter(status=201, after=2, limit=2).select(entries)
    assert [one.number for one in found] == [3, 5]
    assert Filter(limit=0).select(entries) == []


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"status": 20}, "status"),
        ({"status": "4x"}, "status"),
        ({"status": True}, "status"),
        ({"outcome": "ok"}, "outcome"),
        ({"kind": "webhook"}, "kind"),
        ({"after": -1}, "after"),
        ({"limit": -1}, "limit"),
        ({"body": {"currency": "EUR"}}, "body"),
        ({"body": {"/a~2": "EUR"}}, "body"),
    ],
)
def test_a_filter_that_makes_no_sense_names_its_field(facts: dict[str, Any], field: str) -> None:
    with pytest.raises(QueryInvalid) as refused:
        Filter(**facts)
    assert refused.value.field == field
    assert str(refused.value).startswith(f"{field} must be {refused.value.expected}, got ")


# ---- pointers and values

names = st.text("/~01a-", max_size=4)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.0, 1.0, -1.0, 0.5]) | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=12,
)


def walk(value: Any, pointer: str = "") -> dict[str, Any]:
    """Return each value in a value by its JSON pointer, written as RFC 6901 has it."""
    found = {pointer: value}
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, member in members:
        found.update(walk(member, f"{pointer}/{escape(str(name))}"))
    return found


@given(values)
def test_every_value_is_found_at_its_own_pointer_and_nowhere_else(value: Any) -> None:
    there = walk(value)
    for pointer, member in there.items():
        assert at(value, pointer) is member
        assert Filter(body={pointer: member}).matches(entry(json.dumps(value).encode()))
    for pointer in [
        f"{pointer}/{name}" for pointer in there for name in ("no", "00", "-", "-1", "99", "٣", "9" * 400)
    ]:
        assert at(value, pointer) is NOTHING or pointer in there


def canonical(value: Any) -> str:
    """Write a JSON value so that equal ones, and only those, are written the same."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{canonical(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(float(value))
    return json.dumps(value)


@given(values, values)
def test_values_are_equal_exactly_where_json_says_the_same(one: Any, other: Any) -> None:
    one_or_minus_zero = [json.loads(json.dumps(value).replace("-0.0", "0.0")) for value in (one, other)]
    assert (
        equal(one, other)
        is equal(other, one)
        is (canonical(one_or_minus_zero[0]) == canonical(one_or_minus_zero[1]))
    )
    assert equal(one, json.loads(json.dumps(one)))


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (0, False), (0.0, False), ("1", 1), (None, False), ([], {}), ("", None), ([1], [True])],
)
def test_values_of_different_kinds_are_never_equal(one: Any, other: Any) -> None:
    assert not equal(one, other)
    assert not equal(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [(1, 1.0), (2**53, float(2**53)), ([1, {"a": 2}], [1.0, {"a": 2.0}])]
)
def test_numbers_are_equal_by_what_they_are_worth(one: Any, other: Any) -> None:
    assert equal(one, other)
