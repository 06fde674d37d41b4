"""Pages beside the operations: the index, each contract as it stands, and its documentation."""

from __future__ import annotations

import asyncio
import html
import posixpath
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import Any

import orjson
from msgspec import Struct

from understudy import __version__
from understudy.admin.served import Mounted
from understudy.contracts.servers import all_server_paths, fits, hidden_paths
from understudy.contracts.source import Document
from understudy.errors import MethodNotAllowed
from understudy.media.json_codec import encode
from understudy.media.negotiation import choose
from understudy.names import counted
from understudy.problem import shape
from understudy.server.asgi import ASGIApp, Receive, Scope, Send, header, reply
from understudy.server.authorization import Authorization
from understudy.server.console import CONSOLE, Console
from understudy.server.docs_page import ASSETS, ICON, asset, docs_page
from understudy.server.encoding import Encoder
from understudy.server.request_ids import RequestIds
from understudy.server.served_contract import ServedContract
from understudy.server.session_middleware import BARE, PREFIX, REFUSED, SESSION

RAW = "raw"  # the folder of the file as it stands
JSON, YAML, HTML = "application/json", "application/yaml", "text/html; charset=utf-8"
METHODS = ("GET", "HEAD", "OPTIONS")
_ALLOW = (b"allow", b"GET, HEAD, OPTIONS")


Page = Callable[[Scope], tuple[bytes, str]]
"""Makes the content of a page and says its media type."""


class Pages:
    """Answers the paths that are pages, and passes every other request on; a contract's own paths win."""

    def __init__(self, app: ASGIApp, mounted: Sequence[Mounted], admin: Mounted, ids: RequestIds) -> None:
        """`admin` is named on the index, but not among the APIs. ids: what requests are called."""
        self.app, self._ids = app, ids
        self._mounted, self._admin = mounted, admin
        self._pages: dict[str, Page] = {"/": self._index}
        self._console = Console()
        everything = (*mounted, admin)
        for mount in everything:
            self._pages.update(_pages_of(mount, is_ours=mount is admin))
            if mount.base_path:
                self._pages.update(dict.fromkeys((mount.base_path, f"{mount.base_path}/"), self._index))
        self._pages.update(dict.fromkeys(self._console.paths, self._index))
        self._authorization = Authorization(mounted, _base)
        self._pages.update(dict.fromkeys(self._authorization.paths, self._index))
        self._shared: set[str] = set()  # paths that are operations' too, with another method
        for mount in everything:
            for operation in mount.sandbox.contract.operations:
                self._make_room(mount.base_path + operation.path)

    def _make_room(self, path: str) -> None:
        self._pages.pop(path, None)
        if "{" in path:
            template = path.split("/")
            self._shared.update(page for page in self._pages if fits(page.split("/"), template))

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer a page, or pass the request on."""
        if scope["type"] != "http" or scope["path"] not in self._pages or REFUSED in scope:
            return self.app(scope, receive, send)
        if scope["method"] in ("GET", "HEAD"):
            return self._show(scope, self._ids.signed(scope, send))
        if scope["path"] in self._shared:
            return self.app(scope, receive, send)
        return _decline(scope, self._ids.signed(scope, send))

    def _show(self, scope: Scope, send: Send) -> Awaitable[None]:
        if scope["path"] in self._console.paths:
            return self._console.show(scope, send)
        if scope["path"] in self._authorization.paths:
            return self._authorization.show(scope, send)
        return _answer(self._pages[scope["path"]], scope, send)

    def _index(self, scope: Scope) -> tuple[bytes, str]:
        """List the APIs: HTML where the caller would rather have it, as browsers do, JSON otherwise."""
        base = _base(scope)
        apis = [describe(mount, base) for mount in self._mounted]
        admin = describe(self._admin, base) | {"console": base + CONSOLE}
        accept = header(scope, b"accept") or ""
        if "text/html" in accept and choose(accept, (JSON, "text/html")) == "text/html":
            return _index_html(scope, apis, admin), HTML
        index = {"name": "understudy", "version": __version__, "apis": apis, "admin": admin}
        return orjson.dumps(index, option=orjson.OPT_INDENT_2), JSON


async def _answer(page: Page, scope: Scope, send: Send) -> None:
    """Answer a page. One that takes long to write, as YAML does, is written beside the loop."""
    if isinstance(page, _Written):
        content, media_type = await asyncio.to_thread(page, scope)
    else:
        content, media_type = page(scope)
    await reply(scope, send, 200, content, [(b"content-type", media_type.encode())])


def _decline(scope: Scope, send: Send) -> Awaitable[None]:
    """Say which methods a page takes: 204 to OPTIONS, 405 to others (RFC 9110 §9.3.7, §15.5.6)."""
    if scope["method"] == "OPTIONS":
        return reply(scope, send, 204, b"", [_ALLOW])
    error = MethodNotAllowed(scope["method"], scope["path"], METHODS)
    content, headers = Encoder(None).encode(None, shape(error, None))
    return reply(scope, send, 405, content, [*headers, _ALLOW])


def _base(scope: Scope) -> str:
    """Return the URL of the server, and of the session where the path names one, without a slash at the
    end.
    """
    return f"{scope['scheme']}://{header(scope, b'host') or 'localhost'}{scope.get(PREFIX, '')}"


def relative(scope: Scope, path: str) -> str:
    """Return what leads from the page that is asked for to a path of the server, without a slash at the end:
    a proxy may stand before both, and need not say where.
    """
    prefix = scope.get(PREFIX, "")
    page = prefix if BARE in scope else prefix + scope["path"]
    found = posixpath.relpath(prefix + path, page.rpartition("/")[0] or "/")
    return found if found.startswith(".") else f"./{found}"


def describe(mount: Mounted, base: str) -> dict[str, Any]:
    """Describe one API for the index; `base`: the server's URL without a trailing slash.

    also: where its operations are besides, since a server of the contract has that path. hidden: what is not
    there, because a path of the contract itself comes first.
    """
    contract = mount.sandbox.contract
    url = base + mount.base_path
    described: dict[str, Any] = {
        "name": contract.name,
        "title": contract.title,
        "url": url or "/",
        "operations": len(contract.operations),
        "contract": f"{url}/openapi.yaml",
        "docs": f"{url}/docs",
        "file": f"{url}/{RAW}/{contract.document.name}",
    }
    also = [url + server for server in all_server_paths(contract)]
    hidden = [url + path for path in hidden_paths(contract)]
    if also:
        described["also"] = also
    if hidden:
        described["hidden"] = hidden
    return described


def _pages_of(mount: Mounted, *, is_ours: bool) -> Iterator[tuple[str, Page]]:
    """Yield the pages of a contract. is_ours: whether it is the admin API's."""
    base_path, contract = mount.base_path, mount.sandbox.contract.as_stated
    document = contract.document
    for name in document.files:
        page = _fixed(_file(document, name), _media_type(name))
        yield f"{base_path}/{name}", page
        yield f"{base_path}/{RAW}/{name}", _fixed(document.contents[name], _media_type(name))
        if name != document.name:  # what the contract refers to, as the documentation looks for it
            yield f"{base_path}/docs/{name}", page
    served = ServedContract(contract)
    in_json = _Written(served.json, base_path, JSON)
    yield f"{base_path}/openapi.yaml", _Written(served.yaml, base_path, YAML)
    yield f"{base_path}/openapi.json", in_json

    def documentation(scope: Scope) -> tuple[bytes, str]:
        identities = scope[SESSION].identities
        is_open = not is_ours and identities.listed is None and not identities.only_issued
        folder, home = relative(scope, f"{base_path}/docs"), relative(scope, "/")
        return docs_page(contract, folder, home, is_open=is_open), HTML

    yield f"{base_path}/docs", documentation
    yield f"{base_path}/docs/", documentation
    yield f"{base_path}/docs/openapi.json", in_json
    for name, media_type in ASSETS.items():
        yield f"{base_path}/docs/{name}", _asset(name, media_type)


