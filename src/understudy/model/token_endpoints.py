"""Token endpoints: a contract with what its logins hand out written into it, where it does not say that.

What stands at the `tokenUrl` of a flow takes and answers what RFC 6749 says; one that no path documents is a
path like any other, also that of another host, in whose place the sandbox is.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from understudy.contracts.answers import is_json, success
from understudy.contracts.contract import Contract, Operation
from understudy.contracts.servers import fits
from understudy.contracts.source_map import SourceMap
from understudy.model.doors import OIDC_TOKENS, STANDS_FOR, Door, doors_of, token_paths
from understudy.model.handing import cookie_of
from understudy.pointers import replaced, tokens

FORM: Final = "application/x-www-form-urlencoded"
_MEDIA_TYPES: Final = (FORM, "application/json")
"""What RFC 6749 §4 has sent, and what some authorization servers take as well (Auth0)."""

_TEXT: Final = {"type": "string"}
_TAKEN: Final = (
    "grant_type",
    "username",
    "password",
    "scope",
    "refresh_token",
    "code",
    "code_verifier",
    "redirect_uri",
    "client_id",
    "client_secret",
    "device_code",
)
_ERRORS: Final = (
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
)
_BODILESS: Final = (204, 205)
_WHY: Final = "with a credential as RFC 6749 has it, which the contract does not document"

_TOKEN: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["access_token", "token_type", "expires_in"],
    "properties": {"access_token": _TEXT, "token_type": _TEXT, "expires_in": {"type": "integer"}},
}
"""RFC 6749 §5.1."""

_USERS_TOKEN: Final[Mapping[str, Any]] = {
    **_TOKEN,
    "properties": {**_TOKEN["properties"], "refresh_token": _TEXT},
}
_DEVICE: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["device_code", "user_code", "verification_uri", "expires_in", "interval"],
    "properties": {
        "device_code": {"type": "string", "pattern": "^[0-9a-f]{40}$"},
        "user_code": {"type": "string", "pattern": "^[B-DF-HJ-NP-TV-Z]{4}-[B-DF-HJ-NP-TV-Z]{4}$"},
        "verification_uri": {"type": "string", "format": "uri"},
        "expires_in": {"const": 1800},
        "interval": {"const": 5},
    },
}
"""RFC 8628 §3.2."""

_ERROR: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string", "enum": list(_ERRORS)}, "error_description": _TEXT},
}
"""RFC 6749 §5.2."""


def with_token_endpoints(contract: Contract, *, all_logins: bool = True) -> Contract:
    """Return a contract whose token endpoints say what they take and answer; the contract itself where they
    do. all_logins: also those logins that are at no `tokenUrl`.
    """
    return _answering(_with_paths(contract), all_logins=all_logins)


# ---- paths


def _with_paths(contract: Contract) -> Contract:
    paths = dict(_missing_paths(contract))
    if not paths:
        return contract
    document = contract.document
    root = document.files[document.name]
    added = {path: {"post": endpoint} for path, endpoint in paths.items()}
    files = {document.name: {**root, "paths": {**root.get("paths", {}), **added}}}
    changed = document.changed(files, SourceMap())
    changed.written = document.written
    return Contract(changed, contract.name)


def _missing_paths(contract: Contract) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the paths at which flows hand out tokens, or codes of devices, and no operation does, each with
    the operation that does: of this host or another.
    """
    known = {operation.path.strip("/") for operation in contract.operations}
    templates = [
        one.path.split("/") for one in contract.operations if one.method == "post" and "{" in one.path
    ]
    for scheme in contract.security_schemes.values():
        if scheme.get("type") == "openIdConnect" and OIDC_TOKENS.strip("/") not in known:
            yield OIDC_TOKENS, _endpoint(str(scheme.get("openIdConnectUrl") or ""))
        for _, flow in scheme.members("flows"):
            for name, described in (("tokenUrl", _endpoint), ("deviceAuthorizationUrl", _of_devices)):
                told = urlsplit(str(flow.get(name) or ""))
                path = posixpath.normpath(f"/{told.path}").lstrip("/")
                is_meant = bool(told.path.strip("/")) and "{" not in path
                if is_meant and not _is_known(path, known, templates):
                    yield f"/{path}", described(told.geturl())


