"""Multipart bodies: parts typed by the schema and their own headers, files that keep their bytes, and a clear no to broken ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.bodies.multipart_codec import BOUNDARY, MOST_PARTS, MultipartCodec
from understudy.contracts.contract import Contract
from understudy.errors import BodyMalformed, MediaTypeUnsupported, NotAcceptable, RequestInvalid
from understudy.handler import Context, Vendor
from understudy.media import types as media_types
from understudy.messages import Request, Response
from understudy.problem import shape
from understudy.sandbox import Sandbox
from understudy.schemas.validators import validators_of

FORM_DATA = "multipart/form-data"
bounded = settings(derandomize=True, deadline=None, database=None, max_examples=60)

INTEGER, STRING, BOOLEAN = ({"type": name} for name in ("integer", "string", "boolean"))
BINARY = {"type": "string", "format": "binary"}
PERSON = {"type": "object", "properties": {"age": INTEGER, "name": STRING}}
BYTES = bytes(range(256))

Codecs = Callable[..., MultipartCodec]


@pytest.fixture(scope="session")
def multipart(tmp_path_factory: pytest.TempPathFactory) -> Codecs:
    """Make the codec of a multipart body: `multipart({"file": BINARY}, encoding={…})`, or `multipart(schema={…})`."""

    def make(
        properties: Any = None, *, encoding: Any = None, schema: Any = None, name: str = FORM_DATA
    ) -> MultipartCodec:
        schema = schema if schema is not None else {"type": "object", "properties": properties or {}}
        content = {
            name: {**({"schema": schema} if schema else {}), **({"encoding": encoding} if encoding else {})}
        }
        operation = {"requestBody": {"content": content}, "responses": {"200": {"description": "Well."}}}
        document = {
            "openapi": "3.1.0",
            "info": {"title": "Inline", "version": "1"},
            "paths": {"/things": {"post": operation}},
        }
        path = tmp_path_factory.mktemp("contract") / "inline.json"
        path.write_text(json.dumps(document))
        contract = Contract.load(path)
        body = contract.operations[0].body
        assert body
        return MultipartCodec(body.content[name], validators_of(contract, "request").for_node)

    return make


def part(
    content: bytes | str, name: str | None = None, kind: str = "", filename: str = "", **more: str
) -> bytes:
    """Write a part as clients do."""
    file = f'; filename="{filename}"' if filename else ""
    headers = [f'Content-Disposition: form-data; name="{name}"{file}'] if name is not None else []
    headers += [f"Content-Type: {kind}"] if kind else []
    headers += [f"{key.replace('_', '-')}: {value}" for key, value in more.items()]
    return (
        "".join(f"{line}\r\n" for line in headers).encode()
        + b"\r\n"
        + (content if isinstance(content, bytes) else content.encode())
    )


def body(*parts: bytes) -> bytes:
    return b"".join(b"--b\r\n" + one + b"\r\n" for one in parts) + b"--b--\r\n"


def decode(codec: MultipartCodec, content: bytes, kind: str = f"{FORM_DATA}; boundary=b") -> Any:
    return codec.decode(content, media_types.parse(kind))


def malformed(codec: MultipartCodec, content: bytes, kind: str = f"{FORM_DATA}; boundary=b") -> str:
    with pytest.raises(BodyMalformed) as caught:
        decode(codec, content, kind)
    return str(caught.value)


# ---- parts by type


def test_text_parts_become_values_of_their_types(multipart: Codecs) -> None:
    codec = multipart(
        {"count": INTEGER, "live": BOOLEAN, "name": STRING, "ids": {"type": "array", "items": INTEGER}}
    )
    parts = [
        part("3", "count"),
        part("true", "live"),
        part("Zoë", "name"),
        part("1", "ids"),
        part("2", "ids"),
    ]
    assert decode(codec, body(*parts)) == {"count": 3, "live": True, "name": "Zoë", "ids": [1, 2]}


def test_text_that_is_no_value_of_its_type_stays_text(multipart: Codecs) -> None:
    assert decode(multipart({"count": INTEGER}), body(part("many", "count"))) == {"count": "many"}


@pytest.mark.parametrize("filename", ["photo.png", ""])
def test_a_binary_part_keeps_its_bytes(multipart: Codecs, filename: str) -> None:
    value = decode(multipart({"file": BINARY}), body(part(BYTES, "file", "image/png", filename)))
    assert value["file"].encode("latin-1") == BYTES


def test_a_file_without_a_format_is_text_where_it_is_text(multipart: Codecs) -> None:
    codec = multipart({"a": STRING, "b": STRING, "c": {}})
    files = [
        part("é", "a", "text/csv", "a.csv"),
        part(b"\xe9", "b", "text/csv", "b.csv"),
        part(BYTES, "c", "image/png", "c.png"),
    ]
    assert decode(codec, body(*files)) == {"a": "é", "b": "é", "c": BYTES.decode("latin-1")}


def test_files_of_one_name_are_an_array(multipart: Codecs) -> None:
    codec = multipart({"files": {"type": "array", "items": BINARY}})
    assert decode(codec, body(part(b"\xff", "files", filename="a"))) == {"files": ["\xff"]}
    assert decode(codec, body(part(b"\xff", "files", filename="a"), part("x", "files", filename="b"))) == {
        "files": ["\xff", "x"]
    }


@pytest.mark.parametrize("kind", ["application/json", ""])
def test_an_object_is_read_from_json(multipart: Codecs, kind: str) -> None:
    assert decode(multipart({"who": PERSON}), body(part('{"age": 3, "name": "x"}', "who", kind))) == {
        "who": {"age": 3, "name": "x"}
    }


def test_objects_of_one_name_are_an_array(multipart: Codecs) -> None:
    codec = multipart({"people": {"type": "array", "items": PERSON}})
    one = part('{"age": 3}', "people", "application/json")
    assert decode(codec, body(one)) == {"people": [{"age": 3}]}
    assert decode(codec, body(one, one)) == {"people": [{"age": 3}, {"age": 3}]}


def test_json_of_a_part_that_may_be_anything_is_read(multipart: Codecs) -> None:
    assert decode(multipart({"a": {}}), body(part("[1]", "a", "application/json"), part("[1]", "b"))) == {
        "a": [1],
        "b": "[1]",
    }


def test_a_json_file_stays_a_file(multipart: Codecs) -> None:
    assert decode(multipart({"file": BINARY}), body(part("{}", "file", "application/json", "a.json"))) == {
        "file": "{}"
    }


def test_an_object_is_read_from_xml(multipart: Codecs) -> None:
    who = part("<root><age>3</age></root>", "who", "application/xml")
    assert decode(multipart({"who": PERSON}), body(who)) == {"who": {"age": 3}}


def test_names_in_brackets_are_followed(multipart: Codecs) -> None:
    codec = multipart({"who": PERSON, "tags": {"type": "array", "items": STRING}})
    assert decode(codec, body(part("3", "who[age]"), part("x", "tags[]"))) == {
        "who": {"age": 3},
        "tags": ["x"],
    }


def test_a_charset_is_heeded(multipart: Codecs) -> None:
    assert decode(multipart({"a": STRING}), body(part(b"\xe9", "a", "text/plain; charset=iso-8859-1"))) == {
        "a": "é"
    }


def test_base64_of_a_binary_part_is_undone_and_that_of_a_byte_part_kept(multipart: Codecs) -> None:
    codec = multipart({"file": BINARY, "packed": {"type": "string", "format": "byte"}})
    parts = [part("/w==", name, Content_Transfer_Encoding="base64") for name in ("file", "packed")]
    assert decode(codec, body(*parts)) == {"file": "\xff", "packed": "/w=="}


def test_names_are_written_as_browsers_do(multipart: Codecs) -> None:
    assert decode(multipart(), body(part("1", "a%22b%0D%0A"), part("2", "é"))) == {'a"b\r\n': "1", "é": "2"}


def test_parts_without_a_schema_are_texts(multipart: Codecs) -> None:
    assert decode(multipart(schema={}), body(part("1", "a"), part("true", "b"))) == {"a": "1", "b": "true"}


# ---- other multipart types


def test_parts_of_multipart_related_are_told_by_their_order(multipart: Codecs) -> None:
    codec = multipart({"metadata": PERSON, "media": BINARY}, name="multipart/related")
    parts = [part('{"age": 1}', kind="application/json"), part(b"\xff", kind="image/png")]
    assert decode(codec, body(*parts), "multipart/related; boundary=b") == {
        "metadata": {"age": 1},
        "media": "\xff",
    }


def test_parts_of_an_array_are_its_items(multipart: Codecs) -> None:
    codec = multipart(schema={"type": "array", "items": {"anyOf": [INTEGER, PERSON]}}, name="multipart/mixed")
    parts = [part("1"), part('{"age": 2}', kind="application/json")]
    assert decode(codec, body(*parts), "multipart/mixed; boundary=b") == [1, {"age": 2}]


# ---- what is refused


@pytest.mark.parametrize(
    ("content", "kind", "sentence"),
    [
        (body(part("1", "a")), FORM_DATA, "names no boundary"),
        (body(part("1", "a")), f"{FORM_DATA}; boundary=other", "does not hold the boundary 'other'"),
        (body(part("1", "a")), f"{FORM_DATA}; boundary={'b' * 300}", "longer than 256"),
        (body(part("1", "a"))[:-4], f"{FORM_DATA}; boundary=b", "cut off"),
        (b"--b\r\nContent-Disposition: form-data", f"{FORM_DATA}; boundary=b", "cut off"),
        (b"--b\nContent-Disposition: form-data\n\n1\n--b--", f"{FORM_DATA}; boundary=b", "cannot be read"),
        (b"--b\r\nNo header\r\n\r\n1\r\n--b--", f"{FORM_DATA}; boundary=b", "cannot be read"),
        (body(part("1")), f"{FORM_DATA}; boundary=b", "part 1 of the body has no Content-Disposition"),
        (
            body(part("1", "a", "nonsense")),
            f"{FORM_DATA}; boundary=b",
            "part 'a' of the body is no media type",
        ),
        (
            body(part("{", "a", "application/json")),
            f"{FORM_DATA}; boundary=b",
            "part 'a' of the body: the body is not JSON",
        ),
        (body(part(b"\xff", "a")), f"{FORM_DATA}; boundary=b", "part 'a' of the body: the body is not UTF-8"),
        (
            body(part("1", "a", Content_Transfer_Encoding="x")),
            f"{FORM_DATA}; boundary=b",
            "Content-Transfer-Encoding 'x'",
        ),
        (
            body(part("!", "file", Content_Transfer_Encoding="base64")),
            f"{FORM_DATA}; boundary=b",
            "says that it is base64",
        ),
        (body(*[part("1", "a")] * (MOST_PARTS + 1)), f"{FORM_DATA}; boundary=b", "more than 1,000 parts"),
    ],
)
def test_a_broken_body_is_refused_with_a_sentence(
    multipart: Codecs, content: bytes, kind: str, sentence: str
) -> None:
    assert sentence in malformed(multipart({"a": STRING, "file": BINARY}), content, kind)


def test_a_preamble_and_an_epilogue_are_passed_over(multipart: Codecs) -> None:
    assert decode(multipart({"a": STRING}), b"Read me.\r\n" + body(part("1", "a")) + b"The end.") == {
        "a": "1"
    }


def test_a_part_given_twice_is_named(multipart: Codecs) -> None:
    with pytest.raises(RequestInvalid, match="body /a: must be given once"):
        decode(multipart({"a": STRING}), body(part("1", "a"), part("2", "a")))


def test_a_part_of_a_type_its_encoding_does_not_allow_is_refused(multipart: Codecs) -> None:
    codec = multipart({"photo": BINARY}, encoding={"photo": {"contentType": "image/png, image/jpeg"}})
    assert decode(codec, body(part("x", "photo", "image/png", "a.png"))) == {"photo": "x"}
    with pytest.raises(
        MediaTypeUnsupported, match=r"part 'photo' .* text/plain; send image/png or image/jpeg"
    ):
        decode(codec, body(part("x", "photo", "text/plain", "a.txt")))


@bounded
@given(cut=st.integers(0, 400), noise=st.binary(max_size=8), at=st.integers(0, 400))
def test_no_body_causes_an_error(multipart: Codecs, cut: int, noise: bytes, at: int) -> None:
    codec = multipart({"a": INTEGER, "who": PERSON, "file": BINARY})
    whole = body(
        part("1", "a"),
        part('{"age": 1}', "who", "application/json"),
        part(BYTES[:20], "file", "image/png", "a.png"),
    )
    with suppress(BodyMalformed, RequestInvalid):
        assert isinstance(decode(codec, (whole[:at] + noise + whole[at:])[: len(whole) - cut or None]), dict)


# ---- writing


def test_what_is_written_is_read_back(multipart: Codecs) -> None:
    codec = multipart(
        {"a": INTEGER, "who": PERSON, "tags": {"type": "array", "items": STRING}, "file": BINARY}
    )
    value = {"a": 1, "who": {"age": 2}, "tags": ["x", "é"], "file": BYTES.decode("latin-1")}
    assert codec.parameters == f"; boundary={BOUNDARY}"
    assert decode(codec, codec.encode(value), FORM_DATA + codec.parameters) == value


def test_an_answer_that_holds_the_boundary_cannot_be_written(multipart: Codecs) -> None:
    with pytest.raises(NotAcceptable):
        multipart({"a": STRING}).encode({"a": f"\r\n--{BOUNDARY}--"})


# ---- on the wire


@pytest.fixture
def client(serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]) -> httpx.Client:
    """Serve uploads: one with its name and labels, which is echoed in parts, and one of bare bytes, which are given back."""
    upload = {
        "type": "object",
        "properties": {
            "name": STRING,
            "labels": {"type": "array", "items": STRING},
            "size": INTEGER,
            "file": BINARY,
        },
        "required": ["file"],
    }
    parts, picture = {FORM_DATA: {"schema": upload}}, {"image/*": {"schema": BINARY}}
    paths = {
        path: {
            "post": {
                "operationId": path[1:],
                "requestBody": {"content": content},
                "responses": {"200": {"description": "The same.", "content": content}},
            }
        }
        for path, content in (("/files", parts), ("/pictures", picture))
    }

    async def echo(request: Request, _: Context) -> Response:
        return Response(200, request.body)

    return serve(
        Sandbox(sandbox(paths=paths).contract, Vendor("inline", {"files": echo, "pictures": echo}, shape))
    )


def test_an_upload_goes_there_and_back(client: httpx.Client) -> None:
    answer = client.post(
        "/files", data={"name": "Ä", "labels": ["x", "y"], "size": "256"}, files={"file": ("a.bin", BYTES)}
    )
    assert answer.status_code == 200
    kind = answer.headers["content-type"]
    assert kind == f"{FORM_DATA}; boundary={BOUNDARY}"
    assert answer.content.count(BYTES) == 1
    assert 'name="size"\r\n\r\n256\r\n' in answer.content.decode("latin-1")


def test_each_failing_part_is_named(client: httpx.Client) -> None:
    answer = client.post("/files", files={"size": (None, "big"), "name": (None, "x")})
    assert (answer.status_code, {failure["pointer"] for failure in answer.json()["errors"]}) == (
        400,
        {"/file", "/size"},
    )


def test_an_upload_that_is_cut_off_is_a_400(client: httpx.Client) -> None:
    answer = client.post("/files", content=b"--b\r\n", headers={"Content-Type": f"{FORM_DATA}; boundary=b"})
    assert (answer.status_code, "cut off" in answer.json()["detail"]) == (400, True)


def test_bytes_go_there_and_back(client: httpx.Client) -> None:
    answer = client.post(
        "/pictures", content=BYTES, headers={"Content-Type": "image/png", "Accept": "image/png"}
    )
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, "image/png", BYTES)


def test_a_picture_written_in_xml_is_a_file(multipart: Codecs) -> None:
    codec = multipart({"icons": {"type": "array", "items": {}}})
    pictures = [part(text, "icons", "image/svg+xml", f"{text}.svg") for text in ("<svg/>", "<svg></svg>")]
    assert decode(codec, body(*pictures)) == {"icons": ["<svg/>", "<svg></svg>"]}
