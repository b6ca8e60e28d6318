import { defaults } from '../defaults.ts';
import type { Flow, SourcePosition } from '../model.ts';
import { type Listed, listOf, mapOf, type NamedMap, nameKey, record } from './collection.ts';
import { kindKey } from './kind.ts';
import { choice, text } from './scalar.ts';
import { type Located, named, type Shape } from './shape.ts';

type Texts = Listed<Located<string>>;

export interface FlowSyntax {
  readonly when: Located<Flow['when']> | undefined;
  readonly external: Located<Flow['external']> | undefined;
  readonly unrequested: Located<Flow['unrequested']> | undefined;
  readonly delegation: Located<Flow['delegation']> | undefined;
  readonly trusted: TrustedSyntax | undefined;
  readonly classes: NamedMap<Texts> | undefined;
}

export interface TrustedSyntax {
  readonly recipient: Texts | undefined;
  readonly account: Texts | undefined;
  readonly url: Texts | undefined;
  readonly from: Listed<TrustedSourceSyntax> | undefined;
}

export interface TrustedSourceSyntax {
  readonly at: SourcePosition;
  readonly tool: Located<string>;
  readonly provides: Located<string>;
}

const trustedSource: Shape<TrustedSourceSyntax> = record(
  '`{ tool, provides }`',
  (fields): TrustedSourceSyntax | undefined => {
    const tool = fields.required(
      'tool',
      text('a tool: `upstream.operation`'),
      'A tool that nobody outside writes into.',
    );
    const provides = fields.required(
      'provides',
      text(`a kind: ${kindKey.expected}`, { pattern: kindKey.pattern, mend: kindKey.mend }),
      'The kind of its values that are trusted, whatever condition the tool itself puts on them.',
    );
    return tool === undefined || provides === undefined
      ? undefined
      : { at: fields.at, tool, provides };
  },
);

const trusted: Shape<TrustedSyntax> = named(
  'trusted',
  record(
    '`{ recipient: […], account: […], url: […], from: [{ tool, provides }] }`',
    (fields) => ({
      recipient: fields.optional(
        'recipient',
        listOf(text('an address')),
        'Addresses that may be written to. A domain is no source: `allowed_domains` bounds those.',
      ),
      account: fields.optional('account', listOf(text('an account')), 'Accounts that may be paid.'),
      url: fields.optional(
        'url',
        listOf(text('a URL')),
        'Places that may be called or linked to: each covers its host and port, and every path at or below its own.',
      ),
      from: fields.optional(
        'from',
        listOf(trustedSource),
        'Tools whose values of a kind may be used: `[{ tool: directory.search, provides: recipient }]`.',
      ),
    }),
    {
      description: 'Destinations that the operator vouches for.',
      min: 1,
      mendEmpty: 'name a destination, or leave the key out',
    },
  ),
);

const dataClass: Shape<Texts> = record('`{ may_reach: [subject, company.com] }`', (fields) =>
  fields.required(
    'may_reach',
    listOf(text('an audience'), { min: 0 }),
    'Where data of this class may go: a `case` value, an address, a domain, an upstream, a URL, `subject` or `model`. `[]`: nowhere.',
  ),
);

export const flow: Shape<FlowSyntax> = named(
  'flow',
  record(
    '`{ external: provenance, trusted: …, classes: … }`',
    (fields) => ({
      when: fields.optional(
        'when',
        choice(['always', 'untrusted']),
        `From when on a run with a trusted request is judged; \`untrusted\` waits for the first untrusted result. \`${defaults.flow.when}\` where nothing is said.`,
      ),
      external: fields.optional(
        'external',
        choice(['deny', 'hold', 'provenance', 'allow']),
        `What happens to an external call after untrusted data; \`provenance\`: its destinations have to come from a source that may name them. \`${defaults.flow.external}\` where nothing is said.`,
      ),
      unrequested: fields.optional(
        'unrequested',
        choice(['allow', 'hold', 'deny']),
        `What happens to an action that no clause of a trusted request asked for. \`${defaults.flow.unrequested}\` where nothing is said.`,
      ),
      delegation: fields.optional(
        'delegation',
        choice(['ask', 'deny']),
        `What happens when a request hands its work to a document. \`${defaults.flow.delegation}\` where nothing is said.`,
      ),
      trusted: fields.optional('trusted', trusted, 'Destinations that the operator vouches for.'),
      classes: fields.optional(
        'classes',
        mapOf(nameKey('a class of data'), dataClass, { min: 1 }),
        'Where data of a class may go: `{ customer_data: { may_reach: [subject] } }`.',
      ),
    }),
    { description: 'Where untrusted and classified data may go.' },
  ),
);
