import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { digestOf } from '../content/digest.ts';
import { canonicalJson } from '../content/json.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import type { SchemaCheck } from './model.ts';
import { linearPattern } from './schema-pattern.ts';
import { type Draft, escaped, formatNames, prepareSchema, resolveLocal } from './schema-prepare.ts';

type Complaint = ReturnType<SchemaCheck>[number];

/** More tell a model nothing that the first don't. */
const complaintsMax = 20;
/** A value with more parts is checked up to its first fault only: each fault costs, and an agent could send a million. */
const partsForAllFaultsMax = 2_000;
const checksKeptMax = 1_000;

const checksByDigest = new Map<string, SchemaCheck>();

/**
 * A pinned schema as a check. What is wrong with the schema itself is said at once; the code that checks by it is made
 * at the first use, and kept for schemas that say the same.
 */
export function compileSchema(
  schema: JsonObject,
): { readonly check: SchemaCheck } | { readonly error: string } {
  const prepared = prepareSchema(schema);
  if ('error' in prepared) {
    const where = prepared.pointer === '' ? '' : ` at ${prepared.pointer}`;
    return { error: `the schema can't be enforced${where}: ${prepared.error}` };
  }
  const digest = digestOf([prepared.draft, prepared.schema]);
  const known = checksByDigest.get(digest);
  if (known !== undefined) return { check: known };
  const check = lazyCheck(prepared.draft, prepared.schema);
  // Oldest out: definitions come and go with reloads, and a hostile catalogue must not fill the memory.
  const [oldest] = checksByDigest.keys();
  if (checksByDigest.size >= checksKeptMax && oldest !== undefined) checksByDigest.delete(oldest);
  checksByDigest.set(digest, check);
  return { check };
}

function lazyCheck(draft: Draft, schema: JsonObject): SchemaCheck {
  let first: ValidateFunction | null = null;
  let all: ValidateFunction | null = null;
  return (value) => {
    try {
      first ??= validator(draft, schema, false);
      if (first(value) === true) return [];
      if (parts(value) > partsForAllFaultsMax) return complaints(first.errors);
      all ??= validator(draft, schema, true);
      // Only the first validator decides; this one but says more.
      all(value);
      return complaints(all.errors ?? first.errors);
    } catch {
      // A schema that nobody can run was fitted by no value.
      return [{ pointer: '', message: "can't be checked against its schema" }];
    }
  };
}

/** The formats' own expressions may backtrack, so they see no more than this. */
const formatCharactersMax = 2_048;

function validator(draft: Draft, schema: JsonObject, allErrors: boolean): ValidateFunction {
  const options: Options = {
    allErrors,
    strict: false,
    // Prepared above: no keyword reaches ajv that isn't known, in a shape that isn't its own.
    validateSchema: false,
    meta: false,
    logger: false,
    // `required: [toString]` is not met by what JavaScript gives every object.
    ownProperties: true,
    // Inlined references make code that grows with their product.
    inlineRefs: false,
    unicodeRegExp: true,
    code: { regExp: linearEngine },
  };
  const ajv = draft === 'draft-07' ? new Ajv(options) : new Ajv2020(options);
  for (const name of formatNames) {
    const format = fullFormats[name];
    ajv.addFormat(name, {
      validate: (text: string) => text.length <= formatCharactersMax && fitsFormat(format, text),
    });
  }
  // ajv compares every pair of objects: quadratic in what an agent sends.
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    errors: false,
    validate: (wanted: boolean, items: readonly JsonValue[]) =>
      !wanted || new Set(items.map((item) => canonicalJson(item))).size === items.length,
  });
  return ajv.compile(schema);
}

/** A format is an expression, a function, or an object around one of the two. */
function fitsFormat(format: unknown, text: string): boolean {
  if (format instanceof RegExp) return format.test(text);
  if (typeof format === 'function') return format(text) === true;
  return (
    typeof format === 'object' &&
    format !== null &&
    'validate' in format &&
    fitsFormat(format.validate, text)
  );
}

const linearEngine = Object.assign((pattern: string) => linearPattern(pattern), {
  code: 'linearPattern',
});

function complaints(errors: readonly ErrorObject[] | null | undefined): readonly Complaint[] {
  const said = new Map<string, Complaint>();
  for (const error of errors ?? []) {
    const complaint = { pointer: pointerOf(error), message: messageOf(error) };
    said.set(JSON.stringify(complaint), complaint);
    if (said.size === complaintsMax) break;
  }
  if (said.size === 0) return [{ pointer: '', message: "doesn't fit its schema" }];
  return [...said.values()];
}

function pointerOf(error: ErrorObject): string {
  const extra: unknown = error.params['additionalProperty'] ?? error.params['unevaluatedProperty'];
  const pointer =
    typeof extra === 'string' ? `${error.instancePath}/${escaped(extra)}` : error.instancePath;
  return pointer.length > 200 ? `${pointer.slice(0, 199)}…` : pointer;
}

