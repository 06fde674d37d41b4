"""Verbs: what carries out a plan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from understudy.engine.address import Address
from understudy.engine.answering import Answers
from understudy.engine.binding import BoundPlan
from understudy.engine.records import Records
from understudy.messages import Request, Response

Verb = Callable[[BoundPlan, Address, Request, Records, Answers], Awaitable[Response]]
"""Carries out a plan for one request, and returns the answer."""
