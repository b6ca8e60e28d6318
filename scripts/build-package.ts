/**
 * Builds what runs: the library, the command line, and what those start as threads and processes, each one file with what it
 * shares with the others beside it. As hundreds of modules a third of a start would be spent on finding them.
 *
 *     node scripts/build-package.ts [folder]
 *
 * Dependencies stay what they are: packages, installed and audited as such.
 */
import { readdir, rm } from 'node:fs/promises';
import { isAbsolute, join, posix, relative, sep } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';

const root = join(import.meta.dirname, '..');
const source = join(root, 'src');
const [folder = 'dist'] = process.argv.slice(2);
const target = isAbsolute(folder) ? folder : join(root, folder);

/** The last four are started by their path. */
const entries = [
  'index',
  'cli/main',
  'cli/verify-thread',
  'scanning/scan-thread',
  'store/sqlite/writer-thread',
  'upstreams/mcp/stdio/keeper',
];

/** Modules say where other files lie by where they lie themselves: they say the same when they lie together with others. */
const places: Plugin = {
  name: 'places',
  transform(code, id) {
    if (!code.includes('import.meta.url')) return null;
    const module = relative(source, id).split(sep).join('/').replace(/\.ts$/, '');
    return { code: code.replaceAll('import.meta.url', `placeOfModule("${module}")`), map: null };
  },
  renderChunk(code, { fileName }) {
    const from = posix.dirname(fileName);
    return {
      map: null,
      code: code.replaceAll(/placeOfModule\("([^"]+)"\)/g, (_, module: string) => {
        const place = posix.relative(from, `${module}.js`);
        return `new URL("${place.startsWith('.') ? place : `./${place}`}", import.meta.url).href`;
      }),
    };
  },
};

/**
 * One letter beyond Latin-1, and the engine holds the whole file in letters of two bytes: for the few there are that would be
 * two megabytes of an idle gateway. In their escaped form they are the same in every text and pattern.
 */
const ascii: Plugin = {
  name: 'ascii',
  generateBundle(_, files) {
    for (const file of Object.values(files))
      if (file.type === 'chunk') file.code = escaped(file.code, file.fileName);
  },
};

function escaped(code: string, fileName: string): string {
  return code.replaceAll(/(\\*)([^\0-\x7f])/g, (_, before: string, unit: string) => {
    // Escaped already, and so it would come to mean something else.
    if (before.length % 2 === 1) throw new Error(`${fileName}: a backslash before ${unit}`);
    return `${before}\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

await using bundle = await rolldown({
  input: Object.fromEntries(entries.map((name) => [name, join(source, `${name}.ts`)])),
  platform: 'node',
  external: (id) => !id.startsWith('.') && !isAbsolute(id),
  plugins: [places, ascii],
  onLog(level, log) {
    throw new Error(`${level}: ${log.message}`);
  },
});
const { output } = await bundle.write({
  dir: target,
  format: 'es',
  entryFileNames: '[name].js',
  chunkFileNames: 'shared/[name]-[hash].js',
  sourcemap: true,
  comments: false,
});
const written = new Set(output.map(({ fileName }) => fileName));
// Last, so that whoever starts meanwhile finds the one build or the other.
for (const entry of await readdir(target, { recursive: true })) {
  const name = entry.split(sep).join('/');
  if (!name.startsWith('console/') && /\.js(\.map)?$/.test(name) && !written.has(name))
    await rm(join(target, entry));
}
