"""Contract files: reading them, and finding a value in them by JSON pointer with `$ref` followed."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from understudy.contracts.parse_cache import ParseCache
from understudy.contracts.parsing import is_json, line_of, parse
from understudy.contracts.schema_ids import SchemaIds
from understudy.contracts.source_map import Place, SourceMap
from understudy.contracts.spellings import faults
from understudy.contracts.walking import walk
from understudy.errors import ContractError, show
from understudy.pointers import escape, shown, step, tokens

T = TypeVar("T")

LONGEST_SHOWN = 120  # characters of a reference in a sentence
SEQUENCE = "sequence"
"""Where a media type of items one after another has, in pointers, the schema of the array that they are."""
_EXAMPLE = {"summary", "description", "externalValue", "dataValue"}
WIDE: Final = 1_000
"""Parameters, members, alternatives or values in one place, from which on work with them takes long."""
_WIDENING: Final = frozenset(
    {"properties", "patternProperties", "required", "oneOf", "anyOf", "allOf", "parameters", "enum"}
)
MAX_HOPS = 100  # a chain of `$ref`s longer than this is a loop


class Finding(Struct, frozen=True):
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
            said += f" (at {shown(self.pointer)})"
        return said


class LeadsNowhere(KeyError):
    """What a `$ref` names is not there. reason: a sentence for a person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LeadsOutside(LeadsNowhere):
    """What a `$ref` names is in no folder that may be read."""


# ---- documents


class Node(Struct, frozen=True, eq=False):
    """A value in a document, with its place; a `$ref` that stood there has been followed. It never changes.

    file: name of the file, relative to the contract's folder. pointer: JSON pointer in that file.
    """

    document: Document
    file: str
    pointer: str
    value: Any

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Node):
            return NotImplemented
        return self.pointer == other.pointer and self.file == other.file

    def __hash__(self) -> int:
        return hash((self.file, self.pointer))

    def __repr__(self) -> str:
        return f"Node({self.address!r})"

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
            node = node._below(token, step(node.value, token))
        return node

    def _below(self, token: str, value: Any) -> Node:
        """Return a value that stands in this one, its `$ref` followed."""
        node = Node(self.document, self.file, f"{self.pointer}/{escape(token)}", value)
        if isinstance(value, dict) and "$ref" in value:
            return self.document.follow(node)
        return node

    def raw(self, *keys: str | int) -> Node:
        """Return a descendant as it stands, no `$ref` followed: beside a `$ref` a schema may say more.

        Raises KeyError.
        """
        pointer, value = self.pointer, self.value
        for key in keys:
            token = str(key)
            pointer = f"{pointer}/{escape(token)}"
            value = step(value, token)
        return Node(self.document, self.file, pointer, value)

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
        held = self.find(key)
        if held is not None and isinstance(held.value, list):
            for index, value in enumerate(held.value):
                yield held._below(str(index), value)

    def items(self) -> Iterator[tuple[str, Node]]:
        """Walk the members of a mapping, each followed."""
        if isinstance(self.value, dict):
            for key, value in self.value.items():
                yield key, self._below(str(key), value)


