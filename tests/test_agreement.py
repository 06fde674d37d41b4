"""Agreement: what the members of one object owe each other."""

from __future__ import annotations

from typing import Any

import pytest

from understudy.schemas.agreement import agree, rules_for

Members = dict[str, Any]

RULES: list[tuple[str, Members, Members]] = [
    (
        "what is on its way has not arrived",
        {"status": "IN_TRANSIT", "shipped_at": "2025-01-01", "delivered_at": "2025-01-03", "cancelled_at": "2025-01-02"},
        {"status": "IN_TRANSIT", "shipped_at": "2025-01-01", "delivered_at": None, "cancelled_at": None},
    ),
    (
        "what is cancelled says why and was not completed",
        {"status": "cancelled", "cancellation_reason": "Rain", "cancelledAt": "2025-01-02", "completedAt": "2025-01-02"},
        {"status": "cancelled", "cancellation_reason": "Rain", "cancelledAt": "2025-01-02", "completedAt": None},
    ),
    ("the living are not deleted", {"name": "A", "deleted_at": "2025-01-02"}, {"name": "A", "deleted_at": None}),
    (
        "who is banned was so at a moment",
        {"is_banned": True, "banned_at": "2025-01-02"},
        {"is_banned": True, "banned_at": "2025-01-02"},
    ),
    (
        "nothing was paid for what is overdue",
        {"status": "overdue", "total": 50, "amount_paid": 50, "amount_due": 0, "paid_at": "2025-01-02"},
        {"status": "overdue", "total": 50, "amount_paid": 0, "amount_due": 50, "paid_at": None},
    ),
    (
        "all was paid for what is paid",
        {"status": "paid", "total": 50, "amount_paid": 20, "amount_due": 30},
        {"status": "paid", "total": 50, "amount_paid": 50, "amount_due": 0},
    ),
    (
        "it ends when it has lasted",
        {"start_time": "2025-01-01T09:00:00.000Z", "end_time": "2025-02-01T09:00:00.000Z", "duration_minutes": 45},
        {"start_time": "2025-01-01T09:00:00.000Z", "end_time": "2025-01-01T09:45:00.000Z", "duration_minutes": 45},
    ),
    (
        "a time beside a day is told by the clock",
        {"start_date": "2025-01-01", "end_date": "2025-03-01", "start_time": "2025-01-01T02:41:07.000Z", "end_time": "2025-01-09T03:00Z"},
        {"start_date": "2025-01-01", "end_date": "2025-03-01", "start_time": "10:30", "end_time": "12:00"},
    ),
    (
        "who stays some nights leaves after them",
        {"check_in_date": "2025-03-01", "check_out_date": "2025-03-01", "nights": 3, "nightly_rate": 80, "total": 1},
        {"check_in_date": "2025-03-01", "check_out_date": "2025-03-04", "nights": 3, "nightly_rate": 80, "total": 240},
    ),
    ("an age is that since birth", {"birth_date": "1990-05-01", "age": 20}, {"birth_date": "1990-05-01", "age": 35}),
    (
        "what is left is what is not taken",
        {"vacation_days_total": 25, "vacation_days_used": 40, "vacation_days_remaining": 3},
        {"vacation_days_total": 25, "vacation_days_used": 20, "vacation_days_remaining": 5},
    ),
    (
        "no more is sold than there is room for",
        {"capacity": 100, "tickets_sold": 300, "tickets_available": 4},
        {"capacity": 100, "tickets_sold": 75, "tickets_available": 25},
    ),
    (
        "what is left of a budget is what was not spent",
        {"budget": 400, "spent": 100.0, "remaining": 7.0, "percent_used": 1.0},
        {"budget": 400, "spent": 100.0, "remaining": 300.0, "percent_used": 25.0},
    ),
    ("nothing is more than its most", {"health": 90, "max_health": 50}, {"health": 45, "max_health": 50}),
    ("a score is within its best", {"average_score": 90, "max_score": 80}, {"average_score": 45, "max_score": 80}),
    (
        "a price is that of the area",
        {"price": 5, "price_per_sqm": 2000, "floor_area_sqm": 80},
        {"price": 160000, "price_per_sqm": 2000, "floor_area_sqm": 80},
    ),
    (
        "tax is what its rate says",
        {"subtotal": 100, "tax_rate": 19, "tax_amount": 3, "total": 1},
        {"subtotal": 100, "tax_rate": 19, "tax_amount": 19, "total": 119},
    ),
    ("mass is of weight and height", {"height_cm": 200, "weight_kg": 80, "bmi": 99.5}, {"height_cm": 200, "weight_kg": 80, "bmi": 20.0}),
    (
        "games are won, lost or drawn",
        {"wins": 3, "losses": 1, "draws": 2, "games_played": 90, "win_rate": 0.1},
        {"wins": 3, "losses": 1, "draws": 2, "games_played": 6, "win_rate": 0.5},
    ),
    ("costs add up", {"fuel_cost": 5, "toll_cost": 3, "total_cost": 1}, {"fuel_cost": 5, "toll_cost": 3, "total_cost": 8}),
    ("a state is that of its city", {"city": "Denver", "state": "active"}, {"city": "Denver", "state": "CO"}),
    ("a state elsewhere stays", {"city": "Atlantis", "state": "active"}, {"city": "Atlantis", "state": "active"}),
    (
        "no more came than was to come",
        {"incoming_amount": {"value": "10"}, "received_amount": {"value": "90"}},
        {"incoming_amount": {"value": "10"}, "received_amount": {"value": "10"}},
    ),
    ("created is first", {"created_at": 5, "updated_at": 3}, {"created_at": 3, "updated_at": 5}),
    (
        "days too",
        {"createdOn": "2025-03-02", "modifiedOn": "2025-03-01"},
        {"createdOn": "2025-03-01", "modifiedOn": "2025-03-02"},
    ),
    ("start is before end", {"startTime": 9.5, "endTime": 2.5}, {"startTime": 2.5, "endTime": 9.5}),
    ("min is below max", {"min_amount": "9.94", "max_amount": "2.10"}, {"min_amount": "2.10", "max_amount": "9.94"}),
    ("captured is a part", {"amount": 10, "amount_captured": 12}, {"amount": 10, "amount_captured": 10}),
    (
        "refunded is a part of captured, and says so",
        {"amount": 10, "amount_captured": 4, "amount_refunded": 9, "refunded": False},
        {"amount": 10, "amount_captured": 4, "amount_refunded": 4, "refunded": True},
    ),
    ("a line is a product", {"quantity": 3, "unit_price": 2.5, "amount": 1.0}, {"quantity": 3, "unit_price": 2.5, "amount": 7.5}),
    ("a total is a sum", {"subtotal": 100, "tax": 20, "total": 7}, {"subtotal": 100, "tax": 20, "total": 120}),
    (
        "a subtotal is that of the lines",
        {"lines": [{"amount": 4}, {"quantity": 2, "unit_price": 3}], "subtotal": 1, "tax": 1, "total": 1},
        {"lines": [{"amount": 4}, {"quantity": 2, "unit_price": 3}], "subtotal": 10, "tax": 1, "total": 11},
    ),
    ("due is the rest", {"total": 50, "amount_paid": 20, "amount_due": 1}, {"total": 50, "amount_paid": 20, "amount_due": 30}),
    ("a count counts", {"items": [1, 2], "items_count": 9}, {"items": [1, 2], "items_count": 2}),
    ("a count of lines", {"lines": [1, 2], "items_count": 9}, {"lines": [1, 2], "items_count": 2}),
    ("a state is so", {"status": "paid", "paid": False}, {"status": "paid", "paid": True}),
    ("nothing is in stock", {"stock": 0, "inStock": True}, {"stock": 0, "inStock": False}),
    ("something is in stock", {"stock_quantity": 3, "in_stock": False}, {"stock_quantity": 3, "in_stock": True}),
    ("nothing is sold out", {"unitsInStock": 0, "soldOut": False}, {"unitsInStock": 0, "soldOut": True}),
    ("a text is no flag", {"stock": 0, "in_stock": "yes"}, {"stock": 0, "in_stock": "yes"}),
    ("nothing was done yet", {"status": "pending", "is_shipped": True}, {"status": "pending", "is_shipped": False}),
    ("tax is as taxes are", {"subtotal": 100, "tax": 80, "total": 7}, {"subtotal": 100, "tax": 20, "total": 120}),
    ("a count of entries", {"entries": [1], "entry_count": 9}, {"entries": [1], "entry_count": 1}),
    (
        "a page within has what it counts",
        {"items": [1, 2], "limit": 1, "offset": 7, "total": 40, "next": None},
        {"items": [1, 2], "limit": 2, "offset": 0, "total": 2, "next": None},
    ),
    (
        "a page that leads on may have fewer",
        {"items": [1], "limit": 5, "offset": 0, "total": 40, "next": "/b"},
        {"items": [1], "limit": 5, "offset": 0, "total": 40, "next": "/b"},
    ),
    ("nothing is done before it is", {"paid": False, "paid_at": "2025-01-01"}, {"paid": False, "paid_at": None}),
    ("what waits was not paid", {"status": "pending", "paidAt": "2025-01-01"}, {"status": "pending", "paidAt": None}),
    ("what is done needs its moment", {"is_archived": True, "archived_at": None}, {"is_archived": False, "archived_at": None}),
    (
        "a day is that of its moment",
        {"due_at": "2025-03-04T10:00:00Z", "due_on": "2025-07-01"},
        {"due_at": "2025-03-04T10:00:00Z", "due_on": "2025-03-04"},
    ),
    (
        "an address is that of a name",
        {"first_name": "Thomas", "last_name": "Gómez", "email": "kim.ho@example.com"},
        {"first_name": "Thomas", "last_name": "Gómez", "email": "thomas.gomez@example.com"},
    ),
    (
        "a name may stand in an object",
        {"name": {"givenName": "Jon", "familyName": "Snow"}, "userName": "kim.ho@example.com"},
        {"name": {"givenName": "Jon", "familyName": "Snow"}, "userName": "jon.snow@example.com"},
    ),
    (
        "initials are enough",
        {"first_name": "Jon", "last_name": "Snow", "email": "jsnow@example.com"},
        {"first_name": "Jon", "last_name": "Snow", "email": "jsnow@example.com"},
    ),
    (
        "money is that of a place",
        {"currency": "JPY", "venue": {"country_code": "FR"}},
        {"currency": "EUR", "venue": {"country_code": "FR"}},
    ),
    ("a slug is its title's", {"title": "How to: Train", "slug": "x"}, {"title": "How to: Train", "slug": "how-to-train"}),
]  # fmt: skip


