"""What is served here, as the admin API sees it: sandboxes by name, and whose session a request is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Protocol

from understudy.errors import RecordNotFound
from understudy.journal.credentials import Secrets
from understudy.messages import Caller, Request, Response
from understudy.nearest import LOOSELY, nearest
from understudy.sandbox import Sandbox
from understudy.sessions import Session, Sessions

NAME: Final = "__admin"
"""The name of the admin API's contract."""
BASE_PATH: Final = f"/{NAME}"
"""The path it stands under."""

SESSIONS: Final = "sessions"
"""What a caller's reach calls the beginnings of the names of the sessions that it may administer."""


class Mounted(Protocol):
    """A sandbox and the path it stands under."""

    @property
    def base_path(self) -> str: ...
    @property
    def sandbox(self) -> Sandbox: ...


class ApiNotFound(RecordNotFound):
    """No API of this name is served here; the sentence names those that look like it, or all."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__("API", name)
        near = nearest(name, known, like=LOOSELY) or known
        verb = "is" if len(near) == 1 else "are"
        self.args = (f"{self.args[0]}; there {verb} {', '.join(near)}",)


class Served:
    """The sandboxes of one server and their sessions."""

    def __init__(self, mounted: Sequence[Mounted], sessions: Sessions) -> None:
        self.mounted, self.sessions = tuple(mounted), sessions
        self.sandboxes = [mount.sandbox for mount in mounted]
        self._by_name = {mount.sandbox.contract.name: mount for mount in mounted}
        self.secrets = Secrets.of(sandbox.contract for sandbox in self.sandboxes)

    @property
    def names(self) -> list[str]:
        """The names of the APIs, in the order they were given."""
        return list(self._by_name)

    def api(self, request: Request) -> Mounted:
        """Return the API that a request's path names. Raises ApiNotFound."""
        name = request.path["api"]
        mount = self._by_name.get(name)
        if mount is None:
            raise ApiNotFound(name, self.names)
        return mount

    def session(self, request: Request) -> Session:
        """Return the session that a request's path names, made on first use."""
        return self.sessions.use(request.path["session"])


def may_administer(caller: Caller, session: str) -> bool:
    """Tell whether a caller of the admin API may ask for a session of that name."""
    prefixes = caller.reach.get(SESSIONS)
    return prefixes is None or session.startswith(tuple(prefixes))


def listed(write: Callable[[Any], Any], values: Iterable[Any]) -> Response:
    """Answer with a list, each of its items written."""
    return Response(200, {"items": list(map(write, values))})
