/** Sentences and lines that Slack and mail have in common. Texts of others are in them, so each channel escapes what it gets. */
import { printable } from '../content/escape.ts';
import type { Message, Told, ToldAlert, ToldHold } from './told.ts';

export interface Line {
  readonly label: string;
  readonly text: string;
}

const tiers = ['read only', 'reversible', 'consequential', 'irreversible'] as const;

const alertSentences: ReadonlyMap<string, string> = new Map([
  ['approval_expired', 'Nobody answered in time: a call was rejected'],
  ['approval_flood', 'A run asks for more approvals than the policy lets wait'],
  ['break_glass', 'Somebody broke the glass: a call runs on the word of its own user'],
  ['breaker_open', 'A tool fails again and again: its calls are refused for a while'],
  ['budget_exceeded', 'A run has used up its budget'],
  ['definition_changed', 'A tool is not any more what was accepted: its calls are refused'],
  ['indeterminate_call', 'Nobody knows what became of a call: look at its upstream'],
  ['injection_detected', 'A text gives orders to an agent'],
  ['limit_reached', 'An agent has reached a limit'],
  ['notify_failed', 'A message did not arrive'],
  ['run_abandoned', 'A run was abandoned'],
  ['secret_found', 'A secret stood where none belongs'],
  ['would_refuse', 'A call passed that a strict policy would have refused'],
]);

/** One line: what it is about. */
export function titleOf(message: Message): string {
  const [first] = message.told;
  const total = message.told.length + message.more;
  if (first === undefined || total > 1) return manyOf(message, total);
  return first.type === 'hold' ? holdTitle(first) : alertTitle(first);
}

function manyOf({ told, more }: Message, total: number): string {
  const holds = told.filter(({ type }) => type === 'hold').length;
  if (holds === told.length) return `${total} calls wait for an answer`;
  if (holds === 0) return `${total} alerts`;
  const others = told.length - holds + more;
  const waiting = holds === 1 ? '1 call waits' : `${holds} calls wait`;
  return `${waiting} for an answer, and ${others} more to look at`;
}

function holdTitle({ agent, tool, of, editedBy }: ToldHold): string {
  const [who, what] = [oneLine(agent), oneLine(tool)];
  if (of === 'result')
    return `What ${what} returned to ${who} is withheld until somebody releases it`;
  return editedBy === null
    ? `${who} waits for an answer: ${what}`
    : `${who} waits for an answer: ${what}, changed by ${oneLine(editedBy)}`;
}

function alertTitle({ alert }: ToldAlert): string {
  return alertSentences.get(alert) ?? oneLine(alert);
}

/** Of one that is told in full. */
export function linesOf(told: Told, nowMs: number): readonly Line[] {
  return told.type === 'hold' ? holdLines(told, nowMs) : alertLines(told);
}

function holdLines(hold: ToldHold, nowMs: number): readonly Line[] {
  return [
    { label: 'Agent', text: hold.agent },
    { label: 'Tool', text: `${hold.tool} (${tiers[hold.tier]})` },
    { label: 'For', text: hold.user ?? 'nobody in person' },
    { label: 'Who may answer', text: hold.asked.join('; ') },
    { label: 'Time left', text: timeLeft(hold.expiresAtMs, nowMs) },
    { label: 'Call', text: hold.call },
  ].map(clean);
}

function alertLines({ alert, details, run, call, atMs }: ToldAlert): readonly Line[] {
  return [
    { label: 'Alert', text: alert },
    ...details.map(({ name, text }) => ({ label: name, text })),
    ...(run === null ? [] : [{ label: 'Run', text: run }]),
    ...(call === null ? [] : [{ label: 'Call', text: call }]),
    { label: 'At', text: timeOf(atMs) },
  ].map(clean);
}

/** What will happen, and why somebody is asked. */
export function sentencesOf(told: Told): readonly string[] {
  if (told.type === 'alert') return [];
  const reasons = told.reasons.map(({ text }) => oneLine(text));
  return told.sentence === null ? reasons : [oneLine(told.sentence), ...reasons];
}

export function valuesOf(told: Told): readonly Line[] {
  if (told.type !== 'hold') return [];
  return told.values.map(({ argument, text }) => clean({ label: argument, text }));
}

/** Of one among several. */
export function briefOf(told: Told, nowMs: number): string {
  if (told.type === 'alert') {
    const details = told.details
      .map(({ name, text }) => `${oneLine(name)} ${oneLine(text)}`)
      .join(', ');
    return details === '' ? alertTitle(told) : `${alertTitle(told)} (${details})`;
  }
  const forWhom = told.user === null ? '' : ` for ${oneLine(told.user)}`;
  return `${oneLine(told.agent)}${forWhom}: ${oneLine(told.tool)} (${tiers[told.tier]}), ${timeLeft(told.expiresAtMs, nowMs)}`;
}

/** How to get to it without a link. */
export function commandOf({ told }: Message): string | null {
  const [first] = told;
  if (first === undefined || !told.some(({ type }) => type === 'hold')) return null;
  return told.length === 1 && first.type === 'hold'
    ? `sallyport approvals show ${oneLine(first.call)}`
    : 'sallyport approvals list';
}

export function timeLeft(expiresAtMs: number, nowMs: number): string {
  const leftMs = Math.max(0, expiresAtMs - nowMs);
  const until = `until ${timeOf(expiresAtMs)}`;
  if (leftMs < 120_000) return `${Math.ceil(leftMs / 1_000)} s, ${until}`;
  if (leftMs < 7_200_000) return `${Math.floor(leftMs / 60_000)} min, ${until}`;
  return `${Math.floor(leftMs / 3_600_000)} h, ${until}`;
}

function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function clean({ label, text }: Line): Line {
  return { label: oneLine(label), text: oneLine(text) };
}

/** Names come from policies, upstreams and clients: what would break a line or turn letters round is written out. */
function oneLine(text: string): string {
  return printable(text, 1_000);
}
