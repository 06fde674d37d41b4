"""Strings of a format, and numbers of a step, within limits that their usual form does not meet."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from support import write_contract
from understudy.sandbox import Sandbox, Settings
from understudy.schemas.formats import holds

Serve = Callable[..., httpx.Client]
Make = Callable[..., Any]


@pytest.fixture
def make(serve: Serve, tmp_path: Path) -> Make:
    """Return a value of a schema, as the answer of an operation that shows nothing else."""

    def made(schema: Mapping[str, Any], seed: int = 1) -> Any:
        thing = {"type": "object", "required": ["value"], "properties": {"value": schema}}
        responses = {"200": {"description": "ok", "content": {"application/json": {"schema": thing}}}}
        document = {"paths": {"/status": {"get": {"responses": responses}}}}
        contract = write_contract(tmp_path / f"{seed}.json", "3.1.0", document)
        answer = serve(Sandbox(contract, settings=Settings(seed=seed))).get("/status")
        assert answer.status_code == 200, answer.text
        return answer.json()["value"]

    return made


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("email", {"maxLength": 8}),
        ("email", {"minLength": 100, "maxLength": 110}),
        ("email", {"pattern": r"@acme\.org$"}),
        ("uri", {"maxLength": 15}),
        ("uri", {"minLength": 200}),
        ("uri", {"pattern": r"\.png$"}),
        ("uri", {"pattern": "^s3://[a-z]+/"}),
        ("hostname", {"minLength": 60}),
        ("byte", {"minLength": 41, "maxLength": 44}),
        ("byte", {"maxLength": 4}),
        ("uuid", {"pattern": "^[0-9A-F]{8}-"}),
        ("ipv4", {"pattern": r"^10\."}),
        ("ipv6", {"pattern": "^fe80"}),
        ("duration", {"pattern": "^PT"}),
        ("date", {"pattern": "-31$"}),
        ("uri-template", {"minLength": 40, "maxLength": 44}),
        ("date-time", {"pattern": r"\.\d{3}Z$"}),
        ("date-time", {"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$"}),
        ("date-time", {"minLength": 25}),
        ("date", {"pattern": "-01$"}),
        ("base64url", {"maxLength": 3}),
        ("char", {}),
        ("ipv4", {"minLength": 15}),
        ("date-time", {"pattern": "T00:00:00Z$"}),
    ],
)
@pytest.mark.parametrize("seed", [1, 4])
def test_a_string_is_of_its_format_and_within_its_limits(
    make: Make, name: str, limits: Mapping[str, Any], seed: int
) -> None:
    assert holds(name, make({"type": "string", "format": name, **limits}, seed))


@pytest.mark.parametrize(
    ("stated", "limits", "meant"),
    [
        ("url", {"maxLength": 14}, "uri"),
        ("url", {"minLength": 100}, "uri"),
        ("url", {"pattern": r"\.(jpe?g|png)$"}, "uri"),
        ("ip", {"maxLength": 8}, "ipv4"),
        ("domain", {"maxLength": 6}, "hostname"),
        ("guid", {"pattern": "^[0-9A-F]{8}-"}, "uuid"),
    ],
)
def test_a_format_may_have_another_name(
    make: Make, stated: str, limits: Mapping[str, Any], meant: str
) -> None:
    assert holds(meant, make({"type": "string", "format": stated, **limits}))


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("ulid", "[0-7][0-9A-HJKMNP-TV-Z]{25}"),
        ("jwt", r"[\w-]+\.[\w-]+\.[\w-]+"),
        ("http-date", r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"),
        ("date-time-local", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"),
        ("semver", r"\d+\.\d+\.\d+"),
        ("mac", "([0-9a-f]{2}:){5}[0-9a-f]{2}"),
        ("sf-binary", r":[A-Za-z0-9+/]+=*:"),
    ],
)
def test_a_format_of_the_registry_has_its_form(make: Make, name: str, form: str) -> None:
    assert re.fullmatch(form, make({"type": "string", "format": name}))


@pytest.mark.parametrize(("pattern", "start"), [("^ftp://", "ftp://example.com/"), ("^https://", "https://")])
def test_an_address_goes_on_after_what_is_asked_for(make: Make, pattern: str, start: str) -> None:
    text = make({"type": "string", "format": "uri", "pattern": pattern, "maxLength": 40})
    assert text.startswith(start)
    assert len(text) > len(start)


@pytest.mark.parametrize(
    ("schema", "least", "most"),
    [
        ({"type": "number", "multipleOf": 0.1, "minimum": 0.25, "maximum": 0.35}, 0.3, 0.3),
        ({"type": "number", "multipleOf": 0.01, "minimum": 1.13, "maximum": 1.135}, 1.13, 1.13),
        ({"type": "integer", "format": "int8"}, -128, 127),
        ({"type": "integer", "format": "uint8", "minimum": 200}, 200, 255),
        ({"format": "uint16"}, 0, 65535),
        ({"type": "number", "maximum": 1}, 0, 1),
        ({"type": "integer", "format": "unixtime"}, 1_500_000_000, 2_000_000_000),
    ],
)
def test_a_number_is_within_its_limits(
    make: Make, schema: Mapping[str, Any], least: float, most: float
) -> None:
    assert least <= make(schema) <= most


def test_a_default_of_null_is_null(make: Make) -> None:
    assert make({"type": ["string", "null"], "default": None}) is None


def test_a_text_is_in_the_encoding_that_is_stated(make: Make) -> None:
    assert base64.b64decode(make({"type": "string", "contentEncoding": "base64"}), validate=True)
    assert base64.b16decode(make({"type": "string", "contentEncoding": "base16"}))
    limits = {"minLength": 30, "maxLength": 40}
    assert base64.b64decode(make({"type": "string", "contentEncoding": "base64", **limits}), validate=True)
    assert base64.b16decode(make({"type": "string", "contentEncoding": "base16", **limits}))
    image = {"type": "string", "contentMediaType": "image/png", "contentEncoding": "base64"}
    assert base64.b64decode(make(image)).startswith(b"\x89PNG")


def test_a_text_carries_json_by_its_schema(make: Make) -> None:
    schema = {"type": "object", "required": ["n"], "properties": {"n": {"const": 7}}}
    text = {"type": "string", "contentMediaType": "application/json", "contentSchema": schema}
    assert json.loads(make(text)) == {"n": 7}
    assert json.loads(base64.b64decode(make({**text, "contentEncoding": "base64"}))) == {"n": 7}


def test_a_value_beyond_its_format_is_refused(serve: Serve, tmp_path: Path) -> None:
    schema = {"type": "integer", "format": "uint8"}
    operation = {
        "requestBody": {"content": {"application/json": {"schema": schema}}},
        "responses": {"204": {"description": "taken"}},
    }
    contract = write_contract(tmp_path / "a.json", "3.1.0", {"paths": {"/a": {"post": operation}}})
    client = serve(Sandbox(contract))
    assert client.post("/a", json=255).status_code == 204
    assert client.post("/a", json=256).status_code == 400
