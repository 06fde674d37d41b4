"""Parameters: each style in each place, text typed by its schema, and a clear no to what is neither."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.contracts.contract import Contract
from understudy.contracts.source import Node
from understudy.errors import Failure
from understudy.parameters.leniency import Leniency
from understudy.parameters.reader import ParameterReader, Parameters
from understudy.schemas.validators import Validator, validators_of

Read = Callable[..., Parameters]
"""Reads a request: `read(query=b"a=1", path={"id": "1"}, headers={"X-A": "1"}, cookie="a=1")`."""

MakeReader = Callable[..., Read]

bounded = settings(derandomize=True, deadline=None, database=None, max_examples=40)

INTEGER, NUMBER, STRING, BOOLEAN = ({"type": name} for name in ("integer", "number", "string", "boolean"))
INTEGERS = {"type": "array", "items": INTEGER}
STRINGS = {"type": "array", "items": STRING}
COLOUR = {"type": "object", "properties": {"R": INTEGER, "G": STRING, "B": BOOLEAN}}


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> MakeReader:
    """Make a reader of parameters that a contract declares: `reader({"name": "a", "in": "query", "schema":
    {…}}, …)`.
    """

    def make(
        *parameters: dict[str, Any], version: str = "3.1.0", schemas: Any = None, **options: Any
    ) -> Read:
        contract = load(tmp_path_factory, parameters, version, schemas)
        made = ParameterReader(
            contract.operations[0].parameters, validators_of(contract, "request").for_node, **options
        )

        def read(
            query: bytes = b"", path: Any = None, headers: Any = (), cookie: str | None = None
        ) -> Parameters:
            listed = [
                *(headers.items() if isinstance(headers, dict) else headers),
                *([("Cookie", cookie)] if cookie is not None else []),
            ]
            return made.read(
                path or {},
                query,
                [(b"host", b"localhost"), *((_bytes(name).lower(), _bytes(value)) for name, value in listed)],
            )

        return read

    return make


def load(
    folders: pytest.TempPathFactory,
    parameters: Iterable[dict[str, Any]],
    version: str = "3.1.0",
    schemas: Any = None,
) -> Contract:
    """Write a contract of one operation that has these parameters, and load it."""
    declared = list(parameters)
    template = "".join(f"/{{{parameter['name']}}}" for parameter in declared if parameter["in"] == "path")
    operation = {"parameters": declared, "responses": {"200": {"description": "Well."}}}
    document = {
        "openapi": version,
        "info": {"title": "Inline", "version": "1"},
        "paths": {f"/things{template}": {"get": operation}},
        "components": {"schemas": schemas or {}},
    }
    path = folders.mktemp("contract") / "inline.json"
    path.write_text(json.dumps(document))
    return Contract.load(path)


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def in_query(name: str, schema: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, **more}


def in_path(name: str, schema: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema, **more}


def in_header(name: str, schema: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "header", "schema": schema, **more}


def in_cookie(name: str, schema: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "cookie", "schema": schema, **more}


def only(parameters: Parameters) -> Failure:
    """Return the one thing that is wrong."""
    (failure,) = parameters.failures
    return failure


def places(parameters: Parameters) -> list[tuple[str, str, str]]:
    return [(failure.location, failure.pointer, failure.rule) for failure in parameters.failures]


# ---- types


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-7", -7),
        ("007", 7),
        ("0" * 5000, 0),
        ("0" * 5000 + "8", 8),
        (str(2**63), 2**63),
        (str(-(2**63)), -(2**63)),
    ],
)
def test_an_integer_keeps_its_value_exactly(reader: MakeReader, text: str, value: int) -> None:
    found = reader(in_path("n", INTEGER))(path={"n": text}).path["n"]
    assert found == value
    assert type(found) is int


@pytest.mark.parametrize(
    "text", ["1.0", "+1", " 1", "1 ", "1_000", "\uff11", "²", "0x1", "1e3", "--1", "-", "", "true", "٣"]
)
def test_what_is_no_integer_is_refused_as_what_it_is(reader: MakeReader, text: str) -> None:
    failure = only(reader(in_query("n", INTEGER))(b"n=" + quote(text).encode()))
    assert failure == Failure("query", "/n", "type", "an integer", json.dumps(text, ensure_ascii=False))


@pytest.mark.parametrize("text", [str(2**64), str(-(2**63) - 1), "9" * 30, "-" + "9" * 5000])
def test_an_integer_beyond_64_bits_is_refused(reader: MakeReader, text: str) -> None:
    failure = only(reader(in_query("n", INTEGER))(b"n=" + text.encode()))
    assert (failure.pointer, failure.rule, failure.expected) == ("/n", "maximum", "a 64-bit integer")
    assert failure.received.startswith(text[:20])


def test_an_integer_beyond_64_bits_is_refused_inside_an_array_too(reader: MakeReader) -> None:
    assert places(reader(in_query("n", INTEGERS))(b"n=1&n=" + b"9" * 30)) == [("query", "/n/1", "maximum")]


def test_a_format_of_fewer_bits_is_the_validators_business(reader: MakeReader) -> None:
    failure = only(reader(in_query("n", {"type": "integer", "format": "int32"}))(b"n=2147483648"))
    assert (failure.rule, failure.expected) == ("maximum", "at most 2147483647")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("-1.50", -1.5), ("1e3", 1000.0), ("2E-1", 0.2), ("0.1", 0.1), ("1" + "0" * 25, 1e25)],
)
def test_a_number_is_read_as_json_writes_it(reader: MakeReader, text: str, value: float) -> None:
    found = reader(in_query("n", NUMBER))(b"n=" + text.encode()).query["n"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-inf", "1e999", "1.", ".5", "01", "1_0", "0x1"])
def test_what_json_does_not_call_a_number_is_refused(reader: MakeReader, text: str) -> None:
    assert only(reader(in_query("n", NUMBER))(b"n=" + text.encode())).rule == "type"


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False)])
def test_a_boolean_is_one_of_two_words(reader: MakeReader, text: str, value: bool) -> None:
    assert reader(in_query("b", BOOLEAN))(b"b=" + text.encode()).query["b"] is value


def test_an_object_is_there_where_none_of_its_members_has_to_be(reader: MakeReader) -> None:
    """Spring's documents call `pageable` required, whose members all are optional."""
    paging = {"type": "object", "properties": {"page": INTEGER, "size": INTEGER}}
    query = {**in_query("pageable", paging), "required": True}
    assert reader(query)().query == {"pageable": {}}
    assert reader(query)(b"page=2").query == {"pageable": {"page": 2}}
    needy = {**query, "schema": {**paging, "required": ["page"]}}
    assert only(reader(needy)()).rule == "required"


