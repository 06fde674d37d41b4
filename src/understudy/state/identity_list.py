"""A list of identities as a person writes it, in a file or through the admin API: what may stand in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Final

from understudy.contracts.parsing import line_of, parse
from understudy.errors import ContractError, SettingsError
from understudy.pointers import escape

STATES: Final = ("active", "expired", "revoked")
LISTS: Final = ("apis", "scopes", "clients", "files")

_TEXTS = ("name", "credential", "username", "password", "state")
_KEYS = ("name", "credential", "username", "password", "apis", "scopes", "clients", "files", "state")
_KINDS = {
    dict: "a mapping",
    list: "a list",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "nothing",
}


class EntryInvalid(ValueError):
    """An entry that cannot be an identity; no credential is ever repeated in it.

    index: from 0. key: the member it is about, empty where it is about the whole entry. problem: a phrase
    after the entry's name.
    """

    def __init__(self, index: int, entry: Any, problem: str, key: str = "") -> None:
        self.index, self.key, self.problem = index, key, problem
        super().__init__(f"{_title(index, entry)}: {problem}")


def check(entries: Sequence[Any], reserved: Collection[str]) -> None:
    """Check all entries, and that no two share a credential or a username. `reserved`: what is no credential.

    Raises EntryInvalid.
    """
    for index, entry in enumerate(entries):
        _check(index, entry, reserved)
    _check_unlike(entries, "credential")
    _check_unlike(entries, "username")


class IdentityFile:
    """An identities file while it is read."""

    def __init__(self, path: Path) -> None:
        self._name = str(path)
        try:
            self._content = path.read_bytes()
        except OSError as error:
            raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None

    def entries(self, reserved: Collection[str]) -> list[dict[str, Any]]:
        """Return the entries in the file's order, checked. Raises SettingsError with the line."""
        try:
            root = parse(self._content, self._name)
        except ContractError as error:
            raise SettingsError(str(error)) from None
        if (
            not isinstance(root, dict)
            or list(root) != ["identities"]
            or not isinstance(root["identities"], list)
        ):
            raise SettingsError(
                f"{self._name}: must be a mapping with one key, 'identities', and a list under it"
            )
        entries: list[dict[str, Any]] = root["identities"]
        try:
            check(entries, reserved)
        except EntryInvalid as error:
            pointer = f"/identities/{error.index}" + (f"/{escape(error.key)}" if error.key else "")
            line = line_of(self._content, pointer)
            raise SettingsError(f"{self._name}{f':{line}' if line else ''}: {error}") from None
        return entries


def _check(index: int, entry: Any, reserved: Collection[str]) -> None:
    if not isinstance(entry, dict):
        raise EntryInvalid(index, entry, f"must be a mapping, not {_kind(entry)}")
    for key, value in entry.items():
        if key not in _KEYS:
            raise EntryInvalid(index, entry, f"unknown key {key!r}; allowed are {', '.join(_KEYS)}", key)
        problem = (
            _text_problem(value)
            if key in _TEXTS
            else _list_problem(value, numbers=key in ("clients", "files"))
        )
        if problem:
            raise EntryInvalid(index, entry, f"{key} {problem}", key)
    if "name" not in entry:
        raise EntryInvalid(index, entry, "name is required")
    if ("username" in entry) != ("password" in entry):
        raise EntryInvalid(index, entry, "username and password go together: give both or neither")
    if "credential" not in entry and "username" not in entry:
        raise EntryInvalid(index, entry, "give a credential, or a username and a password, or all three")
    if entry.get("state", "active") not in STATES:
        raise EntryInvalid(
            index, entry, f"state must be one of {', '.join(STATES)}, not {entry['state']!r}", "state"
        )
    if entry.get("credential") in reserved:
        raise EntryInvalid(
            index,
            entry,
            f"credential must not be one of {', '.join(sorted(reserved))}: they have a meaning",
            "credential",
        )


def _check_unlike(entries: Sequence[dict[str, Any]], key: str) -> None:
    first: dict[str, int] = {}
    for index, entry in enumerate(entries):
        if key in entry and first.setdefault(entry[key], index) != index:
            other = first[entry[key]]
            raise EntryInvalid(
                index, entry, f"has the {key} of {_title(other, entries[other])}; each needs its own", key
            )


def _title(index: int, entry: Any) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    return f"identity {index + 1}" + (f" ({name})" if isinstance(name, str) else "")


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), "something else")


def _text_problem(value: Any) -> str:
    if not isinstance(value, str):
        hint = " (put it in quotes)" if isinstance(value, (bool, int, float)) else ""
        return f"must be a string, not {_kind(value)}{hint}"
    return "" if value else "must not be empty"


def _list_problem(value: Any, *, numbers: bool) -> str:
    members = "strings or whole numbers" if numbers else "strings"
    if not isinstance(value, list):
        return f"must be a list of {members}, not {_kind(value)}"
    for member in value:
        if not (isinstance(member, str) or (numbers and type(member) is int)):
            return f"must be a list of {members}, and one of them is {_kind(member)}"
    return ""
