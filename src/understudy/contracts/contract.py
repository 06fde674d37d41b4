"""A contract: the operations of an OpenAPI document, ready to be looked up."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import jsonschema_rs
import orjson
from msgspec import Struct

from understudy.contracts.dynamic import filled_in
from understudy.contracts.sequences import items_schema
from understudy.contracts.source import Document, Finding, Node
from understudy.contracts.spellings import HEADERS, MEDIA_TYPES
from understudy.contracts.swagger import convert
from understudy.contracts.swagger_words import SEPARATED, TABS
from understudy.errors import ContractError
from understudy.pointers import join, tokens

T = TypeVar("T")
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
VERSIONS = ("3.0", "3.1", "3.2")
_FORM = "application/x-www-form-urlencoded"
_WHOLE_QUERY = "querystring"  # of OpenAPI 3.2
_DEFAULT_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
LONGEST_MESSAGE = 300  # characters
_STATUS = re.compile(r"default|[1-5](\d\d|XX)", re.ASCII)
_ONLY_WORDS = frozenset({"description", "summary", "title"})
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})  # OpenAPI 3.1 §4.8.12.2.1


class MediaType(Struct, frozen=True):
    """One entry of a `content` map; `name` is the media range as the contract writes it."""

    name: str
    schema: Node | None
    node: Node


class Parameter(Struct, frozen=True):
    """A declared parameter. location: path, query, header or cookie. media_type: set where `content` is used
    for it. is_whole: it is the whole query, in that media type;
    is_spread: it is that as a form.
    """

    name: str
    location: str
    required: bool
    style: str
    explode: bool
    allow_reserved: bool
    schema: Node | None
    media_type: str
    node: Node
    is_whole: bool = False
    is_spread: bool = False


class Body(Struct, frozen=True):
    """What an operation takes as its body."""

    required: bool
    content: Mapping[str, MediaType]
    node: Node


class Answer(Struct, frozen=True, dict=True):
    """A documented response. status: `200`, `2XX` or `default`."""

    status: str
    node: Node

    @cached_property
    def content(self) -> Mapping[str, MediaType]:
        """Its bodies by media type."""
        return _content(self.node)

    @cached_property
    def headers(self) -> Mapping[str, Node]:
        """Its headers by name."""
        return _headers(self.node)


class Operation(Struct, frozen=True, eq=False, dict=True):
    """One method on one path.

    key: `"get /accounts/{id}"`, unique. id: the operationId, or the key where there is none.
    security: alternatives, each a map from scheme name to required scopes; an empty one means anybody.
    """

    key: str
    id: str
    method: str
    path: str
    security: tuple[Mapping[str, tuple[str, ...]], ...]
    node: Node
    item: Node  # the path item the operation stands in

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The operation's parameters and those of its path; its own win (OpenAPI 3.1 §4.8.10)."""
        found: dict[tuple[str, str], Parameter] = {}
        for owner in (self.item, self.node):
            for node in owner.entries("parameters"):
                parameter = _parameter(node)
                if parameter:
                    found[parameter_key(parameter.location, parameter.name)] = parameter
        return tuple(found.values())

    @cached_property
    def body(self) -> Body | None:
        """The request body, or None where none is documented."""
        node = self.node.find("requestBody")
        if node is None or not isinstance(node.value, dict) or not isinstance(node.get("content"), dict):
            return None
        return Body(bool(node.get("required")), _content(node), node)

    @cached_property
    def responses(self) -> Mapping[str, Answer]:
        """The documented responses by `200`, `2XX` or `default`."""
        found: dict[str, Answer] = {}
        responses = self.node.find("responses")
        if responses is None:
            return found
        for status, written in statuses(responses.value).items():
            found[status] = Answer(written, responses.child(written))
        return found

    def answer(self, status: int) -> Answer | None:
        """Return what documents a status: the status itself, its class (`4XX`), or `default`."""
        return (
            self.responses.get(str(status))
            or self.responses.get(f"{status // 100}XX")
            or self.responses.get("default")
        )


def statuses(responses: Any) -> dict[str, str]:
    """Return the statuses that responses are given for, `200`, `2XX` or `default`, each as it is written."""
    found: dict[str, str] = {}
    if isinstance(responses, dict):
        for written in responses:
            status = written.upper().replace("DEFAULT", "default")
            if _STATUS.fullmatch(status):
                found[status] = written
    return found


