"""Pages beside the operations: the index, each contract as it stands, and its documentation."""

from __future__ import annotations

import html
import importlib.util
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import orjson
import yaml

from understudy import __version__
from understudy.contracts.contract import Contract
from understudy.contracts.source import Document
from understudy.errors import MethodNotAllowed
from understudy.media.json_codec import encode
from understudy.media.negotiation import choose
from understudy.problem import shape
from understudy.sandbox import Sandbox
from understudy.server.asgi import ASGIApp, Receive, Scope, Send, header, reply
from understudy.server.encoding import Encoder
from understudy.server.session_middleware import PREFIX, REFUSED

JSON, YAML, HTML = "application/json", "application/yaml", "text/html; charset=utf-8"
METHODS = ("GET", "HEAD", "OPTIONS")
_ALLOW = (b"allow", b"GET, HEAD, OPTIONS")
_ASSETS = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}


class Mounted(Protocol):
    """A sandbox and the path it stands under."""

    @property
    def base_path(self) -> str: ...
    @property
    def sandbox(self) -> Sandbox: ...


Page = Callable[[Scope], tuple[bytes, str]]
"""Makes the content of a page and says its media type."""


class Pages:
    """Answers the paths that are pages, and passes every other request on; a contract's own paths win."""

    def __init__(self, app: ASGIApp, mounted: Sequence[Mounted], admin: Mounted) -> None:
        """`admin` is named on the index, but not among the APIs."""
        self.app = app
        self._mounted, self._admin = mounted, admin
        self._pages: dict[str, Page] = {"/": self._index}
        everything = (*mounted, admin)
        for mount in everything:
            self._pages.update(_pages_of(mount.base_path, mount.sandbox.contract))
            if mount.base_path:
                self._pages.update(dict.fromkeys((mount.base_path, f"{mount.base_path}/"), self._index))
        self._shared: set[str] = set()  # paths that are operations' too, with another method
        for mount in everything:
            for operation in mount.sandbox.contract.operations:
                self._make_room(mount.base_path + operation.path)

    def _make_room(self, path: str) -> None:
        self._pages.pop(path, None)
        if "{" in path:
            template = path.split("/")
            self._shared.update(page for page in self._pages if _fits(page.split("/"), template))

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer a page, or pass the request on."""
        if scope["type"] != "http" or scope["path"] not in self._pages or REFUSED in scope:
            return self.app(scope, receive, send)
        if scope["method"] in ("GET", "HEAD"):
            return self._show(scope, send)
        if scope["path"] in self._shared:
            return self.app(scope, receive, send)
        return _decline(scope, send)

    def _show(self, scope: Scope, send: Send) -> Awaitable[None]:
        content, media_type = self._pages[scope["path"]](scope)
        return reply(scope, send, 200, content, [(b"content-type", media_type.encode())])

    def _index(self, scope: Scope) -> tuple[bytes, str]:
        """List the APIs: HTML where the caller would rather have it, as browsers do, JSON otherwise."""
        base = f"{scope['scheme']}://{header(scope, b'host') or 'localhost'}{scope.get(PREFIX, '')}"
        apis = [describe(mount, base) for mount in self._mounted]
        admin = describe(self._admin, base)
        accept = header(scope, b"accept") or ""
        if "text/html" in accept and choose(accept, (JSON, "text/html")) == "text/html":
            return _index_html(apis, admin), HTML
        index = {"name": "understudy", "version": __version__, "apis": apis, "admin": admin}
        return orjson.dumps(index, option=orjson.OPT_INDENT_2), JSON


def _decline(scope: Scope, send: Send) -> Awaitable[None]:
    """Say which methods a page takes: 204 to OPTIONS, 405 to others (RFC 9110 §9.3.7, §15.5.6)."""
    if scope["method"] == "OPTIONS":
        return reply(scope, send, 204, b"", [_ALLOW])
    error = MethodNotAllowed(scope["method"], scope["path"], METHODS)
    content, headers = Encoder(None).encode(None, shape(error, None))
    return reply(scope, send, 405, content, [*headers, _ALLOW])


def _fits(path: Sequence[str], template: Sequence[str]) -> bool:
    """Tell whether an operation may have this path for some values of its parameters."""
    if len(path) != len(template):
        return False
    pairs = zip(path, template, strict=True)
    return all(segment == part or (segment and "{" in part) for segment, part in pairs)


def describe(mount: Mounted, base: str) -> dict[str, str | int]:
    """Describe one API for the index; `base`: the server's URL without a trailing slash."""
    contract = mount.sandbox.contract
    url = base + mount.base_path
    return {
        "name": contract.name,
        "title": contract.title,
        "url": url or "/",
        "operations": len(contract.operations),
        "contract": f"{url}/openapi.yaml",
        "docs": f"{url}/docs",
    }


