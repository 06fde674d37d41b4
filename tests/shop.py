"""A small contract of a shop that sends callbacks and webhooks, for the tests of both."""

from __future__ import annotations

from typing import Any

ORDER: dict[str, Any] = {
    "type": "object",
    "required": ["id", "item"],
    "properties": {
        "id": {"type": "string", "format": "uuid", "readOnly": True},
        "item": {"type": "string", "maxLength": 40},
        "hook": {"type": "string"},
        "count": {"type": "integer", "minimum": 1, "maximum": 9},
    },
}
_ORDER = {"$ref": "#/components/schemas/Order"}
SHOWN = {"description": "ok", "content": {"application/json": {"schema": _ORDER}}}
TAKEN = {"required": True, "content": {"application/json": {"schema": _ORDER}}}


def paths(callbacks: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the paths of the shop; `callbacks` are those of the operation that creates an order."""
    create = {"operationId": "createOrder", "requestBody": TAKEN, "responses": {"201": SHOWN}}
    parameter = {"name": "orderId", "in": "path", "required": True, "schema": {"type": "string"}}
    gone = {"204": {"description": "gone"}}
    return {
        "/orders": {
            "post": create if callbacks is None else {**create, "callbacks": callbacks},
            "get": {
                "operationId": "listOrders",
                "responses": {
                    "200": {
                        "description": "ok",
                        "content": {"application/json": {"schema": {"type": "array", "items": _ORDER}}},
                    }
                },
            },
        },
        "/orders/{orderId}": {
            "parameters": [parameter],
            "get": {"operationId": "getOrder", "responses": {"200": SHOWN, "404": {"description": "none"}}},
            "put": {
                "operationId": "replaceOrder",
                "requestBody": TAKEN,
                "responses": {"200": SHOWN, "201": SHOWN},
            },
            "patch": {"operationId": "changeOrder", "requestBody": TAKEN, "responses": gone},
            "delete": {"operationId": "deleteOrder", "responses": gone},
        },
    }


def message(schema: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    """Return a path item of a message that is posted, of this schema, and answered with 200."""
    body = (
        {}
        if schema is None
        else {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
    )
    return {"post": {**body, "responses": {"200": {"description": "thanks"}}, **more}}


def event(**more: Any) -> dict[str, Any]:
    """Return the schema of an event that carries an order in its member `data`."""
    kind = {"type": "string", "enum": ["order.created", "order.updated", "order.deleted"]}
    return {
        "type": "object",
        "required": ["id", "type", "data"],
        "properties": {"id": {"type": "integer"}, "type": kind, "data": _ORDER, **more},
        "additionalProperties": False,
    }


COMPONENTS: dict[str, Any] = {"schemas": {"Order": ORDER}}
WEBHOOKS: dict[str, Any] = {f"order.{word}": message(event()) for word in ("created", "updated", "deleted")}
