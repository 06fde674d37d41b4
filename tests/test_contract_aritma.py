"""Aritma's contract holds every field, status, media type and security scheme of the vendor's reference."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

LIMITS = ("format", "pattern", "minLength", "maxLength", "minItems", "maxItems", "enum", "default")

# A field's types, `!` where it is required, then its limits.
FIELDS = {
    "NewAccount": {
        "accountNumber": "string! minLength=1",
        "currency": "string! pattern=^[A-Z]{3}$ minLength=3 maxLength=3",
        "description": "string!",
        "bankAccountNumber": "string",
    },
    "AddAccountsResult": {"success": "boolean!", "error": "string|null", "accounts": "array|null"},
    "Account": {
        "accountId": "string!",
        "accountNumber": "string!",
        "currency": "string|null",
        "clientId": "string!",
        "description": "string|null",
        "bankAccountNumber": "string|null",
        "isSyncTransactionEnabled": "boolean",
        "isActiveInErp": "boolean",
    },
    "ProblemDetails": {
        "type": "string|null",
        "title": "string|null",
        "status": "integer|null",
        "detail": "string|null",
        "instance": "string|null",
    },
}

LIST, ITEM = (
    "/api/v1/clients/{clientId}/accounts",
    "/api/v1/clients/{clientId}/accounts/{accountId}/enable-sync",
)

# Status and schema of each answer.
OPERATIONS = {
    ("post", "/api/v1/integrations/clients/{clientId}/accounts", "addClientAccounts"): {
        "200": "AddAccountsResult",
        "400": "AddAccountsResult",
        "401": "ProblemDetails",
        "403": "ProblemDetails",
        "default": "ProblemDetails",
    },
    ("get", LIST, "listClientAccounts"): {
        "200": "AccountList",
        **dict.fromkeys(["400", "401", "403", "default"], "ProblemDetails"),
    },
    ("post", ITEM, "enableAccountSync"): {
        "200": "Account",
        **dict.fromkeys(["400", "401", "403", "404", "default"], "ProblemDetails"),
    },
}

ACCOUNT = {"accountNumber": "1920", "currency": "NOK", "description": "Bank"}


@cache
def contract() -> dict[str, Any]:
    path = Path(__file__).parent.parent / "specs" / "aritma.yaml"
    document: dict[str, Any] = yaml.load(path.read_bytes(), yaml.CSafeLoader)
    return document


def followed(node: dict[str, Any]) -> dict[str, Any]:
    for key in node["$ref"].split("/")[1:] if "$ref" in node else ():
        node = contract()[key] if key == "components" else node[key]
    return node


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in contract()["paths"].items():
        yield from (
            (method, path, item[method])
            for method in ("get", "put", "post", "patch", "delete")
            if method in item
        )


def described(schema: dict[str, Any], required: bool) -> str:
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " ".join(
        [
            "|".join(types) + "!" * required,
            *(f"{limit}={schema[limit]}" for limit in LIMITS if limit in schema),
        ]
    )


@pytest.mark.parametrize("name", FIELDS)
def test_fields_are_those_of_the_reference(name: str) -> None:
    schema = contract()["components"]["schemas"][name]
    required = schema.get("required", [])
    assert {
        field: described(value, field in required) for field, value in schema["properties"].items()
    } == FIELDS[name]


def test_operations_answer_the_statuses_of_the_reference() -> None:
    found = {
        (method, path, operation["operationId"]): {
            status: followed(answer)["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            for status, answer in operation["responses"].items()
        }
        for method, path, operation in operations()
    }
    assert found == OPERATIONS


def test_every_answer_comes_as_json_under_both_names() -> None:
    answers = [
        followed(answer) for _, _, operation in operations() for answer in operation["responses"].values()
    ]
    assert {tuple(answer["content"]) for answer in answers} == {("application/json", "text/json")}


def test_body_is_one_account_or_a_list_of_them_in_each_media_type() -> None:
    content = contract()["paths"]["/api/v1/integrations/clients/{clientId}/accounts"]["post"]["requestBody"][
        "content"
    ]
    assert list(content) == ["application/json", "text/json", "application/*+json"]
    assert {media["schema"]["$ref"] for media in content.values()} == {"#/components/schemas/NewAccounts"}
    one, several = contract()["components"]["schemas"]["NewAccounts"]["oneOf"]
    assert several["items"] == one == {"$ref": "#/components/schemas/NewAccount"}


def test_any_one_of_four_oauth2_schemes_is_enough() -> None:
    schemes = contract()["components"]["securitySchemes"]
    flows = {
        name: (*scheme["flows"], *next(iter(scheme["flows"].values()))["scopes"])
        for name, scheme in schemes.items()
    }
    assert flows == {
        "implicit": ("implicit", "services.erphub"),
        "implicit_dev": ("implicit", "services.erphub"),
        "client_credentials": ("clientCredentials", "services.erphub"),
        "client_credentials_dev": ("clientCredentials", "services.erphub"),
    }
    assert contract()["security"] == [{name: ["services.erphub"]} for name in schemes]
    assert not [operation for _, _, operation in operations() if "security" in operation]


def test_unauthorized_says_how_to_authenticate() -> None:
    assert (
        contract()["components"]["responses"]["Unauthorized"]["headers"]["WWW-Authenticate"]["required"]
        is True
    )


def test_disabled_accounts_are_listed_by_default() -> None:
    (parameter,) = contract()["paths"][LIST]["get"]["parameters"]
    assert (parameter["name"], parameter["required"], parameter["schema"]) == (
        "includeDisabledAccounts",
        False,
        {"type": "boolean", "default": True},
    )


def test_servers_are_production_and_development() -> None:
    assert [server["url"] for server in contract()["servers"]] == [
        "https://erphub-api.aritma.io",
        "https://erphub-api.dev.aritma.io",
    ]


@pytest.mark.parametrize(
    ("body", "taken"),
    [
        (ACCOUNT, True),
        ([ACCOUNT, {**ACCOUNT, "accountNumber": "1930"}], True),
        ([], False),
        ({**ACCOUNT, "bankAccountNumber": None}, False),
        ({**ACCOUNT, "accountNumber": ""}, False),
        ({**ACCOUNT, "currency": "nok"}, False),
        ({**ACCOUNT, "currency": "NOK\n"}, False),
        ([ACCOUNT, {"accountNumber": "1930"}], False),
    ],
)
def test_bodies_are_taken_or_refused(body: Any, taken: bool) -> None:
    schema = {"$ref": "#/components/schemas/NewAccounts", "components": contract()["components"]}
    assert Draft202012Validator(schema).is_valid(body) is taken
