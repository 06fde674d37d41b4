"""Memberships: what exists elsewhere is put into a list by its id and taken out again, and stays where it is from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, Api, answer, body, contract_of, parameter, ref, thing
from stores import Factory, each_store
from understudy.messages import Request
from understudy.model.compiler import compile
from understudy.model.notation import write_model
from understudy.sandbox import Sandbox, Settings

TRACK = thing({"id": WHOLE, "title": TEXT}, "id", "title")
LIST = thing({"id": WHOLE, "name": TEXT}, "id")
TRACKS = {"type": "array", "items": ref("Track")}
NONE = {"204": {"description": ""}}
NAMES_ONE = body(thing({"trackId": WHOLE}, "trackId"))


def usual(path: str, of: str, **sent: Any) -> dict[str, Any]:
    one = ref(of)
    return {
        path: {
            "get": {"responses": answer({"type": "array", "items": one})},
            "post": {"requestBody": body(thing(sent)), "responses": answer(one, "201")},
        },
        f"{path}/{{id}}": {
            "parameters": [parameter("id", WHOLE)],
            "get": {"responses": answer(one)},
            "delete": {"responses": NONE},
        },
    }


PATHS: dict[str, Any] = {
    **usual("/tracks", "Track", title=TEXT),
    **usual("/lists", "List", name=TEXT),
    "/liked": {"get": {"responses": answer(TRACKS)}},
    "/liked/{trackId}": {
        "parameters": [parameter("trackId", WHOLE)],
        "get": {"responses": answer(ref("Track"))},
        "put": {"responses": NONE},
        "delete": {"responses": NONE},
    },
    "/lists/{listId}/tracks": {
        "parameters": [parameter("listId", WHOLE)],
        "get": {"responses": answer(TRACKS)},
        "post": {"requestBody": NAMES_ONE, "responses": answer(ref("Track"), "201")},
    },
    "/lists/{listId}/tracks/{trackId}": {
        "parameters": [parameter("listId", WHOLE), parameter("trackId", WHOLE)],
        "delete": {"responses": NONE},
    },
}


@pytest.fixture(params=["generate", "404"])
def unknown(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def music(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox], unknown: str
) -> Callable[..., httpx.Client]:
    def start(populate: int = 0, **more: Any) -> httpx.Client:
        settings = Settings(populate=populate, any_id=unknown == "generate", **more)
        return serve(
            sandbox(paths=PATHS, components={"schemas": {"Track": TRACK, "List": LIST}}, settings=settings)
        )

    return start


def titles(client: httpx.Client, path: str) -> list[str]:
    return sorted(one["title"] for one in client.get(path).json())


def test_what_is_put_in_is_listed_and_stays_where_it_is_from(music: Callable[..., httpx.Client]) -> None:
    client = music()
    one, other = (client.post("/tracks", json={"title": title}).json() for title in ("One", "Other"))
    assert titles(client, "/liked") == []
    assert client.put(f"/liked/{one['id']}").status_code == 204
    assert client.put(f"/liked/{one['id']}").status_code == 204
    assert client.get("/liked").json() == [one]
    assert client.get(f"/liked/{one['id']}").json() == one
    assert titles(client, "/tracks") == ["One", "Other"]
    assert client.delete(f"/liked/{one['id']}").status_code == 204
    assert (titles(client, "/liked"), titles(client, "/tracks")) == ([], ["One", "Other"])
    assert client.get(f"/tracks/{one['id']}").json() == one
    assert client.get(f"/liked/{other['id']}").status_code == 404


def test_what_a_body_names_is_in_that_list_alone(music: Callable[..., httpx.Client]) -> None:
    client = music()
    track = client.post("/tracks", json={"title": "One"}).json()
    first, second = (client.post("/lists", json={"name": name}).json()["id"] for name in "AB")
    assert client.post(f"/lists/{first}/tracks", json={"trackId": track["id"]}).json() == track
    assert (titles(client, f"/lists/{first}/tracks"), titles(client, f"/lists/{second}/tracks")) == (
        ["One"],
        [],
    )
    client.delete(f"/lists/{first}/tracks/{track['id']}")
    assert titles(client, f"/lists/{first}/tracks") == []
    client.put(f"/liked/{track['id']}")
    client.delete(f"/tracks/{track['id']}")
    assert (titles(client, "/liked"), client.get(f"/liked/{track['id']}").status_code) == ([], 404)


def test_an_id_of_nothing_is_refused_where_unknown_ids_are(
    music: Callable[..., httpx.Client], unknown: str
) -> None:
    client = music()
    wanted = 204 if unknown == "generate" else 404
    assert client.put("/liked/77").status_code == wanted
    assert client.delete("/liked/78").status_code == wanted
    assert len(client.get("/liked").json()) == (unknown == "generate")


def test_some_of_what_is_there_from_the_start_is_in_it(music: Callable[..., httpx.Client]) -> None:
    client = music(populate=4)
    everything, liked = client.get("/tracks").json(), client.get("/liked").json()
    assert len(everything) == 4
    assert len(liked) == 2
    assert all(one in everything for one in liked)


async def told(api: Api, method: str, key: int) -> None:
    request = Request(f"{method} /liked/{{trackId}}", {"trackId": key}, {}, answer_type="application/json")
    assert (await api.sandbox.handle(request, api.sessions.use())).status == 204


@each_store
def test_what_is_put_in_at_once_is_all_there(make: Factory) -> None:
    async def play() -> None:
        api = Api(PATHS, store=make, settings=Settings(populate=0), Track=TRACK, List=LIST)
        await asyncio.gather(*(api.told("post /tracks", body={"title": f"T{number}"}) for number in range(6)))
        keys = [one["id"] for one in await api.told("get /tracks")]
        await asyncio.gather(*(told(api, "put", key) for key in keys))
        assert await api.told("get /liked") == await api.told("get /tracks")
        await asyncio.gather(*(told(api, "delete", key) for key in keys[1:]))
        assert [one["id"] for one in await api.told("get /liked")] == keys[:1]

    asyncio.run(play())


def test_a_list_of_what_is_created_in_it_is_none() -> None:
    own = {
        **PATHS,
        "/liked/{trackId}": {
            "parameters": [parameter("trackId", WHOLE)],
            "put": {"requestBody": body(ref("Track")), "responses": NONE},
            "delete": {"responses": NONE},
        },
    }
    for paths, holds in ((PATHS, True), (own, False)):
        model = write_model(compile(contract_of(paths, Track=TRACK, List=LIST)))
        assert model["collections"]["/liked"].get("holds", False) is holds


def test_a_create_that_takes_nothing_creates(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    paths = {**PATHS, "/lists/{listId}/tracks": {**PATHS["/lists/{listId}/tracks"]}}
    paths["/lists/{listId}/tracks"]["post"] = {"responses": answer(ref("Track"), "201")}
    client = serve(sandbox(paths=paths, components={"schemas": {"Track": TRACK, "List": LIST}}))
    assert client.post("/lists/1/tracks").status_code == 201


IDS = {"type": "array", "items": WHOLE}


def _spelt(add: str, remove: str, schema: Any) -> dict[str, Any]:
    """Describe a list of tracks, how some are put in, and how they are taken out again: `post addTrack`."""
    paths: dict[str, Any] = {
        **usual("/tracks", "Track", title=TEXT),
        **usual("/lists", "List", name=TEXT),
        "/lists/{listId}/tracks": {"get": {"responses": answer(TRACKS)}},
    }
    for spelling in (add, remove):
        method, _, last = spelling.partition(" ")
        described = paths.setdefault(f"/lists/{{listId}}/{last}", {})
        described[method] = {"requestBody": body(schema), "responses": NONE}
    for path, described in paths.items():
        if "{listId}" in path:
            described["parameters"] = [parameter("listId", WHOLE)]
    return paths


SPELLINGS: list[tuple[str, str, Any, Callable[[list[int]], Any]]] = [
    (
        "post addTrack",
        "post removeTrack",
        thing({"trackId": WHOLE}, "trackId"),
        lambda ids: {"trackId": ids[0]},
    ),
    (
        "post addTrack",
        "post removeTrack",
        thing({"data": thing({"track": WHOLE, "insert_before": WHOLE}, "track")}, "data"),
        lambda ids: {"data": {"track": ids[0]}},
    ),
    ("post tracks/add", "post tracks/remove", thing({"trackIds": IDS}), lambda ids: {"trackIds": ids}),
    ("post tracks", "delete tracks", thing({"trackIds": IDS}), lambda ids: {"trackIds": ids}),
    ("post tracks", "delete tracks", IDS, lambda ids: ids),
    (
        "post addTracks",
        "post removeTracks",
        thing({"data": thing({"tracks": IDS})}, "data"),
        lambda ids: {"data": {"tracks": ids}},
    ),
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_things_are_put_in_and_taken_out_however_it_is_spelt(
    serve: Callable[..., httpx.Client],
    sandbox: Callable[..., Sandbox],
    spelling: tuple[str, str, Any, Callable[[list[int]], Any]],
) -> None:
    add, remove, schema, sent = spelling
    components = {"schemas": {"Track": TRACK, "List": LIST}}
    settings = Settings(populate=0, any_id=False)
    client = serve(sandbox(paths=_spelt(add, remove, schema), components=components, settings=settings))
    ids = [client.post("/tracks", json={"title": title}).json()["id"] for title in ("One", "Two")]
    mine = client.post("/lists", json={"name": "A"}).json()["id"]
    named = sent(ids)
    is_one = "track" in str(named) and "tracks" not in str(named) and "Ids" not in str(named)
    for done, expected in ((add, ["One"] if is_one else ["One", "Two"]), (remove, [])):
        method, _, last = done.partition(" ")
        assert client.request(method, f"/lists/{mine}/{last}", json=named).status_code == 204
        assert titles(client, f"/lists/{mine}/tracks") == expected
    assert titles(client, "/tracks") == ["One", "Two"]
    method, _, last = add.partition(" ")
    unknown = client.request(method, f"/lists/{mine}/{last}", json=sent([ids[0], 77] if not is_one else [77]))
    assert unknown.status_code == 404
    assert titles(client, f"/lists/{mine}/tracks") == []


def test_a_list_shows_what_another_one_does_whatever_it_is_called(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    paths = _spelt("post tracks", "delete tracks", thing({"trackIds": IDS}))
    covers = paths["/tracks/{id}/covers"] = dict(paths.pop("/lists/{listId}/tracks"))
    covers["parameters"] = [parameter("id", WHOLE)]
    for method in ("post", "delete"):
        covers[method] = {"requestBody": body(thing({"covers": IDS})), "responses": NONE}
    client = serve(
        sandbox(
            paths=paths, components={"schemas": {"Track": TRACK, "List": LIST}}, settings=Settings(populate=0)
        )
    )
    one, two = (client.post("/tracks", json={"title": title}).json() for title in ("One", "Two"))
    client.post(f"/tracks/{one['id']}/covers", json={"covers": [two["id"]]})
    assert client.get(f"/tracks/{one['id']}/covers").json() == [two]
    assert client.get(f"/tracks/{two['id']}/covers").json() == []


def key_paths(path: str, **words: Any) -> dict[str, Any]:
    """Return keys that the server makes: nothing is sent for one."""
    return {
        path: {
            **words,
            "get": {"responses": answer({"type": "array", "items": ref("Key")})},
            "post": {"responses": answer(ref("Key"), "201")},
        },
        f"{path}/{{keyId}}": {
            "parameters": [parameter("keyId")],
            "get": {"responses": answer(ref("Key"))},
            "delete": {"responses": NONE},
        },
    }


KEY = thing({"id": TEXT, "secret": TEXT}, "id")


def test_two_lists_of_what_a_server_makes_are_each_by_itself(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    paths = {**key_paths("/system/keys"), **key_paths("/video/keys")}
    client = serve(
        sandbox(paths=paths, components={"schemas": {"Key": KEY}}, settings=Settings(populate=2)),
    )
    made = client.post("/system/keys", timeout=5).json()
    assert [len(client.get(path, timeout=5).json()) for path in ("/system/keys", "/video/keys")] == [3, 2]
    assert client.get(f"/system/keys/{made['id']}").json() == made


def test_lists_that_somebody_says_hold_what_is_in_each_other_are_answered(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    paths = {
        **key_paths("/a/keys", **{"x-understudy": {"of": "/b/keys", "linked": True, "holds": True}}),
        **key_paths("/b/keys", **{"x-understudy": {"of": "/a/keys", "linked": True, "holds": True}}),
    }
    client = serve(
        sandbox(paths=paths, components={"schemas": {"Key": KEY}}, settings=Settings(populate=2)),
    )
    for path in ("/a/keys", "/b/keys"):
        assert client.get(path, timeout=5).status_code == 200
        assert client.post(path, timeout=5).status_code == 201
