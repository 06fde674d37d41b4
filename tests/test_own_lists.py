"""What the caller turned on is in their list of it, and what is done to a review by its own path is seen where it is
listed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, parameter, ref, thing
from understudy.sandbox import Sandbox

FLAG = {"type": "boolean"}
LOCK: list[dict[str, list[str]]] = [{"token": []}]
LOGIN = thing({"email": TEXT, "password": TEXT}, "email", "password")
TOKENS = thing({"access_token": TEXT, "refresh_token": TEXT}, "access_token", "refresh_token")
REFRESH = thing({"refresh_token": TEXT}, "refresh_token")
REVIEW = thing(
    {"id": WHOLE, "product_id": WHOLE, "text": TEXT, "helpful_count": WHOLE}, "id", "text", "helpful_count"
)
PRODUCTS = {
    "shown": thing({"id": WHOLE, "name": TEXT, "is_favorite": FLAG}, "id", "name", "is_favorite"),
    "not shown": {**thing({"id": WHOLE, "name": TEXT}, "id", "name"), "additionalProperties": False},
}


def doing(schema: Any, status: str = "200", **more: Any) -> dict[str, Any]:
    return {"security": LOCK, "responses": answer(schema, status), **more}


def listing(name: str) -> dict[str, Any]:
    return doing({"type": "array", "items": ref(name)})


def below(**methods: Any) -> dict[str, Any]:
    return {"parameters": [parameter("id", WHOLE)], **methods}


REFUSED = {"401": {"description": "The token is no good."}}
SILENT = {"security": LOCK, "responses": {"204": {"description": ""}}}
PATHS: dict[str, Any] = {
    "/register": {
        "post": {"requestBody": body(LOGIN), "responses": answer(thing({"id": WHOLE}, "id"), "201")}
    },
    "/login": {"post": {"requestBody": body(LOGIN), "responses": answer(TOKENS) | REFUSED}},
    "/refresh": {"post": {"requestBody": body(REFRESH), "responses": answer(TOKENS) | REFUSED}},
    "/me/favorites": {"get": listing("Product")},
    "/products": {
        "get": listing("Product"),
        "post": doing(ref("Product"), "201", requestBody=body(thing({"name": TEXT}, "name"))),
    },
    "/products/{id}": below(get=doing(ref("Product"))),
    "/products/{id}/favorite": below(post=SILENT, delete=SILENT),
    "/products/{id}/reviews": below(
        get=listing("Review"),
        post=doing(ref("Review"), "201", requestBody=body(thing({"text": TEXT}, "text"))),
    ),
    "/reviews/{id}/helpful": below(post=doing(ref("Review"))),
}


@pytest.fixture(params=PRODUCTS)
def api(
    request: pytest.FixtureRequest, sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]
) -> httpx.Client:
    schemas = {"Review": REVIEW, "Product": PRODUCTS[request.param]}
    schemes = {"token": {"type": "http", "scheme": "bearer"}}
    return serve(sandbox(paths=PATHS, components={"schemas": schemas, "securitySchemes": schemes}))


def logged_in(api: httpx.Client, email: str) -> dict[str, str]:
    said = {"email": email, "password": "secret-12"}
    api.post("/register", json=said)
    return {"Authorization": f"Bearer {api.post('/login', json=said).json()['access_token']}"}


def test_what_somebody_made_a_favorite_is_among_theirs_shown_or_not(api: httpx.Client) -> None:
    ann, bob = logged_in(api, "ann@example.org"), logged_in(api, "bob@example.org")
    product = api.post("/products", json={"name": "Lamp"}, headers=ann).json()
    api.post(f"/products/{product['id']}/favorite", headers=bob)
    own = api.get("/me/favorites", headers=bob).json()
    assert [one["id"] for one in own] == [product["id"]]
    assert own[0].keys() == product.keys()
    assert api.get("/me/favorites", headers=ann).json() == []
    api.delete(f"/products/{product['id']}/favorite", headers=bob)
    assert api.get("/me/favorites", headers=bob).json() == []


def test_a_review_that_is_found_helpful_is_so_where_it_is_listed(api: httpx.Client) -> None:
    ann = logged_in(api, "ann@example.org")
    product = api.post("/products", json={"name": "Lamp"}, headers=ann).json()["id"]
    review = api.post(f"/products/{product}/reviews", json={"text": "Bright"}, headers=ann).json()
    assert review["helpful_count"] == 0
    helpful = api.post(f"/reviews/{review['id']}/helpful", headers=ann).json()
    assert helpful == {**review, "helpful_count": 1}
    assert api.get(f"/products/{product}/reviews", headers=ann).json() == [helpful]


def test_a_refresh_token_that_nobody_issued_is_none_once_others_were(api: httpx.Client) -> None:
    before = api.post("/refresh", json={"refresh_token": "from-another-day"})
    assert before.status_code == 200  # any credential is good where none was handed out
    logged_in(api, "ann@example.org")
    assert api.post("/refresh", json={"refresh_token": "from-another-day"}).status_code == 401
    issued = api.post("/login", json={"email": "ann@example.org", "password": "secret-12"}).json()
    assert api.post("/refresh", json={"refresh_token": issued["refresh_token"]}).status_code == 200
