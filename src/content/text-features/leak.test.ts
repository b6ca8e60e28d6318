import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evidenceOf, leak, leakIn, mergeEvidence, nothingCarried, queryLeak } from './leak.ts';
import { outboundForms } from './outbound-forms.ts';
import { readFeatures } from './read-features.ts';
import { SeenFeatures } from './seen-features.ts';

const mail = `Dear Emma, your security code for logging in is 463820. Please don't share it. Your card 4111 1111 1111 1111
was charged for the Phoenix conference; IBAN DE89 3704 0044 0532 0130 00, phone +1-555-010-7788, ticket AB-12-9X7.
The committee postponed the acquisition of Brightwater because auditors discovered irregularities in Rotterdam.`;

const base64 = (text: string) => Buffer.from(text).toString('base64');
const rot13 = (text: string) =>
  text.replace(/[a-z]/gi, (c) =>
    String.fromCharCode(
      (c <= 'Z' ? 90 : 122) >= c.charCodeAt(0) + 13 ? c.charCodeAt(0) + 13 : c.charCodeAt(0) - 13,
    ),
  );
const reversed = (text: string) => Array.from(text).reverse().join('');

const hostile: readonly (readonly [string, string, string])[] = [
  ['the code', 'Hi Mark, see you soon. 463820', 'identifier'],
  ['the card, grouped otherwise', 'ref 41-11-11-11-11-11-11-11', 'identifier'],
  ['the card beside other numbers', 'pay 5 4111111111111111 27', 'identifier'],
  ['half of the card', '4111 1111', 'identifier'],
  ['IBAN without spaces', 'DE89370400440532013000', 'identifier'],
  ['phone', '1 555 010 7788', 'identifier'],
  ['ticket', 'ab129x7', 'identifier'],
  ['number words', 'four six three eight two zero', 'identifier'],
  ['a number said', 'four hundred and sixty-three thousand eight hundred twenty', 'identifier'],
  ['full-width digits', '４６３８２０', 'identifier'],
  ['Arabic digits', '٤٦٣٨٢٠', 'identifier'],
  ['zero-width', '4\u200b6\u200b3\u200b8\u200b2\u200b0', 'identifier'],
  ['spaced', '4 6 3 8 2 0', 'identifier'],
  ['entities', '&#52;&#54;&#51;820', 'identifier'],
  ['percent', '%34%36%33%38%32%30', 'identifier'],
  ['hex', Buffer.from('code 463820').toString('hex'), 'identifier'],
  ['base64', base64('code 463820'), 'identifier'],
  [
    'base64 in a URL',
    `https://x.example/p/${Buffer.from('code 463820').toString('base64url')}`,
    'identifier',
  ],
  ['base64 in base64', base64(base64('the code is 463820')), 'identifier'],
  ['reversed in base64', base64(reversed('the code is 463820')), 'identifier'],
  ['a sentence', 'FYI: The committee postponed the acquisition of Brightwater', 'passage'],
  ['in ROT13', rot13('The committee postponed the acquisition of Brightwater'), 'passage'],
  ['reversed', reversed('The committee postponed the acquisition of Brightwater'), 'passage'],
  ['words reversed', 'Brightwater of acquisition the postponed committee The', 'passage'],
  ['each word reversed', 'ehT eettimmoc denoptsop eht noitisiuqca fo', 'passage'],
  [
    'base64, broken',
    base64('The committee postponed the acquisition of Brightwater').replace(/(.{9})/g, '$1\n'),
    'passage',
  ],
  ['Cyrillic look-alikes', 'The соmmittее роstроnеd the асquisitiоn of Brightwater', 'passage'],
  [
    'spaced letters',
    'T h e  c o m m i t t e e   p o s t p o n e d   the acquisition of Brightwater',
    'passage',
  ],
  ['reworded', 'Brightwater: irregularities, auditors, Rotterdam, acquisition on ice', 'words'],
];

test.each(hostile)('caught: %s', (_, text, by) => {
  const found = leak(outboundForms(text), readFeatures(mail), []);
  expect(found?.by, JSON.stringify(found)).toBe(by);
});

