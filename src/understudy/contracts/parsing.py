"""Contract texts: reading JSON and YAML, and finding the line on which a value stands."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, Final

import orjson
import yaml

from understudy.errors import ContractError
from understudy.pointers import tokens

DEEPEST: Final = 900  # levels of nesting in a file
_LEVELS: Final = DEEPEST // 3  # in each of three ways to nest, so that together they stay below
_OPENING: Final = b"[{"
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_INDENTED: Final = b" " * _LEVELS
_COMPACT_NESTING: Final = re.compile(rb"(?:[-?:][ \t]+){%d,}+" % _LEVELS)
_NUMBERS: Final = bytes.maketrans(b"123456789,[", b"0" * 9 + b"::")
_LONG_INTEGER: Final = b":" + b"0" * 19  # the digits of 2^63, in a text whose digits are all made one
_ANCHOR: Final = re.compile(rb"&(?<![^\s\[{,:]&)[^\s,\[\]{}]")
_TAG: Final = "tag:yaml.org,2002:"
_MERGE: Final = f"{_TAG}merge"

MOST_ADDED: Final = 25_000
"""Values that the aliases of a text may stand for, beside one for each of its bytes."""


class _Loader(yaml.CSafeLoader):
    """YAML 1.2's core schema on libyaml: `NO` and `12:30:00` and dates are strings, only true/false are
    booleans.
    """

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 -- PyYAML's own table, replaced on purpose

    def __init__(self, stream: bytes) -> None:
        super().__init__(stream)
        self._may_merge = b"<<" in stream
        self._merged: set[int] = set()  # mappings whose merge keys were written out already

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping with keys as strings (JSON has no others).

        What is merged comes first, so that a key beside `<<` wins.
        """
        if self._may_merge or not isinstance(node, yaml.MappingNode):
            self.flatten_mapping(node)
        mapping = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _refusal("a key that is not a plain value", key)
            mapping[key.value] = self.construct_object(value, deep=deep)
        if len(mapping) < len(node.value) and not self._may_merge:
            _refuse_doubles(node)
        return mapping

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Write out merge keys, and refuse a key that is given twice in the mapping itself."""
        if not isinstance(node, yaml.MappingNode):
            raise _refusal("a mapping that is none", node)
        if id(node) not in self._merged:
            self._merged.add(id(node))
            _refuse_doubles(node)
            super().flatten_mapping(node)


def _refuse_doubles(node: yaml.MappingNode) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _refusal("a key that is not a plain value", key)
        if key.value in seen and key.tag != _MERGE:
            raise _refusal(f"the key {key.value!r} is given twice", key)
        seen.add(key.value)


def _refusal(reason: str, node: yaml.Node) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, reason, node.start_mark)


def _pairs(loader: _Loader, node: yaml.Node) -> list[Any]:
    if not isinstance(node, yaml.SequenceNode):
        raise _refusal("a list of pairs that is no list", node)
    return loader.construct_sequence(node, deep=True)


def _text(loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


def _number(loader: _Loader, node: yaml.ScalarNode) -> float | str:
    number = loader.construct_yaml_float(node)
    if math.isfinite(number):
        return float(number)
    return _text(loader, node)


def _whole(loader: _Loader, node: yaml.ScalarNode) -> int:
    try:
        return int(loader.construct_yaml_int(node))
    except ValueError as error:
        raise _refusal(str(error), node) from None


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Iterator[dict[Any, Any]]:
    yield from loader.construct_yaml_map(node)


# What JSON has no word for is what was written: bytes, times and infinity are texts, a set a mapping to null.
_Loader.add_constructor(f"{_TAG}binary", _text)
_Loader.add_constructor(f"{_TAG}int", _whole)
_Loader.add_constructor(f"{_TAG}timestamp", _text)
_Loader.add_constructor(f"{_TAG}float", _number)
_Loader.add_constructor(f"{_TAG}set", _mapping)
_Loader.add_constructor(f"{_TAG}omap", _pairs)
_Loader.add_constructor(f"{_TAG}pairs", _pairs)


def _resolve_as(tag: str, pattern: str, first: str) -> None:
    _Loader.add_implicit_resolver(f"{_TAG}{tag}", re.compile(pattern), list(first))


_resolve_as("null", r"^(?:~|null|Null|NULL|)$", "~nN")
_Loader.yaml_implicit_resolvers.setdefault("", []).append((f"{_TAG}null", re.compile(r"^$")))
_resolve_as("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF")
_resolve_as("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789")
_resolve_as(
    "float", r"^[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$", "-+0123456789."
)
_resolve_as("merge", r"^<<$", "<")


def is_json(content: bytes) -> bool:
    """Tell whether a text begins as JSON does, and not as YAML is usually written."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def parse(content: bytes, name: str) -> Any:
    """Read one JSON or YAML text. Raises ContractError with the line where it cannot be read."""
    depth = _brackets(content)
    if is_json(content):
        try:
            value = _read_json(content.removeprefix(b"\xef\xbb\xbf"))
        except orjson.JSONDecodeError as error:
            if name.endswith(".json"):
                raise ContractError(f"not JSON: {error.msg}", file=name, line=error.lineno) from None
        else:
            return _not_too_deep(value, name, depth > DEEPEST)
    compact = _COMPACT_NESTING.search(content)
    if depth > DEEPEST or (compact and len(compact[0]) > DEEPEST):  # libyaml would use up the C stack on it
        raise _too_deep(name)
    is_suspect = depth > _LEVELS or compact is not None or _INDENTED in content
    return _not_too_deep(_parse_yaml(content, name), name, is_suspect)


