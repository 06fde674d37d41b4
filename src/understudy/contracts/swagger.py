"""Swagger 2.0 documents as OpenAPI 3.0: the same contract in the words of a version that is served.

What a contract of 2.0 serves at `/openapi.json` and `/openapi.yaml` is the converted document; its own file
is served as it stands under its own name. Findings and errors name the file and the place as they were
written.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from understudy.contracts.source import Document, LeadsNowhere, Node
from understudy.contracts.source_map import Place, SourceMap
from understudy.contracts.swagger_words import (
    FORM,
    JSON,
    MULTIPART,
    OCTETS,
    component_names,
    described,
    header_style,
    is_file,
    media_types,
    members,
    parameter_style,
    restate_schema,
    same_type,
    security_scheme,
    servers,
    without,
)
from understudy.pointers import join, replaced, step, tokens

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_ONE = frozenset({"items", "additionalProperties", "not"})
_MAPS = frozenset({"properties", "patternProperties"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf"})
_ABOUT_PARAMETER = frozenset({"name", "in", "description", "required", "deprecated"})
_ROOT_WORDS = frozenset(
    {"swagger", "host", "basePath", "schemes", "consumes", "produces", "definitions", "parameters"}
    | {"responses", "securityDefinitions", "paths", "security"}
)
_ABOUT_WHOLE = _ABOUT_PARAMETER | {"allowEmptyValue"}
_MOVED = ("/definitions", "/parameters", "/responses", "/paths", "/securityDefinitions")


def is_swagger(value: Any) -> bool:
    """Tell whether a file is a Swagger 2.0 document."""
    return isinstance(value, dict) and str(value.get("swagger")) in ("2.0", "2")


def convert(document: Document) -> Document:
    """Return a Swagger 2.0 document, whose references have been checked, as OpenAPI 3.0.3; any other as it
    is.

    Files it refers to are converted with it: whole ones that are Swagger 2.0 themselves, of the others what
    is referred to.
    """
    if not is_swagger(document.files[document.name]):
        return document
    conversion = _Conversion(document)
    converted = document.changed(conversion.run(), conversion.source_map)
    converted.written = document
    converted.check_references()
    return converted


class _Way(Struct, frozen=True):
    """Where a value stands and where what becomes of it will stand."""

    conversion: _Conversion
    source: Place
    goal: Place

    def down(self, *keys: str | int) -> _Way:
        """Go to a member that stays where it is."""
        return self.turn(keys, keys)

    def turn(self, source: Iterable[str | int], goal: Iterable[str | int]) -> _Way:
        """Go to a member that moves."""
        way = replace(self, source=_below(self.source, source), goal=_below(self.goal, goal))
        if source != goal:
            self.conversion.source_map.add(way.goal, way.source)
        return way

    def from_node(self, node: Node, *goal: str | int) -> _Way:
        """Go to a member that is made of a value from elsewhere."""
        way = replace(self, source=(node.file, node.pointer), goal=_below(self.goal, goal))
        self.conversion.source_map.copy(way.goal, way.source)
        return way


_Role = Callable[[Any, _Way], Any]
"""Converts a value of one kind: a schema, a parameter, a response, a path item."""


def _below(place: Place, keys: Iterable[str | int]) -> Place:
    return place[0], place[1] + join(keys)


class _Conversion:
    """One document being converted. Nothing it reads is changed."""

    def __init__(self, document: Document) -> None:
        self.document, self.source_map = document, SourceMap()
        self.files: dict[str, Any] = {}
        # (mapping with `$ref`, what it means, the file it will stand in)
        self._references: list[tuple[dict[str, Any], Place, str]] = []
        self._wanted: dict[Place, _Role] = {}  # values outside whole documents that are referred to
        # What aliases share is converted once.
        self._schemas: dict[tuple[int, str], tuple[Any, dict[str, Any]]] = {}
        self._scheme_names: Mapping[str, str] = {}

    def run(self) -> dict[str, Any]:
        """Convert the named file, then whatever it turns out to refer to; return the files by name."""
        self._whole(self.document.name)
        done: set[Place] = set()
        while waiting := [place for place in self._wanted if place not in done]:
            for place in waiting:
                done.add(place)
                self._fragment(place, self._wanted[place])
        for holder, (file, pointer), standing_in in self._references:
            _, moved = self.source_map.moved(file, pointer)
            path = ""
            if file != standing_in:
                path = quote(posixpath.relpath(file, posixpath.dirname(standing_in) or "."))
            holder["$ref"] = f"{path}#{quote(moved, safe='/~$!*,;:@().-_')}"
        return self.files

    def _fragment(self, place: Place, role: _Role) -> None:
        """Convert a value where it stands, in a file that is not converted as a whole."""
        file, pointer = place
        original = self.document.files[file]
        if is_swagger(original) and pointer.startswith(_MOVED):
            if file not in self.files:
                self._whole(file)
            return
        value = original
        for token in tokens(pointer):
            value = step(value, token)
        tree = self.files.get(file, original)
        try:
            self.files[file] = replaced(tree, tokens(pointer), role(value, _Way(self, place, place)))
        except KeyError:
            return  # it stood in a part that has been converted already

    def refer(self, holder: dict[str, Any], ref: str, way: _Way, role: _Role) -> None:
        """Put a `$ref` into a mapping, to be written when it is known where everything has gone."""
        holder["$ref"] = ref
        try:
            target = self.document.refer(way.source[0], ref)
        except LeadsNowhere as error:
            raise self.document.error(error.reason, *way.source) from None
        self._references.append((holder, (target.file, target.pointer), way.goal[0]))
        self._wanted.setdefault((target.file, target.pointer), role)

    def reference(self, ref: str, way: _Way, role: _Role) -> dict[str, Any]:
        """Make a mapping that only refers; see `refer`."""
        holder: dict[str, Any] = {}
        self.refer(holder, ref, way, role)
        return holder

    # -- whole documents

    def _whole(self, file: str) -> None:
        root = self.document.files[file]
        way = _Way(self, (file, ""), (file, ""))
        for old, new in (
            ("/swagger", "/openapi"),
            ("/host", "/servers"),
            ("/securityDefinitions", "/components/securitySchemes"),
        ):
            self.source_map.add((file, new), (file, old))
        self._scheme_names = component_names(root.get("securityDefinitions"))
        out: dict[str, Any] = {"openapi": "3.0.3"}
        out.update(without(root, _ROOT_WORDS))
        out["servers"] = servers(root, root.get("schemes"))
        if "security" in root:
            out["security"] = self._security(root["security"])
        self.files[file] = out
        if "paths" in root:
            out["paths"] = self._paths(root["paths"], way.down("paths"))
        schemes = {}
        for name, scheme in members(root, "securityDefinitions"):
            schemes[self._scheme_names[name]] = security_scheme(scheme)
        components = {
            "schemas": self._components(root, way, "definitions", "schemas", self.schema),
            "parameters": self._components(root, way, "parameters", "parameters", self.parameter),
            "responses": self._components(root, way, "responses", "responses", self.response),
            "securitySchemes": schemes,
        }
        if any(components.values()):
            out["components"] = {kind: made for kind, made in components.items() if made}

    def _paths(self, value: Any, way: _Way) -> Any:
        if not isinstance(value, dict):
            return value
        out = dict(value)
        for path, item in value.items():
            if not path.startswith("x-"):
                out[path] = self.path_item(item, way.down(path))
        return out

    def _components(self, root: dict[str, Any], way: _Way, old: str, new: str, role: _Role) -> dict[str, Any]:
        names = component_names(root.get(old))
        made = {}
        for name, value in members(root, old):
            if role == self.parameter and isinstance(value, dict) and value.get("in") in ("body", "formData"):
                continue  # they become request bodies where they are used
            made[names[name]] = role(value, way.turn((old, name), ("components", new, names[name])))
        return made

    def _security(self, listed: Any) -> Any:
        if not isinstance(listed, list):
            return listed
        return list(map(self._alternative, listed))

    def _alternative(self, option: Any) -> Any:
        if not isinstance(option, dict):
            return option
        return {self._scheme_names.get(name, name): scopes for name, scopes in option.items()}

    def _default_types(self, file: str, word: str) -> list[str]:
        root = self.document.files[file]
        if not is_swagger(root):
            root = self.document.root.value
        return media_types(root.get(word))

    # -- paths

    def path_item(self, value: Any, way: _Way) -> Any:
        """Convert a path item; a body that all its operations share becomes the request body of each."""
        if not isinstance(value, dict):
            return value
        if _is_reference(value):
            return self.reference(value["$ref"], way, self.path_item)
        out = without(value, {"parameters", *METHODS})
        parameters, bodies = self._parameters(value, way)
        if parameters:
            out["parameters"] = parameters
        for method in METHODS:
            if method in value:
                out[method] = self._operation(value[method], way.down(method), bodies)
        return out

    def _operation(self, value: Any, way: _Way, shared: list[Node]) -> Any:
        if not isinstance(value, dict):
            return value
        out = without(value, {"parameters", "responses", "consumes", "produces", "schemes", "security"})
        parameters, bodies = self._parameters(value, way)
        if parameters:
            out["parameters"] = parameters
        own = [node.get("name") for node in bodies]
        bodies = [node for node in shared if node.get("name") not in own] + bodies
        if bodies:
            out["requestBody"] = self._body(bodies, self._types(value, "consumes", way), way)
        if "responses" in value:
            produces = self._types(value, "produces", way)
            out["responses"] = self._responses(value["responses"], produces, way.down("responses"))
        if "security" in value:
            out["security"] = self._security(value["security"])
        if "schemes" in value:
            out["servers"] = servers(self.document.root.value, value["schemes"])
        return out

    def _types(self, operation: dict[str, Any], word: str, way: _Way) -> list[str]:
        if word in operation:
            return media_types(operation[word])
        return self._default_types(way.source[0], word)

    def _parameters(self, owner: dict[str, Any], way: _Way) -> tuple[list[Any], list[Node]]:
        """Convert the parameters that stay parameters, and return apart those that make up the body."""
        kept: list[Any] = []
        bodies: list[Node] = []
        listed = owner.get("parameters")
        if not isinstance(listed, list):
            listed = []
        for index, raw in enumerate(listed):
            place = _below(way.source, ("parameters", index))
            node = self.document.follow(Node(self.document, *place, raw))
            if node.get("in") in ("body", "formData"):
                bodies.append(node)
                continue
            below = way.turn(("parameters", index), ("parameters", len(kept)))
            kept.append(self.parameter(raw, below))
        return kept, bodies

    def parameter(self, value: Any, way: _Way) -> Any:
        """Convert a parameter of a path, query or header."""
        if not isinstance(value, dict):
            return value
        if _is_reference(value):
            return self.reference(value["$ref"], way, self.parameter)
        out = described(value, *_ABOUT_PARAMETER)
        if value.get("in") == "query" and "allowEmptyValue" in value:
            out["allowEmptyValue"] = value["allowEmptyValue"]
        if "x-example" in out:
            out["example"] = out.pop("x-example")
        out.update(parameter_style(value))
        out["schema"] = self._inline_schema(value, way)
        return out

    def _inline_schema(self, value: dict[str, Any], way: _Way) -> Any:
        """Make a schema of what a parameter or header says about its value."""
        if isinstance(value.get("schema"), dict):  # wrong in 2.0 outside a body, and clear all the same
            return self.schema(value["schema"], way.down("schema"))
        words = {}
        for key, member in value.items():
            if key == "x-nullable" or not (key in _ABOUT_WHOLE or key.startswith("x-")):
                words[key] = member
        if value.get("allowEmptyValue") is False and words.get("type") == "string":
            words.setdefault("minLength", 1)
        return self.schema(words, way.turn((), ("schema",)))

    # -- bodies

    def _body(self, nodes: list[Node], consumes: list[str], way: _Way) -> dict[str, Any]:
        for node in reversed(nodes):
            if node.get("in") == "body":
                return self._json_body(node, consumes or [JSON], way)
        return self._form(nodes, consumes, way)

    def _json_body(self, node: Node, consumes: list[str], way: _Way) -> dict[str, Any]:
        base = way.from_node(node, "requestBody")
        out = described(node.value, "required")
        out["content"] = {}
        for name in consumes:
            media = out["content"][name] = {}
            if node.has("schema"):
                goal = base.turn(("schema",), ("content", name, "schema"))
                media["schema"] = self.schema(node.value["schema"], goal)
            if node.has("x-example"):
                media["example"] = node.value["x-example"]
        return out

    def _form(self, nodes: list[Node], consumes: list[str], way: _Way) -> dict[str, Any]:
        self.source_map.copy(_below(way.goal, ("requestBody",)), (nodes[0].file, nodes[0].pointer))
        out: dict[str, Any] = {"content": {}}
        for name in _form_types(nodes, consumes):
            out["content"][name] = self._form_media(nodes, name, way)
        if any(map(_is_required, nodes)):
            out["required"] = True
        return out

    def _form_media(self, nodes: list[Node], media: str, way: _Way) -> dict[str, Any]:
        """Make of the fields of a form the properties of one object."""
        properties, encoding = {}, {}
        for node in nodes:
            name = str(node.get("name"))
            goal = way.from_node(node, "requestBody", "content", media, "schema", "properties", name)
            properties[name] = self._inline_schema(node.value, goal)
            if node.has("description"):
                properties[name] = {"description": node.value["description"], **properties[name]}
            style = parameter_style({**node.value, "in": "query"})
            if style and node.get("collectionFormat") != "multi":
                encoding[name] = style
        schema: dict[str, Any] = {"type": "object", "properties": properties}
        out: dict[str, Any] = {"schema": schema}
        required = [node.get("name") for node in filter(_is_required, nodes)]
        if required:
            schema["required"] = required
        if encoding:
            out["encoding"] = encoding
        return out

    # -- responses

    def _responses(self, value: Any, produces: list[str], way: _Way) -> Any:
        if not isinstance(value, dict):
            return value
        out = dict(value)
        for status, raw in value.items():
            if not status.startswith("x-"):
                out[status] = self._answer(raw, produces, way.down(status))
        return out

    def _answer(self, raw: Any, produces: list[str], way: _Way) -> Any:
        """Convert one response; a shared one stays shared, unless this operation answers with other media
        types.
        """
        if not _is_reference(raw):
            return self._response(raw, produces, way)
        node = self.document.follow(Node(self.document, *way.source, raw))
        if self._default_types(node.file, "produces") != produces:
            return self._response(node.value, produces, way.from_node(node))
        return self.reference(raw["$ref"], way, self.response)

    def response(self, value: Any, way: _Way) -> Any:
        """Convert a response that several operations share."""
        if _is_reference(value):
            return self.reference(value["$ref"], way, self.response)
        return self._response(value, self._default_types(way.source[0], "produces"), way)

    def _response(self, value: Any, produces: list[str], way: _Way) -> Any:
        if not isinstance(value, dict):
            return value
        out = without(value, {"schema", "examples", "headers"})
        content: dict[str, dict[str, Any]] = {}
        if "schema" in value:
            usual = OCTETS if is_file(value["schema"]) else JSON
            for name in produces or [usual]:
                goal = way.turn(("schema",), ("content", name, "schema"))
                content[name] = {"schema": self.schema(value["schema"], goal)}
        _add_examples(value, content, produces, way)
        headers = {}
        for name, header in members(value, "headers"):
            headers[name] = self._header(header, way.down("headers", name))
        if headers:
            out["headers"] = headers
        if content:
            out["content"] = content
        return out

    def _header(self, value: Any, way: _Way) -> Any:
        if not isinstance(value, dict):
            return value
        return {**described(value), **header_style(value), "schema": self._inline_schema(value, way)}

    # -- schemas

    def schema(self, value: Any, way: _Way) -> Any:
        """Convert a schema; 3.0 has other words for a nullable value, a discriminator and a file."""
        if not isinstance(value, dict):
            return value
        known = self._schemas.get((id(value), way.goal[0]))
        if known is not None:
            return known[1]
        out: dict[str, Any] = {}
        # The value too, so that its id is not given to another.
        self._schemas[id(value), way.goal[0]] = (value, out)
        ref = value.get("$ref")
        if isinstance(ref, str):
            self._schema_reference(value, ref, out, way)
            return out
        for key, member in value.items():
            if key in _ONE:
                out[key] = self.schema(member, way.down(key))
            elif key in _MAPS and isinstance(member, dict):
                out[key] = {name: self.schema(part, way.down(key, name)) for name, part in member.items()}
            elif key in _LISTS and isinstance(member, list):
                out[key] = [self.schema(part, way.down(key, index)) for index, part in enumerate(member)]
            else:
                out[key] = member
        restate_schema(out)
        return out

    def _schema_reference(self, value: dict[str, Any], ref: str, out: dict[str, Any], way: _Way) -> None:
        if value.get("x-nullable") is not True:
            self.refer(out, ref, way, self.schema)
            return
        inner: dict[str, Any] = {}
        out.update(nullable=True, allOf=[inner])
        self.refer(inner, ref, way.turn((), ("allOf", 0)), self.schema)


def _form_types(nodes: list[Node], consumes: list[str]) -> list[str]:
    """Return the media types in which a form may come; one with a file comes in parts."""
    has_files = any(is_file(node.value) for node in nodes)
    found = []
    for name in consumes:
        if same_type(name, MULTIPART) or (same_type(name, FORM) and not has_files):
            found.append(name)
    return found or [MULTIPART if has_files else FORM]


def _is_required(node: Node) -> bool:
    return node.get("required") is True


def _add_examples(
    response: dict[str, Any], content: dict[str, dict[str, Any]], produces: list[str], way: _Way
) -> None:
    """Put the examples of a response where its media types are; one of a range (`*/*`) stands for what is
    produced of it and has none of its own.
    """
    for stated, example in members(response, "examples"):
        name = _known_type(stated, content)
        for covered in _covered(name, produces) or [name]:
            is_told = covered != name and "example" in content.get(covered, ())
            if "/" in covered and not is_told:
                way.turn(("examples", stated), ("content", covered, "example"))
                content.setdefault(covered, {})["example"] = example


def _covered(name: str, produces: list[str]) -> list[str]:
    """Return the media types that a range stands for; none where it is no range."""
    before, star, _ = name.partition("*")
    if not star:
        return []
    return [one for one in produces if one.lower().startswith(before.lower())]


def _known_type(stated: str, content: Iterable[str]) -> str:
    """Return a media type as it stands in `content`, where it does."""
    for known in content:
        if same_type(known, stated):
            return known
    return stated


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("$ref"), str)
