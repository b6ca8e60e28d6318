/**
 * The policy that a suite is measured with, as the product loads it, and what the harness needs to know of it: which of
 * its tools is which of the suite's, and who calls for whom.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isMap, parseDocument } from 'yaml';
import { UsageError } from '../../src/cli/output.ts';
import { functionDefinition, functionPin } from '../../src/policy/compile/pin.ts';
import { formatDiagnostic } from '../../src/policy/diagnostic.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { emptyLock } from '../../src/policy/lock.ts';
import { parseLock } from '../../src/policy/lock-file.ts';
import type { Agent, PlanEntry, Policy, Tool } from '../../src/policy/model.ts';

export interface MeasuredPolicy {
  readonly policy: Policy;
  readonly agent: string;
  /** Null: unattended. */
  readonly user: string | null;
  /** By the bare name that the suite has for it. */
  readonly tools: Tools;
  /** What the run of a request is narrowed to; without one, its words are read. */
  readonly plans: ReadonlyMap<string, readonly PlanEntry[]>;
}

export type Tools = ReadonlyMap<string, Tool>;

/** What is changed in the policy before it is loaded, to see what a rule or a mistake is worth. */
export type Change =
  /** What no clause of the request asked for is denied instead of held. */
  | 'strict'
  /** Every tool's results are labelled trusted. */
  | 'trusting'
  /** No text counts as giving orders: an attacker may know how the screen reads. */
  | 'unscreened'
  | 'strict and unscreened';

export function measuredPolicy(
  file: string,
  agentName: string | null,
  change: Change | null,
): MeasuredPolicy {
  const policy = unscreened(pinned(load(file, change)), change);
  const agent = agentOf(policy, agentName);
  return {
    policy,
    agent: agent.name,
    user: userOf(policy, agent),
    tools: byOperation(policy),
    plans: new Map(),
  };
}

function unscreened(policy: Policy, change: Change | null): Policy {
  if (change !== 'unscreened' && change !== 'strict and unscreened') return policy;
  const { content } = policy;
  const injection = { ...content.injection, at: Number.POSITIVE_INFINITY };
  return { ...policy, content: { ...content, injection } };
}

function load(file: string, change: Change | null): Policy {
  const path = resolve(file);
  const lock = join(dirname(path), 'sallyport.lock');
  const loaded = loadPolicy({
    file: path,
    readFile: (included) => {
      const source = resolve(dirname(path), included);
      return existsSync(source) ? changed(readFileSync(source, 'utf8'), change) : null;
    },
    lock: existsSync(lock) ? parseLock(readFileSync(lock, 'utf8')) : emptyLock,
  });
  if (!loaded.ok)
    throw new UsageError(
      `${file} doesn't load:\n${loaded.errors.map(formatDiagnostic).join('\n\n')}`,
    );
  return loaded.policy;
}

function changed(source: string, change: Change | null): string {
  if (change === null || change === 'unscreened') return source;
  const document = parseDocument(source);
  if (change !== 'trusting') {
    // Of an included file this isn't the place to say it.
    if (document.has('sallyport')) document.setIn(['flow', 'unrequested'], 'deny');
    return document.toString();
  }
  const tools = document.get('tools');
  if (!isMap(tools)) return source;
  for (const { key } of tools.items)
    document.setIn(['tools', String(key), 'returns', 'trust'], 'trusted');
  return document.toString();
}

/** A policy that comes without a lock is measured with definitions made of what it declares. Only here: the product refuses. */
function pinned(policy: Policy): Policy {
  const tools = [...policy.tools].map(([name, tool]): [string, Tool] => {
    if (tool.pin !== null) return [name, tool];
    const made = functionPin(functionDefinition(tool.operation, tool.args));
    return [name, 'pin' in made ? { ...tool, pin: made.pin } : tool];
  });
  return { ...policy, tools: new Map(tools) };
}

function agentOf(policy: Policy, name: string | null): Agent {
  const agents = [...policy.agents.values()];
  const [only, ...others] = agents;
  if (name === null) {
    if (only !== undefined && others.length === 0) return only;
    throw new UsageError(
      'the policy has several agents, or none',
      `say which with --agent: ${agents.map((agent) => agent.name).join(', ')}`,
    );
  }
  const agent = policy.agents.get(name);
  if (agent === undefined) throw new UsageError(`the policy knows no agent \`${name}\``);
  return agent;
}

function userOf(policy: Policy, agent: Agent): string | null {
  if (agent.unattendedOwner !== null) return null;
  const user = [...policy.users.values()].find(({ roles }) =>
    agent.actsFor.some((role) => roles.has(role)),
  );
  if (user === undefined)
    throw new UsageError(
      `\`${agent.name}\` works for nobody whom the policy names`,
      'name a user under `users.static` with a role in `acts_for`, or say `unattended`',
    );
  return user.id;
}

/** What the policy calls `mail.send_email`, the suite calls `send_email`. Of two the first written counts. */
function byOperation(policy: Policy): Tools {
  const tools = new Map<string, Tool>();
  for (const tool of policy.tools.values()) {
    if (tool.variantOf === null && !tools.has(tool.operation)) tools.set(tool.operation, tool);
  }
  return tools;
}
