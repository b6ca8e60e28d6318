/** A project of one filesystem server in a temporary folder, and the command line as a shell finds it: the built one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { JsonObject } from '../src/content/value.ts';
import { askGateway } from '../src/edges/admin/client.ts';
import type { OperationName } from '../src/edges/admin/operations.ts';
import { buildPackage } from './built-package.ts';

const repository = join(import.meta.dirname, '..');
const readyMs = 30_000;

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CliProject extends AsyncDisposable {
  readonly directory: string;
  /** Where the program was built. */
  readonly program: string;
  /** Runs a line as it stands, in a shell, with `sallyport` on the path. */
  readonly shell: (line: string) => Promise<Ran>;
  /** Runs a line that stays, until it has said that it is up; `end` interrupts it. */
  readonly start: (line: string) => Promise<Started>;
  /** Ends everything that was started; the exit codes. */
  readonly stopAll: () => Promise<(number | null)[]>;
}

export interface Started {
  readonly out: string;
  readonly err: string;
  readonly url: string;
  readonly end: () => Promise<number | null>;
}

const policy = `sallyport: 1
enforcement: strict
upstreams:
  files: { mcp: { command: ${join(repository, 'node_modules', '.bin', 'mcp-server-filesystem')}, args: [files] } }
tools:
  files.read_text_file: { action: read, tier: read_only, reach: internal, args: { path: path, head: number, tail: number } }
  files.list_directory: { action: read, tier: read_only, reach: internal, args: { path: path } }
  files.write_file: { action: write, tier: consequential, reach: internal, args: { path: path, content: content } }
users:
  static: { ann: { roles: [staff] } }
roles:
  staff:
    permissions:
      files: { read: allow, write: allow }
approvals: { default: staff, wait: 0s }
agents:
  reporter:
    acts_for: [staff]
    unattended: { owner: staff }
    permissions:
      files: { read: { paths: { under: [reports] } }, write: { paths: { under: [reports] } } }
`;

const policyTests = `policytest: 1
given: { agent: reporter, at: 2026-11-23T10:00:00Z }
tests:
  - name: reads a report
    call: files.read_text_file
    with: { path: reports/q3.txt }
    expect: allow
`;

