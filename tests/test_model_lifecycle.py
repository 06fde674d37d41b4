"""Lifecycle: how members of a new item begin, and which speak of its end, as tables of names."""

from __future__ import annotations

from typing import Any

import pytest

from inline import Schemas
from understudy.model.lifecycle import Beginning, absent, beginning, stamp


def begins(name: str, schema: Any) -> Beginning:
    schemas = Schemas(schema)
    return beginning(name, schemas.reading.whole(schemas.parts))


@pytest.mark.parametrize(
    ("name", "schema", "begins_as", "instead_of"),
    [
        ("status", {"enum": ["paid", "open", "draft"]}, ("draft",), ()),
        ("state", {"enum": ["closed", "Open"]}, ("Open",), ()),
        ("paymentStatus", {"enum": ["succeeded", "pending"]}, ("pending",), ()),
        ("status", {"enum": ["closed", "half-way", "done"]}, ("half-way",), ("closed", "done")),
        ("status", {"enum": ["closed", "done"]}, (), ()),
        ("fulfillmentStatus", {"enum": ["fulfilled", "not_fulfilled"]}, ("not_fulfilled",), ()),
        ("status", {"enum": ["shipped", "Unshipped", "lost"]}, ("Unshipped",), ()),
        ("status", {"enum": ["red", "blue"]}, (), ()),
        ("status", {"enum": ["draft", "open"], "default": "open"}, (), ()),
        ("status", {"enum": [1, 2]}, (), ()),
        ("status", {"type": "string"}, (), ()),
        ("colour", {"enum": ["open", "closed"]}, (), ()),
        ("closed", {"type": "boolean"}, (False,), (True,)),
        ("isDeleted", {"type": "boolean"}, (False,), (True,)),
        ("active", {"type": "boolean"}, (), ()),
        ("favorited", {"type": "boolean"}, (False,), ()),
        ("isFollowing", {"type": "boolean"}, (False,), ()),
        ("viewer_has_starred", {"type": "boolean"}, (False,), ()),
        ("likedByMe", {"type": "boolean"}, (False,), ()),
        ("subscribed", {"type": "boolean", "default": True}, (), ()),
        ("liked", {"type": "integer"}, (), ()),
        ("favoritesCount", {"type": "integer"}, (0,), ()),
        ("total_views", {"type": "integer"}, (0,), ()),
        ("followers_count", {"type": "integer", "minimum": 0}, (0,), ()),
        ("likes", {"type": "integer"}, (0,), ()),
        ("stars", {"type": "integer"}, (), ()),
        ("view", {"type": "integer"}, (), ()),
        ("viewCount", {"type": "integer", "minimum": 1}, (), ()),
        ("itemCount", {"type": "integer"}, (), ()),
    ],
)
def test_a_member_begins(
    name: str, schema: Any, begins_as: tuple[Any, ...], instead_of: tuple[Any, ...]
) -> None:
    assert begins(name, schema) == (begins_as, instead_of)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("createdAt", "created"),
        ("created_on", "created"),
        ("dateCreated", "created"),
        ("lastModified", "updated"),
        ("updated_at", "updated"),
        ("paidAt", ""),
        ("creator", ""),
    ],
)
def test_a_member_is_stamped(name: str, word: str) -> None:
    assert stamp(name) == word


@pytest.mark.parametrize(
    ("name", "until"),
    [
        ("deleted", "until gone"),
        ("isDeleted", "until gone"),
        ("deleted_at", "until gone"),
        ("archivedOn", "until gone"),
        ("cancelledAt", "until over"),
        ("completed_on", "until over"),
        ("completed", ""),
        ("createdAt", ""),
        ("at", ""),
    ],
)
def test_a_member_is_absent_until_the_end(name: str, until: str) -> None:
    assert absent(name) == until