def _read_json(content: bytes) -> Any:
    value = orjson.loads(content)
    if _LONG_INTEGER not in content.translate(_NUMBERS, b"- \t\r\n"):
        return value
    return json.loads(
        content
    )  # more slowly, with each integer as it stands: orjson's is a float beyond 64 bits


def _parse_yaml(content: bytes, name: str) -> Any:
    try:
        return _read_yaml(content)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise ContractError(f"not YAML: {error.problem}", file=name, line=line) from None
    except (yaml.YAMLError, ValueError, AttributeError, KeyError) as error:  # as tags do on nonsense
        raise ContractError(f"not YAML: {str(error).splitlines()[0]}", file=name) from None
    except RecursionError:
        raise _too_deep(name) from None


def _read_yaml(content: bytes) -> Any:
    loader = _Loader(content)
    try:
        root = loader.get_single_node()
        if root is None:
            return None
        if _ANCHOR.search(content) is not None:
            _refuse_expansion(root, MOST_ADDED + len(content))
        return loader.construct_document(root)
    finally:
        loader.dispose()


def _refuse_expansion(root: yaml.Node, most: int) -> None:
    """Refuse aliases that stand for more than `most` values, or for what they stand in; counted before any is
    written out.
    """
    sizes: dict[int, int] = {}  # 0: a node whose members are being counted
    waiting = [root]
    while waiting:
        node = waiting[-1]
        if sizes.get(id(node)):
            waiting.pop()
        elif id(node) in sizes:
            size = 1 + sum(sizes[id(member)] for member in _members(node))
            if size > most:
                raise _refusal(f"its aliases stand for more than {most:,} values", node)
            sizes[id(node)] = size
        else:
            sizes[id(node)] = 0
            for member in _members(node):
                if sizes.get(id(member)) == 0:
                    raise _refusal("an alias stands for what it stands in", member)
                waiting.append(member)


def _members(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for _, member in node.value:
            yield member
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _brackets(content: bytes) -> int:
    """Count the levels that the brackets of a text nest at most; where they are few, what they may be."""
    brackets = content.translate(None, _NO_BRACKETS)
    rest, most, passes = brackets, math.inf, 0
    while len(rest) < most and passes <= _LEVELS:  # each pass takes away the innermost ones, of either kind
        most, passes = len(rest), passes + 1
        rest = rest.replace(b"[]", b"").replace(b"{}", b"")
    levels = 2 * passes + _deepest(rest)  # what is left stands in texts, `[0..1}` for one
    return levels if levels <= _LEVELS else _deepest(brackets)


def _deepest(brackets: bytes) -> int:
    depth = deepest = 0
    for bracket in brackets:
        if bracket in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth -= 1
    return deepest


def _too_deep(name: str) -> ContractError:
    return ContractError(f"nested deeper than {DEEPEST} levels", file=name)


def _not_too_deep(root: Any, name: str, is_suspect: bool) -> Any:
    """Return what a file holds. Raises ContractError where a suspect one is nested deeper than any contract:
    it could be read, and not written or compared.
    """
    level = [root] if is_suspect else []
    for _ in range(DEEPEST):
        inner: dict[int, Any] = {}
        for value in level:
            members = value.values() if isinstance(value, dict) else value
            inner.update((id(member), member) for member in members if isinstance(member, (dict, list)))
        level = list(inner.values())
    if level:
        raise _too_deep(name)
    return root


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
