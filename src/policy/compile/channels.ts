import { parseKind, plainKind } from '../../content/kinds.ts';
import { detectedClasses } from '../detected-classes.ts';
import type { Channel } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { Report } from '../report.ts';
import type { ChannelSyntax } from '../shape/channel.ts';
import type { Located } from '../shape/shape.ts';
import type { Compilation } from './context.ts';
import { compileWebhook } from './webhook.ts';

export function compileChannels(
  syntax: readonly ChannelSyntax[] | undefined,
  compilation: Compilation,
): readonly Channel[] {
  return (syntax ?? []).flatMap((one) => compileChannel(one, compilation) ?? []);
}

function compileChannel(syntax: ChannelSyntax, compilation: Compilation): Channel | null {
  const { report } = compilation;
  const common = { at: syntax.at, shows: compileShows(syntax, compilation) };
  switch (syntax.type) {
    case 'slack': {
      const from = syntax.webhook?.from?.value;
      return from === undefined ? null : { ...common, type: 'slack', webhook: { from } };
    }
    case 'email': {
      const to = (syntax.to?.value ?? []).map((entry) => addressOf(entry, report));
      const sender = syntax.from === undefined ? null : addressOf(syntax.from, report);
      const smtp = syntax.smtp?.from?.value;
      return smtp === undefined
        ? null
        : { ...common, type: 'email', to, from: sender, smtp: { from: smtp } };
    }
    case 'webhook': {
      const webhook = compileWebhook(syntax, report);
      return webhook && { ...common, type: 'webhook', ...webhook };
    }
  }
}

/** The part before the `@` as it was written: what a server makes of it is the server's. The domain as DNS knows it. */
function addressOf({ value, at }: Located<string>, report: Report): string {
  const parsed = parseKind(plainKind('recipient'), value);
  if (parsed.type === 'address')
    return `${value.slice(0, value.lastIndexOf('@'))}@${parsed.domain}`;
  report.error(
    'policy.value',
    at,
    `\`${value}\` ${parsed.type === 'unparsable' ? parsed.reason : 'is no address'}`,
    { expected: 'one address: `ann@company.com`' },
  );
  return value;
}

/** A misspelt class shows nothing, and somebody who has to decide would never learn why. */
function compileShows(
  { shows }: ChannelSyntax,
  { tools, brokenUpstreams, report }: Compilation,
): ReadonlySet<string> {
  const known = new Set([
    ...[...tools.values()].flatMap((tool) => tool.returns.classes),
    ...detectedClasses.filter((one) => one !== 'secret'),
  ]);
  for (const { value, at } of shows?.value ?? []) {
    if (value === 'secret') {
      report.error('policy.conflict', at, 'a secret is in no message, whatever the policy says', {
        mend: 'remove it',
      });
    } else if (!known.has(value) && brokenUpstreams.size === 0) {
      report.error('policy.unknown', at, `no tool returns the class \`${value}\``, {
        expected: 'a class in the `returns.classes` of a tool, or `pii`',
        mend: didYouMean(value, known),
      });
    }
  }
  return new Set(shows?.value.map(({ value }) => value));
}