WIDE = [("True", True), ("FALSE", False), ("1", True), ("0", False), ("on", True), ("Off", False)]
LOOSE = [("yes", True), ("No", False)]


@pytest.mark.parametrize(("text", "value"), WIDE)
def test_a_query_takes_what_clients_write_for_a_boolean(reader: MakeReader, text: str, value: bool) -> None:
    optional = {"anyOf": [BOOLEAN, {"type": "null"}]}
    read = reader(
        in_query("b", BOOLEAN), in_query("o", optional), in_query("m", {"type": "array", "items": BOOLEAN})
    )
    assert read(f"b={text}&o={text}&m={text}&m=true".encode()).query == {
        "b": value,
        "o": value,
        "m": [value, True],
    }


def test_what_may_be_something_else_is_no_boolean_of_that_kind(reader: MakeReader) -> None:
    either = {"type": ["boolean", "string"]}
    number = {"type": ["boolean", "integer"]}
    word = {"anyOf": [BOOLEAN, {"enum": ["auto"]}]}
    read = reader(in_query("e", either), in_query("n", number), in_query("w", word))
    assert read(b"e=on&n=1&w=on").query == {"e": "on", "n": 1, "w": True}
    assert read(b"e=true&n=true&w=auto").query == {"e": True, "n": True, "w": "auto"}


@pytest.mark.parametrize("text", ["True", "1", "on", "yes"])
def test_elsewhere_a_boolean_is_one_of_two_words(reader: MakeReader, text: str) -> None:
    parameter = {"name": "b", "in": "path", "required": True, "schema": BOOLEAN}
    assert reader(parameter)(path={"b": text}).failures
    assert reader(parameter, leniency=Leniency(lenient_booleans=True))(path={"b": text}).path == {"b": True}


@pytest.mark.parametrize(("text", "value"), LOOSE)
def test_other_words_are_booleans_only_in_a_lenient_dialect(
    reader: MakeReader, text: str, value: bool
) -> None:
    query = b"b=" + text.encode()
    assert only(reader(in_query("b", BOOLEAN))(query)).expected == "true or false"
    assert reader(in_query("b", BOOLEAN), leniency=Leniency(lenient_booleans=True))(query).query["b"] is value


def test_text_stays_text_where_the_schema_says_string_or_nothing(reader: MakeReader) -> None:
    read = reader(
        in_query("a", STRING), in_query("b", {}), in_query("c", {"minLength": 1}), in_query("d", True)
    )
    assert read(b"a=12&b=12&c=12&d=true").query == {"a": "12", "b": "12", "c": "12", "d": "true"}
    assert read().query == {}


UNIONS = [
    ({"oneOf": [INTEGER, STRING]}, "12", 12),
    ({"oneOf": [STRING, INTEGER]}, "ci.yml", "ci.yml"),
    ({"anyOf": [INTEGER, STRING]}, "9" * 30, "9" * 30),
    ({"anyOf": [{"type": "integer", "minimum": 5}, STRING]}, "4", "4"),
    ({"anyOf": [INTEGER, NUMBER]}, "1.5", 1.5),
    ({"type": ["integer", "null"]}, "null", None),
    ({"type": ["integer", "null"]}, "", None),
    ({"type": ["string", "null"]}, "null", "null"),
    ({"type": ["boolean", "string"]}, "true", True),
    ({"enum": [1, "a", True]}, "1", 1),
    ({"enum": [1, "a", True]}, "true", True),
    ({"const": 3}, "3", 3),
    ({"minimum": 2}, "3", 3),
    ({"format": "int64"}, "3", 3),
    ({"$ref": "#/components/schemas/Id"}, "3", 3),
    ({"allOf": [{"$ref": "#/components/schemas/Id"}, {"maximum": 9}]}, "3", 3),
    ({"allOf": [{"type": ["integer", "string"]}, NUMBER]}, "3", 3),
    ({"oneOf": [{"type": "string", "enum": ["1"]}, {"type": "integer", "minimum": 2}]}, "1", "1"),
    ({"not": STRING}, "3", 3),
    ({"anyOf": [STRING, STRINGS]}, "a,b", "a,b"),
    ({"$ref": "#/components/schemas/Endless"}, "3", 3),
    ({"$ref": "#/components/schemas/Ids", "maxItems": 2}, "3", [3]),
    ({"$ref": "#/components/schemas/Id", "description": "Of a thing."}, "3", 3),
]


@pytest.mark.parametrize(("schema", "text", "value"), UNIONS)
def test_the_first_type_that_is_valid_is_taken(
    reader: MakeReader, schema: Any, text: str, value: Any
) -> None:
    schemas = {
        "Id": INTEGER,
        "Ids": INTEGERS,
        "Endless": {"anyOf": [INTEGER, {"$ref": "#/components/schemas/Endless"}]},
    }
    found = reader(in_query("x", schema), schemas=schemas)(b"x=" + text.encode())
    assert not found.failures
    assert found.query["x"] == value
    assert type(found.query["x"]) is type(value)


def test_a_nullable_of_openapi_3_0_may_be_null(reader: MakeReader) -> None:
    read = reader(in_query("x", {"type": "integer", "nullable": True}), version="3.0.3")
    assert [read(b"x=null").query["x"], read(b"x=3").query["x"]] == [None, 3]


def test_a_failure_of_the_schema_names_the_value_that_was_meant(reader: MakeReader) -> None:
    read = reader(
        in_query("x", {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}),
        in_query("e", {"enum": ["a", "b"]}),
    )
    assert [str(failure) for failure in read(b"x=0&e=c").failures] == [
        "query /x: must be at least 1, got 0",
        'query /e: must be one of "a", "b", got "c"',
    ]


# ---- styles: what is written is what is read


