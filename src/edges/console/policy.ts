import { findSecrets } from '../../content/detection/secrets/find-secrets.ts';
import { redactText } from '../../content/redact.ts';
import type { Policy } from '../../policy/model.ts';
import type { ConsolePorts } from './ports.ts';
import type { PolicyView } from './views.ts';

const made = new WeakMap<Policy, PolicyView>();

/**
 * The files as loaded. A policy names secrets and holds none; one that somebody wrote into it all the same (a token in an
 * environment, a password in a URL) is shown to nobody.
 */
export function policyView({
  policySource,
  heldSecrets,
}: Pick<ConsolePorts, 'policySource' | 'heldSecrets'>): PolicyView {
  const { policy } = policySource;
  const known = made.get(policy);
  if (known !== undefined) return known;
  const written = [...heldSecrets(), ...environmentOf(policy)];
  const view = {
    hash: policy.hash,
    enforcement: policy.enforcement,
    lock: policy.lockDigest,
    files: policySource.texts.map(({ name, text }) => ({
      name,
      text: withoutFound(redactText(text, written), written),
    })),
    users: [...policy.users].map(([name, { roles }]) => ({ name, roles: [...roles] })),
  };
  made.set(policy, view);
  return view;
}

/** What `policy check` warns of as a secret that is written there. */
const secretLooking = /(pass(word|wd)?|secret|token|api_?key|private_?key|credential)s?$/i;

function environmentOf(policy: Policy): readonly string[] {
  return [...policy.upstreams.values()].flatMap(({ transport }) =>
    transport.type !== 'stdio'
      ? []
      : [...transport.env].flatMap(([name, value]) =>
          typeof value === 'string' && secretLooking.test(name) ? [value] : [],
        ),
  );
}

function withoutFound(text: string, written: readonly string[]): string {
  let shown = '';
  let until = 0;
  for (const { start, end } of findSecrets(text, written)) {
    if (start < until) continue;
    shown += `${text.slice(until, start)}[redacted]`;
    until = end;
  }
  return shown + text.slice(until);
}
