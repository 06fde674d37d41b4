"""Reckoning: what follows from other numbers and moments of an object by the rules of a trade."""

from __future__ import annotations

from typing import Any

import pytest

from understudy.schemas.agreement import agree, rules_for

Members = dict[str, Any]

RULES: list[tuple[str, Members, Members]] = [
    (
        "what is paid out is what was earned, less what is deducted",
        {"gross_pay": 1000.0, "tax": 200.0, "pension": 50.0, "net_pay": 3.0},
        {"gross_pay": 1000.0, "tax": 200.0, "pension": 50.0, "net_pay": 750.0},
    ),
    (
        "a stay costs its nights, and its tax",
        {"price_per_night": 80.0, "nights": 3, "subtotal": 1.0, "city_tax": 900.0, "total": 5.0},
        {"price_per_night": 80.0, "nights": 3, "subtotal": 240.0, "city_tax": 48.0, "total": 288.0},
    ),
    (
        "adults and children are the guests",
        {"guests": 3, "adults": 2, "children": 7},
        {"guests": 3, "adults": 2, "children": 1},
    ),
    (
        "a way is as long as its odometer says, and takes as long as its speed does",
        {
            "start_odometer_km": 100.0,
            "end_odometer_km": 900.0,
            "distance_km": 60.0,
            "average_speed_kmh": 60.0,
            "max_speed_kmh": 30.0,
            "duration_minutes": 5,
        },
        {
            "start_odometer_km": 100.0,
            "end_odometer_km": 160.0,
            "distance_km": 60.0,
            "average_speed_kmh": 60.0,
            "max_speed_kmh": 84.0,
            "duration_minutes": 60,
        },
    ),
    (
        "a duration that is rounded stays",
        {"distance_km": 38.4, "average_speed_kmh": 46.1, "duration_seconds": 3000},
        {"distance_km": 38.4, "average_speed_kmh": 46.1, "duration_seconds": 3000},
    ),
    ("what is parked stands", {"status": "parked", "speed_kmh": 50}, {"status": "parked", "speed_kmh": 0}),
    (
        "the next service is ahead",
        {"odometer_km": 31_000, "next_service_at_km": 20_000},
        {"odometer_km": 31_000, "next_service_at_km": 45_000},
    ),
    (
        "what is completed is so in full",
        {"status": "completed", "progress_percent": 40, "completed_lessons": 3, "total_lessons": 9},
        {"status": "completed", "progress_percent": 100, "completed_lessons": 9, "total_lessons": 9},
    ),
    (
        "progress is what is completed of all",
        {"status": "active", "progress_percent": 40, "completed_lessons": 3, "total_lessons": 12},
        {"status": "active", "progress_percent": 25, "completed_lessons": 3, "total_lessons": 12},
    ),
    (
        "a score is what was answered rightly, and is enough or not",
        {"correct_answers": 6, "total_questions": 10, "score": 3, "passing_score": 70, "passed": True},
        {"correct_answers": 6, "total_questions": 10, "score": 60, "passing_score": 70, "passed": False},
    ),
    (
        "what is not overdue is not late",
        {"status": "sent", "is_overdue": True, "days_overdue": 9},
        {"status": "sent", "is_overdue": False, "days_overdue": 0},
    ),
    (
        "what is owed is what was billed and not paid",
        {"total_billed": 100, "total_paid": 30, "outstanding_balance": 9},
        {"total_billed": 100, "total_paid": 30, "outstanding_balance": 70},
    ),
    (
        "nothing is redeemed more often than it may be",
        {"times_redeemed": 7, "max_redemptions": 4},
        {"times_redeemed": 2, "max_redemptions": 4},
    ),
    ("a discount is cheaper", {"price": 10.0, "sale_price": 30.0}, {"price": 10.0, "sale_price": 8.0}),
    (
        "somebody is there since they were hired",
        {"hire_date": "2020-12-31", "tenure_years": 1.5},
        {"hire_date": "2020-12-31", "tenure_years": 5.0},
    ),
    (
        "what is paid for is a month, and paid for after it",
        {"period_start": "2025-02-11", "period_end": "2025-03-19", "paid_on": "2025-02-12"},
        {"period_start": "2025-02-01", "period_end": "2025-02-28", "paid_on": "2025-03-02"},
    ),
    (
        "who is there has come shortly before, and not left",
        {
            "status": "CHECKED_IN",
            "startTime": "2025-05-01T09:00:00Z",
            "checkInTime": "2025-02-01T09:00:00Z",
            "checkOutTime": "2025-02-01T09:30:00Z",
        },
        {
            "status": "CHECKED_IN",
            "startTime": "2025-05-01T09:00:00Z",
            "checkInTime": "2025-05-01T08:54:00Z",
            "checkOutTime": None,
        },
    ),
    (
        "who stays comes on the day for which that was planned",
        {"check_in": "2025-05-10", "checked_in_at": "2025-01-02T03:04:05Z", "cancel_by": "2025-09-02"},
        {"check_in": "2025-05-10", "checked_in_at": "2025-05-10T15:04:05Z", "cancel_by": "2025-05-08"},
    ),
    (
        "what stops on its way leaves after it came",
        {"sequence": 1, "arrived_at": "2025-05-01T09:00:00Z", "departed_at": "2025-04-01T09:00:00Z"},
        {"sequence": 1, "arrived_at": "2025-05-01T09:00:00Z", "departed_at": "2025-05-01T09:12:00Z"},
    ),
    (
        "a full name is the two names",
        {"first_name": "Ada", "last_name": "Berg", "full_name": "Zoe Lund"},
        {"first_name": "Ada", "last_name": "Berg", "full_name": "Ada Berg"},
    ),
    (
        "a line is less its discount",
        {"quantity": 2, "unit_price": 50.0, "discount_percent": 10, "line_total": 7.0},
        {"quantity": 2, "unit_price": 50.0, "discount_percent": 10, "line_total": 90.0},
    ),
    (
        "what was paid are the payments, in the money of the whole",
        {"currency": "EUR", "amount_paid": 40, "payments": [{"amount": 9, "currency": "USD"}, {"amount": 8}]},
        {"currency": "EUR", "amount_paid": 40, "payments": [{"amount": 40, "currency": "EUR"}]},
    ),
    (
        "what is not acknowledged was so at no moment and by nobody",
        {"acknowledged": False, "acknowledged_at": "2025-01-02", "acknowledged_by": "u1"},
        {"acknowledged": False, "acknowledged_at": None, "acknowledged_by": None},
    ),
    (
        "money and phone are those of the country of the address",
        {"phone": "+4915112345678", "currency": "USD", "address": {"country": "GB"}},
        {"phone": "+4415112345678", "currency": "GBP", "address": {"country": "GB"}},
    ),
    (
        "money is that of a country of which no more is known",
        {"currency": "USD", "address": {"country": "PL"}},
        {"currency": "PLN", "address": {"country": "PL"}},
    ),
    (
        "a mail address is that of the two names",
        {"first_name": "Jorge", "last_name": "de Vries", "email": "jorge.dennis@x.test"},
        {"first_name": "Jorge", "last_name": "de Vries", "email": "jorge.de.vries@x.test"},
    ),
    (
        "a mail address that is made of one of the names is so",
        {"first_name": "Pieter", "last_name": "de Vries", "email": "pieter@x.test"},
        {"first_name": "Pieter", "last_name": "de Vries", "email": "pieter@x.test"},
    ),
]


