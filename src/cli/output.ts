/** How every command speaks: results on standard output, problems with their mend on standard error, one exit code each. */
import { SallyportError } from '../content/errors.ts';
import { printable, printableJson, printableLines } from '../content/escape.ts';
import type { JsonObject } from '../content/value.ts';
import { PolicyFileError } from '../runtime/policy-source.ts';

/** 0 fine, 1 the answer is no, 2 wrong use, 3 a fault. */
export type ExitCode = 0 | 1 | 2 | 3;

export interface Output {
  readonly json: boolean;
  /** One object whose first field is `ok`, or the text for people; only one of them is printed. */
  result(ok: boolean, fields: JsonObject, text: string): ExitCode;
  /** One line of a long answer, as it comes: of JSON, and byte for byte unless a terminal reads it. */
  line(json: string): void;
  /** What goes on meanwhile: for people only, on standard error. */
  progress(text: string): void;
  failure(error: unknown): ExitCode;
}

export interface Streams {
  readonly out: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly err: { write(text: string): unknown; readonly isTTY?: boolean };
}

const wrongUse = new Set([
  'cli.usage',
  'operation.bad_input',
  'operation.unknown_agent',
  'operation.unknown_user',
  'store.missing',
]);
const faults = new Set([
  'cli.address',
  'cli.no_gateway',
  'ledger.key',
  'operation.fault',
  'operation.timeout',
  'store.corrupt',
  'store.locked',
  'store.unavailable',
]);

/** What was asked for can't be done as it was asked: exit code 2. */
export class UsageError extends SallyportError {
  constructor(message: string, hint?: string) {
    super('cli.usage', message, hint === undefined ? {} : { hint });
  }
}

/** What only a running gateway can do. */
export class NoGatewayError extends SallyportError {
  constructor() {
    super('cli.no_gateway', 'no gateway runs here', {
      hint: '`sallyport up` starts it; `--data` names where another keeps its files',
    });
  }
}

export function makeOutput(json: boolean, streams: Streams): Output {
  const colour = streams.err.isTTY === true && process.env['NO_COLOR'] === undefined;
  const red = (text: string): string => (colour ? `\u001b[31m${text}\u001b[39m` : text);
  return {
    json,
    result(ok, fields, text) {
      streams.out.write(
        json ? jsonLine({ ok, ...fields }) : text === '' ? '' : `${printableLines(text)}\n`,
      );
      return ok ? 0 : 1;
    },
    line(text) {
      const shown = streams.out.isTTY === true ? printableJson(text) : text;
      streams.out.write(shown.endsWith('\n') ? shown : `${shown}\n`);
    },
    progress(text) {
      if (!json) streams.err.write(`${printableLines(text)}\n`);
    },
    failure(error) {
      const known = error instanceof SallyportError ? error : null;
      const code = known?.code ?? 'cli.fault';
      const message =
        known?.message ?? (error instanceof Error ? (error.stack ?? error.message) : 'unknown');
      if (json)
        streams.out.write(
          jsonLine({ ok: false, error: { code, message, hint: known?.hint ?? null } }),
        );
      else {
        streams.err.write(`${red('error')}: ${linesOf(error, message)}\n`);
        if (known?.hint !== undefined) streams.err.write(`hint: ${printable(known.hint)}\n`);
      }
      if (wrongUse.has(code)) return 2;
      return known === null || faults.has(code) ? 3 : 1;
    },
  };
}

/** One object on one line, for a program that reads it and for the terminal that it may pass. */
export function jsonLine(value: JsonObject): string {
  return `${printableJson(JSON.stringify(value))}\n`;
}

/** A policy's errors are lines of ours. In any other message a line may be somebody else's, and must not begin like one of ours. */
function linesOf(error: unknown, message: string): string {
  const lines = printableLines(message);
  return error instanceof PolicyFileError ? lines : setIn(lines);
}

/** Only the first line stands at the margin. */
export function setIn(lines: string): string {
  return lines.replaceAll(/\n(?!\s)/g, '\n  ');
}
