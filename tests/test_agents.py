"""An agent uses sandboxes over the Model Context Protocol: the official client, a process, its standard input and output."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from mcp import Client, StdioServerParameters

from understudy.bundled import admin_contract
from understudy.cli.agents.calls import MOST

OWN = {"startSandbox", "stopSandbox", "listSandboxes", "callOperation"}
SHOP: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "paths": {
        "/orders": {
            "get": {
                "operationId": "listOrders",
                "parameters": [{"name": "status", "in": "query", "schema": {"type": "string"}}],
                "responses": {
                    "200": {
                        "description": "all",
                        "content": {
                            "application/json": {
                                "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Order"}}
                            }
                        },
                    }
                },
            },
            "post": {
                "operationId": "createOrder",
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}
                },
                "responses": {
                    "201": {
                        "description": "made",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
                    }
                },
            },
        },
        "/orders/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {
                "operationId": "getOrder",
                "responses": {
                    "200": {
                        "description": "one",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
                    },
                    "404": {"description": "none"},
                },
            },
        },
    },
    "components": {
        "schemas": {
            "Order": {
                "type": "object",
                "required": ["status"],
                "properties": {
                    "id": {"type": "string", "readOnly": True},
                    "status": {"type": "string", "enum": ["open", "paid"]},
                    "note": {"type": "string"},
                },
            }
        }
    },
}


class Agent:
    """What an agent does: it calls tools and reads what they say."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def says(self, tool: str, **arguments: Any) -> str:
        """Return the text of a call that went well."""
        result = await self.client.call_tool(tool, arguments)
        (content,) = result.content
        assert not result.is_error, content
        return str(getattr(content, "text", ""))

    async def reads(self, tool: str, **arguments: Any) -> Any:
        """Return the JSON of a call that went well."""
        return json.loads((await self.says(tool, **arguments)).partition("\n\nnext: ")[0])

    async def fails(self, tool: str, **arguments: Any) -> str:
        """Return the text of a call that went wrong."""
        result = await self.client.call_tool(tool, arguments)
        (content,) = result.content
        assert result.is_error, content
        return str(getattr(content, "text", ""))


Act = Callable[[Agent], Awaitable[None]]
Start = Callable[..., None]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.json"
    path.write_text(json.dumps(SHOP))
    return path


def acted(act: Act, *arguments: object) -> None:
    """Start `understudy mcp` as a process, and let an agent act on it."""
    command = ["-m", "understudy", "mcp", *map(str, arguments)]

    async def run() -> None:
        async with Client(StdioServerParameters(command=sys.executable, args=command)) as client:
            await act(Agent(client))

    asyncio.run(run())


