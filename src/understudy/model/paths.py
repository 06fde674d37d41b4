"""Paths: what the shape of a path template says of collections, items and identifiers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from msgspec import Struct

from understudy.model.vocabulary import (
    GENERIC_IDS,
    IDS,
    LOGIN_NAMES,
    NAMES_OF_ONE,
    NUMBERS_OF_ONE,
    VALUES_OF_ONE,
)
from understudy.names import fold, singular, split_words

_PLACEHOLDER: Final = re.compile(r"{([^}]*)}")
_BRACED: Final = re.compile(r"{[^}]*}")
_VERSION: Final = re.compile(r"v?\d+(?:\.\d+)+|v\d+", re.IGNORECASE)
_SUFFIX: Final = re.compile(r"([^/.])(?:\.{[^/{}]+}|{_?(?:format|ext|extension|suffix)})$", re.IGNORECASE)
_ITEM: Final = re.compile(r"{[^}]*}(\.\w+)?")
_CUSTOM: Final = re.compile(r"(.*[^/]):([A-Za-z]+)")
_ALWAYS: Final = re.compile(r"(/[^?]*[^?/])\?([^?={]+=[^?{]*)")
_KEYED: Final = re.compile(r"([^/(){}]+)\(([^()/]*{[^()/]*)\)")


def placeholders(path: str) -> list[str]:
    """Name the placeholders of a path template, in their order."""
    return _PLACEHOLDER.findall(path)


def plain(path: str) -> str:
    """Return a path without its fragment and without a suffix that says in what format it is answered.

    `/things/{id}{format}`, `/things/{id}.{ext}`, `/things/{id}#share`.
    """
    before = path.partition("#")[0]
    if is_item(before):
        path = before
    return _SUFFIX.sub(r"\1", path)


def query_apart(path: str) -> tuple[str, str]:
    """Split a path from a query that is always the same, `/v1/files?beta=true`, which some write there though
    OpenAPI has it in parameters; "" where there is none.
    """
    found = _ALWAYS.fullmatch(path)
    if found is None:
        return path, ""
    return found[1], found[2]


def keys_apart(path: str, is_thing: Callable[[str], bool]) -> str:
    """Return a path with each key in parentheses as a segment, or several, of its own.

    `/People('{name}')/Trips({id})` is `/People/{name}/Trips/{id}`, and
    `/Lines(Order={order},Number={number})` is `/Lines/{order}/{number}` (OData 4.01 URL Conventions §4.3.1).
    is_thing: whether what stands before named arguments is a collection; else it is a function, and stays as
    it is.
    """
    if "(" not in path:
        return path
    before = ""
    for segment in path.split("/")[1:]:
        found = _KEYED.fullmatch(segment)
        head = f"{before}/{found[1]}" if found is not None else ""
        if found is None or ("=" in found[2] and not is_thing(head)):
            before += f"/{segment}"
        else:
            before = "/".join([head, *_BRACED.findall(found[2])])
    return before


def verb_apart(path: str, is_thing: Callable[[str], bool]) -> str:
    """Return a path with the verb at its end as a segment of its own, `/books/{id}:archive` as
    `/books/{id}/archive` (AIP-136, custom methods). is_thing: whether what stands before the colon is there.
    """
    found = _CUSTOM.fullmatch(path)
    if found is None or not is_thing(found[1]):
        return path
    return f"{found[1]}/{found[2]}"


def blank(path: str) -> str:
    """Return the shape of a path: its placeholders without their names."""
    return _PLACEHOLDER.sub("{}", path.rstrip("/"))


def is_item(path: str) -> bool:
    """Tell whether a path ends in a placeholder, `/things/{id}` or `/things/{id}.json`."""
    last = path.rstrip("/").rpartition("/")[2]
    return _ITEM.fullmatch(last) is not None


def list_path(path: str, width: int = 1) -> str:
    """Return the path of the list that an item's path lies in: `/things`, `/things.json`. width: how many
    placeholders make up the item's key.
    """
    for _ in range(width):
        head, _, last = path.rstrip("/").rpartition("/")
        path = head + last.partition("}")[2] or "/"
    return path


def collection_of(path: str) -> str:
    """Return the name of the collection that a path is about: the path of the list, or of the only one."""
    if is_item(path):
        return list_path(path)
    return path.rstrip("/") or "/"


def list_shape(path: str, width: int = 1) -> str:
    """Return the shape of the path of the list that an item's path lies in."""
    return blank(list_path(path, width))


