"""The two directions in which a value travels, and what of it stays behind."""

from __future__ import annotations

from enum import StrEnum


class Direction(StrEnum):
    """The way a value travels: a readOnly property is not asked for in a request, a writeOnly one is not sent
    in a response.
    """

    REQUEST = "request"
    RESPONSE = "response"

    @property
    def hidden_flag(self) -> str:
        """The keyword that keeps a property from travelling in this direction."""
        if self is Direction.REQUEST:
            return "readOnly"
        return "writeOnly"
