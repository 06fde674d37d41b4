"""Parameters: the path, query, headers and cookies of a request as the values its contract declares."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from understudy.contracts.contract import Parameter
from understudy.contracts.source import Node
from understudy.errors import BodyMalformed, Failure, show
from understudy.media.json_codec import decode
from understudy.media.types import is_json
from understudy.messages import NOTHING
from understudy.parameters.styles import (
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
from understudy.parameters.values import CLASSES, Raw, Readings, beyond_64_bits, branches
from understudy.pointers import escape
from understudy.schemas.validators import Validator

_EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})
_STYLES = {"path": ("simple", "label", "matrix"), "header": ("simple",), "cookie": ("form", "cookie"),
           "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject")}  # fmt: skip


@dataclass(frozen=True)
class Leniency:
    """What a vendor's clients get away with, against the letter of its contract, or do not.

    lenient_booleans: `True`, `False`, `1`, `0`, `yes` and `no` in any case are booleans too. known_query: a
    name in the query that nobody declared is refused; HTTP APIs usually pass over it.
    """

    case_insensitive_paths: bool = False
    ignore_trailing_slash: bool = False
    case_insensitive_query: bool = False
    lenient_booleans: bool = False
    known_query: bool = False


@dataclass(frozen=True, slots=True)
class Parameters:
    """Values by declared name, defaults filled in, and what is wrong: a parameter that failed is named there
    and has no value.
    """

    path: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, Any]
    cookies: Mapping[str, Any]
    failures: Sequence[Failure]


_NO_PARAMETERS: Final = Parameters(_EMPTY, _EMPTY, _EMPTY, _EMPTY, ())


class ParameterReader:
    """Reads the parameters of one operation. What it can know beforehand it works out when it is made.

    reserved: names in the query that are no parameters, such as an API key's, so that no free-form object
    collects them.
    """

    def __init__(
        self,
        parameters: Sequence[Parameter],
        validator_of: Callable[[Node], Validator],
        leniency: Leniency = Leniency(),
        reserved: Collection[str] = (),
    ) -> None:
        readings = Readings(validator_of, leniency.lenient_booleans)
        slots = [_Slot(parameter, readings) for parameter in parameters]
        self._path, query, headers, cookies = (
            [slot for slot in slots if slot.location == location]
            for location in ("path", "query", "header", "cookie")
        )
        self._query = (
            _Names(
                query, leniency.case_insensitive_query, frozenset(reserved), only_known=leniency.known_query
            )
            if query or leniency.known_query
            else None
        )
        self._headers = {slot.name.lower().encode("latin-1", "replace"): slot for slot in headers}
        self._cookies = _Names(cookies) if cookies else None
        self._is_needed = bool(slots) or leniency.known_query

    def read(
        self, path: Mapping[str, str], query: bytes, headers: Iterable[tuple[bytes, bytes]]
    ) -> Parameters:
        """Return the values of a request and everything that is wrong with them.

        `path`: decoded segments by template name.
        """
        if not self._is_needed:
            return _NO_PARAMETERS
        failures: list[Failure] = []
        path_values: dict[str, Any] = {}
        for slot in self._path:
            text = path.get(slot.name)
            if text:
                slot.take([text], path_values, failures)
            elif (
                text is not None
            ):  # what the template does not hold is the contract's fault, not the caller's
                slot.lack(failures)
        query_values = (
            self._query.take(query_pairs(query) if query else (), failures) if self._query else _EMPTY
        )
        header_values = cookie_values = _EMPTY
        if self._headers or self._cookies:
            received = list(headers)
            header_values = self._read_headers(received, failures)
            if self._cookies:
                cookie_values = self._cookies.take(self._cookies.untangled(cookie_pairs(received)), failures)
        return Parameters(path_values, query_values, header_values, cookie_values, failures)

    def _read_headers(self, headers: list[tuple[bytes, bytes]], failures: list[Failure]) -> dict[str, Any]:
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
        self._names: dict[
            str, tuple[_Slot, str]
        ] = {}  # the slot, and which of its members; empty for the whole of it
        self._bases: dict[str, _Slot] = {}  # what stands before brackets
        self._reserved = {self._fold(name) for name in reserved}
        for slot in slots:
            if not slot.is_scattered:
                self._names[self._fold(slot.name)] = slot, ""
        for slot in slots:
            self._add_spellings(slot)
        self._free = next((slot for slot in slots if slot.is_free), None)

    def _fold(self, name: str) -> str:
        return name.lower() if self._ignore_case else name

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

    def take(self, pairs: Iterable[tuple[str, str]], failures: list[Failure]) -> dict[str, Any]:
        """Read all parameters of this location."""
        texts: dict[_Slot, list[str]] = {}
        parts: dict[_Slot, list[Part]] = {}
        for written, text in pairs:
            name = written.lower() if self._ignore_case else written
            known = self._names.get(name)
            if known and not known[1]:
                texts.setdefault(known[0], []).append(text)
            elif place := ((known[0], (known[1],)) if known else self._place(name, written)):
                parts.setdefault(place[0], []).append((place[1], text))
            elif self._only_known and name not in self._reserved:
                there_are = ", ".join(slot.name for slot in self._slots)
                expected = (
                    f"one of {there_are}" if there_are else "left out: this operation has no query parameters"
                )
                failures.append(Failure("query", f"/{escape(written)}", "unknown", expected, show(written)))
        values: dict[str, Any] = {}
        for slot in self._slots:
            if slot in parts:
                slot.take_parts(parts[slot], texts.get(slot, []), values, failures)
            elif slot in texts:
                slot.take(texts[slot], values, failures)
            else:
                slot.miss(values, failures)
        return values

    def _place(self, name: str, written: str) -> tuple[_Slot, tuple[str, ...]] | None:
        split = bracketed(written) if "[" in written else None
        if split:
            slot = self._bases.get(self._fold(split[0]))
            if slot:
                return slot, split[1]
        return (self._free, (written,)) if self._free and name and name not in self._reserved else None

    def untangled(self, pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """Split cookies in which the style `form` put several pairs, `color=blue&color=black`."""
        for name, text in pairs:
            known = self._names.get(name)
            if (
                known
                and "&" in text
                and known[0].style.repeats
                and known[0].style.name == "form"
                and not known[0].reading.takes_text
            ):
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
        self.reading = reading = readings.of(parameter.schema) if parameter.schema else readings.of()
        allowed = _STYLES[self.location]
        style = parameter.style if parameter.style in allowed else allowed[0]
        undo = {"query": decode_query, "cookie": decode_cookie}.get(self.location, decode_nothing)
        self.style = Style(
            style, parameter.explode, self.name, self.location, decode_nothing if style == "cookie" else undo
        )
        self._decode = self.style.decode
        self._is_content, self._is_json = bool(parameter.media_type), is_json(parameter.media_type)
        is_bare = not self._is_content and style not in ("label", "matrix")
        self._convert = reading.conversion if is_bare else None
        self._is_free_of_rules = bool(reading.plain)
        self._classes = CLASSES.get(reading.plain, ())
        self._may_be_empty = self.location == "query" and parameter.node.get("allowEmptyValue") is True
        self._parameter = parameter

        has_structure = not self._is_content and (reading.takes_array or reading.takes_object)
        self.takes_brackets = self.location == "query" and has_structure
        exploded = (
            has_structure
            and reading.takes_object
            and not reading.is_untyped
            and self.style.repeats
            and style != "deepObject"
        )
        self.members = reading.members if exploded else frozenset()
        self.is_scattered = exploded and not reading.takes_array and not reading.takes_text
        self.is_free = exploded and self.location == "query" and reading.is_open

    @cached_property
    def _default(self) -> Any:
        """The default as far as it is valid, or NOTHING."""
        value = self._stated_default()
        if value is NOTHING or self.reading.is_valid(value):
            return value
        value = self.reading.value(value) if isinstance(value, str) else value  # documents write "10" for 10
        return value if self.reading.is_valid(value) else NOTHING

    def _stated_default(self) -> Any:
        """What stands beside a `$ref` comes before what it refers to."""
        schema = self._parameter.schema
        if schema is None:
            return NOTHING
        followed = schema.document.follow(schema)
        holders = (node.value for node in (schema, followed, *branches(followed, "allOf")))
        return next(
            (holder["default"] for holder in holders if isinstance(holder, dict) and "default" in holder),
            NOTHING,
        )

    def miss(self, values: dict[str, Any], failures: list[Failure]) -> None:
        """Note that the parameter did not come."""
        if self.required:
            self.lack(failures)
        else:
            self._fill(values)

    def _fill(self, values: dict[str, Any]) -> None:
        default = self._default
        if default is not NOTHING:
            values[self.name] = copy.deepcopy(default) if isinstance(default, (list, dict)) else default

    def lack(self, failures: list[Failure]) -> None:
        """Note that the parameter should have come."""
        failures.append(Failure(self.location, self.pointer, "required", "present"))

    def take(self, texts: list[str], values: dict[str, Any], failures: list[Failure]) -> None:
        """Read the parameter from its undecoded texts, of which there is at least one."""
        try:
            if self._convert and len(texts) == 1:
                value = self._convert(self._decode(texts[0]))
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
        """Read the parameter from its parts and, where it is an array, from texts of the whole beside them."""
        if texts and not self.reading.takes_array:
            failures.append(self._repeated([*texts, *(text for _, text in parts)]))
            return
        try:
            raw = tree([*parts, *((("",), text) for text in texts)], self._decode)
            self._settle([raw], [], values, failures)
        except UnicodeError:
            failures.append(self._misencoded([text for _, text in parts]))
        except Unreadable as error:
            failures.append(Failure(self.location, self.pointer, error.rule, error.expected, error.received))

    def _raws(self, texts: list[str]) -> Iterable[Raw]:
        return [self._decode(texts[0])] if self._is_content else self.style.raws(texts, self.reading)

    def _settle(
        self, raws: Iterable[Raw], texts: list[str], values: dict[str, Any], failures: list[Failure]
    ) -> None:
        """Take the first reading that is valid; where there is none, name what is wrong with the first."""
        likeliest: Any = NOTHING
        for raw in raws:
            value = self._json(str(raw)) if self._is_json else self.reading.value(raw)
            if type(value) in self._classes or self.reading.is_valid(value):
                too_long = beyond_64_bits(value, self.pointer) if type(value) is not str else {}
                if not too_long:
                    values[self.name] = value
                break
            likeliest = value if likeliest is NOTHING else likeliest
        else:
            if self._may_be_empty and texts == [
                ""
            ]:  # such a parameter counts as unused (OpenAPI 3.1.1 §4.8.12.2)
                self._fill(values)
                return
            too_long = beyond_64_bits(likeliest, self.pointer)
            named = self.reading.failures(likeliest, self.location, self.pointer)
            failures += (failure for failure in named if failure.pointer not in too_long)
        failures += (
            Failure(self.location, at, "maximum", "a 64-bit integer", show(number))
            for at, number in too_long.items()
        )

    def _json(self, text: str) -> Any:
        try:
            return decode(text.encode())
        except BodyMalformed as error:
            raise Unreadable("syntax", str(error).replace("the body", "the text"), show(text)) from None

    def _repeated(self, texts: list[str]) -> Failure:
        return Failure(
            self.location,
            self.pointer,
            "repeated",
            "given once",
            f"{show(texts[0])} (given {len(texts)} times)",
        )

    def _misencoded(self, texts: list[str]) -> Failure:
        return Failure(
            self.location, self.pointer, "encoding", "percent-encoded UTF-8", show("&".join(texts))
        )
