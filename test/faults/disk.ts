/**
 * A gateway whose disk fills up, turns read-only, is taken away or closed to it while it works. The disk is a small file
 * system of its own, mounted where the data directory is; only root can do that.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { isJsonObject } from '../../src/content/value.ts';
import { Browser } from '../console-rig.ts';
import { callTool } from '../mcp-client.ts';
import { seededRandom } from '../seeded-random.ts';
import { Client } from './clients.ts';
import { end, openScene, type Scene } from './scene.ts';

const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
const nobody = 65_534;
const diskBytes = 32 * 1024 * 1024;

/** Why no disk can be mounted here, with what to do; null: it can. */
export function whyNoDisk(): string | null {
  if (process.getuid?.() !== 0) return 'mounting a small disk needs root';
  if (spawnSync('mkfs.ext4', ['-V']).error !== undefined)
    return '`mkfs.ext4` is not installed: apt-get install e2fsprogs';
  return spawnSync('losetup', ['--find']).status === 0
    ? null
    : 'there is no free loop device here: run where /dev/loop* is';
}

export interface DiskRow {
  readonly what: string;
  /** What happens to the disk, while the gateway works. */
  readonly breaks: (disk: Disk) => void;
  readonly mends: (disk: Disk) => void;
  /** What a call gets then: `silent` is a 503, for not even the refusal could be written down. */
  readonly answers: readonly ('refuses' | 'silent')[];
  /** What the operator's log says. */
  readonly says: RegExp;
  /** What a start says before anything is mended; null: nothing is there that it could be started on. */
  readonly start: RegExp | null;
}

