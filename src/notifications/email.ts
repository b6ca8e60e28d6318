/** Mail over SMTP, as text and as HTML: encrypted unless the server is on this machine, and never answered by a machine. */
import type { Channel } from '../policy/model.ts';
import { DeliveryError, isLoopback, networkFailure, type Sender } from './delivery.ts';
import { htmlOf, textOf } from './email-parts.ts';
import type { ReadSecret } from './sender.ts';
import { titleOf } from './wording.ts';

type EmailChannel = Extract<Channel, { type: 'email' }>;

const subjectCharactersMax = 150;
/** Of one step of the conversation; the whole of it ends with the signal. */
const stepMaxMs = 10_000;
const answerBytesMax = 16 * 1024;

export function emailSender(channel: EmailChannel, readSecret: ReadSecret): Sender {
  const from = channel.from ?? `sallyport@${domainOf(channel.to[0] ?? '')}`;
  return {
    toldMax: 20,
    summarises: true,
    async send(message, signal) {
      const server = serverOf(await readSecret(channel.smtp));
      // Loaded with the first mail: each command line would wait for it.
      const { createTransport } = await import('nodemailer');
      const transport = createTransport(server);
      try {
        const { rejected } = await transport.sendMail({
          from: { name: 'Sallyport', address: from },
          to: channel.to.map((address) => ({ name: '', address })),
          subject: titleOf(message).slice(0, subjectCharactersMax).toWellFormed(),
          text: textOf(message),
          html: htmlOf(message),
          messageId: `<${message.id}@${domainOf(from)}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
          // Nothing of a message is a file or an address to be fetched.
          disableFileAccess: true,
          disableUrlAccess: true,
          signal,
        });
        // The others have it: sent again they would get it twice, and whoever isn't known here won't be in a minute.
        if (rejected.length > 0) throw new DeliveryError('smtp_recipient', { again: false });
      } catch (error) {
        throw signal.aborted ? new DeliveryError('timeout', { again: true }) : failureOf(error);
      } finally {
        transport.close();
      }
    },
  };
}

function serverOf(written: string): SmtpServer {
  const url = URL.canParse(written) ? new URL(written) : null;
  const secure = url?.protocol === 'smtps:';
  if (url === null || url.hostname === '' || !(secure || url.protocol === 'smtp:'))
    throw new DeliveryError('url', { again: false });
  const local = isLoopback(url.hostname);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    // A password in clear text, and the mail itself, would be anybody's on the way.
    requireTLS: !secure && !local,
    opportunisticTLS: local,
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    ...(url.username === ''
      ? {}
      : {
          auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
        }),
    connectionTimeout: stepMaxMs,
    greetingTimeout: stepMaxMs,
    socketTimeout: stepMaxMs,
    dnsTimeout: stepMaxMs,
    maxResponseSize: answerBytesMax,
  };
}

interface SmtpServer {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly requireTLS: boolean;
  readonly opportunisticTLS: boolean;
  readonly tls: { readonly rejectUnauthorized: true; readonly minVersion: 'TLSv1.2' };
  readonly auth?: { readonly user: string; readonly pass: string };
  readonly connectionTimeout: number;
  readonly greetingTimeout: number;
  readonly socketTimeout: number;
  readonly dnsTimeout: number;
  readonly maxResponseSize: number;
}

/** What the server said is of no interest beyond its number. */
function failureOf(error: unknown): DeliveryError {
  if (!(error instanceof Error)) return new DeliveryError('fault', { again: true });
  if (error instanceof DeliveryError) return error;
  const code = textIn(error, 'code');
  if (code === 'ETLS') return new DeliveryError('tls', { again: true });
  const status = 'responseCode' in error ? error.responseCode : undefined;
  if (typeof status === 'number' && status >= 400)
    return new DeliveryError(`smtp_${status}`, { again: status < 500 });
  if (code === 'EENVELOPE' || code === 'EMESSAGE' || code === 'ENOAUTH')
    return new DeliveryError('smtp_refused', { again: false });
  // What the network said, where the mailer has wrapped it.
  return new DeliveryError(networkFailure(textIn(error, 'originalCode') || code), { again: true });
}

function textIn(error: Error, name: 'code' | 'originalCode'): string {
  const value: unknown = Object.getOwnPropertyDescriptor(error, name)?.value;
  return typeof value === 'string' ? value : '';
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
