/** Labelled texts as they lie in a folder: `<set>/<set>.jsonl.gz`, a row a line. What is missing isn't measured. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { UsageError } from '../../../src/cli/output.ts';

const spanShape = z.object({ type: z.string(), start: z.number(), end: z.number() });

const rowShape = z.object({
  text: z.string(),
  /** Of personal data a list: the spans say which. */
  label: z.union([z.string(), z.array(z.string())]),
  /** `set/part/variant`: for counting, never for the detectors. */
  source: z.string(),
  /** Offsets in code points. */
  spans: z.array(spanShape).default([]),
});

export type LabelledText = z.infer<typeof rowShape>;

const linesMax = 1_000_000;

export function readSet(folder: string, name: string): readonly LabelledText[] {
  const file = join(folder, name, `${name}.jsonl.gz`);
  if (!existsSync(file)) return [];
  const lines = gunzipSync(readFileSync(file)).toString('utf8').split('\n', linesMax);
  return lines.flatMap((line, index) => {
    if (line === '') return [];
    const parsed = rowShape.safeParse(JSON.parse(line));
    if (!parsed.success)
      throw new UsageError(
        `${file}: line ${index + 1} is no labelled text: ${z.prettifyError(parsed.error)}`,
      );
    return [parsed.data];
  });
}
