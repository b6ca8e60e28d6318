/** What the console needs of a gateway. It sees everything as recorded, and changes nothing but by these. */
import type { Tokens } from '../../identity/tokens.ts';
import type { Sequencer } from '../../ledger/sequencer.ts';
import type { PolicySource } from '../../runtime/policy-source.ts';
import type { Runtime } from '../../runtime/port.ts';
import type { LogLine } from '../../runtime/ports.ts';
import type { EventFeed } from '../../store/feed.ts';
import type { Store } from '../../store/port.ts';
import type { Catalog } from '../../upstreams/catalog.ts';

export interface ConsolePorts {
  readonly runtime: Pick<Runtime, 'holds' | 'explain'>;
  readonly store: Store;
  readonly feed: EventFeed;
  readonly catalog: Catalog;
  readonly policySource: PolicySource;
  readonly tokens: Pick<Tokens, 'authenticateApprover' | 'list'>;
  readonly sequencer: Pick<Sequencer, 'vkey' | 'sealedSize'>;
  readonly heldSecrets: () => readonly string[];
  readonly suspend: (agent: string, by: string, reason: string | null) => Promise<void>;
  readonly resume: (agent: string, by: string) => Promise<void>;
  readonly log: (line: LogLine) => void;
}
