/** What the detectors take of a text, all of them together: of usual ones, of the worst, and how it grows. */
import { type Looks, scanText } from '../src/content/detection/scan.ts';
import { Scanner } from '../src/scanning/scanner.ts';
import {
  atMost,
  type Bench,
  type BenchOptions,
  beside,
  chosen,
  median,
  quantile,
  type Row,
} from './bench.ts';
import { usualTexts, worstTexts } from './content-texts.ts';
import { decisionsAtOnce, interleaved, type Lane } from './decisions.ts';
import { deskArguments, deskTools } from './desk.ts';
import { letter, prose } from './mailbox.ts';

const resultBytes = 16_000;
const usualMostMs = 3;
const worstMostMs = 10;
/** Of a text four times as long, were time exactly linear: 4. */
const growthMost = 5;
/** Of less the clock says nothing. */
const leastMs = 0.2;
const secondsOfWorst = 0.05;
const secondsOfOthers = 1;
const othersRounds = 5;
/** Two threads on two cores: what is left of it is memory and the garbage collector. */
const othersMost = 2;

const looks: Looks = {
  injection: true,
  pii: true,
  secrets: true,
  toolNames: deskTools().map(({ name }) => name),
  held: ['correct-horse-battery-staple', 'sk-held-0123456789abcdef'],
};

export const content: Bench = {
  name: 'content',
  lanes: ['usual', 'worst', 'growth', 'arguments', 'others'],
  run: async (options) => [
    ...(chosen(options, 'usual') ? usualRows(options) : []),
    ...(chosen(options, 'worst') ? worstRows(options) : []),
    ...(chosen(options, 'growth') ? growthRows(options) : []),
    ...(chosen(options, 'arguments') ? argumentRows(options) : []),
    ...(chosen(options, 'others') ? await othersRows(options) : []),
  ],
};

function usualRows(options: BenchOptions): readonly Row[] {
  const taken = milliseconds(options, usualTexts, resultBytes);
  return [
    ...[...taken].map(([name, ms]) => beside(`content.usual.${name}`, ms, 'ms')),
    atMost('content.usual', median([...taken.values()]), 'ms', usualMostMs),
  ];
}

/** Of all of them the slowest. */
function worstRows(options: BenchOptions): readonly Row[] {
  const taken = milliseconds(shortened(options), worstTexts, resultBytes);
  const [name, ms] = slowest(taken);
  return [atMost(`content.worst (${name})`, ms, 'ms', worstMostMs)];
}

function growthRows(options: BenchOptions): readonly Row[] {
  const texts = new Map([...usualTexts, ...worstTexts]);
  const whole = milliseconds(shortened(options), texts, resultBytes);
  const larger = milliseconds(shortened(options), texts, 4 * resultBytes);
  const growth = new Map(
    [...larger]
      .filter(([, ms]) => ms >= leastMs)
      .map(([name, ms]) => [name, ms / (whole.get(name) ?? Number.NaN)]),
  );
  const [name, times] = slowest(growth);
  return [atMost(`content.growth (${name})`, times, 'times', growthMost)];
}

/** Of the arguments of a call that is decided in microseconds. */
function argumentRows(options: BenchOptions): readonly Row[] {
  const texts = Array.from({ length: decisionsAtOnce }, (_, n) =>
    Object.values(deskArguments(n)).filter((value) => typeof value === 'string'),
  ).flat();
  const measured = interleaved(options, [{ name: 'arguments', once: () => texts.forEach(scan) }]);
  return [beside('content.arguments', measured.get('arguments') ?? Number.NaN, 'µs')];
}

/** What a call with little to look at waits for, while somebody's results of half a megabyte are looked at without a pause. */
async function othersRows(options: BenchOptions): Promise<readonly Row[]> {
  await using scanner = new Scanner({
    heldSecrets: () => looks.held,
    readSecret: async () => '',
    log: () => undefined,
  });
  const short = [letter(1, 2_000)];
  const long = [prose(1, 512_000)];
  const waited = async (seconds: number): Promise<number> => {
    const taken: number[] = [];
    const untilMs = performance.now() + seconds * 1_000;
    for (let now = performance.now(); now < untilMs; ) {
      // As a call does: it comes from the event loop, and goes back to it.
      await new Promise((done) => setImmediate(done));
      await scanner.scan(short, looks, null);
      const after = performance.now();
      taken.push(after - now);
      now = after;
    }
    return quantile(taken, 0.99);
  };
  const times: number[] = [];
  for (let round = 0; round <= (options.rounds ?? othersRounds); round += 1) {
    const alone = await waited(options.seconds ?? secondsOfOthers);
    let isOver = false;
    const busy = (async () => {
      while (!isOver) await scanner.scan(long, looks, null);
    })();
    const beside = await waited(options.seconds ?? secondsOfOthers);
    isOver = true;
    await busy;
    if (round > 0) times.push(beside / alone);
  }
  return [atMost('content.others_p99', median(times), 'times', othersMost)];
}

function milliseconds(
  options: BenchOptions,
  texts: ReadonlyMap<string, (bytes: number) => string>,
  bytes: number,
): ReadonlyMap<string, number> {
  const lanes = [...texts].map(([name, of]): Lane => {
    const text = of(bytes);
    return { name, count: 1, once: () => scan(text) };
  });
  return new Map([...interleaved(options, lanes)].map(([name, us]) => [name, us / 1_000]));
}

function scan(text: string): void {
  scanText(text, looks);
}

/** There are dozens of them. */
function shortened(options: BenchOptions): BenchOptions {
  return { ...options, seconds: options.seconds ?? secondsOfWorst };
}

function slowest(taken: ReadonlyMap<string, number>): readonly [string, number] {
  return [...taken].reduce((worst, one) => (one[1] > worst[1] ? one : worst), ['', 0]);
}
