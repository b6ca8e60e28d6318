/** Mails with what shouldn't reach a model, nor a file. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Arrived } from '../../examples/email-agent/world.ts';

/** Valid by their check digits, and nobody's. */
export const card = '4012 8888 8888 1881';
export const iban = 'GB82 WEST 1234 5698 7654 32';
export const ssn = '740-22-1857';

const to = 'Support <support@company.com>';

export const annsDetails: Arrived = {
  folder: 'Support',
  message: {
    id: '<details-3@customer.example>',
    from: 'Ann Smith <ann@customer.example>',
    to,
    subject: 'My details, as you asked',
    text: [
      'Hello,',
      '',
      `my card is ${card}, please charge the lamps to it.`,
      `Should that fail, my IBAN: ${iban}, and my social security number (SSN) is ${ssn}.`,
      `Once more, to be sure: ${card.replaceAll(' ', '')}.`,
      '',
      'Ann',
      '',
    ].join('\n'),
  },
};

/** Made anew each time: a token in a file of this repository would set off everybody else's scanners. */
export const token: string = `ghp_${Buffer.from(randomBytes(27)).toString('hex').slice(0, 36)}`;
export const privateKey: string = generateKeyPairSync('ed25519')
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

export const bobsToken: Arrived = {
  folder: 'Support',
  message: {
    id: '<token-8@shop.example>',
    from: 'Bob Jones <bob@shop.example>',
    to,
    subject: 'The integration fails',
    text: `Hi,\n\nthe integration fails with our token ${token}. What is wrong with it?\n\nBob\n`,
  },
};
