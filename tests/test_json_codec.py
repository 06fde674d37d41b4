"""JSON: everything valid comes back as it was sent, and what programs would disagree on is refused with its place."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from understudy.errors import BodyMalformed, MediaTypeUnsupported
from understudy.media.json_codec import DEPTH_LIMIT, decode, encode

texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from(':"\\{}[],\x00'))
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner))


def refusal(body: bytes, charset: str | None = None) -> str:
    """Return the sentence a body is refused with."""
    with pytest.raises(BodyMalformed) as refused:
        decode(body, charset)
    return str(refused.value)


@given(values, st.booleans(), st.sampled_from([None, 0, 2]))
@example({"a": ":", "b": [{"c": 1e30}, -0.0]}, True, None)
def test_every_json_value_comes_back_as_it_was_sent(value: Any, is_ascii: bool, indent: int | None) -> None:
    assert decode(json.dumps(value, ensure_ascii=is_ascii, indent=indent).encode()) == value


@given(values)
def test_every_json_value_is_written_so_that_it_reads_back(value: Any) -> None:
    assert decode(encode(value)) == value


@given(st.binary() | st.text(alphabet='{}[]":,0123456789eE.-+\\u natrueflsINy').map(str.encode))
@example(b'"\\ud800"')
@example(b"\xed\xa0\x80")
@example(b'{"a":"\\')
def test_any_bytes_are_a_value_or_malformed(body: bytes) -> None:
    try:
        value = decode(body)
    except BodyMalformed:
        return
    assert decode(encode(value)) == value


keys = st.sampled_from(["a", "b", ":", "a:b", "é", '"'])
written = st.sampled_from(
    [json.dumps, lambda key: '"' + "".join(f"\\u{ord(char):04x}" for char in key) + '"']
)


@given(
    st.lists(st.tuples(keys, written, st.sampled_from(['":"', '"\\u003a"', "1", "[]", '{"a": {}}']))),
    st.sampled_from([":", " :\n"]),
)
def test_a_key_is_refused_exactly_where_it_is_given_twice(
    members: list[tuple[str, Any, str]], colon: str
) -> None:
    body = "[{" + ", ".join(write(key) + colon + value for key, write, value in members) + "}]"
    names = [key for key, _, _ in members]
    if len(set(names)) == len(names):
        assert decode(body.encode()) == json.loads(body)
    else:
        assert "is given twice, at /0/" in refusal(body.encode())


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "the body is empty, and JSON is expected"),
        (b" \r\n", "the body is empty, and JSON is expected"),
        (b"\xef\xbb\xbf", "the body is empty, and JSON is expected"),
        (b'{"a":1,}', "the body is not JSON: trailing comma is not allowed, at line 1 column 7"),
        (b'{"a":\n\n  nope}', "the body is not JSON: invalid literal, expected 'null', at line 3 column 3"),
        (b"[01]", "the body is not JSON: number with leading zero is not allowed, at line 1 column 2"),
        (b'{"a":"\xe9"}', "the body is not UTF-8: byte 0xe9 at offset 6 does not belong there"),
        (b'{"a": NaN}', "the body is not JSON, which has no NaN: at line 1 column 7"),
        (b"[-Infinity]", "the body is not JSON, which has no -Infinity: at line 1 column 3"),
        (b'["\\ud83d"]', "the body is not JSON: a \\u escape is half a surrogate pair, at line 1 column 3"),
        (b'{"a":[1,1e400]}', "the number 1e400 is too large for a double, at line 1 column 9"),
        (b'{"a":1,\n "b":2, "a":3}', "the key 'a' is given twice, at /a, line 2 column 9"),
        (
            b'{"x":[0,{"a/b":"10:30","t":":","a\\/b":1}]}',
            "the key 'a/b' is given twice, at /x/1/a~1b, line 1 column 32",
        ),
        (
            b'{"a":[18446744073709551616]}',
            "the integer 18446744073709551616 does not fit in 64 bits, at /a/0, line 1 column 7",
        ),
        (
            b"-9223372036854775809",
            "the integer -9223372036854775809 does not fit in 64 bits, at line 1 column 1",
        ),
        (b"9" * 400, f"the integer {'9' * 60}… does not fit in 64 bits, at line 1 column 1"),
    ],
)
def test_a_body_is_refused_with_what_is_wrong_and_where(body: bytes, sentence: str) -> None:
    assert refusal(body) == sentence


@pytest.mark.parametrize(
    "body",
    [
        b"18446744073709551615",
        b"-9223372036854775808",
        b"1e22",
        b'"18446744073709551616"',
        b"18446744073709551616.0",
    ],
)
def test_numbers_at_the_edge_are_taken(body: bytes) -> None:
    assert decode(body) == json.loads(body)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[1e30,{"a":', "}]")])
def test_nesting_is_taken_to_the_limit_and_refused_beyond(opening: str, closing: str) -> None:
    levels = len(closing)
    deepest = DEPTH_LIMIT // levels
    assert decode((opening * deepest + "1" + closing * deepest).encode())
    for depth in (deepest + 1, 1000, 1024, 100_000):
        assert (
            refusal((opening * depth + "1" + closing * depth).encode())
            == f"the body is nested more than {DEPTH_LIMIT} levels deep"
        )


def test_what_is_taken_in_can_be_copied_compared_and_written() -> None:
    value = decode(b"[" * DEPTH_LIMIT + b"]" * DEPTH_LIMIT)
    assert copy.deepcopy(value) == value
    assert decode(encode(value)) == value


def test_a_byte_order_mark_is_taken_silently() -> None:
    assert decode(b'\xef\xbb\xbf{"a":1}') == {"a": 1}


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "utf-16", "utf-16le", "iso-8859-1"])
def test_the_charset_of_the_content_type_is_followed(charset: str) -> None:
    assert decode('{"a":"é"}'.encode(charset), charset) == {"a": "é"}


def test_an_unknown_charset_and_bytes_that_are_not_of_it_are_refused() -> None:
    assert (
        refusal(b'"\xff"', "us-ascii")
        == "the body is not US-ASCII: byte 0xff at offset 1 does not belong there"
    )
    with pytest.raises(MediaTypeUnsupported, match="klingon"):
        decode(b"{}", "klingon")


@pytest.mark.parametrize("body", [b'"\\u003a"', b'["\\u003A", {}, "a"]', b'{"a": {}, "\\u003a": [{}, "a"]}'])
def test_a_colon_written_as_an_escape_is_no_harm(body: bytes) -> None:
    assert decode(body) == json.loads(body)


def test_nul_in_a_string_survives() -> None:
    assert decode(encode("a\x00b")) == "a\x00b"


def test_what_json_carries_and_orjson_does_not_is_written() -> None:
    class Name(str):
        __slots__ = ()

    assert encode({Name("a"): Name("é")}) == b'{"a":"\\u00e9"}'
    assert encode([2**64]) == b"[18446744073709551616]"
    assert encode("\ud800") == b'"\\ud800"'


@pytest.mark.parametrize("value", [date(2026, 1, 1), {1, 2}, [b"bytes"], object()])
def test_what_is_no_json_value_is_a_programming_error(value: Any) -> None:
    with pytest.raises(TypeError):
        encode(value)
