"""The accounts of contract.yaml written by hand on Starlette, jsonschema-rs and orjson, with nothing to spare."""

from __future__ import annotations

from itertools import count, islice
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import yaml
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

CONTRACT = Path(__file__).with_name("contract.yaml")


def answer(status: int, body: Any) -> Response:
    """Encode a body."""
    return Response(orjson.dumps(body), status, media_type="application/json")


def refuse(status: int, reason: str) -> Response:
    """Say no, and why."""
    return answer(status, {"error": reason})


class Accounts:
    """The accounts by their ids, oldest first."""

    def __init__(self) -> None:
        document = yaml.safe_load(CONTRACT.read_text())
        schemas = document["components"]["schemas"]
        account = schemas["Account"]
        self.opening = _validator(schemas["AccountOpening"])
        self.account = _validator(account)
        self.page = _validator({"type": "array", "items": account})
        self.accounts: dict[str, dict[str, Any]] = {}
        self.ids = count(1)

    @property
    def routes(self) -> list[Route]:
        """What is served."""
        return [
            Route("/accounts", self.create, methods=["POST"]),
            Route("/accounts", self.list, methods=["GET"]),
            Route("/accounts/{accountId}", self.read, methods=["GET"]),
        ]

    async def create(self, request: Request) -> Response:
        """POST: validate, give an id, and validate the answer."""
        try:
            body = orjson.loads(await request.body())
        except orjson.JSONDecodeError as error:
            return refuse(400, str(error))
        if not self.opening.is_valid(body):
            return refuse(400, "the body is not valid")
        account = {"id": str(next(self.ids)), **body}
        self.accounts[account["id"]] = account
        return self.checked(self.account, 201, account)

    async def read(self, request: Request) -> Response:
        """GET by id: the validated account."""
        account = self.accounts.get(request.path_params["accountId"])
        if account is None:
            return refuse(404, "there is no such account")
        return self.checked(self.account, 200, account)

    async def list(self, request: Request) -> Response:
        """GET a page, oldest first, validated."""
        limit = request.query_params.get("limit", "10")
        offset = request.query_params.get("offset", "0")
        if not (limit.isdecimal() and offset.isdecimal()):
            return refuse(400, "limit and offset are whole numbers")
        first = int(offset)
        page = list(islice(self.accounts.values(), first, first + int(limit)))
        return self.checked(self.page, 200, page)

    def checked(self, validator: Any, status: int, body: Any) -> Response:
        """Answer with a body, if it is what the contract says."""
        if not validator.is_valid(body):
            return refuse(500, "the answer is not valid")
        return answer(status, body)


def _validator(schema: Any) -> Any:
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
