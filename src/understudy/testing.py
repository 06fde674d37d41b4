"""Sandboxes inside a Python program: `with Sandbox("openapi.yaml") as sandbox: …`."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from pathlib import Path

import httpx

from understudy.callbacks.sender import Sender
from understudy.callbacks.targets import Policy, Target
from understudy.client.admin import TIMEOUT, Admin
from understudy.recipe import Recipe
from understudy.remote import Remote
from understudy.server.app import create_app
from understudy.server.background import Background
from understudy.server.in_process import InProcess
from understudy.sessions import Sessions, SessionSettings
from understudy.state.identities import Identities

__all__ = ["Remote", "Sandbox"]

Files = str | os.PathLike[str]


class Sandbox(Remote):
    """Sandboxes of some contracts, or without any of the four bundled ones, in this process; itself their session `default`.

    They answer over `transport` without a socket, and on a free port of the loopback address from the first time that `url` or a client
    is asked for. Close it, or use it as a context manager: then no thread and no socket is left.
    """

    def __init__(
        self,
        *contracts: Files,
        seed: int = 1,
        populate: int = 0,
        handlers: Files | None = None,
        overlays: Sequence[Files] = (),
        unknown_ids: str = "",
        identities: Files | None = None,
        webhook_urls: Sequence[str] = (),
        allow_callbacks: Sequence[str] = (),
        journal: int = 5000,
        session_idle: float = 3600.0,
    ) -> None:
        """Load the contracts; the options are those of `understudy serve`. Raises ContractError or SettingsError.

        handlers: a Python file. overlays: files. unknown_ids: `generate` or `404`. identities: a file; without one, any credential is good.
        webhook_urls: where the webhooks of each session go at its start. allow_callbacks: each `HOST` or `HOST:PORT`. journal: requests
        each session's journal keeps. session_idle: seconds.
        """
        recipe = Recipe(
            contracts=tuple(map(Path, contracts)),
            overlays=tuple(map(Path, overlays)),
            handlers=Path(handlers) if handlers is not None else None,
            unknown_ids=unknown_ids,
            seed=seed,
            populate=populate,
        )
        known = Identities.load(Path(identities)) if identities is not None else Identities()
        sessions = Sessions(SessionSettings(seed, known, session_idle, journal))
        sender = Sender(Policy(allow_callbacks), [Target.named(url) for url in webhook_urls])
        self._background = Background(create_app(recipe.sandboxes(), sessions, sender=sender), sessions.close)
        http = httpx.Client(transport=self.transport, base_url="http://sandbox", timeout=TIMEOUT)
        super().__init__(Admin(http), root=self.serve)

    @property
    def transport(self) -> InProcess:
        """A transport for `httpx.Client` and `httpx.AsyncClient`: `http://sandbox` leads where `url()` does."""
        return InProcess(self._background)

    def serve(self, listener: socket.socket | None = None) -> str:
        """Listen, unless it does already, and return the server's URL. listener: a bound socket, which is closed at the end."""
        return self._background.listen(listener)

    def close(self) -> None:
        """Stop: the sessions end, and the socket and the thread are gone."""
        super().close()
        self._background.stop()
