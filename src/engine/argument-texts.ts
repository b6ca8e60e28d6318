/** The texts of a call's arguments: every one that an agent wrote, wherever it stands. */
import { escapeSegment, resolvePointer } from '../content/pointer.ts';
import { isJsonArray, type JsonValue } from '../content/value.ts';
import type { Argument } from '../policy/model.ts';
import type { ArgumentTexts, ReadCall } from './call.ts';
import { hiddenTexts } from './hidden-texts.ts';
import { shapeOf } from './tool-shape.ts';

/** Where a text stands: names and indexes from the arguments' root. Of a key, those of its member. */
export type Path = readonly string[];

type Visit = (text: string, path: Path, isKey: boolean) => void;

/** Shorter numbers are counts, amounts and days; from here on they may be a card's, an account's. */
const tellingDigitsMin = 12;
const largestPlain = 10 ** (tellingDigitsMin - 1);

/** Nothing that any detector knows is shorter: not the shortest secret that Sallyport holds either. */
const unitsMin = 4;

/** The arguments of one call, by their tool. */
type Arguments = Pick<ReadCall, 'tool' | 'args'>;

export function textsOfArguments(call: Arguments): ArgumentTexts {
  const all = new Set<string>();
  const values: string[] = [];
  eachText(call, (text, _, isKey) => {
    all.add(text);
    if (!isKey) values.push(text);
  });
  const written = [...all];
  const hidden = hiddenTexts(values);
  const asked = written.filter(({ length }) => length >= unitsMin);
  return {
    written,
    hidden,
    asked:
      hidden.length === 0 ? asked : [...new Set([...asked, ...hidden.map(({ text }) => text)])],
  };
}

/**
 * Strings, keys, and numbers that may stand for something. Not what is meant to be a secret, and not what Sallyport or the
 * policy fill in: neither is the agent's to write.
 */
export function eachText({ tool, args }: Arguments, visit: Visit): void {
  for (const argument of shapeOf(tool).writtenArguments) {
    const { name } = argument;
    const value = Object.hasOwn(args, name) ? args[name] : undefined;
    if (value === undefined) continue;
    walk(value, [name], exemptIn(argument, value), visit);
  }
}

/** Pointers of the parts that are declared to be secrets; null: none is. */
function exemptIn({ name, parts }: Argument, value: JsonValue): ReadonlySet<string> | null {
  const secret = parts.filter(({ kind }) => kind.name === 'secret');
  if (secret.length === 0) return null;
  return new Set(
    secret.flatMap(({ pointer }) =>
      resolvePointer(value, pointer).map((found) => pointerOf([name]) + found.pointer),
    ),
  );
}

function walk(
  value: JsonValue,
  path: string[],
  exempt: ReadonlySet<string> | null,
  visit: Visit,
): void {
  if (typeof value === 'string') {
    if (value !== '' && !isExempt(path, exempt)) visit(value, path, false);
    return;
  }
  if (typeof value === 'number') {
    if (Number.isInteger(value) && Math.abs(value) < largestPlain) return;
    const text = String(value);
    if (text.length >= tellingDigitsMin && !isExempt(path, exempt)) visit(text, path, false);
    return;
  }
  if (typeof value !== 'object' || value === null || isExempt(path, exempt)) return;
  if (isJsonArray(value)) {
    for (const [index, element] of value.entries()) {
      path.push(`${index}`);
      walk(element, path, exempt, visit);
      path.pop();
    }
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    path.push(name);
    if (name !== '') visit(name, path, true);
    walk(member, path, exempt, visit);
    path.pop();
  }
}

function isExempt(path: Path, exempt: ReadonlySet<string> | null): boolean {
  return exempt?.has(pointerOf(path)) === true;
}

/** RFC 6901. */
export function pointerOf(path: Path): string {
  return path.map((segment) => `/${escapeSegment(segment)}`).join('');
}
