"""Quoting: an item's addresses have its own id and slug in them, where an author's have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from inline import TEXT, contract_of, resource, thing
from understudy.sandbox import Sandbox, Settings
from understudy.schemas.agreement import agree, rules_for

Members = dict[str, Any]

POST = {
    "slug": ["ah-wilderness"],
    "user": ["ann-9"],
    "path": ["/ann-9/ah-wilderness"],
    "url": ["https://d.to/ann-9/ah-wilderness"],
}
CASES: list[tuple[str, Mapping[str, list[Any]], Members, Members]] = [
    (
        "a path has the slug, an address the path",
        POST,
        {"slug": "new-days", "user": "bob-7", "path": "/ann-9/any-2", "url": "https://d.to/x"},
        {
            "slug": "new-days",
            "user": "bob-7",
            "path": "/bob-7/new-days",
            "url": "https://d.to/bob-7/new-days",
        },
    ),
    (
        "a number that identifies",
        {"id": [4711], "device": ["/dev/volume_4711"]},
        {"id": 4712, "device": "/dev/volume_4711"},
        {"id": 4712, "device": "/dev/volume_4712"},
    ),
    (
        "a number that measures is no name",
        {"width": [400], "image": ["https://i.org/400/9.png"]},
        {"width": 512, "image": "https://i.org/400/9.png"},
        {"width": 512, "image": "https://i.org/400/9.png"},
    ),
    (
        "a part of a word is not it",
        {"slug": ["top-9"], "url": ["https://d.to/top-99"]},
        {"slug": "low-1", "url": "https://d.to/top-99"},
        {"slug": "low-1", "url": "https://d.to/top-99"},
    ),
    (
        "an object's addresses have the id",
        {"id": ["vi4k0jvEUuaT"], "assets": []},
        {
            "id": "vi7s3rjMOmaH",
            "assets": {"hls": "https://v.org/vi4k0jvEUuaT.m3u8", "of": {"n": 1, "p": ["/vi4k0jvEUuaT"]}},
        },
        {
            "id": "vi7s3rjMOmaH",
            "assets": {"hls": "https://v.org/vi7s3rjMOmaH.m3u8", "of": {"n": 1, "p": ["/vi4k0jvEUuaT"]}},
        },
    ),
    (
        "what names another item quotes nothing",
        {"code": ["ab-12"], "parent_id": ["x/ab-12"]},
        {"code": "cd-34", "parent_id": "x/ab-12"},
        {"code": "cd-34", "parent_id": "x/ab-12"},
    ),
    (
        "what cannot stand in an address is not put there",
        {"slug": ["top-9"], "url": ["https://d.to/top-9"]},
        {"slug": "a b/c", "url": "https://d.to/top-9"},
        {"slug": "a b/c", "url": "https://d.to/top-9"},
    ),
]


@pytest.mark.parametrize(
    ("examples", "members", "told"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_addresses_quote_what_the_members_beside_them_say(
    examples: Mapping[str, list[Any]], members: Members, told: Members
) -> None:
    made = dict(members)
    agree(made, set(), lambda *_: True, rules_for(list(members), lambda name: examples[name]))
    assert made == told


def test_what_was_sent_or_would_be_refused_is_left_as_it_is() -> None:
    members = {"slug": "new-days", "user": "bob-7", "path": "/mine", "url": "https://d.to/x"}
    rules = rules_for(list(members), lambda name: POST[name])
    agree(members, {"path"}, lambda name, _: name != "url", rules)
    assert (members["path"], members["url"]) == ("/mine", "https://d.to/x")


FILM = thing(
    {
        "id": {**TEXT, "example": "vi4k0jvEUuaTdRAE"},
        "title": TEXT,
        "player": {**TEXT, "example": "https://embed.video/vi4k0jvEUuaTdRAE"},
        "assets": thing({"hls": {**TEXT, "example": "https://cdn.video/vi4k0jvEUuaTdRAE.m3u8"}}, "hls"),
    },
    *("id", "title", "player", "assets"),
)


def test_what_is_created_is_found_at_its_own_addresses(serve: Callable[..., httpx.Client]) -> None:
    paths = resource(FILM, thing({"title": TEXT}), "/films")
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=3)))
    made = client.post("/films", json={"title": "One"}).json()
    for one in (made, *client.get("/films").json()):
        assert one["player"] == f"https://embed.video/{one['id']}"
        assert one["assets"]["hls"] == f"https://cdn.video/{one['id']}.m3u8"
    assert len(client.get("/films").json()) == 4


@pytest.mark.parametrize("name", ["self", "html_url", "permalink"])
def test_an_address_of_which_authors_wrote_nothing_ends_in_the_id(
    serve: Callable[..., httpx.Client], name: str
) -> None:
    link = {**TEXT, "format": "uri"}
    paths = resource(
        thing({"id": TEXT, "name": TEXT, name: link, "avatar": link}, "id", "name", name, "avatar"),
        thing({}),
        "/trips",
    )
    client = serve(Sandbox(contract_of(paths), None, Settings(populate=2)))
    for one in client.get("/trips").json():
        assert one[name].endswith(f"/{one['id']}")
        assert one["id"] not in one["avatar"]
