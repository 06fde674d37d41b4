"""Fault rules as JSON, the way `reading` reads them."""

from __future__ import annotations

from typing import Any

from understudy.faults.kinds import (
    AfterWrite,
    Fault,
    Latency,
    LogNormalLatency,
    RateLimit,
    Status,
    Throttle,
    Truncate,
)
from understudy.faults.matching import Match
from understudy.faults.rules import Rule, Standing
from understudy.messages import NOTHING


def write_standing(standing: Standing) -> dict[str, Any]:
    """Write a rule and what came of it: `calls` matched, `turns` taken, `hits` struck, `remaining` to come, null where there is no end."""
    counts = {
        "calls": standing.calls,
        "turns": standing.turns,
        "hits": standing.hits,
        "remaining": standing.remaining,
    }
    return {**write_rule(standing.rule), **counts}


def write_rule(rule: Rule) -> dict[str, Any]:
    """Write a rule; what is as it would be without being said is left out."""
    written: dict[str, Any] = {"id": rule.id} if rule.id else {}
    match = write_match(rule.match)
    if match:
        written["match"] = match
    if rule.repeat and len(rule.faults) == 1:
        written["fault"] = write_fault(rule.faults[0])
    else:
        written["sequence"] = [write_fault(fault) for fault in rule.faults]
        if rule.repeat:
            written["repeat"] = True
    if rule.probability != 1:
        written["probability"] = rule.probability
    if rule.times is not None:
        written["times"] = rule.times
    return written


def write_match(match: Match) -> dict[str, Any]:
    """Write the conditions that are given."""
    texts = {"api": match.api, "operation": match.operation, "method": match.method, "path": match.path}
    named = {"headers": dict(match.headers), "body": dict(match.body)}
    return {name: value for name, value in {**texts, **named}.items() if value}


def write_fault(fault: Fault) -> dict[str, Any]:
    """Write one fault."""
    kind = {"kind": fault.text.partition("=")[0]}
    match fault:
        case Status():
            return {**kind, "status": fault.status, **({} if fault.body is NOTHING else {"body": fault.body})}
        case Latency(low, None):
            return {**kind, "milliseconds": low}
        case Latency(low, high):
            return {**kind, "minimum": low, "maximum": high}
        case LogNormalLatency():
            return {**kind, "median": fault.median, "sigma": fault.sigma}
        case Throttle():
            return {**kind, "bytesPerSecond": fault.bytes_per_second}
        case Truncate(after) if after is not None:
            return {**kind, "after": after}
        case RateLimit(requests) if requests is not None:
            burst = {} if fault.burst is None else {"burst": fault.burst}
            return {**kind, "requests": requests, "seconds": fault.seconds, **burst}
        case AfterWrite():
            return {**kind, "then": write_fault(fault.then)}
    return kind
