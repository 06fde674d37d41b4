"""Whether a server is to be traced, as the environment of OpenTelemetry says."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Final

from understudy.cli.reports import Reports
from understudy.errors import OptionInvalid

if TYPE_CHECKING:
    from understudy.server.tracing import Tracing

_TRACING: Final = "understudy.server.tracing:Tracing"
"""Imported by its name: what it needs is not there unless somebody asked for it."""
_GROUP: Final = "opentelemetry_traces_exporter"
_NAMED: Final = "OTEL_TRACES_EXPORTER"
_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_BY_PROTOCOL: Final = {"http/protobuf": "otlp_proto_http", "grpc": "otlp_proto_grpc"}
"""The exporters of OTLP, by what their packages call them."""


def tracing(environment: Mapping[str, str], reports: Reports) -> Tracing | None:
    """Return what traces a server; None where nobody asks for it, or its packages are not there.

    Raises OptionInvalid for an exporter that is not installed.
    """
    names = _names(environment)
    if not names:
        return None
    if not _is_installed():
        reports.warn(
            f"${_variable(environment)} asks for traces: pip install '.[otel]', "
            "in a clone of understudy, has them sent"
        )
        return None
    made: Tracing = resolve_name(_TRACING)(list(_exporters(names, environment)))
    return made


def _names(environment: Mapping[str, str]) -> list[str]:
    """Return what exporters are called that are asked for: `otlp` where only its address is told."""
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return []
    text = environment.get(_NAMED, "").strip()
    if not text and any(environment.get(name, "").strip() for name in _ENDPOINTS):
        text = "otlp"
    names = [name.strip() for name in text.split(",")]
    return [name for name in names if name not in ("", "none")]


def _variable(environment: Mapping[str, str]) -> str:
    """Return the variable that asks for traces."""
    return next(name for name in (_NAMED, *_ENDPOINTS) if environment.get(name, "").strip())


def _is_installed() -> bool:
    if "opentelemetry" not in sys.modules and find_spec("opentelemetry") is None:
        return False
    return find_spec("opentelemetry.sdk") is not None


def _exporters(names: list[str], environment: Mapping[str, str]) -> Iterator[EntryPoint]:
    """Yield what makes the exporters. Raises OptionInvalid for one that is not installed."""
    installed = {one.name: one for one in entry_points(group=_GROUP)}
    for name in names:
        called = name
        if name == "otlp":
            called = _of_protocol(environment)
        if called not in installed:
            there_are = ", ".join(sorted(installed)) or "none"
            raise OptionInvalid(
                f"${_NAMED}", f"the exporter {called} of traces is not installed; there are {there_are}"
            )
        yield installed[called]


def _of_protocol(environment: Mapping[str, str]) -> str:
    """Return the exporter of OTLP for the protocol that is told. Raises OptionInvalid for another."""
    for variable in _PROTOCOLS:
        protocol = environment.get(variable, "").strip()
        if protocol and protocol not in _BY_PROTOCOL:
            raise OptionInvalid(f"${variable}", f"{protocol!r} is not one of {', '.join(_BY_PROTOCOL)}")
        if protocol:
            return _BY_PROTOCOL[protocol]
    return _BY_PROTOCOL["http/protobuf"]