def write(style: str, explode: bool, name: str, value: Any, encode: Callable[[str], str]) -> str:
    """Serialise as RFC 6570 §3.2.1 and OpenAPI's table of styles say."""
    if style == "deepObject":
        return "&".join(f"{path}={encode(text)}" for path, text in _deep(encode(name), value, encode))
    delimiter = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}.get(style, ",")
    before, between = {
        "label": (".", "."),
        "matrix": (";", ";"),
        "simple": ("", ","),
        "cookie": ("", "; "),
    }.get(style, ("", "&"))
    named = f"{encode(name)}=" if style not in ("label", "simple") else ""
    if isinstance(value, dict):
        pairs = [(encode(key), encode(_text(member))) for key, member in value.items()]
        if explode:
            return before + between.join(f"{key}={text}" for key, text in pairs)
        return before + named + delimiter.join(f"{key}{delimiter}{text}" for key, text in pairs)
    items = [encode(_text(item)) for item in (value if isinstance(value, list) else [value])]
    return before + (
        between.join(named + item for item in items) if explode else named + delimiter.join(items)
    )


def _deep(path: str, value: Any, encode: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    members: Iterable[tuple[object, Any]] = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, member in members:
        yield from _deep(f"{path}%5B{encode(str(key))}%5D", member, encode)
    if not isinstance(value, (dict, list)):
        yield path, _text(value)


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, (bool, int)) else str(value)


def as_is(text: str) -> str:
    return text


def percent(text: str) -> str:
    return quote(text, safe="")


def values_of(shape: str, without: str) -> tuple[dict[str, Any], st.SearchStrategy[Any]]:
    """Return a schema and values for it, whose strings hold no character that its place gives a meaning."""
    texts = st.text(
        st.characters(exclude_categories=["Cs", "Cc"] if without else ["Cs"], exclude_characters=without),
        min_size=1,
    )
    numbers, flags = st.integers(-(2**63), 2**64 - 1), st.booleans()
    known: dict[str, tuple[dict[str, Any], st.SearchStrategy[Any]]] = {
        "integer": (INTEGER, numbers),
        "string": (STRING, texts),
        "boolean": (BOOLEAN, flags),
        "integers": (INTEGERS, st.lists(numbers, min_size=1)),
        "strings": (STRINGS, st.lists(texts, min_size=1)),
        "object": (COLOUR, st.fixed_dictionaries({"R": numbers}, optional={"G": texts, "B": flags})),
    }
    return known[shape]


SHAPES = ("integer", "string", "boolean", "integers", "strings", "object")
EXPLODE = pytest.mark.parametrize("explode", [True, False])
SHAPE = pytest.mark.parametrize("shape", SHAPES)


@SHAPE
@EXPLODE
@pytest.mark.parametrize("style", ["simple", "label", "matrix"])
def test_a_path_parameter_comes_back(reader: MakeReader, style: str, explode: bool, shape: str) -> None:
    schema, values = values_of(
        shape, {"simple": ",=", "label": ",.=", "matrix": ",;="}[style] if shape[-1] in "st" else ""
    )
    read = reader(in_path("p", schema, style=style, explode=explode))

    @bounded
    @given(values)
    def check(value: Any) -> None:
        assert read(path={"p": write(style, explode, "p", value, as_is)}).path == {"p": value}

    check()


@SHAPE
@pytest.mark.parametrize(
    ("style", "explode"),
    [("form", True), ("form", False), ("spaceDelimited", False), ("pipeDelimited", False)],
)
def test_a_query_parameter_comes_back(reader: MakeReader, style: str, explode: bool, shape: str) -> None:
    schema, values = values_of(
        shape, {"form": "", "spaceDelimited": " ", "pipeDelimited": "|"}[style] if shape[-1] in "st" else ""
    )
    read = reader(in_query("p", schema, style=style, explode=explode))

    @bounded
    @given(values)
    def check(value: Any) -> None:
        assert read(write(style, explode, "p", value, percent).encode()).query == {"p": value}

    check()


@EXPLODE
@SHAPE
def test_a_header_comes_back(reader: MakeReader, explode: bool, shape: str) -> None:
    schema, values = values_of(shape, ",= \t\xa0\x85")
    read = reader(in_header("X-P", schema, explode=explode))

    @bounded
    @given(values)
    def check(value: Any) -> None:
        assert read(headers={"x-p": write("simple", explode, "X-P", value, as_is)}).headers == {"X-P": value}

    check()


@SHAPE
@EXPLODE
@pytest.mark.parametrize("style", ["form", "cookie"])
def test_a_cookie_comes_back(reader: MakeReader, style: str, explode: bool, shape: str) -> None:
    schema, values = values_of(shape, ',=;" \t\xa0' if style == "cookie" else "")
    read = reader(in_cookie("p", schema, style=style, explode=explode), version="3.2.0")

    @bounded
    @given(values)
    def check(value: Any) -> None:
        text = write(style, explode, "p", value, as_is if style == "cookie" else percent)
        assert read(cookie=f"junk; theme=dark; {text}").cookies == {"p": value}

    check()


NESTED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "n": INTEGER,
        "list": INTEGERS,
        "inner": {"type": "object", "properties": {"t": STRING}, "additionalProperties": BOOLEAN},
        "rows": {"type": "array", "items": {"type": "object", "properties": {"n": NUMBER}}},
    },
}


def test_a_deep_object_comes_back(reader: MakeReader) -> None:
    read = reader(in_query("p[x]", STRING), in_query("p", NESTED, style="deepObject", explode=True))
    names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="[]"), min_size=1).filter(
        lambda name: name != "t"
    )
    inner = st.dictionaries(names, st.booleans(), min_size=1).map(lambda extra: {"t": "1", **extra})
    numbers = st.integers(-1000, 1000)
    rows = st.lists(st.fixed_dictionaries({"n": numbers}), min_size=1)

    @bounded
    @given(
        st.fixed_dictionaries(
            {"n": numbers}, optional={"list": st.lists(numbers, min_size=1), "inner": inner, "rows": rows}
        )
    )
    def check(value: Any) -> None:
        assert read(write("deepObject", True, "p", value, percent).encode()).query == {"p": value}

    check()


