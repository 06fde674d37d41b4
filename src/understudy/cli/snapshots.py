"""The commands `understudy snapshot` and `understudy restore`: a session's state from and to a running
sandbox.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import httpx
import orjson

from understudy.cli.private_file import write_private
from understudy.errors import SettingsError


def snapshot(options: argparse.Namespace) -> int:
    """Write the snapshot of a session, to a file or to the standard output. Raises SettingsError."""
    content = orjson.dumps(_ask(options, "GET").json(), option=orjson.OPT_INDENT_2) + b"\n"
    if options.output is None:
        sys.stdout.buffer.write(content)
    else:
        try:
            write_private(options.output, content)
        except OSError as error:
            raise SettingsError(f"{options.output}: cannot be written: {error.strerror}") from None
    return 0


def restore(options: argparse.Namespace) -> int:
    """Put a session back to a snapshot in a file. Raises SettingsError."""
    _ask(options, "PUT", content=_read(options.file), headers={"Content-Type": "application/json"})
    return 0


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror}") from None


def _ask(
    options: argparse.Namespace, method: str, *, headers: dict[str, str] | None = None, **more: Any
) -> httpx.Response:
    url = f"{options.url.rstrip('/')}/__admin/sessions/{options.session}/snapshot"
    authorized = dict(headers or {})
    if options.admin_token:
        authorized["Authorization"] = f"Bearer {options.admin_token}"
    try:
        answer = httpx.request(method, url, headers=authorized, timeout=60, trust_env=False, **more)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SettingsError(f"{options.url} does not answer: {error}") from None
    if not answer.is_success:
        raise SettingsError(f"{options.url} answered {answer.status_code}: {_said(answer)}")
    return answer


def _said(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return answer.text[:200]
