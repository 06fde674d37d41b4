"""Subtypes: schemas that are built on one with a discriminator, in lists, single answers and requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from support import write_contract
from understudy.contracts.contract import Contract
from understudy.contracts.source import Document
from understudy.sandbox import Sandbox, Settings
from understudy.schemas.choice import subtypes

Serve = Callable[..., httpx.Client]
Start = Callable[..., httpx.Client]

NUMBER = {"type": "integer"}


def heir(of: str, name: str) -> dict[str, Any]:
    own = {"type": "object", "required": [name], "properties": {name: NUMBER}}
    return {"allOf": [{"$ref": of}, own]}


def test_the_choice_between_what_is_built_on_a_base_is_made_once() -> None:
    root = {"openapi": "3.1.0", "components": {"schemas": schemas({"propertyName": "kind"})}}
    animal = Document(Path(), "t.json", {"t.json": b"{}"}, {"t.json": root}).root.child(
        "components", "schemas", "Animal"
    )
    (first,), (second,) = subtypes([animal], frozenset()), subtypes([animal], frozenset())
    assert first.labels == ("Fish", "Bird", None)
    assert first is second


def schemas(discriminator: Any, at: str = "#/components/schemas/") -> dict[str, Any]:
    properties = {"id": NUMBER, "kind": {"type": "string"}, "name": {"type": "string"}}
    base = {"type": "object", "required": ["kind"], "properties": properties, "discriminator": discriminator}
    return {"Animal": base, "Fish": heir(f"{at}Animal", "fins"), "Bird": heir(f"{at}Animal", "wings")}


def paths(at: str = "#/components/schemas/") -> dict[str, Any]:
    one = {"application/json": {"schema": {"$ref": f"{at}Animal"}}}
    many = {"application/json": {"schema": {"type": "array", "items": {"$ref": f"{at}Animal"}}}}
    shown = {"200": {"description": "ok", "content": one}}
    item = {"name": "id", "in": "path", "required": True, "schema": NUMBER}
    return {
        "/animals": {
            "get": {"responses": {"200": {"description": "ok", "content": many}}},
            "post": {
                "requestBody": {"content": one},
                "responses": {"201": {"description": "made", "content": one}},
            },
        },
        "/animals/{id}": {"parameters": [item], "get": {"responses": shown}},
        "/mascot": {"get": {"responses": shown}},
        "/feed": {"post": {"requestBody": {"content": one}, "responses": shown}},
    }


@pytest.fixture
def start(serve: Serve, tmp_path: Path) -> Start:
    def started(discriminator: Mapping[str, Any], version: str = "3.0.3") -> httpx.Client:
        document = {"paths": paths(), "components": {"schemas": schemas(discriminator)}}
        contract = write_contract(tmp_path / "a.json", version, document)
        return serve(Sandbox(contract, settings=Settings(populate=6)))

    return started


MAPPED = {"propertyName": "kind", "mapping": {"fish": "Fish", "bird": "#/components/schemas/Bird"}}
UNMAPPED = {"propertyName": "kind"}


def is_right(item: Mapping[str, Any]) -> bool:
    wanted = {"fish": "fins", "bird": "wings"}[item["kind"].lower()]
    return wanted in item and len({"fins", "wings"} & item.keys()) == 1


@pytest.mark.parametrize("discriminator", [MAPPED, UNMAPPED])
def test_each_item_is_one_of_the_subtypes(start: Start, discriminator: Mapping[str, Any]) -> None:
    client = start(discriminator)
    listed = client.get("/animals").json()
    assert all(map(is_right, listed))
    assert len({item["kind"] for item in listed}) == 2
    assert all(client.get(f"/animals/{item['id']}").json() == item for item in listed)
    assert is_right(client.get("/animals/77").json())
    assert is_right(client.get("/mascot").json())


@pytest.mark.parametrize(("discriminator", "bird"), [(MAPPED, "bird"), (UNMAPPED, "Bird")])
def test_what_is_sent_stays_of_its_kind(start: Start, discriminator: Mapping[str, Any], bird: str) -> None:
    client = start(discriminator)
    made = client.post("/animals", json={"kind": bird, "wings": 2}).json()
    assert (made["kind"], made["wings"]) == (bird, 2)
    assert client.get(f"/animals/{made['id']}").json() == made
    echoed = client.post("/feed", json={"kind": bird, "wings": 7}).json()
    assert (echoed["kind"], echoed["wings"]) == (bird, 7)


@pytest.mark.parametrize(("discriminator", "bird"), [(MAPPED, "bird"), (UNMAPPED, "Bird")])
def test_the_label_says_what_is_asked(start: Start, discriminator: Mapping[str, Any], bird: str) -> None:
    client = start(discriminator)
    refused = client.post("/animals", json={"kind": bird, "fins": 2})
    assert refused.status_code == 400
    assert "/wings: is required" in refused.json()["detail"]
    assert client.post("/animals", json={"kind": bird, "wings": "two"}).status_code == 400


def test_a_label_outside_the_mapping_is_refused(start: Start) -> None:
    refused = start(MAPPED).post("/animals", json={"kind": "hexagon"})
    assert refused.status_code == 400
    assert 'must be one of "fish", "bird"' in refused.json()["detail"]


def test_swagger_2_knows_subtypes_by_their_names(serve: Serve, tmp_path: Path) -> None:
    one = {"$ref": "#/definitions/Animal"}
    shown = {"200": {"description": "ok", "schema": {"type": "array", "items": one}}}
    taken = {"in": "body", "name": "it", "schema": one}
    post = {"parameters": [taken], "responses": {"201": {"description": "made", "schema": one}}}
    document = {
        "swagger": "2.0",
        "info": {"title": "Animals", "version": "1"},
        "paths": {"/animals": {"get": {"responses": shown}, "post": post}},
        "definitions": schemas("kind", "#/definitions/"),
    }
    (tmp_path / "two.json").write_text(json.dumps(document))
    client = serve(Sandbox(Contract.load(tmp_path / "two.json"), settings=Settings(populate=4)))
    assert all(map(is_right, client.get("/animals").json()))
    assert client.post("/animals", json={"kind": "Fish", "fins": 2}).json()["fins"] == 2
    assert client.post("/animals", json={"kind": "Fish"}).status_code == 400


def test_what_has_no_label_is_of_the_default(serve: Serve, tmp_path: Path) -> None:
    found = schemas({"propertyName": "kind", "mapping": {"bird": "Bird"}, "defaultMapping": "Fish"})
    found["Animal"]["required"] = []
    document = {"paths": paths(), "components": {"schemas": found}}
    client = serve(Sandbox(write_contract(tmp_path / "a.json", "3.2.0", document)))
    assert client.post("/animals", json={"fins": 3}).json()["fins"] == 3
    assert "/fins: is required" in client.post("/animals", json={"wings": 3}).json()["detail"]
    assert client.post("/animals", json={"kind": "bird", "wings": 3}).json()["wings"] == 3


def test_a_label_that_stands_for_nothing_is_of_the_default(serve: Serve, tmp_path: Path) -> None:
    found = schemas({"propertyName": "kind", "mapping": {"bird": "Bird"}, "defaultMapping": "Fish"})
    document = {"paths": paths(), "components": {"schemas": found}}
    client = serve(Sandbox(write_contract(tmp_path / "a.json", "3.2.0", document)))
    assert client.post("/animals", json={"kind": "shark", "fins": 3}).json()["kind"] == "shark"
    assert "/fins: is required" in client.post("/animals", json={"kind": "shark"}).json()["detail"]
    assert "/wings: is required" in client.post("/animals", json={"kind": "bird", "fins": 1}).json()["detail"]


@pytest.mark.parametrize("word", ["oneOf", "anyOf"])
def test_alternatives_without_a_label_are_of_the_default(serve: Serve, tmp_path: Path, word: str) -> None:
    rule = {"propertyName": "kind", "mapping": {"circle": "Circle"}, "defaultMapping": "Square"}
    references = [{"$ref": "#/components/schemas/Circle"}, {"$ref": "#/components/schemas/Square"}]
    made: dict[str, Any] = {
        name: {"type": "object", "required": [side], "properties": {"kind": {"type": "string"}, side: NUMBER}}
        for name, side in (("Circle", "r"), ("Square", "side"))
    }
    made["Shape"] = {word: references, "discriminator": rule}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Shape"}}}
    post = {"requestBody": {"content": content}, "responses": {"204": {"description": "taken"}}}
    document = {"paths": {"/shapes": {"post": post}}, "components": {"schemas": made}}
    client = serve(Sandbox(write_contract(tmp_path / "s.json", "3.2.0", document)))
    sent = [{"side": 1}, {"r": 1}, {"kind": "circle", "r": 1}, {"kind": "circle", "side": 1}]
    sent += [{"kind": "hexagon", "side": 1}, {"kind": "hexagon", "r": 1}]
    statuses = [client.post("/shapes", json=body).status_code for body in sent]
    assert statuses == [204, 400, 204, 400, 204, 400]


def test_alternatives_are_told_apart_by_their_label(serve: Serve, tmp_path: Path) -> None:
    def shape(name: str) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"type": "string"}, name: NUMBER},
        }

    at = "#/components/schemas/"
    either = {
        "oneOf": [{"$ref": f"{at}Circle"}, {"$ref": f"{at}Square"}],
        "discriminator": {"propertyName": "kind", "mapping": {"circle": "Circle", "square": "Square"}},
    }
    content = {"application/json": {"schema": {"$ref": f"{at}Shape"}}}
    post = {"requestBody": {"content": content}, "responses": {"204": {"description": "taken"}}}
    components = {"schemas": {"Shape": either, "Circle": shape("r"), "Square": shape("side")}}
    document = {"paths": {"/shapes": {"post": post}}, "components": components}
    client = serve(Sandbox(write_contract(tmp_path / "s.json", "3.1.0", document)))
    assert client.post("/shapes", json={"kind": "square", "side": 3}).status_code == 204
    assert client.post("/shapes", json={"kind": "square", "side": "x"}).status_code == 400
    assert "must be one of" in client.post("/shapes", json={"kind": "hexagon"}).json()["detail"]


@pytest.mark.parametrize("labels", [("car", "truck", "race"), ("Car", "Truck", "Race")])
def test_a_subtype_has_subtypes_of_its_own(
    serve: Serve, tmp_path: Path, labels: tuple[str, str, str]
) -> None:
    car, truck, race = labels
    discriminator: dict[str, Any] = {"propertyName": "kind"}
    if car == "car":
        discriminator["mapping"] = dict(zip(labels, ("Car", "Truck", "Race"), strict=True))
    at = "#/components/schemas/"
    base = {**schemas(discriminator)["Animal"], "discriminator": discriminator}
    built = {"Car": heir(f"{at}Vehicle", "doors"), "Truck": heir(f"{at}Vehicle", "axles")}
    cars = {"application/json": {"schema": {"$ref": f"{at}Car"}}}
    post = {
        "requestBody": {"content": cars},
        "responses": {"201": {"description": "made", "content": cars}},
    }
    many = {"application/json": {"schema": {"type": "array", "items": {"$ref": f"{at}Car"}}}}
    shown = {"responses": {"200": {"description": "ok", "content": many}}}
    document = {
        "paths": {"/cars": {"get": shown, "post": post}},
        "components": {"schemas": {"Vehicle": base, **built, "Race": heir(f"{at}Car", "laps")}},
    }
    client = serve(Sandbox(write_contract(tmp_path / "v.json", "3.0.3", document)))
    assert all("doors" in one and one["kind"] in (car, race) for one in client.get("/cars").json())
    made = client.post("/cars", json={"kind": race, "doors": 2, "laps": 7}).json()
    assert (made["kind"], made["laps"]) == (race, 7)
    refused = client.post("/cars", json={"kind": race, "doors": 2})
    assert "/laps: is required" in refused.json()["detail"]
    if car == "car":
        assert client.post("/cars", json={"kind": truck, "doors": 2}).status_code == 400


def test_a_kind_may_be_called_as_json_ld_calls_it(serve: Serve, tmp_path: Path) -> None:
    text = json.dumps({"paths": paths(), "components": {"schemas": schemas(UNMAPPED)}})
    document = json.loads(text.replace('"kind"', '"@type"'))
    client = serve(
        Sandbox(write_contract(tmp_path / "a.json", "3.0.3", document), settings=Settings(populate=6))
    )
    assert {one["@type"] for one in client.get("/animals").json()} == {"Fish", "Bird"}


def test_a_class_below_a_base_takes_no_label_of_another(serve: Serve, tmp_path: Path) -> None:
    fish = {"application/json": {"schema": {"$ref": "#/components/schemas/Fish"}}}
    post = {"requestBody": {"content": fish}, "responses": {"204": {"description": "taken"}}}
    document = {"paths": {"/fish": {"post": post}}, "components": {"schemas": schemas(MAPPED)}}
    client = serve(Sandbox(write_contract(tmp_path / "f.json", "3.0.3", document)))
    assert client.post("/fish", json={"kind": "fish", "fins": 2}).status_code == 204
    assert client.post("/fish", json={"kind": "bird", "fins": 2}).status_code == 400


def test_a_class_below_a_base_takes_each_of_its_labels(serve: Serve, tmp_path: Path) -> None:
    fish = {"application/json": {"schema": {"$ref": "#/components/schemas/Fish"}}}
    post = {"requestBody": {"content": fish}, "responses": {"204": {"description": "taken"}}}
    mapped = {"propertyName": "kind", "mapping": {"fish": "Fish", "shark": "Fish", "bird": "Bird"}}
    document = {"paths": {"/fish": {"post": post}}, "components": {"schemas": schemas(mapped)}}
    client = serve(Sandbox(write_contract(tmp_path / "f.json", "3.0.3", document)))
    sent = [client.post("/fish", json={"kind": kind, "fins": 2}) for kind in ("fish", "shark", "bird")]
    assert [answer.status_code for answer in sent] == [204, 204, 400]
