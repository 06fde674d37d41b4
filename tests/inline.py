"""Contracts made in memory, and sandboxes of them that are asked without HTTP: for tests of the engine's parts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from understudy.contracts.contract import Contract
from understudy.contracts.source import Document
from understudy.engine.factory import Factory, Target
from understudy.engine.reading import Reading
from understudy.errors import Refusal
from understudy.handler import Context, Handler
from understudy.messages import NOTHING, Request, Response
from understudy.model.bodies import Bodies
from understudy.sandbox import Sandbox, Settings
from understudy.schemas.choice import Parts
from understudy.schemas.generator import Generator
from understudy.sessions import Sessions
from understudy.state.memory import MemoryStore
from understudy.state.store import Store

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}


def ref(name: str) -> dict[str, str]:
    """Refer to a schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def thing(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    """Return the schema of an object."""
    return {"type": "object", "properties": properties, "required": list(required)}


def body(schema: Any) -> dict[str, Any]:
    """Return a request body that has to be there."""
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def answer(schema: Any, status: str = "200") -> dict[str, Any]:
    """Return the responses of an operation that has one."""
    return {status: {"description": "", "content": {"application/json": {"schema": schema}}}}


def parameter(name: str, schema: Any = TEXT, place: str = "path") -> dict[str, Any]:
    """Return a parameter."""
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def resource(
    item: Any, sent: Any, base: str = "/things", *, listed: Any = None, taken: str = "", **more: Any
) -> dict[str, Any]:
    """Return the paths of a collection and of one of its items; `taken`: the status of a conflict."""
    gone = {"404": {"description": ""}}
    conflict = {taken: {"description": ""}} if taken else {}
    made = answer(item, "201") | conflict
    return {
        base: {
            "post": {"requestBody": body(sent), "responses": made},
            "get": {"responses": answer(listed or {"type": "array", "items": item})},
        },
        f"{base}/{{id}}": {
            "parameters": [parameter("id")],
            "get": {"responses": answer(item) | gone},
            "put": {"requestBody": body(sent), "responses": answer(item) | made},
            "patch": {"requestBody": body({**sent, "required": []}), "responses": answer(item) | gone},
            "delete": {"responses": {"204": {"description": ""}} | gone},
        },
        **more,
    }


def many(name: str) -> dict[str, Any]:
    """Return what answers a list of a named schema."""
    return {"responses": answer({"type": "array", "items": ref(name)})}


def one(name: str) -> dict[str, Any]:
    """Return what answers one thing of a named schema."""
    return {"responses": answer(ref(name))}


def made(shown: str, **members: Any) -> dict[str, Any]:
    """Return what makes a thing: it wants the members, and answers a named schema."""
    return {"requestBody": body(thing(members, *members)), "responses": answer(ref(shown), "201")}


def below(**methods: Any) -> dict[str, Any]:
    """Return the methods of a path below an item whose id is a number."""
    return {"parameters": [parameter("id", WHOLE)], **methods}


def contract_of(paths: dict[str, Any], name: str = "inline", **components: Any) -> Contract:
    """Return the contract of these paths and, by name, schemas."""
    root = {
        "openapi": "3.1.0",
        "info": {"title": "Inline", "version": "1"},
        "paths": paths,
        "components": {"schemas": components},
    }
    text = json.dumps(root)
    file = f"{name}.json"
    return Contract(Document(Path(), file, {file: text.encode()}, {file: json.loads(text)}), name)


class Schemas:
    """What the engine reads of one schema, and what it makes by it."""

    def __init__(self, schema: Any, **others: Any) -> None:
        contract = contract_of({"/t": {"get": {"responses": answer(ref("T"))}}}, T=schema, **others)
        self.reading = Reading(contract, Bodies())
        self.node = self.reading.node("#/components/schemas/T")
        self.parts: Parts = (self.node,)
        self.factory = Factory(self.reading, Generator(self.reading.validator))

    def target(self, *place: str) -> Target:
        """Return what describes the item at a place of a body of this schema."""
        return self.factory.target(self.node, place)


class Api:
    """One sandbox over one store, asked as the server asks it."""

    def __init__(
        self,
        paths: dict[str, Any],
        *,
        store: Callable[[], Store] = MemoryStore,
        handlers: dict[str, Handler] | None = None,
        settings: Settings | None = None,
        name: str = "inline",
        **components: Any,
    ) -> None:
        contract = contract_of(paths, name, **components)
        self.sandbox = Sandbox(contract, None, settings or Settings(), handlers)
        self.sessions = Sessions(store=store)

    def context(self) -> Context:
        """Return what a handler works with."""
        return self.sandbox.context(self.sandbox.contract.operations[0].key, self.sessions.use())

    async def ask(self, operation: str, key: str = "", body: Any = NOTHING, **query: Any) -> Response:
        """Return what an operation answers. Raises Refusal."""
        path = {"id": key} if key else {}
        request = Request(operation, path, query, body=body, answer_type="application/json")
        return await self.sandbox.handle(request, self.sessions.use())

    async def told(self, operation: str, key: str = "", body: Any = NOTHING, **query: Any) -> Any:
        """Return the body of what an operation answers, or the class of its refusal."""
        try:
            response = await self.ask(operation, key, body, **query)
        except Refusal as refusal:
            return type(refusal)
        return response.peek()

    def reload(self, paths: dict[str, Any], **components: Any) -> None:
        """Let another version of the contract take over what there is."""
        contract = contract_of(paths, self.sandbox.contract.name, **components)
        self.sandbox = Sandbox(contract, None, self.sandbox.settings)
