"""Overlays (OpenAPI Overlay 1.0): changes to a contract that stand in a file of their own.

An overlay speaks of the file that was named, as it is written: before a Swagger 2.0 document is converted.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonpath

from understudy.contracts.parsing import line_of, parse
from understudy.contracts.source import Document
from understudy.contracts.source_map import Place, SourceMap
from understudy.errors import ContractError
from understudy.pointers import escape, join, replaced, step

VERSION = "1.0"


class Overlay:
    """An overlay file, read and checked."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        try:
            self.content = path.read_bytes()
        except OSError as error:
            raise ContractError(f"cannot be read: {error.strerror}", file=self.name) from None
        self.value = parse(self.content, self.name)
        self._check()

    @property
    def actions(self) -> list[dict[str, Any]]:
        """The changes, in order."""
        actions: list[dict[str, Any]] = self.value["actions"]
        return actions

    def error(self, reason: str, pointer: str) -> ContractError:
        """Make a ContractError that names a place in this overlay."""
        return ContractError(reason, file=self.name, line=line_of(self.content, pointer), pointer=pointer)

    def _check(self) -> None:
        if not isinstance(self.value, dict) or "overlay" not in self.value:
            raise ContractError("is not an overlay: it has no `overlay` version", file=self.name, line=1)
        version = self.value["overlay"]
        if ".".join(str(version).split(".")[:2]) != VERSION:
            raise self.error(f"has the Overlay version {version!r}; {VERSION} is understood", "/overlay")
        actions = self.value.get("actions")
        if not isinstance(actions, list) or not actions:
            raise self.error("needs `actions`, a list that is not empty", "/actions")
        for index, action in enumerate(actions):
            if not isinstance(action, dict) or not isinstance(action.get("target"), str):
                raise self.error("an action needs a `target`, a JSONPath", f"/actions/{index}")
            if "update" not in action and action.get("remove") is not True:
                raise self.error("an action needs `update`, or `remove: true`", f"/actions/{index}")


def apply(document: Document, path: Path) -> Document:
    """Return the document as an overlay changes it.

    Raises ContractError with file, line and reason for a bad overlay.

    A target that selects nothing changes nothing, and is a finding.
    """
    overlay = Overlay(path)
    if overlay.name in document.contents:  # a file of another folder, with the name of one of the contract's
        overlay.name = str(path.resolve())
    document = document.changed({}, SourceMap(), {overlay.name: overlay.content})
    for index, action in enumerate(overlay.actions):
        document = _act(document, overlay, action, f"/actions/{index}")
    return document


def _act(document: Document, overlay: Overlay, action: dict[str, Any], pointer: str) -> Document:
    root = document.root.value
    selected = _select(root, overlay, action["target"], f"{pointer}/target")
    if not selected:
        reason = f"the target {action['target']} selects nothing"
        document.findings.append(document.finding(reason, overlay.name, f"{pointer}/target"))
        return document
    change = _Change(document.name, overlay.name)
    if action.get("remove") is True:
        if [] in selected:
            raise overlay.error("the whole document cannot be removed", f"{pointer}/target")
        # From behind, so that the indexes of those before stay true.
        for path in sorted(selected, key=_order, reverse=True):
            root = change.remove(root, path)
    else:
        for path in selected:
            target = _at(root, path)
            _check_target(target, overlay, action, pointer)
            update = change.update(target, action["update"], join(path), f"{pointer}/update")
            root = replaced(root, path, update)
    return document.changed({document.name: root}, change.source_map)


def _check_target(target: Any, overlay: Overlay, action: dict[str, Any], pointer: str) -> None:
    if not isinstance(target, (dict, list)):
        reason = f"selects {target!r}, which is neither a mapping nor a list"
        raise overlay.error(f"the target {action['target']} {reason}", f"{pointer}/target")
    if isinstance(target, dict) and not isinstance(action["update"], dict):
        raise overlay.error("the target is a mapping, so `update` must be one", f"{pointer}/update")


def _select(root: Any, overlay: Overlay, target: str, pointer: str) -> list[list[str]]:
    """Find what a JSONPath selects, as lists of reference tokens, each once and in order."""
    found: dict[tuple[str, ...], None] = {}
    try:
        for match in jsonpath.compile(target, strict=True).finditer(root):
            found[tuple(map(str, match.parts))] = None
    except (jsonpath.JSONPathError, RecursionError) as error:
        reason = next(iter(error.args), "too deep")
        raise overlay.error(f"the target {target!r} is not a JSONPath: {reason}", pointer) from None
    return list(map(list, found))


def _at(root: Any, path: list[str]) -> Any:
    for token in path:
        root = step(root, token)
    return root


def _order(path: list[str]) -> list[tuple[int, str]]:
    """Order paths so that the entries of a list follow each other by number."""
    return [(len(token) * token.isdigit(), token) for token in path]


def apply_all(document: Document, paths: Iterable[Path]) -> Document:
    """Return the document as several overlays change it, one after the other. Raises ContractError."""
    for path in paths:
        document = apply(document, path)
    return document


class _Change:
    """One action at work: changes values without touching those it was given, and remembers where each came
    from.
    """

    def __init__(self, file: str, overlay: str) -> None:
        self._file, self._overlay = file, overlay
        self.source_map = SourceMap()

    def update(self, target: Any, update: Any, at: str, source: str) -> Any:
        """Merge as §4.4.3 says: members into mappings, one entry more into a list."""
        if isinstance(target, list):
            self._came(f"{at}/{len(target)}", source)
            return [*target, update]
        return self._merge(target, update, at, source)

    def _merge(self, target: dict[str, Any], update: dict[str, Any], at: str, source: str) -> dict[str, Any]:
        """Mappings are merged, lists joined; anything else is replaced, but nothing written down is lost to
        an empty value.
        """
        merged = dict(target)
        for key, value in update.items():
            old, place, origin = target.get(key), f"{at}/{escape(key)}", f"{source}/{escape(key)}"
            if isinstance(old, dict) and isinstance(value, dict):
                merged[key] = self._merge(old, value, place, origin)
            elif isinstance(old, list) and isinstance(value, list):
                for index in range(len(value)):
                    self._came(f"{place}/{len(old) + index}", f"{origin}/{index}")
                merged[key] = [*old, *value]
            elif value is not None or not isinstance(old, (dict, list)):
                self._came(place, origin)
                merged[key] = value
        return merged

    def remove(self, root: Any, path: list[str]) -> Any:
        """Take a value out of its mapping or list."""
        try:
            owner = _at(root, path[:-1])
            step(owner, path[-1])
        except KeyError:  # it stood in something that is gone already
            return root
        if isinstance(owner, dict):
            rest = dict(owner)
            del rest[path[-1]]
            return replaced(root, path[:-1], rest)
        index, base = int(path[-1]), join(path[:-1])
        for moved in range(index, len(owner) - 1):
            self.source_map.shift((self._file, f"{base}/{moved}"), (self._file, f"{base}/{moved + 1}"))
        return replaced(root, path[:-1], [*owner[:index], *owner[index + 1 :]])

    def _came(self, now: str, source: str) -> None:
        place: Place = (self._overlay, source)
        self.source_map.add((self._file, now), place)
