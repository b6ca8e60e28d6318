import { policyLimits } from '../defaults.ts';
import type { SourcePosition } from '../model.ts';
import type { Report } from '../report.ts';
import type { Steps } from '../steps.ts';
import { entryOf, type MapNode, type Node } from './node.ts';
import { type NodeCount, readYaml } from './yaml.ts';

export interface ReadFiles {
  /** All files as one map; null when not even the first could be read. */
  readonly root: MapNode | null;
  /** Every file that was asked for, in order: what a reload watches. */
  readonly files: readonly string[];
}

/** Maps whose entries may be spread over files: facts told once each, wherever they stand. */
const spread: ReadonlySet<string> = new Set([
  '/hours',
  '/upstreams',
  '/tools',
  '/roles',
  '/agents',
  '/users',
  '/users/static',
  '/approvals',
  '/alerts',
]);

/** Reads a policy and what it includes. Whoever can write an included path must not reach outside the policy's folder. */
export function* readFiles(
  file: string,
  readFile: (path: string) => string | null,
  report: Report,
): Steps<ReadFiles> {
  const reader = new FileReader(readFile, report);
  const root = yield* reader.read(file, { file, line: 1, column: 1 }, 0);
  return { root: reader.isOverfull ? null : root, files: reader.files };
}

class FileReader {
  readonly files: string[] = [];
  readonly #readFile: (path: string) => string | null;
  readonly #report: Report;
  readonly #count: NodeCount = { nodes: 0 };
  #bytes = 0;

  constructor(readFile: (path: string) => string | null, report: Report) {
    this.#readFile = readFile;
    this.#report = report;
  }

  /** Of such a policy nothing more is read, nor compiled: each file of it costs what a whole policy may. */
  get isOverfull(): boolean {
    return this.#count.nodes > policyLimits.nodesMax || this.#bytes > policyLimits.totalBytesMax;
  }

  *read(file: string, askedAt: SourcePosition, depth: number): Steps<MapNode | null> {
    this.files.push(file);
    if (isOverlay(file)) {
      this.#report.error('policy.file', askedAt, `\`${file}\` is an overlay for a later version`, {
        mend: 'name the policy that it is beside',
      });
      return null;
    }
    const text = this.#readFile(file);
    if (text === null) {
      this.#report.error(
        depth === 0 ? 'policy.file' : 'policy.include',
        askedAt,
        `\`${file}\` can't be read`,
        {
          mend: 'check that the file exists and that Sallyport may read it',
        },
      );
      return null;
    }
    this.#report.addSource(file, text);
    const top = { file, line: 1, column: 1 };
    const bytes = new TextEncoder().encode(text).length;
    this.#bytes += bytes;
    if (bytes > policyLimits.fileBytesMax || this.#bytes > policyLimits.totalBytesMax) {
      this.#report.error('policy.file', top, 'the policy is too large', {
        expected: `at most ${policyLimits.fileBytesMax} bytes a file, ${policyLimits.totalBytesMax} in all`,
      });
      return null;
    }
    const node = yield* readYaml(file, text, this.#count, this.#report);
    if (node === null) return null;
    if (node.type !== 'map') {
      if (node.type !== 'refused') {
        this.#report.error('policy.type', node.at, 'a policy file is a map of keys', {
          mend: 'begin with `sallyport: 1`',
        });
      }
      return null;
    }
    return yield* this.#withIncludes(node, depth);
  }

  *#withIncludes(node: MapNode, depth: number): Steps<MapNode> {
    const include = entryOf(node, 'include');
    if (include === undefined || include.value.type !== 'list') return node;
    let merged = node;
    for (const item of include.value.items) {
      if (this.isOverfull) return merged;
      const path = this.#includedPath(item, depth);
      if (path === null) continue;
      const included = yield* this.read(path, item.at, depth + 1);
      if (included !== null) merged = this.#merge(merged, included, '');
    }
    return merged;
  }

  #includedPath(item: Node, depth: number): string | null {
    // Anything else than text is reported by the shape of `include`.
    if (item.type !== 'scalar' || typeof item.value !== 'string' || item.value.trim() === '')
      return null;
    const written = item.value;
    const refuse = (message: string, mend: string): null => {
      this.#report.error('policy.include', item.at, message, { mend });
      return null;
    };
    const segments = written.split('/');
    const escapes = segments.includes('..') || written.startsWith('/') || written.startsWith('~');
    if (escapes || /[\\:\u0000-\u001f]/.test(written)) {
      return refuse(
        `\`${written}\` leaves the policy's own folder`,
        'name a file in the folder of this policy, or below it',
      );
    }
    if (isOverlay(written)) {
      return refuse(
        `\`${written}\` is an overlay for a later version, and is never loaded`,
        'remove it from `include`',
      );
    }
    if (!/\.ya?ml$/.test(written))
      return refuse(`\`${written}\` isn't a YAML file`, 'name a `.yaml` file');
    const folder = item.at.file.slice(0, item.at.file.lastIndexOf('/') + 1);
    const path = folder + segments.filter((segment) => segment !== '.' && segment !== '').join('/');
    if (this.files.includes(path))
      return refuse(
        `\`${written}\` is included already`,
        'include each file once; no file may include itself',
      );
    if (depth >= policyLimits.includeDepthMax) {
      return refuse(
        'files include each other too deep',
        `at most ${policyLimits.includeDepthMax} levels`,
      );
    }
    if (this.files.length >= policyLimits.filesMax) {
      return refuse('too many files', `at most ${policyLimits.filesMax} in all`);
    }
    return path;
  }

  #merge(base: MapNode, added: MapNode, path: string): MapNode {
    const entries = new Map(base.entries.map((entry) => [entry.key, entry]));
    for (const entry of added.entries) {
      const known = entries.get(entry.key);
      if (known === undefined) {
        if (path !== '' || entry.key !== 'include') entries.set(entry.key, entry);
        continue;
      }
      // Both may say which version of the language they are written in, and what they include themselves.
      if (path === '' && (entry.key === 'sallyport' || entry.key === 'include')) continue;
      const below = `${path}/${entry.key}`;
      if (spread.has(below) && known.value.type === 'map' && entry.value.type === 'map') {
        entries.set(entry.key, { ...known, value: this.#merge(known.value, entry.value, below) });
        continue;
      }
      const { file, line, column } = known.keyAt;
      this.#report.error('policy.duplicate', entry.keyAt, `\`${entry.key}\` stands in two files`, {
        mend: `keep one; the other is at ${file}:${line}:${column}`,
      });
    }
    return { ...base, entries: [...entries.values()] };
  }
}

/** What a version that enforces more will load: here it is only kept. */
function isOverlay(path: string): boolean {
  return /\.later\.ya?ml$/.test(path);
}