def _is_known(path: str, known: Iterable[str], templates: Iterable[list[str]]) -> bool:
    if any(one == path or path.endswith(f"/{one}") or one.endswith(f"/{path}") for one in known):
        return True
    return any(fits(f"/{path}".split("/"), template) for template in templates)


def _endpoint(url: str) -> dict[str, Any]:
    summary = f"Hands out tokens (RFC 6749), since a security scheme has them handed out by {url}"
    return _taking(url, summary, _request(), _USERS_TOKEN)


def _of_devices(url: str) -> dict[str, Any]:
    summary = f"Gives a device its code (RFC 8628), since a security scheme has it given by {url}"
    schema = {"type": "object", "properties": {"client_id": _TEXT, "scope": _TEXT}}
    return _taking(url, summary, schema, _DEVICE)


def _taking(url: str, summary: str, schema: Mapping[str, Any], answered: Mapping[str, Any]) -> dict[str, Any]:
    """Describe an endpoint that anybody may send a form or JSON of a schema to."""
    media = {"schema": schema}
    endpoint = {
        "summary": summary,
        "security": [],
        "requestBody": {"required": True, "content": dict.fromkeys(_MEDIA_TYPES, media)},
        "responses": {"200": _answer(answered), "400": _answer(_ERROR)},
    }
    return _standing_for(url, endpoint)


def _standing_for(url: str, endpoint: dict[str, Any]) -> dict[str, Any]:
    if urlsplit(url).netloc:
        endpoint[STANDS_FOR] = url
    return endpoint


def _request() -> dict[str, Any]:
    return {"type": "object", "properties": dict.fromkeys(_TAKEN, _TEXT)}


def _answer(schema: Mapping[str, Any], names: Iterable[str] = ()) -> dict[str, Any]:
    """Describe an answer by its schema. names: of its media types, those of JSON alone; none for the usual
    one.
    """
    content = {}
    for name in filter(is_json, names):
        content[name] = {"schema": schema}
    return {"description": "", "content": content or {"application/json": {"schema": schema}}}


# ---- answers


def _answering(contract: Contract, *, all_logins: bool) -> Contract:
    at_urls = set(token_paths(contract))
    files, added = dict(contract.document.files), {}
    for door in doors_of(contract).by_key.values():
        operation = door.operation
        is_endpoint = operation.path in at_urls and operation.method == "post"
        if (is_endpoint or all_logins) and _says_nothing(contract, door):
            _write(files, operation, is_endpoint=is_endpoint)
            added[operation.key] = f"{success(operation)[0]} {_WHY}"
    if not added:
        return contract
    document = contract.document.changed(files, SourceMap())
    document.written = contract.document.written
    return Contract(document, contract.name, before=contract, added={**contract.added, **added})


def _says_nothing(contract: Contract, door: Door) -> bool:
    """Tell whether a door that hands out a credential does not say what it answers."""
    status, answer = success(door.operation)
    if door.kind not in ("login", "refresh") or answer is None or status in _BODILESS or status >= 300:
        return False
    has_schema = any(media.schema is not None for media in answer.content.values())
    return not has_schema and not cookie_of(contract, door.operation)


def _write(files: dict[str, Any], operation: Operation, *, is_endpoint: bool) -> None:
    """Write into an operation what it answers, and of a token endpoint what it takes."""
    node = operation.node
    answer = success(operation)[1]
    assert answer is not None
    stated = dict(node.value)
    responses = dict(stated.get("responses") or {})
    schema = _TOKEN
    if is_endpoint:
        responses.setdefault("400", _answer(_ERROR))
        stated.setdefault("requestBody", {"content": {FORM: {"schema": _request()}}})
    responses[answer.status] = {
        **answer.node.value,
        **_answer(schema, answer.content),
        "description": _described(answer.node.value),
    }
    stated["responses"] = responses
    files[node.file] = replaced(files[node.file], tokens(node.pointer), stated)


def _described(answer: Any) -> str:
    return str(answer.get("description") or "")
