/** What watches the mailbox: for every mail it opens a run that is about this mail and this sender, and starts the agent. */
import { type Deed, ObedientAgent, type ToolAnswer } from './agent.ts';
import type { Gateway } from './gateway.ts';
import { throughSallyport } from './toolbox.ts';
import type { Arrived } from './world.ts';

export interface Desk {
  readonly gateway: Gateway;
  /** The agent's own. */
  readonly token: string;
  /** The folder of the files that it may attach. */
  readonly outgoing: string;
}

export interface WorkDone {
  readonly deeds: readonly Deed[];
  readonly run: string;
  /** The body of the mail, as the agent got to see it. */
  readonly saw: string;
  /** Its last call once more, in the same run: how it learns what people answered. */
  readonly again: () => Promise<ToolAnswer>;
}

export async function workOn(
  { gateway, token, outgoing }: Desk,
  { message, folder }: Arrived,
): Promise<WorkDone> {
  const sender = senderOf(message.from);
  const { id, handle } = await gateway.openRun('email_agent', { message: message.id, sender });
  await using tools = await throughSallyport(gateway.url, token, handle);
  const agent = new ObedientAgent(tools, outgoing);
  const mail = await agent.work({ folder, message: message.id });
  return {
    deeds: agent.deeds,
    run: id,
    saw: mail?.body ?? '',
    again: async () => {
      await using later = await throughSallyport(gateway.url, token, handle);
      return await agent.again(later);
    },
  };
}

/** `Ann Smith <ann@customer.example>` */
export function senderOf(from: string): string {
  return /<([^>]*)>/.exec(from)?.[1] ?? from;
}
