/** What `init` proposes for each tool that a server lists: from a reviewed pack where one fits, else the worst that it could be. */
import { printable } from '../../content/escape.ts';
import { isJsonObject, type JsonObject } from '../../content/value.ts';
import type { ListedTool } from '../../upstreams/port.ts';
import { email } from './packs/email.ts';
import { everything } from './packs/everything.ts';
import { filesystem } from './packs/filesystem.ts';
import { git } from './packs/git.ts';
import { memory } from './packs/memory.ts';
import type { Pack, PackTool } from './packs/pack.ts';

const packs: readonly Pack[] = [filesystem, memory, everything, git, email];

export interface ProposedTool {
  readonly operation: string;
  readonly facts: PackTool;
  readonly reviewed: boolean;
}

/** @param serverName - as the server calls itself; it decides nothing alone. */
export function proposeTools(
  serverName: string | null,
  listed: readonly ListedTool[],
): ProposedTool[] {
  const pack = packs.find(({ server }) => server === serverName);
  return listed
    .filter(({ operation, definition }) => canBeWritten(operation, definition))
    .map(({ operation, definition }) => {
      const properties = propertiesOf(definition);
      const known =
        pack !== undefined && Object.hasOwn(pack.tools, operation)
          ? pack.tools[operation]
          : undefined;
      if (known !== undefined && sameNames(Object.keys(known.args), Object.keys(properties)))
        return { operation, facts: known, reviewed: true };
      const why =
        known === undefined
          ? 'not reviewed: the worst is assumed'
          : 'its arguments are not those that were reviewed: the worst is assumed';
      return { operation, facts: worstCase(operation, properties, why), reviewed: false };
    });
}

/** A tool whose name or arguments the policy has no words for is left out, and so never granted; the others stand. */
function canBeWritten(operation: string, definition: JsonObject): boolean {
  return (
    /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(operation) &&
    Object.keys(propertiesOf(definition)).every(
      (name) => name !== '' && name.length <= 200 && printable(name) === name,
    )
  );
}

function worstCase(
  operation: string,
  properties: Readonly<Record<string, JsonObject>>,
  why: string,
): PackTool {
  const args = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, kindOf(name, schema)]),
  );
  return {
    action: actionName(operation),
    tier: 'irreversible',
    reach: 'external',
    args,
    returns: '{ trust: untrusted }',
    why,
  };
}

/** A guess to start from, by name and type; text that nobody knows is content, of which nothing is promised. */
function kindOf(name: string, schema: JsonObject): string {
  const type = schema['type'];
  if (type === 'boolean') return 'flag';
  if (type === 'number' || type === 'integer') return 'number';
  if (/^(?:url|uri|href|link)s?$/i.test(name)) return 'url';
  if (/(?:^|_)(?:path|file|filename|directory|dir|folder_path)s?$/i.test(name)) return 'path';
  if (/^(?:to|cc|bcc|recipients?|reply_to|email)$/i.test(name)) return 'recipient';
  if (/^(?:command|cmd|shell)s?$/i.test(name)) return 'command';
  if (/^(?:query|q|search|filter|sql|pattern)$/i.test(name)) return 'query';
  if (/(?:^|_)ids?$/i.test(name)) return 'identifier';
  return 'content';
}

export function actionName(operation: string): string {
  const name = operation
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '_')
    .replace(/^[^a-z]+/, '')
    .slice(0, 64);
  return name === '' ? 'use' : name;
}

function propertiesOf(definition: JsonObject): Record<string, JsonObject> {
  const schema = definition['inputSchema'];
  const properties = isJsonObject(schema) ? schema['properties'] : undefined;
  if (!isJsonObject(properties)) return {};
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      isJsonObject(property) ? property : {},
    ]),
  );
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && [...a].sort().join('\n') === [...b].sort().join('\n');
}
