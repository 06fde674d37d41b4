"""A contract, and the command that serves it from a folder, as often as a test wants it started again."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

SHOP = """
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /orders:
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Order'}}}}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
      responses: {"201": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}}
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}, "404": {description: none}}}
    delete: {responses: {"204": {description: gone}, "404": {description: none}}}
components:
  schemas:
    Order:
      type: object
      required: [title]
      properties: {id: {type: string, format: uuid, readOnly: true}, title: {type: string}, note: {type: string}}
"""  # noqa: E501


def serving(*options: str, contract: str = "shop.yaml") -> list[str]:
    """Return the command that serves a contract of a folder."""
    return [sys.executable, "-m", "understudy", "serve", contract, "--port", "0", "--quiet", *options]


@contextmanager
def served(
    folder: Path,
    store: str = "sqlite:///state.db",
    *options: str,
    kill: bool = True,
    contract: str = "shop.yaml",
    said: list[str] | None = None,
) -> Iterator[httpx.Client]:
    """Serve the contract of a folder as a person does, and kill the process in the end.

    said: gets the lines that were said on the standard error.
    """
    options = ("--store", store, *options) if store else options
    command = serving(*options, contract=contract)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = next(word for word in line.split() if word.startswith("http"))
        with httpx.Client(base_url=url, trust_env=False) as client:
            yield client
    finally:
        process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        errors = process.communicate(timeout=30)[1]
        if said is not None:
            said += lines(errors)


def refused(folder: Path, *options: str) -> str:
    """Return the one sentence with which a start is refused, with the exit status 2 and nothing served."""
    ended = subprocess.run(
        serving(*options), capture_output=True, text=True, timeout=60, check=False, cwd=folder
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    [sentence] = lines(ended.stderr)
    return sentence


def lines(said: str) -> list[str]:
    """Return what was said, but for the line of a start that takes long, as on a busy machine."""
    return [line for line in said.splitlines() if not line.endswith(" loading …")]