SPELLINGS = [
    (in_query("color", STRINGS), b"color=blue&color=black"),
    (in_query("color", STRINGS, explode=False), b"color=blue,black"),
    (in_query("color", STRINGS, style="spaceDelimited", explode=False), b"color=blue%20black"),
    (in_query("color", STRINGS, style="spaceDelimited", explode=False), b"color=blue+black"),
    (in_query("color", STRINGS, style="pipeDelimited", explode=False), b"color=blue%7Cblack"),
    (in_query("color", STRINGS, style="pipeDelimited", explode=False), b"color=blue|black"),
    (in_query("color", STRINGS, style="deepObject", explode=True), b"color[]=blue&color%5B%5D=black"),
    (in_query("color", STRINGS, style="deepObject", explode=True), b"color[1]=black&color[0]=blue"),
    (in_query("color", STRINGS), b"color[]=blue&color[]=black"),
    (in_query("color", STRINGS), b"color=blue&color[]=black"),
    (in_query("color[]", STRINGS), b"color[]=blue&color[]=black"),
    (in_query("color[]", STRINGS), b"color%5B0%5D=blue&color%5B1%5D=black"),
]


@pytest.mark.parametrize(("parameter", "query"), SPELLINGS)
def test_an_array_is_read_in_each_spelling(
    reader: MakeReader, parameter: dict[str, Any], query: bytes
) -> None:
    assert reader(parameter)(query).query == {parameter["name"]: ["blue", "black"]}


@pytest.mark.parametrize("text", [".blue,black", ".blue.black"])
def test_a_label_is_read_with_the_comma_of_3_1_and_the_dot_of_3_0(reader: MakeReader, text: str) -> None:
    assert reader(in_path("c", STRINGS, style="label"))(path={"c": text}).path == {"c": ["blue", "black"]}


def test_a_path_style_with_nothing_behind_its_mark_is_an_empty_text(reader: MakeReader) -> None:
    read = reader(
        in_path("a", STRING, style="matrix"),
        in_path("b", STRING, style="label"),
        in_path("c", STRINGS, style="label", explode=True),
    )
    assert read(path={"a": ";a", "b": ".", "c": ".x,y.z"}).path == {"a": "", "b": "", "c": ["x,y", "z"]}


@pytest.mark.parametrize(
    ("style", "text"),
    [("label", "5"), ("matrix", "5"), ("matrix", ";other=5"), ("matrix", ".5"), ("matrix", "xid=5")],
)
@EXPLODE
def test_a_path_in_another_style_is_refused(reader: MakeReader, style: str, text: str, explode: bool) -> None:
    found = reader(in_path("id", STRING, style=style, explode=explode))(path={"id": text})
    assert places(found) == [("path", "/id", "style")]
    assert {"label": ".value", "matrix": ";id=value"}[style] in found.failures[0].expected


def test_spellings_of_an_array_may_be_mixed(reader: MakeReader) -> None:
    assert reader(in_query("n", INTEGERS))(b"n=3&n[1]=2&n[0]=1&n[]=4").query == {"n": [1, 2, 3, 4]}


def test_an_encoded_delimiter_belongs_to_the_item(reader: MakeReader) -> None:
    read = reader(in_query("a", STRINGS, explode=False), in_query("b", INTEGERS, explode=False))
    assert read(b"a=x%2Cy,z&b=1,2").query == {"a": ["x,y", "z"], "b": [1, 2]}


def test_a_client_that_encodes_its_delimiters_is_understood_where_it_can_mean_nothing_else(
    reader: MakeReader,
) -> None:
    assert reader(in_query("b", INTEGERS, explode=False))(b"b=1%2c2").query == {"b": [1, 2]}
    assert reader(in_query("b", INTEGERS))(b"b=1,2").failures[0].pointer == "/b/0"
    assert (
        reader(in_query("b", INTEGERS, style="pipeDelimited", explode=False))(b"b=1%2C2").failures[0].pointer
        == "/b/0"
    )
    assert reader(in_path("b", INTEGERS))(path={"b": "1%2C2"}).failures[0].pointer == "/b/0"


def test_an_array_that_is_written_empty_is_empty_where_it_may_not_hold_an_empty_item(
    reader: MakeReader,
) -> None:
    read = reader(
        in_query("a", INTEGERS, explode=False),
        in_query("b", STRINGS, explode=False),
        in_header("X-C", INTEGERS),
    )
    found = read(b"a=&b=", headers={"x-c": ""})
    assert (found.query, found.headers) == ({"a": [], "b": [""]}, {"X-C": []})


def test_one_text_may_be_an_array_or_not(reader: MakeReader) -> None:
    read = reader(
        in_query("a", {"oneOf": [STRING, STRINGS]}),
        in_query("b", {"anyOf": [STRINGS, INTEGER]}, explode=False),
    )
    assert read(b"a=x&b=7").query == {"a": "x", "b": 7}
    assert read(b"a=x&a=y&b=7,8").query == {"a": ["x", "y"], "b": ["7", "8"]}


def test_items_at_a_position_have_their_own_type(reader: MakeReader) -> None:
    pair = {"type": "array", "prefixItems": [STRING, INTEGER], "items": BOOLEAN}
    assert reader(in_query("p", pair, explode=False))(b"p=1,2,true").query == {"p": ["1", 2, True]}


# ---- objects


RANGE = {"anyOf": [{"type": "object", "properties": {"gt": INTEGER, "lt": INTEGER}}, INTEGER]}


def test_a_deep_object_may_also_be_one_value(reader: MakeReader) -> None:
    read = reader(in_query("created", RANGE, style="deepObject", explode=True))
    assert [read(b"created=5").query, read(b"created%5Bgt%5D=5&created[lt]=9").query] == [
        {"created": 5},
        {"created": {"gt": 5, "lt": 9}},
    ]
    assert places(read(b"created=5&created[gt]=5")) == [("query", "/created", "repeated")]


def test_a_failure_in_a_deep_object_names_its_place(reader: MakeReader) -> None:
    read = reader(
        in_query("p", {**NESTED, "required": ["n"], "additionalProperties": False}, style="deepObject")
    )
    found = read(b"p[list][]=1&p[list][]=x&p[inner][t/~]=2&p[rows][0][n]=z&p[m]=1")
    assert {failure.pointer for failure in found.failures} == {
        "/p/list/1",
        "/p/inner/t~1~0",
        "/p/rows/0/n",
        "/p/m",
        "/p/n",
    }
    assert not found.query


def test_a_schema_that_contains_itself_is_followed_as_deep_as_the_request(reader: MakeReader) -> None:
    tree = {"type": "object", "properties": {"n": INTEGER, "next": {"$ref": "#/components/schemas/Tree"}}}
    read = reader(
        in_query("t", {"$ref": "#/components/schemas/Tree"}, style="deepObject"), schemas={"Tree": tree}
    )
    assert read(b"t[next][next][n]=1").query == {"t": {"next": {"next": {"n": 1}}}}


