"""The skeleton: the little of a contract that Connexion is given, as an OpenAPI 3.0 document.

Connexion 3.3 takes 3.0 only, and validates and resolves what it is given at length; so it gets paths,
methods, operation ids and one security scheme for each distinct requirement, and never the contract itself.
Parameters it does not even see: routing and reading them is ours, and they would double the time it takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from understudy.contracts.contract import Contract, Operation
from understudy.model.doors import doors_of
from understudy.server.asgi import ASGIApp
from understudy.server.connexion_api import (
    API,
    AbstractOperation,
    ConnexionMiddleware,
    OpenAPISpecification,
    Resolution,
    Resolver,
)

SCHEME_NAME = "understudy"
"""The name under which our security handler stands in Connexion's `security_map`."""

_SKELETON_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
UNSTATED: Final = (("", ()),)
"""The scheme of a contract that states none."""

Alternatives = tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]


def alternatives(operation: Operation) -> Alternatives:
    """Return an operation's security as a value that can be compared: operations with the same share one
    requirement.
    """
    return tuple(tuple(sorted(option.items())) for option in operation.security)


def locked(contract: Contract) -> dict[str, Alternatives]:
    """Return what each operation asks for that asks for anything, by its key.

    What hands out the credential does not stand behind a lock that is stated for the whole document. What
    speaks of the caller and states no lock looks at a credential where one comes.
    """
    doors = doors_of(contract)
    found = {}
    for operation in contract.operations:
        if operation.security and operation.key not in doors.open:
            found[operation.key] = alternatives(operation)
        elif not operation.security and doors.looks_at_caller(operation):
            found[operation.key] = _optional(contract)
    return found


def _optional(contract: Contract) -> Alternatives:
    """Return a requirement that takes any credential of a contract, and none."""
    if not contract.security_schemes:
        return ((), UNSTATED)
    return ((), *(((name, ()),) for name in contract.security_schemes))


def requirements(contract: Contract) -> dict[str, Alternatives]:
    """Name the distinct security requirements of a contract, as the skeleton calls them."""
    asked = dict.fromkeys(locked(contract).values())
    return {f"requirement-{index}": distinct for index, distinct in enumerate(asked)}


def skeleton(contract: Contract) -> dict[str, Any]:
    """Build the document Connexion is given."""
    names = {asked: name for name, asked in requirements(contract).items()}
    asked = locked(contract)
    paths: dict[str, dict[str, Any]] = {}
    for operation in contract.operations:
        path, method = operation.path, operation.method
        if method not in _SKELETON_METHODS:  # Connexion does not route here, so any place will do
            path, method = f"{path}#{method}", "post"
        entry: dict[str, Any] = {"operationId": operation.key, "responses": {"default": {"description": ""}}}
        if operation.key in asked:
            entry["security"] = [{names[asked[operation.key]]: []}]
        paths.setdefault(path, {})[method] = entry
    return {
        "openapi": "3.0.3",
        "info": {"title": contract.title, "version": "1"},
        "paths": paths,
        "components": {"securitySchemes": {name: _scheme(name) for name in names.values()}},
    }


def _scheme(name: str) -> dict[str, str]:
    return {"type": "http", "scheme": SCHEME_NAME, "x-requirement": name}


class Skeleton(OpenAPISpecification):  # type: ignore[misc]  # Connexion ships no types
    """A skeleton as Connexion's specification.

    It is ours and has no references: nothing to validate, to resolve or to copy.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._raw_spec = self._spec = document
        self._base_uri = ""


class Application(ConnexionMiddleware):  # type: ignore[misc]  # Connexion ships no types
    """Connexion's middleware, which takes a skeleton as it stands: to validate one with a thousand operations
    would hold up every start.
    """

    def add_skeleton(
        self,
        document: dict[str, Any],
        *,
        base_path: str,
        resolver: Resolver,
        security_map: Mapping[str, Any],
        **rest: Any,
    ) -> None:
        """Do what `add_api` does. `rest` goes to each middleware's `add_api`."""
        options = self.options.replace(resolver=resolver, security_map=security_map)
        self.apis.append(API(Skeleton(document), base_path=base_path, **options.__dict__, **rest))

    def assembled(self) -> ASGIApp:
        """Return the first middleware, with the others behind it; contracts cannot be added any more."""
        first: ASGIApp
        first, self.middleware_stack = self._build_middleware_stack()
        return first


class KeyResolver(Resolver):  # type: ignore[misc]  # Connexion ships no types
    """Takes each operation's id as it stands: endpoints are found by it, not by the name of a function."""

    def resolve(self, operation: AbstractOperation) -> Resolution:
        """Resolve to no function; Connexion calls this six times an operation."""
        return Resolution(None, operation._operation_id)
