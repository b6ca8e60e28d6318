import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { openCheckpoint, signCheckpoint } from './checkpoint.ts';
import { formatVkey, openNote, parseVkey, type Signer, signNote, verifierOf } from './note.ts';

/** The example of the signed-note specification. */
const exampleVkey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const exampleNote = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;

function newSigner(name: string): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { ...verifierOf(name, publicKey), privateKey };
}

const signer = newSigner('sallyport.local/test');
const text = 'first line\n\nsecond paragraph\n';
const note = signNote(text, signer);

test('the example of the specification', () => {
  const verifier = parseVkey(exampleVkey);
  expect(openNote(exampleNote, verifier)).toBe('This is an example message.\n');
  expect(formatVkey(verifier)).toBe(exampleVkey);
});

test('what is signed opens, also among signatures of others', () => {
  const verifier = parseVkey(formatVkey(signer));
  expect(openNote(note, verifier)).toBe(text);
  const cosigned = note + lastLine(signNote(text, newSigner('witness.example')));
  expect(openNote(cosigned, verifier)).toBe(text);
});

const lastLine = (of: string) => of.slice(of.lastIndexOf('\n— ') + 1);
const ed = (change: (text: string) => string) => change(note);

test.each([
  ['another text', ed((n) => n.replace('first', 'First')), 'ledger.signature'],
  [
    "another key's signature",
    signNote(text, newSigner('sallyport.local/test')),
    'ledger.signature',
  ],
  [
    "another name's signature",
    signNote(text, newSigner('sallyport.local/other')),
    'ledger.signature',
  ],
  [
    'a second, false signature in our name',
    note + lastLine(signNote('another text\n', signer)),
    'ledger.signature',
  ],
  ['no signature', text, 'ledger.format'],
  ['no newline at the end', note.slice(0, -1), 'ledger.format'],
  ['a hyphen for the dash', ed((n) => n.replace('— ', '- ')), 'ledger.format'],
  ['a tab', ed((n) => n.replace('first line', 'first\tline')), 'ledger.format'],
  ['a carriage return', ed((n) => n.replaceAll('\n', '\r\n')), 'ledger.format'],
  [
    'base64 with spare bits',
    ed((n) => n.replace(/.==?\n$/, (end) => `${end.startsWith('A') ? 'B' : 'A'}${end.slice(1)}`)),
    'ledger',
  ],
  ['nothing', '', 'ledger.format'],
])('a note with %s is refused', (_, changed, code) => {
  expect(changed).not.toBe(note);
  expect(() => openNote(changed, signer)).toThrow(
    expect.objectContaining({ code: expect.stringContaining(code) }),
  );
});

test.each([
  ['an altered id', exampleVkey.replace('530d903a', '530d903b')],
  ['an altered name', exampleVkey.replace('foo', 'bar')],
  ['another algorithm', exampleVkey.replace('+Ae', '+Be')],
  ['a cut key', exampleVkey.slice(0, -4)],
  ['nothing', ''],
])('a verifier key with %s is refused', (_, vkey) => {
  expect(() => parseVkey(vkey)).toThrow(expect.objectContaining({ code: 'ledger.format' }));
});

test('a checkpoint says origin, size and root, and is opened only as its own log’s', () => {
  const root = Buffer.alloc(32, 7);
  const checkpoint = signCheckpoint({ size: 20_852_163, root }, signer);
  expect(checkpoint.split('\n').slice(0, 3)).toEqual([
    'sallyport.local/test',
    '20852163',
    root.toString('base64'),
  ]);
  expect(openCheckpoint(checkpoint, signer)).toEqual({
    origin: signer.name,
    size: 20_852_163,
    root,
  });
});

const rootText = Buffer.alloc(32).toString('base64');

test.each([
  ['a leading zero', `${signer.name}\n01\n${rootText}\n`],
  ['a negative size', `${signer.name}\n-1\n${rootText}\n`],
  ['a size beyond counting', `${signer.name}\n9999999999999999\n${rootText}\n`],
  ['a short root', `${signer.name}\n1\nAAAA\n`],
  ['no root', `${signer.name}\n1\n`],
  ['no origin', `\n1\n${rootText}\n`],
  ['an empty extension line', `${signer.name}\n1\n${rootText}\n\n`],
  ["another log's origin", `sallyport.local/other\n1\n${rootText}\n`],
])('a signed note with %s is no checkpoint of ours', (_, body) => {
  expect(() => openCheckpoint(signNote(body, signer), signer)).toThrow(
    expect.objectContaining({ code: expect.stringMatching(/^ledger\./) }),
  );
});
