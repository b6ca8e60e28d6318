import { Literals } from '../literals.ts';
import { telling } from './evidence.ts';
import { isLetterAt, type Match } from './match.ts';

/** Made once for each catalogue: it is the same list for as long as the policy is. */
const known = new WeakMap<readonly string[], Literals<number>>();

/** Where a text names a tool of the catalogue and tells the reader to use it. */
export function toolsNamed(text: string, toolNames: readonly string[]): readonly Match[] {
  if (toolNames.length === 0) return [];
  const matches: Match[] = [];
  literalsOf(toolNames).scan(text, (start, end) => {
    if (isLetterAt(text, start - 1) || isLetterAt(text, end)) return;
    if (!isTold(text, start, end)) return;
    matches.push({ family: 'tool', weight: telling, start, end });
  });
  return matches;
}

function literalsOf(toolNames: readonly string[]): Literals<number> {
  const made = known.get(toolNames);
  if (made !== undefined) return made;
  const names = new Set(
    toolNames
      .flatMap((name) => [name, name.slice(name.lastIndexOf('.') + 1)])
      .filter((name) => name.length >= nameLengthMin)
      .map((name) => name.toLowerCase()),
  );
  const literals = new Literals([...names].map((name) => [name, 0] as const));
  known.set(toolNames, literals);
  return literals;
}

/** `get` would be in every other sentence. */
const nameLengthMin = 4;
const backCharacters = 48;
const toldBefore =
  /(?<![a-z])(?:us(?:e|ing)|call(?:ing)?|invok(?:e|ing)|run|execut(?:e|ing)|trigger|via|tools?|functions?|nutze|verwende|rufe|appelle[rz]?|utilise[rz]?|usa|llama|chiama|gebruik|вызови|используй)[\s"'`:*]{1,4}(?:(?:the|a|your|tools?|functions?|das|die|le|la|el|il)[\s"'`:*]{1,4}){0,3}$/;
const calledBehind = /["'`]{0,2}\s?(?:\((?!s\))|tool\b|function\b)/y;
const telledBefore = /(?<![a-z])(?:must|please|should|then|now|immediately)[\s"'`]{1,3}$/;

function isTold(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - backCharacters), start);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  if (toldBefore.test(line)) return true;
  calledBehind.lastIndex = end;
  const isCompound = /[^a-z]/.test(text.slice(start, end));
  return isCompound && (calledBehind.test(text) || telledBefore.test(line));
}
