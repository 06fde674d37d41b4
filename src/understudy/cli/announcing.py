"""What `understudy serve` says at its start: where each sandbox is, what its operations do, and who may
call.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

from inflection import pluralize

from understudy.contracts.contract import Operation
from understudy.handler import described
from understudy.model.doors import doors_of
from understudy.model.model import Act, List, Needs
from understudy.model.notation import PLANS, write_key
from understudy.names import counted
from understudy.sandbox import Sandbox
from understudy.server.app import Mount, mounts
from understudy.server.pages import describe

_MOST_OPERATIONS: Final = 40
"""Operations of a contract that are told one by one: more nobody reads, and to compile them takes time."""
_WIDEST: Final = 52
"""Characters of a method and a path for which there is room beside what it means, on a terminal of 80."""
_MOST_DOCUMENTED: Final = 2
"""Pages of documentation that are told one by one."""
_VERBS: Final = {type_: verb for verb, type_ in PLANS.items()}
_SAID: Final = {"login": "log in", "logout": "log out"}
_UNKNOWN: Final = "as documented"


def places(sandboxes: Sequence[Sandbox], url: str) -> Iterator[str]:
    """Yield a line for each address of each sandbox."""
    apis = [describe(mount, url) for mount in mounts(sandboxes)]
    width = max([12, *(len(api["name"]) for api in apis)])
    for api in apis:
        yield f"{api['name']:<{width}} {api['url']:<40} {counted(api['operations'], 'operation')}"
        for also in api.get("also", ()):
            why = "too, as its servers have it"
            if also == f"{api['url'].rstrip('/')}/{api['name']}":
                why = "too, where the sandbox's own paths are not"
            yield f"{'':<{width}} {also:<40} {why}"


def meanings(sandboxes: Sequence[Sandbox]) -> Iterator[str]:
    """Yield what each operation was taken for, those first that were taken for nothing."""
    for mount in mounts(sandboxes):
        operations = mount.sandbox.contract.operations
        if mount.base_path:
            yield f"{mount.base_path}:"
        if len(operations) > _MOST_OPERATIONS:
            yield "  `understudy explain` says what each operation does"
            continue
        told = [(write_key(one.key), _meaning(mount, one)) for one in operations]
        told.sort(key=lambda pair: pair[1] != _UNKNOWN)
        width = max((len(key) for key, _ in told if len(key) <= _WIDEST), default=0)
        for key, meaning in told:
            yield f"  {key:<{width}}  → {meaning}"


def _meaning(mount: Mount, operation: Operation) -> str:
    vendor, model = mount.sandbox.vendor, mount.sandbox.model
    if operation.key in mount.sandbox.own:
        return described("a handler", mount.sandbox.own[operation.key])
    if operation.id in vendor.handlers:
        return described(f"a rule of {vendor.name}", vendor.handlers[operation.id])
    plan = model.operations.get(operation.key)
    if plan is None:
        return _UNKNOWN
    verb, noun = _VERBS[type(plan)], model.collections[plan.collection].noun or plan.collection
    if isinstance(plan, Needs):
        return f"{_UNKNOWN}, where there is the {noun}"
    if isinstance(plan, Act):
        return _acting(plan, noun)
    if isinstance(plan, List):
        noun = pluralize(noun)
    return f"{_SAID.get(verb, verb)} {noun}"


def _acting(plan: Act, noun: str) -> str:
    """Say what becomes of an item, where that is one plain value."""
    for name, value in plan.set.items():
        if len(plan.set) == 1 and not isinstance(value, dict | list):
            return f"set {name} of {noun} to {json.dumps(value, ensure_ascii=False)}"
    return f"act on {noun}"


def credentials(sandboxes: Sequence[Sandbox], *, listed: str, issued: bool) -> str:
    """Say what credential is good. listed: the file that says who may call, "" for none."""
    if listed:
        return f"who may call stands in {listed}"
    locked = [one for sandbox in sandboxes for one in sandbox.contract.operations if _is_locked(sandbox, one)]
    if not locked:
        return "no operation asks for a credential"
    if issued:
        return "only credentials that a login of the session issued are good"
    return "any credential is good where one is asked for"


def _is_locked(sandbox: Sandbox, operation: Operation) -> bool:
    return bool(operation.security) and operation.key not in doors_of(sandbox.contract).open


def pages(sandboxes: Sequence[Sandbox], url: str) -> Iterator[str]:
    """Yield where what there is to look at is, and how to stop."""
    documented = [f"{url}{mount.base_path}/docs" for mount in mounts(sandboxes)]
    if len(documented) > _MOST_DOCUMENTED:
        documented = [f"{url}/NAME/docs"]
    yield f"all of it      {url}/"
    for page in documented:
        yield f"documentation  {page}"
    yield f"console        {url}/__admin/ui"
    yield f"admin API      {url}/__admin"
    yield "Ctrl-C stops"
