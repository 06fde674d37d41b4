"""What the tests of a run touched of each API, summed up over their sessions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

COUNTED: Final = ("statuses", "parameters", "sent", "answered")
SUMMED: Final = (*COUNTED, "undocumented")
TOTALS: Final[Mapping[str, tuple[str, ...]]] = {
    "statuses": ("statuses",),
    "parameters": ("parameters",),
    "members": ("sent", "answered"),
}
"""What the admin API counts together, by what it calls it."""
LISTED: Final = 10  # operations that nobody called and that are named


class CoverageSum:
    """Sums what the admin API's coverage says of several sessions.

    It is of plain data, so that a process can hand it to another: `written` gives it, `add` takes it.
    """

    def __init__(self) -> None:
        self._apis: dict[str, dict[str, dict[str, Any]]] = {}

    def add(self, coverage: Mapping[str, Any]) -> None:
        """Add what one session touched of one API: `{"api": …, "operations": […]}`."""
        operations = self._apis.setdefault(coverage["api"], {})
        for operation in coverage["operations"]:
            _add(operations.setdefault(operation["key"], {}), operation)

    def written(self) -> list[dict[str, Any]]:
        """Return what was added, as one coverage for each API, each as the admin API has it."""
        return [
            {
                "api": name,
                "operations": [{"key": key, **of} for key, of in operations.items()],
                "totals": _totals(operations),
            }
            for name, operations in self._apis.items()
        ]

    def lines(self) -> Iterator[str]:
        """Yield what a person reads; nothing of an API that nobody called."""
        for name, operations in sorted(self._apis.items()):
            uncalled = [key for key, operation in operations.items() if not operation["calls"]]
            if len(uncalled) == len(operations):
                continue
            yield (
                f"{name}: {_share(len(operations) - len(uncalled), len(operations))} operations, "
                + ", ".join(_told(operations, kind) for kind in COUNTED)
            )
            if uncalled:
                yield f"  not called: {_listed(uncalled)}"


def _add(total: dict[str, Any], operation: Mapping[str, Any]) -> None:
    total["operationId"] = operation["operationId"]
    total["calls"] = total.get("calls", 0) + operation["calls"]
    for kind in SUMMED:
        counts = Counter(total.get(kind, {}))
        counts.update(operation[kind])
        total[kind] = dict(counts)


def _told(operations: Mapping[str, Mapping[str, Any]], kind: str) -> str:
    """Say how many of a kind were touched, and of how many; members only of what was called."""
    total = _total(operations, [kind])
    words = {"sent": "members sent", "answered": "members answered"}
    return f"{_share(total['touched'], total['all'])} {words.get(kind, kind)}"


def _totals(operations: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    called = sum(1 for operation in operations.values() if operation["calls"])
    found = {"operations": {"touched": called, "all": len(operations)}}
    for name, kinds in TOTALS.items():
        found[name] = _total(operations, kinds)
    return found


def _total(operations: Mapping[str, Mapping[str, Any]], kinds: Sequence[str]) -> dict[str, int]:
    """Count what there is of some kinds, and what of it was touched."""
    touched = everything = 0
    for operation in operations.values():
        for kind in kinds:
            counts = operation[kind]
            everything += len(counts)
            touched += len(counts) - list(counts.values()).count(0)
    return {"touched": touched, "all": everything}


def _share(touched: int, everything: int) -> str:
    return f"{touched} of {everything}"


def _listed(keys: list[str]) -> str:
    named = ", ".join(map(_named, keys[:LISTED]))
    if len(keys) > LISTED:
        named += f" and {len(keys) - LISTED} more"
    return named


def _named(key: str) -> str:
    method, _, path = key.partition(" ")
    return f"{method.upper()} {path}"
