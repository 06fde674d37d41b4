"""Kept pages: a list is made once for each revision of the store, and never shown after it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from inline import TEXT, WHOLE, Api, parameter, resource, thing
from understudy.engine.answering import Answers
from understudy.engine.kept_pages import KeptPages
from understudy.messages import Request, Response
from understudy.state.memory import MemoryStore

ITEM = thing({"id": TEXT, "weight": WHOLE}, "id", "weight")
MADE, ALL = "post /things", "get /things"


def paths() -> dict[str, Any]:
    """Return a collection whose list is asked by weight."""
    found = resource(ITEM, ITEM)
    found["/things"]["get"]["parameters"] = [parameter("weight", WHOLE, "query")]
    return found


@pytest.fixture
def api() -> Api:
    return Api(paths())


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how many items each page had that was made."""
    found = []
    many = Answers.many

    def noted(self: Answers, answer: Any, address: Any, records: Any, *others: Any, **more: Any) -> Response:
        found.append(len(records))
        return many(self, answer, address, records, *others, **more)

    monkeypatch.setattr(Answers, "many", noted)
    return found


def test_a_page_is_made_once_while_nothing_is_written(api: Api, made: list[int]) -> None:
    async def play() -> None:
        await api.ask(MADE, body={"id": "a", "weight": 1})
        answers = [await api.told(ALL) for _ in range(3)]
        assert answers == [[{"id": "a", "weight": 1}]] * 3
        assert made == [1]

    asyncio.run(play())


def test_each_write_is_seen_by_the_next_list(api: Api) -> None:
    async def play() -> None:
        sizes = []
        for operation, key, body in (
            (MADE, "", {"id": "a", "weight": 1}),
            (MADE, "", {"id": "b", "weight": 2}),
            ("patch /things/{id}", "a", {"weight": 3}),
            ("put /things/{id}", "b", {"id": "b", "weight": 4}),
            ("delete /things/{id}", "a", None),
            ("delete /things/{id}", "b", None),
        ):
            await (api.ask(operation, key, body) if body else api.ask(operation, key))
            sizes.append(sorted(one["weight"] for one in await api.told(ALL)))
        assert sizes == [[1], [1, 2], [2, 3], [3, 4], [4], []]

    asyncio.run(play())


def test_what_a_store_forgets_by_itself_is_not_listed(api: Api) -> None:
    now = [0.0]
    api = Api(paths(), store=lambda: MemoryStore(lambda: now[0]))

    async def play() -> None:
        store = api.context().store
        await store.insert("/things", "a", {"id": "a", "weight": 1}, expires=60)
        assert len(await api.told(ALL)) == 1
        now[0] = 61.0
        assert await api.told(ALL) == []

    asyncio.run(play())


def test_what_was_emptied_or_restored_is_not_shown_as_before(api: Api) -> None:
    async def play() -> None:
        store = api.context().world.store
        await api.ask(MADE, body={"id": "a", "weight": 1})
        before = await store.dump()
        assert len(await api.told(ALL)) == 1
        await store.clear()
        assert await api.told(ALL) == []
        await store.load(before)
        assert len(await api.told(ALL)) == 1

    asyncio.run(play())


def test_another_question_has_another_answer(api: Api) -> None:
    async def play() -> None:
        await api.ask(MADE, body={"id": "a", "weight": 1})
        await api.ask(MADE, body={"id": "b", "weight": 2})
        found = [[one["id"] for one in await api.told(ALL, weight=weight)] for weight in (1, 2, 3, 1)]
        assert found == [["a"], ["b"], [], ["a"]]

    asyncio.run(play())


