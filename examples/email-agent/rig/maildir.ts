/** Reads what the mail server has on disk: the effects themselves, not what any program says of them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface StoredMail {
  /** The Message-ID, with its angle brackets. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly inReplyTo: string | null;
  readonly text: string;
  /** In the order in which they stand in it; of a mail with no parts, itself. */
  readonly parts: readonly MailPart[];
}

export interface MailPart {
  /** `text/plain` */
  readonly type: string;
  /** As which file it is attached. */
  readonly file: string | null;
  readonly bytes: Buffer;
}

/** The messages of one folder (`INBOX`, or a name), oldest first; none when it doesn't exist. */
export async function readFolder(home: string, folder: string): Promise<readonly StoredMail[]> {
  const at = folder === 'INBOX' ? home : join(home, `.${folder}`);
  const files: string[] = [];
  for (const part of ['new', 'cur']) {
    const names = await readdir(join(at, part)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    // `T` among the flags: deleted, though not yet expunged.
    files.push(
      ...names.filter((name) => !/:2,[A-Z]*T/.test(name)).map((name) => join(at, part, name)),
    );
  }
  const mails = await Promise.all(
    files.map(async (file) => ({ file, mail: parseMail(await readFile(file, 'utf8')) })),
  );
  return mails
    .sort((a, b) => (fileTime(a.file) < fileTime(b.file) ? -1 : 1))
    .map(({ mail }) => mail);
}

const fileTime = (file: string): string => file.split('/').at(-1) ?? '';

/** A message with all that is readable in it: every part, decoded, so that a secret isn't overlooked for how it was packed. */
export function parseMail(source: string): StoredMail {
  const { headers, body } = split(source);
  const parts = partsOf(headers, body);
  return {
    id: headers.get('message-id') ?? '',
    from: headers.get('from') ?? '',
    to: headers.get('to') ?? '',
    subject: headers.get('subject') ?? '',
    inReplyTo: headers.get('in-reply-to') ?? null,
    text: parts.map(({ bytes }) => bytes.toString('utf8')).join('\n'),
    parts,
  };
}

function partsOf(headers: ReadonlyMap<string, string>, body: string): readonly MailPart[] {
  const type = headers.get('content-type') ?? 'text/plain';
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary === undefined) {
    const disposition = headers.get('content-disposition') ?? '';
    return [
      {
        type: type.split(';')[0]?.trim().toLowerCase() ?? '',
        file: /filename="?([^";]+)"?/i.exec(disposition)?.[1] ?? null,
        bytes: decode(body, headers.get('content-transfer-encoding') ?? '7bit'),
      },
    ];
  }
  const [, ...parts] = body.split(`--${boundary}`);
  return parts
    .filter((part) => !part.startsWith('--'))
    .flatMap((part) => {
      const inner = split(part.replace(/^[ \t]*\n/, ''));
      return partsOf(inner.headers, inner.body);
    });
}

function split(source: string): { headers: ReadonlyMap<string, string>; body: string } {
  const text = source.replaceAll('\r\n', '\n');
  if (text.startsWith('\n')) return { headers: new Map(), body: text.slice(1) };
  const end = text.indexOf('\n\n');
  const head = (end < 0 ? text : text.slice(0, end)).replaceAll(/\n[ \t]+/g, ' ');
  const headers = new Map<string, string>();
  for (const line of head.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body: end < 0 ? '' : text.slice(end + 2) };
}

function decode(body: string, encoding: string): Buffer {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64');
    case 'quoted-printable': {
      const bytes = body
        .replaceAll(/=\n/g, '')
        .replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) =>
          String.fromCharCode(Number.parseInt(hex, 16)),
        );
      return Buffer.from(bytes, 'latin1');
    }
    default:
      return Buffer.from(body, 'utf8');
  }
}
