"""The contract of the admin API, and what it says of values that come from elsewhere than its callers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from understudy.admin.served import NAME
from understudy.bundled import admin_contract
from understudy.contracts.contract import Contract
from understudy.errors import Failure
from understudy.schemas.direction import Direction
from understudy.schemas.validators import validators_of


@cache
def own_contract() -> Contract:
    """Load the contract once: it holds no state, and whoever reloads his own contracts has not changed this
    one.
    """
    return Contract.load(admin_contract(), NAME)


def answer_failures(value: object) -> Sequence[Failure]:
    """Name what is wrong with a value that is to be a scripted answer, as `addAnswer` would."""
    documented = own_contract().operation("addAnswer").body
    assert documented is not None
    schema = documented.content["application/json"].schema
    assert schema is not None
    return validators_of(own_contract(), Direction.REQUEST).for_node(schema).failures(value, "body")