def agreed(members: Members, *fixed: str) -> Members:
    agree(members, set(fixed), lambda *_: True, rules_for(list(members)))
    return members


@pytest.mark.parametrize(("rule", "before", "after"), RULES, ids=[rule for rule, _, _ in RULES])
def test_members_agree_by_the_rule(rule: str, before: Members, after: Members) -> None:
    assert agreed(before) == after, rule


def test_what_was_sent_stays_and_the_rest_follows() -> None:
    assert agreed({"start": 9, "end": 2}, "start") == {"start": 9, "end": 9}
    assert agreed({"start": 9, "end": 2}, "start", "end") == {"start": 9, "end": 2}
    assert agreed({"subtotal": 5, "tax": 1, "total": 40}, "total", "tax") == {
        "subtotal": 39,
        "tax": 1,
        "total": 40,
    }


def test_what_a_schema_refuses_is_left_as_it_is() -> None:
    members = {"subtotal": 100, "tax": 20, "total": 7}
    agree(members, set(), lambda *_: False, rules_for(list(members)))
    assert members == {"subtotal": 100, "tax": 20, "total": 7}


def test_names_that_say_nothing_to_each_other_have_no_rules() -> None:
    assert rules_for(["id", "name", "status", "total"]).rules == ()


def test_a_slug_that_authors_show_as_something_else_is_left_alone() -> None:
    shown = {"name": ["Opening 2019"], "slug": ["league-of-legends-lla-opening-2019"]}
    members = {"name": "Opening 7", "slug": "league-of-legends-lla-opening-2020"}
    agree(members, set(), lambda *_: True, rules_for(list(members), lambda name: shown[name]))
    assert members["slug"] == "league-of-legends-lla-opening-2020"


