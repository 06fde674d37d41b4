"""Patches: bodies that say what changes of an item, JSON Patch (RFC 6902) and JSON Merge Patch (RFC 7396)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import jsonpatch

from understudy.contracts.answers import JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH
from understudy.contracts.contract import Operation
from understudy.engine.binding import BoundPlan
from understudy.engine.overlay import copied
from understudy.engine.taking import as_members
from understudy.errors import Failure, RequestInvalid, RuleBroken, show
from understudy.messages import Request
from understudy.names import by_folded, fold
from understudy.state.store import Value

Patch = Callable[[Value], Value]
"""Makes of an item what becomes of it."""


def patch_in(request: Request, plan: BoundPlan) -> Patch | None:
    """Return what a request's body does to an item, None where the body is no patch, whatever it is
    called.
    """
    body, operation = request.body, plan.operation
    if request.media_type == JSON_PATCH and (isinstance(body, list) or not _is_described(operation)):
        return lambda item: _patched(item, body, plan.collection.names)
    if request.media_type == MERGE_PATCH and isinstance(body, dict):
        changes = as_members(plan.take, body) if plan.take is not None else body
        return lambda item: _merged(item, _in_case(changes, plan.collection.names))
    if request.media_type == STRATEGIC_PATCH and isinstance(body, dict):
        return lambda item: _merged_by_name(item, body)
    return None


def _is_described(operation: Operation) -> bool:
    """Tell whether a contract describes what is no list where RFC 6902 has one: then that is what is sent."""
    media = operation.body.content.get(JSON_PATCH) if operation.body is not None else None
    if media is None or media.schema is None or not isinstance(media.schema.value, Mapping):
        return False
    return media.schema.value.get("type", "array") in ("object", "string")


def _patched(item: Value, operations: Any, names: frozenset[str]) -> Value:
    """Apply each operation in turn. names: of the members that an item may have. Raises RequestInvalid,
    naming the one that cannot be; RuleBroken for a test that fails.
    """
    if not isinstance(operations, list):
        raise RequestInvalid([Failure("body", "", "type", "a list of operations (RFC 6902)")])
    value: Any = copied(dict(item))
    for index, operation in enumerate(operations):
        if not isinstance(operation, Mapping):
            raise RequestInvalid(
                [Failure("body", f"/{index}", "type", "an operation (RFC 6902)", show(operation))]
            )
        try:
            value = jsonpatch.apply_patch(value, [_as_called(operation, value, names)])
        except jsonpatch.JsonPatchTestFailed:
            expected = f"true of what is there: {operation['path']} has another value"
            raise RuleBroken([Failure("body", f"/{index}", "test", expected, show(operation))]) from None
        except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException) as error:
            told = str(error).partition(" in {")[0]  # and no whole item as Python writes it
            reason = f"an operation that can be done: {told}"
            raise RequestInvalid([Failure("body", f"/{index}", "patch", reason, show(operation))]) from None
    if not isinstance(value, dict):
        raise RequestInvalid([Failure("body", "", "patch", "a patch that leaves an object", show(value))])
    return value


def _in_case(changes: Mapping[str, Any], names: frozenset[str]) -> Mapping[str, Any]:
    """Return changes by the names that an item has for its members, in whatever case they came."""
    if changes.keys() <= names:
        return changes
    own = by_folded(names)
    found: dict[str, Any] = {}
    for name, value in changes.items():
        called = name if name in names else own.get(fold(name), name)
        found.setdefault(called, value)
    return found


def _as_called(operation: Mapping[str, Any], item: Any, names: frozenset[str]) -> dict[str, Any]:
    """Return an operation whose pointers name members as the item does, in whatever case they came: ASP.NET
    takes `/FirstName` for `firstName`.
    """
    called = dict(operation)
    for word in ("path", "from"):
        pointer = called.get(word)
        if isinstance(pointer, str) and pointer.startswith("/"):
            called[word] = "/".join(["", *_steps(pointer[1:].split("/"), item, names)])
    return called


def _steps(steps: Sequence[str], value: Any, names: Iterable[str]) -> Iterator[str]:
    for step in steps:
        told = step
        if isinstance(value, Mapping) and step not in value and step not in names:
            told = by_folded([*value, *names]).get(fold(step), step)
        yield told
        value = value.get(told) if isinstance(value, Mapping) else None
        names = ()


def _merged_by_name(item: Any, changes: Any) -> Any:
    """Lay changes over a value as a merge patch does, and objects in lists over those of their names; one
    that says `$patch: delete` goes (Kubernetes, Strategic Merge Patch).
    """
    if isinstance(changes, list) and isinstance(item, list) and _are_named(changes) and _are_named(item):
        found = {one["name"]: one for one in item}
        for change in changes:
            if change.get("$patch") == "delete":
                found.pop(change["name"], None)
            else:
                found[change["name"]] = _merged_by_name(found.get(change["name"]), change)
        return list(found.values())
    if not isinstance(changes, Mapping):
        return changes
    return _merged(item, changes, _merged_by_name)


def _are_named(value: list[Any]) -> bool:
    return all(isinstance(one, Mapping) and isinstance(one.get("name"), str) for one in value)


def _merged(item: Any, changes: Any, each: Callable[[Any, Any], Any] | None = None) -> Any:
    """Lay changes over a value, member by member; null takes a member away (RFC 7396 §2). each: lays those of
    a member.
    """
    if not isinstance(changes, Mapping):
        return changes
    value = dict(item) if isinstance(item, Mapping) else {}
    for name, change in changes.items():
        if change is None:
            value.pop(name, None)
        else:
            value[name] = (each or _merged)(value.get(name), change)
    return value
