"""XML: values come and go by their schema's hints, what XML cannot carry is said, and nothing hostile gets in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from understudy.contracts.source import Document
from understudy.errors import BodyMalformed, MediaTypeUnsupported, NotAcceptable
from understudy.media.json_codec import DEPTH_LIMIT
from understudy.media.xml_codec import XmlCodec

Make = Callable[..., XmlCodec]

XSI = "http://www.w3.org/2001/XMLSchema-instance"
NAMESPACES = {"xsd": "http://www.w3.org/2001/XMLSchema", "xsi": XSI}
DECLARED = f'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="{XSI}"'
TEXT, WHOLE, FLAG = ({"type": [name, "null"]} for name in ("string", "integer", "boolean"))
LINKS = {"type": ["array", "null"], "items": {"$ref": "#/components/schemas/Link"}, "xml": {"wrapped": True}}
LINK = {
    "type": "object",
    "properties": {
        "rel": TEXT,
        "href": TEXT,
        "method": TEXT,
        "title": {**TEXT, "x-understudy": {"xml": {"nulls": "omit"}}},
    },
    "xml": {"name": "Link"},
}


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return a function that makes the codec of a schema, or of the last of the components where none is given."""

    def make(schema: Any = None, **components: Any) -> XmlCodec:
        path = tmp_path / "contract.json"
        path.write_text(json.dumps({"schema": schema, "components": {"schemas": components}}))
        root = Document.load(path).root
        return XmlCodec(
            root.child("schema")
            if schema is not None
            else root.child("components", "schemas", list(components)[-1])
        )

    return make


def refusal(codec: XmlCodec, body: str | bytes, charset: str | None = None) -> str:
    """Return the sentence a body is refused with."""
    with pytest.raises(BodyMalformed) as refused:
        codec.decode(body.encode() if isinstance(body, str) else body, charset)
    return str(refused.value)


# ---- Saasu's own samples


def test_an_account_of_saasu_comes_and_goes_as_its_page_shows_it(make: Make) -> None:
    given = {
        **{
            "Id": 1,
            "Name": "Test Income Account",
            "AccountLevel": "Detail",
            "AccountType": "Income",
            "IsActive": True,
            "IsBuiltIn": False,
        },
        **{
            "LastUpdatedId": "AAAAAAA",
            "DefaultTaxCode": "G1",
            "LedgerCode": "AA",
            "Currency": "AUD",
            "HeaderAccountId": 3,
        },
        **{"ExchangeAccountId": 3, "IsBankAccount": False, "CreatedDateUtc": "2025-04-28T18:00:13.3840741Z"},
        **{"LastModifiedDateUtc": "2025-10-22T18:00:13.3840741Z", "IncludeInForecaster": False},
    }
    absent = {
        **dict.fromkeys(["BSB", "Number", "BankAccountName"], TEXT),
        **{
            "BankFileCreationEnabled": FLAG,
            "BankCode": TEXT,
            "UserNumber": TEXT,
            "MerchantFeeAccountId": WHOLE,
            "IncludePendingTransactions": FLAG,
        },
    }
    types = {str: TEXT, int: WHOLE, bool: FLAG}
    properties = {**{name: types[type(value)] for name, value in given.items()}, **absent, "_links": LINKS}
    hints = {"xml": {"order": ["_links"], "namespaces": NAMESPACES}}
    codec = make(Link=LINK, AccountDetail={"type": "object", "properties": properties, "x-understudy": hints})
    value = {**given, **dict.fromkeys(absent), "_links": []}
    xml = (
        f"<AccountDetail {DECLARED}><_links /><Id>1</Id><Name>Test Income Account</Name><AccountLevel>Detail</AccountLevel>"
        "<AccountType>Income</AccountType><IsActive>true</IsActive><IsBuiltIn>false</IsBuiltIn><LastUpdatedId>AAAAAAA</LastUpdatedId>"
        "<DefaultTaxCode>G1</DefaultTaxCode><LedgerCode>AA</LedgerCode><Currency>AUD</Currency><HeaderAccountId>3</HeaderAccountId>"
        "<ExchangeAccountId>3</ExchangeAccountId><IsBankAccount>false</IsBankAccount>"
        "<CreatedDateUtc>2025-04-28T18:00:13.3840741Z</CreatedDateUtc><LastModifiedDateUtc>2025-10-22T18:00:13.3840741Z</LastModifiedDateUtc>"
        "<IncludeInForecaster>false</IncludeInForecaster>"
        + "".join(f'<{name} xsi:nil="true" />' for name in absent)
        + "</AccountDetail>"
    )
    assert len(value) == 25
    assert codec.encode(value).decode() == xml
    assert codec.decode(xml.encode()) == value
    assert codec.decode(xml.replace("><", ">\n  <").encode()) == value


