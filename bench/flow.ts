/**
 * What flow adds to a decision: the same call with it and where none of its rules speaks, the difference of their medians;
 * and how that grows with what was read.
 */
import { readFeatures } from '../src/content/text-features/read-features.ts';
import type { Context } from '../src/engine/context.ts';
import type { Exchange } from '../src/engine/exchange.ts';
import { fold } from '../src/engine/fold.ts';
import { gather } from '../src/engine/gather.ts';
import { limits } from '../src/engine/limits.ts';
import type { Run } from '../src/engine/run.ts';
import { flow as flowStage } from '../src/engine/stages/flow.ts';
import type { Policy } from '../src/policy/model.ts';
import { opened } from '../src/store/contract-samples.ts';
import {
  atMost,
  type Bench,
  type BenchOptions,
  beside,
  chosen,
  median,
  type Row,
} from './bench.ts';
import {
  allowed,
  contextOf,
  decisionsAtOnce,
  interleaved,
  type Lane,
  loaded,
  noonMs,
} from './decisions.ts';
import {
  contactsRead,
  customer,
  figures,
  letter,
  mailboxLock,
  mailboxPolicy,
  prose,
  resultsRead,
} from './mailbox.ts';

const resultsUsual = 50;
const resultBytes = 16_000;
/** What a first decision after a result is measured on: so many results come after the others. */
const resultsMore = 30;
const caseMostUs = 3;
const requestMostUs = 30;
const recordMostUs = 1_000;
const noneMostUs = 0.1;
/** Of a decision with 50 results behind it, with all behind it that a run looks back at: forty times as much. */
const growthMost = 6;

const request = `Please look through the mails of this month that are about the delivery of the new machines and write
a mail to ${customer} with the subject "Delivery of the machines": say when they come, what we still need from
her, and that the invoice follows next week. Keep it short and friendly, and don't mention the discount.`;

export const flow: Bench = {
  name: 'flow',
  lanes: ['case', 'request', 'growth', 'record', 'none'],
  run: async (options) => {
    const policy = loaded(mailboxPolicy, mailboxLock);
    return [
      ...(chosen(options, 'none') ? noneRows(policy, options) : []),
      ...(chosen(options, 'case') ? caseRows(policy, options) : []),
      ...(chosen(options, 'request') ? requestRows(policy, options) : []),
      ...(chosen(options, 'growth') ? growthRows(policy, options) : []),
      ...(chosen(options, 'record') ? recordRows(options) : []),
    ];
  },
};

/** What a read that carries nothing out pays for a stage that has nothing to say about it. */
function noneRows(policy: Policy, options: BenchOptions): readonly Row[] {
  const run = runOf('none', {});
  const contexts = Array.from({ length: decisionsAtOnce }, (_, n) =>
    contextOf(policy, run, 'office.look', { id: `id-${n}` }),
  );
  const measured = interleaved(options, [
    {
      name: 'none',
      once: () => {
        for (const context of contexts) flowStage(context);
      },
    },
  ]);
  return [atMost('flow.none', of(measured, 'none'), 'µs', noneMostUs)];
}

function caseRows(policy: Policy, options: BenchOptions): readonly Row[] {
  const history = [contactsRead(policy), ...resultsRead(policy, resultsUsual, resultBytes)];
  const bound = runOf('case', { case: { customer }, ...untrusted });
  const unbound = runOf('contacts', untrusted);
  const measured = interleaved(options, [
    lane('without', sends(policy, bound, 'office.keep', 200, null)),
    lane('case', sends(policy, bound, 'office.send', 200, history)),
    lane('contacts', sends(policy, unbound, 'office.send', 200, history)),
  ]);
  return ['case', 'contacts'].map((name) =>
    atMost(
      name === 'case' ? 'flow.case' : 'flow.case.from_directory',
      of(measured, name) - of(measured, 'without'),
      'µs',
      caseMostUs,
    ),
  );
}

function requestRows(policy: Policy, options: BenchOptions): readonly Row[] {
  const history = [contactsRead(policy), ...resultsRead(policy, resultsUsual, resultBytes)];
  const run = asked('request');
  const measured = interleaved(
    options,
    [200, 2_000].flatMap((bytes) => [
      lane(`without_${bytes}`, sends(policy, runOf('none', {}), 'office.keep', bytes, null)),
      lane(`request_${bytes}`, sends(policy, run, 'office.send', bytes, history)),
    ]),
  );
  const added = (bytes: number): number =>
    of(measured, `request_${bytes}`) - of(measured, `without_${bytes}`);
  const first = firsts(policy, history, asked('firsts'));
  return [
    atMost('flow.request', added(200), 'µs', requestMostUs),
    beside('flow.request.body_2000', added(2_000), 'µs'),
    atMost('flow.request.first_after_a_result', first.after, 'µs', recordMostUs),
    beside('flow.request.first_of_all', first.ofAll, 'µs'),
  ];
}

