"""Fetching: what is at an address, as far as it is safe and not too much."""

from __future__ import annotations

import ipaddress
import time
from typing import Final

import httpx

from understudy.errors import SettingsError

_MOST_BYTES: Final = 32 * 1024 * 1024
_LONGEST: Final = 30.0  # seconds


def fetched(address: str) -> bytes:
    """Return what is at an address. Raises SettingsError."""
    content, until = bytearray(), time.monotonic() + _LONGEST
    try:
        url = httpx.URL(address)
        with (
            httpx.Client(
                follow_redirects=True, max_redirects=5, timeout=10, event_hooks={"request": [_check_safe]}
            ) as client,
            client.stream("GET", url) as answer,
        ):
            if not answer.is_success:
                raise SettingsError(f"{url} answers {answer.status_code}")
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > _MOST_BYTES or time.monotonic() > until:
                    raise SettingsError(
                        f"{url} is larger than {_MOST_BYTES} bytes, or takes over {_LONGEST:g} s"
                    )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SettingsError(f"{address} cannot be fetched: {error or type(error).__name__}") from None
    return bytes(content)


def _check_safe(request: httpx.Request) -> None:
    """Raise SettingsError where somebody on the way could change what comes."""
    url = request.url
    if url.scheme != "https" and not _is_here(url.host):
        raise SettingsError(f"{url} is not fetched: only https is, or http on this machine")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
