"""The yardstick: DualEntry's account operations written by hand on Starlette, jsonschema-rs and orjson, with nothing to spare."""

from __future__ import annotations

from bisect import insort
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PATH = "/dualentry/public/v1/accounts/"
SCHEMA = orjson.loads(Path(__file__).with_name("dualentry.json").read_bytes())


def validator(name: str) -> Any:
    """Compile one of the schemas of dualentry.json, formats included."""
    return jsonschema_rs.Draft202012Validator({**SCHEMA, "$ref": f"#/$defs/{name}"}, validate_formats=True)


def answer(status: int, body: Any) -> Response:
    """Encode a body."""
    return Response(orjson.dumps(body), status, media_type="application/json")


def refuse(status: int, **errors: list[str]) -> Response:
    """Answer in DualEntry's error shape."""
    return answer(status, {"success": False, "errors": errors})


class Book:
    """The accounts, by number and in the order of their numbers."""

    def __init__(self) -> None:
        self.request, self.account, self.page = validator("request"), validator("account"), validator("page")
        self.accounts: dict[int, dict[str, Any]] = {}
        self.numbers: list[int] = []

    @property
    def routes(self) -> list[Route]:
        """What is served."""
        return [
            Route(PATH, self.create, methods=["POST"]),
            Route(PATH, self.list, methods=["GET"]),
            Route(f"{PATH}{{account_number}}/", self.read, methods=["GET"]),
        ]

    async def create(self, request: Request) -> Response:
        """POST: validate, refuse a number that is taken, build the answer and validate it."""
        if not request.headers.get("x-api-key"):
            return refuse(401, __all__=["Unauthorized"])
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return refuse(415, __all__=["send application/json"])
        try:
            body = orjson.loads(await request.body())
        except orjson.JSONDecodeError as error:
            return refuse(400, __all__=[str(error)])
        if not self.request.is_valid(body):
            return refuse(
                422,
                **{
                    ".".join(map(str, error.instance_path)): [error.message]
                    for error in self.request.iter_errors(body)
                },
            )
        if body["number"] in self.accounts:
            return refuse(422, number=["is already taken"])
        account = self.build(body)
        if not self.account.is_valid(account):
            return refuse(500, __all__=["the answer is not valid"])
        self.accounts[account["number"]] = account
        insort(self.numbers, account["number"])
        return answer(201, account)

    def build(self, body: dict[str, Any]) -> dict[str, Any]:
        """Make the fourteen properties of an account."""
        actor = {
            "actor_type": "user",
            "email": "ada@example.com",
            "first_name": "Ada",
            "last_name": "Byron",
            "timestamp": now(),
        }
        return {
            "id": len(self.accounts) + 1,
            "name": body["name"],
            "number": body["number"],
            "description": body.get("description", ""),
            "is_active": body["is_active"],
            "is_system": False,
            "company_id": body.get("company_id"),
            "parent_account_id": body["parent_account_id"],
            "account_type": body["account_type"],
            "currency_iso_4217_code": body["currency_iso_4217_code"],
            "category_1099": body.get("category_1099", ""),
            "system_ref": None,
            "created_by": actor,
            "updated_by": actor,
        }

    async def read(self, request: Request) -> Response:
        """GET by number: the validated account."""
        if not request.headers.get("x-api-key"):
            return refuse(401, __all__=["Unauthorized"])
        number = request.path_params["account_number"]
        account = self.accounts.get(int(number)) if number.isdecimal() else None
        if account is None:
            return refuse(404, __all__=["Not found"])
        return (
            answer(200, account)
            if self.account.is_valid(account)
            else refuse(500, __all__=["the answer is not valid"])
        )

    async def list(self, request: Request) -> Response:
        """GET a page in the order of the numbers, validated."""
        if not request.headers.get("x-api-key"):
            return refuse(401, __all__=["Unauthorized"])
        limit, offset = request.query_params.get("limit", "100"), request.query_params.get("offset", "0")
        if not (limit.isdecimal() and offset.isdecimal() and int(limit)):
            return refuse(400, __all__=["limit and offset are whole numbers"])
        start = int(offset)
        numbers = self.numbers[start : start + min(int(limit), 100)]
        page = {"items": [self.accounts[number] for number in numbers], "count": len(self.accounts)}
        return (
            answer(200, page)
            if self.page.is_valid(page)
            else refuse(500, __all__=["the answer is not valid"])
        )


def now() -> str:
    """Write the time as RFC 3339 does."""
    return datetime.now(UTC).isoformat()
