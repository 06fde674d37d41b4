"""What was created or changed is shown whole: alternatives, references, lists, parts of an item, and where a new item begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from understudy.sandbox import Sandbox, Settings

TEXT = {"type": "string"}
Make = Callable[..., httpx.Client]


def answer(schema: Any, status: str = "200") -> dict[str, Any]:
    return {status: {"description": "", "content": {"application/json": {"schema": schema}}}}


def thing(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


@pytest.fixture
def things(sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]) -> Make:
    """Serve `/things` and `/things/{id}`: what is sent and what is shown, and where they differ the created, listed and put ones."""

    def start(
        sent: Any, shown: Any, *, put: Any = None, listed: Any = None, created: Any = None, **document: Any
    ) -> httpx.Client:
        body = {"required": True, "content": {"application/json": {"schema": sent}}}
        changed = {"required": True, "content": {"application/json": {"schema": put or sent}}}
        paths = {
            "/things": {
                "post": {"requestBody": body, "responses": answer(created or shown, "201")},
                "get": {
                    "responses": answer({"type": "array", "items": listed or shown}),
                    "parameters": document.pop("filters", []),
                },
            },
            "/things/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
                "get": {"responses": answer(shown)},
                "put": {"requestBody": changed, "responses": answer(shown)},
                "patch": {
                    "requestBody": {"content": {"application/json": {"schema": {}}}},
                    "responses": answer(shown),
                },
            },
        }
        return serve(
            sandbox(paths=paths, settings=Settings(populate=document.pop("populate", 0)), **document)
        )

    return start


# ---- alternatives


def animals(*, labelled: bool) -> dict[str, Any]:
    """Describe cats and dogs: told apart by a constant, or by nothing but a discriminator's mapping."""
    cat, dog = (TEXT, TEXT) if labelled else ({"const": "cat"}, {"const": "dog"})
    either = {"oneOf": [{"$ref": "#/components/schemas/Feline"}, {"$ref": "#/components/schemas/Canine"}]}
    mapping = {"cat": "#/components/schemas/Feline", "dog": "#/components/schemas/Canine"}
    if labelled:
        either["discriminator"] = {"propertyName": "kind", "mapping": mapping}  # type: ignore[assignment]
    return {
        "Animal": either,
        "Feline": thing({"id": TEXT, "kind": cat, "lives": {"type": "integer"}}, "id", "kind", "lives"),
        "Canine": thing({"id": TEXT, "kind": dog, "bark": TEXT}, "id", "kind", "bark"),
    }


@pytest.mark.parametrize("labelled", [False, True])
def test_alternative_that_was_sent_is_the_one_that_is_shown(things: Make, labelled: bool) -> None:
    sent = thing({"kind": TEXT, "bark": TEXT, "lives": {"type": "integer"}})
    schemas = animals(labelled=labelled)
    client = things(sent, {"$ref": "#/components/schemas/Animal"}, components={"schemas": schemas})
    for fields in ({"kind": "dog", "bark": "woof"}, {"kind": "cat", "lives": 7}):
        created = client.post("/things", json=fields)
        assert created.json() == {**fields, "id": created.json()["id"]}
        assert client.get(created.headers["location"]).json() == created.json()
        assert client.get("/things").json()[0] == created.json()


def test_alternative_is_told_from_the_fields_where_nothing_names_it(things: Make) -> None:
    company, person = (
        thing({"id": TEXT, "vat_number": TEXT}, "id", "vat_number"),
        thing({"id": TEXT, "surname": TEXT}, "id", "surname"),
    )
    client = things(thing({"surname": TEXT, "vat_number": TEXT}), {"anyOf": [company, person]})
    created = client.post("/things", json={"surname": "Lovelace"}).json()
    assert created == {"id": created["id"], "surname": "Lovelace"}


def test_alternative_stays_when_another_field_changes(things: Make) -> None:
    client = things(
        {}, {"$ref": "#/components/schemas/Animal"}, components={"schemas": animals(labelled=False)}
    )
    url = client.post("/things", json={"kind": "dog", "bark": "woof"}).headers["location"]
    assert client.patch(url, json={"bark": "wau"}).json().items() >= {"kind": "dog", "bark": "wau"}.items()


# ---- references


