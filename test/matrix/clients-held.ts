/** The same clients, where a person is asked: each waits as it can, and gets what came of its call when it asks again. */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import type { Gateway } from '../../examples/email-agent/gateway.ts';
import { withoutFrame } from '../../src/content/frame.ts';
import type { JsonObject } from '../../src/content/value.ts';
import { askGateway } from '../../src/edges/admin/client.ts';
import type { OperationName } from '../../src/edges/admin/operations.ts';
import type { CallReport, Report } from './clients/report.ts';
import type { ClientProgram } from './programs.ts';
import { type Cell, cell } from './table.ts';

/** Of a policy with roles `testers`, who may ask, and `leads`, who are asked. */
export const heldAgents = `
  of_leads:
    acts_for: [testers]
    permissions: { everything: { echo: { approval: { by: leads } } } }
  of_its_user:
    acts_for: [testers]
    permissions: { everything: { echo: { approval: { by: user } } } }
`;
export const heldPeople =
  'users: { static: { ann: { roles: [testers] }, bob: { roles: [leads] } } }';

export const heldColumns = ['held, a ticket', 'held, its person’s page'] as const;

/** The person of the page is quick, and is done before the client's next request has waited out its time. */
const pollMs = 100;

interface Asked {
  readonly program: ClientProgram;
  readonly gateway: Gateway;
  readonly directory: string;
  /** Says which call is whose. */
  readonly message: string;
}

/** All at once: most of it is waiting. */
export async function heldCells(
  programs: readonly ClientProgram[],
  gateway: Gateway,
  directory: string,
): Promise<ReadonlyMap<ClientProgram, readonly Cell[]>> {
  const cells = programs.map(async (program): Promise<[ClientProgram, readonly Cell[]]> => {
    const asked = { program, gateway, directory, message: `held for ${program.name}` };
    return [
      program,
      await Promise.all([cell(() => waitsForLead(asked)), cell(() => showsPage(asked))]),
    ];
  });
  return new Map(await Promise.all(cells));
}

async function waitsForLead(asked: Asked): Promise<string> {
  const call = await caller(asked, 'of_leads', false);
  const first = onlyCall(await call());
  const { ticket } = first;
  if (ticket === null || !isPending(first)) return fail(`it doesn’t wait: ${first.text}`);
  await approve(asked, ticket, 'bob');
  isOutcome(asked, onlyCall(await call()));
  return 'asked again: the outcome';
}

/** A client of 2026 is shown it in the call and goes on by itself; one of 2025 gets an error with it, and asks again. */
async function showsPage(asked: Asked): Promise<string> {
  const call = await caller(asked, 'of_its_user', true);
  const done = new AbortController();
  const answered = approveFirst(asked, 'of_its_user', 'ann', done.signal);
  try {
    const report = await call();
    const [first, [page = '', ...more]] = [onlyCall(report), report.pages];
    if (!page.startsWith(`${asked.gateway.console}/holds/call_`) || more.length > 0)
      return fail(`it is shown ${report.pages.join(', ') || 'nothing'}: ${first.text}`);
    if (!page.endsWith(await answered)) return fail(`another page: ${page}`);
    const isModern = asked.program.protocol >= '2026';
    if (isModern === first.raised) return fail(first.text);
    isOutcome(asked, isModern ? first : onlyCall(await call()));
    return isModern ? 'in the call: the outcome' : 'in an error; asked again: the outcome';
  } finally {
    done.abort();
    await answered.catch(() => null);
  }
}

async function caller(asked: Asked, agent: string, pages: boolean): Promise<() => Promise<Report>> {
  const { program, gateway, message } = asked;
  const token = await mint(asked, { holder: 'agent', name: agent, user: 'ann' });
  const calls = [{ tool: 'everything.echo', args: { message } }];
  return () => program.run({ url: gateway.url, run: null, pages, calls }, token);
}

function isPending({ failed, raised, code, text }: CallReport): boolean {
  return failed && !raised && code === 'approval.pending' && text.startsWith(`${code}: `);
}

function isOutcome({ message }: Asked, { failed, text, boundary }: CallReport): void {
  const said = boundary === null ? text : withoutFrame(text, boundary);
  if (failed || said !== `Echo: ${message}`) fail(text);
}

function onlyCall({ calls }: Report): CallReport {
  return calls[0] ?? fail('it reported nothing');
}

const holdsShape = z.object({
  holds: z.array(
    z.object({ id: z.string(), digest: z.string(), agent: z.string(), state: z.string() }),
  ),
});
type Waiting = z.infer<typeof holdsShape>['holds'][number];

async function waiting(asked: Asked): Promise<readonly Waiting[]> {
  const { holds } = holdsShape.parse(await operate(asked, 'approvals.list', {}));
  return holds.filter(({ state }) => state === 'waiting');
}

async function approve(asked: Asked, call: string, person: string): Promise<void> {
  const hold = (await waiting(asked)).find(({ id }) => id === call);
  if (hold === undefined) return fail(`${call} doesn’t wait`);
  const token = await mint(asked, { holder: 'approver', name: person });
  const { id, digest } = hold;
  await operate(asked, 'approvals.approve', { id, token, digest, reason: null });
}

/** As somebody does who sits before the console: the call of this client, once it waits. */
async function approveFirst(
  asked: Asked,
  agent: string,
  person: string,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    const found = (await waiting(asked)).filter((hold) => hold.agent === agent);
    for (const { id } of found) {
      const { hold } = shownShape.parse(
        await operate(asked, 'approvals.show', { id, token: null }),
      );
      if (hold.arguments.message !== asked.message) continue;
      await approve(asked, id, person);
      return id;
    }
    await setTimeout(pollMs, null, { signal });
  }
}

const shownShape = z.object({ hold: z.object({ arguments: z.object({ message: z.string() }) }) });

const tokenLivesMs = 10 * 60_000;

async function mint(asked: Asked, whose: JsonObject): Promise<string> {
  const minted = await operate(asked, 'token.mint', { ...whose, expiresInMs: tokenLivesMs });
  return z.object({ token: z.string() }).parse(minted).token;
}

/** As `sallyport` does it, without a Node to start for each. */
async function operate(
  { directory }: Asked,
  name: OperationName,
  input: JsonObject,
): Promise<JsonObject> {
  const answer = await askGateway(join(directory, '.sallyport'), name, input);
  return answer ?? fail('no gateway runs');
}

function fail(why: string): never {
  throw new Error(why);
}
