"""The contract as a sandbox hands it out: whoever reads it is led to the sandbox, never to the real
system.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import yaml

from understudy.contracts.contract import METHODS, Contract
from understudy.media.json_codec import encode

KEPT: Final = 8  # texts of one contract that are not written again; each address has its own
LARGE: Final = 1_000_000  # bytes beyond which YAML is written as JSON, which is YAML too and takes no seconds
_URLS: Final = ("authorizationUrl", "tokenUrl", "refreshUrl", "deviceAuthorizationUrl", "openIdConnectUrl")


class ServedContract:
    """Writes one contract with the sandbox in the place of its servers and of its authorization server."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._texts: dict[tuple[str, str], bytes] = {}

    def json(self, url: str) -> bytes:
        """Write it as JSON; `url`: where the sandbox of the contract is, without a slash at the end."""
        return self._text("json", url)

    def yaml(self, url: str) -> bytes:
        """Write it as YAML."""
        return self._text("yaml", url)

    def _text(self, form: str, url: str) -> bytes:
        text = self._texts.get((form, url))
        if text is None:
            if len(self._texts) >= KEPT:
                self._texts.clear()
            text = self._texts[form, url] = self._write(form, url)
        return text

    def _write(self, form: str, url: str) -> bytes:
        value = at_home(self._contract.document.root.value, url)
        if form == "json" or len(self._contract.document.content) > LARGE:
            return encode(value)
        try:
            return yaml.dump(value, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True).encode()
        except RecursionError:  # YAML's writer ends at some 300 levels
            return encode(value)


def at_home(document: Mapping[str, Any], url: str) -> dict[str, Any]:
    """Return a contract whose servers, and whose addresses of authorization, are those of the sandbox at
    `url`.
    """
    changed = {**document, "servers": [{"url": url, "description": "this sandbox"}]}
    for name in ("paths", "webhooks"):
        items = document.get(name)
        if isinstance(items, dict):
            changed[name] = {path: _without_servers(item) for path, item in items.items()}
    components = document.get("components")
    if isinstance(components, dict) and isinstance(components.get("securitySchemes"), dict):
        schemes, paths = components["securitySchemes"], list(changed.get("paths", ()))
        moved = {name: _authorized_at(scheme, url, paths) for name, scheme in schemes.items()}
        changed["components"] = {**components, "securitySchemes": moved}
    return changed


def _without_servers(item: Any) -> Any:
    """Take the servers out of a path item and its operations: the contract's own count then."""
    if not isinstance(item, dict):
        return item
    changed = _without(item)
    for method in METHODS:
        if method in item:
            changed[method] = _without(item[method])
    others = item.get("additionalOperations")
    if isinstance(others, dict):
        changed["additionalOperations"] = {name: _without(operation) for name, operation in others.items()}
    return changed


def _without(owner: Any) -> Any:
    if not isinstance(owner, dict):
        return owner
    return {name: member for name, member in owner.items() if name != "servers"}


def _authorized_at(scheme: Any, url: str, paths: Sequence[str]) -> Any:
    if not isinstance(scheme, dict):
        return scheme
    changed = _moved(scheme, url, paths)
    flows = scheme.get("flows")
    if isinstance(flows, dict):
        changed["flows"] = {name: _moved(flow, url, paths) for name, flow in flows.items()}
    return changed


def _moved(owner: Any, url: str, paths: Sequence[str]) -> Any:
    """Return an object whose members that are addresses lead to the sandbox."""
    if not isinstance(owner, dict):
        return owner
    changed = dict(owner)
    for name in _URLS:
        if isinstance(owner.get(name), str):
            changed[name] = url + path_of(owner[name], paths)
    return changed


def path_of(address: str, paths: Sequence[str]) -> str:
    """Return what an address has behind its host, as the path of the contract that it is, where one is; a
    relative one is one of the sandbox's.
    """
    try:
        parts = urlsplit(urljoin("http://localhost/", address))
    except ValueError:
        return "/"
    path = _documented(parts.path, paths) or parts.path or "/"
    if parts.query:
        return f"{path}?{parts.query}"
    return path


def _documented(path: str, paths: Sequence[str]) -> str:
    """Return the path of the contract that an address ends in, or that ends in the address: one of both
    may have a base that the other has not.
    """
    told = path.strip("/")
    if not told or path in paths:
        return path
    for own in paths:
        bare = own.strip("/")
        if bare and (f"/{told}".endswith(f"/{bare}") or f"/{bare}".endswith(f"/{told}")):
            return own
    return ""