export const diskRows: readonly DiskRow[] = [
  {
    what: 'the disk is full',
    breaks: (disk) => disk.fill(),
    mends: (disk) => disk.empty(),
    answers: ['refuses', 'silent'],
    says: /(?:disk is full|ENOSPC: no space left on device, write) \(free space on the disk of the data directory, then restart\)/,
    start: /disk is full|no space/i,
  },
  {
    what: 'the disk turns read-only',
    breaks: (disk) => disk.abort(),
    mends: (disk) => disk.repair(),
    answers: ['silent'],
    says: /(?:disk I\/O error|EROFS: read-only file system, write) \(mend the disk, then restart/,
    start: /EROFS.*its file system is read-only/,
  },
  {
    what: 'the gateway may not enter its data directory any more',
    breaks: (disk) => disk.close(),
    mends: (disk) => disk.reopen(),
    answers: ['refuses'],
    says: /permission denied/,
    start: /EACCES|permission denied/,
  },
  {
    what: 'the data directory is removed',
    breaks: (disk) => disk.remove(),
    mends: () => undefined,
    answers: ['refuses'],
    says: /was removed or replaced \(put the data directory back as it was, then restart/,
    start: null,
  },
];

export async function performDisk(row: DiskRow, compileCache: string): Promise<readonly string[]> {
  const wrong: string[] = [];
  await using scene = await openScene({ stdio: false, compileCache, holdsFor: '10m' });
  using disk = new Disk(scene.dataDirectory);
  const client = new Client(scene, 'd', seededRandom(1));
  const up = await start(scene);
  if (up.url === null) return [`it did not start: ${up.log()}`];
  if (!(await client.work(up.url, 6))) wrong.push('it went away while all was well');
  const held = await wire(scene, up.url);
  row.breaks(disk);
  if (await agrees(scene, up.console, held)) wrong.push('it takes an answer that it can’t keep');
  await wire(scene, up.url, 'unasked');
  const before = scene.witness.answers.length;
  await client.work(up.url, 8);
  const answer = await probe(scene, up.url);
  if (answer === 'serves' || !row.answers.includes(answer)) wrong.push(`then it ${answer}`);
  if (!row.says.test(up.log())) wrong.push(`its log does not say what is wrong: ${up.log()}`);
  await end(up.child, 'SIGTERM');
  if (row.start === null) {
    if (scene.witness.answers.slice(before).some(({ type }) => type === 'result'))
      wrong.push('it acknowledged what is lost');
    return wrong;
  }
  const broken = await start(scene);
  if (broken.url !== null) wrong.push('it starts while nothing is mended');
  else if (!row.start.test(broken.log())) wrong.push(`its start says: ${broken.log()}`);
  await end(broken.child, 'SIGKILL');

  row.mends(disk);
  const last = await start(scene);
  if (last.url === null) return [...wrong, `it does not start when mended: ${last.log()}`];
  if (!(await client.work(last.url, 6))) wrong.push('the mended gateway went away');
  if ((await probe(scene, last.url)) !== 'serves') wrong.push('the mended gateway does not serve');
  if (!(await agrees(scene, last.console, held))) wrong.push('nobody is asked what was held');
  await end(last.child, 'SIGTERM');
  const wired = scene.effects().filter(({ tool }) => tool === 'desk.wire');
  if (wired.some(({ args }) => args['id'] === 'unasked'))
    wrong.push('it did what nobody agreed to');
  for (const { invariant, detail } of await scene.check('stopped'))
    wrong.push(`${invariant}: ${detail}`);
  return wrong;
}

/** How a gateway answers now, to a call that writes. */
export async function probe(scene: Scene, url: string): Promise<'refuses' | 'silent' | 'serves'> {
  const [token] = scene.tokens.agents;
  const id = `probe ${scene.witness.answers.length}`;
  const { result, error } = await callTool(url, token, 'desk.note', { id });
  if (error !== undefined) return 'silent';
  const decision = result?._meta?.['dev.sallyport/decision'];
  if (decision?.code !== 'store.unavailable') return 'serves';
  scene.witness.answers.push({ type: 'refused', call: decision.call, code: decision.code });
  return 'refuses';
}

/** A call that waits for a person. @returns its id. */
async function wire(scene: Scene, url: string, id = 'wired'): Promise<string> {
  const [token] = scene.tokens.agents;
  const { result } = await callTool(url, token, 'desk.wire', { id });
  return result?._meta?.['dev.sallyport/decision']?.call ?? '';
}

/** @returns whether it counts. */
async function agrees(scene: Scene, console: string, call: string): Promise<boolean> {
  const browser = new Browser(console);
  await browser.post('/api/session', { token: scene.tokens.approvers[0] });
  const { json } = await browser.get(`/api/holds/${call}`);
  const digest = isJsonObject(json) ? json['digest'] : null;
  const said = { answer: 'approve', digest, reason: null };
  const { status } = await browser.post(`/api/holds/${call}/answer`, said);
  if (status === 200) scene.witness.approvals.push({ call, answer: 'approve' });
  return status === 200;
}

interface Started {
  readonly child: ChildProcess;
  /** Null: it ended instead. */
  readonly url: string | null;
  readonly console: string;
  /** Everything it said to its operator. */
  readonly log: () => string;
}

/** As nobody in particular: root may enter everywhere. */
async function start(scene: Scene): Promise<Started> {
  const child = spawn(
    process.execPath,
    [main, 'up', '--policy', scene.policyFile, '--port', '0', '--json'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      uid: nobody,
      gid: nobody,
    },
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const line = once(createInterface(child.stdout), 'line').then(([text]) => String(text));
  const first = await Promise.race([line, once(child, 'exit').then(() => null)]);
  const answer: { url?: string; console?: string } = first === null ? {} : JSON.parse(first);
  if (answer.url === undefined) said += first ?? '';
  return {
    child,
    url: answer.url?.replace(/\/mcp$/, '') ?? null,
    console: answer.console ?? '',
    log: () => said,
  };
}

class Disk implements Disposable {
  readonly #directory: string;
  readonly #image: string;
  readonly #aside: string;

  /** Moves the data directory onto a disk of its own. */
  constructor(directory: string) {
    this.#directory = directory;
    this.#image = `${directory}.image`;
    this.#aside = `${directory}.aside`;
    renameSync(directory, this.#aside);
    mkdirSync(directory);
    writeFileSync(this.#image, '');
    truncateSync(this.#image, diskBytes);
    run('mkfs.ext4', ['-q', '-m', '0', this.#image]);
    this.#mount();
    cpSync(this.#aside, directory, { recursive: true, preserveTimestamps: true });
    run('chown', ['-R', `${nobody}:${nobody}`, directory]);
    chmodSync(directory, 0o700);
    chmodSync(dirname(directory), 0o755);
    run('sync', ['--file-system', directory]);
  }

  fill(): void {
    const fd = openSync(join(this.#directory, 'ballast'), 'w', 0o600);
    try {
      for (let size = 1_048_576; size >= 512; size /= 2) {
        const block = Buffer.alloc(size, 'x');
        try {
          for (;;) if (writeSync(fd, block) < size) break;
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
        }
      }
    } finally {
      closeSync(fd);
    }
  }

  empty(): void {
    rmSync(join(this.#directory, 'ballast'));
  }

  /** As when the kernel finds its own file system broken: nothing can be written any more, opened before or not. */
  abort(): void {
    run('mount', ['-o', 'remount,abort', this.#directory]);
  }

  repair(): void {
    run('umount', [this.#directory]);
    spawnSync('e2fsck', ['-p', this.#image]);
    this.#mount();
  }

  /** The directory stays, for it is where the disk is mounted. */
  remove(): void {
    for (const name of readdirSync(this.#directory))
      rmSync(join(this.#directory, name), { recursive: true });
  }

  close(): void {
    chmodSync(this.#directory, 0);
  }

  reopen(): void {
    chmodSync(this.#directory, 0o700);
  }

  [Symbol.dispose](): void {
    spawnSync('umount', ['-l', this.#directory]);
    rmSync(this.#image, { force: true });
    if (existsSync(this.#aside)) rmSync(this.#aside, { recursive: true });
  }

  #mount(): void {
    run('mount', ['-o', 'loop', this.#image, this.#directory]);
  }
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args);
  if (status !== 0) throw new Error(`${command}: ${String(stderr)}`);
}
