"""Codecs: each kind of value in a model as it is printed, as it is read, and as a JSON Schema says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from types import NoneType
from typing import Annotated, Any, Final, Literal, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, fields

from understudy.model.compact import COMPACT, read_address, read_place, write_address, write_place
from understudy.nearest import did_you_mean
from understudy.pointers import join

At = tuple[str, ...]
"""Where in what is written a value stands."""

_SPELT: Final = {"places": "from"}
"""Words that Python has no names for."""

_ALWAYS_SAID: Final = ("status",)
"""Words that are written where they say what they say by default, too."""

_TYPES: Final = {str: "string", int: "integer", float: "number", bool: "boolean"}
_CALLED: Final = {str: "a text", int: "a number", float: "a number", bool: "true or false"}


class WrongWord(ValueError):
    """What is written is no part of a model. at: where in it. reason: a sentence."""

    def __init__(self, at: At, reason: str) -> None:
        super().__init__(f"{reason} (at {join(at)})" if at else reason)
        self.at, self.reason = at, reason


class Codec:
    """A kind of value, which is printed as it is."""

    def write(self, value: Any) -> Any:
        """Return a value as it is printed."""
        return value

    def read(self, written: Any, at: At) -> Any:  # noqa: ARG002 -- anything is right here
        """Return the value that is written. Raises WrongWord."""
        return written

    def check(self, written: Any, at: At) -> None:
        """Refuse what is laid over a value and is none. Raises WrongWord."""
        if written is not None:  # null takes away
            self.read(written, at)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of what is written."""
        return {}


class Scalar(Codec):
    """A text, a number, or true or false."""

    def __init__(self, kind: type) -> None:
        self._kind = kind

    def read(self, written: Any, at: At) -> Any:
        is_whole = self._kind is float and type(written) is int
        if type(written) is not self._kind and not is_whole:
            raise WrongWord(at, f"{written!r} stands where {_CALLED[self._kind]} is wanted")
        return written

    def schema(self) -> dict[str, Any]:
        return {"type": _TYPES[self._kind]}


