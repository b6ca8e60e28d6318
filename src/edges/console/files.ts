/**
 * The built pages, all of them in memory from the start: a path is a name in a table, so no path leads anywhere else.
 * Found from the source and from the package alike, both of which have them in `dist/console`.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SallyportError } from '../../content/errors.ts';
import { headerOf } from '../http/headers.ts';
import { finish } from '../http/respond.ts';
import { consoleLimits } from './limits.ts';

/** Where `npm run build` puts them. */
export const builtConsole: string = fileURLToPath(
  new URL('../../../dist/console', import.meta.url),
);

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.map': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

const encodings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** `app-4f3a9c21.js`: another content has another name. */
const hashedName = /[-.][0-9A-Za-z_-]{8,}\.[a-z0-9]+$/;

const pages =
  /^\/(?:runs|agents|policy|tools|ledger)?$|^\/(?:holds|runs|events|agents)\/[0-9A-Za-z._~%-]{1,384}$/;

const notBuilt = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sallyport</title></head>
<body><h1>The console isn’t built</h1>
<p>Run <code>npm run build</code>, and start the gateway again.</p></body></html>
`;

export interface ConsoleFiles {
  /** Nobody has built them: every page says so. */
  readonly missing: boolean;
  /** A page's address is answered with the shell, which shows nothing to whoever isn't signed in. @returns false: no file, no page. */
  readonly answer: (
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ) => Promise<boolean>;
}

/** @throws {SallyportError} `console.files` when the directory holds more than a console. */
export function readConsoleFiles(directory: string): ConsoleFiles {
  const files = readAll(directory);
  const shell = files.get('/index.html') ?? null;
  return {
    missing: shell === null,
    async answer(path, request, response) {
      if (pages.test(path) || path === '/index.html') {
        if (shell === null) await send(request, response, Buffer.from(notBuilt), '.html', 503);
        else await sendFile(files, '/index.html', shell, request, response);
        return true;
      }
      const file = files.get(path);
      if (file === undefined || isCompressed(path)) return false;
      if (hashedName.test(path))
        response.setHeader('cache-control', 'public, max-age=31536000, immutable');
      await sendFile(files, path, file, request, response);
      return true;
    },
  };
}

function readAll(directory: string): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  let names: string[];
  try {
    names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return files;
    throw error;
  }
  for (const name of names) {
    const file = join(directory, name);
    const stats = statSync(file);
    if (!stats.isFile()) continue;
    if (files.size >= consoleLimits.filesMax || stats.size > consoleLimits.fileBytesMax)
      throw new SallyportError('console.files', `${directory} holds more than a console`);
    files.set(`/${relative(directory, file).split(sep).join('/')}`, readFileSync(file));
  }
  return files;
}

function isCompressed(path: string): boolean {
  return encodings.some(([, ending]) => path.endsWith(ending));
}

async function sendFile(
  files: ReadonlyMap<string, Buffer>,
  path: string,
  file: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const accepted = (headerOf(request, 'accept-encoding') ?? '')
    .split(',')
    .map((one) => one.trim().toLowerCase());
  response.setHeader('vary', 'accept-encoding');
  for (const [encoding, ending] of encodings) {
    const compressed = files.get(path + ending);
    if (compressed === undefined || !accepted.includes(encoding)) continue;
    response.setHeader('content-encoding', encoding);
    await send(request, response, compressed, extname(path), 200);
    return;
  }
  await send(request, response, file, extname(path), 200);
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  extension: string,
  status: number,
): Promise<void> {
  response.writeHead(status, {
    'content-type': types[extension] ?? 'application/octet-stream',
    'content-length': bytes.length,
  });
  if (request.method !== 'HEAD') response.write(bytes);
  await finish(response, null);
}
