"""Content negotiation: the caller's qualities decide, then the narrowest range, then the order offered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.errors import NotAcceptable
from understudy.media.negotiation import accepts, choose, nearest
from understudy.sandbox import Sandbox

JSON, TEXT_JSON, XML = "application/json", "text/json", "application/xml"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"


def test_items_and_their_qualities_are_read() -> None:
    found = accepts('Text/HTML;level=1;q=0.5, a/b;t="x,y" ,, */*;Q=0')
    assert [(item.media.name, item.media.parameters, item.quality) for item in found] == [
        ("a/b", (("t", "x,y"),), 1.0),
        ("text/html", (("level", "1"),), 0.5),
        ("*/*", (), 0.0),
    ]


@pytest.mark.parametrize("text", ["json", "a/b;q=2", "a/b;q=-1", "a/b;q=nan", "*/json", "a/b c", ""])
def test_an_item_that_cannot_be_read_is_left_out(text: str) -> None:
    assert [item.media.name for item in accepts(f"{text}, application/json")] == [JSON]


@pytest.mark.parametrize(
    ("accept", "offered", "expected"),
    [
        (None, [XML, JSON], XML),
        ("", [XML, JSON], XML),
        ("garbage", [XML, JSON], XML),
        ('"', [XML, JSON], XML),
        ("garbage, application/json", [XML, JSON], JSON),
        ("*/*", [XML, JSON], XML),
        ("Application/XML", [JSON, TEXT_JSON, XML], XML),
        ("application/xml;q=0.5, application/json;q=0.6", [XML, JSON], JSON),
        ("application/xml, application/json", [JSON, XML], JSON),
        ("application/*", [TEXT_JSON, JSON], JSON),
        ("*/*;q=0.1, text/*;q=0.5, text/json;q=0.2", [JSON, TEXT_JSON], TEXT_JSON),
        ("*/*, application/json;q=0", [JSON, XML], XML),
        ("application/*;q=0, application/xml", [JSON, XML], XML),
        ("application/json; charset=UTF-8", [JSON], JSON),
        (JSON, ["application/json; charset=utf-8"], "application/json; charset=utf-8"),
        (
            "application/json;version=2",
            ["application/json;version=1", "application/json;version=2"],
            "application/json;version=2",
        ),
        (BROWSER, [JSON, XML], XML),
        (JAVA, [JSON], JSON),
        ("*/*", ["not a media type"], "not a media type"),
    ],
)
def test_the_type_the_caller_wants_most_is_chosen(
    accept: str | None, offered: list[str], expected: str
) -> None:
    assert choose(accept, offered) == expected


@pytest.mark.parametrize(
    ("accept", "offered", "expected"),
    [
        (None, "*/*", JSON),
        (None, "application/*", JSON),
        (None, "application/*+json", JSON),
        (None, "application/*+xml", XML),
        (None, "text/*", "text/plain"),
        (BROWSER, "*/*", JSON),
        ("image/png", "*/*", "image/png"),
        ("application/json", "application/*+json", JSON),
        ("image/png, application/*+json;q=0.9, */*;q=0.1", "application/*+json", JSON),
        ("application/vnd.api+json, */*;q=0.1", "application/*+json", "application/vnd.api+json"),
    ],
)
def test_a_range_on_offer_is_answered_with_a_concrete_type(
    accept: str | None, offered: str, expected: str
) -> None:
    assert choose(accept, [offered]) == expected


def test_parameters_make_a_range_narrower() -> None:
    accept = "text/plain;format=flowed;q=0.1, text/plain;q=0.9, text/html;q=0.5"
    assert choose(accept, ["text/html", "text/plain"]) == "text/plain"
    assert choose(accept, ["text/html", "text/plain;format=flowed"]) == "text/html"


@pytest.mark.parametrize(
    "accept", ["image/png", "application/json;q=0", "text/*", "*/*;q=0", "application/json;version=2"]
)
def test_a_caller_who_takes_nothing_of_what_is_offered_is_refused(accept: str) -> None:
    with pytest.raises(NotAcceptable) as refused:
        choose(accept, [JSON, XML] if accept != "application/json;q=0" else [JSON])
    assert refused.value.accept == accept
    assert JSON in refused.value.offered


@pytest.mark.parametrize(
    ("accept", "offered", "expected"),
    [
        ("application/vnd.github+json", [XML, JSON], JSON),
        ("application/vnd.github.v3.star+json, application/xml;q=0.5", [XML, JSON], XML),
        ("application/json;version=1", [XML, JSON], JSON),
        (JSON, [XML, "application/hal+json"], "application/hal+json"),
        (JSON, ["application/json;version=1", XML], "application/json;version=1"),
        ("application/vnd.shop+xml;q=0.2, application/vnd.shop+json;q=0.9", [XML, JSON], JSON),
        ("text/json", ["text/plain", JSON], JSON),
        ("image/webp", [JSON, "image/png"], "image/png"),
        ("image/png", [XML, JSON], XML),
        ("application/json;q=0", [JSON, XML], XML),
        ("application/json;q=0", [JSON], JSON),
        ("*/*;q=0", [XML, JSON], XML),
        ("application/vnd.shop+json", ["application/*"], "application/vnd.shop+json"),
        ("application/msgpack", ["text/html", JSON], "text/html"),
        ("text/csv", ["not a media type", JSON], "not a media type"),
        ("application/xml", [JSON, XML], XML),
        (None, [XML, JSON], XML),
    ],
)
def test_who_accepts_none_of_it_gets_the_nearest(
    accept: str | None, offered: list[str], expected: str
) -> None:
    assert nearest(accept, offered) == expected


@given(
    st.text(alphabet="ajsonxml/*+;q=0.19, \"'\\"),
    st.lists(st.sampled_from([JSON, XML, "*/*", "application/*+json"]), min_size=1),
)
def test_what_is_chosen_is_concrete_whatever_the_header(accept: str, offered: list[str]) -> None:
    try:
        chosen = choose(accept, offered)
    except NotAcceptable:
        assert accepts(accept)
    else:
        assert "*" not in chosen


PLAIN_FIRST = {
    "text/plain": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Boat"}}},
    "application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Boat"}}},
    "text/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Boat"}}},
}
TEXT_FIRST = {
    "text/plain": {"schema": {"type": "string"}},
    "application/json": {"schema": {"type": "string"}},
}
BOATS = {
    "schemas": {
        "Boat": {"type": "object", "properties": {"id": {"type": "integer"}, "title": {"type": "string"}}}
    }
}


@pytest.mark.parametrize(
    ("content", "accept", "media_type"),
    [
        (PLAIN_FIRST, "*/*", "application/json"),
        (PLAIN_FIRST, "application/json, text/plain, */*", "application/json"),
        (PLAIN_FIRST, "text/plain", "text/json"),
        (PLAIN_FIRST, "text/json", "text/json"),
        (TEXT_FIRST, "*/*", "text/plain"),
        (
            {"application/octet-stream": {"schema": {"$ref": "#/components/schemas/Boat"}}},
            "*/*",
            "application/json",
        ),
        ({"application/octet-stream": {"schema": {"type": "array", "items": {}}}}, "*/*", "application/json"),
        (
            {"application/octet-stream": {"schema": {"type": "array", "items": {}}}},
            "application/octet-stream",
            "application/octet-stream",
        ),
        (
            {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            "*/*",
            "application/octet-stream",
        ),
    ],
)
def test_what_is_no_text_goes_out_as_json(
    serve: Callable[..., httpx.Client],
    sandbox: Callable[..., Sandbox],
    content: dict[str, Any],
    accept: str,
    media_type: str,
) -> None:
    paths = {"/boats": {"get": {"responses": {"200": {"description": "", "content": content}}}}}
    answer = serve(sandbox(paths=paths, components=BOATS)).get("/boats", headers={"Accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == media_type
    if media_type.endswith("json"):
        answer.json()
