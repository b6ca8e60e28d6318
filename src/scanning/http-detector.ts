/**
 * A model that scores texts, asked over HTTP: `{ "texts": [...] }` is answered with `{ "scores": [...] }`, each from 0 to
 * 1 and in the order of the texts. Whoever answers may be slow, broken or hostile: what can't be read is a failure, told
 * with its reason, and a failure is no good news of a text.
 */
import { createHash } from 'node:crypto';
import Pool from 'undici/lib/dispatcher/pool.js';
import { z } from 'zod';
import type { ModelScore } from '../content/detection/sighting.ts';
import { GatheredBytes } from '../content/gathered-bytes.ts';
import { readJson } from '../content/json.ts';
import type { DetectorDeclaration, SecretReference } from '../policy/model.ts';
import { type HttpHead, send, type Take } from '../upstreams/mcp/http/send.ts';

export type ReadSecret = (reference: SecretReference) => Promise<string>;

/** Of one request: what a model on a processor gets through within a time-out. */
const batchTextsMax = 32;
const batchCharactersMax = 32_768;
/** Of all that is asked at one moment: beyond, nobody would get an answer in time. */
const askedTextsMax = 4_096;
const askedCharactersMax = 8_388_608;
const connectionsMax = 4;
const connectMsMax = 5_000;
const answerBytesMax = 65_536;

/** The same page is read twice, and a call is decided more than once. */
const keptMs = 60_000;
const keptMax = 4_096;

const answerShape = z.object({ scores: z.array(z.number().min(0).max(1)) });

export class HttpDetector {
  readonly #declaration: DetectorDeclaration;
  readonly #readSecret: ReadSecret;
  readonly #url: URL;
  readonly #pool: Pool;
  /** By the digest of the text; oldest first. */
  readonly #kept = new Map<string, { readonly score: ModelScore; readonly untilMs: number }>();
  #askedTexts = 0;
  #askedCharacters = 0;

  constructor(declaration: DetectorDeclaration, readSecret: ReadSecret) {
    this.#declaration = declaration;
    this.#readSecret = readSecret;
    this.#url = new URL(declaration.url);
    this.#pool = new Pool(this.#url.origin, {
      connections: connectionsMax,
      pipelining: 1,
      connect: { timeout: connectMsMax, allowH2: false },
    });
  }

  isOf(declaration: DetectorDeclaration): boolean {
    return this.#declaration === declaration;
  }

  /** In the order of the texts. Never rejects. */
  async scores(texts: readonly string[]): Promise<readonly ModelScore[]> {
    const nowMs = performance.now();
    const digests = texts.map((text) => createHash('sha256').update(text).digest('base64'));
    const known = new Map<string, ModelScore>();
    const unknown: { readonly text: string; readonly digest: string }[] = [];
    for (const [at, text] of texts.entries()) {
      const digest = digests[at] ?? '';
      const kept = this.#kept.get(digest);
      if (kept !== undefined && kept.untilMs > nowMs) known.set(digest, kept.score);
      else unknown.push({ text, digest });
    }
    const characters = unknown.reduce((sum, { text }) => sum + text.length, 0);
    if (
      this.#askedTexts + unknown.length > askedTextsMax ||
      this.#askedCharacters + characters > askedCharactersMax
    )
      return texts.map(() => failed('busy'));
    this.#askedTexts += unknown.length;
    this.#askedCharacters += characters;
    try {
      const signal = AbortSignal.timeout(this.#declaration.timeoutMs);
      await Promise.all(
        batchesOf(unknown, ({ text }) => text.length).map(async (batch) => {
          const scores = await this.#ask(
            batch.map(({ text }) => text),
            signal,
          );
          for (const [at, { digest }] of batch.entries()) {
            const score = scores[at] ?? failed('bad_answer');
            known.set(digest, score);
            if (score.type === 'scored') this.#keep(digest, score);
          }
        }),
      );
    } finally {
      this.#askedTexts -= unknown.length;
      this.#askedCharacters -= characters;
    }
    return digests.map((digest) => known.get(digest) ?? failed('bad_answer'));
  }

  /** When what was asked has been answered. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  /** One score a text, or one reason for all. A pool that was closed meanwhile throws, and so does a header that is none. */
  async #ask(texts: readonly string[], signal: AbortSignal): Promise<readonly ModelScore[]> {
    try {
      return await this.#post(texts, signal);
    } catch {
      return texts.map(() => failed('down'));
    }
  }

  async #post(texts: readonly string[], signal: AbortSignal): Promise<readonly ModelScore[]> {
    const allFailed = (reason: string): readonly ModelScore[] => texts.map(() => failed(reason));
    let authorization: Record<string, string> = {};
    const { credential, timeoutMs } = this.#declaration;
    if (credential !== null) {
      try {
        // Read for each question: a rotated secret needs no restart.
        authorization = { authorization: `Bearer ${await this.#readSecret(credential)}` };
      } catch {
        return allFailed('credential');
      }
    }
    if (signal.aborted) return allFailed('timeout');
    const gathered = new GatheredBytes();
    let head: HttpHead | null = null;
    const end = await send(
      this.#pool,
      {
        method: 'POST',
        path: `${this.#url.pathname}${this.#url.search}`,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...authorization,
        },
        body: JSON.stringify({ texts }),
        timeoutMs,
        signal,
      },
      (answering) => {
        head = answering;
        return (chunk): Take => {
          if (gathered.length + chunk.length > answerBytesMax) return 'too_large';
          gathered.add(chunk);
          return 'more';
        };
      },
    );
    if (end.type === 'failed') return allFailed(signal.aborted ? 'timeout' : end.reason);
    const status = statusOf(head);
    if (status >= 300 && status < 400) return allFailed('redirect');
    if (status !== 200) return allFailed('status');
    return scoresIn(gathered.take(), texts.length) ?? allFailed('bad_answer');
  }

  #keep(digest: string, score: ModelScore): void {
    this.#kept.delete(digest);
    this.#kept.set(digest, { score, untilMs: performance.now() + keptMs });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptMax && oldest !== undefined) this.#kept.delete(oldest);
  }
}

/** Null: it isn't what was asked for. */
function scoresIn(bytes: Uint8Array, count: number): readonly ModelScore[] | null {
  try {
    const answer = answerShape.safeParse(readJson(bytes, { bytesMax: answerBytesMax }));
    if (!answer.success || answer.data.scores.length !== count) return null;
    return answer.data.scores.map((score) => ({ type: 'scored', score }));
  } catch {
    return null;
  }
}

function failed(reason: string): ModelScore {
  return { type: 'failed', reason };
}

/** The compiler doesn't see that a callback has set it. */
function statusOf(head: HttpHead | null): number {
  return head?.status ?? 0;
}

function batchesOf<Item>(items: readonly Item[], charactersOf: (item: Item) => number): Item[][] {
  const batches: Item[][] = [];
  let characters = 0;
  for (const item of items) {
    const batch = batches.at(-1);
    characters += charactersOf(item);
    if (
      batch === undefined ||
      batch.length >= batchTextsMax ||
      (batch.length > 0 && characters > batchCharactersMax)
    ) {
      batches.push([item]);
      characters = charactersOf(item);
    } else batch.push(item);
  }
  return batches;
}
