"""The page on which somebody says who they are, and whether a client may call for them."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

_OURS = ("decision", "login")

_STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 26rem; padding: 0 1rem }
label { display: block; margin: 1rem 0 }
input, select { display: block; font: inherit; padding: .4rem; width: 100%; box-sizing: border-box }
button { font: inherit; padding: .4rem 1.2rem; margin-right: .5rem }
"""


def ask(title: str, query: Mapping[str, str], names: Sequence[str] | None) -> bytes:
    """Write the page. title: of the API. query: what the client asks. names: who there is; None for
    anybody.
    """
    client = query.get("client_id") or "A client"
    scopes = " ".join(query.get("scope", "").split())
    asks = f"to do <b>{_text(scopes)}</b>" if scopes else "to call"
    hidden = "\n".join(_hidden(name, value) for name, value in query.items() if name not in _OURS)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Authorize - {_text(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{_text(title)}</h1>
<p><b>{_text(client)}</b> asks {asks} for you. This is a sandbox: nothing leaves this machine,
and no password is asked.</p>
<form method="get">
{hidden}
{_who(query.get("login_hint", ""), names)}
<button name="decision" value="allow" autofocus>Allow</button>
<button name="decision" value="deny">Deny</button>
</form>
</body>
</html>
""".encode()


def _who(hint: str, names: Sequence[str] | None) -> str:
    if names is None:
        told = "User name, or nothing for the one the sandbox has"
        return f'<label>{told}<input name="login" value="{_text(hint)}" autocomplete="off"></label>'
    options = "".join(f"<option{_selected(name, hint)}>{_text(name)}</option>" for name in names)
    return f'<label>Who are you?<select name="login">{options}</select></label>'


def _selected(name: str, hint: str) -> str:
    return " selected" if name == hint else ""


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{_text(name)}" value="{_text(value)}">'


def _text(value: str) -> str:
    return html.escape(value)