/** Each result is read once, by the first decision after it. */
function firsts(
  policy: Policy,
  history: readonly Exchange[],
  run: Run,
): { readonly ofAll: number; readonly after: number } {
  const more = resultsRead(policy, resultsMore, resultBytes, 10_000);
  const taken = Array.from({ length: resultsMore + 1 }, (_, n) => {
    const context = sendOf(policy, run, 'office.send', n, 200, [...history, ...more.slice(0, n)]);
    const since = performance.now();
    allowed(context);
    return (performance.now() - since) * 1_000;
  });
  const [ofAll = Number.NaN, ...after] = taken;
  return { ofAll, after: median(after) };
}

/** The same call with more and more behind it, up to everything that a run looks back at. */
function growthRows(policy: Policy, options: BenchOptions): readonly Row[] {
  const { historyCallsMax, historyBytesMax } = limits;
  const sizes = [
    { name: '50_results', results: resultsUsual, bytes: resultBytes },
    { name: '200_results', results: 200, bytes: resultBytes },
    { name: `${historyCallsMax}_results`, results: historyCallsMax, bytes: resultBytes },
    { name: 'all', results: historyCallsMax, bytes: historyBytesMax / historyCallsMax },
  ] as const;
  const measured = interleaved(
    options,
    sizes.map(({ name, results, bytes }) => {
      options.progress(`reads ${results} results of ${Math.round(bytes / 1_000)} kB\n`);
      const history = resultsRead(policy, results, bytes);
      return lane(name, sends(policy, asked(name), 'office.send', 200, history));
    }),
  );
  const [few, ...more] = sizes.map(({ name }) => ({ name, us: of(measured, name) }));
  return [
    beside('flow.growth.50_results', few?.us ?? Number.NaN, 'µs'),
    ...more.map(({ name, us }) =>
      atMost(`flow.growth.${name}`, us / (few?.us ?? Number.NaN), 'of 50 results', growthMost),
    ),
  ];
}

function recordRows(options: BenchOptions): readonly Row[] {
  const texts = {
    prose: Array.from({ length: decisionsAtOnce }, (_, n) => prose(n, resultBytes)),
    figures: Array.from({ length: decisionsAtOnce }, (_, n) => figures(n, resultBytes)),
  };
  const measured = interleaved(options, [
    reading('prose', texts.prose),
    reading('figures', texts.figures),
  ]);
  return ['prose', 'figures'].map((name) =>
    atMost(`flow.record.${name}`, of(measured, name), 'µs', recordMostUs),
  );
}

function reading(name: string, texts: readonly string[]): Lane {
  let next = 0;
  const once = (): void => {
    next = (next + 1) % texts.length;
    readFeatures(texts[next] ?? '');
  };
  return { name, once, count: 1 };
}

const untrusted = { labels: { trust: 'untrusted', classes: [], subjects: [] } } as const;

function runOf(id: string, change: Parameters<typeof opened>[2]): Run {
  const plain = { agent: 'helper', user: null, budget: {}, case: {} };
  return fold(null, opened(id, noonMs, { ...plain, ...change }));
}

function asked(id: string): Run {
  return runOf(id, { request, requestTrusted: true, ...untrusted });
}

function lane(name: string, contexts: readonly Context[]): Lane {
  return { name, once: () => contexts.forEach(decided) };
}

/** What is asked of the world belongs to a decision. */
function decided(context: Context): void {
  gather(context);
  allowed(context);
}

/** Never the same text twice in a row. */
function sends(
  policy: Policy,
  run: Run,
  tool: string,
  bytes: number,
  history: readonly Exchange[] | null,
): readonly Context[] {
  return Array.from({ length: decisionsAtOnce }, (_, n) =>
    sendOf(policy, run, tool, n, bytes, history),
  );
}

function sendOf(
  policy: Policy,
  run: Run,
  tool: string,
  n: number,
  bytes: number,
  history: readonly Exchange[] | null,
): Context {
  const args = {
    to: customer,
    subject: 'Delivery of the machines',
    body: letter(n, bytes),
  };
  return contextOf(policy, run, tool, args, history);
}

function of(measured: ReadonlyMap<string, number>, name: string): number {
  return measured.get(name) ?? Number.NaN;
}