class OneOf(Codec):
    """One of some words."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words

    def read(self, written: Any, at: At) -> Any:
        if written not in self._words:
            raise WrongWord(at, _unknown(str(written), self._words))
        return written

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self._words)}


class Place(Codec):
    """A place in a body, as a JSON Pointer."""

    def write(self, value: Any) -> Any:
        return write_place(value)

    def read(self, written: Any, at: At) -> Any:
        place = read_place(written)
        if place is None:
            raise WrongWord(at, f"{written!r} is no JSON Pointer, such as /data")
        return place

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "json-pointer"}


class Address(Codec):
    """Where a schema stands, a component by its name."""

    def write(self, value: Any) -> Any:
        if not value:
            return value
        return write_address(value)

    def read(self, written: Any, at: At) -> Any:
        address = read_address(written) if written else written
        if not isinstance(address, str):
            raise WrongWord(at, f"{written!r} names no schema")
        return address

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}


class Parent(Scalar):
    """The name of a parent, as the place in a path where its id stands."""

    def __init__(self) -> None:
        super().__init__(str)

    def write(self, value: Any) -> Any:
        return f"path/{value}"

    def read(self, written: Any, at: At) -> Any:
        return super().read(written, at).removeprefix("path/")


class Maybe(Codec):
    """At most one value."""

    def write(self, value: Any) -> Any:
        return value[0]

    def read(self, written: Any, at: At) -> Any:  # noqa: ARG002 -- any value is right here
        return (written,)


class Several(Codec):
    """A list."""

    def __init__(self, inner: Codec) -> None:
        self._inner = inner

    def write(self, value: Any) -> Any:
        return [self._inner.write(one) for one in value]

    def read(self, written: Any, at: At) -> Any:
        if not isinstance(written, (list, tuple)):
            raise WrongWord(at, f"{written!r} stands where a list is wanted")
        return tuple(self._inner.read(one, (*at, str(place))) for place, one in enumerate(written))

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self._inner.schema()}


class Parameters(Several):
    """Names of parameters; the only one stands alone."""

    def __init__(self) -> None:
        super().__init__(Scalar(str))

    def write(self, value: Any) -> Any:
        if len(value) == 1:
            return value[0]
        return super().write(value)

    def read(self, written: Any, at: At) -> Any:
        return super().read([written] if isinstance(written, str) else written, at)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, super().schema()]}


class Named(Codec):
    """A mapping from names to values."""

    def __init__(self, names: Codec, inner: Codec) -> None:
        self._names, self._inner = names, inner

    def write(self, value: Any) -> Any:
        return {self._names.write(name): self._inner.write(one) for name, one in value.items()}

    def read(self, written: Any, at: At) -> Any:
        if not isinstance(written, Mapping):
            raise WrongWord(at, f"{written!r} stands where a mapping is wanted")
        found = {}
        for name, one in written.items():
            inside = (*at, str(name))
            found[self._names.read(name, inside)] = self._inner.read(one, inside)
        return found

    def check(self, written: Any, at: At) -> None:
        if not isinstance(written, Mapping):
            super().check(written, at)
            return
        for name, one in written.items():
            self._inner.check(one, (*at, str(name)))

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": self._inner.schema()}


class Words(Codec):
    """A part of a model: a mapping from words, of which those at their default are left out, or one text
    where it has such a form.
    """

    def __init__(self, kind: type) -> None:
        self._kind = kind
        self._compact = COMPACT.get(kind)

    def write(self, value: Any) -> Any:
        if self._compact is not None:
            text = self._compact.write(value)
            if self._compact.read(text) == value:
                return text
        written = {}
        for word, (field, codec) in words_of(self._kind).items():
            told = getattr(value, field.name)
            if told != _default(field) or word in _ALWAYS_SAID:
                written[word] = codec.write(told)
        return written

    def read(self, written: Any, at: At) -> Any:
        if isinstance(written, str) and self._compact is not None:
            found = self._compact.read(written)
            if found is None:
                raise WrongWord(at, f"{written!r} cannot be read; it looks like {self._compact.looks!r}")
            return self._checked(found, at)
        if not isinstance(written, Mapping):
            raise WrongWord(at, f"{written!r} stands where {', '.join(words_of(self._kind))} may be said")
        return self._kind(**self._read_words(written, at))

    def check(self, written: Any, at: At) -> None:
        if not isinstance(written, Mapping):
            super().check(written, at)
            return
        words = words_of(self._kind)
        for word, value in written.items():
            if word not in words:
                raise WrongWord((*at, str(word)), _unknown(str(word), words))
            words[word][1].check(value, (*at, word))

    def _read_words(self, written: Mapping[str, Any], at: At) -> dict[str, Any]:
        words = words_of(self._kind)
        told = {}
        for word, value in written.items():
            if word not in words:
                raise WrongWord((*at, str(word)), _unknown(str(word), words))
            field, codec = words[word]
            told[field.name] = codec.read(value, (*at, word))
        for word, (field, _) in words.items():
            if field.name not in told and _default(field) is NODEFAULT:
                raise WrongWord(at, f"{word} has to be said")
        return told

    def _checked(self, value: Any, at: At) -> Any:
        """Return what was read as one text, if each word in it is known."""
        for field, codec in words_of(self._kind).values():
            if isinstance(codec, OneOf):
                codec.read(getattr(value, field.name), at)
        return value

    def schema(self) -> dict[str, Any]:
        """Return a reference to the schema that `definition` makes."""
        return {"$ref": f"#/$defs/{self._kind.__name__}"}

    def definition(self) -> dict[str, Any]:
        """Return the JSON Schema of this part."""
        properties = {word: codec.schema() for word, (_, codec) in words_of(self._kind).items()}
        needed = [word for word, (field, _) in words_of(self._kind).items() if _default(field) is NODEFAULT]
        found: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
        if needed:
            found["required"] = needed
        if self._compact is None:
            return found
        return {"anyOf": [{"type": "string"}, found]}


@cache
def words_of(kind: Any) -> Mapping[str, tuple[FieldInfo, Codec]]:
    """Return the fields of a part of a model and their codecs, by the word for each."""
    hints = get_type_hints(kind, include_extras=True)
    return {
        _SPELT.get(field.name, field.name): (field, codec_of(hints[field.name])) for field in fields(kind)
    }


_MARKED: Final[Mapping[str, type[Codec]]] = {
    "place": Place,
    "address": Address,
    "maybe": Maybe,
    "parameters": Parameters,
    "parent": Parent,
}


def codec_of(hint: Any) -> Codec:
    """Return the codec of a type hint."""
    if get_origin(hint) is Annotated:
        return _MARKED[hint.__metadata__[0]]()
    inner = [one for one in get_args(hint) if one is not NoneType]
    origin = get_origin(hint)
    if origin is Literal:
        return OneOf(inner)
    if origin is tuple:
        return Several(codec_of(inner[0]))
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return Named(codec_of(inner[0]), codec_of(inner[1]))
    if inner:  # what may be None is not written then
        return codec_of(inner[0])
    if hint is Any:
        return Codec()
    if isinstance(hint, type) and issubclass(hint, Struct):
        return Words(hint)
    return Scalar(hint)


def _default(field: FieldInfo) -> Any:
    if field.default_factory is not NODEFAULT:
        return field.default_factory()
    return field.default


def _unknown(word: str, words: Sequence[str] | Mapping[str, Any]) -> str:
    """Say that a word is not known, and which one may be meant."""
    meant = did_you_mean(word, words)
    if meant:
        return f"{word!r} is no word here{meant}"
    return f"{word!r} is no word here; there are {', '.join(repr(one) for one in words)}"