def test_the_result_of_an_insert_comes_and_goes_as_saasus_page_shows_it(make: Make) -> None:
    order = ["_links", "LastUpdatedId", "UtcLastModified", "InsertedEntityId"]
    properties = {"InsertedEntityId": WHOLE, "LastUpdatedId": TEXT, "UtcLastModified": TEXT, "_links": LINKS}
    hints = {"xml": {"order": order, "namespaces": NAMESPACES}}
    codec = make(
        Link=LINK, InsertAccountResult={"type": "object", "properties": properties, "x-understudy": hints}
    )
    rows = [
        ("self", "Account/321", "POST"),
        ("list", "Accounts", "GET"),
        ("update", "Account/321", "PUT"),
        ("delete", "Account/321", "DELETE"),
    ]
    links = [
        {"rel": rel, "href": f"https://api.saasu.com/{path}?FileId=123", "method": method}
        for rel, path, method in rows
    ]
    value = {
        "InsertedEntityId": 321,
        "LastUpdatedId": "AAAAAKhg=",
        "UtcLastModified": "2025-10-18T18:00:13.4137849Z",
        "_links": links,
    }
    written = "".join(
        f"<Link>{''.join(f'<{name}>{part}</{name}>' for name, part in link.items())}</Link>" for link in links
    )
    xml = (
        f"<InsertAccountResult {DECLARED}><_links>{written}</_links><LastUpdatedId>AAAAAKhg=</LastUpdatedId>"
        "<UtcLastModified>2025-10-18T18:00:13.4137849Z</UtcLastModified><InsertedEntityId>321</InsertedEntityId></InsertAccountResult>"
    )
    assert codec.encode({**value, "_links": [{**link, "title": None} for link in links]}).decode() == xml
    assert codec.decode(xml.encode()) == value


# ---- roots


@pytest.mark.parametrize(
    ("schema", "value", "xml"),
    [
        ({"type": "string"}, "a & b", "<string>a &amp; b</string>"),
        ({"type": "string", "xml": {"name": "Reason"}}, "", "<Reason />"),
        ({"type": "integer"}, 7, "<root>7</root>"),
        ({"type": "object"}, {}, "<root />"),
        ({"type": "object", "xml": {"name": "Thing"}}, {}, "<Thing />"),
        ({"$ref": "#/components/schemas/Pet"}, {"id": 1}, "<Pet><id>1</id></Pet>"),
        (
            {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {"n": WHOLE}}]},
            {"id": 1, "n": 2},
            "<Pet><n>2</n><id>1</id></Pet>",
        ),
        (
            {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}},
            [{"id": 1}],
            "<root><Pet><id>1</id></Pet></root>",
        ),
        (
            {"type": "array", "items": {"type": "integer"}},
            [1, 2],
            "<root><item>1</item><item>2</item></root>",
        ),
        ({"type": "array", "items": {"type": "integer"}, "xml": {"name": "Ids"}}, [], "<Ids />"),
    ],
)
def test_the_root_is_named_by_hint_component_or_kind(make: Make, schema: Any, value: Any, xml: str) -> None:
    codec = make(schema, Pet={"type": "object", "properties": {"id": {"type": "integer"}}})
    assert codec.encode(value).decode() == xml
    assert codec.decode(xml.encode()) == value


