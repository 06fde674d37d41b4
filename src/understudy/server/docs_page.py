"""The documentation of a contract, on which its operations can be tried: Swagger UI, with a box for the
credential.
"""

from __future__ import annotations

import html
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from understudy.contracts.contract import Contract
from understudy.server import docs_look
from understudy.server.console import CONSOLE

ICON: Final = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='4' fill='%23345'/%3E"
    "%3Ctext x='8' y='12' font-size='11' text-anchor='middle' fill='white'%3Eu%3C/text%3E%3C/svg%3E"
)
"""The icon of all pages, in itself, so that none asks for another file."""
ANY: Final = "sandbox"
"""The credential that the box begins with, where any is good."""
REDIRECT: Final = "oauth2-redirect.html"
ASSETS: Final = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    REDIRECT: "text/html; charset=utf-8",
}
_HTTP: Final = {"bearer": "Bearer ", "basic": "Basic "}

_SCRIPT: Final = """
const told = JSON.parse(document.getElementById("settings").textContent);
const box = document.getElementById("credential");
function withCredential(request) {
  const value = box ? box.value.trim() : "";
  const url = new URL(request.url, location.href);
  if (!value || request.loadSpec || url.origin !== location.origin) return request;
  const sent = new Set(Object.keys(request.headers || {}).map((name) => name.toLowerCase()));
  for (const one of told.schemes) {
    const isBasic = one.before === "Basic ";
    const text = one.before + (isBasic ? btoa(value.includes(":") ? value : `${value}:${value}`) : value);
    if (one.in === "header" && !sent.has(one.name.toLowerCase())) {
      request.headers[one.name] = text;
      sent.add(one.name.toLowerCase());
    } else if (one.in === "query" && !url.searchParams.has(one.name)) {
      url.searchParams.set(one.name, text);
      request.url = url.href;
    }
  }
  return request;
}
const ui = SwaggerUIBundle({
  url: `${told.folder}/openapi.json`,
  dom_id: "#swagger-ui",
  deepLinking: true,
  persistAuthorization: true,
  oauth2RedirectUrl: new URL(`${told.folder}/oauth2-redirect.html`, location.href).href,
  requestInterceptor: withCredential,
});
ui.initOAuth({ clientId: "docs", usePkceWithAuthorizationCodeGrant: true });
"""


def docs_page(contract: Contract, folder: str, home: str, *, is_open: bool) -> bytes:
    """Write the page. folder: where its files stand. home: where the index stands, as seen from the page.
    Both without a slash at the end. is_open: whether any credential is good.
    """
    schemes = list(_schemes(contract))
    settings = {"folder": folder, "schemes": schemes}
    box = ""
    if schemes:
        value = ANY if is_open else ""
        title = "Sent by each request that is tried, unless Authorize has one"
        box = (
            f'<label title="{title}">Credential '
            f'<input id="credential" value="{value}" autocomplete="off" spellcheck="false"></label>'
        )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_text(contract.title)} - understudy</title>
<link rel="icon" href="{ICON}">
<link rel="stylesheet" href="{_text(folder)}/swagger-ui.css">
<style>{docs_look.STYLE}</style>
</head>
<body>
<header class="bar"><a href="{_text(home)}/">All sandboxes</a>
<a href="{_text(home + CONSOLE)}">Console</a><h1>{_text(contract.title)}</h1>{box}</header>
<main id="swagger-ui"></main>
<script type="application/json" id="settings">{_json(settings)}</script>
<script src="{_text(folder)}/swagger-ui-bundle.js"></script>
<script>{docs_look.SCRIPT}{_SCRIPT}</script>
</body>
</html>
""".encode()


def asset(name: str) -> bytes:
    """Read a file of the Swagger UI in the `swagger_ui` distribution, when it is asked for."""
    return (swagger_ui_folder() / "static" / name).read_bytes()


def swagger_ui_folder() -> Path:
    """Find the `swagger_ui` package without importing it: only its files are used."""
    spec = importlib.util.find_spec("swagger_ui")
    if spec is None or not spec.origin:
        raise FileNotFoundError("swagger_ui")
    return Path(spec.origin).parent


def _schemes(contract: Contract) -> Iterator[dict[str, str]]:
    """Yield where credentials are put, and what goes before them: a page cannot send cookies."""
    for scheme in contract.security_schemes.values():
        kind = scheme.get("type")
        if kind == "apiKey" and scheme.get("in") in ("header", "query"):
            yield {"in": str(scheme.get("in")), "name": str(scheme.get("name")), "before": ""}
        elif kind == "http":
            before = _HTTP.get(str(scheme.get("scheme")).lower(), "")
            yield {"in": "header", "name": "Authorization", "before": before}
        elif kind in ("oauth2", "openIdConnect"):
            yield {"in": "header", "name": "Authorization", "before": "Bearer "}


def _json(value: Any) -> str:
    """Write JSON that can stand in a page, whatever a contract calls its schemes."""
    return orjson.dumps(value).decode().replace("<", "\\u003c")


def _text(value: str) -> str:
    return html.escape(value)