@pytest.mark.parametrize(("members", "agreed"), [case[1:] for case in RULES], ids=[case[0] for case in RULES])
def test_what_follows_from_others_is_said(members: Members, agreed: Members) -> None:
    found = dict(members)
    agree(found, frozenset(), lambda *_: True, rules_for(list(members)))
    assert found == agreed


@pytest.mark.parametrize("members", [case[1] for case in RULES], ids=[case[0] for case in RULES])
def test_what_is_fixed_stays(members: Members) -> None:
    found = dict(members)
    agree(found, members.keys(), lambda *_: True, rules_for(list(members)))
    assert found == members


def test_the_period_that_authors_show_stays() -> None:
    members = {"period_start": "2025-02-11", "period_end": "2025-03-19"}
    agree(members, frozenset(), lambda *_: True, rules_for(list(members), lambda name: [members[name]]))
    assert members == {"period_start": "2025-02-11", "period_end": "2025-03-19"}


@pytest.mark.parametrize(
    ("shown", "agreed"),
    [({"code": "ENG", "name": "Engineering"}, "MAR"), ({"code": "X1", "name": "Art"}, "ENG")],
)
def test_a_code_is_how_the_name_begins_where_authors_show_so(shown: dict[str, str], agreed: str) -> None:
    members = {"code": "ENG", "name": "Marketing"}
    agree(members, frozenset(), lambda *_: True, rules_for(list(members), lambda name: [shown[name]]))
    assert members["code"] == agreed


def test_a_title_is_that_of_a_slug_that_is_known() -> None:
    members = {"slug": "organic-chemistry", "title": "World History"}
    agree(members, {"slug"}, lambda *_: True, rules_for(list(members)))
    assert members["title"] == "Organic Chemistry"


def test_the_phone_that_authors_show_stays() -> None:
    members = {"phone": "+4915112345678", "country": "GB"}
    agree(members, frozenset(), lambda *_: True, rules_for(list(members), lambda name: [members[name]]))
    assert members["phone"] == "+4915112345678"