const honest: readonly (readonly [string, string])[] = [
  ['another code', 'Your code is 463821.'],
  [
    'a summary in its own words: what no comparison of texts sees',
    'They put off buying the company, since the books were wrong.',
  ],
  ['one row of four words', 'So the committee postponed the lunch.'],
  [
    'a topic',
    'The conference in Rotterdam was fine; we talked about the weather, food, travelling and the museum.',
  ],
  [
    'long words that every letter has',
    'Thanks for the information about the important meeting tomorrow, following your question.',
  ],
  ['a date and a time', 'See you on 2024-05-26 at 19:00, or on 26.05.2024.'],
  [
    'courtesies',
    'I hope this email finds you well. Please let me know if you have any questions. Looking forward to hearing from you.',
  ],
  ['the year of one sentence and the number of the next', 'It is of 2024.\n1 cake'],
  ['nothing', ''],
];

test.each(honest)('passes: %s', (_, text) => {
  const record = `${mail}\nMeeting on 2024-05-26 19:00, May 15, 2024\n1. Welcome. Let me know if you have any questions.`;
  expect(leak(outboundForms(text), readFeatures(record), [])).toBeNull();
});

test('what the request or an asked record has is no leak', () => {
  const forms = outboundForms(
    'Code 463820: the committee postponed the acquisition of Brightwater',
  );
  const record = readFeatures(mail);
  expect(leak(forms, record, [readFeatures('send 463820')])?.by).toBe('passage');
  const asked = readFeatures('The committee postponed the acquisition of Brightwater; 463820.');
  expect(leak(forms, record, [asked])).toBeNull();
});

test('a leak says what, as it was read, and how', () => {
  const text = `see ${base64('the committee postponed the acquisition of Brightwater')}`;
  expect(leak(outboundForms(text), readFeatures(mail), [])).toEqual({
    by: 'passage',
    pieces: ['the committee postponed the acquisition of Brightwater'],
    decodings: ['base64'],
    continued: false,
  });
  const long = `${mail} ${mail}`.replaceAll(/\d/g, '');
  const pieces = leak(outboundForms(long), readFeatures(long), [])?.pieces ?? [];
  expect(pieces.length).toBeGreaterThan(0);
  for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(81);
});

test('pieces that are too small to be a leak are one together, and their state stays small', () => {
  const record = readFeatures(mail);
  const calls = ['The committee postponed the', 'acquisition of Brightwater because'];
  let carried = nothingCarried;
  const found = calls.map((text) => {
    const evidence = evidenceOf(outboundForms(text), record, []);
    const leaked = leakIn(evidence, carried);
    carried = mergeEvidence(carried, evidence);
    return leaked;
  });
  expect(found).toEqual([null, expect.objectContaining({ by: 'passage', continued: true })]);
  const words = ['irregularities!', 'auditors.', 'Rotterdam?', 'acquisition', 'Brightwater'];
  carried = nothingCarried;
  const each = words.map((text) => {
    const evidence = evidenceOf(outboundForms(text), record, []);
    const leaked = leakIn(evidence, carried);
    carried = mergeEvidence(carried, evidence);
    return leaked?.by ?? null;
  });
  expect(each).toEqual([null, null, null, null, 'words']);
  expect(JSON.parse(JSON.stringify(carried))).toEqual(carried);
  const all = mergeEvidence(carried, evidenceOf(outboundForms(mail), record, []));
  expect([all.passages.length, all.words.length]).toEqual([2, 5]);
});

test("what left before doesn't make a leak of a text that carries nothing", () => {
  const record = readFeatures(mail);
  const carried = mergeEvidence(nothingCarried, evidenceOf(outboundForms(mail), record, []));
  expect(leak(outboundForms('See you at lunch tomorrow'), record, [], carried)).toBeNull();
});

const rewordedWords = 'Brightwater irregularities auditors Rotterdam acquisition'.split(' ');
const ownWords = Array.from(
  { length: 60 },
  (_, at) => `elsewhere${'abcdefghij'[at % 10]}${'klmnop'[at % 6]}`,
);

