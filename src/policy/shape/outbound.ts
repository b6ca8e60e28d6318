import { defaults, policyLimits } from '../defaults.ts';
import type { OutboundReview, SourcePosition } from '../model.ts';
import { type Listed, listOf, record } from './collection.ts';
import {
  choice,
  type ExpressionSyntax,
  expression,
  scalar,
  text,
  type Unfit,
  unfit,
} from './scalar.ts';
import { type Located, named, type Shape } from './shape.ts';
import { score } from './value.ts';

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

const responses = choice<OutboundReview['response']>(['hold', 'deny']);

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

const phrases = listOf(phrase, {
  max: policyLimits.phrasesMax,
  distinctBy: ({ value }) => value.toLowerCase(),
});

const outboundRule: Shape<OutboundRuleSyntax> = named(
  'outbound_rule',
  record(
    '`{ if: CEL, then: hold }`',
    (fields): OutboundRuleSyntax | undefined => {
      const condition = fields.required(
        'if',
        expression,
        'CEL over what was found in the arguments: the scores `content.injection` and `content.model` (0 to 1), `content.model_failed`, and what there was of each list: `content.pii` and `content.secrets` (types), `content.markers`, `content.tone`, `content.attachments`. Besides over the call: `call.recipients` and the other lists, `tool`, `agent`, `user`, `run`, `case`, `now`.',
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
    { description: 'A business rule over what was found in a call that leaves.' },
  ),
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

export const outbound: Shape<OutboundSyntax> = named(
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
        listOf(attachmentType, { min: 0, distinctBy: ({ value }) => value }),
        'What may leave unseen in an argument of the kind `attachment`: media types and file extensions. `[]`: nothing.',
      ),
      rules: fields.optional(
        'rules',
        listOf(outboundRule, {
          max: policyLimits.outboundRulesMax,
          distinctBy: (rule) => rule.if.value,
        }),
        'Business rules over what was found.',
      ),
    }),
    {
      description: 'Looks at what is about to leave, at each external call.',
      min: 1,
      mendEmpty: 'say what is looked for, or leave the key out',
      mendKey: (key) => (key === 'action' || key === 'response' ? 'write `then`' : null),
    },
  ),
);
