"""Dialects of lists: whatever a contract declares pages to the end, each item once, and says the truth of itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from understudy.sandbox import Sandbox, Settings

NUMBER: dict[str, Any] = {"type": "integer"}
TEXT: dict[str, Any] = {"type": "string"}
FLAG: dict[str, Any] = {"type": "boolean"}
URL: dict[str, Any] = {"type": ["string", "null"], "format": "uri"}
MAYBE: dict[str, Any] = {"type": ["string", "null"]}
BOAT: dict[str, Any] = {
    "type": "object",
    "properties": {"id": NUMBER, "title": TEXT, "length": NUMBER, "size": TEXT},
}
NEW = {"type": "object", "properties": {"title": TEXT, "length": NUMBER, "size": TEXT}}
BOATS = {"type": "array", "items": BOAT}

Start = Callable[..., httpx.Client]


def group(*required: str, **members: Any) -> dict[str, Any]:
    """Return the schema of an object, all of whose members have to be there unless some are named."""
    return {"type": "object", "required": list(required or members), "properties": members}


@pytest.fixture
def start(sandbox: Callable[..., Sandbox], serve: Start) -> Start:
    """Serve seven boats, whose list takes parameters and answers an envelope."""

    def start(parameters: list[dict[str, Any]], envelope: Any = BOATS, **more: Any) -> httpx.Client:
        ok = {"description": "", "content": {"application/json": {"schema": envelope}}, **more}
        one = {"description": "", "content": {"application/json": {"schema": BOAT}}}
        post = {
            "requestBody": {"content": {"application/json": {"schema": NEW}}},
            "responses": {"201": one},
        }
        key = [{"name": "id", "in": "path", "required": True, "schema": NUMBER}]
        paths = {
            "/boats": {"get": {"parameters": parameters, "responses": {"200": ok}}, "post": post},
            "/boats/{id}": {"parameters": key, "get": {"responses": {"200": one}}},
        }
        client = serve(sandbox(paths=paths, settings=Settings()))
        for number in range(1, 8):
            client.post("/boats", json={"title": f"t{number}", "length": number, "size": "SML"[number % 3]})
        return client

    return start


def query(**parameters: Any) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": schema} for name, schema in parameters.items()]


PAGEABLE = query(pageable=group("page", page=NUMBER, size=NUMBER, sort={"type": "array", "items": TEXT}))
SPRING = group(
    content=BOATS,
    totalElements=NUMBER,
    totalPages=NUMBER,
    first=FLAG,
    last=FLAG,
    empty=FLAG,
    size=NUMBER,
    number=NUMBER,
    numberOfElements=NUMBER,
    sort=group(sorted=FLAG, unsorted=FLAG, empty=FLAG),
    pageable=group(pageNumber=NUMBER, pageSize=NUMBER, offset=NUMBER, paged=FLAG, unpaged=FLAG),
)
LARAVEL = group(
    data=BOATS,
    links=group(first=URL, last=URL, prev=URL, next=URL),
    meta=group(
        **{"current_page": NUMBER, "from": NUMBER, "last_page": NUMBER, "per_page": NUMBER},
        to=NUMBER,
        total=NUMBER,
    ),
)
HYDRA = group(
    **{
        "hydra:member": BOATS,
        "hydra:totalItems": NUMBER,
        "hydra:view": group(
            "@id", **{"@id": TEXT, "hydra:first": TEXT, "hydra:next": TEXT, "hydra:previous": TEXT}
        ),
    }
)
OPENAI = group(data=BOATS, first_id=MAYBE, last_id=MAYBE, has_more=FLAG)


def shown(answer: httpx.Response) -> list[int]:
    assert answer.status_code == 200, answer.text
    body = answer.json()
    if isinstance(body, dict):
        body = next(value for value in body.values() if isinstance(value, list))
    return [item["length"] for item in body]


def test_every_member_of_springs_page_is_true(start: Start) -> None:
    boats = start(PAGEABLE, SPRING)
    got = boats.get("/boats?page=1&size=3&sort=length,desc").json()
    assert [one["length"] for one in got.pop("content")] == [4, 3, 2]
    assert got == {
        "totalElements": 7,
        "totalPages": 3,
        "first": False,
        "last": False,
        "empty": False,
        "size": 3,
        "number": 1,
        "numberOfElements": 3,
        "sort": {"sorted": True, "unsorted": False, "empty": False},
        "pageable": {"pageNumber": 1, "pageSize": 3, "offset": 3, "paged": True, "unpaged": False},
    }
    last = boats.get("/boats?page=2&size=3").json()
    assert (last["last"], last["numberOfElements"], last["sort"]["sorted"]) == (True, 1, False)
    beyond = boats.get("/boats?page=9&size=3").json()
    assert (beyond["empty"], beyond["numberOfElements"], beyond["totalElements"]) == (True, 0, 7)
    assert (beyond["number"], beyond["last"], beyond["content"]) == (9, True, [])
    assert (beyond["pageable"]["pageNumber"], beyond["pageable"]["offset"]) == (9, 27)


HREF = group(href=URL)
HATEOAS = group(
    _embedded=group(boatList=BOATS),
    _links=group(first=HREF, last=HREF, prev=HREF, next=HREF),
    page=group(size=NUMBER, number=NUMBER, totalElements=NUMBER, totalPages=NUMBER),
)


def test_beside_a_link_to_the_first_page_size_is_that_of_a_page(start: Start) -> None:
    boats = start(PAGEABLE, HATEOAS)
    page = boats.get("/boats?page=2&size=3").json()["page"]
    assert page == {"size": 3, "number": 2, "totalElements": 7, "totalPages": 3}


@pytest.mark.parametrize(("name", "pages"), [("totalPages", 0), ("pages", 0), ("last_page", 1)])
def test_what_is_empty_has_no_page_but_a_last_one(start: Start, name: str, pages: int) -> None:
    around = group(data=BOATS, meta=group(**{"total": NUMBER, name: NUMBER}))
    boats = start(query(page=NUMBER, per_page=NUMBER, title=TEXT), around)
    assert boats.get("/boats?title=none").json() == {"data": [], "meta": {"total": 0, name: pages}}


def test_no_items_are_shown_where_none_are_asked_for_and_all_are_counted(start: Start) -> None:
    boats = start(query(limit=NUMBER, skip=NUMBER), group(data=BOATS, total=NUMBER, limit=NUMBER))
    assert boats.get("/boats?limit=0").json() == {"data": [], "total": 7, "limit": 0}
    assert len(boats.get("/boats?limit=-1").json()["data"]) == 7


def test_a_paginator_of_laravel_adds_up(start: Start) -> None:
    boats = start(query(page=NUMBER, per_page=NUMBER), LARAVEL)
    got = boats.get("/boats?page=2&per_page=3").json()
    assert got["meta"] == {"current_page": 2, "from": 4, "last_page": 3, "per_page": 3, "to": 6, "total": 7}
    assert shown(boats.get(got["links"]["next"])) == [1]
    assert boats.get("/boats?page=3&per_page=3").json()["links"]["next"] is None
    beyond = boats.get("/boats?page=9&per_page=3").json()
    assert (beyond["meta"]["current_page"], beyond["data"]) == (9, [])
    assert shown(boats.get(beyond["links"]["prev"])) == [1]


ITEMS_FIRST = group(
    data=BOATS,
    pagination=group(
        currentPage=NUMBER, currentPageItems=NUMBER, pageSize=NUMBER, pagesTotal=NUMBER, itemsTotal=NUMBER
    ),
)
RETURNED = group(data=BOATS, returnedResults=NUMBER, totalResults=NUMBER)


def test_a_page_is_counted_where_the_noun_stands_first(start: Start) -> None:
    boats = start(query(currentPage=NUMBER, pageSize=NUMBER), ITEMS_FIRST)
    got = boats.get("/boats?currentPage=3&pageSize=3").json()["pagination"]
    assert got == {"currentPage": 3, "currentPageItems": 1, "pageSize": 3, "pagesTotal": 3, "itemsTotal": 7}


def test_what_is_returned_is_counted_beside_all_there_is(start: Start) -> None:
    boats = start(query(offset=NUMBER, limit=NUMBER), RETURNED)
    got = boats.get("/boats?limit=3").json()
    assert (got["returnedResults"], got["totalResults"]) == (3, 7)


def test_pages_are_asked_for_by_a_page_num(start: Start) -> None:
    boats = start(query(pageNum=NUMBER, pageSize=NUMBER))
    assert shown(boats.get("/boats?pageNum=2&pageSize=3")) == [4, 3, 2]


BUTTON = group(url=MAYBE, label=TEXT, active=FLAG)
BUTTONS = group(
    data=BOATS,
    current_page=NUMBER,
    per_page=NUMBER,
    path=TEXT,
    links={"type": "array", "items": BUTTON},
    total=NUMBER,
)


def test_the_buttons_of_a_paginator_lead_to_its_pages(start: Start) -> None:
    boats = start(query(page=NUMBER, per_page=NUMBER), BUTTONS)
    got = boats.get("/boats?page=2&per_page=3").json()
    assert got["path"] == str(boats.base_url.join("/boats"))
    labels = [(one["label"], one["active"]) for one in got["links"]]
    numbers = [("1", False), ("2", True), ("3", False)]
    assert labels == [("&laquo; Previous", False), *numbers, ("Next &raquo;", False)]
    assert [shown(boats.get(one["url"])) for one in got["links"]] == [
        [7, 6, 5],
        [7, 6, 5],
        [4, 3, 2],
        [1],
        [1],
    ]
    first = boats.get("/boats?per_page=3").json()["links"]
    assert (first[0]["url"], first[1]["active"]) == (None, True)


def test_of_many_pages_the_nearest_have_buttons(start: Start) -> None:
    boats = start(query(page=NUMBER, per_page=NUMBER), BUTTONS)
    for number in range(13):
        boats.post("/boats", json={"title": "t", "length": number, "size": "S"})
    links = boats.get("/boats?page=10&per_page=1").json()["links"]
    near = [str(number) for number in range(7, 14)]
    assert [one["label"] for one in links[1:-1]] == ["1", "2", "...", *near, "...", "19", "20"]
    assert [one["url"] for one in links if one["label"] == "..."] == [None, None]


def test_a_view_of_hydra_leads_to_the_end(start: Start) -> None:
    boats = start(query(page=NUMBER, itemsPerPage=NUMBER), HYDRA)
    got = boats.get("/boats?itemsPerPage=4").json()
    assert got["hydra:totalItems"] == 7
    following = boats.get(got["hydra:view"]["hydra:next"]).json()
    assert [one["length"] for one in following["hydra:member"]] == [3, 2, 1]
    assert "hydra:next" not in following["hydra:view"]


WORDS: dict[str, Any] = {"type": "array", "items": TEXT}
QUESTIONS = group(
    "data",
    "meta",
    data=BOATS,
    links=group("next", current=TEXT, next=MAYBE),
    meta=group(
        "total",
        "select",
        total=NUMBER,
        sortBy={"type": "array", "items": WORDS},
        search={"type": "string", "maxLength": 5},
        select=WORDS,
        filter={"type": "object", "properties": {"length": TEXT}},
        status={"enum": ["fine"]},
    ),
)


def test_what_a_list_was_asked_with_is_said_again_and_nothing_made_up(start: Start) -> None:
    asked = {"page": NUMBER, "limit": NUMBER, "sortBy": WORDS, "search": TEXT, "select": WORDS}
    boats = start(query(**asked, **{"filter.length": WORDS}), QUESTIONS)
    plain = boats.get("/boats?limit=2").json()
    assert {name: plain["meta"][name] for name in plain["meta"] if name != "status"} == {
        "total": 7,
        "select": [],
    }
    got = boats.get("/boats?sortBy=length:DESC&search=t&filter.length=$gte:5&limit=2")
    assert got.json()["meta"] == plain["meta"] | {
        "total": 3,
        "sortBy": [["length", "DESC"]],
        "search": "t",
        "filter": {"length": "$gte:5"},
    }
    assert shown(got) == [7, 6]
    assert httpx.URL(got.json()["links"]["current"]).params["search"] == "t"
    too_long = boats.get("/boats?search=t+t+t+t+t").json()
    assert "search" not in too_long["meta"]  # which its schema does not take


FACTS = group(total=NUMBER, total_pages=NUMBER, first_page=NUMBER, page=NUMBER, next_page=NUMBER)


def test_a_header_may_hold_an_object_of_facts_about_the_page(start: Start) -> None:
    headers = {"X-Pagination": {"schema": {**FACTS, "required": []}}}
    boats = start(query(page=NUMBER, page_size=NUMBER), headers=headers)
    first = boats.get("/boats?page=1&page_size=4")
    facts = {"total": 7, "total_pages": 2, "first_page": 1, "page": 1}
    assert json.loads(first.headers["X-Pagination"]) == {**facts, "next_page": 2}
    last = boats.get("/boats?page=2&page_size=4")
    assert json.loads(last.headers["X-Pagination"]) == {**facts, "page": 2}


def test_the_ids_of_a_page_are_those_it_shows(start: Start) -> None:
    boats = start(query(after=TEXT, before=TEXT, limit=NUMBER), OPENAI)
    got = boats.get("/boats?limit=3").json()
    assert (got["first_id"], got["last_id"]) == (str(got["data"][0]["id"]), str(got["data"][-1]["id"]))
    following = boats.get(f"/boats?limit=3&after={got['last_id']}").json()
    assert [one["length"] for one in following["data"]] == [4, 3, 2]
    back = boats.get(f"/boats?limit=2&before={following['first_id']}").json()
    assert [one["length"] for one in back["data"]] == [6, 5]


@pytest.mark.parametrize("size", range(1, 9))
@pytest.mark.parametrize(
    "dialect",
    [
        (query(**{"$top": NUMBER, "$skip": NUMBER}), group("value", **{"value": BOATS, "@odata.nextLink": TEXT}),
         "$top={}", lambda got: got.get("@odata.nextLink")),
        (query(limit=NUMBER, **{"continue": TEXT}),
         group("items", items=BOATS, metadata=group("x", **{"continue": TEXT, "remainingItemCount": NUMBER})),
         "limit={}", lambda got: got["metadata"].get("continue") and "?limit={}&continue=" + got["metadata"]["continue"]),
        (query(limit=NUMBER, cursor=TEXT), group("items", items=BOATS, response_metadata=group(next_cursor=TEXT)),
         "limit={}", lambda got: got["response_metadata"]["next_cursor"]
         and "?limit={}&cursor=" + got["response_metadata"]["next_cursor"]),
        (query(**{"pagination[page]": NUMBER, "pagination[pageSize]": NUMBER}),
         group(data=BOATS, links=group("x", next={"type": "string", "format": "uri"})),
         "pagination[pageSize]={}", lambda got: got["links"].get("next")),
        (PAGEABLE, group("content", content=BOATS, _links=group("x", next=group(href=TEXT))),
         "page=0&size={}", lambda got: got["_links"].get("next", {}).get("href")),
        (query(page=NUMBER, limit=NUMBER),
         group("docs", docs=BOATS, nextPage={"type": ["integer", "null"]}),
         "limit={}", lambda got: got["nextPage"] and "?limit={}&page=" + str(got["nextPage"])),
    ],
    ids=["odata", "kubernetes", "slack", "strapi", "spring", "mongoose"],
)  # fmt: skip
def test_each_item_is_met_once_whatever_the_size(
    start: Start, size: int, dialect: tuple[Any, Any, str, Callable[[Any], Any]]
) -> None:
    parameters, envelope, first, following = dialect
    boats = start(parameters, envelope)
    url, met = f"/boats?{first}".format(size), []
    for _ in range(9):
        answer = boats.get(url)
        met += shown(answer)
        link = following(answer.json())
        if not link:
            break
        url = link.format(size) if link.startswith("http") else f"/boats{link}".format(size)
    assert met == [7, 6, 5, 4, 3, 2, 1]


def test_a_range_of_rows_is_asked_for_in_a_header(start: Start) -> None:
    parameters = [{"name": "Range", "in": "header", "schema": TEXT}]
    headers = {"Content-Range": {"schema": TEXT}}
    boats = start(parameters, headers=headers)
    answer = boats.get("/boats", headers={"Range": "2-4"})
    assert (shown(answer), answer.headers["content-range"]) == ([5, 4, 3], "2-4/7")


def test_a_list_of_texts_has_those_in_use(sandbox: Callable[..., Sandbox], serve: Start) -> None:
    texts = {"type": "array", "items": TEXT}
    short = {"type": "array", "items": {"type": "string", "maxLength": 5}}
    post = group("title", title=TEXT, tagList=texts, category=TEXT)
    saved = group("id", id=NUMBER, title=TEXT, tagList=texts, category=TEXT)

    def ok(schema: Any) -> dict[str, Any]:
        return {
            "responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}
        }

    body = {"requestBody": {"content": {"application/json": {"schema": post}}}}
    key = [{"name": "id", "in": "path", "required": True, "schema": NUMBER}]
    paths = {
        "/posts": {"get": ok({"type": "array", "items": saved}), "post": {**ok(saved), **body}},
        "/posts/{id}": {
            "parameters": key,
            "get": ok(saved),
            "delete": {"responses": {"204": {"description": ""}}},
        },
        "/posts/categories": {"get": ok(short)},
        "/tags": {"get": {"parameters": query(limit=NUMBER, offset=NUMBER), **ok(group("tags", tags=texts))}},
        "/posts/tags": {"get": ok(group("data", success=FLAG, data=texts))},
    }
    client = serve(sandbox(paths=paths, settings=Settings()))
    assert client.get("/tags").json() == {"tags": []}
    client.post("/posts", json={"title": "a", "tagList": ["red", "old"], "category": "sails"})
    last = client.post("/posts", json={"title": "b", "tagList": ["new", "red"], "category": "much too long"})
    assert sorted(client.get("/tags").json()["tags"]) == ["new", "old", "red"]
    assert len(client.get("/tags?limit=2&offset=2").json()["tags"]) == 1
    assert sorted(client.get("/posts/tags").json()["data"]) == ["new", "old", "red"]
    assert client.get("/posts/categories").json() == ["sails"]
    client.delete(f"/posts/{last.json()['id']}")
    assert sorted(client.get("/tags").json()["tags"]) == ["old", "red"]


def test_a_size_beside_the_number_of_a_page_is_what_was_asked_for(start: Start) -> None:
    page = group("items", items=BOATS, total=NUMBER, page=NUMBER, size=NUMBER, pages=NUMBER)
    last = start(query(page=NUMBER, size=NUMBER), page).get("/boats?page=3&size=3").json()
    assert len(last["items"]) == 1
    assert (last["size"], last["page"], last["pages"]) == (3, 3, 3)


def test_a_cursor_in_a_body_leads_to_the_end(sandbox: Callable[..., Sandbox], serve: Start) -> None:
    page = group("data", data=BOATS, next_cursor=MAYBE, has_more=FLAG)

    def post(sent: Any, schema: Any) -> dict[str, Any]:
        ok = {"description": "", "content": {"application/json": {"schema": schema}}}
        body = {"content": {"application/json": {"schema": sent}}}
        return {"post": {"requestBody": body, "responses": {"200": ok}}}

    asked = {"type": "object", "properties": {"limit": NUMBER, "cursor": TEXT, "size": TEXT}}
    paths = {"/boats/create": post(NEW, BOAT), "/boats/list": post(asked, page)}
    client = serve(sandbox(paths=paths, settings=Settings()))
    for number in range(1, 8):
        client.post("/boats/create", json={"title": "t", "length": number, "size": "SML"[number % 3]})
    met, body = [], {"limit": 3}
    for _ in range(9):
        got = client.post("/boats/list", json=body).json()
        met += [one["length"] for one in got["data"]]
        if not got["has_more"]:
            break
        body = {"limit": 3, "cursor": got["next_cursor"]}
    assert met == [7, 6, 5, 4, 3, 2, 1]
    small = client.post("/boats/list", json={"size": "S"}).json()["data"]
    assert [one["length"] for one in small] == [6, 3]


def test_a_view_shows_those_alone_that_are_so(sandbox: Callable[..., Sandbox], serve: Start) -> None:
    note = group("id", id=NUMBER, title=TEXT, archived=FLAG)

    def ok(schema: Any) -> dict[str, Any]:
        return {
            "responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}
        }

    body = {"requestBody": {"content": {"application/json": {"schema": group(title=TEXT, archived=FLAG)}}}}
    key = [{"name": "id", "in": "path", "required": True, "schema": NUMBER}]
    notes = ok({"type": "array", "items": note})
    paths = {
        "/notes": {"get": notes, "post": {**ok(note), **body}},
        "/notes/{id}": {"parameters": key, "get": ok(note)},
        "/notes/archived": {"get": notes},
    }
    client = serve(sandbox(paths=paths, settings=Settings()))
    for title, archived in (("a", True), ("b", False), ("c", True)):
        client.post("/notes", json={"title": title, "archived": archived})
    assert [one["title"] for one in client.get("/notes/archived").json()] == ["c", "a"]
    assert len(client.get("/notes").json()) == 3


def test_two_dialects_may_be_mixed(start: Start) -> None:
    parameters = query(length__gt=NUMBER, sort=TEXT, search=TEXT, **{"$filter": TEXT, "length[lte]": NUMBER})
    boats = start([*parameters, *query(size=TEXT, limit=NUMBER)])
    assert shown(boats.get("/boats?length__gt=2&length[lte]=5&sort=length:asc")) == [3, 4, 5]
    assert shown(boats.get("/boats?$filter=length gt 2 and length lt 6&sort=-length&limit=2")) == [5, 4]
    assert shown(boats.get("/boats?search=t3")) == [3]
    assert shown(boats.get("/boats?size=M&sort=length")) == [1, 4, 7]
    assert shown(boats.get("/boats?$filter=colour eq 'red'")) == []


def test_a_success_says_nothing_that_nobody_knows(start: Start) -> None:
    envelope = group(
        "boats",
        "errors",
        boats=BOATS,
        boatsCount=NUMBER,
        errors={"type": "array", "items": TEXT},
        warning=MAYBE,
        error=TEXT,
        next_cursor=TEXT,
        unread_count=NUMBER,
    )
    got = start([], envelope).get("/boats").json()
    assert got.pop("boats")
    assert got == {"boatsCount": 7, "errors": [], "warning": None}


def test_rows_are_chosen_changed_and_deleted_by_comparisons_in_values(
    sandbox: Callable[..., Sandbox], serve: Start
) -> None:
    whole = {**BOAT, "required": ["id", "title"]}
    rows = query(id=TEXT, title=TEXT)
    prefer = {"name": "Prefer", "in": "header", "schema": {"enum": ["return=minimal"]}}
    body = {"content": {"application/json": {"schema": whole}}}
    gone = {"responses": {"204": {"description": ""}}}
    listed = {
        "description": "",
        "content": {"application/json": {"schema": {"type": "array", "items": whole}}},
    }
    table = {
        "get": {"parameters": [*rows, *query(order=TEXT, select=TEXT)], "responses": {"200": listed}},
        "post": {"requestBody": body, "responses": {"201": {"description": ""}}},
        "patch": {"parameters": [*rows, prefer], "requestBody": body, **gone},
        "delete": {"parameters": [*rows, prefer], **gone},
    }
    boats = serve(sandbox(paths={"/boat": table}, settings=Settings()))
    for number, title in enumerate(("Swan", "Tern", "Gull"), start=1):
        boats.post("/boat", json={"id": number, "title": title, "length": 10 * number})
    assert shown(boats.get("/boat?id=gte.2&order=title.desc")) == [20, 30]
    assert boats.patch("/boat?title=ilike.*ER*", json={"length": 7}).status_code == 204
    assert shown(boats.get("/boat?order=id")) == [10, 7, 30]
    assert boats.delete("/boat?id=in.(1,2)").status_code == 204
    assert shown(boats.get("/boat")) == [30]
    assert boats.post("/boat", json={"length": 7}).status_code == 400


def test_a_default_that_is_sent_chooses_and_one_that_is_not_does_not(start: Start) -> None:
    boats = start(query(size={"type": "string", "default": "S"}, title={"type": "string", "default": "all"}))
    assert len(shown(boats.get("/boats"))) == 7
    assert shown(boats.get("/boats?size=S")) == [6, 3]
    assert len(shown(boats.get("/boats?title=all"))) == 7


@pytest.mark.parametrize("name", ["fields", "$select", "opt_fields", "fields[boats]"])
def test_members_that_are_not_asked_for_are_left_out_where_they_may_be(start: Start, name: str) -> None:
    boats = start(query(**{name: TEXT}))
    got = boats.get(f"/boats?{name}=length,colour").json()[0]
    assert got.keys() == {"id", "length"}
    assert boats.get(f"/boats?{name}=*").json()[0].keys() == BOAT["properties"].keys()
    assert boats.get(f"/boats?{name}=colour").json()[0].keys() == BOAT["properties"].keys()


def test_members_that_have_to_be_there_stay(sandbox: Callable[..., Sandbox], serve: Start) -> None:
    whole = {**BOAT, "required": ["title"]}
    ok = {"description": "", "content": {"application/json": {"schema": whole}}}
    key = {"name": "id", "in": "path", "required": True, "schema": NUMBER}
    one = {"get": {"parameters": [key, *query(fields=TEXT)], "responses": {"200": ok}}}
    boats = serve(sandbox(paths={"/boats/{id}": one}, settings=Settings()))
    assert boats.get("/boats/7?fields=size").json().keys() == {"id", "title", "size"}


@pytest.mark.parametrize("schema", [NUMBER, group(count=NUMBER), group(productCount={"type": "number"})])
def test_a_count_below_a_list_counts_what_its_filters_let_through(
    sandbox: Callable[..., Sandbox], serve: Start, schema: dict[str, Any]
) -> None:
    def ok(answer: Any) -> dict[str, Any]:
        return {"200": {"description": "", "content": {"application/json": {"schema": answer}}}}

    paths = {
        "/boats": {
            "get": {"responses": ok(BOATS)},
            "post": {
                "requestBody": {"content": {"application/json": {"schema": NEW}}},
                "responses": ok(BOAT),
            },
        },
        "/boats/count": {"get": {"parameters": query(size=TEXT), "responses": ok(schema)}},
        "/boats/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": NUMBER}],
            "get": {"responses": ok(BOAT)},
        },
    }
    boats = serve(sandbox(paths=paths, settings=Settings()))
    for size in "SML" + "SM":
        boats.post("/boats", json={"title": "a", "length": 1, "size": size})

    def counted(url: str) -> Any:
        got = boats.get(url).json()
        return next(iter(got.values())) if isinstance(got, dict) else got

    assert (counted("/boats/count"), counted("/boats/count?size=S")) == (5, 2)


SCIM = group(Resources=BOATS, totalResults=NUMBER, startIndex=NUMBER, itemsPerPage=NUMBER)


def test_an_index_that_begins_at_one_leaves_out_nothing(start: Start) -> None:
    first = {"type": "integer", "default": 1}
    client = start(query(startIndex=first, count=NUMBER), SCIM)
    seen = []
    for index in (1, 4, 7):
        page = client.get("/boats", params={"startIndex": index, "count": 3}).json()
        assert (page["startIndex"], page["totalResults"]) == (index, 7)
        seen += [boat["title"] for boat in page["Resources"]]
    assert sorted(seen) == [f"t{number}" for number in range(1, 8)]
    assert [boat["title"] for boat in client.get("/boats").json()["Resources"]] == seen


def test_members_that_are_excluded_are_left_out(start: Start) -> None:
    for name, value in (("exclude", "title,size"), ("omit", "title,size"), ("fields", "-title,-size")):
        api = start(query(**{name: TEXT}))
        assert set(api.get("/boats", params={name: value}).json()[0]) == {"id", "length"}


@pytest.mark.parametrize(
    ("asked", "told", "limit"),
    [
        ("start_cursor", "next_cursor", "page_size"),
        ("ExclusiveStartKey", "LastEvaluatedKey", "Limit"),
        ("after_id", "last_id", "limit"),
    ],
)
def test_a_cursor_by_any_of_its_names_leads_to_the_end(
    start: Start, asked: str, told: str, limit: str
) -> None:
    envelope = group("items", items=BOATS, has_more=FLAG, **{told: MAYBE})
    client = start(query(**{asked: TEXT, limit: NUMBER}), envelope)
    seen, cursor = [], None
    for _ in range(4):
        params = {limit: 3} | ({asked: cursor} if cursor else {})
        page = client.get("/boats", params=params).json()
        seen += [boat["title"] for boat in page["items"]]
        cursor = page.get(told)
        if not cursor or page.get("has_more") is False:
            break
    assert sorted(seen) == [f"t{number}" for number in range(1, 8)]


@pytest.mark.parametrize(("offset", "limit"), [("SkipCount", "MaxResultCount"), ("start", "count")])
def test_an_offset_by_any_of_its_names_leaves_out_nothing(start: Start, offset: str, limit: str) -> None:
    client = start(query(**{offset: NUMBER, limit: NUMBER}))
    seen = []
    for number in (0, 3, 6):
        seen += [one["title"] for one in client.get("/boats", params={offset: number, limit: 3}).json()]
    assert sorted(seen) == [f"t{number}" for number in range(1, 8)]


def test_a_length_that_items_have_is_no_number_of_items(start: Start) -> None:
    client = start(query(length=NUMBER, start=NUMBER))
    assert [boat["title"] for boat in client.get("/boats", params={"length": 3}).json()] == ["t3"]


def test_a_body_that_asks_for_a_list_elsewhere_pages_and_filters_it(
    sandbox: Callable[..., Sandbox], serve: Start
) -> None:
    envelope = group("items", items=BOATS, nextCursor=MAYBE)
    body = {"content": {"application/json": {"schema": group("size", size=TEXT, cursor=TEXT, limit=NUMBER)}}}
    one = {"description": "", "content": {"application/json": {"schema": BOAT}}}
    post = {"requestBody": {"content": {"application/json": {"schema": NEW}}}, "responses": {"201": one}}
    many = {"description": "", "content": {"application/json": {"schema": envelope}}}
    key = [{"name": "id", "in": "path", "required": True, "schema": NUMBER}]
    paths = {
        "/boats": {"get": {"responses": {"200": many}}, "post": post},
        "/boats/{id}": {"parameters": key, "get": {"responses": {"200": one}}},
        "/query": {"post": {"requestBody": body, "responses": {"200": many}}},
    }
    client = serve(sandbox(paths=paths, settings=Settings()))
    for number in range(1, 6):
        client.post("/boats", json={"title": f"t{number}", "size": "SM"[number % 2]})
    first = client.post("/query", json={"size": "M", "limit": 2}).json()
    second = client.post("/query", json={"size": "M", "limit": 2, "cursor": first["nextCursor"]}).json()
    assert sorted(boat["title"] for boat in first["items"] + second["items"]) == ["t1", "t3", "t5"]
    assert not second.get("nextCursor")


def test_a_filter_that_is_called_as_a_relationship_looks_at_what_it_links_to(
    sandbox: Callable[..., Sandbox], serve: Start
) -> None:
    link = {
        "type": "object",
        "properties": {"data": {"type": "object", "properties": {"id": TEXT, "type": TEXT}}},
    }
    boat = {
        "type": "object",
        "properties": {
            "id": TEXT,
            "attributes": {"type": "object", "properties": {"locale": TEXT}},
            "relationships": {"type": "object", "properties": {"owner": link}},
        },
    }
    one = {"type": "object", "required": ["data"], "properties": {"data": boat}}
    many = {"type": "object", "required": ["data"], "properties": {"data": {"type": "array", "items": boat}}}
    said = {
        name: {"description": "", "content": {"application/json": {"schema": one}}} for name in ("200", "201")
    }
    asked = [{"name": f"filter[{name}]", "in": "query", "schema": TEXT} for name in ("owner", "locale")]
    listed = {"200": {"description": "", "content": {"application/json": {"schema": many}}}}
    create = {
        "requestBody": {"content": {"application/json": {"schema": one}}},
        "responses": {"201": said["201"]},
    }
    key = [{"name": "id", "in": "path", "required": True, "schema": TEXT}]
    paths = {
        "/boats": {"get": {"parameters": asked, "responses": listed}, "post": create},
        "/boats/{id}": {"parameters": key, "get": {"responses": {"200": said["200"]}}},
    }
    client = serve(sandbox(paths=paths, settings=Settings()))
    keys = []
    for owner, locale in (("7", "en"), ("8", "de")):
        links = {"owner": {"data": {"id": owner, "type": "users"}}}
        sent = {"data": {"attributes": {"locale": locale}, "relationships": links}}
        keys.append(client.post("/boats", json=sent).json()["data"]["id"])
    for query, expected in (({"filter[owner]": "8"}, keys[1]), ({"filter[locale]": "en"}, keys[0])):
        found = client.get("/boats", params=query).json()["data"]
        assert [one["id"] for one in found] == [expected]


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_cursor_that_is_a_number_is_walked_to_the_end(start: Start, wrapped: bool) -> None:
    following = {"type": ["integer", "null"]}
    envelope = group(items=BOATS, next_cursor=following) if wrapped else BOATS
    client = start(query(page_size=NUMBER, cursor=NUMBER), envelope)
    asked: dict[str, Any] = {"page_size": 3}
    seen, pages = [], 0
    while asked:
        answer = client.get("/boats", params=asked)
        told = answer.json()
        items = told["items"] if wrapped else told
        seen += [one["title"] for one in items]
        pages += 1
        if wrapped:
            asked = {"page_size": 3, "cursor": told["next_cursor"]} if told["next_cursor"] else {}
        else:
            url = answer.links.get("next", {}).get("url", "")
            asked = dict(httpx.URL(url).params) if url else {}
    assert (pages, seen) == (3, [f"t{number}" for number in range(7, 0, -1)])


WHERE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "object", "properties": {"equals": TEXT}},
        "length": {"type": "object", "properties": {"greater_than": NUMBER, "less_than_equal": NUMBER}},
        "or": {"type": "array", "items": {"type": "object"}},
    },
}


@pytest.mark.parametrize(
    ("parameter", "asked", "lengths"),
    [
        (query(filter={"type": "array", "items": TEXT}), "filter=length||$gt||5", [6, 7]),
        (query(filter={"type": "array", "items": TEXT}), "filter=length,gt,2&filter=length,lt,5", [3, 4]),
        (query(filter={"type": "array", "items": TEXT}), "filter=colour||eq||red", [1, 2, 3, 4, 5, 6, 7]),
        (query(s=TEXT), 's={"length":{"$gte":6}}', [6, 7]),
        (query(searchString=TEXT), "searchString=t3", [3]),
        (query(**{"filter.length": TEXT}), "filter.length=$gte:6", [6, 7]),
        (query(where=WHERE), "where[length][less_than_equal]=2", [1, 2]),
        (query(where=WHERE), "where[or][0][title][equals]=t1&where[or][1][length][greater_than]=6", [1, 7]),
    ],
)
def test_conditions_are_read_in_the_grammar_that_is_declared(
    start: Start, parameter: list[dict[str, Any]], asked: str, lengths: list[int]
) -> None:
    for one in parameter:
        one.update({"style": "deepObject", "explode": True} if one["name"] == "where" else {})
        one["description"] = "Format: filter.length=$eq:4" if "." in one["name"] else ""
    assert sorted(shown(start(parameter).get(f"/boats?{asked}"))) == lengths


def test_a_page_says_its_own_address_and_a_first_number_though_it_is_empty(start: Start) -> None:
    envelope = group(data=BOATS, pagingCounter=NUMBER, current={"type": "string", "format": "uri"})
    got = start(query(page=NUMBER, limit=NUMBER, title=TEXT), envelope).get("/boats?title=none").json()
    assert (got["data"], got["pagingCounter"]) == ([], 1)
    assert got["current"].endswith("/boats?title=none")


def test_places_before_and_after_are_both_cursors_or_both_addresses(start: Start) -> None:
    envelope = group("data", data=BOATS, next_page=MAYBE, previous_page=MAYBE, current_page_backwards=MAYBE)
    boats = start(query(cursor=TEXT, limit=NUMBER), envelope)
    second = boats.get(
        "/boats", params={"limit": 2, "cursor": boats.get("/boats?limit=2").json()["next_page"]}
    )
    before = boats.get("/boats", params={"limit": 2, "cursor": second.json()["previous_page"]})
    assert (shown(second), shown(before)) == ([5, 4], [7, 6])
    assert second.json()["current_page_backwards"] is None


def test_amounts_in_texts_are_ordered_as_numbers(sandbox: Callable[..., Sandbox], serve: Start) -> None:
    lamp = group("id", id=NUMBER, price=TEXT, serial=TEXT)
    ok = {"description": "", "content": {"application/json": {"schema": {"type": "array", "items": lamp}}}}
    one = {"description": "", "content": {"application/json": {"schema": lamp}}}
    body = {"content": {"application/json": {"schema": group(price=TEXT, serial=TEXT)}}}
    paths = {
        "/lamps": {
            "get": {"parameters": query(order_by=TEXT), "responses": {"200": ok}},
            "post": {"requestBody": body, "responses": {"201": one}},
        }
    }
    lamps = serve(sandbox(paths=paths, settings=Settings()))
    for text in ("9.5", "100", "19.90"):
        lamps.post("/lamps", json={"price": text, "serial": text})
    assert [lamp["price"] for lamp in lamps.get("/lamps?order_by=price").json()] == ["9.5", "19.90", "100"]
    assert [lamp["serial"] for lamp in lamps.get("/lamps?order_by=serial").json()] == ["100", "19.90", "9.5"]
