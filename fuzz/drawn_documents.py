"""Contracts that hypothesis builds: OpenAPI 3.0 and 3.1 documents, some of them contradictory or broken."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from drawn_schemas import COMPONENTS, NAMES, Draw, schemas, texts, values

METHODS: Final = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
PATHS: Final = (
    "/things", "/things/{id}", "/things/{id}/parts", "/things/{id}/parts/{part_id}", "/things/{id}/archive",
    "/things/bulk", "/things/search", "/me", "/a/{x}-{y}", "/files/{name}.{ext}", "/Part/{partId}/", "/v1/{id}:run",
    "/odd/{", "/x/{a.b}", "/x/{a[b]}/{0}", "/x/{}", "/", "/é/{a}", "/things/{id}/{id}",
)  # fmt: skip
MEDIA_TYPES: Final = (
    "application/json", "application/json", "application/json", "application/xml", "application/x-www-form-urlencoded",
    "multipart/form-data", "text/plain", "application/octet-stream", "application/problem+json", "*/*", "text/csv",
    "application/vnd.x+json", "text/event-stream", "application/json; charset=utf-8", "nonsense", "image/*",
)  # fmt: skip
_STATUSES: Final = (
    "200", "201", "202", "204", "2XX", "206", "301", "304", "3XX", "100", "400", "401", "404", "409", "412", "422",
    "4XX", "429", "default", "500", "503", "5XX", "999", "x-note",
)  # fmt: skip
_HEADERS: Final = (
    "X-A", "Location", "ETag", "Retry-After", "Content-Length", "Set-Cookie", "Link", "Content-Type", "Last-Modified",
    "X-Total-Count", "Transfer-Encoding", "Connection", "X-RateLimit-Remaining",
)  # fmt: skip
_QUERY: Final = (
    "limit", "offset", "page", "cursor", "sort", "order_by", "status", "name", "filter", "fields", "ids", "q",
    "deep[object]", "created_at[gte]", "If-Match", "Idempotency-Key", "X-Trace", "",
)  # fmt: skip
_STYLES: Final = ("form", "simple", "label", "matrix", "spaceDelimited", "pipeDelimited", "deepObject", "odd")
_SECURITY: Final = {
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "basic": {"type": "http", "scheme": "basic"},
    "oauth": {"type": "oauth2", "flows": {}},
    "odd": {"type": "odd"},
}
_CALLBACK_URLS: Final = ("{$request.body#/url}", "{$request.query.url}", "http://192.0.2.1/x", "{$odd", "")


@st.composite
def documents(draw: Draw, version: str = "3.1.0") -> dict[str, Any]:
    """Draw a contract of a few paths."""
    paths = draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=4, unique=True))
    document: dict[str, Any] = {
        "openapi": version,
        "info": {"title": "Fuzz", "version": "1"},
        "paths": {path: _path_item(draw, path) for path in paths},
        "components": {
            "schemas": {name: draw(schemas()) for name in COMPONENTS},
            "securitySchemes": _SECURITY,
        },
    }
    if not draw(st.integers(0, 9)):
        document[draw(st.sampled_from(("info", "servers", "tags", "webhooks", "components", "x-odd")))] = (
            draw(values)
        )
    if not draw(st.integers(0, 9)):
        document["security"] = _requirements(draw)
    return document


def _path_item(draw: Draw, path: str) -> Any:
    if not draw(st.integers(0, 39)):
        return draw(values)
    item: dict[str, Any] = {}
    if "{" in path and draw(st.integers(0, 4)):
        names = [part.partition("}")[0] for part in path.split("{")[1:]]
        item["parameters"] = [_in_path(draw, name) for name in names]
    for method in draw(
        st.lists(
            st.sampled_from(METHODS[: draw(st.sampled_from((5, 8)))]), min_size=1, max_size=4, unique=True
        )
    ):
        item[method] = _operation(draw)
    return item


def _in_path(draw: Draw, name: str) -> dict[str, Any]:
    schema = {"type": draw(st.sampled_from(("string", "integer")))}
    if not draw(st.integers(0, 4)):
        schema = draw(schemas(1))
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _operation(draw: Draw) -> Any:
    if not draw(st.integers(0, 49)):
        return draw(values)
    operation: dict[str, Any] = {}
    if draw(st.booleans()):
        operation["operationId"] = draw(st.sampled_from(("listThings", "getThing", "create_thing", "x", "")))
    if not draw(st.integers(0, 2)):
        operation["parameters"] = [_parameter(draw) for _ in range(draw(st.integers(1, 3)))]
    if draw(st.booleans()):
        operation["requestBody"] = {"required": draw(st.booleans()), "content": _content(draw)}
    if draw(st.integers(0, 19)):
        statuses = draw(st.lists(st.sampled_from(_STATUSES), max_size=3, unique=True))
        operation["responses"] = {status: _response(draw) for status in statuses}
    if not draw(st.integers(0, 9)):
        operation["security"] = _requirements(draw)
    if not draw(st.integers(0, 9)):
        url = draw(st.sampled_from(_CALLBACK_URLS))
        operation["callbacks"] = {"done": {url: {"post": {"requestBody": {"content": _content(draw)}}}}}
    return operation


def _requirements(draw: Draw) -> Any:
    names = st.sampled_from((*_SECURITY, "nobody"))
    return draw(st.lists(st.dictionaries(names, st.just([]), max_size=2), max_size=2))


def _parameter(draw: Draw) -> Any:
    if not draw(st.integers(0, 39)):
        return draw(values)
    parameter = {
        "name": draw(st.sampled_from(_QUERY)),
        "in": draw(st.sampled_from(("query", "query", "query", "header", "cookie"))),
        "required": draw(st.sampled_from((False, False, True))),
    }
    if draw(st.integers(0, 9)):
        parameter["schema"] = draw(schemas(1))
    else:
        parameter["content"] = {"application/json": {"schema": draw(schemas(1))}}
    if not draw(st.integers(0, 4)):
        parameter["style"] = draw(st.sampled_from(_STYLES))
        parameter["explode"] = draw(st.booleans())
    return parameter


def _content(draw: Draw) -> dict[str, Any]:
    kinds = draw(st.lists(st.sampled_from(MEDIA_TYPES), min_size=1, max_size=2))
    return {kind: _media(draw) for kind in kinds}


def _media(draw: Draw) -> dict[str, Any]:
    media: dict[str, Any] = {}
    if draw(st.integers(0, 9)):
        media["schema"] = _body(draw)
    if not draw(st.integers(0, 4)):
        media["example"] = draw(values)
    if not draw(st.integers(0, 9)):
        media["examples"] = {draw(texts): {"value": draw(values)}}
    if not draw(st.integers(0, 9)):
        media["encoding"] = {
            draw(st.sampled_from(NAMES)): {"contentType": "application/json", "style": "form"}
        }
    return media


def _body(draw: Draw) -> Any:
    """Draw the schema of a body: a component, a list of one, a list within an object, or any."""
    shown = {"$ref": f"#/components/schemas/{draw(st.sampled_from(COMPONENTS))}"}
    listed = {"type": "array", "items": shown}
    around = {
        "type": "object",
        "properties": {draw(st.sampled_from(NAMES)): listed, "total": {"type": "integer"}},
    }
    return draw(st.one_of(st.just(shown), st.just(listed), st.just(around), schemas()))


def _response(draw: Draw) -> Any:
    if not draw(st.integers(0, 39)):
        return draw(values)
    response: dict[str, Any] = {"description": "d"}
    if draw(st.integers(0, 4)):
        response["content"] = _content(draw)
    if not draw(st.integers(0, 3)):
        required = draw(st.booleans())
        response["headers"] = {
            name: {"required": required, "schema": draw(schemas(1))}
            for name in draw(st.lists(st.sampled_from(_HEADERS), min_size=1, max_size=2))
        }
    return response
