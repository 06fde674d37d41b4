"""Evidence: which bodies are lists of items, and which only hold a list of something else."""

from __future__ import annotations

from typing import Any

import pytest

from inline import TEXT, WHOLE, body, contract_of, resource, thing
from understudy.model.compiler import compile
from understudy.model.model import Create

CUP = thing({"id": TEXT, "name": TEXT, "size": WHOLE})
CUPS = {"type": "array", "items": CUP}
STICKERS = {"type": "array", "items": thing({"name": TEXT, "url": TEXT, "x": WHOLE})}


def places(sent: Any) -> tuple[tuple[str, ...], ...]:
    """Return where a list of cups may stand in the body of a POST to `/cups/batch`."""
    paths = resource(CUP, thing({"name": TEXT, "size": WHOLE}), "/cups")
    made = {"201": {"description": "", "content": {"application/json": {"schema": CUPS}}}}
    paths["/cups/batch"] = {"post": {"requestBody": body(sent), "responses": made}}
    plan = compile(contract_of(paths)).operations.get("post /cups/batch")
    return plan.take.each if isinstance(plan, Create) and plan.take is not None else ()


@pytest.mark.parametrize(
    "sent", [CUPS, thing({"cups": CUPS}), thing({"cups": CUPS, "dryRun": {"type": "boolean"}})]
)
def test_a_list_of_items_is_taken_as_many(sent: Any) -> None:
    assert places(sent) != ()


@pytest.mark.parametrize(
    "sent",
    [
        {"type": "array", "items": TEXT},
        STICKERS,
        thing({"stickers": STICKERS}),
        thing({"labels": {"type": "array", "items": TEXT}}),
        thing({"cups": CUPS, "mugs": CUPS}),
    ],
)
def test_another_list_is_not(sent: Any) -> None:
    assert places(sent) == ()
