import type { Pack, PackTool } from './pack.ts';

const entity = '{ "/*/name": title, "/*/entityType": identifier, "/*/observations/*": content }';
const relation = '{ "/*/from": title, "/*/to": title, "/*/relationType": identifier }';

function read(args: Readonly<Record<string, string>>): PackTool {
  return {
    action: 'read',
    tier: 'read_only',
    reach: 'internal',
    args,
    returns: '{ trust: untrusted }',
  };
}

function remember(args: Readonly<Record<string, string>>): PackTool {
  return { action: 'remember', tier: 'reversible', reach: 'internal', args };
}

function forget(args: Readonly<Record<string, string>>): PackTool {
  return {
    action: 'forget',
    tier: 'irreversible',
    reach: 'internal',
    args,
    why: 'there is no way back',
  };
}

export const memory: Pack = {
  server: 'memory-server',
  tools: {
    read_graph: read({}),
    search_nodes: read({ query: 'query' }),
    open_nodes: read({ names: 'title' }),
    create_entities: remember({ entities: entity }),
    create_relations: remember({ relations: relation }),
    add_observations: remember({
      observations: '{ "/*/entityName": title, "/*/contents/*": content }',
    }),
    delete_entities: forget({ entityNames: 'title' }),
    delete_observations: forget({
      deletions: '{ "/*/entityName": title, "/*/observations/*": content }',
    }),
    delete_relations: forget({ relations: relation }),
  },
};
