/** An MCP server over stdio that lists every schema of the table, and tools that can't be told apart. */
import type { JsonObject } from '../../src/content/value.ts';
import { serveOverStdio } from '../fixtures/mcp-over-stdio.ts';
import { oddSchemas, oddTools } from './odd-schemas.ts';

const [, , elsewhere = '', proto = ''] = process.argv;
const tools = [...oddSchemas(elsewhere)].map(
  ([name, { schema }]): JsonObject => ({ name, inputSchema: schema }),
);
const poisoned: JsonObject = JSON.parse(
  '{"name":"poisoned","inputSchema":{"type":"object","properties":{"__proto__":{"type":"string"}}}}',
);

await serveOverStdio({
  name: 'odd',
  version: '1.0.0',
  tools: proto === '' ? [...tools, ...oddTools] : [poisoned],
  call: () => ({ content: [] }),
});
