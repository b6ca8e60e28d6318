/** A support desk on a real mail server: its gateway, which may be started anew, and an agent with a run for each mail. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { z } from 'zod';
import {
  type Gateway,
  type OpenedRun,
  runSallyport,
  startGateway,
} from '../../examples/email-agent/gateway.ts';
import type { MailRig } from '../../examples/email-agent/rig/rig.ts';
import { senderOf } from '../../examples/email-agent/trigger.ts';
import type { Arrived } from '../../examples/email-agent/world.ts';

const resultShape = z.object({
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
  _meta: z
    .looseObject({
      'dev.sallyport/frame': z.string().optional(),
      'dev.sallyport/decision': z
        .looseObject({
          codes: z.array(z.string()).optional(),
          code: z.string().optional(),
          call: z.string().optional(),
        })
        .optional(),
      'dev.sallyport/edited': z.unknown().optional(),
    })
    .optional(),
});

const mailsShape = z.object({
  emails: z.array(z.looseObject({ message_id: z.string(), body: z.string().optional() })),
});

export interface Heard {
  /** What a model would read. */
  readonly text: string;
  readonly boundary: string | undefined;
  readonly code: string | null;
  readonly codes: readonly string[];
  /** Of a call that waits: its ticket. */
  readonly call: string | null;
  /** The arguments that were used, where a person changed them. */
  readonly edited: unknown;
  readonly isError: boolean;
  readonly data: unknown;
}

export class Desk {
  readonly directory: string;
  readonly mail: MailRig;
  readonly runs: Map<Arrived, OpenedRun> = new Map();
  readonly #env: Readonly<Record<string, string>>;
  #gateway: Gateway;
  #token: string | null = null;
  #logged = '';

  static async open(
    directory: string,
    mail: MailRig,
    env: Readonly<Record<string, string>>,
  ): Promise<Desk> {
    return new Desk(directory, mail, env, await startGateway(directory, { env }));
  }

  private constructor(
    directory: string,
    mail: MailRig,
    env: Readonly<Record<string, string>>,
    gateway: Gateway,
  ) {
    this.directory = directory;
    this.mail = mail;
    this.#env = env;
    this.#gateway = gateway;
  }

  get console(): string {
    return this.#gateway.console;
  }

  approverToken(person: string): Promise<string> {
    return this.#gateway.approverToken(person);
  }

  /** Ends the gateway, as asked or by `kill -9`, and starts another where it was. */
  async restart(how: 'stop' | 'kill' = 'stop'): Promise<void> {
    if (how === 'kill') await this.#gateway.kill();
    await this.close();
    this.#gateway = await startGateway(this.directory, { env: this.#env, after: this.#gateway });
  }

  async close(): Promise<void> {
    this.#logged += this.#gateway.log();
    await this.#gateway[Symbol.asyncDispose]();
  }

  log(): string {
    return this.#logged + this.#gateway.log();
  }

  async openRun({ message }: Arrived): Promise<OpenedRun> {
    const sender = senderOf(message.from);
    return await this.#gateway.openRun('email_agent', { message: message.id, sender });
  }

  async runOf(mail: Arrived): Promise<OpenedRun> {
    const known = this.runs.get(mail);
    if (known !== undefined) return known;
    const opened = await this.openRun(mail);
    this.runs.set(mail, opened);
    return opened;
  }

  async call(
    run: OpenedRun,
    tool: string,
    args: Readonly<Record<string, unknown>>,
  ): Promise<Heard> {
    this.#token ??= await this.#gateway.agentToken('email_agent');
    const client = new Client({ name: 'support-agent', version: '1.0.0' });
    const headers = { authorization: `Bearer ${this.#token}`, 'sallyport-run': run.handle };
    await client.connect(
      new StreamableHTTPClientTransport(new URL(this.#gateway.url), { requestInit: { headers } }),
    );
    try {
      const answer = resultShape.parse(
        await client.callTool({ name: tool, arguments: { account_name: 'support', ...args } }),
      );
      return {
        text: answer.content.map(({ text }) => text ?? '').join('\n'),
        boundary: answer._meta?.['dev.sallyport/frame'],
        code: answer._meta?.['dev.sallyport/decision']?.code ?? null,
        codes: answer._meta?.['dev.sallyport/decision']?.codes ?? [],
        call: answer._meta?.['dev.sallyport/decision']?.call ?? null,
        edited: answer._meta?.['dev.sallyport/edited'],
        isError: answer.isError === true,
        data: answer.structuredContent,
      };
    } finally {
      await client.close();
    }
  }

  /** The mail as the agent of its run gets it. */
  async read(mail: Arrived, run?: OpenedRun): Promise<Heard & { readonly body: string }> {
    const own = run ?? (await this.runOf(mail));
    const listed = await this.call(own, 'mail.list_emails_metadata', { mailbox: mail.folder });
    const { emails } = z
      .object({
        emails: z.array(z.looseObject({ email_id: z.string(), message_id: z.string() })),
      })
      .parse(listed.data);
    const id = emails.find(({ message_id }) => message_id === mail.message.id)?.email_id ?? '';
    const heard = await this.call(own, 'mail.read_quietly', {
      mailbox: mail.folder,
      email_ids: [id],
    });
    if (heard.isError) throw new Error(heard.text);
    return { ...heard, body: mailsShape.parse(heard.data).emails[0]?.body ?? '' };
  }

  async answer(mail: Arrived, body: string, attachments: readonly string[] = []): Promise<Heard> {
    return await this.call(await this.runOf(mail), 'mail.send_email', {
      recipients: [senderOf(mail.message.from)],
      subject: `Re: ${mail.message.subject}`,
      body,
      in_reply_to: mail.message.id,
      ...(attachments.length === 0 ? {} : { attachments }),
    });
  }

  /** `runs show`, as an operator reads it. */
  async shown(mail: Arrived, ...more: readonly string[]): Promise<string> {
    return await runSallyport(this.directory, 'runs', 'show', (await this.runOf(mail)).id, ...more);
  }
}
