import type { SourcePosition } from '../model.ts';
import { type Fields, type Listed, listOf, mapOf, type NamedMap, record } from './collection.ts';
import { choice, constant, text } from './scalar.ts';
import { byForm, type Located, mapped, named, type Shape } from './shape.ts';
import { secretName } from './value.ts';

export interface UpstreamSyntax {
  readonly at: SourcePosition;
  readonly mcp: McpSyntax | undefined;
  readonly functions: Located<true> | undefined;
  readonly credential: CredentialSyntax | undefined;
  /** Which of the ways to reach it were written, also those that can't be used. */
  readonly ways: readonly string[];
}

export interface McpSyntax {
  readonly at: SourcePosition;
  readonly url: Located<string> | undefined;
  readonly command: Located<string> | undefined;
  readonly args: Listed<Located<string>> | undefined;
  readonly env: NamedMap<EnvValueSyntax> | undefined;
  /** Something was written of where it is, also when it can't be used. */
  readonly hasPlace: boolean;
}

export type EnvValueSyntax =
  | { readonly type: 'literal'; readonly value: Located<string> }
  | { readonly type: 'secret'; readonly secret: SecretSyntax };

export interface SecretSyntax {
  readonly at: SourcePosition;
  readonly from: Located<string> | undefined;
}

export interface CredentialSyntax {
  readonly at: SourcePosition;
  readonly from: Located<string> | undefined;
  readonly as: CredentialPlaceSyntax | undefined;
}

export type CredentialPlaceSyntax =
  | { readonly type: 'bearer' | 'basic'; readonly at: SourcePosition }
  | {
      readonly type: 'header' | 'query' | 'env';
      readonly at: SourcePosition;
      readonly name: Located<string>;
    };

const secretByName: Shape<SecretSyntax> = record(
  'a secret by name: `{ from: env:NAME }`',
  (fields) => ({
    at: fields.at,
    from: fields.required('from', secretName, 'Where the secret is: `env:NAME` or `file:/path`.'),
  }),
  { description: 'A secret, named and never written.' },
);

export const secret: Shape<SecretSyntax> = named('secret', {
  ...secretByName,
  read: (node, report) => {
    if (node.type !== 'scalar' || node.value === null) return secretByName.read(node, report);
    // Likely the secret itself: what is said of it goes to logs and into the ledger.
    const isName = /^(env|file):/.test(String(node.value));
    report.error('policy.secret', node.at, 'a secret is named here, never written', {
      expected: secretByName.expected,
      mend: isName ? `write \`{ from: ${node.written} }\`` : 'write `{ from: env:NAME }`',
    });
    return undefined;
  },
});

const argument: Shape<Located<string>> = text('text; quote what YAML takes for something else');

const envValue: Shape<EnvValueSyntax> = byForm('text, or a secret by name: `{ from: env:NAME }`', {
  scalar: mapped(
    text('text; quote what YAML takes for something else', { pattern: /^[^\u0000]*$/ }),
    (value): EnvValueSyntax => ({ type: 'literal', value }),
  ),
  map: mapped(secret, (value): EnvValueSyntax => ({ type: 'secret', secret: value })),
});

const mcp: Shape<McpSyntax> = named(
  'mcp',
  record(
    '`{ command, args, env }` or `{ url }`',
    (fields) => ({
      at: fields.at,
      url: fields.optional(
        'url',
        text('an `https:` URL (`http:` on loopback)', { pattern: /^https?:\/\/\S+$/ }),
        'Address of a server that speaks Streamable HTTP.',
      ),
      command: fields.optional(
        'command',
        argument,
        'Program to start; it speaks over stdin and stdout. No shell is involved.',
      ),
      args: fields.optional(
        'args',
        listOf(argument, { min: 0 }),
        'Arguments of the program, one an entry.',
      ),
      env: fields.optional(
        'env',
        mapOf(
          {
            expected: 'the name of an environment variable',
            pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
            mend: () => null,
          },
          envValue,
        ),
        'Environment of the program: nothing else of ours is passed on.',
      ),
      hasPlace: fields.has('url') || fields.has('command'),
    }),
    { description: 'An MCP server: started here, or reached at a URL.' },
  ),
);

const httpName: Shape<Located<string>> = text('a name of letters, digits and `-`', {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
});

function placeOf(
  type: 'header' | 'query' | 'env',
  fields: Fields,
  description: string,
): CredentialPlaceSyntax | undefined {
  const name = fields.optional(type, httpName, description);
  return name === undefined ? undefined : { type, at: fields.at, name };
}

const credentialPlace: Shape<CredentialPlaceSyntax> = byForm(
  '`bearer`, `basic`, `{ header: name }`, `{ query: name }` or `{ env: name }`',
  {
    scalar: mapped(
      choice(['bearer', 'basic']),
      ({ value, at }): CredentialPlaceSyntax => ({ type: value, at }),
    ),
    map: record(
      '`{ header: name }`, `{ query: name }` or `{ env: name }`',
      (fields) => {
        const header = placeOf('header', fields, 'In this HTTP header.');
        const query = placeOf('query', fields, 'In this parameter of the URL.');
        const env = placeOf('env', fields, 'In this environment variable of the program.');
        return header ?? query ?? env;
      },
      { min: 1, max: 1 },
    ),
  },
);

const credential: Shape<CredentialSyntax> = named(
  'credential',
  record(
    '`{ from: env:NAME, as: bearer }`',
    (fields) => {
      fields.later(
        'exchange',
        "the user's own rights by token exchange (RFC 8693).",
        '`credential.exchange`',
      );
      const exchanged = fields.has('exchange');
      return {
        at: fields.at,
        from: exchanged
          ? undefined
          : fields.required('from', secretName, 'Where the secret is: `env:NAME` or `file:/path`.'),
        as: exchanged
          ? undefined
          : fields.required(
              'as',
              credentialPlace,
              'How it is presented: `bearer`, `basic`, or in a header, parameter or variable.',
            ),
      };
    },
    { description: 'What Sallyport presents to the upstream. The agent never sees it.' },
  ),
);

export const upstream: Shape<UpstreamSyntax> = named(
  'upstream',
  record(
    'an upstream: `{ mcp: … }` or `{ functions: true }`',
    (fields) => {
      fields.later('http', 'an HTTP API by its OpenAPI document.', 'an `http` upstream');
      fields.later('sql', 'an SQL database.', 'an `sql` upstream');
      fields.later('runs_in', 'the sandbox that the program runs in.', '`runs_in` (a sandbox)');
      return {
        at: fields.at,
        mcp: fields.optional('mcp', mcp, 'An MCP server.'),
        functions: fields.optional(
          'functions',
          constant(true, 'write `true`, or leave it out'),
          'Functions of the process that Sallyport is in.',
        ),
        credential: fields.optional(
          'credential',
          credential,
          'What Sallyport presents to the upstream.',
        ),
        ways: ['mcp', 'functions', 'http', 'sql'].filter((way) => fields.has(way)),
      };
    },
    { description: 'Where tools come from.' },
  ),
);
