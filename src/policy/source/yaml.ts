import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  type Scalar,
  type YAMLMap,
  YAMLParseError,
  type YAMLSeq,
  type Node as YamlNode,
} from 'yaml';
import { policyLimits } from '../defaults.ts';
import type { SourcePosition } from '../model.ts';
import type { Report } from '../report.ts';
import type { Steps } from '../steps.ts';
import { endedByComma, endedByComment, inQuotes } from './cut-off.ts';
import { FileText } from './file-text.ts';
import type { Entry, Node } from './node.ts';
import { hasOnlyVisibleText } from './visible-text.ts';

/** Nodes of all files of one policy together. */
export interface NodeCount {
  nodes: number;
}

/**
 * Reads one policy file as strict YAML 1.2. Whatever makes YAML say something else than it shows is refused, and
 * before anything is expanded: tags, anchors, aliases, merge keys, directives, duplicate keys.
 *
 * Null: nothing of the file can be used; the report says why.
 */
export function* readYaml(
  file: string,
  text: string,
  count: NodeCount,
  report: Report,
): Steps<Node | null> {
  if (!hasOnlyVisibleText(file, text, report)) return null;
  const lines = new LineCounter();
  let document: Document.Parsed | Document;
  try {
    document = yield* parsed(text, lines);
    yield;
  } catch {
    // The parser is recursive: brackets nested by the thousand overflow its stack.
    report.error('policy.yaml', { file, line: 1, column: 1 }, 'the file nests too deep to be read');
    return null;
  }
  const reader = new YamlReader(new FileText(file, text, lines), count, report);
  reader.directives(document);
  for (const problem of [...document.errors, ...document.warnings]) reader.problem(problem);
  if (document.errors.length > 0) return null;
  if (document.contents === null) {
    return { type: 'map', at: { file, line: 1, column: 1 }, entries: [] };
  }
  return reader.node(document.contents, 0, null);
}

/** How much is read between two pauses. */
const lexemesAtOnce = 2_000;

/** What `parseDocument` of the library does, in its parts: it has no places to pause at. */
function* parsed(text: string, lines: LineCounter): Steps<Document.Parsed | Document> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    lexemes += 1;
    if (lexemes % lexemesAtOnce === 0) yield;
  }
  tokens.push(...parser.end());
  yield;
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    strict: true,
    // Ours points at both; the parser's own stops at the first.
    uniqueKeys: false,
    merge: false,
    lineCounter: lines,
    logLevel: 'error',
  });
  // At the end there is one at least, however empty the text.
  const [document, second] = [...composer.compose(tokens, true, text.length)];
  if (document === undefined) throw new Error('the composer composes a document of anything');
  if (second !== undefined)
    document.errors.push(
      new YAMLParseError(
        [second.range[0], second.range[1]],
        'MULTIPLE_DOCS',
        'a second YAML document starts here',
      ),
    );
  return document;
}

class YamlReader {
  readonly #file: FileText;
  readonly #count: NodeCount;
  readonly #report: Report;

  constructor(file: FileText, count: NodeCount, report: Report) {
    this.#file = file;
    this.#count = count;
    this.#report = report;
  }

  directives(document: Document.Parsed | Document): void {
    const directives = document.directives;
    if (directives === undefined) return;
    if (directives.yaml.explicit !== true && Object.keys(directives.tags).length === 1) return;
    const offset = Math.max(0, this.#file.text.search(/^%/m));
    this.#report.error(
      'policy.yaml_feature',
      this.#file.at(offset),
      'YAML directives are refused',
      {
        mend: 'remove the line; a policy is YAML 1.2',
      },
    );
  }

