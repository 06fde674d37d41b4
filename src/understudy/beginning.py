"""Beginnings: how many records collections start with, and which, where somebody says so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

from msgspec import Struct, field

from understudy.errors import SettingsError
from understudy.nearest import nearest

USUAL: Final = 3
"""Records that a collection starts with of which a table says nothing."""

Range = tuple[int, int]
Items = Mapping[str, Sequence[Mapping[str, Any]]]
"""Records by the name of their collection."""

_RANGE: Final = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")


class Counts(Struct, frozen=True):
    """How many records each collection starts with. usual: where nothing else is said; by_name: of single
    ones.
    """

    usual: Range = (USUAL, USUAL)
    by_name: Mapping[str, Range] = field(default_factory=dict)

    def __str__(self) -> str:
        """Write the table as it is read."""
        rows = [_range_text(self.usual)]
        rows += [f"{name}={_range_text(told)}" for name, told in self.by_name.items()]
        return ",".join(rows)

    def of(self, collection: str, seed: int) -> int:
        """Return how many a collection starts with, the same for each seed."""
        low, high = self.usual
        for name, told in self.by_name.items():
            if is_named(collection, name):
                low, high = told
        if low == high:
            return low
        return Random(f"{seed} {collection} count").randint(low, high)

    @property
    def most(self) -> int:
        """The largest number that is said of any; 0 where no collection has anything."""
        return max(high for _, high in (self.usual, *self.by_name.values()))


def _range_text(told: Range) -> str:
    low, high = told
    return str(low) if low == high else f"{low}-{high}"


def read_counts(text: str) -> int | Counts:
    """Read `3`, `2-8`, or a table such as `5,orders=50,customers=2-8`. Raises SettingsError."""
    if text.isascii() and text.isdigit():
        return _read_range(text, text)[0]
    usual, by_name = (USUAL, USUAL), {}
    for part in text.split(","):
        name, equals, told = part.strip().rpartition("=")
        if equals and not name:
            raise SettingsError(f"{part!r} names no collection: orders=50")
        if equals:
            by_name[name.strip()] = _read_range(told, part)
        else:
            usual = _read_range(told, part)
    return Counts(usual, by_name)


def _read_range(text: str, part: str) -> Range:
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        raise SettingsError(
            f"{part.strip()!r} says no number of records: 3, 2-8, orders=50 or orders=2-8, "
            "with commas between"
        )
    low, high = int(found[1]), int(found[2] or found[1])
    if low > high:
        raise SettingsError(f"{part.strip()!r} is no range: {low} is more than {high}")
    return low, high


def is_named(collection: str, name: str) -> bool:
    """Tell whether a name is that of a collection: its path, or the last word of it."""
    plain = name.strip("/")
    words = [one for one in collection.strip("/").split("/") if not one.startswith("{")]
    return plain == collection.strip("/") or (bool(words) and words[-1] == plain)


def check_named(name: str, collections: Iterable[str]) -> str:
    """Return the collection that a name is of. Raises SettingsError with the nearest there is."""
    known = sorted(collections, key=len)
    for collection in known:
        if is_named(collection, name):
            return collection
    plain = [one.strip("/") for one in known if "{" not in one]
    near = nearest(name.strip("/"), plain, 1, like=0)
    hint = f"; the nearest is {near[0]!r}" if near else ""
    raise SettingsError(f"there is no collection {name!r}{hint}")


def read_items(path: Path) -> Items:
    """Read records: a file with an object of lists by collection, or a folder with a list a file. Raises
    SettingsError.
    """
    if not path.is_dir():
        return _checked(path, _json(path))
    found: dict[str, Any] = {}
    for file in sorted(path.glob("*.json")):
        found[file.stem] = _json(file)
    if not found:
        raise SettingsError(f"{path}: there is no JSON file in this folder, such as orders.json")
    return _checked(path, found)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or error}") from None
    except ValueError as error:
        raise SettingsError(f"{path}: is not JSON: {error}") from None


def _checked(path: Path, told: Any) -> Items:
    if not isinstance(told, dict):
        raise SettingsError(
            f'{path}: is no object of lists by collection, such as {{"orders": [{{"id": 1}}]}}'
        )
    for name, items in told.items():
        if not isinstance(items, list):
            raise SettingsError(f"{path}: {name} is no list of records")
        for number, item in enumerate(items, 1):
            if not isinstance(item, dict):
                raise SettingsError(f"{path}: record {number} of {name} is no object")
    return told
