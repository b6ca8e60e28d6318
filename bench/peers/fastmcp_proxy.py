"""FastMCP's own proxy in front of an MCP server over HTTP."""

import sys

from fastmcp.server import create_proxy

_, target, port = sys.argv
create_proxy(target, name="peer").run(
    transport="http",
    host="127.0.0.1",
    port=int(port),
    stateless_http=True,
    json_response=True,
    log_level="error",
    show_banner=False,
)
