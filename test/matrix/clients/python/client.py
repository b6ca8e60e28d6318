"""The Python SDK, as a program would use it. Told and printing what ../report.ts says."""

import asyncio
import json
import os
import sys

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import ElicitRequestURLParams, ElicitResult

DECISION_KEY = "dev.sallyport/decision"
FRAME_KEY = "dev.sallyport/frame"


async def report_call(client: Client, tool: str, args: dict) -> dict:
    try:
        result = await client.call_tool(tool, args)
    except Exception as error:  # whatever the SDK raises is what a program would have to go by
        return {
            "tool": tool,
            "failed": True,
            "code": None,
            "ticket": None,
            "text": str(error),
            "raised": True,
            "boundary": None,
            "data": None,
        }
    decision = (result.meta or {}).get(DECISION_KEY) or {}
    blocks = [getattr(block, "text", f"[{block.type}]") for block in result.content]
    return {
        "tool": tool,
        "failed": bool(result.is_error),
        "code": decision.get("code"),
        "ticket": decision.get("ticket"),
        "text": "\n".join(blocks),
        "raised": False,
        "boundary": (result.meta or {}).get(FRAME_KEY),
        "data": result.structured_content,
    }


async def main() -> None:
    plan = json.loads(sys.argv[1])
    headers = {}
    if token := os.environ.get("MATRIX_TOKEN"):
        headers["authorization"] = f"Bearer {token}"
    if plan["run"] is not None:
        headers["sallyport-run"] = plan["run"]
    pages = []

    async def show(_context, params) -> ElicitResult:
        if not isinstance(params, ElicitRequestURLParams):
            raise TypeError("a page was to be shown")
        pages.append(params.url)
        return ElicitResult(action="accept")

    shows = {"elicitation_callback": show} if plan["pages"] else {}
    async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
        async with Client(streamable_http_client(plan["url"], http_client=http), **shows) as client:
            listed = await client.list_tools()
            calls = [await report_call(client, call["tool"], call["args"]) for call in plan["calls"]]
            report = {
                "protocol": client.protocol_version,
                "tools": [
                    {"name": tool.name, "typed": tool.output_schema is not None} for tool in listed.tools
                ],
                "pages": pages,
                "calls": calls,
            }
    print(json.dumps(report))


asyncio.run(main())
