/** What the doctor looks at in a project: each check says what it found, and what to do where that is bad. */
import { existsSync, readdirSync, type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SallyportError } from '../../content/errors.ts';
import { printable } from '../../content/escape.ts';
import { readSecret } from '../../credentials/secrets.ts';
import { fold } from '../../engine/fold.ts';
import { keyFiles, loadVerifier } from '../../ledger/key.ts';
import { formatVkey } from '../../ledger/note.ts';
import type { Policy, SecretReference } from '../../policy/model.ts';
import { type LoadedPolicy, PolicyFileError, readPolicy } from '../../runtime/policy-source.ts';
import { storeFiles } from '../../store/sqlite/files.ts';
import { openSqliteReader } from '../../store/sqlite/open.ts';
import { compareCatalog } from '../../upstreams/catalog.ts';
import { listLive } from '../live-tools.ts';
import type { Place } from '../place.ts';
import { verifyStored } from '../verify-stored.ts';
import { bad, type CheckResult, good } from './check.ts';
import { checkCheckpoints } from './checkpoints.ts';

/** This version's own time: a clock before it is wrong. */
const releasedAtMs = Date.UTC(2026, 10, 1);
const clockBackMaxMs = 1_000;

export async function checkProject(place: Place): Promise<CheckResult[]> {
  const loaded = loadOrBad(place);
  return [
    checkFiles(place),
    ...('check' in loaded
      ? [loaded.check]
      : [
          checkedPolicy(place, loaded.policy),
          await checkCredentials(loaded.policy.policy),
          ...(await checkUpstreams(place, loaded.policy)),
        ]),
    await checkLedger(place),
    ...('check' in loaded ? [] : await checkCheckpoints(place, loaded.policy.policy)),
    await checkClock(place),
  ];
}

/** Whoever can write the policy decides everything; whoever can read the rest holds keys, tokens' hashes and records. */
function checkFiles({ policyFile, dataDirectory }: Place): CheckResult {
  const name = 'files';
  if (isOthers(statSync(policyFile), 0o022))
    return bad(name, `${policyFile} can be changed by others`, `chmod go-w ${policyFile}`);
  if (!existsSync(dataDirectory))
    return good(name, `${dataDirectory} isn't there yet; the first start makes it`);
  const publicKey = keyFiles(dataDirectory).vkey;
  const files = [
    dataDirectory,
    ...readdirSync(dataDirectory, { recursive: true, encoding: 'utf8' }).map((file) =>
      join(dataDirectory, file),
    ),
  ].filter((file) => file !== publicKey);
  const open = files.filter((file) => {
    const stats = statSync(file, { throwIfNoEntry: false });
    return stats !== undefined && isOthers(stats, 0o077);
  });
  return open.length === 0
    ? good(name, `${dataDirectory} and the ${files.length - 1} files in it are their owner's alone`)
    : bad(name, `others can reach ${open.join(', ')}`, `chmod go-rwx ${open.join(' ')}`);
}

function isOthers({ uid, mode }: Stats, bits: number): boolean {
  return (mode & bits) !== 0 || (uid !== 0 && uid !== process.getuid?.());
}

function loadOrBad({
  policyFile,
}: Place): { readonly policy: LoadedPolicy } | { readonly check: CheckResult } {
  try {
    return { policy: readPolicy(policyFile) };
  } catch (error) {
    if (!(error instanceof SallyportError)) throw error;
    const found =
      error instanceof PolicyFileError
        ? `${policyFile} has ${error.diagnostics.length} errors`
        : error.message;
    return { check: bad('policy', found, '`sallyport policy check` shows each of them') };
  }
}

function checkedPolicy({ policyFile }: Place, { policy, warnings }: LoadedPolicy): CheckResult {
  const warned = warnings.length === 0 ? '' : `, ${warnings.length} warnings`;
  return good('policy', `${policyFile} loads (${policy.enforcement}${warned})`);
}

