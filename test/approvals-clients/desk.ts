/** A real gateway in front of a real file server, whose writes wait for a person: held, answered, restarted. */
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '../../src/engine/events.ts';
import type { ApproverPrincipal } from '../../src/identity/principal.ts';
import type { HoldSummary, OpenerPrincipal } from '../../src/runtime/port.ts';
import { type PreparedGateway, prepareGateway, type RealGateway } from '../real-gateway.ts';

/** Whose hold is theirs to answer: `reporter` asks its own person, `clerk` somebody else. */
export type Agent = 'reporter' | 'clerk';

export interface ApprovalDesk extends AsyncDisposable {
  /** Where clients find it, also after a restart. */
  readonly url: string;
  readonly token: (agent: Agent) => Promise<string>;
  /** @returns its handle. */
  readonly openRun: (agent: Agent) => Promise<string>;
  readonly failRunOf: (hold: string) => Promise<void>;
  readonly restart: () => Promise<void>;
  readonly answer: (hold: string, answer: 'approve' | 'reject') => Promise<void>;
  /** When the hold is over: nobody has answered it. */
  readonly expired: (hold: string) => Promise<void>;
  readonly pathOf: (name: string) => string;
  /** What the file of that name holds; null: nobody wrote it. */
  readonly written: (name: string) => Promise<string | null>;
  readonly events: (call: string) => Promise<readonly Event['type'][]>;
}

const opener: OpenerPrincipal = {
  type: 'opener',
  credential: 'tok_opener',
  name: 'workflow',
  agents: null,
};

const plainRun = {
  user: 'ann',
  case: {},
  request: null,
  requestTrusted: false,
  only: null,
  budget: {},
  outside: [],
  dryRun: false,
  parent: null,
};

export interface DeskTimes {
  readonly timeout: string;
  readonly wait: string;
}

export async function openApprovalDesk(times: DeskTimes): Promise<ApprovalDesk> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'sallyport-approvals-')));
  const stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const program = createRequire(import.meta.url).resolve(
    '@modelcontextprotocol/server-filesystem/dist/index.js',
  );
  const prepared: PreparedGateway = stack.use(
    await prepareGateway({
      policy: policyFor(program, folder, times),
      upstreams: [
        {
          name: 'files',
          transport: {
            type: 'stdio',
            command: process.execPath,
            args: [program, folder],
            env: new Map(),
          },
        },
      ],
    }),
  );
  let real: RealGateway = await prepared.start({ console: true });
  stack.defer(() => real[Symbol.asyncDispose]());
  const { url } = real;

  function found(hold: string): HoldSummary {
    const summary = real.gateway.runtime.holds.open().find(({ id }) => id === hold);
    if (summary === undefined) throw new Error(`there is no hold ${hold}`);
    return summary;
  }

  return {
    url,
    token: (agent) => real.agentToken(agent, 'ann'),
    async openRun(agent) {
      const opened = await real.gateway.runtime.openRun(opener, { ...plainRun, agent });
      return opened.handle;
    },
    async failRunOf(hold) {
      await real.gateway.runtime.closeRun({ type: 'operator' }, found(hold).run, 'failure', null);
    },
    async restart() {
      await real[Symbol.asyncDispose]();
      real = await prepared.start({ port: Number(new URL(url).port), console: true });
    },
    async answer(hold, answer) {
      const { runtime, store } = real.gateway;
      const { asks, digest } = found(hold);
      const [ask] = asks;
      const approver: ApproverPrincipal = {
        type: 'approver',
        credential: 'tok_test',
        user: ask?.by.type === 'user' ? 'ann' : 'bob',
        signedInAtMs: store.nowMs(),
      };
      await runtime.holds.answer(approver, hold, { answer, digest, reason: null });
    },
    async expired(hold) {
      const isOpen = (): boolean => real.gateway.runtime.holds.open().some(({ id }) => id === hold);
      while (isOpen()) await new Promise((resolve) => setTimeout(resolve, 50));
    },
    pathOf: (name) => join(folder, name),
    written: (name) => readFile(join(folder, name), 'utf8').catch(() => null),
    async events(call) {
      const events = await real.gateway.store.events({ limit: 10_000 });
      return events
        .map(({ event }) => event)
        .filter((event) => 'call' in event && event.call === call)
        .map(({ type }) => type);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function policyFor(program: string, folder: string, { timeout, wait }: DeskTimes): string {
  const under = `paths: { under: [${JSON.stringify(folder)}] }`;
  return `sallyport: 1
enforcement: strict
upstreams:
  files: { mcp: { command: ${JSON.stringify(process.execPath)}, args: [${JSON.stringify(program)}, ${JSON.stringify(folder)}] } }
tools:
  files.write_file: { action: write, tier: consequential, reach: internal, args: { path: path, content: content } }
users:
  static:
    ann: { roles: [staff] }
    bob: { roles: [leads] }
roles:
  staff: { permissions: { files: { write: allow } } }
  leads: { permissions: { files: { write: allow } } }
approvals: { default: leads, timeout: ${timeout}, wait: ${wait} }
agents:
  reporter:
    acts_for: [staff]
    permissions: { files: { write: { ${under}, approval: { by: user } } } }
  clerk:
    acts_for: [staff]
    permissions: { files: { write: { ${under}, approval: { by: leads } } } }
`;
}
