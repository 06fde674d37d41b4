"""Parameters: the path, query, headers and cookies of a request as the values its contract declares."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct

from understudy.contracts.contract import Parameter
from understudy.contracts.source import Node
from understudy.errors import BodyMalformed, Failure, show
from understudy.media.json_codec import decode
from understudy.media.types import is_json
from understudy.messages import NOTHING
from understudy.parameters.leniency import STRICT, Leniency
from understudy.parameters.styles import (
    SEPARATING,
    Part,
    Style,
    Unreadable,
    bracketed,
    cookie_pairs,
    decode_cookie,
    decode_nothing,
    decode_query,
    header_text,
    query_pairs,
    tree,
)
from understudy.parameters.values import LENIENT_BOOLEANS, Raw, Readings, beyond_64_bits
from understudy.pointers import escape
from understudy.schemas.keywords import CLASSES
from understudy.schemas.subschemas import each, resolved
from understudy.schemas.validators import Validator

_EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})
_STYLES: Final = {
    "path": ("simple", "label", "matrix", *SEPARATING),
    "header": ("simple", *SEPARATING),
    "cookie": ("form", "cookie"),
    "query": ("form", *SEPARATING, "deepObject"),
}
"""What a parameter may be written in, by its location; the usual style first."""
REMEMBERED: Final = 64  # queries of an operation that are not read again
LONGEST_REMEMBERED: Final = 200  # bytes
_AT_ONCE: Final = 50  # parameters that are read between two pauses
_PLAIN: Final = frozenset({str, int, float, bool, type(None)})
_DECODERS: Final = {"query": decode_query, "cookie": decode_cookie}


class Parameters(Struct, frozen=True):
    """Values by declared name, defaults filled in, and what is wrong: a parameter that failed is named there
    and has no value. unsent: names in the query that nobody sent.
    """

    path: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, Any]
    cookies: Mapping[str, Any]
    failures: Sequence[Failure]
    unsent: frozenset[str] = frozenset()


_NO_PARAMETERS: Final = Parameters(_EMPTY, _EMPTY, _EMPTY, _EMPTY, ())


class ParameterReader:
    """Reads the parameters of one operation. What it can know beforehand it works out when it is made.

    reserved: names in the query that are no parameters, such as an API key's, so that no free-form object
    collects them. undeclared: names in the path of which the contract says nothing more; they are texts.
    """

    def __init__(
        self,
        parameters: Sequence[Parameter],
        validator_of: Callable[[Node], Validator],
        leniency: Leniency = STRICT,
        reserved: Collection[str] = (),
        undeclared: Collection[str] = (),
    ) -> None:
        self._undeclared = undeclared
        readings = _readings(validator_of, leniency)
        slots: dict[str, list[_Slot]] = {"path": [], "query": [], "header": [], "cookie": []}
        self._whole: _Slot | None = None
        for parameter in parameters:
            slot = _Slot(parameter, readings[parameter.location])
            if parameter.is_whole:
                self._whole = slot
            else:
                slots[parameter.location].append(slot)
        self._path = slots["path"]
        self._known_queries: dict[bytes, tuple[dict[str, Any], frozenset[str]]] = {}  # where none can change
        self._prepared: dict[bytes, tuple[dict[str, Any], set[str], list[Failure]]] = {}
        self._headers: dict[bytes, _Slot] = {}
        for slot in slots["header"]:
            self._headers[slot.name.lower().encode("latin-1", "replace")] = slot
        self._query = self._cookies = None
        if slots["query"] or leniency.known_query:
            self._query = _Names(
                slots["query"],
                leniency.case_insensitive_query,
                frozenset(reserved),
                only_known=leniency.known_query,
            )
        if slots["cookie"]:
            self._cookies = _Names(slots["cookie"])
        self._is_needed = bool(parameters or undeclared) or leniency.known_query

    def read(
        self, path: Mapping[str, str], query: bytes, headers: Iterable[tuple[bytes, bytes]]
    ) -> Parameters:
        """Return the values of a request and everything that is wrong with them.

        `path`: decoded segments by template name.
        """
        if not self._is_needed:
            return _NO_PARAMETERS
        failures: list[Failure] = []
        path_values = query_values = header_values = cookie_values = _EMPTY
        unsent: frozenset[str] = frozenset()
        if self._path or self._undeclared:
            path_values = self._read_path(path, failures)
        if self._query:
            query_values, unsent = self._read_query(self._query, query, failures)
        if self._whole:
            query_values = {**query_values, **_read_whole(self._whole, query, failures)}
        if self._headers:
            header_values = self._read_headers(headers, failures)
        if self._cookies:
            cookies = self._cookies.untangled(cookie_pairs(headers))
            cookie_values = self._cookies.take(cookies, failures)
        return Parameters(path_values, query_values, header_values, cookie_values, failures, unsent)

    def preparation(self, query: bytes) -> Generator[None, None, None]:
        """Read a long query, and yield after each piece of that work; `read` does not read it again."""
        if not self._query:
            return
        wrong: list[Failure] = []
        sent: set[str] = set()
        values = yield from self._query.taking(query_pairs(query), wrong, sent)
        if len(self._prepared) >= REMEMBERED:
            self._prepared.clear()
        self._prepared[query] = values, sent, wrong

    def _read_query(
        self, names: _Names, query: bytes, failures: list[Failure]
    ) -> tuple[dict[str, Any], frozenset[str]]:
        known = self._known_queries.get(query)
        if known is not None:
            return known[0].copy(), known[1]
        if query in self._prepared:
            values, sent, wrong = self._prepared.pop(query)
        else:
            wrong, sent = [], set()
            values = names.take(query_pairs(query) if query else (), wrong, sent)
        unsent = frozenset(values.keys() - sent)
        failures += wrong
        if not wrong and len(query) <= LONGEST_REMEMBERED and _PLAIN.issuperset(map(type, values.values())):
            if len(self._known_queries) >= REMEMBERED:
                self._known_queries.clear()
            self._known_queries[query] = values.copy(), unsent
        return values, unsent

    def _read_path(self, path: Mapping[str, str], failures: list[Failure]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name in self._undeclared:
            values[name] = path.get(name, "")
        for slot in self._path:
            text = path.get(slot.name)
            if text:
                slot.take([text], values, failures)
            elif text is not None:  # what the template does not hold is the contract's fault
                slot.lack(failures)
        return values

    def _read_headers(
        self, headers: Iterable[tuple[bytes, bytes]], failures: list[Failure]
    ) -> dict[str, Any]:
        found: dict[_Slot, list[str]] = {}
        for name, value in headers:
            slot = self._headers.get(name.lower())
            if slot:
                found.setdefault(slot, []).append(header_text(value))
        values: dict[str, Any] = {}
        for slot in self._headers.values():
            texts = found.get(slot)
            if texts:
                slot.take([", ".join(texts)], values, failures)
            else:
                slot.miss(values, failures)
        return values


def _read_whole(slot: _Slot, query: bytes, failures: list[Failure]) -> dict[str, Any]:
    """Read the parameter that is the whole query (OpenAPI 3.2 §4.12.2)."""
    values: dict[str, Any] = {}
    if query:
        slot.take([query.decode("latin-1")], values, failures)
    else:
        slot.miss(values, failures)
    return values


def _readings(validator_of: Callable[[Node], Validator], leniency: Leniency) -> dict[str, Readings]:
    """Return how texts are read in each place: a query is where clients write booleans in their own way."""
    if leniency.lenient_booleans:
        return dict.fromkeys(_STYLES, Readings(validator_of, LENIENT_BOOLEANS))
    elsewhere = Readings(validator_of, {})
    return {**dict.fromkeys(_STYLES, elsewhere), "query": Readings(validator_of)}


# ---- names


class _Names:
    """Which name in a query, or among cookies, belongs to which parameter.

    A name that is declared beats one that follows from a style.
    """

    def __init__(
        self,
        slots: list[_Slot],
        ignore_case: bool = False,
        reserved: frozenset[str] = frozenset(),
        *,
        only_known: bool = False,
    ) -> None:
        self._slots, self._ignore_case, self._only_known = slots, ignore_case, only_known
        # The slot, and which of its members; empty for the whole of it.
        self._names: dict[str, tuple[_Slot, str]] = {}
        self._bases: dict[str, _Slot] = {}  # what stands before brackets
        self._reserved = set(map(self._fold, reserved))
        self._free: _Slot | None = None  # takes the names that nobody else knows
        for slot in slots:
            if not slot.is_scattered:
                self._names[self._fold(slot.name)] = slot, ""
            if slot.is_free and self._free is None:
                self._free = slot
        for slot in slots:
            self._add_spellings(slot)

    def _fold(self, name: str) -> str:
        if self._ignore_case:
            return name.lower()
        return name

    def _add_spellings(self, slot: _Slot) -> None:
        base = slot.name.removesuffix("[]")
        if slot.takes_brackets:
            self._bases.setdefault(self._fold(base), slot)
            if slot.reading.takes_array:
                self._names.setdefault(self._fold(f"{base}[]"), (slot, ""))
        for member in filter(None, slot.members):
            self._names.setdefault(self._fold(member), (slot, member))
        if slot.is_scattered and not slot.is_free:
            self._names.setdefault(self._fold(slot.name), (slot, ""))

    def take(
        self, pairs: Iterable[tuple[str, str]], failures: list[Failure], sent: set[str] | None = None
    ) -> dict[str, Any]:
        """Read all parameters of this location. sent: where the names go of those that came."""
        texts, parts = self._sorted(pairs, failures, sent)
        return self._values(self._slots, texts, parts, failures)

    def taking(
        self, pairs: Iterable[tuple[str, str]], failures: list[Failure], sent: set[str]
    ) -> Generator[None, None, dict[str, Any]]:
        """Do the same, with a pause after some of them."""
        texts, parts = self._sorted(pairs, failures, sent)
        values: dict[str, Any] = {}
        for start in range(0, len(self._slots), _AT_ONCE):
            some = self._slots[start : start + _AT_ONCE]
            values |= self._values(some, texts, parts, failures)
            yield
        return values

    def _sorted(
        self, pairs: Iterable[tuple[str, str]], failures: list[Failure], sent: set[str] | None
    ) -> tuple[dict[_Slot, list[str]], dict[_Slot, list[Part]]]:
        """Return the texts and the parts of each parameter that came."""
        texts: dict[_Slot, list[str]] = {}
        parts: dict[_Slot, list[Part]] = {}
        for written, text in pairs:
            name = self._fold(written)
            place = self._place(name, written)
            if place is None:
                if self._only_known and name not in self._reserved:
                    failures.append(self._unknown(written))
                continue
            slot, path = place
            if path:
                parts.setdefault(slot, []).append((path, text))
            else:
                texts.setdefault(slot, []).append(text)
        if sent is not None:
            sent.update(slot.name for slot in (*texts, *parts))
        return texts, parts

    @staticmethod
    def _values(
        slots: Iterable[_Slot],
        texts: dict[_Slot, list[str]],
        parts: dict[_Slot, list[Part]],
        failures: list[Failure],
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for slot in slots:
            if slot in parts:
                slot.take_parts(parts[slot], texts.get(slot, []), values, failures)
            elif slot in texts:
                slot.take(texts[slot], values, failures)
            elif slot.is_missed:
                slot.miss(values, failures)
        return values

    def _place(self, name: str, written: str) -> tuple[_Slot, tuple[str, ...]] | None:
        """Return the parameter that a name belongs to, and the path into it; empty for the whole of it."""
        known = self._names.get(name)
        if known is not None:
            slot, member = known
            return slot, (member,) if member else ()
        split = bracketed(written)
        if split is not None:
            base, path = split
            if self._fold(base) in self._bases:
                return self._bases[self._fold(base)], path
            outer = self._names.get(self._fold(base))
            if outer is not None and outer[1]:  # below a member that is written as a parameter of its own
                return outer[0], (outer[1], *path)
        if self._free is None or not name or name in self._reserved:
            return None
        return self._free, (written,)

    def _unknown(self, written: str) -> Failure:
        expected = "left out: this operation has no query parameters"
        if self._slots:
            expected = f"one of {', '.join(slot.name for slot in self._slots)}"
        return Failure("query", f"/{escape(written)}", "unknown", expected, show(written))

    def untangled(self, pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """Split cookies in which the style `form` put several pairs, `color=blue&color=black`."""
        for name, text in pairs:
            known = self._names.get(name)
            if known and "&" in text and known[0].is_tangled:
                for piece in f"{name}={text}".split("&"):
                    inner, _, value = piece.partition("=")
                    yield inner, value
            else:
                yield name, text


# ---- one parameter


class _Slot:
    """One parameter: how it is written, how its texts become a value, and what its absence means."""

    def __init__(self, parameter: Parameter, readings: Readings) -> None:
        self.name, self.location, self.required = parameter.name, parameter.location, parameter.required
        self.pointer = f"/{escape(parameter.name)}"
        schemas = [parameter.schema] if parameter.schema else []
        self.reading = reading = readings.of(*schemas)
        self.style = style = _style_of(parameter)
        self._decode = style.decode
        self._is_as_written = style.decode is decode_nothing
        self._is_content, self._is_json = bool(parameter.media_type), is_json(parameter.media_type)
        self._is_any_content = parameter.media_type.strip() == "*/*"
        self._convert = None
        if not self._is_content and style.name not in ("label", "matrix"):
            self._convert = reading.conversion
        self._is_free_of_rules = bool(reading.plain)
        self._classes = CLASSES.get(reading.plain, ())
        self._may_be_empty = self.location == "query" and parameter.node.get("allowEmptyValue") is True
        self._parameter = parameter
        self._find_spellings()

    def _find_spellings(self) -> None:
        """Work out under which names, other than its own, the parameter comes."""
        reading, style = self.reading, self.style
        takes_object = reading.takes_object and not self._is_content
        is_in_query = self.location == "query"
        self.takes_brackets = is_in_query and not self._is_content and (takes_object or reading.takes_array)
        is_exploded = takes_object and not reading.is_untyped and style.repeats and style.name != "deepObject"
        self.members = reading.members if is_exploded else frozenset()
        self.is_scattered = is_exploded and not reading.takes_array and not reading.takes_text
        self.is_free = is_exploded and is_in_query and reading.is_open
        self.is_tangled = style.repeats and style.name == "form" and not reading.takes_text

    @cached_property
    def _default(self) -> Any:
        """The default as far as it is valid, or NOTHING."""
        value = self._stated_default()
        if value is NOTHING or self.reading.is_valid(value):
            return value
        if isinstance(value, str):  # documents write "10" for 10
            value = self.reading.value(value)
            if self.reading.is_valid(value):
                return value
        return NOTHING

    @cached_property
    def is_missed(self) -> bool:
        """Whether it matters that the parameter does not come."""
        return self.required or self._default is not NOTHING

    def _stated_default(self) -> Any:
        """What stands beside a `$ref` comes before what it refers to."""
        schema = self._parameter.schema
        if schema is None:
            return NOTHING
        followed = schema.document.follow(schema)
        for holder in (schema, followed, *map(resolved, each(followed, "allOf"))):
            if holder.has("default"):
                return holder.value["default"]
        return NOTHING

    def miss(self, values: dict[str, Any], failures: list[Failure]) -> None:
        """Note that the parameter did not come."""
        if not self.required:
            self._fill(values)
        elif self.is_scattered and self.reading.is_valid({}):
            values[self.name] = {}  # no member came, and that is how an object without members is written
        else:
            self.lack(failures)

    def _fill(self, values: dict[str, Any]) -> None:
        default = self._default
        if isinstance(default, (dict, list)):
            default = copy.deepcopy(default)
        if default is not NOTHING:
            values[self.name] = default

    def lack(self, failures: list[Failure]) -> None:
        """Note that the parameter should have come."""
        failures.append(Failure(self.location, self.pointer, "required", "present"))

    def take(self, texts: list[str], values: dict[str, Any], failures: list[Failure]) -> None:
        """Read the parameter from its undecoded texts, of which there is at least one."""
        try:
            if self._convert and len(texts) == 1:
                text = texts[0]
                if not self._is_as_written:
                    text = self._decode(text)
                value = self._convert(text)
                if value is not None and (self._is_free_of_rules or self.reading.is_valid(value)):
                    values[self.name] = value
                    return
            if len(texts) > 1 and (self._is_content or not self.reading.takes_array):
                if self.location != "cookie":
                    failures.append(self._repeated(texts))
                    return
                texts = texts[:1]  # the most specific one (RFC 6265 §5.4)
            self._settle(self._raws(texts), texts, values, failures)
        except UnicodeError:
            failures.append(self._misencoded(texts))
        except Unreadable as error:
            failures.append(Failure(self.location, self.pointer, error.rule, error.expected, error.received))

    def take_parts(
        self, parts: list[Part], texts: list[str], values: dict[str, Any], failures: list[Failure]
    ) -> None:
        """Read the parameter from its parts and, where it is an array, from texts of the whole too."""
        all_texts = texts + [text for _, text in parts]
        if texts and not self.reading.takes_array:
            failures.append(self._repeated(all_texts))
            return
        whole: list[Part] = [(("",), text) for text in texts]
        try:
            raw = tree(parts + whole, self._decode)
            self._settle([raw], [], values, failures)
        except UnicodeError:
            failures.append(self._misencoded(all_texts))
        except Unreadable as error:
            failures.append(Failure(self.location, self.pointer, error.rule, error.expected, error.received))

    def _raws(self, texts: list[str]) -> Iterable[Raw]:
        if self._is_content:
            return self._contents(self._decode(texts[0]))
        return self.style.raws(texts, self.reading)

    def _contents(self, text: str) -> Iterator[Raw]:
        """Yield the text as it stands and, where any media type will do, what it is as a text of JSON."""
        yield text
        if self._is_any_content and text.startswith('"'):
            with suppress(BodyMalformed):
                quoted = decode(text.encode())
                if isinstance(quoted, str):
                    yield quoted

    def _value(self, raw: Raw) -> Any:
        if self._is_json:
            return self._json(str(raw))
        return self.reading.value(raw)

    def _settle(
        self, raws: Iterable[Raw], texts: list[str], values: dict[str, Any], failures: list[Failure]
    ) -> None:
        """Take the first reading that is valid; where there is none, name what is wrong with the first."""
        likeliest: Any = NOTHING
        for raw in raws:
            value = self._value(raw)
            if type(value) in self._classes or self.reading.is_valid(value):
                too_long = beyond_64_bits(value, self.pointer)
                if not too_long:
                    values[self.name] = value
                self._refuse_integers(too_long, failures)
                return
            if likeliest is NOTHING:
                likeliest = value
        if self._may_be_empty and texts == [""]:  # counts as unused (OpenAPI 3.1.1 §4.8.12.2)
            self._fill(values)
            return
        too_long = beyond_64_bits(likeliest, self.pointer)
        for failure in self.reading.failures(likeliest, self.location, self.pointer):
            if failure.pointer not in too_long:
                failures.append(failure)
        self._refuse_integers(too_long, failures)

    def _refuse_integers(self, too_long: Mapping[str, int], failures: list[Failure]) -> None:
        for pointer, number in too_long.items():
            failures.append(Failure(self.location, pointer, "maximum", "a 64-bit integer", show(number)))

    def _json(self, text: str) -> Any:
        try:
            return decode(text.encode())
        except BodyMalformed as error:
            raise Unreadable("syntax", str(error).replace("the body", "the text"), show(text)) from None

    def _repeated(self, texts: list[str]) -> Failure:
        first = texts[0]
        with suppress(UnicodeError):
            first = self._decode(first)
        received = f"{show(first)} (given {len(texts)} times)"
        return Failure(self.location, self.pointer, "repeated", "given once", received)

    def _misencoded(self, texts: list[str]) -> Failure:
        received = show("&".join(texts))
        return Failure(self.location, self.pointer, "encoding", "percent-encoded UTF-8", received)


def _style_of(parameter: Parameter) -> Style:
    """Return how a parameter is written; a style its place does not have counts as the usual one."""
    allowed = _STYLES[parameter.location]
    name = parameter.style if parameter.style in allowed else allowed[0]
    decode = _DECODERS.get(parameter.location, decode_nothing)
    if name == "cookie":
        decode = decode_nothing
    return Style(name, parameter.explode, parameter.name, parameter.location, decode)
