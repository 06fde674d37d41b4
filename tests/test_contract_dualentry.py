"""The DualEntry contract holds every field, limit, enum value, status and parameter that the vendor documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

CONTRACT = yaml.load(
    (Path(__file__).parent.parent / "specs" / "dualentry.yaml").read_text(encoding="utf-8"),
    Loader=yaml.CSafeLoader,
)
SCHEMAS = CONTRACT["components"]["schemas"]
REGISTRY: Registry[Any] = Registry().with_resource("urn:contract", DRAFT202012.create_resource(CONTRACT))

NEW = CONTRACT["components"]["examples"]["NewBankAccount"]["value"]
SHOWN = CONTRACT["components"]["examples"]["BankAccount"]["value"]

# field: (required, nullable, written only)
REQUEST = {
    "name": (True, False, False),
    "number": (True, False, False),
    "account_type": (True, False, False),
    "currency_iso_4217_code": (True, True, False),
    "is_active": (True, False, False),
    "parent_account_id": (True, True, False),
    "description": (False, False, False),
    "company_id": (False, True, False),
    "category_1099": (False, False, False),
    "allowed_company_ids": (False, True, True),
    "is_monetary": (False, True, True),
    "bank_alias": (False, True, True),
    "bank_routing": (False, True, True),
    "bank_account_number": (False, True, True),
    "iban": (False, True, True),
    "start_bank_match_date": (False, True, True),
}

# field: (required, nullable, read only)
RESPONSE = {
    "id": (True, False, True),
    "name": (True, False, False),
    "number": (True, False, False),
    "description": (True, False, False),
    "is_active": (True, False, False),
    "is_system": (True, False, True),
    "company_id": (True, True, False),
    "parent_account_id": (True, True, False),
    "account_type": (True, False, False),
    "currency_iso_4217_code": (True, True, False),
    "category_1099": (True, False, False),
    "system_ref": (True, True, True),
    "created_by": (False, True, True),
    "updated_by": (False, True, True),
}

# field, what is just right, what is just wrong
LIMITS = [
    ("name", ["ab", "a" * 256], ["a", "a" * 257, 12]),
    ("number", [100, 9999999999], [99, 10000000000, "100", 100.5]),
    ("account_type", ["bank", "other_expense"], ["Bank", ""]),
    ("currency_iso_4217_code", ["AED", "ZWL"], ["usd", "", "XXX"]),
    ("is_active", [True, False], ["true", 1]),
    ("parent_account_id", [1], ["1", 1.5]),
    ("description", ["", "a" * 512], ["a" * 513]),
    ("company_id", [1], ["1"]),
    ("category_1099", ["", "NEC-Box 1", "DIV-Box 13"], ["NEC-Box 2", " "]),
    ("allowed_company_ids", [[], [101, 102]], [101, ["101"], [None]]),
    ("is_monetary", [True, False], ["yes"]),
    ("bank_alias", ["", "a" * 256], ["a" * 257]),
    ("bank_routing", ["011000015"], ["01100001", "0110000155", "01100001a", 11000015]),
    ("bank_account_number", ["0", "0" * 20], ["", "0" * 21]),
    (
        "iban",
        ["NO9386011117947", "AA00" + "A" * 30],
        ["NO93860111179", "AA00" + "A" * 31, "de89370400440532013000"],
    ),
    ("start_bank_match_date", ["2026-02-28"], ["2026-02-30", "28/02/2026", "2026-02-28T00:00:00Z"]),
]

COUNTS = {"AccountType": 19, "CurrencyCode": 160, "Category1099": 35 + 1, "SystemRef": 21}

ERRORS = ["400", "401", "403", "429", "500", "503", "default"]
STATUSES = {
    "create": ["201", *ERRORS, "409", "422"],
    "list": ["200", *ERRORS],
    "get": ["200", *ERRORS, "404"],
}

QUERY = {
    "limit": "integer", "offset": "integer", "ordering": "string", "search": "string", "id": "array", "name": "string",
    "description": "string", "number": "integer", "account_types": "array", "is_active": "boolean", "is_system": "boolean",
    "is_monetary": "boolean", "company_id": "array", "parent_account_id": "integer", "currency_iso_4217_code": "array",
    "category_1099": "array", "numbers": "array", "names": "array", "system_ref": "array", "start_date": "string", "end_date": "string",
}  # fmt: skip


def accepts(pointer: str, value: object) -> bool:
    schema = {"$ref": f"urn:contract#/components/{pointer}"}
    return bool(
        OAS31Validator(schema, registry=REGISTRY, format_checker=oas31_format_checker).is_valid(value)
    )


def fields(schema: str, good: dict[str, Any], flag: str) -> dict[str, tuple[bool, bool, bool]]:
    """Tell of each field whether it may be missing, whether it may be null, and whether it has the flag: by trying."""
    return {
        name: (
            not accepts(f"schemas/{schema}", {key: value for key, value in good.items() if key != name}),
            accepts(f"schemas/{schema}", {**good, name: None}),
            part.get(flag, False),
        )
        for name, part in SCHEMAS[schema]["properties"].items()
    }


def operation(version: str, verb: str) -> dict[str, Any]:
    path = f"/public/{version}/accounts/" + ("{account_number}/" if verb == "get" else "")
    found: dict[str, Any] = CONTRACT["paths"][path]["post" if verb == "create" else "get"]
    return found


def parameter(name: str) -> dict[str, Any]:
    found: dict[str, Any] = CONTRACT["components"]["parameters"][name]["schema"]
    return found


def test_request_has_the_sixteen_fields() -> None:
    assert len(REQUEST) == 16
    assert fields("AccountIn", NEW, "writeOnly") == REQUEST


def test_response_has_the_fourteen_fields() -> None:
    assert len(RESPONSE) == 14
    assert fields("AccountOut", SHOWN, "readOnly") == RESPONSE


@pytest.mark.parametrize(("field", "right", "wrong"), LIMITS, ids=[row[0] for row in LIMITS])
def test_request_limits(field: str, right: list[object], wrong: list[object]) -> None:
    taken = [value for value in right + wrong if accepts("schemas/AccountIn", {**NEW, field: value})]
    assert taken == right


def test_limits_cover_every_request_field() -> None:
    assert {field for field, _, _ in LIMITS} == REQUEST.keys()


@pytest.mark.parametrize(("schema", "count"), COUNTS.items())
def test_enum_values(schema: str, count: int) -> None:
    values = SCHEMAS[schema]["enum"]
    assert (len(values), len(set(values))) == (count, count)


@pytest.mark.parametrize("field", ["account_type", "currency_iso_4217_code", "category_1099"])
def test_request_and_response_share_their_enums(field: str) -> None:
    written, read = (SCHEMAS[name]["properties"][field] for name in ("AccountIn", "AccountOut"))
    assert {**written, "description": ""} == {**read, "description": ""}


@pytest.mark.parametrize("schema", ["AccountIn", "AccountOut"])
def test_description_and_category_default_to_empty(schema: str) -> None:
    assert SCHEMAS["AccountIn"]["properties"]["description"]["default"] == ""
    assert SCHEMAS[schema]["properties"]["category_1099"] == {"$ref": "#/components/schemas/Category1099"}
    assert SCHEMAS["Category1099"]["default"] == ""


def test_every_member_of_an_actor_may_be_null_or_missing() -> None:
    members = ["actor_type", "email", "first_name", "last_name", "timestamp"]
    assert list(SCHEMAS["AuditActor"]["properties"]) == members
    assert accepts("schemas/AuditActor", dict.fromkeys(members))
    assert accepts("schemas/AuditActor", {})
    assert not accepts("schemas/AuditActor", {"timestamp": "2026-02-03"})


@pytest.mark.parametrize("missing", ["items", "count"])
def test_a_page_has_items_and_count(missing: str) -> None:
    page = {"items": [SHOWN], "count": 1}
    assert accepts("schemas/AccountPage", page)
    assert not accepts("schemas/AccountPage", {key: value for key, value in page.items() if key != missing})


def test_errors_have_one_envelope() -> None:
    assert accepts(
        "schemas/Errors", {"success": False, "errors": {"__all__": ["no"], "number": ["taken", "small"]}}
    )
    assert not accepts("schemas/Errors", {"success": False})
    assert not accepts("schemas/Errors", {"success": True, "errors": {}})
    assert not accepts("schemas/Errors", {"success": False, "errors": {"number": "taken"}})


@pytest.mark.parametrize("verb", STATUSES)
def test_statuses(verb: str) -> None:
    assert sorted(operation("v1", verb)["responses"]) == sorted(STATUSES[verb])


@pytest.mark.parametrize("verb", STATUSES)
def test_v2_behaves_as_v1(verb: str) -> None:
    own = {"operationId", "summary", "description", "tags"}
    first, second = (
        {key: part for key, part in operation(version, verb).items() if key not in own}
        for version in ("v1", "v2")
    )
    assert first == second
    assert operation("v2", verb)["operationId"] == operation("v1", verb)["operationId"] + "V2"


def test_nothing_but_create_list_and_get() -> None:
    assert [sorted(item) for item in CONTRACT["paths"].values()] == [["get", "post"], ["get"]] * 2


def test_list_takes_every_documented_parameter() -> None:
    names = [ref["$ref"].rpartition("/")[2] for ref in operation("v1", "list")["parameters"]]
    assert {name: parameter(name).get("type") for name in names} == QUERY
    assert all(CONTRACT["components"]["parameters"][name]["name"] == name for name in names)


def test_paging_and_ordering() -> None:
    assert parameter("limit") == {
        "type": "integer",
        "format": "int64",
        "minimum": 1,
        "default": 100,
    }  # above 100 it is capped, not refused
    assert parameter("offset") == {"type": "integer", "format": "int64", "minimum": 0, "default": 0}
    assert parameter("ordering")["default"] == "number"
    orders = ["number", "-number", "currency_iso_4217_code", "", "--number", "colour", "number,name"]
    assert [order for order in orders if accepts("parameters/ordering/schema", order)] == orders[:3]


def test_no_filter_has_a_default() -> None:
    filters = QUERY.keys() - {"limit", "offset", "ordering"}
    assert [name for name in filters if "default" in parameter(name)] == []


def test_days_are_dates() -> None:
    assert [parameter(name)["format"] for name in ("start_date", "end_date")] == ["date", "date"]


def test_account_is_read_by_its_number() -> None:
    assert operation("v1", "get")["parameters"] == [{"$ref": "#/components/parameters/account_number"}]
    assert parameter("account_number")["type"] == "integer"


def test_a_key_in_a_header_is_needed() -> None:
    assert CONTRACT["security"] == [{"ApiKey": []}]
    scheme = CONTRACT["components"]["securitySchemes"]["ApiKey"]
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "X-API-KEY")
