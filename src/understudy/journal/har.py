"""The journal as HAR 1.2 (HTTP Archive), which browsers' developer tools and proxies open.

Without credentials.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from itertools import repeat
from typing import Any
from urllib.parse import quote, urlencode

from understudy.journal.credentials import Secrets
from understudy.journal.entry import BODY_KEPT, Entry
from understudy.journal.shown import Pairs, Shown, ShownBody, show
from understudy.journal.times import milliseconds, timestamp

_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_IN_PATHS = "/%:@!$&'()*+,;=~"
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?")
_KEPT = f"Only the first {BODY_KEPT:,} bytes were kept."


def har(entries: Iterable[Entry], secrets: Secrets, version: str) -> dict[str, Any]:
    """Write entries as one HAR document. version: of the program that writes it.

    What only the journal knows stands under names of its own, which begin with `_` as the format asks.
    """
    return document([entry_of(entry, secrets) for entry in entries], version)


def document(written: Sequence[Mapping[str, Any]], version: str) -> dict[str, Any]:
    """Put entries that were written into one HAR document."""
    creator = {"name": "understudy", "version": version}
    return {"log": {"version": "1.2", "creator": creator, "entries": written}}


def entry_of(entry: Entry, secrets: Secrets) -> dict[str, Any]:
    """Write one entry."""
    return _entry(entry, show(entry, secrets))


def _entry(entry: Entry, shown: Shown) -> dict[str, Any]:
    duration = milliseconds(max(entry.duration, 0.0))
    return {
        "startedDateTime": timestamp(entry.at),
        "time": duration,
        "request": _request(entry, shown),
        "response": _response(entry, shown),
        "cache": {},
        "timings": {"send": 0, "wait": duration, "receive": 0},
        "_number": entry.number,
        "_kind": entry.kind,
        "_api": entry.api,
        "_operation": entry.operation_id or entry.operation,
        "_outcome": entry.outcome,
        "_refusal": shown.refusal,
        "_fault": entry.fault,
    }


def _request(entry: Entry, shown: Shown) -> dict[str, Any]:
    written = {
        "method": entry.method,
        "url": _url(entry, shown),
        "httpVersion": "HTTP/1.1",
        "cookies": _cookies(shown.request_headers),
        "headers": _pairs(shown.request_headers),
        "queryString": _pairs(shown.query),
        "headersSize": -1,
        "bodySize": entry.request_size,
    }
    if not shown.request.is_empty:
        written["postData"] = {**_post_data(shown.request), **_comment(entry.is_request_cut)}
    return written


def _response(entry: Entry, shown: Shown) -> dict[str, Any]:
    return {
        "status": entry.status,
        "statusText": _PHRASES.get(entry.status, ""),
        "httpVersion": "HTTP/1.1",
        "cookies": list(map(_set_cookie, _values(shown.response_headers, "set-cookie"))),
        "headers": _pairs(shown.response_headers),
        "content": {
            "size": entry.response_size,
            **_content(shown.response),
            **_comment(entry.is_response_cut),
        },
        "redirectURL": next(iter(_values(shown.response_headers, "location")), ""),
        "headersSize": -1,
        "bodySize": entry.response_size,
    }


def _url(entry: Entry, shown: Shown) -> str:
    """Make an absolute URL, which the format asks for; the entry of a callback has one."""
    url = quote(_LONE_PERCENT.sub("%25", shown.path), safe=_IN_PATHS)
    if shown.query:
        url += f"?{urlencode(shown.query, quote_via=quote)}"
    if shown.path.startswith(("http://", "https://")):
        return url
    host = next(iter(_values(shown.request_headers, "host")), "")
    if not _HOST.fullmatch(host):
        host = "localhost"
    return f"{entry.scheme}://{host}{entry.prefix}{url}"


def _post_data(body: ShownBody) -> dict[str, Any]:
    """Write a request's body.

    `text` is only for text, so that bytes which are none have a name of their own for their encoding.
    """
    if body.is_form:
        params: list[tuple[str, str]] = []
        for name, value in body.value.items():
            values = value if isinstance(value, list) else [value]
            params += zip(repeat(name), values, strict=False)
        return {"mimeType": body.media_type, "params": _pairs(params)}
    if body.data:
        return {
            "mimeType": body.media_type,
            "text": base64.b64encode(body.data).decode(),
            "_encoding": "base64",
        }
    return {"mimeType": body.media_type, "text": body.text or ""}


def _content(body: ShownBody) -> dict[str, Any]:
    if body.is_empty:
        return {"mimeType": body.media_type}
    if body.data:
        return {
            "mimeType": body.media_type,
            "text": base64.b64encode(body.data).decode(),
            "encoding": "base64",
        }
    return {"mimeType": body.media_type, "text": body.text}


def _comment(is_cut: bool) -> dict[str, str]:
    if is_cut:
        return {"comment": _KEPT}
    return {}


def _cookies(headers: Pairs) -> list[dict[str, str]]:
    """Write the cookies that were sent."""
    pairs = ";".join(_values(headers, "cookie")).split(";")
    return list(map(_named, filter(None, map(str.strip, pairs))))


def _set_cookie(value: str) -> dict[str, Any]:
    """Write a cookie that was set; its expiry stays in the headers, where it is in HTTP's own format."""
    pair, *attributes = value.split(";")
    said: dict[str, str] = {}
    for attribute in attributes:
        name, _, given = attribute.partition("=")
        said[name.strip().lower()] = given.strip()
    cookie: dict[str, Any] = {"httpOnly": "httponly" in said, "secure": "secure" in said}
    for name in ("path", "domain"):
        if name in said:
            cookie[name] = said[name]
    return _named(pair.strip()) | cookie


def _named(pair: str) -> dict[str, str]:
    name, _, value = pair.partition("=")
    return {"name": name, "value": value}


def _pairs(pairs: Pairs) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _values(headers: Pairs, name: str) -> list[str]:
    return [value for key, value in headers if key.lower() == name]
