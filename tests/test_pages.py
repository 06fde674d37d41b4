"""The pages beside the operations: what is served here, each contract, and documentation that stays in the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import yaml

from understudy.bundled import bundled_contracts
from understudy.contracts.contract import Contract
from understudy.sandbox import Sandbox

ALL = ("aritma", "dualentry", "togai", "saasu")


def test_the_index_lists_each_api(serve: Callable[..., httpx.Client]) -> None:
    client = serve(*ALL)
    index = client.get("/").json()
    assert [(api["name"], api["operations"]) for api in index["apis"]] == [
        ("aritma", 3),
        ("dualentry", 6),
        ("togai", 8),
        ("saasu", 7),
    ]
    for api in index["apis"]:
        assert api["url"] == f"{client.base_url}".rstrip("/") + f"/{api['name']}"
        assert client.get(api["contract"]).status_code == client.get(api["docs"]).status_code == 200


def test_the_index_names_the_admin_api_but_not_as_one_of_the_apis(serve: Callable[..., httpx.Client]) -> None:
    client = serve("togai")  # which stands at the root: the admin API does not make it one of two
    index = client.get("/").json()
    assert [api["url"] for api in index["apis"]] == [str(client.base_url).rstrip("/")]
    assert index["admin"]["url"] == str(client.base_url.join("/__admin"))
    assert (
        client.get(index["admin"]["docs"]).status_code
        == client.get(index["admin"]["contract"]).status_code
        == 200
    )


@pytest.mark.parametrize("path", ["/togai", "/togai/"])
def test_the_url_that_is_printed_for_an_api_answers(serve: Callable[..., httpx.Client], path: str) -> None:
    assert [api["name"] for api in serve(*ALL).get(path).json()["apis"]] == list(ALL)


def test_documentation_is_found_with_a_slash_too(serve: Callable[..., httpx.Client]) -> None:
    client = serve(*ALL)
    assert client.get("/togai/docs/").text == client.get("/togai/docs").text


def test_a_browser_gets_the_index_as_html(serve: Callable[..., httpx.Client]) -> None:
    response = serve(*ALL).get(
        "/", headers={"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    )
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.text.count("/docs") == 5  # of the four and of the admin API


@pytest.mark.parametrize("name", ALL)
def test_each_contract_is_served_as_it_stands(serve: Callable[..., httpx.Client], name: str) -> None:
    client = serve(*ALL)
    raw = bundled_contracts()[name].read_bytes()
    assert client.get(f"/{name}/openapi.yaml").content == raw
    assert client.get(f"/{name}/openapi.json").json() == yaml.load(raw, yaml.CSafeLoader)


def test_the_documentation_never_leads_to_the_real_system(serve: Callable[..., httpx.Client]) -> None:
    client = serve(*ALL)
    page = client.get("/togai/docs").text
    assert '"/togai/docs/openapi.json"' in page
    assert client.get("/togai/docs/openapi.json").json()["servers"] == [
        {"url": "/togai", "description": "this sandbox"}
    ]


@pytest.mark.parametrize(
    ("asset", "media_type"), [("swagger-ui.css", "text/css"), ("swagger-ui-bundle.js", "text/javascript")]
)
def test_the_documentation_brings_its_own_files(
    serve: Callable[..., httpx.Client], asset: str, media_type: str
) -> None:
    response = serve("togai").get(f"/docs/{asset}")
    assert response.headers["content-type"] == media_type
    assert len(response.content) > 50_000


def test_head_of_a_page_has_no_body(serve: Callable[..., httpx.Client]) -> None:
    response = serve("togai").head("/openapi.yaml")
    assert (response.status_code, response.content) == (200, b"")
    assert int(response.headers["content-length"]) > 10_000


PLACES = ["/", "/togai", "/togai/openapi.yaml", "/togai/docs", "/togai/docs/", "/togai/docs/swagger-ui.css", "/__admin",
          "/__admin/openapi.yaml", "/__admin/docs", "/~one/__admin/openapi.json"]  # fmt: skip


@pytest.mark.parametrize("path", PLACES)
def test_a_page_says_what_may_be_done_with_it(serve: Callable[..., httpx.Client], path: str) -> None:
    client = serve(*ALL)
    said = client.options(path)
    assert (said.status_code, said.content, said.headers["allow"]) == (204, b"", "GET, HEAD, OPTIONS")
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE"):
        refused = client.request(method, path)
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
        assert refused.headers["content-type"] == "application/problem+json"
        assert method in refused.json()["detail"]


def test_a_page_does_not_keep_other_methods_from_a_path_with_parameters(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    bucket = {"name": "bucket", "in": "path", "required": True, "schema": {"type": "string"}}
    put = {"put": {"parameters": [bucket], "responses": {"204": {"description": "ok"}}}}
    client = serve(sandbox(paths={"/{bucket}": put}))
    assert [client.put(f"/{path}").status_code for path in ("one", "docs", "openapi.yaml")] == [204, 204, 204]
    assert client.get("/docs").headers["content-type"].startswith("text/html")
    assert client.put("/docs/swagger-ui.css").status_code == client.put("/").status_code == 405


def test_the_other_methods_of_a_path_that_is_a_page_and_an_operation_are_the_contracts(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    client = serve(sandbox(paths={"/docs": {"post": {"responses": {"204": {"description": "ok"}}}}}))
    assert [client.post("/docs").status_code, client.get("/docs").status_code] == [204, 405]


def test_a_contracts_own_path_wins_over_a_page(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    empty = {"get": {"responses": {"204": {"description": "ok"}}}}
    assert serve(sandbox(paths={"/docs": empty, "/": empty})).get("/docs").status_code == 204


def test_files_a_contract_refers_to_are_served_beside_it(
    serve: Callable[..., httpx.Client], tmp_path: Path
) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "text.yaml").write_text("type: string\n")
    content = "content: {application/json: {schema: {$ref: parts/text.yaml}}}"
    head = "openapi: 3.1.0\ninfo: {title: t, version: v}\npaths:\n"
    (tmp_path / "main.yaml").write_text(
        f"{head}  /a:\n    get:\n      responses:\n        200: {{description: ok, {content}}}\n"
    )
    client = serve(Sandbox(Contract.load(tmp_path / "main.yaml")))
    assert [client.get(path).text for path in ("/parts/text.yaml", "/docs/parts/text.yaml")] == [
        "type: string\n"
    ] * 2
    assert client.get("/openapi.yaml").text == client.get("/main.yaml").text
    assert isinstance(client.get("/a").json(), str)
