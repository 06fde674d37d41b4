"""How much an operation declares, by which what takes long is made before the first request."""

from __future__ import annotations

from typing import Any

import pytest

from inline import TEXT, contract_of, ref, resource, thing
from understudy.contracts.extent import Extents
from understudy.contracts.source import WIDE

NAMES = [f"p{number}" for number in range(WIDE + 1)]
LARGE: dict[str, dict[str, Any]] = {
    "properties": thing(dict.fromkeys(NAMES, TEXT)),
    "required": {"type": "object", "required": NAMES},
    "enum": {"enum": NAMES},
    **{key: {key: [thing({name: TEXT}) for name in NAMES]} for key in ("allOf", "oneOf", "anyOf")},
}


@pytest.mark.parametrize("keyword", LARGE)
def test_what_a_schema_has_most_of_is_its_extent(keyword: str) -> None:
    contract = contract_of(resource(ref("T"), ref("T")), T=LARGE[keyword])
    extents = Extents(contract.document)
    assert max(extents.of(operation) for operation in contract.operations) > WIDE
