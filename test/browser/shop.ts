/** A shop's help desk: what its agents read, ask for and may not, so that every page of the console has something to show. */
import { writeFile } from 'node:fs/promises';
import { postRun } from '../mcp-client.ts';
import { type Caller, openPlace, type Place } from './place.ts';

export interface Shop extends Place {
  /** A run of the agent `support` for Sam, opened with what a customer asked. */
  readonly openRun: () => Promise<Caller & { readonly run: string }>;
  /** Another agent, for somebody or for nobody. */
  readonly caller: (agent: string, user?: string) => Promise<Caller>;
}

/** @param before - with the gateway's data, before it starts. */
export async function openShop(
  before: (dataDirectory: string) => Promise<unknown> = async () => undefined,
): Promise<Shop> {
  const place = await openPlace({
    upstream: 'shop',
    program: 'shop-server.ts',
    agent: 'support',
    user: 'sam',
    policy: policyFor,
    async meanwhile(file, dataDirectory) {
      await writeFile(file, '');
      await before(dataDirectory);
    },
  });
  const { real } = place;
  return {
    ...place,
    async openRun() {
      const opened = await postRun(real.url, await real.openerToken(), {
        agent: 'support',
        user: 'sam',
        case: { customer: 'ann@customer.example' },
        request: 'Answer the customer’s mails about order A-1047, and settle what she asks for.',
      });
      return { ...opened, token: await real.agentToken('support') };
    },
    async caller(agent, user) {
      return { token: await real.agentToken(agent, user) };
    },
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}

function policyFor(server: string): string {
  return `sallyport: 1
enforcement: strict

upstreams:
  shop: ${server}

users:
  static:
    sam: { roles: [staff] }
    bob: { roles: [leads] }
    eve: { roles: [leads] }
    pat: { roles: [privacy] }

tools:
  shop.list_mails:
    action: read_mail
    tier: read_only
    reach: internal
    args: { folder: folder }
    returns: { trust: untrusted, classes: [customer_data], items: /mails, each: { /from: sender, /folder: folder } }
  shop.list_reviews: { action: read_reviews, tier: read_only, reach: internal, args: { product: identifier }, returns: { trust: untrusted } }
  shop.get_order: { action: look, tier: read_only, reach: internal, args: { order: identifier }, returns: { trust: trusted } }
  shop.get_customer: { action: look_up, tier: read_only, reach: internal, args: { customer: identifier }, returns: { trust: trusted, classes: [customer_data] } }
  shop.send_mail: { action: send, tier: irreversible, reach: external, args: { to: recipient, subject: content, body: content } }
  shop.refund: { action: refund, tier: irreversible, reach: external, args: { order: identifier, amount: { is: amount, unit: major, currency: EUR }, note: content } }
  shop.close_account: { action: close, tier: irreversible, reach: internal, args: { account: identifier } }
  shop.set_stock: { action: set_stock, tier: reversible, reach: internal, args: { product: identifier, pieces: number } }

roles:
  staff: { permissions: { shop: { read_mail: allow, read_reviews: allow, look: allow, look_up: allow, send: allow, refund: allow, close: allow, set_stock: allow } } }
  leads: { permissions: { shop: { read_mail: allow } } }
  privacy: {}

approvals: { default: leads, timeout: 15m, wait: 100ms, remember: never, open: 50 }
flow: { external: hold }
content: { injection: { at: 0.8, then: withhold } }

agents:
  support:
    acts_for: [staff]
    case: { customer: recipient }
    budget: { tool_calls: 40, cost: 2 USD }
    model: { through: reported }
    permissions:
      shop:
        read_mail: { folders: [support] }
        read_reviews: allow
        look: allow
        look_up: { where: { customer: { is: case.customer, otherwise: { break_glass: privacy } } } }
        send: { approval: { by: leads } }
        refund: { approval: { by: leads, fresh: 8s } }
        close: { approval: { by: leads, quorum: 2 } }
        set_stock: { approval: { by: leads } }
  stock:
    acts_for: [staff]
    loops: { same_call: 10000, same_tool: 10000, cycle: 10000 }
    permissions:
      shop:
        look: allow
        set_stock: { approval: never }
  crawler:
    acts_for: [staff]
    permissions:
      shop: { read_reviews: allow }
`;
}