@pytest.mark.parametrize("member", ["id", "gid", "sha", "code"])
def test_bare_id_is_shown_as_the_object_that_carries_it(things: Make, member: str) -> None:
    owner = thing({"name": TEXT, member: TEXT}, "name", member)
    client = things(thing({"owner": TEXT}), thing({"id": TEXT, "owner": owner}, "id"))
    created = client.post("/things", json={"owner": "c3d0be"})
    assert created.json()["owner"][member] == "c3d0be" != created.json()["owner"]["name"]
    assert client.get(created.headers["location"]).json() == created.json()


def test_bare_ids_are_shown_as_a_list_of_objects_that_carry_them(things: Make) -> None:
    follower = thing({"gid": TEXT, "name": TEXT}, "gid", "name")
    client = things(
        thing({"followers": {"type": "array", "items": TEXT}}),
        thing({"id": TEXT, "followers": {"type": "array", "items": follower}}),
    )
    created = client.post("/things", json={"followers": ["ada", "bob", "eve"]}).json()
    assert [one["gid"] for one in created["followers"]] == ["ada", "bob", "eve"]


def test_bare_id_set_by_a_change_is_shown_as_a_whole_object(things: Make) -> None:
    machine = thing({"name": TEXT, "cpus": {"type": "integer"}}, "name", "cpus")
    shown = thing({"id": TEXT, "machine": {"anyOf": [machine, {"type": "null"}]}}, "id", "machine")
    client = things(thing({"machine": {"type": ["string", "null"]}}), shown)
    url = client.post("/things", json={"machine": None}).headers["location"]
    assert client.get(url).json()["machine"] is None
    changed = client.patch(url, json={"machine": "large"}).json()
    assert changed["machine"]["name"] == "large"
    assert isinstance(changed["machine"]["cpus"], int)


# ---- parts of an item


def test_items_of_a_list_keep_what_was_sent_beside_what_the_server_says_of_each(things: Make) -> None:
    sent = thing({"rules": {"type": "array", "items": thing({"trigger": TEXT, "note": TEXT})}})
    rule = thing(
        {"rule_id": {"type": "string", "format": "uuid"}, "trigger": TEXT, "note": TEXT}, "rule_id", "trigger"
    )
    client = things(sent, thing({"id": TEXT, "rules": {"type": "array", "items": rule}}, "id", "rules"))
    created = client.post(
        "/things", json={"rules": [{"trigger": "a"}, {"trigger": "b", "note": "x"}, {"trigger": "c"}]}
    )
    rules = created.json()["rules"]
    assert [{name: rule[name] for name in rule if name != "rule_id"} for rule in rules] == [
        {"trigger": "a"},
        {"trigger": "b", "note": "x"},
        {"trigger": "c"},
    ]
    assert len({rule["rule_id"] for rule in rules}) == 3
    assert client.get(created.headers["location"]).json() == created.json() == client.get("/things").json()[0]


def test_map_holds_what_was_sent_and_nothing_made_up(things: Make) -> None:
    free = {"type": "object", "additionalProperties": TEXT}
    client = things(thing({"metadata": free}), thing({"id": TEXT, "metadata": free}, "id", "metadata"))
    assert client.post("/things", json={"metadata": {"order": "17"}}).json()["metadata"] == {"order": "17"}
    assert client.post("/things", json={"metadata": {}}).json()["metadata"] == {}


def test_part_that_could_be_sent_and_was_not_is_left_out_and_the_servers_is_there(things: Make) -> None:
    address = {"city": TEXT, "suite": TEXT}
    shown = thing({"id": TEXT, "address": thing({**address, "address_id": TEXT}, "address_id")}, "id")
    created = (
        things(thing({"address": thing(address)}), shown)
        .post("/things", json={"address": {"city": "Delft"}})
        .json()
    )
    assert created["address"].keys() == {"city", "address_id"}


def test_part_keeps_what_it_must_have_and_another_loses_nothing_by_it(things: Make) -> None:
    free = {"type": "object", "additionalProperties": TEXT}
    rule = {"trigger": TEXT, "method": TEXT, "note": TEXT}
    kind = {"enum": ["a", "b"]}
    shown = thing(
        {"id": TEXT, "metadata": free, "rule": thing(rule, "trigger", "method"), "kind": kind},
        "id",
        "metadata",
        "rule",
    )
    client = things(thing({"metadata": free, "rule": thing(rule), "kind": TEXT}), shown)
    created = client.post(
        "/things", json={"metadata": {"order": "17"}, "rule": {"trigger": "a"}, "kind": "z"}
    ).json()
    assert created["metadata"] == {"order": "17"}
    assert created["rule"].keys() == {"trigger", "method"}


