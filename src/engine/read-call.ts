/**
 * Reads what an agent wrote: fills what the pinned schema and the variant fill, checks it, and parses every value by its
 * kind. What comes out is what is decided *and* what is sent; nobody looks at the agent's own object again.
 */
import { digestOfText } from '../content/digest.ts';
import { canonicalJson } from '../content/json.ts';
import type { Kind } from '../content/kind.ts';
import { parseKind } from '../content/kinds.ts';
import { escapeSegment, resolvePointer } from '../content/pointer.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import type { Argument, Tool } from '../policy/model.ts';
import { undeclaredArguments } from '../policy/schema-check.ts';
import { textsOfArguments } from './argument-texts.ts';
import { excessOf } from './bounds.ts';
import type { ArgumentValue, ReadCall } from './call.ts';
import type { FindingCode } from './codes.ts';
import type { Reading } from './context.ts';
import { uncovered } from './coverage.ts';
import type { Finding } from './decision.ts';
import { limits } from './limits.ts';
import { shapeOf } from './tool-shape.ts';

/** Has the form of a call's id: stands in its place while the schema is checked. */
const idempotencyKeyExample = `call_${'A'.repeat(24)}`;

const problemsMax = 20;

/** Total: a fault while reading is a refusal. */
export function readCall(tool: Tool, args: JsonObject): Reading {
  try {
    return read(tool, args);
  } catch (error) {
    return refused(tool, null, 'engine.fault', {
      error: error instanceof Error ? error.name : typeof error,
    });
  }
}

function read(tool: Tool, args: JsonObject): Reading {
  const excess = excessOf(args);
  if (excess === 'too_large') return refused(tool, null, 'schema.too_large', {});
  if (excess === 'too_deep') return refused(tool, null, 'schema.too_deep', {});
  if (excess === 'not_json' || !isJsonObject(args)) {
    return refused(tool, null, 'schema.invalid', {
      problems: [{ pointer: '', message: 'is no JSON object' }],
    });
  }
  const pin = tool.pin;
  // The catalog stage refuses it before anything looks at this reading.
  if (pin === null) return refused(tool, args, 'catalog.unpinned', {});

  const { idempotencyKeys } = shapeOf(tool);
  const strangers = strangersIn(args, tool);
  if (strangers.length > 0) {
    return refused(tool, args, 'schema.undeclared', { arguments: strangers.slice(0, problemsMax) });
  }
  // The agent's own idempotency key is ignored: with it, an agent could make two calls look like one, or one like two.
  const written = without(args, idempotencyKeys);
  const filled = without(pin.fillDefaults({ ...written, ...tool.fixed }), idempotencyKeys);

  const problems = pin.checkInput(withKeys(filled, idempotencyKeys));
  if (problems.length > 0) {
    return refused(tool, args, 'schema.invalid', {
      problems: problems
        .slice(0, problemsMax)
        .map(({ pointer, message }) => ({ pointer, message })),
    });
  }
  // JSON Schema lets a property pass that it doesn't declare; a person who classified the tool never saw it.
  const undeclared = undeclaredArguments(pin.inputSchema, filled);
  if (undeclared.length > 0) {
    return refused(tool, args, 'schema.undeclared', { arguments: undeclared });
  }

  const values: ArgumentValue[] = [];
  for (const argument of tool.args.values()) {
    const value = Object.hasOwn(filled, argument.name) ? filled[argument.name] : undefined;
    if (value === undefined || value === null) continue;
    const loose = uncovered(argument, value);
    if (loose !== null) {
      return refused(tool, args, 'schema.undeclared', {
        arguments: [argument.name],
        pointer: loose,
      });
    }
    readArgument(argument, value, values);
    if (values.length > limits.argumentValuesMax)
      return refused(tool, args, 'schema.too_large', {});
  }
  if (values.some(isUnread)) {
    return refused(tool, args, 'schema.unparsable', {
      values: values
        .filter(isUnread)
        .slice(0, problemsMax)
        .map(({ argument, pointer, kind, value }) => ({
          argument,
          pointer,
          kind,
          reason: value.type === 'unparsable' ? value.reason : '',
        })),
    });
  }
  const canonical = canonicalJson(filled);
  const call: ReadCall = {
    tool,
    args: filled,
    canonical,
    values,
    references: noReferences,
    digest: digestOfCall(tool, canonical),
    texts: textsOfArguments({ tool, args: filled }),
  };
  return { ok: true, read: call };
}

