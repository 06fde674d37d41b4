"""Bodies that are no JSON: sequences, tables, files, XML as it is written, YAML, and charsets."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from support import write_contract
from understudy.contracts.sequences import kind_of
from understudy.media.files import decoded
from understudy.sandbox import Sandbox, Settings
from understudy.schemas.file_samples import sample

Serve = Callable[..., httpx.Client]
Ask = Callable[..., httpx.Response]
ROW = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "ok": {"type": "boolean"}},
}
BYTES = {"type": "string", "format": "binary"}


@pytest.fixture
def get(serve: Serve, tmp_path: Path) -> Ask:
    """Ask an operation that answers with a body of some media types."""

    def asked(content: Mapping[str, Any], version: str = "3.1.0", **headers: str) -> httpx.Response:
        responses = {"200": {"description": "ok", "content": content}}
        document = {"paths": {"/thing": {"get": {"responses": responses}}}}
        contract = write_contract(tmp_path / "thing.json", version, document)
        client = serve(Sandbox(contract, settings=Settings(populate=2)))
        return client.get("/thing", headers=headers)

    return asked


@pytest.fixture
def post(serve: Serve, tmp_path: Path) -> Ask:
    """Send a body of a media type."""

    def sent(media_type: str, media: Mapping[str, Any], body: str) -> httpx.Response:
        responses = {"204": {"description": "taken"}}
        taken = {"requestBody": {"content": {media_type: media}}, "responses": responses}
        contract = write_contract(tmp_path / "take.json", "3.2.0", {"paths": {"/take": {"post": taken}}})
        client = serve(Sandbox(contract))
        return client.post("/take", content=body.encode(), headers={"Content-Type": media_type})

    return sent


# ---- sequences


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("text/event-stream", "events"),
        ("text/event-stream; charset=utf-8", "events"),
        ("application/x-ndjson", "lines"),
        ("application/stream+json", "lines"),
        ("application/geo+json-seq", "records"),
        ("Text/CSV", "table"),
        ("application/json", ""),
        ("text/plain", ""),
    ],
)
def test_sequences_are_told_by_name(name: str, kind: str) -> None:
    assert kind_of(name) == kind


def test_events_are_sent_as_a_stream(get: Ask) -> None:
    answer = get({"text/event-stream": {"schema": ROW}})
    assert answer.text.startswith('data: {"id":')
    assert answer.text.endswith("}\n\n")
    assert "content-length" not in answer.headers


def test_an_event_that_is_described_as_one_is_written_as_one(get: Ask) -> None:
    event = {
        "properties": {"data": {"type": "string"}, "event": {"const": "tick"}},
        "required": ["data", "event"],
    }
    answer = get({"text/event-stream": {"itemSchema": {"type": "object", **event}}}, "3.2.0")
    assert answer.text.startswith("event: tick\ndata: ")


def test_events_that_are_stated_as_text_are_a_stream_too(get: Ask) -> None:
    text = 'event: tick\ndata: {"id":1,"name":"a"}\n\ndata: {"id":2,"name":"b"}\n\n'
    answer = get({"text/event-stream": {"schema": ROW, "example": text}})
    assert answer.text == text
    assert "content-length" not in answer.headers


def test_json_stands_on_lines(get: Ask) -> None:
    lines = get({"application/x-ndjson": {"schema": {"type": "array", "items": ROW}}}).text.splitlines()
    assert lines
    assert all(line.startswith('{"id":') for line in lines)


def test_json_texts_begin_with_a_mark(get: Ask) -> None:
    assert get({"application/json-seq": {"schema": ROW}}).text.startswith('\x1e{"id":')


def test_tables_have_their_names_in_the_first_line(get: Ask) -> None:
    schema = {"schema": {"type": "array", "items": ROW}}
    assert get({"text/csv": schema}).text.startswith("id,name,ok\r\n")
    assert get({"text/tab-separated-values": schema}).text.startswith("id\tname\tok\n")


def test_a_table_that_is_said_to_be_a_text_is_a_table(get: Ask) -> None:
    assert get({"text/csv": {"schema": {"type": "string"}}}).text == "id,name\r\n1,Sample\r\n"


@pytest.mark.parametrize(
    ("media_type", "good", "bad"),
    [
        (
            "application/jsonl",
            '{"id":1,"name":"a"}\n{"id":2,"name":"b"}\n',
            '{"id":1,"name":"a"}\n{"id":2}\n',
        ),
        ("application/json-seq", '\x1e{"id":1,"name":"a"}\n', '\x1e{"id":"x","name":"a"}\n'),
        ("text/event-stream", 'data: {"id":1,"name":"a"}\n\n', 'data: {"id":1}\n\n'),
        ("text/csv", "id,name,ok\r\n1,a,\r\n2,b,true\r\n", "id,name\r\nx,a\r\n"),
        ("text/tab-separated-values", "id\tname\n1\ta\n", "id\n1\n"),
    ],
)
def test_each_item_that_is_sent_is_held_against_its_schema(
    post: Ask, media_type: str, good: str, bad: str
) -> None:
    assert post(media_type, {"itemSchema": ROW}, good).status_code == 204
    assert post(media_type, {"itemSchema": ROW}, bad).status_code == 400


def test_a_refusal_names_the_line(post: Ask) -> None:
    refused = post("application/jsonl", {"itemSchema": ROW}, '{"id":1,"name":"a"}\n{"id"\n')
    assert "line 2" in refused.json()["detail"]
    refused = post("text/csv", {"itemSchema": ROW}, "id,name\n1\n")
    assert "row 1 has 1 cells, and the first line names 2" in refused.json()["detail"]


@pytest.mark.parametrize(
    "names", [("application/json", "text/event-stream"), ("text/event-stream", "application/json")]
)
def test_who_asks_for_a_stream_gets_one(serve: Serve, tmp_path: Path, names: tuple[str, ...]) -> None:
    taken = {"type": "object", "properties": {"stream": {"type": "boolean"}}}
    content = {name: {"schema": ROW} for name in names}
    operation = {
        "requestBody": {"content": {"application/json": {"schema": taken}}},
        "responses": {"200": {"description": "ok", "content": content}},
    }
    client = serve(
        Sandbox(write_contract(tmp_path / "c.json", "3.1.0", {"paths": {"/c": {"post": operation}}}))
    )
    assert client.post("/c", json={"stream": True}).text.startswith("data: ")
    assert client.post("/c", json={"stream": False}).json()["id"]


# ---- files


@pytest.mark.parametrize(
    ("media_type", "beginning"),
    [
        ("image/png", b"\x89PNG"),
        ("image/jpeg", b"\xff\xd8\xff"),
        ("application/pdf", b"%PDF-"),
        ("audio/wav", b"RIFF"),
        ("application/zip", b"PK\x03\x04"),
        ("application/gzip", b"\x1f\x8b"),
        ("image/svg+xml", b"<svg"),
        ("application/vnd.shop.book+zip", b"PK\x03\x04"),
    ],
)
@pytest.mark.parametrize("media", [{}, {"schema": BYTES}])
def test_a_file_is_of_its_type(get: Ask, media_type: str, beginning: bytes, media: Mapping[str, Any]) -> None:
    assert get({media_type: media}).content.startswith(beginning)


def test_archives_can_be_unpacked(get: Ask) -> None:
    with zipfile.ZipFile(io.BytesIO(get({"application/zip": {}}).content)) as archive:
        assert archive.testzip() is None


@pytest.mark.parametrize(
    ("stated", "asked", "got"),
    [
        ("image/*", "*/*", "image/png"),
        ("image/*", "image/webp", "image/webp"),
        ("audio/*", "*/*", "audio/mpeg"),
        ("*/*", "*/*", "application/octet-stream"),
        ("*/*", "image/gif", "image/gif"),
    ],
)
def test_a_range_is_answered_with_a_file_of_it(get: Ask, stated: str, asked: str, got: str) -> None:
    answer = get({stated: {"schema": BYTES}}, accept=asked)
    assert answer.headers["content-type"] == got
    if got.startswith("image/"):
        assert answer.content == sample(got)


@pytest.mark.parametrize("where", ["media", "schema"])
def test_a_file_that_is_stated_in_base64_is_sent_as_it_is(get: Ask, where: str) -> None:
    media: dict[str, Any] = {"schema": {**BYTES, "example": "SGVsbG8gV29ybGQ="}}
    if where == "media":
        media = {"schema": BYTES, "example": "SGVsbG8gV29ybGQ="}
    assert get({"application/octet-stream": media}, "3.0.3").content == b"Hello World"


def test_words_are_not_taken_for_base64() -> None:
    assert decoded("image/png", "document") is None
    assert decoded("image/png", "iVBORw0KGgoA") is not None
    assert decoded("text/plain", "data:text/plain;base64,SGVs") == b"Hel"


def test_an_example_may_stand_in_a_file_beside_the_contract(get: Ask, tmp_path: Path) -> None:
    (tmp_path / "dot.png").write_bytes(b"\x89PNG-dot-")
    (tmp_path / "one.json").write_text('{"id": 9, "name": "nine"}')
    examples = {"one": {"externalValue": "./dot.png"}}
    assert get({"image/png": {"examples": examples}}).content == b"\x89PNG-dot-"
    examples = {"one": {"externalValue": "one.json"}}
    assert get({"application/json": {"schema": ROW, "examples": examples}}).json()["name"] == "nine"


def test_an_example_that_is_elsewhere_is_a_finding(tmp_path: Path) -> None:
    media = {"image/png": {"examples": {"one": {"externalValue": "https://a.example/b.png"}}}}
    responses = {"200": {"description": "ok", "content": media}}
    document = {"paths": {"/a": {"get": {"responses": responses}}}}
    contract = write_contract(tmp_path / "a.json", "3.1.0", document)
    assert "nothing is fetched" in str(contract.findings[0])


# ---- text of other kinds


XML = {"type": "object", "xml": {"name": "r"}, "required": ["n"], "properties": {"n": {"type": "integer"}}}


def test_xml_that_is_stated_as_text_is_sent_as_it_stands(get: Ask) -> None:
    text = "<r>\n  <n>3</n>\n</r>"
    assert get({"application/xml": {"schema": XML, "example": text}}).text == text
    assert get({"text/xml": {"schema": {"type": "string"}, "example": "<a>3</a>"}}).text == "<a>3</a>"


def test_xml_that_breaks_its_schema_is_no_example(get: Ask) -> None:
    assert "none" not in get({"application/xml": {"schema": XML, "example": "<r><n>none</n></r>"}}).text


@pytest.mark.parametrize("text", ["<r><n>3</n></s>", "<r>a & b</r>", "<r", "<"])
@pytest.mark.parametrize("schema", [{}, {"schema": {"type": "string"}}])
def test_xml_that_nobody_can_read_is_no_example(get: Ask, schema: dict[str, Any], text: str) -> None:
    stated = {"example": text} if schema else {"examples": {"response": {"value": text}}}
    answer = get({"application/xml": {**schema, **stated}})
    assert answer.headers["content-type"] == "application/xml"
    ElementTree.fromstring(answer.text)


def test_xml_of_an_example_without_a_schema_is_xml(get: Ask) -> None:
    assert get({"application/xml": {"example": {"n": 3}}}).text == "<root><n>3</n></root>"
    assert get({"text/xml": {}}).text == "<root />"


def test_a_member_may_be_called_by_a_name_with_a_prefix(get: Ask) -> None:
    schema = {**XML, "required": ["xlink:href"], "properties": {"xlink:href": {"const": "a"}}}
    answer = get({"application/xml": {"schema": schema}})
    assert '<xlink:href xmlns:xlink="http://www.w3.org/1999/xlink">a</xlink:href>' in answer.text


def test_what_is_written_stays_what_it_was_in_state(serve: Serve, tmp_path: Path) -> None:
    book = {
        "type": "object",
        "xml": {"name": "book"},
        "properties": {"id": {"type": "integer"}, "title": {"type": "string"}},
    }
    stated = {"schema": book, "example": "<book><id>4</id><title>Dune</title></book>"}
    shown = {"200": {"description": "ok", "content": {"application/xml": stated}}}
    item = {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
        "get": {"responses": shown},
        "put": {"requestBody": {"content": {"application/xml": {"schema": book}}}, "responses": shown},
    }
    client = serve(Sandbox(write_contract(tmp_path / "b.json", "3.0.3", {"paths": {"/books/{id}": item}})))
    assert "Dune" in client.get("/books/4").text
    new = b"<book><id>4</id><title>Emma</title></book>"
    client.put("/books/4", content=new, headers={"Content-Type": "application/xml"})
    assert "Emma" in client.get("/books/4").text


@pytest.mark.parametrize(
    ("hints", "written"),
    [
        ({"prefix": "smp"}, '<smp:n xmlns:smp="urn:example:smp">'),
        ({"name": "soap:Body"}, '<soap:Body xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'),
        ({"prefix": "a", "namespace": "http://a.example/"}, '<a:n xmlns:a="http://a.example/">'),
    ],
)
def test_a_prefix_is_written_and_declared(get: Ask, hints: Mapping[str, str], written: str) -> None:
    schema = {**XML, "properties": {"n": {"type": "integer", "xml": hints}}}
    assert written in get({"application/xml": {"schema": schema}}).text


def test_text_is_in_the_charset_that_is_declared(get: Ask) -> None:
    answer = get({"text/plain; charset=iso-8859-1": {"schema": {"type": "string"}, "example": "é"}})
    assert answer.content == b"\xe9"
    answer = get({"application/json; charset=iso-8859-1": {"schema": {"const": "é€"}}})
    assert answer.content == b'"\\u00e9\\u20ac"'
    schema = {"type": "string", "example": "é€", "xml": {"name": "t"}}
    assert get({"application/xml; charset=iso-8859-1": {"schema": schema}}).content == b"<t>\xe9&#8364;</t>"


@pytest.mark.parametrize(
    ("schema", "body", "status"),
    [
        ({"type": "integer"}, "5", 204),
        ({"type": "integer"}, "five", 400),
        ({"type": "boolean"}, "true", 204),
        ({"type": "object", "properties": {}}, "0100", 204),
        ({"type": "string", "maxLength": 3}, "0100", 400),
    ],
)
def test_plain_text_is_what_its_schema_says_that_a_text_can_be(
    post: Ask, schema: Mapping[str, Any], body: str, status: int
) -> None:
    assert post("text/plain", {"schema": schema}, body).status_code == status


def test_yaml_is_read_and_written(get: Ask, post: Ask) -> None:
    assert get({"application/yaml": {"schema": ROW}}).text.startswith("id: ")
    assert post("application/yaml", {"schema": ROW}, "id: 1\nname: a\n").status_code == 204
    assert post("application/yaml", {"schema": ROW}, "id: 1\n").status_code == 400
    assert "not YAML" in post("application/yaml", {"schema": ROW}, "id: [").json()["detail"]
