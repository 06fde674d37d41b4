"""Explanations: what each operation of a contract will do, and why that was inferred, for a person or as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from understudy.contracts.contract import Contract, Operation
from understudy.inference.filtering import is_bundle
from understudy.inference.listing import Lists
from understudy.inference.many import names_ids, takes_many
from understudy.inference.records import Records
from understudy.inference.relations import Relations
from understudy.inference.resources import (
    PREFERRED,
    Action,
    Resource,
    Role,
    json_media,
    placeholders,
    success,
)
from understudy.schemas.direction import Direction
from understudy.schemas.examples import stated_examples
from understudy.schemas.generator import Generator
from understudy.schemas.validators import validators_of

_DOES = {
    Action.CREATE: "creates one of {}",
    Action.READ: "reads one of {}",
    Action.LIST: "lists {}",
    Action.REPLACE: "replaces one of {}, or creates it",
    Action.UPDATE: "changes one of {}",
    Action.DELETE: "deletes one of {}",
    Action.SAVE: "replaces the one of {} whose id its body carries, or creates it",
    Action.AMEND: "changes the one of {} whose id its body carries",
    Action.CLEAR: "deletes many of {}",
    Action.ACT: "acts on one of {}",
    Action.COPY: "creates one of {}, with what the one in its path has",
}
_DOES_ALONE = {
    Action.CREATE: "creates the {}",
    Action.READ: "reads the {}, of which there is one",
    Action.LIST: "lists the {}",
    Action.REPLACE: "replaces the {}, of which there is one",
    Action.UPDATE: "changes the {}, of which there is one",
    Action.DELETE: "deletes the {}, of which there is one",
}
_UNKNOWN = {
    Action.READ: ("made when it is first asked for, unless it was deleted", "refused as not found"),
    Action.UPDATE: ("made, then changed", "refused as not found"),
    Action.DELETE: ("deleted all the same", "refused as not found"),
    Action.REPLACE: ("created", "created"),
    Action.SAVE: ("created, unless it was deleted", "refused as not found, unless the contract has a 201"),
    Action.AMEND: ("made, then changed", "refused as not found"),
    Action.CLEAR: ("deleted all the same", "passed over"),
    Action.ACT: ("made, then acted on", "refused as not found"),
    Action.COPY: ("made, then copied", "refused as not found"),
    Action.CHECK: (
        "answered all the same, unless it was created and deleted (not where a caller sent a number as its id)",
        "refused as not found",
    ),
}
_ONE = frozenset(
    {Action.READ, Action.UPDATE, Action.REPLACE, Action.DELETE, Action.ACT, Action.COPY, Action.CHECK}
)  # the path has its id

Explanation = dict[str, Any]
"""Facts about one operation by a word for each, in the order in which a person reads them."""


def explain(
    contract: Contract, handlers: Mapping[str, str] | None = None, *, infers: bool = True, any_id: bool = True
) -> list[Explanation]:
    """Explain each operation of a contract.

    handlers: who answers an operation instead, by its key. infers: whether what has no handler is inferred; vendors' sandboxes do not.
    any_id: whether an item that nobody created is made when it is first asked for.
    """
    inferred = _Inferred(contract, any_id=any_id) if infers else None
    return [
        _explain(contract, operation, inferred, (handlers or {}).get(operation.key, ""))
        for operation in contract.operations
    ]


def written(explanations: Iterable[Explanation]) -> str:
    """Write explanations for a person: a block of lines for each operation."""
    blocks = []
    for facts in explanations:
        method, _, path = facts["operation"].partition(" ")
        lines = [f"{method.upper()} {path}" + (f"  {facts['id']}" if "id" in facts else "")]
        shown = ((word, value) for word, value in facts.items() if word not in ("operation", "id"))
        lines += [
            f"  {'' if at else word.replace('_', ' '):<12} {line}"
            for word, value in shown
            for at, line in enumerate(_lines(value))
        ]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _lines(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{name}: {told}" for name, told in value.items()]
    return list(value) if isinstance(value, (list, tuple)) else [str(value)]


class _Inferred:
    """What the inferred handlers of one contract work with, asked about it instead of put to work."""

    def __init__(self, contract: Contract, *, any_id: bool) -> None:
        generator = Generator(validators_of(contract, Direction.RESPONSE).for_node)
        self.any_id = any_id
        self._records = Records(contract, generator, any_id=any_id)
        self._lists = Lists(contract, self._records)
        self._relations = Relations(self._records.inference.resources.values(), self._records.bodies)
        self.roles = self._records.inference.roles

    def facts(self, operation: Operation, role: Role) -> Iterator[tuple[str, Any]]:
        """Yield the facts about an operation whose role is known."""
        resource, action = role.resource, role.action
        home = self._records.members.home(resource)
        if not resource.singleton:
            yield "collection", _collection(resource)
            yield "item_id", self._id(resource, operation, action)
        if action in _UNKNOWN and not resource.singleton:
            yield "unknown_id", _UNKNOWN[action][0 if self.any_id else 1]
        leads = {
            relation.member: f"one of {relation.target.name}"
            for relation in self._relations.of(resource, home)
        }
        if leads:
            yield "leads_to", leads
        if action in (Action.LIST, Action.CLEAR):
            yield from self._paging(resource, operation, action)
        if action is Action.ACT:
            yield from self._acting(role)
        if action is not Action.CHECK and role.shows:
            yield "answers", _answer(operation, action)

    def takes_many(self, operation: Operation, role: Role) -> bool:
        """Tell whether an operation creates as many items as its body holds."""
        members = frozenset(self._records.members.names(role.resource))
        return role.action is Action.CREATE and takes_many(operation, self._records.bodies, members)

    @staticmethod
    def _acting(role: Role) -> Iterator[tuple[str, Any]]:
        yield "moves", role.moves or "nothing: no state of the item could be recognised in its name"
        yield (
            "keeps",
            "what is sent, where the item has a member of that name"
            if role.keeps
            else "nothing of what is sent",
        )

    def _id(self, resource: Resource, operation: Operation, action: Action) -> str:
        member = self._records.members.own_id(resource)
        carried = f"its member {member}" if member else "no member of it that could be recognised"
        if not resource.is_reached:
            return f"{carried}; no path leads to one item"
        if action not in _ONE:
            return carried
        return f"the path's {{{placeholders(operation.path)[len(resource.parents)]}}}; {carried}"

    def _paging(self, resource: Resource, operation: Operation, action: Action) -> Iterator[tuple[str, Any]]:
        paging = self._lists.paging(resource, operation)
        queried = [parameter.name for parameter in operation.parameters if parameter.location == "query"]
        pages = {name: role for name, role in paging.roles.items() if role != "sort"}
        sorts = [name for name, role in paging.roles.items() if role == "sort"]
        filters = {name: f"the item's {member}" for name, member in paging.filters.items()}
        filters |= {
            name: f"the item's {member}, {'from' if how == 'gte' else 'up to'} there"
            for name, (member, how) in paging.bounds.items()
        }
        filters |= {
            name: "the members it names" for name in queried if name not in paging.roles and is_bundle(name)
        }
        if action is Action.CLEAR:
            named = [
                name
                for name in (*queried, *self._records.members.asked(operation))
                if names_ids(name, resource)
            ]
            yield "chooses_by", [f"{name}: ids" for name in named] or filters or "nothing: all of them"
            return
        yield "pages_by", pages or "nothing: no declared parameter is one for paging"
        if sorts:
            yield "sorts_by", sorts
        if filters:
            yield "filters_by", filters
        rest = [name for name in queried if name not in paging.roles and name not in filters]
        if rest:
            yield "not_used", [f"{name}: checked against the contract, and not used further" for name in rest]


def _collection(resource: Resource) -> str:
    if resource.shared:
        return f"{resource.shared}, which every path that names it shares"
    path = resource.path.rstrip("/").rpartition("/")[0]
    parents = ", ".join(f"{{{name}}}" for name in resource.parents)
    return (path or "/") + (f", one for each {parents}" if parents else "")


def _explain(
    contract: Contract, operation: Operation, inferred: _Inferred | None, handler: str
) -> Explanation:
    facts: Explanation = {"operation": operation.key}
    if operation.id != operation.key:
        facts["id"] = operation.id
    role = inferred.roles.get(operation.key) if inferred else None
    if handler:
        facts["handler"] = handler
    word = "by_default" if handler else "does"
    if role and role.action is Action.CHECK and inferred:
        facts[word], facts["because"] = (
            _documented(contract, operation),
            f"{role.reason}; could not infer what it does to that",
        )
        facts.update(inferred.facts(operation, role))
    elif role and inferred:
        told = _DOES_ALONE if role.resource.singleton else _DOES
        facts[word], facts["because"] = told[role.action].format(role.resource.name), role.reason
        if inferred.takes_many(operation, role):
            facts[word] = f"creates as many of {role.resource.name} as its body holds"
        facts.update(inferred.facts(operation, role))
    elif inferred or not handler:
        facts[word], facts["because"] = (
            _documented(contract, operation),
            "could not infer what it is about: its path is neither a collection nor an item",
        )
    facts["asks_for"] = _security(contract, operation)
    return facts


# ---- answers


def _answer(operation: Operation, action: Action) -> str:
    status, answer = success(operation, PREFERRED.get(action, ()))
    media = json_media(answer.content) if answer else None
    if media is None:
        return f"{status} without a body"
    return f"{status} {media.name}, with what was sent; the rest of the record is generated once"


def _documented(contract: Contract, operation: Operation) -> str:
    status, answer = success(operation)
    media = json_media(answer.content) if answer else None
    if media is None:
        return f"is answered by {status} without a body"
    validator = validators_of(contract, Direction.RESPONSE).for_node(media.schema) if media.schema else None
    said = ", and what was sent where it has a member for it" if operation.body is not None else ""
    for name, value in stated_examples(media.node):
        if validator is None or validator.is_valid(value):
            return f"is answered by {status} with the contract's example{f' {name}' if name else ''}{said}"
    return f"is answered by {status} with a generated value{said}"


# ---- security


def _security(contract: Contract, operation: Operation) -> list[str]:
    """Return the alternatives, of which one is enough."""
    options = [
        " and ".join(_scheme(contract, *entry) for entry in option.items()) or "no credential"
        for option in operation.security
    ]
    return [f"or {option}" if at else option for at, option in enumerate(options)] or ["no credential"]


def _scheme(contract: Contract, name: str, scopes: tuple[str, ...]) -> str:
    scheme = contract.security_schemes.get(name)
    kind = str(scheme.get("type")) if scheme else "unknown"
    detail = {
        "apiKey": f"{scheme.get('in')} {scheme.get('name')}" if scheme else "",
        "http": str(scheme.get("scheme")) if scheme else "",
        "unknown": "a scheme the contract does not describe",
    }.get(kind, kind)
    return f"{name} ({detail})" + (f" with {', '.join(scopes)}" if scopes else "")