def test_brackets_without_end_are_refused(reader: MakeReader) -> None:
    read = reader(in_query("t", {"type": "object"}, style="deepObject"))
    assert read(b"t" + b"[a]" * 32 + b"=1").query
    for depth in (33, 20_000):
        assert places(read(b"t" + b"[a]" * depth + b"=1")) == [("query", "/t", "depth")]


@pytest.mark.parametrize("query", [b"t[a]=1&t[a][b]=2", b"t[a][b]=2&t[a]=1", b"t[a][b]=1&t[a][b][c][d]=2"])
def test_a_value_that_is_also_an_object_is_refused(reader: MakeReader, query: bytes) -> None:
    assert places(reader(in_query("t", {"type": "object"}, style="deepObject"))(query)) == [
        ("query", "/t", "style")
    ]


def test_a_member_given_twice_is_refused(reader: MakeReader) -> None:
    read = reader(
        in_query("t", {"type": "object", "properties": {"a": INTEGER}}, style="deepObject"),
        in_query("u", COLOUR),
    )
    assert places(read(b"t[a]=1&t[a]=2&R=1&R=2")) == [("query", "/t/a", "type"), ("query", "/u/R", "type")]


@pytest.mark.parametrize("name", [b"t[a", b"t]a[", b"t[a]b", b"t[[a]]", b"[a]", b"t["])
def test_brackets_that_do_not_close_are_no_parameter(reader: MakeReader, name: bytes) -> None:
    found = reader(in_query("t", {"type": "object"}, style="deepObject"))(name + b"=1")
    assert (found.query, found.failures) == ({}, [])


def test_branches_are_told_apart_by_what_is_valid(reader: MakeReader) -> None:
    branches = [
        {"type": "object", "properties": {"kind": {"const": kind}, "v": schema}}
        for kind, schema in (("n", INTEGER), ("s", STRING))
    ]
    read = reader(in_query("t", {"oneOf": branches}, style="deepObject"))
    assert [read(b"t[kind]=n&t[v]=5").query["t"]["v"], read(b"t[kind]=s&t[v]=5").query["t"]["v"]] == [5, "5"]


def test_members_of_an_exploded_object_are_found_by_name_and_others_ignored(reader: MakeReader) -> None:
    read = reader(in_query("color", COLOUR), in_query("G", INTEGER))
    assert read(b"R=1&G=2&B=true&Z=3").query == {"color": {"R": 1, "B": True}, "G": 2}


@pytest.mark.parametrize("style", [{"explode": False}, {"style": "deepObject"}])
def test_members_of_any_other_object_are_not_looked_for_by_name(
    reader: MakeReader, style: dict[str, Any]
) -> None:
    assert (
        reader(in_query("color", COLOUR, **style), in_query("any", {"type": "object"}, **style))(
            b"R=1&x=2"
        ).query
        == {}
    )


def test_an_exploded_object_may_also_be_one_value(reader: MakeReader) -> None:
    free = {"anyOf": [{"type": "object", "additionalProperties": INTEGER}, STRING]}
    read = reader(in_query("created", RANGE), in_query("u", free))
    assert read(b"created=5&u=a").query == {"created": 5, "u": "a"}
    assert read(b"gt=5&x=6").query == {"created": {"gt": 5}, "u": {"x": 6}}


def test_a_free_form_object_collects_what_nobody_declared(reader: MakeReader) -> None:
    free = {"type": "object", "properties": {"n": INTEGER}, "additionalProperties": BOOLEAN}
    read = reader(in_query("page", INTEGER), in_query("params", free), reserved={"api_key"})
    assert read(b"page=2&n=1&x=true&params=false&api_key=secret&=5").query == {
        "page": 2,
        "params": {"n": 1, "x": True, "params": False},
    }
    assert places(read(b"x=2&y=true")) == [("query", "/params/x", "type")]
    assert read(b"page=2").query == {"page": 2}


def test_an_object_that_is_sent_as_json_is_understood(reader: MakeReader) -> None:
    read = reader(in_query("color", COLOUR), in_query("rows", {"type": "array", "items": COLOUR}))
    assert read(b'color={"R":1}&rows={"R":2}&rows={"R":3}').query == {
        "color": {"R": 1},
        "rows": [{"R": 2}, {"R": 3}],
    }
    assert places(read(b"color=red")) == [("query", "/color", "type")]


MERGED = {
    "allOf": [
        {"type": "object", "properties": {"a": INTEGER}, "patternProperties": {"^x": INTEGER}},
        {
            "properties": {"a": {"maximum": 5}, "b": {"type": ["array", "null"], "items": NUMBER}},
            "unevaluatedProperties": BOOLEAN,
        },
    ]
}


def test_schemas_that_hold_together_are_read_together(reader: MakeReader) -> None:
    read = reader(
        in_query("t", MERGED, style="deepObject"),
        in_query("p", {"allOf": [{"prefixItems": [INTEGER]}, {"prefixItems": [{}]}]}),
    )
    assert read(b"t[a]=3&t[b]=1.5").query == {"t": {"a": 3, "b": [1.5]}}
    assert read(b"t[a]=3&t[b]=[1,2.5]&p=1&p=2").query == {"t": {"a": 3, "b": [1, 2.5]}, "p": [1, "2"]}
    assert places(read(b"t[a]=6")) == [("query", "/t/a", "maximum")]


@pytest.mark.parametrize("keyword", ["additionalProperties", "unevaluatedProperties", "patternProperties"])
def test_members_without_a_name_of_their_own_have_their_type(reader: MakeReader, keyword: str) -> None:
    schema = {"type": "object", keyword: {"^x": INTEGER} if keyword == "patternProperties" else INTEGER}
    assert reader(in_query("t", schema, style="deepObject"))(b"t[x]=1").query == {"t": {"x": 1}}
    assert reader(in_query("t", schema))(b"xy=1").query == {"t": {"xy": 1}}


def test_a_closed_object_collects_nothing(reader: MakeReader) -> None:
    closed = {"type": "object", "properties": {"a": INTEGER}, "additionalProperties": False}
    for schema in (closed, {"allOf": [closed, {"additionalProperties": True}]}):
        assert reader(in_query("t", schema))(b"a=1&z=2").query == {"t": {"a": 1}}