def test_of_several_roots_the_one_that_fits_is_written_and_each_is_read(make: Make) -> None:
    refused = {
        "oneOf": [{"type": "string", "xml": {"name": "string"}}, {"$ref": "#/components/schemas/Error"}]
    }
    codec = make(refused, Error={"type": "object", "properties": {"Message": TEXT}})
    for value, xml in (
        ("No", "<string>No</string>"),
        ({"Message": "No"}, "<Error><Message>No</Message></Error>"),
    ):
        assert codec.encode(value).decode() == xml
        assert codec.decode(xml.encode()) == value
    assert (
        refusal(codec, "<Problem/>")
        == "the root element must be <string> or <Error>, and <Problem> was received"
    )


# ---- names, arrays, attributes, namespaces


@pytest.mark.parametrize(
    ("hints", "item_hints", "xml"),
    [
        ({}, {}, "<tags>a</tags><tags>b</tags>"),
        ({}, {"name": "tag"}, "<tag>a</tag><tag>b</tag>"),
        ({"name": "labels"}, {"name": "tag"}, "<tag>a</tag><tag>b</tag>"),
        ({"wrapped": True}, {}, "<tags><tags>a</tags><tags>b</tags></tags>"),
        ({"wrapped": True}, {"name": "tag"}, "<tags><tag>a</tag><tag>b</tag></tags>"),
        ({"wrapped": True, "name": "labels"}, {"name": "tag"}, "<labels><tag>a</tag><tag>b</tag></labels>"),
        ({"wrapped": True, "name": "labels"}, {}, "<labels><labels>a</labels><labels>b</labels></labels>"),
    ],
)
def test_an_array_is_written_as_the_specification_shows(
    make: Make, hints: Any, item_hints: Any, xml: str
) -> None:
    tags = {"type": "array", "items": {"type": "string", "xml": item_hints}, "xml": hints}
    codec = make(Pet={"type": "object", "properties": {"tags": tags}})
    assert codec.encode({"tags": ["a", "b"]}).decode() == f"<Pet>{xml}</Pet>"
    assert codec.decode(f"<Pet>{xml}</Pet>".encode()) == {"tags": ["a", "b"]}


@pytest.mark.parametrize("is_wrapped", [True, False])
def test_a_single_element_is_still_an_array(make: Make, is_wrapped: bool) -> None:
    rows = {
        "type": "array",
        "items": {"type": "array", "items": {"type": "integer"}},
        "xml": {"wrapped": is_wrapped},
    }
    codec = make(Grid={"type": "object", "properties": {"rows": rows}})
    for value in ({"rows": [[1]]}, {"rows": [[1, 2], []]}):
        assert codec.decode(codec.encode(value)) == value


def test_null_is_told_from_an_array_that_holds_null(make: Make) -> None:
    strict = {"type": ["array", "null"], "items": {"type": "integer"}}
    loose = {"type": "array", "items": {"type": ["integer", "null"]}}
    codec = make(Pet={"type": "object", "properties": {"strict": strict, "loose": loose}})
    value = {"strict": None, "loose": [None, 1]}
    assert codec.decode(codec.encode(value)) == value
    assert "/Pet/strict is given twice" in refusal(
        codec, f'<Pet xmlns:x="{XSI}"><strict x:nil="1"/><strict x:nil="1"/></Pet>'
    )


def test_names_attributes_and_namespaces_follow_the_hints(make: Make) -> None:
    properties = {
        "id": {"type": "integer", "xml": {"attribute": True}},
        "lang": {"type": "string", "xml": {"attribute": True, "prefix": "m", "namespace": "urn:m"}},
        "name": {"type": "string", "xml": {"name": "Name", "prefix": "s", "namespace": "urn:s"}},
        "alive": {"$ref": "#/components/schemas/Flag", "xml": {"name": "isAlive"}},
    }
    codec = make(
        Flag={"type": "boolean"},
        Pet={"type": "object", "properties": properties, "xml": {"namespace": "urn:d"}},
    )
    value = {"id": 7, "lang": 'a"<b>\n', "name": "x", "alive": False}
    xml = codec.encode(value).decode()
    expected = (
        '<Pet xmlns:m="urn:m" xmlns="urn:d" id="7" m:lang="a&quot;&lt;b&gt;&#10;">'
        '<s:Name xmlns:s="urn:s">x</s:Name><isAlive>false</isAlive></Pet>'
    )
    assert xml == expected
    assert codec.decode(xml.encode()) == value
    assert fromstring(xml).find("{urn:s}Name") is not None