def _content(node: Node) -> dict[str, MediaType]:
    content = node.find("content")
    if content is None or not isinstance(content.value, dict):
        return {}
    found = {}
    for name in MEDIA_TYPES.counting(content.value):
        media = content.child(name)
        schema = items_schema(name, media) or _schema(media)
        found[name] = MediaType(name, schema, media)
    return found


def _headers(node: Node) -> dict[str, Node]:
    headers = node.find("headers")
    if headers is None or not isinstance(headers.value, dict):
        return {}
    return {name: headers.child(name) for name in HEADERS.counting(headers.value)}


def _schema(owner: Node) -> Node | None:
    """Return the schema of a media type or parameter; of one that is only a `$ref`, what that refers to, so
    that it is compiled once.
    """
    if not owner.has("schema"):
        return None
    schema = owner.raw("schema")
    if isinstance(schema.value, dict) and schema.value.keys() - _ONLY_WORDS > {"$ref"}:
        return schema
    return owner.child("schema")


def parameter_key(location: Any, name: Any) -> tuple[Any, Any]:
    """Return what tells a parameter from others: of a header in any case, which HTTP does not tell apart."""
    if location == "header" and isinstance(name, str):
        return location, name.lower()
    return location, name


def _is_parameter(node: Node) -> bool:
    where = str(node.get("in"))
    is_known = where in _DEFAULT_STYLES or (where == _WHOLE_QUERY and bool(_content(node)))
    return isinstance(node.get("name"), str) and is_known


def _parameter(node: Node) -> Parameter | None:
    if not _is_parameter(node):
        return None
    name, location = node.get("name"), node.get("in")
    if location == "header" and name.lower() in _IGNORED_HEADERS:
        return None
    schema, media_type = _schema(node), ""
    for media in _content(node).values():  # there may be one only
        schema, media_type = media.schema, media.name
        break
    is_whole = location == _WHOLE_QUERY
    is_spread = is_whole and _FORM in _content(node)
    if is_spread:  # the same as an object that is spread over the query
        is_whole, media_type = False, ""
    if location == _WHOLE_QUERY:
        location = "query"
    style = str(node.get("style") or _DEFAULT_STYLES.get(location, "simple"))
    if node.get(TABS) is True:
        style = "tabDelimited"
    style = str(node.get(SEPARATED) or style)
    return Parameter(
        name=name,
        location=location,
        required=location == "path" or node.get("required") is True,
        style=style,
        explode=bool(node.get("explode", style in ("form", "cookie"))),
        allow_reserved=bool(node.get("allowReserved")),
        schema=schema,
        media_type=media_type,
        node=node,
        is_whole=is_whole,
        is_spread=is_spread,
    )


def read(
    path: Path, change: Callable[[Document], Document] | None = None, root: Path | None = None
) -> Document:
    """Read a contract's files, change them where asked, and convert Swagger 2.0. Raises ContractError."""
    document = Document.read(path, root)
    if change:
        document = change(document)
    document = filled_in(document)
    document.check_references()
    return convert(document)