/** Built from the schema's side alone: never from the value that failed. */
function messageOf(error: ErrorObject): string {
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
    case 'false schema':
      return "isn't declared";
    case 'uniqueItems':
      return 'must not have equal items';
    case 'pattern':
      return 'must match its pattern';
    case 'propertyNames':
      return "has a property whose name isn't allowed";
    default:
      return error.message ?? "doesn't fit its schema";
  }
}

function parts(value: JsonValue): number {
  let counted = 0;
  const waiting: JsonValue[] = [value];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    counted += 1;
    if (counted > partsForAllFaultsMax) return counted;
    if (isJsonArray(next)) waiting.push(...next.slice(0, partsForAllFaultsMax + 1));
    else if (isJsonObject(next)) waiting.push(...Object.values(next));
  }
  return counted;
}

/**
 * Arguments that the schema doesn't declare, as pointers. JSON Schema lets them pass unless it says otherwise; here
 * nothing reaches an upstream that no kind was declared for, so silence means no.
 */
export function undeclaredArguments(schema: JsonObject, args: JsonObject): readonly string[] {
  const found: string[] = [];
  declaredOnly(schema, schema, args, '', found, 0);
  return found;
}

const declaredDepthMax = 32;

function declaredOnly(
  root: JsonObject,
  schema: JsonValue | undefined,
  value: JsonValue,
  pointer: string,
  found: string[],
  depth: number,
): void {
  if (found.length >= complaintsMax || depth > declaredDepthMax) return;
  if (isJsonArray(value)) {
    const views = viewsOf(root, schema, 0);
    for (const [index, item] of value.entries()) {
      for (const items of itemSchemas(views, index)) {
        declaredOnly(root, items, item, `${pointer}/${index}`, found, depth + 1);
      }
    }
    return;
  }
  if (!isJsonObject(value)) return;
  const { declared, isOpen } = membersOf(root, schema);
  // The arguments themselves are always closed; an object inside only when the schema says what is in it.
  const isClosed = !isOpen && (depth === 0 || declared.length > 0);
  for (const name of Object.keys(value)) {
    const member = value[name];
    let isDeclared = false;
    for (const properties of declared) {
      if (!Object.hasOwn(properties, name)) continue;
      isDeclared = true;
      // Nothing stands in a plain value that could be undeclared.
      if (typeof member !== 'object' || member === null) continue;
      const at = `${pointer}/${escaped(name)}`;
      declaredOnly(root, properties[name], member, at, found, depth + 1);
    }
    if (!isDeclared && isClosed) found.push(`${pointer}/${escaped(name)}`);
  }
}

interface Members {
  /** What each schema that judges the object declares. */
  readonly declared: readonly JsonObject[];
  readonly isOpen: boolean;
}

const membersBySchema = new WeakMap<JsonObject, Members>();

/** Found once a schema: every call asks. */
function membersOf(root: JsonObject, schema: JsonValue | undefined): Members {
  const known = isJsonObject(schema) ? membersBySchema.get(schema) : undefined;
  if (known !== undefined) return known;
  const views = viewsOf(root, schema, 0);
  const members = {
    declared: views.map((view) => view['properties']).filter(isJsonObject),
    isOpen: views.some((view) => isOpen(view)),
  };
  if (isJsonObject(schema)) membersBySchema.set(schema, members);
  return members;
}

/** Says in so many words that other properties may be there. */
function isOpen(schema: JsonObject): boolean {
  const more = schema['additionalProperties'];
  return more === true || isJsonObject(more) || isJsonObject(schema['patternProperties']);
}

function itemSchemas(views: readonly JsonObject[], index: number): readonly JsonValue[] {
  return views.flatMap((view) => {
    const { prefixItems, items } = view;
    const prefix = isJsonArray(prefixItems) ? prefixItems : isJsonArray(items) ? items : [];
    const one = prefix[index] ?? (isJsonArray(items) ? view['additionalItems'] : items);
    return one === undefined ? [] : [one];
  });
}

const viewsBySchema = new WeakMap<JsonObject, readonly JsonObject[]>();

/** The schemas that judge one value: itself, what it refers to, its alternatives. Found once for each element of a list. */
function viewsOf(
  root: JsonObject,
  schema: JsonValue | undefined,
  depth: number,
): readonly JsonObject[] {
  if (!isJsonObject(schema) || depth > declaredDepthMax) return [];
  const known = viewsBySchema.get(schema);
  if (known !== undefined) return known;
  const reference = schema['$ref'];
  const target = typeof reference === 'string' ? resolveLocal(root, reference) : undefined;
  const more = [
    schema['allOf'],
    schema['anyOf'],
    schema['oneOf'],
    [schema['then'] ?? null, schema['else'] ?? null],
  ]
    .filter((list) => isJsonArray(list))
    .flat();
  const views = [schema, ...[target, ...more].flatMap((one) => viewsOf(root, one, depth + 1))];
  viewsBySchema.set(schema, views);
  return views;
}
