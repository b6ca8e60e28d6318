/**
 * Builds the console's pages into `dist/console`: one script, one stylesheet, each named by its content, each also as a server
 * sends it (Brotli, gzip). What runs in an approver's browser is written in `console`, is Preact or is named here: anything else is
 * refused.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

const root = join(import.meta.dirname, '..');
const source = join(root, 'console');
const target = join(root, 'dist', 'console');
const styles = ['base', 'layout', 'parts', 'lists', 'pages'];
/** Pure, and the gateway's own word on what is disguised: a page that had another would mark other letters than the hold does. */
const shared = ['src/content/disguises.ts', 'src/content/detection/injection/fold-unit.ts'];
/** What a browser loads before it shows anything, as it is sent. */
const scriptBytesMax = 60_000;

async function script(): Promise<string> {
  await using bundle = await rolldown({
    input: join(source, 'main.tsx'),
    platform: 'browser',
    onLog(level, log) {
      throw new Error(`${level}: ${log.message}`);
    },
  });
  const { output } = await bundle.generate({
    format: 'es',
    minify: true,
    codeSplitting: false,
    comments: { legal: false },
  });
  const [chunk, ...others] = output;
  if (others.length > 0) throw new Error('the console is one script');
  const strangers = chunk.moduleIds
    .map((id) => relative(root, id))
    .filter((id) => !/^(console\/|node_modules\/preact\/|\0)/.test(id) && !shared.includes(id));
  if (strangers.length > 0) throw new Error(`not for a browser: ${strangers.join(', ')}`);
  return chunk.code;
}

async function stylesheet(): Promise<string> {
  const parts = styles.map((name) => readFile(join(source, 'styles', `${name}.css`), 'utf8'));
  const css = (await Promise.all(parts)).join('\n');
  return css.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/\n\s*/g, '\n');
}

/** Preact's licence wants to be with it, and nobody's first paint is to wait for it. */
async function licence(): Promise<string> {
  const text = await readFile(join(root, 'node_modules', 'preact', 'LICENSE'), 'utf8');
  return `The console's script contains Preact (https://preactjs.com):\n\n${text}`;
}

/** @returns how many bytes a browser gets. */
async function write(name: string, text: string): Promise<number> {
  const file = join(target, name);
  const bytes = Buffer.from(text, 'utf8');
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  await writeFile(file, bytes);
  await writeFile(`${file}.br`, brotli);
  await writeFile(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  return brotli.length;
}

/** Whoever has it may keep it for ever: another content has another name. */
function named(name: string, text: string): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return name.replace('.', `-${hash}.`);
}

const [code, css, html, icon] = await Promise.all([
  script(),
  stylesheet(),
  readFile(join(source, 'index.html'), 'utf8'),
  readFile(join(source, 'icon.svg'), 'utf8'),
]);
const files = [
  ['main.js', code],
  ['style.css', css],
  ['icon.svg', icon],
] as const;

await mkdir(join(target, 'assets'), { recursive: true });
const kept = new Set<string>();
let page = html;
for (const [name, text] of files) {
  const place = `/assets/${named(name, text)}`;
  for (const ending of ['', '.br', '.gz']) kept.add(`${place}${ending}`.replace('/assets/', ''));
  page = page.replaceAll(`"/${name}"`, `"${place}"`);
  const sent = await write(place, text);
  console.log(`dist/console${place}: ${text.length} bytes, ${sent} sent`);
  if (name === 'main.js' && sent > scriptBytesMax)
    throw new Error(`the console's script is ${sent} bytes; at most ${scriptBytesMax}`);
}
await write('index.html', page);
// Last: a gateway that starts meanwhile finds the one console or the other.
for (const name of await readdir(join(target, 'assets')))
  if (!kept.has(name)) await rm(join(target, 'assets', name));
await writeFile(join(target, 'licences.txt'), await licence());
