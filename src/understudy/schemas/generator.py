"""Values for any schema of a contract: realistic where names and formats tell how, and valid, or Ungeneratable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from faker import Faker

from understudy.contracts.source import Node
from understudy.schemas.builder import LAST, Builder, Endless, Plan, Position, Ungeneratable
from understudy.schemas.choice import component
from understudy.schemas.entity import EntityContext
from understudy.schemas.sources import Sources
from understudy.schemas.validators import Validator

REPAIRS: Final = 6  # rounds of dropping optional properties that failed


class Generator:
    """Values for the schemas of one contract, in one direction (`request` or `response`)."""

    def __init__(self, validator_of: Callable[[Node], Validator], direction: str = "response") -> None:
        self._validator_of = validator_of
        self._sources = Sources(validator_of, direction)

    def value(
        self,
        schema: Node,
        fake: Faker,
        *,
        name: str = "",
        full: bool = True,
        examples: bool = True,
        prefer: Mapping[str, int] | None = None,
    ) -> Any:
        """Return a value that the schema's validator accepts, made with the Faker's randomness alone.

        name: what the value is called, for realism. full: optional properties too, as far as the schema ends. examples: what the
        contract gives as an example or default comes first. prefer: of a choice, by its key, the branch to try first.
        Raises Ungeneratable.
        """
        validator = self._validator_of(schema)
        reason = "no value that was tried is valid"
        position = Position(
            self._sources.names.normalise(name or component(schema) or str(schema.get("title") or "")),
            EntityContext(fake, ""),
        )
        most = LAST
        for plan in _plans(full, examples):
            try:
                value = Builder(self._sources, plan, most, prefer or {}).make((schema,), position)
            except KeyError as error:
                raise Ungeneratable(f"{schema.address}: a reference leads nowhere: {error}") from None
            except Ungeneratable as error:
                reason = str(error)
                most = (
                    LAST // 20 if isinstance(error, Endless) else most
                )  # what took long once is not tried at length again
                continue
            if validator.is_valid(value) or _repair(value, validator):
                return value
        for value in ({}, [], "", 0, 1, True, False, None):
            if validator.is_valid(value):
                return value
        raise Ungeneratable(f"{schema.address}: {reason}")


def _plans(full: bool, examples: bool) -> Iterator[Plan]:
    """Yield what to try, from the richest and quickest to the plainest."""
    if full:
        yield Plan(full=True, careful=False, samples=examples)
        yield Plan(full=True, careful=True, samples=examples)
    yield Plan(full=False, careful=False, samples=examples)
    yield Plan(full=False, careful=True, samples=examples)
    yield Plan(
        full=True, careful=True, samples=False
    )  # also where little was asked for: some alternatives differ only in detail
    for _ in range(3):
        yield Plan(full=False, careful=True, samples=False)


# ---- repairing


def _repair(value: Any, validator: Validator) -> bool:
    """Drop what fails from a value, as long as that helps; tell whether it is valid then."""
    for _ in range(REPAIRS):
        failures = validator.failures(value, "body")
        for failure in reversed(
            failures
        ):  # from the last, so that items keep their places until it is their turn
            path = [token.replace("~1", "/").replace("~0", "~") for token in failure.pointer.split("/")[1:]]
            if not _drop(value, path[:-1] if failure.rule == "required" else path):
                return False
        if not failures:
            break
    return validator.is_valid(value)


def _drop(value: Any, path: Sequence[str]) -> bool:
    """Remove the member at a path; one that is gone already counts as removed, the whole value cannot be."""
    if not path:
        return False
    for token in path[:-1]:
        value = _member(value, token)
    if isinstance(value, dict):
        value.pop(path[-1], None)
    elif isinstance(value, list) and path[-1].isdigit() and int(path[-1]) < len(value):
        del value[int(path[-1])]
    return True


def _member(value: Any, token: str) -> Any:
    if isinstance(value, list):
        return value[int(token)] if token.isdigit() and int(token) < len(value) else None
    return value.get(token) if isinstance(value, dict) else None


__all__ = ["Generator", "Ungeneratable"]
