"""Contract files: reading them, and finding a value in them by JSON pointer with `$ref` followed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import orjson
import yaml

from understudy.contracts.parse_cache import ParseCache
from understudy.contracts.source_map import Place, SourceMap
from understudy.errors import ContractError
from understudy.pointers import escape, step, tokens

MAX_HOPS = 100  # a chain of `$ref`s longer than this is a loop

DEEPEST = 1000  # levels of nesting in a YAML file
_BRACKET = re.compile(rb"[\[\]{}]")
_COMPACT_NESTING = re.compile(rb"(?:[-?:][ \t]+){%d}" % DEEPEST)

# Below these keys stands data, not contract: a `$ref` in there is only a word.
_DATA_KEYS = frozenset({"example", "examples", "default", "enum", "const", "value"})
# Below these keys the next level is names somebody chose, so that a property called "default" is still a
# schema.
_NAME_MAPS = frozenset(
    {"properties", "patternProperties", "$defs", "definitions", "schemas", "dependentSchemas", "responses"}
    | {"parameters", "headers", "requestBodies", "securitySchemes", "links", "callbacks", "pathItems"}
    | {"paths", "content"}
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a contract that does not keep it from being served."""

    file: str
    pointer: str
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        said = self.file
        if self.line:
            said += f":{self.line}"
        said += f": {self.reason}"
        if self.pointer:
            said += f" (at {self.pointer})"
        return said


# ---- reading


