/** An office that mails of strangers reach, and letters that wait for two people. */
import { openPlace, type Place } from './place.ts';

export interface OfficeWishes {
  /** How long a hold waits. */
  readonly timeout: string;
  /** Who performs what was approved; absent: Sallyport, at once. */
  readonly execute?: 'on_repeat';
}

/** The clerk calls, for Ann. */
export function openOffice({ timeout, execute }: OfficeWishes): Promise<Place> {
  return openPlace({
    upstream: 'office',
    program: 'office-server.ts',
    agent: 'clerk',
    user: 'ann',
    policy: (server) => policyFor(server, timeout, execute ?? 'at_once'),
  });
}

function policyFor(server: string, timeout: string, execute: 'at_once' | 'on_repeat'): string {
  return `sallyport: 1
enforcement: strict
upstreams:
  office: ${server}
tools:
  office.search:
    action: read
    tier: read_only
    reach: internal
    args: { folder: folder }
    returns: { trust: untrusted, classes: [customer_data], items: /mails, each: { /sender: sender, /folder: folder }, subject: [/sender] }
  office.send: { action: send, tier: irreversible, reach: external, args: { to: recipient, body: content } }
  office.erase: { action: erase, tier: irreversible, reach: internal, args: { id: identifier } }
  office.import: { action: import, tier: reversible, reach: internal, args: { rows: number } }
users:
  static:
    ann: { roles: [people] }
    bob: { roles: [leads] }
    eve: { roles: [leads] }
    joe: { roles: [guests] }
roles:
  people: { permissions: { office: { read: allow, send: allow, erase: allow, import: allow } } }
  leads: { permissions: { office: { read: allow } } }
  guests: { permissions: { office: { read: allow } } }
approvals: { default: leads, timeout: ${timeout}, wait: 100ms, execute: ${execute}, remember: never, open: 50 }
flow: { external: hold }
agents:
  clerk:
    acts_for: [people]
    permissions:
      office:
        read: { folders: [support] }
        send: { approval: { by: leads } }
        erase: { approval: { by: leads, quorum: 2 } }
        import: { approval: { by: leads } }
`;
}
