"""What members of a trade hold by their names: texts, measures, numbers that are registered, and people."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from understudy.schemas.domains import ROWS, TEXTS, TEXTS_OF
from understudy.schemas.entity import EntityContext, new_faker
from understudy.schemas.measures import MEASURES, MEASURES_OF
from understudy.schemas.naming import Names
from understudy.schemas.registries import book_number, device_number, provider_number, vehicle_number

TEXTS_BY_NAME: list[tuple[str, str, str]] = [
    ("card", "masked_number", r"(\*{4} ){3}\d{4}"),
    ("patient", "blood_type", r"(A|B|AB|O)[+-]"),
    ("patient", "marital_status", r"married|single|divorced|widowed"),
    ("employee", "employment_status", r"full_time|part_time|contract|internship"),
    ("vehicle", "vehicle_vin", r"[A-HJ-NPR-Z0-9]{17}"),
    ("vehicle", "license_plate", r"[A-Z]{2}-\d{3}-[A-Z]{2}"),
    ("shipment", "tracking_number", r"[A-Z0-9]{2}\d{9}[A-Z]{2}"),
    ("shipment", "destination_state", r"[A-Z0-9]{2,3}"),
    ("order", "shipping_address_line1", r".*\d.*"),
    ("order", "payment_status", r"paid|pending|authorized"),
    ("line", "sku_code", r"[A-Z]{3}-\d{5}"),
    ("warehouse", "name", r".+ Warehouse"),
    ("warehouse", "timezone_offset", r"[+-]\d\d:00"),
    ("warehouse", "opening_time", r"\d\d:00"),
    ("device", "mac_address", r"02(:[0-9a-f]{2}){5}"),
    ("device", "firmware_version", r"\d\.\d\.\d"),
    ("device", "device_type", r"(?!device$).+"),
    ("book", "isbn", r"97[89][\d-]+"),
    ("exam", "difficulty", r"easy|medium|hard"),
    ("course", "days_of_week", r"\w+day"),
    ("course", "status", r"active"),
    ("listing", "property_type", r"apartment|house|studio|townhouse|loft"),
    ("wallet", "wallet_address", r"0x[0-9a-f]{40}"),
    ("sim", "carrier", r"Vodafone|T-Mobile|Orange"),
    ("shipment", "carrier", r"DHL|UPS|FedEx|DPD|GLS"),
    ("claim", "claim_type", r"collision|water damage|theft|liability"),
    ("invoice", "payment_method", r"card|bank transfer|PayPal|cash"),
]
"""What an object is, a member of it in snake case, and what its text matches."""

MEASURED: list[tuple[str, str, float, float]] = [
    ("student", "gpa", 0, 4),
    ("vehicle", "odometer_km", 1000, 200000),
    ("vehicle", "fuel_level_percent", 0, 100),
    ("vital", "systolic_bp", 90, 140),
    ("vital", "temperature_celsius", 36, 38),
    ("patient", "height_cm", 140, 200),
    ("patient", "weight_kg", 40, 120),
    ("parcel", "weight_kg", 0, 50),
    ("device", "battery_level", 0, 100),
    ("device", "rssi", -100, -30),
    ("listing", "bed_count", 1, 6),
    ("listing", "floor_area_sqm", 20, 250),
    ("listing", "price_cents", 100, 100000),
    ("shipment", "eta_minutes", 1, 120),
    ("event", "duration_minutes", 5, 200),
    ("workout", "distance_km", 1, 30),
    ("loan", "principal", 5000, 400000),
    ("token", "expires_in", 30, 7200),
    ("listing", "year_built", 1900, 2026),
    ("card", "expiry_month", 1, 12),
    ("card", "exp_year", 2026, 2031),
]
"""What an object is, a number of it, and between which it lies."""


def entity(owner: str, **known: Any) -> EntityContext:
    fake = new_faker()
    fake.seed_instance(7)
    return EntityContext(fake.factories[0], owner, known=known)


@pytest.mark.parametrize(("owner", "name", "pattern"), TEXTS_BY_NAME)
def test_a_text_is_what_its_name_says(owner: str, name: str, pattern: str) -> None:
    told = Names().candidates(name, entity(owner))
    assert re.fullmatch(pattern, told[0])


@pytest.mark.parametrize(("owner", "name", "low", "high"), MEASURED)
def test_a_number_lies_where_such_numbers_lie(owner: str, name: str, low: float, high: float) -> None:
    bounds = Names().bounds(name, owner)
    assert bounds is not None
    assert low <= bounds[0] <= bounds[1] <= high


def test_what_is_said_of_one_thing_is_one_row() -> None:
    names, medicine = Names(), entity("prescription", id=3)
    row = (*names.candidates("medication_name", medicine), *names.candidates("generic_name", medicine))
    assert (*row, names.number("dosage_mg", medicine)) == ("Zestril", "Lisinopril", 10)


def test_things_that_are_counted_are_each_another_one() -> None:
    titles = [Names().candidates("title", entity("book", id=number))[0] for number in range(1, 7)]
    assert len(set(titles)) == len(titles)


def test_only_a_vehicle_has_a_make() -> None:
    assert Names().candidates("make", entity("vehicle", id=0)) == ("Toyota",)
    assert Names().candidates("make", entity("decision")) == ()


def test_each_role_is_somebody_else() -> None:
    names, made = Names(), entity("appointment")
    patient, doctor = names.candidates("patient_name", made)[0], names.candidates("doctor_name", made)[0]
    assert patient != doctor
    assert names.candidates("patient_email", made)[0].startswith(patient.lower().split()[0])


def test_a_role_that_the_object_has_is_whom_it_is_about() -> None:
    made = entity("driver")
    told = Names().candidates("driver_name", made)[0]
    assert told == f"{made.person.first_name} {made.person.last_name}"
    assert Names().candidates("emergency_contact_name", made)[0] != told


def test_somebody_whose_name_was_sent_has_a_mail_address_of_it() -> None:
    made = entity("lease", tenant_name="Ada Lovelace")
    assert Names().candidates("tenant_email", made)[0].startswith("ada.lovelace@")


def test_a_customer_has_the_mail_address_of_the_name_that_was_sent() -> None:
    made = entity("shipment", recipient_name="Ada Lovelace")
    assert Names().candidates("recipient_email", made)[0].startswith("ada.lovelace@")


def test_a_licence_holds_for_years_and_a_meeting_for_an_hour_or_two() -> None:
    licence, meeting = entity("driver"), entity("meeting")
    assert (licence.moment("license_expiry_date") - licence.created).days > 300
    assert 0 < (meeting.moment("end_time") - meeting.moment("start_time")).total_seconds() <= 7200


def test_a_way_leads_to_another_city() -> None:
    names, made = Names(), entity("shipment")
    assert names.candidates("origin_city", made) != names.candidates("destination_city", made)


def luhn(digits: str) -> int:
    doubled = [int(digit) * 2 for digit in digits[-2::-2]]
    return sum(map(int, "".join(map(str, doubled)))) + sum(map(int, digits[-1::-2]))


@pytest.mark.parametrize(("make", "before"), [(device_number, ""), (provider_number, "80840")])
def test_the_last_digit_checks_the_others(make: Callable[[EntityContext], str], before: str) -> None:
    assert luhn(before + make(entity("device"))) % 10 == 0


def test_a_book_of_ten_signs_is_checked() -> None:
    number = book_number(entity("book"))
    values = [10 if sign == "X" else int(sign) for sign in number]
    assert sum(value * weight for value, weight in zip(values, range(10, 0, -1), strict=True)) % 11 == 0


def test_a_vehicle_is_checked() -> None:
    letters = dict(
        zip("ABCDEFGHJKLMNPRSTUVWXYZ", [*range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)], strict=True)
    )
    weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
    number = vehicle_number(entity("vehicle"))
    added = sum(
        (letters.get(sign) or int(sign)) * weight
        for sign, weight in zip(number, weights, strict=True)
        if weight
    )
    assert number[8] == "0123456789X"[added % 11]


def test_each_row_has_a_cell_for_each_column() -> None:
    for rows in ROWS:
        kinds = [[isinstance(cell, str) for cell in row] for row in rows.rows]
        assert all(len(one) == len(rows.columns) for one in kinds)
        assert all(one == other for one, other in pairwise(kinds))


def test_no_name_is_spoken_of_twice_and_no_range_is_the_wrong_way_round() -> None:
    patterns = [pattern for pattern, _ in TEXTS] + [f"{owner} {pattern}" for owner, pattern, _ in TEXTS_OF]
    assert len(set(patterns)) == len(patterns)
    assert all(low <= high for _, low, high in MEASURES)
    assert all(low <= high for _, _, low, high in MEASURES_OF)
