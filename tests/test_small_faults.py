"""A small fault of a document costs nothing but itself: the rest is served, and the fault is one finding with its place."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from inline import answer, thing
from understudy.cli import main as cli
from understudy.configuration import Configuration
from understudy.contracts.contract import Contract
from understudy.contracts.findings import quick
from understudy.errors import ContractError
from understudy.sandbox import Sandbox
from understudy.schemas.inspection import thorough

Serve = Callable[..., httpx.Client]

HEAD = "openapi: 3.0.3\ninfo: {title: t, version: v}\npaths:\n"
SOUND = "  /ok:\n    get: {responses: {'204': {description: d}}}\n"
A_GET = "  /a:\n    get:\n      responses:\n        '200':\n          description: d\n          "


def said(folder: Path, text: str) -> list[str]:
    """Return what a start says of a document."""
    path = folder / "api.yaml"
    path.write_text(text)
    told: list[str] = []
    Configuration([path]).load(lambda one: told.append(str(one)))
    return told


def served(serve: Serve, folder: Path, text: str) -> httpx.Client:
    path = folder / "api.yaml"
    path.write_text(text)
    return serve(Sandbox(Contract.load(path)))


def _schema(text: str) -> str:
    return f"{A_GET}content: {{application/json: {{schema: {text}}}}}\n"


# ---- references


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("#/components/schemas/", "leads nowhere"),
        ("#nowhere", "leads nowhere"),
        ("#/info/title", 'leads to "t", which describes nothing'),
        ("missing.yaml", "there is no such file"),
        ("https://example.com/a.yaml", "nothing is fetched"),
        ("file:///etc/hostname", "nothing is fetched"),
        ("x\\0y.yaml", "there is no such file"),
        ("x" * 5000, "there is no such file"),
        ("x" * 5000 + ".yaml#/a", "there is no such file"),
        ("http://[::1", "there is no such file"),
    ],
)
def test_a_reference_to_nowhere_is_anything_and_one_finding_with_its_line(
    serve: Serve, tmp_path: Path, reference: str, reason: str
) -> None:
    text = (
        HEAD + SOUND + _schema(f'{{type: object, required: [r], properties: {{r: {{$ref: "{reference}"}}}}}}')
    )
    [finding] = said(tmp_path, text)
    assert finding.startswith("api.yaml:11: ")
    assert reason in finding
    assert len(finding) < 400
    client = served(serve, tmp_path, text)
    assert client.get("/ok").status_code == 204
    assert "r" in client.get("/a").json()


@pytest.mark.parametrize(
    "operation",
    [
        "post: {parameters: [{$ref: '#/no'}], responses: {'200': {description: d}}}",
        "post: {requestBody: {$ref: '#/no'}, responses: {'200': {description: d}}}",
        "post: {responses: {'200': {$ref: '#/no'}}}",
        "post: {responses: {'200': {description: d, headers: {X-A: {$ref: '#/no'}}}}}",
        "post: {responses: {'200': {description: d, content: {application/json: {examples: {a: {$ref: '#/no'}}}}}}}",
    ],
)
def test_wherever_a_reference_to_nowhere_stands_its_operation_is_served(
    serve: Serve, tmp_path: Path, operation: str
) -> None:
    client = served(serve, tmp_path, f"{HEAD}{SOUND}  /a:\n    {operation}\n")
    assert client.post("/a", json={"x": 1}).status_code == 200
    assert thorough(Contract.load(tmp_path / "api.yaml")) is not None


def test_references_in_a_ring_are_anything_and_one_finding(serve: Serve, tmp_path: Path) -> None:
    ring = "components:\n  schemas:\n    A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}\n"
    text = HEAD + _schema("{$ref: '#/components/schemas/A'}") + ring
    [finding] = said(tmp_path, text)
    assert "back to itself" in finding
    assert served(serve, tmp_path, text).get("/a").status_code == 200


def test_a_mapping_to_a_file_that_is_not_there_looks_for_no_line(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapping = ", ".join(f"k{number}: no{number}.yaml" for number in range(20))
    schema = f"{{type: object, discriminator: {{propertyName: k, mapping: {{{mapping}}}}}, properties: {{k: {{type: string}}}}}}"
    body = f"requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}"
    client = served(
        serve,
        tmp_path,
        f"{HEAD}  /a:\n    post:\n      {body}\n      responses: {{'204': {{description: d}}}}\n",
    )

    def compose(*_: object) -> None:
        raise AssertionError("the document was composed for the line of an error that nobody sees")

    monkeypatch.setattr(yaml, "compose", compose)
    assert client.post("/a", json={"k": "k1"}).status_code == 204


# ---- names that are given twice, or cannot be sent


def test_a_name_twice_in_required_counts_once(serve: Serve, tmp_path: Path) -> None:
    text = HEAD + _schema("{type: object, required: [n, n], properties: {n: {type: integer}}}")
    [finding] = said(tmp_path, text)
    assert "api.yaml:9: " in finding
    assert set(served(serve, tmp_path, text).get("/a").json()) == {"n"}


def test_a_required_property_that_nobody_declares_is_served_and_found(serve: Serve, tmp_path: Path) -> None:
    text = HEAD + _schema("{type: object, required: [n, other], properties: {n: {type: integer}}}")
    assert set(served(serve, tmp_path, text).get("/a").json()) == {"n", "other"}
    [finding] = thorough(Contract.load(tmp_path / "api.yaml"))
    assert finding.reason == "`required` names what is no property: 'other'"


@pytest.mark.parametrize(
    "schema",
    [
        "{allOf: [{type: object, properties: {n: {}}}, {required: [n], properties: {m: {}}}]}",
        "{type: object, properties: {m: {}}, required: [n], additionalProperties: {type: integer}}",
        "{type: object, properties: {m: {}}, required: [n], anyOf: [{properties: {n: {}}}]}",
    ],
)
def test_a_required_property_that_another_part_may_declare_is_no_finding(tmp_path: Path, schema: str) -> None:
    (tmp_path / "api.yaml").write_text(HEAD + _schema(schema))
    assert thorough(Contract.load(tmp_path / "api.yaml")) == []


def test_an_unknown_format_is_served_and_found_once(serve: Serve, tmp_path: Path) -> None:
    schema = "{type: object, required: [n], properties: {n: {type: string, format: odd}, m: {type: string, format: odd}}}"
    assert served(serve, tmp_path, HEAD + _schema(schema)).get("/a").status_code == 200
    [finding] = thorough(Contract.load(tmp_path / "api.yaml"))
    assert "the format 'odd' is not known" in finding.reason


@pytest.mark.parametrize(
    "other", ["application/json; charset=utf-8", "Application/JSON", '"application/json "']
)
def test_of_two_entries_for_one_media_type_the_one_with_a_schema_counts(
    serve: Serve, tmp_path: Path, other: str
) -> None:
    schema = "{type: object, required: [n], properties: {n: {type: integer}}}"
    text = f"{HEAD}{A_GET}content: {{{other}: {{}}, application/json: {{schema: {schema}}}}}\n"
    [finding] = said(tmp_path, text)
    assert "is given twice" in finding
    assert "n" in served(serve, tmp_path, text).get("/a").json()


def test_a_header_in_two_spellings_is_sent_once(serve: Serve, tmp_path: Path) -> None:
    header = "{required: true, schema: {type: integer}}"
    text = f"{HEAD}{A_GET}headers: {{X-A: {header}, x-a: {header}}}\n"
    [finding] = said(tmp_path, text)
    assert "the header 'x-a' is given twice" in finding
    assert len(served(serve, tmp_path, text).get("/a").headers.get_list("x-a")) == 1


def test_a_header_parameter_in_two_spellings_is_one(serve: Serve, tmp_path: Path) -> None:
    stated = [f"{{name: {name}, in: header, schema: {{type: integer}}}}" for name in ("X-A", "x-a")]
    text = f"{HEAD}  /a:\n    get:\n      parameters: [{', '.join(stated)}]\n      responses: {{'204': {{description: d}}}}\n"
    [finding] = said(tmp_path, text)
    assert "declared twice" in finding
    assert served(serve, tmp_path, text).get("/a", headers={"X-A": "1"}).status_code == 204


@pytest.mark.parametrize(
    "owner",
    [
        'content: {"text/plain\\r\\nX: y": {schema: {type: string}}}',
        "content: {text/€: {schema: {type: string}}}",
        'headers: {"X\\r\\nY": {required: true, schema: {type: string}}}',
    ],
)
def test_a_name_that_no_message_carries_is_one_sentence_at_the_start(
    serve: Serve, tmp_path: Path, owner: str
) -> None:
    text = f"{HEAD}{A_GET}{owner}\n"
    [finding] = said(tmp_path, text)
    assert finding.startswith("api.yaml:9: ")
    assert "cannot be sent" in finding
    assert finding.isprintable()
    assert served(serve, tmp_path, text).get("/a").status_code == 200


@pytest.mark.parametrize(
    "reference", ["a\\0b.yaml", "a" * 5_000 + ".yaml", "a/" * 3_000], ids=["NUL", "long", "deep"]
)
def test_a_reference_to_what_no_path_can_be_is_one_sentence_at_the_start(
    serve: Serve, tmp_path: Path, reference: str
) -> None:
    schema = f'{{$ref: "{reference}"}}'
    text = f"{HEAD}{A_GET}content: {{application/json: {{schema: {schema}}}}}\n"
    [finding] = said(tmp_path, text)
    assert "there is no such file" in finding
    assert finding.isprintable()
    assert len(finding) < 500
    assert served(serve, tmp_path, text).get("/a").status_code == 200


# ---- what lacks


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("openapi: 3.0.3\npaths:\n" + SOUND, '"info" is a required property'),
        (HEAD + "  /ok:\n    get: {responses: {'204': {}}}\n", '"description" is a required property'),
        (HEAD + SOUND + "  /b:\n    get: [1]\n", "an operation must be a mapping"),
        (HEAD + SOUND + "  /b: 5\n", "5 is not of type"),
        (
            HEAD + "  /ok:\n    get: {parameters: {a: 1}, responses: {'204': {description: d}}}\n",
            "must be a list",
        ),
        (
            HEAD
            + "  /ok:\n    get: {parameters: [{name: a, in: body}], responses: {'204': {description: d}}}\n",
            "a parameter needs a name and `in`",
        ),
        (HEAD + "  /ok:\n    get: {tags: 5, responses: {'204': {description: d}}}\n", "5 is not of type"),
    ],
)
def test_what_lacks_or_is_something_else_is_one_finding(
    serve: Serve, tmp_path: Path, text: str, place: str
) -> None:
    [finding] = said(tmp_path, text)
    assert place in finding
    assert served(serve, tmp_path, text).get("/ok").status_code == 204


def test_a_parameter_whose_name_is_no_text_is_left_out(serve: Serve, tmp_path: Path) -> None:
    parameters = "[{name: {a: 1}, in: query}, {name: [b], in: query}]"
    text = f"{HEAD}  /ok:\n    get: {{parameters: {parameters}, responses: {{'204': {{description: d}}}}}}\n"
    assert any("a parameter needs a name" in finding for finding in said(tmp_path, text))
    assert served(serve, tmp_path, text).get("/ok").status_code == 204


def test_an_undeclared_path_parameter_is_served_and_found(serve: Serve, tmp_path: Path) -> None:
    text = HEAD + "  /a/{b}:\n    get: {responses: {'204': {description: d}}}\n"
    [finding] = said(tmp_path, text)
    assert "the path parameter 'b' is not declared" in finding
    assert served(serve, tmp_path, text).get("/a/1").status_code == 204


ITEMS = """
  /things:
    post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/T'}}}}, responses: {'201': *answer}}
  /things/{id}:
    PARAMETERS
    get: {responses: {'200': *answer, '404': {description: none}}}
    delete: {responses: {'204': {description: gone}}}
