import { secretTypes } from '../content/detection/secrets/secret-types.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import { defaults } from './defaults.ts';
import { policyJsonSchema } from './shape/document.ts';
import { tierName } from './shape/tool.ts';

/** `docs/policy-reference.md`, from the same descriptions that validate a policy. */
export function policyReference(): string {
  const schema = policyJsonSchema();
  const definitions = isJsonObject(schema['definitions']) ? schema['definitions'] : {};
  const sections = [
    introduction,
    section('The file', schema),
    ...Object.entries(definitions).flatMap(([name, definition]) =>
      isJsonObject(definition) ? [section(`\`${name}\``, definition)] : [],
    ),
    defaultsSection(),
    `## What secrets are called\n\n\`content.secrets\` and \`inputs.secret\` say one of: ${secretTypes.map((type) => `\`${type}\``).join(', ')}. \`held\` is one that Sallyport itself holds, by value.`,
  ];
  return `${sections.join('\n\n')}\n`;
}

const introduction = `# Policy reference

Generated from the schema that validates a policy (\`npm run schema\`); a test compares the two. The published JSON Schema is
\`sallyport.schema.json\`: an editor that reads the first line of the example completes and checks a policy as it is written.

\`\`\`yaml
# yaml-language-server: $schema=./sallyport.schema.json
sallyport: 1
upstreams:
  files: { mcp: { command: mcp-server-filesystem, args: [/srv/reports] } }
tools:
  files.read_text_file: { action: read, tier: read_only, reach: internal, args: { path: path, head: number, tail: number } }
agents:
  reporter:
    permissions:
      files: { read: { paths: { under: [/srv/reports] } } }
\`\`\`

What a policy doesn't mention is refused. Keys marked as not enforced yet are errors, never silence: keep them in a
\`*.later.yaml\` file, which is never loaded. Some rules join several keys (every argument of a pinned definition has a kind,
every constraint can be answered by every tool that it covers): \`sallyport policy check\` knows those, a schema can't.`;

function section(title: string, schema: JsonObject): string {
  const parts = [`## ${title}`];
  const description = schema['description'];
  if (typeof description === 'string') parts.push(description);
  const forms = formsOf(schema);
  if (forms !== null) parts.push(`Forms: ${forms}.`);
  const tables = recordsOf(schema).map(table);
  parts.push(...tables);
  return parts.join('\n\n');
}

/** The records among the alternatives of a definition. */
function recordsOf(schema: JsonObject): readonly JsonObject[] {
  if (isJsonObject(schema['properties'])) return [schema];
  const alternatives = schema['anyOf'];
  if (!isJsonArray(alternatives)) return [];
  return alternatives.flatMap((one) => (isJsonObject(one) ? recordsOf(one) : []));
}

function formsOf(schema: JsonObject): string | null {
  return isJsonObject(schema['properties']) ? null : typeText(schema);
}

function table(schema: JsonObject): string {
  const required = isJsonArray(schema['required']) ? schema['required'] : [];
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const rows = Object.entries(properties).flatMap(([key, property]) =>
    isJsonObject(property) ? [row(key, property, required.includes(key))] : [],
  );
  return ['| key | what it may be | what it says |', '|---|---|---|', ...rows].join('\n');
}

function row(key: string, property: JsonObject, required: boolean): string {
  const description = typeof property['description'] === 'string' ? property['description'] : '';
  const type = 'not' in property ? 'nothing yet' : typeText(property);
  return `| \`${key}\`${required ? ' (required)' : ''} | ${cell(type)} | ${cell(description)} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function typeText(schema: JsonObject): string {
  const reference = referenceOf(schema);
  if (reference !== null) return reference;
  if (typeof schema['title'] === 'string') return schema['title'];
  if ('const' in schema) return `\`${valueText(schema['const'] ?? null)}\``;
  if (isJsonArray(schema['enum']))
    return schema['enum'].map((value) => `\`${valueText(value)}\``).join(', ');
  if (isJsonArray(schema['anyOf'])) {
    const texts = schema['anyOf'].flatMap((one) => (isJsonObject(one) ? [typeText(one)] : []));
    return [...new Set(texts)].join(' or ');
  }
  const { type } = schema;
  if (isJsonArray(type)) return type.map(typeWord).join(' or ');
  if (type === 'array')
    return isJsonObject(schema['items']) ? `list [${typeText(schema['items'])}]` : 'list';
  if (type === 'object') return objectText(schema);
  if (type === 'integer' || type === 'number') return numberText(schema);
  return typeWord(type);
}

