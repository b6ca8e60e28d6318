import { type PiiType, piiTypes } from '../../content/detection/pii/find-pii.ts';
import { defaults, policyLimits } from '../defaults.ts';
import type { ContentPlace, ContentRules } from '../model.ts';
import { type Listed, listOf, record } from './collection.ts';
import { type OutboundSyntax, outbound } from './outbound.ts';
import { choice, text } from './scalar.ts';
import { type Located, named, type Shape } from './shape.ts';
import { type SecretSyntax, secret } from './upstream.ts';
import { count, duration, score } from './value.ts';

export interface ContentSyntax {
  readonly injection: InjectionSyntax | undefined;
  readonly pii: PiiSyntax | undefined;
  readonly secrets: SecretsSyntax | undefined;
  readonly results: ResultsSyntax | undefined;
  readonly outbound: OutboundSyntax | undefined;
  readonly detector: DetectorSyntax | undefined;
}

export interface InjectionSyntax {
  readonly at: Located<number> | undefined;
  readonly response: Located<ContentRules['injection']['response']> | undefined;
}

export interface PiiSyntax {
  readonly redact: Listed<Located<PiiType>> | undefined;
  readonly in: Listed<Located<ContentPlace>> | undefined;
}

export interface SecretsSyntax {
  readonly response: Located<ContentRules['secrets']['response']> | undefined;
  readonly in: Listed<Located<ContentPlace>> | undefined;
}

export interface ResultsSyntax {
  readonly maxBytes: Located<number> | undefined;
  readonly frame: Located<ContentRules['results']['frame']> | undefined;
  readonly links: Located<ContentRules['results']['links']> | undefined;
}

export interface DetectorSyntax {
  readonly url: Located<string> | undefined;
  readonly timeout: Located<number> | undefined;
  readonly credential: SecretSyntax | undefined;
}

// ---- parts -----------------------------------------------------------------------------------------------------

const places = listOf(choice<ContentPlace>(['arguments', 'results', 'ledger']), {
  distinctBy: ({ value }) => value,
});

const mendResponse = (key: string): string | null =>
  key === 'action' || key === 'response' ? 'write `then`' : null;

// ---- injection, pii, secrets, results --------------------------------------------------------------------------

const injection: Shape<InjectionSyntax> = named(
  'injection',
  record(
    '`{ at: 0.8, then: frame }`',
    (fields) => ({
      at: fields.optional(
        'at',
        score,
        `From which score on a text counts as giving orders. ${defaults.content.injection.at} where nothing is said.`,
      ),
      response: fields.optional(
        'then',
        choice(['frame', 'redact', 'withhold', 'hold_next'], (written) =>
          written === 'deny' || written === 'block'
            ? 'a result is there already: `withhold` shows nothing of it'
            : null,
        ),
        `What happens to a result that does: \`frame\` marks it where it stands, \`redact\` takes it out, \`withhold\` shows nothing of the result, \`hold_next\` marks it and holds what the run does from then on. \`${defaults.content.injection.response}\` where nothing is said.`,
      ),
    }),
    {
      description: 'What is done with text that gives orders.',
      min: 1,
      mendEmpty: 'leave the key out: that says the same',
      mendKey: mendResponse,
    },
  ),
);

/** What people write, beside what is spelled nearly right. */
const otherNamesOfPii: ReadonlyMap<string, PiiType> = new Map([
  ['card', 'credit_card'],
  ['cards', 'credit_card'],
  ['card_number', 'credit_card'],
  ['cc', 'credit_card'],
  ['pan', 'credit_card'],
  ['ssn', 'us_ssn'],
  ['social_security_number', 'us_ssn'],
  ['bank_account', 'iban'],
  ['account', 'iban'],
  ['mail', 'email'],
  ['email_address', 'email'],
  ['phone_number', 'phone'],
  ['telephone', 'phone'],
  ['ip', 'ip_address'],
]);

const piiType = choice<PiiType>(piiTypes, (written) => {
  const meant = otherNamesOfPii.get(written.toLowerCase());
  return meant === undefined ? null : `did you mean \`${meant}\`?`;
});

