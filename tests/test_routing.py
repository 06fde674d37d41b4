"""Paths lead to operations: literal before templated, `%2F` inside a name, and a hint where there is none."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import write_contract
from understudy.sandbox import Sandbox as Served
from understudy.server.routing import Router
from understudy.testing import Sandbox

PATHS = (
    "/",
    "/a",
    "/a/",
    "/a/{id}",
    "/a/mine",
    "/a/{id}/b",
    "/a/{id}/b/{bId}",
    "/a/{id}.json",
    "/a/{x}:{verb}",
    "/{any}/c",
    "/a/{id}/{tail}",
)


@pytest.fixture
def router(tmp_path: Path) -> Router:
    ok = {"get": {"responses": {"200": {"description": "ok"}}}}
    return Router(
        write_contract(tmp_path / "api.json", "3.1.0", {"paths": dict.fromkeys(PATHS, ok)}).operations
    )


def found(router: Router, path: str) -> tuple[str, dict[str, str]] | None:
    match = router.find(path)
    return (match.operations["get"].path, match.parameters(match.operations["get"])) if match else None


@pytest.mark.parametrize(
    ("path", "template", "parameters"),
    [
        ("/", "/", {}),
        ("/a", "/a", {}),
        ("/a/", "/a/", {}),
        ("/a/mine", "/a/mine", {}),
        ("/a/1", "/a/{id}", {"id": "1"}),
        ("/a/1%2F2", "/a/{id}", {"id": "1/2"}),
        ("/a/%C3%A9%20x", "/a/{id}", {"id": "é x"}),
        ("/a/a+b", "/a/{id}", {"id": "a+b"}),
        ("/a/1.json", "/a/{id}.json", {"id": "1"}),
        ("/a/x.y:go", "/a/{x}:{verb}", {"x": "x.y", "verb": "go"}),
        ("/a/mine/b", "/a/{id}/b", {"id": "mine"}),
        ("/a/1/b/2", "/a/{id}/b/{bId}", {"id": "1", "bId": "2"}),
        ("/a/c", "/a/{id}", {"id": "c"}),
        ("/z/c", "/{any}/c", {"any": "z"}),
        ("/a/1/x", "/a/{id}/{tail}", {"id": "1", "tail": "x"}),
    ],
)
def test_a_path_leads_to_its_operation(
    router: Router, path: str, template: str, parameters: dict[str, str]
) -> None:
    assert found(router, path) == (template, parameters)


TEMPLATES = ("{a}-{b}", "{a}-{b}-{c}.json", "v{a}", "{a}{b}", "--{a}--", "{a}.{b}.")


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("/p/text.json", {"name": "text", "ext": ".json"}),
        ("/p/a.b.geo.json", {"name": "a.b", "ext": ".geo.json"}),
        ("/t/37.3,-121.8.xml", {"at": "37.3,-121.8", "ext": "xml"}),
        ("/t/v.1.csv", {"at": "v", "ext": "1.csv"}),  # refused later: no value that it may have
    ],
)
def test_what_stands_at_the_end_is_one_of_its_values(
    tmp_path: Path, path: str, parameters: dict[str, str]
) -> None:
    def templated(first: str, last: str, values: list[str]) -> dict[str, Any]:
        names: dict[str, Any] = {first: {"type": "string"}, last: {"$ref": "#/components/schemas/Ext"}}
        if values[0] == "xml":
            names[last] = {"type": "string", "enum": values}
        stated = [{"name": n, "in": "path", "required": True, "schema": one} for n, one in names.items()]
        return {"get": {"parameters": stated, "responses": {"200": {"description": "ok"}}}}

    document = {
        "paths": {
            "/p/{name}{ext}": templated("name", "ext", [".json"]),
            "/t/{at}.{ext}": templated("at", "ext", ["xml", "json"]),
        },
        "components": {"schemas": {"Ext": {"type": "string", "enum": [".json", ".geo.json"]}}},
    }
    router = Router(write_contract(tmp_path / "api.json", "3.1.0", document).operations)
    match = found(router, path)
    assert match is not None
    assert match[1] == parameters


@given(template=st.sampled_from(TEMPLATES), segment=st.text("-.vj", max_size=8))
def test_a_segment_is_read_as_the_shortest_match_of_its_template(template: str, segment: str) -> None:
    ok = {"get": {"responses": {"200": {"description": "ok"}}}}
    with TemporaryDirectory() as folder:
        contract = write_contract(Path(folder) / "api.json", "3.1.0", {"paths": {f"/{template}": ok}})
    match = Router(contract.operations).find(f"/{segment}")
    pattern = "".join(
        "(.+?)" if part[:1] == "{" else re.escape(part) for part in re.split(r"({.})", template)
    )
    expected = re.fullmatch(pattern, segment)
    assert (match.values if match else None) == (expected.groups() if expected else None)


def test_the_values_of_a_parameter_end_the_one_before_it(tmp_path: Path) -> None:
    endings = {"name": "ext", "in": "path", "required": True, "schema": {"enum": [".json", ".min.json"]}}
    shown = {"get": {"parameters": [endings], "responses": {"200": {"description": "ok"}}}}
    document = {"paths": {"/blog/{name}{ext}": shown}}
    router = Router(write_contract(tmp_path / "api.json", "3.1.0", document).operations)
    for path, name, ext in (("text.json", "text", ".json"), ("a.min.json", "a", ".min.json")):
        assert found(router, f"/blog/{path}") == ("/blog/{name}{ext}", {"name": name, "ext": ext})


def test_a_segment_that_nearly_matches_is_refused_in_one_pass(tmp_path: Path) -> None:
    """With a regular expression that goes back, this one request takes longer than anybody waits."""
    ok = {"get": {"responses": {"200": {"description": "ok"}}}}
    paths = {"/{a}-{b}-{c}-{d}.json": ok}
    router = Router(write_contract(tmp_path / "api.json", "3.1.0", {"paths": paths}).operations)
    assert router.find("/" + "-" * 60_000) is None


def test_a_path_of_thousands_of_parameters_is_found(tmp_path: Path) -> None:
    ok = {"get": {"responses": {"200": {"description": "ok"}}}}
    segments = [f"{{p{number}}}" for number in range(3_000)]
    paths = {f"/{'/'.join(segments)}": ok, f"/{'/'.join(segments[:-1])}/end/of": ok}
    router = Router(write_contract(tmp_path / "api.json", "3.1.0", {"paths": paths}).operations)
    match = router.find("/x" * 2_999 + "/end")
    assert match is not None
    assert match.values == ("x",) * 2_999 + ("end",)
    assert router.find("/x" * 3_001) is None


@pytest.mark.parametrize("path", ["/b", "/a//", "/a/1/b/", "/a/1/b/2/3", "//a", "/A"])
def test_an_unknown_path_leads_nowhere(router: Router, path: str) -> None:
    assert found(router, path) is None


def test_case_and_slash_may_be_overlooked(tmp_path: Path) -> None:
    ok = {"get": {"responses": {"200": {"description": "ok"}}}}
    contract = write_contract(
        tmp_path / "api.json", "3.1.0", {"paths": {"/Account/{Id}": ok, "/Accounts": ok}}
    )
    router = Router(contract.operations, any_case=True, any_slash=True)
    assert found(router, "/aCCount/Ab/") == ("/Account/{Id}", {"Id": "Ab"})
    assert found(router, "/accounts/") == ("/Accounts", {})


def test_templates_of_one_shape_are_one_path_with_the_methods_of_each(tmp_path: Path) -> None:
    answer = {"responses": {"200": {"description": "ok"}}}
    contract = write_contract(
        tmp_path / "api.json", "3.1.0", {"paths": {"/a/{id}": {"get": answer}, "/a/{name}": {"put": answer}}}
    )
    match = Router(contract.operations).find("/a/1")
    assert match
    assert [match.parameters(match.operations[method]) for method in ("get", "put")] == [
        {"id": "1"},
        {"name": "1"},
    ]


@pytest.mark.parametrize(
    ("path", "nearest"), [("/a/mine/", "/a/mine"), ("/a/1/b/", "/a/{id}/b"), ("/a/min", "/a/mine")]
)
def test_the_nearest_path_is_named(router: Router, path: str, nearest: str) -> None:
    assert nearest in router.nearest(path)


@given(name=st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_name_comes_through_a_segment(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    ok = {"get": {"responses": {"200": {"description": "ok"}}}}
    contract = write_contract(
        tmp_path_factory.getbasetemp() / "one.json", "3.1.0", {"paths": {"/x/{id}": ok}}
    )
    assert found(Router(contract.operations), f"/x/{quote(name, safe='')}") == ("/x/{id}", {"id": name})


def test_a_path_that_comes_again_is_routed_by_its_method_each_time(tmp_path: Path) -> None:
    ok = {"responses": {"204": {"description": "ok"}}}
    paths = {"/a/{id}": {"get": ok, "delete": ok}, "/a/mine": {"get": ok}}
    write_contract(tmp_path / "api.json", "3.1.0", {"paths": paths})
    with Sandbox(tmp_path / "api.json") as sandbox:
        client = httpx.Client(transport=sandbox.transport, base_url="http://sandbox")
        for _ in range(2):
            asked = [("GET", "/a/mine"), ("DELETE", "/a/1"), ("POST", "/a/1"), ("GET", "/a/1/b")]
            statuses = [client.request(method, path).status_code for method, path in asked]
            assert statuses == [204, 204, 405, 404]
        operations = [call.operation for call in sandbox.calls()]
    assert operations == ["get /a/mine", "delete /a/{id}", "", ""] * 2


def named(pattern: str, *methods: str, name: str = "name") -> dict[str, Any]:
    """Describe a path whose parameter is the name of a resource (AIP-122)."""
    shelf = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "theme": {}}}
    ok = {"200": {"description": "", "content": {"application/json": {"schema": shelf}}}}
    where = {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": pattern}}
    return {"parameters": [where], **{method: {"responses": ok} for method in methods}}


@pytest.mark.parametrize(
    ("path", "template", "parameters"),
    [
        ("/v1/shelves/1", "/v1/{name}", {"name": "shelves/1"}),
        ("/v1/shelves%2F1", "/v1/{name}", {"name": "shelves/1"}),
        ("/v1/shelves/1/books", "/v1/{parent}/books", {"parent": "shelves/1"}),
        ("/v1/projects/a/locations/b:go", "/v1/{where}:go", {"where": "projects/a/locations/b"}),
        ("/v1/shelves", "/v1/{name}", {"name": "shelves"}),
    ],
)
def test_a_name_of_several_segments_is_written_with_slashes(
    tmp_path: Path, path: str, template: str, parameters: dict[str, str]
) -> None:
    paths = {
        "/v1/{name}": named("shelves/[^/]+", "get"),
        "/v1/{parent}/books": named("^shelves/[^/]+$", "get", name="parent"),
        "/v1/{where}:go": named("projects/[^/]+/locations/[^/]+", "get", name="where"),
    }
    router = Router(write_contract(tmp_path / "api.json", "3.1.0", {"paths": paths}).operations)
    assert found(router, path) == (template, parameters)
    assert found(router, "/v1/stores/1") is None


def test_what_is_created_is_found_by_its_name_of_several_segments(
    sandbox: Callable[..., Served], serve: Callable[..., httpx.Client]
) -> None:
    one = named("shelves/[^/]+", "get", "delete")
    shelf = one["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    sent = {"content": {"application/json": {"schema": {"type": "object", "properties": {"theme": {}}}}}}
    listed = {
        "200": {
            "description": "",
            "content": {"application/json": {"schema": {"type": "array", "items": shelf}}},
        }
    }
    many = {"post": {"requestBody": sent, "responses": one["get"]["responses"]}, "get": {"responses": listed}}
    client = serve(sandbox(paths={"/v1/shelves": many, "/v1/{name}": one}))
    made = client.post("/v1/shelves", json={"theme": "sf"}).json()
    assert re.fullmatch(r"shelves/\w+", made["name"])
    assert client.get(f"/v1/{made['name']}").json() == made == client.get("/v1/shelves").json()[0]
    assert client.delete(f"/v1/{made['name']}").status_code == 200
    assert client.get(f"/v1/{made['name']}").status_code == 404
