/** After a restart: what waited waits on, what was agreed to is done, and what nobody answered in time is told of. */
import { readJson } from '../../content/json.ts';
import { isJsonObject } from '../../content/value.ts';
import type { Held } from '../../engine/hold.ts';
import type { Run } from '../../engine/run.ts';
import { describe } from '../attempt.ts';
import type { RuntimePorts } from '../ports.ts';
import { plainRefusal } from '../refusals.ts';
import type { Runs } from '../runs.ts';
import { isOpen } from './hold-events.ts';
import {
  type HoldState,
  holdDeleted,
  holdIdOf,
  holdStatePrefix,
  parseHoldState,
} from './hold-state.ts';
import { OpenHold, type OpenHolds } from './open-holds.ts';
import type { Performing } from './performing.ts';
import type { Settling } from './settling.ts';

const factsDepthMax = 128;

export interface RecoveringParts {
  readonly ports: RuntimePorts;
  readonly runs: Runs;
  readonly holds: OpenHolds;
  readonly performing: Performing;
}

/** Before the first call: a repeat has to find the hold that it repeats. */
export async function recoverHolds({
  ports,
  runs,
  holds,
  performing,
}: RecoveringParts): Promise<void> {
  for (const { key, value } of await ports.store.listState(holdStatePrefix)) {
    const id = holdIdOf(key);
    try {
      const state = parseHoldState(value);
      const run = state === null ? null : ((await runs.writer(state.run))?.run ?? null);
      const held = run?.held.find((one) => one.id === id && isOpen(one));
      if (state === null || run === null || held === undefined) {
        await ports.store.commitGateway({ events: [], writes: [holdDeleted(id)] });
        continue;
      }
      const hold = await holdOf(ports, { run, held, state });
      hold.isLast = run.status === 'closing';
      holds.add(hold, null);
      const known = await performing.recorded(hold);
      if (known !== null) holds.learn(hold, known);
    } catch (error) {
      // One that can't be read must not keep the others from being asked about.
      stuck(ports, id, error);
    }
  }
}

async function holdOf(
  { store }: RuntimePorts,
  { run, held, state }: { readonly run: Run; readonly held: Held; readonly state: HoldState },
): Promise<OpenHold> {
  const bytes = await store.payload(state.shown);
  const facts =
    bytes === null ? null : readJson(bytes, { bytesMax: bytes.length, depthMax: factsDepthMax });
  const summary = isJsonObject(facts) ? facts['summary'] : undefined;
  const { agent, user } = run;
  return new OpenHold(
    {
      run: run.id,
      user,
      principal: { type: 'agent', credential: state.credential, agent, user },
    },
    { held, state, summary: typeof summary === 'string' ? summary : held.tool },
  );
}

/** Upstreams come up after their gateway, and functions after their program; what takes longer than this is refused. */
const upstreamTriesMax = 120;
const upstreamTryMs = 250;

/** What people agreed to before the gateway went, and what nobody answered while it was away. Never rejects. */
export async function resumeApproved({
  ports,
  holds,
  performing,
  settling,
}: RecoveringParts & { readonly settling: Settling }): Promise<void> {
  await settling.expireDue();
  settling.watch();
  // What a person made of a call nobody else knows in full: no repeat brings it back.
  for (const hold of [...holds.all()])
    if (hold.held.editedFrom !== null && hold.known === null && hold.held.of === 'call')
      await settling
        .withdraw(hold, 'approval.over', {
          type: 'refused',
          refusal: plainRefusal('approval.over', hold.id, hold.run),
        })
        .catch((error: unknown) => stuck(ports, hold.id, error));
  const approved = [...holds.all()].filter(({ held }) => held.state === 'approved');
  await Promise.all(
    approved.map(async (hold) => {
      await upstreamOf(ports, hold.held.tool, () => performing.isStopping);
      performing.approved(hold);
    }),
  );
}

function stuck({ log }: RuntimePorts, call: string, error: unknown): void {
  log({ level: 'error', event: 'approval.stuck', call, error: describe(error) });
}

async function upstreamOf(
  ports: RuntimePorts,
  name: string,
  isStopping: () => boolean,
): Promise<void> {
  for (let tries = 0; tries < upstreamTriesMax && !isStopping(); tries += 1) {
    const tool = ports.policy().tools.get(name);
    if (tool === undefined) return;
    const isUp = ports.upstream(tool.upstream)?.status().state === 'up';
    const definition = ports.definitionOf(tool);
    if (isUp && definition !== 'missing' && definition !== 'unknown') return;
    await new Promise((resolve) => setTimeout(resolve, upstreamTryMs).unref());
  }
}
