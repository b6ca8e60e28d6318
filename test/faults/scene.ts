/** One data directory with its policy, its tokens and its upstream, for one gateway after another. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { fold } from '../../src/engine/fold.ts';
import { openGateway } from '../../src/gateway.ts';
import { definitionDigest, formatLock } from '../../src/policy/lock-file.ts';
import { openSqliteReader } from '../../src/store/sqlite/open.ts';
import { check } from './checker.ts';
import { deskPeople, deskPolicy, deskTools } from './desk.ts';
import type { Answer, Approval, Effect, RunStep, Violation, World } from './world.ts';

const here = import.meta.dirname;
const deskServer = join(here, 'desk-server.ts');
const main = join(here, '..', '..', 'src', 'cli', 'main.ts');
const upWithinMs = 60_000;

/** What clients were told, all their lives: the rig's own memory, which no gateway's death takes away. */
export interface Witness {
  readonly answers: Answer[];
  readonly runs: string[];
  readonly steps: RunStep[];
  readonly approvals: Approval[];
  /** Answers that say nothing of a decision: none should. */
  readonly odd: string[];
}

export interface Up {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Where its console is. */
  readonly console: string;
  readonly child: ChildProcess;
  /** Resolves when the process is gone, however it went. */
  readonly gone: Promise<void>;
}

export interface Scene extends AsyncDisposable {
  readonly dataDirectory: string;
  readonly policyFile: string;
  readonly witness: Witness;
  readonly tokens: {
    readonly agents: readonly [string, ...string[]];
    readonly opener: string;
    readonly approvers: readonly string[];
  };
  /** Upstreams by name. */
  readonly upstreams: readonly [string, ...string[]];
  /** Null: it died on its way up, as it was told to. */
  readonly start: (options?: StartOptions) => Promise<Up | null>;
  /** Copies the newest signed checkpoint out of the data directory, as an operator would. */
  readonly keepCheckpoint: () => void;
  /** The same rules in other words, which a gateway reads while it serves. */
  readonly reload: () => void;
  /** What the upstreams counted. */
  readonly effects: () => readonly Effect[];
  /** With no gateway at work: what the world knows, against what lies there. */
  readonly check: (state: World['state']) => Promise<readonly Violation[]>;
}

interface StartOptions {
  /** Files loaded into the gateway, and its threads, before its own. */
  readonly preload?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface SceneOptions {
  /** Also with a server that the gateway starts itself: slower to come up. */
  readonly stdio: boolean;
  /** Where Node keeps what it compiled; null: nowhere. */
  readonly compileCache: string | null;
  /** How long calls wait for people: short enough that some of a round are answered by nobody. */
  readonly holdsFor?: string;
}

export async function openScene({
  stdio,
  compileCache,
  holdsFor = '20s',
}: SceneOptions): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-faults-'));
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const journal = join(directory, 'journal');
  const policyFile = join(directory, 'sallyport.yaml');
  const dataDirectory = join(directory, '.sallyport');
  writeFileSync(journal, '');