def test_a_prefix_that_means_two_things_is_declared_where_it_is_used(make: Make) -> None:
    core = {"type": "string", "xml": {"prefix": "p", "namespace": "urn:1"}}
    inner = {"type": "object", "properties": {"core": core}, "xml": {"prefix": "p", "namespace": "urn:2"}}
    outer = {"type": "object", "properties": {"inner": inner}, "xml": {"prefix": "p", "namespace": "urn:1"}}
    hints = {"xml": {"namespaces": {"p": "urn:1", "q": "urn:q"}}}
    other = {"type": "string", "xml": {"prefix": "q", "namespace": "urn:q"}}
    codec = make(
        Pet={"type": "object", "properties": {"outer": outer, "other": other}, "x-understudy": hints}
    )
    root = fromstring(codec.encode({"outer": {"inner": {"core": "x"}}, "other": "y"}))
    assert [element.tag for element in root.iter()] == [
        "Pet",
        "{urn:1}outer",
        "{urn:2}inner",
        "{urn:1}core",
        "{urn:q}other",
    ]
    assert codec.encode({"other": "y"}).decode().count("urn:q") == 1


def test_nil_takes_the_prefix_the_root_declares(make: Make) -> None:
    schema = {"type": "object", "properties": {"a": TEXT}}
    assert (
        make(Pet=schema).encode({"a": None}).decode() == f'<Pet xmlns:xsi="{XSI}"><a xsi:nil="true" /></Pet>'
    )
    assert make(Pet=schema).encode({"a": "x"}).decode() == "<Pet><a>x</a></Pet>"
    codec = make(Pet={**schema, "x-understudy": {"xml": {"namespaces": {"i": XSI}}}})
    assert codec.encode({"a": None}).decode() == f'<Pet xmlns:i="{XSI}"><a i:nil="true" /></Pet>'


def test_members_beyond_the_schema_come_last_and_maps_take_the_type_of_their_values(make: Make) -> None:
    counts = {"type": "object", "additionalProperties": {"type": "integer"}}
    items = {"type": "integer", "xml": {"name": "n"}}
    lists, wrapped = (
        {"additionalProperties": {"type": "array", "items": items, "xml": {"wrapped": wrapped}}}
        for wrapped in (False, True)
    )
    codec = make(Pet={"type": "object", "properties": {"counts": counts, "lists": lists, "wrapped": wrapped}})
    value = {
        "more": {"deep": ["a", "b"]},
        "lists": {"x": [1], "y": [2, 3]},
        "wrapped": {"z": [4]},
        "counts": {"x": 1},
    }
    xml = (
        "<Pet><counts><x>1</x></counts><lists><x>1</x><y>2</y><y>3</y></lists><wrapped><z><n>4</n></z></wrapped>"
        "<more><deep>a</deep><deep>b</deep></more></Pet>"
    )
    assert codec.encode(value).decode() == xml
    assert codec.decode(xml.encode()) == value


def test_a_body_that_may_be_one_or_many_is_read_by_what_it_holds(make: Make) -> None:
    pet = {"type": "object", "properties": {"id": WHOLE}}
    codec = make({"oneOf": [pet, {"type": "array", "items": pet}], "xml": {"name": "Pets"}})
    for value, xml in (
        ({"id": 1}, "<Pets><id>1</id></Pets>"),
        ([{"id": 1}], "<Pets><item><id>1</id></item></Pets>"),
    ):
        assert codec.encode(value).decode() == xml
        assert codec.decode(xml.encode()) == value
    assert codec.decode(b"<Pets><more>1</more></Pets>") == {"more": "1"}
    arrays = make({"type": "array", "items": pet, "xml": {"name": "Pets"}})
    assert refusal(arrays, "<Pets><more>1</more></Pets>") == "/Pets must hold <item>, and <more> was received"