def noun(path: str) -> str:
    """Return the last word of a path that is not a placeholder; a version after others, `/segments/2.0`, is
    none.
    """
    segments = [segment for segment in path.split("/") if segment and "{" not in segment]
    if not segments:
        return "item"
    if len(segments) > 1 and _VERSION.fullmatch(segments[-1]):
        segments.pop()
    return segments[-1].partition(".")[0]


class IdNames(Struct, frozen=True):
    """Folded names under which an item's id may stand, likeliest first.

    is_text: the path takes a text that is not called an id, so that a number called one is not meant.
    is_number: it takes a number, so that a text which is a name is not meant. kind: what the item is called,
    folded. parameter: the path's name of the id, folded. place: where an overlay says that it stands within
    an object of the item.
    """

    ranked: tuple[str, ...] = ()
    is_text: bool = False
    is_number: bool = False
    kind: str = ""
    parameter: str = ""
    place: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[str]:
        return iter(self.ranked)

    def __contains__(self, folded: str) -> bool:
        return folded in self.ranked

    def __bool__(self) -> bool:
        return bool(self.ranked)


def id_names(
    parameter: str, name: str, *, own: str = "", taken: str = "", common: Iterable[str] = ()
) -> IdNames:
    """List names under which an item's id may stand. name: of its kind, as `noun` returns it.

    own: the folded name that an overlay says. taken: the type of the parameter, "" where
    none is stated. common: what the
    document calls many ids.
    """
    parameter = either(parameter)[0] or parameter
    folded, one = fold(parameter), singular(fold(name))
    if folded.startswith(one):
        within, short = "", folded.removeprefix(one)
    else:  # external_customer_id of a customer is its external_id
        within, short = folded.replace(one, "", 1), ""
    told = told_member(parameter, name)
    login = "login" if folded in LOGIN_NAMES else ""
    of_kind = [f"{one}id", f"{fold(name)}id", *GENERIC_IDS]
    values = [word for word in (*split_words(parameter), one.rpartition("_")[2]) if word in VALUES_OF_ONE]
    likely = [own, folded, within, told, *common, *IDS, *of_kind, login, short, *values, *NAMES_OF_ONE]
    likely += [f"{one}{word}" for word in NUMBERS_OF_ONE]
    ranked = tuple(dict.fromkeys(filter(None, likely)))
    is_text = taken == "string" and not folded.endswith(IDS.ranked)
    is_number = taken in ("integer", "number")
    return IdNames(ranked, is_text=is_text, is_number=is_number, kind=one, parameter=folded)


def either(parameter: str) -> tuple[str, str]:
    """Split the name of a parameter that takes an id or something else, `issueIdOrKey`, `name_or_id`, into
    the id's and the other's; two empty texts where it takes one thing.
    """
    words = split_words(parameter)
    if "or" not in words[1:-1]:
        return "", ""
    place = words.index("or", 1)
    before, after = words[:place], words[place + 1 :]
    if before[-1] in IDS:
        return "_".join(before), "_".join(after)
    if after[-1] in IDS:
        return "_".join(after), "_".join(before)
    return "", ""


def ids_of(noun: str) -> list[str]:
    """List folded names that say the id of something that is called so."""
    return [f"{noun}{word}" for word in IDS]


def strong_names(name: str) -> IdNames:
    """List names that hold an identifier and nothing else, and the one that says of what."""
    return IdNames((*IDS, f"{singular(fold(name))}id"))


def told_member(parameter: str, name: str) -> str:
    """Return the member that a parameter names beside its kind: `number` of issue_number; "" where it says an
    id.
    """
    words = split_words(parameter)
    if len(words) < 2 or words[-1] not in NAMES_OF_ONE:
        return ""
    is_of_this = singular(fold(name)).endswith("".join(words[:-1]))
    if not is_of_this:
        return ""
    return words[-1]


def written_out(segments: list[str], shape: list[str]) -> dict[int, str]:
    """Return the parents that a path writes out, by their place among the parents. shape: of the path, with
    these blank.
    """
    parents = [segment for segment, empty in zip(segments, shape, strict=False) if empty == "{}"]
    return {place: segment for place, segment in enumerate(parents) if "{" not in segment}
