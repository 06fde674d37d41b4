"""Explanations: what the operations of a contract will do, and why, for a person or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml
from msgspec import to_builtins

from understudy.contracts.answers import answering, json_media, leaves_success_out, success
from understudy.contracts.contract import Contract, MediaType, Operation
from understudy.engine.existence import refuses_unknown
from understudy.engine.provenance import Provenance
from understudy.model.doors import doors_of
from understudy.model.model import List, Model
from understudy.model.notation import PLANS, write_key, write_model
from understudy.model.short import short_collection, short_data, short_plan
from understudy.schemas.direction import Direction
from understudy.schemas.examples import stated_examples
from understudy.schemas.validators import validators_of

Explanation = dict[str, Any]
"""The model as it is printed. Beside it by operation: handlers, documented, undocumented, unknown_ids and
security; by collection: data.
"""

_BESIDE: Final = {
    "answered": "documented",
    "undocumented": "undocumented",
    "unknown id": "unknown_ids",
    "then sends": "sends",
}
"""What is told of an operation beside its plan: by what it is called for a person, where it stands."""

_NOTHING: Final = "its path is neither a collection nor an item"
_REFUSED: Final = "refused as not found"
_UNREAD: Final = "refused as not found, as documented, unless it was read or listed before"
_UNKNOWN: Final[Mapping[str, str]] = {
    "read": "made when it is first asked for, unless it was deleted",
    "update": "made, then changed",
    "replace": "created",
    "delete": "deleted all the same",
    "act": "made, then acted on",
    "create": "made, then copied or put in",
    "needs": "answered all the same, unless it was created and deleted",
}


def explain(
    contract: Contract,
    model: Model,
    handlers: Mapping[str, str] | None = None,
    *,
    any_id: bool = True,
    any_write: bool = False,
    makes_data: bool = True,
) -> Explanation:
    """Explain the operations of a contract.

    model: what it means. handlers: who answers an operation instead, by its key.
    any_id: whether an item that nobody created is made when it is first asked for. any_write: also by a write
    that is documented not to find it. makes_data: whether the contract says what collections begin with,
    and no vendor's rules do.
    """
    told = write_model(model)
    told |= {
        "data": {},
        "handlers": {},
        "documented": {},
        "undocumented": {},
        "unknown_ids": {},
        "security": {},
    }
    if makes_data:
        told["data"] = _data(contract, model)
    for operation in contract.operations:
        _explain(told, contract, operation, model, any_write=any_write)
        if handlers is not None and operation.key in handlers:
            told["handlers"][write_key(operation.key)] = handlers[operation.key]
        if not any_id:
            told["unknown_ids"] = dict.fromkeys(told["unknown_ids"], _REFUSED)
    return told


def _data(contract: Contract, model: Model) -> Explanation:
    """Say of each collection how many items examples show, and what tells the values of its members."""
    provenance = Provenance(contract, model)
    told = {}
    for name, collection in model.collections.items():
        if not collection.of:
            told[name] = to_builtins(provenance.of(name))
    return told


def _explain(
    told: Explanation, contract: Contract, operation: Operation, model: Model, *, any_write: bool
) -> None:
    """Say of one operation what its model does not."""
    key = write_key(operation.key)
    told["security"][key] = _security(contract, operation)
    if operation.key in contract.added:
        told["undocumented"][key] = contract.added[operation.key]
    plan = model.operations.get(operation.key)
    if plan is None:
        told["operations"][key] = {}
        told["because"][key] = _NOTHING
    if plan is None or plan.answer is None:
        told["documented"][key] = _documented(contract, operation)
    names_one = plan is not None and plan.key is not None and plan.key.at == "path"
    if plan is not None and names_one and not isinstance(plan, List):
        verb = next(verb for verb, kind in PLANS.items() if type(plan) is kind)
        told["unknown_ids"][key] = _UNKNOWN[verb]
        collection = model.collections[plan.collection]
        if not any_write and refuses_unknown(contract, operation, plan, collection):
            told["unknown_ids"][key] = _UNREAD


# ---- for a person


def written(told: Explanation, contract: Contract) -> str:
    """Write an explanation for a person: a block of lines for each collection and each operation."""
    blocks = []
    for name, collection in told["collections"].items():
        blocks.append(_block(name, short_collection(collection) | short_data(told["data"].get(name, {}))))
    blocks += [written_operation(told, operation) for operation in contract.operations]
    for name, facts in told.get("webhooks", {}).items():
        blocks.append(_block(f"webhook {name}", facts))
    return "\n\n".join(blocks)


def written_operation(told: Explanation, operation: Operation) -> str:
    """Write what is explained of one operation, as a block of lines."""
    return _block(write_key(operation.key), _operation(told, operation))


def _operation(told: Explanation, operation: Operation) -> dict[str, Any]:
    key = write_key(operation.key)
    lines: dict[str, Any] = {}
    if operation.id != operation.key:
        lines["operation"] = operation.id
    if key in told["handlers"]:
        lines["handler"] = told["handlers"][key]
    lines |= short_plan(told["operations"][key])
    for word, fact in _BESIDE.items():
        if key in told.get(fact, {}):
            lines[word] = told[fact][key]
    lines["because"] = told["because"].get(key, _NOTHING)
    lines["asks for"] = told["security"][key]
    return lines


def _block(name: str, lines: Mapping[str, Any]) -> str:
    return "\n".join([f"{name}:", *(f"  {word}: {_flow(value)}" for word, value in lines.items())])


class _Flow(yaml.CSafeDumper):
    """Writes what stands twice twice, without an anchor."""

    def ignore_aliases(self, _data: Any) -> bool:
        """Tell that nothing is referred to."""
        return True


def _flow(value: Any) -> str:
    """Write a value on one line, as YAML has it."""
    if isinstance(value, str) and ": " not in value and value:
        return value
    text: str = yaml.dump(
        value, Dumper=_Flow, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**6
    )
    return text.removesuffix("\n...\n").removesuffix("\n")


# ---- answers


def _documented(contract: Contract, operation: Operation) -> str:
    status, answer = success(operation)
    if status >= 400:
        return f"{status}, since no success is documented"
    if leaves_success_out(operation.responses):
        return f"{status} without a body, since only refusals are documented"
    if not answering(operation.responses):
        return f"{status} without a body, since no answer is documented"
    media = None
    if answer is not None:
        media = json_media(answer.content)
    if media is None:
        return f"{status} without a body"
    said = _shown(contract, media)
    if operation.body is not None:
        said += ", and what was sent where it has a member for it"
    return f"{status} with {said}"


def _shown(contract: Contract, media: MediaType) -> str:
    """Name what a body shows that tells nothing of a record."""
    for name in _valid_examples(contract, media):
        return f"the contract's example {name}".rstrip()
    return "a generated value"


def _valid_examples(contract: Contract, media: MediaType) -> Iterator[str]:
    validators = validators_of(contract, Direction.RESPONSE)
    for name, value in stated_examples(media.node):
        if media.schema is None or validators.for_node(media.schema).is_valid(value):
            yield name


# ---- security


def _security(contract: Contract, operation: Operation) -> list[str]:
    """Return the alternatives, of which one is enough."""
    opened = doors_of(contract).open.get(operation.key)
    if opened:
        return [f"no credential, since {opened}"]
    found = []
    for option in operation.security:
        schemes = [_scheme(contract, name, scopes) for name, scopes in option.items()]
        found.append(" and ".join(schemes) or "no credential")
    return found or ["no credential"]


def _scheme(contract: Contract, name: str, scopes: tuple[str, ...]) -> str:
    told = f"{name} ({_kind_of_scheme(contract, name)})"
    if not scopes:
        return told
    return f"{told} with {', '.join(scopes)}"


def _kind_of_scheme(contract: Contract, name: str) -> str:
    scheme = contract.security_schemes.get(name)
    if scheme is None:
        return "a scheme the contract does not describe"
    kind = str(scheme.get("type"))
    if kind == "apiKey":
        return f"{scheme.get('in')} {scheme.get('name')}"
    if kind != "http":
        return kind
    return str(scheme.get("scheme"))
