import { readJson, StrictJsonError } from '../../../src/content/json.ts';
import { isJsonObject, type JsonObject } from '../../../src/content/value.ts';
import { compilePin } from '../../../src/policy/compile/pin.ts';
import { undeclaredArguments } from '../../../src/policy/schema-check.ts';
import { attempt, must, type Target } from '../target.ts';

const values: readonly JsonObject[] = [
  {},
  { a: 'x', b: 1 },
  { a: { a: { a: { a: [] } } }, toString: 'x' },
  { a: Array.from({ length: 200 }, () => ({ a: 1 })) },
];

/** An input schema of a server, and arguments of an agent: refused with a place, or a check that ends. */
export const schemaTarget: Target = {
  name: 'schema',
  alphabet: 'text',
  lengthMax: 400,
  roundsInTest: 600,
  seeds: [
    '{"type":"object","properties":{"a":{"type":"string","pattern":"^(a+)+$"},"b":{"$ref":"#"}}}',
    '{"$defs":{"x":{"anyOf":[{"type":"null"},{"$ref":"#"}]}},"properties":{"a":{"$ref":"#/$defs/x","default":{}}}}',
    '{"anyOf":[{"properties":{"a":{"items":{"$ref":"#"}}}},{"required":["toString"]}],"additionalProperties":false}',
    '{"oneOf":[{"enum":[1,"x"]},{"const":null}],"not":{"format":"uri"},"patternProperties":{"^a":{"minimum":1}}}',
  ],
  dictionary: [
    '"$ref":"#"',
    '"$ref":"#/$defs/x"',
    '"anyOf":[',
    '"allOf":[',
    '"items":{',
    '"default":{}',
    '"constructor"',
    '"toString"',
    '"format":"valueOf"',
    '"pattern":"(?<=a)"',
    '"$schema":"http://json-schema.org/draft-07/schema#"',
    '"dependentSchemas":{',
    '"uniqueItems":true',
  ],
  check(input) {
    const read = attempt(StrictJsonError, () => readJson(input));
    if ('refused' in read || !isJsonObject(read.value)) return 'no schema';
    const inputSchema = read.value;
    const pinned = compilePin({ digest: '', definition: { inputSchema } });
    if ('error' in pinned) {
      must(pinned.error.length < 1_000, 'a refusal longer than anybody reads');
      return pinned.error.slice(0, 60);
    }
    for (const value of values) {
      const filled = pinned.pin.fillDefaults(value);
      const fits = pinned.pin.checkInput(filled).length === 0;
      must((pinned.pin.checkInput(filled).length === 0) === fits, 'fits now and then');
      must(undeclaredArguments(inputSchema, filled).length <= 20, 'more complaints than are said');
    }
    return 'checked';
  },
};