def test_numbers_in_brackets_are_names_where_no_array_is_meant(reader: MakeReader) -> None:
    read = reader(
        in_query("t", {"type": "object", "additionalProperties": INTEGER}, style="deepObject"),
        in_query("u", {}, style="deepObject"),
    )
    assert read(b"t[1]=5&t[10]=6&t[9]=7").query == {"t": {"1": 5, "10": 6, "9": 7}}
    assert read(b"t[]=5&t[x]=6").query == {"t": {"": 5, "x": 6}}
    rows = reader(in_query("r", {"type": "array", "items": COLOUR}, style="deepObject"))
    assert rows(b"r[10][R]=3&r[9][R]=2&r[1][R]=1&r[][R]=4").query == {
        "r": [{"R": 1}, {"R": 2}, {"R": 3}, {"R": 4}]
    }
    assert places(rows(b"r[x][R]=1")) == [("query", "/r", "type")]


# ---- content


def test_a_parameter_with_content_is_json(reader: MakeReader) -> None:
    media = {"application/json": {"schema": COLOUR}}
    read = reader(
        {"name": "c", "in": "query", "content": media}, {"name": "X-C", "in": "header", "content": media}
    )
    found = read(b"c=%7B%22R%22:1,%22G%22:%22a+b%22%7D", headers={"x-c": '{"B": true}'})
    assert (found.query, found.headers) == ({"c": {"R": 1, "G": "a b"}}, {"X-C": {"B": True}})
    assert places(read(b'c={"R":"1"}')) == [("query", "/c/R", "type")]
    assert places(read(b"c={}&c={}")) == [("query", "/c", "repeated")]
    assert read(b"c[R]=1&R=1").query == {}
    assert places(
        reader({"name": "c", "in": "query", "content": {"application/json": {"schema": INTEGERS}}})(
            b"c=1&c=2"
        )
    ) == [("query", "/c", "repeated")]
    assert reader({"name": "c", "in": "query", "content": {"application/json": {"schema": STRING}}})(
        b'c="a"'
    ).query == {"c": "a"}


@pytest.mark.parametrize(
    "text", ["", "{", "NaN", "{'R':1}", '{"R":1,"R":2}', "[" * 250 + "]" * 250, "[" * 5000 + "]" * 5000]
)
def test_what_is_not_json_is_refused(reader: MakeReader, text: str) -> None:
    read = reader({"name": "c", "in": "query", "content": {"application/json": {"schema": COLOUR}}})
    assert places(read(f"c={text}".encode())) == [("query", "/c", "syntax")]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "format": "uuid"}, "6f1c3b5e-8d2a-4c47-9b1e-0a2b3c4d5e61"),
        ({"type": "string", "enum": ["a b"]}, "a b"),
    ],
)
def test_a_text_of_any_media_type_may_be_quoted_as_in_json(
    reader: MakeReader, schema: dict[str, Any], value: str
) -> None:
    read = reader({"name": "c", "in": "query", "content": {"*/*": {"schema": schema}}})
    for written in (value, f'"{value}"'):
        assert read(f"c={written}".encode()).query == {"c": value}
    for written in ('"', '"nobody"', f'"{value}', f'["{value}"]'):
        assert len(places(read(f"c={written}".encode()))) == 1


def test_an_integer_in_json_keeps_its_value_or_is_refused(reader: MakeReader) -> None:
    read = reader({"name": "c", "in": "query", "content": {"application/vnd.x+json": {"schema": {}}}})
    assert read(b'c={"n":18446744073709551615}').query == {"c": {"n": 2**64 - 1}}
    assert "18446744073709551616 does not fit in 64 bits" in str(only(read(b'c={"n":18446744073709551616}')))


def test_content_that_is_not_json_is_text(reader: MakeReader) -> None:
    assert reader({"name": "c", "in": "query", "content": {"text/plain": {"schema": INTEGER}}})(
        b"c=5"
    ).query == {"c": 5}


# ---- the query


def test_percent_and_plus_are_decoded_in_names_and_values(reader: MakeReader) -> None:
    read = reader(in_query("a b", STRING), in_query("ü", STRING))
    assert read("a+b=1+2%2B3%00&%C3%BC=ü%zz%".encode()).query == {"a b": "1 2+3\0", "ü": "ü%zz%"}


@pytest.mark.parametrize("schema", [STRING, INTEGER, STRINGS, {"type": "object"}, {}])
@pytest.mark.parametrize("text", [b"%ff", b"a%C3", b"\xff", b"%ED%A0%80"])
def test_bytes_that_are_no_utf_8_are_refused(reader: MakeReader, schema: Any, text: bytes) -> None:
    read = reader(in_query("q", schema, style="deepObject", explode=True))
    assert places(read(b"q=" + text)) == [("query", "/q", "encoding")]
    assert places(reader(in_query("q", {"type": "object"}, style="deepObject"))(b"q[%ff]=1")) == [
        ("query", "/q", "encoding")
    ]


def test_a_parameter_given_twice_is_refused_unless_it_is_an_array(reader: MakeReader) -> None:
    read = reader(in_query("a", INTEGER), in_query("b", INTEGERS, explode=False))
    failure = only(read(b"a=1&b=1,2&a=1&b=3"))
    assert (failure.pointer, failure.rule) == ("/a", "repeated")
    assert "given 2 times" in str(failure)
    assert read(b"b=1,2&b=3").query == {"b": [1, 2, 3]}


def test_unknown_parameters_are_ignored(reader: MakeReader) -> None:
    found = reader(in_query("a", STRING))(b"&&b=1&=2&A=3&%ff=4&a[]=5&&")
    assert (found.query, found.failures) == ({}, [])


def test_a_name_of_another_case_is_known_only_in_a_dialect(reader: MakeReader) -> None:
    parameters = (
        in_query("FileId", INTEGER),
        in_query("Filter", COLOUR, style="deepObject"),
        in_query("Ids[]", INTEGERS),
    )
    query = b"FILEID=1&filter[R]=2&ids%5B%5D=3"
    assert reader(*parameters)(query).query == {}
    found = reader(*parameters, leniency=Leniency(case_insensitive_query=True))(query)
    assert found.query == {"FileId": 1, "Filter": {"R": 2}, "Ids[]": [3]}


