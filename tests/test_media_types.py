"""Media types: read without case, matched by name, the narrowest declared one wins; bytes become text by their charset."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.errors import BodyMalformed, MediaTypeUnsupported
from understudy.media.types import (
    MediaRange,
    MediaTypeMalformed,
    decode_text,
    is_form,
    is_json,
    is_multipart,
    is_text,
    is_xml,
    matches,
    parse,
    select,
)


def test_a_name_is_read_without_case_and_its_parameters_unquoted() -> None:
    media = parse(' Application/Problem+JSON ; Charset=UTF-8; note="a \\"b\\"; c" ;')
    assert media == MediaRange(
        "application", "problem+json", "json", (("charset", "UTF-8"), ("note", 'a "b"; c'))
    )
    assert media.name == "application/problem+json"
    assert media.parameter("charset") == "UTF-8"
    assert media.parameter("boundary") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "json",
        "*",
        "*/json",
        "a/b*",
        "*/*+json",
        "é/b",
        "a/b; charset",
        "a/b c",
        'a/b; c="',
        "a//b",
        "a/b,c/d",
    ],
)
def test_what_is_no_media_type_is_refused(text: str) -> None:
    with pytest.raises(MediaTypeMalformed, match="is not a media"):
        parse(text)


@given(st.text())
def test_any_text_is_a_media_type_or_refused(text: str) -> None:
    try:
        media = parse(text)
    except MediaTypeMalformed:
        return
    assert parse(media.name).name == media.name


@pytest.mark.parametrize(
    ("wanted", "concrete", "expected"),
    [
        ("*/*", "image/png", True),
        ("application/*", "application/json", True),
        ("application/*", "text/json", False),
        ("application/*", "application/problem+json", True),
        ("application/*+json", "application/problem+json", True),
        ("application/*+json", "application/json", False),
        ("application/*+json", "application/+json", False),
        ("application/*+json", "application/atom+xml", False),
        ("application/json", "Application/JSON; charset=utf-8", True),
        ("application/json", "application/problem+json", False),
    ],
)
def test_a_range_covers_the_types_it_names(wanted: str, concrete: str, expected: bool) -> None:
    assert matches(parse(wanted), parse(concrete)) is expected


DECLARED = ["*/*", "application/*", "application/*+json", "application/json; charset=utf-8", "text/xml"]


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("application/json", "application/json; charset=utf-8"),
        ("Application/JSON", "application/json; charset=utf-8"),
        ("APPLICATION/json;charset=latin1", "application/json; charset=utf-8"),
        ("application/vnd.api+json", "application/*+json"),
        ("application/octet-stream", "application/*"),
        ("text/xml", "text/xml"),
        ("image/png", "*/*"),
    ],
)
def test_the_narrowest_declared_type_is_selected(received: str, expected: str) -> None:
    assert select(received, DECLARED) == expected


@pytest.mark.parametrize(
    "received", ["text/xml", "", "garbage", "*/*", "application/*", "application/json, text/json"]
)
def test_a_content_type_that_nothing_covers_selects_nothing(received: str) -> None:
    assert select(received, ["application/json", "application/*"]) is None


def test_of_two_versions_the_one_the_header_names_is_selected() -> None:
    declared = ["application/json; version=1", "application/json; version=2"]
    assert select("application/json;version=2", declared) == "application/json; version=2"
    assert select("application/json", declared) == "application/json; version=1"


def test_a_declared_name_that_cannot_be_read_selects_nothing() -> None:
    assert select("application/json", ["json"]) is None


def test_the_usual_content_type_is_one_look_up_in_a_mapping() -> None:
    class Content(dict[str, int]):
        def __iter__(self) -> None:  # type: ignore[override]
            raise AssertionError("the declared types were walked through")

    assert select("application/json", Content({"application/json": 1})) == "application/json"


def test_kinds_are_told_by_name_and_suffix() -> None:
    assert all(
        map(
            is_json,
            [
                "application/json",
                "Text/JSON",
                "application/problem+json",
                "application/*+json",
                "application/json; charset=utf-8",
            ],
        )
    )
    assert all(map(is_xml, ["application/xml", "text/xml; charset=utf-8", "image/svg+XML"]))
    assert not any(map(is_json, ["application/xml", "application/jsonp", "*/*", ""]))
    assert not any(map(is_xml, ["application/json", "application/xml-dtd"]))
    assert is_form("application/x-www-form-urlencoded; charset=utf-8")
    assert is_multipart("Multipart/Form-Data; boundary=x")
    assert is_text("text/plain")
    assert not any(map(is_text, ["text/json", "text/xml", "application/json", "application/octet-stream"]))


@pytest.mark.parametrize(
    "charset", ["utf-8", "UTF-16", "utf-16le", "utf-16be", "utf-32", "iso-8859-1", "Windows-1252", "latin1"]
)
def test_text_is_read_in_the_charset_it_was_written_in(charset: str) -> None:
    assert decode_text("né".encode(charset), charset) == "né"


def test_utf_8_is_what_no_charset_means() -> None:
    assert decode_text("né".encode(), None) == "né"


def test_a_byte_order_mark_is_dropped() -> None:
    assert decode_text(b"\xef\xbb\xbf{}", "utf-8") == "{}"
    assert decode_text("{}".encode("utf-16"), "utf-16") == "{}"


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_without_a_byte_order_mark_the_order_is_told_from_the_first_character(order: str) -> None:
    assert decode_text('{"a":"é"}'.encode(order), order[:6]) == '{"a":"é"}'


@pytest.mark.parametrize(
    "charset", ["klingon", "idna", "punycode", "hex", "undefined", "utf-8\x00", "x" * 10_000]
)
def test_an_unknown_charset_is_refused_as_a_media_type(charset: str) -> None:
    with pytest.raises(MediaTypeUnsupported, match="is not known here; utf-8 is") as refused:
        decode_text(b"{}", charset)
    assert len(str(refused.value)) < 100


def test_bytes_that_are_not_of_their_charset_are_refused_with_their_place() -> None:
    with pytest.raises(BodyMalformed, match=r"not UTF-8: byte 0xe9 at offset 2 does not belong there$"):
        decode_text("né".encode("latin1").rjust(3), None)


def test_a_body_that_looks_like_utf_16_is_told_how_to_say_so() -> None:
    with pytest.raises(BodyMalformed, match="charset=utf-16"):
        decode_text("{}".encode("utf-16"), None)