export function makeCliProject(): CliProject {
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-cli-'));
  mkdirSync(join(directory, 'files', 'reports'), { recursive: true });
  mkdirSync(join(directory, 'bin'));
  writeFileSync(join(directory, 'files', 'reports', 'q3.txt'), 'sales went up\n');
  const built = buildPackage();
  const command = join(directory, 'bin', 'sallyport');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${built.main}' "$@"\n`);
  chmodSync(command, 0o755);
  const env = { ...process.env, PATH: `${join(directory, 'bin')}:${process.env['PATH'] ?? ''}` };
  const started = new Set<Started>();
  const spawned = (line: string) =>
    spawn('/bin/sh', ['-c', line], {
      cwd: directory,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const stopAll = () => Promise.all([...started].map((one) => one.end()));
  return {
    directory,
    program: built.directory,
    async shell(line) {
      const child = spawned(line);
      const [[code], out, err] = await Promise.all([
        once(child, 'close'),
        text(child.stdout),
        text(child.stderr),
      ]);
      return { code, out, err };
    },
    async start(line) {
      const child = spawned(`exec ${line}`);
      const ended = once(child, 'close');
      const said = { out: '', err: '' };
      child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
      const url = await new Promise<string>((resolve, reject) => {
        const fail = () => reject(new Error(`\`${line}\` did not come up: ${said.out}${said.err}`));
        const late = setTimeout(fail, readyMs);
        child.stdout.on('data', () => {
          const found = /http:\/\/127\.0\.0\.1:\d+\/mcp/.exec(said.out)?.[0];
          if (found === undefined) return;
          clearTimeout(late);
          resolve(found);
        });
        ended.then(fail, reject);
      });
      const one: Started = {
        get out() {
          return said.out;
        },
        get err() {
          return said.err;
        },
        url,
        async end() {
          started.delete(one);
          child.kill('SIGINT');
          const [code] = await ended;
          return code;
        },
      };
      started.add(one);
      return one;
    },
    stopAll,
    async [Symbol.asyncDispose]() {
      await stopAll();
      built[Symbol.dispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** With a policy whose tools are pinned, a table, a checkpoint that was kept, and a gateway in front. */
export async function startCliProject(): Promise<CliProject & { readonly url: string }> {
  const project = makeCliProject();
  const { directory, shell, start } = project;
  writeFileSync(join(directory, 'sallyport.yaml'), policy);
  // What `policy diff` compares with.
  writeFileSync(join(directory, 'accepted.yaml'), policy);
  writeFileSync(join(directory, 'sallyport.policytest.yaml'), policyTests);
  await shell('sallyport tools pin --all');
  const { url } = await start('sallyport up --port 0');
  const agent = (await shell('sallyport token --agent reporter')).out.trim();
  await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${agent}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'files.read_text_file', arguments: { path: 'reports/q3.txt' } },
    }),
  }).then((response) => response.text());
  await shell('umask 077; sallyport token --approver ann > ann.token');
  copyFileSync(join(directory, '.sallyport', 'checkpoint'), join(directory, 'kept.checkpoint'));
  return { ...project, url };
}

/** Something that a placeholder of an example stands for. */
export async function freshValue(
  project: CliProject & { readonly url: string },
  placeholder: string,
): Promise<string> {
  switch (placeholder) {
    case '<url>':
      return project.url;
    case '<token>':
      return (await project.shell('sallyport token --agent reporter')).out.trim();
    case '<id>': {
      const { out } = await project.shell('sallyport token --agent reporter --json');
      return z.object({ record: z.object({ id: z.string() }) }).parse(JSON.parse(out)).record.id;
    }
    case '<call>':
      return (await heldCall(project)).id;
    case '<digest>':
      return (await newestHold(project)).digest;
    case '<run>': {
      const { out } = await project.shell('sallyport token --opener backend');
      const response = await fetch(new URL('/v1/runs', project.url), {
        method: 'POST',
        headers: { authorization: `Bearer ${out.trim()}`, 'content-type': 'application/json' },
        body: JSON.stringify({ agent: 'reporter' }),
      });
      return z.object({ run: z.object({ id: z.string() }) }).parse(await response.json()).run.id;
    }
    default:
      throw new Error(`no example may say ${placeholder}`);
  }
}

export interface HeldCall {
  readonly id: string;
  readonly digest: string;
}

/** A call of an agent of its own, in the run of the handle or in one of its own, that waits for a person. */
export async function heldCall(
  project: CliProject & { readonly url: string },
  content = 'sales went down',
  handle: string | null = null,
): Promise<HeldCall> {
  const { token } = await operate(project, 'token.mint', {
    ...{ holder: 'agent', name: 'reporter', user: null, expiresInMs: null },
  });
  const response = await fetch(project.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${String(token)}`,
      'content-type': 'application/json',
      ...(handle === null ? {} : { 'sallyport-run': handle }),
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'files.write_file', arguments: { path: 'reports/q4.txt', content } },
    }),
  });
  await response.text();
  return newestHold(project);
}

const holds = z.object({
  holds: z.array(z.object({ id: z.string(), digest: z.string(), atMs: z.number() })).min(1),
});

async function newestHold(project: CliProject): Promise<HeldCall> {
  const listed = await operate(project, 'approvals.list', {});
  const [newest] = holds.parse(listed).holds.sort((a, b) => b.atMs - a.atMs);
  if (newest === undefined) throw new Error('nothing waits');
  return newest;
}

async function operate(
  { directory }: CliProject,
  name: OperationName,
  input: JsonObject,
): Promise<JsonObject> {
  const answer = await askGateway(join(directory, '.sallyport'), name, input);
  if (answer === null) throw new Error('no gateway runs');
  return answer;
}
