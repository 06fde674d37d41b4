"""Dialects of generators: what LoopBack, gRPC gateways, Spring Data, PocketBase and Payload document, as it
is used.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from understudy.sandbox import Sandbox, Settings

TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "integer"}
FLAG: dict[str, Any] = {"type": "boolean"}
ANY: dict[str, Any] = {"type": "object", "additionalProperties": True}

Start = Callable[[dict[str, Any]], httpx.Client]


def group(*required: str, **members: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": members}


def of(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def ok(schema: dict[str, Any] | None = None, status: str = "200") -> dict[str, Any]:
    return {status: {"description": "", **(content(schema) if schema else {})}}


def asked(**parameters: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": schema} for name, schema in parameters.items()]


def key(schema: dict[str, Any] = NUMBER) -> list[dict[str, Any]]:
    return [{"name": "id", "in": "path", "required": True, "schema": schema}]


@pytest.fixture
def start(sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]) -> Start:
    def start(paths: dict[str, Any]) -> httpx.Client:
        return serve(sandbox(paths=paths, components={"schemas": PEOPLE}, settings=Settings()))

    return start


TODO = group("title", id=NUMBER, title=TEXT, done=FLAG, rank=NUMBER)
NEW_TODO = group("title", title=TEXT, done=FLAG, rank=NUMBER)
FILTER = group(
    offset=NUMBER,
    limit=NUMBER,
    skip=NUMBER,
    order={"oneOf": [TEXT, of(TEXT)]},
    where=ANY,
    fields={"oneOf": [group(id=FLAG, title=FLAG, done=FLAG, rank=FLAG), of(TEXT)]},
)


@pytest.fixture
def todos(start: Start) -> httpx.Client:
    """Serve todos as LoopBack documents them, of which there are four."""
    filtered = [{"name": "filter", "in": "query", **content(FILTER)}]
    where = [{"name": "where", "in": "query", **content(ANY)}]
    changed = {"requestBody": content(group(title=TEXT, done=FLAG, rank=NUMBER))}
    api = start(
        {
            "/todos": {
                "post": {"requestBody": content(NEW_TODO), "responses": ok(TODO)},
                "get": {"parameters": filtered, "responses": ok(of(TODO))},
                "patch": {"parameters": where, **changed, "responses": ok(group(count=NUMBER))},
            },
            "/todos/{id}": {"get": {"parameters": key() + filtered, "responses": ok(TODO)}},
        }
    )
    for rank, title in enumerate(("milk", "bread", "tea", "beans")):
        api.post("/todos", json={"title": title, "rank": rank, "done": rank == 1})
    return api


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ({"limit": 2, "order": "title ASC"}, ["beans", "bread"]),
        ({"limit": 2, "offset": 2, "order": ["title DESC"]}, ["bread", "beans"]),
        ({"skip": 3, "order": "rank"}, ["beans"]),
        ({"where": {"title": "tea"}}, ["tea"]),
        ({"where": {"rank": {"gt": 1}}, "order": "rank ASC"}, ["tea", "beans"]),
        ({"where": {"or": [{"title": "tea"}, {"done": True}]}, "order": "rank"}, ["bread", "tea"]),
        ({"where": {"title": {"inq": ["milk", "tea"]}}, "order": "rank"}, ["milk", "tea"]),
        ({"where": {"title": {"like": "be%"}}}, ["beans"]),
        ({"where": {"title": {"like": "%ea%"}}, "order": "title"}, ["beans", "bread", "tea"]),
        ({"where": {"title": {"like": "%k"}}}, ["milk"]),
    ],
)
def test_one_object_says_all_that_a_list_is_asked(
    todos: httpx.Client, filters: dict[str, Any], titles: list[str]
) -> None:
    shown = todos.get("/todos", params={"filter": json.dumps(filters)}).json()
    assert [one["title"] for one in shown] == titles


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"title": True}, {"id", "title"}),
        ({"rank": False, "done": False}, {"id", "title"}),
        (["title", "rank"], {"id", "title", "rank"}),
    ],
)
def test_that_object_names_the_members_that_are_shown(
    todos: httpx.Client, fields: Any, names: set[str]
) -> None:
    asking = {"filter": json.dumps({"fields": fields})}
    first = todos.get("/todos", params=asking).json()[0]
    assert first.keys() == names
    assert todos.get(f"/todos/{first['id']}", params=asking).json() == first


def test_a_change_of_many_is_of_those_that_its_where_chooses(todos: httpx.Client) -> None:
    told = todos.patch("/todos", params={"where": '{"rank":{"lt":2}}'}, json={"rank": 9}).json()
    assert told == {"count": 2}
    ranks = {one["title"]: one["rank"] for one in todos.get("/todos").json()}
    assert ranks == {"milk": 9, "bread": 9, "tea": 2, "beans": 3}


BOOK = group(id=TEXT, title=TEXT, author=TEXT, archived=FLAG)


@pytest.fixture
def books(start: Start) -> httpx.Client:
    """Serve books as a gRPC gateway documents them."""
    made = {"requestBody": content(group(title=TEXT, author=TEXT)), "responses": ok(BOOK)}
    changed = {"parameters": asked(updateMask=TEXT), "requestBody": content(BOOK), "responses": ok(BOOK)}
    one = {"parameters": key(TEXT), "get": {"responses": ok(BOOK)}, "patch": changed, "put": changed}
    archive = {"parameters": key(TEXT), "post": {"requestBody": content(group()), "responses": ok(BOOK)}}
    listed = {"get": {"responses": ok(group(books=of(BOOK)))}, "post": made}
    return start({"/v1/books": listed, "/v1/books/{id}": one, "/v1/books/{id}:archive": archive})


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize(
    ("mask", "title", "author"),
    [("title", "New", "A"), ("author,nothing", "Old", "Z"), ("*", "New", "Z"), ("title.text", "New", "A")],
)
def test_a_field_mask_names_what_is_set(
    books: httpx.Client, method: str, mask: str, title: str, author: str
) -> None:
    made = books.post("/v1/books", json={"title": "Old", "author": "A"}).json()
    path = f"/v1/books/{made['id']}"
    books.request(method, path, params={"updateMask": mask}, json={"title": "New", "author": "Z"})
    shown = books.get(path).json()
    assert (shown["title"], shown["author"]) == (title, author)


def test_a_verb_behind_a_colon_is_done_to_the_item(books: httpx.Client) -> None:
    made = books.post("/v1/books", json={"title": "Old", "author": "A"}).json()
    told = books.post(f"/v1/books/{made['id']}:archive", json={}).json()
    assert told == {**made, "archived": True} == books.get(f"/v1/books/{made['id']}").json()


LINK = group(href={**TEXT, "format": "uri"}, templated=FLAG)
PEOPLE = {"Person": group(firstName=TEXT, lastName=TEXT, age=NUMBER, _links=group("self", self=LINK))}
PERSON = {"$ref": "#/components/schemas/Person"}


@pytest.fixture
def people(start: Start) -> httpx.Client:
    """Serve people as Spring Data REST documents them."""
    made = {"requestBody": content(group(firstName=TEXT, lastName=TEXT, age=NUMBER))}
    listed = ok(group(_embedded=group(people=of(PERSON))))
    searches = {
        "findByLastName": asked(name=TEXT),
        "findByFirstNameAndLastNameAllIgnoreCase": asked(given=TEXT, family=TEXT),
        "findByAgeGreaterThanEqual": asked(least=NUMBER),
        "findByLastNameStartingWith": asked(begin=TEXT),
    }
    paths: dict[str, Any] = {
        "/people": {
            "get": {"responses": listed},
            "post": {**made, "responses": ok(PERSON, "201")},
        },
        "/people/{id}": {"parameters": key(TEXT), "get": {"responses": ok(PERSON)}},
    }
    for name, parameters in searches.items():
        paths[f"/people/search/{name}"] = {"get": {"parameters": parameters, "responses": listed}}
    api = start(paths)
    for first, last, age in (("Ann", "Lee", 30), ("Bob", "Ray", 40), ("Cy", "Lee", 20)):
        api.post("/people", json={"firstName": first, "lastName": last, "age": age})
    return api


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("findByLastName?name=Lee", {"Ann", "Cy"}),
        ("findByFirstNameAndLastNameAllIgnoreCase?given=ann&family=lee", {"Ann"}),
        ("findByAgeGreaterThanEqual?least=30", {"Ann", "Bob"}),
        ("findByLastNameStartingWith?begin=Ra", {"Bob"}),
    ],
)
def test_a_derived_query_names_the_members_it_chooses_by(
    people: httpx.Client, search: str, names: set[str]
) -> None:
    shown = people.get(f"/people/search/{search}").json()["_embedded"]["people"]
    assert {one["firstName"] for one in shown} == names


def test_a_link_says_that_it_is_a_template_only_where_it_is_one(people: httpx.Client) -> None:
    shown = people.get("/people").json()["_embedded"]["people"]
    assert [one["_links"]["self"]["templated"] for one in shown] == [False] * 3


@pytest.mark.parametrize(
    ("expression", "titles"),
    [
        ("title='two'", ["two"]),
        ("(views > 0 && title != 'two')", ["three"]),
        ("title ~ 'o'", ["one", "two"]),
        ("title !~ 'o'", ["three"]),
        ("title = 'one' || views >= 2", ["one", "three"]),
        ("title ?= 'one'", ["one"]),
    ],
)
def test_an_expression_of_signs_chooses(start: Start, expression: str, titles: list[str]) -> None:
    record = group(id=TEXT, title=TEXT, views=NUMBER)
    said = "Filter the returned records. Ex.: ?filter=(id='abc' && created>'2022-01-01')"
    parameters = [{"name": "filter", "in": "query", "description": said, "schema": TEXT}]
    parameters += asked(sort=TEXT)
    made = {"requestBody": content(group(title=TEXT, views=NUMBER)), "responses": ok(record)}
    listed = {"parameters": parameters, "responses": ok(group(items=of(record)))}
    one = {"parameters": key(TEXT), "get": {"responses": ok(record)}}
    api = start({"/records": {"get": listed, "post": made}, "/records/{id}": one})
    for views, title in enumerate(("one", "two", "three")):
        api.post("/records", json={"title": title, "views": views})
    shown = api.get("/records", params={"filter": expression, "sort": "views"}).json()["items"]
    assert [each["title"] for each in shown] == titles
