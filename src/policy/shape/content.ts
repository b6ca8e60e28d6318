import { type PiiType, piiTypes } from '../../content/detection/pii/find-pii.ts';
import { defaults, policyLimits } from '../defaults.ts';
import type { ContentPlace, ContentRules, OutboundReview, SourcePosition } from '../model.ts';
import { type Listed, listOf, record } from './collection.ts';
import {
  choice,
  type ExpressionSyntax,
  expression,
  oneOf,
  scalar,
  text,
  type Unfit,
  unfit,
} from './scalar.ts';
import { byForm, type Located, named, type Shape } from './shape.ts';
import { type SecretSyntax, secret } from './upstream.ts';
import { count, duration } from './value.ts';

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

export interface OutboundSyntax {
  readonly position: SourcePosition;
  readonly at: Located<number> | undefined;
  readonly response: Located<OutboundReview['response']> | undefined;
  readonly markers: Listed<Located<string>> | undefined;
  readonly tone: Listed<Located<string>> | undefined;
  readonly attachments: Listed<Located<string>> | undefined;
  readonly rules: Listed<OutboundRuleSyntax> | undefined;
}

export interface OutboundRuleSyntax {
  readonly position: SourcePosition;
  readonly if: ExpressionSyntax;
  readonly response: Located<OutboundReview['response']>;
}

export interface DetectorSyntax {
  readonly url: Located<string> | undefined;
  readonly timeout: Located<number> | undefined;
  readonly credential: SecretSyntax | undefined;
}

// ---- parts -----------------------------------------------------------------------------------------------------

/** 0 would be every text, whatever is in it: nobody means that. */
const score: Shape<Located<number>> = scalar({
  expected: 'a score above 0, at most 1: `0.8`',
  schema: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
  parse: ({ value, written }): number | Unfit => {
    if (typeof value === 'number' && value > 0 && value <= 1) return value;
    if (typeof value === 'string' && /^(0?\.\d{1,6}|1(\.0)?)$/.test(value))
      return unfit(`write it without quotes: ${value}`);
    const [, percent] = /^([1-9]\d?|100) ?%?$/.exec(String(value)) ?? [];
    if (percent !== undefined) return unfit(`write \`${Number(percent) / 100}\``);
    return unfit(null, /^0(\.0+)?$/.test(written) ? 'every text scores at least 0' : undefined);
  },
});

/** The same twice is a slip: somebody meant another. */
function distinct(
  list: Shape<Listed<Located<string>>>,
  keyOf: (value: string) => string,
): Shape<Listed<Located<string>>>;
function distinct<T extends string>(list: Shape<Listed<Located<T>>>): Shape<Listed<Located<T>>>;
function distinct<T extends string>(
  list: Shape<Listed<Located<T>>>,
  keyOf: (value: T) => string = (value) => value,
): Shape<Listed<Located<T>>> {
  return {
    ...list,
    read: (node, report) => {
      const read = list.read(node, report);
      const seen = new Set<string>();
      for (const { value, at } of read?.value ?? []) {
        const key = keyOf(value);
        if (seen.has(key))
          report.error('policy.duplicate', at, `\`${value}\` is there twice`, {
            mend: 'remove one',
          });
        seen.add(key);
      }
      return read;
    },
  };
}

const places = distinct(listOf(choice<ContentPlace>(['arguments', 'results', 'ledger'])));

const responses = choice<OutboundReview['response']>(['hold', 'deny']);

const mendResponse = (key: string): string | null =>
  ['action', 'do', 'response', 'on_match'].includes(key) ? 'write `then`' : null;

const anyCase = (value: string): string => value.toLowerCase();

const phrase: Shape<Located<string>> = scalar({
  expected: `a word or a phrase of 2 to ${policyLimits.phraseCharactersMax} characters`,
  schema: { type: 'string', minLength: 2, maxLength: policyLimits.phraseCharactersMax },
  parse: ({ value, written }): string | Unfit => {
    if (typeof value !== 'string') return unfit(`quote it: ${JSON.stringify(written)}`);
    const trimmed = value.trim().replace(/\s+/g, ' ');
    // Found as whole words: without a letter or digit at either end no word begins or ends there.
    if (trimmed.length < 2 || !/[\p{L}\p{N}]/u.test(trimmed))
      return unfit('a single sign stands in every other text: write a word');
    if (trimmed.length > policyLimits.phraseCharactersMax) return unfit('write its telling part');
    return trimmed === value ? value : unfit(`write \`${trimmed}\``);
  },
});