async function checkCredentials(policy: Policy): Promise<CheckResult> {
  const name = 'credentials';
  const references = secretsOf(policy);
  const problems: string[] = [];
  const hints: string[] = [];
  for (const reference of references) {
    try {
      await readSecret(reference);
    } catch (error) {
      if (!(error instanceof SallyportError)) throw error;
      problems.push(error.message);
      if (error.hint !== undefined) hints.push(error.hint);
    }
  }
  if (problems.length > 0) return bad(name, problems.join('; '), hints[0] ?? null);
  return good(
    name,
    references.length === 0 ? 'the policy names none' : `${references.length} can be read`,
  );
}

export function secretsOf(policy: Policy): SecretReference[] {
  const ofUpstreams = [...policy.upstreams.values()].flatMap(({ transport, credential }) => [
    ...(transport.type === 'stdio'
      ? [...transport.env.values()].filter((value) => typeof value !== 'string')
      : []),
    ...(credential === null ? [] : [credential.secret]),
  ]);
  const { webhook } = policy.checkpoints;
  const ofDetector = policy.content.detector?.credential ?? null;
  return [
    ...ofUpstreams,
    ...(webhook === null ? [] : [webhook.secret]),
    ...(ofDetector === null ? [] : [ofDetector]),
  ];
}

async function checkUpstreams(
  place: Place,
  { policy, lock }: LoadedPolicy,
): Promise<readonly CheckResult[]> {
  const live = await listLive(policy.upstreams.values(), dirname(place.policyFile));
  return live.map((answer) => {
    const name = `upstream ${answer.upstream}`;
    if ('reason' in answer)
      return bad(name, printable(answer.reason), 'see what it needs to start');
    const pins = lock.upstreams[answer.upstream]?.tools ?? {};
    const { states } = compareCatalog(pins, answer.listed);
    const inState = (wanted: string): string[] =>
      [...states].flatMap(([operation, { state }]) =>
        state === wanted ? [printable(operation)] : [],
      );
    const [changed, missing, fresh] = [inState('changed'), inState('missing'), inState('new')];
    if (changed.length + missing.length > 0) {
      return bad(
        name,
        [
          ...(changed.length === 0
            ? []
            : [`changed since they were accepted: ${changed.join(', ')}`]),
          ...(missing.length === 0 ? [] : [`accepted and no longer there: ${missing.join(', ')}`]),
        ].join('; '),
        'calls of these are refused; read `sallyport tools diff`, then `sallyport tools pin`',
      );
    }
    const unpinned =
      fresh.length === 0 ? '' : `; not accepted, so not offered: ${fresh.join(', ')}`;
    return good(name, `answers, ${inState('pinned').length} tools as accepted${unpinned}`);
  });
}

async function checkLedger({ dataDirectory }: Place): Promise<CheckResult> {
  const name = 'ledger';
  if (!existsSync(storeFiles(dataDirectory).database)) return good(name, 'nothing is recorded yet');
  try {
    const report = await verifyStored({
      directory: dataDirectory,
      vkey: formatVkey(loadVerifier(dataDirectory)),
      keptCheckpoint: null,
    });
    return report.ok
      ? good(name, `${report.events} events, ${report.sealed} sealed, each as it was written`)
      : bad(
          name,
          `${report.problemCount} problems`,
          '`sallyport ledger verify` shows each of them',
        );
  } catch (error) {
    if (!(error instanceof SallyportError)) throw error;
    return bad(name, error.message, error.hint ?? null);
  }
}

/** Hours, rates and expiry are as good as the clock. */
async function checkClock({ dataDirectory }: Place): Promise<CheckResult> {
  const name = 'clock';
  const nowMs = Date.now();
  const now = new Date(nowMs).toISOString();
  const hint = 'set the clock, and keep it set: hours, rates and expiry depend on it';
  if (nowMs < releasedAtMs) return bad(name, `it says ${now}, before this version was made`, hint);
  if (existsSync(storeFiles(dataDirectory).database)) {
    await using reader = await openSqliteReader({ directory: dataDirectory, foldRun: fold });
    const [newest] = await reader.events({ limit: 1, newestFirst: true });
    if (newest !== undefined && newest.event.atMs > nowMs + clockBackMaxMs) {
      const last = new Date(newest.event.atMs).toISOString();
      return bad(name, `it says ${now}, and the last event was at ${last}`, hint);
    }
  }
  return good(name, now);
}
