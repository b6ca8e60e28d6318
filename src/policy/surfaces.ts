/**
 * `resources/read` and `prompts/get` are calls like any other, so they have a definition that is listed, pinned and
 * checked like any other. It is ours, as MCP itself fixes what such a call takes; the policy and the upstream's list
 * speak of the same one.
 */
import type { JsonObject } from '../content/value.ts';

export type SurfaceOperation = 'resources/read' | 'prompts/get';

export const surfaceDefinitions: Readonly<Record<SurfaceOperation, JsonObject>> = {
  'resources/read': {
    name: 'resources/read',
    description: 'Reads one resource of this server by its URI.',
    inputSchema: {
      type: 'object',
      properties: { uri: { type: 'string' } },
      required: ['uri'],
      additionalProperties: false,
    },
  },
  'prompts/get': {
    name: 'prompts/get',
    description: 'Gets one prompt of this server by its name.',
    inputSchema: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        arguments: { type: 'object', additionalProperties: { type: 'string' } },
      },
      required: ['name'],
      additionalProperties: false,
    },
  },
};