const phrases = distinct(listOf(phrase, { max: policyLimits.phrasesMax }), anyCase);

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
        `What happens to a result that does: \`frame\` marks it where it stands, \`redact\` takes it out, \`withhold\` shows nothing of the result, \`hold_next\` marks it and holds the run's next call that does something. \`${defaults.content.injection.response}\` where nothing is said.`,
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
  byForm('`{ redact: [credit_card, us_ssn], in: [results, ledger] }`', {
    mend: 'name the types below `redact`: `pii: { redact: [credit_card] }`',
    map: record(
      '`{ redact: [credit_card, us_ssn], in: [results, ledger] }`',
      (fields) => ({
        redact: fields.required(
          'redact',
          distinct(listOf(piiType)),
          'Types of personal data that a placeholder stands for, which stays the same within a run.',
        ),
        in: fields.optional(
          'in',
          places,
          'Where. An argument is never rewritten: in `arguments` it refuses the call. `[results, ledger]` where nothing is said.',
        ),
      }),
      { description: 'What is done with personal data.' },
    ),
  }),
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

// ---- outbound --------------------------------------------------------------------------------------------------

const outboundRule: Shape<OutboundRuleSyntax> = record(
  '`{ if: CEL, then: hold }`',
  (fields): OutboundRuleSyntax | undefined => {
    const condition = fields.required(
      'if',
      expression,
      `CEL over what was found in the arguments: ${oneOf([
        'content.injection',
        'content.pii',
        'content.secrets',
        'content.markers',
        'content.tone',
        'content.attachments',
        'content.model',
        'content.model_failed',
      ])}; and over the call: \`call.recipients\` and the other lists, \`tool\`, \`agent\`, \`user\`, \`run\`, \`case\`, \`now\`.`,
    );
    const response = fields.required(
      'then',
      responses,
      'What happens to a call for which it is true. One for which it has no value is held.',
    );
    return condition === undefined || response === undefined
      ? undefined
      : { position: fields.at, if: condition, response };
  },
);

const extensionPattern = /^\.[a-z0-9]{1,10}(\.[a-z0-9]{1,10})?$/;
const mediaTypePattern = /^[a-z]+\/(\*|[a-z0-9][a-z0-9.+_-]{0,126})$/;

const attachmentType: Shape<Located<string>> = text(
  'a media type or a file extension, in small letters: `application/pdf`, `image/*`, `.pdf`',
  {
    pattern: new RegExp(`${extensionPattern.source}|${mediaTypePattern.source}`),
    mend: (value) => {
      const small = value.trim().toLowerCase();
      const mended = small.startsWith('*.') ? small.slice(1) : small;
      const fits = [mended, `.${mended}`].find(
        (one) => extensionPattern.test(one) || mediaTypePattern.test(one),
      );
      return fits === undefined ? null : `write \`${fits}\``;
    },
  },
);

const outbound: Shape<OutboundSyntax> = named(
  'outbound',
  record(
    '`{ then: hold, markers: [CONFIDENTIAL], rules: [{ if: CEL, then: hold }] }`',
    (fields) => ({
      position: fields.at,
      at: fields.optional(
        'at',
        score,
        `From which score on what leaves counts as carrying orders. ${defaults.outbound.at} where nothing is said.`,
      ),
      response: fields.optional(
        'then',
        responses,
        `What happens to a call in which something of this is found. \`${defaults.outbound.response}\` where nothing is said.`,
      ),
      markers: fields.optional(
        'markers',
        phrases,
        'Whole words or phrases, in any case, that say what class a text is of: `[CONFIDENTIAL, internal use only]`.',
      ),
      tone: fields.optional(
        'tone',
        phrases,
        'Whole words or phrases, in any case, that must not go out unseen: `[we guarantee, lawsuit]`.',
      ),
      attachments: fields.optional(
        'attachments',
        distinct(listOf(attachmentType, { min: 0 })),
        'What may leave unseen in an argument of the kind `attachment`: media types and file extensions. `[]`: nothing.',
      ),
      rules: fields.optional(
        'rules',
        listOf(outboundRule, { max: policyLimits.outboundRulesMax }),
        'Business rules over what was found.',
      ),
    }),
    {
      description:
        'Looks at what is about to leave, at each external call. Until approvals are built, a hold is a refusal.',
      min: 1,
      mendEmpty: 'say what is looked for, or leave the key out',
      mendKey: mendResponse,
    },
  ),
);

// ---- detector --------------------------------------------------------------------------------------------------

const detector: Shape<DetectorSyntax> = named(
  'detector',
  byForm('`{ http: https://…, timeout: 2s }`', {
    mend: 'write `detector: { http: … }`',
    map: record(
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
      },
    ),
  }),
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