def test_patch_of_a_part_keeps_its_other_members(things: Make) -> None:
    address = thing({"city": TEXT, "street": TEXT})
    client = things(thing({"address": address}), thing({"id": TEXT, "address": address}, "id"))
    url = client.post("/things", json={"address": {"city": "Delft", "street": "Markt"}}).headers["location"]
    assert client.patch(url, json={"address": {"city": "Leiden"}}).json()["address"] == {
        "city": "Leiden",
        "street": "Markt",
    }
    assert client.get("/things").json()[0]["address"] == {"city": "Leiden", "street": "Markt"}


def test_put_leaves_what_it_cannot_set(things: Make) -> None:
    every = {"name": TEXT, "note": TEXT, "parent": TEXT}
    client = things(thing(every), thing({"id": TEXT, **every}, "id"), put=thing({"name": TEXT, "note": TEXT}))
    url = client.post("/things", json={"name": "one", "note": "x", "parent": "p"}).headers["location"]
    after = client.put(url, json={"name": "two"}).json()
    assert {name: after[name] for name in after if name != "id"} == {"name": "two", "parent": "p"}


def test_put_of_what_cannot_be_shown_leaves_what_was_there(things: Make) -> None:
    level = {
        "type": "string",
        "enum": ["viewer", "commenter", "editor", "admin", "owner", "guest", "auditor"],
    }
    client = things(thing({"level": TEXT}), thing({"id": TEXT, "level": level}, "id", "level"))
    for one in level["enum"]:
        url = client.post("/things", json={"level": one}).headers["location"]
        assert client.put(url, json={"level": "no such level"}).json()["level"] == one


def test_list_shows_of_a_part_what_its_items_declare(things: Make) -> None:
    owner = {"name": TEXT, "email": TEXT}
    compact = {**thing({"name": TEXT}), "additionalProperties": False}
    client = things(
        thing({"owner": thing(owner)}),
        thing({"id": TEXT, "owner": thing(owner)}, "id"),
        listed=thing({"id": TEXT, "owner": compact}),
    )
    client.post("/things", json={"owner": {"name": "Ada", "email": "ada@example.com"}})
    assert client.get("/things").json()[0]["owner"] == {"name": "Ada"}


# ---- other types, other places


def test_created_and_read_item_say_the_same_where_it_cannot_be_shown_as_sent(things: Make) -> None:
    moment = {"type": "string", "format": "date-time"}
    client = things(
        thing({"at": {"type": "integer"}, "kind": TEXT}),
        thing({"id": TEXT, "at": moment, "kind": {"enum": ["a", "b"]}}, "id", "at", "kind"),
    )
    created = client.post("/things", json={"at": 86400, "kind": "c"})
    assert created.json()["at"] == "1970-01-02T00:00:00Z"
    assert client.get(created.headers["location"]).json() == created.json() == client.get("/things").json()[0]


@pytest.mark.parametrize(
    ("sent", "shown", "place"),
    [
        (
            {"currency": "EUR"},
            {"balance": thing({"currency": TEXT, "amount": {"type": "integer"}}, "currency", "amount")},
            ("balance", "currency"),
        ),
        (
            {"customer_id": "c-7"},
            {"customer": thing({"id": TEXT, "name": TEXT}, "id", "name")},
            ("customer", "id"),
        ),
        (
            {"external_customer_id": "e-7"},
            {"customer": thing({"id": TEXT, "external_id": TEXT}, "id", "external_id")},
            ("customer", "external_id"),
        ),
    ],
)
def test_field_without_a_member_of_its_own_is_shown_in_the_object_that_has_one(
    things: Make, sent: Any, shown: Any, place: Any
) -> None:
    client = things(thing(dict.fromkeys(sent, TEXT)), thing({"id": TEXT, **shown}, "id", *shown))
    created = client.post("/things", json=sent)
    holder, member = place
    assert created.json()[holder][member] == next(iter(sent.values()))
    assert client.get(created.headers["location"]).json() == created.json()


