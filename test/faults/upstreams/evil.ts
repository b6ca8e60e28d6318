/** What both evil servers share: their tools, one for each misbehaviour and way of calling, and what is easy to say wrong. */
import { appendFileSync } from 'node:fs';
import { type EvilRow, rowsOn } from './rows.ts';

export type Transport = 'pipe' | 'web';

export interface Asked {
  readonly id: number;
  readonly method: string;
  readonly tool: string;
  readonly key: string;
}

export function definitionsOf(transport: Transport): object[] {
  return rowsOn(transport).flatMap(({ how }) =>
    ['read', 'write'].map((way) => ({
      name: `${way}_${how}`,
      description: `${way} ${how}`,
      inputSchema: {
        type: 'object',
        properties: { key: { type: 'string' } },
        required: ['key'],
        additionalProperties: false,
      },
      ...(how === 'lie'
        ? {
            outputSchema: {
              type: 'object',
              properties: { n: { type: 'integer' } },
              required: ['n'],
            },
          }
        : {}),
    })),
  );
}

/** Null: no message at all. */
export function askedIn(text: string): Asked | null {
  const { id, method, params } = JSON.parse(text);
  if (typeof id !== 'number') return null;
  return { id, method, tool: params?.name ?? '', key: params?.arguments?.key ?? '' };
}

/** What has to be said before a server can do its worst. Null: a call. */
export function usual({ id, method }: Asked, transport: Transport): string | null {
  switch (method) {
    case 'initialize':
      return result(id, {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'evil', version: '1' },
      });
    case 'tools/list':
      return result(id, { tools: definitionsOf(transport) });
    case 'tools/call':
      return null;
    default:
      return message({ id, error: { code: -32601, message: 'Method not found' } });
  }
}

/** Counted where it happens, before a word is answered. */
export function happen({ tool, key }: Asked, journal: string): EvilRow['how'] {
  if (tool.startsWith('write_')) appendFileSync(journal, `${key}\n`);
  return tool.replace(/^(?:read|write)_/, '');
}

/** One message that says it all, for a misbehaviour that is one of words; null: it is one of the transport. */
export function words(how: string, id: number): string | null {
  switch (how) {
    case 'error':
      return message({ id, error: { code: -32603, message: 'out of order' } });
    case 'misshapen':
      return result(id, { content: 'all fine' });
    case 'unknown_type':
      return result(id, { ...said('done'), resultType: 'half_done' });
    case 'wrong_id':
      return result(id + 1_000_000, said('for nobody'));
    case 'text_id':
      return `{"jsonrpc":"2.0","id":"${id}","result":{"content":[]}}`;
    case 'two_keys':
      return `{"jsonrpc":"2.0","id":${id},"result":{"content":[],"content":[]}}`;
    case 'half':
      return `{"jsonrpc":"2.0","id":${id},"result":{"content":[`;
    case 'deep':
      return `{"jsonrpc":"2.0","id":${id},"result":{"content":[],"deep":${'['.repeat(1_000)}${']'.repeat(1_000)}}}`;
    case 'long':
      return result(id, said('x'.repeat(17 * 1_048_576)));
    case 'lie':
      return result(id, { ...said('n is one'), structuredContent: { n: 'one' } });
    case 'want_input':
      return result(id, { resultType: 'input_required', inputRequests: {} });
    default:
      return null;
  }
}

export function said(text: string): object {
  return { content: [{ type: 'text', text }] };
}

export function result(id: number, fields: object): string {
  return message({ id, result: fields });
}

function message(fields: object): string {
  return JSON.stringify({ jsonrpc: '2.0', ...fields });
}

/** A megabyte that nobody should have to keep as a million pieces. */
export const crumbs = 'c'.repeat(300_000);
