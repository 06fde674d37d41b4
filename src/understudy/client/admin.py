"""Asking the admin API of a running server, over whatever an httpx client goes through."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, partial
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx

from understudy.errors import SandboxError

__tracebackhide__ = True  # of a test that fails pytest shows the line of the test, and the sentence

TIMEOUT: Final = 60.0
"""Seconds for an answer of the admin API, the first of which may wait until large contracts are loaded."""


class AdminError(SandboxError):
    """The admin API said "no", or nothing answered.

    status: that of the answer, 0 where there was none. problem: the problem details of the answer, as far as
    it had any.
    """

    def __init__(self, sentence: str, status: int = 0, problem: Mapping[str, Any] | None = None) -> None:
        self.status, self.problem = status, dict(problem or {})
        super().__init__(sentence)


class Admin:
    """The admin API of one server.

    `http`: a client whose base URL is the server's; closing it is its owner's task.
    """

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def ask(self, method: str, *path: str, query: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        """Call an operation and return what it answers, None where that is nothing. Raises AdminError.

        path: its segments after `/__admin`, not yet percent-encoded. body: sent as JSON unless it is None.
        """
        url = "/".join(["/__admin", *map(partial(quote, safe=""), path)])
        try:
            answer = self.http.request(method, url, params=query, json=body)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise AdminError(f"the sandbox at {self.http.base_url} does not answer: {error}") from error
        if not answer.is_success:
            raise _refused(answer)
        if not answer.content:
            return None
        return answer.json()

    @cached_property
    def mounts(self) -> Mapping[str, str]:
        """The path each API stands under, by its name: empty where one stands at the root. Asked once."""
        served = self.ask("GET", "apis")["items"]
        return {api["name"]: urlsplit(api["url"]).path.rstrip("/") for api in served}

    def mount(self, api: str) -> str:
        """Return the path of an API; without a name, that of the only one, or of the index of several.

        Raises AdminError.
        """
        if not api and len(self.mounts) == 1:
            return next(iter(self.mounts.values()))
        if not api:
            return ""
        if api not in self.mounts:
            raise AdminError(f"no API {api!r} is served here, only {', '.join(self.mounts)}")
        return self.mounts[api]

    def api(self, name: str) -> str:
        """Return the name of an API that is meant, where it may be left out because there is only one.

        Raises AdminError.
        """
        if not name and len(self.mounts) != 1:
            raise AdminError(f"name one of the APIs that are served here: {', '.join(self.mounts)}")
        self.mount(name)
        return name or next(iter(self.mounts))


def _refused(answer: httpx.Response) -> AdminError:
    try:
        problem = answer.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict):
        problem = {}
    said = problem.get("detail") or answer.text[:200] or answer.reason_phrase
    return AdminError(str(said), answer.status_code, problem)
