"""Sandboxes inside a Python program: `with Sandbox("openapi.yaml") as sandbox: …`."""

from __future__ import annotations

import socket
from typing import Unpack

import httpx

from understudy.callbacks.sender import Sender
from understudy.client.admin import TIMEOUT, Admin
from understudy.configuration import Configuration
from understudy.options import ContractOptions, Files, Options
from understudy.remote import AdminError, Remote
from understudy.server.app import create_app
from understudy.server.background import Background
from understudy.server.in_process import InProcess

__all__ = ["AdminError", "Remote", "Sandbox"]


class Sandbox(Remote):
    """Sandboxes of some contracts, or without any of the four bundled ones, in this process.

    Itself their session `default`.

    They answer over `transport` without a socket, and on a free port of the loopback address from the first
    time that `url` or a client is asked for. Close it, or use it as a context manager: then no thread and no
    socket is left.
    """

    def __init__(self, *contracts: Files | ContractOptions, **options: Unpack[Options]) -> None:
        """Load the contracts; the options are those of `understudy serve`, by default without any records.

        Raises ContractError or SettingsError; TypeError for an option there is not.
        """
        configuration = Configuration(contracts, **options)
        sessions, stated = configuration.sessions(), configuration.options
        sender = Sender.to(stated["webhook_urls"], stated["allow_callbacks"])
        sandboxes = configuration.sandboxes()
        sessions.begin_with(configuration.stubs(sandboxes))
        app = create_app(
            sandboxes,
            sessions,
            sender=sender,
            body_limit=stated["body_limit"],
            stubs=configuration.stubs_folder,
        )
        self._background = Background(app, sessions.close)
        http = httpx.Client(transport=self.transport, base_url="http://sandbox", timeout=TIMEOUT)
        super().__init__(Admin(http), root=self.serve)

    @property
    def transport(self) -> InProcess:
        """A transport for httpx clients, asynchronous too: `http://sandbox` leads where `url()` does."""
        return InProcess(self._background)

    def serve(self, listener: socket.socket | None = None) -> str:
        """Listen, unless it does already, and return the server's URL.

        listener: a bound socket, which is closed at the end.
        """
        return self._background.listen(listener)

    def close(self) -> None:
        """Stop: the sessions end, and the socket and the thread are gone."""
        super().close()
        self._background.stop()
