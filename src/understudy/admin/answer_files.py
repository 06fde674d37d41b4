"""The folder of files with scripted answers: what is in it, and an answer that is saved to it."""

from __future__ import annotations

from pathlib import Path

from understudy.admin.own_contract import answer_failures
from understudy.admin.served import Served
from understudy.errors import FileUnsaved
from understudy.handler import Context
from understudy.messages import Request, Response
from understudy.stub_folder import StubFolder
from understudy.stub_reader import StubReader


class AnswerFileAdmin:
    """The operations about files of answers."""

    def __init__(self, served: Served, folder: Path | None) -> None:
        """folder: the one that the server was started with; None for none."""
        self._sessions = served.sessions
        self._folder: StubFolder | None = None
        if folder is not None:
            self._folder = StubFolder(folder, StubReader(served.sandboxes), answer_failures)

    async def list_answer_files(self, _request: Request, _context: Context) -> Response:
        """Name the folder and its files."""
        if self._folder is None:
            return Response(200, {"folder": None, "files": []})
        return Response(200, {"folder": str(self._folder.path), "files": self._folder.files})

    async def save_answer_file(self, request: Request, _context: Context) -> Response:
        """Write an answer into a file, and have each session begin with it.

        Raises RequestInvalid; FileUnsaved where it cannot be written, or there is no folder.
        """
        if self._folder is None:
            raise FileUnsaved(
                "", "the server was started without a folder for answers, which --stubs DIR names"
            )
        name: str = request.path["file"]
        stubs = self._folder.save(name, request.body, replaces=request.query.get("replace", False))
        self._sessions.begin_with(stubs)
        return Response(200, {"file": name, "path": str(self._folder.path / name)})
