"""ETag, If-Match and If-None-Match where a contract has them, and the headers it requires of an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from stores import YieldingStore, outcomes
from understudy.errors import PreconditionFailed
from understudy.http_semantics.etags import Condition, tag_of
from understudy.messages import NOTHING, Request, Response
from understudy.sandbox import Sandbox
from understudy.sessions import Sessions

DOC = {
    "type": "object",
    "required": ["id", "text"],
    "properties": {"id": {"type": "string"}, "text": {"type": "string"}},
}
CONTENT = {"application/json": {"schema": DOC}}
ETAG = {"ETag": {"schema": {"type": "string"}}}
AT = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


def header(name: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "schema": {"type": "string"}}


def answered(status: str, headers: dict[str, Any] | None = None, content: Any = CONTENT) -> dict[str, Any]:
    return {
        status: {"description": "", "headers": headers or {}, **({"content": content} if content else {})}
    }


def contract() -> dict[str, Any]:
    body = {"required": True, "content": CONTENT}
    return {
        "/docs": {"post": {"requestBody": body, "responses": answered("201", ETAG)}},
        "/docs/{id}": {
            "parameters": [AT],
            "get": {"responses": answered("200", ETAG)},
            "put": {"requestBody": body, "responses": {**answered("200", ETAG), **answered("201", ETAG)}},
            "patch": {
                "parameters": [header("if-match")],
                "requestBody": {"content": CONTENT},
                "responses": answered("200"),
            },
            "delete": {"responses": {**answered("204", content=None), **answered("404", content=None)}},
        },
        "/plain/{id}": {"parameters": [AT], "get": {"responses": answered("200")}},
        "/cached": {"get": {"responses": {**answered("200"), **answered("304", content=None)}}},
    }


@pytest.fixture
def client(serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]) -> httpx.Client:
    return serve(sandbox(paths=contract()))


def put(client: httpx.Client, text: str, **headers: str) -> httpx.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.put("/docs/a", json={"id": "a", "text": text}, headers=sent)


def test_every_answer_tells_the_tag_under_which_a_record_is_read(client: httpx.Client) -> None:
    created = client.post("/docs", json={"id": "n", "text": "one"})
    assert created.headers["ETag"] == client.get("/docs/n").headers["ETag"]
    written = put(client, "one")
    assert written.headers["ETag"] == client.get("/docs/a").headers["ETag"]
    assert (
        put(client, "two").headers["ETag"] == client.get("/docs/a").headers["ETag"] != written.headers["ETag"]
    )


@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', "*"])
def test_a_tag_the_caller_has_is_not_answered_again(client: httpx.Client, form: str) -> None:
    tag = put(client, "one").headers["ETag"]
    answer = client.get("/docs/a", headers={"If-None-Match": form.format(tag)})
    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)


def test_another_tag_is_answered_in_full(client: httpx.Client) -> None:
    tag = put(client, "one").headers["ETag"]
    put(client, "two")
    assert client.get("/docs/a", headers={"If-None-Match": tag}).json()["text"] == "two"


def test_a_documented_304_is_a_condition_too(client: httpx.Client) -> None:
    tag = client.get("/cached").headers["ETag"]
    assert client.get("/cached", headers={"If-None-Match": tag}).status_code == 304


def test_an_operation_that_declares_nothing_has_no_tag(client: httpx.Client) -> None:
    answer = client.get("/plain/a", headers={"If-None-Match": "*", "If-Match": '"x"'})
    assert (answer.status_code, "ETag" in answer.headers) == (200, False)


def test_a_change_needs_the_current_tag_where_it_names_one(client: httpx.Client) -> None:
    old = put(client, "one").headers["ETag"]
    new = put(client, "two", If_Match=old).headers["ETag"]
    refused = put(client, "three", If_Match=old)
    assert refused.status_code == 412
    assert new in refused.json()["detail"]
    assert client.get("/docs/a").json()["text"] == "two"


def test_a_weak_tag_never_allows_a_change(client: httpx.Client) -> None:
    tag = put(client, "one").headers["ETag"]
    assert put(client, "two", If_Match=f"W/{tag}").status_code == 412
    assert put(client, "two", If_Match="*").status_code == 200


def test_patch_and_delete_keep_the_condition(client: httpx.Client) -> None:
    tag = put(client, "one").headers["ETag"]
    assert (
        client.patch("/docs/a", json={"id": "a", "text": "two"}, headers={"If-Match": '"no"'}).status_code
        == 412
    )
    assert (
        client.patch("/docs/a", json={"id": "a", "text": "two"}, headers={"If-Match": tag}).status_code == 200
    )
    assert client.delete("/docs/a", headers={"If-Match": tag}).status_code == 412
    assert (
        client.delete("/docs/a", headers={"If-Match": client.get("/docs/a").headers["ETag"]}).status_code
        == 204
    )


def test_what_is_gone_is_not_found_whatever_the_condition(client: httpx.Client) -> None:
    tag = put(client, "one").headers["ETag"]
    client.delete("/docs/a")
    assert (
        client.patch("/docs/a", json={"id": "a", "text": "two"}, headers={"If-Match": tag}).status_code == 404
    )
    assert put(client, "two", If_Match="*").status_code == 412


def test_a_record_is_only_created_where_there_is_none_and_the_look_makes_none(client: httpx.Client) -> None:
    assert put(client, "one", If_None_Match="*").status_code == 201
    assert put(client, "two", If_None_Match="*").status_code == 412
    client.delete("/docs/a")
    assert put(client, "three", If_None_Match="*").status_code == 201


def test_a_condition_may_name_the_tag_a_body_carries(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    schema = {
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "string"}, "etag": {"type": "string"}},
    }
    content = {"application/json": {"schema": schema}}
    change = {
        "parameters": [header("If-Match")],
        "requestBody": {"content": content},
        "responses": answered("200", content=content),
    }
    client = serve(
        sandbox(
            paths={
                "/f/{id}": {
                    "parameters": [AT],
                    "get": {"responses": answered("200", content=content)},
                    "put": change,
                }
            }
        )
    )
    client.put("/f/a", json={"id": "a", "etag": "v1"})
    assert client.put("/f/a", json={"id": "a", "etag": "v2"}, headers={"If-Match": "v1"}).status_code == 200
    assert client.put("/f/a", json={"id": "a", "etag": "v3"}, headers={"If-Match": "v1"}).status_code == 412


def test_required_headers_are_filled_from_example_schema_and_format(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    headers = {
        "X-Example": {"required": True, "schema": {"type": "string"}, "example": "as written"},
        "X-Invalid": {
            "required": True,
            "schema": {"type": "integer", "default": 7},
            "example": "not a number",
        },
        "X-List": {
            "required": True,
            "schema": {"type": "array", "items": {"const": "a"}, "minItems": 2, "maxItems": 2},
        },
        "X-Json": {"required": True, "content": {"application/json": {"schema": {"const": {"a": 1}}}}},
        "X-Optional": {"schema": {"type": "string"}},
        "Content-Type": {"required": True, "schema": {"const": "text/plain"}},
    }
    both = {**answered("200", headers), **answered("404", headers)}
    client = serve(
        sandbox(
            paths={"/d/{id}": {"parameters": [AT], "get": {"responses": both}, "delete": {"responses": both}}}
        )
    )
    first, _ = client.get("/d/1"), client.delete("/d/1")
    for answer, status in ((first, 200), (client.get("/d/1"), 404)):
        assert answer.status_code == status
        assert answer.headers["Content-Type"].startswith("application/json")
        found = {name: answer.headers.get(name) for name in headers if name.startswith("X-")}
        assert found == {
            "X-Example": "as written",
            "X-Invalid": "7",
            "X-List": "a,a",
            "X-Json": '{"a":1}',
            "X-Optional": None,
        }


def test_a_204_has_no_body_though_its_contract_documents_one(sandbox: Callable[..., Sandbox]) -> None:
    made = sandbox(paths={"/d": {"post": {"responses": answered("204")}}})
    answer = asyncio.run(made.handle(Request("post /d"), Sessions().use()))
    assert (answer.status, answer.body) == (204, NOTHING)


def test_tags_are_compared_as_the_rfc_says() -> None:
    # The table of RFC 9110 §8.8.3.2: two tags, whether they match strongly and weakly.
    for ours, theirs, strong, weak in (
        ('W/"1"', 'W/"1"', False, True),
        ('W/"1"', 'W/"2"', False, False),
        ('W/"1"', '"1"', False, True),
        ('"1"', '"1"', True, True),
    ):
        condition = Condition.read(theirs)
        assert condition is not None
        assert (condition.names([ours], strongly=True), condition.names([ours], strongly=False)) == (
            strong,
            weak,
        )


def test_a_tag_tells_apart_bodies_and_media_types() -> None:
    tags = [
        tag_of(Response(200, {"a": 1}), "application/json"),
        tag_of(Response(200, {"a": 2}), "application/json"),
        tag_of(Response(200, {"a": 1}), "text/xml"),
        tag_of(Response(200, b"1"), ""),
    ]
    assert len(set(tags)) == 4
    written = Response.of_json(200, b'{"a":1}')
    assert tag_of(written, "application/json") == tags[0]


OTHERS: list[dict[str, str]] = [{"If-Match": "the tag"}, {}]


@pytest.mark.parametrize("headers", OTHERS)
def test_of_two_changes_of_one_version_a_condition_lets_no_more_than_one_through(
    sandbox: Callable[..., Sandbox], headers: dict[str, str]
) -> None:
    """Over a store where others come in between every two calls: what the condition held for is what is changed."""
    made = sandbox(paths=contract())

    async def play() -> None:
        session = Sessions(store=YieldingStore).use()
        put = Request(
            "put /docs/{id}",
            path={"id": "1"},
            body={"id": "1", "text": "first"},
            media_type="application/json",
        )
        tag = (await made.handle(put, session)).headers["ETag"]
        changes = []
        for text, given in (("mine", {"If-Match": tag}), ("theirs", dict.fromkeys(headers, tag))):
            changes.append(
                Request(
                    "patch /docs/{id}",
                    path={"id": "1"},
                    headers={"if-match": given.get("If-Match")},
                    body={"text": text},
                    media_type="application/json",
                )
            )
        mine, theirs = await outcomes(*(made.handle(change, session) for change in changes))
        read = Request("get /docs/{id}", path={"id": "1"})
        there = (await made.handle(read, session)).body["text"]
        done = [outcome for outcome in (mine, theirs) if isinstance(outcome, Response)]
        refused = [outcome for outcome in (mine, theirs) if isinstance(outcome, PreconditionFailed)]
        if headers:
            assert (len(done), len(refused)) == (1, 1)
        else:
            assert not isinstance(theirs, Exception)
            assert there == "theirs" or isinstance(mine, Response)
        assert there == ("theirs" if mine in refused else there)

    asyncio.run(play())


def test_of_many_who_create_what_is_not_there_one_does(sandbox: Callable[..., Sandbox]) -> None:
    made = sandbox(paths=contract())

    def put(number: int) -> Request:
        return Request(
            "put /docs/{id}",
            path={"id": "new"},
            headers={"If-None-Match": "*"},
            body={"id": "new", "text": str(number)},
            media_type="application/json",
        )

    async def play() -> list[Any]:
        session = Sessions(store=YieldingStore).use()
        return await outcomes(*(made.handle(put(number), session) for number in range(10)))

    results = asyncio.run(play())
    assert sum(isinstance(result, Response) for result in results) == 1
    assert sum(isinstance(result, PreconditionFailed) for result in results) == 9
