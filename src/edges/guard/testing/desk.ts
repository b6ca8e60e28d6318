/** A door on a policy of its own, in a directory of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '../../../engine/events.ts';
import { fold } from '../../../engine/fold.ts';
import { type Door, type OpenOptions, open } from '../../../index.ts';
import type { LogLine } from '../../../runtime/ports.ts';
import { openSqliteReader } from '../../../store/sqlite/open.ts';

/** A desk where an agent reads files, writes notes, and sends what can't be taken back. */
export const deskPolicy = `
sallyport: 1
enforcement: strict
upstreams:
  desk: { functions: true }
tools:
  desk.read:
    action: read
    tier: read_only
    reach: internal
    args: { folder: folder }
    returns: { items: /mails, each: { /folder: folder } }
  desk.note: { action: note, tier: reversible, reach: internal, args: { text: content, more: content } }
  desk.send: { action: send, tier: irreversible, reach: external, args: { to: recipient, body: content } }
  desk.erase: { action: erase, tier: irreversible, reach: internal, args: { id: identifier } }
users:
  static: { ann: { roles: [people] } }
roles:
  people: { permissions: { desk: { read: allow, note: allow, send: allow, erase: allow } } }
agents:
  clerk:
    acts_for: [people]
    unattended: { owner: people }
    case: { sender: recipient }
    model: { through: reported }
    budget: { steps: 10, tool_calls: 20, tokens: 1000, cost: 1.00 USD }
    permissions:
      desk:
        read: { folders: [support] }
        note: allow
        send: { recipients: [case.sender], approval: never }
        erase: allow
  bare:
    permissions: { desk: { note: allow } }
`;

export interface Desk extends Disposable {
  readonly policyFile: string;
  readonly lockFile: string;
  readonly dataDirectory: string;
  readonly logged: LogLine[];
  open(options?: Partial<OpenOptions>): Promise<Door>;
  /** What is in the ledger, in order. */
  events(): Promise<readonly Event[]>;
}

export function desk(policy: string = deskPolicy): Desk {
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-desk-'));
  const policyFile = join(directory, 'sallyport.yaml');
  const dataDirectory = join(directory, '.sallyport');
  const logged: LogLine[] = [];
  writeFileSync(policyFile, policy);
  return {
    policyFile,
    lockFile: join(directory, 'sallyport.lock'),
    dataDirectory,
    logged,
    open: (options = {}) =>
      open({ policy: policyFile, log: (line) => logged.push(line), ...options }),
    async events() {
      await using reader = await openSqliteReader({ directory: dataDirectory, foldRun: fold });
      return (await reader.events({ limit: 10_000 })).map(({ event }) => event);
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}