  problem(problem: { code: string; message: string; pos: [number, number] }): void {
    // Said better, and once, by `node`.
    if (problem.code === 'TAG_RESOLVE_FAILED') return;
    if (problem.message.startsWith('Tags and anchors must be separated')) {
      this.#tag(problem.pos[0]);
      return;
    }
    const at = this.#file.at(problem.pos[0]);
    this.#report.error('policy.yaml', at, yamlMessages[problem.code]?.message ?? problem.message, {
      mend: yamlMessages[problem.code]?.mend ?? null,
    });
  }

  node(node: YamlNode, depth: number, keyAt: SourcePosition | null): Node {
    const start = node.range?.[0] ?? 0;
    const at = this.#file.at(start);
    const refused = { type: 'refused', at } as const;
    this.#count.nodes += 1;
    if (this.#count.nodes > policyLimits.nodesMax) {
      this.#report.error(
        'policy.file',
        { ...at, line: 1, column: 1 },
        'the policy has too many values',
        {
          expected: `at most ${policyLimits.nodesMax} in all its files`,
        },
      );
      return refused;
    }
    if (depth > policyLimits.depthMax) {
      this.#report.error('policy.yaml', at, 'nested too deep', {
        expected: `at most ${policyLimits.depthMax} levels`,
      });
      return refused;
    }
    if (isAlias(node)) {
      return this.#feature(start, `\`*${node.source}\` is a YAML alias, and aliases are refused`, {
        mend: 'write the value out; an expression or pattern that begins with `*` needs quotes',
      });
    }
    if (node.tag !== undefined) {
      return this.#tag(start);
    }
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) {
      const anchorAt = this.#file.text.lastIndexOf('&', Math.max(0, start - 1));
      return this.#feature(
        Math.max(0, anchorAt),
        `\`&${node.anchor}\` is a YAML anchor, and anchors are refused`,
        { mend: 'write the value where it is used' },
      );
    }
    if (isScalar(node)) return this.#scalar(node, at, keyAt);
    if (isSeq(node)) return this.#list(node, at, depth);
    if (isMap(node)) return this.#map(node, at, depth);
    return refused;
  }

  #scalar(node: Scalar, at: SourcePosition, keyAt: SourcePosition | null): Node {
    const { value } = node;
    const written = node.source ?? '';
    const quoted = node.type !== undefined && node.type !== 'PLAIN';
    if (
      typeof value === 'number' &&
      (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER)
    ) {
      this.#report.error(
        'policy.value',
        at,
        `\`${written}\` isn't a number that can be kept exactly`,
        {
          mend: `quote it if it is a name: ${JSON.stringify(written)}`,
        },
      );
      return { type: 'refused', at };
    }
    if (
      typeof value === 'string' &&
      !quoted &&
      endedByComment(node, value, this.#file, this.#report)
    ) {
      return { type: 'refused', at };
    }
    if (
      value === null ||
      typeof value === 'string' ||
      typeof value === 'number' ||
      typeof value === 'boolean'
    ) {
      // A key without a value is pointed at by its key: there is nothing else to point at.
      const place = value === null && written === '' && keyAt !== null ? keyAt : at;
      return {
        type: 'scalar',
        at: place,
        value,
        written,
        quoted,
        placeOf: this.#placeOf(node, place),
      };
    }
    this.#report.error('policy.type', at, 'this value has no place in a policy');
    return { type: 'refused', at };
  }

  #placeOf(node: Scalar, at: SourcePosition): (offset: number) => SourcePosition {
    const { value, type } = node;
    if (typeof value !== 'string') return () => at;
    const [start = 0, end = 0] = node.range ?? [];
    if (type === 'BLOCK_LITERAL') {
      const [, ...lines] = this.#file.text.slice(start, end).split(/\r\n|\r|\n/);
      const indent = lines.find((line) => line.trim() !== '')?.search(/\S/) ?? 0;
      return (offset) => {
        const before = value.slice(0, offset).split('\n');
        const column = indent + (before.at(-1) ?? '').length + 1;
        return { ...at, line: at.line + before.length, column };
      };
    }
    const opening = type === 'PLAIN' ? 0 : 1;
    // Folded lines and escapes move characters about: then the beginning has to do.
    const straight =
      this.#file.text.slice(start + opening, start + opening + value.length) === value;
    return (offset) => (straight ? { ...at, column: at.column + opening + offset } : at);
  }

  #list(node: YAMLSeq, at: SourcePosition, depth: number): Node {
    const items: Node[] = [];
    for (const item of node.items) {
      if (isScalar(item) || isMap(item) || isSeq(item) || isAlias(item)) {
        items.push(this.node(item, depth + 1, null));
      }
    }
    return { type: 'list', at, items };
  }

  #map(node: YAMLMap, at: SourcePosition, depth: number): Node {
    const entries: Entry[] = [];
    const places = new Map<string, SourcePosition>();
    for (const [index, pair] of node.items.entries()) {
      if (!isPair(pair)) continue;
      const key = this.#key(pair.key, places);
      if (key === null) continue;
      if (pair.value === null || pair.value === undefined) {
        const cut = endedByComma(node, index, key.keyAt, this.#file, this.#report);
        const before = cut ? entries.pop() : undefined;
        if (before !== undefined)
          entries.push({ ...before, value: { type: 'refused', at: before.value.at } });
        continue;
      }
      if (!(isScalar(pair.value) || isMap(pair.value) || isSeq(pair.value) || isAlias(pair.value)))
        continue;
      entries.push({ ...key, value: this.node(pair.value, depth + 1, key.keyAt) });
    }
    return { type: 'map', at, entries };
  }

  #key(
    key: unknown,
    places: Map<string, SourcePosition>,
  ): { key: string; keyAt: SourcePosition } | null {
    if (!isScalar(key)) {
      const start = isMap(key) || isSeq(key) || isAlias(key) ? (key.range?.[0] ?? 0) : 0;
      this.#report.error('policy.yaml_feature', this.#file.at(start), 'a key has to be text', {
        mend: 'write a plain name',
      });
      return null;
    }
    const start = key.range?.[0] ?? 0;
    const keyAt = this.#file.at(start);
    if (key.tag !== undefined || key.anchor !== undefined) {
      const what = key.tag === undefined ? 'anchors' : 'tags';
      this.#report.error('policy.yaml_feature', keyAt, `${what} are refused, on keys too`, {
        mend: 'write a plain name',
      });
      return null;
    }
    const name = key.value;
    if (typeof name !== 'string') {
      const written = key.source ?? '';
      this.#report.error('policy.type', keyAt, `the key \`${written}\` isn't text to YAML`, {
        mend: `quote it: ${JSON.stringify(written)}`,
      });
      return null;
    }
    if (name === '<<') {
      this.#report.error('policy.yaml_feature', keyAt, 'merge keys are refused', {
        mend: 'write the keys out where they belong',
      });
      return null;
    }
    if (name === '__proto__') {
      this.#report.error('policy.key', keyAt, '`__proto__` is no name', {
        mend: 'choose another name',
      });
      return null;
    }
    const first = places.get(name);
    if (first !== undefined) {
      this.#report.error('policy.duplicate', keyAt, `\`${name}\` stands twice in this map`, {
        mend: `keep one; the first is at line ${first.line}, column ${first.column}`,
      });
      return null;
    }
    places.set(name, keyAt);
    return { key: name, keyAt };
  }

  /** `when: !x` is a tag to YAML, and a negation to whoever wrote it. */
  #tag(before: number): Node {
    let offset = Math.max(0, this.#file.text.lastIndexOf('!', Math.max(0, before - 1)));
    while (this.#file.text[offset - 1] === '!') offset -= 1;
    const rest = this.#file
      .lineFrom(offset)
      .replace(/\s+#.*$/, '')
      .trimEnd()
      .slice(0, 120);
    const [tag = '!'] = rest.split(/[\s,[\]{}]/, 1);
    return this.#feature(offset, `\`${tag}\` is a YAML tag, and tags are refused`, {
      mend: `remove it, or quote the expression: ${inQuotes(rest)}`,
    });
  }

  #feature(offset: number, message: string, advice: { mend: string }): Node {
    const at = this.#file.at(offset);
    this.#report.error('policy.yaml_feature', at, message, advice);
    return { type: 'refused', at };
  }
}

const yamlMessages: Readonly<
  Record<string, { readonly message: string; readonly mend: string | null }>
> = {
  TAB_AS_INDENT: { message: 'a tab indents this line', mend: 'indent with spaces' },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a colon inside a value starts a map here',
    mend: 'quote the expression or text that has the colon in it',
  },
  BAD_SCALAR_START: {
    message: "an unquoted value can't begin with this character",
    mend: 'quote the value',
  },
  MULTIPLE_DOCS: {
    message: 'a second YAML document starts here',
    mend: 'a policy file is one document: use `include` for another file',
  },
};