components: {schemas: {T: {type: object, properties: {id: {type: string}, name: {type: string}}}}}
"""
ANSWER = "{description: d, content: {application/json: {schema: {$ref: '#/components/schemas/T'}}}}"


@pytest.mark.parametrize(
    "parameters",
    [
        "",
        "parameters: [{$ref: '#/components/parameters/Nowhere'}]",
        "parameters: [{name: ID, in: path, required: true, schema: {type: string}}]",
    ],
    ids=["not at all", "by a reference to nowhere", "in another spelling"],
)
def test_an_item_is_known_by_a_path_parameter_that_is_not_declared(
    serve: Serve, tmp_path: Path, parameters: str
) -> None:
    client = served(
        serve, tmp_path, HEAD + ITEMS.replace("PARAMETERS", parameters).replace("*answer", ANSWER)
    )
    made = client.post("/things", json={"name": "a"}).json()
    assert client.get(f"/things/{made['id']}").json() == made
    assert client.get("/things/b").json()["id"] == "b"
    assert client.delete("/things/b").status_code == 204
    assert client.get("/things/b").status_code == 404
    assert client.get(f"/things/{made['id']}").status_code == 200


# ---- no success


@pytest.mark.parametrize(
    ("responses", "status", "reason"),
    [
        ("{'405': {description: no}}", 405, "no success, so it is answered by 405"),
        ("{4XX: {description: no}}", 400, "no success, so it is answered by 4XX"),
        ("{'405': {description: no}, '404': {description: no}}", 405, "no success, so it is answered by 405"),
        ("{'404': {description: no}, '500': {description: no}}", 404, "no success, so it is answered by 404"),
        ("{'404': {description: no}, '400': {description: no}}", 200, "only when it is refused, so it is"),
        ("{'500': {description: no}}", 200, "only when it is refused, so it is"),
        ("{'501': {description: no}}", 501, "no success, so it is answered by 501"),
        ("{1XX: {description: no}}", 200, "no answer, so it is answered by a success that says nothing"),
        ("{}", 200, "no answer, so it is answered by a success that says nothing"),
        ("{'999': {description: no}}", 200, "no answer, so it is answered by a success that says nothing"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_an_operation_without_a_success_is_answered_by_what_is_documented(
    serve: Serve, tmp_path: Path, *, method: str, responses: str, status: int, reason: str
) -> None:
    identified = (
        "  /as/{id}:\n    parameters: [{name: id, in: path, required: true, schema: {type: string}}]\n"
    )
    text = f"{HEAD}{identified}    {method}: {{responses: {responses}}}\n"
    findings = said(tmp_path, text)
    assert [finding for finding in findings if reason in finding]
    answer = served(serve, tmp_path, text).request(method, "/as/1")
    assert (answer.status_code, answer.content) == (status, b"")


def test_a_refusal_that_is_all_there_is_says_why(serve: Serve, tmp_path: Path) -> None:
    schema = "{type: object, required: [message], properties: {message: {type: string}}}"
    responses = f"{{'409': {{description: no, content: {{application/json: {{schema: {schema}}}}}}}}}"
    text = f"{HEAD}  /as:\n    post: {{responses: {responses}}}\n"
    answer = served(serve, tmp_path, text).post("/as", json={})
    assert (answer.status_code, "documents no success" in answer.json()["message"]) == (409, True)


def test_explain_says_what_answers_where_no_success_is_documented(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "api.yaml"
    path.write_text(
        HEAD + "  /a:\n    get: {responses: {'410': {description: d}}}\n  /b:\n    get: {responses: {}}\n"
    )
    assert cli.main(["explain", str(path)]) == 0
    printed = capsys.readouterr().out
    assert "410, since no success is documented" in printed
    assert "200 without a body, since no answer is documented" in printed


@pytest.mark.parametrize(
    "path", ["/x/{", "/x/}{", "/x/{a.b}", "/x/{a[b]}", "/x/{}", "/x/{0}", "/x/{a!r}", "/x/{b:>999}"]
)
def test_an_error_that_says_its_path_does_so_for_any_template(
    serve: Serve, tmp_path: Path, path: str
) -> None:
    schema = "{type: object, properties: {path: {type: string}, message: {type: string}}}"
    responses = f"{{'404': {{description: d, content: {{application/json: {{schema: {schema}}}}}}}}}"
    declared = [
        f"{{name: '{name}', in: path, required: true, schema: {{}}}}" for name in re.findall("{(.*)}", path)
    ]
    operation = f"{{parameters: [{', '.join(declared)}], responses: {responses}}}"
    client = served(serve, tmp_path, f"{HEAD}{SOUND}  '{path}':\n    get: {operation}\n")
    asked = re.sub("{.*}", "1", path)
    answer = client.get(asked)
    assert (answer.status_code, answer.json()["path"]) == (404, asked)


def test_an_error_whose_example_its_schema_refuses_is_made_by_the_schema(
    serve: Serve, tmp_path: Path
) -> None:
    content = "application/json: {schema: {type: object}, example: [1]}"
    text = f"{HEAD}  /a:\n    get: {{responses: {{'404': {{description: d, content: {{{content}}}}}}}}}\n"
    answer = served(serve, tmp_path, text).get("/a")
    assert (answer.status_code, type(answer.json())) == (404, dict)
    body = "requestBody: {required: true, content: {application/json: {}}}"
    text = f"{HEAD}  /a:\n    post: {{{body}, responses: {{'400': {{description: d, content: {{{content}}}}}}}}}\n"
    answer = served(serve, tmp_path, text).post("/a")
    assert (answer.status_code, type(answer.json())) == (400, dict)


def test_a_refusal_has_a_body_also_where_its_schema_is_of_two_minds(serve: Serve, tmp_path: Path) -> None:
    content = "application/json: {schema: {type: [boolean, string], properties: {message: {type: boolean}}}}"
    body = "requestBody: {required: true, content: {application/json: {}}}"
    responses = f"{{'400': {{description: d, content: {{{content}}}}}}}"
    text = f"{HEAD}  /a:\n    post: {{{body}, responses: {responses}}}\n".replace("3.0.3", "3.1.0")
    answer = served(serve, tmp_path, text).post("/a")
    assert (answer.status_code, type(answer.json()) in (bool, str)) == (400, True)


def test_the_answer_is_held_against_the_media_type_it_is_made_by(serve: Serve, tmp_path: Path) -> None:
    json = "application/json: {schema: {type: object, required: [n], properties: {n: {type: integer}}}}"
    other = "application/octet-stream: {schema: {type: array}}"
    for status in ("401", "301"):
        responses = f"{{'{status}': {{description: d, content: {{{other}, {json}}}}}}}"
        client = served(serve, tmp_path, f"{HEAD}  /a:\n    post: {{responses: {responses}}}\n")
        answer = client.post("/a")
        assert (answer.status_code, "n" in answer.json()) == (int(status), True)


# ---- odd values


SNAPSHOT = "/__admin/sessions/default/snapshot"


def test_odd_values_are_served_as_json_and_in_the_documentation(serve: Serve, tmp_path: Path) -> None:
    deep = "[" * 150 + "]" * 150
    example = f"{{d: !!timestamp 2020-01-01, b: !!binary aGk=, s: !!set {{x}}, deep: {deep}}}"
    schema = "{type: object, properties: {n: {type: integer, maximum: 18446744073709551616}}}"
    text = f"{HEAD}{A_GET}content: {{application/json: {{schema: {schema}, example: {example}}}}}\n"
    client = served(serve, tmp_path, text)
    answer = client.get("/a")
    assert (answer.status_code, answer.json()["d"], answer.json()["s"]) == (200, "2020-01-01", {"x": None})
    taken = client.get(SNAPSHOT)
    assert client.put(SNAPSHOT, json=taken.json()).status_code == 204
    for page in ("/openapi.json", "/docs/openapi.json"):
        content = client.get(page).json()["paths"]["/a"]["get"]["responses"]["200"]["content"][
            "application/json"
        ]
        assert content["schema"]["properties"]["n"]["maximum"] == 2**64
        assert content["example"]["b"] == "aGk="


def test_an_example_that_is_too_deep_to_be_kept_is_shown_with_the_contract_only(
    serve: Serve, tmp_path: Path
) -> None:
    schema, deep = "{type: object, properties: {n: {type: integer}}}", "[" * 600 + "]" * 600
    text = f"{HEAD}{A_GET}content: {{application/json: {{schema: {schema}, example: {{deep: {deep}}}}}}}\n"
    client = served(serve, tmp_path, text)
    for page in ("/a", "/openapi.json", "/docs/openapi.json"):
        assert client.get(page).status_code == 200, page


@pytest.mark.parametrize(
    ("keywords", "reason"),
    [
        ("minLength: 2.5", "`minLength` is 2.5 and not a whole number from 0 on"),
        ("maxLength: -1", "`maxLength` is -1 and not a whole number from 0 on"),
        ("uniqueItems: often", "`uniqueItems` is 'often' and neither true nor false"),
        ("dependentRequired: {a: b}", "`dependentRequired` is not lists of names by name"),
        ("dependentRequired: {a: [b, b]}", "`dependentRequired` is not lists of names by name"),
        ("type: [string, string]", ""),
    ],
)
def test_a_keyword_of_another_kind_is_not_checked(
    serve: Serve, tmp_path: Path, keywords: str, reason: str
) -> None:
    text = HEAD.replace("3.0.3", "3.1.0") + _schema(f"{{{keywords}}}")
    assert served(serve, tmp_path, text).get("/a").status_code == 200
    found = [str(finding) for finding in thorough(Contract.load(tmp_path / "api.yaml"))]
    assert any(reason in finding for finding in found)


def test_a_schema_that_cannot_be_compiled_takes_anything_and_is_found(serve: Serve, tmp_path: Path) -> None:
    deep = "[" * 300 + "]" * 300
    assert served(serve, tmp_path, HEAD + _schema(f"{{enum: [{deep}]}}")).get("/a").status_code == 200
    [finding] = thorough(Contract.load(tmp_path / "api.yaml"))
    assert "the schema cannot be compiled, so anything is taken" in finding.reason


def test_a_deep_schema_is_held_to_its_end(serve: Serve, tmp_path: Path) -> None:
    depth = 150
    schema = "{type: object, properties: {a: " * depth + "{type: integer}" + "}}" * depth
    body = f"requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}"
    text = f"{HEAD}  /a:\n    post: {{{body}, responses: {{'204': {{description: d}}}}}}\n"
    client = served(serve, tmp_path, text)

    def sent(value: str) -> int:
        content = '{"a":' * depth + value + "}" * depth
        return client.post("/a", content=content, headers={"Content-Type": "application/json"}).status_code

    assert (sent("1"), sent('"x"')) == (204, 400)


def test_an_example_that_is_too_deep_to_be_judged_is_a_finding(tmp_path: Path) -> None:
    deep = "[" * 300 + "]" * 300
    (tmp_path / "api.yaml").write_text(HEAD + _schema(f"{{type: object, example: {deep}}}"))
    [finding] = thorough(Contract.load(tmp_path / "api.yaml"))
    assert "nested less deep: it cannot be judged" in finding.reason


# ---- depth and length


def _json(example: str) -> str:
    content = f'{{"application/json": {{"schema": {{"type": ["integer", "array"]}}, "example": {example}}}}}'
    responses = f'{{"200": {{"description": "d", "content": {content}}}}}'
    return f'{{"openapi": "3.1.0", "info": {{"title": "t", "version": "v"}}, "paths": {{"/a": {{"get": {{"responses": {responses}}}}}}}}}'


def test_a_deep_contract_is_served_on_all_its_pages(serve: Serve, tmp_path: Path) -> None:
    client = served(serve, tmp_path, _json("[" * 800 + "]" * 800))
    for page in ("/openapi.json", "/openapi.yaml", "/docs/openapi.json", "/a", SNAPSHOT):
        assert client.get(page).status_code == 200, page


BLOCK = "".join(f"{' ' * level}k:\n" for level in range(1, 400))


@pytest.mark.parametrize(
    "text",
    [
        HEAD + SOUND + "x-a:\n" + "".join(f"{' ' * level}k:\n" for level in range(1, 1000)),
        HEAD + SOUND + "x-a:\n" + BLOCK + " " * 400 + "- " * 299 + "[" * 299 + "]" * 299,
        HEAD + SOUND + "x-a: " + "[" * 901 + "]" * 901,
        HEAD + SOUND + "x-a:\n  " + "- " * 1000,
        _json("[" * 950 + "]" * 950),
        HEAD + SOUND + "x-a: " + "[" * 400_000 + "]" * 400_000,
    ],
)
def test_a_contract_that_is_too_deep_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "api.yaml").write_text(text)
    with pytest.raises(ContractError, match="nested deeper than 900 levels"):
        Contract.load(tmp_path / "api.yaml")


def test_brackets_in_texts_are_no_depth(tmp_path: Path) -> None:
    texts = "".join(f"  - '{'[' * 20}{']' * 20}}} {number}'\n" for number in range(400))
    (tmp_path / "api.yaml").write_text(f"{HEAD}{SOUND}x-a:\n{texts}")
    assert Contract.load(tmp_path / "api.yaml").operations


def test_brackets_in_texts_hide_no_depth(tmp_path: Path) -> None:
    (tmp_path / "api.json").write_text(_json(f'["{"}{" * 500}", {"[" * 950}{"]" * 950}]'))
    with pytest.raises(ContractError, match="nested deeper than 900 levels"):
        Contract.load(tmp_path / "api.json")


def test_an_integer_beyond_64_bits_in_json_stays_what_it_is(serve: Serve, tmp_path: Path) -> None:
    client = served(serve, tmp_path, _json(str(10**25 + 1)))
    assert client.get("/a").json() == 10**25 + 1


def test_a_dynamic_reference_to_nowhere_is_one_finding(serve: Serve, tmp_path: Path) -> None:
    schema = "{type: object, required: [a], properties: {a: {$dynamicRef: '#nope'}}}"
    text = f"{HEAD}{A_GET}content: {{application/json: {{schema: {schema}}}}}\n"
    told = said(tmp_path, text)
    assert len(told) == 1
    assert "the reference '#nope' leads nowhere, so anything is taken" in told[0]
    assert list(served(serve, tmp_path, text).get("/a").json()) == ["a"]


@pytest.mark.parametrize("uri", ["http://[::1", "//[", "http://[x]/a"])
def test_an_id_that_is_no_uri_names_nothing(serve: Serve, tmp_path: Path, uri: str) -> None:
    schema = f"{{$id: '{uri}', type: string, enum: [x]}}"
    text = f"{HEAD}{A_GET}content: {{application/json: {{schema: {schema}}}}}\n"
    assert served(serve, tmp_path, text).get("/a").json() == "x"


@pytest.mark.parametrize("holds", ["itself", "items", "a member"])
def test_an_integer_beyond_64_bits_is_made(serve: Serve, tmp_path: Path, holds: str) -> None:
    value = 10**21
    schema: dict[str, Any] = {"type": "integer", "minimum": value, "maximum": value}
    shown: Any = value
    if holds == "items":
        schema, shown = {"type": "array", "minItems": 1, "maxItems": 1, "items": schema}, [value]
    if holds == "a member":
        schema, shown = thing({"n": schema}, "n"), {"n": value}
    head = {"openapi": "3.1.0", "info": {"title": "t", "version": "v"}}
    text = json.dumps({**head, "paths": {"/a": {"get": {"responses": answer(schema)}}}})
    answered = served(serve, tmp_path, text).get("/a")
    assert answered.status_code == 200, answered.text
    assert answered.json() == shown


def test_an_integer_that_is_none_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(f"{HEAD}{SOUND}x-a: !!int abc\n")
    with pytest.raises(ContractError, match=r"api\.yaml:6: not YAML: invalid literal"):
        Contract.load(tmp_path / "api.yaml")


# ---- what is said of it


def test_one_cause_is_one_line_at_the_start(tmp_path: Path) -> None:
    paths = "".join(f"  /p{number}:\n    get: {{responses: {{'204': {{}}}}}}\n" for number in range(30))
    [finding] = said(tmp_path, HEAD + paths)
    assert finding.startswith("api.yaml:5: ")
    assert finding.endswith(", and at 29 more places")
    assert len(quick(Contract.load(tmp_path / "api.yaml"))) == 30


def test_explain_ends_in_silence_when_its_reader_leaves(tmp_path: Path) -> None:
    path = tmp_path / "api.yaml"
    operation = "get: {responses: {'204': {description: d}}}"
    path.write_text(HEAD + "".join(f"  /p{number}:\n    {operation}\n" for number in range(3000)))
    command = [sys.executable, "-m", "understudy", "explain", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no file here is always full")
@pytest.mark.parametrize("command", ["explain", "validate"])
def test_what_finds_no_room_for_what_it_tells_says_so_in_a_sentence(tmp_path: Path, command: str) -> None:
    path = tmp_path / "api.yaml"
    path.write_text(HEAD + "  /a:\n    get: {responses: {'204': {description: d}}}\n")
    with Path("/dev/full").open("w") as full:
        called = [sys.executable, "-m", "understudy", command, str(path)]
        ended = subprocess.run(called, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.stderr == "understudy: what is told cannot be written: No space left on device\n"
    assert ended.returncode == 1
