/** The first policy, as text: meant to be read and changed by a person, so it says why beside each line. */
import { printable } from '../../content/escape.ts';
import type { ImportedServer, MovedSecret } from './mcp-servers.ts';
import type { ProposedTool } from './propose.ts';

export interface DraftedServer {
  readonly server: ImportedServer;
  /** Null: it could not be asked, and its tools are left out. */
  readonly tools: readonly ProposedTool[] | null;
}

export interface Draft {
  readonly agent: string;
  readonly servers: readonly DraftedServer[];
  /** Absolute path of a moved secret. */
  readonly secretPath: (secret: MovedSecret) => string;
}

/** To be renamed, and given colleagues. */
export const approver = 'you';

/** The upstreams alone: enough to start and ask them. */
export function upstreamsText({
  servers,
  secretPath,
}: Pick<Draft, 'servers' | 'secretPath'>): string {
  return ['upstreams:', ...servers.flatMap(({ server }) => upstreamLines(server, secretPath))].join(
    '\n',
  );
}

export function policyText(draft: Draft): string {
  const known = draft.servers.filter(({ tools }) => tools !== null && tools.length > 0);
  return `# yaml-language-server: $schema=./sallyport.schema.json
#
# Written by \`sallyport init\`. It observes: calls go through, and the record says what strict would have refused.
# Read each line, take away what the agent doesn't need, and change \`observe\` to \`strict\`: then \`consequential\` and
# \`irreversible\` calls wait for a person, unless the agent's grant says \`approval: never\`.
sallyport: 1
enforcement: observe

${upstreamsText(draft)}

${mapOf('', 'tools', toolsOf(known))}

users:
  static:
    ${approver}: { roles: [approvers] }            # whoever answers; each of them gets a token: sallyport token --approver ${approver}

approvals:
  default: approvers                     # asked in the console, or with \`sallyport approvals\`
  timeout: 15m                           # then the call is refused, with an alert

# A call needs both: a permission of the people that the agent works for, and one of the agent itself.
roles:
  approvers: {}                          # they answer, and nothing is done in their name
  people:
${mapOf('    ', 'permissions', permissionLines(known))}

agents:
  ${draft.agent}:
    acts_for: [people]
    unattended: { owner: people }        # it also runs when no person is present, and they answer for it
    model: { through: reported }         # steps, tokens and cost are posted by whoever opens the run
    budget: { steps: 25, tool_calls: 50, duration: 120s, cost: 1.00 USD }
${mapOf('    ', 'permissions', permissionLines(known))}
`;
}

/** When no server could be asked there is nothing to say, and an empty map says that. */
function mapOf(indent: string, key: string, lines: readonly string[]): string {
  return lines.length === 0 ? `${indent}${key}: {}` : [`${indent}${key}:`, ...lines].join('\n');
}

function toolsOf(servers: readonly DraftedServer[]): string[] {
  return servers.flatMap(({ server, tools }) =>
    (tools ?? []).flatMap((tool) => toolLines(server.name, tool)),
  );
}

function upstreamLines(
  { name, transport, credential }: ImportedServer,
  secretPath: Draft['secretPath'],
): string[] {
  const lines = [`  ${name}:`];
  if (transport.type === 'stdio') {
    lines.push(
      '    mcp:',
      `      command: ${quoted(transport.command)}`,
      `      args: [${transport.args.map(quoted).join(', ')}]`,
    );
    const env = Object.entries(transport.env);
    if (env.length > 0) lines.push('      env:');
    for (const [variable, value] of env) {
      lines.push(
        `        ${quoted(variable)}: ${'text' in value ? quoted(value.text) : `{ from: ${quoted(`file:${secretPath(value.secret)}`)} }`}`,
      );
    }
  } else lines.push(`    mcp: { url: ${quoted(transport.url)} }`);
  if (credential !== null) {
    const as =
      credential.as === 'bearer'
        ? 'bearer'
        : 'query' in credential.as
          ? `{ query: ${quoted(credential.as.query)} }`
          : `{ header: ${quoted(credential.as.header)} }`;
    lines.push(
      `    credential: { from: ${quoted(`file:${secretPath(credential.secret)}`)}, as: ${as} }`,
    );
  }
  return lines;
}

function toolLines(upstream: string, { operation, facts }: ProposedTool): string[] {
  const args = Object.entries(facts.args).map(([name, kind]) => `${quoted(name)}: ${kind}`);
  const why = facts.why === undefined ? '' : `   # ${oneLine(facts.why)}`;
  return [
    `  ${quoted(`${upstream}.${operation}`)}:${why}`,
    `    action: ${quoted(facts.action)}`,
    `    tier: ${facts.tier}`,
    `    reach: ${facts.reach}`,
    `    args: ${args.length === 0 ? '{}' : `{ ${args.join(', ')} }`}`,
    ...(facts.returns === undefined ? [] : [`    returns: ${facts.returns}`]),
  ];
}

function permissionLines(servers: readonly DraftedServer[]): string[] {
  return servers.map(({ server, tools }) => {
    const actions = [...new Set((tools ?? []).map(({ facts }) => facts.action))];
    return `      ${server.name}: { ${actions.map((action) => `${quoted(action)}: allow`).join(', ')} }`;
  });
}

/** As YAML reads it back, whatever is in it: names that are plain in every YAML stay bare, the rest is a JSON string. */
function quoted(text: string): string {
  return /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(text) &&
    !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text)
    ? text
    : JSON.stringify(text);
}

function oneLine(text: string): string {
  return printable(text).replace(/[\r\n]+/g, ' ');
}
