"""The pages beside the operations: what is served here, each contract, and documentation that stays in the
sandbox.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import yaml

from support import write_contract
from understudy.bundled import bundled_contracts
from understudy.contracts.contract import Contract
from understudy.sandbox import Sandbox
from understudy.server.served_contract import at_home

ALL = ("aritma", "dualentry", "togai", "saasu")


def test_the_index_lists_each_api(serve: Callable[..., httpx.Client]) -> None:
    client = serve(*ALL)
    index = client.get("/").json()
    assert [(api["name"], api["operations"]) for api in index["apis"]] == [
        ("aritma", 3),
        ("dualentry", 6),
        ("togai", 8),
        ("saasu", 9),
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
    for page in ("/togai/docs/", "/togai/docs"):
        (script,) = re.findall('<script src="([^"]+)"', client.get(page).text)
        assert client.get(client.base_url.join(page).join(script)).status_code == 200


def test_a_browser_gets_the_index_as_html(serve: Callable[..., httpx.Client]) -> None:
    response = serve(*ALL).get(
        "/", headers={"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    )
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.text.count("/docs") == 5  # of the four and of the admin API


@pytest.mark.parametrize("name", ALL)
def test_each_contract_is_served_with_the_sandbox_as_its_server_and_as_it_stands(
    serve: Callable[..., httpx.Client], name: str
) -> None:
    client = serve(*ALL)
    path = bundled_contracts()[name]
    raw = path.read_bytes()
    served = client.get(f"/{name}/openapi.json").json()
    assert served["servers"] == [{"url": f"{client.base_url}/{name}", "description": "this sandbox"}]
    assert yaml.load(client.get(f"/{name}/openapi.yaml").content, yaml.CSafeLoader) == served
    stands = yaml.load(raw, yaml.CSafeLoader)
    assert served["paths"] == stands["paths"]
    assert served["components"]["schemas"] == stands["components"]["schemas"]
    assert client.get(f"/{name}/raw/{path.name}").content == raw
    file = {api["name"]: api["file"] for api in client.get("/").json()["apis"]}[name]
    assert client.get(file).content == raw


LOGIN = "https://login.example.com"


def test_no_page_and_no_generated_client_is_led_to_the_real_system(
    serve: Callable[..., httpx.Client], tmp_path: Path
) -> None:
    flow = {"tokenUrl": f"{LOGIN}/token?a=1", "authorizationUrl": f"{LOGIN}/authorize", "scopes": {}}
    schemes = {
        "oauth": {"type": "oauth2", "flows": {"authorizationCode": {**flow, "refreshUrl": "again"}}},
        "oidc": {"type": "openIdConnect", "openIdConnectUrl": f"{LOGIN}/.well-known/openid-configuration"},
    }
    servers = {"servers": [{"url": f"{LOGIN}/v1"}]}
    operation = {"responses": {"204": {"description": ""}}, **servers}
    paths = {"/a": {"get": operation, **servers}, "/b": {"get": operation}}
    document = {"paths": paths, "components": {"securitySchemes": schemes}, **servers}
    for name in ("openapi", "other"):  # one of them is called as the page is
        write_contract(tmp_path / f"{name}.json", "3.0.3", document)
    sandboxes = [Sandbox(Contract.load(tmp_path / f"{name}.json")) for name in ("openapi", "other")]
    client = serve(*sandboxes)
    raw = client.get("/openapi/raw/openapi.json")
    assert raw.content == (tmp_path / "openapi.json").read_bytes()
    for session, path in (("", "openapi"), ("~one/", "other")):
        home = f"{client.base_url}/{session}{path}"
        for page in ("openapi.json", "openapi.yaml", "docs/openapi.json"):
            served = client.get(f"{home}/{page}")
            assert LOGIN not in served.text
            value = yaml.load(served.content, yaml.CSafeLoader)
            assert [server["url"] for server in value["servers"]] == [home]
            told = value["components"]["securitySchemes"]["oauth"]["flows"]["authorizationCode"]
            assert told["tokenUrl"] == f"{home}/token?a=1"
            assert told["authorizationUrl"] == f"{home}/authorize"
            assert told["refreshUrl"] == f"{home}/again"


@pytest.mark.parametrize(
    ("stated", "path", "expected"),
    [
        (f"{LOGIN}/v2/oauth/token", "/oauth/token", "/oauth/token"),
        ("token", "/api/v1/token", "/api/v1/token"),
        ("/token", "/token/", "/token/"),
        ("./token", "/other", "/token"),
        (LOGIN, "/other", "/"),
        ("http://[", "/other", "/"),
    ],
)
def test_an_address_of_tokens_is_the_path_that_hands_them_out(stated: str, path: str, expected: str) -> None:
    flows = {"password": {"tokenUrl": stated, "scopes": {}}}
    schemes = {"securitySchemes": {"oauth": {"type": "oauth2", "flows": flows}, "odd": 5}}
    elsewhere = {"servers": [{"url": LOGIN}]}
    item = {"get": elsewhere, "additionalOperations": {"COPY": elsewhere}, **elsewhere}
    served = at_home({"paths": {path: item, "/": 5}, "components": schemes}, "http://here")
    assert served["paths"][path] == {"get": {}, "additionalOperations": {"COPY": {}}}
    found = served["components"]["securitySchemes"]["oauth"]["flows"]["password"]["tokenUrl"]
    assert found == f"http://here{expected}"


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
    assert client.get("/raw/parts/text.yaml").text == "type: string\n"
    assert client.get("/raw/main.yaml").content == (tmp_path / "main.yaml").read_bytes()
    assert isinstance(client.get("/a").json(), str)