function referenceOf(schema: JsonObject): string | null {
  const [only] = isJsonArray(schema['allOf']) ? schema['allOf'] : [schema];
  const target = isJsonObject(only) ? only['$ref'] : undefined;
  if (typeof target !== 'string') return null;
  const name = target.slice(target.lastIndexOf('/') + 1);
  return `[${name}](#${name})`;
}

function objectText(schema: JsonObject): string {
  const values = schema['additionalProperties'];
  if (isJsonObject(values)) return `map to ${typeText(values)}`;
  const properties = isJsonObject(schema['properties'])
    ? Object.entries(schema['properties']).flatMap(([key, property]) =>
        isJsonObject(property) && 'not' in property ? [] : [key],
      )
    : [];
  return `\`{ ${properties.join(', ')} }\``;
}

function numberText(schema: JsonObject): string {
  const { minimum, exclusiveMinimum, maximum } = schema;
  if (typeof exclusiveMinimum === 'number' && typeof maximum === 'number')
    return `above ${exclusiveMinimum}, at most ${maximum}`;
  if (typeof minimum === 'number' && typeof maximum === 'number') return `${minimum} to ${maximum}`;
  return 'number';
}

function valueText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function typeWord(type: JsonValue | undefined): string {
  if (type === 'boolean') return '`true`, `false`';
  return type === 'string' ? 'text' : valueText(type ?? null);
}

function defaultsSection(): string {
  const { loops, breaker, flow, content, approvals } = defaults;
  const rows: readonly (readonly [string, string])[] = [
    ['`enforcement`', `\`${defaults.enforcement}\``],
    ['`timezone`', `\`${defaults.timezone}\``],
    ['`tools.*.tier`', `\`${tierName(defaults.tier)}\``],
    ['`tools.*.reach`', `\`${defaults.reach}\``],
    ['`tools.*.returns.trust`', `\`${defaults.trust}\``],
    [
      '`agents.*.loops`',
      `\`{ same_call: ${loops.sameCall}, same_tool: ${loops.sameTool}, cycle: ${loops.cycle} }\``,
    ],
    ['`breaker`', `\`{ failures: ${breaker.failures}, reset: ${breaker.resetMs / 1_000}s }\``],
    [
      '`flow`',
      `\`{ when: ${flow.when}, external: ${flow.external}, unrequested: ${flow.unrequested}, delegation: ${flow.delegation} }\``,
    ],
    [
      '`content.injection`',
      `\`{ at: ${content.injection.at}, then: ${content.injection.response} }\``,
    ],
    [
      '`content.secrets`',
      `\`{ then: ${content.secrets.response}, in: [${[...content.secrets.in].join(', ')}] }\``,
    ],
    [
      '`content.results`',
      `\`{ max_bytes: ${content.results.maxBytes}, frame: ${content.results.frame}, links: ${content.results.links} }\``,
    ],
    ['`content.pii.in`', `\`[${defaults.piiPlaces.join(', ')}]\``],
    [
      '`content.outbound`, where it is written',
      `\`{ at: ${defaults.outbound.at}, then: ${defaults.outbound.response} }\``,
    ],
    [
      '`approvals`',
      `\`{ timeout: ${approvals.timeoutMs / 60_000}m, wait: ${approvals.waitMs / 1_000}s, remember: ${approvals.remember}, open: ${approvals.open}, self_approval: ${approvals.selfApproval}, execute: ${approvals.execute} }\``,
    ],
    ['`content.detector.timeout`', `\`${defaults.detectorTimeoutMs / 1_000}s\``],
  ];
  return [
    '## Where nothing is said',
    ['| key | holds |', '|---|---|', ...rows.map(([key, value]) => `| ${key} | ${value} |`)].join(
      '\n',
    ),
  ].join('\n\n');
}