def test_hints_that_cannot_be_followed_are_left_alone(make: Make) -> None:
    properties = {
        "a": {"items": WHOLE, "xml": {"attribute": True}},
        "b": {"const": 1, "xml": {"prefix": "p"}},
    }
    codec = make(Pet={"properties": properties})
    assert codec.encode({"a": [1], "b": 1}).decode() == (
        '<Pet><a>1</a><p:b xmlns:p="urn:example:p">1</p:b></Pet>'
    )
    assert codec.decode(b"<Pet><a>1</a><b>1</b></Pet>") == {"a": [1], "b": 1}


def test_a_schema_that_contains_itself_works(make: Make) -> None:
    children = {"type": "array", "items": {"$ref": "#/components/schemas/Node"}}
    parent = {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Node"}]}
    codec = make(
        Node={
            "type": "object",
            "properties": {"n": {"type": "integer"}, "parent": parent, "children": children},
        }
    )
    value = {
        "n": 1,
        "parent": {"n": 0, "parent": None},
        "children": [{"n": 2}, {"n": 3, "children": [{"n": 4}]}],
    }
    assert codec.decode(codec.encode(value)) == value
    assert make(List={"type": "array", "items": {"$ref": "#/components/schemas/List"}}).encode([[], [[]]])


# ---- types


@pytest.mark.parametrize(
    ("schema", "text", "expected"),
    [
        ({"type": "integer"}, " 42 ", 42),
        ({"type": "integer"}, "-9223372036854775808", -(2**63)),
        ({"type": "integer"}, "18446744073709551616", "18446744073709551616"),
        ({"type": "integer"}, "-9223372036854775809", "-9223372036854775809"),
        ({"type": "integer"}, "9" * 5000, "9" * 5000),
        ({"type": "integer"}, "4.0", "4.0"),
        ({"type": "integer"}, "٤", "٤"),
        ({"type": "integer"}, "", ""),
        ({"type": ["integer", "null"]}, "", None),
        ({"type": "integer", "nullable": True}, "", None),
        ({"type": "number"}, "12.50", 12.5),
        ({"type": "number"}, "-1e3", -1000.0),
        ({"type": "number"}, "12", 12),
        ({"type": "number"}, "1e400", "1e400"),
        ({"type": "number"}, "NaN", "NaN"),
        ({"type": "boolean"}, "1", True),
        ({"type": "boolean"}, "false", False),
        ({"type": "boolean"}, "yes", "yes"),
        ({"type": "string"}, " 1 ", " 1 "),
        ({"type": ["string", "null"]}, "", ""),
        ({"type": ["string", "integer"]}, "1", "1"),
        ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, "1", 1),
        ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, "x", "x"),
        ({"allOf": [{"type": "integer"}, {"minimum": 1}]}, "1", 1),
        ({"enum": [1, 2, None]}, "2", 2),
        ({"enum": [1, 2, None]}, "", None),
        ({}, "1", "1"),
        (True, "", ""),
        ({"type": "object"}, "x", "x"),
        ({"type": "object"}, " ", {}),
        ({"type": "object"}, "\xa0", "\xa0"),
        ({"type": "integer"}, "\xa01", "\xa01"),
        ({"type": ["array", "null"], "xml": {"wrapped": True}}, "", []),
        ({"properties": {"b": {}}}, "<b>1</b>", {"b": "1"}),
    ],
)
def test_text_becomes_the_type_its_schema_wants_or_stays_text(
    make: Make, schema: Any, text: str, expected: Any
) -> None:
    codec = make(Pet={"type": "object", "properties": {"a": schema}})
    value = codec.decode(f"<Pet><a>{text}</a></Pet>".encode())["a"]
    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize("nil", [f'p2:nil="true" xmlns:p2="{XSI}"', 'above:nil="1"'])
def test_nil_is_null_under_whatever_prefix(make: Make, nil: str) -> None:
    codec = make(Pet={"type": "object", "properties": {"a": TEXT}})
    assert codec.decode(f'<Pet xmlns:above="{XSI}"><a {nil}/></Pet>'.encode()) == {"a": None}
    assert (
        refusal(codec, f'<Pet xmlns:above="{XSI}"><a {nil}>x</a></Pet>')
        == "/Pet/a says that it is nil, and holds something"
    )
    assert (
        refusal(codec, f'<Pet xmlns:above="{XSI}"><a {nil}><b/></a></Pet>')
        == "/Pet/a says that it is nil, and holds something"
    )
    assert codec.decode(f'<Pet xmlns:above="{XSI}"><a above:nil="false"/></Pet>'.encode()) == {"a": ""}


