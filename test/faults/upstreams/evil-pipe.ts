/** The evil server over stdio. Argument: the journal of what really happened. */
import { appendFileSync, closeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { askedIn, crumbs, happen, result, said, usual, words } from './evil.ts';

const [, , journal = ''] = process.argv;
// The rig waits for this when it has seen a server end.
appendFileSync(journal, 'started\n');

createInterface({ input: process.stdin }).on('line', (line) => {
  const asked = askedIn(line);
  if (asked === null) return;
  const usually = usual(asked, 'pipe');
  if (usually !== null) write(`${usually}\n`);
  else void misbehave(happen(asked, journal), asked.id);
});

async function misbehave(how: string, id: number): Promise<void> {
  const one = words(how, id);
  if (one !== null) return void write(`${one}\n`);
  switch (how) {
    case 'hang':
      return;
    case 'drip':
      for (;;) {
        write(' ');
        await wait(500);
      }
    case 'twice':
      write(`${result(id, said('first'))}\n`);
      write(`${result(id, said('second'))}\n`);
      return;
    case 'crumbs':
      for (const piece of `${result(id, said(crumbs))}\n`.match(/.{1,64}/gs) ?? []) {
        if (!write(piece)) await drained();
      }
      return;
    case 'log':
      write('Listening on stdio...\n{"level":"info","msg":"a call"}\n\n{ not json\n');
      write(`${result(id, said('after a log'))}\n`);
      return;
    case 'stderr':
      for (let line = 0; line < 100_000; line += 1)
        process.stderr.write(`noise ${line} ${'n'.repeat(100)}\n`);
      write(`${result(id, said('still here'))}\n`);
      return;
    case 'die':
      process.stdout.write(`{"jsonrpc":"2.0","id":${id},"result":{"content":[`, () =>
        process.exit(7),
      );
      return;
    case 'mute':
      closeSync(1);
      setInterval(() => undefined, 1_000);
      return;
    case 'flood':
      return forever('{"jsonrpc":"2.0","method":"notifications/message","params":{}}\n');
    case 'endless_line':
      return forever('x');
    default:
      throw new Error(`no such misbehaviour: ${how}`);
  }
}

async function forever(text: string): Promise<void> {
  const block = text.repeat(Math.ceil(65_536 / text.length));
  for (;;) if (!write(block)) await drained();
}

function write(text: string): boolean {
  return process.stdout.write(text);
}

function drained(): Promise<void> {
  return new Promise((resolve) => process.stdout.once('drain', resolve));
}
