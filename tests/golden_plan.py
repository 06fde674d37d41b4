"""Which requests the goldens ask of a document: each operation, collections through the life of three items, in the order of paths.

Nothing of the sandbox's own understanding is used: a path that ends in a parameter is one item of the path before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol
from urllib.parse import quote, unquote

from golden_values import Values

METHODS = ("get", "put", "post", "patch", "delete")
COLLECTIONS = 60
"""Of a document that has more, as many are asked, from all over it."""
QUERIES = 5
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What was answered: the body as JSON where it is that, else as text."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Told:
    """A key that an earlier answer told: in its body at a pointer, or as the last segment of its Location where that is empty."""

    answer: int
    pointer: str = ""


@dataclass(frozen=True)
class Ask:
    """One request. path: with names of parameters. at: the value of each, or who told it. item: where the answer has it, if known."""

    what: str
    method: str
    path: str
    at: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    media: str = ""

    def url(self, answers: list[Answer]) -> str:
        """Return the path with what its parameters are, some of which earlier answers told."""
        path = self.path
        for name, value in self.at.items():
            text = told(value, answers) if isinstance(value, Told) else value
            path = path.replace("{" + name + "}", quote(str(text), safe=""))
        return path

    def written(self) -> dict[str, Any]:
        """Return it as JSON, without what it does not have."""
        at = {name: asdict(value) if isinstance(value, Told) else value for name, value in self.at.items()}
        kept = {
            name: value for name, value in (asdict(self) | {"at": at}).items() if value not in ("", {}, None)
        }
        if self.media:
            kept["body"] = self.body
        return kept

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Ask:
        """Read what `written` made."""
        at = {
            name: Told(**value) if isinstance(value, dict) else value
            for name, value in written.get("at", {}).items()
        }
        return cls(**{**written, "at": at})


class Asker(Protocol):
    """Whoever answers: it is given each request once, in order."""

    answers: list[Answer]

    def ask(self, ask: Ask) -> Answer: ...


def told(key: Told, answers: list[Answer]) -> Any:
    """Return the key that an answer told; a word that fits no item where it no longer does."""
    answer = answers[key.answer]
    if not key.pointer:
        return unquote(answer.headers.get("location", "").rstrip("/").rpartition("/")[2]) or "untold"
    node = answer.body
    for word in key.pointer.split("/")[1:]:
        try:
            node = node[int(word) if isinstance(node, list) else word]
        except (KeyError, IndexError, TypeError, ValueError):
            return "untold"
    return node


def blank(path: str) -> str:
    """Return a path whose parameters have no names."""
    return re.sub(r"{[^}]*}", "{}", path).rstrip("/") or "/"


class Plan:
    """The requests of one document, made while they are answered: who is created tells its key."""

    def __init__(self, document: dict[str, Any], asker: Asker, collections: int = COLLECTIONS) -> None:
        self._values, self._asker = Values(document), asker
        self._keys: dict[str, list[Told]] = {}
        self._document = document
        items: dict[str, dict[str, Any]] = {}
        for path, item in document.get("paths", {}).items():
            items[path] = self._values.resolved(item)
        self._known = {blank(path) for path in items}
        self._paths = self._chosen(items, collections)

    def _chosen(self, items: dict[str, dict[str, Any]], most: int) -> dict[str, dict[str, Any]]:
        """Return the paths to ask, parents first; of too many collections, some from all over the document."""
        bases = sorted({self._base(path) for path in items})
        stride = max(1, len(bases) // most)
        asked = set(bases[::stride])
        chosen = {path: item for path, item in items.items() if self._base(path) in asked}
        return dict(sorted(chosen.items(), key=lambda entry: (entry[0].count("/"), entry[0])))

    def _base(self, path: str) -> str:
        """Return the collection that a path belongs to."""
        plain = blank(path)
        if "{}" not in plain or f"{plain}/{{}}" in self._known:
            return plain
        return plain.rpartition("/{}")[0]

    def run(self) -> None:
        """Ask everything: create, look, change, look again, delete."""
        for path, item in self._paths.items():
            if "post" in item and f"{blank(path)}/{{}}" in self._known:
                self._create(path, item)
        for path, item in self._paths.items():
            if "get" in item:
                self._look(path, item)
        for path, item in self._paths.items():
            self._change(path, item)
        for path, item in reversed(self._paths.items()):
            if "delete" in item:
                self._ask("delete", "delete", path, item)
                self._again(path)

    def _create(self, path: str, item: dict[str, Any]) -> None:
        for number in range(3):
            full = number == 1
            number_of_it = len(self._asker.answers)
            answer = self._ask("create", "post", path, item, number=number, full=full)
            key = self._key(path, answer, number_of_it)
            if key is not None and answer.status < 300:
                self._keys.setdefault(blank(path), []).append(key)
        self._ask("create empty", "post", path, item, empty=True)

    def _look(self, path: str, item: dict[str, Any]) -> None:
        self._ask("look", "get", path, item)
        if path.endswith("}"):
            self._ask("look at another", "get", path, item, nth=-1)
            self._ask("look at nobody's", "get", path, item, nth=None)
            return
        optional = [one for one in self._parameters(item, "get", "query") if not one.get("required")]
        for parameter in optional[:QUERIES]:
            value = self._query_value(parameter)
            self._ask(f"look by {parameter['name']}", "get", path, item, query={parameter["name"]: value})

    def _change(self, path: str, item: dict[str, Any]) -> None:
        asked = False
        for method in ("patch", "put", "post"):
            if method not in item or (method == "post" and f"{blank(path)}/{{}}" in self._known):
                continue
            asked = True
            for full in (False, True):
                self._ask("change", method, path, item, number=3, full=full)
        if asked:
            self._again(path)

    def _again(self, path: str) -> None:
        """Look at a path and at those above it once more."""
        above = {blank(path), blank(path).rpartition("/")[0]}
        for other, item in self._paths.items():
            if blank(other) in above and "get" in item:
                self._ask("look again", "get", other, item)

    def _ask(
        self,
        what: str,
        method: str,
        path: str,
        item: dict[str, Any],
        *,
        number: int = 0,
        full: bool = False,
        nth: int | None = 0,
        query: Mapping[str, str] | None = None,
        empty: bool = False,
    ) -> Answer:
        operation = item[method]
        required = {
            one["name"]: self._query_value(one)
            for one in self._parameters(item, method, "query")
            if one.get("required")
        }
        headers = {
            one["name"]: str(self._values.made(one.get("schema", {}), one["name"]))
            for one in self._parameters(item, method, "header")
            if one.get("required")
        }
        credentials, key_query = self._credentials()
        media, body = self._body(operation, number, full=full)
        if empty and media:
            body = {}
        return self._asker.ask(
            Ask(
                what,
                method,
                path,
                dict(self._at(path, item, method, nth)),
                {**key_query, **required, **(query or {})},
                {**headers, **credentials},
                body,
                media,
            )
        )

    def _parameters(self, item: dict[str, Any], method: str, place: str) -> list[dict[str, Any]]:
        declared = [*item.get("parameters", ()), *item[method].get("parameters", ())]
        resolved = [self._values.resolved(one) for one in declared]
        return list({one["name"]: one for one in resolved if one.get("in") == place}.values())

    def _at(self, path: str, item: dict[str, Any], method: str, nth: int | None) -> Iterator[tuple[str, Any]]:
        """Yield the value of each parameter of a path. nth: which of the created is meant by the last; None for one nobody created."""
        declared = {one["name"]: one.get("schema", {}) for one in self._parameters(item, method, "path")}
        names = re.findall(r"{([^}]*)}", path)
        for at, name in enumerate(names):
            keys = self._keys.get(blank(path.partition("{" + name + "}")[0]), [])
            which = nth if at == len(names) - 1 else 0
            if keys and which is not None:
                yield name, keys[which]
            else:
                yield name, self._values.made(declared.get(name, {}), name, 5 if which is None else 0)

    def _query_value(self, parameter: dict[str, Any]) -> str:
        schema = parameter.get("schema", {})
        value = parameter.get("example", self._values.made(schema, parameter["name"], full=True))
        while isinstance(value, list | dict):
            value = next(iter(value if isinstance(value, list) else value.values()), "")
        if isinstance(value, bool):
            return str(value).lower()
        return str(value)

    def _body(self, operation: dict[str, Any], number: int, *, full: bool) -> tuple[str, Any]:
        content = self._values.resolved(operation.get("requestBody")).get("content", {})
        for media, described in content.items():
            if media.partition(";")[0] == JSON or media.partition(";")[0].endswith("+json"):
                return media, self._values.made(described.get("schema", {}), "body", number, full=full)
        if FORM in content:
            body = self._values.made(content[FORM].get("schema", {}), "body", number, full=full)
            return FORM, body
        return "", None

    def _credentials(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return headers and query parameters of all ways to say who is calling."""
        headers, query = {"Authorization": "Bearer anything"}, {}
        schemes = self._document.get("components", {}).get("securitySchemes", {})
        resolved = [self._values.resolved(one) for one in schemes.values()]
        if resolved and all(one.get("scheme") == "basic" for one in resolved):
            headers["Authorization"] = "Basic YW55Ym9keTphbnl0aGluZw=="
        for scheme in resolved:
            if scheme.get("type") == "apiKey" and scheme.get("in") == "header":
                headers[scheme["name"]] = "anything"
            if scheme.get("type") == "apiKey" and scheme.get("in") == "query":
                query[scheme["name"]] = "anything"
        return headers, query

    def _key(self, path: str, answer: Answer, number: int) -> Told | None:
        """Return where an answer to a create tells the key of what was created."""
        if "location" in answer.headers:
            return Told(number)
        item_path = next(other for other in self._values_paths() if blank(other) == f"{blank(path)}/{{}}")
        parameter = item_path[item_path.rindex("{") + 1 : -1].rstrip("}")
        pointer = key_pointer(answer.body, parameter)
        return Told(number, pointer) if pointer else None

    def _values_paths(self) -> Iterator[str]:
        for path in self._document["paths"]:
            yield path.rstrip("/")


def _fold(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def key_pointer(body: Any, parameter: str) -> str:
    """Return the pointer to the member of an answer that is most likely the key a path parameter takes; empty where none is."""
    words = [_fold(parameter), "id", "uuid", "gid", "key", "number", "code", "slug", "name"]
    for at, item in places(body):
        members = {_fold(name): name for name, value in item.items() if isinstance(value, str | int)}
        for word in words:
            if word in members and not isinstance(item[members[word]], bool):
                return f"{at}/{members[word]}"
    return next(_ending_in_id(body), "")


def _ending_in_id(body: Any) -> Iterator[str]:
    """Yield the pointers to members such as `InsertedEntityId`."""
    for at, item in places(body):
        for name, value in item.items():
            if _fold(name).endswith("id") and isinstance(value, str | int):
                yield f"{at}/{name}"


def places(body: Any, at: str = "", depth: int = 0) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects in which the item may be, the outer ones first: a wrapper's members, and the first of a list."""
    if isinstance(body, list) and body:
        yield from places(body[0], f"{at}/0", depth + 1)
    if isinstance(body, dict):
        yield at, body
        if depth < 3:
            for name, value in body.items():
                if isinstance(value, dict | list):
                    yield from places(value, f"{at}/{name}", depth + 1)
