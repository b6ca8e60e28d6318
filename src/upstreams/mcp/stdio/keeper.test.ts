/** No child outlives the gateway: tried with real processes that don't want to go. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { stdioServerPath } from '../../../../test/upstreams/open.ts';
import { KeptProcess } from './process.ts';

const standInPath = fileURLToPath(
  new URL('../../../../test/upstreams/gateway-stand-in.ts', import.meta.url),
);

/** Short, for these are sure to use it up. */
const graceMs = 300;

let directory: string;
let pidsFile: string;
const started: number[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sallyport-keeper-'));
  pidsFile = join(directory, 'pids');
});

afterEach(() => {
  for (const pid of started.splice(0)) if (alive(pid)) process.kill(pid, 'SIGKILL');
  rmSync(directory, { recursive: true });
});

/** The server, its child in the same group, and its daemon outside of it. */
async function pids(): Promise<readonly number[]> {
  await vi.waitFor(() => expect(existsSync(pidsFile)).toBe(true), { timeout: 20_000 });
  const found: readonly number[] = JSON.parse(readFileSync(pidsFile, 'utf8'));
  expect(found).toHaveLength(3);
  started.push(...found);
  return found;
}

async function expectGone(processes: readonly number[]): Promise<void> {
  await vi.waitFor(() => expect(processes.filter(alive)).toEqual([]), {
    timeout: 20_000,
    interval: 50,
  });
}

/** A process that has ended and waits for its parent to notice is gone. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function keep(...options: string[]): KeptProcess {
  return new KeptProcess(
    {
      command: process.execPath,
      args: [stdioServerPath, ...options],
      env: { PATH: process.env['PATH'] ?? '' },
      directory: tmpdir(),
    },
    graceMs,
  );
}

async function startStandIn(...options: string[]): Promise<ChildProcess> {
  const standIn = spawn(process.execPath, [standInPath, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (standIn.pid !== undefined) started.push(standIn.pid);
  await new Promise<void>((resolve) => standIn.stdout?.once('data', () => resolve()));
  return standIn;
}

describe('the gateway is killed', () => {
  test.each([
    ['and its server would leave by itself', []],
    ['and its server ignores the end of stdin and SIGTERM', ['--stubborn']],
  ])('SIGKILL, %s: nothing of it is left', async (_, options) => {
    const standIn = await startStandIn(`--children=${pidsFile}`, ...options);
    const processes = await pids();
    expect(processes.filter(alive)).toEqual(processes);
    standIn.kill('SIGKILL');
    await expectGone(processes);
  });
});

describe('the gateway closes it', () => {
  test.each([
    ['a server that leaves when its stdin ends', []],
    ['a server that has to be killed', ['--stubborn']],
  ])('%s: gone with its child and its daemon when `close` resolves', async (_, options) => {
    const kept = keep(`--children=${pidsFile}`, ...options);
    const processes = await pids();
    await kept.close();
    await expectGone(processes);
  });

  test('closing twice, and closing what has ended, is fine', async () => {
    const kept = keep('--exit-at-start');
    expect(await kept.ended).toBe('exited with code 3');
    await kept.close();
    await kept.close();
  });
});

describe('something else ends', () => {
  test('the keeper is killed: the gateway ends the server', async () => {
    const kept = keep(`--children=${pidsFile}`, '--stubborn');
    const processes = await pids();
    process.kill(kept.keeperPid ?? 0, 'SIGKILL');
    expect(await kept.ended).toBe('its keeper was killed');
    await expectGone(processes);
    await kept.close();
  });

  test('the server crashes: its child and its daemon go too', async () => {
    const kept = keep(`--children=${pidsFile}`);
    const processes = await pids();
    process.kill(processes[0] ?? 0, 'SIGKILL');
    expect(await kept.ended).toBe('was ended by SIGKILL');
    await expectGone(processes);
    await kept.close();
  });
});

test('a command that does not exist says so', async () => {
  const kept = new KeptProcess({
    command: '/nonexistent/server',
    args: [],
    env: {},
    directory: tmpdir(),
  });
  expect(await kept.ended).toBe('there is no such command');
  await kept.close();
});

test('neither the command line nor the environment of the keeper shows what the server is given', async () => {
  const kept = new KeptProcess(
    {
      command: process.execPath,
      args: [stdioServerPath, `--children=${pidsFile}`],
      env: { PATH: process.env['PATH'] ?? '', TOKEN: 'correct-horse-battery' },
      directory: tmpdir(),
    },
    graceMs,
  );
  await pids();
  for (const file of ['cmdline', 'environ']) {
    expect(readFileSync(`/proc/${kept.keeperPid}/${file}`, 'utf8')).not.toContain(
      'correct-horse-battery',
    );
  }
  await kept.close();
});

test('a server runs in the directory it is given, wherever the gateway was started', async () => {
  const here = realpathSync(tmpdir());
  const kept = new KeptProcess({
    command: process.execPath,
    args: ['-e', 'process.stdout.write(process.cwd())'],
    env: {},
    directory: here,
  });
  expect(await text(kept.stdout)).toBe(here);
  await kept.close();
});
