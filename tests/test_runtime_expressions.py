"""Runtime expressions take what they name from a request and its answer, and say so where it is not there."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.callbacks.expressions import Exchange, ExpressionFailed, evaluate, written
from understudy.media import json_codec
from understudy.messages import NOTHING
from understudy.pointers import escape

EXCHANGE = Exchange(
    url="http://api.example/orders?lang=de&lang=en&q=a+b%2Fc",
    method="POST",
    status=201,
    request_headers=[(b"x-callback", b"http://127.0.0.1:9/hook"), (b"X-Tag", b"one"), (b"x-tag", b"two")],
    query=b"lang=de&lang=en&q=a+b%2Fc",
    path={"id": 7},
    request_body={"id": "a/b c", "price": 1.5, "deep": {"list": [{"x~y": "found"}]}, "none": None},
    response_headers={"Location": "/orders/7"},
    response_body={"ok": True},
)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$url", "http://api.example/orders?lang=de&lang=en&q=a+b%2Fc"),
        ("$method", "POST"),
        ("$statusCode", 201),
        ("$request.header.X-Callback", "http://127.0.0.1:9/hook"),
        ("$request.header.x-tag", "one, two"),
        ("$request.query.lang", "de"),
        ("$request.query.q", "a b/c"),
        ("$request.path.id", 7),
        ("$request.body#/price", 1.5),
        ("$request.body#/deep/list/0/x~0y", "found"),
        ("$request.body#/none", None),
        ("$response.header.location", "/orders/7"),
        ("$response.body", {"ok": True}),
        ("$response.body#", {"ok": True}),
        ("$response.body#/ok", True),
    ],
)
def test_an_expression_has_the_value_it_names_in_its_own_type(expression: str, value: Any) -> None:
    found = evaluate(expression, EXCHANGE)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "expression",
    [
        "$request.header.X-Other",
        "$request.query.other",
        "$request.path.other",
        "$request.body#/other",
        "$request.body#/deep/list/1",
        "$request.body#/id/below",
        "$request.body#other",
        "$response.query.lang",
        "$response.path.id",
        "$response.header.X-Tag",
    ],
)
def test_a_value_that_is_missing_is_named(expression: str) -> None:
    with pytest.raises(ExpressionFailed, match="has no value in this exchange") as error:
        evaluate(expression, EXCHANGE)
    assert expression in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "$",
        "$uri",
        "$request",
        "$request.cookie.a",
        "$request.header.a b",
        "$status",
        "$request.body/x",
        "url",
    ],
)
def test_what_is_no_expression_is_named(text: str) -> None:
    with pytest.raises(ExpressionFailed, match="is no runtime expression"):
        evaluate(text, EXCHANGE)


def test_a_body_that_was_not_sent_has_no_values() -> None:
    with pytest.raises(ExpressionFailed, match="has no value"):
        evaluate("$request.body", Exchange("http://x/", "GET"))


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("$request.header.x-callback", "http://127.0.0.1:9/hook"),
        ("{$request.header.x-callback}", "http://127.0.0.1:9/hook"),
        (
            "{$request.header.x-callback}/done?id={$request.body#/id}",
            "http://127.0.0.1:9/hook/done?id=a%2Fb%20c",
        ),
        (
            "http://127.0.0.1:{$statusCode}/{$request.path.id}/{$request.body#/price}",
            "http://127.0.0.1:201/7/1.5",
        ),
        ("http://x/{$response.body#/ok}", "http://x/true"),
        ("http://x/{id}", "http://x/{id}"),
        ("http://x/y", "http://x/y"),
    ],
)
def test_a_template_is_filled_in(template: str, text: str) -> None:
    assert written(template, EXCHANGE) == text


@pytest.mark.parametrize(
    "template",
    ["http://x/{$request.body#/none}", "http://x/{$request.body#/nope}", "{$nothing}", "$request.body#/none"],
)
def test_a_template_without_a_value_is_not_filled_in_by_half(template: str) -> None:
    with pytest.raises(ExpressionFailed):
        written(template, EXCHANGE)


@given(st.text())
def test_what_is_put_into_a_path_stays_one_segment_and_says_the_same(value: str) -> None:
    exchange = Exchange("http://x/", "POST", request_body={"id": value})
    text = written("http://127.0.0.1/orders/{$request.body#/id}/done", exchange)
    head, segment, tail = text.removeprefix("http://127.0.0.1/").split("/")
    assert (head, unquote(segment), tail) == ("orders", value, "done")


@given(
    st.dictionaries(
        st.text(), st.one_of(st.integers(), st.text(), st.booleans(), st.none(), st.lists(st.integers()))
    )
)
def test_each_member_of_a_body_is_found_by_its_pointer(body: dict[str, Any]) -> None:
    exchange = Exchange("http://x/", "POST", request_body=body, response_body=NOTHING)
    for name, value in body.items():
        assert evaluate(f"$request.body#/{escape(name)}", exchange) == value


@given(st.text(min_size=1), st.text())
def test_each_parameter_of_a_query_is_found_by_its_name(name: str, value: str) -> None:
    query = f"other=1&{quote(name, safe='')}={quote(value, safe='')}".encode()
    if name != "other":
        assert evaluate(f"$request.query.{name}", Exchange("http://x/", "GET", query=query)) == value


@given(st.text())
def test_any_text_is_a_template_or_refused_by_a_sentence(template: str) -> None:
    with suppress(ExpressionFailed):
        assert isinstance(written(template, EXCHANGE), str)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(),
        lambda inner: st.lists(inner, max_size=3),
    )
)
def test_a_value_that_is_no_text_is_written_as_json(value: Any) -> None:
    exchange = Exchange("http://x/", "POST", response_body=value)
    if value is None:
        return
    text = written("$response.body", exchange)
    assert text == value if isinstance(value, str) else json_codec.decode(text.encode()) == value
