"""Variants: which alternative of a schema an item is, as a table of schemas and members."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, Schemas, contract_of, ref, resource, thing
from understudy.engine.variants import Variants
from understudy.sandbox import Sandbox

CAT = thing({"id": TEXT, "name": TEXT, "lives": WHOLE}, "id", "lives")
DOG = thing({"id": TEXT, "name": TEXT, "bark": TEXT}, "id", "bark")
KIND = {"kind": {"const": "cat"}}, {"kind": {"enum": ["dog", "wolf"]}}
SQUARE = thing({"side": WHOLE, "note": TEXT, "colour": TEXT}, "side")
CUBE = thing({"side": WHOLE, "note": TEXT, "colour": TEXT, "height": WHOLE}, "side", "height")
LABELLED = {
    "oneOf": [ref("Cat"), ref("Dog")],
    "discriminator": {
        "propertyName": "kind",
        "mapping": {"tom": "#/components/schemas/Cat", "rex": "#/components/schemas/Dog"},
    },
}
LABELS = {"Cat": thing({"kind": TEXT, "bark": TEXT}), "Dog": thing({"kind": TEXT, "bark": TEXT})}
NESTED = {"oneOf": [{"oneOf": [CAT, DOG]}, thing({"wheels": WHOLE}, "wheels")]}


def members_of(schema: Any, members: dict[str, Any], **others: Any) -> set[str]:
    """Return the members that the alternative declares which shows these best."""
    schemas = Schemas(schema, **others)
    shape, _ = Variants(schemas.reading.responses).of(schemas.parts, members)
    return {name for name, parts in shape.declared.items() if parts is not None}


def branch(schema: Any, members: dict[str, Any], **others: Any) -> list[int]:
    """Return which branch of each choice is taken; none where the members do not decide."""
    schemas = Schemas(schema, **others)
    return list(Variants(schemas.reading.responses).of(schemas.parts, members)[1].values())


@pytest.mark.parametrize(
    ("schema", "members", "taken"),
    [
        (CAT, {"bark": "loud"}, []),
        ({"oneOf": [CAT, DOG]}, {}, []),
        ({"oneOf": [CAT, DOG]}, {"name": "Tom"}, []),
        ({"oneOf": [CAT, DOG]}, {"bark": "loud"}, [1]),
        ({"oneOf": [CAT, DOG]}, {"lives": 9}, [0]),
        ({"anyOf": [CAT, DOG]}, {"bark": "loud"}, [1]),
        ({"oneOf": [thing(KIND[0]), thing(KIND[1])]}, {"kind": "cat"}, [0]),
        ({"oneOf": [thing(KIND[0]), thing(KIND[1])]}, {"kind": "wolf"}, [1]),
        ({"oneOf": [thing(KIND[0]), thing(KIND[1])]}, {"kind": "fish"}, []),
        ({"oneOf": [thing({**KIND[0], "name": TEXT}), thing(KIND[1])]}, {"kind": "dog", "name": "Rex"}, [1]),
        ({"oneOf": [TEXT, CAT]}, {}, [1]),
        ({"oneOf": [{"type": "object", "not": {}}, CAT]}, {"lives": 1}, [1]),
        ({"oneOf": [thing({"bark": False}), thing({"bark": TEXT})]}, {"bark": "x"}, [1]),
        (NESTED, {"bark": "loud"}, [0, 1]),
        (NESTED, {"wheels": 4}, [1]),
    ],
)
def test_members_tell_the_alternative(schema: Any, members: dict[str, Any], taken: list[int]) -> None:
    assert branch(schema, members) == taken


@pytest.mark.parametrize("order", [1, -1])
def test_a_required_member_that_is_not_there_speaks_against_an_alternative(order: int) -> None:
    sent = {"side": 2, "note": "n", "colour": "red"}
    assert members_of({"oneOf": [CUBE, SQUARE][::order]}, sent) == {"side", "note", "colour"}
    assert "height" in members_of({"oneOf": [CUBE, SQUARE][::order]}, {**sent, "height": 3})


@pytest.mark.parametrize(("kind", "taken"), [("tom", [0]), ("rex", [1]), ("other", [])])
def test_a_discriminator_outweighs_all_else(kind: str, taken: list[int]) -> None:
    assert branch(LABELLED, {"kind": kind, "bark": "loud"}, **LABELS) == taken


SOURCE = {
    "oneOf": [
        thing({"object": {"const": "bank"}, "name": TEXT, "iban": TEXT}, "name", "iban"),
        thing(
            {"object": {"const": "card"}, "name": TEXT, "number": TEXT, "cvc": {**TEXT, "writeOnly": True}},
            *("name", "number", "cvc"),
        ),
    ]
}
PAYMENT = thing({"id": TEXT, "source": SOURCE, "marks": {"type": "array", "items": SOURCE}}, "id")


@pytest.fixture
def payments(serve: Callable[..., httpx.Client]) -> httpx.Client:
    bank = {"id": "p1", "source": {"object": "bank", "name": "Kim", "iban": "DE1"}}
    paths = resource(PAYMENT, thing({"source": SOURCE, "marks": {}}), "/payments")
    made = paths["/payments"]["post"]["responses"]["201"]["content"]["application/json"]
    made["examples"] = {"Bank": {"value": bank}}
    return serve(Sandbox(contract_of(paths)))


def test_the_alternative_that_was_sent_is_answered_whatever_example_is_first(payments: httpx.Client) -> None:
    card = {"object": "card", "name": "Ada", "number": "4242", "cvc": "123"}
    shown = {"object": "card", "name": "Ada", "number": "4242"}
    made = payments.post("/payments", json={"source": card, "marks": [card]}).json()
    assert (made["source"], made["marks"]) == (shown, [shown])
    assert payments.get(f"/payments/{made['id']}").json() == made
    assert made in payments.get("/payments").json()


def test_a_change_to_another_alternative_is_that_one(payments: httpx.Client) -> None:
    card = {"object": "card", "name": "Ada", "number": "4242", "cvc": "123"}
    made = payments.post("/payments", json={"source": card}).json()
    bank = {"object": "bank", "name": "Kim", "iban": "DE2"}
    changed = payments.patch(f"/payments/{made['id']}", json={"source": bank}).json()
    assert changed["source"] | bank == changed["source"]