class Contract:
    """An OpenAPI document as operations.

    Immutable once loaded, but for what is kept of what others make of it.
    """

    def __init__(
        self,
        document: Document,
        name: str,
        *,
        before: Contract | None = None,
        added: Mapping[str, str] | None = None,
    ) -> None:
        """before: the contract that something was added to which it does not say; added: what, by operation,
        for a person.
        """
        self.document, self.name = document, name
        self.as_stated: Contract = before.as_stated if before is not None else self
        self.added: Mapping[str, str] = added or {}
        root = document.root
        self.version = _check_version(document)
        for _, item in root.members("paths"):
            for node, reason in _faults(item):
                _find(node, reason)
        info = root.find("info")
        self.title = str((info and info.get("title")) or name)
        self.operations: tuple[Operation, ...] = tuple(_unchanged(_operations(root), before))
        if not self.operations and not list(root.members("webhooks")):
            raise _without_operations(document)
        # What stands for any operation, in a document of webhooks alone for the none there is.
        self.first = next(iter(self.operations), Operation("", "", "get", "/", (), root, root))
        self._by_name: dict[str, Operation] = {}
        for operation in self.operations:
            self._by_name.setdefault(operation.id, operation)
        for operation in self.operations:
            self._by_name[operation.key] = operation
        self.findings: tuple[Finding, ...] = tuple(document.findings)
        self._kept: dict[Hashable, Any] = {}

    @classmethod
    def load(
        cls,
        path: Path | str,
        name: str = "",
        change: Callable[[Document], Document] | None = None,
        root: Path | None = None,
    ) -> Contract:
        """Read a contract from a file; its name is the file's, unless given. Raises ContractError.

        change: applied to what the file holds before anything else is made of it, as overlays are. root: the
        folder that its references may reach; that of the file where none is given.
        """
        return cls(read(Path(path), change, root), name or Path(path).stem)

    def operation(self, key: str) -> Operation:
        """Return an operation by its key or its operationId. Raises KeyError."""
        return self._by_name[key]

    def has(self, key: str) -> bool:
        """Tell whether there is an operation with this key or operationId."""
        return key in self._by_name

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` made of this contract when the key was first asked for."""
        if key not in self._kept:
            self._kept[key] = make()
        found: T = self._kept[key]
        return found

    @cached_property
    def breaches(self) -> tuple[Finding, ...]:
        """What OpenAPI's own schema finds besides."""
        return tuple(_breaches(self.document, self.version))

    @cached_property
    def security_schemes(self) -> Mapping[str, Node]:
        """The security schemes by name."""
        components = self.document.root.find("components")
        if components is None:
            return {}
        return dict(components.members("securitySchemes"))


def _operations(root: Node) -> Iterator[Operation]:
    for path, item in root.members("paths"):
        if path.startswith("/"):
            yield from _of_item(path, item)


def _unchanged(operations: Iterable[Operation], before: Contract | None) -> Iterator[Operation]:
    """Yield operations, each as the contract before has it where nothing was written into it: what was read
    of that is not read again.
    """
    for operation in operations:
        known = before.operation(operation.key) if before is not None and before.has(operation.key) else None
        yield known if known is not None and _is_same(known, operation) else operation


def _is_same(known: Operation, operation: Operation) -> bool:
    has_same_parameters = known.item.get("parameters") is operation.item.get("parameters")
    is_same_node = known.node.value is operation.node.value and known.node.address == operation.node.address
    return is_same_node and has_same_parameters and known.security == operation.security


def _of_item(path: str, item: Node) -> Iterator[Operation]:
    for method, node in _methods_of(item):
        key = f"{method} {path}"
        stated = item.document.root
        if node.has("security"):
            stated = node
        security = _security(stated)
        yield Operation(key, str(node.get("operationId") or key), method, path, security, node, item)


def _methods_of(item: Node) -> Iterator[tuple[str, Node]]:
    """Yield the operations of a path item by their methods in lower case, those of OpenAPI 3.2's
    `additionalOperations` among them.
    """
    for method in METHODS:
        node = item.find(method)
        if node is not None and isinstance(node.value, dict):
            yield method, node
    for name, node in item.members("additionalOperations"):
        if isinstance(node.value, dict) and name.lower() not in METHODS and name.isalpha():
            yield name.lower(), node


def operations_of(name: str, item: Node) -> tuple[Operation, ...]:
    """Read the operations of a path item that stands under `callbacks` or `webhooks`; `name` takes the place
    of a path.

    Raises ContractError for what cannot be read.
    """
    for node, reason in _faults(item):
        raise node.document.error(reason, node.file, node.pointer)
    return tuple(_of_item(name, item))


def _security(owner: Node) -> tuple[Mapping[str, tuple[str, ...]], ...]:
    """Read what the root or an operation demands; what cannot be read is refused, never taken for nothing."""
    alternatives = []
    try:
        for stated in owner.get("security") or ():
            schemes = stated or {}
            named = {_scheme_name(owner, name): tuple(scopes or ()) for name, scopes in schemes.items()}
            alternatives.append(named)
        return tuple(alternatives)
    except (AttributeError, TypeError):
        reason = "`security` must be a list of mappings from the name of a scheme to a list of scopes"
        raise owner.document.error(reason, owner.file, f"{owner.pointer}/security") from None


def _scheme_name(owner: Node, name: str) -> str:
    """Return the name of a scheme, which OpenAPI 3.2 may also name by a reference to it."""
    if "#" not in str(name):
        return name
    try:
        *holder, found = tokens(owner.document.target(owner, name).pointer)
    except (KeyError, ValueError, ContractError):
        return name
    if holder != ["components", "securitySchemes"]:
        return name
    return found


# ---- refusing what cannot be served


def _check_version(document: Document) -> str:
    root = document.root
    if not isinstance(root.value, dict):
        raise ContractError("is not an OpenAPI document: it holds no mapping", file=document.name, line=1)
    stated = root.get("openapi")
    if stated is None:
        what = "a document without an `openapi` version"
        if root.has("swagger"):
            what = f"Swagger {root.get('swagger')}"
        served = f"Swagger 2.0 and OpenAPI {', '.join(VERSIONS)} are served"
        raise ContractError(f"is {what}; {served}", file=document.name, line=1)
    version = ".".join(str(stated).split(".")[:2])
    if version not in VERSIONS:
        served = f"Swagger 2.0 and {', '.join(VERSIONS)} are served"
        raise document.error(f"has the OpenAPI version {stated!r}; {served}", root.file, "/openapi")
    return version


def _breaches(document: Document, version: str) -> Iterator[Finding]:
    """Hold the document against the OpenAPI meta-schema, which takes milliseconds where the full validator
    takes seconds.

    What it breaks costs nothing but itself.
    """
    root = document.root
    for error in jsonschema_rs.validator_for(_meta_schema(version)).iter_errors(root.value):
        inner = _innermost(error)
        reason = f"breaks OpenAPI {version}: {abridge(inner.message)}"
        yield document.finding(reason, root.file, join(inner.instance_path))


def _innermost(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """Return what breaks the first alternative where none holds: the object itself, the second being a
    reference to one.
    """
    while branches := getattr(error.kind, "context", None):
        if not branches[0]:
            break
        error = branches[0][0]
    return error


def _faults(item: Node) -> Iterator[tuple[Node, str]]:
    """Find what of a path's operations and parameters cannot be read, and so is left out."""
    for method in METHODS:
        operation = item.find(method)
        if operation is None:
            continue
        if not isinstance(operation.value, dict):
            yield operation, "an operation must be a mapping, so this one is left out"
        yield from _faulty_parameters(item)
        yield from _faulty_parameters(operation)


def _faulty_parameters(owner: Node) -> Iterator[tuple[Node, str]]:
    if not isinstance(owner.get("parameters") or [], list):
        yield owner.raw("parameters"), "`parameters` must be a list, so there are none"
    for parameter in owner.entries("parameters"):
        if not _is_parameter(parameter):
            places = ", ".join(_DEFAULT_STYLES)
            yield parameter, f"a parameter needs a name and `in`: {places}; this one is left out"


def _find(node: Node, reason: str) -> None:
    """Add a finding, unless it is known already why there is nothing."""
    finding = node.document.finding(reason, node.file, node.pointer)
    known = {(one.file, one.pointer) for one in node.document.findings}
    if (finding.file, finding.pointer) not in known:
        node.document.findings.append(finding)


def _without_operations(document: Document) -> ContractError:
    """Say that there is nothing to serve, and what else is wrong, which may be why."""
    why = "".join(f"; {finding.reason} (at {finding.pointer})" for finding in document.findings[:1])
    return document.error(f"has no operation to serve{why}", document.name, "/paths")


def _meta_schema(version: str) -> Any:
    """Read the meta-schema that openapi-spec-validator carries, without importing the validator."""
    spec = importlib.util.find_spec("openapi_spec_validator")
    if spec is None or not spec.submodule_search_locations:
        raise ContractError("openapi-spec-validator is not installed")
    path = Path(spec.submodule_search_locations[0]) / "resources" / "schemas" / f"v{version}" / "schema.json"
    return orjson.loads(path.read_bytes())


def abridge(message: str) -> str:
    """Cut a validator's message, which may hold half the document, out of its middle."""
    if len(message) <= LONGEST_MESSAGE:
        return message
    return f"{message[:120]} … {message[-160:]}"