const noReferences: ReadCall['references'] = new Map();

function isUnread({ value }: ArgumentValue): boolean {
  return value.type === 'unparsable';
}

const noNames: readonly string[] = [];

/** What the tool doesn't take, or the policy fills itself. Most calls have none, and no list is made. */
function strangersIn(args: JsonObject, tool: Tool): readonly string[] {
  let strangers: string[] | null = null;
  for (const name of Object.keys(args)) {
    if (tool.args.has(name) && !Object.hasOwn(tool.fixed, name)) continue;
    strangers ??= [];
    strangers.push(name);
  }
  return strangers ?? noNames;
}

/** `[tool, definition, arguments]`, of arguments in RFC 8785 form: a changed definition makes another call of it. */
function digestOfCall(tool: Tool, canonical: string): string {
  return digestOfText(`[${shapeOf(tool).digestHead},${canonical}]`);
}

function readArgument(argument: Argument, value: JsonValue, values: ArgumentValue[]): void {
  for (const part of argument.parts) {
    if (part.kind.name === 'idempotency_key') continue;
    if (part.pointer.segments.length === 0) {
      readValue(argument.name, part.kind, '', value, values);
      if (values.length > limits.argumentValuesMax) return;
      continue;
    }
    for (const found of resolvePointer(value, part.pointer)) {
      readValue(argument.name, part.kind, found.pointer, found.value, values);
      if (values.length > limits.argumentValuesMax) return;
    }
  }
}

/** A list of values is each of them. A command alone may be a list itself: its words. */
function readValue(
  argument: string,
  kind: Kind,
  pointer: string,
  value: JsonValue,
  values: ArgumentValue[],
): void {
  if (value === null) return;
  if (isJsonArray(value) && !isWords(kind, value)) {
    for (const [index, element] of value.entries()) {
      if (values.length > limits.argumentValuesMax) return;
      readValue(argument, kind, `${pointer}/${index}`, element, values);
    }
    return;
  }
  // Text inside a structure that is content as a whole (an editor's list of changes) is content, wherever it stands.
  if (isJsonObject(value) && kind.name === 'content') {
    for (const [name, member] of Object.entries(value)) {
      if (values.length > limits.argumentValuesMax) return;
      readValue(argument, kind, `${pointer}/${escapeSegment(name)}`, member, values);
    }
    return;
  }
  values.push({
    argument,
    kind: kind.name,
    pointer,
    written: value,
    value: parseKind(kind, value),
  });
}

function isWords(kind: Kind, value: readonly JsonValue[]): boolean {
  return kind.name === 'command' && value.every((word) => typeof word === 'string');
}

function without(args: JsonObject, names: readonly string[]): JsonObject {
  if (names.length === 0 || !names.some((name) => Object.hasOwn(args, name))) return args;
  return Object.fromEntries(Object.entries(args).filter(([name]) => !names.includes(name)));
}

function withKeys(args: JsonObject, names: readonly string[]): JsonObject {
  if (names.length === 0) return args;
  return { ...args, ...Object.fromEntries(names.map((name) => [name, idempotencyKeyExample])) };
}

function refused(
  tool: Tool,
  args: JsonObject | null,
  code: FindingCode,
  details: JsonObject,
): Reading {
  const finding: Finding = {
    stage: code === 'engine.fault' ? 'engine' : 'schema',
    code,
    verdict: 'deny',
    details,
    at: tool.at,
    approver: null,
  };
  return { ok: false, findings: [finding], digest: digestOfCall(tool, canonicalJson(args)) };
}

/** The input schema as agents see it: without what Sallyport fills itself. */
export function listedInputSchema(tool: Tool): JsonObject {
  const schema = tool.pin?.inputSchema ?? { type: 'object' };
  const hidden = new Set([...Object.keys(tool.fixed), ...shapeOf(tool).idempotencyKeys]);
  if (hidden.size === 0) return schema;
  const listed: Record<string, JsonValue> = { ...schema };
  const properties = schema['properties'];
  if (isJsonObject(properties)) {
    listed['properties'] = Object.fromEntries(
      Object.entries(properties).filter(([name]) => !hidden.has(name)),
    );
  }
  const required = schema['required'];
  if (isJsonArray(required)) {
    listed['required'] = required.filter((name) => typeof name !== 'string' || !hidden.has(name));
  }
  return listed;
}
