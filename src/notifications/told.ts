/**
 * What a message tells: facts, as every channel then writes them its own way. No argument's value is among them unless the
 * policy lets this channel hold it; never a secret, and never what an agent said of itself.
 */

import type { JsonObject, JsonValue } from '../content/value.ts';
import { codes, type FindingCode } from '../engine/codes.ts';
import type { FactsTold } from './facts.ts';
import { type AlertNotice, aboutOf, type HoldNotice, type Notice, noticeId } from './notice.ts';

export interface ToldHold {
  readonly type: 'hold';
  readonly id: string;
  readonly about: string;
  readonly atMs: number;
  readonly run: string;
  readonly call: string;
  /** A call that waits, or a result that is withheld. */
  readonly of: 'call' | 'result';
  readonly agent: string;
  readonly user: string | null;
  readonly tool: string;
  readonly tier: 0 | 1 | 2 | 3;
  /** What will happen if they agree, in Sallyport's words. */
  readonly sentence: string | null;
  readonly reasons: readonly { readonly code: string; readonly text: string }[];
  /** Who may answer, in words. */
  readonly asked: readonly string[];
  readonly editedBy: string | null;
  readonly expiresAtMs: number;
  readonly values: readonly { readonly argument: string; readonly text: string }[];
  readonly url: string | null;
}

export interface ToldAlert {
  readonly type: 'alert';
  readonly id: string;
  readonly about: string;
  readonly atMs: number;
  readonly alert: string;
  readonly run: string | null;
  readonly call: string | null;
  readonly details: readonly { readonly name: string; readonly text: string }[];
  readonly url: string | null;
}

export type Told = ToldHold | ToldAlert;

export interface Message {
  readonly id: string;
  readonly told: readonly Told[];
  /** So many more that it doesn't list. */
  readonly more: number;
  /** The console; null: it is off. */
  readonly url: string | null;
  readonly atMs: number;
}

export interface TellingOptions {
  readonly channel: string;
  readonly consoleUrl: string | null;
  /** Of a hold, as far as this channel may tell them; null: there are none. */
  readonly facts: FactsTold | null;
}

const valuesMax = 8;
const valueCharactersMax = 300;
const reasonsMax = 6;

export function tell(notice: Notice, options: TellingOptions): Told {
  return notice.type === 'hold' ? tellHold(notice, options) : tellAlert(notice, options);
}

function tellHold(notice: HoldNotice, { channel, consoleUrl, facts }: TellingOptions): ToldHold {
  const { atMs, run, call, agent, user, tool, tier, editedBy, expiresAtMs, asks, of } = notice;
  const reasons = new Map(asks.map(({ code }) => [code, sentenceOf(code)]));
  return {
    type: 'hold',
    id: noticeId(channel, notice),
    about: aboutOf(notice),
    ...{ atMs, run, call, of, agent, user, tool, tier, editedBy, expiresAtMs },
    sentence: facts?.sentence ?? null,
    reasons: [...reasons].slice(0, reasonsMax).map(([code, text]) => ({ code, text })),
    asked: [...new Set(asks.map(askedOf))],
    values: (facts?.values ?? []).slice(0, valuesMax).map(({ pointer, value }) => ({
      argument: pointer,
      text: cut(plain(value)),
    })),
    url: consoleUrl === null ? null : `${consoleUrl}/holds/${encodeURIComponent(call)}`,
  };
}

function tellAlert(notice: AlertNotice, { channel, consoleUrl }: TellingOptions): ToldAlert {
  const { atMs, alert, run, call, details } = notice;
  return {
    type: 'alert',
    id: noticeId(channel, notice),
    about: aboutOf(notice),
    ...{ atMs, alert, run, call },
    details: safeDetails(details),
    url:
      consoleUrl === null || run === null
        ? consoleUrl
        : `${consoleUrl}/runs/${encodeURIComponent(run)}`,
  };
}

/** Names, codes and counts; what else stands in an alert is for those who may read the record. */
const detailsShown = [
  'tool',
  'agent',
  'by',
  'role',
  'code',
  'codes',
  'channel',
  'sink',
  'failure',
  'failures',
];

function safeDetails(details: JsonObject): ToldAlert['details'] {
  return detailsShown.flatMap((name) => {
    const value = Object.hasOwn(details, name) ? details[name] : undefined;
    return value === undefined ? [] : [{ name, text: cut(plain(value)) }];
  });
}

function plain(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string'))
    return value.join(', ');
  return JSON.stringify(value);
}

function cut(text: string): string {
  return text.length > valueCharactersMax ? `${text.slice(0, valueCharactersMax)}…` : text;
}

function sentenceOf(code: string): string {
  return isCode(code) ? codes[code].operator : code;
}

function isCode(code: string): code is FindingCode {
  return Object.hasOwn(codes, code);
}

function askedOf({ by, quorum, freshMs }: HoldNotice['asks'][number]): string {
  const who =
    by.type === 'user'
      ? 'the person it works for'
      : by.type === 'role'
        ? quorum === 1
          ? `somebody of ${by.role}`
          : `${quorum} people of ${by.role}`
        : `the person it works for, with a reason (${by.role} is told)`;
  return freshMs === null ? who : `${who}, just signed in`;
}