class Document:
    """The files of one contract: the one that was named, and those in its root that it refers to."""

    def __init__(
        self,
        folder: Path,
        name: str,
        contents: dict[str, bytes],
        files: dict[str, Any],
        root: Path | None = None,
    ) -> None:
        """folder: of the file that was named. root: outside of which nothing is read; that folder where none
        is given.
        """
        self.folder, self.name = folder, name
        self.boundary = root or folder
        self.ids = SchemaIds()
        self.contents, self.files = contents, files
        # Files that values came from and that are not the contract's own.
        self.overlays: dict[str, bytes] = {}
        self.findings: list[Finding] = []
        # The changes made to the files since they were read, first to last.
        self.source_maps: tuple[SourceMap, ...] = ()
        self.changed_files: frozenset[str] = frozenset()  # files that hold other values than their text says
        self.missing: set[str] = set()  # files that are referred to and are not there
        self.is_wide = False  # something in it has more than WIDE parameters, members or alternatives
        self.written = self  # the document before it was converted from another format
        self._referred: dict[tuple[str, str, str], Node] = {}  # by file, base URI and `$ref`
        self._nowhere: dict[tuple[str, str, str], LeadsNowhere] = {}
        self._kept: dict[Hashable, Any] = {}

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` made of this document, whose references were followed, when the key was first
        asked for.
        """
        if key not in self._kept:
            self._kept[key] = make()
        found: T = self._kept[key]
        return found

    @classmethod
    def load(cls, path: Path) -> Document:
        """Read a contract and every file it refers to.

        Raises ContractError; fetches nothing, leaves its folder never.
        """
        document = cls.read(path)
        document.check_references()
        return document

    @classmethod
    def read(cls, path: Path, root: Path | None = None) -> Document:
        """Read the named file alone, so that it can be changed before its references are followed.

        root: the folder that references may reach; that of the file where none is given. Raises
        ContractError.
        """
        path = Path(path)
        folder = path.resolve().parent
        if root is not None:
            root = root.resolve()
            if not folder.is_relative_to(root):
                raise ContractError(f"is not below {root}, which --root names", file=str(path))
        name = path.resolve().name  # a link may be called otherwise than the file it leads to
        document = cls(folder, name, {}, {}, root)
        document._read(name, asked=str(path))
        return document

    def changed(
        self, files: Mapping[str, Any], source_map: SourceMap, overlays: Mapping[str, bytes] | None = None
    ) -> Document:
        """Return this document with other values in its files.

        `overlays`: the texts of files that values came from.
        """
        other = Document(self.folder, self.name, dict(self.contents), {**self.files, **files}, self.boundary)
        if self.ids:
            other.ids = SchemaIds.of(other.files)
        other.overlays = {**self.overlays, **(overlays or {})}
        other.findings = list(self.findings)
        other.missing = set(self.missing)
        other.is_wide = self.is_wide
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
        """Follow `$ref` until a value stands there; where none does, it is one that allows anything."""
        try:
            return self._followed(node)
        except LeadsNowhere:
            return Node(self, node.file, node.pointer, {})

    def _followed(self, node: Node) -> Node:
        for _ in range(MAX_HOPS):
            value = node.value
            if not (isinstance(value, dict) and isinstance(value.get("$ref"), str)):
                return node
            node = self.refer(node.file, value["$ref"], node.pointer)
        raise LeadsNowhere(f"the reference {value['$ref']!r} leads back to itself")

    def target(self, node: Node, ref: str) -> Node:
        """Return what a `$ref` that stands in the node's file points at: one step, since a schema may say
        more beside the next `$ref`.
        """
        return self.refer(node.file, ref, node.pointer)

    def refer(self, file: str, ref: str, pointer: str = "") -> Node:
        """Return what a `$ref` that stands in a file, at a pointer, names; it is not followed further.

        Raises LeadsNowhere; ContractError for a file that cannot be read.
        """
        base = self.ids.base(file, pointer) if self.ids else ""
        node = self._referred.get((file, base, ref))
        if node is None:
            node = self._referred[file, base, ref] = self._refer_once(file, base, ref)
        return node

    def _refer_once(self, file: str, base: str, ref: str) -> Node:
        """Look a reference up, and remember where it leads nowhere: hundreds may name one file that is not
        there.
        """
        known = self._nowhere.get((file, base, ref))
        if known is not None:
            raise known.with_traceback(None)
        try:
            return self._refer(file, base, ref)
        except LeadsNowhere as error:
            self._nowhere[file, base, ref] = error
            raise

    def _refer(self, file: str, base: str, ref: str) -> Node:
        place, _, fragment = ref.partition("#")
        known = self.ids.find(base, place) if base else None
        if known is not None:
            found = self._within(*known, unquote(fragment))
            if found is not None:
                return found
        name = file
        if place and (known is None or known[1]):
            name = self._file_of(file, place)
        found = self._within(name, "", unquote(fragment))
        if found is None:
            raise LeadsNowhere(f"the reference {_shown(ref)} leads nowhere")
        return found

    def _within(self, name: str, holder: str, fragment: str) -> Node | None:
        """Return what a fragment names in a schema that a pointer holds; None where it names nothing."""
        try:
            root = self.files[name]
            for token in tokens(holder):
                root = step(root, token)
            if fragment and not fragment.startswith("/"):
                fragment = _anchor(root, fragment)
            value = root
            for token in tokens(fragment):
                value = _sequence(value) if token == SEQUENCE else step(value, token)
        except KeyError:
            return None
        return Node(self, name, f"{holder}{fragment}", value)

    def attachment(self, file: str, place: str) -> bytes:
        """Return the bytes of a file that `externalValue` names in a file of the document.

        Raises LeadsNowhere; ContractError for a file that is not to be read, or cannot be.
        """
        name = self._name_of(file, place)
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise LeadsNowhere(f"refers to {_shown(place)}, which cannot be read: {error.strerror}") from None

    def _file_of(self, file: str, place: str) -> str:
        """Return the name of a file that is referred to; it is read where it was not yet."""
        name = self._name_of(file, place)
        if name not in self.files:
            self._read(name, asked=name)
        return name

    def _name_of(self, file: str, place: str) -> str:
        """Return the name of a file that is referred to, relative to the contract's folder."""
        refers = f"refers to {_shown(place)}"
        try:
            if urlsplit(place).scheme:
                raise LeadsNowhere(f"{refers}, and nothing is fetched: put the file beside the contract")
            resolved = ((self.folder / file).parent / unquote(place)).resolve()
            if not resolved.is_relative_to(self.boundary):
                raise LeadsOutside(self._outside(refers))
            is_there = resolved.is_file()
            name = Path(os.path.relpath(resolved, self.folder)).as_posix()
            if not is_there:
                self.missing.add(name)
        except (OSError, ValueError):  # no path: too long, or with a NUL
            is_there = False
        if not is_there:
            raise LeadsNowhere(f"{refers}, and there is no such file")
        return name

    def _outside(self, refers: str) -> str:
        if self.boundary == self.folder:
            return f"{refers}, which is outside the contract's folder; --root names a folder above it"
        return f"{refers}, which is outside {self.boundary}, the folder that --root names"

    def _read(self, name: str, asked: str) -> None:
        path = self.folder / name
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ContractError(f"cannot be read: {error.strerror}", file=asked) from None
        self.contents[name] = content
        self.files[name] = _parse_cached(content, name)
        if b"$id" in content or b"$self" in content:
            self.ids.add(name, self.files[name])
            self._nowhere.clear()

    @cached_property
    def heirs(self) -> Mapping[str, Sequence[Node]]:
        """The named schemas that are built on another one by `allOf`, by the address of that."""
        found: dict[str, list[Node]] = {}
        for file, root in self.files.items():
            for pointer, schema in _named_schemas(root):
                heir = Node(self, file, pointer, schema)
                for index, part in enumerate(schema["allOf"]):
                    reference = part.get("$ref") if isinstance(part, dict) else None
                    if isinstance(reference, str):
                        base = self.follow(heir.raw("allOf", index))
                        found.setdefault(base.address, []).append(heir)
        return found

    def check_references(self) -> None:
        """Read the files that are referred to and follow each `$ref` once. One that leads nowhere is taken
        out, so that anything may stand there, and is a finding, as is a name that does not count.

        Raises ContractError for what is not to be read, or cannot be.
        """
        done: set[str] = set()
        while waiting := [name for name in self.files if name not in done]:
            for name in waiting:
                done.add(name)
                self._check_file(name)

    def _check_file(self, name: str) -> None:
        faulty: dict[str, str] = {}  # a file of ten thousand references names a tenth of them
        for pointer, value in walk(self.files[name]):
            if "examples" in value:
                self._check_attachments(name, f"{pointer}/examples", value["examples"])
            if "content" in value or "headers" in value:
                self._check_names(name, pointer, value)
            self.is_wide |= not _WIDENING.isdisjoint(value) and _widens(value)
            if "$dynamicRef" in value:
                self._check_dynamic(name, pointer, value)
            reference = value.get("$ref")
            if not isinstance(reference, str):
                continue
            if reference not in faulty:
                faulty[reference] = self._fault_of(Node(self, name, pointer, value))
            if faulty[reference]:
                reason = f"{faulty[reference]}, so anything is taken"
                self.findings.append(self.finding(reason, name, pointer))
                del value["$ref"]

    def _check_dynamic(self, file: str, pointer: str, value: dict[str, Any]) -> None:
        """Do the same for a `$dynamicRef`: it names, before all else, what it would as a `$ref`."""
        reference = value["$dynamicRef"]
        if not isinstance(reference, str):
            return
        fault = self._fault_of(Node(self, file, pointer, {"$ref": reference}))
        if fault:
            self.findings.append(self.finding(f"{fault}, so anything is taken", file, pointer))
            del value["$dynamicRef"]

    def _check_attachments(self, file: str, pointer: str, examples: Any) -> None:
        for name, example in examples.items() if isinstance(examples, dict) else ():
            if isinstance(example, dict) and "externalValue" in example and example.keys() <= _EXAMPLE:
                self._check_attachment(file, f"{pointer}/{escape(name)}", example["externalValue"])

    def _check_attachment(self, file: str, pointer: str, place: Any) -> None:
        """Find an example that is said to be elsewhere, and is not to be had."""
        try:
            self._name_of(file, str(place))
        except LeadsNowhere as error:
            reason = f"an example {error.reason}, so it is none"
            self.findings.append(self.finding(reason, file, f"{pointer}/externalValue"))

    def _fault_of(self, node: Node) -> str:
        """Say why a reference leads nowhere; nothing where it leads somewhere."""
        try:
            found = self._followed(node).value
        except LeadsOutside as error:
            raise self.error(error.reason, node.file, node.pointer) from None
        except LeadsNowhere as error:
            return error.reason
        if isinstance(found, (str, int, float)) and not isinstance(found, bool):
            return (
                f"the reference {_shown(node.value['$ref'])} leads to {show(found)}, which describes nothing"
            )
        return ""

    def _check_names(self, file: str, pointer: str, value: dict[str, Any]) -> None:
        for member, name, reason in faults(value):
            self.findings.append(self.finding(reason, file, f"{pointer}/{member}/{escape(name)}"))


def _widens(schema: Mapping[str, Any]) -> bool:
    return any(_is_wide(schema.get(key)) for key in _WIDENING)


def _is_wide(value: Any) -> bool:
    return isinstance(value, (dict, list)) and len(value) > WIDE


def _named_schemas(root: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the schemas of a file that have a name and parts, each with its pointer."""
    for keys in (("components", "schemas"), ("definitions",), ("$defs",)):
        schemas = root
        for key in keys:
            schemas = schemas.get(key) if isinstance(schemas, dict) else None
        for name, schema in schemas.items() if isinstance(schemas, dict) else ():
            if isinstance(schema, dict) and isinstance(schema.get("allOf"), list):
                yield f"/{'/'.join(keys)}/{escape(str(name))}", schema
    if isinstance(root, dict) and isinstance(root.get("allOf"), list):
        yield "", root


def _sequence(value: Any) -> Any:
    """Return what stands under a name that a contract gave, or else the schema that a media type of items has
    as that of the array they are.

    Raises KeyError.
    """
    if isinstance(value, dict) and SEQUENCE not in value:
        for key in ("itemSchema", "schema"):
            if key in value:
                return {"type": "array", "items": value[key]}
    return step(value, SEQUENCE)


def _anchor(root: Any, anchor: str) -> str:
    """Find `$anchor` (JSON Schema 2020-12 §8.2.2) by looking through a schema; rare enough not to be indexed.

    Raises KeyError.
    """
    for pointer, value in walk(root):
        if anchor in (value.get("$anchor"), value.get("$dynamicAnchor")):
            return pointer
    raise KeyError(anchor)


def _shown(ref: str) -> str:
    """Show what a reference says, which may be anything, in a sentence."""
    shown = repr(ref)
    if len(shown) > LONGEST_SHOWN:
        return f"{shown[:LONGEST_SHOWN]}…'"
    return shown


def _parse_cached(content: bytes, name: str) -> Any:
    if is_json(content):
        return parse(content, name)  # JSON is as quick to read as the cache
    cache = ParseCache.of_environment()
    value = cache.load(content)
    if value is None:
        value = parse(content, name)
        cache.save(content, value)
    return value
