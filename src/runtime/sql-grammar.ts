/**
 * PostgreSQL's parser, compiled to WebAssembly. It takes a few milliseconds and megabytes, so it is loaded with the first
 * policy that has SQL in it; decisions then use it without waiting.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import type { Grammar } from 'libpg-query/wasm/libpg-query.js';
import { parseSqlWith, type SqlParse } from '../content/sql/parser.ts';
import type { Policy } from '../policy/model.ts';

/** Of the parser's error: message, function, file, line and place, four bytes each. */
const errorPlaceOffset = 16;

let loading: Promise<void> | null = null;

/**
 * Loads the grammar where the policy needs one. Without it each statement is refused.
 *
 * @throws what keeps it from loading: the policy must not come into force then.
 */
export async function loadGrammarFor(policy: Policy): Promise<void> {
  const isNeeded = [...policy.tools.values()].some(({ args }) =>
    [...args.values()].some(({ parts }) => parts.some(({ kind }) => kind.dialect !== null)),
  );
  if (!isNeeded) return;
  loading ??= load();
  try {
    await loading;
  } catch (error) {
    loading = null;
    throw error;
  }
}

async function load(): Promise<void> {
  const { default: factory } = await import('libpg-query/wasm/libpg-query.js');
  const file = createRequire(import.meta.url).resolve('libpg-query/wasm/libpg-query.wasm');
  // Compiled once: a further instance is there within the same turn of the loop.
  const module = compiledPlainly(await readFile(file));
  const silent = (): void => undefined;
  const instance = (): Promise<Grammar> =>
    factory({
      print: silent,
      printErr: silent,
      instantiateWasm: (imports, receive) => receive(new WebAssembly.Instance(module, imports)),
    });
  let inUse: Grammar | null = await instance();
  const memoryBytes = inUse.HEAPU8.length;
  let spare: Grammar | null = await instance();
  /** A text that broke one must not find it again, nor must the calls of others have to wait for the next. */
  const replace = (): void => {
    inUse = spare;
    spare = null;
    instance().then(
      (next) => {
        if (inUse === null) inUse = next;
        else spare = next;
      },
      // As long as there is none, every statement is refused.
      () => undefined,
    );
  };
  parseSqlWith((text) => {
    const grammar = inUse;
    if (grammar === null) return { ok: false, reason: 'unavailable' };
    const { exitCode } = process;
    try {
      const parse = parseBy(grammar, text);
      // Its memory never shrinks: what one statement has blown up makes way.
      if (grammar.HEAPU8.length > memoryBytes) replace();
      return parse;
    } catch (error) {
      replace();
      // Its runtime takes a fault for the end of the process.
      process.exitCode = exitCode;
      return { ok: false, reason: error instanceof RangeError ? 'too_deep' : 'unavailable' };
    }
  });
}

/**
 * Compiles all of it at once, and only once. Left to itself, V8 optimises the grammar's one huge function after some hundred
 * statements, which takes half a gigabyte for some seconds, and saves 20 µs a statement.
 */
function compiledPlainly(bytes: Uint8Array): WebAssembly.Module {
  const settings = ['wasm-tier-up', 'wasm-dynamic-tiering', 'wasm-lazy-compilation'];
  for (const setting of settings) setFlagsFromString(`--no-${setting}`);
  try {
    return new WebAssembly.Module(bytes);
  } finally {
    // Of this module alone: nothing else is compiled meanwhile.
    for (const setting of settings) setFlagsFromString(`--${setting}`);
  }
}

function parseBy(grammar: Grammar, text: string): SqlParse {
  const bytes = grammar.lengthBytesUTF8(text) + 1;
  const query = grammar._malloc(bytes);
  if (query === 0) throw new Error('out of memory');
  grammar.stringToUTF8(text, query, bytes);
  const result = grammar._wasm_parse_query_raw(query);
  if (result === 0) throw new Error('out of memory');
  const parse = resultOf(grammar, result);
  grammar._free(query);
  grammar._wasm_free_parse_result(result);
  return parse;
}

/** Of the result: the tree, what was printed, the error; a pointer each. */
function resultOf(grammar: Grammar, result: number): SqlParse {
  const error = grammar.getValue(result + 8, 'i32');
  if (error === 0) {
    const tree: unknown = JSON.parse(grammar.UTF8ToString(grammar.getValue(result, 'i32')));
    return { ok: true, tree };
  }
  const message = grammar.UTF8ToString(grammar.getValue(error, 'i32'));
  // Of the grammar's own stack, which ends at ten thousand.
  if (message.startsWith('memory exhausted')) return { ok: false, reason: 'too_deep' };
  return {
    ok: false,
    reason: 'syntax',
    at: Math.max(0, grammar.getValue(error + errorPlaceOffset, 'i32') - 1),
  };
}
