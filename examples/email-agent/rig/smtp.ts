/** Hands a message to a mail server, as another mail server on the internet would. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

export interface Message {
  /** With its angle brackets: what a reply's In-Reply-To names. */
  readonly id: string;
  /** `Ann Smith <ann@customer.example>` */
  readonly from: string;
  readonly to: string;
  /** Where it is delivered, when that isn't `to`: the envelope decides, as it always does in mail. */
  readonly envelopeTo?: string;
  readonly subject: string;
  readonly text: string;
}

const answerMs = 10_000;

export async function sendMail(port: number, message: Message): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(answerMs, () => socket.destroy(new Error('the mail server does not answer')));
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const expect = async (code: number): Promise<void> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error('the mail server hung up');
      if (value.startsWith(`${code} `)) return;
      if (!value.startsWith(`${code}-`)) throw new Error(`the mail server answered: ${value}`);
    }
  };
  const say = async (text: string, code: number): Promise<void> => {
    socket.write(`${text}\r\n`);
    await expect(code);
  };
  try {
    await once(socket, 'connect');
    await expect(220);
    await say('EHLO outside.example', 250);
    await say(`MAIL FROM:<${addressOf(message.from)}>`, 250);
    await say(`RCPT TO:<${message.envelopeTo ?? addressOf(message.to)}>`, 250);
    await say('DATA', 354);
    await say(`${formatMail(message)}\r\n.`, 250);
    await say('QUIT', 221);
  } finally {
    socket.destroy();
  }
}

function addressOf(mailbox: string): string {
  return /<([^>]*)>/.exec(mailbox)?.[1] ?? mailbox;
}

function formatMail(message: Message): string {
  const head = [
    `Message-ID: ${message.id}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `From: ${message.from}`,
    `To: ${message.to}`,
    `Subject: ${message.subject}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
  ];
  // A line that is a single dot would end the message.
  const body = message.text.split('\n').map((line) => line.replace(/^\./, '..'));
  return [...head, '', ...body].join('\r\n');
}
