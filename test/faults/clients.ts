/**
 * Clients as they are: they act, read, ask for what they may not, and ask again for what got no answer, with a new request
 * id. What they were told goes to the {@link Witness}, which outlives every gateway.
 */
import { z } from 'zod';
import type { Labels } from '../../src/engine/run.ts';
import type { Random } from '../seeded-random.ts';
import type { Scene, Witness } from './scene.ts';

const headers = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};

const operations = [
  'note',
  'pay',
  'send',
  'look',
  'scan',
  'balk',
  'wire',
  'note',
  'shred',
] as const;
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
const closedShape = z.object({ run: z.object({ status: z.string() }) });
/** So many that wait it asks for again, at the most. */
const heldMax = 4;
const openedShape = z.object({ handle: z.string(), run: z.object({ id: z.string() }) });

export interface Habits {
  /** Opens no runs: its calls share the one that its token has. */
  readonly bare: boolean;
  /** Closes its run after so many calls, more or less, and goes on in another. */
  readonly callsPerRun: number;
  /** One call in so many is left in the middle, and not asked again. */
  readonly leavesOneIn: number;
  /** One call in so many is asked twice at once, with another request id. Only what is held when it was delivered before. */
  readonly twiceOneIn: number;
  /** Its runs are children of its first one. */
  readonly children: boolean;
  /** Before one call in so many, it says what its model used. */
  readonly reportsOneIn: number;
}

export const never: number = Number.POSITIVE_INFINITY;
const plain: Habits = {
  ...{ bare: false, children: false, callsPerRun: never },
  ...{ leavesOneIn: never, reportsOneIn: never, twiceOneIn: never },
};

interface OpenRun {
  readonly id: string;
  readonly handle: string;
}

/** One agent at its work, one call at a time. */
export class Client {
  readonly #scene: Scene;
  readonly #name: string;
  readonly #random: Random;
  readonly #token: string;
  readonly #habits: Habits;
  #run: OpenRun | null = null;
  #parent: string | null = null;
  #callsOfRun = 0;
  #asked = 0;
  /** What got no answer yet: asked again before anything else. */
  #pending: Ask | null = null;
  /** What waits for people, in this run: asked for again until something comes of it. */
  #held: Ask[] = [];
  /** What was answered last; asked for again now and then, which is a new call at tier 1 and held above. */
  #last: Ask | null = null;

  constructor(scene: Scene, name: string, random: Random, habits: Habits = plain) {
    this.#scene = scene;
    this.#habits = habits;
    this.#name = name;
    this.#random = random;
    this.#token = random.oneOf(scene.tokens.agents);
  }

  /** What it asked and has no answer to. */
  get waitsFor(): string | null {
    return this.#pending === null ? null : `${this.#pending.tool} ${this.#pending.args.id}`;
  }

  /** @returns false when the gateway went away. What it left unanswered is asked again next time. */
  async work(url: string, calls: number): Promise<boolean> {
    for (let count = 0; count < calls || this.#pending !== null; count += 1) {
      try {
        await this.#prepareRun(url);
        if (this.#idly(this.#habits.leavesOneIn)) await this.#leave(url);
        if (this.#idly(this.#habits.reportsOneIn)) await this.#reportUsage(url);
        this.#pending ??= this.#next();
        const twice = isHeldWhenRepeated(this.#pending) && this.#does(this.#habits.twiceOneIn);
        const asks = twice ? [this.#pending, this.#pending] : [this.#pending];
        await Promise.all(asks.map((ask) => this.#ask(url, ask)));
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

  #does(oneIn: number): boolean {
    return oneIn !== never && this.#random.below(oneIn) === 0;
  }

  #idly(oneIn: number): boolean {
    return this.#pending === null && this.#does(oneIn);
  }

  async #reportUsage(url: string): Promise<void> {
    const run = this.#run?.id;
    if (run === undefined) return;
    await post(`${url}/v1/runs/${run}/usage`, this.#scene.tokens.opener, { steps: 1 });
    this.#witness.steps.push({ run, type: 'run.usage' });
  }

  /** Leaves in the middle of a call, which is then not asked again. */
  async #leave(url: string): Promise<void> {
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
    const held = this.#random.below(3) === 0 ? this.#random.oneOf(this.#held) : undefined;
    if (held !== undefined) return held;
    this.#asked += 1;
    const operation = this.#random.oneOf(operations);
    return {
      tool: `${this.#random.oneOf(this.#scene.upstreams)}.${operation}`,
      args: { id: `${this.#name}-${this.#asked}` },
      labels: shown[operation] ?? none,
    };
  }

  async #prepareRun(url: string): Promise<void> {
    if (this.#habits.bare) return;
    const full = this.#callsOfRun >= this.#habits.callsPerRun;
    if (full && this.#run !== null && this.#pending === null) {
      // The first of a family stays open: the others come out of its budget.
      if (this.#run.id !== this.#parent) await this.#close(url, this.#run.id);
      this.#run = null;
      // What was asked in another run is something else.
      this.#last = null;
      this.#held = [];
    }
    if (this.#run !== null) return;
    const response = await post(`${url}/v1/runs`, this.#scene.tokens.opener, {
      agent: this.#token === this.#scene.tokens.agents[0] ? 'clerk' : 'temp',
      ...(this.#parent === null ? {} : { parent: this.#parent }),
    });
    const { handle, run } = openedShape.parse(response);
    this.#witness.runs.push(run.id);
    this.#run = { id: run.id, handle };
    if (this.#habits.children) this.#parent ??= run.id;
    this.#callsOfRun = 0;
  }

  async #close(url: string, run: string): Promise<void> {
    const said = await post(`${url}/v1/runs/${run}/close`, this.#scene.tokens.opener, {
      as: 'success',
    });
    // One that waits for people ends with the last of what it waits for.
    if (closedShape.safeParse(said).data?.run.status === 'closed')
      this.#witness.steps.push({ run, type: 'run.closed' });
  }

  async #ask(url: string, ask: Ask, signal?: AbortSignal): Promise<void> {
    const { tool, args, labels } = ask;
    this.#callsOfRun += 1;
    const body = {
      jsonrpc: '2.0',
      id: crypto.randomUUID(),
      method: 'tools/call',
      params: { name: tool, arguments: args },
    };
    const said = await post(`${url}/mcp`, this.#token, body, this.#run?.handle ?? null, signal);
    const atNs = process.hrtime.bigint();
    const { data: answer } = answerShape.safeParse(said);
    const meta = (answer?.result?._meta ?? answer?.error?.data)?.['dev.sallyport/decision'];
    if (meta === undefined) {
      this.#witness.odd.push(`${tool} was answered with ${JSON.stringify(said).slice(0, 200)}`);
      return;
    }
    const { call, run, code } = meta;
    this.#held = this.#held.filter((one) => one.args !== args);
    if (code === 'approval.pending') this.#held = [...this.#held.slice(-heldMax), ask];
    if (code !== undefined) this.#witness.answers.push({ type: 'refused', call, code });
    else {
      const isError = answer?.result?.isError === true;
      this.#witness.answers.push({
        ...{ type: 'result', run: run ?? '', call, tool, args, isError, labels, atNs },
      });
    }
  }
}

/** At tier 1 the second of two that are asked at once is a new call, when the first is answered before it is read. */
function isHeldWhenRepeated({ tool }: Ask): boolean {
  return tool.endsWith('.pay') || tool.endsWith('.send');
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
