/** The TypeScript SDK, version 1, as a program would use it. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { type CallReport, readPlan, reportCall } from './report.ts';

const { plan, headers } = readPlan();
const client = new Client(
  { name: 'matrix-ts-v1', version: '1.0.0' },
  plan.pages ? { capabilities: { elicitation: { url: {} } } } : {},
);
const pages: string[] = [];
const transport = new StreamableHTTPClientTransport(new URL(plan.url), {
  requestInit: { headers },
});
await client.connect(transport);
const { tools } = await client.listTools();
const calls: CallReport[] = [];
for (const { tool, args } of plan.calls) {
  const call = client.callTool({ name: tool, arguments: { ...args } });
  calls.push(await reportCall(tool, call, pages));
}
console.log(
  JSON.stringify({
    protocol: transport.protocolVersion ?? null,
    tools: tools.map((tool) => ({ name: tool.name, typed: tool.outputSchema !== undefined })),
    pages,
    calls,
  }),
);
await client.close();