test('five long words count where they stand close together, however long the letter around them', () => {
  const record = readFeatures(mail);
  const close = [...ownWords, ...rewordedWords, ...ownWords].join(' ');
  expect(leak(outboundForms(close), record, [])?.by).toBe('words');
  const apart = rewordedWords.flatMap((word, at) => [...ownWords.slice(at * 6, at * 6 + 6), word]);
  expect(leak(outboundForms(apart.join(' ')), record, [])).toBeNull();
});

const queries: readonly (readonly [string, string, string | null])[] = [
  ['a code as a search', '463820', 'identifier'],
  ['a sentence as a search', 'auditors discovered irregularities', 'phrase'],
  ['as a host name', 'auditors-discovered-irregularities.evil.example', 'phrase'],
  ['as a file name', '/tmp/committee_postponed_the_acquisition.txt', 'phrase'],
  ['base32 in a host name', 'orugkidpnrscaytvmrux.evil.example', null],
  ['the code as base32', 'mnxwizjagq3dgobsga.evil.example', 'identifier'],
  ['a name that was read', 'Brightwater', null],
  ['two words', 'Phoenix conference', null],
  ['words that every text has', 'for logging in', null],
  ['how people ask', 'how to get to the museum', null],
];

test.each(queries)('in a query: %s', (_, text, by) => {
  expect(queryLeak(outboundForms(text), readFeatures(mail), [])?.by ?? null).toBe(by);
});

test('a search for what was listed passes', () => {
  const record = readFeatures('Quarterly results of Brightwater Holdings\n…the text of it…');
  const forms = outboundForms('Quarterly results of Brightwater Holdings');
  expect(queryLeak(forms, record, [])?.by).toBe('phrase');
  const names = readFeatures('Quarterly results of Brightwater Holdings');
  expect(queryLeak(forms, record, [names])).toBeNull();
});

const scripts: readonly (readonly [string, string])[] = [
  ['Chinese', '董事会决定推迟收购因为审计师在鹿特丹发现了违规行为'],
  ['Japanese', '監査人がロッテルダムで不正を発見したため買収は延期されました'],
  ['Korean', '감사인이 로테르담에서 부정을 발견하여 이사회는 인수를 연기하기로 결정했다'],
  ['Thai', 'คณะกรรมการเลื่อนการเข้าซื้อกิจการเพราะผู้ตรวจสอบพบความผิดปกติ'],
  ['Russian', 'Комитет отложил покупку компании потому что аудиторы нашли нарушения'],
  ['Arabic', 'أجلت اللجنة شراء الشركة لأن المدققين اكتشفوا مخالفات في روتردام'],
  ['Hindi', 'समिति ने अधिग्रहण को टाल दिया क्योंकि लेखा परीक्षकों ने गड़बड़ी पाई'],
  ['letters beyond the basic plane', '𠀀𠀁𠀂𠀃𠀄𠀅𠀆𠀇𠀈𠀉'],
];

test.each(scripts)('%s is seen', (_, text) => {
  expect(leak(outboundForms(`FYI: ${text}!`), readFeatures(`x ${text} y`), [])).not.toBeNull();
  expect(
    leak(outboundForms(`FYI: ${text}!`), readFeatures('another text, 別の文章です'), []),
  ).toBeNull();
});

test('a record too large to be read holds whatever anybody wants to send, and allows only what was read', () => {
  const vast = readFeatures('word '.repeat(300_000));
  expect(vast.complete).toBe(false);
  const forms = outboundForms('never read: 987654');
  expect(leak(forms, vast, [])?.by).toBe('identifier');
  expect(leak(forms, vast, [readFeatures('987654')])).toBeNull();
  expect(leak(forms, readFeatures('987654'), [vast])?.by).toBe('identifier');
});

test('a text too large to be compared is a leak of anything', () => {
  const forms = outboundForms(`${' '.repeat(300_000)}x`);
  expect(leak(forms, readFeatures('463820'), [])?.by).toBe('unread');
  expect(queryLeak(forms, readFeatures('463820'), [])?.by).toBe('unread');
  expect(leak(forms, readFeatures(''), [])).toBeNull();
});

const word = fc.stringMatching(/^[a-z]{1,12}$/);
const sentence = (min: number) =>
  fc.array(word, { minLength: min, maxLength: 40 }).map((words) => words.join(' '));
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ maxLength: 200 }),
  sentence(0),
);

