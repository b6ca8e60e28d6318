/** Two engines beside ours, each with the same rules in its own language and asked in its fastest way. */

import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { cache } from '../examples/email-agent/rig/cache.ts';
import { mustRun } from '../examples/email-agent/rig/process.ts';
import type { deskArguments } from './desk.ts';

type DeskArguments = ReturnType<typeof deskArguments>;

export interface PeerEngine {
  allows(args: DeskArguments): boolean;
}

const rulesPerTool = 5;
const installMs = 5 * 60_000;

/** What each rule of a tool looks at: id, count, colour, path, domain. All rules but the last tool's are of others. */
function eachRule<T>(rules: number, make: (tool: string, rule: number) => T): T[] {
  const last = rules / rulesPerTool - 1;
  return Array.from({ length: rules }, (_, n) => {
    const tool = Math.floor(n / rulesPerTool);
    return make(tool === last ? 'asked' : `other_${tool}`, n % rulesPerTool);
  });
}

/** Forbids what breaks a rule; one more policy permits the rest. Parsed once, as its stateful interface offers. */
export function openCedar(rules: number): PeerEngine {
  const breaks = [
    'context.id like "ok-*"',
    'context.count >= 0 && context.count <= 100',
    '["red", "green"].contains(context.colour)',
    'context.path like "/srv/out/*"',
    'context.to like "*@customer.example"',
  ];
  const set = `rules_${rules}`;
  const parsed = cedar.preparsePolicySet(set, {
    staticPolicies: [
      'permit(principal == Agent::"bench", action, resource);',
      ...eachRule(
        rules,
        (tool, rule) =>
          `forbid(principal, action == Action::"${tool}", resource) unless { ${breaks[rule]} };`,
      ),
    ].join('\n'),
  });
  if (parsed.type !== 'success') throw new Error(JSON.stringify(parsed.errors));
  return {
    allows(args) {
      const answer = cedar.statefulIsAuthorized({
        principal: { type: 'Agent', id: 'bench' },
        action: { type: 'Action', id: 'asked' },
        resource: { type: 'Desk', id: 'desk' },
        context: { ...args },
        entities: [],
        preparsedPolicySetId: set,
      });
      return answer.type === 'success' && answer.response.decision === 'allow';
    },
  };
}

interface GovernanceRule {
  readonly name: string;
  readonly condition: string;
  readonly ruleAction: 'allow' | 'deny';
}

interface GovernanceModule {
  readonly PolicyEngine: new () => {
    loadPolicy(policy: {
      readonly name: string;
      readonly default_action: 'allow' | 'deny';
      readonly rules: readonly GovernanceRule[];
    }): void;
    evaluatePolicy(agent: string, context: object): { readonly allowed: boolean };
  };
}

/** @returns null when it can't be installed. */
export async function openAgentGovernance(
  progress: (text: string) => void,
): Promise<((rules: number) => PeerEngine) | null> {
  const from = join(import.meta.dirname, 'peers', 'agent-governance');
  const home = join(cache, 'bench', 'agent-governance');
  try {
    await mkdir(home, { recursive: true });
    for (const file of ['package.json', 'package-lock.json'])
      await copyFile(join(from, file), join(home, file));
    const argv = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', home];
    await mustRun('npm', argv, { cwd: home, timeoutMs: installMs });
    const module: GovernanceModule = createRequire(join(home, 'package.json'))(
      '@microsoft/agent-governance-sdk',
    );
    return (rules) => governanceEngine(module, rules);
  } catch (error) {
    progress(`agent-governance: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

/** Its conditions compare; they know no prefix and no domain, so its rules are simpler than ours. */
function governanceEngine({ PolicyEngine }: GovernanceModule, rules: number): PeerEngine {
  const conditions = [
    "kind == 'unknown'",
    'count > 100',
    "colour == 'blue'",
    "path == '/etc/passwd'",
    "to == 'eve@evil.example'",
  ];
  const engine = new PolicyEngine();
  engine.loadPolicy({
    name: 'bench',
    default_action: 'allow',
    rules: eachRule(rules, (tool, rule) => ({
      name: `${tool}_${rule}`,
      condition: `tool == '${tool}' and ${conditions[rule]}`,
      ruleAction: 'deny',
    })),
  });
  return {
    allows: (args) => engine.evaluatePolicy('bench', { tool: 'asked', ...args }).allowed,
  };
}
