/**
 * Clients as they are: they act, read, ask for what they may not, and ask again for what got no answer, with a new request
 * id. What they were told goes to the {@link Witness}, which outlives every gateway.
 */
import { z } from 'zod';
import type { Labels } from '../../src/engine/run.ts';
import type { Random } from './random.ts';
import type { Scene, Witness } from './scene.ts';

const headers = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};

const operations = ['note', 'pay', 'send', 'look', 'scan', 'balk', 'note', 'shred'] as const;
const none: Labels = { trust: 'trusted', classes: [], subjects: [] };
/** What the policy of the desk says of what each tool returns. */
const shown: Readonly<Record<string, Labels>> = {
  look: { trust: 'untrusted', classes: ['customer_data'], subjects: [] },
  scan: { trust: 'untrusted', classes: ['pii'], subjects: [] },
  pay: { trust: 'untrusted', classes: ['financial'], subjects: [] },
};

interface Ask {
  readonly tool: string;
  readonly args: { readonly id: string };
  readonly labels: Labels;
}

const metaShape = z.object({
  call: z.string(),
  run: z.string().nullable(),
  code: z.string().optional(),
});
const answerShape = z.object({
  result: z
    .object({
      isError: z.boolean().default(false),
      _meta: z.object({ 'dev.sallyport/decision': metaShape }),
    })
    .optional(),
  error: z
    .object({ data: z.object({ 'dev.sallyport/decision': metaShape }).optional() })
    .optional(),
});
const openedShape = z.object({ handle: z.string(), run: z.object({ id: z.string() }) });

/** One run of one agent, one call at a time. */
export class Client {
  readonly #scene: Scene;
  readonly #name: string;
  readonly #random: Random;
  readonly #token: string;
  #handle: string | null = null;
  #asked = 0;
  /** What got no answer yet: asked again before anything else. */
  #pending: Ask | null = null;
  /** What was answered last; asked for again now and then, which is a new call at tier 1 and held above. */
  #last: Ask | null = null;

  constructor(scene: Scene, name: string, random: Random) {
    this.#scene = scene;
    this.#name = name;
    this.#random = random;
    this.#token = random.pick(scene.tokens.agents);
  }

  get waits(): boolean {
    return this.#pending !== null;
  }

  /** @returns false when the gateway went away. What it left unanswered is asked again next time. */
  async work(url: string, calls: number): Promise<boolean> {
    for (let count = 0; count < calls || this.#pending !== null; count += 1) {
      try {
        this.#handle ??= await this.#open(url);
        this.#pending ??= this.#next();
        await this.#ask(url, this.#pending);
        this.#last = this.#pending;
        this.#pending = null;
        this.#scene.keepCheckpoint();
      } catch (error) {
        if (isGone(error)) return false;
        throw error;
      }
    }
    return true;
  }

  /** Leaves in the middle of a call, which is then not asked again. */
  async leave(url: string): Promise<void> {
    if (this.#pending !== null || this.#handle === null) return;
    const ask = this.#next();
    try {
      await this.#ask(url, ask, AbortSignal.timeout(this.#random.below(5)));
    } catch (error) {
      if (!isGone(error)) throw error;
      const { tool, args } = ask;
      const atNs = process.hrtime.bigint();
      this.#witness.answers.push({ type: 'left', tool, args, atNs });
    }
  }

  get #witness(): Witness {
    return this.#scene.witness;
  }

  #next(): Ask {
    if (this.#last !== null && this.#random.below(8) === 0) return this.#last;
    this.#asked += 1;
    const operation = this.#random.pick(operations);
    return {
      tool: `${this.#random.pick(this.#scene.upstreams)}.${operation}`,
      args: { id: `${this.#name}-${this.#asked}` },
      labels: shown[operation] ?? none,
    };
  }

  async #open(url: string): Promise<string> {
    const response = await post(`${url}/v1/runs`, this.#scene.tokens.opener, {
      agent: this.#token === this.#scene.tokens.agents[0] ? 'clerk' : 'temp',
    });
    const { handle, run } = openedShape.parse(response);
    this.#witness.runs.push(run.id);
    return handle;
  }

  async #ask(url: string, { tool, args, labels }: Ask, signal?: AbortSignal): Promise<void> {
    const body = {
      jsonrpc: '2.0',
      id: crypto.randomUUID(),
      method: 'tools/call',
      params: { name: tool, arguments: args },
    };
    const answer = answerShape.parse(
      await post(`${url}/mcp`, this.#token, body, this.#handle, signal),
    );
    const atNs = process.hrtime.bigint();
    const meta = (answer.result?._meta ?? answer.error?.data)?.['dev.sallyport/decision'];
    if (meta === undefined) throw new Error(`an answer without a decision: ${tool}`);
    const { call, run, code } = meta;
    if (code !== undefined) this.#witness.answers.push({ type: 'refused', call, code });
    else {
      const isError = answer.result?.isError === true;
      this.#witness.answers.push({
        ...{ type: 'result', run: run ?? '', call, tool, args, isError, labels, atNs },
      });
    }
  }
}

/** The gateway is no more, or is just going: no answer came. */
class Gone extends Error {}

function isGone(error: unknown): boolean {
  return error instanceof Gone;
}

async function post(
  url: string,
  token: string,
  body: object,
  handle: string | null = null,
  signal?: AbortSignal,
): Promise<unknown> {
  let text: string;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        ...headers,
        authorization: `Bearer ${token}`,
        ...(handle === null ? {} : { 'sallyport-run': handle }),
      },
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    });
    text = await response.text();
    if (response.status === 503) throw new Gone(text);
  } catch (error) {
    throw error instanceof Gone ? error : new Gone('no answer', { cause: error });
  }
  return JSON.parse(text);
}
