"""The server an agent talks to, over the standard input and output, by the official SDK of the protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    ToolAnnotations,
)
from mcp_types import Tool as Listed

from understudy import __version__
from understudy.cli.agents.calls import Calls
from understudy.cli.agents.tools import Tool

_INSTRUCTIONS = (
    "Stateful sandboxes of OpenAPI contracts. listSandboxes says what runs; startSandbox starts one of a "
    "file. readModel tells what its operations do, callOperation calls one. Records, faults, the clock and "
    "the journal of a session are read and set by the other tools; a session is one isolated world."
)


def serve(tools: Sequence[Tool], calls: Calls) -> None:
    """Answer until the standard input ends."""
    asyncio.run(_serve(tools, calls))


async def _serve(tools: Sequence[Tool], calls: Calls) -> None:
    listed = ListToolsResult(tools=list(map(_listed, tools)))

    async def on_list_tools(_: ServerRequestContext, _page: PaginatedRequestParams | None) -> ListToolsResult:
        return listed

    async def on_call_tool(_: ServerRequestContext, asked: CallToolRequestParams) -> CallToolResult:
        told = await asyncio.to_thread(calls.call, asked.name, asked.arguments or {})
        return CallToolResult(content=[TextContent(text=told.text)], is_error=told.is_error)

    server = Server(
        "understudy",
        version=__version__,
        instructions=_INSTRUCTIONS,
        on_list_tools=on_list_tools,
        on_call_tool=on_call_tool,
    )
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


def _listed(tool: Tool) -> Listed:
    hints = ToolAnnotations(read_only_hint=tool.reads, open_world_hint=False)
    return Listed(
        name=tool.name, description=tool.description, input_schema=dict(tool.schema), annotations=hints
    )
