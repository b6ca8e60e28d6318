import { isJsonObject, type JsonValue } from '../content/value.ts';
import type { LayerName, Layers } from '../engine/events.ts';

/** In the order in which a call meets them. */
const names: Readonly<Record<LayerName, string>> = {
  input_validation: 'input',
  injection_detection: 'injection',
  execution_control: 'execution',
  tool_interception: 'interception',
  output_validation: 'output',
  audit: 'audit',
};

const marks: Readonly<Record<NonNullable<Layers[LayerName]>, string>> = {
  passed: '+',
  noted: '!',
  held: '?',
  refused: '-',
};

export const layersHead = 'LAYERS (+ passed, ! noted, ? held, - refused)';

/** Which layers looked at a call, and the worst that each said: `+input !injection +execution`. */
export function layerLine(layers: JsonValue | undefined): string {
  if (!isJsonObject(layers)) return '';
  const said: string[] = [];
  for (const [layer, name] of Object.entries(names)) {
    const word = layers[layer];
    if (word !== undefined) said.push(`${markOf(word)}${name}`);
  }
  return said.join(' ');
}

function markOf(word: JsonValue): string {
  return Object.entries(marks).find(([known]) => known === word)?.[1] ?? ' ';
}
