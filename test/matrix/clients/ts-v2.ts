/** The TypeScript SDK, version 2. `MATRIX_ERA`: how it negotiates, `legacy` (its default) or `auto`. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { type CallReport, readPlan, reportCall } from './report.ts';

const { plan, headers } = readPlan();
const mode = process.env['MATRIX_ERA'] === 'auto' ? 'auto' : 'legacy';
const client = new Client(
  { name: 'matrix-ts-v2', version: '1.0.0' },
  {
    versionNegotiation: { mode },
    ...(plan.pages ? { capabilities: { elicitation: { url: {} } } } : {}),
  },
);
const pages: string[] = [];
if (plan.pages) {
  client.setRequestHandler('elicitation/create', ({ params }) => {
    if (params.mode !== 'url') throw new Error('a page was to be shown');
    pages.push(params.url);
    return { action: 'accept' };
  });
}
await client.connect(
  new StreamableHTTPClientTransport(new URL(plan.url), { requestInit: { headers } }),
);
const { tools } = await client.listTools();
const calls: CallReport[] = [];
for (const { tool, args } of plan.calls) {
  const call = client.callTool({ name: tool, arguments: { ...args } });
  calls.push(await reportCall(tool, call, pages));
}
console.log(
  JSON.stringify({
    protocol: client.getNegotiatedProtocolVersion() ?? null,
    tools: tools.map((tool) => ({ name: tool.name, typed: tool.outputSchema !== undefined })),
    pages,
    calls,
  }),
);
await client.close();