class _Written(Struct, frozen=True):
    """A page that holds a whole contract, as it is read at the address that the caller knows.

    write: writes it for the URL of the sandbox.
    """

    write: Callable[[str], bytes]
    base_path: str
    media_type: str

    def __call__(self, scope: Scope) -> tuple[bytes, str]:
        """Return the contract and its media type."""
        return self.write(_base(scope) + self.base_path), self.media_type


def _asset(name: str, media_type: str) -> Page:
    return lambda _: (asset(name), media_type)


def _media_type(name: str) -> str:
    if name.endswith(".json"):
        return JSON
    return YAML


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


# ---- the index


def _index_html(scope: Scope, apis: Sequence[dict[str, Any]], admin: dict[str, Any]) -> bytes:
    lead = partial(_lead, scope, _base(scope))
    rows = "\n".join(_row(api, lead) for api in apis)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>understudy</title>
<link rel="icon" href="{ICON}">
<style>
:root {{ color-scheme: light dark; background: Canvas; color: CanvasText }}
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 60rem; padding: 0 1rem }}
td {{ padding: .4rem 1.5rem .4rem 0 }}
code {{ overflow-wrap: anywhere }}
@media (max-width: 50rem) {{
body {{ margin: 1rem auto }}
tr {{ display: block; padding: .5rem 0 }}
td {{ display: inline-block; padding: 0 1rem 0 0 }}
}}
</style>
</head>
<body>
<main>
<h1>understudy</h1>
<p>Sandboxes served here; each title leads to its documentation.</p>
<table>
{rows}
</table>
<p>What is asked and answered, as it happens: the <a href="{lead(admin["console"])}">console</a>.</p>
<p>Sessions, records, journal and faults: the <a href="{lead(admin["docs"])}">admin API</a>,
at <code>{_text(admin["url"])}</code>.</p>
</main>
</body>
</html>
""".encode()


def _lead(scope: Scope, base: str, url: str) -> str:
    """Return the relative reference of a page, as it stands in HTML; `base`: the server's URL."""
    return _text(relative(scope, url.removeprefix(base)))


def _row(api: dict[str, Any], lead: Callable[[str], str]) -> str:
    also = "".join(map(_also, api.get("also", ())))
    return f"""<tr>
<td><a href="{lead(api["docs"])}">{_text(api["title"])}</a></td>
<td><code>{_text(api["url"])}</code>{also}</td>
<td>{counted(api["operations"], "operation")}</td>
<td><a href="{lead(api["contract"])}">contract</a></td>
<td><a href="{lead(api["file"])}">its file</a></td>
</tr>"""


def _also(url: str) -> str:
    return f"<br>also <code>{_text(url)}</code>"


def _text(value: str | int) -> str:
    return html.escape(str(value))
