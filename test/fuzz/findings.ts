/** Inputs that once broke a promise, kept so that they never do again. Files, so that each can be read in a review. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Finding } from './campaign.ts';

const folder = join(import.meta.dirname, 'findings');

/** `input` is text of ASCII alone: half of a pair or a control character survives every editor as an escape. */
const shape = z.strictObject({ problem: z.string(), input: z.string() });

export interface KeptFinding extends Finding {
  readonly target: string;
  readonly file: string;
}

export function keptFindings(): readonly KeptFinding[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((target) =>
    readdirSync(join(folder, target)).map((file) => ({
      target,
      file,
      ...shape.parse(JSON.parse(readFileSync(join(folder, target, file), 'utf8'))),
    })),
  );
}

/** @returns the file, as one would name it from the project's root */
export function keepFinding(target: string, { input, problem }: Finding): string {
  const name = `${createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 12)}.json`;
  mkdirSync(join(folder, target), { recursive: true });
  writeFileSync(join(folder, target, name), findingText({ input, problem }));
  return `test/fuzz/findings/${target}/${name}`;
}

export function findingText({ input, problem }: Finding): string {
  // The stack names folders of this machine.
  const [first = ''] = problem.split('\n');
  return `${asciiJson({ problem: first, input })}\n`;
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /[^\n -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
