#!/usr/bin/env node
/**
 * Checks a ledger that somebody else wrote: a bundle made by `sallyport ledger export`, receipts, kept checkpoints.
 *
 * It trusts nothing in the bundle. What it is worth rests on two things that you bring: the ledger's public key
 * (`--vkey`), and checkpoints that were copied away while the ledger grew (`--checkpoint`). Whoever runs the ledger can
 * rewrite all of it and sign it again; they can't make it agree with a checkpoint that they signed before.
 *
 * This file shares no code with Sallyport on purpose, needs Node alone, and is meant to be read before it is run:
 *   1. the command line            4. the RFC 6962 tree
 *   2. the bundle as a whole       5. signed notes: keys, checkpoints
 *   3. one line of it              6. receipts
 */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const usage = `Usage: sallyport-verify [bundle] [options]

Checks a bundle of \`sallyport ledger export\` (\`-\`: standard input): every event's hash, the tree over them,
the signature, what payloads the events name, and that kept checkpoints and receipts agree with it.

  --vkey <key>         the ledger's public key, or a file that holds it; from somebody other than the bundle's sender
  --checkpoint <file>  checkpoints that were kept elsewhere, one or many in a file; may be repeated
  --receipt <file>     a receipt; may be repeated; with --vkey it needs no bundle
  --json               print one JSON object
  --help               print this

Exit codes: 0 everything is as it was signed, 1 it isn't, 2 wrong use, 3 a fault.

Examples:
  node verify.js events.jsonl --vkey ledger.vkey --checkpoint kept.txt
  node verify.js --receipt first.receipt --vkey ledger.vkey
`;

/** Longer lines are none of ours: two payloads of at most 16 MiB and their event, escaped. */
const lineBytesMax = 64 * 1024 * 1024;
/** Deeper values are an attack on the reader's stack. */
const depthMax = 128;
const filesBytesMax = 64 * 1024 * 1024;
const notesPerFileMax = 1_000_000;
/** Problems kept; all of them are counted. */
const problemsMax = 1_000;
const problemsShown = 100;
/** Of what somebody else wrote: a digest is shorter. */
const shownMax = 80;
const payloadsRememberedMax = 100_000;

/** What is wrong with something that was read. Its message never quotes more than a few characters of it. */
class Flaw extends Error {}
class Misuse extends Error {}

// ---------------------------------------------------------------------------------------------- 1. the command line

/** @param {string[]} words */
async function main(words) {
  const { values, positionals } = readCommandLine(words);
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const [bundle] = positionals;
  if (positionals.length > 1) throw new Misuse('one bundle at a time');
  if (bundle === undefined && (values.receipt === undefined || values.vkey === undefined)) {
    throw new Misuse('name a bundle, or a receipt together with --vkey');
  }
  const key = values.vkey === undefined ? null : keyFrom(values.vkey);
  const notes = (values.checkpoint ?? []).flatMap((file) => notesIn(file));
  const receipts = (values.receipt ?? []).map((file) => ({ file, text: textOf(file) }));
  const report =
    bundle === undefined
      ? checkReceiptsAlone(receipts, key, notes)
      : await checkBundle(bundle === '-' ? process.stdin : createReadStream(bundle), {
          key,
          notes,
          receipts,
        });
  process.stdout.write(values.json ? ascii(report) : inWords(report));
  return report.ok ? 0 : 1;
}