def test_each_operation_of_the_admin_api_that_answers_json_is_a_tool(shop: Path) -> None:
    document = yaml.safe_load(admin_contract().read_text())
    operations = [
        operation
        for item in document["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict) and "operationId" in operation
    ]

    async def act(agent: Agent) -> None:
        tools = {tool.name: tool for tool in (await agent.client.list_tools()).tools}
        assert tools.keys() - OWN == {one["operationId"] for one in operations} - {
            "streamEntries",
            "getMetrics",
        }
        for one in operations:
            if one["operationId"] in tools:
                tool = tools[one["operationId"]]
                Draft202012Validator.check_schema(tool.input_schema)
                assert one["summary"] in str(tool.description)
                assert "requestBody" not in one or "body" in tool.input_schema["properties"]
        record = tools["putRecord"].input_schema
        assert record["required"] == ["collection", "key", "body"]  # of several APIs one is asked for
        assert record["properties"]["session"]["default"] == "default"

    acted(act, shop)


def test_an_agent_reads_the_model_and_calls_operations(shop: Path) -> None:
    async def act(agent: Agent) -> None:
        model = await agent.says("readModel", api="shop")
        printed = _explained(shop)
        assert "POST /orders:\n" in printed
        assert "  create: /orders\n" in printed
        said, _, following = model.partition("\n\nnext: ")
        assert (said, following) == (printed, 'listOperations {"api": "shop"}, callOperation')
        assert await agent.says("readModel") == model
        listed = await agent.reads("listOperations")
        assert [one["operationId"] for one in listed["items"]] == ["listOrders", "createOrder", "getOrder"]
        made = await agent.says("callOperation", operation="createOrder", body={"status": "open"})
        assert made.startswith("201 Created\ncontent-type: application/json\n")
        order = json.loads(made.rpartition("\n\n")[2])
        read = await agent.says("callOperation", operation="get /orders/{id}", path={"id": order["id"]})
        assert json.loads(read.rpartition("\n\n")[2]) == order
        paid = await agent.says("callOperation", operation="listOrders", query={"status": "paid"})
        assert order["id"] not in paid

    acted(act, shop, "--seed", "5")


def test_an_agent_reads_and_sets_records_and_faults_and_verifies_the_journal(shop: Path) -> None:
    async def act(agent: Agent) -> None:
        place = {"api": "shop", "collection": "/orders", "key": "a/1"}
        await agent.says("putRecord", **place, body={"id": "a/1", "status": "paid"})
        assert (await agent.reads("getRecord", **place))["value"]["status"] == "paid"
        read = await agent.says("callOperation", operation="getOrder", path={"id": "a/1"})
        assert '"paid"' in read
        fault = {"match": {"operation": "getOrder"}, "fault": {"kind": "status", "status": 503}, "times": 1}
        said = await agent.says("addFault", body=fault)
        assert 'next: getFault {"session": "default", "id": "fault-1"}, removeFault' in said
        failed = await agent.says("callOperation", operation="getOrder", path={"id": "a/1"})
        assert failed.startswith("503 ")
        assert "next: listEntries" in failed
        entries = await agent.reads("listEntries", operation="getOrder", status="5xx")
        assert [entry["status"] for entry in entries["items"]] == [503]
        verdict = await agent.reads("verifyCalls", body={"operation": "getOrder", "exactly": 2})
        assert (verdict["verified"], verdict["count"]) == (True, 2)

    acted(act, shop)


def test_an_agent_finds_its_way_from_each_answer_to_the_next_call(shop: Path) -> None:
    async def act(agent: Agent) -> None:
        tool, arguments = "listApis", "{}"
        for expected in ("listOperations", "exampleRequest", "callOperation"):
            said = await agent.says(tool, **json.loads(arguments))
            tool, _, arguments = (
                said.partition("\n\nnext: ")[2].partition(", callOperation")[0].partition(" ")
            )
            assert tool == expected
        tool, arguments = "listCollections", '{"api": "shop"}'
        for expected in ("listRecords", "getRecord", "putRecord"):
            said = await agent.says(tool, **json.loads(arguments))
            tool, _, arguments = said.partition("\n\nnext: ")[2].partition(" ")
            assert tool == expected
        assert json.loads(arguments).keys() == {"session", "api", "collection", "key"}
        assert "next: " not in await agent.says("listFaults")  # since there is none to go on with

    acted(act, shop)


@pytest.mark.slow
def test_sessions_are_worlds_of_their_own(shop: Path) -> None:
    async def act(agent: Agent) -> None:
        said = await agent.says("createSession", body={"name": "other"})
        assert 'deleteSession {"session": "other"}' in said
        await agent.says("callOperation", session="other", operation="createOrder", body={"status": "open"})
        totals = [
            (await agent.reads("listRecords", session=name, api="shop", collection="/orders"))["total"]
            for name in ("default", "other")
        ]
        assert totals == [0, 1]

    acted(act, shop, "--populate", "0")


@pytest.mark.slow
def test_sandboxes_start_and_stop(shop: Path) -> None:
    async def act(agent: Agent) -> None:
        started = await agent.says("startSandbox", contracts=[str(shop)], name="two", options={"populate": 7})
        assert started.endswith("next: listOperations, readModel, callOperation")
        assert (await agent.reads("listSandboxes")).keys() == {"default", "two"}
        assert "say which sandbox; there run default, two" in await agent.fails("listApis")
        await agent.says("callOperation", sandbox="two", operation="listOrders")
        records = await agent.reads("listRecords", sandbox="two", api="shop", collection="/orders")
        assert records["total"] == 7
        taken = await agent.fails("startSandbox", contracts=[str(shop)], name="two")
        assert "there is a sandbox 'two' already" in taken
        assert await agent.says("stopSandbox", name="two") == "two is stopped"
        assert await agent.reads("listSandboxes") == await agent.reads("listSandboxes")
        await agent.says("stopSandbox", name="default")
        assert await agent.says("listSandboxes") == "no sandbox runs\n\nnext: startSandbox"
        assert await agent.fails("listApis") == "no sandbox runs; start one with startSandbox"

    acted(act, shop)


def test_what_goes_wrong_is_said_in_a_sentence(shop: Path) -> None:
    async def act(agent: Agent) -> None:
        assert "there is no tool 'listOrder'" in await agent.fails("listOrder")
        said = await agent.fails("listRecords", api="shop", colection="/orders")
        assert said.startswith("listRecords takes no colection; did you mean collection?")
        assert (await agent.fails("listRecords", api="shop")).startswith("listRecords needs collection\n")
        assert (await agent.fails("getRecord", api="shop", collection="/orders", key="x")).startswith("404: ")
        assert "/time" in await agent.fails("addFault", body={"time": 1})
        assert "it has listOrders, createOrder" in await agent.fails("callOperation", operation="buy")
        assert "the path needs id" in await agent.fails("callOperation", operation="getOrder")
        assert "none.yaml: there is no such file" in await agent.fails(
            "startSandbox", contracts=["none.yaml"]
        )
        assert "populate: 'many'" in await agent.fails("startSandbox", options={"populate": "many"})
        refused = await agent.says("callOperation", operation="createOrder", body={"status": "gone"})
        assert refused.startswith("400 ")
        assert 'must be one of \\"open\\", \\"paid\\"' in refused

    acted(act, shop)


@pytest.mark.slow
def test_a_refusal_says_what_was_meant_or_what_lists_it(shop: Path) -> None:
    async def act(agent: Agent) -> None:
        assert await agent.fails("listApi") == "there is no tool 'listApi'; did you mean listApis?"
        await agent.says("startSandbox", name="four")
        said = await agent.fails("listOperations", sandbox="four")
        assert said == "listOperations needs api\n\nnext: listApis"
        await agent.says("stopSandbox", name="four")
        assert await agent.fails("getEntry") == "getEntry needs number\n\nnext: listEntries"
        place = {"api": "shop", "collection": "/orders"}
        assert await agent.fails("getRecord", **place, key="") == "getRecord needs key\n\nnext: listRecords"
        assert (await agent.fails("removeFault", id="x")).endswith("\n\nnext: listFaults")
        unknown = await agent.fails("getRecord", **place, key="x")
        assert unknown.endswith("\n\nnext: listApis, listCollections, listRecords")
        said = await agent.fails("startSandbox", options={"popuate": 3})
        assert said.startswith(
            "startSandbox: options takes no popuate; did you mean populate?; it takes seed,"
        )
        said = await agent.fails("startSandbox", contracts=["https://api.example/shop.yaml"])
        assert said.startswith("https://api.example/shop.yaml is no file, and nothing is fetched")
        misspelt = {"operation": "listOrders", "when": {"query": {"status": {"contians": "o"}}}}
        said = await agent.fails("addAnswer", body=misspelt)
        assert "body /when/query/status/contians: must be absent" in said
        assert "; the nearest is contains, got" in said
        said = await agent.fails("addFault", body={"match": {"qurey": {}}, "fault": {"kind": "reset"}})
        assert "; the nearest is query, got" in said
        said = await agent.fails("callOperation", operation="getOder")
        assert said == "shop has no operation 'getOder'; did you mean getOrder?"
        said = await agent.fails("callOperation", operation="getOrder", path={"order": "x"})
        assert said == "the path /orders/{id} takes no order"

    acted(act, shop, "--populate", "0")


@pytest.mark.slow
def test_nothing_that_an_agent_may_say_is_an_error_of_the_server(shop: Path) -> None:
    async def act(agent: Agent) -> None:
        for headers in ({"X-Note": "\u00fc"}, {"X-Note": "a\nb"}, {"X Note": "a"}):
            assert "X" in await agent.fails("callOperation", operation="listOrders", headers=headers)
        assert "Sandbox-Session" in await agent.fails(
            "callOperation", operation="listOrders", session="\u00fc"
        )
        assert "sandbox" in await agent.fails("getHealth", sandbox=["default"])
        assert "too long" in await agent.fails(
            "callOperation", operation="listOrders", query={"status": "n" * 100_000}
        )
        listed = await agent.says("callOperation", operation="listOrders", query={"status": None}, api=None)
        assert listed.startswith("200 ")
        assert (await agent.reads("getClock", session=None)).keys() == {"now", "frozen"}
        assert await agent.says("resetSession") == "done"

    acted(act, shop, "--populate", "0")


@pytest.mark.slow
def test_a_long_answer_is_cut_and_says_how_to_get_less(shop: Path) -> None:
    async def act(agent: Agent) -> None:
        note = {"status": "open", "note": "n" * MOST}
        await agent.says("callOperation", operation="createOrder", body=note)
        said = await agent.says("listRecords", api="shop", collection="/orders")
        assert len(said) < MOST + 200
        shown, _, following = said.partition("\n\nnext: ")
        assert shown.endswith("characters more: ask for fewer with limit, for one alone, or filter")
        assert following

    acted(act, shop, "--populate", "0")


def test_a_contract_that_cannot_be_served_refuses_the_start(tmp_path: Path) -> None:
    run = _command(str(tmp_path / "none.yaml"))
    assert (run.returncode, run.stdout) == (1, "")
    assert "none.yaml: there is no such file" in run.stderr


def test_without_the_extra_a_sentence_says_what_to_install(tmp_path: Path) -> None:
    """The package is hidden from the process, as if it had never been installed."""
    hiding = (
        "import sys; sys.modules['mcp'] = None; from understudy.cli.main import main; sys.exit(main(['mcp']))"
    )
    command = [sys.executable, "-c", hiding]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert run.returncode == 1
    assert run.stderr.strip() == (
        "understudy: `understudy mcp` needs the SDK of the protocol, which is an extra: pip install '.[mcp]', "
        "in a clone of understudy"
    )


def _explained(contract: Path) -> str:
    """Return what `understudy explain` prints of a contract, below its name."""
    command = [sys.executable, "-m", "understudy", "explain", str(contract)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return run.stdout.partition("\n\n")[2].strip()


def _command(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "understudy", "mcp", *arguments]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