def test_an_empty_value_counts_as_unused_where_the_contract_allows_it(reader: MakeReader) -> None:
    limit = {"type": "integer", "default": 7}
    allowing = reader(
        in_query("n", limit, allowEmptyValue=True, required=True), in_query("s", STRING, allowEmptyValue=True)
    )
    assert [allowing(b"n&s").query, allowing(b"n=3&s=").query] == [{"n": 7, "s": ""}, {"n": 3, "s": ""}]
    for read, query in ((reader(in_query("n", limit)), b"n="), (allowing, b"n=x")):
        assert places(read(query)) == [("query", "/n", "type")]


def test_a_reserved_character_may_stand_unencoded(reader: MakeReader) -> None:
    assert reader(in_query("u", STRING, allowReserved=True))(b"u=http://a/?b=c:d@e;f,g").query == {
        "u": "http://a/?b=c:d@e;f,g"
    }


# ---- path, headers, cookies


@pytest.mark.parametrize("text", ["a/b", "a,b", ".a", ";a=b", "a b", "%2F", "é", "\0"])
def test_a_primitive_in_the_path_is_taken_as_it_is(reader: MakeReader, text: str) -> None:
    assert reader(in_path("id", STRING), in_path("other", {}))(path={"id": text, "other": text}).path == {
        "id": text,
        "other": text,
    }


@pytest.mark.parametrize("schema", [STRING, INTEGER, STRINGS])
def test_an_empty_path_parameter_is_refused(reader: MakeReader, schema: Any) -> None:
    assert reader(in_path("id", schema))(path={"id": ""}).failures == [
        Failure("path", "/id", "required", "present", "")
    ]


def test_headers_are_known_in_any_case_and_joined_where_repeated(reader: MakeReader) -> None:
    read = reader(in_header("X-Ids", INTEGERS), in_header("X-N", INTEGER), in_header("X-S", STRING))
    found = read(headers=[("X-IDS", "1,2 ,\t3"), ("x-n", "4"), ("x-ids", "5"), ("X-S", "6"), ("x-s", "7")])
    assert found.headers == {"X-Ids": [1, 2, 3, 5], "X-N": 4, "X-S": "6, 7"}
    assert places(read(headers=[("x-n", "1"), ("x-n", "2")])) == [("header", "/X-N", "type")]


def test_a_header_may_hold_any_byte(reader: MakeReader) -> None:
    read = reader(in_header("X-S", STRING), in_header("X-T", STRING))
    assert read(headers=[("X-S", "é"), (b"x-t", b"\xe9")]).headers == {"X-S": "é", "X-T": "é"}


@pytest.mark.parametrize(
    "cookie",
    [
        "n=1",
        " n=1 ;",
        "junk; =; ==;;n=1; Path=/",
        'a="; n="1"',
        "n = 1",
        "n=1; n=2",
        "x=a&n=5; n=1",
        "\xff=\xff; n=1",
    ],
)
def test_a_cookie_is_found_among_junk(reader: MakeReader, cookie: str) -> None:
    found = reader(in_cookie("n", INTEGER))(cookie=cookie)
    assert (found.cookies, found.failures) == ({"n": 1}, [])


def test_a_cookie_of_the_wrong_type_is_refused(reader: MakeReader) -> None:
    read = reader(in_cookie("n", INTEGER), in_cookie("s", STRING))
    assert places(read(cookie="n=1+1; s=%ff")) == [("cookie", "/n", "type"), ("cookie", "/s", "encoding")]
    assert [read(cookie=text).cookies for text in ("s=a+b%2Bc", 's="', 's="a b"')] == [
        {"s": "a+b+c"},
        {"s": '"'},
        {"s": "a b"},
    ]


def test_what_only_a_query_may_be_a_cookie_may_not(reader: MakeReader) -> None:
    read = reader(in_cookie("n", INTEGER, allowEmptyValue=True), in_cookie("c", INTEGERS))
    assert places(read(cookie="n=")) == [("cookie", "/n", "type")]
    assert read(cookie="c[]=1; c[0]=1").cookies == {}
    assert reader(in_cookie("any", {"type": "object"}))(cookie="a=1").cookies == {}


def test_an_array_in_a_cookie_is_read_in_each_spelling(reader: MakeReader) -> None:
    read = reader(in_cookie("c", INTEGERS), in_cookie("s", STRING))
    for cookie in ("c=1&c=2", "c=1; c=2", "c=1,2", "c=1%2C2"):
        assert read(cookie=f"s=a&c=3; {cookie}").cookies == {"c": [1, 2], "s": "a&c=3"}


# ---- what is missing, and what is filled in


def test_what_is_required_and_missing_is_named(reader: MakeReader) -> None:
    makers = (in_query, in_header, in_cookie)
    found = reader(*(make("a/b", STRING, required=True) for make in makers))()
    assert places(found) == [
        ("query", "/a~1b", "required"),
        ("header", "/a~1b", "required"),
        ("cookie", "/a~1b", "required"),
    ]
    assert found.failures[0] == Failure("query", "/a~1b", "required", "present", "")


def test_an_object_that_is_scattered_may_have_come_without_members(reader: MakeReader) -> None:
    found = reader(in_query("t", COLOUR, required=True))()
    assert (found.query, places(found)) == ({"t": {}}, [])
    needy = {**COLOUR, "required": ["R"]}
    assert places(reader(in_query("t", needy, required=True))()) == [("query", "/t", "required")]


def test_defaults_are_filled_in_and_nothing_else(reader: MakeReader) -> None:
    integer = {"$ref": "#/components/schemas/Limit"}
    read = reader(
        in_query("a", {**INTEGER, "default": 5}),
        in_query("b", INTEGER),
        in_query("c", integer),
        in_query("d", {**integer, "default": 8}),
        in_query("e", {"type": ["string", "null"], "default": None}),
        in_query("f", {"allOf": [INTEGER, integer]}),
        in_header("X-A", {**BOOLEAN, "default": False}),
        in_cookie("a", {**STRING, "default": ""}),
        schemas={"Limit": {**INTEGER, "default": 9}},
    )
    found = read()
    assert (found.query, found.headers, found.cookies) == (
        {"a": 5, "c": 9, "d": 8, "e": None, "f": 9},
        {"X-A": False},
        {"a": ""},
    )
    assert read(b"a=1").query["a"] == 1


def test_a_default_of_the_wrong_type_is_converted_or_left_out(reader: MakeReader) -> None:
    read = reader(
        in_query("a", {**INTEGER, "default": "5"}),
        in_query("b", {**INTEGER, "default": "five"}),
        in_query("c", {"enum": ["x"], "default": 1}),
    )
    assert read().query == {"a": 5}


