"""The path of a server works beside the bare path, unless the contract itself has such a path."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from inline import TEXT, answer, body, resource, thing
from support import write_contract
from understudy.contracts.contract import Contract
from understudy.contracts.servers import all_server_paths, hidden_paths
from understudy.sandbox import Sandbox

Serve = Callable[..., httpx.Client]
Make = Callable[..., Sandbox]
OK = {"get": {"responses": answer(TEXT)}}
CUP = thing({"id": TEXT, "name": TEXT}, "id", "name")
CUPS = resource(CUP, thing({"name": TEXT}, "name"), "/cups")


def variable(default: str | None, *enum: str) -> dict[str, Any]:
    """Return a server variable."""
    stated: dict[str, Any] = {"enum": list(enum)} if enum else {}
    return stated if default is None else {**stated, "default": default}


@pytest.mark.parametrize(
    ("url", "variables", "expected"),
    [
        ("https://api.shop.example/v2", {}, ["/v2"]),
        ("https://api.shop.example/v2/", {}, ["/v2"]),
        ("https://api.shop.example:8443/a/b?c=/d#/e", {}, ["/a/b"]),
        ("https://api.shop.example", {}, []),
        ("https://api.shop.example/", {}, []),
        ("//api.shop.example/v2", {}, ["/v2"]),
        ("/api/v3", {}, ["/api/v3"]),
        ("api/v3", {}, ["/api/v3"]),
        ("./api/../v3/", {}, ["/v3"]),
        ("/", {}, []),
        ("", {}, []),
        ("api.shop.example/v2", {}, ["/v2"]),
        ("localhost:3000/v2", {}, ["/v2"]),
        ("https://h.example/Train%20Travel/1.0", {}, ["/Train Travel/1.0"]),
        ("{protocol}://{site}.{env}:{port}/api/v1", {"protocol": variable("https", "https")}, ["/api/v1"]),
        ("https://h.example/{v}", {"v": variable("v1", "v1", "v2")}, ["/v1", "/v2"]),
        ("https://h.example/{v}", {"v": variable(None, "v1", "v2")}, ["/v1", "/v2"]),
        (
            "https://{h}.example/{a}/{b}",
            {"h": variable("x", "x", "y"), "a": variable("1", "1", "2"), "b": variable("3", "3", "4")},
            ["/1/3", "/1/4", "/2/3", "/2/4"],
        ),
        ("https://h.example/{tenant}/v1", {"tenant": variable("acme")}, ["/acme/v1", "/{tenant}/v1"]),
        ("https://h.example/{base}", {"base": variable("api/v1")}, ["/api/v1", "/{base}"]),
        ("https://h.example{base}", {"base": variable("", "", "/v1")}, ["/v1"]),
        ("{server}/v1", {"server": variable("https://h.example/api")}, ["/api/v1"]),
        ("{server}/v1", {"server": variable("h.example")}, ["/v1"]),
        ("{server}/v1", {}, ["/v1"]),
        ("https://h.example/v{version}", {"version": variable("1")}, ["/v1", "/v{version}"]),
        ("https://h.example/{v}", "no mapping", ["/{v}"]),
    ],
)
def test_a_server_has_the_paths_that_its_url_and_variables_say(
    tmp_path: Path, url: str, variables: Any, expected: list[str]
) -> None:
    servers = [{"url": url, "variables": variables}]
    contract = write_contract(tmp_path / "api.json", "3.0.3", {"paths": {"/a": OK}, "servers": servers})
    assert list(all_server_paths(contract)) == expected


@pytest.mark.parametrize("servers", [None, [], {}, "x", [None], [{}], [{"url": 5}]])
def test_servers_that_cannot_be_read_are_none(tmp_path: Path, servers: Any) -> None:
    contract = write_contract(tmp_path / "api.json", "3.0.3", {"paths": {"/a": OK}, "servers": servers})
    assert not all_server_paths(contract)


def test_many_variables_are_bounded(tmp_path: Path) -> None:
    names = [f"v{number}" for number in range(20)]
    variables = {name: variable("a", "a", "b", "c") for name in names}
    server = {"url": "/" + "/".join(f"{{{name}}}" for name in names), "variables": variables}
    contract = write_contract(tmp_path / "api.json", "3.0.3", {"paths": {"/a": OK}, "servers": [server]})
    assert len(all_server_paths(contract)) == 64


def test_what_is_made_below_a_servers_path_is_there_without_it_and_the_other_way_round(
    serve: Serve, sandbox: Make
) -> None:
    client = serve(sandbox(paths=CUPS, servers=[{"url": "https://api.getlago.com/api/v1"}]))
    made = client.post("/api/v1/cups", json={"name": "blue"})
    assert made.status_code == 201
    assert made.headers["location"] == str(client.base_url.join(f"/api/v1/cups/{made.json()['id']}"))
    assert client.get(made.headers["location"]).json() == made.json()
    assert client.get(f"/cups/{made.json()['id']}").json() == made.json()
    bare = client.post("/cups", json={"name": "green"})
    assert bare.headers["location"] == str(client.base_url.join(f"/cups/{bare.json()['id']}"))
    assert {cup["name"] for cup in client.get("/api/v1/cups/").json()} == {"blue", "green"}
    assert client.delete(f"/api/v1/cups/{bare.json()['id']}/").status_code == 204
    assert client.options("/api/v1/cups").headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert client.put("/api/v1/cups", json={}).status_code == 405
    assert client.post("/api/v1/cups", json={}).status_code == 400


def test_it_works_in_a_session_and_below_the_name_of_one_of_several(serve: Serve, sandbox: Make) -> None:
    servers = [{"url": "https://h.example/{v}", "variables": {"v": variable("v1", "v1", "v2")}}]
    shop = sandbox(name="shop", paths=CUPS, servers=servers)
    client = serve(shop, sandbox(name="other", paths={"/a": OK}))
    made = client.post("/~one/shop/v2/cups", json={"name": "blue"})
    assert made.headers["location"].startswith(str(client.base_url.join("/~one/shop/v2/cups/")))
    assert [len(client.get(f"{path}/v1/cups").json()) for path in ("/~one/shop", "/shop")] == [1, 0]
    assert client.get("/other/v1/a").status_code == 404


def test_a_variable_without_an_enum_may_be_anything(serve: Serve, sandbox: Make) -> None:
    servers = [{"url": "https://h.example/{tenant}/v1", "variables": {"tenant": variable("acme")}}]
    client = serve(sandbox(paths={"/a": OK}, servers=servers))
    found = [
        client.get(f"/{path}/a").status_code for path in ("acme/v1", "my%20own/v1", "acme/v2", "v1", "x/y/v1")
    ]
    assert found == [200, 200, 404, 404, 404]


def test_the_servers_of_a_path_and_of_an_operation_are_theirs(serve: Serve, sandbox: Make) -> None:
    upload = {"post": {**OK["get"], "servers": [{"url": "https://upload.example/up"}]}, **OK}
    path = {**OK, "servers": [{"url": "/files"}]}
    client = serve(sandbox(paths={"/a": upload, "/b": path}, servers=[{"url": "/v1"}]))
    assert [client.post(f"{base}/a").status_code for base in ("/up", "/v1", "/files")] == [200, 200, 404]
    assert [client.get(f"{base}/a").status_code for base in ("/up", "/v1", "")] == [405, 200, 200]
    assert [client.get(f"{base}/b").status_code for base in ("/files", "/v1", "/up")] == [200, 200, 404]


def test_a_path_that_the_contract_has_is_not_hidden_and_the_index_says_which(
    serve: Serve, sandbox: Make
) -> None:
    def says(text: str) -> dict[str, Any]:
        return {"get": {"responses": answer({"type": "string", "enum": [text]})}}

    paths = {"/cups": says("cups"), "/v1/cups": says("own"), "/{a}/{b}/{c}": says("any"), "/x/{y}": says("x")}
    client = serve(sandbox(paths=paths, servers=[{"url": "/v1"}, {"url": "/v2"}]))
    answers = [
        client.get(path).json() for path in ("/cups", "/v1/cups", "/v2/cups", "/v1/x/1", "/v2/v1/cups")
    ]
    assert answers == ["cups", "own", "cups", "any", "any"]
    (api,) = client.get("/").json()["apis"]
    home = api["url"]
    assert api["also"] == [f"{home}/v1", f"{home}/v2"]
    hidden = ["/v1/cups", "/v1/v1/cups", "/v1/x/{y}", "/v2/v1/cups", "/v2/x/{y}"]
    assert sorted(api["hidden"]) == [home + path for path in hidden]
    page = client.get("/", headers={"Accept": "text/html"}).text
    assert f"also <code>{home}/v2</code>" in page


@pytest.mark.parametrize("path", ["/__admin/mappings", "/__admin/health", "/~me/a"])
def test_a_path_that_the_sandbox_has_itself_is_called_below_the_contract_s_name(
    serve: Serve, sandbox: Make, path: str
) -> None:
    client = serve(sandbox(paths={path: OK, "/cups": OK}, name="mine"))
    assert [client.get(one).status_code for one in (f"/mine{path}", "/mine/cups", "/cups")] == [200, 404, 200]
    assert client.get("/__admin/health").json()["status"] == "ok"
    entries = client.get("/__admin/sessions/default/journal").json()["items"]
    assert any(one["operation"] == f"get {path}" for one in entries)
    (api,) = client.get("/").json()["apis"]
    assert api["also"] == [f"{api['url'].rstrip('/')}/mine"]


def test_another_method_of_a_declared_path_does_not_hide_one(serve: Serve, sandbox: Make) -> None:
    post = {"post": {"requestBody": body(TEXT), "responses": answer(TEXT)}}
    client = serve(sandbox(paths={"/{any}/{thing}": OK, "/cups": post}, servers=[{"url": "/v1"}]))
    assert client.get("/v1/cups").status_code == 200
    assert client.post("/v1/cups", json="x").status_code == 200
    assert client.put("/v1/cups", json="x").status_code == 405
    assert "hidden" not in client.get("/").json()["apis"][0]


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("/v2/cup", "/v2/cups"),
        ("/v2/cups/1/2", "/v2/cups/{id}"),
        ("/api/cups", "/cups"),
        ("/rest/api/v9/cups", "/cups"),
        ("/cup", "/cups"),
    ],
)
def test_an_unknown_path_names_what_is_near(serve: Serve, sandbox: Make, asked: str, near: str) -> None:
    client = serve(sandbox(paths=CUPS, servers=[{"url": "https://h.example/v2"}]))
    refused = client.get(asked)
    assert refused.status_code == 404
    assert near in refused.json()["detail"].replace(",", " ").split()


def test_the_base_path_of_swagger_works_too(serve: Serve, tmp_path: Path) -> None:
    text = {
        "swagger": "2.0",
        "info": {"title": "t", "version": "1"},
        "basePath": "/api/v3",
        "host": "h.example",
    }
    text |= {"paths": {"/pet": {"get": {"responses": {"204": {"description": ""}}}}}}
    path = tmp_path / "pets.json"
    path.write_text(json.dumps(text))
    client = serve(Sandbox(Contract.load(path)))
    assert [client.get(path).status_code for path in ("/pet", "/api/v3/pet", "/api/v3/pet/")] == [204] * 3


SLASHES = [
    ("/products", "/products/", True),
    ("/products/", "/products", True),
    ("/products/{id}", "/products/1/", True),
    ("/products/{id}/", "/products/1", True),
    ("/products/{id}", "/products/", False),
    ("/products", "/products//", False),
    ("/products/{id}", "/products/a%2F/", True),
]


@pytest.mark.parametrize(("declared", "asked", "is_one"), SLASHES)
def test_a_slash_at_the_end_makes_no_difference(
    serve: Serve, sandbox: Make, declared: str, asked: str, is_one: bool
) -> None:
    client = serve(sandbox(paths={declared: OK}))
    assert client.get(asked).status_code == (200 if is_one else 404)


def test_paths_that_are_declared_with_and_without_a_slash_are_two(serve: Serve, sandbox: Make) -> None:
    two = {"get": {"responses": {"204": {"description": ""}}}}
    client = serve(sandbox(paths={"/products": OK, "/products/": two}))
    assert [client.get(path).status_code for path in ("/products", "/products/")] == [200, 204]


def test_hidden_paths_are_those_that_lead_elsewhere(tmp_path: Path) -> None:
    paths = {"/a": OK, "/{x}/a": OK, "/v1/b": OK, "/b": OK, "/c": OK}
    contract = write_contract(tmp_path / "api.json", "3.0.3", {"paths": paths, "servers": [{"url": "/v1"}]})
    assert hidden_paths(contract) == ["/v1/a", "/v1/b"]