const pii: Shape<PiiSyntax> = named(
  'pii',
  record(
    '`{ redact: [credit_card, us_ssn], in: [results, ledger] }`',
    (fields) => ({
      redact: fields.required(
        'redact',
        listOf(piiType, { distinctBy: ({ value }) => value }),
        'Types of personal data that a placeholder stands for, which stays the same within a run.',
      ),
      in: fields.optional(
        'in',
        places,
        'Where. An argument is never rewritten: in `arguments` it refuses the call. `[results, ledger]` where nothing is said.',
      ),
    }),
    {
      description: 'What is done with personal data.',
      mendForm: 'name the types below `redact`: `pii: { redact: [credit_card] }`',
    },
  ),
);

const secrets: Shape<SecretsSyntax> = named(
  'secrets',
  record(
    '`{ then: deny, in: [arguments, results, ledger] }`',
    (fields) => ({
      response: fields.optional(
        'then',
        choice(['deny', 'hold'], (written) =>
          ['redact', 'withhold', 'frame', 'hold_next'].includes(written)
            ? 'it says what happens to a call; in results and in the ledger a secret is redacted'
            : null,
        ),
        `What happens to a call that carries a secret. \`${defaults.content.secrets.response}\` where nothing is said.`,
      ),
      in: fields.optional(
        'in',
        places,
        'Where secrets are looked for; in results and in the ledger they are redacted. Everywhere where nothing is said.',
      ),
    }),
    {
      description:
        'What is done with secrets: tokens, keys, passwords, and whatever Sallyport holds.',
      min: 1,
      mendEmpty: 'leave the key out: that says the same',
      mendKey: mendResponse,
    },
  ),
);

const results: Shape<ResultsSyntax> = named(
  'results',
  record(
    '`{ max_bytes: 4000, frame: untrusted, links: show }`',
    (fields) => ({
      maxBytes: fields.optional(
        'max_bytes',
        count('bytes', { min: 256, max: 16_777_216 }),
        `What is longer is truncated visibly, and JSON stays valid. ${defaults.content.results.maxBytes} where nothing is said.`,
      ),
      frame: fields.optional(
        'frame',
        choice(['untrusted', 'flagged']),
        `Which results stand between boundaries: all that is untrusted, or only what was found to give orders. \`${defaults.content.results.frame}\` where nothing is said.`,
      ),
      links: fields.optional(
        'links',
        choice(['show', 'keep']),
        `Of links and images in untrusted results: \`show\` where they lead as text, or \`keep\` them. \`${defaults.content.results.links}\` where nothing is said.`,
      ),
    }),
    { description: 'What a model gets to see of a result.' },
  ),
);

// ---- detector --------------------------------------------------------------------------------------------------

const detector: Shape<DetectorSyntax> = named(
  'detector',
  record(
    '`{ http: https://…, timeout: 2s }`',
    (fields) => ({
      url: fields.required(
        'http',
        text('an `https:` URL (`http:` on loopback)', { pattern: /^https?:\/\/\S+$/ }),
        'Where each text is posted to. Redirects are refused.',
      ),
      timeout: fields.optional(
        'timeout',
        duration,
        `How long it may take, at most ${policyLimits.detectorTimeoutMsMax / 1_000}s; no answer is recorded, and allows nothing. ${defaults.detectorTimeoutMs / 1_000}s where nothing is said.`,
      ),
      credential: fields.optional('credential', secret, 'Presented to it as a bearer token.'),
    }),
    {
      description: 'A model that scores texts besides the detectors that are built in.',
      mendKey: (key) => (key === 'url' || key === 'https' ? 'write `http`' : null),
      mendForm: 'write `detector: { http: … }`',
    },
  ),
);

export const content: Shape<ContentSyntax> = named(
  'content',
  record(
    '`{ injection: …, pii: …, secrets: …, results: …, outbound: …, detector: … }`',
    (fields) => ({
      injection: fields.optional(
        'injection',
        injection,
        'What is done with text that gives orders.',
      ),
      pii: fields.optional(
        'pii',
        pii,
        'What is done with personal data. Nothing where nothing is said.',
      ),
      secrets: fields.optional('secrets', secrets, 'What is done with secrets.'),
      results: fields.optional('results', results, 'What a model gets to see of a result.'),
      outbound: fields.optional(
        'outbound',
        outbound,
        'Looks at what is about to leave. Nobody does where nothing is said.',
      ),
      detector: fields.optional('detector', detector, 'A model that scores texts besides.'),
    }),
    { description: 'What is done with texts on their way. Detectors only tighten.' },
  ),
);
