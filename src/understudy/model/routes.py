"""Routes: the path and method that an operation would have if paths named things alone.

`POST /boats/add`, `GET /GetBoats` and `POST /boats.create` are `POST /boats`, `GET /boats` and `POST /boats`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

import inflection
from msgspec import Struct
from msgspec.structs import replace

from understudy.contracts.answers import answered, taken
from understudy.contracts.contract import Operation
from understudy.model.bodies import present
from understudy.model.model import Source
from understudy.model.paths import blank, ids_of, keys_apart, plain, query_apart, verb_apart
from understudy.model.resource_names import ANY, spans_of, written_out
from understudy.model.vocabulary import (
    ACTIONS,
    IDS,
    PATH_CREATES,
    PATH_DELETES,
    PATH_LISTS,
    PATH_READS,
    PATH_UPDATES,
    Words,
)
from understudy.names import by_folded, fold, plural, singular, split_words
from understudy.pointers import steps, written
from understudy.schemas.shape import Shape
from understudy.schemas.shapes import Shapes

_VERSION: Final = re.compile(r"v?\d+(\.\d+)*|api|rest|rpc", re.IGNORECASE)
_SAYS: Final[tuple[tuple[Words, str, frozenset[str]], ...]] = (
    (PATH_CREATES, "create", frozenset({"post", "put"})),
    (PATH_LISTS, "list", frozenset({"get", "post"})),
    (PATH_READS, "read", frozenset({"get", "post"})),
    (PATH_UPDATES, "update", frozenset({"post", "put", "patch"})),
    (PATH_DELETES, "delete", frozenset({"post", "put", "delete", "get"})),
)
_DONE_TO_ONE: Final = {
    "get": "read",
    "put": "update",
    "patch": "update",
    "post": "update",
    "delete": "delete",
}
_METHODS: Final = {"create": "post", "list": "get", "read": "get", "update": "patch", "delete": "delete"}


class Route(Struct, frozen=True):
    """Where an operation stands. key: where the id of its item stands, if that is not in its path. whole: the
    path with its verbs, if it has some.
    """

    method: str
    path: str
    key: Source | None = None
    whole: str = ""


class _Named(Struct, frozen=True):
    """What a path says in words. head: the path of its things. tail: what stands after the verb. below: what
    is done to one of them, `/lock`.
    """

    verb: str
    head: str
    tail: str = ""
    below: str = ""


def routes_of(operations: Iterable[Operation]) -> dict[str, Route]:
    """Return the routes of operations by their keys.

    A verb counts where another operation is about the same things: `/boats/add` beside `/boats` or
    `/boats/delete/{id}`.
    """
    routes, told = {}, {}
    heads: Counter[str] = Counter()
    operations = list(operations)
    stems = _stems(operations)
    documented = {blank(path) for path in stems.values()}
    read = {blank(operation.path) for operation in operations if operation.method == "get"}
    for operation in operations:
        path = _in_segments(_with_name(operation, stems[operation.key]), documented)
        routes[operation.key] = Route(operation.method, path, whole=path)
        named = _named(path, operation.method) or _of_one(path, operation.method)
        if named is not None and _is_noun(path, read):
            named = None
        if named is not None:
            told[operation.key] = (operation, named)
        for head in (
            {blank(named.head)} if named is not None else {blank(path), blank(path).removesuffix("/{}")}
        ):
            heads[head] += 1
    shapes = Shapes("request")
    for key, (operation, named) in told.items():
        if heads[blank(named.head)] > 1:
            route = _route(operation, named, shapes)
            if route is not None:
                routes[key] = replace(route, whole=route.whole or routes[key].whole)
    return routes


def _stems(operations: Sequence[Operation]) -> dict[str, str]:
    """Return the paths of operations by their keys, without a query that is always the same; where several
    tell operations apart, `?do=lock` and `?do=unlock`, each stays.
    """
    queries: dict[tuple[str, str], set[str]] = {}
    for operation in operations:
        stem, query = query_apart(operation.path)
        if query:
            queries.setdefault((operation.method, blank(stem)), set()).add(query)
    stems = {}
    for operation in operations:
        stem, _ = query_apart(operation.path)
        if len(queries.get((operation.method, blank(stem)), ())) > 1:
            stem = operation.path
        stems[operation.key] = stem
    return stems


def _with_name(operation: Operation, path: str) -> str:
    """Return a path with a name of several segments written out, where only the last of them may be any:
    `/v1/{name}` of `shelves/[^/]+` is `/v1/shelves/{name}`.
    """
    spans = spans_of(operation)
    alone = {name: span for name, span in spans.items() if span.index(ANY) == len(span) - 1}
    return written_out(path, alone)


def _in_segments(path: str, documented: Collection[str]) -> str:
    """Return a path with keys in parentheses, and a verb behind a colon, as segments of their own."""

    def is_thing(before: str) -> bool:
        return blank(before) in documented

    return verb_apart(keys_apart(plain(path), is_thing), is_thing)


def _is_noun(path: str, read: Collection[str]) -> bool:
    """Tell whether what begins with a verb names things all the same: `/UpdateGroups`, which is listed and
    whose items are read below it.
    """
    words = split_words(path.rstrip("/").rpartition("/")[2])
    shape = blank(path)
    return len(words) > 1 and shape in read and f"{shape}/{{}}" in read


def _route(operation: Operation, named: _Named, shapes: Shapes) -> Route | None:
    verb, method = named.verb, _method(operation, named.verb)
    if verb in ("create", "list"):
        return Route(method, named.head + named.tail)
    if named.tail:
        return Route(method, named.head + named.tail)
    key = _key(operation, named.head, shapes)
    if key is not None:
        return _route_of_one(operation, named, key)
    if named.below:
        return None
    if verb == "delete" and _takes_several_out(operation, named.head, shapes):
        return Route(method, named.head)
    if verb == "read" and operation.method == "post":  # /accounts/get of all that a token opens
        return Route("get", named.head)
    return None


def _route_of_one(operation: Operation, named: _Named, key: Source) -> Route:
    """Return the route of what is about one thing, or done to it."""
    one = f"{named.head}/{{{steps(key.name)[-1]}}}"
    if named.below:
        return Route(operation.method, one + named.below, key, whole=one + named.below)
    return Route(_method(operation, named.verb), one, key)


def _method(operation: Operation, verb: str) -> str:
    """Return the method of what a verb says; of an update which it has itself."""
    if verb == "update" and operation.method in ("put", "patch"):
        return operation.method
    return _METHODS[verb]


# -- what a path says


def _named(path: str, method: str) -> _Named | None:
    """Return what a path names by a verb, None where it names things alone."""
    segments = path.strip("/").split("/")
    tail = ""
    if segments[-1].startswith("{") and len(segments) > 1:
        tail = f"/{segments.pop()}"
    last = segments.pop()
    if "{" in last:
        return None
    above = "".join(f"/{segment}" for segment in segments)
    for verb, thing in _read(last, method):
        is_said_above = not thing or (bool(segments) and _is_same(segments[-1], thing))
        head = above if is_said_above else f"{above}/{thing}"
        is_item = head.endswith("}") or not head or _VERSION.fullmatch(head.rpartition("/")[2])
        fits = not tail or verb not in ("create", "list")
        if not is_item and fits:
            return _Named(verb, head, tail)
    return None


def _of_one(path: str, method: str) -> _Named | None:
    """Return what a path names by the singular of the list above it, `/projects/project`: the one whose id
    is sent in the query or in the body; also where something is done to that one, `/projects/project/lock`.
    """
    above, _, last = path.rstrip("/").rpartition("/")
    kind, below = fold(above.rpartition("/")[2]), ""
    if method == "post" and "".join(split_words(last)[:1]) in ACTIONS:
        below = f"/{last}"
        above, _, last = above.rpartition("/")
        kind = fold(above.rpartition("/")[2])
    if "{" in last or not kind or singular(kind) != fold(last) or kind == fold(last):
        return None
    verb = _DONE_TO_ONE.get(method, "")
    if not verb:
        return None
    return _Named(verb, above, below=below)


def _read(segment: str, method: str) -> Iterator[tuple[str, str]]:
    """Yield the verb of a segment and the things that it names, "" where it names none."""
    before, dot, after = segment.rpartition(".")
    if dot and before:
        verb = _verb(after, method)
        if verb:
            yield verb, before
        return
    words = split_words(segment)
    if not words:
        return
    whole = _verb(segment, method)
    if whole:
        yield whole, ""
        return
    verb = _verb(words[0], method)
    if not verb or len(words) == 1:
        return
    rest = [word for word in words[1:] if word not in ("by", "id", "all")]
    if not rest or ("by" in words[1:-1] and words[-1] != "id"):
        return
    if verb == "read" and singular(rest[-1]) != rest[-1]:
        verb = "list"
    rest[-1] = inflection.pluralize(singular(rest[-1]))
    yield verb, "_".join(rest)


def _verb(word: str, method: str) -> str:
    folded = fold(word)
    for words, verb, methods in _SAYS:
        if folded in words and method in methods:
            return verb
    return ""


def _is_same(segment: str, thing: str) -> bool:
    return singular(fold(segment)) == singular(fold(thing))


# -- where the id stands


def _key(operation: Operation, head: str, shapes: Shapes) -> Source | None:
    """Return where an operation takes the id of its item: in its query, else in its body. What is called
    after the item is that sooner than a `uid`, which may be the caller's.
    """
    one = singular(fold(head.rpartition("/")[2]))
    names = tuple(dict.fromkeys(("id", *ids_of(one), *IDS, one)))
    for parameter in operation.parameters:
        if parameter.location == "query" and fold(parameter.name) in names:
            return Source(at="query", name=parameter.name)
    body = taken(operation)
    if body is None:
        return _second_key(operation, shapes)
    found = _member_of(shapes.of((body,)), names, shapes)
    return Source(at="body", name=found) if found else None


def _takes_several_out(operation: Operation, head: str, shapes: Shapes) -> bool:
    """Tell whether several are named that are taken out of what lies below one item: `/removeMembers`."""
    body, is_beside = taken(operation), not operation.path.startswith(f"{head}/")
    if body is None or not is_beside or "{" not in head:
        return False
    noun = singular(fold(head.rpartition("/")[2]))
    names = tuple(map(plural, ("id", *ids_of(noun), *IDS, noun)))
    return bool(_member_of(shapes.of((body,)), names, shapes))


def _member_of(shape: Shape, names: Sequence[str], shapes: Shapes) -> str:
    """Return the first member that is called so, of the object itself or of the only one in it, as `data`
    holds what is sent; "" where there is none.
    """
    members = dict(present(shape))
    known = by_folded(members)
    found = next(filter(known.__contains__, names), "")
    if found:
        return known[found]
    if len(members) != 1:
        return ""
    [(wrapper, parts)] = members.items()
    inner = by_folded(dict(present(shapes.of(parts))))
    found = next(filter(inner.__contains__, names), "")
    if not found:
        return ""
    return written((wrapper, inner[found]))


def _second_key(operation: Operation, shapes: Shapes) -> Source | None:
    """Return the only parameter of a read, which is another id than the item's own and a member of what is
    answered: `GET /getPadID?roID=…`.
    """
    queries = [one for one in operation.parameters if one.location == "query" and one.required]
    schema = answered(operation)
    if len(queries) != 1 or schema is None or not fold(queries[0].name).endswith(IDS.ranked):
        return None
    members = {fold(name): name for name, _ in present(shapes.of((schema,)))}
    member = members.get(fold(queries[0].name))
    if not member:
        return None
    return Source(at="query", name=queries[0].name, by=member)
