/** What the documents name is there: links, files, commands and their options, tests, figures, and the files of a data directory. */
import { cpSync, existsSync, globSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { figures } from '../bench/results.ts';
import { run } from '../src/cli/program.ts';
import { httpLimits } from '../src/edges/http/limits.ts';
import { mcpLimits } from '../src/edges/mcp/limits.ts';
import { limits } from '../src/engine/limits.ts';
import { upstreamLimits } from '../src/upstreams/limits.ts';
import { startCliProject } from './cli-project.ts';
import { detectorFigures, figures as protectionFigures } from './protection/results.ts';

const repository = join(import.meta.dirname, '..');
const documents = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], { cwd: repository }).map(
  (name) => ({ name, text: readFileSync(join(repository, name), 'utf8') }),
);
const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));

function named(pattern: RegExp): (readonly [document: string, found: string])[] {
  return documents.flatMap(({ name, text }) =>
    [...text.matchAll(pattern)].map(([, found = '']) => [name, found] as const),
  );
}

test('there are documents', () => {
  expect(documents.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['README.md', 'docs/operations.md', 'docs/threat-model.md']),
  );
});

test.each(named(/\]\(((?!https?:|#)[^)\s#]+)(?:#[^)]*)?\)/g))(
  '%s links to %s',
  (document, link) => {
    expect(existsSync(join(repository, dirname(document), link))).toBe(true);
  },
);

test.each(named(/`((?:src|test|docs|examples|scripts|bench|toolchain)\/[^`\s*<>…]+)`/g))(
  '%s names %s',
  (_, path) => {
    expect(existsSync(join(repository, path))).toBe(true);
  },
);

test.each(named(/\bnpm run (?:-s )?([a-z:-]+)/g))('%s says npm run %s', (_, script) => {
  expect(Object.keys(scripts)).toContain(script);
});

/** Everything that is written as a command: in a line of a block, or between backticks. */
const commands = [
  ...named(/^(?:\$ )?((?:npm run -s )?sallyport (?:-- )?[a-z].*)$/gm),
  ...named(/`((?:npm run -s )?sallyport [a-z][^`]*)`/g),
].map(
  ([document, line]) => [document, line.replace('npm run -s sallyport -- ', 'sallyport ')] as const,
);

test.each(commands)('%s: %s', async (_, line) => {
  const words = (line.split(/[|>#;)]/)[0] ?? '').trim().split(/\s+/).slice(1);
  const names = words.slice(0, 2).filter((word) => /^[a-z]+$/.test(word));
  const help = (await helpOf(names)) ?? (await helpOf(names.slice(0, 1)));
  expect(help).not.toBeNull();
  for (const option of words.filter((word) => /^--?[a-z]/.test(word)))
    expect(help).toMatch(new RegExp(`(^|[\\s,])${option}([\\s,]|$)`, 'm'));
});

async function helpOf(names: readonly string[]): Promise<string | null> {
  let text = '';
  const sink = { write: (part: string) => (text += part) };
  const code = await run([...names, '--help'], { out: sink, err: sink });
  const usage = `Usage: ${['sallyport', ...names].join(' ')}`;
  return code === 0 && text.includes(`${usage} `) ? text : null;
}

test.each(
  documents.flatMap(({ name, text }) =>
    [...text.matchAll(/\]\(([^)]+\.test\.ts)\) “([^”]+)”/g)].map(
      ([, file = '', title = '']) => [name, file, title] as const,
    ),
  ),
)('%s: %s has a test “%s”', (document, file, title) => {
  expect(readFileSync(join(repository, dirname(document), file), 'utf8')).toContain(title);
});

test('the figures of performance.md are those that were measured last', async () => {
  const text = readFileSync(join(repository, 'docs/performance.md'), 'utf8');
  expect(text).toContain(`-->\n\n${await figures()}\n<!--`);
});

test('the figures of the README are those that were measured last', () => {
  const text = readFileSync(join(repository, 'README.md'), 'utf8');
  expect(text).toContain(`-->\n\n${protectionFigures()}\n<!--`);
});

test('every promise of the threat model names its test', () => {
  const { text = '' } = documents.find(({ name }) => name === 'docs/threat-model.md') ?? {};
  const [, promises = ''] = /## What they can't do\n([\s\S]*?)\n## /.exec(text) ?? [];
  const rows = promises
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1);
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) expect(row).toMatch(/\.test\.ts\) “/);
});

const bounds: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  httpLimits,
  limits,
  mcpLimits,
  upstreamLimits,
};

test.each(
  documents.flatMap(({ name, text }) =>
    [...text.matchAll(/\| ([\d,]+)(?: [a-z]+)? \| `((?:[a-z]+L|l)imits)\.([A-Za-z]+)` \|/g)].map(
      ([, figure = '', room = '', bound = '']) => [name, `${room}.${bound}`, figure] as const,
    ),
  ),
)('%s: %s is %s', (_, bound, figure) => {
  const [room = '', name = ''] = bound.split('.');
  expect(bounds[room]?.[name]?.toLocaleString('en-US')).toBe(figure);
});

test('files, modes, backup and going back are as operations.md says', {
  timeout: 60_000,
}, async () => {
  await using project = await startCliProject();
  const data = join(project.directory, '.sallyport');
  const { text = '' } = documents.find(({ name }) => name === 'docs/operations.md') ?? {};
  const rows = [...text.matchAll(/^\| `([^`]+)` \| (\d{3}) \|/gm)];
  const said = rows.map(([, file = '', mode = '']) => [file, mode]);
  expect(said.length).toBeGreaterThan(5);
  const found = said.map(([file = '']) => [
    file,
    (statSync(join(data, file)).mode & 0o777).toString(8),
  ]);
  expect(found).toEqual(said);
  const listed = globSync('*', { cwd: data }).filter((file) => !/-(wal|shm|journal)$/.test(file));
  expect(listed.filter((file) => !said.some(([known]) => known === file))).toEqual([]);

  // A copy of a stopped gateway's directory verifies; put back later, a newer checkpoint tells.
  expect(await project.stopAll()).toEqual([0]);
  cpSync(data, join(project.directory, 'backup'), { recursive: true });
  await project.shell('cp .sallyport/checkpoint kept.checkpoint');
  const verify = 'sallyport ledger verify --checkpoint kept.checkpoint';
  expect(await project.shell(`${verify} --data backup`)).toMatchObject({ code: 0 });
  await project.shell('sallyport suspend reporter && cp .sallyport/checkpoint kept.checkpoint');
  expect(await project.shell(verify)).toMatchObject({ code: 0 });
  rmSync(data, { recursive: true });
  cpSync(join(project.directory, 'backup'), data, { recursive: true });
  expect(await project.shell('sallyport ledger verify')).toMatchObject({ code: 0 });
  expect(await project.shell(verify)).toMatchObject({ code: 1 });
});

test('the figures of content.md are those that were measured last', () => {
  expect(readFileSync(new URL('../docs/content.md', import.meta.url), 'utf8')).toContain(
    `-->\n\n${detectorFigures()}\n<!--`,
  );
});
