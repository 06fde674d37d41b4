"""Togai's contract holds every field, limit, status and parameter of the vendor's reference."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

LIMITS = (
    "format",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "default",
)
MARKS = ("readOnly", "writeOnly")
ADDRESS = dict.fromkeys(["phoneNumber", "line1", "line2", "postalCode", "city", "state", "country"], "string")
SETTING = {
    **dict.fromkeys(["id", "value", "namespace", "name"], "string!"),
    "dataType": "string! STRING|NUMERIC|JSON|JSON_LOGIC",
}

# A field's types, `!` where it is required, its enum, then its limits; `closed` where an object takes no other members.
FIELDS = {
    "CreateAccountRequest": {
        "id": "string! minLength=1 maxLength=50",
        "name": "string! minLength=3 maxLength=255",
        "customerId": "string! minLength=1 maxLength=255",
        "invoiceCurrency": "string minLength=3 maxLength=3 default=USD",
        "aliases": "array maxItems=10",
        "aliases[]": "string minLength=3 maxLength=50",
        "accountAliases": "array writeOnly=True",
        "accountAliases[]": "object closed",
        "address": "object closed",
        "primaryEmail": "string maxLength=320",
        "billingInformation": "object closed",
        "settings": "array maxItems=10",
        "settings[]": "object closed",
        "netTermDays": "integer format=int32",
        "metadata": "object of string",
        "tags": "array uniqueItems=True",
        "tags[]": "string",
        "status": "string ACTIVE|DRAFT default=ACTIVE",
    },
    "UpdateAccountRequest": {
        "name": "string minLength=3 maxLength=255",
        "status": "string ACTIVE|DRAFT",
        "invoiceCurrency": "string minLength=3 maxLength=3",
        "netTermDays": "integer format=int32",
        "primaryEmail": "string maxLength=320",
        "billingInformation": "object closed",
        "address": "object closed",
        "metadata": "object of string",
        "tags": "array uniqueItems=True",
        "tags[]": "string",
    },
    "Account": {
        "id": "string! minLength=1 maxLength=50",
        "togaiAccountId": "string! readOnly=True",
        "togaiCustomerId": "string! readOnly=True",
        "name": "string! minLength=3 maxLength=255",
        "customerId": "string!",
        "status": "string! ACTIVE|DRAFT|ARCHIVED",
        "invoiceCurrency": "string minLength=3 maxLength=3",
        "aliases": "array maxItems=10",
        "aliases[]": "object",
        "netTermDays": "integer format=int32",
        "address": "object closed",
        "primaryEmail": "string maxLength=320",
        "billingInformation": "object closed",
        "settings": "array maxItems=10",
        "settings[]": "object closed",
        "invoiceGroupDetails": "object closed readOnly=True",
        "metadata": "object of string",
        "tags": "array uniqueItems=True",
        "tags[]": "string",
    },
    "Alias": {"alias": "string maxLength=50"},
    "Address": ADDRESS,
    "Setting": SETTING,
    "InvoiceGroupDetails": {
        "id": "string!",
        "name": "string!",
        "email": "string! maxLength=320",
        "dailyInvoiceConsolidation": "boolean!",
        "netTermDays": "integer format=int32",
        "invoiceCurrency": "string!",
        "billingAddress": "object! closed",
    },
    "NewDatedAlias": {
        "value": "string! minLength=1 maxLength=50",
        "effectiveFrom": "string format=date-time",
        "effectiveUntil": "string format=date-time",
    },
    "AccountPage": {
        "data": "array!",
        "data[]": "object closed",
        "nextToken": "string|null!",
        "context": "object! closed",
    },
    "BillingInformation": {
        "emailRecipients": "array",
        "emailRecipients[]": "string maxLength=320",
        "additionalEmailRecipients": "array",
        "additionalEmailRecipients[]": "string maxLength=320",
    },
    "PageContext": {"pageSize": "integer", "sortOrder": "string ASC|DESC"},
    "AddAliasesRequest": {
        "aliases": "array minItems=1 maxItems=10",
        "aliases[]": "string minLength=3 maxLength=50",
        "accountAliases": "array minItems=1 maxItems=10 writeOnly=True",
        "accountAliases[]": "object closed",
    },
    "RemoveAliasesRequest": {
        "aliases": "array",
        "aliases[]": "string",
        "accountAliases": "array writeOnly=True",
        "accountAliases[]": "object closed",
    },
    "AliasRemoval": {"id": "string!", "from": "string format=date-time"},
    "AliasPage": {"data": "array!", "data[]": "object closed", "nextToken": "string|null"},
    "AccountAlias": {
        "id": "string! readOnly=True",
        "value": "string! minLength=1 maxLength=50",
        "effectiveFrom": "string! format=date-time",
        "effectiveUntil": "string! format=date-time",
        "createdAt": "string! format=date-time readOnly=True",
        "updatedAt": "string format=date-time readOnly=True",
    },
    "Success": {"success": "boolean!"},
    "Error": {"message": "string! maxLength=500"},
}

# Method, path, request schema, status and schema of the success. Every operation has the same errors.
OPERATIONS = {
    "createAccount": ("post", "/accounts", "CreateAccountRequest", "201", "Account"),
    "getAccounts": ("get", "/accounts", None, "200", "AccountPage"),
    "getAccount": ("get", "/accounts/{account_id}", None, "200", "Account"),
    "updateAccount": ("patch", "/accounts/{account_id}", "UpdateAccountRequest", "200", "Account"),
    "deleteAccount": ("delete", "/accounts/{account_id}", None, "200", "Success"),
    "addAliases": ("post", "/accounts/{account_id}/add_aliases", "AddAliasesRequest", "200", "Account"),
    "listAccountAliases": ("get", "/accounts/{account_id}/account_aliases", None, "200", "AliasPage"),
    "removeAliases": (
        "post",
        "/accounts/{account_id}/remove_aliases",
        "RemoveAliasesRequest",
        "200",
        "Account",
    ),
}

PARAMETERS = {
    "nextToken": "string",
    "pageSize": "number minimum=1 maximum=100 default=20",
    "customer_id": "string",
    "status": "string ACTIVE|DRAFT|ARCHIVED",
    "invoice_currency": "string",
    "_search": "string",
    "_sort": "string default=updated_at DESC, account_id ASC",
    "effectiveOn": "string",
    "includeGroupDetails": "boolean default=False",
    "account_id": "string! minLength=1 maxLength=50",
}

ACCOUNT = {"id": "acme", "name": "Acme", "customerId": "c1"}


@cache
def contract() -> dict[str, Any]:
    path = Path(__file__).parent.parent / "specs" / "togai.yaml"
    document: dict[str, Any] = yaml.load(path.read_bytes(), yaml.CSafeLoader)
    return document


def followed(node: dict[str, Any]) -> dict[str, Any]:
    for key in node["$ref"].split("/")[1:] if "$ref" in node else ():
        node = contract()[key] if key == "components" else node[key]
    return node


def described(node: dict[str, Any], required: bool = False) -> str:
    schema = followed(node)
    types = "|".join(schema["type"]) if isinstance(schema["type"], list) else schema["type"]
    other = schema.get("additionalProperties", True)
    words = [types + "!" * required, *(["|".join(schema["enum"])] if "enum" in schema else [])]
    words += ["closed"] if other is False else [f"of {other['type']}"] if other is not True else []
    return " ".join([*words, *(f"{limit}={schema[limit]}" for limit in (*LIMITS, *MARKS) if limit in schema)])


def fields(schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, node in schema["properties"].items():
        yield name, described(node, name in schema.get("required", []))
        if "items" in followed(node):
            yield f"{name}[]", described(followed(node)["items"])


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in contract()["paths"].items():
        yield from (
            (method, path, item[method])
            for method in ("get", "put", "post", "patch", "delete")
            if method in item
        )


def body_schema(node: dict[str, Any]) -> str:
    reference: str = followed(node)["content"]["application/json"]["schema"]["$ref"]
    return reference.rpartition("/")[2]


@pytest.mark.parametrize("name", FIELDS)
def test_fields_are_those_of_the_reference(name: str) -> None:
    assert dict(fields(contract()["components"]["schemas"][name])) == FIELDS[name]


def test_create_has_the_13_request_and_15_response_fields_of_the_reference_and_one_of_the_client() -> None:
    schemas = contract()["components"]["schemas"]
    sent, shown = (schemas[name]["properties"].keys() for name in ("CreateAccountRequest", "Account"))
    assert (len(sent), len(shown)) == (13 + 1, 15 + 1)
    assert "billingInformation" in sent & shown


@pytest.mark.parametrize("name", [name for name in FIELDS if name != "Alias"])
def test_objects_take_no_unknown_members(name: str) -> None:
    assert contract()["components"]["schemas"][name]["additionalProperties"] is False


def test_operations_are_those_of_the_reference() -> None:
    found = {}
    for method, path, operation in operations():
        status = next(iter(operation["responses"]))
        request = body_schema(operation["requestBody"]) if "requestBody" in operation else None
        found[operation["operationId"]] = (
            method,
            path,
            request,
            status,
            body_schema(operation["responses"][status]),
        )
    assert found == OPERATIONS


def test_every_operation_has_every_error_in_one_shape() -> None:
    for _, _, operation in operations():
        errors = {
            status: body_schema(answer)
            for status, answer in operation["responses"].items()
            if not status.startswith("2")
        }
        assert errors == dict.fromkeys(["400", "401", "403", "404", "429", "default"], "Error")


def test_parameters_have_the_limits_of_the_reference() -> None:
    nodes = [followed(node) for _, _, operation in operations() for node in operation.get("parameters", [])]
    nodes += [followed(node) for item in contract()["paths"].values() for node in item.get("parameters", [])]
    assert {node["name"]: described(node["schema"], node["required"]) for node in nodes} == PARAMETERS


def test_a_bearer_token_is_asked_for_everywhere() -> None:
    (scheme,) = contract()["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert contract()["security"] == [{"bearerAuth": []}]
    assert not [operation for _, _, operation in operations() if "security" in operation]


def test_servers_are_production_and_sandbox() -> None:
    assert [server["url"] for server in contract()["servers"]] == [
        "https://api.togai.com",
        "https://sandbox-api.togai.com",
    ]


@pytest.mark.parametrize(
    ("body", "taken"),
    [
        (ACCOUNT, True),
        ({**ACCOUNT, "metadata": {}, "tags": [], "aliases": []}, True),
        ({**ACCOUNT, "billingInformation": {"emailRecipients": ["a@b.example"]}}, True),
        ({**ACCOUNT, "billingInformation": {"recipients": []}}, False),
        ({**ACCOUNT, "status": "ARCHIVED"}, False),
        ({**ACCOUNT, "primaryEmail": None}, False),
        ({**ACCOUNT, "metadata": {"seats": 5}}, False),
        ({**ACCOUNT, "tags": ["a", "a"]}, False),
        ({**ACCOUNT, "aliases": [f"alias-{number}" for number in range(11)]}, False),
        ({**ACCOUNT, "address": {"zip": "10115"}}, False),
        ({"id": "acme", "name": "Acme"}, False),
    ],
)
def test_bodies_are_taken_or_refused(body: Any, taken: bool) -> None:
    schema = {"$ref": "#/components/schemas/CreateAccountRequest", "components": contract()["components"]}
    assert Draft202012Validator(schema).is_valid(body) is taken


@pytest.mark.parametrize(
    ("moment", "taken"),
    [
        ("2025-03-30T10:41:10Z", True),
        ("2025-03-30T10:41:10.088499", True),
        ("2025-03-30T10:41:10.088499+0000", True),
        ("2024-02-29T10:41:10+05:30", True),
        ("2025-02-30T10:41:10Z", False),
        ("2025-03-30", False),
    ],
)
def test_moments_are_taken_as_the_official_client_sends_them(moment: str, taken: bool) -> None:
    effective_on = contract()["paths"]["/accounts/{account_id}"]["get"]["parameters"][0]["schema"]
    assert Draft202012Validator(effective_on).is_valid(moment) is taken
