/** What an auditor is handed by somebody who may have changed it: keys, notes, checkpoints, receipts, locks. */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { canonicalJson } from '../../../src/content/json.ts';
import { openCheckpoint, signCheckpoint } from '../../../src/ledger/checkpoint.ts';
import { LedgerError } from '../../../src/ledger/errors.ts';
import { leafHash } from '../../../src/ledger/leaf.ts';
import { formatVkey, parseVkey, signNote, verifierOf } from '../../../src/ledger/note.ts';
import { formatReceipt, parseReceipt, verifyReceipt } from '../../../src/ledger/receipt.ts';
import {
  definitionDigest,
  formatLock,
  LockError,
  parseLock,
} from '../../../src/policy/lock-file.ts';
import { attempt, must, type Target } from '../target.ts';

/** A key of this file alone, the same each time: the seed is 32 bytes of 7. */
const privateKey = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]),
  format: 'der',
  type: 'pkcs8',
});
const verifier = verifierOf('ledger.example', createPublicKey(privateKey));
const signer = { ...verifier, privateKey };
const vkey = formatVkey(verifier);
const leaf = Buffer.from(canonicalJson({ v: 1, type: 'gateway.stopped', atMs: 1 }));
/** Of a tree with one leaf, the leaf is the root. */
const goodCheckpoint = signCheckpoint({ size: 1, root: leafHash(leaf) }, signer);
const goodReceipt = formatReceipt({ seq: 0, leaf, proof: [], checkpoint: goodCheckpoint });

const words = [
  '\n',
  '\n\n',
  '— ',
  'ledger.example',
  '+',
  '=',
  '==',
  'AAAA',
  ' ',
  '\r\n',
  '\0',
  '\u2028',
  '9007199254740993',
  '-1',
  '00',
];

const vkeyTarget: Target = {
  name: 'vkey',
  alphabet: 'text',
  lengthMax: 300,
  roundsInTest: 2_000,
  seeds: [vkey, `${vkey}\n`],
  dictionary: words,
  check(input) {
    const read = attempt(LedgerError, () => parseVkey(input));
    if ('refused' in read) return read.refused;
    must(
      formatVkey(read.value) === input.trim(),
      'a key that is written otherwise than it was read',
    );
    return 'read';
  },
};

const checkpointTarget: Target = {
  name: 'checkpoint',
  alphabet: 'text',
  lengthMax: 2_000,
  roundsInTest: 2_500,
  seeds: [
    goodCheckpoint,
    signNote('ledger.example\n1\nx\n', signer),
    signNote('another.example\n1\n', signer),
  ],
  dictionary: words,
  check(input) {
    const read = attempt(LedgerError, () => openCheckpoint(input, verifier));
    if ('refused' in read) return read.refused;
    // Signatures of others may stand below; what was signed may not change.
    must(
      input.startsWith(goodCheckpoint.slice(0, goodCheckpoint.indexOf('\n\n') + 2)),
      'a checkpoint that nobody signed',
    );
    must(read.value.size === 1, 'another size than was signed');
    return 'read';
  },
};

const receiptTarget: Target = {
  name: 'receipt',
  alphabet: 'text',
  lengthMax: 3_000,
  roundsInTest: 2_500,
  seeds: [goodReceipt],
  dictionary: [...words, 'extra ', 'index ', 'c2sp.org/tlog-proof@v1', `${'A'.repeat(43)}=\n`],
  check(input) {
    const parsed = attempt(LedgerError, () => parseReceipt(input));
    const report = verifyReceipt(input, vkey);
    must(!('refused' in parsed) || !report.ok, 'verified what cannot be read');
    if (!report.ok) return report.code;
    must(report.seq === 0 && report.event['type'] === 'gateway.stopped', 'another event is proven');
    return 'verified';
  },
};

const definition = { name: 'read', inputSchema: { type: 'object' } };
const goodLock = formatLock({
  lockVersion: 1,
  upstreams: {
    files: {
      tools: {
        read: {
          digest: definitionDigest(definition),
          definition,
          pinnedAt: '2026-01-01T00:00:00Z',
        },
      },
    },
  },
});

const lockTarget: Target = {
  name: 'lock',
  alphabet: 'text',
  lengthMax: 3_000,
  roundsInTest: 1_500,
  seeds: [goodLock, '{"lockVersion":1,"upstreams":{}}'],
  dictionary: [
    '"files":{"tools":{}},',
    '"__proto__":{},',
    '"constructor":{},',
    '"tools":',
    '"digest":"",',
    '{',
    '}',
    ',',
    'null',
    '2026-13-99T00:00:00Z',
  ],
  check(input) {
    const read = attempt(LockError, () => parseLock(input));
    if ('refused' in read) return read.refused;
    const again = formatLock(read.value);
    must(formatLock(parseLock(again)) === again, 'a lock that is not its own');
    for (const { tools } of Object.values(read.value.upstreams))
      for (const tool of Object.values(tools))
        must(
          tool.digest === definitionDigest(tool.definition),
          'a definition under another digest',
        );
    return `read ${Object.keys(read.value.upstreams).length}`;
  },
};

export const ledgerTargets: readonly Target[] = [
  vkeyTarget,
  checkpointTarget,
  receiptTarget,
  lockTarget,
];
