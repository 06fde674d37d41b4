"""What is told of proxies: which addresses they have, and which path they keep for the server."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from understudy.errors import SettingsError

ANYBODY: Final = "*"
ROOT_PATH: Final = re.compile(r"(/(?!\.{1,2}(/|$)|~|__admin(/|$))[A-Za-z0-9._~-]+)*/?")
"""What a path may be that a proxy keeps: no names that the server has itself."""
_PEERS_KEPT: Final = 1024


def read_root_path(text: str) -> str:
    """Read the path that a proxy keeps for the server; returned without a slash at the end.

    Raises SettingsError.
    """
    if not text or not ROOT_PATH.fullmatch(text):
        raise SettingsError(f"{text!r} is not a path that a proxy may have: / and names, such as /sandbox")
    return text.rstrip("/")


def read_proxies(text: str) -> str:
    """Read addresses and networks, between commas; returned as they stand. Raises SettingsError."""
    Networks([text])
    return text


class Networks:
    """Addresses that are trusted. Those of version 4 are told in either version (RFC 4291 §2.5.5.2)."""

    def __init__(self, texts: Iterable[str]) -> None:
        """texts: each some addresses or networks, between commas; `*` is any. Raises SettingsError."""
        parts = [part.strip() for text in texts for part in text.split(",")]
        self._has_all = ANYBODY in parts
        self._networks = [_network(part) for part in parts if part != ANYBODY]
        self._known: dict[str, bool] = {}

    def have(self, text: str) -> bool:
        """Tell whether an address is one of them; what is none, as `unknown`, never is."""
        if self._has_all:
            return True
        known = self._known.get(text)
        if known is None:
            if len(self._known) >= _PEERS_KEPT:
                self._known.clear()
            known = self._known[text] = self._look(text)
        return known

    def _look(self, text: str) -> bool:
        address = address_of(text)
        return address is not None and any(address in network for network in self._networks)


def _network(text: str) -> IPv6Network:
    """Read an address or a network. Raises SettingsError."""
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise SettingsError(
            f"{text!r} is neither an address nor a network, such as 10.0.0.1 or 10.0.0.0/8"
        ) from None
    if isinstance(network, IPv6Network):
        return network
    return IPv6Network(f"::ffff:{network.network_address}/{96 + network.prefixlen}")


def address_of(text: str) -> IPv6Address | None:
    """Read an address, one of version 4 as it is written in version 6; None for what is none."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address
    return IPv6Address(f"::ffff:{address}")
