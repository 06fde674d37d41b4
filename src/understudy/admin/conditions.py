"""Conditions on entries of the journal: read from what was sent, and refused where nothing there is could
ever meet them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from http import HTTPMethod
from itertools import starmap
from operator import itemgetter
from typing import Any, Final

from understudy.callbacks.publishing import Publisher
from understudy.errors import Failure, RequestInvalid, show
from understudy.faults.kinds import KINDS
from understudy.journal.credentials import Secrets
from understudy.journal.query import Filter, QueryInvalid, spelt
from understudy.journal.redaction import pointed
from understudy.nearest import LOOSELY, or_nearest
from understudy.pointers import escape

_CONDITIONS: Final = ("api", "operation", "method", "path", "status", "outcome", "kind", "body")
_IN_PATH: Final = re.compile(r"\{([^{}]*)\}")
_FAULTS: Final[Mapping[str, bool]] = {"any": True, "none": False}
_STRUCK: Final = tuple(KINDS)[:-1]
"""The journal notes what was applied, and of `normal`, the last one, nothing is."""


class Conditions:
    """Reads filters for what one server serves.

    publishers: who sends the callbacks and webhooks of each API, by its name.
    """

    def __init__(self, publishers: Mapping[str, Publisher], secrets: Secrets) -> None:
        self._publishers, self._secrets = publishers, secrets

    def read(self, asked: Mapping[str, Any], location: str, **more: Any) -> Filter:
        """Read a filter from members or parameters, which have its names. Raises RequestInvalid.

        A name that nothing here goes by is refused, so that a misspelt one never proves that something was
        not called.
        """
        failures = list(starmap(partial(Failure, location), self._failing(asked)))
        if failures:
            raise RequestInvalid(failures)
        conditions = {name: asked[name] for name in _CONDITIONS if name in asked}
        if isinstance(conditions.get("status"), float):  # JSON's 201.0 is an integer too
            conditions["status"] = int(conditions["status"])
        if "pathParameters" in asked:
            conditions["path_parameters"] = asked["pathParameters"]
        if "fault" in asked:
            conditions["fault"] = _FAULTS.get(asked["fault"], asked["fault"])
        try:
            return Filter(**conditions, **more)
        except QueryInvalid as error:
            raise RequestInvalid(
                [Failure(location, f"/{error.field}", "condition", error.expected, error.received)]
            ) from None

    def _failing(self, asked: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
        """Yield the pointer, the rule, what was expected and what came of each condition that nothing can
        meet.
        """
        api, operation = asked.get("api", ""), asked.get("operation", "")
        method, fault = asked.get("method", ""), asked.get("fault", "")
        if api and api not in self._operations:
            yield "/api", "enum", f"one of {', '.join(self._operations)}", show(api)
        elif operation and spelt(operation) not in self._known(api):
            expected = f"an operationId or a key of {api or 'an API'}"
            expected += or_nearest(spelt(operation), self._known(api), like=LOOSELY)
            yield "/operation", "enum", expected, show(operation)
        if method and method.upper() not in self._methods:
            yield "/method", "enum", f"one of {', '.join(self._methods)}", show(method)
        kinds = {part.partition("=")[0] for part in fault.split(", ")}
        if fault and fault not in _FAULTS and not kinds <= set(_STRUCK):
            yield "/fault", "enum", f"any, none, or a fault's kind or text: {', '.join(_STRUCK)}", show(fault)
        yield from self._failing_in_path(asked)
        for pointer, value in asked.get("body", {}).items():
            if (
                pointed(self._secrets, pointer, value) != value
            ):  # or answers would tell whether it was guessed
                yield f"/body/{escape(pointer)}", "credential", "a pointer to what is no credential", ""

    def _failing_in_path(self, asked: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
        stated = asked.get("pathParameters")
        if not stated:
            return
        names = self._path_names(asked.get("api", ""), asked.get("operation", ""))
        for name in stated:
            place = f"/pathParameters/{escape(name)}"
            if name not in names:
                expected = f"one of {', '.join(names)}" if names else "absent: there is none in these paths"
                yield place, "enum", expected, show(name)
            elif self._secrets.is_member(name):
                yield place, "credential", "the name of what is no credential", ""

    def _path_names(self, api: str, operation: str) -> Sequence[str]:
        """Return the parameters in the paths of some operations."""
        wanted, names = spelt(operation), dict[str, None]()
        for name, publisher in self._publishers.items():
            for one in publisher.sandbox.contract.operations:
                if api in ("", name) and wanted in ("", one.key, spelt(one.id)):
                    names.update(dict.fromkeys(_IN_PATH.findall(one.path)))
        return list(names)

    def _known(self, api: str) -> frozenset[str]:
        """Return what the operations of an API go by; without a name, those of all."""
        if api:
            return self._operations[api]
        return frozenset().union(*self._operations.values())

    @cached_property
    def _operations(self) -> Mapping[str, frozenset[str]]:
        """What the operations of each API go by, and the callbacks and webhooks it sends.

        Large contracts take a moment.
        """
        return {api: frozenset(map(spelt, _names(publisher))) for api, publisher in self._publishers.items()}

    @cached_property
    def _methods(self) -> tuple[str, ...]:
        methods = dict.fromkeys(map(str, HTTPMethod))
        for publisher in self._publishers.values():
            for operation in publisher.sandbox.contract.operations:
                methods[operation.method.upper()] = None
        return tuple(methods)


def _names(publisher: Publisher) -> Iterator[str]:
    operations, declared = publisher.sandbox.contract.operations, publisher.declared
    for operation in operations:
        yield from (operation.key, operation.id)
    if declared.is_empty:
        return
    messages = list(declared.webhooks)
    for operation in operations:
        messages += map(itemgetter(0), declared.following(operation))
    for message in messages:
        yield from (message.name, message.title, message.operation.id)