  const desk = spawn(process.execPath, [deskServer, 'http', journal], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  stack.defer(() => end(desk, 'SIGKILL'));
  const [deskUrl] = z.tuple([z.string()]).parse(await once(createInterface(desk.stdout), 'line'));
  const shed = stdio ? [process.execPath, deskServer, 'stdio', journal] : null;
  const upstreams: readonly [string, ...string[]] = stdio ? ['desk', 'shed'] : ['desk'];
  writeFileSync(policyFile, deskPolicy(deskUrl, shed, holdsFor));
  writeFileSync(join(directory, 'sallyport.lock'), lockOf(upstreams));
  const tokens = await mint(policyFile, dataDirectory);

  const witness: Witness = { answers: [], runs: [], steps: [], approvals: [], odd: [] };
  const checkpoints = new Set<string>();
  const gateways = new Set<ChildProcess>();
  stack.defer(async () => {
    for (const child of gateways) await end(child, 'SIGKILL');
  });
  const keepCheckpoint = (): void => {
    const file = join(dataDirectory, 'checkpoint');
    if (existsSync(file)) checkpoints.add(readFileSync(file, 'utf8'));
  };
  let reloads = 0;
  const owned = stack.move();
  return {
    dataDirectory,
    policyFile,
    witness,
    tokens,
    upstreams,
    keepCheckpoint,
    reload() {
      reloads += 1;
      const policy = readFileSync(policyFile, 'utf8');
      writeFileSync(policyFile, policy.replace(/rate: \d+\//g, `rate: ${100_000 + reloads}/`));
    },
    effects: () => effectsIn(journal),
    async start({ preload = [], env = {} } = {}) {
      const child = spawn(
        process.execPath,
        [main, 'up', '--policy', policyFile, '--port', '0', '--json'],
        {
          stdio: ['ignore', 'pipe', 'ignore'],
          env: {
            ...process.env,
            NODE_OPTIONS: preload
              .map((file) => `--import=${pathToFileURL(join(here, file)).href}`)
              .join(' '),
            ...(compileCache === null ? {} : { NODE_COMPILE_CACHE: compileCache }),
            ...env,
          },
        },
      );
      gateways.add(child);
      const gone = once(child, 'exit').then(() => {
        gateways.delete(child);
      });
      const urls = await urlsOf(child, gone);
      return urls === null ? null : { ...urls, child, gone };
    },
    async check(state) {
      keepCheckpoint();
      using looked = state === 'killed' ? copyOf(dataDirectory) : null;
      await using store = await openSqliteReader({
        directory: looked?.directory ?? dataDirectory,
        foldRun: fold,
      });
      const odd = witness.odd.map((detail) => ({ invariant: 'served', detail }) as const);
      const violations = await check({
        ...witness,
        effects: effectsIn(journal),
        checkpoints: [...checkpoints],
        spooled: spooledIn(dataDirectory),
        store,
        vkey: readFileSync(join(dataDirectory, 'ledger.vkey'), 'utf8'),
        state,
      });
      return [...odd, ...violations];
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A gateway that could not start, and said why. */
export class NotStarted extends Error {}

const upShape = z.object({ url: z.string(), console: z.string() });
const refusedShape = z.object({ error: z.object({ message: z.string() }) });

async function urlsOf(
  child: ChildProcess,
  gone: Promise<void>,
): Promise<Pick<Up, 'url' | 'console'> | null> {
  if (child.stdout === null) return null;
  const line = once(createInterface(child.stdout), 'line').then(([said]) => String(said));
  const late = AbortSignal.timeout(upWithinMs);
  const said = await Promise.race([
    line,
    gone.then(() => null),
    once(late, 'abort').then(() => {
      throw new NotStarted(`it did not come up within ${upWithinMs} ms`);
    }),
  ]);
  if (said === null) return null;
  const answer: unknown = JSON.parse(said);
  const refused = refusedShape.safeParse(answer);
  if (refused.success) throw new NotStarted(refused.data.error.message);
  const { url, console } = upShape.parse(answer);
  return { url: url.replace(/\/mcp$/, ''), console };
}

export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

/** Of what a dead gateway left: whoever reads it brings its journal into the database, and here the next gateway is to do that. */
function copyOf(dataDirectory: string): Disposable & { readonly directory: string } {
  const directory = mkdtempSync(`${dataDirectory}-copy-`);
  for (const name of ['sallyport.db', 'sallyport.db-wal', 'sallyport.journal'])
    if (existsSync(join(dataDirectory, name)))
      copyFileSync(join(dataDirectory, name), join(directory, name));
  return {
    directory,
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  };
}

function lockOf(upstreams: readonly string[]): string {
  const tools = Object.fromEntries(
    deskTools.map((definition) => [
      String(definition['name']),
      { digest: definitionDigest(definition), definition, pinnedAt: '2026-01-01T00:00:00Z' },
    ]),
  );
  return formatLock({
    lockVersion: 1,
    upstreams: Object.fromEntries(upstreams.map((name) => [name, { tools }])),
  });
}

async function mint(policyFile: string, dataDirectory: string): Promise<Scene['tokens']> {
  await using gateway = await openGateway({
    policyFile,
    dataDirectory,
    as: 'command',
    log: () => undefined,
  });
  const agent = async (name: string): Promise<string> =>
    (await gateway.tokens.mint({ holder: 'agent', name, user: null, expiresAtMs: null })).token;
  const opener = await gateway.tokens.mint({
    holder: 'opener',
    name: 'workflow',
    agents: null,
    expiresAtMs: null,
  });
  const approvers: string[] = [];
  for (const name of deskPeople) {
    const { token } = await gateway.tokens.mint({ holder: 'approver', name, expiresAtMs: null });
    approvers.push(token);
  }
  return {
    agents: [await agent('clerk'), await agent('temp')],
    opener: opener.token,
    approvers,
  };
}

const effectShape = z.object({
  tool: z.string(),
  args: z.record(z.string(), z.string()),
  atNs: z.string(),
});

function effectsIn(journal: string): Effect[] {
  return linesOf(journal).map((line) => {
    const { tool, args, atNs } = effectShape.parse(JSON.parse(line));
    return { tool, args, atNs: BigInt(atNs) };
  });
}

function spooledIn(dataDirectory: string): string[] {
  const file = join(dataDirectory, 'refusals.jsonl');
  if (!existsSync(file)) return [];
  return linesOf(file).map((line) => z.object({ call: z.string() }).parse(JSON.parse(line)).call);
}

/** Whole lines only: the last may be torn. */
function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1);
}
