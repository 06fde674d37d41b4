"""Handlers of a user's own: which functions answer, what they can ask, what is said about those that cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import httpx
import pytest

from support import bundled_contract, write_contract
from understudy.contracts.contract import Contract
from understudy.errors import SettingsError
from understudy.rules import Rules
from understudy.sandbox import Sandbox, Settings
from understudy.vendors.registry import vendor_for

Serve = Callable[..., httpx.Client]
IMPORTS = "from understudy.errors import Failure, RuleBroken\nfrom understudy.messages import Response\n"
ACCOUNT = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
}
SENT = {
    "content": {
        "application/json": {"schema": {"type": "object", "properties": {"name": {"type": "string"}}}}
    }
}
SHOWN = {"description": "ok", "content": {"application/json": {"schema": ACCOUNT}}}
PATHS: dict[str, Any] = {
    "/accounts": {
        "get": {
            "responses": {
                "200": {
                    "description": "ok",
                    "content": {"application/json": {"schema": {"type": "array", "items": ACCOUNT}}},
                }
            }
        },
        "post": {
            "operationId": "createAccount",
            "requestBody": SENT,
            "responses": {"201": SHOWN, "422": {"description": "no"}},
        },
    },
    "/accounts/{id}": {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
        "get": {"operationId": "getAccount", "responses": {"200": SHOWN, "404": {"description": "no"}}},
    },
}


@pytest.fixture
def rules(tmp_path: Path) -> Callable[[str], Rules]:
    """Load handlers written inline."""

    def load(text: str) -> Rules:
        file = tmp_path / "my_rules.py"
        file.write_text(IMPORTS + dedent(text))
        return Rules.load(file)

    return load


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    return write_contract(tmp_path / "inline.json", "3.1.0", {"paths": PATHS})


@pytest.fixture
def client(serve: Serve, rules: Callable[[str], Rules], contract: Contract) -> Callable[[str], httpx.Client]:
    """Serve the contract with handlers written inline."""
    return lambda text: serve(Sandbox(contract, None, Settings(), rules(text).handlers(contract)))


@pytest.mark.parametrize("name", ["createAccount", "create_account"])
def test_a_function_answers_the_operation_it_is_named_after(
    client: Callable[[str], httpx.Client], name: str
) -> None:
    api = client(f"""
        async def {name}(request, context):
            return Response(201, {{"id": 7, "name": request.body["name"].upper()}})
    """)
    assert api.post("/accounts", json={"name": "cash"}).json() == {"id": 7, "name": "CASH"}


def test_the_table_names_an_operation_without_an_id(client: Callable[[str], httpx.Client]) -> None:
    api = client("""
        async def two(request, context):
            return Response(200, [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}])
        HANDLERS = {"GET /accounts": two}
    """)
    assert [account["id"] for account in api.get("/accounts").json()] == [1, 2]


def test_a_handler_can_ask_for_what_would_have_been_answered(client: Callable[[str], httpx.Client]) -> None:
    api = client("""
        async def create_account(request, context):
            request.body["name"] = request.body["name"].strip()
            return await context.default(request)
    """)
    created = api.post("/accounts", json={"name": " cash "}).json()
    assert created["name"] == "cash"
    assert api.get(f"/accounts/{created['id']}").json() == created


def test_a_handler_refuses_in_the_shape_of_the_contract(client: Callable[[str], httpx.Client]) -> None:
    api = client("""
        async def create_account(request, context):
            raise RuleBroken([Failure("body", "/name", "rule", "a name nobody has used")])
    """)
    assert api.post("/accounts", json={"name": "cash"}).status_code == 422


def test_a_vendors_operation_can_be_overridden_and_asked(serve: Serve, rules: Callable[[str], Rules]) -> None:
    contract = bundled_contract("togai")
    own = rules("""
        async def create_account(request, context):
            response = await context.default(request)
            response.headers = {**response.headers, "X-Own": "yes"}
            return response
    """)
    api = serve(Sandbox(contract, vendor_for("togai"), Settings(), own.handlers(contract)))
    key = {"Authorization": "Bearer k"}
    created = api.post(
        "/accounts",
        headers=key,
        json={"id": "a-1", "name": "Account", "customerId": "c-1", "invoiceCurrency": "USD"},
    )
    assert (created.is_success, created.headers.get("X-Own")) == (True, "yes"), created.text
    assert api.get("/accounts/a-1", headers=key).json()["id"] == "a-1"


def test_an_answer_that_is_no_response_is_a_sentence_with_its_line(
    client: Callable[[str], httpx.Client],
) -> None:
    api = client("""
        async def create_account(request, context):
            return {"id": 1}
    """)
    answer = api.post("/accounts", json={"name": "cash"})
    assert answer.status_code == 500
    assert "my_rules.py:4: create_account must return a Response, not a dict" in answer.text


def test_a_handler_that_fails_is_named_with_what_it_failed_with(
    client: Callable[[str], httpx.Client],
) -> None:
    api = client("""
        async def create_account(request, context):
            raise ValueError("no such luck")
    """)
    answer = api.post("/accounts", json={"name": "cash"})
    said = (
        "the handler of post /accounts failed with ValueError: no such luck; the server's log has the trace"
    )
    assert (answer.status_code, answer.json()["detail"]) == (500, said)


def test_an_answer_that_the_contract_refuses_does_not_leave(client: Callable[[str], httpx.Client]) -> None:
    api = client("""
        async def create_account(request, context):
            return Response(201, {"id": "seven", "name": "cash"})
    """)
    answer = api.post("/accounts", json={"name": "cash"})
    assert answer.status_code == 500
    assert "/id" in answer.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = (", "my_rules.py:3: not Python"),
        ("x = 1\ny = x / 0", "my_rules.py:4: failed with ZeroDivisionError"),
        ("import sys\nsys.exit(3)", "my_rules.py:4: failed with SystemExit"),
        ("HANDLERS = [1]", "my_rules.py: HANDLERS must map operations to functions, not be a list"),
    ],
)
def test_a_file_that_cannot_be_run_is_a_sentence(rules: Callable[[str], Rules], text: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        rules(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "def create_account(request, context): ...",
            "my_rules.py:3: create_account must be an async function",
        ),
        ("async def create_account(request): ...", "my_rules.py:3: create_account must take two arguments"),
        ("HANDLERS = {'get /accounts': 'list_them'}", "my_rules.py: get /accounts must be an async function"),
        (
            "async def createAccount(r, c): ...\nasync def create_account(r, c): ...",
            "my_rules.py:4: create_account answers post /accounts, which",
        ),
    ],
)
def test_a_function_that_cannot_answer_is_a_sentence(
    rules: Callable[[str], Rules], contract: Contract, text: str, said: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        rules(text).handlers(contract)
    assert said in str(caught.value)


def test_a_name_that_two_operations_share_has_to_be_told_apart(
    rules: Callable[[str], Rules], tmp_path: Path
) -> None:
    answer = {"responses": {"204": {"description": "ok"}}}
    paths = {
        "/a": {"get": {"operationId": "getIt", **answer}},
        "/b": {"get": {"operationId": "get-it", **answer}},
    }
    contract = write_contract(tmp_path / "inline.json", "3.1.0", {"paths": paths})
    with pytest.raises(SettingsError) as caught:
        rules("async def get_it(request, context): ...").handlers(contract)
    assert "get_it could be get /a or get /b: say which in HANDLERS" in str(caught.value)


def test_a_name_that_is_no_operation_is_a_finding_with_the_nearest(
    rules: Callable[[str], Rules], contract: Contract
) -> None:
    findings = rules("""
        async def creat_account(request, context): ...
        async def _private(request, context): ...
        def helper(): ...
    """).findings([contract])
    assert [str(finding).rpartition("/")[2] for finding in findings] == [
        "my_rules.py:4: creat_account names no operation; the nearest are create_account, createAccount"
    ]


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.py: cannot be read"):
        Rules.load(tmp_path / "none.py")


def test_the_example_of_a_rule_for_a_bundled_sandbox_works(serve: Serve, tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "bundled.md").read_text()
    file = tmp_path / "my_rules.py"
    file.write_text(page.partition("```python\n# my_rules.py\n")[2].partition("```")[0])
    contract = bundled_contract("togai")
    api = serve(Sandbox(contract, vendor_for("togai"), Settings(), Rules.load(file).handlers(contract)))
    account = {"id": "a-1", "name": "Test account", "customerId": "c-1", "invoiceCurrency": "USD"}
    refused = api.post("/accounts", headers={"Authorization": "Bearer k"}, json=account)
    assert refused.is_client_error
    assert "a name that does not begin with Test" in refused.text


# ---- unknown ids


def test_an_unknown_id_is_made_unless_told_otherwise(serve: Serve, contract: Contract) -> None:
    assert serve(Sandbox(contract)).get("/accounts/5").status_code == 200
    assert serve(Sandbox(contract, None, Settings(any_id=False))).get("/accounts/5").status_code == 404