/** @param {string[]} words */
function readCommandLine(words) {
  try {
    return parseArgs({
      args: words,
      allowPositionals: true,
      options: {
        vkey: { type: 'string' },
        checkpoint: { type: 'string', multiple: true },
        receipt: { type: 'string', multiple: true },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Misuse(error instanceof Error ? error.message : 'wrong options');
  }
}

/** @param {string} file */
function textOf(file) {
  try {
    const bytes = readFileSync(file);
    if (bytes.length > filesBytesMax) throw new Misuse(`${file} is too long`);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof Misuse) throw error;
    throw new Misuse(`${file} can't be read`);
  }
}

/** @param {string} keyOrFile */
function keyFrom(keyOrFile) {
  const text = keyOrFile.includes('+') ? keyOrFile : textOf(keyOrFile);
  try {
    return parseKey(text.trim());
  } catch (error) {
    throw new Misuse(`--vkey: ${error instanceof Error ? error.message : 'no key'}`);
  }
}

/** @param {string} file */
function notesIn(file) {
  const notes = splitNotes(textOf(file));
  if (notes.length === 0) throw new Misuse(`${file} holds no checkpoint`);
  return notes.map((text, index) => ({ where: `${file}, checkpoint ${index + 1}`, text }));
}

/**
 * @typedef {{ code: string, seq: number | null, detail: string }} Problem
 * @typedef {{
 *   ok: boolean, origin: string | null, events: number, sealed: number, kept: number[], receipts: number,
 *   vkey: string | null, keyGiven: boolean, firstBadSeq: number | null, firstBadBefore: number | null,
 *   problems: Problem[], problemCount: number,
 * }} Report
 */

/** @param {Report} report */
function inWords(report) {
  if (!report.ok) {
    const lines = report.problems.map(
      ({ code, seq, detail }) => `${code}${seq === null ? '' : ` at event ${seq}`}: ${detail}`,
    );
    const more = report.problemCount - lines.length;
    return printable([...lines, ...(more > 0 ? [`and ${more} more`] : [])]);
  }
  const lines = [
    `${report.events} events, ${report.sealed} sealed, ${report.receipts} receipts: every one is as it was signed`,
    `key: ${report.vkey}`,
  ];
  if (!report.keyGiven)
    lines.push("caution: the key is the bundle's own word; give the ledger's with --vkey");
  if (report.kept.length === 0) {
    lines.push('caution: no kept checkpoint was given, so a rewritten ledger would pass too');
  } else
    lines.push(
      `it continues ${report.kept.length} kept checkpoints, up to ${report.kept.at(-1)} events`,
    );
  return printable(lines);
}

/** As JSON, without a character that a terminal could act on. @param {Report} report */
function ascii(report) {
  const escaped = (/** @type {string} */ unit) =>
    `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(report).replace(/[\u007f-\uffff]/g, escaped)}\n`;
}

/** What a bundle says may hold anything: nothing of it reaches a terminal unescaped. @param {string[]} lines */
function printable(lines) {
  const safe = lines.map((line) => line.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd'));
  return `${safe.join('\n')}\n`;
}

// ------------------------------------------------------------------------------------------ 2. the bundle as a whole

/**
 * @typedef {{ size: number, root: Buffer, where: string }} Checkpoint
 * @typedef {{ key: Key | null, notes: { where: string, text: string }[], receipts: { file: string, text: string }[] }} Given
 */

/**
 * One pass; memory doesn't grow with the ledger.
 *
 * @param {AsyncIterable<Buffer>} stream
 * @param {Given} given
 * @returns {Promise<Report>}
 */
async function checkBundle(stream, given) {
  const problems = new Problems();
  const lines = linesOf(stream);
  const first = await lines.next();
  const header = first.done ? null : readHeader(first.value, problems);
  if (header === null) {
    if (first.done) problems.add('malformed', null, 'the bundle is empty');
    return reportOf(problems, { given, key: given.key });
  }
  const key = given.key ?? header.key;
  if (given.key !== null && header.key !== null && given.key.text !== header.key.text)
    problems.add('key', null, 'the bundle names another key than --vkey');
  const own = openNote(header.checkpoint, key, "the bundle's own checkpoint", problems);
  const kept = given.notes.flatMap(({ text, where }) => openNote(text, key, where, problems) ?? []);
  const receipts = given.receipts.flatMap((one) => openReceipt(one, key, problems) ?? []);

  // A receipt holds a checkpoint, and whoever has the receipt has kept that.
  const held = [...kept, ...receipts.map(({ checkpoint }) => checkpoint)];
  const walk = new Walk(problems, [...(own === null ? [] : [own]), ...held], receipts);
  for await (const line of lines) if (!walk.line(line)) break;
  walk.end(header.events, own);
  judgeSizes(problems, walk.next, own, held);
  if (own === null && held.length === 0 && walk.next > 0)
    problems.add('unsigned', null, 'no checkpoint covers any event: nothing is proven');
  return reportOf(problems, { given, key, own, kept, events: walk.next, range: walk.range });
}

/**
 * @param {AsyncIterable<Buffer>} stream
 * @returns {AsyncGenerator<Buffer | 'too long' | { cut: Buffer }, void, undefined>} a last line without its end is `cut`.
 */
async function* linesOf(stream) {
  /** @type {Buffer[]} */
  let parts = [];
  let length = 0;
  for await (const chunk of stream) {
    let begin = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, begin)) {
      const rest = chunk.subarray(begin, end);
      begin = end + 1;
      if (length + rest.length > lineBytesMax) {
        yield 'too long';
        return;
      }
      yield parts.length === 0 ? rest : Buffer.concat([...parts, rest]);
      parts = [];
      length = 0;
    }
    length += chunk.length - begin;
    if (length > lineBytesMax) {
      yield 'too long';
      return;
    }
    if (begin < chunk.length) parts.push(chunk.subarray(begin));
  }
  if (length > 0) yield { cut: Buffer.concat(parts) };
}

/**
 * `{"bundle":1,"vkey":…,"checkpoint":…,"events":…}`, written exactly so: what reads in two ways is refused.
 *
 * @param {Buffer | 'too long' | { cut: Buffer }} line
 * @param {Problems} problems
 * @returns {{ key: Key | null, checkpoint: string | null, events: number } | null}
 */
function readHeader(line, problems) {
  try {
    if (!Buffer.isBuffer(line)) throw new Flaw('its first line is cut off');
    const text = utf8(line);
    /** @type {unknown} */
    const value = json(text);
    if (!isObject(value) || value['bundle'] !== 1) throw new Flaw('this is no bundle of version 1');
    const { bundle, vkey, checkpoint, events, ...others } = value;
    const exact = JSON.stringify({ bundle, vkey, checkpoint, events }) === text;
    if (!exact || Object.keys(others).length > 0) throw new Flaw('its first line isn’t exact');
    if (vkey !== null && typeof vkey !== 'string') throw new Flaw('its `vkey` is no key');
    if (checkpoint !== null && typeof checkpoint !== 'string')
      throw new Flaw('its `checkpoint` is none');
    if (typeof events !== 'number' || !Number.isSafeInteger(events) || events < 0)
      throw new Flaw('its `events` is no count');
    return { key: vkey === null ? null : parseKey(vkey), checkpoint, events };
  } catch (error) {
    if (!(error instanceof Flaw)) throw error;
    problems.add('malformed', null, error.message);
    return null;
  }
}

class Walk {
  next = 0;
  /** Between which events something was changed, when no single one can be named. @type {[number, number] | null} */
  range = null;
  #problems;
  #checkpoints;
  #receipts;
  /** Over the events as they lie here. Null once one is missing: then no later root can be told. */
  #found = /** @type {Tree | null} */ (new Tree());
  /** Over the hashes as the bundle states them; until they differ from what is found, that is the same tree. @type {Tree | null} */
  #stated = null;
  #mismatches = /** @type {{ seq: number, found: string, stated: string }[]} */ ([]);
  #gaps = /** @type {{ from: number, before: number, later: number }[]} */ ([]);
  #payloads = new Set();
  #checkedUntil = 0;
  #stopped = false;

  /**
   * @param {Problems} problems
   * @param {Checkpoint[]} checkpoints
   * @param {{ seq: number, leaf: Buffer, file: string }[]} receipts
   */
  constructor(problems, checkpoints, receipts) {
    this.#problems = problems;
    this.#checkpoints = checkpoints.toSorted((one, other) => one.size - other.size);
    this.#receipts = receipts;
    this.#compareRoots();
  }

  /** @param {Buffer | 'too long' | { cut: Buffer }} line @returns {boolean} whether to go on. */
  line(line) {
    if (!Buffer.isBuffer(line)) {
      this.#stopped = true;
      const detail = line === 'too long' ? 'its line is too long' : 'its line is cut off';
      this.#problems.add(line === 'too long' ? 'malformed' : 'truncated', this.next, detail);
      return false;
    }
    try {
      this.#take(readLine(line));
    } catch (error) {
      if (!(error instanceof Flaw)) throw error;
      this.#problems.add('malformed', this.next, error.message);
      this.#found = null;
      this.next += 1;
    }
    return true;
  }

  /** @param {Line} line */
  #take(line) {
    const { seq, leaf, leafHash } = line;
    if (seq < this.next) return this.#late(seq);
    if (seq > this.next) {
      this.#gaps.push({ from: this.next, before: seq, later: 0 });
      if (this.#gaps.length > problemsMax) throw new Flaw('too many events are missing');
      this.#found = null;
      this.next = seq;
    }
    const hash = hashLeaf(leaf);
    if (!hash.equals(leafHash)) {
      this.#stated ??= this.#found?.copy() ?? null;
      if (this.#mismatches.length < problemsMax)
        this.#mismatches.push({
          seq,
          found: hash.toString('hex'),
          stated: leafHash.toString('hex'),
        });
      else this.#problems.add('edited', seq, 'it isn’t what its hash was made of');
    }
    this.#found?.add(hash);
    this.#stated?.add(leafHash);
    this.next = seq + 1;
    this.#compareRoots();
    this.#compareReceipts(seq, leaf);
    this.#checkPayloads(line);
  }

  /** An event whose place has passed. @param {number} seq */
  #late(seq) {
    const gap = this.#gaps.find(({ from, before }) => from <= seq && seq < before);
    if (gap === undefined) this.#problems.add('reordered', seq, 'it comes twice');
    else gap.later += 1;
    this.#found = null;
  }

  #compareRoots() {
    for (const { size, root, where } of this.#checkpoints) {
      if (size !== this.next || this.#found === null) continue;
      if (this.#found.root().equals(root)) {
        this.#checkedUntil = size;
        continue;
      }
      const detail = `the first ${size} events are not those of ${where}`;
      const stated = this.#stated?.root().equals(root) === true;
      // The stated hashes lead to what was signed: so they are true, and the events that don't fit them are the changed ones.
      if (!stated) this.range ??= [this.#checkedUntil, size];
      const first = stated ? '' : `; the first change lies from event ${this.#checkedUntil} on`;
      this.#problems.add('rewritten', null, detail + first);
    }
  }

  /** @param {number} seq @param {Buffer} leaf */
  #compareReceipts(seq, leaf) {
    for (const receipt of this.#receipts) {
      if (receipt.seq !== seq || receipt.leaf.equals(leaf)) continue;
      this.#problems.add('edited', seq, `${receipt.file} proves another event in this place`);
    }
  }

  /** @param {Line} line */
  #checkPayloads({ seq, event, payloads }) {
    // Each of them, named here or not, told before or not: whoever reads the line believes what stands there.
    for (const [digest, bytes] of payloads)
      if (`sha256:${sha256(bytes).toString('hex')}` !== digest)
        this.#problems.add('payload_edited', seq, `what lies under ${digest} is something else`);
    for (const digest of payloadsNamedBy(event)) {
      if (!payloads.has(digest) && !this.#payloads.has(digest))
        this.#problems.add('payload_missing', seq, `${digest.slice(0, shownMax)} isn’t there`);
      if (this.#payloads.size >= payloadsRememberedMax) this.#payloads.clear();
      this.#payloads.add(digest);
    }
  }

  /** @param {number} said how many events the bundle says it has @param {Checkpoint | null} own */
  end(said, own) {
    for (const { from, before, later } of this.#gaps) {
      const missing = before - from - later;
      if (missing > 0) this.#problems.add('dropped', from, `${missing} missing from here`);
      else this.#problems.add('reordered', from, 'it comes later');
    }
    const found = new Set(this.#mismatches.map((mismatch) => mismatch.found));
    const stated = new Set(this.#mismatches.map((mismatch) => mismatch.stated));
    for (const mismatch of this.#mismatches) {
      const moved = found.has(mismatch.stated) || stated.has(mismatch.found);
      const detail = moved
        ? 'another event lies in its place'
        : 'it isn’t what its hash was made of';
      this.#problems.add(moved ? 'reordered' : 'edited', mismatch.seq, detail);
    }
    if (this.#stopped) return;
    // What a checkpoint misses is said where sizes are judged.
    if (this.next < said && this.next >= (own?.size ?? 0))
      this.#problems.add('truncated', this.next, `it says ${said} events and has ${this.next}`);
    if (this.next > said)
      this.#problems.add('malformed', said, `it says ${said} events and has ${this.next}`);
  }
}

/**
 * @param {Problems} problems
 * @param {number} events
 * @param {Checkpoint | null} own
 * @param {Checkpoint[]} held
 */
function judgeSizes(problems, events, own, held) {
  const newest = held.reduce((most, { size }) => Math.max(most, size), 0);
  const ownSize = own?.size ?? 0;
  if (ownSize < newest) {
    const detail = `its own checkpoint knows of ${ownSize} events, a kept one of ${newest}`;
    problems.add('rolled_back', Math.min(events, ownSize), detail);
  } else if (events < ownSize)
    problems.add('truncated', events, `${ownSize} events were signed, and ${events} are there`);
}

class Problems {
  #all = /** @type {Problem[]} */ ([]);
  count = 0;
  /** However many there are, the first is known. */
  firstSeq = Number.POSITIVE_INFINITY;

  /** @param {string} code @param {number | null} seq @param {string} detail */
  add(code, seq, detail) {
    this.count += 1;
    if (seq !== null) this.firstSeq = Math.min(this.firstSeq, seq);
    if (this.#all.length < problemsMax) this.#all.push({ code, seq, detail });
  }

  /** In the order of events; those about no single event last. */
  sorted() {
    const place = (/** @type {Problem} */ { seq }) => seq ?? Number.MAX_SAFE_INTEGER;
    return this.#all.toSorted((one, other) => place(one) - place(other));
  }
}

/**
 * @param {Problems} problems
 * @param {{ given: Given, key: Key | null, own?: Checkpoint | null, kept?: Checkpoint[], events?: number, range?: [number, number] | null }} about
 * @returns {Report}
 */
function reportOf(problems, { given, key, own = null, kept = [], events = 0, range = null }) {
  const sorted = problems.sorted();
  const named = problems.firstSeq;
  const [from, before] = range ?? [named, named + 1];
  return {
    ok: problems.count === 0,
    origin: key?.name ?? null,
    events,
    sealed: own?.size ?? 0,
    kept: kept.map(({ size }) => size).sort((one, other) => one - other),
    receipts: given.receipts.length,
    vkey: key?.text ?? null,
    keyGiven: given.key !== null,
    // The first change lies in this span: one event, where that can be told.
    firstBadSeq: finite(Math.min(named, from)),
    firstBadBefore: finite(Math.min(named + 1, before)),
    problems: sorted.slice(0, problemsShown),
    problemCount: problems.count,
  };
}

/** @param {number} seq */
function finite(seq) {
  return Number.isFinite(seq) ? seq : null;
}

// --------------------------------------------------------------------------------------------------- 3. one line of it

/** @typedef {{ seq: number, leafHash: Buffer, leaf: Buffer, event: Record<string, unknown>, payloads: Map<string, Buffer> }} Line */

/**
 * `{"seq":…,"leafHash":"…","event":{…},"payloads":{"sha256:…":…}}`: members in this order, no spaces. `event` and each
 * payload are taken byte for byte, for bytes are what was hashed.
 *
 * @param {Buffer} line
 * @returns {Line}
 */
function readLine(line) {
  const head = /^\{"seq":(0|[1-9]\d{0,15}),"leafHash":"([0-9a-f]{64})","event":(?=\{)/.exec(
    line.toString('latin1', 0, 160),
  );
  const [begun, seq, leafHash] = head ?? [];
  if (begun === undefined || seq === undefined || leafHash === undefined)
    throw new Flaw('its line has no number, hash and event');
  if (!Number.isSafeInteger(Number(seq))) throw new Flaw('its number is too large');
  const eventEnd = endOfValue(line, begun.length);
  const leaf = line.subarray(begun.length, eventEnd);
  const text = utf8(leaf);
  const event = json(text);
  // Doubled or unsorted keys, spaces, numbers in another spelling: two readers could read two events.
  if (!isObject(event) || canonical(event) !== text) throw new Flaw('it isn’t in canonical form');
  return {
    seq: Number(seq),
    leafHash: Buffer.from(leafHash, 'hex'),
    leaf,
    event,
    payloads: readPayloads(line, eventEnd),
  };
}

/** @param {Buffer} line @param {number} start @returns {Map<string, Buffer>} */
function readPayloads(line, start) {
  const payloads = new Map();
  let at = after(line, start, ',"payloads":{');
  while (line[at] !== 0x7d) {
    if (payloads.size > 0) at = after(line, at, ',');
    const [name = ''] = /^"sha256:[0-9a-f]{64}":/.exec(line.toString('latin1', at, at + 74)) ?? [];
    const digest = name.slice(1, -2);
    if (name === '' || payloads.has(digest)) throw new Flaw('its payloads aren’t named by digest');
    const end = endOfValue(line, at + name.length);
    payloads.set(digest, line.subarray(at + name.length, end));
    at = end;
  }
  if (after(line, at, '}}') !== line.length) throw new Flaw('its line goes on after its end');
  return payloads;
}

/** @param {Buffer} line @param {number} at @param {string} expected @returns {number} */
function after(line, at, expected) {
  const end = at + expected.length;
  if (line.toString('latin1', at, end) !== expected) throw new Flaw('its line isn’t exact');
  return end;
}

/** Where the JSON value that begins at `start` ends. @param {Buffer} bytes @param {number} start @returns {number} */
function endOfValue(bytes, start) {
  let depth = 0;
  for (let at = start; at < bytes.length; at += 1) {
    switch (bytes[at]) {
      case 0x22: // "
        at = endOfString(bytes, at);
        if (depth === 0) return at + 1;
        break;
      case 0x7b: // {
      case 0x5b: // [
        depth += 1;
        if (depth > depthMax) throw new Flaw('it is too deep');
        break;
      case 0x7d: // }
      case 0x5d: // ]
        if (depth === 0) return at;
        depth -= 1;
        if (depth === 0) return at + 1;
        break;
      case 0x2c: // ,
        if (depth === 0) return at;
        break;
      default:
    }
  }
  throw new Flaw('its line ends too early');
}

/** @param {Buffer} bytes @param {number} start @returns {number} where its closing quote is. */
function endOfString(bytes, start) {
  for (let at = bytes.indexOf(0x22, start + 1); at >= 0; at = bytes.indexOf(0x22, at + 1)) {
    let slashes = 0;
    while (bytes[at - 1 - slashes] === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  throw new Flaw('its line ends within a string');
}

/** RFC 8785. @param {unknown} value @returns {string} */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${members.join(',')}}`;
}

/** The digests of what an event keeps apart from itself. @param {Record<string, unknown>} event @returns {string[]} */
function payloadsNamedBy(event) {
  const named = namesOf[String(event['type'])]?.map((name) => event[name]) ?? [];
  const { withheld } = event;
  if (event['type'] === 'call.finished' && isObject(withheld))
    named.push(withheld['arguments'], withheld['kept'], withheld['facts']);
  return named.filter((digest) => typeof digest === 'string');
}

/** @type {Record<string, string[]>} */
const namesOf = {
  'call.denied': ['arguments'],
  'call.started': ['arguments'],
  'call.held': ['arguments', 'shown'],
  'call.finished': ['result', 'released', 'shown'],
};

/** @param {Buffer} bytes */
function utf8(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Flaw('it isn’t UTF-8');
  }
}
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @param {string} text @returns {unknown} */
function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Flaw('it isn’t JSON');
  }
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// ------------------------------------------------------------------------------------------------- 4. the RFC 6962 tree

/** @param {Buffer} bytes */
function sha256(bytes) {
  return createHash('sha256').update(bytes).digest();
}

/** A leaf is hashed after a zero, a pair of nodes after a one: neither can pose as the other. @param {Buffer} leaf */
function hashLeaf(leaf) {
  return createHash('sha256').update(leafPrefix).update(leaf).digest();
}
const leafPrefix = Buffer.from([0]);
const nodePrefix = Buffer.from([1]);

/** @param {Buffer} left @param {Buffer} right */
function hashNode(left, right) {
  return createHash('sha256').update(nodePrefix).update(left).update(right).digest();
}

/** Of a growing tree only the roots of its perfect subtrees, one for each bit set in its size. */
class Tree {
  /** By height. @type {(Buffer | null)[]} */
  #subtrees = [];

  /** @param {Buffer} leaf the leaf's hash */
  add(leaf) {
    let carried = leaf;
    let height = 0;
    for (let left = this.#subtrees[0]; left; left = this.#subtrees[height]) {
      carried = hashNode(left, carried);
      this.#subtrees[height] = null;
      height += 1;
    }
    this.#subtrees[height] = carried;
  }

  root() {
    /** @type {Buffer | null} */
    let root = null;
    for (const subtree of this.#subtrees)
      if (subtree) root = root === null ? subtree : hashNode(subtree, root);
    return root ?? sha256(Buffer.alloc(0));
  }

  copy() {
    const tree = new Tree();
    tree.#subtrees = [...this.#subtrees];
    return tree;
  }
}

/**
 * RFC 9162, 2.1.3.2.
 *
 * @param {number} index @param {number} size @param {Buffer} leaf the leaf's hash @param {Buffer[]} proof
 * @returns {Buffer | null} the root that the proof leads to; null when it isn't a proof for this place.
 */
function rootOfProof(index, size, leaf, proof) {
  if (index >= size) return null;
  let [node, last, root] = [BigInt(index), BigInt(size - 1), leaf];
  for (const sibling of proof) {
    if (last === 0n) return null;
    if (node % 2n === 1n || node === last) {
      root = hashNode(sibling, root);
      while (node % 2n === 0n && node !== 0n) [node, last] = [node / 2n, last / 2n];
    } else root = hashNode(root, sibling);
    [node, last] = [node / 2n, last / 2n];
  }
  return last === 0n ? root : null;
}

// ------------------------------------------------------------------------------------ 5. signed notes: keys, checkpoints

/** @typedef {{ text: string, name: string, id: Buffer, publicKey: import('node:crypto').KeyObject }} Key */

/** C2SP signed-note verifier key: `name+id+base64(1, Ed25519 key)`. @param {string} text @returns {Key} */
function parseKey(text) {
  const [, name, id, encoded] = /^([^\s+\p{Cc}]{1,200})\+([0-9a-f]{8})\+(\S+)$/u.exec(text) ?? [];
  const bytes = base64(encoded ?? '');
  if (name === undefined || bytes?.length !== 33 || bytes[0] !== 1)
    throw new Flaw('this is no verifier key: it reads `name+hex+base64`');
  const hash = sha256(Buffer.concat([Buffer.from(`${name}\n`), bytes])).subarray(0, 4);
  if (hash.toString('hex') !== id) throw new Flaw('the verifier key isn’t the one its id is of');
  const x = bytes.subarray(1).toString('base64url');
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return { text, name, id: hash, publicKey };
}

/** Base64 in its only exact spelling. @param {string} text */
function base64(text) {
  const bytes = Buffer.from(text, 'base64');
  return text !== '' && bytes.toString('base64') === text ? bytes : null;
}

/** Notes that follow one another in one file: each ends with its signature lines. @param {string} text */
function splitNotes(text) {
  const notes = text.match(/(?:[^\n—][^\n]*\n)+\n(?:— [^\n]*\n)+/g) ?? [];
  if (notes.length > notesPerFileMax) throw new Misuse('too many checkpoints in one file');
  return notes;
}

/**
 * @param {string | null} note
 * @param {Key | null} key
 * @param {string} where
 * @param {Problems} problems
 * @returns {Checkpoint | null}
 */
function openNote(note, key, where, problems) {
  if (note === null) return null;
  try {
    if (key === null) throw new Flaw('there is no key to verify it with');
    return { ...readCheckpoint(note, key), where };
  } catch (error) {
    if (!(error instanceof Flaw)) throw error;
    problems.add('checkpoint', null, `${where}: ${error.message}`);
    return null;
  }
}

/** A C2SP checkpoint: origin, size, root; then an empty line and signatures. @param {string} note @param {Key} key */
function readCheckpoint(note, key) {
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n') || /[\u0000-\u0009\u000b-\u001f]/.test(note))
    throw new Flaw('this is no signed note');
  const text = note.slice(0, split + 1);
  let signed = false;
  for (const line of note.slice(split + 2, -1).split('\n')) {
    const [, name, encoded] = /^— (\S+) (\S+)$/.exec(line) ?? [];
    const bytes = base64(encoded ?? '');
    if (name === undefined || bytes === null || bytes.length < 5)
      throw new Flaw('a signature line is broken');
    // Others may have signed too: who they are isn't known here.
    if (name !== key.name || !bytes.subarray(0, 4).equals(key.id)) continue;
    if (!verify(null, Buffer.from(text), key.publicKey, bytes.subarray(4)))
      throw new Flaw('its signature isn’t over this text');
    signed = true;
  }
  if (!signed) throw new Flaw('the ledger’s key hasn’t signed it');
  const [origin, size, root, ...more] = text.slice(0, -1).split('\n');
  const bytes = base64(root ?? '');
  const fits = /^(0|[1-9]\d{0,15})$/.test(size ?? '') && Number.isSafeInteger(Number(size));
  if (!fits || bytes?.length !== 32 || more.includes('')) throw new Flaw('this is no checkpoint');
  if (origin !== key.name) throw new Flaw('it is of another ledger');
  return { size: Number(size), root: bytes };
}

// --------------------------------------------------------------------------------------------------------- 6. receipts

/**
 * A C2SP tlog-proof that holds the event itself: header, `extra`, `index`, hashes, empty line, checkpoint.
 *
 * @param {{ file: string, text: string }} receipt
 * @param {Key | null} key
 * @param {Problems} problems
 * @returns {{ seq: number, leaf: Buffer, file: string, checkpoint: Checkpoint } | null}
 */
function openReceipt({ file, text }, key, problems) {
  try {
    const split = text.indexOf('\n\n');
    const [header, extra, place, ...hashes] = text.slice(0, Math.max(split, 0)).split('\n');
    if (header !== 'c2sp.org/tlog-proof@v1') throw new Flaw('this is no receipt');
    const leaf = extra?.startsWith('extra ') ? base64(extra.slice('extra '.length)) : null;
    const [, index] = /^index (0|[1-9]\d{0,15})$/.exec(place ?? '') ?? [];
    const proof = hashes.map((hash) => base64(hash));
    if (leaf === null || index === undefined || proof.length > 53)
      throw new Flaw('the receipt lacks its event, its place or its proof');
    if (key === null) throw new Flaw('there is no key to verify it with');
    const { size, root } = readCheckpoint(text.slice(split + 2), key);
    const whole = proof.filter((hash) => hash?.length === 32);
    const led =
      whole.length === proof.length
        ? rootOfProof(
            Number(index),
            size,
            hashLeaf(leaf),
            whole.flatMap((hash) => hash ?? []),
          )
        : null;
    if (led === null || !led.equals(root))
      throw new Flaw('its event isn’t in the tree that its checkpoint was signed over');
    return { seq: Number(index), leaf, file, checkpoint: { size, root, where: file } };
  } catch (error) {
    if (!(error instanceof Flaw)) throw error;
    problems.add('receipt', null, `${file}: ${error.message}`);
    return null;
  }
}

/**
 * @param {{ file: string, text: string }[]} receipts
 * @param {Key | null} key
 * @param {{ where: string, text: string }[]} notes
 * @returns {Report}
 */
function checkReceiptsAlone(receipts, key, notes) {
  if (notes.length > 0) throw new Misuse('a kept checkpoint is compared with a bundle: name one');
  const problems = new Problems();
  for (const receipt of receipts) openReceipt(receipt, key, problems);
  return reportOf(problems, { given: { key, notes, receipts }, key });
}

// ---------------------------------------------------------------------------------------------------------------------

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const misuse = error instanceof Misuse;
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  const message = error instanceof Error ? error.message : 'a fault';
  if (process.argv.includes('--json'))
    process.stdout.write(`${JSON.stringify({ ok: false, error: { message } })}\n`);
  else process.stderr.write(printable([`error: ${message}`]) + (misuse ? `\n${usage}` : ''));
  process.exitCode = misuse || missing ? 2 : 3;
}
