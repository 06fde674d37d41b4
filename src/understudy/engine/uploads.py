"""Uploads: answers that speak of files, told by the files that were sent."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from understudy.messages import FormData, Upload
from understudy.model.vocabulary import FILE_NAMES, FILE_SIZES, FILE_TYPES
from understudy.names import by_folded, fold
from understudy.schemas.fitting import set_if_valid


def with_uploads(body: Any, form: FormData, is_valid: Callable[[Any], bool]) -> Any:
    """Return an answer that has an entry for each file that was sent, by its name, its type and its size;
    as it was where it speaks of no file. What the form says itself of a member stays.
    """
    files = form.files
    if isinstance(body, list) and body and isinstance(body[0], dict):
        return _listed(body, files, is_valid)
    if isinstance(body, dict) and files:
        said = {name: value for name, value in body.items() if form.get(name) == value}
        _tell(body, files[0], lambda: is_valid(body), said)
        for name, member in body.items():
            if isinstance(member, list) and member and isinstance(member[0], dict):
                body[name] = _within(body, name, member, files, is_valid)
    return body


def entries_of(body: Any, form: FormData) -> Iterator[tuple[dict[str, Any], Upload]]:
    """Yield what an answer says of each file that was sent, with the file: itself, or each of its list."""
    entries = body if isinstance(body, list) else [body]
    if isinstance(body, dict) and len(form.files) > 1:
        entries = next((one for one in body.values() if _are_objects(one)), entries)
    for entry, file in zip(entries, form.files, strict=False):
        if isinstance(entry, dict):
            yield entry, file


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def told_of(file: Upload, names: Iterable[str]) -> dict[str, Any]:
    """Return what the members of an item say of a file."""
    members = by_folded(names)
    said: dict[str, Any] = {}
    for words, value in ((FILE_NAMES, file.name), (FILE_SIZES, file.size), (FILE_TYPES, file.media_type)):
        named = next((members[word] for word in words if word in members), "")
        if named and value:
            said[named] = value
    return said


def _listed(body: list[Any], files: Sequence[Upload], is_valid: Callable[[Any], bool]) -> list[Any]:
    """Return a list with as many entries as there are files, each of its own identifier."""
    entries: list[dict[str, Any]] = []
    for place in range(len(files)):
        entries.append(dict(body[place % len(body)]))
    if not any(map(_name_of, entries)) or not is_valid(entries):
        return body
    for place, (entry, file) in enumerate(zip(entries, files, strict=True)):
        if place >= len(body):
            _renumber(entry, place)
        _tell(entry, file, lambda: is_valid(entries))
    return entries


def _within(
    body: dict[str, Any],
    name: str,
    member: list[Any],
    files: Sequence[Upload],
    is_valid: Callable[[Any], bool],
) -> list[Any]:
    return _listed(member, files, lambda entries: is_valid({**body, name: entries}))


def _name_of(entry: Mapping[str, Any], said: Container[str] = ()) -> str:
    """Return the member that holds the name of a file; nothing where there is none but what is said."""
    texts = by_folded(name for name in entry if isinstance(entry[name], str) and name not in said)
    for word in FILE_NAMES:
        if word in texts:
            return texts[word]
    return ""


def _renumber(entry: dict[str, Any], place: int) -> None:
    number = entry.get("id")
    if isinstance(number, int):
        entry["id"] = number + place


def _tell(
    entry: dict[str, Any], file: Upload, is_valid: Callable[[], bool], said: Container[str] = ()
) -> None:
    """Say of a file in an answer what was sent of it; said: members that stay as they are."""
    named = _name_of(entry, said)
    if not named or not file.name:
        return
    set_if_valid(entry, named, [file.name], is_valid)
    for name, value in list(entry.items()):
        folded = fold(name) if name not in said else ""
        if folded in FILE_SIZES and isinstance(value, (int, float)):
            set_if_valid(entry, name, [file.size], is_valid)
        elif folded in FILE_TYPES and file.media_type and isinstance(value, str):
            set_if_valid(entry, name, [file.media_type], is_valid)
