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
from understudy.media.negotiation import choose
from understudy.problem import shape
from understudy.sandbox import Sandbox
from understudy.server.asgi import ASGIApp, Receive, Scope, Send, header, reply
from understudy.server.encoding import Encoder
from understudy.server.session_middleware import PREFIX

JSON, YAML, HTML = "application/json", "application/yaml", "text/html; charset=utf-8"
METHODS = (b"GET", b"HEAD", b"OPTIONS")
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
        taken = {
            mount.base_path + operation.path
            for mount in everything
            for operation in mount.sandbox.contract.operations
        }
        self._pages = {path: page for path, page in self._pages.items() if path not in taken}
        templates = [template.split("/") for template in taken if "{" in template]
        self._shared = {
            path for path in self._pages if any(_fits(path.split("/"), template) for template in templates)
        }

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer a page, or pass the request on."""
        page = self._pages.get(scope["path"]) if scope["type"] == "http" else None
        if page is None:
            return self.app(scope, receive, send)
        if scope["method"] not in ("GET", "HEAD"):
            return self.app(scope, receive, send) if scope["path"] in self._shared else _decline(scope, send)
        content, media_type = page(scope)
        shown = b"" if scope["method"] == "HEAD" else content
        return reply(send, 200, shown, [(b"content-type", media_type.encode())], len(content))

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
        return reply(send, 204, b"", [(b"allow", b", ".join(METHODS))])
    error = MethodNotAllowed(scope["method"], scope["path"], [method.decode() for method in METHODS])
    content, headers = Encoder(None).encode(None, shape(error, None), {"headers": []})
    return reply(send, 405, content, [*headers, (b"allow", b", ".join(METHODS))])


def _fits(path: Sequence[str], template: Sequence[str]) -> bool:
    """Tell whether an operation may have this path for some values of its parameters."""
    return len(path) == len(template) and all(
        (held and "{" in part) or held == part for held, part in zip(path, template, strict=True)
    )


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
        content = _file(document, name)
        for folder in ("", "/docs") if name != document.name else ("",):
            yield f"{base_path}{folder}/{name}", _fixed(content, media_type)
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
    return orjson.dumps(document.files[name])  # which is YAML too


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
    return yaml.dump(
        contract.document.root.value, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True
    ).encode()


def _as_json(contract: Contract) -> bytes:
    """Return the contract as it is served, in JSON; see `_as_yaml`."""
    return (
        contract.document.content
        if _stands(contract) and _is_json(contract)
        else orjson.dumps(contract.document.root.value)
    )


def _for_docs(contract: Contract, base_path: str) -> bytes:
    """Return the contract with this sandbox as its only server, so that "Try it out" never reaches the real
    system.
    """
    return orjson.dumps(
        {
            **contract.document.root.value,
            "servers": [{"url": base_path or "/", "description": "this sandbox"}],
        }
    )


# ---- documentation


def _asset(name: str, media_type: str) -> Page:
    """Serve a file of the Swagger UI that the `swagger_ui` distribution carries, read when it is asked for."""

    def page(_scope: Scope) -> tuple[bytes, str]:
        spec = importlib.util.find_spec("swagger_ui")
        folder = (
            Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else Path()
        )
        return (folder / "static" / name).read_bytes(), media_type

    return page


def _docs_html(contract: Contract, folder: str) -> bytes:
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
SwaggerUIBundle({{url: {orjson.dumps(folder + "/openapi.json").decode()}, dom_id: "#swagger-ui", deepLinking: true}});
</script>
</body>
</html>
""".encode()


def _index_html(apis: Sequence[dict[str, str | int]], admin: dict[str, str | int]) -> bytes:
    rows = "\n".join(
        f'<tr><td><a href="{_text(api["docs"])}">{_text(api["title"])}</a></td><td><code>{_text(api["url"])}</code></td>'
        f'<td>{api["operations"]} operations</td><td><a href="{_text(api["contract"])}">contract</a></td></tr>'
        for api in apis
    )
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
<p>Sessions, records, journal and faults: the <a href="{_text(admin["docs"])}">admin API</a>, at <code>{_text(admin["url"])}</code>.</p>
</body>
</html>
""".encode()


def _text(value: str | int) -> str:
    return html.escape(str(value))
