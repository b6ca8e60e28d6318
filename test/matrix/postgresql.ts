/** A PostgreSQL server of its own for one round: without a network, and gone afterwards. */
import { chown, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun, run } from '../../examples/email-agent/rig/process.ts';
import { temporaryDirectory } from '../../examples/email-agent/rig/temporary.ts';

const packageName = 'postgresql';
const installMs = 10 * 60_000;
const commandMs = 60_000;
const debianPlace = '/usr/lib/postgresql';

export interface Server extends AsyncDisposable {
  /** The major version: 15. */
  readonly version: number;
  /** Runs a script of psql, and returns what it printed. */
  psql(script: string): Promise<string>;
}

export async function startPostgresql(): Promise<Server> {
  const version = (await installed()) ?? (await install());
  const bin = (name: string): string => join(debianPlace, String(version), 'bin', name);
  // Its own, since the server's user can't enter another's.
  const directory = await temporaryDirectory('sallyport-postgresql-');
  const data = directory.path;
  const as = await unprivileged(data);
  const server = async (name: string, args: readonly string[]): Promise<string> => {
    const [command = '', ...rest] = [...as, bin(name), ...args];
    return await mustRun(command, rest, { cwd: data, timeoutMs: commandMs });
  };
  await server('initdb', ['-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync']);
  const options = `-c listen_addresses= -c unix_socket_directories=${data} -c fsync=off`;
  await server('pg_ctl', ['-D', data, '-o', options, '-l', join(data, 'log'), '-w', 'start']);
  return {
    version,
    psql: (script) =>
      mustRun(bin('psql'), ['-h', data, '-U', 'postgres', '-XqAt', '-P', 'null=-', '-f', '-'], {
        input: script,
        timeoutMs: commandMs,
      }),
    [Symbol.asyncDispose]: async () => {
      await server('pg_ctl', ['-D', data, '-m', 'immediate', '-w', 'stop']);
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** The newest that Debian has put there; null: none. */
async function installed(): Promise<number | null> {
  const versions = await readdir(debianPlace).catch(() => []);
  return versions.map(Number).toSorted((one, other) => other - one)[0] ?? null;
}

async function install(): Promise<number> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const args = ['install', '-y', '--no-install-recommends', packageName];
  const first = await run('apt-get', args, { env, timeoutMs: installMs });
  if (first.code !== 0) {
    await mustRun('apt-get', ['update'], { env, timeoutMs: installMs });
    await mustRun('apt-get', args, { env, timeoutMs: installMs });
  }
  const version = await installed();
  if (version === null) throw new Error(`${packageName} was installed, and isn't there`);
  return version;
}

/** The server refuses to run as root. */
async function unprivileged(data: string): Promise<readonly string[]> {
  if (process.getuid?.() !== 0) return [];
  const ids = await mustRun('id', ['-u', 'postgres'], { timeoutMs: commandMs });
  const groups = await mustRun('id', ['-g', 'postgres'], { timeoutMs: commandMs });
  const [uid, gid] = [Number(ids), Number(groups)];
  await chown(data, uid, gid);
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
}