class _Loader(yaml.CSafeLoader):
    """YAML 1.2's core schema on libyaml: `NO` and `12:30:00` and dates are strings, only true/false are
    booleans.
    """

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 -- PyYAML's own table, replaced on purpose

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping with keys as strings (JSON has no others), and refuse a key that is given twice."""
        self.flatten_mapping(node)
        mapping: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key that is not a plain value", key_node.start_mark
                )
            if key_node.value in mapping:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key_node.value!r} is given twice", key_node.start_mark
                )
            mapping[key_node.value] = self.construct_object(value_node, deep=deep)
        return mapping


def _resolve_as(tag: str, pattern: str, first: str) -> None:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


_resolve_as("null", r"^(?:~|null|Null|NULL|)$", "~nN")
_Loader.yaml_implicit_resolvers.setdefault("", []).append(("tag:yaml.org,2002:null", re.compile(r"^$")))
_resolve_as("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF")
_resolve_as("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789")
_resolve_as(
    "float", r"^[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$", "-+0123456789."
)
_resolve_as("merge", r"^<<$", "<")


def parse(content: bytes, name: str) -> Any:
    """Read one JSON or YAML text. Raises ContractError with the line where it cannot be read."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        try:
            return orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
        except orjson.JSONDecodeError as error:
            if name.endswith(".json"):
                raise ContractError(f"not JSON: {error.msg}", file=name, line=error.lineno) from None
    if _is_deep(content):
        raise ContractError(f"nested deeper than {DEEPEST} levels", file=name)
    try:
        return yaml.load(content, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise ContractError(f"not YAML: {error.problem}", file=name, line=line) from None
    except (yaml.YAMLError, ValueError, AttributeError, KeyError) as error:  # as tags do on nonsense
        raise ContractError(f"not YAML: {str(error).splitlines()[0]}", file=name) from None
    except RecursionError:
        raise ContractError("nested too deep", file=name) from None


def _parse_cached(content: bytes, name: str) -> Any:
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return parse(content, name)  # JSON is as quick to read as the cache
    cache = ParseCache.of_environment()
    value = cache.load(content)
    if value is None:
        value = parse(content, name)
        cache.save(content, value)
    return value


def _is_deep(content: bytes) -> bool:
    """Tell whether YAML nests deeper than any contract does; libyaml would use up the C stack on it."""
    depth = deepest = 0
    for bracket in _BRACKET.finditer(content):
        if bracket[0] in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth -= 1
    return deepest > DEEPEST or _COMPACT_NESTING.search(content) is not None


def line_of(content: bytes, pointer: str) -> int | None:
    """Find the line (1-based) on which the value at a JSON pointer begins; None where it cannot be told."""
    return Lines(content).of(pointer)


class Lines:
    """The lines of one text, for those who look up several."""

    def __init__(self, content: bytes) -> None:
        try:
            self._root = yaml.compose(content, yaml.CSafeLoader)
        except (yaml.YAMLError, RecursionError, ValueError):
            self._root = None

    def of(self, pointer: str) -> int | None:
        """Find the line (1-based) on which the value at a JSON pointer begins; where there is none, that of
        what it would stand in.
        """
        return _line(self._root, pointer)


def _line(node: Any, pointer: str) -> int | None:
    line = None
    for token in tokens(pointer):
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == token:
                    line, node = key.start_mark.line + 1, value
                    break
            else:
                return line
        elif isinstance(node, yaml.SequenceNode) and token.isdigit() and int(token) < len(node.value):
            node = node.value[int(token)]
            line = node.start_mark.line + 1
        else:
            return line
    return line


# ---- documents


@dataclass(frozen=True, slots=True)
class Node:
    """A value in a document, with its place; a `$ref` that stood there has been followed.

    file: name of the file, relative to the contract's folder. pointer: JSON pointer in that file.
    """

    document: Document = field(repr=False, compare=False)
    file: str
    pointer: str
    value: Any = field(repr=False, compare=False)

    @property
    def address(self) -> str:
        """The place as one string, `openapi.yaml#/components/schemas/Pet`."""
        return f"{self.file}#{self.pointer}"

    def child(self, *keys: str | int) -> Node:
        """Return a descendant; every `$ref` on the way and at the end is followed.

        Raises KeyError where absent.
        """
        node = self
        for key in keys:
            token = str(key)
            value = step(node.value, token)
            node = self.document.follow(
                Node(self.document, node.file, f"{node.pointer}/{escape(token)}", value)
            )
        return node

    def raw(self, *keys: str | int) -> Node:
        """Return a descendant as it stands, no `$ref` followed: beside a `$ref` a schema may say more.

        Raises KeyError.
        """
        node = self
        for key in keys:
            node = Node(
                self.document, self.file, f"{node.pointer}/{escape(str(key))}", step(node.value, str(key))
            )
        return node

    def find(self, *keys: str | int) -> Node | None:
        """Return a descendant as `child` does, or None where it is absent."""
        try:
            return self.child(*keys)
        except KeyError:
            return None

    def get(self, key: str, default: Any = None) -> Any:
        """Return a raw member of a mapping; a `$ref` in it is not followed."""
        if not isinstance(self.value, dict):
            return default
        return self.value.get(key, default)

    def has(self, key: str) -> bool:
        """Tell whether this is a mapping with that member."""
        return isinstance(self.value, dict) and key in self.value

    def members(self, key: str) -> Iterator[tuple[str, Node]]:
        """Walk the members of a mapping that stands in this one, each followed; where there is none, none."""
        holder = self.find(key)
        if holder is not None:
            yield from holder.items()

    def entries(self, key: str) -> Iterator[Node]:
        """Walk the entries of a list in this mapping, each followed; where there is no list, none."""
        for index in range(len(self.get(key) or ())):
            yield self.child(key, index)

    def items(self) -> Iterator[tuple[str, Node]]:
        """Walk the members of a mapping, each followed."""
        if isinstance(self.value, dict):
            for key in self.value:
                yield key, self.child(key)


class Document:
    """The files of one contract: the one that was named, and those beside or below it that it refers to."""

    def __init__(self, folder: Path, name: str, contents: dict[str, bytes], files: dict[str, Any]) -> None:
        self.folder, self.name = folder, name
        self.contents, self.files = contents, files
        # Files that values came from and that are not the contract's own.
        self.overlays: dict[str, bytes] = {}
        self.findings: list[Finding] = []
        # The changes made to the files since they were read, first to last.
        self.source_maps: tuple[SourceMap, ...] = ()
        self.changed_files: frozenset[str] = frozenset()  # files that hold other values than their text says
        self.written = self  # the document before it was converted from another format
        self._referred: dict[tuple[str, str], Node] = {}  # what each `$ref` of a file names

    @classmethod
    def load(cls, path: Path) -> Document:
        """Read a contract and every file it refers to.

        Raises ContractError; fetches nothing, leaves its folder never.
        """
        document = cls.read(path)
        document.check_references()
        return document

    @classmethod
    def read(cls, path: Path) -> Document:
        """Read the named file alone, so that it can be changed before its references are followed.

        Raises ContractError.
        """
        path = Path(path)
        document = cls(path.resolve().parent, path.name, {}, {})
        document._read(path.name, asked=str(path))
        return document

    def changed(
        self, files: Mapping[str, Any], source_map: SourceMap, overlays: Mapping[str, bytes] | None = None
    ) -> Document:
        """Return this document with other values in its files.

        `overlays`: the texts of files that values came from.
        """
        other = Document(self.folder, self.name, dict(self.contents), {**self.files, **files})
        other.overlays = {**self.overlays, **(overlays or {})}
        other.findings = list(self.findings)
        other.source_maps = (*self.source_maps, source_map)
        other.changed_files = self.changed_files | files.keys()
        return other

    @property
    def root(self) -> Node:
        """The root of the file that was named."""
        return Node(self, self.name, "", self.files[self.name])

    @property
    def content(self) -> bytes:
        """The named file as it stands on disk."""
        return self.contents[self.name]

    def text(self, file: str) -> bytes:
        """Return what stands in a file that a place names, the contract's or an overlay."""
        if file in self.contents:
            return self.contents[file]
        return self.overlays[file]

    def place(self, file: str, pointer: str) -> Place:
        """Return where a value was written, before the document was changed."""
        for source_map in reversed(self.source_maps):
            file, pointer = source_map.written(file, pointer)
        return file, pointer

    def error(self, reason: str, file: str, pointer: str) -> ContractError:
        """Make a ContractError that knows its line."""
        file, pointer = self.place(file, pointer)
        return ContractError(reason, file=file, line=line_of(self.text(file), pointer), pointer=pointer)

    def finding(self, reason: str, file: str, pointer: str) -> Finding:
        """Make a Finding that names the place as it was written."""
        file, pointer = self.place(file, pointer)
        return Finding(file, pointer, reason)

    def follow(self, node: Node) -> Node:
        """Follow `$ref` until a value stands there.

        Raises ContractError for a loop, KeyError for nothing there.
        """
        for _ in range(MAX_HOPS):
            value = node.value
            if not (isinstance(value, dict) and isinstance(value.get("$ref"), str)):
                return node
            node = self.refer(node.file, value["$ref"], node.pointer)
        raise self.error("the reference leads back to itself", node.file, node.pointer)

    def target(self, node: Node, ref: str) -> Node:
        """Return what a `$ref` that stands in the node's file points at: one step, since a schema may say
        more beside the next `$ref`.
        """
        return self.refer(node.file, ref, node.pointer)

    def refer(self, file: str, ref: str, at: str) -> Node:
        """Return what a `$ref` that stands in a file at a pointer names, not followed further.

        Raises KeyError, ContractError.
        """
        node = self._referred.get((file, ref))
        if node is None:
            node = self._referred[file, ref] = self._refer(file, ref, at)
        return node

    def _refer(self, file: str, ref: str, at: str) -> Node:
        place, _, fragment = ref.partition("#")
        name = file
        if place:
            name = self._file_of(file, place, at)
        pointer = unquote(fragment)
        if pointer and not pointer.startswith("/"):
            pointer = self._anchor(name, pointer)
        value = self.files[name]
        for token in tokens(pointer):
            value = step(value, token)
        return Node(self, name, pointer, value)

    def _anchor(self, name: str, anchor: str) -> str:
        """Find `$anchor` (JSON Schema 2020-12 §8.2.2) by looking through the file; rare enough not to be
        indexed.
        """
        for pointer, value, _ in walk(self.files[name]):
            if anchor in (value.get("$anchor"), value.get("$dynamicAnchor")):
                return pointer
        raise KeyError(anchor)

    def _file_of(self, file: str, place: str, at: str) -> str:
        if urlsplit(place).scheme:
            raise self.error(
                f"refers to {place}, and nothing is fetched: put the file beside the contract", file, at
            )
        path = (self.folder / file).parent / unquote(place)
        resolved = path.resolve()
        if not resolved.is_relative_to(self.folder):
            raise self.error(f"refers to {place}, which is outside the contract's folder", file, at)
        name = resolved.relative_to(self.folder).as_posix()
        if name not in self.files:
            if not resolved.is_file():
                raise self.error(f"refers to {place}, and there is no such file", file, at)
            self._read(name, asked=name)
        return name

    def _read(self, name: str, asked: str) -> None:
        path = self.folder / name
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ContractError(f"cannot be read: {error.strerror}", file=asked) from None
        self.contents[name] = content
        self.files[name] = _parse_cached(content, name)

    def check_references(self) -> None:
        """Read the files that are referred to and follow each `$ref` once, so that a contract with one that
        leads nowhere never starts.
        """
        done: set[str] = set()
        while waiting := [name for name in self.files if name not in done]:
            for name in waiting:
                done.add(name)
                self._check_references_of(name)

    def _check_references_of(self, name: str) -> None:
        checked = set()  # a file of ten thousand references names a tenth of them
        for pointer, value, is_data in walk(self.files[name]):
            if "$ref" not in value or is_data:
                continue
            reference = value["$ref"]
            if isinstance(reference, str) and reference not in checked:
                checked.add(reference)
                self._check_reference(name, pointer, value)

    def _check_reference(self, name: str, pointer: str, value: dict[str, Any]) -> None:
        try:
            self.follow(Node(self, name, pointer, value))
        except KeyError:
            raise self.error(f"the reference {value['$ref']!r} leads nowhere", name, pointer) from None


_Waiting = tuple[str, Any, bool, bool]
"""A pointer, the value there, whether it is data, and whether its members have names that somebody chose."""

_HOLDERS: Final = frozenset({dict, list})


def walk(root: Any) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Yield (pointer, mapping, is data) for each mapping in a file, those that YAML aliases share once."""
    waiting: list[_Waiting] = [("", root, False, False)]
    seen: set[int] = set()
    while waiting:
        pointer, value, is_data, is_named = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if type(value) is list:
            for index, member in enumerate(value):
                if type(member) in _HOLDERS:
                    waiting.append((f"{pointer}/{index}", member, is_data, False))
        elif type(value) is dict:
            yield pointer, value, is_data
            waiting += _in_mapping(pointer, value, is_data, is_named)


def _in_mapping(pointer: str, value: dict[str, Any], is_data: bool, is_named: bool) -> list[_Waiting]:
    below: list[_Waiting] = []
    for key, member in value.items():
        if type(member) not in _HOLDERS:  # a file of ten megabytes has half a million members
            continue
        if is_named:
            below.append((f"{pointer}/{escape(key)}", member, is_data, False))
        else:
            holds_data = is_data or key in _DATA_KEYS or key.startswith("x-")
            below.append((f"{pointer}/{escape(key)}", member, holds_data, key in _NAME_MAPS))
    return below
