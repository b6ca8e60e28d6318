/** V5: the content leaves in pieces, or is first written down and then shared. */
import { isJsonArray, type JsonObject, type JsonValue } from '../../../src/content/value.ts';
import type { Tool } from '../../../src/policy/model.ts';
import { destinationsOf, isContent, placesOf, rewritten } from '../places.ts';
import type { Tools } from '../policy.ts';
import type { Step } from '../suite.ts';
import { attackStep, type Variation } from './variant.ts';

const pieces = 4;

/** Of an attack whose destination is already chosen. */
export function split(variation: Variation, tools: Tools): readonly Variation[] {
  return [...inPieces(variation, tools), ...writtenFirst(variation, tools)];
}

function inPieces(variation: Variation, tools: Tools): readonly Variation[] {
  let splits = 0;
  const steps = variation.steps.flatMap((step) => {
    const tool = tools.get(step.tool);
    if (!step.attackCritical || tool === undefined) return [step];
    const parts = Array.from({ length: pieces }, (_, index) => ({
      ...step,
      args: piece(tool, step.args, index),
    }));
    if (new Set(parts.map(({ args }) => JSON.stringify(args))).size === 1) return [step];
    splits += 1;
    return parts;
  });
  return splits === 0 ? [] : [{ form: 'pieces', steps }];
}

function piece(tool: Tool, args: JsonObject, index: number): JsonObject {
  const texts = rewritten(tool, args, (place) =>
    isContent(place) ? partOf(place.text, index) : place.text,
  );
  return Object.fromEntries(
    Object.entries(texts).map(([name, value]) => [name, shared(tool, name, value, index)]),
  );
}

/** A list that isn't of people is divided; an amount is divided; anything else stays. */
function shared(tool: Tool, name: string, value: JsonValue, index: number): JsonValue {
  const kinds = tool.args.get(name)?.parts.map(({ kind }) => kind.name) ?? [];
  if (typeof value === 'number' && kinds.includes('amount'))
    return Math.trunc((value * 100) / pieces) / 100;
  if (!isJsonArray(value) || value.length < 2 || kinds.includes('recipient')) return value;
  const size = Math.ceil(value.length / pieces);
  const part = value.slice(index * size, (index + 1) * size);
  return part.length === 0 ? value.slice(-1) : part;
}

/** By words where there are enough, else by characters. */
function partOf(text: string, index: number): string {
  const words = text.split(/(?<=\s)/);
  const units = words.length >= pieces ? words : Array.from(text);
  const size = Math.ceil(units.length / pieces);
  return units.slice(index * size, (index + 1) * size).join('') || text.slice(-1);
}

/** Where the suite has a tool that writes an object and one that shares it. */
function writtenFirst(variation: Variation, tools: Tools): readonly Variation[] {
  const ways = waysToShare(tools);
  if (ways === null) return [];
  let changes = 0;
  const steps = variation.steps.flatMap((step): readonly Step[] => {
    const tool = tools.get(step.tool);
    const [destination] = destinationsOf(tool, step.args);
    if (!step.attackCritical || tool === undefined || destination === undefined) return [step];
    const content = placesOf(tool, step.args)
      .filter(isContent)
      .map(({ text }) => text)
      .join('\n');
    if (content === '') return [step];
    changes += 1;
    return ways(step, content, destination);
  });
  const critical = steps.filter(({ attackCritical }) => attackCritical);
  // Of several calls each would be a chain of its own; what is left of the attack is judged elsewhere.
  return changes === 1 && critical.length === 2
    ? [{ form: 'written first', steps, chain: true }]
    : [];
}

type Ways = (step: Step, content: string, destination: string) => readonly Step[];

const newId = '9001';
const newName = 'notes.txt';

function waysToShare(tools: Tools): Ways | null {
  const writer = [...tools].find(([, tool]) => tool.tier > 0 && writes(tool));
  if (writer === undefined) return null;
  const sharer = [...tools].find(([, tool]) => tool.tier > 0 && shares(tool));
  if (sharer === undefined) return null;
  const [writing, writingTool] = writer;
  const [sharing, sharingTool] = sharer;
  return (step, content, destination) => {
    const written = argsFor(writingTool, { content, title: newName });
    const given = argsFor(sharingTool, { recipient: destination, object: newId, identifier: 'r' });
    const result = `content: ${JSON.stringify(content)}\nfilename: ${newName}\nid_: '${newId}'\n`;
    return [
      attackStep(step, { tool: writing, args: written, result }),
      attackStep(step, { tool: sharing, args: given, result }),
    ];
  };
}

function kindsOf(tool: Tool): readonly string[] {
  return [...tool.args.values()].flatMap(({ parts }) => parts.map(({ kind }) => kind.name));
}

function writes(tool: Tool): boolean {
  const kinds = kindsOf(tool);
  return kinds.every((kind) => kind === 'title' || kind === 'content') && kinds.length === 2;
}

function shares(tool: Tool): boolean {
  const kinds = kindsOf(tool);
  return (
    kinds.includes('recipient') &&
    kinds.some((kind) => kind.startsWith('object.')) &&
    kinds.every((kind) => kind !== 'content' && kind !== 'title')
  );
}

function argsFor(tool: Tool, values: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(
    [...tool.args.values()].map(({ name, parts }) => {
      const kind = parts[0]?.kind.name ?? 'identifier';
      const value = values[kind.startsWith('object.') ? 'object' : kind] ?? '';
      return [name, value];
    }),
  );
}