def test_field_is_put_nowhere_where_several_objects_could_mean_it_or_many_have_its_name(things: Make) -> None:
    person = thing({"name": TEXT, "email": TEXT}, "name", "email")
    firm = thing({"name": TEXT, "email": {"type": "string", "format": "email"}}, "name", "email")
    client = things(
        thing({"email": TEXT, "name": TEXT}),
        thing({"id": TEXT, "person": person, "firm": firm}, "id", "person", "firm"),
    )
    assert "ada@example.com" not in client.post("/things", json={"email": "ada@example.com"}).text
    client = things(thing({"name": TEXT}), thing({"id": TEXT, "person": person}, "id", "person"))
    assert client.post("/things", json={"name": "Ada"}).json()["person"]["name"] != "Ada"


def test_item_beside_other_members_of_a_body_is_found(things: Make) -> None:
    item = thing({"id": TEXT, "name": TEXT, "total": {"type": "integer", "readOnly": True}}, "name")
    client = things(
        thing({"data": item, "options": thing({"notify": {"type": "boolean"}})}),
        thing({"data": item}, "data"),
    )
    sent = {"data": {"name": "one", "total": -1}, "options": {"notify": True}}
    created = client.post("/things", json=sent).json()["data"]
    assert created["name"] == "one"
    assert created["total"] != -1  # the server's, wherever in the body it was sent


def test_identifiers_that_differ_in_case_alone_are_one(things: Make) -> None:
    client = things(thing({"name": TEXT}), thing({"Id": TEXT, "id": TEXT, "name": TEXT}, "Id", "id"))
    created = client.post("/things", json={"name": "one"}).json()
    assert created["Id"] == created["id"]


# ---- where a new item begins


def test_new_item_is_in_the_first_state_and_has_not_ended(things: Make) -> None:
    states = {"type": "string", "enum": ["rejected", "accepted", "pending"]}
    moment = {"type": "string", "format": "date-time"}
    shown = thing(
        {"id": TEXT, "name": TEXT, "status": states, "terminated_at": moment, "cancelledAt": moment}, "id"
    )
    filters = [{"name": "status", "in": "query", "schema": states}]
    client = things(thing({"name": TEXT}), shown, put=thing({"status": states}), filters=filters)
    made = [client.post("/things", json={"name": name}).json() for name in "abcdef"]
    assert [one.keys() for one in made] == [{"id", "name", "status"}] * 6
    assert {one["status"] for one in made} == {"pending"}
    client.patch(f"/things/{made[0]['id']}", json={"status": "accepted"})
    assert [one["name"] for one in client.get("/things", params={"status": "pending"}).json()] == list(
        "fedcb"
    )


def test_new_item_is_not_at_its_end_where_no_state_is_known_as_a_beginning(things: Make) -> None:
    shown = thing(
        {"id": TEXT, "name": TEXT, "state": {"type": "string", "enum": ["failed", "deleted", "sleeping"]}},
        "id",
        "state",
    )
    client = things(thing({"name": TEXT}), shown)
    assert {client.post("/things", json={"name": name}).json()["state"] for name in "abcdef"} == {"sleeping"}


def test_state_that_was_sent_stays(things: Make) -> None:
    status = {"type": "string", "enum": ["pending", "closed"]}
    client = things(thing({"status": status}), thing({"id": TEXT, "status": status}, "id"))
    assert client.post("/things", json={"status": "closed"}).json()["status"] == "closed"


def test_populated_items_are_in_any_state(things: Make) -> None:
    shown = thing({"id": TEXT, "status": {"type": "string", "enum": ["pending", "closed"]}}, "id", "status")
    assert {one["status"] for one in things({}, shown, populate=15).get("/things").json()} == {
        "pending",
        "closed",
    }


# ---- whatever was sent

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31), 2**31) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcde"), inner, max_size=3),
    max_leaves=8,
)


def test_what_any_schema_can_show_comes_back_as_it_was_sent(things: Make) -> None:
    client = things({"type": "object"}, thing({"id": TEXT, "a": {}, "b": {}, "c": {}}, "id"))

    @settings(max_examples=60, deadline=None)
    @example({"a": {"a": 1, "b": 2}})  # no wrapper, though it looks like one
    @given(fields=st.dictionaries(st.sampled_from(["a", "b", "c"]), JSON, max_size=3))
    def comes_back(fields: dict[str, Any]) -> None:
        created = client.post("/things", json=fields)
        assert {name: created.json().get(name) for name in fields} == fields
        assert (
            client.get(created.headers["location"]).json()
            == created.json()
            == client.get("/things").json()[0]
        )

    comes_back()