def _pages_of(base_path: str, contract: Contract) -> Iterator[tuple[str, Page]]:
    document = contract.document
    for name in document.files:
        media_type = JSON if name.endswith(".json") else YAML
        page = _fixed(_file(document, name), media_type)
        yield f"{base_path}/{name}", page
        if name != document.name:  # what the contract refers to, as the documentation looks for it
            yield f"{base_path}/docs/{name}", page
    yield f"{base_path}/openapi.yaml", lambda _: (_as_yaml(contract), YAML)
    yield f"{base_path}/openapi.json", lambda _: (_as_json(contract), JSON)
    for address in (f"{base_path}/docs", f"{base_path}/docs/"):
        yield address, lambda scope: (_docs_html(contract, f"{scope.get(PREFIX, '')}{base_path}/docs"), HTML)
    yield (
        f"{base_path}/docs/openapi.json",
        lambda scope: (_for_docs(contract, scope.get(PREFIX, "") + base_path), JSON),
    )
    for name, media_type in _ASSETS.items():
        yield f"{base_path}/docs/{name}", _asset(name, media_type)


def _fixed(content: bytes, media_type: str) -> Page:
    return lambda _: (content, media_type)


# ---- contracts


def _file(document: Document, name: str) -> bytes:
    """Return a file as it stands; one the contract refers to, as it was converted, because the contract's
    references lead into that.
    """
    if name == document.name or name not in document.changed_files:
        return document.contents[name]
    return encode(document.files[name])  # which is YAML too


def _stands(contract: Contract) -> bool:
    """Tell whether the contract is what its file says, neither converted nor overlaid."""
    return contract.document.name not in contract.document.changed_files


def _is_json(contract: Contract) -> bool:
    return contract.document.content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def _as_yaml(contract: Contract) -> bytes:
    """Return the contract as it is served, in YAML: its file as it stands where that is YAML and neither
    converted nor overlaid.
    """
    if _stands(contract) and not _is_json(contract):
        return contract.document.content
    value = contract.document.root.value
    try:
        return yaml.dump(value, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True).encode()
    except RecursionError:  # YAML's writer ends at some 300 levels
        return encode(value)  # which is YAML too


def _as_json(contract: Contract) -> bytes:
    """Return the contract as it is served, in JSON; see `_as_yaml`."""
    if _stands(contract) and _is_json(contract):
        return contract.document.content
    return encode(contract.document.root.value)


def _for_docs(contract: Contract, base_path: str) -> bytes:
    """Return the contract with this sandbox as its only server, so that "Try it out" never reaches the real
    system.
    """
    return encode(
        {
            **contract.document.root.value,
            "servers": [{"url": base_path or "/", "description": "this sandbox"}],
        }
    )


# ---- documentation


def _asset(name: str, media_type: str) -> Page:
    """Serve a file of the Swagger UI in the `swagger_ui` distribution, read when it is asked for."""

    def page(_scope: Scope) -> tuple[bytes, str]:
        return (swagger_ui_folder() / "static" / name).read_bytes(), media_type

    return page


def swagger_ui_folder() -> Path:
    """Find the `swagger_ui` package without importing it: only its files are used."""
    spec = importlib.util.find_spec("swagger_ui")
    if spec is None or not spec.origin:
        raise FileNotFoundError("swagger_ui")
    return Path(spec.origin).parent


def _docs_html(contract: Contract, folder: str) -> bytes:
    settings = {"url": f"{folder}/openapi.json", "dom_id": "#swagger-ui", "deepLinking": True}
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(contract.title)} - understudy</title>
<link rel="stylesheet" href="{html.escape(folder)}/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="{html.escape(folder)}/swagger-ui-bundle.js"></script>
<script>
SwaggerUIBundle({orjson.dumps(settings).decode()});
</script>
</body>
</html>
""".encode()


def _index_html(apis: Sequence[dict[str, str | int]], admin: dict[str, str | int]) -> bytes:
    rows = "\n".join(map(_row, apis))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>understudy</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 60rem; padding: 0 1rem }}
td {{ padding: .4rem 1.5rem .4rem 0 }}
</style>
</head>
<body>
<h1>understudy</h1>
<p>Sandboxes served here; each title leads to its documentation.</p>
<table>
{rows}
</table>
<p>Sessions, records, journal and faults: the <a href="{_text(admin["docs"])}">admin API</a>,
at <code>{_text(admin["url"])}</code>.</p>
</body>
</html>
""".encode()


def _row(api: dict[str, str | int]) -> str:
    return f"""<tr>
<td><a href="{_text(api["docs"])}">{_text(api["title"])}</a></td>
<td><code>{_text(api["url"])}</code></td>
<td>{api["operations"]} operations</td>
<td><a href="{_text(api["contract"])}">contract</a></td>
</tr>"""


def _text(value: str | int) -> str:
    return html.escape(str(value))
