"""What a session was told about calls, as something that can be read and taken away again."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from understudy.client.admin import Admin, AdminError

__tracebackhide__ = True  # of a test that fails pytest shows the line of the test, and the sentence


class SessionRule:
    """A fault or an answer of a session. As a context manager it is taken away at the end."""

    def __init__(self, admin: Admin, path: tuple[str, ...]) -> None:
        """`path`: its segments in the admin API; the last one is its id."""
        self._admin, self._path = admin, path
        self.id: str = path[-1]

    @property
    def raw(self) -> dict[str, Any]:
        """It and its counts, as the admin API has them. Raises AdminError once it is gone."""
        found: dict[str, Any] = self._admin.ask("GET", *self._path)
        return found

    def remove(self) -> None:
        """Take it away; one that is gone already, as after a reset, stays gone."""
        try:
            self._admin.ask("DELETE", *self._path)
        except AdminError as error:
            if error.status != 404:
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()
