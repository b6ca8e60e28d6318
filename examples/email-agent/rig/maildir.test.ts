import { expect, test } from 'vitest';
import { parseMail } from './maildir.ts';

const secret = 'Projekt Nightjär';
const base64 = Buffer.from(`${secret}\n`, 'utf8').toString('base64');
const quoted = 'Projekt Ni=\nghtj=C3=A4r';

const part = (headers: string, body: string): string => `--cut here\n${headers}\n\n${body}\n`;
const multipart = (...parts: readonly string[]): string =>
  `Content-Type: multipart/mixed;\n boundary="cut here"\n\n${parts.join('')}--cut here--\n`;

test.each([
  ['as it is', `\n${secret}`],
  ['with CRLF', `Subject: x\r\n\r\n${secret}`],
  ['in base64', `Content-Transfer-Encoding: base64\n\n${base64}`],
  ['in quoted-printable', `Content-Transfer-Encoding: quoted-printable\n\n${quoted}`],
  [
    'in the second part',
    multipart(part('X: 1', 'nothing'), part('Content-Transfer-Encoding: BASE64', base64)),
  ],
  ['in a part without headers', multipart(`--cut here\n\n${secret}\n`)],
  [
    'in a part of a part',
    multipart(
      part(
        'Content-Type: multipart/alternative; boundary=inner',
        `--inner\n\n${secret}\n--inner--`,
      ),
    ),
  ],
])('a secret is found %s', (_, source) => {
  expect(parseMail(source).text).toContain(secret);
});

test('a file is attached as it was, whatever its bytes', () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const headers =
    'Content-Type: application/pdf\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="a b.pdf"';
  const { parts } = parseMail(
    multipart(part('Content-Type: text/plain', 'hello'), part(headers, bytes.toString('base64'))),
  );
  expect(parts.map(({ type, file }) => [type, file])).toEqual([
    ['text/plain', null],
    ['application/pdf', 'a b.pdf'],
  ]);
  expect(parts[1]?.bytes).toEqual(bytes);
});

test('headers are read in any case, and over several lines', () => {
  const mail = parseMail(
    'MESSAGE-ID: <a@b>\nTo: Ann\n <ann@x.example>\nIn-Reply-To: <c@d>\n\nhello',
  );
  expect(mail).toMatchObject({
    id: '<a@b>',
    to: 'Ann <ann@x.example>',
    inReplyTo: '<c@d>',
    text: 'hello',
  });
});
