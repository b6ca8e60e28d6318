/** The README is run: its tour on a copy of the quickstart, its snippet as a program of its own. */
import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';

const repository = join(import.meta.dirname, '..');
const readme = readFileSync(join(repository, 'README.md'), 'utf8');
const directory = mkdtempSync(join(tmpdir(), 'sallyport-readme-'));
const readyMs = 30_000;
const separator = '-- next command --';

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function block(language: string): string {
  const found = new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(readme)?.[1];
  if (found === undefined) throw new Error(`the README has no block of ${language}`);
  return found;
}

test('the two commands are scripts of the package', () => {
  const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  expect(block('sh')).toBe('npm ci && npm start\nnpm ci && npm test\n');
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'test', 'sallyport']));
});

test('the tour', { timeout: 240_000 }, async () => {
  const clone = cloneOfQuickstart();
  const gateway = spawn('npm', ['start'], {
    cwd: clone,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  // Ends when the gateway itself does: npm leaves by the signal.
  const said = text(gateway.stdout);
  try {
    const { token, yourToken, port } = await started(gateway.stdout);
    const tour = commandsOf(block('console'));
    const script = tour
      .map(({ command }) => `echo '${separator}'\n${command}`)
      .join('\n')
      .replace('sp_agent_…', token)
      .replace('sp_approver_…', yourToken)
      .replaceAll('127.0.0.1:7080', `127.0.0.1:${port}`);
    const shell = spawn('bash', ['-c', script], {
      cwd: clone,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const printed = (await text(shell.stdout)).split(`${separator}\n`).slice(1);
    expect(
      tour.map(({ command }, index) => ({ command, printed: masked(printed[index] ?? '') })),
    ).toEqual(tour.map(({ command, output }) => ({ command, printed: masked(output) })));
  } finally {
    // As Ctrl-C does: the whole foreground group hears it.
    process.kill(-Number(gateway.pid), 'SIGINT');
  }
  expect(await said).toMatch(/stopping: the tokens are revoked, the record stays\n$/);
});

test('the snippet', { timeout: 60_000 }, async () => {
  const folder = join(directory, 'snippet');
  mkdirSync(folder);
  writeFileSync(join(folder, 'sallyport.yaml'), block('yaml'));
  const entry = join(repository, 'src', 'index.ts');
  writeFileSync(join(folder, 'main.ts'), block('ts').replace("'sallyport'", `'${entry}'`));
  const program = spawn(process.execPath, ['main.ts'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  expect(await text(program.stdout)).toBe(block('text'));
});

/** Only what the tour touches is a copy; everything else is the repository's own. */
function cloneOfQuickstart(): string {
  const clone = join(directory, 'clone');
  const example = join(repository, 'examples', 'quickstart');
  cpSync(example, join(clone, 'examples', 'quickstart'), {
    recursive: true,
    filter: (file) => !file.startsWith(join(example, '.sallyport')),
  });
  for (const name of ['src', 'scripts', 'node_modules', 'package.json'])
    symlinkSync(join(repository, name), join(clone, name));
  return clone;
}

interface Started {
  readonly token: string;
  readonly yourToken: string;
  readonly port: string;
}

function started(out: NodeJS.ReadableStream): Promise<Started> {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error(`npm start said: ${said}`)), readyMs);
    out.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const token = /sp_agent_\S+/.exec(said)?.[0];
      const port = /http:\/\/127\.0\.0\.1:(\d+)\/mcp/.exec(said)?.[1];
      const yourToken = /sp_approver_\S+/.exec(said)?.[0];
      if (token === undefined || yourToken === undefined || port === undefined) return;
      if (!said.includes('4. Verified')) return;
      clearTimeout(late);
      resolve({ token, yourToken, port });
    });
  });
}

function commandsOf(console: string): { readonly command: string; readonly output: string }[] {
  return console
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { command: part.slice(0, end), output: part.slice(end + 1) };
    });
}

/** What differs from one start to the next: ids, times, and how many events came before. */
function masked(output: string): string {
  return output
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/\[(\/?data) [\w-]{24}\]/g, '[$1 BOUNDARY]')
    .replaceAll(/call_[\w-]{24}/g, 'CALL')
    .replaceAll(/sallyport\.local\/[0-9a-f]{12}/g, 'ORIGIN')
    .replaceAll(/\d+ (events|sealed)/g, 'N $1')
    .replaceAll(/^\d+ +TIME/gm, 'SEQ  TIME');
}
