"""What the server takes from Connexion, name by name: an upgrade that changes one of them fails here first."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from understudy.contracts.contract import Operation
from understudy.server import connexion_api
from understudy.server.routing import ROUTE, Route
from understudy.server.security import RequirementMiddleware, SecuredOperation
from understudy.server.skeleton import Application, KeyResolver, Skeleton

SKELETON = {
    "openapi": "3.0.3",
    "info": {"title": "t", "version": "1"},
    "paths": {"/a/{id}": {"get": {"operationId": "get /a/{id}", "security": [{"asked": []}], "responses": {"default": {"description": ""}},
                                  "parameters": [{"name": "id", "in": "path", "required": True, "schema": {}}]}}},
    "components": {"securitySchemes": {"asked": {"type": "http", "scheme": "ours", "x-requirement": "asked"}}},
}  # fmt: skip
SCOPE = {
    "type": "http",
    "method": "GET",
    "path": "/api/a/1",
    "headers": [],
    "query_string": b"",
    "scheme": "http",
}


def routed(base_path: str, key: str) -> dict[str, Any]:
    route = Route(base_path, operation=cast(Operation, SimpleNamespace(key=key)))
    return {**SCOPE, ROUTE: route}


async def nothing(*_: Any) -> None:
    return None


def test_the_stack_hands_extra_keywords_to_each_middleware_and_keeps_its_order() -> None:
    seen: list[Any] = []

    class Mark(connexion_api.SpecMiddleware):  # type: ignore[misc]
        def __init__(self, app: Any) -> None:
            self.app = app

        def add_api(
            self, specification: connexion_api.Specification, *, base_path: str, mark: str, **_: Any
        ) -> None:
            seen.append((base_path, mark, specification["openapi"]))

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            seen.append("called")
            await self.app(scope, receive, send)

    stack = connexion_api.ConnexionMiddleware(nothing, middlewares=[Mark])
    stack.add_api(SKELETON, base_path="/api", resolver=KeyResolver(), mark="ours")
    asyncio.run(stack(dict(SCOPE), nothing, nothing))
    assert seen == [("/api", "ours", "3.0.3"), "called"]


@pytest.mark.parametrize("good", [True, False])
def test_security_asks_our_handler_for_a_function_and_stops_at_what_it_raises(good: bool) -> None:
    reached: list[str] = []

    class Refused(Exception):
        pass

    class Handler:
        def get_fn(self, scheme: dict[str, Any], _scopes: list[str]) -> Any:
            def check(scope: Any) -> None:
                reached.append(scheme["x-requirement"] + scope["path"])
                if not good:
                    raise Refused

            return check

    async def endpoint(*_: Any) -> None:
        reached.append("endpoint")

    security = RequirementMiddleware(nothing)
    assert isinstance(security, connexion_api.SecurityMiddleware)
    assert issubclass(SecuredOperation, connexion_api.SecurityOperation)
    assert issubclass(RequirementMiddleware.api_cls, connexion_api.SecurityAPI)
    specification = connexion_api.Specification.from_dict(SKELETON)
    security.add_api(
        specification,
        base_path="/api",
        resolver=KeyResolver(),
        security_map={"ours": Handler},
        endpoints={"get /a/{id}": endpoint},
    )

    async def call() -> None:
        await security(routed("/api", "get /a/{id}"), nothing, nothing)

    if good:
        asyncio.run(call())
    else:
        with pytest.raises(Refused):
            asyncio.run(call())
    assert reached == ["asked/api/a/1", *(["endpoint"] if good else [])]


def test_a_resolution_carries_no_function() -> None:
    specification = connexion_api.Specification.from_dict(SKELETON)
    operation = specification.operation_cls.from_spec(
        specification, path="/a/{id}", method="get", resolver=KeyResolver()
    )
    assert isinstance(operation, connexion_api.AbstractOperation)
    resolution = KeyResolver().resolve(operation)
    assert isinstance(resolution, connexion_api.Resolution)
    assert (resolution.function, resolution.operation_id) == (None, "get /a/{id}")
    assert isinstance(KeyResolver(), connexion_api.Resolver)


def test_every_name_is_covered_here_and_connexion_is_imported_nowhere_else() -> None:
    source = Path(__file__).read_text()
    assert [name for name in connexion_api.__all__ if f"connexion_api.{name}" not in source] == []
    package = Path(connexion_api.__file__).parents[1]
    importing = [
        path.name
        for path in package.rglob("*.py")
        if re.search(r"^\s*(from|import) connexion", path.read_text(), re.MULTILINE)
    ]
    assert importing == ["connexion_api.py"]


def test_a_skeleton_is_a_specification_that_is_not_looked_through() -> None:
    ours, theirs = Skeleton(SKELETON), connexion_api.Specification.from_dict(SKELETON)
    assert (ours.raw, ours.version, ours.security_schemes) == (
        theirs.raw,
        theirs.version,
        theirs.security_schemes,
    )
    assert ours.get_operation("/a/{id}", "get") == theirs.get_operation("/a/{id}", "get")
    assert list(ours) == list(theirs)
    assert isinstance(ours, connexion_api.OpenAPISpecification)


def test_the_application_hands_a_skeleton_and_what_belongs_to_it_to_each_middleware() -> None:
    seen: list[tuple[Any, dict[str, Any]]] = []

    class Curious(connexion_api.SpecMiddleware):  # type: ignore[misc]
        def __init__(self, app: Any) -> None:
            self.app = app

        def add_api(self, specification: Any, **rest: Any) -> None:
            seen.append((specification, rest))

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await self.app(scope, receive, send)

    made: Any = Application(nothing, middlewares=[Curious])
    made.add_skeleton(SKELETON, base_path="/api", resolver=KeyResolver(), security_map={"ours": 1}, more=2)
    assert isinstance(made.apis[0], connexion_api.API)
    asyncio.run(made.assembled()(dict(SCOPE), nothing, nothing))
    ((specification, rest),) = seen
    assert specification.raw is SKELETON
    assert (rest["base_path"], rest["security_map"], rest["more"], type(rest["resolver"])) == (
        "/api",
        {"ours": 1},
        2,
        KeyResolver,
    )
