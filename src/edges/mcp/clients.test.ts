/** The two generations of the TypeScript SDK, as applications use them. */

import {
  Client as ClientV2,
  StreamableHTTPClientTransport as TransportV2,
} from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterEach, describe, expect, test } from 'vitest';
import { agentToken, listedTool, openStandIn, type StandIn } from '../../../test/edges/stand-in.ts';

const open: StandIn[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ server }) => server.close()));
});

const refusal = 'authorize.recipients: not this person';

async function edge(): Promise<StandIn> {
  const outputSchema = {
    type: 'object',
    properties: { sent: { type: 'boolean' } },
    required: ['sent'],
  };
  const standIn = await openStandIn({
    tools: [listedTool('files.read'), listedTool('mail.send', { outputSchema })],
    call: async ({ tool, args }) => {
      if (tool === 'files.read') return [{ type: 'text', text: `read ${JSON.stringify(args)}` }];
      return {
        type: 'refused',
        refusal: {
          code: 'authorize.recipients',
          text: refusal,
          machine: { code: 'authorize.recipients' },
          as: 'result',
        },
      };
    },
  });
  open.push(standIn);
  return standIn;
}

const requestInit = { headers: { authorization: `Bearer ${agentToken}` } };

interface AnyClient {
  readonly listTools: () => Promise<{ tools: { name: string }[] }>;
  readonly callTool: (call: {
    name: string;
    arguments: Record<string, unknown>;
  }) => Promise<Record<string, unknown>>;
  readonly close: () => Promise<void>;
}

const clients: readonly [string, (url: URL) => Promise<AnyClient>][] = [
  [
    'v1',
    async (url) => {
      const client = new ClientV1({ name: 'v1', version: '1' });
      await client.connect(new TransportV1(url, { requestInit }));
      return client;
    },
  ],
  [
    'v2 in the legacy era',
    async (url) => {
      const client = new ClientV2({ name: 'v2', version: '1' });
      await client.connect(new TransportV2(url, { requestInit }));
      return client;
    },
  ],
  [
    'v2 in the era it finds',
    async (url) => {
      const client = new ClientV2(
        { name: 'v2', version: '1' },
        { versionNegotiation: { mode: 'auto' } },
      );
      await client.connect(new TransportV2(url, { requestInit }));
      return client;
    },
  ],
];

describe.each(clients)('TypeScript SDK %s', (_, connect) => {
  test('lists, calls, and keeps the whole refusal of a tool with an output schema', async () => {
    const { server } = await edge();
    const client = await connect(new URL(`${server.url}/mcp`));
    try {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual(['files.read', 'mail.send']);
      expect(
        await client.callTool({ name: 'files.read', arguments: { path: '/a' } }),
      ).toMatchObject({ content: [{ text: 'read {"path":"/a"}' }] });
      expect(await client.callTool({ name: 'mail.send', arguments: {} })).toMatchObject({
        isError: true,
        content: [{ type: 'text', text: refusal }],
        _meta: { 'dev.sallyport/decision': { code: 'authorize.recipients' } },
      });
    } finally {
      await client.close();
    }
  });
});
