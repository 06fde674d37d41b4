"""The work that is measured: two contracts, and the requests that are made of each, the same to every server."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KINDS = ("POST", "GET", "LIST of 10", "LIST of 100")
CREATED = 100
"""Accounts that are there before anything is measured."""
FIRST = 1_000_000
"""The number of the first of them: all numbers have seven digits, and so all bodies one length."""
NUMBER = 9_999_999
"""Stands in the body of a message for the number of each request."""
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Work:
    """A contract, and how its accounts are created, read and listed.

    path: of the collection, below where the contract is served. body: makes a valid one with all that can be sent. mounted: where this
    project serves it. ending: what follows an id in a path. key: the member by which an account is read. items: the member of a list
    that holds its accounts; empty where it is an array. headers: that every request has.
    """

    name: str
    document: Path
    path: str
    body: Callable[[int], dict[str, Any]]
    mounted: str = ""
    ending: str = ""
    key: str = "id"
    items: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def page(self, answered: Any) -> list[Any]:
        """Return the accounts of a list as it was answered."""
        return list(answered[self.items] if self.items else answered)


def inferred_body(number: int) -> dict[str, Any]:
    """Make an account of contract.yaml."""
    return {
        "name": f"Account {number}",
        "email": f"account-{number}@example.com",
        "status": "active",
        "kind": "company",
        "currency": "EUR",
        "balance": 1250.75,
        "overdraft": 5000,
        "openedAt": "2025-01-31T09:30:00Z",
        "birthday": "1990-05-17",
        "phone": "+49 30 901820",
        "nickname": None,
        "preferred": True,
        "rating": 7.5,
        "labels": ["north", "retail"],
        "address": {"street": "Kantstrasse 12", "city": "Berlin", "postcode": "10623", "country": "DE"},
        "contacts": [
            {"channel": "email", "value": "office@example.com"},
            {"channel": "phone", "value": "+49 30 901821"},
        ],
        "extra": {"segment": "b", "source": "fair"},
        "website": "https://example.com/accounts",
        "tier": 2,
        "remarks": "Pays within fourteen days",
    }


def vendor_body(number: int) -> dict[str, Any]:
    """Make an account of DualEntry."""
    return {
        "name": f"Operating account {number}",
        "number": number,
        "account_type": "bank",
        "currency_iso_4217_code": "EUR",
        "is_active": True,
        "parent_account_id": None,
        "description": "Day-to-day receipts and payments",
        "company_id": 101,
        "category_1099": "MISC-Box 3",
        "allowed_company_ids": [101, 102],
        "is_monetary": True,
        "bank_alias": "Main",
        "bank_routing": "021000021",
        "bank_account_number": "0532013000",
        "iban": "DE89370400440532013000",
        "start_bank_match_date": "2025-01-31",
    }


INFERRED = Work("inferred", Path(__file__).with_name("contract.yaml"), "/accounts", inferred_body)
VENDOR = Work(
    "vendor",
    ROOT / "specs" / "dualentry.yaml",
    "/public/v1/accounts/",
    vendor_body,
    mounted="/dualentry",
    ending="/",
    key="number",
    items="items",
    headers={"X-API-KEY": "benchmark"},
)


def messages(work: Work, base: str, kind: str, keys: list[Any]) -> list[str]:
    """Write the requests of a kind, whole as they go over the wire. keys: of the accounts that are read."""
    # The session is named, so that finding it is part of what is measured; who knows no sessions passes over the header.
    headers = {"Host": "127.0.0.1", "Accept": "application/json", "Sandbox-Session": "bench", **work.headers}
    path = base + work.path
    if kind == "POST":
        body = json.dumps(work.body(NUMBER))
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        return [_message("POST", path, headers, body)]
    if kind == "GET":
        stem = path.removesuffix("/")
        return [_message("GET", f"{stem}/{key}{work.ending}", headers) for key in keys]
    limit = kind.rpartition(" ")[2]
    return [_message("GET", f"{path}?limit={limit}", headers)]


def _message(method: str, path: str, headers: dict[str, str], body: str = "") -> str:
    lines = [f"{method} {path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", body])
