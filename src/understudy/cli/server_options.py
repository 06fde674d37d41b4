"""The options of a server, one table: what `understudy serve` can be told beside what its sandboxes can."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from understudy.errors import SettingsError
from understudy.options import OPTIONS, Option, read_switch
from understudy.server.networks import read_proxies, read_root_path
from understudy.server.request_log import FORMATS, LEVELS

TOKEN_VARIABLE: Final = "UNDERSTUDY_ADMIN_TOKEN"
_MOST_WORKERS: Final = 64

_ORIGIN: Final = re.compile(  # RFC 6454 §6.2
    r"[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?", re.IGNORECASE
)


_SESSION_TOKEN: Final = re.compile(r"[A-Za-z0-9._-]{1,48}=[!-~]+")


_RATE: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)(/(address|session))?")


def _origin(text: str) -> str:
    if text != "*" and not _ORIGIN.fullmatch(text):
        raise SettingsError(
            f"{text!r} is not an origin: * or scheme://host[:port], such as http://localhost:3000"
        )
    return text.lower()


def read_port(text: str) -> int:
    """Read the number of a port. Raises SettingsError."""
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise SettingsError(f"{text!r} is not a port: 0 to 65535")
    return int(text)


def read_session_token(text: str) -> str:
    """Read with what sessions' names begin, and the token that opens them; returned as it stands.

    Raises SettingsError, in which there is no token.
    """
    text = text.strip()
    if not _SESSION_TOKEN.fullmatch(text):
        raise SettingsError(
            "must be PREFIX=TOKEN, such as anna-=s3cret: 1 to 48 of A-Z a-z 0-9 . _ - with which the names "
            "of sessions begin, and a token of visible characters in ASCII"
        )
    return text


def read_store(text: str) -> str:
    """Read the URL of a store as it stands; `memory`, which none keeps, is empty."""
    return "" if text == "memory" else text


def read_rate(text: str) -> str:
    """Read how many requests a second there may be, and of what each; as it stands. Raises SettingsError."""
    found = _RATE.fullmatch(text)
    if found is None or not float(found[1]):
        raise SettingsError(
            f"{text!r} is not a rate: requests a second, such as 50, with /address or /session behind it"
        )
    return text


def _read_workers(text: str) -> int:
    """Read how many processes serve. Raises SettingsError."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST_WORKERS:
        raise SettingsError(f"{text!r} is no number of processes: 1 to {_MOST_WORKERS}")
    return int(text)


FETCH: Final[Mapping[str, Option]] = {
    "fetch": Option(
        "save a contract that is given as a URL in this folder, where it is not there yet", False, read_switch
    )
}
"""What every command can be told that is given contracts."""

SERVER: Final[Mapping[str, Option]] = {
    "host": Option("address to listen on (default: {default})", "127.0.0.1"),
    "port": Option(
        "port to listen on; 0 takes a free one (default: {default})",
        8000,
        read_port,
        metavar="PORT",
        short="p",
    ),
    "admin_token": Option(
        "what callers of /__admin have to send; needed on any address but a loopback one "
        f"(default: ${TOKEN_VARIABLE})",
        None,
        metavar="TOKEN",
        secret=True,
    ),
    "session_token": Option(
        "a token that opens the admin API for the sessions alone whose names begin with PREFIX; repeatable, "
        "beside --admin-token",
        None,
        read_session_token,
        metavar="PREFIX=TOKEN",
        many=True,
        secret=True,
    ),
    "tls_cert": Option(
        "certificate in PEM, with those that lead to its root behind it; with --tls-key the server speaks "
        "https alone",
        None,
        Path,
        metavar="FILE",
    ),
    "tls_key": Option(
        "private key of that certificate, in PEM and without a password", None, Path, metavar="FILE"
    ),
    "root_path": Option(
        "path that a proxy keeps for the server, which begins its links; the proxy may take it off or not",
        "",
        read_root_path,
        metavar="PATH",
    ),
    "trusted_proxies": Option(
        "address or network of proxies whose X-Forwarded-Proto, -Host, -Port, -Prefix and -For, or "
        "Forwarded, are believed; repeatable, * for any (default: none)",
        (),
        read_proxies,
        metavar="ADDRESS",
        many=True,
    ),
    "state": Option(
        "snapshot that is loaded at the start and written at the stop", None, Path, metavar="FILE"
    ),
    "store": Option(
        "where all sessions are kept, written while it serves: memory alone; sqlite:///FILE, with ?sync=full "
        "an answer waits until what it tells is on the disk; or redis:, rediss:, valkey: or unix: for a "
        "server, which other processes share, redis+sentinel: or redis+cluster: for several "
        "(default: memory)",
        None,
        read_store,
        metavar="URL",
    ),
    "on_mismatch": Option(
        "what becomes of kept records that a contract which changed does not take any more: keep puts them "
        "aside until it does, drop forgets them, refuse ends the start (default: {default})",
        "keep",
        choices=("keep", "drop", "refuse"),
    ),
    "limit_rate": Option(
        "requests a second that each address may send, or each session with /session behind the number; more "
        "are refused with 429 (default: no bound)",
        "",
        read_rate,
        metavar="N[/session]",
    ),
    "workers": Option(
        "processes that answer on the port; more than one need a --store that they share: redis:, rediss:, "
        "valkey:, unix:, or sqlite: with ?sync=full (default: {default})",
        1,
        _read_workers,
        metavar="N",
    ),
    "cors": Option(
        "origin whose pages may call; repeatable (default: any on a loopback address, else none)",
        None,
        _origin,
        metavar="ORIGIN",
        many=True,
    ),
    "reload": Option(
        "load contracts, overlays and handlers anew when one of their files changes, "
        "and keep what was created",
        True,
        read_switch,
    ),
    "log": Option(
        "what is printed of each request: nothing, a line, or bodies too "
        "(default: a line on a terminal, else nothing)",
        None,
        choices=tuple(LEVELS),
    ),
    "log_format": Option(
        "how requests, failures and what is said at the start are written: for a person, or as JSON, an "
        "object a line, which also prints requests where no terminal reads them (default: {default})",
        "text",
        choices=tuple(FORMATS),
    ),
    "quiet": Option("do not print what each operation does, and who may call", False, read_switch, short="q"),
}
"""What only a server can be told."""

ALL: Final[Mapping[str, Option]] = {**FETCH, **SERVER, **OPTIONS}
"""Every option that the command line, the environment and a file may set, by its name in Python."""
