import type { Pack, PackTool } from './pack.ts';

function read(args: Readonly<Record<string, string>>, returns?: string): PackTool {
  return {
    action: 'read',
    tier: 'read_only',
    reach: 'internal',
    args,
    ...(returns === undefined ? {} : { returns }),
  };
}

/** The reference server for clients' tests. It reads nothing of anybody's but its own environment. */
export const everything: Pack = {
  server: 'mcp-servers/everything',
  tools: {
    echo: read({ message: 'content' }),
    'get-annotated-message': read(
      { messageType: 'identifier', includeImage: 'flag' },
      '{ content: [image] }',
    ),
    'get-env': {
      action: 'read_environment',
      tier: 'consequential',
      reach: 'internal',
      args: {},
      why: 'shows every variable that the server was started with',
    },
    'get-resource-links': read({ count: 'number' }, '{ content: [resource_link] }'),
    'get-resource-reference': read(
      { resourceType: 'identifier', resourceId: 'number' },
      '{ content: [resource] }',
    ),
    'get-structured-content': read({ location: 'identifier' }),
    'get-sum': read({ a: 'number', b: 'number' }),
    'get-tiny-image': read({}, '{ content: [image] }'),
    'gzip-file-as-resource': {
      action: 'fetch',
      tier: 'consequential',
      reach: 'external',
      args: { name: 'title', data: 'url', outputType: 'identifier' },
      returns: '{ content: [resource, resource_link] }',
      why: 'fetches any URL that it is given',
    },
    'toggle-simulated-logging': {
      action: 'toggle',
      tier: 'reversible',
      reach: 'internal',
      args: {},
    },
    'toggle-subscriber-updates': {
      action: 'toggle',
      tier: 'reversible',
      reach: 'internal',
      args: {},
    },
    'trigger-long-running-operation': read({ duration: 'number', steps: 'number' }),
    'simulate-research-query': read({ topic: 'query', ambiguous: 'flag' }),
  },
};
