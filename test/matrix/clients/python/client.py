"""The Python SDK, as a program would use it. Told and printing what ../report.ts says."""

import asyncio
import json
import os
import sys

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

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
    async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
        async with Client(streamable_http_client(plan["url"], http_client=http)) as client:
            listed = await client.list_tools()
            calls = [await report_call(client, call["tool"], call["args"]) for call in plan["calls"]]
            report = {
                "protocol": client.protocol_version,
                "tools": [
                    {"name": tool.name, "typed": tool.output_schema is not None} for tool in listed.tools
                ],
                "calls": calls,
            }
    print(json.dumps(report))


asyncio.run(main())
