"""Urlencoded forms: fields typed by the schema of the body, in every spelling clients have for nested
ones.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.bodies.form_codec import MOST_FIELDS, FormCodec
from understudy.contracts.contract import Contract
from understudy.errors import BodyMalformed, RequestInvalid
from understudy.handler import Context, Vendor
from understudy.messages import Request, Response
from understudy.problem import shape
from understudy.sandbox import Sandbox
from understudy.schemas.validators import validators_of

FORM = "application/x-www-form-urlencoded"
bounded = settings(derandomize=True, deadline=None, database=None, max_examples=60)

INTEGER, NUMBER, STRING, BOOLEAN = ({"type": name} for name in ("integer", "number", "string", "boolean"))
STRINGS, INTEGERS = {"type": "array", "items": STRING}, {"type": "array", "items": INTEGER}
TIER_HERE, MONEY_HERE = ({"$ref": f"#/components/schemas/{name}"} for name in ("Tier", "Money"))
MONEY = {
    "type": "object",
    "properties": {"amount": INTEGER, "currency": STRING, "tiers": {"type": "array", "items": TIER_HERE}},
}
TIER = {"type": "object", "properties": {"up_to": {"anyOf": [{"enum": ["inf"]}, INTEGER]}, "flat": BOOLEAN}}

Codecs = Callable[..., FormCodec]


@pytest.fixture(scope="session")
def form(tmp_path_factory: pytest.TempPathFactory) -> Codecs:
    """Make the codec of a form: `form({"a": {"type": "integer"}}, encoding={…})`, or `form(schema={…})`."""

    def make(
        properties: Any = None, *, encoding: Any = None, schema: Any = None, version: str = "3.1.0"
    ) -> FormCodec:
        schema = schema if schema is not None else {"type": "object", "properties": properties or {}}
        content = {
            FORM: {**({"schema": schema} if schema else {}), **({"encoding": encoding} if encoding else {})}
        }
        operation = {"requestBody": {"content": content}, "responses": {"200": {"description": "Well."}}}
        document = {"openapi": version, "info": {"title": "Inline", "version": "1"}, "paths": {"/things": {"post": operation}},
                    "components": {"schemas": {"Tier": TIER, "Money": MONEY}}}  # fmt: skip
        path = tmp_path_factory.mktemp("contract") / "inline.json"
        path.write_text(json.dumps(document))
        contract = Contract.load(path)
        body = contract.operations[0].body
        assert body
        return FormCodec(body.content[FORM], validators_of(contract, "request").for_node)

    return make


def refused(codec: FormCodec, body: bytes) -> list[str]:
    with pytest.raises(RequestInvalid) as caught:
        codec.decode(body)
    return [str(failure) for failure in caught.value.failures]


# ---- texts by type


def test_texts_become_values_of_their_types(form: Codecs) -> None:
    codec = form(
        {"count": INTEGER, "rate": NUMBER, "name": STRING, "live": BOOLEAN, "money": {"allOf": [MONEY_HERE]}}
    )
    value = codec.decode(b"count=3&rate=1.5&name=007&live=true&money[amount]=12")
    assert value == {"count": 3, "rate": 1.5, "name": "007", "live": True, "money": {"amount": 12}}


def test_text_that_is_no_value_of_its_type_stays_text(form: Codecs) -> None:
    assert form({"count": INTEGER, "live": BOOLEAN}).decode(b"count=three&live=2") == {
        "count": "three",
        "live": "2",
    }


@pytest.mark.parametrize(("text", "value"), [("on", True), ("off", False), ("True", True), ("1", True)])
def test_a_checkbox_is_a_boolean(form: Codecs, text: str, value: bool) -> None:
    codec = form({"live": BOOLEAN, "either": {"type": ["boolean", "string"]}})
    assert codec.decode(f"live={text}&either={text}".encode()) == {"live": value, "either": text}


def test_an_empty_text_is_null_where_that_is_all_it_can_be(form: Codecs) -> None:
    properties = {
        "until": {"type": ["integer", "null"]},
        "name": {"type": ["string", "null"]},
        "tags": {"anyOf": [STRINGS, {"enum": [""]}]},
    }
    assert form(properties).decode(b"until=&name=&tags=") == {"until": None, "name": "", "tags": ""}


def test_an_empty_text_is_an_empty_array_where_it_can_be_no_item(form: Codecs) -> None:
    assert form({"ids": INTEGERS}).decode(b"ids=") == {"ids": []}


def test_nullable_of_openapi_3_0_takes_an_empty_text(form: Codecs) -> None:
    assert form({"until": {"type": "integer", "nullable": True}}, version="3.0.3").decode(b"until=") == {
        "until": None
    }


def test_the_alternative_that_is_valid_is_read(form: Codecs) -> None:
    card = {
        "type": "object",
        "properties": {"kind": {"const": "card"}, "number": STRING},
        "required": ["kind", "number"],
    }
    bank = {
        "type": "object",
        "properties": {"kind": {"const": "bank"}, "number": INTEGER},
        "required": ["kind", "number"],
    }
    codec = form(schema={"oneOf": [card, bank]})
    assert codec.decode(b"kind=card&number=42") == {"kind": "card", "number": "42"}
    assert codec.decode(b"kind=bank&number=42") == {"kind": "bank", "number": 42}


def test_spaces_and_bytes_are_decoded(form: Codecs) -> None:
    assert form({"a": STRING, "b c": STRING}).decode("a=x+y%2B%C3%A9&b%20c=ü\r\n".encode()) == {
        "a": "x y+é",
        "b c": "ü",
    }


def test_a_form_without_a_schema_is_texts(form: Codecs) -> None:
    assert form(schema={}).decode(b"a=1&b[c]=2&d=3&d=4") == {"a": "1", "b[c]": "2", "d": ["3", "4"]}


def test_an_empty_form_is_an_empty_object(form: Codecs) -> None:
    assert form({"a": INTEGER}).decode(b"") == {}


def test_a_body_that_is_text_by_its_schema_stays_text(form: Codecs) -> None:
    assert form(schema=STRING).decode(b"a=1&b=%20") == "a=1&b= "


# ---- names with brackets


@pytest.mark.parametrize(
    "body",
    [
        b"money[amount]=5&money[tiers][0][up_to]=10&money[tiers][1][up_to]=inf&money[tiers][1][flat]=true",
        b"money%5Bamount%5D=5&money%5Btiers%5D%5B0%5D%5Bup_to%5D=10&money[tiers][1][up_to]=inf&money[tiers][1][flat]=true",
        b'money={"amount":5,"tiers":[{"up_to":10},{"up_to":"inf","flat":true}]}',
    ],
)
def test_nested_members_are_read(form: Codecs, body: bytes) -> None:
    codec = form({"money": MONEY_HERE}, encoding={"money": {"style": "deepObject", "explode": True}})
    assert codec.decode(body) == {
        "money": {"amount": 5, "tiers": [{"up_to": 10}, {"up_to": "inf", "flat": True}]}
    }


@pytest.mark.parametrize(
    "body", [b"ids=1&ids=2", b"ids[]=1&ids[]=2", b"ids[0]=1&ids[1]=2", b"ids[1]=2&ids[0]=1", b"ids=[1,2]"]
)
def test_an_array_is_read_in_each_spelling(form: Codecs, body: bytes) -> None:
    assert form({"ids": INTEGERS}).decode(body) == {"ids": [1, 2]}


def test_metadata_of_free_names_is_read(form: Codecs) -> None:
    codec = form({"metadata": {"type": "object", "additionalProperties": STRING}})
    assert codec.decode(b"metadata[order]=6735&metadata[]=x") == {"metadata": {"order": "6735", "": "x"}}


def test_a_name_that_is_declared_beats_its_brackets(form: Codecs) -> None:
    assert form({"a": {"type": "object"}, "a[b]": INTEGER}).decode(b"a[b]=1&a[c]=2") == {
        "a[b]": 1,
        "a": {"c": "2"},
    }


def test_an_undeclared_member_is_named_by_what_stands_before_the_brackets(form: Codecs) -> None:
    assert form({"a": INTEGER}).decode(b"a=1&extra[b]=2") == {"a": 1, "extra": {"b": "2"}}


# ---- encoding


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ({"style": "spaceDelimited", "explode": False}, b"ids=1%202"),
        ({"style": "pipeDelimited", "explode": False}, b"ids=1|2"),
        ({"style": "form", "explode": False}, b"ids=1,2"),
        ({"contentType": "application/json"}, b"ids=%5B1%2C2%5D"),
    ],
)
def test_an_array_is_read_and_written_as_its_encoding_says(form: Codecs, encoding: Any, body: bytes) -> None:
    codec = form({"ids": INTEGERS}, encoding={"ids": encoding})
    assert codec.decode(body) == {"ids": [1, 2]}
    assert codec.decode(codec.encode({"ids": [1, 2]})) == {"ids": [1, 2]}


def test_json_that_is_none_stays_text_for_the_validator(form: Codecs) -> None:
    assert form({"a": MONEY}, encoding={"a": {"contentType": "application/json"}}).decode(b"a={x") == {
        "a": "{x"
    }


def test_members_of_an_exploded_object_belong_to_it(form: Codecs) -> None:
    codec = form({"money": MONEY, "name": STRING}, encoding={"money": {"style": "form", "explode": True}})
    assert codec.decode(b"amount=3&currency=EUR&name=x") == {
        "money": {"amount": 3, "currency": "EUR"},
        "name": "x",
    }


# ---- what is refused


def test_each_member_given_twice_is_named(form: Codecs) -> None:
    codec = form({"a": INTEGER, "b": STRING, "c": STRINGS})
    assert refused(codec, b"a=1&a=2&b=x&b=y&c=x&c=y") == [
        'body /a: must be given once, got "1" (given 2 times)',
        'body /b: must be given once, got "x" (given 2 times)',
    ]


def test_a_member_given_whole_and_in_parts_is_refused(form: Codecs) -> None:
    assert refused(form({"money": MONEY}), b"money=x&money[amount]=1") == [
        'body /money: must be given once, got "x" (given 2 times)'
    ]
    assert refused(form({"ids": {}}), b"ids[a]=1&ids[a][b]=2") == [
        "body /ids: must be given as one value or by its members, not both"
    ]


def test_bytes_that_are_no_utf_8_are_refused(form: Codecs) -> None:
    assert refused(form({"a": STRING}), b"a=%FF") == ['body /a: must be percent-encoded UTF-8, got "%FF"']
    with pytest.raises(BodyMalformed, match="the name of a field is not percent-encoded UTF-8"):
        form({"a": STRING}).decode(b"%FF=1")


def test_an_integer_beyond_64_bits_is_refused(form: Codecs) -> None:
    (sentence,) = refused(form({"a": INTEGER}), b"a=18446744073709551616")
    assert sentence.startswith("body /a: must be a 64-bit integer")


def test_deep_names_and_very_many_fields_are_refused(form: Codecs) -> None:
    assert "32 levels deep" in refused(form({"a": {}}), b"a" + b"[b]" * 40 + b"=1")[0]
    with pytest.raises(BodyMalformed, match="more than 10,000 fields"):
        form({"a": STRINGS}).decode(b"&".join([b"a=1"] * (MOST_FIELDS + 1)))


@bounded
@given(body=st.one_of(st.binary(max_size=60), st.text('abm[]=&%20{}",.+é', max_size=60).map(str.encode)))
def test_no_body_causes_an_error(form: Codecs, body: bytes) -> None:
    codec = form({"a": INTEGER, "b": STRINGS, "m": MONEY_HERE})
    with suppress(BodyMalformed, RequestInvalid):
        assert isinstance(codec.decode(body), dict)


# ---- writing


def test_what_is_written_is_read_back(form: Codecs) -> None:
    codec = form({"a": INTEGER, "b": STRINGS, "m": MONEY_HERE, "n": {"type": ["integer", "null"]}})
    value = {"a": 1, "b": ["x&y", "é"], "m": {"amount": 1, "tiers": [{"up_to": 2, "flat": False}]}, "n": None}
    written = "a=1&b=x%26y&b=%C3%A9&m[amount]=1&m[tiers][0][up_to]=2&m[tiers][0][flat]=false&n="
    assert codec.encode(value).decode().replace("%5B", "[").replace("%5D", "]") == written
    assert codec.decode(codec.encode(value)) == value


# ---- on the wire

CHARGE = {
    "type": "object",
    "properties": {"amount": INTEGER, "items": {"type": "array", "items": TIER_HERE}, "tags": STRINGS},
    "required": ["amount"],
    "additionalProperties": False,
}


@pytest.fixture
def client(serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]) -> httpx.Client:
    """Serve one operation that takes a form and answers with what it read."""
    answer = {"200": {"description": "What was read.", "content": {"application/json": {"schema": {}}}}}
    operation = {
        "operationId": "charge",
        "requestBody": {"content": {FORM: {"schema": CHARGE}}},
        "responses": answer,
    }
    made = sandbox(paths={"/charges": {"post": operation}}, components={"schemas": {"Tier": TIER}})

    async def charge(request: Request, _: Context) -> Response:
        return Response(200, request.body if isinstance(request.body, dict) else {})

    return serve(Sandbox(made.contract, Vendor("inline", {"charge": charge}, shape)))


def test_a_form_reaches_the_handler_as_values(client: httpx.Client) -> None:
    answer = client.post("/charges", data={"amount": "5", "items[0][up_to]": "inf", "tags[]": ["a", "b"]})
    assert answer.json() == {"amount": 5, "items": [{"up_to": "inf"}], "tags": ["a", "b"]}


def test_each_failing_field_of_a_form_is_named(client: httpx.Client) -> None:
    answer = client.post("/charges", data={"amount": "five", "other": "1", "items[0][flat]": "perhaps"})
    assert answer.status_code == 400
    assert {failure["pointer"] for failure in answer.json()["errors"]} == {
        "/amount",
        "/other",
        "/items/0/flat",
    }


def test_a_repeated_field_is_a_400_that_names_it(client: httpx.Client) -> None:
    answer = client.post("/charges", data={"amount": ["5", "6"]})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/amount")


def test_an_empty_form_lacks_what_is_required(client: httpx.Client) -> None:
    answer = client.post("/charges", content=b"", headers={"Content-Type": FORM})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/amount")


def test_no_body_at_all_is_no_empty_form(client: httpx.Client) -> None:
    assert client.post("/charges").status_code == 200


def test_a_type_that_is_not_taken_is_refused_even_without_bytes(client: httpx.Client) -> None:
    assert (
        client.post("/charges", content=b"", headers={"Content-Type": "application/x-other"}).status_code
        == 415
    )


def test_a_form_of_no_bytes_is_no_body_where_forms_are_not_taken(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    operation = {
        "requestBody": {"content": {"application/json": {"schema": CHARGE}}},
        "responses": {"204": {"description": "Done."}},
    }
    client = serve(sandbox(paths={"/cancel": {"post": operation}}, components={"schemas": {"Tier": TIER}}))
    assert (
        client.post("/cancel", content=b"", headers={"Content-Type": FORM}).status_code == 204
    )  # curl -d ""


@pytest.mark.parametrize("value", [[1, "a"], 5, None, True])
def test_what_is_no_object_is_written_as_json(form: Codecs, value: Any) -> None:
    assert json.loads(form({"a": STRING}).encode(value)) == value
