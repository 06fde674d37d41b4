"""Writes to what nobody has heard of, and to what is gone, by the ways in which documents say that it is not found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, below, body, contract_of, made, many, ref, thing
from understudy.sandbox import Sandbox, Settings

ERROR = {
    "description": "",
    "content": {"application/json": {"schema": thing({"code": WHOLE, "message": TEXT})}},
}


def books(*errors: str, **settings: Any) -> Sandbox:
    refusals = dict.fromkeys(errors, ERROR)
    shown = {"responses": answer(ref("Book")) | refusals}
    sent = {"requestBody": body(thing({"title": TEXT}))}
    gone = {"responses": {"204": {"description": ""}} | refusals}
    paths = {
        "/books": {"get": many("Book"), "post": made("Book", title=TEXT)},
        "/books/{id}": below(get=shown, put=shown | sent, patch=shown | sent, delete=gone),
        "/books/{id}/archive": below(post=shown),
    }
    contract = contract_of(paths, Book=thing({"id": WHOLE, "title": TEXT}, "id"))
    return Sandbox(contract, None, Settings(**settings))


@pytest.mark.parametrize(("errors", "status"), [(("404",), 404), (("default",), 404), (("400",), 200)])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_nobody_has_heard_of_is_not_found_as_it_is_documented(
    serve: Callable[..., httpx.Client], errors: tuple[str, ...], status: int, method: str
) -> None:
    client = serve(books(*errors))
    assert client.request(method, "/books/999", json={"title": "Emma"}).status_code == status
    assert client.get("/books/998").status_code == 200
    assert client.request(method, "/books/998", json={"title": "Emma"}).status_code == 200


def test_a_default_is_the_shape_in_which_it_is_not_found(serve: Callable[..., httpx.Client]) -> None:
    client = serve(books("default"))
    for answer_of in (client.delete("/books/999"), client.post("/books/999/archive")):
        assert (answer_of.status_code, answer_of.json()["code"]) == (404, 404)


def test_any_id_is_good_where_the_settings_say_so(serve: Callable[..., httpx.Client]) -> None:
    client = serve(books("default", any_write=True))
    assert client.put("/books/999", json={"title": "Emma"}).status_code == 200


@pytest.mark.parametrize("errors", [("404",), ("default",)])
def test_what_was_deleted_is_not_put_back_where_that_is_documented(
    serve: Callable[..., httpx.Client], errors: tuple[str, ...]
) -> None:
    client = serve(books(*errors))
    new = client.post("/books", json={"title": "Emma"}).json()
    assert client.delete(f"/books/{new['id']}").status_code == 204
    for method in ("PUT", "PATCH", "DELETE"):
        sent = {"title": "Persuasion"} if method != "DELETE" else None
        assert client.request(method, f"/books/{new['id']}", json=sent).status_code == 404
    assert client.get(f"/books/{new['id']}").status_code == 404
