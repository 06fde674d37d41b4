"""Stamps: which times of an item are the sandbox's, and how they are written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from understudy.engine.stamps import stamp

MOMENT = datetime(2026, 1, 5, 9, 0, 2, 345678, tzinfo=UTC)
STAMPS = {"createdAt": "created", "updatedAt": "updated"}
MADE = {"createdAt": "2020-01-01T00:00:00Z", "updatedAt": "2020-01-01T00:00:00Z"}
NOW = "2026-01-05T09:00:02Z"


@pytest.mark.parametrize(
    ("sent", "is_new", "created", "updated"),
    [
        ((), True, NOW, NOW),
        ((), False, MADE["createdAt"], NOW),
        (("createdAt",), True, MADE["createdAt"], NOW),
        (("updatedAt",), True, NOW, MADE["updatedAt"]),
        (("updatedAt",), False, MADE["createdAt"], MADE["updatedAt"]),
    ],
)
def test_a_write_is_dated_unless_the_caller_dated_it(
    sent: tuple[str, ...], is_new: bool, created: str, updated: str
) -> None:
    item: dict[str, Any] = dict(MADE)
    stamp(item, STAMPS, MOMENT, sent, is_new=is_new)
    assert item == {"createdAt": created, "updatedAt": updated}


def test_a_time_in_an_object_beside_the_id_is_the_write_s() -> None:
    item: dict[str, Any] = {"id": "1", "attributes": dict(MADE)}
    stamps = {f"/attributes/{name}": word for name, word in STAMPS.items()}
    stamp(item, stamps, MOMENT, {"attributes": {"createdAt": MADE["createdAt"]}}, is_new=True)
    assert item == {"id": "1", "attributes": {"createdAt": MADE["createdAt"], "updatedAt": NOW}}
    stamp(item, {"/meta/updatedAt": "updated"}, MOMENT, {}, is_new=False)
    assert item.keys() == {"id", "attributes"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2020-01-01T00:00:00Z", NOW),
        ("2020-01-01T00:00:00.000Z", "2026-01-05T09:00:02.345Z"),
        ("2020-01-01T00:00:00.000000Z", "2026-01-05T09:00:02.345678Z"),
        (1_577_836_800, int(MOMENT.timestamp())),
        (1_577_836_800_000, int(MOMENT.timestamp() * 1000)),
        (7, 7),
        (True, True),
        ("2020-01-01", "2020-01-01"),
        ("yesterday", "yesterday"),
        (None, None),
    ],
)
def test_a_time_is_written_as_the_one_before(before: Any, after: Any) -> None:
    item = {"createdAt": before}
    stamp(item, STAMPS, MOMENT, (), is_new=True)
    assert item == {"createdAt": after}


def test_a_member_that_is_not_there_is_not_put_in() -> None:
    item: dict[str, Any] = {}
    stamp(item, STAMPS, MOMENT, (), is_new=True)
    assert item == {}