def test_a_moment_of_nothing_is_left_out_where_it_may_not_be_null() -> None:
    members = {"paid": False, "paid_at": "2025-01-01", "closed": False, "closed_on": "2025-01-02"}
    rules = rules_for(list(members))
    agree(members, set(), lambda _, value: value is not None, rules, {"closed_on"})
    assert members == {"paid": False, "closed": False, "closed_on": "2025-01-02"}


def test_money_that_an_object_leaves_out_or_shows_as_an_object_agrees_with_nothing() -> None:
    rules = rules_for(["currency", "venue"])
    for members in ({"venue": {"country_code": "FR"}}, {"currency": {"id": 1}, "venue": {"country": "FR"}}):
        before = dict(members)
        agree(members, set(), lambda *_: True, rules)
        assert members == before


def test_the_length_is_what_lies_between_moments_that_were_sent() -> None:
    members = {
        "start_time": "2025-01-01T09:00:00Z",
        "end_time": "2025-01-01T10:30:00Z",
        "duration_minutes": 5,
    }
    agree(members, {"start_time", "end_time"}, lambda _, __: True, rules_for(list(members)))
    assert members["duration_minutes"] == 90


def test_who_was_sent_with_an_age_was_born_that_long_ago() -> None:
    members: Members = {"age": 30, "dob": "1960-02-03"}
    agree(members, {"age"}, lambda _, __: True, rules_for(list(members)))
    assert members["dob"] == "1995-02-03"


def test_authors_who_show_an_end_are_not_contradicted() -> None:
    members: Members = {"name": "A", "deleted_at": "2025-01-02"}
    agree(
        members,
        set(),
        lambda _, __: True,
        rules_for(list(members), lambda name: ["2024-01-01"] * (name == "deleted_at")),
    )
    assert members["deleted_at"] == "2025-01-02"


def test_a_moment_that_has_to_be_there_stays() -> None:
    members: Members = {"status": "pending", "shipped_at": "2025-01-02"}
    agree(members, set(), lambda _, value: value is not None, rules_for(list(members)), {"shipped_at"})
    assert members["shipped_at"] == "2025-01-02"