def test_a_default_is_not_shared_between_requests(reader: MakeReader) -> None:
    read = reader(in_query("a", {**INTEGERS, "default": [1]}))
    read().query["a"].append(2)
    assert read().query == {"a": [1]}


def test_everything_that_is_wrong_is_named_at_once(reader: MakeReader) -> None:
    read = reader(
        in_path("id", INTEGER),
        in_query("q", BOOLEAN),
        in_query("ok", STRING),
        in_header("X-N", INTEGER),
        in_cookie("c", NUMBER),
    )
    found = read(b"q=maybe&ok=1", {"id": "x"}, {"x-n": "y"}, "c=z")
    assert [location for location, _, _ in places(found)] == ["path", "query", "header", "cookie"]
    assert (found.path, found.query, found.headers, found.cookies) == ({}, {"ok": "1"}, {}, {})


# ---- no needless work


def test_an_operation_without_parameters_looks_at_nothing() -> None:
    headers = (pytest.fail("the headers were looked at") for _ in range(1))
    read = ParameterReader((), _no_validator)
    assert read.read({}, b"a=1", headers).query == {}
    assert read.read({}, b"a=1", headers) is read.read({"x": "1"}, b"", ())


def _no_validator(node: Node) -> Validator:
    raise AssertionError(f"the schema at {node.pointer} was compiled")


def test_a_type_alone_needs_no_validator(tmp_path_factory: pytest.TempPathFactory) -> None:
    plain = {"description": "Of a plain type.", "x-note": 1, "examples": [1]}
    parameters = [
        in_query(name, {"type": name, **plain}) for name in ("string", "integer", "number", "boolean")
    ]
    contract = load(
        tmp_path_factory, [*parameters, in_query("array", {"type": "array"}), in_query("any", {})]
    )
    read = ParameterReader(contract.operations[0].parameters, _no_validator)
    found = read.read({}, b"string=a&integer=1&number=1.5&boolean=true&array=1&array=2&any=z", ())
    assert found.query == {
        "string": "a",
        "integer": 1,
        "number": 1.5,
        "boolean": True,
        "array": ["1", "2"],
        "any": "z",
    }


# ---- whatever comes


FRAGMENTS = [
    "a",
    "b",
    "c",
    "d",
    "e",
    "=",
    "&",
    "[",
    "]",
    "[]",
    "[0]",
    "[x]",
    "%",
    "%20",
    "%FF",
    "%00",
    "%5B",
    "+",
    ",",
    "|",
    ";",
    "1",
    "true",
    "{",
    "}",
    '"',
    "é",
]


def test_no_request_makes_it_raise(reader: MakeReader) -> None:
    tangle = {
        "oneOf": [
            {"type": "array", "items": {}},
            INTEGER,
            {"type": "object", "properties": {"x": {"type": ["array", "null"]}}},
        ]
    }
    schemas = {
        "a": INTEGERS,
        "b": {"type": "object", "additionalProperties": INTEGERS},
        "c": {},
        "d": tangle,
        "e": {"type": "string", "format": "date"},
    }
    styles = ("form", "spaceDelimited", "pipeDelimited", "deepObject")
    reads = [
        reader(
            *(in_query(name, schema, style=style, explode=explode) for name, schema in schemas.items()),
            in_cookie("a", INTEGERS),
        )
        for style in styles
        for explode in (True, False)
    ]

    @bounded
    @given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join), st.text())
    def check(text: str, junk: str) -> None:
        for read in reads:
            for wire in (text, junk):
                found = read(
                    wire.encode("utf-8", "surrogatepass"), cookie=wire.encode("utf-8", "replace").decode()
                )
                json.dumps(
                    [found.query, found.cookies, [str(failure) for failure in found.failures]],
                    allow_nan=False,
                )

    check()


def test_a_query_that_comes_again_says_the_same_whatever_became_of_what_it_said(reader: MakeReader) -> None:
    read = reader(
        {"name": "limit", "in": "query", "schema": {**INTEGER, "default": 5}},
        {"name": "ids", "in": "query", "schema": INTEGERS},
    )
    for query, said in (
        (b"", {"limit": 5}),
        (b"limit=10", {"limit": 10}),
        (b"ids=1&ids=2", {"limit": 5, "ids": [1, 2]}),
    ):
        for _ in range(2):
            first = read(query=query)
            assert (first.query, [*first.failures]) == (said, [])
            for value in first.query.values():
                if isinstance(value, list):
                    value.clear()
            assert isinstance(first.query, dict)
            first.query.clear()
    for _ in range(2):
        assert [failure.pointer for failure in read(query=b"limit=x").failures] == ["/limit"]


def test_an_array_of_arrays_of_itself_is_read_to_an_end(reader: MakeReader) -> None:
    nested = {"type": "array", "items": {"$ref": "#/components/schemas/Nested"}}
    read = reader(in_query("a", {"$ref": "#/components/schemas/Nested"}), schemas={"Nested": nested})
    assert only(read(b"a=x")).pointer.startswith("/a")


def test_arrays_within_arrays_have_commas_between_their_items(reader: MakeReader) -> None:
    grid = {"type": "array", "items": {"type": "array", "items": INTEGER}}
    read = reader({"name": "grid", "in": "query", "schema": grid})
    assert read(b"grid=1,2&grid=3").query == {"grid": [[1, 2], [3]]}
    assert read(b"grid=1&grid=%5B2,3%5D").query == {"grid": [[1], [2, 3]]}


def test_brackets_lead_into_a_member_that_is_a_parameter_of_its_own(reader: MakeReader) -> None:
    compared = {"type": "object", "properties": {"$gt": INTEGER, "$in": INTEGERS}}
    query = {
        "type": "object",
        "properties": {"age": {"anyOf": [INTEGER, compared]}, "$or": {"type": "array"}},
    }
    read = reader({"name": "filter", "in": "query", "style": "form", "explode": True, "schema": query})
    assert read(b"age=3").query == {"filter": {"age": 3}}
    assert read(b"age[$gt]=3&age[$in][]=4&age[$in][]=5").query == {
        "filter": {"age": {"$gt": 3, "$in": [4, 5]}}
    }
    assert read(b"age[$gt]=x").failures[0].pointer == "/filter/age/$gt"