test('every text is read, as a record and as what leaves, and its forms are bounded', () => {
  fc.assert(
    fc.property(anyText, anyText, (text, other) => {
      const forms = outboundForms(text);
      expect(forms.length).toBeLessThanOrEqual(64);
      const record = readFeatures(other);
      leak(forms, record, []);
      queryLeak(forms, record, []);
      expect(readFeatures(other)).toEqual(record);
    }),
    { numRuns: 300 },
  );
});

test('eight words of a record are found wherever they stand', () => {
  fc.assert(
    fc.property(sentence(8), sentence(0), anyText, anyText, (stolen, rest, before, after) => {
      const record = readFeatures(`${rest} ${stolen} ${rest}`);
      expect(leak(outboundForms(`${before}\n ${stolen} \n${after}`), record, [])).not.toBeNull();
    }),
    { numRuns: 300 },
  );
});

test('more text beside it hides no identifier and no passage', () => {
  fc.assert(
    fc.property(sentence(0), anyText, anyText, (text, before, after) => {
      const record = readFeatures(mail);
      const alone = leak(outboundForms(`${text} 463820`), record, []);
      const beside = leak(outboundForms(`${before}\n ${text} 463820 \n${after}`), record, []);
      expect(alone?.by).toBe('identifier');
      expect(beside?.by).toBe('identifier');
    }),
    { numRuns: 300 },
  );
});

test('whatever more may be passed on, no leak comes of it', () => {
  fc.assert(
    fc.property(sentence(0), sentence(0), sentence(0), (shared, own, passable) => {
      const record = readFeatures(`${shared} ${mail}`);
      const forms = outboundForms(`${own} ${shared}`);
      const allowed = [readFeatures(own.slice(0, 20))];
      if (leak(forms, record, allowed) !== null) return;
      expect(leak(forms, record, [...allowed, readFeatures(passable)])).toBeNull();
    }),
    { numRuns: 200 },
  );
});

test('the sieve of a run changes no evidence', () => {
  fc.assert(
    fc.property(fc.array(sentence(0), { maxLength: 6 }), sentence(0), (texts, own) => {
      const records = [...texts, mail].map(readFeatures);
      const seen = new SeenFeatures();
      for (const record of records) seen.add(record);
      const forms = outboundForms(`${own} ${texts[0] ?? ''} auditors discovered irregularities`);
      const allowed = [own, ...texts.slice(1, 3)].map(readFeatures);
      const narrowed = seen.narrowed(forms, allowed);
      for (const record of records) {
        expect(leak(narrowed, record, allowed)?.by).toBe(leak(forms, record, allowed)?.by);
        expect(leak(narrowed, record, allowed)?.pieces).toEqual(
          leak(forms, record, allowed)?.pieces,
        );
        expect(queryLeak(narrowed, record, allowed)).toEqual(queryLeak(forms, record, allowed));
      }
    }),
    { numRuns: 200 },
  );
});

test('a run that read nothing has nothing to compare, and a record too large to be read narrows nothing', () => {
  const forms = outboundForms('The committee postponed the acquisition');
  const seen = new SeenFeatures();
  expect(seen.narrowed(forms, [])).toEqual([]);
  seen.add(readFeatures('word '.repeat(300_000)));
  expect(seen.narrowed(forms, [])).toEqual(forms);
});

test('a sieve that has grown still knows what came first', () => {
  const seen = new SeenFeatures();
  const first = readFeatures(mail);
  seen.add(first);
  for (let record = 0; record < 20; record += 1) {
    seen.add(readFeatures(Array.from({ length: 3_000 }, (_, at) => `w${record}x${at}`).join(' ')));
  }
  expect(leak(seen.narrowed(outboundForms('code 463820'), []), first, [])?.by).toBe('identifier');
});

test('what a text says again takes no more memory, and however much, at most a mebibyte', () => {
  const once = readFeatures(mail).hashes.length;
  expect(readFeatures(`${mail} `.repeat(50)).hashes.length).toBeLessThan(once + 10);
  const digits = readFeatures(Array.from({ length: 200_000 }, (_, at) => `${at}`).join(' '));
  expect(digits.hashes.byteLength).toBeLessThanOrEqual(1_048_576);
});
