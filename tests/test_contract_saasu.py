"""The Saasu contract holds every member, media type, XML hint, status and parameter that the vendor documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

CONTRACT = yaml.load(
    (Path(__file__).parent.parent / "specs" / "saasu.yaml").read_text(encoding="utf-8"),
    Loader=yaml.CSafeLoader,
)
COMPONENTS = CONTRACT["components"]
SCHEMAS = COMPONENTS["schemas"]
REGISTRY: Registry[Any] = Registry().with_resource("urn:contract", DRAFT202012.create_resource(CONTRACT))

# member: its type, or its format where it has one
ACCOUNT = {
    "Id": "int32", "Name": "string", "AccountLevel": "string", "AccountType": "string", "IsActive": "boolean", "IsBuiltIn": "boolean",
    "LastUpdatedId": "string", "DefaultTaxCode": "string", "LedgerCode": "string", "Currency": "string", "HeaderAccountId": "int32",
    "ExchangeAccountId": "int32", "IsBankAccount": "boolean", "CreatedDateUtc": "date-time", "LastModifiedDateUtc": "date-time",
    "IncludeInForecaster": "boolean", "BSB": "string", "Number": "string", "BankAccountName": "string",
    "BankFileCreationEnabled": "boolean", "BankCode": "string", "UserNumber": "string", "MerchantFeeAccountId": "int32",
    "IncludePendingTransactions": "boolean", "_links": "array",
}  # fmt: skip
WRITTEN = {"LastUpdatedId": "string", "UtcLastModified": "date-time", "_links": "array"}
MEMBERS = {
    "AccountDetail": ACCOUNT,
    "InsertAccountResult": {"InsertedEntityId": "int32", **WRITTEN},
    "UpdateAccountResult": {"UpdatedAccountId": "int32", **WRITTEN},
    "AccountListResponse": {"Accounts": "array", "_links": "array"},
    "BaseResponseModel": {"StatusMessage": "string", "_links": "array"},
}
XML_ORDER = {
    "AccountDetail": ["_links"],
    "InsertAccountResult": ["_links", "LastUpdatedId", "UtcLastModified", "InsertedEntityId"],
    "UpdateAccountResult": ["_links", "LastUpdatedId", "UtcLastModified", "UpdatedAccountId"],
    "AccountListResponse": ["_links"],
    "BaseResponseModel": ["_links"],
}
TYPES = ["Income", "Expense", "Asset", "Equity", "Liability", "OtherIncome", "OtherExpense", "CostOfSales"]

# operation: (method, path, request schema, answer schema, statuses)
OPERATIONS = {
    "insertAccount": (
        "post",
        "/Account",
        "AccountDetail",
        "InsertAccountResult",
        ["200", "400", "401", "403", "default"],
    ),
    "listAccounts": (
        "get",
        "/Accounts",
        None,
        "AccountListResponse",
        ["200", "400", "401", "403", "default"],
    ),
    "getAccount": (
        "get",
        "/Account/{Id}",
        None,
        "AccountDetail",
        ["200", "400", "401", "403", "404", "default"],
    ),
    "updateAccount": (
        "put",
        "/Account/{Id}",
        "AccountDetail",
        "UpdateAccountResult",
        ["200", "400", "401", "403", "404", "default"],
    ),
    "deleteAccount": (
        "delete",
        "/Account/{Id}",
        None,
        "BaseResponseModel",
        ["200", "400", "401", "403", "404", "default"],
    ),
    "issueToken": (
        "post",
        "/authorisation/token",
        "PasswordGrant",
        "TokenGrant",
        ["200", "400", "401", "default"],
    ),
    "refreshToken": (
        "post",
        "/authorisation/refresh",
        "RefreshGrant",
        "TokenGrant",
        ["200", "400", "401", "default"],
    ),
}
TOKENS = {"issueToken", "refreshToken"}
MEDIA_TYPES = ["application/json", "text/json", "application/xml", "text/xml"]

each_operation = pytest.mark.parametrize("name", OPERATIONS)
each_object = pytest.mark.parametrize("name", MEMBERS)


def follow(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = CONTRACT
        for token in node["$ref"].removeprefix("#/").split("/"):
            target = target[token]
        node = target
    return node


def accepts(schema: str, value: object) -> bool:
    reference = {"$ref": f"urn:contract#/components/schemas/{schema}"}
    return bool(
        OAS31Validator(reference, registry=REGISTRY, format_checker=oas31_format_checker).is_valid(value)
    )


def operation(name: str) -> dict[str, Any]:
    method, path = OPERATIONS[name][:2]
    found: dict[str, Any] = CONTRACT["paths"][path][method]
    return found


def parameters(name: str) -> dict[str, dict[str, Any]]:
    item = CONTRACT["paths"][OPERATIONS[name][1]]
    found = [follow(part) for part in [*item.get("parameters", []), *operation(name).get("parameters", [])]]
    return {part["name"]: part for part in found}


def test_members_are_counted() -> None:
    assert [len(MEMBERS[name]) for name in ("AccountDetail", "InsertAccountResult")] == [25, 4]


@each_object
def test_members_and_their_types_in_json_order(name: str) -> None:
    parts = {key: follow(part) for key, part in SCHEMAS[name]["properties"].items()}
    types = {key: part.get("format", part["type"][0]) for key, part in parts.items()}
    assert list(types.items()) == list(MEMBERS[name].items())


@each_object
def test_every_member_may_be_null_or_missing(name: str) -> None:
    assert accepts(name, {})
    assert accepts(name, dict.fromkeys(MEMBERS[name]))


@each_object
def test_every_member_has_its_type(name: str) -> None:
    assert [member for member in MEMBERS[name] if accepts(name, {member: {}})] == []


@each_object
def test_xml_root_order_and_namespaces(name: str) -> None:
    schema_url = "http://www.w3.org/2001/XMLSchema"
    namespaces = {"xsd": schema_url, "xsi": f"{schema_url}-instance"}
    assert SCHEMAS[name]["xml"] == {"name": name}
    assert SCHEMAS[name]["x-understudy"]["xml"] == {"order": XML_ORDER[name], "namespaces": namespaces}


def test_links_are_wrapped_and_their_null_titles_left_out() -> None:
    assert SCHEMAS["Links"]["xml"] == {"wrapped": True}
    assert follow(SCHEMAS["Links"]["items"])["xml"] == {"name": "Link"}
    assert list(SCHEMAS["Link"]["properties"]) == ["rel", "href", "method", "title"]
    assert SCHEMAS["Link"]["properties"]["title"]["x-understudy"] == {"xml": {"nulls": "omit"}}
    assert SCHEMAS["AccountListResponse"]["properties"]["Accounts"]["xml"] == {"wrapped": True}


def test_account_types_are_the_eight_or_null() -> None:
    assert SCHEMAS["AccountDetail"]["properties"]["AccountType"]["enum"] == [*TYPES, None]
    assert parameters("listAccounts")["AccountType"]["schema"]["enum"] == TYPES


def test_account_level_is_compared_without_case() -> None:
    levels = ["Header", "Detail", "header", "DETAIL", "Headers", "a Detail", ""]
    assert [level for level in levels if accepts("AccountDetail", {"AccountLevel": level})] == levels[:4]


def test_defaults() -> None:
    defaults = {
        name: part["default"]
        for name, part in SCHEMAS["AccountDetail"]["properties"].items()
        if "default" in part
    }
    assert defaults == {"AccountLevel": "Detail", "IncludeInForecaster": False}


def test_pending_transactions_are_deprecated() -> None:
    members = SCHEMAS["AccountDetail"]["properties"].items()
    assert [name for name, part in members if part.get("deprecated")] == ["IncludePendingTransactions"]


def test_an_account_can_be_sent_back_as_it_was_read() -> None:
    assert accepts("AccountDetail", COMPONENTS["examples"]["IncomeAccount"]["value"])
    assert accepts(
        "AccountDetail",
        {"Id": 1, "IsBuiltIn": True, "CreatedDateUtc": "2026-02-03T22:15:04.1250000Z", "_links": []},
    )
    assert not [
        name
        for name, part in SCHEMAS["AccountDetail"]["properties"].items()
        if follow(part).keys() & {"readOnly", "writeOnly"}
    ]


def test_operations_are_the_seven_and_two_more() -> None:
    methods = {"get", "put", "post", "delete", "patch"}
    found = {
        part["operationId"]: (key, path)
        for path, item in CONTRACT["paths"].items()
        for key, part in item.items()
        if key in methods
    }
    more = {
        "issueTokenWith2fa": ("post", "/authorisation/token-2fa"),
        "pingAuthorisation": ("get", "/authorisation/Ping"),
    }
    assert found == {name: row[:2] for name, row in OPERATIONS.items()} | more


@each_operation
def test_bodies_statuses_and_media_types(name: str) -> None:
    _, _, sent, answered, statuses = OPERATIONS[name]
    types = MEDIA_TYPES[:1] if name in TOKENS else MEDIA_TYPES
    bodies = {status: follow(answer)["content"] for status, answer in operation(name)["responses"].items()}
    assert sorted(bodies) == statuses
    assert all(list(content) == types for content in bodies.values())
    assert {entry["schema"]["$ref"].rpartition("/")[2] for entry in bodies["200"].values()} == {answered}
    body = operation(name).get("requestBody", {"content": {}, "required": sent is not None})
    assert body["required"] == (sent is not None)
    assert {
        media_type: entry["schema"]["$ref"].rpartition("/")[2]
        for media_type, entry in body["content"].items()
    } == (dict.fromkeys(types, sent) if sent else {})


@each_operation
def test_every_account_operation_names_a_file(name: str) -> None:
    taken = parameters(name)
    assert ("FileId" in taken) == ("WsAccessKey" in taken) == (name not in TOKENS)
    if name not in TOKENS:
        assert (taken["FileId"]["in"], taken["FileId"]["required"]) == ("query", True)
        assert taken["FileId"]["schema"] == {"type": "integer", "format": "int32", "minimum": 1}
        assert (taken["WsAccessKey"]["in"], taken["WsAccessKey"].get("required", False)) == ("query", False)
    assert ("Id" in taken) == ("{Id}" in OPERATIONS[name][1])


def test_list_parameters() -> None:
    expected = {
        "Page": {"type": "integer", "format": "int32", "minimum": 1, "default": 1},
        "PageSize": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 100, "default": 25},
        "IsActive": {"type": "boolean"},
        "IsBankAccount": {"type": "boolean"},
        "AccountType": {"type": "string", "enum": TYPES},
        "IncludeBuiltIn": {"type": "boolean", "default": True},
        "HeaderAccountId": {"type": "integer", "format": "int32"},
        "AccountLevel": {
            "type": "string",
            "pattern": SCHEMAS["AccountDetail"]["properties"]["AccountLevel"]["pattern"],
        },
    }
    assert {
        name: part["schema"]
        for name, part in parameters("listAccounts").items()
        if name not in ("FileId", "WsAccessKey")
    } == expected


@each_operation
def test_a_token_or_a_key_is_needed_except_to_get_a_token(name: str) -> None:
    needed = operation(name).get("security", CONTRACT["security"])
    assert needed == ([] if name in TOKENS else [{"OAuth": ["full"]}, {"WsAccessKey": []}])


def test_security_schemes() -> None:
    oauth, key = (COMPONENTS["securitySchemes"][name] for name in ("OAuth", "WsAccessKey"))
    assert (oauth["type"], list(oauth["flows"]), list(oauth["flows"]["password"]["scopes"])) == (
        "oauth2",
        ["password"],
        ["full"],
    )
    assert (key["type"], key["in"], key["name"]) == ("apiKey", "query", "WsAccessKey")


def test_a_refusal_is_a_string_or_a_message() -> None:
    branches = COMPONENTS["responses"]["Refused"]["content"]["application/json"]["schema"]["oneOf"]
    assert [follow(branch)["xml"] for branch in branches] == [{"name": "string"}, {"name": "Error"}]
    assert accepts("BusinessError", "Record to be updated has changed since last read.")
    assert accepts("Error", {"Message": "No."})
    assert not accepts("Error", {})
    assert not accepts("Error", "No.")


def test_the_sentence_for_a_stale_update_is_the_vendors() -> None:
    examples = COMPONENTS["responses"]["Refused"]["content"]["application/json"]["examples"]
    assert examples["stale"]["value"] == "Record to be updated has changed since last read."


@pytest.mark.parametrize("member", ["access_token", "token_type", "expires_in", "refresh_token", "scope"])
def test_a_token_answer_has_five_members(member: str) -> None:
    answer = COMPONENTS["responses"]["Token"]["content"]["application/json"]["example"]
    assert accepts("TokenGrant", answer)
    assert not accepts("TokenGrant", {key: value for key, value in answer.items() if key != member})


@pytest.mark.parametrize(
    ("schema", "grant"), [("PasswordGrant", "password"), ("RefreshGrant", "refresh_token")]
)
def test_grants_take_one_type_each(schema: str, grant: str) -> None:
    body = {"username": "dana@example.com", "password": "secret", "refresh_token": "5c0e7f1a"}
    assert accepts(schema, {**body, "grant_type": grant})
    assert not accepts(schema, {**body, "grant_type": "client_credentials"})
    assert not accepts(schema, body)
    assert not accepts(schema, {"grant_type": grant})
