/** The detectors themselves, and a model that hides what it carries: what of it is seen, and what is known to be not. */
import { describe, expect, test } from 'vitest';
import { decided, loaded, verdictOf } from '../../../../test/engine/scene.ts';
import type { JsonObject } from '../../../content/value.ts';

const policy = loaded(
  `
sallyport: 1
upstreams: { mail: { functions: true } }
content: { pii: { redact: [credit_card, us_ssn], in: [arguments] } }
tools:
  mail.send: { action: send, tier: reversible, reach: external, args: { to: recipient, subject: title, text: content, more: content } }
agents:
  helper: { permissions: { mail: { send: allow } } }
`,
  { tools: { 'mail.send': { to: 'string', subject: 'string?', text: 'string?', more: {} } } },
);

// In pieces, so that nobody who searches this repository takes them for real ones.
const token = ['ghp', '16C7e42F292c6912E7710c838347Ae178B4a'].join('_');
const bytes = Array.from({ length: 600 }, (_, at) => (at * 7_919 + at ** 2) % 256);
const lines = btoa(String.fromCharCode(...bytes)).match(/.{1,64}/g) ?? [];
const [head, foot] = ['BEGIN', 'END'].map((word) => `-----${word} PRIVATE KEY-----`);
const privateKey = [head, ...lines, foot].join('\n');
const card = '4111 1111 1111 1111';

function escapedAll(text: string): string {
  return Array.from(text, (sign) => `%${sign.charCodeAt(0).toString(16)}`).join('');
}

function said(args: JsonObject): string {
  return verdictOf(decided(policy, 'mail.send', { to: 'ann@x.example', ...args }, { user: null }));
}

function hexOf(text: string): string {
  return Array.from(text, (letter) => letter.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}

describe('a secret is seen', () => {
  test.each<[string, JsonObject]>([
    ['in a text', { text: `Use ${token} for now.` }],
    ['alone', { text: token }],
    ['in the subject', { subject: token }],
    ['in a key', { more: { [token]: 1 } }],
    ['in nested lists', { more: [[[{ list: [[token]] }]]] }],
    ['with zero-width spaces', { text: `${token.slice(0, 9)}\u200b${token.slice(9)}` }],
    ['in Base64', { text: `Please keep: ${btoa(`login with ${token}`)}` }],
    ['in hexadecimal digits', { text: hexOf(token) }],
    ['in Base64 twice', { text: btoa(btoa(token)) }],
    ['in Base64, in pieces', { more: btoa(token).match(/.{1,24}/g) }],
    ['as a URL escapes it', { text: `https://x.example/?q=${token.replace('_', '%5f')}` }],
    ['as a URL escapes what is in Base64', { text: escapedAll(btoa(token)) }],
    ['as JSON escapes it', { text: JSON.stringify([token]).replace('g', '\\u0067') }],
    ['as HTML escapes it', { text: `<p>${token.replace('g', '&#103;')}</p>` }],
    [
      'in two arguments',
      { subject: `Code: ${token.slice(0, 14)}`, text: `${token.slice(14)} is it` },
    ],
    ['in three', { subject: token.slice(0, 7), text: token.slice(7, 22), more: token.slice(22) }],
    ['in a list of pieces', { more: token.match(/.{1,5}/g) }],
    ['a private key, as an attachment has it', { more: [{ name: 'id_rsa', text: privateKey }] }],
    ['a private key, line by line', { more: privateKey.split('\n') }],
    ['a private key in Base64', { more: btoa(privateKey) }],
  ])('%s', (_, args) => {
    expect(said(args)).toBe('deny inputs.secret');
  });

  test('and a person is told how it was written', () => {
    const at = (args: JsonObject) =>
      decided(policy, 'mail.send', { to: 'ann@x.example', ...args }, { user: null }).findings.find(
        ({ code }) => code === 'inputs.secret',
      )?.details;
    expect(at({ text: hexOf(token) })).toEqual({
      found: [
        expect.objectContaining({
          type: 'github_token',
          at: '/text',
          start: 0,
          end: 80,
          written: 'hexadecimal',
        }),
      ],
    });
    expect(at({ subject: token.slice(0, 14), more: [token.slice(14)] })).toMatchObject({
      found: [{ type: 'github_token', at: '/subject', written: 'in pieces' }],
    });
  });
});

describe('personal data is seen', () => {
  test.each<[string, JsonObject]>([
    ['a card in a text', { text: `My card is ${card}.` }],
    ['as a number', { more: { card: 4_111_111_111_111_111 } }],
    ['in a key', { more: { [card]: true } }],
    ['full-width', { text: '４１１１ １１１１ １１１１ １１１１' }],
    ['in Base64', { text: btoa(`My card is ${card}, thank you`) }],
  ])('%s', (_, args) => {
    expect(said(args)).toBe('deny inputs.pii');
  });
});

describe('is let through', () => {
  test.each<[string, JsonObject]>([
    ['an ordinary mail', { subject: 'Your order', text: 'Hello Ann, your parcel left today.' }],
    ['ids one after another', { more: ['18c2f3a9b7d4e1f0', 'inbox-2026-11', '0f1e4d7b9a3f2c81'] }],
    ['numbers that make a card only side by side', { more: ['41111111', '11111111'] }],
    ['a picture', { more: btoa(String.fromCharCode(...bytes)) }],
    ['what is said of a token', { text: 'Never mail a token such as ghp_… to anybody.' }],
  ])('%s', (_, args) => {
    expect(said(args)).toBe('allow');
  });

  // Not seen, and known to be: what is read is also compared with what leaves, by the stage of flow.
  test.each<[string, JsonObject]>([
    ['backwards', { text: Array.from(token).reverse().join('') }],
    ['spaced', { text: Array.from(token).join(' ') }],
    [
      'with words between its pieces',
      { text: `${token.slice(0, 14)} and then ${token.slice(14)}` },
    ],
  ])('a token that is written %s', (_, args) => {
    expect(said(args)).toBe('allow');
  });
});
