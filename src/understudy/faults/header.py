"""The Sandbox-Fault header: faults for a single call, as text; the journal writes them alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from understudy.errors import Failure, RequestInvalid, show
from understudy.faults.kinds import (
    KINDS,
    LONGEST,
    USAGE,
    Effect,
    Empty,
    Exceeded,
    Fault,
    Form,
    Kind,
    Reset,
    Status,
    UniformLatency,
    is_ending,
    kind_of,
)

HEADER: Final = "Sandbox-Fault"

_WAITS: Final = frozenset({"milliseconds", "minimum", "maximum", "median"})
_UNITS: Final = {"ms": 1, "s": 1000}
_FRACTIONS: Final = frozenset({"seconds", "sigma"})
_ITEMS = re.compile(r"(?:[^,()]|\([^()]*\))+")


def read_header(text: str) -> tuple[Fault, ...]:
    """Read the faults of a Sandbox-Fault header, separated by commas.

    Raises RequestInvalid, naming each that cannot be read.
    """
    faults: list[Fault] = []
    failures: list[Failure] = []
    for item in _items(text):
        try:
            faults.append(read_fault(item))
        except RequestInvalid as error:
            failures += error.failures
    ending = list(filter(is_ending, faults))
    if len(ending) > 1:
        failures.append(_failure("a single one of those that end a call", write_header(ending)))
    if not faults and not failures:
        failures.append(_failure(f"one of {USAGE}", text))
    if failures:
        raise RequestInvalid(failures)
    return tuple(faults)


def read_fault(text: str) -> Fault:
    """Read one fault, such as `status=503`. Raises RequestInvalid, naming how it could be written."""
    name, equals, value = text.partition("=")
    kind = KINDS.get(name.strip().lower())
    if kind is None:
        raise RequestInvalid([_failure(f"one of {', '.join(KINDS)}", text)])
    if bool(value.strip()) == bool(equals):
        for form in kind.forms:
            fault = _fault(form, value.strip())
            if fault is not None:
                return fault
    raise RequestInvalid([_failure(kind.usage, text)])


def write_header(faults: Iterable[Fault | Effect]) -> str:
    """Write several faults as the header has them."""
    return ", ".join(map(write_fault, faults))


def names_of(written: str) -> list[str]:
    """Return the names of the faults that stand in a header that was written here."""
    return [item.partition("=")[0] for item in _items(written)]


def write_fault(fault: Fault | Effect) -> str:
    """Write one fault, without the body of a status; of a limit that is exceeded the limit."""
    if isinstance(fault, Exceeded):
        fault = fault.limit
    kind = kind_of(fault)
    value = _filled(kind, fault)
    return f"{kind.name}={value}" if value else kind.name


def _items(text: str) -> Iterator[str]:
    """Split at the commas outside of parentheses; what stands between them may also be none."""
    at = 0
    for found in _ITEMS.finditer(text):
        if text[at : found.start()].strip(", \t"):
            yield text[at : found.start()]
        if found[0].strip():
            yield found[0].strip()
        at = found.end()
    if text[at:].strip(", \t"):
        yield text[at:]


def _failure(expected: str, received: str) -> Failure:
    return Failure("header", f"/{HEADER}", "fault", expected, show(received))


def _fault(form: Form, text: str) -> Fault | None:
    """Read what stands after the equals sign; None where it is no such fault."""
    found = form.pattern.fullmatch(text)
    if found is None:
        return None
    texts = found.groupdict()
    values = {name: _value(name, value, texts) for name, value in texts.items()}
    for wait in _WAITS.intersection(values):
        if values[wait] > LONGEST:
            return None
    fault = form.fault(**values)
    if isinstance(fault, UniformLatency) and fault.minimum > fault.maximum:
        return None
    return fault


def _value(name: str, text: str, texts: dict[str, str]) -> Any:
    if name in _WAITS:
        return _milliseconds(text, texts.get("maximum", ""))
    if name in _FRACTIONS:
        return float(text)
    if name == "then":
        return _then(text.lower())
    return int(text)


def _milliseconds(text: str, maximum: str) -> float:
    """Read a wait. The lower end of a range may leave its unit to the upper one."""
    number = text.rstrip("msMS")
    unit = text.removeprefix(number) or maximum.lstrip("0123456789.")
    return float(number) * _UNITS[unit.lower()]


def _filled(kind: Kind, fault: Fault) -> str:
    """Write what stands after the equals sign by the first form of which every field is given."""
    for form in kind.forms:
        if isinstance(fault, form.fault):
            values = {name: getattr(fault, name) for name in form.fields}
            if None not in values.values():
                return form.template.format_map(dict(zip(values, map(_text, values.values()), strict=True)))
    return ""


def _then(text: str) -> Reset | Empty | Status:
    if text == "reset":
        return Reset()
    if text == "empty":
        return Empty()
    return Status(int(text))


def _text(value: Any) -> str:
    """Write the value of a field: a number with as many decimals as it has, six at the most."""
    if isinstance(value, Status):
        return str(value.status)
    if isinstance(value, (Reset, Empty)):
        return kind_of(value).name
    return f"{value:.6f}".rstrip("0").rstrip(".")