def test_what_python_takes_for_one_value_is_another_question() -> None:
    item = thing({"id": TEXT, "mark": {"type": ["integer", "boolean"]}}, "id", "mark")
    marked = resource(item, item)
    marked["/things"]["get"]["parameters"] = [parameter("mark", {"type": ["integer", "boolean"]}, "query")]
    api = Api(marked)

    async def play() -> None:
        await api.ask(MADE, body={"id": "number", "mark": 1})
        await api.ask(MADE, body={"id": "flag", "mark": True})
        by_number = await api.told(ALL, mark=1)
        by_flag = await api.told(ALL, mark=True)
        assert [one["id"] for one in by_number] == ["number"]
        assert [one["id"] for one in by_flag] == ["flag"]

    asyncio.run(play())


def test_who_changes_an_answer_changes_no_other(api: Api) -> None:
    async def play() -> None:
        await api.ask(MADE, body={"id": "a", "weight": 1})
        await api.ask(ALL)
        changed = await api.ask(ALL)
        changed.body.clear()
        changed.headers["X-Own"] = "1"  # type: ignore[index]  # a handler may do so all the same
        after = await api.ask(ALL)
        assert len(after.peek()) == 1
        assert "X-Own" not in after.headers

    asyncio.run(play())


def test_sessions_and_what_was_there_before_a_reload_are_told_apart(api: Api) -> None:
    async def listed(session: str) -> list[str]:
        request = Request(ALL, answer_type="application/json")
        response = await api.sandbox.handle(request, api.sessions.use(session))
        return [one["id"] for one in response.peek()]

    async def play() -> None:
        await api.ask(MADE, body={"id": "a", "weight": 1})
        api.reload(paths())
        create = Request(MADE, body={"id": "b", "weight": 1}, answer_type="application/json")
        await api.sandbox.handle(create, api.sessions.use("other"))
        assert await listed("default") == ["a"]
        assert await listed("other") == ["b"]
        assert await listed("default") == ["a"]

    asyncio.run(play())


def test_links_of_a_page_are_those_of_the_address_it_was_asked_at() -> None:
    paging = thing(
        {"items": {"type": "array", "items": ITEM}, "next": {"type": ["string", "null"]}}, "items", "next"
    )
    paged = resource(ITEM, ITEM, listed=paging)
    paged["/things"]["get"]["parameters"] = [
        parameter("limit", WHOLE, "query"),
        parameter("offset", WHOLE, "query"),
    ]
    api = Api(paged)

    async def play() -> None:
        for name in "abc":
            await api.ask(MADE, body={"id": name, "weight": 1})
        for host in ("http://one", "http://two"):
            request = Request(ALL, {}, {"limit": 1}, base_url=host, answer_type="application/json")
            response = await api.sandbox.handle(request, api.sessions.use())
            assert response.peek()["next"].startswith(host)

    asyncio.run(play())


# ---- bounds


def page_of(size: int) -> Response:
    return Response.of_json(200, b"x" * size)


def test_the_pages_not_asked_for_longest_are_given_up_first() -> None:
    kept = KeptPages(limit=16 * 600)
    for number in range(16):
        kept.keep((number,), 1, page_of(100))
    assert kept.get((0,), 1) is not None
    kept.keep((16,), 1, page_of(100))
    assert kept.get((0,), 1) is not None
    assert kept.get((1,), 1) is None


def test_a_page_that_is_kept_anew_takes_the_room_of_one() -> None:
    kept = KeptPages(limit=16 * 600)
    kept.keep(("other",), 1, page_of(100))
    for revision in range(100):
        kept.keep(("same",), revision, page_of(100))
    assert kept.get(("other",), 1) is not None
    assert kept.get(("same",), 98) is None
    assert kept.get(("same",), 99) is not None


def test_what_says_more_than_its_bytes_is_not_kept() -> None:
    kept = KeptPages()
    noted, near = page_of(1), page_of(1)
    noted.notes, near.is_nearest = ("cut",), True
    for response in (noted, near, Response(200, ["a value"]), page_of(10_000_000)):
        kept.keep(("it",), 1, response)
        assert kept.get(("it",), 1) is None
