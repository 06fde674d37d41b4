"""Lists: pages of every kind visit each item once, what is declared filters and sorts, and envelopes and headers tell the truth."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from understudy.sandbox import Sandbox, Settings

PROPERTIES: dict[str, Any] = {
    "id": {"type": "string"},
    "name": {"type": "string"},
    "size": {"type": "integer"},
    "done": {"type": "boolean"},
    "tags": {"type": "array", "items": {"type": "string"}},
    "customer": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
    "limit": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "created_at": {"type": "string", "format": "date-time"},
    "labels": {
        "type": "array",
        "items": {"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}},
    },
}
TASK = {"type": "object", "required": ["id", "name"], "properties": PROPERTIES}
NEW = {"type": "object", "properties": {name: schema for name, schema in PROPERTIES.items() if name != "id"}}
INTEGER, TEXT = {"type": "integer"}, {"type": "string"}
TASKS = {"type": "array", "items": TASK}

Start = Callable[..., httpx.Client]


def envelope(**members: Any) -> dict[str, Any]:
    return {"type": "object", "required": ["data", *members], "properties": {"data": TASKS, **members}}


@pytest.fixture
def start(sandbox: Callable[..., Sandbox], serve: Start) -> Start:
    """Serve a list of seven tasks: `start({"limit": INTEGER}, envelope(total=INTEGER))`."""

    def start(
        parameters: dict[str, Any], schema: Any = TASKS, headers: dict[str, Any] | None = None, count: int = 7
    ) -> httpx.Client:
        query = [{"name": name, "in": "query", "schema": one} for name, one in parameters.items()]
        for parameter in query:
            if parameter["schema"].get("type") == "object":
                parameter["style"] = "deepObject"
        listed = {
            "description": "",
            "content": {"application/json": {"schema": schema}},
            "headers": headers or {},
        }
        one = {"description": "", "content": {"application/json": {"schema": TASK}}}
        collection = {
            "get": {"parameters": query, "responses": {"200": listed}},
            "post": {
                "requestBody": {"content": {"application/json": {"schema": NEW}}},
                "responses": {"201": one},
            },
        }
        place = [{"name": "taskId", "in": "path", "required": True, "schema": TEXT}]
        item = {"parameters": place, "get": {"responses": {"200": one}}}
        client = serve(sandbox(paths={"/tasks": collection, "/tasks/{taskId}": item}, settings=Settings()))
        for number in range(count):
            client.post("/tasks", json={"name": f"t{number}", "size": number % 3, "done": number % 2 == 0})
        return client

    return start


def names(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    got = answer.json()
    return [item["name"] for item in (got["data"] if isinstance(got, dict) else got)]


NEWEST_FIRST = [f"t{number}" for number in reversed(range(7))]


@pytest.mark.parametrize(
    ("parameters", "queries"),
    [
        ({"limit": INTEGER, "offset": INTEGER}, ["limit=3", "limit=3&offset=3", "limit=3&offset=6"]),
        ({"page": INTEGER, "per_page": INTEGER}, ["per_page=3", "per_page=3&page=2", "per_page=3&page=3"]),
        (
            {"page": {"type": "integer", "minimum": 0}, "size": INTEGER},
            ["size=3", "size=3&page=1", "size=3&page=2"],
        ),
        (
            {"pageNumber": INTEGER, "pageSize": INTEGER},
            ["pageSize=3", "pageSize=3&pageNumber=2", "pageSize=3&pageNumber=3"],
        ),
        ({"$top": INTEGER, "$skip": INTEGER}, ["$top=3", "$top=3&$skip=3", "$top=3&$skip=6"]),
        (
            {"page": {"type": "object", "properties": {"number": INTEGER, "size": INTEGER}}},
            ["page[size]=3", "page[size]=3&page[number]=2", "page[size]=3&page[number]=3"],
        ),
    ],
)
def test_pages_together_are_the_list(start: Start, parameters: dict[str, Any], queries: list[str]) -> None:
    tasks = start(parameters)
    pages = [names(tasks.get(f"/tasks?{query}")) for query in queries]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [name for page in pages for name in page] == NEWEST_FIRST


def walk(client: httpx.Client, following: Callable[[dict[str, Any]], str | None], url: str) -> Iterator[str]:
    for _ in range(10):
        answer = client.get(url)
        yield from names(answer)
        after = following(answer.json())
        if not after:
            return
        url = after
    raise AssertionError("the walk does not end")


@pytest.mark.parametrize(
    ("parameter", "member"),
    [("cursor", "next_cursor"), ("pageToken", "nextPageToken"), ("after", "next"), ("marker", "next_marker")],
)
def test_walk_along_cursors_visits_every_item_once(start: Start, parameter: str, member: str) -> None:
    tasks = start({parameter: TEXT, "limit": INTEGER}, envelope(**{member: {"type": ["string", "null"]}}))

    def following(got: dict[str, Any]) -> str | None:
        return f"/tasks?limit=3&{parameter}={got[member]}" if got[member] else None

    assert list(walk(tasks, following, "/tasks?limit=3")) == NEWEST_FIRST


def test_walk_after_the_last_items_id_visits_every_item_once(start: Start) -> None:
    tasks = start({"starting_after": TEXT, "limit": INTEGER}, envelope(has_more={"type": "boolean"}))

    def following(got: dict[str, Any]) -> str | None:
        return f"/tasks?limit=3&starting_after={got['data'][-1]['id']}" if got["has_more"] else None

    assert list(walk(tasks, following, "/tasks?limit=3")) == NEWEST_FIRST


def test_last_cursor_is_left_out_where_null_is_not_allowed(start: Start) -> None:
    optional = envelope() | {"properties": {"data": TASKS, "nextPageToken": TEXT}}
    tasks = start({"pageToken": TEXT, "maxResults": INTEGER}, optional)
    assert "nextPageToken" not in tasks.get("/tasks?maxResults=7").json()
    assert tasks.get("/tasks?maxResults=3").json()["nextPageToken"]


def test_envelope_tells_totals_and_pages(start: Start) -> None:
    members = {
        "total": INTEGER,
        "page": INTEGER,
        "per_page": INTEGER,
        "total_pages": INTEGER,
        "has_more": {"type": "boolean"},
    }
    tasks = start(
        {"page": INTEGER, "per_page": INTEGER},
        envelope(meta={"type": "object", "required": [*members], "properties": members}),
    )
    got = tasks.get("/tasks?per_page=3&page=2").json()["meta"]
    assert got == {"total": 7, "page": 2, "per_page": 3, "total_pages": 3, "has_more": True}
    assert tasks.get("/tasks?per_page=3&page=3").json()["meta"]["has_more"] is False


@pytest.mark.parametrize(
    "schema", [{"type": "string", "format": "uri"}, {"type": ["string", "null"], "format": "uri"}]
)
def test_links_of_an_envelope_lead_to_this_sandbox(start: Start, schema: Any) -> None:
    links = {
        "type": "object",
        "properties": {"self": schema, "next": schema, "prev": schema, "first": schema, "last": schema},
    }
    tasks = start({"page": INTEGER, "limit": INTEGER, "done": {"type": "boolean"}}, envelope(links=links))

    def following(got: dict[str, Any]) -> str | None:
        return str(got["links"].get("next") or "")

    assert list(walk(tasks, following, "/tasks?limit=3")) == NEWEST_FIRST
    got = tasks.get("/tasks?limit=3&page=2&done=true").json()["links"]
    assert names(tasks.get(got["prev"])) == ["t6", "t4", "t2"]
    assert names(tasks.get(got["self"])) == ["t0"]
    assert names(tasks.get(got["last"])) == ["t0"]


def test_hal_links_lead_to_this_sandbox(start: Start) -> None:
    link = {"type": "object", "required": ["href"], "properties": {"href": TEXT}}
    tasks = start(
        {"page": INTEGER, "limit": INTEGER},
        envelope(_links={"type": "object", "properties": {"self": link, "next": link}}),
    )
    got = tasks.get("/tasks?limit=3").json()["_links"]
    assert got["next"]["href"] == f"{str(tasks.base_url).rstrip('/')}/tasks?limit=3&page=2"
    assert names(tasks.get(got["next"]["href"])) == NEWEST_FIRST[3:6]


def test_link_header_leads_through_all_pages(start: Start) -> None:
    headers = {"Link": {"schema": TEXT}, "X-Total-Count": {"schema": INTEGER}}
    tasks = start({"page": INTEGER, "per_page": INTEGER}, headers=headers)
    answer = tasks.get("/tasks?per_page=3&page=2")
    links = {rel: url for url, rel in re.findall(r'<([^>]*)>; rel="(\w+)"', answer.headers["link"])}
    assert links.keys() == {"next", "prev", "first", "last"}
    assert [names(tasks.get(links[rel])) for rel in ("first", "next", "last")] == [
        NEWEST_FIRST[:3],
        ["t0"],
        ["t0"],
    ]
    assert answer.headers["x-total-count"] == "7"


@pytest.mark.parametrize("parameter", ["cursor", "after", "page_token"])
@pytest.mark.parametrize("schema", [TASKS, envelope(), envelope(total=INTEGER)])
def test_a_cursor_that_nothing_documented_would_tell_stands_in_a_link(
    start: Start, parameter: str, schema: Any
) -> None:
    tasks = start({parameter: TEXT, "limit": INTEGER}, schema)
    shown: list[str] = []
    answer = tasks.get("/tasks?limit=3")
    for _ in range(3):
        shown += names(answer)
        after = answer.links.get("next")
        if after is None:
            break
        answer = tasks.get(after["url"])
    assert shown == NEWEST_FIRST
    assert "next" not in answer.links


@pytest.mark.parametrize(
    ("parameters", "schema"),
    [
        ({"cursor": TEXT, "limit": INTEGER}, envelope(next_cursor=TEXT)),
        ({"starting_after": TEXT, "limit": INTEGER}, envelope(last_id=TEXT)),
        ({"after": INTEGER, "limit": INTEGER}, TASKS),
        ({"page": INTEGER, "limit": INTEGER}, TASKS),
    ],
)
def test_no_link_is_sent_that_nobody_needs(start: Start, parameters: dict[str, Any], schema: Any) -> None:
    assert "link" not in start(parameters, schema).get("/tasks?limit=3").headers


def test_paging_parameter_is_never_a_filter(start: Start) -> None:
    tasks = start({"limit": INTEGER, "size": INTEGER, "page": INTEGER})
    assert names(tasks.get("/tasks?limit=2")) == ["t6", "t5"]
    assert names(tasks.get("/tasks?size=2&page=2")) == ["t4", "t3"]


@pytest.mark.parametrize(
    ("schema", "query", "expected"),
    [
        (TEXT, "name=t3", ["t3"]),
        ({"type": "array", "items": TEXT}, "name=t3&name=t5", ["t5", "t3"]),
        ({"type": "boolean"}, "done=false", ["t5", "t3", "t1"]),
        ({"type": "object", "properties": {"name": TEXT}}, "filter[name]=t3", ["t3"]),
    ],
)
def test_declared_parameter_filters(start: Start, schema: Any, query: str, expected: list[str]) -> None:
    tasks = start({re.split(r"[=\[]", query)[0]: schema, "limit": INTEGER})
    assert names(tasks.get(f"/tasks?{query}")) == expected


@pytest.mark.parametrize("parameter", ["customer", "customer_id", "customerId"])
def test_id_of_a_nested_object_filters(start: Start, parameter: str) -> None:
    tasks = start({parameter: TEXT})
    tasks.post("/tasks", json={"name": "hers", "customer": {"id": "c-1"}})
    tasks.post("/tasks", json={"name": "his", "customer": {"id": "c-2"}})
    assert names(tasks.get(f"/tasks?{parameter}=c-1")) == ["hers"]


def test_a_tag_is_asked_for_by_its_name(start: Start) -> None:
    tasks = start({"labels": {"type": "array", "items": TEXT}})
    tasks.post("/tasks", json={"name": "hers", "labels": [{"id": "l-1", "name": "urgent"}]})
    tasks.post("/tasks", json={"name": "his", "labels": [{"id": "l-2", "name": "later"}]})
    assert names(tasks.get("/tasks?labels=urgent")) == ["hers"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("since_date=2024-05-02", ["third", "second"]),
        ("dateFrom=2024-05-02&date_to=2024-05-02", ["second"]),
        ("created_before=2024-05-02T10:00:00Z", ["second", "first"]),
        ("min_size=2", ["third", "second"]),
        ("after_id=1", ["third", "second", "first"]),
    ],
)
def test_a_parameter_that_bounds_a_member_filters(start: Start, query: str, expected: list[str]) -> None:
    tasks = start(
        {name: INTEGER if "_size" in name else TEXT for name in re.findall(r"(\w+)=", query)}, count=0
    )
    for day, name in enumerate(["first", "second", "third"], 1):
        moment = f"2024-05-0{day}T10:00:00Z"
        tasks.post(
            "/tasks", json={"name": name, "size": day, "date": f"2024-05-0{day}", "created_at": moment}
        )
    assert names(tasks.get(f"/tasks?{query}")) == expected


def test_total_counts_what_the_filter_lets_through(start: Start) -> None:
    tasks = start({"done": {"type": "boolean"}, "limit": INTEGER, "offset": INTEGER}, envelope(total=INTEGER))
    assert tasks.get("/tasks?done=true&limit=1").json()["total"] == 4


BY_SIZE = [
    "t6",
    "t3",
    "t0",
    "t4",
    "t1",
    "t5",
    "t2",
]  # 0, 0, 0, 1, 1, 2, 2; those that tie with the newest first


@pytest.mark.parametrize(
    ("parameters", "query", "expected"),
    [
        ({"sort": TEXT}, "sort=size", BY_SIZE),
        ({"sort": TEXT}, "sort=-size,name", ["t2", "t5", "t1", "t4", "t0", "t3", "t6"]),
        ({"order_by": TEXT, "order": {"enum": ["asc", "desc"]}}, "order_by=name&order=desc", NEWEST_FIRST),
        ({"sort": {"enum": ["name:asc", "name:desc"]}}, "sort=name:asc", NEWEST_FIRST[::-1]),
        ({"sort_by": TEXT, "sort_direction": TEXT}, "sort_by=name&sort_direction=ASC", NEWEST_FIRST[::-1]),
        ({"sort": TEXT}, "sort=unheard_of", NEWEST_FIRST),
    ],
)
def test_list_is_sorted_as_asked(
    start: Start, parameters: dict[str, Any], query: str, expected: list[str]
) -> None:
    assert names(start(parameters).get(f"/tasks?{query}")) == expected


def test_sorted_list_is_cut_after_sorting(start: Start) -> None:
    tasks = start({"sort": TEXT, "limit": INTEGER, "offset": INTEGER})
    assert names(tasks.get("/tasks?sort=name&limit=2&offset=2")) == ["t2", "t3"]


def test_unreadable_cursor_is_the_beginning(start: Start) -> None:
    tasks = start({"cursor": TEXT, "limit": INTEGER})
    assert names(tasks.get("/tasks?limit=2&cursor=nonsense")) == ["t6", "t5"]
