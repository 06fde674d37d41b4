"""`--lenient` takes bodies as Jackson and PHP do; without it a refusal names the option once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, ref, resource, thing
from understudy.bodies.coercion import ADVICE
from understudy.sandbox import Sandbox, Settings

Serve = Callable[..., httpx.Client]
Make = Callable[..., Sandbox]
TRUTH = {"type": "boolean"}
SIZE = {"type": "number"}
PART = {**thing({"count": WHOLE}, "count"), "additionalProperties": False}
SENT = {
    **thing(
        {
            "name": TEXT,
            "age": WHOLE,
            "size": SIZE,
            "live": TRUTH,
            "code": {"type": ["string", "integer"]},
            "until": {"anyOf": [WHOLE, {"type": "null"}]},
            "part": PART,
            "parts": {"type": "array", "items": PART},
        },
        "name",
    ),
    "additionalProperties": False,
}
ITEM = thing({"id": TEXT, **SENT["properties"]}, "id", "name")
PATHS = resource(ITEM, SENT)


@pytest.fixture
def lenient(serve: Serve, sandbox: Make) -> httpx.Client:
    return serve(sandbox(paths=PATHS, settings=Settings(lenient=True)))


@pytest.fixture
def strict(serve: Serve, sandbox: Make) -> httpx.Client:
    return serve(sandbox(paths=PATHS))


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        ({"age": "5"}, {"age": 5}),
        ({"age": "-5"}, {"age": -5}),
        ({"size": "1.5"}, {"size": 1.5}),
        ({"live": "true"}, {"live": True}),
        ({"live": "False"}, {"live": False}),
        ({"live": "1"}, {"live": True}),
        ({"live": "on"}, {"live": True}),
        ({"until": "7"}, {"until": 7}),
        ({"code": "7"}, {"code": "7"}),
        ({"extra": 1, "part": {"count": "2", "more": None}}, {"part": {"count": 2}}),
        ({"parts": [{"count": 1}, {"count": "2", "x": "y"}]}, {"parts": [{"count": 1}, {"count": 2}]}),
    ],
)
def test_what_frameworks_take_is_taken(
    lenient: httpx.Client, strict: httpx.Client, sent: dict[str, Any], taken: dict[str, Any]
) -> None:
    made = lenient.post("/things", json={"name": "Ann", **sent})
    assert made.status_code == 201
    found = lenient.get(f"/things/{made.json()['id']}").json()
    assert {name: found[name] for name in taken} == taken
    assert "extra" not in found
    if sent != taken:
        assert strict.post("/things", json={"name": "Ann", **sent}).text.count(ADVICE) == 1


@pytest.mark.parametrize(
    "sent",
    [
        {"age": "five"},
        {"age": "1.5"},
        {"live": "2"},
        {"name": 5},
        {"age": ""},
        {"part": "x"},
        {"age": "5", "name": 5},
    ],
)
def test_what_means_nothing_is_refused_all_the_same(
    lenient: httpx.Client, strict: httpx.Client, sent: dict[str, Any]
) -> None:
    refused = lenient.post("/things", json={"name": "Ann", **sent})
    assert (refused.status_code, ADVICE in refused.text, len(refused.json()["errors"])) == (400, False, 1)
    said = strict.post("/things", json={"name": "Ann", **sent})
    assert (said.status_code, said.text.count(ADVICE)) == (400, int(len(sent) > 1))


def test_the_advice_stands_once_and_where_it_helps(strict: httpx.Client) -> None:
    refused = strict.post("/things", json={"age": "5", "live": "1", "extra": 1, "size": "big"}).json()
    assert len(refused["errors"]) == 5
    (told,) = [part for part in refused["detail"].split("; ") if part.endswith(ADVICE)]
    assert told.split(":")[0] in ("body /age", "body /live", "body /extra")


def test_a_body_that_is_right_is_taken_as_it_is(lenient: httpx.Client) -> None:
    sent = {"name": "5", "code": "7", "age": 5, "live": False}
    found = lenient.post("/things", json=sent).json()
    assert {name: found[name] for name in sent} == sent


def test_a_schema_that_contains_itself_is_followed_as_deep_as_the_body(serve: Serve, sandbox: Make) -> None:
    node = {**thing({"n": WHOLE, "next": ref("Node")}), "additionalProperties": False}
    paths = resource(thing({"id": TEXT, "node": ref("Node")}, "id"), thing({"node": ref("Node")}, "node"))
    settings = Settings(lenient=True)
    client = serve(sandbox(paths=paths, components={"schemas": {"Node": node}}, settings=settings))
    made = client.post("/things", json={"node": {"next": {"next": {"n": "3", "x": 1}}}})
    assert (made.status_code, made.json()["node"]) == (201, {"next": {"next": {"n": 3}}})


def test_the_words_of_a_vendor_are_its_own(serve: Serve) -> None:
    account = {"id": "acme", "name": "Acme", "customerId": "c-1", "invoiceCurrency": "EUR", "extra": 1}
    refused = serve("togai").post("/accounts", json=account, headers={"Authorization": "Bearer k"})
    assert ADVICE not in refused.text


def test_the_advice_is_given_in_the_shape_of_a_framework_too(serve: Serve, sandbox: Make) -> None:
    entry = thing({"loc": {"type": "array", "items": TEXT}, "msg": TEXT, "type": TEXT}, "loc", "msg", "type")
    error = thing({"detail": {"type": "array", "items": entry}})
    paths = resource(ITEM, SENT)
    told = {"422": {"description": "", "content": {"application/json": {"schema": error}}}}
    paths["/things"]["post"]["responses"].update(told)
    refused = serve(sandbox(paths=paths)).post("/things", json={"name": "Ann", "age": "5", "live": "1"})
    said = [entry["msg"] for entry in refused.json()["detail"]]
    assert (refused.status_code, len(said)) == (422, 2)
    assert [ADVICE in sentence for sentence in said] == [True, False]
