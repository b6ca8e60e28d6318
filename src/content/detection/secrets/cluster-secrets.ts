import type { Place } from './place.ts';
import { isPlaceholder } from './randomness.ts';

/** Of a manifest, its kind: in YAML, or in JSON also when that is escaped. */
export const clusterLiteral = 'kind';
const kind =
  /kind\\?["']?[ \t]{0,4}:[ \t]{0,4}\\?["']?secret\\?["']?[ \t]{0,4}(?:#[^\n]{0,200})?(?=[\r\n,}]|$)/iy;

/** How far the values of a manifest are from its kind at most. */
const reachMax = 4000;

/** The values of Kubernetes' manifests of the kind Secret. Base64 is how they are written; it hides nothing. */
export function clusterSecretsIn(text: string, hits: readonly number[]): readonly Place[] {
  const places: Place[] = [];
  let done = 0;
  for (const hit of hits) {
    if (hit < done) continue;
    kind.lastIndex = hit;
    if (!kind.test(text)) continue;
    const start = beginningOfManifest(text, Math.max(done, hit - reachMax), hit);
    const end = endOfManifest(text, hit);
    const manifest = text.slice(start, end);
    for (const place of [...valuesInYaml(manifest), ...valuesInJson(manifest)])
      places.push({ ...place, start: place.start + start, end: place.end + start });
    done = end;
  }
  return places;
}

function beginningOfManifest(text: string, least: number, hit: number): number {
  const before = text.slice(least, hit);
  const divider = before.lastIndexOf('\n---');
  return divider === -1 ? least : least + divider + 1;
}

function endOfManifest(text: string, hit: number): number {
  const behind = text.slice(hit, hit + reachMax);
  const divider = behind.indexOf('\n---');
  return hit + (divider === -1 ? behind.length : divider);
}

const section = /^([ \t]{0,40})(data|stringData):[ \t]{0,8}(?:#.{0,200})?\r?$/;
const member =
  /^([ \t]{1,60})["']?[\w.-]{1,120}["']?:[ \t]{1,8}(?:!!binary )?["']?([^\s"'#]{4,2000})["']?[ \t]{0,8}(?:#.{0,200})?\r?$/;

function valuesInYaml(manifest: string): readonly Place[] {
  const places: Place[] = [];
  let inside: { readonly depth: number; readonly isEncoded: boolean } | null = null;
  let at = 0;
  for (const line of manifest.split('\n')) {
    const [, blanks = '', name] = section.exec(line) ?? [];
    if (name !== undefined) {
      inside = { depth: blanks.length, isEncoded: name === 'data' };
    } else if (inside !== null && line.trim() !== '') {
      const [, indent = '', value = ''] = member.exec(line) ?? [];
      if (line.search(/\S/) <= inside.depth) inside = null;
      else if (indent.length > inside.depth && isValue(value, inside.isEncoded))
        places.push(placeOf(at + line.lastIndexOf(value), value));
    }
    at += line.length + 1;
  }
  return places;
}

const object = /\\?"(data|stringData)\\?"\s{0,8}:\s{0,8}\{([^{}]{1,3000})\}/g;
const entry = /\\?"[\w.-]{1,120}\\?"\s{0,8}:\s{0,8}\\?"([^"\\]{4,2000})\\?"/g;

function valuesInJson(manifest: string): readonly Place[] {
  const places: Place[] = [];
  for (const { 0: whole, 1: name, 2: members = '', index } of manifest.matchAll(object))
    for (const { 0: pair, 1: value = '', index: within } of members.matchAll(entry)) {
      if (!isValue(value, name === 'data')) continue;
      const start = index + whole.length - 1 - members.length + within;
      places.push(placeOf(start + pair.lastIndexOf(value), value));
    }
  return places;
}

/** Not what a template or a manual has in its place. */
function isValue(value: string, isEncoded: boolean): boolean {
  if (value === '' || isPlaceholder(value) || /^[$%{<|>]|\$\(/.test(value)) return false;
  if (!isEncoded) return new Set(value).size > 3;
  if (
    !/^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$|^[A-Za-z0-9+/]{2,3}={1,2}$/.test(
      value,
    )
  )
    return false;
  return new Set(value).size > 3 && !isPlaceholder(atob(value));
}

function placeOf(start: number, value: string): Place {
  return { type: 'kubernetes_secret', start, end: start + value.length, score: 0.8 };
}
