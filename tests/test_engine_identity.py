"""Identity: identifiers in the forms that a contract gives them, made up the same each time, and the members that carry them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from inline import TEXT, Schemas
from understudy.engine.identity import as_kind, identity_of, invented_key, not_shown
from understudy.engine.places import NOWHERE
from understudy.model.model import Collection, Identifier
from understudy.schemas.entity import new_faker

FAKER = new_faker()


def address(
    form: str, *, name: str = "/cups", seed: int = 1, contract: str = "shop", schema: Any = None
) -> Any:
    """Return what an identifier depends on."""
    world = SimpleNamespace(seed=seed, faker=FAKER, hashes={})
    context = SimpleNamespace(world=world, contract=SimpleNamespace(name=contract))

    def fake(*key: object) -> Any:
        FAKER.seed_instance(f"{seed} {contract} {name} {key!r}")
        return FAKER

    collection = SimpleNamespace(
        collection=Collection(id=Identifier(form=form)), key_schema=schema, places=NOWHERE
    )
    return SimpleNamespace(name=name, context=context, collection=collection, fake=fake)


def key(form: str, number: int = 1, **where: Any) -> str:
    factory: Any = None
    return invented_key(address(form, **where), factory, number)


@pytest.mark.parametrize(
    ("form", "keys"),
    [
        ("counter from 1", ["1", "2", "3"]),
        ("counter from 1000", ["1000", "1001", "1002"]),
        ("counter from 0", ["0", "1", "2"]),
        ("counter", ["1", "2", "3"]),
    ],
)
def test_a_counter_counts(form: str, keys: list[str]) -> None:
    assert [key(form, number) for number in (1, 2, 3)] == keys


@pytest.mark.parametrize("size", [1, 7, 12, 32, 128, 140])
def test_digits_have_the_length_that_is_stated(size: int) -> None:
    assert len(key(f"hex {size}")) == size
    assert set(key(f"hex {size}")) <= set("0123456789abcdef")


def test_an_identifier_is_the_same_for_a_seed_and_differs_from_all_others() -> None:
    assert key("hex 12") == key("hex 12")
    others: list[dict[str, Any]] = [{"number": 2}, {"seed": 2}, {"name": "/mugs"}, {"contract": "store"}]
    assert len({key("hex 12"), *(key("hex 12", **other) for other in others)}) == 5


UUID = {"type": "string", "format": "uuid"}


@pytest.mark.parametrize(
    ("schema", "usable"),
    [
        (UUID, True),
        ({"type": "integer", "minimum": 100, "maximum": 10**9}, True),
        ({"enum": ["a/b"]}, False),
        ({"const": ""}, False),
        ({"type": "boolean"}, True),
        ({"type": "object"}, False),
        ({"type": "string", "minLength": 9, "maxLength": 3}, False),
    ],
)
def test_an_identifier_is_like_its_schema_where_a_path_can_hold_it(schema: Any, usable: bool) -> None:
    schemas = Schemas(schema)
    there = address("like #/components/schemas/T", schema=schemas.node)
    found = [invented_key(there, schemas.factory, number) for number in (1, 1, 2)]
    assert found[0] == found[1]
    assert (found[0] != "1") is usable


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("7", "integer", 7),
        ("-7", "number", -7),
        ("7", "string", "7"),
        (7, "string", "7"),
        ("x7", "integer", "x7"),
        ("\u0667", "integer", "\u0667"),
        ("7", "", "7"),
        (7, "", 7),
    ],
)
def test_an_identifier_is_shown_in_the_type_of_its_member(value: Any, kind: str, shown: Any) -> None:
    found = as_kind(value, kind)
    assert (found, type(found)) == (shown, type(shown))


def carrying(*, target: bool = True, single: bool = False) -> Any:
    collection = SimpleNamespace(
        target=object() if target else None,
        collection=Collection(single=single),
        own={"id": "integer", "number": "string"},
        parents={"shopId": ("shop", "string"), "roomId": ("room", "integer")},
        places=NOWHERE,
    )
    return SimpleNamespace(collection=collection, scope={"shop": "s1"})


def test_an_item_says_its_id_and_its_parents() -> None:
    assert identity_of(carrying(), "7") == {"id": 7, "number": "7", "shopId": "s1"}


def test_of_an_item_nothing_is_known_but_its_id() -> None:
    assert identity_of(carrying(target=False), "7") == {"id": "7"}
    assert identity_of(carrying(target=False, single=True), "") == {}


def test_what_is_not_shown_as_it_was_sent_is_kept_beside() -> None:
    sent = {"name": "a", "pin": "1234", "size": "7"}
    assert not_shown(sent, {"name": "a", "size": 7}) == {"pin": "1234", "size": "7"}


def test_text_is_the_schema_of_any_identifier() -> None:
    schemas = Schemas(TEXT)
    there = address("like #/components/schemas/T", schema=schemas.node)
    assert len({invented_key(there, schemas.factory, number) for number in range(9)}) > 1