def test_what_the_schema_does_not_know_becomes_members(make: Make) -> None:
    codec = make(Pet={"type": "object", "properties": {"a": TEXT}})
    xml = '<Pet xmlns="urn:x" age="3" xml:lang="en"><a unit="kg">1</a><b><c>2</c><c>3</c></b><p:d xmlns:p="urn:y"/></Pet>'
    assert codec.decode(xml.encode()) == {"age": "3", "a": "1", "b": {"c": ["2", "3"]}, "d": ""}


# ---- refusals


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("", "the body is empty, and XML is expected"),
        (" \n", "the body is empty, and XML is expected"),
        ("<Dog/>", "the root element must be <Pet>, and <Dog> was received"),
        ("<Pet>\n <a></Pet>", "the body is not XML: mismatched tag, at line 2 column 7"),
        ("<Pet><a>", "the body is not XML: no element found, at line 1 column 9"),
        ('{"a": 1}', "the body is not XML: not well-formed (invalid token), at line 1 column 1"),
        (
            "<Pet><a>\x00</a></Pet>",
            "the body is not XML: not well-formed (invalid token), at line 1 column 9",
        ),
        ('<Pet a:nil="true"/>', "the body is not XML: unbound prefix, at line 1 column 1"),
        ("<Pet><a>1</a><a>2</a></Pet>", "/Pet/a is given twice"),
        ("<Pet>x<a>1</a></Pet>", "/Pet mixes text with elements or attributes"),
        (
            "<Pet><tags><tag>1</tag><label>2</label></tags></Pet>",
            "/Pet/tags must hold <tag>, and <label> was received",
        ),
        ("<!DOCTYPE Pet><Pet/>", "the body has a document type declaration (DTD), which is not read here"),
        (
            '<?xml version="1.0" encoding="klingon"?><Pet/>',
            "the body declares an encoding that is not known here: unknown encoding: klingon",
        ),
    ],
)
def test_a_body_is_refused_with_what_is_wrong_and_where(make: Make, body: str, sentence: str) -> None:
    tags = {"type": "array", "items": {"type": "string", "xml": {"name": "tag"}}, "xml": {"wrapped": True}}
    codec = make(Pet={"type": "object", "properties": {"a": WHOLE, "tags": tags}})
    assert refusal(codec, body) == sentence


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">',
        '<!ENTITY b SYSTEM "file:///etc/hostname">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;',
    ],
)
def test_entities_and_external_documents_are_never_read(make: Make, subset: str) -> None:
    body = f"<!DOCTYPE Pet [{subset}]><Pet><a>&b;</a></Pet>"
    codec = make(Pet={"type": "object", "properties": {"a": TEXT}})
    assert "(DTD)" in refusal(codec, body)
    assert "(DTD)" in refusal(codec, body.encode("utf-16"), "utf-16")


def test_nesting_is_taken_to_the_limit_and_refused_beyond(make: Make) -> None:
    codec = make(Pet={"type": "object"})
    below = DEPTH_LIMIT - 1
    value = codec.decode(("<Pet>" + "<a>" * below + "</a>" * below + "</Pet>").encode())
    assert codec.decode(codec.encode(value)) == value
    for depth in (DEPTH_LIMIT, 1000, 100_000):
        assert (
            refusal(codec, "<Pet>" + "<a>" * depth + "</a>" * depth + "</Pet>")
            == f"the body is nested more than {DEPTH_LIMIT} levels deep"
        )


