"""Fault rules as JSON.

The admin API's contract has checked what comes; here stands what a schema cannot say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec.structs import fields

from understudy.errors import Failure, RequestInvalid, show
from understudy.faults.kinds import BODILESS, KINDS, AfterWrite, Fault, Kind, Status, UniformLatency, kind_of
from understudy.faults.rules import Rule, RuleState
from understudy.matching.match import Match, read_match
from understudy.messages import NOTHING
from understudy.nearest import LOOSELY, or_nearest
from understudy.pointers import escape

_CAPITAL = re.compile("[A-Z]")
_IN_PATH: Final = re.compile(r"\{([^{}]*)\}")
_WHOLE: Final = frozenset({"status", "bytesPerSecond", "after", "requests", "burst"})


# ---- from JSON


def read_rule(value: Mapping[str, Any]) -> Rule:
    """Read a rule that its contract allows. Raises RequestInvalid for what the contract cannot say."""
    if "fault" in value:
        turns = {"/fault": _read_fault(value["fault"])}
    else:
        turns = {f"/sequence/{index}": _read_fault(turn) for index, turn in enumerate(value["sequence"])}
    failures: list[Failure] = []
    for pointer, fault in turns.items():
        failures += _failures(fault, pointer)
    if failures:
        raise RequestInvalid(failures)
    times = value.get("times")
    if times is not None:
        times = int(times)  # JSON's 2.0 is an integer too
    return Rule(
        tuple(turns.values()),
        read_match(value.get("match", {}), "/match"),
        value.get("id", ""),
        value.get("repeat", "fault" in value),
        value.get("probability", 1.0),
        times,
    )


def check_operation(rule: Rule, operations: Mapping[str, Mapping[str, str]]) -> None:
    """Raise RequestInvalid for a rule about an API, an operation or a parameter of a path that there is not,
    and which so could never strike.

    operations: of each API, by its name, the paths by the keys and operationIds.
    """
    match = rule.match
    if match.api and match.api not in operations:
        expected = f"one of {', '.join(operations)}"
        raise RequestInvalid([Failure("body", "/match/api", "enum", expected, show(match.api))])
    known: dict[str, str] = {}
    for api in [match.api] if match.api else operations:
        known.update(operations[api])
    if match.operation and match.operation not in known:
        expected = f"an operationId or a key of {match.api or 'an API'}, such as 'get /accounts/{{id}}'"
        expected += or_nearest(match.operation, known, like=LOOSELY)
        raise RequestInvalid([Failure("body", "/match/operation", "enum", expected, show(match.operation))])
    failures = list(_failing_in_path(match, [known[match.operation]] if match.operation else known.values()))
    if failures:
        raise RequestInvalid(failures)


def _failing_in_path(match: Match, paths: Iterable[str]) -> Iterator[Failure]:
    """Yield the parameters that none of some paths has."""
    if not match.path_parameters:
        return
    names = set(_IN_PATH.findall(" ".join(paths)))
    for name in match.path_parameters:
        if name not in names:
            expected = f"a parameter of a path{or_nearest(name, names, 1, LOOSELY)}"
            yield Failure("body", f"/match/pathParameters/{escape(name)}", "enum", expected, show(name))


def _read_fault(value: Mapping[str, Any]) -> Fault:
    kind = KINDS[value["kind"]]
    values = {_snake(name): _field(name, member) for name, member in value.items()}
    del values["kind"]
    return _class(kind, values)(**values)


def _class(kind: Kind, given: Mapping[str, Any]) -> type[Fault]:
    """Return which of a kind's faults has these fields."""
    for form in kind.forms:
        if given.keys() <= set(form.fault.__struct_fields__):
            return form.fault
    raise ValueError(f"no fault of the kind {kind.name} has {', '.join(given)}")


def _field(name: str, member: Any) -> Any:
    if name == "then":
        return _read_fault(member)
    if name in _WHOLE:
        return int(member)
    return member


def _failures(fault: Fault, pointer: str) -> Iterator[Failure]:
    """Yield what is wrong with a fault at a pointer although its schema allows it."""
    if isinstance(fault, Status) and fault.status in BODILESS and fault.body is not NOTHING:
        expected = f"absent: an answer of the status {fault.status} has no body"
        yield Failure("body", f"{pointer}/body", "status", expected, show(fault.body))
    if isinstance(fault, UniformLatency) and fault.minimum > fault.maximum:
        expected = f"at least the minimum, {fault.minimum:g}"
        yield Failure("body", f"{pointer}/maximum", "minimum", expected, show(fault.maximum))
    if isinstance(fault, AfterWrite):
        yield from _failures(fault.then, f"{pointer}/then")


# ---- to JSON


def write_rule_state(state: RuleState) -> dict[str, Any]:
    """Write a rule and what came of it: `calls` matched, `turns` taken, `hits` struck, `remaining` to come,
    null where there is no end.
    """
    return {
        **write_rule(state.rule),
        "calls": state.calls,
        "turns": state.turns,
        "hits": state.hits,
        "remaining": state.remaining,
    }


def write_rule(rule: Rule) -> dict[str, Any]:
    """Write a rule; what is as it would be without being said is left out."""
    written: dict[str, Any] = {}
    if rule.id:
        written["id"] = rule.id
    match = rule.match.written()
    if match:
        written["match"] = match
    if rule.repeat and len(rule.faults) == 1:
        written["fault"] = _write_fault(rule.faults[0])
    else:
        written["sequence"] = list(map(_write_fault, rule.faults))
        if rule.repeat:
            written["repeat"] = True
    if rule.probability != 1:
        written["probability"] = rule.probability
    if rule.times is not None:
        written["times"] = rule.times
    return written


def _write_fault(fault: Fault) -> dict[str, Any]:
    written: dict[str, Any] = {"kind": kind_of(fault).name}
    for field in fields(fault):
        value = getattr(fault, field.name)
        if field.name == "then":
            written["then"] = _write_fault(value)
        elif value is not field.default:
            written[_camel(field.name)] = value
    return written


# ---- names


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


def _snake(name: str) -> str:
    return _CAPITAL.sub(lambda found: f"_{found[0].lower()}", name)
