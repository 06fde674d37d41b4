"""Notation: a model as it is printed, and as an overlay writes it, to and from its data.

A word is left out where it says what it says by default; writing and reading are each other's reverse.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from understudy.model.codecs import At, Named, Scalar, Words, WrongWord, words_of
from understudy.model.model import (
    Act,
    Answer,
    Collection,
    Create,
    Delete,
    Figure,
    Filter,
    Held,
    Identifier,
    List,
    Login,
    Logout,
    Member,
    Model,
    NamedBy,
    Needs,
    Page,
    Plan,
    Proof,
    Read,
    Replace,
    Slot,
    Sort,
    Source,
    Take,
    Through,
    Update,
    View,
)
from understudy.model.selection import only, without

PLANS: Final[Mapping[str, type]] = {
    "list": List,
    "read": Read,
    "create": Create,
    "replace": Replace,
    "update": Update,
    "act": Act,
    "delete": Delete,
    "needs": Needs,
    "login": Login,
    "logout": Logout,
}
"""The kind of plan by its verb."""

_ANSWERS: Final = ("answer", "created", "updated")
_PARTS: Final = (
    *(
        Source,
        View,
        Slot,
        Answer,
        Proof,
        Filter,
        Take,
        Held,
        Figure,
        Page,
        Sort,
        Identifier,
        Member,
        Through,
        NamedBy,
    ),
    Collection,
)


class Key(Scalar):
    """The key of an operation, or a place in one."""

    def __init__(self) -> None:
        super().__init__(str)

    def write(self, value: Any) -> Any:
        return write_key(value)

    def read(self, written: Any, at: At) -> Any:
        return read_key(super().read(written, at))


_REASONS: Final = Named(Key(), Scalar(str))
_COLLECTIONS: Final = Named(Scalar(str), Words(Collection))


def write_model(model: Model) -> dict[str, Any]:
    """Return a model as it is printed."""
    operations = {}
    for key, plan in model.operations.items():
        operations[write_key(key)] = write_plan(plan, model.collections.get(plan.collection))
    return {
        "collections": _COLLECTIONS.write(model.collections),
        "operations": operations,
        "because": _REASONS.write(model.because),
    }


def read_model(written: Mapping[str, Any]) -> Model:
    """Return the model that is written. Raises WrongWord."""
    operations = {}
    for key, plan in written.get("operations", {}).items():
        operations[read_key(key)] = read_plan(plan, ("operations", key))
    return Model(
        collections=_COLLECTIONS.read(written.get("collections", {}), ("collections",)),
        operations=operations,
        because=_REASONS.read(written.get("because", {}), ("because",)),
    )


def write_key(key: str) -> str:
    """Write the key of an operation, or a place in it, as people do: `GET /orders`."""
    method, space, path = key.partition(" ")
    if not _is_method(method, path):
        return key
    return f"{method.upper()}{space}{path}"


def read_key(key: str) -> str:
    """Return the key of an operation that is written as `GET /orders`."""
    method, space, path = key.partition(" ")
    if not _is_method(method, path):
        return key
    return f"{method.lower()}{space}{path}"


def _is_method(method: str, path: str) -> bool:
    return method.isalpha() and path.startswith("/")


def write_collection(collection: Collection) -> dict[str, Any]:
    """Return a collection as it is printed."""
    written: dict[str, Any] = Words(Collection).write(collection)
    return written


def read_collection(written: Any, at: At = ()) -> Collection:
    """Return the collection that is written. Raises WrongWord."""
    collection: Collection = Words(Collection).read(written, at)
    return collection


def write_plan(plan: Plan, collection: Collection | None = None) -> dict[str, Any]:
    """Return a plan as it is printed: its verb with the collection, which names the parents, and the rest."""
    verb = next(verb for verb, kind in PLANS.items() if type(plan) is kind)
    written = Words(type(plan)).write(plan)
    answers = only(written, _ANSWERS)
    written = {verb: written.pop("collection"), **without(written, _ANSWERS), **answers}
    parents = collection.scope if collection is not None else ()
    if plan.scope and len(parents) == len(plan.scope):
        written["scope"] = dict(zip(parents, written["scope"], strict=True))
    return written


def read_plan(written: Any, at: At = ()) -> Plan:
    """Return the plan that is written. Raises WrongWord."""
    verb = _verb_of(written, at)
    rest = without(written, (verb,))
    scope = rest.get("scope")
    if isinstance(scope, Mapping):
        rest["scope"] = list(scope.values())
    collection = Scalar(str).read(written[verb], (*at, verb))
    plan: Plan = Words(PLANS[verb]).read({"collection": collection, **rest}, at)
    return plan


def check_plan(written: Mapping[str, Any], at: At = ()) -> None:
    """Refuse what is laid over a plan and is no part of one. Raises WrongWord."""
    words = set(written) - PLANS.keys()
    kinds = list(only(PLANS, written).values()) or list(PLANS.values())
    kind = max(kinds, key=lambda one: len(words & words_of(one).keys()))
    rest = without(written, PLANS)
    scope = rest.get("scope")
    if isinstance(scope, Mapping):
        rest["scope"] = list(scope.values())
    Words(kind).check(rest, at)


def _verb_of(written: Any, at: At) -> str:
    """Return the one verb of what is written. Raises WrongWord."""
    if not isinstance(written, Mapping):
        raise WrongWord(at, f"{written!r} stands where an operation is to be described")
    verbs = list(only(written, PLANS))
    if len(verbs) != 1:
        raise WrongWord(at, f"an operation has one of the verbs {', '.join(PLANS)}")
    return verbs[0]


def schema() -> dict[str, Any]:
    """Return the JSON Schema of what is printed."""
    definitions = {kind.__name__: Words(kind).definition() for kind in _PARTS}
    for verb, kind in PLANS.items():
        definitions[kind.__name__] = _plan_schema(verb, Words(kind).definition())
    plans = {"anyOf": [Words(kind).schema() for kind in PLANS.values()]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "collections": _COLLECTIONS.schema(),
            "operations": {"type": "object", "additionalProperties": plans},
            "because": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        "additionalProperties": False,
        "$defs": definitions,
    }


def _plan_schema(verb: str, definition: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a plan, whose collection stands beside its verb."""
    properties = dict(definition["properties"])
    properties[verb] = properties.pop("collection")
    scope = properties["scope"]
    properties["scope"] = {"anyOf": [scope, {"type": "object", "additionalProperties": scope["items"]}]}
    return {**definition, "properties": properties, "required": [verb]}