def test_a_body_is_read_in_the_encoding_it_declares_unless_a_charset_is_given(make: Make) -> None:
    codec = make(Pet={"type": "object", "properties": {"a": TEXT}})
    latin = '<?xml version="1.0" encoding="iso-8859-1"?><Pet><a>é</a></Pet>'
    assert codec.decode(latin.encode("latin1")) == {"a": "é"}
    assert codec.decode(latin.encode("utf-8"), "UTF-8") == {"a": "é"}
    assert codec.decode("<Pet><a>é</a></Pet>".encode("utf-16"), "utf-16") == {"a": "é"}
    assert codec.decode("<Pet><a>é</a></Pet>".encode("utf-16")) == {"a": "é"}
    assert codec.decode("\ufeff<Pet><a>é</a></Pet>".encode(), "utf-8") == {"a": "é"}
    assert "not UTF-8: byte 0xe9" in refusal(codec, latin.encode("latin1"), "utf-8")
    with pytest.raises(MediaTypeUnsupported):
        codec.decode(b"<Pet/>", "klingon")


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({"Name": "a\x00b"}, r"'Name'.*U\+0000"),
        ({"Name": "\x0b"}, r"'Name'.*U\+000B"),
        ({"Name": "\ud800"}, r"'Name'.*U\+D800"),
        ({"id": "\uffff"}, r"'id'.*U\+FFFF"),
        ({"first name": 1}, "'first name'"),
        ({"": 1}, "''"),
        ({"a:b": 1}, "'a:b'"),
        ({"200": 1}, "'200'"),
        ({"id": [1]}, "'id'"),
    ],
)
def test_what_xml_cannot_carry_names_its_member_and_suggests_json(make: Make, value: Any, named: str) -> None:
    codec = make(Pet={"type": "object", "properties": {"Name": TEXT, "id": {"xml": {"attribute": True}}}})
    with pytest.raises(NotAcceptable, match=f"{named}.*Accept: application/json"):
        codec.encode(value)


def test_what_is_no_json_value_is_a_programming_error(make: Make) -> None:
    with pytest.raises(TypeError, match="bytes"):
        make(Pet={"type": "object"}).encode({"a": b"x"})


# ---- properties

texts = st.text(
    alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    | st.sampled_from('\t\n\r\x85\xa0<>&"')
)
pets = st.fixed_dictionaries(
    {},
    optional={
        "name": texts | st.none(),
        "age": st.integers(-(2**63), 2**64 - 1) | st.none(),
        "weight": st.floats(allow_nan=False, allow_infinity=False),
        "tags": st.lists(texts, min_size=1),
        "kin": st.lists(st.fixed_dictionaries({"id": st.booleans(), "note": texts | st.none()})),
        "note": texts,
    },
)


def test_every_value_of_a_schema_comes_back_as_it_went(make: Make) -> None:
    kin = {
        "type": "object",
        "properties": {"id": {"type": "boolean", "xml": {"attribute": True}}, "note": TEXT},
    }
    properties = {
        **{
            "name": TEXT,
            "age": WHOLE,
            "weight": {"type": "number"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        **{
            "kin": {"type": "array", "items": kin, "xml": {"wrapped": True}},
            "note": {"type": "string", "xml": {"attribute": True}},
        },
    }
    codec = make(Pet={"type": "object", "properties": properties})

    @given(pets)
    def comes_back(value: dict[str, Any]) -> None:
        assert codec.decode(codec.encode(value)) == value

    comes_back()


def test_any_bytes_are_a_value_or_malformed(make: Make) -> None:
    codec = make(
        Pet={
            "type": "object",
            "properties": {"a": {"type": "array", "items": WHOLE}, "b": {"xml": {"attribute": True}}},
        }
    )
    pieces = st.sampled_from(
        [
            "<Pet>",
            "</Pet>",
            "<Pet b='1'>",
            "<a>",
            "</a>",
            "<a/>",
            "1",
            " ",
            "<b>",
            "</b>",
            "&lt;",
            "<!--x-->",
            "<?x y?>",
            "]]>",
        ]
    )

    @given(st.binary() | st.lists(pieces).map(lambda parts: f"<Pet>{''.join(parts)}</Pet>".encode()))
    def is_read_or_refused(body: bytes) -> None:
        try:
            value = codec.decode(body)
        except BodyMalformed:
            return
        assert isinstance(value, dict | str)  # text stays for the validator to name

    is_read_or_refused()
